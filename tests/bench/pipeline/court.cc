#include "tests/bench/pipeline/court.h"

#include <grpcpp/grpcpp.h>
#include <poll.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"
#include "client/lib/acceptance.h"
#include "client/lib/receipts.h"
#include "goldeneagle/v1/order_service.grpc.pb.h"
#include "server/base/reason.h"
#include "server/base/system_clock.h"
#include "server/trust/make_batch.h"
#include "server/trust/system_entropy.h"
#include "tests/bench/pipeline/acts.h"
#include "tests/bench/pipeline/channels.h"
#include "tests/bench/pipeline/install.h"

namespace eagle::bench {
namespace {

using Stub = v1::OrderService::Stub;
constexpr absl::Duration kUnansweredAfter = absl::Seconds(60);
constexpr size_t kKeptOrders = 4096;

class RealCourt final : public Court {
 public:
  RealCourt(const World& world, size_t court, Board board, const std::string& address, int completions,
            std::unique_ptr<journal::NoteVerifier> log)
      : world_(world),
        court_(world.courts.at(court)),
        board_(board),
        completions_(completions),
        log_(std::move(log)),
        channel_(Connect(world, court_, address)),
        orders_(v1::OrderService::NewStub(channel_)),
        next_batch_(std::size(kCourts) + court) {
    sequence_ = static_cast<uint64_t>(absl::ToUnixMicros(clock_.WallNow()));
    answers_ = std::thread([this] { TakeAnswers(); });
    completed_ = std::thread([this] { TakeCompletions(); });
  }
  ~RealCourt() override {
    StopFollowing();
    queue_.Shutdown();
    answers_.join();
    ending_ = true;
    completed_.join();
  }

  absl::StatusOr<Outcome> Run(const Load& load, const std::function<void()>& at_start,
                              const std::function<void()>& at_end) override;
  absl::StatusOr<uint64_t> VerifyAnswers(size_t orders) override;
  uint64_t journal_size() const override {
    std::lock_guard lock(mu_);
    return journal_size_;
  }
  UnderWay under_way() const override {
    std::lock_guard lock(mu_);
    return {accepting_, open_};
  }

 private:
  struct Sent {  // one batch under way
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientAsyncResponseReader<v1::SubmitOrdersResponse>> reader;
    v1::SubmitOrdersRequest request;
    v1::SubmitOrdersResponse response;
    grpc::Status status;
    uint64_t batch = 0;
  };
  struct Batch {
    int64_t from_us = 0;  // submitted, or due
    int64_t accepted_us = 0;
    bool measured = false;
    uint32_t orders = 0;
  };

  std::vector<std::string> Members(const Load& load, uint64_t batch, absl::Time now);
  void Submit(const Load& load, int64_t due_us, bool measured);
  void TakeAnswers();
  absl::Status Believe(const Sent& sent);
  void TakeCompletions();
  bool WaitUntil(std::unique_lock<std::mutex>& lock, int64_t until_us, const std::function<bool()>& done);
  void Follow();
  void StopFollowing();

  const World& world_;
  const CourtParty& court_;
  Board board_;
  const int completions_;
  const std::unique_ptr<journal::NoteVerifier> log_;
  trust::PublicKeyChecker checker_;
  trust::SystemEntropy entropy_;
  SystemClock clock_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<Stub> orders_;
  std::optional<trust::StatementBook> book_;
  uint64_t sequence_ = 0, next_batch_;
  std::vector<std::string> targets_;

  grpc::CompletionQueue queue_;
  std::thread answers_, completed_, follower_;
  std::atomic<bool> ending_ = false;
  std::unique_ptr<grpc::ClientContext> following_;

  mutable std::mutex mu_;  // everything below
  std::condition_variable changed_;
  std::map<uint64_t, Batch> batches_;     // since the start of the load
  std::map<uint64_t, int64_t> known_us_;  // by order: when the watch said that it was complete
  std::deque<std::string> kept_;          // newest orders, signed bytes
  uint32_t accepting_ = 0, open_ = 0;     // batches not accepted, not answered yet
  uint64_t journal_size_ = 0;
  absl::Status trouble_;
};

std::vector<std::string> RealCourt::Members(const Load& load, uint64_t batch, absl::Time now) {
  std::vector<std::string> members;
  for (uint32_t i = 0; i < load.orders; ++i) {
    const std::string id = OrderIdOf(batch << 8 | i, now, entropy_);
    const uint64_t turn = batch / std::size(kCourts) + i;  // so that freezes go to all agencies and cases
    const v1::Order order = load.freeze ? FreezeOrder(court_, turn % kCases,
                                                      world_.agencies.at(turn % world_.agencies.size()).code, id, now)
                                        : InquireOrder(court_, i % kCases, targets_, id, now);
    members.push_back(order.SerializeAsString());
  }
  return members;
}

void RealCourt::Submit(const Load& load, int64_t due_us, bool measured) {
  auto* sent = new Sent;
  sent->batch = next_batch_;
  next_batch_ += std::size(kCourts);
  const absl::Time now = clock_.WallNow();
  std::vector<trust::Signer*> signers = {court_.handler.signer.get()};
  if (load.freeze) signers.push_back(court_.cosigner.signer.get());
  *sent->request.mutable_batch() = trust::MakeBatch({.member_type = v1::MEMBER_TYPE_ORDER,
                                                     .environment = v1::ENVIRONMENT_TEST,
                                                     .signer = court_.code,
                                                     .sequence = ++sequence_,
                                                     .signed_at = now},
                                                    Members(load, sent->batch, now), signers);
  board_.Expect(sent->batch, load.orders, load.fan_out);
  {
    std::lock_guard lock(mu_);
    for (const std::string& member : sent->request.batch().members()) kept_.push_back(member);
    while (kept_.size() > kKeptOrders) kept_.pop_front();
    batches_[sent->batch] = {.from_us = due_us > 0 ? due_us : NowUs(), .measured = measured, .orders = load.orders};
    ++accepting_, ++open_;
  }
  sent->context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  sent->reader = orders_->AsyncSubmitOrders(&sent->context, sent->request, &queue_);
  sent->reader->Finish(&sent->response, &sent->status, sent);
}

// The court believes an acceptance only when its leaf, with the digest of the court's own bytes, lies under the log's
// signature.
absl::Status RealCourt::Believe(const Sent& sent) {
  if (!sent.status.ok()) return FromGrpc(sent.status, "SubmitOrders");
  EAGLE_ASSIGN_OR_RETURN(const journal::Checkpoint checkpoint,
                         journal::OpenCheckpoint(sent.response.checkpoint(), *log_));
  for (int i = 0; i < sent.response.results_size(); ++i) {
    const v1::OrderResult& result = sent.response.results(i);
    if (!result.has_acceptance()) {
      std::string why =
          absl::StrCat("an order was refused: ", result.refusal().reason(), " ", result.refusal().message());
      for (const auto& one : result.refusal().problems())
        absl::StrAppend(&why, " ", one.field(), ": ", one.description(), ";");
      return Fail(Reason::kInternal, why);
    }
    EAGLE_RETURN_IF_ERROR(
        client::VerifyAcceptance(sent.request.batch().members(i), result.acceptance(), checkpoint).status());
  }
  std::lock_guard lock(mu_);
  journal_size_ = std::max(journal_size_, checkpoint.size);
  return absl::OkStatus();
}

void RealCourt::TakeAnswers() {
  void* tag = nullptr;
  for (bool ok = false; queue_.Next(&tag, &ok);) {
    const std::unique_ptr<Sent> sent(static_cast<Sent*>(tag));
    const int64_t now_us = NowUs();
    const absl::Status believed = Believe(*sent);
    std::lock_guard lock(mu_);
    batches_[sent->batch].accepted_us = now_us;
    if (!believed.ok() && trouble_.ok()) trouble_ = believed;
    --accepting_;
    changed_.notify_all();
  }
}

void RealCourt::TakeCompletions() {
  while (!ending_) {
    pollfd waiting{.fd = completions_, .events = POLLIN, .revents = 0};
    if (poll(&waiting, 1, 50) <= 0) continue;
    uint64_t batches[256];
    const ssize_t bytes = read(completions_, batches, sizeof batches);
    if (bytes <= 0) return;
    std::lock_guard lock(mu_);
    open_ -= static_cast<uint32_t>(bytes / static_cast<ssize_t>(sizeof batches[0]));
    changed_.notify_all();
  }
}

// False when `until_us` came first.
bool RealCourt::WaitUntil(std::unique_lock<std::mutex>& lock, int64_t until_us, const std::function<bool()>& done) {
  while (!done() && trouble_.ok()) {
    const int64_t left = until_us - NowUs();
    if (left <= 0) return false;
    changed_.wait_for(lock, std::chrono::microseconds(left));
  }
  return true;
}

absl::StatusOr<Outcome> RealCourt::Run(const Load& load, const std::function<void()>& at_start,
                                       const std::function<void()>& at_end) {
  targets_.clear();
  for (uint32_t i = 0; i < load.fan_out; ++i) targets_.push_back(world_.agencies.at(i).code);
  {
    std::lock_guard lock(mu_);
    batches_.clear(), known_us_.clear();
  }
  if (load.follow) {
    Follow();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));  // a watch begins with what is committed after it
  }
  Outcome out;
  BoardHeader& head = board_.head();
  const int64_t first_us = NowUs();
  const int64_t start_us = first_us + static_cast<int64_t>(load.warm_seconds * 1e6);
  const int64_t end_us = start_us + static_cast<int64_t>(load.seconds * 1e6);
  int64_t began_us = 0, ended_us = 0;
  uint64_t answered = 0, done = 0;
  for (uint64_t sent = 0; done < load.batches_max; ++sent) {
    if (load.rate > 0) {
      const int64_t due_us = first_us + static_cast<int64_t>(static_cast<double>(sent) / load.rate * 1e6);
      std::unique_lock lock(mu_);
      WaitUntil(lock, std::min(due_us, end_us), [] { return false; });
    } else {
      std::unique_lock lock(mu_);
      WaitUntil(lock, end_us, [&] { return open_ < load.window; });
    }
    if (began_us == 0 && NowUs() >= start_us) {
      began_us = NowUs(), answered = head.answered, out.polls = head.polls, out.delivered = head.delivered;
      at_start();
    }
    {
      std::lock_guard lock(mu_);
      if (NowUs() >= end_us || !trouble_.ok()) break;
    }
    const int64_t due_us =
        load.rate > 0 ? first_us + static_cast<int64_t>(static_cast<double>(sent) / load.rate * 1e6) : 0;
    Submit(load, due_us, began_us != 0);
    if (began_us != 0) ++done;
  }
  ended_us = NowUs();
  out.tasks = head.answered - answered;
  out.polls = head.polls - out.polls, out.delivered = head.delivered - out.delivered;
  at_end();
  std::unique_lock lock(mu_);
  const bool all = WaitUntil(lock, NowUs() + absl::ToInt64Microseconds(kUnansweredAfter),
                             [&] { return accepting_ == 0 && open_ == 0; });
  if (trouble_.ok() && !all)
    trouble_ =
        Fail(Reason::kUnavailable, absl::StrCat(open_, " batches have tasks that nobody answered; ", head.complaint));
  EAGLE_RETURN_IF_ERROR(trouble_);
  out.seconds = static_cast<double>(ended_us - began_us) * 1e-6;
  lock.unlock();
  if (load.follow) StopFollowing();
  lock.lock();
  for (const auto& [number, batch] : batches_) {
    if (!batch.measured) continue;
    ++out.batches, out.orders += batch.orders;
    out.accept_us.Add(static_cast<double>(batch.accepted_us - batch.from_us));
    for (uint64_t i = 0; i < batch.orders; ++i) {
      if (board_.Order(number << 8 | i).answered != load.fan_out) {
        return Fail(Reason::kReceiptConflict, absl::StrCat("an order for ", load.fan_out, " agencies was answered ",
                                                           board_.Order(number << 8 | i).answered.load(), " times"));
      }
      out.complete_us.Add(static_cast<double>(board_.Order(number << 8 | i).last_us - batch.from_us));
      out.handed_us.Add(static_cast<double>(board_.Order(number << 8 | i).handed_us - batch.from_us));
      if (const auto known = known_us_.find(number << 8 | i); known != known_us_.end()) {
        out.known_us.Add(static_cast<double>(known->second - batch.from_us));
      }
    }
  }
  return out;
}

void RealCourt::Follow() {
  following_ = std::make_unique<grpc::ClientContext>();
  follower_ = std::thread([this] {
    const auto reader = orders_->WatchOrders(following_.get(), v1::WatchOrdersRequest());
    v1::WatchOrdersResponse page;
    while (reader->Read(&page)) {
      const int64_t now_us = NowUs();
      std::lock_guard lock(mu_);
      for (const v1::OrderEvent& event : page.events()) {
        if (event.completes()) known_us_[OrderOf(event.order_id())] = now_us;
      }
    }
    reader->Finish();
  });
}

// Waits a moment for the events of what is complete, then ends the watch.
void RealCourt::StopFollowing() {
  if (!follower_.joinable()) return;
  {
    std::unique_lock lock(mu_);
    WaitUntil(lock, NowUs() + 2'000'000, [&] {
      uint64_t orders = 0;
      for (const auto& [number, batch] : batches_) orders += batch.orders;
      return known_us_.size() >= orders;
    });
  }
  following_->TryCancel();
  follower_.join();
}

absl::StatusOr<uint64_t> RealCourt::VerifyAnswers(size_t orders) {
  if (!book_) {
    EAGLE_ASSIGN_OR_RETURN(book_, FetchBook(world_, channel_, checker_));
  }
  std::vector<std::string> newest;
  {
    std::lock_guard lock(mu_);
    const size_t skip = kept_.size() > orders ? kept_.size() - orders : 0;
    newest.assign(kept_.begin() + static_cast<std::ptrdiff_t>(skip), kept_.end());
  }
  uint64_t verified = 0;
  for (const std::string& bytes : newest) {
    v1::Order order;
    order.ParseFromString(bytes);
    v1::ListFindingsRequest request;
    request.set_order_id(order.order_id()), request.set_page_size(1000);
    *request.mutable_officer_ticket() = TicketFor(court_, order.case_number(), clock_.WallNow());
    std::map<std::string, int> receipts;
    do {
      EAGLE_ASSIGN_OR_RETURN(const v1::ListFindingsResponse page,
                             Call(*orders_, &Stub::ListFindings, request, "ListFindings"));
      for (const v1::FindingsOfAgency& finding : page.findings()) {
        EAGLE_RETURN_IF_ERROR(
            client::VerifyReceipt(finding.receipt(), finding.agency(), bytes, *book_, checker_).status());
        ++receipts[finding.agency()], ++verified;
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    for (const std::string& agency : order.agencies()) {
      if (receipts[agency] != 1)
        return Fail(Reason::kReceiptConflict,
                    absl::StrCat("agency ", agency, " has ", receipts[agency], " receipts for one order"));
    }
  }
  return verified;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Court>> Court::Make(const World& world, size_t court, Board board,
                                                   const std::string& address, int completions) {
  EAGLE_ASSIGN_OR_RETURN(auto log, journal::ParseVerifierKey(world.log_key));
  return std::unique_ptr<Court>(std::make_unique<RealCourt>(world, court, board, address, completions, std::move(log)));
}

}  // namespace eagle::bench
