// What an act does to property, in the few words that decisions ask for: does it take something for good, does it make
// a measure, is that of money, for how much.
//
// Threads: pure functions.
//
//   if (Takes(order.action)) ...      // goes out only when witnesses have seen it, and no objection holds it
#pragma once

#include <cstdint>
#include <string_view>

#include "goldeneagle/v1/order.pb.h"

namespace eagle::domain {

// The policy's kind of what EXTRACT_INCOME takes from.
inline constexpr std::string_view kIncomeKind = "INCOME";

// Whether what it takes doesn't come back by a release: money to the court, a title to somebody else. Such an order
// waits for its case, for witnesses and for objections, and what releases its measure waits for it.
inline bool Takes(goldeneagle::v1::Action action) {
  return action == goldeneagle::v1::ACTION_DEDUCT || action == goldeneagle::v1::ACTION_TRANSFER_TITLE ||
         action == goldeneagle::v1::ACTION_EXTRACT_INCOME;
}

// Whether a measure comes of it, which is named by it ever after; every other control order names such a one.
inline bool MakesMeasure(goldeneagle::v1::Action action) {
  return action == goldeneagle::v1::ACTION_FREEZE || action == goldeneagle::v1::ACTION_EXTRACT_INCOME;
}

// Money on accounts, which a freeze of an account or of all that the person holds is about.
inline bool IsMoneyOfAccounts(std::string_view asset_kind) {
  return asset_kind == "DEPOSIT" || asset_kind == "HOUSING_FUND";
}
// Whether the unit counts such assets in money; every other kind is of things.
inline bool IsMoneyKind(std::string_view asset_kind) {
  return IsMoneyOfAccounts(asset_kind) || asset_kind == "WEALTH_PRODUCT" || asset_kind == kIncomeKind;
}

// The policy's asset kind of what is frozen, as the order says it: money of whatever account is DEPOSIT, unless its
// agency keeps another kind (Directory::KindFrozen).
inline std::string_view AssetKindOf(const goldeneagle::v1::Freeze& freeze) {
  if (freeze.has_asset()) return freeze.asset().asset_kind();
  if (freeze.has_counter()) return freeze.counter().asset_kind();
  return freeze.has_product() ? std::string_view("WEALTH_PRODUCT") : std::string_view("DEPOSIT");
}
inline bool IsMoney(const goldeneagle::v1::Freeze& freeze) {
  return freeze.has_counter() ? IsMoneyKind(freeze.counter().asset_kind()) : !freeze.has_asset();
}

// What a row's threshold compares, in minor units: the limit of a measure that is asked for, what is taken, else 0.
inline int64_t ThresholdAmountOf(const goldeneagle::v1::Order& order) {
  switch (order.act_case()) {
    case goldeneagle::v1::Order::kFreeze:
      return order.freeze().limit_minor_units();
    case goldeneagle::v1::Order::kDeduct:
      return order.deduct().amount_minor_units();
    case goldeneagle::v1::Order::kTransferTitle:
      return order.transfer_title().proceeds_minor_units();
    case goldeneagle::v1::Order::kExtractIncome:
      return order.extract_income().limit_minor_units();
    default:
      return 0;
  }
}

}  // namespace eagle::domain
