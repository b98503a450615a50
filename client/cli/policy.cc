// eagle policy: the law as data. The table in force, a table before it is installed, and its installation.
#include "client/cli/admin.h"
#include "client/cli/commands.h"
#include "client/common/files.h"
#include "client/lib/calendar_ends.h"
#include "client/lib/errors.h"
#include "client/lib/json.h"
#include "client/lib/policy_rows.h"
#include "server/base/reason.h"

namespace eagle::client {
namespace {

struct ShowFlags {
  std::string section, out;
  bool english = false;
};
struct CheckFlags {
  std::string file;
  bool offline = false, english = false;
};
struct InstallFlags {
  std::string file, ground;
  std::vector<std::string> keys;
};

// Tables as people write them: the table itself, or the proposal to install it.
absl::StatusOr<v1::PolicyTable> ReadTable(const std::string& path) {
  auto table = ReadMessageFile<v1::PolicyTable>(path);
  if (table.ok()) return table;
  const auto proposal = ReadMessageFile<v1::Proposal>(path);
  if (proposal.ok() && proposal->has_policy()) return proposal->policy().table();
  return table.status();
}

// The gateway's own check, without the gateway.
absl::Status CheckHere(Session& session, const v1::PolicyTable& table) {
  if (!session.process().check_policy)
    return Fail(Reason::kNotBuiltIn, "this build of eagle can't judge a policy table: use one of the gateway's own");
  return session.process().check_policy(table);
}

// Calendars that end soon, or ended; no rows: none does.
Table Ends(Session& session, const v1::PolicyTable& table) {
  Table rows("calendars_end", {{"region"}, {"last_year", kRight}, {"days_left", kRight}, {"because"}});
  for (const CalendarEnd& end : CalendarsThatEnd(table, session.process().clock.WallNow())) {
    rows.Add({TextOrNothing(end.region), Count(static_cast<uint64_t>(end.last_year)),
              Count(static_cast<uint64_t>(end.days_left)),
              Text("working days are counted by weekdays after it: add next year's 工作日历, with its source")});
  }
  return rows;
}

absl::Status Show(Session& session, const ShowFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  EAGLE_ASSIGN_OR_RETURN(const v1::GetPolicyResponse policy, gateway->GetPolicy({}));
  if (!flags.section.empty() && v1::PolicyTable::descriptor()->FindFieldByName(flags.section) == nullptr)
    return Fail(Reason::kFieldInvalid, "no section of the table has this name; eagle policy show lists them")
        .At("--section", flags.section);
  if (!flags.out.empty()) EAGLE_RETURN_IF_ERROR(WriteDurably(flags.out, TextOf(policy.table())));
  Document document;
  document.Add(Record("policy")
                   .Add("version", Count(policy.table().version()))
                   .Add("jurisdiction", Text(policy.table().jurisdiction()))
                   .Add("journal_index", Count(policy.journal_index()))
                   .Add("installed_at", Instant(ToTime(policy.installed_at()), zone)));
  Table rows("rows", {{"section"},
                      {"row"},
                      {"values"},
                      {"source", kLeft, false},
                      {"source_en", kLeft, true},
                      {"source_zh", kLeft, true}});
  for (const PolicyRow& row : RowsOf(policy.table())) {
    if (!flags.section.empty() && row.section != flags.section) continue;
    rows.Add({Text(row.section), TextOrNothing(row.key), TextOrNothing(row.values),
              TextOrNothing(flags.english ? row.source_en : row.source_zh), TextOrNothing(row.source_en),
              TextOrNothing(row.source_zh)});
  }
  document.Add(std::move(rows));
  document.Add(Ends(session, policy.table()));
  return session.Print(document);
}

Cell Said(const std::optional<PolicyRow>& row, const std::optional<PolicyRow>& other, bool english) {
  if (!row) return Nothing();
  // Only the source is another: then that is what is shown.
  if (other && row->values == other->values) return Text(english ? row->source_en : row->source_zh);
  return TextOrNothing(row->values);
}

absl::Status Check(Session& session, const CheckFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const v1::PolicyTable table, ReadTable(flags.file));
  EAGLE_RETURN_IF_ERROR(CheckHere(session, table));
  v1::PolicyTable in_force;
  if (!flags.offline) {
    EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
    auto policy = gateway->GetPolicy({});
    if (policy.ok()) {
      in_force = policy->table();
    } else if (ReasonOf(policy.status()) != Reason::kNotFound) {
      return policy.status();  // not yet installed: everything is new
    }
  }
  const std::vector<PolicyChange> changes = flags.offline ? std::vector<PolicyChange>() : Compare(in_force, table);
  Document document;
  document.Add(Record("policy")
                   .Add("version", Count(table.version()))
                   .Add("jurisdiction", Text(table.jurisdiction()))
                   .Add("rows", Count(RowsOf(table).size()))
                   .Add("version_in_force", in_force.version() > 0 ? Count(in_force.version()) : Nothing())
                   .Add("changes", flags.offline ? Nothing() : Count(changes.size()))
                   .Add("verdict", Text("VALID")));
  Table rows("changes", {{"change"}, {"section"}, {"row"}, {"in_force"}, {"proposed"}});
  for (const PolicyChange& change : changes) {
    const PolicyRow& row = change.after ? *change.after : *change.before;
    rows.Add({Text(!change.before  ? "NEW"
                   : !change.after ? "GONE"
                                   : "CHANGED"),
              Text(row.section), TextOrNothing(row.key), Said(change.before, change.after, flags.english),
              Said(change.after, change.before, flags.english)});
  }
  document.Add(std::move(rows));
  document.Add(Ends(session, table));
  EAGLE_RETURN_IF_ERROR(session.Print(document));
  if (!flags.offline && table.version() <= in_force.version())
    return Fail(Reason::kProposalConflicts, "the table would not be installed")
        .At("version", "not above the version in force");
  return absl::OkStatus();
}

absl::Status Install(Session& session, const InstallFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const v1::PolicyTable table, ReadTable(flags.file));
  EAGLE_RETURN_IF_ERROR(CheckHere(session, table));
  return ProposeFiles(session, {.kind = "policy", .ground = flags.ground, .files = {flags.file}, .keys = flags.keys});
}

}  // namespace

void AddPolicy(Verb& root) {
  Verb policy =
      root.Add("policy", "The law as data 规则表: deadlines, terms, signatures, papers, each with its source.");
  auto show_flags = std::make_shared<ShowFlags>();
  Verb show = policy.Add("show", "Show the table in force, row by row, with the source of every number.",
                         "eagle policy show --section terms\neagle policy show --out in-force.txtpb");
  show.Text("--section", &show_flags->section, "deadlines, terms, actions, exemptions, ...: only this part");
  show.Text("--out", &show_flags->out, "also write the whole table to a file (text format), to be edited");
  show.Flag("--english", &show_flags->english, "sources in English");
  show.Do([show_flags](Session& session) { return Show(session, *show_flags); });

  auto check_flags = std::make_shared<CheckFlags>();
  Verb check =
      policy.Add("check", "Judge a table before it is proposed, all faults at once; show what it would change.",
                 "eagle policy check next.txtpb\neagle policy check next.txtpb --offline");
  check.Text("FILE", &check_flags->file, "the table, or a proposal that holds it (.txtpb, .json)", Need::kRequired);
  check.Flag("--offline", &check_flags->offline, "don't ask the gateway what is in force");
  check.Flag("--english", &check_flags->english, "sources in English");
  check.Do([check_flags](Session& session) { return Check(session, *check_flags); });

  auto install_flags = std::make_shared<InstallFlags>();
  Verb install =
      policy.Add("install", "Check a table and propose it; a second administrator approves (eagle admin approve).",
                 "eagle policy install next.txtpb --ground \"term of patents\" --key pki/keys/administrator-a.pem");
  install.Text("FILE", &install_flags->file, "the table (.txtpb, .json)", Need::kRequired);
  install.Text("--ground", &install_flags->ground, "why, for the record");
  install.Texts("--key", &install_flags->keys, "an administrator's key file");
  install.Do([install_flags](Session& session) { return Install(session, *install_flags); });
}

}  // namespace eagle::client
