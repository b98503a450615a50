// The policy table in force, checked once when it is installed and then only read. Every legal number of the gateway is
// a row here.
//
// Threads: immutable after construction.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/administration.pb.h"
#include "goldeneagle/v1/policy.pb.h"
#include "server/base/reason.h"
#include "server/domain/calendar.h"

namespace eagle::domain {

class Policy {
 public:
  // Errors: FIELD_INVALID / FIELD_MISSING with every violation at once (a row without source, a zone nobody knows,
  // marks that don't rise ...).
  static absl::StatusOr<std::shared_ptr<const Policy>> Create(const goldeneagle::v1::PolicyTable& table);

  const goldeneagle::v1::PolicyTable& table() const { return table_; }
  uint32_t version() const { return table_.version(); }
  const absl::TimeZone& zone() const { return zone_; }
  const Calendars& calendars() const { return calendars_; }
  // Where days are counted that concern one agency (null: several, or a court), as CalendarRow says it.
  Territory TerritoryOf(const goldeneagle::v1::RegisterAgency* agency) const;

  // Null when there is no such row.
  const goldeneagle::v1::DeadlineRow* DeadlineFor(goldeneagle::v1::Urgency urgency) const;
  const goldeneagle::v1::DeadlineRow* DeadlineNamed(std::string_view name) const;
  // The row that decides about an order to one agency (null: to several): the first override that fits, else that of
  // its urgency.
  const goldeneagle::v1::DeadlineRow* DeadlineOfOrder(goldeneagle::v1::Action action, goldeneagle::v1::Urgency urgency,
                                                      const goldeneagle::v1::RegisterAgency* agency) const;
  const goldeneagle::v1::ActionRow* ActionRowFor(goldeneagle::v1::Action action) const;
  const goldeneagle::v1::IdKindRow* IdKind(std::string_view id_kind) const;
  // The row of the stage, else the row for every stage.
  const goldeneagle::v1::TermRow* TermFor(std::string_view asset_kind, goldeneagle::v1::CaseStage stage) const;
  // What a register may be barred from entering of such assets; null: nothing of its own is named.
  const goldeneagle::v1::BlockedActRow* BlockedActsOf(std::string_view asset_kind) const;
  // Whether an order of this action is taken only when the papers that it names are here.
  bool PapersTravelWith(goldeneagle::v1::Action action) const;
  bool IsAssetKind(std::string_view kind) const;

 private:
  goldeneagle::v1::PolicyTable table_;
  absl::TimeZone zone_;
  Calendars calendars_;
};

// The first instant at which a case closed at `closed_at` may be erased: the retention counted in civil years from the
// day of closing. Pre: the policy has a retention. InfiniteFuture for a case that isn't closed.
absl::Time RetainedUntil(absl::Time closed_at, const Policy& policy);

// The first instant at which a report that was approved at `approved_at` counts no longer: the row's days counted as
// civil days after that of the approval. Pre: the policy has a row for adapters.
absl::Time ReportValidUntil(absl::Time approved_at, const Policy& policy);

// The row in force for surplus over a cap; InstallPolicy refuses a table without it.
inline constexpr std::string_view kSurplusRow = "RELEASE_SURPLUS";
// The row in force for the court's answer to an objection; needed by a table with a row for objections.
inline constexpr std::string_view kObjectionRow = "ANSWER_OBJECTION";
// The rows in force for the answer to a supervision order, urgent and not; needed by a table with a row for them.
inline constexpr std::string_view kSupervisionUrgentRow = "ANSWER_SUPERVISION_URGENT",
                                  kSupervisionRow = "ANSWER_SUPERVISION";
// The row in force for an incident of the daily statement; needed by a table with a row for positions.
inline constexpr std::string_view kPositionRow = "POSITION_DIFFERENCE";

}  // namespace eagle::domain
