// What freezes, releases and deductions do, and what they refuse.
#include "server/base/reason.h"
#include "server/trust/timestamps.h"
#include "tests/adapters/bank/small_bank.h"

namespace eagle::bank {
namespace {

absl::Status DepositAt(Bank& bank, int account, int64_t amount, const std::string& request) {
  return bank.Counter([&](const Work& work) { return Deposit(work, Account(account), amount, request); });
}
v1::Outcome OutcomeOf(const sdk::Answer& answer) { return answer.items.at(0).outcome(); }
std::string ReasonIn(const sdk::Answer& answer) { return answer.items.at(0).reason(); }

TEST(Freeze, AWholeAccountLeavesNothingToTheHolderButControlsNoMoreThanTheLimit) {
  SmallBank bank = OneAccount();
  Sent freeze = bank.Freeze(kLin, 300'00);
  freeze.order.mutable_freeze()->mutable_person_at_agency()->set_whole_account(true);
  EXPECT_EQ(OutcomeOf(bank.Do(freeze)), v1::OUTCOME_CONTROLLED);
  EXPECT_EQ(bank.Controlled(Account(1)), 300'00);
  EXPECT_EQ(bank.Available(Account(1)), 0);
  EXPECT_EQ(ReasonOf(bank.Counter([](const Work& work) { return Withdraw(work, Account(1), 1'00, "w1"); })),
            Reason::kAmountAboveFree);
  bank.Do(bank.Release(kLin, freeze));
  EXPECT_EQ(bank.Available(Account(1)), 1'000'00);
}

TEST(Freeze, WithoutInflowNothingThatArrivesIsCaught) {
  SmallBank bank = OneAccount();
  bank.Do(bank.Freeze(kLin, 3'000'00, v1::INFLOW_NONE));
  EXPECT_EQ(DepositAt(bank, 1, 500'00, "d1"), absl::OkStatus());
  EXPECT_EQ(bank.Controlled(Account(1)), 1'000'00);
  EXPECT_EQ(bank.Available(Account(1)), 500'00);
}

TEST(Freeze, TwoCourtsStandInTheOrderOfServiceNotOfWork) {
  SmallBank bank = OneAccount();
  Sent first = bank.Freeze(kLin, 600'00), second = bank.Freeze(kLin, 600'00);
  bank.Do(second);  // served later, worked on first
  const sdk::Answer answer = bank.Do(first);
  EXPECT_EQ(answer.items.at(0).measure().rank(), 1u);
  EXPECT_EQ(answer.items[0].measure().controlled_minor_units(), 600'00);
  const auto news = bank.News();
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].operation, second.operation);
  EXPECT_EQ(news[0].change, v1::MEASURE_CHANGE_REDUCED);
  EXPECT_EQ(news[0].item.measure().controlled_minor_units(), 400'00);
}

TEST(Freeze, ATermThatEndsFreesTheNextAtThatInstant) {
  SmallBank bank = OneAccount();
  bank.At("2026-09-28 09:10");
  Sent first = bank.Freeze(kLin, 1'000'00);
  first.order.mutable_freeze()->mutable_term()->set_years(0),
      first.order.mutable_freeze()->mutable_term()->set_months(1);
  bank.Do(first);
  bank.At("2026-09-28 09:20");
  const Sent second = bank.Freeze(kLin, 400'00);
  const sdk::Answer answer = bank.Do(second);
  EXPECT_EQ(OutcomeOf(answer), v1::OUTCOME_WAITLISTED);
  EXPECT_FALSE(answer.items.at(0).measure().has_effective_from()) << "a waiting measure has no term yet";
  bank.At("2028-01-01 00:00");  // nobody looked for over a year: both terms have ended, one after the other
  const auto news = bank.News();
  ASSERT_EQ(news.size(), 3u);
  EXPECT_EQ(news[0].change, v1::MEASURE_CHANGE_LAPSED);
  EXPECT_EQ(news[0].operation, first.operation);
  EXPECT_EQ(news[0].at, TimeAt("2026-10-28 00:00"));
  EXPECT_EQ(news[1].change, v1::MEASURE_CHANGE_PROMOTED);
  EXPECT_EQ(news[1].operation, second.operation);
  EXPECT_EQ(news[1].at, TimeAt("2026-10-28 00:00"));
  EXPECT_EQ(*trust::TimeOf(news[1].item.measure().effective_to()), TimeAt("2027-10-28 00:00"));
  EXPECT_EQ(news[2].change, v1::MEASURE_CHANGE_LAPSED);
  EXPECT_EQ(news[2].operation, second.operation);
  EXPECT_EQ(bank.Available(Account(1)), 1'000'00);
  bank.ExpectBooksAgree();
}

TEST(Freeze, ThingsAreReturned) {
  SmallBank bank = OneAccount();
  Sent freeze = bank.Freeze(kLin, 100'00);
  freeze.order.mutable_freeze()->mutable_asset()->set_asset_kind("LAND");
  const sdk::Answer answer = bank.Do(freeze);
  EXPECT_EQ(answer.kind, sdk::AnswerKind::kReturned);
  EXPECT_EQ(answer.return_reason, "ACTION_NOT_SUPPORTED");
}

TEST(Freeze, AnotherOrderUnderTheSameOperationIsRefused) {
  SmallBank bank = OneAccount();
  Sent freeze = bank.Freeze(kLin, 100'00);
  bank.Do(freeze);
  freeze.digest[0] ^= 1;
  EXPECT_EQ(ReasonOf(bank.Once(freeze).status()), Reason::kOrderIdReused);
}

absl::Time EndIn(const sdk::Answer& answer) { return *trust::TimeOf(answer.items.at(0).measure().effective_to()); }

TEST(Renew, TheMeasureKeepsItsMoneyAndRankAndEndsALater) {
  SmallBank bank = OneAccount();
  bank.At("2026-09-28 09:10");
  const Sent freeze = bank.Freeze(kLin, 600'00), behind = bank.Freeze(kLin, 600'00);
  bank.Do(freeze), bank.Do(behind);
  bank.At("2027-09-27 23:59");
  const sdk::Answer renewed = bank.Do(bank.Renew(kLin, freeze));
  EXPECT_EQ(OutcomeOf(renewed), v1::OUTCOME_RENEWED);
  EXPECT_EQ(EndIn(renewed), TimeAt("2028-09-28 00:00"));
  EXPECT_EQ(renewed.items.at(0).measure().rank(), 1u);
  EXPECT_EQ(renewed.items[0].measure().controlled_minor_units(), 600'00);
  EXPECT_TRUE(bank.News().empty()) << "nobody behind it moves";
  bank.At("2027-09-28 00:00");
  const auto news = bank.News();
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].operation, behind.operation);
  EXPECT_EQ(news[0].change, v1::MEASURE_CHANGE_LAPSED);
  EXPECT_EQ(bank.Controlled(Account(1)), 600'00);
}

// Edge case 12: the end comes while the renewal is on its way. What is needed then is a new freeze, behind the queue.
TEST(Renew, NotAfterTheEndAndNotAnotherCourtsMeasure) {
  SmallBank bank = OneAccount();
  bank.At("2026-09-28 09:10");
  const Sent freeze = bank.Freeze(kLin, 600'00), behind = bank.Freeze(kLin, 600'00);
  bank.Do(freeze);
  bank.At("2026-09-28 09:20");
  bank.Do(behind);
  Sent foreign = bank.Renew(kLin, freeze);
  foreign.order.set_court("辽9902");
  EXPECT_EQ(ReasonIn(bank.Do(foreign)), "MEASURE_UNKNOWN");
  EXPECT_EQ(ReasonIn(bank.Do(bank.Renew(kNamesake, freeze))), "MEASURE_UNKNOWN");
  bank.At("2027-09-28 00:00");
  const sdk::Answer late = bank.Do(bank.Renew(kLin, freeze));
  EXPECT_EQ(OutcomeOf(late), v1::OUTCOME_NOT_RENEWED);
  EXPECT_EQ(ReasonIn(late), "LAPSED");
  EXPECT_TRUE(late.items.at(0).measure().ended());
}

TEST(Renew, AMeasureThatWaitsHasNoTermToLengthen) {
  SmallBank bank = OneAccount();
  const Sent first = bank.Freeze(kLin, 1'000'00), second = bank.Freeze(kLin, 400'00);
  bank.Do(first), bank.Do(second);
  const sdk::Answer answer = bank.Do(bank.Renew(kLin, second));
  EXPECT_EQ(OutcomeOf(answer), v1::OUTCOME_NOT_RENEWED);
  EXPECT_EQ(ReasonIn(answer), "WAITLISTED");
}

// Freeze and deduct: what the freeze came to control is taken, and the rest of the limit goes on catching.
TEST(Deduct, UpToAnAmountTakesWhatIsThere) {
  SmallBank bank = OneAccount();
  const Sent freeze = bank.Freeze(kLin, 1'500'00);
  bank.Do(freeze);
  Sent deduct = bank.Deduct(kLin, freeze, 1'500'00, kSongyue, "9900020000000003036");
  EXPECT_EQ(ReasonIn(bank.Do(deduct)), "AMOUNT_ABOVE_MEASURE") << "exactly the amount, or nothing";
  deduct = bank.Deduct(kLin, freeze, 1'500'00, kSongyue, "9900020000000003036");
  deduct.order.mutable_deduct()->set_up_to(true);
  const sdk::Answer taken = bank.Do(deduct);
  EXPECT_EQ(OutcomeOf(taken), v1::OUTCOME_SENT_NOT_CONFIRMED);
  EXPECT_EQ(taken.items.at(0).deduction().amount_minor_units(), 1'000'00);
  EXPECT_EQ(taken.items[0].deduction().measure().unfunded_minor_units(), 500'00);
  Sent again = bank.Deduct(kLin, freeze, 1'500'00, kSongyue, "9900020000000003036");
  again.order.mutable_deduct()->set_up_to(true);
  EXPECT_EQ(ReasonIn(bank.Do(again)), "NO_BALANCE");
  EXPECT_EQ(DepositAt(bank, 1, 700'00, "d1"), absl::OkStatus());
  again = bank.Deduct(kLin, freeze, 1'500'00, kSongyue, "9900020000000003036");
  again.order.mutable_deduct()->set_up_to(true);
  EXPECT_EQ(bank.Do(again).items.at(0).deduction().amount_minor_units(), 500'00);
  EXPECT_EQ(bank.Available(Account(1)), 200'00);
}

TEST(Release, PartlyThenWholeThenNothingIsLeft) {
  SmallBank bank = OneAccount();
  const Sent freeze = bank.Freeze(kLin, 1'500'00);
  bank.Do(freeze);
  const sdk::Answer part = bank.Do(bank.Release(kLin, freeze, 700'00));
  EXPECT_EQ(OutcomeOf(part), v1::OUTCOME_RELEASED);
  EXPECT_EQ(part.items.at(0).measure().controlled_minor_units(), 800'00) << "500.00 unfunded went first";
  EXPECT_EQ(part.items[0].measure().unfunded_minor_units(), 0);
  EXPECT_EQ(ReasonIn(bank.Do(bank.Release(kLin, freeze, 800'01))), "AMOUNT_ABOVE_MEASURE");
  const sdk::Answer whole = bank.Do(bank.Release(kLin, freeze));
  EXPECT_TRUE(whole.items.at(0).measure().ended());
  EXPECT_EQ(bank.Available(Account(1)), 1'000'00);
  const sdk::Answer again = bank.Do(bank.Release(kLin, freeze));
  EXPECT_EQ(OutcomeOf(again), v1::OUTCOME_NOT_CONTROLLED);
  EXPECT_EQ(ReasonIn(again), "RELEASED");
}

TEST(Release, OnlyTheCourtsOwnMeasureOnThisPerson) {
  SmallBank bank = OneAccount();
  const Sent freeze = bank.Freeze(kLin, 500'00);
  bank.Do(freeze);
  Sent release = bank.Release(kLin, freeze);
  release.order.set_court("辽9902");
  EXPECT_EQ(ReasonIn(bank.Do(release)), "MEASURE_UNKNOWN");
  EXPECT_EQ(ReasonIn(bank.Do(bank.Release(kNamesake, freeze))), "MEASURE_UNKNOWN");
  release = bank.Release(kLin, freeze);
  release.freeze.reset();
  EXPECT_EQ(ReasonIn(bank.Do(release)), "MEASURE_UNKNOWN");
  EXPECT_EQ(bank.Controlled(Account(1)), 500'00);
}

TEST(Release, IsReturnedWhileADeductionIsOnItsWay) {
  SmallBank bank = OneAccount();
  const Sent freeze = bank.Freeze(kLin, 900'00);
  bank.Do(freeze);
  const sdk::Answer sent = bank.Do(bank.Deduct(kLin, freeze, 400'00, kSongyue, "9900020000000003036"));
  EXPECT_EQ(OutcomeOf(sent), v1::OUTCOME_SENT_NOT_CONFIRMED);
  EXPECT_EQ(bank.Do(bank.Release(kLin, freeze)).return_reason, "OPEN_DEDUCTION");
  EXPECT_EQ(bank.Counter([](const Work& work) { return ConfirmAll(work).status(); }), absl::OkStatus());
  EXPECT_EQ(OutcomeOf(bank.Do(bank.Release(kLin, freeze))), v1::OUTCOME_RELEASED);
}

TEST(Deduct, AtMostWhatTheMeasureControlsAndInParts) {
  SmallBank bank = OneAccount();
  const Sent freeze = bank.Freeze(kLin, 1'500'00);
  bank.Do(freeze);
  const sdk::Answer above = bank.Do(bank.Deduct(kLin, freeze, 1'000'01));
  EXPECT_EQ(OutcomeOf(above), v1::OUTCOME_NOT_DEDUCTED);
  EXPECT_EQ(ReasonIn(above), "AMOUNT_ABOVE_MEASURE");
  EXPECT_EQ(bank.Balance(Account(1)), 1'000'00);
  const sdk::Answer part = bank.Do(bank.Deduct(kLin, freeze, 300'00));
  EXPECT_EQ(OutcomeOf(part), v1::OUTCOME_DEDUCTED);
  EXPECT_EQ(part.items.at(0).deduction().measure().controlled_minor_units(), 700'00);
  EXPECT_EQ(part.items[0].deduction().measure().unfunded_minor_units(), 500'00);
  EXPECT_EQ(OutcomeOf(bank.Do(bank.Deduct(kLin, freeze, 700'00))), v1::OUTCOME_DEDUCTED);
  EXPECT_EQ(bank.Balance(kCourtAccount), 1'000'00);
  EXPECT_EQ(bank.Balance(Account(1)), 0);
  EXPECT_EQ(bank.Measure(freeze).row.measure.phase, sdk::Phase::kEffective)
      << "500.00 of the limit still wait for inflow";
}

TEST(Deduct, RefusesAWaitingMeasureAndAccountsThatAreNotTheCourts) {
  SmallBank bank({{"C1", kLin.name, kLin.id_kind, kLin.id_number},
                  {"C2", "北陵市松月区人民法院", "UNIFIED_CREDIT_CODE", "11990101990000021Y"},
                  {"C3", "北陵市中级人民法院", "UNIFIED_CREDIT_CODE", "91990101990000033X"}},
                 {{.account = Account(1), .balance = "1,000.00", .holders = "C1"},
                  {.account = kCourtAccount, .holders = "C2", .nature = "COURT_ENFORCEMENT"},
                  {.account = Account(5), .holders = "C3", .nature = "COURT_ENFORCEMENT"},
                  {.account = Account(6), .holders = "C2", .nature = "COURT_ENFORCEMENT", .currency = "USD"}});
  const Sent first = bank.Freeze(kLin, 1'000'00), waiting = bank.Freeze(kLin, 100'00);
  bank.Do(first), bank.Do(waiting);
  EXPECT_EQ(ReasonIn(bank.Do(bank.Deduct(kLin, waiting, 100'00))), "WAITLISTED");
  EXPECT_EQ(ReasonIn(bank.Do(bank.Deduct(kLin, first, 100'00, kBeiling, Account(77)))), "COURT_ACCOUNT_NOT_FOUND");
  EXPECT_EQ(ReasonIn(bank.Do(bank.Deduct(kLin, first, 100'00, kBeiling, Account(1)))), "NOT_A_COURT_ACCOUNT");
  EXPECT_EQ(ReasonIn(bank.Do(bank.Deduct(kLin, first, 100'00, kBeiling, Account(5)))), "COURT_ACCOUNT_NAME_MISMATCH");
  EXPECT_EQ(ReasonIn(bank.Do(bank.Deduct(kLin, first, 100'00, kBeiling, Account(6)))), "COURT_ACCOUNT_OTHER_CURRENCY");
  Sent dollars = bank.Deduct(kLin, first, 100'00);
  dollars.order.mutable_deduct()->set_currency("USD");
  EXPECT_EQ(ReasonIn(bank.Do(dollars)), "CURRENCY_MISMATCH");
  Sent foreign = bank.Deduct(kLin, first, 100'00);
  foreign.order.set_court("辽9902");
  EXPECT_EQ(ReasonIn(bank.Do(foreign)), "MEASURE_UNKNOWN");
  EXPECT_EQ(bank.Balance(Account(1)), 1'000'00);
}

TEST(Deduct, MarginThatSecuresACreditIsFrozenButNotTaken) {
  SmallBank bank({LinAndCourt()}, {{.account = Account(1), .balance = "500.00", .holders = "C1", .nature = "LC_MARGIN"},
                                   {.account = Account(2), .kind = "TIME", .balance = "300.00", .holders = "C1"},
                                   {.account = kCourtAccount, .holders = "C2", .nature = "COURT_ENFORCEMENT"}});
  const Sent freeze = bank.Freeze(kLin, 600'00);
  const sdk::Answer answer = bank.Do(freeze);
  ASSERT_EQ(answer.items.at(0).measure().shares_size(), 2);
  EXPECT_EQ(answer.items[0].measure().shares(0).asset_number(), Account(2)) << "what can be taken is used first";
  EXPECT_EQ(ReasonIn(bank.Do(bank.Deduct(kLin, freeze, 300'01))), "LC_MARGIN");
  EXPECT_EQ(OutcomeOf(bank.Do(bank.Deduct(kLin, freeze, 300'00))), v1::OUTCOME_DEDUCTED);
  EXPECT_EQ(ReasonIn(bank.Do(bank.Deduct(kLin, freeze, 1))), "LC_MARGIN");
  EXPECT_EQ(bank.Balance(Account(1)), 500'00);
}

TEST(Deduct, ARejectedPaymentIsUnderTheSameMeasureAtTheSameRank) {
  SmallBank bank = OneAccount();
  const Sent freeze = bank.Freeze(kLin, 1'000'00), behind = bank.Freeze(kLin, 1'000'00);
  bank.Do(freeze), bank.Do(behind);
  const Sent deduct = bank.Deduct(kLin, freeze, 1'000'00, kSongyue, "9900020000000003036");
  const sdk::Answer sent = bank.Do(deduct);
  EXPECT_TRUE(sent.items.at(0).deduction().measure().ended());
  const auto promoted = bank.News();
  ASSERT_EQ(promoted.size(), 1u) << "nobody stands before it any more, though there is nothing to control";
  EXPECT_EQ(promoted[0].item.outcome(), v1::OUTCOME_PARTLY_CONTROLLED);
  EXPECT_EQ(promoted[0].item.measure().controlled_minor_units(), 0);
  EXPECT_EQ(DepositAt(bank, 1, 100'00, "d1"), absl::OkStatus()) << "caught by the one behind";
  bank.News();

  const std::string payment = sent.items[0].deduction().payment_reference();
  for (int twice = 0; twice < 2; ++twice) {
    EXPECT_EQ(bank.Counter([&](const Work& work) { return Reject(work, payment, "AC03 account closed"); }),
              absl::OkStatus());
  }
  EXPECT_EQ(ReasonOf(bank.Counter([&](const Work& work) { return Confirm(work, payment); })), Reason::kPaymentSettled);
  const auto news = bank.News();
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].operation, deduct.operation);
  const v1::ItemResult& item = news[0].answer.items.at(0);
  EXPECT_EQ(item.outcome(), v1::OUTCOME_NOT_DEDUCTED);
  EXPECT_EQ(item.reason(), "PAYMENT_REJECTED");
  EXPECT_EQ(item.deduction().measure().controlled_minor_units(), 1'000'00);
  EXPECT_EQ(item.deduction().measure().rank(), 1u);
  EXPECT_EQ(sdk::CheckAnswer(deduct.order, news[0].answer), absl::OkStatus());
  EXPECT_EQ(bank.Balance(Account(1)), 1'100'00);
  EXPECT_EQ(bank.Measure(behind).controlled, 100'00);
  EXPECT_EQ(OutcomeOf(bank.Do(bank.Deduct(kLin, freeze, 1'000'00))), v1::OUTCOME_DEDUCTED) << "a new order takes it";
}

TEST(Deduct, APaymentThatComesBackAfterTheTermEndedIsFree) {
  SmallBank bank = OneAccount();
  bank.At("2026-09-28 09:10");
  const Sent freeze = bank.Freeze(kLin, 1'000'00);
  bank.Do(freeze);
  bank.At("2027-09-27 16:00");
  const sdk::Answer sent = bank.Do(bank.Deduct(kLin, freeze, 1'000'00, kSongyue, "9900020000000003036"));
  bank.At("2027-09-28 09:00");
  const std::string payment = sent.items.at(0).deduction().payment_reference();
  EXPECT_EQ(bank.Counter([&](const Work& work) { return Reject(work, payment, "AC03"); }), absl::OkStatus());
  EXPECT_EQ(bank.Available(Account(1)), 1'000'00);
  const auto news = bank.News();
  ASSERT_EQ(news.size(), 2u);
  EXPECT_EQ(news[0].kind, sdk::RegisterChange::Kind::kAnswer);
  EXPECT_EQ(news[1].change, v1::MEASURE_CHANGE_LAPSED);
  bank.ExpectBooksAgree();
}

TEST(Core, TimeNeverGoesBack) {
  SmallBank bank = OneAccount();
  bank.At("2026-09-28 12:00");
  const Sent freeze = bank.Freeze(kLin, 500'00);
  bank.Do(freeze);
  bank.At("2026-09-28 08:00");
  const sdk::Answer answer = bank.Do(bank.Release(kLin, freeze));
  EXPECT_EQ(*answer.effect_at, TimeAt("2026-09-28 12:00"));
}

TEST(Core, IsOneProcessOnly) {
  TempFolder folder;
  HeldClock clock;
  const auto first = BankCore::Open(folder / "core.db", kBeiling, clock, Shanghai());
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(ReasonOf(BankCore::Open(folder / "core.db", kBeiling, clock, Shanghai()).status()), Reason::kFolderLocked);
}

TEST(Core, AnotherFileIsLeftAlone) {
  TempFolder folder;
  HeldClock clock;
  WriteText(folder / "core.db", std::string(8192, 'x'));
  EXPECT_EQ(ReasonOf(BankCore::Open(folder / "core.db", kBeiling, clock, Shanghai()).status()),
            Reason::kStorageUnusable);
  EXPECT_EQ(ReasonOf(BankCore::Open(folder / "none/core.db", kBeiling, clock, Shanghai()).status()),
            Reason::kStorageUnusable);
}

}  // namespace
}  // namespace eagle::bank
