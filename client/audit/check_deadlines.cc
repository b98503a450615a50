// Marks of deadlines, surpluses and their clocks, presence.
#include "absl/strings/str_cat.h"
#include "client/audit/picture.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

StoredClock* ClockOf(uint64_t seq, ClockOwner owner, Picture& seen) {
  const auto of = [seq](auto& owners) {
    const auto at = owners.find(seq);
    return at == owners.end() ? nullptr : &at->second.clock;
  };
  return owner == ClockOwner::kOrder       ? of(seen.orders)
         : owner == ClockOwner::kCase      ? of(seen.cases)
         : owner == ClockOwner::kIncident  ? of(seen.incidents)
         : owner == ClockOwner::kObjection ? of(seen.objections)
                                           : of(seen.supervisions);
}

const char* NameOf(ClockOwner owner) {
  switch (owner) {
    case ClockOwner::kOrder:
      return "order ";
    case ClockOwner::kCase:
      return "the surplus of case ";
    case ClockOwner::kObjection:
      return "objection ";
    case ClockOwner::kSupervision:
      return "supervision order ";
    default:
      return "incident ";
  }
}

// Whether it still runs. Pre: there is such a clock.
bool Runs(uint64_t seq, ClockOwner owner, const Picture& seen) {
  if (owner == ClockOwner::kOrder) return !seen.orders.at(seq).open.empty() && !seen.orders.at(seq).waits;
  if (owner == ClockOwner::kSupervision) return OwesAnswer(seq, seen);
  return owner != ClockOwner::kObjection || seen.objections.at(seq).closed == 0;
}

void CheckArisen(const journal::Leaf& leaf, CaseSeen& of, Picture& seen) {
  const uint64_t index = leaf.index.value();
  SurplusArisen body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  if (body.cause() == 0 || body.cause() != of.mover)
    seen.findings.Add(
        Rule::kSurplus, index,
        absl::StrCat("its cause, ", body.cause(), ", is not the newest entry of the case that can make one"),
        {of.mover});
  StoredClock clock{.row = seen.RowNumber(body.deadline_row()), .due = body.due()};
  bool rising = body.marks_size() == body.marks_permille_size() && !body.deadline_row().empty();
  for (int i = 0; rising && i < body.marks_size(); ++i) {
    rising = i == 0 || body.marks(i) > body.marks(i - 1);
    clock.marks.emplace_back(body.marks(i), body.marks_permille(i));
  }
  if (of.surplus != 0) {
    if (clock != of.clock)
      seen.findings.Add(Rule::kSurplus, index, "the clock of a surplus that stands is another one", {of.surplus});
  } else if (!rising || body.due() <= seen.now || clock.marks.empty() || clock.marks.front().first < seen.now) {
    seen.findings.Add(Rule::kSurplus, index, "a new surplus has a due instant and marks that are still to come");
  }
  seen.Disarm(of.clock, leaf.case_seq.value(), ClockOwner::kCase);
  of.clock = std::move(clock), of.surplus = index;
  seen.Arm(of.clock, leaf.case_seq.value(), ClockOwner::kCase);
}

void CheckCleared(const journal::Leaf& leaf, CaseSeen& of, Picture& seen) {
  const uint64_t index = leaf.index.value();
  SurplusCleared body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  if (of.surplus == 0) seen.findings.Add(Rule::kSurplus, index, "no surplus stands that could be cleared");
  if (body.cause() == 0 || body.cause() != of.mover)
    seen.findings.Add(
        Rule::kSurplus, index,
        absl::StrCat("its cause, ", body.cause(), ", is not the newest entry of the case that can end one"),
        {of.mover});
  seen.Disarm(of.clock, leaf.case_seq.value(), ClockOwner::kCase);
  of.clock = {}, of.surplus = 0, of.moved = seen.now;
}

}  // namespace

void CheckMark(const journal::Leaf& leaf, Picture& seen) {
  const uint64_t index = leaf.index.value();
  DeadlineMarked body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  const ClockOwner owner = leaf.order ? ClockOwner::kOrder : ClockOwner::kCase;
  const uint64_t seq = leaf.order ? leaf.order.value() : leaf.case_seq.value();
  StoredClock* clock = ClockOf(seq, owner, seen);
  if (clock == nullptr) return;  // the frame has found it
  if (!Runs(seq, owner, seen)) {
    seen.findings.Add(Rule::kMark, index, "nothing is open any more: its clock stands still", {seq});
    return;
  }
  if (!seen.Fire(*clock, seq, owner, body.mark_permille(), body.due(), body.deadline_row(), index)) return;
  const AgencyBits open = leaf.order ? seen.orders.at(seq).open : AgencyBits();
  if (AgencyBits(body.open()) != open)
    seen.findings.Add(Rule::kMarkOpen, index, "the agencies named are not those that had not answered", {seq});
}

void CheckSurplus(const journal::Leaf& leaf, Picture& seen) {
  const auto of = seen.cases.find(leaf.case_seq.value());
  if (of == seen.cases.end()) return;  // the frame has found it
  if (leaf.type == ENTRY_TYPE_SURPLUS_ARISEN) return CheckArisen(leaf, of->second, seen);
  CheckCleared(leaf, of->second, seen);
}

// A gateway that was down can't mark: time counts from the first leaf past the mark.
void CheckOverdue(const journal::Leaf& leaf, Picture& seen) {
  const int64_t now = absl::ToUnixMicros(leaf.time);
  if (leaf.type == ENTRY_TYPE_LOG_RECOVERED) {
    // Written while no gateway ran, and marks may lie in what was lost: all of them count from the next leaf on.
    for (const auto& [since, timer] : seen.overdue) seen.timers.insert(timer);
    seen.overdue.clear();
    return;
  }
  while (!seen.overdue.empty() && seen.overdue.front().first + absl::ToInt64Microseconds(seen.tolerance) < now) {
    const auto [since, timer] = seen.overdue.front();
    seen.overdue.pop_front();
    const auto [at, seq, owner] = timer;
    if (owner == ClockOwner::kBegin) {
      const OrderSeen& order = seen.orders.at(seq);
      const bool comes = leaf.type == ENTRY_TYPE_ORDER_BEGUN && leaf.order.value() == seq;
      if (order.waits && !order.open.empty() && !comes)
        seen.findings.Add(Rule::kBegin, leaf.index.value(), absl::StrCat("the begin of order ", seq, " stays away"),
                          {seq});
      continue;
    }
    const StoredClock* clock = ClockOf(seq, owner, seen);
    const bool waits =
        clock != nullptr && !clock->marks.empty() && clock->marks.front().first == at && Runs(seq, owner, seen);
    // A mark that fired at this very time comes with this leaf.
    if (waits)
      seen.findings.Add(
          Rule::kMarkMissing, leaf.index.value(),
          absl::StrCat("the mark of ", clock->marks.front().second, " permille of ", NameOf(owner), seq, " stays away"),
          {seq});
  }
  while (!seen.timers.empty() && std::get<0>(*seen.timers.begin()) <= now) {
    seen.overdue.emplace_back(now, *seen.timers.begin());
    seen.timers.erase(seen.timers.begin());
  }
}

void CheckPresence(const journal::Leaf& leaf, Picture& seen) {
  const uint64_t index = leaf.index.value();
  const auto wrong = [&](std::string_view why) { seen.findings.Add(Rule::kPresence, index, std::string(why)); };
  if (!leaf.agency || leaf.agency.value() > seen.agencies) return wrong("the agency is not registered");
  const AgencyBits agency = AgencyBits::Of(leaf.agency.value());
  if (leaf.type == ENTRY_TYPE_ADAPTER_PRESENT) {
    AdapterPresent body;
    if (!ReadBody(leaf, body, seen.findings)) return;
    if (body.instance().size() != 8 || body.adapter().empty() || body.contract_version() == 0)
      wrong("instance, program and contract version are demanded");
    seen.present.Add(agency);
    seen.present_since[leaf.agency.value()] = seen.now;
    seen.calls[{leaf.agency.value(), body.instance()}] = index;
    return;
  }
  AdapterAbsent body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  if (!seen.present.Has(leaf.agency.value())) wrong("it was not present");
  if (body.last_seen() > seen.now) wrong("it was last seen in the future");
  seen.present.Remove(agency);
  seen.absences[leaf.agency.value()] = index;
}

}  // namespace eagle::audit
