// The proof that state is a fold over the journal: folds a whole journal anew and compares tables, tree and checkpoints
// with what is stored.
//
// Threads: one; may take seconds per million entries.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "server/core/ports.h"
#include "server/journal/note.h"
#include "server/storage/store.h"

namespace eagle::core {

struct ReplayReport {
  uint64_t entries = 0, commits = 0, checkpoints = 0, unreadable_payloads = 0;
  std::string root_hex;
  std::vector<std::pair<std::string, std::string>> digests;  // table, SHA-256 of its rows in key order
};

// Folds every entry. With keys: payloads are opened and held against their commitments, tables must come out the same.
// `progress` (may be empty) is called with (done, all).
//
// Errors, each names the entry or table: ENTRY_MALFORMED, COMMITMENT_MISMATCH, JOURNAL_BROKEN (a checkpoint stored on
// the way doesn't fit, with its size), TABLES_DIFFER.
absl::StatusOr<ReplayReport> Replay(storage::Reader& reader, KeySource& keys, const journal::NoteVerifier& log,
                                    const std::function<void(uint64_t, uint64_t)>& progress);

}  // namespace eagle::core
