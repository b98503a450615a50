// Threads of signed words in the inbox, whatever they are about 异议 督办: what was said in each, and which of our own
// words the gateway hasn't recorded yet. Kept for ever: they are the agency's proof of what it said, and when.
//
// Each kind of thread has letters of its own for its tables:
//   rows       thread id -> its row               words    thread id, journal index -> word
//   said       sequence -> signed batch of one    pending  sequence -> it isn't recorded yet
//   positions  -> the last sequence, and the newest word that was fetched
//
// Threads: one owner, as the transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/sdk/inbox.h"
#include "goldeneagle/v1/envelope.pb.h"

namespace eagle::sdk {

namespace v1 = ::goldeneagle::v1;

struct SaidRow {
  uint64_t sequence = 0;  // of its head
  std::string thread_id;
  v1::SignedBatch batch;  // of one
};

class WordTables {
 public:
  struct Letters {
    char rows, words, said, pending, positions;
  };
  WordTables(InboxTransaction& transaction, const Letters& letters) : transaction_(transaction), letters_(letters) {}

  // The sequence of the next head.
  uint64_t TakeSequence();
  void AddSaid(const SaidRow& row);  // pending
  std::optional<SaidRow> NextPending();
  bool HasPending(std::string_view thread_id);
  void SetRecorded(uint64_t sequence);
  // Whether these very bytes are a word of ours.
  bool HasSaid(std::string_view member);
  // The gateway's log lost what it had after `position`: all that was said is said again, what lies past it is fetched
  // again.
  void Rewind(uint64_t position);

  // Journal index of the newest word that was fetched.
  uint64_t Position();
  void SetPosition(uint64_t position);

 protected:
  std::optional<std::string> RowOf(std::string_view thread_id);
  void PutRow(std::string_view thread_id, std::string_view row);
  std::vector<std::string> Rows();  // by id, which is by time
  void PutWord(std::string_view thread_id, uint64_t index, std::string_view word);
  std::vector<std::string> WordsIn(std::string_view thread_id);

 private:
  struct Positions {
    uint64_t sequence = 0, position = 0;
  };
  Positions ReadPositions();
  void WritePositions(const Positions& positions);
  std::vector<SaidRow> AllSaid(char table, size_t limit);

  InboxTransaction& transaction_;
  const Letters letters_;
};

}  // namespace eagle::sdk
