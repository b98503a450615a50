// A complete set of keys and certificates for a demonstration, a test or a first installation: made from one
// description, in one folder.
//
//   DIR/summary.json                      public keys, key pins, paths: what others must know; no secret
//   DIR/tls/ca.pem ca.key                 the authority of the mutual TLS
//   DIR/tls/<role>-<code>.pem .key        one certificate a system: gateway, court, agency, operator, auditor,
//   administrator DIR/keys/log.key log.pub              the log's key: private note key, and what everybody pins
//   DIR/keys/master.key                   wraps the keys of sealed payloads
//   DIR/keys/<who>.pem <who>.pub          Ed25519, or SM2 where the description says so: administrator-<name>,
//   registrar-<name>, court-<code>, officer-<court>-<code>, agency-<code> DIR/admin/<kind>-<code>.json proposals that
//   register courts, agencies and systems, with their pins DIR/statements/organisations.batch    keys of courts and
//   agencies, signed by as many registrars as are needed DIR/statements/court-<code>.batch     officers and accounts,
//   signed by the court DIR/config/<role>-<code>.toml         a configuration of `eagle` for each court, operator,
//   auditor and administrator's system
//
// Secrets have mode 0600 and are never overwritten: the folder must not hold them yet.
//
// Certificates are valid by the real clock, statements from `statements_valid_from` on.
//
// Threads: one.
//
//   EAGLE_ASSIGN_OR_RETURN(PkiSpec spec, ParsePkiSpec(json));
//   EAGLE_RETURN_IF_ERROR(MakePkiSet(spec, "demo/pki", real_now, statement_now, entropy));
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/administration.pb.h"
#include "goldeneagle/v1/statement.pb.h"
#include "server/base/entropy.h"

namespace eagle::client {

// One person, with what the court's statement says.
struct PkiOfficer {
  std::string code;
  std::vector<goldeneagle::v1::OfficerRole> roles;
  goldeneagle::v1::OfficerDetails details;
};
struct PkiAccount {
  std::string code;
  goldeneagle::v1::AccountDetails details;
};
struct PkiCourt {
  goldeneagle::v1::RegisterCourt row;  // without its system
  bool connected = true;               // has a system of its own
  std::vector<PkiOfficer> officers;
  std::vector<PkiAccount> accounts;
};
struct PkiSystem {
  std::string role;  // operator | auditor | administrator
  std::string name;
};

struct PkiSpec {
  std::string trust_domain, origin;
  goldeneagle::v1::Environment environment = goldeneagle::v1::ENVIRONMENT_UNSPECIFIED;
  std::string address;        // of the gateway, for the configurations; may be empty
  std::string admin_address;  // of its admin listener, for operators' configurations; may be empty
  std::string time_zone = "Asia/Shanghai";
  std::string legal_basis;                            // for the courts' configurations; may be empty
  int certificate_days = 365, authority_days = 3650;  // the authority outlives what it issues, so that it can renew it
  absl::Time statements_valid_from = absl::InfinitePast();  // infinite past: the time of making
  int statement_days = 3650;
  std::string gateway_code = "gateway";
  std::vector<std::string> gateway_dns = {"localhost"}, gateway_addresses = {"127.0.0.1"};
  std::vector<std::string> administrators, registrars;  // names
  uint32_t registrar_threshold = 2;
  std::vector<PkiCourt> courts;
  std::vector<goldeneagle::v1::RegisterAgency> agencies;  // without their systems
  std::vector<PkiSystem> systems;
  // Names below DIR/keys of those courts, agencies and officers ("officer-辽9901-001") that get SM2 keys; all others
  // Ed25519 ones.
  std::vector<std::string> sm2_keys;
};

// JSON; the fields are those of PkiSpec, rows of courts and agencies as in the contract. server/docs/court-guide.md has
// an example. Errors: FIELD_INVALID and FIELD_MISSING with the path of the field; unknown fields are errors.
absl::StatusOr<PkiSpec> ParsePkiSpec(std::string_view json);

// Writes everything. Errors: KEY_UNUSABLE when a secret is there already; FIELD_INVALID; STORAGE_UNUSABLE. What was
// written before an error stays: remove the folder and make it again.
absl::Status MakePkiSet(const PkiSpec& spec, const std::string& folder, absl::Time certificate_now,
                        absl::Time statement_now, Entropy& entropy);

}  // namespace eagle::client
