// What can be said of a statement without knowing any other: the rules of proto/goldeneagle/v1/statement.proto, in one
// place for everybody. The gateway refuses with them before anything is stored, agencies and courts (StatementBook)
// before they trust, and those who make statements before they sign. What rests on other statements (who may speak, the
// chain, one key for one person) each checks against what it holds.
//
// Threads: pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "goldeneagle/v1/envelope.pb.h"
#include "goldeneagle/v1/statement.pb.h"
#include "server/base/reason.h"
#include "server/trust/subject.h"

namespace eagle::trust {

// Head.signer of statements about organisations, and of acts of administration. No court or agency may have such a
// code.
inline constexpr std::string_view kRegistrar = "registrar";
inline constexpr std::string_view kAdministratorSigner = "administrator";

// Every violation at once, the paths of the fields behind `path` ("members[3]."). Gives the subject, absent when it is
// none of the four forms: then nothing else was looked at.
// Reasons: FIELD_MISSING, FIELD_INVALID, TEXT_INVALID; PERMISSION_DENIED for a subject with one of the house's own
// codes; ENVIRONMENT_MISMATCH unless it is stated for `environment`.
std::optional<Subject> CheckStatement(const goldeneagle::v1::Statement& statement,
                                      goldeneagle::v1::Environment environment, std::string_view path,
                                      Violations& wrong);
// The same for one alone.
absl::StatusOr<Subject> CheckStatement(const goldeneagle::v1::Statement& statement,
                                       goldeneagle::v1::Environment environment);

// A court speaks about its officers and accounts with the key of its newest KEY statement, and only while that is
// valid. Errors: SIGNATURE_INVALID when the head was signed at another time.
absl::Status CheckSignedAt(const goldeneagle::v1::Head& head, const goldeneagle::v1::Statement& court_key);

}  // namespace eagle::trust
