// The demo case at the three banks, figure by figure.
#include "absl/strings/str_cat.h"
#include "server/base/money.h"
#include "server/base/reason.h"
#include "server/trust/timestamps.h"
#include "tests/adapters/bank/bank_world.h"

namespace eagle::bank {
namespace {

using ChangeIs = sdk::RegisterChange::Kind;

const v1::MeasureState& MeasureIn(const sdk::Answer& answer) { return answer.items.at(0).measure(); }
std::string Amounts(const v1::MeasureState& state) {
  return absl::StrCat(MoneyText(state.controlled_minor_units()), " + ", MoneyText(state.unfunded_minor_units()));
}
std::string Instant(const google::protobuf::Timestamp& timestamp) {
  return absl::FormatTime("%Y-%m-%d %H:%M", *trust::TimeOf(timestamp), Shanghai());
}

TEST(DemoCase, InquiriesFindTheRespondentAndNobodyElse) {
  Bank beiling("beiling", kBeiling), songyue("songyue", kSongyue);
  beiling.At("2026-09-28 09:00");
  songyue.At("2026-09-28 09:00");
  const sdk::Answer at_beiling = beiling.Do(beiling.Inquiry(kLin));
  ASSERT_EQ(at_beiling.items.size(), 1u) << "the namesake has another number";
  const v1::Finding& first = at_beiling.items[0].finding();
  EXPECT_EQ(at_beiling.items[0].outcome(), v1::OUTCOME_FOUND);
  EXPECT_EQ(first.asset_number(), kAtBeiling);
  EXPECT_EQ(first.balance_minor_units(), 61'350'27);
  EXPECT_EQ(first.available_minor_units(), 61'350'27);
  EXPECT_EQ(first.matched_by(), "NAME_AND_18");
  EXPECT_EQ(first.status(), "NORMAL");
  EXPECT_EQ(Instant(first.as_of()), "2026-09-28 09:00");

  const sdk::Answer at_songyue = songyue.Do(songyue.Inquiry(kLin));
  ASSERT_EQ(at_songyue.items.size(), 1u);
  const v1::Finding& second = at_songyue.items[0].finding();
  EXPECT_EQ(second.asset_number(), kAtSongyue);
  EXPECT_EQ(second.matched_by(), "NAME_AND_15") << "the account was opened with the old number";
  EXPECT_EQ(second.balance_minor_units(), 95'000'00);
  EXPECT_EQ(second.available_minor_units(), 15'000'00);
  EXPECT_EQ(second.status(), "FROZEN");
  ASSERT_EQ(second.prior_measures_size(), 1);
  EXPECT_EQ(second.prior_measures(0).document_number(), "（2025）辽9902执88号");
  EXPECT_EQ(second.prior_measures(0).authority(), "辽9902");
  EXPECT_EQ(second.prior_measures(0).amount_minor_units(), 80'000'00);
  EXPECT_EQ(Instant(second.prior_measures(0).ends_at()), "2026-10-15 00:00") << "24:00 of 14 October";

  const sdk::Answer guarantor = beiling.Do(beiling.Inquiry(kGuarantor));
  ASSERT_EQ(guarantor.items.size(), 1u);
  EXPECT_EQ(guarantor.items[0].outcome(), v1::OUTCOME_NIL);
  EXPECT_NE(guarantor.searched_scope.find("demand and time deposits"), std::string::npos);
}

TEST(DemoCase, BeilingControlsWhatIsThereAndTheInflow) {
  Bank bank("beiling", kBeiling);
  bank.At("2026-09-28 09:10");
  const Sent freeze = bank.Freeze(kLin, 80'000'00);
  const sdk::Answer answer = bank.Do(freeze);
  ASSERT_EQ(answer.items.size(), 1u);
  EXPECT_EQ(answer.items[0].outcome(), v1::OUTCOME_PARTLY_CONTROLLED);
  EXPECT_EQ(Amounts(MeasureIn(answer)), "61,350.27 + 18,649.73");
  EXPECT_EQ(MeasureIn(answer).rank(), 1u);
  EXPECT_EQ(MeasureIn(answer).unit_reference(), freeze.operation.Text());
  EXPECT_EQ(Instant(MeasureIn(answer).effective_from()), "2026-09-28 09:10");
  EXPECT_EQ(Instant(MeasureIn(answer).effective_to()), "2027-09-28 00:00");
  ASSERT_EQ(MeasureIn(answer).shares_size(), 1);
  EXPECT_TRUE(bank.News().empty()) << "the answer tells it";

  ASSERT_EQ(bank.Counter([](const Work& work) { return Deposit(work, kAtBeiling, 20'000'00, "d1"); }),
            absl::OkStatus());
  EXPECT_EQ(bank.Balance(kAtBeiling), 81'350'27);
  EXPECT_EQ(bank.Controlled(kAtBeiling), 80'000'00);
  EXPECT_EQ(bank.Available(kAtBeiling), 1'350'27);
  const auto news = bank.News();
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].kind, ChangeIs::kEvent);
  EXPECT_EQ(news[0].change, v1::MEASURE_CHANGE_INFLOW);
  EXPECT_EQ(news[0].operation, freeze.operation);
  EXPECT_EQ(news[0].item.outcome(), v1::OUTCOME_CONTROLLED);
  EXPECT_EQ(Amounts(news[0].item.measure()), "80,000.00 + 0.00");
  EXPECT_EQ(bank.Balance(kNamesakesAccount), 2'000'000'00);
  EXPECT_EQ(bank.Available(kNamesakesAccount), 2'000'000'00);
}

TEST(DemoCase, SongyueWaitsBehindThePriorFreezeAndIsPromotedWithTheTermOfItsFirstEffect) {
  Bank bank("songyue", kSongyue);
  bank.At("2026-09-28 09:10");
  const Sent freeze = bank.Freeze(kLin, 60'000'00);
  const sdk::Answer answer = bank.Do(freeze);
  EXPECT_EQ(answer.items.at(0).outcome(), v1::OUTCOME_PARTLY_CONTROLLED);
  EXPECT_EQ(Amounts(MeasureIn(answer)), "15,000.00 + 45,000.00");
  EXPECT_EQ(MeasureIn(answer).rank(), 2u);
  ASSERT_EQ(MeasureIn(answer).prior_measures_size(), 1);
  EXPECT_EQ(MeasureIn(answer).prior_measures(0).amount_minor_units(), 80'000'00);

  bank.At("2026-09-29 15:00");
  ASSERT_EQ(bank.Counter([](const Work& work) { return ReleaseDocument(work, "（2025）辽9902执88号").status(); }),
            absl::OkStatus());
  const auto news = bank.News();
  ASSERT_EQ(news.size(), 1u) << "the other court is told by its own channel";
  EXPECT_EQ(news[0].change, v1::MEASURE_CHANGE_PROMOTED);
  EXPECT_EQ(Amounts(news[0].item.measure()), "60,000.00 + 0.00");
  EXPECT_EQ(news[0].item.measure().rank(), 1u);
  EXPECT_EQ(Instant(news[0].item.measure().effective_from()), "2026-09-28 09:10");
  EXPECT_EQ(Instant(news[0].item.measure().effective_to()), "2027-09-28 00:00")
      << "to 2027-09-27, from the first effect";
  EXPECT_EQ(bank.Available(kAtSongyue), 35'000'00);
}

TEST(DemoCase, YunfanFindsItsOwnEffectAfterAKillBetweenCommitAndReply) {
  TempFolder folder;
  Bank bank("yunfan", kYunfan, folder / "core.db");
  bank.At("2026-09-28 09:12");
  const Sent freeze = bank.Freeze(kLin, 58'287'00);
  EXPECT_EQ(bank.core().Find(freeze.operation).kind, sdk::Found::Kind::kNotDone);
  std::string reply;
  {
    const absl::StatusOr<sdk::Answer> lost = bank.Once(freeze);
    ASSERT_TRUE(lost.ok());
    reply = Text(*lost);  // nobody hears it
  }
  bank.Reopen();
  bank.At("2026-09-30 10:00");
  const sdk::Found found = bank.core().Find(freeze.operation);
  ASSERT_EQ(found.kind, sdk::Found::Kind::kDone);
  EXPECT_EQ(Text(found.answer), reply);
  EXPECT_EQ(Amounts(MeasureIn(found.answer)), "58,287.00 + 0.00");
  EXPECT_EQ(Instant(MeasureIn(found.answer).effective_from()), "2026-09-28 09:12");
  EXPECT_EQ(bank.Controlled(kAtYunfan), 58'287'00);
  bank.ExpectBooksAgree();
}

TEST(DemoCase, DeductionsLeave128063Yuan27AndBringTheCourtAll198287) {
  Bank beiling("beiling", kBeiling), songyue("songyue", kSongyue), yunfan("yunfan", kYunfan);
  for (Bank* bank : {&beiling, &songyue, &yunfan}) bank->At("2026-09-28 09:10");
  const Sent at_beiling = beiling.Freeze(kLin, 80'000'00), at_songyue = songyue.Freeze(kLin, 60'000'00),
             at_yunfan = yunfan.Freeze(kLin, 58'287'00);
  beiling.Do(at_beiling), songyue.Do(at_songyue), yunfan.Do(at_yunfan);
  EXPECT_EQ(beiling.Counter([](const Work& work) { return Deposit(work, kAtBeiling, 20'000'00, "d1"); }),
            absl::OkStatus());
  EXPECT_EQ(songyue.Counter([](const Work& work) { return ReleaseDocument(work, "（2025）辽9902执88号").status(); }),
            absl::OkStatus());
  for (Bank* bank : {&beiling, &songyue, &yunfan}) bank->At("2026-09-30 10:30"), bank->News();

  const sdk::Answer settled = beiling.Do(beiling.Deduct(kLin, at_beiling, 80'000'00));
  EXPECT_EQ(settled.kind, sdk::AnswerKind::kFinal);
  EXPECT_EQ(settled.items.at(0).outcome(), v1::OUTCOME_DEDUCTED);
  EXPECT_EQ(settled.items[0].deduction().amount_minor_units(), 80'000'00);
  EXPECT_TRUE(settled.items[0].deduction().has_settled_at()) << "in the same bank it is settled at once";
  EXPECT_TRUE(settled.items[0].deduction().measure().ended());
  EXPECT_EQ(beiling.Balance(kCourtAccount), 80'000'00);

  const Sent orders[] = {songyue.Deduct(kLin, at_songyue, 60'000'00), yunfan.Deduct(kLin, at_yunfan, 58'287'00)};
  Bank* banks[] = {&songyue, &yunfan};
  for (int i = 0; i < 2; ++i) {
    const sdk::Answer sent = banks[i]->Do(orders[i]);
    EXPECT_EQ(sent.kind, sdk::AnswerKind::kProgress);
    EXPECT_EQ(sent.items.at(0).outcome(), v1::OUTCOME_SENT_NOT_CONFIRMED);
    EXPECT_FALSE(sent.items[0].deduction().has_settled_at());
    EXPECT_TRUE(banks[i]->News().empty());
    const std::string payment = sent.items[0].deduction().payment_reference();
    EXPECT_EQ(payment, absl::StrCat(i == 0 ? kSongyue : kYunfan, "-P000001"));
    // The payment system: the court's bank has it, and says so.
    const int64_t amount = sent.items[0].deduction().amount_minor_units();
    EXPECT_EQ(beiling.Counter([&](const Work& work) { return Receive(work, payment, kCourtAccount, amount); }),
              absl::OkStatus());
    banks[i]->At("2026-09-30 16:00");
    for (int twice = 0; twice < 2; ++twice) {
      EXPECT_EQ(banks[i]->Counter([&](const Work& work) { return Confirm(work, payment); }), absl::OkStatus());
    }
    const auto news = banks[i]->News();
    ASSERT_EQ(news.size(), 1u) << "the same word twice is one last word";
    EXPECT_EQ(news[0].kind, ChangeIs::kAnswer);
    EXPECT_EQ(news[0].operation, orders[i].operation);
    EXPECT_EQ(news[0].answer.items.at(0).outcome(), v1::OUTCOME_DEDUCTED);
    EXPECT_EQ(Instant(news[0].answer.items[0].deduction().settled_at()), "2026-09-30 16:00");
    EXPECT_EQ(Instant(news[0].answer.items[0].deduction().booked_at()), "2026-09-30 10:30");
    EXPECT_EQ(sdk::CheckAnswer(orders[i].order, news[0].answer), absl::OkStatus());
  }
  EXPECT_EQ(beiling.Balance(kAtBeiling), 1'350'27);
  EXPECT_EQ(songyue.Balance(kAtSongyue), 35'000'00);
  EXPECT_EQ(yunfan.Balance(kAtYunfan), 91'713'00);
  EXPECT_EQ(beiling.Balance(kAtBeiling) + songyue.Balance(kAtSongyue) + yunfan.Balance(kAtYunfan), 128'063'27);
  EXPECT_EQ(beiling.Balance(kCourtAccount), 198'287'00);
  EXPECT_EQ(beiling.Balance(kNamesakesAccount), 2'000'000'00);
  EXPECT_EQ(beiling.Balance("9900010000000005017"), 88'000'00) << "the spouse is no party";
  for (Bank* bank : banks) bank->ExpectBooksAgree();
  beiling.ExpectBooksAgree();
}

TEST(DemoCase, ThePlanVariantControlsAllAndKeepsWhatIsMissing) {
  Bank beiling("beiling", kBeiling), songyue("songyue", kSongyue), yunfan("yunfan", kYunfan);
  for (Bank* bank : {&beiling, &songyue, &yunfan}) bank->At("2026-09-28 09:10");
  const Sent at_beiling = beiling.Freeze(kLin, 198'287'00), at_songyue = songyue.Freeze(kLin, 198'287'00),
             at_yunfan = yunfan.Freeze(kLin, 198'287'00);
  EXPECT_EQ(Amounts(MeasureIn(beiling.Do(at_beiling))), "61,350.27 + 136,936.73");
  EXPECT_EQ(Amounts(MeasureIn(songyue.Do(at_songyue))), "15,000.00 + 183,287.00");
  EXPECT_EQ(Amounts(MeasureIn(yunfan.Do(at_yunfan))), "150,000.00 + 48,287.00");
  EXPECT_EQ(beiling.Counter([](const Work& work) { return Deposit(work, kAtBeiling, 20'000'00, "d1"); }),
            absl::OkStatus());
  EXPECT_EQ(songyue.Counter([](const Work& work) { return ReleaseDocument(work, "（2025）辽9902执88号").status(); }),
            absl::OkStatus());
  EXPECT_EQ(Amounts(beiling.News().at(0).item.measure()), "81,350.27 + 116,936.73");
  EXPECT_EQ(Amounts(songyue.News().at(0).item.measure()), "95,000.00 + 103,287.00");

  // Surplus goes: unfunded parts first, then 128,063.27 at 云帆.
  EXPECT_EQ(Amounts(MeasureIn(beiling.Do(beiling.Release(kLin, at_beiling, 116'936'73)))), "81,350.27 + 0.00");
  EXPECT_EQ(Amounts(MeasureIn(songyue.Do(songyue.Release(kLin, at_songyue, 103'287'00)))), "95,000.00 + 0.00");
  EXPECT_EQ(Amounts(MeasureIn(yunfan.Do(yunfan.Release(kLin, at_yunfan, 48'287'00 + 128'063'27)))), "21,936.73 + 0.00");
  EXPECT_EQ(beiling.Counter([](const Work& work) { return Deposit(work, kAtBeiling, 500'00, "d2"); }),
            absl::OkStatus());
  EXPECT_TRUE(beiling.News().empty());
  EXPECT_EQ(beiling.Available(kAtBeiling), 500'00) << "what arrives above the limit stays free";

  EXPECT_EQ(beiling.Do(beiling.Deduct(kLin, at_beiling, 81'350'27)).items.at(0).outcome(), v1::OUTCOME_DEDUCTED);
  EXPECT_EQ(songyue.Do(songyue.Deduct(kLin, at_songyue, 95'000'00)).items.at(0).outcome(),
            v1::OUTCOME_SENT_NOT_CONFIRMED);
  EXPECT_EQ(yunfan.Do(yunfan.Deduct(kLin, at_yunfan, 21'936'73)).items.at(0).outcome(), v1::OUTCOME_SENT_NOT_CONFIRMED);
  EXPECT_EQ(beiling.Balance(kAtBeiling) + songyue.Balance(kAtSongyue) + yunfan.Balance(kAtYunfan), 128'063'27 + 500'00);
}

}  // namespace
}  // namespace eagle::bank
