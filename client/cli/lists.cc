#include "client/cli/lists.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "absl/strings/str_cat.h"
#include "client/cli/list_counters.h"
#include "client/cli/orders.h"
#include "client/cli/signers.h"
#include "client/common/files.h"
#include "client/lib/errors.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/trust/strict.h"

namespace eagle::client {
namespace {

// Orders and what a dry run said of each.
struct Tried {
  std::multimap<size_t, std::vector<Cell>> rows;  // by line
  Table problems = ListProblemsTable();
  size_t refused = 0;
  bool for_good = false;          // something for more than want of signatures
  bool lacks_signatures = false;  // something for want of them alone
  bool differs = false;           // a counter's measure is written otherwise than it was taken over
  v1::Refusal first;
};

Table LinesTable(Tried& tried) {
  Table table("lines", {{"line", kRight},
                        {"action"},
                        {"case_number"},
                        {"agencies"},
                        {"amount", kRight},
                        {"result"},
                        {"due"},
                        {"known_order"}});
  for (auto& [line, row] : tried.rows) table.Add(std::move(row));
  return table;
}

bool IsOnlyForSignatures(const v1::Refusal& refusal) {
  if (refusal.problems().empty()) return IsAboutSigners(refusal.reason());
  for (const v1::FieldProblem& problem : refusal.problems())
    if (!IsAboutSigners(problem.reason())) return false;
  return true;
}

void AddRefusal(size_t line, const v1::Refusal& refusal, Tried& tried) {
  if (tried.refused++ == 0) tried.first = refusal;
  (IsOnlyForSignatures(refusal) ? tried.lacks_signatures : tried.for_good) = true;
  AddListProblems(tried.problems, line, refusal);
}

absl::StatusOr<std::vector<Cell>> RowOfOrder(Session& session, const ListedOrder& listed, std::string_view result,
                                             Cell due, std::string_view known_order) {
  EAGLE_ASSIGN_OR_RETURN(const v1::Order order, trust::ParseStrict<v1::Order>(listed.order));
  return std::vector<Cell>{Count(listed.line),
                           Text(Word(order.action())),
                           Text(order.case_number()),
                           Text(AgencyNames(session, order)),
                           LimitOf(order),
                           Text(result),
                           std::move(due),
                           IdCell(known_order)};
}

// Takes out what needs no order, or must not have one, because a counter's measure was taken over already. The rest.
absl::StatusOr<std::vector<ListedOrder>> WithoutKnown(Session& session, const std::vector<ListedOrder>& made,
                                                      Tried& tried, std::vector<ListResult>& known) {
  EAGLE_ASSIGN_OR_RETURN(const auto seen, SeeCounters(session, made));
  std::vector<ListedOrder> rest;
  for (size_t i = 0; i < made.size(); ++i) {
    const ListedOrder& order = made[i];
    const auto found = seen.find(i);
    if (found == seen.end() || found->second.verdict == CounterSeen::Verdict::kNew) {
      rest.push_back(order);
      continue;
    }
    const CounterSeen& one = found->second;
    const bool is_known = one.verdict == CounterSeen::Verdict::kKnown;
    EAGLE_ASSIGN_OR_RETURN(std::vector<Cell> row,
                           RowOfOrder(session, order, is_known ? "KNOWN" : "DIFFERS", Nothing(), one.freeze_order_id));
    tried.rows.emplace(order.line, std::move(row));
    if (is_known) {
      known.push_back({.line = order.line, .order_id = IdCell(one.freeze_order_id).text, .result = "KNOWN"});
      continue;
    }
    v1::Refusal refusal;
    refusal.set_reason(std::string(RowOf(Reason::kFieldInvalid).name));
    refusal.set_message(one.why);
    v1::FieldProblem& problem = *refusal.add_problems();
    problem.set_field(one.column);
    problem.set_reason(refusal.reason());
    problem.set_description(one.why);
    AddRefusal(order.line, refusal, tried);
    tried.differs = true;
  }
  return rest;
}

// Every order at the gateway, without effect; signed by those who are at hand, else as if everybody had signed.
absl::Status Try(Session& session, const std::vector<ListedOrder>& orders,
                 const std::vector<std::vector<size_t>>& packs, const Signing& signing, Tried& tried) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  size_t done = 0;
  for (const std::vector<size_t>& pack : packs) {
    std::vector<std::string> members;
    for (const size_t at : pack) members.push_back(orders[at].order);
    v1::SubmitOrdersRequest request;
    EAGLE_ASSIGN_OR_RETURN(*request.mutable_batch(),
                           DryBatch(session, v1::MEMBER_TYPE_ORDER, std::move(members), signing));
    EAGLE_ASSIGN_OR_RETURN(const v1::ValidateOrdersResponse response, gateway->ValidateOrders(request));
    for (int k = 0; k < response.results_size() && k < static_cast<int>(pack.size()); ++k) {
      const v1::OrderResult& result = response.results(k);
      const ListedOrder& order = orders[pack[static_cast<size_t>(k)]];
      const bool no = result.has_refusal();
      const auto& due = result.acceptance().deadline().due_at();
      EAGLE_ASSIGN_OR_RETURN(std::vector<Cell> row,
                             RowOfOrder(session, order, no ? "WOULD_BE_REFUSED" : "WOULD_BE_ACCEPTED",
                                        IsSet(due) ? Due(ToTime(due), zone) : Nothing(), ""));
      tried.rows.emplace(order.line, std::move(row));
      if (no) AddRefusal(order.line, result.refusal(), tried);
    }
    done += pack.size();
    ShowProgress(session, done, orders.size(), "orders tried");
  }
  return absl::OkStatus();
}

absl::Status PrintProblems(Session& session, const Violations& wrong) {
  Table problems = ListProblemsTable();
  std::vector<Violation> by_line = wrong.list();
  std::stable_sort(by_line.begin(), by_line.end(), [](const Violation& a, const Violation& b) {
    return PlaceOf(a.field).line < PlaceOf(b.field).line;
  });
  for (const Violation& one : by_line) AddListProblem(problems, one);
  Document document;
  document.Add(std::move(problems));
  EAGLE_RETURN_IF_ERROR(session.Print(document));
  Failure failure = wrong.ToFailure(std::to_string(wrong.list().size()) + " things are wrong, nothing was sent");
  failure.violations.clear();  // they stand in the table
  return ToStatus(failure);
}

// A dry run that refuses; nothing was sent.
absl::Status WouldBeRefused(const Tried& tried, size_t of) {
  Failure failure = FailureOf(RefusedStatus(tried.refused, of, tried.first));
  failure.message = std::to_string(tried.refused) + " of " + std::to_string(of) +
                    " would be refused, nothing was sent: " + FailureOf(StatusOfRefusal(tried.first)).message;
  return ToStatus(failure);
}

// What became of all that has an answer by now.
absl::Status PrintOutcome(Session& session, const OrderList& list) {
  size_t refused = 0;
  v1::Refusal first;
  Table refusals("refused", {{"line", kRight}, {"order_id"}, {"reason"}, {"message"}});
  size_t known = 0;
  for (const ListResult& one : list.results()) {
    if (one.result == "KNOWN") ++known;
    if (one.result != "REFUSED") continue;
    if (refused++ == 0) first.set_reason(one.reason), first.set_message(one.message);
    refusals.Add({Count(one.line), Text(one.order_id), Text(one.reason), Text(one.message)});
  }
  Document document;
  document.Add(Record("list")
                   .Add("folder", Text(list.folder()))
                   .Add("orders", Count(list.orders()))
                   .Add("accepted", Count(list.results().size() - known - refused))
                   .Add("refused", Count(refused))
                   .Add("known", Count(known))
                   .Add("unanswered", Count(list.orders() + known - list.results().size()))
                   .Add("results", Text(list.ResultsPath())));
  document.Add(std::move(refusals));
  EAGLE_RETURN_IF_ERROR(session.Print(document));
  return RefusedStatus(refused, list.orders(), first);
}

// The list with what the drafts that were never sent would meet at the gateway as they are signed now.
absl::StatusOr<Tried> TrySigned(Session& session, const OrderList& list) {
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  Tried tried;
  EAGLE_ASSIGN_OR_RETURN(const std::vector<ListRefusal> refused,
                         CheckList(list, *desk, *gateway,
                                   [&](size_t done, size_t of) { ShowProgress(session, done, of, "orders tried"); }));
  for (const ListRefusal& one : refused) AddRefusal(one.line, one.refusal, tried);
  return tried;
}

// Signs, unless nobody does; every draft must have a signature then.
absl::Status Signed(Session& session, const OrderList& list, const Signing& signing) {
  if (!signing.nobody()) return SignList(session, list, signing, "");
  for (size_t i = 0; i < list.drafts(); ++i) {
    if (list.IsDone(i)) continue;
    EAGLE_ASSIGN_OR_RETURN(const Draft draft, list.ReadDraft(i));
    if (draft.is_signed()) continue;
    EAGLE_ASSIGN_OR_RETURN(const Document document, DescribeList(session, list));
    EAGLE_RETURN_IF_ERROR(session.Print(document));
    return Fail(Reason::kSignaturesMissing, "the list is made, nothing was sent: have it signed, eagle order sign " +
                                                list.folder() + " --sign OFFICER, then eagle order submit " +
                                                list.folder());
  }
  return absl::OkStatus();
}

// `tried`: the drafts were tried a moment ago with all the signatures that they have now.
absl::Status Go(Session& session, OrderList list, const OrderListFlags& flags, bool tried) {
  EAGLE_RETURN_IF_ERROR(Signed(session, list, flags.signing));
  if (!tried) {
    EAGLE_ASSIGN_OR_RETURN(const Tried again, TrySigned(session, list));
    // What lacks a signature only is never sent: it would use the ids up.
    if (again.refused > 0 && (!flags.refused_too || again.lacks_signatures)) {
      Document document;
      document.Add(again.problems);
      EAGLE_RETURN_IF_ERROR(session.Print(document));
      return WouldBeRefused(again, list.orders());
    }
  }
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  const absl::Status sent = SendList(list, *desk, *gateway, zone,
                                     [&](size_t done, size_t of) { ShowProgress(session, done, of, "orders sent"); });
  if (sent.ok()) return PrintOutcome(session, list);
  session.Talk(std::to_string(list.results().size()) + " of " + std::to_string(list.orders()) +
               " orders are answered; the same command goes on");
  return sent;
}

absl::StatusOr<OrderList> MakeList(Session& session, const std::string& folder, const journal::Hash& input,
                                   const std::vector<ListedOrder>& orders,
                                   const std::vector<std::vector<size_t>>& packs,
                                   const std::vector<ListResult>& known) {
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  return OrderList::Make(folder, input, orders, packs, known, [&] { return desk->NewHead(v1::MEMBER_TYPE_ORDER); });
}

}  // namespace

std::string ListFolderOf(const std::string& file) { return file + ".drafts"; }

bool IsListFolder(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path + "/list", ignored);
}

absl::Status SubmitFile(Session& session, const OrderListFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(flags.file));
  const journal::Hash input = journal::Sha256(bytes);
  const std::string folder = ListFolderOf(flags.file);
  EAGLE_ASSIGN_OR_RETURN(std::optional<OrderList> there, OrderList::OpenIfThere(folder));
  if (there) {
    if (there->input() != input)
      return Fail(Reason::kDigestMismatch, flags.file +
                                               " was changed since its orders were made. What was made goes on "
                                               "with eagle order submit " +
                                               folder + "; other orders are another file");
    return ContinueList(session, folder, flags);
  }
  Violations wrong;
  const std::vector<ListLine> lines = ReadList(flags.file, bytes, wrong);
  EAGLE_ASSIGN_OR_RETURN(const std::vector<ListedOrder> made, OrdersOfLines(session, lines, flags, wrong));
  const auto whole = PackOrders(made);
  if (!whole.ok()) {
    const Failure failure = FailureOf(whole.status());
    for (const Violation& one : failure.violations) wrong.Add(one.field, one.reason, one.description);
  }
  if (!wrong.empty()) return PrintProblems(session, wrong);

  Tried tried;
  std::vector<ListResult> known;
  EAGLE_ASSIGN_OR_RETURN(const std::vector<ListedOrder> rest, WithoutKnown(session, made, tried, known));
  EAGLE_ASSIGN_OR_RETURN(const auto packs, PackOrders(rest));
  EAGLE_RETURN_IF_ERROR(Try(session, rest, packs, flags.signing, tried));
  const bool stops = tried.differs || (tried.for_good && !flags.refused_too);
  if (flags.dry_run || stops || rest.empty()) {
    Document document;
    if (!stops || flags.dry_run) document.Add(LinesTable(tried));
    document.Add(tried.problems);
    EAGLE_RETURN_IF_ERROR(session.Print(document));
    if (rest.empty() && !stops) session.Talk("everything is known already, nothing was sent");
    return tried.refused == 0 ? absl::OkStatus() : WouldBeRefused(tried, made.size());
  }
  EAGLE_ASSIGN_OR_RETURN(OrderList list, MakeList(session, folder, input, rest, packs, known));
  return Go(session, std::move(list), flags, !flags.signing.nobody() && tried.refused == 0);
}

absl::Status ContinueList(Session& session, const std::string& folder, const OrderListFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(std::optional<OrderList> list, OrderList::OpenIfThere(folder));
  if (!list) return Fail(Reason::kStorageUnusable, "the folder has no list: " + folder);
  if (!flags.dry_run) return Go(session, *std::move(list), flags, false);
  EAGLE_ASSIGN_OR_RETURN(const Tried tried, TrySigned(session, *list));
  EAGLE_ASSIGN_OR_RETURN(Document document, DescribeList(session, *list));
  document.Add(tried.problems);
  EAGLE_RETURN_IF_ERROR(session.Print(document));
  return tried.refused == 0 ? absl::OkStatus() : WouldBeRefused(tried, list->orders());
}

void ShowProgress(Session& session, size_t done, size_t of, std::string_view what) {
  if (!session.process().out_is_terminal) return;
  constexpr size_t kWidth = 30;
  const size_t full = of == 0 ? kWidth : kWidth * done / of;
  session.Progress(absl::StrCat("[", std::string(full, '#'), std::string(kWidth - full, '.'), "] ", done, " of ", of,
                                " ", std::string(what)));
}

Table ListProblemsTable() {
  return Table("problems", {{"line", kRight}, {"column"}, {"reason"}, {"description"}, {"what_to_do"}});
}

void AddListProblem(Table& table, const Violation& wrong) {
  const ListPlace place = PlaceOf(wrong.field);
  table.Add({place.line == 0 ? Nothing() : Count(place.line), TextOrNothing(place.column),
             Text(RowOf(wrong.reason).name), Text(wrong.description), Text(RowOf(wrong.reason).advice)});
}

void AddListProblems(Table& table, size_t line, const v1::Refusal& refusal) {
  const auto add = [&](const std::string& field, const std::string& reason, const std::string& description) {
    const auto known = ReasonByName(reason);
    table.Add({Count(line), TextOrNothing(field), Text(reason), Text(description),
               known ? Text(RowOf(*known).advice) : TextOrNothing(refusal.advice())});
  };
  if (refusal.problems().empty()) add("", refusal.reason(), refusal.message());
  for (const v1::FieldProblem& problem : refusal.problems())
    add(problem.field(), problem.reason(), problem.description());
}

}  // namespace eagle::client
