// Desk: what the counter of a running bank answers, command by command, as JSON objects.
//
//   deposit, withdraw {account, amount, request}     receive {payment, account, amount}
//   seize {account, amount, authority, document, last_day, inflow, whole_account, request}      release {document}
//   confirm {payment} or {all: "yes"}                reject {payment, reason}
//   show {account} or nothing = all                  measures {account} or nothing = all, ended ones too
//   ledger {account}    payments    operations       check
//
// Answers are lists: accounts, measures, payments, entries, operations; only `check` answers with figures.
// Amounts come in and go out as people write them: "20,000.00". Numbers of persons are masked.
//
// Threads: any; the core has its lock.
#pragma once

#include "absl/status/statusor.h"
#include "adapters/bank/core.h"
#include "adapters/sdk/shell/counter_socket.h"

namespace eagle::bank {

// For the commands of a kind. An amount that can't be read is FIELD_INVALID; AccountNow gives the account as it stands.
absl::StatusOr<int64_t> AmountIn(const sdk::CounterRequest& request);
Made AccountNow(const Work& work, const std::string& account);

// Errors: FIELD_INVALID (no such command, an argument that can't be read), FIELD_MISSING, and those of counter.h.
absl::StatusOr<sdk::Json> AskDesk(BankCore& core, const sdk::CounterRequest& request);

}  // namespace eagle::bank
