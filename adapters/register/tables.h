// The tables of one kind of registry, in the inbox's own database: effect, answer and outbox are one transaction. Their
// names begin with the kind's: land_units, vehicle_seals.
//
//   _units, _holders, and the charges by their own name (land_mortgages): the old register, imported once; owners who
//                 sold, and who is to become one, are holders with a state
//   _seals        rows of the encumbrance register: our orders', other courts', imported ones; ended ones stay
//   _searches     what is looked for, and until when
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

  // Makes the tables in a new inbox, and adds to those of version 2 what this one has more. Error: SCHEMA_VERSION when
  // they are of another version.
  absl::Status CreateOrCheck();

  bool IsEmpty();  // nothing imported yet
  void AddUnit(const Unit& unit);
  void AddHolder(const Holder& holder);
  void AddCharge(const Charge& charge);
  std::optional<Unit> FindUnit(std::string_view number);
  // In any state, by number.
  std::vector<Holder> HoldersOf(std::string_view unit);
  // Share, kind of ownership, certificate, values and state of one who is there.
  void SetHolder(const Holder& holder);
  // Rows of everyone with this number who holds a part or is to get one, by unit, whatever the name; both forms of a
  // citizen number are one.
  std::vector<Holder> HoldingsOf(const sdk::v1::Identity& person);
  // In the order of their registration.
  std::vector<Charge> ChargesOf(std::string_view unit);
  void EndCharge(const Charge& charge);
  // It lies on what another holder has now.
  void MoveCharge(const Charge& charge, uint32_t holder);

  enum class Which { kLive, kAll };
  std::vector<Seal> SealsOf(std::string_view unit, Which which);  // by rank
  std::optional<Seal> FindSeal(std::string_view id);
  // The one that this order made, or took over.
  std::optional<Seal> FindSealOf(const sdk::Operation& operation);
  void PutSeal(const Seal& seal);
  // "counter/1", "counter/2" ...: never given twice.
  std::string NewSealId(std::string_view prefix);
  // Units with a seal whose term has ended by `now`.
  std::vector<std::string> UnitsWithEndedTerms(absl::Time now, size_t limit);

  void AddSearch(const Search& search);
  // In the order in which they began.
  std::vector<Search> SearchesOf(std::string_view unit, absl::Time now);
  // `why`: a code, as COLLECTED.
  void EndSearch(const Search& search, std::string_view why, absl::Time now);
  void EndSearchesOf(std::string_view seal, std::string_view why, absl::Time now);
  // Those whose term has ended by `now`.
  void EndSearchesByTerm(absl::Time now);

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
  absl::Status Upgrade(int64_t found);
  Seal ReadSeal(class Query& query) const;
  Holder ReadHolder(Query& query) const;

  sqlite3* database_;
  const Kind& kind_;
};

}  // namespace eagle::registry
