#include "client/lib/today.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/lib/errors.h"
#include "client/lib/follow.h"
#include "client/lib/words.h"
#include "goldeneagle/v1/order.pb.h"

namespace eagle::client {
namespace {

constexpr int32_t kPage = 1000;
constexpr absl::Duration kSoon = absl::Hours(72), kAcceptedBefore = absl::Hours(24 * 30);

struct KindNames {
  const char *en, *zh;
};
constexpr std::array<KindNames, std::size(kTodayKinds)> kKindNames = {{{"OBJECTION", "异议待答"},
                                                                       {"RELEASE", "应解除"},
                                                                       {"ENDING", "即将到期"},
                                                                       {"RETURNED", "回退"},
                                                                       {"CONFLICT", "反馈冲突"},
                                                                       {"OVERDUE", "协助超期"},
                                                                       {"INCIDENT", "对账差异"},
                                                                       {"TO_SIGN", "待签"},
                                                                       {"UNDECIDED", "冻结未处置"},
                                                                       {"ANSWER", "新反馈"}}};

// What the court must do itself, until `due`.
bool IsOurs(TodayKind kind) {
  return kind == TodayKind::kObjection || kind == TodayKind::kEnding || kind == TodayKind::kToSign;
}

std::string ActionText(const v1::OrderView& view) { return Word(view.action()); }

// "CONTROLLED 2, NIL 1": what came in, by outcome.
std::string OutcomesText(const std::map<std::string, size_t>& outcomes) {
  std::string out;
  for (const auto& [outcome, count] : outcomes) absl::StrAppend(&out, out.empty() ? "" : ", ", outcome, " ", count);
  return out;
}

std::optional<absl::Time> TimeIfSet(const google::protobuf::Timestamp& stamp) {
  return IsSet(stamp) ? std::optional<absl::Time>(ToTime(stamp)) : std::nullopt;
}

// The freeze that an order is about, empty for one that makes its own or none.
std::string FreezeOf(const v1::Order& order) {
  switch (order.act_case()) {
    case v1::Order::kRenew:
      return order.renew().freeze_order_id();
    case v1::Order::kRelease:
      return order.release().freeze_order_id();
    case v1::Order::kDeduct:
      return order.deduct().freeze_order_id();
    case v1::Order::kTransferTitle:
      return order.transfer_title().freeze_order_id();
    case v1::Order::kLocate:
      return order.locate().freeze_order_id();
    default:
      return "";
  }
}

}  // namespace

std::string NameOfKind(TodayKind kind) { return kKindNames[static_cast<size_t>(kind)].en; }
std::string NameOfKindZh(TodayKind kind) { return kKindNames[static_cast<size_t>(kind)].zh; }

std::vector<TodayItem> InOrder(std::vector<TodayItem> items, absl::Time now) {
  const auto key = [&](const TodayItem& item) {
    const bool pressing = IsOurs(item.kind) && item.due && *item.due < now + kSoon;
    return std::tuple(!pressing, item.kind, item.due.value_or(absl::InfiniteFuture()));
  };
  std::stable_sort(items.begin(), items.end(), [&](const TodayItem& a, const TodayItem& b) { return key(a) < key(b); });
  return items;
}

std::set<std::string> DecidedIn(const std::vector<OutboxItem>& sent) {
  std::set<std::string> decided;
  for (const OutboxItem& item : sent) {
    if (item.member_type != v1::MEMBER_TYPE_ORDER) continue;
    for (const std::string& member : item.batch.members()) {
      v1::Order order;
      if (!order.ParseFromString(member)) continue;
      if (std::string freeze = FreezeOf(order); !freeze.empty()) decided.insert(std::move(freeze));
    }
  }
  return decided;
}

void TodayReader::Calling(const std::string& what, size_t page) {
  ++found_.calls;
  progress_(absl::StrCat("reading ", what, page == 0 ? "" : absl::StrCat(", page ", page + 1)));
}
void TodayReader::Cut(const std::string& what) {
  found_.notes.push_back(absl::StrCat("only the first ", kPagesMax, " pages of ", what, " were read"));
}

absl::Status TodayReader::ReadLists() {
  EAGLE_RETURN_IF_ERROR(ReadObjections());
  EAGLE_RETURN_IF_ERROR(ReadIncidents());
  EAGLE_RETURN_IF_ERROR(ReadOpenOrders());
  return ReadMeasures();
}

absl::Status TodayReader::ReadObjections() {
  v1::ListObjectionsRequest request;
  request.set_open_only(true), request.set_page_size(kPage);
  for (size_t page = 0; page < kPagesMax; ++page) {
    Calling("objections", page);
    EAGLE_ASSIGN_OR_RETURN(const v1::ListObjectionsResponse answer, gateway_.ListObjections(request));
    for (const v1::ObjectionView& view : answer.objections()) {
      if (IsSet(view.closed_at())) continue;
      found_.items.push_back({.kind = TodayKind::kObjection,
                              .due = TimeIfSet(view.deadline().due_at()),
                              .since = TimeIfSet(view.raised_at()),
                              .case_number = view.case_number(),
                              .agency = view.agency(),
                              .order_id = view.order_id(),
                              .objection_id = view.objection_id(),
                              .detail = absl::StrCat(Word(view.action()), ", ", view.ground(),
                                                     view.overdue() ? ", not answered in time" : "")});
    }
    if (answer.next_page_token().empty()) return absl::OkStatus();
    request.set_page_token(answer.next_page_token());
  }
  Cut("objections");
  return absl::OkStatus();
}

absl::Status TodayReader::ReadIncidents() {
  v1::ListIncidentsRequest request;
  request.set_open_only(true), request.set_page_size(kPage);
  for (size_t page = 0; page < kPagesMax; ++page) {
    Calling("incidents", page);
    EAGLE_ASSIGN_OR_RETURN(const v1::ListIncidentsResponse answer, gateway_.ListIncidents(request));
    for (const v1::IncidentView& view : answer.incidents()) {
      // Courts below have their own day; a statement that is missing is of no case.
      if (view.court() != asked_.court || view.has_cleared_at()) continue;
      found_.items.push_back({.kind = TodayKind::kIncident,
                              .due = TimeIfSet(view.deadline().due_at()),
                              .since = TimeIfSet(view.arisen_at()),
                              .agency = view.agency(),
                              .order_id = view.order_id(),
                              .detail = absl::StrCat(Word(view.kind()), ", statement of ", view.day(), ", ",
                                                     view.name(), view.overdue() ? ", overdue" : "")});
    }
    if (answer.next_page_token().empty()) return absl::OkStatus();
    request.set_page_token(answer.next_page_token());
  }
  Cut("incidents");
  return absl::OkStatus();
}

absl::Status TodayReader::ReadOpenOrders() {
  v1::ListOrdersRequest request;
  request.set_open_only(true), request.set_page_size(kPage);
  for (size_t page = 0; page < kPagesMax; ++page) {
    Calling("open orders", page);
    EAGLE_ASSIGN_OR_RETURN(const v1::ListOrdersResponse answer, gateway_.ListOrders(request));
    for (const v1::OrderView& view : answer.orders()) {
      if (IsFinal(view)) continue;
      TodayItem item{
          .since = TimeIfSet(view.accepted_at()), .case_number = view.case_number(), .order_id = view.order_id()};
      if (view.paused()) {
        item.kind = TodayKind::kToSign;
        item.detail = absl::StrCat(ActionText(view), " is paused: a key that signed it was revoked, it is signed anew");
      } else if (view.overdue()) {
        item.kind = TodayKind::kOverdue;
        item.due = TimeIfSet(view.deadline().due_at());
        item.detail = absl::StrCat(ActionText(view), view.held_by_objection() ? ", held by an objection" : "");
      } else {
        continue;
      }
      found_.items.push_back(std::move(item));
    }
    if (answer.next_page_token().empty()) return absl::OkStatus();
    request.set_page_token(answer.next_page_token());
  }
  Cut("open orders");
  return absl::OkStatus();
}

absl::Status TodayReader::ReadMeasures() {
  v1::ListMeasuresRequest request;
  request.set_standing_only(true), request.set_page_size(kPage);
  for (size_t page = 0; page < kPagesMax; ++page) {
    Calling("measures", page);
    EAGLE_ASSIGN_OR_RETURN(const v1::ListMeasuresResponse answer, gateway_.ListMeasures(request));
    for (const v1::MeasureView& measure : answer.measures()) TakeMeasure(measure);
    if (answer.next_page_token().empty()) return absl::OkStatus();
    request.set_page_token(answer.next_page_token());
  }
  Cut("measures");
  return absl::OkStatus();
}

void TodayReader::TakeMeasure(const v1::MeasureView& measure) {
  const v1::MeasureState& state = measure.state();
  TodayItem item{.case_number = measure.case_number(),
                 .agency = measure.agency(),
                 .order_id = measure.freeze_order_id(),
                 .detail = absl::StrCat(measure.asset_kind(), measure.asset_number_masked().empty() ? "" : " ",
                                        measure.asset_number_masked())};
  if (measure.to_release()) {
    item.kind = TodayKind::kRelease;
    item.detail += ": on a respondent who was removed";
    found_.items.push_back(std::move(item));
    return;
  }
  const bool lapsed = measure.phase() == v1::MEASURE_PHASE_EXPECTED_LAPSED;
  if (measure.phase() != v1::MEASURE_PHASE_EFFECTIVE && !lapsed) return;
  const std::optional<absl::Time> end = TimeIfSet(state.effective_to());
  if (end && *end < asked_.now + asked_.ending && !measure.renewal_open()) {
    item.kind = TodayKind::kEnding;
    item.due = end;
    item.detail += lapsed ? ": the term has ended, it takes a new freeze" : ": the term ends";
    if (!lapsed && IsSet(measure.renewable_from()) && ToTime(measure.renewable_from()) > asked_.now)
      item.detail += ", renewals aren't open yet";
    found_.items.push_back(std::move(item));
    return;
  }
  // Income is taken as it comes in: nobody has to decide about it.
  if (lapsed || measure.renewal_open() || !IsSet(state.effective_from()) || measure.asset_kind() == "INCOME") return;
  item.since = ToTime(state.effective_from());
  if (*item.since + asked_.undecided > asked_.now || asked_.decided.contains(measure.freeze_order_id())) return;
  item.kind = TodayKind::kUndecided;
  item.detail += absl::StrCat(": in effect for ", absl::ToInt64Hours(asked_.now - *item.since) / 24,
                              " days, this desk has ordered nothing since");
  found_.items.push_back(std::move(item));
}

void TodayReader::KeepReturned(const std::string& order_id, absl::Time returned_at) {
  if (returned_at + kReturnedShown > asked_.now && known_.insert(order_id).second) to_look_up_.push_back(order_id);
}

absl::Status TodayReader::ReadNews(const std::string& token, absl::Time since) {
  EAGLE_RETURN_IF_ERROR(ReadEvents(token, since, kEventsMax));
  return LookUp(since);
}

absl::Status TodayReader::ReadNewsWithoutToken(absl::Time since) {
  // The token first: what happens meanwhile is shown twice rather than never.
  EAGLE_RETURN_IF_ERROR(ReadEvents("", since, 0));
  v1::ListOrdersRequest request;
  request.set_page_size(kPage);
  for (size_t page = 0;; ++page) {
    if (page == kPagesMax) {
      Cut("orders");
      break;
    }
    Calling("orders", page);
    EAGLE_ASSIGN_OR_RETURN(const v1::ListOrdersResponse answer, gateway_.ListOrders(request));
    for (const v1::OrderView& view : answer.orders()) {
      if (IsFinal(view) && ToTime(view.accepted_at()) < since - kAcceptedBefore) continue;
      if (known_.insert(view.order_id()).second) to_look_up_.push_back(view.order_id());
    }
    if (answer.next_page_token().empty()) break;
    request.set_page_token(answer.next_page_token());
  }
  return LookUp(since);
}

// Reads until nothing more comes; `most` 0: only the place where the log is now.
absl::Status TodayReader::ReadEvents(const std::string& token, absl::Time since, size_t most) {
  v1::WatchOrdersRequest request;
  request.set_resume_token(token);
  Calling("news", 0);
  const std::unique_ptr<WatchStream> stream = gateway_.WatchOrders(request);
  found_.resume_token = token;
  size_t events = 0;
  for (bool first = true;; first = false) {
    // The first message is there at once, whatever happened.
    const auto message = stream->Next(first ? kQuiet * 10 : kQuiet);
    if (!message.ok()) {
      if (first) return message.status();
      found_.notes.push_back("the news broke off: the next look goes on where this one ended");
      return absl::OkStatus();
    }
    if (!message->has_value()) return absl::OkStatus();
    if (!(*message)->resume_token().empty()) found_.resume_token = (*message)->resume_token();
    for (const v1::OrderEvent& event : (*message)->events()) {
      ++events;
      const bool answered = event.type() == "TASK_ANSWERED" || event.type() == "RECEIPT_CONFLICT";
      if ((!answered && event.type() != "MEASURE_CHANGED") || ToTime(event.time()) < since) continue;
      if (!answered) ++changes_[event.order_id()];
      if (known_.insert(event.order_id()).second) to_look_up_.push_back(event.order_id());
    }
    if (most == 0) return absl::OkStatus();
    if (events >= most) {
      found_.notes.push_back(
          absl::StrCat("more than ", kEventsMax, " events: the next look goes on where this one ended"));
      return absl::OkStatus();
    }
    if (events > 0) progress_(absl::StrCat("reading news, ", events, " events"));
  }
}

absl::Status TodayReader::LookUp(absl::Time since) {
  const size_t count = std::min(to_look_up_.size(), kOrdersLookedUp);
  if (count < to_look_up_.size())
    found_.notes.push_back(
        absl::StrCat("of ", to_look_up_.size(), " orders with news the newest ", count, " are shown"));
  for (size_t i = to_look_up_.size() - count; i < to_look_up_.size(); ++i) {
    ++found_.calls;
    if (found_.calls % 50 == 0) progress_(absl::StrCat("reading orders with news, ", i, " of ", to_look_up_.size()));
    v1::GetOrderRequest request;
    request.set_order_id(to_look_up_[i]);
    const auto answer = gateway_.GetOrder(request);
    // What a log that went on from older data has lost is no news.
    if (!answer.ok() && ReasonOf(answer.status()) == Reason::kNotFound) continue;
    EAGLE_RETURN_IF_ERROR(answer.status());
    TakeNews(answer->order(), since);
  }
  return absl::OkStatus();
}

void TodayReader::TakeNews(const v1::OrderView& view, absl::Time since) {
  std::map<std::string, size_t> outcomes;
  std::optional<absl::Time> newest;
  std::string only;  // the agency that answered, if it is one
  size_t answers = 0;
  for (const v1::TaskView& task : view.tasks()) {
    const absl::Time at = IsSet(task.answered_at()) ? ToTime(task.answered_at()) : absl::InfinitePast();
    const bool conflict = task.state() == v1::TASK_STATE_CONFLICT;
    if (conflict || (task.state() == v1::TASK_STATE_RETURNED && (at >= since || at + kReturnedShown > asked_.now))) {
      found_.items.push_back({.kind = conflict ? TodayKind::kConflict : TodayKind::kReturned,
                              .since = TimeIfSet(task.answered_at()),
                              .case_number = view.case_number(),
                              .agency = task.agency(),
                              .order_id = view.order_id(),
                              .detail = absl::StrCat(ActionText(view), conflict ? ", two answers differ" : "")});
    } else if (task.state() == v1::TASK_STATE_DONE && at >= since) {
      only = answers++ == 0 ? task.agency() : "";
      ++outcomes[OutcomeWord(task.outcome()) + (task.answer_versions() > 1 ? " (corrected)" : "")];
      newest = std::max(newest.value_or(at), at);
    }
  }
  const auto changed = changes_.find(view.order_id());
  if (answers == 0 && changed == changes_.end()) return;
  std::string detail = absl::StrCat(ActionText(view), answers > 0 ? ", " : "", OutcomesText(outcomes));
  if (view.tasks_size() > 1)
    absl::StrAppend(&detail, "; ", CountAnswered(view), " of ", view.tasks_size(), " answered");
  if (changed != changes_.end()) absl::StrAppend(&detail, "; the measure changed ", changed->second, " times");
  found_.items.push_back({.kind = TodayKind::kAnswer,
                          .since = newest,
                          .case_number = view.case_number(),
                          .agency = only,
                          .order_id = view.order_id(),
                          .detail = std::move(detail)});
}

}  // namespace eagle::client
