// What every command of `eagle-audit` is given: the two streams, the form of the answer, clock and time zone.
//
// Exit codes: 0 verified (or done), 2 usage, files, configuration, keys; 4 no answer: repeat; 5 something doesn't
// verify; 1 a defect of this program.
//
// Threads: one.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/common/document.h"
#include "server/base/clock.h"

namespace eagle::audit {

enum ExitCode { kExitOk = 0, kExitDefect = 1, kExitUsage = 2, kExitUnavailable = 4, kExitVerification = 5 };
ExitCode ExitCodeOf(const absl::Status& status);

class Console {
 public:
  Console(std::ostream& out, std::ostream& err, Clock& clock, bool terminal)
      : out_(out), err_(err), clock_(clock), terminal_(terminal) {}

  bool json = false;                                    // --output json
  absl::TimeZone zone = absl::FixedTimeZone(8 * 3600);  // --zone; default: China Standard Time

  Clock& clock() { return clock_; }
  std::ostream& out() { return out_; }
  // The answer, on stdout.
  absl::Status Print(const client::Document& document);
  // A line on stderr.
  void Talk(std::string_view line);
  // How far long work has come: a line on stderr that the next one replaces, on a terminal only.
  void Progress(std::string_view line);
  // What went wrong, what to do, every violation.
  void Explain(const absl::Status& status);

 private:
  std::ostream& out_;
  std::ostream& err_;
  Clock& clock_;
  const bool terminal_;
  bool progress_shown_ = false;
};

}  // namespace eagle::audit
