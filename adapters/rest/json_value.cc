#include "adapters/rest/json_value.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/reason.h"

namespace eagle::rest {
namespace {

constexpr char kHex[] = "0123456789abcdef";

// Takes the parser's events. The library's own documents keep numbers as binary ones; its events still have the text.
class Builder {
 public:
  using Library = nlohmann::json;

  bool null() { return Add({}); }
  bool boolean(bool value) { return Add(JsonValue::Flag(value)); }
  bool number_integer(Library::number_integer_t value) { return Add(JsonValue::Number(std::to_string(value))); }
  bool number_unsigned(Library::number_unsigned_t value) { return Add(JsonValue::Number(std::to_string(value))); }
  bool number_float(Library::number_float_t, const std::string& text) { return Add(JsonValue::Number(text)); }
  bool string(std::string& text) { return Add(JsonValue::Text(std::move(text))); }
  bool binary(Library::binary_t&) { return Stop("holds binary data"); }
  bool start_object(size_t) { return Open(JsonValue::Kind::kObject); }
  bool start_array(size_t) { return Open(JsonValue::Kind::kList); }
  bool end_object() { return Close(); }
  bool end_array() { return Close(); }
  bool key(std::string& name) {
    std::vector<std::string>& names = open_.back().names;
    if (std::find(names.begin(), names.end(), name) != names.end()) return Stop("has a name twice in one object");
    names.push_back(std::move(name));
    return true;
  }
  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception&) {
    return Stop(absl::StrCat("is no JSON at byte ", position));
  }

  JsonValue root;
  std::string wrong;

 private:
  bool Stop(std::string why) {
    wrong = std::move(why);
    return false;
  }
  bool Add(JsonValue value) {
    if (open_.empty()) {
      root = std::move(value);
    } else {
      open_.back().items.push_back(std::move(value));
    }
    return true;
  }
  bool Open(JsonValue::Kind kind) {
    if (open_.size() == kJsonDepthMax) return Stop("lies deeper than 32 levels");
    open_.emplace_back().kind = kind;
    return true;
  }
  bool Close() {
    JsonValue done = std::move(open_.back());
    open_.pop_back();
    return Add(std::move(done));
  }
  std::vector<JsonValue> open_;  // from the outermost inwards
};

void AppendQuoted(const std::string& text, std::string& out) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\', out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00", out += kHex[byte >> 4], out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void Append(const JsonValue& value, std::string& out) {
  switch (value.kind) {
    case JsonValue::Kind::kNull:
      out += "null";
      return;
    case JsonValue::Kind::kFlag:
      out += value.flag ? "true" : "false";
      return;
    case JsonValue::Kind::kNumber:
      out += value.text;
      return;
    case JsonValue::Kind::kText:
      return AppendQuoted(value.text, out);
    case JsonValue::Kind::kList:
    case JsonValue::Kind::kObject:
      break;
  }
  const bool object = value.kind == JsonValue::Kind::kObject;
  out += object ? '{' : '[';
  for (size_t i = 0; i < value.items.size(); ++i) {
    if (i > 0) out += ',';
    if (object) AppendQuoted(value.names[i], out), out += ':';
    Append(value.items[i], out);
  }
  out += object ? '}' : ']';
}

}  // namespace

JsonValue JsonValue::Text(std::string text) {
  JsonValue value;
  value.kind = Kind::kText, value.text = std::move(text);
  return value;
}
JsonValue JsonValue::Number(std::string text) {
  JsonValue value;
  value.kind = Kind::kNumber, value.text = std::move(text);
  return value;
}
JsonValue JsonValue::Flag(bool flag) {
  JsonValue value;
  value.kind = Kind::kFlag, value.flag = flag;
  return value;
}

const JsonValue* JsonValue::Find(std::string_view name) const {
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return &items[i];
  }
  return nullptr;
}

absl::StatusOr<JsonValue> ParseJsonValue(std::string_view text) {
  Builder builder;
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) {
    return Fail(Reason::kFieldInvalid, absl::StrCat("the text ", builder.wrong.empty() ? "is no JSON" : builder.wrong));
  }
  return std::move(builder.root);
}

std::string WriteJson(const JsonValue& value) {
  std::string out;
  Append(value, out);
  return out;
}

std::optional<std::vector<std::string>> ParsePointer(std::string_view pointer) {
  std::vector<std::string> out;
  if (pointer.empty()) return out;
  if (pointer[0] != '/') return std::nullopt;
  for (size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      out.emplace_back();
    } else if (pointer[i] != '~') {
      out.back() += pointer[i];
    } else if (i + 1 < pointer.size() && (pointer[i + 1] == '0' || pointer[i + 1] == '1')) {
      out.back() += pointer[++i] == '0' ? '~' : '/';
    } else {
      return std::nullopt;
    }
  }
  return out;
}

const JsonValue* AtPointer(const JsonValue& root, const std::vector<std::string>& pointer) {
  const JsonValue* at = &root;
  for (const std::string& step : pointer) {
    if (at == nullptr) return nullptr;
    if (at->kind != JsonValue::Kind::kList) {
      at = at->Find(step);
      continue;
    }
    size_t index = 0;
    const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
    const bool exact = error == std::errc() && end == step.data() + step.size() && step == std::to_string(index);
    at = exact && index < at->items.size() ? &at->items[index] : nullptr;
  }
  return at;
}

}  // namespace eagle::rest
