// Whether the books agree with themselves: what must be true of core.db between any two transactions.
//
//   every booking adds up to zero, so all money does;    no customer's account is below zero;    the transit accounts
//   are empty what measures say was deducted is what was booked, less what came back;    clearing holds what was sent
//   and not received every booking of an order belongs to an operation on record;    the register accepts every measure
//   as it is stored
//
// Threads: as the core's transaction. Error: REGISTER_BROKEN naming what doesn't hold.
#pragma once

#include "absl/status/status.h"
#include "adapters/bank/book.h"

namespace eagle::bank {

absl::Status CheckBooks(const Work& work);

}  // namespace eagle::bank
