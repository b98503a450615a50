// What the court sees of its orders and cases.
#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/api/views.h"
#include "server/base/identity_number.h"
#include "server/base/uuid.h"
#include "server/domain/instant.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

// Deliveries are looked up one by one, so only for orders that few agencies have.
constexpr size_t kDeliveriesLookedUp = 16;

v1::OrderView FromLeaf(const domain::Order& order, const core::Published& published) {
  v1::OrderView view;
  view.set_order_id(order.order_id);
  view.set_digest(order.digest);
  view.set_order_seq(order.seq.value());
  view.set_action(order.action);
  view.set_urgency(order.urgent ? URGENCY_URGENT : URGENCY_NORMAL);
  view.set_state(order.state());
  view.set_paused(!order.paused.empty());
  *view.mutable_accepted_at() = domain::ToProto(order.accepted_at);
  const domain::Agency* only = published.directory->OnlyAgencyOf(order.targets);
  if (order.begins == absl::InfinitePast()) {
    *view.mutable_deadline() = DeadlineOf(order.deadline, order.accepted_at, published, only);
  } else {
    *view.mutable_deadline() = DeadlineOf(order.deadline, order.begins, published, only, kBegin);
    *view.mutable_begins_at() = domain::ToProto(order.begins);
  }
  if (order.ended_for != Reason::kNone) view.set_ended_reason(std::string(RowOf(order.ended_for).name));
  for (size_t i = 0; i < order.deadline.fired; ++i) {
    view.add_marks_fired_permille(order.deadline.marks_permille[i]);
    view.set_overdue(view.overdue() || order.deadline.marks_permille[i] >= 1000);
  }
  return view;
}

void AddPayload(const domain::Entry& accepted, const domain::Order& order, const core::Published& published,
                v1::OrderView& view) {
  OrderPayload payload;
  v1::Order content;
  if (!accepted.payload || !payload.ParseFromString(*accepted.payload) || !content.ParseFromString(payload.member()))
    return;  // erased
  view.set_case_number(content.case_number());
  view.set_subject_masked(MaskIdentity(content.subject()));
  const domain::Court* court = published.directory->CourtByOrdinal(order.court);
  view.set_name("courts/" + (court != nullptr ? court->row.code() : std::string()) + "/cases/" + content.case_number() +
                "/orders/" + UuidText(order.order_id));
}

// One agency's side of the order, as its entries tell it.
struct Story {
  Outcome outcome = OUTCOME_UNSPECIFIED;
  bool answered = false, late = false, working = false;
  uint32_t versions = 0;  // of the final answer
  absl::Time answered_at, delivered_at = absl::InfinitePast();
};

void Hear(const domain::Entry& entry, Story& story) {
  if (entry.type != ENTRY_TYPE_TASK_REPORTED && entry.type != ENTRY_TYPE_TASK_ANSWERED) return;
  TaskReport body;
  ReceiptPayload payload;
  Receipt receipt;
  if (!body.ParseFromString(entry.body)) return;
  story.working = body.kind() == RECEIPT_KIND_PROGRESS;
  if (entry.payload && payload.ParseFromString(*entry.payload) && receipt.ParseFromString(payload.member()) &&
      receipt.items_size() > 0) {
    story.outcome = receipt.items(0).outcome();
  }
  story.versions += entry.type == ENTRY_TYPE_TASK_ANSWERED ? 1 : 0;
  if (entry.type == ENTRY_TYPE_TASK_ANSWERED && !story.answered) {
    story.answered = true, story.late = body.late();
    story.answered_at = entry.time;
  }
}

absl::Status LookUpDelivery(uint64_t index, JournalReader& journal, absl::flat_hash_map<uint32_t, Story>& stories) {
  if (index == 0) return absl::OkStatus();
  EAGLE_ASSIGN_OR_RETURN(const journal::Leaf leaf, journal.LeafAt(index));
  if (leaf.type != ENTRY_TYPE_DELIVERED) return absl::OkStatus();
  Story& story = stories[leaf.agency.value()];
  if (story.delivered_at == absl::InfinitePast() || leaf.time < story.delivered_at) story.delivered_at = leaf.time;
  return absl::OkStatus();
}

// `end` and `now`: an end that has passed doesn't wait for the agency's word to be seen.
v1::MeasurePhase PhaseOf(domain::MeasurePhase phase, absl::Time end, absl::Time now) {
  switch (phase) {
    case domain::MeasurePhase::kRequested:
      return MEASURE_PHASE_REQUESTED;
    case domain::MeasurePhase::kWaitlisted:
      return MEASURE_PHASE_WAITLISTED;
    case domain::MeasurePhase::kEffective:
      return end <= now ? MEASURE_PHASE_EXPECTED_LAPSED : MEASURE_PHASE_EFFECTIVE;
    case domain::MeasurePhase::kLapsed:
      return MEASURE_PHASE_LAPSED;
    case domain::MeasurePhase::kReleased:
      return MEASURE_PHASE_RELEASED;
    case domain::MeasurePhase::kConsumed:
      return MEASURE_PHASE_CONSUMED;
    case domain::MeasurePhase::kRefused:
      return MEASURE_PHASE_REFUSED;
  }
  return MEASURE_PHASE_UNSPECIFIED;
}

}  // namespace

absl::StatusOr<v1::OrderView> SummaryOf(const domain::Order& order, const core::Published& published,
                                        JournalReader& journal) {
  v1::OrderView view = FromLeaf(order, published);
  EAGLE_ASSIGN_OR_RETURN(const domain::Entry accepted, journal.EntryAt(order.seq.value()));
  AddPayload(accepted, order, published, view);
  EAGLE_ASSIGN_OR_RETURN(const bool held, IsHeldByObjection(order, journal));
  view.set_held_by_objection(held);
  return view;
}

absl::StatusOr<v1::OrderView> ViewOf(const domain::Order& order, const core::Published& published,
                                     JournalReader& journal) {
  v1::OrderView view = FromLeaf(order, published);
  EAGLE_ASSIGN_OR_RETURN(const bool held, IsHeldByObjection(order, journal));
  view.set_held_by_objection(held);
  EAGLE_ASSIGN_OR_RETURN(const std::vector<domain::Entry> entries, journal.EntriesOf(order));
  absl::flat_hash_map<uint32_t, Story> stories;  // by agency
  const bool few = order.targets.count() <= kDeliveriesLookedUp;
  for (const domain::Entry& entry : entries) {
    if (entry.type == ENTRY_TYPE_ORDER_ACCEPTED) AddPayload(entry, order, published, view);
    if (entry.agency) Hear(entry, stories[entry.agency.value()]);
    if (few) EAGLE_RETURN_IF_ERROR(LookUpDelivery(entry.previous, journal, stories));
  }
  if (few) EAGLE_RETURN_IF_ERROR(LookUpDelivery(order.last_index, journal, stories));
  order.targets.ForEach([&](AgencyOrdinal ordinal) {
    const domain::Agency* agency = published.directory->AgencyByOrdinal(ordinal);
    const Story& story = stories[ordinal.value()];
    v1::TaskView* task = view.add_tasks();
    task->set_agency(agency != nullptr ? agency->row.code() : "");
    task->set_state(order.TaskAt(ordinal));
    if (task->state() == TASK_STATE_ACKNOWLEDGED && story.working) task->set_state(TASK_STATE_IN_PROGRESS);
    task->set_outcome(story.outcome);
    task->set_late(story.late);
    task->set_answer_versions(story.versions);
    if (story.answered) *task->mutable_answered_at() = domain::ToProto(story.answered_at);
    if (story.delivered_at != absl::InfinitePast()) *task->mutable_delivered_at() = domain::ToProto(story.delivered_at);
  });
  return view;
}

v1::LedgerView LedgerOf(const domain::Case& of) {
  const domain::Totals sum = of.ledger.Sum();
  v1::LedgerView view;
  view.set_currency(of.open.claim().currency());
  view.set_cap_minor_units(of.ledger.cap());
  view.set_requested_minor_units(sum.requested);
  view.set_controlled_minor_units(sum.controlled);
  view.set_unfunded_minor_units(sum.unfunded);
  view.set_contingent_minor_units(sum.contingent);
  view.set_deducting_minor_units(sum.deducting);
  view.set_in_transit_minor_units(sum.in_transit);
  view.set_deducted_minor_units(sum.deducted);
  view.set_surplus_minor_units(of.ledger.Surplus());
  view.set_refund_due_minor_units(of.ledger.RefundDue());
  return view;
}

v1::MeasureView MeasureViewOf(const domain::Measure& measure, const std::string& order_id, const domain::Case& of,
                              const core::Published& published) {
  v1::MeasureView view;
  view.set_freeze_order_id(order_id);
  view.set_case_number(of.open.case_number());
  const domain::Agency* agency = published.directory->AgencyByOrdinal(measure.agency);
  view.set_agency(agency != nullptr ? agency->row.code() : "");
  const absl::Time end =
      measure.state.has_effective_to() ? domain::FromProto(measure.state.effective_to()) : absl::InfiniteFuture();
  view.set_phase(PhaseOf(measure.phase, end, published.recorded));
  view.set_is_money(measure.is_money);
  view.set_asset_kind(measure.asset_kind);
  view.set_renewal_open(bool(measure.renewal));
  view.set_to_release(of.IsRemoved(measure.respondent) && measure.phase <= domain::MeasurePhase::kEffective);
  *view.mutable_state() = measure.state;
  if (measure.state.shares_size() > 0) view.set_asset_number_masked(MaskNumber(measure.state.shares(0).asset_number()));
  const TermRow* row = published.policy != nullptr ? published.policy->TermFor(measure.asset_kind, of.stage) : nullptr;
  if (view.phase() == MEASURE_PHASE_EFFECTIVE && end != absl::InfiniteFuture() && row != nullptr &&
      row->renewal_opens_days() > 0)
    *view.mutable_renewable_from() = domain::ToProto(end - absl::Hours(24) * row->renewal_opens_days());
  return view;
}

absl::StatusOr<v1::CaseView> CaseViewOf(const domain::Case& of, const core::Published& published,
                                        JournalReader& journal) {
  v1::CaseView view;
  const domain::Court* court = published.directory->CourtByOrdinal(of.court);
  view.set_name("courts/" + (court != nullptr ? court->row.code() : std::string()) + "/cases/" + of.open.case_number());
  view.set_case_number(of.open.case_number());
  view.set_title(of.open.title());
  view.set_stage(of.stage);
  *view.mutable_claim() = of.open.claim();
  for (int place = 0; place < of.open.respondents_size(); ++place) {
    const Respondent& respondent = of.open.respondents(place);
    const domain::Standing& standing = of.standings[static_cast<size_t>(place)];
    view.add_respondents_masked(MaskIdentity(respondent.identity()));
    RespondentView* shown = view.add_respondents();
    shown->set_identity_masked(view.respondents_masked(place));
    shown->set_liability(respondent.liability());
    shown->set_liability_cap_minor_units(respondent.liability_cap_minor_units());
    shown->set_removed(standing.removed);
    *shown->mutable_since() = domain::ToProto(standing.since);
  }
  if (!of.surplus.row.empty()) *view.mutable_release_due() = domain::ToProto(of.surplus.due);
  if (of.flagged != 0) {
    *view.mutable_flagged_at() = domain::ToProto(of.flagged_at);
    EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Order> found, journal.OrderAt(of.flagged_by));
    if (found) view.set_flagged_by(found->order_id);
  }
  *view.mutable_ledger() = LedgerOf(of);
  *view.mutable_opened_at() = domain::ToProto(of.opened_at);
  view.set_journal_index(of.seq.value());
  std::vector<uint64_t> seqs;
  for (const auto& [seq, order] : of.orders) seqs.push_back(seq);
  std::sort(seqs.begin(), seqs.end());
  absl::flat_hash_map<uint64_t, std::string> ids;
  for (uint64_t seq : seqs) {
    EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Order> order, journal.OrderAt(OrderSeq(seq)));
    if (!order) continue;
    ids[seq] = order->order_id;
    view.add_orders(order->order_id);
  }
  for (const domain::Measure& measure : of.ledger.measures()) {
    *view.add_measures() = MeasureViewOf(measure, ids[measure.freeze.value()], of, published);
  }
  return view;
}

}  // namespace eagle::api
