// The port to the gateway: its calls as a court, an administrator or an auditor makes them, on plain messages.
//
// Behind it is a mutual TLS connection (channel.h) or, in tests, a gateway in memory. Every method returns what the
// gateway answered, or a failure as errors.h has it; an implementation does the deadlines and the retries that are
// safe. Nothing that comes out of it is believed: acceptance.h, checkpoints.h and receipts.h verify it.
//
// Threads: one caller at a time; a WatchStream belongs to one thread.
//
//   EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<Gateway> gateway, Connect(options));
//   v1::GetOrderRequest request;  request.set_order_id(id);
//   EAGLE_ASSIGN_OR_RETURN(v1::GetOrderResponse answer, gateway->GetOrder(request));
#pragma once

#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/admin_service.pb.h"
#include "goldeneagle/v1/audit_service.pb.h"
#include "goldeneagle/v1/blob_service.pb.h"
#include "goldeneagle/v1/case_service.pb.h"
#include "goldeneagle/v1/directory_service.pb.h"
#include "goldeneagle/v1/objection_service.pb.h"
#include "goldeneagle/v1/order_service.pb.h"
#include "goldeneagle/v1/supervision_order_service.pb.h"
#include "goldeneagle/v1/supervision_service.pb.h"
#include "goldeneagle/v1/witness_service.pb.h"

namespace eagle::client {

namespace v1 = ::goldeneagle::v1;

// A running watch. Destroying it ends the call.
template <class Response>
class StreamOf {
 public:
  virtual ~StreamOf() = default;
  // The next message; absent when none came within `wait` of real time. An error ends the stream: watch again from the
  // last resume token.
  virtual absl::StatusOr<std::optional<Response>> Next(absl::Duration wait) = 0;
};
using WatchStream = StreamOf<v1::WatchOrdersResponse>;
using AlertStream = StreamOf<v1::WatchAlertsResponse>;

class Gateway {
 public:
  virtual ~Gateway() = default;

  virtual absl::StatusOr<v1::SubmitOrdersResponse> SubmitOrders(const v1::SubmitOrdersRequest& request) = 0;
  virtual absl::StatusOr<v1::ValidateOrdersResponse> ValidateOrders(const v1::SubmitOrdersRequest& request) = 0;
  virtual absl::StatusOr<v1::GetOrderResponse> GetOrder(const v1::GetOrderRequest& request) = 0;
  virtual absl::StatusOr<v1::ListOrdersResponse> ListOrders(const v1::ListOrdersRequest& request) = 0;
  virtual std::unique_ptr<WatchStream> WatchOrders(const v1::WatchOrdersRequest& request) = 0;
  virtual absl::StatusOr<v1::ListFindingsResponse> ListFindings(const v1::ListFindingsRequest& request) = 0;
  virtual absl::StatusOr<v1::WithdrawOrderResponse> WithdrawOrder(const v1::WithdrawOrderRequest& request) = 0;
  virtual absl::StatusOr<v1::GetEvidenceResponse> GetEvidence(const v1::GetEvidenceRequest& request) = 0;
  virtual absl::StatusOr<v1::ListOrdersOfKeyResponse> ListOrdersOfKey(const v1::ListOrdersOfKeyRequest& request) = 0;
  virtual absl::StatusOr<v1::ResumeOrdersResponse> ResumeOrders(const v1::ResumeOrdersRequest& request) = 0;

  virtual absl::StatusOr<v1::SubmitCaseActsResponse> SubmitCaseActs(const v1::SubmitCaseActsRequest& request) = 0;
  virtual absl::StatusOr<v1::GetCaseResponse> GetCase(const v1::GetCaseRequest& request) = 0;
  virtual absl::StatusOr<v1::ListMeasuresResponse> ListMeasures(const v1::ListMeasuresRequest& request) = 0;

  virtual absl::StatusOr<v1::PutBlobPartResponse> PutBlobPart(const v1::PutBlobPartRequest& request) = 0;
  virtual absl::StatusOr<v1::GetBlobPartResponse> GetBlobPart(const v1::GetBlobPartRequest& request) = 0;
  virtual absl::StatusOr<v1::SubmitObjectionsResponse> AnswerObjection(const v1::SubmitObjectionsRequest& request) = 0;
  virtual absl::StatusOr<v1::ListObjectionsResponse> ListObjections(const v1::ListObjectionsRequest& request) = 0;
  virtual absl::StatusOr<v1::ReadObjectionResponse> ReadObjection(const v1::ReadObjectionRequest& request) = 0;
  virtual absl::StatusOr<v1::SubmitSupervisionResponse> SubmitSupervision(
      const v1::SubmitSupervisionRequest& request) = 0;
  virtual absl::StatusOr<v1::ListSupervisionResponse> ListSupervision(const v1::ListSupervisionRequest& request) = 0;
  virtual absl::StatusOr<v1::ReadSupervisionResponse> ReadSupervision(const v1::ReadSupervisionRequest& request) = 0;

  virtual absl::StatusOr<v1::ListIncidentsResponse> ListIncidents(const v1::ListIncidentsRequest& request) = 0;
  virtual absl::StatusOr<v1::ListDueResponse> ListDue(const v1::ListDueRequest& request) = 0;
  virtual std::unique_ptr<AlertStream> WatchAlerts(const v1::WatchAlertsRequest& request) = 0;
  virtual absl::StatusOr<v1::GetCoverageResponse> GetCoverage(const v1::GetCoverageRequest& request) = 0;
  virtual absl::StatusOr<v1::GetCaseInventoryResponse> GetCaseInventory(const v1::GetCaseInventoryRequest& request) = 0;
  virtual absl::StatusOr<v1::ListUndecidedFreezesResponse> ListUndecidedFreezes(
      const v1::ListUndecidedFreezesRequest& request) = 0;

  virtual absl::StatusOr<v1::SubmitStatementsResponse> SubmitStatements(const v1::SubmitStatementsRequest& request) = 0;
  virtual absl::StatusOr<v1::ListStatementsResponse> ListStatements(const v1::ListStatementsRequest& request) = 0;
  virtual absl::StatusOr<v1::ListAgenciesResponse> ListAgencies(const v1::ListAgenciesRequest& request) = 0;
  virtual absl::StatusOr<v1::GetPolicyResponse> GetPolicy(const v1::GetPolicyRequest& request) = 0;

  virtual absl::StatusOr<v1::SubmitAdministrationResponse> SubmitAdministration(
      const v1::SubmitAdministrationRequest& request) = 0;
  virtual absl::StatusOr<v1::ListProposalsResponse> ListProposals(const v1::ListProposalsRequest& request) = 0;
  virtual absl::StatusOr<v1::MakeBackupResponse> MakeBackup(const v1::MakeBackupRequest& request) = 0;
  virtual absl::StatusOr<v1::GetMetricsResponse> GetMetrics(const v1::GetMetricsRequest& request) = 0;

  virtual absl::StatusOr<v1::GetCheckpointResponse> GetCheckpoint(const v1::GetCheckpointRequest& request) = 0;
  virtual absl::StatusOr<v1::ListEntriesResponse> ListEntries(const v1::ListEntriesRequest& request) = 0;
  virtual absl::StatusOr<v1::GetInclusionProofResponse> GetInclusionProof(
      const v1::GetInclusionProofRequest& request) = 0;
  virtual absl::StatusOr<v1::GetConsistencyProofResponse> GetConsistencyProof(
      const v1::GetConsistencyProofRequest& request) = 0;
  virtual absl::StatusOr<v1::SearchAccessResponse> SearchAccess(const v1::SearchAccessRequest& request) = 0;

  virtual absl::StatusOr<v1::WaitCheckpointResponse> WaitCheckpoint(const v1::WaitCheckpointRequest& request) = 0;
  virtual absl::StatusOr<v1::AddCosignatureResponse> AddCosignature(const v1::AddCosignatureRequest& request) = 0;
};

}  // namespace eagle::client
