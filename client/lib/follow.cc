#include "client/lib/follow.h"

#include <algorithm>

#include "client/lib/errors.h"
#include "client/lib/follow_stream.h"

namespace eagle::client {
namespace {

constexpr absl::Duration kFirstLook = absl::Seconds(1);
constexpr absl::Duration kLookMax = absl::Seconds(10);

// True when anything that a person would see has changed.
bool Differs(const v1::OrderView& a, const v1::OrderView& b) { return a.SerializeAsString() != b.SerializeAsString(); }

bool Concerns(const v1::WatchOrdersResponse& message, const std::vector<std::string>& order_ids) {
  return std::any_of(message.events().begin(), message.events().end(), [&](const v1::OrderEvent& event) {
    return std::find(order_ids.begin(), order_ids.end(), event.order_id()) != order_ids.end();
  });
}

}  // namespace

bool IsFinal(const v1::OrderView& view) {
  return view.state() == v1::ORDER_STATE_COMPLETED || view.state() == v1::ORDER_STATE_WITHDRAWN ||
         view.state() == v1::ORDER_STATE_ENDED;
}

int CountAnswered(const v1::OrderView& view) {
  return static_cast<int>(std::count_if(view.tasks().begin(), view.tasks().end(), [](const v1::TaskView& task) {
    return task.state() == v1::TASK_STATE_DONE || task.state() == v1::TASK_STATE_RETURNED ||
           task.state() == v1::TASK_STATE_WITHDRAWN || task.state() == v1::TASK_STATE_ENDED;
  }));
}

absl::StatusOr<std::vector<v1::OrderView>> Follower::Follow(const std::vector<std::string>& order_ids,
                                                            const OnView& on_view, absl::Duration at_most) {
  const absl::Duration until = real_clock_.MonotonicNow() + at_most;
  std::vector<v1::OrderView> views(order_ids.size());
  absl::Duration wait = kFirstLook;
  for (;;) {
    bool all_final = true, changed = false;
    for (size_t i = 0; i < order_ids.size(); ++i) {
      if (IsFinal(views[i])) continue;
      v1::GetOrderRequest request;
      request.set_order_id(order_ids[i]);
      const auto answer = gateway_.GetOrder(request);
      if (!answer.ok() && OriginOf(answer.status()) != Origin::kUnavailable) return answer.status();
      if (answer.ok() && Differs(answer->order(), views[i])) {
        views[i] = answer->order();
        changed = true;
        if (!on_view(views[i])) return views;
      }
      all_final = all_final && IsFinal(views[i]);
    }
    if (all_final) return views;
    const absl::Duration left = until - real_clock_.MonotonicNow();
    if (left <= absl::ZeroDuration()) return views;
    wait = std::min({changed ? kFirstLook : wait * 2, kLookMax, left});
    if (!AwaitSign(wait, order_ids)) return views;
  }
}

bool Follower::AwaitSign(absl::Duration wait, const std::vector<std::string>& order_ids) {
  if (!may_watch_) return waiter_.Wait(wait);
  if (stream_ == nullptr) {
    v1::WatchOrdersRequest request;
    request.set_resume_token(resume_token_);
    stream_ = gateway_.WatchOrders(request);
  }
  for (;;) {
    const auto message = stream_->Next(wait);
    if (!message.ok()) {
      stream_.reset();
      if (OriginOf(message.status()) != Origin::kUnavailable) may_watch_ = false;
      return waiter_.Wait(wait);
    }
    if (!message->has_value()) return true;  // time to look again
    if (!(*message)->resume_token().empty()) resume_token_ = (*message)->resume_token();
    // A heartbeat or other orders' events: a sign of life, so whatever came before the stream is asked for now.
    if ((*message)->events().empty() || Concerns(**message, order_ids)) return true;
  }
}

absl::Status Follower::Events(const std::string& case_number, std::string resume_token, const OnEvents& on_events,
                              absl::Duration at_most) {
  const auto open = [&](const std::string& token) {
    v1::WatchOrdersRequest request;
    request.set_resume_token(token);
    request.set_case_number(case_number);
    return gateway_.WatchOrders(request);
  };
  return FollowStream<v1::WatchOrdersResponse>(open, std::move(resume_token), waiter_, real_clock_, on_events, at_most);
}

}  // namespace eagle::client
