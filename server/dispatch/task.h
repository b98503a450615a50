// One open order, as far as handing it out needs it: a copy, because the state belongs to the sequencer and others ask
// too.
//
// Threads: under the dispatcher's lock.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "server/base/ids.h"
#include "server/domain/agency_set.h"

namespace eagle::dispatch {

// What an order's signed bytes are taken for while nobody has counted them (orders loaded at a start).
inline constexpr size_t kUnknownTaskBytes = 2048;

struct Task {
  OrderSeq seq;
  std::string order_id;
  CourtOrdinal court;
  CaseSeq case_seq;
  absl::Time due;
  bool urgent = false;
  bool control = false;      // rank follows service: strictly in journal order within one subject at one agency
  bool conditional = false;  // it takes something, or releases: whether it may go out now is its case's to say
  bool held_back = false;    // it may not: in no queue
  std::string person;        // State::PersonOf
  size_t bytes = kUnknownTaskBytes;
  domain::AgencySet open;    // agencies without a final word to which it may go
  domain::AgencySet paused;  // the others: it waits to be signed anew
  // Its place in a wide list, when it is in one.
  bool wide = false;
  uint64_t wide_place = 0;
};

}  // namespace eagle::dispatch
