#include "tests/house/words.h"

#include <algorithm>

namespace eagle::house {
namespace {

// True when `line` holds `word` and neither end of it lies inside an identifier.
bool HasWord(std::string_view line, std::string_view word) {
  for (size_t at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    const size_t end = at + word.size();
    const bool begins = at == 0 || !IsWordCharacter(word.front()) || !IsWordCharacter(line[at - 1]);
    const bool ends = end == line.size() || !IsWordCharacter(word.back()) || !IsWordCharacter(line[end]);
    if (begins && ends) return true;
  }
  return false;
}

bool IsIn(std::string_view path, const std::vector<std::string_view>& where) {
  return where.empty() ||
         std::any_of(where.begin(), where.end(), [&](std::string_view prefix) { return StartsWith(path, prefix); });
}

bool IsExcepted(std::string_view path, std::string_view word, const std::vector<Exception>& exceptions) {
  return std::any_of(exceptions.begin(), exceptions.end(),
                     [&](const Exception& exception) { return exception.path == path && exception.word == word; });
}

bool IsUsed(const Tree& tree, const Exception& exception) {
  const auto file = tree.find(std::string(exception.path));
  if (file == tree.end()) return false;
  const std::string code = CodeOnly(file->second);
  const auto lines = Lines(code);
  return std::any_of(lines.begin(), lines.end(), [&](std::string_view line) { return HasWord(line, exception.word); });
}

constexpr std::string_view kClockPort = "the Clock port (server/base/clock.h)";
constexpr std::string_view kWallNow = "Clock::WallNow (server/base/clock.h)";
constexpr std::string_view kNoSleep = "a wait on a condition, or the Clock port, which tests simulate";
constexpr std::string_view kEntropyPort = "the Entropy port (server/base/entropy.h)";
constexpr std::string_view kInteger = "int64_t minor units (server/base/money.h)";
constexpr std::string_view kHash = "eagle::journal::Sha256: the one-shot function locks and allocates at every call";
constexpr std::string_view kStatus = "absl::Status with a Reason (server/base/reason.h)";

}  // namespace

const std::vector<BannedWord>& BannedWords() {
  static const std::vector<std::string_view> kMoney = {"server/domain/", "server/base/money."};
  static const auto* const kWords = new std::vector<BannedWord>{
      {"absl::Now", kWallNow},
      {"absl::GetCurrentTimeNanos", kWallNow},
      {"system_clock", kWallNow},
      {"steady_clock", "Clock::MonotonicNow (server/base/clock.h)"},
      {"time(nullptr)", kWallNow},
      {"time(NULL)", kWallNow},
      {"time(0)", kWallNow},
      {"gettimeofday", kWallNow},
      {"clock_gettime", kClockPort},
      {"absl::LocalTimeZone", "the court's time zone, by name"},
      {"sleep(", kNoSleep},
      {"usleep", kNoSleep},
      {"nanosleep", kNoSleep},
      {"sleep_for", kNoSleep},
      {"sleep_until", kNoSleep},
      {"absl::SleepFor", kNoSleep},
      {"rand(", kEntropyPort},
      {"srand(", kEntropyPort},
      {"random_device", kEntropyPort},
      {"absl::BitGen", kEntropyPort},
      {"absl::InsecureBitGen", kEntropyPort},
      {"RAND_bytes", kEntropyPort},
      {"RAND_priv_bytes", kEntropyPort},
      {"getrandom", kEntropyPort},
      {"SHA256(", kHash},
      {"SHA512(", kHash},
      {"throw", kStatus},
      {"assert(", "GATEWAY_ASSERT (server/base/assert.h), which stays on in release builds"},
      {"double", kInteger, kMoney},
      {"float", kInteger, kMoney},
  };
  return *kWords;
}

const std::vector<Exception>& Exceptions() {
  static const auto* const kExceptions = new std::vector<Exception>{
      {"server/trust/system_entropy.cc", "RAND_bytes", "the production implementation of the port"},
      {"server/base/system_clock.cc", "clock_gettime", "the production implementation of the port"},
  };
  return *kExceptions;
}

Findings ForbiddenWords(const Tree& tree, const std::vector<BannedWord>& words,
                        const std::vector<Exception>& exceptions) {
  Findings findings;
  for (const auto& [path, content] : tree) {
    if (!IsProduct(path)) continue;
    const std::string code = CodeOnly(content);
    const auto lines = Lines(code);
    for (const BannedWord& banned : words) {
      if (!IsIn(path, banned.where) || IsExcepted(path, banned.word, exceptions)) continue;
      for (size_t i = 0; i < lines.size(); ++i) {
        if (!HasWord(lines[i], banned.word)) continue;
        findings.push_back(At(path, i) + ": " + std::string(banned.word) + "; use " + std::string(banned.instead));
      }
    }
  }
  for (const Exception& exception : exceptions) {
    if (IsUsed(tree, exception)) continue;
    findings.push_back(std::string(exception.path) + ": no longer uses " + std::string(exception.word) +
                       "; take its exception out of tests/house/words.cc");
  }
  return findings;
}

Findings WorkplaceWords(const Tree& tree) {
  // Put together from two halves, so that this file passes its own rule.
  const auto joined = [](std::string_view a, std::string_view b) { return std::string(a).append(b); };
  static const std::vector<std::string> kPaths = {joined("/wo", "rk/"),    joined("/fa", "rm/"),
                                                  joined("/ro", "ot/"),    joined("/tmp/b", "ash"),
                                                  joined("/tmp/t", "eam"), joined("/.lib", "rary")};
  static const std::vector<std::string> kUnfinished = {joined("TO", "DO"), joined("FIX", "ME")};
  Findings findings;
  for (const auto& [path, content] : tree) {
    const auto lines = Lines(content);
    for (size_t i = 0; i < lines.size(); ++i) {
      for (const std::string& word : kPaths) {
        const size_t at = lines[i].find(word);
        if (at == std::string_view::npos) continue;
        // Inside a longer relative path ("deploy/work/") it names nobody's machine.
        if (at > 0 && (IsWordCharacter(lines[i][at - 1]) || lines[i][at - 1] == '.' || lines[i][at - 1] == '}'))
          continue;
        findings.push_back(At(path, i) + ": " + word +
                           " is a path of one machine; write it relative to the top of the tree");
      }
      for (const std::string& word : kUnfinished) {
        if (HasWord(lines[i], word))
          findings.push_back(At(path, i) + ": " + word + "; finish it, or open an issue and say nothing here");
      }
    }
  }
  return findings;
}

}  // namespace eagle::house
