#include "client/cli/order_flags.h"

#include "client/cli/order_columns.h"
#include "client/cli/signers.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"

namespace eagle::client {
namespace {

constexpr char kToAccountHelp[] = "code of the court's enforcement account 执行款专户, as the court stated it";

// What a freeze names, and what it bars.
template <class Options>
void AddFreezeFlags(Options& verb, OrderFlags& flags) {
  verb.Text("--limit", &flags.limit, "most that may be frozen, as 80,000.00");
  verb.Text("--currency", &flags.currency, "the configuration's without it");
  verb.Text("--account", &flags.account, "one account; all accounts of the person without it");
  verb.Flag("--whole-account", &flags.whole_account, "freeze whole accounts; the limit is still the bound of law");
  verb.Text("--asset", &flags.asset, "a thing in a register: KIND:UNIT[:1/2]");
  verb.Text("--product", &flags.product,
            "a product 理财产品 with the account to which it pays back: the bank's number");
  verb.Text("--quantity", &flags.quantity, "so many units of the --asset or --product, as 10000 or 0.5");
  verb.Text("--counter-reference", &flags.counter,
            "what the unit's counter has registered already 柜面冻结: the unit's own number; no --term");
  verb.Text("--document", &flags.document, "with --counter-reference: number of the notice that was served 文号");
  verb.Text("--counter-kind", &flags.counter_kind, "with --counter-reference: asset kind, as DEPOSIT or LAND");
  verb.Texts(
      "--block", &flags.blocked_acts,
      "an act that the register is not to enter 限制事项, as TRANSFER; repeat; all of the policy's row without it");
  verb.Choice("--inflow", &flags.inflow, {"capture", "none"},
              "whether money that arrives later is caught (capture without it)");
  verb.Text("--term", &flags.term, "1y without it; 6m is six months");
  verb.Text("--over-cap", &flags.over_cap, "INDIVISIBLE:LEADER or VALUE_UNKNOWN:LEADER; the leader must sign too");
}

template <class Options>
void AddIncomeFlags(Options& verb, OrderFlags& flags) {
  verb.Text("--account", &flags.account, "the account into which the income is paid");
  verb.Text("--limit", &flags.limit, "the sum that is taken in the end at most, as 80,000.00");
  verb.Text("--keep", &flags.kept, "what of each month's income is left to live on 生活必需费用, as 2,000.00");
  verb.Text("--currency", &flags.currency, "the configuration's without it");
  verb.Text("--term", &flags.term, "1y without it; 6m is six months");
  verb.Text("--to-account", &flags.to_account, kToAccountHelp);
}

// With the measure that every such order names.
template <class Options>
void AddMeasureFlags(Options& verb, v1::Action action, OrderFlags& flags) {
  verb.Text("--measure", &flags.measure, "id of the order that made the measure");
  switch (action) {
    case v1::ACTION_RENEW:
      verb.Text("--term", &flags.term, "from the end of the term that runs; 1y without it; 6m is six months");
      return;
    case v1::ACTION_RELEASE:
      verb.Text("--amount", &flags.amount, "part of the limit to give up; the whole measure without it");
      verb.Text("--ground", &flags.ground, "DEBT_PAID, SURPLUS, WITHDRAWN, SECURITY_GIVEN, THIRD_PARTY_ASSET or OTHER");
      return;
    case v1::ACTION_TRANSFER_TITLE:
      verb.Text("--transferee", &flags.transferee, "the new owner 受让人: NAME;ID_KIND;NUMBER");
      verb.Text("--ground", &flags.ground, "AUCTION 拍卖, SALE 变卖 or SET_OFF 以物抵债");
      verb.Text("--share", &flags.share, "a part of what the measure holds, as 1/2; all of it without it");
      verb.Text("--proceeds", &flags.proceeds,
                "what of the price goes to this claim, as 80,000.00; nothing without it");
      verb.Flag("--charges-end", &flags.charges_end, "mortgages and pledges on it end with the transfer 涤除");
      return;
    case v1::ACTION_LOCATE:
      verb.Text("--term", &flags.term, "for how long it is looked for; 1y without it; 6m is six months");
      verb.Flag("--hold", &flags.hold,
                "whoever finds it holds it for the court 扣押; a sighting is only told without it");
      verb.Text("--contact", &flags.contact, "with --hold: who takes it over");
      verb.Text("--phone", &flags.phone, "with --hold: that person's telephone");
      return;
    default:
      verb.Text("--amount", &flags.amount, "as 80,000.00");
      verb.Flag("--up-to", &flags.up_to,
                "take what the measure controls, at most the amount; else the amount or nothing");
      verb.Text("--currency", &flags.currency, "the configuration's without it");
      verb.Text("--to-account", &flags.to_account, kToAccountHelp);
  }
}

}  // namespace

absl::StatusOr<std::string> OrderIdOf(const std::string& text) {
  const auto id = ParseUuid(text);
  if (!id)
    return Fail(Reason::kFieldInvalid,
                "an order is named by its id, as 01920d5c-8f00-7000-8000-000000000000, not \"" + text + "\"");
  return *id;
}

template <class Options>
void NameOrderFlags(Options& verb, v1::Action action, bool pair, OrderFlags& flags) {
  verb.Text("--case", &flags.case_number, "case number");
  verb.Text("--subject", &flags.subject, "the respondent 被执行人: NAME;ID_KIND;NUMBER");
  verb.Texts("--agency", &flags.agencies,
             action == v1::ACTION_INQUIRE ? "agency code; repeat for several, or all" : "agency code; exactly one");
  verb.Text("--urgent", &flags.urgent,
            "reason: FLIGHT_RISK, TRANSFER_RISK, TERM_ENDING or COURT_DAY; a normal order without it");
  verb.Texts("--officer", &flags.officers,
             "who stands in the order, handler first; the first two of --sign without it");
  verb.Texts("--paper", &flags.papers,
             "CATEGORY=FILE[=TITLE], as RULING=裁定书.pdf; repeat for each. Put into the case before the order goes");
  verb.Text("--purpose", &flags.purpose, "a purpose of the policy; the configuration's without it");
  verb.Text("--legal-basis", &flags.legal_basis, "the configuration's without it");
  verb.Number("--valid-days", &flags.valid_days, "nobody may accept it later; the configuration's without it");
  if (action == v1::ACTION_INQUIRE) {
    verb.Texts("--kind", &flags.asset_kinds, "asset kind, as DEPOSIT or LAND; repeat; everything without it");
    verb.Text("--transactions", &flags.transactions,
              "also what moved on the accounts 交易: FIRST:LAST, as 2026-01-01:2026-09-28; balances only without it");
    return;
  }
  verb.Text("--confirm", &flags.confirm, kConfirmHelp);
  if (pair) verb.Text("--to-account", &flags.to_account, kToAccountHelp);
  if (action == v1::ACTION_FREEZE) return AddFreezeFlags(verb, flags);
  if (action == v1::ACTION_EXTRACT_INCOME) return AddIncomeFlags(verb, flags);
  AddMeasureFlags(verb, action, flags);
}
template void NameOrderFlags(Verb& verb, v1::Action action, bool pair, OrderFlags& flags);
template void NameOrderFlags(OrderColumns& verb, v1::Action action, bool pair, OrderFlags& flags);

void AddOrderFlags(Verb& verb, v1::Action action, bool pair, OrderFlags& flags) {
  verb.Text("--file", &flags.file,
            "the whole Order as the contract has it (.json or .txtpb); id, times, papers and officers are added");
  NameOrderFlags(verb, action, pair, flags);
}

}  // namespace eagle::client
