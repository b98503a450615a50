// Alerts 警报: the journal entries that somebody must act on, or that end such a one, each as one line. Read from the
// public half alone: no payload is opened, no table is asked.
//
// Threads: pure functions.
//
//   if (const auto alert = AlertOf(entry)) Tell(alert->text);
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "goldeneagle/v1/supervision_service.pb.h"
#include "server/base/ids.h"
#include "server/domain/agency_set.h"
#include "server/domain/entry.h"

namespace eagle::domain {

struct Alert {
  goldeneagle::v1::AlertKind kind = goldeneagle::v1::ALERT_KIND_UNSPECIFIED;
  uint64_t index = 0;  // of the entry; names the alert
  absl::Time time;
  uint32_t mark_permille = 0;  // of the mark of a deadline; 0: it is about none
  uint32_t days_left = 0;      // of a measure's end; 0: it has ended
  AgencySet agencies;          // concerned: those that have not answered, the one that objects, is absent, ...
  OrderSeq order;              // concerned; none: none, or the case as a whole
  CaseSeq case_seq;            // the same
  absl::Time due = absl::InfiniteFuture();
  std::string text;  // one line for people, at most 240 bytes: no name, number, account or amount
};

// The kind of alert that entries of this type are; UNSPECIFIED: they are none.
goldeneagle::v1::AlertKind AlertKindOf(goldeneagle::v1::EntryType type);

// Absent: nobody has to act on it. `entry` may lack its payload.
std::optional<Alert> AlertOf(const Entry& entry);

}  // namespace eagle::domain
