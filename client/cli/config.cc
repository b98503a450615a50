#include "client/cli/config.h"

#include <set>

#include "client/common/files.h"
#include "client/lib/words.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "toml++/toml.h"

namespace eagle::client {
namespace {

class Reader {
 public:
  explicit Reader(std::string path) : path_(std::move(path)) {}

  void Complain(const toml::source_region& at, const std::string& why) {
    if (!error_.ok()) return;
    const std::string line = std::to_string(at.begin.line);
    error_ =
        Fail(Reason::kConfigurationInvalid, path_ + ":" + line + ": " + why).With("path", path_).With("line", line);
  }
  const absl::Status& error() const { return error_; }

  // The table `name` of `root`; null when it is absent.
  const toml::table* Section(const toml::table& root, const std::string& name) {
    const toml::node* node = root.get(name);
    if (node == nullptr) return nullptr;
    if (!node->is_table()) Complain(node->source(), "[" + name + "] is a section");
    return node->as_table();
  }

  template <class T>
  void Read(const toml::table* table, const std::string& key, T& value) {
    read_[table].insert(key);
    const toml::node* node = table == nullptr ? nullptr : table->get(key);
    if (node != nullptr) Take(*node, key, value);
  }
  void ReadPath(const toml::table* table, const std::string& key, std::string& value) {
    Read(table, key, value);
    if (!value.empty() && value[0] != '/' && FolderOf(path_) != ".") value = FolderOf(path_) + "/" + value;
  }
  // Everything that nobody read.
  void CheckUnknown(const toml::table* table, const std::string& name) {
    if (table == nullptr) return;
    const std::set<std::string>& known = read_[table];
    for (const auto& [key, node] : *table) {
      if (known.contains(std::string(key.str()))) continue;
      std::string list;
      for (const std::string& one : known) list += (list.empty() ? "" : ", ") + one;
      Complain(key.source(), "unknown key " + std::string(key.str()) + (name.empty() ? "" : " in [" + name + "]") +
                                 "; known: " + list);
    }
  }
  void MarkRead(const toml::table* table, const std::string& key) { read_[table].insert(key); }

 private:
  void Take(const toml::node& node, const std::string& key, std::string& value) {
    const auto* text = node.as_string();
    if (text == nullptr) return Complain(node.source(), key + " is a text in quotes");
    value = text->get();
    if (!IsValidUtf8(value)) Complain(node.source(), key + " isn't UTF-8");
  }
  void Take(const toml::node& node, const std::string& key, int& value) {
    const auto* number = node.as_integer();
    if (number == nullptr || number->get() < 1 || number->get() > 100'000)
      return Complain(node.source(), key + " is a whole number above zero");
    value = static_cast<int>(number->get());
  }
  void Take(const toml::node& node, const std::string& key, std::vector<std::string>& value) {
    const auto* list = node.as_array();
    if (list == nullptr) return Complain(node.source(), key + " is a list of texts");
    for (const toml::node& item : *list) {
      std::string text;
      Take(item, key, text);
      value.push_back(std::move(text));
    }
  }

  std::string path_;
  absl::Status error_;
  std::map<const toml::table*, std::set<std::string>> read_;
};

void ReadTrust(Reader& reader, const toml::table* table, Config& config) {
  std::string environment, log_key_file;
  std::vector<std::string> registrars;
  int threshold = 2;
  reader.Read(table, "environment", environment);
  reader.Read(table, "log_key", config.log_key);
  reader.ReadPath(table, "log_key_file", log_key_file);
  reader.Read(table, "registrars", registrars);
  reader.Read(table, "registrar_threshold", threshold);
  config.registrar_threshold = static_cast<uint32_t>(threshold);
  if (table == nullptr) return;
  config.environment = OfWord<goldeneagle::v1::Environment>(environment);
  if (config.environment == goldeneagle::v1::ENVIRONMENT_UNSPECIFIED)
    reader.Complain(table->source(), "environment is \"test\" or \"production\"");
  if (!log_key_file.empty()) {
    const auto content = ReadFile(log_key_file);
    if (!content.ok()) return reader.Complain(table->source(), "log_key_file: " + FailureOf(content.status()).message);
    config.log_key = content->substr(0, content->find_first_of("\r\n"));
  }
  for (const std::string& text : registrars) {
    const auto key = Base64Decode(text);
    if (!key || key->size() != 32)
      return reader.Complain(table->source(), "registrars are public keys of 32 bytes in base64");
    config.registrars.push_back(*key);
  }
}

void ReadOfficers(Reader& reader, const toml::table& root, Config& config) {
  const toml::node* node = root.get("officers");
  if (node == nullptr) return;
  const toml::array* list = node->as_array();
  if (list == nullptr) return reader.Complain(node->source(), "officers are written as [[officers]]");
  for (const toml::node& item : *list) {
    const toml::table* table = item.as_table();
    if (table == nullptr) return reader.Complain(item.source(), "officers are written as [[officers]]");
    ConfigOfficer officer;
    reader.Read(table, "code", officer.code);
    reader.ReadPath(table, "key", officer.key);
    reader.Read(table, "work_id_no", officer.work_id_no);
    reader.Read(table, "duty_card_no", officer.duty_card_no);
    reader.CheckUnknown(table, "officers");
    if (officer.code.empty()) reader.Complain(table->source(), "an officer has a code");
    config.officers.push_back(std::move(officer));
  }
}

void ReadAll(Reader& reader, const toml::table& root, Config& config) {
  const toml::table* gateway = reader.Section(root, "gateway");
  reader.Read(gateway, "address", config.address);
  reader.Read(gateway, "admin", config.admin);
  reader.ReadPath(gateway, "authority", config.authority);
  reader.Read(gateway, "spiffe_id", config.spiffe_id);
  reader.Read(gateway, "server_name", config.server_name);
  reader.Read(gateway, "time_limit_seconds", config.time_limit_seconds);
  reader.Read(gateway, "attempts", config.attempts);
  reader.CheckUnknown(gateway, "gateway");

  const toml::table* system = reader.Section(root, "system");
  reader.Read(system, "organisation", config.organisation);
  reader.ReadPath(system, "certificate", config.certificate);
  reader.ReadPath(system, "key", config.key);
  reader.ReadPath(system, "state", config.state);
  reader.CheckUnknown(system, "system");

  const toml::table* trust = reader.Section(root, "trust");
  ReadTrust(reader, trust, config);
  reader.CheckUnknown(trust, "trust");

  const toml::table* defaults = reader.Section(root, "defaults");
  reader.Read(defaults, "time_zone", config.time_zone);
  reader.Read(defaults, "legal_basis", config.legal_basis);
  reader.Read(defaults, "purpose", config.purpose);
  reader.Read(defaults, "currency", config.currency);
  reader.Read(defaults, "valid_days", config.valid_days);
  reader.Read(defaults, "officer", config.reader);
  reader.Read(defaults, "ticket_minutes", config.ticket_minutes);
  reader.Read(defaults, "handout_minutes", config.handout_minutes);
  reader.CheckUnknown(defaults, "defaults");

  ReadOfficers(reader, root, config);
  for (const char* name : {"gateway", "system", "trust", "defaults", "officers"}) reader.MarkRead(&root, name);
  reader.CheckUnknown(&root, "");
}

}  // namespace

const ConfigOfficer* Config::OfficerByCode(std::string_view code) const {
  for (const ConfigOfficer& officer : officers) {
    if (officer.code == code) return &officer;
  }
  return nullptr;
}

absl::StatusOr<Config> ParseConfig(std::string_view text, const std::string& path) {
  Reader reader(path);
  Config config{.path = path};
  try {
    ReadAll(reader, toml::parse(text, path), config);
  } catch (const toml::parse_error& error) {  // the library's own way of saying so
    reader.Complain(error.source(), std::string(error.description()));
  }
  if (!reader.error().ok()) return reader.error();
  return config;
}

absl::StatusOr<Config> LoadConfig(const std::string& path) {
  EAGLE_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  return ParseConfig(text, path);
}

}  // namespace eagle::client
