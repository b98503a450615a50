#include "adapters/bank/check.h"

#include "server/base/reason.h"

namespace eagle::bank {
namespace {

constexpr Zero kZeros[] = {
    {"a booking doesn't add up to zero",
     "SELECT count(*) FROM (SELECT booking FROM entries GROUP BY booking HAVING sum(amount) <> 0)"},
    {"a customer's account is below zero",
     "SELECT count(*) FROM (SELECT account FROM entries JOIN accounts USING (account) WHERE kind <> 'INTERNAL'"
     " GROUP BY account HAVING sum(amount) < 0)"},
    {"money lies on a transit account",
     "SELECT count(*) FROM (SELECT account FROM entries JOIN accounts USING (account) WHERE kind = 'INTERNAL' AND "
     "nature = 'TRANSIT'"
     " GROUP BY account HAVING sum(amount) <> 0)"},
    {"what measures say was deducted isn't what was booked",
     "SELECT (SELECT coalesce(sum(deducted), 0) FROM measures) + (SELECT coalesce(sum(amount), 0) FROM entries JOIN "
     "bookings USING (booking)"
     " JOIN accounts USING (account) WHERE accounts.kind <> 'INTERNAL' AND bookings.kind IN ('DEDUCTION', "
     "'EXTRACTION', 'RETURN'))"},
    {"clearing doesn't hold what was sent and not received",
     "SELECT (SELECT coalesce(sum(amount), 0) FROM entries JOIN accounts USING (account) WHERE nature = 'CLEARING')"
     " - (SELECT coalesce(sum(amount), 0) FROM payments WHERE state <> 'REJECTED')"
     " + (SELECT coalesce(sum(amount), 0) FROM entries JOIN bookings USING (booking) JOIN accounts USING (account)"
     "    WHERE accounts.kind <> 'INTERNAL' AND bookings.kind IN ('RECEIPT', 'SALARY'))"},
    {"a booking of an order belongs to no operation",
     "SELECT count(*) FROM bookings WHERE operation IS NOT NULL AND operation NOT IN (SELECT operation FROM "
     "operations)"},
    {"a measure of an order belongs to no operation",
     "SELECT count(*) FROM measures WHERE operation IS NOT NULL AND operation NOT IN (SELECT operation FROM "
     "operations)"},
    {"a product's account isn't worth its units at their price",
     "SELECT count(*) FROM products WHERE units_e4 * (price_e4 / 1000000) + units_e4 * (price_e4 % 1000000) / 1000000"
     " <> (SELECT coalesce(sum(amount), 0) FROM entries WHERE entries.account = products.account)"},
    {"a product and its return account have other holders",
     "SELECT count(*) FROM (SELECT products.account, customer FROM products JOIN holders USING (account)"
     " EXCEPT SELECT products.account, customer FROM products JOIN holders ON holders.account = return_account)"},
    {"what came in as income was booked otherwise",
     "SELECT count(*) FROM incomes WHERE NOT EXISTS (SELECT 1 FROM entries JOIN bookings USING (booking)"
     " WHERE entries.booking = incomes.booking AND entries.account = incomes.account AND kind = 'SALARY'"
     " AND entries.amount = incomes.amount)"},
};

absl::Status CheckZeros(const Work& work, absl::Span<const Zero> zeros) {
  for (const Zero& zero : zeros) {
    if (const int64_t off = work.tables.Number(zero.sql); off != 0)
      return Fail(Reason::kRegisterBroken, zero.what).With("by", off);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckBooks(const Work& work) {
  EAGLE_RETURN_IF_ERROR(CheckZeros(work, kZeros));
  EAGLE_RETURN_IF_ERROR(CheckZeros(work, work.kind.zeros));
  for (const std::string& measure : work.tables.AllMeasures()) {
    const MeasureRow row = *work.tables.Measure(measure);
    EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(work, {}, measure));
    // Loading catches up with what balances and time have done; if that changes a row, it was stored wrongly.
    if (!book.entries().TakeChangedRows().empty())
      return Fail(Reason::kRegisterBroken, "a measure isn't what the rules make of it").With("measure", measure);
  }
  return absl::OkStatus();
}

}  // namespace eagle::bank
