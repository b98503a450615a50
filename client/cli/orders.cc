#include "client/cli/orders.h"

#include <algorithm>
#include <map>

#include "client/lib/errors.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"
#include "server/trust/strict.h"

namespace eagle::client {
namespace {

std::string ActionList(const google::protobuf::RepeatedField<int>& actions) {
  std::string out;
  for (const int action : actions) out += (out.empty() ? "" : ", ") + Word(static_cast<v1::Action>(action));
  return out;
}

std::vector<Column> ResultColumns(bool waits) {
  std::vector<Column> columns = {{"order_id"}, {"action"}, {"agencies"}, {"amount", kRight}, {"result"}};
  if (waits) columns.push_back({"begins"});
  for (const Column& column :
       {Column{"due"}, Column{"order_seq", kRight}, Column{"proved"}, Column{"due_because", kLeft, true}})
    columns.push_back(column);
  return columns;
}

bool SomeWait(const v1::SignedBatch& batch) {
  return std::any_of(batch.members().begin(), batch.members().end(), [](const std::string& member) {
    const auto order = trust::ParseStrict<v1::Order>(member);
    return order.ok() && order->has_not_before();
  });
}

}  // namespace

std::string AgencyNames(Session& session, const v1::Order& order) {
  std::string out;
  for (const std::string& code : order.agencies()) out += (out.empty() ? "" : ", ") + NameOr(session.names(), code);
  return out;
}

Cell LimitOf(const v1::Order& order) {
  if (order.has_freeze() && order.freeze().limit_minor_units() > 0) return Money(order.freeze().limit_minor_units());
  if (order.has_deduct()) return Money(order.deduct().amount_minor_units());
  if (order.has_release() && order.release().amount_minor_units() > 0)
    return Money(order.release().amount_minor_units());
  if (order.has_transfer_title() && order.transfer_title().proceeds_minor_units() > 0)
    return Money(order.transfer_title().proceeds_minor_units());
  if (order.has_extract_income()) return Money(order.extract_income().limit_minor_units());
  return Nothing();
}

Answered::Answered(bool some_wait)
    : results("results", ResultColumns(some_wait)), problems(ProblemsTable()), waits(some_wait) {}

void AddAnswers(Session& session, const absl::TimeZone& zone, const v1::SignedBatch& batch,
                const std::vector<OrderAnswer>& answers, Answered& out) {
  for (size_t i = 0; i < answers.size(); ++i) {
    const OrderAnswer& answer = answers[i];
    const auto order = trust::ParseStrict<v1::Order>(batch.members(static_cast<int>(i)));
    if (!order.ok()) continue;  // it was read when it was sent
    const bool yes = answer.accepted.has_value();
    ++out.all;
    std::vector<Cell> row = {IdCell(answer.order_id), Text(Word(order->action())), Text(AgencyNames(session, *order)),
                             LimitOf(*order), Text(yes ? "ACCEPTED" : "REFUSED")};
    if (out.waits)
      row.push_back(yes && answer.accepted->begins != absl::InfinitePast() ? Instant(answer.accepted->begins, zone)
                                                                           : Nothing());
    for (const Cell& cell :
         {yes ? out.waits ? End(answer.accepted->due, zone) : Due(answer.accepted->due, zone) : Nothing(),
          yes ? Count(answer.accepted->order_seq) : Nothing(), yes ? YesNo(true) : Nothing(),
          yes ? Text(answer.accepted->deadline_row) : Nothing()})
      row.push_back(cell);
    out.results.Add(std::move(row));
    if (yes) continue;
    if (out.refused++ == 0) out.first = answer.refusal;
    AddProblems(out.problems, UuidText(answer.order_id), answer.refusal);
  }
}

absl::Status SendAndPrint(Session& session, const v1::SignedBatch& batch, uint64_t wait_seconds) {
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  EAGLE_ASSIGN_OR_RETURN(const SentOrders sent, desk->SendOrders(batch, *gateway));
  Answered answered(SomeWait(batch));
  AddAnswers(session, zone, batch, sent.answers, answered);
  std::vector<std::string> accepted;
  for (int i = 0; i < sent.response.results_size(); ++i) {
    const v1::OrderResult& result = sent.response.results(i);
    if (!result.has_acceptance()) continue;
    accepted.push_back(sent.answers[static_cast<size_t>(i)].order_id);
    if (!result.acceptance().deadline().explanation().empty() && !answered.waits)
      session.Talk(result.acceptance().deadline().explanation());
  }
  Document document;
  document.Add(std::move(answered.results));
  document.Add(std::move(answered.problems));
  if (wait_seconds > 0 && !accepted.empty()) {
    EAGLE_ASSIGN_OR_RETURN(const auto views,
                           FollowWithProgress(session, accepted, absl::Seconds(static_cast<int64_t>(wait_seconds))));
    Table tasks = TasksTable();
    for (const v1::OrderView& view : views) AddTasks(session, zone, view, tasks);
    document.Add(std::move(tasks));
  }
  EAGLE_RETURN_IF_ERROR(session.Print(document));
  return RefusedStatus(answered.refused, answered.all, answered.first);
}

absl::Status ValidateAndPrint(Session& session, const v1::SignedBatch& batch) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  v1::SubmitOrdersRequest request;
  *request.mutable_batch() = batch;
  EAGLE_ASSIGN_OR_RETURN(const v1::ValidateOrdersResponse response, gateway->ValidateOrders(request));
  const bool waits = SomeWait(batch);
  std::vector<Column> columns = {{"no", kRight}, {"result"}};
  if (waits) columns.push_back({"begins"});
  for (const Column& column : {Column{"due"}, Column{"because"}}) columns.push_back(column);
  Table results("results", std::move(columns));
  Table problems = ProblemsTable();
  size_t refused = 0;
  v1::Refusal first;
  for (int i = 0; i < response.results_size(); ++i) {
    const v1::OrderResult& result = response.results(i);
    const bool no = result.has_refusal();
    const v1::DeadlineView& deadline = result.acceptance().deadline();
    const std::string number = std::to_string(i + 1);
    std::vector<Cell> row = {Count(static_cast<uint64_t>(i + 1)), Text(no ? "WOULD_BE_REFUSED" : "WOULD_BE_ACCEPTED")};
    if (waits)
      row.push_back(result.acceptance().has_begins_at() ? Instant(ToTime(result.acceptance().begins_at()), zone)
                                                        : Nothing());
    const absl::Time due = ToTime(deadline.due_at());
    row.push_back(!IsSet(deadline.due_at()) ? Nothing() : waits ? End(due, zone) : Due(due, zone));
    row.push_back(TextOrNothing(deadline.explanation()));
    results.Add(std::move(row));
    if (!no) continue;
    if (refused++ == 0) first = result.refusal();
    AddProblems(problems, "no. " + number, result.refusal());
  }
  Table agencies("agencies", {{"code"}, {"name"}, {"present"}, {"absent_since"}, {"can_do"}, {"by_clerk"}});
  for (const v1::CoverageView& agency : response.coverage()) {
    agencies.Add({Text(agency.agency()), Text(NameOr(session.names(), agency.agency())), YesNo(agency.present()),
                  IsSet(agency.absent_since()) ? Instant(ToTime(agency.absent_since()), zone) : Nothing(),
                  TextOrNothing(ActionList(agency.actions())), TextOrNothing(ActionList(agency.clerk_actions()))});
  }
  Document document;
  document.Add(Record("dry_run").Add("coverage", Text(CoverageText(response.coverage(), session.names()))));
  document.Add(std::move(results));
  document.Add(std::move(problems));
  document.Add(std::move(agencies));
  if (!response.papers_missing().empty()) {
    Table missing("papers_missing", {{"digest"}});
    for (const std::string& digest : response.papers_missing()) missing.Add({Text(HexEncode(digest))});
    document.Add(std::move(missing));
  }
  EAGLE_RETURN_IF_ERROR(session.Print(document));
  return RefusedStatus(refused, static_cast<size_t>(response.results_size()), first);
}

absl::StatusOr<std::vector<v1::OrderView>> FollowWithProgress(Session& session,
                                                              const std::vector<std::string>& order_ids,
                                                              absl::Duration at_most) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  const Names& names = session.names();
  Follower follower(*gateway, session.process().waiter, session.process().real_clock);
  std::map<std::string, std::string> lines;
  return follower.Follow(
      order_ids,
      [&](const v1::OrderView& view) {
        const std::string line = ProgressText(view, names, zone);
        if (order_ids.size() == 1) {
          session.Progress(line);
        } else if (std::string& last = lines[view.order_id()]; last != line) {
          session.Talk((view.order_id().size() == kUuidBytes ? UuidText(view.order_id()) : "") + ": " + line);
          last = line;
        }
        return true;
      },
      at_most);
}

Table TasksTable() {
  return Table("tasks", {{"order_id"},
                         {"agency"},
                         {"agency_code", kLeft, true},
                         {"state"},
                         {"outcome"},
                         {"answered"},
                         {"late"},
                         {"order_state"},
                         {"answer_versions", kRight, true}});
}

void AddTasks(Session& session, const absl::TimeZone& zone, const v1::OrderView& view, Table& table) {
  for (const v1::TaskView& task : view.tasks()) {
    table.Add({IdCell(view.order_id()), Text(NameOr(session.names(), task.agency())), Text(task.agency()),
               Text(Word(task.state())), Text(OutcomeWord(task.outcome())),
               IsSet(task.answered_at()) ? Instant(ToTime(task.answered_at()), zone) : Nothing(), YesNo(task.late()),
               Text(Word(view.state())), Count(task.answer_versions())});
  }
}

}  // namespace eagle::client
