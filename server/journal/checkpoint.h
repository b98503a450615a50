// The log's signed head (C2SP tlog-checkpoint) and the proof that is given to courts and agencies (C2SP tlog-proof).
//
// A checkpoint is a note whose text says: this log (origin), so many entries, this root. Extension lines, which nobody
// could audit, are refused: our logs write none.
//
// Threads: values and pure functions.
//
//   EAGLE_ASSIGN_OR_RETURN(std::string note, SignCheckpoint({origin, edge.size(), edge.Root()}, signer));
//   std::string file = FormatTlogProof({.index = 299, .path = path, .checkpoint = note});
//   EAGLE_ASSIGN_OR_RETURN(Checkpoint head, VerifyTlogProof(*ParseTlogProof(file), LeafHash(leaf), *log_key));
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/journal/hash.h"
#include "server/journal/note.h"

namespace eagle::journal {

struct Checkpoint {
  std::string origin;  // schema-less name of the log, the same as its key's name
  uint64_t size = 0;
  Hash root{};
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// The note's text: three lines. Pre: IsKeyName(origin).
std::string FormatCheckpoint(const Checkpoint& checkpoint);
// Errors: NOTE_MALFORMED for anything that FormatCheckpoint does not write.
absl::StatusOr<Checkpoint> ParseCheckpoint(std::string_view text);

// The signed note. Pre: the origin is the signer's name. The caller has made sure, durably, that this log never signed
// anything inconsistent with it. Errors: the signer's.
absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint, const NoteSigner& log);
// What the log signed. Errors: NOTE_MALFORMED; NOTE_UNTRUSTED when the log's signature is missing or wrong, or the
// origin is not the name of its key.
absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, const NoteVerifier& log);

// The same with witnesses: whether those that cosigned suffice is for the reader's policy to say.
struct CosignedCheckpoint {
  Checkpoint checkpoint;
  std::vector<NoteSignature> cosignatures;  // verified, one per witness key
};
absl::StatusOr<CosignedCheckpoint> OpenCheckpoint(std::string_view note, const NoteVerifier& log,
                                                  std::span<const NoteVerifier* const> witnesses);

inline constexpr size_t kProofHashesMax = 63;
inline constexpr size_t kTlogProofBytesMax = 256 * 1024;

// One entry is in the log: a file that can be checked without asking anybody.
struct TlogProof {
  std::optional<std::string> extra;  // raw bytes that nothing vouches for
  uint64_t index = 0;
  std::vector<Hash> path;  // leaf's sibling first
  std::string checkpoint;  // the signed note, verbatim
  friend bool operator==(const TlogProof&, const TlogProof&) = default;
};

std::string FormatTlogProof(const TlogProof& proof);
// Shape only; the checkpoint inside is not looked at. Errors: NOTE_MALFORMED.
absl::StatusOr<TlogProof> ParseTlogProof(std::string_view text);
// The checkpoint that holds the leaf. Errors: as OpenCheckpoint; PROOF_INVALID when the path doesn't lead to its root.
absl::StatusOr<Checkpoint> VerifyTlogProof(const TlogProof& proof, const Hash& leaf_hash, const NoteVerifier& log);

}  // namespace eagle::journal
