// Respondents who come to a case and leave it 追加、变更被执行人: edge case 4.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "server/domain/instant.h"
#include "tests/support/domain_world.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using OrderProto = goldeneagle::v1::Order;
using test::DomainWorld;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

class Respondents : public testing::Test {
 protected:
  explicit Respondents(const PolicyTable& policy = test::FreedoniaPolicy()) : world_(policy) {}

  static Identity Lin() {
    Identity identity;
    identity.set_name("林远舟"), identity.set_id_kind("CITIZEN_ID"), identity.set_id_number("990101198503070017");
    return identity;
  }
  static Identity Company() {
    Identity identity;
    identity.set_name("北陵启明机电有限公司"), identity.set_id_kind("UNIFIED_CREDIT_CODE");
    identity.set_id_number("919901019900000178");
    return identity;
  }
  static Respondent Newcomer(int64_t liability = 0, const std::string& passport = "E1") {
    Respondent respondent;
    respondent.mutable_identity()->set_name("顾明远"), respondent.mutable_identity()->set_id_kind("PASSPORT");
    respondent.mutable_identity()->set_id_number(passport);
    respondent.set_liability(liability > 0 ? LIABILITY_KIND_SEVERAL : LIABILITY_KIND_JOINT);
    respondent.set_liability_cap_minor_units(liability);
    return respondent;
  }
  CaseAct Change(const std::vector<Respondent>& add, const std::vector<Identity>& remove) {
    CaseAct act;
    act.set_request_id(world_.NewId()), act.set_court("C1");
    ChangeRespondents& change = *act.mutable_respondents();
    change.set_case_number("case-1"), change.set_ground("his share was never paid in");
    change.set_legal_basis("Freedonian code art 17");
    for (const Respondent& one : add) *change.add_add() = one;
    for (const Identity& one : remove) *change.add_remove() = one;
    Instrument& ruling = *change.mutable_ruling();
    ruling.set_category("RULING"), ruling.set_digest(std::string(32, 'r')), ruling.set_size_bytes(1),
        ruling.set_media_type("application/pdf"), ruling.set_title("ruling 7");
    return act;
  }
  void Accept(const CaseAct& act) { ASSERT_THAT(DomainWorld::Problems(world_.Do(world_.Cases({act}))), IsEmpty()); }
  std::vector<std::string> ProblemsOf(const CaseAct& act,
                                      const std::vector<std::string>& signers = {"handler", "leader"}) {
    return DomainWorld::Problems(world_.Do(world_.Cases({act}, signers)));
  }
  std::vector<std::string> ProblemsOf(const OrderProto& order) {
    return DomainWorld::Problems(world_.Do(world_.Orders({order}, {"handler", "cosigner", "leader"})));
  }
  OrderProto On(const Identity& subject, OrderProto order) {
    *order.mutable_subject() = subject;
    return order;
  }
  OrderProto Frozen(const Identity& subject, int64_t limit) {
    OrderProto freeze = On(subject, world_.FreezeOrder("BANK1", limit));
    EXPECT_THAT(ProblemsOf(freeze), IsEmpty());
    world_.Do(world_.Receipts("BANK1", {world_.Controlled(freeze, "BANK1", limit, 0)}));
    return freeze;
  }
  uint64_t HandOut(const OrderProto& order) {
    return world_
        .Do(Deliver{.agency = AgencyOrdinal(1), .instance = "12345678", .orders = {world_.OrderNamed(order).seq}})
        .index;
  }
  void Release(const OrderProto& freeze) {
    const OrderProto release = On(freeze.subject(), world_.ReleaseOrder("BANK1", freeze.order_id()));
    ASSERT_THAT(ProblemsOf(release), IsEmpty());
    Receipt receipt = world_.ReceiptFor(release, "BANK1", RECEIPT_KIND_FINAL);
    *receipt.add_items() = world_.Controlled(freeze, "BANK1", freeze.freeze().limit_minor_units(), 0).items(0);
    MeasureState& state = *receipt.mutable_items(0)->mutable_measure();
    receipt.mutable_items(0)->set_outcome(OUTCOME_RELEASED);
    state.set_requested_minor_units(0), state.set_controlled_minor_units(0), state.set_unfunded_minor_units(0);
    state.set_ended(true);
    EXPECT_EQ(world_.Do(world_.Receipts("BANK1", {receipt})).members[0].verdict, RECEIPT_VERDICT_RECORDED);
  }
  // Folded anew, the journal gives the same case, the same clocks and the same hand-outs.
  void ExpectReplayAgrees() {
    State again;
    for (const Entry& entry : world_.journal) Apply(entry, again);
    const Case& then = again.cases.at(world_.case_seq);
    EXPECT_EQ(then.Encode(), world_.TheCase().Encode());
    EXPECT_EQ(then.open.SerializeAsString(), world_.TheCase().open.SerializeAsString());
    EXPECT_EQ(then.removed_measures, world_.TheCase().removed_measures);
    EXPECT_EQ(then.surplus_amount, world_.TheCase().surplus_amount);
    EXPECT_TRUE(
        std::equal(again.timers.begin(), again.timers.end(), world_.state.timers.begin(), world_.state.timers.end()));
    for (const auto& [seq, order] : world_.state.orders)
      EXPECT_EQ(StandsStillAt(again, again.orders.at(seq)), StandsStillAt(world_.state, order));
  }

  DomainWorld world_;
};

TEST_F(Respondents, WhoIsAddedIsAsGoodAsOneOfTheOpeningWithALiabilityOfHisOwn) {
  const OrderProto before = On(Newcomer().identity(), world_.FreezeOrder("BANK1", 100));
  EXPECT_THAT(ProblemsOf(before), ElementsAre("subject NOT_RESPONDENT"));
  Accept(Change({Newcomer(20'000'00)}, {}));
  EXPECT_EQ(world_.TheCase().RespondentsNow(), 3u);
  EXPECT_THAT(ProblemsOf(On(Newcomer().identity(), world_.FreezeOrder("BANK1", 20'000'01))),
              ElementsAre("freeze.limit_minor_units LIABILITY_EXCEEDED"));
  EXPECT_THAT(ProblemsOf(On(Newcomer().identity(), world_.FreezeOrder("BANK1", 20'000'00))), IsEmpty());
  EXPECT_THAT(ProblemsOf(On(Newcomer().identity(), world_.InquireOrder({"BANK1", "BANK2"}))), IsEmpty());
  EXPECT_EQ(world_.TheCase().ledger.SumOf(2).requested, 20'000'00);
  ExpectReplayAgrees();
}

TEST_F(Respondents, AnOrderThatWasAcceptedBeforeSomebodyWasAddedStands) {
  const OrderProto freeze = On(Lin(), world_.FreezeOrder("BANK1", 80'000'00));
  ASSERT_THAT(ProblemsOf(freeze), IsEmpty());
  Accept(Change({Newcomer()}, {}));
  EXPECT_EQ(world_.TheCase().ledger.Sum().requested, 80'000'00);
  EXPECT_NE(HandOut(freeze), 0u);
  EXPECT_THAT(world_.Types(), Not(Contains("SURPLUS_ARISEN")));
}

TEST_F(Respondents, NobodyIsOrderedAboutWhoWasRemovedButToRelease) {
  const OrderProto freeze = Frozen(Company(), 30'000'00);
  Accept(Change({}, {Company()}));
  for (const OrderProto& order :
       {world_.InquireOrder({"BANK1"}), world_.FreezeOrder("BANK1", 100),
        world_.RenewOrder("BANK1", freeze.order_id(), 3), world_.DeductOrder("BANK1", freeze.order_id(), 100)})
    EXPECT_THAT(ProblemsOf(On(Company(), order)), Contains("subject RESPONDENT_REMOVED")) << order.action();
  EXPECT_THAT(ProblemsOf(On(Lin(), world_.FreezeOrder("BANK1", 100))), IsEmpty()) << "others go on";
  EXPECT_THAT(ProblemsOf(On(Company(), world_.ReleaseOrder("BANK1", freeze.order_id()))), IsEmpty());
}

TEST_F(Respondents, WhatStandsOnWhoWasRemovedStaysCountedAndHasTheClockOfASurplusUntilTheCourtReleasesIt) {
  const OrderProto freeze = Frozen(Company(), 30'000'00);
  const int64_t bound = world_.TheCase().ledger.Sum().Bound();
  Accept(Change({}, {Company()}));
  EXPECT_EQ(world_.Types().back(), "SURPLUS_ARISEN") << "in the same commit";
  EXPECT_EQ(world_.TheCase().ledger.Sum().Bound(), bound);
  EXPECT_EQ(world_.TheCase().surplus_amount, 30'000'00);
  EXPECT_THAT(world_.TheCase().removed_measures, ElementsAre(world_.OrderNamed(freeze).seq.value()));
  EXPECT_EQ(world_.TheCase().surplus.due, world_.now + absl::Hours(5));
  ExpectReplayAgrees();
  world_.now += absl::Hours(6);
  world_.Tick();
  EXPECT_EQ(world_.Types().back(), "DEADLINE_MARKED") << "the court is late";
  Release(freeze);
  EXPECT_EQ(world_.Types().back(), "SURPLUS_CLEARED");
  EXPECT_THAT(world_.TheCase().removed_measures, IsEmpty());
  EXPECT_TRUE(world_.TheCase().surplus.row.empty());
  EXPECT_EQ(world_.TheCase().ledger.Sum().Bound(), 0);
  ExpectReplayAgrees();
}

TEST_F(Respondents, WhatHasNoAmountIsToBeReleasedAsWell) {
  OrderProto seal = On(Company(), world_.SealOrder("LAND1", "LAND", 0));
  seal.mutable_over_cap_exception()->set_reason("VALUE_UNKNOWN"),
      seal.mutable_over_cap_exception()->set_leader("leader");
  ASSERT_THAT(ProblemsOf(seal), IsEmpty());
  Accept(Change({}, {Company()}));
  EXPECT_EQ(world_.TheCase().surplus_amount, 0);
  EXPECT_THAT(world_.TheCase().removed_measures, ElementsAre(world_.OrderNamed(seal).seq.value()));
  EXPECT_FALSE(world_.TheCase().AtRest());
  EXPECT_EQ(world_.state.timers.count({world_.TheCase().surplus.next(), world_.case_seq, Timer::kOfCase}), 1u);
}

TEST_F(Respondents, WhatHasNotBegunAboutHimStandsStillAndIsWithdrawn) {
  const OrderProto freeze = On(Company(), world_.FreezeOrder("BANK1", 100)),
                   inquiry = On(Company(), world_.InquireOrder({"BANK1", "BANK2"})),
                   other = On(Lin(), world_.FreezeOrder("BANK1", 100));
  for (const OrderProto& order : {freeze, inquiry, other}) ASSERT_THAT(ProblemsOf(order), IsEmpty());
  Accept(Change({}, {Company()}));
  EXPECT_EQ(HandOut(freeze), 0u);
  EXPECT_EQ(HandOut(inquiry), 0u);
  EXPECT_NE(HandOut(other), 0u);
  EXPECT_THAT(world_.TheCase().removed_measures, ElementsAre(world_.OrderNamed(freeze).seq.value()))
      << "asked for, and to be withdrawn";
  ExpectReplayAgrees();
  ASSERT_TRUE(world_.Do(Withdraw{CourtOrdinal(1), world_.NewId(), freeze.order_id()}).status.ok());
  EXPECT_EQ(world_.Types().back(), "SURPLUS_CLEARED");
}

TEST_F(Respondents, WhatHadBegunGoesOnAndItsAnswerCounts) {
  const OrderProto freeze = On(Company(), world_.FreezeOrder("BANK1", 100)),
                   inquiry = On(Company(), world_.InquireOrder({"BANK1", "BANK2"}));
  for (const OrderProto& order : {freeze, inquiry}) {
    ASSERT_THAT(ProblemsOf(order), IsEmpty());
    ASSERT_NE(HandOut(order), 0u);
  }
  Accept(Change({}, {Company()}));
  EXPECT_NE(HandOut(freeze), 0u) << "asking again is safe, and the answer is owed";
  EXPECT_TRUE(StandsStill(world_.state, world_.OrderNamed(inquiry), AgencyOrdinal(2)));
  EXPECT_FALSE(StandsStill(world_.state, world_.OrderNamed(inquiry), AgencyOrdinal(1)));
  world_.Do(world_.Receipts("BANK1", {world_.Controlled(freeze, "BANK1", 100, 0)}));
  EXPECT_EQ(world_.TheCase().ledger.Sum().controlled, 100);
  EXPECT_THAT(world_.TheCase().removed_measures, ElementsAre(world_.OrderNamed(freeze).seq.value()));
}

TEST_F(Respondents, ADeductionThatWasAcceptedBeforeIsNotCarriedOut) {
  const OrderProto freeze = Frozen(Company(), 30'000'00);
  const OrderProto deduct = On(Company(), world_.DeductOrder("BANK1", freeze.order_id(), 10'000'00));
  ASSERT_THAT(ProblemsOf(deduct), IsEmpty());
  Accept(Change({}, {Company()}));
  EXPECT_EQ(HandOut(deduct), 0u);
  ASSERT_TRUE(world_.Do(Withdraw{CourtOrdinal(1), world_.NewId(), deduct.order_id()}).status.ok());
  Release(freeze);
  EXPECT_EQ(world_.Types().back(), "SURPLUS_CLEARED");
}

TEST_F(Respondents, WhoWasRemovedCanBeAddedAgainAtHisPlaceAndHisOrdersGoOn) {
  const OrderProto freeze = Frozen(Company(), 10'000'00);
  const OrderProto waiting = On(Company(), world_.FreezeOrder("BANK1", 5'000'00));
  ASSERT_THAT(ProblemsOf(waiting), IsEmpty());
  Accept(Change({}, {Company()}));
  ASSERT_EQ(HandOut(waiting), 0u);
  world_.now += absl::Hours(1);
  Respondent again;
  *again.mutable_identity() = Company(), again.set_liability(LIABILITY_KIND_SUPPLEMENTARY);
  again.set_liability_cap_minor_units(16'000'00);
  Accept(Change({again}, {}));
  EXPECT_EQ(world_.Types().back(), "SURPLUS_CLEARED");
  EXPECT_EQ(world_.TheCase().open.respondents_size(), 2);
  EXPECT_NE(HandOut(waiting), 0u);
  EXPECT_THAT(ProblemsOf(On(Company(), world_.FreezeOrder("BANK1", 1'000'01))),
              ElementsAre("freeze.limit_minor_units LIABILITY_EXCEEDED"))
      << "what stood on him before counts under his new liability";
  ExpectReplayAgrees();
}

TEST_F(Respondents, OneTakesThePlaceOfAnotherInOneAct) {
  Respondent successor = Newcomer();
  *successor.mutable_identity() = Company();
  successor.mutable_identity()->set_name("北陵启明智能装备有限公司");  // the same company under a new name
  Accept(Change({successor}, {Company()}));
  EXPECT_THAT(ProblemsOf(On(Company(), world_.FreezeOrder("BANK1", 100))), ElementsAre("subject RESPONDENT_REMOVED"));
  EXPECT_THAT(ProblemsOf(On(successor.identity(), world_.FreezeOrder("BANK1", 100))), IsEmpty());
}

TEST_F(Respondents, EverythingThatIsWrongWithTheActIsSaidAtOnce) {
  Respondent nobody;
  nobody.mutable_identity()->set_name("某"), nobody.mutable_identity()->set_id_kind("CITIZEN_ID");
  nobody.mutable_identity()->set_id_number("990101198503070018"), nobody.set_liability_cap_minor_units(-1);
  Respondent lin;
  *lin.mutable_identity() = Lin(), lin.set_liability(LIABILITY_KIND_JOINT);
  CaseAct act = Change({nobody, lin, Newcomer(), Newcomer()}, {Newcomer(0, "E9").identity()});
  act.mutable_respondents()->clear_ground();
  act.mutable_respondents()->clear_legal_basis();
  act.mutable_respondents()->clear_ruling();
  EXPECT_THAT(ProblemsOf(act, {"handler"}),
              ElementsAre("respondents.add[0].identity.id_number IDENTITY_NUMBER_INVALID",
                          "respondents.add[0].liability FIELD_MISSING",
                          "respondents.add[0].liability_cap_minor_units AMOUNT_INVALID",
                          "respondents.add[1].identity RESPONDENT_EXISTS", "respondents.add[3].identity FIELD_INVALID",
                          "respondents.ground FIELD_MISSING", "respondents.legal_basis FIELD_MISSING",
                          "respondents.remove[0] NOT_RESPONDENT", "respondents.ruling PAPER_MISSING",
                          "signatures SIGNATURES_MISSING"));
  EXPECT_EQ(world_.Types().back(), "REFUSED");
  EXPECT_EQ(world_.TheCase().RespondentsNow(), 2u) << "nothing is half done";
}

TEST_F(Respondents, ACaseKeepsOneRespondent) {
  EXPECT_THAT(ProblemsOf(Change({}, {Lin(), Company()})), ElementsAre("respondents.remove RESPONDENT_LAST"));
  EXPECT_THAT(ProblemsOf(Change({}, {})), ElementsAre("respondents FIELD_MISSING"));
  Accept(Change({Newcomer()}, {Lin(), Company()}));
  EXPECT_EQ(world_.TheCase().RespondentsNow(), 1u);
  EXPECT_THAT(ProblemsOf(Change({}, {Lin()})), Contains("respondents.remove[0] NOT_RESPONDENT"));
}

TEST_F(Respondents, AFaithfulRepeatIsTheSameFactAndOtherContentIsRefused) {
  CaseAct act = Change({Newcomer()}, {});
  const uint64_t first = world_.Do(world_.Cases({act})).members[0].index;
  const Result again = world_.Do(world_.Cases({act}));
  EXPECT_EQ(again.members[0].index, first);
  EXPECT_TRUE(again.members[0].repeated);
  EXPECT_EQ(world_.TheCase().RespondentsNow(), 3u);
  act.mutable_respondents()->set_ground("another");
  EXPECT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Cases({act}))), Reason::kRequestIdReused);
}

TEST_F(Respondents, OneActACaseAndBatchSoThatNoneIsDecidedOnAnOldState) {
  const Result result = world_.Do(world_.Cases({Change({Newcomer()}, {}), Change({Newcomer(0, "E2")}, {})}));
  EXPECT_FALSE(result.members[0].refusal.has_value());
  EXPECT_EQ(result.members[1].refusal->reason, Reason::kFieldInvalid);
  EXPECT_EQ(world_.TheCase().RespondentsNow(), 3u);
}

TEST_F(Respondents, NobodyComesOrGoesInACaseThatIsOver) {
  CaseAct close;
  close.set_request_id(world_.NewId()), close.set_court("C1");
  close.mutable_stage()->set_case_number("case-1"), close.mutable_stage()->set_to(CASE_STAGE_CLOSED),
      close.mutable_stage()->set_ground("paid");
  ASSERT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Cases({close}))), Reason::kNone);
  EXPECT_THAT(ProblemsOf(Change({Newcomer()}, {})), ElementsAre("respondents STAGE_FORBIDS"));
  CaseAct stranger = Change({Newcomer()}, {});
  stranger.mutable_respondents()->set_case_number("case-9");
  EXPECT_THAT(ProblemsOf(stranger), ElementsAre("case_number CASE_UNKNOWN"));
}

TEST_F(Respondents, AtMostAHundredCameToOneCase) {
  std::vector<Respondent> many;
  for (int i = 0; i < 98; ++i) many.push_back(Newcomer(0, "E" + std::to_string(100 + i)));
  Accept(Change(many, {}));
  EXPECT_THAT(ProblemsOf(Change({Newcomer()}, {Lin()})), ElementsAre("respondents.add TOO_LARGE"))
      << "who left keeps his place";
}

// The court took more than the cap leaves, and somebody left: what is to be released is neither counted twice.
TEST_F(Respondents, ASurplusOfTheClaimAndWhatStandsOnWhoLeftAreOneSumUnderOneClock) {
  const OrderProto his = Frozen(Company(), 30'000'00);
  Frozen(Lin(), 70'000'00);
  CaseAct lower;
  lower.set_request_id(world_.NewId()), lower.set_court("C1");
  lower.mutable_cap()->set_case_number("case-1"), lower.mutable_cap()->set_ground("paid in part");
  Claim* claim = lower.mutable_cap()->mutable_claim();
  claim->set_currency("CNY"), claim->set_principal_minor_units(80'000'00), claim->set_cap_minor_units(80'000'00);
  Accept(lower);
  EXPECT_EQ(world_.TheCase().surplus_amount, 20'000'00);
  const absl::Time due = world_.TheCase().surplus.due;
  world_.now += absl::Hours(1);
  Accept(Change({}, {Company()}));
  EXPECT_EQ(world_.TheCase().surplus_amount, 30'000'00) << "releasing what is his brings the rest below the cap";
  EXPECT_EQ(world_.TheCase().surplus.due, due) << "the first clock stays";
  Release(his);
  EXPECT_EQ(world_.TheCase().surplus_amount, 0);
}

// --- the kind of money that a unit keeps

class FundWorld : public testing::Test {
 protected:
  static PolicyTable WithFunds() {
    PolicyTable policy = test::FreedoniaPolicy();
    TermRow* row = policy.add_terms();
    *row = policy.terms(0);
    row->set_asset_kind("HOUSING_FUND"), row->set_months_max(4);
    policy.add_asset_kinds("HOUSING_FUND");
    return policy;
  }
  void Register(const std::string& code, const std::vector<std::pair<Action, const char*>>& rows) {
    goldeneagle::v1::Administration act;
    act.set_request_id(world_.NewId());
    act.mutable_proposal()->set_ground("a fund");
    RegisterAgency* agency = act.mutable_proposal()->mutable_agency();
    agency->set_code(code), agency->set_name(code), agency->set_region("990101"), agency->set_kind("HOUSING_FUND");
    for (const auto& [action, kind] : rows) {
      Capability* row = agency->add_capabilities();
      row->set_action(action), row->set_asset_kind(kind);
    }
    agency->mutable_system()->set_spiffe_id("spiffe://test/agency/" + code);
    agency->mutable_system()->add_spki_sha256(std::string(32, 'p'));
    const Result made = world_.Do(world_.Administration("admin1", {act}));
    ASSERT_FALSE(made.members.at(0).refusal) << made.members.at(0).refusal->message;
    goldeneagle::v1::Administration approval;
    approval.set_request_id(world_.NewId());
    approval.mutable_approval()->set_proposal_index(made.members[0].index);
    approval.mutable_approval()->set_proposal_digest(world_.state.proposals.at(made.members[0].index).digest);
    world_.Do(world_.Administration("admin2", {approval}));
  }
  std::string KindOf(const OrderProto& freeze) {
    return world_.TheCase().ledger.FindMeasure(world_.OrderNamed(freeze).seq)->asset_kind;
  }
  DomainWorld world_{WithFunds()};
};

TEST_F(FundWorld, AFreezeAtAFundIsOfTheKindThatItsOwnRowsFreeze) {
  Register("FUND1",
           {{ACTION_INQUIRE, "HOUSING_FUND"}, {ACTION_FREEZE, "HOUSING_FUND"}, {ACTION_RENEW, "HOUSING_FUND"}});
  OrderProto freeze = world_.FreezeOrder("FUND1", 100);
  EXPECT_EQ(DomainWorld::Problems(world_.Do(world_.Orders({freeze}))),
            std::vector<std::string>{"freeze.term TERM_TOO_LONG"})
      << "the term is bounded by the fund's own row";
  freeze = world_.FreezeOrder("FUND1", 100);
  freeze.mutable_freeze()->mutable_term()->set_months(4);
  ASSERT_THAT(DomainWorld::Problems(world_.Do(world_.Orders({freeze}))), IsEmpty());
  EXPECT_EQ(KindOf(freeze), "HOUSING_FUND");
  EXPECT_TRUE(world_.TheCase().ledger.measures().back().is_money);
  State again;
  for (const Entry& entry : world_.journal) Apply(entry, again);
  EXPECT_EQ(again.cases.at(world_.case_seq).ledger.measures().back().asset_kind, "HOUSING_FUND")
      << "replay asks no directory";
}

TEST_F(FundWorld, ABankThatKeepsDepositsFreezesDeposits) {
  const OrderProto at_bank = world_.FreezeOrder("BANK1", 100);
  ASSERT_THAT(DomainWorld::Problems(world_.Do(world_.Orders({at_bank}))), IsEmpty());
  EXPECT_EQ(KindOf(at_bank), "DEPOSIT");
  Register("BANK3", {{ACTION_INQUIRE, "DEPOSIT"}, {ACTION_FREEZE, "HOUSING_FUND"}, {ACTION_FREEZE, "DEPOSIT"}});
  const OrderProto at_both = world_.FreezeOrder("BANK3", 100);
  ASSERT_THAT(DomainWorld::Problems(world_.Do(world_.Orders({at_both}))), IsEmpty());
  EXPECT_EQ(KindOf(at_both), "DEPOSIT");
  Register("FUND2", {{ACTION_INQUIRE, "HOUSING_FUND"}, {ACTION_FREEZE, "DEPOSIT"}});
  const OrderProto by_old_rows = world_.FreezeOrder("FUND2", 100);
  ASSERT_THAT(DomainWorld::Problems(world_.Do(world_.Orders({by_old_rows}))), IsEmpty());
  EXPECT_EQ(KindOf(by_old_rows), "DEPOSIT") << "as it was registered";
}

}  // namespace
}  // namespace eagle::domain
