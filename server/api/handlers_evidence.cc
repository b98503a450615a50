// Evidence: an audited read, by the order's court or an auditor.
#include "goldeneagle/v1/entry.pb.h"
#include "server/api/audited.h"
#include "server/api/evidence.h"
#include "server/api/impl.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr int kAgenciesNamedMax = 1000;

absl::Status CheckForm(const Caller& caller, const GetEvidenceRequest& request) {
  EAGLE_RETURN_IF_ERROR(CheckPurpose(request.purpose()));
  if (request.agencies_size() > kAgenciesNamedMax)
    return Fail(Reason::kFieldInvalid, "too many agencies").At("agencies", "at most 1,000");
  if (request.silence() && request.agencies_size() != 1)
    return Fail(Reason::kFieldInvalid, "silence is proved of one agency").At("agencies", "exactly one with `silence`");
  // The run holds other courts' leaves: those are for who audits.
  if (request.complete() && caller.role != Role::kAuditor)
    return Fail(Reason::kPermissionDenied, "only auditors may ask for a run of leaves");
  return absl::OkStatus();
}

// A court's own order; any order for an auditor.
absl::StatusOr<domain::Order> OrderFor(const Caller& caller, const std::string& order_id, JournalReader& journal) {
  if (caller.role == Role::kCourt) return journal.OrderById(caller.court, order_id);
  EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::IdUse> use, journal.UseOf(order_id));
  if (use) {
    EAGLE_ASSIGN_OR_RETURN(std::optional<domain::Order> order, journal.OrderAt(OrderSeq(use->index)));
    if (order && order->order_id == order_id) return *std::move(order);
  }
  return Fail(Reason::kNotFound, "no order has this id");
}

uint32_t ReceiptsOpened(const Evidence& evidence) {
  uint32_t opened = 0;
  for (const EvidenceEntry& entry : evidence.entries()) {
    const auto leaf = journal::DecodeLeaf(entry.leaf());
    opened += leaf.ok() && leaf->order && !entry.salt().empty() ? 1 : 0;
  }
  return opened;
}

}  // namespace

void Handlers::GetEvidence(const Caller& caller, GetEvidenceRequest request, Reply<GetEvidenceResponse> reply) {
  const auto prepare = [&]() -> absl::StatusOr<std::pair<GetEvidenceResponse, domain::RecordRead>> {
    EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.OrderService/GetEvidence"));
    EAGLE_RETURN_IF_ERROR(CheckForm(caller, request));
    const auto published = impl_->published();
    EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
    EAGLE_ASSIGN_OR_RETURN(const domain::Order order, OrderFor(caller, request.order_id(), journal));
    EAGLE_ASSIGN_OR_RETURN(GetEvidenceResponse response, MakeEvidence(order, request, published, journal));
    domain::RecordRead read = ReadBy(impl_->ports.key_ring, caller, "GetEvidence", request.purpose());
    read.case_seq = order.case_seq;
    read.order = order.seq;
    read.subject_tags = {order.subject_tag};
    read.rows = ReceiptsOpened(response.evidence());
    return std::make_pair(std::move(response), std::move(read));
  };
  auto prepared = prepare();
  if (!prepared.ok()) return reply(prepared.status());
  RecordThenReply(*impl_, std::move(prepared->second), std::move(prepared->first), std::move(reply));
}

}  // namespace eagle::api
