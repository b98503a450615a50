// A network and a calendar in one thread: everything that happens later is an event here, and one seed decides what is
// lost, late, doubled or out of order.
//
// Threads: one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <utility>

#include "absl/time/time.h"

namespace eagle::sim {

class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}
  uint64_t Next() { return engine_(); }
  // 0 .. bound-1. Pre: bound > 0.
  uint64_t Below(uint64_t bound) { return engine_() % bound; }
  // True once in `n`; never for 0.
  bool OneIn(uint64_t n) { return n > 0 && Below(n) == 0; }
  int64_t Between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(Below(static_cast<uint64_t>(high - low + 1)));
  }

 private:
  std::mt19937_64 engine_;
};

class Calendar {
 public:
  absl::Duration now() const { return now_; }
  void After(absl::Duration delay, std::function<void()> event) {
    events_.emplace(std::pair{now_ + delay, next_++}, std::move(event));
  }
  // Runs the next event, moving time to it. False when there is none.
  bool RunNext() {
    if (events_.empty()) return false;
    auto node = events_.extract(events_.begin());
    now_ = std::max(now_, node.key().first);
    node.mapped()();
    return true;
  }
  // Time passes in which nothing happens at all; what was planned for it happens late, in its order.
  void Sleep(absl::Duration time) { now_ += time; }
  size_t size() const { return events_.size(); }

 private:
  absl::Duration now_;
  uint64_t next_ = 0;  // ties go by creation
  std::map<std::pair<absl::Duration, uint64_t>, std::function<void()>> events_;
};

// How bad the network is. All zero: perfect.
struct Weather {
  uint64_t lose_one_in = 0;
  uint64_t repeat_one_in = 0;
  int64_t delay_ms_max = 5;
  uint64_t long_delay_one_in = 0;     // up to a minute: reorders
  uint64_t gateway_crash_one_in = 0;  // storage calls
  uint64_t agent_crash_one_in = 0;    // of agent steps
  uint64_t core_fault_one_in = 0;     // of core calls
  uint64_t clock_jump_one_in = 0;     // of world minutes
  uint64_t night_one_in = 0;          // of world minutes: hours in which nobody does anything, but deadlines pass
};

}  // namespace eagle::sim
