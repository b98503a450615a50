// A gateway that drops one order in a thousand: on the way in, with an acceptance that belongs to something else, or
// after it was accepted, by never handing it out. The court that sent it notices the first, whoever audits the log the
// second, every time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "client/audit/public_audit.h"
#include "client/lib/acceptance.h"
#include "server/journal/checkpoint.h"
#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int kOrders = 1000, kBatch = 20;

// The dispatcher of a gateway that forgets some orders as soon as they are accepted.
class Forgetful final : public core::Handout {
 public:
  explicit Forgetful(core::Handout& honest) : honest_(honest) {}
  void Load(const domain::State& state) override { honest_.Load(state); }
  void Applied(const domain::Entry& entry, const domain::State& state) override {
    if (entry.type == v1::ENTRY_TYPE_ORDER_ACCEPTED && forget.contains(accepted++)) {
      forgotten.push_back(entry.index);
      return;
    }
    honest_.Applied(entry, state);
  }
  std::vector<Planned> Plan(const domain::State& state) override { return honest_.Plan(state); }

  std::set<int> forget;  // the so-manieth accepted order
  std::vector<uint64_t> forgotten;
  int accepted = 0;

 private:
  core::Handout& honest_;
};

// Names in each hand-out the newest order first.
class Backwards final : public core::Handout {
 public:
  explicit Backwards(core::Handout& honest) : honest_(honest) {}
  void Load(const domain::State& state) override { honest_.Load(state); }
  void Applied(const domain::Entry& entry, const domain::State& state) override { honest_.Applied(entry, state); }
  std::vector<Planned> Plan(const domain::State& state) override {
    std::vector<Planned> plan = honest_.Plan(state);
    for (Planned& one : plan) std::reverse(one.deliver.orders.begin(), one.deliver.orders.end());
    return plan;
  }

 private:
  core::Handout& honest_;
};

class DroppedOrders : public ::testing::TestWithParam<uint32_t> {
 protected:
  DroppedOrders() {
    forgetful_ = std::make_unique<Forgetful>(*gateway_.dispatcher);
    gateway_.sequencer->SetHandout(forgetful_.get());
  }
  // The orders of a morning and an afternoon, sent in batches, fetched and answered by the bank.
  void Play() {
    for (int sent = 0; sent < kOrders; sent += kBatch) {
      std::vector<v1::Order> orders;
      for (int i = 0; i < kBatch; ++i) orders.push_back(demo_.Inquire({kBeiling}));
      const auto answer = demo_.Submit(orders);
      ASSERT_TRUE(answer.ok()) << answer.status();
      for (int i = 0; i < kBatch; ++i) {
        orders_.push_back(orders[static_cast<size_t>(i)].SerializeAsString());
        acceptances_.push_back(answer->results(i).acceptance());
        checkpoints_.push_back(answer->checkpoint());
      }
      const std::vector<v1::Task> tasks = demo_.Pull(kBeiling);
      std::vector<v1::Receipt> receipts;
      for (const v1::Task& task : tasks) {
        v1::Order order;
        order.ParseFromString(task.member());
        receipts.push_back(demo_.Nil(order, kBeiling));
      }
      if (!receipts.empty()) {
        ASSERT_TRUE(demo_.Report(kBeiling, receipts).ok());
      }
      gateway_.Advance(absl::Minutes(1));
    }
  }
  // All leaves that the gateway shows.
  void ReadInto(audit::PublicAudit& audit) {
    v1::ListEntriesRequest request;
    for (uint64_t next = 0;;) {
      request.set_first(next);
      const auto page = gateway_.Call(&api::Handlers::ListEntries, GatewayFixture::Auditor(), request);
      EXPECT_TRUE(page.ok()) << page.status();
      for (const auto& entry : page->entries()) audit.Take(entry.leaf());
      next += static_cast<uint64_t>(page->entries_size());
      if (next >= page->size()) break;
    }
  }
  // Indexes of the orders that a monitor with a bound of one minute misses at this instant.
  std::vector<uint64_t> Waiting() {
    audit::PublicAudit audit;
    ReadInto(audit);
    EXPECT_EQ(audit.findings().total(), 0u) << audit.findings().list().front().sentence;
    audit.CheckWaiting(gateway_.clock.wall, absl::Minutes(1));
    std::vector<uint64_t> waiting;
    for (const audit::Finding& finding : audit.findings().list()) {
      EXPECT_EQ(audit::RowOf(finding.rule).name, "delivery.waiting") << finding.sentence;
      waiting.push_back(finding.index);
    }
    return waiting;
  }
  // Indexes of the orders that the public audit misses.
  std::vector<uint64_t> Missed() {
    audit::PublicAudit audit;
    ReadInto(audit);
    std::vector<uint64_t> missed;
    for (const audit::Finding& finding : audit.findings().list()) {
      EXPECT_EQ(audit::RowOf(finding.rule).name, "delivery.skipped") << finding.sentence;
      missed.push_back(finding.proof.at(0));
    }
    return missed;
  }
  absl::Status Verify(size_t order, const v1::Acceptance& acceptance) {
    const auto head = journal::OpenCheckpoint(checkpoints_[order], *gateway_.log_verifier);
    return client::VerifyAcceptance(orders_[order], acceptance, *head).status();
  }

  GatewayFixture gateway_;
  DemoWorld demo_{gateway_};
  std::unique_ptr<Forgetful> forgetful_;
  std::vector<std::string> orders_, checkpoints_;
  std::vector<v1::Acceptance> acceptances_;
};

TEST_P(DroppedOrders, AnAcceptedOrderThatIsNeverHandedOutIsFoundByWhoeverAudits) {
  std::mt19937 random(GetParam());
  // The last quarter of an hour can't tell yet.
  forgetful_->forget = {static_cast<int>(random() % (kOrders * 2 / 3))};
  Play();
  ASSERT_EQ(forgetful_->forgotten.size(), 1u);
  EXPECT_EQ(Missed(), forgetful_->forgotten);
}

TEST_P(DroppedOrders, AnHonestGatewayMissesNone) {
  Play();
  EXPECT_THAT(Missed(), IsEmpty());
  EXPECT_THAT(Waiting(), IsEmpty());
}

// Whichever it is, also the last one.
TEST_P(DroppedOrders, AMonitorFindsItWithinTheBoundThatItChose) {
  std::mt19937 random(GetParam());
  const int last_batch = kOrders - kBatch;
  forgetful_->forget = {last_batch + static_cast<int>(random() % kBatch)};
  Play();
  EXPECT_THAT(Missed(), IsEmpty()) << "nothing followed";
  demo_.Pull(kBeiling);
  gateway_.Advance(absl::Seconds(1));
  EXPECT_EQ(Waiting(), forgetful_->forgotten);
}

// A chain of control orders is lifted by an urgent one in it, so what was accepted later may stand in front.
TEST_P(DroppedOrders, WhatGoesOutInOneEntryIsNotSkippedWhateverStandsFirstInIt) {
  Backwards backwards(*gateway_.dispatcher);
  gateway_.sequencer->SetHandout(&backwards);
  ASSERT_TRUE(demo_.Submit({demo_.Inquire({kBeiling})}).ok());
  gateway_.Advance(absl::Hours(1));
  ASSERT_TRUE(demo_.Submit({demo_.Inquire({kBeiling})}).ok());
  EXPECT_EQ(demo_.Pull(kBeiling).size(), 2u);
  EXPECT_THAT(Missed(), IsEmpty());
  gateway_.sequencer->SetHandout(forgetful_.get());
}

TEST_P(DroppedOrders, AnAcceptanceOfSomethingElseIsFoundByTheCourtThatSentTheOrder) {
  Play();
  std::mt19937 random(GetParam());
  const size_t dropped = random() % kOrders, other = (dropped + 1 + random() % (kBatch - 1)) % kOrders;
  ASSERT_TRUE(Verify(dropped, acceptances_[dropped]).ok());
  // Another order's acceptance, as it is, and with this order's id; one that was never written; none.
  v1::Acceptance recycled = acceptances_[other];
  EXPECT_FALSE(Verify(dropped, recycled).ok());
  EXPECT_FALSE(Verify(other, acceptances_[dropped]).ok());
  v1::Acceptance invented = acceptances_[dropped];
  invented.mutable_leaf()->at(60) ^= 1;
  EXPECT_FALSE(Verify(dropped, invented).ok());
  v1::Acceptance elsewhere = acceptances_[dropped];
  elsewhere.set_order_seq(elsewhere.order_seq() + 1);
  elsewhere.mutable_proof()->set_index(elsewhere.proof().index() + 1);
  EXPECT_FALSE(Verify(dropped, elsewhere).ok());
  EXPECT_FALSE(Verify(dropped, v1::Acceptance()).ok());
}

INSTANTIATE_TEST_SUITE_P(Seeds, DroppedOrders, ::testing::Range(1u, 6u));

}  // namespace
}  // namespace eagle::test
