// EncumbranceRegister: who stands where on which asset, and for how much. One set of rules for every kind of asset.
//
// Pure: no I/O, no clock. An adapter loads the rows of one person's accounts (or of one thing), tells the register what
// happened, and stores the rows that changed, all in its own transaction:
//
//   EAGLE_ASSIGN_OR_RETURN(auto book, EncumbranceRegister::Load(accounts, rows, now, shanghai));
//   EAGLE_RETURN_IF_ERROR(book.Place(freeze));                 // or Release, Deduct, Credit, ...
//   for (const Encumbrance& row : book.TakeChangedRows()) Store(row);
//   for (const Change& change : book.TakeChanges()) Report(change);
//
// Rules
//   - Rank is (served_at, served_sequence). In rank order each measure gets what is left, account by account in its
//   scope.
//   - controlled + unfunded = requested for every live measure; the unfunded part lies on exactly one account: the
//   first of the
//     scope, or the one that lost money. A measure is EFFECTIVE when it controls something or nobody stands before it
//     there.
//   - Money that comes in goes, in rank order, to CAPTURE measures whose unfunded part lies on that account. NONE never
//   grows by it. INCOME grows by what CreditIncome lets it have of one credit, and by nothing else.
//   - What a product pays back stays with who controlled it, on the account that it is paid to, whoever waits there.
//   - Money that a measure gives up goes, in rank order, to later measures with that account in their scope, wherever
//   their
//     unfunded part lies and whatever their inflow rule, and to CAPTURE measures waiting on it. What nobody may have is
//     free.
//   - A deduction takes money and limit together, so it opens no window for others; a payment that comes back is under
//   the same
//     measure at the same rank, or, if that has ended, is given up as above.
//   - When money leaves by another's right, the last in rank loses first.
//   - A measure served earlier that comes in late (a clerk decided late) takes its place, and the money of later ones.
//   Things are
//     different: one that is in effect on a thing is never pushed aside (RANK_TAKEN), because registration decides
//     there.
//
// Rows to load: every live measure on the assets, and every asset in the scope of such a measure; ended ones only if
// they are to be spoken to (GiveBack). Threads: one owner. Source: seizure and freezing rules (2020) arts 7, 19, 26;
// deposits: one limit, three amounts (domain A7.3, A7.6).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/sdk/encumbrance/encumbrance.h"

namespace eagle::sdk {

// Part of a deduction: what was taken from one account. Keep the list with the booking; GiveBack wants it.
struct Cut {
  std::string asset;
  int64_t amount = 0;
  friend bool operator==(const Cut&, const Cut&) = default;
};

class EncumbranceRegister {
 public:
  // Takes the rows, then catches up: what balances lost (REDUCED), terms that ended by `now` with all that follows from
  // it at those instants (LAPSED, PROMOTED), money that came in (INFLOW).
  // Errors: REGISTER_BROKEN  rows that contradict themselves or name an asset that wasn't loaded.
  static absl::StatusOr<EncumbranceRegister> Load(std::vector<Asset> assets, std::vector<Encumbrance> rows,
                                                  absl::Time now, absl::TimeZone zone);

  // Time goes on: as in Load. An earlier time than before changes nothing.
  void AdvanceTo(absl::Time now);

  // Every call below happens at the time of Load or AdvanceTo, wholly or, when it gives an error, not at all. First
  // match wins.

  // Enters a measure: id, authority, document, scope, rank, requested (money), inflow, term and the like are the
  // caller's; phase, shares and amounts are computed. With `review` it is PENDING: everybody behind it waits, it has no
  // effect itself. Errors: MEASURE_EXISTS   the id is taken.            FIELD_INVALID  no id, or an asset twice or not
  // loaded; several for a thing.
  //         AMOUNT_INVALID   money: not a definite amount. RANK_TAKEN   a thing: a later one is in effect already.
  // `first`: an account of the scope that is used before the others; empty: the order of the scope.
  absl::Status Place(Encumbrance fresh, bool review = false, std::string_view first = "");
  // A clerk's word on a PENDING one. Errors: MEASURE_UNKNOWN, MEASURE_NOT_EFFECTIVE (not pending).
  absl::Status Approve(std::string_view id);
  absl::Status Refuse(std::string_view id);
  // Lengthens the term of an EFFECTIVE measure, counted from the end of the one that runs: same rank, same amounts,
  // nobody moves up. Errors: MEASURE_UNKNOWN, MEASURE_NOT_EFFECTIVE (waits, or has ended), FIELD_INVALID (a measure
  // without an end, no term, or an end beyond the calendar).
  absl::Status Renew(std::string_view id, const MeasureTerm& term);
  // Gives up `amount` of the limit, unfunded part first, then from the last account of the scope on; 0 or the whole
  // limit ends it. Errors: MEASURE_UNKNOWN, MEASURE_NOT_EFFECTIVE (ended), AMOUNT_INVALID, AMOUNT_ABOVE_MEASURE.
  absl::Status Release(std::string_view id, int64_t amount = 0);
  // Takes controlled money of an EFFECTIVE measure off its accounts, in scope order; balances change here.
  // Errors: MEASURE_UNKNOWN, MEASURE_NOT_EFFECTIVE, AMOUNT_INVALID, AMOUNT_ABOVE_MEASURE.
  absl::StatusOr<std::vector<Cut>> Deduct(std::string_view id, int64_t amount);
  // A payment came back. Errors: MEASURE_UNKNOWN, AMOUNT_INVALID, AMOUNT_ABOVE_MEASURE (more than was deducted),
  // FIELD_INVALID.
  absl::Status GiveBack(std::string_view id, const std::vector<Cut>& cuts);

  // Money comes in; the holder spends; another's right takes. Errors: FIELD_INVALID (no such account), AMOUNT_INVALID,
  // AMOUNT_ABOVE_FREE (Withdraw: more than Available; Reduce: more than the balance).
  absl::Status Credit(std::string_view asset, int64_t amount);
  // As Credit, of income: in rank order each INCOME measure on the account may have what `share` says of what is left
  // of this credit by then (0 to `left`, and no more than its limit). What they got isn't reported as inflow: the
  // caller takes it.
  using IncomeShare = std::function<int64_t(const Encumbrance& row, int64_t left)>;
  absl::Status CreditIncome(std::string_view asset, int64_t amount, const IncomeShare& share);
  // Money goes from one account to another inside the measures that control it (a product pays back): what `first`
  // controls goes first, then what is free, then what others control in rank order, and each controls the same as
  // before. Once nothing is left, what waited on `from` waits on `to`; what comes free there is caught as any credit.
  // Errors: FIELD_INVALID (accounts unknown, the same, or in two currencies; a measure on `from` that doesn't reach
  // `to`), AMOUNT_INVALID, AMOUNT_ABOVE_FREE (more than the balance).
  absl::Status Move(std::string_view from, std::string_view to, int64_t amount, std::string_view first = "");
  absl::Status Withdraw(std::string_view asset, int64_t amount);
  absl::Status Reduce(std::string_view asset, int64_t amount);

  // The thing is disposed of under the EFFECTIVE measure `id`. Whole: all others are void from the start. Part: the
  // measure ends and the next takes effect on the rest. Errors: MEASURE_UNKNOWN, MEASURE_NOT_EFFECTIVE, FIELD_INVALID
  // (money).
  enum class Extent { kWhole, kPart };
  absl::Status Dispose(std::string_view id, Extent extent);
  // `quantity` of what the EFFECTIVE measure `id` controls goes to somebody else: it leaves the assets, and the measure
  // ends; what it still controlled is offered to those behind. Errors: MEASURE_UNKNOWN, MEASURE_NOT_EFFECTIVE,
  // FIELD_INVALID (a thing), AMOUNT_INVALID, AMOUNT_ABOVE_MEASURE (more than it controls).
  absl::Status DisposeQuantity(std::string_view id, int64_t quantity);
  // The right on which these measures stood is gone, or passed to somebody else free of them: effective ones lapse, the
  // others are void; what they controlled is offered to those behind. One that has ended, or isn't there, is passed
  // over.
  void EndWithRight(const std::vector<std::string>& ids);

  // Null when there is none; valid until the next change.
  const Encumbrance* Find(std::string_view id) const;
  const Asset* FindAsset(std::string_view id) const;
  // Live measures with a share on `asset`, in rank order: what an inquiry reports as prior measures.
  std::vector<const Encumbrance*> StandingOn(std::string_view asset) const;
  // Live measures that stand before `id` on any of its assets, in rank order.
  std::vector<const Encumbrance*> Before(std::string_view id) const;
  // 1 = first.
  uint32_t RankOf(std::string_view id) const { return static_cast<uint32_t>(Before(id).size()) + 1; }
  // The measure's revision as TakeChangedRows stores it, or will: statements with a higher one are newer. Pre: Find has
  // it.
  uint64_t RevisionOf(std::string_view id) const;
  // What the holder may dispose of: balance - controlled; 0 while a whole account is frozen.
  int64_t Available(std::string_view asset) const;

  // What changed since Load or the last call, in rank order (assets: by id).
  std::vector<Encumbrance> TakeChangedRows();
  std::vector<Asset> TakeChangedAssets();
  // In the order in which it happened. The measure that a call names is not in it: its own answer says it.
  std::vector<Change> TakeChanges();

  absl::Time now() const { return now_; }

 private:
  EncumbranceRegister(absl::Time now, absl::TimeZone zone) : now_(now), zone_(zone) {}

  // Phase and amounts of every live row, to see afterwards what moved.
  using Moment = std::map<std::string, std::pair<Phase, Amounts>, std::less<>>;
  struct GivenUp {
    Encumbrance* giver;
    std::vector<Share> shares;
  };
  absl::Status CheckLoaded(const Encumbrance& row) const;
  absl::Status CheckFresh(const Encumbrance& fresh) const;
  absl::StatusOr<Encumbrance*> Live(std::string_view id);
  Encumbrance* FindMutable(std::string_view id);
  Asset* AssetOf(std::string_view id);
  int64_t Free(std::string_view asset) const;
  bool StandsFirst(const Encumbrance& row) const;

  // Leaves: move amounts between shares. All keep controlled + unfunded.
  void Control(Encumbrance& row, std::string_view asset, int64_t amount);  // unfunded -> controlled
  void Lose(Encumbrance& row, std::string_view asset, int64_t amount);     // controlled -> unfunded
  Share& MutableShare(Encumbrance& row, std::string_view asset);
  static void DropEmptyShares(Encumbrance& row);

  void Squeeze(std::string_view asset);
  void Capture(std::string_view asset, const IncomeShare& share = nullptr, int64_t credit = 0);
  static int64_t Room(const Encumbrance& row, std::string_view asset);
  void Offer(std::string_view asset, int64_t amount, const Encumbrance& giver);
  void End(Encumbrance& row, Act act, std::vector<GivenUp>& given_up);
  void GiveUp(Encumbrance& row, Act act);
  void LapseAt(absl::Time instant);
  void TakeEffect();
  static void Do(Encumbrance& row, Act act);

  Moment Snapshot() const;
  void Note(const Moment& before, std::string_view subject, ChangeKind grown);

  absl::Time now_;
  absl::TimeZone zone_;
  std::vector<Encumbrance> rows_;  // by rank, then id
  std::map<std::string, Asset, std::less<>> assets_;
  std::map<std::string, Encumbrance, std::less<>> stored_rows_;  // as the adapter has them
  std::map<std::string, Asset, std::less<>> stored_assets_;
  std::vector<Change> changes_;
};

}  // namespace eagle::sdk
