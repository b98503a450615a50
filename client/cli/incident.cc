// eagle incident list: where agencies' daily statements 每日对账 and the log don't agree, for operators and courts.
#include "client/cli/batches.h"
#include "client/cli/commands.h"
#include "client/cli/session.h"
#include "client/lib/json.h"

namespace eagle::client {
namespace {

struct IncidentFlags {
  std::string agency;
  bool open_only = false;
};

// What an amount's holder says of it: "60,000.00 + 20,000.00 unfunded"; "ended"; nothing for those whom it doesn't
// concern.
Cell StateCell(bool known, const v1::MeasureState& state) {
  if (!known) return Nothing();
  if (state.ended()) return Text("ended");
  std::string out = Money(state.controlled_minor_units()).text;
  if (state.unfunded_minor_units() > 0) out += " + " + Money(state.unfunded_minor_units()).text + " unfunded";
  return Text(out);
}

absl::Status ListIncidents(Session& session, const IncidentFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  Table table("incidents", {{"incident"},
                            {"kind"},
                            {"agency"},
                            {"day"},
                            {"order_id"},
                            {"stated"},
                            {"recorded"},
                            {"due"},
                            {"overdue"},
                            {"cleared"},
                            {"court", kLeft, true},
                            {"arisen", kLeft, true}});
  v1::ListIncidentsRequest request;
  request.set_agency(flags.agency), request.set_open_only(flags.open_only), request.set_page_size(1000);
  do {
    EAGLE_ASSIGN_OR_RETURN(const v1::ListIncidentsResponse page, gateway->ListIncidents(request));
    for (const v1::IncidentView& view : page.incidents()) {
      table.Add({Text(view.name()), Text(Word(view.kind())), Text(NameOr(session.names(), view.agency())),
                 Text(view.day()), view.order_id().empty() ? Nothing() : IdCell(view.order_id()),
                 StateCell(view.has_stated(), view.stated()), StateCell(view.has_recorded(), view.recorded()),
                 Due(ToTime(view.deadline().due_at()), zone), YesNo(view.overdue()),
                 view.has_cleared_at() ? Instant(ToTime(view.cleared_at()), zone) : Nothing(),
                 TextOrNothing(view.court()), Instant(ToTime(view.arisen_at()), zone)});
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  Document document;
  document.Add(std::move(table));
  return session.Print(document);
}

}  // namespace

void AddIncident(Verb& root) {
  auto flags = std::make_shared<IncidentFlags>();
  Verb incident =
      root.Add("incident", "Incidents 差异: an agency's daily statement and the log don't agree, or it didn't come.");
  Verb list = incident.Add("list", "List incidents with their kind, their clock and, to those concerned, both sides.",
                           "eagle incident list --open --agency 9900010");
  list.Text("--agency", &flags->agency, "only of the agency with this code");
  list.Flag("--open", &flags->open_only, "only those that stand");
  list.Do([flags](Session& session) { return ListIncidents(session, *flags); });
}

}  // namespace eagle::client
