// What one statement must hold, whoever signed it: the rules of proto/goldeneagle/v1/statement.proto. Used by
// StatementBook and by those who make statements.
//
// Threads: pure functions.
#pragma once

#include "absl/status/status.h"
#include "goldeneagle/v1/statement.pb.h"
#include "server/trust/subject.h"

namespace eagle::trust {

// Every violation at once. `subject` is that of the statement.
// Errors: FIELD_MISSING, FIELD_INVALID, TEXT_INVALID with the paths of the fields.
absl::Status CheckContent(const goldeneagle::v1::Statement& statement, const Subject& subject);

}  // namespace eagle::trust
