// Whom an auditor, a court or an agency trusts about a log: its keys, witnesses, and how many of these must have
// cosigned (C2SP tlog-policy). One text, pinned by hand:
//
//   log <verifier key> [<url>]
//   witness <name> <verifier key> [<url>]
//   group <name> any|all|<k> <member>...      members: witnesses and groups defined above, each in one group at most
//   quorum <name>|none                        exactly once
//
// Words are separated by spaces or tabs; empty lines, and lines that begin with '#', say nothing.
//
// Threads: Parse is pure; a LogPolicy may be read from any thread at the same time.
//
//   EAGLE_ASSIGN_OR_RETURN(LogPolicy policy, LogPolicy::Parse(text));
//   EAGLE_ASSIGN_OR_RETURN(Judged head, policy.Open(note));
//   if (!head.quorum) return Fail(Reason::kNoteUntrusted, "not enough witnesses have seen this checkpoint");
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/journal/checkpoint.h"
#include "server/journal/note.h"

namespace eagle::journal {

inline constexpr size_t kPolicyBytesMax = 64 * 1024;
inline constexpr size_t kPolicyWitnessesMax = 64;

class LogPolicy {
 public:
  // Errors: NOTE_MALFORMED with the number of the line: a word that is none of these, a key that can't be read or is of
  // the wrong type (log: Ed25519; witness: cosignature), a name twice or "none", a member that isn't defined above or
  // is in two groups, k outside 1...members, a quorum twice or missing, no log, more than kPolicyWitnessesMax
  // witnesses.
  static absl::StatusOr<LogPolicy> Parse(std::string_view text);
  // One log without witnesses: what a single pinned key says. Errors: NOTE_MALFORMED.
  static absl::StatusOr<LogPolicy> OfKey(std::string_view verifier_key);

  struct Cosigned {
    std::string witness;  // by the policy's name for it
    absl::Time time;
  };
  struct Judged {
    Checkpoint checkpoint;
    std::vector<Cosigned> cosigned;  // verified, one a witness
    bool quorum = false;
  };
  // What the log signed, and who has seen it. Whether the quorum must be reached is the caller's to say.
  // Errors: as OpenCheckpoint; NOTE_UNTRUSTED for a log that the policy doesn't name. A wrong signature by a known
  // witness refuses the whole note.
  absl::StatusOr<Judged> Open(std::string_view note) const;

  struct Log {
    std::shared_ptr<const NoteVerifier> key;
    std::string verifier_key, url;
  };
  struct Witness {
    std::string name;
    std::shared_ptr<const NoteVerifier> key;
    std::string verifier_key, url;
  };
  const std::vector<Log>& logs() const { return logs_; }
  const std::vector<Witness>& witnesses() const { return witnesses_; }
  bool needs_witnesses() const { return !quorum_.empty(); }

 private:
  class Parser;
  struct Group {
    size_t threshold = 0;
    std::vector<std::string> members;
  };
  bool Reached(const std::string& name, const std::vector<Cosigned>& cosigned) const;

  std::vector<Log> logs_;
  std::vector<Witness> witnesses_;
  std::map<std::string, Group, std::less<>> groups_;
  std::string quorum_;  // empty: none
};

}  // namespace eagle::journal
