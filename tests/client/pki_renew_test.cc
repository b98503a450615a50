// eagle pki renew: beside what is in use, never over it.
#include "client/cli/eagle.h"
#include "client/common/files.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/trust/certificate_facts.h"
#include "server/trust/identity.h"
#include "tests/client/cli_world.h"

namespace eagle::client {
namespace {

class PkiRenewTest : public testing::Test {
 protected:
  CliWorld world_;
};

TEST_F(PkiRenewTest, ACertificateIsRenewedBesideTheOneInUse) {
  const std::string tls = world_.Path("pki/tls/"), out = world_.Path("next");
  const std::string in_use = *ReadFile(tls + "court-辽9901.pem");
  const std::vector<std::string> kept = {"pki",
                                         "renew",
                                         tls + "court-辽9901.pem",
                                         "--key",
                                         tls + "court-辽9901.key",
                                         "--authority",
                                         tls + "ca.pem",
                                         "--authority-key",
                                         tls + "ca.key",
                                         "--out",
                                         out};
  const Ran renewed = world_.Bare(kept);
  ASSERT_EQ(renewed.exit, kExitOk) << renewed.err;
  EXPECT_EQ(*ReadFile(tls + "court-辽9901.pem"), in_use) << "nothing in use is touched";
  const std::string next = *ReadFile(out + "/court-辽9901.pem");
  EXPECT_NE(next, in_use);
  EXPECT_EQ(*trust::SpkiSha256FromPem(next), *trust::SpkiSha256FromPem(in_use)) << "the same key, so the pin holds";
  EXPECT_TRUE(trust::KeyBelongsTo(next, *ReadFile(out + "/court-辽9901.key")).ok());
  EXPECT_EQ(world_.Bare(kept).exit, kExitUsage) << "files that are there are not replaced";
  const auto with = [&](size_t at, const std::string& word) {
    std::vector<std::string> words = kept;
    words[at] = word, words.back() = world_.Path("other");
    return world_.Bare(words);
  };
  EXPECT_EQ(with(4, tls + "gateway-gateway.key").exit, kExitUsage) << "another system's key";
  EXPECT_EQ(with(2, tls + "ca.pem").exit, kExitUsage) << "an authority's own";
  std::vector<std::string> long_lived = kept;
  long_lived.back() = world_.Path("long"), long_lived.insert(long_lived.end(), {"--days", "3651"});
  EXPECT_EQ(world_.Bare(long_lived).exit, kExitUsage);
}

}  // namespace
}  // namespace eagle::client
