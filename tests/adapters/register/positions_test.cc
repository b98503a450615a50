// What a register states of a day: what receipts and events had told, nothing that waits for a clerk, nothing that
// ended.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/trust/timestamps.h"
#include "tests/adapters/register/behind_agent.h"
#include "tests/adapters/register/kinds.h"

namespace eagle::registry {
namespace {

using testing::SizeIs;

constexpr char kAnotherCase[] = "（2026）辽9901执1025号";

struct VehiclesThatState : BehindAgent {
  VehiclesThatState() : BehindAgent(vehicle::kVehicle, kVehicleData, kVehicleOffice) {
    world.config.zone = rules().zone;
    states_days = true;
    Restart();
  }
  v1::Order Order() {
    v1::Order order = Freeze("VEHICLE", kLinsCar, 1, 1);
    order.mutable_freeze()->mutable_term()->set_years(2);
    return order;
  }
  // The statement of the next day.
  v1::Position NextDay() {
    world.gateway.positions.clear();
    world.clock.Advance(absl::Hours(24));
    Restart();
    Run();
    EXPECT_THAT(world.gateway.positions, SizeIs(1));
    return world.gateway.positions.empty() ? v1::Position() : world.gateway.positions.back();
  }
};

TEST(RegisterPositions, SaysOfEachMeasureWhatItsReceiptsSaid) {
  VehiclesThatState office;
  const v1::Order first = office.world.Submit(office.Order());
  v1::Order other = office.Order();
  other.set_case_number(kAnotherCase);
  const v1::Order second = office.world.Submit(other);
  ASSERT_TRUE(office.Settle());
  const v1::Position stated = office.NextDay();
  ASSERT_THAT(stated.lines(), SizeIs(2));
  EXPECT_LT(stated.lines(0).order_id(), stated.lines(1).order_id());
  for (int i = 0; i < 2; ++i) {
    const v1::Order& order = stated.lines(i).order_id() == first.order_id() ? first : second;
    const v1::MeasureState& told = office.world.LastWord(order)->items(0).measure();
    const v1::MeasureState& line = stated.lines(i).measure();
    EXPECT_EQ(stated.lines(i).order_id(), order.order_id());
    EXPECT_EQ(line.revision(), told.revision());
    EXPECT_EQ(line.requested_minor_units(), told.requested_minor_units());
    EXPECT_EQ(line.controlled_minor_units(), told.controlled_minor_units());
    EXPECT_EQ(line.effective_to().SerializeAsString(), told.effective_to().SerializeAsString());
    EXPECT_EQ(line.served_sequence(), told.served_sequence());
    EXPECT_EQ(line.unit_reference(), told.unit_reference());
    EXPECT_FALSE(line.ended());
  }
}

TEST(RegisterPositions, WhatWasReleasedIsGoneAndWhatMovedUpIsAsItsEventSaid) {
  VehiclesThatState office;
  const v1::Order first = office.world.Submit(office.Order());
  v1::Order other = office.Order();
  other.set_case_number(kAnotherCase);
  const v1::Order second = office.world.Submit(other);
  ASSERT_TRUE(office.Settle());
  office.world.Submit(office.world.Release(first));
  ASSERT_TRUE(office.Settle());
  office.Run();
  const v1::Position stated = office.NextDay();
  ASSERT_THAT(stated.lines(), SizeIs(1));
  EXPECT_EQ(stated.lines(0).order_id(), second.order_id());
  const auto events = office.Of(second, v1::RECEIPT_KIND_EVENT);
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(stated.lines(0).measure().revision(), events[0]->items(0).measure().revision());
  EXPECT_TRUE(stated.lines(0).measure().has_effective_from());
}

TEST(RegisterPositions, AMeasureWhoseTermIsOverIsStatedNoMore) {
  VehiclesThatState office;
  office.world.Submit(office.Order());
  ASSERT_TRUE(office.Settle());
  EXPECT_THAT(office.NextDay().lines(), SizeIs(1));
  office.world.clock.Advance(absl::Hours(24 * 731));
  EXPECT_THAT(office.NextDay().lines(), SizeIs(0));
}

}  // namespace
}  // namespace eagle::registry
