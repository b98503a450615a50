// eagle objection list | show | answer | reply | sign | submit: what agencies object 异议, and what the court says to
// it.
#include "client/cli/commands.h"
#include "client/cli/order_flags.h"
#include "client/cli/threads.h"
#include "client/common/files.h"
#include "client/lib/order_builder.h"
#include "server/base/reason.h"
#include "server/trust/objection_word.h"
#include "server/trust/timestamps.h"

namespace eagle::client {
namespace {

struct ListFlags {
  std::string case_number, court;
  bool open_only = false;
};
struct ShowFlags {
  std::string objection;
  ReadingFlags reading;
};
struct SayFlags {
  std::string objection, decision, text_file, out;
  ReadingFlags reading;
  Signing signing;
};

Table ObjectionsTable() {
  return Table("objections", {{"objection_id"},
                              {"agency"},
                              {"case_number"},
                              {"action"},
                              {"ground"},
                              {"state"},
                              {"raised"},
                              {"due"},
                              {"overdue"},
                              {"held", kRight},
                              {"order_id", kLeft, true},
                              {"words", kRight, true},
                              {"late", kLeft, true}});
}

void AddRow(Session& session, const absl::TimeZone& zone, const v1::ObjectionView& view, Table& table) {
  table.Add({IdCell(view.objection_id()), Text(NameOr(session.names(), view.agency())), Text(view.case_number()),
             Text(Word(view.action())), Text(view.ground()), Text(Word(view.state())),
             Instant(ToTime(view.raised_at()), zone), Due(ToTime(view.deadline().due_at()), zone),
             YesNo(view.overdue()), Count(static_cast<uint64_t>(view.held_order_ids_size())), IdCell(view.order_id()),
             Count(view.words()), YesNo(view.late())});
}

absl::Status List(Session& session, const ListFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  v1::ListObjectionsRequest request;
  request.set_case_number(flags.case_number), request.set_court(flags.court), request.set_open_only(flags.open_only);
  Table table = ObjectionsTable();
  do {
    EAGLE_ASSIGN_OR_RETURN(const v1::ListObjectionsResponse page, gateway->ListObjections(request));
    for (const v1::ObjectionView& view : page.objections()) AddRow(session, zone, view, table);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  Document document;
  document.Add(std::move(table));
  return session.Print(document);
}

// Every word verified with its author's keys.
using Thread = ThreadSeen<v1::ObjectionView, v1::ObjectionWord, trust::OpenedWord>;

// The case whose ticket opens the thread: the list of our own objections says it.
absl::StatusOr<std::string> CaseOf(Gateway& gateway, const std::string& objection_id) {
  v1::ListObjectionsRequest request;
  do {
    EAGLE_ASSIGN_OR_RETURN(const v1::ListObjectionsResponse page, gateway.ListObjections(request));
    for (const v1::ObjectionView& view : page.objections()) {
      if (view.objection_id() == objection_id) return view.case_number();
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return Fail(Reason::kNotFound, "no objection against an order of this court has this id");
}

absl::StatusOr<Thread> ReadThread(Session& session, const std::string& objection, const ReadingFlags& reading) {
  v1::ReadObjectionRequest request;
  EAGLE_ASSIGN_OR_RETURN(*request.mutable_objection_id(), OrderIdOf(objection));
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk_with_book());
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const std::string number, CaseOf(*gateway, request.objection_id()));
  ReadingTicket ticket(session, reading, {"", number});
  Thread thread;
  do {
    EAGLE_RETURN_IF_ERROR(ticket.Put(*request.mutable_officer_ticket()));
    EAGLE_ASSIGN_OR_RETURN(const v1::ReadObjectionResponse page, gateway->ReadObjection(request));
    thread.view = page.objection();
    for (const v1::ObjectionWord& word : page.words()) {
      thread.Add(word, trust::OpenWord(word.word(), desk->options().organisation, page.objection().agency(),
                                       *desk->book(), desk->ports().checker));
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return thread;
}

absl::Status Show(Session& session, const ShowFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const Thread thread, ReadThread(session, flags.objection, flags.reading));
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  const v1::ObjectionView& view = thread.view;
  Record record("objection");
  record.Add("objection_id", IdCell(view.objection_id()))
      .Add("order_id", IdCell(view.order_id()))
      .Add("agency", Text(NameOr(session.names(), view.agency())))
      .Add("case_number", Text(view.case_number()))
      .Add("action", Text(Word(view.action())))
      .Add("ground", Text(view.ground()))
      .Add("state", Text(Word(view.state())))
      .Add("raised", Instant(ToTime(view.raised_at()), zone))
      .Add("due", Due(ToTime(view.deadline().due_at()), zone))
      .Add("because", Text(view.deadline().explanation()))
      .Add("overdue", YesNo(view.overdue()))
      .Add("closed", IsSet(view.closed_at()) ? Instant(ToTime(view.closed_at()), zone) : Nothing())
      .Add("late", YesNo(view.late()));
  Table held("held_deductions", {{"order_id"}});
  for (const std::string& id : view.held_order_ids()) held.Add({IdCell(id)});
  absl::Status worst;
  Table words = WordsTable(session, zone, thread, ObjectionText, worst);
  Document document;
  document.Add(std::move(record));
  document.Add(std::move(held));
  document.Add(std::move(words));
  EAGLE_RETURN_IF_ERROR(session.Print(document));
  return worst;
}

// What the agency raised, verified: nobody answers what he can't prove to be the agency's.
absl::StatusOr<trust::OpenedWord> RaisedOf(const Thread& thread) {
  if (thread.words.empty()) return Fail(Reason::kObjectionUnknown, "the thread shows no word");
  EAGLE_RETURN_IF_ERROR(thread.words.front().opened.status());
  if (!thread.words.front().opened->act.has_raise())
    return Fail(Reason::kObjectionUnknown, "the thread doesn't begin with an objection");
  return *thread.words.front().opened;
}

absl::Status Say(Session& session, const SayFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const std::string text, ReadFile(flags.text_file));
  EAGLE_ASSIGN_OR_RETURN(const Thread thread, ReadThread(session, flags.objection, flags.reading));
  EAGLE_ASSIGN_OR_RETURN(const trust::OpenedWord raised, RaisedOf(thread));
  v1::ObjectionAct act;
  act.set_request_id(OrderBuilder(session.process().clock, session.process().entropy).NewId());
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  act.set_author(desk->options().organisation);
  *act.mutable_written_at() = trust::TimestampOf(session.process().clock.WallNow());
  if (flags.decision.empty()) {
    act.mutable_reply()->set_objection_id(raised.act.request_id());
    act.mutable_reply()->set_text(text);
  } else {
    v1::ObjectionAnswer* answer = act.mutable_answer();
    answer->set_objection_id(raised.act.request_id());
    answer->set_objection_digest(std::string(journal::View(raised.digest)));
    answer->set_decision(OfWord<v1::ObjectionDecision>(flags.decision));
    answer->set_text(text);
  }
  return SayWord(session, v1::MEMBER_TYPE_OBJECTION, act.SerializeAsString(), flags.out, flags.signing, SendObjections);
}

void AddSayFlags(Verb& verb, SayFlags& flags) {
  verb.Text("OBJECTION", &flags.objection, "objection id", Need::kRequired);
  verb.Text("--text", &flags.text_file, "file with what is said, at most 8,000 bytes of UTF-8", Need::kRequired);
  AddWordFlags(verb, flags.reading, flags.signing, flags.out);
}

}  // namespace

absl::Status SendObjections(Session& session, const v1::SignedBatch& batch) {
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const v1::SubmitObjectionsResponse response, desk->SendObjections(batch, *gateway));
  return PrintWordResults(session, response);
}

void AddObjection(Verb& root) {
  Verb verb =
      root.Add("objection", "Objections 异议 of agencies: list, read, answer within the time that the law gives.");
  auto list_flags = std::make_shared<ListFlags>();
  Verb list = verb.Add("list", "List the objections against the court's orders, oldest first, with their clocks.",
                       "eagle objection list --open");
  list.Text("--case", &list_flags->case_number, "of this case only");
  list.Text("--court", &list_flags->court, "of this court below ours");
  list.Flag("--open", &list_flags->open_only, "only those without an answer");
  list.Do([list_flags](Session& session) { return List(session, *list_flags); });

  auto show_flags = std::make_shared<ShowFlags>();
  Verb show = verb.Add("show", "Show one thread, every word verified with its author's keys (an audited read).",
                       "eagle objection show 01920d5c-8f00-7000-8000-000000000001 --officer 001 --purpose EXECUTION");
  show.Text("OBJECTION", &show_flags->objection, "objection id", Need::kRequired);
  AddReadingFlags(show, show_flags->reading);
  show.Do([show_flags](Session& session) { return Show(session, *show_flags); });

  auto answer_flags = std::make_shared<SayFlags>();
  Verb answer =
      verb.Add("answer", "Answer an objection, which closes it: handler and leader sign, as the policy has it.",
               "eagle objection answer 01920d5c-8f00-7000-8000-000000000001 --decision REJECTED --text answer.txt \\\n"
               "  --officer 001 --purpose EXECUTION --sign 001 --sign 003");
  answer.Choice("--decision", &answer_flags->decision, {"UPHELD", "REJECTED", "AMENDED"},
                "异议成立 | 异议不成立 | 变更", Need::kRequired);
  AddSayFlags(answer, *answer_flags);
  answer.Do([answer_flags](Session& session) { return Say(session, *answer_flags); });

  auto reply_flags = std::make_shared<SayFlags>();
  Verb reply = verb.Add("reply", "Say something in a thread before it is answered: ask the agency, or explain.",
                        "eagle objection reply 01920d5c-8f00-7000-8000-000000000001 --text question.txt --officer 001 "
                        "--purpose EXECUTION --sign 001");
  AddSayFlags(reply, *reply_flags);
  reply.Do([reply_flags](Session& session) { return Say(session, *reply_flags); });
  AddDrafts(verb, "objection");
}

}  // namespace eagle::client
