// What crosses the edge: characters, XML, names and manifests.
#include "adapters/file/batch.h"
#include "adapters/file/encoding.h"
#include "adapters/file/xml.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "tests/adapters/file/file_world.h"
#include "tests/support/paths.h"

namespace eagle::file {
namespace {

using testing::HasSubstr;

std::string Utf8(uint32_t character) {
  std::string out;
  if (character < 0x80) {
    out += static_cast<char>(character);
  } else if (character < 0x800) {
    out += static_cast<char>(0xc0 | character >> 6);
  } else if (character < 0x10000) {
    out += static_cast<char>(0xe0 | character >> 12);
  } else {
    out += static_cast<char>(0xf0 | character >> 18);
  }
  for (int shift = character < 0x80 ? -6 : character < 0x800 ? 0 : character < 0x10000 ? 6 : 12; shift >= 0; shift -= 6)
    out += static_cast<char>(0x80 | (character >> shift & 0x3f));
  return out;
}

TEST(FileEncoding, EveryCharacterComesBackAsItWentOrIsAnError) {
  const Encoding edge = *Encoding::Named("GB18030");
  int refused = 0;
  const auto holds = [&](const std::string& text) {
    const auto bytes = edge.Encode(text);
    if (bytes.ok()) {
      EXPECT_EQ(*edge.Decode(*bytes), text);
    }
    return bytes.ok();
  };
  constexpr uint32_t kBlock = 0x400;
  for (uint32_t block = 0; block < 0x110000; block += kBlock) {
    if (block >= 0xd800 && block < 0xe000) continue;
    std::string text;
    for (uint32_t c = block; c < block + kBlock; ++c) text += Utf8(c);
    if (holds(text)) continue;
    for (uint32_t c = block; c < block + kBlock; ++c) {
      if (!holds(Utf8(c))) ++refused;
    }
  }
  EXPECT_LT(refused, 64) << "GB 18030 carries Unicode; a few private ones have two meanings in it";
}

TEST(FileEncoding, RareNamesSurvive) {
  const Encoding edge = *Encoding::Named("GB18030");
  for (const std::string name : {"林远舟", "𠮷野㛃", "买买提·吐尔逊", "龘𪚥", "José Müller", "ก"})
    EXPECT_EQ(*edge.Decode(*edge.Encode(name)), name);
  EXPECT_EQ(*edge.Encode("林"), "\xc1\xd6");
}

TEST(FileEncoding, ACharacterThatCantBeCarriedIsAnErrorAndNeverAQuestionMark) {
  const Encoding gbk = *Encoding::Named("GBK");
  const auto bytes = gbk.Encode("吉𠮷");
  ASSERT_FALSE(bytes.ok());
  EXPECT_EQ(ReasonOf(bytes.status()), Reason::kTextInvalid);
  EXPECT_EQ(FailureOf(bytes.status()).metadata.back().second, "U+20BB7");
  EXPECT_EQ(*gbk.Decode(*gbk.Encode("吉")), "吉");
}

TEST(FileEncoding, BytesThatAreNoTextAreAnError) {
  for (const char* name : {"GB18030", "GBK", "UTF-8"}) {
    const auto text = Encoding::Named(name)->Decode("\xc1\xd6\xff\xff");
    EXPECT_EQ(ReasonOf(text.status()), Reason::kTextInvalid) << name;
  }
  EXPECT_EQ(ReasonOf(Encoding::Named("BIG5").status()), Reason::kConfigurationInvalid);
}

TEST(FileXml, ValuesComeBackByteForByte) {
  Element root{.name = "CXQQ"};
  const std::string odd = "a<b>&\"'\t\n\r  两个空格  𠮷";
  root.Add("CXQQXX").Put("XM", odd).Put("YY", "");
  Faults faults;
  const Document read = ReadXml(WriteXml(root, "GB18030"), faults);
  ASSERT_TRUE(faults.empty());
  EXPECT_EQ(read.declared, "GB18030");
  EXPECT_EQ(read.root.rows.at(0).At("XM"), odd);
  EXPECT_FALSE(read.root.rows.at(0).Has("YY"));
  EXPECT_EQ(read.root.rows.at(0).Place("XM"), "line 3, CXQQXX XM");
  EXPECT_FALSE(CheckXmlText(std::string("a\x01")).ok());
  EXPECT_FALSE(CheckXmlText("\xef\xbf\xbf").ok());
}

TEST(FileXml, WhatCouldGrowOrReachOutIsRefused) {
  const auto faults_of = [](const std::string& text) {
    Faults faults;
    ReadXml(text, faults);
    return faults.empty() ? std::string("-")
                          : std::string(FaultName(faults.list().front().code)) + " " + faults.list().front().text;
  };
  EXPECT_THAT(faults_of("<!DOCTYPE a [<!ENTITY b \"c\">]><a x=\"&b;\"/>"), HasSubstr("document type"));
  EXPECT_THAT(faults_of("<a><?php x?></a>"), HasSubstr("processing instruction"));
  EXPECT_THAT(faults_of("<a>text</a>"), HasSubstr("text between"));
  EXPECT_THAT(faults_of("<a><b></a>"), HasSubstr("XML_INVALID"));
  EXPECT_THAT(faults_of("<a><b><c><d><e><f><g/></f></e></d></c></b></a>"), HasSubstr("LIMIT_EXCEEDED deeper"));
  EXPECT_THAT(faults_of("<a x=\"" + std::string(kFieldBytesMax + 1, 'x') + "\"/>"),
              HasSubstr("LIMIT_EXCEEDED a value"));
  std::string many = "<a>";
  for (size_t i = 0; i < kElementsMax; ++i) many += "<b/>";
  EXPECT_THAT(faults_of(many + "</a>"), HasSubstr("LIMIT_EXCEEDED more than 100000 elements"));
}

TEST(FileBatch, NamesHaveTheirFiftyOneCharacters) {
  const BatchName name{Family::kControl, Part::kFeedback, "9900010", 42};
  EXPECT_EQ(name.Text(), "KZFK00000000009900010000000000000000000000000000042");
  EXPECT_EQ(name.Text().size(), 51u);
  const auto read = ParseBatchName(name.Text());
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->Text(), name.Text());
  EXPECT_EQ(read->number, 42);
  for (const std::string wrong :
       {"", "KZFK0000000000990001000000000000000000000000000042", "XXFK00000000009900010000000000000000000000000000042",
        "KZFK00000000009900010000000000000000000000000000000", "KZFK00000000009900010999999999999999999999999999999",
        "KZFK0000000000990001a000000000000000000000000000042"})
    EXPECT_FALSE(ParseBatchName(wrong).has_value()) << wrong;
  EXPECT_FALSE(CanNameBatches("012"));
  EXPECT_FALSE(CanNameBatches("辽9901"));
}

TEST(FileBatch, AManifestSaysEverythingThatIsWrongAtOnce) {
  Faults faults;
  EXPECT_FALSE(
      ReadManifest(
          "<PC BB=\"2\" TS=\"x\"><WJ WJMC=\"a\" ZJS=\"-1\" SHA256=\"00\"/><HJ BZ=\"156\" TS=\"1\" JE=\"1,0\"/></PC>",
          faults)
          .has_value());
  EXPECT_EQ(faults.count(), 5u);
  for (const Fault& fault : faults.list()) EXPECT_EQ(fault.code, FaultCode::kManifestUnreadable);
}

TEST(FileBatch, EveryFaultIsExplainedToTheAgency) {
  const std::string page = ReadFile(test::SourcePath("adapters/file/README.md"));
  for (int i = 0; i < kFaultCodes; ++i)
    EXPECT_THAT(page, HasSubstr("`" + std::string(FaultName(static_cast<FaultCode>(i))) + "`"));
}

}  // namespace
}  // namespace eagle::file
