// eagle directory names: which ordinal of the log is which agency and court, as a file for scorecards.
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/audit/log_audit.h"
#include "client/audit/log_folder.h"
#include "client/cli/commands.h"
#include "client/cli/pinned_log.h"
#include "client/cli/session.h"
#include "client/common/files.h"
#include "client/lib/errors.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/leaf.h"
#include "server/journal/merkle.h"
#include "server/scorecard/report.h"
#include "server/trust/strict.h"

namespace eagle::client {
namespace {

constexpr size_t kNameBytesMax = 128;  // of a supplement

struct NamesFlags {
  std::string out, log, log_key, policy;
};
struct Named {
  std::map<uint32_t, scorecard::Name> agencies, courts;
};

// Which proposals registered whom, and the digests of the proposals, from leaves that nobody has believed yet.
class Registrations {
 public:
  void Take(std::string_view bytes) {
    edge_.Append(journal::LeafHash(bytes));
    const auto leaf = journal::DecodeLeaf(bytes);
    if (!leaf.ok()) return;  // the audit says so
    if (leaf->type == v1::ENTRY_TYPE_PROPOSAL_MADE) {
      v1::ProposalMade body;
      if (body.ParseFromString(leaf->body)) digests_[leaf->index.value()] = body.digest();
    }
    const bool agency = leaf->type == v1::ENTRY_TYPE_AGENCY_REGISTERED;
    if (!agency && leaf->type != v1::ENTRY_TYPE_COURT_REGISTERED) return;
    v1::Adopted body;
    // Registered again, with another name: the newer one counts.
    if (body.ParseFromString(leaf->body)) (agency ? agencies_ : courts_)[body.ordinal()] = body.proposal();
  }
  journal::Hash Root() const { return edge_.Root(); }

  // The names that the proposals give, each held against the digest in its leaf.
  absl::StatusOr<Named> With(const std::vector<v1::ProposalView>& proposals) const {
    std::map<uint64_t, v1::Proposal> by_index;
    for (const v1::ProposalView& view : proposals) {
      const auto known = digests_.find(view.index());
      if (known == digests_.end()) continue;  // newer than the export
      const std::string& member = view.proposal().member();
      if (known->second != journal::View(journal::LeafHash(member)))
        return AsVerification(Fail(Reason::kProofInvalid, "a proposal isn't the one that the log has")
                                  .With("index", static_cast<int64_t>(view.index())));
      EAGLE_ASSIGN_OR_RETURN(const v1::Administration act, trust::ParseTolerant<v1::Administration>(member));
      by_index[view.index()] = act.proposal();
    }
    Named named;
    for (const auto& [ordinal, proposal] : agencies_) {
      const auto at = by_index.find(proposal);
      if (at != by_index.end()) named.agencies[ordinal] = {at->second.agency().code(), at->second.agency().name()};
    }
    for (const auto& [ordinal, proposal] : courts_) {
      const auto at = by_index.find(proposal);
      if (at != by_index.end()) named.courts[ordinal] = {at->second.court().code(), at->second.court().name()};
    }
    return named;
  }

 private:
  journal::Frontier edge_;
  std::map<uint64_t, std::string> digests_;
  std::map<uint32_t, uint64_t> agencies_, courts_;  // ordinal -> proposal
};

absl::StatusOr<Named> NamesOfLog(Session& session, const NamesFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const journal::LogPolicy policy, PinnedLog(session, flags.policy, flags.log_key));
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<audit::LogSource> log, audit::OpenLogFolder(flags.log));
  EAGLE_ASSIGN_OR_RETURN(const PinnedHead head, HeadOfLog(*log, policy));
  Registrations registrations;
  audit::PublicAudit audit(audit::PublicAuditOptions{});
  EAGLE_ASSIGN_OR_RETURN(
      const audit::LogAudited audited,
      audit::AuditLog(*log, head.note, *head.key,
                      {.progress = [&](uint64_t at, uint64_t of) { session.Counted(at, of, "entries read"); },
                       .each = [&](std::string_view leaf) { registrations.Take(leaf); }},
                      audit));
  if (registrations.Root() != audited.head.root)
    return AsVerification(Fail(Reason::kJournalBroken, "the leaves don't hash to the signed root"));
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  std::vector<v1::ProposalView> proposals;
  v1::ListProposalsRequest request;
  request.set_page_size(1000);
  do {
    EAGLE_ASSIGN_OR_RETURN(const v1::ListProposalsResponse page, gateway->ListProposals(request));
    proposals.insert(proposals.end(), page.proposals().begin(), page.proposals().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return registrations.With(proposals);
}

// The gateway lists agencies in the order in which they were registered, and all of them.
absl::StatusOr<Named> NamesOfGateway(Session& session) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  Named named;
  v1::ListAgenciesRequest request;
  request.set_page_size(1000);
  do {
    EAGLE_ASSIGN_OR_RETURN(const v1::ListAgenciesResponse page, gateway->ListAgencies(request));
    for (const v1::AgencyView& agency : page.agencies())
      named.agencies[static_cast<uint32_t>(named.agencies.size() + 1)] = {agency.code(), agency.display_name()};
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return named;
}

// A basic string of TOML.
std::string TomlText(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  }
  return out + "\"";
}

void AppendNames(const std::map<uint32_t, scorecard::Name>& names, const char* section, std::string& out) {
  for (const auto& [ordinal, name] : names) {
    absl::StrAppend(&out, "[[", section, "]]\nordinal = ", ordinal, "\n");
    for (const auto& [key, text] : {std::pair("code", &name.code), std::pair("name", &name.name)}) {
      if (!text->empty() && text->size() <= kNameBytesMax && IsValidUtf8(*text))
        absl::StrAppend(&out, key, " = ", TomlText(*text), "\n");
    }
  }
}

absl::Status WriteNames(Session& session, const NamesFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const auto there, ReadFileIfThere(flags.out));
  if (there)
    return Fail(Reason::kFieldInvalid, "the file is there already: " + flags.out)
        .At("--out", "a file that isn't there");
  EAGLE_ASSIGN_OR_RETURN(const Named named, flags.log.empty() ? NamesOfGateway(session) : NamesOfLog(session, flags));
  std::string text =
      "# Which ordinal of the log is which agency and court: eagle scorecard --names, eagle agenda --names.\n";
  AppendNames(named.agencies, "agencies", text);
  AppendNames(named.courts, "courts", text);
  EAGLE_RETURN_IF_ERROR(WriteDurably(flags.out, text, Readers::kEverybody));
  if (flags.log.empty())
    session.Talk(
        "agencies are numbered as the gateway lists them, and courts are left out: with --log an operator or an "
        "auditor takes both from the log");
  Table table("names", {{"kind"}, {"ordinal", kRight}, {"code"}, {"name"}});
  for (const auto& [kind, names] : {std::pair("agency", &named.agencies), std::pair("court", &named.courts)}) {
    for (const auto& [ordinal, name] : *names)
      table.Add({Text(kind), Count(ordinal), TextOrNothing(name.code), TextOrNothing(name.name)});
  }
  Document document;
  document.Add(std::move(table));
  return session.Print(document);
}

}  // namespace

void AddDirectoryNames(Verb& directory) {
  auto flags = std::make_shared<NamesFlags>();
  Verb verb =
      directory.Add("names",
                    "Write which ordinal is which agency and court, for eagle scorecard and eagle agenda: "
                    "leaves hold no names.",
                    "eagle directory names --log /srv/log --out names.toml\neagle directory names --out names.toml");
  verb.Text("--out", &flags->out, "file, TOML as a scorecard's supplement; must not be there yet", Need::kRequired);
  verb.Text(
      "--log", &flags->log,
      "folder of the published log: ordinals are taken from its leaves, names from the proposals that they digest "
      "(operators, auditors)");
  verb.Text("--log-key", &flags->log_key, "the log's pinned key; the configuration's without it");
  verb.Text("--policy", &flags->policy, "file of the log's policy: keys, witnesses, quorum");
  verb.Do([flags](Session& session) { return WriteNames(session, *flags); });
}

}  // namespace eagle::client
