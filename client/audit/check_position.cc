// Daily statements and incidents: whose, of which day, what follows from them, and how long an incident may stand.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/audit/picture.h"
#include "server/base/civil_day.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr uint32_t kLinesPerStatement = 256;

void CheckStated(const journal::Leaf& leaf, Picture& seen) {
  const uint64_t index = leaf.index.value();
  PositionStated body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  CheckHead(leaf, body.head(), MEMBER_TYPE_POSITION, true, seen);
  CheckDigest(leaf, body.digest(), seen);
  const auto wrong = [&](std::string_view why) { seen.findings.Add(Rule::kPosition, index, std::string(why)); };
  if (body.policy_version() == 0 || body.policy_version() != seen.policy) wrong("the policy named is not in force");
  if (!ParseCivilDay(body.day())) wrong("its day is none");
  if (body.rows() > kLinesPerStatement) wrong("it names more measures than one part may");
  StatedSeen& stated = seen.stated[leaf.agency.value()];
  if (body.day() < stated.day) wrong("a later day was stated before");
  stated.index = index, stated.day = body.day(), stated.shown = body.differences();
  if (body.complete()) stated.complete_day = body.day();
}

// Its clock, running; finds when it has none that is still to come.
StoredClock TakeClock(const IncidentArisen& body, uint64_t index, Picture& seen) {
  StoredClock clock{.row = seen.RowNumber(body.deadline_row()), .due = body.due()};
  bool rising = body.marks_size() == body.marks_permille_size() && body.marks_size() > 0;
  for (int i = 0; i < std::min(body.marks_size(), body.marks_permille_size()); ++i) {
    rising = rising && (i == 0 || body.marks(i) > body.marks(i - 1));
    clock.marks.emplace_back(body.marks(i), body.marks_permille(i));
  }
  if (!rising || body.deadline_row().empty() || body.due() <= seen.now || body.marks(0) < seen.now)
    seen.findings.Add(Rule::kIncident, index,
                      "an incident has a time to be put right in, with marks, all of it to come");
  return clock;
}

void CheckMissingDay(const IncidentArisen& body, uint64_t index, bool of_nothing, StatedSeen& stated, Picture& seen) {
  const auto wrong = [&](std::string_view why) { seen.findings.Add(Rule::kIncident, index, std::string(why)); };
  if (!of_nothing || body.statement() != 0) wrong("a statement that didn't come is about no order and no statement");
  if (stated.complete_day >= body.day()) wrong("the day's statement is here whole, or a later one is");
  if (stated.missing_day >= body.day()) wrong("the day was found missing before");
  stated.missing_day = std::max(stated.missing_day, body.day());
}

void CheckDifference(const journal::Leaf& leaf, const IncidentArisen& body, StatedSeen& stated, Picture& seen) {
  const uint64_t index = leaf.index.value(), seq = leaf.order.value();
  const auto wrong = [&](std::string_view why) {
    seen.findings.Add(Rule::kIncident, index, std::string(why), {body.statement()});
  };
  if (body.statement() == 0 || body.statement() != stated.index || body.day() != stated.day)
    wrong("it doesn't follow from the agency's newest statement");
  if (stated.shown == 0) wrong("the statement is said to have shown fewer differences");
  stated.shown -= stated.shown > 0 ? 1 : 0;
  const auto order = seen.orders.find(seq);
  if (seq == 0) {
    if (body.kind() != INCIDENT_KIND_MEASURE_UNKNOWN) wrong("it names no order");
  } else if (order != seen.orders.end()) {
    if (!order->second.targets.Has(leaf.agency.value()) || order->second.action == ACTION_INQUIRE)
      wrong("it is about an order that made no measure there");
    if (order->second.open.Has(leaf.agency.value())) wrong("the order isn't answered yet: nothing is known to compare");
  }
  if (!seen.incident_keys.insert({leaf.agency.value(), seq, body.kind()}).second)
    wrong("one of this kind about this measure stands already");
}

void CheckArisenIncident(const journal::Leaf& leaf, Picture& seen) {
  const uint64_t index = leaf.index.value();
  IncidentArisen body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  if (body.policy_version() == 0 || body.policy_version() != seen.policy)
    seen.findings.Add(Rule::kIncident, index, "the policy named is not in force");
  StatedSeen& stated = seen.stated[leaf.agency.value()];
  if (body.kind() == INCIDENT_KIND_STATEMENT_MISSING) {
    CheckMissingDay(body, index, !leaf.order && !leaf.case_seq && !leaf.has_payload(), stated, seen);
  } else if (body.kind() == INCIDENT_KIND_UNSPECIFIED || !IncidentKind_IsValid(body.kind())) {
    seen.findings.Add(Rule::kIncident, index, "it is of no kind");
  } else {
    CheckDifference(leaf, body, stated, seen);
  }
  IncidentSeen& arisen = seen.incidents[index];
  arisen = {.kind = body.kind(), .order = leaf.order.value(), .agency = leaf.agency.value(), .day = body.day()};
  arisen.clock = TakeClock(body, index, seen);
  seen.Arm(arisen.clock, index, ClockOwner::kIncident);
}

// The incident that the entry names; null after a finding by `rule`.
IncidentSeen* IncidentNamed(const journal::Leaf& leaf, uint64_t incident, Rule rule, Picture& seen) {
  const auto at = seen.incidents.find(incident);
  if (at != seen.incidents.end() && at->second.order == leaf.order.value() && at->second.agency == leaf.agency.value())
    return &at->second;
  seen.findings.Add(rule, leaf.index.value(),
                    absl::StrCat("no incident ", incident, " of this agency and order stands"), {incident});
  return nullptr;
}

void CheckIncidentMark(const journal::Leaf& leaf, Picture& seen) {
  IncidentMarked body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  IncidentSeen* incident = IncidentNamed(leaf, body.incident(), Rule::kMark, seen);
  if (incident == nullptr) return;
  seen.Fire(incident->clock, body.incident(), ClockOwner::kIncident, body.mark_permille(), body.due(),
            body.deadline_row(), leaf.index.value());
}

void CheckClearedIncident(const journal::Leaf& leaf, Picture& seen) {
  IncidentCleared body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  IncidentSeen* incident = IncidentNamed(leaf, body.incident(), Rule::kIncident, seen);
  if (incident == nullptr) return;
  const auto wrong = [&](std::string_view why) {
    seen.findings.Add(Rule::kIncident, leaf.index.value(), std::string(why), {body.incident(), body.cause()});
  };
  const StatedSeen& stated = seen.stated[leaf.agency.value()];
  const bool of_missing = incident->kind == INCIDENT_KIND_STATEMENT_MISSING;
  if (body.cause() <= body.incident() || body.cause() != stated.index)
    wrong("it isn't cleared by the agency's newest statement");
  if (of_missing && stated.complete_day < incident->day)
    wrong("the statement of that day, or a later one, isn't whole");
  if (body.late() != (seen.now > incident->clock.due)) wrong("it is called late, or in time, and isn't");
  seen.Disarm(incident->clock, body.incident(), ClockOwner::kIncident);
  if (!of_missing) seen.incident_keys.erase({incident->agency, incident->order, incident->kind});
  seen.incidents.erase(body.incident());
}

}  // namespace

void CheckPosition(const journal::Leaf& leaf, Picture& seen) {
  switch (leaf.type) {
    case ENTRY_TYPE_POSITION_STATED:
      return CheckStated(leaf, seen);
    case ENTRY_TYPE_INCIDENT_ARISEN:
      return CheckArisenIncident(leaf, seen);
    case ENTRY_TYPE_INCIDENT_MARKED:
      return CheckIncidentMark(leaf, seen);
    default:
      return CheckClearedIncident(leaf, seen);
  }
}

}  // namespace eagle::audit
