// What travels to agencies, ready to be copied: orders with their paths, heads, statements. Opened, hashed and proved
// once, however many agencies ask: the same order goes to 140 of them, and one head carries up to 256 orders.
//
// Filled by submissions as their commits become durable, and from the journal when something isn't here (after a
// restart).
//
// Threads: any, at the same time.
//
//   travel.Remember(seq, task);                       // in the commit that accepted it
//   EAGLE_ASSIGN_OR_RETURN(auto task, travel.TaskOf(OrderSeq(seq), journal));
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "goldeneagle/v1/adapter_service.pb.h"
#include "goldeneagle/v1/envelope.pb.h"
#include "server/api/journal_reader.h"
#include "server/api/lru.h"
#include "server/journal/hash.h"

namespace eagle::api {

struct HeadBytes {
  goldeneagle::v1::Envelope envelope;
  std::vector<journal::Hash> digests;  // of the members
  size_t bytes() const { return envelope.ByteSizeLong() + 32 * digests.size(); }
};
struct TaskBytes {
  std::string member;
  uint32_t index = 0;
  std::vector<std::string> path;
  uint64_t head = 0;          // journal index of the entry whose head this is: BATCH_HEAD, or ORDER_RESUMED
  uint64_t signed_index = 0;  // of the entry that brought the signatures: ORDER_ACCEPTED, or the newest ORDER_RESUMED
  bool takes = false;         // it goes out with what witnesses have seen of it
  google::protobuf::Timestamp due_at;
  std::shared_ptr<const HeadBytes> envelope;
  size_t bytes() const { return member.size() + 34 * path.size(); }
};

class Travel {
 public:
  static constexpr size_t kTaskBytesMax = 128 << 20, kHeadBytesMax = 32 << 20, kStatementBytesMax = 32 << 20;

  // Opens a snapshot when something has to be read; called at most once a call.
  using OpenJournal = std::function<absl::StatusOr<JournalReader*>()>;

  void RememberHead(uint64_t index, std::shared_ptr<const HeadBytes> head);
  // Unless it was signed anew since.
  void RememberTask(OrderSeq order, std::shared_ptr<const TaskBytes> task);
  // The entry `index` brought new signatures: from now on nothing older goes out.
  void Resigned(OrderSeq order, uint64_t index);
  // Of an erased case. A reader that has just read it may remember it once more; it leaves with the others in time.
  void ForgetTask(OrderSeq order);

  // Errors: NOT_FOUND, ERASED when the key is gone; the store's.
  absl::StatusOr<std::shared_ptr<const TaskBytes>> TaskOf(OrderSeq order, const OpenJournal& open);
  absl::StatusOr<std::shared_ptr<const HeadBytes>> HeadAt(uint64_t index, const OpenJournal& open);
  absl::StatusOr<std::shared_ptr<const goldeneagle::v1::DirectoryChange>> StatementAt(uint64_t index,
                                                                                      const OpenJournal& open);

  // A member in the form in which it travels. Pre: `index` is a place in the head.
  static goldeneagle::v1::SignedMember TravelForm(const HeadBytes& head, const std::string& member, uint32_t index);

  uint64_t hits() const { return tasks_.hits() + heads_.hits() + statements_.hits(); }
  uint64_t misses() const { return tasks_.misses() + heads_.misses() + statements_.misses(); }

 private:
  Lru<TaskBytes> tasks_{kTaskBytesMax};
  absl::Mutex mu_;
  absl::flat_hash_map<uint64_t, uint64_t> resigned_ ABSL_GUARDED_BY(mu_);  // by order; those resumed since the start
  Lru<HeadBytes> heads_{kHeadBytesMax};
  Lru<goldeneagle::v1::DirectoryChange> statements_{kStatementBytesMax};
};

// The statements past `position`, in journal order, at most `most` of them and `bytes_max` bytes. `complete`: nothing
// is left behind them.
struct StatementPage {
  std::vector<std::shared_ptr<const goldeneagle::v1::DirectoryChange>> changes;
  bool complete = true;
};
absl::StatusOr<StatementPage> StatementsPast(uint64_t position, size_t most, size_t bytes_max,
                                             const std::vector<uint64_t>& positions, Travel& travel,
                                             const Travel::OpenJournal& open);

}  // namespace eagle::api
