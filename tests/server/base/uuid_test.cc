#include "server/base/uuid.h"

#include <string>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "server/base/bytes.h"

namespace eagle {
namespace {

// The same byte for ever.
class SameByte : public Entropy {
 public:
  explicit SameByte(char byte) : byte_(byte) {}
  std::string Bytes(size_t count) override { return std::string(count, byte_); }

 private:
  char byte_;
};

TEST(UuidV7, GivesTheVectorOfRfc9562) {
  // Appendix A.6: 22 February 2022, 14:22:22 GMT-05:00, random bits 0xCC3 and 0x18C4DC0C0C07398F.
  class Vector : public Entropy {
   public:
    std::string Bytes(size_t count) override {
      EXPECT_EQ(count, kUuidBytes);
      return *HexDecode("000000000000") + *HexDecode("0cc318c4dc0c0c07398f");
    }
  } entropy;
  const std::string id = NewUuidV7(absl::FromUnixMillis(1645557742000), entropy);
  EXPECT_EQ(UuidText(id), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

TEST(UuidV7, VersionAndVariantHoldWhateverTheRandomBits) {
  for (int byte = 0; byte < 256; ++byte) {
    SameByte entropy(static_cast<char>(byte));
    const std::string id = NewUuidV7(absl::FromUnixMillis(1790000000000), entropy);
    EXPECT_EQ(id.size(), kUuidBytes);
    EXPECT_TRUE(IsUuidV7(id)) << UuidText(id);
  }
}

TEST(UuidV7, SortsByBirth) {
  SameByte high('\xFF'), low('\0');
  const absl::Time now = absl::FromUnixMillis(1790000000255);
  EXPECT_LT(NewUuidV7(now, high), NewUuidV7(now + absl::Milliseconds(1), low));
  EXPECT_LT(NewUuidV7(absl::FromUnixMillis(0xFFFFFF), high), NewUuidV7(absl::FromUnixMillis(0x1000000), low));
}

TEST(UuidV7, KeepsTheMillisecond) {
  SameByte entropy('\0');
  const std::string id = NewUuidV7(absl::FromUnixMillis(0x0123456789AB) + absl::Microseconds(999), entropy);
  EXPECT_EQ(UuidText(id).substr(0, 13), "01234567-89ab");
}

TEST(UuidText, RoundTripsInEitherCase) {
  const std::string text = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
  EXPECT_EQ(UuidText(*ParseUuid(text)), text);
  EXPECT_EQ(ParseUuid("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"), ParseUuid(text));
}

TEST(UuidText, RefusesOtherSpellings) {
  for (const char* text : {"", "017f22e279b07cc398c4dc0c0c07398f", "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
                           "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398ff",
                           "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "017f22e-279b0-7cc3-98c4-dc0c0c07398f",
                           "017f22e2_79b0_7cc3_98c4_dc0c0c07398f", "------------------------------------"}) {
    EXPECT_EQ(ParseUuid(text), std::nullopt) << text;
  }
}

TEST(UuidTextDeathTest, SixteenBytesOnly) { EXPECT_DEATH(UuidText("short"), "sixteen bytes"); }

TEST(IsUuidV7, RefusesOtherVersionsVariantsAndLengths) {
  EXPECT_TRUE(IsUuidV7(*ParseUuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")));
  EXPECT_TRUE(IsUuidV7(*ParseUuid("017f22e2-79b0-7cc3-bfff-dc0c0c07398f")));
  EXPECT_FALSE(IsUuidV7(*ParseUuid("017f22e2-79b0-4cc3-98c4-dc0c0c07398f"))) << "version 4";
  EXPECT_FALSE(IsUuidV7(*ParseUuid("017f22e2-79b0-7cc3-18c4-dc0c0c07398f"))) << "variant 0";
  EXPECT_FALSE(IsUuidV7(*ParseUuid("017f22e2-79b0-7cc3-c8c4-dc0c0c07398f"))) << "variant 110";
  EXPECT_FALSE(IsUuidV7(*ParseUuid("00000000-0000-0000-0000-000000000000")));
  EXPECT_FALSE(IsUuidV7(""));
  EXPECT_FALSE(IsUuidV7(ParseUuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")->substr(1)));
}

}  // namespace
}  // namespace eagle
