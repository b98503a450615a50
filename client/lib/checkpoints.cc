#include "client/lib/checkpoints.h"

#include <vector>

#include "client/common/files.h"
#include "client/lib/errors.h"
#include "server/base/reason.h"
#include "server/journal/merkle.h"

namespace eagle::client {
namespace {

absl::Status Forked(std::string_view why) { return AsVerification(Fail(Reason::kLogForked, why)); }

// Absent when a hash has the wrong length.
std::optional<std::vector<journal::Hash>> HashesOf(const google::protobuf::RepeatedPtrField<std::string>& list) {
  std::vector<journal::Hash> hashes;
  for (const std::string& bytes : list) {
    const auto hash = journal::HashFrom(bytes);
    if (!hash) return std::nullopt;
    hashes.push_back(*hash);
  }
  return hashes;
}

}  // namespace

absl::StatusOr<std::optional<CheckpointKeeper::Seen>> CheckpointKeeper::Newest() const {
  EAGLE_ASSIGN_OR_RETURN(std::optional<std::string> note, ReadFileIfThere(folder_ + "/" + file_));
  if (!note) return std::optional<Seen>();
  const auto checkpoint = journal::OpenCheckpoint(*note, log_key_);
  if (!checkpoint.ok()) return AsVerification(checkpoint.status());
  return std::optional<Seen>(Seen{*std::move(note), *checkpoint});
}

absl::Status CheckpointKeeper::CheckConsistent(const journal::Checkpoint& a, const journal::Checkpoint& b,
                                               Gateway& gateway) const {
  const journal::Checkpoint& older = a.size <= b.size ? a : b;
  const journal::Checkpoint& newer = a.size <= b.size ? b : a;
  if (older.size == newer.size) return older.root == newer.root ? absl::OkStatus() : Forked("two roots for one size");
  if (older.size == 0) return absl::OkStatus();  // nothing is the beginning of everything
  v1::GetConsistencyProofRequest request;
  request.set_old_size(older.size);
  request.set_size(newer.size);
  EAGLE_ASSIGN_OR_RETURN(const v1::GetConsistencyProofResponse answer, gateway.GetConsistencyProof(request));
  const auto hashes = HashesOf(answer.hashes());
  if (!hashes || !journal::VerifyConsistency(older.size, newer.size, *hashes, older.root, newer.root)) {
    return Forked("the gateway can't show that the newer checkpoint continues the older one");
  }
  return absl::OkStatus();
}

absl::Status CheckpointKeeper::KeepFork(const Seen& seen, std::string_view note,
                                        const journal::Checkpoint& checkpoint) const {
  const std::string name =
      "/forked-" + std::to_string(seen.checkpoint.size) + "-" + std::to_string(checkpoint.size) + ".notes";
  return WriteDurably(folder_ + name, seen.note + "\n" + std::string(note));
}

absl::StatusOr<journal::Checkpoint> CheckpointKeeper::Observe(std::string_view note, Gateway& gateway) {
  const auto checkpoint = journal::OpenCheckpoint(note, log_key_);
  if (ReasonOf(checkpoint.status()) == Reason::kNoteUntrusted && note.substr(0, note.find('\n')) != log_key_.name())
    return AsVerification(
        Fail(Reason::kLogOtherOrigin, "the gateway's log has another origin than the one that was pinned")
            .With("pinned", log_key_.name())
            .With("claimed", note.substr(0, note.find('\n'))));
  if (!checkpoint.ok()) return AsVerification(checkpoint.status());
  for (;;) {
    EAGLE_ASSIGN_OR_RETURN(const std::optional<Seen> seen, Newest());
    if (seen) {
      // The proof is asked for without the lock: the answer may take its time.
      const absl::Status consistent = CheckConsistent(seen->checkpoint, *checkpoint, gateway);
      if (ReasonOf(consistent) == Reason::kLogForked) EAGLE_RETURN_IF_ERROR(KeepFork(*seen, note, *checkpoint));
      EAGLE_RETURN_IF_ERROR(consistent);
      if (seen->checkpoint.size >= checkpoint->size) return *checkpoint;
    }
    EAGLE_ASSIGN_OR_RETURN(auto guard, FolderGuard::Take(folder_));
    EAGLE_ASSIGN_OR_RETURN(const std::optional<Seen> now, Newest());
    if (now.has_value() != seen.has_value() || (now && now->note != seen->note))
      continue;  // another process was faster: compare with its
    EAGLE_RETURN_IF_ERROR(WriteDurably(folder_ + "/" + file_, note));
    return *checkpoint;
  }
}

}  // namespace eagle::client
