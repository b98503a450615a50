#include "client/cli/list_counters.h"

#include <optional>
#include <set>
#include <utility>

#include "client/lib/words.h"
#include "server/base/money.h"
#include "server/base/reason.h"
#include "server/trust/strict.h"

namespace eagle::client {
namespace {

bool Stands(v1::MeasurePhase phase) {
  return phase == v1::MEASURE_PHASE_REQUESTED || phase == v1::MEASURE_PHASE_WAITLISTED ||
         phase == v1::MEASURE_PHASE_EFFECTIVE || phase == v1::MEASURE_PHASE_EXPECTED_LAPSED;
}

// Agency and the unit's own number.
using CounterKey = std::pair<std::string, std::string>;

// One take-over that is known: what the log has, and our own order if this desk sent it.
struct TakenOver {
  v1::MeasureView view;
  std::optional<v1::Order> order;
};

// Our freezes that took something over, by order id.
absl::StatusOr<std::map<std::string, v1::Order>> OurTakeOvers(Desk& desk) {
  std::map<std::string, v1::Order> ours;
  EAGLE_ASSIGN_OR_RETURN(const std::vector<OutboxItem> sent, desk.outbox().Answered());
  for (const OutboxItem& item : sent) {
    if (item.member_type != v1::MEMBER_TYPE_ORDER) continue;
    for (const std::string& member : item.batch.members()) {
      v1::Order order;
      if (order.ParseFromString(member) && order.has_freeze() && order.freeze().has_counter())
        ours.emplace(order.order_id(), std::move(order));
    }
  }
  return ours;
}

absl::Status AddTakeOversOf(const std::string& case_number, Gateway& gateway,
                            const std::map<std::string, v1::Order>& ours, std::map<CounterKey, TakenOver>& known) {
  v1::ListMeasuresRequest request;
  request.set_case_number(case_number);
  request.set_page_size(500);
  for (;;) {
    EAGLE_ASSIGN_OR_RETURN(const v1::ListMeasuresResponse page, gateway.ListMeasures(request));
    for (const v1::MeasureView& view : page.measures()) {
      if (!Stands(view.phase())) continue;
      const auto order = ours.find(view.freeze_order_id());
      const bool sent_here = order != ours.end();
      const std::string& reference =
          sent_here ? order->second.freeze().counter().unit_reference() : view.state().unit_reference();
      if (reference.empty()) continue;
      TakenOver one{.view = view};
      if (sent_here) one.order = order->second;
      known.emplace(CounterKey(view.agency(), reference), std::move(one));
    }
    if (page.next_page_token().empty()) return absl::OkStatus();
    request.set_page_token(page.next_page_token());
  }
}

CounterSeen Differs(const std::string& column, const std::string& there) {
  return {.verdict = CounterSeen::Verdict::kDiffers,
          .column = column,
          .why = "it was taken over already, and there this is " + there};
}

CounterSeen Compare(const v1::Freeze& asked, const TakenOver& known) {
  CounterSeen seen{.verdict = CounterSeen::Verdict::kKnown};
  const v1::MeasureView& view = known.view;
  // What another desk asked for isn't known here: the unit may have answered less than the limit.
  if (known.order) {
    const v1::Freeze& before = known.order->freeze();
    if (before.counter().document_number() != asked.counter().document_number())
      seen = Differs("document", before.counter().document_number());
    if (before.limit_minor_units() != asked.limit_minor_units())
      seen = Differs("limit", MoneyText(before.limit_minor_units()));
    if (before.currency() != asked.currency()) seen = Differs("currency", before.currency());
  }
  if (!view.asset_kind().empty() && view.asset_kind() != asked.counter().asset_kind())
    seen = Differs("counter-kind", view.asset_kind());
  seen.freeze_order_id = view.freeze_order_id();
  return seen;
}

}  // namespace

absl::StatusOr<std::map<size_t, CounterSeen>> SeeCounters(Session& session, const std::vector<ListedOrder>& made) {
  std::map<size_t, CounterSeen> seen;
  std::map<size_t, v1::Order> asked;
  for (size_t i = 0; i < made.size(); ++i) {
    EAGLE_ASSIGN_OR_RETURN(v1::Order order, trust::ParseStrict<v1::Order>(made[i].order));
    if (order.has_freeze() && order.freeze().has_counter()) asked.emplace(i, std::move(order));
  }
  if (asked.empty()) return seen;
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const auto ours, OurTakeOvers(*desk));
  std::set<std::string> cases;
  std::map<CounterKey, TakenOver> known;
  std::map<CounterKey, size_t> first_line;
  for (const auto& [at, order] : asked) {
    if (cases.insert(order.case_number()).second)
      EAGLE_RETURN_IF_ERROR(AddTakeOversOf(order.case_number(), *gateway, ours, known));
    const CounterKey key(order.agencies().empty() ? "" : order.agencies(0), order.freeze().counter().unit_reference());
    const auto [line, is_first] = first_line.emplace(key, made[at].line);
    const auto there = known.find(key);
    if (!is_first) {
      seen[at] = {.verdict = CounterSeen::Verdict::kDiffers,
                  .column = "counter-reference",
                  .why = "line " + std::to_string(line->second) + " names it, too"};
    } else {
      seen[at] = there == known.end() ? CounterSeen() : Compare(order.freeze(), there->second);
      if (seen[at].verdict == CounterSeen::Verdict::kKnown && !order.group().empty())
        seen[at] = Differs("group", "in no group: there is nothing to order");
    }
  }
  return seen;
}

}  // namespace eagle::client
