// Orders: submitting, trying out, withdrawing.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/api/impl.h"
#include "server/api/papers.h"
#include "server/api/proofs.h"
#include "server/api/tags.h"
#include "server/api/views.h"
#include "server/base/assert.h"
#include "server/domain/act.h"
#include "server/domain/instant.h"
#include "server/journal/leaf.h"
#include "server/journal/merkle.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

// Marks the members that an ended origin had refused.
absl::Status MarkRefused(const SubmitOrdersRequest& request, const domain::Directory& directory,
                         domain::SubmitOrders& command) {
  Violations wrong;
  if (static_cast<size_t>(request.refused_before_size()) > command.members.size()) {
    wrong.Add("refused_before", Reason::kTooLarge, "more than the batch has members");
    return wrong.ToStatus("the batch can't be sent again like this");
  }
  const bool before = domain::FromProto(command.signed_head.head.signed_at()) <= directory.may_be_lost_until();
  for (int i = 0; i < request.refused_before_size(); ++i) {
    const auto member = std::find_if(command.members.begin(), command.members.end(), [&](const auto& one) {
      return one.parsed.order_id() == request.refused_before(i);
    });
    if (member == command.members.end()) {
      wrong.Add(absl::StrCat("refused_before[", i, "]"), Reason::kFieldInvalid, "no order of the batch has this id");
    } else if (!before) {
      wrong.Add(absl::StrCat("refused_before[", i, "]"), Reason::kFieldInvalid,
                "no recovery came after the signing of the batch");
    } else {
      member->refused_before = true;
    }
  }
  return wrong.empty() ? absl::OkStatus() : wrong.ToStatus("the batch can't be sent again like this");
}

absl::StatusOr<domain::SubmitOrders> OpenOrders(const core::Published& published, const HandlerPorts& ports,
                                                const Caller& caller, SubmitOrdersRequest request,
                                                trust::Signatures signatures, std::vector<journal::Hash>& digests) {
  const domain::Directory& directory = *published.directory;
  EAGLE_ASSIGN_OR_RETURN(VerifiedBatch verified,
                         Verify(
                             std::move(*request.mutable_batch()),
                             {.type = MEMBER_TYPE_ORDER,
                              .environment = directory.founding().environment(),
                              .signer = caller.code,
                              .signatures = signatures},
                             [&](const Head& head) { return OfficersOf(directory, head.signer()); }, ports.checker));
  EAGLE_ASSIGN_OR_RETURN(std::vector<v1::Order> orders, ParseMembers<v1::Order>(verified.members, Reading::kStrict));
  EAGLE_RETURN_IF_ERROR(CheckIds(orders, "order_id", [](const v1::Order& order) { return order.order_id(); }));
  domain::SubmitOrders command{.signed_head = std::move(verified.signed_head), .court = caller.court};
  for (size_t i = 0; i < orders.size(); ++i) {
    domain::OrderMember member{
        .bytes = std::move(verified.members[i]),
        .subject_tag = SubjectTag(ports.key_ring, orders[i].subject()),
        .officer_tags = OfficerTags(ports.key_ring, orders[i]),
        .case_number_tags = CaseNumberTags(ports.key_ring, caller.code, orders[i].case_number())};
    member.parsed = std::move(orders[i]);
    command.members.push_back(std::move(member));
  }
  digests = std::move(verified.digests);
  EAGLE_RETURN_IF_ERROR(MarkRefused(request, directory, command));
  return command;
}

// What is kept of a batch while the sequencer has it: for the answer, and for the agencies that will ask for its
// orders.
struct Submission {
  std::vector<std::string> ids;
  std::vector<std::shared_ptr<TaskBytes>> tasks;  // head and due are known once accepted
  std::shared_ptr<const HeadBytes> head;
};

std::shared_ptr<Submission> Keep(const domain::SubmitOrders& command, std::vector<journal::Hash> digests) {
  auto kept = std::make_shared<Submission>();
  const journal::CommitTree tree(journal::Frontier(), digests);
  for (size_t i = 0; i < command.members.size(); ++i) {
    kept->ids.push_back(command.members[i].parsed.order_id());
    auto task =
        std::make_shared<TaskBytes>(TaskBytes{.member = command.members[i].bytes, .index = static_cast<uint32_t>(i)});
    for (const journal::Hash& hash : tree.Inclusion(i)) task->path.emplace_back(journal::View(hash));
    kept->tasks.push_back(std::move(task));
  }
  auto head = std::make_shared<HeadBytes>(HeadBytes{command.signed_head.envelope, std::move(digests)});
  for (const auto& task : kept->tasks) task->envelope = head;
  kept->head = std::move(head);
  return kept;
}

void FillAcceptance(const std::string& leaf_bytes, uint64_t index, const core::Published& published,
                    OrderAccepted& body, Acceptance& acceptance) {
  const auto leaf = journal::DecodeLeaf(leaf_bytes);
  GATEWAY_ASSERT(leaf.ok() && body.ParseFromString(leaf->body), "the leaf was written by us");
  acceptance.set_order_seq(index);
  *acceptance.mutable_deadline() = DeadlineOf(body, leaf->time, published);
  if (body.begins() != 0) *acceptance.mutable_begins_at() = domain::ToProto(domain::FromMicros(body.begins()));
  for (std::string& code : CodesOf(domain::AgencySet::FromBytes(body.targets()), *published.directory))
    acceptance.add_agencies(std::move(code));
  acceptance.set_leaf(leaf_bytes);
}

// An answer that also speaks of entries of earlier commits: all its proofs lead to the checkpoint published now.
absl::Status ProveAll(Handlers::Impl& impl, const std::vector<uint64_t>& indexes, SubmitOrdersResponse& response) {
  const auto published = impl.published();
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl.Journal());
  PublishedProver prover(published, journal);
  for (int i = 0; i < response.results_size(); ++i) {
    if (!response.results(i).has_acceptance()) continue;
    Acceptance& acceptance = *response.mutable_results(i)->mutable_acceptance();
    const uint64_t index = indexes[static_cast<size_t>(i)];
    if (acceptance.leaf().empty()) {
      EAGLE_ASSIGN_OR_RETURN(const journal::PackedEntry packed, journal.Packed(index));
      OrderAccepted body;
      FillAcceptance(std::string(packed.leaf), index, *published, body, acceptance);
    }
    EAGLE_ASSIGN_OR_RETURN(*acceptance.mutable_proof(), prover.Inclusion(index));
  }
  EAGLE_ASSIGN_OR_RETURN(*response.mutable_checkpoint(), prover.Checkpoint());
  return absl::OkStatus();
}

void Answer(const std::shared_ptr<Handlers::Impl>& impl, Submission& kept, const domain::Result& result,
            const core::CommitView& commit, const Reply<SubmitOrdersResponse>& reply) {
  if (!result.status.ok()) return reply(result.status);
  const auto published = impl->published();
  SubmitOrdersResponse response;
  std::vector<uint64_t> indexes;
  bool earlier = false;
  uint64_t head = 0;
  for (size_t i = 0; i < result.members.size(); ++i) {
    const domain::MemberResult& member = result.members[i];
    OrderResult* out = response.add_results();
    out->set_order_id(kept.ids[i]);
    indexes.push_back(member.index);
    if (member.refusal) {
      *out->mutable_refusal() = RefusalView(*member.refusal, member.index);
      continue;
    }
    Acceptance* acceptance = out->mutable_acceptance();
    if (!commit.Holds(member.index)) {
      earlier = true;
      continue;
    }
    OrderAccepted body;
    FillAcceptance(commit.LeafOf(member.index), member.index, *published, body, *acceptance);
    acceptance->mutable_proof()->set_index(member.index);
    acceptance->mutable_proof()->set_size(commit.size());
    for (std::string& hash : commit.ProofOf(member.index)) acceptance->mutable_proof()->add_hashes(std::move(hash));
    if (member.repeated) continue;  // it stands twice in this batch
    kept.tasks[i]->head = head = body.head();
    kept.tasks[i]->signed_index = member.index;
    kept.tasks[i]->takes = domain::Takes(body.action());
    kept.tasks[i]->due_at = acceptance->deadline().due_at();
    impl->travel.RememberTask(OrderSeq(member.index), kept.tasks[i]);
  }
  if (head != 0) impl->travel.RememberHead(head, kept.head);
  response.set_checkpoint(commit.checkpoint());
  if (!earlier) return reply(std::move(response));
  impl->Later([impl, response = std::move(response), indexes = std::move(indexes), reply]() mutable {
    if (absl::Status status = ProveAll(*impl, indexes, response); !status.ok()) return reply(status);
    reply(std::move(response));
  });
}

// What a dry run would have answered.
ValidateOrdersResponse Preview(const domain::SubmitOrders& command, const domain::Result& result,
                               const std::vector<domain::Entry>& entries, const core::Published& published) {
  absl::flat_hash_map<std::string, Acceptance> acceptances;  // by order id
  for (const domain::Entry& entry : entries) {
    OrderAccepted body;
    if (entry.type != ENTRY_TYPE_ORDER_ACCEPTED || !body.ParseFromString(entry.body)) continue;
    Acceptance& acceptance = acceptances[body.order_id()];
    *acceptance.mutable_deadline() = DeadlineOf(body, entry.time, published);
    if (body.begins() != 0) *acceptance.mutable_begins_at() = domain::ToProto(domain::FromMicros(body.begins()));
    for (std::string& code : CodesOf(domain::AgencySet::FromBytes(body.targets()), *published.directory))
      acceptance.add_agencies(std::move(code));
  }
  ValidateOrdersResponse response;
  absl::flat_hash_set<std::string> covered;
  for (size_t i = 0; i < result.members.size(); ++i) {
    const v1::Order& order = command.members[i].parsed;
    OrderResult* out = response.add_results();
    out->set_order_id(order.order_id());
    if (result.members[i].refusal) {
      *out->mutable_refusal() = RefusalView(*result.members[i].refusal, 0);
    } else {
      *out->mutable_acceptance() = acceptances[order.order_id()];  // one that was accepted before: empty
    }
    for (const std::string& code : order.agencies()) {
      const domain::Agency* agency = published.directory->AgencyByCode(code);
      if (agency != nullptr && covered.insert(code).second)
        *response.add_coverage() = CoverageOf(*agency, order.action(), published);
    }
  }
  return response;
}

// Whether this is among all that was wrong with it; other mistakes may stand in front.
bool IsAmong(Reason reason, const Failure& refusal) {
  return refusal.reason == reason || std::any_of(refusal.violations.begin(), refusal.violations.end(),
                                                 [&](const Violation& one) { return one.reason == reason; });
}

// Orders about people in no case of their court, or in another than the one that is named: refused, on record, and
// somebody should ask why.
void NoticeStrangers(Handlers::Impl& impl, const Caller& caller, const domain::Result& result) {
  for (const domain::MemberResult& member : result.members) {
    if (!member.refusal || member.repeated) continue;
    const bool without_case = IsAmong(Reason::kCaseUnknown, *member.refusal);
    if (!without_case && !IsAmong(Reason::kNotRespondent, *member.refusal)) continue;
    ++(without_case ? impl.inquiries_without_case : impl.inquiries_about_strangers);
    impl.Alert(without_case ? "inquiry_without_case" : "inquiry_about_stranger",
               {{"court", caller.code}, {"journal_index", std::to_string(member.index)}});
  }
}

}  // namespace

void Handlers::SubmitOrders(const Caller& caller, SubmitOrdersRequest request, Reply<SubmitOrdersResponse> reply) {
  if (absl::Status may = MayCall(caller, "/goldeneagle.v1.OrderService/SubmitOrders"); !may.ok()) return reply(may);
  std::vector<journal::Hash> digests;
  auto command =
      OpenOrders(*impl_->published(), impl_->ports, caller, std::move(request), trust::Signatures::kRequired, digests);
  if (!command.ok()) return reply(command.status());
  if (absl::Status there = PapersAreHere(*impl_, caller, *command); !there.ok()) return reply(there);
  std::shared_ptr<Submission> kept = Keep(*command, std::move(digests));
  impl_->Submit<SubmitOrdersResponse>(
      *std::move(command), reply,
      [impl = impl_, caller, kept, reply](const domain::Result& result, const core::CommitView& commit) {
        NoticeStrangers(*impl, caller, result);
        Answer(impl, *kept, result, commit, reply);
      });
}

void Handlers::ValidateOrders(const Caller& caller, SubmitOrdersRequest request, Reply<ValidateOrdersResponse> reply) {
  if (absl::Status may = MayCall(caller, "/goldeneagle.v1.OrderService/ValidateOrders"); !may.ok()) return reply(may);
  std::vector<journal::Hash> digests;
  auto opened =
      OpenOrders(*impl_->published(), impl_->ports, caller, std::move(request), trust::Signatures::kOptional, digests);
  if (!opened.ok()) return reply(opened.status());
  auto command = std::make_shared<const domain::SubmitOrders>(*std::move(opened));
  auto missing = MissingPapers(*impl_, caller, *command);
  if (!missing.ok()) return reply(missing.status());
  const absl::Status status = impl_->ports.sequencer.SubmitDryRun(
      *command, [impl = impl_, command, missing = *std::move(missing), reply](
                    const domain::Result& result, const std::vector<domain::Entry>& entries) {
        if (!result.status.ok()) return reply(result.status);
        ValidateOrdersResponse response = Preview(*command, result, entries, *impl->published());
        std::set<std::string> named;
        for (const MissingPaper& paper : missing) named.insert(paper.digest);
        for (const std::string& digest : named) response.add_papers_missing(digest);
        reply(std::move(response));
      });
  if (!status.ok()) reply(status);
}

void Handlers::WithdrawOrder(const Caller& caller, WithdrawOrderRequest request, Reply<WithdrawOrderResponse> reply) {
  if (absl::Status may = MayCall(caller, "/goldeneagle.v1.OrderService/WithdrawOrder"); !may.ok()) return reply(may);
  domain::Withdraw command{.court = caller.court, .request_id = request.request_id(), .order_id = request.order_id()};
  impl_->Submit<WithdrawOrderResponse>(
      std::move(command), reply, [impl = impl_, reply](const domain::Result& result, const core::CommitView&) {
        if (!result.status.ok()) return reply(result.status);
        const auto published = impl->published();
        WithdrawOrderResponse response;
        for (std::string& code :
             CodesOf(domain::AgencySet::FromBytes(result.agencies_withdrawn), *published->directory))
          response.add_withdrawn_at(std::move(code));
        for (std::string& code : CodesOf(domain::AgencySet::FromBytes(result.agencies_begun), *published->directory))
          response.add_begun_at(std::move(code));
        response.set_journal_index(result.index);
        reply(std::move(response));
      });
}

}  // namespace eagle::api
