// How a core comes to life: founding a new log, or opening the data of one and refusing what isn't what was last
// signed.
//
// Threads: the start is single-threaded.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/core/ports.h"
#include "server/journal/merkle.h"
#include "server/journal/note.h"
#include "server/storage/last_signed.h"
#include "server/storage/store.h"

namespace eagle::core {

// Everything that a sequencer starts from.
struct Opened {
  domain::State state;
  journal::Edge edge;
  std::string checkpoint;  // signed note over the whole journal
  domain::DirectoryStream stream;
  std::vector<journal::Hash> digests;  // of the stream after each of its statements, in order
};

// The stream with one statement more, and its digest then. `entry`: STATEMENT_ACCEPTED.
void AddToStream(const domain::Entry& entry, domain::DirectoryStream& stream, std::vector<journal::Hash>& digests);

// The snapshot as it lies, without a look at what was signed: no checkpoint yet. Errors: TABLES_DIFFER,
// ENTRY_MALFORMED, COMMITMENT_MISMATCH; the ports' own.
absl::StatusOr<Opened> Load(storage::Reader& reader, KeySource& keys);

// Writes entry 0 into an empty store and signs the first checkpoint. Pre: Head().next_index == 0.
absl::Status Found(const goldeneagle::v1::LogFounded& founding, absl::Time now, storage::Store& store,
                   storage::LastSigned& last_signed, const journal::NoteSigner& signer);

// Loads the snapshot, folds directory and cases from their own entries, rebuilds the tree's edge and compares it with
// what was last signed. Data newer than the last signature (a crash between commit and signature) is signed first.
// Where the data go on under a new origin (recovery.h) and the store still holds the old one's head, the store begins
// anew, if that head is the one that the administrators gave up.
//
// Errors: JOURNAL_OLDER    the data is older than what was signed: a restored backup; see `eagle recover`.
//         JOURNAL_BROKEN   the data doesn't hash to what was signed.
//         TABLES_DIFFER, ENTRY_MALFORMED, COMMITMENT_MISMATCH; the ports' own.
absl::StatusOr<Opened> Open(storage::Store& store, storage::LastSigned& last_signed, const journal::NoteSigner& signer,
                            KeySource& keys);

}  // namespace eagle::core
