#include "client/audit/code_words.h"

#include "server/base/reason.h"

namespace eagle::audit {
namespace {

struct CodeRow {
  std::string_view code;
  const char* zh;
};

constexpr CodeRow kCodes[] = {
    // instruments 文书
    {"RULING", "裁定书"},
    {"ASSISTANCE_NOTICE", "协助执行通知书"},
    {"JUDGMENT_COPY", "生效法律文书副本"},
    // deadlines 期限
    {"ANSWER_URGENT", "紧急事项反馈期限"},
    {"ANSWER_NORMAL", "普通事项反馈期限"},
    {"RELEASE_SURPLUS", "超标的解除期限"},
    {"POSITION_DIFFERENCE", "对账差异处理期限"},
    // assets 财产
    {"DEPOSIT", "银行存款"},
    {"WEALTH_PRODUCT", "理财产品"},
    {"LAND", "不动产"},
    {"VEHICLE", "机动车"},
    {"MOVABLE", "动产"},
    {"EQUITY", "股权"},
    {"SECURITIES", "证券"},
    {"HOUSING_FUND", "住房公积金"},
    {"PATENT", "专利权"},
    {"TRADEMARK", "商标权"},
    // agencies 协助单位
    {"BANK", "银行"},
    {"BUSINESS", "市场主体登记"},
    {"IP", "知识产权"},
    // purposes 用途
    {"EXECUTION", "执行"},
    {"PRESERVATION", "保全"},
    {"MIGRANT_WAGES", "农民工工资"},
    {"MARGIN_FREE", "保证金丧失担保功能"},
    {"WITHDRAWAL_CONDITION_MET", "符合提取条件"},
    // urgency 紧急事由
    {"FLIGHT_RISK", "可能出逃"},
    {"TRANSFER_RISK", "可能转移财产"},
    {"TERM_ENDING", "期限即将届满"},
    {"COURT_DAY", "即将开庭"},
    // grounds of releases 解除事由
    {"DEBT_PAID", "债务已清偿"},
    {"SURPLUS", "超标的"},
    {"WITHDRAWN", "撤回申请"},
    {"SECURITY_GIVEN", "已提供担保"},
    {"THIRD_PARTY_ASSET", "案外人财产"},
    {"OTHER", "其他"},
    // id kinds 证件
    {"CITIZEN_ID", "居民身份证"},
    {"UNIFIED_CREDIT_CODE", "统一社会信用代码"},
    {"HOUSEHOLD_BOOK", "户口簿"},
    {"PASSPORT_CN", "中国护照"},
    {"PASSPORT", "外国护照"},
    {"HK_MACAO_PERMIT", "港澳居民来往内地通行证"},
    {"HK_MACAO_RETURN_PERMIT", "港澳同胞回乡证"},
    {"TAIWAN_PERMIT", "台湾居民来往大陆通行证"},
    {"HK_MACAO_TAIWAN_RESIDENCE", "港澳台居民居住证"},
    {"PERMANENT_RESIDENCE", "外国人永久居留身份证"},
    {"SOLDIER", "士兵证"},
    {"MILITARY_OFFICER", "军官证"},
    {"MILITARY_CIVILIAN", "文职干部证"},
    {"ARMED_POLICE", "武警证件"},
    {"ORGANISATION_CODE", "组织机构代码证"},
    {"BUSINESS_LICENCE", "营业执照"},
    // how a person was matched 匹配依据
    {"NAME_AND_18", "姓名及18位号码"},
    {"NAME_AND_15", "姓名及15位号码"},
    {"NAME_AND_CODE", "名称及代码"},
    {"NAME_AND_NUMBER", "姓名及号码"},
    // why something was not done 未办理原因
    {"ACCOUNT_CLOSED", "账户已销户"},
    {"ACCOUNT_NOT_FOUND", "账户不存在"},
    {"ACTION_NOT_SUPPORTED", "机构不办理该事项"},
    {"AMOUNT_ABOVE_MEASURE", "金额超过控制金额"},
    {"ALREADY_PRESERVED", "已有在先保全"},
    {"ANSWER_INVALID", "机构反馈无效"},
    {"ASSET_KIND_NOT_SUPPORTED", "机构不登记该类财产"},
    {"COURT_ACCOUNT_NAME_MISMATCH", "法院收款账户户名不符"},
    {"COURT_ACCOUNT_NOT_FOUND", "法院收款账户不存在"},
    {"COURT_ACCOUNT_OTHER_CURRENCY", "法院收款账户币种不符"},
    {"CURRENCY_MISMATCH", "币种不符"},
    {"DEADLINE_EXCEEDED", "系统超时"},
    {"DOCUMENT_REPEATED", "文号重复"},
    {"IN_DOUBT", "存疑"},
    {"JOINT_ACCOUNT", "共有账户"},
    {"LOAN_OUTSTANDING", "公积金贷款未结清"},
    {"MEASURE_ENDED", "措施已终止"},
    {"MEASURE_UNKNOWN", "措施不存在"},
    {"NAME_MISMATCH", "姓名与证件不符"},
    {"NOT_A_COURT_ACCOUNT", "非法院账户"},
    {"NOT_HOLDER", "非权利人"},
    {"NOT_YOUR_MEASURE", "非本院措施"},
    {"NO_ACCOUNT", "无账户"},
    {"NO_BALANCE", "无余额"},
    {"NO_CUSTOMER", "非本行客户"},
    {"NUMBER_MISMATCH", "证件号码不符"},
    {"OPEN_DEDUCTION", "扣划未完成"},
    {"OTHER_CURRENCY", "其他币种"},
    {"PARTIAL_RELEASE", "不办理部分解除"},
    {"PAYMENT_REJECTED", "付款被退回"},
    {"REFUSED_BY_CLERK", "经办人退回"},
    {"SEAL_PENDING", "查封待登记"},
    {"SHARE_MISMATCH", "份额不符"},
    {"TARGET_NOT_SUPPORTED", "机构不支持该控制方式"},
    {"TERM_TOO_LONG", "期限过长"},
    {"TOO_MANY_ACCOUNTS", "账户过多"},
    {"TOO_MANY_FINDINGS", "结果过多"},
    {"UNDER_REVIEW", "审核中"},
    {"WITHDRAWAL_CONDITION_NOT_MET", "不符合提取条件"},
    {"PENDING", "待登记"},
    {"WAITLISTED", "轮候中"},
    {"LAPSED", "期限已届满"},
    {"RELEASED", "已解除"},
    {"CONSUMED", "已扣划完毕"},
    {"DISPOSED", "财产已处分"},
    {"VOID", "自始未生效"},
    {"REFUSED", "未登记"},
    {"VALUE_UNKNOWN", "价值不明"},
    {"UNIT_NOT_FOUND", "单元不存在"},
    {"DOCUMENT_NUMBER_MISSING", "无文号"},
    {"DOCUMENT_MISSING", "无法律文书"},
    {"DOCUMENT_EMPTY", "文书内容为空"},
    {"CREDENTIAL_MISSING", "无执行人员证件"},
    {"CREDENTIAL_EMPTY", "证件内容为空"},
    {"SEAL_INVALID", "印章无效"},
    {"OFFICER_NOT_REGISTERED", "执行人员未备案"},
    {"ORDER_EXPIRED", "文书已过期"},
    {"DUPLICATE", "重复请求"},
    {"NOT_RESPONDENT", "非被执行人"},
    {"ACCOUNT_NUMBER_MISSING", "无账号"},
    {"ASSET_DISPOSED", "财产已处分"},
    {"OVER_CAP", "超标的"},
    {"AMOUNT_ABOVE_BALANCE", "金额超过余额"},
    {"PRODUCT_NOT_CONTROLLED", "理财产品未控制而回款账户已控制"},
    {"EXEMPT_ACCOUNT", "豁免账户"},
    {"WAGE_ESCROW", "农民工工资专户"},
    {"CENTRAL_BANK_RESERVE", "存款准备金"},
    {"LC_MARGIN", "信用证保证金"},
    {"BILL_MARGIN", "承兑汇票保证金"},
    {"FREEZE_PENDING", "冻结待登记"},
    {"PRESERVATION_PENDING", "保全待登记"},
    {"ALREADY_ANSWERED", "已反馈"},
    {"QUERY_ERROR", "查询出错"},
    {"PROCESSING_FAILED", "处理失败"},
    {"UNIT_DOWN", "系统停用"},
    {"ANSWER_OBJECTION", "异议答复期限"},
    {"ANSWER_SUPERVISION", "督办反馈期限"},
    {"ANSWER_SUPERVISION_URGENT", "紧急督办反馈期限"},
    {"PRE_SEALED", "预查封"},
    {"NO_INCOME_ACCOUNT", "非收入账户"},
    {"QUANTITY_ABOVE_HOLDING", "数量超过持有"},
    {"TRANSFEREE_INVALID", "受让人信息不符"},
    {"ANOTHER_MEASURE_FIRST", "存在在先查封"},
    {"BLOCKED_ACT_UNKNOWN", "限制事项不符"},
    {"NOT_MOVABLE", "非动产"},
    {"INCOME", "收入"},
    // grounds of a transfer of title 过户事由
    {"AUCTION", "拍卖"},
    {"SALE", "变卖"},
    {"SET_OFF", "以物抵债"},
    // what a register is not to enter 限制事项
    {"TRANSFER", "转移登记"},
    {"CHANGE", "变更登记"},
    {"MORTGAGE", "抵押登记"},
    {"MORTGAGE_RELEASE", "解除抵押登记"},
    {"PLEDGE", "质押登记"},
    {"LICENCE", "许可备案"},
    {"CANCELLATION", "注销登记"},
    {"ABANDONMENT", "放弃"},
    // grounds of objections 异议事由
    {"EXEMPT_ASSET", "豁免财产"},
    {"OTHERS_ASSET", "案外人财产"},
    {"PRIOR_RIGHT", "在先权利"},
    {"PAPERS_DEFECTIVE", "文书瑕疵"},
    {"PROCEDURE", "程序违法"},
};

}  // namespace

std::string CodeText(std::string_view code) {
  for (const CodeRow& row : kCodes) {
    if (row.code == code) return std::string(row.zh) + " " + std::string(code);
  }
  return std::string(code);
}

std::string AgencyReasonText(std::string_view code) {
  const std::string text = CodeText(code);
  const bool known = text != code || code.empty() || ReasonByName(code);
  return known ? text : "未知代码 UNKNOWN (" + text + ")";
}

}  // namespace eagle::audit
