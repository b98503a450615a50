// What inquiries find, and what orders do, at a land registry.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "server/trust/timestamps.h"
#include "tests/adapters/land/land_office.h"

namespace eagle::land {
namespace {

using registry::Said;
using registry::Told;
using sdk::AnswerKind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kOurs[] = "（2026）辽9901执1024号";
constexpr char kTheirs[] = "（2026）辽9902执231号";

// ---- Inquiries ----

TEST(LandInquiry, FindsTheShareOfTheRespondentAndNotHisNamesakes) {
  LandOffice office;
  const sdk::Answer answer = office.Do(office.Inquiry());
  ASSERT_EQ(Said(answer), "FOUND");
  const v1::Finding& finding = answer.items[0].finding();
  EXPECT_EQ(finding.asset_kind(), "LAND");
  EXPECT_EQ(finding.asset_number(), kHouse);
  EXPECT_EQ(finding.holder_name(), "林远舟");
  EXPECT_EQ(finding.matched_by(), "NAME_AND_18");
  EXPECT_EQ(finding.status(), "NORMAL");
  EXPECT_EQ(finding.share_numerator(), 1u);
  EXPECT_EQ(finding.share_denominator(), 2u);
  EXPECT_EQ(finding.co_ownership(), "BY_SHARES");
  EXPECT_FALSE(finding.balance_known());
  EXPECT_THAT(finding.prior_measures(), IsEmpty());
  EXPECT_THAT(finding.description(), HasSubstr("柳岸路18号3幢1单元1202室"));
  EXPECT_EQ(trust::TimeOf(finding.as_of()), office.now);
  EXPECT_THAT(answer.searched_scope, HasSubstr("北陵市不动产登记中心"));
}

TEST(LandInquiry, NothingFoundNamesTheScope) {
  LandOffice office;
  const sdk::Answer answer =
      office.Do(office.Inquiry({"北陵启明机电有限公司", "UNIFIED_CREDIT_CODE", "919901019900000178"}));
  EXPECT_EQ(Said(answer), "NIL");
  EXPECT_THAT(answer.searched_scope, HasSubstr("all units by holder"));
}

TEST(LandInquiry, NumberUnderAnotherNameIsAmbiguousAndNeverNil) {
  LandOffice office;
  EXPECT_EQ(Said(office.Do(office.Inquiry({"林远洲", "CITIZEN_ID", kLin.id_number}))), "AMBIGUOUS NAME_MISMATCH");
  EXPECT_EQ(Said(office.Do(office.Inquiry({"林远舟", "PASSPORT", kLin.id_number}))), "NIL")
      << "another kind of number is another number";
}

TEST(LandInquiry, OldNumberIsThePersonsToo) {
  LandOffice office;
  const sdk::Answer answer = office.Do(office.Inquiry({"单雨", "CITIZEN_ID", "990101196507180054"}));
  ASSERT_EQ(Said(answer), "FOUND");
  EXPECT_EQ(answer.items[0].finding().matched_by(), "NAME_AND_15");
  EXPECT_EQ(answer.items[0].finding().share_numerator(), 7u);
}

TEST(LandInquiry, NamesAreFoldedForComparison) {
  LandOffice office;
  EXPECT_EQ(Said(office.Do(office.Inquiry({"\u3000林远舟 ", "CITIZEN_ID", kLin.id_number}))), "FOUND");
}

TEST(LandInquiry, ReportsMortgagesFirstThenSealsInRank) {
  LandOffice office;
  const sdk::Answer mortgaged = office.Do(office.Inquiry(kStorage));
  ASSERT_EQ(Said(mortgaged), "FOUND");
  EXPECT_EQ(mortgaged.items[0].finding().matched_by(), "NAME_AND_CODE");
  ASSERT_EQ(mortgaged.items[0].finding().prior_measures_size(), 1);
  EXPECT_EQ(mortgaged.items[0].finding().prior_measures(0).authority(), "抵押权人 北陵商业银行");
  EXPECT_EQ(mortgaged.items[0].finding().prior_measures(0).amount_minor_units(), 12'000'000'00);

  const sdk::Answer sealed = office.Do(office.Inquiry(kZhou));
  ASSERT_EQ(Said(sealed), "FOUND, FOUND");
  const v1::Finding& finding = sealed.items[0].finding();
  EXPECT_EQ(finding.status(), "SEALED");
  EXPECT_EQ(finding.co_ownership(), "JOINT");
  ASSERT_EQ(finding.prior_measures_size(), 2);
  EXPECT_EQ(finding.prior_measures(0).document_number(), "（2025）辽9902执517号");
  EXPECT_EQ(trust::TimeOf(finding.prior_measures(0).ends_at()),
            absl::FromCivil(absl::CivilDay(2028, 3, 12), office.rules.zone));
  EXPECT_EQ(finding.prior_measures(1).document_number(), "（2025）辽9903执保41号");
  EXPECT_FALSE(finding.prior_measures(1).has_ends_at()) << "a waiting seal has no running term";
}

TEST(LandInquiry, SealThatEndedBeforeTheFirstLookIsNoneAnyMore) {
  LandOffice office;
  const sdk::Answer answer = office.Do(office.Inquiry({"贺兰亭", "CITIZEN_ID", "990101196902230138"}));
  ASSERT_EQ(Said(answer), "FOUND");
  EXPECT_EQ(answer.items[0].finding().status(), "NORMAL");
  EXPECT_EQ(office.Standing(kSharedShop, "（2023）辽9902执260号"), "LAPSED");
}

TEST(LandInquiry, OtherKindsOfAssetsAreReturned) {
  LandOffice office;
  v1::Order order = office.Inquiry();
  order.mutable_inquire()->add_asset_kinds("DEPOSIT");
  EXPECT_EQ(Said(office.Do(order)), "RETURNED ASSET_KIND_NOT_SUPPORTED");
  order = office.Inquiry();
  order.mutable_inquire()->add_asset_kinds("DEPOSIT");
  order.mutable_inquire()->add_asset_kinds("LAND");
  EXPECT_EQ(Said(office.Do(order)), "FOUND");
}

// ---- The house of the demonstration ----

TEST(LandRanks, ArrivalGivesRankHoweverLateTheClerk) {
  LandOffice office;
  const std::string spouse = office.Shown(kHouse, 2);
  office.At("09:10:00");
  const v1::Order seal = office.Freeze(kHouse);
  const sdk::Answer locked = office.Do(seal);
  EXPECT_EQ(locked.kind, AnswerKind::kUnderReview);
  EXPECT_EQ(Said(locked), "UNDER_REVIEW");
  EXPECT_EQ(office.Standing(kHouse, kOurs), "SEAL_PENDING rank 1");

  office.At("09:40:00");
  ASSERT_TRUE(
      office.Counter("seal", {{"unit", kHouse}, {"court", "辽9902"}, {"document", kTheirs}, {"holder", "1"}}).ok());
  EXPECT_EQ(office.Standing(kHouse, kTheirs), "WAITLISTED rank 2");

  office.At("11:40:00");
  const auto approved = office.Approve();
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(sdk::TextAt(*approved, "phase"), "EFFECTIVE");
  EXPECT_EQ(sdk::TextAt(*approved, "served_at"), "2026-09-28T09:10:00+08:00");
  EXPECT_EQ(sdk::TextAt(*approved, "effective_from"), "2026-09-28T11:40:00+08:00");
  EXPECT_EQ(sdk::TextAt(*approved, "last_day"), "2029-09-27");
  EXPECT_EQ(office.Standing(kHouse, kOurs), "EFFECTIVE rank 1");
  EXPECT_EQ(office.Standing(kHouse, kTheirs), "WAITLISTED rank 2");
  EXPECT_THAT(office.TakeChanges(), IsEmpty());

  office.On(absl::CivilDay(2026, 9, 30), "17:00:00");
  EXPECT_EQ(Said(office.Do(office.Release(seal))), "RELEASED");
  EXPECT_EQ(office.Standing(kHouse, kOurs), "RELEASED");
  EXPECT_EQ(office.Standing(kHouse, kTheirs), "EFFECTIVE rank 1");
  EXPECT_THAT(office.TakeChanges(), IsEmpty()) << "the other court isn't connected";
  EXPECT_EQ(office.Shown(kHouse, 2), spouse) << "the spouse's part was never touched";
}

TEST(LandRanks, TheAnswerOfTheClerkTellsRankTermAndWhoIsBefore) {
  LandOffice office;
  office.At("08:00:00");
  ASSERT_TRUE(
      office.Counter("seal", {{"unit", kHouse}, {"court", "辽9902"}, {"document", kTheirs}, {"holder", kLin.id_number}})
          .ok());
  office.At("09:10:00");
  v1::Order seal = office.Freeze(kHouse);
  seal.mutable_freeze()->set_limit_minor_units(50'000'00);
  EXPECT_EQ(Said(office.Do(seal)), "UNDER_REVIEW");
  office.At("11:40:00");
  const auto answer = office.Decide(seal, {.approved = true, .clerk = "温雅"});
  ASSERT_TRUE(answer.ok());
  ASSERT_EQ(Said(*answer), "WAITLISTED");
  const v1::MeasureState& measure = answer->items[0].measure();
  EXPECT_EQ(measure.rank(), 2u);
  EXPECT_EQ(measure.requested_minor_units(), 50'000'00);
  EXPECT_EQ(measure.controlled_minor_units(), 0);
  EXPECT_FALSE(measure.has_effective_from());
  ASSERT_EQ(measure.prior_measures_size(), 1);
  EXPECT_EQ(measure.prior_measures(0).authority(), "辽9902");
  ASSERT_EQ(measure.shares_size(), 1);
  EXPECT_EQ(measure.shares(0).asset_number(), kHouse);

  // Their release moves ours up; ours was ordered over the gateway, so it is told.
  office.At("15:00:00");
  ASSERT_TRUE(office.Counter("release", {{"id", "counter/4"}}).ok());
  const auto changes = office.TakeChanges();
  ASSERT_THAT(Told(changes), ElementsAre("PROMOTED CONTROLLED"));
  EXPECT_EQ(changes[0].operation, LandOffice::OperationOf(seal));
  EXPECT_EQ(changes[0].item.measure().controlled_minor_units(), 50'000'00);
  EXPECT_EQ(changes[0].item.measure().rank(), 1u);
  EXPECT_EQ(trust::TimeOf(changes[0].item.measure().effective_from()), office.now);
}

TEST(LandRanks, RefusedLockIsUndoneAndTheNextMovesUp) {
  LandOffice office;
  office.At("09:10:00");
  const v1::Order seal = office.Freeze(kHouse);
  office.Do(seal);
  office.At("09:40:00");
  ASSERT_TRUE(
      office.Counter("seal", {{"unit", kHouse}, {"court", "辽9902"}, {"document", kTheirs}, {"holder", "1"}}).ok());
  office.At("11:40:00");
  const auto refused = office.Refuse("TRANSFER_COMPLETED");
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_EQ(office.Standing(kHouse, kOurs), "REFUSED");
  EXPECT_EQ(office.Standing(kHouse, kTheirs), "EFFECTIVE rank 1");
  EXPECT_EQ(office.Decide(seal, {.approved = true}).status().code(), absl::StatusCode::kFailedPrecondition);
  // A corrected order may use the same document.
  office.At("12:00:00");
  EXPECT_EQ(Said(office.Do(office.Freeze(kHouse))), "UNDER_REVIEW");
}

TEST(LandRanks, RefusalIsAFinalAnswerWithTheClerksReason) {
  LandOffice office;
  const v1::Order seal = office.Freeze(kHouse);
  office.Do(seal);
  const auto answer =
      office.Decide(seal, {.approved = false, .clerk = "温雅", .reason = "TRANSFER_COMPLETED", .remark = "过户已登簿"});
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->kind, AnswerKind::kFinal);
  EXPECT_EQ(Said(*answer), "NOT_CONTROLLED TRANSFER_COMPLETED");
  EXPECT_TRUE(answer->items[0].measure().ended());
}

TEST(LandRanks, TermRunsFromTheFirstEffectAndLapsesByItself) {
  LandOffice office;
  office.At("09:10:00");
  const v1::Order seal = office.Freeze(kHouse);
  office.Do(seal);
  office.At("09:40:00");
  ASSERT_TRUE(
      office.Counter("seal", {{"unit", kHouse}, {"court", "辽9902"}, {"document", kTheirs}, {"holder", "1"}}).ok());
  office.At("11:40:00");
  ASSERT_TRUE(office.Approve().ok());
  office.On(absl::CivilDay(2029, 9, 27), "23:59:59");
  office.Advance();
  EXPECT_THAT(office.TakeChanges(), IsEmpty());
  office.On(absl::CivilDay(2029, 9, 28));
  office.Advance();
  const auto changes = office.TakeChanges();
  ASSERT_THAT(Told(changes), ElementsAre("LAPSED NOT_CONTROLLED"));
  EXPECT_EQ(changes[0].at, office.now);
  EXPECT_EQ(office.Standing(kHouse, kTheirs), "EFFECTIVE rank 1");
  EXPECT_EQ(Said(office.Do(office.Release(seal))), "NOT_CONTROLLED MEASURE_ENDED");
}

TEST(LandRanks, WhoWasRegisteredWhileAnOrderCouldNotBeCheckedStaysFirst) {
  LandOffice office;
  office.At("09:10:00");
  const v1::Order seal = office.Freeze(kHouse);
  office.Arrive(seal);  // its statements aren't here yet
  office.At("09:40:00");
  ASSERT_TRUE(
      office.Counter("seal", {{"unit", kHouse}, {"court", "辽9902"}, {"document", kTheirs}, {"holder", "1"}}).ok());
  EXPECT_EQ(office.Standing(kHouse, kTheirs), "EFFECTIVE rank 1");
  office.At("09:45:00");
  const sdk::Answer answer = office.Do(seal);
  EXPECT_EQ(Said(answer), "UNDER_REVIEW");
  EXPECT_THAT(answer.items[0].remark(), HasSubstr("registered before"));
  EXPECT_EQ(office.Standing(kHouse, kOurs), "SEAL_PENDING rank 2");
}

// ---- What orders may do ----

TEST(LandFreeze, SaysNoByTheFacts) {
  LandOffice office;
  EXPECT_EQ(Said(office.Do(office.Freeze("990101001002GB00123F00019999"))), "NOT_CONTROLLED UNIT_NOT_FOUND");
  EXPECT_EQ(Said(office.Do(office.Freeze(kNamesakesFlat, kLin, 1, 1))), "NOT_CONTROLLED NOT_HOLDER")
      << "the namesake's flat";
  EXPECT_EQ(Said(office.Do(office.Freeze(kHouse, {"林远洲", "CITIZEN_ID", kLin.id_number}))),
            "AMBIGUOUS NAME_MISMATCH");
  EXPECT_EQ(Said(office.Do(office.Freeze(kHouse, kLin, 1, 1))), "NOT_CONTROLLED SHARE_MISMATCH")
      << "never the spouse's half";
  EXPECT_EQ(Said(office.Do(office.Freeze(kHouse, kLin, 2, 4))), "UNDER_REVIEW") << "two quarters are a half";
  EXPECT_EQ(Said(office.Do(office.Freeze(kHouse))), "NOT_CONTROLLED DOCUMENT_REPEATED");
  v1::Order long_term = office.Freeze(kWarehouse, kStorage, 1, 1);
  long_term.mutable_freeze()->mutable_term()->clear_years();
  long_term.mutable_freeze()->mutable_term()->set_months(37);
  EXPECT_EQ(Said(office.Do(long_term)), "NOT_CONTROLLED TERM_TOO_LONG");
  EXPECT_EQ(office.Seals(kHouse).size(), 1u);
  EXPECT_THAT(office.Seals(kWarehouse), IsEmpty());
  EXPECT_THAT(office.Seals(kNamesakesFlat), IsEmpty());
}

// Edge case 33: joint owners with shares 30/70.
TEST(LandFreeze, OfJointOwnersThirtySeventySealsOnlyTheRespondentsPart) {
  LandOffice office;
  const Person he = {"贺兰亭", "CITIZEN_ID", "990101196902230138"};
  const std::string other = office.Shown(kSharedShop, 2);
  EXPECT_EQ(Said(office.Do(office.Freeze(kSharedShop, he, 7, 10))), "NOT_CONTROLLED SHARE_MISMATCH");
  EXPECT_EQ(Said(office.Do(office.Freeze(kSharedShop, he, 1, 1))), "NOT_CONTROLLED SHARE_MISMATCH");
  EXPECT_EQ(Said(office.Do(office.Freeze(kSharedShop, he, 30, 100))), "UNDER_REVIEW");
  ASSERT_TRUE(office.Approve().ok());
  EXPECT_EQ(office.Standing(kSharedShop, kOurs), "EFFECTIVE rank 1");
  EXPECT_EQ(office.Shown(kSharedShop, 2), other);
  EXPECT_EQ(Said(office.Do(office.Freeze(kSharedShop, {"单雨", "CITIZEN_ID", "990101196507180054"}, 7, 10))),
            "UNDER_REVIEW")
      << "the other part is another thing, under the same number too";
}

TEST(LandFreeze, ReturnsWhatALandRegistryDoesNotKeep) {
  LandOffice office;
  v1::Order order = office.Freeze(kHouse);
  order.mutable_freeze()->mutable_asset()->set_asset_kind("VEHICLE");
  EXPECT_EQ(Said(office.Do(order)), "RETURNED ASSET_KIND_NOT_SUPPORTED");
  order = office.Freeze(kHouse);
  order.mutable_freeze()->mutable_person_at_agency();
  EXPECT_EQ(Said(office.Do(order)), "RETURNED TARGET_NOT_SUPPORTED");
  order = office.Freeze(kHouse);
  order.set_action(v1::ACTION_DEDUCT);
  EXPECT_EQ(Said(office.Do(order)), "RETURNED ACTION_NOT_SUPPORTED");
}

TEST(LandFreeze, TheRulingsNumberIsTheLocksNumber) {
  LandOffice office;
  v1::Order first = office.Freeze(kHouse);
  v1::Instrument& ruling = *first.add_instruments();
  ruling.set_category("RULING");
  ruling.set_title("（2026）辽9901执1024号之一");
  EXPECT_EQ(Said(office.Do(first)), "UNDER_REVIEW");
  EXPECT_EQ(office.SealOf(first)->row.document_number, "（2026）辽9901执1024号之一");
  v1::Order second = office.Freeze(kHouse);
  second.add_instruments()->CopyFrom(ruling);
  EXPECT_EQ(Said(office.Do(second)), "NOT_CONTROLLED DOCUMENT_REPEATED");
  second = office.Freeze(kHouse, kSu);
  second.add_instruments()->CopyFrom(ruling);
  EXPECT_EQ(Said(office.Do(second)), "UNDER_REVIEW") << "the other half is another thing";
}

TEST(LandFreeze, TheSameOperationGivesItsFirstAnswer) {
  LandOffice office;
  const v1::Order seal = office.Freeze(kHouse);
  const sdk::Answer first = office.Do(seal);
  office.At("11:40:00");
  ASSERT_TRUE(office.Approve().ok());
  const sdk::Answer again = office.Do(seal);
  EXPECT_EQ(again.kind, first.kind);
  ASSERT_EQ(again.items.size(), 1u);
  EXPECT_EQ(again.items[0].SerializeAsString(), first.items[0].SerializeAsString());
  EXPECT_EQ(office.Seals(kHouse).size(), 1u);
  EXPECT_EQ(office.Standing(kHouse, kOurs), "EFFECTIVE rank 1");
  v1::Order other = seal;
  other.set_legal_basis("changed");
  EXPECT_EQ(ReasonOf(office.TryDo(other).status()), Reason::kOrderIdReused);

  const v1::Order release = office.Release(seal);
  EXPECT_EQ(Said(office.Do(release)), "RELEASED");
  EXPECT_EQ(Said(office.Do(release)), "RELEASED");
  EXPECT_EQ(Said(office.Do(office.Release(seal))), "NOT_CONTROLLED MEASURE_ENDED");
}

TEST(LandFreeze, RanksSurviveARestart) {
  LandOffice office;
  const v1::Order seal = office.Freeze(kHouse);
  office.Do(seal);
  office.Restart();
  EXPECT_EQ(office.Standing(kHouse, kOurs), "SEAL_PENDING rank 1");
  ASSERT_TRUE(office.Approve().ok());
  office.Restart();
  EXPECT_EQ(office.Standing(kHouse, kOurs), "EFFECTIVE rank 1");
}

TEST(LandRenew, TheSameSealEndsLater) {
  LandOffice office;
  const v1::Order seal = office.Freeze(kHouse);
  EXPECT_EQ(Said(office.Do(office.Renew(seal))), "NOT_RENEWED MEASURE_UNKNOWN");
  office.Do(seal);
  EXPECT_EQ(Said(office.Do(office.Renew(seal))), "NOT_RENEWED PENDING");
  ASSERT_TRUE(office.Approve().ok());
  const absl::Time end = *office.Seals(kHouse).at(0).row.effective_to;
  v1::Order foreign = office.Renew(seal);
  foreign.set_court("辽9902");
  EXPECT_EQ(Said(office.Do(foreign)), "NOT_RENEWED NOT_YOUR_MEASURE");
  EXPECT_EQ(Said(office.Do(office.Renew(seal, 4))), "NOT_RENEWED TERM_TOO_LONG");
  office.now = end - absl::Seconds(1);
  EXPECT_EQ(Said(office.Do(office.Renew(seal))), "RENEWED");
  const absl::Time later = *office.Seals(kHouse).at(0).row.effective_to;
  EXPECT_EQ(absl::ToCivilDay(later, office.rules.zone).year(), absl::ToCivilDay(end, office.rules.zone).year() + 3);
  EXPECT_EQ(office.Standing(kHouse, kOurs), "EFFECTIVE rank 1");
  office.now = later;
  EXPECT_EQ(Said(office.Do(office.Renew(seal))), "NOT_RENEWED LAPSED");
}

TEST(LandRelease, OnlyTheOwnMeasureAndOnlyWhole) {
  LandOffice office;
  const v1::Order seal = office.Freeze(kHouse);
  EXPECT_EQ(Said(office.Do(office.Release(seal))), "NOT_CONTROLLED MEASURE_UNKNOWN");
  office.Do(seal);
  ASSERT_TRUE(office.Approve().ok());
  v1::Order release = office.Release(seal);
  release.set_court("辽9902");
  EXPECT_EQ(Said(office.Do(release)), "NOT_CONTROLLED NOT_YOUR_MEASURE");
  release = office.Release(seal);
  release.mutable_release()->set_amount_minor_units(1);
  EXPECT_EQ(Said(office.Do(release)), "NOT_CONTROLLED PARTIAL_RELEASE");
  EXPECT_EQ(office.Standing(kHouse, kOurs), "EFFECTIVE rank 1");
}

TEST(LandRelease, OfALockUnderReviewAnswersTheFreezeToo) {
  LandOffice office;
  const v1::Order seal = office.Freeze(kHouse);
  office.Do(seal);
  EXPECT_EQ(Said(office.Do(office.Release(seal))), "RELEASED");
  EXPECT_THAT(Told(office.TakeChanges()), ElementsAre("ANSWER NOT_CONTROLLED RELEASED"));
  EXPECT_EQ(office.Counter("review list")->fields().at("reviews").list_value().values_size(), 0);
}

}  // namespace
}  // namespace eagle::land
