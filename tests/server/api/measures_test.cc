// ListMeasures: what stands over all cases of a court, what ends when, and that nobody else sees it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/domain/instant.h"
#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Measures : public ::testing::Test {
 protected:
  Measures() {
    EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({effective_, waits_, unanswered_})), ElementsAre("", "", ""));
    demo_.Pull(kBeiling), demo_.Pull(kSongyue);
    v1::Receipt controlled = demo_.Controlled(effective_, 20'000'00, 0);
    v1::MeasureState& state = *controlled.mutable_items(0)->mutable_measure();
    *state.mutable_effective_to() = domain::ToProto(end_);
    state.add_shares()->set_asset_number("9900010000000001016");
    state.mutable_shares(0)->set_controlled_minor_units(20'000'00);
    EXPECT_TRUE(demo_.Report(kBeiling, {controlled}).ok());
    EXPECT_TRUE(demo_.Report(kSongyue, {demo_.Waitlisted(waits_)}).ok());
  }
  v1::ListMeasuresResponse List(const v1::ListMeasuresRequest& request) { return ListAs(demo_.court, request); }
  v1::ListMeasuresResponse ListAs(const api::Caller& caller, const v1::ListMeasuresRequest& request) {
    const auto page = gateway_.Call(&api::Handlers::ListMeasures, caller, request);
    EXPECT_TRUE(page.ok()) << page.status();
    return page.ok() ? *page : v1::ListMeasuresResponse();
  }
  static v1::ListMeasuresRequest EndingBefore(absl::Time time) {
    v1::ListMeasuresRequest request;
    *request.mutable_ending_before() = domain::ToProto(time);
    return request;
  }
  static std::vector<std::string> Seen(const v1::ListMeasuresResponse& page) {
    std::vector<std::string> seen;
    for (const v1::MeasureView& measure : page.measures())
      seen.push_back(measure.agency() + " " + v1::MeasurePhase_Name(measure.phase()).substr(14));
    return seen;
  }

  GatewayFixture gateway_;
  DemoWorld demo_{gateway_};
  v1::Order effective_ = demo_.Freeze(kBeiling, 20'000'00), waits_ = demo_.Freeze(kSongyue, 10'000'00),
            unanswered_ = demo_.Freeze(kYunfan, 5'000'00);
  const absl::Time end_ = gateway_.clock.wall + absl::Hours(24 * 30);
};

TEST_F(Measures, AreListedInTheOrderOfTheirFreezesMasked) {
  const v1::ListMeasuresResponse all = List({});
  EXPECT_THAT(Seen(all), ElementsAre("9900001 EFFECTIVE", "9900002 WAITLISTED", "9900003 REQUESTED"));
  const v1::MeasureView& first = all.measures(0);
  EXPECT_EQ(first.freeze_order_id(), effective_.order_id());
  EXPECT_EQ(first.case_number(), kCaseNumber);
  EXPECT_EQ(first.asset_kind(), "DEPOSIT");
  EXPECT_EQ(first.state().controlled_minor_units(), 20'000'00);
  EXPECT_EQ(domain::FromProto(first.state().effective_to()), end_);
  EXPECT_EQ(domain::FromProto(first.renewable_from()), end_ - absl::Hours(24 * 90)) << "the policy's row for deposits";
  EXPECT_THAT(first.state().shares(), IsEmpty()) << "where it lies is told in the case, with a ticket";
  EXPECT_EQ(first.asset_number_masked().find("0000000001016"), std::string::npos);
  v1::ListMeasuresRequest standing;
  standing.set_standing_only(true);
  EXPECT_THAT(Seen(List(standing)), ElementsAre("9900001 EFFECTIVE", "9900002 WAITLISTED"));
}

TEST_F(Measures, WhatEndsIsFoundBeforeAndAfterTheEndUntilItsAgencySaysMore) {
  EXPECT_THAT(Seen(List(EndingBefore(end_))), IsEmpty());
  EXPECT_THAT(Seen(List(EndingBefore(end_ + absl::Seconds(1)))), ElementsAre("9900001 EFFECTIVE"));
  gateway_.AdvanceTo(end_ + absl::Hours(1));
  demo_.Pull(kYunfan);  // the recorded time follows with an entry
  EXPECT_THAT(Seen(List(EndingBefore(gateway_.clock.wall))), ElementsAre("9900001 EXPECTED_LAPSED"));
  v1::ListMeasuresRequest standing;
  standing.set_standing_only(true);
  EXPECT_THAT(Seen(List(standing)), ElementsAre("9900001 EXPECTED_LAPSED", "9900002 WAITLISTED"));
}

TEST_F(Measures, AnOpenRenewalIsSeenAndItsAnswerMovesTheEnd) {
  const v1::Order renewal = demo_.Renew(effective_);
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({renewal})), ElementsAre(""));
  EXPECT_TRUE(List({}).measures(0).renewal_open());
  demo_.Pull(kBeiling);
  v1::Receipt renewed = demo_.Receipt(renewal, kBeiling, v1::RECEIPT_KIND_FINAL);
  v1::ItemResult& item = *renewed.add_items();
  item.set_outcome(v1::OUTCOME_RENEWED);
  *item.mutable_measure() = List({}).measures(0).state();
  const absl::Time later = end_ + absl::Hours(24 * 365);
  *item.mutable_measure()->mutable_effective_to() = domain::ToProto(later);
  ASSERT_TRUE(demo_.Report(kBeiling, {renewed}).ok());
  const v1::MeasureView now = List({}).measures(0);
  EXPECT_FALSE(now.renewal_open());
  EXPECT_EQ(domain::FromProto(now.state().effective_to()), later);
  EXPECT_EQ(now.phase(), v1::MEASURE_PHASE_EFFECTIVE);
}

TEST_F(Measures, PagesGiveAllOnceAndATokenFitsItsOwnQuestion) {
  v1::ListMeasuresRequest request;
  request.set_page_size(1);
  std::vector<std::string> seen;
  for (;;) {
    const v1::ListMeasuresResponse page = List(request);
    EXPECT_LE(page.measures_size(), 1);
    for (const std::string& one : Seen(page)) seen.push_back(one);
    if (page.next_page_token().empty()) break;
    request.set_page_token(page.next_page_token());
  }
  EXPECT_THAT(seen, ElementsAre("9900001 EFFECTIVE", "9900002 WAITLISTED", "9900003 REQUESTED"));
  request.set_standing_only(true);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::ListMeasures, demo_.court, request).status()),
            Reason::kPageTokenInvalid);
  request.set_page_token("");
  request.set_page_size(-1);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::ListMeasures, demo_.court, request).status()),
            Reason::kFieldInvalid);
}

TEST_F(Measures, ACourtSeesItsOwnAndNobodyElseAny) {
  EXPECT_THAT(Seen(ListAs(demo_.other_court, {})), IsEmpty());
  v1::ListMeasuresRequest of_case;
  of_case.set_case_number(kCaseNumber);
  EXPECT_EQ(List(of_case).measures_size(), 3);
  EXPECT_THAT(Seen(ListAs(demo_.other_court, of_case)), IsEmpty());
  for (const api::Caller& caller : {gateway_.Agency(kBeiling), GatewayFixture::Operator(), GatewayFixture::Auditor()}) {
    EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::ListMeasures, caller, v1::ListMeasuresRequest()).status()),
              Reason::kPermissionDenied);
  }
}

}  // namespace
}  // namespace eagle::test
