// What the clerk typed, read and judged: shared by the files of the counter.
//
// Threads: pure functions.
//
//   EAGLE_ASSIGN_OR_RETURN(const std::string unit, TextOf(request, "unit"));
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "adapters/register/kind.h"
#include "adapters/sdk/inbox.h"
#include "adapters/sdk/shell/counter_socket.h"
#include "server/base/reason.h"

namespace eagle::registry {

// Error of all: FIELD_INVALID or FIELD_MISSING naming the argument.
absl::StatusOr<uint64_t> NumberOf(const sdk::CounterRequest& request, std::string_view argument, uint64_t otherwise,
                                  uint64_t most);
// Required, at most 128 bytes of UTF-8.
absl::StatusOr<std::string> TextOf(const sdk::CounterRequest& request, std::string_view argument);
// "true", "false" or absent.
absl::StatusOr<bool> FlagOf(const sdk::CounterRequest& request, std::string_view argument);
// Required, as 2026-10-05.
absl::StatusOr<absl::CivilDay> DayOf(const sdk::CounterRequest& request, std::string_view argument);

void PutFields(absl::Span<const Field> fields, const std::vector<std::string>& values, sdk::Json& out);
Fail NoSuch(std::string_view argument, std::string_view what);
Fail Busy(std::string_view why);

// Whether an order on this unit arrived, and is genuine, but isn't entered yet: it must not lose its rank to who stands
// at the counter.
bool HasOrderBefore(const std::string& unit, sdk::InboxTransaction& transaction);

}  // namespace eagle::registry
