// What the core does for an order, one function an action. All inside one transaction of the core, in which the caller
// also stores the answer; nothing else changes accounts or measures for a court.
//
// An answer says what the facts allowed; a Status is the core's own failure, after which the transaction is dropped.
// Codes of reasons are listed in README.md.
//
// Threads: as the tables.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "adapters/bank/book.h"
#include "adapters/sdk/ports.h"

namespace eagle::bank {

// 查询. Every account of the person in whole: balance, what is free, what stands on it. NIL names what was searched.
absl::StatusOr<sdk::Answer> Inquire(const Work& work, const v1::Order& order);

// To each account that `answer` found, what moved on it on these days by the bank's calendar; the newest, when one
// receipt has no room for all. Pre: days as CheckOrder demands them.
void AddMovements(const Work& work, const v1::DayRange& days, sdk::Answer& answer);

// 冻结. One limit over the person's accounts, or one account, or whole accounts. Exempt and joint accounts are skipped
// and reported.
absl::StatusOr<sdk::Answer> Freeze(const Work& work, const sdk::Request& request);

// 续冻. The same measure, ending later. NOT_RENEWED: MEASURE_UNKNOWN, WAITLISTED, or how it ended (LAPSED, RELEASED,
// ...).
absl::StatusOr<sdk::Answer> Renew(const Work& work, const sdk::Request& request);

// 解冻, whole or in part. Waits for nothing: while a deduction under the measure is under way it is returned
// (OPEN_DEDUCTION).
absl::StatusOr<sdk::Answer> Release(const Work& work, const sdk::Request& request);

// 扣划 in two legs: from the debtor's accounts to the bank's transit account, from there to the court's account. In
// this bank that is settled at once (DEDUCTED); to another it is SENT_NOT_CONFIRMED until the payment system says more.
absl::StatusOr<sdk::Answer> Deduct(const Work& work, const sdk::Request& request);

// 提取收入. A measure that takes of each month's income, as it is credited, what exceeds the part that is kept, and
// pays it to the court. NO_INCOME_ACCOUNT: the account isn't one for income.
absl::StatusOr<sdk::Answer> ExtractIncome(const Work& work, const sdk::Request& request);
// Income of a customer comes in from another bank 代发工资: earlier measures take theirs, extractions what they may, in
// rank order; the rest is the holder's. Errors: as Deposit, and FIELD_INVALID (not an account for income).
absl::Status PaySalary(const Work& work, const std::string& account, int64_t amount, const std::string& request);
// An objection against the measure is open: what would be paid is held under it, and told as INFLOW. It was upheld:
// nothing more is taken, what is held waits for the court's release. It doesn't stand any more: what is held is paid.
absl::Status DisputeExtraction(const Work& work, const sdk::Operation& operation, sdk::Disputed disputed);
// What the court is told of a taking when it is settled, and when the money has come back.
void TellExtracted(const Work& work, const PaymentRow& payment, const Book& book);
void TellComeBack(const Work& work, const PaymentRow& payment, const Book& book);

// The payment system's word on a payment that is SENT: the court's account has the money, or it came back and lies
// under the same measure at the same rank. The last word on the order goes into the outbox.
absl::Status ConfirmPayment(const Work& work, PaymentRow payment);
absl::Status RejectPayment(const Work& work, PaymentRow payment, const std::string& reason);

// "9900010-B000123".
std::string BookingReference(const Work& work, int64_t booking);

// The rule that exempts the account from FREEZE or DEDUCT for this purpose; empty: none does.
std::string ExemptBy(Tables& tables, const AccountRow& account, std::string_view action, std::string_view purpose);
// Why the kind of office lets no money of the account be taken now; nothing: it does.
std::optional<Bar> BarredBy(const Work& work, const AccountRow& account);

}  // namespace eagle::bank
