#include "client/lib/completeness.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/audit/code_words.h"
#include "client/lib/words.h"
#include "server/base/bytes.h"
#include "server/base/uuid.h"

namespace eagle::client {
namespace {

using goldeneagle::v1::AgencyView;
using goldeneagle::v1::Capability;

struct SearchedNames {
  const char *en, *zh;
};
constexpr std::array<SearchedNames, 7> kSearchedNames = {{{"FOUND", "查到财产"},
                                                          {"NIL", "未查到"},
                                                          {"PARTLY_ASKED", "仅查询部分财产种类"},
                                                          {"UNCLEAR", "反馈不明"},
                                                          {"RETURNED", "回退"},
                                                          {"NO_ANSWER_YET", "尚未反馈"},
                                                          {"NOT_ASKED", "未查询"}}};

// Kinds of things that the register answers inquiries about.
std::set<std::string> KindsKept(const AgencyView& agency) {
  std::set<std::string> kinds;
  for (const Capability& row : agency.capabilities()) {
    if (row.action() == goldeneagle::v1::ACTION_INQUIRE) kinds.insert(row.asset_kind());
  }
  return kinds;
}

// Those that the inquiry left out.
std::string LeftOut(const goldeneagle::v1::Order& order, const std::set<std::string>& kept) {
  const auto& asked = order.inquire().asset_kinds();
  if (asked.empty()) return "";
  std::string out;
  for (const std::string& kind : kept) {
    if (std::find(asked.begin(), asked.end(), kind) == asked.end())
      absl::StrAppend(&out, out.empty() ? "" : ", ", kind);
  }
  return out;
}

Searched WordOf(const goldeneagle::v1::Receipt& receipt) {
  bool found = false, nil = !receipt.items().empty();
  for (const auto& item : receipt.items()) {
    found = found || item.outcome() == goldeneagle::v1::OUTCOME_FOUND;
    nil = nil && item.outcome() == goldeneagle::v1::OUTCOME_NIL;
  }
  return found ? Searched::kFound : nil ? Searched::kNil : Searched::kUnclear;
}

// What one inquiry says of one register.
RegisterSearched RowOf(const InquiryProved& inquiry, const audit::AgencySeen& seen, const std::set<std::string>& kept) {
  const audit::EvidenceReport& report = inquiry.report;
  RegisterSearched row{.agency = seen.code,
                       .name = seen.name,
                       .kind = seen.kind,
                       .searched = Searched::kNoAnswerYet,
                       .order_id = report.order.order_id(),
                       .accepted_at = report.accepted_at,
                       .order_index = report.order_index};
  for (const audit::ReceiptSeen& one : report.receipts) {
    if (one.agency != seen.code || one.superseded || one.type != goldeneagle::v1::ENTRY_TYPE_TASK_ANSWERED) continue;
    row.receipt_index = one.index, row.answered_at = one.time;
    row.scope = one.receipt.searched_scope();
    row.searched = one.receipt.has_returned() ? Searched::kReturned : WordOf(one.receipt);
    if (one.receipt.has_returned()) row.note = AgencyReasonText(one.receipt.returned().reason());
    if (row.searched == Searched::kUnclear && !one.receipt.items().empty())
      row.note = OutcomeWord(one.receipt.items(0).outcome());
  }
  for (const audit::ReceiptSeen& one : report.receipts) {
    if (one.agency == seen.code && one.type == goldeneagle::v1::ENTRY_TYPE_RECEIPT_CONFLICT)
      row.searched = Searched::kUnclear, row.note = "two answers differ";
  }
  const std::string left_out = LeftOut(report.order, kept);
  if (!left_out.empty() && (row.searched == Searched::kFound || row.searched == Searched::kNil))
    row.searched = Searched::kPartly, row.note = "not asked for " + left_out;
  if (row.searched == Searched::kNoAnswerYet) {
    for (const audit::MarkSeen& mark : report.marks) {
      if (mark.permille >= 1000 && std::find(mark.open.begin(), mark.open.end(), seen.ordinal) != mark.open.end())
        row.note = "overdue";
    }
  }
  return row;
}

bool IsBetter(const RegisterSearched& a, const RegisterSearched& b) {
  return std::tuple(a.searched, b.accepted_at) < std::tuple(b.searched, a.accepted_at);
}
bool IsDone(const RegisterSearched& row) { return row.searched == Searched::kFound || row.searched == Searched::kNil; }

ClosingCheck KindCheck(const Completeness& found, const std::string& kind) {
  size_t all = 0, done = 0;
  for (const RegisterSearched& row : found.rows) {
    if (row.kind == kind) ++all, done += IsDone(row);
  }
  return {absl::StrCat("网络查询：", audit::CodeText(kind)), absl::StrCat("network search: ", kind),
          all > 0 && done == all ? ClosingCheck::Is::kMet : ClosingCheck::Is::kNotMet, absl::StrCat(done, " / ", all)};
}

// What no log tells: it is listed, so that nobody takes the certificate for all of the closing check.
constexpr const char* kUntold[][2] = {
    {"保险理财产品、股息红利（无登记机构接入）", "insurance, dividends: no register of theirs is connected"},
    {"执行通知、报告财产令", "notice of execution, order to report property"},
    {"财产线索核查", "clues checked"},
    {"限制消费令", "order limiting consumption"},
    {"终本约谈", "interview before closing"},
    {"立案满三个月", "three months since filing"}};

std::string IsText(ClosingCheck::Is is) {
  return is == ClosingCheck::Is::kMet ? "MET" : is == ClosingCheck::Is::kNotMet ? "NOT_MET" : "NOT_TOLD";
}

}  // namespace

std::string NameOf(Searched searched) { return kSearchedNames[static_cast<size_t>(searched)].en; }
std::string NameZhOf(Searched searched) { return kSearchedNames[static_cast<size_t>(searched)].zh; }

bool Completeness::complete() const { return !rows.empty() && std::all_of(rows.begin(), rows.end(), IsDone); }

absl::Time CountsSince(absl::Time as_of, uint32_t months, const absl::TimeZone& zone) {
  const absl::CivilDay day = absl::ToCivilDay(as_of, zone);
  const absl::CivilMonth month = absl::CivilMonth(day) - static_cast<int>(months);
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return absl::FromCivil(std::min(absl::CivilDay(month.year(), month.month(), 1) + (day.day() - 1), last), zone);
}

Completeness CompletenessOf(CaseSearched facts, std::vector<InquiryProved> inquiries,
                            const std::vector<AgencyView>& registers, const absl::TimeZone& zone) {
  Completeness found{.facts = std::move(facts)};
  found.since = CountsSince(found.facts.as_of, found.facts.months, zone);
  for (InquiryProved& inquiry : inquiries) {
    if (inquiry.report.accepted_at >= found.since) found.inquiries.push_back(std::move(inquiry));
  }
  std::set<std::string> kept_by_any, kinds;
  for (const AgencyView& agency : registers) {
    const std::set<std::string> kept = KindsKept(agency);
    if (kept.empty()) continue;
    kept_by_any.insert(kept.begin(), kept.end());
    kinds.insert(agency.kind());
    for (size_t who = 0; who < found.facts.respondents.size(); ++who) {
      RegisterSearched best{.agency = agency.code(), .name = agency.display_name(), .kind = agency.kind()};
      for (const InquiryProved& inquiry : found.inquiries) {
        if (inquiry.subject_masked != found.facts.respondents[who]) continue;
        for (const audit::AgencySeen& seen : inquiry.report.agencies) {
          if (seen.code != agency.code()) continue;
          RegisterSearched row = RowOf(inquiry, seen, kept);
          if (IsBetter(row, best)) best = std::move(row);
        }
      }
      best.respondent = who;
      found.rows.push_back(std::move(best));
    }
  }
  std::sort(found.rows.begin(), found.rows.end(), [](const RegisterSearched& a, const RegisterSearched& b) {
    return std::tie(a.respondent, a.kind, a.agency) < std::tie(b.respondent, b.kind, b.agency);
  });
  for (const std::string& kind : found.facts.asset_kinds) {
    if (!kept_by_any.contains(kind)) found.unkept_kinds.push_back(kind);
  }
  for (const std::string& kind : kinds) found.checks.push_back(KindCheck(found, kind));
  for (const auto& [zh, en] : kUntold) found.checks.push_back({zh, en, ClosingCheck::Is::kNotTold, "not in the log"});
  return found;
}

Document DocumentOf(const Completeness& found, const absl::TimeZone& zone) {
  const CaseSearched& facts = found.facts;
  std::string unkept;
  for (const std::string& kind : found.unkept_kinds) absl::StrAppend(&unkept, unkept.empty() ? "" : ", ", kind);
  Record record("certificate");
  record.Add("case_number", Text(facts.case_number))
      .Add("court", Text(facts.court))
      .Add("complete", YesNo(found.complete()))
      .Add("as_of", Instant(facts.as_of, zone))
      .Add("months", Count(facts.months))
      .Add("since", Instant(found.since, zone))
      .Add("respondents", Count(facts.respondents.size()))
      .Add("registers", Count(facts.respondents.empty() ? 0 : found.rows.size() / facts.respondents.size()))
      .Add("kinds_without_register", TextOrNothing(unkept))
      .Add("signed", YesNo(false));
  Table evidence("evidence", {{"order_id"},
                              {"respondent"},
                              {"accepted"},
                              {"order_index", kRight},
                              {"checkpoint_size", kRight},
                              {"file"},
                              {"origin", kLeft, true},
                              {"root", kLeft, true},
                              {"sha256", kLeft, true}});
  for (const InquiryProved& one : found.inquiries)
    evidence.Add({Text(UuidText(one.report.order.order_id())), Text(one.subject_masked),
                  Instant(one.report.accepted_at, zone), Count(one.report.order_index), Count(one.report.size),
                  Text(one.file), Text(one.report.origin), Text(HexEncode(one.report.root)), Text(one.sha256)});
  Table answers("answers", {{"respondent"},
                            {"kind"},
                            {"agency"},
                            {"agency_code", kLeft, true},
                            {"searched"},
                            {"asked"},
                            {"answered"},
                            {"order_index", kRight},
                            {"receipt_index", kRight},
                            {"note"},
                            {"scope", kLeft, true},
                            {"order_id", kLeft, true}});
  for (const RegisterSearched& row : found.rows) {
    const bool asked = row.searched != Searched::kNotAsked;
    answers.Add({Text(facts.respondents[row.respondent]), Text(row.kind), Text(row.name), Text(row.agency),
                 Text(NameOf(row.searched)), asked ? Instant(row.accepted_at, zone) : Nothing(),
                 row.answered_at ? Instant(*row.answered_at, zone) : Nothing(),
                 asked ? Count(row.order_index) : Nothing(), row.receipt_index ? Count(*row.receipt_index) : Nothing(),
                 TextOrNothing(row.note), TextOrNothing(row.scope), asked ? Text(UuidText(row.order_id)) : Nothing()});
  }
  Table checks("checks", {{"check"}, {"is"}, {"why"}, {"check_zh", kLeft, true}});
  for (const ClosingCheck& check : found.checks)
    checks.Add({Text(check.en), Text(IsText(check.is)), TextOrNothing(check.why), Text(check.zh)});
  Document document;
  document.Add(std::move(record));
  document.Add(std::move(evidence));
  document.Add(std::move(answers));
  document.Add(std::move(checks));
  return document;
}

}  // namespace eagle::client
