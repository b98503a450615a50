#include "adapters/conformance/orders.h"

#include "absl/strings/str_cat.h"
#include "server/base/bytes.h"
#include "server/base/uuid.h"
#include "server/journal/hash.h"
#include "server/trust/make_batch.h"
#include "server/trust/timestamps.h"

namespace eagle::conformance {
namespace {

constexpr absl::Duration kOrderHolds = absl::Hours(48);

void AddPaper(v1::Order& order, std::string_view category) {
  v1::Instrument& paper = *order.add_instruments();
  paper.set_category(std::string(category));
  paper.set_digest(std::string(journal::View(journal::Sha256(category))));
  paper.set_size_bytes(1024);
  paper.set_media_type("application/pdf");
}

}  // namespace

v1::Order Courts::Base(v1::Action action, const Person& subject, std::string_view court) {
  v1::Order order;
  const absl::Time now = clock_.WallNow();
  order.set_order_id(NewUuidV7(now, entropy_));
  order.set_court(std::string(court));
  order.set_case_number(absl::StrCat("（2026）", ToAbsl(court), "执1号"));
  order.set_action(action);
  order.set_urgency(v1::URGENCY_NORMAL);
  order.add_agencies(world_.agency());
  order.mutable_subject()->set_name(subject.name);
  order.mutable_subject()->set_id_kind(subject.id_kind);
  order.mutable_subject()->set_id_number(subject.id_number);
  *order.mutable_issued_at() = trust::TimestampOf(now);
  *order.mutable_not_after() = trust::TimestampOf(now + kOrderHolds);
  NameOfficers(order, {kHandler, kCosigner});
  order.set_purpose("EXECUTION");
  order.set_legal_basis("民事诉讼法第二百五十三条");
  if (action != v1::ACTION_INQUIRE) AddPaper(order, "RULING");
  AddPaper(order, "ASSISTANCE_NOTICE");
  if (action == v1::ACTION_DEDUCT) AddPaper(order, "JUDGMENT_COPY");
  return order;
}

void Courts::NameOfficers(v1::Order& order, std::vector<std::string> codes) const {
  order.clear_officers();
  for (const std::string& code : codes) {
    v1::OfficerRef& officer = *order.add_officers();
    officer.set_officer(code);
    officer.set_work_id_no("W" + code);
    officer.set_duty_card_no("D" + code);
  }
}

v1::Order Courts::Inquiry(const Person& subject, std::string_view court) {
  v1::Order order = Base(v1::ACTION_INQUIRE, subject, court);
  order.mutable_inquire();
  return order;
}

v1::Order Courts::Freeze(const Person& subject, int64_t limit, std::string_view court) {
  v1::Order order = Base(v1::ACTION_FREEZE, subject, court);
  v1::Freeze& freeze = *order.mutable_freeze();
  freeze.set_currency(fixtures_.currency);
  freeze.set_limit_minor_units(limit);
  freeze.mutable_term()->set_months(fixtures_.term_months);
  if (fixtures_.money) {
    freeze.mutable_person_at_agency();
    freeze.set_inflow(v1::INFLOW_CAPTURE);
    return order;
  }
  v1::AssetTarget& asset = *freeze.mutable_asset();
  asset.set_asset_kind(fixtures_.asset_kind);
  asset.set_unit_number(subject.asset);
  asset.set_share_numerator(subject.share_numerator);
  asset.set_share_denominator(subject.share_denominator);
  if (limit == 0) {
    order.mutable_over_cap_exception()->set_reason("VALUE_UNKNOWN");
    order.mutable_over_cap_exception()->set_leader(kLeader);
  }
  return order;
}

v1::Order Courts::FreezeAccount(const Person& subject, int64_t limit) {
  v1::Order order = Freeze(subject, limit);
  order.mutable_freeze()->mutable_account()->set_account_number(subject.asset);
  return order;
}

v1::Order Courts::Like(const v1::Order& freeze, v1::Action action, std::string_view court) {
  v1::Order order = Base(action, Person(), court);
  *order.mutable_subject() = freeze.subject();
  return order;
}

v1::Order Courts::Renew(const v1::Order& freeze, uint32_t months, std::string_view court) {
  v1::Order order = Like(freeze, v1::ACTION_RENEW, court);
  order.mutable_renew()->set_freeze_order_id(freeze.order_id());
  order.mutable_renew()->mutable_term()->set_months(months);
  return order;
}

v1::Order Courts::Release(const v1::Order& freeze, int64_t amount, std::string_view court) {
  v1::Order order = Like(freeze, v1::ACTION_RELEASE, court);
  order.mutable_release()->set_freeze_order_id(freeze.order_id());
  order.mutable_release()->set_amount_minor_units(amount);
  order.mutable_release()->set_ground("DEBT_PAID");
  return order;
}

v1::Order Courts::TransferTitle(const v1::Order& freeze, const Person& transferee, std::string_view court) {
  v1::Order order = Like(freeze, v1::ACTION_TRANSFER_TITLE, court);
  v1::TransferTitle& transfer = *order.mutable_transfer_title();
  transfer.set_freeze_order_id(freeze.order_id());
  transfer.mutable_transferee()->set_name(transferee.name);
  transfer.mutable_transferee()->set_id_kind(transferee.id_kind);
  transfer.mutable_transferee()->set_id_number(transferee.id_number);
  transfer.set_ground("AUCTION");
  return order;
}

v1::Order Courts::Locate(const v1::Order& freeze, std::string_view court) {
  v1::Order order = Like(freeze, v1::ACTION_LOCATE, court);
  v1::Locate& locate = *order.mutable_locate();
  locate.set_freeze_order_id(freeze.order_id());
  locate.mutable_term()->set_months(1);
  locate.set_hold(true);
  locate.set_collect_contact("周敏");
  locate.set_collect_phone("024-00000000");
  return order;
}

v1::Order Courts::Deduct(const v1::Order& freeze, int64_t amount, std::string_view digest) {
  v1::Order order = Like(freeze, v1::ACTION_DEDUCT, kCourt);
  v1::Deduct& deduct = *order.mutable_deduct();
  deduct.set_freeze_order_id(freeze.order_id());
  deduct.set_currency(fixtures_.currency);
  deduct.set_amount_minor_units(amount);
  deduct.mutable_account()->set_account_name(fixtures_.court_account->account_name());
  deduct.mutable_account()->set_bank(fixtures_.court_account->bank());
  deduct.mutable_account()->set_account_number(fixtures_.court_account->account_number());
  deduct.set_account_statement(std::string(digest));
  return order;
}

v1::Order Courts::FreezeProduct(const Person& subject, int64_t limit) {
  v1::Order order = Freeze(subject, limit);
  order.mutable_freeze()->mutable_product()->set_product_number(subject.asset);
  return order;
}

v1::Order Courts::TakeOver(const Person& subject, int64_t limit, std::string_view document) {
  v1::Order order = Freeze(subject, limit);
  v1::CounterMeasure& counter = *order.mutable_freeze()->mutable_counter();
  counter.set_unit_reference(subject.asset);
  counter.set_document_number(std::string(document));
  counter.set_asset_kind(fixtures_.asset_kind);
  order.mutable_freeze()->clear_term();
  return order;
}

v1::Order Courts::ExtractIncome(const Person& subject, int64_t limit, int64_t kept_per_month, std::string_view digest) {
  v1::Order order = Base(v1::ACTION_EXTRACT_INCOME, subject, kCourt);
  v1::ExtractIncome& extract = *order.mutable_extract_income();
  extract.set_account_number(subject.asset);
  extract.set_currency(fixtures_.currency);
  extract.set_limit_minor_units(limit);
  extract.set_kept_per_month_minor_units(kept_per_month);
  extract.mutable_term()->set_months(fixtures_.term_months);
  *extract.mutable_account() = Deduct(order, limit, digest).deduct().account();
  extract.set_account_statement(std::string(digest));
  return order;
}

v1::SignedMember Courts::Sign(const v1::Order& order, Signing signing) {
  return SignBytes(order.SerializeAsString(), order, std::move(signing));
}

v1::SignedMember Courts::SignBytes(std::string member, const v1::Order& order, Signing signing) {
  if (signing.signers.empty()) {
    signing.signers.push_back(&world_.OfficerKey(order.court(), kHandler));
    if (order.action() != v1::ACTION_INQUIRE) signing.signers.push_back(&world_.OfficerKey(order.court(), kCosigner));
    if (order.has_over_cap_exception()) signing.signers.push_back(&world_.OfficerKey(order.court(), kLeader));
  }
  const absl::Time now = clock_.WallNow();
  const trust::HeadFields fields = {v1::MEMBER_TYPE_ORDER, signing.environment,
                                    signing.signer.empty() ? order.court() : signing.signer, world_.NextSequence(now),
                                    now};
  return trust::TravelForm(trust::MakeBatch(fields, {std::move(member)}, signing.signers), 0);
}

}  // namespace eagle::conformance
