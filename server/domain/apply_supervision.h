// The fold of a supervision order's entries: all public, its words are sealed and nothing is decided by them again.
#pragma once

#include "server/domain/entry.h"
#include "server/domain/state.h"

namespace eagle::domain {

// True when the entry was one of a supervision order. Pre: entries come in index order. The row of an order that it
// names is apply.cc's.
bool ApplySupervision(const Entry& entry, State& state);

}  // namespace eagle::domain
