#include "tests/bench/pipeline/world.h"

#include <filesystem>
#include <sstream>

#include "absl/strings/str_format.h"
#include "server/base/reason.h"
#include "server/journal/note.h"
#include "server/trust/identity.h"
#include "server/trust/key_wrapper.h"
#include "server/trust/pki.h"
#include "server/trust/secret_file.h"
#include "tests/bench/pipeline/process.h"

namespace eagle::bench {
namespace {

namespace fs = std::filesystem;
using trust::SystemRole;

std::string AgencyName(const std::string& code) { return "agency-" + code; }

// The files of the first court have no number.
std::string OfCourt(size_t court, const std::string& name) {
  return court == 0 ? name : absl::StrFormat("%s-%d", name, court + 1);
}

struct Maker {
  const std::string& folder;
  const trust::CertificateAuthority& authority;
  trust::CertificateAuthority::Validity validity;
  Entropy& entropy;

  absl::Status Certificate(const std::string& name, SystemRole role, const std::string& code) const {
    trust::LeafRequest request{
        .name = {kTrustDomain, role, code}, .client = true, .from = validity.from, .until = validity.until};
    if (role == SystemRole::kGateway)
      request.server = true, request.dns_names = {kGatewayHost}, request.addresses = {"127.0.0.1"};
    EAGLE_ASSIGN_OR_RETURN(const trust::IssuedCertificate issued, authority.Issue(request, entropy));
    EAGLE_RETURN_IF_ERROR(WriteFile(folder + "/tls/" + name + ".pem", issued.certificate_pem));
    return trust::WriteSecretFile(folder + "/tls/" + name + ".key", issued.key_pem);
  }
  absl::Status Key(const std::string& name) const {
    return trust::Ed25519Signer::MakePemFile(folder + "/keys/" + name + ".pem", entropy).status();
  }
};

absl::Status MakeLogKeys(const std::string& folder, Entropy& entropy) {
  const std::string text = journal::SignerKeyText(kOrigin, entropy.Bytes(journal::kSeedSize));
  EAGLE_ASSIGN_OR_RETURN(const auto log, journal::Ed25519NoteSigner::Parse(text));
  EAGLE_RETURN_IF_ERROR(trust::WriteSecretFile(folder + "/keys/log.key", text + "\n"));
  EAGLE_RETURN_IF_ERROR(WriteFile(folder + "/keys/log.pub", log.VerifierKey() + "\n"));
  return trust::FileKeyWrapper::MakeFile(folder + "/keys/master.key", entropy);
}

absl::StatusOr<std::shared_ptr<trust::Ed25519Signer>> LoadSigner(const std::string& folder, const std::string& name) {
  EAGLE_ASSIGN_OR_RETURN(trust::Ed25519Signer signer,
                         trust::Ed25519Signer::FromPemFile(folder + "/keys/" + name + ".pem"));
  return std::make_shared<trust::Ed25519Signer>(std::move(signer));
}

absl::StatusOr<Party> LoadParty(const std::string& folder, const std::string& name, const std::string& code,
                                bool signs) {
  Party party{.code = code, .certificate_pem = ReadFile(folder + "/tls/" + name + ".pem")};
  EAGLE_ASSIGN_OR_RETURN(party.key_pem, trust::ReadSecretFile(folder + "/tls/" + name + ".key"));
  EAGLE_ASSIGN_OR_RETURN(const trust::Peer peer, trust::ReadPeer(party.certificate_pem, kTrustDomain));
  party.spiffe_id = peer.spiffe_id;
  party.spki_sha256 = std::string(journal::View(peer.spki_sha256));
  if (signs) {
    EAGLE_ASSIGN_OR_RETURN(party.signer, LoadSigner(folder, name));
  }
  return party;
}

absl::StatusOr<Person> LoadPerson(const std::string& folder, const std::string& name) {
  EAGLE_ASSIGN_OR_RETURN(auto signer, LoadSigner(folder, name));
  return Person{name, std::move(signer)};
}

}  // namespace

absl::StatusOr<World> World::Make(const std::string& folder, size_t agencies, Clock& clock, Entropy& entropy) {
  std::error_code error;
  for (const char* part : {"/tls", "/keys"}) fs::create_directories(folder + part, error);
  if (error) return Fail(Reason::kConfigurationInvalid, "the folder can't be made: " + folder);
  const trust::CertificateAuthority::Validity validity{clock.WallNow() - absl::Hours(1),
                                                       clock.WallNow() + absl::Hours(48)};
  const auto authority = trust::CertificateAuthority::Make("Golden Eagle bench", validity, entropy);
  const Maker make{folder, authority, validity, entropy};
  EAGLE_RETURN_IF_ERROR(WriteFile(folder + "/tls/authority.pem", authority.certificate_pem()));
  EAGLE_RETURN_IF_ERROR(make.Certificate("gateway", SystemRole::kGateway, "gateway"));
  for (size_t i = 0; i < std::size(kCourts); ++i) {
    EAGLE_RETURN_IF_ERROR(make.Certificate(OfCourt(i, "court"), SystemRole::kCourt, kCourts[i]));
    for (const char* name : {"court", "handler", "cosigner", "leader"})
      EAGLE_RETURN_IF_ERROR(make.Key(OfCourt(i, name)));
  }
  EAGLE_RETURN_IF_ERROR(make.Certificate("operator", SystemRole::kOperator, "operator"));
  EAGLE_RETURN_IF_ERROR(make.Certificate("auditor", SystemRole::kAuditor, "auditor"));
  for (const char* name : {"administrator-1", "administrator-2", "registrar-1", "registrar-2", "registrar-3"}) {
    EAGLE_RETURN_IF_ERROR(make.Key(name));
  }
  std::string codes;
  for (size_t i = 1; i <= agencies; ++i) {
    const std::string code = absl::StrFormat("99%05d", i);
    EAGLE_RETURN_IF_ERROR(make.Certificate(AgencyName(code), SystemRole::kAgency, code));
    EAGLE_RETURN_IF_ERROR(make.Key(AgencyName(code)));
    codes += code + "\n";
  }
  EAGLE_RETURN_IF_ERROR(MakeLogKeys(folder, entropy));
  EAGLE_RETURN_IF_ERROR(WriteFile(folder + "/agencies", codes));
  return Load(folder);
}

absl::StatusOr<World> World::Load(const std::string& folder) {
  World world{.folder = folder,
              .authority_pem = ReadFile(folder + "/tls/authority.pem"),
              .log_key = ReadFile(folder + "/keys/log.pub")};
  world.log_key = world.log_key.substr(0, world.log_key.find('\n'));
  EAGLE_ASSIGN_OR_RETURN(world.gateway, LoadParty(folder, "gateway", "gateway", false));
  for (size_t i = 0; i < std::size(kCourts); ++i) {
    CourtParty& court = world.courts.emplace_back();
    EAGLE_ASSIGN_OR_RETURN(static_cast<Party&>(court), LoadParty(folder, OfCourt(i, "court"), kCourts[i], true));
    EAGLE_ASSIGN_OR_RETURN(court.handler, LoadPerson(folder, OfCourt(i, "handler")));
    EAGLE_ASSIGN_OR_RETURN(court.cosigner, LoadPerson(folder, OfCourt(i, "cosigner")));
    EAGLE_ASSIGN_OR_RETURN(court.leader, LoadPerson(folder, OfCourt(i, "leader")));
  }
  EAGLE_ASSIGN_OR_RETURN(world.oper, LoadParty(folder, "operator", "operator", false));
  EAGLE_ASSIGN_OR_RETURN(world.auditor, LoadParty(folder, "auditor", "auditor", false));
  std::istringstream codes(ReadFile(folder + "/agencies"));
  for (std::string code; std::getline(codes, code);) {
    EAGLE_ASSIGN_OR_RETURN(Party agency, LoadParty(folder, AgencyName(code), code, true));
    world.agencies.push_back(std::move(agency));
  }
  for (const char* name : {"administrator-1", "administrator-2"}) {
    EAGLE_ASSIGN_OR_RETURN(world.administrators.emplace_back(), LoadPerson(folder, name));
  }
  for (const char* name : {"registrar-1", "registrar-2", "registrar-3"}) {
    EAGLE_ASSIGN_OR_RETURN(world.registrars.emplace_back(), LoadPerson(folder, name));
  }
  return world;
}

std::vector<std::string> World::registrar_keys() const {
  std::vector<std::string> keys;
  for (const Person& registrar : registrars) keys.push_back(registrar.signer->public_key());
  return keys;
}

}  // namespace eagle::bench
