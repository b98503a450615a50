#include "client/audit/suggestion.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/common/time_words.h"
#include "client/common/width.h"
#include "server/base/bytes.h"
#include "server/base/html.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr char kBlank[] = "＿＿＿＿＿＿";

bool Has(const std::vector<uint32_t>& ordinals, uint32_t ordinal) {
  return std::find(ordinals.begin(), ordinals.end(), ordinal) != ordinals.end();
}

// The facts, in the order in which they happened.
class FactWriter {
 public:
  FactWriter(const EvidenceReport& report, const absl::TimeZone& zone)
      : report_(report), silent_(*report.silent), zone_(zone) {}

  std::vector<Words> Write() {
    Ordered();
    Delivered();
    Stood();
    Objected();
    FellDue();
    Since();
    return std::move(facts_);
  }

 private:
  std::string Zh(absl::Time time) const { return client::TimeTextZh(time, zone_); }
  std::string En(absl::Time time) const { return client::TimeText(time, zone_); }
  static std::string EntryZh(uint64_t index) { return absl::StrCat("（日志条目", index, "）"); }
  static std::string EntryEn(uint64_t index) { return absl::StrCat(" (entry ", index, ")"); }
  void Fact(std::string zh, std::string en) { facts_.push_back({std::move(zh), std::move(en)}); }

  void Ordered() {
    const Words act = ActOf(report_.order);
    const std::string id = UuidText(report_.order.order_id());
    Fact(absl::StrCat("本院签署的协助执行命令（编号", id, "，被执行人", report_.order.subject().name(), "，事项：",
                      act.zh, "）于") +
             absl::StrCat(Zh(report_.accepted_at), "受理", EntryZh(report_.order_index), "，命令内容的SHA-256摘要为",
                          HexEncode(report_.order_digest), "。"),
         absl::StrCat("The order that this court signed (", id, ", respondent ", report_.order.subject().name(), ": ",
                      act.en, ") was accepted on ") +
             absl::StrCat(En(report_.accepted_at), EntryEn(report_.order_index),
                          "; SHA-256 of its content: ", HexEncode(report_.order_digest), "."));
  }

  void Delivered() {
    size_t times = 0;
    for (const DeliverySeen& delivery : report_.deliveries) {
      if (delivery.agency != silent_.agency.ordinal) continue;
      ++times;
      Fact(absl::StrCat("命令于", Zh(delivery.time), "送达该单位的系统", EntryZh(delivery.index), "。"),
           absl::StrCat("It was handed out to the agency's system on ", En(delivery.time), EntryEn(delivery.index),
                        "."));
    }
    if (times == 0)
      Fact("所附证据中没有命令送达该单位系统的记录；命令自受理之日起可由该单位的系统领取，期限自受理起算。",
           "The evidence holds no hand-out to the agency's system; the order could be fetched from its acceptance on, "
           "from which its time runs.");
  }

  // While it stood still nobody handed it out: that time is told.
  void Stood() {
    for (const PauseSeen& pause : report_.pauses) {
      if (!Has(pause.agencies, silent_.agency.ordinal)) continue;
      for (const ResumptionSeen& resumption : report_.resumptions) {
        if (pause.resumed == resumption.index)
          Fact(absl::StrCat("因签署人密钥被撤销，命令自", Zh(pause.time), EntryZh(pause.index), "至",
                            Zh(resumption.time), EntryZh(resumption.index)) +
                   "暂停向该单位送达，其后以相同内容重新签署并恢复。",
               absl::StrCat("A key that signed it was revoked: from ", En(pause.time), EntryEn(pause.index), " to ",
                            En(resumption.time), EntryEn(resumption.index)) +
                   " it wasn't handed out to the agency; then the very same order was signed anew.");
      }
    }
  }

  void Objected() {
    bool any = false;
    for (const ObjectionWordSeen& word : report_.objections) {
      if (word.agency != silent_.agency.ordinal || word.type != ENTRY_TYPE_OBJECTION_RAISED) continue;
      any = true;
      const bool open = std::find(report_.open_objections.begin(), report_.open_objections.end(), word.index) !=
                        report_.open_objections.end();
      Fact(absl::StrCat("该单位于", Zh(word.time), "对该命令提出书面异议", EntryZh(word.index),
                        open ? "，至检查点尚未终结。" : "，至检查点已终结。"),
           absl::StrCat("The agency objected to it in writing on ", En(word.time), EntryEn(word.index),
                        open ? "; the objection is open at the checkpoint." : "; it is closed at the checkpoint."));
    }
    if (!any) Fact("所附证据中没有该单位对该命令的书面异议。", "The evidence holds no objection of the agency to it.");
  }

  void FellDue() {
    Fact(absl::StrCat("该单位应于", client::EndTextZh(report_.due, zone_), "前反馈（规则表第", report_.policy_version,
                      "版，", report_.deadline_row) +
             "）。",
         absl::StrCat("The agency was to answer by ", client::EndText(report_.due, zone_), " (policy version ",
                      report_.policy_version, ", row ", report_.deadline_row) +
             ").");
    Fact(absl::StrCat("日志于", Zh(silent_.overdue.time), "记载该单位逾期未反馈", EntryZh(silent_.overdue.index), "。"),
         absl::StrCat("On ", En(silent_.overdue.time), " the log recorded that the agency was overdue",
                      EntryEn(silent_.overdue.index), "."));
    for (const MarkSeen& mark : report_.marks) {
      if (mark.index <= silent_.overdue.index || !Has(mark.open, silent_.agency.ordinal)) continue;
      Fact(absl::StrCat("于", Zh(mark.time), "（期限的", mark.permille / 10, "%）日志记载该单位仍未反馈",
                        EntryZh(mark.index)) +
               "。",
           absl::StrCat("On ", En(mark.time), " (", mark.permille / 10,
                        " % of the time) it recorded that the agency had ") +
               absl::StrCat("still not answered", EntryEn(mark.index), "."));
    }
  }

  void Since() {
    const Words how = WordsOf(report_.run, true);
    if (report_.run == Run::kSinceAcceptance || report_.run == Run::kSinceMark) {
      Fact(absl::StrCat("日志条目", report_.run_first, "至", report_.size - 1,
                        "（截至检查点）逐条在案，其中没有该单位就该命令的任何反馈。"),
           absl::StrCat("Entries ", report_.run_first, " to ", report_.size - 1,
                        ", up to the checkpoint, are all there, and none is an answer of the agency to this order."));
    }
    Fact(absl::StrCat("证明方式：", how.zh, "。"), absl::StrCat("Shown how: ", how.en, "."));
  }

  const EvidenceReport& report_;
  const SilenceSeen& silent_;
  const absl::TimeZone& zone_;
  std::vector<Words> facts_;
};

std::string BasisText(const BasisRow& row) {
  return absl::StrCat("《", row.law, "》", row.number.empty() ? "" : "（" + row.number + "）", row.article);
}

constexpr char kDraftTestZh[] = "测试环境：没有法律效力", kDraftTestEn[] = "Test environment: of no legal effect";
constexpr char kSuggestionStyle[] =
    "body{font:12pt/1.7 'Noto Serif CJK SC','Songti SC',SimSun,serif;margin:2em auto;max-width:46em;color:#111}"
    "h1{font-size:1.7em;text-align:center;letter-spacing:.3em}h1 small{display:block;font-size:.5em;letter-spacing:0}"
    "h2{font-size:1.05em;margin:1.3em 0 .3em}p{margin:.3em 0}p.en,li .en{color:#555;font-size:.86em;line-height:1.45}"
    "p.draft{border:2px solid #960;padding:.4em .8em}p.test{border:2px solid #a00;color:#a00;padding:.4em .8em}"
    "li{margin:.5em 0;overflow-wrap:anywhere}.sign{text-align:right;margin-top:2.5em}"
    "footer{border-top:1px solid #999;margin-top:2em;padding-top:.5em;font-size:.8em;color:#444;overflow-wrap:anywhere}"
    "@page{size:A4;margin:22mm}@media print{body{margin:0}li{break-inside:avoid}}";

}  // namespace

absl::StatusOr<Suggestion> SuggestionOf(const EvidenceReport& report, const std::vector<BasisRow>& basis,
                                        const absl::TimeZone& zone) {
  if (!report.silence || !report.silent) return Fail(Reason::kFieldInvalid, "this evidence isn't of silence");
  if (Has(report.paused, report.silent->agency.ordinal))
    return Fail(Reason::kNotSilent,
                "the order stands still at this agency: a key that signed it was revoked, so nobody handed it out");
  Suggestion draft;
  draft.test = report.environment != ENVIRONMENT_PRODUCTION;
  draft.title = {"司法建议书", "Judicial suggestion"};
  draft.notice = {"草稿：事实均出自所附未反馈证明，空白处及法律依据由法院核定；未经签发不得使用。",
                  "Draft: all facts are from the proof of silence beside it; blanks and legal basis are the court's to "
                  "settle. Not to be used before it is issued."};
  draft.court = report.court_name, draft.court_code = report.order.court();
  draft.case_number = report.order.case_number();
  draft.agency = report.silent->agency.name, draft.agency_code = report.silent->agency.code;
  draft.facts = FactWriter(report, zone).Write();
  draft.basis = basis;
  draft.asks = {
      {absl::StrCat("请督促该单位立即办理并反馈上述命令。"),
       "Have the agency carry out and answer the order above at once."},
      {absl::StrCat("处理建议：", kBlank, "（由法院填写）"), absl::StrCat("Suggested: ", kBlank, " (by the court)")},
      {absl::StrCat("请于", kBlank, "前将处理结果函告本院，联系人：", kBlank),
       absl::StrCat("Inform this court of what was done by ", kBlank, "; contact: ", kBlank)}};
  const bool to_checkpoint = report.run == Run::kSinceAcceptance || report.run == Run::kSinceMark;
  const absl::Time last = report.silent->last_still_open.time;
  draft.until = to_checkpoint ? Words{"截至日志检查点", "up to the checkpoint of the log"}
                              : Words{absl::StrCat("截至", client::TimeTextZh(last, zone)),
                                      absl::StrCat("up to ", client::TimeText(last, zone))};
  draft.origin = report.origin, draft.root = HexEncode(report.root), draft.size = report.size;
  return draft;
}

std::string TextOf(const Suggestion& draft) {
  std::string out;
  const auto line = [&](const std::string& text) { absl::StrAppend(&out, client::ForTerminal(text), "\n"); };
  if (draft.test) line(absl::StrCat(kDraftTestZh, " ", kDraftTestEn));
  line(draft.notice.zh), line(draft.notice.en);
  out += "\n";
  line(absl::StrCat(draft.court, "　", draft.title.zh, "　", draft.title.en));
  line(absl::StrCat("文号 number: ", kBlank));
  line(absl::StrCat("致 to: ", kBlank));
  out += "\n";
  line(absl::StrCat("本院在办理", draft.case_number, "案件中，发现", draft.agency, "（", draft.agency_code, "）") +
       draft.until.zh + "未反馈协助执行命令，事实如下：");
  line(absl::StrCat("In case ", draft.case_number, " the agency ", draft.agency, " (", draft.agency_code, ") ") +
       "had not answered an order " + draft.until.en + ". The facts:");
  for (size_t i = 0; i < draft.facts.size(); ++i) {
    line(absl::StrCat(i + 1, ". ", draft.facts[i].zh));
    line(absl::StrCat("   ", draft.facts[i].en));
  }
  out += "\n";
  line("法律依据 legal basis:");
  if (draft.basis.empty()) line(absl::StrCat(kBlank, "（由法院填写 by the court）"));
  for (const BasisRow& row : draft.basis) {
    line(absl::StrCat("- ", BasisText(row), row.says.zh.empty() ? "" : "：" + row.says.zh));
    if (!row.says.en.empty()) line(absl::StrCat("  ", row.says.en));
    line(absl::StrCat("  出处 source: ", row.source));
  }
  out += "\n";
  line("建议 suggested:");
  for (const Words& ask : draft.asks) line(absl::StrCat("- ", ask.zh)), line(absl::StrCat("  ", ask.en));
  out += "\n";
  line(absl::StrCat(draft.court, "（", draft.court_code, "）　签发 issued by: ", kBlank, "　日期 date: ", kBlank));
  line(absl::StrCat("附：未反馈证明 enclosed: proof of silence; ", draft.origin, ", 检查点 checkpoint ", draft.size,
                    ", root ") +
       draft.root);
  return out;
}

std::string HtmlOf(const Suggestion& draft) {
  const auto paragraph = [](const std::string& zh, const std::string& en) {
    return absl::StrCat("<p>", HtmlText(zh), "</p>\n<p class=\"en\">", HtmlText(en), "</p>\n");
  };
  const auto item = [](const std::string& zh, const std::string& en) {
    return absl::StrCat("<li>", HtmlText(zh), "<br><span class=\"en\">", HtmlText(en), "</span></li>\n");
  };
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta "
      "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>";
  absl::StrAppend(&out, HtmlText(Both(draft.title)), "</title><style>", kSuggestionStyle, "</style></head><body>\n");
  if (draft.test) absl::StrAppend(&out, "<p class=\"test\">", kDraftTestZh, "<br>", kDraftTestEn, "</p>\n");
  absl::StrAppend(&out, "<p class=\"draft\">", HtmlText(draft.notice.zh), "<br>", HtmlText(draft.notice.en), "</p>\n");
  absl::StrAppend(&out, "<p style=\"text-align:center\">", HtmlText(draft.court), "</p>\n<h1>",
                  HtmlText(draft.title.zh), "<small>", HtmlText(draft.title.en), "</small></h1>\n");
  absl::StrAppend(&out, "<p>文号 number: ", kBlank, "</p>\n<p>致 to: ", kBlank, "</p>\n");
  out +=
      paragraph(absl::StrCat("本院在办理", draft.case_number, "案件中，发现", draft.agency, "（", draft.agency_code) +
                    "）" + draft.until.zh + "未反馈协助执行命令，事实如下：",
                absl::StrCat("In case ", draft.case_number, " the agency ", draft.agency, " (", draft.agency_code) +
                    ") had not answered an order " + draft.until.en + ". The facts:");
  out += "<ol>\n";
  for (const Words& fact : draft.facts) out += item(fact.zh, fact.en);
  out += "</ol>\n<h2>法律依据 Legal basis</h2>\n<ul>\n";
  if (draft.basis.empty()) out += item(absl::StrCat(kBlank, "（由法院填写）"), "to be filled in by the court");
  for (const BasisRow& row : draft.basis)
    out += item(absl::StrCat(BasisText(row), row.says.zh.empty() ? "" : "：" + row.says.zh),
                absl::StrCat(row.says.en, row.says.en.empty() ? "" : " ", "出处 source: ", row.source));
  out += "</ul>\n<h2>建议 Suggested</h2>\n<ol>\n";
  for (const Words& ask : draft.asks) out += item(ask.zh, ask.en);
  absl::StrAppend(&out, "</ol>\n<p class=\"sign\">", HtmlText(draft.court), "（", HtmlText(draft.court_code),
                  "）<br>签发 issued by: ", kBlank, "<br>日期 date: ", kBlank, "</p>\n");
  absl::StrAppend(&out, "<footer>附：未反馈证明 enclosed: the proof of silence; ", HtmlText(draft.origin),
                  ", 检查点 checkpoint ", draft.size, ", root ");
  return out + draft.root + "</footer>\n</body></html>\n";
}

}  // namespace eagle::audit
