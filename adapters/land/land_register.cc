#include "adapters/land/land_register.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/sdk/inbox_rows.h"
#include "server/base/person_name.h"
#include "server/base/reason.h"
#include "server/trust/timestamps.h"

namespace eagle::land {
namespace {

namespace v1 = sdk::v1;

// A receipt travels in 64 KiB.
constexpr size_t kFindingsBytesMax = 48 * 1024;
constexpr size_t kUnitsAStep = 100;
constexpr size_t kOldCitizenDigits = 15;

sdk::Answer Final(v1::Outcome outcome, std::string_view reason, std::string_view remark) {
  sdk::Answer answer;
  v1::ItemResult& item = answer.items.emplace_back();
  item.set_outcome(outcome);
  item.set_reason(std::string(reason));
  item.set_remark(std::string(remark));
  return answer;
}
sdk::Answer NotControlled(std::string_view reason, std::string_view remark) {
  return Final(v1::OUTCOME_NOT_CONTROLLED, reason, remark);
}

bool SameShare(const v1::AssetTarget& target, const Holder& holder) {
  return uint64_t{target.share_numerator()} * holder.share_denominator ==
         uint64_t{target.share_denominator()} * holder.share_numerator;
}

// The ruling's own number, or the case's when the instruments have no titles.
std::string DocumentOf(const v1::Order& order) {
  for (const v1::Instrument& instrument : order.instruments()) {
    if (instrument.category() == "RULING" && !instrument.title().empty()) return instrument.title();
  }
  return order.case_number();
}

bool IsTooLong(const v1::Term& term, const LandRules& rules) {
  return uint64_t{term.months()} + 12 * uint64_t{term.years()} > 12 * uint64_t{rules.term_years_max};
}

std::string ShareText(const Holder& holder) {
  return absl::StrCat(holder.share_numerator, "/", holder.share_denominator);
}

}  // namespace

Match MatchOf(const Holder& holder, const v1::Identity& person) {
  return FoldName(holder.name) == FoldName(person.name()) ? Match::kNameAndNumber : Match::kNumberOnly;
}

absl::StatusOr<LandRegister> LandRegister::Open(sdk::Inbox& inbox, LandRules rules) {
  auto transaction = inbox.Begin();
  EAGLE_RETURN_IF_ERROR(LandTables(*transaction).CreateOrCheck());
  EAGLE_RETURN_IF_ERROR(transaction->Commit());
  return LandRegister(std::move(rules));
}

// ---- Inquiry ----

absl::StatusOr<sdk::Answer> LandRegister::Inquire(const sdk::Request& request, sdk::InboxTransaction& transaction) {
  const auto& kinds = request.order.inquire().asset_kinds();
  if (!kinds.empty() && std::find(kinds.begin(), kinds.end(), kLand) == kinds.end()) {
    return sdk::Returned("ASSET_KIND_NOT_SUPPORTED", "only land and buildings are kept here");
  }
  const v1::Identity& subject = request.order.subject();
  sdk::Answer answer;
  answer.searched_scope = absl::StrCat(
      rules_.registry, ": 不动产登记簿, all units by holder (number in 18 and 15 digits, name), mortgages, seals");
  size_t bytes = 0;
  bool ambiguous = false;
  for (const Holder& holder : LandTables(transaction).HoldingsOf(subject)) {
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

absl::StatusOr<v1::ItemResult> LandRegister::FindingOf(const Holder& holder, const v1::Identity& subject,
                                                       absl::Time now, sdk::InboxTransaction& transaction) const {
  LandTables tables(transaction);
  EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, holder.unit, now, rules_.zone));
  const auto unit = tables.FindUnit(holder.unit);
  if (!unit) return Fail(Reason::kRegisterBroken, "a holder without a unit");
  v1::ItemResult item;
  item.set_outcome(v1::OUTCOME_FOUND);
  v1::Finding& finding = *item.mutable_finding();
  finding.set_asset_kind(std::string(kLand));
  finding.set_asset_number(holder.unit);
  finding.set_holder_name(holder.name);
  const bool citizen = holder.id_kind == "CITIZEN_ID";
  const bool in_old_form =
      holder.id_number.size() == kOldCitizenDigits || subject.id_number().size() == kOldCitizenDigits;
  finding.set_matched_by(!citizen ? "NAME_AND_CODE" : in_old_form ? "NAME_AND_15" : "NAME_AND_18");
  finding.set_share_numerator(holder.share_numerator);
  finding.set_share_denominator(holder.share_denominator);
  finding.set_co_ownership(std::string(CoOwnershipName(holder.co_ownership)));
  *finding.mutable_as_of() = trust::TimestampOf(now);
  finding.set_description(absl::StrCat(unit->location, "; ", unit->use, "; ", unit->nature, "; ", unit->area, " m2; ",
                                       holder.certificate_number));
  // Rights with priority come first: a mortgagee is paid before a court that seals later.
  for (const Mortgage& mortgage : tables.MortgagesOf(holder.unit)) {
    v1::PriorMeasure& prior = *finding.add_prior_measures();
    prior.set_authority("抵押权人 " + mortgage.mortgagee);
    prior.set_document_number(mortgage.certificate_number);
    prior.set_amount_minor_units(mortgage.amount_minor_units);
    *prior.mutable_ends_at() = trust::TimestampOf(absl::FromCivil(mortgage.ends_on + 1, rules_.zone));
  }
  finding.set_status("NORMAL");
  for (const sdk::Encumbrance* seal : book.seals().StandingOn(ThingId(holder.unit, holder.number))) {
    v1::PriorMeasure& prior = *finding.add_prior_measures();
    prior.set_authority(seal->authority);
    prior.set_document_number(seal->document_number);
    if (seal->effective_to) *prior.mutable_ends_at() = trust::TimestampOf(*seal->effective_to);
    if (finding.status() != "SEALED")
      finding.set_status(seal->phase == sdk::Phase::kEffective ? "SEALED" : "SEAL_PENDING");
  }
  EAGLE_RETURN_IF_ERROR(book.Store(transaction));  // terms may have ended on the way
  return item;
}

// ---- Orders ----

absl::StatusOr<sdk::Answer> LandRegister::Apply(const sdk::Request& request, sdk::InboxTransaction& transaction) {
  LandTables tables(transaction);
  if (auto stored = tables.FindAnswer(request.operation)) {
    if (stored->order_digest == journal::View(request.order_digest)) return std::move(stored->answer);
    return Fail(Reason::kOrderIdReused, "another order was done under this operation");
  }
  absl::StatusOr<sdk::Answer> answer =
      sdk::Returned("ACTION_NOT_SUPPORTED", "land can be sealed, renewed and released");
  if (request.order.action() == v1::ACTION_FREEZE) answer = Freeze(request, transaction);
  if (request.order.action() == v1::ACTION_RENEW) answer = Renew(request, transaction);
  if (request.order.action() == v1::ACTION_RELEASE) answer = Release(request, transaction);
  if (answer.ok()) tables.PutAnswer(request.operation, request.order_digest, *answer);
  return answer;
}

absl::StatusOr<sdk::Answer> LandRegister::Freeze(const sdk::Request& request,
                                                 sdk::InboxTransaction& transaction) const {
  const v1::Order& order = request.order;
  const v1::Freeze& freeze = order.freeze();
  if (!freeze.has_asset()) return sdk::Returned("TARGET_NOT_SUPPORTED", "name the unit: this office keeps no accounts");
  if (freeze.asset().asset_kind() != kLand)
    return sdk::Returned("ASSET_KIND_NOT_SUPPORTED", "only land and buildings are kept here");
  LandTables tables(transaction);
  const std::string& unit = freeze.asset().unit_number();
  if (!tables.FindUnit(unit)) return NotControlled("UNIT_NOT_FOUND", "the register has no such unit");
  if (IsTooLong(freeze.term(), rules_))
    return NotControlled("TERM_TOO_LONG", absl::StrCat("at most ", rules_.term_years_max, " years"));

  // Only the respondent's own part is touched, and only when number, name and share are the register's.
  std::vector<Holder> parts = tables.HoldingsOf(order.subject());
  parts.erase(std::remove_if(parts.begin(), parts.end(), [&](const Holder& part) { return part.unit != unit; }),
              parts.end());
  if (parts.empty()) return NotControlled("NOT_HOLDER", "the person holds no part of the unit");
  const auto own = std::find_if(parts.begin(), parts.end(), [&](const Holder& part) {
    return MatchOf(part, order.subject()) == Match::kNameAndNumber;
  });
  if (own == parts.end())
    return Final(v1::OUTCOME_AMBIGUOUS, "NAME_MISMATCH",
                 "the number is registered under another name; nothing was done");
  if (!SameShare(freeze.asset(), *own))
    return NotControlled("SHARE_MISMATCH", absl::StrCat("the register knows a share of ", ShareText(*own)));

  EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, unit, request.now, rules_.zone));
  const std::string document = DocumentOf(order);
  if (const Seal* same = book.SealOfDocument(own->number, document)) {
    return NotControlled("DOCUMENT_REPEATED",
                         absl::StrCat("the unit is locked under this number already: ", same->row.id));
  }
  Seal seal{.unit = unit,
            .holder = own->number,
            .value_minor_units = freeze.limit_minor_units(),
            .operation = request.operation};
  seal.row.id = request.operation.Text();
  seal.row.authority = order.court();
  seal.row.document_number = document;
  seal.row.scope = {ThingId(unit, own->number)};
  seal.row.rank = {request.arrival.at, request.arrival.sequence};
  seal.row.part_numerator = own->share_numerator;
  seal.row.part_denominator = own->share_denominator;
  seal.row.term = {.months = freeze.term().months(), .years = freeze.term().years()};
  const std::string id = seal.row.id;
  std::string remark;
  absl::Status placed = book.Place(seal, /*review=*/true);
  if (ReasonOf(placed) == Reason::kRankTaken) {
    // Registration decides: what was registered before this order could be checked keeps its place.
    sdk::InboxTables inbox(transaction);
    sdk::MetaRow meta = inbox.Meta();
    seal.row.rank = {std::max(request.now, meta.last_arrived_at), ++meta.last_arrival_sequence};
    meta.last_arrived_at = seal.row.rank.served_at;
    inbox.PutMeta(meta);
    remark = "a seal was registered before this order could be checked; this one stands behind it";
    placed = book.Place(std::move(seal), /*review=*/true);
  }
  EAGLE_RETURN_IF_ERROR(placed);
  EAGLE_RETURN_IF_ERROR(book.Store(transaction, id));
  tables.OpenReview({.seal = id, .operation = request.operation, .unit = unit, .opened_at = request.now});
  sdk::Answer answer{.kind = sdk::AnswerKind::kUnderReview};
  answer.items.push_back(book.ItemOf(id));
  answer.items.back().set_remark(remark);
  return answer;
}

absl::StatusOr<sdk::Answer> LandRegister::Renew(const sdk::Request& request, sdk::InboxTransaction& transaction) const {
  const auto refused = [](std::string_view reason, std::string_view remark) {
    return Final(v1::OUTCOME_NOT_RENEWED, reason, remark);
  };
  const v1::Term& term = request.order.renew().term();
  const auto seal = request.freeze_operation == nullptr
                        ? std::nullopt
                        : LandTables(transaction).FindSeal(request.freeze_operation->Text());
  if (!seal) return refused("MEASURE_UNKNOWN", "no seal came from that order");
  if (seal->row.authority != request.order.court()) return refused("NOT_YOUR_MEASURE", "the seal is another court's");
  if (IsTooLong(term, rules_))
    return refused("TERM_TOO_LONG", absl::StrCat("at most ", rules_.term_years_max, " years"));
  EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, seal->unit, request.now, rules_.zone));
  const std::string& id = seal->row.id;
  const absl::Status renewed = book.seals().Renew(id, {.months = term.months(), .years = term.years()});
  const Reason reason = ReasonOf(renewed);
  if (reason == Reason::kMeasureNotEffective || reason == Reason::kMeasureUnknown) {
    EAGLE_RETURN_IF_ERROR(book.Store(transaction));
    const sdk::Encumbrance* row = book.seals().Find(id);
    const sdk::Phase phase = row == nullptr ? seal->row.phase : row->phase;
    return refused(sdk::PhaseName(phase), sdk::IsLive(phase) ? "the seal isn't in effect: it has no term that runs"
                                                             : "the seal has ended before");
  }
  EAGLE_RETURN_IF_ERROR(renewed);
  EAGLE_RETURN_IF_ERROR(book.Store(transaction, id));
  sdk::Answer answer{.effect_at = request.now};
  answer.items.push_back(book.ItemOf(id));
  answer.items.back().set_outcome(v1::OUTCOME_RENEWED);
  return answer;
}

absl::StatusOr<sdk::Answer> LandRegister::Release(const sdk::Request& request,
                                                  sdk::InboxTransaction& transaction) const {
  const v1::Order& order = request.order;
  const auto seal = request.freeze_operation == nullptr
                        ? std::nullopt
                        : LandTables(transaction).FindSeal(request.freeze_operation->Text());
  if (!seal) return NotControlled("MEASURE_UNKNOWN", "no seal came from that order");
  if (seal->row.authority != order.court()) return NotControlled("NOT_YOUR_MEASURE", "the seal is another court's");
  EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, seal->unit, request.now, rules_.zone));
  const std::string& id = seal->row.id;
  const sdk::Encumbrance* row = book.seals().Find(id);
  if (row == nullptr || !sdk::IsLive(row->phase)) {
    EAGLE_RETURN_IF_ERROR(book.Store(transaction));
    const sdk::Phase phase = row == nullptr ? seal->row.phase : row->phase;
    return NotControlled("MEASURE_ENDED", sdk::PhaseName(phase));
  }
  const int64_t amount = order.release().amount_minor_units();
  if (amount != 0 && amount != seal->value_minor_units)
    return NotControlled("PARTIAL_RELEASE", "a seal is released whole");
  EAGLE_RETURN_IF_ERROR(book.seals().Release(id));
  EAGLE_RETURN_IF_ERROR(book.Store(transaction, id));
  // Released before its clerk decided: that is the last word on the freeze, too.
  LandTables tables(transaction);
  if (const auto review = tables.OpenReviewOf(id)) {
    tables.CloseReview(review->number, ReviewState::kClosed, "", "RELEASED", request.now);
    sdk::RegisterChange told{
        .kind = sdk::RegisterChange::Kind::kAnswer, .operation = seal->operation, .at = request.now};
    told.answer.items.push_back(book.ItemOf(id));
    sdk::InboxTables(transaction).AppendChange(std::move(told));
  }
  sdk::Answer answer{.effect_at = request.now};
  answer.items.push_back(book.ItemOf(id));
  answer.items.back().set_outcome(v1::OUTCOME_RELEASED);
  answer.items.back().clear_reason();
  return answer;
}

absl::StatusOr<sdk::Answer> LandRegister::Decide(const sdk::Request& request, const sdk::Decision& decision,
                                                 sdk::InboxTransaction& transaction) {
  LandTables tables(transaction);
  const std::string id = request.operation.Text();
  const auto seal = tables.FindSeal(id);
  const auto review = tables.OpenReviewOf(id);
  if (!seal || !review) return Fail(Reason::kTaskNotWaiting, "no seal of this order waits for a clerk");
  EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, seal->unit, request.now, rules_.zone));
  EAGLE_RETURN_IF_ERROR(decision.approved ? book.seals().Approve(id) : book.seals().Refuse(id));
  EAGLE_RETURN_IF_ERROR(book.Store(transaction, id));
  tables.CloseReview(review->number, decision.approved ? ReviewState::kApproved : ReviewState::kRefused, decision.clerk,
                     decision.reason, request.now);
  sdk::Answer answer;
  v1::ItemResult& item = answer.items.emplace_back(book.ItemOf(id));
  if (decision.approved) {
    answer.effect_at = book.seals().Find(id)->effective_from;
  } else {
    item.set_reason(decision.reason.empty() ? "REFUSED_BY_CLERK" : decision.reason);
  }
  item.set_remark(decision.remark);
  return answer;
}

// ---- Time ----

absl::Status LandRegister::Advance(absl::Time now, sdk::InboxTransaction& transaction) {
  for (const std::string& unit : LandTables(transaction).UnitsWithEndedTerms(now, kUnitsAStep)) {
    EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, unit, now, rules_.zone));
    EAGLE_RETURN_IF_ERROR(book.Store(transaction));
  }
  return absl::OkStatus();
}

}  // namespace eagle::land
