// A witness with its memory: what it saw last of each log, in one durable file an origin. Comparing with it, keeping
// the new checkpoint, and cosigning are one step: two requests, of two threads or two processes, can't both be compared
// with the same past, and a cosignature leaves only when what it says is kept (C2SP tlog-witness).
//
// Files in the folder: <SHA-256 of the origin>.witnessed, the log's signed note, and .lock.
//
// Threads: any, at the same time; other processes on the same folder wait for each other.
//
//   Witness witness("state", policy, key);
//   EAGLE_ASSIGN_OR_RETURN(Witnessing said, witness.Add(body, clock.WallNow()));
//   if (said.answer == journal::WitnessAnswer::kCosign) Send(said.line);
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/journal/log_policy.h"
#include "server/journal/witness.h"

namespace eagle::audit {

struct Witnessing {
  journal::WitnessAnswer answer = journal::WitnessAnswer::kUntrusted;
  std::string line;        // with kCosign: the cosignature, a line of the note
  uint64_t kept_size = 0;  // what the witness keeps now: with kStale, from where to ask again
  std::string checkpoint;  // with kCosign: the log's note, without the line
};

// Reads a witness's key. Errors: KEY_UNUSABLE when others than its owner may read it; NOTE_MALFORMED; STORAGE_UNUSABLE.
absl::StatusOr<journal::WitnessKey> ReadWitnessKey(const std::string& path);
// Why nothing was cosigned, with what is kept and what was asked. Pre: said.answer isn't kCosign.
// LOG_FORKED: keep both checkpoints; NOTE_UNTRUSTED; UNAVAILABLE: another process of this witness was faster.
absl::Status WhyNotCosigned(const Witnessing& said, uint64_t size);

class Witness {
 public:
  // `logs` and `key` must outlive it. The folder is made when it isn't there.
  Witness(std::string folder, const journal::LogPolicy& logs, const journal::WitnessKey& key)
      : folder_(std::move(folder)), logs_(logs), key_(key) {}

  // Answers one add-checkpoint request, given as its body.
  // Errors: NOTE_MALFORMED; STORAGE_UNUSABLE: nothing was cosigned; NOTE_UNTRUSTED, JOURNAL_BROKEN when what was kept
  // can't be read: somebody changed it, and no cosignature is given.
  absl::StatusOr<Witnessing> Add(std::string_view body, absl::Time now);

  // What is kept of a log; size 0: nothing. Errors: as above.
  absl::StatusOr<journal::Witnessed> Kept(const std::string& origin) const;

 private:
  std::string PathOf(const std::string& origin) const;

  const std::string folder_;
  const journal::LogPolicy& logs_;
  const journal::WitnessKey& key_;
};

}  // namespace eagle::audit
