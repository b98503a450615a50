// Orders: looking at them. Lists and watches show masked values; findings are an audited read.
#include "absl/container/flat_hash_set.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/api/audited.h"
#include "server/api/impl.h"
#include "server/api/page_token.h"
#include "server/api/tags.h"
#include "server/api/views.h"
#include "server/core/rows.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr size_t kFindingsBytes = 1 << 20;

std::string FilterOf(const ListOrdersRequest& request) {
  return request.case_number() + (request.open_only() ? "/open" : "/all");
}

// One receipt of the order in the form in which the agency's key can be checked.
absl::StatusOr<FindingsOfAgency> FindingOf(const domain::Entry& entry, const core::Published& published, Travel& travel,
                                           const Travel::OpenJournal& open) {
  FindingsOfAgency finding;
  const domain::Agency* agency = published.directory->AgencyByOrdinal(entry.agency);
  if (agency != nullptr) finding.set_agency(agency->row.code());
  finding.set_journal_index(entry.index);
  TaskReport body;  // head = 2 in all four bodies
  ReceiptPayload payload;
  if (!entry.payload || !payload.ParseFromString(*entry.payload) || !body.ParseFromString(entry.body))
    return Fail(Reason::kErased, "the case was erased");
  EAGLE_ASSIGN_OR_RETURN(const std::shared_ptr<const HeadBytes> head, travel.HeadAt(body.head(), open));
  *finding.mutable_receipt() = Travel::TravelForm(*head, payload.member(), payload.index());
  return finding;
}

bool IsReceipt(EntryType type) {
  return type == ENTRY_TYPE_TASK_REPORTED || type == ENTRY_TYPE_TASK_ANSWERED || type == ENTRY_TYPE_MEASURE_CHANGED ||
         type == ENTRY_TYPE_RECEIPT_CONFLICT;
}

absl::Status CollectFindings(Handlers::Impl& impl, const domain::Order& order, uint64_t after, size_t page_size,
                             JournalReader& journal, ListFindingsResponse& response, uint64_t& last) {
  const auto published = impl.published();
  EAGLE_ASSIGN_OR_RETURN(const std::vector<domain::Entry> entries, journal.EntriesOf(order));
  absl::flat_hash_set<std::string> replaced;  // digests that a correction names
  for (const domain::Entry& entry : entries) {
    TaskReport body;
    if (entry.type == ENTRY_TYPE_TASK_ANSWERED && body.ParseFromString(entry.body) &&
        body.kind() == RECEIPT_KIND_CORRECTION)
      replaced.insert(body.corrects());
  }
  size_t bytes = 0;
  for (const domain::Entry& entry : entries) {
    if (entry.index <= after || !IsReceipt(entry.type)) continue;
    if (static_cast<size_t>(response.findings_size()) == page_size || bytes >= kFindingsBytes) return absl::OkStatus();
    EAGLE_ASSIGN_OR_RETURN(
        FindingsOfAgency finding,
        FindingOf(entry, *published, impl.travel, [&]() -> absl::StatusOr<JournalReader*> { return &journal; }));
    TaskReport body;
    finding.set_superseded(body.ParseFromString(entry.body) && replaced.contains(body.digest()));
    bytes += finding.ByteSizeLong();
    last = entry.index;
    *response.add_findings() = std::move(finding);
  }
  last = 0;
  for (std::string& code : CodesOf(order.Open(), *published->directory)) response.add_unanswered(std::move(code));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<GetOrderResponse> Handlers::GetOrder(const Caller& caller, const GetOrderRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.OrderService/GetOrder"));
  const auto published = impl_->published();
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
  EAGLE_ASSIGN_OR_RETURN(const domain::Order order, journal.OrderById(caller.court, request.order_id()));
  GetOrderResponse response;
  EAGLE_ASSIGN_OR_RETURN(*response.mutable_order(), ViewOf(order, *published, journal));
  return response;
}

absl::StatusOr<ListOrdersResponse> Handlers::ListOrders(const Caller& caller, const ListOrdersRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.OrderService/ListOrders"));
  EAGLE_ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size()));
  const TokenScope scope{"ListOrders", caller, FilterOf(request)};
  EAGLE_ASSIGN_OR_RETURN(const uint64_t after, OpenNumberToken(impl_->ports.key_ring, scope, request.page_token(), 0));
  const auto published = impl_->published();
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
  ListOrdersResponse response;
  core::OrderList list = request.open_only() ? core::OrderList::kOpenOfCourt : core::OrderList::kOfCourt;
  uint64_t owner = caller.court.value();
  if (!request.case_number().empty()) {
    EAGLE_ASSIGN_OR_RETURN(
        const std::optional<CaseSeq> of,
        journal.CaseNumbered(caller.court, CaseNumberTag(impl_->ports.key_ring, caller.code, request.case_number())));
    if (!of) return response;
    list = request.open_only() ? core::OrderList::kOpenOfCase : core::OrderList::kOfCase;
    owner = of->value();
  }
  // One more than the page holds tells whether anything follows.
  EAGLE_ASSIGN_OR_RETURN(std::vector<OrderSeq> orders,
                         core::OrdersListed(journal.store(), list, owner, OrderSeq(after), page_size + 1));
  const bool more = orders.size() > page_size;
  if (more) orders.resize(page_size);
  for (OrderSeq seq : orders) {
    EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Order> order, journal.OrderAt(seq));
    if (!order) return Fail(Reason::kTablesDiffer, "a list names an order that isn't there");
    EAGLE_ASSIGN_OR_RETURN(*response.add_orders(), SummaryOf(*order, *published, journal));
  }
  if (more) response.set_next_page_token(MakeNumberToken(impl_->ports.key_ring, scope, orders.back().value()));
  return response;
}

void Handlers::ListFindings(const Caller& caller, ListFindingsRequest request, Reply<ListFindingsResponse> reply) {
  const auto prepare = [&]() -> absl::StatusOr<std::pair<ListFindingsResponse, domain::RecordRead>> {
    EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.OrderService/ListFindings"));
    EAGLE_RETURN_IF_ERROR(CheckPurpose(request.purpose()));
    EAGLE_ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size()));
    const TokenScope scope{"ListFindings", caller, request.order_id()};
    EAGLE_ASSIGN_OR_RETURN(const uint64_t after,
                           OpenNumberToken(impl_->ports.key_ring, scope, request.page_token(), 0));
    EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
    EAGLE_ASSIGN_OR_RETURN(const domain::Order order, journal.OrderById(caller.court, request.order_id()));
    ListFindingsResponse response;
    uint64_t last = 0;
    EAGLE_RETURN_IF_ERROR(CollectFindings(*impl_, order, after, page_size, journal, response, last));
    if (last != 0) response.set_next_page_token(MakeNumberToken(impl_->ports.key_ring, scope, last));
    domain::RecordRead read = ReadBy(impl_->ports.key_ring, caller, "ListFindings", request.purpose());
    read.case_seq = order.case_seq;
    read.order = order.seq;
    read.subject_tags = {order.subject_tag};
    read.rows = static_cast<uint32_t>(response.findings_size());
    return std::make_pair(std::move(response), std::move(read));
  };
  auto prepared = prepare();
  if (!prepared.ok()) return reply(prepared.status());
  RecordThenReply(*impl_, std::move(prepared->second), std::move(prepared->first), std::move(reply));
}

}  // namespace eagle::api
