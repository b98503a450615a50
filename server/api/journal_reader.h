// One snapshot of the store, read as entries, orders and cases. Keeps the commits that it has unpacked.
//
// Life:    for the length of one call; hold it for 250 ms at most. Threads: one.
//
//   EAGLE_ASSIGN_OR_RETURN(JournalReader journal, JournalReader::Open(store, keys));
//   EAGLE_ASSIGN_OR_RETURN(domain::Order order, journal.OrderById(court, order_id));
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/base/ids.h"
#include "server/core/ports.h"
#include "server/domain/entry.h"
#include "server/domain/order.h"
#include "server/domain/state.h"
#include "server/journal/leaf.h"
#include "server/journal/packed.h"
#include "server/journal/payload.h"
#include "server/storage/store.h"

namespace eagle::api {

class JournalReader {
 public:
  static absl::StatusOr<JournalReader> Open(storage::Store& store, core::KeySource& keys);

  uint64_t size() { return reader_->Head().next_index; }
  storage::Reader& store() { return *reader_; }

  // Valid until the next call. Errors of these: NOT_FOUND beyond the end; the store's own.
  absl::StatusOr<journal::PackedEntry> Packed(uint64_t index);
  absl::StatusOr<journal::Leaf> LeafAt(uint64_t index);
  // With its payload, unless its key was erased.
  absl::StatusOr<domain::Entry> EntryAt(uint64_t index);
  // The salt and the payload, as the leaf commits to them. Errors also: ERASED; NOT_FOUND for an entry without one.
  absl::StatusOr<journal::OpenedPayload> OpenedAt(uint64_t index);

  // Absent when there is no such row. `number_tags`: the number's tag under every tag key.
  absl::StatusOr<std::optional<domain::Order>> OrderAt(OrderSeq seq);
  absl::StatusOr<std::optional<domain::IdUse>> UseOf(const std::string& id);
  absl::StatusOr<std::optional<CaseSeq>> CaseNumbered(CourtOrdinal court, const std::vector<std::string>& number_tags);
  absl::StatusOr<std::optional<domain::Case>> CaseRow(CaseSeq seq);

  // Errors: NOT_FOUND for unknown ids, ids of other things and other courts' orders alike.
  absl::StatusOr<domain::Order> OrderById(CourtOrdinal court, const std::string& order_id);
  // The entries that name the order, from its acceptance on, in journal order. Not those that name several (Delivered).
  absl::StatusOr<std::vector<domain::Entry>> EntriesOf(const domain::Order& order);
  // The case with its inside, folded from its own entries. Errors: NOT_FOUND.
  absl::StatusOr<domain::Case> FoldedCase(CaseSeq seq);

 private:
  struct Unpacked {
    storage::CommitRow row;
    std::vector<journal::PackedEntry> entries;  // point into row
  };
  JournalReader(std::unique_ptr<storage::Reader> reader, core::KeySource& keys)
      : reader_(std::move(reader)), keys_(&keys) {}

  std::unique_ptr<storage::Reader> reader_;
  core::KeySource* keys_;
  std::deque<std::unique_ptr<Unpacked>> commits_;  // newest first, a few
};

}  // namespace eagle::api
