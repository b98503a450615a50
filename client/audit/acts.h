// What an act does to property, as an auditor reads the contract: written apart from the gateway's own words on it.
//
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "goldeneagle/v1/order.pb.h"

namespace eagle::audit {

// What it takes doesn't come back by a release: money to the court, income, a title.
inline bool Takes(goldeneagle::v1::Action action) {
  return action == goldeneagle::v1::ACTION_DEDUCT || action == goldeneagle::v1::ACTION_TRANSFER_TITLE ||
         action == goldeneagle::v1::ACTION_EXTRACT_INCOME;
}

// A measure comes of it, which later orders name.
inline bool MakesMeasure(goldeneagle::v1::Action action) {
  return action == goldeneagle::v1::ACTION_FREEZE || action == goldeneagle::v1::ACTION_EXTRACT_INCOME;
}

// Whether what is frozen is counted in money.
inline bool IsMoney(const goldeneagle::v1::Freeze& freeze) {
  if (!freeze.has_counter()) return !freeze.has_asset();
  const std::string_view kind = freeze.counter().asset_kind();
  return kind == "DEPOSIT" || kind == "WEALTH_PRODUCT" || kind == "HOUSING_FUND";
}

// The order of the measure that an act is about; null for one that makes it, or only asks. Valid as long as `order`.
inline const std::string* FreezeNamed(const goldeneagle::v1::Order& order) {
  switch (order.act_case()) {
    case goldeneagle::v1::Order::kRenew:
      return &order.renew().freeze_order_id();
    case goldeneagle::v1::Order::kRelease:
      return &order.release().freeze_order_id();
    case goldeneagle::v1::Order::kDeduct:
      return &order.deduct().freeze_order_id();
    case goldeneagle::v1::Order::kTransferTitle:
      return &order.transfer_title().freeze_order_id();
    case goldeneagle::v1::Order::kLocate:
      return &order.locate().freeze_order_id();
    default:
      return nullptr;
  }
}

}  // namespace eagle::audit
