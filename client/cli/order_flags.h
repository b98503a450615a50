// The flags that describe an order, and the order that they make.
#pragma once

#include <string>
#include <vector>

#include "client/cli/batches.h"
#include "goldeneagle/v1/order.pb.h"

namespace eagle::client {

struct OrderFlags {
  // every order
  std::string file, case_number, subject, urgent, purpose, legal_basis, over_cap, confirm;
  std::vector<std::string> agencies, officers, papers;
  uint64_t valid_days = 0;
  // inquire
  std::vector<std::string> asset_kinds;
  std::string transactions;
  // freeze
  std::string account, asset, product, counter, document, counter_kind, quantity, currency, limit, inflow, term = "1y";
  std::vector<std::string> blocked_acts;
  bool whole_account = false;
  // about a measure
  std::string measure, amount, ground, to_account;
  bool up_to = false;
  // transfer-title
  std::string transferee, share, proceeds;
  bool charges_end = false;
  // locate
  std::string contact, phone;
  bool hold = false;
  // extract-income
  std::string kept;
};

void AddOrderFlags(Verb& verb, v1::Action action, OrderFlags& flags);

// The order, complete, with the directory asked where flags leave something to it (officers' cards, the court's
// account, agencies "all"). `signing`: who signs; the first two stand in the order as handler and co-signer unless
// --officer names them. `group`: empty or 16 bytes. Errors: FIELD_* with the flag that is wrong; those of files and of
// the directory.
absl::StatusOr<v1::Order> OrderFromFlags(Session& session, v1::Action action, const OrderFlags& flags,
                                         const Signing& signing, const std::string& group);

// "order" texts of a UUID. Errors: FIELD_INVALID.
absl::StatusOr<std::string> OrderIdOf(const std::string& text);

}  // namespace eagle::client
