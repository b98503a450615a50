// eagle admin: what two administrators decide together.
#include "client/cli/admin.h"

#include "client/cli/batches.h"
#include "client/cli/commands.h"
#include "client/common/files.h"
#include "client/lib/errors.h"
#include "client/lib/json.h"
#include "client/lib/order_builder.h"
#include "client/lib/policy_rows.h"
#include "goldeneagle/v1/administration.pb.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"
#include "server/journal/hash.h"
#include "server/trust/report.h"
#include "server/trust/strict.h"

namespace eagle::client {
namespace {

// Tries the message that a kind's file may hold besides a whole Proposal.
template <class M>
absl::Status Fill(const std::string& path, M* target) {
  return ReadMessageFile(path, target);
}

// A whole Proposal, or only the change itself (for a policy also the bare table) with --ground.
absl::StatusOr<v1::Proposal> ReadProposal(const std::string& kind, const std::string& path, const std::string& ground) {
  auto proposal = ReadMessageFile<v1::Proposal>(path);
  if (!proposal.ok()) {
    v1::Proposal made;
    absl::Status status;
    if (kind == "court") status = Fill(path, made.mutable_court());
    if (kind == "agency") status = Fill(path, made.mutable_agency());
    if (kind == "system") status = Fill(path, made.mutable_system());
    if (kind == "clock") status = Fill(path, made.mutable_clock());
    if (kind == "erase") status = Fill(path, made.mutable_erase());
    if (kind == "reading") status = Fill(path, made.mutable_reading());
    if (kind == "witnesses") status = Fill(path, made.mutable_witnesses());
    if (kind == "policy" && !(status = Fill(path, made.mutable_policy())).ok()) {
      made.mutable_policy()->Clear();
      status = Fill(path, made.mutable_policy()->mutable_table());
    }
    if (!status.ok()) return status;
    proposal = std::move(made);
  }
  const auto* change = proposal->GetReflection()->GetOneofFieldDescriptor(
      *proposal, v1::Proposal::descriptor()->FindOneofByName("change"));
  if (change == nullptr || change->name() != kind)
    return Fail(Reason::kFieldInvalid, "the file doesn't propose a " + kind + ": " + path);
  if (!ground.empty()) proposal->set_ground(ground);
  return *std::move(proposal);
}

struct EraseFlags {
  std::string court, ground;
  std::vector<std::string> keys;
  uint64_t index = 0;
};

Table ResultsTable() { return Table("results", {{"proposal", kRight}, {"request_id"}, {"result"}, {"digest"}}); }

// Sends a batch and prints one row a member; `shown`: what each row says besides.
absl::Status SendActs(Session& session, const std::vector<v1::Administration>& acts, const Signing& signing,
                      const std::vector<uint64_t>& proposals) {
  std::vector<std::string> members;
  for (const v1::Administration& act : acts) members.push_back(Serialize(act));
  EAGLE_ASSIGN_OR_RETURN(const v1::SignedBatch batch,
                         SignNow(session, v1::MEMBER_TYPE_ADMINISTRATION, members, signing));
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(const Config* config, session.config());
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.admin_gateway());
  EAGLE_ASSIGN_OR_RETURN(const v1::SubmitAdministrationResponse response,
                         desk->SendAdministration(batch, *gateway, config->admin.empty() ? gateway : nullptr));
  Table results = ResultsTable(), problems = ProblemsTable();
  size_t refused = 0;
  v1::Refusal first;
  for (int i = 0; i < response.results_size(); ++i) {
    const v1::AdministrationResult& result = response.results(i);
    const bool no = !result.refusal().reason().empty();
    const uint64_t proposal = proposals.empty() ? result.journal_index() : proposals[static_cast<size_t>(i)];
    results.Add({no && proposals.empty() ? Nothing() : Count(proposal),
                 IdCell(acts[static_cast<size_t>(i)].request_id()),
                 Text(no                   ? "REFUSED"
                      : result.in_effect() ? "IN_EFFECT"
                                           : "WAITS_FOR_APPROVAL"),
                 Text(HexEncode(journal::View(journal::LeafHash(members[static_cast<size_t>(i)]))))});
    if (!no) continue;
    if (refused++ == 0) first = result.refusal();
    AddProblems(problems, UuidText(acts[static_cast<size_t>(i)].request_id()), result.refusal());
  }
  Document document;
  document.Add(std::move(results));
  document.Add(std::move(problems));
  EAGLE_RETURN_IF_ERROR(session.Print(document));
  return RefusedStatus(refused, acts.size(), first);
}

absl::StatusOr<std::vector<v1::ProposalView>> ReadProposals(Session& session, bool open_only) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.admin_gateway());
  std::vector<v1::ProposalView> views;
  v1::ListProposalsRequest request;
  request.set_open_only(open_only);
  request.set_page_size(100);
  for (;;) {
    EAGLE_ASSIGN_OR_RETURN(const v1::ListProposalsResponse page, gateway->ListProposals(request));
    views.insert(views.end(), page.proposals().begin(), page.proposals().end());
    if (page.next_page_token().empty()) return views;
    request.set_page_token(page.next_page_token());
  }
}

// The proposal's own bytes, and that their digest is the one under which the gateway lists them.
absl::StatusOr<v1::Administration> OwnBytes(const v1::ProposalView& view) {
  const std::string& member = view.proposal().member();
  const journal::Hash digest = journal::LeafHash(member);
  if (view.digest() != journal::View(digest)) {
    return AsVerification(
        Fail(Reason::kProofInvalid, "the proposal's bytes don't have the digest under which the gateway lists it")
            .With("index", static_cast<int64_t>(view.index())));
  }
  const auto act = trust::ParseStrict<v1::Administration>(member);
  if (!act.ok()) return AsVerification(act.status());
  if (!act->has_proposal()) return AsVerification(Fail(Reason::kProofInvalid, "what the gateway lists is no proposal"));
  return *act;
}

struct ProposalShowFlags {
  std::vector<uint64_t> indexes;
  bool all = false;
};

absl::Status ShowProposals(Session& session, const ProposalShowFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const std::vector<v1::ProposalView> views,
                         ReadProposals(session, !flags.all && flags.indexes.empty()));
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  Table table(
      "proposals",
      {{"index", kRight}, {"proposed"}, {"state"}, {"approved_by"}, {"says"}, {"digest"}, {"proposal", kLeft, true}});
  for (const v1::ProposalView& view : views) {
    if (!flags.indexes.empty() &&
        std::find(flags.indexes.begin(), flags.indexes.end(), view.index()) == flags.indexes.end())
      continue;
    EAGLE_ASSIGN_OR_RETURN(const v1::Administration act, OwnBytes(view));
    std::string approved;
    for (const std::string& name : view.approved_by()) approved += (approved.empty() ? "" : ", ") + name;
    const std::string text = ProposalText(act);
    if (!flags.indexes.empty()) session.Talk("Proposal " + std::to_string(view.index()) + "\n" + text);
    table.Add({Count(view.index()), IsSet(view.proposed_at()) ? Instant(ToTime(view.proposed_at()), zone) : Nothing(),
               Text(view.in_effect() ? "IN_EFFECT" : "OPEN"), TextOrNothing(approved),
               Text(text.substr(0, text.find('\n'))), Text(HexEncode(view.digest())), RawJson(ToJson(act.proposal()))});
  }
  Document document;
  document.Add(std::move(table));
  return session.Print(document);
}

// Who signed the report, by the policy in force, and what would come of it.
void TellExaminers(Session& session, const v1::ApproveAdapter& proposed) {
  const auto read = trust::ReadConformanceReport(proposed.report());
  if (!read.ok()) return;  // said before
  const auto gateway = session.gateway();
  const auto policy = gateway.ok() ? (*gateway)->GetPolicy({}) : gateway.status();
  if (!policy.ok()) return session.Talk("NOT COMPARED with the policy in force: " + FailureOf(policy.status()).message);
  if (!policy->table().has_adapters())
    return session.Talk("The policy in force names no examiners: it takes no report.");
  const v1::AdapterRow& row = policy->table().adapters();
  std::vector<trust::CandidateKey> candidates;
  for (const v1::Examiner& examiner : row.examiners())
    candidates.push_back({candidates.size(), examiner.algorithm(), examiner.key()});
  const std::vector<uint64_t> signers = trust::SignersOf(*read, candidates, trust::PublicKeyChecker());
  if (signers.empty()) session.Talk("NOT SIGNED by any examiner of the policy in force.");
  for (const uint64_t id : signers)
    session.Talk("Signed by the examiner " + row.examiners(static_cast<int>(id)).name() + ".");
  for (const std::string& objection : trust::ObjectionsTo(read->report, {row.cases().begin(), row.cases().end()}))
    session.Talk("AGAINST IT: " + objection + ".");
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(policy->table().time_zone(), &zone)) return;
  const absl::CivilDay last = absl::ToCivilDay(session.process().clock.WallNow(), zone) + row.valid_days();
  session.Talk("Approved today, it would count until the end of " + absl::FormatCivilTime(last) + ".");
}

// A whole table is long. What it changes is said last, nearest to the question.
void TellChanges(Session& session, const v1::Proposal& proposal) {
  if (proposal.has_adapter()) return TellExaminers(session, proposal.adapter());
  if (!proposal.has_policy()) return;
  const auto gateway = session.gateway();
  const auto in_force = gateway.ok() ? (*gateway)->GetPolicy({}) : gateway.status();
  if (ReasonOf(in_force.status()) == Reason::kNotFound) return session.Talk("No policy is in force: all of it is new.");
  if (!in_force.ok())
    return session.Talk("NOT COMPARED with the policy in force: " + FailureOf(in_force.status()).message);
  const std::vector<PolicyChange> changes = Compare(in_force->table(), proposal.policy().table());
  session.Talk("Rows that it changes against version " + std::to_string(in_force->table().version()) +
               ", which is in force: " + std::to_string(changes.size()));
  for (const PolicyChange& change : changes) {
    const PolicyRow& row = change.after ? *change.after : *change.before;
    const bool source = change.before && change.after && change.before->values == change.after->values;
    session.Talk("  " + row.section + (row.key.empty() ? "" : " " + row.key) + ": " +
                 (source ? "only the source is another"
                         : (change.before ? change.before->values : "nothing") + " -> " +
                               (change.after ? change.after->values : "nothing")));
  }
}

struct AdapterFlags {
  std::string report, ground;
  std::vector<std::string> keys;
};

// The first approval; the second is given as to any proposal.
absl::Status ApproveAdapter(Session& session, const AdapterFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const std::string report, ReadFile(flags.report));
  if (const auto read = trust::ReadConformanceReport(report); !read.ok()) return AsVerification(read.status());
  OrderBuilder builder(session.process().clock, session.process().entropy);
  v1::Administration act;
  act.set_request_id(builder.NewId());
  act.mutable_proposal()->set_ground(flags.ground);
  act.mutable_proposal()->mutable_adapter()->set_report(report);
  session.Talk(ProposalText(act));
  TellChanges(session, act.proposal());
  EAGLE_RETURN_IF_ERROR(session.Confirm("Propose exactly this?"));
  return SendActs(session, {act}, {.key_files = flags.keys}, {});
}

struct ApproveFlags {
  std::vector<uint64_t> indexes;
  std::vector<std::string> keys;
};

absl::Status Approve(Session& session, const ApproveFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const std::vector<v1::ProposalView> views, ReadProposals(session, false));
  OrderBuilder builder(session.process().clock, session.process().entropy);
  std::vector<v1::Administration> acts;
  for (const uint64_t index : flags.indexes) {
    const auto view =
        std::find_if(views.begin(), views.end(), [&](const v1::ProposalView& one) { return one.index() == index; });
    if (view == views.end())
      return Fail(Reason::kProposalUnknown, "no proposal " + std::to_string(index) + "; see eagle admin show");
    EAGLE_ASSIGN_OR_RETURN(const v1::Administration proposal, OwnBytes(*view));
    session.Talk("Proposal " + std::to_string(index) + ", digest " + SpacedDigest(HexEncode(view->digest())) + "\n" +
                 ProposalText(proposal));
    TellChanges(session, proposal.proposal());
    v1::Administration act;
    act.set_request_id(builder.NewId());
    act.mutable_approval()->set_proposal_index(index);
    act.mutable_approval()->set_proposal_digest(view->digest());
    acts.push_back(std::move(act));
  }
  EAGLE_RETURN_IF_ERROR(session.Confirm("Approve exactly this?"));
  return SendActs(session, acts, {.key_files = flags.keys}, flags.indexes);
}

// The first approval; the second is given as to any proposal.
absl::Status Erase(Session& session, const EraseFlags& flags) {
  OrderBuilder builder(session.process().clock, session.process().entropy);
  v1::Administration act;
  act.set_request_id(builder.NewId());
  act.mutable_proposal()->set_ground(flags.ground);
  act.mutable_proposal()->mutable_erase()->set_court(flags.court);
  act.mutable_proposal()->mutable_erase()->set_case_index(flags.index);
  session.Talk(ProposalText(act));
  EAGLE_RETURN_IF_ERROR(session.Confirm("Propose exactly this?"));
  return SendActs(session, {act}, {.key_files = flags.keys}, {});
}

}  // namespace

absl::Status ProposeFiles(Session& session, const ProposeFlags& flags) {
  OrderBuilder builder(session.process().clock, session.process().entropy);
  std::vector<v1::Administration> acts;
  for (const std::string& path : flags.files) {
    v1::Administration act;
    act.set_request_id(builder.NewId());
    EAGLE_ASSIGN_OR_RETURN(*act.mutable_proposal(), ReadProposal(flags.kind, path, flags.ground));
    acts.push_back(std::move(act));
  }
  return SendActs(session, acts, {.key_files = flags.keys}, {});
}

void AddCaseErase(Verb& cases) {
  auto flags = std::make_shared<EraseFlags>();
  Verb erase = cases.Add(
      "erase",
      "Propose to erase a closed case 销毁 after its retention: names, accounts, amounts and signed bytes can't be "
      "read "
      "any more, the log still verifies. Takes effect with a second administrator's `eagle admin approve`.",
      "eagle case erase 4711 --court 辽9901 --ground \"retention has passed\" --key pki/keys/administrator-a.pem");
  erase.Number("INDEX", &flags->index, "journal index of the case, as eagle case show says it", Need::kRequired);
  erase.Text("--court", &flags->court, "code of the case's court", Need::kRequired);
  erase.Text("--ground", &flags->ground, "why; it stays in the journal: name nobody", Need::kRequired);
  erase.Texts("--key", &flags->keys, "your administrator's key", Need::kRequired);
  erase.Do([flags](Session& session) { return Erase(session, *flags); });
}

void AddAdmin(Verb& root) {
  Verb admin = root.Add("admin", "What two administrators decide together: who is connected, which policy holds.");
  auto propose_flags = std::make_shared<ProposeFlags>();
  Verb propose = admin.Add(
      "propose", "Propose a change; it counts as your approval.",
      "eagle admin propose court --file pki/admin/court-辽9901.json --key pki/keys/administrator-a.pem\n"
      "eagle admin propose policy --file policy.txtpb --ground \"first table\" --key pki/keys/administrator-a.pem");
  propose.Choice(
      "KIND", &propose_flags->kind, {"court", "agency", "system", "policy", "clock", "erase", "witnesses", "reading"},
      "court, agency, system, policy, clock, erase (of a case), witnesses or reading (a grant)", Need::kRequired);
  propose.Texts("--file", &propose_flags->files,
                "the proposal, or only what it changes (.json or .txtpb); repeat for several", Need::kRequired);
  propose.Text("--ground", &propose_flags->ground, "why; needed unless the file says it");
  propose.Texts("--key", &propose_flags->keys, "your administrator's key", Need::kRequired);
  propose.Do([propose_flags](Session& session) { return ProposeFiles(session, *propose_flags); });

  auto show_flags = std::make_shared<ProposalShowFlags>();
  Verb show = admin.Add("show", "Show open proposals; with an index, one of them in full.", "eagle admin show 17");
  show.Numbers("INDEX", &show_flags->indexes, "journal index of a proposal");
  show.Flag("--all", &show_flags->all, "also those in effect");
  show.Do([show_flags](Session& session) { return ShowProposals(session, *show_flags); });

  auto approve_flags = std::make_shared<ApproveFlags>();
  Verb approve = admin.Add("approve", "Approve proposals, after reading exactly what they say.",
                           "eagle admin approve 17 --key pki/keys/administrator-b.pem");
  approve.Numbers("INDEX", &approve_flags->indexes, "journal index of a proposal; several are approved together",
                  Need::kRequired);
  approve.Texts("--key", &approve_flags->keys, "your administrator's key", Need::kRequired);
  approve.Do([approve_flags](Session& session) { return Approve(session, *approve_flags); });

  auto adapter_flags = std::make_shared<AdapterFlags>();
  Verb adapter = admin.Add(
      "approve-adapter",
      "Propose to let a version of an adapter work 一致性检验, by the signed report of the conformance kit; says who "
      "examined it, what passed and was skipped, and until when it would count. Takes effect with a second "
      "administrator's `eagle admin approve`.",
      "eagle admin approve-adapter --report report.json --ground \"release 4.2\" --key pki/keys/administrator-a.pem");
  adapter.Text("--report", &adapter_flags->report, "what eagle-conformance wrote with --report", Need::kRequired);
  adapter.Text("--ground", &adapter_flags->ground, "why", Need::kRequired);
  adapter.Texts("--key", &adapter_flags->keys, "your administrator's key", Need::kRequired);
  adapter.Do([adapter_flags](Session& session) { return ApproveAdapter(session, *adapter_flags); });
}

}  // namespace eagle::client
