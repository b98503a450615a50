// What a team tells the kit, and the folder in which its test world lies.
#include "adapters/conformance/fixtures.h"

#include "absl/strings/str_cat.h"
#include "adapters/conformance/folder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "tests/support/temp_folder.h"
#include "tests/support/trust/seeded_entropy.h"

namespace eagle::conformance {
namespace {

using ::testing::UnorderedElementsAre;

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const Violation& violation : FailureOf(status).violations) fields.push_back(violation.field);
  return fields;
}

TEST(ConformanceFixtures, EveryProblemIsNamedAtOnce) {
  const auto fixtures = ParseFixtures(R"(
    asset_kind = ""
    term_months = 0
    time_zone = "Mars"
    colour = "red"
    [namesake]
    name = "林远舟"
    balance = "viel"
  )");
  EXPECT_EQ(ReasonOf(fixtures.status()), Reason::kConfigurationInvalid);
  EXPECT_THAT(FieldsOf(fixtures.status()), UnorderedElementsAre("asset_kind", "term_months", "time_zone", "colour",
                                                                "person", "namesake.id_number", "namesake.balance"));
}

TEST(ConformanceFixtures, WhatIsNoTomlIsRefusedWithItsLine) {
  const auto fixtures = ParseFixtures("asset_kind = ");
  ASSERT_FALSE(fixtures.ok());
  EXPECT_THAT(FailureOf(fixtures.status()).violations.front().description, testing::HasSubstr("line 1"));
}

// A register finds nobody by a mistyped number in its old form, and would be blamed for it.
TEST(ConformanceFixtures, AMistypedCitizenNumberIsNamed) {
  const auto with = [](const std::string& number, const std::string& kind) {
    return ParseFixtures(absl::StrCat("asset_kind = \"DEPOSIT\"\n[person]\nname = \"周怀民\"\nid_number = \"", number,
                                      "\"\nid_kind = \"", kind, "\""));
  };
  EXPECT_THAT(FieldsOf(with("990101195212210015", "CITIZEN_ID").status()), UnorderedElementsAre("person.id_number"));
  EXPECT_TRUE(with("990101195212210012", "CITIZEN_ID").ok());
  EXPECT_TRUE(with("919901019900002010", "UNIFIED_CREDIT_CODE").ok());
}

TEST(ConformanceFolder, AWorldIsTheSameWhenItIsOpenedAgain) {
  const TempFolder temp;
  SeededEntropy entropy(3);
  const absl::Time now = absl::FromUnixSeconds(1'790'000'000);
  ASSERT_TRUE(MakeFolder(temp / "w", "9900010", "127.0.0.1:7443", now, entropy).ok());
  auto opened = OpenFolder(temp / "w");
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->world.agency(), "9900010");
  EXPECT_EQ(opened->address, "127.0.0.1:7443");
  const size_t statements = opened->world.statements().size();
  // What is stated later goes on from there.
  v1::AccountDetails account;
  account.set_account_name("松月区人民法院执行款专户");
  account.set_bank("9900010");
  account.set_account_number("9900010000000099010");
  const auto digest = opened->world.AccountDigest(kCourt, account, now);
  ASSERT_TRUE(digest.ok()) << digest.status();
  auto again = OpenFolder(temp / "w");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->world.statements().size(), statements + 1);
  EXPECT_EQ(*again->world.AccountDigest(kCourt, account, now), *digest);

  // Everything in the stream is believed by who pins the registrars, in its order.
  auto book = trust::StatementBook::Make({again->world.RegistrarKeys(), 2, v1::ENVIRONMENT_TEST});
  ASSERT_TRUE(book.ok());
  const trust::PublicKeyChecker checker;
  for (const v1::SignedMember& statement : again->world.statements())
    EXPECT_TRUE(book->Accept(statement, checker).ok()) << statement.ShortDebugString();
}

TEST(ConformanceFolder, AWorldIsNeverMadeOverAnother) {
  const TempFolder temp;
  SeededEntropy entropy(3);
  const absl::Time now = absl::FromUnixSeconds(1'790'000'000);
  ASSERT_TRUE(MakeFolder(temp / "w", "9900010", "127.0.0.1:7443", now, entropy).ok());
  const auto before = ReadText(temp / "w/statements");
  EXPECT_EQ(ReasonOf(MakeFolder(temp / "w", "9900010", "127.0.0.1:7443", now, entropy)), Reason::kStorageUnusable);
  EXPECT_EQ(*ReadText(temp / "w/statements"), *before);
  EXPECT_EQ(ReasonOf(MakeFolder(temp / "v", "9900010", "nowhere", now, entropy)), Reason::kFieldInvalid);
}

TEST(ConformanceFolder, ACutFileOfStatementsIsRefused) {
  const TempFolder temp;
  SeededEntropy entropy(3);
  ASSERT_TRUE(MakeFolder(temp / "w", "9900010", "127.0.0.1:7443", absl::FromUnixSeconds(1'790'000'000), entropy).ok());
  const std::string whole = *ReadText(temp / "w/statements");
  ASSERT_TRUE(WriteText(temp / "w/statements", whole.substr(0, whole.size() - 5)).ok());
  EXPECT_EQ(ReasonOf(OpenFolder(temp / "w").status()), Reason::kEnvelopeMalformed);
}

}  // namespace
}  // namespace eagle::conformance
