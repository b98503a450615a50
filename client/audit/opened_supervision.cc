// Supervision orders with their words open: the bytes that authors and officers signed, whether they are what the
// leaves say, and whether those signed whom the policy's row demands.
#include <algorithm>

#include "client/audit/opened_audit.h"
#include "client/audit/opened_due.h"
#include "goldeneagle/v1/supervision_entry.pb.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

// What the three bodies have in common.
struct SaidInLeaf {
  std::string request_id, digest;
  uint64_t head = 0, thread = 0;
  google::protobuf::RepeatedPtrField<OrderSigner> signers;
};
template <typename Body>
SaidInLeaf CommonOf(const Body& body, uint64_t thread) {
  return {body.request_id(), body.digest(), body.head(), thread, body.signers()};
}

}  // namespace

void OpenedAudit::TakeSupervision(const journal::Leaf& leaf, const std::string& payload) {
  SupervisionIssued issued;
  SupervisionSaid spoken;
  SupervisionClosed closed;
  SupervisionPayload said;
  SupervisionAct act;
  const bool issues = leaf.type == ENTRY_TYPE_SUPERVISION_ISSUED, closes = leaf.type == ENTRY_TYPE_SUPERVISION_CLOSED;
  const bool read = issues   ? issued.ParseFromString(leaf.body)
                    : closes ? closed.ParseFromString(leaf.body)
                             : spoken.ParseFromString(leaf.body);
  if (!read || !said.ParseFromString(payload) || !act.ParseFromString(said.member()))
    return Add(Rule::kContent, leaf, "the word can't be read");
  const SaidInLeaf body = issues   ? CommonOf(issued, leaf.index.value())
                          : closes ? CommonOf(closed, closed.supervision())
                                   : CommonOf(spoken, spoken.supervision());
  const HeadOpened* head = CheckMember(leaf, body.head, body.digest, said.member(), said.index());
  const auto wrong = [&](std::string_view why) { Add(Rule::kContent, leaf, why, {body.thread}); };
  if (act.request_id() != body.request_id) wrong("the word has another id");
  if (head != nullptr && act.author() != head->signer) wrong("the word names another author than its head");
  if (issues) {
    CheckIssue(leaf, issued, act);
    supervisions_[body.thread] = {act.request_id(), body.digest, issued.commander(), issued.urgency()};
  }
  const auto thread = supervisions_.find(body.thread);
  if (!issues && thread != supervisions_.end() &&
      (act.supervision_id() != thread->second.id || act.supervision_digest() != thread->second.digest))
    wrong("the word is of another thread");
  if (closes ? !act.has_close() || act.close().result() != closed.result()
             : !issues && (act.has_acknowledge() != (spoken.state() == SUPERVISION_STATE_ACKNOWLEDGED) ||
                           act.has_answer() != (spoken.state() == SUPERVISION_STATE_ANSWERED) ||
                           act.has_send_back() != (spoken.state() == SUPERVISION_STATE_RETURNED)))
    wrong("another word was signed");
  if (spoken.state() == SUPERVISION_STATE_RETURNED && thread != supervisions_.end())
    CheckTurn(leaf, thread->second.urgency, spoken);
  if (head == nullptr) return;
  if (leaf.actor_kind == ACTOR_KIND_AGENCY) return CheckAgencySigned(leaf, *head, act.author());
  if (!register_.policy_sealed && thread != supervisions_.end()) {
    const SupervisionRow& row = register_.policy.supervision();
    const auto& roles = act.has_acknowledge() || act.has_answer() ? row.answer_roles()
                        : thread->second.commander                ? row.commander_roles()
                                                                  : row.issue_roles();
    CheckRoles(leaf, *head, {roles.begin(), roles.end()});
  }
  OrderKept none;
  TakeSigners(leaf, head->signer, head->keys, body.signers, {}, none);
}

// Addressed to whom the leaf says, about what it says, for a cause of the policy.
void OpenedAudit::CheckIssue(const journal::Leaf& leaf, const SupervisionIssued& issued, const SupervisionAct& act) {
  const SupervisionOrder& issue = act.issue();
  const auto wrong = [&](std::string_view why) { Add(Rule::kContent, leaf, why, {leaf.order.value()}); };
  if (!act.has_issue() || issue.cause() != issued.cause() || issue.commander() != issued.commander() ||
      issue.urgency() != issued.urgency())
    return wrong("another supervision order was signed");
  const auto is = [](const std::map<uint32_t, std::string>& codes, uint32_t ordinal, const std::string& code) {
    const auto known = codes.find(ordinal);
    return ordinal == 0 ? code.empty() : known == codes.end() || known->second == code;
  };
  if (!is(register_.courts, issued.to_court(), issue.to_court()) ||
      !is(register_.courts, issued.cc_court(), issue.cc_court()) ||
      !is(register_.agencies, leaf.agency.value(), issue.to_agency()))
    wrong("it was signed for another addressee, or for a copy to another court");
  const auto order = orders_.find(leaf.order.value());
  if (static_cast<bool>(leaf.order) == issue.order_id().empty() ||
      (order != orders_.end() &&
       (issue.order_id() != order->second.id || issue.order_digest() != order->second.digest)))
    wrong("it was signed about another order");
  const auto of = cases_.find(leaf.case_seq.value());
  if (!issue.case_number().empty() && of != cases_.end() && issue.case_number() != of->second.number)
    wrong("it was signed about another case");
  CheckTurn(leaf, issued.urgency(), issued);
  const PolicyTable& policy = register_.policy;
  if (register_.policy_sealed || policy.version() != issued.policy_version()) return;
  const auto& causes = policy.supervision().causes();
  if (std::find(causes.begin(), causes.end(), issued.cause()) == causes.end())
    Add(Rule::kContent, leaf, "the policy in force has no such cause");
}

// The clock that the word starts is the policy's row.
template <typename Body>
void OpenedAudit::CheckTurn(const journal::Leaf& leaf, Urgency urgency, const Body& body) {
  const PolicyTable& policy = register_.policy;
  const auto agency = register_.agency_rows.find(leaf.agency.value());
  if (register_.policy_sealed || policy.version() != body.policy_version() ||
      (leaf.agency && agency == register_.agency_rows.end()))
    return;
  const std::string region = leaf.agency ? agency->second.region() : "";
  if (const auto why = WrongDue(body, urgency, leaf.time, policy, region)) Add(Rule::kDue, leaf, *why);
}

}  // namespace eagle::audit
