// Where cosignatures are gathered: one checkpoint at a time is wanted, the same for every witness, until a quorum has
// signed it; then it becomes an entry, and the next one may be wanted.
//
// What is wanted follows from the state (domain/witnessing.h): a deduction waits, or the newest cosigned checkpoint is
// old. A checkpoint that finds no quorum for kOfferStands gives way to the newest, so that a witness that was away, or
// has already seen more, can sign the same as the others.
//
// Life:    made before the sequencer steps, a Listener of it, gone after it.
// Threads: Committed on the sequencer's, everything else on any. Replies run on the thread that brings them about,
// never under the lock.
//
//   WitnessDesk desk(sequencer, clock, real);   sequencer.AddListener(&desk);
//   desk.Wait("w.example/1", size, absl::Seconds(30), [](const WitnessDesk::Wanted* wanted) { ... });
//   EAGLE_ASSIGN_OR_RETURN(bool quorum, desk.Add(size, line, reply));
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/core/ports.h"
#include "server/core/sequencer.h"
#include "server/journal/note.h"

namespace eagle::api {

class WitnessDesk final : public core::Listener {
 public:
  static constexpr absl::Duration kOfferStands = absl::Seconds(10);
  static constexpr size_t kWaitsMax = 256;
  static constexpr size_t kCosignatureBytesMax = 1024;

  struct Wanted {
    uint64_t size = 0;
    std::string root, checkpoint;  // 32 bytes; the log's own note
  };
  using WaitDone = std::function<void(std::shared_ptr<const Wanted>)>;
  using AddDone = std::function<void(absl::StatusOr<bool>)>;

  // `clock`: of the records; `real`: of waits. Reads the sequencer's state, which must not step yet.
  WitnessDesk(core::Sequencer& sequencer, Clock& clock, Clock& real);

  // Calls `done` once, as soon as a checkpoint of `size` entries or more is wanted that `witness` has not signed, or
  // with null when `wait` is over. Errors, and `done` is never called: WITNESS_UNKNOWN; BUSY when too many wait.
  absl::Status Wait(const std::string& witness, uint64_t size, absl::Duration wait, WaitDone done);
  // Takes a signature line under the checkpoint that is wanted; tells whether a quorum has signed, once that is durable
  // where this line reached it. A checkpoint that is cosigned already says yes to its witnesses.
  // Errors: WITNESS_UNKNOWN, CHECKPOINT_NOT_WANTED, NOTE_UNTRUSTED, NOTE_MALFORMED; BUSY: repeat.
  void Add(uint64_t size, std::string_view line, AddDone done);
  // Every 100 ms or so: waits that end, a wish that comes of age.
  void Tick();
  struct Standing {
    bool missing = false, deductions_wait = false;
    size_t waits = 0;  // of witnesses for a checkpoint to cosign
  };
  Standing standing();
  // Every wait ends with nothing, now and from now on.
  void Drain();
  // Every wait ends with nothing, now.
  void EndWaits();

  void Committed(const std::vector<domain::Entry>& entries, const core::CommitView& commit) override;

 private:
  struct Witnesses {  // as they are registered; replaced as a whole
    absl::Time registered_at;
    uint32_t quorum = 0;
    std::vector<std::shared_ptr<const journal::NoteVerifier>> keys;
  };
  struct Waiting {
    std::string witness;
    uint64_t size = 0;
    absl::Duration until;  // of the real monotonic clock
    WaitDone done;
  };
  using Due = std::vector<std::pair<WaitDone, std::shared_ptr<const Wanted>>>;

  void Learn(const domain::State& state) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Want(absl::Time now, Due& due) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Answer(Due& due) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  core::Sequencer& sequencer_;
  Clock& clock_;
  Clock& real_;
  absl::Mutex mu_;
  domain::Witnessing known_ ABSL_GUARDED_BY(mu_);  // of those that wait, the oldest only
  std::shared_ptr<const domain::Policy> policy_ ABSL_GUARDED_BY(mu_);
  std::shared_ptr<const Witnesses> witnesses_ ABSL_GUARDED_BY(mu_);
  std::shared_ptr<const Wanted> wanted_ ABSL_GUARDED_BY(mu_);
  absl::Duration wanted_since_ ABSL_GUARDED_BY(mu_);
  std::map<std::string, std::string> lines_ ABSL_GUARDED_BY(mu_);  // under wanted_, by witness
  bool submitted_ ABSL_GUARDED_BY(mu_) = false;
  bool draining_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<Waiting> waits_ ABSL_GUARDED_BY(mu_);
};

}  // namespace eagle::api
