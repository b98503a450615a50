#include "server/ops/log.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

#include "server/base/bytes.h"
#include "server/base/identity_number.h"

namespace eagle::ops {
namespace {

constexpr size_t kDigitsMin = 12;
constexpr size_t kEventsMax = 1024;  // whose rates are kept

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string_view Word(Log::Level level) {
  switch (level) {
    case Log::Level::kInfo:
      return "info";
    case Log::Level::kWarning:
      return "warning";
    case Log::Level::kError:
      return "error";
  }
  return "error";
}

std::string Stamp(absl::Time now) {
  return std::string(absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", now, absl::UTCTimeZone()));
}

// Without what would end a line or move a terminal's cursor.
std::string Plain(std::string_view text) {
  std::string out;
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  return out;
}

}  // namespace

std::string MaskDigits(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    while (end < text.size() && IsDigit(text[end])) ++end;
    // A run inside a word is part of a hash or an id of ours.
    const bool inside = (at > 0 && IsLetter(text[at - 1])) ||
                        (end < text.size() && IsLetter(text[end]) && text[end] != 'X' && text[end] != 'x');
    if (end - at >= kDigitsMin && !inside) {
      if (end < text.size() && (text[end] == 'X' || text[end] == 'x')) ++end;
      out += MaskNumber(text.substr(at, end - at));
      at = end;
      continue;
    }
    if (end == at) ++end;
    out += text.substr(at, end - at);
    at = end;
  }
  return out;
}

std::string JsonText(std::string_view text) {
  std::string out = "\"";
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof(escaped), "\\u%04x", c);
      out += escaped;
    } else if (static_cast<unsigned char>(c) < 0x80) {
      out += c;
    } else {
      const auto lead = static_cast<unsigned char>(c);
      const size_t own = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
      if (at + own > text.size() || !IsValidUtf8(text.substr(at, own))) {
        out += "\\ufffd";
        ++at;
        continue;
      }
      out += text.substr(at, own);
      at += own;
      continue;
    }
    ++at;
  }
  return out + "\"";
}

Log::Line& Log::Line::With(std::string_view key, std::string_view text) & {
  fields_.push_back({std::string(key), MaskDigits(text), false});
  return *this;
}
Log::Line& Log::Line::With(std::string_view key, int64_t number) & {
  fields_.push_back({std::string(key), std::to_string(number), true});
  return *this;
}
Log::Line&& Log::Line::With(const absl::Status& status) && {
  if (status.ok()) return std::move(*this);
  const Failure failure = FailureOf(status);
  With("reason", RowOf(failure.reason).name);
  With("message", failure.message);
  for (const auto& [key, value] : failure.metadata) With(key, value);
  for (const Violation& violation : failure.violations) With(violation.field, violation.description);
  return std::move(*this);
}

Log::Line::~Line() {
  if (log_ != nullptr) log_->Write(*this);
}

Log::Format Log::FormatFor(int descriptor) { return isatty(descriptor) != 0 ? Format::kText : Format::kJson; }

void Log::Write(const Line& line) {
  if (line.level_ < options_.least) return;
  const absl::Time now = clock_.WallNow();
  std::string out;
  if (options_.format == Format::kJson) {
    out = "{\"time\":\"" + Stamp(now) + "\",\"level\":\"" + std::string(Word(line.level_)) +
          "\",\"event\":" + JsonText(line.event_);
    for (const Line::Field& field : line.fields_)
      out += "," + JsonText(field.key) + ":" + (field.number ? field.value : JsonText(field.value));
  } else {
    out = Stamp(now) + " " + std::string(Word(line.level_)) + " " + line.event_;
    for (const Line::Field& field : line.fields_) out += "  " + Plain(field.key) + "=" + Plain(field.value);
  }
  absl::MutexLock lock(&mu_);
  if (rates_.size() >= kEventsMax) rates_.clear();
  Rate& rate = rates_[line.event_];
  if (const int64_t second = absl::ToUnixSeconds(now); second != rate.second) rate.second = second, rate.lines = 0;
  if (++rate.lines > kLinesPerSecondMax) {
    ++rate.dropped;
    return;
  }
  if (const int64_t dropped = std::exchange(rate.dropped, 0); dropped > 0) {
    out += (options_.format == Format::kJson ? ",\"dropped\":" : "  dropped=") + std::to_string(dropped);
  }
  out += options_.format == Format::kJson ? "}\n" : "\n";
  for (size_t done = 0; done < out.size();) {
    const ssize_t written = write(options_.descriptor, out.data() + done, out.size() - done);
    if (written <= 0) return;  // nobody to tell
    done += static_cast<size_t>(written);
  }
}

}  // namespace eagle::ops
