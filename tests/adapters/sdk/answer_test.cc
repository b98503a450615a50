// What may be signed as an answer, and how a register's rows become words of the contract.
#include "adapters/sdk/answer.h"

#include "adapters/sdk/config.h"
#include "adapters/sdk/encumbrance/codec.h"
#include "adapters/sdk/measure.h"
#include "adapters/sdk/operation.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"

namespace eagle::sdk {
namespace {

v1::Order OrderOf(v1::Action action) {
  v1::Order order;
  order.set_action(action);
  if (action == v1::ACTION_FREEZE) order.mutable_freeze()->set_limit_minor_units(100);
  if (action == v1::ACTION_DEDUCT) order.mutable_deduct()->set_amount_minor_units(100);
  return order;
}

v1::MeasureState Measure(int64_t controlled, int64_t unfunded) {
  v1::MeasureState state;
  state.set_unit_reference("unit");
  state.set_requested_minor_units(controlled + unfunded);
  state.set_controlled_minor_units(controlled);
  state.set_unfunded_minor_units(unfunded);
  state.set_rank(1);
  return state;
}

Answer With(AnswerKind kind, v1::Outcome outcome, const std::function<void(v1::ItemResult&)>& fill = nullptr) {
  Answer answer{.kind = kind};
  v1::ItemResult& item = answer.items.emplace_back();
  item.set_outcome(outcome);
  if (fill) fill(item);
  return answer;
}

bool Takes(v1::Action action, const Answer& answer) {
  const absl::Status status = CheckAnswer(OrderOf(action), answer);
  EXPECT_TRUE(status.ok() || ReasonOf(status) == Reason::kAnswerInvalid) << status;
  return status.ok();
}

// A clerk says of a task in doubt that it wasn't done: whatever was ordered, there is a word for that.
TEST(Answer, WhatWasNotDoneHasAnOutcomeThatMayAnswerItsOrder) {
  for (int action = 1; action <= v1::Action_MAX; ++action) {
    const auto ordered = static_cast<v1::Action>(action);
    EXPECT_TRUE(Takes(ordered, With(AnswerKind::kFinal, NotDoneOutcome(ordered),
                                    [](v1::ItemResult& item) { item.set_reason("GONE"); })))
        << v1::Action_Name(ordered);
  }
}

TEST(Answer, TransactionsAreToldWhenAskedForEachOneWholeAndInTheirOrder) {
  v1::Order order = OrderOf(v1::ACTION_INQUIRE);
  Answer answer = With(AnswerKind::kFinal, v1::OUTCOME_FOUND);
  answer.searched_scope = "deposits";
  v1::Transactions& told = *answer.items[0].mutable_finding()->mutable_transactions();
  EXPECT_EQ(ReasonOf(CheckAnswer(order, answer)), Reason::kAnswerInvalid) << "nobody asked";
  order.mutable_inquire()->mutable_transactions()->set_first_day("2026-09-01");
  order.mutable_inquire()->mutable_transactions()->set_last_day("2026-09-28");
  EXPECT_EQ(CheckAnswer(order, answer), absl::OkStatus()) << "nothing moved";
  for (const int64_t seconds : {100, 200}) {
    v1::Transaction& one = *told.add_list();
    one.set_reference("B1"), one.set_amount_minor_units(-5), one.mutable_booked_at()->set_seconds(seconds);
  }
  EXPECT_EQ(CheckAnswer(order, answer), absl::OkStatus());
  const auto refused = [&](const std::function<void(v1::Transaction&)>& spoil) {
    Answer spoiled = answer;
    spoil(*spoiled.items[0].mutable_finding()->mutable_transactions()->mutable_list(1));
    return ReasonOf(CheckAnswer(order, spoiled)) == Reason::kAnswerInvalid;
  };
  EXPECT_TRUE(refused([](v1::Transaction& one) { one.clear_reference(); }));
  EXPECT_TRUE(refused([](v1::Transaction& one) { one.clear_amount_minor_units(); }));
  EXPECT_TRUE(refused([](v1::Transaction& one) { one.clear_booked_at(); }));
  EXPECT_TRUE(refused([](v1::Transaction& one) { one.mutable_booked_at()->set_seconds(99); }));
}

TEST(Answer, NilNeedsTheScopeThatWasSearchedAndStandsAlone) {
  Answer nil = With(AnswerKind::kFinal, v1::OUTCOME_NIL);
  EXPECT_FALSE(Takes(v1::ACTION_INQUIRE, nil));
  nil.searched_scope = "deposits";
  EXPECT_TRUE(Takes(v1::ACTION_INQUIRE, nil));
  EXPECT_FALSE(Takes(v1::ACTION_FREEZE, nil));
  EXPECT_FALSE(Takes(v1::ACTION_RELEASE, nil));
  EXPECT_FALSE(Takes(v1::ACTION_DEDUCT, nil));
  nil.items.emplace_back().set_outcome(v1::OUTCOME_ERROR);
  nil.items.back().set_reason("ONE_SYSTEM_DOWN");
  EXPECT_FALSE(Takes(v1::ACTION_INQUIRE, nil));
  EXPECT_TRUE(Takes(v1::ACTION_INQUIRE, FailedAnswer("INTERNAL", "")));
  EXPECT_FALSE(Takes(v1::ACTION_INQUIRE, FailedAnswer("", "")));
  EXPECT_FALSE(Takes(v1::ACTION_INQUIRE, Answer{}));
  Answer found = With(AnswerKind::kFinal, v1::OUTCOME_FOUND);
  found.searched_scope = "deposits";
  EXPECT_FALSE(Takes(v1::ACTION_INQUIRE, found));
  found.items[0].mutable_finding();
  EXPECT_TRUE(Takes(v1::ACTION_INQUIRE, found));
  found.searched_scope.clear();
  EXPECT_FALSE(Takes(v1::ACTION_INQUIRE, found));
}

TEST(Answer, TheAmountsOfAMeasureSquare) {
  const auto takes = [](v1::Outcome outcome, const v1::MeasureState& state) {
    return Takes(v1::ACTION_FREEZE,
                 With(AnswerKind::kFinal, outcome, [&](v1::ItemResult& item) { *item.mutable_measure() = state; }));
  };
  EXPECT_TRUE(takes(v1::OUTCOME_CONTROLLED, Measure(100, 0)));
  EXPECT_TRUE(takes(v1::OUTCOME_PARTLY_CONTROLLED, Measure(60, 40)));
  EXPECT_TRUE(takes(v1::OUTCOME_PARTLY_CONTROLLED, Measure(0, 100)));
  EXPECT_TRUE(takes(v1::OUTCOME_WAITLISTED, Measure(0, 100)));
  EXPECT_FALSE(takes(v1::OUTCOME_CONTROLLED, Measure(60, 40)));
  EXPECT_FALSE(takes(v1::OUTCOME_PARTLY_CONTROLLED, Measure(100, 0)));
  EXPECT_FALSE(takes(v1::OUTCOME_WAITLISTED, Measure(1, 99)));
  EXPECT_FALSE(takes(v1::OUTCOME_CONTROLLED, Measure(101, 0))) << "above the limit";
  EXPECT_FALSE(takes(v1::OUTCOME_PARTLY_CONTROLLED, Measure(-1, 50)));
  v1::MeasureState state = Measure(60, 40);
  state.set_requested_minor_units(99);
  EXPECT_FALSE(takes(v1::OUTCOME_PARTLY_CONTROLLED, state));
  state = Measure(60, 40);
  state.clear_unit_reference();
  EXPECT_FALSE(takes(v1::OUTCOME_PARTLY_CONTROLLED, state));
  state = Measure(60, 40);
  state.set_rank(0);
  EXPECT_FALSE(takes(v1::OUTCOME_PARTLY_CONTROLLED, state));
  state = Measure(60, 40);
  state.set_ended(true);
  EXPECT_FALSE(takes(v1::OUTCOME_PARTLY_CONTROLLED, state));
  state = Measure(60, 40);
  for (int i = 0; i < 2; ++i) state.add_shares()->set_controlled_minor_units(30);
  EXPECT_FALSE(takes(v1::OUTCOME_PARTLY_CONTROLLED, state)) << "40 lie nowhere";
  state.mutable_shares(0)->set_unfunded_minor_units(40);
  EXPECT_TRUE(takes(v1::OUTCOME_PARTLY_CONTROLLED, state));
  state.mutable_shares(0)->set_unfunded_minor_units(20);
  state.mutable_shares(1)->set_unfunded_minor_units(20);
  EXPECT_FALSE(takes(v1::OUTCOME_PARTLY_CONTROLLED, state)) << "on exactly one account";
  state.mutable_shares(0)->set_unfunded_minor_units(50);
  state.mutable_shares(1)->set_unfunded_minor_units(-10);
  EXPECT_FALSE(takes(v1::OUTCOME_PARTLY_CONTROLLED, state));
  EXPECT_FALSE(Takes(v1::ACTION_FREEZE, With(AnswerKind::kFinal, v1::OUTCOME_CONTROLLED)));
  EXPECT_FALSE(Takes(v1::ACTION_FREEZE, With(AnswerKind::kFinal, v1::OUTCOME_NOT_CONTROLLED))) << "a reason";
}

TEST(Answer, QuantitiesSayWhatAmountsCantOfAThingWithoutAValue) {
  const auto takes = [](v1::Outcome outcome, int64_t asked, int64_t held) {
    return Takes(v1::ACTION_FREEZE, With(AnswerKind::kFinal, outcome, [&](v1::ItemResult& item) {
                   *item.mutable_measure() = Measure(0, 0);
                   item.mutable_measure()->set_requested_quantity_e4(asked);
                   item.mutable_measure()->set_controlled_quantity_e4(held);
                 }));
  };
  EXPECT_TRUE(takes(v1::OUTCOME_CONTROLLED, 100, 100));
  EXPECT_TRUE(takes(v1::OUTCOME_PARTLY_CONTROLLED, 100, 40));
  EXPECT_TRUE(takes(v1::OUTCOME_WAITLISTED, 100, 0));
  EXPECT_FALSE(takes(v1::OUTCOME_CONTROLLED, 100, 40));
  EXPECT_FALSE(takes(v1::OUTCOME_PARTLY_CONTROLLED, 100, 100));
  EXPECT_FALSE(takes(v1::OUTCOME_WAITLISTED, 100, 40));
  EXPECT_FALSE(takes(v1::OUTCOME_CONTROLLED, 100, 101));
  EXPECT_FALSE(takes(v1::OUTCOME_PARTLY_CONTROLLED, 100, -1));
}

TEST(Answer, AMeasureEndsWithTheTransferOfItsThing) {
  const auto takes = [](bool ended) {
    return Takes(v1::ACTION_TRANSFER_TITLE,
                 With(AnswerKind::kFinal, v1::OUTCOME_TRANSFERRED, [&](v1::ItemResult& item) {
                   *item.mutable_measure() = Measure(0, 0);
                   item.mutable_measure()->set_ended(ended);
                 }));
  };
  EXPECT_TRUE(takes(true));
  EXPECT_FALSE(takes(false));
  EXPECT_FALSE(Takes(v1::ACTION_TRANSFER_TITLE, With(AnswerKind::kFinal, v1::OUTCOME_TRANSFERRED)));
  EXPECT_FALSE(Takes(v1::ACTION_TRANSFER_TITLE, With(AnswerKind::kFinal, v1::OUTCOME_NOT_TRANSFERRED))) << "a reason";
  EXPECT_FALSE(Takes(v1::ACTION_RELEASE, With(AnswerKind::kFinal, v1::OUTCOME_TRANSFERRED)));
  EXPECT_TRUE(Takes(v1::ACTION_LOCATE, With(AnswerKind::kFinal, v1::OUTCOME_LOCATING)));
  EXPECT_FALSE(Takes(v1::ACTION_LOCATE, With(AnswerKind::kFinal, v1::OUTCOME_NOT_LOCATING))) << "a reason";
}

TEST(Answer, ASightingIsAnEventThatSaysWhatAPersonNeeds) {
  v1::ItemResult item;
  item.set_outcome(v1::OUTCOME_CONTROLLED);
  *item.mutable_measure() = Measure(100, 0);
  const auto takes = [&](v1::MeasureChange change, const std::function<void(v1::Sighting&)>& spoil = nullptr) {
    v1::ItemResult told = item;
    v1::Sighting& sighting = *told.mutable_sighting();
    sighting.mutable_seen_at()->set_seconds(1);
    sighting.set_place("gate 3"), sighting.set_seen_by("patrol"), sighting.set_held(true);
    sighting.set_custody_place("yard"), sighting.mutable_collect_by()->set_seconds(2);
    if (spoil) spoil(sighting);
    return CheckEvent(change, told).ok();
  };
  EXPECT_TRUE(takes(v1::MEASURE_CHANGE_SIGHTED));
  EXPECT_TRUE(takes(v1::MEASURE_CHANGE_SEIZED));
  EXPECT_FALSE(takes(v1::MEASURE_CHANGE_PROMOTED)) << "nothing was met";
  EXPECT_FALSE(takes(v1::MEASURE_CHANGE_SEIZED, [](v1::Sighting& s) { s.set_held(false); }));
  EXPECT_FALSE(takes(v1::MEASURE_CHANGE_SIGHTED, [](v1::Sighting& s) { s.clear_place(); }));
  EXPECT_FALSE(takes(v1::MEASURE_CHANGE_SIGHTED, [](v1::Sighting& s) { s.clear_seen_by(); }));
  EXPECT_FALSE(takes(v1::MEASURE_CHANGE_SIGHTED, [](v1::Sighting& s) { s.clear_seen_at(); }));
  EXPECT_FALSE(takes(v1::MEASURE_CHANGE_SEIZED, [](v1::Sighting& s) { s.clear_custody_place(); }));
  EXPECT_FALSE(takes(v1::MEASURE_CHANGE_SEIZED, [](v1::Sighting& s) { s.clear_collect_by(); }));
  EXPECT_FALSE(CheckEvent(v1::MEASURE_CHANGE_SIGHTED, item).ok()) << "where?";
  v1::ItemResult pre = item;
  EXPECT_TRUE(CheckEvent(v1::MEASURE_CHANGE_CONVERTED, pre).ok());
  pre.mutable_measure()->set_pre_seal(true);
  EXPECT_FALSE(CheckEvent(v1::MEASURE_CHANGE_CONVERTED, pre).ok()) << "what was converted is a seal";
}

TEST(Answer, WhatWasReleasedWholeHasEnded) {
  const auto takes = [](const v1::MeasureState& state) {
    return Takes(v1::ACTION_RELEASE, With(AnswerKind::kFinal, v1::OUTCOME_RELEASED,
                                          [&](v1::ItemResult& item) { *item.mutable_measure() = state; }));
  };
  EXPECT_FALSE(takes(Measure(60, 40)));
  v1::MeasureState ended = Measure(0, 0);
  ended.set_ended(true);
  EXPECT_TRUE(takes(ended));
}

TEST(Answer, DeductionsAreWhatWasOrdered) {
  const auto answer = [](AnswerKind kind, v1::Outcome outcome, int64_t amount) {
    return With(kind, outcome, [&](v1::ItemResult& item) {
      item.set_reason("R");
      item.mutable_deduction()->set_amount_minor_units(amount);
      item.mutable_deduction()->set_booking_reference("B");
      *item.mutable_deduction()->mutable_measure() = Measure(5, 0);
    });
  };
  EXPECT_TRUE(Takes(v1::ACTION_DEDUCT, answer(AnswerKind::kFinal, v1::OUTCOME_DEDUCTED, 100)));
  EXPECT_TRUE(Takes(v1::ACTION_DEDUCT, answer(AnswerKind::kFinal, v1::OUTCOME_DEDUCTED, 40))) << "in part";
  EXPECT_TRUE(Takes(v1::ACTION_DEDUCT, answer(AnswerKind::kProgress, v1::OUTCOME_SENT_NOT_CONFIRMED, 100)));
  EXPECT_TRUE(Takes(v1::ACTION_DEDUCT, answer(AnswerKind::kFinal, v1::OUTCOME_NOT_DEDUCTED, 0)));
  EXPECT_FALSE(Takes(v1::ACTION_DEDUCT, answer(AnswerKind::kFinal, v1::OUTCOME_DEDUCTED, 101)));
  EXPECT_FALSE(Takes(v1::ACTION_DEDUCT, answer(AnswerKind::kFinal, v1::OUTCOME_DEDUCTED, 0)));
  EXPECT_FALSE(Takes(v1::ACTION_DEDUCT, answer(AnswerKind::kFinal, v1::OUTCOME_SENT_NOT_CONFIRMED, 100)))
      << "that isn't the last word";
  EXPECT_FALSE(Takes(v1::ACTION_DEDUCT, answer(AnswerKind::kProgress, v1::OUTCOME_DEDUCTED, 100)));
  Answer unbooked = answer(AnswerKind::kFinal, v1::OUTCOME_DEDUCTED, 100);
  unbooked.items[0].mutable_deduction()->clear_booking_reference();
  EXPECT_FALSE(Takes(v1::ACTION_DEDUCT, unbooked));
  Answer unmeasured = answer(AnswerKind::kFinal, v1::OUTCOME_DEDUCTED, 100);
  unmeasured.items[0].mutable_deduction()->clear_measure();
  EXPECT_FALSE(Takes(v1::ACTION_DEDUCT, unmeasured));
}

TEST(Answer, ReturnsReviewsAndSizesHaveTheirRules) {
  EXPECT_TRUE(Takes(v1::ACTION_FREEZE, Returned("ACCOUNT_NOT_FOUND", "")));
  EXPECT_FALSE(Takes(v1::ACTION_FREEZE, Returned("", "")));
  Answer both = Returned("X", "");
  both.items.emplace_back();
  EXPECT_FALSE(Takes(v1::ACTION_FREEZE, both));
  EXPECT_TRUE(Takes(v1::ACTION_FREEZE, With(AnswerKind::kUnderReview, v1::OUTCOME_UNDER_REVIEW)));
  EXPECT_FALSE(Takes(v1::ACTION_FREEZE, With(AnswerKind::kFinal, v1::OUTCOME_UNDER_REVIEW)));
  EXPECT_FALSE(Takes(v1::ACTION_FREEZE, With(AnswerKind::kProgress, v1::OUTCOME_SENT_NOT_CONFIRMED)));
  Answer second =
      With(AnswerKind::kFinal, v1::OUTCOME_NOT_CONTROLLED, [](v1::ItemResult& item) { item.set_reason("R"); });
  second.items.emplace_back().set_outcome(v1::OUTCOME_CONTROLLED);
  *second.items.back().mutable_measure() = Measure(1, 0);
  EXPECT_FALSE(Takes(v1::ACTION_FREEZE, second)) << "the measure comes first";
  Answer large = With(AnswerKind::kFinal, v1::OUTCOME_FOUND, [](v1::ItemResult& item) {
    item.mutable_finding()->set_description(std::string(61 * 1024, 'x'));
  });
  large.searched_scope = "deposits";
  EXPECT_FALSE(Takes(v1::ACTION_INQUIRE, large));
  Answer many;
  many.searched_scope = "deposits";
  for (size_t i = 0; i <= kItemsMax; ++i) {
    many.items.emplace_back().set_outcome(v1::OUTCOME_FOUND);
    many.items.back().mutable_finding();
  }
  EXPECT_FALSE(Takes(v1::ACTION_INQUIRE, many));
}

TEST(Answer, EventsTellWhereAMeasureStands) {
  v1::ItemResult item;
  item.set_outcome(v1::OUTCOME_CONTROLLED);
  EXPECT_FALSE(CheckEvent(v1::MEASURE_CHANGE_INFLOW, item).ok());
  *item.mutable_measure() = Measure(5, 0);
  EXPECT_TRUE(CheckEvent(v1::MEASURE_CHANGE_INFLOW, item).ok());
  EXPECT_FALSE(CheckEvent(v1::MEASURE_CHANGE_UNSPECIFIED, item).ok());
  EXPECT_FALSE(CheckEvent(v1::MEASURE_CHANGE_LAPSED, item).ok());
  item.set_outcome(v1::OUTCOME_NIL);
  EXPECT_FALSE(CheckEvent(v1::MEASURE_CHANGE_INFLOW, item).ok());
  *item.mutable_measure() = Measure(0, 0);
  item.mutable_measure()->set_ended(true);
  item.set_outcome(v1::OUTCOME_NOT_CONTROLLED);
  EXPECT_TRUE(CheckEvent(v1::MEASURE_CHANGE_LAPSED, item).ok());
}

TEST(Answer, AProductThatAnotherHouseKeepsIsNeverCalledControlled) {
  const auto said = [](v1::Outcome outcome, int64_t unfunded) {
    return With(AnswerKind::kFinal, outcome, [&](v1::ItemResult& item) {
      *item.mutable_measure() = Measure(50, unfunded);
      item.set_reason("PRODUCT_NOT_CONTROLLED");
    });
  };
  EXPECT_TRUE(Takes(v1::ACTION_FREEZE, said(v1::OUTCOME_PARTLY_CONTROLLED, 0)));
  EXPECT_TRUE(Takes(v1::ACTION_FREEZE, said(v1::OUTCOME_PARTLY_CONTROLLED, 50)));
  EXPECT_FALSE(Takes(v1::ACTION_FREEZE, said(v1::OUTCOME_CONTROLLED, 0)));
  Answer other = said(v1::OUTCOME_PARTLY_CONTROLLED, 0);
  other.items[0].set_reason("NO_BALANCE");
  EXPECT_FALSE(Takes(v1::ACTION_FREEZE, other));
  Answer units = said(v1::OUTCOME_PARTLY_CONTROLLED, 50);
  units.items[0].mutable_measure()->set_controlled_quantity_e4(1);
  EXPECT_FALSE(Takes(v1::ACTION_FREEZE, units)) << "more units than were asked for";
}

TEST(Answer, ATakingOfIncomeTellsThePaymentAndTheMeasureAfterIt) {
  v1::ItemResult item;
  item.set_outcome(v1::OUTCOME_PARTLY_CONTROLLED);
  *item.mutable_measure() = Measure(0, 40);
  EXPECT_FALSE(CheckEvent(v1::MEASURE_CHANGE_EXTRACTED, item).ok()) << "which payment?";
  v1::DeductionState& paid = *item.mutable_deduction();
  paid.set_amount_minor_units(60), paid.set_booking_reference("B1");
  *paid.mutable_measure() = item.measure();
  EXPECT_FALSE(CheckEvent(v1::MEASURE_CHANGE_EXTRACTED, item).ok()) << "not settled";
  paid.mutable_settled_at()->set_seconds(1);
  EXPECT_TRUE(CheckEvent(v1::MEASURE_CHANGE_EXTRACTED, item).ok());
  *item.mutable_measure() = Measure(0, 0);
  item.mutable_measure()->set_ended(true);
  EXPECT_FALSE(CheckEvent(v1::MEASURE_CHANGE_EXTRACTED, item).ok());
  item.set_outcome(v1::OUTCOME_NOT_CONTROLLED);
  EXPECT_TRUE(CheckEvent(v1::MEASURE_CHANGE_EXTRACTED, item).ok()) << "the last one ends it";
  v1::Order order;
  order.set_action(v1::ACTION_EXTRACT_INCOME);
  order.mutable_extract_income()->set_limit_minor_units(100);
  const Answer above = With(AnswerKind::kFinal, v1::OUTCOME_PARTLY_CONTROLLED,
                            [](v1::ItemResult& one) { *one.mutable_measure() = Measure(0, 101); });
  EXPECT_FALSE(CheckAnswer(order, above).ok());
}

TEST(Measure, ARowOfTheRegisterBecomesAStateOfTheContract) {
  const absl::TimeZone shanghai = absl::FixedTimeZone(8 * 3600);
  auto book = *EncumbranceRegister::Load({{.id = "A", .balance = 50, .currency = "CNY"}, Thing("H")}, {},
                                         absl::FromUnixSeconds(1'000'000), shanghai);
  const Operation operation{std::string(16, '\x11'), "9900001", 0};
  v1::Order order = OrderOf(v1::ACTION_FREEZE);
  order.set_court("辽9901");
  order.set_case_number("case");
  order.mutable_freeze()->set_inflow(v1::INFLOW_CAPTURE);
  order.mutable_freeze()->mutable_person_at_agency()->set_whole_account(true);
  order.mutable_freeze()->mutable_term()->set_months(6);
  const journal::Hash digest{};
  const Request request{
      operation, order, digest, {absl::FromUnixSeconds(999'999), 4}, absl::FromUnixSeconds(1'000'000)};
  const Encumbrance row = EncumbranceOf(request, {"A"});
  EXPECT_EQ(row.id, operation.Text());
  EXPECT_EQ(row.rank, (Rank{absl::FromUnixSeconds(999'999), 4}));
  EXPECT_TRUE(row.whole_account);
  EXPECT_EQ(row.inflow, InflowRule::kCapture);
  EXPECT_EQ(row.term, (MeasureTerm{.months = 6}));
  ASSERT_TRUE(book.Place(row).ok());
  const v1::ItemResult item = ItemOf(book, row.id);
  EXPECT_EQ(item.measure().revision(), 1u);
  EXPECT_EQ(item.outcome(), v1::OUTCOME_PARTLY_CONTROLLED);
  Answer answer;
  answer.items.push_back(item);
  EXPECT_TRUE(Takes(v1::ACTION_FREEZE, answer));
  ASSERT_TRUE(book.Credit("A", 7).ok());
  const std::vector<Change> changes = book.TakeChanges();
  ASSERT_EQ(changes.size(), 1u);
  const auto event = EventOf(book, changes[0]);
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->operation, operation);
  EXPECT_EQ(event->change, v1::MEASURE_CHANGE_INFLOW);
  EXPECT_TRUE(CheckEvent(event->change, event->item).ok());
  Change foreign = changes[0];
  foreign.id = "（2025）辽9902执88号";
  EXPECT_FALSE(EventOf(book, foreign).has_value());

  // A thing counts as the limit of its order.
  ASSERT_TRUE(book.Place({.id = "S1", .scope = {"H"}, .rank = {absl::UnixEpoch(), 5}}, true).ok());
  EXPECT_EQ(ItemOf(book, "S1", 700).outcome(), v1::OUTCOME_UNDER_REVIEW);
  EXPECT_EQ(ItemOf(book, "S1", 700).measure().unfunded_minor_units(), 700) << "nothing is in effect yet";
  ASSERT_TRUE(book.Approve("S1").ok());
  EXPECT_EQ(ItemOf(book, "S1", 700).measure().controlled_minor_units(), 700);
  EXPECT_EQ(ItemOf(book, "S1", 0).outcome(), v1::OUTCOME_CONTROLLED) << "of unknown value";
}

TEST(EncumbranceCodec, RowsAreReadBackAsTheyWereWritten) {
  Encumbrance row{.id = "id",
                  .authority = "辽9901",
                  .document_number = "doc",
                  .scope = {"A", "B"},
                  .rank = {absl::FromUnixMicros(5), 6},
                  .requested = 7};
  row.deducted = 8;
  row.inflow = InflowRule::kCapture;
  row.whole_account = true;
  row.part_numerator = 1, row.part_denominator = 3;
  row.phase = Phase::kEffective;
  row.shares = {{"A", 3, 4}};
  row.term = {.years = 2};
  row.effective_from = absl::FromUnixMicros(-9);
  row.revision = 10;
  const std::string bytes = EncodeEncumbrance(row);
  EXPECT_EQ(DecodeEncumbrance(bytes), row);
  row.effective_to = absl::FromUnixMicros(99);
  EXPECT_EQ(DecodeEncumbrance(EncodeEncumbrance(row)), row);
  for (size_t cut = 0; cut < bytes.size(); ++cut)
    EXPECT_FALSE(DecodeEncumbrance(bytes.substr(0, cut)).has_value()) << cut;
  EXPECT_FALSE(DecodeEncumbrance(bytes + "x").has_value());
  const Asset asset{
      .id = "A", .balance = 5, .currency = "CNY", .account_class = AccountClass::kTime, .standing = Standing::kJoint};
  const std::string asset_bytes = EncodeAsset(asset);
  EXPECT_EQ(DecodeAsset(asset_bytes), asset);
  for (size_t cut = 0; cut < asset_bytes.size(); ++cut)
    EXPECT_FALSE(DecodeAsset(asset_bytes.substr(0, cut)).has_value()) << cut;
}

TEST(Operation, ItsTextNamesItAndNothingElseDoes) {
  const Operation operation{std::string(16, '\x42'), "9900001", 3};
  EXPECT_EQ(operation.Text(), "42424242-4242-4242-4242-424242424242/9900001/3");
  EXPECT_EQ(ParseOperation(operation.Text()), operation);
  for (const char* text : {"", "（2025）辽9902执88号", "a/b/c", "42424242-4242-4242-4242-424242424242/9900001/03",
                           "42424242-4242-4242-4242-424242424242/3"}) {
    EXPECT_FALSE(ParseOperation(text).has_value()) << text;
  }
}

TEST(PersonKey, BothFormsOfACitizenNumberAreOnePerson) {
  v1::Identity identity;
  identity.set_id_number("990101198503070017");
  EXPECT_EQ(PersonKey(identity), "990101850307001");
  identity.set_id_number("990101850307001");
  EXPECT_EQ(PersonKey(identity), "990101850307001");
  identity.set_id_number("919901019900000178");
  EXPECT_EQ(PersonKey(identity), "919901019900000178");
}

}  // namespace
}  // namespace eagle::sdk
