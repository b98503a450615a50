// eagle agency list | positions: who is connected, what they can do, whether they are there, until when their adapter's
// examination counts, who is behind with the directory; and what they last stated.
#include <algorithm>
#include <set>
#include <vector>

#include "client/cli/commands.h"
#include "client/cli/session.h"
#include "client/lib/json.h"

namespace eagle::client {
namespace {

struct AgencyFlags {
  std::string kind;
  bool capabilities = false;
};

// "FREEZE, INQUIRE (clerk)": each action once; by a clerk when only a clerk does it.
std::string ActionsText(const google::protobuf::RepeatedPtrField<v1::Capability>& capabilities) {
  std::set<v1::Action> automatic, by_clerk;
  for (const v1::Capability& row : capabilities) (row.by_clerk() ? by_clerk : automatic).insert(row.action());
  std::string out;
  for (const v1::Action action :
       {v1::ACTION_INQUIRE, v1::ACTION_FREEZE, v1::ACTION_RENEW, v1::ACTION_RELEASE, v1::ACTION_DEDUCT,
        v1::ACTION_TRANSFER_TITLE, v1::ACTION_LOCATE, v1::ACTION_EXTRACT_INCOME}) {
    if (!automatic.contains(action) && !by_clerk.contains(action)) continue;
    out += (out.empty() ? "" : ", ") + Word(action) + (automatic.contains(action) ? "" : " (clerk)");
  }
  return out;
}

absl::StatusOr<std::vector<v1::AgencyView>> ReadAgencies(Gateway& gateway, const std::string& kind) {
  std::vector<v1::AgencyView> agencies;
  v1::ListAgenciesRequest request;
  request.set_kind(kind);
  request.set_page_size(1000);
  for (;;) {
    EAGLE_ASSIGN_OR_RETURN(const v1::ListAgenciesResponse page, gateway.ListAgencies(request));
    agencies.insert(agencies.end(), page.agencies().begin(), page.agencies().end());
    if (page.next_page_token().empty()) return agencies;
    request.set_page_token(page.next_page_token());
  }
}

// The position at which an agency has everything; one that none of them reaches when there is more than the first of
// them has.
absl::StatusOr<uint64_t> CurrentPosition(Gateway& gateway, const std::vector<v1::AgencyView>& agencies) {
  uint64_t furthest = 0;
  for (const v1::AgencyView& agency : agencies) furthest = std::max(furthest, agency.directory_position());
  v1::ListStatementsRequest request;
  request.set_position(furthest);
  request.set_page_size(1);
  EAGLE_ASSIGN_OR_RETURN(const v1::ListStatementsResponse next, gateway.ListStatements(request));
  return next.statements().empty() ? furthest : furthest + 1;
}

absl::Status ShowAgencies(Session& session, const AgencyFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  EAGLE_ASSIGN_OR_RETURN(const std::vector<v1::AgencyView> agencies, ReadAgencies(*gateway, flags.kind));
  EAGLE_ASSIGN_OR_RETURN(const uint64_t current, CurrentPosition(*gateway, agencies));
  Table table("agencies", {{"code"},
                           {"name"},
                           {"kind"},
                           {"region"},
                           {"presence"},
                           {"since"},
                           {"open_tasks", kRight},
                           {"examined_until"},
                           {"directory"},
                           {"can_do"},
                           {"approved", kLeft, true},
                           {"effective", kLeft, true},
                           {"directory_position", kRight, true},
                           {"directory_received_at", kLeft, true}});
  for (const v1::AgencyView& agency : agencies) {
    const std::string effective = ActionsText(agency.effective());
    const auto instant = [&zone](const google::protobuf::Timestamp& time) {
      return IsSet(time) ? Instant(ToTime(time), zone) : Nothing();
    };
    const bool acknowledged = agency.directory_position() != 0;
    table.Add({Text(agency.code()), Text(agency.display_name()), Text(agency.kind()), Text(agency.region()),
               Text(Word(agency.presence())), instant(agency.since()), Count(agency.open_tasks()),
               IsSet(agency.examined_until()) ? End(ToTime(agency.examined_until()), zone) : Nothing(),
               TextOrNothing(!acknowledged                            ? ""
                             : agency.directory_position() == current ? "CURRENT"
                                                                      : "BEHIND"),
               TextOrNothing(effective), Text(ActionsText(agency.capabilities())), Text(effective),
               acknowledged ? Count(agency.directory_position()) : Nothing(), instant(agency.directory_received_at())});
  }
  Document document;
  document.Add(std::move(table));
  return session.Print(document);
}

// How far the agencies' daily statements have come.
absl::Status ShowPositions(Session& session, const AgencyFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  Table table("positions",
              {{"code"}, {"name"}, {"kind"}, {"stated_until"}, {"presence"}, {"since"}, {"open_tasks", kRight}});
  v1::ListAgenciesRequest request;
  request.set_kind(flags.kind);
  request.set_page_size(1000);
  do {
    EAGLE_ASSIGN_OR_RETURN(const v1::ListAgenciesResponse page, gateway->ListAgencies(request));
    for (const v1::AgencyView& agency : page.agencies()) {
      table.Add({Text(agency.code()), Text(agency.display_name()), Text(agency.kind()),
                 TextOrNothing(agency.position_day()), Text(Word(agency.presence())),
                 IsSet(agency.since()) ? Instant(ToTime(agency.since()), zone) : Nothing(),
                 Count(agency.open_tasks())});
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  Document document;
  document.Add(std::move(table));
  return session.Print(document);
}

}  // namespace

void AddAgency(Verb& root) {
  auto flags = std::make_shared<AgencyFlags>();
  Verb agency = root.Add("agency", "Agencies 协助执行单位: who is connected and what they can do.");
  Verb list = agency.Add(
      "list",
      "List agencies with presence and capabilities; until when the examination of the adapter that is there counts "
      "一致性检验; and whether its directory is the newest 名册签收.",
      "eagle agency list --kind BANK");
  list.Text("--kind", &flags->kind, "BANK, LAND, VEHICLE, HOUSING_FUND, BUSINESS or IP");
  list.Do([flags](Session& session) { return ShowAgencies(session, *flags); });
  auto of = std::make_shared<AgencyFlags>();
  Verb positions = agency.Add("positions", "Of which day each agency's statement 每日对账 is here whole.",
                              "eagle agency positions --kind BANK");
  positions.Text("--kind", &of->kind, "BANK, LAND, VEHICLE, HOUSING_FUND, BUSINESS or IP");
  positions.Do([of](Session& session) { return ShowPositions(session, *of); });
}

}  // namespace eagle::client
