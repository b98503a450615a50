// A registry's part of the adapter: what an inquiry finds, and what a freeze, renewal or release does, in the agent's
// own transaction. One engine for every kind; kind.h has what differs.
//
//   INQUIRE   answered at once from the holders: number (both forms) and name must fit
//   FREEZE    查封 冻结 保全 of one unit: done at once, or, when a clerk has to look (Mode), its arrival
//             locks the asset as SEAL_PENDING at its rank and Decide says the rest
//   RENEW     the same seal ends later
//   RELEASE   the next in rank takes effect by itself
//   TRANSFER_TITLE  协助办理过户: the new owner is entered, the measure ends, the queue is void or moves up (title.cc)
//   LOCATE    查找: whoever meets the movable reports it to the office, and the office to the court (search.cc)
//   FREEZE of a counter's measure: taken over as it stands (take_over.cc)
//   DEDUCT    returned: a thing isn't money
//
// Answers that say no, by reason:
//   UNIT_NOT_FOUND        no such unit
//   NOT_HOLDER            the respondent holds no part of it
//   NAME_MISMATCH         number fits, name doesn't (AMBIGUOUS)
//   SHARE_MISMATCH        the register knows another share, or the quantity is above what he holds
//   TERM_TOO_LONG         above the rule (also of a renewal)
//   DOCUMENT_REPEATED     a live seal under this number is there
//   BLOCKED_ACT_UNKNOWN   an act that the office doesn't register is to be barred
//   ALREADY_PRESERVED     the office keeps no waitlist; the remark names who was first
//   MEASURE_UNKNOWN       no seal came from that order
//   NOT_YOUR_MEASURE      it is another court's
//   MEASURE_ENDED         it is released, lapsed or disposed of (a renewal says which)
//   PARTIAL_RELEASE       it is released whole, or the part is less than the register counts
//   AMOUNT_ABOVE_MEASURE  more than the limit is released
//   WAITLISTED, PENDING, PRE_SEALED   the measure doesn't hold yet what is to be transferred or looked for
//   ANOTHER_MEASURE_FIRST an earlier measure holds a part of the quantity that is to be transferred
//   TRANSFEREE_INVALID    the new owner's number can't be, or he is the respondent
//   NOT_MOVABLE           the thing can't be looked for
// With a measure: PRE_SEALED (the respondent isn't registered yet), QUANTITY_ABOVE_HOLDING (PARTLY_CONTROLLED).
//   RETURNED: TARGET_NOT_SUPPORTED, ASSET_KIND_NOT_SUPPORTED, ACTION_NOT_SUPPORTED
//   ERROR: TOO_MANY_FINDINGS
//
// Threads: the agent's one thread. Life: Open once per process on the inbox; then given to Agent::Make.
//
//   EAGLE_ASSIGN_OR_RETURN(Register land, Register::Open(inbox, {kLand, "北陵市不动产登记中心", shanghai}));
//   EAGLE_ASSIGN_OR_RETURN(auto agent, sdk::Agent::Make(config, ports, land));
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/register/rules.h"
#include "adapters/register/unit_book.h"
#include "adapters/sdk/ports.h"
#include "adapters/sdk/position.h"

namespace eagle::registry {

class Register : public sdk::InboxRegister, public sdk::PositionSource {
 public:
  // Makes the tables in a new inbox. Error: SCHEMA_VERSION.
  static absl::StatusOr<Register> Open(sdk::Inbox& inbox, OfficeRules rules);

  absl::StatusOr<sdk::Answer> Inquire(const sdk::Request& request, sdk::InboxTransaction& transaction) override;
  absl::StatusOr<sdk::Answer> Apply(const sdk::Request& request, sdk::InboxTransaction& transaction) override;
  absl::StatusOr<sdk::Answer> Decide(const sdk::Request& request, const sdk::Decision& decision,
                                     sdk::InboxTransaction& transaction) override;
  absl::Status Advance(absl::Time now, sdk::InboxTransaction& transaction) override;
  // positions.cc
  absl::StatusOr<std::optional<absl::Time>> VisitPositions(const sdk::PositionDay& asked,
                                                           sdk::InboxTransaction& transaction,
                                                           const sdk::PositionVisitor& visit) override;

  const OfficeRules& rules() const { return rules_; }

 private:
  explicit Register(OfficeRules rules) : rules_(std::move(rules)) {}
  absl::StatusOr<sdk::Answer> Freeze(const sdk::Request& request, sdk::InboxTransaction& transaction) const;
  // What keeps the seal of `holder` off the register; nothing does: absent.
  std::optional<sdk::Answer> Hindrance(const sdk::Request& request, const Holder& holder, const UnitBook& book) const;
  absl::Status PlaceByRegistration(Seal seal, bool review, absl::Time now, UnitBook& book,
                                   sdk::InboxTransaction& transaction, std::string& remark) const;
  // With `decided` the clerk has approved: nobody is asked any more.
  absl::StatusOr<sdk::Answer> Renew(const sdk::Request& request, bool decided,
                                    sdk::InboxTransaction& transaction) const;
  absl::StatusOr<sdk::Answer> Release(const sdk::Request& request, bool decided,
                                      sdk::InboxTransaction& transaction) const;
  absl::StatusOr<sdk::Answer> DecideLock(const sdk::Request& request, const sdk::Decision& decision,
                                         sdk::InboxTransaction& transaction) const;
  absl::StatusOr<sdk::Answer> TransferTitle(const sdk::Request& request, bool decided,
                                            sdk::InboxTransaction& transaction) const;
  absl::StatusOr<sdk::Answer> Locate(const sdk::Request& request, sdk::InboxTransaction& transaction) const;
  absl::StatusOr<sdk::Answer> TakeOver(const sdk::Request& request, sdk::InboxTransaction& transaction) const;
  sdk::Answer OpenReview(const sdk::Request& request, const Seal& seal, const UnitBook& book, const std::string& remark,
                         sdk::InboxTransaction& transaction) const;
  absl::StatusOr<sdk::v1::ItemResult> FindingOf(const Holder& holder, const sdk::v1::Identity& subject, absl::Time now,
                                                sdk::InboxTransaction& transaction) const;
  std::string DescriptionOf(const Unit& unit, const Holder& holder, const UnitBook& book) const;

  OfficeRules rules_;
};

// How the register's row fits a person whose number it has: by name too, or by number alone.
enum class Match { kNameAndNumber, kNumberOnly };
Match MatchOf(const Holder& holder, const sdk::v1::Identity& person);

}  // namespace eagle::registry
