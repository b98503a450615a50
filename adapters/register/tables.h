// The tables of one kind of registry, in the inbox's own database: effect, answer and outbox are one transaction. Their
// names begin with the kind's: land_units, vehicle_seals.
//
//   _units, _holders, and the charges by their own name (land_mortgages): the old register, imported once
//   _seals        rows of the encumbrance register: our orders', other courts', imported ones; ended ones stay
//   _reviews      what waits for a clerk, and what was decided
//   _operations   the first answer to each operation
//
// Tables is a typed view of one transaction; it commits nothing. An error of the disk ends the process (query.h).
// Threads: one owner.
//
//   auto transaction = inbox.Begin();
//   Tables tables(*transaction, kLand);
//   std::optional<Unit> unit = tables.FindUnit("990101001002GB00123F00010012");
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "adapters/register/records.h"
#include "adapters/sdk/answer.h"
#include "adapters/sdk/inbox.h"
#include "goldeneagle/v1/order.pb.h"
#include "server/journal/hash.h"

namespace eagle::registry {

class Tables {
 public:
  // Pre: a transaction of a SQLite inbox.
  Tables(sdk::InboxTransaction& transaction, const Kind& kind) : database_(transaction.sqlite()), kind_(kind) {}

  // Makes the tables in a new inbox. Error: SCHEMA_VERSION when they are of another version.
  absl::Status CreateOrCheck();

  bool IsEmpty();  // nothing imported yet
  void AddUnit(const Unit& unit);
  void AddHolder(const Holder& holder);
  void AddCharge(const Charge& charge);
  std::optional<Unit> FindUnit(std::string_view number);
  std::vector<Holder> HoldersOf(std::string_view unit);  // by number
  // Rows of everyone with this number, by unit, whatever the name; both forms of a citizen number are one.
  std::vector<Holder> HoldingsOf(const sdk::v1::Identity& person);
  // In the order of their registration.
  std::vector<Charge> ChargesOf(std::string_view unit);

  enum class Which { kLive, kAll };
  std::vector<Seal> SealsOf(std::string_view unit, Which which);  // by rank
  std::optional<Seal> FindSeal(std::string_view id);
  void PutSeal(const Seal& seal);
  // "counter/1", "counter/2" ...: never given twice.
  std::string NewSealId(std::string_view prefix);
  // Units with a seal whose term has ended by `now`.
  std::vector<std::string> UnitsWithEndedTerms(absl::Time now, size_t limit);

  uint64_t OpenReview(const Review& review);  // its number
  std::optional<Review> FindReview(uint64_t number);
  // The oldest about this seal, of whichever order.
  std::optional<Review> OpenReviewOf(std::string_view seal);
  // The one that this order opened about it.
  std::optional<Review> OpenReviewOf(std::string_view seal, const sdk::Operation& operation);
  std::vector<Review> OpenReviews();
  void CloseReview(uint64_t number, ReviewState state, std::string_view clerk, std::string_view reason, absl::Time now);

  struct StoredAnswer {
    std::string order_digest;
    sdk::Answer answer;
  };
  std::optional<StoredAnswer> FindAnswer(const sdk::Operation& operation);
  void PutAnswer(const sdk::Operation& operation, const journal::Hash& order_digest, const sdk::Answer& answer);

 private:
  // `sql` with the kind's name for every '@'.
  std::string Named(std::string_view sql) const;
  Seal ReadSeal(class Query& query) const;
  Holder ReadHolder(Query& query) const;

  sqlite3* database_;
  const Kind& kind_;
};

}  // namespace eagle::registry
