#include "client/audit/stated_key.h"

#include "server/journal/ed25519.h"
#include "server/journal/sm2.h"

namespace eagle::audit {

bool IsBy(const StatedKey& key, std::string_view message, std::string_view signature) {
  switch (key.algorithm) {
    case goldeneagle::v1::KEY_ALGORITHM_ED25519: {
      const auto ed25519 = journal::PublicKey::FromBytes(key.bytes);
      return ed25519 && journal::Verify(*ed25519, message, signature);
    }
    case goldeneagle::v1::KEY_ALGORITHM_SM2: {
      const auto sm2 = journal::Sm2Verifier::FromBytes(key.bytes);
      return sm2 && sm2->Verify(message, signature);
    }
    default:
      return false;
  }
}

}  // namespace eagle::audit
