// The counter: what people and the payment system do beside the courts' orders.
#include "server/base/reason.h"
#include "server/trust/timestamps.h"
#include "tests/adapters/bank/small_bank.h"

namespace eagle::bank {
namespace {

Reason ReasonOfWork(Bank& bank, const std::function<absl::Status(const Work&)>& work) {
  return ReasonOf(bank.Counter(work));
}

TEST(Counter, TheSameRequestAgainChangesNothing) {
  SmallBank bank = OneAccount();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(bank.Counter([](const Work& work) { return Deposit(work, Account(1), 50'00, "r1"); }), absl::OkStatus());
    EXPECT_EQ(bank.Counter([](const Work& work) { return Withdraw(work, Account(1), 30'00, "r2"); }), absl::OkStatus());
    EXPECT_EQ(bank.Counter([](const Work& work) { return Receive(work, "9900020-P000001", kCourtAccount, 70'00); }),
              absl::OkStatus());
    EXPECT_EQ(bank.Counter([](const Work& work) {
      return Seize(work, {.account = Account(1), .amount = 10'00, .authority = "税务局", .document = "税1"}, "r3")
          .status();
    }),
              absl::OkStatus());
  }
  EXPECT_EQ(bank.Balance(Account(1)), 1'020'00);
  EXPECT_EQ(bank.Balance(kCourtAccount), 70'00);
  EXPECT_EQ(bank.Controlled(Account(1)), 10'00);
  EXPECT_EQ(ReasonOfWork(bank, [](const Work& work) { return Deposit(work, Account(1), 51'00, "r1"); }),
            Reason::kRequestIdReused);
  EXPECT_EQ(ReasonOfWork(bank, [](const Work& work) { return Withdraw(work, Account(1), 50'00, "r1"); }),
            Reason::kRequestIdReused);
  EXPECT_EQ(ReasonOfWork(
                bank,
                [](const Work& work) {
                  return Seize(work, {.account = Account(1), .amount = 10'00, .authority = "税务局", .document = "税2"},
                               "r3")
                      .status();
                }),
            Reason::kRequestIdReused);
  bank.ExpectBooksAgree();
}

TEST(Counter, WrongAccountsAndAmountsAreRefused) {
  SmallBank bank = OneAccount();
  EXPECT_EQ(ReasonOfWork(bank, [](const Work& work) { return Deposit(work, Account(9), 1'00, "r1"); }),
            Reason::kNotFound);
  EXPECT_EQ(ReasonOfWork(bank, [](const Work& work) { return Deposit(work, Account(900'001), 1'00, "r1"); }),
            Reason::kNotFound);
  EXPECT_EQ(ReasonOfWork(bank, [](const Work& work) { return Deposit(work, Account(1), 0, "r1"); }),
            Reason::kAmountInvalid);
  EXPECT_EQ(ReasonOfWork(bank, [](const Work& work) { return Withdraw(work, Account(1), 1'000'01, "r1"); }),
            Reason::kAmountAboveFree);
  EXPECT_EQ(ReasonOfWork(bank, [](const Work& work) { return Confirm(work, "9900010-P000009"); }), Reason::kNotFound);
  EXPECT_EQ(bank.Balance(Account(1)), 1'000'00);
}

TEST(Counter, ASeizureStandsInRankAndEndsByItsDocument) {
  SmallBank bank = OneAccount();
  bank.At("2026-09-28 09:00");
  const Seizure seizure = {
      .account = Account(1), .amount = 700'00, .authority = "北陵市公安局", .document = "北公冻〔2026〕7号"};
  EXPECT_EQ(bank.Counter([&](const Work& work) { return Seize(work, seizure, "s1").status(); }), absl::OkStatus());
  bank.At("2026-09-28 09:01");
  const Sent freeze = bank.Freeze(kLin, 500'00);
  const sdk::Answer answer = bank.Do(freeze);
  EXPECT_EQ(answer.items.at(0).measure().controlled_minor_units(), 300'00);
  ASSERT_EQ(answer.items[0].measure().prior_measures_size(), 1);
  EXPECT_EQ(answer.items[0].measure().prior_measures(0).authority(), "北陵市公安局");
  EXPECT_FALSE(answer.items[0].measure().prior_measures(0).has_ends_at());
  EXPECT_EQ(bank.Counter([&](const Work& work) { return ReleaseDocument(work, seizure.document).status(); }),
            absl::OkStatus());
  EXPECT_EQ(bank.Controlled(Account(1)), 500'00);
  EXPECT_EQ(ReasonOfWork(bank, [&](const Work& work) { return ReleaseDocument(work, seizure.document).status(); }),
            Reason::kMeasureNotEffective);
  bank.ExpectBooksAgree();
}

constexpr char kNotice[] = "（2026）辽9901执1024号之一";

std::string OnPaper(Bank& bank, const PaperFreeze& freeze, const std::string& request) {
  std::string reference;
  EXPECT_EQ(bank.Counter([&](const Work& work) -> absl::Status {
    EAGLE_ASSIGN_OR_RETURN(reference, FreezeOnPaper(work, freeze, request));
    return absl::OkStatus();
  }),
            absl::OkStatus());
  return reference;
}

// What the counter registered for a court becomes its order's: same rank, term and amounts, then renewed, released and
// deducted from by the order's id.
TEST(CounterMeasure, IsTakenOverAsItStandsAndThenServesTheOrder) {
  SmallBank bank = OneAccount();
  bank.At("2026-09-28 09:00");
  const PaperFreeze paper = {
      .account = Account(1), .amount = 600'00, .court = "辽9901", .document = kNotice, .months = 12};
  const std::string reference = OnPaper(bank, paper, "p1");
  EXPECT_EQ(OnPaper(bank, paper, "p1"), reference) << "the same request is one measure";
  bank.At("2026-09-28 10:00");
  const Sent behind = bank.Freeze(kLin, 900'00);
  bank.Do(behind);
  bank.At("2026-10-09 10:00");
  const Sent order = bank.FreezeCounter(kLin, reference, kNotice, 600'00);
  const sdk::Answer taken = bank.Do(order);
  const v1::MeasureState& measure = taken.items.at(0).measure();
  EXPECT_EQ(taken.items[0].outcome(), v1::OUTCOME_CONTROLLED);
  EXPECT_EQ(measure.unit_reference(), reference);
  EXPECT_EQ(measure.controlled_minor_units(), 600'00);
  EXPECT_EQ(measure.rank(), 1u);
  EXPECT_EQ(*trust::TimeOf(measure.served_at()), TimeAt("2026-09-28 09:00"));
  EXPECT_EQ(*trust::TimeOf(measure.effective_to()), TimeAt("2027-09-28 00:00")) << "the paper's term runs on";
  EXPECT_EQ(bank.Controlled(Account(1)), 1'000'00) << "no second measure";
  EXPECT_TRUE(bank.News().empty());
  EXPECT_EQ(ReasonOfWork(bank, [&](const Work& work) { return ReleaseDocument(work, kNotice).status(); }),
            Reason::kMeasureUnknown)
      << "from now on only an order of its court ends it";

  EXPECT_EQ(bank.Do(bank.Renew(kLin, order)).items.at(0).outcome(), v1::OUTCOME_RENEWED);
  EXPECT_EQ(bank.Do(bank.Deduct(kLin, order, 250'00)).items.at(0).outcome(), v1::OUTCOME_DEDUCTED);
  EXPECT_EQ(bank.Do(bank.Release(kLin, order)).items.at(0).outcome(), v1::OUTCOME_RELEASED);
  const auto news = bank.News();
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].operation, behind.operation);
  EXPECT_EQ(bank.Balance(kCourtAccount), 250'00);
  bank.ExpectBooksAgree();
}

TEST(CounterMeasure, IsUnknownUnlessReferenceDocumentCourtAndPersonFitOneThatLives) {
  SmallBank bank = OneAccount();
  const PaperFreeze paper = {
      .account = Account(1), .amount = 600'00, .court = "辽9901", .document = kNotice, .months = 1};
  const std::string reference = OnPaper(bank, paper, "p1");
  const auto reason = [&](const Sent& sent) { return bank.Do(sent).items.at(0).reason(); };
  EXPECT_EQ(reason(bank.FreezeCounter(kLin, reference, "another", 600'00)), "MEASURE_UNKNOWN");
  EXPECT_EQ(reason(bank.FreezeCounter(kLin, "counter/p2", kNotice, 600'00)), "MEASURE_UNKNOWN");
  EXPECT_EQ(reason(bank.FreezeCounter(kNamesake, reference, kNotice, 600'00)), "MEASURE_UNKNOWN");
  Sent foreign = bank.FreezeCounter(kLin, reference, kNotice, 600'00);
  foreign.order.set_court("辽9902");
  EXPECT_EQ(reason(foreign), "MEASURE_UNKNOWN");
  Sent fund = bank.FreezeCounter(kLin, reference, kNotice, 600'00);
  fund.order.mutable_freeze()->mutable_counter()->set_asset_kind("HOUSING_FUND");
  EXPECT_EQ(reason(fund), "MEASURE_UNKNOWN");
  EXPECT_EQ(reason(bank.FreezeCounter(kLin, reference, kNotice, 599'99)), "OVER_CAP");
  const Sent order = bank.FreezeCounter(kLin, reference, kNotice, 600'00);
  EXPECT_EQ(reason(order), "");
  EXPECT_EQ(reason(bank.FreezeCounter(kLin, reference, kNotice, 600'00)), "MEASURE_UNKNOWN") << "another's by now";
  bank.At("2026-11-30 00:00");
  const std::string ended =
      OnPaper(bank, {.account = Account(1), .amount = 1'00, .court = "辽9901", .document = "2", .months = 1}, "p3");
  bank.At("2027-01-05 00:00");
  EXPECT_EQ(reason(bank.FreezeCounter(kLin, ended, "2", 1'00)), "MEASURE_UNKNOWN");
  EXPECT_EQ(ReasonOfWork(bank,
                         [](const Work& work) {
                           return FreezeOnPaper(
                                      work, {.account = Account(1), .amount = 1'00, .court = "辽9901", .document = "3"},
                                      "p4")
                               .status();
                         }),
            Reason::kFieldInvalid)
      << "without a term";
}

TEST(Counter, NobodyThereEndsACourtsMeasureThatCameOverTheGateway) {
  SmallBank bank = OneAccount();
  const Sent freeze = bank.Freeze(kLin, 500'00);
  bank.Do(freeze);
  EXPECT_EQ(
      ReasonOfWork(bank, [&](const Work& work) { return ReleaseDocument(work, "（2026）辽9901执1024号").status(); }),
      Reason::kMeasureUnknown);
  EXPECT_EQ(ReasonOfWork(bank, [&](const Work& work) { return ReleaseDocument(work, "？").status(); }),
            Reason::kMeasureUnknown);
  EXPECT_EQ(bank.Controlled(Account(1)), 500'00);
}

TEST(Counter, ExemptAccountsAreSeizedByNobodyAndDatesMustLieAhead) {
  SmallBank bank = OneAccount();
  bank.At("2026-09-28 09:00");
  Seizure seizure = {
      .account = kCourtAccount, .amount = 1'00, .authority = "北陵市公安局", .document = "北公冻〔2026〕8号"};
  EXPECT_EQ(ReasonOfWork(bank, [&](const Work& work) { return Seize(work, seizure, "s1").status(); }),
            Reason::kAccountExempt);
  seizure.account = Account(1);
  seizure.last_day = absl::CivilDay(2026, 9, 27);
  EXPECT_EQ(ReasonOfWork(bank, [&](const Work& work) { return Seize(work, seizure, "s1").status(); }),
            Reason::kFieldInvalid);
  seizure.authority.clear();
  EXPECT_EQ(ReasonOfWork(bank, [&](const Work& work) { return Seize(work, seizure, "s1").status(); }),
            Reason::kFieldMissing);
  seizure.authority = "北陵市公安局", seizure.last_day = absl::CivilDay(2026, 9, 28);
  EXPECT_EQ(bank.Counter([&](const Work& work) { return Seize(work, seizure, "s1").status(); }), absl::OkStatus());
  EXPECT_EQ(bank.Controlled(Account(1)), 1'00);
  bank.At("2026-09-29 00:00");
  EXPECT_EQ(bank.Controlled(Account(1)), 0) << "its last day is over";
}

TEST(Counter, ConfirmAllSettlesWhatIsSentAndNothingElse) {
  SmallBank bank = OneAccount();
  const Sent freeze = bank.Freeze(kLin, 900'00);
  bank.Do(freeze);
  std::vector<std::string> payments;
  for (int i = 0; i < 3; ++i) {
    payments.push_back(bank.Do(bank.Deduct(kLin, freeze, 100'00, kSongyue, "9900020000000003036"))
                           .items.at(0)
                           .deduction()
                           .payment_reference());
  }
  EXPECT_EQ(bank.Counter([&](const Work& work) { return Reject(work, payments[1], "AC03"); }), absl::OkStatus());
  std::vector<std::string> confirmed;
  EXPECT_EQ(bank.Counter([&](const Work& work) -> absl::Status {
    EAGLE_ASSIGN_OR_RETURN(confirmed, ConfirmAll(work));
    return absl::OkStatus();
  }),
            absl::OkStatus());
  EXPECT_EQ(confirmed, (std::vector<std::string>{payments[0], payments[2]}));
  EXPECT_EQ(bank.News().size(), 3u);
  bank.ExpectBooksAgree();
}

}  // namespace
}  // namespace eagle::bank
