// In which order tasks go out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/dispatch/bench.h"
#include "tests/support/domain_world.h"

namespace eagle::dispatch {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<uint32_t> ManyAgencies(uint32_t count) {
  std::vector<uint32_t> agencies;
  for (uint32_t i = 1; i <= count; ++i) agencies.push_back(i);
  return agencies;
}

TEST(HandOutOrder, UrgentGoesBeforeNormal) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  const uint64_t normal = bench.Inquire(1), urgent = bench.Inquire(1, 1, true);
  EXPECT_THAT(bench.Drain(1), ElementsAre(urgent, normal));
}

TEST(HandOutOrder, EarliestDueGoesFirstWithinACourt) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  const uint64_t later = bench.Accept({.due = absl::Hours(9)}), sooner = bench.Accept({.due = absl::Hours(8)});
  EXPECT_THAT(bench.Drain(1), ElementsAre(sooner, later));
}

TEST(HandOutOrder, CourtsTakeTurns) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  const uint64_t a1 = bench.Inquire(1, 1), a2 = bench.Inquire(1, 1), a3 = bench.Inquire(1, 1), b1 = bench.Inquire(1, 2),
                 c1 = bench.Inquire(1, 3);
  EXPECT_THAT(bench.Drain(1, /*most=*/2), ElementsAre(a1, b1, c1, a2, a3)) << "the turn goes on from poll to poll";
}

TEST(HandOutOrder, AWideOrderTakesItsTurnLikeAnyOther) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(7).ok());
  const uint64_t wide1 = bench.Accept({.court = 1, .agencies = ManyAgencies(100)});
  const uint64_t wide2 = bench.Accept({.court = 1, .agencies = ManyAgencies(100)});
  const uint64_t single = bench.Inquire(7, 2);
  const uint64_t own = bench.Accept({.court = 1, .agencies = {7}, .due = absl::Hours(1)});
  EXPECT_EQ(bench.dispatcher->LoadOf(AgencyOrdinal(7)).queued, 4u);
  EXPECT_THAT(bench.Drain(7), ElementsAre(own, single, wide1, wide2))
      << "within court 1 the one due first, then the list in its order";
  EXPECT_EQ(bench.dispatcher->LoadOf(AgencyOrdinal(7)).queued, 0u);
}

TEST(HandOutOrder, AWideOrderAnsweredBeforeItsTurnIsNotHandedOut) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(7).ok() && bench.Hello(8).ok());
  const uint64_t wide = bench.Accept({.agencies = ManyAgencies(100)});
  bench.Answer(wide, 7);
  EXPECT_EQ(bench.dispatcher->LoadOf(AgencyOrdinal(7)).queued, 0u);
  EXPECT_THAT(bench.Drain(7), IsEmpty());
  EXPECT_THAT(bench.Drain(8), ElementsAre(wide));
}

TEST(HandOutOrder, ControlOrdersOnOneSubjectGoInJournalOrderWhateverTheirUrgencyOrCourt) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  const uint64_t first = bench.Freeze(1, "LIN", 2), other = bench.Freeze(1, "SU", 1),
                 urgent = bench.Freeze(1, "LIN", 1, true);
  EXPECT_THAT(bench.Drain(1), ElementsAre(first, urgent, other))
      << "the urgent one lifts the earlier one on its subject";
}

TEST(HandOutOrder, AnUrgentOneDoesNotOvertakeWhenThePollHasNoRoomForBoth) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  const uint64_t first = bench.Freeze(1, "LIN"), urgent = bench.Freeze(1, "LIN", 1, true);
  EXPECT_THAT(bench.Drain(1, /*most=*/1), ElementsAre(first, urgent));
}

TEST(HandOutOrder, InquiriesDoNotWaitForControlOrders) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  const uint64_t freeze = bench.Freeze(1, "LIN");
  const uint64_t inquiry = bench.Accept({.urgent = true, .subject = "LIN"});
  EXPECT_THAT(bench.Drain(1), ElementsAre(inquiry, freeze));
}

TEST(HandOutOrder, ALostDeliveryCanNotBeOvertakenByTheNextOrderOnItsSubject) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1, "a").ok() && bench.Hello(1, "b").ok());
  const uint64_t first = bench.Freeze(1, "LIN");
  auto a = bench.Poll(1, 0, "a");
  bench.Step();
  ASSERT_THAT(Seqs(a), ElementsAre(first));
  const uint64_t second = bench.Freeze(1, "LIN"), elsewhere = bench.Freeze(1, "SU");
  auto b = bench.Poll(1, 0, "b");
  bench.Step();
  EXPECT_THAT(Seqs(b), ElementsAre(elsewhere)) << "nobody knows yet whether the first has arrived";
  b = bench.Poll(1, (*b)->fence, "b");
  bench.Step();
  EXPECT_FALSE(b->answered());
  bench.Poll(1, (*a)->fence, "a");  // it has
  bench.Step();
  EXPECT_GT(bench.woken, 0);
  EXPECT_TRUE(b->answered() || bench.dispatcher->Holds(AgencyOrdinal(1), "a", OrderSeq(second)));
}

TEST(HandOutOrder, AReportShowsThatADeliveryArrived) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1, "a").ok() && bench.Hello(1, "b").ok());
  const uint64_t first = bench.Freeze(1, "LIN");
  bench.Poll(1, 0, "a");
  bench.Step();
  const uint64_t second = bench.Freeze(1, "LIN");
  auto b = bench.Poll(1, 0, "b");
  bench.Step();
  EXPECT_FALSE(b->answered());
  bench.dispatcher->Applied(
      {.index = 99, .type = v1::ENTRY_TYPE_TASK_REPORTED, .agency = AgencyOrdinal(1), .order = OrderSeq(first)},
      bench.state);
  bench.Step();
  EXPECT_THAT(Seqs(b), ElementsAre(second));
}

TEST(HandOutOrder, ControlOrdersDoNotWaitForEachOthersAnswers) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  const uint64_t first = bench.Freeze(1, "LIN");
  auto polled = bench.Poll(1);
  bench.Step();
  const uint64_t second = bench.Freeze(1, "LIN");
  auto next = bench.Poll(1, (*polled)->fence);
  bench.Step();
  EXPECT_THAT(Seqs(next), ElementsAre(second)) << first << " is unanswered";
}

TEST(HandOutOrder, AfterARestartEveryOpenTaskGoesOutAgainInOrder) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  const uint64_t first = bench.Freeze(1, "LIN"), second = bench.Freeze(1, "LIN"),
                 wide = bench.Accept({.agencies = ManyAgencies(80)});
  EXPECT_EQ(bench.Drain(1).size(), 3u);
  bench.Answer(second, 1);
  bench.Restart();
  ASSERT_TRUE(bench.Hello(1).ok());
  EXPECT_THAT(bench.Drain(1), ElementsAre(first, wide));
}

TEST(HandOutOrder, AConflictOrAWithdrawalTakesATaskOut) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  const uint64_t conflict = bench.Inquire(1), withdrawn = bench.Inquire(1), stays = bench.Inquire(1);
  bench.Answer(conflict, 1, v1::ENTRY_TYPE_RECEIPT_CONFLICT);
  bench.Withdraw(withdrawn);
  EXPECT_THAT(bench.Drain(1), ElementsAre(stays));
}

// One person in cases of two courts: after a rotation of the tag key the second order has another tag.
class OnePersonTwoTags : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(bench_.Hello(1).ok()); }
  uint64_t Freeze(uint32_t court, const std::string& tag, const std::string& number, bool urgent = false) {
    domain::Case& of = bench_.state.cases[1000 + court];
    if (of.open.respondents().empty()) of.open.add_respondents();
    v1::Identity& identity = *of.open.mutable_respondents(0)->mutable_identity();
    identity.set_id_kind("CITIZEN_ID"), identity.set_id_number(number);
    of.orders[bench_.next_index];
    return bench_.Accept(
        {.court = court, .urgent = urgent, .action = v1::ACTION_FREEZE, .subject = tag, .case_seq = 1000 + court});
  }
  Bench bench_;
};

TEST_F(OnePersonTwoTags, ControlOrdersStayInJournalOrderAcrossCourtsOverARotation) {
  const uint64_t before = Freeze(1, "old tag", "99010119850307001x"),
                 after = Freeze(2, "new tag", "99010119850307001X", /*urgent=*/true);
  EXPECT_THAT(bench_.Drain(1), ElementsAre(before, after)) << "the urgent one lifts the one before it";
}

TEST_F(OnePersonTwoTags, AndSoTheyDoAfterARestart) {
  const uint64_t before = Freeze(1, "old tag", "1");
  bench_.Restart();
  ASSERT_TRUE(bench_.Hello(1).ok());
  const uint64_t after = Freeze(2, "new tag", "1", /*urgent=*/true);
  bench_.Restart();
  ASSERT_TRUE(bench_.Hello(1).ok());
  EXPECT_THAT(bench_.Drain(1), ElementsAre(before, after));
}

TEST_F(OnePersonTwoTags, OtherPeopleWaitForNobody) {
  const uint64_t before = Freeze(1, "old tag", "1"), other = Freeze(2, "new tag", "2", /*urgent=*/true);
  EXPECT_THAT(bench_.Drain(1), ElementsAre(other, before));
}

class HeldBackDeductions : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(bench_.Hello(1).ok());
    bench_.state.policy = *domain::Policy::Create(test::FreedoniaPolicy());
    domain::Case& of = bench_.state.cases[1000];
    of.seq = CaseSeq(1000);
    of.stage = v1::CASE_STAGE_ENFORCEMENT;
    of.ledger.SetCaps(100, {});
    of.ledger.FreezeAccepted({.freeze = OrderSeq(900), .limit = 100});
    v1::MeasureState state;
    state.set_requested_minor_units(100), state.set_controlled_minor_units(100);
    state.mutable_effective_from();
    of.ledger.MeasureSigned(OrderSeq(900), v1::OUTCOME_CONTROLLED, state);
  }
  void Stage(v1::CaseStage stage) {
    bench_.state.cases.at(1000).stage = stage;
    bench_.dispatcher->Applied({.index = 5000, .type = v1::ENTRY_TYPE_CASE_STAGE_CHANGED, .case_seq = CaseSeq(1000)},
                               bench_.state);
  }
  uint64_t Deduct(int64_t amount) {
    bench_.state.cases.at(1000).ledger.DeductionAccepted(
        {.order = OrderSeq(bench_.next_index), .freeze = OrderSeq(900), .amount = amount});
    return bench_.Accept({.action = v1::ACTION_DEDUCT, .subject = "LIN", .case_seq = 1000});
  }
  Bench bench_;
};

TEST_F(HeldBackDeductions, AStayedCaseHandsOutNoDeductionButEverythingElse) {
  const uint64_t deduct = Deduct(60), freeze = bench_.Freeze(1, "LIN", 2);
  Stage(v1::CASE_STAGE_STAYED);
  EXPECT_EQ(bench_.dispatcher->counters().held_back, 1u);
  EXPECT_THAT(bench_.Drain(1), ElementsAre(freeze)) << "other courts' orders on the person don't wait behind it";
  Stage(v1::CASE_STAGE_ENFORCEMENT);
  EXPECT_THAT(bench_.Drain(1), ElementsAre(deduct, freeze))
      << "and what is handed out anew goes in journal order again";
}

TEST_F(HeldBackDeductions, NothingIsHandedOutThatWouldTakeMoreThanALoweredCap) {
  const uint64_t deduct = Deduct(60);
  bench_.state.cases.at(1000).ledger.SetCaps(59, {});
  bench_.dispatcher->Applied({.index = 5000, .type = v1::ENTRY_TYPE_CASE_CAP_CHANGED, .case_seq = CaseSeq(1000)},
                             bench_.state);
  EXPECT_THAT(bench_.Drain(1), IsEmpty());
  bench_.state.cases.at(1000).ledger.SetCaps(60, {});
  bench_.dispatcher->Applied({.index = 5001, .type = v1::ENTRY_TYPE_CASE_CAP_CHANGED, .case_seq = CaseSeq(1000)},
                             bench_.state);
  EXPECT_THAT(bench_.Drain(1), ElementsAre(deduct));
}

TEST_F(HeldBackDeductions, TitlesAndIncomeAreHeldBackLikeThemASearchIsNot) {
  bench_.state.policy = *domain::Policy::Create(test::PolicyOfAllActs());
  const uint64_t title = bench_.Accept({.action = v1::ACTION_TRANSFER_TITLE, .subject = "LIN", .case_seq = 1000});
  const uint64_t income = bench_.Accept({.action = v1::ACTION_EXTRACT_INCOME, .subject = "LIN", .case_seq = 1000});
  const uint64_t search = bench_.Accept({.action = v1::ACTION_LOCATE, .subject = "LIN", .case_seq = 1000});
  Stage(v1::CASE_STAGE_STAYED);
  EXPECT_EQ(bench_.dispatcher->counters().held_back, 2u);
  EXPECT_THAT(bench_.Drain(1), ElementsAre(search));
  Stage(v1::CASE_STAGE_ENFORCEMENT);
  EXPECT_THAT(bench_.Drain(1), ElementsAre(title, income, search));
}

TEST_F(HeldBackDeductions, ARestartHoldsThemBackToo) {
  Deduct(60);
  Stage(v1::CASE_STAGE_STAYED);
  bench_.Restart();
  ASSERT_TRUE(bench_.Hello(1).ok());
  EXPECT_THAT(bench_.Drain(1), IsEmpty());
}

}  // namespace
}  // namespace eagle::dispatch
