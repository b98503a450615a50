#include "adapters/sdk/shell/adapter_config.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>

#include "absl/strings/str_cat.h"
#include "server/base/bytes.h"
#include "server/base/money.h"
#include "server/base/reason.h"
#include "server/trust/identity.h"
#include "toml++/toml.h"

namespace eagle::sdk {

// The parsed file, what was read of it, and what is wrong.
class ConfigFile {
 public:
  ConfigFile(std::string path, const toml::table& root) : path_(std::move(path)), root_(root) { read_[&root]; }

  void Wrong(std::string_view field, const toml::node* node, std::string_view why) {
    const uint32_t line = node == nullptr ? 0 : node->source().begin.line;
    wrong_.Add(field, Reason::kConfigurationInvalid,
               absl::StrCat(path_, line == 0 ? "" : absl::StrCat(":", line), ": ", ToAbsl(why)));
  }
  const toml::node* Find(const toml::table* table, std::string_view key) {
    read_[table].insert(std::string(key));
    return table == nullptr ? nullptr : table->get(key);
  }
  ConfigSection Section(std::string_view name) {
    const toml::node* node = Find(&root_, name);
    if (node != nullptr && !node->is_table()) Wrong(name, node, "is a section, as [" + std::string(name) + "]");
    return ConfigSection(*this, node == nullptr ? nullptr : node->as_table(), std::string(name));
  }
  // The sections of a list, as [[name]].
  std::vector<ConfigSection> Sections(std::string_view name) {
    std::vector<ConfigSection> out;
    const toml::node* node = Find(&root_, name);
    if (node == nullptr) return out;
    if (!node->is_array_of_tables()) {
      Wrong(name, node, "is a list of sections, as [[" + std::string(name) + "]]");
      return out;
    }
    for (const toml::node& item : *node->as_array())
      out.push_back(ConfigSection(*this, item.as_table(), absl::StrCat(std::string(name), "[", out.size(), "]")));
    return out;
  }
  // Everything that nobody read.
  void CheckUnknown() { CheckUnknown(&root_, ""); }

  Violations TakeWrong() { return std::move(wrong_); }
  std::string PathOf(const std::string& value) const {
    const size_t slash = path_.rfind('/');
    return value.empty() || value[0] == '/' || slash == std::string::npos ? value : path_.substr(0, slash + 1) + value;
  }

 private:
  void CheckUnknown(const toml::table* table, const std::string& prefix) {
    const std::set<std::string>& known = read_[table];
    for (const auto& [key, node] : *table) {
      const std::string name(key.str());
      if (known.count(name) == 0) {
        wrong_.Add(prefix + name, Reason::kConfigurationInvalid,
                   absl::StrCat(path_, ":", key.source().begin.line, ": unknown key", Suggestion(name, known)));
      } else if (node.is_table()) {
        CheckUnknown(node.as_table(), prefix + name + ".");
      } else if (node.is_array_of_tables()) {
        size_t place = 0;
        for (const toml::node& item : *node.as_array())
          CheckUnknown(item.as_table(), absl::StrCat(prefix, name, "[", place++, "]."));
      }
    }
  }
  static std::string Suggestion(const std::string& name, const std::set<std::string>& known) {
    size_t best = 3;  // more changes than that is another word
    std::string found;
    for (const std::string& one : known) {
      if (const size_t distance = Distance(name, one); distance < best) best = distance, found = one;
    }
    return found.empty() ? "" : "; did you mean " + found + "?";
  }
  // How many characters must be changed, added or taken out.
  static size_t Distance(const std::string& a, const std::string& b) {
    std::vector<size_t> row(b.size() + 1);
    for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (size_t i = 1; i <= a.size(); ++i) {
      size_t diagonal = row[0];
      row[0] = i;
      for (size_t j = 1; j <= b.size(); ++j) {
        const size_t above = row[j];
        row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
        diagonal = above;
      }
    }
    return row[b.size()];
  }

  const std::string path_;
  const toml::table& root_;
  std::map<const toml::table*, std::set<std::string>> read_;
  Violations wrong_;
};

// ---- One section ----

namespace {

const toml::table* TableOf(const void* table) { return static_cast<const toml::table*>(table); }
const toml::node* NodeOf(const void* node) { return static_cast<const toml::node*>(node); }

}  // namespace

const void* ConfigSection::Find(std::string_view key) { return file_.Find(TableOf(table_), key); }
std::string ConfigSection::FieldOf(std::string_view key) const { return name_ + "." + std::string(key); }
bool ConfigSection::Has(std::string_view key) const { return table_ != nullptr && TableOf(table_)->contains(key); }

void ConfigSection::Wrong(std::string_view key, std::string_view why) {
  const toml::node* node = NodeOf(Find(key));
  file_.Wrong(FieldOf(key), node != nullptr ? node : TableOf(table_), why);
}

std::string ConfigSection::Text(std::string_view key, std::string_view otherwise) {
  const toml::node* node = NodeOf(Find(key));
  if (node == nullptr) return std::string(otherwise);
  const auto* text = node->as_string();
  if (text == nullptr || !IsValidUtf8(text->get())) {
    Wrong(key, "must be a text in quotes, in UTF-8");
    return std::string(otherwise);
  }
  return text->get();
}
std::string ConfigSection::Text(std::string_view key) {
  const bool there = Has(key);
  std::string text = Text(key, "");
  if (!there) {
    Wrong(key, "is required");
  } else if (text.empty() && NodeOf(Find(key))->is_string()) {
    Wrong(key, "must not be empty");
  }
  return text;
}

std::string ConfigSection::Path(std::string_view key) { return file_.PathOf(Text(key)); }
std::string ConfigSection::Path(std::string_view key, std::string_view otherwise) {
  return Has(key) ? file_.PathOf(Text(key)) : Text(key, otherwise);
}

int64_t ConfigSection::Number(std::string_view key, int64_t otherwise, int64_t least, int64_t most) {
  const toml::node* node = NodeOf(Find(key));
  if (node == nullptr) return otherwise;
  const auto* number = node->as_integer();
  if (number != nullptr && number->get() >= least && number->get() <= most) return number->get();
  Wrong(key, absl::StrCat("must be a whole number from ", least, " to ", most));
  return otherwise;
}

absl::Duration ConfigSection::Seconds(std::string_view key, absl::Duration otherwise, absl::Duration least,
                                      absl::Duration most) {
  const toml::node* node = NodeOf(Find(key));
  if (node == nullptr) return otherwise;
  const auto number = node->value<double>();
  if (number && *number >= 0 && *number < 1e9) {
    const absl::Duration value = absl::Milliseconds(static_cast<int64_t>(*number * 1000));
    if (value >= least && value <= most) return value;
  }
  Wrong(key, absl::StrCat("must be seconds from ", absl::ToDoubleSeconds(least), " to ", absl::ToDoubleSeconds(most)));
  return otherwise;
}

bool ConfigSection::Flag(std::string_view key, bool otherwise) {
  const toml::node* node = NodeOf(Find(key));
  if (node == nullptr) return otherwise;
  if (!node->is_boolean()) Wrong(key, "must be true or false");
  return node->value_or(otherwise);
}

std::vector<std::string> ConfigSection::Texts(std::string_view key) {
  std::vector<std::string> out;
  const toml::node* node = NodeOf(Find(key));
  if (node == nullptr) return out;
  const toml::array* list = node->as_array();
  if (list == nullptr ||
      !std::all_of(list->begin(), list->end(), [](const toml::node& item) { return item.is_string(); })) {
    Wrong(key, "must be a list of texts");
    return out;
  }
  for (const toml::node& item : *list) out.push_back(item.as_string()->get());
  return out;
}

// ---- The sections of every adapter ----

namespace {

constexpr size_t kKeyBytes = 32;

// Longest common suffix of the contract's names: "DEDUCT" for ACTION_DEDUCT.
v1::Action ActionOf(const std::string& word) {
  v1::Action action = v1::ACTION_UNSPECIFIED;
  return v1::Action_Parse("ACTION_" + word, &action) ? action : v1::ACTION_UNSPECIFIED;
}
v1::OfficerRole RoleOf(const std::string& word) {
  v1::OfficerRole role = v1::OFFICER_ROLE_UNSPECIFIED;
  return v1::OfficerRole_Parse("OFFICER_ROLE_" + word, &role) ? role : v1::OFFICER_ROLE_UNSPECIFIED;
}

void ReadGateway(ConfigSection section, AdapterConfig& config) {
  config.gateway_address = section.Text("address");
  const size_t colon = config.gateway_address.rfind(':');
  if (!config.gateway_address.empty() &&
      (colon == std::string::npos || colon == 0 || colon + 1 == config.gateway_address.size())) {
    section.Wrong("address", "must be host:port");
  }
  config.authority_file = section.Path("authority");
  config.gateway_spiffe_id = section.Text("spiffe_id", "");
  if (!config.gateway_spiffe_id.empty() && !trust::ParseSpiffeId(config.gateway_spiffe_id).ok())
    section.Wrong("spiffe_id", "must be spiffe://<trust domain>/gateway/<code>");
  config.gateway_server_name = section.Text("server_name", "");
}

void ReadSystem(ConfigSection section, AdapterConfig& config) {
  config.agent.agency = section.Text("agency");
  config.certificate_file = section.Path("certificate");
  config.key_file = section.Path("key");
  config.receipt_key_file = section.Path("receipt_key");
  config.data_folder = section.Path("data");
  config.counter_socket = section.Path("socket", config.data_folder + "/counter.sock");
  config.time_zone_name = section.Text("time_zone", "Asia/Shanghai");
  if (!absl::LoadTimeZone(config.time_zone_name, &config.time_zone))
    section.Wrong("time_zone", "must be a name such as Asia/Shanghai");
  config.agent.zone = config.time_zone;
}

void ReadTrust(ConfigSection section, AdapterConfig& config) {
  const std::string environment = section.Text("environment");
  config.agent.environment = environment == "test"         ? v1::ENVIRONMENT_TEST
                             : environment == "production" ? v1::ENVIRONMENT_PRODUCTION
                                                           : v1::ENVIRONMENT_UNSPECIFIED;
  if (!environment.empty() && config.agent.environment == v1::ENVIRONMENT_UNSPECIFIED)
    section.Wrong("environment", "must be test or production");
  const std::vector<std::string> registrars = section.Texts("registrars");
  if (registrars.empty()) section.Wrong("registrars", "must name the registrars' keys, pinned by hand");
  for (const std::string& text : registrars) {
    const auto key = Base64Decode(text);
    if (!key || key->size() != kKeyBytes) {
      section.Wrong("registrars", "must be public keys of 32 bytes in base64");
      break;
    }
    config.agent.registrar_keys.push_back(*key);
  }
  if (const std::string path = section.Path("log_policy", ""); !path.empty()) {
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    auto policy = journal::LogPolicy::Parse(text);
    if (!policy.ok()) {
      section.Wrong("log_policy",
                    absl::StrCat("must be a readable policy of the log: ", FailureOf(policy.status()).message));
    } else {
      config.agent.log_policy = std::make_shared<const journal::LogPolicy>(*std::move(policy));
    }
  }
  const int64_t most = std::max<int64_t>(1, static_cast<int64_t>(registrars.size()));
  config.agent.registrar_threshold =
      static_cast<uint32_t>(section.Number("registrar_threshold", std::min<int64_t>(2, most), 1, most));
}

constexpr size_t kGroundBytesMax = 63;
constexpr int64_t kDirectoryMinutesMax = 30 * 24 * 60;

void ReadLimits(ConfigSection section, AdapterConfig& config) {
  AgentConfig& agent = config.agent;
  agent.most_in_flight = static_cast<uint32_t>(section.Number("most_in_flight", agent.most_in_flight, 1, 10'000));
  agent.call_timeout = section.Seconds("call_seconds", agent.call_timeout, absl::Seconds(1), absl::Seconds(60));
  agent.backoff_max = section.Seconds("backoff_seconds_max", agent.backoff_max, agent.backoff_min, absl::Minutes(10));
  agent.directory_age_inquire = absl::Minutes(section.Number(
      "directory_minutes_inquire", absl::ToInt64Minutes(agent.directory_age_inquire), 1, kDirectoryMinutesMax));
  agent.directory_age_control = absl::Minutes(section.Number(
      "directory_minutes_control", absl::ToInt64Minutes(agent.directory_age_control), 1, kDirectoryMinutesMax));
  agent.keep_orders = absl::Hours(24 * section.Number("keep_days", absl::ToInt64Hours(agent.keep_orders) / 24, 0,
                                                      absl::ToInt64Hours(kKeepOrdersMax) / 24));
  config.drain_limit = section.Seconds("drain_seconds", config.drain_limit, absl::ZeroDuration(), absl::Hours(1));
}

void ReadPapers(ConfigSection section, AdapterConfig& config) {
  const std::string rule = section.Text("rule", "ignore");
  config.agent.papers = rule == "wait" ? PaperRule::kWait : rule == "return" ? PaperRule::kReturn : PaperRule::kIgnore;
  if (rule != "ignore" && config.agent.papers == PaperRule::kIgnore)
    section.Wrong("rule", "must be ignore, wait or return");
  config.agent.paper_attempts_max =
      static_cast<uint32_t>(section.Number("attempts_max", config.agent.paper_attempts_max, 1, 1000));
  config.papers_folder = section.Path("folder", config.data_folder + "/papers");
  config.papers_bytes_max = section.Number("bytes_max", config.papers_bytes_max, int64_t{64} << 20, int64_t{1} << 50);
}

void ReadObjections(ConfigSection section, AdapterConfig& config) {
  config.agent.exempt_ground = section.Text("exempt_ground", config.agent.exempt_ground);
  if (config.agent.exempt_ground.size() > kGroundBytesMax) section.Wrong("exempt_ground", "must have at most 63 bytes");
}

void ReadRules(std::vector<ConfigSection> sections, AdapterConfig& config) {
  if (sections.empty()) return;  // the usual ones stand
  config.agent.signature_rules.clear();
  for (ConfigSection& section : sections) {
    SignatureRule& rule = config.agent.signature_rules.emplace_back();
    const std::string action = section.Text("action");
    rule.action = ActionOf(action);
    if (!action.empty() && rule.action == v1::ACTION_UNSPECIFIED)
      section.Wrong("action", "must be an action: INQUIRE, FREEZE, RENEW, RELEASE, DEDUCT, EXTRACT_INCOME, ...");
    const std::string above = section.Text("above", "0");
    const auto amount = ParseMoney(above);
    if (!amount || *amount < 0) section.Wrong("above", "must be an amount as \"50,000.00\"");
    rule.above_minor_units = amount.value_or(0);
    for (const std::string& word : section.Texts("roles")) {
      rule.roles.push_back(RoleOf(word));
      if (rule.roles.back() == v1::OFFICER_ROLE_UNSPECIFIED)
        section.Wrong("roles", "must be HANDLER, COSIGNER or LEADER");
    }
    if (rule.roles.empty()) section.Wrong("roles", "must name at least one role");
  }
}

absl::Status Refused(const Violations& wrong, const std::string& path) {
  Fail fail(Reason::kConfigurationInvalid,
            absl::StrCat("the configuration ", path, " is refused: ", wrong.list().size(), " problems"));
  for (const Violation& violation : wrong.list()) fail.At(violation.field, violation.reason, violation.description);
  return fail;
}

}  // namespace

namespace {

// Reads all that can be read; problems are noted. False when the file is no TOML.
bool Parse(std::string_view text, std::string_view kind, const ReadKind& read_kind, AdapterConfig& config,
           Violations& wrong) {
  const std::string& path = config.path;
  toml::table root;
  try {  // the library as it is installed says so by an exception
    root = toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    wrong.Add("-", Reason::kConfigurationInvalid,
              absl::StrCat(path, ":", error.source().begin.line, ": ", ToAbsl(error.description())));
    return false;
  }
  ConfigFile file(path, root);
  ReadGateway(file.Section("gateway"), config);
  ReadSystem(file.Section("system"), config);
  ReadTrust(file.Section("trust"), config);
  ConfigSection contact = file.Section("contact");
  config.agent.contact_name = contact.Text("name");
  config.agent.contact_phone = contact.Text("phone");
  ReadLimits(file.Section("limits"), config);
  ReadPapers(file.Section("papers"), config);
  ReadObjections(file.Section("objections"), config);
  config.agent.position_hour =
      static_cast<uint32_t>(file.Section("position").Number("hour", config.agent.position_hour, 0, 23));
  ReadRules(file.Sections("signature_rules"), config);
  ConfigSection of_kind = file.Section(kind);
  if (read_kind) read_kind(of_kind);
  file.CheckUnknown();
  wrong = file.TakeWrong();
  return true;
}

}  // namespace

absl::StatusOr<AdapterConfig> ParseAdapterConfig(std::string_view text, const std::string& path, std::string_view kind,
                                                 const ReadKind& read_kind) {
  AdapterConfig config{.path = path};
  Violations wrong;
  if (!Parse(text, kind, read_kind, config, wrong) || !wrong.empty()) return Refused(wrong, path);
  return config;
}

absl::StatusOr<AdapterConfig> LoadAdapterConfig(const std::string& path, std::string_view kind,
                                                const ReadKind& read_kind) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.is_open()) return Fail(Reason::kStorageUnusable, "the configuration can't be read").With("path", path);
  AdapterConfig config{.path = path};
  Violations wrong;
  if (!Parse(text, kind, read_kind, config, wrong)) return Refused(wrong, path);
  if (absl::Status files = ReadFiles(config); !files.ok()) {
    for (const Violation& violation : FailureOf(files).violations)
      wrong.Add(violation.field, violation.reason, violation.description);
  }
  if (!wrong.empty()) return Refused(wrong, path);
  return config;
}

std::vector<std::string> ProblemsOf(const absl::Status& status) {
  const Failure failure = FailureOf(status);
  std::vector<std::string> out;
  for (const Violation& violation : failure.violations) {
    // The description begins with "<path>:<line>: ".
    const size_t colon = violation.description.find(": ");
    out.push_back(colon == std::string::npos ? violation.field + ": " + violation.description
                                             : violation.description.substr(0, colon + 2) + violation.field + ": " +
                                                   violation.description.substr(colon + 2));
  }
  if (out.empty()) {
    out.push_back(failure.message);
    for (const auto& [key, value] : failure.metadata) out.back() += " (" + key + " " + value + ")";
  }
  return out;
}

}  // namespace eagle::sdk
