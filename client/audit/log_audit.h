// The public audit of a whole log: its signed head, every leaf, every hash tile, what was seen before, and the rules
// over the leaves. Reads bundle by bundle: memory grows with the rules' picture only (picture.h), not with the log's
// bytes.
//
// Every run reads all leaves. What an earlier run saw is checked while reading: the root of the leaves up to its size
// is the root that it saw. So nothing but a signed note is kept between runs, and nothing of an earlier run is
// believed.
//
// Threads: one.
//
//   EAGLE_ASSIGN_OR_RETURN(std::string note, source->Checkpoint());
//   EAGLE_ASSIGN_OR_RETURN(LogAudited audited, AuditLog(*source, note, *log_key, options, audit));
//   if (audit.findings().total() == 0) ...
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "client/audit/log_source.h"
#include "client/audit/opened_audit.h"
#include "client/audit/public_audit.h"
#include "client/audit/seen_store.h"
#include "server/journal/checkpoint.h"

namespace eagle::audit {

struct LogAuditOptions {
  SeenStore* store = nullptr;                        // absent: nothing is remembered
  std::function<void(uint64_t, uint64_t)> progress;  // leaves read, of how many; absent: silent
  OpenedAudit* opened = nullptr;                     // takes every leaf with its sealed payload too
  std::function<void(std::string_view)> each;        // is shown every leaf, in order; absent: nobody looks
};

struct LogAudited {
  journal::Checkpoint head;
  std::string note;
  std::optional<journal::Checkpoint> before;  // what the store had
};

// Takes all leaves under the checkpoint `note`, which the caller has judged, into `audit`, which must be fresh, and
// adds what the tree itself shows to its findings. The store is told only of a log whose tree verified. Errors:
// NOTE_UNTRUSTED, NOTE_MALFORMED: the checkpoint is not the pinned key's; LOG_ROLLED_BACK, LOG_FORKED: against what the
// store has (of a fork both notes are kept there); JOURNAL_BROKEN: a file that the log must have is missing or too
// short.
absl::StatusOr<LogAudited> AuditLog(LogSource& log, const std::string& note, const journal::NoteVerifier& key,
                                    const LogAuditOptions& options, PublicAudit& audit);

// A quick look: `count` leaves chosen by `seed`, each decoded and proved to be in the signed tree. Says nothing about
// the others. Errors as above.
struct LogSampled {
  journal::Checkpoint head;
  std::vector<uint64_t> indexes;
};
absl::StatusOr<LogSampled> SampleLog(LogSource& log, const std::string& note, const journal::NoteVerifier& key,
                                     uint64_t count, uint64_t seed, Findings& findings);

}  // namespace eagle::audit
