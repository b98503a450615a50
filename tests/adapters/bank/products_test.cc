// Wealth products 理财产品: barred together with the account to which they pay back, and never free in between.
#include "adapters/bank/products.h"

#include "server/base/reason.h"
#include "tests/adapters/bank/small_bank.h"

namespace eagle::bank {
namespace {

constexpr int kReturn = 1, kProduct = 2, kAgency = 3;

// 林远舟 with 100.00 on his account, 1,000 units of a product at 1.05, and 200 of another house's at 2.00.
SmallBank WithProducts(const std::string& locked_until = "", const std::string& pays_back = "no") {
  return SmallBank(LinAndCourt(),
                   {{.account = Account(kReturn), .balance = "100.00", .holders = "C1"},
                    {.account = Account(kProduct), .kind = "PRODUCT", .balance = "1,050.00", .holders = "C1"},
                    {.account = Account(kAgency), .kind = "PRODUCT", .balance = "400.00", .holders = "C1"},
                    {.account = kCourtAccount, .holders = "C2", .nature = "COURT_ENFORCEMENT"}},
                   {{.account = Account(kProduct),
                     .units = "1,000.0000",
                     .price = "1.05",
                     .return_account = Account(kReturn),
                     .locked_until = locked_until,
                     .pays_back = pays_back},
                    {.account = Account(kAgency),
                     .units = "200",
                     .price = "2.00",
                     .return_account = Account(kReturn),
                     .product = "H1",
                     .sales = "AGENCY"}});
}

const v1::MeasureState& StateIn(const sdk::Answer& answer) { return answer.items.at(0).measure(); }

absl::Status RedeemAt(Bank& bank, int account, int64_t units_e4, const std::string& request) {
  return bank.Counter([&](const Work& work) { return Redeem(work, Account(account), units_e4, request); });
}
absl::Status PriceAt(Bank& bank, int64_t price_e4, const std::string& day) {
  return bank.Counter([&](const Work& work) { return SetPrice(work, "P1", price_e4, day); });
}

TEST(Products, ValueAndUnitsRoundForWhoeverHoldsTheClaim) {
  EXPECT_EQ(ParseE4("1,000.25"), 10'002'500);
  EXPECT_EQ(ParseE4("0.0001"), 1);
  for (const char* wrong : {"", ".5", "1.", "1.00001", "-1", "1.0,0", "1e3", "100000001"})
    EXPECT_EQ(ParseE4(wrong), std::nullopt) << wrong;
  EXPECT_EQ(ValueOf(10'000'0001, 1'0432), 10'432'00) << "rounded down";
  ProductRow product;
  product.units_e4 = 1'000'0000, product.price_e4 = 1'0500;
  EXPECT_EQ(UnitsFor(product, 1), 96) << "0.0095 units are worth less than one fen";
  EXPECT_EQ(UnitsFor(product, 5'000'00), 1'000'0000) << "no more than are held";
}

TEST(Products, AFreezeBarsRedemptionUpToTheUnitsThatTheLimitCovers) {
  SmallBank bank = WithProducts();
  const Sent freeze = bank.FreezeProduct(kLin, Account(kProduct), 525'00);
  const sdk::Answer answer = bank.Do(freeze);
  EXPECT_EQ(answer.items.at(0).outcome(), v1::OUTCOME_CONTROLLED);
  EXPECT_EQ(bank.Controlled(Account(kProduct)), 525'00) << "the product that was named before the account";
  EXPECT_EQ(bank.Controlled(Account(kReturn)), 0);
  EXPECT_EQ(ReasonOf(RedeemAt(bank, kProduct, 500'0001, "r1")), Reason::kAmountAboveFree);
  EXPECT_EQ(RedeemAt(bank, kProduct, 500'0000, "r2"), absl::OkStatus());
  EXPECT_EQ(RedeemAt(bank, kProduct, 500'0000, "r2"), absl::OkStatus()) << "the same request again changes nothing";
  EXPECT_EQ(bank.Available(Account(kReturn)), 625'00) << "the free half is the holder's";
  EXPECT_EQ(bank.Controlled(Account(kProduct)), 525'00);
  EXPECT_TRUE(bank.News().empty());
  bank.ExpectBooksAgree();
}

TEST(Products, TheReturnAccountIsUnderTheSameLimitForWhatTheProductDoesNotCover) {
  SmallBank bank = WithProducts();
  const sdk::Answer answer = bank.Do(bank.FreezeProduct(kLin, Account(kProduct), 1'500'00));
  EXPECT_EQ(answer.items.at(0).outcome(), v1::OUTCOME_PARTLY_CONTROLLED);
  EXPECT_EQ(StateIn(answer).controlled_minor_units(), 1'150'00);
  EXPECT_EQ(StateIn(answer).unfunded_minor_units(), 350'00);
  EXPECT_EQ(bank.Counter([](const Work& work) { return Deposit(work, Account(kReturn), 50'00, "d1"); }),
            absl::OkStatus());
  EXPECT_EQ(bank.Controlled(Account(kReturn)), 150'00) << "what arrives there is caught";
}

TEST(Products, ByQuantityNoMoreUnitsAreBarredWhateverTheyComeToBeWorth) {
  SmallBank bank = WithProducts();
  const Sent freeze = bank.FreezeProduct(kLin, Account(kProduct), 2'000'00, 400'0000);
  const sdk::Answer answer = bank.Do(freeze);
  EXPECT_EQ(StateIn(answer).requested_quantity_e4(), 400'0000);
  EXPECT_EQ(StateIn(answer).controlled_quantity_e4(), 400'0000);
  EXPECT_EQ(bank.Controlled(Account(kProduct)), 420'00);
  EXPECT_EQ(bank.Controlled(Account(kReturn)), 100'00);
  EXPECT_EQ(PriceAt(bank, 1'1000, "2026-09-28"), absl::OkStatus());
  EXPECT_EQ(bank.Controlled(Account(kProduct)), 420'00) << "the rest of the limit waits on the return account";
  EXPECT_EQ(PriceAt(bank, 9000, "2026-09-29"), absl::OkStatus());
  EXPECT_EQ(bank.Controlled(Account(kProduct)), 360'00) << "400 units at 0.90";
  const auto news = bank.News();
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].change, v1::MEASURE_CHANGE_REDUCED);
  EXPECT_EQ(news[0].item.measure().controlled_quantity_e4(), 400'0000);
  EXPECT_EQ(bank.Available(Account(kProduct)), 540'00);
  EXPECT_EQ(bank.Do(bank.FreezeProduct(kLin, Account(kProduct), 1'00, 1'000'0001)).items.at(0).reason(),
            "QUANTITY_ABOVE_HOLDING");
  bank.ExpectBooksAgree();
}

// Edge case 25: the lock-in ends while the freeze stands.
TEST(Products, WhatIsPaidBackIsUnderTheSameMeasureAtThatInstant) {
  SmallBank bank = WithProducts("2026-10-15", "yes");
  bank.At("2026-09-28 09:10");
  const Sent freeze = bank.FreezeProduct(kLin, Account(kProduct), 1'000'00);
  bank.At("2026-09-28 09:20");
  const Sent behind = bank.FreezeAccount(kLin, Account(kReturn), 500'00);
  bank.Do(freeze), bank.Do(behind);
  EXPECT_EQ(ReasonOf(RedeemAt(bank, kProduct, 1'0000, "r1")), Reason::kAmountAboveFree) << "locked";
  const sdk::Answer early = bank.Do(bank.Deduct(kLin, freeze, 1'000'00));
  EXPECT_EQ(early.items.at(0).outcome(), v1::OUTCOME_NOT_DEDUCTED);
  EXPECT_EQ(early.items[0].reason(), "PRODUCT_LOCKED");
  bank.News();
  bank.At("2026-10-20 11:00");  // nobody looked in between
  EXPECT_EQ(bank.Controlled(Account(kReturn)), 1'000'00 + 150'00) << "the 50.00 above the limit are the next one's";
  EXPECT_EQ(bank.Available(Account(kReturn)), 0);
  EXPECT_EQ(bank.Balance(Account(kProduct)), 0);
  const auto news = bank.News();
  ASSERT_EQ(news.size(), 2u);
  for (const sdk::RegisterChange& change : news) {
    EXPECT_EQ(change.change, v1::MEASURE_CHANGE_INFLOW);
    EXPECT_EQ(change.at, TimeAt("2026-10-15 00:00")) << "when it was paid back, not when somebody looked";
    if (change.operation == behind.operation) continue;
    EXPECT_EQ(change.operation, freeze.operation);
    EXPECT_EQ(change.item.outcome(), v1::OUTCOME_CONTROLLED);
    ASSERT_EQ(change.item.measure().shares_size(), 1);
    EXPECT_EQ(change.item.measure().shares(0).asset_number(), Account(kReturn));
    EXPECT_EQ(change.item.measure().shares(0).controlled_minor_units(), 1'000'00);
  }
  EXPECT_EQ(bank.Do(bank.Deduct(kLin, freeze, 1'000'00)).items.at(0).outcome(), v1::OUTCOME_DEDUCTED);
  bank.ExpectBooksAgree();
}

TEST(Products, ADeductionRedeemsWhatTheAccountsDoNotHold) {
  SmallBank bank = WithProducts();
  const Sent freeze = bank.Freeze(kLin, 900'00);
  const sdk::Answer frozen = bank.Do(freeze);
  EXPECT_EQ(StateIn(frozen).controlled_minor_units(), 900'00);
  const sdk::Answer sent = bank.Do(bank.Deduct(kLin, freeze, 600'00, kSongyue, "9900020000000003036"));
  EXPECT_EQ(sent.items.at(0).outcome(), v1::OUTCOME_SENT_NOT_CONFIRMED);
  EXPECT_EQ(bank.Balance(Account(kReturn)), 1) << "the fewest units that bring 500.00 are worth 500.01";
  EXPECT_EQ(bank.Balance(Account(kProduct)), 549'99);
  EXPECT_EQ(bank.Controlled(Account(kProduct)), 299'99);
  const std::string payment = sent.items[0].deduction().payment_reference();
  EXPECT_EQ(bank.Counter([&](const Work& work) { return Reject(work, payment, "AC03"); }), absl::OkStatus());
  EXPECT_EQ(bank.Controlled(Account(kReturn)), 600'01) << "back under the measure, as money";
  bank.ExpectBooksAgree();
}

TEST(Products, AnotherHousesProductLeavesTheReturnAccountAndIsNeverCalledControlled) {
  SmallBank bank = WithProducts();
  const Sent freeze = bank.FreezeProduct(kLin, Account(kAgency), 80'00);
  const sdk::Answer answer = bank.Do(freeze);
  EXPECT_EQ(answer.items.at(0).outcome(), v1::OUTCOME_PARTLY_CONTROLLED) << "though 80.00 of 80.00 are held";
  EXPECT_EQ(answer.items[0].reason(), "PRODUCT_NOT_CONTROLLED");
  EXPECT_EQ(StateIn(answer).controlled_minor_units(), 80'00);
  EXPECT_EQ(bank.Controlled(Account(kReturn)), 80'00);
  const Sent second = bank.FreezeProduct(kLin, Account(kAgency), 300'00);
  bank.Do(second);
  EXPECT_EQ(RedeemAt(bank, kAgency, 100'0000, "r1"), absl::OkStatus()) << "the other house paid back";
  const auto news = bank.News();
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].operation, second.operation);
  EXPECT_EQ(news[0].item.outcome(), v1::OUTCOME_PARTLY_CONTROLLED);
  EXPECT_EQ(news[0].item.reason(), "PRODUCT_NOT_CONTROLLED");
  EXPECT_EQ(bank.Controlled(Account(kReturn)), 300'00);
  const sdk::Answer all = bank.Do(bank.Freeze(kLin, 10'000'00));
  EXPECT_EQ(all.items.at(1).reason(), "PRODUCT_NOT_CONTROLLED");
  bank.ExpectBooksAgree();
}

TEST(Products, AnInquiryTellsUnitsReturnAccountAndLock) {
  SmallBank bank = WithProducts("2026-12-31");
  const sdk::Answer answer = bank.Do(bank.Inquiry(kLin));
  ASSERT_EQ(answer.items.size(), 3u);
  const v1::Finding& product = answer.items[1].finding();
  EXPECT_EQ(product.asset_kind(), "WEALTH_PRODUCT");
  EXPECT_EQ(product.quantity_e4(), 1'000'0000);
  EXPECT_EQ(product.return_account(), Account(kReturn));
  EXPECT_EQ(product.locked_until(), "2026-12-31");
  EXPECT_EQ(product.balance_minor_units(), 1'050'00);
  EXPECT_EQ(answer.items[0].finding().quantity_e4(), 0);
}

TEST(Products, CashAndStrangersDoNotTouchThem) {
  SmallBank bank = WithProducts();
  EXPECT_EQ(ReasonOf(bank.Counter([](const Work& work) { return Withdraw(work, Account(kProduct), 1'00, "w1"); })),
            Reason::kFieldInvalid);
  EXPECT_EQ(ReasonOf(bank.Counter([](const Work& work) { return Deposit(work, Account(kProduct), 1'00, "d1"); })),
            Reason::kFieldInvalid);
  EXPECT_EQ(ReasonOf(RedeemAt(bank, kReturn, 1'0000, "r1")), Reason::kNotFound);
  EXPECT_EQ(ReasonOf(RedeemAt(bank, kProduct, 1'000'0001, "r1")), Reason::kAmountInvalid);
  EXPECT_EQ(ReasonOf(PriceAt(bank, 1'0000, "2026-09-24")), Reason::kFieldInvalid) << "a newer price is known";
  EXPECT_EQ(bank.Do(bank.FreezeProduct(kLin, Account(kReturn), 1'00)).items.at(0).reason(), "ACCOUNT_NOT_FOUND");
  EXPECT_EQ(bank.Do(bank.FreezeProduct(kNamesake, Account(kProduct), 1'00)).items.at(0).reason(), "NUMBER_MISMATCH");
  const Seizure seizure = {.account = Account(kAgency), .amount = 1'00, .authority = "北陵市公安局", .document = "1"};
  EXPECT_EQ(ReasonOf(bank.Counter([&](const Work& work) { return Seize(work, seizure, "s1").status(); })),
            Reason::kFieldInvalid);
}

}  // namespace
}  // namespace eagle::bank
