#include "server/base/bytes.h"

#include <limits>
#include <string>
#include <type_traits>
#include <utility>

#include "gtest/gtest.h"

namespace eagle {
namespace {

using std::string_literals::operator""s;

TEST(ByteWriter, WritesBigEndian) {
  ByteWriter out;
  out.U8(0x01).U16(0x0203).U32(0x04050607).U64(0x08090A0B0C0D0E0F).Bytes("xy");
  EXPECT_EQ(HexEncode(out.bytes()), "0102030405060708090a0b0c0d0e0f7879");
}

TEST(ByteWriter, WritesTheBoundsOfEachWidth) {
  EXPECT_EQ(HexEncode(ByteWriter().U8(0xFF).U16(0xFFFF).U32(0xFFFFFFFF).Take()), "ffffffffffffff");
  EXPECT_EQ(HexEncode(ByteWriter().I64(-1).Take()), "ffffffffffffffff");
  EXPECT_EQ(HexEncode(ByteWriter().I64(std::numeric_limits<int64_t>::min()).Take()), "8000000000000000");
  EXPECT_EQ(HexEncode(ByteWriter().U64(1).Take()), "0000000000000001");
  EXPECT_EQ(ByteWriter().Take(), "");
}

// What it gives points into the string that it reads.
static_assert(!std::is_constructible_v<ByteReader, std::string>);
static_assert(std::is_constructible_v<ByteReader, const std::string&>);

TEST(ByteReader, ReadsWhatTheWriterWrote) {
  const std::string bytes =
      ByteWriter().U8(200).U16(60000).U32(4000000000).U64(1ull << 63).I64(-42).Bytes("a\0b"s).Take();
  ByteReader in(bytes);
  EXPECT_EQ(in.U8(), 200);
  EXPECT_EQ(in.U16(), 60000);
  EXPECT_EQ(in.U32(), 4000000000);
  EXPECT_EQ(in.U64(), 1ull << 63);
  EXPECT_EQ(in.I64(), -42);
  EXPECT_FALSE(in.Done());
  EXPECT_EQ(in.remaining(), 3u);
  EXPECT_EQ(in.Bytes(3), "a\0b"s);
  EXPECT_TRUE(in.Done());
}

TEST(ByteReader, AReadPastTheEndGivesZerosForEver) {
  ByteReader in("\x01\x02\x03");
  EXPECT_EQ(in.U16(), 0x0102);
  EXPECT_EQ(in.U16(), 0);
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.U8(), 0) << "the byte that was left must not come back after a failure";
  EXPECT_EQ(in.Rest(), "");
  EXPECT_FALSE(in.ok());
  EXPECT_FALSE(in.Done());
}

TEST(ByteReader, AHugeLengthIsRefusedWithoutOverflow) {
  ByteReader in("abc");
  EXPECT_EQ(in.Bytes(std::numeric_limits<size_t>::max()), "");
  EXPECT_FALSE(in.ok());
}

TEST(ByteReader, EmptyInputIsDoneAndAnEmptyReadIsNoFailure) {
  ByteReader in("");
  EXPECT_TRUE(in.Done());
  EXPECT_EQ(in.Bytes(0), "");
  EXPECT_EQ(in.Rest(), "");
  EXPECT_TRUE(in.Done());
}

TEST(ByteReader, RestTakesEverything) {
  ByteReader in("abcd");
  in.U8();
  EXPECT_EQ(in.Rest(), "bcd");
  EXPECT_TRUE(in.Done());
}

TEST(BigEndian, SortsAsTheNumbersDo) {
  const uint64_t values[] = {
      0, 1, 255, 256, 65535, 1ull << 32, (1ull << 63) - 1, 1ull << 63, std::numeric_limits<uint64_t>::max()};
  for (size_t i = 1; i < std::size(values); ++i) EXPECT_LT(BigEndian(values[i - 1]), BigEndian(values[i])) << values[i];
  EXPECT_EQ(BigEndian(258).size(), 8u);
}

TEST(Hex, RoundTripsEveryByte) {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  const std::string text = HexEncode(all);
  EXPECT_EQ(text.size(), 512u);
  EXPECT_EQ(text.substr(0x7f * 2, 4), "7f80");
  EXPECT_EQ(HexDecode(text), all);
  EXPECT_EQ(HexDecode("DEADbeef"), "\xDE\xAD\xBE\xEF");
  EXPECT_EQ(HexDecode(""), "");
}

TEST(Hex, RefusesWhatIsNotHexadecimal) {
  for (const char* text : {"a", "abc", "0g", "0x", " 0", "0 ", "a\n", "--", "é"})
    EXPECT_EQ(HexDecode(text), std::nullopt) << text;
  EXPECT_EQ(HexDecode("00\0\0"s), std::nullopt);
}

TEST(Base64, GivesTheVectorsOfRfc4648) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(Base64Encode(bytes), text);
    EXPECT_EQ(Base64Decode(text), bytes);
  }
  EXPECT_EQ(Base64Encode("\xFB\xFF\xFE"), "+//+");
  EXPECT_EQ(Base64Decode("+//+"), "\xFB\xFF\xFE");
}

// One value must have one spelling: bytes that are signed and compared travel in this form.
TEST(Base64, RefusesEverySecondSpelling) {
  for (const char* text : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8", "Zm8 =", " Zm9v", "Zm9v\n", "Zm\n9v", "-__-",
                           "Zm9v====", "=", "====", "Z", "Zg..", "Z===", "Zm9v!", "Zm9vZg"}) {
    EXPECT_EQ(Base64Decode(text), std::nullopt) << text;
  }
}

TEST(Base64, RoundTripsEveryLength) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(Base64Decode(Base64Encode(bytes)), bytes) << i;
    bytes.push_back(static_cast<char>(i * 37));
  }
}

TEST(Utf8, AcceptsTheFirstAndLastOfEachLength) {
  for (const std::string& text : {""s, "\0"s, "\x7F"s, "\xC2\x80"s, "\xDF\xBF"s, "\xE0\xA0\x80"s, "\xED\x9F\xBF"s,
                                  "\xEE\x80\x80"s, "\xEF\xBF\xBF"s, "\xF0\x90\x80\x80"s, "\xF4\x8F\xBF\xBF"s, "林远舟"s,
                                  "（2026）辽9901执1024号"s, "𠮷"s, "a\u0301"s}) {
    EXPECT_TRUE(IsValidUtf8(text)) << HexEncode(text);
  }
}

TEST(Utf8, RefusesWhatTheStandardForbids) {
  const std::pair<std::string, const char*> wrong[] = {
      {"\x80", "a continuation alone"},
      {"\xBF", "a continuation alone"},
      {"\xC2", "cut short"},
      {"\xE4\xB8", "cut short"},
      {"\xF0\x9F\x98", "cut short"},
      {"\xC0\x80", "overlong NUL"},
      {"\xC1\xBF", "overlong"},
      {"\xE0\x80\x80", "overlong"},
      {"\xE0\x9F\xBF", "overlong"},
      {"\xF0\x80\x80\x80", "overlong"},
      {"\xF0\x8F\xBF\xBF", "overlong"},
      {"\xED\xA0\x80", "first surrogate"},
      {"\xED\xBF\xBF", "last surrogate"},
      {"\xED\xA0\x80\xED\xB0\x80", "a pair of surrogates"},
      {"\xF4\x90\x80\x80", "beyond U+10FFFF"},
      {"\xF5\x80\x80\x80", "beyond U+10FFFF"},
      {"\xF8\x88\x80\x80\x80", "five bytes"},
      {"\xFE", "never a byte of UTF-8"},
      {"\xFF", "never a byte of UTF-8"},
      {"\xC2\x41", "a letter where a continuation belongs"},
      {"\xE4\xB8\x41", "a letter where a continuation belongs"},
      {"\xE4\xC2\x80", "a lead where a continuation belongs"},
      {"ok\xE4\xB8\xAD\x80", "a continuation too many"},
      {"\xD6\xD0", "GB 18030, not UTF-8"},
  };
  for (const auto& [text, why] : wrong) EXPECT_FALSE(IsValidUtf8(text)) << HexEncode(text) << ": " << why;
}

TEST(Bridge, ViewsPointAtTheSameBytes) {
  const std::string text = "a\0b"s;
  EXPECT_EQ(ToAbsl(text).data(), text.data());
  EXPECT_EQ(FromAbsl(ToAbsl(text)), std::string_view(text));
  EXPECT_EQ(FromAbsl(ToAbsl(text)).size(), 3u);
}

}  // namespace
}  // namespace eagle
