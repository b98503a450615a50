// A process of the fund is killed at any point of SQLite's work; whoever comes after finds every step done once or not
// at all, does the rest, and ends where an undisturbed fund ends.
#include <random>

#include "absl/strings/str_cat.h"
#include "adapters/bank/check.h"
#include "adapters/bank/import.h"
#include "server/base/reason.h"
#include "tests/adapters/bank/kill_points.h"
#include "tests/adapters/housing_fund/fund_world.h"

namespace eagle::fund {
namespace {

constexpr int kKills = 20;

// From the import over a refused deduction to a payment. Every step may be done again.
struct FundScript {
  explicit FundScript(const std::string& path) : fund("", path) {}

  void Run() {
    fund.At("2026-09-28 08:30");
    const absl::Status imported = bank::Import(fund.core(), DemoFolder()).status();
    EXPECT_TRUE(imported.ok() || ReasonOf(imported) == Reason::kNotEmpty) << imported;
    fund.At("2026-09-28 09:10");
    const bank::Sent freeze = fund.Freeze(kSu, 70'000'00);
    Keep(freeze);
    Keep(fund.Deduct(kSu, freeze, 10'000'00));
    fund.At("2026-09-29 10:00");
    Desk("contribute", {{"account", kOfSu}, {"amount", "2,280.00"}, {"month", "2026-09"}, {"request", "c1"}});
    Desk("condition", {{"account", kOfSu}, {"ground", "EMIGRATION"}, {"document", "D1"}, {"since", "2026-09-29"}});
    Keep(fund.Deduct(kSu, freeze, 10'000'00));
    Desk("loan-repaid", {{"loan", kLoanOfSu}});
    fund.At("2026-09-30 10:00");
    Keep(fund.Deduct(kSu, freeze, 10'000'00));
    Desk("confirm", {{"payment", "9900700-P000001"}});
  }
  void Keep(const bank::Sent& sent) { answers.push_back(bank::Text(*fund.Once(sent))); }
  void Desk(const std::string& command, const Arguments& arguments) {
    const absl::Status status = fund.Ask(command, arguments).status();
    EXPECT_TRUE(status.ok()) << command << ": " << status;
  }
  std::string End() {
    std::string end = absl::StrCat(fund.Balance(kOfSu), " ", fund.Controlled(kOfSu), " ",
                                   sdk::JsonText(*fund.Ask("details", {{"account", kOfSu}})));
    for (const std::string& answer : answers) absl::StrAppend(&end, "\n", answer);
    return end;
  }

  Fund fund;
  std::vector<std::string> answers;
};

TEST(FundCrash, KilledAnywhereItEndsAsIfNothingHadHappened) {
  TempFolder folder;
  const auto run = [&](const std::string& path) { return [path] { FundScript(path).Run(); }; };
  const int64_t total = bank::RunKilledAt(-1, run(folder / "whole.db"));
  ASSERT_GT(total, 1'000);
  FundScript undisturbed(bank::kInMemory);
  undisturbed.Run();
  const std::string expected = undisturbed.End();
  EXPECT_EQ(undisturbed.fund.Balance(kOfSu), 68'540'00 + 2'280'00 - 10'000'00);

  std::mt19937_64 random(20260928);
  int killed = 0;
  for (int i = 0; i < kKills; ++i) {
    const int64_t stretch = total / kKills;
    const int64_t kill_at = 1 + i * stretch + static_cast<int64_t>(random() % static_cast<uint64_t>(stretch));
    SCOPED_TRACE(absl::StrCat("killed at point ", kill_at, " of ", total));
    const std::string path = folder / absl::StrCat("core", i, ".db");
    if (bank::RunKilledAt(kill_at, run(path)) == 0) ++killed;
    FundScript after(path);
    EXPECT_EQ(after.fund.core().Look([](const bank::Work& work) {
      return work.tables.IsEmpty() ? absl::OkStatus() : bank::CheckBooks(work);
    }),
              absl::OkStatus());
    after.Run();
    EXPECT_EQ(after.End(), expected);
    after.fund.ExpectBooksAgree();
    if (HasFailure()) return;
  }
  EXPECT_EQ(killed, kKills);
}

}  // namespace
}  // namespace eagle::fund
