// Cases and orders as they are accepted, handed out and withdrawn.
#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "client/audit/acts.h"
#include "client/audit/opened_amounts.h"
#include "client/audit/picture.h"
#include "client/audit/tag_keys.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

CaseSeen* CaseOf(const journal::Leaf& leaf, Picture& seen) {
  const auto at = seen.cases.find(leaf.case_seq.value());
  return at == seen.cases.end() ? nullptr : &at->second;  // the frame has found it
}

// permille of the way from `start` to `due`, rounded up to a whole second.
int64_t MarkAt(int64_t start, int64_t due, uint32_t permille) {
  const absl::int128 thousandths = absl::int128(start) * 1000 + absl::int128(due - start) * permille;
  const absl::int128 second = 1'000'000'000;
  absl::int128 seconds = thousandths / second;
  if (thousandths % second > 0) seconds += 1;
  return static_cast<int64_t>(seconds) * 1'000'000;
}

void CheckOrderClock(const journal::Leaf& leaf, const OrderAccepted& body, const Picture& seen) {
  const auto wrong = [&](std::string_view why) {
    seen.findings.Add(Rule::kOrderClock, leaf.index.value(), std::string(why));
  };
  const int64_t start = body.begins() != 0 ? body.begins() : seen.now;
  if (body.due() <= start || body.due() > start + 3660LL * 86'400 * 1'000'000)
    return wrong("the answer is due after the acceptance, and within ten years");
  if (body.deadline_row().empty() || body.marks_size() != body.marks_permille_size())
    return wrong("the row that decided, and for each mark what it is");
  bool is_due = false;
  for (int i = 0; i < body.marks_size(); ++i) {
    if (body.marks(i) != MarkAt(start, body.due(), body.marks_permille(i)))
      return wrong(absl::StrCat("mark ", i, " does not stand at ", body.marks_permille(i), " permille of the way"));
    if (i > 0 && body.marks_permille(i) <= body.marks_permille(i - 1)) return wrong("the marks don't rise");
    is_due |= body.marks_permille(i) == 1000;
  }
  if (!is_due) wrong("no mark stands at the due instant");
}

void CheckMeasureBefore(const journal::Leaf& leaf, const OrderAccepted& body, Picture& seen) {
  const uint64_t index = leaf.index.value(), freeze = body.freeze_order();
  const bool needs = body.action() != ACTION_INQUIRE && !MakesMeasure(body.action());
  if (needs != (freeze != 0)) {
    seen.findings.Add(Rule::kOrder, index, needs ? "names no freeze that it is about" : "names a freeze without need");
    return;
  }
  if (!needs) return;
  const auto at = seen.orders.find(freeze);
  if (at == seen.orders.end()) {
    seen.findings.Add(Rule::kOrder, index, absl::StrCat("the freeze that it names, ", freeze, ", was never accepted"));
  } else if (!MakesMeasure(at->second.action) || at->second.case_seq != leaf.case_seq.value() ||
             at->second.targets != AgencyBits(body.targets())) {
    seen.findings.Add(Rule::kOrder, index, "what it names is no freeze of this case at this agency", {freeze});
  }
}

}  // namespace

void CheckCase(const journal::Leaf& leaf, Picture& seen) {
  const uint64_t index = leaf.index.value();
  const auto policy = [&](uint32_t version) {
    if (version == 0 || version != seen.policy)
      seen.findings.Add(Rule::kCase, index, absl::StrCat("policy ", version, " is not in force, ", seen.policy, " is"));
  };
  if (leaf.type == ENTRY_TYPE_CASE_OPENED) {
    CaseOpened body;
    if (!ReadBody(leaf, body, seen.findings)) return;
    CheckTag(leaf.index.value(), body.number_tag(), seen);
    CheckTags(leaf.index.value(), body.subject_tags(), seen);
    CheckHead(leaf, body.head(), MEMBER_TYPE_CASE, true, seen);
    CheckDigest(leaf, body.digest(), seen);
    CheckId(leaf, body.request_id(), seen);
    policy(body.policy_version());
    if (!AreDoubts(body.confirmed()))
      seen.findings.Add(Rule::kCase, index, "what it calls confirmed are no doubts about an amount");
    if (body.stage() == CASE_STAGE_UNSPECIFIED || body.number_tag().empty())
      seen.findings.Add(Rule::kCase, index, "a case is opened in a stage and with a number");
    CaseSeen& opened = seen.cases[index];
    opened.court = leaf.actor_ordinal, opened.stage = body.stage();
    for (const std::string& tag : body.subject_tags()) opened.people.push_back({tag});
    opened.tagged = !body.subject_tags().empty();
    return;
  }
  CaseSeen* of = CaseOf(leaf, seen);
  if (of != nullptr && of->court != leaf.actor_ordinal)
    seen.findings.Add(Rule::kCase, index, "another court opened this case", {leaf.case_seq.value()});
  if (leaf.type == ENTRY_TYPE_CASE_RESPONDENTS_CHANGED) return CheckRespondents(leaf, seen);
  if (leaf.type == ENTRY_TYPE_CASE_STAGE_CHANGED) {
    CaseStageChanged body;
    if (!ReadBody(leaf, body, seen.findings)) return;
    CheckHead(leaf, body.head(), MEMBER_TYPE_CASE, true, seen);
    CheckDigest(leaf, body.digest(), seen);
    CheckId(leaf, body.request_id(), seen);
    if (of != nullptr && (of->stage != body.from() || body.to() == body.from() || body.to() == CASE_STAGE_UNSPECIFIED))
      seen.findings.Add(Rule::kCase, index, "it was in another stage, or stays in it", {leaf.case_seq.value()});
    if (of != nullptr) of->stage = body.to(), of->moved = seen.now, of->flagged = 0;
    return;
  }
  CaseCapChanged body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  CheckHead(leaf, body.head(), MEMBER_TYPE_CASE, true, seen);
  CheckDigest(leaf, body.digest(), seen);
  CheckId(leaf, body.request_id(), seen);
  policy(body.policy_version());
  if (!AreDoubts(body.confirmed()))
    seen.findings.Add(Rule::kCase, index, "what it calls confirmed are no doubts about an amount");
  if (of != nullptr) of->mover = index;
}

void CheckOrderAccepted(const journal::Leaf& leaf, Picture& seen) {
  const uint64_t index = leaf.index.value();
  OrderAccepted body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  CheckTag(leaf.index.value(), body.subject_tag(), seen);
  CheckTags(leaf.index.value(), body.officer_tags(), seen);
  CheckHead(leaf, body.head(), MEMBER_TYPE_ORDER, true, seen);
  CheckDigest(leaf, body.digest(), seen);
  CheckId(leaf, body.order_id(), seen);
  const auto wrong = [&](std::string_view why) { seen.findings.Add(Rule::kOrder, index, std::string(why)); };
  CaseSeen* of = CaseOf(leaf, seen);
  if (of != nullptr && of->court != leaf.actor_ordinal) wrong("another court opened this case");
  if (of != nullptr && body.action() != ACTION_RELEASE && HasLeft(body.subject_tag(), *of))
    seen.findings.Add(Rule::kRespondent, index, "it is about somebody who has left the case, and releases nothing");
  if (of != nullptr && Takes(body.action())) of->mover = index;  // of what a recovery lost sight of
  if (body.policy_version() == 0 || body.policy_version() != seen.policy) wrong("the policy named is not in force");
  const AgencyBits targets(body.targets());
  if (targets.empty() || targets.highest() > seen.agencies) wrong("its targets are no registered agencies");
  if (body.action() == ACTION_UNSPECIFIED || body.urgency() == URGENCY_UNSPECIFIED) wrong("no action or urgency");
  if (body.action() != ACTION_INQUIRE && targets.count() != 1) wrong("a control is addressed to one agency");
  if (body.subject_tag().empty() || body.officer_tags().empty()) wrong("a person and an officer are demanded");
  if (!AreDoubts(body.confirmed())) wrong("what it calls confirmed are no doubts about an amount");
  if (body.group_first() > index) wrong("its group begins after it");
  CheckMeasureBefore(leaf, body, seen);
  CheckOrderClock(leaf, body, seen);
  OrderSeen& order = seen.orders[index];
  order.last = index, order.case_seq = leaf.case_seq.value(), order.court = leaf.actor_ordinal;
  order.action = body.action();
  order.freeze = body.freeze_order();
  if (Takes(order.action) && order.freeze != 0) seen.deductions[order.freeze].orders.push_back(index);
  order.targets = order.open = targets;
  order.signed_index = index, order.signed_at = seen.now;
  order.clock = {.row = seen.RowNumber(body.deadline_row()), .due = body.due()};
  for (int i = 0; i < std::min(body.marks_size(), body.marks_permille_size()); ++i)
    order.clock.marks.emplace_back(body.marks(i), body.marks_permille(i));
  body.begins() != 0 ? TakeWaiting(leaf, body, order, seen) : seen.Arm(order.clock, index, ClockOwner::kOrder);
  order.accepted = order.waits_since = seen.now, order.urgent = body.urgency() == URGENCY_URGENT;
  if (order.action != ACTION_INQUIRE) order.subject_tag = body.subject_tag();
  if (order.urgent && !order.subject_tag.empty())
    targets.ForEach([&](uint32_t agency) { seen.urgent[{agency, order.subject_tag}].insert(index); });
  // What takes something may wait for its case or for witnesses: those rules are its own.
  if (!Takes(order.action) && !order.waits)
    targets.ForEach([&](uint32_t agency) { seen.undelivered[{agency, order.court, order.urgent}].insert(index); });
}

void Arrived(uint64_t order, uint32_t agency, const OrderSeen& seen_order, Picture& seen) {
  const auto chain = seen.under_way.find({agency, seen_order.subject_tag});
  if (chain == seen.under_way.end() || chain->second.erase(order) == 0) return;
  seen.freed[chain->first] = seen.now;
  if (chain->second.empty()) seen.under_way.erase(chain);
}

namespace {

// Whether `holds` is true of what `by` has for this agency and person. Under another tag key it may be the same person,
// and whoever has no key can't tell: then it is taken for him.
template <typename Map, typename Holds>
bool OfPerson(const Map& by, uint32_t agency, const std::string& tag, const Picture& seen, Holds holds) {
  const auto own = by.find({agency, tag});
  if (own != by.end() && holds(own->second)) return true;
  if (seen.tag_keys.uses().size() < 2) return false;
  const std::string_view key = std::string_view(tag).substr(0, kTagKeyIdBytes);
  return std::any_of(by.begin(), by.end(), [&](const auto& entry) {
    const auto& [at, other] = entry.first;
    return at == agency && std::string_view(other).substr(0, kTagKeyIdBytes) != key && holds(entry.second);
  });
}

}  // namespace

bool IsHeldUp(uint64_t index, uint32_t agency, const OrderSeen& order, const Picture& seen) {
  if (order.subject_tag.empty()) return false;
  const auto absence = seen.absences.find(agency);
  return OfPerson(seen.under_way, agency, order.subject_tag, seen, [&](const auto& chain) {
    return std::any_of(chain.begin(), chain.end(), [&](const auto& entry) {
      const HandedSeen& handed = entry.second;
      const auto call = seen.calls.find({agency, handed.instance});
      const bool silent = call == seen.calls.end() || call->second <= handed.index;
      return handed.index < index && silent && (absence == seen.absences.end() || absence->second < handed.index);
    });
  });
}

namespace {

// Whether an urgent control behind it on the same person lifts it: it goes first, and so before others of its class.
bool IsLifted(uint64_t seq, uint32_t agency, const OrderSeen& order, const Picture& seen) {
  if (order.urgent || order.subject_tag.empty()) return false;
  return OfPerson(seen.urgent, agency, order.subject_tag, seen, [&](const std::set<uint64_t>& urgent) {
    return std::any_of(urgent.upper_bound(seq), urgent.end(), [&](uint64_t behind) {
      const OrderSeen& other = seen.orders.at(behind);
      return other.open.Has(agency) && !other.paused.Has(agency);
    });
  });
}

}  // namespace

bool WaitsForDeduction(uint64_t seq, const OrderSeen& order, const Picture& seen) {
  if (order.action != ACTION_RELEASE) return false;
  const auto deductions = seen.deductions.find(order.freeze);
  return deductions != seen.deductions.end() &&
         std::any_of(deductions->second.orders.begin(), deductions->second.orders.end(),
                     [&](uint64_t deduction) { return deduction < seq && !seen.orders.at(deduction).open.empty(); });
}

int64_t WaitsSince(const OrderSeen& order, const Picture& seen) {
  const auto deductions = order.action == ACTION_RELEASE ? seen.deductions.find(order.freeze) : seen.deductions.end();
  const auto of = seen.cases.find(order.case_seq);
  // Who left may have come again.
  const int64_t since = of == seen.cases.end() ? order.waits_since : std::max(order.waits_since, of->second.regrouped);
  return deductions == seen.deductions.end() ? since : std::max(since, deductions->second.last_word);
}

void CheckSkipped(uint64_t index, uint32_t agency, uint64_t seq, const OrderSeen& order, Picture& seen) {
  const auto queue = seen.undelivered.find({agency, order.court, order.urgent});
  if (queue == seen.undelivered.end()) return;
  if (IsLifted(seq, agency, order, seen)) {
    queue->second.erase(seq);
    return;
  }
  const int64_t tolerance = absl::ToInt64Microseconds(seen.tolerance);
  for (auto at = queue->second.begin(); at != queue->second.end() && *at < seq;) {
    const auto other = seen.orders.find(*at);
    // Journal order is the order of time, but of what waited for its begin.
    if (other->second.accepted + tolerance >= order.accepted && other->second.begins == 0) break;
    if (WaitsForDeduction(*at, other->second, seen) || WaitsSince(other->second, seen) + tolerance >= order.accepted ||
        IsHeldUp(index, agency, other->second, seen) || MayStandStill(agency, other->second, seen)) {
      ++at;
      continue;
    }
    if (!other->second.open.Has(agency) || other->second.delivered.Has(agency)) {
      at = queue->second.erase(at);
      continue;
    }
    if (other->second.clock.due > order.clock.due) {
      ++at;
      continue;
    }
    seen.findings.Add(Rule::kSkipped, index,
                      absl::StrCat("order ", *at, " was never handed out, and order ", seq,
                                   " of the same court, class and agency, accepted long after it, is"),
                      {*at, seq});
    at = queue->second.erase(at);  // once
  }
  queue->second.erase(seq);
}

void CheckDelivered(const journal::Leaf& leaf, Picture& seen) {
  const uint64_t index = leaf.index.value();
  Delivered body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  if (body.orders().empty() || body.orders_size() > 256 || body.instance().size() != 8)
    seen.findings.Add(Rule::kLeafForm, index, "1 to 256 orders, and 8 bytes of the adapter's instance");
  if (!leaf.agency) return;  // the frame has found it
  seen.calls[{leaf.agency.value(), body.instance()}] = index;
  for (const uint64_t seq : body.orders()) {
    const auto at = seen.orders.find(seq);
    if (at == seen.orders.end()) {
      seen.findings.Add(Rule::kDelivery, index, absl::StrCat("order ", seq, " was never accepted"));
      continue;
    }
    OrderSeen& order = at->second;
    if (!order.targets.Has(leaf.agency.value())) {
      seen.findings.Add(Rule::kDelivery, index,
                        absl::StrCat("order ", seq, " is not addressed to agency ", leaf.agency.value()), {seq});
    } else if (!order.open.Has(leaf.agency.value())) {
      seen.findings.Add(Rule::kDelivery, index, absl::StrCat("order ", seq, " was answered or withdrawn there before"),
                        {order.last});
    }
    if (order.waits)
      seen.findings.Add(Rule::kBegin, index, absl::StrCat("order ", seq, " waits for its begin and goes out"), {seq});
    if (order.paused.Has(leaf.agency.value()))
      seen.findings.Add(Rule::kPaused, index, absl::StrCat("order ", seq, " is paused and goes out all the same"),
                        {seq, order.paused_index});
    if (WaitsForDeduction(seq, order, seen))
      seen.findings.Add(Rule::kRelease, index,
                        absl::StrCat("release ", seq, " goes out while what takes from its measure is open"), {seq});
    const auto of = seen.cases.find(order.case_seq);
    if (of != seen.cases.end() && !order.subject_tag.empty() && MayStandStill(leaf.agency.value(), order, seen) &&
        HasLeft(order.subject_tag, of->second))
      seen.findings.Add(Rule::kRespondent, index,
                        absl::StrCat("order ", seq, " begins though it is about somebody who has left its case"),
                        {seq});
    CheckWitnessed(index, seq, order, seen);
    CheckHeld(index, leaf.agency.value(), seq, order, seen);
    order.delivered.Add(AgencyBits::Of(leaf.agency.value()));
    if (!order.subject_tag.empty() && order.open.Has(leaf.agency.value()))
      seen.under_way[{leaf.agency.value(), order.subject_tag}][seq] = {index, body.instance()};
    order.last = index;
  }
  // What goes out in one entry goes out at once, whatever stands first in it.
  for (const uint64_t seq : body.orders()) {
    const auto at = seen.orders.find(seq);
    if (at != seen.orders.end()) CheckSkipped(index, leaf.agency.value(), seq, at->second, seen);
  }
}

void CheckWithdrawn(const journal::Leaf& leaf, Picture& seen) {
  const uint64_t index = leaf.index.value();
  OrderWithdrawn body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  CheckId(leaf, body.request_id(), seen);
  const auto at = seen.orders.find(leaf.order.value());
  if (at == seen.orders.end()) return;
  OrderSeen& order = at->second;
  if (order.court != leaf.actor_ordinal)
    seen.findings.Add(Rule::kWithdrawal, index, "another court made this order", {leaf.order.value()});
  const AgencyBits targets(body.targets());
  AgencyBits beyond = targets;
  AgencyBits idle = order.open;
  idle.Remove(order.delivered);
  beyond.Remove(idle);
  if (targets.empty() || !beyond.empty())
    seen.findings.Add(Rule::kWithdrawal, index, "withdrawn where it was handed out, answered, or never addressed to",
                      {leaf.order.value()});
  order.open.Remove(targets);
  order.paused.Remove(targets);
  if (body.completes() != order.open.empty())
    seen.findings.Add(Rule::kCompletion, index,
                      body.completes() ? "targets are still open" : "nothing is open any more, and it doesn't say so",
                      {leaf.order.value()});
  if (order.open.empty()) seen.Complete(order, leaf.order.value());
  if (CaseSeen* of = CaseOf(leaf, seen)) of->mover = index;
}

}  // namespace eagle::audit
