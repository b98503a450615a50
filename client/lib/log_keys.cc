#include "client/lib/log_keys.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "client/common/files.h"
#include "client/lib/acceptance.h"
#include "client/lib/errors.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/merkle.h"

namespace eagle::client {
namespace {

std::string_view NoteOrigin(std::string_view note) { return note.substr(0, note.find('\n')); }
std::string KeyOrigin(const std::string& key) { return key.substr(0, key.find('+')); }

absl::Status Untrue(Reason reason, std::string_view why) { return AsVerification(Fail(reason, why)); }

// The steps of one proof. Everything is asked for under one size, so that a log that grows meanwhile does no harm.
class Prover {
 public:
  Prover(Gateway& gateway, const journal::NoteVerifier& key) : gateway_(gateway), key_(key) {}

  absl::StatusOr<RecoveryProved> Run(const journal::Checkpoint* seen) {
    EAGLE_ASSIGN_OR_RETURN(const v1::GetCheckpointResponse head, gateway_.GetCheckpoint({}));
    proved_.note = head.checkpoint();
    if (NoteOrigin(proved_.note) == key_.name())
      return Fail(Reason::kRecoveryNotNeeded, "the log has the origin that is believed");
    // Not verified yet: by which key, the entries say.
    const size_t end = proved_.note.rfind("\n\n");
    const auto claimed =
        journal::ParseCheckpoint(std::string_view(proved_.note).substr(0, end == std::string::npos ? 0 : end + 1));
    if (!claimed.ok()) return AsVerification(claimed.status());
    size_ = claimed->size;
    EAGLE_RETURN_IF_ERROR(ReadEntries(head));
    EAGLE_RETURN_IF_ERROR(FollowKeys());
    EAGLE_RETURN_IF_ERROR(VerifyTree());
    EAGLE_RETURN_IF_ERROR(CompareWithSeen(seen));
    return std::move(proved_);
  }

 private:
  struct Proof {
    std::string leaf;
    v1::InclusionProof proof;
  };

  absl::StatusOr<Proof> EntryAt(uint64_t index) {
    v1::GetInclusionProofRequest request;
    request.set_index(index);
    request.set_size(size_);
    EAGLE_ASSIGN_OR_RETURN(v1::GetInclusionProofResponse answer, gateway_.GetInclusionProof(request));
    if (answer.leaf().empty())
      return Untrue(Reason::kProofInvalid, "the gateway doesn't show the entry that proves the new origin");
    return Proof{answer.leaf(), answer.proof()};
  }

  absl::Status ReadEntries(const v1::GetCheckpointResponse& head) {
    EAGLE_ASSIGN_OR_RETURN(founding_proof_, EntryAt(0));
    for (const uint64_t index : head.recoveries()) {
      if (index >= size_) break;
      EAGLE_ASSIGN_OR_RETURN(Proof proof, EntryAt(index));
      proofs_.push_back(std::move(proof));
    }
    return absl::OkStatus();
  }

  // From entry 0's key to the newest; those after the believed one are what is proved.
  absl::Status FollowKeys() {
    const auto leaf = journal::DecodeLeaf(founding_proof_.leaf);
    if (!leaf.ok() || leaf->type != v1::ENTRY_TYPE_LOG_FOUNDED || !founding_.ParseFromString(leaf->body))
      return Untrue(Reason::kProofInvalid, "entry 0 doesn't found a log");
    v1::FoundingKey key = founding_.log_key();
    bool believed = IsBelieved(key);
    for (const Proof& proof : proofs_) {
      const auto entry = journal::DecodeLeaf(proof.leaf);
      if (!entry.ok()) return AsVerification(entry.status());
      const auto recovery = audit::OpenRecovery(*entry, founding_, key);
      if (!recovery.ok()) return AsVerification(recovery.status());
      key = recovery->key;
      if (believed) {
        proved_.recoveries.push_back(*recovery);
        proved_.leaves.push_back(proof.leaf);
      }
      believed = believed || IsBelieved(key);
    }
    if (proved_.recoveries.empty())
      return Untrue(Reason::kLogOtherOrigin, "no recovery leads from the believed key to this log");
    return absl::OkStatus();
  }
  bool IsBelieved(const v1::FoundingKey& key) const {
    const auto verifier = journal::ParseVerifierKey(audit::KeyTextOf(key));
    return verifier.ok() && (*verifier)->name() == key_.name() && (*verifier)->key_id() == key_.key_id();
  }

  absl::Status VerifyTree() {
    EAGLE_ASSIGN_OR_RETURN(const auto verifier,
                           journal::ParseVerifierKey(audit::KeyTextOf(proved_.recoveries.back().key)));
    const auto head = journal::OpenCheckpoint(proved_.note, *verifier);
    if (!head.ok()) return AsVerification(head.status());
    proved_.head = *head;
    EAGLE_RETURN_IF_ERROR(VerifyLeafInLog(founding_proof_.leaf, founding_proof_.proof, *head).status());
    for (const Proof& proof : proofs_) EAGLE_RETURN_IF_ERROR(VerifyLeafInLog(proof.leaf, proof.proof, *head).status());
    for (const audit::RecoverySeen& recovery : proved_.recoveries) {
      EAGLE_RETURN_IF_ERROR(CheckBeginning(recovery.index, recovery.restored_root, Reason::kProofInvalid,
                                           "the new log doesn't begin with what the administrators signed for"));
      EAGLE_RETURN_IF_ERROR(CheckBeginning(recovery.restored.size, recovery.restored.root, Reason::kProofInvalid,
                                           "the new log doesn't begin with what the old key signed"));
    }
    return absl::OkStatus();
  }

  absl::Status CompareWithSeen(const journal::Checkpoint* seen) {
    if (seen == nullptr || seen->size == 0) return absl::OkStatus();
    const audit::RecoverySeen& first = proved_.recoveries.front();
    if (seen->size <= first.index)
      return CheckBeginning(seen->size, seen->root, Reason::kLogForked,
                            "the new log doesn't begin with what was seen of the old one");
    if (seen->size > first.last_signed.size ||
        (seen->size == first.last_signed.size && seen->root != first.last_signed.root))
      return Untrue(Reason::kLogForked, "the old origin had signed something else than the administrators gave up");
    return absl::OkStatus();
  }

  absl::Status CheckBeginning(uint64_t size, const journal::Hash& root, Reason reason, std::string_view why) {
    v1::GetConsistencyProofRequest request;
    request.set_old_size(size);
    request.set_size(size_);
    EAGLE_ASSIGN_OR_RETURN(const v1::GetConsistencyProofResponse answer, gateway_.GetConsistencyProof(request));
    std::vector<journal::Hash> hashes;
    for (const std::string& bytes : answer.hashes()) {
      const auto hash = journal::HashFrom(bytes);
      if (!hash) return Untrue(reason, why);
      hashes.push_back(*hash);
    }
    if (journal::VerifyConsistency(size, size_, hashes, root, proved_.head.root)) return absl::OkStatus();
    return Untrue(reason, why);
  }

  Gateway& gateway_;
  const journal::NoteVerifier& key_;
  uint64_t size_ = 0;
  Proof founding_proof_;
  std::vector<Proof> proofs_;
  v1::LogFounded founding_;
  RecoveryProved proved_;
};

}  // namespace

absl::StatusOr<RecoveryProved> ProveRecovery(Gateway& gateway, const journal::NoteVerifier& key,
                                             const journal::Checkpoint* seen) {
  return Prover(gateway, key).Run(seen);
}

absl::StatusOr<LogKeys> LogKeys::Open(std::string folder, std::string pinned) {
  LogKeys keys(std::move(folder), std::move(pinned));
  EAGLE_ASSIGN_OR_RETURN(const std::optional<std::string> file, ReadFileIfThere(keys.folder_ + "/log-keys"));
  const std::vector<std::string> lines =
      absl::StrSplit(file ? ToAbsl(*file) : absl::string_view(), '\n', absl::SkipEmpty());
  for (const std::string& line : lines) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    Step step;
    if (words.size() != 3 || !absl::SimpleAtoi(words[2], &step.index))
      return Fail(Reason::kStorageDamaged, "the file of the log's keys can't be read").With("path", keys.folder_);
    step.old_key = words[0], step.new_key = words[1];
    keys.steps_.push_back(std::move(step));
  }
  keys.Follow();
  return keys;
}

void LogKeys::Follow() {
  now_ = pinned_;
  step_ = 0;
  for (size_t i = 0; i < steps_.size(); ++i) {
    if (steps_[i].old_key == now_) now_ = steps_[i].new_key;
    // A pin that was renewed by hand goes on with the same file.
    if (steps_[i].new_key == now_) step_ = i + 1;
  }
}

absl::Status LogKeys::Keep(const RecoveryProved& proved) {
  EAGLE_ASSIGN_OR_RETURN(auto guard, FolderGuard::Take(folder_));
  std::vector<Step> steps = steps_;
  std::string key = now_, text;
  for (size_t i = 0; i < proved.recoveries.size(); ++i) {
    const audit::RecoverySeen& recovery = proved.recoveries[i];
    steps.push_back({key, audit::KeyTextOf(recovery.key), recovery.index});
    const std::string name = "/recovery-" + std::to_string(steps.size()) + ".leaf";
    EAGLE_RETURN_IF_ERROR(WriteDurably(folder_ + name, proved.leaves[i]));
    key = steps.back().new_key;
  }
  for (const Step& step : steps) text += step.old_key + " " + step.new_key + " " + std::to_string(step.index) + "\n";
  EAGLE_RETURN_IF_ERROR(WriteDurably(folder_ + "/checkpoint-" + std::to_string(steps.size()), proved.note));
  EAGLE_RETURN_IF_ERROR(WriteDurably(folder_ + "/log-keys", text));
  steps_ = std::move(steps);
  Follow();
  return absl::OkStatus();
}

std::optional<std::string> LogKeys::KeyFor(std::string_view note) const {
  const auto fits = [&](const std::string& key) { return KeyOrigin(key) == NoteOrigin(note); };
  if (fits(now_)) return now_;
  for (const Step& step : steps_) {
    if (fits(step.old_key)) return step.old_key;
  }
  return std::nullopt;
}

std::optional<uint64_t> LogKeys::LostFrom(std::string_view note) const {
  const auto first = std::find_if(steps_.begin(), steps_.end(),
                                  [&](const Step& step) { return KeyOrigin(step.old_key) == NoteOrigin(note); });
  if (note.empty() || first == steps_.end()) return std::nullopt;
  uint64_t from = first->index;
  for (auto step = first; step != steps_.end(); ++step) from = std::min(from, step->index);
  return from;
}

}  // namespace eagle::client
