// A gateway in memory: a real log with real signatures behind the port that the court's library uses, without law. It
// accepts every order and act that it can read, and can be told to refuse, to fall silent, or to lie.
//
// Threads: one at a time; a WatchStream gives what was queued and then nothing.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "client/lib/gateway.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/base/reason.h"
#include "server/journal/leaf.h"
#include "server/journal/note.h"

namespace eagle::client {

// Gives its messages, then its end; or stays open and quiet.
template <class Response>
class QueuedStream : public StreamOf<Response> {
 public:
  explicit QueuedStream(std::deque<Response> messages, bool stays = false)
      : messages_(std::move(messages)), stays_(stays) {}
  absl::StatusOr<std::optional<Response>> Next(absl::Duration) override {
    if (messages_.empty() && stays_) return std::optional<Response>();
    if (messages_.empty()) return Fail(Reason::kUnavailable, "the stream ended");
    std::optional<Response> message(messages_.front());
    messages_.pop_front();
    return message;
  }

 private:
  std::deque<Response> messages_;
  const bool stays_;
};

class FakeGateway : public Gateway {
 public:
  explicit FakeGateway(absl::Time now);
  FakeGateway(absl::Time now, journal::Ed25519NoteSigner signer);

  // --- what the tests arrange
  std::string verifier_key() const { return signer_.VerifierKey(); }
  std::string Checkpoint() const { return CheckpointAt(leaves_.size()); }
  std::string CheckpointAt(uint64_t size) const;
  // An entry of no meaning.
  void Grow(int entries = 1);
  // Another history from `keep` entries on, under the same key.
  void Fork(uint64_t keep);
  // Entry 0, instead of the one of no meaning. Pre: nothing came after that.
  void Found(const v1::LogFounded& founding);
  // From `keep` entries on the log goes on under another origin and key: LOG_RECOVERED with this document.
  void Recover(uint64_t keep, const v1::LogRecovered& body, journal::Ed25519NoteSigner signer);
  std::string RootAt(uint64_t size) const;  // 32 bytes
  uint64_t size() const { return leaves_.size(); }
  // The next so many calls fail so, after they had their effect (the answer was lost).
  void LoseAnswers(int count) { lose_ = count; }
  // Every call fails with this until it is cleared with OK.
  void FailWith(absl::Status status) { fail_ = std::move(status); }

  absl::Time now;
  std::map<std::string, v1::OrderView> orders;  // by id, as GetOrder answers
  std::optional<v1::PolicyTable> policy;        // in force
  std::map<std::string, v1::Refusal> refusals;  // by case number: orders of it are refused
  std::vector<v1::DirectoryChange> statements;
  std::vector<v1::AgencyView> agencies;
  std::vector<v1::CoverageView> coverage;
  std::vector<v1::ProposalView> proposals;
  std::vector<v1::FindingsOfAgency> findings;
  size_t findings_per_page = 0;  // 0: all on one
  std::vector<std::string> unanswered;
  std::vector<v1::Metric> metrics;
  v1::CaseView case_view;
  std::deque<v1::WatchOrdersResponse> watch;  // messages of the next stream
  bool watch_stays = false;                   // then it is quiet, instead of ending
  std::function<void(const v1::GetOrderRequest&)> on_get_order;
  std::function<void(const v1::ListFindingsRequest&)> on_list_findings;
  std::function<void(v1::SubmitOrdersResponse&)> tamper_orders;
  std::function<void(v1::GetConsistencyProofResponse&)> tamper_consistency;
  std::function<void(v1::ListEntriesResponse&)> tamper_entries;
  std::function<void(v1::WaitCheckpointResponse&)> tamper_wanted;

  // --- what they look at
  std::map<std::string, std::map<uint32_t, std::string>> papers;  // parts by digest
  bool papers_travel = false;  // orders are refused without theirs, and nothing is taken before it is set
  size_t parts_put = 0, parts_kept = SIZE_MAX;  // after so many the connection is cut
  v1::GetBlobPartRequest blob_request;          // the last one
  std::vector<v1::SignedBatch> order_batches, case_batches, statement_batches, administration_batches;
  v1::WatchOrdersRequest watch_request;  // the last one
  v1::WithdrawOrderRequest withdrawn;
  v1::ListFindingsRequest findings_request;
  v1::GetEvidenceResponse evidence;
  v1::GetEvidenceRequest evidence_request;
  std::vector<v1::SignedBatch> objection_batches;
  v1::ListObjectionsResponse objections;       // one page
  v1::ListIncidentsResponse incidents;         // one page
  v1::ListIncidentsRequest incidents_request;  // the last one
  std::vector<v1::DueView> clocks;             // ListDue shows those that its kinds and states leave
  size_t due_per_page = 100;
  std::vector<v1::ListDueRequest> due_requests;
  std::function<void()> on_list_due;  // before each page
  std::vector<v1::Alert> alerts;  // WatchAlerts gives those past the token, which is the last one's index, two a page
  std::vector<v1::WatchAlertsRequest> alert_requests;
  std::vector<v1::AgencyCoverage> covered;  // one agency a page
  v1::GetCoverageRequest coverage_request;  // the last one
  v1::GetCaseInventoryResponse inventory;   // one page
  v1::GetCaseInventoryRequest inventory_request;
  v1::ListUndecidedFreezesResponse undecided;  // one page
  v1::ListUndecidedFreezesRequest undecided_request;
  v1::ReadObjectionResponse thread;
  v1::ReadObjectionRequest thread_request;  // the last one
  v1::Refusal objection_refusal;            // of every word, unless empty
  std::vector<v1::SignedBatch> supervision_batches;
  v1::ListSupervisionResponse supervision;  // one page
  v1::ListSupervisionRequest supervision_request;
  v1::ReadSupervisionResponse supervision_thread;
  v1::ReadSupervisionRequest supervision_thread_request;  // the last one
  std::vector<v1::ListMeasuresResponse> measure_pages;    // by page token: "", "1", "2", ...
  v1::ListMeasuresRequest measures_request;               // the last one
  v1::ListOrdersOfKeyResponse of_key;
  v1::ListOrdersOfKeyRequest of_key_request;
  v1::ResumeOrdersRequest resumed;
  v1::SearchAccessRequest search_request;
  v1::SearchAccessResponse search;
  int consistency_proofs = 0;
  std::vector<v1::AddCosignatureRequest> cosignatures;

  absl::StatusOr<v1::SubmitOrdersResponse> SubmitOrders(const v1::SubmitOrdersRequest& request) override;
  absl::StatusOr<v1::ValidateOrdersResponse> ValidateOrders(const v1::SubmitOrdersRequest& request) override;
  absl::StatusOr<v1::GetOrderResponse> GetOrder(const v1::GetOrderRequest& request) override;
  absl::StatusOr<v1::ListOrdersResponse> ListOrders(const v1::ListOrdersRequest& request) override;
  std::unique_ptr<WatchStream> WatchOrders(const v1::WatchOrdersRequest& request) override;
  absl::StatusOr<v1::ListFindingsResponse> ListFindings(const v1::ListFindingsRequest& request) override;
  absl::StatusOr<v1::WithdrawOrderResponse> WithdrawOrder(const v1::WithdrawOrderRequest& request) override;
  absl::StatusOr<v1::GetEvidenceResponse> GetEvidence(const v1::GetEvidenceRequest& request) override;
  absl::StatusOr<v1::ListOrdersOfKeyResponse> ListOrdersOfKey(const v1::ListOrdersOfKeyRequest& request) override;
  absl::StatusOr<v1::ResumeOrdersResponse> ResumeOrders(const v1::ResumeOrdersRequest& request) override;
  absl::StatusOr<v1::SubmitCaseActsResponse> SubmitCaseActs(const v1::SubmitCaseActsRequest& request) override;
  absl::StatusOr<v1::GetCaseResponse> GetCase(const v1::GetCaseRequest& request) override;
  absl::StatusOr<v1::ListMeasuresResponse> ListMeasures(const v1::ListMeasuresRequest& request) override;
  absl::StatusOr<v1::PutBlobPartResponse> PutBlobPart(const v1::PutBlobPartRequest& request) override;
  absl::StatusOr<v1::GetBlobPartResponse> GetBlobPart(const v1::GetBlobPartRequest& request) override;
  absl::StatusOr<v1::SubmitObjectionsResponse> AnswerObjection(const v1::SubmitObjectionsRequest& request) override;
  absl::StatusOr<v1::ListObjectionsResponse> ListObjections(const v1::ListObjectionsRequest& request) override;
  absl::StatusOr<v1::ListIncidentsResponse> ListIncidents(const v1::ListIncidentsRequest& request) override;
  absl::StatusOr<v1::ListDueResponse> ListDue(const v1::ListDueRequest& request) override;
  std::unique_ptr<AlertStream> WatchAlerts(const v1::WatchAlertsRequest& request) override;
  absl::StatusOr<v1::GetCoverageResponse> GetCoverage(const v1::GetCoverageRequest& request) override;
  absl::StatusOr<v1::GetCaseInventoryResponse> GetCaseInventory(const v1::GetCaseInventoryRequest& request) override;
  absl::StatusOr<v1::ListUndecidedFreezesResponse> ListUndecidedFreezes(
      const v1::ListUndecidedFreezesRequest& request) override;
  absl::StatusOr<v1::ReadObjectionResponse> ReadObjection(const v1::ReadObjectionRequest& request) override;
  absl::StatusOr<v1::SubmitSupervisionResponse> SubmitSupervision(const v1::SubmitSupervisionRequest& request) override;
  absl::StatusOr<v1::ListSupervisionResponse> ListSupervision(const v1::ListSupervisionRequest& request) override;
  absl::StatusOr<v1::ReadSupervisionResponse> ReadSupervision(const v1::ReadSupervisionRequest& request) override;
  absl::StatusOr<v1::SubmitStatementsResponse> SubmitStatements(const v1::SubmitStatementsRequest& request) override;
  absl::StatusOr<v1::ListStatementsResponse> ListStatements(const v1::ListStatementsRequest& request) override;
  absl::StatusOr<v1::ListAgenciesResponse> ListAgencies(const v1::ListAgenciesRequest& request) override;
  absl::StatusOr<v1::GetPolicyResponse> GetPolicy(const v1::GetPolicyRequest& request) override;
  absl::StatusOr<v1::SubmitAdministrationResponse> SubmitAdministration(
      const v1::SubmitAdministrationRequest& request) override;
  absl::StatusOr<v1::ListProposalsResponse> ListProposals(const v1::ListProposalsRequest& request) override;
  absl::StatusOr<v1::MakeBackupResponse> MakeBackup(const v1::MakeBackupRequest&) override {
    return Fail(Reason::kUnavailable, "this gateway makes no backups");
  }
  absl::StatusOr<v1::GetMetricsResponse> GetMetrics(const v1::GetMetricsRequest& request) override;
  absl::StatusOr<v1::GetCheckpointResponse> GetCheckpoint(const v1::GetCheckpointRequest& request) override;
  absl::StatusOr<v1::ListEntriesResponse> ListEntries(const v1::ListEntriesRequest& request) override;
  absl::StatusOr<v1::GetInclusionProofResponse> GetInclusionProof(const v1::GetInclusionProofRequest& request) override;
  absl::StatusOr<v1::SearchAccessResponse> SearchAccess(const v1::SearchAccessRequest& request) override;
  absl::StatusOr<v1::GetConsistencyProofResponse> GetConsistencyProof(
      const v1::GetConsistencyProofRequest& request) override;
  absl::StatusOr<v1::WaitCheckpointResponse> WaitCheckpoint(const v1::WaitCheckpointRequest& request) override;
  absl::StatusOr<v1::AddCosignatureResponse> AddCosignature(const v1::AddCosignatureRequest& request) override;

  // What every call does first: fails when it was told to.
  absl::Status Answer();
  // An entry of this type; its index.
  uint64_t Append(uint16_t type, const std::string& body);

 private:
  v1::InclusionProof ProofOf(uint64_t index) const;
  // An hour into its day, when that is still to come.
  std::optional<absl::Time> BeginOf(const v1::Order& order) const;
  v1::OrderResult Accept(const std::string& member);
  // The answer to a member that the request says was refused before; absent for others.
  static std::optional<v1::OrderResult> RefusedBefore(const v1::SubmitOrdersRequest& request,
                                                      const std::string& member);
  absl::Status PapersAreHere(const v1::SignedBatch& batch) const;

  journal::Ed25519NoteSigner signer_;
  std::vector<std::string> leaves_;
  std::map<std::string, uint64_t> accepted_;  // order id -> index
  std::vector<uint64_t> recoveries_;
  int lose_ = 0;
  absl::Status fail_;
};

}  // namespace eagle::client
