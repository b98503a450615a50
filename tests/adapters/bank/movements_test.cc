// What moved on the accounts that an inquiry finds.
#include "absl/strings/str_cat.h"
#include "server/trust/timestamps.h"
#include "tests/adapters/bank/small_bank.h"

namespace eagle::bank {
namespace {

class Movements : public ::testing::Test {
 protected:
  Movements() { bank_.At("2026-10-01 10:00"); }
  void Deposit(const std::string& at, int64_t amount, int account = 1) {
    bank_.At(at);
    ASSERT_EQ(bank_.Counter([&](const Work& work) {
      return bank::Deposit(work, Account(account), amount, absl::StrCat("deposit ", ++deposits_));
    }),
              absl::OkStatus());
  }
  sdk::Answer Ask(const std::string& first, const std::string& last) {
    Sent inquiry = bank_.Inquiry(kLin);
    inquiry.order.mutable_inquire()->mutable_transactions()->set_first_day(first);
    inquiry.order.mutable_inquire()->mutable_transactions()->set_last_day(last);
    return bank_.Do(inquiry);
  }
  static const v1::Transactions& Of(const sdk::Answer& answer, int account) {
    for (const v1::ItemResult& item : answer.items)
      if (item.finding().asset_number() == Account(account)) return item.finding().transactions();
    return v1::Transactions::default_instance();
  }

  int deposits_ = 0;
  SmallBank bank_{{{"C1", kLin.name, kLin.id_kind, kLin.id_number}, {"C2", "北陵市松月区人民法院", "PASSPORT", "E1"}},
                  {{Account(1), "DEMAND", "1,000.00", "C1"},
                   {Account(2), "TIME", "500.00", "C1"},
                   {Account(3), "DEMAND", "0.00", "C2", "COURT_ENFORCEMENT"}}};
};

TEST_F(Movements, AreToldOnlyWhenDaysAreGiven) {
  Deposit("2026-10-10 09:00", 20'00);
  const sdk::Answer plain = bank_.Do(bank_.Inquiry(kLin));
  for (const v1::ItemResult& item : plain.items) EXPECT_FALSE(item.finding().has_transactions());
  const sdk::Answer answer = Ask("2026-10-10", "2026-10-10");
  ASSERT_EQ(Of(answer, 1).list_size(), 1);
  const v1::Transaction& one = Of(answer, 1).list(0);
  EXPECT_EQ(one.amount_minor_units(), 20'00);
  EXPECT_TRUE(one.balance_known());
  EXPECT_EQ(one.balance_after_minor_units(), 1'020'00);
  EXPECT_EQ(*trust::TimeOf(one.booked_at()), TimeAt("2026-10-10 09:00"));
  EXPECT_FALSE(one.reference().empty());
  for (const v1::ItemResult& item : answer.items)
    EXPECT_TRUE(item.finding().has_transactions()) << "nothing moved is told, too";
  EXPECT_EQ(Of(answer, 2).list_size(), 0);
}

TEST_F(Movements, BothDaysAreIncludedToTheirLastMomentAndNoOther) {
  Deposit("2026-10-09 23:59", 1);
  Deposit("2026-10-10 00:00", 2);
  Deposit("2026-10-11 23:59", 3);
  Deposit("2026-10-12 00:00", 4);
  const sdk::Answer answer = Ask("2026-10-10", "2026-10-11");
  ASSERT_EQ(Of(answer, 1).list_size(), 2);
  EXPECT_EQ(Of(answer, 1).list(0).amount_minor_units(), 2);
  EXPECT_EQ(Of(answer, 1).list(0).balance_after_minor_units(), 1'000'03);
  EXPECT_EQ(Of(answer, 1).list(1).amount_minor_units(), 3);
  EXPECT_EQ(Of(answer, 1).list(1).balance_after_minor_units(), 1'000'06);
  EXPECT_EQ(Of(answer, 1).omitted(), 0u);
}

TEST_F(Movements, MoneyThatWasTakenIsAMovementOutWithTheBookingsNumber) {
  bank_.At("2026-10-08 09:00");
  const Sent freeze = bank_.Freeze(kLin, 300'00);
  bank_.Do(freeze);
  const sdk::Answer taken = bank_.Do(bank_.Deduct(kLin, freeze, 300'00, kBeiling, Account(3)));
  const sdk::Answer answer = Ask("2026-10-08", "2026-10-08");
  ASSERT_EQ(Of(answer, 1).list_size(), 1);
  EXPECT_EQ(Of(answer, 1).list(0).amount_minor_units(), -300'00);
  EXPECT_EQ(Of(answer, 1).list(0).reference(), taken.items.at(0).deduction().booking_reference());
  EXPECT_EQ(Of(answer, 1).list(0).kind(), "DEDUCTION");
}

// A receipt has an end: what has no room is counted, and it is the oldest over all accounts.
TEST_F(Movements, WhatHasNoRoomIsCountedAndTheNewestAreThere) {
  constexpr int kMany = 1'500;
  for (int i = 0; i < kMany; ++i)
    Deposit(i < kMany / 2 ? "2026-10-10 09:00" : "2026-10-11 09:00", i + 1, i < kMany / 2 ? 2 : 1);
  const sdk::Answer answer = Ask("2026-10-01", "2026-10-31");
  const v1::Transactions &older = Of(answer, 2), &newer = Of(answer, 1);
  EXPECT_EQ(newer.list_size(), kMany / 2);
  EXPECT_EQ(newer.omitted(), 0u);
  EXPECT_EQ(newer.list(newer.list_size() - 1).amount_minor_units(), kMany);
  EXPECT_GT(older.omitted(), 100u);
  EXPECT_EQ(older.list_size() + static_cast<int>(older.omitted()), kMany / 2);
  ASSERT_GT(older.list_size(), 0);
  EXPECT_EQ(older.list(older.list_size() - 1).amount_minor_units(), kMany / 2);
}

}  // namespace
}  // namespace eagle::bank
