// A faithful agency never causes an incident, whatever the order in which its receipts and statements arrive; one that
// forgot a measure is always found.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "server/domain/instant.h"
#include "tests/support/domain_world.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using OrderProto = goldeneagle::v1::Order;
using test::DomainWorld;

// BANK1 with its own books. What it does and what the gateway hears of it are apart: receipts wait in `outbox_` and
// come in any order; a statement is taken of one instant and arrives in parts, with receipts in between.
class FaithfulBank {
 public:
  FaithfulBank(uint64_t seed, bool has_revisions) : random_(seed), has_revisions_(has_revisions) {}

  void Step() {
    world_.now += absl::Minutes(static_cast<int64_t>(Below(90)));
    switch (Below(8)) {
      case 0:
      case 1:
        Ask();
        break;
      case 2:
        AskMore();
        break;
      case 3:
        Work();
        break;
      case 4:
        MoneyComesIn();
        break;
      case 5:
        DeliverOne();
        break;
      case 6:
        BeginStatement();
        break;
      default:
        SendPart();
        break;
    }
    world_.Tick();
  }
  void Forget() { books_.clear(); }
  void StateAll() {
    while (!tasks_.empty()) Work();
    while (!outbox_.empty()) DeliverOne();
    world_.now += absl::Minutes(1);
    parts_.clear();
    last_day_.clear();
    BeginStatement();
    while (!parts_.empty()) SendPart();
  }
  // Differences: the day's clock is not this test's, a step can be days apart from the next statement.
  size_t incidents() const {
    return static_cast<size_t>(std::count_if(world_.journal.begin(), world_.journal.end(), [](const Entry& entry) {
      IncidentArisen body;
      return entry.type == ENTRY_TYPE_INCIDENT_ARISEN && body.ParseFromString(entry.body) &&
             body.kind() != INCIDENT_KIND_STATEMENT_MISSING;
    }));
  }

 private:
  struct Books {
    OrderProto freeze;
    MeasureState state;
  };
  struct Waiting {
    Receipt receipt;
    bool event = false;
    int statements = 0;  // since it was written
  };

  uint64_t Below(uint64_t bound) { return std::uniform_int_distribution<uint64_t>(0, bound - 1)(random_); }

  void Ask() {
    const OrderProto freeze = world_.FreezeOrder("BANK1", 1'000'00);
    if (DomainWorld::OnlyRefusal(world_.Do(world_.Orders({freeze}))) == Reason::kNone) Hand(freeze);
  }
  // A release or a deduction of something that stands in the log.
  void AskMore() {
    const auto& standing = world_.state.PositionOf(AgencyOrdinal(1)).standing;
    if (standing.empty()) return;
    auto it = standing.begin();
    std::advance(it, static_cast<long>(Below(standing.size())));
    const std::string freeze = world_.state.orders.at(it->second.value()).order_id;
    const OrderProto order = Below(2) == 0
                                 ? world_.ReleaseOrder("BANK1", freeze, 100'00 * static_cast<int64_t>(Below(3)))
                                 : world_.DeductOrder("BANK1", freeze, 50'00);
    if (DomainWorld::OnlyRefusal(world_.Do(world_.Orders({order}))) == Reason::kNone) Hand(order);
  }
  void Hand(const OrderProto& order) {
    if (world_.Do(Deliver{.agency = AgencyOrdinal(1), .instance = "12345678", .orders = {world_.OrderNamed(order).seq}})
            .index != 0)
      tasks_.push_back(order);
  }

  MeasureState& Moved(MeasureState& state) {
    state.set_unit_reference("U");
    if (has_revisions_) state.set_revision(state.revision() + 1);
    return state;
  }
  void Work() {
    if (tasks_.empty()) return;
    const OrderProto order = tasks_.front();
    tasks_.erase(tasks_.begin());
    Receipt receipt = world_.ReceiptFor(order, "BANK1", RECEIPT_KIND_FINAL);
    ItemResult* item = receipt.add_items();
    if (order.has_freeze()) {
      Books& made = books_[order.order_id()];
      made.freeze = order;
      const int64_t controlled = 100'00 * static_cast<int64_t>(1 + Below(10));
      made.state.set_requested_minor_units(1'000'00), made.state.set_controlled_minor_units(controlled);
      made.state.set_unfunded_minor_units(1'000'00 - controlled);
      *made.state.mutable_effective_from() = ToProto(world_.now);
      *item->mutable_measure() = Moved(made.state);
      item->set_outcome(controlled == 1'000'00 ? OUTCOME_CONTROLLED : OUTCOME_PARTLY_CONTROLLED);
    } else if (order.has_release()) {
      Release(order, *item);
    } else {
      Deduct(order, *item);
    }
    outbox_.push_back({receipt});
  }
  void Release(const OrderProto& order, ItemResult& item) {
    const auto it = books_.find(order.release().freeze_order_id());
    if (it == books_.end()) return item.set_outcome(OUTCOME_NOT_CONTROLLED);
    MeasureState& state = Moved(it->second.state);
    const int64_t amount = order.release().amount_minor_units();
    item.set_outcome(OUTCOME_RELEASED);
    if (amount == 0 || amount >= state.requested_minor_units()) {
      state.set_requested_minor_units(0), state.set_controlled_minor_units(0), state.set_unfunded_minor_units(0);
      state.set_ended(true);
    } else {
      const int64_t free = std::min(amount, state.unfunded_minor_units());
      state.set_requested_minor_units(state.requested_minor_units() - amount);
      state.set_unfunded_minor_units(state.unfunded_minor_units() - free);
      state.set_controlled_minor_units(state.controlled_minor_units() - (amount - free));
    }
    *item.mutable_measure() = state;
    if (state.ended()) books_.erase(it);
  }
  void Deduct(const OrderProto& order, ItemResult& item) {
    const auto it = books_.find(order.deduct().freeze_order_id());
    const int64_t amount = order.deduct().amount_minor_units();
    if (it == books_.end() || it->second.state.controlled_minor_units() < amount)
      return item.set_outcome(OUTCOME_NOT_DEDUCTED);
    MeasureState& state = Moved(it->second.state);
    state.set_requested_minor_units(state.requested_minor_units() - amount);
    state.set_controlled_minor_units(state.controlled_minor_units() - amount);
    item.set_outcome(OUTCOME_DEDUCTED);
    item.mutable_deduction()->set_amount_minor_units(amount), item.mutable_deduction()->set_booking_reference("B");
    if (state.requested_minor_units() == 0) state.set_ended(true);
    *item.mutable_deduction()->mutable_measure() = state;
    if (state.ended()) books_.erase(it);
  }
  void MoneyComesIn() {
    if (books_.empty()) return;
    auto it = books_.begin();
    std::advance(it, static_cast<long>(Below(books_.size())));
    MeasureState& state = it->second.state;
    if (state.unfunded_minor_units() == 0) return;
    Moved(state);
    state.set_controlled_minor_units(state.controlled_minor_units() + state.unfunded_minor_units());
    state.set_unfunded_minor_units(0);
    Receipt event = world_.ReceiptFor(it->second.freeze, "BANK1", RECEIPT_KIND_EVENT);
    event.set_change(MEASURE_CHANGE_INFLOW);
    event.add_items()->set_outcome(OUTCOME_CONTROLLED);
    *event.mutable_items(0)->mutable_measure() = state;
    outbox_.push_back({event, /*event=*/true});
  }
  // Each comes in any order, but an event not before the measure that it is about; without revisions as they were
  // written, since then the later arrival counts.
  void Send(size_t at) {
    const auto first = std::find_if(outbox_.begin(), outbox_.end(), [&](const Waiting& other) {
      return !has_revisions_ || other.receipt.order_id() == outbox_[at].receipt.order_id();
    });
    at = static_cast<size_t>(first - outbox_.begin());
    const Receipt receipt = outbox_[at].receipt;
    outbox_.erase(outbox_.begin() + static_cast<long>(at));
    world_.Do(world_.Receipts("BANK1", {receipt}));  // one that was overtaken may be refused: that is its own rule
  }
  void DeliverOne() {
    if (!outbox_.empty()) Send(Below(outbox_.size()));
  }
  // Events are on their way for one statement at most: the policy calls a measure different after two. A unit that
  // doesn't count revisions tells them before it states anything.
  void SendOldEvents() {
    for (Waiting& waiting : outbox_) waiting.statements += 1;
    const auto old = [&](const Waiting& waiting) {
      return waiting.event && (!has_revisions_ || waiting.statements > 1);
    };
    for (auto it = outbox_.begin(); (it = std::find_if(outbox_.begin(), outbox_.end(), old)) != outbox_.end();)
      Send(static_cast<size_t>(it - outbox_.begin()));
  }

  void BeginStatement() {
    const std::string day = absl::FormatCivilTime(absl::ToCivilDay(world_.now, world_.state.policy->zone()));
    if (!parts_.empty() || day == last_day_) return;
    last_day_ = day;
    SendOldEvents();
    Position part;
    part.set_agency("BANK1"), part.set_day(day);
    *part.mutable_as_of() = ToProto(world_.now);
    for (const auto& [id, books] : books_) {
      PositionLine* line = part.add_lines();
      line->set_order_id(id);
      *line->mutable_measure() = books.state;
      if (Below(2) != 0) continue;
      part.set_up_to(id);
      parts_.push_back(part);
      part.set_after(id), part.clear_up_to(), part.clear_lines();
    }
    parts_.push_back(part);
  }
  void SendPart() {
    if (parts_.empty()) return;
    const Result result = world_.Do(world_.Positions("BANK1", {parts_.front()}));
    EXPECT_EQ(DomainWorld::OnlyRefusal(result), Reason::kNone);
    parts_.erase(parts_.begin());
  }

  std::mt19937_64 random_;
  const bool has_revisions_;
  DomainWorld world_{test::PolicyWithPositions()};
  std::vector<OrderProto> tasks_;
  std::map<std::string, Books> books_;  // what stands, by order id
  std::vector<Waiting> outbox_;
  std::vector<Position> parts_;
  std::string last_day_;
};

TEST(PositionProperty, AFaithfulAgencyNeverCausesAnIncident) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    FaithfulBank bank(seed, /*has_revisions=*/true);
    for (int step = 0; step < 150; ++step) {
      bank.Step();
      ASSERT_EQ(bank.incidents(), 0u) << "after step " << step;
    }
    bank.StateAll();
    ASSERT_EQ(bank.incidents(), 0u);
  }
}

TEST(PositionProperty, NorDoesOneWithoutRevisionsThatTellsEventsFirst) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    FaithfulBank bank(seed, /*has_revisions=*/false);
    for (int step = 0; step < 150; ++step) {
      bank.Step();
      ASSERT_EQ(bank.incidents(), 0u) << "after step " << step;
    }
  }
}

TEST(PositionProperty, WhatAUnitForgotIsFoundByTheNextStatement) {
  size_t found = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    FaithfulBank bank(seed, /*has_revisions=*/true);
    for (int step = 0; step < 150; ++step) bank.Step();
    bank.StateAll();
    bank.Forget();
    bank.StateAll();
    found += bank.incidents();
  }
  EXPECT_GT(found, 20u);
}

}  // namespace
}  // namespace eagle::domain
