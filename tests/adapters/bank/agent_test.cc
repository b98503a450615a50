// The bank behind the agent: signed orders come in, receipts go out, replies of the core get lost, a clerk decides.
#include "adapters/bank/acts.h"
#include "adapters/bank/clerk.h"
#include "adapters/bank/core_gateway.h"
#include "adapters/bank/desk.h"
#include "server/base/reason.h"
#include "server/trust/timestamps.h"
#include "tests/adapters/bank/small_bank.h"
#include "tests/adapters/sdk/sdk_world.h"

namespace eagle::bank {
namespace {

class NoWaiter : public Waiter {
 public:
  void Wait(absl::Duration) override {}
};

// Loses what the core says, as the test wants.
class LossyGateway : public CoreGateway {
 public:
  using CoreGateway::CoreGateway;
  absl::StatusOr<sdk::Answer> Apply(const sdk::Request& request) override {
    absl::StatusOr<sdk::Answer> answer = CoreGateway::Apply(request);
    if (lose_replies) return Fail(Reason::kUnavailable, "the core's reply is lost");
    return answer;
  }
  absl::StatusOr<sdk::Found> Find(const sdk::Operation& operation) override {
    if (knows_nothing) return sdk::Found{.kind = sdk::Found::Kind::kUnknown, .answer = {}};
    return CoreGateway::Find(operation);
  }
  bool lose_replies = false;
  bool knows_nothing = false;
};

class BankBehindAgent {
 public:
  explicit BankBehindAgent(const std::string& wages = "GENERAL") {
    TempFolder folder;
    WriteText(folder / "customers.csv",
              CustomersCsv({{"C1", kLin.name, kLin.id_kind, "990101850307001"},
                            {"C2", "松月区人民法院", "UNIFIED_CREDIT_CODE", "11990101990000021Y"}}));
    WriteText(folder / "accounts.csv",
              AccountsCsv({{.account = kAtBeiling, .balance = "61,350.27", .holders = "C1", .nature = wages},
                           {.account = kCourtAccount, .holders = "C2", .nature = "COURT_ENFORCEMENT"}}));
    for (const char* file : {"/exemptions.csv", "/income.csv"})
      std::filesystem::copy_file(DataFolder("beiling") + file, folder / (file + 1));
    core = *BankCore::Open(kInMemory, sdk::kAgency, world.clock, Shanghai());
    EXPECT_EQ(Import(*core, folder.path()).status(), absl::OkStatus());
    gateway = std::make_unique<LossyGateway>(*core, waiter, absl::ZeroDuration());
    StartAgent();
  }
  void StartAgent() {
    world.StopAgent();
    world.gateway.ForgetReplies();
    world.agent = *sdk::Agent::Make(
        world.config, {world.gateway, *world.inbox, world.agency_key, world.checker, world.clock, world.entropy},
        *gateway);
  }
  std::string Ask(const std::string& account, const char* key) {
    sdk::CounterRequest request{.command = "show", .arguments = {}};
    sdk::Put(request.arguments, "account", account);
    const absl::StatusOr<sdk::Json> shown = AskDesk(*core, request);
    EXPECT_TRUE(shown.ok()) << shown.status();
    return shown.ok() ? sdk::TextAt(shown->fields().at("accounts").list_value().values(0).struct_value(), key) : "";
  }
  std::vector<const v1::Receipt*> Of(const v1::Order& order, v1::ReceiptKind kind) {
    return world.gateway.Of(order.order_id(), kind);
  }

  sdk::SdkWorld world;
  NoWaiter waiter;
  std::unique_ptr<BankCore> core;
  std::unique_ptr<LossyGateway> gateway;
};

TEST(BankBehindAgent, TakesACaseFromTheInquiryToTheMoneyOnTheCourtsAccount) {
  BankBehindAgent bank;
  const v1::Order inquiry = bank.world.Submit(bank.world.Inquiry()),
                  freeze = bank.world.Submit(bank.world.Freeze(80'000'00));
  ASSERT_TRUE(bank.world.Settle());
  EXPECT_EQ(bank.world.Outcome(inquiry), "FOUND");
  EXPECT_EQ(bank.world.LastWord(inquiry)->items(0).finding().matched_by(), "NAME_AND_15");
  EXPECT_EQ(bank.world.Outcome(freeze), "PARTLY_CONTROLLED");
  const v1::MeasureState& measure = bank.world.LastWord(freeze)->items(0).measure();
  EXPECT_EQ(measure.controlled_minor_units(), 61'350'27);
  EXPECT_TRUE(measure.has_served_at()) << "the agent knows when it arrived";

  EXPECT_EQ(bank.core->Do([](const Work& work) { return Deposit(work, kAtBeiling, 20'000'00, "d1"); }),
            absl::OkStatus());
  bank.world.Run();
  ASSERT_EQ(bank.Of(freeze, v1::RECEIPT_KIND_EVENT).size(), 1u);
  EXPECT_EQ(bank.Of(freeze, v1::RECEIPT_KIND_EVENT)[0]->change(), v1::MEASURE_CHANGE_INFLOW);
  EXPECT_EQ(bank.Of(freeze, v1::RECEIPT_KIND_EVENT)[0]->items(0).measure().controlled_minor_units(), 80'000'00);

  const v1::Order settled = bank.world.Submit(bank.world.Deduct(freeze, 50'000'00));
  v1::Statement elsewhere = bank.world.AccountStatement("2", "9900020000000003036");
  elsewhere.mutable_account()->set_bank(kSongyue);
  const v1::SignedMember statement = bank.world.State(elsewhere);
  bank.world.gateway.AddStatement(statement);
  v1::Order sent = bank.world.Deduct(freeze, 30'000'00);
  sent.mutable_deduct()->mutable_account()->set_bank(kSongyue);
  sent.mutable_deduct()->mutable_account()->set_account_number("9900020000000003036");
  sent.mutable_deduct()->set_account_statement(std::string(journal::View(journal::LeafHash(statement.member()))));
  bank.world.Submit(sent);
  bank.world.Run(200);
  EXPECT_EQ(bank.world.Outcome(settled), "DEDUCTED");
  ASSERT_EQ(bank.Of(sent, v1::RECEIPT_KIND_PROGRESS).size(), 1u);
  EXPECT_EQ(bank.Of(sent, v1::RECEIPT_KIND_PROGRESS)[0]->items(0).outcome(), v1::OUTCOME_SENT_NOT_CONFIRMED);
  EXPECT_EQ(bank.world.LastWord(sent), nullptr) << "the payment system has not spoken";
  EXPECT_EQ(bank.core->Do([](const Work& work) { return ConfirmAll(work).status(); }), absl::OkStatus());
  ASSERT_TRUE(bank.world.Settle());
  EXPECT_EQ(bank.world.Outcome(sent), "DEDUCTED");
  EXPECT_EQ(bank.Ask(kAtBeiling, "balance"), "1,350.27");
  EXPECT_EQ(bank.Ask(kCourtAccount, "balance"), "50,000.00");
}

// Each taking is told as an event of the order that the court signed, with the account that its own statement names.
TEST(BankBehindAgent, ExtractsIncomeForASignedOrderAndTellsEachTaking) {
  BankBehindAgent bank("WAGE");
  v1::Order order = bank.world.Freeze(1);
  const v1::Deduct to = bank.world.Deduct(order, 1).deduct();
  order.set_action(v1::ACTION_EXTRACT_INCOME);
  v1::ExtractIncome& extract = *order.mutable_extract_income();
  extract.set_account_number(kAtBeiling), extract.set_currency("CNY");
  extract.set_limit_minor_units(10'000'00), extract.set_kept_per_month_minor_units(3'000'00);
  extract.mutable_term()->set_years(1);
  *extract.mutable_account() = to.account();
  extract.set_account_statement(std::string(32, 'x'));
  bank.world.Submit(order);
  bank.world.Run(200);
  EXPECT_EQ(bank.world.Outcome(order), "RETURNED ACCOUNT_NOT_COURTS");
  v1::Order good = bank.world.Freeze(1);
  good.set_action(v1::ACTION_EXTRACT_INCOME);
  *good.mutable_extract_income() = extract;
  good.mutable_extract_income()->set_account_statement(to.account_statement());
  bank.world.Submit(good);
  ASSERT_TRUE(bank.world.Settle());
  EXPECT_EQ(bank.world.Outcome(good), "PARTLY_CONTROLLED");
  EXPECT_EQ(bank.core->Do([](const Work& work) { return PaySalary(work, kAtBeiling, 4'500'00, "s1"); }),
            absl::OkStatus());
  ASSERT_TRUE(bank.world.Settle());
  bank.world.Run();
  ASSERT_EQ(bank.Of(good, v1::RECEIPT_KIND_EVENT).size(), 1u);
  const v1::Receipt& told = *bank.Of(good, v1::RECEIPT_KIND_EVENT)[0];
  EXPECT_EQ(told.change(), v1::MEASURE_CHANGE_EXTRACTED);
  EXPECT_EQ(told.items(0).deduction().amount_minor_units(), 1'500'00);
  EXPECT_EQ(told.items(0).deduction().measure().SerializeAsString(), told.items(0).measure().SerializeAsString());
  v1::Order release = bank.world.Submit(bank.world.Release(good));
  ASSERT_TRUE(bank.world.Settle());
  EXPECT_EQ(bank.world.Outcome(release), "RELEASED") << "by the id of the order that made it";
}

// An extraction that has begun pays by itself: nobody asks the agent before. So it is the core that has to know.
TEST(BankBehindAgent, AnExtractionPaysNothingWhileAnObjectionIsOpenAlsoAfterARestart) {
  BankBehindAgent bank("WAGE");
  v1::Order order = bank.world.Freeze(1);
  const v1::Deduct to = bank.world.Deduct(order, 1).deduct();
  order.set_action(v1::ACTION_EXTRACT_INCOME);
  v1::ExtractIncome& extract = *order.mutable_extract_income();
  extract.set_account_number(kAtBeiling), extract.set_currency("CNY");
  extract.set_limit_minor_units(10'000'00), extract.set_kept_per_month_minor_units(3'000'00);
  extract.mutable_term()->set_years(1);
  *extract.mutable_account() = to.account();
  extract.set_account_statement(to.account_statement());
  bank.world.Submit(order);
  ASSERT_TRUE(bank.world.Settle());
  const auto salary = [&](const char* request) {
    EXPECT_EQ(bank.core->Do([&](const Work& work) { return PaySalary(work, kAtBeiling, 4'000'00, request); }),
              absl::OkStatus());
    bank.world.Run();
  };
  const auto id = bank.world.agent->RaiseObjection(order.order_id(), "EXEMPT_ASSET", "工资不足生活所需", {});
  ASSERT_TRUE(id.ok()) << id.status();
  bank.world.Run();
  salary("s1");
  EXPECT_EQ(bank.Ask(kCourtAccount, "balance"), "0.00");
  bank.StartAgent();
  bank.world.Run();
  salary("s2");
  EXPECT_EQ(bank.Ask(kCourtAccount, "balance"), "0.00");
  ASSERT_TRUE(bank.world.agent->ReplyToObjection(*id, "撤回", true).ok());
  bank.world.Run(400);
  EXPECT_EQ(bank.Ask(kCourtAccount, "balance"), "5,000.00") << "1,000 above what is kept, and then all of the second";
  const auto events = bank.Of(order, v1::RECEIPT_KIND_EVENT);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0]->change(), v1::MEASURE_CHANGE_INFLOW);
  EXPECT_EQ(events[2]->change(), v1::MEASURE_CHANGE_EXTRACTED);
}

TEST(BankBehindAgent, AMeasureOfTheCounterKeepsItsTimeOfServiceInEveryReceipt) {
  BankBehindAgent bank;
  const absl::Time served = bank.world.clock.WallNow();
  std::string reference;
  EXPECT_EQ(bank.core->Do([&](const Work& work) -> absl::Status {
    EAGLE_ASSIGN_OR_RETURN(
        reference,
        FreezeOnPaper(
            work, {.account = kAtBeiling, .amount = 500'00, .court = sdk::kCourt, .document = "notice", .months = 12},
            "p1"));
    return absl::OkStatus();
  }),
            absl::OkStatus());
  bank.world.Run();
  v1::Order order = bank.world.Freeze(500'00);
  v1::CounterMeasure& counter = *order.mutable_freeze()->mutable_counter();
  counter.set_unit_reference(reference), counter.set_document_number("notice"), counter.set_asset_kind("DEPOSIT");
  order.mutable_freeze()->clear_term();
  bank.world.Submit(order);
  ASSERT_TRUE(bank.world.Settle());
  EXPECT_EQ(bank.world.Outcome(order), "CONTROLLED");
  EXPECT_EQ(trust::TimeOf(bank.world.LastWord(order)->items(0).measure().served_at()), served);
  const v1::Order release = bank.world.Submit(bank.world.Release(order, 100'00));
  ASSERT_TRUE(bank.world.Settle());
  EXPECT_EQ(bank.world.Outcome(release), "RELEASED");
  EXPECT_EQ(trust::TimeOf(bank.world.LastWord(release)->items(0).measure().served_at()), served);
}

TEST(BankBehindAgent, AWageAccountThatIsHeldAsExemptIsObjectedToWithoutAClerk) {
  BankBehindAgent bank("WAGE_ESCROW");
  const v1::Order freeze = bank.world.Submit(bank.world.Freeze(1'000'00));
  ASSERT_TRUE(bank.world.Settle());
  bank.world.Run();
  EXPECT_EQ(bank.world.Outcome(freeze), "EXEMPT_HELD");
  ASSERT_EQ(bank.world.agent->Objections().size(), 1u);
  EXPECT_EQ(bank.world.agent->Objections()[0].order_id, freeze.order_id());
  EXPECT_EQ(bank.Ask(kAtBeiling, "available"), "61,350.27");
}

TEST(BankBehindAgent, FindsItsOwnEffectWhenTheReplyIsLost) {
  BankBehindAgent bank;
  bank.gateway->lose_replies = true;
  const v1::Order freeze = bank.world.Submit(bank.world.Freeze(58'287'00));
  ASSERT_TRUE(bank.world.Settle());
  EXPECT_EQ(bank.world.Outcome(freeze), "CONTROLLED");
  EXPECT_EQ(bank.Ask(kAtBeiling, "controlled"), "58,287.00");
  EXPECT_GE(bank.world.agent->metrics().found_done, 1u);
}

TEST(BankBehindAgent, AClerkSettlesWhatIsInDoubtByWhatTheCoreKnows) {
  BankBehindAgent bank;
  bank.gateway->lose_replies = bank.gateway->knows_nothing = true;
  const v1::Order freeze = bank.world.Submit(bank.world.Freeze(58'287'00));
  bank.world.Run(600);
  ASSERT_EQ(bank.world.agent->ClerkQueue().size(), 1u);
  EXPECT_EQ(bank.world.LastWord(freeze), nullptr) << "nobody knows, so nothing is said";
  sdk::CounterRequest request{.command = "resolve", .arguments = {}};
  EXPECT_EQ(ReasonOf(ResolveNotDone(request, *bank.world.agent, *bank.gateway).status()), Reason::kFieldMissing);
  sdk::Put(request.arguments, "id", sdk::SdkWorld::OperationOf(freeze).Text());
  sdk::Put(request.arguments, "reason", "CORE_LOST_IT");
  sdk::Put(request.arguments, "clerk", "周敏");
  bank.gateway->knows_nothing = false;
  EXPECT_EQ(ReasonOf(ResolveNotDone(request, *bank.world.agent, *bank.gateway).status()), Reason::kTaskNotWaiting)
      << "the core knows that it was done";
  EXPECT_EQ(bank.world.agent->AskAgain(sdk::SdkWorld::OperationOf(freeze)), absl::OkStatus());
  ASSERT_TRUE(bank.world.Settle());
  EXPECT_EQ(bank.world.Outcome(freeze), "CONTROLLED");
  EXPECT_EQ(ReasonOf(ResolveNotDone(request, *bank.world.agent, *bank.gateway).status()), Reason::kTaskNotWaiting);
}

TEST(BankBehindAgent, WhatWasCertainlyNotDoneIsSaidByAClerk) {
  BankBehindAgent bank;
  // A core that took nothing and can't say so.
  class DeadGateway : public LossyGateway {
   public:
    using LossyGateway::LossyGateway;
    absl::StatusOr<sdk::Answer> Apply(const sdk::Request&) override {
      return Fail(Reason::kUnavailable, "the core is away");
    }
  };
  DeadGateway dead(*bank.core, bank.waiter, absl::ZeroDuration());
  dead.knows_nothing = true;
  bank.world.StopAgent();
  bank.world.agent = *sdk::Agent::Make(bank.world.config,
                                       {bank.world.gateway, *bank.world.inbox, bank.world.agency_key,
                                        bank.world.checker, bank.world.clock, bank.world.entropy},
                                       dead);
  const v1::Order freeze = bank.world.Submit(bank.world.Freeze(58'287'00));
  bank.world.Run(600);
  ASSERT_EQ(bank.world.agent->ClerkQueue().size(), 1u);
  sdk::CounterRequest request{.command = "resolve", .arguments = {}};
  for (const auto& [key, value] :
       {std::pair("id", sdk::SdkWorld::OperationOf(freeze).Text()), std::pair("reason", std::string("CORE_AWAY")),
        std::pair("clerk", std::string("周敏"))}) {
    sdk::Put(request.arguments, key, value);
  }
  const absl::StatusOr<sdk::Json> resolved = ResolveNotDone(request, *bank.world.agent, dead);
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  ASSERT_TRUE(bank.world.Settle());
  EXPECT_EQ(bank.world.Outcome(freeze), "NOT_CONTROLLED");
  EXPECT_EQ(bank.Ask(kAtBeiling, "controlled"), "0.00");
}

}  // namespace
}  // namespace eagle::bank
