#include "client/audit/evidence_objections.h"

#include <algorithm>

#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::audit {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

absl::Status EvidenceObjections::Tell(const OpenedEntry& entry, const AgencySeen* agency,
                                      std::set<std::string>& needed) {
  const std::string part = PartName(entry.leaf);
  if (entry.opened && (agency == nullptr || entry.leaf.type == ENTRY_TYPE_OBJECTION_MARKED))
    return WrongPart(part, "opened, and no word of an agency in scope", "payload", "closed", "opened");
  ObjectionWordSeen word{.index = entry.index(),
                         .time = entry.leaf.time,
                         .type = static_cast<EntryType>(entry.leaf.type),
                         .agency = entry.leaf.agency.value()};
  std::string request_id;
  uint64_t head = 0;
  bool closes = false;
  switch (entry.leaf.type) {
    case ENTRY_TYPE_OBJECTION_RAISED: {
      ObjectionRaised body;
      EAGLE_RETURN_IF_ERROR(ParseKnown(entry.leaf.body, part, body));
      word.raised = entry.index(), word.ground = body.ground(), word.due = absl::FromUnixMicros(body.due());
      word.digest = body.digest(), head = body.head(), request_id = body.request_id();
      threads_[entry.index()] = {.due = word.due, .agency = word.agency};
      break;
    }
    case ENTRY_TYPE_OBJECTION_REPLIED: {
      ObjectionReplied body;
      EAGLE_RETURN_IF_ERROR(ParseKnown(entry.leaf.body, part, body));
      word.raised = body.objection(), word.digest = body.digest(), head = body.head(), request_id = body.request_id();
      word.signers = static_cast<size_t>(body.signers_size());
      word.withdraws = closes = body.withdraws();
      break;
    }
    case ENTRY_TYPE_OBJECTION_ANSWERED: {
      ObjectionAnswered body;
      EAGLE_RETURN_IF_ERROR(ParseKnown(entry.leaf.body, part, body));
      word.raised = body.objection(), word.digest = body.digest(), head = body.head(), request_id = body.request_id();
      word.signers = static_cast<size_t>(body.signers_size());
      word.decision = body.decision(), word.late = body.late(), closes = true;
      break;
    }
    default:
      return absl::OkStatus();  // a mark of its clock
  }
  const auto thread = threads_.find(word.raised);
  if (thread == threads_.end())
    return WrongPart(part, "the objection that it is about is missing", "objection",
                     "entry " + std::to_string(word.raised), "absent");
  if (!thread->second.open || thread->second.agency != word.agency)
    return WrongPart(part, "the objection was closed before, or is another agency's", "objection", "open", "closed");
  word.by_court = entry.leaf.actor_kind == ACTOR_KIND_COURT;
  if (word.type == ENTRY_TYPE_OBJECTION_ANSWERED && word.late != (word.time > thread->second.due))
    return WrongPart(part, "the leaf says another lateness than follows from the clock", "late", "", "");
  word.opened = entry.opened;
  if (entry.opened) {
    EAGLE_RETURN_IF_ERROR(TellWord(entry, *agency, head, request_id, word, needed));
    EAGLE_RETURN_IF_ERROR(CheckAct(part, word, thread->second));
    if (word.act.has_raise()) thread->second.id = request_id, thread->second.digest = word.digest;
  }
  if (closes) thread->second.open = false;
  report_.objections.push_back(std::move(word));
  report_.open_objections.clear();
  for (const auto& [raised, one] : threads_) {
    if (one.open) report_.open_objections.push_back(raised);
  }
  return absl::OkStatus();
}

// Whose word it is, and that he signed it.
absl::Status EvidenceObjections::TellWord(const OpenedEntry& entry, const AgencySeen& agency, uint64_t head_index,
                                          const std::string& request_id, ObjectionWordSeen& word,
                                          std::set<std::string>& needed) {
  const std::string part = PartName(entry.leaf);
  ObjectionPayload payload;
  EAGLE_RETURN_IF_ERROR(ParseKnown(entry.payload, part, payload));
  EAGLE_ASSIGN_OR_RETURN(const HeadSeen* head, book_.HeadOf(part, head_index, payload.member(), payload.index(),
                                                            word.digest, MEMBER_TYPE_OBJECTION));
  EAGLE_RETURN_IF_ERROR(ParseKnown(payload.member(), part, word.act));
  if (word.act.request_id() != request_id)
    return WrongPart(part, "the leaf names another id than the signed word", "request_id", HexEncode(request_id),
                     HexEncode(word.act.request_id()));
  const std::string author = word.by_court ? report_.order.court() : agency.code;
  if (word.act.author() != author || head->head.signer() != author)
    return WrongPart(part, "another's word than the leaf says", "author", author, word.act.author());
  if (!word.by_court) {
    const std::string subject = "agency/" + agency.code;
    EAGLE_ASSIGN_OR_RETURN(const Statement* key, book_.InForce(part, subject, STATEMENT_KIND_KEY, entry.leaf.time));
    if (!book_.IsSignedBy(*head, {key->algorithm(), key->key()}))
      return WrongPart(part, "not signed with the agency's key", "signature", Fingerprint(key->key()), "absent");
    needed.insert(subject);
    word.key = key->key();
    return absl::OkStatus();
  }
  EAGLE_ASSIGN_OR_RETURN(word.officers, signers_.OfficersUnder(part, *head, entry.leaf.time));
  if (word.officers.empty() || word.officers.size() != word.signers)
    return WrongPart(part, "not signed by the officers whom the leaf counts", "signers", std::to_string(word.signers),
                     std::to_string(word.officers.size()));
  return absl::OkStatus();
}

// It is about this order, and about this thread.
absl::Status EvidenceObjections::CheckAct(const std::string& part, const ObjectionWordSeen& word,
                                          const Thread& thread) const {
  const ObjectionAct& act = word.act;
  const auto wrong = [&](const char* why, const char* field) { return WrongPart(part, why, field); };
  switch (word.type) {
    case ENTRY_TYPE_OBJECTION_RAISED:
      if (!act.has_raise() || act.raise().order_digest() != report_.order_digest ||
          act.raise().order_id() != report_.order.order_id())
        return wrong("the objection is to another order", "order_digest");
      if (act.raise().ground() != word.ground) return wrong("the leaf says another ground", "ground");
      break;
    case ENTRY_TYPE_OBJECTION_REPLIED:
      if (!act.has_reply() || act.reply().withdraws() != word.withdraws)
        return wrong("the leaf says another word than was signed", "reply");
      if (!thread.id.empty() && act.reply().objection_id() != thread.id)
        return wrong("the word is of another thread", "objection_id");
      break;
    default:
      if (!act.has_answer() || act.answer().decision() != word.decision)
        return wrong("the leaf says another decision than was signed", "decision");
      if (!thread.id.empty() &&
          (act.answer().objection_id() != thread.id || act.answer().objection_digest() != thread.digest))
        return wrong("the court answered another objection", "objection_digest");
      break;
  }
  return absl::OkStatus();
}

}  // namespace eagle::audit
