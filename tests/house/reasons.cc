#include "tests/house/reasons.h"

#include <charconv>
#include <map>
#include <set>

namespace eagle::house {
namespace {

constexpr std::string_view kList = "server/base/reasons.def";

// Splits the arguments of one REASON(...) at commas outside quotes, without the quotes.
std::vector<std::string> Arguments(std::string_view text) {
  std::vector<std::string> arguments(1);
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\' && i + 1 < text.size()) {
      arguments.back().push_back(text[++i]);
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      arguments.emplace_back();
    } else if (quoted || c != ' ') {
      arguments.back().push_back(c);
    }
  }
  return arguments;
}

// "kCapExceeded" from "CAP_EXCEEDED".
std::string ConstantOf(std::string_view name) {
  std::string out = "k";
  bool up = true;
  for (char c : name) {
    if (c == '_') {
      up = true;
      continue;
    }
    out.push_back(up || c < 'A' || c > 'Z' ? c : static_cast<char>(c - 'A' + 'a'));
    up = false;
  }
  return out;
}

bool IsWireName(std::string_view name) {
  if (name.empty() || name.size() > 63) return false;
  return name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string_view::npos &&
         name.front() >= 'A';
}

}  // namespace

std::vector<ReasonLine> ParseReasons(std::string_view text, Findings& findings) {
  std::vector<ReasonLine> out;
  std::string section;
  const auto lines = Lines(text);
  bool in_comment = false;
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line = Trim(lines[i]);
    if (StartsWith(line, "//")) {
      // A block of comment lines is one heading.
      const std::string words(Trim(line.substr(2)));
      section = in_comment ? section.append(" ").append(words) : words;
      in_comment = true;
      continue;
    }
    in_comment = false;
    if (!StartsWith(line, "REASON(")) continue;
    const size_t close = line.rfind(')');
    const auto arguments = Arguments(line.substr(7, close == std::string_view::npos ? close : close - 7));
    ReasonLine row{.line_index = i, .section = section};
    const std::string_view number = arguments.back();
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), row.number);
    if (arguments.size() != 6 || close == std::string_view::npos || error != std::errc() ||
        end != number.data() + number.size()) {
      findings.push_back(At(kList, i) +
                         ": can't be read as REASON(constant, \"NAME\", CODE, who, \"advice\", number) on one line");
      continue;
    }
    row.constant = arguments[0], row.name = arguments[1], row.code = arguments[2], row.who = arguments[3],
    row.advice = arguments[4];
    out.push_back(std::move(row));
  }
  return out;
}

Findings BadReasons(const std::vector<ReasonLine>& lines) {
  static const std::set<std::string_view> kParties = {"court", "agency", "operator", "auditor", "nobody"};
  Findings findings;
  std::map<int, std::string> by_number;
  std::set<std::string> names;
  for (const ReasonLine& line : lines) {
    const auto wrong = [&](const std::string& what) {
      findings.push_back(At(kList, line.line_index) + ": " + line.name + ": " + what);
    };
    if (const auto [it, fresh] = by_number.emplace(line.number, line.name); !fresh) {
      wrong("number " + std::to_string(line.number) + " belongs to " + it->second + "; take the next free one");
    }
    if (line.number < 1 || line.number > 65535) wrong("numbers go from 1 to 65535");
    if (!names.insert(line.name).second) wrong("the name is given twice");
    if (!IsWireName(line.name)) wrong("a name is UPPER_SNAKE and at most 63 characters long");
    if (line.constant != ConstantOf(line.name)) wrong("its constant must be " + ConstantOf(line.name));
    if (kParties.count(line.who) == 0) wrong("nobody knows the party \"" + line.who + "\"; see the head of the file");
    if (line.advice.find('|') != std::string::npos || line.advice.empty() || line.advice.back() != '.') {
      wrong("the advice must be a sentence that ends in a full stop, without '|'");
    }
  }
  return findings;
}

std::string ReasonsPage(const std::vector<ReasonLine>& lines) {
  std::string page =
      "# Reasons\n\n"
      "Every refusal and failure names one reason (`google.rpc.ErrorInfo.reason`). This page is written from\n"
      "[`server/base/reasons.def`](../base/reasons.def) by `GATEWAY_WRITE=1 build/dev/bin/house_test`; the house test "
      "fails when the two\n"
      "differ. Order is precedence: of several violations the first one listed here names the error, and the error "
      "carries them all.\n"
      "Numbers are what the journal stores; none is ever used again. \"Who\" is the party that must act.\n";
  const std::string* section = nullptr;
  for (const ReasonLine& line : lines) {
    if (section == nullptr || *section != line.section) {
      section = &line.section;
      page += "\n## " + std::string(line.section.substr(0, line.section.find_last_not_of('.') + 1)) +
              "\n\n| Number | Reason | gRPC code | Who | What to do |\n|---|---|---|---|---|\n";
    }
    page += "| " + std::to_string(line.number) + " | `" + line.name + "` | " + line.code + " | " + line.who + " | " +
            line.advice + " |\n";
  }
  return page;
}

}  // namespace eagle::house
