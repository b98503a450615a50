#include "client/lib/key_facts.h"

#include "client/audit/evidence_pins.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/note.h"
#include "server/trust/identity.h"
#include "server/trust/pem.h"
#include "server/trust/signature.h"

namespace eagle::client {
namespace {

namespace v1 = ::goldeneagle::v1;

KeyFacts OfKey(v1::KeyAlgorithm algorithm, std::string_view half, const std::string& key) {
  const std::string name = algorithm == v1::KEY_ALGORITHM_SM2 ? "SM2 " : "Ed25519 ";
  return {
      name + std::string(half),
      {{"public_key", Base64Encode(key)}, {"keyid", trust::KeyIdOf(key)}, {"fingerprint", audit::Fingerprint(key)}}};
}

}  // namespace

absl::StatusOr<KeyFacts> KeyFactsOf(std::string_view text) {
  if (const auto pin = trust::SpkiSha256FromPem(text); pin.ok()) {
    return KeyFacts{
        "certificate",
        {{"spki_sha256", HexEncode(journal::View(*pin))}, {"spki_sha256_base64", Base64Encode(journal::View(*pin))}}};
  }
  if (const auto key = trust::PublicKeyFromPem(text); key.ok()) return OfKey(key->algorithm, "public key", key->raw);
  if (const auto signer = trust::SignerFromPem(text); signer.ok())
    return OfKey((*signer)->algorithm(), "private key", (*signer)->public_key());
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  if (const auto log = journal::Ed25519NoteSigner::Parse(line); log.ok())
    return KeyFacts{"private key of a log", {{"pin", log->VerifierKey()}}};
  if (const auto log = journal::ParseVerifierKey(line); log.ok())
    return KeyFacts{"public key of a log or witness",
                    {{"pin", std::string(line)}, {"fingerprint", audit::Fingerprint(audit::KeyInText(line)->View())}}};
  return Fail(Reason::kKeyUnusable, "neither certificate nor key");
}

}  // namespace eagle::client
