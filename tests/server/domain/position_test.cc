// The daily statement: what a difference is and what isn't yet, how an incident runs, and who didn't state anything.
#include "server/domain/position.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/domain/apply_position.h"
#include "server/domain/instant.h"
#include "tests/support/domain_world.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using OrderProto = goldeneagle::v1::Order;
using test::DomainWorld;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const AgencyOrdinal kBank(1);

class PositionTest : public ::testing::Test {
 protected:
  // A freeze that BANK1 was handed and has carried out, at this revision of its own.
  OrderProto Frozen(int64_t amount = 10'000'00, uint64_t revision = 1) {
    const OrderProto freeze = Asked(amount);
    Take(Answer(freeze, amount, revision));
    return freeze;
  }
  OrderProto Asked(int64_t amount = 10'000'00) {
    const OrderProto freeze = world_.FreezeOrder("BANK1", amount);
    EXPECT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Orders({freeze}))), Reason::kNone);
    world_.Do(domain::Deliver{.agency = kBank, .instance = "12345678", .orders = {world_.OrderNamed(freeze).seq}});
    return freeze;
  }
  Receipt Answer(const OrderProto& freeze, int64_t amount, uint64_t revision) {
    Receipt receipt = world_.Controlled(freeze, "BANK1", amount, 0);
    receipt.mutable_items(0)->mutable_measure()->set_revision(revision);
    return receipt;
  }
  Receipt Released(const OrderProto& freeze, uint64_t revision) {
    const OrderProto release = world_.ReleaseOrder("BANK1", freeze.order_id());
    EXPECT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Orders({release}))), Reason::kNone);
    Receipt receipt = world_.ReceiptFor(release, "BANK1", RECEIPT_KIND_FINAL);
    ItemResult* item = receipt.add_items();
    item->set_outcome(OUTCOME_RELEASED);
    item->mutable_measure()->set_unit_reference("U1"), item->mutable_measure()->set_ended(true);
    item->mutable_measure()->set_revision(revision);
    return receipt;
  }
  void Take(const Receipt& receipt) {
    EXPECT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Receipts("BANK1", {receipt}))), Reason::kNone);
  }

  static PositionLine Line(const OrderProto& freeze, int64_t amount, uint64_t revision) {
    PositionLine line;
    line.set_order_id(freeze.order_id());
    line.mutable_measure()->set_unit_reference("U1"), line.mutable_measure()->set_revision(revision);
    line.mutable_measure()->set_requested_minor_units(amount),
        line.mutable_measure()->set_controlled_minor_units(amount);
    return line;
  }
  std::string Today() const { return absl::FormatCivilTime(absl::ToCivilDay(world_.now, world_.state.policy->zone())); }
  Position Of(std::vector<PositionLine> lines) const {
    Position position;
    position.set_agency("BANK1"), position.set_day(Today());
    *position.mutable_as_of() = ToProto(world_.now);
    for (PositionLine& line : lines) *position.add_lines() = std::move(line);
    return position;
  }
  Result Say(const Position& position) { return world_.Do(world_.Positions("BANK1", {position})); }
  void State_(std::vector<PositionLine> lines) {
    EXPECT_THAT(DomainWorld::Problems(Say(Of(std::move(lines)))), IsEmpty());
  }
  void NextDay() { world_.now += absl::Hours(24); }

  // Kinds of the incidents that stand, in order.
  std::vector<IncidentKind> Standing() const {
    std::vector<IncidentKind> kinds;
    for (const auto& [index, incident] : world_.state.incidents) kinds.push_back(incident.kind);
    return kinds;
  }
  size_t Count(EntryType type) const {
    return static_cast<size_t>(std::count_if(world_.journal.begin(), world_.journal.end(),
                                             [&](const Entry& entry) { return entry.type == type; }));
  }
  const Incident& Only() const { return world_.state.incidents.begin()->second; }
  PositionStated LastBody() const {
    PositionStated body;
    for (const Entry& entry : world_.journal) {
      if (entry.type != ENTRY_TYPE_POSITION_STATED) continue;
      EXPECT_TRUE(body.ParseFromString(entry.body));
    }
    return body;
  }
  // The journal folded anew gives the same rows and timers; a row read back gives itself.
  void ExpectReplayAgrees() {
    State again;
    for (const Entry& entry : world_.journal) Apply(entry, again);
    ASSERT_EQ(again.incidents.size(), world_.state.incidents.size());
    for (const auto& [index, incident] : world_.state.incidents) {
      EXPECT_EQ(again.incidents.at(index).Encode(), incident.Encode());
      const auto decoded = Incident::Decode(incident.Encode());
      ASSERT_TRUE(decoded.ok());
      EXPECT_EQ(decoded->Encode(), incident.Encode());
    }
    ASSERT_EQ(again.positions.size(), world_.state.positions.size());
    for (size_t i = 0; i < again.positions.size(); ++i) {
      const AgencyPosition& position = world_.state.positions[i];
      EXPECT_EQ(again.positions[i].seen.Encode(), position.seen.Encode());
      EXPECT_EQ(again.positions[i].standing, position.standing);
      PositionSeen decoded;
      ASSERT_TRUE(decoded.Decode(position.seen.Encode()));
      EXPECT_EQ(decoded.Encode(), position.seen.Encode());
    }
    EXPECT_EQ(again.ahead.size(), world_.state.ahead.size());
    EXPECT_TRUE(again.timers == world_.state.timers);
    for (const auto& [seq, order] : world_.state.orders) EXPECT_EQ(again.orders.at(seq).Encode(), order.Encode());
  }

  DomainWorld world_{test::PolicyWithPositions()};
};

TEST_F(PositionTest, AStatementThatAgreesIsOnRecordAndOpensNothing) {
  const OrderProto a = Frozen(), b = Frozen(20'000'00);
  State_({Line(a, 10'000'00, 1), Line(b, 20'000'00, 1)});
  EXPECT_THAT(Standing(), IsEmpty());
  const PositionStated body = LastBody();
  EXPECT_EQ(body.rows(), 2u);
  EXPECT_EQ(body.differences(), 0u);
  EXPECT_TRUE(body.complete());
  EXPECT_EQ(world_.state.PositionOf(kBank).seen.complete_day, Today());
  ExpectReplayAgrees();
}

TEST_F(PositionTest, OtherAmountsAtTheSameRevisionAreAnIncidentUntilAStatementAgrees) {
  const OrderProto freeze = Frozen();
  State_({Line(freeze, 9'000'00, 1)});
  ASSERT_THAT(Standing(), ElementsAre(INCIDENT_KIND_AMOUNT_DIFFERS));
  EXPECT_EQ(Only().freeze, world_.OrderNamed(freeze).seq);
  EXPECT_EQ(LastBody().differences(), 1u);
  NextDay();
  State_({Line(freeze, 9'000'00, 1)});
  EXPECT_EQ(Count(ENTRY_TYPE_INCIDENT_ARISEN), 1u) << "one for each measure and kind, however often it is shown";
  EXPECT_EQ(LastBody().differences(), 1u) << "and counted in each statement";
  ExpectReplayAgrees();
  NextDay();
  State_({Line(freeze, 10'000'00, 1)});
  EXPECT_THAT(Standing(), IsEmpty());
  EXPECT_EQ(Count(ENTRY_TYPE_INCIDENT_CLEARED), 1u);
  ExpectReplayAgrees();
}

TEST_F(PositionTest, AnotherEndOfTheTermIsADifference) {
  const OrderProto freeze = Frozen();
  PositionLine line = Line(freeze, 10'000'00, 1);
  *line.mutable_measure()->mutable_effective_to() = ToProto(world_.now + absl::Hours(1000));
  State_({line});
  EXPECT_THAT(Standing(), ElementsAre(INCIDENT_KIND_AMOUNT_DIFFERS));
}

TEST_F(PositionTest, AMeasureThatTheUnitForgotIsMissing) {
  const OrderProto a = Frozen(), b = Frozen(20'000'00), c = Frozen(5'000'00);
  State_({Line(a, 10'000'00, 1), Line(c, 5'000'00, 1)});
  ASSERT_THAT(Standing(), ElementsAre(INCIDENT_KIND_MEASURE_MISSING));
  EXPECT_EQ(Only().freeze, world_.OrderNamed(b).seq);
  NextDay();
  Take(Released(b, 2));
  State_({Line(a, 10'000'00, 1), Line(c, 5'000'00, 1)});
  EXPECT_THAT(Standing(), IsEmpty()) << "the court released it: neither side has it";
  ExpectReplayAgrees();
}

TEST_F(PositionTest, AMeasureAnsweredAfterTheInstantOfTheStatementIsNotMissing) {
  const Position before = Of({});
  world_.now += absl::Minutes(1);
  Frozen();
  Say(before);
  EXPECT_THAT(Standing(), IsEmpty());
}

TEST_F(PositionTest, AnUnansweredFreezeIsNeitherMissingNorUnknown) {
  const OrderProto freeze = Asked();
  State_({});
  NextDay();
  State_({Line(freeze, 10'000'00, 1)});
  NextDay();
  State_({Line(freeze, 10'000'00, 1)});
  EXPECT_THAT(Standing(), IsEmpty()) << "its task has a clock of its own";
}

TEST_F(PositionTest, AMeasureIsNotMissingWhileAnOrderOnItIsUnanswered) {
  const OrderProto freeze = Frozen();
  const Receipt released = Released(freeze, 2);
  world_.now += absl::Minutes(1);
  State_({});
  EXPECT_THAT(Standing(), IsEmpty()) << "released there, and its receipt is on its way";
  Take(released);
  State_({});
  EXPECT_THAT(Standing(), IsEmpty());
}

TEST_F(PositionTest, AMeasureWhoseTermIsOverIsNotMissing) {
  const OrderProto freeze = Asked();
  Receipt receipt = Answer(freeze, 10'000'00, 1);
  *receipt.mutable_items(0)->mutable_measure()->mutable_effective_to() = ToProto(world_.now + absl::Hours(2));
  Take(receipt);
  NextDay();
  State_({});
  EXPECT_THAT(Standing(), IsEmpty()) << "its lapse is on its way";
}

TEST_F(PositionTest, WhatTheLogKnowsAsEndedIsUnknown) {
  const OrderProto freeze = Frozen();
  Take(Released(freeze, 2));
  world_.now += absl::Minutes(1);
  State_({Line(freeze, 10'000'00, 1)});
  EXPECT_THAT(Standing(), IsEmpty()) << "a lower revision: the release came after the statement's instant";
  NextDay();
  State_({Line(freeze, 10'000'00, 2)});
  EXPECT_THAT(Standing(), ElementsAre(INCIDENT_KIND_MEASURE_UNKNOWN));
  NextDay();
  State_({});
  EXPECT_THAT(Standing(), IsEmpty());
  ExpectReplayAgrees();
}

TEST_F(PositionTest, MeasuresOfOrdersThatNobodyKnowsAreOneIncidentUntilAWholeDayIsWithoutThem) {
  OrderProto stranger = world_.FreezeOrder("BANK1", 1'00), other = world_.FreezeOrder("BANK1", 1'00);
  State_({Line(stranger, 1'00, 1), Line(other, 1'00, 1)});
  ASSERT_THAT(Standing(), ElementsAre(INCIDENT_KIND_MEASURE_UNKNOWN));
  EXPECT_FALSE(Only().freeze);
  EXPECT_EQ(LastBody().differences(), 2u);
  NextDay();
  State_({Line(other, 1'00, 1)});
  EXPECT_THAT(Standing(), ElementsAre(INCIDENT_KIND_MEASURE_UNKNOWN));
  NextDay();
  State_({});
  EXPECT_THAT(Standing(), IsEmpty());
  ExpectReplayAgrees();
}

TEST_F(PositionTest, AnOrderThatMakesNoMeasureHasNone) {
  const OrderProto freeze = Frozen(), release = world_.ReleaseOrder("BANK1", freeze.order_id(), 1'00);
  world_.Do(world_.Orders({release}));
  State_({Line(freeze, 10'000'00, 1), Line(release, 1'00, 1)});
  EXPECT_THAT(Standing(), ElementsAre(INCIDENT_KIND_MEASURE_UNKNOWN));
}

TEST_F(PositionTest, AMeasureOfAnotherAgencyIsUnknownHere) {
  const OrderProto freeze = world_.FreezeOrder("BANK2", 10'000'00);
  world_.Do(world_.Orders({freeze}));
  State_({Line(freeze, 10'000'00, 1)});
  EXPECT_THAT(Standing(), ElementsAre(INCIDENT_KIND_MEASURE_UNKNOWN));
}

TEST_F(PositionTest, AheadOfTheLogIsADifferenceOnlyWhenItStaysSo) {
  const OrderProto freeze = Frozen();
  State_({Line(freeze, 9'000'00, 2)});
  State_({Line(freeze, 9'000'00, 2)});
  EXPECT_THAT(Standing(), IsEmpty()) << "the same day twice is once";
  ExpectReplayAgrees();
  NextDay();
  State_({Line(freeze, 9'000'00, 2)});
  EXPECT_THAT(Standing(), ElementsAre(INCIDENT_KIND_AMOUNT_DIFFERS));
  ExpectReplayAgrees();
}

TEST_F(PositionTest, AheadInOneStatementAndCaughtUpInTheNextBeginsAnew) {
  const OrderProto freeze = Frozen();
  State_({Line(freeze, 9'000'00, 2)});
  Receipt event = world_.Event(freeze, "BANK1", MEASURE_CHANGE_REDUCED, 9'000'00, 1'000'00);
  event.mutable_items(0)->mutable_measure()->set_revision(2);
  Take(event);
  NextDay();
  PositionLine line = Line(freeze, 10'000'00, 2);
  line.mutable_measure()->set_controlled_minor_units(9'000'00),
      line.mutable_measure()->set_unfunded_minor_units(1'000'00);
  State_({line});
  EXPECT_TRUE(world_.state.ahead.empty());
  NextDay();
  line.mutable_measure()->set_revision(3), line.mutable_measure()->set_controlled_minor_units(8'000'00);
  line.mutable_measure()->set_unfunded_minor_units(2'000'00);
  State_({line});
  EXPECT_THAT(Standing(), IsEmpty());
  EXPECT_EQ(world_.state.ahead.size(), 1u);
}

TEST_F(PositionTest, AheadAnewEachDayOfALogThatFollowsIsNoDifference) {
  const OrderProto freeze = Frozen();
  for (uint64_t revision = 2; revision < 6; ++revision) {
    PositionLine line = Line(freeze, 10'000'00, revision);
    line.mutable_measure()->set_controlled_minor_units(9'000'00 - 1'00 * static_cast<int64_t>(revision));
    line.mutable_measure()->set_unfunded_minor_units(1'000'00 + 1'00 * static_cast<int64_t>(revision));
    State_({line});
    Receipt event = world_.Event(freeze, "BANK1", MEASURE_CHANGE_REDUCED, 0, 0);
    *event.mutable_items(0)->mutable_measure() = line.measure();
    *event.mutable_items(0)->mutable_measure()->mutable_effective_from() = ToProto(world_.now);
    Take(event);
    NextDay();
  }
  EXPECT_THAT(Standing(), IsEmpty()) << "its events come, each after the statement";
}

TEST_F(PositionTest, AheadWithTheSameAmountsAgrees) {
  const OrderProto freeze = Frozen();
  for (uint64_t revision : {2u, 3u, 4u}) {
    State_({Line(freeze, 10'000'00, revision)});
    NextDay();
  }
  EXPECT_THAT(Standing(), IsEmpty()) << "money moved between the accounts of one limit";
}

TEST_F(PositionTest, BehindTheLogIsNoDifference) {
  const OrderProto freeze = Frozen(10'000'00, 5);
  world_.now += absl::Minutes(1);
  State_({Line(freeze, 9'000'00, 4)});
  EXPECT_THAT(Standing(), IsEmpty());
}

TEST_F(PositionTest, BooksThatWentBackBehindTheirOwnWordDiffer) {
  const OrderProto stands = Frozen(10'000'00, 5), released = Frozen(20'000'00, 5);
  Take(Released(released, 6));
  NextDay();
  State_({Line(stands, 9'000'00, 4), Line(released, 20'000'00, 5)});
  EXPECT_THAT(Standing(), testing::UnorderedElementsAre(INCIDENT_KIND_AMOUNT_DIFFERS, INCIDENT_KIND_MEASURE_UNKNOWN));
}

TEST_F(PositionTest, AUnitWithoutRevisionsIsComparedUnlessAnOrderOnTheMeasureIsOpen) {
  const OrderProto freeze = Frozen(10'000'00, 0);
  world_.now += absl::Minutes(1);
  const OrderProto deduct = world_.DeductOrder("BANK1", freeze.order_id(), 1'000'00);
  ASSERT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Orders({deduct}))), Reason::kNone);
  State_({Line(freeze, 9'000'00, 0)});
  EXPECT_THAT(Standing(), IsEmpty());
  Take(world_.Deducted(deduct, "BANK1", true, 9'000'00, 0));
  world_.now += absl::Minutes(1);
  State_({Line(freeze, 9'000'00, 0)});
  EXPECT_THAT(Standing(), IsEmpty());
  State_({Line(freeze, 8'000'00, 0)});
  EXPECT_THAT(Standing(), ElementsAre(INCIDENT_KIND_AMOUNT_DIFFERS));
}

TEST_F(PositionTest, EachMarkOfAnIncidentIsWrittenOnceAndNoneAfterItIsCleared) {
  const OrderProto freeze = Frozen();
  State_({Line(freeze, 9'000'00, 1)});
  const Incident incident = Only();
  EXPECT_EQ(incident.deadline.row, "POSITION_DIFFERENCE");
  EXPECT_EQ(incident.deadline.due, absl::FromCivil(absl::ToCivilDay(world_.now, world_.state.policy->zone()) + 4,
                                                   world_.state.policy->zone()));
  for (int day = 0; day < 5; ++day) {
    NextDay();
    world_.Tick(), world_.Tick();
    State_({Line(freeze, 9'000'00, 1)});
  }
  std::vector<uint32_t> marks;
  for (const Entry& entry : world_.journal) {
    IncidentMarked body;
    if (entry.type != ENTRY_TYPE_INCIDENT_MARKED) continue;
    ASSERT_TRUE(body.ParseFromString(entry.body));
    EXPECT_EQ(body.incident(), incident.index);
    EXPECT_EQ(entry.order, incident.freeze);
    marks.push_back(body.mark_permille());
  }
  EXPECT_THAT(marks, ElementsAre(500, 750, 1000));
  ExpectReplayAgrees();
  State_({Line(freeze, 10'000'00, 1)});
  IncidentCleared cleared;
  ASSERT_EQ(world_.journal.back().type, ENTRY_TYPE_INCIDENT_CLEARED);
  ASSERT_TRUE(cleared.ParseFromString(world_.journal.back().body));
  EXPECT_TRUE(cleared.late());
  for (const Timer& timer : world_.state.timers) EXPECT_NE(timer.kind, Timer::kOfIncident);
}

// --- parts

TEST_F(PositionTest, ADayIsStatedInPartsEachOfWhichCoversItsRange) {
  const OrderProto a = Frozen(), b = Frozen(20'000'00), c = Frozen(5'000'00);
  Position first = Of({Line(a, 10'000'00, 1)}), second = Of({Line(b, 20'000'00, 1)}), last = Of({});
  first.set_up_to(a.order_id());
  second.set_after(a.order_id()), second.set_up_to(b.order_id());
  last.set_after(b.order_id());
  EXPECT_EQ(DomainWorld::OnlyRefusal(Say(first)), Reason::kNone);
  EXPECT_THAT(Standing(), IsEmpty()) << "what lies behind a part isn't missing yet";
  EXPECT_EQ(world_.state.PositionOf(kBank).seen.complete_day, "");
  EXPECT_EQ(DomainWorld::OnlyRefusal(Say(second)), Reason::kNone);
  EXPECT_EQ(DomainWorld::OnlyRefusal(Say(last)), Reason::kNone);
  ASSERT_THAT(Standing(), ElementsAre(INCIDENT_KIND_MEASURE_MISSING));
  EXPECT_EQ(Only().freeze, world_.OrderNamed(c).seq);
  EXPECT_EQ(world_.state.PositionOf(kBank).seen.complete_day, Today());
  ExpectReplayAgrees();
}

TEST_F(PositionTest, PartsOfOneBatchAreTakenInTheirOrder) {
  const OrderProto a = Frozen(), b = Frozen(20'000'00);
  Position first = Of({Line(a, 9'000'00, 1)}), last = Of({Line(b, 20'000'00, 1)});
  first.set_up_to(a.order_id()), last.set_after(a.order_id());
  const Result result = world_.Do(world_.Positions("BANK1", {first, last}));
  ASSERT_EQ(result.members.size(), 2u);
  EXPECT_FALSE(result.members[0].refusal || result.members[1].refusal);
  EXPECT_THAT(Standing(), ElementsAre(INCIDENT_KIND_AMOUNT_DIFFERS));
  EXPECT_EQ(world_.state.PositionOf(kBank).seen.complete_day, Today());
  ExpectReplayAgrees();
}

TEST_F(PositionTest, APartThatDoesNotContinueTheDayIsRefusedAndTheDayBeginsAnew) {
  const OrderProto a = Frozen(), b = Frozen(20'000'00);
  Position first = Of({Line(a, 10'000'00, 1)}), last = Of({Line(b, 20'000'00, 1)});
  first.set_up_to(a.order_id()), last.set_after(a.order_id());
  EXPECT_THAT(DomainWorld::Problems(Say(last)), ElementsAre("after POSITION_OUT_OF_TURN"));
  Say(first);
  Position elsewhere = last, later = last;
  elsewhere.set_after(b.order_id()), elsewhere.clear_lines();
  EXPECT_THAT(DomainWorld::Problems(Say(elsewhere)), ElementsAre("after POSITION_OUT_OF_TURN"));
  *later.mutable_as_of() = ToProto(world_.now - absl::Seconds(1));
  EXPECT_THAT(DomainWorld::Problems(Say(later)), ElementsAre("after POSITION_OUT_OF_TURN")) << "another instant";
  EXPECT_EQ(DomainWorld::OnlyRefusal(Say(first)), Reason::kNone);
  EXPECT_EQ(DomainWorld::OnlyRefusal(Say(last)), Reason::kNone);
  EXPECT_EQ(world_.state.PositionOf(kBank).seen.complete_day, Today());
}

TEST_F(PositionTest, ARepeatedPartGivesTheSameAnswerAndWritesNothing) {
  const Position position = Of({Line(Frozen(), 9'000'00, 1)});
  const uint64_t index = Say(position).members.at(0).index;
  const size_t before = world_.journal.size();
  const Result again = Say(position);
  EXPECT_EQ(again.members.at(0).verdict, RECEIPT_VERDICT_DUPLICATE);
  EXPECT_EQ(again.members.at(0).index, index);
  EXPECT_EQ(world_.journal.size(), before);
}

TEST_F(PositionTest, EveryFaultOfAPartIsToldAtOnce) {
  const OrderProto a = Frozen();
  Position position = Of({Line(a, -1, 1), Line(a, 1, 1)});
  position.mutable_lines(1)->clear_measure();
  position.set_agency("BANK2"), position.set_day("2026-02-30"), position.clear_as_of();
  position.set_up_to("short");
  EXPECT_THAT(DomainWorld::Problems(Say(position)),
              ElementsAre("agency SIGNER_NOT_CALLER", "as_of FIELD_MISSING", "day FIELD_INVALID",
                          "lines[0].measure FIELD_INVALID", "lines[1].measure FIELD_MISSING",
                          "lines[1].order_id FIELD_INVALID", "up_to FIELD_INVALID", "up_to FIELD_INVALID"));
}

TEST_F(PositionTest, ADayToComeADayThatIsOverAndAnInstantToComeAreRefused) {
  Position position = Of({});
  position.set_day("2099-01-01");
  EXPECT_THAT(DomainWorld::Problems(Say(position)), ElementsAre("as_of FIELD_INVALID", "day FIELD_INVALID"));
  position = Of({});
  *position.mutable_as_of() = ToProto(world_.now + absl::Minutes(6));
  EXPECT_THAT(DomainWorld::Problems(Say(position)), ElementsAre("as_of FIELD_INVALID"));
  State_({});
  position = Of({});
  position.set_day("2026-09-01");
  EXPECT_THAT(DomainWorld::Problems(Say(position)), ElementsAre("day FIELD_INVALID"));
}

TEST(PositionWithoutARow, StatementsAreRefusedWhenThePolicyKnowsNone) {
  DomainWorld world;
  Position position;
  position.set_agency("BANK1"), position.set_day("2026-09-28");
  *position.mutable_as_of() = ToProto(world.now);
  EXPECT_THAT(DomainWorld::Problems(world.Do(world.Positions("BANK1", {position}))),
              ElementsAre("day ACT_NOT_PROVIDED"));
}

// --- the statement itself

TEST_F(PositionTest, ADayWithoutAStatementIsAnIncidentOnceAndTheStatementClearsIt) {
  const OrderProto freeze = Frozen();
  const absl::CivilDay day = absl::ToCivilDay(world_.now, world_.state.policy->zone());
  world_.now = StatementDue(world_.state, day) - absl::Seconds(1);
  world_.Tick();
  EXPECT_THAT(Standing(), IsEmpty());
  world_.now += absl::Seconds(1);
  world_.Tick(), world_.Tick();
  ASSERT_THAT(Standing(), ElementsAre(INCIDENT_KIND_STATEMENT_MISSING));
  EXPECT_EQ(Only().day, absl::FormatCivilTime(day));
  EXPECT_EQ(Only().agency, kBank);
  ExpectReplayAgrees();
  NextDay();
  world_.Tick();
  EXPECT_EQ(Standing().size(), 2u) << "one for each day";
  State_({Line(freeze, 10'000'00, 1)});
  EXPECT_THAT(Standing(), IsEmpty());
  ExpectReplayAgrees();
}

TEST_F(PositionTest, AStatedDayIsNotMissing) {
  const OrderProto freeze = Frozen();
  for (int day = 0; day < 3; ++day) {
    State_({Line(freeze, 10'000'00, 1)});
    NextDay();
    world_.Tick();
  }
  EXPECT_EQ(Count(ENTRY_TYPE_INCIDENT_ARISEN), 0u);
}

TEST_F(PositionTest, AnAgencyAtWhichNothingStandsOwesNoStatement) {
  Asked();
  const OrderProto freeze = Frozen();
  Take(Released(freeze, 2));
  for (int day = 0; day < 3; ++day) {
    NextDay();
    world_.Tick();
  }
  EXPECT_THAT(Standing(), IsEmpty());
  for (const Timer& timer : world_.state.timers) EXPECT_NE(timer.kind, Timer::kOfPosition);
}

TEST_F(PositionTest, AnUnfinishedDayIsMissing) {
  const OrderProto freeze = Frozen();
  Position first = Of({Line(freeze, 10'000'00, 1)});
  first.set_up_to(freeze.order_id());
  EXPECT_EQ(DomainWorld::OnlyRefusal(Say(first)), Reason::kNone);
  NextDay();
  world_.now += absl::Hours(12);
  world_.Tick();
  EXPECT_THAT(Standing(), ElementsAre(INCIDENT_KIND_STATEMENT_MISSING));
}

// --- the book of what stands

TEST_F(PositionTest, WhatStandsIsTheSameWhenItIsBuiltFromTheLedgers) {
  const OrderProto a = Frozen(), b = Frozen(20'000'00);
  Asked();
  Take(Released(a, 2));
  State again = world_.state;
  again.positions.clear();
  again.positions.resize(world_.state.positions.size());
  for (size_t i = 0; i < again.positions.size(); ++i) again.positions[i].seen = world_.state.positions[i].seen;
  for (auto it = again.timers.begin(); it != again.timers.end();)
    it = it->kind == Timer::kOfPosition ? again.timers.erase(it) : std::next(it);
  BuildStanding(again);
  EXPECT_EQ(again.PositionOf(kBank).standing, world_.state.PositionOf(kBank).standing);
  EXPECT_EQ(again.PositionOf(kBank).standing.size(), 1u);
  EXPECT_TRUE(again.timers == world_.state.timers);
}

}  // namespace
}  // namespace eagle::domain
