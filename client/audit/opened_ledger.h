// The money of the cases once more, from the signed acts alone: what was asked for, held, taken and on its way, and the
// bound that the gateway promises never to break. Written apart from the gateway's own ledger, so that a fault there
// is not repeated here.
//
//   D = taken + sent + deductions unanswered    E = controlled, less deductions unanswered
//   R = freezes unanswered + unfunded parts of effective measures    C = the case's cap
//   No freeze is accepted that breaks D + E + R <= C, no deduction that breaks D <= C; the same for a respondent with a
//   liability of his own. A freeze under a signed exception, or of a thing without a value, isn't counted. The proceeds
//   of a thing that changes its owner are a deduction; what they are more than the thing counted with is asked for
//   besides. Income is a freeze without money, of which each payment is taken.
//
// Units: minor units. Threads: one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "goldeneagle/v1/case.pb.h"
#include "goldeneagle/v1/order.pb.h"
#include "goldeneagle/v1/receipt.pb.h"

namespace eagle::audit {

class OpenedLedger {
 public:
  void Open(uint64_t case_seq, const goldeneagle::v1::OpenCase& opened);
  void SetCap(uint64_t case_seq, int64_t cap);
  // By place: what each is liable for (0: all), and who has left the case.
  void SetRespondents(uint64_t case_seq, std::vector<int64_t> liabilities, std::vector<bool> removed);
  // Freezes on those who have left, as long as they are not over; rising. Absent when the case has a sealed part.
  std::optional<std::vector<uint64_t>> OnRemoved(uint64_t case_seq) const;
  // A payload about the case is sealed: nothing can be said of its money from now on.
  void Lose(uint64_t case_seq) { cases_[case_seq].lost = true; }

  // What is wrong with the acceptance, in words; absent: nothing.
  // `reserved`, `cap`: what the gateway says that it counted.
  std::optional<std::string> Accept(uint64_t case_seq, uint64_t seq, const goldeneagle::v1::Order& order,
                                    uint64_t freeze, uint32_t respondent, int64_t reserved, int64_t cap);
  // A receipt on an order that was accepted before. `overtaken`: by a later one of the same agency.
  void Answer(uint64_t case_seq, uint64_t seq, const goldeneagle::v1::Receipt& receipt, bool overtaken = false);
  void Withdraw(uint64_t case_seq, uint64_t seq);
  // What the unit last signed of a measure; absent when it isn't known or the case has a sealed part.
  struct Held {
    int64_t limit = 0, controlled = 0, unfunded = 0;
    uint64_t revision = 0;
    bool stands = false;  // in effect, or waits
    bool in_effect = false;
    int64_t ends = 0;  // first instant at which it is over, microseconds; 0: no end was signed
  };
  std::optional<Held> HeldBy(uint64_t case_seq, uint64_t freeze) const;
  // Whether a deduction that goes out now would take more than the cap.
  bool MayTake(uint64_t case_seq) const;
  // Settled on the court's account, and the highest cap there was.
  int64_t Taken(uint64_t case_seq) const;
  int64_t HighestCap(uint64_t case_seq) const;

 private:
  enum class Phase : uint8_t { kAsked, kWaits, kHolds, kOver };
  struct Measure {
    uint32_t respondent = 0;
    bool counted = false;
    int64_t limit = 0, controlled = 0, unfunded = 0;
    Phase phase = Phase::kAsked;
    bool used_up = false;   // by a deduction: a payment that comes back revives it
    bool refused = false;   // by its own answer: a correction of that revives it
    bool released = false;  // by a release: a correction of that revives it
    uint64_t revision = 0;  // of the unit's newest word on it
    int64_t ends = 0;       // microseconds
  };
  struct Payment {
    uint64_t freeze = 0;
    uint32_t respondent = 0;
    int64_t amount = 0;
    Phase phase = Phase::kAsked;  // kWaits: sent; kHolds: settled
    int64_t held = 0;             // of the measure, while it has no answer; 0: carried out before a recovery
    bool of_thing = false;        // the proceeds of a transfer of title
  };
  struct Money {
    int64_t cap = 0, highest_cap = 0;
    std::vector<int64_t> liabilities;
    std::vector<bool> removed;
    std::map<uint64_t, Measure> measures;
    std::map<uint64_t, Payment> payments;
    std::map<uint64_t, uint64_t> releases, renewals;              // order -> freeze
    std::map<std::pair<uint64_t, std::string>, int64_t> incomes;  // order and booking -> what was paid
    bool lost = false;
  };
  struct Sums {
    int64_t d = 0, e = 0, r = 0;
  };
  static Sums SumOf(const Money& money, std::optional<uint32_t> respondent);
  static void AnswerMeasure(Money& money, uint64_t seq, const goldeneagle::v1::Receipt& receipt, bool overtaken);
  static void AnswerTitle(Money& money, Payment& payment, const goldeneagle::v1::Receipt& receipt);
  static void AnswerPayment(Money& money, Payment& payment, const goldeneagle::v1::Receipt& receipt);
  // What of a thing's value stands for `proceeds` of it, or of the part that changes its owner.
  static int64_t HeldForTitle(const Money& money, uint64_t freeze, const goldeneagle::v1::TransferTitle& title);
  // What the measure controls, or was only asked for, and no open deduction takes.
  static int64_t FreeOf(const Money& money, uint64_t freeze);
  // Of the measure, by deductions that have no answer yet.
  static int64_t AskedOf(const Money& money, uint64_t freeze);
  static bool IsOlder(const goldeneagle::v1::MeasureState& state, const Measure& measure);
  static void Refuse(Measure& measure);
  static void TakeBack(Measure& measure, bool by_it, const goldeneagle::v1::MeasureState& state);
  static void Sign(Measure& measure, const goldeneagle::v1::ItemResult& item,
                   const goldeneagle::v1::MeasureState& state);

  std::map<uint64_t, Money> cases_;
};

}  // namespace eagle::audit
