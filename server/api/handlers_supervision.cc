// Supervision orders 督办: what courts and agencies say in their threads, and who looks at them.
#include "goldeneagle/v1/supervision_entry.pb.h"
#include "server/api/audited.h"
#include "server/api/impl.h"
#include "server/api/page_token.h"
#include "server/api/tags.h"
#include "server/api/views.h"
#include "server/api/words.h"
#include "server/core/rows.h"
#include "server/domain/instant.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

// Until when the addressee answers, when the word starts its clock; whether an answer was late.
void TellSupervision(const journal::Leaf& leaf, const core::Published& published, SupervisionAcceptance& acceptance) {
  const domain::Agency* agency = published.directory->AgencyByOrdinal(leaf.agency);
  SupervisionIssued issued;
  SupervisionSaid said;
  if (leaf.type == ENTRY_TYPE_SUPERVISION_ISSUED && issued.ParseFromString(leaf.body))
    *acceptance.mutable_deadline() = StartedBy(issued, leaf.time, published, agency);
  if (leaf.type != ENTRY_TYPE_SUPERVISION_WORD || !said.ParseFromString(leaf.body)) return;
  acceptance.set_late(said.late());
  if (said.state() == SUPERVISION_STATE_RETURNED)
    *acceptance.mutable_deadline() = StartedBy(said, leaf.time, published, agency);
}

void Submit(const std::shared_ptr<Handlers::Impl>& impl, const Caller& caller, std::string_view method,
            SubmitSupervisionRequest request, const Reply<SubmitSupervisionResponse>& reply) {
  if (absl::Status may = MayCall(caller, method); !may.ok()) return reply(may);
  auto command = OpenWords<domain::SubmitSupervision, SupervisionAct>(*impl, caller, MEMBER_TYPE_SUPERVISION,
                                                                      std::move(*request.mutable_batch()));
  if (command.ok()) {
    for (domain::SupervisionMember& member : command->members) {
      const SupervisionOrder& issue = member.parsed.issue();
      if (!issue.to_court().empty())
        member.case_number_tags = CaseNumberTags(impl->ports.key_ring, issue.to_court(), issue.case_number());
    }
  }
  SubmitWords(impl, std::move(command), reply, TellSupervision);
}

// One word in the form in which its author's key can be checked. Errors: ERASED.
absl::StatusOr<SupervisionWord> WordAt(uint64_t index, const domain::SupervisionThread& thread,
                                       const core::Published& published, Travel& travel, JournalReader& journal) {
  EAGLE_ASSIGN_OR_RETURN(const domain::Entry entry, journal.EntryAt(index));
  SupervisionIssued issued;
  SupervisionSaid said;  // head = 4 in a close, too
  const bool first = entry.type == ENTRY_TYPE_SUPERVISION_ISSUED;
  if (!(first ? issued.ParseFromString(entry.body) : said.ParseFromString(entry.body)))
    return Fail(Reason::kStorageDamaged, "a word's leaf can't be read");
  SupervisionWord word;
  EAGLE_ASSIGN_OR_RETURN(*word.mutable_word(),
                         SignedWord<SupervisionPayload>(entry, first ? issued.head() : said.head(), travel, journal));
  word.set_journal_index(index);
  word.set_supervision_id(thread.id);
  *word.mutable_time() = domain::ToProto(entry.time);
  if (first) *word.mutable_due_at() = domain::ToProto(domain::FromMicros(issued.due()));
  if (entry.type == ENTRY_TYPE_SUPERVISION_WORD && said.state() == SUPERVISION_STATE_RETURNED)
    *word.mutable_due_at() = domain::ToProto(domain::FromMicros(said.due()));
  if (const domain::Court* court = published.directory->CourtByOrdinal(thread.court)) word.set_court(court->row.code());
  return word;
}

std::string FilterOf(const ListSupervisionRequest& request) {
  return request.court() + (request.open_only() ? "/open" : "/all") + (request.overdue_only() ? "/overdue" : "");
}

}  // namespace

void Handlers::SubmitSupervision(const Caller& caller, SubmitSupervisionRequest request,
                                 Reply<SubmitSupervisionResponse> reply) {
  Submit(impl_, caller, "/goldeneagle.v1.SupervisionOrderService/SubmitSupervision", std::move(request), reply);
}

void Handlers::AnswerSupervision(const Caller& caller, SubmitSupervisionRequest request,
                                 Reply<SubmitSupervisionResponse> reply) {
  Submit(impl_, caller, "/goldeneagle.v1.SupervisionOrderService/AnswerSupervision", std::move(request), reply);
}

absl::StatusOr<PullSupervisionResponse> Handlers::PullSupervision(const Caller& caller,
                                                                  const PullSupervisionRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.SupervisionOrderService/PullSupervision"));
  const auto published = impl_->published();
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
  const auto page = [&](uint64_t after) {
    return core::SupervisionListed(journal.store(), core::SupervisionList::kOfAgency, caller.agency.value(), after,
                                   kThreadsAtOnce);
  };
  EAGLE_ASSIGN_OR_RETURN(const std::vector<domain::SupervisionThread> threads,
                         AllThreads<domain::SupervisionThread>(page));
  return PullWords<PullSupervisionResponse>(threads, request.after(),
                                            [&](uint64_t index, const domain::SupervisionThread& thread) {
                                              return WordAt(index, thread, *published, impl_->travel, journal);
                                            });
}

absl::StatusOr<ListSupervisionResponse> Handlers::ListSupervision(const Caller& caller,
                                                                  const ListSupervisionRequest& request) {
  constexpr std::string_view kMethod = "/goldeneagle.v1.SupervisionOrderService/ListSupervision";
  EAGLE_RETURN_IF_ERROR(MayCall(caller, kMethod));
  EAGLE_ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size()));
  const TokenScope scope{"ListSupervision", caller, FilterOf(request)};
  EAGLE_ASSIGN_OR_RETURN(const uint64_t after, OpenNumberToken(impl_->ports.key_ring, scope, request.page_token(), 0));
  const auto published = impl_->published();
  EAGLE_ASSIGN_OR_RETURN(const CourtOrdinal court, CourtListed(caller, kMethod, request.court(), *published));
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
  ListSupervisionResponse response;
  const auto page = [&](uint64_t past) {
    return core::SupervisionListed(journal.store(), core::SupervisionList::kOfCourt, court.value(), past,
                                   kThreadsAtOnce);
  };
  const auto wanted = [&](const domain::SupervisionThread& thread) {
    return (!request.open_only() || thread.open()) && (!request.overdue_only() || IsOverdue(thread, *published));
  };
  const auto add = [&](const domain::SupervisionThread& thread) -> absl::Status {
    EAGLE_ASSIGN_OR_RETURN(*response.add_threads(), ViewOf(thread, *published, journal));
    return absl::OkStatus();
  };
  EAGLE_ASSIGN_OR_RETURN(const std::optional<uint64_t> next,
                         PageOfThreads<domain::SupervisionThread>(after, page_size, page, wanted, add));
  if (next) response.set_next_page_token(MakeNumberToken(impl_->ports.key_ring, scope, *next));
  return response;
}

void Handlers::ReadSupervision(const Caller& caller, ReadSupervisionRequest request,
                               Reply<ReadSupervisionResponse> reply) {
  constexpr std::string_view kMethod = "/goldeneagle.v1.SupervisionOrderService/ReadSupervision";
  const auto prepare = [&]() -> absl::StatusOr<std::pair<ReadSupervisionResponse, domain::RecordAccess>> {
    EAGLE_RETURN_IF_ERROR(MayCall(caller, kMethod));
    EAGLE_ASSIGN_OR_RETURN(trust::OpenedTicket ticket, TakeTicket(*impl_, caller, request.officer_ticket()));
    EAGLE_ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size()));
    const TokenScope scope{"ReadSupervision", caller, request.supervision_id()};
    EAGLE_ASSIGN_OR_RETURN(const uint64_t after,
                           OpenNumberToken(impl_->ports.key_ring, scope, request.page_token(), 0));
    const auto published = impl_->published();
    EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
    EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::IdUse> use, journal.UseOf(request.supervision_id()));
    std::optional<domain::SupervisionThread> thread;
    if (use) {
      EAGLE_ASSIGN_OR_RETURN(thread, core::SupervisionAt(journal.store(), use->index));
    }
    std::optional<domain::Case> of;
    if (thread && thread->id == request.supervision_id()) {
      EAGLE_ASSIGN_OR_RETURN(of, journal.CaseRow(thread->case_seq));
    }
    // Whoever has no right to a thread doesn't learn either whether it is there.
    const bool party = of && thread->IsParty(caller.court);
    if (!of || (caller.role == Role::kCourt && !party && of->court != caller.court &&
                published->directory->GrantFor(ReaderName(caller), of->seq) == nullptr))
      return Fail(Reason::kNotFound, "no supervision order that the caller may read has this id");
    EAGLE_RETURN_IF_ERROR(MayRead(*impl_, caller, kMethod, *of, ticket, party));
    ReadSupervisionResponse response;
    EAGLE_ASSIGN_OR_RETURN(*response.mutable_thread(), ViewOf(*thread, *published, journal));
    EAGLE_ASSIGN_OR_RETURN(const bool more, PageOfWords(*thread, after, page_size, response,
                                                        [&](uint64_t index, const domain::SupervisionThread& one) {
                                                          return WordAt(index, one, *published, impl_->travel, journal);
                                                        }));
    if (more)
      response.set_next_page_token(
          MakeNumberToken(impl_->ports.key_ring, scope, response.words(response.words_size() - 1).journal_index()));
    domain::RecordAccess read = AccessBy(impl_->ports.key_ring, caller, "ReadSupervision", std::move(ticket));
    read.case_seq = of->seq;
    read.supervision = thread->index;
    if (thread->order) {
      EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Order> order, journal.OrderAt(thread->order));
      if (!order) return Fail(Reason::kTablesDiffer, "a supervision order names an order that isn't there");
      read.order = order->seq;
      EAGLE_ASSIGN_OR_RETURN(std::string subject, SubjectTagOf(impl_->ports.key_ring, *order, journal));
      read.subject_tags = {std::move(subject)};
    } else {
      EAGLE_ASSIGN_OR_RETURN(const domain::Case folded, journal.FoldedCase(of->seq));
      for (const Respondent& respondent : folded.open.respondents())
        read.subject_tags.push_back(SubjectTag(impl_->ports.key_ring, respondent.identity()));
    }
    read.rows = static_cast<uint32_t>(response.words_size());
    read.page_after = after;
    return std::make_pair(std::move(response), std::move(read));
  };
  auto prepared = prepare();
  if (!prepared.ok()) return reply(prepared.status());
  RecordThenReply(impl_, caller, std::move(prepared->second), std::move(prepared->first), std::move(reply));
}

}  // namespace eagle::api
