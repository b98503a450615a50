#include "adapters/sdk/shell/log.h"

#include <cstdio>

#include "absl/time/time.h"

namespace eagle::sdk {

Log::Log(Clock& clock) : Log(clock, [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); }) {}

void Log::Write(std::string_view level, std::string_view event, const Fields& fields) {
  Json line;
  if (fields) fields(line);
  Put(line, "time", absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", clock_.WallNow(), absl::UTCTimeZone()));
  Put(line, "level", level);
  Put(line, "event", event);
  const std::string text = JsonText(line);
  const std::lock_guard<std::mutex> lock(mu_);
  sink_(text);
}

}  // namespace eagle::sdk
