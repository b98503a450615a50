#include "tests/house/tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace eagle::house {
namespace {

namespace fs = std::filesystem;

bool IsSkipped(const fs::path& relative) {
  const std::string name = relative.filename().string();
  if (name == "__pycache__") return true;
  return relative == fs::path(name) && (name == ".git" || name == "build" || name == "demo");
}

// The identifier or number that ends right before `end`, digit separators included: "u8R" in u8R"(...)", "1'0" in
// 1'000.
std::string_view WordBefore(std::string_view text, size_t end) {
  size_t begin = end;
  while (begin > 0 && (IsWordCharacter(text[begin - 1]) || text[begin - 1] == '\'')) --begin;
  return text.substr(begin, end - begin);
}

bool OpensRawString(std::string_view text, size_t quote) {
  const std::string_view word = WordBefore(text, quote);
  return word == "R" || word == "u8R" || word == "uR" || word == "UR" || word == "LR";
}

bool IsDigitSeparator(std::string_view text, size_t quote) {
  const std::string_view word = WordBefore(text, quote);
  return !word.empty() && word.front() >= '0' && word.front() <= '9';
}

// Each of these gives the place just behind what opens at `begin`.
size_t EndOfLine(std::string_view text, size_t begin) { return std::min(text.find('\n', begin), text.size()); }
size_t EndOfBlockComment(std::string_view text, size_t begin) {
  const size_t close = text.find("*/", begin + 2);
  return close == std::string_view::npos ? text.size() : close + 2;
}
size_t EndOfRawString(std::string_view text, size_t quote) {
  const size_t bracket = text.find('(', quote);
  if (bracket == std::string_view::npos) return text.size();
  const std::string closing = ")" + std::string(text.substr(quote + 1, bracket - quote - 1)) + "\"";
  const size_t close = text.find(closing, bracket);
  return close == std::string_view::npos ? text.size() : close + closing.size();
}
size_t EndOfLiteral(std::string_view text, size_t quote) {
  size_t i = quote + 1;
  while (i < text.size() && text[i] != text[quote] && text[i] != '\n') i += text[i] == '\\' ? 2 : 1;
  return std::min(i + 1, text.size());
}

}  // namespace

bool IsWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

Tree ReadTree(const std::string& root) {
  Tree tree;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator(); ++it) {
    const fs::path relative = it->path().lexically_relative(root);
    if (it->is_directory() && IsSkipped(relative)) {
      it.disable_recursion_pending();
      continue;
    }
    if (it->is_symlink() || !it->is_regular_file()) continue;
    std::ifstream in(it->path(), std::ios::binary);
    std::string content((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (content.find('\0') != std::string::npos) content.clear();
    tree[relative.generic_string()] = std::move(content);
  }
  return tree;
}

bool StartsWith(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }
bool EndsWith(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}
bool IsCpp(std::string_view path) { return EndsWith(path, ".h") || EndsWith(path, ".cc"); }
bool IsProduct(std::string_view path) {
  return IsCpp(path) && (StartsWith(path, "server/") || StartsWith(path, "adapters/") || StartsWith(path, "client/") ||
                         StartsWith(path, "deploy/"));
}

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = EndOfLine(text, begin);
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::string_view Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::string At(std::string_view path, size_t line_index) {
  return std::string(path) + ":" + std::to_string(line_index + 1);
}

std::string CodeOnly(std::string_view text) {
  std::string code(text);
  const auto blank = [&code](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      if (code[i] != '\n') code[i] = ' ';
    }
  };
  for (size_t i = 0; i < text.size();) {
    size_t end = i + 1;
    if (text.substr(i, 2) == "//") {
      blank(i, end = EndOfLine(text, i));
    } else if (text.substr(i, 2) == "/*") {
      blank(i, end = EndOfBlockComment(text, i));
    } else if (text[i] == '"' || (text[i] == '\'' && !IsDigitSeparator(text, i))) {
      end = text[i] == '"' && OpensRawString(text, i) ? EndOfRawString(text, i) : EndOfLiteral(text, i);
      blank(i + 1, end - 1);
    }
    i = end;
  }
  return code;
}

std::vector<Include> IncludesOf(std::string_view text) {
  std::vector<Include> includes;
  const std::string code = CodeOnly(text);
  const auto code_lines = Lines(code);
  const auto lines = Lines(text);
  for (size_t i = 0; i < lines.size(); ++i) {
    std::string_view rest = Trim(code_lines[i]);
    if (rest.empty() || rest.front() != '#' || !StartsWith(Trim(rest.substr(1)), "include")) continue;
    const size_t open = lines[i].find_first_of("\"<");
    if (open == std::string_view::npos) continue;
    const size_t close = lines[i].find_first_of("\">", open + 1);
    if (close == std::string_view::npos) continue;
    includes.push_back({i, lines[i][open] == '"', std::string(lines[i].substr(open + 1, close - open - 1))});
  }
  return includes;
}

}  // namespace eagle::house
