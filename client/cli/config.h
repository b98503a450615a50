// The configuration of `eagle`: one TOML file. Unknown keys are errors with their line. Paths in it are relative to the
// file.
//
//   [gateway]   address, authority (PEM), spiffe_id and/or server_name, time_limit_seconds, attempts;
//               admin: the admin listener, for eagle admin and eagle metrics on the gateway's own machine
//   [system]    organisation, certificate, key (PEM), state (a folder of our own)
//   [trust]     environment, log_key or log_key_file, registrars (base64), registrar_threshold
//   [defaults]  time_zone, legal_basis, purpose, currency, valid_days, officer, ticket_minutes, handout_minutes
//   [[officers]]  code, key, work_id_no, duty_card_no
//
// Threads: values.
//
//   EAGLE_ASSIGN_OR_RETURN(Config config, LoadConfig("eagle.toml"));
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "goldeneagle/v1/envelope.pb.h"

namespace eagle::client {

struct ConfigOfficer {
  std::string code;
  std::string key;  // path; empty: not here
  std::string work_id_no, duty_card_no;
};

struct Config {
  std::string path;
  std::string address, admin, authority, spiffe_id, server_name;
  int time_limit_seconds = 30;
  int attempts = 5;
  std::string organisation, certificate, key, state;
  goldeneagle::v1::Environment environment = goldeneagle::v1::ENVIRONMENT_UNSPECIFIED;
  std::string log_key;
  std::vector<std::string> registrars;  // raw keys
  uint32_t registrar_threshold = 2;
  std::string time_zone = "Asia/Shanghai", legal_basis, purpose = "EXECUTION", currency = "CNY";
  std::string
      reader;  // code of the officer who reads with this desk unless a command says it; empty: nobody in particular
  int valid_days = 7, ticket_minutes = 5;
  int handout_minutes = 0;  // how soon agencies that are there have what was accepted; 0: not said
  std::vector<ConfigOfficer> officers;

  const ConfigOfficer* OfficerByCode(std::string_view code) const;
};

// Errors: CONFIGURATION_INVALID with file and line; STORAGE_UNUSABLE.
absl::StatusOr<Config> LoadConfig(const std::string& path);
// `path` is what messages and relative paths start from.
absl::StatusOr<Config> ParseConfig(std::string_view text, const std::string& path);

}  // namespace eagle::client
