// What one case, one agency, one open and one completed order cost in the gateway's memory: the heap that a state takes
// which was opened from the journal, and a dispatcher that loaded it. By hand, a few seconds.
//
//   build/ci/bin/gateway_memory_bench
#include <malloc.h>

#include <cstdio>
#include <string>
#include <vector>

#include "server/base/assert.h"
#include "server/core/start.h"
#include "server/dispatch/dispatcher.h"
#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

constexpr int kBatches = 32, kMembers = 64;

struct Heap {
  double state = 0, dispatch = 0;
};

double Used() { return static_cast<double>(mallinfo2().uordblks); }

Heap Measure(GatewayFixture& gateway) {
  const double before = Used();
  auto opened = core::Open(gateway.disk, gateway.signed_disk, *gateway.log_signer, *gateway.keys);
  GATEWAY_ASSERT(opened.ok(), "the journal opens");
  const double state = Used();
  dispatch::Dispatcher dispatcher(gateway.clock, dispatch::Options{});
  dispatcher.Load(opened->state);
  return {state - before, Used() - state};
}

void Print(const char* what, int count, const Heap& from, const Heap& to) {
  std::printf("%-28s %8.0f bytes of state, %6.0f of dispatch\n", what, (to.state - from.state) / count,
              (to.dispatch - from.dispatch) / count);
}

void Run() {
  GatewayFixture gateway;
  DemoWorld demo(gateway);
  const Heap furnished = Measure(gateway);

  std::vector<v1::Proposal> proposals;
  for (int i = 0; i < kMembers; ++i)
    proposals.push_back(DemoWorld::AgencyProposal("9" + std::to_string(100000 + i) + "9", "一家银行", "BANK"));
  const auto adopted = demo.Adopt(proposals);
  GATEWAY_ASSERT(adopted.ok() && adopted->results(0).in_effect(), "agencies are registered");
  const Heap agencies = Measure(gateway);
  Print("agency", kMembers, furnished, agencies);

  for (int batch = 0; batch < kBatches; ++batch) {
    std::vector<v1::CaseAct> acts;
    for (int i = 0; i < kMembers; ++i)
      acts.push_back(demo.Open("（2026）辽9901执" + std::to_string(20000 + batch * kMembers + i) + "号"));
    const auto opened = demo.SubmitCase(acts);
    GATEWAY_ASSERT(opened.ok() && opened->results(0).has_acceptance(), "cases are opened");
  }
  const Heap cases = Measure(gateway);
  Print("case, without orders", kBatches * kMembers, agencies, cases);

  std::vector<std::vector<v1::Order>> orders(kBatches);
  for (auto& batch : orders) {
    for (int i = 0; i < kMembers; ++i) batch.push_back(demo.Inquire({kBeiling}));
    GATEWAY_ASSERT(demo.Submit(batch).ok(), "orders are taken");
  }
  const Heap open = Measure(gateway);
  Print("open order, one agency", kBatches * kMembers, cases, open);

  while (!demo.Pull(kBeiling).empty()) {
  }
  for (const auto& batch : orders) {
    std::vector<v1::Receipt> receipts;
    for (const v1::Order& order : batch) receipts.push_back(demo.Nil(order, kBeiling));
    const auto reported = demo.Report(kBeiling, receipts);
    GATEWAY_ASSERT(reported.ok() && reported->results(0).verdict() == v1::RECEIPT_VERDICT_RECORDED,
                   "answers are taken");
  }
  Print("completed order, one agency", kBatches * kMembers, cases, Measure(gateway));
}

}  // namespace
}  // namespace eagle::test

int main() { eagle::test::Run(); }
