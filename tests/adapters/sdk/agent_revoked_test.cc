// A stolen key: what it signed isn't carried out, whoever hands it out; what is signed anew is.
#include "adapters/sdk/agent.h"
#include "gtest/gtest.h"
#include "server/trust/subject.h"
#include "server/trust/timestamps.h"
#include "tests/adapters/sdk/sdk_world.h"

namespace eagle::sdk {
namespace {

class AgentRevoked : public ::testing::Test {
 protected:
  void Revoke(const std::string& subject) {
    v1::Statement revoked;
    revoked.set_subject(subject);
    revoked.set_kind(v1::STATEMENT_KIND_REVOKED);
    *revoked.mutable_compromised_since() = trust::TimestampOf(world_.clock.WallNow());
    world_.gateway.AddStatement(world_.State(revoked));
  }
  std::string Outcome(const v1::Order& order, SdkWorld::Signers signers) {
    world_.gateway.AddOrder(world_.Sign(order, signers));
    world_.Run(30);
    return world_.Outcome(order);
  }

  SdkWorld world_;
};

// Signed before the theft or after: here nobody can tell, so it never counts.
TEST_F(AgentRevoked, NoSignatureByItCounts) {
  const v1::SignedMember old = world_.Sign(world_.Freeze(100));
  Revoke(trust::OfficerSubject(kCourt, "002"));
  v1::Order order;
  ASSERT_TRUE(order.ParseFromString(old.member()));
  world_.gateway.AddOrder(old);
  world_.Run(30);
  EXPECT_EQ(world_.Outcome(order), "RETURNED KEY_REVOKED");
  EXPECT_EQ(Outcome(world_.Freeze(100), {&world_.cosigner}), "RETURNED KEY_REVOKED");
  EXPECT_EQ(world_.bank->applies, 0);
}

// The gateway doesn't pause what it has enough other signatures for, and the agency takes it.
TEST_F(AgentRevoked, WhatTheOthersBearOutIsCarriedOut) {
  v1::Order inquiry = world_.Inquiry();
  while (inquiry.officers_size() > 1) inquiry.mutable_officers()->RemoveLast();
  Revoke(trust::OfficerSubject(kCourt, "002"));
  EXPECT_NE(Outcome(inquiry, {&world_.handler, &world_.cosigner}).substr(0, 8), "RETURNED")
      << "an inquiry needs its handler alone";
}

TEST_F(AgentRevoked, TheSameHeadSignedAnewIsCarriedOut) {
  Revoke(trust::OfficerSubject(kCourt, "002"));
  world_.gateway.AddStatement(
      world_.State(world_.OfficerStatement("002", world_.stranger.public_key(), {v1::OFFICER_ROLE_COSIGNER})));
  EXPECT_NE(Outcome(world_.Freeze(100), {&world_.handler, &world_.stranger}).substr(0, 8), "RETURNED");
  EXPECT_EQ(world_.bank->applies, 1);
}

TEST_F(AgentRevoked, AfterACourtsOwnKeyNothingOfItHolds) {
  Revoke(trust::CourtSubject(kCourt));
  EXPECT_EQ(Outcome(world_.Freeze(100), {&world_.handler, &world_.cosigner}), "RETURNED KEY_REVOKED");
  EXPECT_EQ(world_.bank->applies, 0);
}

}  // namespace
}  // namespace eagle::sdk
