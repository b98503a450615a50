// Measures: taken whole and in part, behind others, renewed, given up.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "adapters/conformance/cases.h"
#include "server/base/money.h"

namespace eagle::conformance {
namespace {

constexpr int64_t kMore = 1'000'00;  // above what is there

void FreezeAndRelease(Play& play) {
  const auto before = play.LookAt(play.Someone());
  const v1::Order freeze = play.courts().Freeze(play.Someone(), play.Limit(kSmallLimit));
  const auto frozen = play.Ask(freeze);
  if (!play.CheckControlled(frozen, "a freeze within what is there")) return;
  const v1::MeasureState measure = *MeasureIn(frozen);
  if (play.fixtures().money)
    play.Check(measure.requested_minor_units() == kSmallLimit && measure.controlled_minor_units() == kSmallLimit,
               "requested and controlled must be the limit of the order");
  play.Check(frozen->has_effect_at(), "effect_at is missing: when did something change?");
  play.CheckTaken(before, play.LookAt(play.Someone()), kSmallLimit, 1, "a freeze");
  const auto released = play.Ask(play.courts().Release(freeze));
  if (!play.CheckOutcome(released, v1::OUTCOME_RELEASED, "its release")) return;
  play.Check(MeasureIn(released)->ended(), "a measure that was released whole has ended");
  play.Check(MeasureIn(released)->unit_reference() == measure.unit_reference(),
             "the release speaks of another unit_reference than the freeze");
  play.CheckTaken(before, play.LookAt(play.Someone()), 0, 0, "a freeze and its release");
}

void PartialFreeze(Play& play) {
  const auto before = play.LookAt(play.Someone());
  if (!before) return;
  const auto receipt = play.Ask(play.courts().Freeze(play.Someone(), before->available + kMore));
  if (!play.CheckOutcome(receipt, v1::OUTCOME_PARTLY_CONTROLLED, "a freeze above the balance")) return;
  const v1::MeasureState& measure = *MeasureIn(receipt);
  play.Check(measure.controlled_minor_units() == before->available,
             absl::StrCat("controlled must be what was free, ", MoneyText(before->available), ", was ",
                          MoneyText(measure.controlled_minor_units())));
  play.Check(measure.unfunded_minor_units() == kMore, "unfunded must be the rest of the limit");
  const auto after = play.LookAt(play.Someone());
  play.Check(!after || after->available == 0, "after a freeze above the balance nothing may be free");
}

void EmptyAccount(Play& play) {
  const auto receipt = play.Ask(play.courts().Freeze(play.Someone("empty_person"), kSmallLimit));
  if (!play.CheckOutcome(receipt, v1::OUTCOME_PARTLY_CONTROLLED, "a freeze of an empty account")) return;
  const v1::MeasureState& measure = *MeasureIn(receipt);
  play.Check(measure.controlled_minor_units() == 0 && measure.unfunded_minor_units() == kSmallLimit,
             "an empty account: controlled 0, everything unfunded");
  play.Check(measure.rank() == 1, "an empty account that nobody froze before: rank 1");
}

void NobodysFreeze(Play& play) {
  Person stranger = play.Someone();
  stranger.name = "钟离无名";
  stranger.id_number = "990101195001010010";
  stranger.id_kind = "CITIZEN_ID";
  const auto receipt = play.Ask(play.courts().Freeze(stranger, play.Limit(kSmallLimit)));
  const bool refused = Is(receipt, v1::OUTCOME_NOT_CONTROLLED) || Is(receipt, v1::OUTCOME_AMBIGUOUS);
  play.Check(refused, "a freeze of somebody who has nothing here: must be NOT_CONTROLLED, was " + InWords(receipt));
}

// The first takes all there is, so the second waits. Gives the second's digest; empty when that failed.
std::string QueueTwo(Play& play, v1::Order& first, v1::Order& second) {
  const auto look = play.LookAt(play.Someone());
  if (!look) return "";
  first = play.courts().Freeze(play.Someone(), play.Limit(look->available));
  second = play.courts().Freeze(play.Someone(), play.Limit(kSmallLimit), kOtherCourt);
  if (!play.CheckControlled(play.Ask(first), "the first freeze")) return "";
  const std::string digest = play.Hand(second);
  const auto waits = play.Answer(digest);
  if (!play.CheckOutcome(waits, v1::OUTCOME_WAITLISTED, "the second freeze of the same, by another court")) return "";
  play.Check(MeasureIn(waits)->rank() >= 2, "what waits has a rank behind the first");
  return digest;
}

void Waitlist(Play& play) {
  v1::Order first, second;
  const std::string waiting = QueueTwo(play, first, second);
  if (waiting.empty()) return;
  if (!play.CheckOutcome(play.Ask(play.courts().Release(first)), v1::OUTCOME_RELEASED, "the release of the first"))
    return;
  const auto event = play.Event(waiting, v1::MEASURE_CHANGE_PROMOTED);
  if (!play.Check(event.has_value(), "the first was released, and no EVENT told that the second took effect")) return;
  const v1::MeasureState* measure = MeasureIn(event);
  if (!play.Check(measure != nullptr, "the event has no measure")) return;
  play.Check(measure->has_effective_from(), "promoted: measure.effective_from must be there");
  if (play.fixtures().money)
    play.Check(measure->controlled_minor_units() == kSmallLimit, "promoted: what it controls must be its limit");
}

void RankByArrival(Play& play) {
  const auto look = play.LookAt(play.Someone());
  if (!look) return;
  const v1::Order first = play.courts().Freeze(play.Someone(), play.Limit(look->available), kOtherCourt);
  const v1::Order second = play.courts().Freeze(play.Someone(), play.Limit(kSmallLimit));
  const std::vector<std::string> digests = play.HandTogether({first, second});
  play.CheckControlled(play.Answer(digests[0]), "of two freezes in one answer, the first");
  play.CheckOutcome(play.Answer(digests[1]), v1::OUTCOME_WAITLISTED, "of two freezes in one answer, the second");
}

void ReleaseInPart(Play& play) {
  const auto before = play.LookAt(play.Someone());
  const v1::Order freeze = play.courts().Freeze(play.Someone(), kSmallLimit);
  if (!play.CheckControlled(play.Ask(freeze), "a freeze")) return;
  const auto receipt = play.Ask(play.courts().Release(freeze, kSmallLimit / 4));
  if (!play.CheckOutcome(receipt, v1::OUTCOME_RELEASED, "the release of a quarter")) return;
  const v1::MeasureState& measure = *MeasureIn(receipt);
  play.Check(!measure.ended() && measure.requested_minor_units() == kSmallLimit - kSmallLimit / 4 &&
                 measure.controlled_minor_units() == kSmallLimit - kSmallLimit / 4,
             "after the release of a quarter three quarters stand");
  play.CheckTaken(before, play.LookAt(play.Someone()), kSmallLimit - kSmallLimit / 4, 1,
                  "after the release of a quarter");
}

void Inflow(Play& play) {
  const Person& person = play.Someone("empty_person");
  const std::string digest = play.Hand(play.courts().Freeze(person, 10 * kSmallLimit));
  if (!play.CheckOutcome(play.Answer(digest), v1::OUTCOME_PARTLY_CONTROLLED, "a freeze of an empty account")) return;
  if (!play.Check(play.stage().RunHook(play.fixtures().hooks.at("deposit")).ok(), "the hook deposit failed")) return;
  const auto event = play.Event(digest, v1::MEASURE_CHANGE_INFLOW);
  if (!play.Check(event.has_value(), "money arrived on a frozen account, and no EVENT told that it was caught")) return;
  const v1::MeasureState* measure = MeasureIn(event);
  play.Check(measure != nullptr && measure->controlled_minor_units() > 0 &&
                 measure->controlled_minor_units() + measure->unfunded_minor_units() == 10 * kSmallLimit,
             "after the inflow controlled and unfunded must add up to the limit, and controlled be above 0");
}

void BehindPrior(Play& play) {
  const Person& person = play.Someone("prior");
  const auto look = play.LookAt(person);
  if (!look) return;
  play.Check(look->measures >= 1, "an inquiry must tell the measure that stands before ours");
  const auto receipt = play.Ask(play.courts().Freeze(person, play.Limit(look->available + kSmallLimit)));
  const bool behind = Is(receipt, v1::OUTCOME_WAITLISTED) || Is(receipt, v1::OUTCOME_PARTLY_CONTROLLED);
  if (!play.Check(behind,
                  "a freeze behind another's: must be WAITLISTED or PARTLY_CONTROLLED, was " + InWords(receipt)))
    return;
  play.Check(MeasureIn(receipt)->rank() >= 2, "behind another's measure the rank is 2 or more");
}

void Renewal(Play& play) {
  const v1::Order freeze = play.courts().Freeze(play.Someone(), play.Limit(kSmallLimit));
  const auto frozen = play.Ask(freeze);
  if (!play.CheckControlled(frozen, "a freeze")) return;
  const auto receipt = play.Ask(play.courts().Renew(freeze, play.fixtures().term_months));
  if (!play.CheckOutcome(receipt, v1::OUTCOME_RENEWED, "its renewal")) return;
  const v1::MeasureState &was = *MeasureIn(frozen), &is = *MeasureIn(receipt);
  play.Check(is.unit_reference() == was.unit_reference(), "renewed, it is another measure (unit_reference)");
  play.Check(is.rank() == was.rank(), "renewed, it has another rank");
  play.Check(is.controlled_minor_units() == was.controlled_minor_units(), "renewed, it controls another amount");
  play.Check(is.effective_to().seconds() > was.effective_to().seconds(), "renewed, it must end later");
}

void RenewalOpensNoWindow(Play& play) {
  v1::Order first, second;
  const std::string waiting = QueueTwo(play, first, second);
  if (waiting.empty()) return;
  play.CheckOutcome(play.Ask(play.courts().Renew(first, play.fixtures().term_months)), v1::OUTCOME_RENEWED,
                    "the renewal of the first");
  play.WaitQuietly();
  play.stage().Locked([&] {
    for (const Seen& seen : play.gateway().Find(waiting)->receipts) {
      const v1::MeasureState* measure = MeasureIn(seen.receipt);
      play.Check(measure == nullptr || !measure->has_effective_from(),
                 "the renewal of the first let the second take effect");
    }
  });
}

// More than everything that the holder has: the product is barred, and the account to which it pays back waits.
void ProductAndReturnAccount(Play& play) {
  const Person& holder = play.Someone("product");
  const auto found = play.Ask(play.courts().Inquiry(holder));
  std::string back;
  for (int i = 0; found && i < found->items_size(); ++i) {
    const v1::Finding& finding = found->items(i).finding();
    if (finding.asset_number() == holder.asset) back = finding.return_account();
  }
  if (!play.Check(!back.empty(), "the finding of a product must tell its return account")) return;
  const auto before = play.LookAt(holder);
  if (!before) return;
  const v1::Order freeze = play.courts().FreezeProduct(holder, before->balance + kSmallLimit);
  const auto receipt = play.Ask(freeze);
  if (!play.CheckOutcome(receipt, v1::OUTCOME_PARTLY_CONTROLLED, "a freeze above what product and account are worth"))
    return;
  bool product = false, account = false;
  for (const v1::MeasureShare& share : MeasureIn(receipt)->shares()) {
    product |= share.asset_number() == holder.asset && share.controlled_minor_units() > 0;
    account |= share.asset_number() == back;
  }
  const bool without = receipt->items(0).reason() == "PRODUCT_NOT_CONTROLLED";
  play.Check(account, "the return account must be under the same measure as the product");
  play.Check(product != without, "either the product is barred, or the answer says PRODUCT_NOT_CONTROLLED");
  if (!play.CheckOutcome(play.Ask(play.courts().Release(freeze)), v1::OUTCOME_RELEASED, "its release")) return;
  const auto small = play.Ask(play.courts().FreezeProduct(holder, kSmallLimit));
  play.CheckOutcome(small, without ? v1::OUTCOME_PARTLY_CONTROLLED : v1::OUTCOME_CONTROLLED,
                    "a freeze of a product within its worth");
}

// What the counter registered becomes the order's: no second measure, and the order's id releases it.
void CounterMeasure(Play& play) {
  const Person& person = play.Someone("counter");
  if (!play.Check(play.stage().RunHook(play.fixtures().hooks.at("paper_freeze")).ok(), "the hook paper_freeze failed"))
    return;
  const auto before = play.LookAt(person);
  play.CheckOutcome(play.Ask(play.courts().TakeOver(person, kSmallLimit, "another notice")), v1::OUTCOME_NOT_CONTROLLED,
                    "an order with another document number");
  const v1::Order order = play.courts().TakeOver(person, kSmallLimit, person.document);
  const auto receipt = play.Ask(order);
  if (!play.CheckControlled(receipt, "an order that takes over what the counter registered")) return;
  play.Check(MeasureIn(receipt)->unit_reference() == person.asset, "the measure must keep the counter's reference");
  const auto taken = play.LookAt(person);
  if (before && taken)
    play.Check(before->measures == taken->measures && before->available == taken->available,
               "taken over, the measure must stand as it stood: the register shows another");
  if (!play.CheckOutcome(play.Ask(play.courts().Release(order)), v1::OUTCOME_RELEASED, "the release by the order's id"))
    return;
  const auto after = play.LookAt(person);
  if (before && after)
    play.Check(after->measures == before->measures - 1, "after the release the counter's measure still stands");
}

}  // namespace

std::vector<Case> MeasureCases() {
  return {
      {"freeze-release",
       "冻结与解冻",
       "Freezes within what is there, and releases.",
       "CONTROLLED with its own number; then RELEASED and ended. An inquiry shows both.",
       "agency guide 5",
       {"INQUIRE", "FREEZE", "RELEASE"},
       FreezeAndRelease},
      {"freeze-stranger",
       "冻结查无此人",
       "Freezes somebody who has nothing here.",
       "NOT_CONTROLLED with a reason (or AMBIGUOUS); never a measure on another's asset.",
       "agency guide 5",
       {"FREEZE"},
       NobodysFreeze},
      {"partial-freeze",
       "部分冻结",
       "Freezes 1,000.00 more than is free.",
       "PARTLY_CONTROLLED: what is free is controlled, the rest unfunded on one account.",
       "agency guide 5; domain A10",
       {"INQUIRE", "FREEZE", "RELEASE", "money"},
       PartialFreeze},
      {"empty-account",
       "空账户",
       "Freezes an empty account.",
       "PARTLY_CONTROLLED, rank 1, everything unfunded.",
       "agency guide 5; domain A16 item 10",
       {"FREEZE", "RELEASE", "money", "person:empty_person"},
       EmptyAccount},
      {"inflow",
       "续入",
       "Freezes an empty account and has money arrive.",
       "An EVENT INFLOW with what was caught.",
       "agency guide 5; domain A16 item 10",
       {"FREEZE", "RELEASE", "money", "captures_inflow", "person:empty_person", "hook:deposit"},
       Inflow},
      {"waitlist",
       "轮候",
       "Has a second court freeze what the first holds; then releases the first.",
       "WAITLISTED, then an EVENT PROMOTED with what it controls.",
       "agency guide 5",
       {"INQUIRE", "FREEZE", "RELEASE", "keeps_waitlist"},
       Waitlist},
      {"rank-by-arrival",
       "先到先得",
       "Hands out two courts' freezes of the same in one answer.",
       "The one handed out first is first.",
       "agency guide 4 and 5; domain decision 2",
       {"INQUIRE", "FREEZE", "RELEASE", "keeps_waitlist"},
       RankByArrival},
      {"prior-measure",
       "在先冻结",
       "Freezes an asset on which somebody else's measure stands.",
       "Tell that measure; take a rank behind it.",
       "agency guide 5; receipt.proto PriorMeasure",
       {"INQUIRE", "FREEZE", "RELEASE", "keeps_waitlist", "person:prior"},
       BehindPrior},
      {"release-in-part",
       "部分解冻",
       "Releases a quarter of a freeze.",
       "RELEASED; three quarters stand.",
       "order.proto Release",
       {"INQUIRE", "FREEZE", "RELEASE", "partial_release", "money"},
       ReleaseInPart},
      {"renewal",
       "续冻",
       "Renews a freeze.",
       "The same measure, rank and amounts; a later end.",
       "agency guide 5",
       {"FREEZE", "RENEW", "RELEASE"},
       Renewal},
      {"renewal-opens-no-window",
       "续冻不开窗口",
       "Renews a freeze behind which another waits.",
       "Nobody behind it moves: never a release and a new freeze.",
       "order.proto Renew; domain decision 2",
       {"INQUIRE", "FREEZE", "RENEW", "RELEASE", "keeps_waitlist"},
       RenewalOpensNoWindow},
      {"product-and-return-account",
       "理财产品与回款账户",
       "Freezes the product of [product], above everything its holder has, then for 1.00.",
       "Product and return account are under one measure; where another house keeps the product PARTLY_CONTROLLED with "
       "PRODUCT_NOT_CONTROLLED, never CONTROLLED.",
       "order.proto ProductTarget; agency guide 5",
       {"INQUIRE", "WEALTH_PRODUCT:FREEZE", "RELEASE", "money", "person:product"},
       ProductAndReturnAccount},
      {"counter-measure",
       "柜面冻结接管",
       "Has the counter register a freeze of 1.00 on [counter], then takes it over by an order; first with a wrong "
       "document number.",
       "NOT_CONTROLLED for what doesn't fit; else the same measure as it stands, released by the order's id.",
       "order.proto CounterMeasure; domain A7.8",
       {"INQUIRE", "FREEZE", "RELEASE", "money", "person:counter", "hook:paper_freeze"},
       CounterMeasure},
  };
}

}  // namespace eagle::conformance
