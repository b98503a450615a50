#include "server/domain/examine_act.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "server/base/bytes.h"
#include "server/base/civil_day.h"
#include "server/base/money.h"
#include "server/domain/act.h"
#include "server/domain/draft.h"

namespace eagle::domain {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

void ActExaminer::Examine(const OrderMessage& order, Trial& trial) const {
  const bool fits = (order.action() == ACTION_INQUIRE && order.has_inquire()) ||
                    (order.action() == ACTION_FREEZE && order.has_freeze()) ||
                    (order.action() == ACTION_RELEASE && order.has_release()) ||
                    (order.action() == ACTION_DEDUCT && order.has_deduct()) ||
                    (order.action() == ACTION_RENEW && order.has_renew()) ||
                    (order.action() == ACTION_TRANSFER_TITLE && order.has_transfer_title()) ||
                    (order.action() == ACTION_LOCATE && order.has_locate()) ||
                    (order.action() == ACTION_EXTRACT_INCOME && order.has_extract_income());
  if (!fits) {
    trial.wrong.Add("act", Reason::kFieldMissing, "the part that fits the action is required");
    return;
  }
  if (order.has_inquire()) CheckInquire(order, trial);
  if (order.has_freeze()) CheckFreeze(order, trial);
  if (order.has_release()) CheckRelease(order.release(), trial);
  if (order.has_deduct()) CheckDeduct(order, trial);
  if (order.has_renew()) CheckRenew(order, trial);
  if (order.has_transfer_title()) CheckTransferTitle(order, trial);
  if (order.has_locate()) CheckLocate(order, trial);
  if (order.has_extract_income()) CheckExtractIncome(order, trial);
}

void ActExaminer::CheckInquire(const OrderMessage& order, Trial& trial) const {
  const Inquire& inquire = order.inquire();
  for (int i = 0; i < inquire.asset_kinds_size(); ++i) {
    if (!policy_.IsAssetKind(inquire.asset_kinds(i))) {
      trial.wrong.Add(absl::StrCat("inquire.asset_kinds[", i, "]"), Reason::kFieldInvalid,
                      "not an asset kind of the policy in force");
    }
  }
  if (inquire.has_transactions()) CheckTransactions(order, trial);
}

void ActExaminer::CheckTransactions(const OrderMessage& order, Trial& trial) const {
  const DayRange& days = order.inquire().transactions();
  const auto wrong = [&](const char* field, std::string why) {
    trial.wrong.Add(std::string("inquire.transactions") + field, Reason::kFieldInvalid, std::move(why));
  };
  if (!policy_.table().has_inquiry())
    return wrong("", "the policy in force has no row for inquiries: balances can be asked for, no transactions");
  const std::optional<absl::CivilDay> first = ParseCivilDay(days.first_day()), last = ParseCivilDay(days.last_day());
  if (!first) wrong(".first_day", "a day as 2026-09-28");
  if (!last) wrong(".last_day", "a day as 2026-09-28");
  if (!first || !last) return;
  if (*last < *first) return wrong(".last_day", "not before the first day");
  if (*last > absl::ToCivilDay(now_, policy_.zone())) wrong(".last_day", "not past today");
  const uint32_t most = policy_.table().inquiry().transaction_days_max();
  if (*last - *first >= most) wrong("", absl::StrCat("at most ", most, " days by the policy's row for inquiries"));
}

void ActExaminer::CheckFreeze(const OrderMessage& order, Trial& trial) const {
  Violations& wrong = trial.wrong;
  const Freeze& freeze = order.freeze();
  const Agency* agency = order.agencies_size() == 1 ? state_.directory.AgencyByCode(order.agencies(0)) : nullptr;
  trial.asset_kind = agency != nullptr ? Directory::KindFrozen(*agency, freeze) : std::string(AssetKindOf(freeze));
  CheckCurrency(freeze.currency(), "freeze.currency", trial);
  const auto& exception = order.over_cap_exception();
  if (order.has_over_cap_exception() && exception.reason() != "INDIVISIBLE" && exception.reason() != "VALUE_UNKNOWN")
    wrong.Add("over_cap_exception.reason", Reason::kFieldInvalid, "INDIVISIBLE or VALUE_UNKNOWN");
  const bool valued = IsAmount(freeze.limit_minor_units());
  if (freeze.target_case() == Freeze::TARGET_NOT_SET) {
    wrong.Add("freeze.target", Reason::kFieldMissing, "what is to be frozen?");
  } else if (IsMoney(freeze)) {
    CheckMoney(order, valued, trial);
  } else {
    CheckThing(order, valued, trial);
  }
  if (freeze.has_counter()) CheckCounter(freeze.counter(), trial);
  CheckBlockedActs(freeze, trial);
  trial.reserved = trial.counted && valued ? freeze.limit_minor_units() : 0;
  if (!freeze.has_counter()) {
    CheckTerm(freeze.term(), trial.asset_kind, false, "freeze.term", trial);
  } else if (freeze.has_term()) {
    wrong.Add("freeze.term", Reason::kFieldInvalid, "what the counter registered keeps its term: renew it");
  }
}

void ActExaminer::CheckMoney(const OrderMessage& order, bool valued, Trial& trial) const {
  Violations& wrong = trial.wrong;
  const Freeze& freeze = order.freeze();
  if (!valued) wrong.Add("freeze.limit_minor_units", Reason::kAmountInvalid, "above zero and within the bound");
  if (freeze.inflow() != INFLOW_CAPTURE && freeze.inflow() != INFLOW_NONE)
    wrong.Add("freeze.inflow", Reason::kFieldMissing, "CAPTURE or NONE");
  if (freeze.has_account())
    CheckText(freeze.account().account_number(), kStringBytes, "freeze.account.account_number", wrong);
  if (freeze.has_product()) {
    CheckText(freeze.product().product_number(), kStringBytes, "freeze.product.product_number", wrong);
    if (freeze.product().quantity_e4() < 0)
      wrong.Add("freeze.product.quantity_e4", Reason::kFieldInvalid, "not negative; 0 is all that the limit covers");
  }
  if (order.has_over_cap_exception())
    wrong.Add("over_cap_exception", Reason::kFieldInvalid, "money is divisible: no exception");
}

void ActExaminer::CheckThing(const OrderMessage& order, bool valued, Trial& trial) const {
  Violations& wrong = trial.wrong;
  const Freeze& freeze = order.freeze();
  if (freeze.has_asset()) {
    const AssetTarget& asset = freeze.asset();
    if (!policy_.IsAssetKind(asset.asset_kind()) || asset.asset_kind() == kIncomeKind)
      wrong.Add("freeze.asset.asset_kind", Reason::kFieldInvalid, "not an asset kind of the policy in force");
    CheckText(asset.unit_number(), kStringBytes, "freeze.asset.unit_number", wrong);
    if (asset.share_numerator() == 0 || asset.share_denominator() < asset.share_numerator())
      wrong.Add("freeze.asset.share_numerator", Reason::kFieldInvalid, "a share above zero and at most the whole");
    if (asset.quantity_e4() < 0)
      wrong.Add("freeze.asset.quantity_e4", Reason::kFieldInvalid, "not negative; 0 is what the share comes to");
  }
  const bool exempt = order.has_over_cap_exception();
  const bool unknown =
      freeze.limit_minor_units() == 0 && exempt && order.over_cap_exception().reason() == "VALUE_UNKNOWN";
  if (!valued && !unknown)
    wrong.Add("freeze.limit_minor_units", Reason::kAmountInvalid,
              "a declared value, or 0 under a signed exception VALUE_UNKNOWN");
  trial.counted = valued && !exempt;
}

void ActExaminer::CheckCounter(const CounterMeasure& counter, Trial& trial) const {
  CheckText(counter.unit_reference(), kStringBytes, "freeze.counter.unit_reference", trial.wrong);
  CheckText(counter.document_number(), kStringBytes, "freeze.counter.document_number", trial.wrong);
  if (!policy_.IsAssetKind(counter.asset_kind()) || counter.asset_kind() == kIncomeKind)
    trial.wrong.Add("freeze.counter.asset_kind", Reason::kFieldInvalid, "not an asset kind of the policy in force");
}

// A counter's measure bars what its papers said: nothing is added to it, and nothing has to be said again.
void ActExaminer::CheckBlockedActs(const Freeze& freeze, Trial& trial) const {
  const auto wrong = [&](const std::string& path, Reason reason, const char* why) {
    trial.wrong.Add("freeze.blocked_acts" + path, reason, why);
  };
  if (freeze.has_counter()) {
    if (!freeze.blocked_acts().empty())
      wrong("", Reason::kFieldInvalid, "what the counter registered is taken over as it stands");
    return;
  }
  const BlockedActRow* row = policy_.BlockedActsOf(trial.asset_kind);
  if (row == nullptr) {
    if (!freeze.blocked_acts().empty())
      wrong("", Reason::kFieldInvalid, "the policy in force has no row of acts for this asset kind");
    return;
  }
  if (row->required() && freeze.blocked_acts().empty())
    wrong("", Reason::kFieldMissing, "what the register is not to enter must be named for this asset kind");
  if (freeze.blocked_acts_size() > row->acts_size())
    return wrong("", Reason::kTooLarge, "more than the policy's row has");
  std::set<std::string> named;
  for (int i = 0; i < freeze.blocked_acts_size(); ++i) {
    const std::string& act = freeze.blocked_acts(i);
    const bool known = std::find(row->acts().begin(), row->acts().end(), act) != row->acts().end();
    if (!known || !named.insert(act).second)
      wrong(absl::StrCat("[", i, "]"), Reason::kFieldInvalid, "acts of the policy's row, each once");
  }
}

void ActExaminer::CheckExtractIncome(const OrderMessage& order, Trial& trial) const {
  Violations& wrong = trial.wrong;
  const ExtractIncome& income = order.extract_income();
  CheckText(income.account_number(), kStringBytes, "extract_income.account_number", wrong);
  CheckCurrency(income.currency(), "extract_income.currency", trial);
  const bool valued = IsAmount(income.limit_minor_units());
  if (!valued) wrong.Add("extract_income.limit_minor_units", Reason::kAmountInvalid, "above zero and within the bound");
  if (order.has_over_cap_exception())
    wrong.Add("over_cap_exception", Reason::kFieldInvalid, "money is divisible: no exception");
  const IncomeRow& row = policy_.table().income();
  const std::string kept = "extract_income.kept_per_month_minor_units";
  if (!policy_.table().has_income() || row.currency() != income.currency()) {
    wrong.Add("extract_income", Reason::kActNotProvided, "the policy in force has no row for income in this currency");
  } else if (!IsAmount(income.kept_per_month_minor_units())) {
    wrong.Add(kept, Reason::kAmountInvalid, "above zero and within the bound");
  } else if (income.kept_per_month_minor_units() < row.kept_per_month_min_minor_units()) {
    wrong.Add(kept, Reason::kKeptTooLittle, "less than what the policy leaves of a month's income");
  }
  CheckTerm(income.term(), kIncomeKind, false, "extract_income.term", trial);
  CheckAccount(order, income.account(), income.account_statement(), "extract_income.account", trial);
  trial.reserved = valued ? income.limit_minor_units() : 0;
}

uint32_t ActExaminer::CheckMonths(const Term& term, const std::string& path, Trial& trial) {
  const uint32_t months = term.months(), years = term.years();
  if ((months > 0) != (years > 0) && months <= 1200 && years <= 100) return months + 12 * years;
  trial.wrong.Add(path, Reason::kFieldMissing, "either months or years");
  return 0;
}

const TermRow* ActExaminer::CheckTerm(const Term& term, std::string_view asset_kind, bool renewal,
                                      const std::string& path, Trial& trial) const {
  const uint32_t months = CheckMonths(term, path, trial);
  if (months == 0) return nullptr;
  const TermRow* row = policy_.TermFor(asset_kind, trial.of != nullptr ? trial.of->stage : CASE_STAGE_UNSPECIFIED);
  if (row == nullptr) {
    trial.wrong.Add(path, Reason::kFieldInvalid, "the policy in force has no term for this asset");
    return nullptr;
  }
  const uint32_t most = renewal && row->renewal_months_max() > 0 ? row->renewal_months_max() : row->months_max();
  if (months > most)
    trial.wrong.Add(path, Reason::kTermTooLong,
                    absl::StrCat("at most ", most, " months by the policy's row ", ToAbsl(asset_kind)));
  return row;
}

void ActExaminer::CheckCurrency(const std::string& currency, const std::string& path, Trial& trial) const {
  if (trial.of != nullptr && currency != trial.of->open.claim().currency())
    trial.wrong.Add(path, Reason::kFieldInvalid, "the currency of the claim");
}

void ActExaminer::CheckAccount(const OrderMessage& order, const CourtAccount& account, const std::string& digest,
                               const std::string& path, Trial& trial) const {
  const Statement* stated = state_.directory.AccountByDigest(order.court(), digest);
  if (stated == nullptr || !HoldsAt(*stated, now_) || stated->account().account_number() != account.account_number() ||
      stated->account().bank() != account.bank() || stated->account().account_name() != account.account_name())
    trial.wrong.Add(path, Reason::kAccountNotCourts, "not an enforcement account that this court stated");
}

}  // namespace eagle::domain
