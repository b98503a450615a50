// The agenda as a page.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/base/html.h"
#include "server/base/uuid.h"
#include "server/scorecard/agenda.h"
#include "server/scorecard/chart.h"
#include "server/scorecard/page_style.h"

namespace eagle::scorecard {
namespace {

class AgendaWriter {
 public:
  explicit AgendaWriter(const Report& report) : report_(report), now_(report.now) {}

  std::string Write() {
    const std::vector<uint32_t> agencies = AgendaOrder(report_);
    Head();
    if (agencies.empty()) out_ += "<p class=\"none\">本期无须说明的事项。 Nothing has to be explained.</p>\n";
    if (!agencies.empty()) Overview(agencies);
    uint64_t point = 0;
    for (const uint32_t agency : agencies) Point(++point, agency, now_.agencies.at(agency));
    Foot();
    return std::move(out_);
  }

 private:
  std::string At(int64_t instant) const {
    return absl::FormatTime("%Y-%m-%d %H:%M", absl::FromUnixMicros(instant), report_.zone);
  }
  // Midnight is 24:00 of the day before.
  std::string End(int64_t instant) const {
    const auto civil = report_.zone.At(absl::FromUnixMicros(instant)).cs;
    if (civil != absl::CivilSecond(absl::CivilDay(civil))) return At(instant);
    const absl::CivilDay day = absl::CivilDay(civil) - 1;
    return absl::StrFormat("%04d-%02d-%02d 24:00", day.year(), day.month(), day.day());
  }
  std::string For(int64_t since) const { return DurationText((now_.as_of - since) / 1'000'000); }

  void HeadCells(std::initializer_list<std::pair<const char*, const char*>> cells, size_t left) {
    out_ += "<table><thead><tr>";
    for (const auto& [zh, en] : cells) {
      absl::StrAppend(&out_, left > 0 ? "<th class=\"l\"><b>" : "<th><b>", zh, "</b>", en, "</th>");
      left -= left > 0;
    }
    out_ += "</tr></thead><tbody>\n";
  }
  void Data(const std::string& text, const char* style = "") {
    absl::StrAppend(&out_, *style == 0 ? "<td>" : absl::StrCat("<td class=\"", style, "\">"), HtmlText(text), "</td>");
  }

  void Head() {
    absl::StrAppend(&out_,
                    "<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                    "content=\"width=device-width\"><meta http-equiv=\"Content-Security-Policy\" "
                    "content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>联席会议议程 ",
                    now_.period.name, "</title><style>", kPageStyle, "</style></head><body>\n");
    const std::string issuer =
        report_.supplement.issuer.empty() ? "金雕查控网 Golden Eagle" : report_.supplement.issuer;
    absl::StrAppend(&out_, "<header><div><div><p class=\"issuer\">", HtmlText(issuer),
                    "</p><h1>联席会议议程<small>Agenda of the joint meeting of courts and agencies</small></h1></div>"
                    "<div class=\"when\">",
                    now_.period.name, "<small>截至 as of ", End(now_.as_of), "<br>", HtmlText(report_.zone_name),
                    "</small></div></div></header>\n");
    if (!now_.complete)
      absl::StrAppend(&out_, "<p class=\"open\">未满期，内容尚会变化：日志截至 ", At(now_.as_of),
                      " <span>Not complete: the log goes up to ", At(now_.as_of),
                      ", and this will change.</span></p>\n");
    if (now_.unreadable > 0)
      absl::StrAppend(
          &out_, "<p class=\"open\">", now_.unreadable,
          " 条日志条目无法读取，未计入 <span>entries of the log can't be read and aren't counted.</span></p>\n");
  }

  void Overview(const std::vector<uint32_t>& agencies) {
    out_ += "<h2>议题 <small>points</small></h2>\n";
    HeadCells({{"序", "no."},
               {"单位", "agency"},
               {"未结", "open"},
               {"其中逾期", "overdue"},
               {"最早受理", "oldest"},
               {"最长离线", "longest absence"},
               {"未清差异", "incidents"}},
              2);
    uint64_t point = 0;
    for (const uint32_t agency : agencies) {
      const AgencyFigures& of = now_.agencies.at(agency);
      const std::vector<Absence> absences = AbsencesToExplain(of);
      out_ += "<tr>";
      Data(std::to_string(++point), "l");
      Data(AgencyNameZh(report_, agency), "l n");
      Data(Grouped(of.open));
      Data(Grouped(of.overdue), of.overdue > 0 ? "bad" : "z");
      Data(of.oldest ? For(of.oldest->accepted) : "–");
      Data(absences.empty() ? "–" : DurationText(absences.front().seconds()));
      Data(Grouped(of.open_incidents), of.overdue_incidents > 0 ? "bad" : of.open_incidents == 0 ? "z" : "");
      out_ += "</tr>\n";
    }
    out_ += "</tbody></table>\n";
  }

  void Point(uint64_t number, uint32_t agency, const AgencyFigures& of) {
    absl::StrAppend(&out_, "<h2>", number, ". ", HtmlText(AgencyNameZh(report_, agency)), " <small>未结 open ",
                    Grouped(of.open), " · 逾期 overdue ", Grouped(of.overdue), "</small></h2>\n");
    if (!of.oldest_open.empty()) Tasks(of);
    if (!AbsencesToExplain(of).empty()) Absences(of);
    if (!of.standing_incidents.empty()) Incidents(of);
  }

  void Tasks(const AgencyFigures& of) {
    HeadCells({{"最早未结任务", "oldest open task"},
               {"事项", "action"},
               {"法院", "court"},
               {"日志条目", "entry"},
               {"受理", "accepted"},
               {"期限", "due"},
               {"历时", "age"},
               {"状态", "state"}},
              3);
    for (const OpenTask& task : of.oldest_open) {
      out_ += "<tr><td class=\"l\"><code>" + (task.order_id.empty() ? "–" : UuidText(task.order_id)) + "</code></td>";
      Data(absl::StrCat(ActionZh(task.action), " ", ActionName(task.action), task.urgent ? " 紧急 urgent" : ""), "l");
      Data(CourtNameZh(report_, task.court), "l n");
      Data(Grouped(task.order));
      Data(At(task.accepted));
      Data(End(task.due), task.overdue ? "bad" : "");
      Data(For(task.accepted));
      Data(task.held ? "停办 held" : task.overdue ? "逾期 overdue" : "未到期 in time", task.overdue ? "bad" : "");
      out_ += "</tr>\n";
    }
    out_ += "</tbody></table>\n";
    More(of.open, of.oldest_open.size());
  }
  void Absences(const AgencyFigures& of) {
    HeadCells({{"离线", "absence"}, {"恢复", "came back"}, {"时长", "for"}}, 1);
    for (const Absence& absence : AbsencesToExplain(of)) {
      out_ += "<tr>";
      Data(At(absence.from), "l");
      Data(absence.still ? "仍离线 still gone" : At(absence.until), absence.still ? "bad" : "");
      Data(DurationText(absence.seconds()));
      out_ += "</tr>\n";
    }
    out_ += "</tbody></table>\n";
  }
  void Incidents(const AgencyFigures& of) {
    HeadCells(
        {{"对账差异", "incident"}, {"对账日", "statement of"}, {"发生", "arisen"}, {"期限", "due"}, {"历时", "age"}},
        1);
    for (const StandingIncident& incident : of.standing_incidents) {
      out_ += "<tr>";
      Data(absl::StrCat(IncidentZh(incident.kind), " ", IncidentName(incident.kind), " #", incident.index), "l");
      Data(incident.day);
      Data(At(incident.arisen));
      Data(End(incident.due), incident.overdue ? "bad" : "");
      Data(For(incident.arisen));
      out_ += "</tr>\n";
    }
    out_ += "</tbody></table>\n";
    More(of.open_incidents, of.standing_incidents.size());
  }
  void More(uint64_t all, uint64_t shown) {
    if (all > shown)
      absl::StrAppend(&out_, "<p class=\"note\">另有 ", Grouped(all - shown), " 件。 And ", Grouped(all - shown),
                      " more.</p>\n");
  }

  void Foot() {
    absl::StrAppend(
        &out_, "<p class=\"note\">议题按逾期件数、最早未结任务排序；因密钥撤销或异议停办的任务标明停办，不计逾期。",
        kAbsenceNamedSeconds / 3600,
        " 小时以下的离线不列；从未接入的单位自登记起计。 Points stand by tasks overdue, then by the oldest open "
        "task. A task that stands still for a revoked key or an objection is called held, and isn't overdue. "
        "Absences under ",
        kAbsenceNamedSeconds / 3600, " h aren't shown; who never came is gone since it was registered.</p>\n");
    absl::StrAppend(&out_, "<footer>依据 from: ", HtmlText(report_.log.origin), "，前 ", Grouped(report_.log.entries),
                    " 条 the first ", Grouped(report_.log.entries), " entries, 根 root <code>", report_.log.root);
    out_ +=
        "</code><br>持有同一日志者以 <code>eagle agenda</code> 得到逐字节相同的文件。 Whoever holds the log and the "
        "supplement makes this very file, byte by byte.</footer>\n</body></html>\n";
  }

  const Report& report_;
  const PeriodFigures& now_;
  std::string out_;
};

}  // namespace

std::string AgendaPageOf(const Report& report) { return AgendaWriter(report).Write(); }

}  // namespace eagle::scorecard
