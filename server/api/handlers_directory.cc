// The directory: statements in, statements and agencies out.
#include "goldeneagle/v1/entry.pb.h"
#include "server/api/impl.h"
#include "server/api/page_token.h"
#include "server/api/views.h"
#include "server/core/rows.h"
#include "server/domain/instant.h"
#include "server/trust/statement_content.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr size_t kStatementBytesPerPage = 1 << 20;

absl::StatusOr<std::vector<trust::CandidateKey>> Speakers(const domain::Directory& directory, const Head& head) {
  if (head.signer() == trust::kRegistrar) return KeysOf(directory.founding().registrars());
  if (directory.CourtByCode(head.signer()) == nullptr) {
    return Fail(Reason::kSignerUnknown, "statements are signed by the registrars or by a court of the directory")
        .At("batch.head.signer", "unknown");
  }
  const domain::StatementOnFile* file = directory.StatementAbout("court/" + head.signer());
  if (directory.IsRevoked("court/" + head.signer())) {
    return Fail(Reason::kKeyRevoked, "the court's key was revoked, and none was stated since")
        .At("batch.head.signer", "has no key");
  }
  if (file == nullptr || file->statement.kind() != STATEMENT_KIND_KEY) {
    return Fail(Reason::kSignerUnknown, "no key of this court is known, or it has ended")
        .At("batch.head.signer", "has no key");
  }
  EAGLE_RETURN_IF_ERROR(trust::CheckSignedAt(head, file->statement));
  return KeyOf(directory, "court/" + head.signer());
}

// What agencies and courts would refuse of any of them, all at once: nothing of such a batch is stored.
absl::Status CheckStatements(const std::vector<Statement>& statements, Environment environment) {
  Violations wrong;
  for (size_t i = 0; i < statements.size(); ++i)
    trust::CheckStatement(statements[i], environment, "members[" + std::to_string(i) + "].", wrong);
  return wrong.empty() ? absl::OkStatus() : wrong.ToStatus("the statements can't be taken");
}

AgencyView ViewOf(const domain::Agency& agency, const core::Published& published, const dispatch::AgencyLoad& load) {
  AgencyView view;
  const domain::PresenceState& presence = PresenceOf(published, agency.ordinal);
  view.set_name("agencies/" + agency.row.code());
  view.set_code(agency.row.code());
  view.set_display_name(agency.row.name());
  view.set_kind(agency.row.kind());
  view.set_region(agency.row.region());
  *view.mutable_capabilities() = agency.row.capabilities();
  for (Capability& row : EffectiveOf(agency, presence)) *view.add_effective() = std::move(row);
  view.set_presence(!presence.ever      ? PRESENCE_NEVER_SEEN
                    : !presence.present ? PRESENCE_ABSENT
                    : load.full         ? PRESENCE_PRESENT_FULL
                                        : PRESENCE_PRESENT);
  if (presence.ever) *view.mutable_since() = domain::ToProto(presence.since);
  view.set_open_tasks(static_cast<uint32_t>(load.queued + load.held));
  if (const auto known = published.acknowledged->find(agency.ordinal.value()); known != published.acknowledged->end()) {
    view.set_directory_position(known->second.position);
    *view.mutable_directory_received_at() = domain::ToProto(known->second.at);
  }
  // Of several instances, the one that is covered for the shortest time.
  absl::Time until = absl::InfiniteFuture();
  for (const domain::AdapterVersion& program : load.programs)
    until = std::min(until, domain::ExaminedUntil(*published.adapters, program));
  if (!load.programs.empty() && until != absl::InfinitePast()) *view.mutable_examined_until() = domain::ToProto(until);
  return view;
}

}  // namespace

void Handlers::SubmitStatements(const Caller& caller, SubmitStatementsRequest request,
                                Reply<SubmitStatementsResponse> reply) {
  if (absl::Status may = MayCall(caller, "/goldeneagle.v1.DirectoryService/SubmitStatements"); !may.ok())
    return reply(may);
  const auto published = impl_->published();
  const domain::Directory& directory = *published->directory;
  const auto open = [&]() -> absl::StatusOr<domain::SubmitStatements> {
    EAGLE_ASSIGN_OR_RETURN(VerifiedBatch verified,
                           Verify(
                               std::move(*request.mutable_batch()),
                               {.type = MEMBER_TYPE_STATEMENT, .environment = directory.founding().environment()},
                               [&](const Head& head) { return Speakers(directory, head); }, impl_->ports.checker));
    EAGLE_ASSIGN_OR_RETURN(std::vector<Statement> statements,
                           ParseMembers<Statement>(verified.members, Reading::kStrict));
    EAGLE_RETURN_IF_ERROR(CheckStatements(statements, directory.founding().environment()));
    domain::SubmitStatements command{.signed_head = std::move(verified.signed_head)};
    for (size_t i = 0; i < statements.size(); ++i)
      command.members.push_back({std::move(verified.members[i]), std::move(statements[i])});
    return command;
  };
  auto command = open();
  if (!command.ok()) return reply(command.status());
  impl_->Submit<SubmitStatementsResponse>(*std::move(command), reply,
                                          [reply](const domain::Result& result, const core::CommitView& commit) {
                                            if (!result.status.ok()) return reply(result.status);
                                            SubmitStatementsResponse response;
                                            for (const domain::MemberResult& member : result.members) {
                                              StatementResult* out = response.add_results();
                                              out->set_subject(member.id);
                                              if (member.refusal) {
                                                *out->mutable_refusal() = RefusalView(*member.refusal, member.index);
                                              } else {
                                                out->set_journal_index(member.index);
                                              }
                                            }
                                            response.set_checkpoint(commit.checkpoint());
                                            reply(std::move(response));
                                          });
}

absl::StatusOr<ListStatementsResponse> Handlers::ListStatements(const Caller& caller,
                                                                const ListStatementsRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.DirectoryService/ListStatements"));
  EAGLE_ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size()));
  LazyJournal journal(impl_->ports.store, impl_->ports.keys);
  const auto published = impl_->published();
  EAGLE_ASSIGN_OR_RETURN(const StatementPage page, StatementsPast(request.position(), page_size, kStatementBytesPerPage,
                                                                  published->directory->statement_positions(),
                                                                  impl_->travel, [&] { return journal(); }));
  ListStatementsResponse response;
  for (const auto& change : page.changes) *response.add_statements() = *change;
  response.set_complete(page.complete);
  return response;
}

absl::StatusOr<ListAgenciesResponse> Handlers::ListAgencies(const Caller& caller, const ListAgenciesRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.DirectoryService/ListAgencies"));
  EAGLE_ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size()));
  const TokenScope scope{"ListAgencies", caller, request.kind()};
  EAGLE_ASSIGN_OR_RETURN(const uint64_t after, OpenNumberToken(impl_->ports.key_ring, scope, request.page_token(), 0));
  const auto published = impl_->published();
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
  ListAgenciesResponse response;
  for (const domain::Agency& agency : published->directory->agencies()) {
    if (agency.ordinal.value() <= after || (!request.kind().empty() && agency.row.kind() != request.kind())) continue;
    if (static_cast<size_t>(response.agencies_size()) == page_size) {
      const domain::Agency* last =
          published->directory->AgencyByCode(response.agencies(response.agencies_size() - 1).code());
      response.set_next_page_token(MakeNumberToken(impl_->ports.key_ring, scope, last->ordinal.value()));
      break;
    }
    AgencyView& view = *response.add_agencies();
    view = ViewOf(agency, *published, impl_->ports.dispatcher.LoadOf(agency.ordinal));
    EAGLE_ASSIGN_OR_RETURN(const domain::PositionSeen seen, core::PositionAt(journal.store(), agency.ordinal));
    view.set_position_day(seen.complete_day);
  }
  return response;
}

absl::StatusOr<GetPolicyResponse> Handlers::GetPolicy(const Caller& caller, const GetPolicyRequest&) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.DirectoryService/GetPolicy"));
  const auto published = impl_->published();
  if (published->policy == nullptr) return Fail(Reason::kNotFound, "no policy is installed yet");
  GetPolicyResponse response;
  *response.mutable_table() = published->policy->table();
  response.set_journal_index(published->policy_index);
  *response.mutable_installed_at() = domain::ToProto(published->policy_since);
  return response;
}

}  // namespace eagle::api
