#include "server/storage/store.h"

#include "server/base/assert.h"
#include "server/base/reason.h"

namespace eagle::storage {
namespace {

constexpr bool TablesAreInOrder() {
  for (size_t i = 0; i < kTables.size(); ++i) {
    if (static_cast<size_t>(kTables[i].table) != i) return false;
  }
  return true;
}
static_assert(TablesAreInOrder(), "kTables is indexed by Table");

}  // namespace

void CheckCommit(const Commit& commit) {
  GATEWAY_ASSERT(commit.count >= 1, "nothing changes without an entry");
  GATEWAY_ASSERT(commit.first_index <= uint64_t{INT64_MAX} - commit.count,
                 "indexes are signed 64-bit numbers in every database");
  GATEWAY_ASSERT(commit.entries.size() <= kValueBytesMax, "the sequencer bounds its batches");
  GATEWAY_ASSERT(commit.previous_checkpoint.size() <= kValueBytesMax, "a signed note is short");
  for (const RowChange& row : commit.rows) {
    GATEWAY_ASSERT(static_cast<size_t>(row.table) < kTables.size(), "an unknown table");
    GATEWAY_ASSERT(!row.key.empty() && row.key.size() <= kKeyBytesMax, "keys have 1 to 255 bytes");
    GATEWAY_ASSERT(!row.value || row.value->size() <= kValueBytesMax, "a row has at most 16 MiB");
  }
}

absl::Status HeadMoved(uint64_t next_index, uint64_t first_index) {
  return Fail(Reason::kHeadMoved, "the commit doesn't begin where the journal ends")
      .With("next_index", std::to_string(next_index))
      .With("first_index", std::to_string(first_index));
}

}  // namespace eagle::storage
