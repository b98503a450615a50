// What the installed policy demands of an order's signatures.
//
// Threads: pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "goldeneagle/v1/order.pb.h"
#include "goldeneagle/v1/policy.pb.h"

namespace eagle::audit {

// What a row's threshold compares, in minor units: the limit of a measure that is asked for, what is taken, else 0.
inline int64_t AmountOf(const goldeneagle::v1::Order& order) {
  if (order.has_freeze()) return order.freeze().limit_minor_units();
  if (order.has_extract_income()) return order.extract_income().limit_minor_units();
  if (order.has_transfer_title()) return order.transfer_title().proceeds_minor_units();
  return order.has_deduct() ? order.deduct().amount_minor_units() : 0;
}

// A leader's word is demanded too.
inline void AddLeader(std::vector<int>& roles) {
  if (std::find(roles.begin(), roles.end(), goldeneagle::v1::OFFICER_ROLE_LEADER) == roles.end())
    roles.push_back(goldeneagle::v1::OFFICER_ROLE_LEADER);
}

// The roles in which different officers must sign. `confirmed`: an amount that looks like a slip was confirmed.
inline std::vector<int> RolesOf(const goldeneagle::v1::ActionRow& row, int64_t amount, bool confirmed) {
  std::vector<int> roles(row.roles().begin(), row.roles().end());
  if (row.third_key_above_minor_units() > 0 && amount > row.third_key_above_minor_units()) AddLeader(roles);
  if (confirmed) AddLeader(roles);
  return roles;
}

}  // namespace eagle::audit
