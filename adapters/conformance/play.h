// What a case's script has at hand: it hands out orders, waits for their answers, looks at the register through
// inquiries, and notes what did not hold.
//
// Life: one for each case that is run; TidyUp releases what the script left in force.
// Threads: one.
//
//   const std::string freeze = play.Hand(play.courts().Freeze(person, 100'00));
//   const auto receipt = play.Answer(freeze);
//   play.Check(Is(receipt, v1::OUTCOME_CONTROLLED), "a freeze within the balance is CONTROLLED");
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "adapters/conformance/fixtures.h"
#include "adapters/conformance/gateway.h"
#include "adapters/conformance/orders.h"
#include "adapters/conformance/receipt_rules.h"
#include "adapters/conformance/stage.h"
#include "adapters/conformance/world.h"

namespace eagle::conformance {

// How long a script waits. For an answer that must come; and for something that must not happen.
struct Patience {
  absl::Duration answer = absl::Seconds(20);
  absl::Duration quiet = absl::Milliseconds(1500);
};

// What an inquiry shows of a person's assets.
struct Look {
  int64_t balance = 0, available = 0;  // of money
  int measures = 0;                    // that stand on what was found
  int found = 0;
};

class Play {
 public:
  // All outlive it.
  struct Parts {
    World& world;
    const Fixtures& fixtures;
    FakeGateway& gateway;
    Stage& stage;
    Entropy& entropy;
    Patience patience;
  };
  explicit Play(const Parts& parts)
      : parts_(parts), courts_(parts.world, parts.fixtures, parts.stage.clock(), parts.entropy) {}

  World& world() { return parts_.world; }
  const Fixtures& fixtures() const { return parts_.fixtures; }
  // To be touched within stage().Locked or Wait only.
  FakeGateway& gateway() { return parts_.gateway; }
  Stage& stage() { return parts_.stage; }
  Entropy& entropy() { return parts_.entropy; }
  Courts& courts() { return courts_; }
  const Patience& patience() const { return parts_.patience; }
  absl::Time Now() { return parts_.stage.clock().WallNow(); }
  // Pre: the case needs this person.
  const Person& Someone(std::string_view name = "person") const { return *parts_.fixtures.Find(name); }
  // What a freeze asks for: of money, `minor_units`; of a thing, the fixtures' value.
  int64_t Limit(int64_t minor_units) const { return parts_.fixtures.money ? minor_units : parts_.fixtures.thing_limit; }

  // Hands out, and gives the digest by which the task is known.
  std::string Hand(const v1::Order& order) { return HandSigned(courts_.Sign(order)); }
  std::string HandSigned(const v1::SignedMember& member);
  void HandAgain(const std::string& digest);
  // All in one poll, in this order.
  std::vector<std::string> HandTogether(const std::vector<v1::Order>& orders);

  // The last word (FINAL or RETURNED); absent when none came in time. What waits for a clerk or the payment system is
  // moved on by the hooks.
  std::optional<v1::Receipt> Answer(const std::string& digest);
  std::optional<v1::Receipt> Ask(const v1::Order& order) { return Answer(Hand(order)); }
  // The same, or none after the quiet time.
  std::optional<v1::Receipt> AnswerSoon(const std::string& digest);
  // An EVENT with this change on the order; absent when none came in time.
  std::optional<v1::Receipt> Event(const std::string& digest, v1::MeasureChange change);
  // The same of what has come so far.
  std::optional<v1::Receipt> EventNow(const std::string& digest, v1::MeasureChange change);
  // Has the unit state what stands now (the hook state) and gives its statement; absent (and noted) when none came.
  // Pre: the case needs the hook.
  std::optional<StatedDay> Stated();
  // How often the receipts of the task came, all together, and how many different ones there are.
  std::pair<int, size_t> TimesTold(const std::string& digest);
  bool WaitUntil(const std::function<bool()>& condition) { return stage().Wait(condition, patience().answer); }
  void WaitQuietly() {
    stage().Wait([] { return false; }, patience().quiet);
  }

  // An inquiry about the person. Absent (and noted) when it wasn't answered with FOUND or NIL.
  std::optional<Look> LookAt(const Person& person);

  // ---- judging

  // Notes `otherwise` unless `held`; gives `held`.
  bool Check(bool held, std::string_view otherwise);
  // Notes what was said instead, unless it was this.
  bool CheckOutcome(const std::optional<v1::Receipt>& receipt, v1::Outcome outcome, std::string_view what);
  // That the order was sent back and nothing was done.
  bool CheckReturned(const std::string& digest, std::string_view what);
  // A freeze that took everything it asked for.
  bool CheckControlled(const std::optional<v1::Receipt>& receipt, std::string_view what);
  // Between two looks exactly this came under measures (of money), or this many measures (of things).
  bool CheckTaken(const std::optional<Look>& before, const std::optional<Look>& after, int64_t money, int things,
                  std::string_view what);
  const std::vector<std::string>& faults() const { return faults_; }

  // Starts the adapter again if a case left it dead; waits until it polls. Notes a fault when it doesn't.
  bool EnsureRunning();
  // Releases what was left in force, withdraws what wasn't answered, straightens the gateway. Faults are noted.
  void TidyUp();

 private:
  std::optional<v1::Receipt> LastWord(const std::string& digest);
  // InWords, and why there may be no answer.
  std::string Said(const std::optional<v1::Receipt>& receipt);
  const std::string* HookFor(v1::Action action) const;
  bool MayStandYet(const std::string& digest);

  const Parts parts_;
  Courts courts_;
  std::vector<std::string> freezes_;  // digests, in the order of handing
  std::vector<std::string> faults_;
};

// "CONTROLLED", "RETURNED SIGNATURE_INVALID", "no answer".
std::string InWords(const std::optional<v1::Receipt>& receipt);
bool Is(const std::optional<v1::Receipt>& receipt, v1::Outcome outcome);
inline const v1::MeasureState* MeasureIn(const std::optional<v1::Receipt>& receipt) {
  return receipt ? MeasureIn(*receipt) : nullptr;
}

}  // namespace eagle::conformance
