#include "adapters/register/register.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "adapters/register/answers.h"
#include "adapters/sdk/inbox_rows.h"
#include "server/base/money.h"
#include "server/base/reason.h"

namespace eagle::registry {
namespace {

namespace v1 = sdk::v1;

constexpr size_t kUnitsAStep = 100;

bool SameShare(const v1::AssetTarget& target, const Holder& holder) {
  return uint64_t{target.share_numerator()} * holder.share_denominator ==
         uint64_t{target.share_denominator()} * holder.share_numerator;
}

}  // namespace

absl::StatusOr<Register> Register::Open(sdk::Inbox& inbox, OfficeRules rules) {
  auto transaction = inbox.Begin();
  EAGLE_RETURN_IF_ERROR(Tables(*transaction, rules.kind).CreateOrCheck());
  EAGLE_RETURN_IF_ERROR(transaction->Commit());
  return Register(std::move(rules));
}

// ---- Orders ----

absl::StatusOr<sdk::Answer> Register::Apply(const sdk::Request& request, sdk::InboxTransaction& transaction) {
  Tables tables(transaction, rules_.kind);
  if (auto stored = tables.FindAnswer(request.operation)) {
    if (stored->order_digest == journal::View(request.order_digest)) return std::move(stored->answer);
    return Fail(Reason::kOrderIdReused, "another order was done under this operation");
  }
  absl::StatusOr<sdk::Answer> answer = sdk::Returned("ACTION_NOT_SUPPORTED", std::string(rules_.kind.can));
  if (request.order.action() == v1::ACTION_FREEZE) answer = Freeze(request, transaction);
  if (request.order.action() == v1::ACTION_RENEW) answer = Renew(request, /*decided=*/false, transaction);
  if (request.order.action() == v1::ACTION_RELEASE) answer = Release(request, /*decided=*/false, transaction);
  if (request.order.action() == v1::ACTION_TRANSFER_TITLE)
    answer = TransferTitle(request, /*decided=*/false, transaction);
  if (request.order.action() == v1::ACTION_LOCATE) answer = Locate(request, transaction);
  if (answer.ok()) tables.PutAnswer(request.operation, request.order_digest, *answer);
  return answer;
}

absl::StatusOr<sdk::Answer> Register::Freeze(const sdk::Request& request, sdk::InboxTransaction& transaction) const {
  const Kind& kind = rules_.kind;
  const v1::Order& order = request.order;
  const v1::Freeze& freeze = order.freeze();
  if (freeze.has_counter()) return TakeOver(request, transaction);
  if (!freeze.has_asset()) return sdk::Returned("TARGET_NOT_SUPPORTED", "name the unit: this office keeps no accounts");
  const Thing* thing = FindThing(kind, freeze.asset().asset_kind());
  if (thing == nullptr) return sdk::Returned("ASSET_KIND_NOT_SUPPORTED", std::string(kind.kept));
  Tables tables(transaction, kind);
  const std::string& number = freeze.asset().unit_number();
  const auto unit = thing == ThingOfNumber(kind, number) ? tables.FindUnit(number) : std::nullopt;
  if (!unit) return NotControlled("UNIT_NOT_FOUND", "the register has no such unit");
  const std::vector<std::string> acts = ActsOf(kind, thing->asset_kind);
  for (const std::string& act : freeze.blocked_acts()) {
    if (std::find(acts.begin(), acts.end(), act) == acts.end())
      return NotControlled("BLOCKED_ACT_UNKNOWN",
                           absl::StrCat(act, " isn't registered here; what is: ", absl::StrJoin(acts, ", ")));
  }

  // Only the respondent's own part is touched, and only when number, name and share are the register's.
  std::vector<Holder> parts = tables.HoldingsOf(order.subject());
  parts.erase(std::remove_if(parts.begin(), parts.end(), [&](const Holder& part) { return part.unit != number; }),
              parts.end());
  if (parts.empty()) return NotControlled("NOT_HOLDER", "the person holds no part of the unit");
  // Of two parts of his, got at different times, the one of which the order speaks.
  const auto named = [&](const Holder& part) { return MatchOf(part, order.subject()) == Match::kNameAndNumber; };
  auto own = std::find_if(parts.begin(), parts.end(),
                          [&](const Holder& part) { return named(part) && SameShare(freeze.asset(), part); });
  if (own == parts.end()) own = std::find_if(parts.begin(), parts.end(), named);
  if (own == parts.end())
    return Final(v1::OUTCOME_AMBIGUOUS, "NAME_MISMATCH",
                 "the number is registered under another name; nothing was done");
  const bool pre_seal = own->state == HolderState::kExpected;
  const uint32_t months_max = MonthsMax(rules_, *thing, order.case_number(), pre_seal);
  if (IsTooLong(freeze.term(), months_max)) return TooLong(v1::OUTCOME_NOT_CONTROLLED, months_max);
  EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, rules_, number, request.now));
  Seal seal{.unit = number,
            .holder = own->number,
            .value_minor_units = freeze.limit_minor_units(),
            .operation = request.operation,
            .blocked_acts = {freeze.blocked_acts().begin(), freeze.blocked_acts().end()}};
  std::string reason = pre_seal ? "PRE_SEALED" : "";
  if (kind.extent == Extent::kQuantity) {
    const int64_t whole = WholeOf(kind, *unit);
    const int64_t held = QuantityOf(whole, own->share_numerator, own->share_denominator).value_or(0);
    const auto share = QuantityOf(whole, freeze.asset().share_numerator(), freeze.asset().share_denominator());
    if (!share || *share > held)
      return NotControlled("SHARE_MISMATCH", absl::StrCat("a quantity of at most ", ShareText(*own)));
    seal.row.requested = *share;
    if (const int64_t e4 = freeze.asset().quantity_e4(); e4 != 0) {
      if (e4 % kE4OfHundredth != 0 || !IsAmount(e4 / kE4OfHundredth))
        return NotControlled("SHARE_MISMATCH", "the register counts in hundredths");
      seal.row.requested = e4 / kE4OfHundredth;
      if (seal.row.requested > held) reason = "QUANTITY_ABOVE_HOLDING";
    }
  } else if (freeze.asset().quantity_e4() != 0) {
    return NotControlled("SHARE_MISMATCH", "no quantities are kept of this kind of thing");
  } else if (!SameShare(freeze.asset(), *own)) {
    return NotControlled("SHARE_MISMATCH", absl::StrCat("the register knows a share of ", ShareText(*own)));
  }
  if (auto hindrance = Hindrance(request, *own, book)) return *std::move(hindrance);
  seal.row.id = request.operation.Text();
  seal.row.authority = order.court();
  seal.row.document_number = DocumentOf(order);
  seal.row.scope = {AssetId(kind, number, own->number)};
  seal.row.rank = {request.arrival.at, request.arrival.sequence};
  seal.row.part_numerator = own->share_numerator;
  seal.row.part_denominator = own->share_denominator;
  seal.row.term = TermOf(freeze.term());
  if (kind.counted_from == CountedFrom::kReceipt)
    seal.row.effective_to = sdk::EndOf(seal.row.term, request.arrival.at, rules_.zone);
  const std::string id = seal.row.id;
  std::string doubt;
  if (FreezeMode(rules_) == Mode::kSemiAutomatic && kind.clerk_needed != nullptr)
    doubt = kind.clerk_needed(kind, *unit);
  const bool review = FreezeMode(rules_) == Mode::kManual || !doubt.empty();
  std::string remark;
  EAGLE_RETURN_IF_ERROR(PlaceByRegistration(std::move(seal), review, request.now, book, transaction, remark));
  book.seals().AdvanceTo(request.now);  // a term that counts from the receipt may have ended meanwhile
  EAGLE_RETURN_IF_ERROR(book.Store(transaction, id));
  if (review) return OpenReview(request, *book.FindSeal(id), book, remark.empty() ? doubt : remark, transaction);
  sdk::Answer answer;
  answer.effect_at = book.seals().Find(id)->effective_from;
  answer.items.push_back(book.ItemOf(id));
  answer.items.back().set_remark(remark);
  if (!reason.empty()) answer.items.back().set_reason(reason);
  return answer;
}

std::optional<sdk::Answer> Register::Hindrance(const sdk::Request& request, const Holder& holder,
                                               const UnitBook& book) const {
  if (const Seal* same = book.SealOfDocument(holder.number, DocumentOf(request.order))) {
    return NotControlled("DOCUMENT_REPEATED",
                         absl::StrCat("the unit is locked under this number already: ", same->row.id));
  }
  const Seal* first = rules_.kind.keeps_waitlist ? nullptr : book.FirstOn(holder.number);
  if (first == nullptr) return std::nullopt;
  const sdk::Encumbrance& row = *book.seals().Find(first->row.id);
  std::string until = " (in effect once a clerk has decided)";
  if (row.phase == sdk::Phase::kEffective && row.effective_to)
    until = absl::StrCat(" until ", absl::FormatCivilTime(sdk::LastDayBefore(*row.effective_to, rules_.zone)));
  return NotControlled("ALREADY_PRESERVED",
                       absl::StrCat("preserved by ", row.authority, " ", row.document_number, until));
}

// Registration decides: what was registered before this order could be checked keeps its place.
absl::Status Register::PlaceByRegistration(Seal seal, bool review, absl::Time now, UnitBook& book,
                                           sdk::InboxTransaction& transaction, std::string& remark) const {
  const absl::Status placed = book.Place(seal, review);
  if (ReasonOf(placed) != Reason::kRankTaken) return placed;
  sdk::InboxTables inbox(transaction);
  sdk::MetaRow meta = inbox.Meta();
  seal.row.rank = {std::max(now, meta.last_arrived_at), ++meta.last_arrival_sequence};
  meta.last_arrived_at = seal.row.rank.served_at;
  inbox.PutMeta(meta);
  remark = "a seal was registered before this order could be checked; this one stands behind it";
  return book.Place(std::move(seal), review);
}

sdk::Answer Register::OpenReview(const sdk::Request& request, const Seal& seal, const UnitBook& book,
                                 const std::string& remark, sdk::InboxTransaction& transaction) const {
  Tables(transaction, rules_.kind)
      .OpenReview({.seal = seal.row.id, .operation = request.operation, .unit = seal.unit, .opened_at = request.now});
  sdk::Answer answer{.kind = sdk::AnswerKind::kUnderReview};
  answer.items.push_back(book.ItemOf(seal.row.id));
  answer.items.back().set_outcome(v1::OUTCOME_UNDER_REVIEW);
  answer.items.back().set_remark(remark);
  return answer;
}

absl::StatusOr<sdk::Answer> Register::Renew(const sdk::Request& request, bool decided,
                                            sdk::InboxTransaction& transaction) const {
  const auto refused = [](std::string_view reason, std::string_view remark) {
    return Final(v1::OUTCOME_NOT_RENEWED, reason, remark);
  };
  const v1::Term& term = request.order.renew().term();
  const auto seal = request.freeze_operation == nullptr
                        ? std::nullopt
                        : Tables(transaction, rules_.kind).FindSealOf(*request.freeze_operation);
  if (!seal) return refused("MEASURE_UNKNOWN", "no seal came from that order");
  if (seal->row.authority != request.order.court()) return refused("NOT_YOUR_MEASURE", "the seal is another court's");
  EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, rules_, seal->unit, request.now));
  const bool pre_seal = book.FindHolder(seal->holder)->state == HolderState::kExpected;
  const uint32_t months_max =
      MonthsMax(rules_, *ThingOfNumber(rules_.kind, seal->unit), request.order.case_number(), pre_seal);
  if (IsTooLong(term, months_max)) return TooLong(v1::OUTCOME_NOT_RENEWED, months_max);
  const std::string& id = seal->row.id;
  const sdk::Encumbrance* before = book.seals().Find(id);
  if (RenewMode(rules_) == Mode::kManual && !decided && before != nullptr && before->phase == sdk::Phase::kEffective) {
    EAGLE_RETURN_IF_ERROR(book.Store(transaction));
    return OpenReview(request, *seal, book, "", transaction);
  }
  const absl::Status renewed = book.seals().Renew(id, TermOf(term));
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

absl::StatusOr<sdk::Answer> Register::Release(const sdk::Request& request, bool decided,
                                              sdk::InboxTransaction& transaction) const {
  const v1::Order& order = request.order;
  Tables tables(transaction, rules_.kind);
  const auto seal = request.freeze_operation == nullptr ? std::nullopt : tables.FindSealOf(*request.freeze_operation);
  if (!seal) return NotControlled("MEASURE_UNKNOWN", "no seal came from that order");
  if (seal->row.authority != order.court()) return NotControlled("NOT_YOUR_MEASURE", "the seal is another court's");
  EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, rules_, seal->unit, request.now));
  const std::string& id = seal->row.id;
  const sdk::Encumbrance* row = book.seals().Find(id);
  if (row == nullptr || !sdk::IsLive(row->phase)) {
    EAGLE_RETURN_IF_ERROR(book.Store(transaction));
    const sdk::Phase phase = row == nullptr ? seal->row.phase : row->phase;
    return NotControlled("MEASURE_ENDED", sdk::PhaseName(phase));
  }
  const int64_t amount = order.release().amount_minor_units();
  const bool part = amount != 0 && amount != seal->value_minor_units;
  if (part && rules_.kind.extent != Extent::kQuantity)
    return NotControlled("PARTIAL_RELEASE", "a seal is released whole");
  if (part && amount > seal->value_minor_units)
    return NotControlled("AMOUNT_ABOVE_MEASURE", "more than the limit of the measure");
  if (ReleaseMode(rules_) == Mode::kManual && !decided) {
    EAGLE_RETURN_IF_ERROR(book.Store(transaction));
    return OpenReview(request, *seal, book, "", transaction);
  }
  if (part) {
    const absl::Status released = book.ReleasePart(id, amount);
    if (ReasonOf(released) == Reason::kAmountInvalid)
      return NotControlled("PARTIAL_RELEASE", "the part is less than the register counts");
    EAGLE_RETURN_IF_ERROR(released);
  } else {
    EAGLE_RETURN_IF_ERROR(book.seals().Release(id));
  }
  EAGLE_RETURN_IF_ERROR(book.Store(transaction, id));
  // Released before its clerk decided: that is the last word on the freeze, too.
  const auto review = tables.OpenReviewOf(id, seal->operation);
  if (review && !part) {
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

// ---- The clerk's word ----

absl::StatusOr<sdk::Answer> Register::Decide(const sdk::Request& request, const sdk::Decision& decision,
                                             sdk::InboxTransaction& transaction) {
  Tables tables(transaction, rules_.kind);
  const sdk::Operation& measure = request.freeze_operation == nullptr ? request.operation : *request.freeze_operation;
  const auto seal = tables.FindSealOf(measure);
  const auto review = seal ? tables.OpenReviewOf(seal->row.id, request.operation) : std::nullopt;
  if (!review) return Fail(Reason::kTaskNotWaiting, "no seal of this order waits for a clerk");
  const v1::Action action = request.order.action();
  absl::StatusOr<sdk::Answer> answer =
      review->seal == request.operation.Text() ? DecideLock(request, decision, transaction)
      : !decision.approved
          ? Final(sdk::NotDoneOutcome(action), decision.reason.empty() ? "REFUSED_BY_CLERK" : decision.reason, "")
      : action == v1::ACTION_RENEW          ? Renew(request, /*decided=*/true, transaction)
      : action == v1::ACTION_TRANSFER_TITLE ? TransferTitle(request, /*decided=*/true, transaction)
                                            : Release(request, /*decided=*/true, transaction);
  EAGLE_RETURN_IF_ERROR(answer.status());
  tables.CloseReview(review->number, decision.approved ? ReviewState::kApproved : ReviewState::kRefused, decision.clerk,
                     decision.reason, request.now);
  if (!decision.remark.empty() || review->seal == request.operation.Text())
    answer->items.front().set_remark(decision.remark);
  return answer;
}

absl::StatusOr<sdk::Answer> Register::DecideLock(const sdk::Request& request, const sdk::Decision& decision,
                                                 sdk::InboxTransaction& transaction) const {
  const std::string id = request.operation.Text();
  const auto seal = Tables(transaction, rules_.kind).FindSeal(id);
  if (!seal) return Fail(Reason::kRegisterBroken, "a review without a seal");
  EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, rules_, seal->unit, request.now));
  EAGLE_RETURN_IF_ERROR(decision.approved ? book.seals().Approve(id) : book.seals().Refuse(id));
  book.seals().AdvanceTo(request.now);  // a term that counts from the receipt may have ended meanwhile
  EAGLE_RETURN_IF_ERROR(book.Store(transaction, id));
  sdk::Answer answer;
  v1::ItemResult& item = answer.items.emplace_back(book.ItemOf(id));
  if (decision.approved) {
    answer.effect_at = book.seals().Find(id)->effective_from;
    if (item.measure().pre_seal()) {
      item.set_reason("PRE_SEALED");
    } else if (rules_.kind.extent == Extent::kQuantity && seal->row.requested > book.HeldBy(seal->holder)) {
      item.set_reason("QUANTITY_ABOVE_HOLDING");
    }
  } else {
    item.set_reason(decision.reason.empty() ? "REFUSED_BY_CLERK" : decision.reason);
  }
  return answer;
}

// ---- Time ----

absl::Status Register::Advance(absl::Time now, sdk::InboxTransaction& transaction) {
  Tables tables(transaction, rules_.kind);
  tables.EndSearchesByTerm(now);
  for (const std::string& unit : tables.UnitsWithEndedTerms(now, kUnitsAStep)) {
    EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, rules_, unit, now));
    EAGLE_RETURN_IF_ERROR(book.Store(transaction));
  }
  return absl::OkStatus();
}

}  // namespace eagle::registry
