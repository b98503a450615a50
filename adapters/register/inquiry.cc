// What an inquiry finds.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/register/register.h"
#include "server/base/money.h"
#include "server/base/person_name.h"
#include "server/base/reason.h"
#include "server/trust/timestamps.h"

namespace eagle::registry {
namespace {

namespace v1 = sdk::v1;

// A receipt travels in 64 KiB.
constexpr size_t kFindingsBytesMax = 48 * 1024;
constexpr size_t kOldCitizenDigits = 15;

bool Asks(const v1::Order& order, const Thing& thing) {
  const auto& kinds = order.inquire().asset_kinds();
  return kinds.empty() || std::find(kinds.begin(), kinds.end(), thing.asset_kind) != kinds.end();
}

std::string_view MatchedBy(const Holder& holder, const v1::Identity& subject) {
  if (holder.id_kind != "CITIZEN_ID") return "NAME_AND_CODE";
  const bool in_old_form =
      holder.id_number.size() == kOldCitizenDigits || subject.id_number().size() == kOldCitizenDigits;
  return in_old_form ? "NAME_AND_15" : "NAME_AND_18";
}

}  // namespace

Match MatchOf(const Holder& holder, const v1::Identity& person) {
  return FoldName(holder.name) == FoldName(person.name()) ? Match::kNameAndNumber : Match::kNumberOnly;
}

absl::StatusOr<sdk::Answer> Register::Inquire(const sdk::Request& request, sdk::InboxTransaction& transaction) {
  const Kind& kind = rules_.kind;
  const auto asks = [&](const Thing& thing) { return Asks(request.order, thing); };
  if (std::none_of(kind.things.begin(), kind.things.end(), asks))
    return sdk::Returned("ASSET_KIND_NOT_SUPPORTED", std::string(kind.kept));
  const v1::Identity& subject = request.order.subject();
  sdk::Answer answer;
  answer.searched_scope = absl::StrCat(rules_.registry, ": ", kind.searched);
  size_t bytes = 0;
  bool ambiguous = false;
  for (const Holder& holder : Tables(transaction, kind).HoldingsOf(subject)) {
    const Thing* thing = ThingOfNumber(kind, holder.unit);
    // Never passed over: what isn't told would look as if it weren't there.
    if (thing == nullptr) return Fail(Reason::kRegisterBroken, "a unit whose number isn't of this office");
    if (!asks(*thing)) continue;
    if (MatchOf(holder, subject) == Match::kNumberOnly) {
      ambiguous = true;
      continue;
    }
    EAGLE_ASSIGN_OR_RETURN(v1::ItemResult item, FindingOf(holder, subject, request.now, transaction));
    bytes += item.ByteSizeLong();
    answer.items.push_back(std::move(item));
    if (bytes > kFindingsBytesMax || answer.items.size() >= sdk::kItemsMax) {
      return sdk::FailedAnswer("TOO_MANY_FINDINGS", "more units than one receipt carries: ask at the counter");
    }
  }
  if (ambiguous) {
    v1::ItemResult& item = answer.items.emplace_back();
    item.set_outcome(v1::OUTCOME_AMBIGUOUS);
    item.set_reason("NAME_MISMATCH");
    item.set_remark("the number is registered under another name");
  }
  if (answer.items.empty()) answer.items.emplace_back().set_outcome(v1::OUTCOME_NIL);
  return answer;
}

absl::StatusOr<v1::ItemResult> Register::FindingOf(const Holder& holder, const v1::Identity& subject, absl::Time now,
                                                   sdk::InboxTransaction& transaction) const {
  const Kind& kind = rules_.kind;
  Tables tables(transaction, kind);
  EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, rules_, holder.unit, now));
  const auto unit = tables.FindUnit(holder.unit);
  if (!unit) return Fail(Reason::kRegisterBroken, "a holder without a unit");
  v1::ItemResult item;
  item.set_outcome(v1::OUTCOME_FOUND);
  v1::Finding& finding = *item.mutable_finding();
  finding.set_asset_kind(std::string(ThingOfNumber(kind, holder.unit)->asset_kind));
  finding.set_asset_number(holder.unit);
  finding.set_holder_name(holder.name);
  finding.set_matched_by(std::string(MatchedBy(holder, subject)));
  finding.set_share_numerator(holder.share_numerator);
  finding.set_share_denominator(holder.share_denominator);
  finding.set_co_ownership(std::string(CoOwnershipName(holder.co_ownership)));
  *finding.mutable_as_of() = trust::TimestampOf(now);
  if (holder.state == HolderState::kExpected) finding.set_pre_registered("ADVANCE_NOTICE");
  if (kind.extent == Extent::kQuantity) finding.set_quantity_e4(book.HeldBy(holder.number) * kE4OfHundredth);
  finding.set_description(DescriptionOf(*unit, holder, book));
  // Rights with priority come first: a mortgagee is paid before a court that seals later.
  for (const Charge& charge : tables.ChargesOf(holder.unit)) {
    if (charge.holder != 0 && charge.holder != holder.number) continue;
    v1::PriorMeasure& prior = *finding.add_prior_measures();
    prior.set_authority(absl::StrCat(kind.charges.chinese, " ", charge.creditor));
    prior.set_document_number(charge.certificate_number);
    prior.set_amount_minor_units(charge.amount_minor_units);
    *prior.mutable_ends_at() = trust::TimestampOf(absl::FromCivil(charge.ends_on + 1, rules_.zone));
  }
  finding.set_status("NORMAL");
  for (const sdk::Encumbrance* seal : book.seals().StandingOn(AssetId(kind, holder.unit, holder.number))) {
    v1::PriorMeasure& prior = *finding.add_prior_measures();
    prior.set_authority(seal->authority);
    prior.set_document_number(seal->document_number);
    if (seal->effective_to) *prior.mutable_ends_at() = trust::TimestampOf(*seal->effective_to);
    if (finding.status() != kind.sealed)
      finding.set_status(std::string(seal->phase == sdk::Phase::kEffective ? kind.sealed : kind.pending));
  }
  EAGLE_RETURN_IF_ERROR(book.Store(transaction));  // terms may have ended on the way
  return item;
}

// "柳岸路18号; 住宅; 128.50 m2; <certificate>", or with each label before its value.
std::string Register::DescriptionOf(const Unit& unit, const Holder& holder, const UnitBook& book) const {
  const Kind& kind = rules_.kind;
  std::string out;
  const auto add = [&](const char* label, const std::string& value, const char* after) {
    if (value.empty()) return;
    absl::StrAppend(&out, out.empty() ? "" : "; ", kind.labelled ? label : "", kind.labelled ? " " : "", value, after);
  };
  const auto add_all = [&](absl::Span<const Field> fields, const std::vector<std::string>& values) {
    for (size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].told) add(fields[i].chinese, values[i], fields[i].after);
    }
  };
  add_all(kind.fields, unit.values);
  add_all(kind.holder_fields, holder.values);
  if (kind.extent == Extent::kQuantity) {
    const auto quantity = QuantityOf(WholeOf(kind, unit), holder.share_numerator, holder.share_denominator);
    add("持有数额", MoneyText(quantity.value_or(0)), "");
    add("未冻结数额", MoneyText(book.FreeOf(holder.number)), "");
  }
  add("证书号", holder.certificate_number, "");
  return out;
}

}  // namespace eagle::registry
