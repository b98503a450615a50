// What happens at the bank's counter and in its payment system, beside the orders of courts that come over the gateway.
//
// Each function is called inside BankCore::Do (or Look). Those that people may send twice take the name of their
// request: the same request again changes nothing. Nobody at a counter can end a measure of a court that came over the
// gateway: only its court can.
//
// Threads: as the core's transaction.
//
//   core.Do([&](const Work& work) { return Deposit(work, account, 20'000'00, "0199...");  });
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "adapters/bank/book.h"

namespace eagle::bank {

// Money comes in: over the counter in cash, or by the payment system from another bank under its reference `payment`.
// Errors: NOT_FOUND (no such customer's account, or closed), AMOUNT_INVALID, REQUEST_ID_REUSED (was used for something
// else).
absl::Status Deposit(const Work& work, const std::string& account, int64_t amount, const std::string& request);
absl::Status Receive(const Work& work, const std::string& payment, const std::string& account, int64_t amount);
// The holder takes money. Errors: as Deposit, and AMOUNT_ABOVE_FREE. All three: FIELD_INVALID for a product.
absl::Status Withdraw(const Work& work, const std::string& account, int64_t amount, const std::string& request);

// A measure of another authority, served at the counter now.
struct Seizure {
  std::string account;
  int64_t amount = 0;
  std::string authority;
  std::string document;
  bool captures_inflow = true;
  bool whole_account = false;
  std::optional<absl::CivilDay> last_day;  // absent: no end is known
};
// Returns the id of the measure. Errors: NOT_FOUND, AMOUNT_INVALID, FIELD_MISSING, FIELD_INVALID (an end before it
// begins; a product that another house keeps), ACCOUNT_EXEMPT, REQUEST_ID_REUSED.
absl::StatusOr<std::string> Seize(const Work& work, const Seizure& seizure, const std::string& request);

// A freeze that a court served on paper 柜面冻结: as an order's, on the account's holder, and later an order of that
// court may take it over (CounterMeasure of the contract) by its id and the document's number.
struct PaperFreeze {
  std::string account;
  int64_t amount = 0;
  std::string court;  // its code in the directory
  std::string document;
  uint32_t months = 0;  // of its term, 1 to 1,200
  bool captures_inflow = true;
};
// As Seize; FIELD_INVALID also: a joint account, as the contract names no share of one.
absl::StatusOr<std::string> FreezeOnPaper(const Work& work, const PaperFreeze& freeze, const std::string& request);

// Ends every live measure of `document` that no order of ours made. Returns their ids.
// Errors: MEASURE_UNKNOWN (none, or ours), MEASURE_NOT_EFFECTIVE (ended before).
absl::StatusOr<std::vector<std::string>> ReleaseDocument(const Work& work, const std::string& document);

// The payment system's word. A repeat of the same word changes nothing. Errors: NOT_FOUND, PAYMENT_SETTLED (the other
// word was said).
absl::Status Confirm(const Work& work, const std::string& payment);
absl::Status Reject(const Work& work, const std::string& payment, const std::string& reason);
// Confirms all that are SENT; returns their references.
absl::StatusOr<std::vector<std::string>> ConfirmAll(const Work& work);

struct StandingMeasure {
  MeasureRow row;
  uint32_t rank = 0;  // 0: it has ended
  int64_t controlled = 0;
  int64_t unfunded = 0;
};
struct AccountView {
  AccountRow account;
  std::vector<CustomerRow> holders;
  int64_t balance = 0;
  int64_t available = 0;
  int64_t controlled = 0;
  std::vector<StandingMeasure> standing;  // in rank order; amounts on this account
};
// Error: NOT_FOUND.
absl::StatusOr<AccountView> Show(const Work& work, const std::string& account);
// Whole measures, ended ones too. Error: NOT_FOUND.
absl::StatusOr<StandingMeasure> ShowMeasure(const Work& work, const std::string& measure);

}  // namespace eagle::bank
