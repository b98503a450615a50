// Evidence: an audited read, by the order's court or by whom its case was granted to.
#include "goldeneagle/v1/entry.pb.h"
#include "server/api/audited.h"
#include "server/api/evidence.h"
#include "server/api/impl.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr int kAgenciesNamedMax = 1000;

absl::Status CheckForm(const Caller& caller, const GetEvidenceRequest& request) {
  if (request.agencies_size() > kAgenciesNamedMax)
    return Fail(Reason::kFieldInvalid, "too many agencies").At("agencies", "at most 1,000");
  if (request.silence() && request.agencies_size() != 1)
    return Fail(Reason::kFieldInvalid, "silence is proved of one agency").At("agencies", "exactly one with `silence`");
  // The run holds other courts' leaves: those are for who audits.
  if (request.complete() && caller.role != Role::kAuditor)
    return Fail(Reason::kPermissionDenied, "only auditors may ask for a run of leaves");
  return absl::OkStatus();
}

uint32_t ReceiptsOpened(const Evidence& evidence) {
  uint32_t opened = 0;
  for (const EvidenceEntry& entry : evidence.entries()) {
    const auto leaf = journal::DecodeLeaf(entry.leaf());
    const bool receipt = leaf.ok() && leaf->order && leaf->type != ENTRY_TYPE_ORDER_RESUMED;
    opened += receipt && !entry.salt().empty() ? 1 : 0;
  }
  return opened;
}

}  // namespace

void Handlers::GetEvidence(const Caller& caller, GetEvidenceRequest request, Reply<GetEvidenceResponse> reply) {
  constexpr std::string_view kMethod = "/goldeneagle.v1.OrderService/GetEvidence";
  const auto prepare = [&]() -> absl::StatusOr<std::pair<GetEvidenceResponse, domain::RecordAccess>> {
    EAGLE_RETURN_IF_ERROR(MayCall(caller, kMethod));
    EAGLE_RETURN_IF_ERROR(CheckForm(caller, request));
    EAGLE_ASSIGN_OR_RETURN(trust::OpenedTicket ticket, TakeTicket(*impl_, caller, request.officer_ticket()));
    const auto published = impl_->published();
    EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
    EAGLE_ASSIGN_OR_RETURN(const domain::Order order,
                           OrderToRead(*impl_, caller, kMethod, request.order_id(), ticket, journal));
    EAGLE_ASSIGN_OR_RETURN(GetEvidenceResponse response, MakeEvidence(order, request, published, journal));
    domain::RecordAccess read = AccessBy(impl_->ports.key_ring, caller, "GetEvidence", std::move(ticket));
    read.case_seq = order.case_seq;
    read.order = order.seq;
    EAGLE_ASSIGN_OR_RETURN(std::string subject, SubjectTagOf(impl_->ports.key_ring, order, journal));
    read.subject_tags = {std::move(subject)};
    read.rows = ReceiptsOpened(response.evidence());
    return std::make_pair(std::move(response), std::move(read));
  };
  auto prepared = prepare();
  if (!prepared.ok()) return reply(prepared.status());
  RecordThenReply(impl_, caller, std::move(prepared->second), std::move(prepared->first), std::move(reply));
}

}  // namespace eagle::api
