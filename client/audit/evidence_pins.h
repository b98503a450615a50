// What a reader of evidence pins by hand, and how it is read aloud: the log's key, its witnesses, the registrars.
//
// Threads: values and pure functions; the verifiers inside may be used from any thread.
//
//   EAGLE_ASSIGN_OR_RETURN(EvidencePins pins, ParsePins({.log_key = text, .registrar_keys = {one, two, three}}));
//   Fingerprint(key)    "3b5e ef3f e011 d431 60ce 9095 1b48 903c 44ba 2742 7b33 2619 e48c 9793 fa64 197c"
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/journal/ed25519.h"
#include "server/journal/note.h"

namespace eagle::audit {

struct PinOptions {
  std::string log_key;                      // "<origin>+<key id>+<base64>"
  std::vector<std::string> witness_keys;    // the same form, type 04
  uint32_t witnesses_needed = 0;            // how many of them must have cosigned
  std::vector<std::string> registrar_keys;  // PEM ("-----BEGIN PUBLIC KEY-----") or the 32 bytes in base64
  uint32_t registrar_threshold = 2;
};

// One pinned key, for people.
struct PinnedKey {
  std::string zh, en;  // whose
  std::string name;
  std::string fingerprint;
};

struct EvidencePins {
  std::unique_ptr<journal::NoteVerifier> log;
  std::string log_key_text;
  std::vector<std::unique_ptr<journal::NoteVerifier>> witnesses;
  uint32_t witnesses_needed = 0;
  std::vector<journal::PublicKey> registrars;  // all different
  uint32_t registrar_threshold = 2;
  std::vector<PinnedKey> keys;  // all of them
};

// Errors: NOTE_MALFORMED for a text that is no key of a log or witness; KEY_UNUSABLE for a registrar's;
// CONFIGURATION_INVALID for a threshold that can't be met.
absl::StatusOr<EvidencePins> ParsePins(const PinOptions& options);

// An Ed25519 public key in PEM or in base64. Errors: KEY_UNUSABLE.
absl::StatusOr<journal::PublicKey> ParsePublicKey(std::string_view text);
// The public key inside a log's (kEd25519) or witness's (kCosignature) key text. Errors: NOTE_MALFORMED, also when it
// is of another type than asked.
absl::StatusOr<journal::PublicKey> KeyInText(std::string_view vkey,
                                             std::optional<journal::NoteKeyType> type = std::nullopt);

// SHA-256 of the 32 bytes of the key, in sixteen groups of four.
std::string Fingerprint(std::string_view key);

}  // namespace eagle::audit
