#include "adapters/sdk/agent.h"

#include <algorithm>

#include "adapters/sdk/position_rows.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::sdk {
namespace {

constexpr size_t kInboxIdBytes = 16;
constexpr size_t kStatementsAPage = 256;

absl::StatusOr<trust::StatementBook> BookOf(const AgentConfig& config) {
  EAGLE_RETURN_IF_ERROR(CheckConfig(config));
  return trust::StatementBook::Make({.registrar_keys = config.registrar_keys,
                                     .threshold = config.registrar_threshold,
                                     .environment = config.environment});
}

}  // namespace

Agent::Agent(AgentConfig config, const AgentPorts& ports, trust::StatementBook book)
    : config_(std::move(config)), ports_(ports), book_(std::move(book)), verifier_(config_, book_, ports_.checker) {}

absl::StatusOr<std::unique_ptr<Agent>> Agent::Make(AgentConfig config, const AgentPorts& ports, CoreRegister& core) {
  EAGLE_ASSIGN_OR_RETURN(trust::StatementBook book, BookOf(config));
  std::unique_ptr<Agent> agent(new Agent(std::move(config), ports, std::move(book)));
  agent->core_ = &core;
  EAGLE_RETURN_IF_ERROR(agent->Start());
  return agent;
}

absl::StatusOr<std::unique_ptr<Agent>> Agent::Make(AgentConfig config, const AgentPorts& ports,
                                                   InboxRegister& in_inbox) {
  EAGLE_ASSIGN_OR_RETURN(trust::StatementBook book, BookOf(config));
  std::unique_ptr<Agent> agent(new Agent(std::move(config), ports, std::move(book)));
  agent->in_inbox_ = &in_inbox;
  EAGLE_RETURN_IF_ERROR(agent->Start());
  return agent;
}

absl::Status Agent::Start() {
  if (config_.instance.empty()) config_.instance = config_.adapter + "/" + HexEncode(ports_.entropy.Bytes(8));
  Unit unit(ports_.inbox);
  MetaRow meta = unit.tables.Meta();
  if (meta.inbox_id.empty()) {
    meta.inbox_id = ports_.entropy.Bytes(kInboxIdBytes);
    unit.tables.PutMeta(meta);
  }
  directory_head_at_ = meta.directory_head_at;
  unit.tables.IndexUnpruned();
  // Everything is checked again: the pinned keys may have changed since, and so may the file.
  uint64_t after = 0;
  for (auto page = unit.tables.Statements(after, kStatementsAPage); !page.empty();
       page = unit.tables.Statements(after, kStatementsAPage)) {
    for (const auto& [position, member] : page) {
      after = position;
      if (!book_.Accept(member, ports_.checker).ok()) ++metrics_.statements_refused;
    }
  }
  for (const journal::Hash& digest : unit.tables.OpenTasks()) {
    const auto row = unit.tables.FindTask(digest);
    GATEWAY_ASSERT(row.has_value(), "an open task is in the inbox");
    queue_.Put(*row);
  }
  may_have_unsigned_ = !unit.tables.Unsigned(1).empty();
  may_have_pending_ = unit.tables.NextPending(0).has_value();
  may_have_said_ = ObjectionTables(*unit.transaction).NextPending().has_value();
  may_have_answers_ = SupervisionTables(*unit.transaction).NextPending().has_value();
  forgotten_wait_ = config_.forgotten_retry_min;
  if (!unit.tables.Forgotten(0, 1).empty()) next_forgotten_ = Monotonic() + forgotten_wait_;
  PositionTables positions(*unit.transaction);
  stated_day_ = positions.Meta().day;
  may_have_parts_ = positions.NextPart().has_value();
  return Commit(unit) ? absl::OkStatus() : stopped_;
}

bool Agent::Commit(Unit& unit) {
  if (!stopped_.ok()) return false;
  if (absl::Status status = unit.transaction->Commit(); !status.ok()) {
    stopped_ = status;
    return false;
  }
  for (const TaskRow& row : unit.changed) queue_.Put(row);
  may_have_unsigned_ |= unit.receipts;
  may_have_pending_ |= unit.pending;
  return true;
}

absl::Duration Agent::Step() {
  if (!stopped_.ok()) return absl::InfiniteDuration();
  while (!replies_.empty() && stopped_.ok()) {
    auto [call, reply] = std::move(replies_.front());
    replies_.pop_front();
    TakeReply(call, std::move(reply));
  }
  if (stopped_.ok()) TimeOut();
  if (stopped_.ok() && Monotonic() >= next_changes_) TakeChanges();
  if (stopped_.ok()) StateDay();
  if (stopped_.ok()) TellDisputes();
  if (stopped_.ok()) LookForPapers();
  if (stopped_.ok()) Work();
  if (stopped_.ok()) Acknowledge();
  if (stopped_.ok()) SignReceipts();
  if (stopped_.ok() && !draining_ && Monotonic() >= next_forgotten_) TellForgotten();
  if (stopped_.ok() && !draining_ && Monotonic() >= next_prune_) Prune();
  if (!stopped_.ok()) return absl::InfiniteDuration();
  SendCalls();

  const absl::Duration now = Monotonic();
  if (!queue_.Ready(now, ForgetBefore(), 1, MayBegin()).empty() || !replies_.empty()) return absl::ZeroDuration();
  absl::Duration wake = std::min(next_changes_, queue_.NextTry(now));
  if (!draining_) wake = std::min(wake, next_forgotten_);
  for (size_t method = 0; method < kMethods; ++method) {
    if (calls_[method]) {
      wake = std::min(wake, calls_[method]->deadline);
    } else if (not_before_[method] > now) {
      wake = std::min(wake, not_before_[method]);
    }
  }
  return std::max(wake - now, absl::ZeroDuration());
}

void Agent::OnReply(CallId call, absl::StatusOr<Reply> reply) {
  const bool awaited =
      std::any_of(calls_.begin(), calls_.end(), [&](const auto& open) { return open && open->id == call; });
  const bool doubled =
      std::any_of(replies_.begin(), replies_.end(), [&](const auto& entry) { return entry.first == call; });
  if (!awaited || doubled) {
    ++metrics_.late_replies;
    return;
  }
  replies_.emplace_back(call, std::move(reply));
}

bool Agent::Idle() const {
  // What only another poll could bring on isn't waited for once no more are made: it lies in the inbox.
  const size_t to_do =
      draining_ ? queue_.Finishable(ports_.clock.MonotonicNow(), MayBegin()) : queue_.Queued(ForgetBefore());
  const bool said = !may_have_said_ || failures_[kObject] > 0;  // what is refused isn't waited for
  const bool answered = !may_have_answers_ || failures_[kAnswer] > 0;
  return to_do == 0 && said && answered && !may_have_unsigned_ && !may_have_pending_ && !calls_[kReport] &&
         replies_.empty();
}

AgentMetrics Agent::metrics() const {
  AgentMetrics metrics = metrics_;
  metrics.queued = queue_.Queued(ForgetBefore());
  metrics.waiting_for_clerk = queue_.WaitingForClerk();
  metrics.connected = session_ == Session::kUp;
  metrics.register_reachable = register_reachable_;
  metrics.directory_stale = DirectoryIsStale();
  return metrics;
}

}  // namespace eagle::sdk
