#include "adapters/bank/desk.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/time/civil_time.h"
#include "adapters/bank/acts.h"
#include "adapters/bank/check.h"
#include "adapters/bank/counter.h"
#include "adapters/bank/products.h"
#include "server/base/civil_day.h"
#include "server/base/identity_number.h"
#include "server/base/money.h"
#include "server/base/reason.h"

namespace eagle::bank {
namespace {

using sdk::AddTo;
using sdk::CounterRequest;
using sdk::Json;
using sdk::Put;
using sdk::PutList;

// ---- Arguments ----

absl::StatusOr<bool> YesOrNo(const CounterRequest& request, std::string_view argument, bool otherwise) {
  const std::string text = request.Optional(argument);
  if (text.empty()) return otherwise;
  if (text == "yes" || text == "no") return text == "yes";
  return Fail(Reason::kFieldInvalid, "an argument can't be read").At(argument, "must be yes or no");
}

// ---- Answers ----

std::string TimeText(const Work& work, absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", time, work.zone);
}
std::string DayText(const Work& work, absl::Time end) {
  return absl::FormatCivilTime(sdk::LastDayBefore(end, work.zone));
}

void PutAmount(Json& out, std::string_view key, int64_t minor_units) { Put(out, key, MoneyText(minor_units)); }

const char* InflowText(sdk::InflowRule inflow) {
  if (inflow == sdk::InflowRule::kIncome) return "INCOME";
  return inflow == sdk::InflowRule::kCapture ? "CAPTURE" : "NONE";
}

void PutMeasure(const Work& work, const StandingMeasure& measure, Json& out) {
  const sdk::Encumbrance& row = measure.row.measure;
  Put(out, "measure", row.id);
  Put(out, "authority", row.authority);
  Put(out, "document", row.document_number);
  Put(out, "phase", sdk::PhaseName(row.phase));
  Put(out, "rank", measure.rank);
  PutAmount(out, "limit", row.requested);
  PutAmount(out, "controlled", measure.controlled);
  PutAmount(out, "unfunded", measure.unfunded);
  PutAmount(out, "deducted", row.deducted);
  Put(out, "inflow", InflowText(row.inflow));
  Put(out, "whole_account", row.whole_account);
  Put(out, "served_at", TimeText(work, row.rank.served_at));
  Put(out, "effective_from", row.effective_from ? TimeText(work, *row.effective_from) : "");
  Put(out, "last_day", row.effective_to ? DayText(work, *row.effective_to) : "");
}

void PutAccount(const AccountView& view, Json& out) {
  std::string holders, numbers;
  for (const CustomerRow& holder : view.holders) {
    holders += (holders.empty() ? "" : ", ") + holder.name;
    numbers += (numbers.empty() ? "" : ", ") + MaskNumber(holder.id_number);
  }
  Put(out, "account", view.account.account);
  Put(out, "holder", holders);
  Put(out, "id_number", numbers);
  Put(out, "kind", view.account.kind);
  Put(out, "nature", view.account.nature);
  Put(out, "status", view.account.status);
  Put(out, "currency", view.account.currency);
  Put(out, "joint", view.account.joint);
  PutAmount(out, "balance", view.balance);
  PutAmount(out, "available", view.available);
  PutAmount(out, "controlled", view.controlled);
  Put(out, "measures", static_cast<int64_t>(view.standing.size()));
}

}  // namespace

absl::StatusOr<int64_t> AmountIn(const CounterRequest& request) {
  EAGLE_ASSIGN_OR_RETURN(const std::string text, request.Required("amount"));
  const std::optional<int64_t> amount = ParseMoney(text);
  if (!amount)
    return Fail(Reason::kFieldInvalid, "an argument can't be read").At("amount", "must be an amount such as 20,000.00");
  return *amount;
}

Made AccountNow(const Work& work, const std::string& account) {
  EAGLE_ASSIGN_OR_RETURN(const AccountView view, Show(work, account));
  Json out;
  PutAccount(view, AddTo(out, "accounts"));
  return out;
}

namespace {

// ---- Commands ----

Made DoDeposit(const Work& work, const CounterRequest& request) {
  EAGLE_ASSIGN_OR_RETURN(const std::string account, request.Required("account"));
  EAGLE_ASSIGN_OR_RETURN(const int64_t amount, AmountIn(request));
  EAGLE_ASSIGN_OR_RETURN(const std::string name, request.Required("request"));
  EAGLE_RETURN_IF_ERROR(Deposit(work, account, amount, name));
  return AccountNow(work, account);
}

Made DoWithdraw(const Work& work, const CounterRequest& request) {
  EAGLE_ASSIGN_OR_RETURN(const std::string account, request.Required("account"));
  EAGLE_ASSIGN_OR_RETURN(const int64_t amount, AmountIn(request));
  EAGLE_ASSIGN_OR_RETURN(const std::string name, request.Required("request"));
  EAGLE_RETURN_IF_ERROR(Withdraw(work, account, amount, name));
  return AccountNow(work, account);
}

Made DoReceive(const Work& work, const CounterRequest& request) {
  EAGLE_ASSIGN_OR_RETURN(const std::string payment, request.Required("payment"));
  EAGLE_ASSIGN_OR_RETURN(const std::string account, request.Required("account"));
  EAGLE_ASSIGN_OR_RETURN(const int64_t amount, AmountIn(request));
  EAGLE_RETURN_IF_ERROR(Receive(work, payment, account, amount));
  return AccountNow(work, account);
}

Made DoSeize(const Work& work, const CounterRequest& request) {
  Seizure seizure;
  EAGLE_ASSIGN_OR_RETURN(seizure.account, request.Required("account"));
  EAGLE_ASSIGN_OR_RETURN(seizure.amount, AmountIn(request));
  EAGLE_ASSIGN_OR_RETURN(seizure.authority, request.Required("authority"));
  EAGLE_ASSIGN_OR_RETURN(seizure.document, request.Required("document"));
  EAGLE_ASSIGN_OR_RETURN(seizure.captures_inflow, YesOrNo(request, "inflow", true));
  EAGLE_ASSIGN_OR_RETURN(seizure.whole_account, YesOrNo(request, "whole_account", false));
  EAGLE_ASSIGN_OR_RETURN(const std::string name, request.Required("request"));
  if (const std::string text = request.Optional("last_day"); !text.empty()) {
    absl::CivilDay day;
    if (!absl::ParseCivilTime(text, &day))
      return Fail(Reason::kFieldInvalid, "an argument can't be read")
          .At("last_day", "must be a day such as 2027-09-27");
    seizure.last_day = day;
  }
  EAGLE_ASSIGN_OR_RETURN(const std::string measure, Seize(work, seizure, name));
  EAGLE_ASSIGN_OR_RETURN(const StandingMeasure standing, ShowMeasure(work, measure));
  Json out;
  PutMeasure(work, standing, AddTo(out, "measures"));
  return out;
}

Made DoFreeze(const Work& work, const CounterRequest& request) {
  PaperFreeze freeze;
  EAGLE_ASSIGN_OR_RETURN(freeze.account, request.Required("account"));
  EAGLE_ASSIGN_OR_RETURN(freeze.amount, AmountIn(request));
  EAGLE_ASSIGN_OR_RETURN(freeze.court, request.Required("court"));
  EAGLE_ASSIGN_OR_RETURN(freeze.document, request.Required("document"));
  EAGLE_ASSIGN_OR_RETURN(const std::string months, request.Required("months"));
  EAGLE_ASSIGN_OR_RETURN(freeze.captures_inflow, YesOrNo(request, "inflow", true));
  EAGLE_ASSIGN_OR_RETURN(const std::string name, request.Required("request"));
  if (!absl::SimpleAtoi(months, &freeze.months)) freeze.months = 0;  // which no term has
  EAGLE_ASSIGN_OR_RETURN(const std::string measure, FreezeOnPaper(work, freeze, name));
  EAGLE_ASSIGN_OR_RETURN(const StandingMeasure standing, ShowMeasure(work, measure));
  Json out;
  PutMeasure(work, standing, AddTo(out, "measures"));
  return out;
}

Made DoSalary(const Work& work, const CounterRequest& request) {
  EAGLE_ASSIGN_OR_RETURN(const std::string account, request.Required("account"));
  EAGLE_ASSIGN_OR_RETURN(const int64_t amount, AmountIn(request));
  EAGLE_ASSIGN_OR_RETURN(const std::string name, request.Required("request"));
  EAGLE_RETURN_IF_ERROR(PaySalary(work, account, amount, name));
  return AccountNow(work, account);
}

absl::StatusOr<int64_t> NumberE4In(const CounterRequest& request, std::string_view argument) {
  EAGLE_ASSIGN_OR_RETURN(const std::string text, request.Required(argument));
  const std::optional<int64_t> number = ParseE4(text);
  if (!number)
    return Fail(Reason::kFieldInvalid, "an argument can't be read").At(argument, "must be a number such as 1,000.2500");
  return *number;
}

Made DoRedeem(const Work& work, const CounterRequest& request) {
  EAGLE_ASSIGN_OR_RETURN(const std::string account, request.Required("account"));
  EAGLE_ASSIGN_OR_RETURN(const int64_t units, NumberE4In(request, "units"));
  EAGLE_ASSIGN_OR_RETURN(const std::string name, request.Required("request"));
  EAGLE_RETURN_IF_ERROR(Redeem(work, account, units, name));
  return AccountNow(work, account);
}

Made DoPrice(const Work& work, const CounterRequest& request) {
  EAGLE_ASSIGN_OR_RETURN(const std::string product, request.Required("product"));
  EAGLE_ASSIGN_OR_RETURN(const int64_t price, NumberE4In(request, "price"));
  EAGLE_ASSIGN_OR_RETURN(const std::string day, request.Required("day"));
  if (!ParseCivilDay(day))
    return Fail(Reason::kFieldInvalid, "an argument can't be read").At("day", "must be a day such as 2026-09-28");
  EAGLE_RETURN_IF_ERROR(SetPrice(work, product, price, day));
  Json out;
  PutList(out, "accounts");
  for (const std::string& account : work.tables.HoldingsOf(product)) {
    EAGLE_ASSIGN_OR_RETURN(const AccountView view, Show(work, account));
    PutAccount(view, AddTo(out, "accounts"));
  }
  return out;
}

Made DoRelease(const Work& work, const CounterRequest& request) {
  EAGLE_ASSIGN_OR_RETURN(const std::string document, request.Required("document"));
  EAGLE_ASSIGN_OR_RETURN(const std::vector<std::string> released, ReleaseDocument(work, document));
  Json out;
  for (const std::string& measure : released) {
    EAGLE_ASSIGN_OR_RETURN(const StandingMeasure standing, ShowMeasure(work, measure));
    PutMeasure(work, standing, AddTo(out, "measures"));
  }
  return out;
}

void PutPayment(const Work& work, const std::string& reference, Json& out) {
  const PaymentRow row = *work.tables.Payment(reference);
  Put(out, "payment", row.payment);
  Put(out, "state", row.state);
  PutAmount(out, "amount", row.amount);
  Put(out, "currency", row.currency);
  Put(out, "to_bank", row.to_bank);
  Put(out, "to_name", row.to_name);
  Put(out, "to_account", row.to_account);
  Put(out, "operation", row.operation.Text());
  Put(out, "sent_at", TimeText(work, row.sent_at));
  Put(out, "settled_at", row.settled_at ? TimeText(work, *row.settled_at) : "");
  Put(out, "reason", row.reason);
}

Made DoConfirm(const Work& work, const CounterRequest& request) {
  EAGLE_ASSIGN_OR_RETURN(const bool all, YesOrNo(request, "all", false));
  std::vector<std::string> confirmed;
  if (all) {
    EAGLE_ASSIGN_OR_RETURN(confirmed, ConfirmAll(work));
  } else {
    EAGLE_ASSIGN_OR_RETURN(const std::string payment, request.Required("payment"));
    EAGLE_RETURN_IF_ERROR(Confirm(work, payment));
    confirmed.push_back(payment);
  }
  Json out;
  PutList(out, "payments");
  for (const std::string& payment : confirmed) PutPayment(work, payment, AddTo(out, "payments"));
  return out;
}

Made DoReject(const Work& work, const CounterRequest& request) {
  EAGLE_ASSIGN_OR_RETURN(const std::string payment, request.Required("payment"));
  EAGLE_ASSIGN_OR_RETURN(const std::string reason, request.Required("reason"));
  EAGLE_RETURN_IF_ERROR(Reject(work, payment, reason));
  Json out;
  PutPayment(work, payment, AddTo(out, "payments"));
  return out;
}

Made DoShow(const Work& work, const CounterRequest& request) {
  const std::string one = request.Optional("account");
  Json out;
  PutList(out, "accounts");
  for (const std::string& account : one.empty() ? work.tables.AllAccounts() : std::vector<std::string>{one}) {
    EAGLE_ASSIGN_OR_RETURN(const AccountView view, Show(work, account));
    PutAccount(view, AddTo(out, "accounts"));
  }
  return out;
}

Made DoMeasures(const Work& work, const CounterRequest& request) {
  const std::string one = request.Optional("account");
  if (!one.empty() && !work.tables.Account(one)) return Fail(Reason::kNotFound, "no such account");
  Json out;
  PutList(out, "measures");
  for (const std::string& measure : work.tables.AllMeasures()) {
    EAGLE_ASSIGN_OR_RETURN(const StandingMeasure standing, ShowMeasure(work, measure));
    const std::vector<std::string>& scope = standing.row.measure.scope;
    if (one.empty() || std::find(scope.begin(), scope.end(), one) != scope.end())
      PutMeasure(work, standing, AddTo(out, "measures"));
  }
  return out;
}

Made DoLedger(const Work& work, const CounterRequest& request) {
  EAGLE_ASSIGN_OR_RETURN(const std::string account, request.Required("account"));
  if (!work.tables.Account(account)) return Fail(Reason::kNotFound, "no such account");
  Json out;
  PutList(out, "entries");
  int64_t balance = 0;
  for (const BookingRow& booking : work.tables.BookingsOn(account)) {
    for (const Entry& entry : booking.entries) {
      if (entry.account != account) continue;
      Json& row = AddTo(out, "entries");
      Put(row, "booking", booking.booking);
      Put(row, "at", TimeText(work, booking.at));
      Put(row, "kind", booking.kind);
      PutAmount(row, "amount", entry.amount);
      PutAmount(row, "balance", balance += entry.amount);
      Put(row, "for", booking.operation.value_or(booking.request.value_or("")));
    }
  }
  return out;
}

Made DoPayments(const Work& work, const CounterRequest&) {
  Json out;
  PutList(out, "payments");
  for (const std::string& payment : work.tables.AllPayments()) PutPayment(work, payment, AddTo(out, "payments"));
  return out;
}

Made DoOperations(const Work& work, const CounterRequest&) {
  Json out;
  PutList(out, "operations");
  for (const std::string& operation : work.tables.AllOperations()) {
    const OperationRow row = *work.tables.Operation(operation);
    Json& shown = AddTo(out, "operations");
    Put(shown, "operation", row.operation);
    Put(shown, "action", row.action);
    Put(shown, "outcome",
        row.answer.items.empty() ? "RETURNED" : v1::Outcome_Name(row.answer.items.front().outcome()).substr(8));
    Put(shown, "reason", row.answer.items.empty() ? row.answer.return_reason : row.answer.items.front().reason());
    Put(shown, "arrived_at", TimeText(work, row.arrival.served_at));
    Put(shown, "done_at", TimeText(work, row.at));
  }
  return out;
}

Made DoCheck(const Work& work, const CounterRequest&) {
  EAGLE_RETURN_IF_ERROR(CheckBooks(work));
  Json out;
  Put(out, "books", "agree");
  Put(out, "accounts", static_cast<int64_t>(work.tables.AllAccounts().size()));
  Put(out, "measures", static_cast<int64_t>(work.tables.AllMeasures().size()));
  Put(out, "operations", static_cast<int64_t>(work.tables.AllOperations().size()));
  return out;
}

constexpr Command kCommands[] = {
    {"deposit", DoDeposit, false},      {"withdraw", DoWithdraw, false}, {"receive", DoReceive, false},
    {"seize", DoSeize, false},          {"release", DoRelease, false},   {"confirm", DoConfirm, false},
    {"freeze", DoFreeze, false},        {"salary", DoSalary, false},     {"redeem", DoRedeem, false},
    {"price", DoPrice, false},          {"reject", DoReject, false},     {"show", DoShow, true},
    {"measures", DoMeasures, true},     {"ledger", DoLedger, true},      {"payments", DoPayments, true},
    {"operations", DoOperations, true}, {"check", DoCheck, true},
};

const Command* FindCommand(absl::Span<const Command> commands, std::string_view name) {
  const auto found =
      std::find_if(commands.begin(), commands.end(), [&](const Command& row) { return row.name == name; });
  return found == commands.end() ? nullptr : &*found;
}

}  // namespace

Made AskDesk(BankCore& core, const CounterRequest& request) {
  const Command* command = FindCommand(core.kind().commands, request.command);
  if (command == nullptr) command = FindCommand(kCommands, request.command);
  if (command == nullptr)
    return Fail(Reason::kFieldInvalid, "the counter has no such command").At("command", request.command);
  Json out;
  const auto work = [&](const Work& now) -> absl::Status {
    EAGLE_ASSIGN_OR_RETURN(out, command->carry_out(now, request));
    return absl::OkStatus();
  };
  EAGLE_RETURN_IF_ERROR(command->reads_only ? core.Look(work) : core.Do(work));
  return out;
}

}  // namespace eagle::bank
