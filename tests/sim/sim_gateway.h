// The gateway of the simulation: the real handlers, dispatcher, sequencer and key ring over disks in memory that
// survive it. Dies and starts again; replies of a dead incarnation never arrive.
//
// Threads: one.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/api/handlers.h"
#include "server/core/recovery.h"
#include "server/core/replay.h"
#include "server/dispatch/dispatcher.h"
#include "tests/sim/sim_network.h"
#include "tests/support/fake_store.h"
#include "tests/support/faults.h"
#include "tests/support/trust/fake_key_store.h"
#include "tests/support/trust/seeded_entropy.h"

namespace eagle::sim {

// Time as the calendar has it; the wall may be set wrong.
class SimClock : public Clock {
 public:
  SimClock(Calendar& calendar, absl::Time start) : calendar_(calendar), start_(start) {}
  absl::Time WallNow() override { return start_ + calendar_.now() + wrong_by; }
  absl::Duration MonotonicNow() override { return absl::Seconds(100) + calendar_.now(); }
  absl::Time True() const { return start_ + calendar_.now(); }
  absl::Duration wrong_by;

 private:
  Calendar& calendar_;
  absl::Time start_;
};

class SimGateway {
 public:
  SimGateway(Calendar& calendar, SimClock& clock, Dice& dice, const Weather& weather,
             const trust::SignatureChecker& checker, uint64_t seed);
  ~SimGateway();

  // Founds the log on the first start, then arms a crash. Errors: those of core::Open.
  absl::Status Start(const goldeneagle::v1::LogFounded& founding);
  // The process will die in one of its next storage calls, before or after its effect, if the weather says so.
  void ArmCrash();
  void Crash();
  bool up() const { return life_ != nullptr; }
  // Names the process: what was sent to an earlier one gets no reply.
  uint64_t incarnation() const { return incarnation_; }
  api::Handlers& handlers();
  const domain::State& state() const;
  // Runs the sequencer soon; ends the process when a storage call fails. Called after every request.
  void Kick();
  void Housekeep();
  absl::StatusOr<core::ReplayReport> Replay();
  std::unique_ptr<storage::Reader> Read() { return *disk_.NewReader(); }
  // Of the log's origin now; and of the one that a note claims, null for one that this log never had.
  const journal::NoteVerifier& verifier() const { return *verifiers_.at(signer_->name()); }
  const journal::NoteVerifier* VerifierOf(std::string_view note) const;
  const journal::Ed25519NoteSigner& signer() const { return *signer_; }
  core::KeySource& keys();
  uint64_t crashes() const { return crashes_; }

  // --- a loss of the data (sim_recovery.cc)
  struct Backup {
    uint64_t next_index = 0;
    std::string checkpoint;  // signed over exactly these entries
    std::string root;
    std::set<std::string> key_ids;
  };
  // Absent while no gateway is there to make one.
  std::optional<Backup> MakeBackup();
  // What was signed last, whether the process lives or not.
  storage::SignedHead LastSigned() { return **signed_disk_.Read(); }
  uint64_t size() { return disk_.Head().next_index; }
  // The process dies, and with it all that isn't in the backup; the last-signed store stays. Gives the root of every
  // size that is lost.
  std::map<uint64_t, journal::Hash> LoseAllBut(const Backup& backup);
  // What `eagle recover apply` does. `may_die`: in one of its writes. Errors: those of core::Recover.
  absl::Status Recover(const goldeneagle::v1::Envelope& document, const journal::Ed25519NoteSigner& next, bool may_die);
  // The next start is under this key.
  void UseKey(journal::Ed25519NoteSigner next);

 private:
  struct Life;
  void Step();
  absl::StatusOr<std::unique_ptr<trust::KeyRing>> OpenRing();

  Calendar& calendar_;
  SimClock& clock_;
  Dice& dice_;
  const Weather& weather_;
  const trust::SignatureChecker& checker_;
  storage::FakeStore disk_;
  storage::FakeLastSigned signed_disk_;
  FakeKeyStore key_disk_;
  SeededEntropy entropy_;
  std::unique_ptr<trust::KeyWrapper> wrapper_;
  std::unique_ptr<journal::Ed25519NoteSigner> signer_;
  std::map<std::string, std::unique_ptr<journal::NoteVerifier>, std::less<>> verifiers_;  // by origin
  std::unique_ptr<Life> life_;
  uint64_t incarnation_ = 0, crashes_ = 0;
  bool kicked_ = false;
};

}  // namespace eagle::sim
