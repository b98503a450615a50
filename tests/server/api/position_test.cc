// An agency states its day: what is verified, who sees what of a difference, and what a restart leaves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/domain/instant.h"
#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Positions : public ::testing::Test {
 protected:
  Positions() {
    v1::Proposal policy;
    policy.set_ground("agencies state their days");
    *policy.mutable_policy()->mutable_table() = PolicyWithStatements();
    EXPECT_TRUE(demo_.Adopt({policy}).ok());
  }

  v1::Order Frozen(int64_t controlled = 61'350'27) {
    const v1::Order freeze = demo_.Freeze(kBeiling, 80'000'00);
    EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({freeze})), ElementsAre(""));
    EXPECT_THAT(demo_.Pull(kBeiling), SizeIs(1));
    receipt_ = demo_.Controlled(freeze, controlled, 80'000'00 - controlled);
    receipt_.mutable_items(0)->mutable_measure()->set_revision(1);
    EXPECT_TRUE(demo_.Report(kBeiling, {receipt_}).ok());
    return freeze;
  }
  std::string Today() const {
    return absl::FormatCivilTime(absl::ToCivilDay(gateway_.clock.wall, gateway_.state().policy->zone()));
  }
  // The measure of the last freeze as the bank has it, `less` of it controlled; nothing when `less` is absent.
  v1::Position Of(const v1::Order& freeze, std::optional<int64_t> less) const {
    v1::Position position;
    position.set_agency(kBeiling), position.set_day(Today());
    *position.mutable_as_of() = domain::ToProto(gateway_.clock.wall);
    if (!less) return position;
    v1::PositionLine* line = position.add_lines();
    line->set_order_id(freeze.order_id());
    *line->mutable_measure() = receipt_.items(0).measure();
    line->mutable_measure()->set_controlled_minor_units(line->measure().controlled_minor_units() - *less);
    line->mutable_measure()->clear_shares();
    return position;
  }
  absl::StatusOr<v1::ReportResultsResponse> State(const v1::Position& position, const std::string& key = "agency/") {
    v1::ReportResultsRequest request;
    request.set_instance("i");
    *request.mutable_batch() = gateway_.Sign(v1::MEMBER_TYPE_POSITION, kBeiling, std::vector<v1::Position>{position},
                                             {key == "agency/" ? key + kBeiling : key});
    return gateway_.Call(&api::Handlers::ReportPosition, gateway_.Agency(kBeiling), request);
  }
  std::vector<v1::IncidentView> Incidents(const api::Caller& caller, const v1::ListIncidentsRequest& request = {}) {
    const auto listed = gateway_.Call(&api::Handlers::ListIncidents, caller, request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    return listed.ok() ? std::vector<v1::IncidentView>(listed->incidents().begin(), listed->incidents().end())
                       : std::vector<v1::IncidentView>();
  }
  std::string PositionDay() {
    const auto listed =
        gateway_.Call(&api::Handlers::ListAgencies, GatewayFixture::Operator(), v1::ListAgenciesRequest());
    for (const v1::AgencyView& view : listed->agencies()) {
      if (view.code() == kBeiling) return view.position_day();
    }
    return "no such agency";
  }
  double Metric(const std::string& name) {
    const auto metrics = gateway_.Call(&api::Handlers::GetMetrics, GatewayFixture::Operator(), v1::GetMetricsRequest());
    for (const v1::Metric& metric : metrics->metrics()) {
      if (metric.name() == name) return metric.value();
    }
    return -1;
  }

  GatewayFixture gateway_;
  DemoWorld demo_{gateway_};
  v1::Receipt receipt_;
};

TEST_F(Positions, AStatementIsRecordedWithItsDayAndARepeatIsTheSame) {
  const v1::Order freeze = Frozen();
  EXPECT_EQ(PositionDay(), "");
  const v1::Position position = Of(freeze, 0);
  const auto stated = State(position);
  ASSERT_TRUE(stated.ok()) << stated.status();
  EXPECT_EQ(stated->results(0).verdict(), v1::RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(PositionDay(), Today());
  EXPECT_THAT(Incidents(GatewayFixture::Operator()), IsEmpty());
  const auto again = State(position);
  EXPECT_EQ(again->results(0).verdict(), v1::RECEIPT_VERDICT_DUPLICATE);
  EXPECT_EQ(again->results(0).journal_index(), stated->results(0).journal_index());
}

TEST_F(Positions, OnlyTheAgencysOwnKeyStatesItsDay) {
  const v1::Order freeze = Frozen();
  EXPECT_FALSE(State(Of(freeze, 0), "registrar-1").ok());
  v1::ReportResultsRequest request;
  request.set_instance("i");
  *request.mutable_batch() = gateway_.Sign(v1::MEMBER_TYPE_RECEIPT, kBeiling, std::vector<v1::Position>{Of(freeze, 0)},
                                           {std::string("agency/") + kBeiling});
  EXPECT_FALSE(gateway_.Call(&api::Handlers::ReportPosition, gateway_.Agency(kBeiling), request).ok())
      << "a batch of receipts is no statement";
  EXPECT_EQ(gateway_.Count("POSITION_STATED"), 0u);
}

TEST_F(Positions, ADifferenceIsSeenByThoseWhomItConcernsAndInAmountsByTwo) {
  const v1::Order freeze = Frozen();
  ASSERT_TRUE(State(Of(freeze, 1'00)).ok());
  const auto by_operator = Incidents(GatewayFixture::Operator()), by_court = Incidents(demo_.court),
             by_agency = Incidents(gateway_.Agency(kBeiling));
  ASSERT_THAT(by_operator, SizeIs(1));
  EXPECT_EQ(by_operator[0].kind(), v1::INCIDENT_KIND_AMOUNT_DIFFERS);
  EXPECT_EQ(by_operator[0].agency(), kBeiling);
  EXPECT_EQ(by_operator[0].order_id(), freeze.order_id());
  EXPECT_EQ(by_operator[0].court(), kCourt);
  EXPECT_EQ(by_operator[0].deadline().row(), "POSITION_DIFFERENCE");
  EXPECT_FALSE(by_operator[0].has_stated() || by_operator[0].has_recorded());
  for (const auto& seen : {by_court, by_agency}) {
    ASSERT_THAT(seen, SizeIs(1));
    EXPECT_EQ(seen[0].recorded().controlled_minor_units(), 61'350'27);
    EXPECT_EQ(seen[0].stated().controlled_minor_units(), 61'349'27);
  }
  EXPECT_THAT(by_court[0].recorded().shares(), IsEmpty()) << "accounts are read with a ticket";
  EXPECT_THAT(Incidents(demo_.other_court), IsEmpty());
  EXPECT_EQ(Metric("ge_incidents_open"), 1);
}

TEST_F(Positions, AnIncidentItsClockAndTheDayOutliveTheProcess) {
  const v1::Order freeze = Frozen();
  gateway_.Advance(absl::Minutes(1));
  ASSERT_TRUE(State(Of(freeze, std::nullopt)).ok());
  auto seen = Incidents(GatewayFixture::Operator());
  ASSERT_THAT(seen, SizeIs(1));
  EXPECT_EQ(seen[0].kind(), v1::INCIDENT_KIND_MEASURE_MISSING);
  const std::string day = Today();
  gateway_.Restart();
  EXPECT_EQ(PositionDay(), day);
  EXPECT_EQ(Metric("ge_incidents_open"), 1);
  gateway_.AdvanceTo(domain::FromProto(seen[0].deadline().due_at()));
  EXPECT_EQ(gateway_.Count("INCIDENT_MARKED"), 3u) << "remind, due soon, due; of this incident";
  seen = Incidents(GatewayFixture::Operator());
  ASSERT_GE(seen.size(), 1u);
  gateway_.Advance(absl::Seconds(1));
  EXPECT_TRUE(Incidents(GatewayFixture::Operator())[0].overdue());
  ASSERT_TRUE(State(Of(freeze, 0)).ok());
  v1::ListIncidentsRequest open;
  open.set_open_only(true);
  EXPECT_THAT(Incidents(GatewayFixture::Operator(), open), IsEmpty());
  EXPECT_TRUE(Incidents(GatewayFixture::Operator())[0].has_cleared_at());
  EXPECT_EQ(Metric("ge_incidents_open"), 0);
  gateway_.Restart();
  EXPECT_THAT(Incidents(GatewayFixture::Operator(), open), IsEmpty());
}

TEST_F(Positions, ADayWithoutAStatementIsFoundAfterARestartToo) {
  Frozen();
  gateway_.Restart();
  gateway_.AdvanceTo(absl::FromCivil(absl::CivilHour(2026, 9, 29, 12), gateway_.state().policy->zone()));
  const auto seen = Incidents(GatewayFixture::Operator());
  ASSERT_THAT(seen, SizeIs(1));
  EXPECT_EQ(seen[0].kind(), v1::INCIDENT_KIND_STATEMENT_MISSING);
  EXPECT_EQ(seen[0].day(), "2026-09-28");
  EXPECT_THAT(Incidents(demo_.court), IsEmpty()) << "of no court's case";
  EXPECT_THAT(Incidents(gateway_.Agency(kBeiling)), SizeIs(1));
}

TEST_F(Positions, PagesGoOnWhereTheLastOneEnded) {
  Frozen();
  for (int day = 0; day < 5; ++day) gateway_.Advance(absl::Hours(24));
  v1::ListIncidentsRequest request;
  request.set_page_size(2);
  std::vector<std::string> days;
  do {
    const auto page = gateway_.Call(&api::Handlers::ListIncidents, GatewayFixture::Operator(), request);
    ASSERT_TRUE(page.ok());
    for (const v1::IncidentView& view : page->incidents()) days.push_back(view.day());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(days, ElementsAre("2026-09-28", "2026-09-29", "2026-09-30", "2026-10-01"));
}

}  // namespace
}  // namespace eagle::test
