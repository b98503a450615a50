#include "adapters/sdk/shell/process.h"

#include <cstdio>
#include <utility>

#include "adapters/sdk/shell/grpc_channel.h"
#include "adapters/sdk/shell/log.h"
#include "adapters/sdk/shell/office_commands.h"
#include "adapters/sdk/shell/runner.h"
#include "adapters/sdk/shell/signals.h"
#include "grpc/support/log.h"
#include "server/base/reason.h"
#include "server/trust/signature.h"
#include "server/trust/system_entropy.h"

namespace eagle::sdk {
namespace {

void Silence(gpr_log_func_args*) {}

Json QueueJson(Agent& agent, absl::TimeZone zone) {
  Json out;
  PutList(out, "tasks");
  for (const ClerkTask& task : agent.ClerkQueue()) {
    Json& row = AddTo(out, "tasks");
    Put(row, "id", task.operation.Text());
    Put(row, "state", TaskStateName(task.state));
    Put(row, "arrived_at", absl::FormatTime(absl::RFC3339_sec, task.arrival.at, zone));
    Put(row, "action", v1::Action_Name(task.order.action()));
    Put(row, "court", task.order.court());
    Put(row, "case_number", task.order.case_number());
    Put(row, "note", task.note);
    PutList(row, "papers");
    for (const PaperFile& paper : task.papers) {
      Json& file = AddTo(row, "papers");
      Put(file, "category", paper.category);
      Put(file, "path", paper.path);
    }
  }
  return out;
}

absl::StatusOr<Json> AskAgain(const CounterRequest& request, Agent& agent) {
  EAGLE_ASSIGN_OR_RETURN(const std::string id, request.Required("id"));
  const auto operation = ParseOperation(id);
  if (!operation) return Fail(Reason::kFieldInvalid, "not the id of a task").At("id", "see queue");
  EAGLE_RETURN_IF_ERROR(agent.AskAgain(*operation));
  Json out;
  Put(out, "id", id);
  return out;
}

absl::StatusOr<Json> Serve(const AdapterProcess& process, const CounterRequest& request, Agent& agent, absl::Time now) {
  if (request.command == "status") return MetricsJson(agent.metrics());
  if (request.command == "queue") return QueueJson(agent, process.config.time_zone);
  if (request.command == "ask") return AskAgain(request, agent);
  if (auto answer = ServeOffice(request, agent, process.config.time_zone)) return *std::move(answer);
  return process.counter(request, agent, now);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Clock>> MakeAdapterClock(v1::Environment environment) {
  EAGLE_ASSIGN_OR_RETURN(ChosenClock chosen, MakeClock());
  if (chosen.steps && environment != v1::ENVIRONMENT_TEST) {
    return Fail(Reason::kConfigurationInvalid, "a step clock is for the test environment only")
        .With("variable", kStepClockVariable);
  }
  return std::move(chosen.clock);
}

absl::Status RunAdapter(const AdapterProcess& process, const RunOptions& options) {
  gpr_set_log_function(Silence);
  const AdapterConfig& config = process.config;
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<Clock> wall, MakeAdapterClock(config.agent.environment));
  AgentClock clock(*wall);
  Log log(clock);
  if (config.agent.log_policy == nullptr)
    log.Warning("log_not_pinned", [](Json& line) { Put(line, "missing", "[trust] log_policy"); });
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<trust::Signer> signer,
                         trust::SignerFromPemFile(config.receipt_key_file));
  const trust::PublicKeyChecker checker;
  trust::SystemEntropy entropy;
  Mailbox mailbox;
  GrpcChannelOptions dial{.address = config.gateway_address,
                          .authority_pem = config.authority_pem,
                          .certificate_pem = config.certificate_pem,
                          .key_pem = config.key_pem,
                          .spiffe_id = config.gateway_spiffe_id,
                          .server_name = config.gateway_server_name,
                          .call_timeout = config.agent.call_timeout,
                          .poll_slack = config.agent.poll_slack,
                          .wait_for_work = !options.once};
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<GrpcChannel> channel, GrpcChannel::Connect(dial, mailbox));
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<PaperFolder> papers,
                         PaperFolder::Open(config.papers_folder, static_cast<uint64_t>(config.papers_bytes_max)));
  EAGLE_ASSIGN_OR_RETURN(
      const std::unique_ptr<Agent> agent,
      process.make_agent(config.agent, {*channel, process.inbox, *signer, checker, clock, entropy, papers.get()}));
  Runner runner(*agent, mailbox, clock, log, {.once = options.once, .drain_limit = config.drain_limit});
  EAGLE_ASSIGN_OR_RETURN(
      const auto counter, CounterServer::Start(config.counter_socket, [&](const CounterRequest& request) {
        return runner.Ask(
            [&](Agent& on_its_thread) { return Serve(process, request, on_its_thread, clock.WallNow()); });
      }));
  SignalWatcher signals([&] { runner.RequestDrain(); }, [&] { runner.LogMetrics(); });
  return runner.Run();
}

int ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return 0;
  const Reason reason = ReasonOf(status);
  if (reason == Reason::kConfigurationInvalid || reason == Reason::kKeyUnusable) return 2;
  switch (RowOf(reason).code) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
      return 4;
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kDataLoss:
      return 1;
    default:
      return 3;
  }
}

int PrintConfigCheck(const std::string& path, const absl::Status& status) {
  if (status.ok()) {
    std::printf("%s: ok\n", path.c_str());
    return 0;
  }
  for (const std::string& problem : ProblemsOf(status)) std::fprintf(stderr, "%s\n", problem.c_str());
  return kUsageExitCode;
}

void PrintFailure(const absl::Status& status) {
  const Failure failure = FailureOf(status);
  std::fprintf(stderr, "%s: %s\n", std::string(RowOf(failure.reason).name).c_str(), failure.message.c_str());
  for (const auto& [key, value] : failure.metadata) std::fprintf(stderr, "  %s: %s\n", key.c_str(), value.c_str());
  for (const Violation& violation : failure.violations) {
    std::fprintf(stderr, "  %s: %s (%s)\n", violation.field.c_str(), violation.description.c_str(),
                 std::string(RowOf(violation.reason).name).c_str());
  }
}

int PrintCounterAnswer(const absl::StatusOr<Json>& answer, bool as_json) {
  if (!answer.ok()) {
    if (as_json) std::printf("%s\n", AnswerLine(answer).c_str());
    PrintFailure(answer.status());
    return ExitCodeOf(answer.status());
  }
  std::printf("%s", as_json ? (JsonText(*answer) + "\n").c_str() : PlainText(*answer).c_str());
  return 0;
}

}  // namespace eagle::sdk
