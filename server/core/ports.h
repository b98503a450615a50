// What the core needs from the rooms above it: keys, a signer of checkpoints, somebody who hands tasks out, somebody
// who listens.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/domain/command.h"
#include "server/domain/entry.h"
#include "server/domain/state.h"

namespace eagle::core {

// Payload keys. Threads: any.
class KeySource {
 public:
  virtual ~KeySource() = default;
  // 32 bytes. Errors: ERASED when the key was destroyed; the store's own.
  virtual absl::StatusOr<std::string> KeyOf(const std::string& key_id) = 0;
  // Id of the key that seals what belongs to the log itself.
  virtual const std::string& log_key_id() const = 0;
};

// What became durable, as the callbacks of one commit see it. Valid during the callback only.
class CommitView {
 public:
  virtual ~CommitView() = default;
  virtual uint64_t size() const = 0;                                   // entries in the journal now
  virtual const std::string& checkpoint() const = 0;                   // signed note over them
  virtual bool Holds(uint64_t index) const = 0;                        // the entry is of this very commit
  virtual const std::string& LeafOf(uint64_t index) const = 0;         // pre: Holds(index)
  virtual std::vector<std::string> ProofOf(uint64_t index) const = 0;  // pre: Holds(index); hashes, leaf side first
  virtual const domain::State& state() const = 0;                      // with this commit and no later one
};

// Called once, on the sequencer's thread, when the command's outcome is durable (or needed no entry).
using Done = std::function<void(const domain::Result&, const CommitView&)>;

// Plans which tasks go out with this batch. Lives in dispatch; called on the sequencer's thread only.
class Handout {
 public:
  struct Planned {
    domain::Deliver deliver;
    Done done;
  };
  virtual ~Handout() = default;
  // The state as it was loaded: every open task is to be handed out (again).
  virtual void Load(const domain::State& state) = 0;
  // Each entry once, in order, after it was applied and before it is durable: plan, but tell nobody.
  virtual void Applied(const domain::Entry& entry, const domain::State& state) = 0;
  // The hand-outs that ride in the commit of this batch.
  virtual std::vector<Planned> Plan(const domain::State& state) = 0;
};

// Hears of every commit, on the sequencer's thread, after the answers went out. Must be quick.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void Committed(const std::vector<domain::Entry>& entries, const CommitView& commit) = 0;
};

}  // namespace eagle::core
