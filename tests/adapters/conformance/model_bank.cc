// What the model adapter's bank answers: the tests' bank, dressed as the contract asks, and bent by the defect.
#include <algorithm>

#include "adapters/sdk/measure.h"
#include "server/base/person_name.h"
#include "server/trust/timestamps.h"
#include "tests/adapters/conformance/model_adapter.h"

namespace eagle::conformance {
namespace {

std::string KeyOf(const std::string& number) {
  v1::Identity identity;
  identity.set_id_number(number);
  return sdk::PersonKey(identity);
}

int64_t FreeOn(const sdk::FakeBankCore& core, const std::string& account) {
  int64_t free = core.accounts.at(account).asset.balance;
  for (const auto& [id, row] : core.rows) {
    const sdk::Share* share = sdk::IsLive(row.phase) ? row.ShareOn(account) : nullptr;
    if (share != nullptr) free -= share->controlled;
  }
  return free;
}

sdk::Answer One(v1::Outcome outcome, const std::string& reason = "") {
  sdk::Answer answer;
  v1::ItemResult& item = answer.items.emplace_back();
  item.set_outcome(outcome);
  item.set_reason(reason);
  answer.searched_scope = "demand deposits";
  return answer;
}

absl::Time Later(const google::protobuf::Timestamp& from, absl::Duration by) { return *trust::TimeOf(from) + by; }

}  // namespace

// The subject as the bank's books spell it, when number and name are one customer's.
v1::Order ModelAdapter::AsKnown(v1::Order order) const {
  v1::Identity& subject = *order.mutable_subject();
  for (const auto& [number, account] : core_.accounts) {
    const bool same_number = KeyOf(account.holder_number) == sdk::PersonKey(subject);
    const bool same_name = FoldName(account.holder_name) == FoldName(subject.name());
    const bool fits = (same_number && same_name && !Has(Defect::kNoFolding)) ||
                      (same_number && Has(Defect::kMatchesByNumber)) || (same_name && Has(Defect::kMatchesByName)) ||
                      (order.has_freeze() && Has(Defect::kControlsAnybody));
    if (!fits) continue;
    subject.set_name(account.holder_name);
    subject.set_id_number(account.holder_number);
    break;
  }
  return order;
}

sdk::Answer ModelAdapter::Inquire(const sdk::Request& request) {
  if (register_away) return One(v1::OUTCOME_NIL);
  sdk::Answer answer = *bank_.Inquire(request);
  answer.searched_scope = "demand deposits";
  for (v1::ItemResult& item : answer.items) {
    if (!item.has_finding()) continue;
    v1::Finding& finding = *item.mutable_finding();
    const auto& account = core_.accounts.at(finding.asset_number());
    if (Has(Defect::kKnowsNo15Digits) && account.holder_number.size() == 15) return One(v1::OUTCOME_NIL);
    finding.set_asset_kind("DEPOSIT");
    if (account.asset.account_class == sdk::AccountClass::kProduct) {
      finding.set_asset_kind("WEALTH_PRODUCT");
      for (const auto& [number, other] : core_.accounts) {
        if (other.holder_number == account.holder_number && number != account.asset.id)
          finding.set_return_account(number);
      }
    }
    finding.set_holder_name(account.holder_name);
    finding.set_currency("CNY");
    finding.set_balance_known(true);
    finding.set_available_minor_units(FreeOn(core_, finding.asset_number()));
    if (Has(Defect::kManglesNames) && account.holder_name.find('\xF0') != std::string::npos)
      finding.set_holder_name("?" + account.holder_name.substr(4));
  }
  return answer;
}

sdk::Answer ModelAdapter::Control(const sdk::Request& request) {
  const v1::Order& order = request.order;
  if (order.freeze().has_counter() && !Has(Defect::kMakesSecond)) return TakeOver(request);
  if (order.has_extract_income()) return ExtractIncome(request);
  if (order.freeze().has_account() && order.freeze().account().account_number() == exempt_account &&
      !Has(Defect::kFreezesExempt)) {
    sdk::Answer held = One(v1::OUTCOME_EXEMPT_HELD);
    held.items.front().set_reason("WAGE_ESCROW");
    return held;
  }
  v1::Order bent = order;
  if (order.freeze().has_counter() || order.freeze().has_product()) bent.mutable_freeze()->mutable_person_at_agency();
  if (Has(Defect::kReleasesWhole) && order.has_release()) bent.mutable_release()->set_amount_minor_units(0);
  if (Has(Defect::kPaysLess) && order.has_deduct())
    bent.mutable_deduct()->set_amount_minor_units(order.deduct().amount_minor_units() - 1);
  if (Has(Defect::kEndsLate) && order.has_release()) {
    sdk::Answer answer = One(v1::OUTCOME_RELEASED);
    v1::MeasureState& measure = *answer.items.front().mutable_measure();
    measure.set_unit_reference(request.freeze_operation->Text());
    measure.set_ended(true);
    return answer;
  }
  if (Has(Defect::kOpensWindow) && order.has_renew()) bank_.ReleaseForeign(request.freeze_operation->Text());
  const sdk::Request asked{request.operation, bent,        request.order_digest,
                           request.arrival,   request.now, request.freeze_operation};
  sdk::Answer answer = *bank_.Apply(asked);
  const auto reference = disk_.taken_over.find(request.freeze_operation->Text());
  if (order.has_release() && reference != disk_.taken_over.end())
    answer.items.front().mutable_measure()->set_unit_reference(reference->second);
  // Settled on the court's account at once.
  for (v1::ItemResult& item : answer.items) {
    if (item.outcome() == v1::OUTCOME_DEDUCTED)
      *item.mutable_deduction()->mutable_settled_at() = trust::TimestampOf(request.now);
  }
  return answer;
}

// The counter's row becomes the order's.
sdk::Answer ModelAdapter::TakeOver(const sdk::Request& request) {
  const v1::CounterMeasure& named = request.order.freeze().counter();
  if (core_.rows.count(named.unit_reference()) == 0 || named.document_number() != kPaperNotice)
    return One(v1::OUTCOME_NOT_CONTROLLED, "MEASURE_UNKNOWN");
  auto row = core_.rows.extract(named.unit_reference());
  row.key() = row.mapped().id = request.operation.Text();
  row.mapped().authority = request.order.court();
  disk_.taken_over[request.operation.Text()] = named.unit_reference();
  sdk::Answer answer = One(v1::OUTCOME_CONTROLLED);
  v1::MeasureState& measure = *answer.items.front().mutable_measure();
  measure.set_unit_reference(named.unit_reference());
  measure.set_requested_minor_units(row.mapped().requested);
  measure.set_controlled_minor_units(row.mapped().controlled());
  measure.set_unfunded_minor_units(row.mapped().unfunded());
  measure.set_rank(1);
  *measure.mutable_effective_from() = trust::TimestampOf(*row.mapped().effective_from);
  core_.rows.insert(std::move(row));
  return answer;
}

sdk::Answer ModelAdapter::ExtractIncome(const sdk::Request& request) {
  const v1::ExtractIncome& extract = request.order.extract_income();
  const std::string id = request.operation.Text();
  sdk::Encumbrance row{.id = id, .authority = request.order.court(), .scope = {extract.account_number()}};
  row.requested = extract.limit_minor_units(), row.inflow = sdk::InflowRule::kIncome;
  row.phase = sdk::Phase::kEffective, row.effective_from = request.now;
  row.rank = {request.arrival.at, request.arrival.sequence};
  row.shares = {{extract.account_number(), 0, row.requested}};
  core_.rows[id] = row;
  disk_.kept[id] = extract.kept_per_month_minor_units();
  sdk::Answer answer = One(v1::OUTCOME_PARTLY_CONTROLLED);
  v1::MeasureState& measure = *answer.items.front().mutable_measure();
  measure.set_unit_reference(id);
  measure.set_requested_minor_units(row.requested);
  measure.set_unfunded_minor_units(row.requested);
  measure.set_rank(1);
  *measure.mutable_effective_from() = trust::TimestampOf(request.now);
  return answer;
}

// Each payment is a month of its own here.
void ModelAdapter::Earned(const std::string& account, int64_t amount) {
  core_.accounts.at(account).asset.balance += amount;
  for (const auto& [id, kept] : disk_.kept) {
    sdk::Encumbrance& row = core_.rows.at(id);
    if (!sdk::IsLive(row.phase)) continue;
    const int64_t left = Has(Defect::kKeepsNothing) ? amount : std::max<int64_t>(0, amount - kept);
    const int64_t part = std::min(left, row.requested);
    if (part == 0) continue;
    core_.accounts.at(account).asset.balance -= part;
    row.requested -= part, row.deducted += part, row.shares.front().unfunded -= part;
    const bool ended = row.requested == 0;
    if (ended) row.phase = sdk::Phase::kConsumed, row.shares.clear();
    v1::Receipt receipt;
    receipt.set_kind(v1::RECEIPT_KIND_EVENT);
    receipt.set_change(v1::MEASURE_CHANGE_EXTRACTED);
    v1::ItemResult& item = *receipt.add_items();
    item.set_outcome(ended ? v1::OUTCOME_NOT_CONTROLLED : v1::OUTCOME_PARTLY_CONTROLLED);
    item.mutable_measure()->set_unit_reference(id);
    item.mutable_measure()->set_requested_minor_units(row.requested);
    item.mutable_measure()->set_unfunded_minor_units(row.requested);
    item.mutable_measure()->set_ended(ended);
    if (!ended) item.mutable_measure()->set_rank(1);
    v1::DeductionState& paid = *item.mutable_deduction();
    paid.set_amount_minor_units(part), paid.set_booking_reference("income");
    *paid.mutable_booked_at() = *paid.mutable_settled_at() = trust::TimestampOf(clock_.WallNow());
    *paid.mutable_measure() = item.measure();
    for (ModelDisk::Row& task : disk_.rows) {
      v1::Order order;
      order.ParseFromString(task.task.member());
      if (sdk::Operation{order.order_id(), world_.agency(), 0}.Text() == id)
        return Sign(task, std::move(receipt), true);
    }
  }
}

void ModelAdapter::Bend(const v1::Order& order, sdk::Answer& answer) {
  v1::ItemResult& item = answer.items.front();
  v1::MeasureState* measure = item.has_measure() ? item.mutable_measure() : nullptr;
  const auto renewed = [&] {
    item.set_outcome(v1::OUTCOME_RENEWED);
    item.clear_reason();
    measure = item.mutable_measure();
    *measure = v1::MeasureState();
    measure->set_unit_reference(sdk::Operation{order.renew().freeze_order_id(), world_.agency(), 0}.Text());
    *measure->mutable_effective_to() = trust::TimestampOf(clock_.WallNow() + absl::Hours(24 * 1000));
    measure->set_rank(1);
  };
  if (Has(Defect::kWrongBalance) && item.has_finding())
    item.mutable_finding()->set_balance_minor_units(item.finding().balance_minor_units() + 1);
  if (Has(Defect::kNilWithoutScope) && item.outcome() == v1::OUTCOME_NIL) answer.searched_scope.clear();
  if (Has(Defect::kFirstAssetOnly) && order.has_inquire()) answer.items.resize(1);
  if (Has(Defect::kHidesPrior)) {
    for (v1::ItemResult& one : answer.items)
      if (one.has_finding()) one.mutable_finding()->clear_prior_measures();
    if (measure != nullptr) measure->set_rank(1);
  }
  if (Has(Defect::kNoReturnAccount) && order.freeze().has_product() && measure != nullptr) {
    const v1::MeasureShare product = *measure->shares().rbegin();
    measure->clear_shares();
    *measure->add_shares() = product;
    measure->mutable_shares(0)->set_controlled_minor_units(measure->controlled_minor_units());
    measure->mutable_shares(0)->set_unfunded_minor_units(measure->unfunded_minor_units());
  }
  if (Has(Defect::kClaimsAll) && item.outcome() == v1::OUTCOME_PARTLY_CONTROLLED) {
    item.set_outcome(v1::OUTCOME_CONTROLLED);
    measure->set_controlled_minor_units(measure->requested_minor_units());
    measure->set_unfunded_minor_units(0);
    measure->clear_shares();
  }
  if (Has(Defect::kRefusesEmpty) && measure != nullptr && measure->controlled_minor_units() == 0 &&
      item.outcome() == v1::OUTCOME_PARTLY_CONTROLLED) {
    item.set_outcome(v1::OUTCOME_NOT_CONTROLLED);
    item.set_reason("NO_BALANCE");
    item.clear_measure();
    measure = nullptr;
  }
  if (Has(Defect::kRenewsAnew) && order.has_renew() && measure != nullptr)
    measure->set_unit_reference(measure->unit_reference() + "-2");
  if (Has(Defect::kOpensWindow) && order.has_renew()) renewed();
  if (Has(Defect::kRenewsEnded) && item.outcome() == v1::OUTCOME_NOT_RENEWED) renewed();
  if (Has(Defect::kPaysTooMuch) && item.outcome() == v1::OUTCOME_NOT_DEDUCTED) {
    item.set_outcome(v1::OUTCOME_DEDUCTED);
    item.clear_reason();
    item.mutable_deduction()->set_amount_minor_units(order.deduct().amount_minor_units());
    item.mutable_deduction()->set_booking_reference("booking");
  }
  if (measure == nullptr || !measure->has_effective_to() || !order.has_freeze()) return;
  if (Has(Defect::kCountsDays))
    *measure->mutable_effective_to() = trust::TimestampOf(
        Later(measure->effective_from(), absl::Hours(24 * 30 * int64_t{order.freeze().term().months()})));
  if (Has(Defect::kMarchFirst)) {
    const absl::TimeZone zone = absl::FixedTimeZone(8 * 3600);
    const absl::CivilDay end = absl::ToCivilDay(*trust::TimeOf(measure->effective_to()), zone);
    if (end.month() == 3 && end.day() == 1)
      *measure->mutable_effective_to() = trust::TimestampOf(absl::FromCivil(end - 1, zone));
  }
}

}  // namespace eagle::conformance
