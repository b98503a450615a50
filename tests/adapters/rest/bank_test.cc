// An agent with RestCore in front of a bank's own server: another process, another language, another register, over
// real mutual TLS, with every fault that such a server has been seen to have.
#include <cstdlib>
#include <optional>

#include "adapters/rest/clerk.h"
#include "adapters/rest/positions.h"
#include "adapters/sdk/inbox_rows.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "tests/adapters/rest/bank_process.h"
#include "tests/adapters/rest/sample_templates.h"
#include "tests/adapters/sdk/sdk_world.h"

namespace eagle::rest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kLinsAccount[] = "9900020000000003036", kPriorFreeze[] = "（2025）辽9902执88号";

class BankBehindRest {
 public:
  BankBehindRest() { StartAgent(); }

  // As a new process would: nothing is left but the inbox and what the bank knows.
  void StartAgent() {
    world.StopAgent();
    core.reset();
    CurlOptions options = bank.Options();
    options.call_limit = absl::Seconds(1);
    http = *CurlHttp::Make(options);
    core.emplace(
        templates, Shanghai(), *http, world.clock,
        [this](const sdk::Operation& operation) -> std::optional<v1::Order> {
          const auto transaction = world.inbox->Begin();
          const auto row = sdk::InboxTables(*transaction).FindOperation(operation);
          v1::Order order;
          if (!row || !order.ParseFromString(row->member.member())) return std::nullopt;
          return order;
        },
        [](std::string_view, Call, const std::string&) {});
    positions.emplace(*core);
    const sdk::AgentPorts ports = {world.gateway, *world.inbox,  world.agency_key, world.checker,
                                   world.clock,   world.entropy, nullptr,          states ? &*positions : nullptr};
    world.agent = *sdk::Agent::Make(world.config, ports, *core);
  }
  v1::Order Freeze(int64_t limit) { return world.Submit(world.Freeze(limit)); }
  const v1::ItemResult& Item(const v1::Order& order) { return world.LastWord(order)->items(0); }
  std::string Note() { return world.agent->ClerkQueue().empty() ? "-" : world.agent->ClerkQueue()[0].note; }
  sdk::CounterRequest Request(const v1::Order& order) {
    sdk::CounterRequest request;
    sdk::Put(request.arguments, "id", sdk::SdkWorld::OperationOf(order).Text());
    sdk::Put(request.arguments, "reason", "CORE_LOST_IT");
    sdk::Put(request.arguments, "clerk", "周敏");
    return request;
  }

  sdk::SdkWorld world;
  BankProcess bank;
  const Templates templates = SampleTemplates();
  std::unique_ptr<CurlHttp> http;
  std::optional<RestCore> core;
  std::optional<RestPositions> positions;
  bool states = false;  // taken up by the next StartAgent
};

TEST(RestBank, PlaysACaseFromInquiryToRelease) {
  BankBehindRest it;
  const v1::Order inquiry = it.world.Submit(it.world.Inquiry());
  const v1::Order freeze = it.Freeze(60'000'00), waits = it.Freeze(10'000'00);
  ASSERT_TRUE(it.world.Settle());
  EXPECT_EQ(it.world.Outcome(inquiry), "FOUND");
  const v1::Finding& found = it.Item(inquiry).finding();
  EXPECT_EQ(found.asset_number(), kLinsAccount);
  EXPECT_EQ(found.balance_minor_units(), 95'000'00);
  EXPECT_EQ(found.available_minor_units(), 15'000'00);
  EXPECT_EQ(found.matched_by(), "NAME_AND_15");
  EXPECT_EQ(found.status(), "FROZEN");
  EXPECT_EQ(found.prior_measures(0).document_number(), kPriorFreeze);
  EXPECT_EQ(it.world.LastWord(inquiry)->searched_scope(), "存款");
  EXPECT_EQ(it.world.Outcome(freeze), "PARTLY_CONTROLLED");
  EXPECT_EQ(it.Item(freeze).measure().controlled_minor_units(), 15'000'00);
  EXPECT_EQ(it.Item(freeze).measure().unfunded_minor_units(), 45'000'00);
  EXPECT_EQ(it.Item(freeze).measure().rank(), 2u);
  EXPECT_TRUE(it.Item(freeze).measure().has_served_at());
  EXPECT_EQ(it.world.Outcome(waits), "WAITLISTED");
  EXPECT_EQ(it.Item(waits).measure().rank(), 3u);

  it.bank.Deposit(kLinsAccount, "5000.00");
  it.world.Run(20);
  const auto inflow = it.world.gateway.Of(freeze.order_id(), v1::RECEIPT_KIND_EVENT);
  ASSERT_EQ(inflow.size(), 1u);
  EXPECT_EQ(inflow[0]->change(), v1::MEASURE_CHANGE_INFLOW);
  EXPECT_EQ(inflow[0]->items(0).measure().controlled_minor_units(), 20'000'00);
  it.bank.ReleasePrior(kPriorFreeze);
  it.world.Run(20);
  EXPECT_EQ(it.world.gateway.Of(freeze.order_id(), v1::RECEIPT_KIND_EVENT).size(), 2u);
  const auto promoted = it.world.gateway.Of(waits.order_id(), v1::RECEIPT_KIND_EVENT);
  ASSERT_EQ(promoted.size(), 1u);
  EXPECT_EQ(promoted[0]->change(), v1::MEASURE_CHANGE_PROMOTED);
  EXPECT_TRUE(promoted[0]->items(0).measure().has_effective_from());

  v1::Order renewal = it.world.Release(freeze);
  renewal.set_action(v1::ACTION_RENEW);
  renewal.mutable_renew()->set_freeze_order_id(freeze.order_id());
  renewal.mutable_renew()->mutable_term()->set_months(12);
  it.world.Submit(renewal);
  ASSERT_TRUE(it.world.Settle());
  EXPECT_EQ(it.world.Outcome(renewal), "RENEWED");
  EXPECT_EQ(it.Item(renewal).measure().effective_to().seconds(),
            absl::ToUnixSeconds(absl::FromCivil(absl::CivilDay(2028, 9, 28), Shanghai())))
      << "24:00 of 2028-09-27, a year after the term that ran";
  EXPECT_EQ(it.Item(renewal).measure().rank(), 1u);

  const v1::Order deduct = it.world.Submit(it.world.Deduct(freeze, 50'000'00));
  ASSERT_TRUE(it.world.Settle());
  EXPECT_EQ(it.world.Outcome(deduct), "DEDUCTED");
  EXPECT_EQ(it.Item(deduct).deduction().amount_minor_units(), 50'000'00);
  EXPECT_EQ(it.Item(deduct).deduction().measure().controlled_minor_units(), 10'000'00);
  EXPECT_EQ(it.bank.Account(sdk::kCourtAccount, "balance"), "50000.00");
  const v1::Order part = it.world.Submit(it.world.Release(freeze, 4'000'00));
  const v1::Order rest = it.world.Submit(it.world.Release(freeze));
  const v1::Order again = it.world.Submit(it.world.Release(freeze));
  ASSERT_TRUE(it.world.Settle());
  EXPECT_EQ(it.world.Outcome(part), "RELEASED");
  EXPECT_EQ(it.Item(part).measure().requested_minor_units(), 6'000'00);
  EXPECT_EQ(it.world.Outcome(rest), "RELEASED");
  EXPECT_TRUE(it.Item(rest).measure().ended());
  EXPECT_EQ(it.world.Outcome(again), "NOT_CONTROLLED");
  EXPECT_EQ(it.Item(again).reason(), "MEASURE_ENDED");
  EXPECT_EQ(it.Item(again).remark(), "3002 原冻结已失效");
  EXPECT_EQ(it.bank.Account(kLinsAccount, "held"), "10000.00") << "what waited holds it now";
}

TEST(RestBank, StatesWhatTheBanksBooksSayAndNothingThatItBelieves) {
  BankBehindRest it;
  it.world.config.zone = Shanghai();
  it.world.clock.SetWall(absl::Now());  // as the bank's
  it.world.gateway.positions.clear();
  it.states = true;
  const v1::Order freeze = it.Freeze(60'000'00), waits = it.Freeze(10'000'00), gone = it.Freeze(5'000'00);
  ASSERT_TRUE(it.world.Settle());
  it.world.Submit(it.world.Release(gone));
  ASSERT_TRUE(it.world.Settle());
  it.StartAgent();
  it.world.Run(20);
  const auto& stated = it.world.gateway.positions;
  ASSERT_EQ(stated.size(), 1u);
  ASSERT_EQ(stated[0].lines_size(), 2)
      << "the freeze of the counter is no court's of this network, and one is released";
  const auto line = [](const v1::Position& part, const v1::Order& order) {
    for (const v1::PositionLine& one : part.lines()) {
      if (one.order_id() == order.order_id()) return one.measure();
    }
    return v1::MeasureState();
  };
  v1::MeasureState told = it.Item(freeze).measure();
  told.clear_prior_measures();
  EXPECT_EQ(line(stated[0], freeze).SerializeAsString(), told.SerializeAsString());
  EXPECT_EQ(line(stated[0], waits).requested_minor_units(), 10'000'00);
  EXPECT_EQ(line(stated[0], waits).controlled_minor_units(), 0);
  EXPECT_FALSE(line(stated[0], waits).has_effective_from());
  // Money that came in and that the bank counts is in the books, whether or not its news was read.
  it.bank.Deposit(kLinsAccount, "5000.00");
  ASSERT_TRUE(it.world.agent->StateAgain().ok());
  it.world.Run(20);
  ASSERT_EQ(stated.size(), 2u);
  EXPECT_EQ(line(stated[1], freeze).controlled_minor_units(), 20'000'00);
  it.bank.Fault("positions", "broken_json", true);
  ASSERT_TRUE(it.world.agent->StateAgain().ok());
  it.world.Run(20);
  EXPECT_EQ(stated.size(), 2u) << "what can't be read isn't stated";
  it.bank.Heal();
  it.bank.Deposit(kLinsAccount, "1000.00");  // a statement of the same books and second would be the last one again
  it.world.Run(200);
  ASSERT_EQ(stated.size(), 3u);
  EXPECT_EQ(line(stated[2], freeze).controlled_minor_units(), 21'000'00);
}

TEST(RestBank, NilIsTheBanksWordAndNothingElse) {
  BankBehindRest it;
  const auto nobody = [&] {
    v1::Order order = it.world.Inquiry();
    order.mutable_subject()->set_id_number("990101198708150037");
    return it.world.Submit(order);
  };
  const v1::Order stranger = nobody();
  v1::Order namesake = it.world.Inquiry();
  namesake.mutable_subject()->set_name("林远洲");
  it.world.Submit(namesake);
  ASSERT_TRUE(it.world.Settle());
  EXPECT_EQ(it.world.Outcome(stranger), "NIL");
  EXPECT_EQ(it.world.LastWord(stranger)->searched_scope(), "存款");
  EXPECT_EQ(it.world.Outcome(namesake), "AMBIGUOUS");
  for (const char* fault : {"status_500", "broken_json", "unknown_code", "redirect", "large", "empty", "lost_reply"}) {
    it.bank.Fault("inquiries", fault, /*stays=*/true);
    const v1::Order inquiry = nobody();
    ASSERT_TRUE(it.world.Settle()) << fault;
    EXPECT_EQ(it.world.Outcome(inquiry), "ERROR") << fault;
    it.bank.Heal();
  }
}

TEST(RestBank, WhateverBecomesOfTheReplyTheEffectIsOne) {
  for (const char* fault : {"lost_reply", "status_500", "slow", "broken_json", "redirect", "large", "empty"}) {
    BankBehindRest it;
    it.bank.Fault("freezes", fault);
    const v1::Order freeze = it.Freeze(60'000'00);
    ASSERT_TRUE(it.world.Settle()) << fault;
    EXPECT_EQ(it.world.Outcome(freeze), "PARTLY_CONTROLLED") << fault;
    EXPECT_EQ(it.bank.Posts("freezes"), 1u) << fault << ": asked for, never sent again";
    EXPECT_EQ(it.bank.Account(kLinsAccount, "held"), "95000.00") << fault;
    EXPECT_EQ(it.world.agent->metrics().found_done, 1u) << fault;
    it.bank.Heal();
  }
}

TEST(RestBank, ADeathBetweenEffectAndReceiptLosesNothing) {
  BankBehindRest it;
  const v1::Order freeze = it.Freeze(60'000'00);
  ASSERT_TRUE(it.world.Settle());
  it.bank.ReleasePrior(kPriorFreeze);
  it.bank.Fault("deductions", "lost_reply");
  const v1::Order deduct = it.world.Submit(it.world.Deduct(freeze, 50'000'00));
  for (int i = 0; i < 100 && it.bank.Posts("deductions") == 0; ++i) it.world.Run(1);
  ASSERT_EQ(it.bank.Account(sdk::kCourtAccount, "balance"), "50000.00") << "done, and nobody has heard of it";
  ASSERT_EQ(it.world.agent->metrics().found_done, 0u);
  it.StartAgent();
  ASSERT_TRUE(it.world.Settle());
  EXPECT_EQ(it.world.Outcome(deduct), "DEDUCTED");
  EXPECT_EQ(it.bank.Posts("deductions"), 1u);
  EXPECT_EQ(it.bank.Account(sdk::kCourtAccount, "balance"), "50000.00") << "once";
}

TEST(RestBank, WhatCantBeBelievedWaitsForAClerk) {
  const std::pair<const char*, const char*> faults[] = {{"unknown_code", "7777 系统提示"},
                                                        {"too_much", "items[0]"},
                                                        {"other_account", "account isn't the order's"},
                                                        {"inexact", "no exact amount"},
                                                        {"missing_field", "reference is missing"},
                                                        {"other_operation", "operation isn't the order's"}};
  for (const auto& [fault, note] : faults) {
    BankBehindRest it;
    it.bank.Fault("freezes", fault);
    v1::Order freeze = it.world.Freeze(60'000'00);
    freeze.mutable_freeze()->mutable_account()->set_account_number(kLinsAccount);
    it.world.Submit(freeze);
    it.world.Run(40);
    EXPECT_EQ(it.world.LastWord(freeze), nullptr) << fault << ": nobody knows, so nothing is said";
    EXPECT_THAT(it.Note(), HasSubstr(note)) << fault;
    EXPECT_EQ(it.bank.Posts("freezes"), 1u) << fault;
    const auto look = LookAtServer(it.Request(freeze), *it.core);
    ASSERT_TRUE(look.ok()) << look.status();
    EXPECT_EQ(sdk::TextAt(*look, "verdict"), "UNKNOWN") << fault;
    EXPECT_NE(sdk::TextAt(*look, "why"), "") << fault;
  }
}

TEST(RestBank, WhatTheBankForgotIsInDoubtUntilSomebodyKnows) {
  BankBehindRest it;
  it.bank.Fault("freezes", "lost_reply");
  it.bank.Fault("operations", "forgets");
  const v1::Order freeze = it.Freeze(60'000'00);
  const v1::Order behind = it.Freeze(1'000'00);
  it.world.Run(40);
  EXPECT_THAT(it.Note(), HasSubstr("HTTP 404"));
  EXPECT_EQ(it.bank.Posts("freezes"), 1u) << "what is behind it waits, too";
  EXPECT_EQ(ReasonOf(ResolveNotDone(it.Request(freeze), *it.world.agent, *it.core).status()), Reason::kTaskNotWaiting)
      << "the bank knows by now that it was done";
  EXPECT_EQ(it.world.agent->AskAgain(sdk::SdkWorld::OperationOf(freeze)), absl::OkStatus());
  ASSERT_TRUE(it.world.Settle());
  EXPECT_EQ(it.world.Outcome(freeze), "PARTLY_CONTROLLED");
  EXPECT_EQ(it.world.Outcome(behind), "WAITLISTED");
}

TEST(RestBank, AClerkSaysWhatWasCertainlyNotDone) {
  BankBehindRest it;
  it.bank.Fault("freezes", "refuse_500");
  const v1::Order freeze = it.Freeze(60'000'00);
  it.world.Run(40);
  EXPECT_THAT(it.Note(), HasSubstr("HTTP 404"));
  const auto resolved = ResolveNotDone(it.Request(freeze), *it.world.agent, *it.core);
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  ASSERT_TRUE(it.world.Settle());
  EXPECT_EQ(it.world.Outcome(freeze), "NOT_CONTROLLED");
  EXPECT_EQ(it.Item(freeze).reason(), "CORE_LOST_IT");
  EXPECT_EQ(it.bank.Posts("freezes"), 1u);
}

TEST(RestBank, WhileTheBankIsAtWorkNobodySaysThatItWasNotDone) {
  BankBehindRest it;
  it.bank.Fault("freezes", "at_work");
  it.bank.Fault("operations", "forgets");
  const v1::Order freeze = it.Freeze(60'000'00);
  it.world.Run(40);
  EXPECT_THAT(it.Note(), HasSubstr("HTTP 404"));
  EXPECT_EQ(sdk::TextAt(*LookAtServer(it.Request(freeze), *it.core), "verdict"), "PENDING");
  EXPECT_EQ(ReasonOf(ResolveNotDone(it.Request(freeze), *it.world.agent, *it.core).status()), Reason::kTaskNotWaiting);
  it.bank.Heal();
  for (int look = 0; look < 1000; ++look) {
    if (sdk::TextAt(*LookAtServer(it.Request(freeze), *it.core), "verdict") == "DONE") break;
  }
  EXPECT_EQ(it.world.agent->AskAgain(sdk::SdkWorld::OperationOf(freeze)), absl::OkStatus());
  ASSERT_TRUE(it.world.Settle());
  EXPECT_EQ(it.world.Outcome(freeze), "PARTLY_CONTROLLED");
}

TEST(RestBank, ControlsOfOnePersonGoOneAtATimeInTheOrderOfArrival) {
  BankBehindRest it;
  it.bank.Fault("freezes", "at_work");
  std::vector<std::string> expected;
  std::vector<v1::Order> orders;
  for (int i = 1; i <= 4; ++i) {
    orders.push_back(it.Freeze(i * 1'000'00));
    expected.push_back(sdk::SdkWorld::OperationOf(orders.back()).Text());
  }
  it.world.Run(20);
  EXPECT_THAT(it.bank.PostKeys("freezes"), ElementsAre(expected[0])) << "the bank is at work on the first";
  it.bank.Heal();
  ASSERT_TRUE(it.world.Settle());
  EXPECT_EQ(it.bank.PostKeys("freezes"), expected);
  for (const v1::Order& order : orders) EXPECT_EQ(it.world.Outcome(order), "CONTROLLED");
}

TEST(RestBank, ABankThatIsAwayOrBusyIsTriedAgain) {
  BankBehindRest it;
  it.bank.Kill();
  const v1::Order freeze = it.Freeze(60'000'00);
  it.world.Run(10);
  EXPECT_EQ(it.world.LastWord(freeze), nullptr);
  EXPECT_EQ(it.world.agent->metrics().in_doubt, 0u) << "nothing was sent, so nothing is in doubt";
  it.bank.Start();
  it.bank.Fault("freezes", "busy");
  ASSERT_TRUE(it.world.Settle());
  EXPECT_EQ(it.world.Outcome(freeze), "PARTLY_CONTROLLED");
  EXPECT_EQ(it.bank.Posts("freezes"), 2u) << "the first of them was certainly not done: the bank said so";
}

// ---- The connection itself ----

class RestTls : public testing::Test {
 protected:
  Exchange Send(const CurlOptions& options, const std::string& path = "/test/done") {
    auto http = CurlHttp::Make(options);
    EXPECT_TRUE(http.ok()) << http.status();
    return (*http)->Send({.method = "GET", .path = path});
  }
  BankProcess bank;
};

TEST_F(RestTls, SpeaksToTheServerOfThePinnedAuthorityOnly) {
  EXPECT_TRUE(Send(bank.Options()).reply.ok());
  CurlOptions other = bank.Options();
  other.authority_pem = bank.StrangersAuthority();
  const Exchange refused = Send(other);
  EXPECT_FALSE(refused.reply.ok());
  EXPECT_FALSE(refused.sent) << "whoever it is has not seen the request";
  CurlOptions name = bank.Options();
  name.url.replace(name.url.find("127.0.0.1"), 9, "localhost");
  const Exchange misnamed = Send(name);
  EXPECT_FALSE(misnamed.reply.ok()) << "the certificate isn't for that name";
  EXPECT_FALSE(misnamed.sent);
}

TEST_F(RestTls, TheServerSeesOurCertificate) {
  CurlOptions stranger = bank.Options();
  const trust::IssuedCertificate certificate = bank.StrangersCertificate();
  stranger.certificate_pem = certificate.certificate_pem, stranger.key_pem = certificate.key_pem;
  EXPECT_FALSE(Send(stranger).reply.ok());
}

TEST_F(RestTls, NothingInTheEnvironmentLeadsElsewhere) {
  for (const char* name : {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"})
    setenv(name, "http://127.0.0.1:9", /*overwrite=*/1);
  EXPECT_TRUE(Send(bank.Options()).reply.ok());
  for (const char* name : {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) unsetenv(name);
}

TEST_F(RestTls, RedirectionsAreNotFollowedAndLargeAnswersNotRead) {
  bank.Fault("changes", "redirect");
  const Exchange moved = Send(bank.Options(), "/api/v2/judicial/changes?after=0&limit=1");
  ASSERT_TRUE(moved.reply.ok());
  EXPECT_EQ(moved.reply->status, 302) << "a status like any other, which no template reads";
  bank.Fault("changes", "large");
  const Exchange large = Send(bank.Options(), "/api/v2/judicial/changes?after=0&limit=1");
  ASSERT_FALSE(large.reply.ok());
  EXPECT_THAT(FailureOf(large.reply.status()).message, HasSubstr("larger"));
  EXPECT_TRUE(large.sent);
}

TEST_F(RestTls, OnlyAWholeUrlWithoutSecretsIsTaken) {
  for (const char* url :
       {"http://a", "https://a/", "https://u:p@a", "https://a?x=1", "https://a#f", "ftp://a", "a", ""})
    EXPECT_FALSE(IsServerUrl(url)) << url;
  for (const char* url : {"https://a", "https://a:8443", "https://a:8443/base", "https://[::1]:1"})
    EXPECT_TRUE(IsServerUrl(url)) << url;
}

}  // namespace
}  // namespace eagle::rest
