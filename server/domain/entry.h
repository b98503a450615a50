// One entry of the journal as the domain sees it: before it has bytes (a decision's outcome) and after they were read
// back (a fold).
//
// Threads: a value.
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/base/ids.h"
#include "server/base/reason.h"

namespace eagle::domain {

struct Entry {
  uint64_t index = 0;
  absl::Time time;
  goldeneagle::v1::EntryType type = goldeneagle::v1::ENTRY_TYPE_UNSPECIFIED;
  goldeneagle::v1::ActorKind actor_kind = goldeneagle::v1::ACTOR_KIND_UNSPECIFIED;
  uint32_t actor = 0;
  AgencyOrdinal agency;
  OrderSeq order;
  CaseSeq case_seq;
  Reason outcome = Reason::kNone;
  uint64_t previous = 0;  // index of the entry before this one that names the same order
  std::string body;       // the type's public message, these very bytes are hashed
  // The type's private message. Absent: there is none, or it can't be read (its key was erased).
  std::optional<std::string> payload;
  std::string key_id;  // 16 bytes, what the payload is or will be sealed with; empty without payload
};

}  // namespace eagle::domain
