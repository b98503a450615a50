// Erasure of a case: who may, when, and what is left.
#include "gtest/gtest.h"
#include "server/domain/apply.h"
#include "server/domain/instant.h"
#include "server/domain/policy.h"
#include "tests/support/domain_world.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using test::DomainWorld;

constexpr absl::Duration kRetained = absl::Hours(24 * 367);  // a little over the year of the tests' policy

class EraseTest : public testing::Test {
 protected:
  Administration Erasure(const std::string& court = "C1") {
    Administration act;
    act.set_request_id(world_.NewId());
    act.mutable_proposal()->set_ground("retention has passed");
    act.mutable_proposal()->mutable_erase()->set_court(court);
    act.mutable_proposal()->mutable_erase()->set_case_index(world_.case_seq);
    return act;
  }
  Administration ApprovalOf(uint64_t proposal) {
    Administration act;
    act.set_request_id(world_.NewId());
    act.mutable_approval()->set_proposal_index(proposal);
    act.mutable_approval()->set_proposal_digest(world_.state.proposals.at(proposal).digest);
    return act;
  }
  void Close() {
    CaseAct act;
    act.set_request_id(world_.NewId()), act.set_court("C1");
    act.mutable_stage()->set_case_number("case-1"), act.mutable_stage()->set_to(CASE_STAGE_CLOSED);
    act.mutable_stage()->set_ground("paid");
    ASSERT_FALSE(world_.Do(world_.Cases({act})).members.at(0).refusal);
  }
  // The statement on file once more, for another year.
  void Renew(const std::string& subject, const std::string& signer, const std::vector<std::string>& names) {
    const StatementOnFile& file = *world_.state.directory.StatementAbout(subject);
    Statement next = file.statement;
    next.set_sequence(next.sequence() + 1), next.set_previous_digest(file.digest);
    *next.mutable_valid_until() = ToProto(world_.now + absl::Hours(24 * 365));
    std::vector<std::string> keys;
    for (const std::string& name : names) keys.push_back(world_.Key(name));
    ASSERT_FALSE(world_.Do(world_.Statements(signer, {next}, keys)).members.at(0).refusal);
  }
  Reason WhyNot(Administration act) {
    return DomainWorld::OnlyRefusal(world_.Do(world_.Administration("admin1", {act})));
  }
  const Case& TheCase() { return world_.state.cases.at(world_.case_seq); }

  DomainWorld world_;
};

TEST_F(EraseTest, TwoAdministratorsEraseAClosedCaseAfterItsRetention) {
  Close();
  world_.now += kRetained;
  const uint64_t proposal = world_.Do(world_.Administration("admin1", {Erasure()})).members.at(0).index;
  EXPECT_EQ(TheCase().stage, CASE_STAGE_CLOSED);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Administration("admin1", {ApprovalOf(proposal)}))),
            Reason::kAlreadyApproved);
  const Result done = world_.Do(world_.Administration("admin2", {ApprovalOf(proposal)}));
  EXPECT_TRUE(done.members.at(0).in_effect);
  EXPECT_EQ(world_.Types().back(), "CASE_ERASED");
  EXPECT_FALSE(world_.journal.back().payload.has_value());
  EXPECT_EQ(StreamOf(world_.journal.back()), 0u) << "the case's own stream can't be read any more";
  EXPECT_TRUE(TheCase().erased());
  EXPECT_FALSE(TheCase().readable);
  EXPECT_EQ(TheCase().open.respondents_size(), 0);
  EXPECT_TRUE(TheCase().orders.empty());
  EXPECT_EQ(WhyNot(Erasure()), Reason::kCaseNotErasable) << "once";
}

// A page may be ready when the case is erased, and be decided after it: there is no key left to seal who read it.
TEST_F(EraseTest, APageThatWasReadyBeforeTheErasureDoesNotLeaveAfterIt) {
  Close();
  world_.now += kRetained;
  Renew("court/C1", "registrar", {"registrar1", "registrar2"});
  Renew("court/C1/officer/handler", "C1", {"C1"});
  const uint64_t proposal = world_.Do(world_.Administration("admin1", {Erasure()})).members.at(0).index;
  EXPECT_TRUE(world_.Do(world_.Access()).status.ok());
  const RecordAccess ready = world_.Access();
  ASSERT_TRUE(world_.Do(world_.Administration("admin2", {ApprovalOf(proposal)})).members.at(0).in_effect);
  EXPECT_EQ(ReasonOf(world_.Do(ready).status), Reason::kErased);
  EXPECT_EQ(world_.Types().back(), "CASE_ERASED");
}

TEST_F(EraseTest, NotBeforeTheRetentionHasPassed) {
  Close();
  const absl::Time until = RetainedUntil(TheCase().closed_at, *world_.state.policy);
  world_.now = until - absl::Seconds(1);
  EXPECT_EQ(WhyNot(Erasure()), Reason::kCaseNotErasable);
  world_.now = until;
  EXPECT_EQ(WhyNot(Erasure()), Reason::kNone);
}

TEST_F(EraseTest, RetentionIsCountedInCivilYearsFromTheDayOfClosing) {
  Close();
  const absl::TimeZone& zone = world_.state.policy->zone();
  const absl::CivilDay closed = absl::ToCivilDay(TheCase().closed_at, zone);
  EXPECT_EQ(absl::ToCivilSecond(RetainedUntil(TheCase().closed_at, *world_.state.policy), zone),
            absl::CivilSecond(absl::CivilDay(closed.year() + 1, closed.month(), closed.day()) + 1));
  EXPECT_EQ(RetainedUntil(absl::InfiniteFuture(), *world_.state.policy), absl::InfiniteFuture());
}

TEST_F(EraseTest, NotACaseThatIsOpen) {
  world_.now += kRetained;
  EXPECT_EQ(WhyNot(Erasure()), Reason::kCaseNotErasable);
}

TEST_F(EraseTest, NotWhileAnOrderIsOpen) {
  ASSERT_FALSE(world_.Do(world_.Orders({world_.InquireOrder({"BANK1"})}, {"handler"})).members.at(0).refusal);
  Close();
  world_.now += kRetained;
  EXPECT_EQ(WhyNot(Erasure()), Reason::kCaseNotErasable);
}

TEST_F(EraseTest, NotWhileAMeasureStands) {
  for (const bool lapses : {false, true}) {
    DomainWorld fresh;
    std::swap(world_, fresh);
    const auto freeze = world_.FreezeOrder("BANK1", 10'000'00);
    ASSERT_FALSE(world_.Do(world_.Orders({freeze})).members.at(0).refusal);
    const Receipt controlled = world_.Controlled(freeze, "BANK1", 10'000'00, 0);
    ASSERT_FALSE(world_.Do(world_.Receipts("BANK1", {controlled})).members.at(0).refusal);
    if (lapses) {
      Receipt lapsed = world_.ReceiptFor(freeze, "BANK1", RECEIPT_KIND_EVENT);
      lapsed.set_change(MEASURE_CHANGE_LAPSED);
      *lapsed.add_items() = controlled.items(0);
      lapsed.mutable_items(0)->mutable_measure()->set_ended(true);
      ASSERT_FALSE(world_.Do(world_.Receipts("BANK1", {lapsed})).members.at(0).refusal);
    }
    Close();
    world_.now += kRetained;
    EXPECT_EQ(WhyNot(Erasure()), lapses ? Reason::kNone : Reason::kCaseNotErasable);
  }
}

TEST_F(EraseTest, NotAnotherCourtsCaseAndNotWhatIsNone) {
  Close();
  world_.now += kRetained;
  EXPECT_EQ(WhyNot(Erasure("C9")), Reason::kCaseUnknown);
  Administration none = Erasure();
  none.mutable_proposal()->mutable_erase()->set_case_index(1);
  EXPECT_EQ(WhyNot(none), Reason::kCaseUnknown);
}

TEST_F(EraseTest, WhatIsSaidAboutAnErasedCaseIsRefused) {
  auto inquiry = world_.InquireOrder({"BANK1"});
  Close();
  world_.now += kRetained;
  const uint64_t proposal = world_.Do(world_.Administration("admin1", {Erasure()})).members.at(0).index;
  world_.Do(world_.Administration("admin2", {ApprovalOf(proposal)}));
  inquiry.set_order_id(world_.NewId());
  EXPECT_NE(DomainWorld::OnlyRefusal(world_.Do(world_.Orders({inquiry}, {"handler"}))), Reason::kNone);
  CaseAct act;
  act.set_request_id(world_.NewId()), act.set_court("C1");
  act.mutable_stage()->set_case_number("case-1"), act.mutable_stage()->set_to(CASE_STAGE_ENFORCEMENT);
  act.mutable_stage()->set_ground("again");
  EXPECT_NE(DomainWorld::OnlyRefusal(world_.Do(world_.Cases({act}))), Reason::kNone);
}

}  // namespace
}  // namespace eagle::domain
