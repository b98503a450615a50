// The agenda of the joint meeting 联席会议 of courts and agencies: for each agency that has something to explain, its
// oldest tasks without an answer, its longest absences and the incidents that stand, at the end of a period. From the
// log's leaves alone, as every figure of a report.
//
// Threads: pure functions. The same report gives the same bytes everywhere.
//
//   out << AgendaPageOf(report) << AgendaJsonOf(report) << AgendaCsvOf(report);
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/scorecard/report.h"

namespace eagle::scorecard {

// Shorter absences aren't on the agenda.
inline constexpr int64_t kAbsenceNamedSeconds = 3600;

// Absences of the agency that are long enough, longest first.
std::vector<Absence> AbsencesToExplain(const AgencyFigures& figures);
// Ordinals of those with an open task, such an absence, or an incident that stands: most overdue tasks first, then the
// oldest open task, then the order of registration.
std::vector<uint32_t> AgendaOrder(const Report& report);

// "STATEMENT_MISSING", and 未对账.
std::string IncidentName(goldeneagle::v1::IncidentKind kind);
std::string IncidentZh(goldeneagle::v1::IncidentKind kind);

// One HTML file as page.h's: no script, A4, Chinese with English beside it.
std::string AgendaPageOf(const Report& report);
// One object: `period`, `log`, `agencies`, each with `open`, `overdue`, `tasks`, `absences`, `incidents`.
std::string AgendaJsonOf(const Report& report);
// One line for each task, absence and incident; UTF-8 with a byte order mark.
std::string AgendaCsvOf(const Report& report);

}  // namespace eagle::scorecard
