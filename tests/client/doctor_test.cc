// `eagle doctor`: what ends, what hasn't begun, what doesn't fit, and the exit code that a timer looks at.
#include <filesystem>

#include "client/common/files.h"
#include "client/lib/json.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/trust/certificate_facts.h"
#include "tests/client/cli_world.h"
#include "tests/support/recovery.h"

namespace eagle::client {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kInOrder[] = "court-辽9901";

class DoctorTest : public testing::Test {
 protected:
  DoctorTest() { world_.ListStatements(); }
  // The one row about `subject` whose `what` is this; fails unless there is exactly one.
  std::string Verdict(const Ran& ran, const std::string& what, const std::string& subject) {
    std::vector<std::string> found;
    for (int i = 0; !At(ran.out, std::to_string(i) + ".what").empty(); ++i) {
      const std::string row = std::to_string(i);
      if (At(ran.out, row + ".what") == what && At(ran.out, row + ".subject").find(subject) != std::string::npos)
        found.push_back(At(ran.out, row + ".verdict"));
    }
    EXPECT_EQ(found.size(), 1u) << what << " " << subject << "\n" << ran.out;
    return found.empty() ? "" : found.front();
  }
  // To the day before our certificate ends.
  void OneDayBeforeTheCertificateEnds() {
    const auto chain = trust::CertificatesIn(*ReadFile(world_.Path("pki/tls/court-辽9901.pem")));
    world_.real.now = chain->front().until - absl::Hours(24);
  }
  CliWorld world_;
};

TEST_F(DoctorTest, WhatIsInOrderEndsWithZero) {
  const Ran ran = world_.Json({"doctor"}, kInOrder);
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(Verdict(ran, "our certificate", "spiffe://test.example/court/"), "OK");
  EXPECT_EQ(Verdict(ran, "our certificate's key", ".key"), "OK");
  EXPECT_EQ(Verdict(ran, "the gateway's certificate", "spiffe://test.example/gateway/"), "OK");
  EXPECT_EQ(Verdict(ran, "the log's key", ""), "OK");
  EXPECT_EQ(Verdict(ran, "key", "court/辽9901"), "OK");
  EXPECT_EQ(Verdict(ran, "officer", "court/辽9901/officer/003"), "OK");
  EXPECT_EQ(Verdict(ran, "officer's key", "court/辽9901/officer/001"), "OK");
  EXPECT_EQ(Verdict(ran, "account", "court/辽9901/account/1"), "OK");
  EXPECT_THAT(ran.out, Not(HasSubstr("BROKEN")));
}

TEST_F(DoctorTest, WhatEndsSoonIsSaidAndFailsOnlyWhenAsked) {
  OneDayBeforeTheCertificateEnds();
  const Ran ran = world_.Json({"doctor"}, kInOrder);
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(Verdict(ran, "our certificate", "spiffe://"), "SOON");
  EXPECT_EQ(Verdict(ran, "officer", "court/辽9901/officer/003"), "OK") << "statements hold by the clock of the records";
  EXPECT_EQ(world_.Json({"doctor", "--strict"}, kInOrder).exit, 5);
  EXPECT_EQ(Verdict(world_.Json({"doctor", "--days", "1"}, kInOrder), "our certificate", "spiffe://"), "SOON");
  world_.real.now -= absl::Hours(1);
  EXPECT_EQ(Verdict(world_.Json({"doctor", "--days", "1"}, kInOrder), "our certificate", "spiffe://"), "OK");
}

TEST_F(DoctorTest, WhatHasEndedOrHasNotBegunFails) {
  OneDayBeforeTheCertificateEnds();
  world_.real.now += absl::Hours(24);
  const Ran ended = world_.Json({"doctor"}, kInOrder);
  EXPECT_EQ(ended.exit, 5);
  EXPECT_THAT(ended.err, HasSubstr("NOT_IN_ORDER"));
  EXPECT_EQ(Verdict(ended, "our certificate", "spiffe://"), "ENDED");

  world_.real.now -= absl::Hours(24 * 1000);
  EXPECT_EQ(Verdict(world_.Json({"doctor"}, kInOrder), "our certificate", "spiffe://"), "NOT_YET");

  world_.clock.now += absl::Hours(24 * 3650);
  EXPECT_EQ(Verdict(world_.Json({"doctor"}, kInOrder), "officer", "court/辽9901/officer/001"), "ENDED");
}

TEST_F(DoctorTest, AKeyThatDoesNotFitIsBroken) {
  const std::string key = world_.Path("pki/tls/court-辽9901.key"),
                    officer = world_.Path("pki/keys/officer-辽9901-001.pem");
  std::filesystem::copy_file(world_.Path("pki/tls/operator-ops.key"), key,
                             std::filesystem::copy_options::overwrite_existing);
  std::filesystem::copy_file(world_.Path("pki/keys/officer-辽9901-002.pem"), officer,
                             std::filesystem::copy_options::overwrite_existing);
  const Ran ran = world_.Json({"doctor"}, kInOrder);
  EXPECT_NE(ran.exit, 0);
  EXPECT_EQ(Verdict(ran, "our certificate's key", "court-辽9901.key"), "BROKEN");
  EXPECT_EQ(Verdict(ran, "officer's key", "court/辽9901/officer/001"), "BROKEN");
  EXPECT_EQ(Verdict(ran, "officer's key", "court/辽9901/officer/002"), "OK");
}

TEST_F(DoctorTest, AKeyThatWasRevokedIsSaidToBeRevoked) {
  const std::string revoked = world_.Path("revoked.batch");
  const Ran revoke = world_.Run({"key", "revoke", "court/辽9901/officer/001", "--since", "2026-09-28T08:00:00+08:00",
                                 "--key", world_.Path("pki/keys/court-辽9901.pem"), "--out", revoked});
  ASSERT_EQ(revoke.exit, kExitOk) << revoke.err;
  world_.ListStatementsOf(revoked);
  const Ran ran = world_.Json({"doctor"}, kInOrder);
  EXPECT_NE(ran.exit, 0);
  EXPECT_EQ(Verdict(ran, "officer's key", "court/辽9901/officer/001"), "BROKEN");
  EXPECT_EQ(Verdict(ran, "officer's key", "court/辽9901/officer/002"), "OK");
  EXPECT_NE(ran.out.find("was revoked"), std::string::npos) << ran.out;
}

TEST_F(DoctorTest, AGatewayThatDoesNotAnswerIsOneRowAndTheFilesAreStillLookedAt) {
  world_.gateway->FailWith(Fail(Reason::kUnavailable, "nobody there"));
  const Ran ran = world_.Json({"doctor"}, kInOrder);
  EXPECT_NE(ran.exit, 0);
  EXPECT_EQ(Verdict(ran, "the gateway", ""), "BROKEN");
  EXPECT_EQ(Verdict(ran, "authority", ""), "OK");
  EXPECT_EQ(world_.Json({"doctor", "--offline"}, kInOrder).exit, 0) << "asks nobody";
}

TEST_F(DoctorTest, AnotherLogKeyIsBroken) {
  journal::Ed25519NoteSigner other = test::TestLogSigner("test.example/log1", 'x');
  world_.gateway = std::make_unique<FakeGateway>(Monday(), std::move(other));
  const Ran ran = world_.Json({"doctor"}, kInOrder);
  EXPECT_EQ(Verdict(ran, "the log's key", ""), "BROKEN");
}

TEST_F(DoctorTest, AnOperatorSeesTheGatewaysOwnFiles) {
  v1::Metric metric;
  metric.set_name("ge_certificate_end_seconds{of=\"authorities\"}");
  metric.set_value(absl::ToDoubleSeconds(world_.real.now + absl::Hours(48) - absl::UnixEpoch()));
  world_.gateway->metrics = {metric};
  const Ran ran = world_.Json({"doctor"}, "operator-ops");
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(Verdict(ran, "of the gateway's files", "authorities"), "SOON");
}

TEST_F(DoctorTest, FilesAloneNeedNoConfiguration) {
  const Ran ran = world_.Bare({"doctor", world_.Path("pki/tls/gateway-gateway.pem"), "--output", "json"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(Verdict(ran, "certificate", "spiffe://test.example/gateway/"), "OK");
  const Ran none = world_.Bare({"doctor", world_.Path("pki/config/operator-ops.toml"), "--output", "json"});
  EXPECT_NE(none.exit, 0);
  EXPECT_EQ(Verdict(none, "certificate", "operator-ops.toml"), "BROKEN");
}

}  // namespace
}  // namespace eagle::client
