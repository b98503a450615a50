// SM2 with SM3 against the standard's own example, and what a verifier must refuse.
#include "server/journal/sm2.h"

#include "tests/server/journal/support.h"

namespace eagle::journal {
namespace {

// GB/T 32918.5 annex A.2: the recommended curve, id "1234567812345678", message "message digest".
const std::string kX = Unhex("09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020");
const std::string kY = Unhex("ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13");
const std::string kD = Unhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8");
const std::string kR = Unhex("f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3");
const std::string kS = Unhex("b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa");
const std::string kPublic = "\x04" + kX + kY;

TEST(Sm2Test, AgreesWithTheStandardsExample) {
  const auto verifier = Sm2Verifier::FromBytes(kPublic);
  ASSERT_TRUE(verifier.has_value());
  EXPECT_TRUE(verifier->Verify("message digest", kR + kS));
  const auto key = Sm2PrivateKey::FromSecret(kD);
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(key->public_key(), kPublic);
}

TEST(Sm2Test, WhatItSignsItVerifiesAndNothingElse) {
  const auto key = Sm2PrivateKey::FromSecret(Span(1, 32)), other = Sm2PrivateKey::FromSecret(Span(2, 32));
  ASSERT_TRUE(key.ok() && other.ok());
  const auto verifier = Sm2Verifier::FromBytes(key->public_key());
  const auto others = Sm2Verifier::FromBytes(other->public_key());
  ASSERT_TRUE(verifier && others);
  for (const std::string& message : {std::string(), std::string("m"), std::string(100000, 'x')}) {
    const std::string signature = key->Sign(message);
    ASSERT_EQ(signature.size(), kSm2SignatureSize);
    EXPECT_TRUE(verifier->Verify(message, signature));
    EXPECT_FALSE(verifier->Verify(message + "x", signature));
    EXPECT_FALSE(others->Verify(message, signature));
    for (size_t bit = 0; bit < 512; ++bit) {
      std::string wrong = signature;
      wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << (bit % 8)));
      EXPECT_FALSE(verifier->Verify(message, wrong)) << bit;
    }
  }
}

TEST(Sm2Test, RefusesNumbersThatNoSignerMakes) {
  const auto verifier = Sm2Verifier::FromBytes(kPublic);
  const std::string zero(32, '\0'), order = Unhex("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123");
  EXPECT_FALSE(verifier->Verify("message digest", zero + kS));
  EXPECT_FALSE(verifier->Verify("message digest", kR + zero));
  EXPECT_FALSE(verifier->Verify("message digest", order + kS));
  EXPECT_FALSE(verifier->Verify("message digest", kR + order));
  EXPECT_FALSE(verifier->Verify("message digest", kR + kS + "x"));
  EXPECT_FALSE(verifier->Verify("message digest", kR));
  EXPECT_FALSE(verifier->Verify("message digest", ""));
}

TEST(Sm2Test, OnlyPointsOfTheCurveAreKeys) {
  std::string off = kPublic;
  off.back() = static_cast<char>(off.back() ^ 1);
  EXPECT_FALSE(Sm2Verifier::FromBytes(off));
  EXPECT_FALSE(Sm2Verifier::FromBytes(kX + kY));                                    // no form
  EXPECT_FALSE(Sm2Verifier::FromBytes("\x03" + kX));                                // compressed: a second spelling
  EXPECT_FALSE(Sm2Verifier::FromBytes("\x06" + kX + kY));                           // hybrid: a third
  EXPECT_FALSE(Sm2Verifier::FromBytes(std::string(1, '\0') + std::string(64, 0)));  // infinity
  EXPECT_FALSE(Sm2Verifier::FromBytes(""));
}

TEST(Sm2Test, SecretsLieBelowTheOrder) {
  EXPECT_FALSE(Sm2PrivateKey::FromSecret(std::string(32, '\0')).ok());
  EXPECT_FALSE(Sm2PrivateKey::FromSecret(std::string(32, '\xff')).ok());
  // The order less 1 has no inverse of d + 1; the order less 2 is the greatest secret.
  const std::string above = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d541";
  EXPECT_FALSE(Sm2PrivateKey::FromSecret(Unhex(above + "22")).ok());
  EXPECT_TRUE(Sm2PrivateKey::FromSecret(Unhex(above + "21")).ok());
  EXPECT_FALSE(Sm2PrivateKey::FromSecret("short").ok());
}

}  // namespace
}  // namespace eagle::journal
