// eagle looks: who looked at this person, what this officer looked at, asked of a running gateway by an auditor. Each
// leaf that it names is proved to be in the log; that it names all of them `eagle-audit access` alone can show, which
// reads every leaf.
#include <algorithm>

#include "client/audit/access.h"
#include "client/audit/tag_keys.h"
#include "client/cli/commands.h"
#include "client/cli/session.h"
#include "client/lib/errors.h"
#include "server/base/reason.h"
#include "server/journal/merkle.h"
#include "server/trust/timestamps.h"

namespace eagle::client {
namespace {

struct LooksFlags {
  std::string person, officer, since, until;
  std::vector<std::string> tag_keys;
};

absl::Status SetTime(const std::string& text, const char* flag, google::protobuf::Timestamp* out) {
  absl::Time time;
  std::string why;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &why))
    return Fail(Reason::kFieldInvalid, "not a time: " + text).At(flag, "a time as 2026-09-30T00:00:00+08:00");
  *out = trust::TimestampOf(time);
  return absl::OkStatus();
}

absl::Status Prove(const v1::JournalEntry& entry, Desk& desk, Gateway& gateway) {
  v1::GetInclusionProofRequest request;
  request.set_index(entry.index());
  EAGLE_ASSIGN_OR_RETURN(const v1::GetInclusionProofResponse answer, gateway.GetInclusionProof(request));
  EAGLE_ASSIGN_OR_RETURN(const journal::Checkpoint head, desk.Observe(answer.checkpoint(), gateway));
  std::vector<journal::Hash> path;
  for (const std::string& hash : answer.proof().hashes()) {
    const auto read = journal::HashFrom(hash);
    if (!read) return AsVerification(Fail(Reason::kProofInvalid, "a hash of the proof has another length"));
    path.push_back(*read);
  }
  if (answer.proof().size() != head.size ||
      !journal::VerifyInclusion(journal::LeafHash(entry.leaf()), entry.index(), head.size, path, head.root))
    return AsVerification(Fail(Reason::kProofInvalid, "the gateway names a leaf that its log doesn't hold")
                              .With("index", static_cast<int64_t>(entry.index())));
  return absl::OkStatus();
}

void AddUse(const v1::TagKeyUse& use, std::vector<audit::TagKeyUse>& used) {
  const auto known = std::find_if(used.begin(), used.end(), [&](const auto& one) { return one.id == use.id(); });
  if (known == used.end()) {
    used.push_back({.id = use.id(), .first_index = use.first_index(), .tags = use.tags()});
  } else {
    known->tags += use.tags();
  }
}

absl::Status Looks(Session& session, const LooksFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const audit::TraceQuery query, audit::QueryOf(flags.person, flags.officer, flags.tag_keys));
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  v1::SearchAccessRequest request;
  for (const std::string& tag : query.subjects) request.add_subject_tags(tag);
  for (const std::string& tag : query.officers) request.add_officer_tags(tag);
  if (!flags.since.empty()) EAGLE_RETURN_IF_ERROR(SetTime(flags.since, "--since", request.mutable_not_before()));
  if (!flags.until.empty()) EAGLE_RETURN_IF_ERROR(SetTime(flags.until, "--until", request.mutable_before()));
  request.set_page_size(1000);
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  std::vector<audit::Trace> traces;
  std::vector<audit::TagKeyUse> used;
  uint64_t size = 0;
  for (;;) {
    EAGLE_ASSIGN_OR_RETURN(const v1::SearchAccessResponse page, gateway->SearchAccess(request));
    size = page.size();
    for (const v1::JournalEntry& entry : page.entries()) {
      EAGLE_RETURN_IF_ERROR(Prove(entry, *desk, *gateway));
      auto trace = audit::TraceOf(entry.leaf());
      if (!trace || !query.Wants(*trace))
        return AsVerification(
            Fail(Reason::kProofInvalid, "the gateway names an entry that isn't about whom was asked for")
                .With("index", static_cast<int64_t>(entry.index())));
      traces.push_back(*std::move(trace));
    }
    for (const v1::TagKeyUse& use : page.tag_keys()) AddUse(use, used);
    if (page.next_page_token().empty()) break;
    request.set_page_token(page.next_page_token());
  }
  used = audit::MarkGiven(std::move(used), query.Tags());
  const bool whole = std::all_of(used.begin(), used.end(), [](const auto& use) { return use.given; });
  Document document;
  document.Add(Record("looks")
                   .Add("of", Text(flags.officer.empty() ? "one person, by tag" : flags.officer))
                   .Add("entries", Count(size))
                   .Add("traces", Count(traces.size()))
                   .Add("whole", YesNo(whole))
                   .Add("verdict", Text("each one proved; that none is missing: eagle-audit access")));
  document.Add(audit::TracesTable(traces, {}, zone));
  document.Add(audit::TagKeysTable(used));
  EAGLE_RETURN_IF_ERROR(session.Print(document));
  return audit::AllGiven(used);
}

}  // namespace

void AddLooks(Verb& root) {
  auto flags = std::make_shared<LooksFlags>();
  Verb verb = root.Add(
      "looks", "Who looked at this person, what this officer looked at 查阅留痕: found by tag in leaves, for auditors.",
      "eagle looks --person CITIZEN_ID:990101198503070017 --tag-key tag.key\n"
      "eagle looks --officer 辽9901/001 --tag-key tag.key --since 2026-09-01T00:00:00+08:00");
  verb.Text("--person", &flags->person, "KIND:NUMBER; it stays here: only its tag is sent");
  verb.Text("--officer", &flags->officer, "COURT/CODE");
  verb.Texts("--tag-key", &flags->tag_keys,
             "file of a tag key of the log (eagle journal tag-key); repeat for all that were in use", Need::kRequired);
  verb.Text("--since", &flags->since, "first recorded time, as 2026-09-30T00:00:00+08:00");
  verb.Text("--until", &flags->until, "first recorded time that is too late");
  verb.Do([flags](Session& session) { return Looks(session, *flags); });
}

}  // namespace eagle::client
