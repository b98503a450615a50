// Log lines of an adapter: one JSON object a line on stderr, for journald or a file. Never personal data: fields are
// codes, counts, operation ids, reasons and paths, and it is the caller who sees to that.
//
//   {"event":"connected","level":"info","time":"2026-09-28T01:10:00.123Z"}
//
// Threads: any.
//
//   Log log(clock);
//   log.Info("connected");
//   log.Warning("call_failed", [&](Json& line) { Put(line, "reason", "UNAVAILABLE"); });
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "adapters/sdk/shell/json.h"
#include "server/base/clock.h"

namespace eagle::sdk {

class Log {
 public:
  using Fields = std::function<void(Json&)>;
  using Sink =
      std::function<void(const std::string& line)>;  // gets a whole line without its line break, one call at a time

  // To stderr. `clock` must outlive the log.
  explicit Log(Clock& clock);
  Log(Clock& clock, Sink sink) : clock_(clock), sink_(std::move(sink)) {}

  void Info(std::string_view event, const Fields& fields = {}) { Write("info", event, fields); }
  void Warning(std::string_view event, const Fields& fields = {}) { Write("warning", event, fields); }
  void Error(std::string_view event, const Fields& fields = {}) { Write("error", event, fields); }

 private:
  void Write(std::string_view level, std::string_view event, const Fields& fields);
  Clock& clock_;
  Sink sink_;
  std::mutex mu_;
};

}  // namespace eagle::sdk
