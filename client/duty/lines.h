// What a call says: one line an alert, or a digest with one line a class.
//
//   A17 ORDER overdue | order 01920d5c-... | agency 9900010 | court 辽9901 | due Mon 5 Oct 24:00 | rung contact | ... |
//   eagle duty ack A17 --by li
//
// Lines are UTF-8, at most kLineBytesMax, without control characters, and hold no personal data: what the gateway said
// of the alert, and ids of the roster.
//
// Threads: pure functions.
#pragma once

#include <string>

#include "client/duty/notifier.h"
#include "client/duty/roster.h"
#include "client/duty/state.h"

namespace eagle::duty {

inline constexpr size_t kLineBytesMax = 500, kDigestClassesMax = 40;

// "overdue", "1500 permille", "7 days left"; empty: it has no marks.
std::string LevelText(Kind kind, Level level);

// Pre: `calling` is in flight in `state`, its person is in the roster.
Message MessageOf(const Calling& calling, const State& state, const Roster& roster);

}  // namespace eagle::duty
