// What a clerk of the fund does at the counter beyond a bank's commands.
//
//   contribute {account, amount, month, request}   a contribution 缴存 arrives; a freeze may catch it
//   condition {account, ground, document, since}   a withdrawal condition is proved; since: today
//   condition-ended {account, ground, document}    it holds no longer
//   loan-repaid {loan}                             nothing is owed on it any more
//   details {account}                              all that the fund knows of an account
//   withdraw {account, amount, request}            a bank's, once a ground is on record
//
// All may be sent twice and are done once. Errors: FIELD_MISSING, FIELD_INVALID, NOT_FOUND, REQUEST_ID_REUSED,
// ACCOUNT_EXEMPT (withdraw without a ground), and those of adapters/bank/counter.h.
//
// Threads: as the core's transaction.
#pragma once

#include "absl/types/span.h"
#include "adapters/bank/kind.h"

namespace eagle::fund {

extern const absl::Span<const bank::Command> kFundCommands;
void AddFundWords(bank::CounterCommand& words, CLI::App& app);

}  // namespace eagle::fund
