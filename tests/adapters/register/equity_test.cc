// What inquiries find, what orders do and what stays free at a business registry: quantities of a company's capital.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "server/trust/timestamps.h"
#include "tests/adapters/register/kinds.h"

namespace eagle::registry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Orders and approves; the clerk's answer.
sdk::Answer Publish(EquityOffice& office, const v1::Order& order) {
  const sdk::Answer locked = office.Do(order);
  EXPECT_EQ(Said(locked), "UNDER_REVIEW");
  const auto answer = office.Decide(order, {.approved = true, .clerk = "温雅"});
  EXPECT_TRUE(answer.ok()) << answer.status();
  return answer.ok() ? *answer : sdk::Answer();
}

std::string FreeOf(EquityOffice& office, const std::string& unit, int place) {
  const auto shown = office.Counter("show", {{"unit", unit}});
  return sdk::TextAt(shown->fields().at("holders").list_value().values(place).struct_value(), "free");
}

TEST(EquityInquiry, FindsTheShareWithEveryFieldAndWhatIsFree) {
  EquityOffice office;
  const sdk::Answer answer = office.Do(office.Inquiry());
  ASSERT_EQ(Said(answer), "FOUND");
  const v1::Finding& finding = answer.items[0].finding();
  EXPECT_EQ(finding.asset_kind(), "EQUITY");
  EXPECT_EQ(finding.asset_number(), kQiming);
  EXPECT_EQ(finding.share_numerator(), 30u);
  EXPECT_EQ(finding.share_denominator(), 100u);
  EXPECT_EQ(finding.status(), "NORMAL");
  EXPECT_EQ(
      finding.description(),
      "企业名称 北陵启明机电有限公司; 注册号 990100000018423; 注册资本 5000000.00; 币种 CNY; 成立日期 2015-04-21; "
      "经营状态 存续; 股东类型 自然人股东; 实缴数额 1500000.00; 持有数额 1,500,000.00; 未冻结数额 1,500,000.00; "
      "证书号 启明出资证明第001号");
  EXPECT_THAT(answer.searched_scope, HasSubstr("企业登记簿"));
}

TEST(EquityInquiry, PledgesOfTheHolderComeFirstThenFreezesInRank) {
  EquityOffice office;
  const sdk::Answer zhou = office.Do(office.Inquiry(kZhou));
  ASSERT_EQ(Said(zhou), "FOUND");
  const v1::Finding& finding = zhou.items[0].finding();
  EXPECT_EQ(finding.status(), "FROZEN");
  ASSERT_EQ(finding.prior_measures_size(), 3);
  EXPECT_EQ(finding.prior_measures(0).authority(), "质权人 北陵商业银行");
  EXPECT_EQ(finding.prior_measures(1).authority(), "辽9902");
  EXPECT_EQ(finding.prior_measures(2).authority(), "辽9903");
  const sdk::Answer other = office.Do(office.Inquiry(kQimingCompany));
  ASSERT_EQ(Said(other), "FOUND");
  EXPECT_EQ(other.items[0].finding().matched_by(), "NAME_AND_CODE");
  EXPECT_THAT(other.items[0].finding().prior_measures(), IsEmpty()) << "the pledge is on the other holder's";
}

TEST(EquityInquiry, NilAmbiguousAndTheOldNumber) {
  EquityOffice office;
  EXPECT_EQ(Said(office.Do(office.Inquiry({"方原", "CITIZEN_ID", "990101199001010012"}))), "NIL");
  EXPECT_EQ(Said(office.Do(office.Inquiry({"林远洲", "CITIZEN_ID", kLin.id_number}))), "AMBIGUOUS NAME_MISMATCH");
  const sdk::Answer old = office.Do(office.Inquiry(kShan));
  ASSERT_EQ(Said(old), "FOUND");
  EXPECT_EQ(old.items[0].finding().matched_by(), "NAME_AND_15");
}

// Edge case 33: joint owners with shares 30/70.
TEST(EquityFreeze, OfJointOwnersThirtySeventyTouchesOnlyTheRespondents) {
  EquityOffice office;
  const std::string other = office.Shown(kQiming, 2);
  EXPECT_EQ(Said(office.Do(office.Freeze(31, 100, 100'00))), "NOT_CONTROLLED SHARE_MISMATCH") << "never of the 70";
  EXPECT_EQ(Said(office.Do(office.Freeze(1, 1, 100'00))), "NOT_CONTROLLED SHARE_MISMATCH");
  const sdk::Answer answer = Publish(office, office.Freeze(30, 100, 900'000'00));
  ASSERT_EQ(Said(answer), "CONTROLLED");
  EXPECT_EQ(answer.items[0].measure().controlled_minor_units(), 900'000'00);
  ASSERT_EQ(answer.items[0].measure().shares_size(), 1);
  EXPECT_EQ(answer.items[0].measure().shares(0).asset_number(), kQiming);
  EXPECT_EQ(office.Shown(kQiming, 2), other) << "the 70 were never touched";
  EXPECT_EQ(FreeOf(office, kQiming, 0), "0.00");
  EXPECT_EQ(FreeOf(office, kQiming, 1), "3,500,000.00");
  EXPECT_EQ(Said(Publish(office, office.Freeze(70, 100, 100'00, kQiming, kSu))), "CONTROLLED");
}

TEST(EquityFreeze, SeveralMeasuresStandBesideEachOtherUpToWhatTheHolderHas) {
  EquityOffice office;
  const v1::Order first = office.Freeze(20, 100, 600'000'00);
  const sdk::Answer one = Publish(office, first);
  EXPECT_EQ(Said(one), "CONTROLLED");
  EXPECT_EQ(one.items[0].measure().rank(), 1u);
  const v1::Order second = office.Freeze(15, 100, 450'000'01);
  const sdk::Answer two = Publish(office, second);
  ASSERT_EQ(Said(two), "PARTLY_CONTROLLED") << "10 of its 15 hundredths are left";
  EXPECT_EQ(two.items[0].measure().requested_minor_units(), 450'000'01);
  EXPECT_EQ(two.items[0].measure().controlled_minor_units(), 300'000'00) << "two thirds, rounded down";
  EXPECT_EQ(two.items[0].measure().unfunded_minor_units(), 150'000'01);
  EXPECT_EQ(two.items[0].measure().rank(), 2u);
  const v1::Order third = office.Freeze(30, 100, 900'000'00);
  const sdk::Answer three = Publish(office, third);
  ASSERT_EQ(Said(three), "WAITLISTED");
  EXPECT_EQ(three.items[0].measure().rank(), 3u);
  EXPECT_EQ(three.items[0].measure().prior_measures_size(), 2);

  // The first is released: the second is filled first, the third gets what is left.
  EXPECT_EQ(Said(office.Do(office.Release(first))), "RELEASED");
  const auto changes = office.TakeChanges();
  ASSERT_THAT(Told(changes), ElementsAre("PROMOTED CONTROLLED", "PROMOTED PARTLY_CONTROLLED"));
  EXPECT_EQ(changes[0].operation, EquityOffice::OperationOf(second));
  EXPECT_EQ(changes[0].item.measure().controlled_minor_units(), 450'000'01);
  EXPECT_EQ(changes[1].operation, EquityOffice::OperationOf(third));
  EXPECT_EQ(changes[1].item.measure().controlled_minor_units(), 450'000'00) << "15 of its 30 hundredths";
  office.Restart();
  EXPECT_EQ(FreeOf(office, kQiming, 0), "0.00");
}

TEST(EquityFreeze, WithoutAValueItsQuantitiesSayWhatIsControlled) {
  EquityOffice office;
  EXPECT_EQ(Said(Publish(office, office.Freeze(10, 100, 0))), "CONTROLLED");
  const sdk::Answer answer = Publish(office, office.Freeze(30, 100, 0));
  ASSERT_EQ(Said(answer), "PARTLY_CONTROLLED");
  EXPECT_EQ(answer.items[0].measure().requested_minor_units(), 0);
  EXPECT_EQ(answer.items[0].measure().requested_quantity_e4(), 1'500'000'0000);
  EXPECT_EQ(answer.items[0].measure().controlled_quantity_e4(), 1'000'000'0000);
}

// Enforcement against equity (2021) art 5: what can't be valued is frozen by quantity.
TEST(EquityFreeze, ByQuantityControlsAtMostWhatTheHolderHasFree) {
  EquityOffice office;
  const auto by_quantity = [&](int64_t yuan, int64_t value) {
    v1::Order order = office.Freeze(30, 100, value);
    order.mutable_freeze()->mutable_asset()->set_quantity_e4(yuan * 10'000);
    return order;
  };
  const sdk::Answer found = office.Do(office.Inquiry());
  EXPECT_EQ(found.items[0].finding().quantity_e4(), 1'500'000'0000);
  const v1::Order first = by_quantity(400'000, 200'000'00);
  const sdk::Answer one = Publish(office, first);
  ASSERT_EQ(Said(one), "CONTROLLED") << "not the share, the quantity";
  EXPECT_EQ(one.items[0].measure().requested_quantity_e4(), 400'000'0000);
  EXPECT_EQ(one.items[0].measure().controlled_quantity_e4(), 400'000'0000);
  EXPECT_EQ(FreeOf(office, kQiming, 0), "1,100,000.00");
  const sdk::Answer two = Publish(office, by_quantity(1'200'000, 600'000'00));
  ASSERT_EQ(Said(two), "PARTLY_CONTROLLED") << "another's measure holds the rest";
  EXPECT_EQ(two.items[0].measure().controlled_quantity_e4(), 1'100'000'0000);
  EXPECT_EQ(two.items[0].measure().controlled_minor_units(), 550'000'00);

  EquityOffice fresh;
  v1::Order above = fresh.Freeze(30, 100, 900'000'00);
  above.mutable_freeze()->mutable_asset()->set_quantity_e4(2'000'000'0000);
  const sdk::Answer answer = Publish(fresh, above);
  EXPECT_EQ(Said(answer), "PARTLY_CONTROLLED QUANTITY_ABOVE_HOLDING");
  EXPECT_EQ(answer.items[0].measure().requested_quantity_e4(), 2'000'000'0000);
  EXPECT_EQ(answer.items[0].measure().controlled_quantity_e4(), 1'500'000'0000) << "never Su's";
  v1::Order finer = fresh.Freeze(30, 100, 900'000'00);
  finer.mutable_freeze()->mutable_asset()->set_quantity_e4(1);
  EXPECT_EQ(Said(fresh.Do(finer)), "NOT_CONTROLLED SHARE_MISMATCH") << "the register counts hundredths";
  VehicleOffice cars;
  v1::Order car = cars.Freeze();
  car.mutable_freeze()->mutable_asset()->set_quantity_e4(10'000);
  EXPECT_EQ(Said(cars.Do(car)), "NOT_CONTROLLED SHARE_MISMATCH");
}

TEST(EquityFreeze, CountsWholeHundredthsOfTheCapital) {
  EquityOffice office;
  // 900,000.01 in halves isn't a whole number of hundredths.
  EXPECT_EQ(Said(office.Do(office.Freeze(1, 2, 100'00, kChengjiang, kShan))), "NOT_CONTROLLED SHARE_MISMATCH");
  EXPECT_EQ(Said(office.Do(office.Freeze(1, 1, 100'00, kChengjiang, kShan))), "UNDER_REVIEW");
}

TEST(EquityFreeze, SaysNoByTheFacts) {
  EquityOffice office;
  EXPECT_EQ(Said(office.Do(office.Freeze(1, 1, 100'00, "919901019900000979"))), "NOT_CONTROLLED UNIT_NOT_FOUND");
  EXPECT_EQ(Said(office.Do(office.Freeze(1, 3, 100'00, kSongling))), "NOT_CONTROLLED NOT_HOLDER");
  v1::Order four_years = office.Freeze(1, 10, 100'00);
  four_years.mutable_freeze()->mutable_term()->set_years(4);
  EXPECT_EQ(Said(office.Do(four_years)), "NOT_CONTROLLED TERM_TOO_LONG");
  v1::Order first = office.Freeze(1, 10, 100'00), again = office.Freeze(1, 10, 100'00);
  again.set_case_number(first.case_number());
  office.Do(first);
  EXPECT_EQ(Said(office.Do(again)), "NOT_CONTROLLED DOCUMENT_REPEATED");
}

TEST(EquityFreeze, WhoWasRegisteredWhileAnOrderCouldNotBeCheckedStaysFirst) {
  EquityOffice office;
  office.At("09:10:00");
  const v1::Order late = office.Freeze(30, 100, 900'000'00);
  office.Arrive(late);
  office.At("09:40:00");
  ASSERT_TRUE(office
                  .Counter("seal", {{"unit", kQiming},
                                    {"court", "辽9902"},
                                    {"document", "（2026）辽9902执231号"},
                                    {"holder", "1"},
                                    {"share", "20/100"}})
                  .ok());
  office.At("09:45:00");
  const sdk::Answer answer = office.Do(late);
  EXPECT_THAT(answer.items[0].remark(), HasSubstr("registered before"));
  EXPECT_EQ(answer.items[0].measure().rank(), 2u);
  EXPECT_THAT(office.TakeChanges(), IsEmpty()) << "nobody lost anything";
}

TEST(EquityRelease, APartGivesUpTheWaitingPartFirst) {
  EquityOffice office;
  Publish(office, office.Freeze(20, 100, 600'000'00));
  const v1::Order second = office.Freeze(15, 100, 450'000'00);
  ASSERT_EQ(Said(Publish(office, second)), "PARTLY_CONTROLLED");
  v1::Order part = office.Release(second);
  part.mutable_release()->set_amount_minor_units(150'000'00);
  const sdk::Answer released = office.Do(part);
  ASSERT_EQ(Said(released), "RELEASED");
  EXPECT_FALSE(released.items[0].measure().ended());
  EXPECT_EQ(released.items[0].measure().requested_minor_units(), 300'000'00);
  EXPECT_EQ(released.items[0].measure().controlled_minor_units(), 300'000'00);
  EXPECT_EQ(released.items[0].measure().unfunded_minor_units(), 0);
  EXPECT_EQ(FreeOf(office, kQiming, 0), "0.00") << "only what waited was given up";

  office.Restart();
  part = office.Release(second);
  part.mutable_release()->set_amount_minor_units(100'000'00);
  ASSERT_EQ(Said(office.Do(part)), "RELEASED");
  EXPECT_EQ(FreeOf(office, kQiming, 0), "166,666.66") << "a third of 500,000.00, rounded down";
  part = office.Release(second);
  part.mutable_release()->set_amount_minor_units(200'000'01);
  EXPECT_EQ(Said(office.Do(part)), "NOT_CONTROLLED AMOUNT_ABOVE_MEASURE");
  part = office.Release(second);
  part.mutable_release()->set_amount_minor_units(200'000'00);
  const sdk::Answer whole = office.Do(part);
  ASSERT_EQ(Said(whole), "RELEASED");
  EXPECT_TRUE(whole.items[0].measure().ended());
}

TEST(EquityRelease, APartBelowWhatTheRegisterCountsIsRefusedAndNeverTheWhole) {
  EquityOffice office;
  // One hundredth of the capital stands for 1,000.00: less than that can't be told apart.
  const v1::Order tiny = office.Freeze(1, 500'000'000, 1'000'00);
  ASSERT_EQ(Said(Publish(office, tiny)), "CONTROLLED");
  v1::Order part = office.Release(tiny);
  part.mutable_release()->set_amount_minor_units(1'00);
  EXPECT_EQ(Said(office.Do(part)), "NOT_CONTROLLED PARTIAL_RELEASE");
  EXPECT_EQ(office.SealOf(tiny)->row.phase, sdk::Phase::kEffective);
  EXPECT_EQ(office.SealOf(tiny)->value_minor_units, 1'000'00);
}

TEST(EquityTime, AFreezeLapsesAndWhatWaitedTakesEffect) {
  EquityOffice office;
  const v1::Order ours = office.Freeze(2, 3, 5'000'000'00, kSongling, kZhou);
  ASSERT_EQ(Said(Publish(office, ours)), "WAITLISTED");
  office.On(absl::CivilDay(2028, 9, 1));
  office.Advance();
  // 辽9902 had all of his 8,000,000.00; 辽9903 takes the 4,000,000.00 that it waits for, ours the rest.
  const auto changes = office.TakeChanges();
  ASSERT_THAT(Told(changes), ElementsAre("PROMOTED PARTLY_CONTROLLED"));
  EXPECT_EQ(changes[0].item.measure().controlled_minor_units(), 2'500'000'00) << "half of the quantity, in money";
  EXPECT_EQ(trust::TimeOf(changes[0].item.measure().effective_to()),
            absl::FromCivil(absl::CivilDay(2031, 9, 1), office.rules.zone));
  EXPECT_EQ(office.Standing(kSongling, "（2025）辽9902执602号"), "LAPSED");
  EXPECT_EQ(office.Standing(kSongling, "（2025）辽9903执保77号"), "EFFECTIVE rank 1");
  EXPECT_EQ(office.Standing(kSongling, ours.case_number()), "EFFECTIVE rank 2");
}

TEST(EquityRenew, EndsLaterAtTheSameRank) {
  EquityOffice office;
  const v1::Order freeze = office.Freeze(30, 100, 900'000'00);
  EXPECT_EQ(Said(office.Do(office.Renew(freeze))), "NOT_RENEWED MEASURE_UNKNOWN");
  office.Do(freeze);
  EXPECT_EQ(Said(office.Do(office.Renew(freeze))), "NOT_RENEWED PENDING");
  ASSERT_TRUE(office.Approve().ok());
  const sdk::Answer renewed = office.Do(office.Renew(freeze));
  ASSERT_EQ(Said(renewed), "RENEWED");
  EXPECT_EQ(renewed.items[0].measure().controlled_minor_units(), 900'000'00);
  EXPECT_EQ(trust::TimeOf(renewed.items[0].measure().effective_to()),
            absl::FromCivil(absl::CivilDay(2032, 9, 28), office.rules.zone));
}

TEST(EquityCheck, BarsWhatIsFrozenAndNoMore) {
  EquityOffice office;
  const v1::Order freeze = office.Freeze(20, 100, 600'000'00);
  office.Do(freeze);
  const auto check = [&](const std::string& holder, const std::string& share) {
    return office.Counter("check", {{"unit", kQiming}, {"act", "TRANSFER"}, {"holder", holder}, {"share", share}})
        .status();
  };
  EXPECT_EQ(eagle::ReasonOf(check("1", "30/100")), Reason::kMeasureExists);
  EXPECT_THAT(FailureOf(check("1", "")).message, HasSubstr(EquityOffice::OperationOf(freeze).Text()));
  EXPECT_TRUE(check("1", "10/100").ok()) << "a third of his is free";
  EXPECT_EQ(eagle::ReasonOf(check("1", "11/100")), Reason::kMeasureExists);
  EXPECT_TRUE(check("2", "70/100").ok());
  for (const char* wrong : {"31/100", "1/0", "x", "1", "1/", "/2", "1/2/3", "0/1"})
    EXPECT_EQ(eagle::ReasonOf(check("1", wrong)), Reason::kFieldInvalid) << wrong;
}

TEST(EquityCounter, EntersAFreezeOfAQuantityAndDisposesOfNone) {
  EquityOffice office;
  const auto entered = office.Counter("seal", {{"unit", kQiming},
                                               {"court", "辽9902"},
                                               {"document", "（2026）辽9902执231号"},
                                               {"holder", kSu.id_number},
                                               {"share", "7/20"}});
  ASSERT_TRUE(entered.ok()) << entered.status();
  EXPECT_EQ(sdk::TextAt(*entered, "quantity"), "1,750,000.00");
  EXPECT_EQ(sdk::TextAt(*entered, "phase"), "EFFECTIVE");
  const std::string id = sdk::TextAt(*entered, "seal");
  EXPECT_EQ(ReasonOf(office.Counter("dispose", {{"id", id}}).status()), Reason::kFieldInvalid);
  ASSERT_TRUE(office.Counter("release", {{"id", id}}).ok());
  EXPECT_EQ(FreeOf(office, kQiming, 1), "3,500,000.00");
}

}  // namespace
}  // namespace eagle::registry
