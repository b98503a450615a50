// Watching: the caller's events out of the journal, in index order.
#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "goldeneagle/v1/entry.pb.h"
#include "goldeneagle/v1/supervision_entry.pb.h"
#include "server/api/impl.h"
#include "server/api/page_token.h"
#include "server/api/tags.h"
#include "server/api/watch_token.h"
#include "server/domain/apply.h"
#include "server/domain/instant.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr uint64_t kEntriesLookedAt = 4096;

template <typename Body>
Body BodyOf(const journal::Leaf& leaf) {
  Body body;
  body.ParseFromString(leaf.body);
  return body;
}

// One page: which entries are the caller's, and what each says.
class Page {
 public:
  Page(const Caller& caller, const core::Published& published, JournalReader& journal, std::optional<CaseSeq> only)
      : caller_(caller), published_(published), journal_(journal), only_(only) {}

  // Appends the caller's events of one entry.
  absl::Status Look(uint64_t index, std::vector<OrderEvent>& events) {
    EAGLE_ASSIGN_OR_RETURN(const journal::Leaf leaf, journal_.LeafAt(index));
    switch (leaf.type) {
      case ENTRY_TYPE_ORDER_ACCEPTED:
        if (leaf.actor_kind != ACTOR_KIND_COURT || leaf.actor_ordinal != caller_.court.value()) return absl::OkStatus();
        return LookAtOrder(leaf, OrderSeq(index), events);
      case ENTRY_TYPE_DELIVERED: {
        Delivered body;
        body.ParseFromString(leaf.body);
        for (uint64_t seq : body.orders()) EAGLE_RETURN_IF_ERROR(LookAtOrder(leaf, OrderSeq(seq), events));
        return absl::OkStatus();
      }
      case ENTRY_TYPE_TASK_REPORTED:
      case ENTRY_TYPE_TASK_ANSWERED:
      case ENTRY_TYPE_MEASURE_CHANGED:
      case ENTRY_TYPE_RECEIPT_CONFLICT:
      case ENTRY_TYPE_ORDER_WITHDRAWN:
      case ENTRY_TYPE_ORDER_BEGUN:
      case ENTRY_TYPE_RESUMPTION_FLAGGED:
      case ENTRY_TYPE_ORDER_PAUSED:
      case ENTRY_TYPE_ORDER_RESUMED:
      case ENTRY_TYPE_OBJECTION_RAISED:
      case ENTRY_TYPE_OBJECTION_REPLIED:
      case ENTRY_TYPE_OBJECTION_ANSWERED:
      case ENTRY_TYPE_OBJECTION_MARKED:
        return LookAtOrder(leaf, leaf.order, events);
      case ENTRY_TYPE_SUPERVISION_ISSUED:
      case ENTRY_TYPE_SUPERVISION_WORD:
      case ENTRY_TYPE_SUPERVISION_CLOSED:
      case ENTRY_TYPE_SUPERVISION_MARKED:
        return leaf.order ? LookAtOrder(leaf, leaf.order, events) : LookAtCase(leaf, events);
      case ENTRY_TYPE_MEASURE_MARKED: {
        MeasureMarked body;
        body.ParseFromString(leaf.body);
        return LookAtOrder(leaf, OrderSeq(body.freeze_order()), events);
      }
      case ENTRY_TYPE_DEADLINE_MARKED:
        if (leaf.order) return LookAtOrder(leaf, leaf.order, events);
        return LookAtCase(leaf, events);
      case ENTRY_TYPE_CASE_RESPONDENTS_CHANGED:
      case ENTRY_TYPE_SURPLUS_ARISEN:
        return LookAtCase(leaf, events);
      default:
        return absl::OkStatus();
    }
  }

 private:
  struct Known {
    bool ours = false;
    std::string order_id;
  };

  absl::Status LookAtOrder(const journal::Leaf& leaf, OrderSeq seq, std::vector<OrderEvent>& events) {
    auto known = known_.find(seq.value());
    if (known == known_.end()) {
      EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Order> order, journal_.OrderAt(seq));
      const bool ours = order && order->court == caller_.court && (!only_ || order->case_seq == *only_);
      known = known_.emplace(seq.value(), Known{ours, ours ? order->order_id : ""}).first;
    }
    if (!known->second.ours) return absl::OkStatus();
    OrderEvent event = EventOf(leaf);
    event.set_order_id(known->second.order_id);
    EAGLE_RETURN_IF_ERROR(AddContent(leaf, event));
    events.push_back(std::move(event));
    return absl::OkStatus();
  }

  // What concerns a case and no single order: its respondents, its surplus.
  absl::Status LookAtCase(const journal::Leaf& leaf, std::vector<OrderEvent>& events) {
    if (only_ && leaf.case_seq != *only_) return absl::OkStatus();
    EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Case> of, journal_.CaseRow(leaf.case_seq));
    if (!of || of->court != caller_.court) return absl::OkStatus();
    OrderEvent event = EventOf(leaf);
    EAGLE_RETURN_IF_ERROR(AddContent(leaf, event));
    events.push_back(std::move(event));
    return absl::OkStatus();
  }

  OrderEvent EventOf(const journal::Leaf& leaf) const {
    OrderEvent event;
    event.set_journal_index(leaf.index.value());
    *event.mutable_time() = domain::ToProto(leaf.time);
    event.set_type(domain::EntryTypeName(static_cast<EntryType>(leaf.type)));
    const domain::Agency* agency = published_.directory->AgencyByOrdinal(leaf.agency);
    if (agency != nullptr) event.set_agency(agency->row.code());
    return event;
  }

  absl::Status AddContent(const journal::Leaf& leaf, OrderEvent& event) {
    switch (leaf.type) {
      case ENTRY_TYPE_DEADLINE_MARKED: {
        DeadlineMarked body;
        body.ParseFromString(leaf.body);
        event.set_mark_permille(body.mark_permille());
        break;
      }
      case ENTRY_TYPE_ORDER_BEGUN: {
        OrderBegun body;
        body.ParseFromString(leaf.body);
        event.set_completes(body.completes());
        if (leaf.outcome != 0) event.set_reason(std::string(RowOf(static_cast<Reason>(leaf.outcome)).name));
        break;
      }
      case ENTRY_TYPE_OBJECTION_RAISED: {
        ObjectionRaised body;
        body.ParseFromString(leaf.body);
        event.set_objection_id(body.request_id());
        break;
      }
      case ENTRY_TYPE_OBJECTION_REPLIED: {
        ObjectionReplied body;
        body.ParseFromString(leaf.body);
        return AddObjection(body.objection(), event);
      }
      case ENTRY_TYPE_OBJECTION_ANSWERED: {
        ObjectionAnswered body;
        body.ParseFromString(leaf.body);
        event.set_decision(body.decision());
        return AddObjection(body.objection(), event);
      }
      case ENTRY_TYPE_OBJECTION_MARKED: {
        ObjectionMarked body;
        body.ParseFromString(leaf.body);
        event.set_mark_permille(body.mark_permille());
        return AddObjection(body.objection(), event);
      }
      case ENTRY_TYPE_SUPERVISION_ISSUED:
        return AddSupervision(leaf.index.value(), event);
      case ENTRY_TYPE_SUPERVISION_WORD:
        return AddSupervision(BodyOf<SupervisionSaid>(leaf).supervision(), event);
      case ENTRY_TYPE_SUPERVISION_CLOSED:
        return AddSupervision(BodyOf<SupervisionClosed>(leaf).supervision(), event);
      case ENTRY_TYPE_SUPERVISION_MARKED:
        event.set_mark_permille(BodyOf<SupervisionMarked>(leaf).mark_permille());
        return AddSupervision(BodyOf<SupervisionMarked>(leaf).supervision(), event);
      case ENTRY_TYPE_ORDER_WITHDRAWN: {
        OrderWithdrawn body;
        body.ParseFromString(leaf.body);
        event.set_completes(body.completes());
        break;
      }
      case ENTRY_TYPE_TASK_ANSWERED: {
        TaskReport body;
        body.ParseFromString(leaf.body);
        event.set_completes(body.completes());
        return AddOutcome(leaf.index.value(), event);
      }
      case ENTRY_TYPE_TASK_REPORTED:
      case ENTRY_TYPE_MEASURE_CHANGED:
      case ENTRY_TYPE_RECEIPT_CONFLICT:
        return AddOutcome(leaf.index.value(), event);
      default:
        break;
    }
    return absl::OkStatus();
  }

  absl::Status AddObjection(uint64_t raised, OrderEvent& event) {
    EAGLE_ASSIGN_OR_RETURN(const journal::Leaf leaf, journal_.LeafAt(raised));
    ObjectionRaised body;
    body.ParseFromString(leaf.body);
    event.set_objection_id(body.request_id());
    return absl::OkStatus();
  }

  absl::Status AddSupervision(uint64_t issued, OrderEvent& event) {
    EAGLE_ASSIGN_OR_RETURN(const journal::Leaf leaf, journal_.LeafAt(issued));
    event.set_supervision_id(BodyOf<SupervisionIssued>(leaf).request_id());
    return absl::OkStatus();
  }

  absl::Status AddOutcome(uint64_t index, OrderEvent& event) {
    EAGLE_ASSIGN_OR_RETURN(const domain::Entry entry, journal_.EntryAt(index));
    ReceiptPayload payload;
    Receipt receipt;
    if (entry.payload && payload.ParseFromString(*entry.payload) && receipt.ParseFromString(payload.member()) &&
        receipt.items_size() > 0) {
      event.set_outcome(receipt.items(0).outcome());
    }
    return absl::OkStatus();
  }

  const Caller& caller_;
  const core::Published& published_;
  JournalReader& journal_;
  const std::optional<CaseSeq> only_;
  absl::flat_hash_map<uint64_t, Known> known_;  // by order
};

}  // namespace

absl::StatusOr<WatchOrdersResponse> Handlers::ReadWatch(const Caller& caller, const WatchOrdersRequest& request,
                                                        size_t limit) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.OrderService/WatchOrders"));
  const auto published = impl_->published();
  const uint64_t end = published->edge->size();
  const TokenScope scope{"WatchOrders", caller, WatchFilter(request.case_number(), *published->directory)};
  EAGLE_ASSIGN_OR_RETURN(uint64_t next, OpenWatchToken(impl_->ports.key_ring, scope, request.case_number(),
                                                       request.resume_token(), end, *published->directory));
  WatchOrdersResponse response;
  if (next < end) {
    EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
    std::optional<CaseSeq> only;
    if (!request.case_number().empty()) {
      EAGLE_ASSIGN_OR_RETURN(only, journal.CaseNumbered(caller.court, CaseNumberTags(impl_->ports.key_ring, caller.code,
                                                                                     request.case_number())));
      if (!only) only = CaseSeq();  // no such case yet: nothing matches
    }
    Page page(caller, *published, journal, only);
    const uint64_t stop = std::min(end, next + kEntriesLookedAt);
    for (; next < stop; ++next) {
      std::vector<OrderEvent> events;
      EAGLE_RETURN_IF_ERROR(page.Look(next, events));
      if (!events.empty() && response.events_size() > 0 &&
          static_cast<size_t>(response.events_size()) + events.size() > limit)
        break;
      for (OrderEvent& event : events) *response.add_events() = std::move(event);
      if (static_cast<size_t>(response.events_size()) >= limit) {
        ++next;
        break;
      }
    }
  }
  response.set_resume_token(MakeNumberToken(impl_->ports.key_ring, scope, next));
  return response;
}

}  // namespace eagle::api
