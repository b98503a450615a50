// What the fund does for an order: everything freezes, and little of it may be taken.
#include <filesystem>

#include "absl/strings/match.h"
#include "server/base/reason.h"
#include "tests/adapters/housing_fund/fund_world.h"

namespace eagle::fund {
namespace {

using bank::kLin;
using bank::Sent;

std::string Document(const std::string& number) { return "北公证字〔2026〕" + number + "号"; }

TEST(Fund, TellsAllThatItKnowsOfAnAccount) {
  Fund fund;
  const sdk::Answer answer = fund.Do(fund.Inquiry(kLin));
  ASSERT_EQ(answer.items.size(), 1u);
  EXPECT_TRUE(absl::StrContains(answer.searched_scope, "住房公积金"));
  const v1::Finding& found = answer.items[0].finding();
  EXPECT_EQ(found.asset_kind(), "HOUSING_FUND");
  EXPECT_EQ(found.asset_number(), kAtFund);
  EXPECT_EQ(found.balance_minor_units(), 43'218'60);
  EXPECT_EQ(found.available_minor_units(), 43'218'60);
  for (const char* told :
       {"个人账户状态: 01 正常", "开户日期: 2012-07-01", "单位名称: 北陵启明机电有限公司", "缴存基数: 8,000.00",
        "个人缴存比例: 12.00%", "单位缴存比例: 12.00%", "个人月缴存额: 960.00", "单位月缴存额: 960.00",
        "缴至年月: 2026-08", "关联银行账户: 北陵商业银行 9900010000000001016", "公积金贷款余额: 0.00",
        "提取条件: not met", "冻结金额: 0.00"}) {
    EXPECT_TRUE(absl::StrContains(found.description(), told)) << told << " in " << found.description();
  }
}

TEST(Fund, TellsLoansConditionsAndEarlierFreezes) {
  Fund fund;
  const v1::Finding su = fund.Do(fund.Inquiry(kSu)).items.at(0).finding();
  EXPECT_TRUE(absl::StrContains(su.description(), "公积金贷款余额: 211,300.00")) << su.description();
  const v1::Finding retired = fund.Do(fund.Inquiry(kRetired)).items.at(0).finding();
  EXPECT_EQ(retired.status(), "DORMANT");
  EXPECT_TRUE(absl::StrContains(retired.description(), "02 封存")) << retired.description();
  EXPECT_TRUE(absl::StrContains(retired.description(), "提取条件: met 是 (RETIREMENT 离休、退休 2024-09-01)"))
      << retired.description();
  const v1::Finding frozen = fund.Do(fund.Inquiry(bank::kNamesake)).items.at(0).finding();
  EXPECT_EQ(frozen.status(), "FROZEN");
  EXPECT_EQ(frozen.available_minor_units(), 1'900'00);
  EXPECT_EQ(frozen.prior_measures_size(), 1);
  EXPECT_TRUE(absl::StrContains(frozen.description(), "冻结金额: 30,000.00")) << frozen.description();
  Sent other = fund.Inquiry(kLin);
  other.order.mutable_inquire()->add_asset_kinds("DEPOSIT");
  EXPECT_EQ(Word(fund.Do(other)), "NIL") << "the fund keeps no bank deposits";
}

TEST(Fund, AFreezeOnPaperIsTakenOverUnderTheFundsOwnAssetKind) {
  Fund fund;
  fund.Must("freeze", {{"account", kAtFund},
                       {"amount", "10,000.00"},
                       {"court", "辽9901"},
                       {"document", "D9"},
                       {"months", "12"},
                       {"request", "p1"}});
  Sent order = fund.FreezeCounter(kLin, "counter/p1", "D9", 10'000'00);
  EXPECT_EQ(Word(fund.Do(order)), "NOT_CONTROLLED MEASURE_UNKNOWN") << "a fund keeps no deposits";
  order = fund.FreezeCounter(kLin, "counter/p1", "D9", 10'000'00);
  order.order.mutable_freeze()->mutable_counter()->set_asset_kind("HOUSING_FUND");
  EXPECT_EQ(Word(fund.Do(order)), "CONTROLLED");
  EXPECT_EQ(fund.Controlled(kAtFund), 10'000'00);
}

TEST(Fund, AFreezeCatchesTheContributionsThatFollow) {
  Fund fund;
  const Sent freeze = fund.Freeze(kLin, 60'000'00);
  EXPECT_EQ(Word(fund.Do(freeze)), "PARTLY_CONTROLLED");
  EXPECT_EQ(fund.Controlled(kAtFund), 43'218'60);
  fund.At("2026-10-09 10:00");
  fund.Must("contribute", {{"account", kAtFund}, {"amount", "1,920.00"}, {"month", "2026-09"}, {"request", "c1"}});
  EXPECT_EQ(fund.Controlled(kAtFund), 45'138'60);
  EXPECT_EQ(fund.Detail(kAtFund, "paid_until"), "2026-09");
  const std::vector<sdk::RegisterChange> news = fund.News();
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].change, v1::MEASURE_CHANGE_INFLOW);
  fund.Must("contribute", {{"account", kAtFund}, {"amount", "300.00"}, {"month", "2026-03"}, {"request", "c2"}});
  EXPECT_EQ(fund.Detail(kAtFund, "paid_until"), "2026-09") << "a payment for an earlier month changes no later one";
}

TEST(Fund, ALaterFreezeWaitsAndMovesUp) {
  Fund fund;
  EXPECT_EQ(fund.Ask("seize", {{"account", kAtFund},
                               {"amount", "43,218.60"},
                               {"authority", "辽9902"},
                               {"document", "（2026）辽9902执91号"},
                               {"inflow", "no"},
                               {"request", "s1"}})
                .status(),
            absl::OkStatus());
  fund.At("2026-09-28 09:10");
  const Sent freeze = fund.Freeze(kLin, 10'000'00);
  EXPECT_EQ(Word(fund.Do(freeze)), "WAITLISTED");
  EXPECT_EQ(fund.Ask("release", {{"document", "（2026）辽9902执91号"}}).status(), absl::OkStatus());
  EXPECT_EQ(fund.Measure(freeze).controlled, 10'000'00);
}

TEST(Fund, ADeductionTakesNothingUntilAConditionForCourtsHolds) {
  Fund fund;
  const Sent freeze = fund.Freeze(kLin, 20'000'00);
  fund.Do(freeze);
  const auto refused = [&](const char* why) {
    const sdk::Answer answer = fund.Do(fund.Deduct(kLin, freeze, 20'000'00));
    EXPECT_EQ(Word(answer), "NOT_DEDUCTED WITHDRAWAL_CONDITION_NOT_MET") << why;
    EXPECT_EQ(answer.items[0].deduction().measure().controlled_minor_units(), 20'000'00) << "the freeze stays";
    EXPECT_EQ(fund.Balance(kAtFund), 43'218'60);
    EXPECT_EQ(fund.Controlled(kAtFund), 20'000'00);
  };
  refused("none is on record");
  fund.Must("condition", {{"account", kAtFund}, {"ground", "HOUSE_PURCHASE"}, {"document", Document("1")}});
  refused("a home is a ground for the member alone");
  fund.Must("condition",
            {{"account", kAtFund}, {"ground", "EMIGRATION"}, {"document", Document("2")}, {"since", "2026-10-01"}});
  refused("it holds from October on");
  EXPECT_EQ(fund.Detail(kAtFund, "deduction_barred_by"), "WITHDRAWAL_CONDITION_NOT_MET");
  Sent claimed = fund.Deduct(kLin, freeze, 20'000'00);
  claimed.order.set_purpose("WITHDRAWAL_CONDITION_MET");
  EXPECT_EQ(Word(fund.Do(claimed)), "NOT_DEDUCTED WITHDRAWAL_CONDITION_NOT_MET") << "the fund's own record decides";

  fund.At("2026-10-01 09:00");
  EXPECT_EQ(fund.Detail(kAtFund, "deduction_barred_by"), "");
  const sdk::Answer sent = fund.Do(fund.Deduct(kLin, freeze, 15'000'00));
  EXPECT_EQ(Word(sent), "SENT_NOT_CONFIRMED");
  EXPECT_EQ(fund.Balance(kAtFund), 28'218'60);
  EXPECT_EQ(fund.Controlled(kAtFund), 5'000'00);
  fund.Must("condition-ended", {{"account", kAtFund}, {"ground", "EMIGRATION"}, {"document", Document("2")}});
  EXPECT_EQ(Word(fund.Do(fund.Deduct(kLin, freeze, 5'000'00))), "NOT_DEDUCTED WITHDRAWAL_CONDITION_NOT_MET")
      << "it holds no longer";
  fund.Must("confirm", {{"payment", sent.items[0].deduction().payment_reference()}});
  const std::vector<sdk::RegisterChange> news = fund.News();
  ASSERT_FALSE(news.empty());
  EXPECT_EQ(Word(news.back().answer), "DEDUCTED");
}

TEST(Fund, ADeductionTakesNothingWhileALoanOfTheFundIsOwed) {
  Fund fund;
  const Sent freeze = fund.Freeze(kSu, 30'000'00);
  EXPECT_EQ(Word(fund.Do(freeze)), "CONTROLLED");
  EXPECT_EQ(Word(fund.Do(fund.Deduct(kSu, freeze, 30'000'00))), "NOT_DEDUCTED WITHDRAWAL_CONDITION_NOT_MET");
  fund.Must("condition", {{"account", kOfSu}, {"ground", "LEFT_EMPLOYMENT"}, {"document", Document("3")}});
  EXPECT_EQ(Word(fund.Do(fund.Deduct(kSu, freeze, 30'000'00))), "NOT_DEDUCTED LOAN_OUTSTANDING");
  EXPECT_EQ(fund.Controlled(kOfSu), 30'000'00);
  fund.At("2026-11-02 09:00");
  fund.Must("loan-repaid", {{"loan", kLoanOfSu}});
  EXPECT_EQ(fund.Detail(kOfSu, "loan_outstanding"), "0.00");
  EXPECT_EQ(Word(fund.Do(fund.Deduct(kSu, freeze, 30'000'00))), "SENT_NOT_CONFIRMED");
}

TEST(Fund, APaymentThatComesBackLiesUnderTheSameFreeze) {
  Fund fund;
  const Sent freeze = fund.Freeze(kRetired, 100'000'00);
  fund.Do(freeze);
  const sdk::Answer sent = fund.Do(fund.Deduct(kRetired, freeze, 60'000'00));
  ASSERT_EQ(Word(sent), "SENT_NOT_CONFIRMED");
  EXPECT_EQ(Word(fund.Do(fund.Release(kRetired, freeze))), "RETURNED OPEN_DEDUCTION");
  fund.Must("reject", {{"payment", sent.items[0].deduction().payment_reference()}, {"reason", "AC03"}});
  EXPECT_EQ(fund.Balance(kOfRetired), 152'077'45);
  EXPECT_EQ(fund.Measure(freeze).controlled, 100'000'00);
  EXPECT_EQ(Word(fund.Do(fund.Deduct(kRetired, freeze, 1'00, kCentre, kOfRetired))), "NOT_DEDUCTED NOT_A_COURT_ACCOUNT")
      << "no court has an account at the fund";
}

TEST(Fund, RenewsAndReleasesWholeOrInPart) {
  Fund fund;
  const Sent freeze = fund.Freeze(kLin, 20'000'00);
  fund.Do(freeze);
  const sdk::Answer renewed = fund.Do(fund.Renew(kLin, freeze));
  EXPECT_EQ(Word(renewed), "RENEWED");
  EXPECT_EQ(Word(fund.Do(fund.Release(kLin, freeze, 5'000'00))), "RELEASED");
  EXPECT_EQ(fund.Controlled(kAtFund), 15'000'00);
  EXPECT_EQ(Word(fund.Do(fund.Release(kLin, freeze))), "RELEASED");
  EXPECT_EQ(fund.Controlled(kAtFund), 0);
}

TEST(Fund, ThisFundsTableSaysWhichBarsApply) {
  TempFolder folder;
  CopyDemo(folder / "csv");
  WriteText(folder / "csv/bars.csv",
            "bar,applies,source\nWITHDRAWAL_CONDITION_NOT_MET,no,甲\nLOAN_OUTSTANDING,yes,乙\n");
  Fund fund(folder / "csv");
  const Sent freeze = fund.Freeze(kLin, 20'000'00), of_su = fund.Freeze(kSu, 20'000'00);
  fund.Do(freeze);
  fund.Do(of_su);
  EXPECT_EQ(Word(fund.Do(fund.Deduct(kLin, freeze, 20'000'00))), "SENT_NOT_CONFIRMED");
  EXPECT_EQ(Word(fund.Do(fund.Deduct(kSu, of_su, 20'000'00))), "NOT_DEDUCTED LOAN_OUTSTANDING");
}

TEST(Fund, OneBarredAccountHoldsBackTheWholeMeasure) {
  TempFolder folder;
  CopyDemo(folder / "csv");
  // The namesake's account, without its earlier freeze, is 林远舟's second one.
  const std::string csv = folder / "csv";
  std::filesystem::remove(csv + "/measures.csv");
  WriteText(csv + "/customers.csv",
            "customer,name,id_kind,id_number\nF0001,林远舟,CITIZEN_ID,990101198503070017\n"
            "F0002,苏晴,CITIZEN_ID,990101198708150029\nF0003,周润秋,CITIZEN_ID,990101196408120056\n"
            "F0004,林远舟,CITIZEN_ID,990101850307001\nF0005,何以宁,CITIZEN_ID,990101198305210066\n");
  Fund fund(csv);
  const Sent freeze = fund.Freeze(kLin, 60'000'00);
  EXPECT_EQ(Word(fund.Do(freeze)), "CONTROLLED");
  const auto retire = [&](const char* account) {
    fund.Must("condition", {{"account", account}, {"ground", "RETIREMENT"}, {"document", Document("4")}});
  };
  retire(kOfNamesake);
  EXPECT_EQ(Word(fund.Do(fund.Deduct(kLin, freeze, 1'000'00))), "NOT_DEDUCTED WITHDRAWAL_CONDITION_NOT_MET");
  EXPECT_EQ(fund.Balance(kAtFund), 43'218'60) << "a deduction takes accounts in order, this one first";
  retire(kAtFund);
  EXPECT_EQ(Word(fund.Do(fund.Deduct(kLin, freeze, 60'000'00))), "SENT_NOT_CONFIRMED");
}

}  // namespace
}  // namespace eagle::fund
