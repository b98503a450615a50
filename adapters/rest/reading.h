// How answers of an agency's server are read: for each thing that the contract wants, where it lies.
//
//   reference = "/djbh"                      a JSON pointer
//   effective_to = "/jsrq|end_of_day:%Y%m%d" with the form of a time
//   currency = "/bz|map:currency"            with a table of the template file
//   asset_kind = "=DEPOSIT"                  the same text always
//
// Threads: values that are only read; any.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/rest/calls.h"
#include "adapters/rest/exact.h"
#include "adapters/rest/json_value.h"
#include "adapters/rest/request_template.h"

namespace eagle::rest {

enum class ReadKind : uint8_t { kText, kAmount, kWhole, kFlag, kTime, kList };

// What may be read from the answers of which calls.
struct ReadRow {
  std::string_view name;
  ReadKind kind;
  uint32_t calls;     // where it may be named
  uint32_t required;  // where it must be
  std::string_view meaning;
};
const std::vector<ReadRow>& AnswerRows();   // [calls.X.answer]; of changes and positions: of one of the list
const std::vector<ReadRow>& FindingRows();  // [calls.inquire.answer.finding]: of one of `findings`
const std::vector<ReadRow>& ShareRows();    // [... .share]: of one of `shares`
const std::vector<ReadRow>& PriorRows();    // [... .prior_measure]: of one of `prior`

// One line of such a section.
class Source {
 public:
  // Notes every mistake; of use only when there was none.
  static Source Parse(std::string_view text, ReadKind kind, const CodeMaps& maps, const Wrong& wrong);

  // Absent when nothing lies there, or null. Errors: FIELD_INVALID, naming the pointer and never the value.
  absl::StatusOr<std::optional<std::string>> Text(const JsonValue& root) const;
  absl::StatusOr<std::optional<int64_t>> Amount(const JsonValue& root, AmountStyle style) const;
  absl::StatusOr<std::optional<int64_t>> Whole(const JsonValue& root) const;
  absl::StatusOr<std::optional<bool>> Flag(const JsonValue& root) const;
  absl::StatusOr<std::optional<absl::Time>> Time(const JsonValue& root, absl::TimeZone zone) const;
  absl::StatusOr<const std::vector<JsonValue>*> List(const JsonValue& root) const;  // null when absent
  const JsonValue* Value(const JsonValue& root) const { return AtPointer(root, path_); }

 private:
  std::string shown_;  // the pointer as it was written, for messages
  std::vector<std::string> path_;
  std::optional<std::string> literal_;
  std::shared_ptr<const CodeMap> map_;
  TimeForm form_;
};

// The sources of one section, by name.
using Sources = std::map<std::string, Source, std::less<>>;

// One object of an answer seen through its sources. Notes the first thing that can't be read, so that callers read a
// row and ask once.
class Reader {
 public:
  Reader(const Sources& sources, const JsonValue& root, AmountStyle style, absl::TimeZone zone)
      : sources_(sources), root_(root), style_(style), zone_(zone) {}

  std::optional<std::string> Text(std::string_view name);
  std::optional<int64_t> Amount(std::string_view name);
  std::optional<int64_t> Whole(std::string_view name);
  std::optional<bool> Flag(std::string_view name);
  std::optional<absl::Time> Time(std::string_view name);
  const std::vector<JsonValue>* List(std::string_view name);
  // The same, and it must be there.
  std::string TextNeeded(std::string_view name);
  int64_t AmountNeeded(std::string_view name);
  int64_t WholeNeeded(std::string_view name);
  absl::Time TimeNeeded(std::string_view name);

  bool Has(std::string_view name) const { return sources_.find(name) != sources_.end(); }
  // Notes that something else is wrong.
  void Fail(std::string why);
  // Empty as long as all could be read.
  const std::string& wrong() const { return wrong_; }

 private:
  template <typename T>
  std::optional<T> Take(absl::StatusOr<std::optional<T>> value, std::string_view name);
  void Missing(std::string_view name);
  const Source* Find(std::string_view name) const;
  const Sources& sources_;
  const JsonValue& root_;
  const AmountStyle style_;
  const absl::TimeZone zone_;
  std::string wrong_;
};

}  // namespace eagle::rest
