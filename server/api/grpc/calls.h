// One call on the wire, written once for all methods. For gRPC's side of this room only (services.cc).
//
//   Unary       admission, hand-over, the one end of a call, whoever brings it about: the handler, the caller who gives
//   up, or the guard of
//               rights. A call keeps itself alive until gRPC is done with it; the handler's reply keeps it longer if it
//               comes later.
//   UnaryCall   the same with its messages.
//   PollCall    PullTasks: parked inside the dispatcher, taken out when the caller gives up or loses its rights.
//   WaitCall    WaitCheckpoint: waits of witnesses end when rights change, and each is asked for its own.
//   WatchCall   WatchOrders, WatchAlerts: reads a page, writes it, rests until the hub wakes it. A slow reader just
//   gets later pages.
//
// Threads: reactions on gRPC's, work on the executor's, replies on any.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "server/api/grpc/callers.h"
#include "server/api/grpc/errors.h"
#include "server/api/grpc/executor.h"
#include "server/api/grpc/server.h"
#include "server/api/grpc/watch_hub.h"

namespace eagle::api {

namespace v1 = ::goldeneagle::v1;

// A method with what became of its calls.
struct Method {
  static constexpr size_t kCodes = 17;
  std::string path;  // "/goldeneagle.v1.OrderService/GetOrder"
  bool needs_deadline = true;
  std::atomic<uint64_t> ended[kCodes] = {};
  std::atomic<uint64_t> microseconds{0};
};

class PollCall;

// What all calls of a process share.
struct CallPorts {
  CallPorts(const ServerOptions& o, const ServerPorts& p, Callers& c, Executor& e, WatchHub& w)
      : options(o), ports(p), callers(c), executor(e), watches(w) {}
  const ServerOptions& options;
  const ServerPorts& ports;
  Callers& callers;
  Executor& executor;
  WatchHub& watches;
  std::atomic<bool> draining{false};

  absl::Mutex mu;
  // The newest poll of each instance: an older one that gives up late must not take the newer one out.
  std::map<std::pair<uint32_t, std::string>, std::weak_ptr<PollCall>> polls ABSL_GUARDED_BY(mu);
};

absl::Status Busy();  // the executor takes no more
grpc::Status ToGrpc(const absl::Status& status);
// The caller behind a call of the API listener. Errors: UNAUTHENTICATED; with a method also PERMISSION_DENIED.
absl::StatusOr<Admitted> AdmitFrom(const grpc::AuthContext& context, Callers& callers, std::string_view method);
// Errors: DEADLINE_MISSING.
absl::Status CheckDeadline(const grpc::CallbackServerContext& context);

class Unary : public grpc::ServerUnaryReactor, public std::enable_shared_from_this<Unary> {
 public:
  Unary(CallPorts& ports, Method& method) : ports_(ports), method_(method) {}

  // `local`: the caller of the admin listener; null: the certificate says who.
  void Begin(grpc::CallbackServerContext& context, const std::shared_ptr<const Caller>& local, size_t request_bytes);
  void OnDone() override;
  void OnCancel() override;

 protected:
  virtual void Run() = 0;    // on a worker
  virtual void GivenUp() {}  // the call has ended before its answer came
  // True once: whoever gets it ends the call.
  bool Claim() { return !ended_.exchange(true); }
  bool ended() const { return ended_; }
  void End(const absl::Status& status);  // pre: claimed
  const Caller& caller() const { return *admitted_.caller; }

  CallPorts& ports_;
  Method& method_;
  Admitted admitted_;

 private:
  absl::Status Admit(grpc::CallbackServerContext& context, const std::shared_ptr<const Caller>& local,
                     size_t request_bytes);
  std::atomic<bool> ended_{false};
  std::atomic<int> code_{0};
  absl::Duration began_;
  std::shared_ptr<Unary> self_;
};

template <typename Request, typename Response>
class UnaryCall : public Unary {
 public:
  using Direct = absl::StatusOr<Response> (Handlers::*)(const Caller&, const Request&);
  using Later = void (Handlers::*)(const Caller&, Request, Reply<Response>);
  using Own = std::function<absl::StatusOr<Response>(const Caller&, const Request&)>;
  using Work = std::variant<Direct, Later, Own>;

  // Takes the request's content: gRPC keeps the message for this call alone, and does nothing with it any more.
  UnaryCall(CallPorts& ports, Method& method, const Request* request, Response* response, Work work)
      : Unary(ports, method), response_(response), work_(std::move(work)) {
    request_.Swap(const_cast<Request*>(request));
  }
  const Request& request() const { return request_; }

 protected:
  void Run() override {
    Handlers& handlers = ports_.ports.handlers;
    if (const auto* direct = std::get_if<Direct>(&work_)) return Answer((handlers.*(*direct))(caller(), request_));
    if (const auto* own = std::get_if<Own>(&work_)) return Answer((*own)(caller(), request_));
    const auto self = std::static_pointer_cast<UnaryCall>(shared_from_this());
    (handlers.*std::get<Later>(work_))(caller(), KeepsRequest() ? request_ : std::move(request_),
                                       [self](absl::StatusOr<Response> answer) { self->Answer(std::move(answer)); });
  }
  virtual bool KeepsRequest() const { return false; }
  // What may still stop the answer from leaving.
  virtual absl::Status MayAnswer() { return absl::OkStatus(); }
  // The answer came, and nobody gets it.
  virtual void Unwanted(const Response&) {}

 private:
  // Serialising and writing the answer is work: not for the sequencer's thread, on which replies often come.
  void Answer(absl::StatusOr<Response> answer) {
    answer_ = std::move(answer);
    const auto self = std::static_pointer_cast<UnaryCall>(shared_from_this());
    ports_.executor.Finish([self] { self->Leave(); });
  }
  void Leave() {
    const bool mine = Claim();
    const absl::Status status = answer_->ok() && mine ? MayAnswer() : answer_->status();
    if (answer_->ok() && !(mine && status.ok())) Unwanted(**answer_);
    if (!mine) return;
    if (status.ok()) *response_ = *std::move(*answer_);
    End(status);
  }

  Request request_;
  Response* const response_;  // gRPC's, until the call has ended
  const Work work_;
  std::optional<absl::StatusOr<Response>> answer_;
};

class PollCall final : public UnaryCall<v1::PullTasksRequest, v1::PullTasksResponse> {
 public:
  using UnaryCall::UnaryCall;
  // Ends the call if its caller has lost its rights.
  void Recheck();
  void OnDone() override;

 protected:
  void Run() override;
  void GivenUp() override;
  bool KeepsRequest() const override { return true; }
  absl::Status MayAnswer() override { return ports_.callers.Recheck(admitted_.peer, method_.path); }
  // Tasks that were handed out to it go back to the queue at once, not when their lease ends.
  void Unwanted(const v1::PullTasksResponse& answer) override;

 private:
  std::pair<uint32_t, std::string> Key() const { return {caller().agency.value(), request().instance()}; }
  bool IsNewest();
};

// WaitCheckpoint: what it waited for isn't told to a caller that has lost its rights meanwhile.
class WaitCall final : public UnaryCall<v1::WaitCheckpointRequest, v1::WaitCheckpointResponse> {
 public:
  using UnaryCall::UnaryCall;

 protected:
  absl::Status MayAnswer() override { return ports_.callers.Recheck(admitted_.peer, method_.path); }
};

template <typename Request, typename Response>
class WatchCall final : public grpc::ServerWriteReactor<Response>,
                        public Watch,
                        public std::enable_shared_from_this<WatchCall<Request, Response>> {
 public:
  static constexpr size_t kPageEvents = 256;
  // Reads one page past the request's token.
  using Read = absl::StatusOr<Response> (Handlers::*)(const Caller&, const Request&, size_t limit);

  WatchCall(CallPorts& ports, Method& method, const Request& request, Read read)
      : ports_(ports), method_(method), request_(request), read_(read) {}
  void Begin(grpc::CallbackServerContext& context);
  bool Wake(bool heartbeat) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  enum class Doing { kLooking, kWriting, kResting, kEnded };
  void Look(bool heartbeat);
  // Rests until the hub wakes it, which may be at once; unless the call must end.
  void Rest(bool wrote);
  void End(const absl::Status& status);
  absl::Status MayGoOn();

  CallPorts& ports_;
  Method& method_;
  Request request_;  // resume_token: after the last page
  const Read read_;
  Response page_;
  bool moved_ = false;           // by the last page
  bool told_caught_up_ = false;  // the other side knows that it has seen all (WatchAlerts)
  Admitted admitted_;
  std::shared_ptr<WatchCall> self_;
  std::atomic<bool> cancelled_{false};
  absl::Mutex mu_;
  Doing doing_ ABSL_GUARDED_BY(mu_) = Doing::kLooking;
};
extern template class WatchCall<v1::WatchOrdersRequest, v1::WatchOrdersResponse>;
extern template class WatchCall<v1::WatchAlertsRequest, v1::WatchAlertsResponse>;

}  // namespace eagle::api
