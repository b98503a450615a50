// The coverage map 覆盖图: which agency can be asked to do what, and whether somebody is there.
#include <algorithm>
#include <tuple>
#include <vector>

#include "server/api/impl.h"
#include "server/api/page_token.h"
#include "server/api/supervised.h"
#include "server/api/views.h"
#include "server/domain/instant.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr std::string_view kGetCoverage = "/goldeneagle.v1.SupervisionService/GetCoverage";

std::string FilterOf(const GetCoverageRequest& request) {
  GetCoverageRequest filter = request;
  filter.clear_page_size();
  filter.clear_page_token();
  return filter.SerializeAsString();
}

bool IsSame(const Capability& a, const Capability& b) {
  return a.action() == b.action() && a.asset_kind() == b.asset_kind();
}

// Rows of the directory, one an action and asset kind; and one for each action that has none.
std::vector<CoverageRow> RowsOf(const domain::Agency& agency, const domain::PresenceState& presence, Action only) {
  const std::vector<Capability> effective = EffectiveOf(agency, presence);
  std::vector<CoverageRow> rows;
  for (int number = Action_MIN + 1; number <= Action_MAX; ++number) {
    if (!Action_IsValid(number) || (only != ACTION_UNSPECIFIED && number != only)) continue;
    const auto action = static_cast<Action>(number);
    const size_t before = rows.size();
    for (const Capability& approved : agency.row.capabilities()) {
      if (approved.action() != action) continue;
      CoverageRow row;
      row.set_action(action);
      row.set_asset_kind(approved.asset_kind());
      row.set_approved(true);
      const bool declared = std::any_of(effective.begin(), effective.end(),
                                        [&](const Capability& each) { return IsSame(each, approved); });
      row.set_state(!declared             ? COVERAGE_STATE_NEVER
                    : approved.by_clerk() ? COVERAGE_STATE_BY_CLERK
                    : presence.present    ? COVERAGE_STATE_LIVE
                                          : COVERAGE_STATE_ABSENT);
      rows.push_back(std::move(row));
    }
    if (rows.size() > before) continue;
    CoverageRow never;
    never.set_action(action);
    never.set_state(COVERAGE_STATE_NEVER);
    rows.push_back(std::move(never));
  }
  std::stable_sort(rows.begin(), rows.end(), [](const CoverageRow& a, const CoverageRow& b) {
    return std::forward_as_tuple(a.action(), a.asset_kind()) < std::forward_as_tuple(b.action(), b.asset_kind());
  });
  return rows;
}

AgencyCoverage ViewOf(const domain::Agency& agency, const core::Published& published, Action only) {
  AgencyCoverage view;
  const domain::PresenceState& presence = PresenceOf(published, agency.ordinal);
  view.set_agency(agency.row.code());
  view.set_display_name(agency.row.name());
  view.set_kind(agency.row.kind());
  view.set_region(agency.row.region());
  view.set_presence(presence.present ? PRESENCE_PRESENT : presence.ever ? PRESENCE_ABSENT : PRESENCE_NEVER_SEEN);
  if (presence.ever && !presence.present) *view.mutable_absent_since() = domain::ToProto(presence.since);
  for (CoverageRow& row : RowsOf(agency, presence, only)) *view.add_rows() = std::move(row);
  return view;
}

}  // namespace

absl::StatusOr<GetCoverageResponse> Handlers::GetCoverage(const Caller& caller, const GetCoverageRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, kGetCoverage));
  EAGLE_ASSIGN_OR_RETURN(const size_t page_size, SupervisionPageSize(request.page_size()));
  if (!Action_IsValid(request.action()))
    return Fail(Reason::kFieldInvalid, "there is no such action").At("action", "one of the contract");
  const TokenScope scope{"GetCoverage", caller, FilterOf(request)};
  EAGLE_ASSIGN_OR_RETURN(uint64_t after, OpenNumberToken(impl_->ports.key_ring, scope, request.page_token(), 0));
  const auto published = impl_->published();
  EAGLE_ASSIGN_OR_RETURN(const std::optional<AgencyOrdinal> only,
                         AgencySeen(caller, request.agency(), *published->directory));
  GetCoverageResponse response;
  if (!only) return response;
  for (const domain::Agency& agency : published->directory->agencies()) {
    if (agency.ordinal.value() <= after || (*only && agency.ordinal != *only) ||
        (!request.kind().empty() && agency.row.kind() != request.kind()) ||
        (!request.region().empty() && agency.row.region() != request.region()))
      continue;
    if (static_cast<size_t>(response.agencies_size()) == page_size) {
      response.set_next_page_token(MakeNumberToken(impl_->ports.key_ring, scope, after));
      return response;
    }
    after = agency.ordinal.value();
    *response.add_agencies() = ViewOf(agency, *published, request.action());
  }
  return response;
}

}  // namespace eagle::api
