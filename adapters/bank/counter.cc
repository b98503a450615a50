#include "adapters/bank/counter.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/bank/acts.h"
#include "adapters/bank/products.h"
#include "server/base/reason.h"

namespace eagle::bank {
namespace {

constexpr uint32_t kTermMonthsMax = 1'200;  // as the contract counts

absl::StatusOr<AccountRow> OpenAccount(const Work& work, const std::string& number) {
  const std::optional<AccountRow> account = work.tables.Account(number);
  if (!account || account->kind == kInternal) return Fail(Reason::kNotFound, "no customer has such an account");
  if (account->status == "CLOSED") return Fail(Reason::kNotFound, "the account is closed");
  return *account;
}

// Money from `own` account of the bank to the customer's, or back. `kind` and `request` name the booking.
absl::Status MoveCash(const Work& work, const char* kind, const char* own, const std::string& account, int64_t amount,
                      bool in, const std::string& request) {
  EAGLE_ASSIGN_OR_RETURN(const AccountRow row, OpenAccount(work, account));
  if (work.tables.Product(account))
    return Fail(Reason::kFieldInvalid, "a product takes no money and gives none").At("account", "redeem the product");
  const int64_t signed_amount = in ? amount : -amount;
  if (const std::optional<BookingRow> done = work.tables.BookingOfRequest(request)) {
    const Entry& entry = done->entries.back();
    if (done->kind == kind && entry.account == account && entry.amount == signed_amount) return absl::OkStatus();
    return Fail(Reason::kRequestIdReused, "this request was used for another booking").With("booking", done->booking);
  }
  EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(work, {account}));
  EAGLE_RETURN_IF_ERROR(in ? book.entries().Credit(account, amount) : book.entries().Withdraw(account, amount));
  work.tables.AddBooking(
      {.at = work.now,
       .kind = kind,
       .request = request,
       .entries = {{work.tables.InternalAccount(own, row.currency), -signed_amount}, {account, signed_amount}}});
  book.Save();
  return absl::OkStatus();
}

// Behind whatever was served in the same instant.
uint64_t NextSequence(const Work& work, const std::string& account) {
  uint64_t last = 0;
  for (const std::string& id : work.tables.LiveMeasuresOn(account)) {
    const sdk::Rank rank = work.tables.Measure(id)->measure.rank;
    if (rank.served_at == work.now) last = std::max(last, rank.served_sequence);
  }
  return last + 1;
}

absl::StatusOr<PaymentRow> PaymentOf(const Work& work, const std::string& reference) {
  std::optional<PaymentRow> payment = work.tables.Payment(reference);
  if (!payment) return Fail(Reason::kNotFound, "no payment has this reference").With("payment", reference);
  return std::move(*payment);
}

}  // namespace

absl::Status Deposit(const Work& work, const std::string& account, int64_t amount, const std::string& request) {
  return MoveCash(work, "DEPOSIT", kCash, account, amount, true, request);
}

absl::Status Receive(const Work& work, const std::string& payment, const std::string& account, int64_t amount) {
  return MoveCash(work, "RECEIPT", kClearing, account, amount, true, "payment/" + payment);
}

absl::Status Withdraw(const Work& work, const std::string& account, int64_t amount, const std::string& request) {
  return MoveCash(work, "WITHDRAWAL", kCash, account, amount, false, request);
}

namespace {

// Enters a measure on one account, a product with its return account; the same `request` again gives the same measure.
absl::StatusOr<std::string> Enter(const Work& work, MeasureRow row, const std::string& number,
                                  const std::string& request) {
  EAGLE_ASSIGN_OR_RETURN(const AccountRow account, OpenAccount(work, number));
  if (row.measure.authority.empty() || row.measure.document_number.empty())
    return Fail(Reason::kFieldMissing, "a measure has an authority and a document");
  if (const std::string rule = ExemptBy(work.tables, account, "FREEZE", ""); !rule.empty()) {
    return Fail(Reason::kAccountExempt, "the account is exempt").With("rule", rule);
  }
  const std::optional<ProductRow> product = work.tables.Product(number);
  if (product && !product->own)
    return Fail(Reason::kFieldInvalid, "another house keeps the product")
        .At("account", "name its return account " + product->return_account);
  row.measure.id = "counter/" + request;
  row.measure.scope = ScopeWith(work, {number});
  if (const std::optional<MeasureRow> done = work.tables.Measure(row.measure.id)) {
    const sdk::Encumbrance& was = done->measure;
    const bool same = was.document_number == row.measure.document_number && was.authority == row.measure.authority &&
                      was.scope == row.measure.scope;
    if (same) return row.measure.id;
    return Fail(Reason::kRequestIdReused, "this request entered another measure");
  }
  row.measure.rank = {work.now, NextSequence(work, number)};
  if (row.measure.effective_to && *row.measure.effective_to <= work.now)
    return Fail(Reason::kFieldInvalid, "the measure would have ended already").At("last_day", "must be today or later");
  EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(work, row.measure.scope));
  const std::string id = row.measure.id;
  EAGLE_RETURN_IF_ERROR(book.Place(std::move(row), number));
  book.Save();
  return id;
}

}  // namespace

absl::StatusOr<std::string> Seize(const Work& work, const Seizure& seizure, const std::string& request) {
  MeasureRow row;
  row.measure.authority = seizure.authority;
  row.measure.document_number = seizure.document;
  row.measure.requested = seizure.amount;
  row.measure.inflow = seizure.captures_inflow ? sdk::InflowRule::kCapture : sdk::InflowRule::kNone;
  row.measure.whole_account = seizure.whole_account;
  if (seizure.last_day) row.measure.effective_to = absl::FromCivil(*seizure.last_day + 1, work.zone);
  return Enter(work, std::move(row), seizure.account, request);
}

absl::StatusOr<std::string> FreezeOnPaper(const Work& work, const PaperFreeze& freeze, const std::string& request) {
  EAGLE_ASSIGN_OR_RETURN(const AccountRow account, OpenAccount(work, freeze.account));
  if (account.joint)
    return Fail(Reason::kFieldInvalid, "the account has several holders").At("account", "must be one person's");
  if (freeze.months == 0 || freeze.months > kTermMonthsMax)
    return Fail(Reason::kFieldInvalid, "the term can't be counted").At("months", "must be 1 to 1,200");
  const CustomerRow holder = work.tables.HoldersOf(freeze.account).front();
  v1::Identity identity;
  identity.set_name(holder.name), identity.set_id_kind(holder.id_kind), identity.set_id_number(holder.id_number);
  MeasureRow row;
  row.person = sdk::PersonKey(identity);
  row.measure.authority = freeze.court;
  row.measure.document_number = freeze.document;
  row.measure.requested = freeze.amount;
  row.measure.inflow = freeze.captures_inflow ? sdk::InflowRule::kCapture : sdk::InflowRule::kNone;
  row.measure.term.months = freeze.months;
  return Enter(work, std::move(row), freeze.account, request);
}

absl::StatusOr<std::vector<std::string>> ReleaseDocument(const Work& work, const std::string& document) {
  bool ours = false, ended = false;
  std::vector<std::string> released;
  for (const std::string& id : work.tables.MeasuresByDocument(document)) {
    const MeasureRow row = *work.tables.Measure(id);
    ours = ours || row.IsOurs();
    ended = ended || !sdk::IsLive(row.measure.phase);
    if (row.IsOurs() || !sdk::IsLive(row.measure.phase)) continue;
    EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(work, row.measure.scope));
    EAGLE_RETURN_IF_ERROR(book.entries().Release(id));
    book.Save();
    released.push_back(id);
  }
  if (!released.empty()) return released;
  if (ours)
    return Fail(Reason::kMeasureUnknown, "the measure came over the gateway: only an order of its court ends it");
  if (ended) return Fail(Reason::kMeasureNotEffective, "the measure has ended before");
  return Fail(Reason::kMeasureUnknown, "no measure has this document number");
}

absl::Status Confirm(const Work& work, const std::string& reference) {
  EAGLE_ASSIGN_OR_RETURN(PaymentRow payment, PaymentOf(work, reference));
  if (payment.state == "CONFIRMED") return absl::OkStatus();
  if (payment.state != "SENT") return Fail(Reason::kPaymentSettled, "the payment came back").With("payment", reference);
  return ConfirmPayment(work, std::move(payment));
}

absl::Status Reject(const Work& work, const std::string& reference, const std::string& reason) {
  EAGLE_ASSIGN_OR_RETURN(PaymentRow payment, PaymentOf(work, reference));
  if (payment.state == "REJECTED") return absl::OkStatus();
  if (payment.state != "SENT") return Fail(Reason::kPaymentSettled, "the payment arrived").With("payment", reference);
  return RejectPayment(work, std::move(payment), reason);
}

absl::StatusOr<std::vector<std::string>> ConfirmAll(const Work& work) {
  std::vector<std::string> confirmed;
  for (const std::string& reference : work.tables.AllPayments()) {
    PaymentRow payment = *work.tables.Payment(reference);
    if (payment.state != "SENT") continue;
    EAGLE_RETURN_IF_ERROR(ConfirmPayment(work, std::move(payment)));
    confirmed.push_back(reference);
  }
  return confirmed;
}

absl::StatusOr<AccountView> Show(const Work& work, const std::string& number) {
  const std::optional<AccountRow> account = work.tables.Account(number);
  if (!account) return Fail(Reason::kNotFound, "no such account");
  AccountView view{.account = *account, .holders = work.tables.HoldersOf(number)};
  view.balance = view.available = work.tables.Balance(number);
  if (account->kind == kInternal) return view;  // measures stand on customers' accounts only
  EAGLE_ASSIGN_OR_RETURN(const Book book, Book::Load(work, {number}));
  view.available = book.entries().Available(number);
  for (const sdk::Encumbrance* row : book.entries().StandingOn(number)) {
    const sdk::Share* share = row->ShareOn(number);
    view.standing.push_back(
        {*work.tables.Measure(row->id), book.entries().RankOf(row->id), share->controlled, share->unfunded});
    view.controlled += share->controlled;
  }
  return view;
}

absl::StatusOr<StandingMeasure> ShowMeasure(const Work& work, const std::string& measure) {
  const std::optional<MeasureRow> row = work.tables.Measure(measure);
  if (!row) return Fail(Reason::kNotFound, "no such measure");
  StandingMeasure view{.row = *row, .controlled = row->measure.controlled(), .unfunded = row->measure.unfunded()};
  if (!sdk::IsLive(row->measure.phase)) return view;
  EAGLE_ASSIGN_OR_RETURN(const Book book, Book::Load(work, row->measure.scope));
  view.rank = book.entries().RankOf(measure);
  return view;
}

}  // namespace eagle::bank
