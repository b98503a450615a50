// The journal's own formats: leaf, payload, packed commit. The vectors are also in tests/golden/journal_vectors.json.
#include <fstream>
#include <sstream>

#include "server/journal/leaf.h"
#include "server/journal/packed.h"
#include "server/journal/payload.h"
#include "tests/server/journal/support.h"
#include "tests/support/paths.h"

namespace eagle::journal {
namespace {

constexpr char kLeafZeros[] =
    "0100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000";
constexpr char kLeafEveryField[] =
    "010102000000000000012b00060a2418202240020102030405060708000000000000012b000000000000002a0a0b11121314151617184749"
    "ef82b852366c7132d76d1f25d9465ba39bf0cf266c248ad69a5545ac6096000b7075626c69632070617274";
constexpr char kLeafGreatest[] =
    "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0000";
constexpr char kPayload[] = "e5bca0e4b8897c313130313031313939303031303131323334";
constexpr char kCommitment[] = "4749ef82b852366c7132d76d1f25d9465ba39bf0cf266c248ad69a5545ac6096";
constexpr char kSealed[] =
    "202122232425262728292a2b2c2d2e2f303132333435363738393a3b33b4b3436deacc84a2ba04679e14b0e70cb6ddc457abd292bf27cbd7"
    "742ee0a1a6dcac809449e7969f1423794bf7ea149e7c6c791a80f714997b84100b258eaf34285081d9b40f9760";
constexpr char kSealedEmpty[] =
    "c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadb6571f41984d8c0c464f8e5cd907f5b8fa541d79f8e44245ab2a43246"
    "ab2d6319506a2d56eec42f7acaa872cecd52e415";
constexpr EntryIndex kIndex(299);
constexpr CaseSeq kCase(42);
constexpr uint16_t kType = 0x0102;

Leaf EveryField() {
  return {.type = kType,
          .index = kIndex,
          .time = absl::FromUnixMicros(1700000000123456),
          .actor_kind = 2,
          .actor_ordinal = 0x01020304,
          .agency = AgencyOrdinal(0x05060708),
          .order = OrderSeq(299),
          .case_seq = kCase,
          .outcome = 0x0A0B,
          .previous = EntryIndex(0x1112131415161718),
          .commitment = HashOfHex(kCommitment),
          .body = "public part"};
}
Leaf Greatest() {
  Leaf leaf{.type = 0xFFFF,
            .index = EntryIndex(UINT64_MAX),
            .time = absl::FromUnixMicros(-1),
            .actor_kind = 0xFF,
            .actor_ordinal = UINT32_MAX,
            .agency = AgencyOrdinal(UINT32_MAX),
            .order = OrderSeq(UINT64_MAX),
            .case_seq = CaseSeq(UINT64_MAX),
            .outcome = 0xFFFF,
            .previous = EntryIndex(UINT64_MAX)};
  leaf.commitment.fill(0xFF);
  return leaf;
}
std::string SealedOrder() {
  return SealPayload(Span(0, 32), Span(0x20, 16), Span(0x30, 12), Span(0x80, 32), Unhex(kPayload), kIndex, kType,
                     kCase);
}
absl::StatusOr<OpenedPayload> OpenOrder(std::string_view sealed) {
  return OpenPayload(Span(0, 32), sealed, kIndex, kType, kCase);
}

TEST(LeafTest, GoldenVectors) {
  const std::tuple<Leaf, const char*, const char*> rows[] = {
      {Leaf{}, kLeafZeros, "a96339db105d0da4adf02fbc23cb9c9927a3a01d8a6e3677cca9d923a80f4247"},
      {EveryField(), kLeafEveryField, "f6023184cb8d297f546cad75c609b7be2f32134e922cffe918083c2e60c508be"},
      {Greatest(), kLeafGreatest, "247dca998e38a182a50092d00bddb735ab231b9db58e0c10d342f192edff38f5"}};
  for (const auto& [leaf, hex, digest] : rows) {
    EXPECT_EQ(HexEncode(EncodeLeaf(leaf)), hex);
    EXPECT_EQ(Hex(LeafHash(EncodeLeaf(leaf))), digest);
    EXPECT_TRUE(DecodeLeaf(Unhex(hex)).value() == leaf);
  }
  EXPECT_FALSE(Leaf{}.has_payload());
  EXPECT_TRUE(EveryField().has_payload());
}

TEST(LeafTest, IsExactlyAsLongAsItSaysAndOfThisVersion) {
  Leaf leaf = EveryField();
  leaf.body.assign(kLeafBodyBytesMax, 'b');
  std::string longest = EncodeLeaf(leaf);
  EXPECT_EQ(longest.size(), kLeafBytesMax);
  EXPECT_TRUE(DecodeLeaf(longest).value() == leaf);
  const std::string good = EncodeLeaf(EveryField());
  for (size_t length = 0; length < good.size(); ++length) {
    EXPECT_EQ(ReasonOf(DecodeLeaf(good.substr(0, length)).status()), Reason::kEntryMalformed);
  }
  EXPECT_EQ(ReasonOf(DecodeLeaf(good + "x").status()), Reason::kEntryMalformed);
  for (int version : {0, 2, 255}) {
    std::string other = good;
    other[0] = static_cast<char>(version);
    EXPECT_EQ(ReasonOf(DecodeLeaf(other).status()), Reason::kEntryMalformed);
  }
  longest[86] = static_cast<char>((kLeafBodyBytesMax + 1) >> 8);
  longest[87] = static_cast<char>((kLeafBodyBytesMax + 1) & 0xff);
  EXPECT_EQ(ReasonOf(DecodeLeaf(longest + "b").status()), Reason::kEntryMalformed);
  leaf.body.push_back('b');
  EXPECT_DEATH(EncodeLeaf(leaf), "bounds what it decides");
  leaf = EveryField();
  leaf.time += absl::Nanoseconds(1);
  EXPECT_DEATH(EncodeLeaf(leaf), "whole microseconds");
  leaf.time = absl::InfiniteFuture();
  EXPECT_DEATH(EncodeLeaf(leaf), "whole microseconds");
}

TEST(LeafTest, WhatDecodesEncodesToTheSameBytes) {
  std::mt19937_64 random(10);
  const std::string good = EncodeLeaf(EveryField());
  for (int round = 0; round < 10000; ++round) {
    const std::string changed = Mutated(good, random);
    if (const auto leaf = DecodeLeaf(changed); leaf.ok()) {
      EXPECT_EQ(EncodeLeaf(*leaf), changed);
    }
  }
}

TEST(PayloadTest, GoldenVectors) {
  EXPECT_EQ(HexEncode(SealedOrder()), kSealed);
  EXPECT_EQ(Hex(Commitment(Span(0x80, 32), Unhex(kPayload))), kCommitment);
  const OpenedPayload opened = OpenOrder(Unhex(kSealed)).value();
  EXPECT_EQ(opened.salt, Span(0x80, 32));
  EXPECT_EQ(HexEncode(opened.payload), kPayload);
  EXPECT_EQ(KeyIdOf(Unhex(kSealed)).value(), Span(0x20, 16));
  EXPECT_TRUE(CheckCommitment(opened, HashOfHex(kCommitment)).ok());

  const std::string empty =
      SealPayload(Span(0xA0, 32), Span(0xC0, 16), Span(0xD0, 12), Span(0xE0, 32), "", EntryIndex(1), 1, CaseSeq(0));
  EXPECT_EQ(HexEncode(empty), kSealedEmpty);
  EXPECT_EQ(empty.size(), kSealOverhead);
  EXPECT_EQ(OpenPayload(Span(0xA0, 32), empty, EntryIndex(1), 1, CaseSeq(0))->payload, "");
  EXPECT_EQ(Hex(Commitment(Span(0xE0, 32), "")), "8a23209d6cab3189abf57383223bbe13eac18a72503a92c7b8f2303ed767630b");
}

TEST(PayloadTest, EveryFlippedBitIsDetected) {
  const std::string good = SealedOrder();
  for (size_t bit = 0; bit < 8 * good.size(); ++bit) {
    std::string wrong = good;
    wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << bit % 8));
    if (bit / 8 < kKeyIdSize) {
      EXPECT_NE(KeyIdOf(wrong).value(), Span(0x20, 16));  // names another key, which then doesn't fit
    } else {
      EXPECT_EQ(ReasonOf(OpenOrder(wrong).status()), Reason::kEntryMalformed) << bit;
    }
  }
  for (size_t length = 0; length < good.size(); ++length) {
    EXPECT_EQ(ReasonOf(OpenOrder(good.substr(0, length)).status()), Reason::kEntryMalformed);
  }
  EXPECT_FALSE(KeyIdOf(good.substr(0, kSealOverhead - 1)).ok());
}

TEST(PayloadTest, OpensAtItsOwnEntryOnlyAndWithItsOwnKey) {
  const std::string good = SealedOrder();
  ASSERT_TRUE(OpenOrder(good).ok());
  EXPECT_FALSE(OpenPayload(Span(0, 32), good, EntryIndex(300), kType, kCase).ok());
  EXPECT_FALSE(OpenPayload(Span(0, 32), good, kIndex, kType + 1, kCase).ok());
  EXPECT_FALSE(OpenPayload(Span(0, 32), good, kIndex, kType, CaseSeq(43)).ok());
  EXPECT_FALSE(OpenPayload(Span(0, 32), good, EntryIndex(42), kType, CaseSeq(299)).ok());
  EXPECT_FALSE(OpenPayload(Span(1, 32), good, kIndex, kType, kCase).ok());
}

TEST(PayloadTest, AnotherPayloadBreaksTheCommitment) {
  const OpenedPayload opened = OpenOrder(SealedOrder()).value();
  EXPECT_EQ(ReasonOf(CheckCommitment({opened.salt, opened.payload + "0"}, HashOfHex(kCommitment))),
            Reason::kCommitmentMismatch);
  EXPECT_EQ(ReasonOf(CheckCommitment({Span(1, 32), opened.payload}, HashOfHex(kCommitment))),
            Reason::kCommitmentMismatch);
  EXPECT_EQ(ReasonOf(CheckCommitment(opened, Hash{})), Reason::kCommitmentMismatch);
}

std::string PackedTwo() {
  PackedWriter writer;
  writer.Add(EncodeLeaf(Leaf{}), "");
  writer.Add(EncodeLeaf(EveryField()), SealedOrder());
  EXPECT_EQ(writer.count(), 2u);
  std::string bytes = writer.Take();
  EXPECT_EQ(writer.count(), 0u);
  EXPECT_TRUE(writer.bytes().empty());
  return bytes;
}

TEST(PackedTest, GoldenVector) {
  EXPECT_EQ(HexEncode(PackedTwo()),
            std::string("0058") + kLeafZeros + "00000000" + "0063" + kLeafEveryField + "00000065" + kSealed);
  const std::string blob = PackedTwo();
  const std::vector<PackedEntry> entries = Unpack(blob, 2).value();
  EXPECT_EQ(HexEncode(entries[0].leaf), kLeafZeros);
  EXPECT_EQ(entries[0].sealed, "");
  EXPECT_EQ(HexEncode(entries[1].leaf), kLeafEveryField);
  EXPECT_EQ(HexEncode(entries[1].sealed), kSealed);
  EXPECT_EQ(Hex(RootOfLeaves(std::vector{LeafHash(entries[0].leaf), LeafHash(entries[1].leaf)})),
            "cadcfad6222ba7d07cf230653af882dcab4c1d9baca1530714326571cc38bf21");
}

TEST(PackedTest, EveryTruncationIsDetected) {
  const std::string blob = PackedTwo();
  for (size_t length = 0; length < blob.size(); ++length) {
    EXPECT_EQ(ReasonOf(Unpack(std::string_view(blob).substr(0, length), 2).status()), Reason::kEntryMalformed)
        << length;
  }
  EXPECT_FALSE(Unpack(blob + '\0', 2).ok());
  EXPECT_FALSE(Unpack(blob, 1).ok());
  EXPECT_FALSE(Unpack(blob, 3).ok());
  EXPECT_TRUE(Unpack("", 0).ok());
}

TEST(PackedTest, AReaderStopsAtTheFirstWrongByte) {
  std::string blob = PackedTwo();
  blob.resize(blob.size() - 1);
  PackedReader reader(blob);
  PackedEntry entry;
  EXPECT_TRUE(reader.Next(entry));
  EXPECT_FALSE(reader.Next(entry));
  EXPECT_FALSE(reader.Next(entry));
  EXPECT_EQ(ReasonOf(reader.status()), Reason::kEntryMalformed);
}

TEST(PackedTest, WhatUnpacksPacksToTheSameBytes) {
  const std::string good = PackedTwo();
  std::mt19937_64 random(11);
  int unpacked = 0;
  for (int round = 0; round < 10000; ++round) {
    std::string changed = Mutated(good, random);
    if (round % 2 == 0) changed = Mutated(changed, random);
    const auto entries = Unpack(changed, 2);
    if (!entries.ok()) continue;
    ++unpacked;
    PackedWriter writer;
    for (const PackedEntry& entry : *entries) writer.Add(entry.leaf, entry.sealed);
    EXPECT_EQ(writer.Take(), changed);
  }
  EXPECT_GT(unpacked, 100);  // the rounds did reach the other branch
}

TEST(PackedTest, LengthsThatNoEntryHasAreRefused) {
  const auto blob = [](size_t leaf, size_t sealed) {
    return ByteWriter()
        .U16(static_cast<uint16_t>(leaf))
        .Bytes(std::string(leaf, 'l'))
        .U32(static_cast<uint32_t>(sealed))
        .Bytes(std::string(sealed, 's'))
        .Take();
  };
  EXPECT_TRUE(Unpack(blob(kLeafHeaderBytes, kSealOverhead), 1).ok());
  EXPECT_FALSE(Unpack(blob(kLeafHeaderBytes - 1, kSealOverhead), 1).ok());
  EXPECT_FALSE(Unpack(blob(kLeafBytesMax + 1, kSealOverhead), 1).ok());
  EXPECT_FALSE(Unpack(blob(kLeafHeaderBytes, kSealOverhead - 1), 1).ok());
}

TEST(GoldenTest, TheFileForOtherLanguagesHoldsTheSameVectors) {
  std::ifstream file(test::SourcePath("tests/golden/journal_vectors.json"));
  std::stringstream text;
  text << file.rdbuf();
  for (const char* vector :
       {kLeafZeros, kLeafEveryField, kLeafGreatest, kPayload, kCommitment, kSealed, kSealedEmpty}) {
    EXPECT_NE(text.str().find("\"" + std::string(vector) + "\""), std::string::npos) << vector;
  }
  EXPECT_NE(text.str().find("\"" + HexEncode(PackedTwo()) + "\""), std::string::npos);
}

}  // namespace
}  // namespace eagle::journal
