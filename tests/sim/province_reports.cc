#include "tests/sim/province_reports.h"

#include <filesystem>
#include <fstream>
#include <utility>

#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/journal/hash.h"
#include "server/scorecard/page.h"
#include "server/scorecard/sheet.h"

namespace eagle::province {

Reports::Reports(const Plan& plan, absl::CivilDay first, int days) : plan_(plan) {
  const absl::TimeZone& zone = plan.policy->zone();
  const absl::CivilDay last = first + (days - 1);
  std::vector<scorecard::Period> months, years;
  for (absl::CivilMonth month(first); month <= absl::CivilMonth(last); ++month)
    months.push_back(*scorecard::ParseMonth(absl::FormatCivilTime(month), zone));
  for (absl::CivilYear year(first); year <= absl::CivilYear(last); ++year)
    years.push_back(*scorecard::ParseYear(absl::FormatCivilTime(year), zone));
  Add(std::move(months));
  Add(std::move(years));
}

void Reports::Add(std::vector<scorecard::Period> periods) {
  Row& row = rows_.emplace_back();
  periods.insert(periods.begin(), scorecard::Before(periods[0], plan_.policy->zone()));
  row.card = std::make_unique<scorecard::Scorecard>(periods);
  row.roots.resize(periods.size());
  row.periods = std::move(periods);
}

void Reports::Take(std::string_view leaf_bytes) {
  const auto leaf = journal::DecodeLeaf(leaf_bytes);
  GATEWAY_ASSERT(leaf.ok() && leaf->index.value() == edge_.size(), "leaves come whole and in order");
  for (Row& row : rows_) {
    for (; row.at < row.periods.size() && absl::ToUnixMicros(leaf->time) > row.periods[row.at].end; ++row.at)
      row.roots[row.at] = edge_.Root();
    row.card->Take(*leaf);
  }
  edge_.Append(journal::LeafHash(leaf_bytes));
}

void Reports::Committed(const std::vector<domain::Entry>& entries, const core::CommitView& commit) {
  for (const domain::Entry& entry : entries) {
    // What was committed before the listener came is no part of this: it is told from the first entry on.
    Take(commit.LeafOf(entry.index));
  }
}

void Reports::Finish() {
  for (Row& row : rows_) {
    const std::vector<scorecard::PeriodFigures> figures = row.card->Finish();
    for (size_t i = 1; i < figures.size(); ++i) {
      scorecard::LogPin pin{.origin = "province.example/log", .entries = figures[i].entries};
      pin.root = HexEncode(journal::View(row.roots[i].value_or(edge_.Root())));
      all_.push_back(scorecard::MakeReport(std::move(pin), "Asia/Shanghai", plan_.policy->zone(),
                                           {figures[i - 1], figures[i]}, SupplementOf(plan_, row.periods[i])));
    }
  }
}

scorecard::Supplement SupplementOf(const Plan& plan, const scorecard::Period& period) {
  scorecard::Supplement out;
  out.issuer = "辽远省高级人民法院执行指挥中心";
  for (uint32_t i = 0; i < plan.agencies.size(); ++i)
    out.agencies[i + 1] = {.code = plan.agencies[i].code, .name = plan.agencies[i].name};
  Dice dice(static_cast<uint64_t>(period.end));
  for (uint32_t i = 0; i < plan.courts.size(); ++i) {
    out.courts[i + 1] = {.code = plan.courts[i].code, .name = plan.courts[i].name};
    if (dice.Permille(60)) continue;  // one that hasn't filled in anything
    for (const scorecard::Goal& goal : scorecard::kGoals) {
      const uint64_t whole = 20 + dice.Below(400), misses = dice.Below(1 + whole / 9);
      out.goals[i + 1][std::string(goal.key)] = {.part = whole - misses, .whole = whole};
    }
  }
  return out;
}

bool WriteReports(const std::vector<scorecard::Report>& reports, const std::string& folder) {
  std::error_code wrong;
  std::filesystem::create_directories(folder, wrong);
  const auto write = [&](const std::string& name, const std::string& text) {
    std::ofstream file(folder + "/" + name, std::ios::binary);
    file << text;
    return file.good();
  };
  bool written = true;
  for (const scorecard::Report& report : reports) {
    const std::string& name = report.now.period.name;
    written = written && write(name + ".html", scorecard::PageOf(report)) &&
              write(name + ".csv", scorecard::CsvOf(report)) && write(name + ".json", scorecard::JsonOf(report));
  }
  return written;
}

}  // namespace eagle::province
