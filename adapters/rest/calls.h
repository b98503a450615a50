// The calls that an agency's server may have, and which of them an order is.
//
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "goldeneagle/v1/order.pb.h"

namespace eagle::rest {

namespace v1 = ::goldeneagle::v1;

// One bit each, so that tables can name several.
enum Call : uint32_t {
  kInquire = 1u << 0,
  kFreezePerson = 1u << 1,
  kFreezeAccount = 1u << 2,
  kFreezeAsset = 1u << 3,
  kRenew = 1u << 4,
  kRelease = 1u << 5,
  kDeduct = 1u << 6,
  kFind = 1u << 7,       // what became of an operation
  kChanges = 1u << 8,    // what happened since
  kPositions = 1u << 9,  // what stands now
};
inline constexpr uint32_t kFreezes = kFreezePerson | kFreezeAccount | kFreezeAsset;
inline constexpr uint32_t kControls = kFreezes | kRenew | kRelease | kDeduct;
inline constexpr uint32_t kOrders = kControls | kInquire;
inline constexpr uint32_t kAllCalls = kOrders | kFind | kChanges | kPositions;
inline constexpr Call kEveryCall[] = {kInquire, kFreezePerson, kFreezeAccount, kFreezeAsset, kRenew,
                                      kRelease, kDeduct,       kFind,          kChanges,     kPositions};

// "freeze_person": the section of the template file.
std::string_view CallName(Call call);
std::optional<Call> CallByName(std::string_view name);
// Also "freeze" (all three), "control" (all that change something): what [[codes]] may say.
std::optional<uint32_t> CallsByName(std::string_view name);

// Absent for an order that no call is made for (an action of a later contract).
std::optional<Call> CallOf(const v1::Order& order);
// What the call is a capability for.
v1::Action ActionOf(Call call);

}  // namespace eagle::rest
