// Who may sign what, and when: each clause of the sentence on authority.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/domain/instant.h"
#include "tests/support/domain_world.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using test::DomainWorld;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

using OrderProto = goldeneagle::v1::Order;

// A statement about an officer of C1, the next of its chain.
domain::SubmitStatements Stating(DomainWorld& world, const std::string& officer, absl::Time from, absl::Time until,
                                 std::vector<OfficerRole> roles) {
  Statement next;
  next.set_subject("court/C1/officer/" + officer), next.set_kind(STATEMENT_KIND_OFFICER);
  next.set_environment(ENVIRONMENT_TEST), next.set_algorithm(KEY_ALGORITHM_ED25519), next.set_key(world.Key(officer));
  for (OfficerRole role : roles) next.add_roles(role);
  *next.mutable_valid_from() = ToProto(from), *next.mutable_valid_until() = ToProto(until);
  next.mutable_officer()->set_name(officer), next.mutable_officer()->set_work_id_no("W"),
      next.mutable_officer()->set_duty_card_no("D");
  const StatementOnFile* before = world.state.directory.StatementAbout(next.subject());
  next.set_sequence(before != nullptr ? before->statement.sequence() + 1 : 1);
  if (before != nullptr) next.set_previous_digest(before->digest);
  return world.Statements("C1", {next}, {world.Key("C1")});
}
void StateOfficer(DomainWorld& world, const std::string& officer, absl::Time from, absl::Time until,
                  std::vector<OfficerRole> roles) {
  ASSERT_EQ(DomainWorld::OnlyRefusal(world.Do(Stating(world, officer, from, until, std::move(roles)))), Reason::kNone);
}

std::vector<std::string> FreezeProblems(DomainWorld& world, absl::Time signed_at) {
  SubmitOrders batch = world.Orders({world.FreezeOrder("BANK1", 100)});
  *batch.signed_head.head.mutable_signed_at() = ToProto(signed_at);
  return DomainWorld::Problems(world.Do(batch));
}

TEST(AuthorityTest, AnOfficerSignsFromTheDayOnWhichHeIsStated) {
  DomainWorld world;
  StateOfficer(world, "cosigner", world.now + absl::Hours(1), world.now + absl::Hours(48), {OFFICER_ROLE_COSIGNER});
  EXPECT_THAT(FreezeProblems(world, world.now),
              UnorderedElementsAre("signatures OFFICER_NOT_VALID", "signatures SIGNATURES_MISSING"));
  world.now += absl::Hours(1);
  EXPECT_THAT(FreezeProblems(world, world.now), IsEmpty());
}

TEST(AuthorityTest, AnOfficerWhoseTimeIsOverAtAcceptanceSignsNothing) {
  DomainWorld world;
  StateOfficer(world, "cosigner", world.now, world.now + absl::Hours(2), {OFFICER_ROLE_COSIGNER});
  const absl::Time signed_at = world.now;
  world.now += absl::Hours(2) - absl::Microseconds(1);
  EXPECT_THAT(FreezeProblems(world, signed_at), IsEmpty());
  world.now += absl::Microseconds(1);
  EXPECT_THAT(FreezeProblems(world, signed_at),
              UnorderedElementsAre("signatures OFFICER_NOT_VALID", "signatures SIGNATURES_MISSING"));
}

TEST(AuthorityTest, AnOfficerWhoWasNotValidWhenTheHeadWasSignedSignsNothing) {
  DomainWorld world;
  StateOfficer(world, "cosigner", world.now, world.now + absl::Hours(48), {OFFICER_ROLE_COSIGNER});
  EXPECT_THAT(FreezeProblems(world, world.now - absl::Seconds(1)),
              UnorderedElementsAre("signatures OFFICER_NOT_VALID", "signatures SIGNATURES_MISSING"));
  EXPECT_THAT(FreezeProblems(world, world.now), IsEmpty());
}

TEST(AuthorityTest, OnePersonWithBothRolesFillsOneOfThem) {
  DomainWorld world;
  StateOfficer(world, "handler", world.now, world.now + absl::Hours(48), {OFFICER_ROLE_HANDLER, OFFICER_ROLE_COSIGNER});
  for (const std::vector<std::string>& signers : {std::vector<std::string>{"handler"}, {"handler", "handler"}}) {
    EXPECT_THAT(DomainWorld::Problems(world.Do(world.Orders({world.FreezeOrder("BANK1", 100)}, signers))),
                ElementsAre("signatures SIGNATURES_MISSING"));
  }
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({world.FreezeOrder("BANK1", 100)}))), Reason::kNone);
}

TEST(AuthorityTest, AKeyIsOnePersons) {
  DomainWorld world;
  auto twin = Stating(world, "second", world.now, world.now + absl::Hours(48), {OFFICER_ROLE_COSIGNER});
  twin.members[0].parsed.set_key(world.Key("handler"));
  EXPECT_THAT(DomainWorld::Problems(world.Do(twin)), ElementsAre("key FIELD_INVALID"));
}

TEST(AuthorityTest, ACaseIsOpenedByItsHandlerAndByTheLeaderWhomItNames) {
  DomainWorld world;
  EXPECT_THAT(DomainWorld::Problems(world.Do(world.Cases({world.OpenCase("case-2")}, {"handler"}))),
              ElementsAre("signatures SIGNATURES_MISSING"));
  EXPECT_THAT(DomainWorld::Problems(world.Do(world.Cases({world.OpenCase("case-2")}, {"leader"}))),
              ElementsAre("signatures SIGNATURES_MISSING"));
  // Another leader's hand doesn't bind the one who is named.
  StateOfficer(world, "second", world.now, world.now + absl::Hours(48), {OFFICER_ROLE_LEADER});
  EXPECT_THAT(DomainWorld::Problems(world.Do(world.Cases({world.OpenCase("case-2")}, {"handler", "second"}))),
              ElementsAre("open.leader SIGNATURES_MISSING"));
  EXPECT_THAT(DomainWorld::Problems(world.Do(world.Cases({world.OpenCase("case-2")}))), IsEmpty());
}

TEST(AuthorityTest, AnInquiryNeedsTheHandlerWhomItNames) {
  DomainWorld world;
  EXPECT_THAT(DomainWorld::Problems(world.Do(world.Orders({world.InquireOrder({"BANK1"})}, {"cosigner"}))),
              UnorderedElementsAre("officers[0] SIGNATURES_MISSING", "signatures SIGNATURES_MISSING"));
  StateOfficer(world, "second", world.now, world.now + absl::Hours(48), {OFFICER_ROLE_HANDLER});
  EXPECT_THAT(DomainWorld::Problems(world.Do(world.Orders({world.InquireOrder({"BANK1"})}, {"second"}))),
              ElementsAre("officers[0] SIGNATURES_MISSING"));
  EXPECT_THAT(DomainWorld::Problems(world.Do(world.Orders({world.InquireOrder({"BANK1"})}, {"handler"}))), IsEmpty());
}

TEST(AuthorityTest, FreezeReleaseAndDeductionNeedTwoKeys) {
  DomainWorld world;
  const OrderProto freeze = world.FreezeOrder("BANK1", 90'000'00);
  ASSERT_THAT(DomainWorld::Problems(world.Do(world.Orders({freeze}))), IsEmpty());
  world.Do(world.Receipts("BANK1", {world.Controlled(freeze, "BANK1", 90'000'00, 0)}));
  for (const OrderProto& order : {world.FreezeOrder("BANK2", 100), world.ReleaseOrder("BANK1", freeze.order_id(), 1'00),
                                  world.DeductOrder("BANK1", freeze.order_id(), 1'00)}) {
    for (const std::vector<std::string>& signers : {std::vector<std::string>{"handler"}, {"handler", "leader"}}) {
      OrderProto one = order;
      one.set_order_id(world.NewId());
      EXPECT_THAT(DomainWorld::Problems(world.Do(world.Orders({one}, signers))),
                  ElementsAre("signatures SIGNATURES_MISSING"))
          << Action_Name(order.action());
    }
    OrderProto good = order;
    EXPECT_THAT(DomainWorld::Problems(world.Do(world.Orders({good}))), IsEmpty()) << Action_Name(order.action());
  }
}

TEST(AuthorityTest, ALeaderSignsAboveTheThresholdOfTheRowAndNotAtIt) {
  DomainWorld world;
  const OrderProto freeze = world.FreezeOrder("BANK1", 100'000'00);
  ASSERT_THAT(DomainWorld::Problems(world.Do(world.Orders({freeze}))), IsEmpty());
  world.Do(world.Receipts("BANK1", {world.Controlled(freeze, "BANK1", 100'000'00, 0)}));
  const auto deduct = [&](int64_t amount, std::vector<std::string> signers) {
    return DomainWorld::Problems(
        world.Do(world.Orders({world.DeductOrder("BANK1", freeze.order_id(), amount)}, std::move(signers))));
  };
  EXPECT_THAT(deduct(50'000'01, {"handler", "cosigner"}), ElementsAre("signatures SIGNATURES_MISSING"));
  EXPECT_THAT(deduct(50'000'00, {"handler", "cosigner"}), IsEmpty());
}

TEST(AuthorityTest, PurposeAndLegalBasisAreMandatoryInOrderAndCase) {
  DomainWorld world;
  OrderProto order = world.InquireOrder({"BANK1"});
  order.clear_purpose(), order.clear_legal_basis();
  EXPECT_THAT(DomainWorld::Problems(world.Do(world.Orders({order}, {"handler"}))),
              UnorderedElementsAre("legal_basis FIELD_MISSING", "purpose FIELD_INVALID"));
  order = world.InquireOrder({"BANK1"});
  order.set_purpose("CURIOSITY");
  EXPECT_THAT(DomainWorld::Problems(world.Do(world.Orders({order}, {"handler"}))),
              ElementsAre("purpose FIELD_INVALID"));
  CaseAct act = world.OpenCase("case-2");
  act.mutable_open()->clear_purpose(), act.mutable_open()->clear_legal_basis();
  EXPECT_THAT(DomainWorld::Problems(world.Do(world.Cases({act}))),
              UnorderedElementsAre("open.legal_basis FIELD_MISSING", "open.purpose FIELD_INVALID"));
}

TEST(AuthorityTest, EverythingThatIsMissingIsSaidAtOnce) {
  DomainWorld world;
  OrderProto order = world.FreezeOrder("BANK1", 100);
  order.clear_purpose(), order.clear_legal_basis(), order.clear_instruments();
  order.mutable_officers(0)->set_work_id_no("X");
  EXPECT_THAT(
      DomainWorld::Problems(world.Do(world.Orders({order}, {"cosigner"}))),
      UnorderedElementsAre("instruments PAPER_MISSING", "legal_basis FIELD_MISSING", "officers[0] FIELD_INVALID",
                           "officers[0] SIGNATURES_MISSING", "purpose FIELD_INVALID", "signatures SIGNATURES_MISSING"));
}

}  // namespace
}  // namespace eagle::domain
