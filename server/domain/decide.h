// Decides commands. Pure: no I/O, no clock, no randomness; the same state, command and instant give the same entries on
// every machine.
//
// Shapes:  a command in; zero or more entries out, in the order in which they will stand, and what the caller is told.
// Units:   `now` is the batch's one instant (UTC), not before state.recorded.
// Errors:  a refusal of the whole call is Result.status, of one member MemberResult.refusal; every reason is in
// reasons.def. Threads: reads the state: the sequencer's.
#pragma once

#include <vector>

#include "server/domain/command.h"
#include "server/domain/entry.h"
#include "server/domain/state.h"

namespace eagle::domain {

struct Decision {
  std::vector<Entry> entries;  // indexes count up from state.next_index
  Result result;
};

// The version of the rules below; stored with every commit.
inline constexpr uint32_t kDeciderVersion = 1;
inline constexpr size_t kMarksPerTick = 4096;
inline constexpr size_t kOrdersPerDelivery = 256;

Decision Decide(const State& state, const Command& command, absl::Time now);

// The surplus entries that follow when `entries` have been applied: compares each touched case's ledger with its clock.
// Called by the sequencer after Apply, in the same commit.
std::vector<Entry> DecideSurplus(const State& state, const std::vector<Entry>& applied, absl::Time now);

// Whether the state still allows `order` to be handed out: a deduction waits while its case is in a stage that forbids
// it, while more would be taken than a cap that was lowered since, while an agency's objection holds it back
// (objection.h), or while the log's witnesses have not seen its acceptance (witnessing.h). Everything else may always
// go, but nowhere where it stands still (StandsStillAt).
bool MayHandOut(const State& state, const Order& order);
// Where the order stands still although it is open: where it is paused, and, when its person was removed from the case
// since, wherever it had not begun. A release stands still for a pause only.
AgencySet StandsStillAt(const State& state, const Order& order);
bool StandsStill(const State& state, const Order& order, AgencyOrdinal agency);
// Whether an objection holds it back, begun or not.
bool HeldByObjection(const State& state, const Order& order);

// Entry 0. Pre: the state is empty.
Entry FoundLog(const goldeneagle::v1::LogFounded& founding, absl::Time now);
// LOG_RECOVERED, at the time that the document gives, or the recorded one if that is later. Pre: the document was
// verified (core/recovery.h).
Entry RecoverLog(const State& state, const goldeneagle::v1::LogRecovered& body, absl::Time proposed_at);

}  // namespace eagle::domain
