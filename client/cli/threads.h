// What commands about threads of signed words have in common 异议 督办: every word is shown only when its author's key
// verifies it, words are signed at once or travel as a draft, and what became of each is told.
//
// Threads: one.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/batches.h"
#include "client/cli/reading.h"
#include "client/lib/errors.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/hash.h"

namespace eagle::client {

// A thread as this court believes it. View, Word: messages of the contract; Opened: of trust, with act, digest,
// officers.
template <typename ViewMessage, typename WordMessage, typename Opened>
struct ThreadSeen {
  ViewMessage view;
  struct Word {
    WordMessage as_shown;
    absl::StatusOr<Opened> opened;
  };
  std::vector<Word> words;

  void Add(const WordMessage& word, absl::StatusOr<Opened> opened) {
    if (!opened.ok()) opened = AsVerification(opened.status());
    words.push_back({word, std::move(opened)});
  }
};

// One row a word: what it says by `says(act)`, or why it isn't believed; the first such reason goes to `worst`.
template <typename Thread, typename Says>
Table WordsTable(Session& session, const absl::TimeZone& zone, const Thread& thread, Says says, absl::Status& worst) {
  Table table("words",
              {{"time"}, {"author"}, {"officers"}, {"verified"}, {"says"}, {"why_not"}, {"digest", kLeft, true}});
  for (const auto& word : thread.words) {
    const Cell time = Instant(ToTime(word.as_shown.time()), zone);
    if (!word.opened.ok()) {
      if (worst.ok()) worst = word.opened.status();
      table.Add({time, Nothing(), Nothing(), YesNo(false), Nothing(),
                 Text(std::string(RowOf(ReasonOf(word.opened.status())).name)), Nothing()});
      continue;
    }
    std::string officers;
    for (const std::string& code : word.opened->officers) officers += (officers.empty() ? "" : ", ") + code;
    table.Add({time, Text(NameOr(session.names(), word.opened->act.author())), TextOrNothing(officers), YesNo(true),
               Text(says(word.opened->act)), Nothing(), Text(HexEncode(journal::View(word.opened->digest)))});
  }
  return table;
}

using SendBatch = std::function<absl::Status(Session&, const v1::SignedBatch&)>;

// Signs one word and sends it; with a file named, writes a draft for the officers instead.
absl::Status SayWord(Session& session, v1::MemberType type, const std::string& member, const std::string& draft_file,
                     const Signing& signing, const SendBatch& send);

// What became of each word. Response: results of {request_id, acceptance.journal_index | refusal}.
template <typename Response>
absl::Status PrintWordResults(Session& session, const Response& response) {
  Table results("results", {{"request_id"}, {"result"}, {"journal_index", kRight}});
  Table problems = ProblemsTable();
  size_t refused = 0;
  v1::Refusal first;
  for (const auto& result : response.results()) {
    const bool no = result.has_refusal();
    results.Add({IdCell(result.request_id()), Text(no ? "REFUSED" : "ACCEPTED"),
                 no ? Nothing() : Count(result.acceptance().journal_index())});
    if (!no) continue;
    if (refused++ == 0) first = result.refusal();
    AddProblems(problems, IdCell(result.request_id()).text, result.refusal());
  }
  Document document;
  document.Add(std::move(results));
  document.Add(std::move(problems));
  EAGLE_RETURN_IF_ERROR(session.Print(document));
  return RefusedStatus(refused, static_cast<size_t>(response.results_size()), first);
}

// Who reads the thread, and who signs what is said in it: --officer, --purpose; --sign, --sign-key; --out.
void AddWordFlags(Verb& verb, ReadingFlags& reading, Signing& signing, std::string& out);

}  // namespace eagle::client
