// What `eagle supervise` and `eagle board` share: the words of supervision, English and Chinese side by side, its rows,
// and lists read over their pages.
//
// Threads: one.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/cli/session.h"

namespace eagle::client {

// "OVERDUE 超期" for people, "OVERDUE" for programs.
Cell DueKindCell(v1::DueKind kind);
Cell DueStateCell(v1::DueState state);
Cell AlertKindCell(v1::AlertKind kind);
Cell CoverageCell(v1::CoverageState state);
Cell PresenceCell(v1::Presence presence);

// The first instant that isn't today any more, in the zone.
absl::Time EndOfToday(absl::Time now, const absl::TimeZone& zone);

// At most `most` of them, over as many pages as it takes.
struct DueListed {
  std::vector<v1::DueView> due;
  bool more = false;  // something may follow
  uint64_t as_of_index = 0;
};
absl::StatusOr<DueListed> ListDueUpTo(Gateway& gateway, v1::ListDueRequest request, size_t most);
Table DueTable(const std::string& name);
void AddDue(Session& session, const absl::TimeZone& zone, const v1::DueView& view, Table& table);

// The newest `most` alerts since then, oldest first, up to what was committed when the gateway was asked; and the token
// to go on from. Errors: UNAVAILABLE also when the gateway goes silent.
struct AlertsRead {
  std::deque<v1::Alert> alerts;
  std::string resume_token;
};
absl::StatusOr<AlertsRead> ReadAlerts(Gateway& gateway, const v1::WatchAlertsRequest& request, size_t most);
Table AlertTable(const std::string& name);
void AddAlert(Session& session, const absl::TimeZone& zone, const v1::Alert& alert, Table& table);

// Every agency, over all pages.
absl::StatusOr<std::vector<v1::AgencyCoverage>> ReadCoverage(Gateway& gateway, v1::GetCoverageRequest request);

// Prints the table, or writes it to the file `csv` as comma-separated values when one is named.
absl::Status PrintOrCsv(Session& session, Table table, const std::string& csv);

}  // namespace eagle::client
