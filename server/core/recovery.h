// A log that goes on from older data: what its administrators signed, whether it fits the data, and the entry
// LOG_RECOVERED that makes it so. The entry is the one durable step: before it the data are the old log's and a start
// refuses them, after it they are the new one's and a start brings the last-signed store along (start.h).
//
// Life:    a person proposes and two sign, with no gateway running; Recover writes the entry; Open starts.
// Threads: one.
//
//   EAGLE_ASSIGN_OR_RETURN(RecoveryFacts facts, ReadRecovery(envelope, founding, directory.log_key()));
//   EAGLE_RETURN_IF_ERROR(CheckApproved(facts, founding));
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "goldeneagle/v1/entry.pb.h"
#include "goldeneagle/v1/recovery.pb.h"
#include "server/core/ports.h"
#include "server/core/start.h"
#include "server/journal/checkpoint.h"
#include "server/storage/last_signed.h"
#include "server/storage/store.h"

namespace eagle::core {

inline constexpr std::string_view kRecoveryPayloadType = "application/vnd.goldeneagle.recovery.v1+protobuf";
inline constexpr int kRecoverySignaturesMax = 16;

// A verified document.
struct RecoveryFacts {
  goldeneagle::v1::Recovery recovery;
  journal::Checkpoint last_signed;  // by the old origin: where the lost range ends
  journal::Checkpoint restored;     // by the old origin, over a beginning of the restored data
  std::vector<uint32_t> approvers;  // ordinals of the administrators whose signatures verify, rising
};

// The document and its signatures. Errors: RECOVERY_MALFORMED: another payload type, bytes that aren't a canonical
// Recovery, a field that is missing or wrong, a note that `old_key` didn't sign, sizes that don't rise, a signature by
// nobody whom entry 0 names as administrator, or two by one.
absl::StatusOr<RecoveryFacts> ReadRecovery(const goldeneagle::v1::Envelope& document,
                                           const goldeneagle::v1::LogFounded& founding,
                                           const goldeneagle::v1::FoundingKey& old_key);
// Errors: RECOVERY_NOT_APPROVED below the number that entry 0 demands.
absl::Status CheckApproved(const RecoveryFacts& facts, const goldeneagle::v1::LogFounded& founding);

// Verifies notes of a key that an entry names. Errors: KEY_UNUSABLE when it can't be one.
absl::StatusOr<std::unique_ptr<journal::NoteVerifier>> VerifierOf(const goldeneagle::v1::FoundingKey& key);
// The origin that a note claims, before anything of it is verified; empty when there is none.
std::string_view ClaimedOrigin(std::string_view note);

// The verifiers of a log's heads, epoch by epoch: the pinned key where it is the one named, the key that the entries
// name elsewhere.
class LogVerifiers {
 public:
  // `pinned` must outlive this.
  explicit LogVerifiers(const journal::NoteVerifier& pinned) : pinned_(pinned) {}
  // For heads after an entry that names `key`. Errors: KEY_UNUSABLE.
  absl::Status Next(const goldeneagle::v1::FoundingKey& key);
  const journal::NoteVerifier& now() const { return own_ != nullptr ? *own_ : pinned_; }
  // Whether an epoch of this log had the pinned key: if none did, it is another log's.
  bool pinned_used() const { return pinned_used_; }

 private:
  const journal::NoteVerifier& pinned_;
  std::unique_ptr<journal::NoteVerifier> own_;
  bool pinned_used_ = false;
};

// Writes LOG_RECOVERED into restored data and signs the first head of the new origin. Again, or after a crash anywhere:
// ends what was begun, and nothing is written twice.
//
// Errors: those of ReadRecovery and CheckApproved; RECOVERY_MISMATCH: the document is about other data, another log,
// another signer, or an origin that this log had before, or the last-signed store has signed more than it names;
// RECOVERY_NOT_NEEDED: the data hold all that was signed; those of Open.
absl::StatusOr<Opened> Recover(const goldeneagle::v1::Envelope& document, storage::Store& store,
                               storage::LastSigned& last_signed, const journal::NoteSigner& signer, KeySource& keys);

}  // namespace eagle::core
