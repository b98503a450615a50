#include "server/api/caller.h"

#include <algorithm>

#include "absl/container/btree_map.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::api {
namespace {

using goldeneagle::v1::ReadScope;

constexpr uint8_t kSelf = ScopeBit(goldeneagle::v1::READ_SCOPE_SELF),
                  kSubtree = ScopeBit(goldeneagle::v1::READ_SCOPE_SUBTREE),
                  kGrant = ScopeBit(goldeneagle::v1::READ_SCOPE_GRANT),
                  kLeaves = ScopeBit(goldeneagle::v1::READ_SCOPE_LEAVES),
                  kParty = ScopeBit(goldeneagle::v1::READ_SCOPE_PARTY);

// Method x role x scope. What isn't listed is refused to all.
const absl::btree_map<std::string, MethodRow>& Table() {
  static const auto* const kTable = new absl::btree_map<std::string, MethodRow>{
      {"/goldeneagle.v1.OrderService/SubmitOrders", {.data = DataClass::kNone, .court = kSelf}},
      {"/goldeneagle.v1.OrderService/ValidateOrders", {.data = DataClass::kNone, .court = kSelf}},
      {"/goldeneagle.v1.OrderService/GetOrder", {.data = DataClass::kMasked, .court = kSelf | kSubtree}},
      {"/goldeneagle.v1.OrderService/ListOrders", {.data = DataClass::kMasked, .court = kSelf | kSubtree}},
      {"/goldeneagle.v1.OrderService/WatchOrders", {.data = DataClass::kMasked, .court = kSelf}},
      {"/goldeneagle.v1.OrderService/ListFindings",
       {.data = DataClass::kPersonal, .court = kSelf | kGrant, .auditor = kGrant}},
      {"/goldeneagle.v1.OrderService/WithdrawOrder", {.data = DataClass::kNone, .court = kSelf}},
      {"/goldeneagle.v1.OrderService/GetEvidence",
       {.data = DataClass::kPersonal, .court = kSelf | kGrant, .auditor = kGrant}},
      {"/goldeneagle.v1.OrderService/ListOrdersOfKey",
       {.data = DataClass::kMasked, .court = kSelf, .agency = kSelf, .auditor = kSelf, .operators = kSelf}},
      {"/goldeneagle.v1.OrderService/ResumeOrders", {.data = DataClass::kNone, .court = kSelf}},
      {"/goldeneagle.v1.CaseService/SubmitCaseActs", {.data = DataClass::kNone, .court = kSelf}},
      {"/goldeneagle.v1.CaseService/GetCase",
       {.data = DataClass::kPersonal, .court = kSelf | kGrant, .auditor = kGrant}},
      {"/goldeneagle.v1.CaseService/ListMeasures", {.data = DataClass::kMasked, .court = kSelf}},
      {"/goldeneagle.v1.AdapterService/Hello", {.data = DataClass::kNone, .agency = kSelf}},
      {"/goldeneagle.v1.AdapterService/PullTasks", {.data = DataClass::kAddressed, .agency = kSelf}},
      {"/goldeneagle.v1.AdapterService/RenewLease", {.data = DataClass::kNone, .agency = kSelf}},
      {"/goldeneagle.v1.AdapterService/ReportResults", {.data = DataClass::kNone, .agency = kSelf}},
      {"/goldeneagle.v1.AdapterService/ReportEvents", {.data = DataClass::kNone, .agency = kSelf}},
      {"/goldeneagle.v1.AdapterService/ReportPosition", {.data = DataClass::kNone, .agency = kSelf}},
      {"/goldeneagle.v1.AdapterService/ReportStatus", {.data = DataClass::kNone, .agency = kSelf}},
      {"/goldeneagle.v1.BlobService/PutBlobPart", {.data = DataClass::kNone, .court = kSelf, .agency = kSelf}},
      {"/goldeneagle.v1.BlobService/GetBlobPart",
       {.data = DataClass::kPersonal, .court = kSelf | kGrant, .auditor = kGrant}},
      {"/goldeneagle.v1.BlobService/PullBlobPart", {.data = DataClass::kAddressed, .agency = kSelf}},
      {"/goldeneagle.v1.ObjectionService/RaiseObjection", {.data = DataClass::kNone, .agency = kSelf}},
      {"/goldeneagle.v1.ObjectionService/PullObjections", {.data = DataClass::kAddressed, .agency = kSelf}},
      {"/goldeneagle.v1.ObjectionService/AnswerObjection", {.data = DataClass::kNone, .court = kSelf}},
      {"/goldeneagle.v1.ObjectionService/ListObjections", {.data = DataClass::kMasked, .court = kSelf | kSubtree}},
      {"/goldeneagle.v1.ObjectionService/ReadObjection",
       {.data = DataClass::kPersonal, .court = kSelf | kGrant, .auditor = kGrant}},
      {"/goldeneagle.v1.SupervisionOrderService/SubmitSupervision", {.data = DataClass::kNone, .court = kSelf}},
      {"/goldeneagle.v1.SupervisionOrderService/AnswerSupervision", {.data = DataClass::kNone, .agency = kSelf}},
      {"/goldeneagle.v1.SupervisionOrderService/PullSupervision", {.data = DataClass::kAddressed, .agency = kSelf}},
      {"/goldeneagle.v1.SupervisionOrderService/ListSupervision",
       {.data = DataClass::kMasked, .court = kSelf | kSubtree}},
      {"/goldeneagle.v1.SupervisionOrderService/ReadSupervision",
       {.data = DataClass::kPersonal, .court = kSelf | kGrant | kParty, .auditor = kGrant}},
      {"/goldeneagle.v1.SupervisionService/ListIncidents",
       {.data = DataClass::kMasked, .court = kSelf | kSubtree, .agency = kSelf, .operators = kSelf}},
      {"/goldeneagle.v1.SupervisionService/ListDue",
       {.data = DataClass::kMasked, .court = kSelf | kSubtree, .agency = kSelf, .operators = kSelf}},
      {"/goldeneagle.v1.SupervisionService/WatchAlerts",
       {.data = DataClass::kMasked, .court = kSelf | kSubtree, .agency = kSelf, .operators = kSelf}},
      {"/goldeneagle.v1.SupervisionService/GetCoverage",
       {.data = DataClass::kNone, .court = kSelf, .agency = kSelf, .auditor = kSelf, .operators = kSelf}},
      {"/goldeneagle.v1.SupervisionService/GetCaseInventory",
       {.data = DataClass::kNone, .court = kSelf | kSubtree, .operators = kSelf}},
      {"/goldeneagle.v1.SupervisionService/ListUndecidedFreezes",
       {.data = DataClass::kMasked, .court = kSelf | kSubtree, .operators = kSelf}},
      // Statements and administration carry their own signatures: any court's or operator's system may bring them.
      {"/goldeneagle.v1.DirectoryService/SubmitStatements",
       {.data = DataClass::kNone, .court = kSelf, .operators = kSelf}},
      {"/goldeneagle.v1.DirectoryService/ListStatements",
       {.data = DataClass::kNone, .court = kSelf, .agency = kSelf, .auditor = kSelf, .operators = kSelf}},
      {"/goldeneagle.v1.DirectoryService/ListAgencies",
       {.data = DataClass::kNone, .court = kSelf, .auditor = kSelf, .operators = kSelf}},
      {"/goldeneagle.v1.DirectoryService/GetPolicy",
       {.data = DataClass::kNone, .court = kSelf, .agency = kSelf, .auditor = kSelf, .operators = kSelf}},
      {"/goldeneagle.v1.AdminService/SubmitAdministration",
       {.data = DataClass::kNone, .court = kSelf, .operators = kSelf}},
      {"/goldeneagle.v1.AdminService/ListProposals", {.data = DataClass::kNone, .auditor = kSelf, .operators = kSelf}},
      {"/goldeneagle.v1.AdminService/MakeBackup", {.data = DataClass::kNone, .operators = kSelf}},
      {"/goldeneagle.v1.AdminService/GetMetrics", {.data = DataClass::kNone, .operators = kSelf}},
      // Heads and proofs tell nothing about anybody; leaves are for those who audit.
      {"/goldeneagle.v1.AuditService/GetCheckpoint",
       {.data = DataClass::kNone,
        .court = kSelf,
        .agency = kSelf,
        .auditor = kSelf,
        .operators = kSelf,
        .witness = kSelf}},
      {"/goldeneagle.v1.AuditService/ListEntries",
       {.data = DataClass::kLeaves, .auditor = kLeaves, .operators = kLeaves}},
      {"/goldeneagle.v1.AuditService/GetTile",
       {.data = DataClass::kNone,
        .court = kSelf,
        .agency = kSelf,
        .auditor = kSelf,
        .operators = kSelf,
        .witness = kSelf}},
      {"/goldeneagle.v1.AuditService/GetEntryBundle",
       {.data = DataClass::kLeaves, .auditor = kLeaves, .operators = kLeaves}},
      {"/goldeneagle.v1.AuditService/GetInclusionProof",
       {.data = DataClass::kLeaves,
        .court = kSelf,
        .agency = kSelf,
        .auditor = kLeaves,
        .operators = kLeaves,
        .witness = kSelf}},
      {"/goldeneagle.v1.AuditService/GetConsistencyProof",
       {.data = DataClass::kNone,
        .court = kSelf,
        .agency = kSelf,
        .auditor = kSelf,
        .operators = kSelf,
        .witness = kSelf}},
      {"/goldeneagle.v1.AuditService/SearchAccess", {.data = DataClass::kLeaves, .auditor = kLeaves}},
      // A cosignature carries its own authority: any system may bring that of a witness key it holds.
      {"/goldeneagle.v1.WitnessService/WaitCheckpoint",
       {.data = DataClass::kNone, .court = kSelf, .agency = kSelf, .auditor = kSelf, .witness = kSelf}},
      {"/goldeneagle.v1.WitnessService/AddCosignature",
       {.data = DataClass::kNone, .court = kSelf, .agency = kSelf, .auditor = kSelf, .witness = kSelf}},
  };
  return *kTable;
}

uint8_t ScopesOf(const MethodRow& row, Role role) {
  switch (role) {
    case Role::kCourt:
      return row.court;
    case Role::kAgency:
      return row.agency;
    case Role::kAuditor:
      return row.auditor;
    case Role::kOperator:
      return row.operators;
    case Role::kWitness:
      return row.witness;
  }
  return 0;
}

bool IsPinned(const goldeneagle::v1::SystemIdentity& system, std::string_view spki_sha256) {
  return std::find(system.spki_sha256().begin(), system.spki_sha256().end(), spki_sha256) != system.spki_sha256().end();
}

// An organisation whose own key was ended or revoked isn't let in before the registrars state one anew. One about which
// nothing was stated yet is: it has to bring its first statements.
absl::Status MayComeIn(const domain::Directory& directory, const std::string& subject) {
  const domain::StatementOnFile* file = directory.StatementAbout(subject);
  if (file == nullptr) return absl::OkStatus();
  switch (file->statement.kind()) {
    case goldeneagle::v1::STATEMENT_KIND_REVOKED:
      return Fail(Reason::kKeyRevoked, "the organisation's key was revoked, and none was stated since")
          .With("subject", subject);
    case goldeneagle::v1::STATEMENT_KIND_ENDED:
      return Fail(Reason::kUnauthenticated, "the organisation was ended").With("subject", subject);
    default:
      return absl::OkStatus();
  }
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
        if (!IsPinned(court.row.system(), spki_sha256)) break;
        EAGLE_RETURN_IF_ERROR(MayComeIn(directory, "court/" + court.row.code()));
        return CourtCaller(court);
      }
      case domain::SystemOwner::Kind::kAgency: {
        const domain::Agency& agency = *directory.AgencyByCode(owner->code);
        if (!IsPinned(agency.row.system(), spki_sha256)) break;
        EAGLE_RETURN_IF_ERROR(MayComeIn(directory, "agency/" + agency.row.code()));
        return AgencyCaller(agency);
      }
      case domain::SystemOwner::Kind::kSystem: {
        const goldeneagle::v1::RegisterSystem& system = directory.systems().at(owner->code);
        if (!IsPinned(system.system(), spki_sha256)) break;
        return Caller{.role = system.role() == "OPERATOR"  ? Role::kOperator
                              : system.role() == "WITNESS" ? Role::kWitness
                                                           : Role::kAuditor,
                      .code = owner->code,
                      .spiffe_id = system.system().spiffe_id()};
      }
    }
  }
  return Fail(Reason::kUnauthenticated, "no system is registered under this identity with this key");
}

const MethodRow* RowOfMethod(std::string_view method) {
  const auto row = Table().find(ToAbsl(method));
  return row == Table().end() ? nullptr : &row->second;
}

absl::Status MayCall(const Caller& caller, std::string_view method) {
  const MethodRow* row = RowOfMethod(method);
  if (row == nullptr || ScopesOf(*row, caller.role) == 0) {
    return Fail(Reason::kPermissionDenied, "the caller's role may not make this call");
  }
  return absl::OkStatus();
}

bool MayReach(const Caller& caller, std::string_view method, ReadScope scope) {
  const MethodRow* row = RowOfMethod(method);
  return row != nullptr && (ScopesOf(*row, caller.role) & ScopeBit(scope)) != 0;
}

std::vector<std::string> MethodsWithRow() {
  std::vector<std::string> methods;
  for (const auto& [method, row] : Table()) methods.push_back(method);
  return methods;
}

}  // namespace eagle::api
