// What `eagle today` remembers between two looks: where it had read the court's events to, and why tasks came back. One
// small file in the state folder; what it says is for the eye, nothing is decided with it.
//
//   today:   "eagle today 1\n"
//            "look\t<microseconds>\t<resume token>\n"       oldest first, the newest kLooksKept
//            "returned\t<order id>\t<agency>\t<microseconds>\t<reason>\t<contact>\t<telephone>\n"
//
// Threads: one at a time. Processes: the last one that writes is remembered.
//
//   EAGLE_ASSIGN_OR_RETURN(LastLooks looks, ReadLastLooks(path));
//   const Look* from = looks.NewestUpTo(since);
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace eagle::client {

inline constexpr size_t kLooksKept = 100, kReturnsKept = 1000;

struct Look {
  absl::Time at;
  std::string token;  // of WatchOrders: goes on after all that this look has shown
};
// Why a task came back, as the agency signed it.
struct ReturnKnown {
  absl::Time returned_at;
  std::string reason, contact_name, contact_phone;
};

struct LastLooks {
  std::vector<Look> looks;                                              // oldest first
  std::map<std::pair<std::string, std::string>, ReturnKnown> returned;  // by order id (16 bytes) and agency

  // The newest look at or before `time`; null when there is none.
  const Look* NewestUpTo(absl::Time time) const;
};

// Nothing remembered when there is no such file. Errors: STORAGE_DAMAGED for a file that isn't what was written: take
// it away, and the next look is the first one; STORAGE_UNUSABLE.
absl::StatusOr<LastLooks> ReadLastLooks(const std::string& path);
// Forgets the oldest of what is too much. Errors: STORAGE_UNUSABLE.
absl::Status WriteLastLooks(const std::string& path, LastLooks looks);

}  // namespace eagle::client
