// Thousands of random histories: money is neither made nor lost, no operation counts twice, and the books agree after
// each.
#include <map>
#include <random>

#include "absl/strings/str_cat.h"
#include "adapters/bank/acts.h"
#include "adapters/bank/check.h"
#include "adapters/bank/products.h"
#include "server/base/reason.h"
#include "tests/adapters/bank/small_bank.h"

namespace eagle::bank {
namespace {

constexpr int kStepsPerHistory = 40;
const std::string kHolding = Account(5), kPaidInto = Account(6);

// One bank with two debtors, one of them with five accounts, of which one is a product and one for wages, and a second
// court's measure now and then.
class History {
 public:
  explicit History(uint64_t seed)
      : random_(seed),
        bank_({{"C1", kLin.name, kLin.id_kind, kLin.id_number},
               {"C2", "北陵市松月区人民法院", "UNIFIED_CREDIT_CODE", "11990101990000021Y"},
               {"C3", kNamesake.name, kNamesake.id_kind, kNamesake.id_number}},
              {{.account = Account(1), .balance = "1,000.00", .holders = "C1"},
               {.account = Account(2), .kind = "TIME", .balance = "700.00", .holders = "C1"},
               {.account = Account(3), .balance = "50.00", .holders = "C1", .nature = "LC_MARGIN"},
               {.account = Account(4), .balance = "800.00", .holders = "C3"},
               {.account = kHolding, .kind = "PRODUCT", .balance = "1,050.00", .holders = "C1"},
               {.account = kPaidInto, .balance = "20.00", .holders = "C1", .nature = "WAGE"},
               {.account = kCourtAccount, .holders = "C2", .nature = "COURT_ENFORCEMENT"}},
              {{.account = kHolding,
                .units = "1,000",
                .price = "1.05",
                .return_account = Account(1),
                .locked_until = "2026-11-20",
                .pays_back = seed % 2 == 0 ? "yes" : "no"}}),
        money_(2'550'00 + 1'050'00 + 20'00) {}

  void Run() {
    for (step_ = 0; step_ < kStepsPerHistory; ++step_) {
      Step();
      if (step_ % 10 == 9) Check();
    }
  }

 private:
  int64_t Pick(int64_t below) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(below)); }
  int64_t Amount() { return 1 + Pick(900'00); }
  const Person& Debtor() { return Pick(3) == 0 ? kNamesake : kLin; }
  std::string Name() { return absl::StrCat("request ", ++requests_); }

  // As the agent does: sometimes the reply is lost and Find is asked, sometimes the order comes again.
  std::optional<sdk::Answer> Send(const Sent& sent) {
    absl::StatusOr<sdk::Answer> answer = bank_.Once(sent);
    EXPECT_TRUE(answer.ok()) << answer.status();
    if (!answer.ok()) return std::nullopt;
    if (Pick(2) == 0) {
      EXPECT_EQ(Text(bank_.core().Find(sent.operation).answer), Text(*answer));
    }
    if (Pick(2) == 0) {
      EXPECT_EQ(Text(*bank_.Once(sent)), Text(*answer));
    }
    EXPECT_EQ(sdk::CheckAnswer(sent.order, *answer), absl::OkStatus());
    return *std::move(answer);
  }

  void Step() {
    switch (Pick(16)) {
      case 0:
      case 1:
      case 2: {
        const Person& debtor = Debtor();
        const Sent freeze = Pick(5) == 0 ? bank_.FreezeAccount(debtor, AnyTarget(), Amount())
                            : Pick(5) == 0
                                ? bank_.FreezeProduct(debtor, kHolding, Amount(), Pick(2) * Pick(900'0000))
                                : bank_.Freeze(debtor, Amount(), Pick(3) == 0 ? v1::INFLOW_NONE : v1::INFLOW_CAPTURE);
        const auto answer = Send(freeze);
        if (answer && answer->items.at(0).has_measure()) freezes_.emplace_back(freeze, &debtor);
        break;
      }
      case 3:
        if (const auto* freeze = AnyFreeze())
          Send(bank_.Release(*freeze->second, freeze->first, Pick(2) == 0 ? 0 : Amount()));
        break;
      case 4:
      case 5:
        if (const auto* freeze = AnyFreeze()) Deduct(*freeze);
        break;
      case 6: {
        const int64_t amount = Amount();
        const std::string request = Name();
        for (int64_t times = 1 + Pick(2); times > 0; --times) {
          EXPECT_EQ(
              bank_.Counter([&](const Work& work) { return Deposit(work, AnyAccount(request), amount, request); }),
              absl::OkStatus());
        }
        money_ += amount;
        break;
      }
      case 7: {
        const int64_t amount = Amount();
        const std::string request = Name();
        if (bank_.Counter([&](const Work& work) { return Withdraw(work, AnyAccount(request), amount, request); }).ok())
          money_ -= amount;
        break;
      }
      case 8: {
        const std::string request = Name();
        const absl::Status seized = bank_.Counter([&](const Work& work) {
          return Seize(work,
                       {.account = AnyAccount(request), .amount = Amount(), .authority = "税务局", .document = request},
                       request)
              .status();
        });
        EXPECT_EQ(seized, absl::OkStatus());
        seizures_.push_back(request);
        break;
      }
      case 9:
        if (!seizures_.empty()) {
          const std::string& document = seizures_[static_cast<size_t>(Pick(static_cast<int64_t>(seizures_.size())))];
          bank_.Counter([&](const Work& work) { return ReleaseDocument(work, document).status(); }).IgnoreError();
        }
        break;
      case 10:
        Settle();
        break;
      case 11: {
        const bool own = Pick(2) == 0;
        const Sent order = own ? bank_.Extract(kLin, kPaidInto, Amount(), Amount())
                               : bank_.Extract(kLin, kPaidInto, Amount(), Amount(), kSongyue, "9900020000000003036");
        if (const auto answer = Send(order); answer && answer->items.at(0).has_measure())
          freezes_.emplace_back(order, &kLin);
        break;
      }
      case 12:
        PayWages();
        break;
      case 13: {
        const std::string request = Name();
        const int64_t units = 1 + Pick(300'0000);
        for (int64_t times = 1 + Pick(2); times > 0; --times)
          bank_.Counter([&](const Work& work) { return Redeem(work, kHolding, units, request); }).IgnoreError();
        break;
      }
      case 14: {
        const int64_t worth = bank_.Balance(kHolding), price = 8000 + Pick(5000);
        const std::string day = absl::FormatCivilTime(absl::ToCivilDay(bank_.clock.now, Shanghai()));
        EXPECT_EQ(bank_.Counter([&](const Work& work) { return SetPrice(work, "P1", price, day); }), absl::OkStatus());
        money_ += bank_.Balance(kHolding) - worth;
        break;
      }
      default:
        bank_.clock.now += absl::Hours(Pick(24 * 60));
        break;
    }
    bank_.News();
  }

  void Deduct(const std::pair<Sent, const Person*>& freeze) {
    const int64_t before = bank_.Measure(freeze.first).controlled, amount = Amount();
    const bool own = Pick(2) == 0;
    const auto answer = Send(own ? bank_.Deduct(*freeze.second, freeze.first, amount)
                                 : bank_.Deduct(*freeze.second, freeze.first, amount, kSongyue, "9900020000000003036"));
    if (!answer) return;
    const v1::ItemResult& item = answer->items.at(0);
    if (item.outcome() == v1::OUTCOME_NOT_DEDUCTED) return;
    EXPECT_LE(amount, before) << "never more than the measure controls";
    EXPECT_EQ(item.deduction().amount_minor_units(), amount);
    EXPECT_EQ(bank_.Measure(freeze.first).controlled, before - amount);
    if (own) return;
    money_ -= amount;
    payments_[item.deduction().payment_reference()] = amount;
  }

  void PayWages() {
    const int64_t amount = Amount();
    const std::string request = Name();
    for (int64_t times = 1 + Pick(2); times > 0; --times) {
      EXPECT_EQ(bank_.Counter([&](const Work& work) { return PaySalary(work, kPaidInto, amount, request); }),
                absl::OkStatus());
    }
    money_ += amount;
    EXPECT_EQ(bank_.core().Look([&](const Work& work) {
      for (const std::string& reference : work.tables.AllPayments()) {
        const PaymentRow payment = *work.tables.Payment(reference);
        if (payment.state != "SENT" || payments_.count(reference) != 0) continue;
        money_ -= payment.amount;  // of the income, to another bank
        payments_[reference] = payment.amount;
      }
      return absl::OkStatus();
    }),
              absl::OkStatus());
  }

  // The payment system says one word about each payment, perhaps twice.
  void Settle() {
    if (payments_.empty()) return;
    const auto payment = payments_.begin();
    const bool back = Pick(2) == 0;
    for (int64_t times = 1 + Pick(2); times > 0; --times) {
      EXPECT_EQ(bank_.Counter([&](const Work& work) {
        return back ? Reject(work, payment->first, "AC03") : Confirm(work, payment->first);
      }),
                absl::OkStatus());
    }
    if (back) money_ += payment->second;
    payments_.erase(payment);
  }

  void Check() {
    int64_t sum = 0;
    EXPECT_EQ(bank_.core().Look([&](const Work& work) -> absl::Status {
      for (const std::string& account : work.tables.AllAccounts()) {
        if (work.tables.Account(account)->kind != kInternal) sum += work.tables.Balance(account);
      }
      return CheckBooks(work);
    }),
              absl::OkStatus());
    EXPECT_EQ(sum, money_) << "customers' and court's accounts hold what came in less what went out";
  }

  const std::pair<Sent, const Person*>* AnyFreeze() {
    return freezes_.empty() ? nullptr : &freezes_[static_cast<size_t>(Pick(static_cast<int64_t>(freezes_.size())))];
  }
  std::string AnyTarget() {
    const int64_t one = Pick(6);
    return one == 4 ? kHolding : one == 5 ? kPaidInto : Account(1 + static_cast<int>(one));
  }
  // The same for the same request.
  static std::string AnyAccount(const std::string& request) {
    return Account(1 + static_cast<int>(std::hash<std::string>()(request) % 4));
  }

  std::mt19937_64 random_;
  SmallBank bank_;
  int64_t money_;
  int step_ = 0;
  int requests_ = 0;
  std::vector<std::pair<Sent, const Person*>> freezes_;
  std::vector<std::string> seizures_;
  std::map<std::string, int64_t> payments_;  // sent, no word yet
};

TEST(History, MoneyIsConservedAndNothingCountsTwice) {
  const char* one = std::getenv("GATEWAY_SEED");
  const uint64_t first = one != nullptr ? std::strtoull(one, nullptr, 10) : 1, last = one != nullptr ? first : 2'000;
  for (uint64_t seed = first; seed <= last; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    History(seed).Run();
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace eagle::bank
