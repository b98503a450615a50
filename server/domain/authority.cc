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

}  // namespace eagle::domain
