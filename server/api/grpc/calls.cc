#include "server/api/grpc/calls.h"

#include <grpc/grpc_security_constants.h>
#include <grpc/support/time.h>
#include <grpcpp/server_context.h>

#include <algorithm>

#include "server/base/bytes.h"

namespace eagle::api {
namespace {

constexpr absl::Duration kDeadlineMax = absl::Seconds(60);
constexpr absl::Duration kDeadlineSlack = absl::Seconds(1);  // clocks, and the rounding of the header

absl::Status Draining() { return Fail(Reason::kDraining, "the gateway restarts").RetryAfter(absl::Seconds(2)); }

// The only value of a property of the connection; empty when there is none, or several.
std::string OnlyValue(const grpc::AuthContext& context, const char* name) {
  const std::vector<grpc::string_ref> values = context.FindPropertyValues(name);
  return values.size() == 1 ? std::string(values[0].data(), values[0].size()) : std::string();
}

// Who was turned away at the door, and why: by the name in the certificate, which isn't a person's.
void LogIfRefused(const grpc::CallbackServerContext& context, const CallPorts& ports, const Method& method,
                  const absl::Status& status) {
  if (status.code() != absl::StatusCode::kUnauthenticated && status.code() != absl::StatusCode::kPermissionDenied)
    return;
  ports.ports.log({TransportEvent::Level::kWarning,
                   "caller_refused",
                   {{"method", method.path},
                    {"reason", std::string(RowOf(ReasonOf(status)).name)},
                    {"message", std::string(FromAbsl(status.message()))},
                    {"spiffe_id", OnlyValue(*context.auth_context(), GRPC_PEER_SPIFFE_ID_PROPERTY_NAME)},
                    {"from", context.peer()}}});
}

}  // namespace

absl::Status Busy() {
  return Fail(Reason::kBusy, "more calls wait than can be worked").RetryAfter(absl::Milliseconds(200));
}

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  if (status.code() == absl::StatusCode::kCancelled) return grpc::Status(grpc::StatusCode::CANCELLED, "");
  WireError error = ToWire(FailureOf(status));
  return grpc::Status(static_cast<grpc::StatusCode>(error.code), error.message, error.details);
}

absl::StatusOr<Admitted> AdmitFrom(const grpc::AuthContext& context, Callers& callers, std::string_view method) {
  const std::string pem = OnlyValue(context, GRPC_X509_PEM_CERT_PROPERTY_NAME);
  const std::string spiffe_id = OnlyValue(context, GRPC_PEER_SPIFFE_ID_PROPERTY_NAME);
  if (pem.empty() || spiffe_id.empty()) {
    return Fail(Reason::kUnauthenticated, "the connection shows no certificate with exactly one SPIFFE name");
  }
  return method.empty() ? callers.Identified(pem, spiffe_id) : callers.Admit(pem, spiffe_id, method);
}

absl::Status CheckDeadline(const grpc::CallbackServerContext& context) {
  const gpr_timespec deadline = context.raw_deadline();
  const bool none = gpr_time_cmp(deadline, gpr_inf_future(deadline.clock_type)) == 0;
  const absl::Duration left =
      absl::Milliseconds(none ? 0 : gpr_time_to_millis(gpr_time_sub(deadline, gpr_now(deadline.clock_type))));
  if (!none && left <= kDeadlineMax + kDeadlineSlack) return absl::OkStatus();
  return Fail(Reason::kDeadlineMissing, none ? "the call has no deadline" : "the call's deadline is too far away")
      .With("most_seconds", "60");
}

// --- one answer

absl::Status Unary::Admit(grpc::CallbackServerContext& context, const std::shared_ptr<const Caller>& local,
                          size_t request_bytes) {
  if (local != nullptr) {
    admitted_.caller = local;
    EAGLE_RETURN_IF_ERROR(MayCall(*local, method_.path));
  } else {
    EAGLE_ASSIGN_OR_RETURN(admitted_, AdmitFrom(*context.auth_context(), ports_.callers, method_.path));
  }
  if (method_.needs_deadline) EAGLE_RETURN_IF_ERROR(CheckDeadline(context));
  if (request_bytes > ports_.options.message_bytes_max) {
    return Fail(Reason::kTooLarge, "the message is too large")
        .With("bytes", static_cast<int64_t>(request_bytes))
        .With("most_bytes", static_cast<int64_t>(ports_.options.message_bytes_max));
  }
  return absl::OkStatus();
}

void Unary::Begin(grpc::CallbackServerContext& context, const std::shared_ptr<const Caller>& local,
                  size_t request_bytes) {
  self_ = shared_from_this();
  began_ = ports_.ports.real.MonotonicNow();
  absl::Status status = Admit(context, local, request_bytes);
  if (status.ok() && !ports_.executor.Post([self = self_] {
        if (!self->ended()) self->Run();
      })) {
    status = Busy();
  }
  if (status.ok() || !Claim()) return;
  LogIfRefused(context, ports_, method_, status);
  End(status);
}

void Unary::End(const absl::Status& status) {
  code_ = std::min<int>(static_cast<int>(status.code()), Method::kCodes - 1);
  if (status.code() == absl::StatusCode::kInternal || status.code() == absl::StatusCode::kDataLoss) {
    const Failure failure = FailureOf(status);
    ports_.ports.log({TransportEvent::Level::kError,
                      "call_failed",
                      {{"method", method_.path},
                       {"reason", std::string(RowOf(failure.reason).name)},
                       {"message", failure.message},
                       {"caller", admitted_.caller != nullptr ? admitted_.caller->code : ""}}});
  }
  Finish(ToGrpc(status));
}

void Unary::OnCancel() {
  if (!Claim()) return;
  GivenUp();
  End(absl::CancelledError());
}

void Unary::OnDone() {
  ++method_.ended[code_];
  method_.microseconds += static_cast<uint64_t>(absl::ToInt64Microseconds(ports_.ports.real.MonotonicNow() - began_));
  const std::shared_ptr<Unary> last = std::move(self_);
}

// --- polls

bool PollCall::IsNewest() {
  absl::MutexLock lock(&ports_.mu);
  const auto it = ports_.polls.find(Key());
  return it != ports_.polls.end() && it->second.lock().get() == this;
}

void PollCall::Run() {
  const std::shared_ptr<PollCall> self = std::static_pointer_cast<PollCall>(shared_from_this());
  {
    absl::MutexLock lock(&ports_.mu);
    ports_.polls[Key()] = self;
  }
  UnaryCall::Run();
  if (ended()) GivenUp();  // given up before it was parked
}

void PollCall::GivenUp() {
  if (admitted_.caller == nullptr || !IsNewest()) return;
  ports_.ports.dispatcher.CancelPolls(caller().agency, request().instance());
}

void PollCall::Unwanted(const v1::PullTasksResponse& answer) {
  if (answer.tasks().empty()) return;
  std::vector<OrderSeq> orders;
  for (const v1::Task& task : answer.tasks()) orders.emplace_back(task.order_seq());
  ports_.ports.dispatcher.GiveBack(caller().agency, request().instance(), answer.tasks(0).fence(), orders);
}

void PollCall::Recheck() {
  const absl::Status status = MayAnswer();
  if (status.ok() || !Claim()) return;
  GivenUp();
  End(status);
}

void PollCall::OnDone() {
  {
    absl::MutexLock lock(&ports_.mu);
    if (admitted_.caller != nullptr) {
      const auto it = ports_.polls.find(Key());
      if (it != ports_.polls.end() && it->second.lock().get() == this) ports_.polls.erase(it);
    }
  }
  Unary::OnDone();
}

// --- watches

namespace {

// Who is woken by what.
bool Join(WatchHub& hub, std::shared_ptr<Watch> watch, const Caller& caller, const v1::WatchOrdersRequest&) {
  return hub.Add(std::move(watch), caller.court);
}
bool Join(WatchHub& hub, std::shared_ptr<Watch> watch, const Caller& caller, const v1::WatchAlertsRequest&) {
  return hub.AddForAlerts(std::move(watch), caller.spiffe_id);
}

// Whether the other side gets the page though no heartbeat is due.
bool IsNews(const v1::WatchOrdersResponse& page, bool /*told_caught_up*/) { return !page.events().empty(); }
bool IsNews(const v1::WatchAlertsResponse& page, bool told_caught_up) {
  return !page.alerts().empty() || (page.caught_up() && !told_caught_up);
}
bool IsCaughtUp(const v1::WatchOrdersResponse&) { return false; }
bool IsCaughtUp(const v1::WatchAlertsResponse& page) { return page.caught_up(); }

}  // namespace

template <typename Request, typename Response>
void WatchCall<Request, Response>::Begin(grpc::CallbackServerContext& context) {
  self_ = this->shared_from_this();
  auto admitted = AdmitFrom(*context.auth_context(), ports_.callers, method_.path);
  absl::Status status = admitted.status();
  if (status.ok()) {
    admitted_ = *std::move(admitted);
    if (!Join(ports_.watches, self_, *admitted_.caller, request_) || !Wake(true)) status = Busy();
  }
  if (status.ok()) return;
  LogIfRefused(context, ports_, method_, status);
  End(status);
}

template <typename Request, typename Response>
bool WatchCall<Request, Response>::Wake(bool heartbeat) {
  {
    absl::MutexLock lock(&mu_);
    if (doing_ == Doing::kEnded) return true;
    doing_ = Doing::kLooking;
  }
  if (ports_.executor.Post([self = this->shared_from_this(), heartbeat] { self->Look(heartbeat); })) return true;
  absl::MutexLock lock(&mu_);
  if (doing_ == Doing::kLooking) doing_ = Doing::kResting;
  return false;
}

template <typename Request, typename Response>
absl::Status WatchCall<Request, Response>::MayGoOn() {
  if (cancelled_) return absl::CancelledError();
  if (ports_.draining) return Draining();
  return ports_.callers.Recheck(admitted_.peer, method_.path);
}

template <typename Request, typename Response>
void WatchCall<Request, Response>::Look(bool heartbeat) {
  if (absl::Status status = MayGoOn(); !status.ok()) return End(status);
  absl::StatusOr<Response> page = (ports_.ports.handlers.*read_)(*admitted_.caller, request_, kPageEvents);
  if (!page.ok()) return End(page.status());
  // A token that moved may have further to go: a page looks at so many entries only, ours or not.
  moved_ = request_.resume_token() != page->resume_token();
  request_.set_resume_token(page->resume_token());
  if (!heartbeat && !IsNews(*page, told_caught_up_)) return Rest(/*wrote=*/false);
  told_caught_up_ = IsCaughtUp(*page);
  page_ = *std::move(page);
  {
    absl::MutexLock lock(&mu_);
    doing_ = Doing::kWriting;
  }
  this->StartWrite(&page_);
}

template <typename Request, typename Response>
void WatchCall<Request, Response>::OnWriteDone(bool ok) {
  if (!ok) return End(absl::CancelledError());
  Rest(/*wrote=*/true);
}

template <typename Request, typename Response>
void WatchCall<Request, Response>::Rest(bool wrote) {
  {
    absl::MutexLock lock(&mu_);
    doing_ = Doing::kResting;
  }
  if (cancelled_ || ports_.draining) return End(cancelled_ ? absl::CancelledError() : Draining());
  ports_.watches.Rest(this, wrote, moved_);
}

template <typename Request, typename Response>
void WatchCall<Request, Response>::OnCancel() {
  cancelled_ = true;
  bool resting;
  {
    absl::MutexLock lock(&mu_);
    resting = doing_ == Doing::kResting;
  }
  if (resting) End(absl::CancelledError());
}

template <typename Request, typename Response>
void WatchCall<Request, Response>::End(const absl::Status& status) {
  {
    absl::MutexLock lock(&mu_);
    if (doing_ == Doing::kEnded) return;
    doing_ = Doing::kEnded;
  }
  ++method_.ended[std::min<int>(static_cast<int>(status.code()), Method::kCodes - 1)];
  this->Finish(ToGrpc(status));
}

template <typename Request, typename Response>
void WatchCall<Request, Response>::OnDone() {
  ports_.watches.Remove(this);
  const std::shared_ptr<WatchCall> last = std::move(self_);
}

template class WatchCall<v1::WatchOrdersRequest, v1::WatchOrdersResponse>;
template class WatchCall<v1::WatchAlertsRequest, v1::WatchAlertsResponse>;

}  // namespace eagle::api
