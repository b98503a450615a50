// What every receipt and every Hello keeps, whatever the case: the rules of the agency guide, sections 2 to 5.
//
// Threads: pure functions.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "goldeneagle/v1/adapter_service.pb.h"
#include "goldeneagle/v1/order.pb.h"
#include "goldeneagle/v1/position.pb.h"
#include "goldeneagle/v1/receipt.pb.h"

namespace eagle::conformance {

namespace v1 = ::goldeneagle::v1;

// How far the adapter's clock may lie from ours.
inline constexpr absl::Duration kClocksApart = absl::Minutes(10);

// Everything that is wrong with `receipt` as an answer of `agency` to `order`, in words; empty: nothing. `now`: when it
// came.
std::vector<std::string> WrongInReceipt(const v1::Order& order, const v1::Receipt& receipt, const std::string& agency,
                                        absl::Time now);
// The same of one part of a statement.
std::vector<std::string> WrongInPosition(const v1::Position& part, const std::string& agency, absl::Time now);
// The first item's measure, or that within its deduction; null when there is none.
const v1::MeasureState* MeasureIn(const v1::Receipt& receipt);
std::vector<std::string> WrongInHello(const v1::HelloRequest& request);

}  // namespace eagle::conformance
