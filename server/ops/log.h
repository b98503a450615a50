// The log: one event a line, JSON for machines or text for a terminal, on standard output. No personal data, ever:
// events are fixed words, values are codes, counts, reasons and times. As a second line of defence, long runs of digits
// in texts (identity and account numbers) come out masked.
//
// Threads: any; a line is written whole.
//
//   Log log(clock, {.format = Log::Format::kJson, .descriptor = STDOUT_FILENO});
//   log.Info("ready").With("api", address).With("entries", size);
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/base/reason.h"

namespace eagle::ops {

class Log {
 public:
  enum class Format { kJson, kText };
  enum class Level { kInfo, kWarning, kError };
  static constexpr int kLinesPerSecondMax = 50;  // of one event; the rest is counted and told with the next line

  struct Options {
    Format format = Format::kJson;
    Level least = Level::kInfo;
    int descriptor = 1;
  };

  // A line that is written when it ends.
  class Line {
   public:
    Line(Log* log, Level level, std::string_view event) : log_(log), level_(level), event_(event) {}
    Line(Line&& other) noexcept
        : log_(other.log_), level_(other.level_), event_(std::move(other.event_)), fields_(std::move(other.fields_)) {
      other.log_ = nullptr;
    }
    ~Line();
    Line& With(std::string_view key, std::string_view text) &;
    Line& With(std::string_view key, int64_t number) &;
    Line&& With(std::string_view key, std::string_view text) && { return std::move(With(key, text)); }
    Line&& With(std::string_view key, int64_t number) && { return std::move(With(key, number)); }
    // reason, message, and the violations' fields with their reasons
    Line&& With(const absl::Status& status) &&;

   private:
    friend class Log;
    struct Field {
      std::string key, value;
      bool number;
    };
    Log* log_;
    Level level_;
    std::string event_;
    std::vector<Field> fields_;
  };

  Log(Clock& wall, Options options) : clock_(wall), options_(options) {}
  Line Info(std::string_view event) { return Line(this, Level::kInfo, event); }
  Line Warning(std::string_view event) { return Line(this, Level::kWarning, event); }
  Line Error(std::string_view event) { return Line(this, Level::kError, event); }
  Line At(Level level, std::string_view event) { return Line(this, level, event); }

  // JSON unless `descriptor` is a terminal.
  static Format FormatFor(int descriptor);

 private:
  struct Rate {
    int64_t second = 0;
    int lines = 0;
    int64_t dropped = 0;
  };
  void Write(const Line& line);

  Clock& clock_;
  const Options options_;
  absl::Mutex mu_;
  absl::flat_hash_map<std::string, Rate> rates_ ABSL_GUARDED_BY(mu_);
};

// `text` with every run of 12 digits or more (an X may end it) shown as its first four and last four characters.
std::string MaskDigits(std::string_view text);
// As a JSON string, with its quotation marks; bytes that aren't UTF-8 become U+FFFD.
std::string JsonText(std::string_view text);

}  // namespace eagle::ops
