#include "client/lib/handout.h"

#include <algorithm>

#include "client/lib/words.h"

namespace eagle::client {
namespace {

namespace v1 = ::goldeneagle::v1;
using Verdict = HandoutRow::Verdict;

// What it takes doesn't come back by a release: so it waits for more than other orders do.
bool Takes(v1::Action action) {
  return action == v1::ACTION_DEDUCT || action == v1::ACTION_TRANSFER_TITLE || action == v1::ACTION_EXTRACT_INCOME;
}

// Why an agency that is there may rightly be handed nothing of this: for the eye, nobody is excused by it.
std::string MayWaitFor(v1::Action action) {
  if (action == v1::ACTION_INQUIRE) return "";
  if (Takes(action)) return "; what takes something waits for the log's witnesses, and while its case is stayed";
  return "; it waits behind an earlier order on the same person there, and a freeze while its case is stayed";
}

HandoutRow AtAgency(const PromisedOrder& promised, bool held, const v1::TaskView& task, const v1::AgencyView* agency) {
  HandoutRow row{
      .agency = task.agency(), .state = task.state(), .since = std::max(promised.accepted_at, promised.begins)};
  if (task.state() == v1::TASK_STATE_WAITING) {
    row.verdict = Verdict::kLate;
    row.why = "its begin has passed, and the gateway says that it waits";
    return row;
  }
  if (agency == nullptr) {
    row.verdict = Verdict::kLate;
    row.why = "the gateway doesn't list this agency any more";
    return row;
  }
  const v1::Presence presence = agency->presence();
  if (presence != v1::PRESENCE_PRESENT) {
    row.why = "the agency is " + Word(presence);
    return row;
  }
  if (held && Takes(promised.order.action()) && task.state() == v1::TASK_STATE_QUEUED) {
    row.why = "an objection keeps it back: eagle objection list";
    return row;
  }
  if (IsSet(agency->since())) row.since = std::max(row.since, ToTime(agency->since()));
  row.verdict = Verdict::kLate;
  if (task.state() == v1::TASK_STATE_QUEUED) {
    row.why = "the agency is there, and was not handed it" + MayWaitFor(promised.order.action());
  } else {
    row.since = std::max(row.since, ToTime(task.delivered_at()));
    row.why = "said to be handed out, and the agency, which is there, has not acknowledged it";
  }
  return row;
}

}  // namespace

std::string_view VerdictText(Verdict verdict) {
  return verdict == Verdict::kWaits ? "WAITS" : verdict == Verdict::kLate ? "LATE" : "LOST";
}

std::vector<HandoutRow> CheckHandout(const PromisedOrder& promised, const v1::OrderView* view,
                                     const AgencyViews& agencies, absl::Time now, absl::Duration bound) {
  const auto lost = [&](std::string agency, std::string why) {
    return HandoutRow{
        .verdict = Verdict::kLost, .agency = std::move(agency), .since = promised.accepted_at, .why = std::move(why)};
  };
  if (!promised.proved.ok())
    return {lost("", "what the gateway promised doesn't verify: " + std::string(promised.proved.message()))};
  if (view == nullptr) return {lost("", "accepted and proved, and the gateway doesn't know it")};
  if (view->order_seq() != promised.order_seq) return {lost("", "the gateway knows it under another number")};
  std::vector<HandoutRow> rows;
  for (const std::string& code : promised.order.agencies()) {
    const auto task = std::find_if(view->tasks().begin(), view->tasks().end(),
                                   [&](const v1::TaskView& one) { return one.agency() == code; });
    if (task == view->tasks().end()) {
      rows.push_back(lost(code, "addressed to this agency, and the gateway has no task for it"));
      continue;
    }
    if (task->state() != v1::TASK_STATE_QUEUED && task->state() != v1::TASK_STATE_DELIVERED &&
        task->state() != v1::TASK_STATE_WAITING)
      continue;
    const auto agency = agencies.find(code);
    HandoutRow row =
        AtAgency(promised, view->held_by_objection(), *task, agency == agencies.end() ? nullptr : &agency->second);
    if (now - row.since > bound) rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace eagle::client
