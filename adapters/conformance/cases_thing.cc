// Things: title that passes, movables that are looked for, acts that are barred, quantities, pre-seals.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "adapters/conformance/cases.h"

namespace eagle::conformance {
namespace {

// Who buys: nobody's number in the test range.
Person Buyer(const std::string& asset) {
  return {.name = "方原", .id_kind = "CITIZEN_ID", .id_number = "990101199001010019", .asset = asset};
}

bool IsRefused(const std::optional<v1::Receipt>& receipt, v1::Outcome outcome) {
  return Is(receipt, outcome) || (receipt && receipt->kind() == v1::RECEIPT_KIND_RETURNED);
}

void TransferTitle(Play& play) {
  const Person& seller = play.Someone("sold");
  const v1::Order first = play.courts().Freeze(seller, play.Limit(kSmallLimit));
  if (!play.CheckControlled(play.Ask(first), "the first freeze")) return;
  const std::string waiting = play.Hand(play.courts().Freeze(seller, play.Limit(kSmallLimit), kOtherCourt));
  if (!play.CheckOutcome(play.Answer(waiting), v1::OUTCOME_WAITLISTED, "the second freeze, by another court")) return;
  const Person buyer = Buyer(seller.asset);
  const auto transferred = play.Ask(play.courts().TransferTitle(first, buyer));
  if (!play.CheckOutcome(transferred, v1::OUTCOME_TRANSFERRED, "the transfer by the court that was first")) return;
  play.Check(transferred->has_effect_at(), "effect_at is missing: when did title pass?");
  play.Check(play.Event(waiting, v1::MEASURE_CHANGE_LAPSED).has_value(),
             "the thing was sold whole, and no EVENT told the waiting court that its measure is void");
  const auto sold = play.LookAt(seller), bought = play.LookAt(buyer);
  play.Check(!sold || sold->found == 0, "after the transfer an inquiry still finds it with the old owner");
  play.Check(!bought || bought->found == 1, "after the transfer an inquiry must find it with the new owner");
}

void TransferOutOfTurn(Play& play) {
  const Person& person = play.Someone();
  const v1::Order first = play.courts().Freeze(person, play.Limit(kSmallLimit));
  const v1::Order second = play.courts().Freeze(person, play.Limit(kSmallLimit), kOtherCourt);
  if (!play.CheckControlled(play.Ask(first), "the first freeze")) return;
  if (!play.CheckOutcome(play.Ask(second), v1::OUTCOME_WAITLISTED, "the second freeze, by another court")) return;
  const auto before = play.LookAt(person);
  const Person buyer = Buyer(person.asset);
  const auto waits = play.Ask(play.courts().TransferTitle(second, buyer, kOtherCourt));
  play.Check(IsRefused(waits, v1::OUTCOME_NOT_TRANSFERRED),
             "a transfer under a measure that waits: must be NOT_TRANSFERRED, was " + InWords(waits));
  const auto foreign = play.Ask(play.courts().TransferTitle(first, buyer, kOtherCourt));
  play.Check(IsRefused(foreign, v1::OUTCOME_NOT_TRANSFERRED),
             "a transfer under another court's measure: must be NOT_TRANSFERRED, was " + InWords(foreign));
  play.CheckTaken(before, play.LookAt(person), 0, 0, "transfers that were refused");
}

// EVENTs of a search so far.
int Sightings(Play& play, const std::string& digest) {
  int times = 0;
  play.stage().Locked([&] {
    for (const Seen& seen : play.gateway().Find(digest)->receipts)
      times += seen.receipt.kind() == v1::RECEIPT_KIND_EVENT ? 1 : 0;
  });
  return times;
}

void Locate(Play& play) {
  const v1::Order freeze = play.courts().Freeze(play.Someone(), play.Limit(kSmallLimit));
  if (!play.CheckControlled(play.Ask(freeze), "a freeze")) return;
  const std::string search = play.Hand(play.courts().Locate(freeze));
  if (!play.CheckOutcome(play.Answer(search), v1::OUTCOME_LOCATING, "an order to look for it")) return;
  const std::string& hook = play.fixtures().hooks.at("sighting");
  play.Check(play.stage().RunHook(hook).ok(), "the hook sighting doesn't end with 0 while a court looks");
  play.WaitUntil([&] {
    const auto& receipts = play.gateway().Find(search)->receipts;
    return std::any_of(receipts.begin(), receipts.end(),
                       [](const Seen& seen) { return seen.receipt.kind() == v1::RECEIPT_KIND_EVENT; });
  });
  const auto sighted = play.EventNow(search, v1::MEASURE_CHANGE_SIGHTED);
  const auto seized = play.EventNow(search, v1::MEASURE_CHANGE_SEIZED);
  play.Check(sighted || seized, "it was met, and no EVENT of the order that looks for it told so");
  const auto released = play.Ask(play.courts().Release(freeze));
  if (!play.CheckOutcome(released, v1::OUTCOME_RELEASED, "the release of the measure")) return;
  const int told = Sightings(play, search);
  play.stage().RunHook(hook).IgnoreError();  // it may say that nobody looks
  play.WaitQuietly();
  play.Check(Sightings(play, search) == told, "a search ends with its measure: a sighting was told after the release");
  const auto late = play.Ask(play.courts().Locate(freeze));
  play.Check(IsRefused(late, v1::OUTCOME_NOT_LOCATING),
             "an order to look under a measure that has ended: must be NOT_LOCATING, was " + InWords(late));
}

void BlockedActs(Play& play) {
  const std::string& act = play.fixtures().blocked_act;
  v1::Order named = play.courts().Freeze(play.Someone(), play.Limit(kSmallLimit));
  named.mutable_freeze()->add_blocked_acts(act);
  const auto receipt = play.Ask(named);
  if (!play.CheckControlled(receipt, "a freeze that names an act")) return;
  const auto& told = MeasureIn(receipt)->blocked_acts();
  play.Check(told.size() == 1 && told.Get(0) == act,
             absl::StrCat("measure.blocked_acts must be what the order named, ", act, " alone"));
  play.CheckOutcome(play.Ask(play.courts().Release(named)), v1::OUTCOME_RELEASED, "its release");
  const auto before = play.LookAt(play.Someone());
  v1::Order unknown = play.courts().Freeze(play.Someone(), play.Limit(kSmallLimit));
  unknown.mutable_freeze()->add_blocked_acts(act);
  unknown.mutable_freeze()->add_blocked_acts("NO_SUCH_ACT");
  const auto refused = play.Ask(unknown);
  play.Check(IsRefused(refused, v1::OUTCOME_NOT_CONTROLLED),
             "a freeze with an act that no office knows: must be NOT_CONTROLLED, was " + InWords(refused));
  play.CheckTaken(before, play.LookAt(play.Someone()), 0, 0, "a freeze that was refused");
}

void Quantity(Play& play) {
  const Person& person = play.Someone();
  const v1::Receipt found = play.Ask(play.courts().Inquiry(person)).value_or(v1::Receipt());
  int64_t held = 0;
  for (const v1::ItemResult& item : found.items()) {
    if (item.finding().asset_number() == person.asset) held = item.finding().quantity_e4();
  }
  if (!play.Check(held > 0, "finding.quantity_e4 must say how many units the person holds")) return;
  // Half of it, to whole units.
  constexpr int64_t kUnit = 10'000;
  const int64_t half = held / 2 / kUnit * kUnit;
  v1::Order first = play.courts().Freeze(person, play.Limit(kSmallLimit));
  first.mutable_freeze()->mutable_asset()->set_quantity_e4(half);
  const auto one = play.Ask(first);
  if (!play.CheckControlled(one, "a freeze of half of the units")) return;
  play.Check(MeasureIn(one)->requested_quantity_e4() == half && MeasureIn(one)->controlled_quantity_e4() == half,
             absl::StrCat("requested and controlled quantity must be what was ordered, ", half, ", were ",
                          MeasureIn(one)->requested_quantity_e4(), " and ", MeasureIn(one)->controlled_quantity_e4()));
  v1::Order second = play.courts().Freeze(person, play.Limit(kSmallLimit), kOtherCourt);
  second.mutable_freeze()->mutable_asset()->set_quantity_e4(held);
  const auto two = play.Ask(second);
  if (!play.CheckOutcome(two, v1::OUTCOME_PARTLY_CONTROLLED, "a freeze of all units beside it")) return;
  play.Check(MeasureIn(two)->controlled_quantity_e4() == held - half, "it must control what the first has left");
}

void PreSeal(Play& play) {
  const Person& person = play.Someone("pre_registered");
  const auto found = play.Ask(play.courts().Inquiry(person));
  const bool told = found && std::any_of(found->items().begin(), found->items().end(), [&](const v1::ItemResult& item) {
                      return item.finding().asset_number() == person.asset && !item.finding().pre_registered().empty();
                    });
  play.Check(told, "an inquiry must find the advance notice, and say in finding.pre_registered that it is one");
  const auto receipt = play.Ask(play.courts().Freeze(person, play.Limit(kSmallLimit)));
  if (!play.CheckControlled(receipt, "a freeze of what the person is to own")) return;
  play.Check(MeasureIn(receipt)->pre_seal(), "measure.pre_seal must say that the person isn't the owner yet");
}

}  // namespace

std::vector<Case> ThingCases() {
  return {
      {"transfer-out-of-turn",
       "未轮到者不得过户",
       "Has title transferred under a measure that waits, and under another court's.",
       "NOT_TRANSFERRED with a reason (or returned); nothing changes.",
       "Civil Procedure Law art 262; domain A7.6",
       {"INQUIRE", "FREEZE", "RELEASE", "TRANSFER_TITLE", "keeps_waitlist", "thing"},
       TransferOutOfTurn},
      {"blocked-acts",
       "限制事项",
       "Freezes with one barred act named, then with one that no office knows.",
       "CONTROLLED and exactly that act told; NOT_CONTROLLED, and nothing done.",
       "interpretation on preserving trademarks (2020) art 1; provisions on patent disputes (2015) art 13",
       {"INQUIRE", "FREEZE", "RELEASE", "thing", "blocked_act"},
       BlockedActs},
      {"quantity",
       "按数量冻结",
       "Freezes half of the units, then all of them for another court.",
       "CONTROLLED, then PARTLY_CONTROLLED with what was left; quantities told in both.",
       "enforcement against equity (2021) art 5; domain A7.3",
       {"INQUIRE", "FREEZE", "RELEASE", "thing", "counts_units"},
       Quantity},
      {"pre-seal",
       "预查封",
       "Freezes what is registered in advance in the person's name.",
       "The finding says so; CONTROLLED as a pre-seal.",
       "domain A7.7; joint notice on land and houses (2004)",
       {"INQUIRE", "FREEZE", "RELEASE", "thing", "person:pre_registered"},
       PreSeal},
      {"locate",
       "协助查找",
       "Has a movable looked for; it is met; the measure is released; it is met again.",
       "LOCATING; an EVENT with the sighting on that order; after the release none, and NOT_LOCATING.",
       "domain A13; seizure and freezing provisions (2020) arts 7 and 9",
       {"FREEZE", "RELEASE", "LOCATE", "thing", "hook:sighting"},
       Locate},
      {"transfer-title",
       "协助办理过户",
       "Has the thing of [sold] transferred to a buyer while another court waits. It stays sold.",
       "TRANSFERRED and the measure ended; the waiting court is told LAPSED; inquiries find the new owner only.",
       "Civil Procedure Law art 262; domain A7.6 item 4",
       {"INQUIRE", "FREEZE", "TRANSFER_TITLE", "keeps_waitlist", "thing", "person:sold"},
       TransferTitle},
  };
}

}  // namespace eagle::conformance
