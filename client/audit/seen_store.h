// What this auditor saw last of each log: the signed note, in one durable file an origin. A log that shows an older or
// another history than before is found out by it.
//
// Files in the folder: <SHA-256 of the origin>.checkpoint, and, after a fork, <...>.fork: both notes, the proof that
// the log's key signed two histories. Threads: one; other processes are kept out for the moment of a write.
//
//   SeenStore store("state");
//   EAGLE_ASSIGN_OR_RETURN(std::optional<std::string> before, store.Last(origin));
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace eagle::audit {

class SeenStore {
 public:
  explicit SeenStore(std::string folder) : folder_(std::move(folder)) {}

  // The note seen last; absent: never saw this log. Errors: STORAGE_UNUSABLE.
  absl::StatusOr<std::optional<std::string>> Last(const std::string& origin) const;
  absl::Status Keep(const std::string& origin, const std::string& note);
  // Keeps two notes that contradict each other, for ever. Returns the file's path.
  absl::StatusOr<std::string> KeepFork(const std::string& origin, const std::string& before, const std::string& now);

 private:
  std::string PathOf(const std::string& origin, const char* ending) const;
  std::string folder_;
};

}  // namespace eagle::audit
