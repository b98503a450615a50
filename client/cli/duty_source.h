// The gateway's alerts as the duty takes them: WatchAlerts, and ListDue for what ends without an entry that says so.
//
//   matter                        raised by                                        ends with
//   ORDER/<order>                 DEADLINE_MARKED with an order                    no clock of it any more (ListDue)
//   SURPLUS/<court>               SURPLUS_ARISEN, DEADLINE_MARKED without one      the same
//   OBJECTION/<order>             OBJECTION_RAISED, OBJECTION_MARKED               the same
//   INCIDENT/<order or agency>    INCIDENT_ARISEN, INCIDENT_MARKED                 the same
//   MEASURE_END/<order>           MEASURE_MARKED                                   the same: renewed, decided, over
//   ADAPTER_ABSENT/<agency>       ADAPTER_ABSENT                                   ADAPTER_PRESENT
//   WITNESSES_MISSING, CLOCK_ALARM, RECEIPT_CONFLICT/<order>, OTHER/<index>        eagle duty ack --done
//
// Threads: one.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "client/duty/alert.h"
#include "client/lib/gateway.h"
#include "server/base/clock.h"

namespace eagle::client {

class DutySource : public duty::AlertSource {
 public:
  // `since`: from when on alerts are read when there is no token; absent: from now on. `real_clock` and `gateway` must
  // outlive it.
  DutySource(Gateway& gateway, Clock& real_clock, std::optional<absl::Time> since)
      : gateway_(gateway), real_clock_(real_clock), since_(since) {}
  absl::StatusOr<duty::News> Next(const std::string& resume_token, absl::Duration wait) override;
  absl::StatusOr<std::vector<std::string>> Settled(const std::vector<duty::Standing>& standing, bool now) override;

 private:
  absl::Status Look(const v1::ListDueRequest& asked, std::set<std::string>& standing, uint64_t& as_of,
                    bool& one_moment);

  Gateway& gateway_;
  Clock& real_clock_;
  const std::optional<absl::Time> since_;
  std::unique_ptr<AlertStream> stream_;
  absl::Duration heard_at_, looked_at_ = -absl::InfiniteDuration();  // monotonic
  bool look_soon_ = false;
  std::set<std::string> missing_;  // of the look before, when the gateway moved on while it was read
};

// One alert of the stream.
duty::Piece PieceOf(const v1::Alert& alert);

}  // namespace eagle::client
