// The daily statement in the inbox: which day was stated, and the signed parts that the gateway hasn't recorded yet.
//
// Keys: e -> the day and counters; h sequence -> signed batch of one part.
//
// Threads: one owner, as the transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "adapters/sdk/inbox.h"
#include "goldeneagle/v1/envelope.pb.h"

namespace eagle::sdk {

namespace v1 = ::goldeneagle::v1;

struct PositionMeta {
  uint64_t sequence = 0;       // of the last head
  std::string day;             // YYYY-MM-DD, the last one that was signed; empty: none
  uint64_t after_receipt = 0;  // its parts go out after the receipts up to this id
};

class PositionTables {
 public:
  explicit PositionTables(InboxTransaction& transaction) : transaction_(transaction) {}

  PositionMeta Meta();
  void PutMeta(const PositionMeta& meta);
  void AddPart(uint64_t sequence, const v1::SignedBatch& batch);
  // The first part that isn't recorded.
  std::optional<std::pair<uint64_t, v1::SignedBatch>> NextPart();
  void DropPart(uint64_t sequence);
  // Nothing of the day is to be sent any more.
  void DropParts();

 private:
  InboxTransaction& transaction_;
};

}  // namespace eagle::sdk
