// The daily statement of an agent: when it is taken, in which parts, after which receipts, and what a crash, a refusal
// or a missed day does to it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/sdk/position.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/trust/timestamps.h"
#include "tests/adapters/sdk/sdk_world.h"

namespace eagle::sdk {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// So many measures, with order ids that rise.
class CountedMeasures : public PositionSource {
 public:
  absl::StatusOr<std::optional<absl::Time>> VisitPositions(const PositionDay& day, InboxTransaction&,
                                                           const PositionVisitor& visit) override {
    asked.push_back(day.now);
    if (!reachable) return Fail(Reason::kRegisterBroken, "not now");
    if (!delivered) return std::optional<absl::Time>();
    restated = false;
    for (uint64_t i = 0; i < count; ++i) {
      v1::MeasureState state;
      state.set_unit_reference(std::string(reference_bytes, 'u')), state.set_requested_minor_units(100);
      visit({.order_id = BigEndian(0) + BigEndian(i + 1), .agency = kAgency}, state);
    }
    return delivered == absl::InfiniteFuture() ? day.now : delivered;
  }
  bool IsRestated(const std::string&) override { return restated; }
  uint64_t count = 3;
  size_t reference_bytes = 10;
  bool reachable = true;
  std::optional<absl::Time> delivered = absl::InfiniteFuture();  // as of when; a register that looks itself: now
  bool restated = false;
  std::vector<absl::Time> asked;
};

class AgentPositionTest : public ::testing::Test {
 protected:
  AgentPositionTest() {
    EXPECT_TRUE(absl::LoadTimeZone("Asia/Shanghai", &world_.config.zone));
    world_.core.AddAccount(kAccount, 80'000'00, kDebtor, kDebtorNumber);
    world_.positions = &source_;
    world_.StartAgent();
  }
  std::vector<v1::Position>& stated() { return world_.gateway.positions; }
  std::string DayOf(absl::Time time) const { return absl::FormatCivilTime(absl::ToCivilDay(time, world_.config.zone)); }
  // So many hours of the clock, in steps that a session survives.
  void Hours(int hours) {
    for (int i = 0; i < hours * 60; ++i) world_.Run(2, absl::Seconds(30));
  }

  CountedMeasures source_;
  SdkWorld world_;
};

TEST_F(AgentPositionTest, IsTakenOnceADayAtItsHourAndSaysTheDayBefore) {
  world_.Run();
  ASSERT_THAT(stated(), SizeIs(1)) << "at the start: the last day is made up for";
  EXPECT_EQ(stated()[0].agency(), kAgency);
  EXPECT_THAT(stated()[0].lines(), SizeIs(3));
  EXPECT_EQ(stated()[0].after(), "");
  EXPECT_EQ(stated()[0].up_to(), "");
  const std::string first = stated()[0].day();
  Hours(25);
  ASSERT_THAT(stated(), SizeIs(2));
  const auto as_of = *trust::TimeOf(stated()[1].as_of());
  EXPECT_EQ(absl::ToCivilHour(as_of, world_.config.zone).hour(), 1);
  EXPECT_EQ(stated()[1].day(), DayOf(as_of - absl::Hours(24)));
  EXPECT_LT(first, stated()[1].day());
}

TEST_F(AgentPositionTest, PartsFollowEachOtherAndTheLastIsOpenToTheEnd) {
  world_.StopAgent();
  stated().clear();
  source_.count = 600;
  world_.StartAgent();
  world_.Run(200);
  ASSERT_THAT(stated(), SizeIs(3));
  for (size_t i = 0; i < 3; ++i) {
    const v1::Position& part = stated()[i];
    EXPECT_EQ(part.after(), i == 0 ? "" : stated()[i - 1].up_to());
    EXPECT_EQ(part.up_to(), i == 2 ? "" : part.lines(part.lines_size() - 1).order_id());
    EXPECT_EQ(part.as_of().SerializeAsString(), stated()[0].as_of().SerializeAsString());
    EXPECT_LE(part.lines_size(), kLinesPerPart);
  }
  EXPECT_EQ(stated()[0].lines_size() + stated()[1].lines_size() + stated()[2].lines_size(), 600);
  EXPECT_EQ(world_.agent->metrics().positions_stated, 1u);
}

TEST_F(AgentPositionTest, APartIsNoLargerThanItsBound) {
  world_.StopAgent();
  source_.count = 40, source_.reference_bytes = 4000;
  world_.StartAgent();
  world_.Run(200);
  ASSERT_THAT(stated(), SizeIs(3));
  for (const v1::Position& part : stated()) EXPECT_LE(part.ByteSizeLong(), kBytesPerPart + 100);
}

TEST_F(AgentPositionTest, AnAgencyWithoutMeasuresStatesThatToo) {
  world_.StopAgent();
  source_.count = 0;
  world_.StartAgent();
  world_.Run();
  ASSERT_THAT(stated(), SizeIs(1));
  EXPECT_THAT(stated()[0].lines(), IsEmpty());
}

TEST_F(AgentPositionTest, IsSignedAndKeptAndGoesOutInTheSameBytesWhateverTheChannelLoses) {
  world_.StopAgent();
  source_.count = 600;
  int lost = 0;
  world_.gateway.fate = [&](Wire wire) {
    return wire == kWirePosition && lost++ < 3 ? (lost == 1 ? Fate::kLoseRequest : Fate::kLoseReply) : Fate::kDeliver;
  };
  world_.StartAgent();
  world_.Run(20);
  ASSERT_THAT(source_.asked, SizeIs(1));
  world_.StopAgent();
  world_.gateway.ForgetReplies();
  world_.StartAgent();
  world_.Run(600);
  EXPECT_THAT(stated(), SizeIs(3));
  EXPECT_THAT(source_.asked, SizeIs(1)) << "what was signed is sent, not taken anew";
}

TEST_F(AgentPositionTest, NothingIsStatedBeforeTheReceiptsOfWhatHadHappened) {
  world_.Run();
  stated().clear();
  world_.gateway.fate = [](Wire wire) { return wire == kWireResults ? Fate::kLoseRequest : Fate::kDeliver; };
  const v1::Order freeze = world_.Submit(world_.Freeze(50'000'00));
  Hours(25);
  EXPECT_EQ(world_.Effects(freeze), 1);
  EXPECT_GE(source_.asked.size(), 2u);
  EXPECT_THAT(stated(), IsEmpty()) << "the receipt isn't there yet";
  world_.gateway.fate = [](Wire) { return Fate::kDeliver; };
  world_.Run(400);
  EXPECT_THAT(stated(), SizeIs(1));
}

TEST_F(AgentPositionTest, APartOutOfTurnHasTheDayStatedAnew) {
  world_.StopAgent();
  source_.count = 600;
  world_.gateway.refuse_position = "POSITION_OUT_OF_TURN";
  world_.StartAgent();
  world_.Run(100);
  EXPECT_THAT(stated(), IsEmpty());
  EXPECT_EQ(world_.agent->metrics().positions_refused, 1u);
  Hours(1);
  ASSERT_THAT(stated(), SizeIs(3));
  EXPECT_THAT(source_.asked, SizeIs(2));
}

TEST_F(AgentPositionTest, APolicyWithoutStatementsIsAskedAgainTheNextDay) {
  world_.StopAgent();
  world_.gateway.refuse_position = "ACT_NOT_PROVIDED";
  world_.StartAgent();
  world_.Run(100);
  Hours(1);
  EXPECT_THAT(stated(), IsEmpty());
  Hours(25);
  EXPECT_THAT(stated(), SizeIs(1));
}

TEST_F(AgentPositionTest, OfDaysThatWereMissedTheLastIsMadeUpFor) {
  world_.Run();
  stated().clear();
  world_.StopAgent();
  world_.clock.Advance(absl::Hours(24 * 4));
  world_.gateway.Restart();
  world_.StartAgent();
  world_.Run(100);
  ASSERT_THAT(stated(), SizeIs(1));
  EXPECT_EQ(stated()[0].day(), DayOf(world_.clock.WallNow() - absl::Hours(25)));
}

TEST_F(AgentPositionTest, ADayThatTheUnitHasNotStatedIsAwaitedAndThenStatedAsOfItsOwnInstant) {
  world_.StopAgent();
  source_.delivered.reset();
  world_.StartAgent();
  Hours(1);
  EXPECT_THAT(stated(), IsEmpty()) << "nobody says for the unit what it holds";
  EXPECT_EQ(world_.agent->metrics().positions_awaited, 1u) << "told once, not at every look";
  EXPECT_EQ(world_.agent->metrics().register_errors, 0u);
  const absl::Time as_of = world_.clock.WallNow() - absl::Minutes(90);
  source_.delivered = as_of;
  world_.Run(200);
  ASSERT_THAT(stated(), SizeIs(1));
  EXPECT_EQ(trust::TimeOf(stated()[0].as_of()), as_of);
}

TEST_F(AgentPositionTest, WhatTheUnitStatesAnewIsSentOnceMore) {
  world_.Run();
  ASSERT_THAT(stated(), SizeIs(1));
  source_.count = 2, source_.restated = true;
  world_.Run(200);
  ASSERT_THAT(stated(), SizeIs(2));
  EXPECT_EQ(stated()[1].day(), stated()[0].day());
  EXPECT_THAT(stated()[1].lines(), SizeIs(2));
}

TEST_F(AgentPositionTest, PeopleHaveTheLastDayStatedOnceMore) {
  world_.Run();
  ASSERT_THAT(stated(), SizeIs(1));
  ASSERT_TRUE(world_.agent->StateAgain().ok());
  world_.Run();
  ASSERT_THAT(stated(), SizeIs(2));
  EXPECT_EQ(stated()[1].day(), stated()[0].day());
  world_.StopAgent();
  world_.positions = nullptr;
  world_.StartAgent();
  EXPECT_FALSE(world_.agent->StateAgain().ok()) << "an adapter that states nothing says so";
}

TEST_F(AgentPositionTest, ARegisterThatCannotBeAskedNowIsAskedAgain) {
  world_.StopAgent();
  source_.reachable = false;
  world_.StartAgent();
  world_.Run(20);
  EXPECT_THAT(stated(), IsEmpty());
  source_.reachable = true;
  world_.Run(200);
  EXPECT_THAT(stated(), SizeIs(1));
}

}  // namespace
}  // namespace eagle::sdk
