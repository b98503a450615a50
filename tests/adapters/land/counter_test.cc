// What the clerk can do at the counter of a land registry, and what he can't.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "tests/adapters/land/land_office.h"

namespace eagle::land {
namespace {

using testing::HasSubstr;
using testing::Not;

Reason ReasonOf(const absl::StatusOr<sdk::Json>& result) { return eagle::ReasonOf(result.status()); }
std::string FieldOf(const absl::StatusOr<sdk::Json>& result) {
  const Failure failure = FailureOf(result.status());
  return failure.violations.empty() ? "" : failure.violations.front().field;
}
std::map<std::string, std::string> OtherSeal(const std::string& document = "（2026）辽9902执231号") {
  return {{"unit", kHouse}, {"court", "辽9902"}, {"document", document}, {"holder", "1"}};
}

TEST(LandCounter, ReviewListSaysWhatWaitsAndWhoStandsBefore) {
  LandOffice office;
  office.At("08:30:00");
  ASSERT_TRUE(office.Counter("seal", OtherSeal()).ok());
  office.At("09:10:00");
  const v1::Order seal = office.Freeze(kHouse);
  office.Do(seal);
  const auto list = office.Counter("review list");
  ASSERT_TRUE(list.ok());
  const std::string text = sdk::JsonText(*list);
  EXPECT_THAT(text, HasSubstr(R"("unit":"990101001002GB00123F00010012")"));
  EXPECT_THAT(text, HasSubstr(R"("served_at":"2026-09-28T09:10:00+08:00")"));
  EXPECT_THAT(text, HasSubstr(R"("rank":2)"));
  EXPECT_THAT(text, HasSubstr(R"("before":[{"document":"（2026）辽9902执231号","seal":"counter/4"}])"));
  EXPECT_THAT(text, HasSubstr(R"("holder":"林远舟")"));
}

TEST(LandCounter, DecisionsNeedAnOpenReviewAndARefusalItsReason) {
  LandOffice office;
  office.Do(office.Freeze(kHouse));
  EXPECT_EQ(ReasonOf(office.Counter("review approve")), Reason::kFieldMissing);
  EXPECT_EQ(ReasonOf(office.Counter("review approve", {{"id", "x"}})), Reason::kFieldInvalid);
  EXPECT_EQ(ReasonOf(office.Counter("review approve", {{"id", "99"}})), Reason::kNotFound);
  EXPECT_EQ(FieldOf(office.Counter("review refuse", {{"id", "1"}})), "reason");
  EXPECT_EQ(FieldOf(office.Counter("review refuse", {{"id", "1"}, {"reason", "not a code"}})), "reason");
  ASSERT_TRUE(office.Counter("review approve", {{"id", "1"}}).ok());
  EXPECT_EQ(ReasonOf(office.Counter("review approve", {{"id", "1"}})), Reason::kTaskNotWaiting);
  EXPECT_EQ(ReasonOf(office.Counter("review refuse", {{"id", "1"}, {"reason", "LATE"}})), Reason::kTaskNotWaiting);
}

TEST(LandCounter, ASecondLockUnderTheSameNumberIsRefused) {
  LandOffice office;
  ASSERT_TRUE(office.Counter("seal", OtherSeal()).ok());
  EXPECT_EQ(ReasonOf(office.Counter("seal", OtherSeal())), Reason::kMeasureExists);
  EXPECT_TRUE(office.Counter("seal", OtherSeal("（2026）辽9902执232号")).ok());
  EXPECT_EQ(office.Standing(kHouse, "（2026）辽9902执232号"), "WAITLISTED rank 2");
}

TEST(LandCounter, WrongArgumentsAreNamedAndNothingIsEntered) {
  LandOffice office;
  EXPECT_EQ(FieldOf(office.Counter("seal", {{"court", "辽9902"}, {"document", "x"}})), "unit");
  EXPECT_EQ(FieldOf(office.Counter("seal", {{"unit", kHouse}, {"document", "x"}})), "court");
  EXPECT_EQ(FieldOf(office.Counter("seal", {{"unit", kHouse}, {"court", "辽9902"}})), "document");
  EXPECT_EQ(FieldOf(office.Counter("seal", {{"unit", kHouse}, {"court", "辽9902"}, {"document", "x"}})), "holder")
      << "several holders";
  for (const auto& [argument, value] : std::map<std::string, std::string>{
           {"years", "4"}, {"years", "0"}, {"months", "37"}, {"years", "1.5"}, {"holder", "9"}}) {
    auto arguments = OtherSeal();
    arguments[argument] = value;
    EXPECT_FALSE(office.Counter("seal", arguments).ok()) << argument << "=" << value;
  }
  auto both = OtherSeal();
  both["years"] = "1", both["months"] = "6";
  EXPECT_FALSE(office.Counter("seal", both).ok());
  auto unknown = OtherSeal();
  unknown["unit"] = "990101001002GB00123F00019999";
  EXPECT_EQ(ReasonOf(office.Counter("seal", unknown)), Reason::kNotFound);
  EXPECT_EQ(ReasonOf(office.Counter("sell")), Reason::kFieldInvalid);
  EXPECT_TRUE(office.Seals(kHouse).empty());
}

TEST(LandCounter, AnOnlyHolderNeedsNoNaming) {
  LandOffice office;
  const auto sealed = office.Counter(
      "seal", {{"unit", kWarehouse}, {"court", "辽9902"}, {"document", "（2026）辽9902执77号"}, {"months", "6"}});
  ASSERT_TRUE(sealed.ok()) << sealed.status();
  EXPECT_EQ(sdk::TextAt(*sealed, "phase"), "EFFECTIVE");
  EXPECT_EQ(sdk::TextAt(*sealed, "last_day"), "2027-03-27");
}

TEST(LandCounter, ServiceInTheSameInstantCountsInItsOrder) {
  LandOffice office;  // a clock that stands still
  office.Do(office.Freeze(kHouse));
  ASSERT_TRUE(office.Counter("seal", OtherSeal()).ok());
  v1::Order late = office.Freeze(kHouse);
  late.set_case_number("（2026）辽9901执1025号");
  office.Do(late);
  EXPECT_EQ(office.Standing(kHouse, "（2026）辽9901执1024号"), "SEAL_PENDING rank 1");
  EXPECT_EQ(office.Standing(kHouse, "（2026）辽9902执231号"), "WAITLISTED rank 2");
  EXPECT_EQ(office.Standing(kHouse, "（2026）辽9901执1025号"), "SEAL_PENDING rank 3");
}

TEST(LandCounter, AnOrdersSealIsReleasedByAnOrderOnly) {
  LandOffice office;
  const v1::Order seal = office.Freeze(kHouse);
  office.Do(seal);
  EXPECT_EQ(ReasonOf(office.Counter("release", {{"id", LandOffice::OperationOf(seal).Text()}})),
            Reason::kPermissionDenied);
  EXPECT_EQ(ReasonOf(office.Counter("release", {{"id", "counter/99"}})), Reason::kNotFound);
  EXPECT_EQ(office.Standing(kHouse, "（2026）辽9901执1024号"), "SEAL_PENDING rank 1");
}

TEST(LandCounter, ReleasedOnceIsReleased) {
  LandOffice office;
  const auto sealed = office.Counter("seal", OtherSeal());
  ASSERT_TRUE(office.Counter("release", {{"id", sdk::TextAt(*sealed, "seal")}}).ok());
  EXPECT_EQ(ReasonOf(office.Counter("release", {{"id", sdk::TextAt(*sealed, "seal")}})), Reason::kMeasureNotEffective);
  EXPECT_EQ(office.Standing(kHouse, "（2026）辽9902执231号"), "RELEASED");
}

TEST(LandCounter, SaleOfTheWholeMakesAllOthersVoidAndTellsThem) {
  LandOffice office;
  const auto first = office.Counter("seal", OtherSeal());
  const v1::Order approved = office.Freeze(kHouse);
  office.Do(approved);
  ASSERT_TRUE(office.Approve().ok());
  v1::Order pending = office.Freeze(kHouse);
  pending.set_case_number("（2026）辽9901执1025号");
  office.Do(pending);
  ASSERT_TRUE(office.Counter("dispose", {{"id", sdk::TextAt(*first, "seal")}}).ok());
  EXPECT_EQ(office.Standing(kHouse, "（2026）辽9902执231号"), "DISPOSED");
  EXPECT_EQ(office.Standing(kHouse, "（2026）辽9901执1024号"), "VOID");
  EXPECT_EQ(office.Standing(kHouse, "（2026）辽9901执1025号"), "VOID");
  const auto changes = office.TakeChanges();
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].operation, LandOffice::OperationOf(approved));
  EXPECT_EQ(changes[0].change, v1::MEASURE_CHANGE_LAPSED);
  EXPECT_EQ(changes[1].operation, LandOffice::OperationOf(pending));
  EXPECT_EQ(changes[1].kind, sdk::RegisterChange::Kind::kAnswer) << "it still waited for its clerk";
  EXPECT_EQ(changes[1].answer.items[0].reason(), "VOID");
  EXPECT_EQ(office.Counter("review list")->fields().at("reviews").list_value().values_size(), 0);
}

TEST(LandCounter, SaleUnderOurSealTellsOurCourtAndTheNextStandsOnTheRest) {
  LandOffice office;
  const v1::Order seal = office.Freeze(kHouse);
  office.Do(seal);
  ASSERT_TRUE(office.Approve().ok());
  ASSERT_TRUE(office.Counter("seal", OtherSeal()).ok());
  ASSERT_TRUE(office.Counter("dispose", {{"id", LandOffice::OperationOf(seal).Text()}, {"part", "true"}}).ok());
  EXPECT_EQ(office.Standing(kHouse, "（2026）辽9901执1024号"), "DISPOSED");
  EXPECT_EQ(office.Standing(kHouse, "（2026）辽9902执231号"), "EFFECTIVE rank 1");
  const auto changes = office.TakeChanges();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].change, v1::MEASURE_CHANGE_LAPSED);
  EXPECT_EQ(changes[0].item.reason(), "DISPOSED");
}

TEST(LandCounter, ShowMasksNumbers) {
  LandOffice office;
  const auto shown = office.Counter("show", {{"unit", kHouse}});
  ASSERT_TRUE(shown.ok());
  EXPECT_THAT(sdk::JsonText(*shown), HasSubstr(R"("id_number":"9901**********0017")"));
  EXPECT_THAT(sdk::JsonText(*shown), Not(HasSubstr(kLin.id_number)));
  EXPECT_EQ(ReasonOf(office.Counter("show", {{"unit", "x"}})), Reason::kNotFound);
}

TEST(LandCounter, WaitsForAnOrderThatArrivedBeforeAndIsNotEnteredYet) {
  LandOffice office;
  v1::Order order = office.Freeze(kHouse);
  {
    auto transaction = office.inbox->Begin();
    sdk::TaskRow task{.digest = journal::LeafHash(order.SerializeAsString()),
                      .operation = LandOffice::OperationOf(order),
                      .state = sdk::TaskState::kWaiting,
                      .verified = true,
                      .arrived_at = office.now,
                      .arrival_sequence = 1};
    task.member.set_member(order.SerializeAsString());
    task.is_control = true;
    sdk::InboxTables(*transaction).PutTask(task);
    ASSERT_TRUE(transaction->Commit().ok());
  }
  EXPECT_EQ(ReasonOf(office.Counter("seal", OtherSeal())), Reason::kBusy);
  auto elsewhere = OtherSeal();
  elsewhere["unit"] = kWarehouse;
  EXPECT_TRUE(office.Counter("seal", elsewhere).ok());
}

}  // namespace
}  // namespace eagle::land
