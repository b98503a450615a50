// A report of the conformance kit, read by whoever lets an adapter work: all of it or nothing.
#include "server/trust/report.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::trust {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kDocument =
    R"({"adapter":"com.example.bank","adapter_version":"4.2","agency":"9900010","asset_kind":"DEPOSIT","kit_version":"1",)"
    R"("ended_at":"2026-09-28T01:00:00+00:00","passed":2,"failed":1,"skipped":1,"cases":[)"
    R"({"name":"crash","verdict":"PASSED"},{"name":"deduct","verdict":"FAILED","faults":"x"},)"
    R"({"name":"hello","verdict":"PASSED"},{"name":"inflow","verdict":"SKIPPED","needs":"y"}]})";

std::string Envelope(const std::string& document, const std::string& type = std::string(kReportPayloadType)) {
  return R"({"payloadType":")" + type + R"(","payload":")" + Base64Encode(document) +
         R"(","signatures":[{"keyid":"","sig":")" + Base64Encode(std::string(64, 's')) + R"("}]})";
}
std::string With(const std::string& from, const std::string& to) {
  std::string document = kDocument;
  const size_t at = document.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return document.replace(at, from.size(), to);
}
Reason ReasonFor(const std::string& document) { return ReasonOf(ReadConformanceReport(Envelope(document)).status()); }

TEST(ConformanceReportReader, EachCaseStandsUnderItsVerdict) {
  const auto read = ReadConformanceReport(Envelope(kDocument));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->report.adapter, "com.example.bank");
  EXPECT_EQ(read->report.version, "4.2");
  EXPECT_THAT(read->report.passed, ElementsAre("crash", "hello"));
  EXPECT_THAT(read->report.failed, ElementsAre("deduct"));
  EXPECT_THAT(read->report.skipped, ElementsAre("inflow"));
  EXPECT_EQ(read->payload, kDocument);
}

TEST(ConformanceReportReader, WhatTwoReadersCouldUnderstandDifferentlyIsRefused) {
  EXPECT_EQ(ReasonFor(With(R"("passed":2)", R"("passed":3)")), Reason::kEnvelopeMalformed);
  EXPECT_EQ(ReasonFor(With(R"("name":"hello")", R"("name":"crash")")), Reason::kEnvelopeMalformed) << "named twice";
  EXPECT_EQ(ReasonFor(With("SKIPPED", "skipped")), Reason::kEnvelopeMalformed);
  EXPECT_EQ(ReasonFor(With(R"("adapter_version":"4.2",)", "")), Reason::kEnvelopeMalformed);
  EXPECT_EQ(ReasonFor(With(R"("passed":2)", R"("passed":2,"passed":2)")), Reason::kEnvelopeMalformed) << "a key twice";
  EXPECT_EQ(ReasonFor("[]"), Reason::kEnvelopeMalformed);
  EXPECT_EQ(ReasonFor(""), Reason::kEnvelopeMalformed);
}

TEST(ConformanceReportReader, AnotherEnvelopeOrALongerOneIsNone) {
  EXPECT_EQ(ReasonOf(ReadConformanceReport("{}").status()), Reason::kEnvelopeMalformed);
  EXPECT_EQ(ReasonOf(ReadConformanceReport(Envelope(kDocument, "application/json")).status()),
            Reason::kEnvelopeMalformed);
  EXPECT_EQ(ReasonOf(ReadConformanceReport(Envelope(kDocument) + std::string(kReportBytesMax, ' ')).status()),
            Reason::kTooLarge);
}

TEST(ConformanceReportReader, WhatFailedOrWasNotPassedSpeaksAgainstTheAdapter) {
  ConformanceReport report{.passed = {"crash"}, .skipped = {"inflow"}};
  EXPECT_THAT(ObjectionsTo(report, {"crash"}), IsEmpty());
  EXPECT_THAT(ObjectionsTo(report, {"inflow", "deduct"}),
              ElementsAre("inflow was not passed", "deduct was not passed"));
  report.failed = {"deduct"};
  EXPECT_THAT(ObjectionsTo(report, {}), ElementsAre("deduct failed"));
  EXPECT_THAT(ObjectionsTo(ConformanceReport(), {}), ElementsAre("no case passed"));
}

}  // namespace
}  // namespace eagle::trust
