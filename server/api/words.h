// Threads of signed words, whatever they are about: a batch of them comes in, is decided word by word, and the caller
// is told of each. Private to server/api/*.cc.
//
// A Command is one of domain's with agency, court, signed_head and members {bytes, parsed}; a Response has results,
// each with request_id and an acceptance (journal_index) or a refusal.
//
// Threads: any.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "server/api/impl.h"
#include "server/api/views.h"
#include "server/domain/deadline_form.h"

namespace eagle::api {

// How many words, and how many bytes of them, one answer holds.
inline constexpr size_t kWordsPerPull = 100, kWordBytesPerPage = 1 << 20;
// How many threads one read of a list takes, and looks at in all.
inline constexpr size_t kThreadsAtOnce = 200, kThreadsLookedAt = 2000;

// Of an agency by its key, or of officers of the caller's court.
template <typename Command, typename Act>
absl::StatusOr<Command> OpenWords(Handlers::Impl& impl, const Caller& caller, v1::MemberType type,
                                  v1::SignedBatch batch) {
  const auto published = impl.published();
  const domain::Directory& directory = *published->directory;
  const bool agency = caller.role == Role::kAgency;
  EAGLE_ASSIGN_OR_RETURN(
      VerifiedBatch verified,
      Verify(
          std::move(batch), {.type = type, .environment = directory.founding().environment(), .signer = caller.code},
          [&](const v1::Head& head) {
            return agency ? KeyOf(directory, "agency/" + head.signer()) : OfficersOf(directory, head.signer());
          },
          impl.ports.checker));
  EAGLE_ASSIGN_OR_RETURN(std::vector<Act> acts, ParseMembers<Act>(verified.members, Reading::kStrict));
  EAGLE_RETURN_IF_ERROR(CheckIds(acts, "request_id", [](const Act& act) { return act.request_id(); }));
  Command command{.signed_head = std::move(verified.signed_head)};
  agency ? (void)(command.agency = caller.agency) : (void)(command.court = caller.court);
  for (size_t i = 0; i < acts.size(); ++i)
    command.members.push_back({std::move(verified.members[i]), std::move(acts[i])});
  return command;
}

// `tell`: adds to an acceptance what the leaf of its word says: tell(leaf, published, acceptance). Leaves of this
// commit are at hand; those of a faithful repeat are read later.
template <typename Response, typename Tell>
void AnswerWords(const std::shared_ptr<Handlers::Impl>& impl, const domain::Result& result,
                 const core::CommitView& commit, const Reply<Response>& reply, Tell tell) {
  if (!result.status.ok()) return reply(result.status);
  Response response;
  std::vector<int> earlier;  // acceptances of older commits
  for (const domain::MemberResult& member : result.members) {
    auto* out = response.add_results();
    out->set_request_id(member.id);
    if (member.refusal) {
      *out->mutable_refusal() = RefusalView(*member.refusal, member.index);
      continue;
    }
    auto& acceptance = *out->mutable_acceptance();
    acceptance.set_journal_index(member.index);
    if (!commit.Holds(member.index)) {
      earlier.push_back(response.results_size() - 1);
      continue;
    }
    const auto leaf = journal::DecodeLeaf(commit.LeafOf(member.index));
    if (leaf.ok()) tell(*leaf, *impl->published(), acceptance);
  }
  response.set_checkpoint(commit.checkpoint());
  if (earlier.empty()) return reply(std::move(response));
  impl->Later([impl, tell, response = std::move(response), earlier = std::move(earlier), reply]() mutable {
    const auto complete = [&]() -> absl::Status {
      EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl->Journal());
      for (int place : earlier) {
        auto& acceptance = *response.mutable_results(place)->mutable_acceptance();
        EAGLE_ASSIGN_OR_RETURN(const journal::Leaf leaf, journal.LeafAt(acceptance.journal_index()));
        tell(leaf, *impl->published(), acceptance);
      }
      return absl::OkStatus();
    };
    if (absl::Status status = complete(); !status.ok()) return reply(status);
    reply(std::move(response));
  });
}

// `command`: opened, or why it couldn't be.
template <typename Response, typename Command, typename Tell>
void SubmitWords(const std::shared_ptr<Handlers::Impl>& impl, absl::StatusOr<Command> command,
                 const Reply<Response>& reply, Tell tell) {
  if (!command.ok()) return reply(command.status());
  impl->Submit<Response>(*std::move(command), reply,
                         [impl, reply, tell](const domain::Result& result, const core::CommitView& commit) {
                           AnswerWords(impl, result, commit, reply, tell);
                         });
}

// The clock that a body with one starts (deadline_form.h). `agency`: who has to act; null: a court.
template <typename Body>
v1::DeadlineView StartedBy(const Body& body, absl::Time start, const core::Published& published,
                           const domain::Agency* agency) {
  return DeadlineOf(domain::DeadlineFrom(body), start, published, agency);
}

// The signed bytes of one word, in the form in which its author's key can be checked. `head`: index of its BATCH_HEAD.
// Error: ERASED.
template <typename Payload>
absl::StatusOr<v1::SignedMember> SignedWord(const domain::Entry& entry, uint64_t head, Travel& travel,
                                            JournalReader& journal) {
  Payload payload;
  if (!entry.payload || !payload.ParseFromString(*entry.payload)) return Fail(Reason::kErased, "the case was erased");
  EAGLE_ASSIGN_OR_RETURN(const std::shared_ptr<const HeadBytes> bytes,
                         travel.HeadAt(head, [&]() -> absl::StatusOr<JournalReader*> { return &journal; }));
  return Travel::TravelForm(*bytes, payload.member(), payload.index());
}

// Every thread of one owner, in the order in which they began. `page(after)`: at most kThreadsAtOnce past an index.
template <typename Thread, typename Page>
absl::StatusOr<std::vector<Thread>> AllThreads(Page page) {
  std::vector<Thread> threads;
  for (uint64_t after = 0;;) {
    EAGLE_ASSIGN_OR_RETURN(std::vector<Thread> some, page(after));
    for (Thread& thread : some) {
      after = thread.index;
      threads.push_back(std::move(thread));
    }
    if (some.size() < kThreadsAtOnce) return threads;
  }
}

// What an agency hasn't pulled yet of its threads' words, as far as one answer holds it. `word(index, thread)`.
template <typename Response, typename Thread, typename Word>
absl::StatusOr<Response> PullWords(const std::vector<Thread>& threads, uint64_t after, Word word) {
  std::vector<std::pair<uint64_t, const Thread*>> words;
  for (const Thread& thread : threads) {
    for (uint64_t index : thread.words) {
      if (index > after) words.emplace_back(index, &thread);
    }
  }
  std::sort(words.begin(), words.end());
  Response response;
  response.set_newest(words.empty() ? after : words.back().first);
  size_t bytes = 0;
  for (const auto& [index, thread] : words) {
    if (static_cast<size_t>(response.words_size()) == kWordsPerPull || bytes >= kWordBytesPerPage) break;
    auto one = word(index, *thread);
    if (!one.ok() && ReasonOf(one.status()) == Reason::kErased) continue;
    EAGLE_RETURN_IF_ERROR(one.status());
    bytes += one->ByteSizeLong();
    *response.add_words() = *std::move(one);
  }
  return response;
}

// One page of a thread's words past `after`; true when there are more.
template <typename Response, typename Thread, typename Word>
absl::StatusOr<bool> PageOfWords(const Thread& thread, uint64_t after, size_t page_size, Response& response,
                                 Word word) {
  size_t bytes = 0;
  for (uint64_t index : thread.words) {
    if (index <= after) continue;
    if (static_cast<size_t>(response.words_size()) == page_size || bytes >= kWordBytesPerPage) return true;
    EAGLE_ASSIGN_OR_RETURN(*response.add_words(), word(index, thread));
    bytes += response.words(response.words_size() - 1).ByteSizeLong();
  }
  return false;
}

// One page of a court's threads: `page(after)` gives at most kThreadsAtOnce past an index, `take(thread)` whether a
// thread is wanted, `add(thread)` puts it into the answer. Returns where the next page begins; absent: nowhere.
template <typename Thread, typename Page, typename Take, typename Add>
absl::StatusOr<std::optional<uint64_t>> PageOfThreads(uint64_t after, size_t page_size, Page page, Take take, Add add) {
  size_t added = 0;
  for (size_t looked = 0; looked < kThreadsLookedAt; looked += kThreadsAtOnce) {
    EAGLE_ASSIGN_OR_RETURN(const std::vector<Thread> threads, page(after));
    for (const Thread& thread : threads) {
      if (added == page_size) return after;
      after = thread.index;
      if (!take(thread)) continue;
      EAGLE_RETURN_IF_ERROR(add(thread));
      ++added;
    }
    if (threads.size() < kThreadsAtOnce) return std::nullopt;
  }
  return after;
}

}  // namespace eagle::api
