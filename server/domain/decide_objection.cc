// Objections: may this agency object to this order, who may speak in the thread, and has the court answered as the
// policy demands?
#include <set>

#include "absl/strings/str_cat.h"
#include "server/base/uuid.h"
#include "server/domain/authority.h"
#include "server/domain/draft.h"
#include "server/domain/instant.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using OrderRow = eagle::domain::Order;

constexpr size_t kObjectionTextBytes = 8000;

// What the members before it in the batch did, which the state doesn't know yet.
struct Here {
  std::multiset<uint64_t> raised;  // orders
  std::set<uint64_t> closed;       // threads
  std::multiset<uint64_t> words;   // threads
  std::set<std::string> ids;
};

class ObjectionDecider {
 public:
  ObjectionDecider(Draft& draft, const SubmitObjections& command, HeadWriter& head)
      : draft_(draft), state_(draft.state()), command_(command), head_(head) {}

  MemberResult DecideMember(size_t i) {
    const ObjectionAct& act = command_.members[i].parsed;
    const std::string& digest = command_.signed_head.digests[i];
    if (auto known = Repeated(state_, act.request_id(), digest, Reason::kRequestIdReused)) return *known;
    if (!here_.ids.insert(act.request_id()).second) {
      return {.id = act.request_id(),
              .refusal = Fail(Reason::kRequestIdReused, "the id stands twice in this batch").failure()};
    }
    Violations wrong;
    CheckAuthor(act, wrong);
    const OrderRow* order = nullptr;
    const ObjectionThread* thread = nullptr;
    switch (act.act_case()) {
      case ObjectionAct::kRaise:
        order = CheckRaise(act.raise(), wrong);
        break;
      case ObjectionAct::kReply:
        thread = CheckReply(act.reply(), wrong);
        break;
      case ObjectionAct::kAnswer:
        thread = CheckAnswer(act.answer(), wrong);
        break;
      case ObjectionAct::ACT_NOT_SET:
        wrong.Add("act", Reason::kFieldMissing, "raise, reply or answer");
        break;
    }
    if (thread != nullptr) order = state_.FindOrder(thread->order);
    const Case* of = order != nullptr ? &state_.cases.at(order->case_seq.value()) : nullptr;
    if (of != nullptr && of->erased()) wrong.Add("act", Reason::kErased, "the case was erased");
    if (!wrong.empty()) {
      return Refuse(draft_, head_, wrong.ToFailure("the word is refused"), act.request_id(), digest,
                    static_cast<uint32_t>(i), command_.members[i].bytes, of != nullptr && !of->erased() ? of : nullptr);
    }
    return {.id = act.request_id(), .index = thread == nullptr ? Raise(i, *order, *of) : Speak(i, *thread, *of)};
  }

 private:
  bool by_agency() const { return static_cast<bool>(command_.agency); }
  const ObjectionRow* Row() const {
    return state_.policy != nullptr && state_.policy->table().has_objections() ? &state_.policy->table().objections()
                                                                               : nullptr;
  }

  void CheckAuthor(const ObjectionAct& act, Violations& wrong) const {
    if (act.author() != command_.signed_head.head.signer())
      wrong.Add("author", Reason::kSignerNotCaller, "a word names who signed it");
    if (!act.has_written_at()) wrong.Add("written_at", Reason::kFieldMissing, "the author's own clock");
  }

  // The order of that id and digest that was handed to the agency.
  const OrderRow* CheckRaise(const Objection& raise, Violations& wrong) {
    if (!by_agency()) {
      wrong.Add("raise", Reason::kFieldInvalid, "an agency objects, the court answers");
      return nullptr;
    }
    CheckText(raise.text(), kObjectionTextBytes, "raise.text", wrong);
    CheckText(raise.contact_name(), kStringBytes, "raise.contact_name", wrong);
    CheckText(raise.contact_phone(), kStringBytes, "raise.contact_phone", wrong);
    const ObjectionRow* row = Row();
    if (row == nullptr) {
      wrong.Add("raise", Reason::kObjectionNotProvided, "the policy in force knows no objections");
    } else if (std::find(row->grounds().begin(), row->grounds().end(), raise.ground()) == row->grounds().end()) {
      wrong.Add("raise.ground", Reason::kFieldInvalid, "not a ground of the policy in force");
    }
    const auto id = state_.ids.find(raise.order_id());
    const OrderRow* order = id == state_.ids.end() ? nullptr : state_.FindOrder(OrderSeq(id->second.index));
    if (order == nullptr || order->order_id != raise.order_id() || order->digest != raise.order_digest() ||
        !order->delivered.Contains(command_.agency)) {
      wrong.Add("raise.order_id", Reason::kOrderUnknown, "no order of this id and digest was handed to the agency");
      return nullptr;
    }
    CheckRoom(*order, row, wrong);
    return order;
  }

  // One at a time, and as many as the policy allows: an agency can't hold a deduction back for ever.
  void CheckRoom(const OrderRow& order, const ObjectionRow* row, Violations& wrong) const {
    size_t before = here_.raised.count(order.seq.value());
    bool open = before > 0;
    for (const ObjectionThread* thread : state_.ObjectionsOf(order)) {
      if (thread->order != order.seq || thread->agency != command_.agency) continue;
      before += 1;
      open |= thread->open() && here_.closed.count(thread->index) == 0;
    }
    if (open) {
      wrong.Add("raise.order_id", Reason::kObjectionOpen, "an objection against it is open");
    } else if (row != nullptr && before >= row->most_per_order()) {
      wrong.Add("raise.order_id", Reason::kObjectionsSpent, absl::StrCat("raised before: ", before));
    }
  }

  // The thread of this id in which the signer may speak, and which is open.
  const ObjectionThread* CheckThread(const std::string& id, const std::string& path, Violations& wrong) const {
    const auto used = state_.ids.find(id);
    const ObjectionThread* thread = used == state_.ids.end() ? nullptr : state_.FindObjection(used->second.index);
    const bool theirs =
        thread != nullptr && (by_agency() ? thread->agency == command_.agency : thread->court == command_.court);
    if (!theirs || thread->id != id) {
      wrong.Add(path, Reason::kObjectionUnknown, "no objection in which the signer has a word has this id");
      return nullptr;
    }
    if (!thread->open() || here_.closed.count(thread->index) > 0)
      wrong.Add(path, Reason::kObjectionClosed, "it was answered or withdrawn");
    if (thread->words.size() + here_.words.count(thread->index) >= kWordsPerObjection)
      wrong.Add(path, Reason::kTooLarge, absl::StrCat("a thread has at most ", kWordsPerObjection, " words"));
    return thread;
  }

  void CheckCourt(const google::protobuf::RepeatedField<int>& (ObjectionRow::*roles)() const, Violations& wrong) const {
    const ObjectionRow* row = Row();
    if (row == nullptr) {
      wrong.Add("act", Reason::kObjectionNotProvided, "the policy in force doesn't say who signs");
      return;
    }
    CheckRoles(state_, command_.signed_head.head.signer(), command_.signed_head, RolesOf((row->*roles)()), draft_.now(),
               "signatures", wrong);
  }

  const ObjectionThread* CheckReply(const ObjectionReply& reply, Violations& wrong) const {
    CheckText(reply.text(), kObjectionTextBytes, "reply.text", wrong);
    if (!by_agency()) {
      CheckCourt(&ObjectionRow::reply_roles, wrong);
      if (reply.withdraws()) wrong.Add("reply.withdraws", Reason::kFieldInvalid, "only who objected takes it back");
    }
    return CheckThread(reply.objection_id(), "reply.objection_id", wrong);
  }

  const ObjectionThread* CheckAnswer(const ObjectionAnswer& answer, Violations& wrong) const {
    if (by_agency()) {
      wrong.Add("answer", Reason::kFieldInvalid, "the court answers");
      return nullptr;
    }
    CheckCourt(&ObjectionRow::answer_roles, wrong);
    CheckText(answer.text(), kObjectionTextBytes, "answer.text", wrong);
    if (answer.decision() == OBJECTION_DECISION_UNSPECIFIED || !ObjectionDecision_IsValid(answer.decision()))
      wrong.Add("answer.decision", Reason::kFieldMissing, "UPHELD, REJECTED or AMENDED");
    const ObjectionThread* thread = CheckThread(answer.objection_id(), "answer.objection_id", wrong);
    if (thread != nullptr && thread->digest != answer.objection_digest())
      wrong.Add("answer.objection_digest", Reason::kObjectionUnknown, "another text was examined than was raised");
    return thread;
  }

  static std::vector<OfficerRole> RolesOf(const google::protobuf::RepeatedField<int>& roles) {
    std::vector<OfficerRole> out;
    for (int role : roles) out.push_back(static_cast<OfficerRole>(role));
    return out;
  }

  Entry EntryFor(size_t i, OrderSeq order, AgencyOrdinal agency, const Case& of) {
    ObjectionPayload payload;
    payload.set_member(command_.members[i].bytes);
    payload.set_index(static_cast<uint32_t>(i));
    return {.actor_kind = head_.signer().kind,
            .actor = head_.signer().ordinal,
            .agency = agency,
            .order = order,
            .case_seq = of.seq,
            .payload = payload.SerializeAsString(),
            .key_id = of.key_id};
  }

  uint64_t Raise(size_t i, const OrderRow& order, const Case& of) {
    const ObjectionAct& act = command_.members[i].parsed;
    const Deadline deadline = ComputeDeadline(*state_.policy->DeadlineNamed(kObjectionRow), draft_.now(),
                                              state_.policy->TerritoryOf(nullptr));
    ObjectionRaised body;
    body.set_request_id(act.request_id());
    body.set_digest(command_.signed_head.digests[i]);
    body.set_head(head_.Index());
    body.set_measure(order.measure().value());
    body.set_ground(act.raise().ground());
    body.set_due(Micros(deadline.due));
    for (size_t k = 0; k < deadline.marks.size(); ++k) {
      body.add_marks(Micros(deadline.marks[k]));
      body.add_marks_permille(deadline.marks_permille[k]);
    }
    body.set_deadline_row(deadline.row);
    body.set_policy_version(state_.policy->version());
    here_.raised.insert(order.seq.value());
    Entry entry = EntryFor(i, order.seq, command_.agency, of);
    entry.type = ENTRY_TYPE_OBJECTION_RAISED;
    return draft_.Append(std::move(entry), body);
  }

  uint64_t Speak(size_t i, const ObjectionThread& thread, const Case& of) {
    const ObjectionAct& act = command_.members[i].parsed;
    const uint64_t head = head_.Index();
    Entry entry = EntryFor(i, thread.order, thread.agency, of);
    here_.words.insert(thread.index);
    std::vector<OrderSigner> signers;
    if (!by_agency())
      signers = SignersAmong(state_, command_.signed_head.head.signer(), command_.signed_head.keys, draft_.now());
    if (act.has_reply()) {
      ObjectionReplied body;
      body.set_objection(thread.index);
      body.set_request_id(act.request_id());
      body.set_digest(command_.signed_head.digests[i]);
      body.set_head(head);
      body.set_withdraws(act.reply().withdraws());
      for (OrderSigner& signer : signers) *body.add_signers() = std::move(signer);
      if (act.reply().withdraws()) here_.closed.insert(thread.index);
      entry.type = ENTRY_TYPE_OBJECTION_REPLIED;
      return draft_.Append(std::move(entry), body);
    }
    ObjectionAnswered body;
    body.set_objection(thread.index);
    body.set_request_id(act.request_id());
    body.set_digest(command_.signed_head.digests[i]);
    body.set_head(head);
    body.set_decision(act.answer().decision());
    body.set_late(draft_.now() > thread.deadline.due);
    for (OrderSigner& signer : signers) *body.add_signers() = std::move(signer);
    for (int role : Row()->answer_roles()) body.add_roles(static_cast<OfficerRole>(role));
    body.set_policy_version(state_.policy->version());
    here_.closed.insert(thread.index);
    entry.type = ENTRY_TYPE_OBJECTION_ANSWERED;
    return draft_.Append(std::move(entry), body);
  }

  Draft& draft_;
  const State& state_;
  const SubmitObjections& command_;
  HeadWriter& head_;
  Here here_;
};

}  // namespace

void DecideCommand(Draft& draft, const SubmitObjections& command) {
  const State& state = draft.state();
  Signer signer;
  if (command.agency) {
    draft.result().status = CheckAgencySigned(state, command.agency, command.signed_head, draft.now());
    if (!draft.result().status.ok()) return;
    signer = {ACTOR_KIND_AGENCY, command.agency.value(), absl::StrCat("agency/", command.agency.value()),
              state.directory.AgencyByOrdinal(command.agency)->key_id};
  } else {
    const Court* court = state.directory.CourtByOrdinal(command.court);
    if (court == nullptr) {
      draft.result().status = Fail(Reason::kCourtUnknown, "the court is not connected");
      return;
    }
    if (command.signed_head.head.signer() != court->row.code()) {
      draft.result().status = Fail(Reason::kSignerNotCaller, "a court sends what its officers signed");
      return;
    }
    signer = {ACTOR_KIND_COURT, command.court.value(), absl::StrCat("court/", command.court.value()), court->key_id};
  }
  for (const ObjectionMember& member : command.members) {
    if (IsUuidV7(member.parsed.request_id())) continue;
    draft.result().status = Fail(Reason::kFieldInvalid, "a word without a usable id can't be refused by id")
                                .At("request_id", "UUIDv7, 16 bytes");
    return;
  }
  HeadWriter head(draft, command.signed_head, signer);
  draft.result().status = head.CheckSequence();
  if (!draft.result().status.ok()) return;
  ObjectionDecider decider(draft, command, head);
  for (size_t i = 0; i < command.members.size(); ++i) draft.result().members.push_back(decider.DecideMember(i));
}

}  // namespace eagle::domain
