// An agency's objection 异议 to an order, as the leaves tell it: one thread, its clock, and what it holds back. One row
// of the log's table; what the public audit knows.
//
//   OPEN --> UPHELD | REJECTED | AMENDED (the court's answer)        OPEN --> WITHDRAWN (the agency takes it back)
//
// Threads: a value.
// Source:  法释〔2013〕20号第6条: who must assist objects in writing, the court examines and answers within 15 days.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/objection.pb.h"
#include "server/base/ids.h"
#include "server/domain/deadline.h"
#include "server/domain/order.h"

namespace eagle::domain {

// A thread is read by everybody who pulls it: as many words as one may have.
inline constexpr size_t kWordsPerObjection = 1000;

struct ObjectionThread {
  uint64_t index = 0;      // of OBJECTION_RAISED; names the thread
  std::string id, digest;  // 16 and 32 bytes, of the act that raised it
  OrderSeq order;          // objected to
  OrderSeq measure;        // the freeze in question: the order itself, or the one that it names; zero: an inquiry
  CaseSeq case_seq;
  CourtOrdinal court;    // who answers
  AgencyOrdinal agency;  // who objects
  std::string ground;
  absl::Time raised_at;
  Deadline deadline;
  goldeneagle::v1::ObjectionState state = goldeneagle::v1::OBJECTION_STATE_OPEN;
  uint64_t closed_index = 0;  // of the entry that closed it; 0 = open
  absl::Time closed_at = absl::InfiniteFuture();
  bool late = false;            // answered after its time
  std::vector<uint64_t> words;  // entries of its words, in order

  bool open() const { return state == goldeneagle::v1::OBJECTION_STATE_OPEN; }
  // Whether `order` mustn't begin because of this thread: what takes something under the measure while it is open;
  // afterwards, when the agency was right, the order objected to and those under a freeze objected to that were signed
  // before.
  bool Holds(const Order& order) const;

  // Fixed layout, version byte first.
  std::string Encode() const;
  static absl::StatusOr<ObjectionThread> Decode(std::string_view row);
};

}  // namespace eagle::domain
