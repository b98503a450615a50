#include "client/audit/evidence_words.h"

#include "client/audit/code_words.h"
#include "client/audit/evidence_book.h"
#include "client/common/time_words.h"
#include "server/base/money.h"
#include "server/base/uuid.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

struct Row {
  int value;
  const char *zh, *en;
};

template <size_t N>
Words Find(const Row (&rows)[N], int value) {
  for (const Row& row : rows) {
    if (row.value == value) return {row.zh, row.en};
  }
  return {"代码 " + std::to_string(value), "code " + std::to_string(value)};
}

constexpr Row kActions[] = {
    {ACTION_INQUIRE, "查询", "inquiry"},        {ACTION_FREEZE, "冻结/查封", "freeze"},
    {ACTION_RELEASE, "解除", "release"},        {ACTION_DEDUCT, "扣划", "deduction"},
    {ACTION_RENEW, "续行冻结/查封", "renewal"}, {ACTION_TRANSFER_TITLE, "协助办理过户", "transfer of title"},
    {ACTION_LOCATE, "协助查找", "search"},      {ACTION_EXTRACT_INCOME, "提取收入", "extraction of income"}};
constexpr Row kRoles[] = {{OFFICER_ROLE_HANDLER, "承办人", "handler"},
                          {OFFICER_ROLE_COSIGNER, "第二承办人", "co-signer"},
                          {OFFICER_ROLE_LEADER, "执行局领导", "leader"}};
constexpr Row kKinds[] = {
    {RECEIPT_KIND_ACKNOWLEDGED, "签收", "acknowledged"}, {RECEIPT_KIND_PROGRESS, "办理中", "in progress"},
    {RECEIPT_KIND_FINAL, "反馈", "final answer"},        {RECEIPT_KIND_RETURNED, "回退", "returned undone"},
    {RECEIPT_KIND_EVENT, "变动通知", "event"},           {RECEIPT_KIND_CORRECTION, "更正", "correction"}};
constexpr Row kOutcomes[] = {{OUTCOME_FOUND, "查到", "found"},
                             {OUTCOME_NIL, "查询范围内无", "nothing there"},
                             {OUTCOME_CONTROLLED, "已控制", "controlled"},
                             {OUTCOME_PARTLY_CONTROLLED, "部分控制", "partly controlled"},
                             {OUTCOME_WAITLISTED, "轮候", "waitlisted"},
                             {OUTCOME_NOT_CONTROLLED, "未控制", "not controlled"},
                             {OUTCOME_RELEASED, "已解除", "released"},
                             {OUTCOME_DEDUCTED, "已扣划到账", "deducted and settled"},
                             {OUTCOME_SENT_NOT_CONFIRMED, "已划出，未确认到账", "sent, not confirmed"},
                             {OUTCOME_NOT_DEDUCTED, "未扣划", "not deducted"},
                             {OUTCOME_EXEMPT_HELD, "豁免保留", "exempt"},
                             {OUTCOME_AMBIGUOUS, "身份不符，未办理", "identity ambiguous, nothing done"},
                             {OUTCOME_ERROR, "机构系统错误", "the agency's own failure"},
                             {OUTCOME_UNDER_REVIEW, "审核中", "under review"},
                             {OUTCOME_RENEWED, "已续期", "renewed"},
                             {OUTCOME_NOT_RENEWED, "未续期", "not renewed"},
                             {OUTCOME_TRANSFERRED, "已过户", "transferred"},
                             {OUTCOME_NOT_TRANSFERRED, "未过户", "not transferred"},
                             {OUTCOME_LOCATING, "查找中", "being looked for"},
                             {OUTCOME_NOT_LOCATING, "未查找", "not looked for"}};
constexpr Row kDecisions[] = {{OBJECTION_DECISION_UPHELD, "异议成立", "upheld"},
                              {OBJECTION_DECISION_REJECTED, "异议不成立", "rejected"},
                              {OBJECTION_DECISION_AMENDED, "变更", "amended"}};
constexpr Row kChanges[] = {{MEASURE_CHANGE_INFLOW, "续入", "inflow"},
                            {MEASURE_CHANGE_PROMOTED, "轮候转正", "promoted"},
                            {MEASURE_CHANGE_LAPSED, "效力消灭", "lapsed"},
                            {MEASURE_CHANGE_REDUCED, "减少", "reduced"},
                            {MEASURE_CHANGE_CONVERTED, "预查封转查封", "pre-seal became a seal"},
                            {MEASURE_CHANGE_SIGHTED, "发现", "sighted"},
                            {MEASURE_CHANGE_SEIZED, "扣押", "seized"},
                            {MEASURE_CHANGE_EXTRACTED, "提取", "income extracted"}};

std::string TermText(const Term& term, bool chinese) {
  const uint32_t count = term.years() > 0 ? term.years() : term.months();
  if (chinese) return std::to_string(count) + (term.years() > 0 ? "年" : "个月");
  return std::to_string(count) + (term.years() > 0 ? " y" : " m");
}

// A count of units, of which four digits stand behind the point.
std::string UnitsText(int64_t quantity_e4) {
  std::string behind = std::to_string(10'000 + quantity_e4 % 10'000).substr(1);
  while (!behind.empty() && behind.back() == '0') behind.pop_back();
  return std::to_string(quantity_e4 / 10'000) + (behind.empty() ? "" : "." + behind);
}
// 0 says nothing.
std::string QuantityText(int64_t quantity_e4, bool chinese) {
  if (quantity_e4 == 0) return "";
  return chinese ? "，数量 " + UnitsText(quantity_e4) : ", " + UnitsText(quantity_e4) + " units";
}

std::string TargetText(const Freeze& freeze, bool chinese) {
  switch (freeze.target_case()) {
    case Freeze::kProduct:
      return (chinese ? "理财产品 " : "product ") + freeze.product().product_number() +
             QuantityText(freeze.product().quantity_e4(), chinese) +
             (chinese ? " 及其回款账户" : " and the account to which it pays back");
    case Freeze::kCounter: {
      const CounterMeasure& counter = freeze.counter();
      return (chinese ? "柜面已登记的措施 " : "what the counter registered, ") + counter.unit_reference() +
             (chinese ? "（文号 " : " (notice ") + counter.document_number() + (chinese ? "）" : ")");
    }
    case Freeze::kAccount:
      return (chinese ? "账户 " : "account ") + freeze.account().account_number();
    case Freeze::kAsset:
      return (chinese ? CodeText(freeze.asset().asset_kind()) : freeze.asset().asset_kind()) + " " +
             freeze.asset().unit_number() + " " + std::to_string(freeze.asset().share_numerator()) + "/" +
             std::to_string(freeze.asset().share_denominator()) + QuantityText(freeze.asset().quantity_e4(), chinese);
    default:
      return chinese ? "该人在本机构的全部账户" : "all accounts of the person there";
  }
}

std::string MeasureText(const MeasureState& state, const std::string& currency, const absl::TimeZone& zone) {
  std::string out;
  if (state.requested_minor_units() > 0 || state.controlled_minor_units() > 0) {
    out += "; 已控制 controlled " + AmountText(state.controlled_minor_units(), currency);
    out += ", 未足额 unfunded " + AmountText(state.unfunded_minor_units(), currency);
  }
  if (state.rank() > 0) out += "; 顺位 rank " + std::to_string(state.rank());
  if (state.has_effective_from())
    out += "; 生效 in effect since " + client::TimeTextZh(TimeOf(state.effective_from()), zone) + " " +
           client::TimeText(TimeOf(state.effective_from()), zone);
  if (state.has_effective_to())
    out += "; 期限至 until " + client::EndTextZh(TimeOf(state.effective_to()), zone) + " " +
           client::EndText(TimeOf(state.effective_to()), zone);
  if (!state.unit_reference().empty()) out += "; 登记号 reference " + state.unit_reference();
  if (state.requested_quantity_e4() > 0)
    out +=
        "; 数量 units " + UnitsText(state.controlled_quantity_e4()) + " / " + UnitsText(state.requested_quantity_e4());
  if (state.pre_seal()) out += "; 预查封 pre-seal";
  for (int i = 0; i < state.blocked_acts_size(); ++i)
    out += (i == 0 ? "; 限制事项 barred " : ", ") + CodeText(state.blocked_acts(i));
  if (state.ended()) out += "; 已终止 ended";
  return out;
}

// Who stands before, and for how much if that is known.
std::string PriorText(const PriorMeasure& prior, const std::string& currency) {
  std::string out = prior.authority();
  if (!prior.document_number().empty()) out += " " + prior.document_number();
  if (prior.amount_minor_units() > 0) out += " " + AmountText(prior.amount_minor_units(), currency);
  return out;
}

std::string FindingText(const Finding& finding) {
  std::string out = "; " + CodeText(finding.asset_kind()) + " " + finding.asset_number() + " " + finding.holder_name();
  if (finding.share_denominator() > 0)
    out +=
        "; 份额 share " + std::to_string(finding.share_numerator()) + "/" + std::to_string(finding.share_denominator());
  if (finding.balance_known()) {
    out += "; 余额 balance " + AmountText(finding.balance_minor_units(), finding.currency());
    out += ", 可控 available " + AmountText(finding.available_minor_units(), finding.currency());
  }
  if (!finding.matched_by().empty()) out += "; 匹配 matched by " + CodeText(finding.matched_by());
  for (const PriorMeasure& prior : finding.prior_measures())
    out += "; 在先 prior " + PriorText(prior, finding.currency());
  if (!finding.description().empty()) out += "; " + finding.description();
  return out;
}

std::string SightingText(const Sighting& sighting, const absl::TimeZone& zone) {
  std::string out = "; 发现 seen " + client::TimeTextZh(TimeOf(sighting.seen_at()), zone) + " " +
                    client::TimeText(TimeOf(sighting.seen_at()), zone) + ", " + sighting.place() + ", " +
                    sighting.seen_by();
  if (sighting.held())
    out += "; 扣押于 held at " + sighting.custody_place() + ", 接收期限 to be fetched until " +
           client::TimeTextZh(TimeOf(sighting.collect_by()), zone) + " " +
           client::TimeText(TimeOf(sighting.collect_by()), zone);
  if (!sighting.remark().empty()) out += "; " + sighting.remark();
  return out;
}

std::string DeductionText(const DeductionState& state, const std::string& currency, const absl::TimeZone& zone) {
  std::string out = "; 金额 amount " + AmountText(state.amount_minor_units(), currency);
  if (!state.booking_reference().empty()) out += "; 记账号 booking " + state.booking_reference();
  if (state.has_settled_at())
    out += "; 到账 settled " + client::TimeTextZh(TimeOf(state.settled_at()), zone) + " " +
           client::TimeText(TimeOf(state.settled_at()), zone);
  return out;
}

}  // namespace

Words WordsOf(Action action) { return Find(kActions, action); }
Words WordsOf(OfficerRole role) { return Find(kRoles, role); }
Words WordsOf(ReceiptKind kind) { return Find(kKinds, kind); }
Words WordsOf(Outcome outcome) { return Find(kOutcomes, outcome); }
Words WordsOf(MeasureChange change) { return Find(kChanges, change); }
Words WordsOf(ObjectionDecision decision) { return Find(kDecisions, decision); }

Words WordsOf(const SupervisionStepSeen& step) {
  switch (step.type) {
    case ENTRY_TYPE_SUPERVISION_ISSUED:
      return step.commander ? Words{"发出指挥长令", "a commander's order is issued"}
                            : Words{"发出督办令", "a supervision order is issued"};
    case ENTRY_TYPE_SUPERVISION_WORD:
      return step.state == SUPERVISION_STATE_ACKNOWLEDGED ? Words{"签收", "acknowledged"}
             : step.state == SUPERVISION_STATE_RETURNED   ? Words{"退回", "its answer is returned"}
             : step.late                                  ? Words{"逾期反馈", "answered, late"}
                                                          : Words{"反馈", "answered"};
    case ENTRY_TYPE_SUPERVISION_CLOSED:
      return step.result == SUPERVISION_RESULT_DONE       ? Words{"办结：已落实", "closed: done"}
             : step.result == SUPERVISION_RESULT_NOT_DONE ? Words{"办结：未落实", "closed: not done"}
                                                          : Words{"撤销", "taken back"};
    default:
      return Words{"期限标记 " + std::to_string(step.mark_permille / 10) + "%",
                   "mark at " + std::to_string(step.mark_permille / 10) + " %"};
  }
}

Words WordsOf(Run run, bool silence) {
  switch (run) {
    case Run::kSinceAcceptance:
      return {"自受理起至该检查点的全部日志条目均在文件内，读者亲见其中没有其他有关条目",
              "every entry of the log since the acceptance, up to this checkpoint, is in the file: nothing else about "
              "it is "
              "among them, as the reader sees for himself"};
    case Run::kSinceMark:
      return {
          "自逾期标记起至该检查点的全部日志条目均在文件内；受理至逾期之间由逾期标记为证",
          "every entry since the overdue mark, up to this checkpoint, is in the file; between acceptance and the mark, "
          "the mark itself says that the agency was open"};
    case Run::kSinceLastEntry:
      return {"自最后一条有关条目起至该检查点的全部日志条目均在文件内，此后没有有关条目",
              "every entry since the last one shown, up to this checkpoint, is in the file: nothing later is about "
              "this order"};
    case Run::kNone:
      break;
  }
  if (silence)
    return {"以日志的期限标记为证：最后一次标记时该机构仍未反馈；此后的条目不在文件内",
            "by the log's own marks: at the last of them the agency was still open; later entries are not in the file"};
  return {"文件不含其后的日志条目：可能存在更晚的有关条目",
          "later entries are not in the file: there may be later ones about it"};
}

std::string AmountText(int64_t minor_units, const std::string& currency) {
  return MoneyText(minor_units) + (currency.empty() ? "" : " " + currency);
}

std::string CurrencyOf(const Order& order) {
  if (order.has_freeze()) return order.freeze().currency();
  if (order.has_extract_income()) return order.extract_income().currency();
  return order.has_deduct() ? order.deduct().currency() : "CNY";
}

Words ActOf(const Order& order) {
  const Words action = WordsOf(order.action());
  switch (order.act_case()) {
    case Order::kFreeze: {
      const Freeze& freeze = order.freeze();
      const bool known = freeze.limit_minor_units() > 0;
      const std::string limit = known ? AmountText(freeze.limit_minor_units(), freeze.currency()) : "";
      Words words = {action.zh + " " + (known ? limit : "（价值未知）") + "，" + TargetText(freeze, true),
                     action.en + " " + (known ? limit : "of unknown value") + ", " + TargetText(freeze, false)};
      if (!freeze.has_counter()) {
        words.zh += "，期限 " + TermText(freeze.term(), true);
        words.en += ", for " + TermText(freeze.term(), false);
      }
      for (int i = 0; i < freeze.blocked_acts_size(); ++i) {
        words.zh += (i == 0 ? "，限制事项 " : "、") + CodeText(freeze.blocked_acts(i));
        words.en += (i == 0 ? ", barred " : " ") + freeze.blocked_acts(i);
      }
      return words;
    }
    case Order::kRelease: {
      const std::string of = UuidText(order.release().freeze_order_id());
      const int64_t amount = order.release().amount_minor_units();
      return {action.zh + "命令 " + of + (amount == 0 ? " 全部" : " " + MoneyText(amount)) + "，" +
                  CodeText(order.release().ground()),
              action.en + " of order " + of + (amount == 0 ? ", whole" : ", " + MoneyText(amount)) + ", " +
                  order.release().ground()};
    }
    case Order::kRenew: {
      const std::string of = UuidText(order.renew().freeze_order_id());
      const Term& term = order.renew().term();
      return {action.zh + "命令 " + of + "，自原期限届满起续 " + TermText(term, true),
              action.en + " of order " + of + ", by " + TermText(term, false) + " from its end"};
    }
    case Order::kDeduct: {
      const Deduct& deduct = order.deduct();
      const std::string amount = AmountText(deduct.amount_minor_units(), deduct.currency());
      const std::string most_zh = deduct.up_to() ? "（以实际控制金额为限）" : "",
                        most_en = deduct.up_to() ? "up to " : "";
      const std::string account = deduct.account().account_name() + " " + deduct.account().account_number();
      const std::string of = UuidText(deduct.freeze_order_id());
      return {action.zh + " " + amount + most_zh + " 至 " + account + "（依冻结命令 " + of + "）",
              action.en + " of " + most_en + amount + " to " + account + " (under freeze " + of + ")"};
    }
    case Order::kTransferTitle: {
      const TransferTitle& title = order.transfer_title();
      const std::string of = UuidText(title.freeze_order_id());
      const bool whole = title.share_numerator() == 0;
      const std::string part =
          std::to_string(title.share_numerator()) + "/" + std::to_string(title.share_denominator());
      const std::string owner = title.transferee().name() + " " + title.transferee().id_number();
      const std::string proceeds = MoneyText(title.proceeds_minor_units());
      return {action.zh + "（依命令 " + of + "）" + (whole ? "全部" : part) + " 至 " + owner + "，" +
                  CodeText(title.ground()) + "，归本案 " + proceeds + (title.charges_end() ? "，涤除担保" : ""),
              action.en + " (under order " + of + "), " + (whole ? "all" : part) + ", to " + owner + ", " +
                  title.ground() + ", " + proceeds + " of it to this claim" +
                  (title.charges_end() ? ", charges end" : "")};
    }
    case Order::kLocate: {
      const Locate& locate = order.locate();
      const std::string of = UuidText(locate.freeze_order_id());
      return {
          action.zh + (locate.hold() ? "并扣押" : "") + "命令 " + of + " 的财产，期限 " + TermText(locate.term(), true),
          action.en + " for what order " + of + " is about, for " + TermText(locate.term(), false) +
              (locate.hold() ? ", held where it is found" : "")};
    }
    case Order::kExtractIncome: {
      const ExtractIncome& income = order.extract_income();
      const std::string amount = AmountText(income.limit_minor_units(), income.currency());
      const std::string kept = AmountText(income.kept_per_month_minor_units(), income.currency());
      const std::string to = income.account().account_name() + " " + income.account().account_number();
      return {action.zh + " " + amount + "，账户 " + income.account_number() + "，每月保留 " + kept + "，期限 " +
                  TermText(income.term(), true) + "，至 " + to,
              action.en + " of up to " + amount + " from account " + income.account_number() + ", " + kept +
                  " of each month kept, for " + TermText(income.term(), false) + ", to " + to};
    }
    default:
      return action;
  }
}

std::string ItemText(const ItemResult& item, const std::string& currency, const absl::TimeZone& zone) {
  std::string out = Both(WordsOf(item.outcome()));
  if (item.has_finding()) out += FindingText(item.finding());
  if (item.has_deduction()) out += DeductionText(item.deduction(), currency, zone);
  if (item.has_sighting()) out += SightingText(item.sighting(), zone);
  if (item.has_measure()) out += MeasureText(item.measure(), currency, zone);
  if (item.has_deduction() && item.deduction().has_measure())
    out += MeasureText(item.deduction().measure(), currency, zone);
  if (!item.reason().empty()) out += "; 原因 reason " + AgencyReasonText(item.reason());
  if (!item.remark().empty()) out += "; " + item.remark();
  return out;
}

}  // namespace eagle::audit
