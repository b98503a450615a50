// What the command centre lists: clocks with who sees which, pages and filters; coverage; cases and freezes nobody
// decided about; and that what is kept in memory is what the journal says, after any history.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "server/domain/instant.h"
#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class Supervision : public ::testing::Test {
 protected:
  v1::Order Send(v1::Order order) {
    EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({order}, {kHandler, kCosigner, kLeader})), ElementsAre(""));
    return order;
  }
  v1::Order Unhurried(v1::Order order) {
    order.set_urgency(v1::URGENCY_NORMAL);
    order.clear_urgency_reason();
    return order;
  }
  // A freeze in effect, that ends in thirty days.
  v1::Order Frozen(const std::string& agency, int64_t amount) {
    const v1::Order freeze = Send(demo_.Freeze(agency, amount));
    EXPECT_THAT(demo_.Pull(agency), SizeIs(1));
    v1::Receipt receipt = demo_.Controlled(freeze, amount, 0);
    *receipt.mutable_items(0)->mutable_measure()->mutable_effective_to() =
        domain::ToProto(gateway_.clock.wall + absl::Hours(24 * 30));
    EXPECT_TRUE(demo_.Report(agency, {receipt}).ok());
    return freeze;
  }
  void PutAbove(const std::string& superior, const std::string& court) {
    v1::Proposal below;
    below.set_ground("it has a court above it");
    *below.mutable_court() = gateway_.state().directory.CourtByCode(court)->row;
    below.mutable_court()->set_superior(superior);
    ASSERT_TRUE(demo_.Adopt({below}).ok());
  }

  absl::StatusOr<v1::ListDueResponse> Ask(const api::Caller& caller, const v1::ListDueRequest& request) {
    return gateway_.Call(&api::Handlers::ListDue, caller, request);
  }
  // All of them, page by page.
  std::vector<v1::DueView> Due(const api::Caller& caller, v1::ListDueRequest request = {}) {
    std::vector<v1::DueView> all;
    do {
      const auto page = Ask(caller, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return all;
      all.insert(all.end(), page->due().begin(), page->due().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return all;
  }
  std::vector<v1::DueView> OfKind(v1::DueKind kind) {
    v1::ListDueRequest request;
    request.add_kinds(kind);
    return Due(operator_, request);
  }
  static std::vector<std::string> Ids(const std::vector<v1::DueView>& clocks) {
    std::vector<std::string> ids;
    for (const v1::DueView& view : clocks) ids.push_back(view.order_id());
    return ids;
  }
  Reason Why(const api::Caller& caller, const v1::ListDueRequest& request) {
    return ReasonOf(Ask(caller, request).status());
  }
  std::vector<v1::UndecidedFreeze> Undecided(const api::Caller& caller, v1::ListUndecidedFreezesRequest request = {}) {
    std::vector<v1::UndecidedFreeze> all;
    do {
      const auto page = gateway_.Call(&api::Handlers::ListUndecidedFreezes, caller, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return all;
      all.insert(all.end(), page->freezes().begin(), page->freezes().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return all;
  }
  v1::GetCaseInventoryResponse Inventory(const api::Caller& caller, const v1::GetCaseInventoryRequest& request = {}) {
    const auto answer = gateway_.Call(&api::Handlers::GetCaseInventory, caller, request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? *answer : v1::GetCaseInventoryResponse();
  }
  std::map<std::string, v1::AgencyCoverage> Coverage(const api::Caller& caller,
                                                     const v1::GetCoverageRequest& request = {}) {
    const auto answer = gateway_.Call(&api::Handlers::GetCoverage, caller, request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    std::map<std::string, v1::AgencyCoverage> out;
    if (!answer.ok()) return out;
    for (const v1::AgencyCoverage& agency : answer->agencies()) out[agency.agency()] = agency;
    return out;
  }
  static std::string StateOf(const v1::AgencyCoverage& agency, v1::Action action, const std::string& asset_kind) {
    for (const v1::CoverageRow& row : agency.rows()) {
      if (row.action() == action && row.asset_kind() == asset_kind)
        return v1::CoverageState_Name(row.state()).substr(15);
    }
    return "no row";
  }
  // Everything that the book tells an operator, in one text.
  std::string Told() {
    std::string all;
    for (const v1::DueView& view : Due(operator_)) all += view.ShortDebugString() + "\n";
    for (const v1::UndecidedFreeze& freeze : Undecided(operator_)) all += freeze.ShortDebugString() + "\n";
    v1::GetCaseInventoryResponse inventory = Inventory(operator_);
    inventory.clear_as_of_index(), inventory.clear_as_of();
    return all + inventory.ShortDebugString();
  }

  GatewayFixture gateway_;
  DemoWorld demo_{gateway_};
  const api::Caller operator_ = GatewayFixture::Operator();
};

TEST_F(Supervision, WhatIsDueFirstComesFirstAndLeavesWhenItIsAnswered) {
  const v1::Order slow = Send(Unhurried(demo_.Inquire({kBeiling})));
  gateway_.Advance(absl::Minutes(1));
  const v1::Order urgent = Send(demo_.Inquire({kBeiling, kSongyue}));
  std::vector<v1::DueView> due = Due(operator_);
  ASSERT_THAT(Ids(due), ElementsAre(urgent.order_id(), slow.order_id()));
  EXPECT_EQ(due[0].kind(), v1::DUE_KIND_ORDER);
  EXPECT_EQ(due[0].state(), v1::DUE_STATE_RUNNING);
  EXPECT_TRUE(due[0].urgent());
  EXPECT_EQ(due[0].action(), v1::ACTION_INQUIRE);
  EXPECT_EQ(due[0].court(), kCourt);
  EXPECT_THAT(due[0].agencies(), ElementsAre(kBeiling, kSongyue));
  EXPECT_EQ(due[0].agencies_open(), 2u);
  EXPECT_EQ(due[0].deadline().row(), "ANSWER_URGENT");
  EXPECT_THAT(due[0].deadline().explanation(), HasSubstr("24 hours"));
  EXPECT_EQ(domain::FromProto(due[0].deadline().due_at()), domain::FromProto(due[0].started_at()) + absl::Hours(24));
  demo_.Pull(kBeiling);
  ASSERT_TRUE(demo_.Report(kBeiling, {demo_.Nil(urgent, kBeiling)}).ok());
  due = Due(operator_);
  EXPECT_THAT(due[0].agencies(), ElementsAre(kSongyue)) << "who has answered is named no more";
  demo_.Pull(kSongyue);
  ASSERT_TRUE(demo_.Report(kSongyue, {demo_.Nil(urgent, kSongyue)}).ok());
  EXPECT_THAT(Ids(Due(operator_)), ElementsAre(slow.order_id()));
}

TEST_F(Supervision, SoonAndOverdueFollowTheMarksInTheJournal) {
  const v1::Order order = Send(demo_.Inquire({kBeiling}));
  const auto state = [&] { return Due(operator_)[0].state(); };
  gateway_.Advance(absl::Hours(17));
  EXPECT_EQ(state(), v1::DUE_STATE_RUNNING);
  gateway_.Advance(absl::Hours(1));
  EXPECT_EQ(state(), v1::DUE_STATE_SOON) << "three quarters are over";
  EXPECT_THAT(Due(operator_)[0].marks_fired_permille(), ElementsAre(500, 750));
  EXPECT_FALSE(Due(operator_)[0].has_overdue_since());
  gateway_.Advance(absl::Hours(6));
  EXPECT_EQ(state(), v1::DUE_STATE_OVERDUE);
  const v1::DueView view = Due(operator_)[0];
  EXPECT_EQ(view.overdue_since().seconds(), view.deadline().due_at().seconds());
  gateway_.Advance(absl::Hours(48));
  EXPECT_EQ(state(), v1::DUE_STATE_OVERDUE) << "also when no mark is left";
  v1::ListDueRequest request;
  request.add_states(v1::DUE_STATE_RUNNING), request.add_states(v1::DUE_STATE_SOON);
  EXPECT_THAT(Due(operator_, request), IsEmpty());
  request.add_states(v1::DUE_STATE_OVERDUE);
  EXPECT_THAT(Due(operator_, request), SizeIs(1));
}

TEST_F(Supervision, EachSeesItsOwnClocks) {
  const v1::Order order = Send(demo_.Inquire({kBeiling, kSongyue, kYunfan}));
  EXPECT_EQ(Due(operator_)[0].case_number(), "") << "operators know no case by its number";
  EXPECT_EQ(Due(demo_.court)[0].case_number(), kCaseNumber);
  EXPECT_THAT(Due(demo_.other_court), IsEmpty());
  std::vector<v1::DueView> own = Due(gateway_.Agency(kSongyue));
  ASSERT_THAT(own, SizeIs(1));
  EXPECT_THAT(own[0].agencies(), ElementsAre(kSongyue)) << "no agency learns of another";
  EXPECT_EQ(own[0].agencies_open(), 1u);
  EXPECT_EQ(own[0].case_number(), "") << "it was not sent the order yet";
  demo_.Pull(kSongyue);
  EXPECT_EQ(Due(gateway_.Agency(kSongyue))[0].case_number(), kCaseNumber);
  EXPECT_THAT(Due(gateway_.Agency(kLand)), IsEmpty());
  v1::ListDueRequest another;
  another.set_agency(kBeiling);
  EXPECT_THAT(Due(gateway_.Agency(kSongyue), another), IsEmpty());
  EXPECT_EQ(Why(GatewayFixture::Auditor(), {}), Reason::kPermissionDenied);
  for (const api::Caller& caller : {operator_, demo_.court, gateway_.Agency(kSongyue)}) {
    EXPECT_THAT(Due(caller)[0].DebugString(), Not(HasSubstr(DemoWorld::Lin().name())));
  }
}

TEST_F(Supervision, ACourtAboveSeesThoseBelowItAndNobodyElse) {
  const v1::Order order = Send(demo_.Inquire({kBeiling}));
  v1::ListDueRequest below;
  below.set_court(kCourt);
  EXPECT_EQ(Why(demo_.other_court, below), Reason::kScopeNotGranted);
  PutAbove(kOtherCourt, kCourt);
  EXPECT_THAT(Ids(Due(demo_.other_court)), ElementsAre(order.order_id()));
  EXPECT_THAT(Ids(Due(demo_.other_court, below)), ElementsAre(order.order_id()));
  v1::ListDueRequest above;
  above.set_court(kOtherCourt);
  EXPECT_EQ(Why(demo_.court, above), Reason::kScopeNotGranted) << "not the other way round";
  EXPECT_THAT(Due(operator_, above), SizeIs(1)) << "with the courts below it";
  above.set_court("辽9999");
  EXPECT_EQ(Why(operator_, above), Reason::kNotFound);
}

TEST_F(Supervision, FiltersLeaveWhatHoldsThemAll) {
  const v1::Order urgent = Send(demo_.Inquire({kBeiling})), slow = Send(Unhurried(demo_.Freeze(kSongyue, 10'000'00)));
  const auto only = [&](auto&& set) {
    v1::ListDueRequest request;
    set(request);
    return Ids(Due(operator_, request));
  };
  EXPECT_THAT(only([](auto& r) { r.set_agency(kSongyue); }), ElementsAre(slow.order_id()));
  EXPECT_THAT(only([](auto& r) { r.set_action(v1::ACTION_INQUIRE); }), ElementsAre(urgent.order_id()));
  EXPECT_THAT(only([](auto& r) { r.set_urgent_only(true); }), ElementsAre(urgent.order_id()));
  EXPECT_THAT(only([](auto& r) { r.add_kinds(v1::DUE_KIND_OBJECTION); }), IsEmpty());
  EXPECT_THAT(only([](auto& r) { r.set_urgent_only(true), r.set_agency(kSongyue); }), IsEmpty());
  const absl::Time due = domain::FromProto(Due(operator_)[0].deadline().due_at());
  EXPECT_THAT(only([&](auto& r) { *r.mutable_due_before() = domain::ToProto(due); }), IsEmpty());
  EXPECT_THAT(only([&](auto& r) { *r.mutable_due_before() = domain::ToProto(due + absl::Microseconds(1)); }),
              ElementsAre(urgent.order_id()));
  v1::ListDueRequest wrong;
  wrong.set_agency("1234567");
  EXPECT_EQ(Why(operator_, wrong), Reason::kAgencyUnknown);
  wrong.Clear(), wrong.add_kinds(static_cast<v1::DueKind>(77));
  EXPECT_EQ(Why(operator_, wrong), Reason::kFieldInvalid);
  wrong.Clear(), wrong.set_page_size(-1);
  EXPECT_EQ(Why(operator_, wrong), Reason::kFieldInvalid);
}

TEST_F(Supervision, PagesGiveEachClockOnceAndATokenFitsItsOwnQuestion) {
  std::vector<v1::Order> orders;
  while (orders.size() < 7) orders.push_back(demo_.Inquire({kBeiling}));
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit(orders)), Each(""));  // all due at the same instant
  v1::ListDueRequest request;
  request.set_page_size(2);
  const std::vector<std::string> seen = Ids(Due(demo_.court, request));
  EXPECT_EQ(seen.size(), 7u);
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 7u);
  const auto page = Ask(demo_.court, request);
  request.set_page_token(page->next_page_token());
  EXPECT_TRUE(Ask(demo_.court, request).ok());
  EXPECT_EQ(Why(operator_, request), Reason::kPageTokenInvalid) << "of another caller";
  request.set_urgent_only(true);
  EXPECT_EQ(Why(demo_.court, request), Reason::kPageTokenInvalid) << "of another question";
}

TEST_F(Supervision, EveryKindOfClockIsThereWhileItRuns) {
  v1::Proposal policy;
  policy.set_ground("agencies state their days");
  *policy.mutable_policy()->mutable_table() = PolicyWithStatements();
  ASSERT_TRUE(demo_.Adopt({policy}).ok());
  const v1::Order freeze = Frozen(kBeiling, 80'000'00);
  ASSERT_THAT(OfKind(v1::DUE_KIND_MEASURE_END), SizeIs(1));
  const v1::DueView end = OfKind(v1::DUE_KIND_MEASURE_END)[0];
  EXPECT_EQ(end.order_id(), freeze.order_id());
  EXPECT_EQ(end.state(), v1::DUE_STATE_SOON) << "the marks of 60 and of 30 days came at once";
  EXPECT_GT(end.days_left(), 0u);
  ASSERT_THAT(OfKind(v1::DUE_KIND_STATEMENT), SizeIs(1));
  EXPECT_EQ(OfKind(v1::DUE_KIND_STATEMENT)[0].day(), "2026-09-28");
  EXPECT_THAT(OfKind(v1::DUE_KIND_STATEMENT)[0].agencies(), ElementsAre(kBeiling));

  const v1::ObjectionAct raised = demo_.Raise(freeze, kBeiling);
  ASSERT_TRUE(demo_.Object(kBeiling, {raised}).ok());
  ASSERT_THAT(OfKind(v1::DUE_KIND_OBJECTION), SizeIs(1));
  EXPECT_EQ(OfKind(v1::DUE_KIND_OBJECTION)[0].order_id(), freeze.order_id());
  ASSERT_TRUE(demo_.AnswerObjections({demo_.Answer(raised, v1::OBJECTION_DECISION_REJECTED)}).ok());
  EXPECT_THAT(OfKind(v1::DUE_KIND_OBJECTION), IsEmpty());

  v1::CaseAct lower;
  lower.set_request_id(gateway_.NewId()), lower.set_court(kCourt);
  lower.mutable_cap()->set_case_number(kCaseNumber), lower.mutable_cap()->set_ground("part of the debt was paid");
  lower.mutable_cap()->mutable_claim()->set_currency("CNY");
  lower.mutable_cap()->mutable_claim()->set_principal_minor_units(70'000'00);
  lower.mutable_cap()->mutable_claim()->set_cap_minor_units(70'000'00);
  ASSERT_TRUE(demo_.SubmitCase({lower})->results(0).has_acceptance());
  ASSERT_THAT(OfKind(v1::DUE_KIND_SURPLUS), SizeIs(1));
  EXPECT_THAT(OfKind(v1::DUE_KIND_SURPLUS)[0].agencies(), IsEmpty());
  EXPECT_EQ(OfKind(v1::DUE_KIND_SURPLUS)[0].court(), kCourt);

  gateway_.AdvanceTo(absl::FromCivil(absl::CivilHour(2026, 9, 29, 12), gateway_.state().policy->zone()));
  ASSERT_THAT(OfKind(v1::DUE_KIND_INCIDENT), SizeIs(1)) << "no statement came";
  EXPECT_THAT(OfKind(v1::DUE_KIND_INCIDENT)[0].agencies(), ElementsAre(kBeiling));
  EXPECT_EQ(OfKind(v1::DUE_KIND_STATEMENT)[0].day(), "2026-09-29") << "the next day is owed";
  for (int day = 0; day < 30; ++day) gateway_.Advance(absl::Hours(24));
  EXPECT_EQ(OfKind(v1::DUE_KIND_MEASURE_END)[0].state(), v1::DUE_STATE_OVERDUE);

  const std::string running = Told();
  gateway_.Restart();
  EXPECT_EQ(Told(), running) << "what is in memory is what the journal says";
}

// Orders, answers, withdrawals and time in any order; what is kept in memory is what a start makes of the state.
TEST_F(Supervision, AfterAnyHistoryTheListsAreThoseOfAFreshStart) {
  std::mt19937_64 dice(20260928);
  const std::vector<std::string> banks = {kBeiling, kSongyue, kYunfan};
  std::map<std::string, v1::Order> sent;  // by id
  std::vector<v1::Order> frozen;
  const auto send = [&](const v1::Order& order) {
    const auto answer = demo_.Submit({order}, {kHandler, kCosigner, kLeader});
    if (DemoWorld::Reasons(answer) == std::vector<std::string>{""}) sent[order.order_id()] = order;
  };
  const auto answer = [&](const v1::Order& order, const std::string& bank) {
    if (order.has_freeze()) {
      ASSERT_TRUE(demo_.Report(bank, {demo_.Controlled(order, order.freeze().limit_minor_units(), 0)}).ok());
      frozen.push_back(order);
    } else if (order.action() == v1::ACTION_INQUIRE) {
      ASSERT_TRUE(demo_.Report(bank, {demo_.Nil(order, bank)}).ok());
    } else if (order.has_release()) {
      ASSERT_TRUE(demo_.Report(bank, {demo_.Released(order, 0)}).ok());
    }
  };
  for (int step = 0; step < 120; ++step) {
    const std::string& bank = banks[dice() % banks.size()];
    switch (dice() % 7) {
      case 0:
        send(demo_.Inquire({bank, kLand}));
        break;
      case 1:
        send(Unhurried(demo_.Freeze(bank, 1'000'00)));
        break;
      case 2:
        if (!frozen.empty()) send(demo_.Release(frozen[dice() % frozen.size()]));
        break;
      case 3:
        if (!frozen.empty()) send(demo_.Deduct(frozen[dice() % frozen.size()], 100'00));
        break;
      case 4:
        gateway_.Advance(absl::Hours(static_cast<int64_t>(dice() % 9)));
        break;
      case 5:
        if (!sent.empty()) {
          v1::WithdrawOrderRequest withdraw;
          withdraw.set_request_id(gateway_.NewId());
          withdraw.set_order_id(std::next(sent.begin(), static_cast<ptrdiff_t>(dice() % sent.size()))->first);
          gateway_.Call(&api::Handlers::WithdrawOrder, demo_.court, withdraw).IgnoreError();
        }
        break;
      default:
        for (const v1::Task& task : demo_.Pull(bank)) {
          v1::Order order;
          ASSERT_TRUE(order.ParseFromString(task.member()));
          if (dice() % 3 != 0) answer(order, bank);
        }
    }
    if (step % 20 != 19) continue;
    const std::string told = Told();
    gateway_.Restart();
    demo_.sessions.clear();
    ASSERT_EQ(Told(), told) << "step " << step;
  }
  EXPECT_GT(sent.size(), 20u);
  EXPECT_GT(frozen.size(), 3u);
}

TEST_F(Supervision, CountersTellHowManyRun) {
  Send(demo_.Inquire({kBeiling}));
  Frozen(kSongyue, 10'000'00);
  gateway_.Advance(absl::Hours(24));
  const auto metrics = gateway_.Call(&api::Handlers::GetMetrics, operator_, v1::GetMetricsRequest());
  std::map<std::string, double> values;
  for (const v1::Metric& metric : metrics->metrics()) values[metric.name()] = metric.value();
  EXPECT_EQ(values.at("ge_clocks_overdue"), 1);
  EXPECT_EQ(values.at("ge_clocks_due_soon"), 0);
  EXPECT_EQ(values.at("ge_freezes_undecided"), 1);
}

// --- coverage

TEST_F(Supervision, CoverageSaysLiveByClerkAbsentAndNever) {
  EXPECT_EQ(Coverage(operator_).at(kBeiling).presence(), v1::PRESENCE_NEVER_SEEN);
  EXPECT_EQ(StateOf(Coverage(operator_).at(kBeiling), v1::ACTION_FREEZE, "DEPOSIT"), "NEVER") << "not declared yet";
  ASSERT_TRUE(demo_.Hello(kBeiling).ok() && demo_.Hello(kLand).ok());
  const auto map = Coverage(operator_);
  EXPECT_EQ(StateOf(map.at(kBeiling), v1::ACTION_FREEZE, "DEPOSIT"), "LIVE");
  EXPECT_EQ(StateOf(map.at(kLand), v1::ACTION_FREEZE, "LAND"), "BY_CLERK");
  EXPECT_EQ(StateOf(map.at(kBeiling), v1::ACTION_TRANSFER_TITLE, ""), "NEVER");
  std::set<int> actions;
  for (const v1::CoverageRow& row : map.at(kBeiling).rows()) actions.insert(row.action());
  EXPECT_EQ(actions.size(), 8u) << "every action is there";
  gateway_.Advance(absl::Seconds(91));
  const v1::AgencyCoverage absent = Coverage(operator_).at(kBeiling);
  EXPECT_EQ(absent.presence(), v1::PRESENCE_ABSENT);
  EXPECT_TRUE(absent.has_absent_since());
  EXPECT_EQ(StateOf(absent, v1::ACTION_FREEZE, "DEPOSIT"), "ABSENT");
  ASSERT_TRUE(demo_.Hello(kBeiling, "j").ok());
  EXPECT_FALSE(Coverage(operator_).at(kBeiling).has_absent_since());
}

TEST_F(Supervision, CoverageIsShownToWhomItHelps) {
  EXPECT_GT(Coverage(demo_.court).size(), 3u);
  EXPECT_GT(Coverage(GatewayFixture::Auditor()).size(), 3u);
  EXPECT_THAT(Coverage(gateway_.Agency(kBeiling)), SizeIs(1)) << "an agency sees itself";
  v1::GetCoverageRequest land;
  land.set_kind("LAND");
  EXPECT_THAT(Coverage(operator_, land), SizeIs(1));
  v1::GetCoverageRequest freeze;
  freeze.set_agency(kBeiling), freeze.set_action(v1::ACTION_FREEZE);
  const v1::AgencyCoverage freezes = Coverage(operator_, freeze).at(kBeiling);
  for (const v1::CoverageRow& row : freezes.rows()) EXPECT_EQ(row.action(), v1::ACTION_FREEZE);
  std::set<std::string> seen;
  v1::GetCoverageRequest page;
  page.set_page_size(2);
  do {
    const auto answer = gateway_.Call(&api::Handlers::GetCoverage, operator_, page);
    ASSERT_TRUE(answer.ok());
    for (const v1::AgencyCoverage& agency : answer->agencies()) EXPECT_TRUE(seen.insert(agency.agency()).second);
    page.set_page_token(answer->next_page_token());
  } while (!page.page_token().empty());
  EXPECT_EQ(seen.size(), Coverage(operator_).size());
}

// --- cases and freezes

TEST_F(Supervision, TheInventoryCountsWhatStands) {
  Frozen(kBeiling, 20'000'00);
  Send(demo_.Inquire({kSongyue, kYunfan}));
  v1::CourtInventory mine = Inventory(demo_.court).courts(0);
  EXPECT_EQ(mine.court(), kCourt);
  ASSERT_THAT(mine.stages(), SizeIs(1));
  EXPECT_EQ(mine.stages(0).stage(), v1::CASE_STAGE_ENFORCEMENT);
  EXPECT_EQ(mine.cases(), 1u);
  EXPECT_EQ(mine.open_orders(), 1u) << "an order counts once, however many agencies it asks";
  EXPECT_EQ(mine.effective_measures(), 1u);
  EXPECT_EQ(mine.undecided_freezes(), 1u);
  EXPECT_THAT(Inventory(demo_.other_court).courts(), IsEmpty());
  EXPECT_EQ(Inventory(operator_).total().cases(), 1u);
  v1::CaseAct stage;
  stage.set_request_id(gateway_.NewId()), stage.set_court(kCourt);
  stage.mutable_stage()->set_case_number(kCaseNumber), stage.mutable_stage()->set_to(v1::CASE_STAGE_STAYED);
  stage.mutable_stage()->set_ground("the parties talk");
  const auto changed = demo_.SubmitCase({stage});
  ASSERT_TRUE(changed.ok() && changed->results(0).has_acceptance()) << changed->DebugString();
  mine = Inventory(demo_.court).courts(0);
  ASSERT_THAT(mine.stages(), SizeIs(1));
  EXPECT_EQ(mine.stages(0).stage(), v1::CASE_STAGE_STAYED);
  EXPECT_EQ(
      ReasonOf(gateway_.Call(&api::Handlers::GetCaseInventory, gateway_.Agency(kBeiling), v1::GetCaseInventoryRequest())
                   .status()),
      Reason::kPermissionDenied);
}

TEST_F(Supervision, AFreezeIsUndecidedUntilACourtDecidesAboutIt) {
  const v1::Order first = Frozen(kBeiling, 20'000'00);
  gateway_.Advance(absl::Hours(1));
  const v1::Order second = Frozen(kSongyue, 10'000'00), third = Frozen(kYunfan, 5'000'00);
  const auto ids = [&] {
    std::vector<std::string> out;
    for (const v1::UndecidedFreeze& freeze : Undecided(operator_)) out.push_back(freeze.order_id());
    return out;
  };
  EXPECT_THAT(ids(), ElementsAre(first.order_id(), second.order_id(), third.order_id())) << "longest in effect first";
  const v1::UndecidedFreeze seen = Undecided(demo_.court)[0];
  EXPECT_EQ(seen.case_number(), kCaseNumber);
  EXPECT_EQ(seen.agency(), kBeiling);
  EXPECT_EQ(seen.asset_kind(), "DEPOSIT");
  EXPECT_EQ(domain::FromProto(seen.ends_at()), domain::FromProto(seen.effective_since()) + absl::Hours(24 * 30));
  EXPECT_EQ(Undecided(operator_)[0].case_number(), "");
  EXPECT_THAT(Undecided(demo_.other_court), IsEmpty());
  v1::ListUndecidedFreezesRequest request;
  *request.mutable_effective_before() = domain::ToProto(gateway_.clock.wall);
  request.set_page_size(1);
  EXPECT_THAT(Undecided(operator_, request), SizeIs(1));
  request.Clear(), request.set_agency(kYunfan);
  EXPECT_THAT(Undecided(operator_, request), SizeIs(1));

  Send(demo_.Deduct(first, 1'000'00));
  Send(demo_.Release(second));
  EXPECT_THAT(ids(), ElementsAre(third.order_id()))
      << "ordered is decided; whether it is carried out has its own clock";
  Send(demo_.Renew(third));
  EXPECT_THAT(ids(), IsEmpty());
  EXPECT_EQ(Inventory(operator_).total().undecided_freezes(), 0u);
  EXPECT_EQ(Inventory(operator_).total().effective_measures(), 3u);
  gateway_.Restart();
  EXPECT_THAT(ids(), IsEmpty());
}

}  // namespace
}  // namespace eagle::test
