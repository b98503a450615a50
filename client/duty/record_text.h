// Records as lines of text, one a record, that people can read and a torn write can't forge:
//
//   <FNV-1a 64 of the rest, 16 hex> TAB <time, RFC 3339 with microseconds, UTC> TAB <word> TAB <fields ...> LF
//
// Fields are escaped (\t, \n, \\); lists of numbers have ranges: "1-5000,5007". A line whose write was cut is ended
// with
// "~" by whoever writes next, and then counts as nothing.
//
//   ROSTER persons                          CALLING call person channel of_call... ended
//   RAISED number alert...                  CALLED call result given_up retry_at detail
//   NOTED alert...                          ACKED numbers by done note
//   ENDED number how                        CONTINUED next_alert next_call
//   TOKEN token (base64)                    REACHED rung why numbers calls...
//   UNREACHED call numbers
//
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "client/duty/state.h"

namespace eagle::duty {

// With its LF.
std::string RecordLine(const Record& record);

// What ends a line that was cut.
inline constexpr std::string_view kCutEnd = "~\n";

// All of a file that ends with LF. Error: STORAGE_DAMAGED with the line's number.
absl::StatusOr<std::vector<Record>> ReadRecords(std::string_view text);

// "1-3,7"; ascending, each once.
std::string NumbersText(const std::vector<uint64_t>& numbers);

}  // namespace eagle::duty
