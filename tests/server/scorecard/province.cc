#include <algorithm>
#include <functional>
#include <memory>

#include "tests/server/scorecard/log_maker.h"

namespace eagle::scorecard {
namespace {

struct Happening {
  absl::Time time;
  std::function<void(LogMaker&)> happen;
};

// How an agency answers: most within `usual`, some much later, a few never.
struct Habit {
  int64_t usual_seconds;
  uint64_t slow_percent, never_percent, returned_percent;
};
constexpr Habit kHabits[] = {{90, 0, 0, 1},    {240, 1, 0, 2},     {200, 2, 1, 1},     {1'500, 3, 0, 3},
                             {5'400, 4, 1, 2}, {14'000, 8, 2, 5},  {9'000, 6, 0, 1},   {30'000, 18, 3, 6},
                             {600, 2, 1, 2},   {45'000, 25, 5, 4}, {20'000, 12, 2, 9}, {120, 1, 0, 0}};

absl::Duration Took(const Habit& habit, std::mt19937_64& dice) {
  const auto part = static_cast<int64_t>(dice() % 1000 + 1);
  if (dice() % 100 < habit.slow_percent) return absl::Hours(20) + absl::Minutes(part * 3);
  return absl::Seconds(5 + habit.usual_seconds * part * part / 1'000'000 * 2);
}

}  // namespace

LogMaker Province(uint32_t agencies, uint32_t courts, uint32_t orders, uint64_t seed) {
  std::mt19937_64 dice(seed);
  LogMaker log;
  log.now = On("2026-07-31 10:00");
  log.Agencies(agencies);
  log.Courts(courts);
  for (uint32_t agency = 1; agency <= agencies; ++agency) log.Present(agency);
  std::vector<Happening> happenings;
  const absl::Time first = On("2026-08-01 00:00");
  for (uint32_t i = 0; i < orders * 2; ++i) {
    const auto day = static_cast<int64_t>(dice() % 61);
    const bool weekend = (day + 5) % 7 >= 5;  // 1 August 2026 is a Saturday
    if (weekend && dice() % 8 != 0) continue;
    const absl::Time at = first + absl::Hours(24 * day + 8) + absl::Seconds(static_cast<int64_t>(dice() % 36'000));
    OrderMade made{.court = static_cast<uint32_t>(dice() % courts + 1)};
    const uint64_t kind = dice() % 10;
    made.action = kind < 6 ? ACTION_INQUIRE : kind < 9 ? ACTION_FREEZE : ACTION_RELEASE;
    made.urgency = dice() % 4 == 0 ? URGENCY_URGENT : URGENCY_NORMAL;
    made.due = made.urgency == URGENCY_URGENT ? absl::Hours(24)
                                              : absl::FromCivil(absl::CivilDay(2026, 8, 1) + day + 8, Shanghai()) - at;
    made.agencies = {static_cast<uint32_t>(dice() % agencies + 1)};
    if (made.action == ACTION_INQUIRE) {
      for (int more = 0; more < 3; ++more) made.agencies.push_back(static_cast<uint32_t>(dice() % agencies + 1));
    }
    auto order = std::make_shared<uint64_t>(0);
    happenings.push_back({at, [made, order](LogMaker& into) { *order = into.Order(made); }});
    std::sort(made.agencies.begin(), made.agencies.end());
    made.agencies.erase(std::unique(made.agencies.begin(), made.agencies.end()), made.agencies.end());
    for (const uint32_t agency : made.agencies) {
      const Habit& habit = kHabits[(agency - 1) % std::size(kHabits)];
      if (dice() % 100 < habit.never_percent) continue;
      const absl::Duration took = Took(habit, dice) * (made.urgency == URGENCY_URGENT ? 1 : 2);
      const ReceiptKind word = dice() % 100 < habit.returned_percent ? RECEIPT_KIND_RETURNED : RECEIPT_KIND_FINAL;
      happenings.push_back({at + took, [order, agency, word](LogMaker& into) { into.Answer(*order, agency, word); }});
    }
  }
  for (uint32_t agency = 1; agency <= agencies; ++agency) {
    for (int64_t day = 0; day < 61; ++day) {
      const absl::Time night = first + absl::Hours(24 * day + 19);
      if (dice() % 40 != 0)
        happenings.push_back({night, [agency](LogMaker& into) { into.State(agency); }});
      else
        happenings.push_back({night + absl::Hours(4), [agency](LogMaker& into) {
                                into.Incident(agency, INCIDENT_KIND_STATEMENT_MISSING, absl::Hours(24));
                              }});
    }
    if (agency % 4 == 0) {
      const absl::Time gone = first + absl::Hours(24 * 40 + agency);
      happenings.push_back({gone, [agency](LogMaker& into) { into.Absent(agency); }});
      happenings.push_back({gone + absl::Hours(agency), [agency](LogMaker& into) { into.Present(agency); }});
    }
  }
  happenings.push_back({On("2026-09-10 09:00"), [](LogMaker& into) { into.Surplus(into.cases[0], absl::Hours(72)); }});
  happenings.push_back({On("2026-09-28 09:00"), [](LogMaker& into) { into.Surplus(into.cases[1], absl::Hours(24)); }});
  happenings.push_back({On("2026-09-12 09:00"), [](LogMaker& into) { into.ClearSurplus(into.cases[0]); }});
  std::stable_sort(happenings.begin(), happenings.end(),
                   [](const Happening& a, const Happening& b) { return a.time < b.time; });
  for (const Happening& one : happenings) {
    log.now = one.time;
    one.happen(log);
  }
  log.now = std::max(log.now, On("2026-10-01 00:00:00.000001"));
  log.GoOn();
  return log;
}

}  // namespace eagle::scorecard
