// Signed notes (C2SP signed-note): a text, an empty line, and signature lines by named keys.
//
//   NoteSigner / NoteVerifier   the ports; Ed25519NoteSigner and ParseVerifierKey give the real ones.
//   SignNote, OpenNote          the only way to and from the text. Never use a text that OpenNote has not given.
//   Cosign                      a witness's dated line under a checkpoint (C2SP tlog-cosignature, type 04).
//
// Threads: values and pure functions; signers and verifiers may be used from any thread at the same time.
//
//   EAGLE_ASSIGN_OR_RETURN(auto log, ParseVerifierKey("gateway.example/log1+4c009cb9+AQOh..."));
//   const NoteVerifier* trusted[] = {log.get()};
//   EAGLE_ASSIGN_OR_RETURN(OpenedNote note, OpenNote(bytes, trusted));   // note.text is what the log signed
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/journal/ed25519.h"

namespace eagle::journal {

inline constexpr size_t kNoteBytesMax = 64 * 1024;
inline constexpr size_t kNoteSignaturesMax = 64;

// What a key id says about its key.
enum class NoteKeyType : uint8_t { kEd25519 = 1, kCosignature = 4 };

// One signature line. `bytes` is what follows the key id: 64 bytes for a log, 8 bytes of time and 64 for a witness.
struct NoteSignature {
  std::string name;
  uint32_t key_id = 0;
  std::string bytes;
  friend bool operator==(const NoteSignature&, const NoteSignature&) = default;
};

// Signs notes under one name with one key.
class NoteSigner {
 public:
  virtual ~NoteSigner() = default;
  virtual const std::string& name() const = 0;
  virtual uint32_t key_id() const = 0;
  // The signature of `text` without the key id. Errors: the implementation's (a key in a device may be out of reach).
  virtual absl::StatusOr<std::string> Sign(std::string_view text) const = 0;
};

// Knows one key of one name.
class NoteVerifier {
 public:
  virtual ~NoteVerifier() = default;
  virtual const std::string& name() const = 0;
  virtual uint32_t key_id() const = 0;
  virtual bool Verify(std::string_view text, std::string_view signature) const = 0;
};

// Not empty, valid UTF-8, no white space of Unicode, no control character, no "+".
bool IsKeyName(std::string_view name);
// First four bytes of SHA-256(name || 0A || type || key), big-endian.
uint32_t NoteKeyId(std::string_view name, NoteKeyType type, const PublicKey& key);

// The parts of a key's text; the base64 may itself hold a "+". Absent for what has not three parts or no key's name.
struct KeyText {
  std::string_view name, id, key;  // as they stand there
};
std::optional<KeyText> SplitKeyText(std::string_view text);

// "<name>+<key id>+<base64(type || key)>". Pre: IsKeyName(name).
std::string VerifierKeyText(std::string_view name, NoteKeyType type, const PublicKey& key);
// A verifier for that text, of either type. Errors: NOTE_MALFORMED, also when the key id doesn't fit the rest.
absl::StatusOr<std::unique_ptr<NoteVerifier>> ParseVerifierKey(std::string_view text);
// Whether the text, which ParseVerifierKey can read, is a witness's key (type 04).
bool IsCosignatureKey(std::string_view text);

// Signs with an Ed25519 key in memory (type 01).
class Ed25519NoteSigner : public NoteSigner {
 public:
  // Pre: IsKeyName(name).
  Ed25519NoteSigner(std::string_view name, PrivateKey key);
  // From "PRIVATE+KEY+<name>+<key id>+<base64(01 || seed)>", Go's form. Errors: NOTE_MALFORMED; the text is never
  // quoted.
  static absl::StatusOr<Ed25519NoteSigner> Parse(std::string_view text);

  const std::string& name() const override { return name_; }
  uint32_t key_id() const override { return key_id_; }
  absl::StatusOr<std::string> Sign(std::string_view text) const override { return key_.Sign(text); }
  PublicKey PublicKeyOf() const { return key_.PublicKeyOf(); }
  // What those who trust this key pin.
  std::string VerifierKey() const { return VerifierKeyText(name_, NoteKeyType::kEd25519, key_.PublicKeyOf()); }

 private:
  std::string name_;
  PrivateKey key_;
  uint32_t key_id_;
};
// The private form of a key of either type: "PRIVATE+KEY+<name>+<key id>+<base64(type || seed)>". Pre: IsKeyName(name),
// a seed of 32 bytes.
std::string PrivateKeyText(std::string_view name, NoteKeyType type, std::string_view seed);
struct NamedPrivateKey {
  std::string name;
  PrivateKey key;
};
// Errors: NOTE_MALFORMED, also for a key of another type; the text is never quoted.
absl::StatusOr<NamedPrivateKey> ParsePrivateKeyText(std::string_view text, NoteKeyType type);
// The private form of a log's new key. Pre: as PrivateKeyText.
std::string SignerKeyText(std::string_view name, std::string_view seed);

// The note with one signature line per signer, in their order.
// Errors: NOTE_MALFORMED for a text that no note can carry; a signer's own.
absl::StatusOr<std::string> SignNote(std::string_view text, std::span<const NoteSigner* const> signers);
// "— <name> <base64(key id || bytes)>" and 0A: appended to a note, it adds a signature.
std::string SignatureLine(const NoteSignature& signature);

struct OpenedNote {
  std::string text;                     // with its last 0A, without the empty line
  std::vector<NoteSignature> verified;  // at least one; one per (name, key id), in the order of the note
  std::vector<NoteSignature> unknown;   // by keys that are not among the verifiers: worth nothing
};
// Errors: NOTE_MALFORMED when it is no note, or above kNoteBytesMax or kNoteSignaturesMax;
//         NOTE_UNTRUSTED when a signature by a known key is wrong, or none is by a known key.
absl::StatusOr<OpenedNote> OpenNote(std::string_view note, std::span<const NoteVerifier* const> verifiers);

// The witness's line: "at `time` (whole seconds since 1970) this checkpoint was the largest consistent tree of its
// origin that I had seen". `text` is the text of the checkpoint's note. Pre: IsKeyName(name), `time` not before 1970.
NoteSignature Cosign(std::string_view name, const PrivateKey& key, std::string_view text, absl::Time time);
// When a verified cosignature was made. Pre: verified by a verifier of type 04.
absl::Time CosignatureTime(const NoteSignature& signature);

}  // namespace eagle::journal
