// A JSON document whose numbers stay as they were written, for requests to and answers of an agency's server.
//
// An amount that went through a binary floating point number may come out as another amount. So a number is kept as its
// text, and who wants an amount, a count or a code reads that text exactly (reading.h). Nothing else is lost or added:
// members keep their order; a name that comes twice in one object is refused, as nobody can say which one is meant.
//
// Threads: values and pure functions.
//
//   EAGLE_ASSIGN_OR_RETURN(JsonValue document, ParseJsonValue(R"({"je":"15000.00","list":[{"n":1.10}]})"));
//   document.Find("list")->items[0].Find("n")->text == "1.10"
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace eagle::rest {

inline constexpr size_t kJsonDepthMax = 32;

struct JsonValue {
  enum class Kind : uint8_t { kNull, kFlag, kNumber, kText, kList, kObject };

  Kind kind = Kind::kNull;
  bool flag = false;
  std::string text;                // of a text; of a number, as it was written
  std::vector<std::string> names;  // of an object: the name of each of `items`
  std::vector<JsonValue> items;    // of a list or an object, in order

  static JsonValue Text(std::string text);
  static JsonValue Number(std::string text);  // pre: JSON's form of a number
  static JsonValue Flag(bool flag);

  // The member with that name; null when this is no object or has none.
  const JsonValue* Find(std::string_view name) const;
};

// One whole document in UTF-8, nothing behind it. Error: FIELD_INVALID with what is wrong and where (byte).
absl::StatusOr<JsonValue> ParseJsonValue(std::string_view text);

// On one line, members in their order; characters outside ASCII as they are.
std::string WriteJson(const JsonValue& value);

// A JSON pointer (RFC 6901) taken apart: "/a~1b/0" is {"a/b", "0"}; "" is the whole document. Absent when it is none.
std::optional<std::vector<std::string>> ParsePointer(std::string_view pointer);
// What lies there; null when nothing does. Pointers count from `root`, which may be a part of a document.
const JsonValue* AtPointer(const JsonValue& root, const std::vector<std::string>& pointer);

}  // namespace eagle::rest
