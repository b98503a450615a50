// `eagle supervise` and `eagle board`: what the command centre reads, as tables, JSON, CSV and one picture.
#include "client/common/files.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/trust/timestamps.h"
#include "tests/client/cli_world.h"

namespace eagle::client {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class CliSuperviseTest : public testing::Test {
 protected:
  CliSuperviseTest() {
    AddDue(v1::DUE_KIND_ORDER, v1::DUE_STATE_OVERDUE, -absl::Hours(3), 'a').set_urgent(true);
    AddDue(v1::DUE_KIND_OBJECTION, v1::DUE_STATE_SOON, absl::Hours(1), 'b');
    AddDue(v1::DUE_KIND_ORDER, v1::DUE_STATE_RUNNING, absl::Hours(15), 'c').set_agencies_open(12);  // 24:00 of Monday
    AddDue(v1::DUE_KIND_ORDER, v1::DUE_STATE_RUNNING, absl::Hours(40), 'd');
    for (const uint64_t index : {7, 9, 12}) {
      v1::Alert& alert = world_.gateway->alerts.emplace_back();
      alert.set_journal_index(index), alert.set_kind(v1::ALERT_KIND_DEADLINE_MARKED), alert.set_mark_permille(1000);
      alert.set_agency("9900010"), alert.set_court("辽9901"), alert.set_text("overdue: alert " + std::to_string(index));
      *alert.mutable_time() = trust::TimestampOf(Monday() - absl::Hours(1));
    }
    Cover("9900010", v1::PRESENCE_PRESENT, v1::COVERAGE_STATE_LIVE);
    Cover("9900900", v1::PRESENCE_ABSENT, v1::COVERAGE_STATE_ABSENT);
    *world_.gateway->covered[1].mutable_absent_since() = trust::TimestampOf(Monday() - absl::Hours(2));
    v1::IncidentView* incident = world_.gateway->incidents.add_incidents();
    incident->set_name("incidents/9"), incident->set_kind(v1::INCIDENT_KIND_STATEMENT_MISSING);
    incident->set_agency("9900010"), incident->set_day("2026-09-27");
    *incident->mutable_deadline()->mutable_due_at() = trust::TimestampOf(Monday() + absl::Hours(72));
  }
  v1::DueView& AddDue(v1::DueKind kind, v1::DueState state, absl::Duration in, char id) {
    v1::DueView& view = world_.gateway->clocks.emplace_back();
    view.set_kind(kind), view.set_state(state), view.set_order_id(std::string(16, id)), view.set_court("辽9901");
    view.set_action(v1::ACTION_FREEZE), view.add_agencies("9900010"), view.set_agencies_open(1);
    *view.mutable_deadline()->mutable_due_at() = trust::TimestampOf(Monday() + in);
    view.mutable_deadline()->set_explanation("because, \"so\"");
    return view;
  }
  void Cover(const std::string& code, v1::Presence presence, v1::CoverageState freeze) {
    v1::AgencyCoverage& agency = world_.gateway->covered.emplace_back();
    agency.set_agency(code), agency.set_kind("BANK"), agency.set_region("990101"), agency.set_presence(presence);
    const auto row = [&](v1::Action action, const char* kind, v1::CoverageState state) {
      v1::CoverageRow* out = agency.add_rows();
      out->set_action(action), out->set_asset_kind(kind), out->set_state(state);
    };
    row(v1::ACTION_INQUIRE, "DEPOSIT", v1::COVERAGE_STATE_LIVE);
    row(v1::ACTION_FREEZE, "DEPOSIT", freeze);
    row(v1::ACTION_FREEZE, "GOLD", v1::COVERAGE_STATE_NEVER);
    row(v1::ACTION_DEDUCT, "", v1::COVERAGE_STATE_NEVER);
  }
  Ran AsOperator(const std::vector<std::string>& arguments) { return world_.Run(arguments, "operator-ops"); }

  CliWorld world_;
};

TEST_F(CliSuperviseTest, DueHasWhatIsDueFirstOnTopInBothLanguages) {
  const auto out = AsOperator({"supervise", "due"});
  EXPECT_EQ(out.exit, kExitOk) << out.err;
  EXPECT_THAT(out.out, AllOf(HasSubstr("OVERDUE 超期"), HasSubstr("ORDER 反馈"), HasSubstr("OBJECTION 异议"),
                             HasSubstr("北陵商业银行"), HasSubstr("12 agencies")));
  EXPECT_LT(out.out.find("OVERDUE"), out.out.find("SOON"));
  const auto json = world_.Json({"supervise", "due"}, "operator-ops");
  EXPECT_EQ(At(json.out, "0.state"), "OVERDUE");
  EXPECT_EQ(At(json.out, "0.agencies.0"), "9900010");
  EXPECT_EQ(At(json.out, "0.due"), "2026-09-28T06:00:00+08:00");
}

TEST_F(CliSuperviseTest, DueAsksForWhatTheFlagsSay) {
  AsOperator({"supervise", "due", "--overdue", "--soon", "--kind", "order", "--agency", "9900010", "--court", "辽9901",
              "--action", "freeze", "--urgent", "--today"});
  const v1::ListDueRequest& asked = world_.gateway->due_requests.back();
  EXPECT_THAT(asked.states(), ElementsAre(v1::DUE_STATE_OVERDUE, v1::DUE_STATE_SOON));
  EXPECT_THAT(asked.kinds(), ElementsAre(v1::DUE_KIND_ORDER));
  EXPECT_EQ(asked.agency(), "9900010");
  EXPECT_EQ(asked.court(), "辽9901");
  EXPECT_EQ(asked.action(), v1::ACTION_FREEZE);
  EXPECT_TRUE(asked.urgent_only());
  EXPECT_EQ(asked.due_before().seconds(), trust::TimestampOf(Monday() + absl::Hours(15)).seconds())
      << "24:00 is of today";
  EXPECT_GT(asked.due_before().nanos(), 0);
  EXPECT_EQ(AsOperator({"supervise", "due", "--kind", "CLOCK"}).exit, kExitUsage);
  EXPECT_EQ(AsOperator({"supervise", "due", "--action", "SEIZE"}).exit, kExitUsage);
  EXPECT_EQ(AsOperator({"supervise", "due", "--today", "--within", "2"}).exit, kExitUsage);
}

TEST_F(CliSuperviseTest, DueReadsOverPagesUpToItsLimit) {
  world_.gateway->due_per_page = 1;
  EXPECT_EQ(At(world_.Json({"supervise", "due"}).out, "3.state"), "RUNNING");
  EXPECT_EQ(world_.gateway->due_requests.size(), 4u);
  const auto two = AsOperator({"supervise", "due", "--limit", "2"});
  EXPECT_THAT(two.out, Not(HasSubstr("RUNNING")));
  EXPECT_THAT(two.err, HasSubstr("the first 2: see --limit"));
}

TEST_F(CliSuperviseTest, AFileOfCommaSeparatedValuesHasEveryColumn) {
  const std::string path = world_.Path("due.csv");
  EXPECT_EQ(AsOperator({"supervise", "due", "--csv", path}).exit, kExitOk);
  const std::string csv = *ReadFile(path);
  EXPECT_THAT(csv, HasSubstr("due,state,kind,agencies,"));
  EXPECT_THAT(csv, HasSubstr("2026-09-28T06:00:00+08:00,OVERDUE,ORDER,\"[\"\"9900010\"\"]\",FREEZE,true,"));
  EXPECT_THAT(csv, HasSubstr("\"because, \"\"so\"\"\""));
}

TEST_F(CliSuperviseTest, AlertsAreThoseOfTheLastHoursTheNewestLast) {
  const auto out = AsOperator({"supervise", "alerts", "--hours", "48"});
  EXPECT_EQ(out.exit, kExitOk) << out.err;
  EXPECT_THAT(out.out, AllOf(HasSubstr("DEADLINE_MARKED 时限"), HasSubstr("overdue: alert 12")));
  const v1::WatchAlertsRequest asked = world_.gateway->alert_requests.back();
  EXPECT_EQ(asked.since().seconds(), trust::TimestampOf(Monday() - absl::Hours(48)).seconds());
  EXPECT_EQ(At(world_.Json({"supervise", "alerts", "--limit", "1"}).out, "0.journal_index"), "12");
}

TEST_F(CliSuperviseTest, FollowedAlertsAreLinesFromATokenOn) {
  const auto out = AsOperator({"supervise", "alerts", "--follow", "--seconds", "1", "--resume", "7"});
  EXPECT_THAT(out.out, AllOf(HasSubstr("\"journal_index\": 9"), HasSubstr("\"kind\": \"DEADLINE_MARKED\""),
                             HasSubstr("\"resume_token\": \"12\""), Not(HasSubstr("alert 7"))));
  EXPECT_EQ(world_.gateway->alert_requests.front().resume_token(), "7");
  EXPECT_FALSE(world_.gateway->alert_requests.front().has_since());
  EXPECT_EQ(world_.gateway->alert_requests.back().resume_token(), "12") << "a stream that broke goes on";
}

TEST_F(CliSuperviseTest, CoverageIsAMapWithTheBestOfEachAction) {
  const auto out = AsOperator({"supervise", "coverage"});
  EXPECT_EQ(out.exit, kExitOk) << out.err;
  EXPECT_THAT(out.out, AllOf(HasSubstr("LIVE 在线"), HasSubstr("ABSENT 离线"), HasSubstr("NEVER 未开通"),
                             HasSubstr("北陵商业银行"), HasSubstr("不动产登记中心")));
  const auto json = world_.Json({"supervise", "coverage"}, "operator-ops");
  EXPECT_EQ(At(json.out, "0.freeze"), "LIVE") << "GOLD is never, DEPOSIT is live";
  EXPECT_EQ(At(json.out, "1.freeze"), "ABSENT");
  EXPECT_EQ(At(json.out, "1.absent_since"), "2026-09-28T07:00:00+08:00");
  const auto rows = world_.Json({"supervise", "coverage", "--rows", "--gaps"}, "operator-ops");
  EXPECT_EQ(At(rows.out, "0.asset_kind"), "GOLD");
  AsOperator(
      {"supervise", "coverage", "--agency", "9900010", "--kind", "BANK", "--region", "990101", "--action", "FREEZE"});
  EXPECT_EQ(world_.gateway->coverage_request.agency(), "9900010");
  EXPECT_EQ(world_.gateway->coverage_request.kind(), "BANK");
  EXPECT_EQ(world_.gateway->coverage_request.region(), "990101");
  EXPECT_EQ(world_.gateway->coverage_request.action(), v1::ACTION_FREEZE);
}

TEST_F(CliSuperviseTest, InventoryAndUndecidedAreTablesOfCourtsAndFreezes) {
  v1::CourtInventory* court = world_.gateway->inventory.add_courts();
  court->set_court("辽9901"), court->set_cases(5), court->set_open_orders(7), court->set_undecided_freezes(2);
  v1::StageCount* stage = court->add_stages();
  stage->set_stage(v1::CASE_STAGE_ENFORCEMENT), stage->set_cases(5);
  *world_.gateway->inventory.mutable_total() = *court;
  const auto inventory = world_.Json({"supervise", "inventory", "--court", "辽9901"}, "operator-ops");
  EXPECT_EQ(At(inventory.out, "0.enforcement"), "5");
  EXPECT_EQ(At(inventory.out, "0.stayed"), "0");
  EXPECT_EQ(At(inventory.out, "1.open_orders"), "7") << "the sum";
  EXPECT_EQ(world_.gateway->inventory_request.court(), "辽9901");

  v1::UndecidedFreeze* freeze = world_.gateway->undecided.add_freezes();
  freeze->set_order_id(std::string(16, 'f')), freeze->set_agency("9900010"), freeze->set_asset_kind("DEPOSIT");
  *freeze->mutable_effective_since() = trust::TimestampOf(Monday() - absl::Hours(24 * 40));
  const auto undecided = world_.Json({"supervise", "undecided", "--days", "30"}, "operator-ops");
  EXPECT_EQ(At(undecided.out, "0.days"), "40");
  EXPECT_EQ(world_.gateway->undecided_request.effective_before().seconds(),
            trust::TimestampOf(Monday() - absl::Hours(24 * 30)).seconds());
}

TEST_F(CliSuperviseTest, TheBoardHasEveryPartOnceAndPlain) {
  const auto out = AsOperator({"board", "--once"});
  EXPECT_EQ(out.exit, kExitOk) << out.err;
  EXPECT_THAT(out.out, AllOf(HasSubstr("OVERDUE 超期: 1"), HasSubstr("DUE IN 2 H 两小时内到期: 1"),
                             HasSubstr("DUE TODAY 今日到期: 1"), HasSubstr("ABSENT AGENCIES 离线单位: 1"),
                             HasSubstr("INCIDENTS 差异: 1"), HasSubstr("NEWEST ALERTS OF 24 H 最新警报: 3")));
  EXPECT_LT(out.out.find("alert 12"), out.out.find("alert 7")) << "the newest first";
  EXPECT_THAT(out.out, Not(HasSubstr("\033")));
  const auto json = world_.Json({"board", "--once"}, "operator-ops");
  EXPECT_EQ(At(json.out, "board.overdue"), "1");
  EXPECT_EQ(At(json.out, "absent_agencies.0.agency_code"), "9900900");
  EXPECT_EQ(At(json.out, "newest_alerts.0.journal_index"), "12");
}

TEST_F(CliSuperviseTest, TheBoardIsDrawnAnewAndTakesOnlyNewAlerts) {
  world_.waiter.give_up_after = 2;
  const auto out = AsOperator({"board", "--every", "3"});
  EXPECT_EQ(out.exit, kExitOk) << out.err;
  EXPECT_THAT(out.out, Not(HasSubstr("\033"))) << "no terminal: plain text";
  ASSERT_GE(world_.gateway->alert_requests.size(), 2u);
  EXPECT_TRUE(world_.gateway->alert_requests[0].has_since());
  EXPECT_EQ(world_.gateway->alert_requests[1].resume_token(), "12");
  size_t shown = 0;
  for (size_t at = out.out.find("alert 7"); at != std::string::npos; at = out.out.find("alert 7", at + 1)) ++shown;
  EXPECT_EQ(shown, 2u) << "in each of the two pictures once";
  world_.out_is_terminal = true;
  world_.waiter.give_up_after = 1;
  EXPECT_THAT(AsOperator({"board"}).out, HasSubstr("\033[H\033[2J"));
}

TEST_F(CliSuperviseTest, TheBoardOutlivesAGatewayThatIsAway) {
  world_.waiter.give_up_after = 1;
  world_.gateway->FailWith(Fail(Reason::kUnavailable, "away"));
  const auto out = AsOperator({"board"});
  EXPECT_EQ(out.exit, kExitOk);
  EXPECT_THAT(out.out, HasSubstr("the gateway doesn't answer since"));
  EXPECT_EQ(AsOperator({"board", "--once"}).exit, kExitUnavailable);
}

}  // namespace
}  // namespace eagle::client
