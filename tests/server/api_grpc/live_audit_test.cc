// eagle-audit against a running gateway, over mutual TLS: the same audit as of static files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "client/audit/cli/commands.h"
#include "server/journal/note.h"
#include "tests/server/api_grpc/gateway_world.h"

namespace eagle {
namespace {

using testing::HasSubstr;

class LiveAuditTest : public testing::Test {
 protected:
  LiveAuditTest() {
    std::string line;
    std::ifstream(world_.config().log_key) >> line;
    log_key_ = journal::Ed25519NoteSigner::Parse(line)->VerifierKey();
    Put("authority.pem", world_.authority().certificate_pem());
  }
  std::string Put(const std::string& name, const std::string& content) {
    std::ofstream(world_.folder() + "/" + name) << content;
    return world_.folder() + "/" + name;
  }
  struct Ran {
    int exit;
    std::string out, err;
  };
  Ran Audit(std::vector<std::string> arguments, const trust::IssuedCertificate& as,
            const std::string& gateway_id = "") {
    const std::string certificate = Put("audit.pem", as.certificate_pem), key = Put("audit.key", as.key_pem);
    const std::vector<std::string> rest{"--gateway",     world_.api_address(),
                                        "--authority",   world_.folder() + "/authority.pem",
                                        "--certificate", certificate,
                                        "--key",         key,
                                        "--log-key",     log_key_};
    arguments.insert(arguments.end(), rest.begin(), rest.end());
    if (!gateway_id.empty()) arguments.insert(arguments.end(), {"--gateway-id", gateway_id});
    std::ostringstream out, err;
    SystemClock clock;
    const int exit = audit::RunEagleAudit(arguments, out, err, clock, false);
    return {exit, out.str(), err.str()};
  }

  GatewayWorld world_;
  std::string log_key_;
};

TEST_F(LiveAuditTest, ARunningGatewayIsAuditedWithoutAnExport) {
  const Ran head = Audit({"head"}, world_.auditor(), "spiffe://eagle.test/gateway/gateway-1");
  EXPECT_EQ(head.exit, 0) << head.err;
  const Ran all = Audit({"public", "--state", world_.folder() + "/seen"}, world_.auditor());
  EXPECT_EQ(all.exit, 0) << all.err << all.out;
  EXPECT_THAT(all.out, HasSubstr("eagle.test/log1"));
  const Ran again = Audit({"public", "--state", world_.folder() + "/seen"}, world_.auditor());
  EXPECT_EQ(again.exit, 0) << again.err;
  const Ran sampled = Audit({"public", "--sample", "5", "--seed", "1"}, world_.auditor());
  EXPECT_EQ(sampled.exit, 0) << sampled.err;
}

TEST_F(LiveAuditTest, AGatewayThatLimitsItsCallersIsAskedMoreSlowly) {
  world_.config().api_calls_per_second_max = 10;
  world_.Restart();
  const Ran ran = Audit({"public", "--sample", "40", "--seed", "2"}, world_.auditor());
  EXPECT_EQ(ran.exit, 0) << ran.err;
}

TEST_F(LiveAuditTest, WhoMayNotSeeLeavesIsTold) {
  const Ran ran = Audit({"public"}, world_.court());
  EXPECT_EQ(ran.exit, 2);
  EXPECT_THAT(ran.err, HasSubstr("PERMISSION_DENIED"));
}

TEST_F(LiveAuditTest, AnotherGatewayIsNotAsked) {
  const Ran ran = Audit({"head"}, world_.auditor(), "spiffe://eagle.test/gateway/gateway-2");
  EXPECT_EQ(ran.exit, 2) << ran.out;
  EXPECT_THAT(ran.err, HasSubstr("UNAUTHENTICATED"));
}

TEST_F(LiveAuditTest, AnotherKeyThanThePinnedOneIsNotBelieved) {
  const auto other =
      journal::Ed25519NoteSigner("eagle.test/log1", *journal::PrivateKey::FromSeed(std::string(32, 'x')));
  log_key_ = other.VerifierKey();
  const Ran ran = Audit({"public"}, world_.auditor());
  EXPECT_EQ(ran.exit, 5);
  EXPECT_THAT(ran.err, HasSubstr("NOTE_UNTRUSTED"));
}

TEST_F(LiveAuditTest, OneSourceIsNamedAndNotTwo) {
  std::ostringstream out, err;
  SystemClock clock;
  EXPECT_EQ(audit::RunEagleAudit({"head", "--log-key", log_key_}, out, err, clock, false), 2);
  EXPECT_EQ(Audit({"head", world_.folder()}, world_.auditor()).exit, 2);
}

}  // namespace
}  // namespace eagle
