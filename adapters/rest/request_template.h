// Requests to an agency's server as templates: a path and a JSON body in which placeholders stand for what an order
// says.
//
//   "${subject.name}"                  the text
//   "${freeze.limit|decimal}"          an amount always says how: decimal (60000.00) or minor (6000000)
//   "${freeze.limit|minor|number}"     alone in its string: a JSON number instead of a text
//   "${subject.id_kind|map:id_kind}"   the agency's own code, by a table of the template file
//   "${arrival.time|time:%Y%m%d}"      a time, in the agency's time zone; without a form: RFC 3339
//   "${cosigner.code?}"                may be absent: the member is left out; without "?" the order is returned
//
// Values are put into the parsed document, not into its text, so no value can break out of its place. In a path they
// are percent-encoded.
//
// Threads: values that are only read; any.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/rest/exact.h"
#include "adapters/rest/facts.h"
#include "adapters/rest/json_value.h"

namespace eagle::rest {

// A table of the template file, from one side's codes to the other's.
using CodeMap = std::map<std::string, std::string, std::less<>>;
using CodeMaps = std::map<std::string, std::shared_ptr<const CodeMap>, std::less<>>;

// Told of each mistake: `place` within what is read ("/amount"; empty for all of it), and what is wrong.
using Wrong = std::function<void(const std::string& place, const std::string& why)>;

class TextTemplate {
 public:
  // Notes every mistake; the result is of use only when there was none.
  static TextTemplate Parse(std::string_view text, Call call, const CodeMaps& maps, const Wrong& wrong);

  // Absent when something optional is. Errors: FIELD_MISSING for a value that the order doesn't have, FIELD_INVALID for
  // a code without a row in its map; both name the placeholder.
  absl::StatusOr<std::optional<std::string>> Render(const Facts& facts) const;
  absl::StatusOr<std::optional<std::string>> RenderEncoded(const Facts& facts) const;
  // As a JSON value: a text, or what a placeholder that stands alone is.
  absl::StatusOr<std::optional<JsonValue>> RenderValue(const Facts& facts) const;
  bool Uses(std::string_view fact) const;

 private:
  struct Hole {
    const FactRow* fact = nullptr;
    bool optional = false;
    bool bare = false;  // a JSON number
    std::optional<AmountStyle> style;
    TimeForm form;
    std::shared_ptr<const CodeMap> map;
  };
  struct Piece {
    std::string literal;
    std::optional<Hole> hole;  // stands behind the literal
  };
  static std::optional<Hole> ParseHole(std::string_view text, Call call, const CodeMaps& maps, const Wrong& wrong);
  static absl::StatusOr<std::optional<std::string>> Fill(const Hole& hole, const Facts& facts);
  absl::StatusOr<std::optional<std::string>> Join(const Facts& facts, bool encode) const;
  std::vector<Piece> pieces_;
};

class BodyTemplate {
 public:
  // `text`: the JSON document. Mistakes are noted with their JSON pointer.
  static BodyTemplate Parse(std::string_view text, Call call, const CodeMaps& maps, const Wrong& wrong);

  // Errors: as TextTemplate::Render.
  absl::StatusOr<std::string> Render(const Facts& facts) const;
  bool Uses(std::string_view fact) const { return Uses(root_, fact); }

 private:
  struct Node {
    JsonValue fixed;  // kind, and the value of what is neither text, list nor object
    TextTemplate text;
    std::vector<std::string> names;
    std::vector<Node> items;
  };
  static Node Compile(const JsonValue& value, const std::string& place, Call call, const CodeMaps& maps,
                      const Wrong& wrong);
  static absl::StatusOr<std::optional<JsonValue>> Fill(const Node& node, const Facts& facts);
  static bool Uses(const Node& node, std::string_view fact);
  Node root_;
};

// "time", "time:%Y%m%d", "day:...", "end_of_day:..." without what stands before the colon in `kind`. Years have four
// digits. Absent, and noted, when the form can't be read back.
std::optional<TimeForm> ParseTimeForm(std::string_view filter, const std::string& place, const Wrong& wrong);

}  // namespace eagle::rest
