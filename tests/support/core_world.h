// A core over the fake store: keys, clock, entropy and signer that a test can hold in its hand. Dies and starts again
// at will.
//
//   CoreWorld core(founding, start);  ASSERT_TRUE(core.Start().ok());
//   auto result = core.Run(command, time);          // submits, steps, gives the answer; absent when the process died
//   on the way
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/base/clock.h"
#include "server/core/replay.h"
#include "server/core/sequencer.h"
#include "tests/support/fake_store.h"
#include "tests/support/faults.h"
#include "tests/support/trust/seeded_entropy.h"

namespace eagle::test {

class HandClock : public Clock {
 public:
  absl::Time WallNow() override { return wall; }
  absl::Duration MonotonicNow() override { return monotonic; }
  // Both parts together, as time passes.
  void Advance(absl::Duration by) { wall += by, monotonic += by; }
  void AdvanceTo(absl::Time time) { Advance(time - wall); }
  absl::Time wall;
  absl::Duration monotonic = absl::Seconds(1000);
};

// A key is a hash of its id, so every restart has the same ones. Ids in `erased` have none.
class HashedKeys : public core::KeySource {
 public:
  absl::StatusOr<std::string> KeyOf(const std::string& key_id) override;
  const std::string& log_key_id() const override { return log_key_id_; }
  std::set<std::string> erased;

 private:
  std::string log_key_id_ = std::string(16, 'l');
};

class CoreWorld {
 public:
  CoreWorld(const goldeneagle::v1::LogFounded& founding, absl::Time start);

  // The process starts: founds the log if there is none, opens it. Errors: those of Found and Open.
  absl::Status Start();
  void Die() { sequencer.reset(); }
  // Absent when the process has died before the answer.
  std::optional<domain::Result> Run(const domain::Command& command, absl::Time time);
  absl::StatusOr<core::ReplayReport> Replay();

  storage::FakeStore disk;
  storage::FakeLastSigned signed_disk;
  storage::FaultInjector faults;
  storage::FaultyStore store{disk, faults};
  storage::FaultyLastSigned last_signed{signed_disk, faults};
  HandClock clock;
  HashedKeys keys;
  SeededEntropy entropy{1};
  std::unique_ptr<journal::Ed25519NoteSigner> signer;
  std::unique_ptr<journal::NoteVerifier> verifier;
  std::unique_ptr<core::Sequencer> sequencer;
  std::vector<std::string> checkpoints;  // every one that left the process

 private:
  goldeneagle::v1::LogFounded founding_;
};

}  // namespace eagle::test
