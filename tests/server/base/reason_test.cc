#include "server/base/reason.h"

#include <limits>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/assert.h"

namespace eagle {
namespace {

using std::string_literals::operator""s;
using testing::ElementsAre;
using testing::Pair;

TEST(Reasons, NamesNumbersAndRowsFindEachOther) {
  int precedence = 0;
  for (const ReasonRow& row : AllReasons()) {
    EXPECT_EQ(&RowOf(row.reason), &row) << row.name;
    EXPECT_EQ(ReasonByName(row.name), row.reason);
    EXPECT_EQ(ReasonByNumber(static_cast<uint16_t>(row.reason)), row.reason);
    EXPECT_EQ(row.precedence, precedence++) << "precedence is the order of the list";
    EXPECT_NE(row.code, absl::StatusCode::kOk) << row.name;
    EXPECT_FALSE(row.advice.empty()) << row.name;
  }
}

TEST(Reasons, WhatIsNotListedIsInternalOrAbsent) {
  EXPECT_EQ(RowOf(Reason::kNone).reason, Reason::kInternal);
  EXPECT_EQ(RowOf(static_cast<Reason>(65535)).reason, Reason::kInternal);
  EXPECT_EQ(ReasonByNumber(0), std::nullopt);
  EXPECT_EQ(ReasonByNumber(65535), std::nullopt);
  EXPECT_EQ(ReasonByName("NO_SUCH_REASON"), std::nullopt);
  EXPECT_EQ(ReasonByName(""), std::nullopt);
  EXPECT_EQ(ReasonByName("cap_exceeded"), std::nullopt);
}

// Numbers are in journals for ever: these rows must stay what they are.
TEST(Reasons, NumbersStayWhatTheyWere) {
  EXPECT_EQ(static_cast<int>(Reason::kEnvelopeMalformed), 1);
  EXPECT_EQ(static_cast<int>(Reason::kSignaturesMissing), 26);
  EXPECT_EQ(static_cast<int>(Reason::kOrderIdReused), 41);
  EXPECT_EQ(static_cast<int>(Reason::kCapExceeded), 71);
  EXPECT_EQ(static_cast<int>(Reason::kGroupRefused), 78);
  EXPECT_EQ(static_cast<int>(Reason::kLeaseLost), 100);
  EXPECT_EQ(static_cast<int>(Reason::kJournalOlder), 163);
  EXPECT_EQ(static_cast<int>(Reason::kInternal), 168);
}

TEST(Fail, BecomesAStatusWithTheCodeOfItsReason) {
  const absl::Status status = Fail(Reason::kCapExceeded, "more than the claim");
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(std::string(status.message()), "more than the claim");
  EXPECT_EQ(ReasonOf(status), Reason::kCapExceeded);
  for (const ReasonRow& row : AllReasons()) {
    const absl::Status each = Fail(row.reason, "x");
    EXPECT_EQ(each.code(), row.code) << row.name;
    EXPECT_EQ(ReasonOf(each), row.reason) << row.name;
  }
}

TEST(Fail, EverythingSurvivesTheStatus) {
  const absl::Status status = Fail(Reason::kBusy, "完 \"quoted\"")
                                  .With("cap", "198,287.00")
                                  .With("index", -7)
                                  .With("", "")
                                  .With("bytes", "a\0b"s)
                                  .At("orders[0].amount", "above the cap")
                                  .At("orders[1].respondent", Reason::kNotRespondent, "")
                                  .RetryAfter(absl::Milliseconds(1500));
  const Failure failure = FailureOf(status);
  EXPECT_EQ(failure.reason, Reason::kBusy);
  EXPECT_EQ(failure.message, "完 \"quoted\"");
  EXPECT_THAT(failure.metadata,
              ElementsAre(Pair("cap", "198,287.00"), Pair("index", "-7"), Pair("", ""), Pair("bytes", "a\0b"s)));
  EXPECT_THAT(failure.violations, ElementsAre(Violation{"orders[0].amount", Reason::kBusy, "above the cap"},
                                              Violation{"orders[1].respondent", Reason::kNotRespondent, ""}));
  EXPECT_EQ(failure.retry_delay, absl::Milliseconds(1500));
}

TEST(Fail, SurvivesASecondTrip) {
  const absl::Status once = Fail(Reason::kTooLarge, "big").With("a", "b").At("f", "d");
  const absl::Status twice = ToStatus(FailureOf(once));
  EXPECT_EQ(once, twice);
}

TEST(Fail, BoundsOfNumbersSurvive) {
  const absl::Status status = Fail(Reason::kBusy, "")
                                  .With("min", std::numeric_limits<int64_t>::min())
                                  .With("max", std::numeric_limits<int64_t>::max());
  EXPECT_THAT(FailureOf(status).metadata,
              ElementsAre(Pair("min", "-9223372036854775808"), Pair("max", "9223372036854775807")));
}

TEST(Fail, BecomesAStatusOr) {
  const auto function = [](bool fail) -> absl::StatusOr<int> {
    if (fail) return Fail(Reason::kNotFound, "none");
    return 3;
  };
  EXPECT_EQ(*function(false), 3);
  EXPECT_EQ(ReasonOf(function(true).status()), Reason::kNotFound);
}

TEST(Failure, AForeignStatusIsInternalOrUnavailable) {
  EXPECT_EQ(ReasonOf(absl::InvalidArgumentError("theirs")), Reason::kInternal);
  EXPECT_EQ(FailureOf(absl::InvalidArgumentError("theirs")).message, "theirs");
  EXPECT_EQ(ReasonOf(absl::UnavailableError("theirs")), Reason::kUnavailable);
  EXPECT_EQ(ReasonOf(absl::OkStatus()), Reason::kNone);
}

// Only OK has no reason: a caller that asks for the reason must not take a failure for success.
TEST(Failure, WithoutAListedReasonIsInternal) {
  const absl::Status none = ToStatus(Failure{.message = "nobody said why"});
  EXPECT_FALSE(none.ok());
  EXPECT_EQ(ReasonOf(none), Reason::kInternal);
  EXPECT_EQ(ReasonOf(ToStatus(Failure{.reason = static_cast<Reason>(9999)})), Reason::kInternal);
}

TEST(Violations, TheFirstByPrecedenceNamesTheFailureAndAllTravel) {
  Violations wrong;
  EXPECT_TRUE(wrong.empty());
  wrong.Add("amount", Reason::kCapExceeded, "over the cap");
  wrong.Add("id_number", Reason::kIdentityNumberInvalid, "check digit");
  wrong.Add("signatures", Reason::kSignaturesMissing, "one of two");
  EXPECT_FALSE(wrong.empty());
  const absl::Status status = wrong.ToStatus("the order is refused");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  const Failure failure = FailureOf(status);
  EXPECT_EQ(failure.reason, Reason::kIdentityNumberInvalid);
  EXPECT_EQ(failure.message, "the order is refused");
  EXPECT_EQ(failure.violations, wrong.list());
  EXPECT_EQ(failure.violations.size(), 3u);
}

TEST(Violations, OfEqualOnesTheFirstStaysFirst) {
  Violations wrong;
  wrong.Add("b", Reason::kFieldMissing, "");
  wrong.Add("a", Reason::kFieldMissing, "");
  EXPECT_EQ(wrong.ToFailure("x").violations[0].field, "b");
  EXPECT_EQ(wrong.ToFailure("x").reason, Reason::kFieldMissing);
}

TEST(Violations, PrecedenceIsTheOrderOfTheListForEveryPair) {
  const auto& rows = AllReasons();
  for (size_t i = 0; i + 1 < rows.size(); ++i) {
    Violations wrong;
    wrong.Add("later", rows[i + 1].reason, "");
    wrong.Add("earlier", rows[i].reason, "");
    EXPECT_EQ(wrong.ToFailure("x").reason, rows[i].reason);
  }
}

TEST(ViolationsDeathTest, NoViolationIsNoFailure) {
  EXPECT_DEATH(Violations().ToFailure("x"), "no violation, no failure");
}

absl::Status Outer(const absl::Status& inner, bool& went_on) {
  EAGLE_RETURN_IF_ERROR(inner);
  went_on = true;
  return absl::OkStatus();
}

TEST(Macros, ReturnIfErrorReturnsTheErrorUnchanged) {
  bool went_on = false;
  const absl::Status error = Fail(Reason::kNotFound, "none").With("a", "b");
  EXPECT_EQ(Outer(error, went_on), error);
  EXPECT_FALSE(went_on);
  EXPECT_TRUE(Outer(absl::OkStatus(), went_on).ok());
  EXPECT_TRUE(went_on);
}

absl::StatusOr<std::string> Twice(absl::StatusOr<std::string> first, absl::StatusOr<std::string> second) {
  EAGLE_ASSIGN_OR_RETURN(const std::string a, std::move(first));
  EAGLE_ASSIGN_OR_RETURN(std::string b, std::move(second));
  return a + b;
}

TEST(Macros, AssignOrReturnTakesTheValueOrReturnsTheError) {
  EXPECT_EQ(*Twice("a"s, "b"s), "ab");
  EXPECT_EQ(ReasonOf(Twice("a"s, Fail(Reason::kErased, "gone")).status()), Reason::kErased);
  EXPECT_EQ(ReasonOf(Twice(Fail(Reason::kBusy, "wait"), "b"s).status()), Reason::kBusy);
}

TEST(AssertDeathTest, NamesTheConditionAndTheWhy) {
  GATEWAY_ASSERT(1 + 1 == 2, "arithmetic");
  EXPECT_DEATH(GATEWAY_ASSERT(1 + 1 == 3, "arithmetic"), "assertion failed: 1 \\+ 1 == 3 \\(arithmetic\\)");
}

}  // namespace
}  // namespace eagle
