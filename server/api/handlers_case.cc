// Cases: opening, stage, cap, respondents; looking at one.
#include "goldeneagle/v1/entry.pb.h"
#include "server/api/audited.h"
#include "server/api/impl.h"
#include "server/api/proofs.h"
#include "server/api/tags.h"
#include "server/api/views.h"
#include "server/domain/instant.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

std::string NumberOf(const CaseAct& act) {
  return act.has_open()    ? act.open().case_number()
         : act.has_stage() ? act.stage().case_number()
         : act.has_cap()   ? act.cap().case_number()
                           : act.respondents().case_number();
}

// For real: each opening that isn't known yet gets a key, durable before the command queues. A trial needs no key and
// no signatures.
absl::StatusOr<domain::SubmitCases> OpenCases(Handlers::Impl& impl, const Caller& caller, SignedBatch batch,
                                              bool trial) {
  const auto published = impl.published();
  const domain::Directory& directory = *published->directory;
  EAGLE_ASSIGN_OR_RETURN(
      VerifiedBatch verified,
      Verify(
          std::move(batch),
          {.type = MEMBER_TYPE_CASE,
           .environment = directory.founding().environment(),
           .signer = caller.code,
           .signatures = trial ? trust::Signatures::kOptional : trust::Signatures::kRequired},
          [&](const Head& head) { return OfficersOf(directory, head.signer()); }, impl.ports.checker));
  EAGLE_ASSIGN_OR_RETURN(std::vector<CaseAct> acts, ParseMembers<CaseAct>(verified.members, Reading::kStrict));
  EAGLE_RETURN_IF_ERROR(CheckIds(acts, "request_id", [](const CaseAct& act) { return act.request_id(); }));
  LazyJournal journal(impl.ports.store, impl.ports.keys);
  domain::SubmitCases command{.signed_head = std::move(verified.signed_head), .court = caller.court};
  for (size_t i = 0; i < acts.size(); ++i) {
    domain::CaseMember member{.bytes = std::move(verified.members[i]),
                              .number_tags = CaseNumberTags(impl.ports.key_ring, caller.code, NumberOf(acts[i]))};
    for (const auto& respondent : acts[i].open().respondents())
      member.subject_tags.push_back(SubjectTag(impl.ports.key_ring, respondent.identity()));
    for (const auto& added : acts[i].respondents().add())
      member.subject_tags.push_back(SubjectTag(impl.ports.key_ring, added.identity()));
    for (const auto& removed : acts[i].respondents().remove())
      member.subject_tags.push_back(SubjectTag(impl.ports.key_ring, removed));
    if (acts[i].has_open() && !trial) {
      EAGLE_ASSIGN_OR_RETURN(JournalReader* const reader, journal());
      EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::IdUse> known, reader->UseOf(acts[i].request_id()));
      if (!known) {
        EAGLE_ASSIGN_OR_RETURN(member.fresh_key_id, impl.ports.key_ring.NewKey(kCaseScope));
      }
    }
    member.parsed = std::move(acts[i]);
    command.members.push_back(std::move(member));
  }
  return command;
}

// The case that an act concerns, from the act's own leaf.
uint64_t CaseOf(const journal::Leaf& leaf) {
  return leaf.type == ENTRY_TYPE_CASE_OPENED ? leaf.index.value() : leaf.case_seq.value();
}

absl::Status ProveAll(Handlers::Impl& impl, SubmitCaseActsResponse& response) {
  const auto published = impl.published();
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl.Journal());
  PublishedProver prover(published, journal);
  for (CaseActResult& result : *response.mutable_results()) {
    if (!result.has_acceptance()) continue;
    CaseAcceptance& acceptance = *result.mutable_acceptance();
    EAGLE_ASSIGN_OR_RETURN(const journal::PackedEntry packed, journal.Packed(acceptance.journal_index()));
    acceptance.set_leaf(std::string(packed.leaf));
    EAGLE_ASSIGN_OR_RETURN(const journal::Leaf leaf, journal::DecodeLeaf(packed.leaf));
    acceptance.set_case_seq(CaseOf(leaf));
    EAGLE_ASSIGN_OR_RETURN(*acceptance.mutable_proof(), prover.Inclusion(acceptance.journal_index()));
  }
  EAGLE_ASSIGN_OR_RETURN(*response.mutable_checkpoint(), prover.Checkpoint());
  return absl::OkStatus();
}

SubmitCaseActsResponse Results(const domain::Result& result) {
  SubmitCaseActsResponse response;
  for (const domain::MemberResult& member : result.members) {
    CaseActResult* out = response.add_results();
    out->set_request_id(member.id);
    if (member.refusal) {
      *out->mutable_refusal() = RefusalView(*member.refusal, member.index);
    } else {
      out->mutable_acceptance()->set_journal_index(member.index);
    }
  }
  return response;
}

void Answer(const std::shared_ptr<Handlers::Impl>& impl, const domain::Result& result, const core::CommitView& commit,
            const Reply<SubmitCaseActsResponse>& reply) {
  if (!result.status.ok()) return reply(result.status);
  SubmitCaseActsResponse response = Results(result);
  bool earlier = false;
  for (CaseActResult& each : *response.mutable_results()) {
    if (!each.has_acceptance()) continue;
    CaseAcceptance& acceptance = *each.mutable_acceptance();
    const uint64_t index = acceptance.journal_index();
    if (!commit.Holds(index)) {
      earlier = true;
      continue;
    }
    acceptance.set_leaf(commit.LeafOf(index));
    const auto leaf = journal::DecodeLeaf(acceptance.leaf());
    if (leaf.ok()) acceptance.set_case_seq(CaseOf(*leaf));
    acceptance.mutable_proof()->set_index(index);
    acceptance.mutable_proof()->set_size(commit.size());
    for (std::string& hash : commit.ProofOf(index)) acceptance.mutable_proof()->add_hashes(std::move(hash));
  }
  response.set_checkpoint(commit.checkpoint());
  if (!earlier) return reply(std::move(response));
  impl->Later([impl, response = std::move(response), reply]() mutable {
    if (absl::Status status = ProveAll(*impl, response); !status.ok()) return reply(status);
    reply(std::move(response));
  });
}

}  // namespace

void Handlers::SubmitCaseActs(const Caller& caller, SubmitCaseActsRequest request,
                              Reply<SubmitCaseActsResponse> reply) {
  if (absl::Status may = MayCall(caller, "/goldeneagle.v1.CaseService/SubmitCaseActs"); !may.ok()) return reply(may);
  auto command = OpenCases(*impl_, caller, std::move(*request.mutable_batch()), /*trial=*/request.validate_only());
  if (!command.ok()) return reply(command.status());
  if (request.validate_only()) {
    const absl::Status status = impl_->ports.sequencer.SubmitDryRun(
        *std::move(command), [reply](const domain::Result& result, const std::vector<domain::Entry>&) {
          if (!result.status.ok()) return reply(result.status);
          reply(Results(result));
        });
    if (!status.ok()) reply(status);
    return;
  }
  impl_->Submit<SubmitCaseActsResponse>(
      *std::move(command), reply, [impl = impl_, reply](const domain::Result& result, const core::CommitView& commit) {
        Answer(impl, result, commit, reply);
      });
}

void Handlers::GetCase(const Caller& caller, GetCaseRequest request, Reply<GetCaseResponse> reply) {
  constexpr std::string_view kMethod = "/goldeneagle.v1.CaseService/GetCase";
  const auto prepare = [&]() -> absl::StatusOr<std::pair<GetCaseResponse, domain::RecordAccess>> {
    EAGLE_RETURN_IF_ERROR(MayCall(caller, kMethod));
    EAGLE_ASSIGN_OR_RETURN(trust::OpenedTicket ticket, TakeTicket(*impl_, caller, request.officer_ticket()));
    const auto published = impl_->published();
    const trust::KeyRing& ring = impl_->ports.key_ring;
    EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
    EAGLE_ASSIGN_OR_RETURN(const domain::Case row, CaseToRead(*impl_, caller, kMethod, request.court(),
                                                              request.case_number(), ticket, journal));
    EAGLE_ASSIGN_OR_RETURN(const domain::Case of, journal.FoldedCase(row.seq));
    if (!of.readable) return Fail(Reason::kErased, "the case was erased");
    GetCaseResponse response;
    EAGLE_ASSIGN_OR_RETURN(*response.mutable_case_(), CaseViewOf(of, *published, journal));
    domain::RecordAccess read = AccessBy(ring, caller, "GetCase", std::move(ticket));
    read.case_seq = row.seq;
    for (const auto& respondent : of.open.respondents())
      read.subject_tags.push_back(SubjectTag(ring, respondent.identity()));
    read.rows = static_cast<uint32_t>(response.case_().measures_size());
    return std::make_pair(std::move(response), std::move(read));
  };
  auto prepared = prepare();
  if (!prepared.ok()) return reply(prepared.status());
  RecordThenReply(impl_, caller, std::move(prepared->second), std::move(prepared->first), std::move(reply));
}

}  // namespace eagle::api
