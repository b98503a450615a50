// Extraction of income 提取收入: what exceeds the kept part of a month goes to the court, once, in rank.
#include "adapters/bank/acts.h"
#include "server/base/reason.h"
#include "tests/adapters/bank/small_bank.h"

namespace eagle::bank {
namespace {

constexpr int kWages = 1;

SmallBank WithWages(const std::string& balance = "500.00") {
  return SmallBank(LinAndCourt(),
                   {{.account = Account(kWages), .balance = balance, .holders = "C1", .nature = "WAGE"},
                    {.account = Account(2), .balance = "800.00", .holders = "C1"},
                    {.account = Account(3), .balance = "900.00", .holders = "C1", .nature = "WAGE_ESCROW"},
                    {.account = kCourtAccount, .holders = "C2", .nature = "COURT_ENFORCEMENT"}});
}

absl::Status Salary(Bank& bank, int64_t amount, const std::string& request, int account = kWages) {
  return bank.Counter([&](const Work& work) { return PaySalary(work, Account(account), amount, request); });
}

v1::ItemResult OnlyNews(Bank& bank, const Sent& order, v1::MeasureChange change) {
  const auto news = bank.News();
  EXPECT_EQ(news.size(), 1u);
  if (news.empty()) return {};
  EXPECT_EQ(news.back().operation, order.operation);
  EXPECT_EQ(news.back().change, change);
  return news.back().item;
}

TEST(ExtractIncome, TakesWhatExceedsTheKeptPartOfTheMonthAndNothingThatWasThere) {
  SmallBank bank = WithWages();
  bank.At("2026-09-28 09:10");
  const Sent order = bank.Extract(kLin, Account(kWages), 5'000'00, 2'000'00);
  const sdk::Answer answer = bank.Do(order);
  EXPECT_EQ(answer.items.at(0).outcome(), v1::OUTCOME_PARTLY_CONTROLLED);
  EXPECT_EQ(answer.items[0].measure().unfunded_minor_units(), 5'000'00);
  EXPECT_EQ(bank.Available(Account(kWages)), 500'00) << "what was there is no income of the month";
  EXPECT_EQ(Salary(bank, 1'500'00, "s1"), absl::OkStatus());
  EXPECT_TRUE(bank.News().empty()) << "less than what is kept";
  EXPECT_EQ(Salary(bank, 1'200'00, "s2"), absl::OkStatus());
  EXPECT_EQ(Salary(bank, 1'200'00, "s2"), absl::OkStatus()) << "the same payment again is one";
  const v1::ItemResult first = OnlyNews(bank, order, v1::MEASURE_CHANGE_EXTRACTED);
  EXPECT_EQ(first.deduction().amount_minor_units(), 700'00);
  EXPECT_TRUE(first.deduction().has_settled_at());
  EXPECT_EQ(first.measure().requested_minor_units(), 4'300'00);
  EXPECT_EQ(bank.Balance(kCourtAccount), 700'00);
  EXPECT_EQ(bank.Available(Account(kWages)), 500'00 + 2'000'00);
  bank.At("2026-10-08 09:00");
  EXPECT_EQ(Salary(bank, 1'900'00, "s3"), absl::OkStatus());
  EXPECT_TRUE(bank.News().empty()) << "another month, another part is kept";
  EXPECT_EQ(bank.Counter([](const Work& work) { return Deposit(work, Account(kWages), 9'000'00, "d1"); }),
            absl::OkStatus());
  EXPECT_TRUE(bank.News().empty()) << "a deposit is no income";
  bank.ExpectBooksAgree();
}

TEST(ExtractIncome, EndsWhenTheSumIsReached) {
  SmallBank bank = WithWages();
  const Sent order = bank.Extract(kLin, Account(kWages), 1'000'00, 1'000'00);
  bank.Do(order);
  EXPECT_EQ(Salary(bank, 6'000'00, "s1"), absl::OkStatus());
  const v1::ItemResult last = OnlyNews(bank, order, v1::MEASURE_CHANGE_EXTRACTED);
  EXPECT_EQ(last.deduction().amount_minor_units(), 1'000'00) << "never more than the limit";
  EXPECT_TRUE(last.measure().ended());
  EXPECT_EQ(last.reason(), "CONSUMED");
  EXPECT_EQ(Salary(bank, 6'000'00, "s2"), absl::OkStatus());
  EXPECT_TRUE(bank.News().empty());
  EXPECT_EQ(bank.Available(Account(kWages)), 500'00 + 11'000'00);
}

TEST(ExtractIncome, EarlierMeasuresTakeTheirsFirstAndLaterOnesWhatIsLeft) {
  SmallBank bank = WithWages();
  bank.At("2026-09-28 09:00");
  const Sent first = bank.FreezeAccount(kLin, Account(kWages), 1'500'00);
  bank.Do(first);
  bank.At("2026-09-28 09:10");
  const Sent order = bank.Extract(kLin, Account(kWages), 5'000'00, 2'000'00);
  EXPECT_EQ(bank.Do(order).items.at(0).outcome(), v1::OUTCOME_WAITLISTED);
  bank.At("2026-09-28 09:20");
  const Sent later = bank.FreezeAccount(kLin, Account(kWages), 100'00);
  bank.Do(later);
  EXPECT_EQ(Salary(bank, 4'000'00, "s1"), absl::OkStatus());
  const auto news = bank.News();  // 1,000 to the first, 1,000 above what is kept to the court, 100 to the last
  ASSERT_EQ(news.size(), 4u);
  EXPECT_EQ(news[0].operation, first.operation);
  EXPECT_EQ(news[1].operation, order.operation);
  EXPECT_EQ(news[1].change, v1::MEASURE_CHANGE_PROMOTED) << "in effect before it pays";
  EXPECT_EQ(news[1].item.measure().requested_minor_units(), 5'000'00);
  EXPECT_EQ(news[2].operation, later.operation);
  EXPECT_EQ(news[3].change, v1::MEASURE_CHANGE_EXTRACTED);
  EXPECT_EQ(news[3].item.deduction().amount_minor_units(), 1'000'00);
  EXPECT_EQ(bank.Controlled(Account(kWages)), 1'500'00 + 100'00);
  EXPECT_EQ(bank.Balance(kCourtAccount), 1'000'00);
  bank.ExpectBooksAgree();
}

TEST(ExtractIncome, ToAnotherBankOnlySettledMoneyIsTakenAndWhatComesBackGoesOutAgain) {
  SmallBank bank = WithWages();
  const Sent order = bank.Extract(kLin, Account(kWages), 3'000'00, 1'000'00, kSongyue, "9900020000000003036");
  bank.Do(order);
  EXPECT_EQ(Salary(bank, 1'600'00, "s1"), absl::OkStatus());
  EXPECT_TRUE(bank.News().empty()) << "nobody says taken before the court has it";
  EXPECT_EQ(bank.Balance(Account(kWages)), 500'00 + 1'000'00);
  EXPECT_EQ(bank.Do(bank.Release(kLin, order)).return_reason, "OPEN_DEDUCTION");
  EXPECT_EQ(bank.Counter([](const Work& work) { return Reject(work, "9900010-P000001", "AC03"); }), absl::OkStatus());
  const v1::ItemResult back = OnlyNews(bank, order, v1::MEASURE_CHANGE_INFLOW);
  EXPECT_EQ(back.measure().requested_minor_units(), 3'000'00);
  EXPECT_EQ(back.measure().controlled_minor_units(), 600'00) << "under the measure again";
  EXPECT_EQ(bank.Controlled(Account(kWages)), 600'00);
  EXPECT_EQ(bank.Do(bank.Deduct(kLin, order, 600'00)).items.at(0).reason(), "MEASURE_UNKNOWN");
  EXPECT_EQ(Salary(bank, 200'00, "s2"), absl::OkStatus());
  const v1::ItemResult out = OnlyNews(bank, order, v1::MEASURE_CHANGE_INFLOW);
  EXPECT_EQ(out.measure().requested_minor_units(), 3'000'00);
  EXPECT_EQ(out.measure().controlled_minor_units(), 0) << "held no more, on its way again";
  EXPECT_EQ(out.measure().unfunded_minor_units(), 3'000'00);
  EXPECT_EQ(bank.Counter([](const Work& work) { return Confirm(work, "9900010-P000002"); }), absl::OkStatus());
  const v1::ItemResult taken = OnlyNews(bank, order, v1::MEASURE_CHANGE_EXTRACTED);
  EXPECT_EQ(taken.deduction().amount_minor_units(), 800'00);
  EXPECT_EQ(taken.deduction().payment_reference(), "9900010-P000002");
  EXPECT_EQ(taken.measure().requested_minor_units(), 2'200'00);
  bank.ExpectBooksAgree();
}

TEST(ExtractIncome, WhoTookEffectByAnIncomeThatIsOnItsWayIsSaidToHoldItNoMore) {
  SmallBank bank = WithWages();
  bank.At("2026-09-28 09:00");
  bank.Do(bank.FreezeAccount(kLin, Account(kWages), 500'00));
  bank.At("2026-09-28 09:10");
  const Sent order = bank.Extract(kLin, Account(kWages), 5'000'00, 1'000'00, kSongyue, "9900020000000003036");
  EXPECT_EQ(bank.Do(order).items.at(0).outcome(), v1::OUTCOME_WAITLISTED);
  EXPECT_EQ(Salary(bank, 1'400'00, "s1"), absl::OkStatus());
  const auto news = bank.News();
  ASSERT_EQ(news.size(), 2u);
  EXPECT_EQ(news[0].change, v1::MEASURE_CHANGE_PROMOTED);
  EXPECT_EQ(news[0].item.measure().controlled_minor_units(), 400'00);
  EXPECT_EQ(news[1].change, v1::MEASURE_CHANGE_INFLOW);
  EXPECT_EQ(news[1].item.measure().controlled_minor_units(), 0);
  EXPECT_EQ(news[1].item.measure().unfunded_minor_units(), 5'000'00);
}

TEST(ExtractIncome, WhatIsOnItsWayIsStillAPartOfTheLimit) {
  SmallBank bank = WithWages();
  const Sent order = bank.Extract(kLin, Account(kWages), 1'000'00, 1'000'00, kSongyue, "9900020000000003036");
  bank.Do(order);
  EXPECT_EQ(Salary(bank, 1'400'00, "s1"), absl::OkStatus());
  EXPECT_EQ(Salary(bank, 5'000'00, "s2"), absl::OkStatus());  // 600 more: the sum is under way
  EXPECT_EQ(bank.Counter([](const Work& work) { return Confirm(work, "9900010-P000001"); }), absl::OkStatus());
  const v1::ItemResult first = OnlyNews(bank, order, v1::MEASURE_CHANGE_EXTRACTED);
  EXPECT_EQ(first.outcome(), v1::OUTCOME_PARTLY_CONTROLLED);
  EXPECT_EQ(first.measure().unfunded_minor_units(), 600'00);
  EXPECT_EQ(bank.Counter([](const Work& work) { return Confirm(work, "9900010-P000002"); }), absl::OkStatus());
  EXPECT_TRUE(OnlyNews(bank, order, v1::MEASURE_CHANGE_EXTRACTED).measure().ended());
}

absl::Status Dispute(Bank& bank, const Sent& order, sdk::Disputed disputed) {
  return bank.core().Dispute(order.operation, disputed);
}

TEST(ExtractIncome, PaysNothingWhileAnObjectionIsOpenAndWhatItHeldWhenItIsRejected) {
  SmallBank bank = WithWages();
  bank.At("2026-09-28 09:10");
  const Sent order = bank.Extract(kLin, Account(kWages), 5'000'00, 2'000'00);
  bank.Do(order);
  ASSERT_EQ(Dispute(bank, order, sdk::Disputed::kOpen), absl::OkStatus());
  ASSERT_EQ(Dispute(bank, order, sdk::Disputed::kOpen), absl::OkStatus()) << "told again at every start";
  EXPECT_EQ(Salary(bank, 2'700'00, "s1"), absl::OkStatus());
  EXPECT_EQ(bank.Balance(kCourtAccount), 0);
  const v1::ItemResult held = OnlyNews(bank, order, v1::MEASURE_CHANGE_INFLOW);
  EXPECT_EQ(held.measure().controlled_minor_units(), 700'00);
  EXPECT_EQ(held.measure().requested_minor_units(), 5'000'00);
  EXPECT_EQ(bank.Available(Account(kWages)), 500'00 + 2'000'00);
  EXPECT_EQ(Salary(bank, 100'00, "s2"), absl::OkStatus());
  EXPECT_EQ(OnlyNews(bank, order, v1::MEASURE_CHANGE_INFLOW).measure().controlled_minor_units(), 800'00);
  ASSERT_EQ(Dispute(bank, order, sdk::Disputed::kNo), absl::OkStatus());
  const v1::ItemResult paid = OnlyNews(bank, order, v1::MEASURE_CHANGE_EXTRACTED);
  EXPECT_EQ(paid.deduction().amount_minor_units(), 800'00);
  EXPECT_EQ(bank.Balance(kCourtAccount), 800'00);
  ASSERT_EQ(Dispute(bank, order, sdk::Disputed::kNo), absl::OkStatus());
  EXPECT_TRUE(bank.News().empty()) << "once";
  EXPECT_EQ(Salary(bank, 50'00, "s3"), absl::OkStatus());
  EXPECT_EQ(OnlyNews(bank, order, v1::MEASURE_CHANGE_EXTRACTED).deduction().amount_minor_units(), 50'00);
  // Again, and nothing came in meanwhile.
  ASSERT_EQ(Dispute(bank, order, sdk::Disputed::kOpen), absl::OkStatus());
  ASSERT_EQ(Dispute(bank, order, sdk::Disputed::kNo), absl::OkStatus());
  EXPECT_TRUE(bank.News().empty());
  bank.ExpectBooksAgree();
}

TEST(ExtractIncome, TakesNothingMoreOnceAnObjectionIsUpheldAndTheReleaseGivesBackWhatItHeld) {
  SmallBank bank = WithWages();
  bank.At("2026-09-28 09:10");
  const Sent order = bank.Extract(kLin, Account(kWages), 5'000'00, 2'000'00);
  bank.Do(order);
  ASSERT_EQ(Dispute(bank, order, sdk::Disputed::kOpen), absl::OkStatus());
  EXPECT_EQ(Salary(bank, 2'700'00, "s1"), absl::OkStatus());
  bank.News();
  ASSERT_EQ(Dispute(bank, order, sdk::Disputed::kUpheld), absl::OkStatus());
  EXPECT_EQ(Salary(bank, 1'000'00, "s2"), absl::OkStatus());
  EXPECT_TRUE(bank.News().empty());
  EXPECT_EQ(bank.Balance(kCourtAccount), 0);
  EXPECT_EQ(bank.Controlled(Account(kWages)), 700'00) << "until the court releases it";
  EXPECT_EQ(bank.Do(bank.Release(kLin, order)).items.at(0).outcome(), v1::OUTCOME_RELEASED);
  EXPECT_EQ(bank.Available(Account(kWages)), 500'00 + 3'700'00);
  ASSERT_EQ(Dispute(bank, order, sdk::Disputed::kNo), absl::OkStatus()) << "what has ended pays nothing";
  EXPECT_EQ(bank.Balance(kCourtAccount), 0);
  bank.ExpectBooksAgree();
}

TEST(ExtractIncome, IsRefusedWhereNoIncomeIsPaidInOrTheMoneyIsForOthers) {
  SmallBank bank = WithWages();
  EXPECT_EQ(bank.Do(bank.Extract(kLin, Account(2), 1'00, 1'00)).items.at(0).reason(), "NO_INCOME_ACCOUNT");
  const sdk::Answer escrow = bank.Do(bank.Extract(kLin, Account(3), 1'00, 1'00));
  EXPECT_EQ(escrow.items.at(0).outcome(), v1::OUTCOME_EXEMPT_HELD);
  EXPECT_EQ(escrow.items[0].reason(), "WAGE_ESCROW");
  EXPECT_EQ(bank.Do(bank.Extract(kNamesake, Account(kWages), 1'00, 1'00)).items.at(0).reason(), "NUMBER_MISMATCH");
  EXPECT_EQ(bank.Do(bank.Extract(kLin, Account(kWages), 1'00, 1'00, kBeiling, Account(2))).items.at(0).reason(),
            "NOT_A_COURT_ACCOUNT");
  EXPECT_EQ(ReasonOf(Salary(bank, 1'00, "s1", 2)), Reason::kFieldInvalid);
}

TEST(ExtractIncome, IsRenewedAndReleasedByItsOrderAndLapses) {
  SmallBank bank = WithWages();
  bank.At("2026-09-28 09:10");
  const Sent order = bank.Extract(kLin, Account(kWages), 5'000'00, 1'000'00);
  const Sent other = bank.Extract(kLin, Account(kWages), 5'000'00, 1'000'00);
  bank.Do(order), bank.Do(other);
  EXPECT_EQ(bank.Do(bank.Renew(kLin, order)).items.at(0).outcome(), v1::OUTCOME_RENEWED);
  EXPECT_EQ(bank.Do(bank.Release(kLin, other)).items.at(0).outcome(), v1::OUTCOME_RELEASED);
  bank.At("2028-09-27 23:00");
  EXPECT_EQ(Salary(bank, 1'100'00, "s1"), absl::OkStatus());
  EXPECT_EQ(bank.Balance(kCourtAccount), 100'00);
  bank.News();
  bank.At("2028-09-28 00:00");
  EXPECT_TRUE(OnlyNews(bank, order, v1::MEASURE_CHANGE_LAPSED).measure().ended());
}

}  // namespace
}  // namespace eagle::bank
