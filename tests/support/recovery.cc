#include "tests/support/recovery.h"

#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/journal/dsse.h"

namespace eagle::test {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

journal::PrivateKey TestAdministrator(size_t number) {
  return *journal::PrivateKey::FromSeed(std::string(32, static_cast<char>('A' + number)));
}

journal::Ed25519NoteSigner TestLogSigner(const std::string& origin, char seed) {
  return {origin, *journal::PrivateKey::FromSeed(std::string(32, seed))};
}

FoundingKey KeyRow(const journal::Ed25519NoteSigner& signer) {
  const std::string text = signer.VerifierKey();
  const auto typed = Base64Decode(text.substr(text.find('+', text.find('+') + 1) + 1));
  GATEWAY_ASSERT(typed.has_value() && typed->size() == 33, "a verifier's text can be read");
  FoundingKey row;
  row.set_name(signer.name());
  row.set_algorithm(KEY_ALGORITHM_ED25519);
  row.set_key(typed->substr(1));
  return row;
}

LogFounded Recoverable(LogFounded founding, const journal::Ed25519NoteSigner& signer) {
  *founding.mutable_log_key() = KeyRow(signer);
  for (size_t number = 0; number < 3; ++number) {
    FoundingKey* row = founding.add_administrators();
    row->set_name("signs-" + std::to_string(number));
    row->set_algorithm(KEY_ALGORITHM_ED25519);
    row->set_key(std::string(TestAdministrator(number).PublicKeyOf().View()));
  }
  return founding;
}

Recovery RecoveryOf(uint64_t size, const std::string& root, const std::string& restored, const std::string& last_signed,
                    const journal::Ed25519NoteSigner& next) {
  Recovery recovery;
  recovery.set_environment(ENVIRONMENT_TEST);
  recovery.set_last_signed(last_signed);
  recovery.set_restored_checkpoint(restored);
  recovery.set_restored_size(size);
  recovery.set_restored_root(root);
  *recovery.mutable_new_log_key() = KeyRow(next);
  recovery.mutable_proposed_at()->set_seconds(1);
  recovery.set_ground(RECOVERY_GROUND_DATA_LOST);
  return recovery;
}

Envelope Signed(const Recovery& recovery, const std::vector<size_t>& administrators) {
  Envelope document;
  document.set_payload_type("application/vnd.goldeneagle.recovery.v1+protobuf");
  document.set_payload(recovery.SerializeAsString());
  for (const size_t number : administrators)
    document.add_signatures()->set_sig(
        TestAdministrator(number).Sign(journal::Pae(document.payload_type(), document.payload())));
  return document;
}

}  // namespace eagle::test
