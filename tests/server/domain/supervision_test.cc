// A court supervises: whom it may address and whom it copies, who says what in which state, whose turn the clock
// counts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "goldeneagle/v1/supervision_entry.pb.h"
#include "server/domain/instant.h"
#include "tests/support/domain_world.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using OrderProto = goldeneagle::v1::Order;
using test::DomainWorld;
using ::testing::ElementsAre;
using ::testing::IsSupersetOf;

// HIGH stands above MIDDLE, which stands above C1; OTHER stands beside them.
class SupervisionTest : public ::testing::Test {
 protected:
  SupervisionTest() { Courts(); }
  void Courts() {
    world_.AddCourt("HIGH", "");
    world_.AddCourt("MIDDLE", "HIGH");
    world_.AddCourt("OTHER", "HIGH");
    world_.AddCourt("C1", "MIDDLE");
  }
  OrderProto Frozen() {
    const OrderProto freeze = world_.FreezeOrder("BANK1", 80'000'00);
    EXPECT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Orders({freeze}))), Reason::kNone);
    return freeze;
  }
  Reason Refusal(const SupervisionAct& act, std::vector<std::string> signers = {"handler"}) {
    return DomainWorld::OnlyRefusal(world_.Do(world_.Supervision(act.author(), {act}, std::move(signers))));
  }
  std::vector<std::string> Problems(const SupervisionAct& act, std::vector<std::string> signers = {"handler"}) {
    return DomainWorld::Problems(world_.Do(world_.Supervision(act.author(), {act}, std::move(signers))));
  }
  SupervisionAct Issued(const std::string& from = "HIGH") {
    const SupervisionAct act = world_.Issue(from);
    EXPECT_EQ(Refusal(act), Reason::kNone);
    return act;
  }
  SupervisionAct Answered(const std::string& from = "HIGH") {
    const SupervisionAct act = Issued(from);
    EXPECT_EQ(Refusal(world_.AnswerTo(act, "C1")), Reason::kNone);
    return act;
  }
  const SupervisionThread& Thread(const SupervisionAct& issued) {
    return world_.state.supervisions.at(world_.state.ids.at(issued.request_id()).index);
  }
  std::vector<uint32_t> Marks(const SupervisionAct& issued) {
    std::vector<uint32_t> out;
    for (const Entry& entry : world_.journal) {
      SupervisionMarked body;
      if (entry.type != ENTRY_TYPE_SUPERVISION_MARKED) continue;
      EXPECT_TRUE(body.ParseFromString(entry.body));
      if (body.supervision() == Thread(issued).index) out.push_back(body.mark_permille());
    }
    return out;
  }
  void TickAt(absl::Time at) {
    world_.now = at;
    world_.Tick(), world_.Tick();
  }
  // The journal folded anew gives the same rows and timers; a row read back gives itself.
  void ExpectReplayAgrees() {
    domain::State again;
    for (const Entry& entry : world_.journal) Apply(entry, again);
    ASSERT_EQ(again.supervisions.size(), world_.state.supervisions.size());
    for (const auto& [index, thread] : world_.state.supervisions) {
      EXPECT_EQ(again.supervisions.at(index).Encode(), thread.Encode());
      const auto decoded = SupervisionThread::Decode(thread.Encode());
      ASSERT_TRUE(decoded.ok());
      EXPECT_EQ(decoded->Encode(), thread.Encode());
      EXPECT_EQ(decoded->owed(), thread.owed());
      EXPECT_EQ(decoded->deadline.next(), thread.deadline.next());
    }
    EXPECT_TRUE(again.timers == world_.state.timers);
    EXPECT_EQ(again.newest_supervision, world_.state.newest_supervision);
    for (const auto& [seq, order] : world_.state.orders) EXPECT_EQ(again.orders.at(seq).Encode(), order.Encode());
  }

  DomainWorld world_{test::PolicyWithSupervision()};
};

TEST_F(SupervisionTest, ACourtBelowTakesItAnswersAndTheIssuingCourtCloses) {
  const SupervisionAct issued = Issued();
  EXPECT_EQ(Thread(issued).state, SUPERVISION_STATE_ISSUED);
  ASSERT_EQ(Refusal(world_.Acknowledgement(issued, "C1")), Reason::kNone);
  EXPECT_EQ(Thread(issued).state, SUPERVISION_STATE_ACKNOWLEDGED);
  ASSERT_EQ(Refusal(world_.AnswerTo(issued, "C1")), Reason::kNone);
  EXPECT_EQ(Thread(issued).state, SUPERVISION_STATE_ANSWERED);
  ASSERT_EQ(Refusal(world_.SendBack(issued)), Reason::kNone);
  EXPECT_EQ(Thread(issued).state, SUPERVISION_STATE_RETURNED);
  ASSERT_EQ(Refusal(world_.AnswerTo(issued, "C1")), Reason::kNone);
  ASSERT_EQ(Refusal(world_.Close(issued, SUPERVISION_RESULT_DONE)), Reason::kNone);
  EXPECT_EQ(Thread(issued).state, SUPERVISION_STATE_CLOSED);
  EXPECT_EQ(Thread(issued).result, SUPERVISION_RESULT_DONE);
  EXPECT_EQ(Thread(issued).words.size(), 6u);
  EXPECT_FALSE(Thread(issued).late);
  ExpectReplayAgrees();
}

TEST_F(SupervisionTest, AnAgencyIsAskedAboutAnOrderThatItNeverFetched) {
  const OrderProto freeze = Frozen();
  for (const char* court : {"C1", "MIDDLE", "HIGH"}) {
    const SupervisionAct issued = world_.Issue(court, &freeze);
    ASSERT_EQ(Refusal(issued), Reason::kNone) << court;
    EXPECT_EQ(Thread(issued).order, world_.OrderNamed(freeze).seq);
    EXPECT_EQ(world_.state.newest_supervision.at(1), Thread(issued).index);
    ASSERT_EQ(Refusal(world_.Acknowledgement(issued, "BANK1")), Reason::kNone);
    ASSERT_EQ(Refusal(world_.AnswerTo(issued, "BANK1")), Reason::kNone);
    EXPECT_EQ(Refusal(world_.AnswerTo(issued, "BANK2")), Reason::kSupervisionUnknown) << "not its thread";
    EXPECT_EQ(world_.state.newest_supervision.at(1), Thread(issued).words.back());
  }
  EXPECT_EQ(world_.OrderNamed(freeze).last_index, world_.state.next_index - 3) << "they are steps of the order's life";
  ExpectReplayAgrees();
}

// 边界 31: an answer after the time is taken, and called late for good.
TEST_F(SupervisionTest, AnAnswerAfterItsDeadlineIsTakenAndMarkedLate) {
  const SupervisionAct issued = Issued();
  TickAt(Thread(issued).deadline.due + absl::Seconds(1));
  EXPECT_EQ(Thread(issued).state, SUPERVISION_STATE_ISSUED) << "overdue is a flag, not a state";
  ASSERT_EQ(Refusal(world_.AnswerTo(issued, "C1")), Reason::kNone);
  EXPECT_TRUE(Thread(issued).late);
  SupervisionSaid body;
  ASSERT_TRUE(body.ParseFromString(world_.journal.back().body));
  EXPECT_TRUE(body.late());
  ASSERT_EQ(Refusal(world_.SendBack(issued)), Reason::kNone);
  ASSERT_EQ(Refusal(world_.AnswerTo(issued, "C1")), Reason::kNone);
  ASSERT_TRUE(body.ParseFromString(world_.journal.back().body));
  EXPECT_FALSE(body.late()) << "the second one was in its time";
  EXPECT_TRUE(Thread(issued).late);
  ExpectReplayAgrees();
}

TEST_F(SupervisionTest, EachMarkIsWrittenOnceAndAnAnswerStopsTheClock) {
  const SupervisionAct issued = Issued();
  const absl::Time due = Thread(issued).deadline.due;
  EXPECT_EQ(due, world_.now + absl::Hours(6));
  EXPECT_EQ(Thread(issued).deadline.row, "ANSWER_SUPERVISION_URGENT");
  TickAt(due - absl::Microseconds(1));
  EXPECT_THAT(Marks(issued), ElementsAre(500));
  TickAt(due);
  EXPECT_THAT(Marks(issued), ElementsAre(500, 1000));
  ExpectReplayAgrees();
  ASSERT_EQ(Refusal(world_.Acknowledgement(issued, "C1")), Reason::kNone) << "which doesn't stop it";
  ASSERT_EQ(Refusal(world_.AnswerTo(issued, "C1")), Reason::kNone);
  EXPECT_FALSE(Thread(issued).late) << "in the very instant";
  TickAt(due + absl::Hours(1000));
  EXPECT_THAT(Marks(issued), ElementsAre(500, 1000));
  ExpectReplayAgrees();
}

TEST_F(SupervisionTest, AReturnStartsANewClockThatMarksAnew) {
  SupervisionAct issued = world_.Issue("HIGH");
  issued.mutable_issue()->set_urgency(URGENCY_NORMAL);
  ASSERT_EQ(Refusal(issued), Reason::kNone);
  EXPECT_EQ(Thread(issued).deadline.row, "ANSWER_SUPERVISION");
  TickAt(Thread(issued).deadline.marks[0]);
  ASSERT_EQ(Refusal(world_.AnswerTo(issued, "C1")), Reason::kNone);
  world_.now += absl::Hours(24 * 10);
  ASSERT_EQ(Refusal(world_.SendBack(issued)), Reason::kNone);
  const absl::TimeZone& zone = world_.state.policy->zone();
  EXPECT_EQ(Thread(issued).deadline.due, absl::FromCivil(absl::ToCivilDay(world_.now, zone) + 3, zone));
  EXPECT_EQ(Thread(issued).turn_since, world_.now);
  TickAt(Thread(issued).deadline.due);
  EXPECT_THAT(Marks(issued), ElementsAre(500, 500, 1000));
  ASSERT_EQ(Refusal(world_.Close(issued, SUPERVISION_RESULT_TAKEN_BACK)), Reason::kNone);
  for (const Timer& timer : world_.state.timers) EXPECT_NE(timer.kind, Timer::kOfSupervision);
  ExpectReplayAgrees();
}

TEST_F(SupervisionTest, WhatIsNotTheTurnIsRefused) {
  const SupervisionAct issued = Issued();
  EXPECT_EQ(Refusal(world_.SendBack(issued)), Reason::kSupervisionOutOfTurn) << "nothing to return yet";
  EXPECT_EQ(Refusal(world_.Close(issued, SUPERVISION_RESULT_DONE)), Reason::kSupervisionOutOfTurn);
  EXPECT_EQ(Refusal(world_.Close(issued, SUPERVISION_RESULT_NOT_DONE)), Reason::kSupervisionOutOfTurn);
  ASSERT_EQ(Refusal(world_.AnswerTo(issued, "C1")), Reason::kNone);
  EXPECT_EQ(Refusal(world_.Acknowledgement(issued, "C1")), Reason::kSupervisionOutOfTurn);
  EXPECT_EQ(Refusal(world_.AnswerTo(issued, "C1")), Reason::kSupervisionOutOfTurn);
  ASSERT_EQ(Refusal(world_.Close(issued, SUPERVISION_RESULT_NOT_DONE)), Reason::kNone);
  for (const SupervisionAct& act :
       {world_.AnswerTo(issued, "C1"), world_.SendBack(issued), world_.Close(issued, SUPERVISION_RESULT_TAKEN_BACK)})
    EXPECT_EQ(Refusal(act), Reason::kSupervisionClosed);
  EXPECT_EQ(Thread(issued).result, SUPERVISION_RESULT_NOT_DONE);
}

TEST_F(SupervisionTest, SilenceIsClosedAsNotDoneOnceTheTimeIsOver) {
  const SupervisionAct issued = Issued();
  world_.now = Thread(issued).deadline.due + absl::Seconds(1);
  EXPECT_EQ(Refusal(world_.Close(issued, SUPERVISION_RESULT_DONE)), Reason::kSupervisionOutOfTurn);
  EXPECT_EQ(Refusal(world_.Close(issued, SUPERVISION_RESULT_NOT_DONE)), Reason::kNone);
}

TEST_F(SupervisionTest, EverybodySaysHisOwnWordsOnly) {
  const SupervisionAct issued = Issued();
  EXPECT_EQ(Refusal(world_.AnswerTo(issued, "HIGH")), Reason::kSupervisionUnknown) << "nobody answers himself";
  EXPECT_EQ(Refusal(world_.AnswerTo(issued, "MIDDLE")), Reason::kSupervisionUnknown);
  ASSERT_EQ(Refusal(world_.AnswerTo(issued, "C1")), Reason::kNone);
  for (const char* court : {"C1", "MIDDLE"}) {
    SupervisionAct close = world_.Close(issued, SUPERVISION_RESULT_DONE);
    close.set_author(court);
    EXPECT_EQ(Refusal(close), Reason::kSupervisionUnknown) << court;
  }
  SupervisionAct other = world_.Close(issued, SUPERVISION_RESULT_DONE);
  other.set_supervision_digest(std::string(32, 'x'));
  EXPECT_EQ(Refusal(other), Reason::kSupervisionUnknown) << "about other bytes";
  SupervisionAct by_agency = world_.Issue("BANK1");
  EXPECT_EQ(Refusal(by_agency), Reason::kFieldInvalid);
}

TEST_F(SupervisionTest, OnlyCourtsBelowAndTheirOrdersAreSupervised) {
  EXPECT_EQ(Refusal(world_.Issue("OTHER")), Reason::kCourtNotBelow) << "beside, not above";
  EXPECT_EQ(Refusal(world_.Issue("C1")), Reason::kCourtNotBelow) << "itself";
  SupervisionAct up = world_.Issue("MIDDLE");
  up.mutable_issue()->set_to_court("HIGH");
  EXPECT_EQ(Refusal(up), Reason::kCourtNotBelow);
  const OrderProto freeze = Frozen();
  EXPECT_EQ(Refusal(world_.Issue("OTHER", &freeze)), Reason::kOrderUnknown);
  SupervisionAct wrong = world_.Issue("HIGH", &freeze);
  wrong.mutable_issue()->set_to_agency("BANK2");
  EXPECT_EQ(Refusal(wrong), Reason::kOrderUnknown) << "addressed to another";
  wrong = world_.Issue("HIGH", &freeze);
  wrong.mutable_issue()->set_order_digest(std::string(32, 'x'));
  EXPECT_EQ(Refusal(wrong), Reason::kOrderUnknown) << "another order's digest";
  wrong.mutable_issue()->set_to_agency("BANK9"), wrong.set_request_id(world_.NewId());
  EXPECT_THAT(Problems(wrong), ElementsAre("issue.order_id ORDER_UNKNOWN", "issue.to_agency AGENCY_UNKNOWN"));
  wrong = world_.Issue("HIGH");
  wrong.mutable_issue()->set_case_number("case-9");
  EXPECT_EQ(Refusal(wrong), Reason::kCaseUnknown);
}

TEST_F(SupervisionTest, ACourtIsAskedAboutAnOrderOfItsCase) {
  const OrderProto freeze = Frozen();
  SupervisionAct act = world_.Issue("HIGH", &freeze);
  act.mutable_issue()->clear_to_agency();
  act.mutable_issue()->set_to_court("C1"), act.mutable_issue()->set_case_number("case-1");
  ASSERT_EQ(Refusal(act), Reason::kNone);
  EXPECT_EQ(Thread(act).order, world_.OrderNamed(freeze).seq);
  EXPECT_FALSE(Thread(act).to_agency);
  act.set_request_id(world_.NewId()), act.mutable_issue()->set_order_id(world_.NewId());
  EXPECT_EQ(Refusal(act), Reason::kOrderUnknown);
  ExpectReplayAgrees();
}

TEST_F(SupervisionTest, ACommandersOrderIsSignedHigherAndCopiedToTheCourtBetween) {
  SupervisionAct act = world_.Issue("HIGH");
  act.mutable_issue()->set_commander(true);
  EXPECT_EQ(Refusal(act, {"handler", "leader"}), Reason::kCopyNotBetween) << "MIDDLE stands between";
  for (const char* court : {"OTHER", "HIGH", "C1", "NOWHERE"}) {
    act.set_request_id(world_.NewId()), act.mutable_issue()->set_cc_court(court);
    EXPECT_EQ(Refusal(act, {"handler", "leader"}), Reason::kCopyNotBetween) << court;
  }
  act.set_request_id(world_.NewId()), act.mutable_issue()->set_cc_court("MIDDLE");
  EXPECT_EQ(Refusal(act), Reason::kSignaturesMissing) << "its leader";
  act.set_request_id(world_.NewId());
  ASSERT_EQ(Refusal(act, {"handler", "leader"}), Reason::kNone);
  EXPECT_TRUE(Thread(act).commander);
  EXPECT_TRUE(Thread(act).IsParty(world_.state.directory.CourtByCode("MIDDLE")->ordinal));
  EXPECT_FALSE(Thread(act).IsParty(world_.state.directory.CourtByCode("OTHER")->ordinal));
  ASSERT_EQ(Refusal(world_.AnswerTo(act, "C1")), Reason::kNone);
  EXPECT_EQ(Refusal(world_.SendBack(act)), Reason::kSignaturesMissing) << "who issued it returns and closes it";
  EXPECT_EQ(Refusal(world_.Close(act, SUPERVISION_RESULT_DONE), {"handler", "leader"}), Reason::kNone);
  SupervisionAct direct = world_.Issue("MIDDLE");
  direct.mutable_issue()->set_commander(true);
  EXPECT_EQ(Refusal(direct, {"handler", "leader"}), Reason::kNone) << "nobody stands between";
}

TEST_F(SupervisionTest, ACommandersOrderToAnAgencyIsCopiedToTheCourtWhoseOrderItIs) {
  const OrderProto freeze = Frozen();
  SupervisionAct act = world_.Issue("MIDDLE", &freeze);
  act.mutable_issue()->set_commander(true);
  EXPECT_EQ(Refusal(act, {"handler", "leader"}), Reason::kCopyNotBetween);
  act.set_request_id(world_.NewId()), act.mutable_issue()->set_cc_court("C1");
  EXPECT_EQ(Refusal(act, {"handler", "leader"}), Reason::kNone);
  SupervisionAct own = world_.Issue("C1", &freeze);
  own.mutable_issue()->set_commander(true);
  EXPECT_EQ(Refusal(own, {"handler", "leader"}), Reason::kNone) << "its own order: nobody stands between";
}

TEST_F(SupervisionTest, EveryViolationIsNamedAtOnce) {
  SupervisionAct act = world_.Issue("HIGH");
  SupervisionOrder& issue = *act.mutable_issue();
  act.clear_written_at();
  issue.clear_number(), issue.set_cause(SUPERVISION_CAUSE_PETITION), issue.clear_urgency();
  issue.clear_required_action(), issue.clear_contact_name(), issue.clear_contact_phone();
  issue.set_to_agency("BANK1");
  EXPECT_THAT(
      Problems(act, {"leader"}),
      ElementsAre("issue.cause FIELD_INVALID", "issue.contact_name FIELD_MISSING", "issue.contact_phone FIELD_MISSING",
                  "issue.number FIELD_MISSING", "issue.required_action FIELD_MISSING", "issue.to_court FIELD_INVALID",
                  "issue.urgency FIELD_MISSING", "signatures SIGNATURES_MISSING", "written_at FIELD_MISSING"));
  SupervisionAct nothing = world_.Issue("HIGH");
  nothing.clear_issue();
  EXPECT_THAT(Problems(nothing), ElementsAre("act FIELD_MISSING"));
  SupervisionAct close = world_.Close(Answered(), SUPERVISION_RESULT_UNSPECIFIED);
  close.mutable_close()->clear_text();
  EXPECT_THAT(Problems(close), IsSupersetOf({"close.result FIELD_MISSING", "close.text FIELD_MISSING"}));
}

TEST_F(SupervisionTest, OneBatchCannotDoTwiceWhatTwoCouldNot) {
  const SupervisionAct issued = Issued();
  const auto said = world_.Do(world_.Supervision(
      "C1", {world_.Acknowledgement(issued, "C1"), world_.AnswerTo(issued, "C1"), world_.AnswerTo(issued, "C1")}));
  EXPECT_FALSE(said.members[0].refusal);
  EXPECT_FALSE(said.members[1].refusal);
  EXPECT_EQ(said.members[2].refusal->reason, Reason::kSupervisionOutOfTurn);
  const auto closed =
      world_.Do(world_.Supervision("HIGH", {world_.Close(issued, SUPERVISION_RESULT_DONE), world_.SendBack(issued)}));
  EXPECT_FALSE(closed.members[0].refusal);
  EXPECT_EQ(closed.members[1].refusal->reason, Reason::kSupervisionClosed);
  ExpectReplayAgrees();
}

TEST_F(SupervisionTest, AThreadHasAsManyWordsAsThePolicyAllowsAndOneMoreToCloseIt) {
  const SupervisionAct issued = Answered();
  ASSERT_EQ(Refusal(world_.SendBack(issued)), Reason::kNone);
  ASSERT_EQ(Refusal(world_.AnswerTo(issued, "C1")), Reason::kNone);
  ASSERT_EQ(Refusal(world_.SendBack(issued)), Reason::kNone);
  EXPECT_EQ(Refusal(world_.AnswerTo(issued, "C1")), Reason::kSupervisionSpent) << "six, by this policy";
  world_.now = Thread(issued).deadline.due + absl::Seconds(1);
  EXPECT_EQ(Refusal(world_.Close(issued, SUPERVISION_RESULT_NOT_DONE)), Reason::kNone);
}

TEST_F(SupervisionTest, ARepeatAnswersTheSameAndAddsNothing) {
  const auto command = world_.Supervision("HIGH", {world_.Issue("HIGH")});
  const uint64_t index = world_.Do(command).members[0].index;
  const size_t entries = world_.journal.size();
  const auto again = world_.Do(command).members[0];
  EXPECT_EQ(again.index, index);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(world_.journal.size(), entries);
  SupervisionAct other = command.members[0].parsed;
  other.mutable_issue()->set_required_action("something else");
  EXPECT_EQ(Refusal(other), Reason::kRequestIdReused);
}

TEST_F(SupervisionTest, APartyReadsItsWordsAndNobodyElseWithoutAGrant) {
  SupervisionAct act = world_.Issue("HIGH");
  act.mutable_issue()->set_cc_court("MIDDLE");
  ASSERT_EQ(Refusal(act), Reason::kNone);
  const auto read = [&](const std::string& court) {
    RecordAccess access = world_.Access("ReadSupervision");
    access.parsed.set_officer("court/" + court + "/officer/handler");
    access.officers_of = court, access.key = world_.Key(court == "C1" ? "handler" : court + " handler");
    access.reader_name = "court/" + court, access.court = world_.state.directory.CourtByCode(court)->ordinal;
    access.supervision = Thread(act).index;
    const Result result = world_.Do(access);
    if (!result.status.ok()) return READ_SCOPE_UNSPECIFIED;
    AccessRecorded body;
    EXPECT_TRUE(body.ParseFromString(world_.journal.back().body));
    return body.scope();
  };
  EXPECT_EQ(read("HIGH"), READ_SCOPE_PARTY);
  EXPECT_EQ(read("MIDDLE"), READ_SCOPE_PARTY);
  EXPECT_EQ(read("C1"), READ_SCOPE_SELF);
  EXPECT_EQ(read("OTHER"), READ_SCOPE_UNSPECIFIED);
}

TEST_F(SupervisionTest, ACaseWithAnOpenThreadIsNotErased) {
  Issued();
  CaseAct closing;
  closing.set_request_id(world_.NewId()), closing.set_court("C1");
  closing.mutable_stage()->set_case_number("case-1"), closing.mutable_stage()->set_to(CASE_STAGE_CLOSED);
  closing.mutable_stage()->set_ground("paid");
  ASSERT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Cases({closing}))), Reason::kNone);
  world_.now += absl::Hours(24 * 800);
  goldeneagle::v1::Administration act;
  act.set_request_id(world_.NewId()), act.mutable_proposal()->set_ground("its time is over");
  act.mutable_proposal()->mutable_erase()->set_court("C1");
  act.mutable_proposal()->mutable_erase()->set_case_index(world_.case_seq);
  const Result refused = world_.Do(world_.Administration("admin1", {act}));
  ASSERT_TRUE(refused.members.at(0).refusal.has_value());
  ASSERT_EQ(refused.members[0].refusal->violations.size(), 1u);
  EXPECT_EQ(refused.members[0].refusal->violations[0].description, "a supervision order about it is open");
}

TEST_F(SupervisionTest, WithoutARowOfThePolicyThereIsNone) {
  world_ = DomainWorld();
  Courts();
  EXPECT_EQ(Refusal(world_.Issue("HIGH")), Reason::kSupervisionNotProvided);
}

TEST_F(SupervisionTest, APolicyWithTheRowHasItsClocks) {
  PolicyTable table = test::PolicyWithSupervision();
  EXPECT_TRUE(Policy::Create(table).ok());
  table.mutable_deadlines()->RemoveLast();
  SupervisionRow& row = *table.mutable_supervision();
  row.add_causes(SUPERVISION_CAUSE_OVERDUE), row.clear_commander_roles(), row.set_words_max(3);
  const auto policy = Policy::Create(table);
  ASSERT_FALSE(policy.ok());
  std::vector<std::string> fields;
  const auto failure = FailureOf(policy.status());
  for (const Violation& violation : failure.violations) fields.push_back(violation.field);
  EXPECT_THAT(fields, ::testing::UnorderedElementsAre("deadlines", "supervision.causes", "supervision.commander_roles",
                                                      "supervision.words_max"));
}

}  // namespace
}  // namespace eagle::domain
