#include "client/lib/order_builder.h"

#include "client/common/files.h"
#include "server/base/assert.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"
#include "server/journal/hash.h"
#include "server/trust/timestamps.h"

namespace eagle::client {
namespace {

namespace v1 = ::goldeneagle::v1;

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

template <typename Terms>
void SetTerm(const Terms& terms, v1::Term& term) {
  term.set_months(terms.months);
  term.set_years(terms.years);
}

void SetAccount(const CourtsAccount& account, v1::CourtAccount& out) {
  out.set_account_name(account.account_name);
  out.set_bank(account.bank);
  out.set_account_number(account.account_number);
}

}  // namespace

std::string OrderBuilder::NewId() { return NewUuidV7(clock_.WallNow(), entropy_); }

v1::Order OrderBuilder::Common(const OrderCommon& common, v1::Action action) {
  v1::Order order;
  order.set_court(common.court);
  order.set_case_number(common.case_number);
  order.set_action(action);
  order.set_urgency(common.urgency_reason.empty() ? v1::URGENCY_NORMAL : v1::URGENCY_URGENT);
  order.set_urgency_reason(common.urgency_reason);
  for (const std::string& agency : common.agencies) order.add_agencies(agency);
  order.mutable_subject()->set_name(common.subject.name);
  order.mutable_subject()->set_id_kind(common.subject.id_kind);
  order.mutable_subject()->set_id_number(common.subject.id_number);
  order.set_group(common.group);
  for (const OfficerCard& card : common.officers) AddOfficer(card, order);
  order.set_purpose(common.purpose);
  order.set_legal_basis(common.legal_basis);
  for (const Paper& paper : common.papers) AddPaper(paper, order);
  if (common.over_cap) {
    order.mutable_over_cap_exception()->set_reason(common.over_cap->reason);
    order.mutable_over_cap_exception()->set_leader(common.over_cap->leader);
  }
  if (common.confirmed) *order.mutable_confirmed() = *common.confirmed;
  Complete(order, common.court, common.valid_for);
  return order;
}

void OrderBuilder::Complete(v1::Order& order, const std::string& court, absl::Duration valid_for) {
  if (order.order_id().empty()) order.set_order_id(NewId());
  if (order.court().empty()) order.set_court(court);
  if (!order.has_issued_at()) *order.mutable_issued_at() = trust::TimestampOf(clock_.WallNow());
  if (!order.has_not_after()) {
    const absl::Time issued = trust::TimeOf(order.issued_at()).value_or(clock_.WallNow());
    *order.mutable_not_after() = trust::TimestampOf(issued + valid_for);
  }
}

v1::Order OrderBuilder::Inquire(const OrderCommon& common, const std::vector<std::string>& asset_kinds,
                                const std::optional<DayRange>& transactions) {
  v1::Order order = Common(common, v1::ACTION_INQUIRE);
  order.mutable_inquire();
  for (const std::string& kind : asset_kinds) order.mutable_inquire()->add_asset_kinds(kind);
  if (transactions) {
    order.mutable_inquire()->mutable_transactions()->set_first_day(transactions->first_day);
    order.mutable_inquire()->mutable_transactions()->set_last_day(transactions->last_day);
  }
  return order;
}

v1::Order OrderBuilder::Freeze(const OrderCommon& common, const FreezeTerms& terms) {
  v1::Order order = Common(common, v1::ACTION_FREEZE);
  v1::Freeze& freeze = *order.mutable_freeze();
  std::visit(
      Overloaded{[&](const PersonTarget& target) {
                   freeze.mutable_person_at_agency()->set_whole_account(target.whole_account);
                 },
                 [&](const AccountNumber& target) { freeze.mutable_account()->set_account_number(target.number); },
                 [&](const Asset& target) {
                   freeze.mutable_asset()->set_asset_kind(target.kind);
                   freeze.mutable_asset()->set_unit_number(target.unit_number);
                   freeze.mutable_asset()->set_share_numerator(target.share_numerator);
                   freeze.mutable_asset()->set_share_denominator(target.share_denominator);
                   freeze.mutable_asset()->set_quantity_e4(target.quantity_e4);
                 },
                 [&](const Product& target) {
                   freeze.mutable_product()->set_product_number(target.number);
                   freeze.mutable_product()->set_quantity_e4(target.quantity_e4);
                 },
                 [&](const AtCounter& target) {
                   freeze.mutable_counter()->set_unit_reference(target.unit_reference);
                   freeze.mutable_counter()->set_document_number(target.document_number);
                   freeze.mutable_counter()->set_asset_kind(target.asset_kind);
                 }},
      terms.target);
  freeze.set_currency(terms.currency);
  freeze.set_limit_minor_units(terms.limit_minor_units);
  freeze.set_inflow(terms.inflow);
  if (terms.months > 0 || terms.years > 0) SetTerm(terms, *freeze.mutable_term());
  for (const std::string& act : terms.blocked_acts) freeze.add_blocked_acts(act);
  return order;
}

v1::Order OrderBuilder::Renew(const OrderCommon& common, const RenewTerms& terms) {
  v1::Order order = Common(common, v1::ACTION_RENEW);
  order.mutable_renew()->set_freeze_order_id(terms.freeze_order_id);
  SetTerm(terms, *order.mutable_renew()->mutable_term());
  return order;
}

v1::Order OrderBuilder::Release(const OrderCommon& common, const ReleaseTerms& terms) {
  v1::Order order = Common(common, v1::ACTION_RELEASE);
  order.mutable_release()->set_freeze_order_id(terms.freeze_order_id);
  order.mutable_release()->set_amount_minor_units(terms.amount_minor_units);
  order.mutable_release()->set_ground(terms.ground);
  return order;
}

v1::Order OrderBuilder::Deduct(const OrderCommon& common, const DeductTerms& terms) {
  v1::Order order = Common(common, v1::ACTION_DEDUCT);
  v1::Deduct& deduct = *order.mutable_deduct();
  deduct.set_freeze_order_id(terms.freeze_order_id);
  deduct.set_currency(terms.currency);
  deduct.set_amount_minor_units(terms.amount_minor_units);
  deduct.set_up_to(terms.up_to);
  SetAccount(terms.account, *deduct.mutable_account());
  deduct.set_account_statement(terms.account.account_statement);
  return order;
}

v1::Order OrderBuilder::TransferTitle(const OrderCommon& common, const TransferTerms& terms) {
  v1::Order order = Common(common, v1::ACTION_TRANSFER_TITLE);
  v1::TransferTitle& title = *order.mutable_transfer_title();
  title.set_freeze_order_id(terms.freeze_order_id);
  title.mutable_transferee()->set_name(terms.transferee.name);
  title.mutable_transferee()->set_id_kind(terms.transferee.id_kind);
  title.mutable_transferee()->set_id_number(terms.transferee.id_number);
  title.set_share_numerator(terms.share_numerator);
  title.set_share_denominator(terms.share_denominator);
  title.set_ground(terms.ground);
  title.set_proceeds_minor_units(terms.proceeds_minor_units);
  title.set_charges_end(terms.charges_end);
  return order;
}

v1::Order OrderBuilder::Locate(const OrderCommon& common, const LocateTerms& terms) {
  v1::Order order = Common(common, v1::ACTION_LOCATE);
  v1::Locate& locate = *order.mutable_locate();
  locate.set_freeze_order_id(terms.freeze_order_id);
  SetTerm(terms, *locate.mutable_term());
  locate.set_hold(terms.hold);
  locate.set_collect_contact(terms.collect_contact);
  locate.set_collect_phone(terms.collect_phone);
  return order;
}

v1::Order OrderBuilder::ExtractIncome(const OrderCommon& common, const IncomeTerms& terms) {
  v1::Order order = Common(common, v1::ACTION_EXTRACT_INCOME);
  v1::ExtractIncome& income = *order.mutable_extract_income();
  income.set_account_number(terms.account_number);
  income.set_currency(terms.currency);
  income.set_limit_minor_units(terms.limit_minor_units);
  income.set_kept_per_month_minor_units(terms.kept_per_month_minor_units);
  SetTerm(terms, *income.mutable_term());
  SetAccount(terms.account, *income.mutable_account());
  income.set_account_statement(terms.account.account_statement);
  return order;
}

v1::CaseAct OrderBuilder::Act(const std::string& court) {
  v1::CaseAct act;
  act.set_request_id(NewId());
  act.set_court(court);
  return act;
}

v1::CaseAct OrderBuilder::Open(const std::string& court, v1::OpenCase open) {
  v1::CaseAct act = Act(court);
  *act.mutable_open() = std::move(open);
  return act;
}

v1::CaseAct OrderBuilder::ChangeStage(const std::string& court, v1::ChangeStage change) {
  v1::CaseAct act = Act(court);
  *act.mutable_stage() = std::move(change);
  return act;
}

v1::CaseAct OrderBuilder::ChangeRespondents(const std::string& court, v1::ChangeRespondents change) {
  v1::CaseAct act = Act(court);
  *act.mutable_respondents() = std::move(change);
  return act;
}

v1::CaseAct OrderBuilder::ChangeCap(const std::string& court, v1::ChangeCap change) {
  v1::CaseAct act = Act(court);
  *act.mutable_cap() = std::move(change);
  return act;
}

void AddOfficer(const OfficerCard& card, v1::Order& order) {
  v1::OfficerRef* officer = order.add_officers();
  officer->set_officer(card.code);
  officer->set_work_id_no(card.work_id_no);
  officer->set_duty_card_no(card.duty_card_no);
}

v1::Instrument InstrumentOf(const Paper& paper) {
  v1::Instrument instrument;
  instrument.set_category(paper.category);
  instrument.set_digest(paper.digest);
  instrument.set_size_bytes(paper.size_bytes);
  instrument.set_media_type(paper.media_type);
  instrument.set_title(paper.title);
  return instrument;
}

void AddPaper(const Paper& paper, v1::Order& order) { *order.add_instruments() = InstrumentOf(paper); }

int64_t SumOf(const v1::Claim& claim) {
  return claim.principal_minor_units() + claim.interest_minor_units() + claim.doubled_interest_minor_units() +
         claim.cost_minor_units();
}

absl::StatusOr<Paper> PaperFromFile(const std::string& category, const std::string& path, const std::string& title) {
  Paper paper{.category = category, .title = title};
  if (path.ends_with(".pdf")) paper.media_type = "application/pdf";
  if (path.ends_with(".ofd")) paper.media_type = "application/ofd";
  if (paper.media_type.empty())
    return Fail(Reason::kFieldInvalid, "a paper is a .pdf or an .ofd file: " + path).With("path", path);
  EAGLE_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  if (bytes.empty()) return Fail(Reason::kFieldInvalid, "the paper is empty: " + path).With("path", path);
  paper.digest = journal::View(journal::Sha256(bytes));
  paper.size_bytes = bytes.size();
  return paper;
}

std::string Serialize(const google::protobuf::Message& message) {
  std::string bytes;
  GATEWAY_ASSERT(message.SerializeToString(&bytes), "messages that we build are complete and their text is UTF-8");
  return bytes;
}

}  // namespace eagle::client
