// A province lives: courts file cases, ask agencies, freeze what is found, renew, take, release, close; agencies take
// their orders and answer when their habits say so; some sleep for days; twice the machine's clock is set wrong.
//
// Life: made, then Play once. Keeps a count of its own of every answer and deadline, by a rule that it computes itself,
// so that what the scorecards say can be held against it.
// Bounds: memory for what is open, and 48 bytes a case; what the gateway keeps of it is the gateway's.
// Threads: one.
//
//   Life life(plan, gateway, {.cases_a_day = 500, .first = absl::CivilDay(2026, 1, 1), .days = 365});
//   life.Play([](const Life& now) { ... });   // told once a day
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <queue>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "tests/sim/province_papers.h"

namespace eagle::province {

// What the simulation knows of an agency's or a court's work by itself.
struct Tally {
  uint64_t received = 0, answered = 0, returned = 0, on_time = 0, missed = 0, open = 0;
  friend bool operator==(const Tally&, const Tally&) = default;
};

class Life {
 public:
  struct Options {
    uint32_t cases_a_day = 500;  // over all days of the year; those on which nobody works have few
    uint32_t asked = 12;         // agencies that the first inquiry of a case goes to
    absl::CivilDay first{2026, 1, 1};
    int days = 365;
    absl::Duration slot = absl::Seconds(20);  // what happens within one is one batch
    bool jumps = true;                        // the clock is set wrong twice, and put right by people
    uint64_t seed = 1;
  };
  Life(const Plan& plan, Gateway& gateway, const Options& options);

  // From midnight of the first day to just past midnight after the last one.
  void Play(const std::function<void(const Life&)>& each_day);

  absl::CivilDay today() const { return today_; }
  uint64_t cases() const { return cases_.size(); }
  uint64_t orders() const { return orders_made_; }
  uint64_t answers() const { return answers_; }
  uint64_t alarms() const { return alarms_; }
  const std::map<v1::Action, uint64_t>& orders_by_action() const { return by_action_; }
  // Of all agencies, by ordinal; after Play.
  const std::map<uint32_t, Tally>& tallies() const { return tallies_; }

 private:
  enum class What : uint8_t { kFile, kInquire, kFreeze, kFollow, kAskAgain, kClose, kWake, kSleep, kReturn, kClock };
  struct Event {
    absl::Time at;
    uint64_t serial = 0;
    What what{};
    uint32_t who = 0;    // court, case or agency, by `what`
    uint64_t about = 0;  // freeze, agency
    int64_t amount = 0;
    friend bool operator>(const Event& a, const Event& b) {
      return std::tie(a.at, a.serial) > std::tie(b.at, b.serial);
    }
  };
  struct LiveCase {
    CaseName name;
    int64_t cap = 0, room = 0;  // what may still be asked for
    uint16_t open_orders = 0, standing = 0;
    uint8_t freezes = 0;
    bool controlled = false;
  };
  struct LiveOrder {
    std::string id, digest;
    uint32_t in_case = 0;
    v1::Action action{};
    bool urgent = false, again = false;
    int64_t amount = 0;
    uint64_t freeze = 0;
    absl::Time due;
    uint32_t open = 0;
  };
  enum class Fate : uint8_t { kDeduct, kRelease, kRenew, kStay };
  struct LiveMeasure {
    std::string order_id;
    uint32_t in_case = 0, agency = 0;
    int64_t limit = 0, controlled = 0;
    absl::Time ends;
    Fate fate{};
    bool urgent = false;
  };
  struct Answer {
    absl::Time at, arrived;
    uint64_t order = 0;
    friend bool operator>(const Answer& a, const Answer& b) {
      return std::tie(a.at, a.order) > std::tie(b.at, b.order);
    }
  };
  struct LiveAgency {
    std::deque<uint64_t> waiting;  // not handed out
    std::priority_queue<Answer, std::vector<Answer>, std::greater<>> answers;
    absl::Time wake = absl::InfiniteFuture();  // the next wake that stands in the queue of events
    absl::Time back = absl::InfinitePast();    // asleep until
  };

  void At(absl::Time at, What what, uint32_t who, uint64_t about = 0, int64_t amount = 0);
  void Happen(const Event& event);
  void PlanDay(absl::CivilDay day);
  void PlanSleeps();
  void SetClock(uint64_t step);

  // --- courts
  void File(uint32_t court);
  void Inquire(uint32_t in_case);
  void Freeze(uint32_t in_case, uint32_t agency, int64_t found);
  void Follow(uint64_t freeze);
  void AskAgain(uint32_t in_case, uint32_t agency);
  void Close(uint32_t in_case);
  void Submit(uint32_t in_case, const v1::Order& order, std::vector<uint32_t> agencies, LiveOrder live);
  absl::Time CourtTime(absl::Duration least, absl::Duration most);
  std::vector<uint32_t> WhomToAsk();

  // --- agencies
  void Wake(uint32_t agency);
  void Return(uint32_t agency);
  void WakeAt(uint32_t agency, absl::Time at);
  void TakeOrders(uint32_t agency);
  absl::Time AnswerTime(const AgencyPlan& of, const LiveOrder& order);
  v1::Receipt ReceiptOf(uint32_t agency, const Answer& answer, LiveOrder& order);
  void AnswerInquiry(uint32_t agency, LiveOrder& order, v1::Receipt& receipt);
  void AnswerFreeze(uint32_t agency, uint64_t seq, LiveOrder& order, v1::Receipt& receipt);
  void AnswerAboutMeasure(uint64_t freeze, LiveOrder& order, v1::Receipt& receipt);
  v1::MeasureState StateOf(const LiveMeasure& measure);
  void Forget(uint64_t seq, LiveOrder& order);

  const Plan& plan_;
  Gateway& gateway_;
  const Options options_;
  Dice dice_;
  absl::CivilDay today_;
  absl::Time end_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  uint64_t serial_ = 0, next_id_ = 1, orders_made_ = 0, answers_ = 0, alarms_ = 0, reference_ = 0;
  double owed_cases_ = 0;
  std::vector<LiveCase> cases_;
  absl::flat_hash_map<uint64_t, LiveOrder> orders_;      // open, by sequence
  absl::flat_hash_map<uint64_t, LiveMeasure> measures_;  // standing or asked for, by freeze
  std::vector<LiveAgency> agencies_;
  std::map<uint32_t, Tally> tallies_;
  std::map<v1::Action, uint64_t> by_action_;
  std::vector<uint32_t> bank_draw_, court_draw_;  // each as often as its weight
  std::map<std::string, std::vector<uint32_t>> by_kind_;
};

}  // namespace eagle::province
