// TRANSFER_TITLE 协助办理过户: the court whose measure is in effect has sold the thing, or given it for the debt. One
// transaction: the measure ends, who waited behind it is void or moves up, the new owner stands in the register.
#include "adapters/register/title.h"

#include <algorithm>
#include <limits>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "adapters/register/answers.h"
#include "adapters/register/register.h"
#include "server/base/identity_number.h"
#include "server/base/money.h"
#include "server/base/reason.h"

namespace eagle::registry {
namespace {

namespace v1 = sdk::v1;

// In lowest terms; absent when it can't be written as the register writes shares.
std::optional<Portion> PortionOf(absl::uint128 numerator, absl::uint128 denominator) {
  absl::uint128 a = numerator, b = denominator;
  while (b != 0) std::swap(a %= b, b);
  if (a == 0) return std::nullopt;
  numerator /= a, denominator /= a;
  if (denominator > std::numeric_limits<uint32_t>::max()) return std::nullopt;
  return Portion{static_cast<uint32_t>(numerator), static_cast<uint32_t>(denominator)};
}

// Pre: sold <= held.
std::optional<Sale> Divide(const Holder& holder, const Portion& sold) {
  const absl::uint128 held = absl::uint128(holder.share_numerator) * sold.denominator;
  const absl::uint128 gone = absl::uint128(sold.numerator) * holder.share_denominator;
  const auto left = PortionOf(held - gone, absl::uint128(holder.share_denominator) * sold.denominator);
  if (!left) return std::nullopt;
  return Sale{.whole = left->numerator == 0, .sold = sold, .left = *left};
}

// The number of somebody who can own: its check character, where its kind has one. Not the respondent.
bool MayOwn(const v1::Identity& person, const v1::Identity& subject) {
  if (person.name().empty() || person.id_kind().empty() || person.id_number().empty()) return false;
  if (person.id_kind() == "CITIZEN_ID" && !IsCitizenNumber(person.id_number())) return false;
  if (person.id_kind() == "UNIFIED_CREDIT_CODE" && !IsUnifiedCreditCode(person.id_number())) return false;
  return person.id_kind() != subject.id_kind() || sdk::PersonKey(person) != sdk::PersonKey(subject);
}

// As the files have it: without commas.
std::string PlainMoney(int64_t minor_units) { return absl::StrReplaceAll(MoneyText(minor_units), {{",", ""}}); }

// Divides what goes with the share; anything else of the old owner's isn't the new one's.
void DivideValues(const Kind& kind, const Sale& sale, Holder& old, Holder& fresh) {
  const absl::int128 sold = absl::int128(sale.sold.numerator) * old.share_denominator,
                     held = absl::int128(old.share_numerator) * sale.sold.denominator;
  for (size_t i = 0; i < kind.holder_fields.size(); ++i) {
    fresh.values[i].clear();
    const auto value = kind.holder_fields[i].goes_with_share ? ParseMoney(old.values[i]) : std::nullopt;
    if (!value) continue;
    const auto part = static_cast<int64_t>(absl::int128(*value) * sold / held);
    fresh.values[i] = PlainMoney(part);
    old.values[i] = PlainMoney(*value - part);
  }
}

// Enters the new owner; of the old one stays what he has left.
Holder EnterOwner(const Kind& kind, const Sale& sale, Holder old, const UnitBook& book, const v1::Order& order,
                  Tables& tables) {
  const v1::Identity& owner = order.transfer_title().transferee();
  Holder fresh = old;
  fresh.number = book.holders().back().number + 1;
  fresh.name = owner.name();
  fresh.id_kind = owner.id_kind();
  fresh.id_number = owner.id_number();
  fresh.certificate_number = DocumentOf(order);  // the ruling is his title until the office writes a certificate
  fresh.share_numerator = sale.sold.numerator;
  fresh.share_denominator = sale.sold.denominator;
  if (!sale.whole) fresh.co_ownership = CoOwnership::kByShares;
  DivideValues(kind, sale, old, fresh);
  if (sale.whole) {
    old.state = HolderState::kFormer;
  } else {
    old.share_numerator = sale.left.numerator;
    old.share_denominator = sale.left.denominator;
    old.co_ownership = CoOwnership::kByShares;
  }
  tables.SetHolder(old);
  tables.AddHolder(fresh);
  return fresh;
}

// Mortgages and pledges end when the order says so and nobody else holds what they lie on; one that stays follows what
// was sold. What became of each is told.
std::string SettleCharges(const Kind& kind, const Sale& sale, const Holder& old, const Holder& fresh, bool others,
                          bool charges_end, Tables& tables) {
  std::string ended, stay;
  const bool all_sold = sale.whole && (kind.charges.by_holder || !others);
  for (const Charge& charge : tables.ChargesOf(old.unit)) {
    if (charge.holder != 0 && charge.holder != old.number) continue;
    const bool ends = charges_end && all_sold;
    absl::StrAppend(ends ? &ended : &stay, " ", charge.certificate_number, " ", charge.creditor, ";");
    if (ends) {
      tables.EndCharge(charge);
    } else if (charge.holder != 0 && sale.whole) {
      tables.MoveCharge(charge, fresh.number);
    }
  }
  std::string remark = absl::StrCat("owner ", fresh.number, ", ", ShareText(fresh));
  if (!ended.empty()) absl::StrAppend(&remark, "; ended:", ended);
  if (!stay.empty()) absl::StrAppend(&remark, ended.empty() ? "; stay:" : " stay:", stay);
  return remark;
}

}  // namespace

SaleVerdict SaleOf(const Kind& kind, const Unit& unit, const Holder& holder, const sdk::Encumbrance& measure,
                   const v1::TransferTitle& order) {
  const bool all = order.share_numerator() == 0 && order.share_denominator() == 0;
  const Portion own{holder.share_numerator, holder.share_denominator};
  const auto asked = all ? own : PortionOf(order.share_numerator(), order.share_denominator()).value_or(Portion{});
  const absl::uint128 part = absl::uint128(asked.numerator) * own.denominator,
                      held = absl::uint128(own.numerator) * asked.denominator;
  if (asked.numerator == 0 || part > held) return {};
  if (kind.extent == Extent::kQuantity) {
    const int64_t whole = WholeOf(kind, unit);
    const int64_t controlled = measure.controlled();
    const auto quantity = all ? controlled : QuantityOf(whole, asked.numerator, asked.denominator).value_or(0);
    if (quantity <= 0) return {};
    if (quantity > controlled)
      return {.why = quantity <= measure.requested ? NoSale::kNotControlled : NoSale::kShareMismatch};
    const auto sold = PortionOf(static_cast<uint64_t>(quantity), static_cast<uint64_t>(whole));
    auto sale = sold ? Divide(holder, *sold) : std::nullopt;
    if (sale) sale->quantity = quantity;
    return {.sale = sale};
  }
  if (part == held) return {.sale = Sale{.whole = true, .sold = own, .left = {0, 1}}};
  // A vehicle or a patent is indivisible here, and a joint right has no shares.
  if (kind.extent == Extent::kWhole || holder.co_ownership == CoOwnership::kJoint) return {};
  return {.sale = Divide(holder, asked)};
}

absl::StatusOr<sdk::Answer> Register::TransferTitle(const sdk::Request& request, bool decided,
                                                    sdk::InboxTransaction& transaction) const {
  const auto refused = [](std::string_view reason, std::string_view remark) {
    return Final(v1::OUTCOME_NOT_TRANSFERRED, reason, remark);
  };
  const Kind& kind = rules_.kind;
  const v1::TransferTitle& order = request.order.transfer_title();
  Tables tables(transaction, kind);
  const auto seal = request.freeze_operation == nullptr ? std::nullopt : tables.FindSealOf(*request.freeze_operation);
  if (!seal) return refused("MEASURE_UNKNOWN", "no seal came from that order");
  if (seal->row.authority != request.order.court()) return refused("NOT_YOUR_MEASURE", "the seal is another court's");
  EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, rules_, seal->unit, request.now));
  const std::string& id = seal->row.id;
  const sdk::Encumbrance* row = book.seals().Find(id);
  const sdk::Phase phase = row == nullptr ? seal->row.phase : row->phase;
  if (phase != sdk::Phase::kEffective) {
    const auto before = book.seals().Before(id);
    EAGLE_RETURN_IF_ERROR(book.Store(transaction));
    if (!sdk::IsLive(phase)) return refused("MEASURE_ENDED", sdk::PhaseName(phase));
    return refused(sdk::PhaseName(phase), before.empty() ? "a clerk hasn't decided on the seal yet"
                                                         : absl::StrCat("it stands behind ", before.front()->authority,
                                                                        " ", before.front()->document_number));
  }
  const Holder holder = *book.FindHolder(seal->holder);
  const auto unit = tables.FindUnit(seal->unit);
  if (!unit) return Fail(Reason::kRegisterBroken, "a seal without a unit");
  const SaleVerdict verdict = SaleOf(kind, *unit, holder, *row, order);
  std::optional<sdk::Answer> no;
  if (holder.state == HolderState::kExpected) {
    no = refused("PRE_SEALED", "the respondent isn't registered as the owner yet");
  } else if (!MayOwn(order.transferee(), request.order.subject())) {
    no = refused("TRANSFEREE_INVALID", "name, kind and number of somebody else than the respondent");
  } else if (!verdict.sale) {
    no = verdict.why == NoSale::kNotControlled
             ? refused("ANOTHER_MEASURE_FIRST", "earlier measures hold a part of that quantity")
             : refused("SHARE_MISMATCH", absl::StrCat("a part of his ", ShareText(holder), " that can be registered"));
  }
  if (no || (TransferMode(rules_) == Mode::kManual && !decided)) {
    EAGLE_RETURN_IF_ERROR(book.Store(transaction));
    return no ? *no : OpenReview(request, *seal, book, "", transaction);
  }

  const Sale& sale = *verdict.sale;
  const bool others = book.Count(HolderState::kCurrent) > 1;
  using Disposal = sdk::EncumbranceRegister::Extent;
  // What stands against the old owner is void when nothing is left to him; against others it stays.
  std::vector<std::string> rivals = book.SealsAgainst(seal->holder);
  std::erase(rivals, id);
  if (kind.extent == Extent::kQuantity) {
    if (sale.whole) book.seals().EndWithRight(rivals);  // first: what waited never took effect
    EAGLE_RETURN_IF_ERROR(book.seals().DisposeQuantity(id, sale.quantity));
  } else if (sale.whole && kind.extent == Extent::kWhole && others) {
    book.seals().EndWithRight(rivals);
    EAGLE_RETURN_IF_ERROR(book.seals().Dispose(id, Disposal::kPart));
  } else {
    EAGLE_RETURN_IF_ERROR(book.seals().Dispose(id, sale.whole ? Disposal::kWhole : Disposal::kPart));
  }
  EAGLE_RETURN_IF_ERROR(book.Store(transaction, id));
  const Holder fresh = EnterOwner(kind, sale, holder, book, request.order, tables);
  sdk::Answer answer{.effect_at = request.now};
  v1::ItemResult& item = answer.items.emplace_back(book.ItemOf(id));
  item.set_outcome(v1::OUTCOME_TRANSFERRED);
  item.clear_reason();
  item.set_remark(SettleCharges(kind, sale, holder, fresh, others, order.charges_end(), tables));
  return answer;
}

}  // namespace eagle::registry
