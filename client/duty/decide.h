// What happens next: pure decisions over state, roster and instant. Each writes its records with a Pen, which applies
// them, so that the next decision sees them.
//
// What holds, whatever comes in which order, over restarts too:
//   - each rung calls once, for each time that the alert is raised to it; a call that was cut is made again, and says
//   so
//   - no rung is called before those below it had their time, counted from when the first of them was told; a rung that
//     reached nobody has no time
//   - nobody is called more often than the bounds say; what waits for that is said together, as a digest
//   - an acknowledged alert climbs no more, until a higher mark raises it
//   - whoever was told of an alert is told once that it ended
//
// Threads: pure.
//
//   Pen pen(state, now);
//   TakeNews(news, roster, pen);  Climb(roster, pen);
//   for (const Calling& calling : MakeCalls(roster, pen)) ...durable, then told...  JudgeCall(calling.number, status,
//   roster, pen);
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "client/duty/roster.h"
#include "client/duty/state.h"

namespace eagle::duty {

// News of the source. A repeat changes nothing. A token without news is written every ten minutes only: going on from
// an older one reads nothing twice.
void TakeNews(const News& news, const Roster& roster, Pen& pen);

// Matters that stand no more, as AlertSource::Settled says.
void TakeSettled(const std::vector<std::string>& matters, Pen& pen);

// Puts alerts on their rungs: at the beginning, at a higher mark, when the time of a rung is over, when nobody was
// reached.
void Climb(const Roster& roster, Pen& pen);

// The calls to be made now, at most one a person. They are in flight until judged.
std::vector<Calling> MakeCalls(const Roster& roster, Pen& pen);

// What came of a call: told; tried again after a pause; or given up, so that the next one stands in.
void JudgeCall(CallNo number, const absl::Status& told, const Roster& roster, Pen& pen);

// At a start: calls that were begun and whose result nobody wrote down.
void CutCalls(Pen& pen);

// The way that a person's next call takes. Pre: a person of the roster.
const Way& NextWay(const Person& person, const State& state);

}  // namespace eagle::duty
