// Which bytes pass for which kind of file.
#include "server/blobs/media_type.h"

#include <gtest/gtest.h>

namespace eagle::blobs {
namespace {

bool Fits(MediaType type, const std::vector<std::string>& pieces) {
  TypeCheck check(type);
  for (const std::string& piece : pieces) check.Update(piece);
  return check.Fits();
}

TEST(MediaType, NamesAreThoseOfTheContract) {
  for (const MediaType type : {MediaType::kPdf, MediaType::kOfd, MediaType::kPng, MediaType::kJpeg}) {
    EXPECT_EQ(MediaTypeNamed(NameOf(type)), type);
    EXPECT_EQ(MediaTypeNumbered(static_cast<uint8_t>(type)), type);
  }
  EXPECT_FALSE(MediaTypeNamed("text/html"));
  EXPECT_FALSE(MediaTypeNamed("application/PDF"));
  EXPECT_FALSE(MediaTypeNumbered(0));
}

TEST(MediaType, AFileIsWhatItsBytesSayAndNotItsName) {
  const std::string ofd = "PK\x03\x04....OFD.xml....", png = "\x89PNG\r\n\x1a\n....", jpeg = "\xff\xd8\xff\xe0....";
  EXPECT_TRUE(Fits(MediaType::kPdf, {"%PDF-1.7 ..."}));
  EXPECT_TRUE(Fits(MediaType::kOfd, {ofd}));
  EXPECT_TRUE(Fits(MediaType::kPng, {png}));
  EXPECT_TRUE(Fits(MediaType::kJpeg, {jpeg}));
  EXPECT_FALSE(Fits(MediaType::kPdf, {ofd}));
  EXPECT_FALSE(Fits(MediaType::kPdf, {" %PDF-1.7"}));
  EXPECT_FALSE(Fits(MediaType::kPdf, {"%PDF"})) << "too short to be one";
  EXPECT_FALSE(Fits(MediaType::kPdf, {"MZ\x90 a program, renamed"}));
  EXPECT_FALSE(Fits(MediaType::kOfd, {"PK\x03\x04 word/document.xml"})) << "another zip";
  EXPECT_FALSE(Fits(MediaType::kPng, {jpeg}));
  EXPECT_FALSE(Fits(MediaType::kJpeg, {""}));
}

TEST(MediaType, PiecesMayBeCutAnywhere) {
  const std::string ofd = "PK\x03\x04 a b c OFD.xml d e f";
  for (size_t cut = 0; cut <= ofd.size(); ++cut) {
    EXPECT_TRUE(Fits(MediaType::kOfd, {ofd.substr(0, cut), ofd.substr(cut)})) << cut;
  }
  std::vector<std::string> letters;
  for (const char c : ofd) letters.emplace_back(1, c);
  EXPECT_TRUE(Fits(MediaType::kOfd, letters));
}

}  // namespace
}  // namespace eagle::blobs
