// Store: exchange.db row by row. Every function is one transaction, durable when it returns.
//
// Threads: any; a lock of its own. One worker sends and takes; the agent's thread adds requests and reads changes.
//
//   EAGLE_ASSIGN_OR_RETURN(auto store, Store::Open(folder + "/exchange.db", steps));
//   EAGLE_ASSIGN_OR_RETURN(bool is_new, store->AddRequest(row));
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "adapters/file/batch.h"
#include "adapters/file/database.h"
#include "adapters/sdk/changes.h"
#include "goldeneagle/v1/receipt.pb.h"

namespace eagle::file {

enum class RequestState : uint8_t { kOpen = 0, kProgress = 1, kDone = 2 };

struct RequestEntry {
  std::string request;    // BDHM
  std::string operation;  // Operation::Text
  Family family = Family::kInquiry;
  std::string order_digest;
  std::string order_bytes;  // empty once pruned
  absl::Time arrived_at;
  uint64_t arrival_sequence = 0;
  int64_t batch = 0;  // 0: not in one yet
  RequestState state = RequestState::kOpen;
  std::string answer_digest;
  std::string unit_reference;
  uint32_t revision = 0;  // of the last event that was taken
};

enum class SentState : uint8_t { kSealed = 0, kPlaced = 1, kTaken = 2, kRefused = 3 };

struct SentBatch {
  Family family = Family::kInquiry;
  int64_t number = 0;
  std::string file, manifest;
  int64_t rows = 0;
  SentState state = SentState::kSealed;
  absl::Time sealed_at;
  std::string note;
};

struct TakenBatch {
  Family family = Family::kInquiry;
  int64_t number = 0;
  bool given_up = false;
  std::string manifest_sha256, receipt, file;
  absl::Time taken_at;
  std::string note;
};

// One answer or event that was believed: where its request stands now, and what the agent is told.
struct TakenAnswer {
  std::string request;
  RequestState state = RequestState::kDone;
  std::string answer_digest;   // empty: as it was; so it is with an event
  std::string unit_reference;  // empty: as it was
  uint32_t revision = 0;       // of an event
  sdk::RegisterChange change;  // its sequence is the table's to give
};

// One batch of a day's statement, read.
struct StatedBatch {
  std::string day;       // YYYY-MM-DD
  absl::Time as_of;      // of all lines of the day
  int64_t answered = 0;  // number of the last KZFK batch that it follows; 0: none
  bool last = false;     // of the day
  std::vector<std::pair<std::string, goldeneagle::v1::MeasureState>> lines;  // by BDHM
};

// How far a day's statement has come.
struct Statement {
  std::string day;
  absl::Time as_of;
  int64_t answered = 0;
  int64_t number = 0;           // of its last batch so far
  bool complete = false;        // that was its last one
  int64_t given = 0;            // `number` when the agent took it; 0: it didn't yet
  bool awaits_answers = false;  // the KZFK batch `answered` isn't taken yet
  int64_t lines = 0;
};

struct FamilyCounts {
  int64_t waiting = 0;  // requests in no batch
  int64_t open = 0;     // requests without a last word
  int64_t last_sent = 0, last_taken = 0;
  std::optional<absl::Time> oldest_open;
};

class Store {
 public:
  // `steps` outlives it. Errors: those of Database::Open.
  static absl::StatusOr<std::unique_ptr<Store>> Open(const std::string& path, Steps& steps);

  // False when the request is there already. Error: ORDER_ID_REUSED when it was another order's.
  absl::StatusOr<bool> AddRequest(const RequestEntry& entry);
  std::optional<RequestEntry> FindRequest(std::string_view request);
  // In order of arrival.
  std::vector<RequestEntry> Unsent(Family family, size_t limit);

  int64_t NextSent(Family family);
  // The batch, and that these requests are in it.
  void Seal(const SentBatch& batch, const std::vector<std::string>& requests);
  // Sealed, placed and refused ones, in order.
  std::vector<SentBatch> OpenSent(Family family);
  void SetSent(Family family, int64_t number, SentState state, std::string_view note, absl::Time at);

  // The number that must come next.
  int64_t NextTaken(Family family);
  std::optional<TakenBatch> FindTaken(Family family, int64_t number);
  // The batch with its receipt, and everything in it that was believed. Pre: its number is NextTaken.
  void Take(const TakenBatch& batch, const std::vector<TakenAnswer>& answers);

  // The batch with its receipt, and what it states: it goes on with the day when it is of the same instant and the day
  // isn't complete; else the day begins anew. Pre: its number is NextTaken; it names nothing that GoesOn has.
  void TakeStated(const TakenBatch& batch, const StatedBatch& stated);
  // Whether the batch would go on with lines that are here.
  bool GoesOn(const StatedBatch& stated);
  bool HasLine(std::string_view day, std::string_view request);
  std::optional<Statement> FindStatement(std::string_view day);
  std::optional<Statement> LastStatement();
  // In order of BDHM, which is that of the order ids.
  std::vector<std::pair<std::string, goldeneagle::v1::MeasureState>> Lines(std::string_view day);
  void SetGiven(std::string_view day, int64_t number);

  std::vector<sdk::RegisterChange> Changes(uint64_t after, size_t limit);

  // Forgets bytes that are older than `before`: orders that have their last word, files of batches, statements, changes
  // up to `told`. Numbers, digests and receipts stay.
  void Prune(absl::Time before, uint64_t told);
  FamilyCounts Counts(Family family);

 private:
  std::optional<Statement> ReadStatement(const char* condition, std::string_view day)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void AddTaken(const TakenBatch& batch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  explicit Store(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  absl::Mutex mu_;
  std::unique_ptr<Database> database_ ABSL_GUARDED_BY(mu_);
};

}  // namespace eagle::file
