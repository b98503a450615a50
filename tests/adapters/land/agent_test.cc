// The land registry behind the agent: signed orders come in, clerks decide, receipts go out, the process dies.
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "server/trust/make_batch.h"
#include "server/trust/timestamps.h"
#include "tests/adapters/land/land_behind_agent.h"

namespace eagle::land {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kOtherCase[] = "（2026）辽9901执1025号";
constexpr char kTheirs[] = "（2026）辽9902执231号";

TEST(LandBehindAgent, AnInquiryFindsTheShareWithItsSealsAndNilNamesWhatWasSearched) {
  LandBehindAgent office;
  const v1::Order found = office.world.Submit(office.world.Inquiry());
  v1::Order nobody = office.world.Inquiry();
  nobody.mutable_subject()->set_name("方原");
  nobody.mutable_subject()->set_id_number("990101199001010012");
  office.world.Submit(nobody);
  ASSERT_TRUE(office.Settle());
  ASSERT_EQ(office.world.Outcome(found), "FOUND");
  EXPECT_EQ(office.world.LastWord(found)->items_size(), 1) << "his namesake's flat isn't his";
  const v1::Finding& finding = office.world.LastWord(found)->items(0).finding();
  EXPECT_EQ(finding.asset_number(), kHouse);
  EXPECT_EQ(finding.share_numerator(), 1u);
  EXPECT_EQ(finding.share_denominator(), 2u);
  EXPECT_EQ(office.world.Outcome(nobody), "NIL");
  EXPECT_THAT(office.world.LastWord(nobody)->searched_scope(), HasSubstr("北陵市不动产登记中心"));

  office.Seal(office.world.FreezeThing(kHouse));
  const v1::Order again = office.world.Submit(office.world.Inquiry());
  ASSERT_TRUE(office.Settle());
  EXPECT_EQ(office.world.LastWord(again)->items(0).finding().status(), "SEALED");
  EXPECT_EQ(office.world.LastWord(again)->items(0).finding().prior_measures_size(), 1);
}

TEST(LandBehindAgent, ASealWaitsForItsClerkAndItsArrivalGivesItsRank) {
  LandBehindAgent office;
  const absl::Time sent = office.world.clock.WallNow();
  const v1::Order seal = office.world.Submit(office.world.FreezeThing(kHouse));
  office.Run();
  EXPECT_EQ(office.world.LastWord(seal), nullptr) << "a clerk has the last word";
  ASSERT_EQ(office.Of(seal, v1::RECEIPT_KIND_PROGRESS).size(), 1u);
  const v1::ItemResult& item = office.Of(seal, v1::RECEIPT_KIND_PROGRESS)[0]->items(0);
  EXPECT_EQ(item.outcome(), v1::OUTCOME_UNDER_REVIEW);
  EXPECT_EQ(item.measure().rank(), 1u) << "the place is kept";
  EXPECT_EQ(office.Standing(kTheirs), "-");

  // The post brings another court's seal while the order lies on the clerk's desk.
  office.world.clock.Advance(absl::Hours(2));
  ASSERT_TRUE(office.EnterSeal(kTheirs).ok());
  EXPECT_EQ(office.Standing(kTheirs), "WAITLISTED rank 2");
  office.world.clock.Advance(absl::Hours(20));
  ASSERT_TRUE(office.Approve().ok());
  ASSERT_TRUE(office.Settle());
  EXPECT_EQ(office.world.Outcome(seal), "CONTROLLED");
  const v1::MeasureState& measure = office.world.LastWord(seal)->items(0).measure();
  EXPECT_EQ(measure.rank(), 1u);
  EXPECT_EQ(measure.served_sequence(), 1u);
  EXPECT_LT(*trust::TimeOf(measure.served_at()), sent + absl::Minutes(1)) << "service, not the clerk's hour";
  EXPECT_EQ(office.Standing(kTheirs), "WAITLISTED rank 2");
  EXPECT_THAT(office.world.agent->ClerkQueue(), IsEmpty());
}

TEST(LandBehindAgent, ASealThatWasEnteredBeforeTheOrderCameStandsBeforeIt) {
  LandBehindAgent office;
  office.Run(5);
  ASSERT_TRUE(office.EnterSeal(kTheirs).ok());
  const v1::Order seal = office.Seal(office.world.FreezeThing(kHouse));
  EXPECT_EQ(office.world.Outcome(seal), "WAITLISTED");
  EXPECT_EQ(office.world.LastWord(seal)->items(0).measure().rank(), 2u);
  EXPECT_FALSE(office.world.LastWord(seal)->items(0).measure().has_effective_from()) << "it controls nothing yet";
  EXPECT_EQ(office.Standing(kTheirs), "EFFECTIVE rank 1");
}

TEST(LandBehindAgent, ClerksMayDecideInAnyOrderWithoutTouchingRanks) {
  LandBehindAgent office;
  const v1::Order first = office.world.Submit(office.world.FreezeThing(kHouse));
  v1::Order second = office.world.FreezeThing(kHouse);
  second.set_case_number(kOtherCase);
  office.world.Submit(second);
  office.Run();
  ASSERT_EQ(office.world.agent->ClerkQueue().size(), 2u) << "under review one doesn't hold up the other";
  ASSERT_TRUE(office.Approve(/*place=*/1).ok());
  office.Run();
  EXPECT_EQ(office.world.Outcome(second), "WAITLISTED");
  EXPECT_EQ(office.world.LastWord(second)->items(0).measure().rank(), 2u);
  EXPECT_EQ(office.world.LastWord(first), nullptr);
  ASSERT_TRUE(office.Approve().ok());
  ASSERT_TRUE(office.Settle());
  EXPECT_EQ(office.world.Outcome(first), "CONTROLLED");
}

TEST(LandBehindAgent, ARefusalIsTheLastWordAndTheNextTakesItsPlace) {
  LandBehindAgent office;
  const v1::Order first = office.world.Submit(office.world.FreezeThing(kHouse));
  v1::Order second = office.world.FreezeThing(kHouse);
  second.set_case_number(kOtherCase);
  office.world.Submit(second);
  office.Run();
  ASSERT_TRUE(office.Approve(/*place=*/1).ok());
  office.Run();
  ASSERT_TRUE(office.Refuse("TRANSFER_COMPLETED").ok());
  ASSERT_TRUE(office.Settle());
  office.Run();
  EXPECT_EQ(office.world.Outcome(first), "NOT_CONTROLLED");
  EXPECT_EQ(office.world.LastWord(first)->items(0).reason(), "TRANSFER_COMPLETED");
  ASSERT_EQ(office.Of(second, v1::RECEIPT_KIND_EVENT).size(), 1u);
  EXPECT_EQ(office.Of(second, v1::RECEIPT_KIND_EVENT)[0]->change(), v1::MEASURE_CHANGE_PROMOTED);
  EXPECT_EQ(office.Standing(kOtherCase), "EFFECTIVE rank 1");
}

TEST(LandBehindAgent, AReleasePromotesTheNextOfficeAndPostAlike) {
  LandBehindAgent office;
  const v1::Order first = office.Seal(office.world.FreezeThing(kHouse));
  ASSERT_TRUE(office.EnterSeal(kTheirs).ok());
  v1::Order other = office.world.FreezeThing(kHouse);
  other.set_case_number(kOtherCase);
  const v1::Order third = office.Seal(other);
  EXPECT_EQ(office.world.Outcome(third), "WAITLISTED");
  EXPECT_EQ(office.world.LastWord(third)->items(0).measure().rank(), 3u);

  v1::Order strange = office.world.Release(first);
  strange.set_case_number(kOtherCase);
  office.world.Submit(strange);
  ASSERT_TRUE(office.Settle());
  EXPECT_EQ(office.world.Outcome(strange), "RETURNED MEASURE_UNKNOWN") << "another case's seal";

  const v1::Order release = office.world.Submit(office.world.Release(first));
  ASSERT_TRUE(office.Settle());
  office.Run();
  EXPECT_EQ(office.world.Outcome(release), "RELEASED");
  EXPECT_TRUE(office.world.LastWord(release)->items(0).measure().ended());
  EXPECT_EQ(office.Standing(kTheirs), "EFFECTIVE rank 1") << "by itself; no order told of it";
  EXPECT_THAT(office.Of(third, v1::RECEIPT_KIND_EVENT), IsEmpty()) << "still behind the other court";

  ASSERT_TRUE(office.Counter("release", {{"id", office.IdOf(kTheirs)}}).ok());
  office.Run();
  ASSERT_EQ(office.Of(third, v1::RECEIPT_KIND_EVENT).size(), 1u);
  const v1::Receipt& event = *office.Of(third, v1::RECEIPT_KIND_EVENT)[0];
  EXPECT_EQ(event.change(), v1::MEASURE_CHANGE_PROMOTED);
  EXPECT_TRUE(event.items(0).measure().has_effective_from());
  EXPECT_EQ(event.items(0).measure().rank(), 1u);
}

TEST(LandBehindAgent, ASealLapsesWithItsTermAndTheNextIsTold) {
  LandBehindAgent office;
  const v1::Order first = office.Seal(office.world.FreezeThing(kHouse));
  v1::Order other = office.world.FreezeThing(kHouse);
  other.set_case_number(kOtherCase);
  const v1::Order second = office.Seal(other);
  office.world.clock.Advance(absl::Hours(24 * (3 * 365 + 2)));
  office.Run();
  ASSERT_EQ(office.Of(first, v1::RECEIPT_KIND_EVENT).size(), 1u);
  EXPECT_EQ(office.Of(first, v1::RECEIPT_KIND_EVENT)[0]->change(), v1::MEASURE_CHANGE_LAPSED);
  ASSERT_EQ(office.Of(second, v1::RECEIPT_KIND_EVENT).size(), 1u);
  EXPECT_EQ(office.Of(second, v1::RECEIPT_KIND_EVENT)[0]->change(), v1::MEASURE_CHANGE_PROMOTED);
}

TEST(LandBehindAgent, TheSameOrderAgainIsAnsweredAgainAndEnteredOnce) {
  LandBehindAgent office;
  const v1::Order seal = office.world.Submit(office.world.FreezeThing(kHouse));
  office.Run();
  office.world.gateway.Redeliver(seal.order_id());
  office.Run();
  EXPECT_EQ(office.world.agent->ClerkQueue().size(), 1u);
  ASSERT_TRUE(office.Approve().ok());
  ASSERT_TRUE(office.Settle());
  const size_t told = office.world.gateway.ReceiptsOn(seal.order_id()).size();
  for (int start = 0; start < 2; ++start) {
    office.world.gateway.Redeliver(seal.order_id());
    office.Run();
    office.Restart();
  }
  const auto& receipts = office.world.gateway.ReceiptsOn(seal.order_id());
  EXPECT_EQ(receipts.size(), told) << "the same bytes";
  EXPECT_EQ(receipts.back().receipt.kind(), v1::RECEIPT_KIND_FINAL);
  EXPECT_EQ(receipts.back().times, 3);
  EXPECT_EQ(office.Seals().size(), 1u);

  v1::Order other = office.world.FreezeThing(kWarehouse);
  other.set_order_id(seal.order_id());
  office.world.Submit(other);
  office.Run();
  EXPECT_EQ(office.world.gateway.ReceiptsOn(seal.order_id()).back().receipt.returned().reason(), "ORDER_ID_REUSED");
}

TEST(LandBehindAgent, WhatIsNotOursOrNotSignedIsReturnedAndTouchesNothing) {
  LandBehindAgent office;
  sdk::SdkWorld& world = office.world;
  v1::Order elsewhere = world.FreezeThing(kHouse);
  elsewhere.set_agencies(0, "9900102");
  world.Submit(elsewhere);
  const v1::Order unsigned_by_two = world.Submit(world.FreezeThing(kHouse), sdk::SdkWorld::Signers{&world.handler});
  const v1::Order by_stranger = world.Submit(world.FreezeThing(kHouse), sdk::SdkWorld::Signers{&world.stranger});
  const v1::Order real = world.FreezeThing(kHouse);  // of the real world, in a registry of the test one
  const trust::HeadFields head = {v1::MEMBER_TYPE_ORDER, v1::ENVIRONMENT_PRODUCTION, sdk::kCourt, 1'000,
                                  world.clock.WallNow()};
  world.gateway.AddOrder(trust::TravelForm(
      trust::MakeBatch(head, {real.SerializeAsString()}, {&world.handler, &world.cosigner, &world.leader}), 0));
  const v1::Order money = world.Submit(world.Freeze(100'00));
  ASSERT_TRUE(office.Settle());
  EXPECT_EQ(world.Outcome(elsewhere), "RETURNED AUDIENCE_MISMATCH");
  EXPECT_EQ(world.Outcome(unsigned_by_two), "RETURNED SIGNATURES_MISSING");
  EXPECT_EQ(world.Outcome(by_stranger), "RETURNED SIGNATURE_INVALID");
  EXPECT_EQ(world.Outcome(real), "RETURNED ENVIRONMENT_MISMATCH");
  EXPECT_EQ(world.Outcome(money), "RETURNED TARGET_NOT_SUPPORTED");
  EXPECT_THAT(office.Seals(), IsEmpty());
  EXPECT_THAT(world.agent->ClerkQueue(), IsEmpty());
}

// Effect, answer and what is told are one transaction: whichever commit the process dies at, before or after it.
TEST(LandBehindAgent, AtEveryPointOfACrashEverySealIsEnteredOnceAndAnsweredOnce) {
  const auto play = [](uint64_t point) {
    LandBehindAgent office;
    const v1::Order first = office.world.Submit(office.world.FreezeThing(kHouse));
    v1::Order other = office.world.FreezeThing(kHouse);
    other.set_case_number(kOtherCase);
    const v1::Order second = office.world.Submit(other);
    const uint64_t before = office.world.crash.points();
    if (point != 0) office.world.crash.DieAt(point);
    for (int i = 0; i < 200 && !office.world.gateway.AllAnswered(); ++i) {
      office.Run(3);
      while (office.Approve().ok()) continue;  // oldest first; again after a crash
    }
    const v1::Order release = office.world.Submit(office.world.Release(first));
    EXPECT_TRUE(office.Settle());
    office.Run();
    EXPECT_EQ(office.world.Outcome(first), "CONTROLLED");
    EXPECT_EQ(office.world.Outcome(second), "WAITLISTED");
    EXPECT_EQ(office.world.Outcome(release), "RELEASED");
    EXPECT_EQ(office.Of(second, v1::RECEIPT_KIND_EVENT).size(), 1u);
    std::vector<std::string> phases;
    for (const registry::Seal& seal : office.Seals()) phases.push_back(std::string(sdk::PhaseName(seal.row.phase)));
    EXPECT_THAT(phases, ElementsAre("RELEASED", "EFFECTIVE"));
    EXPECT_THAT(office.world.agent->ClerkQueue(), IsEmpty()) << "nothing is ever in doubt";
    EXPECT_EQ(office.restarts, point == 0 ? 0 : 1);
    return office.world.crash.points() - before;
  };
  const uint64_t points = play(0);
  ASSERT_GT(points, 30u);
  // Every point while there is work; the last ones are the polls of an idle office.
  for (uint64_t point = 1; point <= points; ++point) {
    SCOPED_TRACE(absl::StrCat("dies at point ", point, " of ", points));
    play(point);
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace eagle::land
