// eagle supervision issue | ack | answer | return | close | list | show | sign | submit: what a court above watches
// over 督办, and what the one addressed says to it.
#include "client/cli/commands.h"
#include "client/cli/order_flags.h"
#include "client/cli/threads.h"
#include "client/common/files.h"
#include "client/lib/order_builder.h"
#include "server/trust/supervision_word.h"
#include "server/trust/timestamps.h"

namespace eagle::client {
namespace {

using SupervisionSeen = ThreadSeen<v1::SupervisionView, v1::SupervisionWord, trust::OpenedSupervision>;

struct SupervisionListFlags {
  std::string court;
  bool open_only = false, overdue_only = false;
};
struct IssueFlags {
  std::string number, court, case_number, order, agency, copy, cause, text_file, contact, phone, out;
  bool commander = false, urgent = false;
  Signing signing;
};
// Of a word in a thread that is there.
struct SupervisionWordFlags {
  std::string id, handler, text_file, result, out;
  ReadingFlags reading;
  Signing signing;
};

Cell Addressee(Session& session, const v1::SupervisionView& view) {
  return Text(view.to_court().empty() ? NameOr(session.names(), view.to_agency()) : view.to_court());
}

absl::Status ListThreads(Session& session, const SupervisionListFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  Table table("supervision", {{"supervision_id"},
                              {"from"},
                              {"to"},
                              {"case_number"},
                              {"cause"},
                              {"commander"},
                              {"state"},
                              {"issued"},
                              {"due"},
                              {"overdue"},
                              {"late"},
                              {"copied_to", kLeft, true},
                              {"court", kLeft, true},
                              {"order_id", kLeft, true},
                              {"result", kLeft, true},
                              {"words", kRight, true}});
  v1::ListSupervisionRequest request;
  request.set_court(flags.court), request.set_open_only(flags.open_only), request.set_overdue_only(flags.overdue_only);
  do {
    EAGLE_ASSIGN_OR_RETURN(const v1::ListSupervisionResponse page, gateway->ListSupervision(request));
    for (const v1::SupervisionView& view : page.threads()) {
      const bool closed = view.state() == v1::SUPERVISION_STATE_CLOSED;
      table.Add({IdCell(view.supervision_id()), Text(view.from_court()), Addressee(session, view),
                 Text(view.case_number()), Text(Word(view.cause())), YesNo(view.commander()), Text(Word(view.state())),
                 Instant(ToTime(view.issued_at()), zone), Due(ToTime(view.deadline().due_at()), zone),
                 YesNo(view.overdue()), YesNo(view.late()), TextOrNothing(view.cc_court()), Text(view.court()),
                 IdCell(view.order_id()), closed ? Text(Word(view.result())) : Nothing(), Count(view.words())});
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  Document document;
  document.Add(std::move(table));
  return session.Print(document);
}

// The case whose ticket opens the thread: the list of those that concern us says it.
absl::StatusOr<CaseNamed> CaseOfThread(Gateway& gateway, const std::string& supervision_id) {
  v1::ListSupervisionRequest request;
  do {
    EAGLE_ASSIGN_OR_RETURN(const v1::ListSupervisionResponse page, gateway.ListSupervision(request));
    for (const v1::SupervisionView& view : page.threads()) {
      if (view.supervision_id() == supervision_id) return CaseNamed{view.court(), view.case_number()};
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return Fail(Reason::kNotFound, "no supervision order that concerns this court has this id");
}

absl::StatusOr<SupervisionSeen> ReadSupervisionThread(Session& session, const std::string& id,
                                                      const ReadingFlags& reading) {
  v1::ReadSupervisionRequest request;
  EAGLE_ASSIGN_OR_RETURN(*request.mutable_supervision_id(), OrderIdOf(id));
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk_with_book());
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(CaseNamed of, CaseOfThread(*gateway, request.supervision_id()));
  ReadingTicket ticket(session, reading, std::move(of));
  SupervisionSeen thread;
  do {
    EAGLE_RETURN_IF_ERROR(ticket.Put(*request.mutable_officer_ticket()));
    EAGLE_ASSIGN_OR_RETURN(const v1::ReadSupervisionResponse page, gateway->ReadSupervision(request));
    thread.view = page.thread();
    for (const v1::SupervisionWord& word : page.words()) {
      thread.Add(word,
                 trust::OpenSupervision(word.word(), page.thread().to_agency(), *desk->book(), desk->ports().checker));
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return thread;
}

absl::Status ShowThread(Session& session, const SupervisionWordFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const SupervisionSeen thread, ReadSupervisionThread(session, flags.id, flags.reading));
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  const v1::SupervisionView& view = thread.view;
  Record record("supervision");
  record.Add("supervision_id", IdCell(view.supervision_id()))
      .Add("from", Text(view.from_court()))
      .Add("to", Addressee(session, view))
      .Add("copied_to", TextOrNothing(view.cc_court()))
      .Add("court", Text(view.court()))
      .Add("case_number", Text(view.case_number()))
      .Add("order_id", IdCell(view.order_id()))
      .Add("cause", Text(Word(view.cause())))
      .Add("commander", YesNo(view.commander()))
      .Add("state", Text(Word(view.state())))
      .Add("issued", Instant(ToTime(view.issued_at()), zone))
      .Add("due", Due(ToTime(view.deadline().due_at()), zone))
      .Add("because", Text(view.deadline().explanation()))
      .Add("overdue", YesNo(view.overdue()))
      .Add("late", YesNo(view.late()))
      .Add("closed", IsSet(view.closed_at()) ? Instant(ToTime(view.closed_at()), zone) : Nothing())
      .Add("result", IsSet(view.closed_at()) ? Text(Word(view.result())) : Nothing());
  absl::Status worst;
  Table words = WordsTable(session, zone, thread, SupervisionText, worst);
  Document document;
  document.Add(std::move(record));
  document.Add(std::move(words));
  EAGLE_RETURN_IF_ERROR(session.Print(document));
  return worst;
}

// An act of this court, now.
absl::StatusOr<v1::SupervisionAct> NewAct(Session& session) {
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  v1::SupervisionAct act;
  act.set_request_id(OrderBuilder(session.process().clock, session.process().entropy).NewId());
  act.set_author(desk->options().organisation);
  *act.mutable_written_at() = trust::TimestampOf(session.process().clock.WallNow());
  return act;
}

// The order as the log has it: a court above doesn't hold its bytes.
absl::Status NameOrder(Session& session, const IssueFlags& flags, v1::SupervisionOrder& issue) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  v1::GetOrderRequest request;
  EAGLE_ASSIGN_OR_RETURN(*request.mutable_order_id(), OrderIdOf(flags.order));
  EAGLE_ASSIGN_OR_RETURN(const v1::GetOrderResponse response, gateway->GetOrder(request));
  issue.set_order_id(request.order_id());
  issue.set_order_digest(response.order().digest());
  if (!flags.court.empty() || !flags.agency.empty()) return absl::OkStatus();
  if (response.order().tasks_size() != 1)
    return Fail(Reason::kFieldMissing, "the order asks several agencies: name one with --agency");
  issue.set_to_agency(response.order().tasks(0).agency());
  return absl::OkStatus();
}

absl::Status Issue(Session& session, const IssueFlags& flags) {
  if (flags.court.empty() && flags.order.empty())
    return Fail(Reason::kFieldMissing, "--court and --case, or --order: whom is it for?");
  EAGLE_ASSIGN_OR_RETURN(const std::string text, ReadFile(flags.text_file));
  EAGLE_ASSIGN_OR_RETURN(v1::SupervisionAct act, NewAct(session));
  v1::SupervisionOrder& issue = *act.mutable_issue();
  issue.set_number(flags.number), issue.set_to_court(flags.court), issue.set_to_agency(flags.agency);
  issue.set_cc_court(flags.copy), issue.set_case_number(flags.case_number), issue.set_commander(flags.commander);
  issue.set_cause(OfWord<v1::SupervisionCause>(flags.cause));
  issue.set_urgency(flags.urgent ? v1::URGENCY_URGENT : v1::URGENCY_NORMAL);
  issue.set_required_action(text), issue.set_contact_name(flags.contact), issue.set_contact_phone(flags.phone);
  if (!flags.order.empty()) EAGLE_RETURN_IF_ERROR(NameOrder(session, flags, issue));
  return SayWord(session, v1::MEMBER_TYPE_SUPERVISION, act.SerializeAsString(), flags.out, flags.signing,
                 SendSupervision);
}

// A word in a thread: about the very order that was issued, whose signatures were verified here.
template <typename Put>
absl::Status SayInThread(Session& session, const SupervisionWordFlags& flags, Put put) {
  EAGLE_ASSIGN_OR_RETURN(const SupervisionSeen thread, ReadSupervisionThread(session, flags.id, flags.reading));
  if (thread.words.empty()) return Fail(Reason::kSupervisionUnknown, "the thread shows no word");
  const auto& first = thread.words.front().opened;
  EAGLE_RETURN_IF_ERROR(first.status());
  if (!first->act.has_issue())
    return Fail(Reason::kSupervisionUnknown, "the thread doesn't begin with a supervision order");
  EAGLE_ASSIGN_OR_RETURN(v1::SupervisionAct act, NewAct(session));
  act.set_supervision_id(first->act.request_id());
  act.set_supervision_digest(std::string(journal::View(first->digest)));
  EAGLE_RETURN_IF_ERROR(put(act));
  return SayWord(session, v1::MEMBER_TYPE_SUPERVISION, act.SerializeAsString(), flags.out, flags.signing,
                 SendSupervision);
}

absl::Status Acknowledge(Session& session, const SupervisionWordFlags& flags) {
  return SayInThread(session, flags, [&](v1::SupervisionAct& act) {
    act.mutable_acknowledge()->set_handler(flags.handler);
    return absl::OkStatus();
  });
}

absl::Status AnswerIt(Session& session, const SupervisionWordFlags& flags) {
  return SayInThread(session, flags, [&](v1::SupervisionAct& act) -> absl::Status {
    EAGLE_ASSIGN_OR_RETURN(*act.mutable_answer()->mutable_text(), ReadFile(flags.text_file));
    return absl::OkStatus();
  });
}

absl::Status ReturnIt(Session& session, const SupervisionWordFlags& flags) {
  return SayInThread(session, flags, [&](v1::SupervisionAct& act) -> absl::Status {
    EAGLE_ASSIGN_OR_RETURN(*act.mutable_send_back()->mutable_text(), ReadFile(flags.text_file));
    return absl::OkStatus();
  });
}

absl::Status CloseIt(Session& session, const SupervisionWordFlags& flags) {
  return SayInThread(session, flags, [&](v1::SupervisionAct& act) -> absl::Status {
    EAGLE_ASSIGN_OR_RETURN(*act.mutable_close()->mutable_text(), ReadFile(flags.text_file));
    act.mutable_close()->set_result(OfWord<v1::SupervisionResult>(flags.result));
    return absl::OkStatus();
  });
}

void AddIssue(Verb& verb) {
  auto flags = std::make_shared<IssueFlags>();
  Verb issue = verb.Add(
      "issue", "Issue a supervision order: to an agency about one order, or to a court below about a case of its own.",
      "eagle supervision issue --number 督办〔2026〕17号 --order 01920d5c-8f00-7000-8000-000000000001 --cause OVERDUE "
      "\\\n"
      "  --urgent --text what.txt --contact 执行指挥中心 --phone 024-99000000 --sign 001 --sign 003\n"
      "eagle supervision issue --number 指挥长令〔2026〕3号 --commander --court 辽9901 --case （2026）辽9901执1024号 "
      "\\\n"
      "  --copy 辽9910 --cause PETITION --text what.txt --contact 执行指挥中心 --phone 024-99000000 --out order.draft");
  issue.Text("--number", &flags->number, "the court's own number of it", Need::kRequired);
  issue.Text("--order", &flags->order, "id of the order that it is about");
  issue.Text("--agency", &flags->agency, "with --order: which agency of it, where it asks several");
  issue.Text("--court", &flags->court, "the court below that is addressed");
  issue.Text("--case", &flags->case_number, "with --court: its case");
  issue.Text("--copy", &flags->copy, "抄送: the court between that gets a copy");
  issue.Choice("--cause", &flags->cause, {"OVERDUE", "WRONG_MEASURE", "PETITION", "ORDER"},
               "逾期 | 措施不当 | 信访 | 上级交办", Need::kRequired);
  issue.Flag("--commander", &flags->commander,
             "a commander's order 指挥长令: signed higher, copied to the court between");
  issue.Flag("--urgent", &flags->urgent, "the shorter time of the policy");
  issue.Text("--text", &flags->text_file, "file with what is to be done, at most 8,000 bytes of UTF-8",
             Need::kRequired);
  issue.Text("--contact", &flags->contact, "whom the addressee may ask", Need::kRequired);
  issue.Text("--phone", &flags->phone, "and where", Need::kRequired);
  issue.Text("--out", &flags->out, "write a draft for the officers to sign, instead of sending");
  SigningFlags(issue, flags->signing);
  issue.Do([flags](Session& session) { return Issue(session, *flags); });
}

// A word in a thread; `text`: what the file says, empty for a word without one.
std::shared_ptr<SupervisionWordFlags> AddWord(Verb& word, const std::string& text) {
  auto flags = std::make_shared<SupervisionWordFlags>();
  word.Text("SUPERVISION", &flags->id, "supervision order's id", Need::kRequired);
  if (!text.empty())
    word.Text("--text", &flags->text_file, "file with " + text + ", at most 8,000 bytes of UTF-8", Need::kRequired);
  AddWordFlags(word, flags->reading, flags->signing, flags->out);
  return flags;
}

}  // namespace

absl::Status SendSupervision(Session& session, const v1::SignedBatch& batch) {
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const v1::SubmitSupervisionResponse response, desk->SendSupervision(batch, *gateway));
  return PrintWordResults(session, response);
}

void AddSupervision(Verb& root) {
  Verb verb = root.Add(
      "supervision", "Supervision orders 督办 and commander's orders 指挥长令: issue, answer in time, return, close.");
  auto list_flags = std::make_shared<SupervisionListFlags>();
  Verb list = verb.Add("list", "List those that concern this court, as issuer, addressee, copy or court of the case.",
                       "eagle supervision list --overdue");
  list.Text("--court", &list_flags->court, "of this court below ours");
  list.Flag("--open", &list_flags->open_only, "only those that aren't closed");
  list.Flag("--overdue", &list_flags->overdue_only, "only those whose answer is owed and late");
  list.Do([list_flags](Session& session) { return ListThreads(session, *list_flags); });

  const std::string id = "01920d5c-8f00-7000-8000-000000000001", reads = " --officer 001 --purpose EXECUTION";
  Verb show = verb.Add("show", "Show one thread, every word verified with its author's keys (an audited read).",
                       "eagle supervision show " + id + reads);
  auto show_flags = std::make_shared<SupervisionWordFlags>();
  show.Text("SUPERVISION", &show_flags->id, "supervision order's id", Need::kRequired);
  AddReadingFlags(show, show_flags->reading);
  show.Do([show_flags](Session& session) { return ShowThread(session, *show_flags); });

  AddIssue(verb);
  Verb ack = verb.Add("ack", "Say that this court has it 签收; its time to answer runs on.",
                      "eagle supervision ack " + id + reads + " --sign 001 --sign 003");
  const auto ack_flags = AddWord(ack, "");
  ack.Text("--handler", &ack_flags->handler, "who sees to it");
  ack.Do([ack_flags](Session& session) { return Acknowledge(session, *ack_flags); });

  Verb answer = verb.Add("answer", "Answer what this court was asked 反馈, which stops the clock.",
                         "eagle supervision answer " + id + " --text answer.txt" + reads + " --sign 001 --sign 003");
  const auto answer_flags = AddWord(answer, "what was done");
  answer.Do([answer_flags](Session& session) { return AnswerIt(session, *answer_flags); });

  Verb back = verb.Add("return", "Return an answer that doesn't do 退回: a new time runs for another one.",
                       "eagle supervision return " + id + " --text missing.txt" + reads + " --sign 001 --sign 003");
  const auto back_flags = AddWord(back, "what is missing");
  back.Do([back_flags](Session& session) { return ReturnIt(session, *back_flags); });

  Verb close =
      verb.Add("close", "Close what this court issued 办结, and say how it ended.",
               "eagle supervision close " + id + " --result DONE --text end.txt" + reads + " --sign 001 --sign 003");
  const auto close_flags = AddWord(close, "why");
  close.Choice("--result", &close_flags->result, {"DONE", "NOT_DONE", "TAKEN_BACK"}, "已落实 | 未落实 | 撤销",
               Need::kRequired);
  close.Do([close_flags](Session& session) { return CloseIt(session, *close_flags); });
  AddDrafts(verb, "supervision");
}

}  // namespace eagle::client
