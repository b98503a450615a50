// Receipts: what agencies report, signed.
#include "goldeneagle/v1/entry.pb.h"
#include "server/api/impl.h"
#include "server/api/views.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

// The fence guards sessions: returns and progress need the lease. Facts don't, and money that was sent is one.
bool NeedsLease(const Receipt& receipt) {
  if (receipt.kind() == RECEIPT_KIND_RETURNED) return true;
  if (receipt.kind() != RECEIPT_KIND_PROGRESS) return false;
  return receipt.items_size() == 0 || receipt.items(0).outcome() != OUTCOME_SENT_NOT_CONFIRMED;
}

absl::StatusOr<bool> HoldsLease(const HandlerPorts& ports, const Caller& caller, const std::string& instance,
                                const Receipt& receipt, LazyJournal& journal) {
  EAGLE_ASSIGN_OR_RETURN(JournalReader* const reader, journal());
  EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::IdUse> use, reader->UseOf(receipt.order_id()));
  return !use ||
         ports.dispatcher.Holds(caller.agency, instance, OrderSeq(use->index));  // an unknown order is refused for that
}

absl::StatusOr<domain::ReportReceipts> OpenReceipts(Handlers::Impl& impl, const Caller& caller,
                                                    ReportResultsRequest& request, bool events) {
  if (request.instance().empty())
    return Fail(Reason::kFieldMissing, "the instance names itself").At("instance", "the field is required");
  const auto published = impl.published();
  const domain::Directory& directory = *published->directory;
  EAGLE_ASSIGN_OR_RETURN(
      VerifiedBatch verified,
      Verify(
          std::move(*request.mutable_batch()),
          {.type = MEMBER_TYPE_RECEIPT, .environment = directory.founding().environment(), .signer = caller.code},
          [&](const Head& head) { return KeyOf(directory, "agency/" + head.signer()); }, impl.ports.checker));
  EAGLE_ASSIGN_OR_RETURN(std::vector<Receipt> receipts, ParseMembers<Receipt>(verified.members, Reading::kTolerant));
  Violations wrong;
  for (size_t i = 0; i < receipts.size(); ++i) {
    if ((receipts[i].kind() == RECEIPT_KIND_EVENT) == events) continue;
    wrong.Add("members[" + std::to_string(i) + "].kind", Reason::kFieldInvalid,
              events ? "ReportEvents takes events only" : "events go to ReportEvents");
  }
  if (!wrong.empty()) return wrong.ToStatus("the batch holds receipts that this call doesn't take");
  LazyJournal journal(impl.ports.store, impl.ports.keys);
  domain::ReportReceipts command{.signed_head = std::move(verified.signed_head), .agency = caller.agency};
  for (size_t i = 0; i < receipts.size(); ++i) {
    domain::ReceiptMember member{.bytes = std::move(verified.members[i])};
    if (NeedsLease(receipts[i])) {
      EAGLE_ASSIGN_OR_RETURN(const bool holds,
                             HoldsLease(impl.ports, caller, request.instance(), receipts[i], journal));
      member.lease_lost = !holds;
    }
    member.parsed = std::move(receipts[i]);
    command.members.push_back(std::move(member));
  }
  return command;
}

void Report(const std::shared_ptr<Handlers::Impl>& impl, const Caller& caller, ReportResultsRequest request,
            bool events, const Reply<ReportResultsResponse>& reply) {
  auto command = OpenReceipts(*impl, caller, request, events);
  if (!command.ok()) return reply(command.status());
  // A report shows that the instance lives; whether it introduced itself doesn't matter to facts.
  impl->ports.dispatcher.Seen(caller.agency, request.instance()).IgnoreError();
  impl->Submit<ReportResultsResponse>(*std::move(command), reply,
                                      [reply](const domain::Result& result, const core::CommitView& commit) {
                                        if (!result.status.ok()) return reply(result.status);
                                        ReportResultsResponse response;
                                        for (const domain::MemberResult& member : result.members)
                                          AddReceiptResult(member, response);
                                        response.set_checkpoint(commit.checkpoint());
                                        reply(std::move(response));
                                      });
}

}  // namespace

void Handlers::ReportResults(const Caller& caller, ReportResultsRequest request, Reply<ReportResultsResponse> reply) {
  if (absl::Status may = MayCall(caller, "/goldeneagle.v1.AdapterService/ReportResults"); !may.ok()) return reply(may);
  Report(impl_, caller, std::move(request), /*events=*/false, reply);
}

void Handlers::ReportEvents(const Caller& caller, ReportResultsRequest request, Reply<ReportResultsResponse> reply) {
  if (absl::Status may = MayCall(caller, "/goldeneagle.v1.AdapterService/ReportEvents"); !may.ok()) return reply(may);
  Report(impl_, caller, std::move(request), /*events=*/true, reply);
}

}  // namespace eagle::api
