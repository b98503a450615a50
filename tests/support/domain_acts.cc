// Titles, searches and income in the domain's world: the policy's rows, orders and receipts.
#include "server/domain/instant.h"
#include "tests/support/domain_world.h"

namespace eagle::test {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

PolicyTable PolicyOfAllActs() {
  PolicyTable table = FreedoniaPolicy();
  const Source source = table.case_acts().source();
  for (const auto& [kind, months] : {std::pair{"VEHICLE", 24u}, std::pair{"PATENT", 24u},
                                     std::pair{"WEALTH_PRODUCT", 9u}, std::pair{"INCOME", 18u}}) {
    TermRow* row = table.add_terms();
    row->set_asset_kind(kind), row->set_months_max(months);
    *row->mutable_source() = source;
    table.add_asset_kinds(kind);
  }
  for (Action action : {ACTION_TRANSFER_TITLE, ACTION_LOCATE, ACTION_EXTRACT_INCOME}) {
    ActionRow* row = table.add_actions();
    row->set_action(action);
    row->add_roles(OFFICER_ROLE_HANDLER), row->add_roles(OFFICER_ROLE_COSIGNER);
    if (action != ACTION_LOCATE) row->set_third_key_above_minor_units(50'000'00);
    row->add_papers("RULING");
    row->add_stages(CASE_STAGE_ENFORCEMENT);
    *row->mutable_source() = source;
  }
  for (const auto& [kind, required] : {std::pair{"LAND", false}, std::pair{"PATENT", true}}) {
    BlockedActRow* row = table.add_blocked_acts();
    row->set_asset_kind(kind), row->set_required(required);
    row->add_acts("TRANSFER"), row->add_acts("PLEDGE");
    *row->mutable_source() = source;
  }
  table.mutable_income()->set_kept_per_month_min_minor_units(2'000'00);
  table.mutable_income()->set_currency("CNY");
  *table.mutable_income()->mutable_source() = source;
  table.mutable_locate()->add_asset_kinds("VEHICLE");
  table.mutable_locate()->set_months_max(12);
  *table.mutable_locate()->mutable_source() = source;
  table.add_transfer_grounds("AUCTION"), table.add_transfer_grounds("SET_OFF");
  return table;
}

PolicyTable PolicyWithPositions(uint32_t version) {
  PolicyTable table = FreedoniaPolicy(version);
  DeadlineRow* clock = table.add_deadlines();
  *clock = table.deadlines(0);
  clock->set_name("POSITION_DIFFERENCE"), clock->set_urgency(URGENCY_UNSPECIFIED);
  clock->set_hours(0), clock->set_civil_days(3);
  table.mutable_positions()->set_due_hours(12), table.mutable_positions()->set_ahead_statements(2);
  *table.mutable_positions()->mutable_source() = table.case_acts().source();
  return table;
}

goldeneagle::v1::Order DomainWorld::SealOrder(const std::string& agency, const std::string& kind, int64_t value) {
  auto order = BaseOrder(ACTION_FREEZE, agency);
  Freeze* freeze = order.mutable_freeze();
  freeze->mutable_asset()->set_asset_kind(kind), freeze->mutable_asset()->set_unit_number("N1");
  freeze->mutable_asset()->set_share_numerator(1), freeze->mutable_asset()->set_share_denominator(1);
  freeze->set_currency("CNY"), freeze->set_limit_minor_units(value);
  freeze->mutable_term()->set_months(12);
  return order;
}

goldeneagle::v1::Order DomainWorld::TransferOrder(const std::string& agency, const std::string& freeze_id,
                                                  int64_t proceeds) {
  auto order = BaseOrder(ACTION_TRANSFER_TITLE, agency);
  TransferTitle* title = order.mutable_transfer_title();
  title->set_freeze_order_id(freeze_id), title->set_ground("AUCTION"), title->set_proceeds_minor_units(proceeds);
  title->mutable_transferee()->set_name("苏晴"), title->mutable_transferee()->set_id_kind("PASSPORT"),
      title->mutable_transferee()->set_id_number("E99000001");
  return order;
}

goldeneagle::v1::Order DomainWorld::LocateOrder(const std::string& agency, const std::string& freeze_id, bool hold) {
  auto order = BaseOrder(ACTION_LOCATE, agency);
  Locate* locate = order.mutable_locate();
  locate->set_freeze_order_id(freeze_id), locate->mutable_term()->set_months(12), locate->set_hold(hold);
  if (hold) locate->set_collect_contact("court 1"), locate->set_collect_phone("1");
  return order;
}

goldeneagle::v1::Order DomainWorld::IncomeOrder(const std::string& agency, int64_t limit) {
  auto order = BaseOrder(ACTION_EXTRACT_INCOME, agency);
  ExtractIncome* income = order.mutable_extract_income();
  income->set_account_number("9900010000000012345"), income->set_currency("CNY");
  income->set_limit_minor_units(limit), income->set_kept_per_month_minor_units(2'000'00);
  income->mutable_term()->set_months(18);
  income->mutable_account()->set_account_name("Court of Freedonia"), income->mutable_account()->set_bank("BANK1");
  income->mutable_account()->set_account_number("9900010000000099010");
  income->set_account_statement(account_digest);
  return order;
}

Receipt DomainWorld::Transferred(const goldeneagle::v1::Order& title, const std::string& agency, int64_t left) {
  Receipt receipt = Controlled(title, agency, left, 0);
  receipt.mutable_items(0)->set_outcome(OUTCOME_TRANSFERRED);
  receipt.mutable_items(0)->mutable_measure()->set_ended(left == 0);
  return receipt;
}

Receipt DomainWorld::Extracting(const goldeneagle::v1::Order& income, const std::string& agency, int64_t limit) {
  Receipt receipt = Controlled(income, agency, 0, limit);
  receipt.mutable_items(0)->set_outcome(OUTCOME_PARTLY_CONTROLLED);
  *receipt.mutable_items(0)->mutable_measure()->mutable_effective_from() = domain::ToProto(now);
  return receipt;
}

Receipt DomainWorld::Extracted(const goldeneagle::v1::Order& income, const std::string& agency,
                               const std::string& booking, int64_t amount, int64_t left) {
  Receipt receipt = ReceiptFor(income, agency, RECEIPT_KIND_EVENT);
  receipt.set_change(MEASURE_CHANGE_EXTRACTED);
  DeductionState* paid = receipt.add_items()->mutable_deduction();
  paid->set_amount_minor_units(amount), paid->set_booking_reference(booking);
  MeasureState* after = paid->mutable_measure();
  after->set_unit_reference("U1"), after->set_requested_minor_units(left), after->set_unfunded_minor_units(left);
  after->set_ended(left == 0);
  *after->mutable_effective_from() = domain::ToProto(now);
  return receipt;
}

Receipt DomainWorld::Sighted(const goldeneagle::v1::Order& locate, const std::string& agency, bool held) {
  Receipt receipt = ReceiptFor(locate, agency, RECEIPT_KIND_EVENT);
  receipt.set_change(held ? MEASURE_CHANGE_SEIZED : MEASURE_CHANGE_SIGHTED);
  Sighting* sighting = receipt.add_items()->mutable_sighting();
  *sighting->mutable_seen_at() = domain::ToProto(now);
  sighting->set_place("toll gate 4"), sighting->set_seen_by("road police"), sighting->set_held(held);
  if (held) sighting->set_custody_place("yard 2");
  if (held) *sighting->mutable_collect_by() = domain::ToProto(now + absl::Hours(72));
  return receipt;
}

}  // namespace eagle::test
