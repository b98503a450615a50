#include "server/scorecard/sheet.h"

#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/scorecard/sheet_text.h"

namespace eagle::scorecard {
namespace {

std::string SecondsJson(std::optional<int64_t> seconds) { return seconds ? std::to_string(*seconds) : "null"; }

std::string ShareJson(const Share& share) {
  const auto points = share.points();
  return JsonObject()
      .Add("part", share.part)
      .Add("whole", share.whole)
      .Add("points", points ? std::to_string(*points) : "null")
      .Done();
}

std::string InstantText(int64_t instant, const Report& report) {
  return absl::FormatTime(absl::RFC3339_full, absl::FromUnixMicros(instant), report.zone);
}

std::string TaskJson(const OpenTask& task, const Report& report) {
  return JsonObject()
      .Add("order", task.order)
      .Add("agency", task.agency)
      .Add("court", task.court)
      .Text("action", ActionName(task.action))
      .Flag("urgent", task.urgent)
      .Flag("held", task.held)
      .Flag("overdue", task.overdue)
      .Text("accepted", InstantText(task.accepted, report))
      .Text("due", InstantText(task.due, report))
      .Done();
}

void AddName(JsonObject& object, uint32_t ordinal, const std::map<uint32_t, Name>& names) {
  object.Add("ordinal", ordinal);
  const auto name = names.find(ordinal);
  const bool named = name != names.end();
  object.Add("code", named && !name->second.code.empty() ? JsonText(name->second.code) : "null");
  object.Add("name", named && !name->second.name.empty() ? JsonText(name->second.name) : "null");
}

std::string AgencyJson(uint32_t ordinal, const AgencyFigures& figures, const Report& report) {
  JsonObject object;
  AddName(object, ordinal, report.supplement.agencies);
  for (const auto& row : kAgencyRows) object.Add(row.name, figures.*row.number);
  std::string bands;
  for (size_t i = 0; i < kBands; ++i) absl::StrAppend(&bands, i == 0 ? "" : ", ", figures.times.InBand(i));
  return object.Add("punctual", ShareJson(figures.punctual()))
      .Add("quick", ShareJson(figures.quick()))
      .Add("p50_seconds", SecondsJson(figures.times.Quantile(500)))
      .Add("p95_seconds", SecondsJson(figures.times.Quantile(950)))
      .Add("bands", "[" + bands + "]")
      .Add("coverage_seconds", ShareJson(figures.coverage()))
      .Add("oldest", figures.oldest ? TaskJson(*figures.oldest, report) : "null")
      .Done();
}

std::string CourtJson(uint32_t ordinal, const CourtFigures& figures, const Report& report) {
  JsonObject object;
  AddName(object, ordinal, report.supplement.courts);
  for (const auto& row : kCourtRows) object.Add(row.name, figures.*row.number);
  JsonObject goals;
  const auto filled = report.supplement.goals.find(ordinal);
  for (const Goal& goal : kGoals) {
    const bool there = filled != report.supplement.goals.end() && filled->second.contains(goal.key);
    goals.Add(goal.key, there ? ShareJson(filled->second.find(goal.key)->second) : "null");
  }
  return object.Add("punctual", ShareJson(figures.punctual()))
      .Add("urgency", ShareJson(figures.urgency()))
      .Add("goals", goals.Done())
      .Done();
}

std::string_view SpanName(Span span) { return span == Span::kYear ? "year" : span == Span::kMonth ? "month" : "week"; }

std::string PeriodJson(const Report& report) {
  const PeriodFigures& now = report.now;
  return JsonObject()
      .Text("name", now.period.name)
      .Text("kind", SpanName(now.period.span))
      .Text("zone", report.zone_name)
      .Text("after", InstantText(now.period.start, report))
      .Text("up_to", InstantText(now.period.end, report))
      .Flag("complete", now.complete)
      .Text("as_of", InstantText(now.as_of, report))
      .Text("compared_with", report.before.period.name)
      .Add("unreadable_leaves", now.unreadable)
      .Done();
}

std::string RankingJson(const Report& report) {
  JsonList rows;
  for (const RankRow& row : report.ranking)
    rows.Add(JsonObject()
                 .Add("rank", row.rank)
                 .Add("agency", row.agency)
                 .Flag("top", row.top)
                 .Flag("bottom", row.bottom)
                 .Flag("twice", row.twice)
                 .Done());
  return rows.Done();
}

std::string GoalsJson() {
  JsonList rows;
  for (const Goal& goal : kGoals)
    rows.Add(JsonObject()
                 .Text("key", goal.key)
                 .Text("zh", goal.zh)
                 .Text("en", goal.en)
                 .Add("points", goal.points)
                 .Text("source_zh", goal.source_zh)
                 .Text("source_en", goal.source_en)
                 .Done());
  return rows.Done();
}

// --- CSV

std::string ShareCells(const Share& share) {
  const auto points = share.points();
  return points ? absl::StrFormat(",%d.%02d", *points / 100, *points % 100) : ",";
}

std::string SecondsCell(std::optional<int64_t> seconds) { return seconds ? absl::StrCat(",", *seconds) : ","; }

std::string NameCells(std::string_view scope, uint32_t ordinal, const std::map<uint32_t, Name>& names,
                      const Report& report) {
  const auto name = names.find(ordinal);
  const Name none{};
  const Name& of = name == names.end() ? none : name->second;
  return absl::StrCat(report.now.period.name, ",", std::string(scope), ",", ordinal, ",", CsvCell(of.code), ",",
                      CsvCell(of.name));
}

}  // namespace

std::string JsonOf(const Report& report) {
  JsonList agencies, courts, days, overdue;
  for (const auto& [ordinal, figures] : report.now.agencies) agencies.Add(AgencyJson(ordinal, figures, report));
  for (const auto& [ordinal, figures] : report.now.courts) courts.Add(CourtJson(ordinal, figures, report));
  for (size_t i = 0; i < report.now.days.size(); ++i) {
    const DayFigures& day = report.now.days[i];
    const absl::CivilDay date = report.now.period.first + static_cast<absl::civil_diff_t>(i);
    days.Add(JsonObject()
                 .Text("day", absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day()))
                 .Add("received", day.received)
                 .Add("answered", day.answered)
                 .Add("on_time", day.on_time)
                 .Add("missed", day.missed)
                 .Add("held", day.held)
                 .Done());
  }
  for (const OpenTask& task : report.now.overdue) overdue.Add(TaskJson(task, report));
  const JsonObject log =
      JsonObject().Text("origin", report.log.origin).Add("entries", report.log.entries).Text("root", report.log.root);
  const JsonObject ranking = JsonObject()
                                 .Add("least_judged", report.supplement.ranking.least_judged)
                                 .Add("top", report.supplement.ranking.top)
                                 .Add("bottom", report.supplement.ranking.bottom);
  std::string bands;
  for (const int64_t seconds : kBandSeconds) absl::StrAppend(&bands, bands.empty() ? "" : ", ", seconds);
  return "{\n  \"period\": " + PeriodJson(report) + ",\n  \"log\": " + log.Done() + ",\n  \"band_seconds\": [" + bands +
         "],\n  \"agencies\": " + agencies.Done() + ",\n  \"courts\": " + courts.Done() +
         ",\n  \"days\": " + days.Done() + ",\n  \"ranking_rules\": " + ranking.Done() +
         ",\n  \"ranking\": " + RankingJson(report) + ",\n  \"overdue\": " + overdue.Done() +
         ",\n  \"goals\": " + GoalsJson() +
         ",\n  \"untold\": [\"partial answers\", \"findings\", \"amounts\", \"names\"]\n}\n";
}

std::string CsvOf(const Report& report) {
  std::string out = "\xef\xbb\xbfperiod,scope,ordinal,code,name";
  for (const auto& row : kAgencyRows) absl::StrAppend(&out, ",agency_", row.name);
  out +=
      ",agency_punctual_percent,agency_quick_percent,agency_p50_seconds,agency_p95_seconds,agency_coverage_percent,"
      "agency_rank,agency_flag";
  for (const auto& row : kCourtRows) absl::StrAppend(&out, ",court_", row.name);
  out += ",court_punctual_percent,court_urgent_percent";
  for (const Goal& goal : kGoals) absl::StrAppend(&out, ",court_", std::string(goal.key), "_percent");
  out += "\n";
  constexpr size_t kCourtCells = std::size(kCourtRows) + 2 + std::size(kGoals),
                   kAgencyCells = std::size(kAgencyRows) + 7;
  for (const auto& [ordinal, figures] : report.now.agencies) {
    out += NameCells("agency", ordinal, report.supplement.agencies, report);
    for (const auto& row : kAgencyRows) absl::StrAppend(&out, ",", figures.*row.number);
    out += ShareCells(figures.punctual()) + ShareCells(figures.quick()) + SecondsCell(figures.times.Quantile(500)) +
           SecondsCell(figures.times.Quantile(950)) + ShareCells(figures.coverage());
    std::string rank = ",,";
    for (const RankRow& row : report.ranking) {
      if (row.agency == ordinal)
        rank = absl::StrCat(",", row.rank,
                            row.twice    ? ",bottom twice"
                            : row.bottom ? ",bottom"
                            : row.top    ? ",top"
                                         : ",");
    }
    out += rank + std::string(kCourtCells, ',') + "\n";
  }
  for (const auto& [ordinal, figures] : report.now.courts) {
    out += NameCells("court", ordinal, report.supplement.courts, report) + std::string(kAgencyCells, ',');
    for (const auto& row : kCourtRows) absl::StrAppend(&out, ",", figures.*row.number);
    out += ShareCells(figures.punctual()) + ShareCells(figures.urgency());
    const auto filled = report.supplement.goals.find(ordinal);
    for (const Goal& goal : kGoals) {
      const bool there = filled != report.supplement.goals.end() && filled->second.contains(goal.key);
      out += there ? ShareCells(filled->second.find(goal.key)->second) : ",";
    }
    out += "\n";
  }
  return out;
}

}  // namespace eagle::scorecard
