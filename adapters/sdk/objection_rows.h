// Objections 异议 in the inbox: what this agency raised, what was said in each thread, and which of its own words the
// gateway hasn't recorded yet. Kept for ever: they are the agency's proof that it objected in time.
//
// Keys: k objection id -> ObjectionRow; v objection id, journal index -> word; u sequence -> signed batch of one word,
// f sequence -> it isn't recorded yet; j -> positions.
//
// Threads: one owner, as the transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "adapters/sdk/inbox.h"
#include "goldeneagle/v1/objection_service.pb.h"

namespace eagle::sdk {

namespace v1 = ::goldeneagle::v1;

enum class ObjectionPhase : uint8_t {
  kSaid = 0,     // signed, not recorded yet: it is sent until it is
  kOpen = 1,     // the court examines it
  kRefused = 2,  // the gateway didn't take it, see `why`
  kWithdrawn = 3,
  kUpheld = 4,
  kRejected = 5,
  kAmended = 6,
};
std::string_view ObjectionPhaseName(ObjectionPhase phase);

struct ObjectionRow {
  std::string id;         // 16 bytes
  std::string order_id;   // objected to
  std::string freeze_id;  // the order that made the measure in question: itself or the one that it names; empty: none
  std::string court, ground;
  ObjectionPhase phase = ObjectionPhase::kSaid;
  absl::Time raised_at;
  std::optional<absl::Time> due_at;  // until when the court answers; absent before it is recorded
  std::string why;                   // the reason of a refusal, also of a later word

  bool undecided() const { return phase == ObjectionPhase::kSaid || phase == ObjectionPhase::kOpen; }
};

struct SaidRow {
  uint64_t sequence = 0;  // of its head
  std::string objection_id;
  v1::SignedBatch batch;  // of one
};

class ObjectionTables {
 public:
  explicit ObjectionTables(InboxTransaction& transaction) : transaction_(transaction) {}

  std::optional<ObjectionRow> Find(std::string_view id);
  void Put(const ObjectionRow& row);
  std::vector<ObjectionRow> All();  // by id, which is by time

  void AddWord(const v1::ObjectionWord& word);
  std::vector<v1::ObjectionWord> Words(std::string_view objection_id);

  // The sequence of the next head.
  uint64_t TakeSequence();
  void AddSaid(const SaidRow& row);  // pending
  std::optional<SaidRow> NextPending();
  void SetRecorded(uint64_t sequence);
  // Whether these very bytes are a word of ours.
  bool HasSaid(std::string_view member);
  // The gateway's log lost what it had after `position`: all that was said is said again, what lies past it is fetched
  // again.
  void Rewind(uint64_t position);

  // Journal index of the newest word that was fetched.
  uint64_t Position();
  void SetPosition(uint64_t position);

 private:
  InboxTransaction& transaction_;
};

}  // namespace eagle::sdk
