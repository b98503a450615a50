#include "adapters/bank/tables.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "adapters/sdk/inbox_codec.h"
#include "server/base/assert.h"

namespace eagle::bank {
namespace {

// An answer is stored as the change that would bring it.
std::string EncodeAnswer(const sdk::Answer& answer) {
  sdk::RegisterChange change;
  change.answer = answer;
  return sdk::EncodeChange(change);
}

sdk::RegisterChange DecodeStored(const std::string& bytes) {
  std::optional<sdk::RegisterChange> change = sdk::DecodeChange(bytes);
  GATEWAY_ASSERT(change.has_value(), "core.db holds what this program wrote");
  return std::move(*change);
}

CustomerRow ReadCustomer(Query& query) {
  CustomerRow row;
  row.customer = query.Text(), row.name = query.Text(), row.id_kind = query.Text(), row.id_number = query.Text();
  return row;
}

AccountRow ReadAccount(Query& query) {
  AccountRow row;
  row.account = query.Text(), row.kind = query.Text(), row.currency = query.Text(), row.nature = query.Text();
  row.joint = query.Int() != 0;
  row.status = query.Text(), row.opened_on = query.Text(), row.branch = query.Text();
  return row;
}

}  // namespace

std::vector<std::string> Tables::Names(Query query) {
  std::vector<std::string> out;
  while (query.Row()) out.push_back(query.Text());
  return out;
}

int64_t Tables::Fact(std::string_view name) {
  Query query = database_.Ask("SELECT value FROM facts WHERE name = ?");
  return query.Bind(name).Row() ? query.Int() : 0;
}

void Tables::PutFact(std::string_view name, int64_t value) {
  database_.Ask("INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
      .Bind(name)
      .Bind(value)
      .Run();
}

bool Tables::IsEmpty() {
  Query query = database_.Ask("SELECT 1 FROM accounts LIMIT 1");
  return !query.Row();
}

int64_t Tables::Number(const char* sql) {
  Query query = database_.Ask(sql);
  GATEWAY_ASSERT(query.Row(), sql);
  return query.Int();
}

// ---- Customers and accounts ----

void Tables::AddCustomer(const CustomerRow& row) {
  database_.Ask("INSERT INTO customers VALUES (?, ?, ?, ?)")
      .Bind(row.customer)
      .Bind(row.name)
      .Bind(row.id_kind)
      .Bind(row.id_number)
      .Run();
}

std::vector<CustomerRow> Tables::CustomersByNumber(std::string_view id_number) {
  Query query =
      database_.Ask("SELECT customer, name, id_kind, id_number FROM customers WHERE id_number = ? ORDER BY customer");
  query.Bind(id_number);
  std::vector<CustomerRow> out;
  while (query.Row()) out.push_back(ReadCustomer(query));
  return out;
}

std::vector<CustomerRow> Tables::HoldersOf(std::string_view account) {
  Query query = database_.Ask(
      "SELECT customer, name, id_kind, id_number FROM holders JOIN customers USING (customer)"
      " WHERE account = ? ORDER BY customer");
  query.Bind(account);
  std::vector<CustomerRow> out;
  while (query.Row()) out.push_back(ReadCustomer(query));
  return out;
}

void Tables::AddAccount(const AccountRow& row, const std::vector<std::string>& customers) {
  database_.Ask("INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
      .Bind(row.account)
      .Bind(row.kind)
      .Bind(row.currency)
      .Bind(row.nature)
      .Bind(int64_t{row.joint})
      .Bind(row.status)
      .Bind(row.opened_on)
      .Bind(row.branch)
      .Run();
  for (const std::string& customer : customers) {
    database_.Ask("INSERT INTO holders VALUES (?, ?)").Bind(row.account).Bind(customer).Run();
  }
}

std::optional<AccountRow> Tables::Account(std::string_view account) {
  Query query = database_.Ask(
      "SELECT account, kind, currency, nature, joint, status, opened_on, branch FROM accounts WHERE account = ?");
  if (!query.Bind(account).Row()) return std::nullopt;
  return ReadAccount(query);
}

std::vector<AccountRow> Tables::AccountsOf(std::string_view customer) {
  Query query = database_.Ask(
      "SELECT account, kind, currency, nature, joint, status, opened_on, branch FROM holders"
      " JOIN accounts USING (account) WHERE customer = ? ORDER BY opened_on, account");
  query.Bind(customer);
  std::vector<AccountRow> out;
  while (query.Row()) out.push_back(ReadAccount(query));
  return out;
}

std::vector<std::string> Tables::AllAccounts() {
  return Names(database_.Ask("SELECT account FROM accounts ORDER BY account"));
}

std::string Tables::InternalAccount(std::string_view nature, std::string_view currency) {
  Query query = database_.Ask("SELECT account FROM accounts WHERE kind = 'INTERNAL' AND nature = ? AND currency = ?");
  GATEWAY_ASSERT(query.Bind(nature).Bind(currency).Row(), "the import checks that the bank has its own accounts");
  return query.Text();
}

int64_t Tables::Balance(std::string_view account) {
  Query query = database_.Ask("SELECT coalesce(sum(amount), 0) FROM entries WHERE account = ?");
  query.Bind(account).Row();
  return query.Int();
}

int64_t Tables::BalanceBefore(std::string_view account, absl::Time time) {
  Query query = database_.Ask(
      "SELECT COALESCE(SUM(amount), 0) FROM entries JOIN bookings USING (booking) WHERE account = ? AND time_us < ?");
  query.Bind(account).Bind(time);
  return query.Row() ? query.Int() : 0;
}

// ---- Bookings ----

int64_t Tables::AddBooking(const BookingRow& row) {
  int64_t sum = 0;
  for (const Entry& entry : row.entries) sum += entry.amount;
  GATEWAY_ASSERT(sum == 0 && !row.entries.empty(), "a booking is balanced");
  Query query = database_.Ask("INSERT INTO bookings (time_us, kind, operation, request) VALUES (?, ?, ?, ?)");
  query.Bind(row.at).Bind(row.kind);
  row.operation ? query.Bind(*row.operation) : query.BindNull();
  row.request ? query.Bind(*row.request) : query.BindNull();
  query.Run();
  const int64_t booking = database_.LastRowId();
  int64_t position = 0;
  for (const Entry& entry : row.entries) {
    database_.Ask("INSERT INTO entries VALUES (?, ?, ?, ?)")
        .Bind(booking)
        .Bind(++position)
        .Bind(entry.account)
        .Bind(entry.amount)
        .Run();
  }
  return booking;
}

namespace {

BookingRow ReadBooking(Query& query) {
  BookingRow row;
  row.booking = query.Int(), row.at = query.Time(), row.kind = query.Text();
  if (std::string operation = query.Text(); !operation.empty()) row.operation = std::move(operation);
  if (std::string request = query.Text(); !request.empty()) row.request = std::move(request);
  return row;
}

void ReadEntries(Database& database, BookingRow& row) {
  Query query = database.Ask("SELECT account, amount FROM entries WHERE booking = ? ORDER BY position");
  query.Bind(row.booking);
  while (query.Row()) {
    Entry& entry = row.entries.emplace_back();
    entry.account = query.Text(), entry.amount = query.Int();
  }
}

}  // namespace

std::optional<BookingRow> Tables::BookingOfRequest(std::string_view request) {
  Query query = database_.Ask("SELECT booking, time_us, kind, operation, request FROM bookings WHERE request = ?");
  if (!query.Bind(request).Row()) return std::nullopt;
  BookingRow row = ReadBooking(query);
  ReadEntries(database_, row);
  return row;
}

std::vector<BookingRow> Tables::BookingsOn(std::string_view account) {
  return BookingsOn(account, absl::InfinitePast(), absl::InfiniteFuture());
}

std::vector<BookingRow> Tables::BookingsOn(std::string_view account, absl::Time from, absl::Time until) {
  Query query = database_.Ask(
      "SELECT booking, time_us, kind, operation, request FROM bookings"
      " WHERE booking IN (SELECT booking FROM entries WHERE account = ?) AND time_us >= ? AND time_us < ?"
      " ORDER BY booking");
  query.Bind(account).Bind(from).Bind(until);
  std::vector<BookingRow> out;
  while (query.Row()) out.push_back(ReadBooking(query));
  for (BookingRow& row : out) ReadEntries(database_, row);
  return out;
}

// ---- Measures ----

void Tables::PutMeasure(const MeasureRow& row) {
  const sdk::Encumbrance& m = row.measure;
  database_
      .Ask(
          "INSERT INTO measures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULLIF(?, ''), ?, ?)"
          " ON CONFLICT (measure) DO UPDATE SET requested = excluded.requested, deducted = excluded.deducted,"
          " phase = excluded.phase, from_us = excluded.from_us, to_us = excluded.to_us,"
          " revision = excluded.revision, operation = excluded.operation")
      .Bind(m.id)
      .Bind(m.authority)
      .Bind(m.document_number)
      .Bind(row.person)
      .Bind(m.rank.served_at)
      .Bind(static_cast<int64_t>(m.rank.served_sequence))
      .Bind(m.requested)
      .Bind(m.deducted)
      .Bind(static_cast<int64_t>(m.inflow))
      .Bind(int64_t{m.whole_account})
      .Bind(static_cast<int64_t>(m.phase))
      .Bind(int64_t{m.term.months})
      .Bind(int64_t{m.term.years})
      .Bind(m.effective_from)
      .Bind(m.effective_to)
      .Bind(static_cast<int64_t>(m.revision))
      .Bind(row.IsOurs() ? row.operation.Text() : "")
      .Bind(row.product)
      .Bind(row.quantity_e4)
      .Run();
  int64_t position = 0;
  for (const std::string& account : m.scope) {
    const sdk::Share* share = m.ShareOn(account);
    database_
        .Ask(
            "INSERT INTO measure_accounts VALUES (?, ?, ?, ?, ?) ON CONFLICT (measure, position)"
            " DO UPDATE SET controlled = excluded.controlled, unfunded = excluded.unfunded")
        .Bind(m.id)
        .Bind(++position)
        .Bind(account)
        .Bind(share == nullptr ? int64_t{0} : share->controlled)
        .Bind(share == nullptr ? int64_t{0} : share->unfunded)
        .Run();
  }
}

std::optional<MeasureRow> Tables::Measure(std::string_view measure) {
  Query query = database_.Ask(
      "SELECT measure, authority, document, person, served_us, served_sequence, requested, deducted, inflow,"
      " whole_account, phase, months, years, from_us, to_us, revision, operation, product, quantity_e4 FROM measures"
      " WHERE measure = ?");
  if (!query.Bind(measure).Row()) return std::nullopt;
  MeasureRow row;
  sdk::Encumbrance& m = row.measure;
  m.id = query.Text(), m.authority = query.Text(), m.document_number = query.Text(), row.person = query.Text();
  m.rank.served_at = query.Time(), m.rank.served_sequence = static_cast<uint64_t>(query.Int());
  m.requested = query.Int(), m.deducted = query.Int(), m.inflow = static_cast<sdk::InflowRule>(query.Int());
  m.whole_account = query.Int() != 0, m.phase = static_cast<sdk::Phase>(query.Int());
  m.term.months = static_cast<uint32_t>(query.Int()), m.term.years = static_cast<uint32_t>(query.Int());
  m.effective_from = query.MaybeTime(), m.effective_to = query.MaybeTime();
  m.revision = static_cast<uint64_t>(query.Int());
  if (const auto operation = sdk::ParseOperation(query.Text())) row.operation = *operation;
  row.product = query.Text(), row.quantity_e4 = query.Int();
  Query shares =
      database_.Ask("SELECT account, controlled, unfunded FROM measure_accounts WHERE measure = ? ORDER BY position");
  shares.Bind(measure);
  while (shares.Row()) {
    sdk::Share share;
    share.asset = shares.Text(), share.controlled = shares.Int(), share.unfunded = shares.Int();
    m.scope.push_back(share.asset);
    if (share.controlled != 0 || share.unfunded != 0) m.shares.push_back(std::move(share));
  }
  return row;
}

std::optional<MeasureRow> Tables::MeasureOf(const sdk::Operation& operation) {
  Query query = database_.Ask("SELECT measure FROM measures WHERE operation = ?");
  if (!query.Bind(operation.Text()).Row()) return std::nullopt;
  return Measure(query.Text());
}

std::vector<std::string> Tables::LiveMeasuresOn(std::string_view account) {
  Query query = database_.Ask(
      "SELECT measure FROM measure_accounts JOIN measures USING (measure) WHERE account = ? AND phase <= 3");
  query.Bind(account);
  return Names(std::move(query));
}

std::vector<std::string> Tables::MeasuresByDocument(std::string_view document) {
  Query query = database_.Ask("SELECT measure FROM measures WHERE document = ? ORDER BY measure");
  query.Bind(document);
  return Names(std::move(query));
}

std::vector<std::string> Tables::AllMeasures() {
  return Names(database_.Ask("SELECT measure FROM measures ORDER BY served_us, served_sequence, measure"));
}

std::optional<Tables::End> Tables::NextEnd(absl::Time now) {
  Query query =
      database_.Ask("SELECT to_us, measure FROM measures WHERE phase = 3 AND to_us <= ? ORDER BY to_us LIMIT 1");
  if (!query.Bind(now).Row()) return std::nullopt;
  End end;
  end.at = query.Time();
  end.accounts = Measure(query.Text())->measure.scope;
  return end;
}

// ---- Exemptions, operations, payments, changes ----

void Tables::AddExemption(const ExemptionRow& row) {
  database_.Ask("INSERT INTO exemptions VALUES (?, ?, ?, ?, ?)")
      .Bind(row.nature)
      .Bind(row.action)
      .Bind(row.unless_purpose)
      .Bind(row.rule)
      .Bind(row.source)
      .Run();
}

std::optional<ExemptionRow> Tables::Exemption(std::string_view nature, std::string_view action) {
  Query query = database_.Ask(
      "SELECT nature, action, unless_purpose, rule, source FROM exemptions WHERE nature = ? AND action = ?");
  if (!query.Bind(nature).Bind(action).Row()) return std::nullopt;
  ExemptionRow row;
  row.nature = query.Text(), row.action = query.Text(), row.unless_purpose = query.Text(), row.rule = query.Text(),
  row.source = query.Text();
  return row;
}

void Tables::AddOperation(const OperationRow& row) {
  database_.Ask("INSERT INTO operations VALUES (?, ?, ?, ?, ?, ?, ?)")
      .Bind(row.operation)
      .BindBytes(row.order_digest)
      .Bind(row.action)
      .Bind(row.at)
      .Bind(row.arrival.served_at)
      .Bind(static_cast<int64_t>(row.arrival.served_sequence))
      .BindBytes(EncodeAnswer(row.answer))
      .Run();
}

std::optional<OperationRow> Tables::Operation(std::string_view operation) {
  Query query = database_.Ask(
      "SELECT operation, order_digest, action, time_us, served_us, served_sequence, answer FROM operations"
      " WHERE operation = ?");
  if (!query.Bind(operation).Row()) return std::nullopt;
  OperationRow row;
  row.operation = query.Text(), row.order_digest = query.Text(), row.action = query.Text(), row.at = query.Time();
  row.arrival.served_at = query.Time(), row.arrival.served_sequence = static_cast<uint64_t>(query.Int());
  row.answer = DecodeStored(query.Text()).answer;
  return row;
}

std::vector<std::string> Tables::AllOperations() {
  return Names(database_.Ask("SELECT operation FROM operations ORDER BY time_us, operation"));
}

void Tables::AddPayment(PaymentRow& row) {
  Query last = database_.Ask("SELECT coalesce(max(number), 0) + 1 FROM payments");
  last.Row();
  row.number = last.Int();
  row.payment = absl::StrFormat("%s-P%06d", row.operation.agency, row.number);
  database_.Ask("INSERT INTO payments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)")
      .Bind(row.payment)
      .Bind(row.number)
      .BindBytes(row.operation.order_id)
      .Bind(row.operation.agency)
      .Bind(int64_t{row.operation.step})
      .Bind(row.operation.Text())
      .Bind(row.measure)
      .Bind(row.booking)
      .Bind(row.amount)
      .Bind(row.currency)
      .Bind(row.to_bank)
      .Bind(row.to_name)
      .Bind(row.to_account)
      .Bind(row.state)
      .Bind(row.reason)
      .Bind(row.sent_at)
      .Run();
  int64_t position = 0;
  for (const sdk::Cut& cut : row.cuts) {
    database_.Ask("INSERT INTO payment_cuts VALUES (?, ?, ?, ?)")
        .Bind(row.payment)
        .Bind(++position)
        .Bind(cut.asset)
        .Bind(cut.amount)
        .Run();
  }
}

void Tables::PutPayment(const PaymentRow& row) {
  database_.Ask("UPDATE payments SET state = ?, reason = ?, settled_us = ? WHERE payment = ?")
      .Bind(row.state)
      .Bind(row.reason)
      .Bind(row.settled_at)
      .Bind(row.payment)
      .Run();
}

std::optional<PaymentRow> Tables::Payment(std::string_view payment) {
  Query query = database_.Ask(
      "SELECT payment, number, order_id, agency, step, measure, booking, amount, currency, to_bank, to_name,"
      " to_account, state, reason, sent_us, settled_us FROM payments WHERE payment = ?");
  if (!query.Bind(payment).Row()) return std::nullopt;
  PaymentRow row;
  row.payment = query.Text(), row.number = query.Int();
  row.operation.order_id = query.Text(), row.operation.agency = query.Text(),
  row.operation.step = static_cast<uint32_t>(query.Int());
  row.measure = query.Text(), row.booking = query.Int(), row.amount = query.Int(), row.currency = query.Text();
  row.to_bank = query.Text(), row.to_name = query.Text(), row.to_account = query.Text();
  row.state = query.Text(), row.reason = query.Text(), row.sent_at = query.Time(), row.settled_at = query.MaybeTime();
  Query cuts = database_.Ask("SELECT account, amount FROM payment_cuts WHERE payment = ? ORDER BY position");
  cuts.Bind(payment);
  while (cuts.Row()) {
    sdk::Cut& cut = row.cuts.emplace_back();
    cut.asset = cuts.Text(), cut.amount = cuts.Int();
  }
  return row;
}

std::vector<std::string> Tables::AllPayments() {
  return Names(database_.Ask("SELECT payment FROM payments ORDER BY number"));
}

int64_t Tables::SentUnder(std::string_view measure) {
  Query query = database_.Ask("SELECT coalesce(sum(amount), 0) FROM payments WHERE measure = ? AND state = 'SENT'");
  query.Bind(measure).Row();
  return query.Int();
}

void Tables::AddChange(const sdk::RegisterChange& change) {
  database_.Ask("INSERT INTO changes (change) VALUES (?)").BindBytes(sdk::EncodeChange(change)).Run();
}

std::vector<sdk::RegisterChange> Tables::Changes(uint64_t after, size_t limit) {
  Query query = database_.Ask("SELECT sequence, change FROM changes WHERE sequence > ? ORDER BY sequence LIMIT ?");
  query.Bind(static_cast<int64_t>(after)).Bind(static_cast<int64_t>(limit));
  std::vector<sdk::RegisterChange> out;
  while (query.Row()) {
    const auto sequence = static_cast<uint64_t>(query.Int());
    out.push_back(DecodeStored(query.Text()));
    out.back().sequence = sequence;
  }
  return out;
}

}  // namespace eagle::bank
