#include "adapters/sdk/shell/json.h"

#include <cmath>
#include <map>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "server/base/reason.h"

namespace eagle::sdk {
namespace {

using google::protobuf::Value;

constexpr char kHexDigits[] = "0123456789abcdef";
constexpr double kWholeNumberMax = 9007199254740992.0;  // 2^53

void AppendText(const std::string& text, std::string& out) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\', out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00", out += kHexDigits[byte >> 4], out += kHexDigits[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

bool IsWhole(double number) { return std::abs(number) <= kWholeNumberMax && std::floor(number) == number; }

std::string NumberText(double number) {
  if (IsWhole(number)) return std::to_string(static_cast<int64_t>(number));
  return std::isfinite(number) ? absl::StrCat(number) : "null";
}

// Maps of protobuf have no order of their own.
std::map<std::string, const Value*> Sorted(const Json& object) {
  std::map<std::string, const Value*> out;
  for (const auto& [key, value] : object.fields()) out.emplace(key, &value);
  return out;
}

void AppendObject(const Json& object, std::string& out);

void AppendValue(const Value& value, std::string& out) {
  switch (value.kind_case()) {
    case Value::kStringValue:
      return AppendText(value.string_value(), out);
    case Value::kNumberValue:
      out += NumberText(value.number_value());
      return;
    case Value::kBoolValue:
      out += value.bool_value() ? "true" : "false";
      return;
    case Value::kStructValue:
      return AppendObject(value.struct_value(), out);
    case Value::kListValue: {
      out += '[';
      for (const Value& item : value.list_value().values()) {
        if (out.back() != '[') out += ',';
        AppendValue(item, out);
      }
      out += ']';
      return;
    }
    default:
      out += "null";
  }
}

void AppendObject(const Json& object, std::string& out) {
  out += '{';
  for (const auto& [key, value] : Sorted(object)) {
    if (out.back() != '{') out += ',';
    AppendText(key, out);
    out += ':';
    AppendValue(*value, out);
  }
  out += '}';
}

void AppendPlain(const Json& object, const std::string& indent, std::string& out) {
  for (const auto& [key, value] : Sorted(object)) {
    absl::StrAppend(&out, indent, key, ":");
    if (value->has_struct_value()) {
      out += '\n';
      AppendPlain(value->struct_value(), indent + "  ", out);
    } else if (value->has_list_value()) {
      out += value->list_value().values().empty() ? " none\n" : "\n";
      for (const Value& item : value->list_value().values()) {
        if (!item.has_struct_value()) {
          absl::StrAppend(&out, indent, "  - ");
          AppendValue(item, out);
          out += '\n';
          continue;
        }
        std::string block;
        AppendPlain(item.struct_value(), indent + "    ", block);
        if (!block.empty()) block[indent.size() + 2] = '-';
        out += block;
      }
    } else if (value->has_string_value()) {
      absl::StrAppend(&out, " ", value->string_value(), "\n");
    } else {
      out += ' ';
      AppendValue(*value, out);
      out += '\n';
    }
  }
}

Value& At(Json& object, std::string_view key) { return (*object.mutable_fields())[std::string(key)]; }

}  // namespace

void Put(Json& object, std::string_view key, std::string_view value) {
  At(object, key).set_string_value(std::string(value));
}
void PutNumber(Json& object, std::string_view key, int64_t value) {
  At(object, key).set_number_value(static_cast<double>(value));
}
void Put(Json& object, std::string_view key, bool value) { At(object, key).set_bool_value(value); }
Json& AddTo(Json& object, std::string_view key) {
  return *At(object, key).mutable_list_value()->add_values()->mutable_struct_value();
}
void PutList(Json& object, std::string_view key) { At(object, key).mutable_list_value(); }

std::string TextAt(const Json& object, std::string_view key) {
  const auto found = object.fields().find(std::string(key));
  return found == object.fields().end() ? "" : found->second.string_value();
}

int64_t NumberAt(const Json& object, std::string_view key) {
  const auto found = object.fields().find(std::string(key));
  if (found == object.fields().end() || !IsWhole(found->second.number_value())) return 0;
  return static_cast<int64_t>(found->second.number_value());
}

std::string JsonText(const Json& object) {
  std::string out;
  AppendObject(object, out);
  return out;
}

std::string PlainText(const Json& object) {
  std::string out;
  AppendPlain(object, "", out);
  return out;
}

absl::StatusOr<Json> ParseJson(std::string_view text) {
  Json out;
  const auto status =
      google::protobuf::util::JsonStringToMessage(google::protobuf::StringPiece(text.data(), text.size()), &out);
  if (!status.ok()) return Fail(Reason::kFieldInvalid, "not a JSON object");
  return out;
}

}  // namespace eagle::sdk
