// The agent's calls: when each is made, what becomes of one that fails, and what Hello and RenewLease bring.
#include <algorithm>

#include "adapters/sdk/agent.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::sdk {
namespace {

constexpr uint32_t kContractVersion = 1;
constexpr uint32_t kFailuresUntilHello = 3;
constexpr uint32_t kTasksAPollMax = 256;
constexpr uint32_t kPollWaitSecondsMax = 30;
constexpr size_t kBatchesAtOnce = 256;

// The stream is counted anew, from its beginning: what is known stays known. Statements are kept in the order in which
// they were believed, and positions are given out anew.
void ForgetStream(MetaRow& meta) {
  meta.statement_offset += meta.directory_position;
  meta.directory_position = meta.statements = meta.directory_head = 0;
  meta.stream_digest = std::string(journal::kHashSize, '\0');
}

// The call was understood and turned down; the same bytes will hardly fare better soon.
bool IsRefusal(const absl::Status& status) {
  return status.code() != absl::StatusCode::kUnavailable && status.code() != absl::StatusCode::kDeadlineExceeded &&
         status.code() != absl::StatusCode::kResourceExhausted && status.code() != absl::StatusCode::kCancelled &&
         status.code() != absl::StatusCode::kAborted;
}

}  // namespace

CallId Agent::Begin(Method method, absl::Duration timeout) {
  const absl::Duration now = Monotonic();
  calls_[method] = Call{.id = ++last_call_, .sent_at = now, .deadline = now + timeout};
  return last_call_;
}

void Agent::TakeReply(CallId id, absl::StatusOr<Reply> reply) {
  const auto open =
      std::find_if(calls_.begin(), calls_.end(), [&](const auto& call) { return call && call->id == id; });
  if (open == calls_.end()) {
    ++metrics_.late_replies;  // the session ended while it waited for this Step
    return;
  }
  const auto method = static_cast<Method>(open - calls_.begin());
  const Call call = **open;
  open->reset();
  if (!reply.ok()) {
    Failed(method, reply.status());
    return;
  }
  const auto* hello = std::get_if<v1::HelloResponse>(&*reply);
  const auto* tasks = std::get_if<v1::PullTasksResponse>(&*reply);
  const auto* renewal = std::get_if<v1::RenewLeaseResponse>(&*reply);
  const auto* report = std::get_if<v1::ReportResultsResponse>(&*reply);
  const auto* paper = std::get_if<v1::PullBlobPartResponse>(&*reply);
  const auto* document = std::get_if<v1::PutBlobPartResponse>(&*reply);
  const auto* said = std::get_if<v1::SubmitObjectionsResponse>(&*reply);
  const auto* thread = std::get_if<v1::PullObjectionsResponse>(&*reply);
  const auto* answered = std::get_if<v1::SubmitSupervisionResponse>(&*reply);
  const auto* supervised = std::get_if<v1::PullSupervisionResponse>(&*reply);
  const uint32_t failures = failures_[method];
  if (method == kHello && hello != nullptr) {
    TakeHello(*hello);
  } else if (method == kPull && tasks != nullptr) {
    TakeTasks(call, *tasks);
  } else if (method == kRenew && renewal != nullptr) {
    TakeRenewal(call, *renewal);
  } else if (method == kReport && report != nullptr) {
    TakeReport(*report);
  } else if (method == kPosition && report != nullptr) {
    TakePosition(*report);
  } else if (method == kPaper && paper != nullptr) {
    TakePaper(*paper);
  } else if (method == kDocument && document != nullptr) {
    TakeDocument(*document);
  } else if (method == kObject && said != nullptr) {
    TakeSaid(*said);
  } else if (method == kThread && thread != nullptr) {
    TakeThread(*thread);
  } else if (method == kAnswer && answered != nullptr) {
    TakeAnswered(*answered);
  } else if (method == kSupervised && supervised != nullptr) {
    TakeSupervised(*supervised);
  } else if (method != kStatus) {
    Malformed(method, "the reply is of another kind than the call");
  }
  if (failures_[method] == failures) failures_[method] = 0;
}

void Agent::Malformed(Method method, std::string_view why) {
  ++metrics_.replies_malformed;
  Failed(method, Fail(Reason::kInternal, why));
}

void Agent::TimeOut() {
  const absl::Duration now = Monotonic();
  for (size_t method = 0; method < kMethods; ++method) {
    if (!calls_[method] || calls_[method]->deadline > now) continue;
    calls_[method].reset();
    ++metrics_.calls_timed_out;
    Failed(static_cast<Method>(method), absl::DeadlineExceededError("no reply in time"));
  }
}

// Half to all of the doubled wait, so that adapters that lost the gateway together don't come back together.
absl::Duration Agent::Backoff(uint32_t failures, const absl::Status& status) {
  absl::Duration wait = config_.backoff_min;
  for (uint32_t i = 1; i < failures && wait < config_.backoff_max; ++i) wait *= 2;
  wait = std::min(wait, config_.backoff_max);
  const std::string random = ports_.entropy.Bytes(2);
  wait = wait / 2 + wait / 2 * (static_cast<double>(ByteReader(random).U16()) / 65536.0);
  if (status.ok()) return wait;
  return std::max(wait, FailureOf(status).retry_delay);
}

void Agent::Failed(Method method, const absl::Status& status) {
  ++metrics_.calls_failed;
  ++failures_[method];
  const absl::Duration wait = Backoff(failures_[method], status);
  not_before_[method] = Monotonic() + wait;
  const Reason reason = ReasonOf(status);
  // Receipts wait for their files, but not for room at the gateway.
  const bool given_up = method == kDocument && status.code() == absl::StatusCode::kResourceExhausted &&
                        (reason == Reason::kBlobQuotaExceeded || failures_[method] >= kFailuresUntilHello);
  if (method == kHello) {
    session_ = Session::kDown;
  } else if (reason == Reason::kHelloFirst) {
    GoDown(failures_[method] == 1 ? absl::ZeroDuration() : wait);
  } else if (method == kPull && reason == Reason::kDirectoryDiffers) {
    CountStatementsAnew(status);
  } else if (method == kReport && IsRefusal(status)) {
    Refused& refused = refused_batches_[batch_sent_];
    refused.next_try = Monotonic() + Backoff(++refused.times, status);
    not_before_[method] = Monotonic();
    failures_[method] = 0;
  } else if ((method == kPaper || method == kDocument) && (IsRefusal(status) || given_up)) {
    not_before_[method] = Monotonic();
    failures_[method] = 0;
    if (method == kPaper) return MissPaper(FailureOf(status).message);
    ++metrics_.documents_refused;
    EndDocument();
  } else if ((method == kObject || method == kThread || method == kAnswer || method == kSupervised ||
              method == kPosition) &&
             IsRefusal(status)) {
    return;  // later and later again; orders and receipts go on
  } else if (status.code() == absl::StatusCode::kUnavailable || failures_[method] >= kFailuresUntilHello) {
    GoDown(wait);
  }
}

// The session is over: every reply still on its way is late, Hello comes next.
void Agent::GoDown(absl::Duration wait) {
  session_ = Session::kDown;
  for (auto& call : calls_) call.reset();
  not_before_[kHello] = std::max(not_before_[kHello], Monotonic() + wait);
}

void Agent::SendCalls() {
  const absl::Duration now = Monotonic();
  const auto may = [&](Method method) { return !calls_[method] && now >= not_before_[method]; };
  if (session_ == Session::kDown && may(kHello)) SendHello();
  if (session_ != Session::kUp) return;
  if (may(kReport) && may_have_pending_) SendReport();
  if (may(kRenew)) SendRenewal();
  if (may(kStatus)) SendStatus();
  if (may(kPaper) && fetch_) SendPaper();
  if (may(kObject) && may_have_said_) SendWord();
  if (may(kThread) && newest_word_ != 0) SendThread();
  if (may(kAnswer) && may_have_answers_) SendAnswer();
  if (may(kSupervised) && newest_supervision_ != 0) SendSupervised();
  if (may(kPosition) && may_have_parts_) SendPosition();
  if (may(kPull) && !draining_) SendPull();
}

void Agent::SendHello() {
  v1::HelloRequest request;
  request.add_contract_versions(kContractVersion);
  request.set_adapter(config_.adapter);
  request.set_version(config_.version);
  request.set_instance(config_.instance);
  {
    Unit unit(ports_.inbox);
    request.set_inbox(unit.tables.Meta().inbox_id);
  }
  for (const v1::Capability& capability : config_.capabilities) *request.add_capabilities() = capability;
  request.set_most_in_flight(config_.most_in_flight);
  session_ = Session::kGreeting;
  ++metrics_.hellos;
  ports_.channel.Hello(Begin(kHello, config_.call_timeout), request);
}

void Agent::TakeHello(const v1::HelloResponse& response) {
  if (response.contract_version() != kContractVersion || response.environment() != config_.environment ||
      response.agency() != config_.agency) {
    return Malformed(kHello, "the gateway speaks another version, is of another world, or takes us for somebody else");
  }
  if (!TakeOrigin(response)) return;
  recovered_ = response.recovered_at() != 0;
  const absl::Duration now = Monotonic();
  session_ = Session::kUp;
  up_since_ = now;
  lease_ = absl::Seconds(std::clamp<uint32_t>(response.lease_seconds(), 1, 3600));
  renew_every_ = std::min<absl::Duration>(absl::Seconds(std::max<uint32_t>(response.renew_seconds(), 1)), lease_ / 2);
  poll_wait_seconds_ = std::min(response.poll_wait_seconds(), kPollWaitSecondsMax);
  delivered_in_session_ = false;
  // The gateway may have been started anew since: what it granted before is worth nothing. The first poll says that we
  // hold nothing, so it hands out again what is open.
  queue_.EndLeases();
  not_before_ = {};
  not_before_[kRenew] = now + renew_every_;
}

// A log that went on from older data: what lay past the restored entries was lost there, and is here.
bool Agent::TakeOrigin(const v1::HelloResponse& response) {
  Unit unit(ports_.inbox);
  MetaRow meta = unit.tables.Meta();
  if (response.origin() == meta.origin) return true;
  meta.origin = response.origin();
  if (response.recovered_at() != 0) {
    ++metrics_.recoveries;
    for (std::vector<uint64_t> some = unit.tables.Batches(0, kBatchesAtOnce); !some.empty();
         some = unit.tables.Batches(some.back(), kBatchesAtOnce)) {
      for (uint64_t batch : some) unit.tables.SetPending(batch, true);
      unit.pending = true;
    }
    ForgetStream(meta);
    meta.last_delivery = std::min(meta.last_delivery, response.recovered_at());
    refused_batches_.clear();
    documents_done_.clear();
    ObjectionTables(*unit.transaction).Rewind(response.recovered_at());
    may_have_said_ = true, newest_word_ = 0;
    SupervisionTables(*unit.transaction).Rewind(response.recovered_at());
    may_have_answers_ = true, newest_supervision_ = 0;
    ForgetStatedDay(unit);
  }
  unit.tables.PutMeta(meta);
  return Commit(unit);
}

// The log's statements are others than our books have. Taken anew, they are counted as the gateway tells them now: that
// mends books that were damaged, and what is believed is judged by the statements' own signatures as ever. Where it
// doesn't help, it is tried later and later, and people are told (directories_differ).
void Agent::CountStatementsAnew(const absl::Status& status) {
  ++metrics_.directories_differ;
  failures_[kPull] = 0;
  not_before_[kPull] = Monotonic() + Backoff(++recounts_, status);
  Unit unit(ports_.inbox);
  MetaRow meta = unit.tables.Meta();
  ForgetStream(meta);
  unit.tables.PutMeta(meta);
  Commit(unit);
}

absl::Duration Agent::ForgetBefore() const {
  if (session_ != Session::kUp) return -absl::InfiniteDuration();
  const absl::Duration now = ports_.clock.MonotonicNow(), grace = 2 * lease_ + absl::Seconds(poll_wait_seconds_);
  return now - up_since_ < grace ? -absl::InfiniteDuration() : now - grace;
}

void Agent::SendPull() {
  const auto in_flight = static_cast<uint32_t>(queue_.InFlight());
  uint32_t room = in_flight < config_.most_in_flight ? config_.most_in_flight - in_flight : 0;
  // Full of tasks that wait for statements: only a poll brings these.
  if (room == 0 && !queue_.In(TaskState::kArrived).empty()) room = 1;
  if (room == 0) return;
  v1::PullTasksRequest request;
  request.set_instance(config_.instance);
  request.set_most_tasks(std::min(kTasksAPollMax, room));
  request.set_wait_seconds(poll_wait_seconds_);
  {
    Unit unit(ports_.inbox);
    const MetaRow meta = unit.tables.Meta();
    request.set_last_delivery(delivered_in_session_ || queue_.size() == 0 ? meta.last_delivery : 0);
    request.set_directory_position(meta.directory_position);
    request.set_directory_digest(meta.stream_digest);
    request.set_directory_head(meta.directory_head);
  }
  ++metrics_.polls;
  const CallId call = Begin(kPull, absl::Seconds(poll_wait_seconds_) + config_.poll_slack);
  calls_[kPull]->tasks_asked = request.most_tasks();
  ports_.channel.PullTasks(call, request);
}

void Agent::SendRenewal() {
  std::vector<journal::Hash> held = queue_.Leased();
  if (held.empty()) return;
  v1::RenewLeaseRequest request;
  request.set_instance(config_.instance);
  const CallId call = Begin(kRenew, config_.call_timeout);
  calls_[kRenew]->held = std::move(held);
  not_before_[kRenew] = Monotonic() + renew_every_;
  ports_.channel.RenewLease(call, request);
}

void Agent::TakeRenewal(const Call& call, const v1::RenewLeaseResponse& response) {
  for (const journal::Hash& digest : call.held) {
    if (QueuedTask* task = queue_.Find(digest)) task->lease_end = std::max(task->lease_end, call.sent_at + lease_);
  }
  for (const std::string& order_id : response.lost()) queue_.EndLease(order_id, call.sent_at);
  if (response.withdrawn().empty()) return;
  Unit unit(ports_.inbox);
  TakeWithdrawn(response.withdrawn(), unit);
  Commit(unit);
}

void Agent::SendStatus() {
  v1::ReportStatusRequest request;
  request.set_instance(config_.instance);
  request.set_back_end_reachable(register_reachable_);
  request.set_in_flight(static_cast<uint32_t>(queue_.InFlight()));
  request.set_waiting_for_clerk(static_cast<uint32_t>(queue_.WaitingForClerk()));
  request.set_directory_stale(DirectoryIsStale());
  not_before_[kStatus] = Monotonic() + config_.status_interval;
  ports_.channel.ReportStatus(Begin(kStatus, config_.call_timeout), request);
}

}  // namespace eagle::sdk
