// Who may sign, as the opened payloads tell it: the keys of entry 0, the codes behind ordinals, the statements in
// force.
//
// Threads: a value.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "goldeneagle/v1/administration.pb.h"
#include "goldeneagle/v1/entry.pb.h"
#include "goldeneagle/v1/policy.pb.h"
#include "goldeneagle/v1/statement.pb.h"

namespace eagle::audit {

struct StatementSeen {
  goldeneagle::v1::Statement statement;
  std::string digest;
  std::vector<std::pair<goldeneagle::v1::KeyAlgorithm, std::string>> keys;  // every one ever stated about the subject
};
// A REVOKED statement.
struct RevocationSeen {
  uint64_t index = 0;
  absl::Time since;
};
struct Register {
  goldeneagle::v1::LogFounded founding;
  std::map<uint32_t, std::string> courts, agencies;  // ordinal -> code
  std::map<std::string, uint32_t> agency_ordinals;   // code -> ordinal
  std::map<uint32_t, goldeneagle::v1::RegisterAgency>
      agency_rows;  // by ordinal, as registered last; not the sealed ones
  // subject -> newest; ENDED in place of what a court's revoked key had stated
  std::map<std::string, StatementSeen> statements;
  std::map<std::string, std::vector<RevocationSeen>> revocations;  // by subject
  std::set<std::string> revoked;                                   // keys
  std::vector<std::string> officers;                               // subjects; ordinal n at n-1
  std::map<uint64_t, goldeneagle::v1::Proposal> proposals;         // index -> as it was signed
  goldeneagle::v1::PolicyTable policy;

  // What stayed sealed, so that a key or row that is missing proves nothing.
  bool statements_sealed = false;                     // a registrars' statement: of whom, nobody can tell
  bool policy_sealed = false;                         // the one in force
  std::set<uint32_t> courts_sealed, agencies_sealed;  // ordinals: its registration, or a statement of its own

  bool KnowsCourt(uint32_t ordinal) const { return !statements_sealed && !courts_sealed.contains(ordinal); }
  bool KnowsAgency(uint32_t ordinal) const { return !statements_sealed && !agencies_sealed.contains(ordinal); }

  // A statement that was accepted at `index`.
  void Take(uint64_t index, goldeneagle::v1::Statement statement, std::string digest);
  // Whether a signature of this officer that stands in the log since entry `index` fell with a key revoked after it.
  bool Fell(const std::string& officer, uint64_t index, absl::Time at) const;
  // The court's officers who have one of these keys at `time`, by ordinal.
  std::map<uint32_t, std::set<int>> SignersAmong(const std::string& court, const std::set<std::string>& keys,
                                                 absl::Time time) const;

  // Whether the newest statement about `subject` gives this key and holds at `time`.
  bool Gives(const std::string& subject, const std::string& key, absl::Time time) const;
  // Roles of the court's officers who have one of these keys at both instants, one set an officer.
  std::vector<std::set<int>> OfficersOf(const std::string& court, const std::set<std::string>& keys, absl::Time time,
                                        absl::Time signed_at) const;
};

// Whether different officers fill all `roles`.
bool Fills(const std::vector<std::set<int>>& officers, const std::vector<int>& roles);

}  // namespace eagle::audit
