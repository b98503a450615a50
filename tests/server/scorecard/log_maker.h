// Leaves as a log would have them, made by hand: just what a scorecard looks at, and a province that is busy for a
// month.
//
// Threads: one.
//
//   LogMaker log;  log.At("2026-09-01 09:00");  const uint64_t order = log.Order({.court = 1, .agencies = {1, 2}});
//   log.Answer(order, 1);  for (const journal::Leaf& leaf : log.leaves) ...
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/domain/agency_set.h"
#include "server/journal/leaf.h"

namespace eagle::scorecard {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

inline absl::TimeZone Shanghai() {
  absl::TimeZone zone;
  absl::LoadTimeZone("Asia/Shanghai", &zone);
  return zone;
}

// "2026-09-01 09:00" or with seconds.
inline absl::Time On(const std::string& text) {
  absl::Time time;
  std::string why;
  if (!absl::ParseTime(text.size() > 16 ? "%Y-%m-%d %H:%M:%E*S" : "%Y-%m-%d %H:%M", text, Shanghai(), &time, &why))
    std::abort();
  return time;
}

struct OrderMade {
  uint32_t court = 1;
  std::vector<uint32_t> agencies = {1};
  Action action = ACTION_INQUIRE;
  Urgency urgency = URGENCY_NORMAL;
  absl::Duration due = absl::Hours(24);
  uint64_t freeze = 0;
  uint64_t of_case = 0;   // 0: the court's first
  std::string order_id;   // 16 bytes, or none
  absl::Duration begins;  // how far ahead; zero: with its acceptance
};

class LogMaker {
 public:
  std::vector<journal::Leaf> leaves;
  absl::Time now = On("2026-08-31 12:00");

  void At(const std::string& text) { now = On(text); }
  journal::Leaf& Put(EntryType type, ActorKind actor, uint32_t ordinal, const google::protobuf::MessageLite& body) {
    journal::Leaf leaf;
    leaf.type = type, leaf.index = EntryIndex(leaves.size()), leaf.time = now;
    leaf.actor_kind = static_cast<uint8_t>(actor), leaf.actor_ordinal = ordinal, leaf.body = body.SerializeAsString();
    leaves.push_back(leaf);
    return leaves.back();
  }
  uint64_t size() const { return leaves.size(); }

  void Agencies(uint32_t count) {
    for (uint32_t i = 1; i <= count; ++i)
      Put(ENTRY_TYPE_AGENCY_REGISTERED, ACTOR_KIND_ADMINISTRATOR, 1, Adopted()).agency = AgencyOrdinal(i);
  }
  // Registered, with one case each.
  void Courts(uint32_t count) {
    for (uint32_t i = 1; i <= count; ++i) {
      Adopted body;
      body.set_ordinal(i);
      Put(ENTRY_TYPE_COURT_REGISTERED, ACTOR_KIND_ADMINISTRATOR, 1, body);
      cases.push_back(Case(i));
    }
  }
  uint64_t Case(uint32_t court) {
    CaseOpened body;
    body.set_stage(CASE_STAGE_ENFORCEMENT);
    return Put(ENTRY_TYPE_CASE_OPENED, ACTOR_KIND_COURT, court, body).index.value();
  }
  uint64_t Order(const OrderMade& made) {
    OrderAccepted body;
    body.set_action(made.action), body.set_urgency(made.urgency), body.set_freeze_order(made.freeze);
    body.set_order_id(made.order_id);
    body.set_due(absl::ToUnixMicros(now + made.due));
    domain::AgencySet targets;
    for (const uint32_t agency : made.agencies) targets.Add(AgencyOrdinal(agency));
    body.set_targets(targets.bytes());
    if (made.begins > absl::ZeroDuration()) body.set_begins(absl::ToUnixMicros(now + made.begins));
    journal::Leaf& leaf = Put(ENTRY_TYPE_ORDER_ACCEPTED, ACTOR_KIND_COURT, made.court, body);
    leaf.case_seq = CaseSeq(made.of_case != 0 ? made.of_case : cases[made.court - 1]);
    leaf.order = OrderSeq(leaf.index.value());
    return leaf.index.value();
  }
  // The begin of one that waited; it is over without having begun at `ended`.
  void Begin(uint64_t order, const std::vector<uint32_t>& ended, BeginOutcome outcome = BEGIN_OUTCOME_BEGUN) {
    OrderBegun body;
    body.set_outcome(outcome), body.set_begins(absl::ToUnixMicros(now)), body.set_ended(Bits(ended));
    Put(ENTRY_TYPE_ORDER_BEGUN, ACTOR_KIND_UNSPECIFIED, 0, body).order = OrderSeq(order);
  }
  void Deliver(uint64_t order, uint32_t agency) {
    Delivered body;
    body.add_orders(order);
    Put(ENTRY_TYPE_DELIVERED, ACTOR_KIND_AGENCY, agency, body).agency = AgencyOrdinal(agency);
  }
  void Answer(uint64_t order, uint32_t agency, ReceiptKind kind = RECEIPT_KIND_FINAL) {
    TaskReport body;
    body.set_kind(kind);
    About(Put(ENTRY_TYPE_TASK_ANSWERED, ACTOR_KIND_AGENCY, agency, body), order, agency);
  }
  void Conflict(uint64_t order, uint32_t agency) {
    About(Put(ENTRY_TYPE_RECEIPT_CONFLICT, ACTOR_KIND_AGENCY, agency, ReceiptConflict()), order, agency);
  }
  void Withdraw(uint64_t order, const std::vector<uint32_t>& agencies) {
    OrderWithdrawn body;
    body.set_targets(Bits(agencies));
    Put(ENTRY_TYPE_ORDER_WITHDRAWN, ACTOR_KIND_COURT, 1, body).order = OrderSeq(order);
  }
  void Pause(uint64_t order, const std::vector<uint32_t>& agencies) {
    OrderPaused body;
    body.set_targets(Bits(agencies));
    Put(ENTRY_TYPE_ORDER_PAUSED, ACTOR_KIND_REGISTRAR, 0, body).order = OrderSeq(order);
  }
  uint64_t Object(uint64_t order, uint32_t agency, uint64_t measure, absl::Duration due) {
    ObjectionRaised body;
    body.set_measure(measure), body.set_due(absl::ToUnixMicros(now + due));
    journal::Leaf& leaf = Put(ENTRY_TYPE_OBJECTION_RAISED, ACTOR_KIND_AGENCY, agency, body);
    About(leaf, order, agency);
    return leaf.index.value();
  }
  void AnswerObjection(uint64_t objection, uint32_t court, ObjectionDecision decision) {
    ObjectionAnswered body;
    body.set_objection(objection), body.set_decision(decision);
    Put(ENTRY_TYPE_OBJECTION_ANSWERED, ACTOR_KIND_COURT, court, body);
  }
  uint64_t Incident(uint32_t agency, IncidentKind kind, absl::Duration due, const std::string& day = "") {
    IncidentArisen body;
    body.set_day(day), body.set_kind(kind), body.set_due(absl::ToUnixMicros(now + due));
    journal::Leaf& leaf = Put(ENTRY_TYPE_INCIDENT_ARISEN, ACTOR_KIND_UNSPECIFIED, 0, body);
    leaf.agency = AgencyOrdinal(agency);
    return leaf.index.value();
  }
  void ClearIncident(uint64_t incident) {
    IncidentCleared body;
    body.set_incident(incident);
    Put(ENTRY_TYPE_INCIDENT_CLEARED, ACTOR_KIND_UNSPECIFIED, 0, body);
  }
  void State(uint32_t agency) {
    PositionStated body;
    body.set_complete(true);
    Put(ENTRY_TYPE_POSITION_STATED, ACTOR_KIND_AGENCY, agency, body).agency = AgencyOrdinal(agency);
  }
  void Present(uint32_t agency) {
    Put(ENTRY_TYPE_ADAPTER_PRESENT, ACTOR_KIND_AGENCY, agency, AdapterPresent()).agency = AgencyOrdinal(agency);
  }
  void Absent(uint32_t agency) {
    Put(ENTRY_TYPE_ADAPTER_ABSENT, ACTOR_KIND_UNSPECIFIED, 0, AdapterAbsent()).agency = AgencyOrdinal(agency);
  }
  void Surplus(uint64_t of_case, absl::Duration due) {
    SurplusArisen body;
    body.set_due(absl::ToUnixMicros(now + due));
    Put(ENTRY_TYPE_SURPLUS_ARISEN, ACTOR_KIND_UNSPECIFIED, 0, body).case_seq = CaseSeq(of_case);
  }
  void ClearSurplus(uint64_t of_case) {
    Put(ENTRY_TYPE_SURPLUS_CLEARED, ACTOR_KIND_UNSPECIFIED, 0, SurplusCleared()).case_seq = CaseSeq(of_case);
  }
  // Nothing that counts: the log goes on.
  void GoOn() { Put(ENTRY_TYPE_DIRECTORY_HEAD, ACTOR_KIND_UNSPECIFIED, 0, DirectoryHead()); }

  std::vector<uint64_t> cases;  // the first of each court

 private:
  static std::string Bits(const std::vector<uint32_t>& agencies) {
    domain::AgencySet set;
    for (const uint32_t agency : agencies) set.Add(AgencyOrdinal(agency));
    return set.bytes();
  }
  void About(journal::Leaf& leaf, uint64_t order, uint32_t agency) const {
    leaf.order = OrderSeq(order), leaf.agency = AgencyOrdinal(agency), leaf.case_seq = leaves[order].case_seq;
  }
};

// August and September 2026 of a province: agencies that are quick, slow, often late, or away; `orders` a month.
LogMaker Province(uint32_t agencies, uint32_t courts, uint32_t orders, uint64_t seed);

}  // namespace eagle::scorecard
