// The freeze that an order is about.
//
// Threads: pure function.
//
//   if (const std::string* freeze = trust::FreezeNamed(order)) ...   // 16 bytes, of a RENEW, RELEASE, DEDUCT, ...
#pragma once

#include <string>

#include "goldeneagle/v1/order.pb.h"

namespace eagle::trust {

// Its order id, as the court wrote it (of a measure on income: that of the EXTRACT_INCOME order); null for an order
// that makes a measure or only asks. Valid as long as `order`.
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

}  // namespace eagle::trust
