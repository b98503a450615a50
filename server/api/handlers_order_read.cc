// Orders: looking at them. Lists and watches show masked values; findings are an audited read.
#include "absl/container/flat_hash_set.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/api/audited.h"
#include "server/api/impl.h"
#include "server/api/page_token.h"
#include "server/api/tags.h"
#include "server/api/views.h"
#include "server/core/rows.h"
#include "server/domain/reading.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr size_t kFindingsBytes = 1 << 20;

std::string FilterOf(const ListOrdersRequest& request) {
  return request.court() + "/" + request.case_number() + (request.open_only() ? "/open" : "/all");
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

// A court above sees states and deadlines: neither whom the order is about nor what was found.
void FromAbove(OrderView& view) {
  view.clear_subject_masked();
  for (TaskView& task : *view.mutable_tasks()) task.clear_outcome();
}

// Errors: NOT_FOUND for unknown orders and for those of courts that aren't below the caller's alike.
absl::StatusOr<domain::Order> OrderFor(const Caller& caller, const std::string& order_id,
                                       const core::Published& published, JournalReader& journal) {
  EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::IdUse> use, journal.UseOf(order_id));
  if (use && MayReach(caller, "/goldeneagle.v1.OrderService/GetOrder", READ_SCOPE_SUBTREE)) {
    EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Order> order, journal.OrderAt(OrderSeq(use->index)));
    const domain::Court* court = order ? published.directory->CourtByOrdinal(order->court) : nullptr;
    if (court != nullptr && order->order_id == order_id &&
        domain::IsAbove(*published.directory, caller.code, court->row.code()))
      return *order;
  }
  return journal.OrderById(caller.court, order_id);
}

}  // namespace

absl::StatusOr<GetOrderResponse> Handlers::GetOrder(const Caller& caller, const GetOrderRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.OrderService/GetOrder"));
  const auto published = impl_->published();
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
  EAGLE_ASSIGN_OR_RETURN(const domain::Order order, OrderFor(caller, request.order_id(), *published, journal));
  GetOrderResponse response;
  EAGLE_ASSIGN_OR_RETURN(*response.mutable_order(), ViewOf(order, *published, journal));
  if (order.court != caller.court) FromAbove(*response.mutable_order());
  return response;
}

absl::StatusOr<ListOrdersResponse> Handlers::ListOrders(const Caller& caller, const ListOrdersRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.OrderService/ListOrders"));
  EAGLE_ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size()));
  const TokenScope scope{"ListOrders", caller, FilterOf(request)};
  EAGLE_ASSIGN_OR_RETURN(const uint64_t after, OpenNumberToken(impl_->ports.key_ring, scope, request.page_token(), 0));
  const auto published = impl_->published();
  EAGLE_ASSIGN_OR_RETURN(const CourtOrdinal court,
                         CourtListed(caller, "/goldeneagle.v1.OrderService/ListOrders", request.court(), *published));
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
  ListOrdersResponse response;
  core::OrderList list = request.open_only() ? core::OrderList::kOpenOfCourt : core::OrderList::kOfCourt;
  uint64_t owner = court.value();
  if (!request.case_number().empty()) {
    EAGLE_ASSIGN_OR_RETURN(
        const std::optional<CaseSeq> of,
        journal.CaseNumbered(
            court, CaseNumberTags(impl_->ports.key_ring, published->directory->CourtByOrdinal(court)->row.code(),
                                  request.case_number())));
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
    OrderView* view = response.add_orders();
    EAGLE_ASSIGN_OR_RETURN(*view, SummaryOf(*order, *published, journal));
    if (court != caller.court) FromAbove(*view);
  }
  if (more) response.set_next_page_token(MakeNumberToken(impl_->ports.key_ring, scope, orders.back().value()));
  return response;
}

void Handlers::ListFindings(const Caller& caller, ListFindingsRequest request, Reply<ListFindingsResponse> reply) {
  constexpr std::string_view kMethod = "/goldeneagle.v1.OrderService/ListFindings";
  const auto prepare = [&]() -> absl::StatusOr<std::pair<ListFindingsResponse, domain::RecordAccess>> {
    EAGLE_RETURN_IF_ERROR(MayCall(caller, kMethod));
    EAGLE_ASSIGN_OR_RETURN(trust::OpenedTicket ticket, TakeTicket(*impl_, caller, request.officer_ticket()));
    EAGLE_ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size()));
    const TokenScope scope{"ListFindings", caller, request.order_id()};
    EAGLE_ASSIGN_OR_RETURN(const uint64_t after,
                           OpenNumberToken(impl_->ports.key_ring, scope, request.page_token(), 0));
    EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
    EAGLE_ASSIGN_OR_RETURN(const domain::Order order,
                           OrderToRead(*impl_, caller, kMethod, request.order_id(), ticket, journal));
    ListFindingsResponse response;
    uint64_t last = 0;
    EAGLE_RETURN_IF_ERROR(CollectFindings(*impl_, order, after, page_size, journal, response, last));
    if (last != 0) response.set_next_page_token(MakeNumberToken(impl_->ports.key_ring, scope, last));
    domain::RecordAccess read = AccessBy(impl_->ports.key_ring, caller, "ListFindings", std::move(ticket));
    read.case_seq = order.case_seq;
    read.order = order.seq;
    EAGLE_ASSIGN_OR_RETURN(std::string subject, SubjectTagOf(impl_->ports.key_ring, order, journal));
    read.subject_tags = {std::move(subject)};
    read.rows = static_cast<uint32_t>(response.findings_size());
    read.page_after = after;
    return std::make_pair(std::move(response), std::move(read));
  };
  auto prepared = prepare();
  if (!prepared.ok()) return reply(prepared.status());
  RecordThenReply(impl_, caller, std::move(prepared->second), std::move(prepared->first), std::move(reply));
}

}  // namespace eagle::api
