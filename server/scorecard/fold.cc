#include "server/scorecard/fold.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "server/base/assert.h"

namespace eagle::scorecard {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

bool ByDue(const OpenTask& a, const OpenTask& b) {
  return std::tie(a.due, a.order, a.agency) < std::tie(b.due, b.order, b.agency);
}

// Puts one into a list of at most `most`, which stays in order.
template <typename Item, typename Before>
void KeepFirst(std::vector<Item>& items, Item item, size_t most, Before before) {
  const auto at = std::upper_bound(items.begin(), items.end(), item, before);
  if (at == items.end() && items.size() == most) return;
  items.insert(at, std::move(item));
  if (items.size() > most) items.pop_back();
}

void NameAbsence(AgencyFigures& of, const Absence& absence) {
  KeepFirst(of.longest_absences, absence, kAbsencesNamed, [](const Absence& a, const Absence& b) {
    return std::pair(b.until - b.from, a.from) < std::pair(a.until - a.from, b.from);
  });
}

uint64_t& CountOf(Action action, CourtFigures& court) {
  switch (action) {
    case ACTION_INQUIRE:
      return court.inquiries;
    case ACTION_FREEZE:
      return court.freezes;
    case ACTION_RENEW:
      return court.renewals;
    case ACTION_RELEASE:
      return court.releases;
    case ACTION_DEDUCT:
      return court.deductions;
    default:
      return court.other_orders;
  }
}

}  // namespace

AgencyFigures TotalOf(const PeriodFigures& figures) {
  AgencyFigures total;
  for (const auto& [ordinal, one] : figures.agencies) {
    for (const auto& row : kAgencyRows) total.*row.number += one.*row.number;
    total.times.AddAll(one.times);
    total.there_seconds += one.there_seconds, total.watched_seconds += one.watched_seconds;
  }
  return total;
}

Scorecard::Scorecard(const std::vector<Period>& periods) : now_(std::numeric_limits<int64_t>::min()) {
  GATEWAY_ASSERT(!periods.empty(), "a scorecard is of a period");
  for (const Period& period : periods) {
    GATEWAY_ASSERT(figures_.empty() || figures_.back().period.end == period.start, "periods follow each other");
    figures_.push_back({.period = period, .days = std::vector<DayFigures>(period.day_ends.size())});
  }
}

PeriodFigures* Scorecard::In(int64_t instant) {
  return at_ < figures_.size() && figures_[at_].period.Has(instant) ? &figures_[at_] : nullptr;
}
AgencyFigures& Scorecard::Agency(uint32_t ordinal) {
  PeriodFigures* in = In(now_);
  return in == nullptr ? no_agency_ : in->agencies[ordinal];
}
CourtFigures& Scorecard::Court(uint32_t ordinal) {
  PeriodFigures* in = In(now_);
  return in == nullptr ? no_court_ : in->courts[ordinal];
}
DayFigures& Scorecard::Day(int64_t instant) {
  PeriodFigures* in = In(instant);
  return in == nullptr ? no_day_ : in->days[in->period.DayOf(instant)];
}

void Scorecard::Advance(int64_t instant) {
  for (;;) {
    const int64_t due = to_fall_due_.empty() ? kNever : to_fall_due_.begin()->first;
    const int64_t end = at_ < figures_.size() ? figures_[at_].period.end : kNever;
    if (due <= end && due < instant) {
      FallDue(to_fall_due_.begin()->second);
    } else if (end < instant) {
      Close(true, end);
    } else {
      return;
    }
  }
}

void Scorecard::FallDue(uint64_t seq) {
  OpenOrder& order = orders_.at(seq);
  order.fell_due = true;
  to_fall_due_.erase({order.due, seq});
  PeriodFigures* in = In(order.due);
  if (in == nullptr) return;
  DayFigures& day = Day(order.due);
  CourtFigures& court = in->courts[order.court];
  order.open.ForEach([&](AgencyOrdinal agency) {
    AgencyFigures& figures = in->agencies[agency.value()];
    if (order.held.Contains(agency)) {
      ++figures.held, ++court.held, ++day.held;
    } else {
      ++figures.missed, ++court.missed, ++day.missed;
    }
  });
}

void Scorecard::Count(const Presence& presence, int64_t instant, AgencyFigures& figures) const {
  const int64_t from = std::max(presence.since, figures_[at_].period.start);
  if (instant > from) figures.there_seconds += (instant - from) / 1'000'000;
}

void Scorecard::Close(bool complete, int64_t as_of) {
  PeriodFigures& figures = figures_[at_];
  figures.complete = complete, figures.as_of = as_of, figures.entries = taken_;
  for (const uint32_t court : courts_) figures.courts[court];
  for (const auto& [agency, presence] : presence_) {
    AgencyFigures& of = figures.agencies[agency];
    const int64_t from = std::max(presence.registered, figures.period.start);
    if (as_of > from) of.watched_seconds = (as_of - from) / 1'000'000;
    if (presence.there) {
      Count(presence, as_of, of);
    } else {
      NameAbsence(of, {.from = presence.since, .until = as_of, .still = true});
    }
    of.there_seconds = std::min(of.there_seconds, of.watched_seconds);
  }
  Look(figures);
  ++at_;
}

void Scorecard::Look(PeriodFigures& figures) const {
  std::vector<OpenTask> overdue;
  for (const auto& [seq, order] : orders_) {
    CourtFigures& court = figures.courts[order.court];
    const bool freeze = order.action == ACTION_FREEZE, release = order.action == ACTION_RELEASE;
    order.open.ForEach([&](AgencyOrdinal agency) {
      AgencyFigures& of = figures.agencies[agency.value()];
      const bool held = order.held.Contains(agency), late = order.fell_due && !held;
      const OpenTask task{.order = seq,
                          .agency = agency.value(),
                          .court = order.court,
                          .action = order.action,
                          .urgent = order.urgent,
                          .held = held,
                          .overdue = late,
                          .accepted = order.accepted,
                          .due = order.due,
                          .order_id = order.order_id == std::array<char, 16>{}
                                          ? std::string()
                                          : std::string(order.order_id.data(), order.order_id.size())};
      ++of.open, ++court.open;
      of.overdue += late, court.overdue += late;
      of.open_freezes += freeze, of.overdue_freezes += freeze && late;
      of.open_releases += release, of.overdue_releases += release && late;
      if (late) overdue.push_back(task);
      // Orders are numbered as they were accepted.
      if (!of.oldest || task.order < of.oldest->order) of.oldest = task;
      KeepFirst(of.oldest_open, task, kTasksNamed,
                [](const OpenTask& a, const OpenTask& b) { return a.order < b.order; });
    });
  }
  const size_t named = std::min(overdue.size(), kOverdueNamedMax);
  std::partial_sort(overdue.begin(), overdue.begin() + static_cast<std::ptrdiff_t>(named), overdue.end(), ByDue);
  overdue.resize(named);
  figures.overdue = std::move(overdue);
  const auto past = [&](int64_t due) { return due < figures.as_of || (figures.complete && due == figures.as_of); };
  for (const auto& [index, objection] : objections_)
    ++figures.courts[objection.court].open_objections,
        figures.courts[objection.court].overdue_objections += past(objection.due);
  for (const auto& [index, incident] : incidents_) {
    AgencyFigures& of = figures.agencies[incident.agency];
    ++of.open_incidents, of.overdue_incidents += past(incident.due);
    if (of.standing_incidents.size() < kIncidentsNamed)
      of.standing_incidents.push_back(
          {index, incident.kind, incident.day, incident.arisen, incident.due, past(incident.due)});
  }
  for (const auto& [seq, due] : surpluses_) {
    const auto court = cases_.find(seq);
    if (court == cases_.end()) continue;
    ++figures.courts[court->second].open_surpluses, figures.courts[court->second].overdue_surpluses += past(due);
  }
}

std::vector<PeriodFigures> Scorecard::Finish() {
  while (at_ < figures_.size()) {
    // Without one leaf in it, nothing can be said of the period.
    if (now_ > figures_[at_].period.start) {
      Close(false, now_);
    } else {
      figures_[at_].as_of = now_, figures_[at_].entries = taken_;
      ++at_;
    }
  }
  for (PeriodFigures& figures : figures_) figures.unreadable = unreadable_;
  return std::move(figures_);
}

template <typename Body>
bool Scorecard::Read(const journal::Leaf& leaf, Body& body) {
  if (body.ParseFromString(leaf.body)) return true;
  ++unreadable_;
  return false;
}

void Scorecard::Take(const journal::Leaf& leaf) {
  const int64_t instant = std::max(absl::ToUnixMicros(leaf.time), now_);
  Advance(instant);
  now_ = instant;
  ++taken_;
  switch (leaf.type) {
    case ENTRY_TYPE_COURT_REGISTERED:
    case ENTRY_TYPE_AGENCY_REGISTERED:
      return TakeRegistered(leaf);
    case ENTRY_TYPE_CASE_OPENED:
    case ENTRY_TYPE_CASE_STAGE_CHANGED:
      return TakeCase(leaf);
    case ENTRY_TYPE_ORDER_ACCEPTED:
    case ENTRY_TYPE_REFUSED:
      return TakeOrder(leaf);
    case ENTRY_TYPE_DELIVERED:
      return TakeDelivered(leaf);
    case ENTRY_TYPE_TASK_ANSWERED:
      return TakeAnswer(leaf);
    case ENTRY_TYPE_RECEIPT_CONFLICT:
      return TakeConflict(leaf);
    case ENTRY_TYPE_ORDER_WITHDRAWN:
      return TakeWithdrawn(leaf);
    case ENTRY_TYPE_ORDER_PAUSED:
      return TakePaused(leaf);
    case ENTRY_TYPE_ORDER_BEGUN:
      return TakeBegun(leaf);
    case ENTRY_TYPE_OBJECTION_RAISED:
    case ENTRY_TYPE_OBJECTION_REPLIED:
    case ENTRY_TYPE_OBJECTION_ANSWERED:
      return TakeObjection(leaf);
    case ENTRY_TYPE_POSITION_STATED:
    case ENTRY_TYPE_INCIDENT_ARISEN:
    case ENTRY_TYPE_INCIDENT_CLEARED:
      return TakeIncident(leaf);
    case ENTRY_TYPE_ADAPTER_PRESENT:
    case ENTRY_TYPE_ADAPTER_ABSENT:
      return TakePresence(leaf);
    case ENTRY_TYPE_SURPLUS_ARISEN:
    case ENTRY_TYPE_SURPLUS_CLEARED:
      return TakeSurplus(leaf);
    default:
      return;
  }
}

// --- courts: cases, orders

void Scorecard::TakeRegistered(const journal::Leaf& leaf) {
  if (leaf.type == ENTRY_TYPE_AGENCY_REGISTERED) {
    // Again, when something of it changed: it was registered before.
    if (leaf.agency) presence_.try_emplace(leaf.agency.value(), Presence{.registered = now_, .since = now_});
    return;
  }
  Adopted body;
  if (Read(leaf, body) && body.ordinal() != 0) courts_.insert(body.ordinal());
}

void Scorecard::TakeCase(const journal::Leaf& leaf) {
  if (leaf.type == ENTRY_TYPE_CASE_OPENED) {
    cases_[leaf.index.value()] = leaf.actor_ordinal;
    ++Court(leaf.actor_ordinal).cases_opened;
    return;
  }
  CaseStageChanged body;
  if (!Read(leaf, body)) return;
  if (body.to() == CASE_STAGE_CLOSED) ++Court(leaf.actor_ordinal).cases_closed;
  if (body.to() == CASE_STAGE_CLOSED_NO_ASSETS) ++Court(leaf.actor_ordinal).closed_no_assets;
}

void Scorecard::TakeOrder(const journal::Leaf& leaf) {
  if (leaf.type == ENTRY_TYPE_REFUSED) {
    Refused body;
    if (leaf.actor_kind == ACTOR_KIND_COURT && Read(leaf, body) && body.member_type() == MEMBER_TYPE_ORDER)
      ++Court(leaf.actor_ordinal).refused;
    return;
  }
  OrderAccepted body;
  if (!Read(leaf, body)) return;
  const uint64_t seq = leaf.index.value();
  OpenOrder order{.court = leaf.actor_ordinal,
                  .action = body.action(),
                  .urgent = body.urgency() == URGENCY_URGENT,
                  .accepted = now_,
                  .due = body.due(),
                  .freeze = body.freeze_order(),
                  .open = domain::AgencySet::FromBytes(body.targets())};
  if (body.order_id().size() == order.order_id.size())
    std::copy(body.order_id().begin(), body.order_id().end(), order.order_id.begin());
  // It counts from its begin: until then nobody can be late with it.
  if (body.begins() != 0) {
    waiting_[seq] = std::move(order);
    return;
  }
  Receive(seq, std::move(order));
}

void Scorecard::TakeBegun(const journal::Leaf& leaf) {
  OrderBegun body;
  const auto waiting = waiting_.find(leaf.order.value());
  if (!Read(leaf, body) || waiting == waiting_.end()) return;
  OpenOrder order = std::move(waiting->second);
  waiting_.erase(waiting);
  if (body.outcome() != BEGIN_OUTCOME_BEGUN) return;
  order.accepted = body.begins();
  order.open.RemoveAll(domain::AgencySet::FromBytes(body.ended()));
  Receive(leaf.order.value(), std::move(order));
}

void Scorecard::Receive(uint64_t seq, OpenOrder order) {
  CourtFigures& court = Court(order.court);
  ++court.orders, court.urgent_orders += order.urgent, ++CountOf(order.action, court);
  const uint64_t tasks = order.open.count();
  court.tasks += tasks;
  if (In(now_) != nullptr) Day(now_).received += tasks;
  order.open.ForEach([&](AgencyOrdinal agency) {
    AgencyFigures& figures = Agency(agency.value());
    ++figures.received, figures.urgent += order.urgent, figures.controls += order.action != ACTION_INQUIRE;
  });
  if (tasks == 0) return;
  if (order.action == ACTION_DEDUCT) {
    if (objected_.contains(order.freeze)) Hold(order, order.open);
    deductions_[order.freeze].insert(seq);
  }
  to_fall_due_.insert({order.due, seq});
  orders_[seq] = std::move(order);
}

void Scorecard::TakeDelivered(const journal::Leaf& leaf) {
  if (deductions_.empty()) return;  // of nothing else it matters whether it had begun
  Delivered body;
  if (!Read(leaf, body)) return;
  for (const uint64_t seq : body.orders()) {
    const auto order = orders_.find(seq);
    if (order == orders_.end() || order->second.action != ACTION_DEDUCT || order->second.begun) continue;
    order->second.begun = true;
    const auto of = deductions_.find(order->second.freeze);
    if (of != deductions_.end() && of->second.erase(seq) > 0 && of->second.empty()) deductions_.erase(of);
  }
}

void Scorecard::TakeAnswer(const journal::Leaf& leaf) {
  TaskReport body;
  if (!Read(leaf, body)) return;
  if (body.kind() == RECEIPT_KIND_CORRECTION) {
    ++Agency(leaf.agency.value()).corrections;
    return;
  }
  const bool last_word = body.kind() == RECEIPT_KIND_FINAL || body.kind() == RECEIPT_KIND_RETURNED;
  const auto order = orders_.find(leaf.order.value());
  if (!last_word || order == orders_.end() || !order->second.open.Contains(leaf.agency)) return;
  const bool punctual = now_ <= order->second.due;
  AgencyFigures& figures = Agency(leaf.agency.value());
  ++figures.answered, figures.returned += body.kind() == RECEIPT_KIND_RETURNED;
  figures.on_time += punctual, figures.late += !punctual;
  figures.times.Add(now_ - order->second.accepted);
  CourtFigures& court = Court(order->second.court);
  ++court.answered, court.on_time += punctual;
  DayFigures& day = Day(now_);
  ++day.answered, day.on_time += punctual;
  EndTask(order, leaf.agency.value());
}

void Scorecard::TakeConflict(const journal::Leaf& leaf) {
  ++Agency(leaf.agency.value()).conflicts;
  const auto order = orders_.find(leaf.order.value());
  if (order != orders_.end() && order->second.open.Contains(leaf.agency)) EndTask(order, leaf.agency.value());
}

void Scorecard::TakeWithdrawn(const journal::Leaf& leaf) {
  OrderWithdrawn body;
  if (!Read(leaf, body)) return;
  ++Court(leaf.actor_ordinal).withdrawn;
  waiting_.erase(leaf.order.value());
  const auto order = orders_.find(leaf.order.value());
  if (order == orders_.end()) return;
  domain::AgencySet gone = domain::AgencySet::FromBytes(body.targets());
  gone.ForEach([&](AgencyOrdinal agency) {
    if (!order->second.open.Contains(agency)) return;
    ++Agency(agency.value()).withdrawn;
    order->second.open.Remove(agency);
  });
  if (order->second.open.empty()) Forget(order);
}

void Scorecard::TakePaused(const journal::Leaf& leaf) {
  OrderPaused body;
  if (!Read(leaf, body)) return;
  auto order = orders_.find(leaf.order.value());
  if (order == orders_.end()) {
    order = waiting_.find(leaf.order.value());
    if (order == waiting_.end()) return;
  }
  ++Court(order->second.court).paused;
  Hold(order->second, domain::AgencySet::FromBytes(body.targets()));
}

void Scorecard::Hold(OpenOrder& order, const domain::AgencySet& targets) {
  if (!order.fell_due) order.held.AddAll(targets);  // what was judged stays judged
}

void Scorecard::EndTask(Orders::iterator order, uint32_t agency) {
  order->second.open.Remove(AgencyOrdinal(agency));
  if (order->second.open.empty()) Forget(order);
}

void Scorecard::Forget(Orders::iterator order) {
  to_fall_due_.erase({order->second.due, order->first});
  const auto of = deductions_.find(order->second.freeze);
  if (of != deductions_.end() && of->second.erase(order->first) > 0 && of->second.empty()) deductions_.erase(of);
  orders_.erase(order);
}

// --- objections, incidents, presence, surpluses

void Scorecard::TakeObjection(const journal::Leaf& leaf) {
  if (leaf.type == ENTRY_TYPE_OBJECTION_RAISED) {
    ObjectionRaised body;
    if (!Read(leaf, body)) return;
    const auto court = cases_.find(leaf.case_seq.value());
    if (court == cases_.end()) return;
    const OpenObjection raised{
        .court = court->second, .agency = leaf.agency.value(), .measure = body.measure(), .due = body.due()};
    ++Agency(raised.agency).objections, ++Court(raised.court).objections;
    objections_[leaf.index.value()] = raised;
    if (raised.measure == 0) return;
    ++objected_[raised.measure];
    const auto deductions = deductions_.find(raised.measure);
    if (deductions == deductions_.end()) return;
    for (const uint64_t seq : deductions->second) Hold(orders_.at(seq), orders_.at(seq).open);
    return;
  }
  if (leaf.type == ENTRY_TYPE_OBJECTION_REPLIED) {
    ObjectionReplied body;
    if (!Read(leaf, body) || !body.withdraws()) return;
    const auto objection = objections_.find(body.objection());
    if (objection != objections_.end()) EndObjection(objection);
    return;
  }
  ObjectionAnswered body;
  if (!Read(leaf, body)) return;
  const auto objection = objections_.find(body.objection());
  if (objection == objections_.end()) return;
  CourtFigures& court = Court(objection->second.court);
  ++court.objections_answered, court.objections_late += now_ > objection->second.due;
  if (body.decision() == OBJECTION_DECISION_UPHELD || body.decision() == OBJECTION_DECISION_AMENDED)
    ++Agency(objection->second.agency).upheld;
  EndObjection(objection);
}

void Scorecard::EndObjection(std::map<uint64_t, OpenObjection>::iterator objection) {
  const auto open = objected_.find(objection->second.measure);
  if (open != objected_.end() && --open->second == 0) objected_.erase(open);
  objections_.erase(objection);
}

void Scorecard::TakeIncident(const journal::Leaf& leaf) {
  if (leaf.type == ENTRY_TYPE_POSITION_STATED) {
    PositionStated body;
    if (Read(leaf, body) && body.complete()) ++Agency(leaf.agency.value()).statements;
    return;
  }
  if (leaf.type == ENTRY_TYPE_INCIDENT_ARISEN) {
    IncidentArisen body;
    if (!Read(leaf, body)) return;
    AgencyFigures& figures = Agency(leaf.agency.value());
    ++(body.kind() == INCIDENT_KIND_STATEMENT_MISSING ? figures.statements_missing : figures.differences);
    // A civil day has ten characters; no leaf makes the list longer.
    incidents_[leaf.index.value()] = {.agency = leaf.agency.value(),
                                      .kind = body.kind(),
                                      .day = body.day().substr(0, 10),
                                      .arisen = now_,
                                      .due = body.due()};
    return;
  }
  IncidentCleared body;
  if (!Read(leaf, body)) return;
  const auto incident = incidents_.find(body.incident());
  if (incident == incidents_.end()) return;
  Agency(incident->second.agency).incidents_late += now_ > incident->second.due;
  incidents_.erase(incident);
}

void Scorecard::TakePresence(const journal::Leaf& leaf) {
  if (!leaf.agency) return;
  Presence& presence =
      presence_.try_emplace(leaf.agency.value(), Presence{.registered = now_, .since = now_}).first->second;
  if (leaf.type == ENTRY_TYPE_ADAPTER_PRESENT) {
    if (presence.there) return;
    NameAbsence(Agency(leaf.agency.value()), {.from = presence.since, .until = now_});
    presence.there = true, presence.since = now_;
    return;
  }
  AgencyFigures& figures = Agency(leaf.agency.value());
  ++figures.absences;
  if (presence.there && In(now_) != nullptr) Count(presence, now_, figures);
  if (presence.there) presence.since = now_;
  presence.there = false;
}

void Scorecard::TakeSurplus(const journal::Leaf& leaf) {
  const uint64_t seq = leaf.case_seq.value();
  const auto court = cases_.find(seq);
  if (court == cases_.end()) return;
  if (leaf.type == ENTRY_TYPE_SURPLUS_ARISEN) {
    SurplusArisen body;
    if (!Read(leaf, body)) return;
    // A surplus that grows keeps its clock: it has arisen once.
    if (surpluses_.insert_or_assign(seq, body.due()).second) ++Court(court->second).surpluses;
    return;
  }
  const auto open = surpluses_.find(seq);
  if (open == surpluses_.end()) return;
  ++Court(court->second).surpluses_cleared;
  Court(court->second).surpluses_late += now_ > open->second;
  surpluses_.erase(open);
}

}  // namespace eagle::scorecard
