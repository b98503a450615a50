// What a run tells people, machines, and who decides whether an adapter may be enabled.
#include "adapters/conformance/report.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

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

TEST(ConformanceReport, ASignedReportOpensWithTheExaminersKeyOnly) {
  trust::Ed25519Signer examiner = SignerOf('e'), stranger = SignerOf('s');
  const std::string report = SignedReport(Sample(false), "1", examiner);
  const auto document = OpenReport(report, examiner.public_key());
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(sdk::TextAt(*document, "adapter"), "com.example.bank");
  EXPECT_EQ(sdk::NumberAt(*document, "passed"), 1);
  EXPECT_EQ(ReasonOf(OpenReport(report, stranger.public_key()).status()), Reason::kSignatureInvalid);
}

TEST(ConformanceReport, AChangedReportIsRefused) {
  trust::Ed25519Signer examiner = SignerOf('e');
  std::string report = SignedReport(Sample(true), "1", examiner);
  report.pop_back();
  auto envelope = sdk::ParseJson(report);
  ASSERT_TRUE(envelope.ok()) << envelope.status();
  std::string payload = *Base64Decode(sdk::TextAt(*envelope, "payload"));
  const size_t at = payload.find("FAILED");
  ASSERT_NE(at, std::string::npos);
  payload.replace(at, 6, "PASSED");
  sdk::Put(*envelope, "payload", Base64Encode(payload));
  EXPECT_EQ(ReasonOf(OpenReport(sdk::JsonText(*envelope), examiner.public_key()).status()), Reason::kSignatureInvalid);
  EXPECT_EQ(ReasonOf(OpenReport("{}", examiner.public_key()).status()), Reason::kEnvelopeMalformed);
}

TEST(ConformanceReport, WhatFailedOrWasNotPassedSpeaksAgainstTheAdapter) {
  EXPECT_THAT(ObjectionsIn(JsonOf(Sample(false), "1"), {"crash"}), IsEmpty());
  EXPECT_THAT(ObjectionsIn(JsonOf(Sample(true), "1"), {"crash"}), ElementsAre("deduct failed"));
  EXPECT_THAT(ObjectionsIn(JsonOf(Sample(false), "1"), {"register-down", "deduct"}),
              ElementsAre("register-down was not passed", "deduct was not passed"));
  EXPECT_THAT(ObjectionsIn(JsonOf(RunResult(), "1"), {}), ElementsAre("it names no case"));
}

}  // namespace
}  // namespace eagle::conformance
