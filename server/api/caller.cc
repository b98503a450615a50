#include "server/api/caller.h"

#include <algorithm>

#include "absl/container/btree_map.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::api {
namespace {

constexpr uint8_t kC = static_cast<uint8_t>(Role::kCourt), kA = static_cast<uint8_t>(Role::kAgency),
                  kU = static_cast<uint8_t>(Role::kAuditor), kO = static_cast<uint8_t>(Role::kOperator);

// Method x role. What isn't listed is refused to all.
const absl::btree_map<std::string, uint8_t>& Table() {
  static const auto* const kTable = new absl::btree_map<std::string, uint8_t>{
      {"/goldeneagle.v1.OrderService/SubmitOrders", kC},
      {"/goldeneagle.v1.OrderService/ValidateOrders", kC},
      {"/goldeneagle.v1.OrderService/GetOrder", kC},
      {"/goldeneagle.v1.OrderService/ListOrders", kC},
      {"/goldeneagle.v1.OrderService/WatchOrders", kC},
      {"/goldeneagle.v1.OrderService/ListFindings", kC},
      {"/goldeneagle.v1.OrderService/WithdrawOrder", kC},
      {"/goldeneagle.v1.OrderService/GetEvidence", kC | kU},
      {"/goldeneagle.v1.CaseService/SubmitCaseActs", kC},
      {"/goldeneagle.v1.CaseService/GetCase", kC},
      {"/goldeneagle.v1.AdapterService/Hello", kA},
      {"/goldeneagle.v1.AdapterService/PullTasks", kA},
      {"/goldeneagle.v1.AdapterService/RenewLease", kA},
      {"/goldeneagle.v1.AdapterService/ReportResults", kA},
      {"/goldeneagle.v1.AdapterService/ReportEvents", kA},
      {"/goldeneagle.v1.AdapterService/ReportStatus", kA},
      // Statements and administration carry their own signatures: any court's or operator's system may bring them.
      {"/goldeneagle.v1.DirectoryService/SubmitStatements", kC | kO},
      {"/goldeneagle.v1.DirectoryService/ListStatements", kC | kA | kU | kO},
      {"/goldeneagle.v1.DirectoryService/ListAgencies", kC | kU | kO},
      {"/goldeneagle.v1.AdminService/SubmitAdministration", kC | kO},
      {"/goldeneagle.v1.AdminService/ListProposals", kU | kO},
      {"/goldeneagle.v1.AdminService/MakeBackup", kO},
      {"/goldeneagle.v1.AdminService/GetMetrics", kO},
      // Heads and proofs tell nothing about anybody; leaves are for those who audit.
      {"/goldeneagle.v1.AuditService/GetCheckpoint", kC | kA | kU | kO},
      {"/goldeneagle.v1.AuditService/ListEntries", kU | kO},
      {"/goldeneagle.v1.AuditService/GetInclusionProof", kC | kA | kU | kO},
      {"/goldeneagle.v1.AuditService/GetConsistencyProof", kC | kA | kU | kO},
  };
  return *kTable;
}

bool IsPinned(const goldeneagle::v1::SystemIdentity& system, std::string_view spki_sha256) {
  return std::find(system.spki_sha256().begin(), system.spki_sha256().end(), spki_sha256) != system.spki_sha256().end();
}

Caller CourtCaller(const domain::Court& court) {
  return {.role = Role::kCourt,
          .code = court.row.code(),
          .court = court.ordinal,
          .spiffe_id = court.row.system().spiffe_id()};
}
Caller AgencyCaller(const domain::Agency& agency) {
  return {.role = Role::kAgency,
          .code = agency.row.code(),
          .agency = agency.ordinal,
          .spiffe_id = agency.row.system().spiffe_id()};
}

}  // namespace

absl::StatusOr<Caller> Identify(const domain::Directory& directory, std::string_view spiffe_id,
                                std::string_view spki_sha256) {
  if (const domain::SystemOwner* owner = directory.OwnerOf(spiffe_id); owner != nullptr) {
    switch (owner->kind) {
      case domain::SystemOwner::Kind::kCourt: {
        const domain::Court& court = *directory.CourtByCode(owner->code);
        if (IsPinned(court.row.system(), spki_sha256)) return CourtCaller(court);
        break;
      }
      case domain::SystemOwner::Kind::kAgency: {
        const domain::Agency& agency = *directory.AgencyByCode(owner->code);
        if (IsPinned(agency.row.system(), spki_sha256)) return AgencyCaller(agency);
        break;
      }
      case domain::SystemOwner::Kind::kSystem: {
        const goldeneagle::v1::RegisterSystem& system = directory.systems().at(owner->code);
        if (!IsPinned(system.system(), spki_sha256)) break;
        return Caller{.role = system.role() == "OPERATOR" ? Role::kOperator : Role::kAuditor,
                      .code = owner->code,
                      .spiffe_id = system.system().spiffe_id()};
      }
    }
  }
  return Fail(Reason::kUnauthenticated, "no system is registered under this identity with this key");
}

absl::Status MayCall(const Caller& caller, std::string_view method) {
  const auto row = Table().find(ToAbsl(method));
  if (row == Table().end() || (row->second & static_cast<uint8_t>(caller.role)) == 0) {
    return Fail(Reason::kPermissionDenied, "the caller's role may not make this call");
  }
  return absl::OkStatus();
}

std::vector<std::string> MethodsWithRow() {
  std::vector<std::string> methods;
  for (const auto& [method, roles] : Table()) methods.push_back(method);
  return methods;
}

}  // namespace eagle::api
