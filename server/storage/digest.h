// Digests of the tables: "replay agrees" means that these are equal.
//
// Threads: any; a call uses the reader it is given.
//
//   EAGLE_ASSIGN_OR_RETURN(std::vector<TableDigest> stored, TableDigests(*reader));
//   if (stored != replayed) return Fail(Reason::kTablesDiffer, "...");
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/storage/store.h"

namespace eagle::storage {

struct TableDigest {
  std::string table;
  std::string sha256;  // lower-case hex
  friend bool operator==(const TableDigest&, const TableDigest&) = default;
};

// One digest for each table that isn't derived, in the order of kTables: SHA-256 over its rows in key order, each as
// u32 key length, key, u32 value length, value (big-endian). Reads everything: for tools, tests and the check at a
// start, with no writer running beside it (it holds its snapshot for longer than 250 ms).
// Errors: those of Reader.
absl::StatusOr<std::vector<TableDigest>> TableDigests(Reader& reader);

}  // namespace eagle::storage
