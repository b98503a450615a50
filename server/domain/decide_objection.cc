// Objections: may this agency object to this order, who may speak in the thread, and has the court answered as the
// policy demands?
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "server/domain/deadline_form.h"
#include "server/domain/decide_words.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using OrderRow = eagle::domain::Order;

// What the members before it in the batch did, which the state doesn't know yet.
struct Here {
  std::multiset<uint64_t> raised;  // orders
  std::set<uint64_t> closed;       // threads
  std::multiset<uint64_t> words;   // threads
};

class ObjectionDecider : public WordsDecider<SubmitObjections> {
 public:
  using WordsDecider::WordsDecider;

  MemberResult DecideMember(size_t i) {
    const ObjectionAct& act = ActAt(i);
    if (auto known = Known(i)) return *known;
    Violations wrong;
    CheckAuthor(i, wrong);
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
    if (!wrong.empty()) return RefuseWord(i, wrong, of);
    return {.id = act.request_id(), .index = thread == nullptr ? Raise(i, *order, *of) : Speak(i, *thread, *of)};
  }

 private:
  const ObjectionRow* Row() const {
    return state_.policy != nullptr && state_.policy->table().has_objections() ? &state_.policy->table().objections()
                                                                               : nullptr;
  }

  // The order of that id and digest that was handed to the agency.
  const OrderRow* CheckRaise(const Objection& raise, Violations& wrong) {
    if (!by_agency()) {
      wrong.Add("raise", Reason::kFieldInvalid, "an agency objects, the court answers");
      return nullptr;
    }
    CheckText(raise.text(), kWordBytes, "raise.text", wrong);
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
    CheckOfficers((row->*roles)(), wrong);
  }

  const ObjectionThread* CheckReply(const ObjectionReply& reply, Violations& wrong) const {
    CheckText(reply.text(), kWordBytes, "reply.text", wrong);
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
    CheckText(answer.text(), kWordBytes, "answer.text", wrong);
    if (answer.decision() == OBJECTION_DECISION_UNSPECIFIED || !ObjectionDecision_IsValid(answer.decision()))
      wrong.Add("answer.decision", Reason::kFieldMissing, "UPHELD, REJECTED or AMENDED");
    const ObjectionThread* thread = CheckThread(answer.objection_id(), "answer.objection_id", wrong);
    if (thread != nullptr && thread->digest != answer.objection_digest())
      wrong.Add("answer.objection_digest", Reason::kObjectionUnknown, "another text was examined than was raised");
    return thread;
  }

  uint64_t Raise(size_t i, const OrderRow& order, const Case& of) {
    ObjectionRaised body;
    SetWord(i, body);
    body.set_measure(order.measure().value());
    body.set_ground(ActAt(i).raise().ground());
    SetDeadline(ComputeDeadline(*state_.policy->DeadlineNamed(kObjectionRow), draft_.now(),
                                state_.policy->TerritoryOf(nullptr)),
                body);
    body.set_policy_version(state_.policy->version());
    here_.raised.insert(order.seq.value());
    return AppendWord<ObjectionPayload>(i, ENTRY_TYPE_OBJECTION_RAISED, order.seq, command_.agency, of, body);
  }

  uint64_t Speak(size_t i, const ObjectionThread& thread, const Case& of) {
    const ObjectionAct& act = ActAt(i);
    here_.words.insert(thread.index);
    if (act.has_reply()) {
      ObjectionReplied body;
      body.set_objection(thread.index);
      SetWord(i, body);
      body.set_withdraws(act.reply().withdraws());
      SetSigners(body);
      if (act.reply().withdraws()) here_.closed.insert(thread.index);
      return AppendWord<ObjectionPayload>(i, ENTRY_TYPE_OBJECTION_REPLIED, thread.order, thread.agency, of, body);
    }
    ObjectionAnswered body;
    body.set_objection(thread.index);
    SetWord(i, body);
    body.set_decision(act.answer().decision());
    body.set_late(draft_.now() > thread.deadline.due);
    SetSigners(body);
    for (int role : Row()->answer_roles()) body.add_roles(static_cast<OfficerRole>(role));
    body.set_policy_version(state_.policy->version());
    here_.closed.insert(thread.index);
    return AppendWord<ObjectionPayload>(i, ENTRY_TYPE_OBJECTION_ANSWERED, thread.order, thread.agency, of, body);
  }

  Here here_;
};

}  // namespace

void DecideCommand(Draft& draft, const SubmitObjections& command) { DecideWords<ObjectionDecider>(draft, command); }

}  // namespace eagle::domain
