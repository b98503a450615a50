// A published log as figures: read, believed only when its leaves hash to what a pinned key signed, counted.
//
// Threads: one.
//
//   EAGLE_ASSIGN_OR_RETURN(const scorecard::Report report, ReadScoredLog(session, flags));
//   EAGLE_RETURN_IF_ERROR(WriteSheets(session, flags, report, {.csv = scorecard::CsvOf}));
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cli/session.h"
#include "server/scorecard/report.h"

namespace eagle::client {

struct ScoredFlags {
  std::string folder, month, week, year, supplement, names, csv, json, html, log_key, policy;
};
void AddScoredFlags(Verb& verb, ScoredFlags& flags);

// What isn't there is told on stderr: a period that isn't over, names that nobody gave, findings of the public audit.
// Errors: FIELD_MISSING unless one period is asked for; FIELD_INVALID; JOURNAL_BROKEN and those of the pinned log.
absl::StatusOr<scorecard::Report> ReadScoredLog(Session& session, const ScoredFlags& flags);

// Which agencies and courts of a report have neither name nor code, in words; empty: none.
std::string MissingNames(const scorecard::Report& report);

struct Sheets {
  std::string (*csv)(const scorecard::Report&) = nullptr;
  std::string (*json)(const scorecard::Report&) = nullptr;
  std::string (*html)(const scorecard::Report&) = nullptr;
};
// The files that the flags name. Errors: STORAGE_UNUSABLE.
absl::Status WriteSheets(Session& session, const ScoredFlags& flags, const scorecard::Report& report,
                         const Sheets& sheets);

}  // namespace eagle::client
