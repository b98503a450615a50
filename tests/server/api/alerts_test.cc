// Alerts: which entries are any, who is told of which, and that none is missed or told out of order, whoever reads
// when.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/domain/alert.h"
#include "server/domain/instant.h"
#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class Alerts : public ::testing::Test {
 protected:
  void Send(const v1::Order& order) {
    ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({order}, {kHandler, kCosigner})), ElementsAre(""));
  }
  // Every alert past the token, page by page.
  std::vector<v1::Alert> Read(const api::Caller& caller, std::string& token, size_t limit = 2) {
    std::vector<v1::Alert> alerts;
    v1::WatchAlertsRequest request;
    for (bool caught_up = false; !caught_up;) {
      request.set_resume_token(token);
      const auto page = gateway_.handlers->ReadAlerts(caller, request, limit);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      EXPECT_LE(page->alerts().size(), static_cast<int>(limit));
      alerts.insert(alerts.end(), page->alerts().begin(), page->alerts().end());
      token = page->resume_token();
      caught_up = page->caught_up();
    }
    return alerts;
  }
  std::vector<v1::Alert> Since(const api::Caller& caller, absl::Time since) {
    v1::WatchAlertsRequest request;
    *request.mutable_since() = domain::ToProto(since);
    const auto page = gateway_.handlers->ReadAlerts(caller, request, 1000);
    EXPECT_TRUE(page.ok() && page->caught_up()) << page.status();
    return {page->alerts().begin(), page->alerts().end()};
  }
  static std::vector<std::string> Kinds(const std::vector<v1::Alert>& alerts) {
    std::vector<std::string> kinds;
    for (const v1::Alert& alert : alerts) {
      kinds.push_back(v1::AlertKind_Name(alert.kind()).substr(11));
      if (alert.mark_permille() > 0) kinds.back() += " " + std::to_string(alert.mark_permille());
    }
    return kinds;
  }

  GatewayFixture gateway_;
  DemoWorld demo_{gateway_};
  const api::Caller operator_ = GatewayFixture::Operator();
};

TEST_F(Alerts, TellEachMarkOnceInOrderWithWhatItIsAbout) {
  std::string token;
  EXPECT_THAT(Read(operator_, token), IsEmpty()) << "without a token: from now";
  const v1::Order order = demo_.Inquire({kBeiling, kSongyue});
  Send(order);
  gateway_.Advance(absl::Hours(24));
  const std::vector<v1::Alert> alerts = Read(operator_, token);
  ASSERT_THAT(Kinds(alerts), ElementsAre("DEADLINE_MARKED 500", "DEADLINE_MARKED 750", "DEADLINE_MARKED 1000"));
  EXPECT_EQ(alerts[2].order_id(), order.order_id());
  EXPECT_EQ(alerts[2].court(), kCourt);
  EXPECT_EQ(alerts[2].agency(), "") << "two have not answered";
  EXPECT_EQ(alerts[2].agencies_open(), 2u);
  EXPECT_EQ(domain::FromProto(alerts[2].due()), gateway_.clock.wall);
  EXPECT_THAT(alerts[2].text(), HasSubstr("overdue: 2 agencies have not answered"));
  EXPECT_LT(alerts[0].journal_index(), alerts[1].journal_index());
  EXPECT_THAT(Read(operator_, token), IsEmpty());
  for (const v1::Alert& alert : alerts) {
    EXPECT_THAT(alert.DebugString(), Not(HasSubstr(DemoWorld::Lin().name())));
    EXPECT_LE(alert.text().size(), 240u);
  }
}

TEST_F(Alerts, GoOnAfterEachOneAndOverARestartThoughNobodyReadMeanwhile) {
  std::string token;
  Read(operator_, token);
  Send(demo_.Inquire({kBeiling}));
  gateway_.Advance(absl::Hours(12));  // nobody reads
  gateway_.Restart();
  gateway_.Advance(absl::Hours(12));
  std::string again = token;
  const std::vector<v1::Alert> all = Read(operator_, token);
  ASSERT_THAT(Kinds(all), ElementsAre("DEADLINE_MARKED 500", "DEADLINE_MARKED 750", "DEADLINE_MARKED 1000"));
  // From the middle of a page, by the alert's own token.
  again = all[0].resume_token();
  EXPECT_THAT(Kinds(Read(operator_, again)), ElementsAre("DEADLINE_MARKED 750", "DEADLINE_MARKED 1000"));
  std::string foreign = token;
  v1::WatchAlertsRequest request;
  request.set_resume_token(foreign);
  EXPECT_EQ(ReasonOf(gateway_.handlers->ReadAlerts(demo_.court, request, 10).status()), Reason::kPageTokenInvalid);
}

TEST_F(Alerts, FromAnInstantOnWithoutAToken) {
  Send(demo_.Inquire({kBeiling}));
  gateway_.Advance(absl::Hours(18));
  const absl::Time between = gateway_.clock.wall + absl::Seconds(1);
  gateway_.Advance(absl::Hours(6));
  EXPECT_THAT(Kinds(Since(operator_, between)), ElementsAre("DEADLINE_MARKED 1000"));
  EXPECT_THAT(Kinds(Since(operator_, absl::UnixEpoch())),
              ElementsAre("DEADLINE_MARKED 500", "DEADLINE_MARKED 750", "DEADLINE_MARKED 1000"));
  EXPECT_THAT(Since(operator_, gateway_.clock.wall + absl::Hours(1)), IsEmpty());
}

TEST_F(Alerts, ReachThoseWhomTheyConcern) {
  const absl::Time start = gateway_.clock.wall;
  Send(demo_.Inquire({kBeiling, kSongyue}));
  ASSERT_TRUE(demo_.Hello(kYunfan).ok());
  gateway_.Advance(absl::Hours(12));
  const auto told = [&](const api::Caller& caller) { return Kinds(Since(caller, start)); };
  EXPECT_THAT(told(operator_), UnorderedElementsAre("ADAPTER_PRESENT", "DEADLINE_MARKED 500", "ADAPTER_ABSENT"));
  EXPECT_THAT(told(demo_.court), UnorderedElementsAre("ADAPTER_PRESENT", "DEADLINE_MARKED 500", "ADAPTER_ABSENT"));
  EXPECT_THAT(told(demo_.other_court), ElementsAre("ADAPTER_PRESENT", "ADAPTER_ABSENT")) << "no case of its own";
  EXPECT_THAT(told(gateway_.Agency(kSongyue)), ElementsAre("DEADLINE_MARKED 500"));
  EXPECT_EQ(Since(gateway_.Agency(kSongyue), start)[0].agency(), kSongyue) << "and of no other agency";
  EXPECT_THAT(told(gateway_.Agency(kYunfan)), ElementsAre("ADAPTER_PRESENT", "ADAPTER_ABSENT"));
  EXPECT_EQ(ReasonOf(gateway_.handlers->ReadAlerts(GatewayFixture::Auditor(), {}, 1).status()),
            Reason::kPermissionDenied);
}

TEST_F(Alerts, ObjectionsSurplusesAndContradictionsAreSome) {
  const absl::Time start = gateway_.clock.wall;
  const v1::Order freeze = demo_.Freeze(kBeiling, 80'000'00);
  Send(freeze);
  demo_.Pull(kBeiling);
  ASSERT_TRUE(demo_.Report(kBeiling, {demo_.Controlled(freeze, 80'000'00, 0)}).ok());
  ASSERT_TRUE(demo_.Object(kBeiling, {demo_.Raise(freeze, kBeiling)}).ok());
  v1::CaseAct lower;
  lower.set_request_id(gateway_.NewId()), lower.set_court(kCourt);
  lower.mutable_cap()->set_case_number(kCaseNumber), lower.mutable_cap()->set_ground("part of the debt was paid");
  lower.mutable_cap()->mutable_claim()->set_currency("CNY");
  lower.mutable_cap()->mutable_claim()->set_principal_minor_units(70'000'00);
  lower.mutable_cap()->mutable_claim()->set_cap_minor_units(70'000'00);
  ASSERT_TRUE(demo_.SubmitCase({lower})->results(0).has_acceptance());
  ASSERT_TRUE(demo_.Report(kBeiling, {demo_.Controlled(freeze, 70'000'00, 10'000'00)}).ok());  // another final word
  std::vector<v1::Alert> alerts = Since(operator_, start);
  std::erase_if(alerts, [](const v1::Alert& alert) { return alert.kind() == v1::ALERT_KIND_ADAPTER_PRESENT; });
  EXPECT_THAT(Kinds(alerts), ElementsAre("OBJECTION_RAISED", "SURPLUS_ARISEN", "RECEIPT_CONFLICT"));
  EXPECT_EQ(alerts[0].order_id(), freeze.order_id());
  EXPECT_TRUE(alerts[0].has_due());
  EXPECT_EQ(alerts[1].court(), kCourt);
  EXPECT_TRUE(alerts[1].order_id().empty());
  EXPECT_EQ(alerts[2].agency(), kBeiling);
}

// The kind has the name of its entry's type, so that nobody has to learn two words.
TEST(AlertKinds, HaveTheNamesOfTheirEntries) {
  int kinds = 0;
  for (int number = 1; number <= v1::EntryType_MAX; ++number) {
    if (!v1::EntryType_IsValid(number)) continue;
    const auto type = static_cast<v1::EntryType>(number);
    const v1::AlertKind kind = domain::AlertKindOf(type);
    domain::Entry entry;
    entry.type = type;
    EXPECT_EQ(domain::AlertOf(entry).has_value(), kind != v1::ALERT_KIND_UNSPECIFIED);
    if (kind == v1::ALERT_KIND_UNSPECIFIED) continue;
    ++kinds;
    EXPECT_EQ(v1::EntryType_Name(type).substr(11), v1::AlertKind_Name(kind).substr(11));
    EXPECT_FALSE(domain::AlertOf(entry)->text.empty()) << v1::EntryType_Name(type);
  }
  EXPECT_EQ(kinds, v1::AlertKind_MAX) << "each kind has its entry";
}

}  // namespace
}  // namespace eagle::test
