// A history that makes every type of entry, for the golden file: what a province's gateway sees in three weeks, in some
// eighty commands.
//
// Only ever added to, and only before a release: the bytes of a released history are kept (entries_v1.json), and a
// later decider gets a history and a file of its own.
//
//   DomainWorld world;  TellGoldenHistory(world);        // world.script has the commands, world.journal the entries
#pragma once

#include "tests/support/domain_world.h"

namespace eagle::test {

void TellGoldenHistory(DomainWorld& world);
// Its last scene (history_searches.cc).
void TellOfSearches(DomainWorld& world);

// One of its scenes: a court above asks a bank about an order, is answered late, sends the answer back and then takes
// its order back; the court itself it asks by a commander's order. Pre: the policy has no supervision orders yet.
void TellOfSupervision(DomainWorld& world);

}  // namespace eagle::test
