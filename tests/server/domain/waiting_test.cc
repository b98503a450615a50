// Orders that wait for a later begin 定期查询, and cases flagged because such a search found something: edge case 32.
#include "server/domain/waiting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "server/domain/instant.h"
#include "tests/support/domain_world.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using OrderProto = goldeneagle::v1::Order;
using test::DomainWorld;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr absl::Duration kDay = absl::Hours(24);

class Waiting : public testing::Test {
 protected:
  explicit Waiting(const PolicyTable& policy = test::PolicyWithStanding()) : world_(policy) {}

  OrderProto Later(absl::Duration by, std::vector<std::string> agencies = {"BANK1", "BANK2"}) {
    OrderProto order = world_.InquireOrder(std::move(agencies));
    *order.mutable_not_before() = ToProto(world_.now + by);
    *order.mutable_not_after() = ToProto(world_.now + by + 14 * kDay);
    return order;
  }
  std::vector<std::string> ProblemsOf(std::vector<OrderProto> orders) {
    return DomainWorld::Problems(world_.Do(world_.Orders(std::move(orders), {"handler"})));
  }
  OrderProto Accepted(absl::Duration by, std::vector<std::string> agencies = {"BANK1", "BANK2"}) {
    const OrderProto order = Later(by, std::move(agencies));
    EXPECT_THAT(ProblemsOf({order}), IsEmpty());
    return order;
  }
  const domain::Order& Row(const OrderProto& order) { return world_.OrderNamed(order); }
  void Move(absl::Time to) { world_.now = to, world_.Tick(); }
  void MoveToBegin(const OrderProto& order) { Move(Row(order).begins); }
  uint64_t HandOut(const OrderProto& order, uint32_t agency = 1) {
    return world_.Do(Deliver{.agency = AgencyOrdinal(agency), .instance = "12345678", .orders = {Row(order).seq}})
        .index;
  }
  std::vector<const Entry*> Of(EntryType type) const {
    std::vector<const Entry*> found;
    for (const Entry& entry : world_.journal) {
      if (entry.type == type) found.push_back(&entry);
    }
    return found;
  }
  // What the only ORDER_BEGUN says.
  OrderBegun Begun() const {
    OrderBegun body;
    const auto entries = Of(ENTRY_TYPE_ORDER_BEGUN);
    EXPECT_EQ(entries.size(), 1u);
    if (!entries.empty()) body.ParseFromString(entries[0]->body);
    return body;
  }
  Reason WhyEnded() const {
    const auto entries = Of(ENTRY_TYPE_ORDER_BEGUN);
    return entries.size() == 1 ? entries[0]->outcome : Reason::kInternal;
  }
  void ExpectEnded(const OrderProto& order, Reason reason) {
    EXPECT_EQ(Begun().outcome(), BEGIN_OUTCOME_ENDED);
    EXPECT_EQ(WhyEnded(), reason) << RowOf(WhyEnded()).name;
    EXPECT_EQ(Row(order).state(), ORDER_STATE_ENDED);
    EXPECT_EQ(Row(order).TaskAt(AgencyOrdinal(1)), TASK_STATE_ENDED);
    EXPECT_EQ(Row(order).ended_for, reason);
    EXPECT_EQ(HandOut(order), 0u);
    ExpectReplayAgrees();
  }
  void ExpectReplayAgrees() {
    State again;
    for (const Entry& entry : world_.journal) Apply(entry, again);
    for (const auto& [seq, order] : world_.state.orders) {
      EXPECT_EQ(again.orders.at(seq).Encode(), order.Encode());
      const auto decoded = domain::Order::Decode(order.Encode());
      ASSERT_TRUE(decoded.ok());
      EXPECT_EQ(decoded->Encode(), order.Encode());
      EXPECT_EQ(decoded->begins, order.begins);
      EXPECT_EQ(decoded->waits, order.waits);
    }
    EXPECT_EQ(again.cases.at(world_.case_seq).Encode(), world_.TheCase().Encode());
    EXPECT_EQ(again.waiting_of_case, world_.state.waiting_of_case);
    EXPECT_EQ(again.waiting_of_court, world_.state.waiting_of_court);
    EXPECT_TRUE(
        std::equal(again.timers.begin(), again.timers.end(), world_.state.timers.begin(), world_.state.timers.end()));
  }
  void SetStage(CaseStage to) {
    CaseAct act;
    act.set_request_id(world_.NewId()), act.set_court("C1");
    act.mutable_stage()->set_case_number("case-1"), act.mutable_stage()->set_to(to),
        act.mutable_stage()->set_ground("nothing left");
    ASSERT_THAT(DomainWorld::Problems(world_.Do(world_.Cases({act}))), IsEmpty());
  }
  // The newest statement about an officer, changed.
  void State_(const std::string& name, const std::function<void(Statement&)>& change) {
    const StatementOnFile& file = *world_.state.directory.StatementAbout("court/C1/officer/" + name);
    Statement next = file.statement;
    next.set_sequence(next.sequence() + 1), next.set_previous_digest(file.digest);
    *next.mutable_valid_until() = ToProto(world_.now + 400 * kDay);
    change(next);
    ASSERT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Statements("C1", {next}, {world_.Key("C1")}))), Reason::kNone);
  }
  Receipt Answer(const OrderProto& order, const std::string& agency, Outcome outcome) {
    Receipt receipt = world_.ReceiptFor(order, agency, RECEIPT_KIND_FINAL);
    receipt.set_searched_scope("all accounts");
    ItemResult* item = receipt.add_items();
    item->set_outcome(outcome);
    if (outcome != OUTCOME_FOUND) return receipt;
    item->mutable_finding()->set_asset_kind("DEPOSIT"),
        item->mutable_finding()->set_asset_number("9900010000000012345");
    item->mutable_finding()->set_balance_known(true), item->mutable_finding()->set_balance_minor_units(100);
    return receipt;
  }

  DomainWorld world_;
};

TEST_F(Waiting, ItIsAcceptedAtOnceAndGoesOutFromItsBeginOnNotEarlier) {
  const OrderProto order = Accepted(100 * kDay);
  const absl::Time begins = Row(order).begins;
  EXPECT_EQ(Row(order).state(), ORDER_STATE_WAITING);
  EXPECT_EQ(Row(order).TaskAt(AgencyOrdinal(1)), TASK_STATE_WAITING);
  EXPECT_EQ(HandOut(order), 0u);
  Move(begins - absl::Microseconds(1));
  EXPECT_THAT(Of(ENTRY_TYPE_ORDER_BEGUN), IsEmpty());
  EXPECT_EQ(HandOut(order), 0u);
  Move(begins);
  EXPECT_EQ(Begun().outcome(), BEGIN_OUTCOME_BEGUN);
  EXPECT_EQ(FromMicros(Begun().begins()), begins);
  EXPECT_EQ(WhyEnded(), Reason::kNone);
  EXPECT_EQ(Row(order).state(), ORDER_STATE_ACCEPTED);
  EXPECT_EQ(Row(order).TaskAt(AgencyOrdinal(1)), TASK_STATE_QUEUED);
  EXPECT_NE(HandOut(order), 0u);
  world_.Tick();
  EXPECT_EQ(Of(ENTRY_TYPE_ORDER_BEGUN).size(), 1u) << "once";
  ExpectReplayAgrees();
}

TEST_F(Waiting, ItsDeadlineCountsFromItsBeginAndIsMarkedFromThenOn) {
  const OrderProto order = Accepted(100 * kDay);
  const absl::TimeZone& zone = world_.state.policy->zone();
  const absl::Time begins = Row(order).begins, due = absl::FromCivil(absl::ToCivilDay(begins, zone) + 4, zone);
  EXPECT_EQ(Row(order).deadline.due, due) << "24:00 of the third civil day after that of the begin";
  EXPECT_GT(Row(order).deadline.marks[0], begins);
  Move(begins);
  EXPECT_THAT(Of(ENTRY_TYPE_DEADLINE_MARKED), IsEmpty());
  Move(due);
  EXPECT_EQ(Of(ENTRY_TYPE_DEADLINE_MARKED).size(), 3u) << "50, 75 and 100 %";
}

// Down at the begin: it begins late, once, and the clock that was promised goes on.
TEST_F(Waiting, AGatewayThatWasDownBeginsItWhenItIsThereAgain) {
  const OrderProto order = Accepted(10 * kDay);
  const absl::Time due = Row(order).deadline.due;
  Move(due + absl::Hours(1));
  EXPECT_EQ(Begun().outcome(), BEGIN_OUTCOME_BEGUN);
  world_.Tick();
  EXPECT_EQ(Row(order).deadline.due, due);
  EXPECT_EQ(Of(ENTRY_TYPE_DEADLINE_MARKED).size(), 3u);
  EXPECT_EQ(Of(ENTRY_TYPE_ORDER_BEGUN).size(), 1u);
}

TEST_F(Waiting, BeginsAreSpreadOverTheHoursThatThePolicyGives) {
  const absl::TimeZone& zone = world_.state.policy->zone();
  const StandingRow& row = world_.state.policy->table().standing();
  OrderProto order = world_.InquireOrder({"BANK1"});
  std::set<absl::Time> begins;
  int hours[24] = {};
  for (int i = 0; i < 1000; ++i) {
    order.set_order_id(world_.NewId());
    // Midnight of 1 May; what comes in that part of the day, or behind it, waits for the next one.
    for (const int minute : {0, 61, 300, 1439}) {
      const absl::CivilMinute asked = absl::CivilMinute(2027, 5, 1) + minute;
      *order.mutable_not_before() = ToProto(absl::FromCivil(asked, zone));
      const absl::Time begin = BeginOf(row, order, zone);
      const auto civil = absl::ToCivilMinute(begin, zone);
      EXPECT_GE(begin, absl::FromCivil(asked, zone));
      EXPECT_EQ(absl::CivilDay(civil), absl::CivilDay(2027, 5, minute == 0 ? 1 : 2));
      ASSERT_GE(civil.hour(), 1);
      ASSERT_LT(civil.hour(), 5);
      if (minute == 0) begins.insert(begin), ++hours[civil.hour()];
    }
    EXPECT_EQ(BeginOf(row, order, zone), BeginOf(row, order, zone));
  }
  EXPECT_GT(begins.size(), 900u);
  for (int hour = 1; hour < 5; ++hour) EXPECT_NEAR(hours[hour], 250, 75) << hour;
}

TEST_F(Waiting, OnlyWhatThePolicyNamesWaitsNeverUrgentNeverInAGroup) {
  OrderProto freeze = world_.FreezeOrder("BANK1", 100);
  *freeze.mutable_not_before() = ToProto(world_.now + 10 * kDay);
  *freeze.mutable_not_after() = ToProto(world_.now + 20 * kDay);
  EXPECT_THAT(DomainWorld::Problems(world_.Do(world_.Orders({freeze}))), ElementsAre("not_before WAIT_NOT_PROVIDED"));
  OrderProto urgent = Later(10 * kDay);
  urgent.set_urgency(URGENCY_URGENT), urgent.set_urgency_reason("TRANSFER_RISK");
  EXPECT_THAT(ProblemsOf({urgent}), ElementsAre("not_before WAIT_NOT_PROVIDED"));
  OrderProto grouped = Later(10 * kDay);
  grouped.set_group(std::string(16, 'g'));
  EXPECT_THAT(ProblemsOf({grouped}), ElementsAre("not_before WAIT_NOT_PROVIDED"));
}

TEST_F(Waiting, ABeginHasBounds) {
  EXPECT_THAT(ProblemsOf({Later(24 * 31 * kDay)}), ElementsAre("not_before BEGIN_TOO_FAR"));
  OrderProto order = Later(10 * kDay);
  order.mutable_not_before()->set_seconds(absl::ToUnixSeconds(world_.now) * 1000);
  EXPECT_THAT(ProblemsOf({order}), ElementsAre("not_before BEGIN_TOO_FAR"));
  order = Later(10 * kDay);
  order.mutable_not_after()->set_seconds(order.not_before().seconds());
  EXPECT_THAT(ProblemsOf({order}), ElementsAre("not_before BEGIN_TOO_LATE"));
  EXPECT_THAT(ProblemsOf({Later(720 * kDay)}), IsEmpty());
}

TEST_F(Waiting, WhoseBeginHasComeAlreadyDoesNotWait) {
  OrderProto order = Later(10 * kDay);
  *order.mutable_not_before() = ToProto(world_.now - 2 * kDay);
  EXPECT_THAT(ProblemsOf({order}), IsEmpty());
  EXPECT_EQ(Row(order).state(), ORDER_STATE_ACCEPTED);
  EXPECT_EQ(Row(order).begins, absl::InfinitePast());
  EXPECT_NE(HandOut(order), 0u);
}

TEST_F(Waiting, NoMoreWaitThanThePolicyAllows) {
  std::vector<OrderProto> batch;
  for (int i = 0; i < 5; ++i) batch.push_back(Later(10 * kDay));
  EXPECT_THAT(ProblemsOf(batch), ElementsAre("not_before TOO_MANY_WAITING")) << "under one head";
  batch.clear();
  for (int i = 0; i < 4; ++i) batch.push_back(Later(10 * kDay));
  EXPECT_THAT(ProblemsOf(batch), IsEmpty());
  batch.clear();
  for (int i = 0; i < 3; ++i) batch.push_back(Later(10 * kDay));
  const Result result = world_.Do(world_.Orders(batch, {"handler"}));
  EXPECT_FALSE(result.members[1].refusal);
  ASSERT_TRUE(result.members[2].refusal) << "the seventh of the case";
  EXPECT_EQ(result.members[2].refusal->reason, Reason::kTooManyWaiting);
  EXPECT_EQ(world_.state.waiting_of_case.at(world_.case_seq), 6u);
  // What is over makes room.
  world_.Do(Withdraw{.court = CourtOrdinal(1), .request_id = world_.NewId(), .order_id = batch[0].order_id()});
  EXPECT_THAT(ProblemsOf({Later(10 * kDay)}), IsEmpty());
  ExpectReplayAgrees();
}

TEST_F(Waiting, ACourtHasABoundOverAllItsCases) {
  ASSERT_THAT(DomainWorld::Problems(world_.Do(world_.Cases({world_.OpenCase("case-2")}))), IsEmpty());
  for (int i = 0; i < 6; ++i) Accepted(10 * kDay);
  const auto other = [&] {
    OrderProto order = Later(10 * kDay);
    order.set_case_number("case-2");
    return order;
  };
  EXPECT_THAT(ProblemsOf({other()}), IsEmpty());
  EXPECT_THAT(ProblemsOf({other()}), IsEmpty());
  EXPECT_THAT(ProblemsOf({other()}), ElementsAre("not_before TOO_MANY_WAITING"));
}

TEST_F(Waiting, WithdrawnBeforeItsBeginItNeverBegan) {
  const OrderProto order = Accepted(10 * kDay);
  world_.Do(Withdraw{.court = CourtOrdinal(1), .request_id = world_.NewId(), .order_id = order.order_id()});
  EXPECT_EQ(Row(order).state(), ORDER_STATE_WITHDRAWN);
  EXPECT_THAT(world_.state.waiting_of_court, IsEmpty());
  Move(world_.now + 30 * kDay);
  EXPECT_THAT(Of(ENTRY_TYPE_ORDER_BEGUN), IsEmpty());
  EXPECT_THAT(Of(ENTRY_TYPE_DEADLINE_MARKED), IsEmpty());
  ExpectReplayAgrees();
}

// --- what can have changed meanwhile: each ends it, with a reason, and nothing is handed out

TEST_F(Waiting, TheOfficerHasLeft) {
  const OrderProto order = Accepted(10 * kDay);
  State_("handler", [](Statement& s) {
    s.set_kind(STATEMENT_KIND_ENDED), s.clear_algorithm(), s.clear_key(), s.clear_roles(), s.clear_officer();
  });
  MoveToBegin(order);
  ExpectEnded(order, Reason::kOfficerNotValid);
}

TEST_F(Waiting, TheOfficersTimeHasRunOut) {
  const OrderProto order = Accepted(400 * kDay);
  MoveToBegin(order);
  ExpectEnded(order, Reason::kOfficerNotValid);
}

TEST_F(Waiting, TheOfficerSignsWithAnotherKeyNow) {
  const OrderProto order = Accepted(10 * kDay);
  State_("handler", [&](Statement& s) { s.set_key(world_.Key("handler, second")); });
  MoveToBegin(order);
  ExpectEnded(order, Reason::kSignaturesLapsed);
}

TEST_F(Waiting, TheSameKeyStatedForLongerStillHolds) {
  const OrderProto order = Accepted(400 * kDay);
  State_("handler", [&](Statement& s) { *s.mutable_valid_until() = ToProto(world_.now + 500 * kDay); });
  MoveToBegin(order);
  EXPECT_EQ(Begun().outcome(), BEGIN_OUTCOME_BEGUN);
}

TEST_F(Waiting, TheOfficerHasAnotherRoleNow) {
  const OrderProto order = Accepted(10 * kDay);
  State_("handler", [](Statement& s) { s.set_roles(0, OFFICER_ROLE_COSIGNER); });
  MoveToBegin(order);
  ExpectEnded(order, Reason::kSignaturesLapsed);
}

TEST_F(Waiting, TheCaseWasClosed) {
  const OrderProto order = Accepted(10 * kDay);
  SetStage(CASE_STAGE_CLOSED);
  MoveToBegin(order);
  ExpectEnded(order, Reason::kStageForbids);
}

TEST_F(Waiting, ACaseIsNotErasedWhileAnOrderOfItWaits) {
  const OrderProto order = Accepted(600 * kDay);
  SetStage(CASE_STAGE_CLOSED);
  world_.now += 400 * kDay;
  Administration act;
  act.set_request_id(world_.NewId()), act.mutable_proposal()->set_ground("kept long enough");
  act.mutable_proposal()->mutable_erase()->set_court("C1");
  act.mutable_proposal()->mutable_erase()->set_case_index(world_.case_seq);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Administration("admin1", {act}))), Reason::kCaseNotErasable);
  world_.Do(Withdraw{.court = CourtOrdinal(1), .request_id = world_.NewId(), .order_id = order.order_id()});
  act.set_request_id(world_.NewId());
  EXPECT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Administration("admin1", {act}))), Reason::kNone);
}

TEST_F(Waiting, TheRespondentWasRemoved) {
  const OrderProto order = Accepted(10 * kDay);
  CaseAct act;
  act.set_request_id(world_.NewId()), act.set_court("C1");
  ChangeRespondents& change = *act.mutable_respondents();
  change.set_case_number("case-1"), change.set_ground("a ruling"), change.set_legal_basis("art 17");
  *change.add_remove() = order.subject();
  Instrument& ruling = *change.mutable_ruling();
  ruling.set_category("RULING"), ruling.set_digest(std::string(32, 'r')), ruling.set_size_bytes(1),
      ruling.set_media_type("application/pdf");
  ASSERT_THAT(DomainWorld::Problems(world_.Do(world_.Cases({act}))), IsEmpty());
  MoveToBegin(order);
  ExpectEnded(order, Reason::kRespondentRemoved);
}

TEST_F(Waiting, ItsOwnNotAfterHasPassedWhenItCouldBegin) {
  const OrderProto order = Accepted(10 * kDay);
  Move(FromProto(order.not_after()) + absl::Seconds(1));
  ExpectEnded(order, Reason::kOrderExpired);
}

// One agency of two can't do it any more: there it is over, at the other one it begins.
TEST_F(Waiting, AnAgencyThatCannotDoItAnyMoreIsLeftOut) {
  const OrderProto order = Accepted(10 * kDay), alone = Accepted(50 * kDay, {"BANK1"});
  Administration act;
  act.set_request_id(world_.NewId()), act.mutable_proposal()->set_ground("inquiries end");
  RegisterAgency& agency = *act.mutable_proposal()->mutable_agency();
  agency = world_.state.directory.AgencyByCode("BANK1")->row;
  agency.clear_capabilities();
  for (const Capability& row : world_.state.directory.AgencyByCode("BANK1")->row.capabilities()) {
    if (row.action() != ACTION_INQUIRE) *agency.add_capabilities() = row;
  }
  const uint64_t proposal = world_.Do(world_.Administration("admin1", {act})).members[0].index;
  Administration approval;
  approval.set_request_id(world_.NewId()), approval.mutable_approval()->set_proposal_index(proposal);
  approval.mutable_approval()->set_proposal_digest(world_.state.proposals.at(proposal).digest);
  ASSERT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Administration("admin2", {approval}))), Reason::kNone);
  MoveToBegin(order);
  EXPECT_EQ(Begun().outcome(), BEGIN_OUTCOME_BEGUN);
  EXPECT_EQ(WhyEnded(), Reason::kCapabilityMissing);
  EXPECT_EQ(Row(order).TaskAt(AgencyOrdinal(1)), TASK_STATE_ENDED);
  EXPECT_EQ(Row(order).TaskAt(AgencyOrdinal(2)), TASK_STATE_QUEUED);
  EXPECT_EQ(HandOut(order, 1), 0u);
  EXPECT_NE(HandOut(order, 2), 0u);
  Move(Row(alone).begins);
  EXPECT_EQ(Row(alone).state(), ORDER_STATE_ENDED);
  ExpectReplayAgrees();
}

// A stolen key: the order stands still as any other, through its begin, until it is signed anew.
TEST_F(Waiting, OneThatIsPausedKeepsItsPauseThroughItsBegin) {
  const OrderProto order = Accepted(10 * kDay);
  State_("handler", [&](Statement& s) {
    s.set_kind(STATEMENT_KIND_REVOKED), s.clear_algorithm(), s.clear_key(), s.clear_roles(), s.clear_officer();
    *s.mutable_compromised_since() = ToProto(world_.now - absl::Hours(1));
  });
  EXPECT_EQ(Row(order).TaskAt(AgencyOrdinal(1)), TASK_STATE_PAUSED);
  MoveToBegin(order);
  EXPECT_EQ(Begun().outcome(), BEGIN_OUTCOME_BEGUN);
  EXPECT_EQ(Row(order).TaskAt(AgencyOrdinal(1)), TASK_STATE_PAUSED);
  EXPECT_EQ(HandOut(order), 0u);
  ExpectReplayAgrees();
}

// --- the flag

TEST_F(Waiting, WhatIsFoundAfterACaseWasClosedForWantOfAssetsFlagsItOnce) {
  const OrderProto order = Accepted(10 * kDay);
  SetStage(CASE_STAGE_CLOSED_NO_ASSETS);
  MoveToBegin(order);
  world_.Do(world_.Receipts("BANK1", {Answer(order, "BANK1", OUTCOME_NIL)}));
  EXPECT_EQ(world_.TheCase().flagged, 0u) << "nothing was found";
  const uint64_t answer = world_.Do(world_.Receipts("BANK2", {Answer(order, "BANK2", OUTCOME_FOUND)})).members[0].index;
  ASSERT_EQ(Of(ENTRY_TYPE_RESUMPTION_FLAGGED).size(), 1u);
  const Entry& flag = *Of(ENTRY_TYPE_RESUMPTION_FLAGGED)[0];
  ResumptionFlagged body;
  ASSERT_TRUE(body.ParseFromString(flag.body));
  EXPECT_EQ(body.answer(), answer);
  EXPECT_FALSE(flag.payload.has_value()) << "the fact, and nothing of what was found";
  EXPECT_EQ(world_.TheCase().flagged, flag.index);
  EXPECT_EQ(world_.TheCase().flagged_by, Row(order).seq);
  const OrderProto again = world_.InquireOrder({"BANK1"});
  ASSERT_THAT(ProblemsOf({again}), IsEmpty());
  world_.Do(world_.Receipts("BANK1", {Answer(again, "BANK1", OUTCOME_FOUND)}));
  EXPECT_EQ(Of(ENTRY_TYPE_RESUMPTION_FLAGGED).size(), 1u) << "it stands already";
  ExpectReplayAgrees();
  SetStage(CASE_STAGE_RESUMED);
  EXPECT_EQ(world_.TheCase().flagged, 0u);
  ExpectReplayAgrees();
}

TEST_F(Waiting, WhatIsFoundWhileEnforcementGoesOnFlagsNothing) {
  const OrderProto order = world_.InquireOrder({"BANK1"});
  ASSERT_THAT(ProblemsOf({order}), IsEmpty());
  world_.Do(world_.Receipts("BANK1", {Answer(order, "BANK1", OUTCOME_FOUND)}));
  EXPECT_THAT(Of(ENTRY_TYPE_RESUMPTION_FLAGGED), IsEmpty());
}

// --- the policy

class WithoutStanding : public Waiting {
 protected:
  WithoutStanding() : Waiting(test::FreedoniaPolicy()) {}
};
TEST_F(WithoutStanding, NothingWaitsWithoutARow) {
  EXPECT_THAT(ProblemsOf({Later(10 * kDay)}), ElementsAre("not_before WAIT_NOT_PROVIDED"));
}

TEST(StandingRowTest, NothingThatTouchesPropertyMayWaitAndBoundsHold) {
  const std::pair<const char*, std::function<void(StandingRow&)>> kFaults[] = {
      {"standing.actions", [](StandingRow& row) { row.add_actions(ACTION_FREEZE); }},
      {"standing.actions", [](StandingRow& row) { row.clear_actions(); }},
      {"standing.months_max", [](StandingRow& row) { row.set_months_max(0); }},
      {"standing.repeats_max", [](StandingRow& row) { row.set_repeats_max(257); }},
      {"standing.waiting_per_case_max", [](StandingRow& row) { row.set_waiting_per_case_max(3); }},
      {"standing.waiting_per_court_max", [](StandingRow& row) { row.set_waiting_per_court_max(5); }},
      {"standing.last_minute", [](StandingRow& row) { row.set_last_minute(60); }},
      {"standing.last_minute", [](StandingRow& row) { row.set_last_minute(1441); }},
      {"standing.source", [](StandingRow& row) { row.clear_source(); }}};
  ASSERT_TRUE(Policy::Create(test::PolicyWithStanding()).ok());
  for (const auto& [field, spoil] : kFaults) {
    PolicyTable table = test::PolicyWithStanding();
    spoil(*table.mutable_standing());
    const auto policy = Policy::Create(table);
    ASSERT_FALSE(policy.ok()) << field;
    EXPECT_EQ(FailureOf(policy.status()).violations.at(0).field, field);
  }
}

}  // namespace
}  // namespace eagle::domain
