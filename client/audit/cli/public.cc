// eagle-audit public: the whole log by its leaves alone. eagle-audit explain: what a rule demands and why.
#include <memory>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/audit/case_keys.h"
#include "client/audit/cli/commands.h"
#include "client/audit/cli/log_flags.h"
#include "client/audit/log_audit.h"
#include "client/common/files.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/log_policy.h"

namespace eagle::audit {
namespace {

struct PublicFlags {
  LogFlags log;
  std::string log_key, policy, state, keys;
  size_t most = 100;
  double tolerance_minutes = 15, handout_minutes = 0;
  uint64_t sample = 0;
  std::optional<uint64_t> seed;
  bool explain = false;
};

client::Table TableOf(const std::vector<RecoverySeen>& recoveries, const absl::TimeZone& zone) {
  client::Table table("recoveries", {{"index", client::kRight},
                                     {"time"},
                                     {"old_origin"},
                                     {"new_origin"},
                                     {"lost_from", client::kRight},
                                     {"lost_before", client::kRight},
                                     {"ground"},
                                     {"administrators"}});
  for (const RecoverySeen& one : recoveries)
    table.Add({client::Count(one.index), client::Instant(one.proposed_at, zone), client::Text(one.old_origin),
               client::Text(one.key.name()), client::Count(one.index), client::Count(one.last_signed.size),
               client::Text(goldeneagle::v1::RecoveryGround_Name(one.ground).substr(16)),
               client::Text(absl::StrJoin(one.approvers, ", "))});
  return table;
}

client::Table TableOf(const Findings& findings) {
  client::Table table("findings", {{"index", client::kRight}, {"rule"}, {"finding"}, {"contradicts"}});
  for (const Finding& finding : findings.list())
    table.Add({client::Count(finding.index), client::Text(FromAbsl(ToAbsl(RowOf(finding.rule).name))),
               client::Text(finding.sentence), client::TextOrNothing(absl::StrJoin(finding.proof, ", "))});
  return table;
}

// What the rules of the shown findings demand, each once.
client::Table RulesOf(const Findings& findings) {
  client::Table table("rules", {{"rule"}, {"demands"}, {"source"}});
  std::set<Rule> broken;
  for (const Finding& finding : findings.list()) broken.insert(finding.rule);
  for (const Rule rule : broken) {
    const RuleRow& row = RowOf(rule);
    table.Add({client::Text(row.name), client::Text(row.demand), client::Text(row.source)});
  }
  return table;
}

// Prints what was seen and found; a finding ends the command with 5.
absl::Status Answer(Console& console, bool explain, client::Record record, const Findings& findings,
                    const std::vector<RecoverySeen>& recoveries = {}) {
  client::Document document;
  const uint64_t hidden = findings.total() - findings.list().size();
  record.Add("findings", client::Count(findings.total()));
  if (hidden > 0) record.Add("not_shown", client::Count(hidden));
  document.Add(std::move(record));
  if (!recoveries.empty()) document.Add(TableOf(recoveries, console.zone));
  document.Add(TableOf(findings));
  if (explain && findings.total() > 0) document.Add(RulesOf(findings));
  EAGLE_RETURN_IF_ERROR(console.Print(document));
  if (findings.total() == 0) return absl::OkStatus();
  return Fail(Reason::kJournalBroken,
              absl::StrCat(findings.total(), explain ? " findings; what their rules demand is told with them"
                                                     : " findings: --explain tells what their rules demand"));
}

absl::Status Sample(Console& console, const PublicFlags& flags, LogSource& log, const TrustedHead& head) {
  const uint64_t seed = flags.seed.value_or(static_cast<uint64_t>(absl::ToUnixNanos(console.clock().WallNow())));
  console.Talk(absl::StrCat("seed ", seed));
  Findings findings(flags.most);
  EAGLE_ASSIGN_OR_RETURN(const LogSampled sampled, SampleLog(log, head.note, *head.key, flags.sample, seed, findings));
  return Answer(console, flags.explain,
                client::Record("sample")
                    .Add("origin", client::Text(sampled.head.origin))
                    .Add("size", client::Count(sampled.head.size))
                    .Add("root", client::Text(HexEncode(journal::View(sampled.head.root))))
                    .Add("seed", client::Count(seed))
                    .Add("entries", client::Count(sampled.indexes.size())),
                findings);
}

absl::Status Public(Console& console, const PublicFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const journal::LogPolicy policy, PolicyOf(flags.policy, flags.log_key));
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<LogSource> log, OpenLog(flags.log));
  const absl::Time asked = console.clock().WallNow();
  EAGLE_ASSIGN_OR_RETURN(const TrustedHead trusted, HeadOf(*log, policy));
  if (flags.sample > 0) return Sample(console, flags, *log, trusted);
  PublicAudit audit({.findings_shown = flags.most, .tolerance = absl::Minutes(flags.tolerance_minutes)});
  SeenStore store(flags.state);
  CaseKeys keys;
  if (!flags.keys.empty()) {
    EAGLE_ASSIGN_OR_RETURN(keys, ReadCaseKeys(flags.keys));
  }
  OpenedAudit opened([&](std::string_view key_id) { return keys.Find(key_id); }, audit.findings());
  EAGLE_ASSIGN_OR_RETURN(
      const LogAudited audited,
      AuditLog(*log, trusted.note, *trusted.key,
               {.store = flags.state.empty() ? nullptr : &store,
                .progress = [&](uint64_t at, uint64_t of) { console.Progress(absl::StrCat("entry ", at, " of ", of)); },
                .opened = flags.keys.empty() ? nullptr : &opened},
               audit));
  if (flags.handout_minutes > 0) {
    // A gateway that was asked now, and had nothing newer: nothing followed until now. Of a folder only its own time is
    // known.
    const bool until_now = !flags.log.gateway.empty() && trusted.newest;
    audit.CheckWaiting(until_now ? std::max(asked, audit.recorded()) : audit.recorded(),
                       absl::Minutes(flags.handout_minutes));
  }
  client::Record record("audit");
  record.Add("origin", client::Text(audited.head.origin))
      .Add("size", client::Count(audited.head.size))
      .Add("root", client::Text(HexEncode(journal::View(audited.head.root))))
      .Add("witnesses", client::Count(trusted.cosigned))
      .Add("recorded", client::Instant(audit.recorded(), console.zone))
      .Add("seen_before", audited.before ? client::Count(audited.before->size) : client::Nothing())
      .Add("cases", client::Count(audit.cases()))
      .Add("orders", client::Count(audit.orders()))
      .Add("open_orders", client::Count(audit.open_orders()))
      .Add("deadline_marks", client::Count(audit.marks()))
      .Add("tag_keys", client::Count(audit.tag_keys().size()));
  if (!flags.keys.empty())
    record.Add("opened_payloads", client::Count(opened.opened()))
        .Add("sealed_payloads", client::Count(opened.sealed()))
        .Add("unchecked_signatures", client::Count(opened.unchecked_signatures()));
  for (const RecoverySeen& one : audit.recoveries())
    console.Talk(absl::StrCat("LOST: entries ", one.index, " to ", one.last_signed.size - 1, " of ", one.old_origin,
                              ", ", one.lost(), " in all; since entry ", one.index, " the log is ", one.key.name()));
  return Answer(console, flags.explain, std::move(record), audit.findings(), audit.recoveries());
}

absl::Status Explain(Console& console, const std::string& name) {
  client::Document document;
  if (name.empty()) {
    client::Table table("rules", {{"rule"}, {"demands"}});
    for (const RuleRow& row : AllRules()) table.Add({client::Text(row.name), client::Text(row.demand)});
    document.Add(std::move(table));
    return console.Print(document);
  }
  const std::optional<Rule> rule = RuleNamed(name);
  if (!rule) return Fail(Reason::kFieldInvalid, "no rule has this name").At("RULE", "eagle-audit explain lists all");
  const RuleRow& row = RowOf(*rule);
  document.Add(client::Record("rule")
                   .Add("rule", client::Text(row.name))
                   .Add("demands", client::Text(row.demand))
                   .Add("source", client::Text(row.source)));
  return console.Print(document);
}

CLI::Option* AddHandout(CLI::App& verb, PublicFlags& flags) {
  return verb
      .add_option(
          "--handout-minutes", flags.handout_minutes,
          "find what waits longer than this at an agency that is there, though nothing in the log keeps it (rule "
          "delivery.waiting); longer than the queues of your agencies. With --gateway up to now by this clock")
      ->check(CLI::Range(1.0, 525600.0));
}

}  // namespace

void AddPublic(CLI::App& root, Chosen& chosen) {
  auto flags = std::make_shared<PublicFlags>();
  CLI::App* verb = root.add_subcommand("public", "Audit every leaf of a published log: tree, history, rules.");
  AddLogFlags(*verb, flags->log);
  verb->add_option("--log-key", flags->log_key, "the log's pinned key (text)");
  verb->add_option("--policy", flags->policy, "file of the log's policy: keys, witnesses, quorum (C2SP tlog-policy)");
  verb->add_option("--state", flags->state, "folder of what this auditor saw last: finds out forks and rollbacks");
  verb->add_option("--findings", flags->most, "how many findings are shown (all are counted)");
  verb->add_flag("--explain", flags->explain, "with the findings, what their rules demand and where that comes from");
  verb->add_option("--tolerance-minutes", flags->tolerance_minutes,
                   "how long a deadline's mark may stay away while the log goes on")
      ->check(CLI::Range(0.0, 525600.0));
  CLI::Option* handout = AddHandout(*verb, *flags);
  CLI::Option* sample = verb->add_option("--sample", flags->sample, "prove only so many random entries: a quick look");
  verb->add_option("--seed", flags->seed, "which ones: the same seed, the same entries")->needs(sample);
  sample->excludes("--state")->excludes(handout);
  verb->callback([&chosen, flags] { chosen = [flags](Console& console) { return Public(console, *flags); }; });
}

void AddOpened(CLI::App& root, Chosen& chosen) {
  auto flags = std::make_shared<PublicFlags>();
  CLI::App* verb = root.add_subcommand(
      "opened", "The public audit, and with keys the payloads: commitments, signatures, what was signed.");
  AddLogFlags(*verb, flags->log);
  verb->add_option("--log-key", flags->log_key, "the log's pinned key (text)");
  verb->add_option("--policy", flags->policy, "file of the log's policy: keys, witnesses, quorum (C2SP tlog-policy)");
  verb->add_option("--keys", flags->keys, "file of payload keys; what it has no key for stays sealed")->required();
  verb->add_option("--state", flags->state, "folder of what this auditor saw last: finds out forks and rollbacks");
  verb->add_option("--findings", flags->most, "how many findings are shown (all are counted)");
  verb->add_flag("--explain", flags->explain, "with the findings, what their rules demand and where that comes from");
  AddHandout(*verb, *flags);
  verb->callback([&chosen, flags] { chosen = [flags](Console& console) { return Public(console, *flags); }; });
}

void AddExplain(CLI::App& root, Chosen& chosen) {
  auto name = std::make_shared<std::string>();
  CLI::App* verb = root.add_subcommand("explain", "What a rule demands, and where that comes from; without RULE: all.");
  verb->add_option("RULE", *name, "as a finding names it");
  verb->callback([&chosen, name] { chosen = [name](Console& console) { return Explain(console, *name); }; });
}

}  // namespace eagle::audit
