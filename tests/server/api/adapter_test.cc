// What adapters are promised: sessions, polls, the directory, presence.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/journal/dsse.h"
#include "server/trust/statements.h"
#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Adapters : public ::testing::Test {
 protected:
  v1::PullTasksRequest PullRequest(const std::string& instance = "i") {
    v1::PullTasksRequest request;
    request.set_instance(instance);
    request.set_most_tasks(256);
    const auto& positions = gateway_.state().directory.statement_positions();
    request.set_directory_position(positions.back());
    return request;
  }
  v1::HelloRequest HelloRequest(const std::string& instance = "i", const std::string& inbox = std::string(16, 'b')) {
    v1::HelloRequest request;
    request.add_contract_versions(1);
    request.set_adapter("example.adapter");
    request.set_version("1.0");
    request.set_instance(instance);
    request.set_inbox(inbox);
    *request.mutable_capabilities() = gateway_.state().directory.AgencyByCode(kBeiling)->row.capabilities();
    request.set_most_in_flight(10);
    return request;
  }
  absl::StatusOr<v1::HelloResponse> Hello(const v1::HelloRequest& request) {
    return gateway_.Call(&api::Handlers::Hello, bank_, request);
  }
  v1::AgencyView AgencyView(const std::string& code) {
    const auto answer = gateway_.Call(&api::Handlers::ListAgencies, demo_.court, v1::ListAgenciesRequest());
    for (const auto& view : answer->agencies()) {
      if (view.code() == code) return view;
    }
    return {};
  }

  GatewayFixture gateway_;
  DemoWorld demo_{gateway_};
  api::Caller bank_ = gateway_.Agency(kBeiling);
};

TEST_F(Adapters, HelloIsDurableAndTellsWhatTheGatewayTakesTheAdapterFor) {
  v1::HelloRequest request = HelloRequest();
  request.mutable_capabilities()->DeleteSubrange(2, 3);  // inquires and freezes only
  v1::Capability* odd = request.add_capabilities();
  odd->set_asset_kind("LAND");
  odd->set_action(v1::ACTION_FREEZE);
  const auto answer = Hello(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(gateway_.Count("ADAPTER_PRESENT"), 1u);
  EXPECT_EQ(answer->agency(), kBeiling);
  EXPECT_EQ(answer->environment(), v1::ENVIRONMENT_TEST);
  EXPECT_EQ(answer->contract_version(), 1u);
  EXPECT_EQ(answer->lease_seconds(), 60u);
  EXPECT_EQ(answer->renew_seconds(), 20u);
  EXPECT_EQ(answer->poll_wait_seconds(), 30u);
  EXPECT_EQ(answer->effective_size(), 2);
  ASSERT_EQ(answer->refused_size(), 1);
  EXPECT_EQ(answer->refused(0).asset_kind(), "LAND");
  const v1::AgencyView view = AgencyView(kBeiling);
  EXPECT_EQ(view.presence(), v1::PRESENCE_PRESENT);
  EXPECT_EQ(view.effective_size(), 2);
  EXPECT_EQ(AgencyView(kSongyue).presence(), v1::PRESENCE_NEVER_SEEN);
}

TEST_F(Adapters, ARepeatedUnchangedHelloWritesNothing) {
  ASSERT_TRUE(Hello(HelloRequest()).ok());
  gateway_.Advance(absl::Seconds(60));
  ASSERT_TRUE(Hello(HelloRequest()).ok());
  EXPECT_EQ(gateway_.Count("ADAPTER_PRESENT"), 1u);
  v1::HelloRequest changed = HelloRequest();
  changed.set_most_in_flight(11);
  ASSERT_TRUE(Hello(changed).ok());
  EXPECT_EQ(gateway_.Count("ADAPTER_PRESENT"), 2u);
  gateway_.Restart();
  ASSERT_TRUE(Hello(changed).ok());
  EXPECT_EQ(gateway_.Count("ADAPTER_PRESENT"), 3u) << "to a restarted gateway it is news";
}

TEST_F(Adapters, HelloIsRefusedWithEveryViolationAtOnce) {
  v1::HelloRequest request;
  request.set_adapter(std::string(64, 'x'));
  const auto answer = Hello(request);
  EXPECT_EQ(FailureOf(answer.status()).violations.size(), 6u);
  request = HelloRequest();
  request.clear_contract_versions();
  request.add_contract_versions(2);
  EXPECT_EQ(ReasonOf(Hello(request).status()), Reason::kContractVersion);
  ASSERT_TRUE(Hello(HelloRequest("a")).ok());
  EXPECT_EQ(ReasonOf(Hello(HelloRequest("b", std::string(16, 'c'))).status()), Reason::kInstanceConflict);
  EXPECT_TRUE(gateway_.Call(&api::Handlers::PullTasks, bank_, PullRequest("a")).ok()) << "and the first one goes on";
}

TEST_F(Adapters, WhoDidNotSayHelloIsToldTo) {
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::PullTasks, bank_, PullRequest()).status()), Reason::kHelloFirst);
  v1::RenewLeaseRequest renew;
  renew.set_instance("i");
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::RenewLease, bank_, renew).status()), Reason::kHelloFirst);
  v1::ReportStatusRequest status;
  status.set_instance("i");
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::ReportStatus, bank_, status).status()), Reason::kHelloFirst);
}

TEST_F(Adapters, ABusySequencerLeavesNobodyPresentByHalf) {
  gateway_.sequencer->Stop();
  EXPECT_EQ(ReasonOf(Hello(HelloRequest()).status()), Reason::kDraining);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::PullTasks, bank_, PullRequest()).status()), Reason::kHelloFirst);
}

TEST_F(Adapters, AParkedPollIsAnsweredByTheCommitThatAccepts) {
  ASSERT_TRUE(demo_.Hello(kBeiling).ok());
  v1::PullTasksRequest request = PullRequest();
  request.set_wait_seconds(30);
  const auto parked = gateway_.Begin(&api::Handlers::PullTasks, bank_, request);
  gateway_.Run();
  EXPECT_FALSE(parked->has_value());
  const v1::Order freeze = demo_.Freeze(kBeiling, 100);
  const v1::SubmitOrdersRequest batch = demo_.OrderBatch({freeze});
  const auto accepted = gateway_.Call(&api::Handlers::SubmitOrders, demo_.court, batch);
  ASSERT_TRUE(parked->has_value());
  const v1::PullTasksResponse& answer = ***parked;
  ASSERT_EQ(answer.tasks_size(), 1);
  EXPECT_EQ(answer.tasks(0).fence(), accepted->results(0).acceptance().order_seq() + 1)
      << "Delivered rides in the same commit";
  EXPECT_EQ(answer.tasks(0).member(), freeze.SerializeAsString());
  EXPECT_EQ(answer.tasks(0).due_at().SerializeAsString(),
            accepted->results(0).acceptance().deadline().due_at().SerializeAsString());
  ASSERT_EQ(answer.heads_size(), 1);
  EXPECT_EQ(answer.heads(0).SerializeAsString(), batch.batch().head().SerializeAsString());
}

TEST_F(Adapters, OrdersArriveAsTheyWereSignedAlsoAfterARestart) {
  std::vector<v1::Order> orders;
  for (int i = 0; i < 5; ++i) orders.push_back(demo_.Inquire({kBeiling, kSongyue}));
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit(orders, {kHandler})), Each(""));
  const auto check = [&](const std::string& agency) {
    const auto answer = demo_.PullOnce(agency);
    ASSERT_TRUE(answer.ok()) << answer.status();
    ASSERT_EQ(answer->tasks_size(), 5);
    EXPECT_EQ(answer->heads_size(), 1) << "each head once";
    for (int i = 0; i < 5; ++i) {
      const v1::Task& task = answer->tasks(i);
      const std::vector<std::string> path(task.path().begin(), task.path().end());
      const auto opened =
          trust::ParseMember(answer->heads(static_cast<int>(task.head())), task.member(), task.index(), path);
      ASSERT_TRUE(opened.ok()) << opened.status();
      EXPECT_EQ(task.member(), orders[static_cast<size_t>(i)].SerializeAsString()) << "in the order of acceptance";
    }
  };
  check(kBeiling);
  gateway_.Restart();
  demo_.sessions.clear();
  check(kSongyue);
  check(kBeiling);
}

// The bitmap of what Hello declared lies over the approved rows: when those change, every row keeps its own answer.
TEST_F(Adapters, WhatWasDeclaredStaysWithItsRowWhenTheApprovedRowsChange) {
  const auto effective = [&] {
    std::vector<std::string> out;
    const v1::AgencyView view = AgencyView(kBeiling);
    for (const v1::Capability& row : view.effective())
      out.push_back(row.asset_kind() + " " + v1::Action_Name(row.action()));
    return out;
  };
  v1::HelloRequest hello = HelloRequest();
  hello.mutable_capabilities()->DeleteSubrange(2, 3);  // inquires and freezes only
  ASSERT_TRUE(Hello(hello).ok());
  ASSERT_THAT(effective(), ElementsAre("DEPOSIT ACTION_INQUIRE", "DEPOSIT ACTION_FREEZE"));

  v1::Proposal proposal = DemoWorld::AgencyProposal(kBeiling, "北陵银行", "BANK");
  auto* rows = proposal.mutable_agency()->mutable_capabilities();
  rows->SwapElements(0, 4);  // deduct, freeze, renew, release, inquire
  rows->Add()->CopyFrom(rows->Get(1));
  rows->Mutable(5)->set_asset_kind("SECURITIES");
  rows->DeleteSubrange(2, 2);
  ASSERT_TRUE(demo_.Adopt({proposal})->results(0).in_effect());
  EXPECT_THAT(effective(), ElementsAre("DEPOSIT ACTION_FREEZE", "DEPOSIT ACTION_INQUIRE"));
  gateway_.Restart();
  EXPECT_THAT(effective(), ElementsAre("DEPOSIT ACTION_FREEZE", "DEPOSIT ACTION_INQUIRE"));

  // A row of before that comes back was forgotten, a new one never declared: the next Hello tells.
  ASSERT_TRUE(Hello(HelloRequest()).ok());
  EXPECT_THAT(effective(), ElementsAre("DEPOSIT ACTION_DEDUCT", "DEPOSIT ACTION_FREEZE", "DEPOSIT ACTION_INQUIRE",
                                       "SECURITIES ACTION_FREEZE"));
}

TEST_F(Adapters, AnAdapterCanVerifyEverythingFromTheDirectoryItWasGiven) {
  // A new key for the court's handler, so that a subject has a chain of two.
  v1::Statement again = demo_.StatementAbout(kHandler, v1::STATEMENT_KIND_OFFICER);
  again.set_algorithm(v1::KEY_ALGORITHM_ED25519);
  again.set_key(gateway_.Key("a new card").public_key());
  again.add_roles(v1::OFFICER_ROLE_HANDLER);
  again.mutable_officer()->set_name("officer 001"), again.mutable_officer()->set_work_id_no("W001"),
      again.mutable_officer()->set_duty_card_no("D001");
  ASSERT_FALSE(demo_.State(kCourt, {again}, {"court/辽9901"})->results(0).has_refusal());
  trust::PinnedRegistrars pinned{.environment = v1::ENVIRONMENT_TEST};
  for (const auto& key : gateway_.founding.registrars()) pinned.registrar_keys.push_back(key.key());
  auto book = trust::StatementBook::Make(pinned);
  ASSERT_TRUE(book.ok());
  size_t accepted = 0;
  while (true) {
    const auto answer = demo_.PullOnce(kBeiling);
    ASSERT_TRUE(answer.ok()) << answer.status();
    for (const auto& change : answer->directory()) {
      const auto taken = book->Accept(change.statement(), gateway_.checker);
      EXPECT_TRUE(taken.ok()) << taken.status();
      ++accepted;
    }
    if (answer->directory_complete()) break;
  }
  EXPECT_EQ(accepted, gateway_.state().directory.statement_positions().size());
  EXPECT_EQ(book->OfficerOf(kCourt, "001", gateway_.clock.wall)->key, gateway_.Key("a new card").public_key());
  EXPECT_THAT(demo_.PullOnce(kBeiling)->directory(), IsEmpty()) << "once";
}

TEST_F(Adapters, AnAdapterFarBehindGetsTheDirectoryBeforeAnyTask) {
  std::vector<v1::Statement> accounts;
  for (int i = 0; i < 250; ++i) {
    v1::Statement account =
        demo_.StatementAbout("court/辽9901/account/x" + std::to_string(i), v1::STATEMENT_KIND_ACCOUNT);
    account.mutable_account()->set_account_name("x");
    account.mutable_account()->set_bank(kBeiling);
    account.mutable_account()->set_account_number(kCourtAccount);
    accounts.push_back(std::move(account));
  }
  ASSERT_TRUE(demo_.State(kCourt, accounts, {"court/辽9901"}).ok());
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({demo_.Freeze(kBeiling, 1)})), ElementsAre(""));
  ASSERT_TRUE(demo_.Hello(kBeiling).ok());
  const auto first = demo_.PullOnce(kBeiling);
  EXPECT_EQ(first->directory_size(), 256);
  EXPECT_FALSE(first->directory_complete());
  EXPECT_THAT(first->tasks(), IsEmpty());
  const auto second = demo_.PullOnce(kBeiling);
  EXPECT_TRUE(second->directory_complete());
  EXPECT_EQ(second->tasks_size(), 1);
}

TEST_F(Adapters, OneAnswerHasItsBytesAndTheRestFollows) {
  std::vector<v1::Order> large;
  for (int i = 0; i < 60; ++i) {
    v1::Order order = demo_.Freeze(kBeiling, 1);
    for (int p = 0; p < 90; ++p) {
      v1::Instrument* paper = order.add_instruments();
      *paper = order.instruments(0);
      paper->set_title(std::string(600, 't'));
    }
    large.push_back(std::move(order));
  }
  for (size_t at = 0; at < large.size(); at += 15) {
    ASSERT_THAT(DemoWorld::Reasons(demo_.Submit(
                    {large.begin() + static_cast<ptrdiff_t>(at), large.begin() + static_cast<ptrdiff_t>(at) + 15})),
                Each(""));
  }
  gateway_.Restart();  // sizes are not known any more
  std::vector<std::string> got;
  size_t polls = 0;
  while (got.size() < large.size() && ++polls < 20) {
    const auto answer = demo_.PullOnce(kBeiling);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_LT(answer->ByteSizeLong(), size_t{2} << 20);
    for (const auto& task : answer->tasks()) got.push_back(task.member());
  }
  ASSERT_EQ(got.size(), large.size());
  for (size_t i = 0; i < got.size(); ++i)
    EXPECT_EQ(got[i], large[i].SerializeAsString()) << "on one subject strictly in journal order, " << i;
  EXPECT_GT(polls, 2u);
}

TEST_F(Adapters, ManyAgenciesAskAndTheJournalIsReadOnce) {
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({demo_.Inquire({kBeiling, kSongyue, kYunfan})}, {kHandler})),
              ElementsAre(""));
  const auto misses = [&] {
    const auto answer = gateway_.Call(&api::Handlers::GetMetrics, GatewayFixture::Operator(), v1::GetMetricsRequest());
    for (const auto& metric : answer->metrics()) {
      if (metric.name() == "ge_travel_cache_misses_total") return metric.value();
    }
    return -1.0;
  };
  ASSERT_EQ(demo_.Pull(kBeiling).size(), 1u);
  const double before = misses();
  ASSERT_EQ(demo_.Pull(kSongyue).size(), 1u);
  ASSERT_EQ(demo_.Pull(kYunfan).size(), 1u);
  EXPECT_EQ(misses(), before);
}

TEST_F(Adapters, AnAgencyThatIsHeardOfNoMoreIsAbsentSinceItsLastCall) {
  ASSERT_TRUE(demo_.Hello(kBeiling).ok());
  gateway_.Advance(absl::Seconds(50));
  ASSERT_TRUE(demo_.PullOnce(kBeiling).ok());
  const absl::Time last = gateway_.clock.wall;
  gateway_.Advance(absl::Seconds(89));
  EXPECT_EQ(gateway_.Count("ADAPTER_ABSENT"), 0u);
  gateway_.Advance(absl::Seconds(1));
  gateway_.Advance(absl::Seconds(1));
  EXPECT_EQ(gateway_.Count("ADAPTER_ABSENT"), 1u);
  const v1::AgencyView view = AgencyView(kBeiling);
  EXPECT_EQ(view.presence(), v1::PRESENCE_ABSENT);
  EXPECT_EQ(view.since().seconds(), absl::ToUnixSeconds(last));
  EXPECT_EQ(ReasonOf(demo_.PullOnce(kBeiling).status()), Reason::kHelloFirst);
  ASSERT_TRUE(demo_.Hello(kBeiling).ok());
  EXPECT_EQ(AgencyView(kBeiling).presence(), v1::PRESENCE_PRESENT);
}

TEST_F(Adapters, AnAgencyThatHoldsAllItTakesIsFull) {
  v1::HelloRequest request = HelloRequest();
  request.set_most_in_flight(1);
  ASSERT_TRUE(Hello(request).ok());
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({demo_.Freeze(kBeiling, 1), demo_.Freeze(kBeiling, 1)})), Each(""));
  const auto answer = gateway_.Call(&api::Handlers::PullTasks, bank_, PullRequest());
  EXPECT_EQ(answer->tasks_size(), 1);
  EXPECT_EQ(AgencyView(kBeiling).presence(), v1::PRESENCE_PRESENT_FULL);
  EXPECT_EQ(AgencyView(kBeiling).open_tasks(), 2u);
  v1::RenewLeaseRequest renew;
  renew.set_instance("i");
  EXPECT_EQ(gateway_.Call(&api::Handlers::RenewLease, bank_, renew)->held(), 1u);
}

TEST_F(Adapters, PollsSayWhatTheyWant) {
  ASSERT_TRUE(Hello(HelloRequest()).ok());
  v1::PullTasksRequest request = PullRequest();
  request.set_most_tasks(0);
  request.set_wait_seconds(31);
  EXPECT_EQ(FailureOf(gateway_.Call(&api::Handlers::PullTasks, bank_, request).status()).violations.size(), 2u);
  request = PullRequest();
  request.set_wait_seconds(5);
  const auto parked = gateway_.Begin(&api::Handlers::PullTasks, bank_, request);
  gateway_.Advance(absl::Seconds(4));
  EXPECT_FALSE(parked->has_value());
  gateway_.Advance(absl::Seconds(1));
  ASSERT_TRUE(parked->has_value());
  EXPECT_THAT((***parked).tasks(), IsEmpty()) << "no work is explicit";
  EXPECT_TRUE((***parked).directory_complete());
  const auto draining = gateway_.Begin(&api::Handlers::PullTasks, bank_, request);
  gateway_.dispatcher->Drain();
  ASSERT_TRUE(draining->has_value());
  EXPECT_TRUE((***draining).draining());
}

}  // namespace
}  // namespace eagle::test
