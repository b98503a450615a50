#include "tests/bench/pipeline/adapters.h"

#include <grpcpp/alarm.h>
#include <unistd.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "adapters/sdk/verifier.h"
#include "goldeneagle/v1/adapter_service.grpc.pb.h"
#include "server/base/reason.h"
#include "server/base/system_clock.h"
#include "server/trust/make_batch.h"
#include "server/trust/system_entropy.h"
#include "tests/bench/pipeline/acts.h"
#include "tests/bench/pipeline/board.h"
#include "tests/bench/pipeline/channels.h"
#include "tests/bench/pipeline/install.h"

namespace eagle::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

constexpr int kTasksAPoll = 256, kTasksAtPace = 4;

// What all adapters of the process share; read only, but for the board.
struct Shared {
  const AdapterOptions& options;
  const World& world;
  const trust::StatementBook& book;
  Board board;
  trust::PublicKeyChecker checker;
  SystemClock clock;
};

// A call under way; it lies on the heap from the start of the call to its end.
struct Event {
  virtual ~Event() = default;
  virtual void Done(bool ok) = 0;
};

template <class Response>
struct Pending {
  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> reader;
  Response response;
  grpc::Status status;
};

class Adapter {
 public:
  Adapter(Shared& shared, const Party& party, grpc::CompletionQueue& queue)
      : shared_(shared),
        party_(party),
        queue_(queue),
        stub_(v1::AdapterService::NewStub(Connect(shared.world, party, shared.options.address))),
        verifier_(config_, shared.book, shared.checker) {
    config_.agency = party.code;
    config_.environment = v1::ENVIRONMENT_TEST;
    // Sequences of heads are unique for ever; a process begins where the clock is.
    sequence_ = static_cast<uint64_t>(absl::ToUnixMicros(shared.clock.WallNow()));
  }

  void Hello() {
    v1::HelloRequest request;
    request.add_contract_versions(1);
    request.set_adapter("bench.eagle.adapter"), request.set_version("1"), request.set_instance(Instance());
    std::string inbox = party_.code;
    inbox.resize(16, '.');
    request.set_inbox(inbox), request.set_most_in_flight(10'000);
    for (v1::Capability& row : Capabilities()) *request.add_capabilities() = std::move(row);
    Start<v1::HelloResponse>(&v1::AdapterService::Stub::AsyncHello, request, 30, [this](auto& call) {
      if (!call.status.ok()) return Failed("Hello", call.status, [this] { Hello(); });
      ++shared_.board.head().ready;
      Poll();
    });
  }

 private:
  std::string Instance() const { return "bench-" + party_.code; }

  template <class Response, class Method, class Request, class Then>
  void Start(Method method, const Request& request, int seconds, Then then) {
    struct Call final : Event, Pending<Response> {
      explicit Call(Then then_in) : then(std::move(then_in)) {}
      void Done(bool) override { then(*this); }
      Then then;
    };
    auto* call = new Call(std::move(then));
    call->context.set_deadline(system_clock::now() + std::chrono::seconds(seconds));
    call->reader = (stub_.get()->*method)(&call->context, request, &queue_);
    call->reader->Finish(&call->response, &call->status, static_cast<Event*>(call));
  }

  // Counts, complains, and tries again a little later.
  template <class Again>
  void Failed(const char* what, const grpc::Status& status, Again again) {
    if (shared_.board.head().stop != 0) return;
    ++shared_.board.head().failed_calls;
    shared_.board.Complain(FromGrpc(status, absl::StrCat(party_.code, " ", what)).ToString());
    After(milliseconds(50), std::move(again));
  }

  template <class Then>
  void After(milliseconds pause, Then then) {
    struct Timer final : Event {
      explicit Timer(Then then_in) : then(std::move(then_in)) {}
      void Done(bool ok) override {
        if (ok) then();
      }
      Then then;
      grpc::Alarm alarm;
    };
    auto* timer = new Timer(std::move(then));
    timer->alarm.Set(&queue_, system_clock::now() + pause, static_cast<Event*>(timer));
  }

  void Poll() {
    if (shared_.board.head().stop != 0) return;
    v1::PullTasksRequest request;
    request.set_instance(Instance()),
        request.set_most_tasks(shared_.board.head().pace_ms != 0 ? kTasksAtPace : kTasksAPoll),
        request.set_wait_seconds(20);
    request.set_last_delivery(last_delivery_), request.set_directory_position(directory_position_);
    Start<v1::PullTasksResponse>(&v1::AdapterService::Stub::AsyncPullTasks, request, 40, [this](auto& call) {
      if (!call.status.ok()) return Failed("PullTasks", call.status, [this] { Poll(); });
      for (const v1::DirectoryChange& change : call.response.directory()) directory_position_ = change.position();
      for (const v1::Task& task : call.response.tasks()) last_delivery_ = std::max(last_delivery_, task.fence());
      const milliseconds pause(shared_.board.head().pace_ms);
      if (pause.count() == 0 || call.response.tasks_size() == 0) {
        Poll();
      } else {
        After(pause, [this] { Poll(); });
      }
      if (call.response.tasks_size() > 0) Work(call.response);
    });
  }

  void Work(const v1::PullTasksResponse& poll) {
    ++shared_.board.head().polls;
    shared_.board.head().delivered += static_cast<uint64_t>(poll.tasks_size());
    const absl::Time now = shared_.clock.WallNow();
    const int64_t now_us = NowUs();
    std::vector<std::string> receipts;
    std::vector<uint64_t> orders;
    for (const v1::Task& task : poll.tasks()) {
      v1::SignedMember member;
      member.set_member(task.member()), member.set_index(task.index());
      *member.mutable_path() = task.path();
      *member.mutable_head() = poll.heads(static_cast<int>(task.head()));
      const sdk::Verdict verdict = verifier_.Verify(member, now);
      if (!verdict.status.ok()) {
        ++shared_.board.head().unverified;
        shared_.board.Complain(absl::StrCat(party_.code, " doesn't believe a task: ", verdict.status.ToString()));
        continue;
      }
      const journal::Hash digest = journal::LeafHash(task.member());
      shared_.board.HandedOut(OrderOf(verdict.order->order_id()), now_us);
      receipts.push_back(FinalReceipt(party_.code, journal::View(digest), *verdict.order, now).SerializeAsString());
      orders.push_back(OrderOf(verdict.order->order_id()));
    }
    if (receipts.empty()) return;
    v1::ReportResultsRequest request;
    request.set_instance(Instance());
    *request.mutable_batch() = trust::MakeBatch({.member_type = v1::MEMBER_TYPE_RECEIPT,
                                                 .environment = v1::ENVIRONMENT_TEST,
                                                 .signer = party_.code,
                                                 .sequence = ++sequence_,
                                                 .signed_at = now},
                                                std::move(receipts), {party_.signer.get()});
    Report(std::move(request), std::move(orders));
  }

  void Report(v1::ReportResultsRequest request, std::vector<uint64_t> orders) {
    auto sent = std::make_shared<std::pair<v1::ReportResultsRequest, std::vector<uint64_t>>>(std::move(request),
                                                                                             std::move(orders));
    Start<v1::ReportResultsResponse>(
        &v1::AdapterService::Stub::AsyncReportResults, sent->first, 40, [this, sent](auto& call) {
          if (!call.status.ok()) {
            return Failed("ReportResults", call.status,
                          [this, sent] { Report(std::move(sent->first), std::move(sent->second)); });
          }
          ++shared_.board.head().reports;
          const int64_t now_us = NowUs();
          for (int i = 0; i < call.response.results_size(); ++i)
            Note(call.response.results(i), sent->second[static_cast<size_t>(i)], now_us);
        });
  }

  void Note(const v1::ReceiptResult& result, uint64_t order, int64_t now_us) {
    if (result.verdict() == v1::RECEIPT_VERDICT_DUPLICATE) {
      ++shared_.board.head().duplicates;
    } else if (result.verdict() != v1::RECEIPT_VERDICT_RECORDED) {
      ++shared_.board.head().refused;
      shared_.board.Complain(absl::StrCat(party_.code, " receipt: ", result.reason(), " ", result.message()));
    } else if (shared_.board.Answered(order, now_us) && !shared_.options.completions.empty()) {
      const uint64_t batch = order >> 8;
      if (write(shared_.options.completions.at(CourtOf(batch)), &batch, sizeof batch) != sizeof batch)
        shared_.board.Complain("nobody reads completions");
    }
  }

  Shared& shared_;
  const Party& party_;
  grpc::CompletionQueue& queue_;
  std::unique_ptr<v1::AdapterService::Stub> stub_;
  sdk::AgentConfig config_;
  sdk::OrderVerifier verifier_;
  uint64_t sequence_ = 0, last_delivery_ = 0, directory_position_ = 0;
};

}  // namespace

absl::Status RunAdapters(const AdapterOptions& options) {
  EAGLE_ASSIGN_OR_RETURN(const World world, World::Load(options.folder));
  EAGLE_ASSIGN_OR_RETURN(Board board, Board::Open(options.folder + "/board"));
  trust::PublicKeyChecker checker;
  EAGLE_ASSIGN_OR_RETURN(const trust::StatementBook book,
                         FetchBook(world, Connect(world, world.agencies.at(0), options.address), checker));
  Shared shared{.options = options,
                .world = world,
                .book = book,
                .board = board,
                .checker = trust::PublicKeyChecker(),
                .clock = SystemClock()};
  for (size_t lane = 0; lane < options.lanes; ++lane) {
    std::thread([&shared, &options, lane] {
      grpc::CompletionQueue queue;
      std::vector<std::unique_ptr<Adapter>> adapters;
      for (size_t i = lane; i < options.adapters && i < shared.world.agencies.size(); i += options.lanes) {
        adapters.push_back(std::make_unique<Adapter>(shared, shared.world.agencies[i], queue));
        adapters.back()->Hello();
      }
      void* tag = nullptr;
      for (bool ok = false; queue.Next(&tag, &ok);) {
        auto* event = static_cast<Event*>(tag);
        event->Done(ok);
        delete event;
      }
    }).detach();
  }
  while (shared.board.head().stop == 0) std::this_thread::sleep_for(milliseconds(20));
  _exit(0);  // parked polls are left to the operating system: the gateway sees connections that end
}

}  // namespace eagle::bench
