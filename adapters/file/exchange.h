// Exchange: the rounds of the drop. Requests of the agent go out as whole batches; what the agency puts down is
// verified, taken once, answered by a receipt.
//
//   a batch of ours       sealed (in exchange.db, with its bytes) -> placed -> taken | refused --resend--> placed
//   a batch of theirs     waits behind a gap | refused, kept aside, comes again corrected under its number | taken
//   a gap                 filled by the missing batch, or given up by an operator
//
// Every step can be repeated: bytes are on record before they are written, a receipt before it is placed, and an answer
// is believed in the transaction that makes its batch taken. So whatever the process was doing when it died, the next
// round ends as if it had not.
//
// Round stops at nothing that the other side does; it fails only when the disk does, and is then called again.
//
// Threads: any; a round and an operator's command wait for each other.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "adapters/file/drop.h"
#include "adapters/file/incoming.h"
#include "adapters/file/request.h"
#include "adapters/file/store.h"
#include "server/base/clock.h"

namespace eagle::file {

struct ExchangeRules {
  std::string agency;
  std::string aside;            // folder for what was refused
  size_t batch_rows_max = 500;  // requests in one batch
  absl::Duration keep = absl::Hours(24 * 30);
};

inline constexpr size_t kAsideMax = 1'000;  // refused batches that are kept; the next ones are only named

// What stands in the way of one family of theirs.
struct Gap {
  Family family = Family::kInquiry;
  int64_t first = 0, last = 0;  // numbers that are missing, or one that was refused
  bool refused = false;         // it came, and was refused: see its receipt
  int64_t waiting = 0;          // batches that are there and wait behind it
};

// "batch_taken" with the name of the batch, counts and codes; never personal data.
using Tell = std::function<void(std::string_view event, const std::vector<std::pair<std::string, std::string>>& facts)>;

class Exchange {
 public:
  // All outlive it.
  Exchange(Store& store, Drop& drop, const Edge& edge, ExchangeRules rules, Clock& clock, Steps& steps, Tell tell)
      : store_(store),
        drop_(drop),
        edge_(edge),
        rules_(std::move(rules)),
        clock_(clock),
        steps_(steps),
        tell_(std::move(tell)) {}

  // Sends what there is to send and takes what there is to take. Errors: STORAGE_UNUSABLE, TOO_LARGE (too many files);
  // what was done stays done. `told`: up to which change the agent has everything.
  absl::Status Round(uint64_t told);

  // As the last round saw it.
  std::vector<Gap> Gaps() const;
  // What the last round gave.
  absl::Status LastRound() const;
  // The missing, or refused, numbers up to `last` will never be taken; what waits behind them is, in the next round.
  // Errors: FIELD_INVALID when `last` isn't the end of the first gap of that family, FIELD_MISSING without a name.
  absl::Status AcceptGap(Family family, int64_t last, std::string_view clerk);
  // A batch of ours that the agency refused goes out again, with the same bytes. Error: NOT_FOUND.
  absl::Status Resend(std::string_view batch);

 private:
  struct Seen {
    FileMark manifest, file;
    int64_t expected = 0;  // the number that had to come next then
    friend bool operator==(const Seen&, const Seen&) = default;
  };
  using Files = std::map<std::string, FileMark>;
  // Where a request stands after what came earlier in the same batch.
  struct Asked {
    std::optional<RequestState> state;  // absent: no answer to it in this batch
    std::string unit_reference;
    uint32_t revision = 0;
  };

  absl::Status MakeRound(uint64_t told);
  absl::Status SealRequests(Family family);
  absl::StatusOr<SentBatch> MakeBatch(Family family, std::vector<RequestEntry>& entries);
  absl::Status PlaceBatches(Family family, const Files& theirs);
  absl::Status TakeReceipts(Family family, const Files& theirs);
  absl::Status TakeBatches(Family family, const Files& theirs);
  absl::Status TakeBatch(const BatchName& name, int64_t expected, bool& blocked);
  absl::Status Believe(const BatchName& name, const IncomingBatch& batch);
  // A statement is believed whole or not at all.
  absl::Status BelieveStated(const BatchName& name, const IncomingBatch& batch, const StatedBatch& stated);
  StatedBatch JudgeStated(const IncomingBatch& batch, Faults& faults);
  std::optional<TakenAnswer> Judge(const Element& row, Family family, BatchReceipt::Answer& told,
                                   std::map<std::string, Asked>& in_this_batch);
  std::optional<TakenAnswer> JudgeEvent(const Element& row, BatchReceipt::Answer& told,
                                        std::map<std::string, Asked>& in_this_batch);
  absl::Status Refuse(const BatchName& name, const IncomingBatch& batch, const Faults& faults);
  absl::Status KeepAside(const BatchName& name, const IncomingBatch& batch, const std::string& receipt);
  absl::Status PlaceReceipt(const BatchName& about, const std::string& bytes);
  std::string ReceiptBytes(const BatchName& about, const BatchReceipt& receipt);
  absl::Status Sweep(const Files& theirs);
  void NoteGaps(Family family, const std::vector<int64_t>& numbers, int64_t expected, bool refused);

  Store& store_;
  Drop& drop_;
  const Edge& edge_;
  const ExchangeRules rules_;
  Clock& clock_;
  Steps& steps_;
  const Tell tell_;
  std::map<std::string, Seen> seen_;  // batches that there is nothing to do about until they change; under work_mu_
  absl::Mutex work_mu_ ABSL_ACQUIRED_BEFORE(mu_);  // a round, or an operator's word
  mutable absl::Mutex mu_;
  std::map<Family, std::vector<Gap>> gaps_ ABSL_GUARDED_BY(mu_);
  absl::Status last_round_ ABSL_GUARDED_BY(mu_);
};

}  // namespace eagle::file
