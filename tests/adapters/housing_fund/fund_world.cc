#include "tests/adapters/housing_fund/fund_world.h"

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "adapters/bank/import.h"
#include "tests/support/paths.h"

namespace eagle::fund {

sdk::CounterRequest RequestOf(const std::string& command, const Arguments& arguments) {
  sdk::CounterRequest request{.command = command, .arguments = {}};
  for (const auto& [key, value] : arguments) sdk::Put(request.arguments, key, value);
  return request;
}

std::string DemoFolder() { return test::SourcePath("adapters/housing_fund/data/demo"); }

void CopyDemo(const std::string& folder) { std::filesystem::copy(DemoFolder(), folder); }

void WriteText(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

Fund::Fund(const std::string& csv, const std::string& path) : Bank("", kCentre, path, kFund) {
  if (csv.empty()) return;
  const absl::StatusOr<bank::Imported> imported = bank::Import(core(), csv);
  EXPECT_TRUE(imported.ok()) << imported.status();
}

absl::StatusOr<sdk::Json> Fund::Ask(const std::string& command, const Arguments& arguments) {
  return bank::AskDesk(core(), RequestOf(command, arguments));
}

sdk::Json Fund::Must(const std::string& command, const Arguments& arguments) {
  const absl::StatusOr<sdk::Json> first = Ask(command, arguments), second = Ask(command, arguments);
  EXPECT_TRUE(first.ok()) << command << ": " << first.status();
  EXPECT_TRUE(second.ok()) << command << " again: " << second.status();
  if (!first.ok() || !second.ok()) return {};
  EXPECT_EQ(sdk::JsonText(*first), sdk::JsonText(*second)) << command << ": sent twice, it is done once";
  ExpectBooksAgree();
  return *first;
}

std::string Fund::Detail(const std::string& account, const std::string& key) {
  return sdk::TextAt(Must("details", {{"account", account}}), key);
}

std::string Word(const sdk::Answer& answer) {
  if (answer.items.empty()) return "RETURNED " + answer.return_reason;
  const v1::ItemResult& item = answer.items.front();
  return absl::StrCat(v1::Outcome_Name(item.outcome()).substr(8), item.reason().empty() ? "" : " ", item.reason());
}

}  // namespace eagle::fund
