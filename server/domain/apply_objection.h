// The fold of an objection's entries: all public, its words are sealed and nothing is decided by them again.
#pragma once

#include "server/domain/entry.h"
#include "server/domain/state.h"

namespace eagle::domain {

// True when the entry was one of an objection. Pre: entries come in index order. The order's own row is apply.cc's.
bool ApplyObjection(const Entry& entry, State& state);

}  // namespace eagle::domain
