#include "client/cli/order_flags.h"

#include <algorithm>

#include "client/cli/signers.h"
#include "client/lib/errors.h"
#include "client/lib/json.h"
#include "client/lib/order_builder.h"
#include "server/base/civil_day.h"
#include "server/base/money.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"
#include "server/journal/text.h"
#include "server/trust/statements.h"

namespace eagle::client {
namespace {

absl::Status Wrong(const std::string& flag, const std::string& is) {
  return Fail(Reason::kFieldInvalid, flag + " is " + is);
}

std::vector<std::string> Parts(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

absl::StatusOr<uint32_t> Number(const std::string& text, const std::string& flag, const std::string& is) {
  const auto number = journal::ParseDecimal(text);
  if (!number || *number > 0xFFFFFFFF) return Wrong(flag, is);
  return static_cast<uint32_t>(*number);
}

absl::StatusOr<int64_t> Amount(const std::string& text, const std::string& flag) {
  const auto amount = ParseMoney(text);
  if (!amount) return Fail(Reason::kAmountInvalid, flag + " is an amount as 80,000.00, not \"" + text + "\"");
  return *amount;
}

// "NAME;ID_KIND;NUMBER".
absl::StatusOr<Person> PersonOf(const std::string& text, const std::string& flag = "--subject") {
  const std::vector<std::string> parts = Parts(text, ';');
  if (parts.size() != 3) return Wrong(flag, "NAME;ID_KIND;NUMBER");
  return Person{parts[0], parts[1], parts[2]};
}

// "CATEGORY=PATH" or "CATEGORY=PATH=TITLE".
absl::StatusOr<Paper> PaperOf(Session& session, const std::string& text) {
  const std::vector<std::string> parts = Parts(text, '=');
  if (parts.size() < 2 || parts.size() > 3) return Wrong("--paper", "CATEGORY=FILE or CATEGORY=FILE=TITLE");
  EAGLE_ASSIGN_OR_RETURN(Paper paper, PaperFromFile(parts[0], parts[1], parts.size() == 3 ? parts[2] : ""));
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_RETURN_IF_ERROR(desk->papers().Keep(paper.digest, parts[1]));
  return paper;
}

// The card from the configuration, else from the court's own statement.
absl::StatusOr<OfficerCard> CardOf(Session& session, const std::string& code) {
  EAGLE_ASSIGN_OR_RETURN(const Config* config, session.config());
  const ConfigOfficer* officer = config->OfficerByCode(code);
  if (officer != nullptr && !officer->work_id_no.empty() && !officer->duty_card_no.empty())
    return OfficerCard{code, officer->work_id_no, officer->duty_card_no};
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk_with_book());
  const auto stated = desk->book()->OfficerOf(config->organisation, code, session.process().clock.WallNow());
  if (!stated)
    return Fail(Reason::kOfficerNotValid,
                "no officer " + code + " is stated by the court, and the configuration has no card numbers");
  return OfficerCard{code, stated->details.work_id_no(), stated->details.duty_card_no()};
}

absl::StatusOr<std::vector<std::string>> AgenciesOf(Session& session, const std::vector<std::string>& flags) {
  if (flags != std::vector<std::string>{"all"}) return flags;
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  std::vector<std::string> codes;
  v1::ListAgenciesRequest request;
  request.set_page_size(1000);
  for (;;) {
    EAGLE_ASSIGN_OR_RETURN(const v1::ListAgenciesResponse page, gateway->ListAgencies(request));
    for (const v1::AgencyView& agency : page.agencies()) {
      const auto inquires = [](const v1::Capability& row) { return row.action() == v1::ACTION_INQUIRE; };
      if (std::any_of(agency.capabilities().begin(), agency.capabilities().end(), inquires))
        codes.push_back(agency.code());
    }
    if (page.next_page_token().empty()) break;
    request.set_page_token(page.next_page_token());
  }
  if (codes.empty()) return Fail(Reason::kAgencyUnknown, "no agency can inquire");
  return codes;
}

// Who stands in the order: --officer, else the first two of --sign.
absl::StatusOr<std::vector<OfficerCard>> OfficersOf(Session& session, const OrderFlags& flags, const Signing& signing) {
  std::vector<std::string> codes = flags.officers.empty() ? signing.officers : flags.officers;
  if (flags.officers.empty() && codes.size() > 2) codes.resize(2);
  std::vector<OfficerCard> cards;
  for (const std::string& code : codes) {
    EAGLE_ASSIGN_OR_RETURN(OfficerCard card, CardOf(session, code));
    cards.push_back(std::move(card));
  }
  return cards;
}

absl::StatusOr<std::vector<Paper>> PapersOf(Session& session, const OrderFlags& flags) {
  std::vector<Paper> papers;
  for (const std::string& text : flags.papers) {
    EAGLE_ASSIGN_OR_RETURN(Paper paper, PaperOf(session, text));
    papers.push_back(std::move(paper));
  }
  return papers;
}

// To an order from a file: papers, and the officers when it names none.
absl::Status AddFromFlags(Session& session, const OrderFlags& flags, const Signing& signing, v1::Order& order) {
  EAGLE_ASSIGN_OR_RETURN(const std::vector<Paper> papers, PapersOf(session, flags));
  for (const Paper& paper : papers) AddPaper(paper, order);
  if (!flags.confirm.empty()) {
    EAGLE_ASSIGN_OR_RETURN(*order.mutable_confirmed(), ConfirmationOf(flags.confirm));
  }
  if (!order.officers().empty()) return absl::OkStatus();
  EAGLE_ASSIGN_OR_RETURN(const std::vector<OfficerCard> cards, OfficersOf(session, flags, signing));
  for (const OfficerCard& card : cards) AddOfficer(card, order);
  return absl::OkStatus();
}

absl::StatusOr<OrderCommon> CommonOf(Session& session, const OrderFlags& flags, const Signing& signing,
                                     const std::string& group) {
  EAGLE_ASSIGN_OR_RETURN(const Config* config, session.config());
  OrderCommon common{
      .court = config->organisation, .case_number = flags.case_number, .urgency_reason = flags.urgent, .group = group};
  EAGLE_ASSIGN_OR_RETURN(common.agencies, AgenciesOf(session, flags.agencies));
  EAGLE_ASSIGN_OR_RETURN(common.subject, PersonOf(flags.subject));
  common.valid_for =
      absl::Hours(24) *
      static_cast<int64_t>(flags.valid_days > 0 ? flags.valid_days : static_cast<uint64_t>(config->valid_days));
  EAGLE_ASSIGN_OR_RETURN(common.officers, OfficersOf(session, flags, signing));
  if (common.officers.empty())
    return Fail(Reason::kFieldMissing,
                "whose order is it? --officer CODE, handler first, then co-signer (or --sign CODE)");
  common.purpose = flags.purpose.empty() ? config->purpose : flags.purpose;
  common.legal_basis = flags.legal_basis.empty() ? config->legal_basis : flags.legal_basis;
  EAGLE_ASSIGN_OR_RETURN(common.papers, PapersOf(session, flags));
  if (!flags.over_cap.empty()) {
    const std::vector<std::string> parts = Parts(flags.over_cap, ':');
    if (parts.size() != 2) return Wrong("--over-cap", "INDIVISIBLE:LEADER or VALUE_UNKNOWN:LEADER");
    common.over_cap = OverCap{parts[0], parts[1]};
  }
  if (!flags.confirm.empty()) {
    EAGLE_ASSIGN_OR_RETURN(common.confirmed, ConfirmationOf(flags.confirm));
  }
  return common;
}

// "2026-01-01:2026-09-28", both days included.
absl::StatusOr<DayRange> DaysOf(const std::string& text) {
  const std::vector<std::string> days = Parts(text, ':');
  if (days.size() != 2 || !ParseCivilDay(days[0]) || !ParseCivilDay(days[1]))
    return Wrong("--transactions", "two days as 2026-01-01:2026-09-28");
  return DayRange{days[0], days[1]};
}

// "1y", "12m".
template <typename Terms>
absl::Status TermOf(const std::string& text, Terms& terms) {
  const std::string is = "a term as 1y or 12m";
  if (text.size() < 2 || (text.back() != 'y' && text.back() != 'm')) return Wrong("--term", is);
  EAGLE_ASSIGN_OR_RETURN(const uint32_t count, Number(text.substr(0, text.size() - 1), "--term", is));
  (text.back() == 'y' ? terms.years : terms.months) = count;
  return absl::OkStatus();
}

// "1/2".
template <typename Terms>
absl::Status ShareOf(const std::string& text, const std::string& flag, const std::string& is, Terms& terms) {
  const std::vector<std::string> share = Parts(text, '/');
  if (share.size() != 2) return Wrong(flag, is);
  EAGLE_ASSIGN_OR_RETURN(terms.share_numerator, Number(share[0], flag, is));
  EAGLE_ASSIGN_OR_RETURN(terms.share_denominator, Number(share[1], flag, is));
  return absl::OkStatus();
}

// "10000" or "0.5": units, in ten-thousandths.
absl::StatusOr<int64_t> QuantityOf(const std::string& text) {
  const std::string is = "a count of units, at most four digits behind the point";
  const std::vector<std::string> parts = Parts(text, '.');
  const std::string behind = parts.size() > 1 ? parts[1] : "";
  const auto whole = journal::ParseDecimal(parts[0]);
  if (parts.size() > 2 || behind.size() > 4 || (parts.size() == 2 && behind.empty()) || !whole ||
      *whole > 900'000'000'000'000)
    return Wrong("--quantity", is);
  int64_t units = static_cast<int64_t>(*whole);
  for (size_t i = 0; i < 4; ++i) {
    const char digit = i < behind.size() ? behind[i] : '0';
    if (digit < '0' || digit > '9') return Wrong("--quantity", is);
    units = units * 10 + (digit - '0');
  }
  return units;
}

// "KIND:UNIT[:1/2]".
absl::StatusOr<Asset> AssetOf(const std::string& text) {
  const std::string is = "KIND:UNIT or KIND:UNIT:1/2 (the respondent's share)";
  const std::vector<std::string> parts = Parts(text, ':');
  if (parts.size() < 2 || parts.size() > 3) return Wrong("--asset", is);
  Asset asset{.kind = parts[0], .unit_number = parts[1]};
  if (parts.size() == 3) {
    EAGLE_RETURN_IF_ERROR(ShareOf(parts[2], "--asset", is, asset));
  }
  return asset;
}

// What the counter has registered says itself for how long.
absl::Status CounterOf(const OrderFlags& flags, FreezeTerms& terms) {
  if (flags.document.empty() || flags.counter_kind.empty())
    return Fail(Reason::kFieldMissing, "--counter-reference needs --document and --counter-kind beside it");
  terms.target = AtCounter{flags.counter, flags.document, flags.counter_kind};
  return absl::OkStatus();
}

absl::Status TargetOf(const OrderFlags& flags, FreezeTerms& terms) {
  const auto targets = {&flags.account, &flags.asset, &flags.product, &flags.counter};
  const auto named = std::count_if(targets.begin(), targets.end(), [](const auto* flag) { return !flag->empty(); });
  if (named > 1)
    return Wrong("--account", "for money, --asset for things, --product and --counter-reference: one of them");
  int64_t quantity = 0;
  if (!flags.quantity.empty()) {
    EAGLE_ASSIGN_OR_RETURN(quantity, QuantityOf(flags.quantity));
    if (flags.asset.empty() && flags.product.empty()) return Wrong("--quantity", "of an --asset or a --product");
  }
  if (!flags.account.empty()) terms.target = AccountNumber{flags.account};
  if (!flags.product.empty()) terms.target = Product{flags.product, quantity};
  if (!flags.counter.empty()) EAGLE_RETURN_IF_ERROR(CounterOf(flags, terms));
  if (flags.asset.empty()) return absl::OkStatus();
  EAGLE_ASSIGN_OR_RETURN(Asset asset, AssetOf(flags.asset));
  asset.quantity_e4 = quantity;
  terms.target = asset;
  return absl::OkStatus();
}

absl::StatusOr<FreezeTerms> FreezeOf(const OrderFlags& flags, const std::string& currency) {
  FreezeTerms terms{
      .target = PersonTarget{flags.whole_account}, .currency = currency, .blocked_acts = flags.blocked_acts};
  EAGLE_RETURN_IF_ERROR(TargetOf(flags, terms));
  if (flags.asset.empty() || !flags.limit.empty()) {
    EAGLE_ASSIGN_OR_RETURN(terms.limit_minor_units, Amount(flags.limit, "--limit"));
  }
  if (flags.asset.empty()) terms.inflow = flags.inflow == "none" ? v1::INFLOW_NONE : v1::INFLOW_CAPTURE;
  if (flags.counter.empty()) EAGLE_RETURN_IF_ERROR(TermOf(flags.term, terms));
  return terms;
}

// The account in the court's own words: its statement in force.
absl::Status FillAccount(Session& session, const std::string& code, CourtsAccount& account) {
  EAGLE_ASSIGN_OR_RETURN(const Config* config, session.config());
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk_with_book());
  const auto* held = desk->book()->HeldAbout(trust::AccountSubject(config->organisation, code));
  if (held == nullptr || held->statement.kind() != v1::STATEMENT_KIND_ACCOUNT) {
    return Fail(Reason::kAccountNotCourts, "the court has stated no account " + code + " (see eagle directory list)");
  }
  account.account_name = held->statement.account().account_name();
  account.bank = held->statement.account().bank();
  account.account_number = held->statement.account().account_number();
  account.account_statement = journal::View(held->digest);
  return absl::OkStatus();
}

absl::StatusOr<TransferTerms> TransferOf(const OrderFlags& flags) {
  TransferTerms terms{.ground = flags.ground, .charges_end = flags.charges_end};
  EAGLE_ASSIGN_OR_RETURN(terms.freeze_order_id, OrderIdOf(flags.measure));
  EAGLE_ASSIGN_OR_RETURN(terms.transferee, PersonOf(flags.transferee, "--transferee"));
  if (!flags.share.empty()) EAGLE_RETURN_IF_ERROR(ShareOf(flags.share, "--share", "a part as 1/2", terms));
  if (!flags.proceeds.empty()) {
    EAGLE_ASSIGN_OR_RETURN(terms.proceeds_minor_units, Amount(flags.proceeds, "--proceeds"));
  }
  return terms;
}

absl::StatusOr<LocateTerms> LocateOf(const OrderFlags& flags) {
  LocateTerms terms{.hold = flags.hold, .collect_contact = flags.contact, .collect_phone = flags.phone};
  EAGLE_ASSIGN_OR_RETURN(terms.freeze_order_id, OrderIdOf(flags.measure));
  EAGLE_RETURN_IF_ERROR(TermOf(flags.term, terms));
  return terms;
}

absl::StatusOr<IncomeTerms> IncomeOf(Session& session, const OrderFlags& flags, const std::string& currency) {
  IncomeTerms terms{.account_number = flags.account, .currency = currency};
  EAGLE_ASSIGN_OR_RETURN(terms.limit_minor_units, Amount(flags.limit, "--limit"));
  EAGLE_ASSIGN_OR_RETURN(terms.kept_per_month_minor_units, Amount(flags.kept, "--keep"));
  EAGLE_RETURN_IF_ERROR(TermOf(flags.term, terms));
  EAGLE_RETURN_IF_ERROR(FillAccount(session, flags.to_account, terms.account));
  return terms;
}

constexpr char kToAccountHelp[] = "code of the court's enforcement account 执行款专户, as the court stated it";

// What a freeze names, and what it bars.
void AddFreezeFlags(Verb& verb, OrderFlags& flags) {
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

void AddIncomeFlags(Verb& verb, OrderFlags& flags) {
  verb.Text("--account", &flags.account, "the account into which the income is paid");
  verb.Text("--limit", &flags.limit, "the sum that is taken in the end at most, as 80,000.00");
  verb.Text("--keep", &flags.kept, "what of each month's income is left to live on 生活必需费用, as 2,000.00");
  verb.Text("--currency", &flags.currency, "the configuration's without it");
  verb.Text("--term", &flags.term, "1y without it; 6m is six months");
  verb.Text("--to-account", &flags.to_account, kToAccountHelp);
}

// With the measure that every such order names.
void AddMeasureFlags(Verb& verb, v1::Action action, OrderFlags& flags) {
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

absl::StatusOr<v1::Order> OrderFromFlags(Session& session, v1::Action action, const OrderFlags& flags,
                                         const Signing& signing, const std::string& group) {
  EAGLE_ASSIGN_OR_RETURN(const Config* config, session.config());
  OrderBuilder builder(session.process().clock, session.process().entropy);
  if (!flags.file.empty()) {
    EAGLE_ASSIGN_OR_RETURN(v1::Order order, ReadMessageFile<v1::Order>(flags.file));
    if (order.action() == v1::ACTION_UNSPECIFIED) order.set_action(action);
    if (order.action() != action)
      return Fail(Reason::kFieldInvalid, "the file's order is a " + Word(order.action()) + ": " + flags.file);
    if (order.group().empty()) order.set_group(group);
    EAGLE_RETURN_IF_ERROR(AddFromFlags(session, flags, signing, order));
    builder.Complete(order, config->organisation, absl::Hours(24) * config->valid_days);
    return order;
  }
  if (flags.case_number.empty() || flags.subject.empty() || flags.agencies.empty())
    return Fail(Reason::kFieldMissing, "--case, --subject and --agency are needed, or --file with the whole order");
  EAGLE_ASSIGN_OR_RETURN(const OrderCommon common, CommonOf(session, flags, signing, group));
  const std::string currency = flags.currency.empty() ? config->currency : flags.currency;
  switch (action) {
    case v1::ACTION_INQUIRE: {
      if (flags.transactions.empty()) return builder.Inquire(common, flags.asset_kinds);
      EAGLE_ASSIGN_OR_RETURN(const DayRange days, DaysOf(flags.transactions));
      return builder.Inquire(common, flags.asset_kinds, days);
    }
    case v1::ACTION_FREEZE: {
      EAGLE_ASSIGN_OR_RETURN(const FreezeTerms terms, FreezeOf(flags, currency));
      return builder.Freeze(common, terms);
    }
    case v1::ACTION_RENEW: {
      RenewTerms terms;
      EAGLE_ASSIGN_OR_RETURN(terms.freeze_order_id, OrderIdOf(flags.measure));
      EAGLE_RETURN_IF_ERROR(TermOf(flags.term, terms));
      return builder.Renew(common, terms);
    }
    case v1::ACTION_RELEASE: {
      ReleaseTerms terms{.ground = flags.ground};
      EAGLE_ASSIGN_OR_RETURN(terms.freeze_order_id, OrderIdOf(flags.measure));
      if (!flags.amount.empty()) {
        EAGLE_ASSIGN_OR_RETURN(terms.amount_minor_units, Amount(flags.amount, "--amount"));
      }
      return builder.Release(common, terms);
    }
    case v1::ACTION_DEDUCT: {
      DeductTerms terms{.currency = currency, .up_to = flags.up_to};
      EAGLE_ASSIGN_OR_RETURN(terms.freeze_order_id, OrderIdOf(flags.measure));
      EAGLE_ASSIGN_OR_RETURN(terms.amount_minor_units, Amount(flags.amount, "--amount"));
      EAGLE_RETURN_IF_ERROR(FillAccount(session, flags.to_account, terms.account));
      return builder.Deduct(common, terms);
    }
    case v1::ACTION_TRANSFER_TITLE: {
      EAGLE_ASSIGN_OR_RETURN(const TransferTerms terms, TransferOf(flags));
      return builder.TransferTitle(common, terms);
    }
    case v1::ACTION_LOCATE: {
      EAGLE_ASSIGN_OR_RETURN(const LocateTerms terms, LocateOf(flags));
      return builder.Locate(common, terms);
    }
    case v1::ACTION_EXTRACT_INCOME: {
      EAGLE_ASSIGN_OR_RETURN(const IncomeTerms terms, IncomeOf(session, flags, currency));
      return builder.ExtractIncome(common, terms);
    }
    default:
      return Fail(Reason::kInternal, "no such action");
  }
}

void AddOrderFlags(Verb& verb, v1::Action action, OrderFlags& flags) {
  verb.Text("--file", &flags.file,
            "the whole Order as the contract has it (.json or .txtpb); id, times, papers and officers are added");
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
  if (action == v1::ACTION_FREEZE) return AddFreezeFlags(verb, flags);
  if (action == v1::ACTION_EXTRACT_INCOME) return AddIncomeFlags(verb, flags);
  AddMeasureFlags(verb, action, flags);
}

}  // namespace eagle::client
