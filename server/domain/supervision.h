// A supervision order 督办, or a commander's order 指挥长令, as the leaves tell it: one thread and the clock of whose
// turn it is. One row of the log's table; what the public audit knows.
//
//   word         said by      from                              to
//   acknowledge  addressee    ISSUED                            ACKNOWLEDGED
//   answer       addressee    ISSUED | ACKNOWLEDGED | RETURNED  ANSWERED      the clock stops
//   send_back    issuer       ANSWERED                          RETURNED      a new clock starts
//   close        issuer       every one but CLOSED              CLOSED        the clock stops
//
// Overdue is no state: the addressee's answer is owed and its time is over.
//
// Threads: a value.
// Source:  执行指挥中心: the superior court sends a supervision task; who is addressed takes it, acts and answers in
// time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/supervision.pb.h"
#include "server/base/ids.h"
#include "server/domain/deadline.h"

namespace eagle::domain {

// A thread is read by everybody who pulls it: as many words as one may have, whatever the policy says.
inline constexpr size_t kWordsPerSupervision = 1000;

struct SupervisionThread {
  uint64_t index = 0;      // of SUPERVISION_ISSUED; names the thread
  std::string id, digest;  // 16 and 32 bytes, of the act that issued it
  CaseSeq case_seq;
  OrderSeq order;           // zero: about the case
  CourtOrdinal court;       // whose case it is
  CourtOrdinal from;        // who issued it
  CourtOrdinal to;          // the court addressed; zero: an agency is
  AgencyOrdinal to_agency;  // the agency addressed; zero: a court is
  CourtOrdinal copied_to;   // zero: nobody
  goldeneagle::v1::SupervisionCause cause = goldeneagle::v1::SUPERVISION_CAUSE_UNSPECIFIED;
  bool commander = false;
  goldeneagle::v1::Urgency urgency = goldeneagle::v1::URGENCY_UNSPECIFIED;
  absl::Time issued_at;
  absl::Time turn_since;  // from when the clock below runs, or ran
  Deadline deadline;
  goldeneagle::v1::SupervisionState state = goldeneagle::v1::SUPERVISION_STATE_ISSUED;
  bool late = false;  // an answer came after its time
  goldeneagle::v1::SupervisionResult result = goldeneagle::v1::SUPERVISION_RESULT_UNSPECIFIED;
  uint64_t closed_index = 0;  // of the entry that closed it; 0 = open
  absl::Time closed_at = absl::InfiniteFuture();
  std::vector<uint64_t> words;  // entries of its words, in order

  bool open() const { return state != goldeneagle::v1::SUPERVISION_STATE_CLOSED; }
  bool owed() const;  // the addressee's answer is: the clock runs
  // Issued it, is addressed or gets the copy: its words are for this court.
  bool IsParty(CourtOrdinal one) const { return one && (one == from || one == to || one == copied_to); }

  // Fixed layout, version byte first.
  std::string Encode() const;
  static absl::StatusOr<SupervisionThread> Decode(std::string_view row);
};

// What a word that isn't the issue makes of a thread in `from`; absent: it isn't said there. A close may name any
// result where the addressee has answered; TAKEN_BACK always; NOT_DONE too once the time is over (`overdue`).
std::optional<goldeneagle::v1::SupervisionState> StateAfter(const goldeneagle::v1::SupervisionAct& act,
                                                            goldeneagle::v1::SupervisionState from, bool overdue);
// Whether the addressee says it; else the issuing court does.
bool IsOfAddressee(const goldeneagle::v1::SupervisionAct& act);

}  // namespace eagle::domain
