// eagle agency list | positions: who is connected, what they can do, whether they are there; what they last stated.
#include <set>

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

absl::Status ShowAgencies(Session& session, const AgencyFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  Table table("agencies", {{"code"},
                           {"name"},
                           {"kind"},
                           {"region"},
                           {"presence"},
                           {"since"},
                           {"open_tasks", kRight},
                           {"can_do"},
                           {"approved", kLeft, true},
                           {"effective", kLeft, true}});
  v1::ListAgenciesRequest request;
  request.set_kind(flags.kind);
  request.set_page_size(1000);
  for (;;) {
    EAGLE_ASSIGN_OR_RETURN(const v1::ListAgenciesResponse page, gateway->ListAgencies(request));
    for (const v1::AgencyView& agency : page.agencies()) {
      const std::string effective = ActionsText(agency.effective());
      table.Add({Text(agency.code()), Text(agency.display_name()), Text(agency.kind()), Text(agency.region()),
                 Text(Word(agency.presence())),
                 IsSet(agency.since()) ? Instant(ToTime(agency.since()), zone) : Nothing(), Count(agency.open_tasks()),
                 TextOrNothing(effective), Text(ActionsText(agency.capabilities())), Text(effective)});
    }
    if (page.next_page_token().empty()) break;
    request.set_page_token(page.next_page_token());
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
  Verb list = agency.Add("list", "List agencies with presence and capabilities.", "eagle agency list --kind BANK");
  list.Text("--kind", &flags->kind, "BANK, LAND, VEHICLE, HOUSING_FUND, BUSINESS or IP");
  list.Do([flags](Session& session) { return ShowAgencies(session, *flags); });
  auto of = std::make_shared<AgencyFlags>();
  Verb positions = agency.Add("positions", "Of which day each agency's statement 每日对账 is here whole.",
                              "eagle agency positions --kind BANK");
  positions.Text("--kind", &of->kind, "BANK, LAND, VEHICLE, HOUSING_FUND, BUSINESS or IP");
  positions.Do([of](Session& session) { return ShowPositions(session, *of); });
}

}  // namespace eagle::client
