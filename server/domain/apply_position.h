// The fold of positions 对账 and incidents, and of what stands where.
#pragma once

#include "server/domain/entry.h"
#include "server/domain/state.h"

namespace eagle::domain {

// True when the entry was one of a position or an incident. Pre: entries come in index order. The order's own row is
// apply.cc's.
bool ApplyPosition(const Entry& entry, State& state);

// What the entry, folded already, changed of the measures that stand. For CASE_ERASED: before it is folded.
void FollowStanding(const Entry& entry, State& state);

// The book of what stands, from the ledgers of all cases, and the timers of statements that are owed and of ends that
// come: at a start, when rows and streams are loaded. Marks nothing.
void BuildStanding(State& state);

}  // namespace eagle::domain
