#include "client/audit/evidence_pins.h"

#include <algorithm>

#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/hash.h"

namespace eagle::audit {
namespace {

// DER of an Ed25519 SubjectPublicKeyInfo before its 32 bytes (RFC 8410).
constexpr char kSpkiPrefix[] = "302a300506032b6570032100";

// The base64 between the lines of a PEM block; the text itself when it has none.
std::string Base64Of(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    if (line.substr(0, 5) != "-----") out += line;
  }
  return out;
}

absl::Status Unusable(std::string_view why) { return Fail(Reason::kKeyUnusable, why); }

absl::Status AddWitnesses(const PinOptions& options, EvidencePins& pins) {
  for (const std::string& text : options.witness_keys) {
    EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<journal::NoteVerifier> witness, journal::ParseVerifierKey(text));
    EAGLE_ASSIGN_OR_RETURN(const journal::PublicKey key, KeyInText(text, journal::NoteKeyType::kCosignature));
    pins.keys.push_back({"见证人", "witness", witness->name(), Fingerprint(key.View())});
    pins.witnesses.push_back(std::move(witness));
  }
  pins.witnesses_needed = options.witnesses_needed;
  if (pins.witnesses_needed > pins.witnesses.size())
    return Fail(Reason::kConfigurationInvalid, "more witnesses are needed than are pinned");
  return absl::OkStatus();
}

absl::Status AddRegistrars(const PinOptions& options, EvidencePins& pins) {
  for (const std::string& text : options.registrar_keys) {
    EAGLE_ASSIGN_OR_RETURN(const journal::PublicKey key, ParsePublicKey(text));
    if (std::find(pins.registrars.begin(), pins.registrars.end(), key) != pins.registrars.end())
      return Unusable("a registrar's key is given twice");
    pins.registrars.push_back(key);
    pins.keys.push_back({"登记人", "registrar", std::to_string(pins.registrars.size()), Fingerprint(key.View())});
  }
  pins.registrar_threshold = options.registrar_threshold;
  if (pins.registrar_threshold == 0 || pins.registrar_threshold > pins.registrars.size())
    return Fail(Reason::kConfigurationInvalid, "fewer registrars are pinned than must sign")
        .With("registrar_threshold", std::to_string(pins.registrar_threshold));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<journal::PublicKey> ParsePublicKey(std::string_view text) {
  const auto raw = Base64Decode(Base64Of(text));
  if (!raw) return Unusable("neither a public key in PEM nor 32 bytes in base64");
  std::string_view bytes = *raw;
  const std::string prefix = *HexDecode(kSpkiPrefix);
  if (bytes.size() == prefix.size() + journal::kPublicKeySize && bytes.substr(0, prefix.size()) == prefix)
    bytes.remove_prefix(prefix.size());
  const auto key = journal::PublicKey::FromBytes(bytes);
  if (!key) return Unusable("not an Ed25519 public key");
  return *key;
}

absl::StatusOr<journal::PublicKey> KeyInText(std::string_view vkey, std::optional<journal::NoteKeyType> type) {
  EAGLE_RETURN_IF_ERROR(journal::ParseVerifierKey(vkey).status());
  const auto raw = Base64Decode(journal::SplitKeyText(vkey)->key);
  const auto key = raw ? journal::PublicKey::FromBytes(std::string_view(*raw).substr(1)) : std::nullopt;
  if (!key || (type && raw->front() != static_cast<char>(*type)))
    return Fail(Reason::kNoteMalformed, "no key of a log or witness, or one of the other kind");
  return *key;
}

std::string Fingerprint(std::string_view key) {
  const std::string hex = HexEncode(journal::View(journal::Sha256(key)));
  std::string out;
  for (size_t at = 0; at < hex.size(); at += 4) out += (at > 0 ? " " : "") + hex.substr(at, 4);
  return out;
}

absl::StatusOr<EvidencePins> ParsePins(const PinOptions& options) {
  EvidencePins pins;
  EAGLE_ASSIGN_OR_RETURN(pins.log, journal::ParseVerifierKey(options.log_key));
  pins.log_key_text = options.log_key;
  EAGLE_ASSIGN_OR_RETURN(const journal::PublicKey key, KeyInText(options.log_key, journal::NoteKeyType::kEd25519));
  pins.keys.push_back({"日志", "log", pins.log->name(), Fingerprint(key.View())});
  EAGLE_RETURN_IF_ERROR(AddWitnesses(options, pins));
  EAGLE_RETURN_IF_ERROR(AddRegistrars(options, pins));
  return pins;
}

}  // namespace eagle::audit
