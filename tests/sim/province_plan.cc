#include "tests/sim/province_plan.h"

#include <cmath>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "google/protobuf/text_format.h"
#include "server/base/assert.h"
#include "tests/support/paths.h"

namespace eagle::province {
namespace {

constexpr const char* kCities[] = {"北陵", "松月", "云梧", "青岚", "鹿泽", "望川", "霞川",
                                   "临霁", "白鹭", "南屿", "雁湖", "金蒲", "石涧", "柳堤"};
constexpr const char* kDistricts[] = {"东湖", "西岭", "南关", "北岸", "新城", "河口", "山前"};
constexpr const char* kNational[] = {"长安银行", "大河银行", "东洲银行", "四方银行", "中岳银行",
                                     "和畅银行", "华岭银行", "安济银行", "海丰银行", "平原银行",
                                     "远山银行", "同德银行", "广济银行", "启明银行"};
constexpr const char* kLocal[] = {"商业银行", "农村商业银行", "惠民村镇银行", "城乡信用联社",
                                  "科创银行", "港务财务公司", "乡禾村镇银行"};

uint32_t Part(uint32_t all, uint32_t of_139) { return std::max(1u, all * of_139 / 139); }

// How a kind of agency usually works; what one of them does differently is drawn.
void DrawHabit(uint32_t place, Dice& dice, AgencyPlan& of) {
  const bool national = of.kind == "BANK" && place < std::size(kNational);
  const uint64_t draw = dice.Below(100);
  if (national || (of.kind == "BANK" && draw < 45) || of.kind == "VEHICLE" || (of.kind == "BUSINESS" && draw < 60)) {
    of.habit = Habit::kAutomatic;
    of.typical_seconds =
        national ? 20 + static_cast<double>(dice.Below(70)) : 40 + static_cast<double>(dice.Below(500));
    of.spread = 0.5 + dice.Unit() * 0.5;
    of.nights_off = !national && dice.Permille(350);
  } else if (of.kind == "BANK" && draw < 65) {
    of.habit = Habit::kBatches;
    of.typical_seconds = 120;
    of.nights_off = dice.Permille(500);
  } else {
    of.habit = Habit::kClerk;
    // A quarter of an hour to a long half day; every sixth has too few people.
    of.typical_seconds = dice.Permille(160) ? 40'000 + static_cast<double>(dice.Below(50'000))
                                            : 900 + static_cast<double>(dice.Below(14'000));
    of.spread = 0.7 + dice.Unit() * 0.4;
  }
  of.returned_permille = static_cast<uint32_t>(of.habit == Habit::kClerk ? 5 + dice.Below(40) : 1 + dice.Below(8));
  of.lost_permille = static_cast<uint32_t>(of.habit == Habit::kClerk ? dice.Below(6) : dice.Below(2));
  of.holidays_off = of.habit == Habit::kClerk ? dice.Permille(450) : dice.Permille(60);
  of.sleeps_a_year = dice.Permille(120) ? static_cast<uint32_t>(1 + dice.Below(4)) : 0;
}

void AddAgencies(const char* kind, const char* asset_kind, uint32_t count, uint32_t found_permille, Dice& dice,
                 std::vector<AgencyPlan>& agencies) {
  for (uint32_t i = 0; i < count; ++i) {
    AgencyPlan& of = agencies.emplace_back();
    of.kind = kind, of.asset_kind = asset_kind, of.found_permille = found_permille;
    of.code = absl::StrFormat("99%05d", agencies.size());
    const std::string city = kCities[i % std::size(kCities)];
    of.region = absl::StrFormat("99%02d00", i % std::size(kCities) + 1);
    if (of.kind == "BANK" && i < std::size(kNational)) {
      of.name = absl::StrCat(kNational[i], "省分行");
      of.weight = 60 - 3 * i, of.region = "990000";
      of.found_permille = 160;
    } else if (of.kind == "BANK") {
      const uint32_t at = i - static_cast<uint32_t>(std::size(kNational));
      const size_t sort = at / std::size(kCities) % std::size(kLocal);
      of.name = absl::StrCat(kCities[at % std::size(kCities)], kLocal[sort]);
      if (at >= std::size(kCities) * std::size(kLocal)) absl::StrAppend(&of.name, at / std::size(kCities) + 1);
      of.weight = sort < 2 ? 12 : 4;
    } else if (of.kind == "LAND") {
      of.name = absl::StrCat(city, "市不动产登记中心");
    } else if (of.kind == "VEHICLE") {
      of.name = absl::StrCat(city, "市车辆管理所");
    } else if (of.kind == "HOUSING_FUND") {
      of.name = absl::StrCat(city, "市住房公积金管理中心");
    } else if (of.kind == "BUSINESS") {
      of.name = absl::StrCat(city, "市市场监督管理局");
    } else {
      of.name = absl::StrCat(city, "市知识产权局");
    }
    DrawHabit(i, dice, of);
  }
}

std::vector<CourtPlan> DrawCourts(uint32_t count, Dice& dice) {
  std::vector<CourtPlan> courts;
  const uint32_t middle = count < 4 ? 0 : std::max(1u, count / 9);
  for (uint32_t i = 0; i < count; ++i) {
    CourtPlan& of = courts.emplace_back();
    of.code = absl::StrFormat("辽99%02d", i);
    of.urgent_permille = static_cast<uint32_t>(20 + dice.Below(130));
    if (i == 0) {
      of.name = "辽远省高级人民法院";
    } else if (i <= middle) {
      of.name = absl::StrCat(kCities[(i - 1) % std::size(kCities)], "市中级人民法院");
      of.superior = courts[0].code;
      of.weight = 8;
    } else {
      const uint32_t at = i - middle - 1;
      of.name = absl::StrCat(kCities[at % std::size(kCities)], "市",
                             kDistricts[at / std::size(kCities) % std::size(kDistricts)], "区人民法院");
      of.superior = courts[middle == 0 ? 0 : 1 + at % middle].code;
      of.weight = static_cast<uint32_t>(6 + dice.Below(22));
    }
  }
  return courts;
}

}  // namespace

double Dice::Exponential(double mean) { return -std::log(Unit()) * mean; }

double Dice::LogNormal(double middle, double spread) {
  const double normal = std::sqrt(-2 * std::log(Unit())) * std::cos(2 * 3.14159265358979323846 * Unit());
  return middle * std::exp(spread * normal);
}

absl::Time WorkingHours::Next(absl::Time time) const {
  const absl::TimeZone& zone = policy_->zone();
  absl::CivilDay day = absl::ToCivilDay(time, zone);
  if (IsWorked(day)) {
    const absl::Time midnight = absl::FromCivil(day, zone);
    const absl::Duration at = time - midnight;
    const auto open = [&](int minutes) { return midnight + absl::Minutes(minutes); };
    if (at < absl::Minutes(510)) return open(510);
    if (at < absl::Minutes(720)) return time;
    if (at < absl::Minutes(810)) return open(810);
    if (at < absl::Minutes(1050)) return time;
  }
  do ++day;
  while (!IsWorked(day));
  return absl::FromCivil(day, zone) + absl::Minutes(510);
}

absl::Time WorkingHours::After(absl::Time time, double working_seconds) const {
  absl::Duration left = absl::Seconds(working_seconds);
  while (true) {
    time = Next(time);
    const absl::Time midnight = absl::FromCivil(absl::ToCivilDay(time, policy_->zone()), policy_->zone());
    const absl::Time end = midnight + absl::Minutes(time - midnight < absl::Minutes(720) ? 720 : 1050);
    if (left < end - time) return time + left;
    left -= end - time, time = end;
  }
}

int WorkingHours::DaysOff(absl::CivilDay day) const {
  if (IsWorked(day)) return 0;
  absl::CivilDay first = day, last = day;
  while (!IsWorked(first - 1)) --first;
  while (!IsWorked(last + 1)) ++last;
  return static_cast<int>(last - first) + 1;
}

Plan MakePlan(const Size& size) {
  GATEWAY_ASSERT(size.agencies >= 6 && size.courts >= 1, "a province has every kind of agency, and a court");
  Plan plan;
  std::ifstream file(test::SourcePath("deploy/policy/cn-2026.txtpb"));
  std::stringstream text;
  text << file.rdbuf();
  GATEWAY_ASSERT(google::protobuf::TextFormat::ParseFromString(text.str(), &plan.table), "the shipped policy");
  plan.table.mutable_papers()->clear_travel_with();
  plan.table.clear_positions();
  plan.policy = *domain::Policy::Create(plan.table);
  plan.hours = WorkingHours(plan.policy);
  Dice dice(size.seed);
  const uint32_t land = Part(size.agencies, 14), vehicle = Part(size.agencies, 7), fund = Part(size.agencies, 11),
                 business = Part(size.agencies, 6), ip = Part(size.agencies, 3);
  AddAgencies("BANK", "DEPOSIT", size.agencies - land - vehicle - fund - business - ip, 55, dice, plan.agencies);
  AddAgencies("LAND", "LAND", land, 90, dice, plan.agencies);
  AddAgencies("VEHICLE", "VEHICLE", vehicle, 110, dice, plan.agencies);
  AddAgencies("HOUSING_FUND", "HOUSING_FUND", fund, 80, dice, plan.agencies);
  AddAgencies("BUSINESS", "EQUITY", business, 40, dice, plan.agencies);
  AddAgencies("IP", "PATENT", ip, 0, dice, plan.agencies);
  plan.courts = DrawCourts(size.courts, dice);
  return plan;
}

}  // namespace eagle::province
