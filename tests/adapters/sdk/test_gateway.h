// A gateway as small as an agent's tests need: hands out signed orders under fences and leases, records receipts,
// checks what they promise, and loses, doubles and delays calls as the test says.
//
// Threads: one.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "adapters/sdk/agent.h"
#include "server/trust/batch.h"
#include "tests/support/sdk_fakes.h"

namespace eagle::sdk {

struct StoredReceipt {
  v1::Receipt receipt;
  std::string bytes;
  uint64_t batch = 0;  // of its first arrival
  int times = 0;       // how often it came
};

enum class Fate { kDeliver, kLoseRequest, kLoseReply, kDoubleReply, kDelayReply, kFailReply };
enum Wire {
  kWireHello,
  kWirePull,
  kWireRenew,
  kWireResults,
  kWireEvents,
  kWireStatus,
  kWirePaper,
  kWireDocument,
  kWireObject,
  kWireThread,
  kWirePosition,
  kWireAnswer,
  kWireSupervised,
  kWires
};

class TestGateway : public Channel {
 public:
  TestGateway(SetClock& clock, CrashPlan& crash, const trust::SignatureChecker& checker, std::string agency,
              std::string agency_key)
      : clock_(clock),
        crash_(crash),
        checker_(checker),
        agency_(std::move(agency)),
        agency_key_(std::move(agency_key)) {}

  // What it hands out and tells.
  void AddOrder(const v1::SignedMember& member);
  void AddStatement(const v1::SignedMember& member);
  void Withdraw(const std::string& order_id);
  // Forgets sessions and leases, as a restart does: all calls give HELLO_FIRST until Hello.
  void Restart() { known_.clear(), leases_end(), pulls_.clear(); }
  // Hands out an order anew, though it was answered.
  void Redeliver(const std::string& order_id);

  // Speaks of an order no more, as if it were answered.
  void Forget(const std::string& order_id);

  // Replies to what came, one round on. `deliver` is Agent::OnReply.
  void Round(const std::function<void(CallId, absl::StatusOr<Reply>)>& deliver);
  void ForgetReplies() { replies_.clear(), pulls_.clear(); }

  void Hello(CallId call, const v1::HelloRequest& request) override;
  void PullTasks(CallId call, const v1::PullTasksRequest& request) override;
  void RenewLease(CallId call, const v1::RenewLeaseRequest& request) override;
  void ReportResults(CallId call, const v1::ReportResultsRequest& request) override;
  void ReportEvents(CallId call, const v1::ReportResultsRequest& request) override;
  void ReportPosition(CallId call, const v1::ReportResultsRequest& request) override;
  void ReportStatus(CallId call, const v1::ReportStatusRequest& request) override;
  void PullBlobPart(CallId call, const v1::PullBlobPartRequest& request) override;
  void PutBlobPart(CallId call, const v1::PutBlobPartRequest& request) override;
  void RaiseObjection(CallId call, const v1::SubmitObjectionsRequest& request) override;
  void PullObjections(CallId call, const v1::PullObjectionsRequest& request) override;

  void AnswerSupervision(CallId call, const v1::SubmitSupervisionRequest& request) override;
  void PullSupervision(CallId call, const v1::PullSupervisionRequest& request) override;
  // A court's word in a supervision thread; polls tell of it.
  void AddSupervision(const std::string& id, const v1::SignedMember& word);

  // The court's word, signed by whom it likes; polls tell of it.
  void AddWord(const std::string& objection_id, const v1::SignedMember& word);

  const std::vector<StoredReceipt>& ReceiptsOn(const std::string& order_id) { return receipts_[order_id]; }
  // The FINAL or RETURNED receipt; null when there is none.
  const v1::Receipt* LastWord(const std::string& order_id);
  std::vector<const v1::Receipt*> Of(const std::string& order_id, v1::ReceiptKind kind);
  bool AllAnswered() const;

  // Settings, before the run.
  std::function<Fate(Wire)> fate = [](Wire) { return Fate::kDeliver; };
  bool directory_complete = true;
  size_t statements_a_poll = 256;
  bool draining = false;
  bool answer_polls_at_once = true;
  absl::Duration lease = absl::Seconds(60);
  v1::Environment environment = v1::ENVIRONMENT_TEST;
  std::string greets_as;                                    // other than the agency
  std::function<void(v1::Task&)> dress = [](v1::Task&) {};  // every task that goes out
  std::string origin = "test.example/log";
  uint64_t recovered_at = 0;
  std::function<absl::Status(Wire)> refuse = [](Wire) { return absl::OkStatus(); };
  std::function<void(v1::ReportResultsResponse&)> change_verdicts = [](v1::ReportResultsResponse&) {};
  std::function<absl::Status(const v1::PullTasksRequest&)> check_poll = [](const auto&) { return absl::OkStatus(); };
  std::function<void(v1::PullTasksResponse&)> change_tasks = [](v1::PullTasksResponse&) {};
  uint64_t refuse_batch = 0;  // the batch with this sequence is turned down as it is
  std::array<int, kWires> calls{};
  std::vector<v1::HelloRequest> hellos;
  std::vector<v1::ReportStatusRequest> statuses;
  std::vector<std::string> batches;                          // bytes of each report as it came
  std::vector<v1::SignedBatch> said;                         // every word of a thread, each time it came
  std::vector<v1::SubmitSupervisionRequest> said_to_courts;  // every word on supervision orders, each time it came
  std::vector<v1::Position> positions;                       // every part of a statement that was recorded
  std::string refuse_position;                               // reason for the next part; empty: it is taken
  v1::Refusal refuse_words;                                  // of every word, unless empty
  std::map<std::string, std::string> papers;                 // what may be had, by digest
  std::map<std::string, std::map<uint32_t, std::string>> documents;  // parts that were put, by digest

 private:
  struct OutTask {
    v1::SignedMember member;
    std::string order_id;
    uint64_t fence = 0;  // 0: not handed out
    absl::Duration lease_end = -absl::InfiniteDuration();
    bool answered = false;
    bool withdrawn = false;
    uint64_t order_seq = 0;
  };
  struct PendingReply {
    int round;
    CallId call;
    absl::StatusOr<Reply> reply;
  };
  // One call: dies, gets lost, is refused, or is answered by `answer`.
  void Carry(Wire wire, CallId call, const std::function<absl::StatusOr<Reply>()>& answer);
  void Handle(Wire wire, CallId call, const std::string& instance,
              const std::function<absl::StatusOr<Reply>()>& answer);
  void Answer(CallId call, absl::StatusOr<Reply> reply, Fate fate);
  absl::StatusOr<Reply> Pull(const v1::PullTasksRequest& request);
  absl::StatusOr<Reply> Report(const v1::ReportResultsRequest& request, bool events);
  v1::ReceiptResult Record(const v1::Receipt& receipt, const std::string& bytes, uint64_t batch);
  void leases_end() {
    for (OutTask& task : tasks_) task.lease_end = -absl::InfiniteDuration();
  }

  SetClock& clock_;
  CrashPlan& crash_;
  const trust::SignatureChecker& checker_;
  const std::string agency_, agency_key_;
  std::set<std::string> known_;  // instances that said Hello
  std::vector<OutTask> tasks_;
  std::vector<v1::DirectoryChange> directory_;
  std::vector<std::string> withdrawn_;
  std::map<std::string, std::vector<StoredReceipt>> receipts_;  // by order id
  std::map<std::string, uint64_t> last_sequence_;               // by order digest
  std::map<uint64_t, std::string> heads_;                       // batch sequence -> head payload
  std::deque<PendingReply> replies_;
  struct Parked {
    CallId call;
    v1::PullTasksRequest request;
    absl::Duration until;
    Fate fate;
  };
  std::vector<Parked> pulls_;
  std::map<std::string, v1::ObjectionAcceptance> recorded_;  // by request id
  std::vector<v1::ObjectionWord> thread_;
  std::set<std::string> answers_;  // request ids
  std::vector<v1::SupervisionWord> supervision_;
  uint64_t last_fence_ = 0;
  uint64_t last_position_ = 0;
  int round_ = 0;
};

}  // namespace eagle::sdk
