// The rows of core.db, typed, over one open transaction. Rules are elsewhere; here is only what is stored and how it is
// found.
//
// Threads: as the database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "adapters/bank/database.h"
#include "adapters/sdk/changes.h"
#include "adapters/sdk/encumbrance/register.h"
#include "adapters/sdk/operation.h"

namespace eagle::bank {

namespace v1 = ::goldeneagle::v1;

struct CustomerRow {
  std::string customer;  // the bank's own number
  std::string name;
  std::string id_kind;
  std::string id_number;  // as it was when the customer came
};

// Natures that the rules know by name; others come with the data (WAGE_ESCROW, LC_MARGIN, ...).
inline constexpr char kGeneral[] = "GENERAL";
inline constexpr char kCourtEnforcement[] = "COURT_ENFORCEMENT";  // 执行款专户
// Reasons of products, in answers.
inline constexpr char kProductNotControlled[] = "PRODUCT_NOT_CONTROLLED";
inline constexpr char kProductLocked[] = "PRODUCT_LOCKED";  // 未到期: not deducted from before it may be paid back
// Of the bank itself, one each.
inline constexpr char kInternal[] = "INTERNAL";  // the kind of these four
inline constexpr char kCash[] = "CASH";
inline constexpr char kTransit[] = "TRANSIT";    // 扣划过渡户: between the two legs of a deduction
inline constexpr char kClearing[] = "CLEARING";  // what goes to and comes from other banks
inline constexpr char kOpening[] = "OPENING";    // the other side of the balances that were imported

struct AccountRow {
  std::string account;
  std::string kind = "DEMAND";
  std::string currency = "CNY";
  std::string nature = kGeneral;
  bool joint = false;
  std::string status = "NORMAL";
  std::string opened_on;  // 2026-09-28
  std::string branch;
};

struct Entry {
  std::string account;
  int64_t amount = 0;  // minor units; above zero: comes in
};

struct BookingRow {
  int64_t booking = 0;
  absl::Time at;
  std::string kind;
  std::optional<std::string> operation;  // what booked it, at most once a kind
  std::optional<std::string> request;    // what people asked for at the counter, at most once
  std::vector<Entry> entries;            // add up to zero
};

// What a customer holds of a wealth product 理财产品: the other half of its account, whose balance is the holding's
// value.
struct ProductRow {
  std::string account;       // the bank's own number of the holding
  std::string product;       // code of the product
  bool own = true;           // 自营; false: sold for another house 代销, which alone can bar or redeem it
  int64_t units_e4 = 0;      // in ten-thousandths
  int64_t price_e4 = 0;      // of one unit, in ten-thousandths of a unit of currency 单位净值
  std::string priced_on;     // the day of that price
  std::string locked_until;  // the first day on which it may be paid back; empty: any
  std::optional<absl::Time> pays_back_at;  // by itself; absent: when its holder asks
  std::string return_account;              // 回款账户
};

// Whether an extraction pays the court what it takes, holds it while an objection is open, or takes nothing more.
inline constexpr char kPays[] = "PAYS", kHolds[] = "HOLDS", kStopped[] = "STOPPED";
// Where a measure that extracts income sends what it takes.
struct ExtractionRow {
  std::string measure;
  int64_t kept = 0;  // of one civil month's income
  std::string to_bank, to_name, to_account;
  std::string flow = kPays;
};
struct IncomeRow {
  int64_t booking = 0;
  std::string account;
  std::string month;  // 2026-09
  int64_t amount = 0;
  int64_t left_then = 0;  // what measures left of it when it came
};

struct MeasureRow {
  sdk::Encumbrance measure;
  std::string person;        // PersonKey of the respondent; empty for measures of others
  sdk::Operation operation;  // the order that made it or took it over; empty order id: not one of ours
  std::string product;       // account of the product that the order names; empty: none
  int64_t quantity_e4 = 0;   // so many of its units are barred at most; 0: no such bound
  bool IsOurs() const { return !operation.order_id.empty(); }
};

struct ExemptionRow {
  std::string nature;
  std::string action;          // FREEZE | DEDUCT
  std::string unless_purpose;  // the purpose that may act all the same; empty: none
  std::string rule;            // code, in answers
  std::string source;
};

struct OperationRow {
  std::string operation;
  std::string order_digest;
  std::string action;
  absl::Time at;
  sdk::Rank arrival;
  sdk::Answer answer;
};

struct PaymentRow {
  std::string payment;  // our reference in the payment system
  int64_t number = 0;
  sdk::Operation operation;
  std::string measure;
  int64_t booking = 0;
  int64_t amount = 0;
  std::string currency;
  std::string to_bank, to_name, to_account;
  std::string state = "SENT";  // SENT | CONFIRMED | REJECTED
  std::string reason;          // with REJECTED
  absl::Time sent_at;
  std::optional<absl::Time> settled_at;
  std::vector<sdk::Cut> cuts;  // what it took, account by account
};

class Tables {
 public:
  explicit Tables(Database& database) : database_(database) {}
  // For the tables of a kind's own.
  Database& database() { return database_; }

  // Named numbers: the core's last time.
  int64_t Fact(std::string_view name);  // 0 when it was never put
  void PutFact(std::string_view name, int64_t value);
  bool IsEmpty();  // no account
  // The one number that `sql`, a literal of our source, gives: for checks.
  int64_t Number(const char* sql);

  void AddCustomer(const CustomerRow& row);
  std::vector<CustomerRow> CustomersByNumber(std::string_view id_number);
  std::vector<CustomerRow> HoldersOf(std::string_view account);

  void AddAccount(const AccountRow& row, const std::vector<std::string>& customers);
  std::optional<AccountRow> Account(std::string_view account);
  std::vector<AccountRow> AccountsOf(std::string_view customer);  // by day of opening, then number
  std::vector<std::string> AllAccounts();
  // The bank's own account of that nature; the import sees to it that there is one for every currency in use.
  std::string InternalAccount(std::string_view nature, std::string_view currency);
  int64_t Balance(std::string_view account);
  int64_t BalanceBefore(std::string_view account, absl::Time time);

  void AddProduct(const ProductRow& row);
  void PutProduct(const ProductRow& row);
  std::optional<ProductRow> Product(std::string_view account);
  std::vector<std::string> HoldingsOf(std::string_view product);  // accounts
  // The earliest that pays back by itself at or before `now`.
  std::optional<ProductRow> NextPaidBack(absl::Time now);

  // Pre: entries add up to zero. Returns the number of the booking.
  int64_t AddBooking(const BookingRow& row);
  std::optional<BookingRow> BookingOfRequest(std::string_view request);
  std::vector<BookingRow> BookingsOn(std::string_view account);
  // From `from` on, before `until`; in order.
  std::vector<BookingRow> BookingsOn(std::string_view account, absl::Time from, absl::Time until);

  void PutMeasure(const MeasureRow& row);
  std::optional<MeasureRow> Measure(std::string_view measure);
  std::optional<MeasureRow> MeasureOf(const sdk::Operation& operation);
  std::vector<std::string> LiveMeasuresOn(std::string_view account);
  std::vector<std::string> MeasuresByDocument(std::string_view document);
  std::vector<std::string> AllMeasures();
  // The earliest end of an effective measure at or before `now`, with its accounts.
  struct End {
    absl::Time at;
    std::vector<std::string> accounts;
  };
  std::optional<End> NextEnd(absl::Time now);

  void AddExemption(const ExemptionRow& row);
  std::optional<ExemptionRow> Exemption(std::string_view nature, std::string_view action);

  void AddOperation(const OperationRow& row);
  std::optional<OperationRow> Operation(std::string_view operation);
  std::vector<std::string> AllOperations();

  // Fills in number and reference: "<agency>-P000001".
  void AddPayment(PaymentRow& row);
  void PutPayment(const PaymentRow& row);
  std::optional<PaymentRow> Payment(std::string_view payment);
  std::vector<std::string> AllPayments();
  int64_t SentUnder(std::string_view measure);  // of payments that are SENT
  bool HasOpenPayment(std::string_view measure) { return SentUnder(measure) > 0; }

  void AddIncomeNature(std::string_view nature, std::string_view source);
  bool IsIncomeNature(std::string_view nature);
  void AddIncome(const IncomeRow& row);
  int64_t LeftOfIncome(std::string_view account, std::string_view month);
  void AddExtraction(const ExtractionRow& row);
  std::optional<ExtractionRow> Extraction(std::string_view measure);
  void SetFlow(std::string_view measure, std::string_view flow);

  // Appends; the sequence is given by the table.
  void AddChange(const sdk::RegisterChange& change);
  std::vector<sdk::RegisterChange> Changes(uint64_t after, size_t limit);

 private:
  std::vector<std::string> Names(Query query);
  Database& database_;
};

}  // namespace eagle::bank
