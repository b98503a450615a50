// The flags that describe an order. Each is an option of a command and a column of a list, under one name.
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

// Tells `options` every flag of the action: what it is called, where its value goes, what it means. Options is Verb or
// OrderColumns. `pair`: of freeze-and-deduct.
template <class Options>
void NameOrderFlags(Options& options, v1::Action action, bool pair, OrderFlags& flags);

// As options, with --file for an order that came whole.
void AddOrderFlags(Verb& verb, v1::Action action, bool pair, OrderFlags& flags);

// "order" texts of a UUID. Errors: FIELD_INVALID.
absl::StatusOr<std::string> OrderIdOf(const std::string& text);

}  // namespace eagle::client
