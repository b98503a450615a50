#include "adapters/file/request.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/trust/freeze_named.h"

namespace eagle::file {
namespace {

constexpr char kReturnReason[] = "return_reason";
constexpr char kFirstItem[] = "1";

absl::Status NoPlace(std::string_view reason, std::string_view what) {
  return Fail(Reason::kFieldInvalid, what).With(kReturnReason, reason);
}

// The first paper of a category; null when there is none.
const v1::Instrument* PaperOf(const v1::Order& order, std::string_view category) {
  for (const v1::Instrument& paper : order.instruments()) {
    if (paper.category() == category) return &paper;
  }
  return nullptr;
}
std::string TitleOf(const v1::Order& order, std::string_view category) {
  const v1::Instrument* paper = PaperOf(order, category);
  return paper == nullptr ? "" : paper->title();
}

// 当事人类型: an organisation is known by the kind of its number.
bool IsOrganisation(std::string_view id_kind) {
  return id_kind == "UNIFIED_CREDIT_CODE" || id_kind == "ORGANISATION_CODE" || id_kind == "BUSINESS_LICENCE";
}

absl::Status PutHeader(const v1::Order& order, const RequestContext& context, const Edge& edge, Element& row) {
  const v1::Identity& subject = order.subject();
  const auto id_kind = edge.codes.CodeOf(CodeList::kIdKind, subject.id_kind());
  if (!id_kind)
    return NoPlace("ID_KIND_NOT_MAPPED", "the table of codes has no code for the kind of identity document");
  row.Put("BDHM", RequestNumber(order.order_id())).Put("LB", "YH");
  row.Put("XZ", order.action() == v1::ACTION_INQUIRE ? "1" : "2");
  row.Put("DSRLX", IsOrganisation(subject.id_kind()) ? "2" : "1");
  row.Put("XM", subject.name()).Put("ZJLX", *id_kind).Put("ZJLXMC", subject.id_kind());
  row.Put("DSRZJHM", subject.id_number()).Put("FYDM", order.court()).Put("AH", order.case_number());
  static constexpr const char* kOfficerFields[2][3] = {{"CBR", "GZZBH", "GWZBH"}, {"CBR2", "GZZBH2", "GWZBH2"}};
  for (int i = 0; i < std::min(order.officers_size(), 2); ++i) {
    const v1::OfficerRef& officer = order.officers(i);
    row.Put(kOfficerFields[i][0], officer.officer()).Put(kOfficerFields[i][1], officer.work_id_no());
    row.Put(kOfficerFields[i][2], officer.duty_card_no());
  }
  row.Put("CKH", TitleOf(order, "ASSISTANCE_NOTICE")).Put("CKWH", TitleOf(order, "RULING"));
  row.Put("JJCD", order.urgency() == v1::URGENCY_URGENT ? "URGENT_24H" : "NORMAL_7D");
  row.Put("JJYY", order.urgency_reason()).Put("YT", order.purpose()).Put("FLYJ", order.legal_basis());
  row.Put("SDSJ", absl::FormatTime(absl::RFC3339_sec, context.arrival.at, edge.zone));
  row.Put("SDXH", absl::StrCat(context.arrival.sequence));
  row.Put("ZLZY", HexEncode(journal::View(context.order_digest)));
  return absl::OkStatus();
}

void PutPapers(const v1::Order& order, Element& row) {
  int number = 0;
  for (const v1::Instrument& paper : order.instruments()) {
    row.Add("WSINFO")
        .Put("XH", absl::StrCat(++number))
        .Put("WSLB", paper.category())
        .Put("WJMC", paper.title())
        .Put("WJLX", paper.media_type())
        .Put("ZJS", absl::StrCat(paper.size_bytes()))
        .Put("SHA256", HexEncode(paper.digest()));
  }
}

absl::Status PutMoney(std::string_view currency, int64_t amount, const Edge& edge, Element& item) {
  const auto code = edge.codes.CodeOf(CodeList::kCurrency, currency);
  if (!code) return NoPlace("CURRENCY_NOT_MAPPED", "the table of codes has no code for the currency");
  item.Put("BZ", *code).Put("JE", AmountText(amount));
  return absl::OkStatus();
}

std::string Months(const v1::Term& term) { return absl::StrCat(term.months() + 12 * term.years()); }

absl::Status PutFreeze(const v1::Freeze& freeze, const Edge& edge, Element& item) {
  if (freeze.has_asset()) return NoPlace("ACTION_NOT_SUPPORTED", "these files have no place for things in a register");
  item.Put("KZCS", "01").Put("KHZH", freeze.account().account_number());
  item.Put("KZNR", freeze.person_at_agency().whole_account() ? "2" : "1");
  item.Put("HXRZ", freeze.inflow() == v1::INFLOW_CAPTURE ? "1" : "0").Put("QXYS", Months(freeze.term()));
  return PutMoney(freeze.currency(), freeze.limit_minor_units(), edge, item);
}

absl::Status PutDeduct(const v1::Deduct& deduct, const Edge& edge, Element& item) {
  item.Put("KZCS", "06").Put("SFZDE", deduct.up_to() ? "1" : "0").Put("SFJH", "0");
  item.Put("ZXKZHHM", deduct.account().account_name()).Put("ZXKZHKHHHH", deduct.account().bank());
  item.Put("ZXKZHZH", deduct.account().account_number());
  return PutMoney(deduct.currency(), deduct.amount_minor_units(), edge, item);
}

absl::Status PutItem(const v1::Order& order, const RequestContext& context, const Edge& edge, Element& row) {
  Element& item = row.Add("KZZH").Put("CCXH", kFirstItem).Put("KZLX", "1");
  if (const std::string* freeze = trust::FreezeNamed(order)) {
    item.Put("YDJAH", order.case_number()).Put("YDJDH", RequestNumber(*freeze));
    item.Put("YDJBH", context.freeze_reference);
  }
  switch (order.action()) {
    case v1::ACTION_FREEZE:
      return PutFreeze(order.freeze(), edge, item);
    case v1::ACTION_RENEW:
      item.Put("KZCS", "02").Put("QXYS", Months(order.renew().term()));
      return absl::OkStatus();
    case v1::ACTION_RELEASE:
      item.Put("KZCS", "04").Put("JCLY", order.release().ground());
      // Amount without its currency: that of the freeze. None: the whole measure.
      if (order.release().amount_minor_units() > 0) item.Put("JCJE", AmountText(order.release().amount_minor_units()));
      return absl::OkStatus();
    case v1::ACTION_DEDUCT:
      return PutDeduct(order.deduct(), edge, item);
    default:
      return NoPlace("ACTION_NOT_SUPPORTED", "these files have no code for the action");
  }
}

absl::Status CheckTexts(const Element& element, const Edge& edge) {
  for (const auto& [field, value] : element.fields) {
    absl::Status status = CheckXmlText(value);
    if (status.ok()) status = edge.encoding.Encode(value).status();
    if (status.ok() && value.size() > kFieldBytesMax)
      status = Fail(Reason::kTextInvalid, "more bytes than a field of these files holds");
    if (status.ok()) continue;
    Failure failure = FailureOf(status);
    failure.metadata.emplace_back("field", element.name + " " + field);
    failure.metadata.emplace_back(kReturnReason, "CHARACTER_NOT_CARRIED");
    return ToStatus(failure);
  }
  for (const Element& row : element.rows) EAGLE_RETURN_IF_ERROR(CheckTexts(row, edge));
  return absl::OkStatus();
}

}  // namespace

std::string RequestNumber(std::string_view order_id) { return HexEncode(order_id); }

Family FamilyOf(const v1::Order& order) {
  return order.action() == v1::ACTION_INQUIRE ? Family::kInquiry : Family::kControl;
}

absl::StatusOr<Element> RequestRow(const v1::Order& order, const RequestContext& context, const Edge& edge) {
  const bool inquiry = order.action() == v1::ACTION_INQUIRE;
  Element row{.name = inquiry ? "CXQQXX" : "KZQQXX"};
  EAGLE_RETURN_IF_ERROR(PutHeader(order, context, edge, row));
  if (inquiry) {
    row.Put("QQZCLX", absl::StrJoin(order.inquire().asset_kinds(), " "));
  } else {
    EAGLE_RETURN_IF_ERROR(PutItem(order, context, edge, row));
  }
  PutPapers(order, row);
  EAGLE_RETURN_IF_ERROR(CheckTexts(row, edge));
  return row;
}

}  // namespace eagle::file
