// The leaf's header: who acted, about what, with or without a payload, by type; the order's chain.
#include "absl/strings/str_cat.h"
#include "client/audit/picture.h"
#include "server/base/bytes.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

enum Has : uint8_t { kNo, kYes, kMaybe };

constexpr unsigned kGateway = 1u << ACTOR_KIND_UNSPECIFIED, kCourt = 1u << ACTOR_KIND_COURT,
                   kAgency = 1u << ACTOR_KIND_AGENCY, kAdministrator = 1u << ACTOR_KIND_ADMINISTRATOR,
                   kSystem = 1u << ACTOR_KIND_SYSTEM, kRegistrar = 1u << ACTOR_KIND_REGISTRAR;

struct FrameRow {
  unsigned actors;
  Has agency, order, case_seq, payload, outcome;
};

constexpr FrameRow kFrames[] = {
    {0, kNo, kNo, kNo, kNo, kNo},                                                      // none
    {kGateway, kNo, kNo, kNo, kNo, kNo},                                               // LOG_FOUNDED
    {kAdministrator, kNo, kNo, kNo, kYes, kNo},                                        // PROPOSAL_MADE
    {kAdministrator, kNo, kNo, kNo, kYes, kNo},                                        // PROPOSAL_APPROVED
    {kAdministrator, kNo, kNo, kNo, kYes, kNo},                                        // COURT_REGISTERED
    {kAdministrator, kYes, kNo, kNo, kYes, kNo},                                       // AGENCY_REGISTERED
    {kAdministrator, kNo, kNo, kNo, kYes, kNo},                                        // SYSTEM_REGISTERED
    {kAdministrator, kNo, kNo, kNo, kYes, kNo},                                        // POLICY_INSTALLED
    {kAdministrator, kNo, kNo, kNo, kNo, kNo},                                         // CLOCK_ACCEPTED
    {kGateway, kNo, kNo, kNo, kNo, kNo},                                               // CLOCK_ALARM
    {kRegistrar | kCourt, kNo, kNo, kNo, kYes, kNo},                                   // STATEMENT_ACCEPTED
    {kCourt | kAgency | kAdministrator | kRegistrar, kMaybe, kNo, kNo, kYes, kNo},     // BATCH_HEAD
    {kCourt, kNo, kNo, kNo, kYes, kNo},                                                // CASE_OPENED
    {kCourt, kNo, kNo, kYes, kYes, kNo},                                               // CASE_STAGE_CHANGED
    {kCourt, kNo, kNo, kYes, kYes, kNo},                                               // CASE_CAP_CHANGED
    {kCourt, kNo, kNo, kYes, kYes, kNo},                                               // ORDER_ACCEPTED
    {kCourt | kAgency | kAdministrator | kRegistrar, kNo, kNo, kMaybe, kMaybe, kYes},  // REFUSED
    {kAgency, kYes, kNo, kNo, kNo, kNo},                                               // DELIVERED
    {kAgency, kYes, kYes, kYes, kYes, kNo},                                            // TASK_REPORTED
    {kAgency, kYes, kYes, kYes, kYes, kNo},                                            // TASK_ANSWERED
    {kAgency, kYes, kYes, kYes, kYes, kNo},                                            // MEASURE_CHANGED
    {kAgency, kYes, kYes, kYes, kYes, kYes},                                           // RECEIPT_CONFLICT
    {kGateway, kNo, kMaybe, kYes, kNo, kNo},                                           // DEADLINE_MARKED
    {kCourt, kNo, kYes, kYes, kNo, kNo},                                               // ORDER_WITHDRAWN
    {kAgency, kYes, kNo, kNo, kNo, kNo},                                               // ADAPTER_PRESENT
    {kGateway, kYes, kNo, kNo, kNo, kNo},                                              // ADAPTER_ABSENT
    {0, kNo, kNo, kNo, kNo, kNo},                                                      // 26: never released
    {kGateway, kNo, kNo, kYes, kYes, kNo},                                             // SURPLUS_ARISEN
    {kGateway, kNo, kNo, kYes, kNo, kNo},                                              // SURPLUS_CLEARED
};

// The types that came later.
struct LaterRow {
  EntryType type;
  FrameRow row;
};
constexpr LaterRow kLaterFrames[] = {
    {ENTRY_TYPE_CHECKPOINT_COSIGNED, {kGateway, kNo, kNo, kNo, kNo, kNo}},
    {ENTRY_TYPE_WITNESSES_MISSING, {kGateway, kNo, kNo, kNo, kNo, kNo}},
    {ENTRY_TYPE_DIRECTORY_HEAD, {kGateway, kNo, kNo, kNo, kNo, kNo}},
    {ENTRY_TYPE_ORDER_PAUSED, {kRegistrar | kCourt, kNo, kYes, kYes, kNo, kNo}},
    {ENTRY_TYPE_ORDER_RESUMED, {kCourt, kNo, kYes, kYes, kYes, kNo}},
    {ENTRY_TYPE_ORDER_BEGUN, {kGateway, kNo, kYes, kYes, kNo, kMaybe}},
    {ENTRY_TYPE_RESUMPTION_FLAGGED, {kGateway, kYes, kYes, kYes, kNo, kNo}},
    {ENTRY_TYPE_ACCESS_RECORDED, {kCourt | kSystem, kNo, kNo, kYes, kYes, kNo}},
    {ENTRY_TYPE_READING_GRANTED, {kAdministrator, kNo, kNo, kYes, kNo, kNo}},
    {ENTRY_TYPE_WITNESSES_REGISTERED, {kAdministrator, kNo, kNo, kNo, kNo, kNo}},
    {ENTRY_TYPE_CASE_ERASED, {kAdministrator, kNo, kNo, kYes, kNo, kNo}},
    {ENTRY_TYPE_OBJECTION_RAISED, {kAgency, kYes, kYes, kYes, kYes, kNo}},
    {ENTRY_TYPE_OBJECTION_REPLIED, {kCourt | kAgency, kYes, kYes, kYes, kYes, kNo}},
    {ENTRY_TYPE_OBJECTION_ANSWERED, {kCourt, kYes, kYes, kYes, kYes, kNo}},
    {ENTRY_TYPE_OBJECTION_MARKED, {kGateway, kYes, kYes, kYes, kNo, kNo}},
    {ENTRY_TYPE_SUPERVISION_ISSUED, {kCourt, kMaybe, kMaybe, kYes, kYes, kNo}},
    {ENTRY_TYPE_SUPERVISION_WORD, {kCourt | kAgency, kMaybe, kMaybe, kYes, kYes, kNo}},
    {ENTRY_TYPE_SUPERVISION_CLOSED, {kCourt, kMaybe, kMaybe, kYes, kYes, kNo}},
    {ENTRY_TYPE_SUPERVISION_MARKED, {kGateway, kMaybe, kMaybe, kYes, kNo, kNo}},
    {ENTRY_TYPE_POSITION_STATED, {kAgency, kYes, kNo, kNo, kYes, kNo}},
    {ENTRY_TYPE_INCIDENT_ARISEN, {kGateway, kYes, kMaybe, kMaybe, kMaybe, kNo}},
    {ENTRY_TYPE_INCIDENT_MARKED, {kGateway, kYes, kMaybe, kMaybe, kNo, kNo}},
    {ENTRY_TYPE_INCIDENT_CLEARED, {kGateway, kYes, kMaybe, kMaybe, kNo, kNo}},
    {ENTRY_TYPE_MEASURE_MARKED, {kGateway, kYes, kNo, kYes, kNo, kNo}},
    {ENTRY_TYPE_LOG_RECOVERED, {kGateway, kNo, kNo, kNo, kNo, kNo}},
    {ENTRY_TYPE_CASE_RESPONDENTS_CHANGED, {kCourt, kNo, kNo, kYes, kYes, kNo}},
    {ENTRY_TYPE_ADAPTER_APPROVED, {kAdministrator, kNo, kNo, kNo, kNo, kNo}},
    {ENTRY_TYPE_DIRECTORY_RECEIVED, {kAgency, kYes, kNo, kNo, kNo, kNo}},
};

const FrameRow& FrameOf(uint16_t type) {
  static_assert(std::size(kFrames) == ENTRY_TYPE_SURPLUS_CLEARED + 1);
  for (const LaterRow& later : kLaterFrames) {
    if (later.type == type) return later.row;
  }
  return kFrames[type < std::size(kFrames) ? type : 0];
}

void CheckActor(const journal::Leaf& leaf, Picture& seen) {
  const uint32_t ordinal = leaf.actor_ordinal;
  bool known = true;
  switch (leaf.actor_kind) {
    case ACTOR_KIND_COURT:
      known = ordinal > 0 && ordinal <= seen.courts;
      break;
    case ACTOR_KIND_AGENCY:
      known = ordinal > 0 && ordinal <= seen.agencies && (!leaf.agency || ordinal == leaf.agency.value());
      break;
    case ACTOR_KIND_ADMINISTRATOR:
      known = ordinal > 0 && ordinal <= static_cast<uint32_t>(seen.founding.administrators_size());
      break;
    case ACTOR_KIND_SYSTEM:
      break;  // systems have no public number
    default:
      known = ordinal == 0;
      break;
  }
  if (!known)
    seen.findings.Add(Rule::kLeafFrame, leaf.index.value(),
                      absl::StrCat("nobody was registered as actor ", ordinal, " of kind ", leaf.actor_kind));
}

// Chain of the order's entries. ORDER_ACCEPTED begins one; DELIVERED stands in many and names none.
void CheckPrevious(const journal::Leaf& leaf, Picture& seen) {
  const uint64_t index = leaf.index.value(), previous = leaf.previous.value();
  if (!leaf.order) {
    if (previous != 0)
      seen.findings.Add(Rule::kLeafPrevious, index, "names a previous entry, but no order", {previous});
    return;
  }
  const auto order = seen.orders.find(leaf.order.value());
  if (order == seen.orders.end()) {
    seen.findings.Add(Rule::kLeafFrame, index, absl::StrCat("order ", leaf.order.value(), " was never accepted"));
    return;
  }
  if (order->second.last != previous)
    seen.findings.Add(Rule::kLeafPrevious, index,
                      absl::StrCat("names ", previous, " as the entry before it about order ", leaf.order.value(),
                                   ", which is ", order->second.last),
                      {order->second.last});
  order->second.last = index;
  if (order->second.case_seq != leaf.case_seq.value())
    seen.findings.Add(Rule::kLeafFrame, index, "names another case than the order it is about", {leaf.order.value()});
}

}  // namespace

void CheckFrame(const journal::Leaf& leaf, Picture& seen) {
  const uint64_t index = leaf.index.value();
  const FrameRow& row = FrameOf(leaf.type);
  const auto check = [&](Has has, bool is, std::string_view what) {
    if (has != kMaybe && (has == kYes) != is)
      seen.findings.Add(Rule::kLeafFrame, index, absl::StrCat(is ? "has " : "has no ", ToAbsl(what)));
  };
  if (leaf.actor_kind > ACTOR_KIND_REGISTRAR || (row.actors >> leaf.actor_kind & 1) == 0)
    seen.findings.Add(Rule::kLeafFrame, index,
                      absl::StrCat("an actor of kind ", leaf.actor_kind, " makes no such entry"));
  else if (index != 0)
    CheckActor(leaf, seen);
  check(row.agency, bool(leaf.agency), "an agency");
  check(row.order, bool(leaf.order), "an order");
  check(row.case_seq, bool(leaf.case_seq), "a case");
  check(row.payload, leaf.has_payload(), "a payload");
  check(row.outcome, leaf.outcome != 0, "an outcome");
  if (leaf.type == ENTRY_TYPE_BATCH_HEAD && bool(leaf.agency) != (leaf.actor_kind == ACTOR_KIND_AGENCY))
    seen.findings.Add(Rule::kLeafFrame, index, "a head names an agency exactly when one signed it");
  if (leaf.type == ENTRY_TYPE_REFUSED && bool(leaf.case_seq) != leaf.has_payload())
    seen.findings.Add(Rule::kLeafFrame, index, "a refusal has a payload exactly when its case is known");
  if (leaf.case_seq && !seen.cases.contains(leaf.case_seq.value()))
    seen.findings.Add(Rule::kLeafFrame, index, absl::StrCat("case ", leaf.case_seq.value(), " was never opened"));
  CheckPrevious(leaf, seen);
}

}  // namespace eagle::audit
