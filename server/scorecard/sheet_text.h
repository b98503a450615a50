// How sheets are written: JSON members and lists one after the other, cells of CSV.
//
// Threads: values and pure functions.
//
//   JsonObject().Add("order", 7).Text("action", "FREEZE").Done()     {"order": 7, "action": "FREEZE"}
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace eagle::scorecard {

// With its quotes.
std::string JsonText(std::string_view text);

// "{a: 1, b: [..]}" as it is written down, one member after the other.
class JsonObject {
 public:
  JsonObject& Add(std::string_view key, const std::string& json) {
    body_ += (body_.empty() ? "" : ", ") + JsonText(key) + ": " + json;
    return *this;
  }
  JsonObject& Add(std::string_view key, uint64_t number) { return Add(key, std::to_string(number)); }
  JsonObject& Text(std::string_view key, std::string_view text) { return Add(key, JsonText(text)); }
  JsonObject& Flag(std::string_view key, bool flag) { return Add(key, std::string(flag ? "true" : "false")); }
  std::string Done() const { return "{" + body_ + "}"; }

 private:
  std::string body_;
};

// Each item on a line of its own.
class JsonList {
 public:
  void Add(const std::string& json) { body_ += (body_.empty() ? "\n    " : ",\n    ") + json; }
  std::string Done() const { return body_.empty() ? "[]" : "[" + body_ + "\n  ]"; }

 private:
  std::string body_;
};

// Quoted where RFC 4180 demands it.
std::string CsvCell(std::string_view text);

}  // namespace eagle::scorecard
