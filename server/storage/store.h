// The Store port: the packed journal, and key/value tables that are the snapshot of its fold. Narrow on purpose, so
// that SQLite and PostgreSQL can both stand behind it; nothing in here knows what an entry or a row means.
//
// Life cycle: the start opens a store and reads Head(); the sequencer appends one Commit a batch, answers, and calls
//   Maintain(); readers come and go; the store goes last.
// Threads: Append, Maintain and Head belong to the one writing thread; NewReader and Full may be called from any. A
//   Reader belongs to one thread at a time.
//
//   Commit commit{.first_index = store.Head().next_index, .count = 2, .time_us = now_us, .entries = packed};
//   commit.rows.push_back({Table::kOrders, BigEndian(order_seq), row});
//   EAGLE_RETURN_IF_ERROR(store.Append(commit));   // durable from here on: sign, answer
//   EAGLE_RETURN_IF_ERROR(store.Maintain(/*idle=*/queue.empty()));
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace eagle::storage {

// The tables of the snapshot. A new one goes to the end, into kTables, and raises the schema version of each store.
enum class Table : uint8_t {
  kOrders,
  kOrderLists,
  kIds,
  kCases,
  kCaseNumbers,
  kStreams,
  kSequences,
  kAgencies,
  kTiles,
  kLog,
  kReaders,
};

struct TableInfo {
  Table table;
  std::string_view name;  // as the store calls it; lower case, safe in SQL
  bool derived;           // can be rebuilt from the journal alone: left out of table digests
};

inline constexpr std::array<TableInfo, 11> kTables = {{
    {Table::kOrders, "orders", false},
    {Table::kOrderLists, "order_lists", false},
    {Table::kIds, "ids", false},
    {Table::kCases, "cases", false},
    {Table::kCaseNumbers, "case_numbers", false},
    {Table::kStreams, "streams", false},
    {Table::kSequences, "sequences", false},
    {Table::kAgencies, "agencies", false},
    {Table::kTiles, "tiles", true},
    {Table::kLog, "log", false},
    {Table::kReaders, "readers", false},
}};

constexpr std::string_view NameOf(Table table) { return kTables[static_cast<size_t>(table)].name; }

inline constexpr size_t kKeyBytesMax = 255;  // keys have 1 to 255 bytes; numbers are 8 big-endian bytes (BigEndian)
inline constexpr size_t kValueBytesMax = 16 << 20;  // of one value, and of the entries of one commit

// Sets (or, without a value, deletes) one row. An empty value is a value. Deleting what isn't there changes nothing.
struct RowChange {
  Table table = Table::kOrders;
  std::string key;
  std::optional<std::string> value;
};

// One batch of the sequencer. Rows are changed in the order given: of two changes of one key the later one stays.
struct Commit {
  uint64_t first_index = 0;         // == Head().next_index
  uint32_t count = 0;               // entries, >= 1: nothing changes without an entry
  int64_t time_us = 0;              // the batch's `now`, microseconds since 1970, UTC
  uint32_t decider_version = 0;     // which decider made the events
  std::string entries;              // packed by the journal; opaque here
  std::string previous_checkpoint;  // signed note over everything before this commit; empty in the first
  std::vector<RowChange> rows;
};

// A commit as it is read back; its rows have become part of the tables.
struct CommitRow {
  uint64_t first_index = 0;
  uint32_t count = 0;
  int64_t time_us = 0;
  uint32_t decider_version = 0;
  std::string entries;
  std::string previous_checkpoint;
  friend bool operator==(const CommitRow&, const CommitRow&) = default;
};

struct StoreHead {
  uint64_t next_index = 0;  // entries so far, and the index of the next one
  int64_t time_us = 0;      // of the last commit; 0 when there is none
  friend bool operator==(const StoreHead&, const StoreHead&) = default;
};

using Row = std::pair<std::string, std::string>;  // key, value

// A snapshot: what was committed when it was made, unchanged however long it lives. Hold it for 250 ms at most: while
// one is out, the store can't give back the space behind it. All give it back before the store goes.
//
// Errors of every call: STORAGE_DAMAGED, the bytes can't be read back (stop, raise the alarm); UNAVAILABLE, repeat with
// a new reader. Limits of lists are >= 1; a list shorter than its limit has reached the end.
class Reader {
 public:
  virtual ~Reader() = default;
  // Absent when there is no such row.
  virtual absl::StatusOr<std::optional<std::string>> Get(Table table, std::string_view key) = 0;
  // Rows with key >= `from_key` in bytewise key order, at most `limit`. An empty from_key starts at the beginning; the
  // next page starts at the last key + '\0'.
  virtual absl::StatusOr<std::vector<Row>> Scan(Table table, std::string_view from_key, size_t limit) = 0;
  // The commit that holds the entry `index`; absent when index >= Head().next_index.
  virtual absl::StatusOr<std::optional<CommitRow>> CommitAt(uint64_t index) = 0;
  // Commits in order, beginning with the one that holds `first_index`, at most `limit`. The next page starts at the
  // last one's first_index + count.
  virtual absl::StatusOr<std::vector<CommitRow>> Commits(uint64_t first_index, size_t limit) = 0;
  // As it was when the snapshot was made.
  virtual StoreHead Head() = 0;
};

class Store {
 public:
  virtual ~Store() = default;

  // Adds `commit` whole and durably, or not at all. On OK it survives loss of power, and every later reader sees it.
  //
  // Errors: HEAD_MOVED   first_index isn't next_index, or somebody else has written that index: this process is not, or
  //                      no longer, the writer. Nothing was written. Stop.
  //         UNAVAILABLE  somebody holds the write lock. Nothing was written; the same commit may be tried again.
  // Anything the disk refuses ends the process (fatal.h): then the commit is wholly there or wholly absent, and only
  // the next start can tell. Pre: count >= 1, key and value sizes within the limits above.
  virtual absl::Status Append(const Commit& commit) = 0;

  // A snapshot of now. RESOURCE_EXHAUSTED / BUSY when more than the store's limit are out: repeat in a moment.
  virtual absl::StatusOr<std::unique_ptr<Reader>> NewReader() = 0;

  // House-keeping; call it after the answers of each batch, and when idle (at least every 50 ms while Full()). May take
  // some milliseconds. An error means what it means in Append: the process ends.
  virtual absl::Status Maintain(bool idle) = 0;

  // True when the store needs room before it should take new work: refuse new orders (BUSY), let receipts and deadlines
  // pass. Append still works. Maintain makes it false again, without anybody's help if space has returned.
  virtual bool Full() = 0;

  // After the last Append that answered OK.
  virtual StoreHead Head() = 0;
};

// Asserts the preconditions of Append; every implementation begins with it.
void CheckCommit(const Commit& commit);
// HEAD_MOVED, as every implementation words it.
absl::Status HeadMoved(uint64_t next_index, uint64_t first_index);

}  // namespace eagle::storage
