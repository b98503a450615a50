// What the tests of the court's side share: a clock that stands, bytes that repeat, a waiter that doesn't wait, keys
// and orders.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/lib/desk.h"
#include "client/lib/order_builder.h"
#include "client/lib/retry.h"
#include "server/base/clock.h"
#include "server/base/entropy.h"
#include "server/base/reason.h"
#include "server/trust/signature.h"
#include "server/trust/timestamps.h"

namespace eagle::client {

inline absl::Time Monday() { return absl::FromUnixSeconds(1790557200); }  // 2026-09-28 09:00 in Shanghai
inline absl::TimeZone Shanghai() {
  absl::TimeZone zone;
  absl::LoadTimeZone("Asia/Shanghai", &zone);
  return zone;
}

class StandingClock : public Clock {
 public:
  explicit StandingClock(absl::Time at) : now(at) {}
  absl::Time WallNow() override { return now; }
  absl::Duration MonotonicNow() override { return since; }
  absl::Time now;
  absl::Duration since;
};

// Different bytes at each call, the same in each run.
class CountedEntropy : public Entropy {
 public:
  std::string Bytes(size_t count) override {
    std::string out;
    for (size_t i = 0; i < count; ++i)
      out += static_cast<char>(state_ = state_ * 6364136223846793005u + 1442695040888963407u, state_ >> 56);
    return out;
  }

 private:
  uint64_t state_ = 1;
};

// Remembers what it was asked to wait; moves `clock` on by so much.
class RecordedWaiter : public Waiter {
 public:
  explicit RecordedWaiter(StandingClock* clock = nullptr) : clock_(clock) {}
  bool Wait(absl::Duration duration) override {
    waits.push_back(duration);
    if (clock_ != nullptr) clock_->since += duration;
    return static_cast<int>(waits.size()) < give_up_after;
  }
  std::vector<absl::Duration> waits;
  int give_up_after = 1000;

 private:
  StandingClock* clock_;
};

// The key whose seed is 32 times `letter`.
inline trust::Ed25519Signer KeyOf(char letter) { return *trust::Ed25519Signer::FromSeed(std::string(32, letter)); }

inline OrderCommon PlainOrder() {
  OrderCommon common{.court = "辽9901",
                     .case_number = "（2026）辽9901执1024号",
                     .urgency_reason = "TRANSFER_RISK",
                     .agencies = {"9900010"}};
  common.subject = {"林远舟", "CITIZEN_ID", "990101198503070017"};
  common.officers = {{"001", "G001", "Z001"}, {"002", "G002", "Z002"}};
  common.purpose = "EXECUTION";
  common.legal_basis = "民事诉讼法第253条";
  return common;
}

inline std::string WhyNot(const absl::Status& status) {
  return status.ok() ? "OK" : std::string(RowOf(ReasonOf(status)).name);
}
template <typename T>
std::string WhyNot(const absl::StatusOr<T>& value) {
  return WhyNot(value.status());
}

}  // namespace eagle::client
