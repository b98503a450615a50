// Measures over all cases of a court: what stands and when it ends.
#include <algorithm>

#include "absl/container/node_hash_map.h"
#include "server/api/impl.h"
#include "server/api/page_token.h"
#include "server/api/tags.h"
#include "server/api/views.h"
#include "server/core/rows.h"
#include "server/domain/instant.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr size_t kOrdersLookedAt = 2000, kOrdersAtOnce = 200;

std::string FilterOf(const ListMeasuresRequest& request) {
  const std::string before =
      request.has_ending_before() ? std::to_string(domain::Micros(domain::FromProto(request.ending_before()))) : "";
  return request.case_number() + (request.standing_only() ? "/standing/" : "/all/") + before;
}

bool IsAsked(const MeasureView& view, const ListMeasuresRequest& request) {
  const bool in_effect = view.phase() == MEASURE_PHASE_EFFECTIVE || view.phase() == MEASURE_PHASE_EXPECTED_LAPSED;
  if (request.standing_only() && !in_effect && view.phase() != MEASURE_PHASE_WAITLISTED) return false;
  if (!request.has_ending_before()) return true;
  return in_effect && view.state().has_effective_to() &&
         domain::FromProto(view.state().effective_to()) < domain::FromProto(request.ending_before());
}

// Cases are folded from their entries: each once a page, however many of their orders are on it.
class Folder {
 public:
  explicit Folder(JournalReader& journal) : journal_(journal) {}
  absl::StatusOr<const domain::Case*> At(CaseSeq seq) {
    const auto at = cases_.find(seq.value());
    if (at != cases_.end()) return &at->second;
    EAGLE_ASSIGN_OR_RETURN(domain::Case of, journal_.FoldedCase(seq));
    return &cases_.emplace(seq.value(), std::move(of)).first->second;
  }

 private:
  JournalReader& journal_;
  absl::node_hash_map<uint64_t, domain::Case> cases_;
};

}  // namespace

absl::StatusOr<ListMeasuresResponse> Handlers::ListMeasures(const Caller& caller, const ListMeasuresRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.CaseService/ListMeasures"));
  EAGLE_ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size()));
  const TokenScope scope{"ListMeasures", caller, FilterOf(request)};
  EAGLE_ASSIGN_OR_RETURN(uint64_t after, OpenNumberToken(impl_->ports.key_ring, scope, request.page_token(), 0));
  const auto published = impl_->published();
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
  ListMeasuresResponse response;
  core::OrderList list = core::OrderList::kOfCourt;
  uint64_t owner = caller.court.value();
  if (!request.case_number().empty()) {
    EAGLE_ASSIGN_OR_RETURN(
        const std::optional<CaseSeq> of,
        journal.CaseNumbered(caller.court, CaseNumberTags(impl_->ports.key_ring, caller.code, request.case_number())));
    if (!of) return response;
    list = core::OrderList::kOfCase;
    owner = of->value();
  }
  Folder folder(journal);
  for (size_t looked = 0; looked < kOrdersLookedAt; looked += kOrdersAtOnce) {
    EAGLE_ASSIGN_OR_RETURN(const std::vector<OrderSeq> orders,
                           core::OrdersListed(journal.store(), list, owner, OrderSeq(after), kOrdersAtOnce));
    for (const OrderSeq seq : orders) {
      if (static_cast<size_t>(response.measures_size()) == page_size) {
        response.set_next_page_token(MakeNumberToken(impl_->ports.key_ring, scope, after));
        return response;
      }
      after = seq.value();
      EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Order> order, journal.OrderAt(seq));
      if (!order) return Fail(Reason::kTablesDiffer, "a list names an order that isn't there");
      if (!domain::MakesMeasure(order->action)) continue;
      EAGLE_ASSIGN_OR_RETURN(const domain::Case* const of, folder.At(order->case_seq));
      const domain::Measure* measure = of->readable ? of->ledger.FindMeasure(seq) : nullptr;
      if (measure == nullptr) continue;  // erased
      MeasureView view = MeasureViewOf(*measure, order->order_id, *of, *published);
      view.mutable_state()->clear_shares(), view.mutable_state()->clear_prior_measures();
      if (IsAsked(view, request)) *response.add_measures() = std::move(view);
    }
    if (orders.size() < kOrdersAtOnce) return response;
  }
  response.set_next_page_token(MakeNumberToken(impl_->ports.key_ring, scope, after));
  return response;
}

}  // namespace eagle::api
