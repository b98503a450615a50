// Objections with their words open: the bytes that author and officers signed, and whether they are what the leaves
// say.
#include <algorithm>

#include "client/audit/opened_audit.h"
#include "client/audit/opened_due.h"

namespace eagle::audit {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

void OpenedAudit::TakeObjection(const journal::Leaf& leaf, const std::string& payload) {
  ObjectionRaised raised;
  ObjectionReplied replied;
  ObjectionAnswered answered;
  ObjectionPayload said;
  ObjectionAct act;
  const bool raises = leaf.type == ENTRY_TYPE_OBJECTION_RAISED, answers = leaf.type == ENTRY_TYPE_OBJECTION_ANSWERED;
  const bool read = raises    ? raised.ParseFromString(leaf.body)
                    : answers ? answered.ParseFromString(leaf.body)
                              : replied.ParseFromString(leaf.body);
  if (!read || !said.ParseFromString(payload) || !act.ParseFromString(said.member()))
    return Add(Rule::kContent, leaf, "the word can't be read");
  const std::string& digest = raises ? raised.digest() : answers ? answered.digest() : replied.digest();
  const HeadOpened* head = CheckMember(leaf,
                                       raises    ? raised.head()
                                       : answers ? answered.head()
                                                 : replied.head(),
                                       digest, said.member(), said.index());
  const auto wrong = [&](std::string_view why) { Add(Rule::kContent, leaf, why, {leaf.order.value()}); };
  if (act.request_id() != (raises ? raised.request_id() : answers ? answered.request_id() : replied.request_id()))
    wrong("the word has another id");
  if (head != nullptr && act.author() != head->signer) wrong("the word names another author than its head");
  if (raises) {
    const auto order = orders_.find(leaf.order.value());
    if (!act.has_raise() || act.raise().ground() != raised.ground() ||
        (order != orders_.end() &&
         (act.raise().order_id() != order->second.id || act.raise().order_digest() != order->second.digest)))
      wrong("the agency objected to something else");
    objections_[leaf.index.value()] = {act.request_id(), digest};
    CheckObjectionRow(leaf, raised);
  } else {
    const auto thread = objections_.find(answers ? answered.objection() : replied.objection());
    const std::string& named = answers ? act.answer().objection_id() : act.reply().objection_id();
    if (answers ? !act.has_answer() || act.answer().decision() != answered.decision()
                : !act.has_reply() || act.reply().withdraws() != replied.withdraws())
      wrong("another word was signed");
    if (thread != objections_.end() &&
        (thread->second.id != named || (answers && act.answer().objection_digest() != thread->second.digest)))
      wrong("the word is of another thread");
  }
  if (head == nullptr) return;
  if (leaf.actor_kind == ACTOR_KIND_AGENCY) return CheckAgencySigned(leaf, *head, act.author());
  CheckCourtSigned(leaf, *head, answers ? answered.signers() : replied.signers(), answers);
}

// The clock is the policy's row, its ground one of the policy's list.
void OpenedAudit::CheckObjectionRow(const journal::Leaf& leaf, const ObjectionRaised& raised) {
  const PolicyTable& policy = register_.policy;
  if (register_.policy_sealed || policy.version() != raised.policy_version()) return;
  const auto& grounds = policy.objections().grounds();
  if (std::find(grounds.begin(), grounds.end(), raised.ground()) == grounds.end())
    Add(Rule::kContent, leaf, "the policy in force has no such ground");
  if (const auto why = WrongDue(raised, leaf.time, policy)) Add(Rule::kDue, leaf, *why);
}

void OpenedAudit::CheckAgencySigned(const journal::Leaf& leaf, const HeadOpened& head, const std::string& agency) {
  const auto code = register_.agencies.find(leaf.agency.value());
  if (code != register_.agencies.end() && code->second != agency)
    Add(Rule::kContent, leaf, "the word is another agency's");
  if (register_.KnowsAgency(leaf.agency.value()) &&
      std::none_of(head.keys.begin(), head.keys.end(),
                   [&](const std::string& key) { return register_.Gives("agency/" + agency, key, leaf.time); }))
    Add(Rule::kSignature, leaf, "the agency's key in force did not sign it");
}

void OpenedAudit::CheckCourtSigned(const journal::Leaf& leaf, const HeadOpened& head,
                                   const google::protobuf::RepeatedPtrField<OrderSigner>& signers, bool answers) {
  if (!register_.policy_sealed) {
    const auto& roles =
        answers ? register_.policy.objections().answer_roles() : register_.policy.objections().reply_roles();
    CheckRoles(leaf, head, {roles.begin(), roles.end()});
  }
  OrderKept none;
  TakeSigners(leaf, head.signer, head.keys, signers, {}, none);
}

}  // namespace eagle::audit
