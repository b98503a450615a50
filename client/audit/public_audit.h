// The rules over the leaves: a pure fold, leaf by leaf, from 0 on. Whoever has the leaves of a log, from wherever, can
// run it; that they are those of the signed log is log_audit.h's part.
//
// Threads: one.
//
//   PublicAudit audit;
//   for (std::string_view leaf : leaves) audit.Take(leaf);
//   for (const Finding& finding : audit.findings().list()) ...
#pragma once

#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "client/audit/findings.h"
#include "client/audit/recovery.h"
#include "client/audit/tag_keys.h"

namespace eagle::audit {

struct Picture;
struct CosignedSeen;

struct PublicAuditOptions {
  size_t findings_shown = 100;                   // all are counted
  absl::Duration tolerance = absl::Minutes(15);  // how long a mark may stay away while the log goes on
};

class PublicAudit {
 public:
  explicit PublicAudit(const PublicAuditOptions& options = {});
  ~PublicAudit();
  PublicAudit(const PublicAudit&) = delete;
  PublicAudit& operator=(const PublicAudit&) = delete;

  // The leaf of the next index, verbatim.
  void Take(std::string_view leaf);

  // After the newest leaf: adds a finding for every order that could have been handed out for longer than `bound`
  // before `now`, to an agency that is there, and was not. `now`: of the log whose newest leaf was taken, an instant at
  // which nothing followed it; at the earliest recorded(). `bound`: the auditor's, above 0, longer than queues are.
  void CheckWaiting(absl::Time now, absl::Duration bound);

  Findings& findings() { return findings_; }
  const Findings& findings() const { return findings_; }
  uint64_t size() const;         // leaves taken
  absl::Time recorded() const;   // time of the newest
  uint64_t orders() const;       // accepted
  uint64_t open_orders() const;  // with a target that has not answered
  // Checkpoints that entries call cosigned, in their order: the tree must have these roots (log_audit.h).
  const std::vector<CosignedSeen>& cosigned() const;
  uint64_t cases() const;                    // opened
  uint64_t marks() const { return marks_; }  // of deadlines, fired
  // What was lost, and who let the log go on without it; those that verify, in order.
  const std::vector<RecoverySeen>& recoveries() const;
  // The key that the entries name for the newest head. Without a name: entry 0 gives none.
  const goldeneagle::v1::FoundingKey& log_key() const;
  const goldeneagle::v1::LogFounded& founding() const;
  // The keys that made the tags of all leaves, in the order in which they came into use.
  const std::vector<TagKeyUse>& tag_keys() const;

 private:
  Findings findings_;
  std::unique_ptr<Picture> seen_;
  uint64_t marks_ = 0;
};

}  // namespace eagle::audit
