// Ends of measures 到期预警: marked once each, newest first where several have come, and the clock follows the measure.
#include "server/domain/ending.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/domain/apply_position.h"
#include "server/domain/instant.h"
#include "tests/support/domain_world.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using test::DomainWorld;
using testing::ElementsAre;
using testing::IsEmpty;

using OrderProto = goldeneagle::v1::Order;

PolicyTable WithEnds(uint32_t version = 1) {
  PolicyTable table = test::FreedoniaPolicy(version);
  for (uint32_t days : {60u, 30u, 15u, 7u, 3u, 1u}) table.mutable_measure_ends()->add_days_before(days);
  *table.mutable_measure_ends()->mutable_source() = table.retention().source();
  return table;
}

class EndingTest : public testing::Test {
 protected:
  explicit EndingTest(const PolicyTable& policy = WithEnds()) : world_(policy) {}

  // A measure in effect whose last civil day is so many days after today.
  void Stands(int64_t days) {
    world_.Do(world_.Orders({freeze_}));
    Receipt receipt = world_.Controlled(freeze_, "BANK1", freeze_.freeze().limit_minor_units(), 0);
    *receipt.mutable_items(0)->mutable_measure()->mutable_effective_to() = ToProto(EndAfter(days));
    ASSERT_EQ(world_.Do(world_.Receipts("BANK1", {receipt})).members.at(0).verdict, RECEIPT_VERDICT_RECORDED);
  }
  absl::Time EndAfter(int64_t days) const { return absl::FromCivil(Today() + days + 1, zone()); }
  const absl::TimeZone& zone() const { return world_.state.policy->zone(); }
  absl::CivilDay Today() const { return absl::ToCivilDay(world_.now, zone()); }
  // Days pass, with a tick each hour.
  void Pass(int64_t days) {
    for (int64_t hour = 0; hour < days * 24; ++hour) {
      world_.now += absl::Hours(1);
      world_.Tick();
    }
  }
  // The days of the marks that were written since the last call.
  std::vector<uint32_t> Marks() {
    std::vector<uint32_t> days;
    for (; looked_ < world_.journal.size(); ++looked_) {
      const Entry& entry = world_.journal[looked_];
      MeasureMarked body;
      if (entry.type != ENTRY_TYPE_MEASURE_MARKED || !body.ParseFromString(entry.body)) continue;
      EXPECT_EQ(body.freeze_order(), world_.OrderNamed(freeze_).seq.value());
      const absl::CivilDay last = absl::ToCivilDay(FromMicros(body.ends()) - absl::Seconds(1), zone());
      if (body.days_before() > 0) {
        EXPECT_LE(last - absl::ToCivilDay(entry.time, zone()), int64_t{body.days_before()}) << "never early";
      } else {
        EXPECT_GE(entry.time, FromMicros(body.ends()));
      }
      days.push_back(body.days_before());
    }
    return days;
  }
  size_t Timers() const {
    return static_cast<size_t>(std::count_if(world_.state.timers.begin(), world_.state.timers.end(),
                                             [](const Timer& timer) { return timer.kind == Timer::kOfMeasure; }));
  }

  DomainWorld world_;
  OrderProto freeze_ = world_.FreezeOrder("BANK1", 80'000'00);
  size_t looked_ = 0;
};

TEST_F(EndingTest, EachNumberOfDaysIsMarkedOnceAndThenTheEnd) {
  Stands(61);
  Pass(70);
  EXPECT_THAT(Marks(), ElementsAre(60, 30, 15, 7, 3, 1, 0));
  EXPECT_EQ(Timers(), 0u);
  EXPECT_EQ(world_.TheCase().ledger.measures().at(0).phase, MeasurePhase::kEffective) << "that it lapsed is the unit's";
}

TEST_F(EndingTest, AMarkComesAtMidnightOfItsDay) {
  Stands(31);
  Marks();
  world_.now = absl::FromCivil(Today() + 1, zone()) - absl::Microseconds(1);
  world_.Tick();
  EXPECT_THAT(Marks(), ElementsAre(60)) << "of what has come the newest";
  world_.now += absl::Microseconds(1);
  world_.Tick();
  EXPECT_THAT(Marks(), ElementsAre(30));
}

TEST_F(EndingTest, OfSeveralThatHaveComeTheNewestIsMarkedAlone) {
  Stands(61);
  world_.now += absl::Hours(24 * 56);
  world_.Tick();
  EXPECT_THAT(Marks(), ElementsAre(7));
  world_.now += absl::Hours(24 * 30);
  world_.Tick();
  world_.Tick();
  EXPECT_THAT(Marks(), ElementsAre(0));
}

TEST_F(EndingTest, ARenewalStartsTheDaysAnew) {
  Stands(16);
  Pass(2);
  EXPECT_THAT(Marks(), ElementsAre(30, 15));
  const OrderProto renewal = world_.RenewOrder("BANK1", freeze_.order_id(), 2);
  ASSERT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Orders({renewal}))), Reason::kNone);
  world_.Do(world_.Receipts("BANK1", {world_.Renewed(renewal, "BANK1", 80'000'00, EndAfter(62))}));
  Pass(35);
  EXPECT_THAT(Marks(), ElementsAre(60, 30));
}

TEST_F(EndingTest, AReleaseStopsThem) {
  Stands(10);
  Pass(1);
  EXPECT_THAT(Marks(), ElementsAre(15));
  EXPECT_EQ(Timers(), 1u);
  const OrderProto release = world_.ReleaseOrder("BANK1", freeze_.order_id());
  world_.Do(world_.Orders({release}));
  Receipt receipt = world_.ReceiptFor(release, "BANK1", RECEIPT_KIND_FINAL);
  receipt.add_items()->set_outcome(OUTCOME_RELEASED);
  receipt.mutable_items(0)->mutable_measure()->set_unit_reference("U1");
  receipt.mutable_items(0)->mutable_measure()->set_ended(true);
  ASSERT_EQ(world_.Do(world_.Receipts("BANK1", {receipt})).members.at(0).verdict, RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(Timers(), 0u);
  Pass(12);
  EXPECT_THAT(Marks(), IsEmpty());
}

TEST_F(EndingTest, TheTimersAreTheSameWhenTheyAreBuiltFromTheLedgers) {
  Stands(40);
  Pass(12);
  Marks();
  State again = world_.state;
  again.ends_armed.clear();
  for (auto it = again.timers.begin(); it != again.timers.end();)
    it = it->kind == Timer::kOfMeasure ? again.timers.erase(it) : std::next(it);
  BuildStanding(again);
  EXPECT_TRUE(again.timers == world_.state.timers);
  EXPECT_EQ(Timers(), 1u);
  world_.state = again;
  Pass(30);
  EXPECT_THAT(Marks(), ElementsAre(15, 7, 3, 1, 0)) << "30 was marked before the restart";
}

class UnmarkedTest : public EndingTest {
 protected:
  UnmarkedTest() : EndingTest(test::FreedoniaPolicy()) {}
};

TEST_F(UnmarkedTest, WithoutTheRowNothingIsMarkedAndARowThatComesLaterMarksTheNewest) {
  Stands(20);
  Pass(8);
  EXPECT_THAT(Marks(), IsEmpty());
  Administration act;
  act.set_request_id(world_.NewId());
  act.mutable_proposal()->set_ground("ends");
  *act.mutable_proposal()->mutable_policy()->mutable_table() = WithEnds(2);
  const uint64_t proposal = world_.Do(world_.Administration("admin1", {act})).members.at(0).index;
  act.set_request_id(world_.NewId());
  act.mutable_approval()->set_proposal_index(proposal);
  act.mutable_approval()->set_proposal_digest(world_.state.proposals.at(proposal).digest);
  ASSERT_TRUE(world_.Do(world_.Administration("admin2", {act})).members.at(0).in_effect);
  Pass(6);
  EXPECT_THAT(Marks(), ElementsAre(15, 7));
}

TEST_F(EndingTest, DaysThatDontFallOrArentDaysAreRefused) {
  for (const std::vector<uint32_t>& days :
       {std::vector<uint32_t>{}, {7, 7}, {3, 7}, {7, 0}, {367}, std::vector<uint32_t>(17, 1)}) {
    PolicyTable table = WithEnds();
    table.mutable_measure_ends()->clear_days_before();
    for (uint32_t day : days) table.mutable_measure_ends()->add_days_before(day);
    const auto refused = Policy::Create(table);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(FailureOf(refused.status()).violations.at(0).field, "measure_ends.days_before");
  }
  PolicyTable table = WithEnds();
  table.mutable_measure_ends()->clear_source();
  EXPECT_FALSE(Policy::Create(table).ok());
}

}  // namespace
}  // namespace eagle::domain
