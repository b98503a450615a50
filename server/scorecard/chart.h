// The pictures of a scorecard's page, as inline SVG: no script, no colour that carries a meaning alone, so that a black
// and white print says the same. Whole numbers and fixed decimals only: the same figures are the same bytes.
//
// Threads: pure functions.
#pragma once

#include <string>

#include "server/scorecard/figures.h"

namespace eagle::scorecard {

// "148,527".
std::string Grouped(uint64_t number);

// Patterns that the others refer to; once a page.
std::string ChartPatterns();
// The part of a whole, filled, and what is missing, hatched; an empty frame of nothing.
std::string ShareBar(const Share& share);
// How many answers took how long, a column a band, with the share that had come by its end.
std::string BandChart(const AnswerTimes& times);
// The months of a year: how many tasks came, and what fell due unanswered, with the share that was answered in time.
std::string MonthChart(const PeriodFigures& figures);
// The days of a period as a calendar, Monday first: darker where more tasks came; what fell due unanswered is written.
std::string DayCalendar(const PeriodFigures& figures);

}  // namespace eagle::scorecard
