#include "client/audit/evidence_page.h"

#include <algorithm>

#include "client/audit/code_words.h"
#include "client/audit/evidence_book.h"
#include "client/common/time_words.h"
#include "client/common/width.h"
#include "server/base/bytes.h"
#include "server/base/html.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

class Writer {
 public:
  Writer(const EvidenceReport& report, const EvidencePins& pins, const absl::TimeZone& zone, const PapersGiven& papers)
      : report_(report), pins_(pins), zone_(zone), papers_(papers) {}

  Page Write() {
    page_.test = report_.environment != ENVIRONMENT_PRODUCTION;
    page_.title =
        report_.silence ? Words{"未反馈证明", "Proof of silence"} : Words{"协助执行事项证据", "Evidence of an order"};
    page_.verdict = {"核验通过：文件的每一部分均与下列预置密钥相符",
                     "Verified: every part of the file agrees with the keys pinned below"};
    WriteNotices();
    WriteOrder();
    WriteSigners();
    WriteDeadline();
    WritePauses();
    if (report_.silent) WriteSilence();
    for (const AgencySeen& agency : report_.agencies) WriteAgency(agency);
    WriteOthers();
    WriteChecks();
    WritePins();
    return std::move(page_);
  }

 private:
  void Section(Words title) { page_.sections.push_back({std::move(title), {}}); }
  void Row(Words label, std::string value) {
    if (!value.empty()) page_.sections.back().rows.push_back({std::move(label), std::move(value)});
  }
  std::string At(absl::Time time) const {
    return client::TimeTextZh(time, zone_) + " " + client::TimeText(time, zone_);
  }
  static std::string Entry(uint64_t index) { return "日志条目 entry " + std::to_string(index); }

  void WriteOrder() {
    const Order& order = report_.order;
    Section({"命令", "Order"});
    Row({"法院", "court"}, report_.court_name + " (" + order.court() + ")");
    Row({"案号", "case"}, order.case_number());
    Row({"命令编号", "order id"}, UuidText(order.order_id()));
    Row({"事项", "what is ordered"}, Both(ActOf(order)));
    Row({"被执行人", "respondent"},
        order.subject().name() + ", " + CodeText(order.subject().id_kind()) + " " + order.subject().id_number());
    Row({"法律依据", "legal basis"}, order.legal_basis());
    Row({"用途", "purpose"}, CodeText(order.purpose()));
    Row({"紧急程度", "urgency"},
        order.urgency() == URGENCY_URGENT ? "紧急 urgent: " + CodeText(order.urgency_reason()) : "普通 normal");
    std::string agencies;
    for (const std::string& code : order.agencies()) agencies += (agencies.empty() ? "" : ", ") + code;
    Row({"协助单位", "agencies"}, agencies);
    for (const Instrument& paper : order.instruments()) Row({"文书", "instrument"}, PaperText(paper));
    Row({"签发", "issued"}, At(TimeOf(order.issued_at())));
    Row({"命令摘要", "digest of the order"}, HexEncode(report_.order_digest));
  }

  // Named by digest in what was signed; whether the file is that one, when it lies beside the evidence.
  std::string PaperText(const Instrument& paper) const {
    std::string out = CodeText(paper.category()) + (paper.title().empty() ? "" : " " + paper.title()) + ", " +
                      std::to_string(paper.size_bytes()) + " bytes, SHA-256 " + HexEncode(paper.digest());
    if (const auto given = papers_.find(paper.digest()); given != papers_.end()) {
      out += "; 所附文件与该摘要一致 the file beside this evidence is this one: " + given->second;
    } else if (!papers_.empty()) {
      out += "; 文件未随附 the file isn't beside this evidence";
    }
    return out;
  }

  void WriteOfficer(const OfficerSeen& officer, const Words& label) {
    std::string roles;
    for (const OfficerRole role : officer.roles) roles += (roles.empty() ? "" : " / ") + Both(WordsOf(role));
    std::string value = officer.name + " (" + officer.code + "), " + roles + ", 工作证 work id " + officer.work_id_no +
                        ", 执行公务证 duty card " + officer.duty_card_no;
    if (officer.leads_exception) value += "; 批准超标的例外 approves the exception to the cap";
    if (report_.order.has_confirmed() && officer.code == report_.order.confirmed().leader())
      value += "; 复核确认金额 confirms the amount: " + report_.order.confirmed().ground();
    Row(officer.signed_order ? label : Words{"未签", "named, did not sign"}, value);
    if (officer.signed_order) Row({"密钥指纹", "key"}, Fingerprint(officer.key));
    if (officer.fell)
      Row({"签名失效", "no longer counts"},
          "该签名入日志不早于密钥可能失窃之时 the log has this signature no earlier than the key may have been "
          "stolen: " +
              At(officer.fell->since) + ", " + Entry(officer.fell->index));
  }

  // Whose key it was: by name where the page has told it.
  std::string Whose(const std::string& subject) const {
    for (const OfficerSeen& officer : report_.officers) {
      if (subject.ends_with("/officer/" + officer.code)) return officer.name + " (" + officer.code + ")";
    }
    for (const AgencySeen& agency : report_.agencies) {
      if (subject == "agency/" + agency.code) return agency.name + " (" + agency.code + ")";
    }
    return subject == "court/" + report_.order.court() ? report_.court_name + " (" + report_.order.court() + ")"
                                                       : subject;
  }
  std::string Where(const std::vector<uint32_t>& agencies) const {
    std::string out;
    for (const uint32_t ordinal : agencies) out += (out.empty() ? "" : ", ") + AgencyName(report_, ordinal);
    return out.empty() ? "无 none" : out;
  }

  void WriteNotices() {
    if (!report_.open_objections.empty())
      page_.notices.push_back(
          {"至本检查点，对本命令的异议尚未答复：" + std::to_string(report_.open_objections.size()) + " 件",
           "At this checkpoint the court has yet to answer objections against this order: " +
               std::to_string(report_.open_objections.size())});
    if (!report_.paused.empty()) {
      page_.notices.push_back(
          {"本命令已暂停：签署人的密钥被撤销，尚未重新签署；下列机构未收到命令：" + Where(report_.paused),
           "This order stands still: a key that signed it was revoked, and it was not signed anew; not handed to: " +
               Where(report_.paused)});
    } else if (!report_.resumptions.empty()) {
      page_.notices.push_back({"本命令曾因签署人的密钥被撤销而暂停，后以相同内容重新签署并恢复",
                               "This order stood still because a key that signed it was revoked; it went on when the "
                               "very same order was signed anew"});
    } else if (!report_.pauses.empty()) {
      page_.notices.push_back({"签署人的密钥在命令送达后被撤销：已开始的办理只能以签署的解除命令终止",
                               "A key that signed this order was revoked after it had been handed out: what had begun "
                               "is ended by a signed release only"});
    }
  }

  void WritePauses() {
    if (report_.revoked.empty()) return;
    Section(report_.pauses.empty() ? Words{"撤销的密钥", "Revoked keys"}
                                   : Words{"暂停与恢复", "Stood still, and went on"});
    for (const RevokedSeen& revoked : report_.revoked)
      Row({"密钥撤销", "key revoked"},
          Whose(revoked.subject) + ", " + At(revoked.time) + ", " + Entry(revoked.index) +
              "; 自该时刻起可能为他人所用 since then somebody else may have had it: " + At(revoked.since));
    if (report_.pauses.empty())
      Row({"对本命令", "for this order"},
          "未因此暂停：其余签名足够，或日志显示签名更早，或已办结 it did not stand still: the other signatures "
          "suffice, "
          "the log has these since before, or all was answered");
    for (const PauseSeen& pause : report_.pauses) WritePause(pause);
  }

  void WritePause(const PauseSeen& pause) {
    Row({"暂停", "paused"}, At(pause.time) + ", " + Entry(pause.index) + ": " + Where(pause.agencies));
    if (pause.in_doubt)
      Row({"原因", "why"}, "受理时未记录签署人，从疑暂停 in doubt: who had signed was not recorded at its acceptance");
    if (!pause.begun.empty())
      Row({"未暂停", "not paused"}, Where(pause.begun) +
                                        ": 此前已经送达、不受暂停影响 had been handed out and went on; "
                                        "只能以解除命令终止 a signed release ends it");
    if (!pause.resumed) {
      if (!pause.agencies.empty())
        Row({"现状", "as it is"},
            report_.paused.empty()
                ? "未恢复，相关机构已反馈或命令已撤回 not resumed: answered or withdrawn there"
                : "至本检查点仍暂停 it still stands still at this checkpoint: " + Where(report_.paused));
      return;
    }
    for (const ResumptionSeen& resumption : report_.resumptions) {
      if (resumption.index == *pause.resumed && resumption.paused == pause.index) WriteResumption(resumption);
    }
  }

  void WriteResumption(const ResumptionSeen& resumption) {
    Row({"恢复", "resumed"}, At(resumption.time) + ", " + Entry(resumption.index) + ": " + Where(resumption.agencies));
    Row({"签署的内容", "what was signed"},
        "与受理时的命令逐字节相同 the very same bytes of the order as at its acceptance, SHA-256 " +
            HexEncode(report_.order_digest) + "; 签署人密钥当时均有效 by keys in force then, none of them revoked");
    for (const OfficerSeen& officer : resumption.officers) WriteOfficer(officer, {"重新签署", "signed anew"});
    if (resumption.other_signatures > 0)
      Row({"其他签名", "other signatures"}, std::to_string(resumption.other_signatures));
  }

  void WriteSigners() {
    Section({"签署", "Signed by"});
    for (const OfficerSeen& officer : report_.officers) WriteOfficer(officer, {"已签", "signed"});
    if (report_.other_signatures > 0)
      Row({"其他签名", "other signatures"}, std::to_string(report_.other_signatures) +
                                                " (同批次其他命令的签名人 by people whom this order doesn't name)");
    Row({"签署时间", "signed at"}, At(report_.signed_at) + " (法院时钟 the court's clock)");
  }

  void WriteDeadline() {
    Section({"受理与期限", "Acceptance and deadline"});
    Row({"受理", "accepted"}, At(report_.accepted_at) + ", " + Entry(report_.order_index));
    Row({"应反馈", "due"}, client::EndTextZh(report_.due, zone_) + " " + client::EndText(report_.due, zone_) + ", " +
                               CodeText(report_.deadline_row) + ", 规则表 policy " +
                               std::to_string(report_.policy_version));
    if (report_.begins != absl::InfinitePast()) Row({"定期查询，开始于", "waited, to begin"}, At(report_.begins));
    if (report_.begun) {
      std::string where;
      for (const uint32_t ordinal : report_.begun->ended) where += " " + AgencyName(report_, ordinal);
      Row({"开始", "begun"},
          At(report_.begun->time) + ", " + Entry(report_.begun->index) +
              (where.empty() ? ""
                             : ", 未开始即终止 over without having begun, " +
                                   CodeText(RowOf(static_cast<Reason>(report_.begun->reason)).name) + ":" + where));
    }
    for (const MarkSeen& mark : report_.marks) {
      std::string open;
      for (const uint32_t ordinal : mark.open) open += (open.empty() ? "" : ", ") + AgencyName(report_, ordinal);
      Row({"期限标记 " + std::to_string(mark.permille / 10) + "%", "mark"},
          At(mark.time) + ", " + Entry(mark.index) + ", 未反馈 open: " + (open.empty() ? "无 none" : open));
    }
    for (const SupervisionStepSeen& step : report_.supervision)
      Row({"督办", "supervision"}, At(step.time) + ", " + Entry(step.index) + ": " + Both(WordsOf(step)));
    for (const WithdrawalSeen& withdrawal : report_.withdrawals) {
      std::string where;
      for (const uint32_t ordinal : withdrawal.agencies) where += " " + AgencyName(report_, ordinal);
      Row({"撤回", "withdrawn"}, At(withdrawal.time) + ", " + Entry(withdrawal.index) + ":" + where);
    }
  }

  void WriteSilence() {
    const SilenceSeen& silent = *report_.silent;
    Section({"未反馈", "Silence"});
    Row({"机构", "agency"}, silent.agency.name + " (" + silent.agency.code + ")");
    Row({"逾期", "overdue"}, At(silent.overdue.time) + ", " + Entry(silent.overdue.index));
    Row({"仍未反馈", "still open at"}, At(silent.last_still_open.time) + " (" +
                                           std::to_string(silent.last_still_open.permille / 10) + "%), " +
                                           Entry(silent.last_still_open.index));
    if (report_.run == Run::kSinceAcceptance || report_.run == Run::kSinceMark)
      Row({"至检查点", "and up to the checkpoint"},
          "条目 entries " + std::to_string(report_.run_first) + " – " + std::to_string(report_.size - 1) +
              ": 无该机构就本命令的任何反馈 no receipt of this agency on this order among them");
    WriteNotHanded(silent.agency.ordinal);
    Row({"证明方式", "shown how"}, Both(WordsOf(report_.run, true)));
  }

  // Its silence is not its fault while nobody handed it the order.
  void WriteNotHanded(uint32_t agency) {
    for (const PauseSeen& pause : report_.pauses) {
      if (std::find(pause.agencies.begin(), pause.agencies.end(), agency) == pause.agencies.end()) continue;
      std::string until = "检查点 this checkpoint";
      for (const ResumptionSeen& resumption : report_.resumptions) {
        if (pause.resumed == resumption.index) until = At(resumption.time);
      }
      Row({"暂停期间", "while it stood still"},
          At(pause.time) + " – " + until + ": 命令未送达该机构 this agency was not handed the order");
    }
  }

  void WriteAgency(const AgencySeen& agency) {
    Section({agency.name, agency.code});
    Row({"种类", "kind"}, CodeText(agency.kind) + ", 地区 region " + agency.region);
    bool delivered = false;
    for (const DeliverySeen& delivery : report_.deliveries) {
      if (delivery.agency != agency.ordinal) continue;
      delivered = true;
      Row({"送达", "delivered"}, At(delivery.time) + ", " + Entry(delivery.index));
    }
    if (!delivered) Row({"送达", "delivered"}, "文件内无 none in this file");
    for (const ReceiptSeen& receipt : report_.receipts) {
      if (receipt.agency == agency.code) WriteReceipt(receipt);
    }
    for (const ObjectionWordSeen& word : report_.objections) {
      if (word.agency == agency.ordinal) WriteObjection(word);
    }
    if (std::find(report_.unanswered.begin(), report_.unanswered.end(), agency.ordinal) != report_.unanswered.end())
      Row({"反馈", "answer"}, "尚无 NO_ANSWER_YET");
  }

  void WriteReceipt(const ReceiptSeen& seen) {
    const Receipt& receipt = seen.receipt;
    Words label = WordsOf(receipt.kind());
    if (receipt.kind() == RECEIPT_KIND_EVENT) label = WordsOf(receipt.change());
    std::string note = At(seen.time) + ", " + Entry(seen.index);
    if (seen.type == ENTRY_TYPE_TASK_ANSWERED || seen.type == ENTRY_TYPE_TASK_REPORTED)
      note += seen.late ? ", 逾期 LATE" : ", 按期 in time";
    if (seen.superseded) note += ", 已被更正 superseded";
    if (seen.type == ENTRY_TYPE_RECEIPT_CONFLICT) note += ", 与在先回执冲突 CONFLICTS with an earlier receipt";
    Row(label, note);
    Row({"机构收件", "arrived there"}, At(TimeOf(receipt.arrived_at())));
    Row({"查询范围", "searched"}, receipt.searched_scope());
    for (const ItemResult& item : receipt.items())
      Row({"结果", "result"}, ItemText(item, CurrencyOf(report_.order), zone_));
    if (receipt.has_returned())
      Row({"回退原因", "returned because"},
          AgencyReasonText(receipt.returned().reason()) + " " + receipt.returned().remark() + "; 联系人 contact " +
              receipt.returned().contact_name() + " " + receipt.returned().contact_phone());
    for (const Instrument& paper : receipt.documents()) Row({"回执附件", "paper of the receipt"}, PaperText(paper));
    Row({"回执摘要", "digest"}, HexEncode(seen.digest));
    Row({"密钥指纹", "key"}, Fingerprint(seen.key));
  }

  void WriteObjection(const ObjectionWordSeen& word) {
    const std::string at = At(word.time) + ", " + Entry(word.index);
    if (word.type == ENTRY_TYPE_OBJECTION_RAISED) {
      Row({"异议", "objection"}, at + ", 理由 ground " + CodeText(word.ground));
      Row({"法院应答复", "court answers until"},
          client::EndTextZh(word.due, zone_) + " " + client::EndText(word.due, zone_));
    } else {
      const std::string thread = ", 针对 about " + Entry(word.raised);
      Words label = word.by_court ? Words{"法院意见", "the court says"} : Words{"单位意见", "the agency says"};
      if (word.withdraws) label = {"撤回异议", "objection taken back"};
      if (word.type == ENTRY_TYPE_OBJECTION_ANSWERED) label = {"法院答复", "the court's answer"};
      Row(label, at + thread +
                     (word.type == ENTRY_TYPE_OBJECTION_ANSWERED
                          ? ": " + Both(WordsOf(word.decision)) + (word.late ? ", 逾期 LATE" : ", 按期 in time")
                          : ""));
    }
    if (!word.opened) return Row({"内容", "text"}, "未展示 not opened in this file");
    const ObjectionAct& act = word.act;
    Row({"内容", "text"}, act.has_raise()   ? act.raise().text()
                          : act.has_reply() ? act.reply().text()
                                            : act.answer().text());
    if (act.has_raise()) Row({"联系人", "contact"}, act.raise().contact_name() + " " + act.raise().contact_phone());
    for (const OfficerSeen& officer : word.officers) WriteOfficer(officer, {"签署", "signed"});
    Row({"异议文书摘要", "digest"}, HexEncode(word.digest));
    if (!word.key.empty()) Row({"密钥指纹", "key"}, Fingerprint(word.key));
  }

  void WriteOthers() {
    if (report_.all_agencies) return;
    Section({"其他机构", "Other agencies"});
    Row({"范围", "scope"}, "本文件仅展示上列机构的回执 this file opens the receipts of the agencies above only");
    for (const ClosedReceiptSeen& closed : report_.closed)
      Row({"未展示的回执", "receipt not opened"},
          At(closed.time) + ", " + Entry(closed.index) + ", #" + std::to_string(closed.agency));
  }

  void WriteChecks() {
    Section({"核验内容", "What was checked"});
    Row({"时间", "times"}, "本页时间均为 all times of this page are " + client::ZoneText(report_.accepted_at, zone_));
    Row({"日志", "log"}, report_.origin);
    Row({"检查点", "checkpoint"}, std::to_string(report_.size) + " 条 entries, root " + HexEncode(report_.root));
    for (const CosignerSeen& cosigner : report_.cosigners)
      Row({"见证", "cosigned"}, cosigner.name + ", " + At(cosigner.time));
    for (const std::string& name : report_.unpinned)
      Row({"未采信的签名", "signature not used"}, name + " (密钥未预置 its key isn't pinned here)");
    Row({"条目", "leaves"}, std::to_string(report_.leaves) + " 条均在检查点的树内 all in the tree of the checkpoint");
    Row({"载荷", "payloads"}, std::to_string(report_.payloads) + " 份与日志承诺一致 all as the log committed to them");
    Row({"声明", "statements"},
        std::to_string(report_.statements) + " 份，自登记人逐级相连 in chains from the registrars");
    Row({"签名", "signatures"}, std::to_string(report_.signatures) + " 个有效 valid, " + std::to_string(report_.heads) +
                                    " 个签名批次 signed batches");
    if (!report_.silence) Row({"完整性", "completeness"}, Both(WordsOf(report_.run, false)));
    Row({"本文件不能证明", "not shown"},
        "所列密钥其后是否被终止或撤销，除非上文已列 whether a key was ended or revoked later, unless it is told above; "
        "机构登记系统内的实际情况 that a register did what its receipt says; "
        "法院和机构名称以日志登记为准 the names of court and agencies are as the log's administrators registered them");
  }

  void WritePins() {
    Section({"预置密钥指纹", "Pinned keys (SHA-256)"});
    for (const PinnedKey& key : pins_.keys) Row({key.zh, key.en + " " + key.name}, key.fingerprint);
  }

  const EvidenceReport& report_;
  const EvidencePins& pins_;
  const absl::TimeZone& zone_;
  const PapersGiven& papers_;
  Page page_;
};

constexpr char kTestZh[] = "测试环境：没有法律效力", kTestEn[] = "Test environment: of no legal effect";

constexpr char kStyle[] =
    "body{font:11pt/1.5 serif;margin:2em "
    "auto;max-width:60em;color:#111}h1{font-size:1.5em}h2{font-size:1.1em;margin:1.4em 0 .3em}"
    "p.verdict{border:2px solid #161;padding:.5em 1em}p.test{border:2px solid #a00;color:#a00;padding:.5em 1em}"
    "p.notice{border:2px solid #960;padding:.5em 1em}"
    "table{border-collapse:collapse;width:100%}td{border-top:1px solid #bbb;padding:.25em .6em;vertical-align:top;"
    "overflow-wrap:anywhere}td.zh{width:9em}td.en{width:11em;color:#444}@media "
    "print{body{margin:0}h2{break-after:avoid}"
    "tr{break-inside:avoid}}";

}  // namespace

Page PageOf(const EvidenceReport& report, const EvidencePins& pins, const absl::TimeZone& zone,
            const PapersGiven& papers) {
  return Writer(report, pins, zone, papers).Write();
}

std::string TextOf(const Page& page) {
  std::string out = Both(page.title) + "\n" + Both(page.verdict) + "\n";
  if (page.test) out += std::string(kTestZh) + " " + kTestEn + "\n";
  for (const Words& notice : page.notices) out += client::ForTerminal(Both(notice)) + "\n";
  for (const PageSection& section : page.sections) {
    out += "\n" + client::ForTerminal(Both(section.title)) + "\n";
    size_t width = 0;
    for (const PageRow& row : section.rows) width = std::max(width, client::DisplayWidth(Both(row.label)));
    for (const PageRow& row : section.rows)
      out += "  " + client::Padded(client::ForTerminal(Both(row.label)), width) + "  " +
             client::ForTerminal(row.value) + "\n";
  }
  return out;
}

std::string HtmlOf(const Page& page) {
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta "
      "http-equiv=\"Content-Security-Policy\" "
      "content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>" +
      HtmlText(Both(page.title)) + "</title><style>" + kStyle + "</style></head><body>\n";
  out += "<h1>" + HtmlText(page.title.zh) + "<br>" + HtmlText(page.title.en) + "</h1>\n";
  out += "<p class=\"verdict\">" + HtmlText(page.verdict.zh) + "<br>" + HtmlText(page.verdict.en) + "</p>\n";
  if (page.test) out += std::string("<p class=\"test\">") + kTestZh + "<br>" + kTestEn + "</p>\n";
  for (const Words& notice : page.notices)
    out += "<p class=\"notice\">" + HtmlText(notice.zh) + "<br>" + HtmlText(notice.en) + "</p>\n";
  for (const PageSection& section : page.sections) {
    out += "<h2>" + HtmlText(section.title.zh) + " · " + HtmlText(section.title.en) + "</h2>\n<table>\n";
    for (const PageRow& row : section.rows) {
      out += "<tr><td class=\"zh\">" + HtmlText(row.label.zh) + "</td><td class=\"en\">" + HtmlText(row.label.en) +
             "</td><td>" + HtmlText(row.value) + "</td></tr>\n";
    }
    out += "</table>\n";
  }
  return out + "</body></html>\n";
}

}  // namespace eagle::audit
