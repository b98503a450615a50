// The rules that hold in every case: each of them can fail, and says what was wrong.
#include <functional>

#include "adapters/conformance/gateway.h"
#include "adapters/conformance/orders.h"
#include "adapters/conformance/receipt_rules.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "server/trust/timestamps.h"
#include "tests/support/sdk_fakes.h"
#include "tests/support/trust/seeded_entropy.h"

namespace eagle::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

absl::Time Now() { return absl::FromUnixSeconds(1'790'000'000); }

// A freeze of 1.00 and the FINAL receipt that an honest bank gives.
class ConformanceRules : public testing::Test {
 protected:
  ConformanceRules()
      : clock_(Now()),
        entropy_(5),
        world_(World::Make("9900001", Now(), entropy_)),
        courts_(world_, fixtures_, clock_, entropy_),
        gateway_(world_, clock_) {
    order_ = courts_.Freeze({.name = "林远舟", .id_kind = "CITIZEN_ID", .id_number = "990101198503070017"}, 100);
    member_ = courts_.Sign(order_);
    receipt_.set_order_digest(std::string(journal::View(journal::LeafHash(member_.member()))));
    receipt_.set_order_id(order_.order_id());
    receipt_.set_agency("9900001");
    receipt_.set_sequence(1);
    receipt_.set_kind(v1::RECEIPT_KIND_FINAL);
    *receipt_.mutable_arrived_at() = trust::TimestampOf(Now());
    *receipt_.mutable_answered_at() = trust::TimestampOf(Now());
    v1::ItemResult& item = *receipt_.add_items();
    item.set_outcome(v1::OUTCOME_CONTROLLED);
    v1::MeasureState& measure = *item.mutable_measure();
    measure.set_unit_reference("F1");
    measure.set_requested_minor_units(100);
    measure.set_controlled_minor_units(100);
    measure.set_rank(1);
    *measure.mutable_effective_from() = trust::TimestampOf(Now());
  }

  std::vector<std::string> Wrong(const std::function<void(v1::Receipt&)>& change) {
    v1::Receipt changed = receipt_;
    change(changed);
    return WrongInReceipt(order_, changed, "9900001", Now());
  }

  // Says Hello and has the order handed out.
  void Deliver() {
    gateway_.Hand(member_);
    v1::HelloRequest hello;
    hello.set_instance("one");
    ASSERT_TRUE(gateway_.Hello(hello).ok());
    ASSERT_EQ(Pull(0), 1);
    gateway_.TakeBreaches();  // that Hello was none to be proud of
  }
  int Pull(uint64_t last_delivery) {
    v1::PullTasksRequest request;
    request.set_instance("one");
    request.set_most_tasks(10);
    request.set_last_delivery(last_delivery);
    request.set_directory_position(world_.statements().size());
    const auto response = gateway_.PullTasks(request, true);
    return response->ok() ? (*response)->tasks_size() : -1;
  }
  absl::StatusOr<v1::ReportResultsResponse> Report(const v1::Receipt& receipt, uint64_t sequence = 1,
                                                   const std::string& key = "agency", bool events = false) {
    v1::ReportResultsRequest request;
    request.set_instance("one");
    const trust::HeadFields fields = {v1::MEMBER_TYPE_RECEIPT, v1::ENVIRONMENT_TEST, "9900001", sequence, Now()};
    *request.mutable_batch() = trust::MakeBatch(fields, {receipt.SerializeAsString()}, {&world_.KeyOf(key)});
    return gateway_.Report(request, events);
  }

  sdk::SetClock clock_;
  SeededEntropy entropy_;
  World world_;
  Fixtures fixtures_;
  Courts courts_;
  FakeGateway gateway_;
  v1::Order order_;
  v1::SignedMember member_;
  v1::Receipt receipt_;
};

TEST_F(ConformanceRules, APollThatAcknowledgesOtherStatementsThanItWasToldIsABreach) {
  v1::PullTasksRequest request;
  request.set_instance("one"), request.set_most_tasks(10);
  gateway_.CountPoll(request);
  request.set_directory_digest(std::string(32, '\0'));
  gateway_.CountPoll(request);
  EXPECT_THAT(gateway_.TakeBreaches(), IsEmpty()) << "it says nothing, or that it has none";
  request.set_directory_position(1);
  gateway_.CountPoll(request);
  EXPECT_THAT(gateway_.TakeBreaches(), ElementsAre(HasSubstr("directory_digest")));
  const journal::Hash member = journal::LeafHash(world_.statements().front().member());
  const journal::Hash first = journal::Sha256(std::string(32, '\0') + std::string(journal::View(member)));
  request.set_directory_digest(std::string(journal::View(first)));
  gateway_.CountPoll(request);
  EXPECT_THAT(gateway_.TakeBreaches(), IsEmpty());
}

TEST_F(ConformanceRules, AnHonestReceiptBreaksNone) {
  EXPECT_THAT(Wrong([](v1::Receipt&) {}), IsEmpty());
}

TEST_F(ConformanceRules, EveryRuleOfAReceiptCanFail) {
  const std::pair<const char*, std::function<void(v1::Receipt&)>> rules[] = {
      {"agency:", [](v1::Receipt& r) { r.set_agency("9900002"); }},
      {"order_id:", [](v1::Receipt& r) { r.set_order_id("another"); }},
      {"sequence:", [](v1::Receipt& r) { r.set_sequence(0); }},
      {"arrived_at: missing", [](v1::Receipt& r) { r.clear_arrived_at(); }},
      {"answered_at: missing", [](v1::Receipt& r) { r.clear_answered_at(); }},
      {"arrived_at: after", [](v1::Receipt& r) { r.mutable_arrived_at()->set_seconds(1'790'000'001); }},
      {"from this machine's clock",
       [](v1::Receipt& r) {
         r.mutable_arrived_at()->set_seconds(1'790'003'600);
         r.mutable_answered_at()->set_seconds(1'790'003'600);
       }},
      {"add up", [](v1::Receipt& r) { r.mutable_items(0)->mutable_measure()->set_controlled_minor_units(99); }},
      {"more than the limit",
       [](v1::Receipt& r) {
         r.mutable_items(0)->mutable_measure()->set_controlled_minor_units(101);
         r.mutable_items(0)->mutable_measure()->set_requested_minor_units(101);
       }},
      {"effective_from: missing",
       [](v1::Receipt& r) { r.mutable_items(0)->mutable_measure()->clear_effective_from(); }},
      {"effective_from: set",
       [](v1::Receipt& r) {
         r.mutable_items(0)->set_outcome(v1::OUTCOME_WAITLISTED);
         r.mutable_items(0)->mutable_measure()->set_controlled_minor_units(0);
         r.mutable_items(0)->mutable_measure()->set_unfunded_minor_units(100);
       }},
      {"returned.reason", [](v1::Receipt& r) {
         r.set_kind(v1::RECEIPT_KIND_RETURNED);
         r.mutable_returned()->set_contact_name("周敏");
         r.mutable_returned()->set_contact_phone("024-00000000");
       }}};
  for (const auto& [words, change] : rules) EXPECT_THAT(Wrong(change), ElementsAre(HasSubstr(words))) << words;
}

TEST_F(ConformanceRules, EveryRuleOfAHelloCanFail) {
  EXPECT_EQ(WrongInHello(v1::HelloRequest()).size(), 7u);
  v1::HelloRequest hello;
  hello.add_contract_versions(1);
  hello.set_adapter("com.example.bank");
  hello.set_version("1");
  hello.set_instance("one");
  hello.set_inbox(std::string(16, 'i'));
  hello.set_most_in_flight(1);
  v1::Capability& row = *hello.add_capabilities();
  row.set_asset_kind("DEPOSIT");
  row.set_action(v1::ACTION_INQUIRE);
  EXPECT_THAT(WrongInHello(hello), IsEmpty());
  row.clear_action();
  EXPECT_THAT(WrongInHello(hello), ElementsAre(HasSubstr("without asset kind or action")));
}

TEST_F(ConformanceRules, ATaskComesAgainUntilItsDeliveryIsOnRecordAndWhenItsLeaseEnds) {
  Deliver();
  const uint64_t fence = gateway_.last_fence();
  EXPECT_EQ(Pull(fence), 0);
  EXPECT_EQ(Pull(fence - 1), 1) << "the answer to the first poll may have been lost";
  clock_.Advance(absl::Seconds(61));
  EXPECT_EQ(Pull(gateway_.last_fence()), 1);
  EXPECT_TRUE(Report(receipt_).ok());
  EXPECT_EQ(Pull(0), 0) << "answered, it comes no more";
}

TEST_F(ConformanceRules, TheSameReceiptIsADuplicateAndASecondLastWordAConflict) {
  Deliver();
  EXPECT_EQ(Report(receipt_)->results(0).verdict(), v1::RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(Report(receipt_)->results(0).verdict(), v1::RECEIPT_VERDICT_DUPLICATE);
  EXPECT_THAT(gateway_.TakeBreaches(), IsEmpty());
  receipt_.set_sequence(2);
  EXPECT_EQ(Report(receipt_, 2)->results(0).verdict(), v1::RECEIPT_VERDICT_CONFLICT);
  EXPECT_THAT(gateway_.TakeBreaches(), ElementsAre(HasSubstr("two different last words")));
}

TEST_F(ConformanceRules, WhatIsSignedWronglyIsABreach) {
  Deliver();
  EXPECT_EQ(ReasonOf(Report(receipt_, 1, "stranger").status()), Reason::kSignatureInvalid);
  EXPECT_THAT(gateway_.TakeBreaches(), ElementsAre(HasSubstr("SIGNATURE_INVALID")));
  ASSERT_TRUE(Report(receipt_).ok());
  v1::Receipt event = receipt_;
  event.set_kind(v1::RECEIPT_KIND_EVENT);
  event.set_change(v1::MEASURE_CHANGE_INFLOW);
  event.set_sequence(2);
  EXPECT_EQ(ReasonOf(Report(event, 1, "agency", true).status()), Reason::kSequenceReused);
  EXPECT_THAT(gateway_.TakeBreaches(), ElementsAre(HasSubstr("used for two batches")));
}

TEST_F(ConformanceRules, WhatIsToldInTheWrongPlaceIsABreach) {
  Deliver();
  ASSERT_TRUE(Report(receipt_, 1, "agency", true).ok());
  EXPECT_THAT(gateway_.TakeBreaches(), ElementsAre(HasSubstr("an EVENT belongs into ReportEvents")));
  ASSERT_TRUE(Report(receipt_, 2).ok());
  EXPECT_THAT(gateway_.TakeBreaches(), ElementsAre(HasSubstr("in another batch")));
  receipt_.set_order_digest(std::string(32, 'x'));
  EXPECT_EQ(Report(receipt_, 3)->results(0).verdict(), v1::RECEIPT_VERDICT_REFUSED);
  EXPECT_THAT(gateway_.TakeBreaches(), ElementsAre(HasSubstr("the digest of no order")));
}

}  // namespace
}  // namespace eagle::conformance
