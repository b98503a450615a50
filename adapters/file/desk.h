// What an operator sees of the exchange and does to it: the commands behind the counter's socket.
//
//   exchange status   by family: what waits, what is open, last numbers, batches not received; the last round
//   gaps              missing and refused numbers, and how many batches wait behind them
//   accept-gap        family, up_to, clerk: gives the first gap up
//   resend            batch: places it again
//
// Threads: any.
#pragma once

#include "adapters/file/exchange.h"
#include "adapters/sdk/shell/counter_socket.h"

namespace eagle::file {

// Errors: FIELD_INVALID for an unknown command or argument, FIELD_MISSING, and what the exchange gives.
absl::StatusOr<sdk::Json> AskDesk(const sdk::CounterRequest& request, Store& store, Exchange& exchange,
                                  const std::string& agency, absl::TimeZone zone);

}  // namespace eagle::file
