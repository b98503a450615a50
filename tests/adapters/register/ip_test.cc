// What inquiries find, what orders do and what the counter bars at an office for patents and trademarks.
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

TEST(IpNumbers, HaveTheirForms) {
  EXPECT_TRUE(ip::IsPatentNumber(kRotorPatent));
  EXPECT_FALSE(ip::IsPatentNumber("ZL990110000017.6")) << "the check character";
  EXPECT_FALSE(ip::IsPatentNumber("ZL99011000001.7"));
  EXPECT_FALSE(ip::IsPatentNumber("990110000017.7"));
  EXPECT_FALSE(ip::IsPatentNumber("ZL9901100000177"));
  EXPECT_TRUE(ip::IsTrademarkNumber(kQimingMark));
  EXPECT_TRUE(ip::IsTrademarkNumber("991234")) << "an old one";
  EXPECT_TRUE(ip::IsTrademarkNumber("G1234567"));
  EXPECT_TRUE(ip::IsTrademarkNumber("1234567A"));
  EXPECT_FALSE(ip::IsTrademarkNumber("990000131"));
  EXPECT_FALSE(ip::IsTrademarkNumber("99 00013"));
  EXPECT_FALSE(ip::IsTrademarkNumber("GA"));
  EXPECT_FALSE(ip::IsTrademarkNumber(""));
  EXPECT_TRUE(ip::kIp.things[1].in_test_range(kQimingMark));
  EXPECT_FALSE(ip::kIp.things[1].in_test_range("991234")) << "the six digits of a real one";
}

TEST(IpInquiry, FindsThePatentWithEveryField) {
  IpOffice office;
  const sdk::Answer answer = office.Do(office.Inquiry());
  ASSERT_EQ(Said(answer), "FOUND");
  const v1::Finding& finding = answer.items[0].finding();
  EXPECT_EQ(finding.asset_kind(), "PATENT");
  EXPECT_EQ(finding.asset_number(), kRotorPatent);
  EXPECT_EQ(finding.co_ownership(), "JOINT");
  EXPECT_EQ(finding.status(), "NORMAL");
  EXPECT_EQ(
      finding.description(),
      "名称 一种电机转子的动平衡校正装置; 类型 发明专利; 申请日 2019-03-11; 授权公告日 2021-08-24; 法律状态 有效; "
      "年费缴至 2027-03-11; 有效期至 2039-03-11; 许可备案 北陵松岭仓储有限公司 排他许可 2023X990100012; 证书号 "
      "专利证书第9900017号");
  EXPECT_THAT(answer.searched_scope, HasSubstr("商标注册簿"));
}

TEST(IpInquiry, APledgeComesFirstThenThePreservation) {
  IpOffice office;
  const sdk::Answer answer = office.Do(office.Inquiry(kStorage));
  ASSERT_EQ(Said(answer), "FOUND");
  const v1::Finding& finding = answer.items[0].finding();
  EXPECT_EQ(finding.status(), "PRESERVED");
  ASSERT_EQ(finding.prior_measures_size(), 2);
  EXPECT_EQ(finding.prior_measures(0).authority(), "质权人 北陵商业银行");
  EXPECT_EQ(finding.prior_measures(1).document_number(), "（2026）辽9902执保19号");
  EXPECT_EQ(trust::TimeOf(finding.prior_measures(1).ends_at()),
            absl::FromCivil(absl::CivilDay(2027, 1, 15), office.rules.zone));
}

TEST(IpInquiry, OnlyTheKindThatWasAskedFor) {
  IpOffice office;
  EXPECT_EQ(Said(office.Do(office.Inquiry(kShan))), "FOUND, FOUND");
  v1::Order marks = office.Inquiry(kShan);
  marks.mutable_inquire()->add_asset_kinds("TRADEMARK");
  const sdk::Answer answer = office.Do(marks);
  ASSERT_EQ(Said(answer), "FOUND");
  EXPECT_EQ(answer.items[0].finding().asset_kind(), "TRADEMARK");
  EXPECT_EQ(answer.items[0].finding().matched_by(), "NAME_AND_15");
  v1::Order patents = office.Inquiry(kQimingCompany);
  patents.mutable_inquire()->add_asset_kinds("PATENT");
  EXPECT_EQ(Said(office.Do(patents)), "NIL") << "it has a trademark only";
  EXPECT_EQ(Said(office.Do(office.Inquiry({"林远洲", "CITIZEN_ID", kLin.id_number}))), "AMBIGUOUS NAME_MISMATCH");
  patents.mutable_inquire()->set_asset_kinds(0, "VEHICLE");
  EXPECT_EQ(Said(office.Do(office.Inquiry())), "FOUND");
}

TEST(IpPreservation, IsDoneAtOnceForSixMonthsFromTheReceipt) {
  IpOffice office;
  office.At("16:20:00");
  const v1::Order order = office.Preserve();
  office.Arrive(order);
  office.On(absl::CivilDay(2026, 9, 30));  // worked on two days later
  const sdk::Answer answer = office.Do(order);
  ASSERT_EQ(Said(answer), "CONTROLLED");
  EXPECT_EQ(trust::TimeOf(answer.items[0].measure().effective_from()), office.now);
  EXPECT_EQ(trust::TimeOf(answer.items[0].measure().effective_to()),
            absl::FromCivil(absl::CivilDay(2027, 3, 28), office.rules.zone))
      << "counted from the day of receipt, 28 September";
}

TEST(IpPreservation, TermsGoByTheStageOfTheCaseAndTheKindOfRight) {
  IpOffice office;
  EXPECT_EQ(Said(office.Do(office.Preserve(kRotorPatent, kLin, 7))), "NOT_CONTROLLED TERM_TOO_LONG");
  EXPECT_EQ(Said(office.Do(office.Preserve(kQimingMark, kQimingCompany, 13))), "NOT_CONTROLLED TERM_TOO_LONG");
  EXPECT_EQ(Said(office.Do(office.Preserve(kQimingMark, kQimingCompany, 12))), "CONTROLLED");
  v1::Order enforcement = office.Preserve(kRotorPatent, kLin, 36);
  enforcement.set_case_number("（2026）辽9901执1024号");
  EXPECT_EQ(Said(office.Do(enforcement)), "CONTROLLED");
}

TEST(IpPreservation, ASecondCourtIsToldWhoWasFirst) {
  IpOffice office;
  const sdk::Answer answer = office.Do(office.Preserve(kRackPatent, kStorage));
  ASSERT_EQ(Said(answer), "NOT_CONTROLLED ALREADY_PRESERVED");
  EXPECT_EQ(answer.items[0].remark(), "preserved by 辽9902 （2026）辽9902执保19号 until 2027-01-14");
  EXPECT_EQ(office.Seals(kRackPatent).size(), 1u) << "no waitlist is kept";
  const auto entered =
      office.Counter("seal", {{"unit", kRackPatent}, {"court", "辽9903"}, {"document", "（2026）辽9903执保5号"}});
  EXPECT_EQ(ReasonOf(entered.status()), Reason::kMeasureExists);
  // After its end the right is free.
  office.On(absl::CivilDay(2027, 1, 15));
  EXPECT_EQ(Said(office.Do(office.Preserve(kRackPatent, kStorage))), "CONTROLLED");
}

TEST(IpPreservation, TakesTheWholeRightWhicheverOwnerItIsAgainst) {
  IpOffice office;
  ASSERT_EQ(Said(office.Do(office.Preserve())), "CONTROLLED");
  v1::Order against_the_other = office.Preserve(kRotorPatent, kSu);
  against_the_other.set_case_number("（2026）辽9901执保89号");
  EXPECT_EQ(Said(office.Do(against_the_other)), "NOT_CONTROLLED ALREADY_PRESERVED");
  const sdk::Answer found = office.Do(office.Inquiry(kSu));
  EXPECT_EQ(found.items[0].finding().status(), "PRESERVED");
}

TEST(IpPreservation, ARightThatIsNotPlainlyInForceWaitsForAClerkAndItsTermRunsFromTheReceipt) {
  IpOffice office;
  const v1::Order order = office.Preserve(kBoxPatent, kShan);
  const sdk::Answer locked = office.Do(order);
  ASSERT_EQ(Said(locked), "UNDER_REVIEW");
  EXPECT_THAT(locked.items[0].remark(), HasSubstr("等年费滞纳金"));
  EXPECT_EQ(office.Standing(kBoxPatent, order.case_number()), "PRESERVATION_PENDING rank 1");
  v1::Order second = office.Preserve(kBoxPatent, kShan);
  second.set_case_number("（2026）辽9901执保90号");
  EXPECT_EQ(Said(office.Do(second)), "NOT_CONTROLLED ALREADY_PRESERVED");
  office.On(absl::CivilDay(2026, 10, 5));
  ASSERT_TRUE(office.Approve().ok());
  EXPECT_EQ(*office.SealOf(order)->row.effective_to, absl::FromCivil(absl::CivilDay(2027, 3, 28), office.rules.zone));
}

TEST(IpPreservation, WhatLayWithTheClerkPastItsTermHasEnded) {
  IpOffice office;
  const v1::Order order = office.Preserve(kBoxPatent, kShan);
  office.Do(order);
  office.On(absl::CivilDay(2027, 3, 28));
  const auto late = office.Decide(order, {.approved = true, .clerk = "温雅"});
  ASSERT_TRUE(late.ok()) << late.status();
  EXPECT_EQ(Said(*late), "NOT_CONTROLLED LAPSED");
  EXPECT_THAT(office.TakeChanges(), IsEmpty()) << "its answer says it";

  const v1::Order slept = office.Preserve();
  office.Arrive(slept);
  office.On(absl::CivilDay(2027, 9, 28));
  EXPECT_EQ(Said(office.Do(slept)), "NOT_CONTROLLED LAPSED") << "six months in the inbox";
}

TEST(IpPreservation, SaysNoByTheFacts) {
  IpOffice office;
  v1::Order mark_as_patent = office.Preserve(kQimingMark, kQimingCompany);
  mark_as_patent.mutable_freeze()->mutable_asset()->set_asset_kind("PATENT");
  EXPECT_EQ(Said(office.Do(mark_as_patent)), "NOT_CONTROLLED UNIT_NOT_FOUND");
  EXPECT_EQ(Said(office.Do(office.Preserve(kQimingMark))), "NOT_CONTROLLED NOT_HOLDER");
  v1::Order half = office.Preserve();
  half.mutable_freeze()->mutable_asset()->set_share_denominator(2);
  EXPECT_EQ(Said(office.Do(half)), "NOT_CONTROLLED SHARE_MISMATCH");
  v1::Order copyright = office.Preserve();
  copyright.mutable_freeze()->mutable_asset()->set_asset_kind("COPYRIGHT");
  EXPECT_EQ(Said(office.Do(copyright)), "RETURNED ASSET_KIND_NOT_SUPPORTED");
}

TEST(IpRenew, BeforeTheEndForSixMonthsMore) {
  IpOffice office;
  const v1::Order order = office.Preserve();
  office.Do(order);
  EXPECT_EQ(Said(office.Do(office.RenewMonths(order, 7))), "NOT_RENEWED TERM_TOO_LONG");
  office.On(absl::CivilDay(2027, 3, 27), "23:59:59");
  ASSERT_EQ(Said(office.Do(office.RenewMonths(order))), "RENEWED");
  EXPECT_EQ(*office.SealOf(order)->row.effective_to, absl::FromCivil(absl::CivilDay(2027, 9, 28), office.rules.zone));
}

// Edge case 35: a renewal that arrives after the six months finds a preservation that has ended by itself.
TEST(IpRenew, AfterTheSixMonthsAPatentIsNotRenewed) {
  IpOffice office;
  const v1::Order order = office.Preserve();
  office.Do(order);
  office.On(absl::CivilDay(2027, 3, 28));
  EXPECT_EQ(Said(office.Do(office.RenewMonths(order))), "NOT_RENEWED LAPSED");
  EXPECT_EQ(office.Standing(kRotorPatent, order.case_number()), "LAPSED");
  EXPECT_THAT(Told(office.TakeChanges()), ElementsAre("LAPSED NOT_CONTROLLED"));
  EXPECT_EQ(Said(office.Do(office.Preserve())), "CONTROLLED") << "what is needed is a new one";
}

TEST(IpRelease, WholeOnlyAndTheRightIsFreeAgain) {
  IpOffice office;
  const v1::Order order = office.Preserve();
  office.Do(order);
  v1::Order part = office.Release(order);
  part.mutable_release()->set_amount_minor_units(1);
  EXPECT_EQ(Said(office.Do(part)), "NOT_CONTROLLED PARTIAL_RELEASE");
  EXPECT_EQ(Said(office.Do(office.Release(order))), "RELEASED");
  v1::Order next = office.Preserve();
  next.set_case_number("（2026）辽9901执保89号");
  EXPECT_EQ(Said(office.Do(next)), "CONTROLLED");
}

TEST(IpCheck, APreservationBarsEveryActOfTheTable) {
  IpOffice office;
  const v1::Order order = office.Preserve();
  EXPECT_TRUE(office.Counter("check", {{"unit", kRotorPatent}, {"act", "TRANSFER"}}).ok());
  office.Do(order);
  for (const char* act : {"TRANSFER", "CANCELLATION", "CHANGE", "PLEDGE", "LICENCE", "ABANDONMENT"}) {
    const auto refused = office.Counter("check", {{"unit", kRotorPatent}, {"act", act}});
    EXPECT_EQ(ReasonOf(refused.status()), Reason::kMeasureExists) << act;
    EXPECT_THAT(FailureOf(refused.status()).message, HasSubstr(IpOffice::OperationOf(order).Text()));
  }
  EXPECT_TRUE(office.Counter("check", {{"unit", kQimingMark}, {"act", "PLEDGE"}}).ok());
}

TEST(IpCheck, AnOrderThatNamesActsBarsThoseAndNoOthers) {
  IpOffice office;
  v1::Order order = office.Preserve();
  for (const char* act : {"PLEDGE", "TRANSFER"}) order.mutable_freeze()->add_blocked_acts(act);
  const sdk::Answer answer = office.Do(order);
  ASSERT_EQ(Said(answer), "CONTROLLED");
  EXPECT_THAT(answer.items[0].measure().blocked_acts(), ElementsAre("PLEDGE", "TRANSFER"));
  office.Restart();
  EXPECT_EQ(ReasonOf(office.Counter("check", {{"unit", kRotorPatent}, {"act", "TRANSFER"}}).status()),
            Reason::kMeasureExists);
  EXPECT_EQ(ReasonOf(office.Counter("check", {{"unit", kRotorPatent}, {"act", "PLEDGE"}}).status()),
            Reason::kMeasureExists);
  EXPECT_TRUE(office.Counter("check", {{"unit", kRotorPatent}, {"act", "LICENCE"}}).ok());
  EXPECT_EQ(ReasonOf(office.Counter("check", {{"unit", kQimingMark}, {"act", "ABANDONMENT"}}).status()),
            Reason::kFieldInvalid)
      << "a trademark isn't given up";
  // Whoever names none bars all that the office knows of that kind, and says so.
  const sdk::Answer mark = office.Do(office.Preserve(kQimingMark, kQimingCompany));
  EXPECT_THAT(mark.items[0].measure().blocked_acts(),
              ElementsAre("TRANSFER", "CHANGE", "PLEDGE", "LICENCE", "CANCELLATION"));
}

TEST(IpCheck, AnActThatTheOfficeDoesNotKnowIsNeverSilentlyLeftOut) {
  IpOffice office;
  v1::Order order = office.Preserve();
  for (const char* act : {"TRANSFER", "EXPORT"}) order.mutable_freeze()->add_blocked_acts(act);
  const sdk::Answer answer = office.Do(order);
  EXPECT_EQ(Said(answer), "NOT_CONTROLLED BLOCKED_ACT_UNKNOWN");
  EXPECT_THAT(answer.items[0].remark(), HasSubstr("EXPORT"));
  EXPECT_THAT(office.Seals(kRotorPatent), IsEmpty());
  v1::Order mark = office.Preserve(kQimingMark, kQimingCompany);
  mark.mutable_freeze()->add_blocked_acts("ABANDONMENT");
  EXPECT_EQ(Said(office.Do(mark)), "NOT_CONTROLLED BLOCKED_ACT_UNKNOWN");
}

TEST(IpCounter, TheLongestTermOfAPreservationIsInMonths) {
  IpOffice office;
  const auto entered = office.Counter(
      "seal", {{"unit", kRotorPatent}, {"court", "辽9902"}, {"document", "（2026）辽9902执保5号"}, {"holder", "1"}});
  ASSERT_TRUE(entered.ok()) << entered.status();
  EXPECT_EQ(sdk::TextAt(*entered, "last_day"), "2027-03-27");
  EXPECT_FALSE(
      office
          .Counter(
              "seal",
              {{"unit", kQimingMark}, {"court", "辽9902"}, {"document", "（2026）辽9902执保6号"}, {"months", "13"}})
          .ok());
}

}  // namespace
}  // namespace eagle::registry
