// The legs of a payment to a court: off the debtor's accounts, over the transit account, to the court's account here or
// to another bank. A deduction and an extraction of income pay in the same way; only the kind of the first leg differs.
//
// All legs of one step are one transaction, so the transit account is empty between transactions.
//
// Threads: as the tables.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/bank/book.h"

namespace eagle::bank {

// Why the account can't be paid to; empty: it can. Only accounts of this bank can be judged.
std::string WhyNotPayable(const Work& work, const v1::CourtAccount& account, std::string_view currency);

// What books the legs: the operation of an order, which books once, or the name of one taking among many.
struct Booked {
  std::optional<std::string> operation;
  std::string name;  // without an operation
  // For the leg of this kind.
  BookingRow Row(const Work& work, const std::string& kind) const;
};

// Pays what `cuts` took off the debtor's accounts: `payment` comes with measure, operation, amount, currency and cuts,
// and goes on with its booking and state: CONFIRMED when the court's account is here, else SENT and on record. Pre: the
// court's account can be paid to. `first_leg`: DEDUCTION or EXTRACTION.
void Pay(const Work& work, const Booked& booked, const std::string& first_leg, const v1::CourtAccount& to,
         PaymentRow& payment);
// The way back of a payment that was SENT; the register's part is the caller's.
void BookReturn(const Work& work, const Booked& booked, const PaymentRow& payment);

// The payment in the words of the contract, with the measure after it.
v1::DeductionState DeductionOf(const Work& work, const PaymentRow& payment, const Book& book);

}  // namespace eagle::bank
