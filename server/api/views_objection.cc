// What the court sees of an objection without opening a word of it.
#include <algorithm>

#include "server/api/views.h"
#include "server/core/rows.h"
#include "server/domain/instant.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr size_t kOpenOrdersMost = 1000, kThreadsMost = 1000;

}  // namespace

absl::StatusOr<bool> IsHeldByObjection(const domain::Order& order, JournalReader& journal) {
  const uint64_t of = order.freeze ? order.freeze.value() : order.seq.value();
  EAGLE_ASSIGN_OR_RETURN(const std::vector<domain::ObjectionThread> threads,
                         core::ObjectionsListed(journal.store(), core::ObjectionList::kOfMeasure, of, 0, kThreadsMost));
  return std::any_of(threads.begin(), threads.end(), [&](const domain::ObjectionThread& thread) {
    return thread.Holds(order) || (thread.open() && thread.order == order.seq);
  });
}

absl::StatusOr<v1::ObjectionView> ViewOf(const domain::ObjectionThread& thread, const core::Published& published,
                                         JournalReader& journal) {
  v1::ObjectionView view;
  view.set_objection_id(thread.id);
  view.set_journal_index(thread.index);
  EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Order> order, journal.OrderAt(thread.order));
  if (!order) return Fail(Reason::kTablesDiffer, "an objection names an order that isn't there");
  EAGLE_ASSIGN_OR_RETURN(const v1::OrderView summary, SummaryOf(*order, published, journal));
  view.set_order_id(order->order_id);
  view.set_action(order->action);
  view.set_case_number(summary.case_number());
  const domain::Agency* agency = published.directory->AgencyByOrdinal(thread.agency);
  if (agency != nullptr) view.set_agency(agency->row.code());
  view.set_state(thread.state);
  view.set_ground(thread.ground);
  *view.mutable_raised_at() = domain::ToProto(thread.raised_at);
  *view.mutable_deadline() = DeadlineOf(thread.deadline, thread.raised_at, published, nullptr);
  view.set_overdue(thread.open() && published.recorded >= thread.deadline.due);
  for (size_t i = 0; i < thread.deadline.fired; ++i) view.add_marks_fired_permille(thread.deadline.marks_permille[i]);
  if (!thread.open()) *view.mutable_closed_at() = domain::ToProto(thread.closed_at);
  view.set_late(thread.late);
  view.set_words(static_cast<uint32_t>(thread.words.size()));
  if (!thread.measure) return view;
  EAGLE_ASSIGN_OR_RETURN(const std::vector<OrderSeq> open,
                         core::OrdersListed(journal.store(), core::OrderList::kOpenOfCase, thread.case_seq.value(),
                                            OrderSeq(), kOpenOrdersMost));
  for (const OrderSeq seq : open) {
    EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Order> held, journal.OrderAt(seq));
    if (held && held->delivered.empty() && thread.Holds(*held)) view.add_held_order_ids(held->order_id);
  }
  return view;
}

}  // namespace eagle::api
