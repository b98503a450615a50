// An order that waits behind another on the same person is no order that was skipped: the public audit says nothing of
// a gateway that waits as it must, and finds the one that uses the wait as a pretext.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/audit/public_audit.h"
#include "tests/audit/evidence_world.h"

namespace eagle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The dispatcher of a gateway that forgets one order: as soon as it is accepted, or when it is signed anew.
class ForgetsOne final : public core::Handout {
 public:
  explicit ForgetsOne(core::Handout& honest) : honest_(honest) {}
  void Load(const domain::State& state) override { honest_.Load(state); }
  void Applied(const domain::Entry& entry, const domain::State& state) override {
    if (entry.type == forget && skip-- == 0) return;
    honest_.Applied(entry, state);
  }
  std::vector<Planned> Plan(const domain::State& state) override { return honest_.Plan(state); }

  v1::EntryType forget = v1::ENTRY_TYPE_UNSPECIFIED;
  int skip = 0;  // so many of that type are applied before

 private:
  core::Handout& honest_;
};

class SkippedOrders : public ::testing::Test {
 protected:
  SkippedOrders() {
    forgetful_ = std::make_unique<ForgetsOne>(*world_.gateway.dispatcher);
    world_.gateway.sequencer->SetHandout(forgetful_.get());
  }
  // The next order but `after` is never handed out.
  void ForgetTheOrder(int after) {
    forgetful_->forget = v1::ENTRY_TYPE_ORDER_ACCEPTED;
    forgetful_->skip = after;
  }
  uint64_t Submit(const v1::Order& order) {
    EXPECT_THAT(DemoWorld::Reasons(world_.demo.Submit({order})), ElementsAre(""));
    return world_.gateway.state().ids.at(order.order_id()).index;
  }
  std::vector<uint64_t> Pull(const std::string& instance) {
    std::vector<uint64_t> seqs;
    for (const v1::Task& task : world_.demo.Pull(kBeiling, instance)) {
      v1::Order order;
      order.ParseFromString(task.member());
      seqs.push_back(world_.gateway.state().ids.at(order.order_id()).index);
    }
    return seqs;
  }
  void Greet() {
    for (const char* instance : {"clerk", "machine"}) ASSERT_THAT(Pull(instance), IsEmpty());
  }
  // One poll: whether its answer arrived only the next one would say.
  void HandToClerk() {
    const auto answer = world_.demo.PullOnce(kBeiling, "clerk");
    ASSERT_TRUE(answer.ok() && answer->tasks_size() == 1) << answer.status();
  }
  // The instance works on and says so, but takes nothing new: a clerk is at it. The other one lives as well.
  void KeepLeases(absl::Duration so_long) {
    for (absl::Duration gone; gone < so_long; gone += absl::Seconds(20)) {
      world_.gateway.Advance(absl::Seconds(20));
      v1::RenewLeaseRequest renew;
      for (const char* instance : {"clerk", "machine"}) {
        renew.set_instance(instance);
        ASSERT_TRUE(world_.gateway.Call(&api::Handlers::RenewLease, world_.gateway.Agency(kBeiling), renew).ok());
      }
    }
  }
  // "rule of order" of every finding of the public audit.
  std::vector<std::string> Findings() {
    audit::PublicAudit audit;
    ReadInto(audit);
    std::vector<std::string> out;
    for (const audit::Finding& finding : audit.findings().list())
      out.push_back(std::string(audit::RowOf(finding.rule).name) + " " +
                    std::to_string(finding.proof.empty() ? 0 : finding.proof.at(0)));
    return out;
  }
  // The orders that a monitor with a bound of one minute finds waiting at this instant; no other rule is broken.
  std::vector<uint64_t> Waiting() {
    audit::PublicAudit audit;
    ReadInto(audit);
    EXPECT_EQ(audit.findings().total(), 0u);
    audit.CheckWaiting(world_.gateway.clock.wall, absl::Minutes(1));
    std::vector<uint64_t> waiting;
    for (const audit::Finding& finding : audit.findings().list()) {
      EXPECT_EQ(audit::RowOf(finding.rule).name, "delivery.waiting") << finding.sentence;
      waiting.push_back(finding.index);
    }
    return waiting;
  }
  void ReadInto(audit::PublicAudit& audit) {
    v1::ListEntriesRequest request;
    for (uint64_t next = 0;;) {
      request.set_first(next);
      const auto page = world_.gateway.Call(&api::Handlers::ListEntries, GatewayFixture::Auditor(), request);
      EXPECT_TRUE(page.ok()) << page.status();
      for (const auto& entry : page->entries()) audit.Take(entry.leaf());
      next += static_cast<uint64_t>(page->entries_size());
      if (next >= page->size()) break;
    }
  }
  static std::string Skipped(uint64_t seq) { return "delivery.skipped " + std::to_string(seq); }

  // Under a freeze of 100 that is answered; it is never handed out.
  uint64_t SubmitForgottenDeduction() {
    Greet();
    const v1::Order freeze = world_.demo.Freeze(kBeiling, 100);
    Submit(freeze);
    EXPECT_THAT(Pull("machine"), SizeIs(1));
    EXPECT_TRUE(world_.demo.Report(kBeiling, {world_.demo.Controlled(freeze, 100, 0)}, "machine").ok());
    ForgetTheOrder(0);
    return Submit(world_.demo.Deduct(freeze, 60));
  }

  // One instance has a freeze on Lin; the second freeze on him waits until that is known to have arrived. Sixteen
  // minutes later an order on nobody in particular comes.
  void Play() {
    Greet();
    first_ = world_.demo.Freeze(kBeiling, 100);
    Submit(first_);
    HandToClerk();
    second_ = Submit(world_.demo.Freeze(kBeiling, 200));
    ASSERT_THAT(Pull("machine"), IsEmpty()) << "what isn't known to have arrived holds up the rest of its chain";
    KeepLeases(absl::Minutes(16));
    third_ = Submit(world_.demo.Inquire({kBeiling}));
  }

  EvidenceWorld world_;
  std::unique_ptr<ForgetsOne> forgetful_;
  v1::Order first_;
  uint64_t second_ = 0, third_ = 0;
};

TEST_F(SkippedOrders, WhatWaitsBehindAHandOutThatIsNotKnownToHaveArrivedIsNotSkipped) {
  Play();
  ASSERT_THAT(Pull("machine"), ElementsAre(third_));
  EXPECT_THAT(Findings(), IsEmpty());
  // It goes on polling: its hand-out has arrived, and the second one follows.
  ASSERT_THAT(Pull("clerk"), ElementsAre(second_));
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(SkippedOrders, AGatewayThatSkipsItIsFoundWhenTheSameInstanceIsHandedSomethingLater) {
  ForgetTheOrder(1);
  Play();
  ASSERT_THAT(Pull("clerk"), ElementsAre(third_)) << "it polled: nothing holds up the second one any more";
  EXPECT_THAT(Findings(), ElementsAre(Skipped(second_)));
}

TEST_F(SkippedOrders, AGatewayThatSkipsItIsFoundOnceTheFirstIsAnswered) {
  ForgetTheOrder(1);
  Play();
  ASSERT_THAT(Pull("machine"), ElementsAre(third_));
  EXPECT_THAT(Findings(), IsEmpty()) << "nobody can tell yet";
  ASSERT_TRUE(world_.demo.Report(kBeiling, {world_.demo.Controlled(first_, 100, 0)}, "clerk").ok());
  const uint64_t fourth = Submit(world_.demo.Inquire({kBeiling}));
  ASSERT_THAT(Pull("machine"), ElementsAre(fourth));
  EXPECT_THAT(Findings(), ElementsAre(Skipped(second_)));
}

// A wait on one person is no pretext for another's order.
TEST_F(SkippedOrders, AGatewayThatSkipsAnOrderOnSomebodyElseIsFound) {
  Greet();
  Submit(world_.demo.Freeze(kBeiling, 100));
  HandToClerk();
  ForgetTheOrder(0);
  const uint64_t inquiry = Submit(world_.demo.Inquire({kBeiling}));
  KeepLeases(absl::Minutes(16));
  const uint64_t later = Submit(world_.demo.Inquire({kBeiling}));
  ASSERT_THAT(Pull("machine"), ElementsAre(later));
  EXPECT_THAT(Findings(), ElementsAre(Skipped(inquiry)));
}

// Nothing on one person goes before what stands in front of it, so an urgent freeze takes a normal one along, past what
// waited longer in that one's class.
TEST_F(SkippedOrders, WhatAnUrgentOrderLiftsSkipsNobody) {
  const auto normal = [](v1::Order order) {
    order.set_urgency(v1::URGENCY_NORMAL), order.clear_urgency_reason();
    return order;
  };
  const uint64_t inquiry = Submit(normal(world_.demo.Inquire({kBeiling})));
  world_.gateway.Advance(absl::Minutes(16));
  const uint64_t lifted = Submit(normal(world_.demo.Freeze(kBeiling, 100)));
  const uint64_t urgent = Submit(world_.demo.Freeze(kBeiling, 200));
  ASSERT_THAT(Pull("machine"), ElementsAre(lifted, urgent, inquiry));
  EXPECT_THAT(Findings(), IsEmpty());
}

// Without the urgent one it would have been found.
TEST_F(SkippedOrders, AGatewayThatSkipsAnInquiryForAFreezeThatNothingLiftsIsFound) {
  ForgetTheOrder(0);
  const uint64_t inquiry = Submit(world_.demo.Inquire({kBeiling}));
  world_.gateway.Advance(absl::Minutes(16));
  const uint64_t freeze = Submit(world_.demo.Freeze(kBeiling, 100));
  ASSERT_THAT(Pull("machine"), ElementsAre(freeze));
  EXPECT_THAT(Findings(), ElementsAre(Skipped(inquiry)));
}

// Nothing follows, so no other rule sees it.
TEST_F(SkippedOrders, AMonitorFindsTheLastOrderWithinTheBoundThatItChose) {
  Greet();
  ForgetTheOrder(0);
  const uint64_t inquiry = Submit(world_.demo.Inquire({kBeiling}));
  EXPECT_THAT(Waiting(), IsEmpty());
  KeepLeases(absl::Seconds(80));
  EXPECT_THAT(Findings(), IsEmpty());
  EXPECT_THAT(Waiting(), ElementsAre(inquiry));
}

TEST_F(SkippedOrders, AMonitorBlamesNobodyForAnAgencyThatIsAway) {
  Greet();
  world_.gateway.Advance(absl::Minutes(2));
  const uint64_t inquiry = Submit(world_.demo.Inquire({kBeiling}));
  world_.gateway.Advance(absl::Hours(1));
  EXPECT_THAT(Waiting(), IsEmpty());
  world_.demo.sessions.clear();
  ASSERT_THAT(Pull("machine"), ElementsAre(inquiry));
  EXPECT_THAT(Waiting(), IsEmpty());
}

TEST_F(SkippedOrders, AMonitorBlamesNobodyForADisputedDeductionUntilTheCourtHasAnswered) {
  Greet();
  const v1::Order freeze = world_.demo.Freeze(kBeiling, 100);
  Submit(freeze);
  ASSERT_THAT(Pull("machine"), SizeIs(1));
  ASSERT_TRUE(world_.demo.Report(kBeiling, {world_.demo.Controlled(freeze, 100, 0)}, "machine").ok());
  ForgetTheOrder(0);
  const v1::ObjectionAct raised = world_.demo.Raise(freeze, kBeiling);
  ASSERT_TRUE(world_.demo.Object(kBeiling, {raised}).ok());
  const uint64_t deduction = Submit(world_.demo.Deduct(freeze, 60));
  KeepLeases(absl::Minutes(5));
  EXPECT_THAT(Waiting(), IsEmpty());
  ASSERT_TRUE(world_.demo.AnswerObjections({world_.demo.Answer(raised, v1::OBJECTION_DECISION_REJECTED)}).ok());
  KeepLeases(absl::Seconds(40));
  EXPECT_THAT(Waiting(), IsEmpty()) << "a minute from then on";
  KeepLeases(absl::Seconds(40));
  EXPECT_THAT(Waiting(), ElementsAre(deduction));
}

TEST_F(SkippedOrders, AMonitorWaitsForTheHandOutBeforeItOnThePersonAndNoLonger) {
  ForgetTheOrder(1);
  Greet();
  first_ = world_.demo.Freeze(kBeiling, 100);
  Submit(first_);
  HandToClerk();
  second_ = Submit(world_.demo.Freeze(kBeiling, 200));
  const uint64_t behind = Submit(world_.demo.Freeze(kBeiling, 300));
  KeepLeases(absl::Minutes(5));
  EXPECT_THAT(Waiting(), IsEmpty());
  ASSERT_TRUE(world_.demo.Report(kBeiling, {world_.demo.Controlled(first_, 100, 0)}, "clerk").ok());
  EXPECT_THAT(Waiting(), IsEmpty()) << "until a moment ago it had to wait";
  KeepLeases(absl::Seconds(80));
  EXPECT_THAT(Waiting(), ElementsAre(second_)) << "and not " << behind << ", which waits behind it";
}

TEST_F(SkippedOrders, AMonitorWaitsForTheDeductionBeforeAReleaseAndNoLonger) {
  ForgetTheOrder(2);
  Greet();
  first_ = world_.demo.Freeze(kBeiling, 100);
  Submit(first_);
  ASSERT_THAT(Pull("machine"), SizeIs(1));
  ASSERT_TRUE(world_.demo.Report(kBeiling, {world_.demo.Controlled(first_, 100, 0)}, "machine").ok());
  const v1::Order deduct = world_.demo.Deduct(first_, 60);
  Submit(deduct);
  ASSERT_THAT(Pull("machine"), SizeIs(1));
  const uint64_t release = Submit(world_.demo.Release(first_));
  KeepLeases(absl::Minutes(5));
  EXPECT_THAT(Waiting(), IsEmpty());
  ASSERT_TRUE(world_.demo.Report(kBeiling, {world_.demo.Deducted(deduct, true, 40)}, "machine").ok());
  EXPECT_THAT(Waiting(), IsEmpty());
  KeepLeases(absl::Seconds(80));
  EXPECT_THAT(Waiting(), ElementsAre(release));
}

TEST_F(SkippedOrders, AMonitorFindsADeductionThatNothingHoldsBack) {
  const uint64_t deduction = SubmitForgottenDeduction();
  KeepLeases(absl::Minutes(5));
  EXPECT_THAT(Waiting(), ElementsAre(deduction));
}

TEST_F(SkippedOrders, AMonitorBlamesNobodyForADeductionInACaseThatIsStayed) {
  SubmitForgottenDeduction();
  v1::CaseAct stay = world_.demo.Open();
  stay.mutable_stage()->set_case_number(kCaseNumber), stay.mutable_stage()->set_to(v1::CASE_STAGE_STAYED);
  stay.mutable_stage()->set_ground("an objection is examined");
  const auto stayed = world_.demo.SubmitCase({stay});
  ASSERT_TRUE(stayed.ok() && stayed->results(0).has_acceptance()) << stayed.status();
  KeepLeases(absl::Minutes(5));
  EXPECT_THAT(Waiting(), IsEmpty());
}

TEST_F(SkippedOrders, AnOrderThatWasSignedAnewAndIsNeverHandedOutIsFound) {
  for (const bool forgets : {false, true}) {
    world_.reader = kLeader;
    const v1::Order order = world_.demo.Inquire({kBeiling});
    world_.SubmitKept({order}, {forgets ? "card 1" : kHandler, kCosigner});
    world_.Revoke(kHandler, world_.gateway.clock.wall);
    world_.StateAnew(kHandler, v1::OFFICER_ROLE_HANDLER, forgets ? "card 2" : "card 1");
    if (forgets) forgetful_->forget = v1::ENTRY_TYPE_ORDER_RESUMED;
    world_.Resume(order, {forgets ? "card 2" : "card 1", kCosigner});
    world_.gateway.Advance(absl::Minutes(16));
    const v1::Order later = world_.demo.Inquire({kBeiling});
    ASSERT_THAT(DemoWorld::Reasons(world_.demo.Submit({later}, {forgets ? "card 2" : "card 1", kCosigner})),
                ElementsAre(""));
    ASSERT_THAT(Pull("machine"), SizeIs(forgets ? 1 : 2));
    if (forgets) {
      EXPECT_THAT(Findings(), ElementsAre(Skipped(world_.gateway.state().ids.at(order.order_id()).index)));
      return;
    }
    EXPECT_THAT(Findings(), IsEmpty());
    const std::vector<v1::Receipt> answers = {world_.demo.Nil(order, kBeiling), world_.demo.Nil(later, kBeiling)};
    ASSERT_TRUE(world_.demo.Report(kBeiling, answers, "machine").ok());
  }
}

}  // namespace
}  // namespace eagle::test
