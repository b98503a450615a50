// Folds entries into the state. Total: an entry of the journal can't fail to apply; what can't be parsed was not
// written by us, and stops the process. The meaning of a released type never changes.
#pragma once

#include "server/domain/entry.h"
#include "server/domain/state.h"

namespace eagle::domain {

// The whole effect of `entry`, public and private. Entries come in index order. Marks what changed in state.changes.
void Apply(const Entry& entry, State& state);

// Only the private half: for loading a case or the directory from its own stream, when the public half came from the
// tables. Marks nothing.
void ApplyPrivate(const Entry& entry, State& state);

// The entry type's own name for journals and errors, "ORDER_ACCEPTED"; "UNKNOWN" for a type this version doesn't know.
std::string EntryTypeName(goldeneagle::v1::EntryType type);

// True when this version can fold the type; a start stops at one that it can't.
bool IsKnownEntryType(uint16_t type);

// The stream that an entry belongs to: its case, or 0 for the log's own (directory, policy, proposals, clock). Entries
// about several cases (Delivered, DeadlineMarked) and reads without a case belong to no stream: absent.
std::optional<uint64_t> StreamOf(const Entry& entry);

}  // namespace eagle::domain
