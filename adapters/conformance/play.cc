#include "adapters/conformance/play.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/bytes.h"
#include "server/base/money.h"
#include "server/base/reason.h"

namespace eagle::conformance {
namespace {

constexpr absl::Duration kVerdictArrives = absl::Milliseconds(300);
constexpr absl::Duration kHookEvery = absl::Milliseconds(700);  // how long an answer may take before a hook is asked

std::optional<v1::Receipt> EventOf(FakeGateway& gateway, const std::string& digest, v1::MeasureChange change) {
  std::optional<v1::Receipt> event;
  for (const Seen& seen : gateway.Find(digest)->receipts) {
    if (seen.receipt.kind() == v1::RECEIPT_KIND_EVENT && seen.receipt.change() == change) event = seen.receipt;
  }
  return event;
}

bool Controls(v1::Outcome outcome) {
  return outcome == v1::OUTCOME_CONTROLLED || outcome == v1::OUTCOME_PARTLY_CONTROLLED ||
         outcome == v1::OUTCOME_WAITLISTED;
}

}  // namespace

std::string InWords(const std::optional<v1::Receipt>& receipt) {
  if (!receipt) return "no answer";
  if (receipt->kind() == v1::RECEIPT_KIND_RETURNED) return "RETURNED " + receipt->returned().reason();
  if (receipt->items().empty()) return "an answer without items";
  const v1::ItemResult& item = receipt->items(0);
  std::string word = v1::Outcome_Name(item.outcome());
  if (word.rfind("OUTCOME_", 0) == 0) word.erase(0, 8);
  return item.reason().empty() ? word : word + " " + item.reason();
}

bool Is(const std::optional<v1::Receipt>& receipt, v1::Outcome outcome) {
  return receipt && receipt->kind() != v1::RECEIPT_KIND_RETURNED && receipt->items_size() > 0 &&
         receipt->items(0).outcome() == outcome;
}

// ---- handing out

std::string Play::HandSigned(const v1::SignedMember& member) {
  std::string digest;
  stage().Locked([&] {
    gateway().Hand(member);
    digest = gateway().tasks().back().digest;
    if (gateway().tasks().back().order.has_freeze()) freezes_.push_back(digest);
  });
  return digest;
}

std::vector<std::string> Play::HandTogether(const std::vector<v1::Order>& orders) {
  std::vector<std::string> digests;
  stage().Locked([&] {
    for (const v1::Order& order : orders) {
      gateway().Hand(courts_.Sign(order));
      digests.push_back(gateway().tasks().back().digest);
      if (order.has_freeze()) freezes_.push_back(digests.back());
    }
  });
  return digests;
}

void Play::HandAgain(const std::string& digest) {
  // The verdict on its answer may be on its way still: an adapter whose report is open needn't send it once more.
  stage().Wait([] { return false; }, kVerdictArrives);
  stage().Locked([&] { gateway().HandAgain(digest); });
}

// ---- waiting

std::optional<v1::Receipt> Play::LastWord(const std::string& digest) {
  std::optional<v1::Receipt> receipt;
  stage().Locked([&] {
    const HandedTask* task = gateway().Find(digest);
    if (const Seen* seen = task == nullptr ? nullptr : task->LastWord()) receipt = seen->receipt;
  });
  return receipt;
}

const std::string* Play::HookFor(v1::Action action) const {
  const auto hook = fixtures().hooks.find(action == v1::ACTION_DEDUCT ? "confirm" : "approve");
  return action == v1::ACTION_INQUIRE || hook == fixtures().hooks.end() ? nullptr : &hook->second;
}

std::optional<v1::Receipt> Play::Answer(const std::string& digest) {
  const HandedTask* task = nullptr;
  stage().Locked([&] { task = gateway().Find(digest); });
  const auto answered = [&] { return task->LastWord() != nullptr; };
  const std::string* hook = HookFor(task->order.action());
  for (absl::Duration left = patience().answer; left > absl::ZeroDuration();) {
    const absl::Duration wait = hook == nullptr ? left : std::min(left, kHookEvery);
    if (stage().Wait(answered, wait)) break;
    left -= wait;
    // It may have nothing to approve yet; then it is asked again.
    if (hook != nullptr && left > absl::ZeroDuration()) stage().RunHook(*hook).IgnoreError();
  }
  return LastWord(digest);
}

std::optional<v1::Receipt> Play::AnswerSoon(const std::string& digest) {
  stage().Wait([&] { return gateway().Find(digest)->LastWord() != nullptr; }, patience().quiet);
  return LastWord(digest);
}

std::optional<v1::Receipt> Play::Event(const std::string& digest, v1::MeasureChange change) {
  std::optional<v1::Receipt> event;
  WaitUntil([&] {
    event = EventOf(gateway(), digest, change);
    return event.has_value();
  });
  return event;
}

std::optional<v1::Receipt> Play::EventNow(const std::string& digest, v1::MeasureChange change) {
  std::optional<v1::Receipt> event;
  stage().Locked([&] { event = EventOf(gateway(), digest, change); });
  return event;
}

std::pair<int, size_t> Play::TimesTold(const std::string& digest) {
  std::pair<int, size_t> told{0, 0};
  stage().Locked([&] {
    for (const Seen& seen : gateway().Find(digest)->receipts) told.first += seen.times, ++told.second;
  });
  return told;
}

std::optional<StatedDay> Play::Stated() {
  const absl::Time since = absl::FromUnixSeconds(absl::ToUnixSeconds(Now()));
  size_t before = 0;
  stage().Locked([&] { before = gateway().stated().size(); });
  if (!Check(stage().RunHook(fixtures().hooks.find("state")->second).ok(), "the hook state failed"))
    return std::nullopt;
  std::optional<StatedDay> out;
  WaitUntil([&] {
    for (size_t i = before; i < gateway().stated().size(); ++i) {
      const StatedDay& day = gateway().stated()[i];
      if (day.complete && day.as_of >= since) out = day;
    }
    return out.has_value();
  });
  Check(out.has_value(), "no complete statement came that is of an instant after the unit was asked for one");
  return out;
}

std::optional<Look> Play::LookAt(const Person& person) {
  const auto receipt = Ask(courts_.Inquiry(person));
  if (!Is(receipt, v1::OUTCOME_FOUND) && !Is(receipt, v1::OUTCOME_NIL)) {
    Check(false, absl::StrCat("an inquiry that looks at the register was answered with ", InWords(receipt)));
    return std::nullopt;
  }
  Look look;
  std::set<std::string> measures;
  for (const v1::ItemResult& item : receipt->items()) {
    if (item.outcome() != v1::OUTCOME_FOUND) continue;
    const v1::Finding& finding = item.finding();
    if (fixtures().money && finding.currency() != fixtures().currency) continue;
    if (!fixtures().money && !person.asset.empty() && finding.asset_number() != person.asset) continue;
    ++look.found;
    look.balance += finding.balance_minor_units();
    look.available += finding.available_minor_units();
    look.measures += finding.prior_measures_size();
  }
  return look;
}

// ---- judging

bool Play::Check(bool held, std::string_view otherwise) {
  if (!held) faults_.emplace_back(otherwise);
  return held;
}

std::string Play::Said(const std::optional<v1::Receipt>& receipt) {
  std::string said = InWords(receipt);
  if (receipt) return said;
  stage().Locked([&] {
    const v1::ReportStatusRequest& status = gateway().status();
    if (status.waiting_for_clerk() > 0)
      absl::StrAppend(&said, " (by its own word ", status.waiting_for_clerk(),
                      " tasks wait for a clerk: the hook approve plays him)");
    if (!status.instance().empty() && !status.back_end_reachable())
      absl::StrAppend(&said, " (by its own word its register can't be reached)");
  });
  return said;
}

bool Play::CheckOutcome(const std::optional<v1::Receipt>& receipt, v1::Outcome outcome, std::string_view what) {
  return Check(Is(receipt, outcome),
               absl::StrCat(ToAbsl(what), ": must be ", v1::Outcome_Name(outcome).substr(8), ", was ", Said(receipt)));
}

bool Play::CheckReturned(const std::string& digest, std::string_view what) {
  const auto receipt = Answer(digest);
  return Check(receipt && receipt->kind() == v1::RECEIPT_KIND_RETURNED,
               absl::StrCat(ToAbsl(what), ": must be RETURNED, was ", Said(receipt)));
}

bool Play::CheckControlled(const std::optional<v1::Receipt>& receipt, std::string_view what) {
  if (!CheckOutcome(receipt, v1::OUTCOME_CONTROLLED, what)) return false;
  const v1::MeasureState& measure = *MeasureIn(receipt);
  return Check(!measure.ended() && measure.rank() >= 1 && measure.unfunded_minor_units() == 0,
               absl::StrCat(ToAbsl(what), ": a measure that is CONTROLLED stands, with a rank and all of its limit"));
}

bool Play::CheckTaken(const std::optional<Look>& before, const std::optional<Look>& after, int64_t money, int things,
                      std::string_view what) {
  if (!before || !after) return false;
  if (fixtures().money) {
    const int64_t taken = before->available - after->available;
    return Check(taken == money, absl::StrCat(ToAbsl(what), ": ", MoneyText(money),
                                              " less must be free than before, the register shows ", MoneyText(taken)));
  }
  const int more = after->measures - before->measures;
  return Check(more == things, absl::StrCat(ToAbsl(what), ": ", things,
                                            " measures more must stand than before, the register shows ", more));
}

// ---- around a case

bool Play::EnsureRunning() {
  uint64_t hellos = 0, polls = 0;
  stage().Locked([&] { hellos = gateway().Calls(Method::kHello), polls = gateway().Calls(Method::kPull); });
  const bool starts = stage().OwnsAdapter() && !stage().AdapterRuns();
  if (starts) {
    if (const absl::Status started = stage().StartAdapter(); !started.ok())
      return Check(false, absl::StrCat("the adapter can't be started: ", FailureOf(started).message));
  }
  const bool polls_now = WaitUntil([&] {
    if (starts && gateway().Calls(Method::kHello) == hellos) return false;
    return gateway().open_polls > 0 || gateway().Calls(Method::kPull) > polls;
  });
  if (stage().OwnsAdapter() && !stage().AdapterRuns())
    return Check(polls_now,
                 "the adapter ended and doesn't poll: adapter.log in this test world's folder has what it said");
  return Check(polls_now, "the adapter doesn't poll: is it connected with the gateway of this test world?");
}

// Whether the register may hold the measure of this freeze still.
bool Play::MayStandYet(const std::string& digest) {
  bool stands = false;
  stage().Locked([&] {
    std::string reference;
    for (const Seen& seen : gateway().Find(digest)->receipts) {
      if (seen.receipt.items().empty() || !Controls(seen.receipt.items(0).outcome())) continue;
      if (seen.receipt.kind() == v1::RECEIPT_KIND_FINAL)
        stands = true, reference = seen.receipt.items(0).measure().unit_reference();
    }
    for (const HandedTask& task : gateway().tasks()) {
      for (const Seen& seen : task.receipts) {
        const v1::MeasureState* measure = MeasureIn(seen.receipt);
        if (measure != nullptr && measure->unit_reference() == reference && measure->ended()) stands = false;
      }
    }
  });
  return stands;
}

void Play::TidyUp() {
  stage().Locked([&] {
    gateway().Straighten();
    gateway().DropOpenTasks();
  });
  for (auto digest = freezes_.rbegin(); digest != freezes_.rend(); ++digest) {
    if (!MayStandYet(*digest)) continue;
    if (!EnsureRunning()) return;
    v1::Order freeze;
    stage().Locked([&] { freeze = gateway().Find(*digest)->order; });
    const auto receipt = Ask(courts_.Release(freeze, 0, freeze.court()));
    CheckOutcome(receipt, v1::OUTCOME_RELEASED, "the release of what this case had frozen");
  }
}

}  // namespace eagle::conformance
