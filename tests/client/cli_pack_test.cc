// `eagle penalty-pack` and `eagle case completeness`: what they refuse before anything is written, and what they write.
#include <filesystem>

#include "client/common/files.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/cli_world.h"
#include "tests/support/paths.h"

namespace eagle::client {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr char kAsked[] = "01920d5c-8f00-7000-8000-000000000001";

class CliPackTest : public testing::Test {
 protected:
  Ran Pack(std::vector<std::string> more) {
    more.insert(more.begin(), {"penalty-pack", "--out", world_.Path("pack")});
    return world_.Run(more);
  }
  bool Written() { return std::filesystem::exists(world_.Path("pack")); }
  CliWorld world_;
};

TEST_F(CliPackTest, WithoutAnOrderAndAnAgencyThereIsNoSilence) {
  EXPECT_EQ(Pack({}).exit, kExitUsage);
  EXPECT_EQ(Pack({kAsked}).exit, kExitUsage);
  EXPECT_THAT(Pack({"--agency", "9900010"}).err, HasSubstr("whose silence, on which order?"));
  EXPECT_FALSE(Written());
}

TEST_F(CliPackTest, NothingIsCitedWithoutItsSourceAndEveryBadRowIsTold) {
  const std::string basis =
      world_.Put("basis.csv", "law,number,article,says_zh,says_en,source\na,,第一条,,,s\nb,,第二条,,,\nc,d\n");
  const Ran ran = Pack({kAsked, "--agency", "9900010", "--basis", basis});
  EXPECT_EQ(ran.exit, kExitUsage);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("3: FIELD_MISSING: law, article and source"), HasSubstr("4: FIELD_INVALID")));
  EXPECT_THAT(Pack({kAsked, "--agency", "9900010", "--basis", world_.Put("other.csv", "law,article\n")}).err,
              HasSubstr("the first line names the columns: law,number,article"));
  EXPECT_FALSE(Written());
}

// The sample is a file of that form; evidence that doesn't verify makes no folder.
TEST_F(CliPackTest, WhatDoesntVerifyMakesNoPack) {
  const std::string sample = test::SourcePath("deploy/policy/suggestion-basis.csv");
  const Ran ran = Pack({"--evidence", world_.Put("x.evidence", "not evidence"), "--basis", sample});
  EXPECT_EQ(ran.exit, kExitVerification) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("EVIDENCE_MALFORMED"));
  EXPECT_FALSE(Written());
}

TEST_F(CliPackTest, AFolderWithSomethingInItIsLeftAlone) {
  ASSERT_TRUE(MakeFolder(world_.Path("pack")).ok());
  world_.Put("pack/mine.txt", "mine");
  for (const Ran& ran :
       {Pack({kAsked, "--agency", "9900010"}),
        world_.Run({"case", "completeness", kCase, "--out", world_.Path("pack"), "--officer", "001"})}) {
    EXPECT_EQ(ran.exit, kExitUsage);
    EXPECT_THAT(ran.err, HasSubstr("something is there already"));
  }
}

TEST_F(CliPackTest, ACaseInWhichNobodyWasAskedIsNotComplete) {
  world_.gateway->case_view.set_case_number(kCase);
  world_.gateway->case_view.add_respondents()->set_identity_masked("林远舟 990101********0017");
  v1::RespondentView* gone = world_.gateway->case_view.add_respondents();
  gone->set_identity_masked("somebody else"), gone->set_removed(true);
  world_.gateway->policy.emplace().add_asset_kinds("DEPOSIT");
  const Ran ran =
      world_.Json({"case", "completeness", kCase, "--out", world_.Path("pack"), "--officer", "001", "--months", "6"});
  ASSERT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_EQ(At(ran.out, "certificate.complete"), "false");
  EXPECT_EQ(At(ran.out, "certificate.respondents"), "1");
  EXPECT_EQ(At(ran.out, "certificate.since"), "2026-03-28T00:00:00+08:00");
  EXPECT_EQ(At(ran.out, "answers.0.searched"), "NOT_ASKED");
  EXPECT_THAT(*ReadFile(world_.Path("pack/completeness.html")), HasSubstr("不完整"));
  EXPECT_EQ(*ReadFile(world_.Path("pack/completeness.json")), ran.out);
  EXPECT_EQ(world_.Run({"case", "completeness", kCase, "--out", world_.Path("p2"), "--months", "0"}).exit, kExitUsage);
}

}  // namespace
}  // namespace eagle::client
