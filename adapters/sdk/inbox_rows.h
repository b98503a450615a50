// What is in the inbox, row by row, over the Inbox port.
//
//   meta        inbox id, counters, last delivery, directory position, cursor of register changes
//   tasks       by digest of the order: the signed member as it came, arrival (which gives rank), state
//   operations  (order id, step) -> digest, for orders that were verified
//   receipts    exact bytes, in the order in which they were made; the task and the batch they belong to
//   batches     head with signature and the receipts in it, so that a repeat is byte-identical; pending until answered
//   statements  accepted members of the directory, by position
//   withdrawn   order ids that must not begin
//   changes     of a register that lives in the inbox; and changes that wait for the answer of their order
//
// What of it is forgotten, and when, is inbox_prune.h's.
//
// InboxTables is a typed view of one transaction. Rows that can't be read back abort: the file isn't ours or is
// damaged. Threads: one owner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "adapters/sdk/changes.h"
#include "adapters/sdk/inbox.h"
#include "adapters/sdk/operation.h"
#include "goldeneagle/v1/envelope.pb.h"
#include "server/journal/hash.h"

namespace eagle::sdk {

enum class TaskState : uint8_t {
  kArrived = 1,      // on record; its signatures may need statements that aren't here yet
  kWaiting = 2,      // verified; waits for its turn and a lease
  kApplying = 3,     // intent on record: the register was, or was about to be, told
  kInDoubt = 4,      // nobody knows whether it was done: a clerk decides
  kUnderReview = 5,  // the register left it to a clerk
  kProgress = 6,     // begun, the last word follows
  kDone = 7,
  kReturned = 8,
  kWithdrawn = 9,
};
std::string_view TaskStateName(TaskState state);
// ARRIVED, WAITING, APPLYING: counts against the most in flight. IN_DOUBT to PROGRESS: begun and unanswered.
constexpr bool IsQueued(TaskState state) { return state <= TaskState::kApplying; }
constexpr bool IsOpen(TaskState state) { return state <= TaskState::kProgress; }
// What may follow what; anything else is our bug.
bool MayFollow(TaskState from, TaskState to);

struct TaskRow {
  journal::Hash digest{};  // of the order's bytes: the key
  Operation operation;     // as the order says; trusted once verified
  TaskState state = TaskState::kArrived;
  bool verified = false;
  bool witnessed = true;          // false: a deduction without the proof that the pinned policy of the log demands
  absl::Time arrived_at;          // durable arrival, whole microseconds, never before an earlier one's
  uint64_t arrival_sequence = 0;  // 1, 2, 3 ...: with arrived_at it is the rank
  v1::SignedMember member;        // as it came; when pruned, an order with BriefOf's fields only, and no head
  bool is_control = false;
  std::string person;                         // PersonKey of the subject
  uint64_t receipt_sequence = 0;              // of the last receipt on this order
  bool acknowledged = false;                  // an ACKNOWLEDGED receipt was made
  std::optional<journal::Hash> final_digest;  // of the FINAL (or last CORRECTION) receipt
  std::string note;                           // why it is in doubt

  bool is_pruned() const { return !member.has_head(); }
};

enum class ReceiptStream : uint8_t { kResults = 0, kEvents = 1 };

struct ReceiptRow {
  uint64_t id = 0;  // 1, 2, 3 ... over all tasks
  journal::Hash task{};
  ReceiptStream stream = ReceiptStream::kResults;
  uint64_t batch = 0;  // 0: not signed yet
  std::string member;  // the Receipt, exact bytes
};

// One answer of the gateway to one receipt of a batch.
struct ReceiptFate {
  uint8_t verdict = 0;  // ReceiptVerdict; 0 = none yet
  std::string reason;
};

struct BatchRow {
  uint64_t sequence = 0;
  ReceiptStream stream = ReceiptStream::kResults;
  v1::Envelope head;
  std::vector<uint64_t> receipts;  // ids, in the order of the tree
  std::vector<ReceiptFate> fates;  // one each once it was answered
};

struct MetaRow {
  std::string inbox_id;  // 16 bytes; empty in a new inbox
  uint64_t last_arrival_sequence = 0;
  absl::Time last_arrived_at = absl::UnixEpoch();
  uint64_t last_delivery = 0;
  uint64_t directory_position = 0;
  uint64_t last_receipt_id = 0;
  uint64_t last_batch = 0;
  uint64_t change_cursor = 0;      // the last change of the register that was turned into a receipt
  uint64_t last_inbox_change = 0;  // of a register that lives in the inbox
  std::string origin;              // of the gateway's log at the last Hello; empty before the first
  uint64_t statement_offset = 0;   // position in the table of statements - position in the log; grows with a recovery
  // The stream of statements as it came, those that were not believed included (DirectoryHead in entry.proto).
  uint64_t statements = 0;
  std::string stream_digest = std::string(journal::kHashSize, '\0');
  uint64_t directory_head = 0;                       // index of the newest head that fits it; 0: none
  absl::Time directory_head_at = absl::UnixEpoch();  // its time in the log
};

class InboxTables {
 public:
  explicit InboxTables(InboxTransaction& transaction) : transaction_(transaction) {}

  MetaRow Meta();
  void PutMeta(const MetaRow& meta);

  std::optional<TaskRow> FindTask(const journal::Hash& digest);
  std::optional<TaskRow> FindOperation(const Operation& operation);
  // Also keeps the index of open tasks, that of finished ones that aren't pruned, and that of operations once
  // `verified`.
  void PutTask(const TaskRow& task);
  // Digests of open tasks in the order of arrival.
  std::vector<journal::Hash> OpenTasks();
  // Finished tasks that aren't pruned, by arrival sequence above `after`, in order.
  std::vector<std::pair<uint64_t, journal::Hash>> Unpruned(uint64_t after, size_t limit);
  // Makes that index in an inbox that was written before there was one; nothing otherwise.
  void IndexUnpruned();

  // Appends; fills in the id.
  void AddReceipt(ReceiptRow& receipt);
  std::vector<uint64_t> ReceiptsOf(const journal::Hash& task);
  ReceiptRow Receipt(uint64_t id);
  void PutReceipt(const ReceiptRow& receipt);
  // The first receipts without a batch, in order, at most `limit`.
  std::vector<ReceiptRow> Unsigned(size_t limit);
  void MarkSigned(uint64_t receipt);
  void DropReceipt(const ReceiptRow& receipt);

  BatchRow Batch(uint64_t sequence);
  void PutBatch(const BatchRow& batch);
  // Its receipts must be dropped with it.
  void DropBatch(uint64_t sequence);
  void SetPending(uint64_t batch, bool pending);
  bool IsPending(uint64_t batch);
  // Sequences of the batches after `after`, rising, at most `limit`.
  std::vector<uint64_t> Batches(uint64_t after, size_t limit);
  // Batches in which a recovered log knew an order no more (RECEIPT_FOR_ANOTHER_ORDER): they are told again.
  void SetForgotten(uint64_t batch, bool forgotten);
  std::vector<uint64_t> Forgotten(uint64_t after, size_t limit);
  // The first pending batch after `after`; absent when there is none.
  std::optional<uint64_t> NextPending(uint64_t after);

  void AddStatement(uint64_t position, const v1::SignedMember& member);
  std::vector<std::pair<uint64_t, v1::SignedMember>> Statements(uint64_t after, size_t limit);

  void Withdraw(const std::string& order_id);
  bool IsWithdrawn(const std::string& order_id);

  // A register that lives in the inbox appends here, in the transaction of the effect; the sequence is given by the
  // table.
  void AppendChange(RegisterChange change);
  std::vector<RegisterChange> Changes(uint64_t after, size_t limit);
  // Drops the first ones, up to sequence `last`, at most `limit`; how many.
  size_t DropChanges(uint64_t last, size_t limit);
  // Changes that came before the answer of their own order; taken out in order once it is there.
  void Defer(const journal::Hash& task, const RegisterChange& change);
  std::vector<RegisterChange> TakeDeferred(const journal::Hash& task);

 private:
  InboxTransaction& transaction_;
};

}  // namespace eagle::sdk
