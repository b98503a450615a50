// By hand; no test. What the pipeline behind the transport costs on one thread: submissions to 140 agencies, hand-outs,
// receipts.
//
//   pipeline_bench [orders = 640]
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using Watch = std::chrono::steady_clock;

double Since(Watch::time_point start) { return std::chrono::duration<double>(Watch::now() - start).count(); }

void Run(int orders) {
  GatewayFixture gateway;
  DemoWorld demo(gateway);
  std::vector<v1::Proposal> proposals;
  std::vector<v1::Statement> keys;
  std::vector<std::string> agencies;
  for (int i = 0; i < 140; ++i) {
    const std::string code = std::to_string(8'000'000 + i);
    agencies.push_back(code);
    proposals.push_back(DemoWorld::AgencyProposal(code, "bank " + code, "BANK"));
    v1::Statement key = demo.StatementAbout("agency/" + code, v1::STATEMENT_KIND_KEY);
    key.set_algorithm(v1::KEY_ALGORITHM_ED25519);
    key.set_key(gateway.Key("agency/" + code).public_key());
    keys.push_back(std::move(key));
  }
  if (!demo.Adopt(proposals).ok() || !demo.State("registrar", keys, {"registrar-1", "registrar-2"}).ok()) std::abort();
  for (const std::string& agency : agencies) demo.Pull(agency);

  double submitting = 0, pulling = 0, signing = 0, reporting = 0;
  size_t tasks = 0;
  for (int done = 0; done < orders; done += 64) {
    std::vector<v1::Order> batch;
    for (int i = 0; i < 64; ++i) batch.push_back(demo.Inquire(agencies));
    auto start = Watch::now();
    if (!demo.Submit(batch, {kHandler}).ok()) std::abort();
    submitting += Since(start);
    for (const std::string& agency : agencies) {
      start = Watch::now();
      const auto pulled = demo.PullOnce(agency);
      pulling += Since(start);
      if (!pulled.ok() || pulled->tasks_size() != 64) std::abort();
      tasks += 64;
      start = Watch::now();
      std::vector<v1::Receipt> receipts;
      for (const v1::Order& order : batch) receipts.push_back(demo.Nil(order, agency));
      v1::ReportResultsRequest request;
      request.set_instance("i");
      *request.mutable_batch() = gateway.Sign(v1::MEMBER_TYPE_RECEIPT, agency, receipts, {"agency/" + agency});
      signing += Since(start);
      start = Watch::now();
      if (!gateway.Call(&api::Handlers::ReportResults, gateway.Agency(agency), request).ok()) std::abort();
      reporting += Since(start);
    }
  }
  const double all = submitting + pulling + reporting;
  const auto each = [&](double seconds) { return seconds * 1e6 / static_cast<double>(tasks); };
  std::printf(
      "%zu tasks, %.0f tasks/s on one thread; us a task: submit %.2f, pull %.2f, report %.2f (making receipts, not "
      "counted: %.2f)\n",
      tasks, static_cast<double>(tasks) / all, each(submitting), each(pulling), each(reporting), each(signing));
  const core::SequencerCounters counters = gateway.sequencer->counters();
  std::printf("sequencer: deciding %.3f s, storing %.3f s, answering %.3f s, %llu commits, %llu entries\n",
              absl::ToDoubleSeconds(counters.deciding), absl::ToDoubleSeconds(counters.storing),
              absl::ToDoubleSeconds(counters.answering), static_cast<unsigned long long>(counters.commits),
              static_cast<unsigned long long>(counters.entries));
}

}  // namespace
}  // namespace eagle::test

int main(int argc, char** argv) { eagle::test::Run(argc > 1 ? std::atoi(argv[1]) : 640); }
