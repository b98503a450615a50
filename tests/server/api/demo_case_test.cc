// The figures of the demo's case, told by the real handlers; receipts made by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class DemoCase : public ::testing::Test {
 protected:
  // Scene 4: one group, one head, three signatures.
  void FreezeEverywhere() {
    gateway_.AdvanceTo(absl::FromUnixSeconds(1790557800));  // 09:10
    freezes_ = {demo_.Freeze(kBeiling, 80'000'00), demo_.Freeze(kSongyue, 60'000'00), demo_.Freeze(kYunfan, 58'287'00),
                demo_.Seal()};
    const std::string group = gateway_.NewId();
    for (v1::Order& order : freezes_) order.set_group(group);
    const auto answer = demo_.Submit(freezes_, {kHandler, kCosigner, kLeader});
    ASSERT_THAT(DemoWorld::Reasons(answer), Each(""));
  }
  void Answer(const std::string& agency, const v1::Receipt& receipt) {
    const auto reported = demo_.Report(agency, {receipt});
    ASSERT_TRUE(reported.ok()) << reported.status();
    ASSERT_EQ(reported->results(0).verdict(), v1::RECEIPT_VERDICT_RECORDED) << reported->results(0).DebugString();
  }
  void AnswerFreezes() {
    for (const char* agency : {kBeiling, kSongyue, kYunfan, kLand}) ASSERT_EQ(demo_.Pull(agency).size(), 1u);
    Answer(kBeiling, demo_.Controlled(freezes_[0], 61'350'27, 18'649'73));
    Answer(kSongyue, demo_.Controlled(freezes_[1], 15'000'00, 45'000'00));
    Answer(kLand, demo_.Controlled(freezes_[3], 0, 0));
  }
  v1::LedgerView Ledger() {
    const auto view = demo_.Case();
    EXPECT_TRUE(view.ok()) << view.status();
    return view->ledger();
  }
  static int64_t Bound(const v1::LedgerView& ledger) {
    return ledger.deducted_minor_units() + ledger.in_transit_minor_units() + ledger.deducting_minor_units() +
           ledger.controlled_minor_units() + ledger.requested_minor_units() + ledger.unfunded_minor_units();
  }

  GatewayFixture gateway_;
  DemoWorld demo_{gateway_};
  std::vector<v1::Order> freezes_;
};

TEST_F(DemoCase, AnUrgentInquiryIsAcceptedWithAnExplainedDeadlineAndAProof) {
  gateway_.AdvanceTo(absl::FromUnixSeconds(1790557200));  // Monday 09:00
  const auto answer = demo_.Submit({demo_.Inquire({kBeiling, kSongyue, kYunfan, kLand})}, {kHandler});
  ASSERT_THAT(DemoWorld::Reasons(answer), ElementsAre(""));
  const v1::Acceptance& acceptance = answer->results(0).acceptance();
  EXPECT_THAT(acceptance.deadline().explanation(),
              HasSubstr("due Tue 2026-09-29 09:00 (Asia/Shanghai), because urgent orders are due 24 hours after"));
  EXPECT_EQ(acceptance.deadline().row(), "ANSWER_URGENT");
  EXPECT_THAT(acceptance.deadline().marks_permille(), ElementsAre(500, 750, 1000, 1500, 2000));
  EXPECT_THAT(acceptance.agencies(), ElementsAre(kBeiling, kSongyue, kYunfan, kLand));
  EXPECT_TRUE(gateway_.Proves(acceptance.proof(), acceptance.leaf(), answer->checkpoint()));
}

TEST_F(DemoCase, ADryRunTellsTheCoverageAndWritesNothing) {
  for (const char* agency : {kBeiling, kSongyue, kLand}) ASSERT_TRUE(demo_.Hello(agency).ok());
  ASSERT_TRUE(demo_.Hello(kYunfan).ok());
  for (int i = 0; i < 5; ++i) {  // 云帆 is heard of no more
    gateway_.Advance(absl::Seconds(30));
    for (const char* agency : {kBeiling, kSongyue, kLand}) ASSERT_TRUE(demo_.PullOnce(agency).ok());
  }
  const size_t before = gateway_.Types().size();
  const auto answer =
      gateway_.Call(&api::Handlers::ValidateOrders, demo_.court,
                    demo_.OrderBatch({demo_.Inquire({kBeiling, kSongyue, kYunfan, kLand})}, {kHandler}));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(gateway_.Types().size(), before);
  ASSERT_TRUE(answer->results(0).has_acceptance()) << answer->DebugString();
  EXPECT_EQ(answer->results(0).acceptance().order_seq(), 0u);
  EXPECT_TRUE(answer->results(0).acceptance().leaf().empty());
  EXPECT_THAT(answer->results(0).acceptance().deadline().explanation(), HasSubstr("24 hours"));
  ptrdiff_t inquire = 0, control = 0, deduct = 0;
  for (const auto& coverage : answer->coverage()) {
    inquire += std::count(coverage.actions().begin(), coverage.actions().end(), v1::ACTION_INQUIRE);
    control += std::count(coverage.actions().begin(), coverage.actions().end(), v1::ACTION_FREEZE);
    deduct += std::count(coverage.actions().begin(), coverage.actions().end(), v1::ACTION_DEDUCT);
    EXPECT_FALSE(coverage.by_clerk()) << "inquiries are automatic everywhere";
    EXPECT_EQ(coverage.present(), coverage.agency() != kYunfan);
    EXPECT_EQ(coverage.has_absent_since(), coverage.agency() == kYunfan);
    EXPECT_EQ(!coverage.clerk_actions().empty(), coverage.agency() == kLand) << "land by clerk";
  }
  EXPECT_EQ(inquire, 4);
  EXPECT_EQ(control, 4);
  EXPECT_EQ(deduct, 3);
}

TEST_F(DemoCase, AnUnsignedDraftIsTriedAsIfEverybodyHadSigned) {
  const auto good =
      gateway_.Call(&api::Handlers::ValidateOrders, demo_.court, demo_.OrderBatch({demo_.Freeze(kBeiling, kCap)}, {}));
  ASSERT_TRUE(good.ok()) << good.status();
  EXPECT_TRUE(good->results(0).has_acceptance());
  const auto bad = gateway_.Call(&api::Handlers::ValidateOrders, demo_.court,
                                 demo_.OrderBatch({demo_.Freeze(kBeiling, kCap + 1)}, {}));
  ASSERT_TRUE(bad.ok());
  EXPECT_EQ(bad->results(0).refusal().reason(), "CAP_EXCEEDED");
}

TEST_F(DemoCase, ADryRunNamesTheSameSlipsAndMissingKeysAsTheSubmission) {
  const auto batch = demo_.OrderBatch({demo_.Freeze(kBeiling, 198'278'00)}, {kHandler});
  const auto problems = [](const v1::Refusal& refusal) {
    std::vector<std::string> out;
    for (const v1::FieldProblem& one : refusal.problems()) out.push_back(one.field() + " " + one.reason());
    return out;
  };
  const auto dry = gateway_.Call(&api::Handlers::ValidateOrders, demo_.court, batch);
  const auto sent = gateway_.Call(&api::Handlers::SubmitOrders, demo_.court, batch);
  ASSERT_TRUE(dry.ok() && sent.ok()) << dry.status() << sent.status();
  EXPECT_EQ(problems(dry->results(0).refusal()), problems(sent->results(0).refusal()));
  EXPECT_THAT(
      problems(sent->results(0).refusal()),
      testing::UnorderedElementsAre("freeze.limit_minor_units DIGITS_SWAPPED", "signatures SIGNATURES_MISSING"));
}

TEST_F(DemoCase, ThreeAmountsRankByServiceNeverOverTheClaim) {
  FreezeEverywhere();
  v1::LedgerView ledger = Ledger();
  EXPECT_EQ(ledger.requested_minor_units(), kCap) << "the limits add up to the cap";
  EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({demo_.Freeze(kBeiling, 1)})), ElementsAre("CAP_EXCEEDED"))
      << "0.01 more";
  AnswerFreezes();
  ledger = Ledger();
  EXPECT_EQ(ledger.controlled_minor_units(), 61'350'27 + 15'000'00);
  EXPECT_EQ(ledger.unfunded_minor_units(), 18'649'73 + 45'000'00);
  EXPECT_EQ(ledger.requested_minor_units(), 58'287'00) << "silence is not zero";
  EXPECT_EQ(Bound(ledger), kCap);
  EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({demo_.Freeze(kBeiling, 1)})), ElementsAre("CAP_EXCEEDED"));
  const auto view = demo_.Case();
  ASSERT_EQ(view->measures_size(), 4);
  EXPECT_EQ(view->measures(3).agency(), kLand);
  EXPECT_FALSE(view->measures(3).is_money());
  EXPECT_EQ(view->measures(3).phase(), v1::MEASURE_PHASE_EFFECTIVE);
  EXPECT_THAT(view->respondents_masked(), ElementsAre("林** 9901**********0017", "北********* 9199**********0178"));
}

TEST_F(DemoCase, InflowAndPromotionAreTheUnitsSignedEvents) {
  FreezeEverywhere();
  AnswerFreezes();
  Answer(kBeiling, demo_.Event(freezes_[0], v1::MEASURE_CHANGE_INFLOW, 80'000'00, 0));    // scene 6
  Answer(kSongyue, demo_.Event(freezes_[1], v1::MEASURE_CHANGE_PROMOTED, 60'000'00, 0));  // scene 7
  const v1::LedgerView ledger = Ledger();
  EXPECT_EQ(ledger.controlled_minor_units(), 140'000'00);
  EXPECT_EQ(ledger.unfunded_minor_units(), 0);
  EXPECT_EQ(ledger.requested_minor_units(), 58'287'00);
  EXPECT_EQ(Bound(ledger), kCap);
}

TEST_F(DemoCase, ALateAnswerCountsAndTheMoneyIsTakenOnce) {
  FreezeEverywhere();
  AnswerFreezes();
  Answer(kBeiling, demo_.Event(freezes_[0], v1::MEASURE_CHANGE_INFLOW, 80'000'00, 0));
  Answer(kSongyue, demo_.Event(freezes_[1], v1::MEASURE_CHANGE_PROMOTED, 60'000'00, 0));
  gateway_.AdvanceTo(absl::FromUnixSeconds(1790733600));  // 30 September 10:00
  Answer(kYunfan, demo_.Controlled(freezes_[2], 58'287'00, 0));
  EXPECT_EQ(Ledger().controlled_minor_units(), kCap) << "effective 198,287.00";
  v1::GetOrderRequest get;
  get.set_order_id(freezes_[2].order_id());
  const auto late = gateway_.Call(&api::Handlers::GetOrder, demo_.court, get);
  ASSERT_TRUE(late.ok()) << late.status();
  EXPECT_TRUE(late->order().overdue());
  EXPECT_TRUE(late->order().tasks(0).late());
  EXPECT_THAT(late->order().marks_fired_permille(), ElementsAre(500, 750, 1000, 1500, 2000));

  // Scene 10. A wrong account, and a group that asks for 0.01 too much.
  v1::Order wrong = demo_.Deduct(freezes_[0], 80'000'00);
  wrong.mutable_deduct()->mutable_account()->set_account_number("9900010000000001016");
  EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({wrong})), ElementsAre("ACCOUNT_NOT_COURTS"));
  std::vector<v1::Order> group = {demo_.Deduct(freezes_[0], 80'000'00), demo_.Deduct(freezes_[1], 60'000'00),
                                  demo_.Deduct(freezes_[2], 58'287'01)};
  const std::string group_id = gateway_.NewId();
  for (v1::Order& order : group) order.set_group(group_id);
  EXPECT_THAT(DemoWorld::Reasons(demo_.Submit(group)), ElementsAre("GROUP_REFUSED", "GROUP_REFUSED", "CAP_EXCEEDED"));

  std::vector<v1::Order> deducts = {demo_.Deduct(freezes_[0], 80'000'00), demo_.Deduct(freezes_[1], 60'000'00),
                                    demo_.Deduct(freezes_[2], 58'287'00)};
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit(deducts)), Each(""));
  EXPECT_EQ(Ledger().deducting_minor_units(), kCap);
  EXPECT_EQ(Bound(Ledger()), kCap);
  for (const char* agency : {kBeiling, kSongyue, kYunfan}) ASSERT_EQ(demo_.Pull(agency).size(), 1u);
  Answer(kBeiling, demo_.Deducted(deducts[0], true, 0));
  Answer(kSongyue, demo_.Deducted(deducts[1], false, 0));
  Answer(kYunfan, demo_.Deducted(deducts[2], false, 0));
  v1::LedgerView ledger = Ledger();
  EXPECT_EQ(ledger.deducted_minor_units(), 80'000'00);
  EXPECT_EQ(ledger.in_transit_minor_units(), 118'287'00);
  EXPECT_EQ(Bound(ledger), kCap);
  Answer(kSongyue, demo_.Deducted(deducts[1], true, 0));
  Answer(kYunfan, demo_.Deducted(deducts[2], true, 0));
  ledger = Ledger();
  EXPECT_EQ(ledger.deducted_minor_units(), kCap) << "deducted 198,287.00";
  EXPECT_EQ(ledger.controlled_minor_units() + ledger.in_transit_minor_units() + ledger.unfunded_minor_units(), 0);
  EXPECT_EQ(ledger.surplus_minor_units(), 0);

  v1::Order release = demo_.Release(freezes_[3]);
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({release})), ElementsAre(""));
  ASSERT_EQ(demo_.Pull(kLand).size(), 1u);
  Answer(kLand, demo_.Released(release, 0));
  EXPECT_EQ(demo_.Case()->measures(3).phase(), v1::MEASURE_PHASE_RELEASED);
}

TEST_F(DemoCase, SilenceSurvivesTheGatewaysDeath) {
  FreezeEverywhere();
  const auto first = demo_.Pull(kYunfan);
  ASSERT_EQ(first.size(), 1u);
  gateway_.Restart();
  EXPECT_EQ(Ledger().requested_minor_units(), kCap) << "58,287.00 of it at 云帆 stay reserved";
  const auto again = demo_.Pull(kYunfan);
  ASSERT_EQ(again.size(), 1u) << "handed out again";
  EXPECT_EQ(again[0].member(), first[0].member());
  EXPECT_GT(again[0].fence(), first[0].fence());
}

TEST_F(DemoCase, EveryMarkFiresOnceAlsoOverARestart) {
  gateway_.AdvanceTo(absl::FromUnixSeconds(1790557200));
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({demo_.Inquire({kYunfan})}, {kHandler})), ElementsAre(""));
  gateway_.Advance(absl::Hours(12));
  EXPECT_EQ(gateway_.Count("DEADLINE_MARKED"), 1u) << "28 Sep 21:00";
  gateway_.Restart();
  gateway_.Run();
  gateway_.Advance(absl::Hours(6));
  EXPECT_EQ(gateway_.Count("DEADLINE_MARKED"), 2u);
  gateway_.Advance(absl::Hours(6));
  EXPECT_EQ(gateway_.Count("DEADLINE_MARKED"), 3u);
  gateway_.Advance(absl::Hours(48));
  EXPECT_EQ(gateway_.Count("DEADLINE_MARKED"), 5u);
}

}  // namespace
}  // namespace eagle::test
