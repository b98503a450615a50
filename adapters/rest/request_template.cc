#include "adapters/rest/request_template.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::rest {
namespace {

constexpr char kHexUpper[] = "0123456789ABCDEF";

std::string PercentEncoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%', out += kHexUpper[byte >> 4], out += kHexUpper[byte & 15];
    }
  }
  return out;
}

// %Y as a year of four digits: else "20260928" would be read as one long year.
std::string FourDigitYears(std::string_view format) {
  std::string out;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] == '%' && i + 1 < format.size()) {
      out += format[i + 1] == 'Y' ? "%E4Y" : std::string(format.substr(i, 2));
      ++i;
    } else {
      out += format[i];
    }
  }
  return out;
}

std::string Quoted(std::string_view text) { return absl::StrCat("\"", ToAbsl(text), "\""); }

}  // namespace

std::optional<TimeForm> ParseTimeForm(std::string_view filter, const std::string& place, const Wrong& wrong) {
  TimeForm form;
  const size_t colon = filter.find(':');
  const std::string_view kind = filter.substr(0, colon);
  if (kind == "day") form.kind = TimeForm::Kind::kDay;
  if (kind == "end_of_day") form.kind = TimeForm::Kind::kEndOfDay;
  if (form.kind != TimeForm::Kind::kInstant) form.format = "%Y-%m-%d";
  if (colon != std::string_view::npos) form.format = filter.substr(colon + 1);
  form.format = FourDigitYears(form.format);
  if (IsUsable(form)) return form;
  wrong(place, absl::StrCat("can't be read back as it is written: ", ToAbsl(filter)));
  return std::nullopt;
}

// ---- Texts ----

TextTemplate TextTemplate::Parse(std::string_view text, Call call, const CodeMaps& maps, const Wrong& wrong) {
  TextTemplate out;
  Piece piece;
  while (!text.empty()) {
    const size_t begin = text.find("${");
    piece.literal += text.substr(0, begin);
    if (begin == std::string_view::npos) break;
    const size_t end = text.find('}', begin);
    if (end == std::string_view::npos) {
      wrong("", "a placeholder has no end: " + std::string(text.substr(begin)));
      break;
    }
    piece.hole = ParseHole(text.substr(begin + 2, end - begin - 2), call, maps, wrong);
    out.pieces_.push_back(std::move(piece));
    piece = {};
    text.remove_prefix(end + 1);
  }
  if (!piece.literal.empty() || out.pieces_.empty()) out.pieces_.push_back(std::move(piece));
  const bool alone = out.pieces_.size() == 1 && out.pieces_[0].literal.empty();
  for (const Piece& one : out.pieces_) {
    if (alone || !one.hole) continue;
    if (one.hole->bare) wrong("", "|number needs the whole string for itself");
    if (one.hole->optional) wrong("", "? needs the whole string for itself, as the member is left out");
  }
  return out;
}

std::optional<TextTemplate::Hole> TextTemplate::ParseHole(std::string_view text, Call call, const CodeMaps& maps,
                                                          const Wrong& wrong) {
  const std::vector<std::string> parts = absl::StrSplit(ToAbsl(text), '|');
  Hole hole;
  std::string name = parts[0];
  if (!name.empty() && name.back() == '?') hole.optional = true, name.pop_back();
  hole.fact = FactNamed(name);
  if (hole.fact == nullptr) {
    wrong("", "there is no placeholder " + Quoted(name) + ": see the README's list");
    return std::nullopt;
  }
  if ((hole.fact->calls & call) == 0) {
    wrong("", absl::StrCat(name, " means nothing in a call of ", ToAbsl(CallName(call))));
    return std::nullopt;
  }
  const FactKind kind = hole.fact->kind;
  bool timed = false;
  for (size_t i = 1; i < parts.size(); ++i) {
    const std::string& filter = parts[i];
    if (filter == "number" && i + 1 == parts.size() && (kind == FactKind::kAmount || kind == FactKind::kWhole)) {
      hole.bare = true;
    } else if ((filter == "decimal" || filter == "minor") && kind == FactKind::kAmount && !hole.style) {
      hole.style = filter == "decimal" ? AmountStyle::kDecimal : AmountStyle::kMinorUnits;
    } else if ((filter == "time" || filter.rfind("time:", 0) == 0) && kind == FactKind::kTime && !timed) {
      timed = true;  // what is only written need not be read back
      if (filter != "time") hole.form.format = FourDigitYears(std::string_view(filter).substr(5));
    } else if (filter.rfind("map:", 0) == 0 && kind == FactKind::kText && hole.map == nullptr) {
      const auto map = maps.find(filter.substr(4));
      if (map == maps.end()) {
        wrong("", absl::StrCat("there is no table [maps.", filter.substr(4), "]"));
      } else {
        hole.map = map->second;
      }
    } else {
      wrong("", absl::StrCat(Quoted(filter), " doesn't go with ", name));
    }
  }
  if (kind == FactKind::kAmount && !hole.style)
    wrong("", absl::StrCat(name, " is an amount: say |decimal (60000.00) or |minor (6000000)"));
  return hole;
}

absl::StatusOr<std::optional<std::string>> TextTemplate::Fill(const Hole& hole, const Facts& facts) {
  const std::optional<FactValue> value = hole.fact->value(facts);
  const std::string name(hole.fact->name);
  if (!value) {
    if (hole.optional) return std::optional<std::string>();
    return Fail(Reason::kFieldMissing, "the order has no " + name + ", which the agency's server needs");
  }
  switch (hole.fact->kind) {
    case FactKind::kText: {
      if (hole.map == nullptr) return std::optional<std::string>(value->text);
      const auto row = hole.map->find(value->text);
      if (row != hole.map->end()) return std::optional<std::string>(row->second);
      return Fail(Reason::kFieldInvalid, "the agency has no code for this " + name);
    }
    case FactKind::kAmount:
      return std::optional<std::string>(AmountText(value->number, *hole.style));
    case FactKind::kWhole:
      return std::optional<std::string>(std::to_string(value->number));
    case FactKind::kFlag:
      return std::optional<std::string>(value->number != 0 ? "true" : "false");
    case FactKind::kTime:
      return std::optional<std::string>(TimeText(value->time, hole.form, facts.zone));
  }
  return std::optional<std::string>();
}

absl::StatusOr<std::optional<std::string>> TextTemplate::Join(const Facts& facts, bool encode) const {
  std::string out;
  for (const Piece& piece : pieces_) {
    out += piece.literal;
    if (!piece.hole) continue;
    EAGLE_ASSIGN_OR_RETURN(const std::optional<std::string> filled, Fill(*piece.hole, facts));
    if (!filled) return std::optional<std::string>();
    out += encode ? PercentEncoded(*filled) : *filled;
  }
  return std::optional<std::string>(std::move(out));
}

absl::StatusOr<std::optional<std::string>> TextTemplate::Render(const Facts& facts) const { return Join(facts, false); }
absl::StatusOr<std::optional<std::string>> TextTemplate::RenderEncoded(const Facts& facts) const {
  return Join(facts, true);
}

absl::StatusOr<std::optional<JsonValue>> TextTemplate::RenderValue(const Facts& facts) const {
  EAGLE_ASSIGN_OR_RETURN(std::optional<std::string> text, Join(facts, false));
  if (!text) return std::optional<JsonValue>();
  if (pieces_.size() == 1 && pieces_[0].literal.empty() && pieces_[0].hole) {
    const Hole& hole = *pieces_[0].hole;
    if (hole.bare || hole.fact->kind == FactKind::kWhole) return std::optional(JsonValue::Number(*std::move(text)));
    if (hole.fact->kind == FactKind::kFlag) return std::optional(JsonValue::Flag(*text == "true"));
  }
  return std::optional(JsonValue::Text(*std::move(text)));
}

bool TextTemplate::Uses(std::string_view fact) const {
  for (const Piece& piece : pieces_) {
    if (piece.hole && piece.hole->fact->name == fact) return true;
  }
  return false;
}

// ---- Bodies ----

BodyTemplate BodyTemplate::Parse(std::string_view text, Call call, const CodeMaps& maps, const Wrong& wrong) {
  BodyTemplate out;
  const absl::StatusOr<JsonValue> document = ParseJsonValue(text);
  if (!document.ok()) {
    wrong("", FailureOf(document.status()).message);
    return out;
  }
  out.root_ = Compile(*document, "", call, maps, wrong);
  return out;
}

BodyTemplate::Node BodyTemplate::Compile(const JsonValue& value, const std::string& place, Call call,
                                         const CodeMaps& maps, const Wrong& wrong) {
  Node node;
  node.fixed.kind = value.kind;
  if (value.kind == JsonValue::Kind::kText) {
    node.text = TextTemplate::Parse(value.text, call, maps,
                                    [&](const std::string&, const std::string& why) { wrong(place, why); });
    return node;
  }
  if (value.kind != JsonValue::Kind::kObject && value.kind != JsonValue::Kind::kList) {
    node.fixed = value;
    return node;
  }
  node.names = value.names;
  for (size_t i = 0; i < value.items.size(); ++i) {
    const std::string step = node.names.empty() ? std::to_string(i) : node.names[i];
    node.items.push_back(Compile(value.items[i], absl::StrCat(place, "/", step), call, maps, wrong));
  }
  return node;
}

absl::StatusOr<std::optional<JsonValue>> BodyTemplate::Fill(const Node& node, const Facts& facts) {
  if (node.fixed.kind == JsonValue::Kind::kText) return node.text.RenderValue(facts);
  JsonValue out = node.fixed;
  for (size_t i = 0; i < node.items.size(); ++i) {
    EAGLE_ASSIGN_OR_RETURN(std::optional<JsonValue> item, Fill(node.items[i], facts));
    if (!item) continue;
    out.items.push_back(*std::move(item));
    if (!node.names.empty()) out.names.push_back(node.names[i]);
  }
  return std::optional(std::move(out));
}

absl::StatusOr<std::string> BodyTemplate::Render(const Facts& facts) const {
  EAGLE_ASSIGN_OR_RETURN(const std::optional<JsonValue> filled, Fill(root_, facts));
  return filled ? WriteJson(*filled) : "";
}

bool BodyTemplate::Uses(const Node& node, std::string_view fact) {
  if (node.text.Uses(fact)) return true;
  for (const Node& item : node.items) {
    if (Uses(item, fact)) return true;
  }
  return false;
}

}  // namespace eagle::rest
