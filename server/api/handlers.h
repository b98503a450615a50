// What every call does, without any transport: who calls is known, the request is parsed, the answer comes through a
// callback. gRPC wraps these (server/api/grpc), the simulation calls them directly. Every call begins with the method
// table (caller.h): what a role may not do is refused before anything is looked up.
//
// Life:    made after the sequencer and the dispatcher, gone before them.
// Threads: any, at the same time. A reply runs on the caller's thread, on the sequencer's or on the dispatcher's timer:
// it must not block.
//          Calls that read the store or check signatures do it on the calling thread: call them from an executor, not
//          from a reactor. What an answer still needs from the store once its commit is durable is done by `later`, so
//          that the sequencer never waits for it.
//
//   handlers.SubmitOrders(caller, std::move(request), [](absl::StatusOr<SubmitOrdersResponse> response) { ... });
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "goldeneagle/v1/adapter_service.pb.h"
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
#include "server/api/caller.h"
#include "server/base/clock.h"
#include "server/blobs/blob_store.h"
#include "server/core/sequencer.h"
#include "server/dispatch/dispatcher.h"
#include "server/storage/store.h"
#include "server/trust/key_ring.h"
#include "server/trust/signature.h"

namespace eagle::api {

template <typename Response>
using Reply = std::function<void(absl::StatusOr<Response>)>;

struct HandlerPorts {
  core::Sequencer& sequencer;
  dispatch::Dispatcher& dispatcher;
  storage::Store& store;
  core::KeySource& keys;
  trust::KeyRing& key_ring;
  const trust::SignatureChecker& checker;
  Clock& clock;  // of the records
  Clock& real;   // of waits
  // Runs what reads the store, soon, on a thread that may wait, each piece once; it must not refuse. Null: at once, on
  // the thread that asks.
  std::function<void(std::function<void()>)> later = nullptr;
  // Makes a backup on a thread of its own; answers once, from there. Null: this gateway makes none (UNAVAILABLE).
  std::function<void(Reply<goldeneagle::v1::MakeBackupResponse>)> backup = nullptr;
  // Told what people should look at: an event and its fields, no personal values. Any thread; must be quick. Null:
  // nobody listens.
  std::function<void(std::string_view event, const std::vector<std::pair<std::string, std::string>>& fields)> alert =
      nullptr;
  // Where papers are kept. Null: nowhere; none is taken, and none is here.
  blobs::BlobStore* papers = nullptr;
};

class Handlers {
 public:
  class Impl;  // the room's own (impl.h)

  explicit Handlers(HandlerPorts ports);
  ~Handlers();

  // Every 100 ms or so: ends leases and waits of polls (Dispatcher::Expire) and of witnesses, has agencies journalled
  // as absent that were not heard of.
  void Housekeeping();
  // The sequencer tells both of every commit: AddListener them before the first Step.
  core::Listener* witnesses();
  core::Listener* supervision();
  // Waits of witnesses end now, and from now on at once.
  void DrainWitnesses();
  // Rights have changed: waits of witnesses end now, whose callers may wait again if they still may.
  void EndWitnessWaits();

  // OrderService
  void SubmitOrders(const Caller& caller, goldeneagle::v1::SubmitOrdersRequest request,
                    Reply<goldeneagle::v1::SubmitOrdersResponse> reply);
  void ValidateOrders(const Caller& caller, goldeneagle::v1::SubmitOrdersRequest request,
                      Reply<goldeneagle::v1::ValidateOrdersResponse> reply);
  absl::StatusOr<goldeneagle::v1::GetOrderResponse> GetOrder(const Caller& caller,
                                                             const goldeneagle::v1::GetOrderRequest& request);
  // Orders without their tasks, which GetOrder shows. Looks at 10,000 rows at most: a page may be short, even empty,
  // and have a next one.
  absl::StatusOr<goldeneagle::v1::ListOrdersResponse> ListOrders(const Caller& caller,
                                                                 const goldeneagle::v1::ListOrdersRequest& request);
  // One page of a watch: what was committed past the token, at most `limit` events (or those of one entry); empty when
  // there is nothing yet. Looks at 4,096 entries at most, and the token moves over all that it looked at: call again at
  // once while it moves. Without news it reads nothing.
  absl::StatusOr<goldeneagle::v1::WatchOrdersResponse> ReadWatch(const Caller& caller,
                                                                 const goldeneagle::v1::WatchOrdersRequest& request,
                                                                 size_t limit);
  void ListFindings(const Caller& caller, goldeneagle::v1::ListFindingsRequest request,
                    Reply<goldeneagle::v1::ListFindingsResponse> reply);
  void WithdrawOrder(const Caller& caller, goldeneagle::v1::WithdrawOrderRequest request,
                     Reply<goldeneagle::v1::WithdrawOrderResponse> reply);
  absl::StatusOr<goldeneagle::v1::ListOrdersOfKeyResponse> ListOrdersOfKey(
      const Caller& caller, const goldeneagle::v1::ListOrdersOfKeyRequest& request);
  void ResumeOrders(const Caller& caller, goldeneagle::v1::ResumeOrdersRequest request,
                    Reply<goldeneagle::v1::ResumeOrdersResponse> reply);
  void GetEvidence(const Caller& caller, goldeneagle::v1::GetEvidenceRequest request,
                   Reply<goldeneagle::v1::GetEvidenceResponse> reply);

  // CaseService
  void SubmitCaseActs(const Caller& caller, goldeneagle::v1::SubmitCaseActsRequest request,
                      Reply<goldeneagle::v1::SubmitCaseActsResponse> reply);
  void GetCase(const Caller& caller, goldeneagle::v1::GetCaseRequest request,
               Reply<goldeneagle::v1::GetCaseResponse> reply);
  absl::StatusOr<goldeneagle::v1::ListMeasuresResponse> ListMeasures(
      const Caller& caller, const goldeneagle::v1::ListMeasuresRequest& request);

  // BlobService
  absl::StatusOr<goldeneagle::v1::PutBlobPartResponse> PutBlobPart(const Caller& caller,
                                                                   const goldeneagle::v1::PutBlobPartRequest& request);
  void GetBlobPart(const Caller& caller, goldeneagle::v1::GetBlobPartRequest request,
                   Reply<goldeneagle::v1::GetBlobPartResponse> reply);
  absl::StatusOr<goldeneagle::v1::PullBlobPartResponse> PullBlobPart(
      const Caller& caller, const goldeneagle::v1::PullBlobPartRequest& request);

  // AdapterService
  void Hello(const Caller& caller, goldeneagle::v1::HelloRequest request, Reply<goldeneagle::v1::HelloResponse> reply);
  void PullTasks(const Caller& caller, goldeneagle::v1::PullTasksRequest request,
                 Reply<goldeneagle::v1::PullTasksResponse> reply);
  absl::StatusOr<goldeneagle::v1::RenewLeaseResponse> RenewLease(const Caller& caller,
                                                                 const goldeneagle::v1::RenewLeaseRequest& request);
  void ReportResults(const Caller& caller, goldeneagle::v1::ReportResultsRequest request,
                     Reply<goldeneagle::v1::ReportResultsResponse> reply);
  void ReportEvents(const Caller& caller, goldeneagle::v1::ReportResultsRequest request,
                    Reply<goldeneagle::v1::ReportResultsResponse> reply);
  void ReportPosition(const Caller& caller, goldeneagle::v1::ReportResultsRequest request,
                      Reply<goldeneagle::v1::ReportResultsResponse> reply);
  absl::StatusOr<goldeneagle::v1::ReportStatusResponse> ReportStatus(
      const Caller& caller, const goldeneagle::v1::ReportStatusRequest& request);

  // ObjectionService
  void RaiseObjection(const Caller& caller, goldeneagle::v1::SubmitObjectionsRequest request,
                      Reply<goldeneagle::v1::SubmitObjectionsResponse> reply);
  absl::StatusOr<goldeneagle::v1::PullObjectionsResponse> PullObjections(
      const Caller& caller, const goldeneagle::v1::PullObjectionsRequest& request);
  void AnswerObjection(const Caller& caller, goldeneagle::v1::SubmitObjectionsRequest request,
                       Reply<goldeneagle::v1::SubmitObjectionsResponse> reply);
  absl::StatusOr<goldeneagle::v1::ListObjectionsResponse> ListObjections(
      const Caller& caller, const goldeneagle::v1::ListObjectionsRequest& request);
  void ReadObjection(const Caller& caller, goldeneagle::v1::ReadObjectionRequest request,
                     Reply<goldeneagle::v1::ReadObjectionResponse> reply);

  // SupervisionOrderService
  void SubmitSupervision(const Caller& caller, goldeneagle::v1::SubmitSupervisionRequest request,
                         Reply<goldeneagle::v1::SubmitSupervisionResponse> reply);
  void AnswerSupervision(const Caller& caller, goldeneagle::v1::SubmitSupervisionRequest request,
                         Reply<goldeneagle::v1::SubmitSupervisionResponse> reply);
  absl::StatusOr<goldeneagle::v1::PullSupervisionResponse> PullSupervision(
      const Caller& caller, const goldeneagle::v1::PullSupervisionRequest& request);
  absl::StatusOr<goldeneagle::v1::ListSupervisionResponse> ListSupervision(
      const Caller& caller, const goldeneagle::v1::ListSupervisionRequest& request);
  void ReadSupervision(const Caller& caller, goldeneagle::v1::ReadSupervisionRequest request,
                       Reply<goldeneagle::v1::ReadSupervisionResponse> reply);

  // SupervisionService
  absl::StatusOr<goldeneagle::v1::ListIncidentsResponse> ListIncidents(
      const Caller& caller, const goldeneagle::v1::ListIncidentsRequest& request);
  absl::StatusOr<goldeneagle::v1::ListDueResponse> ListDue(const Caller& caller,
                                                           const goldeneagle::v1::ListDueRequest& request);
  // One page of a watch: alerts committed past the token, at most `limit`; empty when there is nothing yet. Looks at
  // 4,096 entries at most, and the token moves over all that it looked at: call again at once until it has caught up.
  absl::StatusOr<goldeneagle::v1::WatchAlertsResponse> ReadAlerts(const Caller& caller,
                                                                  const goldeneagle::v1::WatchAlertsRequest& request,
                                                                  size_t limit);
  absl::StatusOr<goldeneagle::v1::GetCoverageResponse> GetCoverage(const Caller& caller,
                                                                   const goldeneagle::v1::GetCoverageRequest& request);
  absl::StatusOr<goldeneagle::v1::GetCaseInventoryResponse> GetCaseInventory(
      const Caller& caller, const goldeneagle::v1::GetCaseInventoryRequest& request);
  absl::StatusOr<goldeneagle::v1::ListUndecidedFreezesResponse> ListUndecidedFreezes(
      const Caller& caller, const goldeneagle::v1::ListUndecidedFreezesRequest& request);

  // DirectoryService
  void SubmitStatements(const Caller& caller, goldeneagle::v1::SubmitStatementsRequest request,
                        Reply<goldeneagle::v1::SubmitStatementsResponse> reply);
  absl::StatusOr<goldeneagle::v1::ListStatementsResponse> ListStatements(
      const Caller& caller, const goldeneagle::v1::ListStatementsRequest& request);
  absl::StatusOr<goldeneagle::v1::ListAgenciesResponse> ListAgencies(
      const Caller& caller, const goldeneagle::v1::ListAgenciesRequest& request);
  absl::StatusOr<goldeneagle::v1::GetPolicyResponse> GetPolicy(const Caller& caller,
                                                               const goldeneagle::v1::GetPolicyRequest& request);

  // AdminService
  void SubmitAdministration(const Caller& caller, goldeneagle::v1::SubmitAdministrationRequest request,
                            Reply<goldeneagle::v1::SubmitAdministrationResponse> reply);
  absl::StatusOr<goldeneagle::v1::ListProposalsResponse> ListProposals(
      const Caller& caller, const goldeneagle::v1::ListProposalsRequest& request);
  void MakeBackup(const Caller& caller, goldeneagle::v1::MakeBackupRequest request,
                  Reply<goldeneagle::v1::MakeBackupResponse> reply);
  absl::StatusOr<goldeneagle::v1::GetMetricsResponse> GetMetrics(const Caller& caller,
                                                                 const goldeneagle::v1::GetMetricsRequest& request);

  // AuditService
  absl::StatusOr<goldeneagle::v1::GetCheckpointResponse> GetCheckpoint(
      const Caller& caller, const goldeneagle::v1::GetCheckpointRequest& request);
  absl::StatusOr<goldeneagle::v1::ListEntriesResponse> ListEntries(const Caller& caller,
                                                                   const goldeneagle::v1::ListEntriesRequest& request);
  absl::StatusOr<goldeneagle::v1::GetTileResponse> GetTile(const Caller& caller,
                                                           const goldeneagle::v1::GetTileRequest& request);
  absl::StatusOr<goldeneagle::v1::GetEntryBundleResponse> GetEntryBundle(
      const Caller& caller, const goldeneagle::v1::GetEntryBundleRequest& request);
  absl::StatusOr<goldeneagle::v1::GetInclusionProofResponse> GetInclusionProof(
      const Caller& caller, const goldeneagle::v1::GetInclusionProofRequest& request);
  absl::StatusOr<goldeneagle::v1::GetConsistencyProofResponse> GetConsistencyProof(
      const Caller& caller, const goldeneagle::v1::GetConsistencyProofRequest& request);
  absl::StatusOr<goldeneagle::v1::SearchAccessResponse> SearchAccess(
      const Caller& caller, const goldeneagle::v1::SearchAccessRequest& request);

  // WitnessService
  void WaitCheckpoint(const Caller& caller, goldeneagle::v1::WaitCheckpointRequest request,
                      Reply<goldeneagle::v1::WaitCheckpointResponse> reply);
  void AddCosignature(const Caller& caller, goldeneagle::v1::AddCosignatureRequest request,
                      Reply<goldeneagle::v1::AddCosignatureResponse> reply);

 private:
  std::shared_ptr<Impl> impl_;  // shared with answers under way
};

}  // namespace eagle::api
