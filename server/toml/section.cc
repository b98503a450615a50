#include "server/toml/section.h"

#include "absl/strings/str_cat.h"
#include "server/base/bytes.h"

namespace eagle {

void Problems::Add(std::string_view field, uint32_t line, std::string_view why) {
  list_.Add(field, Reason::kConfigurationInvalid,
            absl::StrCat(path_, line == 0 ? "" : absl::StrCat(":", line), ": ", ToAbsl(why)));
}

absl::Status Problems::ToStatus(std::string_view what) const {
  if (list_.empty()) return absl::OkStatus();
  const size_t count = list_.list().size();
  Fail fail(Reason::kConfigurationInvalid,
            absl::StrCat(ToAbsl(what), " ", path_, " is refused: ", count, count == 1 ? " problem" : " problems"));
  for (const Violation& violation : list_.list()) fail.At(violation.field, violation.reason, violation.description);
  return fail;
}

const toml::node* TomlSection::Find(std::string_view key) {
  read_.insert(std::string(key));
  return table_ == nullptr ? nullptr : table_->get(key);
}

void TomlSection::Wrong(std::string_view key, std::string_view why, std::string_view place) {
  const toml::node* node = key.empty() ? nullptr : Find(key);
  std::string field = name_;
  if (!key.empty()) absl::StrAppend(&field, field.empty() ? "" : ".", ToAbsl(key));
  absl::StrAppend(&field, ToAbsl(place));
  problems_.Add(field, node == nullptr ? line_ : node->source().begin.line, why);
}

std::string TomlSection::Text(std::string_view key, std::string_view otherwise) {
  const toml::node* node = Find(key);
  if (node == nullptr) return std::string(otherwise);
  if (const auto* text = node->as_string(); text != nullptr && IsValidUtf8(text->get())) return text->get();
  Wrong(key, "must be a text in quotes, in UTF-8");
  return std::string(otherwise);
}

std::string TomlSection::Text(std::string_view key) {
  const toml::node* node = Find(key);
  std::string text = Text(key, "");
  if (node == nullptr) {
    Wrong(key, "is required");
  } else if (text.empty() && node->is_string()) {
    Wrong(key, "must not be empty");
  }
  return text;
}

bool TomlSection::Flag(std::string_view key, bool otherwise) {
  const toml::node* node = Find(key);
  if (node == nullptr) return otherwise;
  if (!node->is_boolean()) Wrong(key, "must be true or false");
  return node->value_or(otherwise);
}

int64_t TomlSection::Number(std::string_view key, int64_t otherwise, int64_t least, int64_t most) {
  const toml::node* node = Find(key);
  if (node == nullptr) return otherwise;
  const auto* number = node->as_integer();
  if (number != nullptr && number->get() >= least && number->get() <= most) return number->get();
  Wrong(key, absl::StrCat("must be a whole number from ", least, " to ", most));
  return otherwise;
}

std::vector<std::string> TomlSection::Texts(std::string_view key) {
  std::vector<std::string> out;
  const toml::node* node = Find(key);
  if (node == nullptr) return out;
  bool right = node->is_array();
  if (right) {
    for (const toml::node& item : *node->as_array()) {
      right = right && item.is_string();
      if (right) out.push_back(item.as_string()->get());
    }
  }
  if (!right) Wrong(key, "must be a list of texts");
  return out;
}

std::vector<int64_t> TomlSection::Numbers(std::string_view key, int64_t least, int64_t most) {
  std::vector<int64_t> out;
  const toml::node* node = Find(key);
  if (node == nullptr) return out;
  bool right = node->is_array();
  if (right) {
    for (const toml::node& item : *node->as_array()) {
      const auto* number = item.as_integer();
      right = right && number != nullptr && number->get() >= least && number->get() <= most;
      if (right) out.push_back(number->get());
    }
  }
  if (!right) Wrong(key, absl::StrCat("must be a list of whole numbers from ", least, " to ", most));
  return out;
}

namespace {

// Absent for a day that no calendar has: 2026-02-30.
std::optional<absl::CivilDay> DayOf(const toml::node& node) {
  const auto* date = node.as_date();
  if (date == nullptr) return std::nullopt;
  const absl::CivilDay day(date->get().year, date->get().month, date->get().day);
  if (day.month() != date->get().month || day.day() != date->get().day) return std::nullopt;
  return day;
}

}  // namespace

std::optional<absl::CivilDay> TomlSection::Date(std::string_view key) {
  const toml::node* node = Find(key);
  if (node == nullptr) return std::nullopt;
  const std::optional<absl::CivilDay> day = DayOf(*node);
  if (!day) Wrong(key, "must be a date without quotes, as 2026-10-01");
  return day;
}

std::vector<absl::CivilDay> TomlSection::Dates(std::string_view key) {
  std::vector<absl::CivilDay> out;
  const toml::node* node = Find(key);
  if (node == nullptr) return out;
  bool right = node->is_array();
  if (right) {
    for (const toml::node& item : *node->as_array()) {
      const std::optional<absl::CivilDay> day = DayOf(item);
      right = right && day.has_value();
      if (day) out.push_back(*day);
    }
  }
  if (!right) Wrong(key, "must be a list of dates without quotes, as [2026-10-01, 2026-10-02]");
  return out;
}

std::vector<std::pair<std::string, std::string>> TomlSection::Pairs() {
  std::vector<std::pair<std::string, std::string>> out;
  for (const std::string& key : Keys()) out.emplace_back(key, Text(key));
  return out;
}

std::vector<std::string> TomlSection::Keys() const {
  std::vector<std::string> out;
  if (table_ == nullptr) return out;
  for (const auto& [key, node] : *table_) out.emplace_back(key.str());
  return out;
}

TomlSection TomlSection::Section(std::string_view key) {
  const toml::node* node = Find(key);
  if (node != nullptr && !node->is_table()) Wrong(key, "is a section");
  return TomlSection(problems_, node == nullptr ? nullptr : node->as_table(),
                     absl::StrCat(name_, name_.empty() ? "" : ".", ToAbsl(key)), line_);
}

std::vector<TomlSection> TomlSection::Sections(std::string_view key) {
  std::vector<TomlSection> out;
  const toml::node* node = Find(key);
  if (node == nullptr) return out;
  if (!node->is_array_of_tables()) {
    Wrong(key, "is a list of sections, as [[codes]]");
    return out;
  }
  for (const toml::node& item : *node->as_array())
    out.emplace_back(problems_, item.as_table(), absl::StrCat(ToAbsl(key), "[", out.size(), "]"));
  return out;
}

void TomlSection::CheckUnknown() {
  for (const std::string& key : Keys()) {
    if (read_.find(key) == read_.end())
      problems_.Add(absl::StrCat(name_, name_.empty() ? "" : ".", key), table_->get(key)->source().begin.line,
                    "unknown key");
  }
}

absl::StatusOr<toml::table> ParseToml(std::string_view text, const std::string& path) {
  try {  // the library as it is installed says so by an exception
    return toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    return Fail(Reason::kConfigurationInvalid, absl::StrCat(path, " is no TOML"))
        .At("-", absl::StrCat(path, ":", error.source().begin.line, ": ", ToAbsl(error.description())));
  }
}

}  // namespace eagle
