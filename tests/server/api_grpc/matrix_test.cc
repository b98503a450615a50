// S2: role x method, enumerated from the contract's descriptors. What isn't listed here is denied, and a method that
// nobody lists fails the test.
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "goldeneagle/v1/adapter_service.pb.h"
#include "goldeneagle/v1/admin_service.pb.h"
#include "goldeneagle/v1/audit_service.pb.h"
#include "goldeneagle/v1/blob_service.pb.h"
#include "goldeneagle/v1/case_service.pb.h"
#include "goldeneagle/v1/directory_service.pb.h"
#include "goldeneagle/v1/objection_service.pb.h"
#include "goldeneagle/v1/order_service.pb.h"
#include "goldeneagle/v1/supervision_service.pb.h"
#include "goldeneagle/v1/witness_service.pb.h"
#include "server/api/caller.h"
#include "tests/server/api_grpc/gateway_world.h"

namespace eagle {
namespace {

// c court, a agency, u auditor, o operator, w witness.
const std::map<std::string, std::string>& Allowed() {
  static const auto* const kAllowed = new std::map<std::string, std::string>{
      {"OrderService/SubmitOrders", "c"},
      {"OrderService/ValidateOrders", "c"},
      {"OrderService/GetOrder", "c"},
      {"OrderService/ListOrders", "c"},
      {"OrderService/WatchOrders", "c"},
      {"OrderService/ListFindings", "cu"},
      {"OrderService/GetEvidence", "cu"},
      {"OrderService/WithdrawOrder", "c"},
      {"OrderService/ListOrdersOfKey", "cauo"},
      {"OrderService/ResumeOrders", "c"},
      {"CaseService/SubmitCaseActs", "c"},
      {"CaseService/GetCase", "cu"},
      {"CaseService/ListMeasures", "c"},
      {"BlobService/PutBlobPart", "ca"},
      {"BlobService/GetBlobPart", "cu"},
      {"BlobService/PullBlobPart", "a"},
      {"AdapterService/Hello", "a"},
      {"AdapterService/PullTasks", "a"},
      {"AdapterService/RenewLease", "a"},
      {"AdapterService/ReportResults", "a"},
      {"AdapterService/ReportEvents", "a"},
      {"AdapterService/ReportPosition", "a"},
      {"AdapterService/ReportStatus", "a"},
      {"ObjectionService/RaiseObjection", "a"},
      {"ObjectionService/PullObjections", "a"},
      {"ObjectionService/AnswerObjection", "c"},
      {"ObjectionService/ListObjections", "c"},
      {"ObjectionService/ReadObjection", "cu"},
      {"SupervisionService/ListIncidents", "cao"},
      {"SupervisionService/ListDue", "cao"},
      {"SupervisionService/WatchAlerts", "cao"},
      {"SupervisionService/GetCoverage", "cauo"},
      {"SupervisionService/GetCaseInventory", "co"},
      {"SupervisionService/ListUndecidedFreezes", "co"},
      {"DirectoryService/SubmitStatements", "co"},
      {"DirectoryService/ListStatements", "cauo"},
      {"DirectoryService/ListAgencies", "cuo"},
      {"DirectoryService/GetPolicy", "cauo"},
      {"SupervisionOrderService/SubmitSupervision", "c"},
      {"SupervisionOrderService/AnswerSupervision", "a"},
      {"SupervisionOrderService/PullSupervision", "a"},
      {"SupervisionOrderService/ListSupervision", "c"},
      {"SupervisionOrderService/ReadSupervision", "cu"},
      {"AdminService/SubmitAdministration", "co"},
      {"AdminService/ListProposals", "uo"},
      {"AdminService/MakeBackup", "o"},
      {"AdminService/GetMetrics", "o"},
      {"AuditService/GetCheckpoint", "cauow"},
      {"AuditService/ListEntries", "uo"},
      {"AuditService/GetTile", "cauow"},
      {"AuditService/GetEntryBundle", "uo"},
      {"AuditService/GetInclusionProof", "cauow"},
      {"AuditService/GetConsistencyProof", "cauow"},
      {"AuditService/SearchAccess", "u"},
      {"WitnessService/WaitCheckpoint", "cauw"},
      {"WitnessService/AddCosignature", "cauw"},
  };
  return *kAllowed;
}

std::vector<const google::protobuf::MethodDescriptor*> Methods() {
  std::vector<const google::protobuf::MethodDescriptor*> out;
  for (const auto* file :
       {goldeneagle::v1::GetOrderRequest::descriptor()->file(), goldeneagle::v1::GetCaseRequest::descriptor()->file(),
        goldeneagle::v1::PutBlobPartRequest::descriptor()->file(), goldeneagle::v1::HelloRequest::descriptor()->file(),
        goldeneagle::v1::ListAgenciesRequest::descriptor()->file(),
        goldeneagle::v1::GetMetricsRequest::descriptor()->file(),
        goldeneagle::v1::GetCheckpointRequest::descriptor()->file(),
        goldeneagle::v1::WaitCheckpointRequest::descriptor()->file(),
        goldeneagle::v1::SubmitObjectionsRequest::descriptor()->file(),
        goldeneagle::v1::ListIncidentsRequest::descriptor()->file(),
        goldeneagle::v1::SubmitSupervisionRequest::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) out.push_back(file->service(s)->method(m));
    }
  }
  return out;
}

// Every message that one of this type can hold.
void Reach(const google::protobuf::Descriptor* type, std::set<const google::protobuf::Descriptor*>& reached) {
  if (!reached.insert(type).second) return;
  for (int i = 0; i < type->field_count(); ++i) {
    if (type->field(i)->message_type() != nullptr) Reach(type->field(i)->message_type(), reached);
  }
}

std::string ShortName(const google::protobuf::MethodDescriptor& method) {
  return method.service()->name() + "/" + method.name();
}
std::string Path(const google::protobuf::MethodDescriptor& method) {
  return "/" + method.service()->full_name() + "/" + method.name();
}

TEST(MethodMatrix, EveryMethodOfTheContractHasARow) {
  std::set<std::string> described, listed;
  for (const auto* method : Methods()) {
    described.insert(Path(*method));
    EXPECT_EQ(Allowed().count(ShortName(*method)), 1u) << Path(*method);
  }
  for (const std::string& method : api::MethodsWithRow()) listed.insert(method);
  EXPECT_EQ(listed, described);
  EXPECT_EQ(Allowed().size(), described.size());
}

// Every method says what its answers hold, and what that demands of it shows in the contract: a new one can't come
// without.
TEST(MethodMatrix, PersonalDataNeedATicketAndNothingElseShowsAny) {
  using goldeneagle::v1::SignedMember;
  for (const auto* method : Methods()) {
    SCOPED_TRACE(Path(*method));
    const api::MethodRow* row = api::RowOfMethod(Path(*method));
    ASSERT_NE(row, nullptr);
    const auto* ticket = method->input_type()->FindFieldByName("officer_ticket");
    EXPECT_EQ(row->data == api::DataClass::kPersonal, ticket != nullptr);
    if (ticket != nullptr) {
      EXPECT_EQ(ticket->message_type(), SignedMember::descriptor());
    }
    if (row->data != api::DataClass::kMasked && row->data != api::DataClass::kLeaves) continue;
    std::set<const google::protobuf::Descriptor*> reached;
    Reach(method->output_type(), reached);
    for (const google::protobuf::Descriptor* plain :
         {SignedMember::descriptor(), goldeneagle::v1::Identity::descriptor(), goldeneagle::v1::Claim::descriptor(),
          goldeneagle::v1::Receipt::descriptor(), goldeneagle::v1::Evidence::descriptor()})
      EXPECT_FALSE(reached.contains(plain)) << plain->full_name();
  }
}

// Who comes to personal data by which scope: a court to its own and to the threads that it has a word in, everybody
// else by a grant.
TEST(MethodMatrix, ScopesOfPersonalData) {
  using goldeneagle::v1::READ_SCOPE_GRANT;
  using goldeneagle::v1::READ_SCOPE_PARTY;
  using goldeneagle::v1::READ_SCOPE_SELF;
  for (const auto* method : Methods()) {
    SCOPED_TRACE(Path(*method));
    const api::MethodRow& row = *api::RowOfMethod(Path(*method));
    if (row.data != api::DataClass::kPersonal) continue;
    const int thread = method->name() == "ReadSupervision" ? api::ScopeBit(READ_SCOPE_PARTY) : 0;
    EXPECT_EQ(row.court, api::ScopeBit(READ_SCOPE_SELF) | api::ScopeBit(READ_SCOPE_GRANT) | thread);
    EXPECT_EQ(row.auditor, api::ScopeBit(READ_SCOPE_GRANT));
    EXPECT_EQ(row.agency | row.operators | row.witness, 0);
  }
}

TEST(MethodMatrix, OnlyListedCellsAreAllowed) {
  GatewayWorld world;
  const std::pair<char, const trust::IssuedCertificate*> roles[] = {{'c', &world.court()},
                                                                    {'a', &world.agency()},
                                                                    {'u', &world.auditor()},
                                                                    {'o', &world.operator_system()},
                                                                    {'w', &world.witness()}};
  size_t allowed = 0, denied = 0;
  for (const auto& [role, certificate] : roles) {
    const auto channel = world.Channel(*certificate);
    for (const auto* method : Methods()) {
      const bool may = Allowed().at(ShortName(*method)).find(role) != std::string::npos;
      // A watch that is allowed goes on for ever: its deadline ends it.
      const Answer answer =
          Call(channel, Path(*method), "", may && method->server_streaming() ? absl::Seconds(1) : absl::Seconds(30));
      SCOPED_TRACE(Path(*method) + " by " + role + ": " + answer.message);
      if (may) {
        EXPECT_NE(answer.reason, "PERMISSION_DENIED");
        EXPECT_NE(answer.code, grpc::StatusCode::UNIMPLEMENTED);
        EXPECT_NE(answer.code, grpc::StatusCode::UNAUTHENTICATED);
        ++allowed;
      } else {
        EXPECT_EQ(answer.code, grpc::StatusCode::PERMISSION_DENIED);
        EXPECT_EQ(answer.reason, "PERMISSION_DENIED");
        ++denied;
      }
    }
  }
  EXPECT_EQ(allowed + denied, 5 * Methods().size());
  EXPECT_GT(denied, allowed);
}

TEST(MethodMatrix, AMethodThatIsNotThereIsDeniedLikeOneThatIsNotYours) {
  GatewayWorld world;
  const auto channel = world.Channel(world.court());
  const Answer not_yours = Call(channel, "/goldeneagle.v1.AdminService/GetMetrics");
  for (const char* method : {"/goldeneagle.v1.OrderService/DeleteEverything", "/other.Service/Method",
                             "/goldeneagle.process.v1.ProcessService/Drain"}) {
    const Answer answer = Call(channel, method);
    EXPECT_EQ(answer.code, grpc::StatusCode::PERMISSION_DENIED) << method;
    EXPECT_EQ(answer.message, not_yours.message);
    EXPECT_EQ(answer.reason, "PERMISSION_DENIED");
  }
}

}  // namespace
}  // namespace eagle
