// The certificate of a complete search as a page.
#include "absl/strings/str_cat.h"
#include "client/audit/code_words.h"
#include "client/common/time_words.h"
#include "client/lib/completeness.h"
#include "server/base/bytes.h"
#include "server/base/html.h"
#include "server/base/uuid.h"

namespace eagle::client {
namespace {

constexpr char kCertificateStyle[] =
    "body{font:10.5pt/1.5 'Noto Serif CJK SC','Songti SC',SimSun,serif;margin:2em auto;max-width:62em;color:#111}"
    "h1{font-size:1.5em}h1 small{display:block;font-size:.55em;color:#444}h2{font-size:1.1em;margin:1.4em 0 .3em}"
    "p.yes{border:2px solid #161;padding:.5em 1em}p.no{border:2px solid #960;padding:.5em 1em}"
    "p.test{border:2px solid #a00;color:#a00;padding:.5em 1em}"
    "table{border-collapse:collapse;width:100%}th{text-align:left;font-weight:400;color:#444;font-size:.86em}"
    "td,th{border-top:1px solid #bbb;padding:.25em .5em;vertical-align:top;overflow-wrap:anywhere}"
    "td.no{font-weight:700}p.note{color:#444;font-size:.86em}code{font-size:.82em;overflow-wrap:anywhere}"
    "@page{size:A4;margin:15mm}@media print{body{margin:0}tr{break-inside:avoid}}";

class CertificateWriter {
 public:
  CertificateWriter(const Completeness& found, const absl::TimeZone& zone) : found_(found), zone_(zone) {}

  std::string Write() {
    Head();
    Checks();
    for (size_t who = 0; who < found_.facts.respondents.size(); ++who) Respondent(who);
    Evidence();
    Foot();
    return std::move(out_);
  }

 private:
  std::string At(absl::Time time) const { return TimeTextZh(time, zone_); }
  void Data(const std::string& text, bool bad = false) {
    absl::StrAppend(&out_, bad ? "<td class=\"no\">" : "<td>", HtmlText(text), "</td>");
  }
  void HeadRow(std::initializer_list<const char*> cells) {
    out_ += "<table>\n<tr>";
    for (const char* cell : cells) absl::StrAppend(&out_, "<th>", cell, "</th>");
    out_ += "</tr>\n";
  }

  void Head() {
    const CaseSearched& facts = found_.facts;
    absl::StrAppend(&out_,
                    "<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta "
                    "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
                    "<title>网络查控完整性证明 ",
                    HtmlText(facts.case_number), "</title><style>", kCertificateStyle, "</style></head><body>\n");
    out_ += "<h1>网络查控完整性证明<small>Certificate of a complete network search</small></h1>\n";
    if (facts.test) out_ += "<p class=\"test\">测试环境：没有法律效力<br>Test environment: of no legal effect</p>\n";
    absl::StrAppend(&out_, "<p>", HtmlText(facts.court), "　", HtmlText(facts.case_number), "　", HtmlText(facts.title),
                    "<br>截至 as of ", At(facts.as_of), "，", facts.months, "个月内（自");
    absl::StrAppend(&out_, At(found_.since), "起） of the last ", facts.months, " months</p>\n");
    out_ += found_.complete() ? "<p class=\"yes\">完整：全部接入登记机构均已查询并反馈（查到或未查到）<br>Complete: "
                                "every connected register "
                                "was asked about every respondent, and answered</p>\n"
                              : "<p class=\"no\">不完整：见下表<br>Not complete: see below</p>\n";
    if (found_.unkept_kinds.empty()) return;
    out_ += "<p class=\"note\">无登记机构接入的财产种类 asset kinds for which no register is connected: ";
    std::string kinds;
    for (const std::string& kind : found_.unkept_kinds)
      absl::StrAppend(&kinds, kinds.empty() ? "" : ", ", audit::CodeText(kind));
    absl::StrAppend(&out_, HtmlText(kinds), "</p>\n");
  }

  void Checks() {
    out_ += "<h2>终本核查对照 Against the closing check</h2>\n";
    HeadRow({"事项 check", "结果 is", "说明 why"});
    for (const ClosingCheck& check : found_.checks) {
      out_ += "<tr>";
      Data(check.zh + " " + check.en);
      Data(check.is == ClosingCheck::Is::kMet      ? "已完成 met"
           : check.is == ClosingCheck::Is::kNotMet ? "未完成 not met"
                                                   : "日志不含，由法院核查 not in the log: the court checks it",
           check.is == ClosingCheck::Is::kNotMet);
      Data(check.is == ClosingCheck::Is::kNotTold ? "" : check.why);
      out_ += "</tr>\n";
    }
    out_ += "</table>\n";
  }

  void Respondent(size_t who) {
    absl::StrAppend(&out_, "<h2>", HtmlText(found_.facts.respondents[who]), "</h2>\n");
    HeadRow({"登记机构 register", "结果 result", "查询 asked", "反馈 answered", "日志条目 entries",
             "范围、说明 scope, note"});
    for (const RegisterSearched& row : found_.rows) {
      if (row.respondent != who) continue;
      const bool asked = row.searched != Searched::kNotAsked;
      const bool done = row.searched == Searched::kFound || row.searched == Searched::kNil;
      out_ += "<tr>";
      Data(absl::StrCat(row.name, " (", row.agency, "), ", audit::CodeText(row.kind)));
      Data(NameZhOf(row.searched) + " " + NameOf(row.searched), !done);
      Data(asked ? At(row.accepted_at) : "–");
      Data(row.answered_at ? At(*row.answered_at) : "–");
      Data(absl::StrCat(asked ? std::to_string(row.order_index) : "–",
                        row.receipt_index ? absl::StrCat(", ", *row.receipt_index) : ""));
      Data(row.scope + (row.scope.empty() || row.note.empty() ? "" : "; ") + row.note);
      out_ += "</tr>\n";
    }
    out_ += "</table>\n";
  }

  void Evidence() {
    out_ += "<h2>证据文件 Evidence</h2>\n";
    HeadRow({"文件 file", "命令 order", "检查点 checkpoint", "SHA-256"});
    for (const InquiryProved& one : found_.inquiries) {
      out_ += "<tr>";
      Data(one.file);
      Data(UuidText(one.report.order.order_id()));
      Data(absl::StrCat(one.report.origin, ", ", one.report.size, ", root ") + HexEncode(one.report.root));
      Data(one.sha256);
      out_ += "</tr>\n";
    }
    out_ += "</table>\n";
  }

  void Foot() {
    out_ +=
        "<p class=\"note\">本页未经签名：每一反馈以所附证据文件为准，用 <code>eagle-audit evidence</code> "
        "核验，条目号与检查点见上。"
        "何人未被查询、有哪些登记机构，依网关的命令清单和名录；自然人以外的被执行人是否需查公积金由法院说明。<br>"
        "This page isn't signed: every answer rests on the evidence beside it, which <code>eagle-audit evidence</code> "
        "verifies; entries and checkpoints are named above. Who was not asked, and which registers there are, is as "
        "the "
        "gateway lists orders and agencies; whether a company has to be looked for at a housing fund is for the court "
        "to "
        "say.</p>\n</body></html>\n";
  }

  const Completeness& found_;
  const absl::TimeZone& zone_;
  std::string out_;
};

}  // namespace

std::string HtmlOf(const Completeness& found, const absl::TimeZone& zone) {
  return CertificateWriter(found, zone).Write();
}

}  // namespace eagle::client
