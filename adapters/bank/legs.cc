#include "adapters/bank/legs.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/bank/acts.h"
#include "server/base/person_name.h"
#include "server/trust/timestamps.h"

namespace eagle::bank {
namespace {

void Move(const Work& work, const Booked& booked, const std::string& kind, const std::string& from,
          const std::string& to, int64_t amount) {
  BookingRow row = booked.Row(work, kind);
  row.entries = {{from, -amount}, {to, amount}};
  work.tables.AddBooking(row);
}

}  // namespace

BookingRow Booked::Row(const Work& work, const std::string& kind) const {
  BookingRow row{.at = work.now, .kind = kind, .operation = operation};
  if (!operation) row.request = absl::StrCat(name, "/", kind);
  return row;
}

std::string WhyNotPayable(const Work& work, const v1::CourtAccount& account, std::string_view currency) {
  if (account.bank() != work.agency) return "";
  const std::optional<AccountRow> row = work.tables.Account(account.account_number());
  if (!row || row->kind == kInternal || row->status == "CLOSED") return "COURT_ACCOUNT_NOT_FOUND";
  if (row->nature != kCourtEnforcement) return "NOT_A_COURT_ACCOUNT";
  if (row->currency != currency) return "COURT_ACCOUNT_OTHER_CURRENCY";
  const std::vector<CustomerRow> holders = work.tables.HoldersOf(row->account);
  // An enforcement account is named after its court, often with what it is for behind it: 某某人民法院(执行款专户).
  const std::string name = FoldName(account.account_name());
  const bool named = std::any_of(holders.begin(), holders.end(),
                                 [&](const CustomerRow& holder) { return name.rfind(FoldName(holder.name), 0) == 0; });
  return named ? "" : "COURT_ACCOUNT_NAME_MISMATCH";
}

void Pay(const Work& work, const Booked& booked, const std::string& first_leg, const v1::CourtAccount& to,
         PaymentRow& payment) {
  const std::string transit = work.tables.InternalAccount(kTransit, payment.currency);
  BookingRow off = booked.Row(work, first_leg);
  for (const sdk::Cut& cut : payment.cuts) off.entries.push_back({cut.asset, -cut.amount});
  off.entries.push_back({transit, payment.amount});
  payment.sent_at = work.now;
  payment.booking = work.tables.AddBooking(off);
  if (to.bank() == work.agency) {
    Move(work, booked, "SETTLEMENT", transit, to.account_number(), payment.amount);
    payment.state = "CONFIRMED", payment.settled_at = work.now;
    return;
  }
  Move(work, booked, "PAYMENT", transit, work.tables.InternalAccount(kClearing, payment.currency), payment.amount);
  payment.to_bank = to.bank(), payment.to_name = to.account_name(), payment.to_account = to.account_number();
  work.tables.AddPayment(payment);
}

void BookReturn(const Work& work, const Booked& booked, const PaymentRow& payment) {
  const std::string transit = work.tables.InternalAccount(kTransit, payment.currency);
  Move(work, booked, "REJECTION", work.tables.InternalAccount(kClearing, payment.currency), transit, payment.amount);
  BookingRow back = booked.Row(work, "RETURN");
  back.entries = {{transit, -payment.amount}};
  for (const sdk::Cut& cut : payment.cuts) back.entries.push_back({cut.asset, cut.amount});
  work.tables.AddBooking(back);
}

v1::DeductionState DeductionOf(const Work& work, const PaymentRow& payment, const Book& book) {
  v1::DeductionState state;
  state.set_amount_minor_units(payment.amount);
  state.set_booking_reference(BookingReference(work, payment.booking));
  state.set_payment_reference(payment.payment);
  *state.mutable_booked_at() = trust::TimestampOf(payment.sent_at);
  if (payment.state == "CONFIRMED") *state.mutable_settled_at() = trust::TimestampOf(*payment.settled_at);
  *state.mutable_measure() = book.State(payment.measure);
  return state;
}

}  // namespace eagle::bank
