// The configuration file: what may differ between replicas (addresses, paths, limits), and nothing that the journal
// decides.
//
// TOML. Unknown keys are errors with their line and the nearest known key; every error is told at once. The file holds
// no secrets: keys are named by their files. The environment may replace the two listening addresses only:
// GOLDEN_EAGLE_API_LISTEN (several: with commas) and GOLDEN_EAGLE_ADMIN_LISTEN.
//
// Threads: values and pure functions.
//
//   EAGLE_ASSIGN_OR_RETURN(Config config, ReadConfig("/etc/golden-eagle/gateway.toml"));
//   std::cout << ShowConfig(config);
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace eagle::ops {

// Defaults are what ParseConfig gives for an absent key; empty paths are filled in by it, below data.folder.
struct Config {
  std::string environment;   // "production" or "test"; must be the log's own
  std::string trust_domain;  // of the certificates' SPIFFE names

  std::string data_folder;
  std::string last_signed;  // best on another disk
  std::string master_key, log_key;
  std::string backup_folder;
  std::string blobs_folder;
  std::string staging;  // certificates in use; emptied at the start

  std::vector<std::string> api_listen;
  std::string api_certificate, api_key, api_authorities;
  bool api_reflection = false;  // default: in the test environment
  int64_t api_connections_max = 8192;
  int64_t api_connections_per_address_max = 256;
  int64_t api_message_bytes_max = 1 << 20;
  int64_t api_memory_bytes_max = 512 << 20;
  int64_t api_workers = 0;
  int64_t api_queued_calls_max = 4096;
  int64_t api_calls_per_second_max = 2000;
  bool api_self_probe = true;

  int64_t blobs_court_bytes_max = int64_t{64} << 30;
  int64_t blobs_agency_bytes_max = int64_t{16} << 30;
  int64_t blobs_uploads_max = 64;
  int64_t blobs_upload_hours_max = 24;
  int64_t blobs_free_bytes_min = int64_t{512} << 20;

  std::string admin_listen;
  int64_t agencies_absent_after_seconds = 90;
  int64_t drain_grace_seconds = 10;
  std::string log_format = "auto";  // auto | json | text
  std::string log_level = "info";   // info | warning | error

  bool production() const { return environment == "production"; }
};

// Reads an environment variable; null when it isn't set.
using Environment = std::function<const char*(const char* name)>;

// `name`: the file's, for messages. Errors: CONFIGURATION_INVALID with a violation for each thing that is wrong
// ("gateway.toml:12 api.listn").
absl::StatusOr<Config> ParseConfig(std::string_view text, std::string_view name, const Environment& environment);
// The same from a file and the process's environment.
absl::StatusOr<Config> ReadConfig(const std::string& path);

// What is in force, as a file that ParseConfig takes; with a comment for each key.
std::string ShowConfig(const Config& config);
// Every key: "api.listen", ...
std::vector<std::string> ConfigKeys();

}  // namespace eagle::ops
