// Who lives in the simulated province: its courts and agencies with their names and habits, all drawn from one seed;
// and when people work there, by the calendars of the policy.
//
// Every name is invented; region 99 is the test range. Threads: values.
//
//   const Plan plan = MakePlan({.agencies = 139, .courts = 60, .seed = 1});
//   plan.hours.Next(saturday)   // Monday 08:30, unless that is a holiday
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "goldeneagle/v1/policy.pb.h"
#include "server/domain/policy.h"

namespace eagle::province {

// Draws that are the same everywhere: the standard's distributions may differ from one library to the next.
class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}
  uint64_t Below(uint64_t bound) { return engine_() % bound; }
  bool Permille(uint32_t chance) { return Below(1000) < chance; }
  double Unit() { return (static_cast<double>(engine_() >> 11) + 0.5) * 0x1p-53; }  // in (0, 1)
  double Exponential(double mean);
  // `middle` is the median; about two thirds lie within a factor of e^spread.
  double LogNormal(double middle, double spread);

 private:
  std::mt19937_64 engine_;
};

// When people work: 08:30 to 12:00 and 13:30 to 17:30 of the days that the policy's calendars say are worked.
class WorkingHours {
 public:
  WorkingHours() = default;
  explicit WorkingHours(std::shared_ptr<const domain::Policy> policy) : policy_(std::move(policy)) {}

  bool IsWorked(absl::CivilDay day) const { return policy_->calendars().Of(day, "").works; }
  bool Working(absl::Time time) const { return Next(time) == time; }
  // The first working instant that isn't before `time`.
  absl::Time Next(absl::Time time) const;
  // When somebody is done who begins at `time` and needs so many seconds of working time.
  absl::Time After(absl::Time time, double working_seconds) const;
  // Days that aren't worked around `day`, itself included: 9 in the middle of Spring Festival; 0 when it is worked.
  int DaysOff(absl::CivilDay day) const;

 private:
  std::shared_ptr<const domain::Policy> policy_;
};

enum class Habit : uint8_t {
  kAutomatic,  // a machine answers, day and night
  kBatches,    // a machine answers every half hour
  kClerk,      // people answer, in working hours
};

struct AgencyPlan {
  std::string code, name, kind, region, asset_kind;
  Habit habit = Habit::kAutomatic;
  double typical_seconds = 60;  // median until the answer; of clerks: of working time
  double spread = 0.5;
  uint32_t weight = 1;             // how often it is asked
  uint32_t found_permille = 50;    // has something of whom it is asked about
  uint32_t returned_permille = 5;  // sends an order back
  uint32_t lost_permille = 1;      // leaves an order lying for weeks
  bool nights_off = false;         // its machine stands still from 23:00 to 05:00
  bool holidays_off = false;       // its adapter is off on holidays of three days and more
  uint32_t sleeps_a_year = 0;      // times that its adapter is off for days

  bool money() const { return asset_kind == "DEPOSIT" || asset_kind == "HOUSING_FUND"; }
};

struct CourtPlan {
  std::string code, name, superior;
  uint32_t weight = 1;  // how many cases it files
  uint32_t urgent_permille = 50;
};

struct Plan {
  std::vector<AgencyPlan> agencies;  // ordinal n at n-1
  std::vector<CourtPlan> courts;
  goldeneagle::v1::PolicyTable table;
  std::shared_ptr<const domain::Policy> policy;
  WorkingHours hours;
};

struct Size {
  uint32_t agencies = 139, courts = 60;
  uint64_t seed = 1;
};

// Pre: at least 6 agencies and 1 court. The policy is the shipped one, without daily statements and without papers that
// travel: nothing of these worlds is a file.
Plan MakePlan(const Size& size);

}  // namespace eagle::province
