#include "client/cli/supplement.h"

#include <set>

#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "toml++/toml.h"

namespace eagle::client {
namespace {

class SupplementReader {
 public:
  explicit SupplementReader(std::string path) : path_(std::move(path)) {}

  scorecard::Supplement Read(const toml::table& root, std::string_view period) {
    Known(root, {"period", "issuer", "ranking", "agencies", "courts"});
    Text(root, "issuer", supplement_.issuer);
    if (const toml::node* ranking = root.get("ranking")) {
      if (const toml::table* table = ranking->as_table())
        Ranking(*table);
      else
        Complain(*ranking, "[ranking] is a section");
    }
    List(root, "agencies", supplement_.agencies, false);
    List(root, "courts", supplement_.courts, true);
    std::string of;
    Text(root, "period", of);
    if (!of.empty() && of != period)
      Complain(*root.get("period"), "these figures are of " + of + ", not of " + std::string(period));
    if (of.empty() && !supplement_.goals.empty())
      Complain(root, "goals are of a period: period = \"" + std::string(period) + "\"");
    return std::move(supplement_);
  }
  void Complain(const toml::source_region& at, const std::string& why) {
    wrong_.emplace_back(path_ + ":" + std::to_string(at.begin.line), why);
  }
  // All that was wrong, at once.
  absl::Status status() const {
    if (wrong_.empty()) return absl::OkStatus();
    Fail failure(Reason::kFieldInvalid, "the supplement can't be used");
    for (const auto& [where, why] : wrong_) failure.At(where, why);
    return failure;
  }

 private:
  void Complain(const toml::node& node, const std::string& why) { Complain(node.source(), why); }
  void Known(const toml::table& table, const std::set<std::string>& known) {
    for (const auto& [key, node] : table) {
      if (!known.contains(std::string(key.str()))) Complain(key.source(), "unknown key " + std::string(key.str()));
    }
  }
  void Text(const toml::table& table, const std::string& key, std::string& value) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return;
    const auto* text = node->as_string();
    if (text == nullptr || !IsValidUtf8(text->get()) || text->get().empty() || text->get().size() > 128)
      return Complain(*node, key + " is a text of 1 to 128 bytes");
    value = text->get();
  }
  bool Whole(const toml::node& node, int64_t least, int64_t most, int64_t& value) {
    const auto* number = node.as_integer();
    if (number == nullptr || number->get() < least || number->get() > most) return false;
    value = number->get();
    return true;
  }
  void Ranking(const toml::table& table) {
    Known(table, {"least_judged", "top", "bottom"});
    const std::pair<const char*, uint32_t*> numbers[] = {{"least_judged", &supplement_.ranking.least_judged},
                                                         {"top", &supplement_.ranking.top},
                                                         {"bottom", &supplement_.ranking.bottom}};
    for (const auto& [key, into] : numbers) {
      const toml::node* node = table.get(key);
      int64_t value = *into;
      if (node != nullptr && !Whole(*node, 1, 1'000'000, value)) Complain(*node, std::string(key) + " is 1 to 1000000");
      *into = static_cast<uint32_t>(value);
    }
  }
  void List(const toml::table& root, const std::string& key, std::map<uint32_t, scorecard::Name>& names, bool goals) {
    const toml::node* node = root.get(key);
    if (node == nullptr) return;
    const toml::array* list = node->as_array();
    if (list == nullptr) return Complain(*node, key + " are written as [[" + key + "]]");
    for (const toml::node& item : *list) {
      const toml::table* table = item.as_table();
      if (table == nullptr) {
        Complain(item, key + " are written as [[" + key + "]]");
        continue;
      }
      std::set<std::string> known = {"ordinal", "code", "name"};
      if (goals) {
        for (const scorecard::Goal& goal : scorecard::kGoals) known.insert(std::string(goal.key));
      }
      Known(*table, known);
      int64_t ordinal = 0;
      const toml::node* number = table->get("ordinal");
      if (number == nullptr || !Whole(*number, 1, 1'000'000, ordinal)) {
        Complain(*table, "ordinal is 1 to 1000000, and must be there");
        continue;
      }
      scorecard::Name name;
      Text(*table, "code", name.code);
      Text(*table, "name", name.name);
      if (!names.emplace(static_cast<uint32_t>(ordinal), name).second)
        Complain(*number, "ordinal " + std::to_string(ordinal) + " is there twice");
      if (goals) Goals(*table, static_cast<uint32_t>(ordinal));
    }
  }
  void Goals(const toml::table& table, uint32_t ordinal) {
    for (const scorecard::Goal& goal : scorecard::kGoals) {
      const std::string key(goal.key);
      const toml::node* node = table.get(key);
      if (node == nullptr) continue;
      const toml::array* pair = node->as_array();
      int64_t part = 0, whole = 0;
      if (pair == nullptr || pair->size() != 2 || !Whole((*pair)[1], 0, 1'000'000'000, whole) ||
          !Whole((*pair)[0], 0, whole, part)) {
        Complain(*node, key + " is [done, of how many], done no more than there were");
        continue;
      }
      supplement_.goals[ordinal][key] = {static_cast<uint64_t>(part), static_cast<uint64_t>(whole)};
    }
  }

  const std::string path_;
  scorecard::Supplement supplement_;
  std::vector<std::pair<std::string, std::string>> wrong_;
};

}  // namespace

absl::StatusOr<scorecard::Supplement> ParseSupplement(std::string_view text, const std::string& path,
                                                      std::string_view period) {
  SupplementReader reader(path);
  scorecard::Supplement supplement;
  try {
    supplement = reader.Read(toml::parse(text, path), period);
  } catch (const toml::parse_error& error) {  // the library's own way of saying so
    reader.Complain(error.source(), std::string(error.description()));
  }
  EAGLE_RETURN_IF_ERROR(reader.status());
  return supplement;
}

}  // namespace eagle::client
