// The ports of the agent: the channel to the gateway and the register that does the work. The others are Inbox
// (inbox.h), trust::Signer, trust::SignatureChecker, Clock and Entropy.
//
// A register is the author's part, in one of two ways:
//
//   CoreRegister    effects happen in the author's own core system. The agent records its intent, calls Apply, records
//   the answer.
//                   After a crash, or when Apply failed, it calls Find and believes what that says:
//                     DONE      the answer, as Apply would have given it
//                     NOT_DONE  the core is certain: never done, and never will be by the call that failed. Only then
//                     may Apply be
//                               called again, for the first effect
//                     UNKNOWN   in doubt: a clerk decides. Never a second Apply, never NIL
//   InboxRegister   the register lives in the inbox. Effect, answer and changes are one transaction, so nothing is ever
//   in doubt.
//
// Both: an error is never an answer. Say NIL only when the search was made and named, and nothing was there.
//
// Threads: all calls come from the agent's one thread, one at a time, and should return within a second or two (the
// lease runs).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/sdk/answer.h"
#include "adapters/sdk/changes.h"
#include "adapters/sdk/inbox.h"
#include "adapters/sdk/operation.h"
#include "adapters/sdk/paper_folder.h"
#include "goldeneagle/v1/adapter_service.pb.h"
#include "goldeneagle/v1/blob_service.pb.h"
#include "goldeneagle/v1/objection_service.pb.h"
#include "goldeneagle/v1/supervision_order_service.pb.h"
#include "server/journal/hash.h"

namespace eagle::sdk {

// Names one call over the channel, so that its reply finds its way however late, doubled or disordered it comes.
using CallId = uint64_t;

// Fires requests. The reply comes back through Agent::OnReply with the same id, or never: the agent has its own time
// limits.
class Channel {
 public:
  virtual ~Channel() = default;
  // None of them blocks or calls back before it returns.
  virtual void Hello(CallId call, const v1::HelloRequest& request) = 0;
  virtual void PullTasks(CallId call, const v1::PullTasksRequest& request) = 0;
  virtual void RenewLease(CallId call, const v1::RenewLeaseRequest& request) = 0;
  virtual void ReportResults(CallId call, const v1::ReportResultsRequest& request) = 0;
  virtual void ReportEvents(CallId call, const v1::ReportResultsRequest& request) = 0;
  virtual void ReportStatus(CallId call, const v1::ReportStatusRequest& request) = 0;
  // A channel that carries no statements leaves it unanswered.
  virtual void ReportPosition(CallId, const v1::ReportResultsRequest&) {}
  // A channel that carries no papers leaves these two unanswered.
  virtual void PullBlobPart(CallId, const v1::PullBlobPartRequest&) {}
  virtual void PutBlobPart(CallId, const v1::PutBlobPartRequest&) {}
  // A channel that carries no supervision orders leaves these two unanswered.
  virtual void AnswerSupervision(CallId, const v1::SubmitSupervisionRequest&) {}
  virtual void PullSupervision(CallId, const v1::PullSupervisionRequest&) {}
  virtual void RaiseObjection(CallId call, const v1::SubmitObjectionsRequest& request) = 0;
  virtual void PullObjections(CallId call, const v1::PullObjectionsRequest& request) = 0;
};

// When the order reached the inbox: its rank among all measures of the unit.
struct Arrival {
  absl::Time at;
  uint64_t sequence = 0;
};

// A verified order, for the register. Valid during the call.
struct Request {
  const Operation& operation;
  const v1::Order& order;
  const journal::Hash& order_digest;
  Arrival arrival;
  absl::Time now;  // the agent's clock
  // The order that made the measure, for all that name one: operation.Text() is the id of its row.
  const Operation* freeze_operation = nullptr;
  std::vector<PaperFile> papers = {};  // that the order names, where they lie
};

struct Found {
  enum class Kind : uint8_t { kDone, kNotDone, kUnknown };
  Kind kind = Kind::kUnknown;
  Answer answer;     // with kDone
  std::string note;  // with kUnknown: why, for the clerk who decides; empty: the core doesn't know
};

// How a measure stands to the objections 异议 of this agency: none that counts any more (withdrawn, rejected); one that
// the court hasn't decided; one that the court found right, so that what was signed before doesn't go on.
enum class Disputed : uint8_t { kNo, kOpen, kUpheld };

class CoreRegister {
 public:
  virtual ~CoreRegister() = default;
  // Looks; changes nothing. An error is tried again, then answered as OUTCOME_ERROR, never as NIL.
  virtual absl::StatusOr<Answer> Inquire(const Request& request) = 0;
  // Does it, at most once, under request.operation. An error says nothing about whether it was done: Find is asked.
  virtual absl::StatusOr<Answer> Apply(const Request& request) = 0;
  // An error: can't be asked now; it is asked again.
  virtual absl::StatusOr<Found> Find(const Operation& operation) = 0;
  // Changes after the one numbered `after`, in order, at most `limit`.
  virtual absl::StatusOr<std::vector<RegisterChange>> Changes(uint64_t after, size_t limit) = 0;
  // Whether the measure on income that this operation made (EXTRACT_INCOME 提取收入) goes on by itself: while it is
  // disputed it pays the court nothing, after kUpheld it takes nothing more either. Told after every change and at
  // every start, so it may be what is known already. An error: it is told again.
  virtual absl::Status Dispute(const Operation&, Disputed) { return absl::OkStatus(); }
};

// What a clerk decided on an order that Apply left UNDER_REVIEW.
struct Decision {
  bool approved = false;
  std::string clerk;   // who, for the unit's own records
  std::string reason;  // a code, when refused
  std::string remark;
  std::vector<DocumentFile> documents = {};  // go with the receipt, beside those of the answer
};

class InboxRegister {
 public:
  virtual ~InboxRegister() = default;
  // Looks. Several inquiries share one transaction; write only what follows from time alone (a term that ended), and
  // write it last: an error does not undo it.
  virtual absl::StatusOr<Answer> Inquire(const Request& request, InboxTransaction& transaction) = 0;
  // Does it in `transaction`, which the agent commits together with the answer. An error drops the transaction: nothing
  // was done, it is tried again. Changes of other measures go into InboxTables(transaction).AppendChange.
  virtual absl::StatusOr<Answer> Apply(const Request& request, InboxTransaction& transaction) = 0;
  // The clerk's word, in the same way. May not answer UNDER_REVIEW again.
  virtual absl::StatusOr<Answer> Decide(const Request& request, const Decision& decision,
                                        InboxTransaction& transaction) = 0;
  // Time has passed: terms end, and what follows from it goes into AppendChange. Called every second or so.
  virtual absl::Status Advance(absl::Time now, InboxTransaction& transaction) = 0;
};

}  // namespace eagle::sdk
