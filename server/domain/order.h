// An order as the leaves tell it: no name, number or amount. One row of the orders table; what the public audit knows.
//
//   ACCEPTED --> IN_PROGRESS --> COMPLETED        WITHDRAWN when nothing had begun anywhere.  Derived from three
//   bitmaps.  One with a later begin WAITS first, and is ENDED when it may not begin any more (waiting.h).
//
// Threads: a value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/order.pb.h"
#include "goldeneagle/v1/order_service.pb.h"
#include "server/base/ids.h"
#include "server/base/reason.h"
#include "server/domain/act.h"
#include "server/domain/agency_set.h"
#include "server/domain/deadline.h"

namespace eagle::domain {

// An officer whose signature counted when it came.
struct OrderSignature {
  OfficerOrdinal officer;
  std::vector<goldeneagle::v1::OfficerRole> roles;  // that he had then
};

struct Order {
  OrderSeq seq;
  std::string order_id;  // 16 bytes
  std::string digest;    // 32 bytes
  CaseSeq case_seq;
  CourtOrdinal court;
  uint64_t head = 0;  // journal index of its BATCH_HEAD
  goldeneagle::v1::Action action = goldeneagle::v1::ACTION_UNSPECIFIED;
  bool urgent = false;
  absl::Time accepted_at;
  Deadline deadline;
  std::string subject_tag;
  OrderSeq freeze;  // the order that made the measure; none for one that makes it, or only looks
  AgencySet targets;
  AgencySet delivered;  // handed out at least once
  AgencySet reported;   // acknowledged or in progress
  AgencySet done;       // final answer
  AgencySet returned;
  AgencySet withdrawn;
  AgencySet conflict;  // two different final receipts: stands still
  // Not handed out there: a key that signed was revoked. Never where it was delivered; empty again once it is resumed.
  AgencySet paused;
  uint64_t paused_index = 0;  // the newest ORDER_PAUSED; 0 = never
  // Whose signatures hold it up. Empty: it was accepted by a gateway that didn't record them.
  std::vector<OrderSignature> signatures;
  std::vector<goldeneagle::v1::OfficerRole> roles;  // that had to sign
  OfficerOrdinal exception_leader;                  // whose signature allows more than the cap
  uint64_t signed_index = 0;  // entry that brought them: the acceptance, or the newest ORDER_RESUMED
  absl::Time signed_at;       // its time
  // When an order that waited begins; InfinitePast: with its acceptance. While it waits it is handed out nowhere and
  // its deadline isn't armed.
  absl::Time begins = absl::InfinitePast();
  bool waits = false;
  AgencySet ended;                   // part of `withdrawn`: over there without having begun
  Reason ended_for = Reason::kNone;  // why
  uint64_t last_index = 0;           // the newest entry of this order

  bool control() const { return action != goldeneagle::v1::ACTION_INQUIRE; }
  // Agencies without a final word. Conflicts are closed for machines.
  AgencySet Open() const;
  bool complete() const { return Open().empty(); }
  // The freeze in question: the order itself, or the one that it names; none: an inquiry.
  OrderSeq measure() const { return freeze ? freeze : MakesMeasure(action) ? seq : OrderSeq(); }
  // One that takes, which no agency has been handed and witnesses of the first `size` entries have not seen.
  bool AwaitsWitnesses(uint64_t size) const {
    return Takes(action) && seq.value() >= size && delivered.empty() && !complete();
  }
  goldeneagle::v1::OrderState state() const;
  goldeneagle::v1::TaskState TaskAt(AgencyOrdinal agency) const;

  // The row of the orders table: fixed layout, version byte first. Version 1 has neither signatures nor pauses, version
  // 2 no begin; both are still written where there are none, so that older journals replay to the rows that they were
  // written with.
  std::string Encode() const;
  static absl::StatusOr<Order> Decode(std::string_view row);
};

}  // namespace eagle::domain
