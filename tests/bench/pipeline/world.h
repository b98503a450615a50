// The people and systems of one benchmark: their keys and certificates in one folder, made once and read by every
// process of the bench.
//
//   DIR/tls/authority.pem                 who signed all certificates
//   DIR/tls/<name>.pem, .key              gateway, court, court-2, operator, auditor, agency-<code>
//   DIR/keys/<name>.pem                   Ed25519: administrator-1, -2, registrar-1 to -3, agency-<code>; of each court
//                                         court, handler, cosigner, leader (of the second court court-2 and so on)
//   DIR/keys/log.key, log.pub             the log's note key and what is pinned of it
//   DIR/keys/master.key                   wraps payload keys
//   DIR/agencies                          one code a line
//
// Life:    Make (new folder) or Load. Threads: a value that is only read; signers by one thread at a time.
//
//   EAGLE_ASSIGN_OR_RETURN(World world, World::Make(folder, /*agencies=*/140, clock, entropy));
//   grpc::SslCredentials({world.authority_pem, world.oper.key_pem, world.oper.certificate_pem});
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/base/clock.h"
#include "server/base/entropy.h"
#include "server/trust/signature.h"

namespace eagle::bench {

inline constexpr char kTrustDomain[] = "eagle.bench";
inline constexpr char kOrigin[] = "eagle.bench/log";
inline constexpr const char* kCourts[] = {"辽9901", "辽9902"};
inline constexpr char kGatewayHost[] = "localhost";  // a name in the gateway's certificate

// A connected system: certificate, and the key with which its organisation signs (none for operator and auditor).
struct Party {
  std::string code;
  std::string certificate_pem, key_pem;
  std::string spiffe_id, spki_sha256;
  std::shared_ptr<trust::Ed25519Signer> signer;
};
struct Person {
  std::string code;
  std::shared_ptr<trust::Ed25519Signer> signer;
};

struct CourtParty : Party {
  Person handler, cosigner, leader;
};

struct World {
  // Errors: KEY_UNUSABLE, CONFIGURATION_INVALID.
  static absl::StatusOr<World> Make(const std::string& folder, size_t agencies, Clock& clock, Entropy& entropy);
  static absl::StatusOr<World> Load(const std::string& folder);

  std::string folder;
  std::string authority_pem;
  std::string log_key;  // pinned: "<origin>+<key id>+<base64>"
  Party gateway, oper, auditor;
  std::vector<CourtParty> courts;  // as kCourts
  std::vector<Party> agencies;
  std::vector<Person> administrators, registrars;

  std::vector<std::string> registrar_keys() const;
};

}  // namespace eagle::bench
