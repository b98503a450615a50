// What an agency that exchanges files states that it holds 对账: said by its books alone, whole, after the answers that
// it follows, and missing when it isn't said.
#include <sqlite3.h>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/trust/timestamps.h"
#include "tests/adapters/file/file_world.h"
#include "tests/support/paths.h"

namespace eagle::file {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class FileStatement : public ::testing::Test {
 protected:
  FileStatement() {
    w.world.config.zone = kShanghai;
    w.Restart();
    w.Run();
  }
  // The day that is to be stated, at the instant that it is by the clock.
  FileWorld::Day Today(int64_t answered, bool last = true) {
    const absl::Time now = w.world.clock.WallNow();
    return {absl::FormatCivilTime(absl::ToCivilDay(now - absl::Hours(1), kShanghai) - 1),
            absl::FormatTime(absl::RFC3339_sec, now, kShanghai), answered, last};
  }
  // A freeze that the agency answered with its KZFK `number`.
  v1::Order Freeze(int64_t number, const std::string& controlled = "400.00", const std::string& unfunded = "200.00") {
    const v1::Order order = w.Ask(w.world.Freeze(600'00));
    w.Put(kKz, number, {FileWorld::Frozen(order, controlled, unfunded)});
    Wait();
    return order;
  }
  // Longer than between two looks.
  void Wait() {
    w.Run();
    w.world.clock.Advance(absl::Seconds(6));
    w.Run();
  }
  std::vector<v1::Position>& stated() { return w.world.gateway.positions; }
  FileWorld w;
};

TEST_F(FileStatement, SaysWhatTheBooksSayAsOfTheirOwnInstant) {
  const v1::Order order = Freeze(1);
  const FileWorld::Day day = Today(1);
  w.world.clock.Advance(absl::Minutes(20));
  // The agency's books, and not what was answered.
  w.State(1, day, {FileWorld::Standing(order, "350.00", "250.00")});
  Wait();
  EXPECT_EQ(w.Receipt(kDz, 1), "1");
  ASSERT_THAT(stated(), SizeIs(1));
  EXPECT_EQ(stated()[0].day(), day.day);
  EXPECT_EQ(absl::FormatTime(absl::RFC3339_sec, *trust::TimeOf(stated()[0].as_of()), kShanghai), day.as_of);
  ASSERT_THAT(stated()[0].lines(), SizeIs(1));
  const v1::PositionLine& line = stated()[0].lines(0);
  EXPECT_EQ(line.order_id(), order.order_id());
  EXPECT_EQ(line.measure().controlled_minor_units(), 350'00);
  EXPECT_EQ(line.measure().unfunded_minor_units(), 250'00);
  EXPECT_EQ(line.measure().requested_minor_units(), 600'00);
  EXPECT_EQ(line.measure().unit_reference(), "DJ000001");
  EXPECT_TRUE(line.measure().has_effective_to());
  EXPECT_TRUE(line.measure().has_served_at()) << "the arrival is the inbox's to tell";
}

TEST_F(FileStatement, NothingIsSaidInThePlaceOfAnAgencyThatSaysNothing) {
  Freeze(1);
  for (int i = 0; i < 30; ++i) Wait();
  EXPECT_THAT(stated(), IsEmpty());
  EXPECT_EQ(w.world.agent->metrics().positions_awaited, 1u);
}

TEST_F(FileStatement, AnAgencyThatHoldsNothingStatesThat) {
  w.State(1, Today(0), {});
  Wait();
  ASSERT_THAT(stated(), SizeIs(1));
  EXPECT_THAT(stated()[0].lines(), IsEmpty());
}

TEST_F(FileStatement, WaitsForTheAnswersThatItFollows) {
  const v1::Order first = Freeze(1), second = w.Ask(w.world.Freeze(600'00));
  w.State(1, Today(2), {FileWorld::Standing(first, "400.00", "200.00"), FileWorld::Standing(second, "1.00", "599.00")});
  Wait();
  EXPECT_EQ(w.Receipt(kDz, 1), "1");
  EXPECT_THAT(stated(), IsEmpty()) << "KZFK 2 is on its way";
  w.Put(kKz, 2, {FileWorld::Frozen(second, "1.00", "599.00")});
  Wait();
  ASSERT_THAT(stated(), SizeIs(1));
  EXPECT_THAT(stated()[0].lines(), SizeIs(2));
}

TEST_F(FileStatement, OneLineThatCannotBeReadRefusesTheBatchAndItComesAgainMended) {
  const v1::Order first = Freeze(1), second = Freeze(2);
  Element wrong = FileWorld::Standing(second, "1.00", "599.00");
  wrong.rows[0] = Element{.name = "KZXX"};
  wrong.rows[0].Put("CCXH", "1").Put("KHZH", sdk::kAccount).Put("KZZT", "1").Put("BZ", "156").Put("SKJE", "1.00");
  w.State(1, Today(2), {FileWorld::Standing(first, "400.00", "200.00"), wrong});
  Wait();
  EXPECT_EQ(w.Receipt(kDz, 1), "2 FIELD_MISSING");
  EXPECT_THAT(stated(), IsEmpty()) << "without that line it would say that the measure isn't held";
  w.State(1, Today(2), {FileWorld::Standing(first, "400.00", "200.00"), FileWorld::Standing(second, "1.00", "599.00")});
  Wait();
  EXPECT_EQ(w.Receipt(kDz, 1), "1");
  ASSERT_THAT(stated(), SizeIs(1));
  EXPECT_THAT(stated()[0].lines(), SizeIs(2));
}

TEST_F(FileStatement, ADayInSeveralBatchesIsSentWhenItsLastOneIsHere) {
  const v1::Order first = Freeze(1), second = Freeze(2);
  FileWorld::Day day = Today(2, false);
  w.State(1, day, {FileWorld::Standing(first, "400.00", "200.00")});
  Wait();
  EXPECT_THAT(stated(), IsEmpty());
  day.last = true;
  w.State(2, day, {FileWorld::Standing(first, "400.00", "200.00")});
  Wait();
  EXPECT_EQ(w.Receipt(kDz, 2), "2 FIELD_INVALID") << "it was named in the first";
  w.State(2, day, {FileWorld::Standing(second, "400.00", "200.00")});
  Wait();
  ASSERT_THAT(stated(), SizeIs(1));
  EXPECT_THAT(stated()[0].lines(), SizeIs(2));
}

TEST_F(FileStatement, ADayThatIsStatedAnewIsSentOnceMoreAndBeginsAnew) {
  const v1::Order order = Freeze(1);
  w.State(1, Today(1), {FileWorld::Standing(order, "300.00", "300.00")});
  Wait();
  ASSERT_THAT(stated(), SizeIs(1));
  w.Restart();
  Wait();
  EXPECT_THAT(stated(), SizeIs(1)) << "what was sent is sent";
  w.State(2, Today(1), {FileWorld::Standing(order, "400.00", "200.00")});
  Wait();
  ASSERT_THAT(stated(), SizeIs(2));
  EXPECT_EQ(stated()[1].day(), stated()[0].day());
  ASSERT_THAT(stated()[1].lines(), SizeIs(1));
  EXPECT_EQ(stated()[1].lines(0).measure().controlled_minor_units(), 400'00);
}

TEST_F(FileStatement, WhatTheAgencyHoldsByAnOrderThatNobodyHereKnowsIsPassedOn) {
  v1::Order unknown;
  unknown.set_order_id(std::string(16, '\x07'));
  w.State(1, Today(0), {FileWorld::Standing(unknown, "5.00", "0.00")});
  Wait();
  ASSERT_THAT(stated(), SizeIs(1));
  EXPECT_EQ(stated()[0].lines(0).order_id(), unknown.order_id());
}

TEST_F(FileStatement, WhatIsStillToComeIsNotBelieved) {
  FileWorld::Day day = Today(0);
  day.as_of = absl::FormatTime(absl::RFC3339_sec, w.world.clock.WallNow() + absl::Minutes(10), kShanghai);
  w.State(1, day, {});
  Wait();
  EXPECT_EQ(w.Receipt(kDz, 1), "2 FIELD_INVALID");
  day = Today(0);
  day.day = "2099-01-01";
  w.State(1, day, {});
  Wait();
  EXPECT_EQ(w.Receipt(kDz, 1), "2 FIELD_INVALID");
  EXPECT_THAT(stated(), IsEmpty());
}

TEST_F(FileStatement, AWaitlistedMeasureIsStatedAsOne) {
  const v1::Order order = Freeze(1);
  Element line = FileWorld::Standing(order, "0.00", "600.00");
  line.rows[0] = Element{.name = "KZXX"};
  line.rows[0].Put("CCXH", "1").Put("KHZH", sdk::kAccount).Put("KZZT", "4").Put("BZ", "156");
  line.rows[0].Put("SKJE", "0.00").Put("CESKJE", "600.00");
  w.State(1, Today(1), {line});
  Wait();
  ASSERT_THAT(stated(), SizeIs(1));
  EXPECT_FALSE(stated()[0].lines(0).measure().has_effective_from());
  EXPECT_EQ(stated()[0].lines(0).measure().unfunded_minor_units(), 600'00);
}

TEST(FileExchangeFile, OneOfTheFirstVersionKeepsItsNumbersAndGetsWhatItLacks) {
  const TempFolder folder;
  const std::string path = folder / "exchange.db";
  sqlite3* old = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &old), SQLITE_OK);
  const std::string make =
      absl::StrCat(ReadFile(test::SourcePath("tests/adapters/file/exchange_v1.sql")),
                   "PRAGMA application_id = ", kExchangeApplicationId,
                   "; PRAGMA user_version = 1; INSERT INTO taken VALUES (1, 1, 0, 'aa', x'', x'', 5, '');");
  ASSERT_EQ(sqlite3_exec(old, make.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(old);
  sqlite3_close(old);
  Steps nowhere;
  for (int i = 0; i < 2; ++i) {
    auto store = Store::Open(path, nowhere);
    ASSERT_TRUE(store.ok()) << store.status();
    EXPECT_EQ((*store)->NextTaken(kKz), 2);
    EXPECT_EQ((*store)->NextTaken(kDz), 1 + i);
    const TakenBatch batch{.family = kDz, .number = 1 + i, .taken_at = absl::UnixEpoch()};
    (*store)->TakeStated(batch, {.day = "2026-09-28", .as_of = absl::UnixEpoch(), .last = true});
    EXPECT_TRUE((*store)->FindStatement("2026-09-28")->complete);
  }
}

}  // namespace
}  // namespace eagle::file
