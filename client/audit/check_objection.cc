// Objections: who may raise, speak and answer, until when, and what they hold back.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/audit/acts.h"
#include "client/audit/picture.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

// The freeze in question; 0: an inquiry.
uint64_t MeasureOf(uint64_t seq, const OrderSeen& order) {
  return order.freeze != 0 ? order.freeze : MakesMeasure(order.action) ? seq : 0;
}

void CheckRaised(const journal::Leaf& leaf, const OrderSeen& order, Picture& seen) {
  const uint64_t index = leaf.index.value(), seq = leaf.order.value();
  ObjectionRaised body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  CheckHead(leaf, body.head(), MEMBER_TYPE_OBJECTION, true, seen);
  CheckId(leaf, body.request_id(), seen);
  CheckDigest(leaf, body.digest(), seen);
  const auto wrong = [&](std::string_view why) { seen.findings.Add(Rule::kObjection, index, std::string(why), {seq}); };
  if (!order.delivered.Has(leaf.agency.value())) wrong("the agency was never handed this order");
  const uint64_t measure = MeasureOf(seq, order);
  if (body.measure() != measure) wrong("it is about another measure than its order");
  if (body.policy_version() == 0 || body.policy_version() != seen.policy) wrong("the policy named is not in force");
  if (body.ground().empty()) wrong("it names no ground");
  std::vector<uint64_t>& others = seen.objections_of[measure != 0 ? measure : seq];
  for (uint64_t other : others) {
    const ObjectionSeen& before = seen.objections.at(other);
    if (before.order == seq && before.agency == leaf.agency.value() && before.closed == 0)
      wrong(absl::StrCat("objection ", other, " of the same agency against it is open"));
  }
  ObjectionSeen& raised = seen.objections[index];
  raised = {.order = seq, .measure = measure, .agency = leaf.agency.value(), .court = order.court};
  if (!ReadClock(body, seen, raised.clock))
    wrong("the court has a time to answer in, with marks on the way, all of it to come");
  seen.Arm(raised.clock, index, ClockOwner::kObjection);
  others.push_back(index);
}

// The thread in which the entry speaks; null after a finding.
ObjectionSeen* ThreadOf(const journal::Leaf& leaf, uint64_t raised, Picture& seen) {
  const auto at = seen.objections.find(raised);
  const auto wrong = [&](std::string_view why) {
    seen.findings.Add(Rule::kObjection, leaf.index.value(), std::string(why), {raised});
  };
  if (at == seen.objections.end()) {
    wrong(absl::StrCat("entry ", raised, " raised no objection"));
    return nullptr;
  }
  ObjectionSeen& thread = at->second;
  if (thread.order != leaf.order.value() || thread.agency != leaf.agency.value())
    wrong("order or agency are not those of the objection");
  if (leaf.actor_kind == ACTOR_KIND_COURT && leaf.actor_ordinal != thread.court) wrong("another court made the order");
  if (thread.closed != 0) wrong("it was closed before");
  return &thread;
}

void Close(uint64_t raised, uint64_t index, ObjectionDecision decision, ObjectionSeen& thread, Picture& seen) {
  seen.Disarm(thread.clock, raised, ClockOwner::kObjection);
  thread.closed = index, thread.closed_at = seen.now, thread.decision = decision;
}

void CheckReplied(const journal::Leaf& leaf, Picture& seen) {
  ObjectionReplied body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  CheckHead(leaf, body.head(), MEMBER_TYPE_OBJECTION, true, seen);
  CheckId(leaf, body.request_id(), seen);
  CheckDigest(leaf, body.digest(), seen);
  ObjectionSeen* thread = ThreadOf(leaf, body.objection(), seen);
  if (thread == nullptr) return;
  const auto wrong = [&](std::string_view why) {
    seen.findings.Add(Rule::kObjection, leaf.index.value(), std::string(why), {body.objection()});
  };
  const bool court = leaf.actor_kind == ACTOR_KIND_COURT;
  if (court == body.signers().empty()) wrong("the court's word names its officers, an agency's has none");
  if (court && body.withdraws()) wrong("only who objected takes it back");
  if (body.withdraws()) Close(body.objection(), leaf.index.value(), OBJECTION_DECISION_UNSPECIFIED, *thread, seen);
}

void CheckAnswered(const journal::Leaf& leaf, Picture& seen) {
  ObjectionAnswered body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  CheckHead(leaf, body.head(), MEMBER_TYPE_OBJECTION, true, seen);
  CheckId(leaf, body.request_id(), seen);
  CheckDigest(leaf, body.digest(), seen);
  ObjectionSeen* thread = ThreadOf(leaf, body.objection(), seen);
  if (thread == nullptr) return;
  const auto wrong = [&](std::string_view why) {
    seen.findings.Add(Rule::kObjection, leaf.index.value(), std::string(why), {body.objection()});
  };
  if (body.decision() == OBJECTION_DECISION_UNSPECIFIED || !ObjectionDecision_IsValid(body.decision()))
    wrong("it decides nothing");
  if (body.late() != (seen.now > thread->clock.due)) wrong("it is called late, or in time, and isn't");
  if (body.signers().empty() || body.roles().empty()) wrong("who signed it, and in which roles, is demanded");
  if (body.policy_version() == 0 || body.policy_version() != seen.policy) wrong("the policy named is not in force");
  Close(body.objection(), leaf.index.value(), body.decision(), *thread, seen);
}

void CheckObjectionMark(const journal::Leaf& leaf, Picture& seen) {
  ObjectionMarked body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  const uint64_t raised = body.objection();
  const auto at = seen.objections.find(raised);
  const auto wrong = [&](std::string_view why) {
    seen.findings.Add(Rule::kMark, leaf.index.value(), std::string(why), {raised});
  };
  if (at == seen.objections.end() || at->second.order != leaf.order.value())
    return wrong(absl::StrCat("entry ", raised, " raised no objection against this order"));
  if (at->second.closed != 0) return wrong("it was closed before: its clock stands still");
  seen.Fire(at->second.clock, raised, ClockOwner::kObjection, body.mark_permille(), body.due(), body.deadline_row(),
            leaf.index.value());
}

}  // namespace

void CheckObjection(const journal::Leaf& leaf, Picture& seen) {
  const auto order = seen.orders.find(leaf.order.value());
  if (order == seen.orders.end()) return;  // the frame has found it
  switch (leaf.type) {
    case ENTRY_TYPE_OBJECTION_RAISED:
      return CheckRaised(leaf, order->second, seen);
    case ENTRY_TYPE_OBJECTION_REPLIED:
      return CheckReplied(leaf, seen);
    case ENTRY_TYPE_OBJECTION_ANSWERED:
      return CheckAnswered(leaf, seen);
    default:
      return CheckObjectionMark(leaf, seen);
  }
}

uint64_t HeldByObjection(uint64_t seq, const OrderSeen& order, const Picture& seen) {
  const auto of = seen.objections_of.find(MeasureOf(seq, order));
  if (!Takes(order.action) || of == seen.objections_of.end()) return 0;
  for (uint64_t raised : of->second) {
    const ObjectionSeen& thread = seen.objections.at(raised);
    const bool right = thread.decision == OBJECTION_DECISION_UPHELD || thread.decision == OBJECTION_DECISION_AMENDED;
    const bool meant = thread.order == seq || thread.order == thread.measure;
    if (thread.closed == 0 || (right && meant && seq < thread.closed)) return raised;
  }
  return 0;
}

int64_t UndisputedSince(const OrderSeen& order, const Picture& seen) {
  int64_t since = 0;
  const auto of = seen.objections_of.find(order.freeze);
  if (!Takes(order.action) || order.freeze == 0 || of == seen.objections_of.end()) return since;
  for (uint64_t raised : of->second) since = std::max(since, seen.objections.at(raised).closed_at);
  return since;
}

void CheckHeld(uint64_t index, uint32_t agency, uint64_t seq, const OrderSeen& order, Picture& seen) {
  const uint64_t raised = order.delivered.Has(agency) ? 0 : HeldByObjection(seq, order, seen);
  if (raised == 0) return;
  const uint64_t closed = seen.objections.at(raised).closed;
  if (closed == 0)
    seen.findings.Add(Rule::kObjectionHold, index,
                      absl::StrCat("order ", seq, " goes out while objection ", raised, " is open"), {seq, raised});
  else
    seen.findings.Add(
        Rule::kObjectionHold, index,
        absl::StrCat("order ", seq, " goes out although the court found objection ", raised, " right after signing it"),
        {seq, raised, closed});
}

}  // namespace eagle::audit
