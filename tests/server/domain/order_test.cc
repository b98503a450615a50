// Orders: what is refused with what reason, what a group is, what is never exceeded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "server/base/bytes.h"
#include "server/base/money.h"
#include "server/domain/instant.h"
#include "tests/support/domain_world.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using test::DomainWorld;
using testing::Contains;
using testing::ElementsAre;

using OrderProto = goldeneagle::v1::Order;

// One thing spoiled in an otherwise right freeze: exactly this problem is named.
struct Spoiled {
  const char* name;
  std::function<void(OrderProto&)> spoil;
  const char* problem;
};

TEST(OrderTest, EachFaultHasItsOwnReasonAndField) {
  const Spoiled kFaults[] = {
      {"third party",
       [](OrderProto& o) {
         o.mutable_subject()->set_name("苏晴"), o.mutable_subject()->set_id_number("990101198708150029");
       },
       "subject NOT_RESPONDENT"},
      {"number of one, name of another", [](OrderProto& o) { o.mutable_subject()->set_name("苏晴"); },
       "subject NOT_RESPONDENT"},
      {"unknown case", [](OrderProto& o) { o.set_case_number("case-9"); }, "case_number CASE_UNKNOWN"},
      {"unknown agency", [](OrderProto& o) { o.set_agencies(0, "BANK9"); }, "agencies[0] AGENCY_UNKNOWN"},
      {"two agencies for a control", [](OrderProto& o) { o.add_agencies("BANK2"); }, "agencies FIELD_INVALID"},
      {"no capability", [](OrderProto& o) { o.set_agencies(0, "LAND1"); }, "agencies[0] CAPABILITY_MISSING"},
      {"amount zero", [](OrderProto& o) { o.mutable_freeze()->set_limit_minor_units(0); },
       "freeze.limit_minor_units AMOUNT_INVALID"},
      {"amount negative", [](OrderProto& o) { o.mutable_freeze()->set_limit_minor_units(-1); },
       "freeze.limit_minor_units AMOUNT_INVALID"},
      {"amount over the bound",
       [](OrderProto& o) { o.mutable_freeze()->set_limit_minor_units(kAmountBoundMinorUnits + 1); },
       "freeze.limit_minor_units AMOUNT_INVALID"},
      {"over the cap", [](OrderProto& o) { o.mutable_freeze()->set_limit_minor_units(100'000'01); },
       "freeze.limit_minor_units CAP_EXCEEDED"},
      {"no paper", [](OrderProto& o) { o.clear_instruments(); }, "instruments PAPER_MISSING"},
      {"term too long", [](OrderProto& o) { o.mutable_freeze()->mutable_term()->set_months(7); },
       "freeze.term TERM_TOO_LONG"},
      {"expired",
       [](OrderProto& o) {
         *o.mutable_not_after() = o.issued_at(), o.mutable_not_after()->set_seconds(o.issued_at().seconds() + 1);
       },
       "not_after ORDER_EXPIRED"},
      {"urgent without reason", [](OrderProto& o) { o.set_urgency(URGENCY_URGENT); }, "urgency_reason FIELD_MISSING"},
      {"other currency", [](OrderProto& o) { o.mutable_freeze()->set_currency("USD"); },
       "freeze.currency FIELD_INVALID"},
      {"inflow not said", [](OrderProto& o) { o.mutable_freeze()->clear_inflow(); }, "freeze.inflow FIELD_MISSING"},
      {"officer's numbers wrong", [](OrderProto& o) { o.mutable_officers(0)->set_work_id_no("X"); },
       "officers[0] FIELD_INVALID"},
      {"court of another", [](OrderProto& o) { o.set_court("C2"); }, "court SIGNER_NOT_CALLER"},
      {"act missing", [](OrderProto& o) { o.clear_freeze(); }, "act FIELD_MISSING"},
  };
  for (const Spoiled& fault : kFaults) {
    DomainWorld world;
    OrderProto order = world.FreezeOrder("BANK1", 100);
    fault.spoil(order);
    world.now += absl::Seconds(5);
    const Result result = world.Do(world.Orders({order}));
    EXPECT_THAT(DomainWorld::Problems(result), Contains(fault.problem)) << fault.name;
    EXPECT_EQ(world.Types().back(), "REFUSED") << fault.name;
    EXPECT_TRUE(world.state.orders.empty()) << fault.name;
  }
}

TEST(OrderTest, DaysOfTransactionsAreDaysWithinThePolicysRow) {
  PolicyTable with = test::FreedoniaPolicy();
  with.mutable_inquiry()->set_transaction_days_max(10);
  with.mutable_inquiry()->mutable_source()->set_en("Freedonia"), with.mutable_inquiry()->mutable_source()->set_zh("自");
  const auto problems = [](const PolicyTable& policy, const std::string& first, const std::string& last) {
    DomainWorld world(policy);
    OrderProto order = world.InquireOrder({"BANK1"});
    order.mutable_inquire()->mutable_transactions()->set_first_day(first);
    order.mutable_inquire()->mutable_transactions()->set_last_day(last);
    return DomainWorld::Problems(world.Do(world.Orders({order}, {"handler"})));
  };
  DomainWorld world(with);
  const absl::CivilDay today = absl::ToCivilDay(world.now, world.state.policy->zone());
  const auto day = [&](int64_t ago) { return std::string(FromAbsl(absl::FormatCivilTime(today - ago))); };
  EXPECT_THAT(problems(with, day(9), day(0)), testing::IsEmpty());
  EXPECT_THAT(problems(with, day(0), day(0)), testing::IsEmpty());
  EXPECT_THAT(problems(with, day(10), day(0)), ElementsAre("inquire.transactions FIELD_INVALID")) << "eleven days";
  EXPECT_THAT(problems(with, day(0), day(-1)), ElementsAre("inquire.transactions.last_day FIELD_INVALID"));
  EXPECT_THAT(problems(with, day(1), day(2)), ElementsAre("inquire.transactions.last_day FIELD_INVALID"));
  EXPECT_THAT(problems(with, "2026-02-30", ""),
              testing::UnorderedElementsAre("inquire.transactions.first_day FIELD_INVALID",
                                            "inquire.transactions.last_day FIELD_INVALID"))
      << "both at once";
  EXPECT_THAT(problems(test::FreedoniaPolicy(), day(0), day(0)), ElementsAre("inquire.transactions FIELD_INVALID"))
      << "no row, no transactions";
}

TEST(OrderTest, ControlNeedsTwoKeysInTwoRolesAndAThirdAboveTheThreshold) {
  DomainWorld world;
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({world.FreezeOrder("BANK1", 100)}, {"handler"}))),
            Reason::kSignaturesMissing);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({world.FreezeOrder("BANK1", 100)}, {"handler", "handler"}))),
            Reason::kSignaturesMissing);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({world.FreezeOrder("BANK1", 100)}, {"handler", "leader"}))),
            Reason::kSignaturesMissing);
  const auto freeze = world.FreezeOrder("BANK1", 90'000'00);
  ASSERT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({freeze}))), Reason::kNone);
  world.Do(world.Receipts("BANK1", {world.Controlled(freeze, "BANK1", 90'000'00, 0)}));
  EXPECT_EQ(
      DomainWorld::OnlyRefusal(world.Do(world.Orders({world.DeductOrder("BANK1", freeze.order_id(), 50'000'01)}))),
      Reason::kSignaturesMissing);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({world.DeductOrder("BANK1", freeze.order_id(), 50'000'01)},
                                                           {"handler", "cosigner", "leader"}))),
            Reason::kNone);
}

TEST(OrderTest, AnAmountThatIsSplitUnderOneHeadIsStillOneAmount) {
  DomainWorld world;
  const auto freeze = world.FreezeOrder("BANK1", 90'000'00);
  world.Do(world.Orders({freeze}));
  world.Do(world.Receipts("BANK1", {world.Controlled(freeze, "BANK1", 90'000'00, 0)}));
  const auto half = [&] { return world.DeductOrder("BANK1", freeze.order_id(), 25'000'01); };
  for (const bool with_leader : {false, true}) {
    std::vector<std::string> signers = {"handler", "cosigner"};
    if (with_leader) signers.push_back("leader");
    const Result result = world.Do(world.Orders({half(), half()}, signers));
    for (const MemberResult& member : result.members) {
      EXPECT_EQ(member.refusal ? member.refusal->reason : Reason::kNone,
                with_leader ? Reason::kNone : Reason::kSignaturesMissing);
    }
  }
  // Of its own head each is below the threshold.
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({half()}))), Reason::kNone);
}

TEST(OrderTest, AnInquiryFansOutWithOneEntryAndOneDeadline) {
  DomainWorld world;
  const auto order = world.InquireOrder({"BANK2", "LAND1", "BANK1"});
  const size_t before = world.journal.size();
  ASSERT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({order}, {"handler"}))), Reason::kNone);
  EXPECT_EQ(world.journal.size(), before + 2);  // head and acceptance, whatever the number of agencies
  EXPECT_EQ(world.OrderNamed(order).targets.count(), 3u);
  EXPECT_EQ(world.state.timers.size(), 1u);
}

TEST(OrderTest, TheSameIdWithOtherContentIsRefusedAndTheSameBytesAreNot) {
  DomainWorld world;
  OrderProto order = world.FreezeOrder("BANK1", 100);
  const uint64_t index = world.Do(world.Orders({order})).members[0].index;
  const size_t entries = world.journal.size();
  EXPECT_EQ(world.Do(world.Orders({order})).members[0].index, index);
  EXPECT_EQ(world.journal.size(), entries);
  order.mutable_freeze()->set_limit_minor_units(101);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({order}))), Reason::kOrderIdReused);
  EXPECT_EQ(world.TheCase().ledger.measures().size(), 1u);
}

TEST(OrderTest, MembersOfOneBatchCountAgainstTheSameLedger) {
  DomainWorld world;
  const Result result =
      world.Do(world.Orders({world.FreezeOrder("BANK1", 60'000'00), world.FreezeOrder("BANK2", 60'000'00),
                             world.FreezeOrder("BANK2", 40'000'00)}));
  EXPECT_FALSE(result.members[0].refusal);
  EXPECT_EQ(result.members[1].refusal->reason, Reason::kCapExceeded);
  EXPECT_FALSE(result.members[2].refusal);
  EXPECT_EQ(world.TheCase().ledger.Sum().requested, 100'000'00);
}

OrderProto Grouped(OrderProto order) {
  order.set_group(std::string(16, 'g'));
  return order;
}

TEST(OrderTest, AGroupIsAcceptedWholeOrNotAtAll) {
  DomainWorld world;
  const auto first = Grouped(world.FreezeOrder("BANK1", 60'000'00)),
             second = Grouped(world.FreezeOrder("BANK2", 40'000'01));
  const Result refused = world.Do(world.Orders({first, second}));
  EXPECT_EQ(refused.members[0].refusal->reason, Reason::kGroupRefused);
  EXPECT_EQ(refused.members[0].refusal->violations[0].field, "members[1]");
  EXPECT_EQ(refused.members[1].refusal->reason, Reason::kCapExceeded);
  EXPECT_TRUE(world.TheCase().ledger.measures().empty());
  const auto third = Grouped(world.FreezeOrder("BANK1", 60'000'00)),
             fourth = Grouped(world.FreezeOrder("BANK2", 40'000'00));
  const SubmitOrders batch = world.Orders({third, fourth});
  const Result accepted = world.Do(batch);
  EXPECT_FALSE(accepted.members[0].refusal || accepted.members[1].refusal);
  EXPECT_EQ(world.TheCase().ledger.Sum().requested, 100'000'00);
  const Result again = world.Do(batch);
  EXPECT_EQ(again.members[0].index, accepted.members[0].index);
  EXPECT_EQ(again.members[1].index, accepted.members[1].index);
}

TEST(OrderTest, AnIdKnownOutsideTheGroupRefusesTheGroup) {
  DomainWorld world;
  const auto known = Grouped(world.FreezeOrder("BANK1", 100));
  ASSERT_FALSE(world.Do(world.Orders({known})).members[0].refusal);
  const Result result = world.Do(world.Orders({known, Grouped(world.FreezeOrder("BANK2", 100))}));
  EXPECT_EQ(result.members[0].refusal->reason, Reason::kOrderIdReused);
  EXPECT_EQ(result.members[1].refusal->reason, Reason::kGroupRefused);
  EXPECT_EQ(world.TheCase().ledger.Sum().requested, 100);
}

OrderProto SealOf(DomainWorld& world, int64_t value) {
  OrderProto order = world.FreezeOrder("LAND1", value);
  AssetTarget* asset = order.mutable_freeze()->mutable_asset();
  asset->set_asset_kind("LAND"), asset->set_unit_number("990101001002GB00123F00010012"), asset->set_share_numerator(1),
      asset->set_share_denominator(2);
  order.mutable_freeze()->clear_inflow();
  order.mutable_freeze()->mutable_term()->set_months(30);
  return order;
}

TEST(OrderTest, AnUnknownValueNeedsTheSignatureOfTheLeaderWhoIsNamed) {
  DomainWorld world;
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({SealOf(world, 0)}))), Reason::kAmountInvalid);
  OrderProto order = SealOf(world, 0);
  order.mutable_over_cap_exception()->set_reason("VALUE_UNKNOWN"),
      order.mutable_over_cap_exception()->set_leader("leader");
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({order}))), Reason::kExceptionNotSigned);
  order.set_order_id(world.NewId());
  ASSERT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({order}, {"handler", "cosigner", "leader"}))),
            Reason::kNone);
  EXPECT_EQ(world.TheCase().ledger.Sum().Bound(), 0);  // unknown is not counted, and not zero either: it stands apart
  EXPECT_FALSE(world.TheCase().ledger.measures()[0].counted);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({world.FreezeOrder("BANK1", 100'000'00)}))), Reason::kNone);
}

// LAND1's row says from now on that a part of what it seals can be given up.
void CountInParts(DomainWorld& world) {
  goldeneagle::v1::Administration act;
  act.set_request_id(world.NewId());
  act.mutable_proposal()->set_ground("g");
  RegisterAgency& row = *act.mutable_proposal()->mutable_agency();
  row = world.state.directory.AgencyByCode("LAND1")->row;
  for (Capability& capability : *row.mutable_capabilities())
    if (capability.action() == ACTION_RELEASE) capability.set_partial_release(true);
  const Result proposed = world.Do(world.Administration("admin1", {act}));
  act.set_request_id(world.NewId());
  act.mutable_approval()->set_proposal_index(proposed.members[0].index);
  act.mutable_approval()->set_proposal_digest(world.state.proposals.at(proposed.members[0].index).digest);
  ASSERT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Administration("admin2", {act}))), Reason::kNone);
}

TEST(OrderTest, APartOfAThingIsGivenUpWhereItsAgencyCountsItInParts) {
  DomainWorld world;
  const OrderProto seal = SealOf(world, 300'000);
  ASSERT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({seal}))), Reason::kNone);
  world.Do(world.Receipts("LAND1", {world.Controlled(seal, "LAND1", 300'000, 0)}));
  const auto part = [&](int64_t amount) { return world.ReleaseOrder("LAND1", seal.order_id(), amount); };
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({part(100'000)}))), Reason::kAmountInvalid);
  CountInParts(world);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({part(300'001)}))), Reason::kAmountAboveMeasure);
  const OrderProto release = part(100'000);
  ASSERT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({release}))), Reason::kNone);
  Receipt released = world.Controlled(release, "LAND1", 200'000, 0);
  released.mutable_items(0)->set_outcome(OUTCOME_RELEASED);
  world.Do(world.Receipts("LAND1", {released}));
  EXPECT_EQ(world.TheCase().ledger.Sum().controlled, 200'000);
  EXPECT_EQ(world.TheCase().ledger.measures()[0].limit, 200'000);
}

TEST(OrderTest, NothingIsTakenOutsideEnforcement) {
  DomainWorld world;
  const auto freeze = world.FreezeOrder("BANK1", 100);
  world.Do(world.Orders({freeze}));
  world.Do(world.Receipts("BANK1", {world.Controlled(freeze, "BANK1", 100, 0)}));
  CaseAct act;
  act.set_request_id(world.NewId()), act.set_court("C1");
  act.mutable_stage()->set_case_number("case-1"), act.mutable_stage()->set_to(CASE_STAGE_STAYED),
      act.mutable_stage()->set_ground("g");
  world.Do(world.Cases({act}));
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({world.DeductOrder("BANK1", freeze.order_id(), 100)}))),
            Reason::kStageForbids);
}

TEST(OrderTest, ADeductionAcceptedBeforeAStayIsNotHandedOutDuringIt) {
  DomainWorld world;
  const auto freeze = world.FreezeOrder("BANK1", 100);
  world.Do(world.Orders({freeze}));
  world.Do(world.Receipts("BANK1", {world.Controlled(freeze, "BANK1", 100, 0)}));
  const auto deduct = world.DeductOrder("BANK1", freeze.order_id(), 100);
  world.Do(world.Orders({deduct}));
  const auto stage = [&](CaseStage to) {
    CaseAct act;
    act.set_request_id(world.NewId()), act.set_court("C1");
    act.mutable_stage()->set_case_number("case-1"), act.mutable_stage()->set_to(to),
        act.mutable_stage()->set_ground("g");
    world.Do(world.Cases({act}));
  };
  const Deliver deliver{.agency = AgencyOrdinal(1), .instance = "12345678", .orders = {world.OrderNamed(deduct).seq}};
  stage(CASE_STAGE_STAYED);
  EXPECT_FALSE(MayHandOut(world.state, world.OrderNamed(deduct)));
  EXPECT_EQ(world.Do(deliver).index, 0u);
  stage(CASE_STAGE_ENFORCEMENT);
  EXPECT_NE(world.Do(deliver).index, 0u);
  stage(CASE_STAGE_STAYED);
  EXPECT_TRUE(MayHandOut(world.state, world.OrderNamed(deduct)));  // it may have begun: the same task again is safe
}

TEST(OrderTest, MoneyGoesOnlyToAnAccountThatTheCourtStated) {
  DomainWorld world;
  const auto freeze = world.FreezeOrder("BANK1", 100);
  world.Do(world.Orders({freeze}));
  world.Do(world.Receipts("BANK1", {world.Controlled(freeze, "BANK1", 100, 0)}));
  OrderProto order = world.DeductOrder("BANK1", freeze.order_id(), 100);
  order.mutable_deduct()->mutable_account()->set_account_number("9900010000000001016");
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({order}))), Reason::kAccountNotCourts);
  order = world.DeductOrder("BANK1", freeze.order_id(), 100);
  order.mutable_deduct()->set_account_statement(std::string(32, 'x'));
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({order}))), Reason::kAccountNotCourts);
}

TEST(OrderTest, OnlyControlledMoneyOfAnEffectiveMeasureCanBeTakenAndOnlyOnce) {
  DomainWorld world;
  const auto freeze = world.FreezeOrder("BANK1", 100);
  world.Do(world.Orders({freeze}));
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({world.DeductOrder("BANK1", freeze.order_id(), 50)}))),
            Reason::kMeasureNotEffective);
  world.Do(world.Receipts("BANK1", {world.Controlled(freeze, "BANK1", 60, 40)}));
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({world.DeductOrder("BANK1", freeze.order_id(), 61)}))),
            Reason::kAmountAboveMeasure);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({world.DeductOrder("BANK1", freeze.order_id(), 60)}))),
            Reason::kNone);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({world.DeductOrder("BANK1", freeze.order_id(), 1)}))),
            Reason::kAmountAboveMeasure);
}

TEST(OrderTest, AReleaseWaitsBehindAnOpenDeductionAndIsHandedOutAfterIt) {
  DomainWorld world;
  const auto freeze = world.FreezeOrder("BANK1", 100);
  world.Do(world.Orders({freeze}));
  world.Do(world.Receipts("BANK1", {world.Controlled(freeze, "BANK1", 100, 0)}));
  const auto deduct = world.DeductOrder("BANK1", freeze.order_id(), 60),
             later = world.DeductOrder("BANK1", freeze.order_id(), 1);
  const auto release = world.ReleaseOrder("BANK1", freeze.order_id());
  ASSERT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({deduct}))), Reason::kNone);
  ASSERT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({release}))), Reason::kNone);
  ASSERT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({later}))), Reason::kNone);
  const auto may_go = [&] { return MayHandOut(world.state, world.OrderNamed(release)); };
  EXPECT_FALSE(may_go());
  world.Do(world.Receipts("BANK1", {world.Deducted(deduct, "BANK1", false, 40, 0)}));
  EXPECT_FALSE(may_go()) << "sent is not settled";
  world.Do(world.Receipts("BANK1", {world.Deducted(deduct, "BANK1", true, 40, 0)}));
  EXPECT_TRUE(may_go()) << "what was accepted after it doesn't hold it up";
}

TEST(OrderTest, WithdrawalStopsOnlyWhatHasNotBegun) {
  DomainWorld world;
  const auto order = world.InquireOrder({"BANK1", "BANK2"});
  world.Do(world.Orders({order}, {"handler"}));
  world.Do(Deliver{.agency = AgencyOrdinal(1), .instance = "12345678", .orders = {world.OrderNamed(order).seq}});
  const Withdraw withdraw{.court = CourtOrdinal(1), .request_id = world.NewId(), .order_id = order.order_id()};
  const Result result = world.Do(withdraw);
  ASSERT_TRUE(result.status.ok());
  EXPECT_EQ(AgencySet::FromBytes(result.agencies_withdrawn).count(), 1u);
  EXPECT_EQ(world.OrderNamed(order).TaskAt(AgencyOrdinal(2)), TASK_STATE_WITHDRAWN);
  EXPECT_EQ(world.OrderNamed(order).TaskAt(AgencyOrdinal(1)), TASK_STATE_DELIVERED);
  EXPECT_EQ(world.Do(withdraw).index, result.index);
  EXPECT_EQ(
      ReasonOf(world.Do(Withdraw{.court = CourtOrdinal(1), .request_id = world.NewId(), .order_id = order.order_id()})
                   .status),
      Reason::kNotWithdrawable);
}

TEST(OrderTest, AWithdrawnFreezeGivesItsReservationBack) {
  DomainWorld world;
  const auto order = world.FreezeOrder("BANK1", 100'000'00);
  world.Do(world.Orders({order}));
  world.Do(Withdraw{.court = CourtOrdinal(1), .request_id = world.NewId(), .order_id = order.order_id()});
  EXPECT_EQ(world.TheCase().ledger.Sum().Bound(), 0);
  EXPECT_TRUE(world.state.timers.empty());
  EXPECT_EQ(world.OrderNamed(order).state(), ORDER_STATE_WITHDRAWN);
}

TEST(DeadlineTest, EachMarkIsFiredOnceAndNeverEarly) {
  DomainWorld world;
  auto order = world.InquireOrder({"BANK1", "BANK2"});
  order.set_urgency(URGENCY_URGENT), order.set_urgency_reason("TRANSFER_RISK");
  world.Do(world.Orders({order}, {"handler"}));
  std::vector<uint32_t> fired;
  const absl::Time accepted = world.now;
  for (int minute = 0; minute <= 24 * 60; minute += 7) {
    world.now = accepted + absl::Minutes(minute);
    const size_t before = world.journal.size();
    world.Do(Tick{});
    for (size_t i = before; i < world.journal.size(); ++i) {
      DeadlineMarked body;
      ASSERT_TRUE(body.ParseFromString(world.journal[i].body));
      EXPECT_GE(world.now, accepted + absl::Hours(10) * body.mark_permille() / 1000);
      EXPECT_LT(world.now, accepted + absl::Hours(10) * body.mark_permille() / 1000 + absl::Minutes(7));
      fired.push_back(body.mark_permille());
    }
  }
  EXPECT_THAT(fired, ElementsAre(500, 750, 1000, 1500, 2000));
}

TEST(DeadlineTest, AJumpOverSeveralMarksFiresEachOnce) {
  DomainWorld world;
  world.Do(world.Orders({world.InquireOrder({"BANK1"})}, {"handler"}));
  world.now += absl::Hours(24 * 30);
  const size_t before = world.journal.size();
  world.Do(Tick{});
  world.Do(Tick{});
  EXPECT_EQ(world.journal.size(), before + 5);
}

TEST(DeadlineTest, AnAnsweredOrderHasNoClock) {
  DomainWorld world;
  const auto order = world.InquireOrder({"BANK1"});
  world.Do(world.Orders({order}, {"handler"}));
  Receipt receipt = world.ReceiptFor(order, "BANK1", RECEIPT_KIND_FINAL);
  receipt.set_searched_scope("core");
  receipt.add_items()->set_outcome(OUTCOME_NIL);
  world.Do(world.Receipts("BANK1", {receipt}));
  EXPECT_TRUE(world.state.timers.empty());
  EXPECT_EQ(world.OrderNamed(order).state(), ORDER_STATE_COMPLETED);
}

}  // namespace
}  // namespace eagle::domain
