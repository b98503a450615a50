// A witness of logs (C2SP tlog-witness): it keeps the newest checkpoint that it has seen of each, and cosigns one only
// when that is its beginning. So a log that shows two histories finds no witness for the second.
//
// This file has the request's bytes and the verdict; that the check and the keeping are one step, durable before the
// cosignature leaves, is the caller's to see to (client/audit/witness.h).
//
// Threads: values and pure functions.
//
//   std::string body = FormatAddCheckpoint({.old_size = 256, .proof = proof, .checkpoint = note});
//   EAGLE_ASSIGN_OR_RETURN(AddCheckpoint request, ParseAddCheckpoint(body));
//   WitnessVerdict verdict = JudgeAddCheckpoint(request, policy, {stored.size, stored.root});
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/journal/checkpoint.h"
#include "server/journal/log_policy.h"

namespace eagle::journal {

// The body of a request: "old <size>", 0...63 hashes in base64, an empty line, the signed checkpoint.
struct AddCheckpoint {
  uint64_t old_size = 0;
  std::vector<Hash> proof;  // that the tree of old_size is the beginning of the checkpoint's
  std::string checkpoint;   // the signed note, verbatim
  friend bool operator==(const AddCheckpoint&, const AddCheckpoint&) = default;
};
std::string FormatAddCheckpoint(const AddCheckpoint& request);
// Errors: NOTE_MALFORMED for anything that FormatAddCheckpoint does not write; the note itself is not looked at.
absl::StatusOr<AddCheckpoint> ParseAddCheckpoint(std::string_view body);

// What a witness keeps of one log. Size 0: nothing yet.
struct Witnessed {
  uint64_t size = 0;
  Hash root{};
};

// Numbers are those of the standard, which are HTTP's.
enum class WitnessAnswer : uint16_t {
  kCosign = 200,       // keep the checkpoint, then cosign it
  kBackwards = 400,    // the request's old size is above the checkpoint's
  kUntrusted = 403,    // not signed by the log, or a known key's signature is wrong
  kUnknownLog = 404,   // nobody told this witness of the log
  kStale = 409,        // the old size isn't what the witness keeps: ask again from `witnessed.size`
  kInconsistent = 422  // what is kept isn't the beginning of the checkpoint: a second history, or a wrong proof
};
struct WitnessVerdict {
  WitnessAnswer answer = WitnessAnswer::kUntrusted;
  Checkpoint checkpoint;  // with kCosign
  std::string text;       // the checkpoint's text, which a cosignature signs; with kCosign
};
WitnessVerdict JudgeAddCheckpoint(const AddCheckpoint& request, const LogPolicy& logs, const Witnessed& kept);

// A witness's own key: "PRIVATE+KEY+<name>+<key id>+<base64(04 || seed)>".
struct WitnessKey {
  std::string name;
  PrivateKey key;
  // What those who trust this witness pin.
  std::string VerifierKey() const { return VerifierKeyText(name, NoteKeyType::kCosignature, key.PublicKeyOf()); }
};
// Pre: IsKeyName(name), a seed of 32 bytes.
std::string WitnessKeyText(std::string_view name, std::string_view seed);
// Errors: NOTE_MALFORMED; the text is never quoted.
absl::StatusOr<WitnessKey> ParseWitnessKey(std::string_view text);

}  // namespace eagle::journal
