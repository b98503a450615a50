// The land registry's part of the adapter: what an inquiry finds, and what a freeze or release does, in the agent's own
// transaction.
//
//   INQUIRE   answered at once from land_holders: number (both forms) and name must fit
//   FREEZE    查封 of one unit: arrival locks the respondent's part as SEAL_PENDING at its rank; a clerk decides
//   (Decide) RENEW     at once: the same seal ends later RELEASE   at once; the next in rank takes effect by itself
//   DEDUCT    returned: land isn't money
//
// Answers that say no, by reason:
//   UNIT_NOT_FOUND     no such unit                         NOT_HOLDER        the respondent holds no part of it
//   NAME_MISMATCH      number fits, name doesn't (AMBIGUOUS) SHARE_MISMATCH    the register knows another share
//   DOCUMENT_REPEATED  a live seal under this number is there TERM_TOO_LONG    above the rule for land (also of a
//   renewal) MEASURE_UNKNOWN    no seal came from that order          NOT_YOUR_MEASURE  it is another court's
//   MEASURE_ENDED      it is released, lapsed or disposed of PARTIAL_RELEASE   a seal is released whole
//   RETURNED: TARGET_NOT_SUPPORTED, ASSET_KIND_NOT_SUPPORTED, ACTION_NOT_SUPPORTED
//   ERROR: TOO_MANY_FINDINGS
//
// Threads: the agent's one thread. Life: Open once per process on the inbox; then given to Agent::Make.
//
//   EAGLE_ASSIGN_OR_RETURN(LandRegister land, LandRegister::Open(inbox, {.registry = "北陵市不动产登记中心", .zone =
//   shanghai})); EAGLE_ASSIGN_OR_RETURN(auto agent, sdk::Agent::Make(config, ports, land));
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/land/unit_book.h"
#include "adapters/sdk/ports.h"

namespace eagle::land {

struct LandRules {
  std::string registry;  // name of the office, for the scope of a search
  absl::TimeZone zone;   // in whose civil days terms are counted
  uint32_t term_years_max =
      3;  // a row of the unit's own rules. Source: interpretation of the Civil Procedure Law art 485
};

class LandRegister : public sdk::InboxRegister {
 public:
  // Makes the tables in a new inbox. Error: SCHEMA_VERSION.
  static absl::StatusOr<LandRegister> Open(sdk::Inbox& inbox, LandRules rules);

  absl::StatusOr<sdk::Answer> Inquire(const sdk::Request& request, sdk::InboxTransaction& transaction) override;
  absl::StatusOr<sdk::Answer> Apply(const sdk::Request& request, sdk::InboxTransaction& transaction) override;
  absl::StatusOr<sdk::Answer> Decide(const sdk::Request& request, const sdk::Decision& decision,
                                     sdk::InboxTransaction& transaction) override;
  absl::Status Advance(absl::Time now, sdk::InboxTransaction& transaction) override;

  const LandRules& rules() const { return rules_; }

 private:
  explicit LandRegister(LandRules rules) : rules_(std::move(rules)) {}
  absl::StatusOr<sdk::Answer> Freeze(const sdk::Request& request, sdk::InboxTransaction& transaction) const;
  absl::StatusOr<sdk::Answer> Renew(const sdk::Request& request, sdk::InboxTransaction& transaction) const;
  absl::StatusOr<sdk::Answer> Release(const sdk::Request& request, sdk::InboxTransaction& transaction) const;
  absl::StatusOr<sdk::v1::ItemResult> FindingOf(const Holder& holder, const sdk::v1::Identity& subject, absl::Time now,
                                                sdk::InboxTransaction& transaction) const;

  LandRules rules_;
};

// How the register's row fits a person whose number it has: by name too, or by number alone.
enum class Match { kNameAndNumber, kNumberOnly };
Match MatchOf(const Holder& holder, const sdk::v1::Identity& person);

}  // namespace eagle::land
