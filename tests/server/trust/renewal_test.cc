// The next certificate of a system has its names and uses, and the key that was asked for.
#include "server/trust/renewal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/reason.h"
#include "server/trust/certificate_facts.h"
#include "server/trust/system_entropy.h"

namespace eagle::trust {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);
const CertificateAuthority::Validity kYears = {kNow - absl::Hours(1), kNow + absl::Hours(24 * 3650)};

LeafRequest Gateway() {
  return {.name = {"eagle.example", SystemRole::kGateway, "gateway"},
          .dns_names = {"gateway.example", "*.gateway.example"},
          .addresses = {"192.0.2.1", "2001:db8::1"},
          .server = true,
          .client = true,
          .from = kNow,
          .until = kNow + absl::Hours(24)};
}

class RenewalTest : public testing::Test {
 protected:
  SystemEntropy entropy_;
  CertificateAuthority authority_ = CertificateAuthority::Make("test", kYears, entropy_);
};

TEST_F(RenewalTest, HasTheSameNamesAndUses) {
  const auto issued = authority_.Issue(Gateway(), entropy_);
  ASSERT_TRUE(issued.ok());
  const auto request = RequestLike(issued->certificate_pem);
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->name, Gateway().name);
  EXPECT_EQ(request->dns_names, Gateway().dns_names);
  EXPECT_THAT(request->addresses, testing::ElementsAre("192.0.2.1", "2001:0db8:0000:0000:0000:0000:0000:0001"));
  EXPECT_TRUE(request->server && request->client);
  LeafRequest again = *request;
  again.from = kNow, again.until = kNow + absl::Hours(48);
  const auto next = authority_.Issue(again, entropy_);
  ASSERT_TRUE(next.ok());
  EXPECT_TRUE(VerifyLeaf(next->certificate_pem, authority_.certificate_pem(), true, kNow + absl::Hours(47)).ok());
  EXPECT_EQ(RequestLike(next->certificate_pem)->addresses, request->addresses) << "renewed again and again";
}

TEST_F(RenewalTest, KeepsTheKeyThatIsPinnedOrMakesANewOne) {
  LeafRequest request = Gateway();
  const auto first = authority_.Issue(request, entropy_);
  request.key_pem = first->key_pem;
  const auto kept = authority_.Issue(request, entropy_);
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(*SpkiSha256FromPem(kept->certificate_pem), *SpkiSha256FromPem(first->certificate_pem));
  EXPECT_NE(*CertificateSha256FromPem(kept->certificate_pem), *CertificateSha256FromPem(first->certificate_pem));
  EXPECT_TRUE(KeyBelongsTo(kept->certificate_pem, kept->key_pem).ok());
  request.key_pem.clear();
  EXPECT_NE(*SpkiSha256FromPem(authority_.Issue(request, entropy_)->certificate_pem),
            *SpkiSha256FromPem(first->certificate_pem));
}

TEST_F(RenewalTest, OfSomethingElseIsRefused) {
  EXPECT_EQ(ReasonOf(RequestLike("no certificate").status()), Reason::kKeyUnusable);
  EXPECT_EQ(ReasonOf(RequestLike(authority_.certificate_pem()).status()), Reason::kKeyUnusable);
  const std::string one = authority_.Issue(Gateway(), entropy_)->certificate_pem;
  EXPECT_EQ(ReasonOf(RequestLike(one + one).status()), Reason::kKeyUnusable) << "which of the two?";
  LeafRequest request = Gateway();
  request.key_pem = "no key";
  EXPECT_EQ(ReasonOf(authority_.Issue(request, entropy_).status()), Reason::kKeyUnusable);
}

}  // namespace
}  // namespace eagle::trust
