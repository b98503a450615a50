// Deductions and the log's witnesses: what waits, for how long, and what lets it go.
#include <algorithm>

#include "gtest/gtest.h"
#include "server/domain/apply.h"
#include "server/domain/witnessing.h"
#include "tests/support/domain_world.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using test::DomainWorld;
using OrderProto = goldeneagle::v1::Order;

const AgencyOrdinal kBank1(1);

class WitnessTest : public testing::Test {
 protected:
  // The policy of the tests: an alarm after 20 minutes, deductions wait after 90.
  WitnessTest() {
    freeze_ = world_.FreezeOrder("BANK1", 80'000'00);
    world_.Do(world_.Orders({freeze_}));
    world_.Do(world_.Receipts("BANK1", {world_.Controlled(freeze_, "BANK1", 80'000'00, 0)}));
  }

  Administration Registering(int count, uint32_t quorum) {
    Administration act;
    act.set_request_id(world_.NewId());
    act.mutable_proposal()->set_ground("outside witnesses");
    RegisterWitnesses* witnesses = act.mutable_proposal()->mutable_witnesses();
    witnesses->set_quorum(quorum);
    for (int i = 0; i < count; ++i) {
      WitnessKey* one = witnesses->add_witnesses();
      one->set_name("w" + std::to_string(i));
      one->set_verifier_key(one->name() + "+00000000+key" + std::to_string(i));
    }
    return act;
  }
  void Register(int count, uint32_t quorum) {
    const uint64_t proposal =
        world_.Do(world_.Administration("admin1", {Registering(count, quorum)})).members.at(0).index;
    Administration act;
    act.set_request_id(world_.NewId());
    act.mutable_approval()->set_proposal_index(proposal);
    act.mutable_approval()->set_proposal_digest(world_.state.proposals.at(proposal).digest);
    ASSERT_TRUE(world_.Do(world_.Administration("admin2", {act})).members.at(0).in_effect);
  }
  Administration Installing(const PolicyTable& table) {
    Administration act;
    act.set_request_id(world_.NewId());
    act.mutable_proposal()->set_ground("another policy");
    *act.mutable_proposal()->mutable_policy()->mutable_table() = table;
    return act;
  }
  void Install(const PolicyTable& table) {
    const uint64_t proposal = world_.Do(world_.Administration("admin1", {Installing(table)})).members.at(0).index;
    Administration act;
    act.set_request_id(world_.NewId());
    act.mutable_approval()->set_proposal_index(proposal);
    act.mutable_approval()->set_proposal_digest(world_.state.proposals.at(proposal).digest);
    ASSERT_TRUE(world_.Do(world_.Administration("admin2", {act})).members.at(0).in_effect);
  }
  static PolicyTable FreedoniaStrict() {
    PolicyTable table = test::FreedoniaPolicy(2);
    table.mutable_witnesses()->set_deductions_wait_after_minutes(0);
    return table;
  }
  const Order& Deduct(int64_t amount = 1'000'00) {
    const OrderProto order = world_.DeductOrder("BANK1", freeze_.order_id(), amount);
    EXPECT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Orders({order}))), Reason::kNone);
    return world_.OrderNamed(order);
  }
  absl::Status Cosign(uint64_t size) {
    return world_
        .Do(RecordCosigned{.size = size,
                           .root = std::string(32, 'r'),
                           .checkpoint = "note",
                           .registered_at = world_.state.witnessing.registered_at})
        .status;
  }
  bool GoesOut(const Order& order) {
    return world_.Do(Deliver{.agency = kBank1, .instance = "instance", .orders = {order.seq}}).index != 0;
  }
  void Later(absl::Duration by) {
    world_.now += by;
    world_.Do(Tick{});
  }
  size_t Count(const std::string& type) {
    const std::vector<std::string> types = world_.Types();
    return static_cast<size_t>(std::count(types.begin(), types.end(), type));
  }

  DomainWorld world_;
  OrderProto freeze_;
};

TEST_F(WitnessTest, ADeductionGoesOutWhenACosignedCheckpointHoldsItsAcceptance) {
  Register(3, 2);
  const Order& order = Deduct();
  EXPECT_FALSE(MayHandOut(world_.state, order));
  EXPECT_FALSE(GoesOut(order));
  EXPECT_TRUE(Cosign(order.seq.value()).ok()) << "one entry too few";
  EXPECT_FALSE(GoesOut(order));
  EXPECT_TRUE(Cosign(order.seq.value() + 1).ok());
  EXPECT_TRUE(GoesOut(order));
}

TEST_F(WitnessTest, EverythingElseGoesOutWithoutWitnesses) {
  Register(3, 2);
  const OrderProto freeze = world_.FreezeOrder("BANK1", 1'00);
  world_.Do(world_.Orders({freeze}));
  EXPECT_TRUE(GoesOut(world_.OrderNamed(freeze)));
}

TEST_F(WitnessTest, ALogWithoutWitnessesWaitsForNobody) {
  const Order& order = Deduct();
  EXPECT_TRUE(GoesOut(order));
  Later(absl::Hours(1000));
  EXPECT_EQ(Count("WITNESSES_MISSING"), 0u);
}

TEST_F(WitnessTest, MissingWitnessesAreAnAlarmAndThenDeductionsGoOutUntilTheTimeWithoutThemEnds) {
  Register(3, 2);
  const Order& first = Deduct();
  Later(absl::Minutes(19));
  EXPECT_EQ(Count("WITNESSES_MISSING"), 0u);
  EXPECT_FALSE(MayHandOut(world_.state, first));
  Later(absl::Minutes(1));
  EXPECT_EQ(Count("WITNESSES_MISSING"), 1u);
  EXPECT_TRUE(MayHandOut(world_.state, first));
  Later(absl::Minutes(69));
  EXPECT_EQ(Count("WITNESSES_MISSING"), 1u) << "told once";
  EXPECT_TRUE(MayHandOut(world_.state, first));
  Later(absl::Minutes(1));
  EXPECT_EQ(Count("WITNESSES_MISSING"), 2u);
  EXPECT_FALSE(MayHandOut(world_.state, first));
  Later(absl::Hours(100));
  EXPECT_EQ(Count("WITNESSES_MISSING"), 2u) << "nothing follows";
  EXPECT_TRUE(Cosign(world_.state.next_index).ok());
  EXPECT_TRUE(GoesOut(first));
  EXPECT_FALSE(world_.state.witnessing.missing());
}

TEST_F(WitnessTest, AnAlarmIsAboutTheWitnessesThatWereThereAndEndsWhenOthersAreRegistered) {
  Register(3, 2);
  const Order& order = Deduct();
  Later(absl::Minutes(20));
  ASSERT_TRUE(MayHandOut(world_.state, order)) << "the alarm stands";
  Register(2, 2);
  EXPECT_FALSE(world_.state.witnessing.missing());
  EXPECT_FALSE(MayHandOut(world_.state, order)) << "the new ones have not been asked yet";
  Later(absl::Minutes(19));
  EXPECT_EQ(Count("WITNESSES_MISSING"), 1u);
  Later(absl::Minutes(1));
  EXPECT_EQ(Count("WITNESSES_MISSING"), 2u) << "their own time has passed";
  EXPECT_TRUE(MayHandOut(world_.state, order));
}

TEST_F(WitnessTest, WithoutTimeForItNoDeductionEverGoesOutUnseen) {
  Install(FreedoniaStrict());
  Register(3, 2);
  const Order& order = Deduct();
  Later(absl::Minutes(20));
  EXPECT_EQ(Count("WITNESSES_MISSING"), 1u);
  EXPECT_TRUE(world_.state.witnessing.deductions_wait);
  EXPECT_FALSE(GoesOut(order));
}

TEST_F(WitnessTest, WhatWasHandedOutBeforeIsAskedForAgain) {
  const Order& order = Deduct();
  ASSERT_TRUE(GoesOut(order));
  Register(3, 2);
  EXPECT_TRUE(MayHandOut(world_.state, order)) << "the answer is owed";
}

TEST_F(WitnessTest, ACheckpointThatIsOldIsAnAlarmWithoutAnyDeduction) {
  Register(2, 1);
  EXPECT_TRUE(Cosign(world_.state.next_index).ok());
  Later(absl::Minutes(619));
  EXPECT_EQ(Count("WITNESSES_MISSING"), 0u);
  Later(absl::Minutes(1));
  EXPECT_EQ(Count("WITNESSES_MISSING"), 1u);
}

TEST_F(WitnessTest, CosignedCheckpointsGrow) {
  Register(2, 1);
  EXPECT_TRUE(Cosign(10).ok());
  EXPECT_EQ(ReasonOf(Cosign(10)), Reason::kCheckpointNotWanted);
  EXPECT_EQ(ReasonOf(Cosign(9)), Reason::kCheckpointNotWanted);
  const RecordCosigned late{.size = 20, .root = std::string(32, 'r'), .registered_at = absl::UnixEpoch()};
  EXPECT_EQ(ReasonOf(world_.Do(late).status), Reason::kCheckpointNotWanted) << "signed by witnesses of another time";
}

TEST_F(WitnessTest, AProposalNamesEachWitnessOnceAndAQuorumOfThem) {
  const auto problems = [&](Administration act) {
    return DomainWorld::Problems(world_.Do(world_.Administration("admin1", {act})));
  };
  using Problems = std::vector<std::string>;
  EXPECT_EQ(problems(Registering(2, 3)), (Problems{"witnesses.quorum FIELD_INVALID"}));
  EXPECT_EQ(problems(Registering(2, 0)), (Problems{"witnesses.quorum FIELD_INVALID"}));
  EXPECT_EQ(problems(Registering(0, 1)), (Problems{"witnesses.quorum FIELD_INVALID"}));
  EXPECT_EQ(problems(Registering(16, 2)), (Problems{"witnesses.witnesses TOO_LARGE"}));
  Administration twice = Registering(2, 2);
  *twice.mutable_proposal()->mutable_witnesses()->mutable_witnesses(1) = twice.proposal().witnesses().witnesses(0);
  EXPECT_EQ(problems(twice), (Problems{"witnesses.witnesses[1].name FIELD_INVALID",
                                       "witnesses.witnesses[1].verifier_key FIELD_INVALID"}));
  Administration one_key = Registering(2, 2);
  one_key.mutable_proposal()->mutable_witnesses()->mutable_witnesses(1)->set_verifier_key("w1+11111111+key0");
  EXPECT_EQ(problems(one_key), (Problems{"witnesses.witnesses[1].verifier_key FIELD_INVALID"}));
}

TEST_F(WitnessTest, APolicySaysWhatHappensWithoutWitnesses) {
  PolicyTable table = test::FreedoniaPolicy(2);
  table.clear_witnesses();
  Install(table);
  EXPECT_EQ(DomainWorld::Problems(world_.Do(world_.Administration("admin1", {Registering(2, 1)}))),
            (std::vector<std::string>{"witnesses PROPOSAL_CONFLICTS"}));
  Install(test::FreedoniaPolicy(3));
  Register(2, 1);
  table.set_version(4);
  EXPECT_EQ(DomainWorld::Problems(world_.Do(world_.Administration("admin1", {Installing(table)}))),
            (std::vector<std::string>{"policy.table.witnesses FIELD_MISSING"}));
}

TEST_F(WitnessTest, ItsRowIsReadBackAsItWasWritten) {
  Witnessing written;
  written.size = 77, written.checkpoint = "note", written.at = world_.now;
  written.missing_since = world_.now - absl::Minutes(3), written.deductions_wait = true;
  Witnessing read;
  ASSERT_TRUE(read.Decode(written.Encode()));
  EXPECT_EQ(read.Encode(), written.Encode());
  EXPECT_EQ(read.size, 77u);
  EXPECT_TRUE(read.missing());
  Witnessing fresh;
  ASSERT_TRUE(fresh.Decode(Witnessing().Encode()));
  EXPECT_FALSE(fresh.missing());
  EXPECT_FALSE(fresh.Decode("short"));
}

}  // namespace
}  // namespace eagle::domain
