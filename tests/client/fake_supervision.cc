// The command centre's calls of the gateway in memory.
#include <algorithm>

#include "tests/client/fake_gateway.h"

namespace eagle::client {
namespace {

template <class List>
bool Leaves(const List& list, int value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

absl::StatusOr<v1::ListDueResponse> FakeGateway::ListDue(const v1::ListDueRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  due_requests.push_back(request);
  if (on_list_due) on_list_due();
  v1::ListDueResponse page;
  page.set_as_of_index(leaves_.size());
  size_t next = request.page_token().empty() ? 0 : std::stoul(request.page_token());
  const size_t most = std::min(due_per_page, static_cast<size_t>(request.page_size()));
  for (; next < clocks.size() && static_cast<size_t>(page.due_size()) < most; ++next) {
    const v1::DueView& view = clocks[next];
    if (request.has_due_before() && view.deadline().due_at().seconds() > request.due_before().seconds()) continue;
    if (Leaves(request.kinds(), view.kind()) && Leaves(request.states(), view.state())) *page.add_due() = view;
  }
  if (next < clocks.size()) page.set_next_page_token(std::to_string(next));
  return page;
}

std::unique_ptr<AlertStream> FakeGateway::WatchAlerts(const v1::WatchAlertsRequest& request) {
  alert_requests.push_back(request);
  std::deque<v1::WatchAlertsResponse> pages(1);
  const uint64_t past = request.resume_token().empty() ? 0 : std::stoul(request.resume_token());
  pages.back().set_resume_token(std::to_string(past));
  for (const v1::Alert& alert : alerts) {
    if (alert.journal_index() <= past) continue;
    if (pages.back().alerts_size() == 2) pages.emplace_back();
    *pages.back().add_alerts() = alert;
    pages.back().mutable_alerts()->rbegin()->set_resume_token(std::to_string(alert.journal_index()));
    pages.back().set_resume_token(std::to_string(alert.journal_index()));
  }
  pages.back().set_caught_up(true);
  if (!fail_.ok()) pages.clear();
  return std::make_unique<QueuedStream<v1::WatchAlertsResponse>>(std::move(pages));
}

absl::StatusOr<v1::GetCoverageResponse> FakeGateway::GetCoverage(const v1::GetCoverageRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  coverage_request = request;
  v1::GetCoverageResponse page;
  const size_t at = request.page_token().empty() ? 0 : std::stoul(request.page_token());
  if (at < covered.size()) *page.add_agencies() = covered[at];
  if (at + 1 < covered.size()) page.set_next_page_token(std::to_string(at + 1));
  return page;
}

absl::StatusOr<v1::GetCaseInventoryResponse> FakeGateway::GetCaseInventory(const v1::GetCaseInventoryRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  inventory_request = request;
  return inventory;
}

absl::StatusOr<v1::ListUndecidedFreezesResponse> FakeGateway::ListUndecidedFreezes(
    const v1::ListUndecidedFreezesRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  undecided_request = request;
  return undecided;
}

}  // namespace eagle::client
