// Which cases stand where 案件清单, and freezes in effect that nothing was decided about 冻结未处置: both out of the
// book.
#include "server/api/impl.h"
#include "server/api/page_token.h"
#include "server/api/supervised.h"
#include "server/base/bytes.h"
#include "server/domain/instant.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr std::string_view kGetCaseInventory = "/goldeneagle.v1.SupervisionService/GetCaseInventory",
                           kListUndecided = "/goldeneagle.v1.SupervisionService/ListUndecidedFreezes";

void Add(const SupervisionBook::CourtCount& count, SupervisionBook::CourtCount& sum) {
  for (size_t stage = 0; stage < count.stages.size(); ++stage) sum.stages[stage] += count.stages[stage];
  sum.open_orders += count.open_orders;
  sum.effective += count.effective;
  sum.undecided += count.undecided;
}

CourtInventory ViewOf(const SupervisionBook::CourtCount& count, const std::string& court) {
  CourtInventory view;
  view.set_court(court);
  for (size_t stage = 0; stage < count.stages.size(); ++stage) {
    if (count.stages[stage] == 0) continue;
    StageCount& row = *view.add_stages();
    row.set_stage(static_cast<CaseStage>(stage));
    row.set_cases(count.stages[stage]);
    view.set_cases(view.cases() + count.stages[stage]);
  }
  view.set_open_orders(count.open_orders);
  view.set_effective_measures(count.effective);
  view.set_undecided_freezes(count.undecided);
  return view;
}

std::string FilterOf(const ListUndecidedFreezesRequest& request) {
  ListUndecidedFreezesRequest filter = request;
  filter.clear_page_size();
  filter.clear_page_token();
  return filter.SerializeAsString();
}

absl::StatusOr<std::optional<FreezeKey>> FreezeKeyOf(const trust::KeyRing& ring, const TokenScope& scope,
                                                     const std::string& token) {
  if (token.empty()) return std::optional<FreezeKey>();
  EAGLE_ASSIGN_OR_RETURN(const std::string bytes, OpenToken(ring, scope, token));
  ByteReader in(bytes);
  FreezeKey key{.since = in.I64()};
  key.freeze = in.U64();
  return std::optional<FreezeKey>(key);
}

absl::StatusOr<UndecidedFreeze> ViewOf(const FreezeRow& row, const Caller& caller, const domain::Directory& directory,
                                       JournalReader& journal) {
  UndecidedFreeze view;
  EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Order> order, journal.OrderAt(OrderSeq(row.key.freeze)));
  if (!order) return Fail(Reason::kTablesDiffer, "a freeze names an order that isn't there");
  view.set_order_id(order->order_id);
  view.set_order_seq(row.key.freeze);
  if (const domain::Court* court = directory.CourtByOrdinal(row.court); court != nullptr)
    view.set_court(court->row.code());
  if (caller.role == Role::kCourt) {
    EAGLE_ASSIGN_OR_RETURN(*view.mutable_case_number(), CaseNumberOf(row.case_seq, journal));
  }
  if (const domain::Agency* agency = directory.AgencyByOrdinal(row.agency); agency != nullptr)
    view.set_agency(agency->row.code());
  view.set_asset_kind(row.asset_kind);
  *view.mutable_effective_since() = domain::ToProto(domain::FromMicros(row.key.since));
  if (row.ends != absl::InfiniteFuture()) *view.mutable_ends_at() = domain::ToProto(row.ends);
  return view;
}

}  // namespace

absl::StatusOr<GetCaseInventoryResponse> Handlers::GetCaseInventory(const Caller& caller,
                                                                    const GetCaseInventoryRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, kGetCaseInventory));
  EAGLE_ASSIGN_OR_RETURN(const size_t page_size, SupervisionPageSize(request.page_size()));
  const TokenScope scope{"GetCaseInventory", caller, request.court()};
  EAGLE_ASSIGN_OR_RETURN(const uint64_t after, OpenNumberToken(impl_->ports.key_ring, scope, request.page_token(), 0));
  const auto published = impl_->published();
  EAGLE_ASSIGN_OR_RETURN(const CourtsSeen courts,
                         CourtsSeen::Of(caller, kGetCaseInventory, request.court(), *published->directory));
  SupervisionBook::AsOf as_of;
  GetCaseInventoryResponse response;
  SupervisionBook::CourtCount sum;
  uint64_t last = after;
  for (const auto& [ordinal, count] : impl_->supervision.Counts(as_of)) {
    const domain::Court* court = published->directory->CourtByOrdinal(CourtOrdinal(ordinal));
    if (court == nullptr || !courts.Has(court->ordinal)) continue;
    Add(count, sum);
    if (ordinal <= after) continue;
    if (static_cast<size_t>(response.courts_size()) == page_size) {
      response.set_next_page_token(MakeNumberToken(impl_->ports.key_ring, scope, last));
      continue;  // the sum goes on
    }
    last = ordinal;
    *response.add_courts() = ViewOf(count, court->row.code());
  }
  *response.mutable_total() = ViewOf(sum, "");
  response.set_as_of_index(as_of.index);
  *response.mutable_as_of() = domain::ToProto(as_of.time);
  return response;
}

absl::StatusOr<ListUndecidedFreezesResponse> Handlers::ListUndecidedFreezes(
    const Caller& caller, const ListUndecidedFreezesRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, kListUndecided));
  EAGLE_ASSIGN_OR_RETURN(const size_t page_size, SupervisionPageSize(request.page_size()));
  const TokenScope scope{"ListUndecidedFreezes", caller, FilterOf(request)};
  EAGLE_ASSIGN_OR_RETURN(const std::optional<FreezeKey> after,
                         FreezeKeyOf(impl_->ports.key_ring, scope, request.page_token()));
  const auto published = impl_->published();
  EAGLE_ASSIGN_OR_RETURN(const CourtsSeen courts,
                         CourtsSeen::Of(caller, kListUndecided, request.court(), *published->directory));
  EAGLE_ASSIGN_OR_RETURN(const std::optional<AgencyOrdinal> agency,
                         AgencySeen(caller, request.agency(), *published->directory));
  const int64_t before = request.has_effective_before() ? domain::Micros(domain::FromProto(request.effective_before()))
                                                        : SupervisionBook::kEver;
  const auto page = impl_->supervision.Undecided(
      [&](const FreezeRow& row) { return courts.Has(row.court) && (!*agency || row.agency == *agency); }, before, after,
      page_size);
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
  ListUndecidedFreezesResponse response;
  for (const FreezeRow& row : page.rows) {
    EAGLE_ASSIGN_OR_RETURN(*response.add_freezes(), ViewOf(row, caller, *published->directory, journal));
  }
  if (page.next)
    response.set_next_page_token(
        MakeToken(impl_->ports.key_ring, scope, ByteWriter().I64(page.next->since).U64(page.next->freeze).Take()));
  response.set_as_of_index(page.as_of.index);
  *response.mutable_as_of() = domain::ToProto(page.as_of.time);
  return response;
}

}  // namespace eagle::api
