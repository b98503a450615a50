// What the commands that make statements have in common.
//
// Threads: one.
//
//   EAGLE_RETURN_IF_ERROR(MakeStatements(session, {revoked}, {.out = "revoked.batch", .signing = signing}));
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/cli/batches.h"

namespace eagle::client {

struct StatementMaking {
  std::string out, valid_from;  // empty: now
  uint64_t valid_days = 3650;
  bool offline = false;  // the gateway isn't asked what is known: these are the first about their subjects
  Signing signing;
};

// Fills in what is absent (environment, validity, the place in the subject's chain), signs one head over all, writes it
// to `out` and prints it. All are by the signer of the first: the registrars, or the court.
absl::Status MakeStatements(Session& session, std::vector<v1::Statement> statements, const StatementMaking& making);

// The instant that a flag gives, RFC 3339. Errors: FIELD_INVALID, which names the flag.
absl::StatusOr<absl::Time> InstantOf(const std::string& flag, const std::string& text);

}  // namespace eagle::client
