// eagle order show | list | watch | withdraw.
#include <algorithm>

#include "client/cli/commands.h"
#include "client/cli/order_flags.h"
#include "client/cli/orders.h"
#include "client/lib/order_builder.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"

namespace eagle::client {
namespace {

struct OrderShowFlags {
  std::string order;
};

std::string MarksText(const v1::OrderView& view) {
  std::string out;
  for (const uint32_t mark : view.marks_fired_permille())
    out += (out.empty() ? "" : ", ") + std::to_string(mark / 10) + " %";
  return out;
}

// An agency replaced an answer that it had given; `eagle findings` shows both.
bool IsCorrected(const v1::OrderView& view) {
  return std::any_of(view.tasks().begin(), view.tasks().end(),
                     [](const v1::TaskView& task) { return task.answer_versions() > 1; });
}

// Why it is over without having begun, and what can be done.
std::string EndedText(const v1::OrderView& view) {
  const auto reason = ReasonByName(view.ended_reason());
  return view.ended_reason() + (reason ? ": " + std::string(RowOf(*reason).advice) : "");
}

absl::Status ShowOrder(Session& session, const OrderShowFlags& flags) {
  if (flags.order.ends_with(".draft")) {
    EAGLE_ASSIGN_OR_RETURN(const Draft draft, Draft::Read(flags.order));
    EAGLE_ASSIGN_OR_RETURN(const Document document, DescribeDraft(session, draft));
    return session.Print(document);
  }
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  v1::GetOrderRequest request;
  EAGLE_ASSIGN_OR_RETURN(*request.mutable_order_id(), OrderIdOf(flags.order));
  EAGLE_ASSIGN_OR_RETURN(const v1::GetOrderResponse response, gateway->GetOrder(request));
  const v1::OrderView& view = response.order();
  Record record("order");
  record.Add("order_id", IdCell(view.order_id()))
      .Add("case_number", Text(view.case_number()))
      .Add("action", Text(Word(view.action())))
      .Add("urgency", Text(Word(view.urgency())));
  record.Add("subject", Text(view.subject_masked()))
      .Add("state", Text(Word(view.state())))
      .Add("overdue", YesNo(view.overdue()))
      .Add("held_by_objection", YesNo(view.held_by_objection()))
      .Add("corrected", YesNo(IsCorrected(view)));
  record.Add("accepted", Instant(ToTime(view.accepted_at()), zone))
      .Add("due", Due(ToTime(view.deadline().due_at()), zone))
      .Add("because", Text(view.deadline().explanation()));
  if (view.has_begins_at()) record.Add("begins", Instant(ToTime(view.begins_at()), zone));
  if (!view.ended_reason().empty()) record.Add("ended_because", Text(EndedText(view)));
  record.Add("marks", TextOrNothing(MarksText(view)))
      .Add("order_seq", Count(view.order_seq()))
      .Add("progress", Text(ProgressText(view, session.names(), zone)));
  Table tasks = TasksTable();
  AddTasks(session, zone, view, tasks);
  Document document;
  document.Add(std::move(record));
  document.Add(std::move(tasks));
  return session.Print(document);
}

struct ListFlags {
  std::string case_number, court;
  bool open_only = false, waiting = false;
  uint64_t limit = 1000;
};

// With the begin, and why it never came, where any of them has one.
Table OrdersTable(const absl::TimeZone& zone, const std::vector<v1::OrderView>& views) {
  const bool waited = std::any_of(views.begin(), views.end(), [](const auto& view) { return view.has_begins_at(); });
  std::vector<Column> columns = {{"order_id"}, {"case_number"}, {"action"}, {"subject"}, {"state"}, {"accepted"}};
  for (const char* key : {"begins", "ended_because"}) {
    if (waited) columns.push_back({key});
  }
  for (const char* key : {"due", "overdue", "answered"}) columns.push_back({key});
  Table table("orders", std::move(columns));
  for (const v1::OrderView& view : views) {
    std::vector<Cell> row = {IdCell(view.order_id()),   Text(view.case_number()),
                             Text(Word(view.action())), Text(view.subject_masked()),
                             Text(Word(view.state())),  Instant(ToTime(view.accepted_at()), zone)};
    if (waited) {
      row.push_back(view.has_begins_at() ? Instant(ToTime(view.begins_at()), zone) : Nothing());
      row.push_back(TextOrNothing(view.ended_reason()));
    }
    const absl::Time due = ToTime(view.deadline().due_at());
    row.push_back(waited ? End(due, zone) : Due(due, zone));
    row.push_back(YesNo(view.overdue()));
    row.push_back(view.tasks().empty()
                      ? Nothing()
                      : Text(std::to_string(CountAnswered(view)) + " of " + std::to_string(view.tasks_size())));
    table.Add(std::move(row));
  }
  return table;
}

absl::Status ListOrders(Session& session, const ListFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  v1::ListOrdersRequest request;
  request.set_case_number(flags.case_number);
  request.set_court(flags.court);
  request.set_open_only(flags.open_only || flags.waiting);
  std::vector<v1::OrderView> views;
  while (views.size() < flags.limit) {
    // Those that wait are few among the open ones: whole pages are looked through.
    const uint64_t left = flags.waiting ? 500 : flags.limit - views.size();
    request.set_page_size(static_cast<int32_t>(std::min<uint64_t>(left, 500)));
    EAGLE_ASSIGN_OR_RETURN(const v1::ListOrdersResponse page, gateway->ListOrders(request));
    for (const v1::OrderView& view : page.orders()) {
      if (views.size() < flags.limit && (!flags.waiting || view.state() == v1::ORDER_STATE_WAITING))
        views.push_back(view);
    }
    if (page.next_page_token().empty()) break;
    request.set_page_token(page.next_page_token());
  }
  Document document;
  document.Add(OrdersTable(zone, views));
  return session.Print(document);
}

struct WatchFlags {
  std::vector<std::string> orders;
  std::string case_number, resume;
  bool events = false;
  uint64_t seconds = 0;
};

absl::Duration Limit(uint64_t seconds) {
  return seconds == 0 ? absl::InfiniteDuration() : absl::Seconds(static_cast<int64_t>(seconds));
}

// One line an event, JSON, as they come; the resume token with each, so that the next watch misses nothing.
absl::Status Events(Session& session, const WatchFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  Follower follower(*gateway, session.process().waiter, session.process().real_clock);
  return follower.Events(
      flags.case_number, flags.resume,
      [&](const v1::WatchOrdersResponse& message) {
        for (const v1::OrderEvent& event : message.events()) {
          session.process().out
              << "{\"journal_index\": " << event.journal_index()
              << ", \"time\": " << JsonString(Rfc3339Text(ToTime(event.time()), zone))
              << ", \"type\": " << JsonString(event.type()) << ", \"order_id\": " << IdCell(event.order_id()).json
              << ", \"agency\": " << TextOrNothing(event.agency()).json << ", \"outcome\": "
              << (event.outcome() == v1::OUTCOME_UNSPECIFIED ? "null" : JsonString(Word(event.outcome())))
              << ", \"mark_permille\": " << event.mark_permille()
              << (event.objection_id().empty() ? std::string()
                                               : ", \"objection_id\": " + IdCell(event.objection_id()).json)
              << (event.supervision_id().empty() ? std::string()
                                                 : ", \"supervision_id\": " + IdCell(event.supervision_id()).json)
              << (event.decision() == v1::OBJECTION_DECISION_UNSPECIFIED
                      ? std::string()
                      : ", \"decision\": " + JsonString(Word(event.decision())))
              << (event.reason().empty() ? std::string() : ", \"reason\": " + JsonString(event.reason()))
              << ", \"completes\": " << (event.completes() ? "true" : "false")
              << ", \"resume_token\": " << JsonString(message.resume_token()) << "}\n";
        }
        session.process().out.flush();
        return true;
      },
      Limit(flags.seconds));
}

absl::Status Watch(Session& session, const WatchFlags& flags) {
  if (flags.events == !flags.orders.empty())
    return Fail(Reason::kFieldMissing, "orders to follow, or --events for every event of the court's orders");
  if (flags.events) return Events(session, flags);
  std::vector<std::string> ids;
  for (const std::string& text : flags.orders) {
    EAGLE_ASSIGN_OR_RETURN(std::string id, OrderIdOf(text));
    ids.push_back(std::move(id));
  }
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  EAGLE_ASSIGN_OR_RETURN(const auto views, FollowWithProgress(session, ids, Limit(flags.seconds)));
  Table tasks = TasksTable();
  for (const v1::OrderView& view : views) AddTasks(session, zone, view, tasks);
  Document document;
  document.Add(std::move(tasks));
  return session.Print(document);
}

struct WithdrawFlags {
  std::string order;
};

absl::Status Withdraw(Session& session, const WithdrawFlags& flags) {
  v1::WithdrawOrderRequest request;
  EAGLE_ASSIGN_OR_RETURN(*request.mutable_order_id(), OrderIdOf(flags.order));
  EAGLE_RETURN_IF_ERROR(session.Confirm("Withdraw order " + flags.order + " where it has not begun?"));
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  request.set_request_id(OrderBuilder(session.process().clock, session.process().entropy).NewId());
  EAGLE_ASSIGN_OR_RETURN(const v1::WithdrawOrderResponse response, gateway->WithdrawOrder(request));
  Table table("agencies", {{"agency"}, {"agency_code", kLeft, true}, {"result"}});
  for (const std::string& code : response.withdrawn_at())
    table.Add({Text(NameOr(session.names(), code)), Text(code), Text("WITHDRAWN")});
  for (const std::string& code : response.begun_at())
    table.Add({Text(NameOr(session.names(), code)), Text(code), Text("BEGUN: an effect needs a release")});
  Document document;
  document.Add(
      Record("withdrawn").Add("order_id", Text(flags.order)).Add("journal_index", Count(response.journal_index())));
  document.Add(std::move(table));
  return session.Print(document);
}

}  // namespace

void AddOrderFollow(Verb& order) {
  auto show_flags = std::make_shared<OrderShowFlags>();
  Verb show = order.Add("show", "Show one order with its deadline and tasks, or a draft.",
                        "eagle order show 01920d5c-8f00-7000-8000-000000000001\neagle order show group.draft");
  show.Text("ORDER", &show_flags->order, "order id, or a file that ends in .draft", Need::kRequired);
  show.Do([show_flags](Session& session) { return ShowOrder(session, *show_flags); });

  auto list_flags = std::make_shared<ListFlags>();
  Verb list = order.Add("list", "List the court's orders, newest last, numbers masked.",
                        "eagle order list --case \"（2026）辽9901执1024号\" --open");
  list.Text("--case", &list_flags->case_number, "orders of this case only");
  list.Text("--court", &list_flags->court, "orders of this court below ours: states and deadlines only");
  list.Flag("--open", &list_flags->open_only, "only those that wait for answers");
  list.Flag("--waiting", &list_flags->waiting, "only those whose begin is still to come 定期查询");
  list.Number("--limit", &list_flags->limit, "at most so many (1000)");
  list.Do([list_flags](Session& session) { return ListOrders(session, *list_flags); });

  auto watch_flags = std::make_shared<WatchFlags>();
  Verb watch = order.Add("watch", "Follow orders until their agencies have answered; or every event as JSON lines.",
                         "eagle order watch 01920d5c-8f00-7000-8000-000000000001 --seconds 60\neagle order watch "
                         "--events --case \"（2026）辽9901执1024号\"");
  watch.Texts("ORDER", &watch_flags->orders, "order ids");
  watch.Flag("--events", &watch_flags->events, "every event of the court's orders, one JSON line each");
  watch.Text("--case", &watch_flags->case_number, "with --events: of this case only");
  watch.Text("--resume", &watch_flags->resume, "with --events: the last resume_token; from now without it");
  watch.Number("--seconds", &watch_flags->seconds, "stop after so long; until the end without it");
  watch.Do([watch_flags](Session& session) { return Watch(session, *watch_flags); });

  auto withdraw_flags = std::make_shared<WithdrawFlags>();
  Verb withdraw = order.Add("withdraw", "Withdraw an order where it has not begun; an effect needs a release.",
                            "eagle order withdraw 01920d5c-8f00-7000-8000-000000000001 --yes");
  withdraw.Text("ORDER", &withdraw_flags->order, "order id", Need::kRequired);
  withdraw.Do([withdraw_flags](Session& session) { return Withdraw(session, *withdraw_flags); });
}

}  // namespace eagle::client
