// The demo fund with a clock that stands still, and its counter.
//
//   Fund fund;
//   const bank::Sent freeze = fund.Freeze(bank::kLin, 60'000'00);
//   fund.Do(freeze);
//   fund.Must("condition", {{"account", kAtFund}, {"ground", "RETIREMENT"}, {"document", "D1"}});
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "adapters/bank/desk.h"
#include "adapters/housing_fund/kind.h"
#include "tests/adapters/bank/bank_world.h"

namespace eagle::fund {

namespace v1 = ::goldeneagle::v1;

inline constexpr char kCentre[] = "9900700";
inline constexpr bank::Person kSu = {"苏晴", "CITIZEN_ID", "990101198708150029"};
inline constexpr bank::Person kRetired = {"周润秋", "CITIZEN_ID", "990101196408120056"};
// Of 林远舟; of 苏晴, who owes the fund; of 周润秋, who has retired; of the namesake, frozen by another court.
inline constexpr char kAtFund[] = "990070000101", kOfSu[] = "990070000202", kOfRetired[] = "990070000303",
                      kOfNamesake[] = "990070000404", kLoanOfSu[] = "DK2019-0417";

using Arguments = std::vector<std::pair<std::string, std::string>>;

sdk::CounterRequest RequestOf(const std::string& command, const Arguments& arguments);
std::string DemoFolder();
// The demo's files in `folder`, for tests that change one.
void CopyDemo(const std::string& folder);
void WriteText(const std::string& path, const std::string& text);

class Fund : public bank::Bank {
 public:
  // Filled from `csv`; empty: not filled.
  explicit Fund(const std::string& csv = DemoFolder(), const std::string& path = bank::kInMemory);

  absl::StatusOr<sdk::Json> Ask(const std::string& command, const Arguments& arguments);
  sdk::Json Must(const std::string& command, const Arguments& arguments);
  // `key` of details.
  std::string Detail(const std::string& account, const std::string& key);
};

// The word on the order: "NOT_DEDUCTED LOAN_OUTSTANDING".
std::string Word(const sdk::Answer& answer);

}  // namespace eagle::fund
