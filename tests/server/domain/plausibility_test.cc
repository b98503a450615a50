// Amounts that look like slips, and the leader's word that lifts the doubt.
#include "server/domain/plausibility.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/domain/instant.h"
#include "tests/support/domain_world.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using test::DomainWorld;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

using OrderProto = goldeneagle::v1::Order;

PlausibilityRow Row() {
  PlausibilityRow row;
  row.set_claim_above_minor_units(1'000'000'000'00);
  row.set_history_permille(100'000), row.set_history_min(3), row.set_part_permille(2000);
  row.set_tolerance_permille(10), row.set_digits_min(4);
  row.mutable_source()->set_en("Freedonian custom"), row.mutable_source()->set_zh("自由国惯例");
  return row;
}

// A world whose policy has the row; the case claims 91,234.00 + 8,200.00 + 1,824.68 of doubled interest.
class PlausibleWorld : public DomainWorld {
 public:
  explicit PlausibleWorld(PlausibilityRow row = Row()) {
    PolicyTable table = test::FreedoniaPolicy(2);
    *table.mutable_plausibility() = std::move(row);
    goldeneagle::v1::Administration proposal;
    proposal.set_request_id(NewId());
    proposal.mutable_proposal()->set_ground("amounts");
    *proposal.mutable_proposal()->mutable_policy()->mutable_table() = table;
    const uint64_t made = Do(Administration("admin1", {proposal})).members.at(0).index;
    goldeneagle::v1::Administration approval;
    approval.set_request_id(NewId());
    approval.mutable_approval()->set_proposal_index(made);
    approval.mutable_approval()->set_proposal_digest(state.proposals.at(made).digest);
    Do(Administration("admin2", {approval}));
    CaseAct act = Claiming(91'234'00);
    act.mutable_cap()->mutable_claim()->set_interest_minor_units(8'765'43);
    Sum(*act.mutable_cap()->mutable_claim());
    EXPECT_THAT(Problems(Do(Cases({act}))), IsEmpty());
  }
  CaseAct Claiming(int64_t principal) {
    CaseAct act;
    act.set_request_id(NewId()), act.set_court("C1");
    act.mutable_cap()->set_case_number("case-1"), act.mutable_cap()->set_ground("counted anew");
    act.mutable_cap()->mutable_claim()->set_currency("CNY");
    act.mutable_cap()->mutable_claim()->set_principal_minor_units(principal);
    Sum(*act.mutable_cap()->mutable_claim());
    return act;
  }
  CaseAct Opening(const std::string& number, int64_t principal) {
    CaseAct act = OpenCase(number);
    Claim* claim = act.mutable_open()->mutable_claim();
    claim->Clear(), claim->set_currency("CNY"), claim->set_principal_minor_units(principal);
    Sum(*claim);
    return act;
  }
  static void Sum(Claim& claim) {
    claim.set_cap_minor_units(claim.principal_minor_units() + claim.interest_minor_units() +
                              claim.doubled_interest_minor_units() + claim.cost_minor_units());
  }
  // A freeze on the respondent at BANK1 that controls all of `limit`.
  OrderProto Controlling(int64_t limit) {
    OrderProto freeze = FreezeOrder("BANK1", limit);
    EXPECT_THAT(Problems(Do(Orders({freeze}))), IsEmpty());
    Do(Receipts("BANK1", {Controlled(freeze, "BANK1", limit, 0)}));
    return freeze;
  }
  template <typename Act>
  static void Confirm(Act& act, std::vector<std::string> reasons, const std::string& leader = "leader") {
    for (const std::string& reason : reasons) act.mutable_confirmed()->add_reasons(reason);
    act.mutable_confirmed()->set_ground("compared with the judgment"), act.mutable_confirmed()->set_leader(leader);
  }
};

const std::vector<std::string> kAll = {"handler", "cosigner", "leader"};

TEST(PlausibilityTest, WithoutTheRowNothingIsASlip) {
  DomainWorld world;
  CaseAct act = world.OpenCase("case-2");
  act.mutable_open()->mutable_respondents(1)->set_liability_cap_minor_units(1'000'000'00);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Cases({act}))), Reason::kNone);
}

TEST(PlausibilityTest, AFreezeThatIsAPartOfTheClaimWithASlipIsRefusedWithItsOwnReason) {
  const std::pair<int64_t, const char*> slips[] = {
      {9'123'40, "freeze.limit_minor_units DIGIT_SLIP"},  // the principal without its last digit's place
      {912'34, "freeze.limit_minor_units UNIT_SLIP"},     // fen for yuan
      {91'324'00, "freeze.limit_minor_units DIGITS_SWAPPED"},
      {8'756'43, "freeze.limit_minor_units DIGITS_SWAPPED"},   // the interest
      {99'999'34, "freeze.limit_minor_units DIGITS_SWAPPED"},  // the cap, 99,999.43
  };
  for (const auto& [limit, problem] : slips) {
    PlausibleWorld world;
    EXPECT_THAT(DomainWorld::Problems(world.Do(world.Orders({world.FreezeOrder("BANK1", limit)}))),
                ElementsAre(problem))
        << limit;
    EXPECT_EQ(world.Types().back(), "REFUSED");
  }
}

TEST(PlausibilityTest, AnAmountThatIsNamedOrIsFarFromAllIsNoSlip) {
  for (const int64_t limit : {int64_t{91'234'00}, int64_t{8'765'43}, int64_t{99'999'43}, int64_t{30'000'00}, int64_t{1},
                              int64_t{45'617'00}}) {
    PlausibleWorld world;
    EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({world.FreezeOrder("BANK1", limit)}))), Reason::kNone)
        << limit;
  }
}

TEST(PlausibilityTest, ADeductionIsComparedWithWhatItsMeasureControls) {
  PlausibleWorld world;
  const OrderProto freeze = world.Controlling(58'287'00);
  const auto deduct = [&](int64_t amount) {
    return DomainWorld::Problems(world.Do(world.Orders({world.DeductOrder("BANK1", freeze.order_id(), amount)}, kAll)));
  };
  EXPECT_THAT(deduct(58'278'00), ElementsAre("deduct.amount_minor_units DIGITS_SWAPPED"));
  EXPECT_THAT(deduct(582'87), ElementsAre("deduct.amount_minor_units UNIT_SLIP"));
  EXPECT_THAT(deduct(58'287'00), IsEmpty());
}

TEST(PlausibilityTest, APartToReleaseIsComparedWithItsMeasure) {
  PlausibleWorld world;
  const OrderProto freeze = world.Controlling(58'287'00);
  EXPECT_THAT(DomainWorld::Problems(world.Do(world.Orders({world.ReleaseOrder("BANK1", freeze.order_id(), 5'828'70)}))),
              ElementsAre("release.amount_minor_units DIGIT_SLIP"));
  EXPECT_THAT(DomainWorld::Problems(world.Do(world.Orders({world.ReleaseOrder("BANK1", freeze.order_id(), 0)}))),
              IsEmpty());
}

TEST(PlausibilityTest, ALeadersWordInTheSignedBytesLiftsTheDoubtAndIsRecorded) {
  PlausibleWorld world;
  OrderProto order = world.FreezeOrder("BANK1", 91'324'00);
  PlausibleWorld::Confirm(order, {"DIGITS_SWAPPED"});
  ASSERT_THAT(DomainWorld::Problems(world.Do(world.Orders({order}, kAll))), IsEmpty());
  OrderAccepted body;
  ASSERT_TRUE(body.ParseFromString(world.journal.back().body));
  EXPECT_THAT(body.confirmed(), ElementsAre(static_cast<uint32_t>(Reason::kDigitsSwapped)));
}

TEST(PlausibilityTest, AnOrderWithoutDoubtRecordsNothingConfirmed) {
  PlausibleWorld world;
  OrderProto order = world.FreezeOrder("BANK1", 30'000'00);
  PlausibleWorld::Confirm(order, {"DIGITS_SWAPPED"});
  ASSERT_THAT(DomainWorld::Problems(world.Do(world.Orders({order}, kAll))), IsEmpty());
  OrderAccepted body;
  ASSERT_TRUE(body.ParseFromString(world.journal.back().body));
  EXPECT_THAT(body.confirmed(), IsEmpty());
}

TEST(PlausibilityTest, AConfirmationNeedsTheNamedLeadersHandOnTheSameHead) {
  PlausibleWorld world;
  OrderProto order = world.FreezeOrder("BANK1", 91'324'00);
  PlausibleWorld::Confirm(order, {"DIGITS_SWAPPED"});
  EXPECT_THAT(DomainWorld::Problems(world.Do(world.Orders({order}))),
              UnorderedElementsAre("confirmed.leader CONFIRMATION_NOT_SIGNED",
                                   "freeze.limit_minor_units DIGITS_SWAPPED", "signatures SIGNATURES_MISSING"));
  order.set_order_id(world.NewId());
  order.mutable_confirmed()->set_leader("cosigner");  // signed, but is none
  EXPECT_THAT(
      DomainWorld::Problems(world.Do(world.Orders({order}, kAll))),
      UnorderedElementsAre("confirmed.leader CONFIRMATION_NOT_SIGNED", "freeze.limit_minor_units DIGITS_SWAPPED"));
}

TEST(PlausibilityTest, AConfirmationLiftsOnlyWhatItNames) {
  PlausibleWorld world;
  OrderProto order = world.FreezeOrder("BANK1", 91'324'00);
  PlausibleWorld::Confirm(order, {"UNIT_SLIP"});
  EXPECT_THAT(DomainWorld::Problems(world.Do(world.Orders({order}, kAll))),
              ElementsAre("freeze.limit_minor_units DIGITS_SWAPPED"));
}

TEST(PlausibilityTest, AConfirmationIsWellFormed) {
  PlausibleWorld world;
  OrderProto order = world.FreezeOrder("BANK1", 30'000'00);
  PlausibleWorld::Confirm(order, {"CAP_EXCEEDED", "UNIT_SLIP", "UNIT_SLIP"});
  order.mutable_confirmed()->clear_ground();
  EXPECT_THAT(DomainWorld::Problems(world.Do(world.Orders({order}, kAll))),
              UnorderedElementsAre("confirmed.ground FIELD_MISSING", "confirmed.reasons[0] FIELD_INVALID",
                                   "confirmed.reasons[2] FIELD_INVALID"));
}

TEST(PlausibilityTest, AConfirmationNeverLiftsTheCap) {
  PlausibleWorld world;
  OrderProto order = world.FreezeOrder("BANK1", 999'994'30);
  PlausibleWorld::Confirm(order, {"DIGIT_SLIP"});
  EXPECT_THAT(DomainWorld::Problems(world.Do(world.Orders({order}, kAll))),
              ElementsAre("freeze.limit_minor_units CAP_EXCEEDED"));
}

TEST(PlausibilityTest, AClaimOfTwentyMillionAgainstThisDebtIsASlipOfUnits) {
  PlausibleWorld world;
  CaseAct act = world.OpenCase("case-2");  // its parts: 100,000.00
  act.mutable_open()->mutable_claim()->set_cap_minor_units(10'050'000'00);
  EXPECT_THAT(DomainWorld::Problems(world.Do(world.Cases({act}))),
              UnorderedElementsAre("open.claim.cap_minor_units CAP_NOT_SUM", "open.claim.cap_minor_units UNIT_SLIP"));
}

TEST(PlausibilityTest, AClaimFarAboveWhatTheCourtClaimedIsConfirmedByALeader) {
  PlausibleWorld world;
  // The third claim on record: from the next one on the court has a history. Its middle is below 2^24 minor units.
  for (const char* number : {"case-2", "case-3"})
    ASSERT_THAT(DomainWorld::Problems(world.Do(world.Cases({world.Opening(number, 80'000'00)}))), IsEmpty());
  CaseAct act = world.Opening("case-4", 20'000'000'00);
  EXPECT_THAT(DomainWorld::Problems(world.Do(world.Cases({act}))),
              ElementsAre("open.claim.cap_minor_units AMOUNT_IMPLAUSIBLE"));
  act.set_request_id(world.NewId());
  PlausibleWorld::Confirm(act, {"AMOUNT_IMPLAUSIBLE"});
  ASSERT_THAT(DomainWorld::Problems(world.Do(world.Cases({act}))), IsEmpty());
  CaseOpened body;
  ASSERT_TRUE(body.ParseFromString(world.journal.back().body));
  EXPECT_THAT(body.confirmed(), ElementsAre(static_cast<uint32_t>(Reason::kAmountImplausible)));
}

TEST(PlausibilityTest, ACourtWithoutHistoryHasTheCeilingAlone) {
  PlausibleWorld world;
  EXPECT_THAT(DomainWorld::Problems(world.Do(world.Cases({world.Opening("case-2", 20'000'000'00)}))), IsEmpty());
  EXPECT_THAT(DomainWorld::Problems(world.Do(world.Cases({world.Opening("case-3", 1'000'000'000'01)}))),
              ElementsAre("open.claim.cap_minor_units AMOUNT_IMPLAUSIBLE"));
}

TEST(PlausibilityTest, AChangedClaimIsComparedPartByPartWithTheOneInForce) {
  PlausibleWorld world;
  CaseAct act = world.Claiming(912'340'00);
  act.mutable_cap()->mutable_claim()->set_interest_minor_units(8'756'43);
  PlausibleWorld::Sum(*act.mutable_cap()->mutable_claim());
  EXPECT_THAT(DomainWorld::Problems(world.Do(world.Cases({act}))),
              UnorderedElementsAre("cap.claim.principal_minor_units DIGIT_SLIP",
                                   "cap.claim.interest_minor_units DIGITS_SWAPPED"));
  act.set_request_id(world.NewId());
  PlausibleWorld::Confirm(act, {"DIGITS_SWAPPED", "DIGIT_SLIP"});
  ASSERT_THAT(DomainWorld::Problems(world.Do(world.Cases({act}))), IsEmpty());
  CaseCapChanged body;
  ASSERT_TRUE(body.ParseFromString(world.journal.back().body));
  EXPECT_THAT(body.confirmed(),
              ElementsAre(static_cast<uint32_t>(Reason::kDigitSlip), static_cast<uint32_t>(Reason::kDigitsSwapped)));
}

TEST(PlausibilityTest, APartFarAboveThePrincipalAndALiabilityWithASlipAreDoubted) {
  PlausibleWorld world;
  CaseAct act = world.Opening("case-2", 91'234'00);
  act.mutable_open()->mutable_claim()->set_interest_minor_units(182'468'01);
  PlausibleWorld::Sum(*act.mutable_open()->mutable_claim());
  act.mutable_open()->mutable_respondents(1)->set_liability_cap_minor_units(91'243'00);
  EXPECT_THAT(DomainWorld::Problems(world.Do(world.Cases({act}))),
              UnorderedElementsAre("open.claim.interest_minor_units AMOUNT_IMPLAUSIBLE",
                                   "open.respondents[1].liability_cap_minor_units DIGITS_SWAPPED"));
}

TEST(PlausibilityTest, HistoryCountsTheClaimsInForceOfCasesThatCanBeRead) {
  PlausibleWorld world;
  EXPECT_EQ(world.state.claims.at(1).count(), 1u);
  EXPECT_EQ(world.state.claims.at(1).MiddleAtMost(), int64_t{1} << 24);  // 99,999.43 is 9,999,943 minor units
  ASSERT_THAT(DomainWorld::Problems(world.Do(world.Cases({world.Claiming(1'000'00)}))), IsEmpty());
  EXPECT_EQ(world.state.claims.at(1).count(), 1u);
  EXPECT_EQ(world.state.claims.at(1).MiddleAtMost(), int64_t{1} << 17);
}

TEST(PlausibilityTest, ARowThatSaysNothingSensibleIsNotInstalled) {
  const auto status = [](auto change) {
    PolicyTable table = test::FreedoniaPolicy();
    *table.mutable_plausibility() = Row();
    change(*table.mutable_plausibility());
    return Policy::Create(table).status();
  };
  EXPECT_TRUE(status([](PlausibilityRow&) {}).ok());
  EXPECT_FALSE(status([](PlausibilityRow& row) { row.set_digits_min(2); }).ok());
  EXPECT_FALSE(status([](PlausibilityRow& row) { row.set_tolerance_permille(51); }).ok());
  EXPECT_FALSE(status([](PlausibilityRow& row) { row.set_history_permille(999); }).ok());
  EXPECT_FALSE(status([](PlausibilityRow& row) { row.set_history_min(0); }).ok());
  EXPECT_FALSE(status([](PlausibilityRow& row) { row.set_part_permille(1); }).ok());
  EXPECT_FALSE(status([](PlausibilityRow& row) { row.set_claim_above_minor_units(-1); }).ok());
  EXPECT_FALSE(status([](PlausibilityRow& row) { row.clear_source(); }).ok());
}

}  // namespace
}  // namespace eagle::domain
