// Positions 对账: is the part whole and in its turn, what does it say against the ledger, and did the day's statement
// come?
#include <set>

#include "absl/strings/str_cat.h"
#include "server/base/civil_day.h"
#include "server/domain/authority.h"
#include "server/domain/deadline_form.h"
#include "server/domain/draft.h"
#include "server/domain/instant.h"
#include "server/domain/position.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr size_t kOrderIdBytes = 16;

// One measure that a part covers, and what is to be said of it.
struct Covered {
  OrderSeq freeze;                     // invalid: an order that the log doesn't know
  const MeasureState* line = nullptr;  // null: not named
  Judgement judgement;
};

class PositionDecider {
 public:
  PositionDecider(Draft& draft, const ReportPositions& command, HeadWriter& head)
      : draft_(draft),
        state_(draft.state()),
        command_(command),
        head_(head),
        head_used_(head.IsUsed()),
        seen_(state_.PositionOf(command.agency).seen) {}

  MemberResult DecideMember(size_t i) {
    const Position& position = command_.members[i].parsed;
    const std::string& digest = command_.signed_head.digests[i];
    MemberResult result{.id = position.day(), .verdict = RECEIPT_VERDICT_REFUSED};
    if (digest == seen_.digest) {
      result.verdict = RECEIPT_VERDICT_DUPLICATE;
      result.repeated = true;
      result.index = seen_.index;
      return result;
    }
    Violations wrong;
    Check(position, wrong);
    if (!wrong.empty()) {
      MemberResult refused = Refuse(draft_, head_, wrong.ToFailure("the statement is refused"), "", digest,
                                    static_cast<uint32_t>(i), command_.members[i].bytes, nullptr);
      refused.id = position.day();
      refused.verdict = RECEIPT_VERDICT_REFUSED;
      return refused;
    }
    if (head_used_) {
      // What this head signed was judged when it came first; only the newest part can be told from a refused one.
      result.refusal =
          Fail(Reason::kSequenceReused, "the head was sent before: state the day under a new one").failure();
      return result;
    }
    result.index = Record(i, position, digest);
    result.verdict = RECEIPT_VERDICT_RECORDED;
    return result;
  }

 private:
  void Check(const Position& position, Violations& wrong) const {
    if (state_.policy == nullptr || !state_.policy->table().has_positions()) {
      wrong.Add("day", Reason::kActNotProvided, "the policy in force takes no statements");
      return;
    }
    if (position.agency() != command_.signed_head.head.signer())
      wrong.Add("agency", Reason::kSignerNotCaller, "a statement names who signed it");
    CheckDay(position, wrong);
    CheckBounds(position, wrong);
    CheckLines(position, wrong);
    if (wrong.empty()) CheckTurn(position, wrong);
  }

  void CheckDay(const Position& position, Violations& wrong) const {
    const auto day = ParseCivilDay(position.day());
    if (!day) {
      wrong.Add("day", Reason::kFieldInvalid, "YYYY-MM-DD");
    } else if (absl::FromCivil(*day, state_.policy->zone()) > draft_.now()) {
      wrong.Add("day", Reason::kFieldInvalid, "a day that is still to come");
    } else if (position.day() < seen_.day) {
      wrong.Add("day", Reason::kFieldInvalid, "a later day was stated before");
    }
    if (!position.has_as_of()) {
      wrong.Add("as_of", Reason::kFieldMissing, "the instant of all lines");
    } else if (FromProto(position.as_of()) > draft_.now() + kClocksPart) {
      wrong.Add("as_of", Reason::kFieldInvalid, "an instant that is still to come");
    } else if (day && FromProto(position.as_of()) < absl::FromCivil(*day, state_.policy->zone())) {
      wrong.Add("as_of", Reason::kFieldInvalid, "before the day began");
    }
  }

  static void CheckBounds(const Position& position, Violations& wrong) {
    for (const auto& [field, id] : {std::pair("after", &position.after()), std::pair("up_to", &position.up_to())}) {
      if (!id->empty() && id->size() != kOrderIdBytes)
        wrong.Add(field, Reason::kFieldInvalid, "an order id of 16 bytes, or empty");
    }
    if (!position.up_to().empty() &&
        (position.lines().empty() || position.lines(position.lines_size() - 1).order_id() != position.up_to()))
      wrong.Add("up_to", Reason::kFieldInvalid, "the order id of the last line, or empty in the day's last part");
  }

  static void CheckLines(const Position& position, Violations& wrong) {
    if (position.lines_size() > kLinesPerPosition) {
      wrong.Add("lines", Reason::kTooLarge, absl::StrCat("at most ", kLinesPerPosition));
      return;
    }
    std::string_view last = position.after();
    for (int i = 0; i < position.lines_size(); ++i) {
      const PositionLine& line = position.lines(i);
      const std::string path = absl::StrCat("lines[", i, "]");
      if (line.order_id().size() != kOrderIdBytes || line.order_id() <= last)
        wrong.Add(path + ".order_id", Reason::kFieldInvalid, "16 bytes, rising, behind `after`");
      last = line.order_id();
      if (!line.has_measure()) {
        wrong.Add(path + ".measure", Reason::kFieldMissing, "the field is required");
        continue;
      }
      const MeasureState& measure = line.measure();
      if (measure.requested_minor_units() < 0 || measure.controlled_minor_units() < 0 ||
          measure.unfunded_minor_units() < 0)
        wrong.Add(path + ".measure", Reason::kFieldInvalid, "amounts aren't negative");
      if (measure.unit_reference().empty())
        wrong.Add(path + ".measure.unit_reference", Reason::kFieldMissing, "the unit's own number is required");
    }
  }

  void CheckTurn(const Position& position, Violations& wrong) const {
    if (position.after().empty()) return;  // the day begins, or begins anew
    const bool goes_on = seen_.day == position.day() && !seen_.complete && seen_.up_to == position.after() &&
                         Micros(seen_.as_of) == Micros(FromProto(position.as_of()));
    if (!goes_on) wrong.Add("after", Reason::kPositionOutOfTurn, "not where the day's last part ended");
  }

  uint64_t Record(size_t i, const Position& position, const std::string& digest) {
    const std::vector<Covered> covered = Look(position);
    PositionStated body;
    body.set_digest(digest);
    body.set_head(head_.Index());
    body.set_day(position.day());
    body.set_rows(static_cast<uint32_t>(position.lines_size()));
    body.set_complete(position.up_to().empty());
    body.set_policy_version(state_.policy->version());
    for (const Covered& measure : covered)
      body.set_differences(body.differences() + (measure.judgement.agreement == Agreement::kDiffers ? 1 : 0));
    PositionPayload payload;
    payload.set_member(command_.members[i].bytes);
    payload.set_index(static_cast<uint32_t>(i));
    const uint64_t index = draft_.Append({.type = ENTRY_TYPE_POSITION_STATED,
                                          .actor_kind = ACTOR_KIND_AGENCY,
                                          .actor = command_.agency.value(),
                                          .agency = command_.agency,
                                          .payload = payload.SerializeAsString(),
                                          .key_id = head_.signer().key_id},
                                         body);
    for (const Covered& measure : covered) Say(measure, index, position.day());
    if (position.after().empty()) seen_.strangers = 0;
    for (const Covered& measure : covered) seen_.strangers += measure.freeze ? 0 : 1;
    seen_.digest = digest, seen_.index = index, seen_.day = position.day(), seen_.up_to = position.up_to();
    seen_.as_of = FromProto(position.as_of());
    seen_.complete = body.complete();
    if (seen_.complete) Complete(index);
    return index;
  }

  // Everything that the part covers: the lines, what stands in the log and isn't named, and what an incident is about.
  std::vector<Covered> Look(const Position& position) const {
    const absl::Time as_of = FromProto(position.as_of());
    std::vector<Covered> covered;
    std::set<OrderSeq> named;
    for (const PositionLine& line : position.lines()) {
      const OrderSeq freeze = OrderOfLine(state_, command_.agency, line.order_id());
      if (!freeze) {
        if (!line.measure().ended())
          covered.push_back({{}, &line.measure(), {Agreement::kDiffers, INCIDENT_KIND_MEASURE_UNKNOWN}});
        continue;
      }
      named.insert(freeze);
      auto judged = JudgeLine(state_, freeze, &line.measure(), as_of);
      if (!judged) judged.emplace();  // erased: nobody can say any more that it differs
      if (judged->agreement == Agreement::kAhead &&
          OneMore(state_, freeze, position.day()).statements >= state_.policy->table().positions().ahead_statements())
        judged->agreement = Agreement::kDiffers;
      covered.push_back({freeze, &line.measure(), *judged});
    }
    size_t missing = 0;
    const auto& standing = state_.PositionOf(command_.agency).standing;
    for (auto it = position.after().empty() ? standing.begin()
                                            : standing.upper_bound(AgencyPosition::IdOf(position.after()));
         it != standing.end() && missing < kIncidentsPerPosition; ++it) {
      if (!position.up_to().empty() && it->first > AgencyPosition::IdOf(position.up_to())) break;
      if (!named.insert(it->second).second) continue;
      const auto judged = JudgeLine(state_, it->second, nullptr, as_of);
      if (!judged) continue;
      missing += judged->agreement == Agreement::kDiffers ? 1 : 0;
      covered.push_back({it->second, nullptr, *judged});
    }
    for (const IncidentKey& key : state_.IncidentsOf(command_.agency)) {
      if (!key.freeze || named.count(key.freeze) > 0 || !Covers(position, key.freeze)) continue;
      if (state_.PositionOf(command_.agency).standing.count(IdOf(key.freeze)) > 0) continue;  // left for the next part
      named.insert(key.freeze);
      covered.push_back({key.freeze, nullptr, {}});  // neither side has it
    }
    return covered;
  }

  AgencyPosition::OrderId IdOf(OrderSeq freeze) const {
    return AgencyPosition::IdOf(state_.orders.at(freeze.value()).order_id);
  }
  bool Covers(const Position& position, OrderSeq freeze) const {
    const std::string& id = state_.orders.at(freeze.value()).order_id;
    return id > position.after() && (position.up_to().empty() || id <= position.up_to());
  }

  // Opens the incident unless it stands, or clears those that stand about the measure.
  void Say(const Covered& measure, uint64_t statement, const std::string& day) {
    if (measure.judgement.agreement == Agreement::kAgrees) {
      for (const IncidentKey& key : state_.IncidentsAbout(command_.agency, measure.freeze)) Clear(key.index, statement);
      return;
    }
    if (measure.judgement.agreement != Agreement::kDiffers) return;
    const IncidentKind kind = measure.judgement.kind;
    const std::vector<IncidentKey> stands = state_.IncidentsAbout(command_.agency, measure.freeze);
    if (!raised_.insert({measure.freeze, kind}).second ||
        std::any_of(stands.begin(), stands.end(),
                    [&](const IncidentKey& key) { return key.kind == kind && cleared_.count(key.index) == 0; }))
      return;
    IncidentPayload payload;
    if (measure.line != nullptr) *payload.mutable_stated() = *measure.line;
    Entry entry{.agency = command_.agency, .order = measure.freeze};
    entry.key_id = head_.signer().key_id;
    if (measure.freeze) {
      const Case& of = state_.cases.at(state_.orders.at(measure.freeze.value()).case_seq.value());
      entry.case_seq = of.seq;
      entry.key_id = of.key_id;
      *payload.mutable_recorded() = of.ledger.FindMeasure(measure.freeze)->state;
    }
    entry.payload = payload.SerializeAsString();
    AppendIncident(draft_, std::move(entry), kind, statement, day);
  }

  void Clear(uint64_t incident, uint64_t cause) {
    if (!cleared_.insert(incident).second) return;
    const Incident& of = state_.incidents.at(incident);
    IncidentCleared body;
    body.set_incident(incident);
    body.set_cause(cause);
    body.set_late(draft_.now() > of.deadline.due);
    draft_.Append(
        {.type = ENTRY_TYPE_INCIDENT_CLEARED, .agency = of.agency, .order = of.freeze, .case_seq = of.case_seq}, body);
  }

  // The day is whole: it came, and no measure of an order nobody knows is left.
  void Complete(uint64_t statement) {
    for (const IncidentKey& key : state_.IncidentsOf(command_.agency)) {
      if (key.freeze) continue;
      const bool came = key.kind == INCIDENT_KIND_STATEMENT_MISSING && state_.incidents.at(key.index).day <= seen_.day;
      const bool gone = key.kind == INCIDENT_KIND_MEASURE_UNKNOWN && seen_.strangers == 0;
      if (came || gone) Clear(key.index, statement);
    }
  }

  Draft& draft_;
  const State& state_;
  const ReportPositions& command_;
  HeadWriter& head_;
  const bool head_used_;  // by a call before this one
  PositionSeen seen_;     // with what this batch has done so far
  std::set<std::pair<OrderSeq, IncidentKind>> raised_;
  std::set<uint64_t> cleared_;
};

}  // namespace

uint64_t AppendIncident(Draft& draft, Entry entry, IncidentKind kind, uint64_t statement, const std::string& day) {
  const Policy& policy = *draft.state().policy;
  const Agency* agency = draft.state().directory.AgencyByOrdinal(entry.agency);
  const Deadline deadline = ComputeDeadline(*policy.DeadlineNamed(kPositionRow), draft.now(),
                                            policy.TerritoryOf(agency != nullptr ? &agency->row : nullptr));
  IncidentArisen body;
  body.set_kind(kind);
  body.set_statement(statement);
  body.set_day(day);
  SetDeadline(deadline, body);
  body.set_policy_version(policy.version());
  entry.type = ENTRY_TYPE_INCIDENT_ARISEN;
  return draft.Append(std::move(entry), body);
}

void DecideMissingStatement(Draft& draft, AgencyOrdinal agency) {
  const State& state = draft.state();
  auto day = FirstOwedDay(state, agency);
  if (!day || StatementDue(state, *day) > draft.now()) return;
  // After a long pause of the gateway itself the last day speaks for those before.
  while (StatementDue(state, *day + 1) <= draft.now()) ++*day;
  AppendIncident(draft, {.agency = agency}, INCIDENT_KIND_STATEMENT_MISSING, 0, absl::FormatCivilTime(*day));
}

void DecideCommand(Draft& draft, const ReportPositions& command) {
  draft.result().status = CheckAgencySigned(draft.state(), command.agency, command.signed_head, draft.now());
  if (!draft.result().status.ok()) return;
  const Agency* agency = draft.state().directory.AgencyByOrdinal(command.agency);
  HeadWriter head(
      draft, command.signed_head,
      {ACTOR_KIND_AGENCY, command.agency.value(), absl::StrCat("agency/", command.agency.value()), agency->key_id});
  draft.result().status = head.CheckSequence();
  if (!draft.result().status.ok()) return;
  PositionDecider decider(draft, command, head);
  for (size_t i = 0; i < command.members.size(); ++i) draft.result().members.push_back(decider.DecideMember(i));
}

}  // namespace eagle::domain
