// LOCATE 协助查找: the office notes who is looked for, and the counter tells the courts where he was met
// (counter_acts.cc). Not a measure of its own: it moves no amount, and ends with the measure, with its term, or when
// the court has taken the thing over.
#include "absl/strings/str_cat.h"
#include "adapters/register/answers.h"
#include "adapters/register/register.h"
#include "server/base/reason.h"

namespace eagle::registry {
namespace {

namespace v1 = sdk::v1;

}  // namespace

absl::StatusOr<sdk::Answer> Register::Locate(const sdk::Request& request, sdk::InboxTransaction& transaction) const {
  const auto refused = [](std::string_view reason, std::string_view remark) {
    return Final(v1::OUTCOME_NOT_LOCATING, reason, remark);
  };
  const v1::Locate& locate = request.order.locate();
  Tables tables(transaction, rules_.kind);
  const auto seal = request.freeze_operation == nullptr ? std::nullopt : tables.FindSealOf(*request.freeze_operation);
  if (!seal) return refused("MEASURE_UNKNOWN", "no seal came from that order");
  if (seal->row.authority != request.order.court()) return refused("NOT_YOUR_MEASURE", "the seal is another court's");
  const Thing* thing = ThingOfNumber(rules_.kind, seal->unit);
  if (thing == nullptr || !thing->movable) return refused("NOT_MOVABLE", "it stays where it is");
  EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, rules_, seal->unit, request.now));
  EAGLE_RETURN_IF_ERROR(book.Store(transaction));
  const sdk::Encumbrance* row = book.seals().Find(seal->row.id);
  const sdk::Phase phase = row == nullptr ? seal->row.phase : row->phase;
  if (!sdk::IsLive(phase)) return refused("MEASURE_ENDED", sdk::PhaseName(phase));
  if (phase != sdk::Phase::kEffective)
    return refused(sdk::PhaseName(phase), "the seal isn't in effect: nothing can be held under it");
  const absl::Time until = sdk::EndOf(TermOf(locate.term()), request.now, rules_.zone);
  tables.AddSearch({.operation = request.operation,
                    .seal = seal->row.id,
                    .unit = seal->unit,
                    .hold = locate.hold(),
                    .collect_contact = locate.collect_contact(),
                    .collect_phone = locate.collect_phone(),
                    .from = request.now,
                    .to = until});
  sdk::Answer answer{.effect_at = request.now};
  answer.items.push_back(book.ItemOf(seal->row.id));
  answer.items.back().set_outcome(v1::OUTCOME_LOCATING);
  answer.items.back().set_remark(absl::StrCat("until ", absl::FormatCivilTime(sdk::LastDayBefore(until, rules_.zone))));
  return answer;
}

}  // namespace eagle::registry
