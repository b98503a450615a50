// An incident 差异: an agency's statement and the log don't agree about a measure, or the statement of a day didn't
// come. As the leaves tell it: one row of the log's table, with its clock; what the public audit knows.
//
//   ARISEN --> CLEARED (a later statement agrees, or the statement came)
//
// At most one stands for each agency, freeze and kind; of STATEMENT_MISSING one for each agency and day.
//
// Threads: a value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/base/ids.h"
#include "server/domain/deadline.h"

namespace eagle::domain {

struct Incident {
  uint64_t index = 0;  // of INCIDENT_ARISEN; names it
  goldeneagle::v1::IncidentKind kind = goldeneagle::v1::INCIDENT_KIND_UNSPECIFIED;
  AgencyOrdinal agency;
  OrderSeq freeze;  // zero: STATEMENT_MISSING, or measures of orders that the log doesn't know
  CaseSeq case_seq;
  std::string day;         // YYYY-MM-DD
  uint64_t statement = 0;  // the POSITION_STATED that showed it; 0: none came
  absl::Time arisen_at;
  Deadline deadline;
  uint64_t cleared_index = 0;  // of INCIDENT_CLEARED; 0: it stands
  absl::Time cleared_at = absl::InfiniteFuture();
  bool late = false;  // cleared after its time

  bool open() const { return cleared_index == 0; }

  // Fixed layout, version byte first.
  std::string Encode() const;
  static absl::StatusOr<Incident> Decode(std::string_view row);
};

}  // namespace eagle::domain
