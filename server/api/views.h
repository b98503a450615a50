// From the domain to the contract: what a caller sees of an order, a case, a refusal, an agency.
//
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "goldeneagle/v1/adapter_service.pb.h"
#include "goldeneagle/v1/case_service.pb.h"
#include "goldeneagle/v1/directory_service.pb.h"
#include "goldeneagle/v1/objection_service.pb.h"
#include "goldeneagle/v1/order_service.pb.h"
#include "goldeneagle/v1/supervision_order_service.pb.h"
#include "server/api/journal_reader.h"
#include "server/base/reason.h"
#include "server/core/sequencer.h"
#include "server/domain/agency_set.h"
#include "server/domain/command.h"
#include "server/domain/deadline.h"
#include "server/domain/directory.h"
#include "server/domain/objection.h"
#include "server/domain/order.h"
#include "server/domain/state.h"

namespace eagle::api {

namespace v1 = ::goldeneagle::v1;

// "林**" for 林远舟: the first character, then a star for each further one.
std::string MaskName(std::string_view name);
// Name and number, masked.
std::string MaskIdentity(const v1::Identity& identity);

v1::Refusal RefusalView(const Failure& failure, uint64_t journal_index);
// What became of one member of an agency's batch.
void AddReceiptResult(const domain::MemberResult& member, v1::ReportResultsResponse& response);

// Since when the deadline of an order that waited counts, in ExplainDeadline's words.
inline constexpr std::string_view kBegin = "its begin";

// With the explanation for people, as the policy in force words it (empty when it has no such row any more).
// `agency`: the one that has to act; null: several have, or a court.
// `since`: what the start is, for people.
v1::DeadlineView DeadlineOf(const domain::Deadline& deadline, absl::Time start, const core::Published& published,
                            const domain::Agency* agency, std::string_view since = "acceptance");
// The same from the body of an ORDER_ACCEPTED entry, which was accepted at `start`; of an order that waits it counts
// from its begin.
v1::DeadlineView DeadlineOf(const v1::OrderAccepted& accepted, absl::Time start, const core::Published& published);

std::vector<std::string> CodesOf(const domain::AgencySet& agencies, const domain::Directory& directory);

// All but `tasks`: what lists show. One payload is opened, for the case number and the subject (masked).
absl::StatusOr<v1::OrderView> SummaryOf(const domain::Order& order, const core::Published& published,
                                        JournalReader& journal);
// With `tasks`: also opens the receipts. A task's delivered_at is given where its own entries lead to the delivery.
absl::StatusOr<v1::OrderView> ViewOf(const domain::Order& order, const core::Published& published,
                                     JournalReader& journal);

// Whether an objection against the order is open, or one holds it back (domain/objection.h).
absl::StatusOr<bool> IsHeldByObjection(const domain::Order& order, JournalReader& journal);
// What the leaves tell of a thread. One payload is opened, the order's, for the case number; of the case's open orders
// the first 1,000 are looked at for what is held back.
absl::StatusOr<v1::ObjectionView> ViewOf(const domain::ObjectionThread& thread, const core::Published& published,
                                         JournalReader& journal);

// The addressee's answer is owed and its time is over.
bool IsOverdue(const domain::SupervisionThread& thread, const core::Published& published);
// What the leaves tell of a thread. One payload is opened, the case's, for its number.
absl::StatusOr<v1::SupervisionView> ViewOf(const domain::SupervisionThread& thread, const core::Published& published,
                                           JournalReader& journal);

v1::LedgerView LedgerOf(const domain::Case& of);
// One measure of the case as it stands at the recorded time. `order_id`: of its freeze.
v1::MeasureView MeasureViewOf(const domain::Measure& measure, const std::string& order_id, const domain::Case& of,
                              const core::Published& published);
absl::StatusOr<v1::CaseView> CaseViewOf(const domain::Case& of, const core::Published& published,
                                        JournalReader& journal);

// Approved rows that the agency's last Hello declared too.
std::vector<v1::Capability> EffectiveOf(const domain::Agency& agency, const domain::PresenceState& presence);
// "Never seen" for agencies that the list doesn't have.
const domain::PresenceState& PresenceOf(const core::Published& published, AgencyOrdinal agency);
// One agency that would be asked to do `action`.
v1::CoverageView CoverageOf(const domain::Agency& agency, v1::Action action, const core::Published& published);

}  // namespace eagle::api
