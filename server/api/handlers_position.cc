// Positions 对账: what agencies state of a day, and where that and the log don't agree.
#include "goldeneagle/v1/entry.pb.h"
#include "server/api/impl.h"
#include "server/api/page_token.h"
#include "server/api/views.h"
#include "server/core/rows.h"
#include "server/domain/instant.h"
#include "server/domain/reading.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr int32_t kIncidentsPerPage = 100;
constexpr size_t kIncidentsLookedAt = 2000, kIncidentsAtOnce = 200;

absl::StatusOr<domain::ReportPositions> OpenPositions(Handlers::Impl& impl, const Caller& caller,
                                                      ReportResultsRequest& request) {
  if (request.instance().empty())
    return Fail(Reason::kFieldMissing, "the instance names itself").At("instance", "the field is required");
  const auto published = impl.published();
  const domain::Directory& directory = *published->directory;
  EAGLE_ASSIGN_OR_RETURN(
      VerifiedBatch verified,
      Verify(
          std::move(*request.mutable_batch()),
          {.type = MEMBER_TYPE_POSITION, .environment = directory.founding().environment(), .signer = caller.code},
          [&](const Head& head) { return KeyOf(directory, "agency/" + head.signer()); }, impl.ports.checker));
  EAGLE_ASSIGN_OR_RETURN(std::vector<Position> parts, ParseMembers<Position>(verified.members, Reading::kTolerant));
  domain::ReportPositions command{.signed_head = std::move(verified.signed_head), .agency = caller.agency};
  for (size_t i = 0; i < parts.size(); ++i)
    command.members.push_back({std::move(verified.members[i]), std::move(parts[i])});
  return command;
}

// Whose court's case the incident is about. Empty: it is about none.
absl::StatusOr<std::string> CourtOf(const domain::Incident& incident, const domain::Directory& directory,
                                    JournalReader& journal) {
  if (!incident.case_seq) return std::string();
  EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Case> of, journal.CaseRow(incident.case_seq));
  const domain::Court* court = of ? directory.CourtByOrdinal(of->court) : nullptr;
  if (court == nullptr) return Fail(Reason::kTablesDiffer, "an incident names a case that isn't there");
  return court->row.code();
}

bool IsSeenBy(const Caller& caller, const domain::Incident& incident, const std::string& court,
              const domain::Directory& directory) {
  switch (caller.role) {
    case Role::kOperator:
      return true;
    case Role::kAgency:
      return incident.agency == caller.agency;
    case Role::kCourt:
      return !court.empty() && (court == caller.code || domain::IsAbove(directory, caller.code, court));
    default:
      return false;
  }
}

// What either side says, to the two whom it concerns. Nothing when the case was erased.
absl::Status AddStates(const domain::Incident& incident, bool to_court, JournalReader& journal, IncidentView& view) {
  EAGLE_ASSIGN_OR_RETURN(const domain::Entry entry, journal.EntryAt(incident.index));
  IncidentPayload payload;
  if (!entry.payload || !payload.ParseFromString(*entry.payload)) return absl::OkStatus();
  for (MeasureState* state : {payload.mutable_stated(), payload.mutable_recorded()}) {
    if (to_court) state->clear_shares(), state->clear_prior_measures();  // accounts are read with a ticket
  }
  if (payload.stated().ByteSizeLong() > 0) *view.mutable_stated() = payload.stated();
  if (payload.recorded().ByteSizeLong() > 0) *view.mutable_recorded() = payload.recorded();
  return absl::OkStatus();
}

absl::StatusOr<IncidentView> ViewOf(const domain::Incident& incident, const std::string& court, const Caller& caller,
                                    const core::Published& published, JournalReader& journal) {
  IncidentView view;
  view.set_name("incidents/" + std::to_string(incident.index));
  view.set_kind(incident.kind);
  const domain::Agency* agency = published.directory->AgencyByOrdinal(incident.agency);
  if (agency != nullptr) view.set_agency(agency->row.code());
  view.set_day(incident.day);
  view.set_court(court);
  if (incident.freeze) {
    EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Order> order, journal.OrderAt(incident.freeze));
    if (!order) return Fail(Reason::kTablesDiffer, "an incident names an order that isn't there");
    view.set_order_id(order->order_id);
  }
  const bool own_court = caller.role == Role::kCourt && court == caller.code;
  if (own_court || caller.role == Role::kAgency) EAGLE_RETURN_IF_ERROR(AddStates(incident, own_court, journal, view));
  *view.mutable_arisen_at() = domain::ToProto(incident.arisen_at);
  *view.mutable_deadline() = DeadlineOf(incident.deadline, incident.arisen_at, published, agency);
  view.set_overdue(incident.open() ? published.recorded >= incident.deadline.due : incident.late);
  if (!incident.open()) *view.mutable_cleared_at() = domain::ToProto(incident.cleared_at);
  return view;
}

}  // namespace

void Handlers::ReportPosition(const Caller& caller, ReportResultsRequest request, Reply<ReportResultsResponse> reply) {
  if (absl::Status may = MayCall(caller, "/goldeneagle.v1.AdapterService/ReportPosition"); !may.ok()) return reply(may);
  auto command = OpenPositions(*impl_, caller, request);
  if (!command.ok()) return reply(command.status());
  impl_->ports.dispatcher.Seen(caller.agency, request.instance()).IgnoreError();
  impl_->Submit<ReportResultsResponse>(*std::move(command), reply,
                                       [reply](const domain::Result& result, const core::CommitView& commit) {
                                         if (!result.status.ok()) return reply(result.status);
                                         ReportResultsResponse response;
                                         for (const domain::MemberResult& member : result.members)
                                           AddReceiptResult(member, response);
                                         response.set_checkpoint(commit.checkpoint());
                                         reply(std::move(response));
                                       });
}

absl::StatusOr<ListIncidentsResponse> Handlers::ListIncidents(const Caller& caller,
                                                              const ListIncidentsRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.SupervisionService/ListIncidents"));
  EAGLE_ASSIGN_OR_RETURN(const size_t page_size,
                         PageSize(request.page_size() == 0 ? kIncidentsPerPage : request.page_size()));
  const TokenScope scope{"ListIncidents", caller, request.agency() + (request.open_only() ? "/open" : "/all")};
  EAGLE_ASSIGN_OR_RETURN(uint64_t after, OpenNumberToken(impl_->ports.key_ring, scope, request.page_token(), 0));
  const auto published = impl_->published();
  const domain::Directory& directory = *published->directory;
  AgencyOrdinal only;
  if (!request.agency().empty()) {
    const domain::Agency* agency = directory.AgencyByCode(request.agency());
    if (agency == nullptr)
      return Fail(Reason::kAgencyUnknown, "no agency of the directory has this code").At("agency", "unknown");
    only = agency->ordinal;
  }
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
  ListIncidentsResponse response;
  for (size_t looked = 0; looked < kIncidentsLookedAt; looked += kIncidentsAtOnce) {
    EAGLE_ASSIGN_OR_RETURN(const std::vector<domain::Incident> incidents,
                           core::IncidentsPast(journal.store(), after, kIncidentsAtOnce));
    for (const domain::Incident& incident : incidents) {
      if (static_cast<size_t>(response.incidents_size()) == page_size) {
        response.set_next_page_token(MakeNumberToken(impl_->ports.key_ring, scope, after));
        return response;
      }
      after = incident.index;
      if ((only && incident.agency != only) || (request.open_only() && !incident.open())) continue;
      EAGLE_ASSIGN_OR_RETURN(const std::string court, CourtOf(incident, directory, journal));
      if (!IsSeenBy(caller, incident, court, directory)) continue;
      EAGLE_ASSIGN_OR_RETURN(*response.add_incidents(), ViewOf(incident, court, caller, *published, journal));
    }
    if (incidents.size() < kIncidentsAtOnce) return response;
  }
  response.set_next_page_token(MakeNumberToken(impl_->ports.key_ring, scope, after));
  return response;
}

}  // namespace eagle::api
