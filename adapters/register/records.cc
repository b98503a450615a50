#include "adapters/register/records.h"

#include <algorithm>
#include <array>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "server/base/assert.h"
#include "server/base/money.h"

namespace eagle::registry {
namespace {

constexpr std::array<std::pair<CoOwnership, std::string_view>, 3> kCoOwnerships = {
    {{CoOwnership::kSole, "SOLE"}, {CoOwnership::kJoint, "JOINT"}, {CoOwnership::kByShares, "BY_SHARES"}}};

}  // namespace

const std::string& ValueOf(const Kind& kind, const Unit& unit, std::string_view field) {
  return unit.values.at(PlaceOf(kind, field));
}

bool Seal::Bars(std::string_view act) const {
  return blocked_acts.empty() || std::find(blocked_acts.begin(), blocked_acts.end(), act) != blocked_acts.end();
}

std::string AssetId(const Kind& kind, std::string_view unit, uint32_t holder) {
  return absl::StrCat(std::string(unit), "/", kind.extent == Extent::kWhole ? 0 : holder);
}

std::optional<int64_t> QuantityOf(int64_t whole, uint32_t numerator, uint32_t denominator) {
  const absl::int128 product = absl::int128(whole) * numerator;
  if (denominator == 0 || product % denominator != 0) return std::nullopt;
  const absl::int128 quantity = product / denominator;
  if (quantity <= 0 || quantity > whole) return std::nullopt;
  return static_cast<int64_t>(quantity);
}

int64_t WholeOf(const Kind& kind, const Unit& unit) {
  const auto whole = ParseMoney(ValueOf(kind, unit, kind.whole_field));
  GATEWAY_ASSERT(whole.has_value(), "only numbers that were parsed are stored");
  return *whole;
}

std::string_view CoOwnershipName(CoOwnership kind) {
  for (const auto& [value, name] : kCoOwnerships) {
    if (value == kind) return name;
  }
  return "UNKNOWN";
}

std::optional<CoOwnership> CoOwnershipByName(std::string_view name) {
  for (const auto& [value, known] : kCoOwnerships) {
    if (known == name) return value;
  }
  return std::nullopt;
}

std::string_view ReviewStateName(ReviewState state) {
  switch (state) {
    case ReviewState::kOpen:
      return "OPEN";
    case ReviewState::kApproved:
      return "APPROVED";
    case ReviewState::kRefused:
      return "REFUSED";
    case ReviewState::kClosed:
      return "CLOSED";
  }
  return "UNKNOWN";
}

}  // namespace eagle::registry
