// A section of a TOML file while it is read: every mistake is noted with file, line and field, and something harmless
// comes back, so that all of them are found at once. A key that nobody asked for is a mistake, too.
//
// Threads: one.
//
//   Problems problems("bank.rest.toml");
//   EAGLE_ASSIGN_OR_RETURN(const toml::table root, ParseToml(text, "bank.rest.toml"));
//   TomlSection agency(problems, root["agency"].as_table(), "agency");
//   std::string kind = agency.Text("asset_kind");  ...  agency.CheckUnknown();
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "server/base/reason.h"
#include "toml++/toml.h"

namespace eagle {

class Problems {
 public:
  explicit Problems(std::string path) : path_(std::move(path)) {}
  void Add(std::string_view field, uint32_t line, std::string_view why);
  const Violations& list() const { return list_; }
  // OK, or CONFIGURATION_INVALID with all of them: "<what> <path> is refused: 3 problems".
  absl::Status ToStatus(std::string_view what) const;

 private:
  const std::string path_;
  Violations list_;
};

class TomlSection {
 public:
  // `table` may be null: a section that isn't there, and is missed at `line`.
  TomlSection(Problems& problems, const toml::table* table, std::string name, uint32_t line = 0)
      : problems_(problems),
        table_(table),
        name_(std::move(name)),
        line_(table == nullptr ? line : table->source().begin.line) {}

  bool there() const { return table_ != nullptr; }
  const std::string& name() const { return name_; }
  bool Has(std::string_view key) const { return table_ != nullptr && table_->contains(key); }

  std::string Text(std::string_view key);                              // required, not empty
  std::string Text(std::string_view key, std::string_view otherwise);  // may be empty
  bool Flag(std::string_view key, bool otherwise);
  int64_t Number(std::string_view key, int64_t otherwise, int64_t least, int64_t most);
  std::vector<std::string> Texts(std::string_view key);
  std::vector<int64_t> Numbers(std::string_view key, int64_t least, int64_t most);
  // TOML's local dates: 2026-10-01, without quotes.
  std::optional<absl::CivilDay> Date(std::string_view key);
  std::vector<absl::CivilDay> Dates(std::string_view key);
  // Key and value of every line, all texts.
  std::vector<std::pair<std::string, std::string>> Pairs();
  TomlSection Section(std::string_view key);
  std::vector<TomlSection> Sections(std::string_view key);  // [[key]]
  std::vector<std::string> Keys() const;

  uint32_t line() const { return line_; }
  // Notes that the value of `key` (or the section, when it has none) is wrong; `place` is put behind the field.
  void Wrong(std::string_view key, std::string_view why, std::string_view place = "");
  void CheckUnknown();

 private:
  const toml::node* Find(std::string_view key);
  Problems& problems_;
  const toml::table* table_;
  std::string name_;
  uint32_t line_;
  std::set<std::string, std::less<>> read_;
};

// The whole file. Error: CONFIGURATION_INVALID with the line, for what is no TOML.
absl::StatusOr<toml::table> ParseToml(std::string_view text, const std::string& path);

}  // namespace eagle
