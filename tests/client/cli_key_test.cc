// `eagle key` and `eagle order resume`: a stolen key, from the court's side.
#include "client/common/files.h"
#include "client/lib/draft.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/bytes.h"
#include "server/base/uuid.h"
#include "server/trust/timestamps.h"
#include "tests/client/cli_world.h"

namespace eagle::client {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr char kOfficer[] = "court/辽9901/officer/001", kSince[] = "2026-09-28T08:00:00+08:00";

class CliKeyTest : public testing::Test {
 protected:
  CliWorld world_;
};

TEST_F(CliKeyTest, ARevocationContinuesWhatIsKnownAndWaitsToBeSubmitted) {
  world_.ListStatements();
  const std::string out = world_.Path("revoked.batch");
  const Ran made = world_.Run(
      {"key", "revoke", kOfficer, "--since", kSince, "--key", world_.Path("pki/keys/court-辽9901.pem"), "--out", out});
  ASSERT_EQ(made.exit, kExitOk) << made.err;
  EXPECT_THAT(made.err, HasSubstr("eagle directory submit " + out));
  EXPECT_TRUE(world_.gateway->statement_batches.empty());
  const absl::StatusOr<Draft> draft = Draft::Read(out);
  ASSERT_TRUE(draft.ok()) << draft.status();
  v1::Statement statement;
  ASSERT_TRUE(statement.ParseFromString(draft->members()[0]));
  EXPECT_EQ(statement.kind(), v1::STATEMENT_KIND_REVOKED);
  EXPECT_EQ(statement.sequence(), 2u);
  EXPECT_EQ(statement.previous_digest().size(), 32u);
  EXPECT_EQ(draft->head().signer(), "辽9901");
  EXPECT_EQ(trust::TimeOf(statement.compromised_since()), absl::FromUnixSeconds(1790553600));
  // The same by the general command; an account has no key.
  EXPECT_EQ(world_
                .Run({"statement", "make", "--subject", kOfficer, "--kind", "revoked", "--since", kSince, "--key",
                      world_.Path("pki/keys/court-辽9901.pem"), "--out", out})
                .exit,
            kExitOk);
  EXPECT_EQ(world_.Run({"key", "revoke", "court/辽9901/account/1", "--since", kSince, "--out", out}).exit, kExitUsage);
  EXPECT_EQ(world_.Run({"key", "revoke", kOfficer, "--since", "yesterday", "--out", out}).exit, kExitUsage);
}

TEST_F(CliKeyTest, WhatAKeySignedIsListedPageByPage) {
  v1::OrderOfKey* order = world_.gateway->of_key.add_orders();
  order->set_order_id(*ParseUuid("01920d5c-8f00-7000-8000-000000000001"));
  order->set_court("辽9901"), order->set_action(v1::ACTION_FREEZE), order->set_paused(true);
  order->add_paused_at("9900010"), order->add_begun_at("9900900");
  world_.gateway->of_key.set_subject(kOfficer);
  const Ran listed = world_.Json({"key", "orders", kOfficer, "--since", kSince});
  ASSERT_EQ(listed.exit, kExitOk) << listed.err;
  EXPECT_EQ(world_.gateway->of_key_request.subject(), kOfficer);
  EXPECT_EQ(At(listed.out, "key.subject"), kOfficer);
  EXPECT_EQ(At(listed.out, "orders.0.state"), "PAUSED");
  EXPECT_EQ(At(listed.out, "orders.0.paused_at"), "北陵商业银行");
  EXPECT_EQ(At(listed.out, "orders.0.begun_at"), "不动产登记中心");
  EXPECT_EQ(world_.Run({"key", "orders", std::string(64, 'a'), "--since", kSince}).exit, kExitOk);
  EXPECT_EQ(world_.gateway->of_key_request.key(), *HexDecode(std::string(64, 'a')));
  EXPECT_EQ(world_.Run({"key", "orders", "nobody", "--since", kSince}).exit, kExitUsage);
}

TEST_F(CliKeyTest, APausedOrderIsSignedAnewUnderTheSameHead) {
  ASSERT_EQ(world_.Run(Inquire()).exit, kExitOk);
  const v1::SignedBatch sent = world_.gateway->order_batches.at(0);
  const std::string id = UuidText(OrderOf(sent).order_id()), anew = world_.Path("anew.draft");
  const Ran begun = world_.Run({"order", "resume", id, "--out", anew, "--sign", "001", "--yes"});
  ASSERT_EQ(begun.exit, kExitOk) << begun.err;
  const absl::StatusOr<Draft> draft = Draft::Read(anew);
  ASSERT_TRUE(draft.ok()) << draft.status();
  EXPECT_EQ(draft->batch().head().payload(), sent.head().payload());
  EXPECT_EQ(draft->batch().head().signatures_size(), 1) << "those that it had are gone";
  v1::OrderView& view = world_.gateway->orders[OrderOf(sent).order_id()];
  EXPECT_THAT(world_.Run({"order", "resume", "--draft", anew}).err, HasSubstr("ORDER_NOT_PAUSED"));
  view.set_paused(true);
  ASSERT_EQ(world_.Run({"order", "sign", anew, "--sign", "002", "--yes"}).exit, kExitOk);
  const Ran resumed = world_.Json({"order", "resume", "--draft", anew});
  ASSERT_EQ(resumed.exit, kExitOk) << resumed.err;
  EXPECT_EQ(At(resumed.out, "results.0.result"), "RESUMED");
  EXPECT_EQ(world_.gateway->resumed.head().payload(), sent.head().payload());
  EXPECT_EQ(world_.gateway->resumed.head().signatures_size(), 2);
  ASSERT_EQ(world_.gateway->resumed.order_ids_size(), 1);
  EXPECT_EQ(world_.gateway->resumed.order_ids(0), OrderOf(sent).order_id());
  EXPECT_EQ(world_.Run({"order", "resume"}).exit, kExitUsage);
  EXPECT_THAT(world_.Run({"order", "resume", "01920d5c-8f00-7000-8000-0000000000ff", "--out", anew}).err,
              HasSubstr("ORDER_UNKNOWN"));
}

}  // namespace
}  // namespace eagle::client
