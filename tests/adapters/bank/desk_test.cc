// What the counter's commands answer, and the way to the core.
#include "adapters/bank/desk.h"

#include "adapters/bank/core_gateway.h"
#include "server/base/reason.h"
#include "tests/adapters/bank/small_bank.h"

namespace eagle::bank {
namespace {

using sdk::Json;
using Arguments = std::vector<std::pair<std::string, std::string>>;

sdk::CounterRequest Asking(const std::string& command, const Arguments& arguments = {}) {
  sdk::CounterRequest request{.command = command, .arguments = {}};
  for (const auto& [key, value] : arguments) sdk::Put(request.arguments, key, value);
  return request;
}
Json Ask(Bank& bank, const std::string& command, const Arguments& arguments = {}) {
  const absl::StatusOr<Json> answer = AskDesk(bank.core(), Asking(command, arguments));
  EXPECT_TRUE(answer.ok()) << command << ": " << answer.status();
  return answer.ok() ? *answer : Json();
}
Reason Refusal(Bank& bank, const std::string& command, const Arguments& arguments = {}) {
  return ReasonOf(AskDesk(bank.core(), Asking(command, arguments)).status());
}
const Json& RowOf(const Json& answer, const std::string& list, int row) {
  return answer.fields().at(list).list_value().values(row).struct_value();
}
int RowsOf(const Json& answer, const std::string& list) { return answer.fields().at(list).list_value().values_size(); }

TEST(Desk, ShowsAccountsWithWhatIsFreeAndWhatIsControlled) {
  Bank bank("beiling", kBeiling);
  bank.Do(bank.Freeze(kLin, 80'000'00));
  const Json deposited = Ask(bank, "deposit", {{"account", kAtBeiling}, {"amount", "20,000.00"}, {"request", "r1"}});
  EXPECT_EQ(sdk::TextAt(RowOf(deposited, "accounts", 0), "balance"), "81,350.27");
  EXPECT_EQ(sdk::TextAt(RowOf(deposited, "accounts", 0), "controlled"), "80,000.00");
  const Json shown = Ask(bank, "show", {{"account", kAtBeiling}});
  ASSERT_EQ(RowsOf(shown, "accounts"), 1);
  EXPECT_EQ(sdk::TextAt(RowOf(shown, "accounts", 0), "available"), "1,350.27");
  EXPECT_EQ(sdk::TextAt(RowOf(shown, "accounts", 0), "holder"), "林远舟");
  EXPECT_EQ(sdk::TextAt(RowOf(shown, "accounts", 0), "id_number").find("19850307"), std::string::npos)
      << "numbers are masked";
  EXPECT_EQ(RowsOf(Ask(bank, "show"), "accounts"), 9) << "all, the bank's own too";
  EXPECT_EQ(RowsOf(Ask(bank, "ledger", {{"account", kAtBeiling}}), "entries"), 2);
  EXPECT_EQ(sdk::TextAt(Ask(bank, "check"), "books"), "agree");
  EXPECT_EQ(
      sdk::TextAt(RowOf(Ask(bank, "withdraw", {{"account", kAtBeiling}, {"amount", "1,350.27"}, {"request", "r2"}}),
                        "accounts", 0),
                  "available"),
      "0.00");
  EXPECT_EQ(Refusal(bank, "withdraw", {{"account", kAtBeiling}, {"amount", "0.01"}, {"request", "r3"}}),
            Reason::kAmountAboveFree);
}

TEST(Desk, FollowsAMeasureAndAPaymentToTheirEnd) {
  Bank bank("songyue", kSongyue);
  bank.At("2026-09-28 09:10");
  const Sent freeze = bank.Freeze(kLin, 60'000'00);
  bank.Do(freeze);
  const Json measures = Ask(bank, "measures", {{"account", kAtSongyue}});
  ASSERT_EQ(RowsOf(measures, "measures"), 2);
  EXPECT_EQ(sdk::TextAt(RowOf(measures, "measures", 0), "document"), "（2025）辽9902执88号");
  EXPECT_EQ(sdk::TextAt(RowOf(measures, "measures", 0), "last_day"), "2026-10-14");
  EXPECT_EQ(sdk::NumberAt(RowOf(measures, "measures", 1), "rank"), 2);
  EXPECT_EQ(sdk::TextAt(RowOf(measures, "measures", 1), "last_day"), "2027-09-27");
  const Json released = Ask(bank, "release", {{"document", "（2025）辽9902执88号"}});
  EXPECT_EQ(sdk::TextAt(RowOf(released, "measures", 0), "phase"), "RELEASED");
  EXPECT_EQ(Refusal(bank, "release", {{"document", "（2025）辽9902执88号"}}), Reason::kMeasureNotEffective);
  for (int64_t amount : {20'000'00, 30'000'00, 10'000'00}) bank.Do(bank.Deduct(kLin, freeze, amount));
  EXPECT_EQ(sdk::TextAt(RowOf(Ask(bank, "payments"), "payments", 0), "state"), "SENT");
  EXPECT_EQ(sdk::TextAt(RowOf(Ask(bank, "confirm", {{"payment", "9900020-P000001"}}), "payments", 0), "state"),
            "CONFIRMED");
  EXPECT_EQ(sdk::TextAt(RowOf(Ask(bank, "reject", {{"payment", "9900020-P000002"}, {"reason", "AC03"}}), "payments", 0),
                        "state"),
            "REJECTED");
  EXPECT_EQ(RowsOf(Ask(bank, "confirm", {{"all", "yes"}}), "payments"), 1);
  EXPECT_EQ(RowsOf(Ask(bank, "confirm", {{"all", "yes"}}), "payments"), 0);
  const Json operations = Ask(bank, "operations");
  ASSERT_EQ(RowsOf(operations, "operations"), 4);
  EXPECT_EQ(sdk::TextAt(RowOf(operations, "operations", 0), "outcome"), "PARTLY_CONTROLLED");
}

TEST(Desk, EntersASeizureAndAnIncomingPayment) {
  Bank bank("beiling", kBeiling);
  const Json seized = Ask(bank, "seize",
                          {{"account", kAtBeiling},
                           {"amount", "1,000.00"},
                           {"authority", "北陵市公安局"},
                           {"document", "北公冻〔2026〕7号"},
                           {"last_day", "2027-03-27"},
                           {"inflow", "no"},
                           {"request", "r1"}});
  EXPECT_EQ(sdk::TextAt(RowOf(seized, "measures", 0), "phase"), "EFFECTIVE");
  EXPECT_EQ(sdk::TextAt(RowOf(seized, "measures", 0), "inflow"), "NONE");
  EXPECT_EQ(sdk::TextAt(RowOf(seized, "measures", 0), "last_day"), "2027-03-27");
  const Json received =
      Ask(bank, "receive", {{"payment", "9900020-P000001"}, {"account", kCourtAccount}, {"amount", "60000"}});
  EXPECT_EQ(sdk::TextAt(RowOf(received, "accounts", 0), "balance"), "60,000.00");
}

TEST(Desk, SaysWhatIsMissingOrWrong) {
  Bank bank("beiling", kBeiling);
  EXPECT_EQ(Refusal(bank, "rob"), Reason::kFieldInvalid);
  EXPECT_EQ(Refusal(bank, "deposit", {{"account", kAtBeiling}, {"request", "r1"}}), Reason::kFieldMissing);
  EXPECT_EQ(Refusal(bank, "deposit", {{"account", kAtBeiling}, {"amount", "much"}, {"request", "r1"}}),
            Reason::kFieldInvalid);
  EXPECT_EQ(Refusal(bank, "deposit", {{"account", kAtBeiling}, {"amount", "5"}}), Reason::kFieldMissing)
      << "a request has a name";
  EXPECT_EQ(Refusal(bank, "show", {{"account", "1"}}), Reason::kNotFound);
  EXPECT_EQ(Refusal(bank, "measures", {{"account", "1"}}), Reason::kNotFound);
  EXPECT_EQ(Refusal(bank, "ledger", {{"account", "1"}}), Reason::kNotFound);
  EXPECT_EQ(Refusal(bank, "confirm", {{"all", "perhaps"}}), Reason::kFieldInvalid);
}

// A waiter that looks at the bank while the reply is on its way.
class LookingWaiter : public Waiter {
 public:
  explicit LookingWaiter(Bank& bank) : bank_(bank) {}
  void Wait(absl::Duration duration) override {
    waited += duration;
    controlled = bank_.Controlled(kAtYunfan);
  }
  absl::Duration waited;
  int64_t controlled = 0;

 private:
  Bank& bank_;
};

TEST(CoreGateway, TheDelayLiesBetweenTheCommitAndTheReply) {
  Bank bank("yunfan", kYunfan);
  LookingWaiter waiter(bank);
  CoreGateway gateway(bank.core(), waiter, absl::Seconds(5));
  const Sent freeze = bank.Freeze(kLin, 58'287'00);
  const auto answer = gateway.Apply(RequestOf(freeze, bank.clock.now));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(waiter.waited, absl::Seconds(5));
  EXPECT_EQ(waiter.controlled, 58'287'00) << "the counter sees the effect before anybody hears of it";
  const auto found = gateway.Find(freeze.operation);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(Text(found->answer), Text(*answer));
  EXPECT_EQ(waiter.waited, absl::Seconds(5)) << "Find doesn't wait";
  CoreGateway at_once(bank.core(), waiter, absl::ZeroDuration());
  EXPECT_TRUE(at_once.Inquire(RequestOf(bank.Inquiry(kLin), bank.clock.now)).ok());
  EXPECT_EQ(waiter.waited, absl::Seconds(5));
}

}  // namespace
}  // namespace eagle::bank
