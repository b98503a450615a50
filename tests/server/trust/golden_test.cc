// Bytes that may never change. The figures were computed by an independent program (Python's hashlib and cryptography).
#include <gtest/gtest.h>

#include "server/base/bytes.h"
#include "server/trust/batch.h"
#include "server/trust/key_wrapper.h"
#include "server/trust/make_batch.h"
#include "server/trust/secret_file.h"
#include "server/trust/tag.h"
#include "tests/server/trust/support.h"
#include "tests/support/temp_folder.h"

namespace eagle::trust {
namespace {

std::string Sequence(int first, int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) bytes += static_cast<char>(first + i);
  return bytes;
}
std::string Hex(const journal::Hash& hash) { return HexEncode(journal::View(hash)); }
std::string HexOfSha256(std::string_view bytes) { return Hex(journal::Sha256(bytes)); }

v1::SignedBatch GoldenBatch(std::initializer_list<Signer*> signers) {
  const HeadFields fields = {.member_type = v1::MEMBER_TYPE_ORDER,
                             .environment = v1::ENVIRONMENT_TEST,
                             .signer = "辽9901",
                             .sequence = 7,
                             .signed_at = SomeDay() + absl::Nanoseconds(5000)};
  return MakeBatch(fields, {*HexDecode("0a0568656c6c6f1203e6b395"), "second", "third"}, signers);
}

TEST(Golden, SignedBatch) {
  Ed25519Signer court = SignerOf(0x40), bank = SignerOf(0x60);
  v1::SignedBatch batch = GoldenBatch({&court});
  EXPECT_EQ(HexEncode(batch.head().payload()),
            "080110021a07e8bebd393930312007280332208f95cf2020970d05679512cf57d99e82881fd47eac62a8ab6077209e44413ac4"
            "3a090888eae6d506108827");
  EXPECT_EQ(HeadDigestText(batch.head()), "3f5e0f181488fe10be9452e393923fdb3729339196d207d03c43061df807a868");
  EXPECT_EQ(batch.head().payload_type(), "application/vnd.goldeneagle.batch.v1+protobuf");
  EXPECT_EQ(HexOfSha256(journal::Pae(batch.head().payload_type(), batch.head().payload())),
            "3a2cebad7498af4338a4596d5d10120aa0c9b088618780a7404e16bd1b3a0080");
  EXPECT_EQ(batch.head().signatures(0).keyid(), "03396219237f75a6");
  EXPECT_EQ(HexEncode(batch.head().signatures(0).sig()),
            "c5b4343212905df380e7d64c4908b16eb04c137a620413848b82612438471fab2561d0d1ad69391c5ed1ae8818c9f57158fbdfbf69"
            "4af9577968"
            "9460c653ce0f");
  EXPECT_EQ(HexOfSha256(batch.SerializeAsString()), "ae51a0d13cc89c797a05477385afa031e79eaa5c22224d63acef8ca05e037a5c");
  ASSERT_EQ(WhyNot(AddSignature(batch, bank)), "OK");
  EXPECT_EQ(batch.head().signatures(1).keyid(), "68894d58f18f2c34");
  EXPECT_EQ(HexEncode(batch.head().signatures(1).sig()),
            "25274088787ad64b7098bd59042c0ad06f50541591ebcf1a2671af8bfcdb3dda425e95a637fa8586f8aab8b04dfc6a1c7aca2181ca"
            "d301687206"
            "fa7a62c0c90f");
  const std::vector<CandidateKey> keys = {CandidateOf(1, court), CandidateOf(2, bank)};
  EXPECT_EQ(OpenBatch(batch, keys, PublicKeyChecker())->signed_by, (std::vector<uint64_t>{1, 2}));
}

TEST(Golden, TravellingMember) {
  Ed25519Signer court = SignerOf(0x40);
  const v1::SignedMember member = TravelForm(GoldenBatch({&court}), 2);
  ASSERT_EQ(member.path_size(), 1);
  EXPECT_EQ(HexEncode(member.path(0)), "80f8b022bac88a1c04472f8011f2b0ca6ef53f01e6802e55858fded5930132f7");
  EXPECT_EQ(HexOfSha256(member.SerializeAsString()),
            "f2a5ac4ce00a72d92cdb11bb8832df8b3ce63a339536fa97fe44a2802ead988a");
  const auto parsed = ParseMember(member);
  EXPECT_EQ(Hex(parsed->digest), "656d3e8f544238cdf6e32d640f51ba0914959b14edd7a52d0b8b99ab4c8ac6c6");
  EXPECT_EQ(Hex(parsed->root), "8f95cf2020970d05679512cf57d99e82881fd47eac62a8ab6077209e44413ac4");
}

TEST(Golden, Tag) {
  const TagKey key(Sequence(0xa0, 32));
  EXPECT_EQ(HexEncode(key.id()), "8ead4749");
  EXPECT_EQ(HexEncode(key.TagOf("CITIZEN_ID", "990101198503070017")), "8ead47495808768896391fa9e6ef71373bf4d340");
  EXPECT_EQ(HexEncode(key.TagOf("CASE_NUMBER", "（2026）辽9901执1024号")), "8ead474915f1d4776bf30c237fb589eddc852e93");
}

TEST(Golden, WrappedKey) {
  class Counting : public Entropy {
   public:
    std::string Bytes(size_t count) override { return Sequence(0, static_cast<int>(count)); }
  } entropy;
  const TempFolder folder;
  ASSERT_EQ(WhyNot(WriteSecretFile(folder / "master.key",
                                   "golden-eagle-master-key-v1\ngIGCg4SFhoeIiYqLjI2Oj5CRkpOUlZaXmJmam5ydnp8=\n")),
            "OK");
  const auto wrapper = FileKeyWrapper::Open(folder / "master.key", entropy);
  ASSERT_EQ(WhyNot(wrapper), "OK");
  const std::string key = Sequence(0xc0, 32), aad = Sequence(0, 16) + "case";
  const std::string wrapped = *(*wrapper)->Wrap(key, aad);
  EXPECT_EQ(HexEncode(wrapped),
            "011cda541f000102030405060708090a0b3381bdead1e3bc6c0ebd93a7e49b336e2456741aa07201691985196164a1aaed091375fb"
            "45464e98f7d7bc"
            "6fae4032d5");
  EXPECT_EQ(*(*wrapper)->Unwrap(wrapped, aad), key);
}

}  // namespace
}  // namespace eagle::trust
