// The seals of one unit, loaded into the register of encumbrances, and everything that has to follow when they change.
//
// Life: Load (terms that ended meanwhile lapse), any calls on `seals()`, Store: rows are written, reviews that became
// void are closed, and whoever ordered a measure over the gateway is told what happened to it, all in the transaction
// at hand.
//
// Threads: one owner.
//
//   EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, unit, now, zone));
//   EAGLE_RETURN_IF_ERROR(book.seals().Release(id));
//   EAGLE_RETURN_IF_ERROR(book.Store(transaction));
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/land/tables.h"
#include "adapters/sdk/encumbrance/register.h"
#include "goldeneagle/v1/receipt.pb.h"

namespace eagle::land {

class UnitBook {
 public:
  // Error: REGISTER_BROKEN.
  static absl::StatusOr<UnitBook> Load(sdk::InboxTransaction& transaction, std::string_view unit, absl::Time now,
                                       absl::TimeZone zone);

  sdk::EncumbranceRegister& seals() { return seals_; }
  const sdk::EncumbranceRegister& seals() const { return seals_; }
  const std::vector<Holder>& holders() const { return holders_; }
  // Null when there is none.
  const Holder* FindHolder(uint32_t number) const;
  // Live seals, and what became of others in this book.
  const Seal* FindSeal(std::string_view id) const;
  // A live seal of this document on this holder's part: 一案一封, a second lock under the same number is refused.
  const Seal* SealOfDocument(uint32_t holder, std::string_view document_number) const;

  // Enters a seal and keeps what the encumbrance row doesn't say. Errors: those of EncumbranceRegister::Place.
  absl::Status Place(Seal seal, bool review);
  // The seal as the contract tells it: the unit's number instead of the register's own, its value instead of "one
  // thing".
  sdk::v1::ItemResult ItemOf(std::string_view id) const;

  // Writes what changed and tells. `decided`: the measure whose answer is being given right now tells itself.
  absl::Status Store(sdk::InboxTransaction& transaction, std::string_view decided = "");
  // The same after the unit was disposed of under `id`: nobody asked for an answer, so its court is told, too.
  absl::Status StoreDisposed(sdk::InboxTransaction& transaction, std::string_view id);

 private:
  UnitBook(std::string unit, std::vector<Holder> holders, sdk::EncumbranceRegister seals)
      : unit_(std::move(unit)), holders_(std::move(holders)), seals_(std::move(seals)) {}
  void Tell(const Seal& seal, const sdk::Change& change, LandTables& tables, sdk::InboxTransaction& transaction) const;

  std::string unit_;
  std::vector<Holder> holders_;
  sdk::EncumbranceRegister seals_;
  std::map<std::string, Seal, std::less<>> kept_;  // by id; `row` as it was loaded or stored last
};

}  // namespace eagle::land
