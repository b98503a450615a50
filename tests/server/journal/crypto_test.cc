// Hashes, signatures, sealing and DSSE against published vectors.
#include <thread>

#include "server/journal/aead.h"
#include "server/journal/dsse.h"
#include "tests/server/journal/support.h"

namespace eagle::journal {
namespace {

TEST(HashTest, AgreesWithPublishedVectors) {
  EXPECT_EQ(Hex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(LeafHash("")), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  EXPECT_EQ(Hex(LeafHash("L123456")), "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
  EXPECT_EQ(Hex(Sha256("gateway.example/log1")), "b39559c8fea8bfff28d18b8b4cf0d65b5a66008ada2b835eff20743d4d23a691");
  EXPECT_EQ(Hex(Sha256("rome2026h1.example.org")), "000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706");
}

TEST(HashTest, NodeHashIsTheHashOfOneAndBothChildren) {
  // The public vector has children of 4 bytes, so it goes through the stream.
  Sha256Stream stream;
  stream.Update("\x01").Update("N123").Update("N456");
  EXPECT_EQ(Hex(stream.Finish()), "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb");
  const Hash a = Sha256("a"), b = Sha256("b");
  EXPECT_EQ(NodeHash(a, b), Sha256("\x01" + std::string(View(a)) + std::string(View(b))));
}

TEST(HashTest, AStreamGivesTheSameAsOneCallHoweverItIsCut) {
  const std::string text = Span(0, 200);
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    Sha256Stream stream;
    stream.Update(text.substr(0, cut));
    Sha256Stream copy = stream;
    stream.Update(text.substr(cut));
    EXPECT_EQ(stream.Finish(), Sha256(text));
    EXPECT_EQ(copy.Finish(), Sha256(text.substr(0, cut)));
  }
}

TEST(HashTest, HmacAgreesWithRfc4231) {
  EXPECT_EQ(Hex(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(Hex(HmacSha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(HashTest, OnlyThirtyTwoBytesAreAHash) {
  EXPECT_TRUE(HashFrom(std::string(32, 'x')));
  EXPECT_FALSE(HashFrom(std::string(31, 'x')));
  EXPECT_FALSE(HashFrom(std::string(33, 'x')));
  EXPECT_FALSE(HashFrom(""));
}

TEST(Ed25519Test, AgreesWithRfc8032) {
  const struct {
    const char *seed, *key, *message, *signature;
  } rows[] = {{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
               "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
               "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f"
               "0595bbe2465514143"
               "8e7a100b"},
              {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
               "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
               "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2ea"
               "eb4302aeeb00d2916"
               "12bb0c00"}};
  for (const auto& row : rows) {
    const PrivateKey key = PrivateKey::FromSeed(Unhex(row.seed)).value();
    EXPECT_EQ(HexEncode(key.PublicKeyOf().View()), row.key);
    EXPECT_EQ(HexEncode(key.Sign(Unhex(row.message))), row.signature);
    EXPECT_TRUE(Verify(key.PublicKeyOf(), Unhex(row.message), Unhex(row.signature)));
  }
}

TEST(Ed25519Test, ProjectSeedsGiveTheProjectKeys) {
  EXPECT_EQ(HexEncode(KeyOfSeed(0x40).PublicKeyOf().View()),
            "2543b92ff1095511476adc8369db6ddc933665a11978dda1404ee1066ca9559d");
  EXPECT_EQ(HexEncode(KeyOfSeed(0x60).PublicKeyOf().View()),
            "174553b456dddfc6908ecab1c101fe6ab21e2baa0617795b7d43a63482993fd5");
}

TEST(Ed25519Test, RefusesAnyFlippedBit) {
  const PrivateKey key = KeyOfSeed(0x40);
  const Verifier verifier(key.PublicKeyOf());
  const std::string message = "freeze", signature = key.Sign(message);
  ASSERT_TRUE(verifier.Verify(message, signature));
  for (size_t bit = 0; bit < 8 * signature.size(); ++bit) {
    std::string wrong = signature;
    wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(verifier.Verify(message, wrong)) << bit;
  }
  EXPECT_FALSE(verifier.Verify("freezf", signature));
  EXPECT_FALSE(Verify(KeyOfSeed(0x60).PublicKeyOf(), message, signature));
}

TEST(Ed25519Test, RefusesWrongLengths) {
  const PrivateKey key = KeyOfSeed(0x40);
  const std::string signature = key.Sign("m");
  for (size_t length = 0; length < signature.size(); ++length) {
    EXPECT_FALSE(Verify(key.PublicKeyOf(), "m", signature.substr(0, length)));
  }
  EXPECT_FALSE(Verify(key.PublicKeyOf(), "m", signature + '\0'));
  EXPECT_FALSE(PublicKey::FromBytes(std::string(31, 'k')));
  EXPECT_FALSE(PublicKey::FromBytes(std::string(33, 'k')));
  EXPECT_EQ(ReasonOf(PrivateKey::FromSeed(std::string(31, 's')).status()), Reason::kKeyUnusable);
  EXPECT_EQ(ReasonOf(PrivateKey::FromSeed(std::string(64, 's')).status()), Reason::kKeyUnusable);
}

TEST(Ed25519Test, RefusesKeysThatFitAnyMessage) {
  // The neutral point as key and as R, S = 0: the equation holds for every message.
  std::string neutral(32, '\0');
  neutral[0] = 1;
  EXPECT_FALSE(PublicKey::FromBytes(neutral));
  PublicKey key;
  key.bytes[0] = 1;
  EXPECT_FALSE(Verify(key, "any", neutral + std::string(32, '\0')));
  for (const char* weak : {"0000000000000000000000000000000000000000000000000000000000000080",
                           "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
                           "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                           "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}) {
    EXPECT_FALSE(PublicKey::FromBytes(Unhex(weak))) << weak;
  }
  EXPECT_TRUE(PublicKey::FromBytes(KeyOfSeed(0).PublicKeyOf().View()));
}

TEST(Ed25519Test, OneKeyServesManyThreads) {
  const PrivateKey key = KeyOfSeed(0x40);
  const Verifier verifier(key.PublicKeyOf());
  std::vector<std::thread> threads;
  std::vector<int> good(4);
  for (size_t t = 0; t < good.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const std::string message = std::to_string(t) + "/" + std::to_string(i);
        good[t] += verifier.Verify(message, key.Sign(message)) ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, std::vector<int>(4, 50));
}

TEST(AeadTest, AgreesWithTheVectorsOfTheGcmSpecification) {
  const std::string key(32, '\0'), nonce(12, '\0');
  EXPECT_EQ(HexEncode(AeadSeal(key, nonce, "", "")), "530f8afbc74536b9a963b4f1c4cb738b");
  EXPECT_EQ(HexEncode(AeadSeal(key, nonce, std::string(16, '\0'), "")),
            "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
  // Test case 16: with additional data.
  EXPECT_EQ(
      HexEncode(AeadSeal(
          Unhex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"), Unhex("cafebabefacedbaddecaf888"),
          Unhex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
                "b16aedf5aa0de657ba637b39"),
          Unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"))),
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a"
      "bcc9f662"
      "76fc6ece0f4e1768cddf8853bb2d551b");
}

TEST(AeadTest, OpensOnlyWhatItSealed) {
  const std::string key = Span(1, 32), nonce = Span(2, 12), sealed = AeadSeal(key, nonce, "plain", "aad");
  EXPECT_EQ(AeadOpen(key, nonce, sealed, "aad").value(), "plain");
  EXPECT_EQ(AeadOpen(key, nonce, AeadSeal(key, nonce, "", ""), "").value(), "");
  EXPECT_EQ(ReasonOf(AeadOpen(key, nonce, sealed, "aae").status()), Reason::kEntryMalformed);
  EXPECT_EQ(ReasonOf(AeadOpen(key, Span(3, 12), sealed, "aad").status()), Reason::kEntryMalformed);
  EXPECT_EQ(ReasonOf(AeadOpen(Span(2, 32), nonce, sealed, "aad").status()), Reason::kEntryMalformed);
  for (size_t length = 0; length < sealed.size(); ++length) {
    EXPECT_FALSE(AeadOpen(key, nonce, sealed.substr(0, length), "aad").ok());
  }
}

TEST(DsseTest, PaeCountsBytes) {
  EXPECT_EQ(Pae("http://example.com/HelloWorld", "hello world"),
            "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  EXPECT_EQ(Hex(Sha256(Pae("http://example.com/HelloWorld", "hello world"))),
            "217751fac2c4f14edb2c9297fbc34abcb016ba88e74757e875ec4ac16fb6b6a1");
  EXPECT_EQ(HexEncode(Pae("应用/法", std::string(1, '\0'))), "44535345763120313020e5ba94e794a82fe6b39520312000");
}

TEST(DsseTest, SignaturesAgreeWithTheProjectVectors) {
  const PrivateKey court = KeyOfSeed(0x40), bank = KeyOfSeed(0x60);
  EXPECT_EQ(HexEncode(court.Sign(Pae("http://example.com/HelloWorld", "hello world"))),
            "f6bf6c761f73d6e8f23c7a4833d056ea7f4cbcb9e9f81b65790093551d5ac04cc172c79028770515dc9bc861d086af5bc1b1feb8d9"
            "615ff12d7b0874"
            "247c9906");
  const std::string order = Pae("application/vnd.court-gateway.order.v1+protobuf", Unhex("0a0568656c6c6f1203e6b395"));
  EXPECT_EQ(Hex(Sha256(order)), "3b5eef3fe011d43160ce90951b48903c44ba27427b332619e48c9793fa64197c");
  EXPECT_EQ(HexEncode(court.Sign(order)),
            "cb4a48e7cf23505bd39b1b424680e9d9b83b0f821b2a273a4bf29590cea00542a8599fa2541c98f4da120024877e479f9f71745636"
            "55315a2438b147"
            "ef27b505");
  const std::string receipt = Pae("application/vnd.court-gateway.receipt.v1+protobuf",
                                  Unhex("0a20") + std::string(View(Sha256(order))) + Unhex("1001"));
  EXPECT_EQ(Hex(Sha256(receipt)), "5f6d942ca515b6e2619927620b684244bb1000dffc550008c563d080551598ea");
  EXPECT_EQ(HexEncode(bank.Sign(receipt)),
            "b93c5fd0d9f0afd4e13088241f407c20fcbba079df263d160f24fea8f70acce7a50ff66cb583eb0adac1d7118872a98b07c3eace1c"
            "abf6ca30f30d19"
            "74a7e407");
}

}  // namespace
}  // namespace eagle::journal
