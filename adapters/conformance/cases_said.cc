// What the adapter says of its own accord: what stands with the agency, day by day 对账, and that an order touches what
// is exempt 豁免.
#include "absl/strings/str_cat.h"
#include "adapters/conformance/cases.h"
#include "server/base/bytes.h"

namespace eagle::conformance {
namespace {

// A line against the newest word of the receipts on that measure.
void CheckLine(Play& play, const v1::MeasureState& line, const v1::MeasureState& told) {
  if (line.revision() > told.revision() && told.revision() > 0) return;  // an event of it is on its way
  play.Check(line.requested_minor_units() == told.requested_minor_units() &&
                 line.controlled_minor_units() == told.controlled_minor_units() &&
                 line.unfunded_minor_units() == told.unfunded_minor_units() &&
                 line.controlled_quantity_e4() == told.controlled_quantity_e4() &&
                 line.effective_to().seconds() == told.effective_to().seconds() && line.ended() == told.ended(),
             absl::StrCat("the statement has another amount or end for ", told.unit_reference(),
                          " than the last receipt on it, and no later revision"));
  play.Check(line.revision() == told.revision() || line.revision() == 0 || told.revision() == 0,
             "the statement has an older revision than a receipt that came before it");
}

// Everything that stands by the receipts is named, and as they said.
void CheckStanding(Play& play, const StatedDay& stated) {
  std::map<std::string, v1::MeasureState> standing;
  play.stage().Locked([&] { standing = play.gateway().Standing(); });
  for (const auto& [order, told] : standing) {
    const auto line = stated.lines.find(order);
    if (line == stated.lines.end()) {
      play.Check(false,
                 absl::StrCat("the measure ", told.unit_reference(), " stands, and the statement doesn't name it"));
    } else {
      CheckLine(play, line->second, told);
    }
  }
}

void DailyStatement(Play& play) {
  const v1::Order freeze = play.courts().Freeze(play.Someone(), play.Limit(kSmallLimit));
  if (!play.CheckControlled(play.Ask(freeze), "a freeze")) return;
  const auto stated = play.Stated();
  if (!stated) return;
  CheckStanding(play, *stated);
  play.Check(stated->lines.count(freeze.order_id()) == 1, "the statement doesn't name what was frozen before it");
  play.CheckOutcome(play.Ask(play.courts().Release(freeze)), v1::OUTCOME_RELEASED, "a release");
  const auto after = play.Stated();
  if (!after) return;
  CheckStanding(play, *after);
  const auto line = after->lines.find(freeze.order_id());
  play.Check(line == after->lines.end() || line->second.ended(),
             "the statement still names what was released before it");
}

void StatementLost(Play& play) {
  const v1::Order freeze = play.courts().Freeze(play.Someone(), play.Limit(kSmallLimit));
  if (!play.CheckControlled(play.Ask(freeze), "a freeze")) return;
  play.stage().Locked([&] { play.gateway().bent.lose_statements = 1; });
  if (const auto stated = play.Stated()) CheckStanding(play, *stated);
  play.stage().Locked([&] { play.Check(play.gateway().bent.lose_statements == 0, "no part of a statement was sent"); });
}

void ExemptHeld(Play& play) {
  const v1::Order freeze = play.courts().FreezeAccount(play.Someone("exempt"), kSmallLimit);
  const std::string digest = play.Hand(freeze);
  if (!play.CheckOutcome(play.Answer(digest), v1::OUTCOME_EXEMPT_HELD, "a freeze of an account that is exempt")) return;
  std::vector<v1::ObjectionAct> said;
  play.WaitUntil([&] {
    said.clear();
    for (const v1::ObjectionAct& act : play.gateway().objections()) {
      if (act.raise().order_id() == freeze.order_id()) said.push_back(act);
    }
    return !said.empty();
  });
  if (!play.Check(!said.empty(), "what was held as exempt wasn't objected to: the court's term doesn't run")) return;
  const v1::Objection& raised = said.front().raise();
  play.Check(raised.order_digest() == digest, "the objection names another digest than the order's");
  play.Check(said.front().author() == play.world().agency(), "the objection's author isn't the agency");
  play.Check(!raised.ground().empty() && !raised.text().empty(), "an objection has a ground and says why");
  play.Check(!raised.contact_name().empty() && !raised.contact_phone().empty(), "an objection names whom to ask");
  play.HandAgain(digest);
  play.WaitQuietly();
  size_t raises = 0;
  play.stage().Locked([&] {
    for (const v1::ObjectionAct& act : play.gateway().objections())
      raises += act.raise().order_id() == freeze.order_id() ? 1 : 0;
  });
  play.Check(raises == 1, "one order that is held as exempt is objected to once");
}

}  // namespace

std::vector<Case> SaidCases() {
  return {
      {"daily-statement",
       "每日对账",
       "Freezes and has the unit state what stands; releases, and has it state that once more.",
       "A signed statement of one instant that names everything that stands as the receipts said, and nothing that "
       "ended.",
       "agency guide 5, daily statement; position.proto",
       {"FREEZE", "RELEASE", "hook:state"},
       DailyStatement},
      {"statement-lost",
       "对账单丢失",
       "Loses a part of a statement on its way.",
       "Send it again, or state the day anew, until it is recorded.",
       "agency guide 5, daily statement",
       {"FREEZE", "RELEASE", "hook:state"},
       StatementLost},
      {"exempt-held",
       "豁免账户与异议",
       "Freezes an account that is exempt, and hands the order out again.",
       "EXEMPT_HELD, and an objection in writing against the order, once: so the court's term runs.",
       "agency guide 5; domain decision 7, A16 item 24",
       {"FREEZE", "money", "person:exempt"},
       ExemptHeld},
  };
}

}  // namespace eagle::conformance
