// The tables of the land registry, in the inbox's own database: effect, answer and outbox are one transaction.
//
//   land_units, land_holders, land_mortgages   the old register, imported once
//   land_seals        rows of the encumbrance register: our orders', other courts', imported ones; ended ones stay
//   land_reviews      what waits for a clerk, and what was decided
//   land_operations   the first answer to each operation
//
// LandTables is a typed view of one transaction; it commits nothing. An error of the disk ends the process (query.h).
// Threads: one owner.
//
//   auto transaction = inbox.Begin();
//   LandTables tables(*transaction);
//   std::optional<Unit> unit = tables.FindUnit("990101001002GB00123F00010012");
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "adapters/land/records.h"
#include "adapters/sdk/answer.h"
#include "adapters/sdk/inbox.h"
#include "goldeneagle/v1/order.pb.h"
#include "server/journal/hash.h"

namespace eagle::land {

class LandTables {
 public:
  // Pre: a transaction of a SQLite inbox.
  explicit LandTables(sdk::InboxTransaction& transaction) : database_(transaction.sqlite()) {}

  // Makes the tables in a new inbox. Error: SCHEMA_VERSION when they are of another version.
  absl::Status CreateOrCheck();

  bool IsEmpty();  // nothing imported yet
  void AddUnit(const Unit& unit);
  void AddHolder(const Holder& holder);
  void AddMortgage(const Mortgage& mortgage);
  std::optional<Unit> FindUnit(std::string_view number);
  std::vector<Holder> HoldersOf(std::string_view unit);  // by number
  // Rows of everyone with this number, by unit, whatever the name; both forms of a citizen number are one.
  std::vector<Holder> HoldingsOf(const sdk::v1::Identity& person);
  std::vector<Mortgage> MortgagesOf(std::string_view unit);

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
  std::optional<Review> OpenReviewOf(std::string_view seal);
  std::vector<Review> OpenReviews();
  void CloseReview(uint64_t number, ReviewState state, std::string_view clerk, std::string_view reason, absl::Time now);

  struct StoredAnswer {
    std::string order_digest;
    sdk::Answer answer;
  };
  std::optional<StoredAnswer> FindAnswer(const sdk::Operation& operation);
  void PutAnswer(const sdk::Operation& operation, const journal::Hash& order_digest, const sdk::Answer& answer);

 private:
  sqlite3* database_;
};

}  // namespace eagle::land
