// eagle supervise due | alerts | coverage | inventory | undecided: the command centre's lists, for operators, courts
// over their own cases and those of courts below them, and agencies over what names them.
#include <algorithm>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/cli/batches.h"
#include "client/cli/commands.h"
#include "client/cli/supervise.h"
#include "client/lib/follow_stream.h"
#include "server/base/reason.h"
#include "server/trust/timestamps.h"

namespace eagle::client {
namespace {

constexpr uint64_t kRowsDefault = 1000;

constexpr v1::Action kActions[] = {v1::ACTION_INQUIRE, v1::ACTION_FREEZE,        v1::ACTION_RENEW,
                                   v1::ACTION_RELEASE, v1::ACTION_DEDUCT,        v1::ACTION_TRANSFER_TITLE,
                                   v1::ACTION_LOCATE,  v1::ACTION_EXTRACT_INCOME};

absl::StatusOr<v1::Action> ActionOf(const std::string& word) {
  if (word.empty()) return v1::ACTION_UNSPECIFIED;
  const auto action = OfWord<v1::Action>(word);
  if (action == v1::ACTION_UNSPECIFIED)
    return Fail(Reason::kFieldInvalid, "no such action: " + word).At("--action", "INQUIRE, FREEZE, RENEW, ...");
  return action;
}

// --- due

struct DueFlags {
  std::vector<std::string> kinds, states;
  std::string agency, court, action, csv;
  uint64_t within_hours = 0, limit = kRowsDefault;
  bool urgent = false, overdue = false, soon = false, today = false;
};

absl::StatusOr<v1::ListDueRequest> DueRequestOf(Session& session, const DueFlags& flags, const absl::TimeZone& zone) {
  v1::ListDueRequest request;
  for (const std::string& word : flags.kinds) {
    const auto kind = OfWord<v1::DueKind>(word);
    if (kind == v1::DUE_KIND_UNSPECIFIED)
      return Fail(Reason::kFieldInvalid, "no such kind of clock: " + word)
          .At("--kind", "ORDER, SURPLUS, OBJECTION, INCIDENT, MEASURE_END, STATEMENT");
    request.add_kinds(kind);
  }
  if (flags.overdue) request.add_states(v1::DUE_STATE_OVERDUE);
  if (flags.soon) request.add_states(v1::DUE_STATE_SOON);
  request.set_agency(flags.agency);
  request.set_court(flags.court);
  EAGLE_ASSIGN_OR_RETURN(const v1::Action action, ActionOf(flags.action));
  request.set_action(action);
  request.set_urgent_only(flags.urgent);
  if (flags.today && flags.within_hours > 0)
    return Fail(Reason::kFieldInvalid, "one of the two says how far to look").At("--today", "or --within");
  const absl::Time now = session.process().clock.WallNow();
  // What is due at 24:00 is due today.
  if (flags.today) *request.mutable_due_before() = trust::TimestampOf(EndOfToday(now, zone) + absl::Microseconds(1));
  if (flags.within_hours > 0)
    *request.mutable_due_before() =
        trust::TimestampOf(now + absl::Hours(static_cast<int64_t>(std::min<uint64_t>(flags.within_hours, 1'000'000))));
  return request;
}

absl::Status ShowDue(Session& session, const DueFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  EAGLE_ASSIGN_OR_RETURN(const v1::ListDueRequest request, DueRequestOf(session, flags, zone));
  EAGLE_ASSIGN_OR_RETURN(const DueListed listed, ListDueUpTo(*gateway, request, std::max<uint64_t>(flags.limit, 1)));
  Table table = DueTable("due");
  for (const v1::DueView& view : listed.due) AddDue(session, zone, view, table);
  if (listed.more) session.Talk(absl::StrCat("the first ", listed.due.size(), ": see --limit"));
  return PrintOrCsv(session, std::move(table), flags.csv);
}

// --- alerts

struct AlertFlags {
  uint64_t hours = 24, limit = kRowsDefault, seconds = 0;
  std::string resume, csv;
  bool follow = false;
};

absl::Status FollowAlerts(Session& session, const AlertFlags& flags, v1::WatchAlertsRequest request) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  const auto open = [&](const std::string& token) {
    request.set_resume_token(token);
    return gateway->WatchAlerts(request);
  };
  std::ostream& out = session.process().out;
  return FollowStream<v1::WatchAlertsResponse>(
      open, request.resume_token(), session.process().waiter, session.process().real_clock,
      [&](const v1::WatchAlertsResponse& page) {
        for (const v1::Alert& alert : page.alerts()) {
          const auto text = [](const std::string& value) { return TextOrNothing(value).json; };
          out << "{\"journal_index\": " << alert.journal_index()
              << ", \"time\": " << JsonString(Rfc3339Text(ToTime(alert.time()), zone))
              << ", \"kind\": " << AlertKindCell(alert.kind()).json << ", \"mark_permille\": " << alert.mark_permille()
              << ", \"agency\": " << text(alert.agency()) << ", \"court\": " << text(alert.court())
              << ", \"order_id\": " << IdCell(alert.order_id()).json
              << ", \"due\": " << (IsSet(alert.due()) ? JsonString(Rfc3339Text(ToTime(alert.due()), zone)) : "null")
              << ", \"agencies_open\": " << alert.agencies_open() << ", \"days_left\": " << alert.days_left()
              << ", \"text\": " << JsonString(alert.text())
              << ", \"resume_token\": " << JsonString(alert.resume_token()) << "}\n";
        }
        out.flush();
        return true;
      },
      flags.seconds == 0 ? absl::InfiniteDuration() : absl::Seconds(static_cast<int64_t>(flags.seconds)));
}

absl::Status ShowAlerts(Session& session, const AlertFlags& flags) {
  v1::WatchAlertsRequest request;
  request.set_resume_token(flags.resume);
  const absl::Time since =
      session.process().clock.WallNow() - absl::Hours(static_cast<int64_t>(std::min<uint64_t>(flags.hours, 1'000'000)));
  if (flags.resume.empty()) *request.mutable_since() = trust::TimestampOf(since);
  if (flags.follow) return FollowAlerts(session, flags, std::move(request));
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  EAGLE_ASSIGN_OR_RETURN(const AlertsRead read, ReadAlerts(*gateway, request, std::max<uint64_t>(flags.limit, 1)));
  Table table = AlertTable("alerts");
  for (const v1::Alert& alert : read.alerts) AddAlert(session, zone, alert, table);
  return PrintOrCsv(session, std::move(table), flags.csv);
}

// --- coverage

struct CoverageFlags {
  std::string agency, kind, region, action, csv;
  bool gaps = false, rows = false;
};

// Of several kinds of assets the one that can be asked for best: LIVE before BY_CLERK, ABSENT, NEVER.
std::map<v1::Action, v1::CoverageState> BestOf(const v1::AgencyCoverage& agency) {
  std::map<v1::Action, v1::CoverageState> best;
  for (const v1::CoverageRow& row : agency.rows()) {
    const auto [at, fresh] = best.try_emplace(row.action(), row.state());
    if (!fresh) at->second = std::min(at->second, row.state());
  }
  return best;
}

Table MapOf(Session& session, const std::vector<v1::AgencyCoverage>& agencies, const absl::TimeZone& zone, bool gaps,
            v1::Action only) {
  std::vector<Column> columns = {{"agency"},      {"agency_code", kLeft, true}, {"kind"}, {"region"}, {"presence"},
                                 {"absent_since"}};
  for (const v1::Action action : kActions) {
    if (only == v1::ACTION_UNSPECIFIED || only == action) columns.push_back({absl::AsciiStrToLower(Word(action))});
  }
  Table table("coverage", columns);
  for (const v1::AgencyCoverage& agency : agencies) {
    const auto best = BestOf(agency);
    const bool whole =
        std::all_of(best.begin(), best.end(), [](const auto& one) { return one.second == v1::COVERAGE_STATE_LIVE; });
    if (gaps && whole) continue;
    std::vector<Cell> row = {Text(NameOr(session.names(), agency.agency())),
                             Text(agency.agency()),
                             Text(agency.kind()),
                             Text(agency.region()),
                             PresenceCell(agency.presence()),
                             IsSet(agency.absent_since()) ? Due(ToTime(agency.absent_since()), zone) : Nothing()};
    for (const v1::Action action : kActions) {
      if (only != v1::ACTION_UNSPECIFIED && only != action) continue;
      const auto at = best.find(action);
      row.push_back(at == best.end() ? Nothing() : CoverageCell(at->second));
    }
    table.Add(std::move(row));
  }
  return table;
}

Table RowsOf(Session& session, const std::vector<v1::AgencyCoverage>& agencies, const absl::TimeZone& zone, bool gaps) {
  Table table("coverage", {{"agency"},
                           {"agency_code", kLeft, true},
                           {"action"},
                           {"asset_kind"},
                           {"state"},
                           {"approved"},
                           {"absent_since"}});
  for (const v1::AgencyCoverage& agency : agencies) {
    for (const v1::CoverageRow& row : agency.rows()) {
      if (gaps && row.state() == v1::COVERAGE_STATE_LIVE) continue;
      table.Add({Text(NameOr(session.names(), agency.agency())), Text(agency.agency()), Text(Word(row.action())),
                 TextOrNothing(row.asset_kind()), CoverageCell(row.state()), YesNo(row.approved()),
                 IsSet(agency.absent_since()) ? Due(ToTime(agency.absent_since()), zone) : Nothing()});
    }
  }
  return table;
}

absl::Status ShowCoverage(Session& session, const CoverageFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  v1::GetCoverageRequest request;
  request.set_agency(flags.agency), request.set_kind(flags.kind), request.set_region(flags.region);
  EAGLE_ASSIGN_OR_RETURN(const v1::Action action, ActionOf(flags.action));
  request.set_action(action);
  EAGLE_ASSIGN_OR_RETURN(const std::vector<v1::AgencyCoverage> agencies, ReadCoverage(*gateway, request));
  Table table =
      flags.rows ? RowsOf(session, agencies, zone, flags.gaps) : MapOf(session, agencies, zone, flags.gaps, action);
  return PrintOrCsv(session, std::move(table), flags.csv);
}

// --- inventory

struct InventoryFlags {
  std::string court, csv;
};

constexpr v1::CaseStage kStages[] = {
    v1::CASE_STAGE_PRESERVATION, v1::CASE_STAGE_ENFORCEMENT,      v1::CASE_STAGE_RESUMED,
    v1::CASE_STAGE_STAYED,       v1::CASE_STAGE_CLOSED_NO_ASSETS, v1::CASE_STAGE_IN_BANKRUPTCY,
    v1::CASE_STAGE_TRANSFERRED,  v1::CASE_STAGE_CLOSED,           v1::CASE_STAGE_ERASED};

void AddInventory(const v1::CourtInventory& of, const std::string& name, Table& table) {
  std::vector<Cell> row = {Text(name), Count(of.cases())};
  for (const v1::CaseStage stage : kStages) {
    const auto at = std::find_if(of.stages().begin(), of.stages().end(),
                                 [&](const v1::StageCount& count) { return count.stage() == stage; });
    row.push_back(Count(at == of.stages().end() ? 0 : at->cases()));
  }
  row.push_back(Count(of.open_orders()));
  row.push_back(Count(of.effective_measures()));
  row.push_back(Count(of.undecided_freezes()));
  table.Add(std::move(row));
}

absl::Status ShowInventory(Session& session, const InventoryFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  std::vector<Column> columns = {{"court"}, {"cases", kRight}};
  for (const v1::CaseStage stage : kStages) {
    columns.push_back({absl::AsciiStrToLower(Word(stage)), kRight});
  }
  for (const char* key : {"open_orders", "effective_measures", "undecided_freezes"}) columns.push_back({key, kRight});
  Table table("inventory", columns);
  v1::GetCaseInventoryRequest request;
  request.set_court(flags.court), request.set_page_size(1000);
  v1::CourtInventory total;
  do {
    EAGLE_ASSIGN_OR_RETURN(const v1::GetCaseInventoryResponse page, gateway->GetCaseInventory(request));
    for (const v1::CourtInventory& of : page.courts()) AddInventory(of, of.court(), table);
    total = page.total();
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  AddInventory(total, "total 合计", table);
  return PrintOrCsv(session, std::move(table), flags.csv);
}

// --- undecided

struct UndecidedFlags {
  std::string court, agency, csv;
  uint64_t days = 0, limit = kRowsDefault;
};

absl::Status ShowUndecided(Session& session, const UndecidedFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  const absl::Time now = session.process().clock.WallNow();
  v1::ListUndecidedFreezesRequest request;
  request.set_court(flags.court), request.set_agency(flags.agency);
  if (flags.days > 0)
    *request.mutable_effective_before() =
        trust::TimestampOf(now - absl::Hours(24) * static_cast<int64_t>(std::min<uint64_t>(flags.days, 100'000)));
  Table table("undecided", {{"days", kRight},
                            {"effective_since"},
                            {"ends"},
                            {"court"},
                            {"case_number"},
                            {"agency"},
                            {"agency_code", kLeft, true},
                            {"asset_kind"},
                            {"freeze_order"}});
  const size_t most = std::max<uint64_t>(flags.limit, 1);
  size_t listed = 0;
  do {
    request.set_page_size(static_cast<int32_t>(std::min<size_t>(most - listed, 1000)));
    EAGLE_ASSIGN_OR_RETURN(const v1::ListUndecidedFreezesResponse page, gateway->ListUndecidedFreezes(request));
    for (const v1::UndecidedFreeze& freeze : page.freezes()) {
      const absl::Time since = ToTime(freeze.effective_since());
      const int64_t days = absl::ToCivilDay(now, zone) - absl::ToCivilDay(since, zone);
      table.Add({{std::to_string(days), std::to_string(days)},
                 Instant(since, zone),
                 IsSet(freeze.ends_at()) ? End(ToTime(freeze.ends_at()), zone) : Nothing(),
                 TextOrNothing(freeze.court()),
                 TextOrNothing(freeze.case_number()),
                 Text(NameOr(session.names(), freeze.agency())),
                 Text(freeze.agency()),
                 Text(freeze.asset_kind()),
                 IdCell(freeze.order_id())});
    }
    listed += static_cast<size_t>(page.freezes_size());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() && listed < most);
  if (!request.page_token().empty()) session.Talk(absl::StrCat("the first ", listed, ": see --limit"));
  return PrintOrCsv(session, std::move(table), flags.csv);
}

// --- the tree

void AddDueVerb(Verb& supervise) {
  auto flags = std::make_shared<DueFlags>();
  Verb verb = supervise.Add("due", "List the clocks that run, what is due first on top 到期与超期.",
                            "eagle supervise due --overdue\neagle supervise due --today --kind ORDER --csv today.csv");
  verb.Flag("--overdue", &flags->overdue, "only what is overdue");
  verb.Flag("--soon", &flags->soon, "only what is due soon (with --overdue: both)");
  verb.Flag("--today", &flags->today, "due until 24:00 of today");
  verb.Number("--within", &flags->within_hours, "due within so many hours");
  verb.Texts("--kind", &flags->kinds, "ORDER, SURPLUS, OBJECTION, INCIDENT, MEASURE_END or STATEMENT; may be repeated");
  verb.Text("--agency", &flags->agency, "only those that name this agency (code)");
  verb.Text("--court", &flags->court, "only those of this court (code) and courts below it");
  verb.Text("--action", &flags->action, "only orders of this action: INQUIRE, FREEZE, ...");
  verb.Flag("--urgent", &flags->urgent, "only urgent orders");
  verb.Number("--limit", &flags->limit, "at most so many (1000)");
  verb.Text("--csv", &flags->csv, "write them to this file, for a spreadsheet");
  verb.Do([flags](Session& session) { return ShowDue(session, *flags); });
}

void AddAlertsVerb(Verb& supervise) {
  auto flags = std::make_shared<AlertFlags>();
  Verb verb = supervise.Add("alerts", "List what somebody must act on, or follow it as JSON lines 警报.",
                            "eagle supervise alerts --hours 24\neagle supervise alerts --follow --resume \"$TOKEN\"");
  verb.Number("--hours", &flags->hours, "of the last so many hours (24)");
  verb.Number("--limit", &flags->limit, "the newest so many (1000)");
  verb.Flag("--follow", &flags->follow, "go on, one JSON line an alert, each with its resume_token");
  verb.Text("--resume", &flags->resume, "go on after the alert that had this resume_token");
  verb.Number("--seconds", &flags->seconds, "with --follow: stop after so long; never without it");
  verb.Text("--csv", &flags->csv, "write them to this file, for a spreadsheet");
  verb.Do([flags](Session& session) { return ShowAlerts(session, *flags); });
}

void AddCoverageVerb(Verb& supervise) {
  auto flags = std::make_shared<CoverageFlags>();
  Verb verb = supervise.Add("coverage", "Show which agency can be asked to do what, and whether it is there 覆盖图.",
                            "eagle supervise coverage --gaps\neagle supervise coverage --agency 9900010 --rows");
  verb.Text("--agency", &flags->agency, "only this one (code)");
  verb.Text("--kind", &flags->kind, "only agencies of this kind: BANK, LAND, ...");
  verb.Text("--region", &flags->region, "only agencies of this region (6 digits)");
  verb.Text("--action", &flags->action, "only this action: INQUIRE, FREEZE, ...");
  verb.Flag("--gaps", &flags->gaps, "only where something isn't live");
  verb.Flag("--rows", &flags->rows, "one row an action and kind of asset, instead of one an agency");
  verb.Text("--csv", &flags->csv, "write it to this file, for a spreadsheet");
  verb.Do([flags](Session& session) { return ShowCoverage(session, *flags); });
}

void AddInventoryVerb(Verb& supervise) {
  auto flags = std::make_shared<InventoryFlags>();
  Verb verb =
      supervise.Add("inventory", "Count cases by stage, court by court, with open orders and measures 案件清单.",
                    "eagle supervise inventory --court 辽9901");
  verb.Text("--court", &flags->court, "only this court (code) and courts below it");
  verb.Text("--csv", &flags->csv, "write it to this file, for a spreadsheet");
  verb.Do([flags](Session& session) { return ShowInventory(session, *flags); });
}

void AddUndecidedVerb(Verb& supervise) {
  auto flags = std::make_shared<UndecidedFlags>();
  Verb verb =
      supervise.Add("undecided", "List freezes in effect that nothing was decided about, oldest first 冻结未处置.",
                    "eagle supervise undecided --days 30");
  verb.Number("--days", &flags->days, "only those in effect for so many days or longer");
  verb.Text("--court", &flags->court, "only those of this court (code) and courts below it");
  verb.Text("--agency", &flags->agency, "only those at this agency (code)");
  verb.Number("--limit", &flags->limit, "at most so many (1000)");
  verb.Text("--csv", &flags->csv, "write them to this file, for a spreadsheet");
  verb.Do([flags](Session& session) { return ShowUndecided(session, *flags); });
}

}  // namespace

void AddSupervise(Verb& root) {
  Verb supervise =
      root.Add("supervise", "What is due, what alerts, who covers what, which cases and freezes stand where 监督管理.");
  AddDueVerb(supervise);
  AddAlertsVerb(supervise);
  AddCoverageVerb(supervise);
  AddInventoryVerb(supervise);
  AddUndecidedVerb(supervise);
}

}  // namespace eagle::client
