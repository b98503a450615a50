// What a sale under a measure leaves and what it gives: the shares of the old and the new owner.
//
// Threads: pure function.
//
//   std::optional<Sale> sale = SaleOf(kind, unit, holder, row, order.transfer_title());   // 1/4 of his 1/2: 1/4 is
//   left
#pragma once

#include <cstdint>
#include <optional>

#include "adapters/register/records.h"
#include "goldeneagle/v1/order.pb.h"

namespace eagle::registry {

struct Portion {
  uint32_t numerator = 0;
  uint32_t denominator = 1;
};
struct Sale {
  bool whole = false;    // nothing of what the holder had is left to him
  Portion sold, left;    // of the unit; a joint right 共同共有 is sold undivided, as 1/1
  int64_t quantity = 0;  // kQuantity: what is sold, in hundredths
};

enum class NoSale : uint8_t {
  kShareMismatch,  // not a share of this holder's, or of a kind that isn't divided
  kNotControlled,  // kQuantity: the measure doesn't control so much
};
struct SaleVerdict {
  std::optional<Sale> sale;
  NoSale why = NoSale::kShareMismatch;  // without a sale
};

// A share of 0/0 is all that the measure holds; any other is of the unit, as AssetTarget names it. Pre: `measure` is in
// effect on what the holder has.
SaleVerdict SaleOf(const Kind& kind, const Unit& unit, const Holder& holder, const sdk::Encumbrance& measure,
                   const goldeneagle::v1::TransferTitle& order);

}  // namespace eagle::registry
