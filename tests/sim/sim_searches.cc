// Searches that a court signs beforehand 定期查询: each waits for its begin over restarts, nights and clocks that are
// set wrong, begins once and not early, and is answered as any other; some are withdrawn before.
#include "absl/strings/str_cat.h"
#include "server/base/reason.h"
#include "server/domain/instant.h"
#include "tests/sim/sim_agency.h"
#include "tests/sim/sim_people.h"
#include "tests/sim/sim_world.h"

namespace eagle::sim {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

namespace {

constexpr absl::Duration kBeginsWithin = absl::Hours(72);

}  // namespace

void World::Searches() {
  if (!scene_.searches || !search_dice_.OneIn(5)) return;
  const CaseInHand& of = cases_[search_dice_.Below(cases_.size())];
  const std::string person = of.persons[search_dice_.Below(of.persons.size())];
  std::vector<goldeneagle::v1::Order> orders;
  for (int64_t n = search_dice_.Between(1, 3); n > 0; --n) {
    auto order = BaseOrder(of, ACTION_INQUIRE, person, "");
    order.set_urgency(URGENCY_NORMAL), order.clear_urgency_reason();
    for (const Agency* agency : agencies_) order.add_agencies(agency->code);
    order.mutable_inquire();
    // Some of them ask for what has passed, and begin with their acceptance.
    const absl::Duration ahead = absl::Hours(search_dice_.Between(-30, absl::ToInt64Hours(kBeginsWithin)));
    *order.mutable_not_before() = domain::ToProto(clock_.True() + ahead);
    if (search_dice_.OneIn(6)) called_off_.push_back(order.order_id());
    orders.push_back(std::move(order));
  }
  Submit(std::move(orders), /*control=*/false);
}

// The court thinks better of it. Where it has begun the gateway says no, which is as good.
void World::CallOff() {
  if (!gateway_->up() || DataLost()) return;
  std::erase_if(called_off_, [&](const std::string& order_id) {
    if (!acknowledged_.contains(order_id) || !search_dice_.OneIn(3)) return false;
    WithdrawOrderRequest withdraw;
    withdraw.set_order_id(order_id), withdraw.set_request_id(NewId());
    withdrawals_.push_back(withdraw);
    Withdraw(withdraw);
    return true;
  });
}

// When the next one begins that waits, as the log has it; InfiniteFuture: none does.
absl::Time World::NextSearch() const {
  absl::Time next = absl::InfiniteFuture();
  for (const auto& [seq, order] : gateway_->state().orders) {
    if (order.waits) next = std::min(next, order.begins);
  }
  return next;
}

void World::SearchesSeen::Take(const domain::Entry& entry, const std::map<std::string, goldeneagle::v1::Order>& sent,
                               const std::function<void(const std::string&)>& blame) {
  if (entry.type == ENTRY_TYPE_ORDER_ACCEPTED) {
    OrderAccepted body;
    body.ParseFromString(entry.body);
    const auto signed_order = sent.find(body.order_id());
    const absl::Time not_before = signed_order != sent.end() && signed_order->second.has_not_before()
                                      ? domain::FromProto(signed_order->second.not_before())
                                      : absl::InfinitePast();
    if (body.begins() == 0) {
      if (entry.time < not_before) blame("an order was accepted before its day and didn't wait");
      return;
    }
    waiting[entry.index] = domain::FromMicros(body.begins());
    if (waiting[entry.index] < not_before) blame("an order is to begin before its court allowed");
    if (body.due() <= body.begins()) blame("an order that waits is due before it begins");
  }
  if (entry.type == ENTRY_TYPE_ORDER_WITHDRAWN) waiting.erase(entry.order.value());
  if (entry.type == ENTRY_TYPE_ORDER_BEGUN) {
    const auto at = waiting.find(entry.order.value());
    if (at == waiting.end()) return blame("an order began twice, or never waited");
    if (entry.time < at->second) blame("an order began early");
    if (entry.outcome != Reason::kNone)
      blame(absl::StrCat("an order ended without having begun: ", std::string(RowOf(entry.outcome).name)));
    waiting.erase(at);
    ++begun;
  }
  if (entry.type != ENTRY_TYPE_DELIVERED) return;
  Delivered body;
  body.ParseFromString(entry.body);
  for (const uint64_t order : body.orders()) {
    if (waiting.contains(order)) blame("an order was handed out before its begin");
  }
}

}  // namespace eagle::sim
