#include "tests/house/shape.h"

#include <filesystem>
#include <regex>
#include <set>

namespace eagle::house {
namespace {

std::string Folder(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "" : std::string(path.substr(0, slash + 1));
}

std::string Join(std::string_view folder, std::string_view relative) {
  return std::filesystem::path(std::string(folder) + std::string(relative)).lexically_normal().generic_string();
}

bool HasFolder(const Tree& tree, const std::string& folder) {
  if (folder.empty() || folder == "." || folder == "./") return true;
  const std::string prefix = EndsWith(folder, "/") ? folder : folder + "/";
  const auto next = tree.lower_bound(prefix);
  return next != tree.end() && StartsWith(next->first, prefix);
}

// The words of a CMakeLists.txt: comments dropped, split at white space, brackets, quotes and semicolons.
std::vector<std::string> CMakeWords(std::string_view text) {
  std::vector<std::string> words;
  for (std::string_view line : Lines(text)) {
    line = line.substr(0, line.find('#'));
    std::string word;
    for (char c : line) {
      if (std::string_view(" \t\r()\";").find(c) == std::string_view::npos) {
        word.push_back(c);
      } else if (!word.empty()) {
        words.push_back(std::move(word));
        word.clear();
      }
    }
    if (!word.empty()) words.push_back(std::move(word));
  }
  return words;
}

void CollectSources(const Tree& tree, const std::string& folder, std::set<std::string>& sources) {
  const auto lists = tree.find(folder + "CMakeLists.txt");
  if (lists == tree.end()) return;
  static constexpr std::string_view kHere = "${CMAKE_CURRENT_SOURCE_DIR}/", kTop = "${PROJECT_SOURCE_DIR}/";
  const auto words = CMakeWords(lists->second);
  for (size_t i = 0; i < words.size(); ++i) {
    std::string_view word = words[i];
    if (StartsWith(word, kHere)) word.remove_prefix(kHere.size());
    const bool from_top = StartsWith(word, kTop);
    if (from_top) word.remove_prefix(kTop.size());
    if (EndsWith(word, ".cc")) sources.insert(Join(from_top ? "" : folder, word));
    if (word == "add_subdirectory" && i + 1 < words.size())
      CollectSources(tree, Join(folder, words[i + 1] + "/"), sources);
  }
}

bool IsText(std::string_view path) {
  static constexpr std::string_view kEndings[] = {".cc",    ".h",       ".def", ".proto", ".md",   ".txt",
                                                  ".cmake", ".sh",      ".py",  ".toml",  ".json", ".yml",
                                                  ".sql",   ".service", ".csv", ".conf"};
  for (std::string_view ending : kEndings) {
    if (EndsWith(path, ending)) return true;
  }
  return EndsWith(path, "/run") || EndsWith(path, "/play");
}

bool IsSource(std::string_view path) {
  return IsCpp(path) || EndsWith(path, ".proto") || EndsWith(path, ".py") || EndsWith(path, ".sh") ||
         path == "deploy/run";
}

}  // namespace

Findings OrphanSources(const Tree& tree) {
  std::set<std::string> sources;
  CollectSources(tree, "", sources);
  Findings findings;
  for (const auto& [path, content] : tree) {
    if (!EndsWith(path, ".cc") || sources.count(path) != 0) continue;
    const bool is_test = EndsWith(path, "_test.cc");
    findings.push_back(path +
                       (is_test ? ": a test in no target, so it never runs" : ": in no target, so nobody compiles it") +
                       "; name it in the CMakeLists.txt of its folder and reach that from the top");
  }
  return findings;
}

Findings RoomsWithoutReadme(const Tree& tree) {
  std::set<std::string> rooms;
  for (const auto& [path, content] : tree) {
    if (!IsProduct(path) || StartsWith(path, "deploy/")) continue;
    const size_t top = path.find('/');
    const size_t room = path.find('/', top + 1);
    if (room != std::string::npos) rooms.insert(path.substr(0, room + 1));
    if (StartsWith(path, "server/storage/sqlite/")) rooms.insert("server/storage/sqlite/");
  }
  Findings findings;
  for (const std::string& room : rooms) {
    if (tree.count(room + "README.md") == 0) {
      findings.push_back(room + ": no README.md; one page: what it is for, its main types, what it must not do");
    }
  }
  return findings;
}

Findings LongFiles(const Tree& tree) {
  Findings findings;
  for (const auto& [path, content] : tree) {
    const size_t lines = IsSource(path) ? Lines(content).size() : 0;
    if (lines > kLinesMax) {
      findings.push_back(path + ": " + std::to_string(lines) + " lines, at most " + std::to_string(kLinesMax) +
                         "; which second idea moved in?");
    }
  }
  return findings;
}

Findings StrayWhiteSpace(const Tree& tree) {
  Findings findings;
  for (const auto& [path, content] : tree) {
    if (!IsText(path) || content.empty()) continue;
    const bool no_tabs = IsCpp(path) || EndsWith(path, ".proto") || EndsWith(path, ".def");
    const auto lines = Lines(content);
    for (size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].find('\r') != std::string_view::npos) {
        findings.push_back(At(path, i) + ": carriage return");
      } else if (EndsWith(lines[i], " ") || EndsWith(lines[i], "\t")) {
        findings.push_back(At(path, i) + ": white space at the end of the line");
      }
      if (no_tabs && lines[i].find('\t') != std::string_view::npos)
        findings.push_back(At(path, i) + ": tab; indent with spaces");
    }
    if (content.back() != '\n') findings.push_back(path + ": no line break at the end of the file");
  }
  return findings;
}

Findings DeadLinks(const Tree& tree) {
  Findings findings;
  for (const auto& [path, content] : tree) {
    if (!EndsWith(path, ".md")) continue;
    const auto lines = Lines(content);
    for (size_t i = 0; i < lines.size(); ++i) {
      for (size_t at = lines[i].find("]("); at != std::string_view::npos; at = lines[i].find("](", at + 2)) {
        const size_t close = lines[i].find(')', at);
        if (close == std::string_view::npos) break;
        std::string_view target = lines[i].substr(at + 2, close - at - 2);
        target = target.substr(0, target.find('#'));
        if (target.empty() || target.find("://") != std::string_view::npos || StartsWith(target, "mailto:")) continue;
        const std::string to = Join(Folder(path), target);
        if (tree.count(to) == 0 && !HasFolder(tree, to)) {
          findings.push_back(At(path, i) + ": link to " + std::string(target) + ", which doesn't exist");
        }
      }
    }
  }
  return findings;
}

Findings MissingTests(const Tree& tree, const std::string& page) {
  std::set<std::string> tests;
  for (const auto& [path, content] : tree) {
    if (!StartsWith(path, "tests/") || !EndsWith(path, ".cc")) continue;
    static const std::regex kTest("\\bTEST(?:_F|_P)?\\(\\s*(\\w+),\\s*(\\w+)\\s*\\)");
    for (std::sregex_iterator at(content.begin(), content.end(), kTest), end; at != end; ++at)
      tests.insert((*at)[1].str() + "." + (*at)[2].str());
  }
  const auto found = tree.find(page);
  if (found == tree.end()) return {page + ": isn't there"};
  Findings findings;
  static const std::regex kNamed("`(\\w+\\.\\w+)`");
  const auto lines = Lines(found->second);
  size_t named = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string line(lines[i]);
    for (std::sregex_iterator at(line.begin(), line.end(), kNamed), end; at != end; ++at, ++named) {
      const std::string test = (*at)[1].str();
      if (!tests.contains(test)) findings.push_back(At(page, i) + ": no test is called " + test);
    }
  }
  if (named == 0) findings.push_back(page + ": names no test");
  return findings;
}

}  // namespace eagle::house
