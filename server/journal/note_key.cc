// The keys of notes: names, ids, their text forms, and what each type signs.
#include <openssl/crypto.h>

#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/hash.h"
#include "server/journal/note.h"

namespace eagle::journal {
namespace {

constexpr std::string_view kPrivatePrefix = "PRIVATE+KEY+";
constexpr size_t kTimeBytes = 8;

// unicode.IsSpace of Go, which the other implementations of the format follow.
bool IsSpace(uint32_t c) {
  return c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

std::string KeyIdText(uint32_t id) { return HexEncode(ByteWriter().U32(id).bytes()); }

std::string CosignedMessage(std::string_view text, uint64_t seconds) {
  return "cosignature/v1\ntime " + std::to_string(seconds) + "\n" + std::string(text);
}

class Ed25519NoteVerifier : public NoteVerifier {
 public:
  Ed25519NoteVerifier(std::string_view name, NoteKeyType type, const PublicKey& key)
      : name_(name), type_(type), key_id_(NoteKeyId(name, type, key)), verifier_(key) {}

  const std::string& name() const override { return name_; }
  uint32_t key_id() const override { return key_id_; }
  bool Verify(std::string_view text, std::string_view signature) const override {
    if (type_ == NoteKeyType::kEd25519) return verifier_.Verify(text, signature);
    if (signature.size() != kTimeBytes + kSignatureSize) return false;
    return verifier_.Verify(CosignedMessage(text, ByteReader(signature).U64()), signature.substr(kTimeBytes));
  }

 private:
  std::string name_;
  NoteKeyType type_;
  uint32_t key_id_;
  Verifier verifier_;
};

}  // namespace

bool IsKeyName(std::string_view name) {
  if (name.empty() || !IsValidUtf8(name)) return false;
  for (size_t i = 0; i < name.size();) {
    const auto lead = static_cast<uint8_t>(name[i]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    uint32_t c = length == 1 ? lead : lead & (0x7Fu >> length);
    for (size_t k = 1; k < length; ++k) c = c << 6 | (static_cast<uint8_t>(name[i + k]) & 0x3Fu);
    if (c < 0x20 || c == '+' || IsSpace(c)) return false;
    i += length;
  }
  return true;
}

std::optional<KeyText> SplitKeyText(std::string_view text) {
  const size_t first = text.find('+');
  if (first == std::string_view::npos) return std::nullopt;
  const size_t second = text.find('+', first + 1);
  if (second == std::string_view::npos || !IsKeyName(text.substr(0, first))) return std::nullopt;
  return KeyText{text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(second + 1)};
}

uint32_t NoteKeyId(std::string_view name, NoteKeyType type, const PublicKey& key) {
  const char tail[] = {'\n', static_cast<char>(type)};
  Sha256Stream stream;
  stream.Update(name).Update(std::string_view(tail, sizeof(tail))).Update(key.View());
  const Hash digest = stream.Finish();
  return ByteReader(journal::View(digest)).U32();
}

std::string VerifierKeyText(std::string_view name, NoteKeyType type, const PublicKey& key) {
  GATEWAY_ASSERT(IsKeyName(name), "names come from checked configuration");
  const std::string blob = ByteWriter().U8(static_cast<uint8_t>(type)).Bytes(key.View()).Take();
  return std::string(name) + "+" + KeyIdText(NoteKeyId(name, type, key)) + "+" + Base64Encode(blob);
}

bool IsCosignatureKey(std::string_view text) {
  const std::optional<KeyText> parts = SplitKeyText(text);
  const auto blob = parts ? Base64Decode(parts->key) : std::nullopt;
  return blob && !blob->empty() && blob->front() == static_cast<char>(NoteKeyType::kCosignature);
}

absl::StatusOr<std::unique_ptr<NoteVerifier>> ParseVerifierKey(std::string_view text) {
  const std::optional<KeyText> parts = SplitKeyText(text);
  const std::optional<std::string> blob = parts ? Base64Decode(parts->key) : std::nullopt;
  if (!blob || blob->size() != 1 + kPublicKeySize)
    return Fail(Reason::kNoteMalformed, "the verifier key can't be read");
  const auto type = static_cast<NoteKeyType>(blob->front());
  if (type != NoteKeyType::kEd25519 && type != NoteKeyType::kCosignature) {
    return Fail(Reason::kNoteMalformed, "the verifier key is of a type that is not known here");
  }
  const std::optional<PublicKey> key = PublicKey::FromBytes(std::string_view(*blob).substr(1));
  if (!key || KeyIdText(NoteKeyId(parts->name, type, *key)) != parts->id) {
    return Fail(Reason::kNoteMalformed, "the verifier key doesn't fit its key id");
  }
  return std::make_unique<Ed25519NoteVerifier>(parts->name, type, *key);
}

Ed25519NoteSigner::Ed25519NoteSigner(std::string_view name, PrivateKey key)
    : name_(name), key_(std::move(key)), key_id_(NoteKeyId(name, NoteKeyType::kEd25519, key_.PublicKeyOf())) {
  GATEWAY_ASSERT(IsKeyName(name), "names come from checked configuration");
}

absl::StatusOr<Ed25519NoteSigner> Ed25519NoteSigner::Parse(std::string_view text) {
  EAGLE_ASSIGN_OR_RETURN(NamedPrivateKey parsed, ParsePrivateKeyText(text, NoteKeyType::kEd25519));
  return Ed25519NoteSigner(parsed.name, std::move(parsed.key));
}

absl::StatusOr<NamedPrivateKey> ParsePrivateKeyText(std::string_view text, NoteKeyType type) {
  const Fail unreadable(Reason::kNoteMalformed, "the private key can't be read");
  if (text.substr(0, kPrivatePrefix.size()) != kPrivatePrefix) return unreadable;
  const std::optional<KeyText> parts = SplitKeyText(text.substr(kPrivatePrefix.size()));
  std::optional<std::string> blob = parts ? Base64Decode(parts->key) : std::nullopt;
  if (!blob || blob->size() != 1 + kSeedSize || blob->front() != static_cast<char>(type)) return unreadable;
  EAGLE_ASSIGN_OR_RETURN(PrivateKey key, PrivateKey::FromSeed(std::string_view(*blob).substr(1)));
  // Nothing was reallocated: the checker takes the copy inside FromSeed for the string itself.
  OPENSSL_cleanse(blob->data(), blob->size());  // NOLINT(clang-analyzer-cplusplus.InnerPointer)
  if (KeyIdText(NoteKeyId(parts->name, type, key.PublicKeyOf())) != parts->id) return unreadable;
  return NamedPrivateKey{std::string(parts->name), std::move(key)};
}

std::string PrivateKeyText(std::string_view name, NoteKeyType type, std::string_view seed) {
  absl::StatusOr<PrivateKey> key = PrivateKey::FromSeed(seed);
  GATEWAY_ASSERT(key.ok() && IsKeyName(name), "the caller made the seed and checked the name");
  const uint32_t id = NoteKeyId(name, type, key->PublicKeyOf());
  const std::string blob = ByteWriter().U8(static_cast<uint8_t>(type)).Bytes(seed).Take();
  return std::string(kPrivatePrefix) + std::string(name) + "+" + KeyIdText(id) + "+" + Base64Encode(blob);
}

std::string SignerKeyText(std::string_view name, std::string_view seed) {
  return PrivateKeyText(name, NoteKeyType::kEd25519, seed);
}

NoteSignature Cosign(std::string_view name, const PrivateKey& key, std::string_view text, absl::Time time) {
  GATEWAY_ASSERT(IsKeyName(name) && time >= absl::UnixEpoch(), "a witness has a name and a clock");
  const auto seconds = static_cast<uint64_t>(absl::ToUnixSeconds(time));
  return {.name = std::string(name),
          .key_id = NoteKeyId(name, NoteKeyType::kCosignature, key.PublicKeyOf()),
          .bytes = BigEndian(seconds) + key.Sign(CosignedMessage(text, seconds))};
}

absl::Time CosignatureTime(const NoteSignature& signature) {
  GATEWAY_ASSERT(signature.bytes.size() == kTimeBytes + kSignatureSize, "only verified cosignatures");
  return absl::FromUnixSeconds(ByteReader(signature.bytes).I64());
}

}  // namespace eagle::journal
