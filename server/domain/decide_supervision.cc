// Supervision orders: may this court issue this one, to whom, with a copy to whom; who may say what in the thread, and
// is it said in time?
#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "goldeneagle/v1/supervision_entry.pb.h"
#include "server/domain/deadline_form.h"
#include "server/domain/decide_words.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using OrderRow = eagle::domain::Order;

// What an issue is about, and whom it goes to.
struct Addressed {
  const Case* of = nullptr;
  const OrderRow* order = nullptr;    // null: about the case
  const Court* to = nullptr;          // null: an agency is addressed
  const Agency* to_agency = nullptr;  // null: a court is
  const Court* copied_to = nullptr;   // null: nobody
};

// What the members before it in the batch made of a thread, which the state doesn't know yet.
struct ThreadSoFar {
  SupervisionState state = SUPERVISION_STATE_UNSPECIFIED;
  size_t words = 0;
};

class SupervisionDecider : public WordsDecider<SubmitSupervision> {
 public:
  using WordsDecider::WordsDecider;

  MemberResult DecideMember(size_t i) {
    const SupervisionAct& act = ActAt(i);
    if (auto known = Known(i)) return *known;
    Violations wrong;
    CheckAuthor(i, wrong);
    Addressed about;
    const SupervisionThread* thread = nullptr;
    if (act.act_case() == SupervisionAct::ACT_NOT_SET) {
      wrong.Add("act", Reason::kFieldMissing, "issue, acknowledge, answer, send_back or close");
    } else if (act.has_issue()) {
      CheckIssue(i, act.issue(), about, wrong);
    } else {
      CheckContent(act, wrong);
      thread = CheckThread(act, wrong);
      if (thread != nullptr) about.of = &state_.cases.at(thread->case_seq.value());
    }
    if (about.of != nullptr && about.of->erased()) wrong.Add("act", Reason::kErased, "the case was erased");
    if (!wrong.empty()) return RefuseWord(i, wrong, about.of);
    return {.id = act.request_id(), .index = thread == nullptr ? Issue(i, about) : Speak(i, *thread, *about.of)};
  }

 private:
  const SupervisionRow* Row() const {
    return state_.policy != nullptr && state_.policy->table().has_supervision() ? &state_.policy->table().supervision()
                                                                                : nullptr;
  }
  const Court& Caller() const { return *state_.directory.CourtByOrdinal(command_.court); }

  // --- the issue

  void CheckIssue(size_t i, const SupervisionOrder& issue, Addressed& about, Violations& wrong) const {
    if (by_agency()) {
      wrong.Add("issue", Reason::kFieldInvalid, "a court issues supervision orders, an agency answers them");
      return;
    }
    const SupervisionRow* row = Row();
    if (row == nullptr) {
      wrong.Add("issue", Reason::kSupervisionNotProvided, "the policy in force knows no supervision orders");
    } else {
      CheckOfficers(issue.commander() ? row->commander_roles() : row->issue_roles(), wrong);
      if (std::find(row->causes().begin(), row->causes().end(), issue.cause()) == row->causes().end())
        wrong.Add("issue.cause", Reason::kFieldInvalid, "not a cause of the policy in force");
    }
    CheckText(issue.number(), kStringBytes, "issue.number", wrong);
    CheckText(issue.required_action(), kWordBytes, "issue.required_action", wrong);
    CheckText(issue.contact_name(), kStringBytes, "issue.contact_name", wrong);
    CheckText(issue.contact_phone(), kStringBytes, "issue.contact_phone", wrong);
    if (issue.urgency() != URGENCY_URGENT && issue.urgency() != URGENCY_NORMAL)
      wrong.Add("issue.urgency", Reason::kFieldMissing, "URGENT or NORMAL");
    if (issue.to_court().empty() == issue.to_agency().empty()) {
      wrong.Add("issue.to_court", Reason::kFieldInvalid, "a court or an agency is addressed, and one of both only");
      return;
    }
    issue.to_court().empty() ? FindAtAgency(issue, about, wrong) : FindAtCourt(i, issue, about, wrong);
    if (about.of != nullptr) CheckCopy(issue, about, wrong);
  }

  // The order of this id and digest, if a case holds it.
  const OrderRow* OrderOf(const SupervisionOrder& issue) const {
    const auto id = state_.ids.find(issue.order_id());
    const OrderRow* order = id == state_.ids.end() ? nullptr : state_.FindOrder(OrderSeq(id->second.index));
    return order != nullptr && order->order_id == issue.order_id() && order->digest == issue.order_digest() ? order
                                                                                                            : nullptr;
  }

  // An agency is asked about an order that it was addressed in: of the caller's court, or of one below it.
  void FindAtAgency(const SupervisionOrder& issue, Addressed& about, Violations& wrong) const {
    about.to_agency = state_.directory.AgencyByCode(issue.to_agency());
    if (about.to_agency == nullptr) wrong.Add("issue.to_agency", Reason::kAgencyUnknown, "no such agency");
    if (!issue.case_number().empty())
      wrong.Add("issue.case_number", Reason::kFieldInvalid, "the order says which case it is");
    const OrderRow* order = OrderOf(issue);
    const Court* court = order == nullptr ? nullptr : state_.directory.CourtByOrdinal(order->court);
    const bool ours = court != nullptr && (court->ordinal == command_.court ||
                                           IsAbove(state_.directory, Caller().row.code(), court->row.code()));
    if (about.to_agency == nullptr || !ours || !order->targets.Contains(about.to_agency->ordinal)) {
      wrong.Add("issue.order_id", Reason::kOrderUnknown,
                "no order of this id and digest is addressed to the agency by the court or one below it");
      return;
    }
    about.order = order;
    about.of = &state_.cases.at(order->case_seq.value());
  }

  // A court below is asked about a case of its own, and perhaps an order in it.
  void FindAtCourt(size_t i, const SupervisionOrder& issue, Addressed& about, Violations& wrong) const {
    about.to = state_.directory.CourtByCode(issue.to_court());
    if (about.to == nullptr || !IsAbove(state_.directory, Caller().row.code(), issue.to_court())) {
      wrong.Add("issue.to_court", Reason::kCourtNotBelow, "no court below the caller's has this code");
      return;
    }
    about.of = state_.FindCase(about.to->ordinal, command_.members[i].case_number_tags);
    if (about.of == nullptr) {
      wrong.Add("issue.case_number", Reason::kCaseUnknown, "the court addressed has no such case here");
      return;
    }
    if (issue.order_id().empty() && issue.order_digest().empty()) return;
    about.order = OrderOf(issue);
    if (about.order == nullptr || about.order->case_seq != about.of->seq)
      wrong.Add("issue.order_id", Reason::kOrderUnknown, "no order of this id and digest is in the case");
  }

  // The copy goes to a court between the issuing one and whose case it is; an agency's own court stands between, too.
  void CheckCopy(const SupervisionOrder& issue, Addressed& about, Violations& wrong) const {
    const Directory& directory = state_.directory;
    const Court& concerned = *directory.CourtByOrdinal(about.of->court);
    const std::string &from = Caller().row.code(), &to = concerned.row.code();
    const bool with_itself = about.to == nullptr;
    if (issue.cc_court().empty()) {
      const bool there_is_one = with_itself ? to != from : concerned.row.superior() != from;
      if (issue.commander() && there_is_one)
        wrong.Add("issue.cc_court", Reason::kCopyNotBetween, "a commander's order is copied to the court between");
      return;
    }
    about.copied_to = directory.CourtByCode(issue.cc_court());
    const bool between = about.copied_to != nullptr && IsAbove(directory, from, issue.cc_court()) &&
                         ((with_itself && issue.cc_court() == to) || IsAbove(directory, issue.cc_court(), to));
    if (!between) wrong.Add("issue.cc_court", Reason::kCopyNotBetween, "no court between has this code");
  }

  Deadline Turn(Urgency urgency, const Agency* to) const {
    const std::string_view row = urgency == URGENCY_URGENT ? kSupervisionUrgentRow : kSupervisionRow;
    return ComputeDeadline(*state_.policy->DeadlineNamed(row), draft_.now(),
                           state_.policy->TerritoryOf(to != nullptr ? &to->row : nullptr));
  }

  uint64_t Issue(size_t i, const Addressed& about) {
    const SupervisionOrder& issue = ActAt(i).issue();
    SupervisionIssued body;
    SetWord(i, body);
    body.set_cause(issue.cause());
    body.set_commander(issue.commander());
    body.set_urgency(issue.urgency());
    if (about.to != nullptr) body.set_to_court(about.to->ordinal.value());
    if (about.copied_to != nullptr) body.set_cc_court(about.copied_to->ordinal.value());
    SetDeadline(Turn(issue.urgency(), about.to_agency), body);
    SetDecided(issue.commander() ? Row()->commander_roles() : Row()->issue_roles(), body);
    return AppendWord<SupervisionPayload>(
        i, ENTRY_TYPE_SUPERVISION_ISSUED, about.order != nullptr ? about.order->seq : OrderSeq(),
        about.to_agency != nullptr ? about.to_agency->ordinal : AgencyOrdinal(), *about.of, body);
  }

  // --- the words after it

  static void CheckContent(const SupervisionAct& act, Violations& wrong) {
    switch (act.act_case()) {
      case SupervisionAct::kAcknowledge:
        if (!act.acknowledge().handler().empty())
          CheckText(act.acknowledge().handler(), kStringBytes, "acknowledge.handler", wrong);
        break;
      case SupervisionAct::kAnswer:
        CheckText(act.answer().text(), kWordBytes, "answer.text", wrong);
        break;
      case SupervisionAct::kSendBack:
        CheckText(act.send_back().text(), kWordBytes, "send_back.text", wrong);
        break;
      default:
        CheckText(act.close().text(), kWordBytes, "close.text", wrong);
        if (act.close().result() == SUPERVISION_RESULT_UNSPECIFIED || !SupervisionResult_IsValid(act.close().result()))
          wrong.Add("close.result", Reason::kFieldMissing, "DONE, NOT_DONE or TAKEN_BACK");
        break;
    }
  }

  // The thread of this id and digest in which the signer may say this, now.
  const SupervisionThread* CheckThread(const SupervisionAct& act, Violations& wrong) const {
    const auto used = state_.ids.find(act.supervision_id());
    const SupervisionThread* thread = used == state_.ids.end() ? nullptr : state_.FindSupervision(used->second.index);
    if (thread == nullptr || thread->id != act.supervision_id() || thread->digest != act.supervision_digest() ||
        !MaySay(act, *thread)) {
      wrong.Add("supervision_id", Reason::kSupervisionUnknown,
                "no supervision order of this id and digest in which the signer says this");
      return nullptr;
    }
    CheckTurn(act, *thread, wrong);
    if (!by_agency()) CheckCourtSigned(act, *thread, wrong);
    return thread;
  }

  bool MaySay(const SupervisionAct& act, const SupervisionThread& thread) const {
    if (by_agency()) return IsOfAddressee(act) && thread.to_agency == command_.agency;
    return command_.court == (IsOfAddressee(act) ? thread.to : thread.from);
  }

  void CheckTurn(const SupervisionAct& act, const SupervisionThread& thread, Violations& wrong) const {
    const auto at = here_.find(thread.index);
    const ThreadSoFar here = at == here_.end() ? ThreadSoFar{.state = thread.state} : at->second;
    if (here.state == SUPERVISION_STATE_CLOSED) {
      wrong.Add("supervision_id", Reason::kSupervisionClosed, "it was closed");
    } else if (!StateAfter(act, here.state, draft_.now() > thread.deadline.due)) {
      wrong.Add("act", Reason::kSupervisionOutOfTurn,
                absl::StrCat("not said while it is ", SupervisionState_Name(here.state).substr(18)));
    }
    const size_t most = Row() != nullptr ? Row()->words_max() : kWordsPerSupervision;
    if (!act.has_close() && thread.words.size() + here.words + 1 >= most)
      wrong.Add("act", Reason::kSupervisionSpent,
                absl::StrCat("a thread has at most ", most, " words, its close included"));
  }

  const google::protobuf::RepeatedField<int>& RolesFor(const SupervisionAct& act,
                                                       const SupervisionThread& thread) const {
    return IsOfAddressee(act) ? Row()->answer_roles()
           : thread.commander ? Row()->commander_roles()
                              : Row()->issue_roles();
  }

  void CheckCourtSigned(const SupervisionAct& act, const SupervisionThread& thread, Violations& wrong) const {
    if (Row() == nullptr) {
      wrong.Add("act", Reason::kSupervisionNotProvided, "the policy in force doesn't say who signs");
      return;
    }
    CheckOfficers(RolesFor(act, thread), wrong);
  }

  // By what a court's word was judged, and whose signatures stand under it.
  template <typename Body>
  void SetDecided(const google::protobuf::RepeatedField<int>& roles, Body& body) const {
    body.set_policy_version(state_.policy->version());
    SetSigners(body);
    for (int role : roles) body.add_roles(static_cast<OfficerRole>(role));
  }

  uint64_t Speak(size_t i, const SupervisionThread& thread, const Case& of) {
    const SupervisionAct& act = ActAt(i);
    ThreadSoFar& here = here_.try_emplace(thread.index, ThreadSoFar{.state = thread.state}).first->second;
    here.state = *StateAfter(act, here.state, draft_.now() > thread.deadline.due);
    here.words += 1;
    if (act.has_close()) {
      SupervisionClosed body;
      body.set_supervision(thread.index);
      SetWord(i, body);
      body.set_result(act.close().result());
      SetDecided(RolesFor(act, thread), body);
      return AppendWord<SupervisionPayload>(i, ENTRY_TYPE_SUPERVISION_CLOSED, thread.order, thread.to_agency, of, body);
    }
    SupervisionSaid body;
    body.set_supervision(thread.index);
    SetWord(i, body);
    body.set_state(here.state);
    if (act.has_answer()) body.set_late(draft_.now() > thread.deadline.due);
    if (act.has_send_back())
      SetDeadline(Turn(thread.urgency, state_.directory.AgencyByOrdinal(thread.to_agency)), body);
    if (!by_agency()) SetDecided(RolesFor(act, thread), body);
    return AppendWord<SupervisionPayload>(i, ENTRY_TYPE_SUPERVISION_WORD, thread.order, thread.to_agency, of, body);
  }

  std::map<uint64_t, ThreadSoFar> here_;  // by thread
};

}  // namespace

void DecideCommand(Draft& draft, const SubmitSupervision& command) { DecideWords<SupervisionDecider>(draft, command); }

}  // namespace eagle::domain
