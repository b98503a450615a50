// The seals of one unit, loaded into the register of encumbrances, and everything that has to follow when they change.
//
// Life: Load (terms that ended meanwhile lapse), any calls on `seals()`, Store: rows are written, reviews that became
// void are closed, and whoever ordered a measure over the gateway is told what happened to it, all in the transaction
// at hand.
//
// Threads: one owner.
//
//   EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, rules, unit, now));
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
#include "adapters/register/rules.h"
#include "adapters/register/tables.h"
#include "adapters/sdk/encumbrance/register.h"
#include "goldeneagle/v1/receipt.pb.h"

namespace eagle::registry {

class UnitBook {
 public:
  // Error: REGISTER_BROKEN.
  static absl::StatusOr<UnitBook> Load(sdk::InboxTransaction& transaction, const OfficeRules& rules,
                                       std::string_view unit, absl::Time now);

  sdk::EncumbranceRegister& seals() { return seals_; }
  const sdk::EncumbranceRegister& seals() const { return seals_; }
  // In any state, by number.
  const std::vector<Holder>& holders() const { return holders_; }
  // Null when there is none.
  const Holder* FindHolder(uint32_t number) const;
  size_t Count(HolderState state) const;
  // Live seals, and what became of others in this book.
  const Seal* FindSeal(std::string_view id) const;
  // A live seal of this document on the asset that this holder's seal would take: 一案一封, a second lock under the
  // same number is refused.
  const Seal* SealOfDocument(uint32_t holder, std::string_view document_number) const;

  // The first live seal on what a seal against this holder would take hold of. Null when there is none.
  const Seal* FirstOn(uint32_t holder) const;
  // The first of them that bars this act. Null when none does.
  const Seal* FirstBarring(uint32_t holder, std::string_view act) const;
  // kQuantity: what no seal controls of this holder's; all that he has; what no seal controls that bars the act.
  int64_t FreeOf(uint32_t holder) const { return seals_.Available(AssetId(kind_, unit_, holder)); }
  int64_t HeldBy(uint32_t holder) const { return seals_.FindAsset(AssetId(kind_, unit_, holder))->balance; }
  int64_t FreeFor(uint32_t holder, std::string_view act) const;
  // Ids of the live seals against this holder, in rank.
  std::vector<std::string> SealsAgainst(uint32_t holder) const;

  // Enters a seal and keeps what the encumbrance row doesn't say. Errors: those of EncumbranceRegister::Place. For
  // quantities, too, what is in effect is never pushed aside (RANK_TAKEN): registration decides.
  absl::Status Place(Seal seal, bool review);
  // Gives up a part of the limit of a seal of a quantity, and as much of the quantity as that part covers whole,
  // unfunded first. Pre: 0 < amount < the seal's value. Errors: those of EncumbranceRegister::Release; AMOUNT_INVALID:
  // the part is less than one hundredth of the quantity.
  absl::Status ReleasePart(std::string_view id, int64_t amount_minor_units);
  // The seal as the contract tells it: the unit's number instead of the register's own, its value (in proportion, for a
  // quantity) instead of what the register counts, which is told beside it; its rank, what it bars, and whether it is
  // one before the registration of its debtor.
  sdk::v1::ItemResult ItemOf(std::string_view id) const;

  // Writes what changed and tells; nobody looks any more for what no measure holds. `decided`: the measure whose answer
  // is being given right now tells itself.
  absl::Status Store(sdk::InboxTransaction& transaction, std::string_view decided = "");
  // The same after the unit was disposed of under `id`: nobody asked for an answer, so its court is told, too.
  absl::Status StoreDisposed(sdk::InboxTransaction& transaction, std::string_view id);

 private:
  UnitBook(const Kind& kind, std::string unit, std::vector<Holder> holders, sdk::EncumbranceRegister seals)
      : kind_(kind), unit_(std::move(unit)), holders_(std::move(holders)), seals_(std::move(seals)) {}
  void Tell(const Seal& seal, const sdk::Change& change, Tables& tables, sdk::InboxTransaction& transaction) const;
  std::string_view AssetKind() const;

  const Kind& kind_;
  std::string unit_;
  std::vector<Holder> holders_;
  sdk::EncumbranceRegister seals_;
  std::map<std::string, Seal, std::less<>> kept_;  // by id; `row` as it was loaded or stored last
};

}  // namespace eagle::registry
