// Random histories of a fund, judged by a simpler model of its bars: no deduction leaves while one stands, none is
// refused for one that doesn't, no money is made or lost, and the books agree.
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "adapters/bank/check.h"
#include "tests/adapters/housing_fund/fund_world.h"

namespace eagle::fund {
namespace {

constexpr int kSteps = 40;

struct Debtor {
  bank::Person person;
  const char* account;
};
constexpr Debtor kDebtors[] = {{bank::kLin, kAtFund}, {kSu, kOfSu}, {kRetired, kOfRetired}};

class FundHistory {
 public:
  explicit FundHistory(uint64_t seed) : random_(seed) {
    conditions_[kOfRetired].insert("北人社退字〔2024〕1187号");
    for (const Debtor& debtor : kDebtors) money_ += fund_.Balance(debtor.account);
  }

  void Run() {
    for (int step = 0; step < kSteps; ++step) Step();
    int64_t sum = 0;
    for (const Debtor& debtor : kDebtors) sum += fund_.Balance(debtor.account);
    EXPECT_EQ(sum, money_) << "accounts hold what came in less what went out";
    fund_.ExpectBooksAgree();
  }

 private:
  size_t Pick(size_t below) { return random_() % below; }
  const Debtor& AnyDebtor() { return kDebtors[Pick(std::size(kDebtors))]; }
  std::string Name() { return absl::StrCat("r", ++names_); }

  void Step() {
    const Debtor& debtor = AnyDebtor();
    switch (Pick(7)) {
      case 0:
      case 1:
        freezes_.emplace_back(fund_.Freeze(debtor.person, 1 + static_cast<int64_t>(Pick(50'000'00))), &debtor);
        EXPECT_TRUE(fund_.Once(freezes_.back().first).ok());
        break;
      case 2: {
        const int64_t amount = 1 + static_cast<int64_t>(Pick(2'000'00));
        const Arguments arguments = {{"account", debtor.account},
                                     {"amount", absl::StrCat(amount / 100, ".", amount % 100 / 10, amount % 10)},
                                     {"month", absl::StrCat("2026-0", 1 + Pick(9))},
                                     {"request", Name()}};
        for (size_t times = 1 + Pick(2); times > 0; --times) EXPECT_TRUE(fund_.Ask("contribute", arguments).ok());
        money_ += amount;
        break;
      }
      case 3: {
        const bool for_court = Pick(2) == 0;
        const std::string paper = Name();
        EXPECT_TRUE(
            fund_
                .Ask("condition",
                     {{"account", debtor.account}, {"ground", for_court ? "RETIREMENT" : "RENT"}, {"document", paper}})
                .ok());
        if (for_court) conditions_[debtor.account].insert(paper);
        break;
      }
      case 4: {
        std::set<std::string>& papers = conditions_[debtor.account];
        if (papers.empty()) break;
        EXPECT_TRUE(fund_
                        .Ask("condition-ended",
                             {{"account", debtor.account}, {"ground", "RETIREMENT"}, {"document", *papers.begin()}})
                        .ok());
        papers.erase(papers.begin());
        break;
      }
      case 5:
        if (Pick(4) == 0) {
          EXPECT_TRUE(fund_.Ask("loan-repaid", {{"loan", kLoanOfSu}}).ok());
          owes_ = false;
        }
        break;
      default:
        Deduct();
    }
  }

  void Deduct() {
    if (freezes_.empty()) return;
    const auto& [freeze, debtor] = freezes_[Pick(freezes_.size())];
    const int64_t controlled = fund_.Measure(freeze).controlled;
    if (controlled == 0) return;
    const int64_t amount = 1 + static_cast<int64_t>(Pick(static_cast<size_t>(controlled)));
    const int64_t before = fund_.Balance(debtor->account);
    const absl::StatusOr<sdk::Answer> answer = fund_.Once(fund_.Deduct(debtor->person, freeze, amount));
    ASSERT_TRUE(answer.ok()) << answer.status();
    const std::string expected = conditions_[debtor->account].empty() ? "NOT_DEDUCTED WITHDRAWAL_CONDITION_NOT_MET"
                                 : owes_ && debtor->account == std::string_view(kOfSu) ? "NOT_DEDUCTED LOAN_OUTSTANDING"
                                                                                       : "SENT_NOT_CONFIRMED";
    EXPECT_EQ(Word(*answer), expected);
    const int64_t taken = expected == "SENT_NOT_CONFIRMED" ? amount : 0;
    EXPECT_EQ(fund_.Balance(debtor->account), before - taken);
    EXPECT_EQ(fund_.Measure(freeze).controlled, controlled - taken);
    money_ -= taken;
  }

  std::mt19937_64 random_;
  Fund fund_;
  int64_t money_ = 0;
  int names_ = 0;
  bool owes_ = true;
  std::vector<std::pair<bank::Sent, const Debtor*>> freezes_;
  std::map<std::string, std::set<std::string>> conditions_;  // papers that let a court take the money
};

TEST(FundHistory, NothingIsTakenWhileABarStandsAndMoneyIsConserved) {
  const char* one = std::getenv("GATEWAY_SEED");
  const uint64_t first = one != nullptr ? std::strtoull(one, nullptr, 10) : 1, last = one != nullptr ? first : 150;
  for (uint64_t seed = first; seed <= last; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    FundHistory(seed).Run();
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace eagle::fund
