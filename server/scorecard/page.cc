#include "server/scorecard/page.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/base/html.h"
#include "server/scorecard/chart.h"
#include "server/scorecard/page_style.h"

namespace eagle::scorecard {
namespace {

constexpr const char* kMonths[12] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};

// By Span.
struct Title {
  const char *zh, *en;
};
constexpr Title kTitles[] = {{"查控考核周报", "Weekly"}, {"查控考核月报", "Monthly"}, {"查控考核年报", "Annual"}};

constexpr size_t kRowsAtEase = 24;          // more agencies than these: whole lists go behind the first sheet
constexpr size_t kOverdueOnFirstSheet = 5;  // a month of six weeks, two lines for each flag: 262 of 270 mm

class PageWriter {
 public:
  explicit PageWriter(const Report& report)
      : report_(report),
        now_(report.now),
        total_(TotalOf(report.now)),
        many_(report.now.agencies.size() > kRowsAtEase) {}

  std::string Write() {
    WriteHead();
    WriteKeys();
    if (many_) {
      // The sheet that is pinned up says who is first and last and what is most overdue; whole lists follow behind it.
      out_ += "<section class=\"sheet\">";
      WriteEdges();
      WriteCharts();
      WriteLongestOverdue();
      out_ += "</section>\n";
      annexed_ = true;
    }
    WriteRanking();
    if (!many_) WriteCharts();
    WriteOpen();
    WriteOverdue();
    WriteDuties();
    WriteCourts();
    WriteGoals();
    WriteRules();
    out_ += "</body></html>\n";
    return std::move(out_);
  }

 private:
  void Heading(std::string_view zh, std::string_view en) {
    absl::StrAppend(&out_, std::exchange(annexed_, false) ? "<h2 class=\"annex\">" : "<h2>", std::string(zh),
                    " <small>", std::string(en), "</small></h2>\n");
  }
  // `rows`: many are set smaller, with a darker line every five.
  void TableHead(size_t rows, std::string_view style = "") {
    std::string classes(style);
    if (rows > kRowsAtEase) absl::StrAppend(&classes, classes.empty() ? "" : " ", "long");
    absl::StrAppend(&out_, classes.empty() ? "<table>" : absl::StrCat("<table class=\"", classes, "\">"),
                    "<thead><tr>");
  }
  void None(std::string_view zh, std::string_view en) {
    absl::StrAppend(&out_, "<p class=\"none\">", std::string(zh), " ", std::string(en), "</p>\n");
  }
  void HeadCell(std::string_view zh, std::string_view en, bool left = false) {
    absl::StrAppend(&out_, left ? "<th class=\"l\"><b>" : "<th><b>", std::string(zh), "</b>", std::string(en), "</th>");
  }
  void Cell(std::string_view text, std::string_view style = "") {
    absl::StrAppend(&out_, style.empty() ? "<td>" : absl::StrCat("<td class=\"", std::string(style), "\">"),
                    HtmlText(text), "</td>");
  }
  // A count that is good when it is 0: then faint, else plain or, when `bad`, told loudly.
  void Count(uint64_t number, bool bad = false) { Cell(Grouped(number), number == 0 ? "z" : bad ? "bad" : ""); }
  std::string NumberOfShort(uint64_t part, uint64_t whole) const { return Grouped(part) + " / " + Grouped(whole); }

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
  std::string PeriodZh(const Period& period) const {
    if (period.span == Span::kYear) return absl::StrCat(period.first.year(), "年");
    if (period.span == Span::kMonth) return absl::StrCat(period.first.year(), "年", period.first.month(), "月");
    return absl::StrCat(period.name.substr(0, 4), "年第", std::stoi(period.name.substr(6)), "周");
  }
  std::string PeriodEn(const Period& period) const {
    if (period.span == Span::kYear) return absl::StrCat("the year ", period.first.year());
    if (period.span == Span::kMonth) return absl::StrCat(kMonths[period.first.month() - 1], " ", period.first.year());
    return absl::StrFormat("week %d of %s, %02d-%02d to %02d-%02d", std::stoi(period.name.substr(6)),
                           period.name.substr(0, 4), period.first.month(), period.first.day(), period.last.month(),
                           period.last.day());
  }

  void WriteHead() {
    const Title& title = kTitles[static_cast<size_t>(now_.period.span)];
    absl::StrAppend(&out_,
                    "<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                    "content=\"width=device-width\"><meta http-equiv=\"Content-Security-Policy\" "
                    "content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>",
                    title.zh, " ", now_.period.name, "</title><style>", kPageStyle, "</style></head><body>\n",
                    ChartPatterns());
    const std::string issuer =
        report_.supplement.issuer.empty() ? "金雕查控网 Golden Eagle" : report_.supplement.issuer;
    absl::StrAppend(&out_, "<header><div><div><p class=\"issuer\">", HtmlText(issuer), "</p><h1>", title.zh, "<small>",
                    title.en, " scorecard of agencies and courts</small></h1></div><div class=\"when\">",
                    PeriodZh(now_.period), "<small>", PeriodEn(now_.period), "<br>", HtmlText(report_.zone_name),
                    "</small></div></div></header>\n");
    if (!now_.complete)
      absl::StrAppend(&out_, "<p class=\"open\">未满期，数字尚会变化：日志截至 ", At(now_.as_of),
                      " <span>Not complete: the log goes up to ", At(now_.as_of),
                      ", and these figures will change.</span></p>\n");
    if (now_.unreadable > 0)
      absl::StrAppend(
          &out_, "<p class=\"open\">", now_.unreadable,
          " 条日志条目无法读取，未计入 <span>entries of the log can't be read and aren't counted.</span></p>\n");
  }

  void Key(std::string_view zh, std::string_view en, const std::string& value, const std::string& before) {
    absl::StrAppend(&out_, "<div><b>", value, "</b><em>", std::string(zh), " <i>", std::string(en),
                    "</i></em><span>上期 ", before, "</span></div>");
  }
  void WriteKeys() {
    const AgencyFigures before = TotalOf(report_.before);
    // Nothing is known of a period before the log.
    const bool known = report_.before.as_of > report_.before.period.start && !report_.before.agencies.empty();
    const auto then = [&](const std::string& text) { return known ? text : std::string("–"); };
    out_ += "<section class=\"keys\">";
    Key("收到任务", "received", Grouped(total_.received), then(Grouped(before.received)));
    Key("已反馈", "answered", Grouped(total_.answered), then(Grouped(before.answered)));
    Key("按期率", "on time", PercentText(total_.punctual()), then(PercentText(before.punctual())));
    Key("五分钟内", "in 5 min", PercentText(total_.quick()), then(PercentText(before.quick())));
    Key("中位用时", "median", DurationText(total_.times.Quantile(500)), then(DurationText(before.times.Quantile(500))));
    Key("期末逾期", "overdue", Grouped(total_.overdue), then(Grouped(before.overdue)));
    absl::StrAppend(&out_, "</section>\n<p class=\"note\">上期 the period before: ", PeriodZh(report_.before.period),
                    " ", report_.before.period.name, "</p>\n");
  }

  void WriteFlag(const RankRow& row) {
    std::string text;
    if (row.twice)
      text = "<span class=\"twice\">▼▼ 连续两期后列，约谈 twice</span>";
    else if (row.bottom)
      text = "<span class=\"down\">▼ 说明情况 explain</span>";
    else if (row.top)
      text = "▲ 经验交流 report";
    absl::StrAppend(&out_, "<td class=\"flag\">", text, "</td>");
  }
  void WriteRankHead(size_t rows) {
    TableHead(rows);
    HeadCell("名次", "rank", true);
    HeadCell("单位", "agency", true);
    HeadCell("按期", "on time", true);
    HeadCell("按期率", "share");
    HeadCell("应办", "judged");
    HeadCell("逾期", "missed");
    HeadCell("中位", "p50");
    HeadCell("95%", "p95");
    HeadCell("5 分钟", "in 5 min");
    HeadCell("期末逾期", "overdue");
    HeadCell("", "", true);
    out_ += "</tr></thead><tbody>\n";
  }
  void WriteRankCells(const AgencyFigures& of) {
    absl::StrAppend(&out_, "<td class=\"l\">", ShareBar(of.punctual()), "</td>");
    Cell(PercentText(of.punctual()));
    Count(of.judged());
    Count(of.missed, true);
    Cell(DurationText(of.times.Quantile(500)));
    Cell(DurationText(of.times.Quantile(950)));
    Cell(PercentText(of.quick()));
    Count(of.overdue, true);
  }
  void WriteRankRow(const RankRow& row, bool edge) {
    out_ += edge ? "<tr class=\"edge\">" : "<tr>";
    Cell(std::to_string(row.rank), "rank");
    Cell(AgencyNameZh(report_, row.agency), "l n");
    WriteRankCells(now_.agencies.at(row.agency));
    WriteFlag(row);
    out_ += "</tr>\n";
  }
  // The first and the last alone, with how many there are between them.
  void WriteEdges() {
    Heading("先进与后列", "first and last of the ranking");
    WriteRankHead(0);
    size_t between = 0;
    for (const RankRow& row : report_.ranking) between += row.top || row.bottom ? 0 : 1;
    bool told = false;
    for (const RankRow& row : report_.ranking) {
      if (row.top || row.bottom) {
        WriteRankRow(row, false);
      } else if (!std::exchange(told, true)) {
        absl::StrAppend(&out_, "<tr class=\"gap\"><td class=\"rank\">⋮</td><td class=\"l\" colspan=\"10\">其间 ",
                        between, " 家，见后附全表 ", between, " between them, in the whole list behind</td></tr>\n");
      }
    }
    out_ += "<tr class=\"sum\"><td></td><td class=\"l\">合计 all</td>";
    WriteRankCells(total_);
    out_ += "<td></td></tr></tbody></table>\n";
  }
  void WriteRanking() {
    Heading("协助单位排名", "ranking of agencies");
    WriteRankHead(report_.ranking.size());
    for (size_t i = 0; i < report_.ranking.size(); ++i) {
      const RankRow& row = report_.ranking[i];
      const bool edge = i + 1 < report_.ranking.size() &&
                        (row.top != report_.ranking[i + 1].top || row.bottom != report_.ranking[i + 1].bottom);
      WriteRankRow(row, edge);
    }
    uint64_t unranked = 0;
    for (const auto& [ordinal, of] : now_.agencies) {
      const bool ranked = std::any_of(report_.ranking.begin(), report_.ranking.end(),
                                      [&, agency = ordinal](const RankRow& row) { return row.agency == agency; });
      if (ranked) continue;
      ++unranked;
      if (of.judged() == 0 && of.open == 0) continue;
      out_ += "<tr>";
      Cell("–", "rank");
      Cell(AgencyNameZh(report_, ordinal), "l n");
      WriteRankCells(of);
      out_ += "<td class=\"flag\"></td></tr>\n";
    }
    out_ += "<tr class=\"sum\"><td></td><td class=\"l\">合计 all</td>";
    WriteRankCells(total_);
    absl::StrAppend(&out_, "<td></td></tr></tbody></table>\n<p class=\"note\">应办任务不足 ",
                    report_.supplement.ranking.least_judged, " 件不排名：", unranked,
                    " 家，其中无应办、无未结任务的不列。 Agencies with fewer than ",
                    report_.supplement.ranking.least_judged, " judged tasks aren't ranked: ", unranked,
                    "; of them those with nothing to show aren't listed.</p>\n");
  }

  void WriteCharts() {
    Heading("用时与日程", "answer times and days");
    out_ +=
        "<div class=\"two\"><div><h3>反馈用时 <small>time from acceptance to answer, number of answers</small></h3>";
    out_ += BandChart(total_.times);
    out_ +=
        "<p class=\"note\">下行为累计占比；虚线为五分钟。 Below: share that had come by then; the line is at 5 min."
        "</p></div>";
    if (now_.period.span == Span::kYear) {
      out_ += "<div><h3>每月任务 <small>tasks by month: received; 逾 fell due unanswered</small></h3>";
      out_ += MonthChart(now_);
    } else {
      out_ += "<div><h3>每日任务 <small>tasks by day: received; 逾 fell due unanswered</small></h3>";
      out_ += DayCalendar(now_);
    }
    out_ += "</div></div>\n";
  }

  void WriteTask(const OpenTask& task) {
    out_ += "<tr>";
    Cell(AgencyNameZh(report_, task.agency), "l n");
    Cell(Grouped(task.order));
    Cell(ActionZh(task.action) + " " + ActionName(task.action), "l w");
    Cell(task.urgent ? "紧急 urgent" : "普通 normal", "l w");
    Cell(CourtNameZh(report_, task.court), "l n");
    Cell(At(task.accepted));
    Cell(End(task.due), task.overdue ? "bad" : "");
    const std::string over = task.held      ? "停办 held"
                             : task.overdue ? DurationText((now_.as_of - task.due) / 1'000'000)
                                            : "–";
    Cell(over);
    out_ += "</tr>\n";
  }
  void WriteTaskHead() {
    TableHead(kRowsAtEase + 1);  // eight columns: small, however few they are
    HeadCell("单位", "agency", true);
    HeadCell("日志条目", "order");
    HeadCell("事项", "action", true);
    HeadCell("紧急", "urgency", true);
    HeadCell("法院", "court", true);
    HeadCell("受理", "accepted");
    HeadCell("期限", "due");
    HeadCell("已逾", "overdue for");
    out_ += "</tr></thead><tbody>\n";
  }
  void WriteOpen() {
    Heading("联席会议议程：各单位最早未结任务", "agenda of the joint meeting: the oldest open task of each agency");
    std::vector<const OpenTask*> oldest;
    for (const auto& [ordinal, of] : now_.agencies) {
      if (of.oldest) oldest.push_back(&*of.oldest);
    }
    std::sort(oldest.begin(), oldest.end(), [](const OpenTask* a, const OpenTask* b) {
      return std::tie(a->order, a->agency) < std::tie(b->order, b->agency);
    });
    if (oldest.empty()) return None("期末无未结任务。", "Nothing was open at the end.");
    WriteTaskHead();
    for (const OpenTask* task : oldest) WriteTask(*task);
    out_ += "</tbody></table>\n";
  }
  void WriteOverdue() {
    Heading("期末逾期任务", "overdue at the end");
    WriteFirstOverdue(kOverdueOnPage);
  }
  void WriteLongestOverdue() {
    Heading("逾期最久", "overdue for the longest");
    WriteFirstOverdue(kOverdueOnFirstSheet);
  }
  void WriteFirstOverdue(size_t most) {
    if (now_.overdue.empty()) return None("无。", "None.");
    WriteTaskHead();
    const size_t shown = std::min(now_.overdue.size(), most);
    for (size_t i = 0; i < shown; ++i) WriteTask(now_.overdue[i]);
    out_ += "</tbody></table>\n";
    if (total_.overdue > shown)
      absl::StrAppend(&out_, "<p class=\"note\">另有 ", Grouped(total_.overdue - shown), " 件。 And ",
                      Grouped(total_.overdue - shown), " more.</p>\n");
  }

  void WriteDuties() {
    Heading("办理质量与在线", "quality and presence of agencies");
    TableHead(now_.agencies.size(), "wide");
    HeadCell("单位", "agency", true);
    HeadCell("回退", "returned");
    HeadCell("更正", "corrected");
    HeadCell("冲突", "conflicts");
    HeadCell("异议·成立", "objections, upheld");
    HeadCell("对账日·缺", "days stated, missing");
    HeadCell("差异", "differ");
    HeadCell("事件未清·逾", "incidents open, overdue");
    HeadCell("冻结未复·逾", "freezes open, overdue");
    HeadCell("解冻未复·逾", "releases open, overdue");
    HeadCell("离线", "absences");
    HeadCell("在线率", "coverage");
    out_ += "</tr></thead><tbody>\n";
    for (const auto& [ordinal, of] : now_.agencies) {
      out_ += "<tr>";
      Cell(AgencyNameZh(report_, ordinal), "l n");
      WriteDutyCells(of);
      out_ += "</tr>\n";
    }
    out_ += "<tr class=\"sum\"><td class=\"l\">合计 all</td>";
    WriteDutyCells(total_);
    out_ += "</tr></tbody></table>\n";
  }
  void Pair(uint64_t first, uint64_t second, bool bad) {
    if (first == 0 && second == 0) return Cell("–", "z");
    Cell(NumberOfShort(first, second), second > 0 && bad ? "bad" : "");
  }
  void WriteDutyCells(const AgencyFigures& of) {
    Count(of.returned);
    Count(of.corrections);
    Count(of.conflicts, true);
    Pair(of.objections, of.upheld, false);
    Pair(of.statements, of.statements_missing, true);
    Count(of.differences, true);
    Pair(of.open_incidents, of.overdue_incidents, true);
    Pair(of.open_freezes, of.overdue_freezes, true);
    Pair(of.open_releases, of.overdue_releases, true);
    Count(of.absences);
    Cell(PercentText(of.coverage()));
  }

  void WriteCourts() {
    Heading("法院", "courts");
    TableHead(now_.courts.size(), "wide");
    HeadCell("法院", "court", true);
    HeadCell("立案", "cases");
    HeadCell("命令", "orders");
    HeadCell("紧急率", "urgent");
    HeadCell("被拒", "refused");
    HeadCell("撤回", "withdrawn");
    HeadCell("任务", "tasks");
    HeadCell("按期率", "on time");
    HeadCell("期末逾期", "overdue");
    HeadCell("异议·逾期答复", "objections, late");
    HeadCell("未答·逾", "unanswered, overdue");
    HeadCell("超标未解·逾", "surplus open, overdue");
    HeadCell("结案·终本", "closed, no assets");
    out_ += "</tr></thead><tbody>\n";
    for (const auto& [ordinal, of] : now_.courts) {
      out_ += "<tr>";
      Cell(CourtNameZh(report_, ordinal), "l n");
      Count(of.cases_opened);
      Count(of.orders);
      Cell(PercentText(of.urgency()));
      Count(of.refused);
      Count(of.withdrawn);
      Count(of.tasks);
      Cell(PercentText(of.punctual()));
      Count(of.overdue, true);
      Pair(of.objections, of.objections_late, true);
      Pair(of.open_objections, of.overdue_objections, true);
      Pair(of.open_surpluses, of.overdue_surpluses, true);
      Pair(of.cases_closed, of.closed_no_assets, false);
      out_ += "</tr>\n";
    }
    out_ += "</tbody></table>\n";
  }

  void WriteGoals() {
    Heading("三个90%、一个80%", "three goals of 90 % and one of 80 %");
    TableHead(now_.courts.size(), "goals");
    HeadCell("法院", "court", true);
    for (const Goal& goal : kGoals)
      HeadCell(absl::StrCat(std::string(goal.zh), " ≥ ", goal.points / 100, "%"), goal.en);
    out_ += "</tr></thead><tbody>\n";
    for (const auto& [ordinal, figures] : now_.courts) {
      out_ += "<tr>";
      Cell(CourtNameZh(report_, ordinal), "l n");
      const auto filled = report_.supplement.goals.find(ordinal);
      for (const Goal& goal : kGoals) {
        if (filled == report_.supplement.goals.end() || !filled->second.contains(goal.key)) {
          Cell("未填 absent", "z");
          continue;
        }
        const Share& share = filled->second.find(goal.key)->second;
        const auto points = share.points();
        const bool missed = points && *points < goal.points;
        Cell(absl::StrCat(missed ? "▼ " : "", PercentText(share), " (", NumberOfShort(share.part, share.whole), ")"),
             missed ? "bad" : "");
      }
      out_ += "</tr>\n";
    }
    out_ +=
        "</tbody></table>\n<p class=\"note\">由法院填报，日志不含结案质量。 Filled in by the courts: the log doesn't "
        "tell how cases ended. ";
    absl::StrAppend(&out_, std::string(kGoals[0].source_zh), "; ", std::string(kGoals[0].source_en), ".</p>\n");
  }

  void WriteRules() {
    Heading("口径与核对", "how it was counted, and how to check it");
    const RankingRules& rules = report_.supplement.ranking;
    out_ += "<ul class=\"rules\">";
    Rule(
        "一件任务＝一份命令在一个单位；自受理起算，反馈或到期（先到者）时评定一次：到期前反馈为按期，否则为逾期。零点计"
        "为前一日24:00。",
        "A task is one order at one agency. It runs from acceptance and is judged once, when answered or due, "
        "whichever "
        "comes first. Midnight is 24:00 of the day before.");
    Rule("签署密钥被撤销或异议未决而停办的任务，到期未复不计逾期。",
         "A task that stood still for a revoked key or an objection is not held against the agency.");
    Rule(absl::StrCat("排名：按期率、95%用时、件数、登记次序；前", rules.top, "名、后", rules.bottom,
                      "名均不超过半数，无逾期者不列后。"),
         absl::StrCat("Rank: share on time, then p95, then number, then order of registration; first ", rules.top,
                      ", last ", rules.bottom, ", neither more than half; who missed nothing isn't last."));
    Rule("百分比截尾，100%即全部；256秒以上的用时最多多计0.8%。",
         "Percentages are cut: 100% means all. Times above 255 s are told at most 0.8 % too long.");
    Rule("在线率：自接入至日志记其离线，占登记时间之比。",
         "Coverage: from an adapter's greeting to the entry that says it is gone, of the time registered.");
    Rule(
        "日志公开部分不含：反馈是否部分完成、查得何物、金额、名称。名称由填报文件提供。",
        "The public log doesn't tell: partial answers, what was found, amounts, names. Names are from the supplement.");
    absl::StrAppend(
        &out_, "</ul>\n<footer>依据 from: ", HtmlText(report_.log.origin), "，前 ", Grouped(report_.log.entries),
        " 条 the first ", Grouped(report_.log.entries), " entries, 根 root <code>", report_.log.root,
        "</code><br>持有同一日志者以 <code>eagle scorecard</code> 得到逐字节相同的文件。 Whoever holds the log and "
        "the supplement makes this very file, byte by byte.</footer>\n");
  }
  void Rule(std::string_view zh, std::string_view en) {
    absl::StrAppend(&out_, "<li>", std::string(zh), " <i>", std::string(en), "</i></li>");
  }

  const Report& report_;
  const PeriodFigures& now_;
  const AgencyFigures total_;
  const bool many_;
  bool annexed_ = false;  // the next heading begins what is behind the first sheet
  std::string out_;
};

}  // namespace

std::string PageOf(const Report& report) { return PageWriter(report).Write(); }

}  // namespace eagle::scorecard
