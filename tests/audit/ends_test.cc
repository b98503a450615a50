// Ends of measures, end to end: the gateway marks them over a restart and a renewal, and strangers count them again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/audit/opened_audit.h"
#include "client/audit/public_audit.h"
#include "server/core/tiles.h"
#include "server/domain/instant.h"
#include "server/journal/leaf.h"
#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class AuditedEnds : public ::testing::Test {
 protected:
  // A freeze in effect whose last civil day is 61 days after today.
  void SetUp() override {
    ASSERT_TRUE(demo_.Submit({freeze_}, {kHandler, kCosigner})->results(0).has_acceptance());
    demo_.Pull(kBeiling);
    Say(demo_.Controlled(freeze_, 1'000'00, 0), 61);
  }
  void Say(v1::Receipt receipt, int64_t days) {
    const absl::CivilDay today = absl::ToCivilDay(gateway_.clock.wall, zone());
    *receipt.mutable_items(0)->mutable_measure()->mutable_effective_to() =
        domain::ToProto(absl::FromCivil(today + days + 1, zone()));
    ASSERT_EQ(demo_.Report(kBeiling, {receipt})->results(0).verdict(), v1::RECEIPT_VERDICT_RECORDED);
  }
  const absl::TimeZone& zone() const { return gateway_.sequencer->published()->policy->zone(); }
  void Days(int days) {
    for (int i = 0; i < days; ++i) gateway_.Advance(absl::Hours(24));
  }
  // The days of all marks so far.
  std::vector<uint32_t> Marks() {
    std::vector<uint32_t> out;
    ForEach([&](const journal::Leaf& leaf, std::string_view) {
      v1::MeasureMarked body;
      if (leaf.type == v1::ENTRY_TYPE_MEASURE_MARKED && body.ParseFromString(leaf.body))
        out.push_back(body.days_before());
    });
    return out;
  }
  template <typename Visit>
  void ForEach(Visit visit) {
    const auto reader = gateway_.disk.NewReader();
    ASSERT_TRUE(reader.ok());
    const auto take = [&](uint64_t, std::string_view leaf, std::string_view sealed) -> absl::Status {
      visit(*journal::DecodeLeaf(std::string(leaf)), sealed);
      return absl::OkStatus();
    };
    ASSERT_TRUE(core::ForEachEntry(**reader, 0, take).ok());
  }
  // Findings of the opened audit, and of the public one, when marks say something else; false: the mark isn't there.
  std::vector<std::string> Findings(const std::function<bool(v1::MeasureMarked&)>& change) {
    audit::Findings findings;
    audit::PublicAudit leaves;
    audit::OpenedAudit opened(
        [&](std::string_view id) -> std::optional<std::string> {
          const auto key = gateway_.keys->KeyOf(std::string(id));
          return key.ok() ? std::optional(*key) : std::nullopt;
        },
        findings);
    ForEach([&](journal::Leaf leaf, std::string_view sealed) {
      v1::MeasureMarked body;
      if (leaf.type == v1::ENTRY_TYPE_MEASURE_MARKED && body.ParseFromString(leaf.body)) {
        if (!change(body)) return;
        leaf.body = body.SerializeAsString();
      }
      leaves.Take(journal::EncodeLeaf(leaf));
      opened.Take(journal::EncodeLeaf(leaf), sealed);
    });
    std::vector<std::string> out;
    for (const auto* list : {&findings.list(), &leaves.findings().list()}) {
      for (const auto& finding : *list)
        out.push_back(std::string(audit::RowOf(finding.rule).name) + ": " + finding.sentence);
    }
    return out;
  }

  GatewayFixture gateway_{GatewayFixture::Options{.real_keys = true}};
  DemoWorld demo_{gateway_};
  v1::Order freeze_ = demo_.Freeze(kBeiling, 1'000'00);
};

TEST_F(AuditedEnds, MarksSurviveARestartAndFollowARenewal) {
  Days(5);
  EXPECT_THAT(Marks(), ElementsAre(60));
  gateway_.Restart();
  Days(28);
  EXPECT_THAT(Marks(), ElementsAre(60, 30)) << "once each, over the restart";
  const v1::Order renewal = demo_.Renew(freeze_);
  ASSERT_TRUE(demo_.Submit({renewal}, {kHandler, kCosigner})->results(0).has_acceptance());
  demo_.Pull(kBeiling);
  v1::Receipt renewed = demo_.Controlled(freeze_, 1'000'00, 0);
  const v1::Receipt of = demo_.Receipt(renewal, kBeiling, v1::RECEIPT_KIND_FINAL);
  renewed.set_order_id(of.order_id()), renewed.set_order_digest(of.order_digest()), renewed.set_sequence(of.sequence());
  renewed.mutable_items(0)->set_outcome(v1::OUTCOME_RENEWED);
  renewed.mutable_items(0)->mutable_measure()->set_revision(2);
  Say(renewed, 100);
  Days(35);
  EXPECT_THAT(Marks(), ElementsAre(60, 30)) << "the old end has passed";
  Days(10);
  EXPECT_THAT(Marks(), ElementsAre(60, 30, 60)) << "of the new one";
  EXPECT_THAT(Findings([](v1::MeasureMarked&) { return true; }), IsEmpty());
}

TEST_F(AuditedEnds, TheCourtIsToldByTheWatch) {
  v1::WatchOrdersRequest watch;
  watch.set_resume_token(gateway_.handlers->ReadWatch(demo_.court, watch, 1)->resume_token());
  Days(2);
  const auto page = gateway_.handlers->ReadWatch(demo_.court, watch, 1000);
  ASSERT_TRUE(page.ok());
  std::vector<std::string> told;
  for (const v1::OrderEvent& event : page->events()) {
    EXPECT_EQ(event.order_id(), freeze_.order_id());
    told.push_back(event.type() + " " + event.agency());
  }
  EXPECT_THAT(told, ElementsAre(std::string("MEASURE_MARKED ") + kBeiling));
}

TEST_F(AuditedEnds, WhatIsMarkedOtherwiseOrNotIsFound) {
  Days(70);
  ASSERT_THAT(Marks(), ElementsAre(60, 30, 15, 7, 3, 1, 0));
  EXPECT_THAT(Findings([](v1::MeasureMarked&) { return true; }), IsEmpty());
  EXPECT_THAT(Findings([](v1::MeasureMarked& body) { return body.days_before() != 7; }),
              Contains(StartsWith("measure.end: the end of the measure of order ")));
  EXPECT_THAT(Findings([](v1::MeasureMarked& body) {
                if (body.days_before() == 30) body.set_ends(body.ends() + 86'400'000'000);
                return true;
              }),
              Contains("measure.end: by its receipts the measure isn't in effect until then"));
  EXPECT_THAT(Findings([](v1::MeasureMarked& body) {
                if (body.days_before() == 15) body.set_days_before(14);
                return true;
              }),
              Contains("measure.end: by the installed policy 15 days were to be marked"));
  EXPECT_THAT(Findings([](v1::MeasureMarked& body) {
                if (body.days_before() == 30) body.set_days_before(60);
                return true;
              }),
              Contains(HasSubstr("60 days were marked before")));
}

}  // namespace
}  // namespace eagle::test
