#include "adapters/sdk/encumbrance/register.h"

#include <algorithm>
#include <set>
#include <utility>

#include "server/base/assert.h"
#include "server/base/money.h"
#include "server/base/reason.h"

namespace eagle::sdk {
namespace {

constexpr int64_t kOneThing = 1;

bool InRank(const Encumbrance& a, const Encumbrance& b) { return a.StandsBefore(b); }

Fail NotEffective(const Encumbrance& row, std::string_view why) {
  return Fail(Reason::kMeasureNotEffective, why).With("phase", PhaseName(row.phase));
}

}  // namespace

// ---- Rows in ----

absl::StatusOr<EncumbranceRegister> EncumbranceRegister::Load(std::vector<Asset> assets, std::vector<Encumbrance> rows,
                                                              absl::Time now, absl::TimeZone zone) {
  EncumbranceRegister book(absl::InfinitePast(), zone);
  for (Asset& asset : assets) {
    if (asset.balance < 0 || (asset.kind == AssetKind::kThing && asset.balance != kOneThing)) {
      return Fail(Reason::kRegisterBroken, "an asset has an impossible balance");
    }
    if (!book.assets_.emplace(asset.id, asset).second)
      return Fail(Reason::kRegisterBroken, "an asset was loaded twice");
  }
  std::set<std::string_view> ids;
  for (const Encumbrance& row : rows) {
    EAGLE_RETURN_IF_ERROR(book.CheckLoaded(row));
    if (!ids.insert(row.id).second) return Fail(Reason::kRegisterBroken, "a measure was loaded twice");
  }
  book.rows_ = std::move(rows);
  std::sort(book.rows_.begin(), book.rows_.end(), InRank);
  for (const Encumbrance& row : book.rows_) book.stored_rows_.emplace(row.id, row);
  book.stored_assets_ = book.assets_;

  Moment before = book.Snapshot();
  book.now_ = now;  // what was lost is known from now on
  for (Encumbrance& row : book.rows_) {
    const int64_t above = IsLive(row.phase) && row.ceiling ? -Room(row, row.ceiling->asset) : 0;
    if (above > 0) book.Lose(row, row.ceiling->asset, above);
  }
  for (const auto& [id, asset] : book.assets_) book.Squeeze(id);
  book.TakeEffect();
  book.Note(before, "", ChangeKind::kReduced);
  book.now_ = absl::InfinitePast();
  book.AdvanceTo(now);
  before = book.Snapshot();
  for (const auto& [id, asset] : book.assets_) book.Capture(id);
  book.TakeEffect();
  book.Note(before, "", ChangeKind::kInflow);
  return book;
}

absl::Status EncumbranceRegister::CheckLoaded(const Encumbrance& row) const {
  if (!IsLive(row.phase)) {
    return row.shares.empty() ? absl::OkStatus()
                              : Fail(Reason::kRegisterBroken, "a measure that ended still has shares");
  }
  size_t unfunded_shares = 0;
  int64_t sum = 0;
  for (const Share& share : row.shares) {
    if (share.controlled < 0 || share.unfunded < 0 || !row.HasInScope(share.asset)) {
      return Fail(Reason::kRegisterBroken, "a share is negative or outside the scope of its measure");
    }
    if (share.unfunded > 0) ++unfunded_shares;
    sum += share.controlled + share.unfunded;
  }
  if (sum != row.requested || row.requested <= 0 || unfunded_shares > 1) {
    return Fail(Reason::kRegisterBroken,
                "the shares of a measure don't add up to its limit, or lie on two accounts unfunded");
  }
  for (const std::string& asset : row.scope) {
    if (assets_.count(asset) == 0)
      return Fail(Reason::kRegisterBroken, "an asset in the scope of a measure wasn't loaded");
  }
  return absl::OkStatus();
}

// ---- Time ----

void EncumbranceRegister::AdvanceTo(absl::Time now) {
  while (true) {
    absl::Time next = absl::InfiniteFuture();
    for (const Encumbrance& row : rows_) {
      if (row.phase == Phase::kEffective && row.effective_to) next = std::min(next, *row.effective_to);
    }
    if (next > now) break;
    LapseAt(std::max(next, now_));
  }
  now_ = std::max(now_, now);
}

// Everything that follows takes effect at `instant`, however late the register looks.
void EncumbranceRegister::LapseAt(absl::Time instant) {
  now_ = instant;
  const Moment before = Snapshot();
  // All that end together give up their money first, so that none of them is promoted by another and lapses at once.
  std::vector<GivenUp> given_up;
  for (Encumbrance& row : rows_) {
    if (row.phase == Phase::kEffective && row.effective_to && *row.effective_to <= instant)
      End(row, Act::kLapse, given_up);
  }
  for (const GivenUp& given : given_up) {
    for (const Share& share : given.shares) Offer(share.asset, share.controlled, *given.giver);
  }
  TakeEffect();
  Note(before, "", ChangeKind::kPromoted);
}

// ---- What a measure does ----

absl::Status EncumbranceRegister::CheckFresh(const Encumbrance& fresh) const {
  if (Find(fresh.id) != nullptr) return Fail(Reason::kMeasureExists, "a measure with this id is on the register");
  if (fresh.id.empty() || fresh.scope.empty()) return Fail(Reason::kFieldInvalid, "a measure needs an id and an asset");
  std::set<std::string_view> seen;
  for (const std::string& id : fresh.scope) {
    const Asset* asset = FindAsset(id);
    if (asset == nullptr || !seen.insert(id).second)
      return Fail(Reason::kFieldInvalid, "an asset is unknown or named twice");
    if (asset->kind != FindAsset(fresh.scope.front())->kind)
      return Fail(Reason::kFieldInvalid, "money and things don't mix in one measure");
    if (asset->kind == AssetKind::kThing && fresh.scope.size() > 1)
      return Fail(Reason::kFieldInvalid, "a measure seals one thing");
  }
  if (FindAsset(fresh.scope.front())->kind == AssetKind::kMoney) {
    if (!IsAmount(fresh.requested)) return Fail(Reason::kAmountInvalid, "the limit isn't a definite amount");
    return absl::OkStatus();
  }
  for (const Encumbrance& row : rows_) {
    if (row.phase == Phase::kEffective && row.ShareOn(fresh.scope.front()) != nullptr && fresh.StandsBefore(row)) {
      return Fail(Reason::kRankTaken, "a measure that was served later is in effect on the thing")
          .With("before", row.id);
    }
  }
  return absl::OkStatus();
}

absl::Status EncumbranceRegister::Place(Encumbrance fresh, bool review, std::string_view first) {
  EAGLE_RETURN_IF_ERROR(CheckFresh(fresh));
  const Moment before = Snapshot();
  if (FindAsset(fresh.scope.front())->kind == AssetKind::kThing) fresh.requested = kOneThing;
  fresh.phase = review ? Phase::kPending : Phase::kWaitlisted;
  fresh.deducted = 0;
  fresh.shares = {{fresh.scope.front(), 0, fresh.requested}};
  const auto place = std::upper_bound(rows_.begin(), rows_.end(), fresh, InRank);
  Encumbrance& row = *rows_.insert(place, std::move(fresh));

  int64_t rest = row.inflow == InflowRule::kIncome ? 0 : row.requested;
  std::vector<std::string> order = row.scope;
  std::stable_partition(order.begin(), order.end(), [&](const std::string& asset) { return asset == first; });
  for (const std::string& asset : order) {
    int64_t left = AssetOf(asset)->balance;
    for (const Encumbrance& other : rows_) {
      if (other.StandsBefore(row)) left -= other.ControlledOn(asset);
    }
    const int64_t amount = std::min({rest, left, Room(row, asset)});
    rest -= amount;
    Control(row, asset, amount);
    Squeeze(asset);
  }
  const std::string id = row.id;
  TakeEffect();
  Note(before, id, ChangeKind::kPromoted);
  return absl::OkStatus();
}

absl::Status EncumbranceRegister::Approve(std::string_view id) {
  EAGLE_ASSIGN_OR_RETURN(Encumbrance * row, Live(id));
  if (row->phase != Phase::kPending) return NotEffective(*row, "the measure isn't under review");
  const Moment before = Snapshot();
  Do(*row, Act::kApprove);
  TakeEffect();
  Note(before, id, ChangeKind::kPromoted);
  return absl::OkStatus();
}

absl::Status EncumbranceRegister::Refuse(std::string_view id) {
  EAGLE_ASSIGN_OR_RETURN(Encumbrance * row, Live(id));
  if (row->phase != Phase::kPending) return NotEffective(*row, "the measure isn't under review");
  GiveUp(*row, Act::kRefuse);
  return absl::OkStatus();
}

absl::Status EncumbranceRegister::Renew(std::string_view id, const MeasureTerm& term) {
  EAGLE_ASSIGN_OR_RETURN(Encumbrance * row, Live(id));
  if (row->phase != Phase::kEffective) return NotEffective(*row, "a term that doesn't run can't be lengthened");
  if (!row->effective_to || !term.HasEnd()) return Fail(Reason::kFieldInvalid, "a renewal needs an end and a term");
  row->effective_to = EndOf(term, *row->effective_to, zone_);
  return absl::OkStatus();
}

absl::Status EncumbranceRegister::Release(std::string_view id, int64_t amount) {
  EAGLE_ASSIGN_OR_RETURN(Encumbrance * row, Live(id));
  if (amount < 0) return Fail(Reason::kAmountInvalid, "a release is of an amount, or of the whole");
  if (amount > row->requested) return Fail(Reason::kAmountAboveMeasure, "more than the limit of the measure");
  if (amount == 0 || amount == row->requested) {
    GiveUp(*row, Act::kRelease);
    return absl::OkStatus();
  }
  const Moment before = Snapshot();
  row->requested -= amount;
  for (Share& share : row->shares) {
    const int64_t part = std::min(amount, share.unfunded);
    share.unfunded -= part;
    amount -= part;
  }
  std::vector<Share> given_up;
  for (auto asset = row->scope.rbegin(); asset != row->scope.rend() && amount > 0; ++asset) {
    const int64_t part = std::min(amount, row->ControlledOn(*asset));
    if (part == 0) continue;
    MutableShare(*row, *asset).controlled -= part;
    given_up.push_back({*asset, part, 0});
    amount -= part;
  }
  DropEmptyShares(*row);
  for (const Share& share : given_up) Offer(share.asset, share.controlled, *row);
  TakeEffect();
  Note(before, id, ChangeKind::kPromoted);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Cut>> EncumbranceRegister::Deduct(std::string_view id, int64_t amount) {
  EAGLE_ASSIGN_OR_RETURN(Encumbrance * row, Live(id));
  if (row->phase != Phase::kEffective) return NotEffective(*row, "only an effective measure can be deducted from");
  if (AssetOf(row->scope.front())->kind == AssetKind::kThing)
    return Fail(Reason::kFieldInvalid, "a thing can't be deducted");
  if (!IsAmount(amount)) return Fail(Reason::kAmountInvalid, "a deduction is of a definite amount");
  if (amount > row->controlled()) return Fail(Reason::kAmountAboveMeasure, "more than the measure controls");
  const Moment before = Snapshot();
  row->requested -= amount;
  row->deducted += amount;
  std::vector<Cut> cuts;
  for (const std::string& asset : row->scope) {
    const int64_t part = std::min(amount, row->ControlledOn(asset));
    if (part == 0) continue;
    MutableShare(*row, asset).controlled -= part;
    AssetOf(asset)->balance -= part;
    cuts.push_back({asset, part});
    amount -= part;
  }
  DropEmptyShares(*row);
  if (row->requested == 0) Do(*row, Act::kConsume);
  TakeEffect();
  Note(before, id, ChangeKind::kPromoted);
  return cuts;
}

absl::Status EncumbranceRegister::GiveBack(std::string_view id, const std::vector<Cut>& cuts) {
  Encumbrance* row = FindMutable(id);
  if (row == nullptr) return Fail(Reason::kMeasureUnknown, "no measure with this id");
  int64_t rest = row->deducted;
  for (const Cut& cut : cuts) {
    if (!IsAmount(cut.amount)) return Fail(Reason::kAmountInvalid, "a part that comes back is a definite amount");
    if (!row->HasInScope(cut.asset) || AssetOf(cut.asset) == nullptr)
      return Fail(Reason::kFieldInvalid, "the account is none of the measure's");
    if (cut.amount > rest) return Fail(Reason::kAmountAboveMeasure, "more comes back than was deducted");
    rest -= cut.amount;
  }
  const Moment before = Snapshot();
  if (row->phase == Phase::kConsumed && !cuts.empty()) Do(*row, Act::kGiveBack);
  const bool again = row->phase == Phase::kEffective;
  for (const Cut& cut : cuts) {
    AssetOf(cut.asset)->balance += cut.amount;
    row->deducted -= cut.amount;
    if (again) {
      MutableShare(*row, cut.asset).controlled += cut.amount;
      row->requested += cut.amount;
    } else {
      Offer(cut.asset, cut.amount, *row);
    }
  }
  TakeEffect();
  Note(before, id, ChangeKind::kPromoted);
  AdvanceTo(now_);  // its term may have ended while the payment was on its way
  return absl::OkStatus();
}

absl::Status EncumbranceRegister::Dispose(std::string_view id, Extent extent) {
  EAGLE_ASSIGN_OR_RETURN(Encumbrance * row, Live(id));
  const std::string asset = row->scope.front();
  if (AssetOf(asset)->kind != AssetKind::kThing) return Fail(Reason::kFieldInvalid, "only things are disposed of");
  if (row->phase != Phase::kEffective) return NotEffective(*row, "only under an effective measure");
  if (extent == Extent::kPart) {
    GiveUp(*row, Act::kDispose);
    return absl::OkStatus();
  }
  const Moment before = Snapshot();
  std::vector<GivenUp> void_shares;
  for (Encumbrance& other : rows_) {
    if (&other != row && IsLive(other.phase) && other.ShareOn(asset) != nullptr) End(other, Act::kVoid, void_shares);
  }
  End(*row, Act::kDispose, void_shares);
  Note(before, id, ChangeKind::kPromoted);
  return absl::OkStatus();
}

absl::Status EncumbranceRegister::DisposeQuantity(std::string_view id, int64_t quantity) {
  EAGLE_ASSIGN_OR_RETURN(Encumbrance * row, Live(id));
  if (AssetOf(row->scope.front())->kind == AssetKind::kThing)
    return Fail(Reason::kFieldInvalid, "a thing has no quantity");
  if (row->phase != Phase::kEffective) return NotEffective(*row, "only under an effective measure");
  if (!IsAmount(quantity)) return Fail(Reason::kAmountInvalid, "a definite quantity is disposed of");
  if (quantity > row->controlled()) return Fail(Reason::kAmountAboveMeasure, "more than the measure controls");
  const Moment before = Snapshot();
  for (const std::string& asset : row->scope) {
    const int64_t part = std::min(quantity, row->ControlledOn(asset));
    if (part == 0) continue;
    MutableShare(*row, asset).controlled -= part;
    AssetOf(asset)->balance -= part;
    quantity -= part;
  }
  std::vector<GivenUp> given_up;
  End(*row, Act::kDispose, given_up);
  for (const Share& share : given_up.front().shares) Offer(share.asset, share.controlled, *row);
  TakeEffect();
  Note(before, id, ChangeKind::kPromoted);
  return absl::OkStatus();
}

void EncumbranceRegister::EndWithRight(const std::vector<std::string>& ids) {
  const Moment before = Snapshot();
  std::vector<GivenUp> given_up;
  for (const std::string& id : ids) {
    Encumbrance* row = FindMutable(id);
    if (row != nullptr && IsLive(row->phase))
      End(*row, row->phase == Phase::kEffective ? Act::kLapse : Act::kVoid, given_up);
  }
  for (const GivenUp& given : given_up) {
    for (const Share& share : given.shares) Offer(share.asset, share.controlled, *given.giver);
  }
  TakeEffect();
  Note(before, "", ChangeKind::kPromoted);
}

absl::StatusOr<Encumbrance*> EncumbranceRegister::Live(std::string_view id) {
  Encumbrance* row = FindMutable(id);
  if (row == nullptr) return Fail(Reason::kMeasureUnknown, "no measure with this id");
  if (!IsLive(row->phase)) return NotEffective(*row, "the measure has ended");
  return row;
}

// ---- What money does ----

absl::Status EncumbranceRegister::Credit(std::string_view asset, int64_t amount) {
  Asset* account = AssetOf(asset);
  if (account == nullptr || account->kind != AssetKind::kMoney) return Fail(Reason::kFieldInvalid, "no such account");
  if (!IsAmount(amount)) return Fail(Reason::kAmountInvalid, "a credit is a definite amount");
  const Moment before = Snapshot();
  account->balance += amount;
  Capture(asset);
  TakeEffect();
  Note(before, "", ChangeKind::kInflow);
  return absl::OkStatus();
}

absl::Status EncumbranceRegister::CreditIncome(std::string_view asset, int64_t amount, const IncomeShare& share) {
  Asset* account = AssetOf(asset);
  if (account == nullptr || account->kind != AssetKind::kMoney) return Fail(Reason::kFieldInvalid, "no such account");
  if (!IsAmount(amount)) return Fail(Reason::kAmountInvalid, "a credit is a definite amount");
  const Moment before = Snapshot();
  const size_t told = changes_.size();
  account->balance += amount;
  Capture(asset, share, amount);
  TakeEffect();
  Note(before, "", ChangeKind::kInflow);
  const auto of_income = [&](const Change& change) {
    return change.kind == ChangeKind::kInflow && Find(change.id)->inflow == InflowRule::kIncome;
  };
  changes_.erase(std::remove_if(changes_.begin() + static_cast<std::ptrdiff_t>(told), changes_.end(), of_income),
                 changes_.end());
  return absl::OkStatus();
}

absl::Status EncumbranceRegister::Move(std::string_view from, std::string_view to, int64_t amount,
                                       std::string_view first) {
  Asset *source = AssetOf(from), *target = AssetOf(to);
  if (source == nullptr || target == nullptr || source == target || source->kind != AssetKind::kMoney ||
      target->kind != AssetKind::kMoney || source->currency != target->currency) {
    return Fail(Reason::kFieldInvalid, "money moves between two accounts in one currency");
  }
  if (!IsAmount(amount)) return Fail(Reason::kAmountInvalid, "what moves is a definite amount");
  if (amount > source->balance) return Fail(Reason::kAmountAboveFree, "more than is on the account");
  for (const Encumbrance* row : StandingOn(from)) {
    if (!row->HasInScope(to)) return Fail(Reason::kFieldInvalid, "a measure there doesn't reach the other account");
  }
  const Moment before = Snapshot();
  const size_t told = changes_.size();
  int64_t free = Free(from), rest = amount;
  std::vector<std::string> moved;
  const auto carry = [&](Encumbrance& row) {
    const int64_t part = std::min(rest, IsLive(row.phase) ? row.ControlledOn(from) : 0);
    if (part == 0) return;
    MutableShare(row, from).controlled -= part;
    MutableShare(row, to).controlled += part;
    DropEmptyShares(row);
    rest -= part;
    if (row.id != first) moved.push_back(row.id);
  };
  if (Encumbrance* row = FindMutable(first); row != nullptr) carry(*row);
  rest -= std::min(rest, free);
  for (Encumbrance& row : rows_) carry(row);
  source->balance -= amount;
  target->balance += amount;
  for (Encumbrance& row : rows_) {
    const Share* waiting = row.ShareOn(from);
    if (source->balance > 0 || waiting == nullptr) continue;
    MutableShare(row, to).unfunded += std::exchange(MutableShare(row, from).unfunded, 0);
    DropEmptyShares(row);
  }
  Capture(to);
  TakeEffect();
  Note(before, first, ChangeKind::kInflow);
  for (const std::string& id : moved) {
    const bool noted = std::any_of(changes_.begin() + static_cast<std::ptrdiff_t>(told), changes_.end(),
                                   [&](const Change& change) { return change.id == id; });
    const Amounts& was = before.at(id).second;
    if (!noted) changes_.push_back({ChangeKind::kInflow, id, was, was, now_});
  }
  return absl::OkStatus();
}

absl::Status EncumbranceRegister::Withdraw(std::string_view asset, int64_t amount) {
  Asset* account = AssetOf(asset);
  if (account == nullptr || account->kind != AssetKind::kMoney) return Fail(Reason::kFieldInvalid, "no such account");
  if (!IsAmount(amount)) return Fail(Reason::kAmountInvalid, "a withdrawal is a definite amount");
  if (amount > Available(asset)) return Fail(Reason::kAmountAboveFree, "more than is free on the account");
  account->balance -= amount;
  return absl::OkStatus();
}

absl::Status EncumbranceRegister::Reduce(std::string_view asset, int64_t amount) {
  Asset* account = AssetOf(asset);
  if (account == nullptr || account->kind != AssetKind::kMoney) return Fail(Reason::kFieldInvalid, "no such account");
  if (!IsAmount(amount)) return Fail(Reason::kAmountInvalid, "a reduction is a definite amount");
  if (amount > account->balance) return Fail(Reason::kAmountAboveFree, "more than is on the account");
  const Moment before = Snapshot();
  account->balance -= amount;
  Squeeze(asset);
  TakeEffect();
  Note(before, "", ChangeKind::kReduced);
  return absl::OkStatus();
}

}  // namespace eagle::sdk
