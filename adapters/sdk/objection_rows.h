// Objections 异议 in the inbox: what this agency raised, and what was said to it. Letters: k, v, u, f, j.
//
// Threads: one owner, as the transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "adapters/sdk/word_rows.h"
#include "goldeneagle/v1/objection_service.pb.h"

namespace eagle::sdk {

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

class ObjectionTables : public WordTables {
 public:
  explicit ObjectionTables(InboxTransaction& transaction) : WordTables(transaction, {'k', 'v', 'u', 'f', 'j'}) {}

  std::optional<ObjectionRow> Find(std::string_view id);
  void Put(const ObjectionRow& row);
  std::vector<ObjectionRow> All();  // by id, which is by time

  void AddWord(const v1::ObjectionWord& word) {
    PutWord(word.objection_id(), word.journal_index(), word.SerializeAsString());
  }
  std::vector<v1::ObjectionWord> Words(std::string_view objection_id);
};

}  // namespace eagle::sdk
