#include "tests/sim/law_office.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"

namespace eagle::sim {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

namespace {

constexpr uint64_t kLast = std::numeric_limits<uint64_t>::max();

int64_t MonthsOf(const Term& term) { return int64_t{term.months()} + 12 * int64_t{term.years()}; }

}  // namespace

void LawOffice::Open(const std::string& unit, int64_t whole, const std::vector<Holder>& holders) {
  wholes_[unit] = whole;
  for (const Holder& holder : holders) {
    holders_.push_back(holder);
    law_.Open(AssetOf(holder), QuantityOf(holder));
  }
}

std::vector<std::string> LawOffice::units() const {
  std::vector<std::string> out;
  for (const auto& [unit, whole] : wholes_) out.push_back(unit);
  return out;
}

std::string LawOffice::AssetOf(const Holder& of) const {
  return absl::StrCat(of.unit, "/", grip_ == Grip::kWhole ? 0 : of.number);
}

// A thing counts as one.
int64_t LawOffice::QuantityOf(const Holder& of) const {
  return grip_ == Grip::kQuantity
             ? wholes_.at(of.unit) / static_cast<int64_t>(of.denominator) * static_cast<int64_t>(of.numerator)
             : 1;
}

LawOffice::Holder* LawOffice::Find(const std::string& unit, uint32_t number) {
  for (Holder& holder : holders_) {
    if (holder.unit == unit && holder.number == number) return &holder;
  }
  return nullptr;
}

const LawOffice::Seal* LawOffice::SealOf(const std::string& operation) const {
  const auto over = taken_over_.find(operation);
  const auto seal = seals_.find(over == taken_over_.end() ? operation : over->second);
  return seal == seals_.end() ? nullptr : &seal->second;
}

LawOffice::Seal* LawOffice::Named(const sdk::Request& request) {
  return request.freeze_operation == nullptr ? nullptr : const_cast<Seal*>(SealOf(request.freeze_operation->Text()));
}

std::string LawOffice::Standing(const std::string& claim) const {
  const Law::Claim& of = *law_.Find(claim);
  if (!of.Live()) return "NOT_CONTROLLED";
  if (of.stage == Law::Stage::kReview) return "UNDER_REVIEW";
  if (of.stage == Law::Stage::kWaits) return "WAITLISTED";
  return of.Lacks() > 0 ? "PARTLY_CONTROLLED" : "CONTROLLED";
}

void LawOffice::PassTo(absl::Time now) {
  law_.PassTo(now);
  for (Search& search : searches_) search.over |= law_.Find(search.claim)->stage != Law::Stage::kStands;
}

std::string LawOffice::Apply(const sdk::Request& request) {
  PassTo(request.now);
  switch (request.order.action()) {
    case ACTION_FREEZE:
      return Freeze(request);
    case ACTION_RENEW: {
      const Seal* seal = Named(request);
      const bool done = seal != nullptr && law_.Renew(seal->claim, MonthsOf(request.order.renew().term()), request.now);
      return done ? Did("RENEW", "RENEWED") : "NOT_RENEWED";
    }
    case ACTION_RELEASE:
      return Release(request);
    case ACTION_TRANSFER_TITLE:
      return Transfer(request, /*decided=*/false);
    case ACTION_LOCATE:
      return Locate(request);
    default:
      return "RETURNED";
  }
}

std::string LawOffice::Freeze(const sdk::Request& request) {
  const auto& order = request.order;
  if (order.freeze().has_counter()) return TakeOver(request);
  const AssetTarget& asset = order.freeze().asset();
  const auto own = std::find_if(holders_.begin(), holders_.end(), [&](const Holder& holder) {
    if (holder.former || holder.unit != asset.unit_number() || holder.person != order.subject().id_number())
      return false;
    const uint64_t named = uint64_t{asset.share_numerator()} * holder.denominator,
                   has = uint64_t{asset.share_denominator()} * holder.numerator;
    return grip_ == Grip::kQuantity ? named <= has : named == has;
  });
  if (own == holders_.end()) return "NOT_CONTROLLED";
  int64_t limit = 1;
  if (grip_ == Grip::kQuantity)
    limit = asset.quantity_e4() != 0 ? asset.quantity_e4() / 100
                                     : wholes_.at(own->unit) / asset.share_denominator() * asset.share_numerator();
  const std::string id = request.operation.Text(), on = AssetOf(*own);
  // What was registered before this could be looked at keeps its place.
  std::pair<absl::Time, uint64_t> served = {request.arrival.at, request.arrival.sequence};
  if (law_.Overtaken(on, served)) served = {std::max(request.now, served.first), kLast};
  law_.Place({.id = id, .served = served, .scope = {on}, .limit = limit, .months = MonthsOf(order.freeze().term())},
             request.now, clerks_freeze_);
  seals_[id] = {.claim = id,
                .unit = own->unit,
                .court = order.court(),
                .document = order.instruments(0).title(),
                .holder = own->number,
                .value = order.freeze().limit_minor_units(),
                .counts = !order.has_over_cap_exception()};
  if (own->expected) ++acts_["FREEZE before registration"];
  return Did(grip_ == Grip::kQuantity ? "FREEZE quantity" : "FREEZE thing", Standing(id));
}

std::string LawOffice::TakeOver(const sdk::Request& request) {
  const CounterMeasure& named = request.order.freeze().counter();
  const auto seal = seals_.find(named.unit_reference());
  const auto over = [&](const auto& row) { return row.second == named.unit_reference(); };
  if (seal == seals_.end() || seal->second.document != named.document_number() ||
      seal->second.court != request.order.court() || !law_.Find(seal->first)->Live() ||
      std::any_of(taken_over_.begin(), taken_over_.end(), over) ||
      Find(seal->second.unit, seal->second.holder)->person != request.order.subject().id_number())
    return "NOT_CONTROLLED";
  taken_over_[request.operation.Text()] = seal->first;
  seal->second.value = request.order.freeze().limit_minor_units();
  return Did("FREEZE counter", Standing(seal->first));
}

std::string LawOffice::Release(const sdk::Request& request) {
  Seal* seal = Named(request);
  if (seal == nullptr || !law_.Find(seal->claim)->Live()) return "NOT_CONTROLLED";
  const int64_t amount = request.order.release().amount_minor_units();
  const bool waited = law_.Find(seal->claim)->stage != Law::Stage::kStands;
  if (amount == 0 || amount == seal->value) {
    law_.Release(seal->claim, 0, request.now);
    return Did(waited ? "RELEASE of what waits" : "RELEASE", "RELEASED");
  }
  if (grip_ != Grip::kQuantity || amount > seal->value) return "NOT_CONTROLLED";
  // In proportion, and never more than is given up.
  const int64_t quantity = static_cast<int64_t>(absl::int128(law_.Find(seal->claim)->limit) * amount / seal->value);
  if (quantity == 0) return "NOT_CONTROLLED";
  law_.Release(seal->claim, quantity, request.now);
  seal->value -= amount;
  return Did("RELEASE part", "RELEASED");
}

std::string LawOffice::Transfer(const sdk::Request& request, bool decided) {
  const auto& order = request.order.transfer_title();
  Seal* seal = Named(request);
  if (seal == nullptr) return "NOT_TRANSFERRED";
  const Law::Claim& claim = *law_.Find(seal->claim);
  Holder& from = *Find(seal->unit, seal->holder);
  if (claim.stage != Law::Stage::kStands || from.expected ||
      order.transferee().id_number() == request.order.subject().id_number())
    return "NOT_TRANSFERRED";
  const bool all = order.share_numerator() == 0;
  uint64_t numerator = all ? from.numerator : order.share_numerator(),
           denominator = all ? from.denominator : order.share_denominator();
  if (numerator * from.denominator > from.numerator * denominator) return "NOT_TRANSFERRED";
  const bool whole = numerator * from.denominator == from.numerator * denominator;
  int64_t quantity = 0;
  if (grip_ == Grip::kQuantity) {
    const int64_t of = wholes_.at(from.unit);
    quantity = all ? claim.Held() : of / static_cast<int64_t>(denominator) * static_cast<int64_t>(numerator);
    if (quantity <= 0 || quantity > claim.Held()) return "NOT_TRANSFERRED";
    const int64_t common = std::gcd(quantity, of);
    numerator = static_cast<uint64_t>(quantity / common), denominator = static_cast<uint64_t>(of / common);
  } else if (!whole && grip_ == Grip::kWhole) {
    return "NOT_TRANSFERRED";
  }
  if (clerks_transfer_ && !decided) return "UNDER_REVIEW";
  seal->proceeds = order.proceeds_minor_units();
  const bool nothing_left = Sell(*seal, from, numerator, denominator, quantity, order, request.now);
  return Did(nothing_left ? "TRANSFER_TITLE whole" : "TRANSFER_TITLE part", "TRANSFERRED");
}

// Of the whole the queue is void, of a part the next takes effect on the rest; the new owner has a number of his own.
bool LawOffice::Sell(const Seal& seal, Holder& from, uint64_t numerator, uint64_t denominator, int64_t quantity,
                     const TransferTitle& order, absl::Time now) {
  const uint64_t left = from.numerator * denominator - numerator * from.denominator;
  Holder to = from;
  to.person = order.transferee().id_number();
  const uint64_t divisor = std::gcd(numerator, denominator);
  to.numerator = numerator / divisor, to.denominator = denominator / divisor;
  for (const Holder& holder : holders_) {
    if (holder.unit == from.unit) to.number = std::max(to.number, holder.number + 1);
  }
  const std::string old_asset = AssetOf(from);
  const bool whole = left == 0;
  if (grip_ == Grip::kQuantity) {
    law_.SellQuantity(seal.claim, quantity, now, whole);
  } else if (whole) {
    law_.SellWhole(seal.claim, now);
  } else {
    law_.SellPart(seal.claim, now);
  }
  if (whole) {
    from.former = true;
    if (grip_ != Grip::kWhole) law_.Close(old_asset);
  } else {
    const uint64_t common = std::gcd(left, from.denominator * denominator);
    from.numerator = left / common, from.denominator = from.denominator * denominator / common;
  }
  if (grip_ != Grip::kWhole) law_.Open(AssetOf(to), QuantityOf(to));
  holders_.push_back(to);
  return whole;
}

std::string LawOffice::Locate(const sdk::Request& request) {
  const Seal* seal = Named(request);
  if (seal == nullptr || !movable_ || law_.Find(seal->claim)->stage != Law::Stage::kStands) return "NOT_LOCATING";
  searches_.push_back({request.operation.Text(), seal->claim, seal->unit});
  return Did("LOCATE", "LOCATING");
}

std::string LawOffice::Decide(const sdk::Request& request, bool approved) {
  PassTo(request.now);
  if (request.order.action() == ACTION_TRANSFER_TITLE)
    return approved ? Transfer(request, /*decided=*/true) : "NOT_TRANSFERRED";
  const std::string id = request.operation.Text();
  if (approved) {
    law_.Approve(id, request.now);
  } else {
    law_.Refuse(id, request.now);
  }
  return Did(approved ? "a clerk approved" : "a clerk refused", Standing(id));
}

void LawOffice::Enter(const std::string& seal, const std::string& court, const std::string& document, const Holder& of,
                      uint64_t sequence, int64_t months, absl::Time now) {
  PassTo(now);
  const int64_t limit = QuantityOf(of);
  law_.Place({.id = seal, .served = {now, sequence}, .scope = {AssetOf(of)}, .limit = limit, .months = months}, now);
  seals_[seal] = {.claim = seal, .unit = of.unit, .court = court, .document = document, .holder = of.number};
  ++acts_["a seal at the counter"];
}

bool LawOffice::ReleaseAtCounter(const std::string& seal, absl::Time now) {
  PassTo(now);
  const auto over = [&](const auto& row) { return row.second == seal; };
  return std::none_of(taken_over_.begin(), taken_over_.end(), over) && law_.Release(seal, 0, now);
}

std::set<std::string> LawOffice::Looking(const std::string& unit, absl::Time now) {
  PassTo(now);
  std::set<std::string> out;
  for (const Search& search : searches_) {
    if (!search.over && search.unit == unit) out.insert(search.operation);
  }
  return out;
}

void LawOffice::Collected(const std::string& unit, absl::Time now) {
  PassTo(now);
  for (Search& search : searches_) search.over |= search.unit == unit;
}

bool LawOffice::RegisterOwner(const std::string& unit) {
  bool expected = false;
  for (const Holder& holder : holders_) {
    if (holder.unit != unit || holder.former) continue;
    expected |= holder.expected;
    for (const Law::Claim& claim : law_.claims()) {
      if (!holder.expected && claim.StandsOn(AssetOf(holder))) return false;
    }
  }
  if (!expected) return false;
  for (Holder& holder : holders_) {
    if (holder.unit != unit || holder.former) continue;
    if (!holder.expected) law_.Close(AssetOf(holder));
    holder.former = !holder.expected;
    holder.expected = false;
  }
  ++acts_["an owner was registered"];
  return true;
}

// A thing counts with its declared value while it is held; a quantity with the part of it that is.
std::pair<int64_t, int64_t> LawOffice::ExposureOf(const std::string& operation) const {
  const Seal* seal = SealOf(operation);
  if (seal == nullptr || !seal->counts) return {0, seal == nullptr ? 0 : seal->proceeds};
  return {law_.Find(seal->claim)->stage == Law::Stage::kStands ? seal->value : 0, seal->proceeds};
}

bool LawOffice::WaitedOnce(const std::string& operation) const {
  const Seal* seal = SealOf(operation);
  return seal != nullptr && law_.Find(seal->claim)->waited;
}

}  // namespace eagle::sim
