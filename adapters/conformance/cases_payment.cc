// Deductions and takings of income: what can't be undone. They leave less money than was there, so they are played
// late.
#include "absl/strings/str_cat.h"
#include "adapters/conformance/cases.h"
#include "server/base/bytes.h"
#include "server/base/money.h"

namespace eagle::conformance {
namespace {

constexpr int64_t kFrozen = 4'00, kAmount = 1'00, kTaken = 3'00;
constexpr int64_t kNeverEarned = 1'000'000'00;  // within a month

// Absent (and noted) when the kit couldn't state the account.
std::optional<std::string> AccountDigest(Play& play) {
  absl::StatusOr<std::string> digest = std::string();
  play.stage().Locked([&] { digest = play.world().AccountDigest(kCourt, *play.fixtures().court_account, play.Now()); });
  if (play.Check(digest.ok(), "the kit could not state [court_account]")) return *digest;
  return std::nullopt;
}

void CheckPaid(Play& play, const std::optional<Look>& before, int64_t paid, std::string_view what) {
  const auto after = play.LookAt(play.Someone());
  if (!before || !after) return;
  play.Check(before->balance - after->balance == paid,
             absl::StrCat(ToAbsl(what), ": the balance must be less by ", MoneyText(paid), ", is less by ",
                          MoneyText(before->balance - after->balance)));
}

void Deduction(Play& play) {
  const auto before = play.LookAt(play.Someone());
  const auto account = AccountDigest(play);
  const v1::Order freeze = play.courts().Freeze(play.Someone(), kFrozen);
  if (!account || !play.CheckControlled(play.Ask(freeze), "a freeze")) return;
  const auto receipt = play.Ask(play.courts().Deduct(freeze, kAmount, *account));
  if (!play.CheckOutcome(receipt, v1::OUTCOME_DEDUCTED, "a deduction of a part")) return;
  const v1::DeductionState& deduction = receipt->items(0).deduction();
  play.Check(deduction.amount_minor_units() == kAmount, "deduction.amount is not the one ordered");
  play.Check(deduction.has_settled_at(), "DEDUCTED without settled_at");
  play.Check(deduction.measure().controlled_minor_units() == kFrozen - kAmount && !deduction.measure().ended(),
             "after a deduction of a part the rest of the measure stands");
  CheckPaid(play, before, kAmount, "a deduction");
}

void TooMuch(Play& play) {
  const auto before = play.LookAt(play.Someone());
  const auto account = AccountDigest(play);
  const v1::Order freeze = play.courts().Freeze(play.Someone(), kFrozen);
  if (!account || !play.CheckControlled(play.Ask(freeze), "a freeze")) return;
  const auto receipt = play.Ask(play.courts().Deduct(freeze, kFrozen + 1, *account));
  const bool refused =
      Is(receipt, v1::OUTCOME_NOT_DEDUCTED) || (receipt && receipt->kind() == v1::RECEIPT_KIND_RETURNED);
  play.Check(refused, "a deduction of more than the measure controls: must be NOT_DEDUCTED, was " + InWords(receipt));
  CheckPaid(play, before, 0, "a deduction of more than the measure controls");
}

void PaidTwice(Play& play) {
  const auto before = play.LookAt(play.Someone());
  const auto account = AccountDigest(play);
  const v1::Order freeze = play.courts().Freeze(play.Someone(), kFrozen);
  if (!account || !play.CheckControlled(play.Ask(freeze), "a freeze")) return;
  const std::string digest = play.Hand(play.courts().Deduct(freeze, kAmount, *account));
  if (!play.CheckOutcome(play.Answer(digest), v1::OUTCOME_DEDUCTED, "a deduction")) return;
  const auto [times, different] = play.TimesTold(digest);
  play.HandAgain(digest);
  play.Check(play.WaitUntil([&] {
    int now = 0;
    for (const Seen& seen : play.gateway().Find(digest)->receipts) now += seen.times;
    return now > times;
  }),
             "handed out again, the deduction was not answered again");
  play.WaitQuietly();
  play.Check(play.TimesTold(digest).second == different, "handed out again, the deduction has another answer");
  CheckPaid(play, before, kAmount, "a deduction that was handed out twice");
}

// The release comes behind the deduction in one answer: it must not overtake it.
void ReleaseBehindDeduction(Play& play) {
  const auto before = play.LookAt(play.Someone());
  const auto account = AccountDigest(play);
  const v1::Order freeze = play.courts().Freeze(play.Someone(), kFrozen);
  if (!account || !play.CheckControlled(play.Ask(freeze), "a freeze")) return;
  const v1::Order deduct = play.courts().Deduct(freeze, kAmount, *account), release = play.courts().Release(freeze);
  const std::vector<std::string> digests = play.HandTogether({deduct, release});
  play.CheckOutcome(play.Answer(digests[0]), v1::OUTCOME_DEDUCTED, "a deduction with a release right behind it");
  const auto released = play.Answer(digests[1]);
  const bool after = Is(released, v1::OUTCOME_RELEASED) || (released && released->kind() == v1::RECEIPT_KIND_RETURNED);
  play.Check(after, "the release behind a deduction: must be RELEASED, or RETURNED while the payment is out, was " +
                        InWords(released));
  CheckPaid(play, before, kAmount, "a deduction with a release right behind it");
}

// What is kept of a month is above what comes in, then below: the same salary gives nothing, then the whole limit.
void Income(Play& play) {
  const Person& earner = play.Someone("earner");
  const auto account = AccountDigest(play);
  if (!account) return;
  const auto pay = [&] {
    return play.Check(play.stage().RunHook(play.fixtures().hooks.at("salary")).ok(), "the hook salary failed");
  };
  const auto before = play.LookAt(earner);
  const v1::Order first = play.courts().ExtractIncome(earner, kTaken, kNeverEarned, *account);
  const std::string waiting = play.Hand(first);
  const auto answer = play.Answer(waiting);
  if (!play.CheckOutcome(answer, v1::OUTCOME_PARTLY_CONTROLLED, "an order to extract income")) return;
  play.Check(MeasureIn(answer)->unfunded_minor_units() == kTaken, "nothing has come in: all of the limit is unfunded");
  if (!pay()) return;
  play.WaitQuietly();
  const auto kept = play.LookAt(earner);
  bool told = false;
  play.stage().Locked([&] {
    for (const Seen& seen : play.gateway().Find(waiting)->receipts)
      told |= seen.receipt.change() == v1::MEASURE_CHANGE_EXTRACTED;
  });
  play.Check(!told, "EXTRACTED, though less came in within the month than is kept");
  const int64_t salary = before && kept ? kept->balance - before->balance : 0;
  play.Check(salary >= kTaken + 1, "the salary, all of which is kept, must be on the account");
  play.CheckOutcome(play.Ask(play.courts().Release(first)), v1::OUTCOME_RELEASED, "the release by the order's id");

  const std::string digest = play.Hand(play.courts().ExtractIncome(earner, kTaken, 1, *account));
  if (!play.CheckOutcome(play.Answer(digest), v1::OUTCOME_PARTLY_CONTROLLED, "a second one") || !pay()) return;
  const auto event = play.Event(digest, v1::MEASURE_CHANGE_EXTRACTED);
  if (!play.Check(event.has_value(), "no EVENT with EXTRACTED after the salary came in")) return;
  play.Check(event->items(0).deduction().amount_minor_units() == kTaken, "more or less was taken than the limit");
  const auto after = play.LookAt(earner);
  if (kept && after)
    play.Check(after->balance - kept->balance == salary - kTaken, "the salary less the limit must be on the account");
}

}  // namespace

std::vector<Case> PaymentCases() {
  const std::vector<std::string_view> needs = {"INQUIRE", "FREEZE", "RELEASE", "DEDUCT", "money", "court_account"};
  return {
      {"deduct", "扣划", "Freezes 4.00 and deducts 1.00 of it.",
       "DEDUCTED with the booking reference; the balance is 1.00 less, 3.00 stay frozen.", "agency guide 5", needs,
       Deduction},
      {"deduct-too-much", "扣划超额", "Deducts one fen more than the measure controls.",
       "NOT_DEDUCTED; no money leaves.", "order.proto Deduct; domain A16 item 16", needs, TooMuch},
      {"deduct-repeated", "重复投递（扣划）", "Hands a deduction out again.",
       "The first answer again; the money leaves once.", "adapter_service.proto (normative); agency guide 4", needs,
       PaidTwice},
      {"release-behind-deduction", "扣划后解冻",
       "Hands out a deduction and a release of the same measure in one answer.",
       "The deduction first, the release never before it.",
       "agency guide 4: in the order of arrival; domain A16 item 14", needs, ReleaseBehindDeduction},
      {"extract-income",
       "提取收入",
       "Orders 3.00 of the income of [earner], with more kept of a month than comes in, then with 0.01 kept; a salary "
       "is paid each time.",
       "Nothing is taken of what is kept; then 3.00, told as EXTRACTED with the payment, and never more.",
       "order.proto ExtractIncome; agency guide 5",
       {"INQUIRE", "INCOME:EXTRACT_INCOME", "INCOME:RELEASE", "money", "court_account", "person:earner", "hook:salary"},
       Income},
  };
}

}  // namespace eagle::conformance
