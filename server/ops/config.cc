#include "server/ops/config.h"

// From the header alone: the packaged library is built with exceptions.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

#include "server/base/reason.h"

namespace eagle::ops {
namespace {

constexpr size_t kFileBytesMax = 1 << 20;

// One key: where its value goes, what is allowed, what it is for.
struct Key {
  std::string_view name;
  bool required;
  std::string_view help;
  // Empty when taken, else why not.
  std::function<std::string(const toml::node&, Config&)> set;
  std::function<std::string(const Config&)> show;
};

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

Key Text(std::string_view name, std::string Config::*member, std::string_view help, bool required = false,
         std::vector<std::string> allowed = {}) {
  return {name, required, help,
          [member, allowed](const toml::node& node, Config& config) -> std::string {
            const auto value = node.value_exact<std::string>();
            if (!value || value->empty()) return "must be a text that isn't empty";
            std::string list;
            for (const std::string& word : allowed) list += (list.empty() ? "" : ", ") + word;
            if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), *value) == allowed.end())
              return "must be one of: " + list;
            config.*member = *value;
            return "";
          },
          [member](const Config& config) { return Quoted(config.*member); }};
}

Key Number(std::string_view name, int64_t Config::*member, int64_t least, int64_t most, std::string_view help) {
  return {name, false, help,
          [member, least, most](const toml::node& node, Config& config) -> std::string {
            const auto value = node.value_exact<int64_t>();
            if (!value || *value < least || *value > most) {
              return "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
            }
            config.*member = *value;
            return "";
          },
          [member](const Config& config) { return std::to_string(config.*member); }};
}

Key Flag(std::string_view name, bool Config::*member, std::string_view help) {
  return {name, false, help,
          [member](const toml::node& node, Config& config) -> std::string {
            const auto value = node.value_exact<bool>();
            if (!value) return "must be true or false";
            config.*member = *value;
            return "";
          },
          [member](const Config& config) -> std::string { return config.*member ? "true" : "false"; }};
}

Key Texts(std::string_view name, std::vector<std::string> Config::*member, std::string_view help) {
  return {name, true, help,
          [member](const toml::node& node, Config& config) -> std::string {
            const toml::array* array = node.as_array();
            if (array == nullptr || array->empty() || array->size() > 16) return "must be a list of 1 to 16 texts";
            std::vector<std::string> texts;
            for (const toml::node& one : *array) {
              const auto value = one.value_exact<std::string>();
              if (!value || value->empty()) return "must be a list of texts";
              texts.push_back(*value);
            }
            config.*member = std::move(texts);
            return "";
          },
          [member](const Config& config) {
            std::string out;
            for (const std::string& text : config.*member) out += (out.empty() ? "" : ", ") + Quoted(text);
            return "[" + out + "]";
          }};
}

// In the order in which they are shown; a table's keys stand together.
const std::vector<Key>& Keys() {
  static const auto* const kKeys = new std::vector<Key>{
      Text("environment", &Config::environment, "production or test: what the log was founded for", true,
           {"production", "test"}),
      Text("trust_domain", &Config::trust_domain, "of the SPIFFE names in the systems' certificates", true),
      Text("data.folder", &Config::data_folder, "journal, key store, lock; this process's own, mode 0700", true),
      Text("data.last_signed", &Config::last_signed,
           "what was last signed; best on another disk, so that an old backup is found out"),
      Text("data.master_key", &Config::master_key,
           "file of the key that wraps the payload keys, mode 0600; never in the same backup as the data"),
      Text("data.log_key", &Config::log_key, "file of the key that signs the journal's heads, mode 0600"),
      Text("data.backup_folder", &Config::backup_folder,
           "where `eagle backup make` puts its copies; best on another disk (default: below the data)"),
      Text("data.blobs", &Config::blobs_folder,
           "papers that travel, sealed; may be another disk (default: below the data)"),
      Text("data.staging", &Config::staging, "folder for the certificates in use; made and emptied at the start"),
      Texts("api.listen", &Config::api_listen, "numeric addresses of the API; several are possible"),
      Text("api.certificate", &Config::api_certificate, "PEM: the gateway's certificate, then its chain", true),
      Text("api.key", &Config::api_key, "PEM: its private key (ECDSA), mode 0600", true),
      Text("api.authorities", &Config::api_authorities, "PEM: the authorities of the callers' certificates", true),
      Flag("api.reflection", &Config::api_reflection,
           "whether callers may ask for the contract (default: in the test environment)"),
      Number("api.connections_max", &Config::api_connections_max, 1, 100'000, "open connections in all"),
      Number("api.connections_per_address_max", &Config::api_connections_per_address_max, 1, 100'000,
             "from one address; raise it when a load balancer stands in front"),
      Number("api.message_bytes_max", &Config::api_message_bytes_max, 64 << 10, 16 << 20, "of a request"),
      Number("api.memory_bytes_max", &Config::api_memory_bytes_max, 64 << 20, int64_t{64} << 30,
             "for the transport's buffers"),
      Number("api.workers", &Config::api_workers, 0, 256, "threads that work calls; 0 = as many as cores"),
      Number("api.queued_calls_max", &Config::api_queued_calls_max, 16, 1'000'000,
             "calls that may wait for a worker; one more is answered BUSY"),
      Number("api.calls_per_second_max", &Config::api_calls_per_second_max, 10, 1'000'000,
             "of one party, and twice as many at once; one more is answered CALLS_TOO_FREQUENT"),
      Flag("api.self_probe", &Config::api_self_probe,
           "a handshake with ourselves every 5 s; three without an answer end the process"),
      Number("blobs.court_bytes_max", &Config::blobs_court_bytes_max, 1 << 20, int64_t{1} << 50,
             "papers kept of one court; one more is answered BLOB_QUOTA_EXCEEDED"),
      Number("blobs.agency_bytes_max", &Config::blobs_agency_bytes_max, 1 << 20, int64_t{1} << 50,
             "papers kept of one agency, as its sealed receipts"),
      Number("blobs.uploads_max", &Config::blobs_uploads_max, 1, 10'000,
             "uploads of one court or agency that aren't whole"),
      Number("blobs.upload_hours_max", &Config::blobs_upload_hours_max, 1, 8760,
             "an upload for which nothing came for so long is dropped"),
      Number("blobs.free_bytes_min", &Config::blobs_free_bytes_min, 0, int64_t{1} << 50,
             "of the volume: below it no paper is taken, so that the journal never wants for room"),
      Text("admin.listen", &Config::admin_listen,
           "loopback address or unix:PATH (mode 0600) for health, metrics, channelz, drain, administration"),
      Number("agencies.absent_after_seconds", &Config::agencies_absent_after_seconds, 3, 3600,
             "an agency without any call for so long is recorded as absent"),
      Number("drain.grace_seconds", &Config::drain_grace_seconds, 0, 600,
             "how long open calls may finish when the process stops"),
      Text("log.format", &Config::log_format, "auto: text on a terminal, else JSON lines", false,
           {"auto", "json", "text"}),
      Text("log.level", &Config::log_level, "the least that is logged", false, {"info", "warning", "error"}),
  };
  return *kKeys;
}

size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({changed, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row[b.size()];
}

std::string Unknown(std::string_view name) {
  const Key* nearest = nullptr;
  for (const Key& key : Keys()) {
    if (nearest == nullptr || Distance(key.name, name) < Distance(nearest->name, name)) nearest = &key;
  }
  if (Distance(nearest->name, name) > 1 + name.size() / 3) return "there is no such key";
  return "there is no such key; did you mean " + std::string(nearest->name) + "?";
}

class Reading {
 public:
  explicit Reading(std::string_view name) : name_(name) {}

  void Visit(const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
      const std::string name = prefix + std::string(key.str());
      if (const toml::table* inner = node.as_table(); inner != nullptr && prefix.empty() && IsTable(name)) {
        Visit(*inner, name + ".");
        continue;
      }
      Take(name, key.source().begin.line, node);
    }
  }

  absl::StatusOr<Config> Finish(const Environment& environment) {
    // As they stand in the file; what is missing comes last.
    std::stable_sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) { return a.line < b.line; });
    for (const Found& found : found_)
      wrong_.Add(Place(found.line, found.key), Reason::kConfigurationInvalid, found.why);
    for (const Key& key : Keys()) {
      const bool given =
          seen_.contains(key.name) || (key.name == "api.listen" && environment("GOLDEN_EAGLE_API_LISTEN") != nullptr);
      if (key.required && !given)
        wrong_.Add(Place(0, key.name), Reason::kConfigurationInvalid, "is missing: " + std::string(key.help));
    }
    Fill(environment);
    if (!wrong_.empty()) return wrong_.ToStatus("the configuration can't be used");
    return std::move(config_);
  }

 private:
  static bool IsTable(const std::string& name) {
    return std::any_of(Keys().begin(), Keys().end(),
                       [&](const Key& key) { return key.name.substr(0, name.size() + 1) == name + "."; });
  }
  std::string Place(size_t line, std::string_view key) const {
    return name_ + (line > 0 ? ":" + std::to_string(line) : "") + " " + std::string(key);
  }
  void Take(const std::string& name, size_t line, const toml::node& node) {
    const auto key = std::find_if(Keys().begin(), Keys().end(), [&](const Key& known) { return known.name == name; });
    std::string why = key == Keys().end() ? Unknown(name) : key->set(node, config_);
    if (key != Keys().end()) seen_.insert(key->name);
    if (!why.empty()) found_.push_back({line, name, std::move(why)});
  }
  void Fill(const Environment& environment) {
    Config& c = config_;
    if (const char* listen = environment("GOLDEN_EAGLE_API_LISTEN"); listen != nullptr) {
      c.api_listen.clear();
      std::stringstream in(listen);
      for (std::string one; std::getline(in, one, ',');) c.api_listen.push_back(one);
    }
    if (const char* listen = environment("GOLDEN_EAGLE_ADMIN_LISTEN"); listen != nullptr) c.admin_listen = listen;
    const auto below = [&c](std::string& path, const char* file) {
      if (path.empty()) path = c.data_folder + file;
    };
    below(c.last_signed, "/last_signed");
    below(c.master_key, "/master.key");
    below(c.log_key, "/log.key");
    below(c.blobs_folder, "/blobs");
    below(c.staging, "/tls");
    below(c.backup_folder, "/backups");
    if (c.admin_listen.empty()) c.admin_listen = "unix:" + c.data_folder + "/admin.sock";
    if (!seen_.contains("api.reflection")) c.api_reflection = !c.production();
  }

  struct Found {
    size_t line;
    std::string key, why;
  };
  const std::string name_;
  Config config_;
  std::vector<Found> found_;
  Violations wrong_;
  std::set<std::string_view> seen_;
};

}  // namespace

absl::StatusOr<Config> ParseConfig(std::string_view text, std::string_view name, const Environment& environment) {
  const toml::parse_result parsed = toml::parse(text, name);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    const std::string place = std::string(name) + ":" + std::to_string(error.source().begin.line);
    return Fail(Reason::kConfigurationInvalid, "the configuration isn't TOML").At(place, error.description());
  }
  Reading reading(name);
  reading.Visit(parsed.table(), "");
  return reading.Finish(environment);
}

absl::StatusOr<Config> ReadConfig(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text(kFileBytesMax + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in.is_open() || in.bad())
    return Fail(Reason::kConfigurationInvalid, "the configuration file can't be read").With("path", path);
  text.resize(static_cast<size_t>(in.gcount()));
  if (text.size() > kFileBytesMax)
    return Fail(Reason::kConfigurationInvalid, "the configuration file is too large").With("path", path);
  return ParseConfig(text, path.substr(path.rfind('/') + 1),
                     [](const char* name) { return static_cast<const char*>(std::getenv(name)); });
}

std::string ShowConfig(const Config& config) {
  std::string out, table;
  for (const Key& key : Keys()) {
    const size_t dot = key.name.find('.');
    const std::string of(dot == std::string_view::npos ? "" : key.name.substr(0, dot));
    if (of != table) out += "\n[" + of + "]\n";
    table = of;
    out += "# " + std::string(key.help) + "\n" +
           std::string(key.name.substr(dot == std::string_view::npos ? 0 : dot + 1)) + " = " + key.show(config) + "\n";
  }
  return out;
}

std::vector<std::string> ConfigKeys() {
  std::vector<std::string> out;
  for (const Key& key : Keys()) out.emplace_back(key.name);
  return out;
}

}  // namespace eagle::ops
