#include "client/lib/pki_set.h"

#include <memory>
#include <set>

#include "absl/strings/str_cat.h"
#include "client/common/files.h"
#include "client/lib/draft.h"
#include "client/lib/json.h"
#include "client/lib/order_builder.h"
#include "client/lib/sequence.h"
#include "google/protobuf/struct.pb.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/note.h"
#include "server/trust/key_wrapper.h"
#include "server/trust/pem.h"
#include "server/trust/pki.h"
#include "server/trust/secret_file.h"
#include "server/trust/signature.h"
#include "server/trust/statement_content.h"
#include "server/trust/statements.h"
#include "server/trust/timestamps.h"

namespace eagle::client {
namespace {

namespace v1 = ::goldeneagle::v1;
using google::protobuf::Struct;
using SignerPtr = std::unique_ptr<trust::Signer>;

// In TOML and in our configurations.
std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

class SetMaker {
 public:
  SetMaker(const PkiSpec& spec, std::string folder, absl::Time certificate_now, absl::Time statement_now,
           Entropy& entropy)
      : spec_(spec), folder_(std::move(folder)), certificate_now_(certificate_now), entropy_(entropy) {
    valid_from_ = spec.statements_valid_from == absl::InfinitePast() ? statement_now : spec.statements_valid_from;
    signed_at_ = std::max(statement_now, valid_from_);
    sm2_left_.insert(spec.sm2_keys.begin(), spec.sm2_keys.end());
  }

  absl::Status Make() {
    for (const char* part : {"", "/tls", "/keys", "/admin", "/statements", "/config"})
      EAGLE_RETURN_IF_ERROR(MakeFolder(folder_ + part));
    Set(summary_, "origin", spec_.origin);
    Set(summary_, "trust_domain", spec_.trust_domain);
    EAGLE_RETURN_IF_ERROR(MakeLogKeys());
    EAGLE_RETURN_IF_ERROR(MakeCertificates());
    for (const std::string& name : sm2_left_) {
      if (name.starts_with("registrar-") || name.starts_with("administrator-"))
        return Fail(Reason::kFieldInvalid, "registrars and administrators have Ed25519 keys").At("sm2_keys", name);
    }
    EAGLE_RETURN_IF_ERROR(MakePeople());
    EAGLE_RETURN_IF_ERROR(MakeOrganisations());
    if (!sm2_left_.empty())
      return Fail(Reason::kFieldInvalid, "no key has this name").At("sm2_keys", *sm2_left_.begin());
    EAGLE_RETURN_IF_ERROR(MakeConfigurations());
    return WriteDurably(folder_ + "/summary.json", ToJson(summary_, true));
  }

 private:
  static void Set(Struct& object, const std::string& name, const std::string& value) {
    (*object.mutable_fields())[name].set_string_value(value);
  }
  static Struct& Part(Struct& object, const std::string& name) {
    return *(*object.mutable_fields())[name].mutable_struct_value();
  }

  absl::Status MakeLogKeys() {
    if (!journal::IsKeyName(spec_.origin))
      return Fail(Reason::kFieldInvalid, "the origin is a name without white space and '+'")
          .At("origin", "not a key name");
    EAGLE_ASSIGN_OR_RETURN(const auto signer,
                           journal::Ed25519NoteSigner::Parse(log_key_text_ = journal::SignerKeyText(
                                                                 spec_.origin, entropy_.Bytes(journal::kSeedSize))));
    log_pub_ = signer.VerifierKey();
    EAGLE_RETURN_IF_ERROR(trust::WriteSecretFile(folder_ + "/keys/log.key", log_key_text_ + "\n"));
    EAGLE_RETURN_IF_ERROR(WriteDurably(folder_ + "/keys/log.pub", log_pub_ + "\n"));
    Set(summary_, "log_key", log_pub_);
    return trust::FileKeyWrapper::MakeFile(folder_ + "/keys/master.key", entropy_);
  }

  // A new signing key in keys/<name>.pem, its public half beside it.
  absl::StatusOr<SignerPtr> NewKey(const std::string& name) {
    const std::string path = folder_ + "/keys/" + name;
    const bool sm2 = sm2_left_.erase(name) > 0;
    EAGLE_ASSIGN_OR_RETURN(
        SignerPtr signer,
        trust::MakeSignerFile(sm2 ? v1::KEY_ALGORITHM_SM2 : v1::KEY_ALGORITHM_ED25519, path + ".pem", entropy_));
    EAGLE_RETURN_IF_ERROR(
        WriteDurably(path + ".pub", trust::PemOfPublicKey({signer->algorithm(), signer->public_key()})));
    Set(Part(summary_, "keys"), name, Base64Encode(signer->public_key()));
    return signer;
  }

  // A certificate in tls/<role>-<code>.pem; gives what the registry pins.
  absl::StatusOr<v1::SystemIdentity> NewCertificate(const trust::CertificateAuthority& authority,
                                                    trust::SystemRole role, const std::string& code) {
    trust::LeafRequest request{.name = {spec_.trust_domain, role, code}, .from = certificate_now_ - absl::Hours(1)};
    request.until = certificate_now_ + absl::Hours(24) * spec_.certificate_days;
    request.server = role == trust::SystemRole::kGateway;
    request.client = !request.server;
    if (request.server) request.dns_names = spec_.gateway_dns, request.addresses = spec_.gateway_addresses;
    EAGLE_ASSIGN_OR_RETURN(const trust::IssuedCertificate issued, authority.Issue(request, entropy_));
    const std::string name = absl::StrCat(std::string(trust::RoleText(role)), "-", code);
    EAGLE_RETURN_IF_ERROR(trust::WriteSecretFile(folder_ + "/tls/" + name + ".key", issued.key_pem));
    EAGLE_RETURN_IF_ERROR(WriteDurably(folder_ + "/tls/" + name + ".pem", issued.certificate_pem));
    EAGLE_ASSIGN_OR_RETURN(const journal::Hash pin, trust::SpkiSha256FromPem(issued.certificate_pem));
    v1::SystemIdentity system;
    system.set_spiffe_id(trust::SpiffeId(request.name));
    system.add_spki_sha256(std::string(journal::View(pin)));
    Struct& row = Part(Part(summary_, "systems"), name);
    Set(row, "spiffe_id", system.spiffe_id());
    Set(row, "spki_sha256", HexEncode(journal::View(pin)));
    return system;
  }

  absl::Status WriteProposal(const std::string& name, v1::Proposal proposal) {
    proposal.set_ground("first installation");
    return WriteDurably(folder_ + "/admin/" + name + ".json", ToJson(proposal, true));
  }

  absl::Status MakeCertificates() {
    const auto authority = trust::CertificateAuthority::Make(
        "Golden Eagle " + spec_.trust_domain.substr(0, 50),
        {certificate_now_ - absl::Hours(1),
         certificate_now_ + absl::Hours(24) * std::max(spec_.authority_days, spec_.certificate_days + 1)},
        entropy_);
    EAGLE_RETURN_IF_ERROR(trust::WriteSecretFile(folder_ + "/tls/ca.key", authority.key_pem()));
    EAGLE_RETURN_IF_ERROR(WriteDurably(folder_ + "/tls/ca.pem", authority.certificate_pem()));
    EAGLE_ASSIGN_OR_RETURN(const v1::SystemIdentity gateway,
                           NewCertificate(authority, trust::SystemRole::kGateway, spec_.gateway_code));
    gateway_spiffe_id_ = gateway.spiffe_id();
    for (const PkiCourt& court : spec_.courts) {
      v1::Proposal proposal;
      *proposal.mutable_court() = court.row;
      if (court.connected) {
        EAGLE_ASSIGN_OR_RETURN(*proposal.mutable_court()->mutable_system(),
                               NewCertificate(authority, trust::SystemRole::kCourt, court.row.code()));
      }
      EAGLE_RETURN_IF_ERROR(WriteProposal("court-" + court.row.code(), std::move(proposal)));
    }
    for (const v1::RegisterAgency& agency : spec_.agencies) {
      v1::Proposal proposal;
      *proposal.mutable_agency() = agency;
      EAGLE_ASSIGN_OR_RETURN(*proposal.mutable_agency()->mutable_system(),
                             NewCertificate(authority, trust::SystemRole::kAgency, agency.code()));
      EAGLE_RETURN_IF_ERROR(WriteProposal("agency-" + agency.code(), std::move(proposal)));
    }
    for (const PkiSystem& system : spec_.systems) EAGLE_RETURN_IF_ERROR(MakeSystem(authority, system));
    return absl::OkStatus();
  }

  absl::Status MakeSystem(const trust::CertificateAuthority& authority, const PkiSystem& system) {
    const trust::SystemRole role = trust::ParseRole(system.role).value_or(trust::SystemRole::kOperator);
    EAGLE_ASSIGN_OR_RETURN(v1::SystemIdentity identity, NewCertificate(authority, role, system.name));
    // Administrators' systems are those of the founding; the registry knows operators and auditors.
    if (role == trust::SystemRole::kAdministrator) return absl::OkStatus();
    v1::Proposal proposal;
    proposal.mutable_system()->set_name(system.name);
    proposal.mutable_system()->set_role(role == trust::SystemRole::kAuditor   ? "AUDITOR"
                                        : role == trust::SystemRole::kWitness ? "WITNESS"
                                                                              : "OPERATOR");
    *proposal.mutable_system()->mutable_system() = std::move(identity);
    return WriteProposal("system-" + system.name, std::move(proposal));
  }

  absl::Status MakePeople() {
    for (const std::string& name : spec_.administrators)
      EAGLE_RETURN_IF_ERROR(NewKey("administrator-" + name).status());
    for (const std::string& name : spec_.registrars) {
      EAGLE_ASSIGN_OR_RETURN(SignerPtr signer, NewKey("registrar-" + name));
      registrars_.push_back(std::move(signer));
      registrar_keys_.push_back(Base64Encode(registrars_.back()->public_key()));
    }
    return absl::OkStatus();
  }

  v1::Statement NewStatement(const std::string& subject, v1::StatementKind kind) const {
    v1::Statement statement;
    statement.set_subject(subject);
    statement.set_sequence(1);
    statement.set_kind(kind);
    *statement.mutable_valid_from() = trust::TimestampOf(valid_from_);
    *statement.mutable_valid_until() = trust::TimestampOf(valid_from_ + absl::Hours(24) * spec_.statement_days);
    statement.set_environment(spec_.environment);
    return statement;
  }

  absl::Status AddStatement(const v1::Statement& statement, std::vector<std::string>& members) const {
    EAGLE_RETURN_IF_ERROR(trust::CheckStatement(statement, spec_.environment).status());
    members.push_back(Serialize(statement));
    return absl::OkStatus();
  }

  absl::Status WriteStatements(const std::string& name, const std::string& signer, std::vector<std::string> members,
                               std::vector<trust::Signer*> keys) {
    if (members.empty()) return absl::OkStatus();
    const trust::HeadFields fields{.member_type = v1::MEMBER_TYPE_STATEMENT,
                                   .environment = spec_.environment,
                                   .signer = signer,
                                   .sequence = LaneStart(entropy_),
                                   .signed_at = signed_at_};
    EAGLE_ASSIGN_OR_RETURN(Draft draft, Draft::Begin(fields, std::move(members)));
    for (trust::Signer* key : keys) EAGLE_RETURN_IF_ERROR(draft.Sign(*key));
    return draft.Write(folder_ + "/statements/" + name + ".batch");
  }

  absl::Status MakeOrganisations() {
    std::vector<std::string> organisations;
    const auto add = [&](const std::string& subject, const trust::Signer& key) {
      v1::Statement statement = NewStatement(subject, v1::STATEMENT_KIND_KEY);
      statement.set_algorithm(key.algorithm());
      statement.set_key(key.public_key());
      return AddStatement(statement, organisations);
    };
    for (const PkiCourt& court : spec_.courts) {
      EAGLE_ASSIGN_OR_RETURN(const SignerPtr key, NewKey("court-" + court.row.code()));
      EAGLE_RETURN_IF_ERROR(add(trust::CourtSubject(court.row.code()), *key));
      EAGLE_RETURN_IF_ERROR(MakeCourtStatements(court, *key));
    }
    for (const v1::RegisterAgency& agency : spec_.agencies) {
      EAGLE_ASSIGN_OR_RETURN(const SignerPtr key, NewKey("agency-" + agency.code()));
      EAGLE_RETURN_IF_ERROR(add(trust::AgencySubject(agency.code()), *key));
    }
    std::vector<trust::Signer*> keys;
    for (uint32_t i = 0; i < spec_.registrar_threshold; ++i) keys.push_back(registrars_[i].get());
    return WriteStatements("organisations", std::string(trust::kRegistrar), std::move(organisations), std::move(keys));
  }

  absl::Status MakeCourtStatements(const PkiCourt& court, trust::Signer& court_key) {
    const std::string& code = court.row.code();
    std::vector<std::string> members;
    for (const PkiOfficer& officer : court.officers) {
      EAGLE_ASSIGN_OR_RETURN(const SignerPtr key, NewKey("officer-" + code + "-" + officer.code));
      v1::Statement statement = NewStatement(trust::OfficerSubject(code, officer.code), v1::STATEMENT_KIND_OFFICER);
      statement.set_algorithm(key->algorithm());
      statement.set_key(key->public_key());
      for (const v1::OfficerRole role : officer.roles) statement.add_roles(role);
      *statement.mutable_officer() = officer.details;
      EAGLE_RETURN_IF_ERROR(AddStatement(statement, members));
    }
    for (const PkiAccount& account : court.accounts) {
      v1::Statement statement = NewStatement(trust::AccountSubject(code, account.code), v1::STATEMENT_KIND_ACCOUNT);
      *statement.mutable_account() = account.details;
      EAGLE_RETURN_IF_ERROR(AddStatement(statement, members));
    }
    return WriteStatements("court-" + code, code, std::move(members), {&court_key});
  }

  // Paths are relative to the configuration's own folder, so the set can be moved.
  absl::Status WriteConfiguration(const std::string& name, const std::string& organisation, const std::string& admin,
                                  const std::string& more) {
    std::string registrars;
    for (const std::string& key : registrar_keys_)
      absl::StrAppend(&registrars, registrars.empty() ? "" : ", ", Quoted(key));
    const std::string environment = spec_.environment == v1::ENVIRONMENT_TEST ? "test" : "production";
    return WriteDurably(
        folder_ + "/config/" + name + ".toml",
        absl::StrCat("# eagle, as ", name, ". Paths are relative to this file.\n",
                     "[gateway]\naddress = ", Quoted(spec_.address), "\nspiffe_id = ", Quoted(gateway_spiffe_id_),
                     "\nauthority = \"../tls/ca.pem\"\n", admin.empty() ? "" : "admin = " + Quoted(admin) + "\n",
                     "\n[system]\norganisation = ", Quoted(organisation),
                     "\ncertificate = ", Quoted("../tls/" + name + ".pem"),
                     "\nkey = ", Quoted("../tls/" + name + ".key"), "\nstate = ", Quoted("../state/" + name),
                     "\n\n[trust]\nenvironment = ", Quoted(environment), "\nlog_key = ", Quoted(log_pub_),
                     "\nregistrars = [", registrars, "]\nregistrar_threshold = ", spec_.registrar_threshold,
                     "\n\n[defaults]\ntime_zone = ", Quoted(spec_.time_zone), "\n", more));
  }

  absl::Status MakeConfigurations() {
    for (const PkiCourt& court : spec_.courts) {
      if (!court.connected) continue;
      const std::string& code = court.row.code();
      std::string more;
      if (!spec_.legal_basis.empty()) absl::StrAppend(&more, "legal_basis = ", Quoted(spec_.legal_basis), "\n");
      for (const PkiOfficer& officer : court.officers) {
        absl::StrAppend(&more, "\n[[officers]]\ncode = ", Quoted(officer.code),
                        "\nkey = ", Quoted("../keys/officer-" + code + "-" + officer.code + ".pem"),
                        "\nwork_id_no = ", Quoted(officer.details.work_id_no()),
                        "\nduty_card_no = ", Quoted(officer.details.duty_card_no()), "\n");
      }
      EAGLE_RETURN_IF_ERROR(WriteConfiguration("court-" + code, code, "", more));
    }
    for (const PkiSystem& system : spec_.systems) {
      const bool looks = system.role == "auditor" || system.role == "witness";
      const std::string organisation = looks ? system.name : std::string(trust::kAdministratorSigner);
      EAGLE_RETURN_IF_ERROR(
          WriteConfiguration(system.role + "-" + system.name, organisation, looks ? "" : spec_.admin_address, ""));
    }
    return absl::OkStatus();
  }

  const PkiSpec& spec_;
  const std::string folder_;
  const absl::Time certificate_now_;
  absl::Time valid_from_, signed_at_;
  Entropy& entropy_;
  Struct summary_;
  std::string log_key_text_, log_pub_, gateway_spiffe_id_;
  std::vector<SignerPtr> registrars_;
  std::set<std::string> sm2_left_;  // names of spec_.sm2_keys that no key was made for yet
  std::vector<std::string> registrar_keys_;
};

}  // namespace

absl::Status MakePkiSet(const PkiSpec& spec, const std::string& folder, absl::Time certificate_now,
                        absl::Time statement_now, Entropy& entropy) {
  return SetMaker(spec, folder, certificate_now, statement_now, entropy).Make();
}

}  // namespace eagle::client
