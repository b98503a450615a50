// A freeze that takes over what was entered at the counter 柜面冻结: as it stands, from now on under the order.
#include "absl/strings/str_cat.h"
#include "adapters/register/answers.h"
#include "adapters/register/register.h"
#include "server/base/reason.h"

namespace eagle::registry {
namespace {

namespace v1 = sdk::v1;

// Whether the seal is that court's, on that person, with the number of the notice: what the clerk entered then and what
// the court says now.
bool Fits(const Seal& seal, const Holder* holder, const v1::Order& order) {
  const v1::CounterMeasure& counter = order.freeze().counter();
  if (holder == nullptr || seal.row.authority != order.court() || seal.row.document_number != counter.document_number())
    return false;
  const auto of = [&](std::string_view id_kind, std::string_view id_number) {
    v1::Identity identity;
    identity.set_id_number(std::string(id_number));
    return absl::StrCat(std::string(id_kind), ":", sdk::PersonKey(identity));
  };
  return of(holder->id_kind, holder->id_number) == of(order.subject().id_kind(), order.subject().id_number()) &&
         MatchOf(*holder, order.subject()) == Match::kNameAndNumber;
}

}  // namespace

// All that doesn't fit is MEASURE_UNKNOWN: the office tells nobody about a measure that isn't his.
absl::StatusOr<sdk::Answer> Register::TakeOver(const sdk::Request& request, sdk::InboxTransaction& transaction) const {
  const v1::CounterMeasure& counter = request.order.freeze().counter();
  if (FindThing(rules_.kind, counter.asset_kind()) == nullptr)
    return sdk::Returned("ASSET_KIND_NOT_SUPPORTED", std::string(rules_.kind.kept));
  const auto unknown = [] {
    return NotControlled("MEASURE_UNKNOWN", "no measure of this number, document, court and person was entered here");
  };
  Tables tables(transaction, rules_.kind);
  auto seal = tables.FindSeal(counter.unit_reference());
  if (!seal || seal->IsOurs()) return unknown();
  const Thing* thing = ThingOfNumber(rules_.kind, seal->unit);
  if (thing == nullptr || counter.asset_kind() != thing->asset_kind) return unknown();
  {
    EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, rules_, seal->unit, request.now));
    EAGLE_RETURN_IF_ERROR(book.Store(transaction));  // a term may have ended
    seal = tables.FindSeal(counter.unit_reference());
    if (!sdk::IsLive(seal->row.phase) || !Fits(*seal, book.FindHolder(seal->holder), request.order)) return unknown();
  }
  seal->operation = request.operation;
  seal->value_minor_units = request.order.freeze().limit_minor_units();
  ++seal->row.revision;  // what is told of it now is newer than whatever was said before
  tables.PutSeal(*seal);
  EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, rules_, seal->unit, request.now));
  sdk::Answer answer;
  answer.items.push_back(book.ItemOf(seal->row.id));
  if (answer.items.back().measure().pre_seal()) answer.items.back().set_reason("PRE_SEALED");
  return answer;
}

}  // namespace eagle::registry
