// Who signed an order, as evidence shows it: at its acceptance, and anew after a key among them was revoked. And
// whether what the log calls a pause follows from the statements: none that doesn't, none missing that does.
//
//   accepted -> a key that signed is revoked -> does enough of it stand? -> paused -> the same head, signed anew -> ...
//
// The log's clock draws the line: a signature that the log has at the theft or later fell with the key.
//
// Threads: a value; one thread at a time.
//
//   EvidenceSigners signers(book, report);
//   EAGLE_RETURN_IF_ERROR(signers.TellAcceptance(entry, court, body, head));
//   EAGLE_RETURN_IF_ERROR(signers.CheckNoPauseIsMissing(open));   // before anything else about the order, and at the
//   end
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/audit/evidence_book.h"
#include "client/audit/evidence_ordinals.h"
#include "goldeneagle/v1/entry.pb.h"

namespace eagle::audit {

class EvidenceSigners {
 public:
  EvidenceSigners(EvidenceBook& book, EvidenceReport& report) : book_(book), report_(report) {}

  // The order's ORDER_ACCEPTED, its ORDER_PAUSED, its ORDER_RESUMED. `open`: where no final answer came yet; `handed`:
  // where the file shows a delivery. Errors: EVIDENCE_INVALID.
  absl::Status TellAcceptance(const OpenedEntry& entry, const std::string& court,
                              const goldeneagle::v1::OrderAccepted& body, const HeadSeen& head);
  absl::Status TellPause(const OpenedEntry& entry, const Ordinals& open, const Ordinals& handed);
  absl::Status TellResumption(const OpenedEntry& entry);

  // The court's officers who signed another head of it, by subject, with what they may sign. Errors: EVIDENCE_INVALID.
  absl::StatusOr<std::vector<OfficerSeen>> OfficersUnder(const std::string& part, const HeadSeen& head,
                                                         absl::Time time);

  // A statement so far revoked a key without which the order lacks a signature, and no pause says so. Errors:
  // EVIDENCE_INVALID, its part the statement.
  absl::Status CheckNoPauseIsMissing(const Ordinals& open);

  // The agency answered, or the order was withdrawn there.
  void Close(uint32_t agency) { paused_.erase(agency); }
  bool IsPausedAt(uint32_t agency) const { return paused_.contains(agency); }
  const Ordinals& paused() const { return paused_; }
  // Subjects of the statements that all this rests on.
  const std::set<std::string>& needed() const { return needed_; }

 private:
  using Roles = std::set<int>;
  // What is left of the signatures in force, when those fell whose keys are revoked.
  struct Standing {
    const RevokedSeen* cause = nullptr;  // of the first that fell since; null: none did
    bool suffices = true;
  };

  absl::StatusOr<std::map<std::string, Roles>> SignersUnder(const HeadSeen& head, absl::Time time);
  absl::Status TellNamed(const std::string& part, const HeadSeen& head, absl::Time time, bool anew,
                         std::vector<OfficerSeen>& out);
  absl::StatusOr<OfficerSeen> OfficerFrom(const std::string& part, const std::string& code, absl::Time time);
  // Whether this revocation bears on the signatures in force.
  bool BearsOn(const RevokedSeen& revoked) const;
  const RevokedSeen* FellBy(const std::string& subject) const;
  Standing Stands() const;
  absl::Status CheckAllAreKnown() const;
  void MarkFallen();

  EvidenceBook& book_;
  EvidenceReport& report_;
  std::set<std::string> needed_;

  std::string court_, leader_;  // subjects; of the leader of an exception to the cap, "" when there is none
  uint32_t court_ordinal_ = 0;
  std::string head_bytes_;  // what is signed, at first and anew
  const HeadSeen* head_ = nullptr;
  std::vector<int> first_roles_;
  uint32_t first_policy_ = 0;

  // The signatures in force: those of the acceptance, or of the newest resumption.
  std::string signed_part_;
  uint64_t signed_index_ = 0;
  absl::Time signed_at_;
  std::map<std::string, Roles> signers_;  // by subject
  std::vector<int> roles_;                // that different officers had to sign in
  int named_ = 0;                         // how many signers the leaf names; 0: nobody recorded them

  uint64_t paused_index_ = 0;  // the newest pause
  Ordinals paused_;            // where it stands still
};

}  // namespace eagle::audit
