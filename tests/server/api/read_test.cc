// Looking: whose orders a court sees, what pages, watches and audited reads promise.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Reads : public ::testing::Test {
 protected:
  absl::StatusOr<v1::GetOrderResponse> Get(const api::Caller& caller, const std::string& id) {
    v1::GetOrderRequest request;
    request.set_order_id(id);
    return gateway_.Call(&api::Handlers::GetOrder, caller, request);
  }
  absl::StatusOr<v1::ListFindingsResponse> Findings(const api::Caller& caller, const std::string& id,
                                                    const std::string& token = "", int size = 0) {
    v1::ListFindingsRequest request;
    request.set_order_id(id);
    *request.mutable_officer_ticket() =
        gateway_.Ticket(caller, "court/" + caller.code + "/officer/001", kCourt, kCaseNumber);
    request.set_page_token(token);
    request.set_page_size(size);
    return gateway_.Call(&api::Handlers::ListFindings, caller, request);
  }
  // Every event past the token, page by page.
  std::vector<v1::OrderEvent> Watch(const api::Caller& caller, std::string& token, const std::string& case_number = "",
                                    size_t limit = 3) {
    std::vector<v1::OrderEvent> events;
    while (true) {
      v1::WatchOrdersRequest request;
      request.set_resume_token(token);
      request.set_case_number(case_number);
      const auto page = gateway_.handlers->ReadWatch(caller, request, limit);
      EXPECT_TRUE(page.ok()) << page.status();
      for (const auto& event : page->events()) events.push_back(event);
      const bool moved = page->resume_token() != token;
      token = page->resume_token();
      if (!moved) return events;
    }
  }
  static std::vector<std::string> TypesOf(const std::vector<v1::OrderEvent>& events) {
    std::vector<std::string> types;
    for (const auto& event : events) types.push_back(event.type());
    return types;
  }

  GatewayFixture gateway_;
  DemoWorld demo_{gateway_};
};

TEST_F(Reads, ACourtSeesItsOwnOrdersAndNoTraceOfOthers) {
  const v1::Order order = demo_.Inquire({kBeiling});
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({order}, {kHandler})), ElementsAre(""));
  EXPECT_TRUE(Get(demo_.court, order.order_id()).ok());
  const absl::Status foreign = Get(demo_.other_court, order.order_id()).status(),
                     unknown = Get(demo_.other_court, gateway_.NewId()).status();
  EXPECT_EQ(ReasonOf(foreign), Reason::kNotFound);
  EXPECT_EQ(foreign, unknown) << "the same words";
  EXPECT_EQ(ReasonOf(Findings(demo_.other_court, order.order_id()).status()), Reason::kNotFound);
  v1::WithdrawOrderRequest withdraw;
  withdraw.set_request_id(gateway_.NewId());
  withdraw.set_order_id(order.order_id());
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::WithdrawOrder, demo_.other_court, withdraw).status()),
            Reason::kNotFound);
  v1::GetCaseRequest get_case;
  get_case.set_case_number(kCaseNumber);
  *get_case.mutable_officer_ticket() =
      gateway_.Ticket(demo_.other_court, "court/辽9902/officer/001", kOtherCourt, kCaseNumber);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::GetCase, demo_.other_court, get_case).status()), Reason::kNotFound);
  EXPECT_THAT(gateway_.Call(&api::Handlers::ListOrders, demo_.other_court, v1::ListOrdersRequest())->orders(),
              IsEmpty());
  std::string token;
  Watch(demo_.other_court, token);
  demo_.Pull(kBeiling);
  EXPECT_THAT(Watch(demo_.other_court, token), IsEmpty());
  EXPECT_EQ(gateway_.Count("ACCESS_RECORDED"), 0u) << "nothing was read";
  // Two courts may use one case number; they are two cases.
  v1::SubmitCaseActsRequest request;
  v1::CaseAct act = demo_.Open();
  act.set_court(kOtherCourt);
  *request.mutable_batch() = gateway_.Sign(v1::MEMBER_TYPE_CASE, kOtherCourt, std::vector<v1::CaseAct>{act},
                                           {"court/辽9902/officer/001", "court/辽9902/officer/003"});
  EXPECT_TRUE(gateway_.Call(&api::Handlers::SubmitCaseActs, demo_.other_court, request)->results(0).has_acceptance());
}

TEST_F(Reads, AnOrderShowsEveryTaskAndMasksThePerson) {
  const v1::Order order = demo_.Inquire({kBeiling, kSongyue, kYunfan});
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({order}, {kHandler})), ElementsAre(""));
  demo_.Pull(kBeiling), demo_.Pull(kSongyue);
  ASSERT_TRUE(demo_.Report(kBeiling, {demo_.Found(order, kBeiling, "9900010000000001016", 61'350'27)}).ok());
  v1::Receipt progress = demo_.Receipt(order, kSongyue, v1::RECEIPT_KIND_PROGRESS);
  progress.add_items()->set_outcome(v1::OUTCOME_UNDER_REVIEW);
  ASSERT_TRUE(demo_.Report(kSongyue, {progress}).ok());
  const auto answer = Get(demo_.court, order.order_id());
  ASSERT_TRUE(answer.ok()) << answer.status();
  const v1::OrderView& view = answer->order();
  EXPECT_THAT(view.name(), HasSubstr("courts/辽9901/cases/（2026）辽9901执1024号/orders/"));
  EXPECT_EQ(view.subject_masked(), "林** 9901**********0017");
  EXPECT_EQ(view.state(), v1::ORDER_STATE_IN_PROGRESS);
  EXPECT_FALSE(view.overdue());
  ASSERT_EQ(view.tasks_size(), 3);
  EXPECT_EQ(view.tasks(0).state(), v1::TASK_STATE_DONE);
  EXPECT_EQ(view.tasks(0).outcome(), v1::OUTCOME_FOUND);
  EXPECT_TRUE(view.tasks(0).has_answered_at());
  EXPECT_EQ(view.tasks(1).state(), v1::TASK_STATE_IN_PROGRESS);
  EXPECT_EQ(view.tasks(1).outcome(), v1::OUTCOME_UNDER_REVIEW);
  EXPECT_TRUE(view.tasks(1).has_delivered_at());
  EXPECT_EQ(view.tasks(2).state(), v1::TASK_STATE_QUEUED);
  EXPECT_EQ(view.tasks(2).outcome(), v1::OUTCOME_UNSPECIFIED) << "no answer yet";
  EXPECT_THAT(answer->DebugString(), Not(HasSubstr("990101198503070017")));
}

TEST_F(Reads, FindingsAreAnAuditedRead) {
  const v1::Order order = demo_.Inquire({kBeiling, kSongyue, kYunfan});
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({order}, {kHandler})), ElementsAre(""));
  const v1::Receipt found = demo_.Found(order, kBeiling, "9900010000000001016", 61'350'27),
                    nil = demo_.Nil(order, kSongyue);
  ASSERT_TRUE(demo_.Report(kBeiling, {found}).ok());
  ASSERT_TRUE(demo_.Report(kSongyue, {nil}).ok());
  v1::Receipt correction = demo_.Found(order, kSongyue, "9900020000000003036", 95'000'00);
  correction.set_kind(v1::RECEIPT_KIND_CORRECTION);
  correction.set_corrects(DemoWorld::Digest(nil));
  ASSERT_TRUE(demo_.Report(kSongyue, {correction}).ok());
  const auto answer = Findings(demo_.court, order.order_id());
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->findings_size(), 3);
  EXPECT_THAT(answer->unanswered(), ElementsAre(kYunfan));
  EXPECT_EQ(answer->findings(0).receipt().member(), found.SerializeAsString());
  EXPECT_FALSE(answer->findings(0).superseded());
  EXPECT_TRUE(answer->findings(1).superseded()) << "the correction replaced it";
  EXPECT_FALSE(answer->findings(2).superseded());
  for (const auto& finding : answer->findings()) {
    const std::vector<trust::CandidateKey> keys = {
        {0, v1::KEY_ALGORITHM_ED25519, gateway_.Key("agency/" + finding.agency()).public_key()}};
    EXPECT_TRUE(trust::OpenMember(finding.receipt(), keys, gateway_.checker).ok()) << "the agency's own signature";
  }
  EXPECT_EQ(gateway_.Count("ACCESS_RECORDED"), 1u);
  v1::ListFindingsRequest silent;
  silent.set_order_id(order.order_id());
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::ListFindings, demo_.court, silent).status()), Reason::kTicketMissing)
      << "who, and why?";
  EXPECT_EQ(gateway_.Count("ACCESS_RECORDED"), 1u);
  const auto begun = gateway_.Begin(&api::Handlers::ListFindings, demo_.court, [&] {
    v1::ListFindingsRequest request;
    request.set_order_id(order.order_id());
    *request.mutable_officer_ticket() = demo_.Ticket();
    return request;
  }());
  EXPECT_FALSE(begun->has_value()) << "not before the record is durable";
  gateway_.Run();
  EXPECT_TRUE(begun->has_value());
}

TEST_F(Reads, FindingsPageByKey) {
  const v1::Order order = demo_.Inquire({kBeiling, kSongyue, kYunfan});
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({order}, {kHandler})), ElementsAre(""));
  for (const char* agency : {kBeiling, kSongyue, kYunfan})
    ASSERT_TRUE(demo_.Report(agency, {demo_.Nil(order, agency)}).ok());
  std::vector<std::string> agencies;
  std::string token;
  do {
    const auto page = Findings(demo_.court, order.order_id(), token, 1);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& finding : page->findings()) agencies.push_back(finding.agency());
    token = page->next_page_token();
  } while (!token.empty());
  EXPECT_THAT(agencies, ElementsAre(kBeiling, kSongyue, kYunfan));
}

TEST_F(Reads, ListsPageByKeyNewestLast) {
  std::vector<v1::Order> orders;
  for (int i = 0; i < 7; ++i) orders.push_back(demo_.Inquire({kBeiling}));
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit(orders, {kHandler})), Each(""));
  ASSERT_TRUE(demo_.Report(kBeiling, {demo_.Nil(orders[0], kBeiling)}).ok());
  for (const std::string& number : {std::string(), std::string(kCaseNumber)}) {
    std::vector<std::string> ids;
    v1::ListOrdersRequest request;
    request.set_page_size(3);
    request.set_case_number(number);
    do {
      const auto page = gateway_.Call(&api::Handlers::ListOrders, demo_.court, request);
      ASSERT_TRUE(page.ok()) << page.status();
      EXPECT_LE(page->orders_size(), 3);
      for (const auto& view : page->orders()) {
        ids.push_back(view.order_id());
        EXPECT_EQ(view.subject_masked(), "林** 9901**********0017");
        EXPECT_THAT(view.tasks(), IsEmpty());
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    ASSERT_EQ(ids.size(), 7u);
    for (size_t i = 0; i < 7; ++i) EXPECT_EQ(ids[i], orders[i].order_id());
  }
  v1::ListOrdersRequest open;
  open.set_open_only(true);
  EXPECT_EQ(gateway_.Call(&api::Handlers::ListOrders, demo_.court, open)->orders_size(), 6);
  open.set_case_number("no such case");
  EXPECT_EQ(gateway_.Call(&api::Handlers::ListOrders, demo_.court, open)->orders_size(), 0);
}

// Whatever the filter, and however much lies before the page and behind it.
TEST_F(Reads, APageOfOrdersCostsWhatItReturns) {
  std::vector<v1::Order> orders;
  for (int i = 0; i < 204; ++i) orders.push_back(demo_.Inquire({kBeiling}));
  const auto rows_read = [&](bool open_only, const std::string& case_number, int page) {
    v1::ListOrdersRequest request;
    request.set_page_size(3), request.set_open_only(open_only), request.set_case_number(case_number);
    for (; page > 0; --page)
      request.set_page_token(gateway_.Call(&api::Handlers::ListOrders, demo_.court, request)->next_page_token());
    const uint64_t before = gateway_.disk.RowsRead();
    EXPECT_EQ(gateway_.Call(&api::Handlers::ListOrders, demo_.court, request)->orders_size(), 3);
    return gateway_.disk.RowsRead() - before;
  };
  const auto measure = [&](int all_page, int open_page) {
    return std::vector<uint64_t>{rows_read(false, "", all_page), rows_read(true, "", open_page),
                                 rows_read(false, kCaseNumber, all_page), rows_read(true, kCaseNumber, open_page)};
  };
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({orders.begin(), orders.begin() + 4}, {kHandler})), Each(""));
  const std::vector<uint64_t> of_four = measure(0, 0);
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({orders.begin() + 4, orders.end()}, {kHandler})), Each(""));
  std::vector<v1::Receipt> answers;
  for (int i = 0; i < 200; ++i) answers.push_back(demo_.Nil(orders[static_cast<size_t>(i)], kBeiling));
  ASSERT_TRUE(demo_.Report(kBeiling, answers).ok());
  EXPECT_EQ(measure(0, 0), of_four) << "the first page; the open ones lie behind 200 that are closed";
  EXPECT_EQ(measure(60, 0), of_four) << "a page far inside";
  EXPECT_THAT(of_four, Each(testing::Le(9u)));
}

TEST_F(Reads, ATokenIsGoodForItsCallerAndFilterOnly) {
  std::vector<v1::Order> orders(2);
  for (v1::Order& order : orders) order = demo_.Inquire({kBeiling});
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit(orders, {kHandler})), Each(""));
  v1::ListOrdersRequest request;
  request.set_page_size(1);
  const std::string token = gateway_.Call(&api::Handlers::ListOrders, demo_.court, request)->next_page_token();
  ASSERT_FALSE(token.empty());
  request.set_page_token(token);
  EXPECT_TRUE(gateway_.Call(&api::Handlers::ListOrders, demo_.court, request).ok());
  gateway_.Restart();
  EXPECT_TRUE(gateway_.Call(&api::Handlers::ListOrders, demo_.court, request).ok()) << "also after a restart";
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::ListOrders, demo_.other_court, request).status()),
            Reason::kPageTokenInvalid);
  v1::ListOrdersRequest filtered = request;
  filtered.set_open_only(true);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::ListOrders, demo_.court, filtered).status()),
            Reason::kPageTokenInvalid);
  v1::WatchOrdersRequest watch;
  watch.set_resume_token(token);
  EXPECT_EQ(ReasonOf(gateway_.handlers->ReadWatch(demo_.court, watch, 10).status()), Reason::kPageTokenInvalid)
      << "another method's";
  for (const std::string& bad :
       {std::string("x"), std::string("===="), token.substr(1), token + "A", std::string(5000, 'A')}) {
    request.set_page_token(bad);
    EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::ListOrders, demo_.court, request).status()),
              Reason::kPageTokenInvalid)
        << bad.substr(0, 20);
  }
  request.clear_page_token();
  request.set_page_size(-1);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::ListOrders, demo_.court, request).status()), Reason::kFieldInvalid);
}

TEST_F(Reads, AWatchTellsEveryEventOnceInJournalOrder) {
  std::string token;
  EXPECT_THAT(Watch(demo_.court, token), IsEmpty()) << "from now";
  const v1::Order inquiry = demo_.Inquire({kBeiling, kSongyue}), freeze = demo_.Freeze(kBeiling, 100);
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({inquiry, freeze})), Each(""));
  demo_.Pull(kBeiling);
  ASSERT_TRUE(demo_.Report(kBeiling, {demo_.Nil(inquiry, kBeiling), demo_.Controlled(freeze, 100, 0)}).ok());
  const std::string middle = token;
  const std::vector<v1::OrderEvent> events = Watch(demo_.court, token);
  EXPECT_THAT(TypesOf(events), ElementsAre("ORDER_ACCEPTED", "ORDER_ACCEPTED", "DELIVERED", "DELIVERED",
                                           "TASK_ANSWERED", "TASK_ANSWERED"));
  EXPECT_EQ(events[4].outcome(), v1::OUTCOME_NIL);
  EXPECT_FALSE(events[4].completes());
  EXPECT_TRUE(events[5].completes());
  EXPECT_EQ(events[5].agency(), kBeiling);
  for (size_t i = 1; i < events.size(); ++i) EXPECT_LE(events[i - 1].journal_index(), events[i].journal_index());
  EXPECT_THAT(Watch(demo_.court, token), IsEmpty());
  gateway_.Restart();
  std::string old = middle;
  EXPECT_EQ(Watch(demo_.court, old).size(), events.size()) << "a token is never too old";
  std::string other;
  v1::WatchOrdersRequest request;
  request.set_case_number("another case");
  EXPECT_EQ(ReasonOf(gateway_.handlers
                         ->ReadWatch(
                             demo_.court,
                             [&] {
                               v1::WatchOrdersRequest mixed = request;
                               mixed.set_resume_token(middle);
                               return mixed;
                             }(),
                             10)
                         .status()),
            Reason::kPageTokenInvalid);
}

TEST_F(Reads, AWatchOfOneCaseSeesThatCase) {
  std::string one, other;
  Watch(demo_.court, one, kCaseNumber);
  Watch(demo_.court, other, "（2026）辽9901执2000号");
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({demo_.Inquire({kBeiling})}, {kHandler})), ElementsAre(""));
  EXPECT_EQ(Watch(demo_.court, one, kCaseNumber).size(), 1u);
  EXPECT_THAT(Watch(demo_.court, other, "（2026）辽9901执2000号"), IsEmpty());
}

TEST_F(Reads, AWatchsTokenMovesWhenNothingMatches) {
  v1::WatchOrdersRequest request;
  const auto start = gateway_.handlers->ReadWatch(demo_.other_court, request, 10);
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({demo_.Inquire({kBeiling})}, {kHandler})), ElementsAre(""));
  request.set_resume_token(start->resume_token());
  const auto page = gateway_.handlers->ReadWatch(demo_.other_court, request, 10);
  EXPECT_THAT(page->events(), IsEmpty());
  EXPECT_NE(page->resume_token(), start->resume_token());
}

TEST_F(Reads, SurplusIsWatchedAndHasItsClock) {
  std::string token;
  const v1::Order freeze = demo_.Freeze(kBeiling, kCap);
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({freeze})), ElementsAre(""));
  demo_.Pull(kBeiling);
  ASSERT_TRUE(demo_.Report(kBeiling, {demo_.Controlled(freeze, kCap, 0)}).ok());
  Watch(demo_.court, token);
  v1::CaseAct lower;
  lower.set_request_id(gateway_.NewId());
  lower.set_court(kCourt);
  lower.mutable_cap()->set_case_number(kCaseNumber);
  lower.mutable_cap()->set_ground("part of the debt was paid");
  v1::Claim& claim = *lower.mutable_cap()->mutable_claim();
  claim.set_currency("CNY");
  claim.set_principal_minor_units(100'000'00);
  claim.set_cap_minor_units(100'000'00);
  ASSERT_TRUE(demo_.SubmitCase({lower})->results(0).has_acceptance());
  EXPECT_EQ(demo_.Case()->ledger().surplus_minor_units(), kCap - 100'000'00);
  gateway_.Advance(absl::Hours(12));
  EXPECT_THAT(TypesOf(Watch(demo_.court, token)), ElementsAre("SURPLUS_ARISEN", "DEADLINE_MARKED"));
}

}  // namespace
}  // namespace eagle::test
