#include "server/journal/checkpoint.h"

#include <algorithm>

#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/merkle.h"
#include "server/journal/text.h"

namespace eagle::journal {
namespace {

constexpr std::string_view kProofHeader = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";

// The rest of `line` behind `word`; absent when it doesn't begin so.
std::optional<std::string_view> After(std::string_view word, std::string_view line) {
  if (line.substr(0, word.size()) != word) return std::nullopt;
  return line.substr(word.size());
}

}  // namespace

std::string FormatCheckpoint(const Checkpoint& checkpoint) {
  GATEWAY_ASSERT(IsKeyName(checkpoint.origin), "an origin is a key name");
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" + Base64Encode(View(checkpoint.root)) + "\n";
}

absl::StatusOr<Checkpoint> ParseCheckpoint(std::string_view text) {
  const auto origin = TakeLine(text), size_line = TakeLine(text), root_line = TakeLine(text);
  if (!root_line || !text.empty()) return NoteMalformed("a checkpoint of this project has exactly three lines");
  const std::optional<uint64_t> size = ParseDecimal(*size_line);
  const std::optional<Hash> root = ParseHash(*root_line);
  if (!IsKeyName(*origin) || !size || !root) return NoteMalformed("origin, size or root can't be read");
  return Checkpoint{.origin = std::string(*origin), .size = *size, .root = *root};
}

absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint, const NoteSigner& log) {
  GATEWAY_ASSERT(checkpoint.origin == log.name(), "a log signs for itself alone");
  const NoteSigner* const signers[] = {&log};
  return SignNote(FormatCheckpoint(checkpoint), signers);
}

absl::StatusOr<CosignedCheckpoint> OpenCheckpoint(std::string_view note, const NoteVerifier& log,
                                                  std::span<const NoteVerifier* const> witnesses) {
  std::vector<const NoteVerifier*> verifiers(witnesses.begin(), witnesses.end());
  verifiers.push_back(&log);
  EAGLE_ASSIGN_OR_RETURN(OpenedNote opened, OpenNote(note, verifiers));
  const auto by_log = std::find_if(opened.verified.begin(), opened.verified.end(), [&](const NoteSignature& signature) {
    return signature.name == log.name() && signature.key_id == log.key_id();
  });
  if (by_log == opened.verified.end()) return Fail(Reason::kNoteUntrusted, "the log itself didn't sign the checkpoint");
  opened.verified.erase(by_log);
  EAGLE_ASSIGN_OR_RETURN(Checkpoint checkpoint, ParseCheckpoint(opened.text));
  if (checkpoint.origin != log.name()) return Fail(Reason::kNoteUntrusted, "the checkpoint is another log's");
  return CosignedCheckpoint{.checkpoint = std::move(checkpoint), .cosignatures = std::move(opened.verified)};
}

absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, const NoteVerifier& log) {
  EAGLE_ASSIGN_OR_RETURN(CosignedCheckpoint opened, OpenCheckpoint(note, log, {}));
  return std::move(opened.checkpoint);
}

std::string FormatTlogProof(const TlogProof& proof) {
  std::string text(kProofHeader);
  text += "\n";
  if (proof.extra) text += std::string(kExtra) + Base64Encode(*proof.extra) + "\n";
  text += std::string(kIndex) + std::to_string(proof.index) + "\n";
  for (const Hash& hash : proof.path) text += Base64Encode(View(hash)) + "\n";
  return text + "\n" + proof.checkpoint;
}

absl::StatusOr<TlogProof> ParseTlogProof(std::string_view text) {
  if (text.size() > kTlogProofBytesMax) return NoteMalformed("the proof is too long");
  if (TakeLine(text) != kProofHeader) return NoteMalformed("not a proof of this version");
  TlogProof proof;
  auto line = TakeLine(text);
  if (const auto extra = line ? After(kExtra, *line) : std::nullopt) {
    proof.extra = Base64Decode(*extra);
    if (!proof.extra) return NoteMalformed("the extra line can't be read");
    line = TakeLine(text);
  }
  const auto index_text = line ? After(kIndex, *line) : std::nullopt;
  const std::optional<uint64_t> index = index_text ? ParseDecimal(*index_text) : std::nullopt;
  if (!index) return NoteMalformed("the index line can't be read");
  proof.index = *index;
  for (line = TakeLine(text); line && !line->empty(); line = TakeLine(text)) {
    const std::optional<Hash> hash = ParseHash(*line);
    if (!hash || proof.path.size() == kProofHashesMax)
      return NoteMalformed("a hash can't be read, or there are too many");
    proof.path.push_back(*hash);
  }
  if (!line) return NoteMalformed("no empty line before the checkpoint");
  proof.checkpoint = std::string(text);
  return proof;
}

absl::StatusOr<Checkpoint> VerifyTlogProof(const TlogProof& proof, const Hash& leaf_hash, const NoteVerifier& log) {
  EAGLE_ASSIGN_OR_RETURN(Checkpoint checkpoint, OpenCheckpoint(proof.checkpoint, log));
  if (!VerifyInclusion(leaf_hash, proof.index, checkpoint.size, proof.path, checkpoint.root)) {
    return Fail(Reason::kProofInvalid, "the path doesn't lead from the entry to the signed root")
        .With("index", std::to_string(proof.index))
        .With("size", std::to_string(checkpoint.size));
  }
  return checkpoint;
}

}  // namespace eagle::journal
