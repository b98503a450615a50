// Each kind of register behind the agent: signed orders come in, receipts go out, clerks decide, the process dies.
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapters/register/behind_agent.h"
#include "tests/adapters/register/kinds.h"

namespace eagle::registry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kOtherCase[] = "（2026）辽9901执1025号";

struct VehiclesBehindAgent : BehindAgent {
  VehiclesBehindAgent() : BehindAgent(vehicle::kVehicle, kVehicleData, kVehicleOffice) {}
  v1::Order Order() {
    v1::Order order = Freeze("VEHICLE", kLinsCar, 1, 1);
    order.mutable_freeze()->mutable_term()->set_years(2);
    return order;
  }
};
struct EquityBehindAgent : BehindAgent {
  EquityBehindAgent() : BehindAgent(equity::kEquity, kEquityData, kEquityOffice) {}
  v1::Order Order(uint32_t hundredths, int64_t value) {
    v1::Order order = Freeze("EQUITY", kQiming, hundredths, 100);
    order.mutable_freeze()->set_limit_minor_units(value);
    return order;
  }
};
struct IpBehindAgent : BehindAgent {
  IpBehindAgent() : BehindAgent(ip::kIp, kIpData, kIpOffice) {}
  v1::Order Order() { return Freeze("PATENT", kRotorPatent, 1, 1); }
};

TEST(VehiclesBehindAgent, ASealIsAnsweredAtOnceAndTheNextIsPromotedByItsRelease) {
  VehiclesBehindAgent office;
  const v1::Order inquiry = office.world.Submit(office.world.Inquiry());
  const v1::Order first = office.world.Submit(office.Order());
  v1::Order other = office.Order();
  other.set_case_number(kOtherCase);
  const v1::Order second = office.world.Submit(other);
  ASSERT_TRUE(office.Settle());
  EXPECT_EQ(office.world.Outcome(inquiry), "FOUND");
  EXPECT_EQ(office.world.Outcome(first), "CONTROLLED");
  EXPECT_EQ(office.world.Outcome(second), "WAITLISTED");
  EXPECT_EQ(office.world.LastWord(second)->items(0).measure().rank(), 2u);
  EXPECT_THAT(office.world.agent->ClerkQueue(), IsEmpty());

  const v1::Order release = office.world.Submit(office.world.Release(first));
  ASSERT_TRUE(office.Settle());
  office.Run();
  EXPECT_EQ(office.world.Outcome(release), "RELEASED");
  ASSERT_EQ(office.Of(second, v1::RECEIPT_KIND_EVENT).size(), 1u);
  EXPECT_EQ(office.Of(second, v1::RECEIPT_KIND_EVENT)[0]->change(), v1::MEASURE_CHANGE_PROMOTED);
}

TEST(VehiclesBehindAgent, ASealLapsesWithItsTerm) {
  VehiclesBehindAgent office;
  const v1::Order seal = office.world.Submit(office.Order());
  ASSERT_TRUE(office.Settle());
  office.world.clock.Advance(absl::Hours(24 * (2 * 365 + 2)));
  office.Run();
  ASSERT_EQ(office.Of(seal, v1::RECEIPT_KIND_EVENT).size(), 1u);
  EXPECT_EQ(office.Of(seal, v1::RECEIPT_KIND_EVENT)[0]->change(), v1::MEASURE_CHANGE_LAPSED);
}

TEST(VehiclesBehindAgent, AtEveryPointOfACrashEverySealIsEnteredOnceAndAnsweredOnce) {
  const auto play = [](uint64_t point) {
    VehiclesBehindAgent office;
    const v1::Order first = office.world.Submit(office.Order());
    v1::Order other = office.Order();
    other.set_case_number(kOtherCase);
    const v1::Order second = office.world.Submit(other);
    const uint64_t before = office.world.crash.points();
    if (point != 0) office.world.crash.DieAt(point);
    EXPECT_TRUE(office.Settle());
    const v1::Order release = office.world.Submit(office.world.Release(first));
    EXPECT_TRUE(office.Settle());
    office.Run();
    EXPECT_EQ(office.world.Outcome(first), "CONTROLLED");
    EXPECT_EQ(office.world.Outcome(second), "WAITLISTED");
    EXPECT_EQ(office.world.Outcome(release), "RELEASED");
    EXPECT_EQ(office.Of(second, v1::RECEIPT_KIND_EVENT).size(), 1u);
    std::vector<std::string> phases;
    for (const registry::Seal& seal : office.Seals(kLinsCar))
      phases.push_back(std::string(sdk::PhaseName(seal.row.phase)));
    EXPECT_THAT(phases, ElementsAre("RELEASED", "EFFECTIVE"));
    EXPECT_EQ(office.restarts, point == 0 ? 0 : 1);
    return office.world.crash.points() - before;
  };
  const uint64_t points = play(0);
  ASSERT_GT(points, 20u);
  for (uint64_t point = 1; point <= points; ++point) {
    SCOPED_TRACE(absl::StrCat("dies at point ", point, " of ", points));
    play(point);
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(VehiclesBehindAgent, ASightingIsAReceiptOfTheOrderThatLooks) {
  VehiclesBehindAgent office;
  const v1::Order seal = office.world.Submit(office.Order());
  ASSERT_TRUE(office.Settle());
  v1::Order locate = office.world.Release(seal);
  locate.set_action(v1::ACTION_LOCATE);
  locate.mutable_locate()->set_freeze_order_id(seal.order_id());
  locate.mutable_locate()->mutable_term()->set_months(3);
  locate.mutable_locate()->set_hold(true);
  locate.mutable_locate()->set_collect_contact("温雅");
  locate.mutable_locate()->set_collect_phone("024-99010000");
  office.world.Submit(locate);
  ASSERT_TRUE(office.Settle());
  ASSERT_EQ(office.world.Outcome(locate), "LOCATING");
  ASSERT_TRUE(office
                  .Counter("sighting", {{"unit", kLinsCar},
                                        {"place", "环城路"},
                                        {"by", "交警"},
                                        {"held", "true"},
                                        {"custody", "松月停车场"},
                                        {"collect-by", "2030-01-01"}})
                  .ok());
  ASSERT_TRUE(office.Settle());
  EXPECT_THAT(office.Of(seal, v1::RECEIPT_KIND_EVENT), IsEmpty());
  ASSERT_EQ(office.Of(locate, v1::RECEIPT_KIND_EVENT).size(), 1u);
  const v1::Receipt& event = *office.Of(locate, v1::RECEIPT_KIND_EVENT)[0];
  EXPECT_EQ(event.change(), v1::MEASURE_CHANGE_SEIZED);
  EXPECT_EQ(event.items(0).sighting().place(), "环城路");
  const v1::MeasureState& sealed = office.world.LastWord(seal)->items(0).measure();
  EXPECT_EQ(event.items(0).measure().unit_reference(), sealed.unit_reference());
  EXPECT_EQ(event.items(0).measure().served_sequence(), sealed.served_sequence())
      << "the seal's service, not the search's";
}

TEST(VehiclesBehindAgent, AtEveryPointOfACrashTheNewOwnerIsEnteredOnce) {
  const auto play = [](uint64_t point) {
    VehiclesBehindAgent office;
    office.rules().transfer = Mode::kAutomatic;
    office.Restart();
    const v1::Order seal = office.world.Submit(office.Order());
    v1::Order other = office.Order();
    other.set_case_number(kOtherCase);
    const v1::Order waits = office.world.Submit(other);
    EXPECT_TRUE(office.Settle());
    v1::Order transfer = office.world.Release(seal);
    transfer.set_action(v1::ACTION_TRANSFER_TITLE);
    v1::TransferTitle& act = *transfer.mutable_transfer_title();
    act.set_freeze_order_id(seal.order_id());
    act.set_ground("AUCTION");
    act.mutable_transferee()->set_name("顾西楼");
    act.mutable_transferee()->set_id_kind("CITIZEN_ID");
    act.mutable_transferee()->set_id_number("990101199001010019");
    office.world.Submit(transfer);
    const uint64_t before = office.world.crash.points();
    if (point != 0) office.world.crash.DieAt(point);
    EXPECT_TRUE(office.Settle());
    office.Run();
    EXPECT_EQ(office.world.Outcome(transfer), "TRANSFERRED");
    EXPECT_EQ(office.Of(waits, v1::RECEIPT_KIND_EVENT).size(), 1u);
    EXPECT_EQ(office.Of(seal, v1::RECEIPT_KIND_EVENT).size(), 0u) << "its own answer says it";
    EXPECT_EQ(office.Standing(kLinsCar, kOtherCase), "VOID rank 0");
    const auto shown = office.Counter("show", {{"unit", kLinsCar}});
    EXPECT_EQ(shown->fields().at("holders").list_value().values_size(), 2) << "who was, and who is";
    EXPECT_EQ(office.restarts, point == 0 ? 0 : 1);
    return office.world.crash.points() - before;
  };
  const uint64_t points = play(0);
  ASSERT_GT(points, 4u);
  for (uint64_t point = 1; point <= points; ++point) {
    SCOPED_TRACE(absl::StrCat("dies at point ", point, " of ", points));
    play(point);
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(VehiclesBehindAgent, AClerkDecidesOnRenewalAndReleaseWhereTheOfficeWantsIt) {
  VehiclesBehindAgent office;
  office.rules().renew = office.rules().release = Mode::kManual;
  office.Restart();
  const v1::Order seal = office.world.Submit(office.Order());
  ASSERT_TRUE(office.Settle());
  const auto first_end = office.world.LastWord(seal)->items(0).measure().effective_to();
  v1::Order renewal = office.world.Release(seal);
  renewal.set_action(v1::ACTION_RENEW);
  renewal.mutable_renew()->set_freeze_order_id(seal.order_id());
  renewal.mutable_renew()->mutable_term()->set_years(1);
  office.world.Submit(renewal);
  office.Run();
  EXPECT_EQ(office.world.LastWord(renewal), nullptr);
  ASSERT_EQ(office.Of(renewal, v1::RECEIPT_KIND_PROGRESS).size(), 1u);
  EXPECT_EQ(office.Of(renewal, v1::RECEIPT_KIND_PROGRESS)[0]->items(0).outcome(), v1::OUTCOME_UNDER_REVIEW);
  office.Restart();
  ASSERT_TRUE(office.Approve().ok());
  ASSERT_TRUE(office.Settle());
  ASSERT_EQ(office.world.Outcome(renewal), "RENEWED");
  EXPECT_GT(office.world.LastWord(renewal)->items(0).measure().effective_to().seconds(), first_end.seconds());

  const v1::Order unwanted = office.world.Submit(office.world.Release(seal));
  office.Run();
  ASSERT_TRUE(office.Refuse("PAPER_UNREADABLE").ok());
  ASSERT_TRUE(office.Settle());
  EXPECT_EQ(office.world.Outcome(unwanted), "NOT_CONTROLLED");
  EXPECT_EQ(office.world.LastWord(unwanted)->items(0).reason(), "PAPER_UNREADABLE");
  EXPECT_EQ(office.Standing(kLinsCar, seal.case_number()), "EFFECTIVE rank 1");
  const v1::Order release = office.world.Submit(office.world.Release(seal));
  office.Run();
  ASSERT_TRUE(office.Approve().ok());
  ASSERT_TRUE(office.Settle());
  EXPECT_EQ(office.world.Outcome(release), "RELEASED");
  EXPECT_EQ(office.Standing(kLinsCar, seal.case_number()), "RELEASED rank 0");
}

TEST(EquityBehindAgent, QuantitiesAreToldInMoneyAndAPartIsReleased) {
  EquityBehindAgent office;
  const v1::Order first = office.Seal(office.Order(20, 600'000'00));
  v1::Order other = office.Order(15, 450'000'00);
  other.set_case_number(kOtherCase);
  const v1::Order second = office.Seal(other);
  EXPECT_EQ(office.world.Outcome(first), "CONTROLLED");
  ASSERT_EQ(office.world.Outcome(second), "PARTLY_CONTROLLED");
  EXPECT_EQ(office.world.LastWord(second)->items(0).measure().controlled_minor_units(), 300'000'00);

  const v1::Order part = office.world.Submit(office.world.Release(first, 150'000'00));
  ASSERT_TRUE(office.Settle());
  office.Run();
  ASSERT_EQ(office.world.Outcome(part), "RELEASED");
  EXPECT_EQ(office.world.LastWord(part)->items(0).measure().requested_minor_units(), 450'000'00);
  ASSERT_EQ(office.Of(second, v1::RECEIPT_KIND_EVENT).size(), 1u);
  const v1::Receipt& event = *office.Of(second, v1::RECEIPT_KIND_EVENT)[0];
  EXPECT_EQ(event.change(), v1::MEASURE_CHANGE_PROMOTED);
  EXPECT_EQ(event.items(0).measure().controlled_minor_units(), 450'000'00);
}

TEST(EquityBehindAgent, AFreezeWaitsForThePublicationAndARefusalIsTheLastWord) {
  EquityBehindAgent office;
  const v1::Order freeze = office.world.Submit(office.Order(30, 900'000'00));
  office.Run();
  EXPECT_EQ(office.world.LastWord(freeze), nullptr);
  ASSERT_EQ(office.Of(freeze, v1::RECEIPT_KIND_PROGRESS).size(), 1u);
  ASSERT_TRUE(office.Refuse("TRANSFER_COMPLETED").ok());
  ASSERT_TRUE(office.Settle());
  EXPECT_EQ(office.world.Outcome(freeze), "NOT_CONTROLLED");
  EXPECT_EQ(office.world.LastWord(freeze)->items(0).reason(), "TRANSFER_COMPLETED");
}

TEST(IpBehindAgent, ASecondPreservationIsRefusedWithThePriorCourt) {
  IpBehindAgent office;
  const v1::Order first = office.world.Submit(office.Order());
  v1::Order other = office.Order();
  other.set_case_number(kOtherCase);
  const v1::Order second = office.world.Submit(other);
  ASSERT_TRUE(office.Settle());
  EXPECT_EQ(office.world.Outcome(first), "CONTROLLED");
  ASSERT_EQ(office.world.Outcome(second), "NOT_CONTROLLED");
  EXPECT_EQ(office.world.LastWord(second)->items(0).reason(), "ALREADY_PRESERVED");
  EXPECT_THAT(office.world.LastWord(second)->items(0).remark(), HasSubstr(first.case_number()));
  office.world.gateway.Redeliver(second.order_id());
  office.Run();
  EXPECT_EQ(office.world.Outcome(second), "NOT_CONTROLLED") << "its first answer";
}

TEST(IpBehindAgent, ARestartKeepsThePreservation) {
  IpBehindAgent office;
  const v1::Order first = office.world.Submit(office.Order());
  ASSERT_TRUE(office.Settle());
  office.Restart();
  EXPECT_EQ(office.Standing(kRotorPatent, first.case_number()), "EFFECTIVE rank 1");
  const v1::Order release = office.world.Submit(office.world.Release(first));
  ASSERT_TRUE(office.Settle());
  EXPECT_EQ(office.world.Outcome(release), "RELEASED");
}

}  // namespace
}  // namespace eagle::registry
