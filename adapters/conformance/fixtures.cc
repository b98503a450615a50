#include "adapters/conformance/fixtures.h"

#include <fstream>
#include <iterator>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/base/bytes.h"
#include "server/base/identity_number.h"
#include "server/base/money.h"
#include "server/base/reason.h"
#include "toml++/toml.h"

namespace eagle::conformance {
namespace {

const std::set<std::string> kPersons = {"person",      "empty_person", "namesake", "old_number", "rare_name",
                                        "dotted_name", "many",         "prior",    "sold",       "pre_registered",
                                        "product",     "counter",      "earner",   "exempt"};
const std::set<std::string> kHooks = {"approve",  "deposit",      "core_down", "core_up", "confirm",
                                      "sighting", "paper_freeze", "salary",    "state"};

// One table while it is read: a wrong or missing value is noted, and something harmless comes back.
class Table {
 public:
  Table(const toml::table& table, std::string name, Violations& wrong)
      : table_(table), name_(std::move(name)), wrong_(wrong) {}
  // What nobody asked for is a mistake.
  ~Table() {
    for (const auto& [key, node] : table_) {
      if (read_.count(std::string(key.str())) == 0) Wrong(std::string(key.str()), "unknown key");
    }
  }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  std::string Text(const std::string& key, std::optional<std::string> otherwise = std::nullopt) {
    read_.insert(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr && otherwise) return *otherwise;
    const auto* text = node == nullptr ? nullptr : node->as_string();
    if (text != nullptr && !text->get().empty() && IsValidUtf8(text->get())) return text->get();
    Wrong(key, "must be a text in quotes, not empty");
    return "";
  }
  int64_t Number(const std::string& key, int64_t otherwise, int64_t least, int64_t most) {
    read_.insert(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr) return otherwise;
    const auto* number = node->as_integer();
    if (number != nullptr && number->get() >= least && number->get() <= most) return number->get();
    Wrong(key, absl::StrCat("must be a whole number from ", least, " to ", most));
    return otherwise;
  }
  bool Flag(const std::string& key, bool otherwise) {
    read_.insert(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr) return otherwise;
    if (!node->is_boolean()) Wrong(key, "must be true or false");
    return node->value_or(otherwise);
  }
  std::optional<int64_t> Money(const std::string& key) {
    read_.insert(key);
    if (table_.get(key) == nullptr) return std::nullopt;
    const auto amount = ParseMoney(Text(key));
    if (!amount || *amount < 0) Wrong(key, "must be an amount as \"61,350.27\"");
    return amount;
  }
  const toml::table* Sub(const std::string& key) {
    read_.insert(key);
    const toml::node* node = table_.get(key);
    if (node != nullptr && !node->is_table()) Wrong(key, "is a section, as [" + key + "]");
    return node == nullptr ? nullptr : node->as_table();
  }
  void Wrong(const std::string& key, std::string_view why) {
    wrong_.Add(name_.empty() ? key : name_ + "." + key, Reason::kConfigurationInvalid, why);
  }

 private:
  const toml::table& table_;
  const std::string name_;
  Violations& wrong_;
  std::set<std::string> read_;
};

Person ReadPerson(const toml::table& section, const std::string& name, Violations& wrong) {
  Table table(section, name, wrong);
  Person person;
  person.name = table.Text("name");
  person.id_kind = table.Text("id_kind", "CITIZEN_ID");
  person.id_number = table.Text("id_number");
  // A mistyped number is nobody's: it has no old form, so a register that is right would be blamed.
  if (person.id_kind == "CITIZEN_ID" && person.id_number.size() == 18 && !IsCitizenNumber(person.id_number))
    table.Wrong("id_number", "no citizen number: date of birth and check character must be right");
  person.asset = table.Text("asset", "");
  person.balance = table.Money("balance");
  person.share_numerator = static_cast<uint32_t>(table.Number("share_numerator", 1, 1, 1'000'000));
  person.share_denominator = static_cast<uint32_t>(table.Number("share_denominator", 1, 1, 1'000'000));
  person.document = table.Text("document", "");
  person.assets_least = static_cast<uint32_t>(table.Number("assets_least", 1, 1, 1000));
  return person;
}

void Read(const toml::table& root, Fixtures& fixtures, Violations& wrong) {
  Table table(root, "", wrong);
  fixtures.asset_kind = table.Text("asset_kind");
  fixtures.money = table.Flag("money", true);
  fixtures.currency = table.Text("currency", "CNY");
  fixtures.term_months = static_cast<uint32_t>(table.Number("term_months", 12, 1, 120));
  fixtures.thing_limit = table.Money("thing_limit").value_or(0);
  fixtures.blocked_act = table.Text("blocked_act", "");
  fixtures.counts_units = table.Flag("counts_units", false);
  fixtures.time_zone = table.Text("time_zone", "Asia/Shanghai");
  fixtures.steps_clock = table.Flag("step_clock", false);
  if (absl::TimeZone zone; !absl::LoadTimeZone(fixtures.time_zone, &zone))
    table.Wrong("time_zone", "must be a name such as Asia/Shanghai");
  for (const std::string& name : kPersons) {
    if (const toml::table* section = table.Sub(name)) fixtures.persons[name] = ReadPerson(*section, name, wrong);
  }
  if (fixtures.Find("person") == nullptr) table.Wrong("person", "is required");
  if (const toml::table* section = table.Sub("court_account")) {
    Table account(*section, "court_account", wrong);
    fixtures.court_account.emplace();
    fixtures.court_account->set_account_name(account.Text("name"));
    fixtures.court_account->set_bank(account.Text("bank"));
    fixtures.court_account->set_account_number(account.Text("number"));
  }
  if (const toml::table* section = table.Sub("hooks")) {
    Table hooks(*section, "hooks", wrong);
    for (const std::string& name : kHooks) {
      if (section->contains(name)) fixtures.hooks[name] = hooks.Text(name);
    }
  }
}

}  // namespace

absl::StatusOr<Fixtures> ParseFixtures(std::string_view text) {
  Violations wrong;
  Fixtures fixtures;
  try {  // the library as it is installed says so by an exception
    Read(toml::parse(text), fixtures, wrong);
  } catch (const toml::parse_error& error) {
    wrong.Add("-", Reason::kConfigurationInvalid,
              absl::StrCat("line ", error.source().begin.line, ": ", ToAbsl(error.description())));
  }
  if (wrong.empty()) return fixtures;
  Fail fail(Reason::kConfigurationInvalid,
            absl::StrCat("the fixtures are refused: ", wrong.list().size(), " problems"));
  for (const Violation& violation : wrong.list()) fail.At(violation.field, violation.reason, violation.description);
  return fail;
}

absl::StatusOr<Fixtures> LoadFixtures(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) return Fail(Reason::kStorageUnusable, "the fixtures can't be read").With("path", path);
  return ParseFixtures(std::string{std::istreambuf_iterator<char>(file), {}});
}

}  // namespace eagle::conformance
