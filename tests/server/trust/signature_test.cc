#include "server/trust/signature.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "server/base/bytes.h"
#include "server/journal/dsse.h"
#include "server/trust/pem.h"
#include "server/trust/secret_file.h"
#include "server/trust/system_entropy.h"
#include "tests/server/trust/support.h"
#include "tests/support/temp_folder.h"
#include "tests/support/trust/keyed_hash.h"
#include "tests/support/trust/seeded_entropy.h"

namespace eagle::trust {
namespace {

// Runs a command of the system; true when it ended well.
bool Runs(const std::string& command) { return std::system((command + " >/dev/null 2>&1").c_str()) == 0; }

void WriteFile(const std::string& path, std::string_view content) {
  std::ofstream(path, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
}

TEST(Signature, DsseVectorsHold) {
  Ed25519Signer court = SignerOf(0x40), bank = SignerOf(0x60);
  EXPECT_EQ(HexEncode(court.public_key()), "2543b92ff1095511476adc8369db6ddc933665a11978dda1404ee1066ca9559d");
  EXPECT_EQ(HexEncode(bank.public_key()), "174553b456dddfc6908ecab1c101fe6ab21e2baa0617795b7d43a63482993fd5");
  const std::string order = *HexDecode("0a0568656c6c6f1203e6b395");
  const std::string order_pae = journal::Pae("application/vnd.court-gateway.order.v1+protobuf", order);
  const journal::Hash order_digest = journal::Sha256(order_pae);
  EXPECT_EQ(HexEncode(journal::View(order_digest)), "3b5eef3fe011d43160ce90951b48903c44ba27427b332619e48c9793fa64197c");
  const std::string receipt = *HexDecode("0a20") + std::string(journal::View(order_digest)) + *HexDecode("1001");
  const struct {
    Ed25519Signer& signer;
    std::string message;
    std::string signature;
  } kTable[] = {
      {court, journal::Pae("http://example.com/HelloWorld", "hello world"),
       "f6bf6c761f73d6e8f23c7a4833d056ea7f4cbcb9e9f81b65790093551d5ac04cc172c79028770515dc9bc861d086af5bc1b1feb8d9615ff"
       "12d7b0874247c9906"},
      {court, order_pae,
       "cb4a48e7cf23505bd39b1b424680e9d9b83b0f821b2a273a4bf29590cea00542a8599fa2541c98f4da120024877e479f9f7174563655315"
       "a2438b147ef27b505"},
      {bank, journal::Pae("application/vnd.court-gateway.receipt.v1+protobuf", receipt),
       "b93c5fd0d9f0afd4e13088241f407c20fcbba079df263d160f24fea8f70acce7a50ff66cb583eb0adac1d7118872a98b07c3eace1cabf6c"
       "a30f30d1974a7e407"},
  };
  const PublicKeyChecker checker;
  for (const auto& row : kTable) {
    EXPECT_EQ(HexEncode(row.signer.Sign(row.message)), row.signature);
    EXPECT_TRUE(checker.Check(row.signer.algorithm(), row.signer.public_key(), row.message, *HexDecode(row.signature)));
    EXPECT_FALSE(
        checker.Check(row.signer.algorithm(), row.signer.public_key(), row.message + "x", *HexDecode(row.signature)));
  }
}

TEST(Signature, WhatIsNoSignatureIsFalse) {
  const PublicKeyChecker checker;
  Ed25519Signer signer = SignerOf(1), other = SignerOf(2);
  const std::string signature = signer.Sign("message");
  const auto check = [&](std::string_view key, std::string_view bytes) {
    return checker.Check(v1::KEY_ALGORITHM_ED25519, key, "message", bytes);
  };
  EXPECT_TRUE(check(signer.public_key(), signature));
  EXPECT_FALSE(check(other.public_key(), signature));
  EXPECT_FALSE(check(signer.public_key(), ""));
  EXPECT_FALSE(check(signer.public_key(), signature.substr(1)));
  EXPECT_FALSE(check(signer.public_key(), signature + "x"));
  EXPECT_FALSE(check("", signature));
  EXPECT_FALSE(check(signer.public_key().substr(1), signature));
  EXPECT_FALSE(check(std::string(32, '\xff'), signature));
  EXPECT_FALSE(checker.Check(v1::KEY_ALGORITHM_UNSPECIFIED, signer.public_key(), "message", signature));
  EXPECT_FALSE(checker.Check(static_cast<KeyAlgorithm>(3), signer.public_key(), "message", signature));
  // S + L, the other spelling of the same signature, is refused.
  std::string malleable = signature;
  static constexpr unsigned char kOrder[] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                             0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                             0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};
  int carry = 0;
  for (size_t i = 0; i < 32; ++i) {
    carry += static_cast<unsigned char>(malleable[32 + i]) + kOrder[i];
    malleable[32 + i] = static_cast<char>(carry & 0xff);
    carry >>= 8;
  }
  EXPECT_FALSE(check(signer.public_key(), malleable));
}

TEST(Signature, TheCheckersMemoryIsBoundedAndShared) {
  const PublicKeyChecker checker(32);
  std::vector<Ed25519Signer> signers;
  std::vector<std::string> signatures;
  for (int i = 0; i < 100; ++i) signers.push_back(SignerOf(i));
  for (Ed25519Signer& signer : signers) signatures.push_back(signer.Sign("message"));
  std::vector<std::thread> threads;
  std::vector<int> right(4, 0);
  for (size_t t = 0; t < right.size(); ++t) {
    threads.emplace_back([&, t] {
      for (size_t i = 0; i < signers.size(); ++i) {
        const size_t at = (i * 7 + t) % signers.size();
        right[t] +=
            checker.Check(v1::KEY_ALGORITHM_ED25519, signers[at].public_key(), "message", signatures[at]) ? 1 : 0;
        right[t] +=
            checker.Check(v1::KEY_ALGORITHM_ED25519, signers[at].public_key(), "other", signatures[at]) ? 1000 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, std::vector<int>(4, 100));
}

TEST(Signature, KeysGoIntoFilesAndComeBack) {
  const TempFolder folder;
  SeededEntropy entropy(1);
  const auto made = Ed25519Signer::MakePemFile(folder / "officer.pem", entropy);
  ASSERT_EQ(WhyNot(made), "OK");
  struct stat facts {};
  ASSERT_EQ(::stat((folder / "officer.pem").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  auto read = Ed25519Signer::FromPemFile(folder / "officer.pem");
  ASSERT_EQ(WhyNot(read), "OK");
  EXPECT_EQ(read->public_key(), made->public_key());
  EXPECT_EQ(WhyNot(Ed25519Signer::MakePemFile(folder / "officer.pem", entropy)), "KEY_UNUSABLE");  // never overwritten
  EXPECT_EQ(PublicKeyFromPem(PemOfPublicKey({made->algorithm(), made->public_key()}))->raw, made->public_key());
}

TEST(Signature, FilesThatOthersMayReadAreRefused) {
  const TempFolder folder;
  SeededEntropy entropy(1);
  ASSERT_EQ(WhyNot(Ed25519Signer::MakePemFile(folder / "key.pem", entropy)), "OK");
  for (mode_t mode : {0640u, 0604u, 0620u, 0602u, 0610u, 0644u}) {
    ASSERT_EQ(::chmod((folder / "key.pem").c_str(), mode), 0);
    EXPECT_EQ(WhyNot(Ed25519Signer::FromPemFile(folder / "key.pem")), "KEY_UNUSABLE") << mode;
  }
  ASSERT_EQ(::chmod((folder / "key.pem").c_str(), 0400), 0);
  EXPECT_EQ(WhyNot(Ed25519Signer::FromPemFile(folder / "key.pem")), "OK");
  EXPECT_EQ(WhyNot(Ed25519Signer::FromPemFile(folder / "none.pem")), "KEY_UNUSABLE");
  EXPECT_EQ(WhyNot(Ed25519Signer::FromPemFile(folder.path())), "KEY_UNUSABLE");
  EXPECT_EQ(WhyNot(WriteSecretFile(folder / "no/such/folder", "x")), "KEY_UNUSABLE");
  ASSERT_EQ(WhyNot(WriteSecretFile(folder / "large", std::string(65536, 'x'))), "OK");
  EXPECT_EQ(ReadSecretFile(folder / "large")->size(), 65536u);
  ASSERT_EQ(WhyNot(WriteSecretFile(folder / "larger", std::string(65537, 'x'))), "OK");
  EXPECT_EQ(WhyNot(ReadSecretFile(folder / "larger")), "KEY_UNUSABLE");
}

TEST(Signature, WhatIsNoEd25519KeyIsRefusedWithoutShowingIt) {
  for (const char* text : {"", "hello", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}) {
    EXPECT_EQ(WhyNot(Ed25519Signer::FromPem(text)), "KEY_UNUSABLE");
    EXPECT_EQ(WhyNot(PublicKeyFromPem(text)), "KEY_UNUSABLE");
  }
  EXPECT_EQ(WhyNot(Ed25519Signer::FromSeed("short")), "KEY_UNUSABLE");
  const std::string pem = PemOfSeed(std::string(32, 's'));
  EXPECT_EQ(WhyNot(PublicKeyFromPem(pem)), "KEY_UNUSABLE");
  const absl::Status status = Ed25519Signer::FromPem(pem.substr(0, 60)).status();
  EXPECT_EQ(std::string(status.message()).find("MC4"), std::string::npos);
}

TEST(Signature, OpensslReadsOurKeysAndWeReadIts) {
  ASSERT_TRUE(Runs("openssl version")) << "deploy/packages installs it";
  const TempFolder folder;
  ASSERT_TRUE(Runs("umask 077; openssl genpkey -algorithm ed25519 -out " + folder / "theirs.pem"));
  EXPECT_EQ(WhyNot(Ed25519Signer::FromPemFile(folder / "theirs.pem")), "OK");
  ASSERT_TRUE(
      Runs("umask 077; openssl genpkey -algorithm ed25519 -aes256 -pass pass:secret -out " + folder / "locked.pem"));
  EXPECT_EQ(WhyNot(Ed25519Signer::FromPemFile(folder / "locked.pem")), "KEY_UNUSABLE");
  ASSERT_TRUE(Runs("umask 077; openssl genpkey -algorithm ed448 -out " + folder / "448.pem"));
  EXPECT_EQ(WhyNot(Ed25519Signer::FromPemFile(folder / "448.pem")), "KEY_UNUSABLE");
  SeededEntropy entropy(3);
  ASSERT_EQ(WhyNot(Ed25519Signer::MakePemFile(folder / "ours.pem", entropy)), "OK");
  EXPECT_TRUE(Runs("openssl pkey -in " + folder / "ours.pem" + " -noout"));
}

TEST(Signature, OpensslVerifiesTheHeadOfAnOrder) {
  ASSERT_TRUE(Runs("openssl version")) << "deploy/packages installs it";
  const TempFolder folder;
  Ed25519Signer handler = SignerOf(0x40);
  const v1::SignedBatch batch = MakeBatch(OrderHead(), Orders(1), {&handler});
  WriteFile(folder / "key.pem", PemOfPublicKey({handler.algorithm(), handler.public_key()}));
  WriteFile(folder / "signature", batch.head().signatures(0).sig());
  WriteFile(folder / "signed", journal::Pae(batch.head().payload_type(), batch.head().payload()));
  const std::string verify = "openssl pkeyutl -verify -rawin -pubin -inkey " + folder / "key.pem" + " -sigfile " +
                             folder / "signature" + " -in ";
  EXPECT_TRUE(Runs(verify + folder / "signed"));
  WriteFile(folder / "changed", journal::Pae(batch.head().payload_type(), batch.head().payload() + "x"));
  EXPECT_FALSE(Runs(verify + folder / "changed"));
}

TEST(Signature, KeyedHashesStandInForSignatures) {
  KeyedHashSigner one("one"), again("one"), two("two");
  const KeyedHashChecker checker;
  const std::string signature = one.Sign("message");
  EXPECT_EQ(one.public_key(), again.public_key());
  EXPECT_EQ(signature.size(), 64u);
  EXPECT_EQ(signature, again.Sign("message"));
  EXPECT_TRUE(checker.Check(one.algorithm(), one.public_key(), "message", signature));
  EXPECT_FALSE(checker.Check(one.algorithm(), two.public_key(), "message", signature));
  EXPECT_FALSE(checker.Check(one.algorithm(), one.public_key(), "massage", signature));
  EXPECT_FALSE(checker.Check(v1::KEY_ALGORITHM_UNSPECIFIED, one.public_key(), "message", signature));
  for (size_t bit = 0; bit < 512; ++bit) {
    std::string changed = signature;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(checker.Check(one.algorithm(), one.public_key(), "message", changed));
  }
  EXPECT_FALSE(PublicKeyChecker().Check(one.algorithm(), one.public_key(), "message", signature));
}

TEST(Entropy, OfTheMachineRepeatsNothing) {
  SystemEntropy entropy;
  EXPECT_EQ(entropy.Bytes(0), "");
  EXPECT_EQ(entropy.Bytes(1000).size(), 1000u);
  EXPECT_NE(entropy.Bytes(32), entropy.Bytes(32));
  SeededEntropy seeded(5), again(5), other(6);
  EXPECT_EQ(seeded.Bytes(50), again.Bytes(50));
  EXPECT_NE(seeded.Bytes(50), other.Bytes(50));
}

}  // namespace
}  // namespace eagle::trust
