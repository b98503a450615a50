#include "adapters/sdk/shell/runner.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/synchronization/notification.h"
#include "server/base/reason.h"

namespace eagle::sdk {
namespace {

constexpr absl::Duration kLongestWait = absl::Hours(1);

// What failed, in a word: two codes come from gRPC and not from the gateway, so no reason of ours stands for them.
std::string_view NameOfRefusal(const absl::Status& status) {
  if (status.code() == absl::StatusCode::kDeadlineExceeded) return "DEADLINE_EXCEEDED";
  if (status.code() == absl::StatusCode::kUnimplemented) return "UNIMPLEMENTED";
  return RowOf(ReasonOf(status)).name;
}

enum class Tone { kSilent, kInfo, kWarning };
struct Counter {
  const char* name;
  uint64_t AgentMetrics::*value;
  Tone tone;  // of the line that tells that it grew
};
constexpr Counter kCounters[] = {
    {"hellos", &AgentMetrics::hellos, Tone::kSilent},
    {"recoveries", &AgentMetrics::recoveries, Tone::kSilent},
    {"polls", &AgentMetrics::polls, Tone::kSilent},
    {"empty_polls", &AgentMetrics::empty_polls, Tone::kSilent},
    {"calls_failed", &AgentMetrics::calls_failed, Tone::kSilent},
    {"calls_timed_out", &AgentMetrics::calls_timed_out, Tone::kSilent},
    {"late_replies", &AgentMetrics::late_replies, Tone::kSilent},
    {"replies_malformed", &AgentMetrics::replies_malformed, Tone::kWarning},
    {"tasks_new", &AgentMetrics::tasks_new, Tone::kInfo},
    {"tasks_repeated", &AgentMetrics::tasks_repeated, Tone::kInfo},
    {"tasks_unreadable", &AgentMetrics::tasks_unreadable, Tone::kWarning},
    {"tasks_returned", &AgentMetrics::tasks_returned, Tone::kInfo},
    {"tasks_withdrawn", &AgentMetrics::tasks_withdrawn, Tone::kInfo},
    {"deductions_unwitnessed", &AgentMetrics::deductions_unwitnessed, Tone::kWarning},
    {"directory_heads", &AgentMetrics::directory_heads, Tone::kSilent},
    {"directories_differ", &AgentMetrics::directories_differ, Tone::kWarning},
    {"directory_heads_wrong", &AgentMetrics::directory_heads_wrong, Tone::kWarning},
    {"ids_reused", &AgentMetrics::ids_reused, Tone::kWarning},
    {"signatures_invalid", &AgentMetrics::signatures_invalid, Tone::kWarning},
    {"statements_accepted", &AgentMetrics::statements_accepted, Tone::kInfo},
    {"statements_refused", &AgentMetrics::statements_refused, Tone::kWarning},
    {"inquiries_answered", &AgentMetrics::inquiries_answered, Tone::kInfo},
    {"controls_applied", &AgentMetrics::controls_applied, Tone::kInfo},
    {"register_errors", &AgentMetrics::register_errors, Tone::kWarning},
    {"found_done", &AgentMetrics::found_done, Tone::kInfo},
    {"found_not_done", &AgentMetrics::found_not_done, Tone::kInfo},
    {"in_doubt", &AgentMetrics::in_doubt, Tone::kWarning},
    {"leases_ended", &AgentMetrics::leases_ended, Tone::kInfo},
    {"answers_invalid", &AgentMetrics::answers_invalid, Tone::kWarning},
    {"changes", &AgentMetrics::changes, Tone::kInfo},
    {"changes_passed_over", &AgentMetrics::changes_passed_over, Tone::kWarning},
    {"receipts", &AgentMetrics::receipts, Tone::kInfo},
    {"batches", &AgentMetrics::batches, Tone::kSilent},
    {"receipts_recorded", &AgentMetrics::receipts_recorded, Tone::kInfo},
    {"receipts_duplicate", &AgentMetrics::receipts_duplicate, Tone::kInfo},
    {"receipts_conflict", &AgentMetrics::receipts_conflict, Tone::kWarning},
    {"receipts_refused", &AgentMetrics::receipts_refused, Tone::kWarning},
    {"orders_pruned", &AgentMetrics::orders_pruned, Tone::kSilent},
    {"papers_fetched", &AgentMetrics::papers_fetched, Tone::kInfo},
    {"papers_missed", &AgentMetrics::papers_missed, Tone::kWarning},
    {"documents_put", &AgentMetrics::documents_put, Tone::kInfo},
    {"documents_refused", &AgentMetrics::documents_refused, Tone::kWarning},
    {"documents_lost", &AgentMetrics::documents_lost, Tone::kWarning},
    {"objection_words", &AgentMetrics::objection_words, Tone::kInfo},
    {"objection_words_refused", &AgentMetrics::objection_words_refused, Tone::kWarning},
    {"objection_words_unverified", &AgentMetrics::objection_words_unverified, Tone::kWarning},
    {"supervision_orders", &AgentMetrics::supervision_orders, Tone::kWarning},
    {"supervision_words", &AgentMetrics::supervision_words, Tone::kInfo},
    {"supervision_words_refused", &AgentMetrics::supervision_words_refused, Tone::kWarning},
    {"supervision_words_unverified", &AgentMetrics::supervision_words_unverified, Tone::kWarning},
    {"positions_stated", &AgentMetrics::positions_stated, Tone::kInfo},
    {"positions_refused", &AgentMetrics::positions_refused, Tone::kWarning},
    {"positions_awaited", &AgentMetrics::positions_awaited, Tone::kWarning},
    {"queued", &AgentMetrics::queued, Tone::kSilent},
    {"waiting_for_clerk", &AgentMetrics::waiting_for_clerk, Tone::kSilent},
};

}  // namespace

Json MetricsJson(const AgentMetrics& metrics) {
  Json out;
  for (const Counter& counter : kCounters) Put(out, counter.name, metrics.*counter.value);
  Put(out, "connected", metrics.connected);
  Put(out, "register_reachable", metrics.register_reachable);
  Put(out, "directory_stale", metrics.directory_stale);
  return out;
}

// ---- From other threads ----

void Runner::RequestDrain() {
  drain_requested_ = true;
  mailbox_.Wake();
}

void Runner::LogMetrics() {
  metrics_requested_ = true;
  mailbox_.Wake();
}

absl::StatusOr<Json> Runner::Ask(std::function<absl::StatusOr<Json>(Agent&)> work) {
  struct Asked {
    absl::StatusOr<Json> result = Fail(Reason::kUnavailable, "the adapter is leaving");
    absl::Notification ready;
  };
  const auto answer = std::make_shared<Asked>();
  // The letter's last owner says that it is ready: after the work, or when the letter is dropped unread.
  std::shared_ptr<Asked> letter(answer.get(), [answer](Asked* done) { done->ready.Notify(); });
  const bool taken = mailbox_.PutWork([this, letter, work = std::move(work)] { letter->result = work(agent_); });
  letter.reset();
  if (taken) answer->ready.WaitForNotification();
  return std::move(answer->result);
}

// ---- The agent's thread ----

absl::Status Runner::Run() {
  log_.Info("started", [&](Json& line) {
    Put(line, "agency", agent_.config().agency);
    Put(line, "adapter", agent_.config().adapter);
    Put(line, "instance", agent_.config().instance);
  });
  while (true) {
    TakeMail();
    if (drain_requested_ && !draining_) {
      draining_ = true;
      drain_until_ = clock_.MonotonicNow() + options_.drain_limit;
      agent_.Drain();
      log_.Info("draining");
    }
    absl::Duration wait = agent_.Step();
    NoteChanges();
    if (metrics_requested_.exchange(false))
      log_.Info("metrics", [&](Json& line) { line.MergeFrom(MetricsJson(agent_.metrics())); });
    if (!agent_.health().ok()) return LeaveWith(agent_.health());
    if (options_.once && !draining_ && IsDone()) RequestDrain();
    if (options_.once && !seen_.connected && seen_.calls_failed >= options_.once_failures_max) {
      return LeaveWith(Fail(Reason::kUnavailable, "the gateway can't be reached").With("last_error", last_message_));
    }
    if (draining_) {
      const absl::Duration left = drain_until_ - clock_.MonotonicNow();
      if (agent_.Idle() || left <= absl::ZeroDuration()) return LeaveWith(absl::OkStatus());
      wait = std::min(wait, left);
    }
    mailbox_.Wait(std::min(wait, kLongestWait));
  }
}

void Runner::TakeMail() {
  for (Mailbox::Letter& letter : mailbox_.TakeReplies()) {
    NoteReply(letter.reply);
    agent_.OnReply(letter.call, std::move(letter.reply));
  }
  for (const std::function<void()>& work : mailbox_.TakeWork()) work();
}

void Runner::NoteReply(const absl::StatusOr<Reply>& reply) {
  if (!reply.ok()) {
    const Failure failure = FailureOf(reply.status());
    const std::string_view reason = NameOfRefusal(reply.status());
    last_message_ = failure.message;
    if (reason == last_failure_) return;
    last_failure_ = reason;
    log_.Warning("call_failed",
                 [&](Json& line) { Put(line, "reason", reason), Put(line, "message", failure.message); });
    return;
  }
  last_failure_.clear();
  const auto* tasks = std::get_if<v1::PullTasksResponse>(&*reply);
  if (tasks != nullptr && tasks->tasks().empty() && tasks->directory().empty()) ++quiet_polls_;
}

bool Runner::IsDone() const { return quiet_polls_ > 0 && agent_.Idle(); }

void Runner::NoteChanges() {
  const AgentMetrics now = agent_.metrics();
  if (now.connected != seen_.connected) log_.Info(now.connected ? "connected" : "disconnected");
  if (now.register_reachable != seen_.register_reachable) {
    if (now.register_reachable) {
      log_.Info("register_reachable");
    } else {
      log_.Warning("register_unreachable");
    }
  }
  for (const Tone tone : {Tone::kInfo, Tone::kWarning}) {
    Json grown;
    for (const Counter& counter : kCounters) {
      const uint64_t by = now.*counter.value - seen_.*counter.value;
      if (counter.tone == tone && by != 0) Put(grown, counter.name, by);
    }
    if (grown.fields().empty()) continue;
    if (tone == Tone::kInfo) {
      log_.Info("work", [&](Json& line) { line.MergeFrom(grown); });
    } else {
      log_.Warning("attention", [&](Json& line) { line.MergeFrom(grown); });
    }
  }
  if (now.directory_stale && !seen_.directory_stale)
    log_.Warning("directory_stale", [](Json& line) {
      Put(line, "message", "orders wait: the newest word of the log on its directory is too old");
    });
  seen_ = now;
}

absl::Status Runner::LeaveWith(absl::Status status) {
  mailbox_.Close();  // who still waits for an answer is told that we leave
  const auto fields = [&](Json& line) {
    Put(line, "queued", seen_.queued);
    Put(line, "waiting_for_clerk", seen_.waiting_for_clerk);
    if (!status.ok())
      Put(line, "reason", RowOf(ReasonOf(status)).name), Put(line, "message", FailureOf(status).message);
  };
  if (status.ok()) {
    log_.Info("left", fields);
  } else {
    log_.Error("stopped", fields);
  }
  return status;
}

}  // namespace eagle::sdk
