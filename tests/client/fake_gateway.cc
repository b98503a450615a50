#include "tests/client/fake_gateway.h"

#include "goldeneagle/v1/entry.pb.h"
#include "server/base/assert.h"
#include "server/base/reason.h"
#include "server/journal/checkpoint.h"
#include "server/journal/merkle.h"
#include "server/journal/witness.h"
#include "server/trust/timestamps.h"

namespace eagle::client {
namespace {

constexpr char kOrigin[] = "fake.example/log1";

// The edge of these logs keeps its full tiles.
class NoTiles : public journal::TileSource {
 public:
  absl::StatusOr<std::string> Tile(unsigned, uint64_t, unsigned) override {
    return Fail(Reason::kInternal, "no tile was taken from the edge");
  }
};

// As it comes off the wire.
absl::Status FromGateway(const absl::Status& status) {
  Failure failure = FailureOf(status);
  failure.metadata.emplace_back("origin", "gateway");
  return ToStatus(failure);
}

std::string Bytes(const journal::Hash& hash) { return std::string(journal::View(hash)); }

}  // namespace

FakeGateway::FakeGateway(absl::Time at)
    : FakeGateway(at, journal::Ed25519NoteSigner(kOrigin, *journal::PrivateKey::FromSeed(std::string(32, 'L')))) {}
FakeGateway::FakeGateway(absl::Time at, journal::Ed25519NoteSigner signer) : now(at), signer_(std::move(signer)) {
  Grow();
}

uint64_t FakeGateway::Append(uint16_t type, const std::string& body) {
  const uint64_t index = leaves_.size();
  leaves_.push_back(journal::EncodeLeaf({.type = type, .index = EntryIndex(index), .time = now, .body = body}));
  return index;
}

void FakeGateway::Grow(int entries) {
  for (int i = 0; i < entries; ++i) Append(v1::ENTRY_TYPE_ACCESS_RECORDED, "");
}

void FakeGateway::Fork(uint64_t keep) {
  const uint64_t size = leaves_.size();
  leaves_.resize(keep);
  while (leaves_.size() < size) Append(v1::ENTRY_TYPE_ADAPTER_ABSENT, "");
}

void FakeGateway::Found(const v1::LogFounded& founding) {
  leaves_.clear();
  Append(v1::ENTRY_TYPE_LOG_FOUNDED, founding.SerializeAsString());
}

void FakeGateway::Recover(uint64_t keep, const v1::LogRecovered& body, journal::Ed25519NoteSigner signer) {
  leaves_.resize(keep);
  std::erase_if(accepted_, [&](const auto& one) { return one.second >= keep; });
  recoveries_.push_back(Append(v1::ENTRY_TYPE_LOG_RECOVERED, body.SerializeAsString()));
  signer_ = std::move(signer);
}

std::string FakeGateway::RootAt(uint64_t size) const {
  std::vector<journal::Hash> hashes;
  for (uint64_t i = 0; i < size; ++i) hashes.push_back(journal::LeafHash(leaves_[i]));
  return Bytes(journal::RootOfLeaves(hashes));
}

std::string FakeGateway::CheckpointAt(uint64_t size) const {
  std::vector<journal::Hash> hashes;
  for (uint64_t i = 0; i < size; ++i) hashes.push_back(journal::LeafHash(leaves_[i]));
  return *journal::SignCheckpoint({signer_.name(), size, journal::RootOfLeaves(hashes)}, signer_);
}

v1::InclusionProof FakeGateway::ProofOf(uint64_t index) const {
  std::vector<journal::Hash> hashes;
  for (const std::string& leaf : leaves_) hashes.push_back(journal::LeafHash(leaf));
  v1::InclusionProof proof;
  proof.set_index(index);
  proof.set_size(leaves_.size());
  for (const journal::Hash& hash : journal::PathOf(hashes, index)) proof.add_hashes(Bytes(hash));
  return proof;
}

absl::Status FakeGateway::Answer() {
  if (lose_ > 0) {
    --lose_;
    return Fail(Reason::kUnavailable, "the line broke");
  }
  return fail_;
}

v1::OrderResult FakeGateway::Accept(const std::string& member) {
  v1::Order order;
  GATEWAY_ASSERT(order.ParseFromString(member), "tests send orders");
  v1::OrderResult result;
  result.set_order_id(order.order_id());
  if (const auto refused = refusals.find(order.case_number()); refused != refusals.end()) {
    *result.mutable_refusal() = refused->second;
    return result;
  }
  const absl::Time due_at = now + absl::Hours(24);
  v1::OrderAccepted body;
  body.set_order_id(order.order_id());
  body.set_digest(Bytes(journal::LeafHash(member)));
  body.set_action(order.action());
  body.set_urgency(order.urgency());
  body.set_targets(std::string(1, static_cast<char>((1 << order.agencies_size()) - 1)));
  body.set_due(absl::ToUnixMicros(due_at));
  body.set_deadline_row("ANSWER_URGENT");
  body.set_policy_version(1);
  body.add_marks(absl::ToUnixMicros(due_at));
  body.add_marks_permille(1000);
  const auto known = accepted_.find(order.order_id());
  const uint64_t index =
      known != accepted_.end() ? known->second : Append(v1::ENTRY_TYPE_ORDER_ACCEPTED, body.SerializeAsString());
  accepted_[order.order_id()] = index;
  v1::Acceptance& acceptance = *result.mutable_acceptance();
  acceptance.set_order_seq(index);
  acceptance.set_leaf(leaves_[index]);
  *acceptance.mutable_agencies() = order.agencies();
  *acceptance.mutable_deadline()->mutable_due_at() = trust::TimestampOf(due_at);
  acceptance.mutable_deadline()->set_row("ANSWER_URGENT");
  acceptance.mutable_deadline()->set_explanation(
      "due Tue 29 Sep 09:00 (Asia/Shanghai), because urgent orders are due 24 hours after acceptance");
  *acceptance.mutable_deadline()->add_marks() = trust::TimestampOf(due_at);
  acceptance.mutable_deadline()->add_marks_permille(1000);
  return result;
}

std::optional<v1::OrderResult> FakeGateway::RefusedBefore(const v1::SubmitOrdersRequest& request,
                                                          const std::string& member) {
  v1::Order order;
  order.ParseFromString(member);
  const auto& ids = request.refused_before();
  if (std::find(ids.begin(), ids.end(), order.order_id()) == ids.end()) return std::nullopt;
  v1::OrderResult result;
  result.set_order_id(order.order_id());
  result.mutable_refusal()->set_reason("REFUSED_BEFORE");
  return result;
}

absl::Status FakeGateway::PapersAreHere(const v1::SignedBatch& batch) const {
  Violations wrong;
  for (const std::string& member : batch.members()) {
    v1::Order order;
    if (!papers_travel || !order.ParseFromString(member)) continue;
    for (const v1::Instrument& named : order.instruments()) {
      const auto parts = papers.find(named.digest());
      std::string content;
      if (parts != papers.end()) {
        for (const auto& [part, bytes] : parts->second) content += bytes;
      }
      if (journal::View(journal::Sha256(content)) != named.digest())
        wrong.Add("instruments", Reason::kBlobMissing, "isn't here");
    }
  }
  return wrong.empty() ? absl::OkStatus() : FromGateway(wrong.ToStatus("papers that travel aren't here"));
}

absl::StatusOr<v1::PutBlobPartResponse> FakeGateway::PutBlobPart(const v1::PutBlobPartRequest& request) {
  EAGLE_RETURN_IF_ERROR(fail_);
  if (!papers_travel) return FromGateway(Fail(Reason::kPapersNotTaken, "the policy in force has no row for papers"));
  constexpr uint64_t kPart = 256 << 10;
  auto& parts = papers[request.digest()];
  if (!request.content().empty()) {
    if (parts_put == parts_kept) return Fail(Reason::kUnavailable, "the connection was cut");
    parts[request.part()] = request.content();
    ++parts_put;
  }
  v1::PutBlobPartResponse response;
  for (uint32_t part = 0; part * kPart < request.size_bytes(); ++part) {
    if (!parts.contains(part)) response.add_parts_missing(part);
  }
  response.set_complete(response.parts_missing().empty());
  return response;
}

absl::StatusOr<v1::GetBlobPartResponse> FakeGateway::GetBlobPart(const v1::GetBlobPartRequest& request) {
  EAGLE_RETURN_IF_ERROR(fail_);
  blob_request = request;
  const auto found = papers.find(request.digest());
  if (found == papers.end() || !found->second.contains(request.part()))
    return FromGateway(Fail(Reason::kNotFound, "no paper of the caller's has this name"));
  v1::GetBlobPartResponse response;
  response.set_content(found->second.at(request.part()));
  uint64_t size = 0;
  for (const auto& [part, bytes] : found->second) size += bytes.size();
  response.set_size_bytes(size);
  return response;
}

absl::StatusOr<v1::SubmitOrdersResponse> FakeGateway::SubmitOrders(const v1::SubmitOrdersRequest& request) {
  EAGLE_RETURN_IF_ERROR(fail_);
  EAGLE_RETURN_IF_ERROR(PapersAreHere(request.batch()));
  order_batches.push_back(request.batch());
  v1::SubmitOrdersResponse response;
  for (const std::string& member : request.batch().members()) {
    if (auto before = RefusedBefore(request, member)) {
      *response.add_results() = *std::move(before);
    } else {
      *response.add_results() = Accept(member);
    }
  }
  for (v1::OrderResult& result : *response.mutable_results()) {
    if (result.has_acceptance())
      *result.mutable_acceptance()->mutable_proof() = ProofOf(result.acceptance().order_seq());
  }
  response.set_checkpoint(Checkpoint());
  if (tamper_orders) tamper_orders(response);
  EAGLE_RETURN_IF_ERROR(Answer());
  return response;
}

absl::StatusOr<v1::ValidateOrdersResponse> FakeGateway::ValidateOrders(const v1::SubmitOrdersRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  v1::ValidateOrdersResponse response;
  for (const std::string& member : request.batch().members()) {
    v1::Order order;
    order.ParseFromString(member);
    v1::OrderResult& result = *response.add_results();
    result.set_order_id(order.order_id());
    if (auto before = RefusedBefore(request, member)) {
      result = *std::move(before);
    } else if (const auto refused = refusals.find(order.case_number()); refused != refusals.end()) {
      *result.mutable_refusal() = refused->second;
    } else {
      *result.mutable_acceptance()->mutable_deadline()->mutable_due_at() = trust::TimestampOf(now + absl::Hours(24));
    }
  }
  for (const v1::CoverageView& view : coverage) *response.add_coverage() = view;
  return response;
}

absl::StatusOr<v1::GetOrderResponse> FakeGateway::GetOrder(const v1::GetOrderRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  if (on_get_order) on_get_order(request);
  const auto found = orders.find(request.order_id());
  if (found == orders.end()) return Fail(Reason::kNotFound, "no such order").With("origin", "gateway");
  v1::GetOrderResponse response;
  *response.mutable_order() = found->second;
  return response;
}

absl::StatusOr<v1::ListOrdersResponse> FakeGateway::ListOrders(const v1::ListOrdersRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  // Pages of one, so that whoever asks must turn them.
  v1::ListOrdersResponse response;
  auto at = request.page_token().empty() ? orders.begin() : orders.upper_bound(request.page_token());
  if (at == orders.end()) return response;
  *response.add_orders() = at->second;
  if (std::next(at) != orders.end()) response.set_next_page_token(at->first);
  return response;
}

std::unique_ptr<WatchStream> FakeGateway::WatchOrders(const v1::WatchOrdersRequest&) {
  return std::make_unique<QueuedStream<v1::WatchOrdersResponse>>(std::exchange(watch, {}));
}

absl::StatusOr<v1::ListFindingsResponse> FakeGateway::ListFindings(const v1::ListFindingsRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  findings_request = request;
  if (on_list_findings) on_list_findings(request);
  v1::ListFindingsResponse response;
  size_t next = request.page_token().empty() ? 0 : std::stoul(request.page_token());
  const size_t end = findings_per_page == 0 ? findings.size() : std::min(findings.size(), next + findings_per_page);
  for (; next < end; ++next) *response.add_findings() = findings[next];
  if (next < findings.size()) {
    response.set_next_page_token(std::to_string(next));
    return response;
  }
  for (const std::string& code : unanswered) response.add_unanswered(code);
  return response;
}

absl::StatusOr<v1::WithdrawOrderResponse> FakeGateway::WithdrawOrder(const v1::WithdrawOrderRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  withdrawn = request;
  v1::WithdrawOrderResponse response;
  response.add_withdrawn_at("9900030");
  response.add_begun_at("9900010");
  response.set_journal_index(7);
  return response;
}

absl::StatusOr<v1::GetEvidenceResponse> FakeGateway::GetEvidence(const v1::GetEvidenceRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  evidence_request = request;
  return evidence;
}

absl::StatusOr<v1::ListOrdersOfKeyResponse> FakeGateway::ListOrdersOfKey(const v1::ListOrdersOfKeyRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  of_key_request = request;
  return of_key;
}

absl::StatusOr<v1::ResumeOrdersResponse> FakeGateway::ResumeOrders(const v1::ResumeOrdersRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  resumed = request;
  v1::ResumeOrdersResponse response;
  for (const std::string& id : request.order_ids()) {
    v1::ResumeResult* result = response.add_results();
    result->set_order_id(id);
    result->set_journal_index(9);
  }
  EAGLE_ASSIGN_OR_RETURN(const v1::GetCheckpointResponse head, GetCheckpoint({}));
  response.set_checkpoint(head.checkpoint());
  return response;
}

absl::StatusOr<v1::SubmitCaseActsResponse> FakeGateway::SubmitCaseActs(const v1::SubmitCaseActsRequest& request) {
  EAGLE_RETURN_IF_ERROR(fail_);
  v1::SubmitCaseActsResponse response;
  if (!request.validate_only()) case_batches.push_back(request.batch());
  for (const std::string& member : request.batch().members()) {
    v1::CaseAct act;
    act.ParseFromString(member);
    v1::CaseActResult& result = *response.add_results();
    result.set_request_id(act.request_id());
    if (const auto refused = refusals.find(act.open().case_number()); refused != refusals.end()) {
      *result.mutable_refusal() = refused->second;
      continue;
    }
    v1::CaseOpened body;
    body.set_digest(Bytes(journal::LeafHash(member)));
    body.set_request_id(act.request_id());
    if (request.validate_only()) continue;
    // The first fields of both bodies aren't the same ones.
    v1::CaseRespondentsChanged people;
    people.set_digest(body.digest()), people.set_request_id(body.request_id());
    const uint64_t index = act.has_respondents()
                               ? Append(v1::ENTRY_TYPE_CASE_RESPONDENTS_CHANGED, people.SerializeAsString())
                               : Append(v1::ENTRY_TYPE_CASE_OPENED, body.SerializeAsString());
    result.mutable_acceptance()->set_case_seq(index);
    result.mutable_acceptance()->set_journal_index(index);
    result.mutable_acceptance()->set_leaf(leaves_[index]);
  }
  for (v1::CaseActResult& result : *response.mutable_results()) {
    if (result.has_acceptance())
      *result.mutable_acceptance()->mutable_proof() = ProofOf(result.acceptance().journal_index());
  }
  response.set_checkpoint(Checkpoint());
  EAGLE_RETURN_IF_ERROR(Answer());
  return response;
}

absl::StatusOr<v1::GetCaseResponse> FakeGateway::GetCase(const v1::GetCaseRequest&) {
  EAGLE_RETURN_IF_ERROR(Answer());
  v1::GetCaseResponse response;
  *response.mutable_case_() = case_view;
  return response;
}

absl::StatusOr<v1::ListMeasuresResponse> FakeGateway::ListMeasures(const v1::ListMeasuresRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  measures_request = request;
  const size_t page = request.page_token().empty() ? 0 : std::stoul(request.page_token());
  return page < measure_pages.size() ? measure_pages[page] : v1::ListMeasuresResponse();
}

absl::StatusOr<v1::SubmitObjectionsResponse> FakeGateway::AnswerObjection(const v1::SubmitObjectionsRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  objection_batches.push_back(request.batch());
  v1::SubmitObjectionsResponse response;
  for (const std::string& member : request.batch().members()) {
    v1::ObjectionAct act;
    act.ParseFromString(member);
    v1::ObjectionResult& result = *response.add_results();
    result.set_request_id(act.request_id());
    if (!objection_refusal.reason().empty()) {
      *result.mutable_refusal() = objection_refusal;
    } else {
      result.mutable_acceptance()->set_journal_index(Append(v1::ENTRY_TYPE_OBJECTION_ANSWERED, ""));
    }
  }
  response.set_checkpoint(Checkpoint());
  return response;
}

absl::StatusOr<v1::ListIncidentsResponse> FakeGateway::ListIncidents(const v1::ListIncidentsRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  incidents_request = request;
  return incidents;
}
absl::StatusOr<v1::ListObjectionsResponse> FakeGateway::ListObjections(const v1::ListObjectionsRequest&) {
  EAGLE_RETURN_IF_ERROR(Answer());
  return objections;
}

absl::StatusOr<v1::ReadObjectionResponse> FakeGateway::ReadObjection(const v1::ReadObjectionRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  thread_request = request;
  return thread;
}

absl::StatusOr<v1::SubmitStatementsResponse> FakeGateway::SubmitStatements(const v1::SubmitStatementsRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  statement_batches.push_back(request.batch());
  v1::SubmitStatementsResponse response;
  for (const std::string& member : request.batch().members()) {
    v1::Statement statement;
    statement.ParseFromString(member);
    v1::StatementResult& result = *response.add_results();
    result.set_subject(statement.subject());
    result.set_journal_index(Append(v1::ENTRY_TYPE_STATEMENT_ACCEPTED, ""));
  }
  response.set_checkpoint(Checkpoint());
  return response;
}

absl::StatusOr<v1::ListStatementsResponse> FakeGateway::ListStatements(const v1::ListStatementsRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  v1::ListStatementsResponse response;
  response.set_complete(true);
  for (const v1::DirectoryChange& change : statements) {
    if (change.position() <= request.position()) continue;
    if (response.statements_size() == 2) {  // small pages
      response.set_complete(false);
      break;
    }
    *response.add_statements() = change;
  }
  return response;
}

absl::StatusOr<v1::ListAgenciesResponse> FakeGateway::ListAgencies(const v1::ListAgenciesRequest&) {
  EAGLE_RETURN_IF_ERROR(Answer());
  v1::ListAgenciesResponse response;
  for (const v1::AgencyView& agency : agencies) *response.add_agencies() = agency;
  return response;
}

absl::StatusOr<v1::GetPolicyResponse> FakeGateway::GetPolicy(const v1::GetPolicyRequest&) {
  EAGLE_RETURN_IF_ERROR(Answer());
  if (!policy) return Fail(Reason::kNotFound, "no policy is installed yet").With("origin", "gateway");
  v1::GetPolicyResponse response;
  *response.mutable_table() = *policy;
  response.set_journal_index(7);
  *response.mutable_installed_at() = trust::TimestampOf(now);
  return response;
}

absl::StatusOr<v1::SubmitAdministrationResponse> FakeGateway::SubmitAdministration(
    const v1::SubmitAdministrationRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  administration_batches.push_back(request.batch());
  v1::SubmitAdministrationResponse response;
  for (const std::string& member : request.batch().members()) {
    v1::Administration act;
    act.ParseFromString(member);
    v1::AdministrationResult& result = *response.add_results();
    result.set_request_id(act.request_id());
    result.set_journal_index(Append(v1::ENTRY_TYPE_PROPOSAL_MADE, ""));
    result.set_in_effect(act.has_approval());
  }
  response.set_checkpoint(Checkpoint());
  return response;
}

absl::StatusOr<v1::ListProposalsResponse> FakeGateway::ListProposals(const v1::ListProposalsRequest&) {
  EAGLE_RETURN_IF_ERROR(Answer());
  v1::ListProposalsResponse response;
  for (const v1::ProposalView& view : proposals) *response.add_proposals() = view;
  return response;
}

absl::StatusOr<v1::GetMetricsResponse> FakeGateway::GetMetrics(const v1::GetMetricsRequest&) {
  EAGLE_RETURN_IF_ERROR(Answer());
  v1::GetMetricsResponse response;
  for (const v1::Metric& metric : metrics) *response.add_metrics() = metric;
  return response;
}

absl::StatusOr<v1::GetCheckpointResponse> FakeGateway::GetCheckpoint(const v1::GetCheckpointRequest&) {
  EAGLE_RETURN_IF_ERROR(Answer());
  v1::GetCheckpointResponse response;
  response.set_checkpoint(Checkpoint());
  for (const uint64_t index : recoveries_) response.add_recoveries(index);
  return response;
}

absl::StatusOr<v1::ListEntriesResponse> FakeGateway::ListEntries(const v1::ListEntriesRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  v1::ListEntriesResponse response;
  for (uint64_t i = request.first(); i < leaves_.size() && response.entries_size() < 3; ++i) {
    v1::JournalEntry& entry = *response.add_entries();
    entry.set_index(i);
    entry.set_leaf(leaves_[i]);
  }
  response.set_size(leaves_.size());
  if (tamper_entries) tamper_entries(response);
  return response;
}

absl::StatusOr<v1::GetInclusionProofResponse> FakeGateway::GetInclusionProof(
    const v1::GetInclusionProofRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  v1::GetInclusionProofResponse response;
  *response.mutable_proof() = ProofOf(request.index());
  response.set_leaf(leaves_[request.index()]);
  response.set_checkpoint(Checkpoint());
  return response;
}

absl::StatusOr<v1::SearchAccessResponse> FakeGateway::SearchAccess(const v1::SearchAccessRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  search_request = request;
  return search;
}

absl::StatusOr<v1::GetConsistencyProofResponse> FakeGateway::GetConsistencyProof(
    const v1::GetConsistencyProofRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  ++consistency_proofs;
  journal::Edge edge;
  for (uint64_t i = 0; i < request.size() && i < leaves_.size(); ++i) edge.Append(journal::LeafHash(leaves_[i]));
  NoTiles none;
  journal::EdgeSource source(edge, none);
  EAGLE_ASSIGN_OR_RETURN(const std::vector<journal::Hash> proof,
                         journal::ConsistencyProof(request.old_size(), edge.size(), source));
  v1::GetConsistencyProofResponse response;
  for (const journal::Hash& hash : proof) response.add_hashes(Bytes(hash));
  response.set_checkpoint(Checkpoint());
  if (tamper_consistency) tamper_consistency(response);
  return response;
}

absl::StatusOr<v1::WaitCheckpointResponse> FakeGateway::WaitCheckpoint(const v1::WaitCheckpointRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  v1::WaitCheckpointResponse response;
  if (request.size() < leaves_.size()) {
    journal::AddCheckpoint wanted{.old_size = request.size(), .checkpoint = Checkpoint()};
    v1::GetConsistencyProofRequest from;
    from.set_old_size(request.size()), from.set_size(leaves_.size());
    if (request.size() > 0) {
      EAGLE_ASSIGN_OR_RETURN(const v1::GetConsistencyProofResponse proof, GetConsistencyProof(from));
      for (const std::string& hash : proof.hashes()) wanted.proof.push_back(*journal::HashFrom(hash));
    }
    response.set_add_checkpoint(journal::FormatAddCheckpoint(wanted));
    response.set_size(leaves_.size());
  }
  if (tamper_wanted) tamper_wanted(response);
  return response;
}

absl::StatusOr<v1::AddCosignatureResponse> FakeGateway::AddCosignature(const v1::AddCosignatureRequest& request) {
  EAGLE_RETURN_IF_ERROR(Answer());
  cosignatures.push_back(request);
  v1::AddCosignatureResponse response;
  response.set_quorum(true);
  return response;
}

}  // namespace eagle::client
