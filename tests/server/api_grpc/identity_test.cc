// S1: who gets in. Every certificate that must not, and what becomes of rights that end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "goldeneagle/v1/audit_service.pb.h"
#include "server/api/grpc/probe.h"
#include "tests/server/api_grpc/gateway_world.h"
#include "tests/server/api_grpc/odd_certificate.h"

namespace eagle {
namespace {

constexpr char kAnything[] = "/goldeneagle.v1.AuditService/GetCheckpoint";  // open to every registered system

class Identity : public testing::Test {
 protected:
  static void SetUpTestSuite() { world_ = new GatewayWorld; }
  static void TearDownTestSuite() {
    delete world_;
    world_ = nullptr;
  }
  static GatewayWorld& world() { return *world_; }
  static std::string CourtName() {
    return "URI:" + trust::SpiffeId({kTrustDomain, trust::SystemRole::kCourt, kCourtCode});
  }
  static OddRequest Odd() { return {.alternative_names = CourtName(), .from = LongAgo(), .until = FarAhead()}; }
  static Answer With(const trust::IssuedCertificate& certificate) {
    return Call(world().Channel(certificate), kAnything, "", absl::Seconds(20));
  }
  static Answer With(const OddRequest& odd) { return With(IssueOdd(world().authority(), odd)); }
  // Cut off in the handshake: no call arrived.
  static void ExpectNoConnection(const Answer& answer) {
    EXPECT_EQ(answer.code, grpc::StatusCode::UNAVAILABLE) << answer.message;
  }
  static void ExpectUnauthenticated(const Answer& answer) {
    EXPECT_EQ(answer.code, grpc::StatusCode::UNAUTHENTICATED) << answer.message;
    EXPECT_EQ(answer.reason, "UNAUTHENTICATED");
    EXPECT_EQ(answer.info.metadata().at("who"), "operator");
  }

 private:
  static GatewayWorld* world_;
};
GatewayWorld* Identity::world_ = nullptr;

TEST_F(Identity, EveryRegisteredSystemIsServed) {
  for (const auto* system : {&world().court(), &world().agency(), &world().auditor(), &world().operator_system()}) {
    EXPECT_EQ(With(*system).code, grpc::StatusCode::OK);
  }
}
TEST_F(Identity, WithoutACertificateThereIsNoConnection) { ExpectNoConnection(With(trust::IssuedCertificate{})); }
TEST_F(Identity, AnExpiredCertificateIsRefused) {
  OddRequest odd = Odd();
  odd.until = LongAgo() + absl::Hours(24);
  ExpectNoConnection(With(odd));
}
TEST_F(Identity, ACertificateThatIsNotYetValidIsRefused) {
  OddRequest odd = Odd();
  odd.from = FarAhead() - absl::Hours(24);
  ExpectNoConnection(With(odd));
}
TEST_F(Identity, AnotherAuthoritysCertificateIsRefused) {
  trust::SystemEntropy entropy;
  const auto other = trust::CertificateAuthority::Make("Golden Eagle test", {LongAgo(), FarAhead()}, entropy);
  ExpectNoConnection(With(IssueOdd(other, Odd())));
}
TEST_F(Identity, ASelfSignedCertificateIsRefused) {
  OddRequest odd = Odd();
  odd.self_signed = true;
  ExpectNoConnection(With(odd));
}
TEST_F(Identity, ACertificateForServersIsRefused) {
  OddRequest odd = Odd();
  odd.extended_key_usage = "serverAuth";
  ExpectNoConnection(With(odd));
}
TEST_F(Identity, AnAuthorityIsNoLeaf) {
  OddRequest odd = Odd();
  odd.constraints = "critical,CA:TRUE";
  odd.key_usage = "critical,digitalSignature,keyCertSign";
  ExpectUnauthenticated(With(odd));
}
TEST_F(Identity, ALeafThatMaySignOthersIsRefused) {
  OddRequest odd = Odd();
  odd.key_usage = "critical,digitalSignature,cRLSign";
  ExpectUnauthenticated(With(odd));
}
TEST_F(Identity, TwoNamesAreNone) {
  OddRequest odd = Odd();
  odd.alternative_names += "," + CourtName();
  ExpectUnauthenticated(With(odd));
  odd.alternative_names = CourtName() + ",URI:https://example.test/";
  ExpectUnauthenticated(With(odd));
}
TEST_F(Identity, ANameInTheSubjectMeansNothing) {
  OddRequest odd = Odd();
  odd.common_name = trust::SpiffeId({kTrustDomain, trust::SystemRole::kCourt, "court"});
  odd.alternative_names.clear();
  ExpectUnauthenticated(With(odd));
}
TEST_F(Identity, ANameThatIsNoUriMeansNothing) {
  OddRequest odd = Odd();
  odd.alternative_names = "DNS:eagle.test";
  ExpectUnauthenticated(With(odd));
}
TEST_F(Identity, AnotherTrustDomainIsRefused) {
  OddRequest odd = Odd();
  odd.alternative_names = "URI:" + trust::SpiffeId({"other.test", trust::SystemRole::kCourt, kCourtCode});
  ExpectUnauthenticated(With(odd));
}
TEST_F(Identity, AnotherSchemeIsRefused) {
  OddRequest odd = Odd();
  odd.alternative_names = "URI:https://eagle.test/court/9901";
  ExpectUnauthenticated(With(odd));
}
TEST_F(Identity, TheRightNameWithAnotherKeyIsRefused) { ExpectUnauthenticated(With(Odd())); }
TEST_F(Identity, AGoodCertificateOfNobodyWeKnowIsRefused) {
  ExpectUnauthenticated(With(world().Issue(trust::SystemRole::kCourt, "辽9907")));
  ExpectUnauthenticated(With(world().Issue(trust::SystemRole::kGateway, "gateway-2")));
}
TEST_F(Identity, OldVersionsOfTlsAreRefused) {
  const auto address = api::ParseSocketAddress(world().api_address());
  EXPECT_FALSE(api::TakesTls12(*address, absl::Seconds(5)));
  EXPECT_EQ(api::ProbeAsStranger(*address, absl::Seconds(5), nullptr), api::Probed::kTurnedAway);
}
TEST_F(Identity, ReplacingThePinEndsTheOldKeyAtTheNextCall) {
  const auto before = world().Issue(trust::SystemRole::kCourt, "辽9902");
  const auto after = world().Issue(trust::SystemRole::kCourt, "辽9902");
  world().RegisterCourt(before, "辽9902");
  const auto old_channel = world().Channel(before);
  EXPECT_EQ(Call(old_channel, kAnything).code, grpc::StatusCode::OK);
  ExpectUnauthenticated(With(after));
  world().RegisterCourt(after, "辽9902");
  ExpectUnauthenticated(Call(old_channel, kAnything));  // on the very same connection
  EXPECT_EQ(With(after).code, grpc::StatusCode::OK);
}
TEST_F(Identity, WhoWasRefusedIsInTheLog) {
  With(world().Issue(trust::SystemRole::kAgency, "9900009"));
  const std::string& log = world().log_text();
  EXPECT_THAT(log, testing::HasSubstr("\"event\":\"caller_refused\""));
  EXPECT_THAT(log, testing::HasSubstr("\"spiffe_id\":\"spiffe://eagle.test/agency/9900009\""));
  EXPECT_THAT(log, testing::HasSubstr("\"from\":\"ipv4:127.0.0.1:"));
}
TEST_F(Identity, RefusalsSayNothingAboutWhoExists) {
  const Answer known_name = With(Odd());
  OddRequest odd = Odd();
  odd.alternative_names = "URI:" + trust::SpiffeId({kTrustDomain, trust::SystemRole::kCourt, "辽9999"});
  const Answer unknown_name = With(odd);
  EXPECT_EQ(known_name.code, unknown_name.code);
  EXPECT_EQ(known_name.message, unknown_name.message);
}

}  // namespace
}  // namespace eagle
