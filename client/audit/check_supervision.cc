// Supervision orders: to whom, who speaks in which state, and whose turn the clock counts.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/audit/picture.h"
#include "goldeneagle/v1/supervision_entry.pb.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

bool Owes(const SupervisionSeen& thread) {
  return thread.state == SUPERVISION_STATE_ISSUED || thread.state == SUPERVISION_STATE_ACKNOWLEDGED ||
         thread.state == SUPERVISION_STATE_RETURNED;
}

// A court's word names whose signatures it has, in which roles, by which policy.
template <typename Body>
void CheckBackedUp(const journal::Leaf& leaf, const Body& body, Picture& seen) {
  const bool court = leaf.actor_kind == ACTOR_KIND_COURT;
  const auto wrong = [&](std::string_view why) {
    seen.findings.Add(Rule::kSupervision, leaf.index.value(), std::string(why));
  };
  if (court == body.signers().empty() || court == body.roles().empty())
    wrong("the court's word names its officers and their roles, an agency's has none");
  if (court ? body.policy_version() == 0 || body.policy_version() != seen.policy : body.policy_version() != 0)
    wrong("the policy named is not in force");
}

void CheckIssued(const journal::Leaf& leaf, const CaseSeen& of, Picture& seen) {
  const uint64_t index = leaf.index.value();
  SupervisionIssued body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  CheckHead(leaf, body.head(), MEMBER_TYPE_SUPERVISION, true, seen);
  CheckId(leaf, body.request_id(), seen);
  CheckDigest(leaf, body.digest(), seen);
  CheckBackedUp(leaf, body, seen);
  const auto wrong = [&](std::string_view why) { seen.findings.Add(Rule::kSupervision, index, std::string(why)); };
  if ((body.to_court() != 0) == static_cast<bool>(leaf.agency))
    wrong("it is addressed to a court or to an agency, and to one of both only");
  if (body.to_court() != 0 && (body.to_court() != of.court || body.to_court() == leaf.actor_ordinal))
    wrong("a court is asked by another one, about a case of its own");
  if (body.cc_court() > seen.courts || (body.cc_court() != 0 && body.cc_court() == leaf.actor_ordinal))
    wrong("the copy goes to no other court of the log");
  const auto order = seen.orders.find(leaf.order.value());
  if (leaf.agency && (order == seen.orders.end() || !order->second.targets.Has(leaf.agency.value())))
    wrong("an agency is asked about an order that is addressed to it");
  if (body.cause() == SUPERVISION_CAUSE_UNSPECIFIED || !SupervisionCause_IsValid(body.cause()))
    wrong("it has no cause");
  SupervisionSeen& thread = seen.supervisions[index];
  thread = {.case_seq = leaf.case_seq.value(),
            .order = leaf.order.value(),
            .agency = leaf.agency.value(),
            .from = leaf.actor_ordinal,
            .to = body.to_court(),
            .copied_to = body.cc_court()};
  if (!ReadClock(body, seen, thread.clock))
    wrong("the addressee has a time to answer in, with marks on the way, all of it to come");
  seen.Arm(thread.clock, index, ClockOwner::kSupervision);
}

// The thread in which the entry speaks; null after a finding.
SupervisionSeen* SupervisionAbout(const journal::Leaf& leaf, uint64_t issued, Picture& seen) {
  const auto at = seen.supervisions.find(issued);
  const auto wrong = [&](std::string_view why) {
    seen.findings.Add(Rule::kSupervision, leaf.index.value(), std::string(why), {issued});
  };
  if (at == seen.supervisions.end()) {
    wrong(absl::StrCat("entry ", issued, " issued no supervision order"));
    return nullptr;
  }
  const SupervisionSeen& thread = at->second;
  if (thread.case_seq != leaf.case_seq.value() || thread.order != leaf.order.value() ||
      thread.agency != leaf.agency.value())
    wrong("case, order or agency are not those of the supervision order");
  return &at->second;
}

bool IsIssuer(const journal::Leaf& leaf, const SupervisionSeen& thread) {
  return leaf.actor_kind == ACTOR_KIND_COURT && leaf.actor_ordinal == thread.from;
}
bool IsAddressee(const journal::Leaf& leaf, const SupervisionSeen& thread) {
  return leaf.actor_kind == ACTOR_KIND_COURT ? thread.to != 0 && leaf.actor_ordinal == thread.to
                                             : leaf.actor_ordinal == thread.agency;
}

void CheckSaid(const journal::Leaf& leaf, Picture& seen) {
  SupervisionSaid body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  CheckHead(leaf, body.head(), MEMBER_TYPE_SUPERVISION, true, seen);
  CheckId(leaf, body.request_id(), seen);
  CheckDigest(leaf, body.digest(), seen);
  CheckBackedUp(leaf, body, seen);
  SupervisionSeen* thread = SupervisionAbout(leaf, body.supervision(), seen);
  if (thread == nullptr) return;
  const auto wrong = [&](std::string_view why) {
    seen.findings.Add(Rule::kSupervision, leaf.index.value(), std::string(why), {body.supervision()});
  };
  const SupervisionState before = thread->state;
  bool in_turn = false;
  switch (body.state()) {
    case SUPERVISION_STATE_ACKNOWLEDGED:
      in_turn = IsAddressee(leaf, *thread) && before == SUPERVISION_STATE_ISSUED;
      break;
    case SUPERVISION_STATE_ANSWERED:
      in_turn = IsAddressee(leaf, *thread) && Owes(*thread);
      break;
    case SUPERVISION_STATE_RETURNED:
      in_turn = IsIssuer(leaf, *thread) && before == SUPERVISION_STATE_ANSWERED;
      break;
    default:
      break;
  }
  if (!in_turn) wrong("it is said by another one, or out of turn");
  const bool answers = body.state() == SUPERVISION_STATE_ANSWERED, returns = body.state() == SUPERVISION_STATE_RETURNED;
  if (body.late() != (answers && seen.now > thread->clock.due)) wrong("it is called late, or in time, and isn't");
  if (!returns && (body.due() != 0 || !body.marks().empty())) wrong("no clock starts with it");
  if (answers || returns) seen.Disarm(thread->clock, body.supervision(), ClockOwner::kSupervision);
  thread->state = body.state();
  if (!returns) return;
  thread->clock = {};
  if (!ReadClock(body, seen, thread->clock))
    wrong("the addressee has a time to answer in, with marks on the way, all of it to come");
  seen.Arm(thread->clock, body.supervision(), ClockOwner::kSupervision);
}

void CheckClosed(const journal::Leaf& leaf, Picture& seen) {
  SupervisionClosed body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  CheckHead(leaf, body.head(), MEMBER_TYPE_SUPERVISION, true, seen);
  CheckId(leaf, body.request_id(), seen);
  CheckDigest(leaf, body.digest(), seen);
  CheckBackedUp(leaf, body, seen);
  SupervisionSeen* thread = SupervisionAbout(leaf, body.supervision(), seen);
  if (thread == nullptr) return;
  const auto wrong = [&](std::string_view why) {
    seen.findings.Add(Rule::kSupervision, leaf.index.value(), std::string(why), {body.supervision()});
  };
  if (!IsIssuer(leaf, *thread)) wrong("only the court that issued it closes it");
  if (thread->state == SUPERVISION_STATE_CLOSED) wrong("it was closed before");
  const bool over = seen.now > thread->clock.due;
  switch (body.result()) {
    case SUPERVISION_RESULT_DONE:
      if (thread->state != SUPERVISION_STATE_ANSWERED) wrong("it is called done without an answer");
      break;
    case SUPERVISION_RESULT_NOT_DONE:
      if (thread->state != SUPERVISION_STATE_ANSWERED && !over) wrong("it is called not done before its time is over");
      break;
    case SUPERVISION_RESULT_TAKEN_BACK:
      break;
    default:
      wrong("it has no result");
  }
  seen.Disarm(thread->clock, body.supervision(), ClockOwner::kSupervision);
  thread->state = SUPERVISION_STATE_CLOSED;
}

void CheckSupervisionMark(const journal::Leaf& leaf, Picture& seen) {
  SupervisionMarked body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  SupervisionSeen* thread = SupervisionAbout(leaf, body.supervision(), seen);
  if (thread == nullptr) return;
  if (!Owes(*thread)) {
    seen.findings.Add(Rule::kMark, leaf.index.value(), "no answer is owed in it: its clock stands still",
                      {body.supervision()});
    return;
  }
  seen.Fire(thread->clock, body.supervision(), ClockOwner::kSupervision, body.mark_permille(), body.due(),
            body.deadline_row(), leaf.index.value());
}

}  // namespace

void CheckSupervision(const journal::Leaf& leaf, Picture& seen) {
  const auto of = seen.cases.find(leaf.case_seq.value());
  if (of == seen.cases.end()) return;  // the frame has found it
  switch (leaf.type) {
    case ENTRY_TYPE_SUPERVISION_ISSUED:
      return CheckIssued(leaf, of->second, seen);
    case ENTRY_TYPE_SUPERVISION_WORD:
      return CheckSaid(leaf, seen);
    case ENTRY_TYPE_SUPERVISION_CLOSED:
      return CheckClosed(leaf, seen);
    default:
      return CheckSupervisionMark(leaf, seen);
  }
}

bool OwesAnswer(uint64_t issued, const Picture& seen) { return Owes(seen.supervisions.at(issued)); }

bool IsPartyIn(uint64_t case_seq, uint32_t court, const Picture& seen) {
  return std::any_of(seen.supervisions.begin(), seen.supervisions.end(), [&](const auto& one) {
    const SupervisionSeen& thread = one.second;
    return thread.case_seq == case_seq && (thread.from == court || thread.to == court || thread.copied_to == court);
  });
}

}  // namespace eagle::audit
