// S2: role x method, enumerated from the contract's descriptors. What isn't listed here is denied, and a method that
// nobody lists fails the test.
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "goldeneagle/v1/adapter_service.pb.h"
#include "goldeneagle/v1/admin_service.pb.h"
#include "goldeneagle/v1/audit_service.pb.h"
#include "goldeneagle/v1/case_service.pb.h"
#include "goldeneagle/v1/directory_service.pb.h"
#include "goldeneagle/v1/order_service.pb.h"
#include "server/api/caller.h"
#include "tests/server/api_grpc/gateway_world.h"

namespace eagle {
namespace {

// c court, a agency, u auditor, o operator.
const std::map<std::string, std::string>& Allowed() {
  static const auto* const kAllowed = new std::map<std::string, std::string>{
      {"OrderService/SubmitOrders", "c"},
      {"OrderService/ValidateOrders", "c"},
      {"OrderService/GetOrder", "c"},
      {"OrderService/ListOrders", "c"},
      {"OrderService/WatchOrders", "c"},
      {"OrderService/ListFindings", "c"},
      {"OrderService/GetEvidence", "cu"},
      {"OrderService/WithdrawOrder", "c"},
      {"CaseService/SubmitCaseActs", "c"},
      {"CaseService/GetCase", "c"},
      {"AdapterService/Hello", "a"},
      {"AdapterService/PullTasks", "a"},
      {"AdapterService/RenewLease", "a"},
      {"AdapterService/ReportResults", "a"},
      {"AdapterService/ReportEvents", "a"},
      {"AdapterService/ReportStatus", "a"},
      {"DirectoryService/SubmitStatements", "co"},
      {"DirectoryService/ListStatements", "cauo"},
      {"DirectoryService/ListAgencies", "cuo"},
      {"AdminService/SubmitAdministration", "co"},
      {"AdminService/ListProposals", "uo"},
      {"AdminService/MakeBackup", "o"},
      {"AdminService/GetMetrics", "o"},
      {"AuditService/GetCheckpoint", "cauo"},
      {"AuditService/ListEntries", "uo"},
      {"AuditService/GetInclusionProof", "cauo"},
      {"AuditService/GetConsistencyProof", "cauo"},
  };
  return *kAllowed;
}

std::vector<const google::protobuf::MethodDescriptor*> Methods() {
  std::vector<const google::protobuf::MethodDescriptor*> out;
  for (const auto* file :
       {goldeneagle::v1::GetOrderRequest::descriptor()->file(), goldeneagle::v1::GetCaseRequest::descriptor()->file(),
        goldeneagle::v1::HelloRequest::descriptor()->file(), goldeneagle::v1::ListAgenciesRequest::descriptor()->file(),
        goldeneagle::v1::GetMetricsRequest::descriptor()->file(),
        goldeneagle::v1::GetCheckpointRequest::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) out.push_back(file->service(s)->method(m));
    }
  }
  return out;
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

TEST(MethodMatrix, OnlyListedCellsAreAllowed) {
  GatewayWorld world;
  const std::pair<char, const trust::IssuedCertificate*> roles[] = {
      {'c', &world.court()}, {'a', &world.agency()}, {'u', &world.auditor()}, {'o', &world.operator_system()}};
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
  EXPECT_EQ(allowed + denied, 4 * Methods().size());
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
