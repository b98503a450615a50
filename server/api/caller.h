// Who calls: a system named by its certificate and pinned in the directory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/base/ids.h"
#include "server/domain/directory.h"

namespace eagle::api {

// Roles are bits, so that a row of the method table can allow several.
enum class Role : uint8_t { kCourt = 1, kAgency = 2, kAuditor = 4, kOperator = 8, kWitness = 16 };

struct Caller {
  Role role = Role::kAuditor;
  std::string code;      // court or agency code, system name
  CourtOrdinal court;    // with kCourt
  AgencyOrdinal agency;  // with kAgency
  std::string spiffe_id;
};

// The caller behind a verified certificate: its only SPIFFE id and the SHA-256 of its SubjectPublicKeyInfo, both as
// registered. Errors: UNAUTHENTICATED: no system is registered under this id with this key.
absl::StatusOr<Caller> Identify(const domain::Directory& directory, std::string_view spiffe_id,
                                std::string_view spki_sha256);

// Whether `caller` may make `method` ("/goldeneagle.v1.OrderService/SubmitOrders"). Default deny: a method without a
// row is refused to all. Errors: PERMISSION_DENIED.
absl::Status MayCall(const Caller& caller, std::string_view method);

// Every method that has a row: a test holds the list against the services' descriptors.
std::vector<std::string> MethodsWithRow();

}  // namespace eagle::api
