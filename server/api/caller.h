// Who calls: a system named by its certificate and pinned in the directory; and what it may: method x role x scope,
// default deny.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "goldeneagle/v1/reading.pb.h"
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
  std::string certificate_sha256 = {};  // 32 bytes, of the connection's certificate; empty on the admin listener
};

// What the answers of a method hold.
enum class DataClass : uint8_t {
  kNone,       // nothing about anybody
  kMasked,     // names and numbers masked 脱敏
  kLeaves,     // leaves: tags and outcomes, no names
  kPersonal,   // personal data: an officer's ticket, and an entry a page before it leaves
  kAddressed,  // what a court signed for this very agency: handing it out is an entry (DELIVERED)
};

// Scopes as bits, so that a cell of the method table can allow several.
inline constexpr uint8_t ScopeBit(goldeneagle::v1::ReadScope scope) { return static_cast<uint8_t>(1u << scope); }

// One method: what it answers, and by which scopes each role may call it. No scope: not at all.
struct MethodRow {
  DataClass data = DataClass::kNone;
  uint8_t court = 0, agency = 0, auditor = 0, operators = 0, witness = 0;
};

// The caller behind a verified certificate: its only SPIFFE id and the SHA-256 of its SubjectPublicKeyInfo, both as
// registered. Errors: UNAUTHENTICATED: no system is registered under this id with this key.
absl::StatusOr<Caller> Identify(const domain::Directory& directory, std::string_view spiffe_id,
                                std::string_view spki_sha256);

// Whether `caller` may make `method` ("/goldeneagle.v1.OrderService/SubmitOrders"). Default deny: a method without a
// row is refused to all. Errors: PERMISSION_DENIED.
absl::Status MayCall(const Caller& caller, std::string_view method);

// Whether the caller's role may use `method` by `scope`.
bool MayReach(const Caller& caller, std::string_view method, goldeneagle::v1::ReadScope scope);

// Every method that has a row: a test holds the list against the services' descriptors.
std::vector<std::string> MethodsWithRow();
// Null: no row.
const MethodRow* RowOfMethod(std::string_view method);

}  // namespace eagle::api
