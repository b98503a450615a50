// The objections against an order 异议, as evidence shows them: each word of each thread, signed by its author, in the
// order of the log; which are open at the end.
//
// A word is opened when its agency is in scope. Files that were made before words were opened have them closed: then
// the leaf alone tells its kind, its ground, when the court is to answer, and what it decided.
//
// Threads: a value; one thread at a time.
//
//   EvidenceObjections objections(book, signers, report);
//   EAGLE_RETURN_IF_ERROR(objections.Tell(entry, agency, needed));       // OBJECTION_*
#pragma once

#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "client/audit/evidence_book.h"
#include "client/audit/evidence_signers.h"
#include "goldeneagle/v1/objection.pb.h"

namespace eagle::audit {

class EvidenceObjections {
 public:
  EvidenceObjections(EvidenceBook& book, EvidenceSigners& signers, EvidenceReport& report)
      : book_(book), signers_(signers), report_(report) {}

  // `agency`: the one of the entry, null when it isn't in scope. `needed`: gets the subjects of the statements that it
  // rests on. Errors: EVIDENCE_INVALID.
  absl::Status Tell(const OpenedEntry& entry, const AgencySeen* agency, std::set<std::string>& needed);

 private:
  struct Thread {
    std::string id, digest;  // of the act that opened it; empty when that is closed
    absl::Time due;
    uint32_t agency = 0;
    bool open = true;
  };
  absl::Status TellWord(const OpenedEntry& entry, const AgencySeen& agency, uint64_t head,
                        const std::string& request_id, ObjectionWordSeen& word, std::set<std::string>& needed);
  absl::Status CheckAct(const std::string& part, const ObjectionWordSeen& word, const Thread& thread) const;

  EvidenceBook& book_;
  EvidenceSigners& signers_;
  EvidenceReport& report_;
  std::map<uint64_t, Thread> threads_;  // by the entry that opened each
};

}  // namespace eagle::audit
