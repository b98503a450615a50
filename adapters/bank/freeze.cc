// Freezes, renewals and releases.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/bank/acts.h"
#include "adapters/bank/targets.h"
#include "server/base/money.h"
#include "server/base/reason.h"

namespace eagle::bank {
namespace {

MeasureRow RowOfFreeze(const sdk::Request& request, const Target& target) {
  const v1::Freeze& freeze = request.order.freeze();
  MeasureRow row = RowOf(request, target);
  row.measure.requested = freeze.limit_minor_units();
  row.measure.inflow = freeze.inflow() == v1::INFLOW_CAPTURE ? sdk::InflowRule::kCapture : sdk::InflowRule::kNone;
  row.measure.whole_account = freeze.has_person_at_agency() && freeze.person_at_agency().whole_account();
  row.measure.term = {freeze.term().months(), freeze.term().years()};
  row.product = target.product;
  row.quantity_e4 = freeze.product().quantity_e4();
  return row;
}

constexpr std::string_view kNoSuchMeasure = "no measure of this court on this person came from that order";

// The measure that the order is about, when it is this court's and on this person.
std::optional<MeasureRow> MeasureNamed(const Work& work, const sdk::Request& request) {
  if (request.freeze_operation == nullptr) return std::nullopt;
  std::optional<MeasureRow> row = work.tables.MeasureOf(*request.freeze_operation);
  const bool fits =
      row && row->measure.authority == request.order.court() && row->person == sdk::PersonKey(request.order.subject());
  return fits ? row : std::nullopt;
}

// Whether the measure stands on an account of this kind of asset.
bool IsOnKind(const Work& work, const sdk::Encumbrance& measure, std::string_view asset_kind) {
  return std::any_of(measure.scope.begin(), measure.scope.end(), [&](const std::string& account) {
    const AccountKind* kind = FindAccountKind(work.kind, work.tables.Account(account)->kind);
    return kind != nullptr && kind->asset_kind == asset_kind;
  });
}

// A measure that this court's paper made at the counter becomes this order's, as it stands: nothing moves.
absl::StatusOr<sdk::Answer> TakeOver(const Work& work, const sdk::Request& request) {
  const v1::Order& order = request.order;
  const v1::CounterMeasure& named = order.freeze().counter();
  const std::optional<MeasureRow> row = work.tables.Measure(named.unit_reference());
  sdk::Answer answer;
  const bool fits = row && !row->IsOurs() && sdk::IsLive(row->measure.phase) &&
                    row->measure.document_number == named.document_number() &&
                    row->measure.authority == order.court() && row->person == sdk::PersonKey(order.subject()) &&
                    IsOnKind(work, row->measure, named.asset_kind());
  if (!fits) {
    answer.items.push_back(NotControlled(
        "MEASURE_UNKNOWN", "no live measure of this court on this person has this reference and document number"));
    return answer;
  }
  const std::string& measure = row->measure.id;
  EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(work, row->measure.scope));
  if (book.entries().FindAsset(row->measure.scope.front())->currency != order.freeze().currency()) {
    answer.items.push_back(NotControlled("CURRENCY_MISMATCH", "the measure is in another currency"));
  } else if (row->measure.requested > order.freeze().limit_minor_units()) {
    answer.items.push_back(NotControlled(
        "OVER_CAP",
        absl::StrCat("the measure's limit of ", MoneyText(row->measure.requested), " is above the order's")));
  } else {
    book.TakeOver(measure, request.operation);
    answer.items.push_back(book.Item(measure));
    answer.effect_at = work.now;
  }
  return answer;
}

}  // namespace

std::string ExemptBy(Tables& tables, const AccountRow& account, std::string_view action, std::string_view purpose) {
  const std::optional<ExemptionRow> row = tables.Exemption(account.nature, action);
  if (!row || (!row->unless_purpose.empty() && row->unless_purpose == purpose)) return "";
  return row->rule;
}

std::optional<Bar> BarredBy(const Work& work, const AccountRow& account) {
  return work.kind.barred == nullptr ? std::nullopt : work.kind.barred(work, account);
}

absl::StatusOr<sdk::Answer> Freeze(const Work& work, const sdk::Request& request) {
  const v1::Order& order = request.order;
  if (order.freeze().has_asset())
    return sdk::Returned("ACTION_NOT_SUPPORTED", absl::StrCat(work.kind.office, " keeps accounts, no things"));
  if (order.freeze().has_counter()) return TakeOver(work, request);
  Target target = TargetOf(work, order);
  sdk::Answer answer;
  if (!target.scope.empty()) {
    EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(work, target.scope));
    EAGLE_RETURN_IF_ERROR(book.Place(RowOfFreeze(request, target), target.product));
    book.Save();
    answer.items.push_back(book.Item(request.operation.Text()));
    answer.effect_at = work.now;
  } else {
    // The first item is the word on the order: what may be lifted comes before what may not.
    std::stable_partition(target.notes.begin(), target.notes.end(),
                          [](const v1::ItemResult& note) { return note.outcome() == v1::OUTCOME_EXEMPT_HELD; });
  }
  for (v1::ItemResult& note : target.notes) answer.items.push_back(std::move(note));
  if (const size_t all = answer.items.size(); all > sdk::kItemsMax) {
    answer.items.resize(sdk::kItemsMax);
    answer.items.back().set_remark(absl::StrCat("and ", all - sdk::kItemsMax, " more accounts that were passed over"));
  }
  return answer;
}

absl::StatusOr<sdk::Answer> Renew(const Work& work, const sdk::Request& request) {
  sdk::Answer answer;
  v1::ItemResult& item = answer.items.emplace_back();
  const std::optional<MeasureRow> row = MeasureNamed(work, request);
  if (!row) {
    item = Refused(v1::OUTCOME_NOT_RENEWED, "MEASURE_UNKNOWN", kNoSuchMeasure);
    return answer;
  }
  const std::string& measure = row->measure.id;
  EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(work, row->measure.scope, measure));
  const v1::Term& term = request.order.renew().term();
  const absl::Status renewed = book.entries().Renew(measure, {.months = term.months(), .years = term.years()});
  if (ReasonOf(renewed) == Reason::kMeasureNotEffective) {
    item = Refused(v1::OUTCOME_NOT_RENEWED, sdk::PhaseName(row->measure.phase),
                   sdk::IsLive(row->measure.phase) ? "the measure waits: it has no term that runs"
                                                   : "the measure has ended before");
    *item.mutable_measure() = book.State(measure);
    return answer;
  }
  EAGLE_RETURN_IF_ERROR(renewed);
  book.Save();
  answer.effect_at = work.now;
  item.set_outcome(v1::OUTCOME_RENEWED);
  *item.mutable_measure() = book.State(measure);
  return answer;
}

absl::StatusOr<sdk::Answer> Release(const Work& work, const sdk::Request& request) {
  const auto refused = [](std::string_view reason, std::string_view remark) {
    sdk::Answer answer;
    answer.items.push_back(NotControlled(reason, remark));
    return answer;
  };
  const std::optional<MeasureRow> row = MeasureNamed(work, request);
  if (!row) return refused("MEASURE_UNKNOWN", kNoSuchMeasure);
  const std::string& measure = row->measure.id;
  if (work.tables.HasOpenPayment(measure))
    return sdk::Returned("OPEN_DEDUCTION",
                         "a deduction under the measure is on its way: send the release again after it");
  EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(work, row->measure.scope, measure));
  const absl::Status released = book.entries().Release(measure, request.order.release().amount_minor_units());
  if (ReasonOf(released) == Reason::kMeasureNotEffective) {
    sdk::Answer answer = refused(sdk::PhaseName(row->measure.phase), "the measure has ended before");
    *answer.items[0].mutable_measure() = book.State(measure);
    return answer;
  }
  if (ReasonOf(released) == Reason::kAmountAboveMeasure)
    return refused("AMOUNT_ABOVE_MEASURE", "more than the limit of the measure");
  EAGLE_RETURN_IF_ERROR(released);
  book.Save();
  sdk::Answer answer;
  answer.effect_at = work.now;
  v1::ItemResult& item = answer.items.emplace_back();
  item.set_outcome(v1::OUTCOME_RELEASED);
  *item.mutable_measure() = book.State(measure);
  return answer;
}

}  // namespace eagle::bank
