// SM2 keys beside Ed25519: files, statements and batches, chosen by the registered key.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>

#include "server/trust/pem.h"
#include "server/trust/signature.h"
#include "tests/server/trust/support.h"
#include "tests/support/temp_folder.h"
#include "tests/support/trust/seeded_entropy.h"

namespace eagle::trust {
namespace {

// Runs a command of the system; true when it ended well.
bool Succeeds(const std::string& command) { return std::system((command + " >/dev/null 2>&1").c_str()) == 0; }

void Write(const std::string& path, std::string_view content) {
  std::ofstream(path, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
}
std::string Read(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

Sm2Signer Sm2Of(char number) { return *Sm2Signer::FromSecret(std::string(32, number)); }

// 30 len 02 len r 02 len s: what the command line of openssl wants.
std::string Der(const std::string& raw) {
  std::string numbers;
  for (const size_t at : {0u, 32u}) {
    std::string number = raw.substr(at, 32);
    while (number.size() > 1 && number[0] == 0) number.erase(0, 1);
    if ((static_cast<unsigned char>(number[0]) & 0x80) != 0) number.insert(0, 1, '\0');
    numbers += '\x02';
    numbers += static_cast<char>(number.size());
    numbers += number;
  }
  return "\x30" + std::string(1, static_cast<char>(numbers.size())) + numbers;
}

TEST(Sm2Keys, TheRegisteredKeyChoosesTheAlgorithm) {
  const PublicKeyChecker checker;
  Sm2Signer sm2 = Sm2Of(1), other = Sm2Of(2);
  Ed25519Signer ed25519 = SignerOf(1);
  const std::string signature = sm2.Sign("message");
  EXPECT_TRUE(checker.Check(v1::KEY_ALGORITHM_SM2, sm2.public_key(), "message", signature));
  EXPECT_TRUE(checker.Check(v1::KEY_ALGORITHM_SM2, sm2.public_key(), "message", sm2.Sign("message")));
  EXPECT_FALSE(checker.Check(v1::KEY_ALGORITHM_SM2, sm2.public_key(), "massage", signature));
  EXPECT_FALSE(checker.Check(v1::KEY_ALGORITHM_SM2, other.public_key(), "message", signature));
  EXPECT_FALSE(checker.Check(v1::KEY_ALGORITHM_ED25519, sm2.public_key(), "message", signature));
  EXPECT_FALSE(checker.Check(v1::KEY_ALGORITHM_SM2, ed25519.public_key(), "message", ed25519.Sign("message")));
  EXPECT_FALSE(checker.Check(v1::KEY_ALGORITHM_SM2, sm2.public_key(), "message", ed25519.Sign("message")));
  EXPECT_FALSE(checker.Check(v1::KEY_ALGORITHM_UNSPECIFIED, sm2.public_key(), "message", signature));
}

TEST(Sm2Keys, GoIntoFilesAndComeBack) {
  const TempFolder folder;
  SeededEntropy entropy(1);
  const auto made = MakeSignerFile(v1::KEY_ALGORITHM_SM2, folder / "officer.pem", entropy);
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(WhyNot(MakeSignerFile(v1::KEY_ALGORITHM_SM2, folder / "officer.pem", entropy)), "KEY_UNUSABLE");
  const auto read = SignerFromPemFile(folder / "officer.pem");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ((*read)->algorithm(), v1::KEY_ALGORITHM_SM2);
  EXPECT_EQ((*read)->public_key(), (*made)->public_key());
  const PublicKeyBytes half{v1::KEY_ALGORITHM_SM2, (*made)->public_key()};
  EXPECT_EQ(*PublicKeyFromPem(PemOfPublicKey(half)), half);
  EXPECT_EQ(WhyNot(Ed25519Signer::FromPemFile(folder / "officer.pem")), "KEY_UNUSABLE");
}

TEST(Sm2Keys, OpensslReadsOursVerifiesOursAndWeReadAndVerifyIts) {
  ASSERT_TRUE(Succeeds("openssl version")) << "deploy/packages installs it";
  const TempFolder folder;
  ASSERT_TRUE(Succeeds("umask 077; openssl genpkey -algorithm SM2 -out " + folder / "theirs.pem"));
  const auto theirs = SignerFromPemFile(folder / "theirs.pem");
  ASSERT_TRUE(theirs.ok()) << theirs.status();
  ASSERT_TRUE(Succeeds("openssl pkey -in " + folder / "theirs.pem" + " -pubout -out " + folder / "theirs.pub"));
  EXPECT_EQ(PublicKeyFromPem(Read(folder / "theirs.pub"))->raw, (*theirs)->public_key());
  // A P-256 key is neither.
  ASSERT_TRUE(Succeeds("umask 077; openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out " +
                       folder / "p256.pem"));
  EXPECT_EQ(WhyNot(SignerFromPemFile(folder / "p256.pem")), "KEY_UNUSABLE");

  SeededEntropy entropy(2);
  const auto ours = MakeSignerFile(v1::KEY_ALGORITHM_SM2, folder / "ours.pem", entropy);
  ASSERT_TRUE(ours.ok());
  Write(folder / "ours.pub", PemOfPublicKey({v1::KEY_ALGORITHM_SM2, (*ours)->public_key()}));
  Write(folder / "message", "message");
  Write(folder / "signature", Der((*ours)->Sign("message")));
  const auto verify = [&](const std::string& id) {
    return Succeeds("openssl pkeyutl -verify -rawin -digest sm3 -pubin -inkey " + folder / "ours.pub" + " -sigfile " +
                    folder / "signature" + " -in " + folder / "message" + " -pkeyopt distid:" + id);
  };
  EXPECT_TRUE(verify("1234567812345678"));
  EXPECT_FALSE(verify("8765432187654321"));  // the id is part of what is signed
}

TEST(Sm2Keys, AHeadSignedByBothAlgorithmsCountsBoth) {
  Ed25519Signer handler = SignerOf(0x40);
  Sm2Signer cosigner = Sm2Of(3);
  const v1::SignedBatch batch = MakeBatch(OrderHead(), Orders(2), {&handler, &cosigner});
  std::vector<CandidateKey> keys = {{1, handler.algorithm(), handler.public_key()},
                                    {2, cosigner.algorithm(), cosigner.public_key()}};
  EXPECT_EQ(OpenBatch(batch, keys, PublicKeyChecker())->signed_by, (std::vector<uint64_t>{1, 2}));
  keys[1].algorithm = v1::KEY_ALGORITHM_ED25519;  // as another algorithm's key it signs nothing
  EXPECT_EQ(WhyNot(OpenBatch(batch, keys, PublicKeyChecker())), "SIGNATURE_INVALID");
}

TEST(Sm2Keys, OnlyKeysOfTheirAlgorithmCanBeRegistered) {
  Sm2Signer sm2 = Sm2Of(4);
  std::string off = sm2.public_key();
  off.back() = static_cast<char>(off.back() ^ 1);
  EXPECT_TRUE(IsPublicKey(v1::KEY_ALGORITHM_SM2, sm2.public_key()));
  EXPECT_FALSE(IsPublicKey(v1::KEY_ALGORITHM_SM2, off));
  EXPECT_FALSE(IsPublicKey(v1::KEY_ALGORITHM_ED25519, sm2.public_key()));
  EXPECT_FALSE(IsPublicKey(v1::KEY_ALGORITHM_SM2, SignerOf(1).public_key()));
  EXPECT_FALSE(IsPublicKey(v1::KEY_ALGORITHM_UNSPECIFIED, sm2.public_key()));
}

}  // namespace
}  // namespace eagle::trust
