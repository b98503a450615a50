// Objections: what agencies and courts say in their threads, and who looks at them.
#include <algorithm>

#include "goldeneagle/v1/entry.pb.h"
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

// Until when the court answers, when the leaf is of an act that raised an objection.
void TellObjection(const journal::Leaf& leaf, const core::Published& published, ObjectionAcceptance& acceptance) {
  ObjectionRaised body;
  if (leaf.type == ENTRY_TYPE_OBJECTION_RAISED && body.ParseFromString(leaf.body))
    *acceptance.mutable_deadline() = StartedBy(body, leaf.time, published, nullptr);
}

void Submit(const std::shared_ptr<Handlers::Impl>& impl, const Caller& caller, std::string_view method,
            SubmitObjectionsRequest request, const Reply<SubmitObjectionsResponse>& reply) {
  if (absl::Status may = MayCall(caller, method); !may.ok()) return reply(may);
  SubmitWords(impl,
              OpenWords<domain::SubmitObjections, ObjectionAct>(*impl, caller, MEMBER_TYPE_OBJECTION,
                                                                std::move(*request.mutable_batch())),
              reply, TellObjection);
}

// One word in the form in which its author's key can be checked. Errors: ERASED.
absl::StatusOr<ObjectionWord> WordAt(uint64_t index, const domain::ObjectionThread& thread, Travel& travel,
                                     JournalReader& journal) {
  EAGLE_ASSIGN_OR_RETURN(const domain::Entry entry, journal.EntryAt(index));
  ObjectionReplied body;  // head = 4 in both replies and answers
  ObjectionRaised raised;
  const bool first = entry.type == ENTRY_TYPE_OBJECTION_RAISED;
  if (!(first ? raised.ParseFromString(entry.body) : body.ParseFromString(entry.body)))
    return Fail(Reason::kStorageDamaged, "a word's leaf can't be read");
  ObjectionWord word;
  EAGLE_ASSIGN_OR_RETURN(*word.mutable_word(),
                         SignedWord<ObjectionPayload>(entry, first ? raised.head() : body.head(), travel, journal));
  word.set_journal_index(index);
  word.set_objection_id(thread.id);
  *word.mutable_time() = domain::ToProto(entry.time);
  if (first) *word.mutable_due_at() = domain::ToProto(thread.deadline.due);
  return word;
}

std::string FilterOf(const ListObjectionsRequest& request) {
  return request.court() + "/" + request.case_number() + (request.open_only() ? "/open" : "/all");
}

}  // namespace

void Handlers::RaiseObjection(const Caller& caller, SubmitObjectionsRequest request,
                              Reply<SubmitObjectionsResponse> reply) {
  Submit(impl_, caller, "/goldeneagle.v1.ObjectionService/RaiseObjection", std::move(request), reply);
}

void Handlers::AnswerObjection(const Caller& caller, SubmitObjectionsRequest request,
                               Reply<SubmitObjectionsResponse> reply) {
  Submit(impl_, caller, "/goldeneagle.v1.ObjectionService/AnswerObjection", std::move(request), reply);
}

absl::StatusOr<PullObjectionsResponse> Handlers::PullObjections(const Caller& caller,
                                                                const PullObjectionsRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.ObjectionService/PullObjections"));
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
  const auto page = [&](uint64_t after) {
    return core::ObjectionsListed(journal.store(), core::ObjectionList::kOfAgency, caller.agency.value(), after,
                                  kThreadsAtOnce);
  };
  EAGLE_ASSIGN_OR_RETURN(const std::vector<domain::ObjectionThread> threads, AllThreads<domain::ObjectionThread>(page));
  return PullWords<PullObjectionsResponse>(threads, request.after(),
                                           [&](uint64_t index, const domain::ObjectionThread& thread) {
                                             return WordAt(index, thread, impl_->travel, journal);
                                           });
}

absl::StatusOr<ListObjectionsResponse> Handlers::ListObjections(const Caller& caller,
                                                                const ListObjectionsRequest& request) {
  constexpr std::string_view kMethod = "/goldeneagle.v1.ObjectionService/ListObjections";
  EAGLE_RETURN_IF_ERROR(MayCall(caller, kMethod));
  EAGLE_ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size()));
  const TokenScope scope{"ListObjections", caller, FilterOf(request)};
  EAGLE_ASSIGN_OR_RETURN(const uint64_t after, OpenNumberToken(impl_->ports.key_ring, scope, request.page_token(), 0));
  const auto published = impl_->published();
  EAGLE_ASSIGN_OR_RETURN(const CourtOrdinal court, CourtListed(caller, kMethod, request.court(), *published));
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
  ListObjectionsResponse response;
  std::optional<CaseSeq> only;
  if (!request.case_number().empty()) {
    const std::string& code = request.court().empty() ? caller.code : request.court();
    EAGLE_ASSIGN_OR_RETURN(
        only, journal.CaseNumbered(court, CaseNumberTags(impl_->ports.key_ring, code, request.case_number())));
    if (!only) return response;
  }
  const auto page = [&](uint64_t past) {
    return core::ObjectionsListed(journal.store(), core::ObjectionList::kOfCourt, court.value(), past, kThreadsAtOnce);
  };
  const auto wanted = [&](const domain::ObjectionThread& thread) {
    return (!only || thread.case_seq == *only) && (!request.open_only() || thread.open());
  };
  const auto add = [&](const domain::ObjectionThread& thread) -> absl::Status {
    EAGLE_ASSIGN_OR_RETURN(*response.add_objections(), ViewOf(thread, *published, journal));
    return absl::OkStatus();
  };
  EAGLE_ASSIGN_OR_RETURN(const std::optional<uint64_t> next,
                         PageOfThreads<domain::ObjectionThread>(after, page_size, page, wanted, add));
  if (next) response.set_next_page_token(MakeNumberToken(impl_->ports.key_ring, scope, *next));
  return response;
}

void Handlers::ReadObjection(const Caller& caller, ReadObjectionRequest request, Reply<ReadObjectionResponse> reply) {
  constexpr std::string_view kMethod = "/goldeneagle.v1.ObjectionService/ReadObjection";
  const auto prepare = [&]() -> absl::StatusOr<std::pair<ReadObjectionResponse, domain::RecordAccess>> {
    EAGLE_RETURN_IF_ERROR(MayCall(caller, kMethod));
    EAGLE_ASSIGN_OR_RETURN(trust::OpenedTicket ticket, TakeTicket(*impl_, caller, request.officer_ticket()));
    EAGLE_ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size()));
    const TokenScope scope{"ReadObjection", caller, request.objection_id()};
    EAGLE_ASSIGN_OR_RETURN(const uint64_t after,
                           OpenNumberToken(impl_->ports.key_ring, scope, request.page_token(), 0));
    EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
    EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::IdUse> use, journal.UseOf(request.objection_id()));
    std::optional<domain::ObjectionThread> thread;
    if (use) {
      EAGLE_ASSIGN_OR_RETURN(thread, core::ObjectionAt(journal.store(), use->index));
    }
    std::optional<domain::Order> row;
    if (thread && thread->id == request.objection_id()) {
      EAGLE_ASSIGN_OR_RETURN(row, journal.OrderAt(thread->order));
    }
    if (!row) return Fail(Reason::kNotFound, "no objection that the caller may read has this id");
    EAGLE_ASSIGN_OR_RETURN(const domain::Order order,
                           OrderToRead(*impl_, caller, kMethod, row->order_id, ticket, journal));
    ReadObjectionResponse response;
    EAGLE_ASSIGN_OR_RETURN(*response.mutable_objection(), ViewOf(*thread, *impl_->published(), journal));
    EAGLE_ASSIGN_OR_RETURN(const bool more, PageOfWords(*thread, after, page_size, response,
                                                        [&](uint64_t index, const domain::ObjectionThread& of) {
                                                          return WordAt(index, of, impl_->travel, journal);
                                                        }));
    if (more)
      response.set_next_page_token(
          MakeNumberToken(impl_->ports.key_ring, scope, response.words(response.words_size() - 1).journal_index()));
    domain::RecordAccess read = AccessBy(impl_->ports.key_ring, caller, "ReadObjection", std::move(ticket));
    read.case_seq = order.case_seq;
    read.order = order.seq;
    EAGLE_ASSIGN_OR_RETURN(std::string subject, SubjectTagOf(impl_->ports.key_ring, order, journal));
    read.subject_tags = {std::move(subject)};
    read.rows = static_cast<uint32_t>(response.words_size());
    read.page_after = after;
    return std::make_pair(std::move(response), std::move(read));
  };
  auto prepared = prepare();
  if (!prepared.ok()) return reply(prepared.status());
  RecordThenReply(impl_, caller, std::move(prepared->second), std::move(prepared->first), std::move(reply));
}

}  // namespace eagle::api
