// Examined adapters: by whose report, for how long, and that only they work where the policy demands it.
#include "server/domain/adapters.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/domain/instant.h"
#include "tests/support/domain_world.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using test::DomainWorld;
using ::testing::ElementsAre;

const AgencyOrdinal kBank1(1);

class AdaptersTest : public testing::Test {
 protected:
  AdaptersTest() { Install(false); }

  void Install(bool demanded) {
    PolicyTable table = test::FreedoniaPolicy(++version_);
    AdapterRow& row = *table.mutable_adapters();
    row.add_examiners()->set_name("test house");
    row.mutable_examiners(0)->set_algorithm(KEY_ALGORITHM_ED25519);
    row.mutable_examiners(0)->set_key(world_.Key("examiner"));
    row.add_cases("crash");
    row.set_valid_days(10);
    row.set_demanded(demanded);
    *row.mutable_source() = table.terms(0).source();
    Administration act = Proposing();
    *act.mutable_proposal()->mutable_policy()->mutable_table() = table;
    ASSERT_TRUE(Adopt(act, std::nullopt).in_effect);
  }
  Administration Proposing() {
    Administration act;
    act.set_request_id(world_.NewId());
    act.mutable_proposal()->set_ground("test");
    return act;
  }
  ExaminedReport Report(const std::string& version = "1.0") {
    return {.adapter = "example.adapter",
            .version = version,
            .passed = {"crash", "hello"},
            .skipped = 3,
            .digest = std::string(32, 'd'),
            .keys = {world_.Key("examiner")}};
  }
  MemberResult Propose(const Administration& act, const std::optional<ExaminedReport>& report) {
    SubmitAdministration command = world_.Administration("admin1", {act});
    command.members[0].report = report;
    return world_.Do(command).members.at(0);
  }
  MemberResult Adopt(const Administration& act, const std::optional<ExaminedReport>& report) {
    const MemberResult made = Propose(act, report);
    if (made.refusal) return made;
    Administration approval;
    approval.set_request_id(world_.NewId());
    approval.mutable_approval()->set_proposal_index(made.index);
    approval.mutable_approval()->set_proposal_digest(world_.state.proposals.at(made.index).digest);
    SubmitAdministration command = world_.Administration("admin2", {approval});
    command.members[0].report = report;
    return world_.Do(command).members.at(0);
  }
  MemberResult Approve(const std::optional<ExaminedReport>& report) {
    Administration act = Proposing();
    act.mutable_proposal()->mutable_adapter()->set_report("the kit's bytes");
    return Adopt(act, report);
  }
  std::vector<std::string> Faults(const std::optional<ExaminedReport>& report) {
    std::vector<std::string> faults;
    const MemberResult result = Approve(report);
    if (!result.refusal) return faults;
    for (const Violation& wrong : result.refusal->violations)
      faults.push_back(std::string(RowOf(wrong.reason).name) + " " + wrong.description);
    return faults;
  }
  Reason Hello(const std::string& version = "1.0") {
    return ReasonOf(world_
                        .Do(SayHello{.agency = kBank1,
                                     .instance = "instance",
                                     .inbox = std::string(16, 'i'),
                                     .adapter = "example.adapter",
                                     .version = version})
                        .status);
  }

  uint32_t version_ = 1;
  DomainWorld world_;
};

TEST_F(AdaptersTest, TwoAdministratorsLetAVersionWorkForThePolicysDays) {
  ASSERT_TRUE(Approve(Report()).in_effect);
  AdapterApproved body;
  ASSERT_EQ(world_.Types().back(), "ADAPTER_APPROVED");
  ASSERT_TRUE(body.ParseFromString(world_.journal.back().body));
  EXPECT_EQ(body.adapter(), "example.adapter");
  EXPECT_EQ(body.version(), "1.0");
  EXPECT_EQ(body.examiner(), "test house");
  EXPECT_EQ(body.report_digest(), std::string(32, 'd'));
  EXPECT_EQ(body.passed(), 2u);
  EXPECT_EQ(body.skipped(), 3u);
  // Civil days in the policy's zone: the eleventh midnight after the day of approval.
  absl::TimeZone zone;
  ASSERT_TRUE(absl::LoadTimeZone("Pacific/Auckland", &zone));
  const absl::Time until = absl::FromCivil(absl::CivilDay(2026, 10, 9), zone);
  EXPECT_EQ(FromMicros(body.valid_until()), until);
  EXPECT_EQ(ExaminedUntil(world_.state.adapters, {"example.adapter", "1.0"}), until);
  EXPECT_EQ(ExaminedUntil(world_.state.adapters, {"example.adapter", "1.1"}), absl::InfinitePast());
}

TEST_F(AdaptersTest, AReportThatCantCountIsRefusedWithEverythingThatSpeaksAgainstIt) {
  EXPECT_THAT(Faults(std::nullopt), ElementsAre("REPORT_INVALID it was not read"));
  EXPECT_THAT(Faults(ExaminedReport{.fault = "no JSON"}), ElementsAre("REPORT_INVALID no JSON"));
  ExaminedReport report = Report();
  report.keys = {world_.Key("stranger")};
  EXPECT_THAT(Faults(report), ElementsAre("REPORT_INVALID no examiner of the policy in force signed it"));
  report = Report();
  report.passed = {"hello"}, report.failed = {"deduct", "inflow"};
  EXPECT_THAT(Faults(report),
              ElementsAre("REPORT_INVALID the case deduct failed", "REPORT_INVALID the case inflow failed",
                          "REPORT_INVALID the case crash, which the policy demands, was not passed"));
  report = Report(std::string(129, 'v'));
  EXPECT_EQ(Faults(report).size(), 1u);
  EXPECT_TRUE(world_.state.adapters.empty());
  Administration act = Proposing();
  act.mutable_proposal()->mutable_adapter()->set_report(std::string(49'153, 'r'));
  EXPECT_EQ(Propose(act, Report()).refusal->reason, Reason::kTooLarge);
  act = Proposing();
  act.mutable_proposal()->mutable_adapter();
  EXPECT_EQ(Propose(act, Report()).refusal->reason, Reason::kFieldMissing);
}

TEST_F(AdaptersTest, WithoutARowNoReportIsTaken) {
  DomainWorld world;
  Administration act = Proposing();
  act.mutable_proposal()->mutable_adapter()->set_report("the kit's bytes");
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Administration("admin1", {act}))), Reason::kActNotProvided);
}

TEST_F(AdaptersTest, WhatWasProposedIsJudgedAgainWhenItIsApproved) {
  Administration act = Proposing();
  act.mutable_proposal()->mutable_adapter()->set_report("the kit's bytes");
  const MemberResult made = Propose(act, Report());
  ASSERT_FALSE(made.refusal);
  Administration approval;
  approval.set_request_id(world_.NewId());
  approval.mutable_approval()->set_proposal_index(made.index);
  approval.mutable_approval()->set_proposal_digest(world_.state.proposals.at(made.index).digest);
  SubmitAdministration command = world_.Administration("admin2", {approval});
  command.members[0].report = Report();
  command.members[0].report->keys.clear();  // the examiner's key is the policy's no longer
  EXPECT_EQ(DomainWorld::OnlyRefusal(world_.Do(command)), Reason::kReportInvalid);
  EXPECT_TRUE(world_.state.adapters.empty());
}

TEST_F(AdaptersTest, WhereItIsDemandedOnlyAnExaminedVersionIsPresent) {
  EXPECT_EQ(Hello(), Reason::kNone);
  Install(true);
  EXPECT_EQ(Hello(), Reason::kAdapterNotExamined);
  ASSERT_TRUE(Approve(Report()).in_effect);
  EXPECT_EQ(Hello(), Reason::kNone);
  EXPECT_EQ(Hello("1.1"), Reason::kAdapterNotExamined);
  world_.now = ExaminedUntil(world_.state.adapters, {"example.adapter", "1.0"}) - absl::Microseconds(1);
  EXPECT_EQ(Hello(), Reason::kNone);
  world_.now += absl::Microseconds(1);
  EXPECT_EQ(Hello(), Reason::kAdapterNotExamined);
  ASSERT_TRUE(Approve(Report()).in_effect) << "examined again";
  EXPECT_EQ(Hello(), Reason::kNone);
}

TEST_F(AdaptersTest, APolicysRowIsWhole) {
  PolicyTable table = test::FreedoniaPolicy(99);
  AdapterRow& row = *table.mutable_adapters();
  row.add_examiners()->set_name("a"), row.add_examiners()->set_name("a");
  row.add_cases("crash"), row.add_cases("crash");
  std::vector<std::string> fields;
  for (const Violation& wrong : FailureOf(Policy::Create(table).status()).violations) fields.push_back(wrong.field);
  EXPECT_THAT(fields,
              ElementsAre("adapters.examiners[0].key", "adapters.examiners[1].name", "adapters.examiners[1].key",
                          "adapters.cases", "adapters.valid_days", "adapters.source"));
}

TEST_F(AdaptersTest, TheRowsOfTablesAreReadBackAsTheyWereWritten) {
  const AdapterApproval approval{77, absl::FromUnixSeconds(1'800'000'000)};
  AdapterApproval read;
  ASSERT_TRUE(read.Decode(approval.Encode()));
  EXPECT_EQ(read, approval);
  EXPECT_FALSE(read.Decode("short"));
  AdapterVersion version;
  ASSERT_TRUE(DecodeAdapterKey(AdapterKey({"a", "bc"}), version));
  EXPECT_EQ(version, AdapterVersion("a", "bc"));
  EXPECT_NE(AdapterKey({"a", "bc"}), AdapterKey({"ab", "c"}));
}

}  // namespace
}  // namespace eagle::domain
