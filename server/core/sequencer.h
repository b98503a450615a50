// The one writer: takes the commands that have queued, decides and applies them at one instant, commits once, signs the
// new head, answers.
//
// Life:    Open (start.h) -> Sequencer -> Step whenever something has queued or WakeAt has come -> gone. A Step that
// fails ends the sequencer:
//          its memory may be ahead of the disk, so it is destroyed and the next one opened from the disk.
// Threads: Submit, published and WakeUp from any; everything else from the one thread that steps.
//
//   Sequencer sequencer(std::move(opened), {store, last_signed, signer, keys, clock, entropy});
//   EAGLE_RETURN_IF_ERROR(sequencer.Submit(std::move(command), [](const auto& result, const auto& commit) { ... }));
//   while (running) { sequencer.WaitForWork(absl::Milliseconds(50)); EAGLE_RETURN_IF_ERROR(sequencer.Step()); }
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"
#include "server/base/entropy.h"
#include "server/core/ports.h"
#include "server/core/start.h"
#include "server/core/time_keeper.h"

namespace eagle::core {

// What everybody may look at without asking the sequencer: an immutable copy, replaced as a whole.
struct Published {
  std::shared_ptr<const domain::Directory> directory;
  std::shared_ptr<const domain::Policy> policy;  // null before the first is installed
  uint64_t policy_index = 0;                     // of the entry that installed it
  absl::Time policy_since;                       // and its time
  std::shared_ptr<const std::vector<domain::PresenceState>>
      presence;  // agency ordinal n at n-1; those never seen may be missing
  std::shared_ptr<const std::map<uint64_t, domain::ProposalState>> proposals;  // by journal index
  std::shared_ptr<const journal::Edge> edge;                                   // of the last commit
  std::string checkpoint;                                                      // over it
  absl::Time recorded;
  uint64_t clock_alarm = 0;
  // The newest checkpoint that a quorum of witnesses cosigned; null: none yet.
  struct Cosigned {
    uint64_t size = 0;
    std::string checkpoint;
  };
  std::shared_ptr<const Cosigned> cosigned;
  domain::DirectoryHeadSeen directory_head;  // index 0: none yet
  // d(n) of the statements (DirectoryHead in entry.proto) after each of directory->statement_positions().
  std::shared_ptr<const std::vector<journal::Hash>> statement_digests;
  std::shared_ptr<const std::map<uint32_t, domain::DirectoryAcknowledged>> acknowledged;  // by agency ordinal
  std::shared_ptr<const domain::AdapterApprovals> adapters;
  // Newest word in the objection threads of an agency, by ordinal; none: there is none.
  std::shared_ptr<const std::map<uint32_t, uint64_t>> newest_word;
  // The same of the supervision threads addressed to it.
  std::shared_ptr<const std::map<uint32_t, uint64_t>> newest_supervision;
  uint64_t incidents_open = 0;  // that stand
};

struct SequencerPorts {
  storage::Store& store;
  storage::LastSigned& last_signed;
  const journal::NoteSigner& signer;
  KeySource& keys;
  Clock& clock;
  Entropy& entropy;
};

// What a command would do: its result with every index zero, and the entries that would stand in the journal (their
// indexes mean nothing).
using DryDone = std::function<void(const domain::Result&, const std::vector<domain::Entry>&)>;

struct SequencerCounters {
  uint64_t commands = 0, dry_runs = 0, refused_busy = 0, commits = 0, entries = 0, entry_bytes = 0;
  absl::Duration deciding, storing, signing, answering;  // wall time spent, summed
};

class Sequencer {
 public:
  static constexpr size_t kQueuedCommandsMax = 4096;
  static constexpr size_t kQueuedMembersMax = 65536;
  static constexpr size_t kEntriesPerCommit = 8192;  // a batch takes no further command beyond it
  static constexpr size_t kBytesPerCommit = 4 * 1024 * 1024;
  static constexpr absl::Duration kTickEvery = absl::Seconds(1);  // a look at the clock even when nobody calls

  Sequencer(Opened opened, SequencerPorts ports);

  // Before the first Step. Null: nobody. Not owned.
  void SetHandout(Handout* handout);
  void AddListener(Listener* listener) { listeners_.push_back(listener); }

  // Queues a command. BUSY (with a retry delay) when the queue or the store is full; then `done` is never called.
  // UNAVAILABLE after Stop. A command whose sequencer ends before it is durable is never answered.
  absl::Status Submit(domain::Command command, Done done);
  // Decides the command in its turn, on what the batch has done so far, and throws the entries away. `done` runs on the
  // sequencer's thread when everything that the decision rests on is durable. Errors as Submit, but a full store takes
  // dry runs.
  absl::Status SubmitDryRun(domain::Command command, DryDone done);
  // Lets the next Step run though nothing has queued (a poll has parked).
  void WakeUp();

  // Blocks until there is something to do, a timer is due, or `longest` has passed.
  void WaitForWork(absl::Duration longest);
  // Refuses new commands from now on; Step still finishes what has queued.
  void Stop();

  // One batch. OK also when there was nothing to do. An error is final: destroy the sequencer.
  absl::Status Step();
  // True when a Step now would have something to do.
  bool HasWork();
  // Recorded instant of the next timer; InfiniteFuture when none is armed.
  absl::Time NextTimer() const;

  std::shared_ptr<const Published> published() const;
  SequencerCounters counters() const;
  // The sequencer's thread only: for tests, the simulation and loading.
  const domain::State& state() const { return state_; }
  const std::string& checkpoint() const { return checkpoint_; }

 private:
  struct Queued {
    domain::Command command;
    Done done;
    DryDone dry;  // set: a dry run
    size_t members = 1;
  };
  struct Answer {
    domain::Result result;
    Done done;
  };
  class Commit;

  absl::Status Enqueue(Queued queued, bool full);
  std::vector<Queued> TakeQueued();
  void Execute(domain::Command command, Done done, Commit& commit);
  void ExecuteDry(const domain::Command& command, DryDone done, Commit& commit);
  bool Add(std::vector<domain::Entry>& entries, Commit& commit);
  absl::Status Write(Commit& commit);
  struct Stale {
    bool directory = false, presence = false, proposals = false, cosigned = false, words = false, supervised = false,
         adapters = false, acknowledged = false;  // what of the published copy has changed
  };
  void Publish(Stale stale);
  absl::Time ObserveClock(Commit& commit);

  SequencerPorts ports_;
  domain::State state_;
  journal::Edge edge_;
  std::string checkpoint_;
  domain::DirectoryStream stream_;
  std::vector<journal::Hash> digests_;  // of it, statement by statement
  TimeKeeper keeper_;
  uint64_t alarm_seen_ = 0;
  absl::Time now_;
  absl::Duration last_tick_;
  Handout* handout_ = nullptr;
  std::vector<Listener*> listeners_;
  bool dead_ = false;

  mutable absl::Mutex mu_;
  std::deque<Queued> queue_ ABSL_GUARDED_BY(mu_);
  size_t queued_members_ ABSL_GUARDED_BY(mu_) = 0;
  bool woken_ ABSL_GUARDED_BY(mu_) = false;
  bool stopped_ ABSL_GUARDED_BY(mu_) = false;
  std::shared_ptr<const Published> published_ ABSL_GUARDED_BY(mu_);
  SequencerCounters counters_ ABSL_GUARDED_BY(mu_);
};

}  // namespace eagle::core
