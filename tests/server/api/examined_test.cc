// Adapters that must be examined before they work, and agencies that acknowledge the directory: from the call to the
// journal and back, over a restart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/trust/statements.h"
#include "tests/support/demo_world.h"
#include "tests/support/report.h"

namespace eagle::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

class Examined : public ::testing::Test {
 protected:
  void Install(bool demanded) {
    v1::Proposal proposal;
    proposal.set_ground("examined adapters");
    v1::PolicyTable& table = *proposal.mutable_policy()->mutable_table();
    table = PolicyOf2026();
    table.set_version(++version_);
    TakeReports(gateway_.Key("examiner").public_key(), demanded, table);
    ASSERT_TRUE(demo_.Adopt({proposal})->results(0).in_effect());
  }
  static v1::Proposal Proposing(const std::string& report) {
    v1::Proposal proposal;
    proposal.set_ground("release 1.0");
    proposal.mutable_adapter()->set_report(report);
    return proposal;
  }
  std::string Report(const std::string& version = "1.0") {
    return ReportBy(gateway_.Key("examiner"),
                    {.version = version, .passed = {"crash", "hello"}, .skipped = {"inflow"}});
  }
  absl::StatusOr<v1::HelloResponse> Hello(const std::string& instance = "i", const std::string& version = "1.0") {
    v1::HelloRequest request;
    request.add_contract_versions(1);
    request.set_adapter("example.adapter"), request.set_version(version), request.set_instance(instance);
    request.set_inbox(std::string(16, 'b'));
    *request.mutable_capabilities() = gateway_.state().directory.AgencyByCode(kBeiling)->row.capabilities();
    request.set_most_in_flight(10);
    return gateway_.Call(&api::Handlers::Hello, bank_, request);
  }
  absl::StatusOr<v1::PullTasksResponse> Poll(uint64_t position = ~0ull, const std::string& digest = "",
                                             const std::string& instance = "i") {
    v1::PullTasksRequest request;
    request.set_instance(instance), request.set_most_tasks(256);
    request.set_directory_position(std::min(position, Positions().back()));
    request.set_directory_digest(digest);
    return gateway_.Call(&api::Handlers::PullTasks, bank_, request);
  }
  v1::AgencyView View() {
    const auto answer = gateway_.Call(&api::Handlers::ListAgencies, demo_.court, v1::ListAgenciesRequest());
    for (const auto& view : answer->agencies()) {
      if (view.code() == kBeiling) return view;
    }
    return {};
  }
  const std::vector<uint64_t>& Positions() { return gateway_.state().directory.statement_positions(); }
  // As an agency counts that has the first `count` statements.
  std::string Digest(size_t count) {
    std::string digest(journal::kHashSize, '\0');
    for (size_t i = 0; i < count; ++i) {
      v1::ListStatementsRequest request;
      request.set_position(i == 0 ? 0 : Positions()[i - 1]), request.set_page_size(1);
      const auto page = gateway_.Call(&api::Handlers::ListStatements, demo_.court, request);
      const journal::Hash member = journal::LeafHash(page->statements(0).statement().member());
      const journal::Hash next = journal::Sha256(digest + std::string(journal::View(member)));
      digest = journal::View(next);
    }
    return digest;
  }

  GatewayFixture gateway_;
  DemoWorld demo_{gateway_};
  api::Caller bank_ = gateway_.Agency(kBeiling);
  uint32_t version_ = PolicyOf2026().version();
};

TEST_F(Examined, AVersionWithoutAReportGetsNoWorkWhereOneIsDemanded) {
  ASSERT_TRUE(Hello().ok()) << "nobody demands it yet";
  Install(true);
  EXPECT_EQ(ReasonOf(Hello("j").status()), Reason::kAdapterNotExamined);
  EXPECT_EQ(ReasonOf(Poll().status()), Reason::kAdapterNotExamined) << "and a session that stands ends with its poll";
  EXPECT_EQ(ReasonOf(Poll().status()), Reason::kHelloFirst);
  gateway_.Advance(absl::Seconds(1));
  EXPECT_EQ(View().presence(), v1::PRESENCE_ABSENT);
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({demo_.Freeze(kBeiling, 100)})), Contains(""));
  ASSERT_TRUE(demo_.Adopt({Proposing(Report())})->results(0).in_effect());
  EXPECT_EQ(gateway_.Count("ADAPTER_APPROVED"), 1u);
  ASSERT_TRUE(Hello().ok());
  EXPECT_EQ(Poll()->tasks_size(), 1);
  EXPECT_EQ(ReasonOf(Hello("k", "1.1").status()), Reason::kAdapterNotExamined) << "another version is another program";
}

TEST_F(Examined, WhatCountsIsKnownAfterARestart) {
  Install(true);
  ASSERT_TRUE(demo_.Adopt({Proposing(Report())})->results(0).in_effect());
  const absl::Time until = domain::ExaminedUntil(gateway_.state().adapters, {"example.adapter", "1.0"});
  gateway_.Restart();
  EXPECT_EQ(domain::ExaminedUntil(gateway_.state().adapters, {"example.adapter", "1.0"}), until);
  for (const auto& [index, proposal] : gateway_.state().proposals) EXPECT_TRUE(proposal.in_effect) << index;
  EXPECT_FALSE(View().has_examined_until()) << "nobody is there";
  ASSERT_TRUE(Hello().ok());
  EXPECT_EQ(absl::FromUnixSeconds(View().examined_until().seconds()), until);
  gateway_.AdvanceTo(until - absl::Seconds(1));
  ASSERT_TRUE(Hello().ok());
  EXPECT_TRUE(Poll().ok());
  gateway_.Advance(absl::Seconds(1));
  EXPECT_EQ(ReasonOf(Poll().status()), Reason::kAdapterNotExamined) << "its time has run out";
}

TEST_F(Examined, WhatAnAdapterHadDoneCountsThoughItMayWorkNoLonger) {
  const v1::Order freeze = demo_.Freeze(kBeiling, 100);
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({freeze})), Contains(""));
  ASSERT_EQ(demo_.Pull(kBeiling).size(), 1u);
  Install(true);
  EXPECT_FALSE(demo_.PullOnce(kBeiling).ok());
  const auto answered = demo_.Report(kBeiling, {demo_.Controlled(freeze, 100, 0)});
  ASSERT_TRUE(answered.ok()) << answered.status();
  EXPECT_EQ(answered->results(0).verdict(), v1::RECEIPT_VERDICT_RECORDED) << "facts beat sessions";
}

TEST_F(Examined, AReportThatNoExaminerSignedOrThatFailedIsRefused) {
  const auto refusal = [&](const std::string& report) {
    v1::Administration act;
    act.set_request_id(gateway_.NewId());
    *act.mutable_proposal() = Proposing(report);
    v1::SubmitAdministrationRequest request;
    *request.mutable_batch() =
        gateway_.Sign(v1::MEMBER_TYPE_ADMINISTRATION, "administrator", std::vector{act}, {"administrator-1"});
    return gateway_.Call(&api::Handlers::SubmitAdministration, GatewayFixture::Operator(), request)
        ->results(0)
        .refusal()
        .reason();
  };
  EXPECT_EQ(refusal(Report()), "ACT_NOT_PROVIDED") << "the policy has no row";
  Install(false);
  EXPECT_EQ(refusal(""), "FIELD_MISSING");
  EXPECT_EQ(refusal("{}"), "REPORT_INVALID");
  EXPECT_EQ(refusal(ReportBy(gateway_.Key("stranger"), {.passed = {"crash"}})), "REPORT_INVALID");
  EXPECT_EQ(refusal(ReportBy(gateway_.Key("examiner"), {.passed = {"hello"}})), "REPORT_INVALID");
  EXPECT_EQ(refusal(ReportBy(gateway_.Key("examiner"), {.passed = {"crash"}, .failed = {"deduct"}})), "REPORT_INVALID");
  std::string changed = Report();
  changed[changed.find("payload\":\"") + 40] ^= 1;
  EXPECT_EQ(refusal(changed), "REPORT_INVALID");
  EXPECT_EQ(refusal(Report() + std::string(trust::kReportBytesMax, ' ')), "TOO_LARGE");
  EXPECT_EQ(refusal(Report()), "");
}

// ---- the directory, acknowledged

TEST_F(Examined, AnAgencyAcknowledgesWhatItHasOnceAndNotAgainBeforeThereIsMore) {
  ASSERT_TRUE(Hello().ok());
  EXPECT_EQ(View().directory_position(), 0u);
  const size_t all = Positions().size();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Poll(Positions().back(), Digest(all)).ok());
  EXPECT_EQ(gateway_.Count("DIRECTORY_RECEIVED"), 1u);
  EXPECT_EQ(View().directory_position(), Positions().back());
  EXPECT_EQ(absl::FromUnixSeconds(View().directory_received_at().seconds()), gateway_.clock.wall);
  gateway_.Restart();
  ASSERT_TRUE(Hello().ok());
  ASSERT_TRUE(Poll(Positions().back(), Digest(all)).ok());
  EXPECT_EQ(gateway_.Count("DIRECTORY_RECEIVED"), 1u) << "a restart is no news";
  EXPECT_EQ(View().directory_position(), Positions().back());

  v1::Statement officer = demo_.StatementAbout(kCosigner, v1::STATEMENT_KIND_ENDED);
  ASSERT_TRUE(demo_.State(kCourt, {officer}, {"court/辽9901"}).ok());
  ASSERT_TRUE(Poll(Positions()[all - 1], Digest(all)).ok());
  EXPECT_EQ(gateway_.Count("DIRECTORY_RECEIVED"), 1u) << "it is behind: nothing to acknowledge";
  EXPECT_LT(View().directory_position(), Positions().back());
  ASSERT_TRUE(Poll(Positions().back(), Digest(all + 1)).ok());
  EXPECT_EQ(gateway_.Count("DIRECTORY_RECEIVED"), 2u);
  EXPECT_EQ(View().directory_position(), Positions().back());
}

TEST_F(Examined, OtherBooksThanTheLogsAreRefusedAndPeopleAreTold) {
  ASSERT_TRUE(Hello().ok());
  std::string digest = Digest(Positions().size());
  digest[0] ^= 1;
  EXPECT_EQ(ReasonOf(Poll(Positions().back(), digest).status()), Reason::kDirectoryDiffers);
  EXPECT_EQ(ReasonOf(Poll(Positions()[2], Digest(2)).status()), Reason::kDirectoryDiffers) << "on the way, too";
  EXPECT_EQ(ReasonOf(Poll(0, Digest(1)).status()), Reason::kDirectoryDiffers);
  EXPECT_EQ(ReasonOf(Poll(0, "short").status()), Reason::kFieldInvalid);
  EXPECT_THAT(gateway_.alerts, Contains(HasSubstr("directory_differs")));
  EXPECT_TRUE(Poll(0, std::string(32, '\0')).ok()) << "it begins anew";
  EXPECT_TRUE(Poll(Positions()[2], Digest(3)).ok());
  EXPECT_TRUE(Poll().ok()) << "who doesn't say isn't asked";
  EXPECT_EQ(gateway_.Count("DIRECTORY_RECEIVED"), 0u);
  EXPECT_EQ(View().directory_position(), 0u);
}

}  // namespace
}  // namespace eagle::test
