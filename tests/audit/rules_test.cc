// Each rule is broken in an otherwise valid log, and exactly that is found.
#include "client/audit/rules.h"

#include <utility>

#include "tests/audit/rules_world.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(RulesTest, AValidLogOfEveryTypeGivesNoFinding) { EXPECT_THAT(FindingsOf(leaves_), IsEmpty()); }

TEST_F(RulesTest, LeavesThatDontDecode) {
  leaves_[at_ = At(ENTRY_TYPE_ACCESS_RECORDED, 3)].push_back('x');
  ExpectFinding("leaf.form");
}
TEST_F(RulesTest, BodiesThatDontDecode) {
  Leaf_(ENTRY_TYPE_ADAPTER_ABSENT, [](auto& leaf) { leaf.body = "\x0a"; });
  ExpectFinding("leaf.form");
}
TEST_F(RulesTest, ALeafAtAnotherPlace) {
  Leaf_(ENTRY_TYPE_ACCESS_RECORDED, [](auto& leaf) { leaf.index = EntryIndex(7); });
  ExpectFinding("leaf.index");
}
TEST_F(RulesTest, TimeThatGoesBack) {
  Leaf_(
      ENTRY_TYPE_ACCESS_RECORDED, [](auto& leaf) { leaf.time -= absl::Microseconds(1); }, 1);
  ExpectFinding("leaf.time");
}
TEST_F(RulesTest, OneOddTimeIsOneFindingAndNotOneOfEveryLeafBehindIt) {
  const auto findings_with = [&](absl::Duration shift) {
    std::vector<std::string> leaves = leaves_;
    ChangeLeaf(leaves, leaves.size() / 2, [&](auto& leaf) { leaf.time += shift; });
    size_t of_time = 0;
    for (const std::string& finding : FindingsOf(leaves)) of_time += finding.find("leaf.time") != std::string::npos;
    return of_time;
  };
  EXPECT_EQ(findings_with(absl::Hours(24 * 365)), 1u);
  EXPECT_EQ(findings_with(-absl::Hours(24 * 365)), 1u);
}
TEST_F(RulesTest, AnOrdersChainThatLeavesAnEntryOut) {
  Leaf_(ENTRY_TYPE_TASK_ANSWERED, [](auto& leaf) { leaf.previous = EntryIndex(leaf.previous.value() - 1); });
  ExpectFinding("leaf.previous");
}
TEST_F(RulesTest, AnActorWhoWasNeverRegistered) {
  Leaf_(ENTRY_TYPE_ADAPTER_PRESENT, [](auto& leaf) { leaf.actor_ordinal = 9; });
  ExpectFinding("leaf.frame");
}
TEST_F(RulesTest, APayloadThatIsMissing) {
  Leaf_(ENTRY_TYPE_ACCESS_RECORDED, [](auto& leaf) { leaf.commitment = {}; });
  ExpectFinding("leaf.frame");
}
TEST_F(RulesTest, ATypeThatIsNewer) {
  Leaf_(
      ENTRY_TYPE_ACCESS_RECORDED, [](auto& leaf) { leaf.type = 999; }, 3);
  ExpectFinding("type.newer");
}
TEST_F(RulesTest, AFieldThatIsNewer) {
  Leaf_(ENTRY_TYPE_ACCESS_RECORDED, [](auto& leaf) { leaf.body += std::string("\xf8\x07\x01", 3); });
  ExpectFinding("body.fields");
}
TEST_F(RulesTest, AFoundingThatLetsOneDecideAlone) {
  Body_<LogFounded>(ENTRY_TYPE_LOG_FOUNDED, [](auto& body) { body.set_approvals(1); });
  ExpectFinding("founding");
}
TEST_F(RulesTest, AProposalOfNoKnownKind) {
  // Entry 157 or so proposes what is never approved in this log's beginning.
  const uint64_t adopted = At(ENTRY_TYPE_CLOCK_ACCEPTED);
  Adopted body;
  body.ParseFromString(journal::DecodeLeaf(leaves_[adopted])->body);
  Change<ProposalMade>(leaves_, at_ = body.proposal(), [](auto& made) { made.set_kind("everything"); });
  EXPECT_THAT(FindingsOf(leaves_),
              ElementsAre("proposal@" + std::to_string(at_), "adopted@" + std::to_string(adopted)));
}
TEST_F(RulesTest, AChangeWhoseApproversDidNotApprove) {
  Body_<Adopted>(ENTRY_TYPE_COURT_REGISTERED, [](auto& body) { body.set_approvers(0, 3); });
  ExpectFinding("adopted");
}
TEST_F(RulesTest, APolicyByAProposalAboutSomethingElse) {
  Body_<Adopted>(ENTRY_TYPE_AGENCY_REGISTERED, [](auto& body) { body.set_ordinal(3); });
  const auto findings = FindingsOf(leaves_);
  EXPECT_THAT(findings, testing::Contains("adopted@" + std::to_string(at_)));
}
TEST_F(RulesTest, AnAlarmThatTellsAnotherTime) {
  Body_<ClockAlarm>(ENTRY_TYPE_CLOCK_ALARM, [](auto& body) { body.set_recorded_time(1); });
  ExpectFinding("clock");
}
TEST_F(RulesTest, AStatementWithoutEnoughRegistrars) {
  Body_<StatementAccepted>(ENTRY_TYPE_STATEMENT_ACCEPTED, [](auto& body) {
    body.clear_registrars();
    body.add_registrars(1);
  });
  ExpectFinding("statement");
}
TEST_F(RulesTest, AHeadOfTheDirectoryThatLeavesAStatementOut) {
  Body_<DirectoryHead>(ENTRY_TYPE_DIRECTORY_HEAD, [](auto& body) { body.set_statements(body.statements() - 1); });
  ExpectFinding("directory.head");
}
TEST_F(RulesTest, AHeadOfTheDirectoryOverOtherStatements) {
  Body_<DirectoryHead>(ENTRY_TYPE_DIRECTORY_HEAD, [](auto& body) { body.mutable_digest()->back() ^= 1; });
  ExpectFinding("directory.head");
}
TEST_F(RulesTest, AHeadOfTheDirectoryThatIsOlderThanTheStream) {
  Body_<DirectoryHead>(ENTRY_TYPE_DIRECTORY_HEAD, [](auto& body) { body.set_position(1); });
  ExpectFinding("directory.head");
}
TEST_F(RulesTest, AnAcknowledgementOfOtherStatements) {
  Body_<DirectoryReceived>(ENTRY_TYPE_DIRECTORY_RECEIVED, [](auto& body) { body.mutable_digest()->back() ^= 1; });
  ExpectFinding("directory.received");
}
TEST_F(RulesTest, AnAcknowledgementOfWhatIsNoStatement) {
  Body_<DirectoryReceived>(ENTRY_TYPE_DIRECTORY_RECEIVED, [](auto& body) { body.set_position(1); });
  ExpectFinding("directory.received");
}
TEST_F(RulesTest, AnAcknowledgementThatComesTwice) {
  const uint64_t first = At(ENTRY_TYPE_DIRECTORY_RECEIVED);
  at_ = first + 1;
  ChangeLeaf(leaves_, at_, [](auto& leaf) { leaf.agency = AgencyOrdinal(1), leaf.actor_ordinal = 1; });
  ExpectFinding("directory.received");
}
TEST_F(RulesTest, AnAdapterThatOneAdministratorLetWork) {
  // Approved by the second alone: the first one's proposal is another one's.
  const uint64_t approved = At(ENTRY_TYPE_ADAPTER_APPROVED);
  AdapterApproved body;
  body.ParseFromString(journal::DecodeLeaf(leaves_[approved])->body);
  ChangeLeaf(leaves_, body.proposal(), [](auto& leaf) { leaf.actor_ordinal = 2; });
  EXPECT_THAT(FindingsOf(leaves_), testing::Contains("adapter@" + std::to_string(approved)));
}
TEST_F(RulesTest, AnAdapterByAProposalAboutSomethingElse) {
  const uint64_t approved = At(ENTRY_TYPE_ADAPTER_APPROVED);
  AdapterApproved body;
  body.ParseFromString(journal::DecodeLeaf(leaves_[approved])->body);
  Change<ProposalMade>(leaves_, body.proposal(), [](auto& made) { made.set_kind("clock"); });
  EXPECT_THAT(FindingsOf(leaves_), testing::ElementsAre("adapter@" + std::to_string(approved)));
}
TEST_F(RulesTest, AnAdapterWithoutAPassedCaseOrWithoutAnEnd) {
  Body_<AdapterApproved>(ENTRY_TYPE_ADAPTER_APPROVED, [](auto& body) { body.clear_passed(); });
  ExpectFinding("adapter");
  Body_<AdapterApproved>(ENTRY_TYPE_ADAPTER_APPROVED, [](auto& body) { body.set_passed(2), body.set_valid_until(1); });
  ExpectFinding("adapter");
}
TEST_F(RulesTest, ASequenceThatComesTwice) {
  // Two heads of one court over orders.
  const auto head_of = [&](size_t nth) {
    OrderAccepted order;
    order.ParseFromString(journal::DecodeLeaf(leaves_[At(ENTRY_TYPE_ORDER_ACCEPTED, nth)])->body);
    return order.head();
  };
  BatchHead first;
  first.ParseFromString(journal::DecodeLeaf(leaves_[head_of(0)])->body);
  at_ = head_of(1);
  Change<BatchHead>(leaves_, at_, [&](auto& body) { body.set_sequence(first.sequence()); });
  ExpectFinding("head.sequence");
}
TEST_F(RulesTest, AMemberBeforeItsHead) {
  Body_<OrderAccepted>(ENTRY_TYPE_ORDER_ACCEPTED, [](auto& body) { body.set_head(body.head() + 1000); });
  ExpectFinding("head.before");
}
TEST_F(RulesTest, AnIdThatIsUsedTwice) {
  OrderAccepted first;
  first.ParseFromString(journal::DecodeLeaf(leaves_[At(ENTRY_TYPE_ORDER_ACCEPTED)])->body);
  Body_<OrderAccepted>(
      ENTRY_TYPE_ORDER_ACCEPTED, [&](auto& body) { body.set_order_id(first.order_id()); }, 1);
  ExpectFinding("id.once");
}
TEST_F(RulesTest, ACaseThatChangesFromAnotherStage) {
  Body_<CaseStageChanged>(ENTRY_TYPE_CASE_STAGE_CHANGED, [](auto& body) { body.set_from(CASE_STAGE_UNSPECIFIED); });
  ExpectFinding("case");
}
TEST_F(RulesTest, ARefusalThatTellsAnotherReason) {
  Body_<Refused>(ENTRY_TYPE_REFUSED, [](auto& body) { body.set_reason(body.reason() + 1); });
  ExpectFinding("refused");
}
TEST_F(RulesTest, AnOrderByAPolicyThatIsNotInForce) {
  Body_<OrderAccepted>(ENTRY_TYPE_ORDER_ACCEPTED, [](auto& body) { body.set_policy_version(99); });
  ExpectFinding("order");
}
TEST_F(RulesTest, AnAcceptanceThatCallsConfirmedWhatIsNoDoubt) {
  Body_<OrderAccepted>(ENTRY_TYPE_ORDER_ACCEPTED, [](auto& body) { body.add_confirmed(71); });  // CAP_EXCEEDED
  ExpectFinding("order");
}
TEST_F(RulesTest, AClaimWhoseConfirmedDoubtsDontRise) {
  Body_<CaseCapChanged>(ENTRY_TYPE_CASE_CAP_CHANGED, [](auto& body) {
    body.add_confirmed(273);
    body.add_confirmed(272);
  });
  ExpectFinding("case");
}
TEST_F(RulesTest, AClockThatRunsSlower) {
  Body_<OrderAccepted>(ENTRY_TYPE_ORDER_ACCEPTED, [](auto& body) {
    body.set_marks(body.marks_size() - 1, body.marks(body.marks_size() - 1) + 1'000'000);
  });
  ExpectFinding("order.clock");
}
TEST_F(RulesTest, AnOrderHandedOutThatNobodyAccepted) {
  Body_<Delivered>(ENTRY_TYPE_DELIVERED, [](auto& body) { body.add_orders(3); });
  ExpectFinding("delivery");
}
TEST_F(RulesTest, AReleaseThatGoesOutBeforeTheDeductionUnderItsMeasureIsOver) {
  const auto body_of = [&]<typename Body>(uint64_t index, Body body) {
    body.ParseFromString(journal::DecodeLeaf(leaves_[index])->body);
    return body;
  };
  uint64_t release = 0, handed = 0;
  for (uint64_t i = 0; i < leaves_.size() && handed == 0; ++i) {
    const auto type = journal::DecodeLeaf(leaves_[i])->type;
    if (type == ENTRY_TYPE_ORDER_ACCEPTED && body_of(i, OrderAccepted()).action() == ACTION_RELEASE) release = i;
    if (type == ENTRY_TYPE_DELIVERED && release != 0 && body_of(i, Delivered()).orders(0) == release) handed = i;
  }
  ASSERT_NE(handed, 0u);
  ASSERT_EQ(journal::DecodeLeaf(leaves_[handed - 1])->type, ENTRY_TYPE_TASK_ANSWERED) << "the deduction's last word";
  std::swap(leaves_[handed - 1], leaves_[handed]);
  at_ = handed - 1;
  for (const uint64_t i : {at_, handed}) {
    const absl::Time time = journal::DecodeLeaf(leaves_[at_])->time;
    ChangeLeaf(leaves_, i, [&](auto& leaf) { leaf.index = EntryIndex(i), leaf.time = time; });
  }
  for (uint64_t i = handed + 1; i < leaves_.size(); ++i) {
    if (journal::DecodeLeaf(leaves_[i])->order.value() != release) continue;
    ChangeLeaf(leaves_, i, [&](auto& leaf) { leaf.previous = EntryIndex(at_); });
    break;
  }
  ExpectFinding("delivery.release");
}
TEST_F(RulesTest, AnAnswerThatIsToldLate) {
  Body_<TaskReport>(ENTRY_TYPE_TASK_ANSWERED, [](auto& body) { body.set_late(!body.late()); });
  ExpectFinding("answer");
}
TEST_F(RulesTest, AConflictWithAnotherWordThanTheOneInForce) {
  Body_<ReceiptConflict>(ENTRY_TYPE_RECEIPT_CONFLICT, [](auto& body) { body.set_first_digest(std::string(32, 'x')); });
  ExpectFinding("answer");
}
TEST_F(RulesTest, AnAnswerThatCompletesTooEarly) {
  Body_<TaskReport>(ENTRY_TYPE_TASK_ANSWERED, [](auto& body) { body.set_completes(!body.completes()); });
  ExpectFinding("completion");
}
TEST_F(RulesTest, AChangeOfWhatIsNoMeasure) {
  Body_<MeasureChanged>(ENTRY_TYPE_MEASURE_CHANGED, [](auto& body) { body.set_change(MEASURE_CHANGE_UNSPECIFIED); });
  ExpectFinding("measure");
}
TEST_F(RulesTest, AWithdrawalBeyondTheTargets) {
  Body_<OrderWithdrawn>(ENTRY_TYPE_ORDER_WITHDRAWN, [](auto& body) { body.mutable_targets()->back() |= 0x40; });
  ExpectFinding("withdrawal");
}
TEST_F(RulesTest, APauseThatNoRevocationCaused) {
  Body_<OrderPaused>(ENTRY_TYPE_ORDER_PAUSED, [](auto& body) { body.set_statement(body.statement() - 1); });
  ExpectFinding("order.paused");
}
TEST_F(RulesTest, APauseWhereTheOrderHadBegun) {
  Body_<OrderPaused>(ENTRY_TYPE_ORDER_PAUSED, [](auto& body) { body.mutable_targets()->back() |= 0x40; });
  ExpectFinding("order.paused");
}
TEST_F(RulesTest, APauseOfSignaturesThatAreOlderThanTheTheft) {
  Body_<OrderPaused>(ENTRY_TYPE_ORDER_PAUSED, [](auto& body) { body.set_since(body.since() + 3600'000'000); });
  ExpectFinding("order.paused");
}
TEST_F(RulesTest, APausedOrderThatGoesOut) {
  // It is the second that is paused and signed anew; the leaf says that it goes on nowhere.
  Body_<OrderResumed>(ENTRY_TYPE_ORDER_RESUMED, [](auto& body) { body.clear_targets(); });
  const uint64_t order = journal::DecodeLeaf(leaves_[at_])->order.value();
  uint64_t delivered = at_;
  for (uint64_t i = at_; i < leaves_.size() && delivered == at_; ++i) {
    const journal::Leaf leaf = *journal::DecodeLeaf(leaves_[i]);
    Delivered body;
    if (leaf.type == ENTRY_TYPE_DELIVERED && body.ParseFromString(leaf.body) && body.orders(0) == order) delivered = i;
  }
  ASSERT_GT(delivered, at_);
  EXPECT_THAT(FindingsOf(leaves_), ElementsAre("order.paused@" + std::to_string(delivered)));
}
TEST_F(RulesTest, AReturnFromAnotherPause) {
  Body_<OrderResumed>(ENTRY_TYPE_ORDER_RESUMED, [](auto& body) { body.set_paused(body.paused() - 1); });
  ExpectFinding("order.paused");
}
TEST_F(RulesTest, AReturnThatNobodySigned) {
  Body_<OrderResumed>(ENTRY_TYPE_ORDER_RESUMED, [](auto& body) { body.clear_signers(); });
  ExpectFinding("order.paused");
}
TEST_F(RulesTest, AMarkWithAnotherDueInstant) {
  Body_<DeadlineMarked>(ENTRY_TYPE_DEADLINE_MARKED, [](auto& body) { body.set_due(body.due() + 1); });
  ExpectFinding("deadline.mark");
}
TEST_F(RulesTest, AMarkThatFiresTwice) {
  DeadlineMarked before;
  before.ParseFromString(journal::DecodeLeaf(leaves_[At(ENTRY_TYPE_DEADLINE_MARKED, 5)])->body);
  Body_<DeadlineMarked>(
      ENTRY_TYPE_DEADLINE_MARKED, [&](auto& body) { body.set_mark_permille(before.mark_permille()); }, 6);
  EXPECT_THAT(FindingsOf(leaves_), testing::Contains("deadline.mark@" + std::to_string(at_)));
}
TEST_F(RulesTest, AMarkThatFiresEarly) {
  at_ = At(ENTRY_TYPE_DEADLINE_MARKED, 6);
  for (uint64_t i = at_; i-- > 0;) {
    // The one before it stays; this one comes with it.
    ChangeLeaf(leaves_, at_, [&](auto& leaf) { leaf.time = journal::DecodeLeaf(leaves_[i])->time; });
    break;
  }
  ExpectFinding("deadline.mark");
}
TEST_F(RulesTest, AMarkThatSparesAnAgency) {
  Body_<DeadlineMarked>(ENTRY_TYPE_DEADLINE_MARKED, [](auto& body) { body.clear_open(); });
  ExpectFinding("deadline.open");
}
TEST_F(RulesTest, AMarkThatStaysAwayWhileTheLogGoesOn) {
  // The marks of order 144 after its first never come, and adapters go on saying Hello.
  const uint64_t first = At(ENTRY_TYPE_DEADLINE_MARKED, 2), hello = At(ENTRY_TYPE_ADAPTER_PRESENT),
                 later = At(ENTRY_TYPE_ACCESS_RECORDED);
  Leaves log(leaves_.begin(), leaves_.begin() + static_cast<ptrdiff_t>(first) + 1);
  for (int i = 0; i < 2; ++i) {
    log.push_back(leaves_[hello]);
    ChangeLeaf(log, log.size() - 1, [&](auto& leaf) {
      leaf.index = EntryIndex(log.size() - 1);
      leaf.time = journal::DecodeLeaf(leaves_[later])->time + absl::Minutes(16 * i);
    });
  }
  EXPECT_THAT(FindingsOf(log), ElementsAre("deadline.missing@" + std::to_string(log.size() - 1)));
}
TEST_F(RulesTest, ASurplusWithoutACause) {
  Body_<SurplusArisen>(ENTRY_TYPE_SURPLUS_ARISEN, [](auto& body) { body.set_cause(1); });
  ExpectFinding("surplus");
}
TEST_F(RulesTest, ASurplusThatGetsMoreTime) {
  Body_<SurplusArisen>(
      ENTRY_TYPE_SURPLUS_ARISEN, [](auto& body) { body.set_due(body.due() + 1); }, 1);
  ExpectFinding("surplus");
}
TEST_F(RulesTest, ARespondentWhoTakesAPlaceThatIsTaken) {
  Body_<CaseRespondentsChanged>(
      ENTRY_TYPE_CASE_RESPONDENTS_CHANGED, [](auto& body) { body.set_added(0, 1); }, 2);
  EXPECT_THAT(FindingsOf(leaves_), testing::Contains("respondent@" + std::to_string(at_)));
}
TEST_F(RulesTest, AChangeOfRespondentsThatNamesNobody) {
  Body_<CaseRespondentsChanged>(ENTRY_TYPE_CASE_RESPONDENTS_CHANGED, [](auto& body) { body.clear_added_tags(); });
  EXPECT_THAT(FindingsOf(leaves_), testing::Contains("respondent@" + std::to_string(at_)));
}
TEST_F(RulesTest, AChangeOfRespondentsByAPolicyThatIsNotInForce) {
  Body_<CaseRespondentsChanged>(ENTRY_TYPE_CASE_RESPONDENTS_CHANGED, [](auto& body) { body.set_policy_version(99); });
  ExpectFinding("respondent");
}
// He comes back in another's name only: then what goes out afterwards, and the order about him, are about who left.
class WhoLeftRules : public RulesTest {
 protected:
  // Whose opening has tags, as every real one has: else nobody can tell who is who.
  void SetUp() override {
    Body_<CaseOpened>(ENTRY_TYPE_CASE_OPENED, [](auto& body) {
      body.add_subject_tags("tag of 990101198503070017"), body.add_subject_tags("tag of 919901019900000178");
    });
    ASSERT_THAT(FindingsOf(leaves_), testing::IsEmpty());
  }
};
TEST_F(WhoLeftRules, ARespondentWhoLeavesAndNeverCame) {
  Body_<CaseRespondentsChanged>(
      ENTRY_TYPE_CASE_RESPONDENTS_CHANGED, [](auto& body) { body.set_removed(0, 7); }, 1);
  EXPECT_THAT(FindingsOf(leaves_), testing::Contains("respondent@" + std::to_string(at_)));
}
TEST_F(WhoLeftRules, AnOrderThatBeginsAfterItsPersonLeft) {
  Body_<CaseRespondentsChanged>(
      ENTRY_TYPE_CASE_RESPONDENTS_CHANGED,
      [](auto& body) { body.set_added(0, 3), body.set_added_tags(0, "tag of somebody else"); }, 2);
  uint64_t delivered = 0;
  for (uint64_t i = at_; i < leaves_.size() && delivered == 0; ++i) {
    if (journal::DecodeLeaf(leaves_[i])->type == ENTRY_TYPE_DELIVERED) delivered = i;
  }
  EXPECT_THAT(FindingsOf(leaves_), ElementsAre("respondent@" + std::to_string(delivered)));
}
TEST_F(WhoLeftRules, AnOrderThatIsAcceptedAboutWhoLeft) {
  // He left when another came.
  Body_<CaseRespondentsChanged>(ENTRY_TYPE_CASE_RESPONDENTS_CHANGED, [](auto& body) {
    body.set_added_tags(0, "tag of somebody else");
    body.add_removed(1), body.add_removed_tags("tag of E1");
  });
  uint64_t accepted = at_;
  while (journal::DecodeLeaf(leaves_[accepted])->type != ENTRY_TYPE_ORDER_ACCEPTED) ++accepted;
  EXPECT_THAT(FindingsOf(leaves_), testing::Contains("respondent@" + std::to_string(accepted)));
}

TEST_F(RulesTest, AnAdapterThatVanishesBeforeItCame) {
  Leaf_(ENTRY_TYPE_ADAPTER_ABSENT, [](auto& leaf) { leaf.body = ""; });
  ChangeLeaf(leaves_, at_, [](auto& leaf) { leaf.agency = AgencyOrdinal(8); });
  ExpectFinding("presence");
}
TEST_F(RulesTest, AReadThatDoesntSayWhatWasRead) {
  Body_<AccessRecorded>(ENTRY_TYPE_ACCESS_RECORDED, [](auto& body) { body.clear_method(); });
  ExpectFinding("read");
}
TEST_F(RulesTest, AReadWithoutATicket) {
  Body_<AccessRecorded>(ENTRY_TYPE_ACCESS_RECORDED, [](auto& body) { body.clear_ticket_digest(); });
  ExpectFinding("read");
}
TEST_F(RulesTest, AReadThatWasNotCounted) {
  Body_<AccessRecorded>(
      ENTRY_TYPE_ACCESS_RECORDED, [](auto& body) { body.set_reads_in_hour(1); }, 2);
  ExpectFinding("read");
}
TEST_F(RulesTest, AReadThatCountsInAnotherHour) {
  Body_<AccessRecorded>(
      ENTRY_TYPE_ACCESS_RECORDED, [](auto& body) { body.set_hour_start(body.hour_start() + 1); }, 2);
  ExpectFinding("read");
}
TEST_F(RulesTest, AReadThatCountsInAnHourToCome) {
  // The only one of its officer.
  Body_<AccessRecorded>(
      ENTRY_TYPE_ACCESS_RECORDED, [](auto& body) { body.set_hour_start(body.hour_start() + 3'600'000'000); }, 3);
  ExpectFinding("read");
}
TEST_F(RulesTest, AReadByASystemThatNobodyLetRead) {
  // The grant had ended before.
  const uint64_t granted = At(ENTRY_TYPE_READING_GRANTED);
  Change<Adopted>(leaves_, granted, [](auto& body) { body.mutable_reading()->mutable_until()->set_seconds(1); });
  for (uint64_t i = 0; i < leaves_.size(); ++i) {
    const auto leaf = journal::DecodeLeaf(leaves_[i]);
    if (leaf->type == ENTRY_TYPE_ACCESS_RECORDED && leaf->actor_kind == ACTOR_KIND_SYSTEM) at_ = i;
  }
  ExpectFinding("read");
}
TEST_F(RulesTest, AReadOfACourtsOwnCaseUnderAGrant) {
  Body_<AccessRecorded>(ENTRY_TYPE_ACCESS_RECORDED, [](auto& body) { body.set_scope(READ_SCOPE_GRANT); });
  ExpectFinding("read");
}
TEST_F(RulesTest, AReadOfAnOpenCaseThatRaisesAnAlert) {
  Body_<AccessRecorded>(ENTRY_TYPE_ACCESS_RECORDED, [](auto& body) { body.set_no_open_case(true); });
  ExpectFinding("read");
}
TEST_F(RulesTest, AGrantOfAnotherCase) {
  Body_<Adopted>(ENTRY_TYPE_READING_GRANTED, [](auto& body) { body.mutable_reading()->set_case_index(1); });
  ExpectFinding("adopted");
}
TEST_F(RulesTest, OneWitnessUnderTwoNames) {
  Body_<Adopted>(ENTRY_TYPE_WITNESSES_REGISTERED, [](auto& body) {
    body.mutable_witnesses()->mutable_witnesses(1)->set_verifier_key(body.witnesses().witnesses(0).verifier_key());
    body.mutable_witnesses()->mutable_witnesses(1)->set_name(body.witnesses().witnesses(0).name());
  });
  const uint64_t cosigned = At(ENTRY_TYPE_CHECKPOINT_COSIGNED);
  EXPECT_THAT(FindingsOf(leaves_), ElementsAre("witnesses@" + std::to_string(at_), "witnesses@" + std::to_string(at_),
                                               "cosigned@" + std::to_string(cosigned)));
}
TEST_F(RulesTest, AnAlarmOverWitnessesThatStoodBefore) {
  Body_<WitnessesMissing>(
      ENTRY_TYPE_WITNESSES_MISSING, [](auto& body) { body.set_deductions_wait(false); }, 1);
  ExpectFinding("witnesses");
}
TEST_F(RulesTest, ACheckpointThatTooFewWitnessesSigned) {
  Body_<CheckpointCosigned>(ENTRY_TYPE_CHECKPOINT_COSIGNED, [](auto& body) {
    std::string& note = *body.mutable_checkpoint();
    note.resize(note.rfind('\n', note.size() - 2) + 1);
  });
  ExpectFinding("cosigned");
}
TEST_F(RulesTest, ACosignedCheckpointOfAnotherSizeThanItSays) {
  Body_<CheckpointCosigned>(ENTRY_TYPE_CHECKPOINT_COSIGNED, [](auto& body) { body.set_size(2); });
  ExpectFinding("cosigned");
}
TEST_F(RulesTest, ADeductionThatGoesOutUnseen) {
  // The alarm says at once that deductions wait.
  Body_<WitnessesMissing>(ENTRY_TYPE_WITNESSES_MISSING, [](auto& body) { body.set_deductions_wait(true); });
  const auto findings = FindingsOf(leaves_);
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_THAT(findings[0], testing::StartsWith("delivery.witnessed@"));
  EXPECT_THAT(findings[1], testing::StartsWith("witnesses@")) << "the second alarm has nothing to add";
}
// --- a rotation of the tag key

// The golden log's first objection is to a freeze, holds a deduction back and is answered late; the second is taken
// back.
TEST_F(RulesTest, AnObjectionToAnOrderThatTheAgencyWasNotHanded) {
  Leaf_(ENTRY_TYPE_OBJECTION_RAISED, [&](auto& leaf) { leaf.agency = AgencyOrdinal(2), leaf.actor_ordinal = 2; });
  const auto findings = FindingsOf(leaves_);
  EXPECT_THAT(findings, testing::Contains("objection@" + std::to_string(at_)));
}
TEST_F(RulesTest, AnObjectionAboutAnotherMeasure) {
  Body_<ObjectionRaised>(ENTRY_TYPE_OBJECTION_RAISED, [](auto& body) { body.set_measure(body.measure() + 1); });
  ExpectFinding("objection");
}
TEST_F(RulesTest, AnObjectionWithoutATimeToAnswerIn) {
  Body_<ObjectionRaised>(
      ENTRY_TYPE_OBJECTION_RAISED, [](auto& body) { body.clear_marks(), body.clear_marks_permille(); }, 1);
  ExpectFinding("objection");
}
TEST_F(RulesTest, AnObjectionWithoutAGround) {
  Body_<ObjectionRaised>(ENTRY_TYPE_OBJECTION_RAISED, [](auto& body) { body.clear_ground(); });
  ExpectFinding("objection");
}
TEST_F(RulesTest, AnAnswerToWhatWasTakenBack) {
  Body_<ObjectionReplied>(
      ENTRY_TYPE_OBJECTION_REPLIED, [](auto& body) { body.set_withdraws(true); }, 1);
  const auto findings = FindingsOf(leaves_);
  EXPECT_THAT(findings, testing::Contains("objection@" + std::to_string(At(ENTRY_TYPE_OBJECTION_ANSWERED))));
}
TEST_F(RulesTest, ACourtThatTakesAnObjectionBack) {
  Body_<ObjectionReplied>(ENTRY_TYPE_OBJECTION_REPLIED, [](auto& body) { body.set_withdraws(true); });
  EXPECT_THAT(FindingsOf(leaves_), testing::Contains("objection@" + std::to_string(at_)));
}
TEST_F(RulesTest, AWordInAThreadThatIsNone) {
  Body_<ObjectionReplied>(
      ENTRY_TYPE_OBJECTION_REPLIED, [](auto& body) { body.set_objection(body.objection() - 1); }, 1);
  ExpectFinding("objection");
}
TEST_F(RulesTest, AnAnswerThatIsLateAndCalledInTime) {
  Body_<ObjectionAnswered>(ENTRY_TYPE_OBJECTION_ANSWERED, [](auto& body) { body.set_late(false); });
  ExpectFinding("objection");
}
TEST_F(RulesTest, AnAnswerThatDecidesNothing) {
  Body_<ObjectionAnswered>(ENTRY_TYPE_OBJECTION_ANSWERED, [](auto& body) { body.clear_decision(); });
  ExpectFinding("objection");
}
TEST_F(RulesTest, AnAnswerThatNobodySigned) {
  Body_<ObjectionAnswered>(ENTRY_TYPE_OBJECTION_ANSWERED, [](auto& body) { body.clear_signers(); });
  ExpectFinding("objection");
}
TEST_F(RulesTest, AMarkOfAnObjectionBeforeItsInstant) {
  Leaf_(ENTRY_TYPE_OBJECTION_MARKED, [](auto&) {});
  Body_<ObjectionMarked>(ENTRY_TYPE_OBJECTION_MARKED, [](auto& body) { body.set_mark_permille(2000); });
  EXPECT_THAT(FindingsOf(leaves_), testing::Contains("deadline.mark@" + std::to_string(at_)));
}
TEST_F(RulesTest, AMarkOfAnObjectionWithAnotherDueInstant) {
  Body_<ObjectionMarked>(ENTRY_TYPE_OBJECTION_MARKED, [](auto& body) { body.set_due(body.due() + 1); });
  ExpectFinding("deadline.mark");
}
// BANK1's second statement counts one measure otherwise and leaves one out; a later one agrees.
TEST_F(RulesTest, AStatementUnderAPolicyThatIsNotInForce) {
  Body_<PositionStated>(ENTRY_TYPE_POSITION_STATED, [](auto& body) { body.set_policy_version(9); });
  ExpectFinding("position");
}
TEST_F(RulesTest, AStatementOfADayThatIsNone) {
  Body_<PositionStated>(ENTRY_TYPE_POSITION_STATED, [](auto& body) { body.set_day("2026-02-30"); });
  EXPECT_THAT(FindingsOf(leaves_), testing::Contains("position@" + std::to_string(at_)));
}
TEST_F(RulesTest, MoreIncidentsThanTheStatementShowedDifferences) {
  Body_<PositionStated>(
      ENTRY_TYPE_POSITION_STATED, [](auto& body) { body.set_differences(0); }, 1);
  EXPECT_THAT(FindingsOf(leaves_), testing::Contains("incident@" + std::to_string(At(ENTRY_TYPE_INCIDENT_ARISEN))));
}
TEST_F(RulesTest, AnIncidentUnderAPolicyThatIsNotInForce) {
  Body_<IncidentArisen>(ENTRY_TYPE_INCIDENT_ARISEN, [](auto& body) { body.set_policy_version(9); });
  ExpectFinding("incident");
}
TEST_F(RulesTest, AnIncidentOfAnotherStatement) {
  Body_<IncidentArisen>(ENTRY_TYPE_INCIDENT_ARISEN, [](auto& body) { body.set_statement(body.statement() - 1); });
  ExpectFinding("incident");
}
TEST_F(RulesTest, AnIncidentThatIsClearedLateAndCalledInTime) {
  Body_<IncidentCleared>(ENTRY_TYPE_INCIDENT_CLEARED, [](auto& body) { body.set_late(!body.late()); });
  ExpectFinding("incident");
}
TEST_F(RulesTest, AnIncidentThatNothingCleared) {
  Body_<IncidentCleared>(ENTRY_TYPE_INCIDENT_CLEARED, [](auto& body) { body.set_cause(body.incident()); });
  ExpectFinding("incident");
}
TEST_F(RulesTest, AMarkOfAnIncidentWithAnotherDueInstant) {
  Body_<IncidentMarked>(ENTRY_TYPE_INCIDENT_MARKED, [](auto& body) { body.set_due(body.due() + 1); });
  ExpectFinding("deadline.mark");
}
// The court's answer comes after the hand-out that it lets go: the deduction went out while the objection was open.
TEST_F(RulesTest, ADeductionThatGoesOutUnderAnUpheldObjection) {
  Body_<ObjectionAnswered>(ENTRY_TYPE_OBJECTION_ANSWERED,
                           [](auto& body) { body.set_decision(OBJECTION_DECISION_UPHELD); });
  const auto findings = FindingsOf(leaves_);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0], "delivery.objection@" + std::to_string(at_ + 1));
}
TEST_F(RulesTest, ADeductionThatGoesOutUnderAnOpenObjection) {
  const uint64_t answered = At(ENTRY_TYPE_OBJECTION_ANSWERED);
  ChangeLeaf(leaves_, answered, [](auto& leaf) {
    ObjectionAnswered said;
    said.ParseFromString(leaf.body);
    ObjectionReplied instead;
    instead.set_objection(said.objection()), instead.set_request_id(said.request_id());
    instead.set_digest(said.digest()), instead.set_head(said.head());
    *instead.mutable_signers() = said.signers();
    leaf.type = ENTRY_TYPE_OBJECTION_REPLIED, leaf.body = instead.SerializeAsString();
  });
  EXPECT_THAT(FindingsOf(leaves_), testing::Contains("delivery.objection@" + std::to_string(answered + 1)));
}

TEST_F(RulesTest, EveryRuleSaysWhatItDemandsAndWhy) {
  for (const RuleRow& row : AllRules()) {
    EXPECT_FALSE(row.demand.empty() || row.source.empty()) << row.name;
    EXPECT_EQ(RuleNamed(row.name), row.rule);
  }
  EXPECT_EQ(RuleNamed("none"), std::nullopt);
}

}  // namespace
}  // namespace eagle::audit
