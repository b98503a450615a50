// Objections: what agencies and courts say in their threads, and who looks at them.
#include <algorithm>

#include "goldeneagle/v1/entry.pb.h"
#include "server/api/audited.h"
#include "server/api/impl.h"
#include "server/api/page_token.h"
#include "server/api/tags.h"
#include "server/api/views.h"
#include "server/core/rows.h"
#include "server/domain/instant.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr size_t kWordsPerPull = 100, kWordBytes = 1 << 20;
constexpr size_t kThreadsAtOnce = 200, kThreadsLookedAt = 2000;

absl::StatusOr<domain::SubmitObjections> OpenObjections(Handlers::Impl& impl, const Caller& caller, SignedBatch batch) {
  const auto published = impl.published();
  const domain::Directory& directory = *published->directory;
  const bool agency = caller.role == Role::kAgency;
  EAGLE_ASSIGN_OR_RETURN(
      VerifiedBatch verified,
      Verify(
          std::move(batch),
          {.type = MEMBER_TYPE_OBJECTION, .environment = directory.founding().environment(), .signer = caller.code},
          [&](const Head& head) {
            return agency ? KeyOf(directory, "agency/" + head.signer()) : OfficersOf(directory, head.signer());
          },
          impl.ports.checker));
  EAGLE_ASSIGN_OR_RETURN(std::vector<ObjectionAct> acts,
                         ParseMembers<ObjectionAct>(verified.members, Reading::kStrict));
  EAGLE_RETURN_IF_ERROR(CheckIds(acts, "request_id", [](const ObjectionAct& act) { return act.request_id(); }));
  domain::SubmitObjections command{.signed_head = std::move(verified.signed_head)};
  agency ? (void)(command.agency = caller.agency) : (void)(command.court = caller.court);
  for (size_t i = 0; i < acts.size(); ++i)
    command.members.push_back({std::move(verified.members[i]), std::move(acts[i])});
  return command;
}

// Until when the court answers, when the leaf is of an act that raised an objection.
void AddDeadline(const journal::Leaf& leaf, const core::Published& published, ObjectionAcceptance& acceptance) {
  ObjectionRaised body;
  if (leaf.type != ENTRY_TYPE_OBJECTION_RAISED || !body.ParseFromString(leaf.body)) return;
  domain::Deadline deadline{.row = body.deadline_row(), .due = domain::FromMicros(body.due())};
  for (int64_t mark : body.marks()) deadline.marks.push_back(domain::FromMicros(mark));
  deadline.marks_permille.assign(body.marks_permille().begin(), body.marks_permille().end());
  *acceptance.mutable_deadline() = DeadlineOf(deadline, leaf.time, published, nullptr);
}

void Answer(const std::shared_ptr<Handlers::Impl>& impl, const domain::Result& result, const core::CommitView& commit,
            const Reply<SubmitObjectionsResponse>& reply) {
  if (!result.status.ok()) return reply(result.status);
  SubmitObjectionsResponse response;
  std::vector<int> earlier;  // acceptances of older commits
  for (const domain::MemberResult& member : result.members) {
    ObjectionResult* out = response.add_results();
    out->set_request_id(member.id);
    if (member.refusal) {
      *out->mutable_refusal() = RefusalView(*member.refusal, member.index);
      continue;
    }
    ObjectionAcceptance& acceptance = *out->mutable_acceptance();
    acceptance.set_journal_index(member.index);
    if (!commit.Holds(member.index)) {
      earlier.push_back(response.results_size() - 1);
      continue;
    }
    const auto leaf = journal::DecodeLeaf(commit.LeafOf(member.index));
    if (leaf.ok()) AddDeadline(*leaf, *impl->published(), acceptance);
  }
  response.set_checkpoint(commit.checkpoint());
  if (earlier.empty()) return reply(std::move(response));
  impl->Later([impl, response = std::move(response), earlier = std::move(earlier), reply]() mutable {
    const auto complete = [&]() -> absl::Status {
      EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl->Journal());
      for (int place : earlier) {
        ObjectionAcceptance& acceptance = *response.mutable_results(place)->mutable_acceptance();
        EAGLE_ASSIGN_OR_RETURN(const journal::Leaf leaf, journal.LeafAt(acceptance.journal_index()));
        AddDeadline(leaf, *impl->published(), acceptance);
      }
      return absl::OkStatus();
    };
    if (absl::Status status = complete(); !status.ok()) return reply(status);
    reply(std::move(response));
  });
}

void Submit(const std::shared_ptr<Handlers::Impl>& impl, const Caller& caller, std::string_view method,
            SubmitObjectionsRequest request, const Reply<SubmitObjectionsResponse>& reply) {
  if (absl::Status may = MayCall(caller, method); !may.ok()) return reply(may);
  auto command = OpenObjections(*impl, caller, std::move(*request.mutable_batch()));
  if (!command.ok()) return reply(command.status());
  impl->Submit<SubmitObjectionsResponse>(*std::move(command), reply,
                                         [impl, reply](const domain::Result& result, const core::CommitView& commit) {
                                           Answer(impl, result, commit, reply);
                                         });
}

// One word in the form in which its author's key can be checked. Errors: ERASED.
absl::StatusOr<ObjectionWord> WordAt(uint64_t index, const domain::ObjectionThread& thread, Travel& travel,
                                     JournalReader& journal) {
  EAGLE_ASSIGN_OR_RETURN(const domain::Entry entry, journal.EntryAt(index));
  ObjectionReplied body;  // head = 4 in both replies and answers
  ObjectionRaised raised;
  ObjectionPayload payload;
  if (!entry.payload || !payload.ParseFromString(*entry.payload)) return Fail(Reason::kErased, "the case was erased");
  const bool first = entry.type == ENTRY_TYPE_OBJECTION_RAISED;
  if (!(first ? raised.ParseFromString(entry.body) : body.ParseFromString(entry.body)))
    return Fail(Reason::kStorageDamaged, "a word's leaf can't be read");
  EAGLE_ASSIGN_OR_RETURN(
      const std::shared_ptr<const HeadBytes> head,
      travel.HeadAt(first ? raised.head() : body.head(), [&]() -> absl::StatusOr<JournalReader*> { return &journal; }));
  ObjectionWord word;
  word.set_journal_index(index);
  word.set_objection_id(thread.id);
  *word.mutable_word() = Travel::TravelForm(*head, payload.member(), payload.index());
  *word.mutable_time() = domain::ToProto(entry.time);
  if (first) *word.mutable_due_at() = domain::ToProto(thread.deadline.due);
  return word;
}

std::string FilterOf(const ListObjectionsRequest& request) {
  return request.court() + "/" + request.case_number() + (request.open_only() ? "/open" : "/all");
}

// Every thread of the agency, in the order in which they were raised.
absl::StatusOr<std::vector<domain::ObjectionThread>> ThreadsOf(AgencyOrdinal agency, JournalReader& journal) {
  std::vector<domain::ObjectionThread> threads;
  for (uint64_t after = 0;;) {
    EAGLE_ASSIGN_OR_RETURN(
        std::vector<domain::ObjectionThread> page,
        core::ObjectionsListed(journal.store(), core::ObjectionList::kOfAgency, agency.value(), after, kThreadsAtOnce));
    for (domain::ObjectionThread& thread : page) {
      after = thread.index;
      threads.push_back(std::move(thread));
    }
    if (page.size() < kThreadsAtOnce) return threads;
  }
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
  PullObjectionsResponse response;
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
  EAGLE_ASSIGN_OR_RETURN(const std::vector<domain::ObjectionThread> threads, ThreadsOf(caller.agency, journal));
  std::vector<std::pair<uint64_t, const domain::ObjectionThread*>> words;
  for (const domain::ObjectionThread& thread : threads) {
    for (uint64_t index : thread.words) {
      if (index > request.after()) words.emplace_back(index, &thread);
    }
  }
  std::sort(words.begin(), words.end());
  response.set_newest(words.empty() ? request.after() : words.back().first);
  size_t bytes = 0;
  for (const auto& [index, thread] : words) {
    if (static_cast<size_t>(response.words_size()) == kWordsPerPull || bytes >= kWordBytes) break;
    absl::StatusOr<ObjectionWord> word = WordAt(index, *thread, impl_->travel, journal);
    if (!word.ok() && ReasonOf(word.status()) == Reason::kErased) continue;
    EAGLE_RETURN_IF_ERROR(word.status());
    bytes += word->ByteSizeLong();
    *response.add_words() = *std::move(word);
  }
  return response;
}

absl::StatusOr<ListObjectionsResponse> Handlers::ListObjections(const Caller& caller,
                                                                const ListObjectionsRequest& request) {
  constexpr std::string_view kMethod = "/goldeneagle.v1.ObjectionService/ListObjections";
  EAGLE_RETURN_IF_ERROR(MayCall(caller, kMethod));
  EAGLE_ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size()));
  const TokenScope scope{"ListObjections", caller, FilterOf(request)};
  EAGLE_ASSIGN_OR_RETURN(uint64_t after, OpenNumberToken(impl_->ports.key_ring, scope, request.page_token(), 0));
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
  for (size_t looked = 0; looked < kThreadsLookedAt; looked += kThreadsAtOnce) {
    EAGLE_ASSIGN_OR_RETURN(
        const std::vector<domain::ObjectionThread> threads,
        core::ObjectionsListed(journal.store(), core::ObjectionList::kOfCourt, court.value(), after, kThreadsAtOnce));
    for (const domain::ObjectionThread& thread : threads) {
      if (static_cast<size_t>(response.objections_size()) == page_size) {
        response.set_next_page_token(MakeNumberToken(impl_->ports.key_ring, scope, after));
        return response;
      }
      after = thread.index;
      if ((only && thread.case_seq != *only) || (request.open_only() && !thread.open())) continue;
      EAGLE_ASSIGN_OR_RETURN(*response.add_objections(), ViewOf(thread, *published, journal));
    }
    if (threads.size() < kThreadsAtOnce) return response;
  }
  response.set_next_page_token(MakeNumberToken(impl_->ports.key_ring, scope, after));
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
    size_t bytes = 0;
    for (uint64_t index : thread->words) {
      if (index <= after) continue;
      if (static_cast<size_t>(response.words_size()) == page_size || bytes >= kWordBytes) {
        response.set_next_page_token(
            MakeNumberToken(impl_->ports.key_ring, scope, response.words(response.words_size() - 1).journal_index()));
        break;
      }
      EAGLE_ASSIGN_OR_RETURN(*response.add_words(), WordAt(index, *thread, impl_->travel, journal));
      bytes += response.words(response.words_size() - 1).ByteSizeLong();
    }
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
