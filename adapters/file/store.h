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
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "adapters/file/batch.h"
#include "adapters/file/database.h"
#include "adapters/sdk/changes.h"

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

  std::vector<sdk::RegisterChange> Changes(uint64_t after, size_t limit);

  // Forgets bytes that are older than `before`: orders that have their last word, files of batches, changes up to
  // `told`. Numbers, digests and receipts stay.
  void Prune(absl::Time before, uint64_t told);
  FamilyCounts Counts(Family family);

 private:
  explicit Store(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  absl::Mutex mu_;
  std::unique_ptr<Database> database_ ABSL_GUARDED_BY(mu_);
};

}  // namespace eagle::file
