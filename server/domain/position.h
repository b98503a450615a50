// The agencies' daily statement 每日对账 as the gateway keeps it: which measures stand where, how far each agency's day
// has come, and what one line of a statement says against the ledger.
//
// The book of what stands follows from the cases' ledgers and is built anew at a start; it isn't stored. What has come
// of an agency's statements is one row of the log's table for each agency, and names no person and no amount.
//
// Threads: values and pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/btree_map.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/entry.pb.h"
#include "goldeneagle/v1/position.pb.h"
#include "server/base/ids.h"
#include "server/domain/ledger.h"

namespace eagle::domain {

struct State;

inline constexpr int kLinesPerPosition = 256;
// One part of a statement opens no more incidents: a unit that forgot everything is told so a thousand measures at a
// time, and the commit stays small. The next statement shows the rest.
inline constexpr size_t kIncidentsPerPosition = 1000;

// How far an agency's statements have come: its row.
struct PositionSeen {
  std::string digest;        // of the last part taken, 32 bytes; empty: none yet
  uint64_t index = 0;        // of its POSITION_STATED
  std::string day;           // YYYY-MM-DD that it states
  absl::Time as_of;          // of all parts of that day
  std::string up_to;         // order id up to which the day is stated; empty with `complete`
  bool complete = false;     // that day is
  uint32_t strangers = 0;    // measures of orders that the log doesn't know, in that day so far
  std::string complete_day;  // the last day of which a complete statement is here; empty: none
  // Up to this day it is known whether a statement came in time: it is complete, or it was found missing. Empty: none.
  std::string judged_day;

  std::string Encode() const;
  // False: not what Encode writes.
  bool Decode(std::string_view row);
};

// In how many statements in a row, one a day, a measure was a revision ahead of a log that stood still.
struct AheadSeen {
  std::string day;  // the last one
  uint32_t statements = 0;
  uint64_t revision = 0;  // that the log had recorded

  std::string Encode() const;
  bool Decode(std::string_view row);
};

// What stands at one agency, in order of the order ids: an id and a number for each measure, a small part of what its
// order takes in memory.
struct AgencyPosition {
  using OrderId = std::array<uint8_t, 16>;
  absl::btree_map<OrderId, OrderSeq> standing;  // freeze orders whose measure is in effect or waits
  absl::Time since = absl::InfiniteFuture();    // from when on something stood without a gap; never: nothing does
  absl::Time due = absl::InfiniteFuture();      // its timer, when one is armed
  PositionSeen seen;

  static OrderId IdOf(std::string_view order_id);  // Pre: 16 bytes
};

// As far as two well-kept clocks may part: no statement is of an instant that lies further ahead.
inline constexpr absl::Duration kClocksPart = absl::Minutes(5);

// How one measure of a statement stands to the ledger.
enum class Agreement : uint8_t {
  kAgrees,
  kUnsaid,   // can't be said now: a word about it is on its way, or came after the statement's instant
  kAhead,    // the unit is a revision ahead: a difference when it stays so
  kDiffers,  // as `kind` says
};
struct Judgement {
  Agreement agreement = Agreement::kAgrees;
  goldeneagle::v1::IncidentKind kind = goldeneagle::v1::INCIDENT_KIND_UNSPECIFIED;  // with kAhead and kDiffers
};
// `measure`: as the log knows it. `line`: as the agency stated it at `as_of`; null: not named, though its place is
// covered. `asked`: an order on the measure is not answered yet. Rules, first match wins:
//   what agrees agrees, whatever the revisions; a measure whose freeze is unanswered can't be judged;
//   not named: MEASURE_MISSING, unless it is asked, was spoken of after `as_of`, or its term was over by then;
//   a lower revision than recorded: unsaid when it was spoken of after `as_of` (or less than kClocksPart before it),
//   else the unit's books went back behind its own word; a higher one: ahead, unless it is asked;
//   no revision: as equal ones, unless it is asked or was spoken of after `as_of`;
//   otherwise MEASURE_UNKNOWN when it has ended in the log, else AMOUNT_DIFFERS.
Judgement Judge(const Measure& measure, const goldeneagle::v1::MeasureState* line, bool asked, absl::Time as_of);
// The same with the freeze's case and orders as the state has them. Absent: the case can't be read, or made no measure.
std::optional<Judgement> JudgeLine(const State& state, OrderSeq freeze, const goldeneagle::v1::MeasureState* line,
                                   absl::Time as_of);
// The order at this agency that made the measure which the line names; invalid: the log knows none.
OrderSeq OrderOfLine(const State& state, AgencyOrdinal agency, const std::string& order_id);
// How often a line of `day` that is ahead makes it so, with the statements before. Pre: JudgeLine called it ahead.
AheadSeen OneMore(const State& state, OrderSeq freeze, const std::string& day);

// First instant of the day after `day`, and the instant at which its statement is overdue. Pre: a policy is in force;
// for the second it has a row for positions.
absl::Time EndOf(const State& state, absl::CivilDay day);
absl::Time StatementDue(const State& state, absl::CivilDay day);
// The first day of which it isn't known whether the agency stated it in time, though something stood there. Absent:
// nothing stands, or the policy takes no statements. Days before the policy in force count as judged.
std::optional<absl::CivilDay> FirstOwedDay(const State& state, AgencyOrdinal agency);

}  // namespace eagle::domain
