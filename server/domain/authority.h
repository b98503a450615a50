// Whose word an act has: who signed its head, in which role, valid then and now. Beside CheckRoles (draft.h), which
// asks whether enough different people signed; this asks after one whom the act names.
//
// Threads: pure functions.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/domain/command.h"
#include "server/domain/state.h"

namespace eagle::domain {

// The officer of `court` with this code is valid at `now` and was when the head was signed, and his key signed it.
bool HasSigned(const State& state, std::string_view court, std::string_view officer, const SignedHead& head,
               absl::Time now);
// The same, and he has this role.
bool HasSignedAs(const State& state, std::string_view court, std::string_view officer,
                 goldeneagle::v1::OfficerRole role, const SignedHead& head, absl::Time now);

// OK when the agency's key in force signed the head and the head names the agency. Errors: KEY_REVOKED,
// SIGNATURE_INVALID, SIGNER_NOT_CALLER.
absl::Status CheckAgencySigned(const State& state, AgencyOrdinal agency, const SignedHead& head, absl::Time now);

}  // namespace eagle::domain
