// A process of the bank is killed in the middle of a case, at any point of SQLite's work; whoever comes after finds
// every operation done once or not at all, does the rest, and ends where an undisturbed bank ends.
#include <random>

#include "absl/strings/str_cat.h"
#include "adapters/bank/acts.h"
#include "adapters/bank/check.h"
#include "adapters/bank/import.h"
#include "server/base/reason.h"
#include "tests/adapters/bank/bank_world.h"
#include "tests/adapters/bank/kill_points.h"

namespace eagle::bank {
namespace {

constexpr int kKills = 30;
constexpr Person kChen = {"陈立", "CITIZEN_ID", "990101197806210027"};
constexpr char kChensWages[] = "9900020000000005023";

// The case at 松月, from the import to a payment that came back, and a month's wages of which a part is extracted.
// Every step may be done again.
struct Script {
  explicit Script(const std::string& path) : bank("", kSongyue, path) {}

  void Run() {
    bank.At("2026-09-28 08:30");
    const absl::Status imported = Import(bank.core(), DataFolder("songyue")).status();
    EXPECT_TRUE(imported.ok() || ReasonOf(imported) == Reason::kNotEmpty) << imported;
    bank.At("2026-09-28 09:10");
    const Sent freeze = bank.Freeze(kLin, 60'000'00);
    answers.push_back(Text(*bank.Once(freeze)));
    bank.At("2026-09-28 14:00");
    Must(bank.Counter([](const Work& work) { return Deposit(work, kAtSongyue, 5'000'00, "d1"); }));
    bank.At("2026-09-29 15:00");
    const absl::Status released =
        bank.Counter([](const Work& work) { return ReleaseDocument(work, "（2025）辽9902执88号").status(); });
    EXPECT_TRUE(released.ok() || ReasonOf(released) == Reason::kMeasureNotEffective) << released;
    bank.At("2026-09-30 10:30");
    answers.push_back(Text(*bank.Once(bank.Deduct(kLin, freeze, 20'000'00))));
    answers.push_back(Text(*bank.Once(bank.Deduct(kLin, freeze, 30'000'00))));
    bank.At("2026-09-30 16:00");
    Must(bank.Counter([](const Work& work) { return Confirm(work, "9900020-P000001"); }));
    Must(bank.Counter([](const Work& work) { return Reject(work, "9900020-P000002", "AC03"); }));
    bank.At("2026-10-01 09:00");
    answers.push_back(Text(*bank.Once(bank.Release(kLin, freeze, 10'000'00))));
    const Sent extract = bank.Extract(kChen, kChensWages, 3'000'00, 2'500'00);
    answers.push_back(Text(*bank.Once(extract)));
    bank.At("2026-10-08 09:00");
    Must(bank.Counter([](const Work& work) { return PaySalary(work, kChensWages, 4'000'00, "s1"); }));
    bank.At("2026-10-08 16:00");
    Must(bank.Counter([](const Work& work) { return Confirm(work, "9900020-P000003"); }));
  }

  // Everything that is in the books, but for the instants of repeats.
  std::string End() {
    std::string end = absl::StrCat(bank.Balance(kAtSongyue), " ", bank.Controlled(kAtSongyue), " ",
                                   bank.Balance("9900020000000005015"), " ", bank.Balance(kChensWages));
    for (const sdk::RegisterChange& change : bank.News()) {
      absl::StrAppend(&end, "\n", static_cast<int>(change.kind), " ", change.operation.Text(), " ",
                      change.item.ShortDebugString());
      absl::StrAppend(&end, Text(change.answer));
    }
    for (const std::string& answer : answers) absl::StrAppend(&end, "\n", answer);
    return end;
  }

  static void Must(const absl::Status& status) { EXPECT_EQ(status, absl::OkStatus()); }

  Bank bank;
  std::vector<std::string> answers;
};

void RunScript(const std::string& path) {
  Script script(path);
  script.Run();
}

TEST(Crash, KilledAnywhereTheCaseEndsAsIfNothingHadHappened) {
  TempFolder folder;
  const int64_t total = RunKilledAt(-1, [&] { RunScript(folder / "whole.db"); });
  ASSERT_GT(total, 1'000);
  Script undisturbed(kInMemory);
  undisturbed.Run();
  const std::string expected = undisturbed.End();
  EXPECT_EQ(undisturbed.bank.Balance(kAtSongyue), 95'000'00 + 5'000'00 - 20'000'00);
  EXPECT_EQ(undisturbed.bank.Balance(kChensWages), 6'200'00 + 2'500'00);

  std::mt19937_64 random(20260928);
  int killed = 0;
  for (int i = 0; i < kKills; ++i) {
    // One point in each stretch of the run, so that no step is spared.
    const int64_t stretch = total / kKills;
    const int64_t kill_at = 1 + i * stretch + static_cast<int64_t>(random() % static_cast<uint64_t>(stretch));
    SCOPED_TRACE(absl::StrCat("killed at point ", kill_at, " of ", total));
    const std::string path = folder / absl::StrCat("core", i, ".db");
    if (RunKilledAt(kill_at, [&] { RunScript(path); }) == 0) ++killed;
    Script after(path);
    EXPECT_EQ(after.bank.core().Look(
                  [](const Work& work) { return work.tables.IsEmpty() ? absl::OkStatus() : CheckBooks(work); }),
              absl::OkStatus());
    after.Run();
    EXPECT_EQ(after.End(), expected);
    after.bank.ExpectBooksAgree();
    if (HasFailure()) return;
  }
  EXPECT_EQ(killed, kKills);
}

}  // namespace
}  // namespace eagle::bank
