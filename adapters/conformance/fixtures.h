// What lies in the adapter's register, as its team tells the kit: a TOML file. Everything but [person] may be missing;
// cases that need what is missing are skipped and say so. README.md has the whole file with an example.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "goldeneagle/v1/statement.pb.h"

namespace eagle::conformance {

namespace v1 = ::goldeneagle::v1;

struct Person {
  std::string name, id_kind, id_number;
  std::string asset;               // the register's own number of the account or thing
  std::optional<int64_t> balance;  // minor units, when the run begins
  uint32_t share_numerator = 1, share_denominator = 1;
  uint32_t assets_least = 1;  // [many]: how many are found at least
  std::string document;       // [counter]: number of the notice that was served on paper
};

struct Fixtures {
  std::string asset_kind;  // which rows of Hello are examined: DEPOSIT, LAND ...
  std::string currency = "CNY";
  bool money = true;          // an amount lies behind a measure; else a thing
  uint32_t term_months = 12;  // of every freeze and renewal
  int64_t thing_limit = 0;    // minor units that a court puts on a thing; 0: unknown value, under an exception
  std::string blocked_act;    // of things: a code that the office can bar; empty: it bars none by name
  bool counts_units = false;  // of things: the register counts units of capital, of a fund
  std::string time_zone = "Asia/Shanghai";
  bool steps_clock = false;  // the adapter takes its wall time from the file that EAGLE_STEP_CLOCK names
  std::map<std::string, Person, std::less<>> persons;  // as [NAME] of the file
  std::optional<v1::AccountDetails> court_account;     // for deductions: an account that this bank can pay to
  std::map<std::string, std::string, std::less<>>
      hooks;  // approve, deposit, core_down, core_up, confirm, salary, state ...

  const Person* Find(std::string_view name) const {
    const auto found = persons.find(name);
    return found == persons.end() ? nullptr : &found->second;
  }
};

// Errors: CONFIGURATION_INVALID, every problem at once, each with its field.
absl::StatusOr<Fixtures> ParseFixtures(std::string_view text);
// The same from a file. STORAGE_UNUSABLE when it can't be read.
absl::StatusOr<Fixtures> LoadFixtures(const std::string& path);

}  // namespace eagle::conformance
