// The stage in memory: waiting steps the model adapter and moves a clock that stands still otherwise.
//
// Threads: one.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "adapters/conformance/stage.h"
#include "tests/adapters/conformance/model_adapter.h"

namespace eagle::conformance {

class MemoryStage : public Stage {
 public:
  MemoryStage(FakeGateway& gateway, const World& world, sdk::SetClock& clock, sdk::FakeBankCore& core, Defect defect)
      : gateway_(gateway), world_(world), clock_(clock), core_(core), defect_(defect) {}

  void Locked(const std::function<void()>& work) override { work(); }
  bool Wait(const std::function<bool()>& condition, absl::Duration limit) override {
    const absl::Duration end = clock_.MonotonicNow() + limit;
    for (;;) {
      if (condition()) return true;
      if (clock_.MonotonicNow() >= end) return false;
      if (adapter_ != nullptr) adapter_->Step();
      clock_.Advance(kTick);
    }
  }
  Clock& clock() override { return clock_; }
  bool OwnsAdapter() const override { return true; }
  bool AdapterRuns() override { return adapter_ != nullptr; }
  absl::Status StartAdapter() override {
    if (adapter_ == nullptr)
      adapter_ = std::make_unique<ModelAdapter>(gateway_, world_, clock_, disk_, core_, defect_, ++processes_, things);
    adapter_->register_away = register_away_;
    adapter_->exempt_account = exempt_account;
    return absl::OkStatus();
  }
  absl::StatusOr<int> StopAdapter() override {
    adapter_.reset();
    return 0;
  }
  void KillAtWork(int point, const std::function<void()>& hand) override {
    hand();
    adapter_->DieAtWork(point % 3 + 1);
    Wait([&] { return adapter_->dead(); }, absl::Seconds(30));
    adapter_.reset();
  }
  absl::Status RunHook(const std::string& command) override {
    if (command == "deposit") {
      sdk::CrashPlan never;
      sdk::FakeBank(core_, clock_, never).Credit(empty_account, 5'00);
    }
    if (command.rfind("sight ", 0) == 0) return things->Sight(command.substr(6), clock_.WallNow());
    if (command == "paper_freeze") {
      sdk::CrashPlan never;
      if (core_.rows.count(kCounterReference) == 0)
        sdk::FakeBank(core_, clock_, never).PlaceForeign(kCounterReference, counter_account, 1'00);
    }
    if (command == "salary") adapter_->Earned(wage_account, 5'00);
    if (command == "state") adapter_->StateNow();
    register_away_ = command == "down";
    if (adapter_ != nullptr) adapter_->register_away = register_away_;
    return absl::OkStatus();
  }
  absl::Status MoveClock(absl::Time wall) override {
    clock_.SetWall(wall);
    return absl::OkStatus();
  }

  std::string empty_account, counter_account, wage_account, exempt_account;
  ModelThings* things = nullptr;  // with it the adapter is a registry

 private:
  static constexpr absl::Duration kTick = absl::Milliseconds(50);
  FakeGateway& gateway_;
  const World& world_;
  sdk::SetClock& clock_;
  sdk::FakeBankCore& core_;
  const Defect defect_;
  ModelDisk disk_;
  std::unique_ptr<ModelAdapter> adapter_;
  int processes_ = 0;
  bool register_away_ = false;
};

}  // namespace eagle::conformance
