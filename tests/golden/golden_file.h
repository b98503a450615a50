// The golden file: a whole journal as text, one entry a line, with what its fold came to.
//
// Threads: values and pure functions.
//
//   GoldenJournal golden = *ParseGolden(ReadFile(path));
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/state.h"
#include "server/storage/digest.h"
#include "server/storage/store.h"

namespace eagle::test {

struct GoldenEntry {
  std::string type;    // ORDER_ACCEPTED
  std::string leaf;    // raw bytes
  std::string sealed;  // raw bytes; empty: no payload
  friend bool operator==(const GoldenEntry&, const GoldenEntry&) = default;
};

struct GoldenJournal {
  std::string verifier_key;                  // of the log, as a note key
  std::vector<storage::CommitRow> commits;   // `entries` filled from `entries` below
  std::vector<GoldenEntry> entries;          // index n at n
  std::vector<storage::TableDigest> tables;  // of the fold
  std::vector<std::string> ledgers;          // of the fold's private half, as Ledgers() puts it
  std::string root;                          // lower-case hex
  std::string checkpoint;                    // signed note over all of it
};

// Everything that a store holds, but `ledgers`. Errors: the reader's.
absl::StatusOr<GoldenJournal> TakeGolden(storage::Reader& reader, std::string verifier_key, std::string checkpoint);

// What the payloads came to, one line a case in order of opening, amounts in minor units:
// "case 36: cap 9000000, requested 0, controlled 3100000, ...; orders 8; measures 57:2:3000000 ..."
// (freeze:phase:limit)
std::vector<std::string> Ledgers(const domain::State& state);

std::string FormatGolden(const GoldenJournal& golden);
// Errors: FIELD_INVALID for text that FormatGolden didn't write.
absl::StatusOr<GoldenJournal> ParseGolden(const std::string& json);

}  // namespace eagle::test
