#include "server/domain/authority.h"

#include <algorithm>

#include "server/domain/instant.h"

namespace eagle::domain {

bool HasSigned(const State& state, std::string_view court, std::string_view officer, const SignedHead& head,
               absl::Time now) {
  const auto found = state.directory.OfficerByCode(court, officer);
  return found && HoldsAt(*found->statement, now) && HoldsAt(*found->statement, FromProto(head.head.signed_at())) &&
         std::find(head.keys.begin(), head.keys.end(), found->statement->key()) != head.keys.end();
}

bool HasSignedAs(const State& state, std::string_view court, std::string_view officer,
                 goldeneagle::v1::OfficerRole role, const SignedHead& head, absl::Time now) {
  if (!HasSigned(state, court, officer, head, now)) return false;
  const auto found = state.directory.OfficerByCode(court, officer);
  const auto& roles = found->statement->roles();
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

absl::Status CheckAgencySigned(const State& state, AgencyOrdinal ordinal, const SignedHead& head, absl::Time now) {
  const Agency* agency = state.directory.AgencyByOrdinal(ordinal);
  const goldeneagle::v1::Statement* key =
      agency == nullptr ? nullptr : state.directory.KeyOf("agency/" + agency->row.code(), now);
  const auto revoked = [&](const std::string& one) { return state.directory.RevokedKey(one) != nullptr; };
  if (std::any_of(head.keys.begin(), head.keys.end(), revoked))
    return Fail(Reason::kKeyRevoked, "signed with a key of the agency that was revoked");
  if (key == nullptr || std::find(head.keys.begin(), head.keys.end(), key->key()) == head.keys.end())
    return Fail(Reason::kSignatureInvalid, "not signed with the agency's key in force");
  if (head.head.signer() != agency->row.code())
    return Fail(Reason::kSignerNotCaller, "an agency sends what it signed itself");
  return absl::OkStatus();
}

}  // namespace eagle::domain
