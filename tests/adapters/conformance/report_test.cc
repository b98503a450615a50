// What a run tells people, machines, and who decides whether an adapter may be enabled.
#include "adapters/conformance/report.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace eagle::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

RunResult Sample(bool with_a_failure) {
  RunResult run;
  run.agency = "9900010";
  run.asset_kind = "DEPOSIT";
  run.hello.set_adapter("com.example.bank");
  run.hello.set_version("4.2");
  run.hello.add_capabilities()->set_asset_kind("DEPOSIT");
  run.began_at = absl::FromUnixSeconds(1'790'000'000);
  run.ended_at = run.began_at + absl::Seconds(61);
  run.results.push_back({FindCase("crash"), CaseVerdict::kPassed, {}, "", absl::Milliseconds(5900)});
  run.results.push_back(
      {FindCase("register-down"), CaseVerdict::kSkipped, {}, "the hook core_down in the fixtures", {}});
  if (with_a_failure)
    run.results.push_back({FindCase("deduct"), CaseVerdict::kFailed, {"a & b", "c < d"}, "", absl::Seconds(1)});
  return run;
}

trust::Ed25519Signer SignerOf(char seed) { return *trust::Ed25519Signer::FromSeed(std::string(32, seed)); }

TEST(ConformanceReport, TheTableSaysWhatIsLackedAndWhatDidNotHold) {
  const RunResult run = Sample(true);
  EXPECT_THAT(LineOf(run.results[0]), HasSubstr("PASSED   crash"));
  EXPECT_THAT(LineOf(run.results[1]), HasSubstr("needs the hook core_down in the fixtures"));
  EXPECT_THAT(LineOf(run.results[2]), HasSubstr("- a & b\n"));
  EXPECT_EQ(SummaryOf(run), "1 passed, 1 failed, 1 skipped");
}

TEST(ConformanceReport, JUnitCountsAndEscapes) {
  const std::string xml = JUnitOf(Sample(true));
  EXPECT_THAT(xml, HasSubstr("tests=\"3\" failures=\"1\" skipped=\"1\" time=\"6.900\""));
  EXPECT_THAT(xml, HasSubstr("<failure message=\"a &amp; b\">a &amp; b\nc &lt; d</failure>"));
  EXPECT_THAT(xml, HasSubstr("<skipped message=\"needs the hook core_down in the fixtures\"/>"));
}

TEST(ConformanceReport, WhatTheKitSignsIsWhatWhoeverLetsItWorkReads) {
  trust::Ed25519Signer examiner = SignerOf('e'), stranger = SignerOf('s');
  const auto read = trust::ReadConformanceReport(SignedReport(Sample(true), "1", examiner));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->report.adapter, "com.example.bank");
  EXPECT_EQ(read->report.version, "4.2");
  EXPECT_THAT(read->report.passed, ElementsAre("crash"));
  EXPECT_THAT(read->report.failed, ElementsAre("deduct"));
  EXPECT_THAT(read->report.skipped, ElementsAre("register-down"));
  const trust::PublicKeyChecker checker;
  const trust::CandidateKey its{4, v1::KEY_ALGORITHM_ED25519, examiner.public_key()},
      another{3, v1::KEY_ALGORITHM_ED25519, stranger.public_key()};
  EXPECT_THAT(trust::SignersOf(*read, {another, its}, checker), ElementsAre(4));
  EXPECT_THAT(trust::SignersOf(*read, {another}, checker), IsEmpty());
}

TEST(ConformanceReport, ALongReportIsShortenedUntilItCanBeProposed) {
  RunResult run = Sample(false);
  for (const Case& one : AllCases()) {
    if (one.name == "crash" || one.name == "register-down") continue;
    std::string fault;
    for (int i = 0; i < 400; ++i) fault += "冻结";
    run.results.push_back({&one, CaseVerdict::kFailed, {fault, fault}, "", absl::Seconds(1)});
  }
  trust::Ed25519Signer examiner = SignerOf('e');
  const std::string report = SignedReport(run, "1", examiner);
  EXPECT_LE(report.size(), trust::kReportBytesMax);
  const auto read = trust::ReadConformanceReport(report);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->report.failed.size(), AllCases().size() - 2);
}

}  // namespace
}  // namespace eagle::conformance
