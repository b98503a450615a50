// Supervision orders 督办 in the inbox: what courts demand of this agency, and what it said to that. Letters: K, V, U,
// F, J.
//
// Threads: one owner, as the transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "adapters/sdk/word_rows.h"
#include "goldeneagle/v1/supervision_order_service.pb.h"

namespace eagle::sdk {

struct SupervisionRow {
  std::string id, digest;   // 16 and 32 bytes, of the act that issued it
  std::string order_id;     // which it is about
  std::string from, court;  // codes: who issued it, whose order it is about
  std::string number;       // as the court prints it
  bool commander = false;
  v1::SupervisionState state = v1::SUPERVISION_STATE_ISSUED;
  v1::SupervisionResult result = v1::SUPERVISION_RESULT_UNSPECIFIED;
  absl::Time issued_at;              // by the log's time
  std::optional<absl::Time> due_at;  // until when we answer; after a return, the new time
  std::string why;                   // the reason why our last word was refused

  bool owed() const { return state != v1::SUPERVISION_STATE_ANSWERED && state != v1::SUPERVISION_STATE_CLOSED; }
};

class SupervisionTables : public WordTables {
 public:
  explicit SupervisionTables(InboxTransaction& transaction) : WordTables(transaction, {'K', 'V', 'U', 'F', 'J'}) {}

  std::optional<SupervisionRow> Find(std::string_view id);
  void Put(const SupervisionRow& row);
  std::vector<SupervisionRow> All();  // by id, which is by time

  void AddWord(const v1::SupervisionWord& word) {
    PutWord(word.supervision_id(), word.journal_index(), word.SerializeAsString());
  }
  std::vector<v1::SupervisionWord> Words(std::string_view id);
};

}  // namespace eagle::sdk
