// The configuration of an adapter's process: one TOML file, in the sections that the courts' `eagle` uses, too. Unknown
// keys are errors; every problem comes back at once, each with field and line. Paths are relative to the file.
//
//   [gateway]  address, authority (PEM), spiffe_id and/or server_name
//   [system]   agency, certificate, key (PEM), receipt_key (PEM, Ed25519), data (folder), socket (default:
//   data/counter.sock), time_zone [trust]    environment (test | production), registrars (base64 keys),
//   registrar_threshold [contact]  name, phone [limits]   most_in_flight, call_seconds, backoff_seconds_max,
//   drain_seconds, keep_days, directory_minutes_inquire, directory_minutes_control
//   [objections] exempt_ground (default: EXEMPT_ASSET; empty: none): of the objection to what was held as exempt
//   [position] hour (of the daily statement, 0 to 23; default 1)
//   [papers]   rule (ignore | wait | return), attempts_max, folder (default: data/papers), bytes_max
//   [[signature_rules]]  action, above (amount), roles: who must have signed; none: inquiries the handler, all else
//   handler and co-signer
//   [<kind>]   what the kind of agency adds: [bank], [land] ...
//
// Life: LoadAdapterConfig at the start; the value is constant after that.
// Threads: values.
//
//   EAGLE_ASSIGN_OR_RETURN(AdapterConfig config, LoadAdapterConfig("land.toml", "land", [&](ConfigSection& land) {
//     rules.registry = land.Text("registry");
//     rules.term_years_max = land.Number("term_years_max", 3, 1, 10);
//   }));
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/sdk/config.h"

namespace eagle::sdk {

struct AdapterConfig {
  std::string path;
  std::string gateway_address;      // "gateway.example:7443"
  std::string gateway_spiffe_id;    // the gateway's only URI name; empty: not looked at
  std::string gateway_server_name;  // a DNS name or address in the gateway's certificate; empty: the host, when no
                                    // SPIFFE id is given
  std::string authority_file, certificate_file, key_file, receipt_key_file;
  std::string data_folder;
  std::string counter_socket;
  std::string time_zone_name;
  absl::TimeZone time_zone;
  absl::Duration drain_limit = absl::Seconds(30);
  std::string papers_folder;  // below the data folder, unless it is named
  int64_t papers_bytes_max = int64_t{4} << 30;
  AgentConfig agent;  // adapter, version and capabilities are the program's to fill in

  // Filled by ReadFiles.
  std::string authority_pem, certificate_pem, key_pem;
};

// One section while it is read. A wrong or missing value is noted, and something harmless comes back.
class ConfigSection {
 public:
  std::string Text(std::string_view key);  // required, not empty
  std::string Text(std::string_view key, std::string_view otherwise);
  std::string Path(std::string_view key);
  std::string Path(std::string_view key, std::string_view otherwise);  // `otherwise` is taken as it is
  int64_t Number(std::string_view key, int64_t otherwise, int64_t least, int64_t most);
  absl::Duration Seconds(std::string_view key, absl::Duration otherwise, absl::Duration least,
                         absl::Duration most);  // also fractions
  bool Flag(std::string_view key, bool otherwise);
  std::vector<std::string> Texts(std::string_view key);
  // Whether the file has the key at all.
  bool Has(std::string_view key) const;
  // Notes that the value of `key` is wrong.
  void Wrong(std::string_view key, std::string_view why);

 private:
  friend class ConfigFile;
  ConfigSection(class ConfigFile& file, const void* table, std::string name)
      : file_(file), table_(table), name_(std::move(name)) {}
  const void* Find(std::string_view key);
  std::string FieldOf(std::string_view key) const;
  class ConfigFile& file_;
  const void* table_;  // toml::table; null when the file doesn't have the section
  std::string name_;
};

using ReadKind = std::function<void(ConfigSection&)>;

// The values alone: no other file is opened. `path` is what messages and relative paths start from.
// Errors: CONFIGURATION_INVALID; violations at "gateway.address", each description with "<path>:<line>: ".
absl::StatusOr<AdapterConfig> ParseAdapterConfig(std::string_view text, const std::string& path, std::string_view kind,
                                                 const ReadKind& read_kind);

// Opens what the values name: certificates and keys that belong together, the certificate names this agency, the
// receipt key is one, the data folder is there. Errors: CONFIGURATION_INVALID, all violations at once.
absl::Status ReadFiles(AdapterConfig& config);

// Both; the violations of both. STORAGE_UNUSABLE when the file itself can't be read.
absl::StatusOr<AdapterConfig> LoadAdapterConfig(const std::string& path, std::string_view kind,
                                                const ReadKind& read_kind);

// For --check-config: one line a problem, "land.toml:12: gateway.address: must be host:port".
std::vector<std::string> ProblemsOf(const absl::Status& status);

}  // namespace eagle::sdk
