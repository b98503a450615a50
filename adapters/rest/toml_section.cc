#include "adapters/rest/toml_section.h"

#include "absl/strings/str_cat.h"
#include "server/base/bytes.h"

namespace eagle::rest {

void Problems::Add(std::string_view field, uint32_t line, std::string_view why) {
  list_.Add(field, Reason::kConfigurationInvalid,
            absl::StrCat(path_, line == 0 ? "" : absl::StrCat(":", line), ": ", ToAbsl(why)));
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

}  // namespace eagle::rest
