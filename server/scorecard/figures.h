// What a scorecard counts of one period. Plain numbers; how each is counted is said here, once.
//
// A task is one order at one agency. It is judged once, when it is answered or falls due, whichever comes first:
// answered by its due instant it is `on_time`, else `missed`. So a past period's figures never change, however long the
// log goes on. A task that could not go out for some of its time, because a key was revoked or an objection stood, is
// never held against the agency: when it falls due without an answer it counts as `held`, not as missed.
//
// What leaves don't tell is not here: whether an answer was partial, what was found, amounts, names.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/numeric/int128.h"
#include "goldeneagle/v1/entry.pb.h"
#include "goldeneagle/v1/order.pb.h"
#include "server/scorecard/answer_times.h"
#include "server/scorecard/period.h"

namespace eagle::scorecard {

// A part of a whole. Never above it.
struct Share {
  uint64_t part = 0, whole = 0;
  // Hundredths of a percent, cut: 10,000 means all. Nothing of nothing.
  std::optional<uint32_t> points() const {
    if (whole == 0) return std::nullopt;
    return static_cast<uint32_t>(absl::uint128(part) * 10'000 / whole);
  }
};

// A task without an answer at the end of the period.
struct OpenTask {
  uint64_t order = 0;  // OrderSeq
  uint32_t agency = 0, court = 0;
  goldeneagle::v1::Action action{};
  bool urgent = false;
  bool held = false;              // see above
  bool overdue = false;           // fell due, and was not held
  int64_t accepted = 0, due = 0;  // microseconds
  std::string order_id;           // 16 bytes, as the court made it; empty in a leaf that has none
};

// An adapter that wasn't there: from the entry that says it is gone (or from the agency's registration) to its
// greeting.
struct Absence {
  int64_t from = 0, until = 0;  // microseconds; `from` may lie before the period
  bool still = false;           // it hadn't come back at the end of the period
  int64_t seconds() const { return (until - from) / 1'000'000; }
};

// An incident that stood at the end of the period.
struct StandingIncident {
  uint64_t index = 0;  // of its entry
  goldeneagle::v1::IncidentKind kind{};
  std::string day;              // civil day of the statement
  int64_t arisen = 0, due = 0;  // microseconds
  bool overdue = false;
};

// At most so many an agency are named; all are counted.
inline constexpr size_t kTasksNamed = 5, kAbsencesNamed = 3, kIncidentsNamed = 5;

struct AgencyFigures {
  uint64_t received = 0;            // tasks accepted in the period
  uint64_t urgent = 0;              // of them
  uint64_t controls = 0;            // of them: all but inquiries
  uint64_t answered = 0;            // final answers and returns in the period, whenever the task came
  uint64_t returned = 0;            // of the answered: sent back with a reason
  uint64_t late = 0;                // of the answered: after they were due
  uint64_t on_time = 0;             // judged: answered by the due instant
  uint64_t missed = 0;              // judged: fell due in the period without an answer
  uint64_t held = 0;                // fell due in the period, not judged
  uint64_t withdrawn = 0;           // by the court, before the agency had begun
  uint64_t corrections = 0;         // of the agency's own final answers
  uint64_t conflicts = 0;           // final answers that contradict an earlier one: people decide
  uint64_t objections = 0;          // raised in the period
  uint64_t upheld = 0;              // objections that a court found right, or amended its order for, in the period
  uint64_t statements = 0;          // days stated whole 对账
  uint64_t statements_missing = 0;  // days without a whole statement in time
  uint64_t differences = 0;         // that statements showed against the log
  uint64_t incidents_late = 0;      // cleared in the period after their due instant
  uint64_t absences = 0;            // its adapter was gone
  // At the end of the period.
  uint64_t open = 0;              // tasks without an answer
  uint64_t overdue = 0;           // of them: fell due, not held
  uint64_t open_freezes = 0;      // of the open: freezes not told as done
  uint64_t overdue_freezes = 0;   // of them
  uint64_t open_releases = 0;     // of the open: releases not told as done
  uint64_t overdue_releases = 0;  // of them
  uint64_t open_incidents = 0;
  uint64_t overdue_incidents = 0;

  AnswerTimes times;               // of the answered
  int64_t there_seconds = 0;       // its adapter was there: from its greeting to the entry that says it is gone
  int64_t watched_seconds = 0;     // the agency was registered
  std::optional<OpenTask> oldest;  // the first accepted of the open
  // For the agenda of the joint meeting.
  std::vector<OpenTask> oldest_open;      // the first accepted of the open, in that order
  std::vector<Absence> longest_absences;  // those that ended in the period or stood at its end, longest first
  std::vector<StandingIncident> standing_incidents;  // the first that arose, in that order

  uint64_t judged() const { return on_time + missed; }
  Share punctual() const { return {on_time, judged()}; }
  Share quick() const { return {times.quick(), answered}; }
  Share coverage() const { return {static_cast<uint64_t>(there_seconds), static_cast<uint64_t>(watched_seconds)}; }
};

struct CourtFigures {
  uint64_t cases_opened = 0;
  uint64_t cases_closed = 0;      // stage CLOSED in the period
  uint64_t closed_no_assets = 0;  // stage CLOSED_NO_ASSETS 终本
  uint64_t orders = 0;            // accepted in the period
  uint64_t urgent_orders = 0;     // of them
  uint64_t inquiries = 0, freezes = 0, renewals = 0, releases = 0, deductions = 0, other_orders = 0;  // of the orders
  uint64_t refused = 0;                                      // orders that were refused
  uint64_t withdrawn = 0;                                    // acts of withdrawal
  uint64_t paused = 0;                                       // orders that stood still because a key was revoked
  uint64_t tasks = 0;                                        // its orders at all their agencies, accepted in the period
  uint64_t answered = 0, on_time = 0, missed = 0, held = 0;  // as of agencies, of its tasks
  uint64_t objections = 0;                                   // received
  uint64_t objections_answered = 0;
  uint64_t objections_late = 0;  // of the answered: after they were due
  uint64_t surpluses = 0;        // arisen: more stands under measures than the cap allows
  uint64_t surpluses_cleared = 0;
  uint64_t surpluses_late = 0;  // of the cleared: after they were due
  // At the end of the period.
  uint64_t open = 0, overdue = 0;  // tasks, as of agencies
  uint64_t open_objections = 0, overdue_objections = 0;
  uint64_t open_surpluses = 0, overdue_surpluses = 0;  // release clocks that run; that ran out

  Share urgency() const { return {urgent_orders, orders}; }
  Share punctual() const { return {on_time, on_time + missed}; }
};

struct DayFigures {
  uint64_t received = 0, answered = 0, on_time = 0, missed = 0, held = 0;  // tasks
};

// At most so many are named; all are counted.
inline constexpr size_t kOverdueNamedMax = 200;

struct PeriodFigures {
  Period period;
  bool complete = false;                       // the log has gone on past its end: these figures are final
  int64_t as_of = 0;                           // its end; of an incomplete one the newest entry's time
  uint64_t entries = 0;                        // the leaves that were counted are the log's first so many
  std::map<uint32_t, AgencyFigures> agencies;  // by ordinal: all that were registered
  std::map<uint32_t, CourtFigures> courts;
  std::vector<DayFigures> days;   // of period.day_ends
  std::vector<OpenTask> overdue;  // by due instant, order, agency: the first kOverdueNamedMax
  uint64_t unreadable = 0;        // leaves of the whole log whose body is no message of their type: nothing was counted
};

// Every plain number with the name that sheets give it.
template <typename Figures>
struct FigureRow {
  const char* name;
  uint64_t Figures::*number;
};
inline constexpr FigureRow<AgencyFigures> kAgencyRows[] = {
    {"received", &AgencyFigures::received},
    {"urgent", &AgencyFigures::urgent},
    {"controls", &AgencyFigures::controls},
    {"answered", &AgencyFigures::answered},
    {"returned", &AgencyFigures::returned},
    {"late", &AgencyFigures::late},
    {"on_time", &AgencyFigures::on_time},
    {"missed", &AgencyFigures::missed},
    {"held", &AgencyFigures::held},
    {"withdrawn", &AgencyFigures::withdrawn},
    {"corrections", &AgencyFigures::corrections},
    {"conflicts", &AgencyFigures::conflicts},
    {"objections", &AgencyFigures::objections},
    {"upheld", &AgencyFigures::upheld},
    {"statements", &AgencyFigures::statements},
    {"statements_missing", &AgencyFigures::statements_missing},
    {"differences", &AgencyFigures::differences},
    {"incidents_late", &AgencyFigures::incidents_late},
    {"absences", &AgencyFigures::absences},
    {"open", &AgencyFigures::open},
    {"overdue", &AgencyFigures::overdue},
    {"open_freezes", &AgencyFigures::open_freezes},
    {"overdue_freezes", &AgencyFigures::overdue_freezes},
    {"open_releases", &AgencyFigures::open_releases},
    {"overdue_releases", &AgencyFigures::overdue_releases},
    {"open_incidents", &AgencyFigures::open_incidents},
    {"overdue_incidents", &AgencyFigures::overdue_incidents},
};
inline constexpr FigureRow<CourtFigures> kCourtRows[] = {
    {"cases_opened", &CourtFigures::cases_opened},
    {"cases_closed", &CourtFigures::cases_closed},
    {"closed_no_assets", &CourtFigures::closed_no_assets},
    {"orders", &CourtFigures::orders},
    {"urgent_orders", &CourtFigures::urgent_orders},
    {"inquiries", &CourtFigures::inquiries},
    {"freezes", &CourtFigures::freezes},
    {"renewals", &CourtFigures::renewals},
    {"releases", &CourtFigures::releases},
    {"deductions", &CourtFigures::deductions},
    {"other_orders", &CourtFigures::other_orders},
    {"refused", &CourtFigures::refused},
    {"withdrawn", &CourtFigures::withdrawn},
    {"paused", &CourtFigures::paused},
    {"tasks", &CourtFigures::tasks},
    {"answered", &CourtFigures::answered},
    {"on_time", &CourtFigures::on_time},
    {"missed", &CourtFigures::missed},
    {"held", &CourtFigures::held},
    {"objections", &CourtFigures::objections},
    {"objections_answered", &CourtFigures::objections_answered},
    {"objections_late", &CourtFigures::objections_late},
    {"surpluses", &CourtFigures::surpluses},
    {"surpluses_cleared", &CourtFigures::surpluses_cleared},
    {"surpluses_late", &CourtFigures::surpluses_late},
    {"open", &CourtFigures::open},
    {"overdue", &CourtFigures::overdue},
    {"open_objections", &CourtFigures::open_objections},
    {"overdue_objections", &CourtFigures::overdue_objections},
    {"open_surpluses", &CourtFigures::open_surpluses},
    {"overdue_surpluses", &CourtFigures::overdue_surpluses},
};
// All agencies together; their answer times too. What is named of one agency stays empty.
AgencyFigures TotalOf(const PeriodFigures& figures);

}  // namespace eagle::scorecard
