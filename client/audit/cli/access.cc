// eagle-audit access: who looked at this person, what this officer looked at, over a published log, trusting nobody.
#include "client/audit/access.h"

#include <algorithm>
#include <memory>
#include <set>

#include "absl/strings/str_cat.h"
#include "client/audit/cli/commands.h"
#include "client/audit/cli/log_flags.h"
#include "client/audit/log_audit.h"
#include "client/audit/tag_keys.h"
#include "client/common/files.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/base/reason.h"

namespace eagle::audit {
namespace {

struct AccessFlags {
  LogFlags log;
  std::string log_key, policy, person, officer, since, until, request, openings;
  std::vector<std::string> tag_keys;
};

absl::StatusOr<absl::Time> TimeOf(const std::string& text, absl::Time otherwise) {
  if (text.empty()) return otherwise;
  absl::Time time;
  std::string why;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &why))
    return Fail(Reason::kFieldInvalid, "not a time: " + text).At("--since", "a time as 2026-09-30T00:00:00+08:00");
  return time;
}

// What the keeper handed out, held against the leaves. Of an erased case nothing can be opened any more.
std::map<uint64_t, Opened> Check(const std::vector<Trace>& traces, const Openings& openings,
                                 const std::set<uint64_t>& erased, Findings& findings) {
  std::map<uint64_t, Opened> opened;
  for (const Trace& trace : traces) {
    if (!trace.leaf.has_payload()) continue;
    const uint64_t index = trace.leaf.index.value();
    const auto bytes = openings.entries.find(index);
    if (bytes == openings.entries.end()) {
      if (!erased.contains(trace.act == "CASE" ? index : trace.leaf.case_seq.value()))
        findings.Add(Rule::kOpening, index, "it was asked for, and not opened");
      continue;
    }
    auto words = OpenTrace(trace, bytes->second);
    if (!words.ok()) {
      findings.Add(ReasonOf(words.status()) == Reason::kCommitmentMismatch ? Rule::kCommitment : Rule::kContent, index,
                   FailureOf(words.status()).message);
      continue;
    }
    opened[index] = *std::move(words);
  }
  return opened;
}

absl::Status Access(Console& console, const AccessFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(TraceQuery query, QueryOf(flags.person, flags.officer, flags.tag_keys));
  EAGLE_ASSIGN_OR_RETURN(query.not_before, TimeOf(flags.since, absl::InfinitePast()));
  EAGLE_ASSIGN_OR_RETURN(query.before, TimeOf(flags.until, absl::InfiniteFuture()));
  EAGLE_ASSIGN_OR_RETURN(const journal::LogPolicy policy, PolicyOf(flags.policy, flags.log_key));
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<LogSource> log, OpenLog(flags.log));
  EAGLE_ASSIGN_OR_RETURN(const TrustedHead trusted, HeadOf(*log, policy));
  PublicAudit audit(PublicAuditOptions{});
  std::vector<Trace> traces;
  std::set<uint64_t> erased;
  TagKeys keys;
  const auto look = [&](std::string_view leaf) {
    if (const auto decoded = journal::DecodeLeaf(leaf);
        decoded.ok() && decoded->type == goldeneagle::v1::ENTRY_TYPE_CASE_ERASED)
      erased.insert(decoded->case_seq.value());
    auto trace = TraceOf(leaf);
    if (!trace) return;
    if (query.InTime(*trace)) {
      for (const auto& tags : {trace->subject_tags, trace->officer_tags}) {
        for (const std::string& tag : tags) {
          if (!tag.empty()) keys.Take(trace->leaf.index.value(), tag);
        }
      }
    }
    if (query.Wants(*trace)) traces.push_back(*std::move(trace));
  };
  EAGLE_ASSIGN_OR_RETURN(
      const LogAudited audited,
      AuditLog(*log, trusted.note, *trusted.key,
               {.progress = [&](uint64_t at, uint64_t of) { console.Progress(absl::StrCat("entry ", at, " of ", of)); },
                .each = look},
               audit));
  const std::vector<TagKeyUse> used = MarkGiven(keys.uses(), query.Tags());
  const bool whole = std::all_of(used.begin(), used.end(), [](const TagKeyUse& use) { return use.given; });
  std::map<uint64_t, Opened> opened;
  if (!flags.openings.empty()) {
    EAGLE_ASSIGN_OR_RETURN(const std::string text, client::ReadFile(flags.openings));
    EAGLE_ASSIGN_OR_RETURN(const Openings openings, ParseOpenings(text));
    opened = Check(traces, openings, erased, audit.findings());
  }
  if (!flags.request.empty()) {
    std::string asked;
    for (const Trace& trace : traces) {
      if (trace.leaf.has_payload()) absl::StrAppend(&asked, asked.empty() ? "" : ",", trace.leaf.index.value());
    }
    EAGLE_RETURN_IF_ERROR(client::WriteDurably(flags.request, asked + "\n"));
  }
  client::Document document;
  document.Add(client::Record("access")
                   .Add("origin", client::Text(audited.head.origin))
                   .Add("size", client::Count(audited.head.size))
                   .Add("of", client::Text(flags.officer.empty() ? "one person, by tag" : flags.officer))
                   .Add("traces", client::Count(traces.size()))
                   .Add("whole", client::YesNo(whole))
                   .Add("opened", client::Count(opened.size()))
                   .Add("findings", client::Count(audit.findings().total())));
  document.Add(TracesTable(traces, opened, console.zone));
  document.Add(TagKeysTable(used));
  client::Table findings("findings", {{"index", client::kRight}, {"rule"}, {"finding"}});
  for (const Finding& finding : audit.findings().list())
    findings.Add(
        {client::Count(finding.index), client::Text(RowOf(finding.rule).name), client::Text(finding.sentence)});
  document.Add(std::move(findings));
  EAGLE_RETURN_IF_ERROR(console.Print(document));
  if (audit.findings().total() == 0) return AllGiven(used);
  return Fail(Reason::kJournalBroken,
              absl::StrCat(audit.findings().total(), " findings: the list is not to be relied on"));
}

}  // namespace

void AddAccess(CLI::App& root, Chosen& chosen) {
  auto flags = std::make_shared<AccessFlags>();
  CLI::App* verb = root.add_subcommand(
      "access", "Who looked at this person, what this officer looked at: the whole log audited, traces found by tag.");
  AddLogFlags(*verb, flags->log);
  verb->add_option("--log-key", flags->log_key, "the log's pinned key (text)");
  verb->add_option("--policy", flags->policy, "file of the log's policy: keys, witnesses, quorum (C2SP tlog-policy)");
  verb->add_option("--tag-key", flags->tag_keys, "file of a tag key of the log; repeat for all that were in use")
      ->required();
  verb->add_option("--person", flags->person, "KIND:NUMBER, as CITIZEN_ID:990101198503070017");
  verb->add_option("--officer", flags->officer, "COURT/CODE, as 辽9901/001");
  verb->add_option("--since", flags->since, "first recorded time, as 2026-09-30T00:00:00+08:00");
  verb->add_option("--until", flags->until, "first recorded time that is too late");
  verb->add_option("--request", flags->request, "write the indexes to be opened here, for the log's keeper");
  verb->add_option("--openings", flags->openings,
                   "what the keeper opened (`eagle journal openings`): checked; what is missing is a finding");
  verb->callback([&chosen, flags] { chosen = [flags](Console& console) { return Access(console, *flags); }; });
}

}  // namespace eagle::audit
