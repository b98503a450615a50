#include "client/cli/order_from_flags.h"

#include <algorithm>
#include <optional>

#include "client/cli/signers.h"
#include "client/lib/errors.h"
#include "client/lib/json.h"
#include "client/lib/order_builder.h"
#include "server/base/civil_day.h"
#include "server/base/money.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"
#include "server/journal/text.h"

namespace eagle::client {
namespace {

constexpr char kSeveralThings[] = "several things are wrong with the order";

// Reads the flags of one order, and gathers what is wrong with them: every reader gives a value of no meaning then.
class FlagReader {
 public:
  FlagReader(OrderSources& sources, const OrderFlags& flags, const Signing& signing)
      : sources_(sources), flags_(flags), signing_(signing) {}

  // Pre: the configuration was read.
  OrderCommon Common(const Config& config, const std::string& group);
  std::vector<Paper> Papers();
  std::vector<OfficerCard> Officers();
  std::optional<v1::Confirmation> Confirmed();
  std::optional<DayRange> Transactions();
  FreezeTerms Freeze(const std::string& currency);
  RenewTerms Renew();
  ReleaseTerms Release();
  DeductTerms Deduct(const std::string& currency);
  TransferTerms Transfer();
  LocateTerms Locate();
  IncomeTerms Income(const std::string& currency);

  // What was wrong, or OK.
  absl::Status Verdict() const;

 private:
  void Wrong(const std::string& flag, const std::string& is, Reason reason = Reason::kFieldInvalid) {
    wrong_.Add(flag, reason, flag + " is " + is);
  }
  void Missing(const std::string& flag, const std::string& why) { wrong_.Add(flag, Reason::kFieldMissing, why); }
  // The value, or what was wrong with it; a failure that isn't of this place ends all.
  template <class T>
  T Taken(absl::StatusOr<T> value, const std::string& flag);

  uint32_t Number(const std::string& text, const std::string& flag, const std::string& is);
  int64_t Amount(const std::string& text, const std::string& flag);
  Person PersonIn(const std::string& text, const std::string& flag);
  std::string Measure() { return Taken(OrderIdOf(flags_.measure), "--measure"); }
  CourtsAccount Account() { return Taken(sources_.AccountOf(flags_.to_account), "--to-account"); }
  std::vector<std::string> Agencies();
  template <class Terms>
  void Term(Terms& terms);
  template <class Terms>
  void Share(const std::string& text, const std::string& flag, const std::string& is, Terms& terms);
  int64_t Quantity();
  Asset Thing();
  void Target(FreezeTerms& terms);

  OrderSources& sources_;
  const OrderFlags& flags_;
  const Signing& signing_;
  Violations wrong_;
  absl::Status elsewhere_;
};

template <class T>
T FlagReader::Taken(absl::StatusOr<T> value, const std::string& flag) {
  if (value.ok()) return *std::move(value);
  const Failure failure = FailureOf(value.status());
  if (OriginOf(value.status()) == Origin::kLocal) {
    wrong_.Add(flag, failure.reason, failure.message);
  } else {
    elsewhere_.Update(value.status());
  }
  return T();
}

absl::Status FlagReader::Verdict() const {
  EAGLE_RETURN_IF_ERROR(elsewhere_);
  if (wrong_.empty()) return absl::OkStatus();
  return wrong_.ToStatus(wrong_.list().size() == 1 ? wrong_.list()[0].description : kSeveralThings);
}

uint32_t FlagReader::Number(const std::string& text, const std::string& flag, const std::string& is) {
  const auto number = journal::ParseDecimal(text);
  if (number && *number <= 0xFFFFFFFF) return static_cast<uint32_t>(*number);
  Wrong(flag, is);
  return 0;
}

int64_t FlagReader::Amount(const std::string& text, const std::string& flag) {
  if (const auto amount = ParseMoney(text)) return *amount;
  Wrong(flag, "an amount as 80,000.00, not \"" + text + "\"", Reason::kAmountInvalid);
  return 0;
}

// "NAME;ID_KIND;NUMBER".
Person FlagReader::PersonIn(const std::string& text, const std::string& flag) {
  const std::vector<std::string> parts = PartsOf(text, ';');
  if (parts.size() == 3) return Person{parts[0], parts[1], parts[2]};
  Wrong(flag, "NAME;ID_KIND;NUMBER");
  return {};
}

std::vector<std::string> FlagReader::Agencies() {
  if (flags_.agencies != std::vector<std::string>{"all"}) return flags_.agencies;
  return Taken(sources_.AllAgencies(), "--agency");
}

// Who stands in the order: --officer, else the first two of --sign.
std::vector<OfficerCard> FlagReader::Officers() {
  std::vector<std::string> codes = flags_.officers.empty() ? signing_.officers : flags_.officers;
  if (flags_.officers.empty() && codes.size() > 2) codes.resize(2);
  std::vector<OfficerCard> cards;
  for (const std::string& code : codes) cards.push_back(Taken(sources_.CardOf(code), "--officer"));
  return cards;
}

std::vector<Paper> FlagReader::Papers() {
  std::vector<Paper> papers;
  for (const std::string& text : flags_.papers) papers.push_back(Taken(sources_.PaperOf(text), "--paper"));
  return papers;
}

std::optional<v1::Confirmation> FlagReader::Confirmed() {
  if (flags_.confirm.empty()) return std::nullopt;
  return Taken(ConfirmationOf(flags_.confirm), "--confirm");
}

OrderCommon FlagReader::Common(const Config& config, const std::string& group) {
  OrderCommon common{
      .court = config.organisation, .case_number = flags_.case_number, .urgency_reason = flags_.urgent, .group = group};
  if (flags_.case_number.empty()) Missing("--case", "--case is needed");
  if (flags_.agencies.empty()) Missing("--agency", "--agency is needed");
  if (flags_.subject.empty()) {
    Missing("--subject", "--subject is needed");
  } else {
    common.subject = PersonIn(flags_.subject, "--subject");
  }
  common.agencies = Agencies();
  common.valid_for = absl::Hours(24) * (flags_.valid_days > 0 ? static_cast<int64_t>(flags_.valid_days)
                                                              : static_cast<int64_t>(config.valid_days));
  common.officers = Officers();
  if (common.officers.empty())
    Missing("--officer", "whose order is it? --officer CODE, handler first, then co-signer (or --sign CODE)");
  common.purpose = flags_.purpose.empty() ? config.purpose : flags_.purpose;
  common.legal_basis = flags_.legal_basis.empty() ? config.legal_basis : flags_.legal_basis;
  common.papers = Papers();
  if (!flags_.over_cap.empty()) {
    const std::vector<std::string> parts = PartsOf(flags_.over_cap, ':');
    if (parts.size() == 2) {
      common.over_cap = OverCap{parts[0], parts[1]};
    } else {
      Wrong("--over-cap", "INDIVISIBLE:LEADER or VALUE_UNKNOWN:LEADER");
    }
  }
  common.confirmed = Confirmed();
  return common;
}

// "2026-01-01:2026-09-28", both days included.
std::optional<DayRange> FlagReader::Transactions() {
  if (flags_.transactions.empty()) return std::nullopt;
  const std::vector<std::string> days = PartsOf(flags_.transactions, ':');
  if (days.size() == 2 && ParseCivilDay(days[0]) && ParseCivilDay(days[1])) return DayRange{days[0], days[1]};
  Wrong("--transactions", "two days as 2026-01-01:2026-09-28");
  return std::nullopt;
}

// "1y", "12m".
template <class Terms>
void FlagReader::Term(Terms& terms) {
  const std::string is = "a term as 1y or 12m";
  const std::string& text = flags_.term;
  if (text.size() < 2 || (text.back() != 'y' && text.back() != 'm')) return Wrong("--term", is);
  (text.back() == 'y' ? terms.years : terms.months) = Number(text.substr(0, text.size() - 1), "--term", is);
}

// "1/2".
template <class Terms>
void FlagReader::Share(const std::string& text, const std::string& flag, const std::string& is, Terms& terms) {
  const std::vector<std::string> share = PartsOf(text, '/');
  if (share.size() != 2) return Wrong(flag, is);
  terms.share_numerator = Number(share[0], flag, is);
  terms.share_denominator = Number(share[1], flag, is);
}

// "10000" or "0.5": units, in ten-thousandths.
int64_t FlagReader::Quantity() {
  if (flags_.quantity.empty()) return 0;
  if (flags_.asset.empty() && flags_.product.empty()) Wrong("--quantity", "of an --asset or a --product");
  const std::vector<std::string> parts = PartsOf(flags_.quantity, '.');
  const std::string behind = parts.size() > 1 ? parts[1] : "";
  const auto whole = journal::ParseDecimal(parts[0]);
  const bool digits = std::all_of(behind.begin(), behind.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (parts.size() > 2 || behind.size() > 4 || (parts.size() == 2 && behind.empty()) || !digits || !whole ||
      *whole > 900'000'000'000'000) {
    Wrong("--quantity", "a count of units, at most four digits behind the point");
    return 0;
  }
  int64_t units = static_cast<int64_t>(*whole);
  for (size_t i = 0; i < 4; ++i) units = units * 10 + (i < behind.size() ? behind[i] - '0' : 0);
  return units;
}

// "KIND:UNIT[:1/2]".
Asset FlagReader::Thing() {
  const std::string is = "KIND:UNIT or KIND:UNIT:1/2 (the respondent's share)";
  const std::vector<std::string> parts = PartsOf(flags_.asset, ':');
  if (parts.size() < 2 || parts.size() > 3) {
    Wrong("--asset", is);
    return {};
  }
  Asset asset{.kind = parts[0], .unit_number = parts[1]};
  if (parts.size() == 3) Share(parts[2], "--asset", is, asset);
  return asset;
}

void FlagReader::Target(FreezeTerms& terms) {
  const auto targets = {&flags_.account, &flags_.asset, &flags_.product, &flags_.counter};
  const auto named = std::count_if(targets.begin(), targets.end(), [](const auto* flag) { return !flag->empty(); });
  if (named > 1)
    return Wrong("--account", "for money, --asset for things, --product and --counter-reference: one of them");
  const int64_t quantity = Quantity();
  if (!flags_.account.empty()) terms.target = AccountNumber{flags_.account};
  if (!flags_.product.empty()) terms.target = Product{flags_.product, quantity};
  if (!flags_.asset.empty()) {
    Asset asset = Thing();
    asset.quantity_e4 = quantity;
    terms.target = asset;
  }
  if (flags_.counter.empty()) return;
  // What the counter has registered says itself for how long.
  for (const auto& [flag, value] :
       {std::pair("--document", &flags_.document), std::pair("--counter-kind", &flags_.counter_kind)}) {
    if (value->empty()) Missing(flag, "--counter-reference needs --document and --counter-kind beside it");
  }
  terms.target = AtCounter{flags_.counter, flags_.document, flags_.counter_kind};
}

FreezeTerms FlagReader::Freeze(const std::string& currency) {
  FreezeTerms terms{
      .target = PersonTarget{flags_.whole_account}, .currency = currency, .blocked_acts = flags_.blocked_acts};
  Target(terms);
  if (flags_.asset.empty() || !flags_.limit.empty()) terms.limit_minor_units = Amount(flags_.limit, "--limit");
  if (flags_.asset.empty()) terms.inflow = flags_.inflow == "none" ? v1::INFLOW_NONE : v1::INFLOW_CAPTURE;
  if (flags_.counter.empty()) Term(terms);
  return terms;
}

RenewTerms FlagReader::Renew() {
  RenewTerms terms{.freeze_order_id = Measure()};
  Term(terms);
  return terms;
}

ReleaseTerms FlagReader::Release() {
  ReleaseTerms terms{.freeze_order_id = Measure(), .ground = flags_.ground};
  if (!flags_.amount.empty()) terms.amount_minor_units = Amount(flags_.amount, "--amount");
  return terms;
}

DeductTerms FlagReader::Deduct(const std::string& currency) {
  DeductTerms terms{.freeze_order_id = Measure(), .currency = currency, .up_to = flags_.up_to};
  terms.amount_minor_units = Amount(flags_.amount, "--amount");
  terms.account = Account();
  return terms;
}

TransferTerms FlagReader::Transfer() {
  TransferTerms terms{.freeze_order_id = Measure(), .ground = flags_.ground, .charges_end = flags_.charges_end};
  terms.transferee = PersonIn(flags_.transferee, "--transferee");
  if (!flags_.share.empty()) Share(flags_.share, "--share", "a part as 1/2", terms);
  if (!flags_.proceeds.empty()) terms.proceeds_minor_units = Amount(flags_.proceeds, "--proceeds");
  return terms;
}

LocateTerms FlagReader::Locate() {
  LocateTerms terms{.freeze_order_id = Measure(),
                    .hold = flags_.hold,
                    .collect_contact = flags_.contact,
                    .collect_phone = flags_.phone};
  Term(terms);
  return terms;
}

IncomeTerms FlagReader::Income(const std::string& currency) {
  IncomeTerms terms{.account_number = flags_.account, .currency = currency};
  terms.limit_minor_units = Amount(flags_.limit, "--limit");
  terms.kept_per_month_minor_units = Amount(flags_.kept, "--keep");
  Term(terms);
  terms.account = Account();
  return terms;
}

// An order that came whole takes papers from the flags, and the officers when it names none.
absl::StatusOr<v1::Order> OrderFromFile(OrderSources& sources, v1::Action action, const OrderFlags& flags,
                                        const Signing& signing, const std::string& group) {
  Session& session = sources.session();
  EAGLE_ASSIGN_OR_RETURN(const Config* config, session.config());
  EAGLE_ASSIGN_OR_RETURN(v1::Order order, ReadMessageFile<v1::Order>(flags.file));
  if (order.action() == v1::ACTION_UNSPECIFIED) order.set_action(action);
  if (order.action() != action)
    return Fail(Reason::kFieldInvalid, "the file's order is a " + Word(order.action()) + ": " + flags.file);
  if (order.group().empty()) order.set_group(group);
  FlagReader reader(sources, flags, signing);
  const std::vector<Paper> papers = reader.Papers();
  const std::optional<v1::Confirmation> confirmed = reader.Confirmed();
  const std::vector<OfficerCard> cards = order.officers().empty() ? reader.Officers() : std::vector<OfficerCard>();
  EAGLE_RETURN_IF_ERROR(reader.Verdict());
  for (const Paper& paper : papers) AddPaper(paper, order);
  if (confirmed) *order.mutable_confirmed() = *confirmed;
  for (const OfficerCard& card : cards) AddOfficer(card, order);
  OrderBuilder(session.process().clock, session.process().entropy)
      .Complete(order, config->organisation, absl::Hours(24) * config->valid_days);
  return order;
}

}  // namespace

absl::StatusOr<v1::Order> OrderFromFlags(OrderSources& sources, v1::Action action, const OrderFlags& flags,
                                         const Signing& signing, const std::string& group) {
  if (!flags.file.empty()) return OrderFromFile(sources, action, flags, signing, group);
  Session& session = sources.session();
  EAGLE_ASSIGN_OR_RETURN(const Config* config, session.config());
  OrderBuilder builder(session.process().clock, session.process().entropy);
  FlagReader reader(sources, flags, signing);
  const OrderCommon common = reader.Common(*config, group);
  const std::string currency = flags.currency.empty() ? config->currency : flags.currency;
  // The order is built when nothing was wrong with its terms.
  const auto made = [&](const auto& build) -> absl::StatusOr<v1::Order> {
    EAGLE_RETURN_IF_ERROR(reader.Verdict());
    return build();
  };
  switch (action) {
    case v1::ACTION_INQUIRE: {
      const std::optional<DayRange> days = reader.Transactions();
      return made([&] { return builder.Inquire(common, flags.asset_kinds, days); });
    }
    case v1::ACTION_FREEZE: {
      const FreezeTerms terms = reader.Freeze(currency);
      return made([&] { return builder.Freeze(common, terms); });
    }
    case v1::ACTION_RENEW: {
      const RenewTerms terms = reader.Renew();
      return made([&] { return builder.Renew(common, terms); });
    }
    case v1::ACTION_RELEASE: {
      const ReleaseTerms terms = reader.Release();
      return made([&] { return builder.Release(common, terms); });
    }
    case v1::ACTION_DEDUCT: {
      const DeductTerms terms = reader.Deduct(currency);
      return made([&] { return builder.Deduct(common, terms); });
    }
    case v1::ACTION_TRANSFER_TITLE: {
      const TransferTerms terms = reader.Transfer();
      return made([&] { return builder.TransferTitle(common, terms); });
    }
    case v1::ACTION_LOCATE: {
      const LocateTerms terms = reader.Locate();
      return made([&] { return builder.Locate(common, terms); });
    }
    case v1::ACTION_EXTRACT_INCOME: {
      const IncomeTerms terms = reader.Income(currency);
      return made([&] { return builder.ExtractIncome(common, terms); });
    }
    default:
      return Fail(Reason::kInternal, "no such action");
  }
}

absl::StatusOr<OrderPair> PairFromFlags(OrderSources& sources, const OrderFlags& flags, const Signing& signing,
                                        const std::string& group) {
  OrderPair pair;
  auto freeze = OrderFromFlags(sources, v1::ACTION_FREEZE, flags, signing, group);
  if (!freeze.ok()) {
    // What is wrong with the account is told with what is wrong with the freeze.
    Failure failure = FailureOf(freeze.status());
    const auto account = sources.AccountOf(flags.to_account);
    if (failure.violations.empty() || account.ok()) return freeze.status();
    const Failure other = FailureOf(account.status());
    failure.violations.push_back({"--to-account", other.reason, other.message});
    failure.message = kSeveralThings;
    return ToStatus(failure);
  }
  pair.freeze = *std::move(freeze);
  OrderFlags taken = flags;
  taken.measure = UuidText(pair.freeze.order_id()), taken.amount = flags.limit, taken.up_to = true;
  EAGLE_ASSIGN_OR_RETURN(pair.deduct, OrderFromFlags(sources, v1::ACTION_DEDUCT, taken, signing, group));
  return pair;
}

}  // namespace eagle::client
