// Faults in the storage ports: the k-th call of one kind fails, before or after its effect.
//
// "It failed, so it happened" and "it failed, so it didn't" are both real when a disk fails or a process dies in a
// write; a plan picks one. A failed write means that the process has died there: the call gives an error and crashed()
// is true; from then on every call through the wrappers fails, and the test rebuilds the gateway from what lies behind
// them. A failed read is only an error.
//
// Threads: one; the simulation's.
//
//   for (uint64_t k = 1;; ++k) {
//     FaultInjector faults;  faults.Arm({FaultPoint::kAppend, k, FaultMoment::kAfter});
//     ... run over FaultyStore(disk, faults); if (faults.crashed()) rebuild from disk; judge ...
//     if (!faults.fired()) break;   // nothing left to fail
//   }
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "server/storage/last_signed.h"
#include "server/storage/store.h"

namespace eagle::storage {

enum class FaultPoint : uint8_t {
  kAppend,           // a write: the process dies
  kMaintain,         // a write
  kLastSignedWrite,  // a write
  kNewReader,
  kGet,
  kScan,
  kCommitAt,
  kCommits,
  kLastSignedRead,
};
inline constexpr size_t kFaultPoints = 9;
constexpr bool IsWrite(FaultPoint point) { return point <= FaultPoint::kLastSignedWrite; }

enum class FaultMoment : uint8_t { kBefore, kAfter };  // its effect. A read has none: both are the same

struct FaultPlan {
  FaultPoint point = FaultPoint::kAppend;
  uint64_t call = 1;  // the k of "the k-th call since Arm", from 1
  FaultMoment moment = FaultMoment::kBefore;
};

class FaultInjector {
 public:
  // From now on this one fault; counts start again.
  void Arm(const FaultPlan& plan);
  // No fault, no crash, counts from zero: the process has been started again.
  void Clear();
  bool crashed() const { return crashed_; }
  bool fired() const { return fired_; }
  uint64_t calls(FaultPoint point) const { return calls_[static_cast<size_t>(point)]; }

  // For the wrappers: runs `effect` and gives its status, or the fault's.
  template <typename Effect>
  absl::Status Call(FaultPoint point, Effect effect) {
    if (crashed_) return Dead();
    const bool fails = Count(point);
    if (fails && plan_->moment == FaultMoment::kBefore) return Failed(point);
    absl::Status status = effect();
    return fails ? Failed(point) : status;
  }

 private:
  bool Count(FaultPoint point);
  absl::Status Failed(FaultPoint point);
  static absl::Status Dead();

  std::optional<FaultPlan> plan_;
  std::array<uint64_t, kFaultPoints> calls_{};
  bool fired_ = false;
  bool crashed_ = false;
};

class FaultyStore : public Store {
 public:
  // Both outlive it.
  FaultyStore(Store& store, FaultInjector& faults) : store_(store), faults_(faults) {}
  absl::Status Append(const Commit& commit) override;
  absl::StatusOr<std::unique_ptr<Reader>> NewReader() override;
  absl::Status Maintain(bool idle) override;
  bool Full() override { return store_.Full(); }
  StoreHead Head() override { return store_.Head(); }

 private:
  Store& store_;
  FaultInjector& faults_;
};

class FaultyLastSigned : public LastSigned {
 public:
  FaultyLastSigned(LastSigned& last_signed, FaultInjector& faults) : last_signed_(last_signed), faults_(faults) {}
  absl::StatusOr<std::optional<SignedHead>> Read() override;
  absl::Status Write(const SignedHead& head) override;
  absl::Status Restart(const SignedHead& head) override;

 private:
  LastSigned& last_signed_;
  FaultInjector& faults_;
};

}  // namespace eagle::storage
