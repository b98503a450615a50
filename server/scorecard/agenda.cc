#include "server/scorecard/agenda.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "server/base/uuid.h"
#include "server/scorecard/sheet_text.h"

namespace eagle::scorecard {
namespace {

std::string Rfc3339(int64_t instant, const Report& report) {
  return absl::FormatTime(absl::RFC3339_full, absl::FromUnixMicros(instant), report.zone);
}
std::string IdOf(const OpenTask& task) { return task.order_id.empty() ? "" : UuidText(task.order_id); }

void AddNames(JsonObject& object, std::string_view ordinal_key, uint32_t ordinal,
              const std::map<uint32_t, Name>& names) {
  const auto at = names.find(ordinal);
  const Name none;
  const Name& name = at == names.end() ? none : at->second;
  object.Add(ordinal_key, ordinal);
  object.Add("code", name.code.empty() ? "null" : JsonText(name.code));
  object.Add("name", name.name.empty() ? "null" : JsonText(name.name));
}

std::string TaskOf(const OpenTask& task, const Report& report) {
  JsonObject court;
  AddNames(court, "ordinal", task.court, report.supplement.courts);
  const std::string id = IdOf(task);
  return JsonObject()
      .Add("order", task.order)
      .Add("order_id", id.empty() ? "null" : JsonText(id))
      .Text("action", ActionName(task.action))
      .Flag("urgent", task.urgent)
      .Add("court", court.Done())
      .Text("accepted", Rfc3339(task.accepted, report))
      .Text("due", Rfc3339(task.due, report))
      .Flag("overdue", task.overdue)
      .Flag("held", task.held)
      .Add("age_seconds", static_cast<uint64_t>((report.now.as_of - task.accepted) / 1'000'000))
      .Done();
}

template <typename Items, typename Text>
std::string ArrayOf(const Items& items, const Text& text_of) {
  std::string out;
  for (const auto& item : items) absl::StrAppend(&out, out.empty() ? "" : ", ", text_of(item));
  return "[" + out + "]";
}

std::string AgencyOf(uint32_t ordinal, const AgencyFigures& of, const Report& report) {
  JsonObject object;
  AddNames(object, "ordinal", ordinal, report.supplement.agencies);
  return object.Add("open", of.open)
      .Add("overdue", of.overdue)
      .Add("open_incidents", of.open_incidents)
      .Add("tasks", ArrayOf(of.oldest_open, [&](const OpenTask& task) { return TaskOf(task, report); }))
      .Add("absences", ArrayOf(AbsencesToExplain(of),
                               [&](const Absence& absence) {
                                 return JsonObject()
                                     .Text("from", Rfc3339(absence.from, report))
                                     .Add("until", absence.still ? "null" : JsonText(Rfc3339(absence.until, report)))
                                     .Add("seconds", static_cast<uint64_t>(absence.seconds()))
                                     .Done();
                               }))
      .Add("incidents", ArrayOf(of.standing_incidents,
                                [&](const StandingIncident& incident) {
                                  return JsonObject()
                                      .Add("index", incident.index)
                                      .Text("kind", IncidentName(incident.kind))
                                      .Text("day", incident.day)
                                      .Text("arisen", Rfc3339(incident.arisen, report))
                                      .Text("due", Rfc3339(incident.due, report))
                                      .Flag("overdue", incident.overdue)
                                      .Done();
                                }))
      .Done();
}

}  // namespace

std::vector<Absence> AbsencesToExplain(const AgencyFigures& figures) {
  std::vector<Absence> out;
  for (const Absence& absence : figures.longest_absences) {
    if (absence.seconds() >= kAbsenceNamedSeconds) out.push_back(absence);
  }
  return out;
}

std::vector<uint32_t> AgendaOrder(const Report& report) {
  std::vector<uint32_t> out;
  for (const auto& [ordinal, of] : report.now.agencies) {
    if (of.open > 0 || of.open_incidents > 0 || !AbsencesToExplain(of).empty()) out.push_back(ordinal);
  }
  const auto key = [&](uint32_t ordinal) {
    const AgencyFigures& of = report.now.agencies.at(ordinal);
    return std::tuple(std::numeric_limits<uint64_t>::max() - of.overdue,
                      of.oldest ? of.oldest->order : std::numeric_limits<uint64_t>::max(), ordinal);
  };
  std::sort(out.begin(), out.end(), [&](uint32_t a, uint32_t b) { return key(a) < key(b); });
  return out;
}

std::string IncidentName(goldeneagle::v1::IncidentKind kind) {
  const std::string name = goldeneagle::v1::IncidentKind_Name(kind);
  constexpr std::string_view kPrefix = "INCIDENT_KIND_";
  return name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : std::to_string(kind);
}

std::string IncidentZh(goldeneagle::v1::IncidentKind kind) {
  switch (kind) {
    case goldeneagle::v1::INCIDENT_KIND_AMOUNT_DIFFERS:
      return "金额不符";
    case goldeneagle::v1::INCIDENT_KIND_MEASURE_MISSING:
      return "单位缺记";
    case goldeneagle::v1::INCIDENT_KIND_MEASURE_UNKNOWN:
      return "多记";
    case goldeneagle::v1::INCIDENT_KIND_STATEMENT_MISSING:
      return "未对账";
    default:
      return "其他";
  }
}

std::string AgendaJsonOf(const Report& report) {
  JsonList agencies;
  for (const uint32_t ordinal : AgendaOrder(report))
    agencies.Add(AgencyOf(ordinal, report.now.agencies.at(ordinal), report));
  const JsonObject period = JsonObject()
                                .Text("name", report.now.period.name)
                                .Text("zone", report.zone_name)
                                .Flag("complete", report.now.complete)
                                .Text("as_of", Rfc3339(report.now.as_of, report));
  const JsonObject log =
      JsonObject().Text("origin", report.log.origin).Add("entries", report.log.entries).Text("root", report.log.root);
  return "{\n  \"period\": " + period.Done() + ",\n  \"log\": " + log.Done() + ",\n  \"agencies\": " + agencies.Done() +
         "\n}\n";
}

std::string AgendaCsvOf(const Report& report) {
  std::string out =
      "\xef\xbb\xbfperiod,agency_ordinal,agency_code,agency_name,agency_open,agency_overdue,what,kind,entry,order_id,"
      "court_ordinal,court_code,court_name,from,due,seconds,overdue,held\n";
  const Name none;
  const auto name_of = [&](const std::map<uint32_t, Name>& names, uint32_t ordinal) -> const Name& {
    const auto at = names.find(ordinal);
    return at == names.end() ? none : at->second;
  };
  const auto yes = [](bool value) { return value ? "yes" : "no"; };
  for (const uint32_t ordinal : AgendaOrder(report)) {
    const AgencyFigures& of = report.now.agencies.at(ordinal);
    const Name& agency = name_of(report.supplement.agencies, ordinal);
    const std::string start =
        absl::StrCat(report.now.period.name, ",", ordinal, ",", CsvCell(agency.code), ",", CsvCell(agency.name), ",") +
        absl::StrCat(of.open, ",", of.overdue, ",");
    for (const OpenTask& task : of.oldest_open) {
      const Name& court = name_of(report.supplement.courts, task.court);
      absl::StrAppend(&out, start, "task,", ActionName(task.action), ",", task.order, ",", IdOf(task), ",", task.court,
                      ",", CsvCell(court.code), ",", CsvCell(court.name), ",", Rfc3339(task.accepted, report), ",");
      absl::StrAppend(&out, Rfc3339(task.due, report), ",", (report.now.as_of - task.accepted) / 1'000'000, ",",
                      yes(task.overdue), ",", yes(task.held), "\n");
    }
    for (const Absence& absence : AbsencesToExplain(of))
      absl::StrAppend(&out, start, "absence,", absence.still ? "STILL" : "OVER", ",,,,,,",
                      Rfc3339(absence.from, report), ",,", absence.seconds(), ",,\n");
    for (const StandingIncident& incident : of.standing_incidents)
      absl::StrAppend(&out, start, "incident,", IncidentName(incident.kind), ",", incident.index, ",,,,,",
                      Rfc3339(incident.arisen, report), ",", Rfc3339(incident.due, report), ",",
                      (report.now.as_of - incident.arisen) / 1'000'000, ",", yes(incident.overdue), ",\n");
  }
  return out;
}

}  // namespace eagle::scorecard
