// Administration: proposals, approvals, counters.
#include "absl/strings/str_cat.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/api/impl.h"
#include "server/api/page_token.h"
#include "server/api/views.h"
#include "server/domain/instant.h"
#include "server/journal/hash.h"
#include "server/journal/note.h"
#include "server/trust/report.h"
#include "server/trust/statements.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

// Whether adopting the proposal registers an organisation that has no key yet.
bool RegistersNew(const core::Published& published, uint64_t proposal_index) {
  const auto it = published.proposals->find(proposal_index);
  if (it == published.proposals->end() || it->second.in_effect) return false;
  const Proposal& proposal = it->second.proposal;
  if (proposal.has_court()) return published.directory->CourtByCode(proposal.court().code()) == nullptr;
  if (proposal.has_agency()) return published.directory->AgencyByCode(proposal.agency().code()) == nullptr;
  return false;
}

// Keys of witnesses are read here: their form is the journal's, and what can't be read must not be registered.
absl::Status CheckWitnessKeys(const std::vector<Administration>& acts) {
  Violations wrong;
  for (size_t i = 0; i < acts.size(); ++i) {
    const auto& witnesses = acts[i].proposal().witnesses().witnesses();
    for (int j = 0; j < witnesses.size(); ++j) {
      const std::string path = absl::StrCat("members[", i, "].proposal.witnesses.witnesses[", j, "].verifier_key");
      const auto key = journal::ParseVerifierKey(witnesses[j].verifier_key());
      if (!key.ok() || !journal::IsCosignatureKey(witnesses[j].verifier_key())) {
        wrong.Add(path, Reason::kFieldInvalid, "<name>+<key id>+<base64(04 || key)>");
      } else if ((*key)->name() != witnesses[j].name()) {
        wrong.Add(path, Reason::kFieldInvalid, "the key has another name than the witness");
      }
    }
  }
  if (!wrong.empty()) return wrong.ToStatus("a witness's key can't be read");
  return absl::OkStatus();
}

// The report of the adapter that the act proposes, or whose proposal it approves; null when it is about none.
const std::string* ReportIn(const core::Published& published, const Administration& act) {
  if (act.proposal().has_adapter()) return &act.proposal().adapter().report();
  if (!act.has_approval()) return nullptr;
  const auto it = published.proposals->find(act.approval().proposal_index());
  if (it == published.proposals->end() || !it->second.proposal.has_adapter()) return nullptr;
  return &it->second.proposal.adapter().report();
}

// Read and held against the examiners of the policy in force. Whether that is enough is decided in its turn.
domain::ExaminedReport Examine(const std::string& bytes, const core::Published& published,
                               const trust::SignatureChecker& checker) {
  domain::ExaminedReport examined;
  auto read = trust::ReadConformanceReport(bytes);
  if (!read.ok()) {
    examined.fault = FailureOf(read.status()).message;
    return examined;
  }
  if (published.policy != nullptr) {
    const auto& examiners = published.policy->table().adapters().examiners();
    std::vector<trust::CandidateKey> candidates;
    for (const Examiner& examiner : examiners)
      candidates.push_back({candidates.size(), examiner.algorithm(), examiner.key()});
    for (const uint64_t id : trust::SignersOf(*read, candidates, checker)) examined.keys.push_back(candidates[id].key);
  }
  const journal::Hash digest = journal::Sha256(bytes);
  examined.digest = journal::View(digest);
  examined.adapter = std::move(read->report.adapter);
  examined.version = std::move(read->report.version);
  examined.passed = std::move(read->report.passed);
  examined.failed = std::move(read->report.failed);
  examined.skipped = static_cast<uint32_t>(read->report.skipped.size());
  return examined;
}

absl::StatusOr<domain::SubmitAdministration> OpenAdministration(Handlers::Impl& impl, SignedBatch batch) {
  const auto published = impl.published();
  const LogFounded& founding = published->directory->founding();
  EAGLE_ASSIGN_OR_RETURN(VerifiedBatch verified,
                         Verify(
                             std::move(batch),
                             {.type = MEMBER_TYPE_ADMINISTRATION,
                              .environment = founding.environment(),
                              .signer = trust::kAdministratorSigner},
                             [&](const Head&) { return KeysOf(founding.administrators()); }, impl.ports.checker));
  EAGLE_ASSIGN_OR_RETURN(std::vector<Administration> acts,
                         ParseMembers<Administration>(verified.members, Reading::kStrict));
  EAGLE_RETURN_IF_ERROR(CheckIds(acts, "request_id", [](const Administration& act) { return act.request_id(); }));
  EAGLE_RETURN_IF_ERROR(CheckWitnessKeys(acts));
  LazyJournal journal(impl.ports.store, impl.ports.keys);
  domain::SubmitAdministration command{.signed_head = std::move(verified.signed_head)};
  for (size_t i = 0; i < acts.size(); ++i) {
    domain::AdministrationMember member{.bytes = std::move(verified.members[i])};
    if (acts[i].has_approval() && RegistersNew(*published, acts[i].approval().proposal_index())) {
      EAGLE_ASSIGN_OR_RETURN(JournalReader* const reader, journal());
      EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::IdUse> known, reader->UseOf(acts[i].request_id()));
      if (!known) {
        EAGLE_ASSIGN_OR_RETURN(member.fresh_key_id, impl.ports.key_ring.NewKey(kOrganisationScope));
      }
    }
    if (const std::string* report = ReportIn(*published, acts[i]))
      member.report = Examine(*report, *published, impl.ports.checker);
    member.parsed = std::move(acts[i]);
    command.members.push_back(std::move(member));
  }
  return command;
}

// The erasures among the approvals of a batch: keys and papers go before anybody is told. A faithful repeat comes here
// too, so a key that could not be destroyed at first is destroyed then. On the sequencer's thread.
absl::Status DestroyKeys(Handlers::Impl& impl, const std::vector<uint64_t>& approved, const domain::State& state) {
  for (const uint64_t index : approved) {
    const auto proposal = state.proposals.find(index);
    if (proposal == state.proposals.end() || !proposal->second.in_effect || !proposal->second.proposal.has_erase())
      continue;
    const CaseSeq erased(proposal->second.proposal.erase().case_index());
    const domain::Case& of = state.cases.at(erased.value());
    EAGLE_RETURN_IF_ERROR(impl.ports.key_ring.Forget(of.key_id));
    if (impl.ports.papers != nullptr) EAGLE_RETURN_IF_ERROR(impl.ports.papers->Forget(of.court, of.key_id));
    for (const auto& [seq, order] : state.orders) {
      if (order.case_seq == erased) impl.travel.ForgetTask(order.seq);
    }
  }
  return absl::OkStatus();
}

// Adds rows to a metrics answer.
class Metrics {
 public:
  explicit Metrics(GetMetricsResponse& response) : response_(response) {}
  template <typename Number>
  void Add(const char* name, Number value, const char* unit, const char* help) {
    Metric* metric = response_.add_metrics();
    metric->set_name(name);
    metric->set_value(static_cast<double>(value));
    metric->set_unit(unit);
    metric->set_help(help);
  }
  void Seconds(const char* name, absl::Duration value, const char* help) {
    Add(name, absl::ToDoubleSeconds(value), "s", help);
  }

 private:
  GetMetricsResponse& response_;
};

void AddSequencer(const core::SequencerCounters& counters, const core::Published& published, Metrics& out) {
  out.Add("ge_commands_total", counters.commands, "1", "Commands that the sequencer took, dry runs included.");
  out.Add("ge_dry_runs_total", counters.dry_runs, "1", "Commands that were only tried out.");
  out.Add("ge_refused_busy_total", counters.refused_busy, "1",
          "Commands refused because too much was queued or the store was full.");
  out.Add("ge_commits_total", counters.commits, "1", "Commits.");
  out.Add("ge_entries_total", counters.entries, "1", "Journal entries written by this process.");
  out.Add("ge_entry_bytes_total", counters.entry_bytes, "bytes", "Packed bytes of these entries.");
  out.Seconds("ge_deciding_seconds_total", counters.deciding, "Time spent deciding and applying.");
  out.Seconds("ge_storing_seconds_total", counters.storing, "Time spent storing, syncing and signing.");
  out.Seconds("ge_answering_seconds_total", counters.answering, "Time spent answering.");
  out.Add("ge_journal_size", published.edge->size(), "1", "Entries in the journal.");
  out.Add("ge_clock_alarm", published.clock_alarm != 0 ? 1 : 0, "1",
          "1 while the recorded clock doesn't follow the wall.");
  out.Add("ge_cosigned_size", published.cosigned != nullptr ? published.cosigned->size : 0, "1",
          "Entries under the newest checkpoint that a quorum of witnesses cosigned; 0: none.");
  out.Add("ge_incidents_open", published.incidents_open, "1",
          "Incidents that stand: agencies whose statements and the log don't agree, or that stated nothing.");
  out.Add("ge_policy_version", published.policy != nullptr ? published.policy->version() : 0, "1",
          "Version of the policy in force; 0: none.");
}

void AddWitnesses(const WitnessDesk::Standing& standing, Metrics& out) {
  out.Add("ge_witnesses_missing", standing.missing ? 1 : 0, "1",
          "1 while the witnesses' quorum is missing: see the alarm.");
  out.Add("ge_deductions_wait_for_witnesses", standing.deductions_wait ? 1 : 0, "1",
          "1 while no deduction goes out without them any more.");
  out.Add("ge_witness_waits", static_cast<double>(standing.waits), "1",
          "Witnesses that wait for a checkpoint to cosign.");
}

void AddSupervision(const SupervisionBook& book, Metrics& out) {
  uint64_t soon = 0, overdue = 0, running = 0;
  for (const auto& [which, clocks] : book.Clocks()) {
    if (which.first == DUE_KIND_MEASURE_END) continue;  // every measure in effect has one
    (which.second == DUE_STATE_OVERDUE ? overdue : which.second == DUE_STATE_SOON ? soon : running) += clocks;
  }
  out.Add("ge_clocks_running", running, "1",
          "Clocks that run, ends of measures left out: neither due soon nor overdue.");
  out.Add("ge_clocks_due_soon", soon, "1", "The same: three quarters of their time are over.");
  out.Add("ge_clocks_overdue", overdue, "1", "The same: overdue. See eagle supervise due --overdue.");
  out.Add("ge_freezes_undecided", book.undecided(), "1",
          "Freezes in effect that no court has decided about: see eagle supervise undecided.");
}

void AddDispatch(const dispatch::DispatchCounters& counters, Metrics& out) {
  out.Add("ge_adapter_instances", counters.instances, "1", "Instances that said Hello to this process and live.");
  out.Add("ge_agencies_connected", counters.agencies, "1", "Agencies with at least one of them.");
  out.Add("ge_polls_parked", counters.parked, "1", "Polls that wait for work.");
  out.Add("ge_tasks_queued", counters.queued, "1", "Open tasks that nobody holds.");
  out.Add("ge_tasks_held", counters.held, "1", "Tasks under a lease.");
  out.Add("ge_deductions_held_back", counters.held_back, "1", "Deductions that their case doesn't bear now.");
  out.Add("ge_polls_total", counters.polls, "1", "Polls taken.");
  out.Add("ge_deliveries_total", counters.deliveries, "1", "Delivered entries planned.");
  out.Add("ge_tasks_delivered_total", counters.tasks, "1", "Tasks in them.");
  out.Add("ge_tasks_given_back_total", counters.given_back, "1", "Tasks that came back unanswered.");
  out.Add("ge_leases_ended_total", counters.leases_ended, "1", "Of these, because their lease ended.");
  out.Add("ge_polls_roused_total", counters.roused, "1", "Waits ended early, because a statement revoked a key.");
}

}  // namespace

void Handlers::SubmitAdministration(const Caller& caller, SubmitAdministrationRequest request,
                                    Reply<SubmitAdministrationResponse> reply) {
  if (absl::Status may = MayCall(caller, "/goldeneagle.v1.AdminService/SubmitAdministration"); !may.ok())
    return reply(may);
  auto command = OpenAdministration(*impl_, std::move(*request.mutable_batch()));
  if (!command.ok()) return reply(command.status());
  std::vector<uint64_t> approved;
  for (const domain::AdministrationMember& member : command->members) {
    if (member.parsed.has_approval()) approved.push_back(member.parsed.approval().proposal_index());
  }
  impl_->Submit<SubmitAdministrationResponse>(
      *std::move(command), reply,
      [impl = impl_, approved = std::move(approved), reply](const domain::Result& result,
                                                            const core::CommitView& commit) {
        if (!result.status.ok()) return reply(result.status);
        if (const absl::Status gone = DestroyKeys(*impl, approved, commit.state()); !gone.ok()) return reply(gone);
        SubmitAdministrationResponse response;
        for (const domain::MemberResult& member : result.members) {
          AdministrationResult* out = response.add_results();
          out->set_request_id(member.id);
          if (member.refusal) {
            *out->mutable_refusal() = RefusalView(*member.refusal, member.index);
            continue;
          }
          out->set_journal_index(member.index);
          out->set_in_effect(member.in_effect);
        }
        response.set_checkpoint(commit.checkpoint());
        reply(std::move(response));
      });
}

absl::StatusOr<ListProposalsResponse> Handlers::ListProposals(const Caller& caller,
                                                              const ListProposalsRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.AdminService/ListProposals"));
  EAGLE_ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size()));
  const TokenScope scope{"ListProposals", caller, request.open_only() ? "open" : "all"};
  EAGLE_ASSIGN_OR_RETURN(const uint64_t after, OpenNumberToken(impl_->ports.key_ring, scope, request.page_token(), 0));
  const auto published = impl_->published();
  const LogFounded& founding = published->directory->founding();
  LazyJournal journal(impl_->ports.store, impl_->ports.keys);
  ListProposalsResponse response;
  for (auto it = published->proposals->upper_bound(after); it != published->proposals->end(); ++it) {
    const auto& [index, proposal] = *it;
    if (request.open_only() && proposal.in_effect) continue;
    if (static_cast<size_t>(response.proposals_size()) == page_size) {
      response.set_next_page_token(
          MakeNumberToken(impl_->ports.key_ring, scope, response.proposals(response.proposals_size() - 1).index()));
      break;
    }
    EAGLE_ASSIGN_OR_RETURN(JournalReader* const reader, journal());
    EAGLE_ASSIGN_OR_RETURN(const domain::Entry entry, reader->EntryAt(index));
    ProposalMade body;
    AdministrationPayload payload;
    if (!entry.payload || !body.ParseFromString(entry.body) || !payload.ParseFromString(*entry.payload))
      return Fail(Reason::kEntryMalformed, "not a proposal");
    EAGLE_ASSIGN_OR_RETURN(const std::shared_ptr<const HeadBytes> head,
                           impl_->travel.HeadAt(body.head(), [&] { return journal(); }));
    ProposalView* view = response.add_proposals();
    view->set_index(index);
    *view->mutable_proposal() = Travel::TravelForm(*head, payload.member(), payload.index());
    view->set_digest(proposal.digest);
    for (uint32_t ordinal : proposal.approvers)
      view->add_approved_by(founding.administrators(static_cast<int>(ordinal) - 1).name());
    view->set_in_effect(proposal.in_effect);
    *view->mutable_proposed_at() = domain::ToProto(entry.time);
  }
  return response;
}

void Handlers::MakeBackup(const Caller& caller, MakeBackupRequest, Reply<MakeBackupResponse> reply) {
  if (absl::Status may = MayCall(caller, "/goldeneagle.v1.AdminService/MakeBackup"); !may.ok()) return reply(may);
  if (!impl_->ports.backup) return reply(Fail(Reason::kUnavailable, "this gateway makes no backups"));
  impl_->ports.backup(std::move(reply));
}

absl::StatusOr<GetMetricsResponse> Handlers::GetMetrics(const Caller& caller, const GetMetricsRequest&) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.AdminService/GetMetrics"));
  GetMetricsResponse response;
  Metrics out(response);
  AddSequencer(impl_->ports.sequencer.counters(), *impl_->published(), out);
  AddDispatch(impl_->ports.dispatcher.counters(), out);
  AddWitnesses(impl_->witnesses.standing(), out);
  AddSupervision(impl_->supervision, out);
  out.Add("ge_reads_total", impl_->reads.load(), "1", "Pages of personal data that left, each recorded before.");
  out.Add("ge_reads_over_limit_total", impl_->reads_over_limit.load(), "1",
          "Refused: the officer has read enough for now.");
  out.Add("ge_reads_without_open_case_total", impl_->reads_without_open_case.load(), "1",
          "Of a case that was closed or had gone to another court: look who it was.");
  out.Add("ge_inquiries_without_case_total", impl_->inquiries_without_case.load(), "1",
          "Orders refused because their court has no such case here: look who it was.");
  out.Add("ge_inquiries_about_strangers_total", impl_->inquiries_about_strangers.load(), "1",
          "Orders refused because the case doesn't name their subject: look who it was.");
  out.Add("ge_directories_differ_total", impl_->directories_differ.load(), "1",
          "Polls of agencies whose books hold other statements than the log: find out whose are wrong.");
  out.Add("ge_travel_cache_hits_total", impl_->travel.hits(), "1",
          "Orders, heads and statements that were ready to travel.");
  out.Add("ge_travel_cache_misses_total", impl_->travel.misses(), "1",
          "Of these, read from the journal and made ready.");
  absl::MutexLock lock(&impl_->presence_mu);
  size_t unreachable = 0, clerks = 0, stale = 0;
  for (const auto& [agency, statuses] : impl_->statuses) {
    for (const auto& [instance, status] : statuses)
      unreachable += status.back_end_reachable ? 0 : 1, clerks += status.waiting_for_clerk,
          stale += status.directory_stale ? 1 : 0;
  }
  out.Add("ge_back_ends_unreachable", unreachable, "1",
          "Instances whose last status said that their back end can't be reached.");
  out.Add("ge_directories_stale", stale, "1",
          "Instances whose last status said that orders wait for a newer head of the directory.");
  out.Add("ge_tasks_waiting_for_clerk", clerks, "1", "Tasks that wait for people at agencies, by their last status.");
  out.Add("ge_tasks_unreadable_total", impl_->unreadable_tasks, "1",
          "Tasks that were not handed out because they can't be read.");
  return response;
}

}  // namespace eagle::api
