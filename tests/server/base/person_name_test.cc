#include "server/base/person_name.h"

#include "gtest/gtest.h"

namespace eagle {
namespace {

TEST(FoldName, MiddleDotsOfAllKindsAreOne) {
  for (const char* dot : {"\u00B7", "\u2022", "\u2027", "\u30FB", "\uFF65", "\u22C5"}) {
    EXPECT_EQ(FoldName(std::string("阿里木") + dot + "江"), "阿里木\u00B7江") << dot;
  }
}

TEST(FoldName, FullWidthLettersAndDigitsAreTheirNarrowTwins) {
  EXPECT_EQ(FoldName("ＡＢＣ（北陵）１２３"), "ABC(北陵)123");
  EXPECT_EQ(FoldName("ABC(北陵)123"), "ABC(北陵)123");
}

TEST(FoldName, OuterSpacesGoAndInnerOnesStay) {
  EXPECT_EQ(FoldName("  John\u3000Smith\u3000"), "John Smith");
  EXPECT_EQ(FoldName("\u3000 "), "");
  EXPECT_EQ(FoldName(""), "");
}

TEST(FoldName, OtherNamesStayOther) {
  EXPECT_NE(FoldName("林远舟"), FoldName("林远洲"));
  EXPECT_NE(FoldName("john"), FoldName("John"));
}

TEST(FoldName, BrokenUtf8PassesAsItIs) {
  EXPECT_EQ(FoldName("\xEF\xBC"), "\xEF\xBC");
  EXPECT_EQ(FoldName("a\xC2"), "a\xC2");
}

}  // namespace
}  // namespace eagle
