// Orders that wait for their begin, and cases flagged because an inquiry found something after they were closed.
#include "absl/strings/str_cat.h"
#include "client/audit/acts.h"
#include "client/audit/picture.h"

namespace eagle::audit {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

void TakeWaiting(const journal::Leaf& leaf, const OrderAccepted& body, OrderSeen& order, Picture& seen) {
  const uint64_t index = leaf.index.value();
  if (body.begins() <= seen.now) seen.findings.Add(Rule::kBegin, index, "it begins after its acceptance, or at once");
  if (body.action() != ACTION_INQUIRE || body.urgency() != URGENCY_NORMAL || body.group_first() != 0)
    seen.findings.Add(Rule::kBegin, index, "only an inquiry waits, never urgent and never in a group");
  order.begins = body.begins();
  order.waits = true;
  seen.timers.insert({order.begins, index, ClockOwner::kBegin});
}

void CheckBegun(const journal::Leaf& leaf, Picture& seen) {
  const uint64_t index = leaf.index.value(), seq = leaf.order.value();
  OrderBegun body;
  const auto at = seen.orders.find(seq);
  if (!ReadBody(leaf, body, seen.findings) || at == seen.orders.end()) return;  // the frame has found it
  OrderSeen& order = at->second;
  const auto wrong = [&](std::string_view why) { seen.findings.Add(Rule::kBegin, index, std::string(why), {seq}); };
  if (!order.waits || order.open.empty()) return wrong("the order doesn't wait");
  if (seen.now < order.begins) wrong("it begins before its instant");
  if (body.begins() != order.begins) wrong("its begin is not the one that was stored");
  const AgencyBits ended(body.ended());
  AgencyBits beyond = ended;
  beyond.Remove(order.open);
  if (!beyond.empty()) wrong("it ends where it was over, or was never addressed to");
  if ((body.outcome() == BEGIN_OUTCOME_ENDED) != (ended == order.open) || body.outcome() == BEGIN_OUTCOME_UNSPECIFIED)
    wrong("it has ended exactly when it begins nowhere");
  if (ended.empty() != (leaf.outcome == 0)) wrong("why it doesn't begin is said exactly when it doesn't, somewhere");
  if (body.policy_version() == 0 || body.policy_version() != seen.policy) wrong("the policy named is not in force");
  seen.timers.erase({order.begins, seq, ClockOwner::kBegin});
  order.waits = false;
  order.open.Remove(ended);
  order.paused.Remove(ended);
  if (body.completes() != order.open.empty())
    seen.findings.Add(Rule::kCompletion, index,
                      body.completes() ? "targets are still open" : "nothing of it is open, and it doesn't say so",
                      {seq});
  if (order.open.empty()) return seen.Complete(order, seq);
  // It is as if it had been accepted now.
  order.accepted = order.waits_since = seen.now;
  seen.Arm(order.clock, seq, ClockOwner::kOrder);
  AgencyBits goes = order.open;
  goes.Remove(order.paused);
  goes.ForEach([&](uint32_t agency) { seen.undelivered[{agency, order.court, order.urgent}].insert(seq); });
}

void CheckFlagged(const journal::Leaf& leaf, Picture& seen) {
  const uint64_t index = leaf.index.value(), seq = leaf.order.value();
  ResumptionFlagged body;
  const auto order = seen.orders.find(seq);
  const auto of = seen.cases.find(leaf.case_seq.value());
  if (!ReadBody(leaf, body, seen.findings) || order == seen.orders.end() || of == seen.cases.end()) return;
  const auto wrong = [&](std::string_view why) { seen.findings.Add(Rule::kFlag, index, std::string(why), {seq}); };
  if (of->second.stage != CASE_STAGE_CLOSED_NO_ASSETS) wrong("the case is not closed for want of assets");
  if (of->second.flagged != 0) wrong(absl::StrCat("the flag of entry ", of->second.flagged, " stands"));
  if (order->second.action != ACTION_INQUIRE) wrong("the order is no inquiry");
  const auto& [answer, agency] = order->second.answered;
  if (body.answer() == 0 || body.answer() != answer || leaf.agency.value() != agency)
    wrong("the answer that it names is not the newest one to this order, by this agency");
  of->second.flagged = index;
}

}  // namespace eagle::audit
