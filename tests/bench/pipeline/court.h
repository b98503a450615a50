// The court's side of the benchmark: signs batches of inquiries, submits them, verifies every acceptance (inclusion in
// the signed checkpoint, as the court library does), and learns from the board when their last answers are durable.
//
// Life:    Make -> Run, one load after the other -> VerifyAnswers. Courts may run beside one another. Threads: one a
// court.
//
//   EAGLE_ASSIGN_OR_RETURN(auto court, Court::Make(world, 0, board, address, completions));
//   EAGLE_ASSIGN_OR_RETURN(Outcome outcome, court->Run({.fan_out = 140, .orders = 64, .window = 2, .seconds = 5}));
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/bench/pipeline/board.h"
#include "tests/bench/pipeline/stats.h"
#include "tests/bench/pipeline/world.h"

namespace eagle::bench {

// A closed loop keeps `window` batches under way, from submission to the last answer; an open loop (`rate` > 0) submits
// by the clock, whatever is under way, and counts waiting from the instant when a batch was due.
struct Load {
  uint32_t fan_out = 140;  // agencies an order
  uint32_t orders = 64;    // orders a batch, at most 64
  uint32_t window = 2;     // batches under way
  double rate = 0;         // batches a second; 0: closed loop
  double warm_seconds = 0.5;
  double seconds = 5;
  uint64_t batches_max = UINT64_MAX;  // ends earlier when so many are done
  bool follow = false;                // WatchOrders beside it, as a case system would
  bool freeze = false;                // urgent freezes, each at one agency, one after the other; fan_out = 1
};

// Of the measured seconds: what was submitted in them, and the tasks that were answered in them.
struct Outcome {
  double seconds = 0;
  uint64_t tasks = 0, orders = 0, batches = 0;
  Samples accept_us;                  // of a batch: submission to its verified acceptance
  Samples complete_us;                // of an order: submission to the last durable answer
  Samples known_us;                   // of an order: submission to the event that says so (follow)
  Samples handed_us;                  // of an order: submission to the first adapter that has it in hands
  uint64_t polls = 0, delivered = 0;  // answers to polls with tasks, tasks in them
};

class Court {
 public:
  // `court`: its place in kCourts. `completions`: the reading end of the pipe that the adapters write to for it.
  static absl::StatusOr<std::unique_ptr<Court>> Make(const World& world, size_t court, Board board,
                                                     const std::string& address, int completions);
  virtual ~Court() = default;

  // `at_start`, `at_end`: called when the measured seconds begin and end. Returns when everything is answered.
  // Errors: the gateway's; PROOF_INVALID and the like for an acceptance that isn't proved; UNAVAILABLE when tasks stay
  // unanswered.
  virtual absl::StatusOr<Outcome> Run(const Load& load, const std::function<void()>& at_start,
                                      const std::function<void()>& at_end) = 0;

  // Batches that are not accepted yet, and that are not answered yet. May be called beside Run.
  struct UnderWay {
    uint32_t accepting = 0, open = 0;
  };
  virtual UnderWay under_way() const = 0;

  // The answers to the newest `orders` orders, read back and verified with the agencies' stated keys. Gives how many
  // receipts were verified. Errors: those of reading; of verification; RECEIPT_CONFLICT when an order hasn't exactly
  // one receipt of each agency asked.
  virtual absl::StatusOr<uint64_t> VerifyAnswers(size_t orders) = 0;
  // Entries in the journal, by the newest checkpoint that was verified.
  virtual uint64_t journal_size() const = 0;
};

}  // namespace eagle::bench
