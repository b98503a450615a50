// The fund behind the agent: signed orders come in, receipts go out, a payment is confirmed.
#include "adapters/bank/core_gateway.h"
#include "adapters/bank/import.h"
#include "tests/adapters/housing_fund/fund_world.h"
#include "tests/adapters/sdk/sdk_world.h"

namespace eagle::fund {
namespace {

class NobodyWaits : public bank::Waiter {
 public:
  void Wait(absl::Duration) override {}
};

class FundBehindAgent {
 public:
  FundBehindAgent() {
    core = *bank::BankCore::Open(bank::kInMemory, sdk::kAgency, world.clock, bank::Shanghai(), kFund);
    EXPECT_EQ(bank::Import(*core, DemoFolder()).status(), absl::OkStatus());
    gateway = std::make_unique<bank::CoreGateway>(*core, waiter, absl::ZeroDuration());
    world.StopAgent();
    world.agent = *sdk::Agent::Make(
        world.config, {world.gateway, *world.inbox, world.agency_key, world.checker, world.clock, world.entropy},
        *gateway);
    // The court's account is at a bank: a fund keeps none.
    v1::Statement elsewhere = world.AccountStatement("2", bank::kCourtAccount);
    elsewhere.mutable_account()->set_bank(bank::kBeiling);
    const v1::SignedMember statement = world.State(elsewhere);
    world.gateway.AddStatement(statement);
    account_statement = std::string(journal::View(journal::LeafHash(statement.member())));
  }
  v1::Order Deduct(const v1::Order& freeze, int64_t amount) {
    v1::Order order = world.Deduct(freeze, amount);
    order.mutable_deduct()->mutable_account()->set_bank(bank::kBeiling);
    order.mutable_deduct()->mutable_account()->set_account_number(bank::kCourtAccount);
    order.mutable_deduct()->set_account_statement(account_statement);
    return order;
  }
  sdk::Json Must(const std::string& command, const Arguments& arguments) {
    const absl::StatusOr<sdk::Json> answer = bank::AskDesk(*core, RequestOf(command, arguments));
    EXPECT_TRUE(answer.ok()) << command << ": " << answer.status();
    return answer.ok() ? *answer : sdk::Json();
  }

  sdk::SdkWorld world;
  NobodyWaits waiter;
  std::unique_ptr<bank::BankCore> core;
  std::unique_ptr<bank::CoreGateway> gateway;
  std::string account_statement;
};

TEST(FundBehindAgent, FreezesCatchesAContributionAndPaysOnceTheMemberMayHaveTheMoney) {
  FundBehindAgent fund;
  const v1::Order inquiry = fund.world.Submit(fund.world.Inquiry()),
                  freeze = fund.world.Submit(fund.world.Freeze(45'000'00));
  ASSERT_TRUE(fund.world.Settle());
  EXPECT_EQ(fund.world.Outcome(inquiry), "FOUND");
  EXPECT_EQ(fund.world.LastWord(inquiry)->items(0).finding().asset_kind(), "HOUSING_FUND");
  EXPECT_EQ(fund.world.Outcome(freeze), "PARTLY_CONTROLLED");

  const v1::Order too_early = fund.world.Submit(fund.Deduct(freeze, 40'000'00));
  ASSERT_TRUE(fund.world.Settle());
  EXPECT_EQ(fund.world.Outcome(too_early), "NOT_DEDUCTED");
  EXPECT_EQ(fund.world.LastWord(too_early)->items(0).reason(), "WITHDRAWAL_CONDITION_NOT_MET");

  fund.Must("contribute", {{"account", kAtFund}, {"amount", "1,920.00"}, {"month", "2026-09"}, {"request", "c1"}});
  fund.world.Run();
  const auto events = fund.world.gateway.Of(freeze.order_id(), v1::RECEIPT_KIND_EVENT);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0]->change(), v1::MEASURE_CHANGE_INFLOW);
  EXPECT_EQ(events[0]->items(0).measure().controlled_minor_units(), 45'000'00);

  fund.Must("condition", {{"account", kAtFund}, {"ground", "EMIGRATION"}, {"document", "D1"}, {"since", "2020-01-01"}});
  const v1::Order deduct = fund.world.Submit(fund.Deduct(freeze, 40'000'00));
  fund.world.Run(200);
  EXPECT_EQ(fund.world.LastWord(deduct), nullptr) << "the payment system has not spoken";
  fund.Must("confirm", {{"all", "yes"}});
  ASSERT_TRUE(fund.world.Settle());
  EXPECT_EQ(fund.world.Outcome(deduct), "DEDUCTED");
  EXPECT_EQ(sdk::TextAt(fund.Must("details", {{"account", kAtFund}}), "balance"), "5,138.60");
}

}  // namespace
}  // namespace eagle::fund
