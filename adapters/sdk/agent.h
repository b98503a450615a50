// Agent: what an agency's adapter does, as a state machine without threads, sockets or a clock of its own.
//
//   Hello --> PullTasks (long poll) --> work --> ReportResults, ReportEvents        RenewLease, ReportStatus beside it
//
// The promises, after any crash and whatever the channel loses, repeats or disorders:
//   - arrival is durable before any work, intent before any effect, a receipt before it is sent;
//   - one effect at most per operation; the same order again gives the same last word again, byte for byte, for ever;
//   - nothing is done that pinned keys, statements and the rules of signatures don't bear out: it is returned with a
//   reason;
//   - no effect begins on an ended lease, on a withdrawn order, or out of turn among the controls on one person;
//   - NIL is never said after an error, and what may or may not have been done is a clerk's to decide.
//
// Life: Make (reads the inbox; loads the statements), then Step for ever: at once after every OnReply and after what it
// returns at the latest. When the inbox can't commit, the agent stops for good: health() says why, a new start reads
// what is there. Under one order id other bytes are never acted on: they get a RETURNED receipt of their own
// (ORDER_ID_REUSED).
//
// Deterministic: all that comes in comes through the ports. Threads: one, also for OnReply and the clerk's functions.
//
//   EAGLE_ASSIGN_OR_RETURN(auto agent, Agent::Make(config, {channel, inbox, signer, checker, clock, entropy}, bank));
//   while (running) WaitForReplyOrTimeout(agent->Step());     // replies: agent->OnReply(call, response)
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/sdk/config.h"
#include "adapters/sdk/inbox_rows.h"
#include "adapters/sdk/objection_rows.h"
#include "adapters/sdk/paper_folder.h"
#include "adapters/sdk/ports.h"
#include "adapters/sdk/position.h"
#include "adapters/sdk/supervision_rows.h"
#include "adapters/sdk/task_queue.h"
#include "adapters/sdk/verifier.h"
#include "server/base/clock.h"
#include "server/base/entropy.h"
#include "server/trust/signature.h"
#include "server/trust/statements.h"

namespace eagle::sdk {

// The answer to one call of the channel; the kind that fits the call (ReportResults, ReportEvents and ReportPosition
// have the same).
using Reply = std::variant<v1::HelloResponse, v1::PullTasksResponse, v1::RenewLeaseResponse, v1::ReportResultsResponse,
                           v1::ReportStatusResponse, v1::PullBlobPartResponse, v1::PutBlobPartResponse,
                           v1::SubmitObjectionsResponse, v1::PullObjectionsResponse, v1::SubmitSupervisionResponse,
                           v1::PullSupervisionResponse>;

// All outlive the agent.
struct AgentPorts {
  Channel& channel;
  Inbox& inbox;
  trust::Signer& signer;  // our agency's key
  const trust::SignatureChecker& checker;
  Clock& clock;
  Entropy& entropy;
  PaperFolder* papers = nullptr;        // null: no papers are fetched, and no files go with receipts
  PositionSource* positions = nullptr;  // null: the agent states nothing of its days
};

// A task that waits for people.
struct ClerkTask {
  Operation operation;
  TaskState state = TaskState::kInDoubt;  // or UNDER_REVIEW
  Arrival arrival;
  std::string note;  // why
  v1::Order order;
  std::vector<PaperFile> papers;
};

class Agent {
 public:
  // Errors: CONFIGURATION_INVALID, KEY_UNUSABLE (registrar keys).
  static absl::StatusOr<std::unique_ptr<Agent>> Make(AgentConfig config, const AgentPorts& ports, CoreRegister& core);
  static absl::StatusOr<std::unique_ptr<Agent>> Make(AgentConfig config, const AgentPorts& ports,
                                                     InboxRegister& in_inbox);

  // Does what there is to do now. Returns how long it may be left alone if nothing comes in; zero: there is more to do.
  absl::Duration Step();
  // What came back for a call, or why nothing did (a Failure travels inside the status, reason.h). Kept for the next
  // Step.
  void OnReply(CallId call, absl::StatusOr<Reply> reply);
  // From now on no new tasks are asked for; what has a lease or has begun is finished, and all receipts are reported.
  // `Idle` once nothing is left to do or send, with or without a gateway.
  void Drain() { draining_ = true; }
  bool Idle() const;

  // People. First match wins for all errors.
  // IN_DOUBT and UNDER_REVIEW, in order of arrival.
  std::vector<ClerkTask> ClerkQueue(size_t limit = 1000);
  // What happened, after all: settles an IN_DOUBT task. Errors: TASK_NOT_WAITING, ANSWER_INVALID.
  absl::Status ResolveInDoubt(const Operation& operation, const Answer& answer, std::string_view clerk);
  // Asks the core's Find again and settles the task if it is DONE. Errors: TASK_NOT_WAITING (also: not done, or still
  // unknown; a clerk decides), and what Find gives.
  absl::Status AskAgain(const Operation& operation);
  // The clerk's word on an UNDER_REVIEW task of an InboxRegister (a core has its own screens and tells by Changes).
  // Errors: TASK_NOT_WAITING, ANSWER_INVALID, and what Decide gives.
  absl::Status DecideReview(const Operation& operation, const Decision& decision);
  // Replaces the final answer to an order that was wrong: the receipt names the one that it corrects, the court keeps
  // both. The register itself is put right by its own counter, before. Errors: TASK_NOT_WAITING (no final answer
  // here), ANSWER_INVALID.
  absl::Status CorrectAnswer(const std::string& order_id, const Answer& answer);
  // The last day is stated once more, with what stands now: people put the books right after an incident 差异.
  // Error: CAPABILITY_MISSING, without a PositionSource.
  absl::Status StateAgain();

  // Objections 异议. From here on, until the court has answered, this agent begins no deduction under the measure.
  struct Contact {
    std::string name, phone;  // empty: the configuration's
  };
  // An order that was answered with EXEMPT_HELD is objected to by the agent itself, in the same transaction as the
  // answer and once (AgentConfig::exempt_ground), so that the court's clock runs: whoever asks here finds it open.
  // Objects to an order in writing; `ground`: one of the policy's. Signed and kept when it returns, sent soon. Gives
  // the objection's id. Errors: TEXT_INVALID, FIELD_INVALID; ORDER_UNKNOWN: no genuine order of this id came;
  // OBJECTION_OPEN.
  absl::StatusOr<std::string> RaiseObjection(const std::string& order_id, const std::string& ground,
                                             const std::string& text, const Contact& contact);
  // A further word in its thread; with `withdraws` the last one. Errors: TEXT_INVALID, OBJECTION_UNKNOWN,
  // OBJECTION_CLOSED.
  absl::Status ReplyToObjection(const std::string& objection_id, const std::string& text, bool withdraws);
  std::vector<ObjectionRow> Objections();
  // What was said in a thread as far as the gateway has it, every word verified when it came, in order.
  std::vector<v1::ObjectionAct> WordsOf(const std::string& objection_id);

  // Supervision orders 督办 to this agency, every word verified when it came. People answer them: signed and kept when
  // these return, sent soon. The first says that they have it. Errors: TEXT_INVALID; SUPERVISION_UNKNOWN;
  // SUPERVISION_CLOSED; SUPERVISION_OUT_OF_TURN: it was said before, or isn't recorded yet.
  absl::Status AcknowledgeSupervision(const std::string& id, const std::string& handler);
  absl::Status AnswerSupervision(const std::string& id, const std::string& text);
  std::vector<SupervisionRow> SupervisionOrders();
  std::vector<v1::SupervisionAct> WordsOfSupervision(const std::string& id);

  // For counters and imports of a register that lives in the inbox: `work` in a transaction, committed when it gives
  // OK.
  absl::Status InTransaction(const std::function<absl::Status(InboxTransaction&)>& work);

  AgentMetrics metrics() const;
  // OK, or why the agent has stopped.
  const absl::Status& health() const { return stopped_; }
  const trust::StatementBook& statements() const { return book_; }
  const AgentConfig& config() const { return config_; }

 private:
  enum Method : uint8_t {
    kHello,
    kPull,
    kRenew,
    kReport,
    kStatus,
    kPaper,
    kDocument,
    kObject,
    kThread,
    kAnswer,
    kSupervised,
    kPosition,
    kMethods
  };
  enum class Session : uint8_t { kDown, kGreeting, kUp };
  struct Call {
    CallId id = 0;
    absl::Duration sent_at;
    absl::Duration deadline;
    uint32_t tasks_asked = 0;         // kPull
    std::vector<journal::Hash> held;  // kRenew
  };
  // One transaction and what has to follow from it in memory.
  struct Unit {
    explicit Unit(Inbox& inbox) : transaction(inbox.Begin()), tables(*transaction) {}
    std::unique_ptr<InboxTransaction> transaction;
    InboxTables tables;
    std::vector<TaskRow> changed;
    bool receipts = false;
    bool pending = false;
    void Put(const TaskRow& row) { tables.PutTask(row), changed.push_back(row); }
  };

  Agent(AgentConfig config, const AgentPorts& ports, trust::StatementBook book);
  absl::Status Start();
  bool Commit(Unit& unit);

  // agent_session.cc: calls and their ends
  CallId Begin(Method method, absl::Duration timeout);
  void TakeReply(CallId call, absl::StatusOr<Reply> reply);
  void TimeOut();
  void Failed(Method method, const absl::Status& status);
  void Malformed(Method method, std::string_view why);
  void GoDown(absl::Duration wait);
  absl::Duration Backoff(uint32_t failures, const absl::Status& status);
  void SendCalls();
  void SendHello();
  void SendPull();
  void SendRenewal();
  void SendStatus();
  void TakeHello(const v1::HelloResponse& response);
  bool TakeOrigin(const v1::HelloResponse& response);
  void CountStatementsAnew(const absl::Status& status);
  void TakeRenewal(const Call& call, const v1::RenewLeaseResponse& response);
  absl::Duration ForgetBefore() const;

  // agent_intake.cc: what a poll brings
  void TakeTasks(const Call& call, const v1::PullTasksResponse& response);
  void TakeStatements(const v1::PullTasksResponse& response, Unit& unit);
  void TakeDirectoryHead(const v1::PullTasksResponse& response, Unit& unit);
  bool KnowsDirectory(absl::Duration age_max) const;
  TaskQueue::May MayBegin() const;
  bool DirectoryIsStale() const;
  void TakeTask(const v1::Task& task, const v1::Envelope& head, Unit& unit);
  void TakeWithdrawn(const google::protobuf::RepeatedPtrField<std::string>& order_ids, Unit& unit);
  void Judge(TaskRow& row, Unit& unit);
  void Repeat(const TaskRow& row, Unit& unit);

  // agent_work.cc: what the register is asked to do
  void Work();
  void Inquire(const std::vector<journal::Hash>& tasks);
  void Control(const journal::Hash& digest);
  void ApplyInCore(TaskRow row, const v1::Order& order, const Operation* freeze);
  void ApplyInInbox(TaskRow row, const v1::Order& order, const Operation* freeze);
  void AskFind(TaskRow row, const v1::Order& order);
  void GiveUp(TaskRow row, const v1::Order& order, const std::string& remark);
  void Doubt(TaskRow row, const std::string& note);
  bool TryLater(const journal::Hash& digest, uint32_t QueuedTask::*count, uint32_t times_max);
  bool HasLease(const journal::Hash& digest);
  void Acknowledge();
  Request RequestOf(const TaskRow& row, const v1::Order& order, const Operation* freeze);

  // agent_changes.cc: what the register tells of its own accord
  void TakeChanges();
  void TakeChange(const RegisterChange& change, Unit& unit);
  bool TakeAnswer(TaskRow& row, const RegisterChange& change, Unit& unit);

  // agent_report.cc: receipts and batches
  void Record(TaskRow& row, const v1::Order& order, Answer answer, Unit& unit);
  void ReturnTask(TaskRow& row, const std::string& reason, const std::string& remark, Unit& unit);
  void AcknowledgeTask(TaskRow& row, Unit& unit);
  bool RecordEvent(TaskRow& row, const RegisterChange& change, Unit& unit);
  bool RecordCorrection(TaskRow& row, const RegisterChange& change, Unit& unit);
  void AddReceipt(TaskRow& row, v1::Receipt& receipt, Unit& unit);
  void AddItems(const TaskRow& row, const v1::Order& order, std::vector<v1::ItemResult> items, v1::Receipt& receipt,
                Unit& unit);
  void SignReceipts();
  void SendReport();
  void TakeReport(const v1::ReportResultsResponse& response);
  void TellForgotten();

  // agent_papers.cc: papers of orders, files of receipts
  bool NeedsPapers() const;
  std::vector<PaperFile> PapersOf(const v1::Order& order);
  bool IsNeeded(std::string_view digest);
  void LookForPapers();
  void SendPaper();
  void TakePaper(const v1::PullBlobPartResponse& response);
  void MissPaper(std::string_view why);
  void AddDocuments(const std::vector<DocumentFile>& files, v1::Receipt& receipt);
  bool PutDocumentsOf(const std::vector<std::string>& receipts);
  bool SendDocument();
  void TakeDocument(const v1::PutBlobPartResponse& response);
  void EndDocument();

  // agent_objections.cc: words in objection threads
  void SayWord(v1::ObjectionAct act, const std::string& objection_id, Unit& unit);
  Disputed DisputeOver(const v1::Order& order, Unit& unit);
  void TellDisputes();
  std::string Object(const TaskRow& task, const v1::Order& order, const std::string& ground, const std::string& text,
                     const Contact& contact, Unit& unit);
  void ObjectIfExempt(const TaskRow& task, const v1::Order& order, const v1::Receipt& receipt, Unit& unit);
  void SendWord();
  void TakeSaid(const v1::SubmitObjectionsResponse& response);
  void SendThread();
  void TakeThread(const v1::PullObjectionsResponse& response);
  bool TakeWord(const v1::ObjectionWord& word, Unit& unit);

  // agent_supervision.cc: what courts demand, and what people say to it
  absl::Status SayInSupervision(const std::string& id, v1::SupervisionAct act);
  void SendAnswer();
  void TakeAnswered(const v1::SubmitSupervisionResponse& response);
  void SendSupervised();
  void TakeSupervised(const v1::PullSupervisionResponse& response);
  bool TakeSupervisionWord(const v1::SupervisionWord& word, Unit& unit);

  // agent_positions.cc: the daily statement
  std::string DayToState();
  void StateDay();
  bool OwesReceipts(uint64_t id, Unit& unit);
  void SendPosition();
  void TakePosition(const v1::ReportResultsResponse& response);
  void ForgetStatedDay(Unit& unit);

  // agent_prune.cc: what the inbox may forget
  void Prune();

  // agent_clerk.cc
  absl::StatusOr<TaskRow> Waiting(Unit& unit, const Operation& operation, TaskState state);

  absl::Time Wall() { return absl::FromUnixMicros(absl::ToUnixMicros(ports_.clock.WallNow())); }
  absl::Duration Monotonic() { return ports_.clock.MonotonicNow(); }

  // Constant after Start.
  AgentConfig config_;
  const AgentPorts ports_;
  CoreRegister* core_ = nullptr;  // one of the two
  InboxRegister* in_inbox_ = nullptr;

  trust::StatementBook book_;
  OrderVerifier verifier_;
  TaskQueue queue_;
  AgentMetrics metrics_;
  absl::Status stopped_;

  Session session_ = Session::kDown;
  absl::Duration up_since_;
  absl::Duration lease_ = absl::Seconds(60);
  absl::Duration renew_every_ = absl::Seconds(20);
  uint32_t poll_wait_seconds_ = 30;
  bool delivered_in_session_ = false;
  bool directory_complete_ = false;
  uint32_t recounts_ = 0;  // of the stream, since a poll that acknowledged it was taken
  absl::Time directory_head_at_ = absl::UnixEpoch();
  bool draining_ = false;
  bool register_reachable_ = true;

  CallId last_call_ = 0;
  std::array<std::optional<Call>, kMethods> calls_;
  std::array<uint32_t, kMethods> failures_{};                     // in a row
  std::array<absl::Duration, kMethods> not_before_{};             // the next call of each method
  std::deque<std::pair<CallId, absl::StatusOr<Reply>>> replies_;  // at most kMethods: one a call
  absl::Duration next_changes_ = -absl::InfiniteDuration();
  absl::Duration next_prune_ = -absl::InfiniteDuration();
  uint64_t prune_after_ = 0;        // where it goes on
  bool may_have_unsigned_ = false;  // receipts without a batch
  bool may_have_pending_ = false;   // batches that weren't acknowledged
  uint64_t batch_sent_ = 0;         // in the last call
  // The gateway's log was recovered: an order that it doesn't know may be known to it again.
  bool recovered_ = false;
  absl::Duration next_forgotten_ = absl::InfiniteDuration();
  absl::Duration forgotten_wait_;
  bool may_have_said_ = false;   // words in objection threads that weren't recorded
  uint64_t word_sent_ = 0;       // in the last call
  std::string stated_day_;       // the last day that was signed; empty: none
  std::string awaited_day_;      // the last one that the unit hadn't stated when it was due
  bool may_have_parts_ = false;  // of its statement that weren't recorded
  uint64_t part_sent_ = 0;       // in the last call
  absl::Duration next_position_ = -absl::InfiniteDuration();
  bool may_be_disputed_ = true;  // the core is to be told again which measures on income go on
  absl::Duration next_dispute_ = -absl::InfiniteDuration();
  uint64_t newest_word_ = 0;         // that a poll told of; 0: none to be fetched
  bool may_have_answers_ = false;    // words in supervision threads that weren't recorded
  uint64_t answer_sent_ = 0;         // in the last call
  uint64_t newest_supervision_ = 0;  // that a poll told of; 0: none to be fetched
  // Batches that the gateway refuses as they are: tried again later and later, without holding up the others.
  struct Refused {
    uint32_t times = 0;
    absl::Duration next_try;
  };
  std::map<uint64_t, Refused> refused_batches_;

  // One paper is fetched at a time, and one file of a receipt put.
  struct Fetch {
    std::string order_id;  // under which it is asked for
    v1::Instrument named;
    std::string content;  // so far, whole parts
  };
  std::optional<Fetch> fetch_;
  struct Upload {
    std::string order_id;
    v1::Instrument file;
    std::optional<uint32_t> next_part;  // absent: the gateway wasn't asked yet what it has
  };
  std::optional<Upload> upload_;
  std::set<std::string> documents_done_;  // put, refused for good or lost, since the start
};

}  // namespace eagle::sdk
