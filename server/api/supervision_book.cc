#include "server/api/supervision_book.h"

#include <utility>

#include "goldeneagle/v1/entry.pb.h"
#include "goldeneagle/v1/supervision_entry.pb.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

template <typename Body>
Body BodyOf(const domain::Entry& entry) {
  Body body;
  body.ParseFromString(entry.body);
  return body;
}

int64_t InstantOf(const DueKey& key) { return key.due; }
int64_t InstantOf(const FreezeKey& key) { return key.since; }
const DueKey& KeyOf(const DueKey& at) { return at; }
template <typename Key, typename Row>
const Key& KeyOf(const std::pair<const Key, Row>& at) {
  return at.first;
}

// Walks `set` past page.next, so many rows at a time under the lock. `row_of(element)`: its row. False: the page is
// done.
template <typename Page, typename Set, typename RowOf, typename Wanted>
bool Walk(const Set& set, const RowOf& row_of, const Wanted& wanted, int64_t before, size_t limit, Page& page) {
  auto at = page.next ? set.upper_bound(*page.next) : set.begin();
  for (size_t n = 0; n < SupervisionBook::kLookedAtOnce; ++n, ++at) {
    if (at == set.end() || InstantOf(KeyOf(*at)) >= before) {
      page.next.reset();
      return false;
    }
    if (page.rows.size() == limit) return false;
    page.next = KeyOf(*at);
    if (const auto& row = row_of(*at); wanted(row)) page.rows.push_back(row);
  }
  return true;
}

}  // namespace

SupervisionBook::SupervisionBook(const domain::State& state) {
  Touched all;
  for (const auto& [seq, order] : state.orders) {
    Hear(order);
    TouchOrder(&order, all);
  }
  for (const auto& [seq, of] : state.cases) {
    all.cases.insert(seq);
    all.clocks.insert({DUE_KIND_SURPLUS, seq});
  }
  for (const auto& [index, thread] : state.objections) all.clocks.insert({DUE_KIND_OBJECTION, index});
  for (const auto& [index, thread] : state.supervisions) all.clocks.insert({DUE_KIND_SUPERVISION, index});
  for (const auto& [index, incident] : state.incidents) all.clocks.insert({DUE_KIND_INCIDENT, index});
  for (size_t n = 1; n <= state.positions.size(); ++n) all.clocks.insert({DUE_KIND_STATEMENT, n});
  absl::MutexLock lock(&mu_);
  Follow(all, state);
}

SupervisionBook::Page<DueRow, DueKey> SupervisionBook::Due(const std::function<bool(const DueRow&)>& wanted,
                                                           CourtOrdinal only, int64_t before,
                                                           std::optional<DueKey> after, size_t limit) const {
  Page<DueRow, DueKey> page{.next = after};
  for (size_t looked = 0; looked < kLookedAtMax; looked += kLookedAtOnce) {
    absl::MutexLock lock(&mu_);
    if (looked == 0) page.as_of = as_of_;
    bool more = false;
    if (!only) {
      more = Walk(
          clocks_, [](const auto& at) -> const DueRow& { return at.second; }, wanted, before, limit, page);
    } else if (const auto own = clocks_of_.find(only.value()); own != clocks_of_.end()) {
      const auto& all = clocks_;
      more = Walk(
          own->second, [&all](const DueKey& key) -> const DueRow& { return all.at(key); }, wanted, before, limit, page);
    } else {
      page.next.reset();
    }
    if (!more) return page;
  }
  return page;
}

SupervisionBook::Page<FreezeRow, FreezeKey> SupervisionBook::Undecided(
    const std::function<bool(const FreezeRow&)>& wanted, int64_t before, std::optional<FreezeKey> after,
    size_t limit) const {
  Page<FreezeRow, FreezeKey> page{.next = after};
  for (size_t looked = 0; looked < kLookedAtMax; looked += kLookedAtOnce) {
    absl::MutexLock lock(&mu_);
    if (looked == 0) page.as_of = as_of_;
    const bool more = Walk(
        undecided_, [](const auto& at) -> const FreezeRow& { return at.second; }, wanted, before, limit, page);
    if (!more) return page;
  }
  return page;
}

std::map<uint32_t, SupervisionBook::CourtCount> SupervisionBook::Counts(AsOf& as_of) const {
  absl::MutexLock lock(&mu_);
  as_of = as_of_;
  return counts_;
}

std::map<std::pair<DueKind, DueState>, uint64_t> SupervisionBook::Clocks() const {
  absl::MutexLock lock(&mu_);
  return by_state_;
}

size_t SupervisionBook::undecided() const {
  absl::MutexLock lock(&mu_);
  return undecided_.size();
}

void SupervisionBook::Committed(const std::vector<domain::Entry>& entries, const core::CommitView& commit) {
  Touched touched;
  for (const domain::Entry& entry : entries) Touch(entry, commit.state(), touched);
  absl::MutexLock lock(&mu_);
  Follow(touched, commit.state());
}

void SupervisionBook::Hear(const domain::Order& order) {
  if (order.freeze) decided_[order.freeze.value()].Hear(order);
}

void SupervisionBook::TouchOrder(const domain::Order* order, Touched& touched) {
  if (order == nullptr) return;
  touched.clocks.insert({DUE_KIND_ORDER, order->seq.value()});
  if (order->measure()) touched.freezes.insert(order->measure().value());
}

void SupervisionBook::Touch(const domain::Entry& entry, const domain::State& state, Touched& touched) {
  if (entry.agency) touched.clocks.insert({DUE_KIND_STATEMENT, entry.agency.value()});
  switch (entry.type) {
    case ENTRY_TYPE_ORDER_ACCEPTED: {
      const domain::Order* order = state.FindOrder(OrderSeq(entry.index));
      if (order != nullptr) Hear(*order);
      return TouchOrder(order, touched);
    }
    case ENTRY_TYPE_TASK_REPORTED:
    case ENTRY_TYPE_TASK_ANSWERED:
    case ENTRY_TYPE_MEASURE_CHANGED:
    case ENTRY_TYPE_RECEIPT_CONFLICT:
    case ENTRY_TYPE_ORDER_WITHDRAWN:
    case ENTRY_TYPE_ORDER_BEGUN:
      return TouchOrder(state.FindOrder(entry.order), touched);
    case ENTRY_TYPE_DEADLINE_MARKED:
      if (entry.order) return TouchOrder(state.FindOrder(entry.order), touched);
      touched.clocks.insert({DUE_KIND_SURPLUS, entry.case_seq.value()});
      return;
    case ENTRY_TYPE_SURPLUS_ARISEN:
    case ENTRY_TYPE_SURPLUS_CLEARED:
      touched.clocks.insert({DUE_KIND_SURPLUS, entry.case_seq.value()});
      return;
    case ENTRY_TYPE_MEASURE_MARKED:
      touched.freezes.insert(BodyOf<MeasureMarked>(entry).freeze_order());
      return;
    case ENTRY_TYPE_OBJECTION_RAISED:
      touched.clocks.insert({DUE_KIND_OBJECTION, entry.index});
      return;
    case ENTRY_TYPE_OBJECTION_REPLIED:
      touched.clocks.insert({DUE_KIND_OBJECTION, BodyOf<ObjectionReplied>(entry).objection()});
      return;
    case ENTRY_TYPE_OBJECTION_ANSWERED:
      touched.clocks.insert({DUE_KIND_OBJECTION, BodyOf<ObjectionAnswered>(entry).objection()});
      return;
    case ENTRY_TYPE_OBJECTION_MARKED:
      touched.clocks.insert({DUE_KIND_OBJECTION, BodyOf<ObjectionMarked>(entry).objection()});
      return;
    case ENTRY_TYPE_SUPERVISION_ISSUED:
      touched.clocks.insert({DUE_KIND_SUPERVISION, entry.index});
      return;
    case ENTRY_TYPE_SUPERVISION_WORD:
      touched.clocks.insert({DUE_KIND_SUPERVISION, BodyOf<SupervisionSaid>(entry).supervision()});
      return;
    case ENTRY_TYPE_SUPERVISION_CLOSED:
      touched.clocks.insert({DUE_KIND_SUPERVISION, BodyOf<SupervisionClosed>(entry).supervision()});
      return;
    case ENTRY_TYPE_SUPERVISION_MARKED:
      touched.clocks.insert({DUE_KIND_SUPERVISION, BodyOf<SupervisionMarked>(entry).supervision()});
      return;
    case ENTRY_TYPE_INCIDENT_ARISEN:
      touched.clocks.insert({DUE_KIND_INCIDENT, entry.index});
      return;
    case ENTRY_TYPE_INCIDENT_MARKED:
      touched.clocks.insert({DUE_KIND_INCIDENT, BodyOf<IncidentMarked>(entry).incident()});
      return;
    case ENTRY_TYPE_INCIDENT_CLEARED:
      touched.clocks.insert({DUE_KIND_INCIDENT, BodyOf<IncidentCleared>(entry).incident()});
      return;
    case ENTRY_TYPE_CASE_OPENED:
      touched.cases.insert(entry.index);
      return;
    case ENTRY_TYPE_CASE_STAGE_CHANGED:
      touched.cases.insert(entry.case_seq.value());
      return;
    case ENTRY_TYPE_CASE_ERASED: {
      touched.cases.insert(entry.case_seq.value());
      const auto of = state.cases.find(entry.case_seq.value());
      if (of == state.cases.end()) return;
      for (const domain::Measure& measure : of->second.ledger.measures()) {
        touched.freezes.insert(measure.freeze.value());
        touched.clocks.insert({DUE_KIND_STATEMENT, measure.agency.value()});
      }
      return;
    }
    case ENTRY_TYPE_POLICY_INSTALLED:
      for (size_t n = 1; n <= state.positions.size(); ++n) touched.clocks.insert({DUE_KIND_STATEMENT, n});
      return;
    default:
      return;
  }
}

void SupervisionBook::Follow(const Touched& touched, const domain::State& state) {
  for (const ClockName& name : touched.clocks) FollowClock(name, DueOf(state, name));
  for (const uint64_t freeze : touched.freezes) {
    const ClockName end{DUE_KIND_MEASURE_END, freeze};
    FollowClock(end, DueOf(state, end));
    FollowFreeze(freeze, EffectiveOf(state, OrderSeq(freeze)));
  }
  for (const uint64_t seq : touched.cases) FollowCase(seq, state);
  as_of_ = {state.next_index, state.recorded};
}

void SupervisionBook::Count(const DueRow& row, bool comes) {
  uint64_t& clocks = by_state_[{row.key.name.kind, row.state}];
  comes ? ++clocks : --clocks;
  if (row.key.name.kind != DUE_KIND_ORDER) return;
  uint64_t& orders = counts_[row.court.value()].open_orders;
  comes ? ++orders : --orders;
}

void SupervisionBook::FollowClock(const ClockName& name, std::optional<DueRow> row) {
  if (const auto known = due_.find(name); known != due_.end()) {
    const auto at = clocks_.find({known->second, name});
    Count(at->second, /*comes=*/false);
    if (at->second.court) clocks_of_[at->second.court.value()].erase(at->first);
    clocks_.erase(at);
    due_.erase(known);
  }
  if (!row) return;
  Count(*row, /*comes=*/true);
  due_[name] = row->key.due;
  if (row->court) clocks_of_[row->court.value()].insert(row->key);
  const DueKey key = row->key;
  clocks_.emplace(key, *std::move(row));
}

void SupervisionBook::FollowFreeze(uint64_t freeze, std::optional<FreezeRow> row) {
  if (const auto known = effective_.find(freeze); known != effective_.end()) {
    CourtCount& count = counts_[known->second.court.value()];
    --count.effective;
    if (known->second.undecided) {
      --count.undecided;
      undecided_.erase(*known->second.undecided);
    }
    effective_.erase(known);
  }
  if (!row) return;
  CourtCount& count = counts_[row->court.value()];
  ++count.effective;
  Effective& now = effective_[freeze];
  now.court = row->court;
  if (row->action != ACTION_FREEZE) return;  // what takes income was ordered to
  const auto decided = decided_.find(freeze);
  if (decided != decided_.end() && decided->second.IsSince(absl::FromUnixMicros(row->key.since))) return;
  ++count.undecided;
  now.undecided = row->key;
  const FreezeKey key = row->key;
  undecided_.emplace(key, *std::move(row));
}

void SupervisionBook::FollowCase(uint64_t seq, const domain::State& state) {
  const auto of = state.cases.find(seq);
  if (of == state.cases.end()) return;
  CaseSeen& seen = cases_[seq];
  auto& stages = counts_[of->second.court.value()].stages;
  if (seen.stage != CASE_STAGE_UNSPECIFIED) --stages[seen.stage];
  seen = {of->second.court, of->second.stage};
  ++stages[seen.stage];
}

}  // namespace eagle::api
