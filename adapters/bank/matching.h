// Who is meant: customers whose number is that of the order, and whether the name is too.
//
// Number first, in both forms: a citizen's 18 digits find an account that was opened with the 15 digits of the old
// card. Then the name, with middle dots and widths folded. A namesake with another number is a stranger; the right
// number under another name belongs to somebody whom a clerk must identify: it is reported, and never acted on.
//
// Source: domain decision 12, A6, A16 cases 1 and 2. Threads: as the tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/bank/tables.h"
#include "goldeneagle/v1/order.pb.h"

namespace eagle::bank {

struct Match {
  CustomerRow customer;
  std::string_view matched_by;  // NAME_AND_18 | NAME_AND_15 | NAME_AND_CODE | NAME_AND_NUMBER
};

struct Matches {
  std::vector<Match> fits;             // name and number
  std::vector<CustomerRow> ambiguous;  // the number under another name
};

Matches FindCustomers(Tables& tables, const v1::Identity& subject);

}  // namespace eagle::bank
