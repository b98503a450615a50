// The register of encumbrances, event by event. The figures of the demonstration's case are among them.
#include "adapters/sdk/encumbrance/register.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "tests/adapters/sdk/encumbrance_table.h"

namespace eagle::sdk {
namespace {

TEST(EncumbranceMoney, InflowFillsTheUnfundedPartAndTheRestStaysFree) {
  RunTable(R"(
    at 2026-09-28 09:10
    account A 61350.27
    place F1 A 80000 capture 1y   | ok                        | F1 EFFECTIVE 61350.27+18649.73
    free A                        | 0.00
    end F1                        | 2027-09-27
    credit A 20000                | INFLOW F1 80000.00+0.00   | F1 EFFECTIVE 80000.00+0.00
    free A                        | 1350.27
    withdraw A 1350.28            | AMOUNT_ABOVE_FREE
    withdraw A 1350.27            | ok                        | F1 EFFECTIVE 80000.00+0.00
    credit A 1                    | ok                        | F1 EFFECTIVE 80000.00+0.00
    free A                        | 1.00
  )");
}

TEST(EncumbranceMoney, ASecondMeasureControlsWhatIsLeftAndIsPromotedWithoutAnOrder) {
  RunTable(R"(
    at 2025-10-15 10:00
    account A 95000
    place X88 A 80000 from 2025-10-15 to 2026-10-14   | ok   | X88 EFFECTIVE 80000.00+0.00
    at 2026-09-28 09:10
    place F1 A 60000 capture 1y   | ok                         | F1 EFFECTIVE 15000.00+45000.00, X88 EFFECTIVE 80000.00+0.00
    rank F1                       | 2
    at 2026-09-29 15:00
    release X88                   | PROMOTED F1 60000.00+0.00  | F1 EFFECTIVE 60000.00+0.00, X88 RELEASED
    rank F1                       | 1
    since F1                      | 2026-09-28 09:10
    end F1                        | 2027-09-27
    free A                        | 35000.00
    at 2026-09-30 11:00
    deduct F1 60000               | ok                         | F1 CONSUMED, X88 RELEASED
    free A                        | 35000.00
  )");
}

// Edge case 25 of the domain: what a product pays back is never free in between.
TEST(EncumbranceMoney, WhatAProductPaysBackStaysWithWhoHeldIt) {
  RunTable(R"(
    at 2026-09-28 09:10
    account A 10
    account P 100
    place F1 A,P 80 capture 1y first P   | ok                   | F1 EFFECTIVE 80.00+0.00
    shares F1                            | P=80.00+0.00
    place F2 A 50 capture 1y             | ok                   | F1 EFFECTIVE 80.00+0.00, F2 EFFECTIVE 10.00+40.00
    move P A 20.01                       | INFLOW F2 30.00+20.00, INFLOW F1 80.00+0.00
    shares F1                            | A=0.01+0.00 P=79.99+0.00
    move P A 80                          | AMOUNT_ABOVE_FREE
    move P A 79.99                       | INFLOW F1 80.00+0.00
    shares F1                            | A=80.00+0.00
    free A                               | 0.00
    deduct F1 80                         | ok
    back F1                              | ok                   | F1 EFFECTIVE 80.00+0.00, F2 EFFECTIVE 30.00+20.00
  )");
  RunTable(R"(
    at 2026-09-28 09:10
    account A 0
    account P 100
    place F1 A,P 60 1y                   | ok
    place F2 P 60 1y                     | ok                   | F1 EFFECTIVE 60.00+0.00, F2 EFFECTIVE 40.00+20.00
    move P A 10                          | FIELD_INVALID
    release F2                           | ok
    move P A 30 F1                       | ok
    shares F1                            | A=30.00+0.00 P=30.00+0.00
    free P                               | 40.00
  )");
}

TEST(EncumbranceMoney, WhatWaitedOnAnEmptiedAccountWaitsWhereItsMoneyWent) {
  RunTable(R"(
    at 2026-09-28 09:10
    account A 0
    account P 100
    place F1 A,P 100 capture 1y          | ok                   | F1 EFFECTIVE 100.00+0.00
    reduce P 30                          | REDUCED F1 70.00+30.00
    shares F1                            | P=70.00+30.00
    move P A 70                          | INFLOW F1 70.00+30.00
    shares F1                            | A=70.00+30.00
    credit A 50                          | INFLOW F1 100.00+0.00
    free A                               | 20.00
  )");
}

TEST(EncumbranceMoney, ACeilingBoundsWhatOneAccountGives) {
  RunTable(R"(
    at 2026-09-28 09:10
    account A 10
    account P 100
    place F1 A,P 90 capture 1y first P ceiling P 40   | ok   | F1 EFFECTIVE 50.00+40.00
    shares F1                            | A=10.00+40.00 P=40.00+0.00
    credit P 50                          | ok
    credit A 5                           | INFLOW F1 55.00+35.00
    free P                               | 110.00
  )");
}

TEST(EncumbranceMoney, IncomeIsTakenInRankAndNothingElseIs) {
  RunTable(R"(
    at 2026-09-28 09:10
    account A 500
    place F1 A 600 capture 1y            | ok                   | F1 EFFECTIVE 500.00+100.00
    place F2 A 900 income 1y             | ok                   | F1 EFFECTIVE 500.00+100.00, F2 WAITLISTED 0.00+900.00
    place F3 A 50 capture 1y             | ok
    income A 1000 400                    | INFLOW F1 600.00+0.00, PROMOTED F2 500.00+400.00, PROMOTED F3 50.00+0.00
    deduct F2 500                        | ok                   | F1 EFFECTIVE 600.00+0.00, F2 EFFECTIVE 0.00+400.00, F3 EFFECTIVE 50.00+0.00
    credit A 1000                        | ok
    release F1                           | ok                   | F1 RELEASED, F2 EFFECTIVE 0.00+400.00, F3 EFFECTIVE 50.00+0.00
    income A 900 400                     | ok                   | F1 RELEASED, F2 EFFECTIVE 400.00+0.00, F3 EFFECTIVE 50.00+0.00
  )");
}

// Edge cases 12, 13 and 22 of the domain: a renewal keeps rank and opens no window for those behind it; what has ended
// is not renewed; 29 February.
TEST(EncumbranceMoney, ARenewalMovesTheEndAndNothingElse) {
  RunTable(R"(
    at 2026-09-28 09:10
    account A 80000
    place F1 A 60000 capture 1y   | ok  | F1 EFFECTIVE 60000.00+0.00
    place F2 A 60000 capture 1y   | ok  | F1 EFFECTIVE 60000.00+0.00, F2 EFFECTIVE 20000.00+40000.00
    at 2027-09-27 23:59
    renew F1 1y                   | ok  | F1 EFFECTIVE 60000.00+0.00, F2 EFFECTIVE 20000.00+40000.00
    end F1                        | 2028-09-27
    rank F1                       | 1
    rank F2                       | 2
    since F1                      | 2026-09-28 09:10
    at 2027-09-28 00:00           | LAPSED F2 0.00+0.00  | F1 EFFECTIVE 60000.00+0.00, F2 LAPSED
    renew F2 1y                   | MEASURE_NOT_EFFECTIVE
    renew F1 6m                   | ok
    end F1                        | 2029-03-27
    at 2029-03-28 00:00           | LAPSED F1 0.00+0.00
    renew F1 1y                   | MEASURE_NOT_EFFECTIVE
    renew F9 1y                   | MEASURE_UNKNOWN
  )");
}

TEST(EncumbranceMoney, ARenewalCountsFromTheEndThatRunsAlsoInFebruary) {
  RunTable(R"(
    at 2028-02-29 10:00
    account A 100
    place F1 A 100 capture 1y     | ok
    end F1                        | 2029-02-28
    renew F1 1y                   | ok
    end F1                        | 2030-02-28
    renew F1 0m                   | FIELD_INVALID
  )");
}

TEST(EncumbranceMoney, WhatWaitsOrHasNoEndIsNotRenewed) {
  RunTable(R"(
    at 2026-09-28 09:10
    account A 100
    place X A 100                 | ok  | X EFFECTIVE 100.00+0.00
    renew X 1y                    | FIELD_INVALID
    place F1 A 100 capture 1y     | ok  | F1 WAITLISTED 0.00+100.00, X EFFECTIVE 100.00+0.00
    renew F1 1y                   | MEASURE_NOT_EFFECTIVE
    release X                     | PROMOTED F1 100.00+0.00
    renew F1 1y                   | ok
    end F1                        | 2028-09-27
  )");
}

TEST(EncumbranceMoney, TheEarlierOnesLapsePromotesAtTheInstantItEndedHoweverLateOneLooks) {
  RunTable(R"(
    at 2025-10-15 10:00
    account A 80000
    place X88 A 80000 from 2025-10-15 to 2026-10-14   | ok
    at 2026-09-28 09:10
    place F1 A 60000 capture 1y   | ok                                                    | F1 WAITLISTED 0.00+60000.00, X88 EFFECTIVE 80000.00+0.00
    end F1                        | none
    at 2026-10-14 23:59           | ok
    at 2026-11-03 08:00           | LAPSED X88 0.00+0.00, PROMOTED F1 60000.00+0.00       | F1 EFFECTIVE 60000.00+0.00, X88 LAPSED
    since F1                      | 2026-10-15 00:00
    end F1                        | 2027-10-14
    at 2029-01-01 00:00           | LAPSED F1 0.00+0.00
    free A                        | 80000.00
  )");
}

TEST(EncumbranceMoney, TheFirstOnAnEmptyAccountIsEffectiveAndTheSecondWaits) {
  RunTable(R"(
    at 2026-09-28 09:10
    account A 0
    place F1 A 100 capture 1y   | ok                     | F1 EFFECTIVE 0.00+100.00
    place F2 A 50 capture 1y    | ok                     | F1 EFFECTIVE 0.00+100.00, F2 WAITLISTED 0.00+50.00
    credit A 120                | INFLOW F1 100.00+0.00, PROMOTED F2 20.00+30.00
    release F2 40               | ok                     | F1 EFFECTIVE 100.00+0.00, F2 EFFECTIVE 10.00+0.00
    free A                      | 10.00
    deduct F1 100               | ok                     | F1 CONSUMED, F2 EFFECTIVE 10.00+0.00
    deduct F1 1                 | MEASURE_NOT_EFFECTIVE
    back F1                     | ok                     | F1 EFFECTIVE 100.00+0.00, F2 EFFECTIVE 10.00+0.00
    rank F1                     | 1
  )");
}

TEST(EncumbranceMoney, TheNextStandsFirstWhenTheOneBeforeItIsConsumed) {
  RunTable(R"(
    at 2026-09-28 09:10
    account A 100
    place F1 A 100 1y           | ok
    place F2 A 50 capture 1y    | ok                      | F1 EFFECTIVE 100.00+0.00, F2 WAITLISTED 0.00+50.00
    deduct F1 100               | PROMOTED F2 0.00+50.00  | F1 CONSUMED, F2 EFFECTIVE 0.00+50.00
    back F1                     | ok                      | F1 EFFECTIVE 100.00+0.00, F2 EFFECTIVE 0.00+50.00
    rank F2                     | 2
  )");
}

TEST(EncumbranceMoney, WithoutCaptureInflowStaysFreeButAnEarlierOneGivesWayToIt) {
  RunTable(R"(
    at 2026-09-28 09:10
    account A 80
    place F1 A 60 1y     | ok                      | F1 EFFECTIVE 60.00+0.00
    place F2 A 100 1y    | ok                      | F1 EFFECTIVE 60.00+0.00, F2 EFFECTIVE 20.00+80.00
    credit A 500         | ok                      | F1 EFFECTIVE 60.00+0.00, F2 EFFECTIVE 20.00+80.00
    free A               | 500.00
    release F1           | PROMOTED F2 80.00+20.00
    free A               | 500.00
  )");
}

TEST(EncumbranceMoney, OneLimitLiesOverAllAccountsAndIsUnfundedOnOne) {
  RunTable(R"(
    at 2026-09-28 09:10
    account A 100
    account B 50
    account C 30
    place F1 A,B,C 120 capture 1y    | ok
    shares F1                        | A=100.00+0.00 B=20.00+0.00
    place F2 A,B,C 90 capture 1y     | ok
    shares F2                        | A=0.00+30.00 B=30.00+0.00 C=30.00+0.00
    # Nobody waits on C.
    credit C 7                       | ok
    free C                           | 7.00
    credit A 10                      | INFLOW F2 70.00+20.00
    # Money that F1 gives up goes to F2 wherever its unfunded part lies.
    release F1 15                    | PROMOTED F2 85.00+5.00
    shares F1                        | A=100.00+0.00 B=5.00+0.00
    shares F2                        | A=10.00+5.00 B=45.00+0.00 C=30.00+0.00
    release F1                       | PROMOTED F2 90.00+0.00
    free A                           | 95.00
    free B                           | 5.00
    deduct F2 60                     | ok
    shares F2                        | C=30.00+0.00
  )");
}

TEST(EncumbranceMoney, APartialReleaseGivesUpTheUnfundedPartFirstThenTheLastAccount) {
  RunTable(R"(
    at 2026-09-28 09:10
    account A 150000
    account B 0
    # The plan variant of the demonstration: 198,287.00 asked, 21,936.73 kept.
    place F1 A,B 198287 capture 1y   | ok   | F1 EFFECTIVE 150000.00+48287.00
    release F1 176350.27             | ok   | F1 EFFECTIVE 21936.73+0.00
    free A                           | 128063.27
    credit A 500                     | ok   | F1 EFFECTIVE 21936.73+0.00
    release F1 21936.74              | AMOUNT_ABOVE_MEASURE
    release F1 21936.73              | ok   | F1 RELEASED
    release F1                       | MEASURE_NOT_EFFECTIVE
  )");
}

TEST(EncumbranceMoney, DeductionsTakeOnlyControlledMoneyOfAnEffectiveMeasure) {
  RunTable(R"(
    at 2026-09-28 09:10
    account A 100
    place F1 A 130 capture 1y   | ok
    place F2 A 10 capture 1y    | ok                     | F1 EFFECTIVE 100.00+30.00, F2 WAITLISTED 0.00+10.00
    deduct F2 10                | MEASURE_NOT_EFFECTIVE
    deduct F1 100.01            | AMOUNT_ABOVE_MEASURE
    deduct F1 0                 | AMOUNT_INVALID
    deduct F9 1                 | MEASURE_UNKNOWN
    deduct F1 40                | ok                     | F1 EFFECTIVE 60.00+30.00, F2 WAITLISTED 0.00+10.00
    back F1                     | ok                     | F1 EFFECTIVE 100.00+30.00, F2 WAITLISTED 0.00+10.00
    back F1                     | AMOUNT_ABOVE_MEASURE
    deduct F1 100               | ok                     | F1 EFFECTIVE 0.00+30.00, F2 WAITLISTED 0.00+10.00
    credit A 30                 | INFLOW F1 30.00+0.00
    deduct F1 30                | PROMOTED F2 0.00+10.00 | F1 CONSUMED, F2 EFFECTIVE 0.00+10.00
  )");
}

TEST(EncumbranceMoney, APaymentThatComesBackAfterTheTermGoesToTheNext) {
  RunTable(R"(
    at 2026-09-28 09:10
    account A 100
    place F1 A 100 1m           | ok
    place F2 A 70 capture 1y    | ok
    at 2026-10-27 10:00
    deduct F1 40                | ok                                               | F1 EFFECTIVE 60.00+0.00, F2 WAITLISTED 0.00+70.00
    at 2026-10-28 10:00         | LAPSED F1 0.00+0.00, PROMOTED F2 60.00+10.00
    back F1                     | PROMOTED F2 70.00+0.00                           | F1 LAPSED, F2 EFFECTIVE 70.00+0.00
    free A                      | 30.00
    at 2026-11-28 09:10
    account B 100
    place F3 B 100 1m           | ok
    place F4 B 10 1y            | ok
    deduct F3 100               | PROMOTED F4 0.00+10.00
    at 2026-12-28 10:00         | ok
    back F3                     | LAPSED F3 0.00+0.00, PROMOTED F4 10.00+0.00
  )");
}

TEST(EncumbranceMoney, AnothersRightTakesFromTheLastInRankAndItStaysInPlace) {
  RunTable(R"(
    at 2026-09-28 09:10
    account A 100
    place F1 A 60 capture 1y    | ok
    place F2 A 40 capture 1y    | ok                                              | F1 EFFECTIVE 60.00+0.00, F2 EFFECTIVE 40.00+0.00
    reduce A 70                 | REDUCED F1 30.00+30.00, REDUCED F2 0.00+40.00   | F1 EFFECTIVE 30.00+30.00, F2 EFFECTIVE 0.00+40.00
    reduce A 31                 | AMOUNT_ABOVE_FREE
    credit A 50                 | INFLOW F1 60.00+0.00, INFLOW F2 20.00+20.00
  )");
}

TEST(EncumbranceMoney, AMeasureServedEarlierAndDecidedLaterTakesItsPlace) {
  RunTable(R"(
    at 2026-09-28 09:10
    account A 100
    place F1 A 80 capture 1y                            | ok                     | F1 EFFECTIVE 80.00+0.00
    place F0 A 50 capture 1y served 2026-09-28T09:00    | REDUCED F1 50.00+30.00 | F0 EFFECTIVE 50.00+0.00, F1 EFFECTIVE 50.00+30.00
    rank F0                                             | 1
    release F0                                          | PROMOTED F1 80.00+0.00
  )");
}

TEST(EncumbranceMoney, AWholeAccountIsBlockedThoughTheLimitBoundsWhatIsControlled) {
  RunTable(R"(
    at 2026-09-28 09:10
    account A 100
    place F1 A 60 whole 1y   | ok   | F1 EFFECTIVE 60.00+0.00
    free A                   | 0.00
    withdraw A 1             | AMOUNT_ABOVE_FREE
    release F1               | ok
    free A                   | 100.00
  )");
}

TEST(EncumbranceMoney, UnderReviewAMeasureLocksItsPlaceAndRefusalGivesItBack) {
  RunTable(R"(
    at 2026-09-28 09:10
    account A 100
    place F1 A 80 capture 1y review   | ok                      | F1 PENDING 80.00+0.00
    place F2 A 50 capture 1y          | ok                      | F1 PENDING 80.00+0.00, F2 EFFECTIVE 20.00+30.00
    free A                            | 0.00
    deduct F1 10                      | MEASURE_NOT_EFFECTIVE
    refuse F1                         | PROMOTED F2 50.00+0.00  | F1 REFUSED, F2 EFFECTIVE 50.00+0.00
    approve F1                        | MEASURE_NOT_EFFECTIVE
    approve F2                        | MEASURE_NOT_EFFECTIVE
    refuse F2                         | MEASURE_NOT_EFFECTIVE
  )");
}

TEST(EncumbranceThing, TheHouseOfTheDemonstration) {
  RunTable(R"(
    at 2026-09-28 09:10
    thing H
    place F1 H 0 3y review   | ok                     | F1 PENDING #1
    at 2026-09-28 09:40
    place X231 H 0 3y        | ok                     | F1 PENDING #1, X231 WAITLISTED #2
    end X231                 | none
    at 2026-09-28 11:40
    approve F1               | ok                     | F1 EFFECTIVE #1, X231 WAITLISTED #2
    since F1                 | 2026-09-28 11:40
    end F1                   | 2029-09-27
    at 2026-09-30 16:00
    release F1               | PROMOTED X231 0.01+0.00 | F1 RELEASED, X231 EFFECTIVE #1
    end X231                 | 2029-09-29
  )");
}

TEST(EncumbranceThing, RefusalAndReleaseOfAWaitingOneUndoThePlace) {
  RunTable(R"(
    at 2026-09-28 09:10
    thing H
    place F1 H 0 3y review    | ok
    place F2 H 0 3y review    | ok   | F1 PENDING #1, F2 PENDING #2
    place F3 H 0 3y           | ok   | F1 PENDING #1, F2 PENDING #2, F3 WAITLISTED #3
    refuse F1                 | ok   | F1 REFUSED, F2 PENDING #1, F3 WAITLISTED #2
    approve F2                | ok   | F1 REFUSED, F2 EFFECTIVE #1, F3 WAITLISTED #2
    place F4 H 0 3y           | ok
    release F3                | ok   | F1 REFUSED, F2 EFFECTIVE #1, F3 RELEASED, F4 WAITLISTED #2
    deduct F2 1               | FIELD_INVALID
    dispose F4 whole          | MEASURE_NOT_EFFECTIVE
  )");
}

TEST(EncumbranceThing, WholeDisposalVoidsTheQueueAndPartialDisposalMovesItUp) {
  RunTable(R"(
    at 2026-09-28 09:10
    thing H
    place F1 H 0 3y          | ok
    place F2 H 0 3y          | ok
    place F3 H 0 3y review   | ok
    dispose F1 part          | PROMOTED F2 0.01+0.00   | F1 DISPOSED, F2 EFFECTIVE #1, F3 PENDING #2
    place F4 H 0 3y          | ok
    dispose F2 whole         | LAPSED F3 0.00+0.00, LAPSED F4 0.00+0.00 | F1 DISPOSED, F2 DISPOSED, F3 VOID, F4 VOID
    since F4                 | none
  )");
}

TEST(EncumbranceThing, ARightThatIsGoneTakesWhatStoodOnItAlong) {
  RunTable(R"(
    at 2026-09-28 09:10
    thing H
    place F1 H 0 3y          | ok
    place F2 H 0 3y          | ok
    place F3 H 0 3y review   | ok
    place F4 H 0 3y          | ok
    gone F1,F2,F3,F9         | LAPSED F1 0.00+0.00, LAPSED F2 0.00+0.00, LAPSED F3 0.00+0.00, PROMOTED F4 0.01+0.00 | F1 LAPSED, F2 VOID, F3 VOID, F4 EFFECTIVE #1
    gone F1                  | ok
  )");
}

TEST(EncumbranceMoney, AQuantityThatIsSoldLeavesTheAssetAndEndsItsMeasure) {
  RunTable(R"(
    at 2026-09-28 09:10
    account A 100
    place F1 A 60 3y     | ok                                    | F1 EFFECTIVE 60.00+0.00
    place F2 A 70 3y     | ok                                    | F1 EFFECTIVE 60.00+0.00, F2 EFFECTIVE 40.00+30.00
    place F3 A 10 3y     | ok
    sell F3 1            | MEASURE_NOT_EFFECTIVE
    sell F1 60.01        | AMOUNT_ABOVE_MEASURE
    sell F1 0            | AMOUNT_INVALID
    sell F9 1            | MEASURE_UNKNOWN
    sell F1 45           | PROMOTED F2 55.00+15.00               | F1 DISPOSED, F2 EFFECTIVE 55.00+15.00, F3 WAITLISTED 0.00+10.00
    sell F1 1            | MEASURE_NOT_EFFECTIVE
    sell F2 55           | PROMOTED F3 0.00+10.00                | F1 DISPOSED, F2 DISPOSED, F3 EFFECTIVE 0.00+10.00
    free A               | 0.00
    thing H
    place F4 H 0 3y      | ok
    sell F4 1            | FIELD_INVALID
  )");
}

TEST(EncumbranceThing, OneInEffectIsNeverPushedAside) {
  RunTable(R"(
    at 2026-09-28 09:10
    thing H
    place F1 H 0 3y                            | ok
    place F0 H 0 3y served 2026-09-28T09:00    | RANK_TAKEN   | F1 EFFECTIVE #1
    place F1 H 0 3y                            | MEASURE_EXISTS
  )");
}

TEST(EncumbranceRegister, RefusesWhatMakesNoSense) {
  RunTable(R"(
    at 2026-09-28 09:10
    account A 100
    thing H
    place F1 A,H 10 1y      | FIELD_INVALID
    place F1 A,A 10 1y      | FIELD_INVALID
    place F1 Z 10 1y        | FIELD_INVALID
    place F1 A 0 1y         | AMOUNT_INVALID
    credit Z 1              | FIELD_INVALID
    credit A 0              | AMOUNT_INVALID
    credit H 1              | FIELD_INVALID
    place F1 A 10 1y        | ok
    release F1 -1           | AMOUNT_INVALID
    dispose F1 whole        | FIELD_INVALID
    back F9                 | MEASURE_UNKNOWN
  )");
}

TEST(EncumbranceRegister, RowsThatContradictThemselvesAreNotTaken) {
  const auto load = [](const Encumbrance& row, std::vector<Asset> assets) {
    return ReasonOf(
        EncumbranceRegister::Load(std::move(assets), {row}, absl::UnixEpoch(), absl::UTCTimeZone()).status());
  };
  const Asset a{.id = "A", .balance = 10, .currency = "CNY"}, b{.id = "B", .balance = 10, .currency = "CNY"};
  const Encumbrance right{
      .id = "F", .scope = {"A", "B"}, .requested = 5, .phase = Phase::kEffective, .shares = {{"A", 5, 0}}};
  EXPECT_EQ(load(right, {a, b}), Reason::kNone);
  EXPECT_EQ(load(right, {a}), Reason::kRegisterBroken);
  EXPECT_EQ(load(right, {a, b, b}), Reason::kRegisterBroken);
  Encumbrance wrong = right;
  wrong.shares = {{"A", 4, 0}};
  EXPECT_EQ(load(wrong, {a, b}), Reason::kRegisterBroken);
  wrong.shares = {{"A", 2, 1}, {"B", 1, 1}};
  EXPECT_EQ(load(wrong, {a, b}), Reason::kRegisterBroken);
  wrong.shares = {{"A", 7, -2}};
  EXPECT_EQ(load(wrong, {a, b}), Reason::kRegisterBroken);
  wrong.shares = {{"C", 5, 0}};
  EXPECT_EQ(load(wrong, {a, b}), Reason::kRegisterBroken);
  wrong = right;
  wrong.phase = Phase::kReleased;
  EXPECT_EQ(load(wrong, {a, b}), Reason::kRegisterBroken);
}

TEST(EncumbranceRegister, ChangesOfTheCoreBehindItsBackAreCaughtUpWithWhenLoading) {
  Asset account{.id = "A", .balance = 70, .currency = "CNY"};
  const Encumbrance row{.id = "F",
                        .scope = {"A"},
                        .requested = 100,
                        .inflow = InflowRule::kCapture,
                        .phase = Phase::kEffective,
                        .shares = {{"A", 50, 50}}};
  auto book = EncumbranceRegister::Load({account}, {row}, absl::UnixEpoch(), absl::UTCTimeZone());
  ASSERT_TRUE(book.ok());
  const Change inflow{ChangeKind::kInflow, "F", {100, 50, 50}, {100, 70, 30}, absl::UnixEpoch()};
  EXPECT_EQ(book->TakeChanges(), std::vector<Change>{inflow});
  account.balance = 20;
  book = EncumbranceRegister::Load({account}, {row}, absl::UnixEpoch(), absl::UTCTimeZone());
  ASSERT_TRUE(book.ok());
  const Change reduced{ChangeKind::kReduced, "F", {100, 50, 50}, {100, 20, 80}, absl::UnixEpoch()};
  EXPECT_EQ(book->TakeChanges(), std::vector<Change>{reduced});
  ASSERT_EQ(book->TakeChangedRows().size(), 1u);
  EXPECT_TRUE(book->TakeChangedRows().empty());
}

TEST(EncumbranceMoney, EveryStoredChangeOfAMeasureHasAHigherRevision) {
  auto book = EncumbranceRegister::Load({{.id = "A", .balance = 100, .currency = "CNY"}}, {}, absl::UnixEpoch(),
                                        absl::UTCTimeZone());
  ASSERT_TRUE(book.ok());
  ASSERT_TRUE(book->Place({.id = "F", .scope = {"A"}, .requested = 90}).ok());
  EXPECT_EQ(book->RevisionOf("F"), 1u) << "said before it is stored";
  EXPECT_EQ(book->TakeChangedRows().at(0).revision, 1u);
  EXPECT_EQ(book->RevisionOf("F"), 1u) << "and the same afterwards";
  ASSERT_TRUE(book->Place({.id = "G", .scope = {"A"}, .rank = {absl::UnixEpoch(), 1}, .requested = 5}).ok());
  ASSERT_EQ(book->TakeChangedRows().size(), 1u);
  EXPECT_EQ(book->RevisionOf("F"), 1u) << "another measure's change isn't this one's";
  ASSERT_TRUE(book->Deduct("F", 40).ok());
  ASSERT_TRUE(book->Deduct("F", 10).ok());
  EXPECT_EQ(book->RevisionOf("F"), 2u) << "one transaction, one revision";
  const std::vector<Encumbrance> rows = book->TakeChangedRows();
  ASSERT_EQ(rows.size(), 1u);
  auto again = EncumbranceRegister::Load({{.id = "A", .balance = 50, .currency = "CNY"}}, rows, absl::UnixEpoch(),
                                         absl::UTCTimeZone());
  ASSERT_TRUE(again.ok());
  ASSERT_TRUE(again->GiveBack("F", {{"A", 40}}).ok());
  EXPECT_EQ(again->RevisionOf("F"), 3u);
}

TEST(EncumbranceScope, DemandBeforeTimeBeforeProductsAndTheSkippedAreReported) {
  std::vector<Asset> accounts(6);
  accounts[0] = {.id = "product", .currency = "CNY", .account_class = AccountClass::kProduct};
  accounts[1] = {.id = "time", .currency = "CNY", .account_class = AccountClass::kTime};
  accounts[2] = {.id = "wages", .currency = "CNY", .standing = Standing::kExempt};
  accounts[3] = {.id = "demand", .currency = "CNY"};
  accounts[4] = {.id = "dollars", .currency = "USD"};
  accounts[5] = {.id = "couple", .currency = "CNY", .standing = Standing::kJoint};
  const PersonScope scope = ScopeOfPerson(accounts, "CNY");
  EXPECT_EQ(scope.scope, (std::vector<std::string>{"demand", "time", "product"}));
  ASSERT_EQ(scope.skipped.size(), 3u);
  EXPECT_EQ(scope.skipped[0].reason, "EXEMPT");
  EXPECT_EQ(scope.skipped[1].reason, "OTHER_CURRENCY");
  EXPECT_EQ(scope.skipped[2].reason, "JOINT");
}

TEST(EncumbrancePhase, WhatTheTableDoesNotListIsRefused) {
  constexpr Act kActs[] = {Act::kApprove, Act::kTakeEffect, Act::kRefuse,  Act::kRelease, Act::kLapse,
                           Act::kConsume, Act::kGiveBack,   Act::kDispose, Act::kVoid};
  int allowed = 0;
  for (int phase = 1; phase <= 9; ++phase) {
    EXPECT_NE(PhaseName(static_cast<Phase>(phase)), "UNKNOWN");
    for (Act act : kActs) allowed += NextPhase(static_cast<Phase>(phase), act).has_value() ? 1 : 0;
  }
  EXPECT_EQ(allowed, 12);
  for (Phase ended : {Phase::kReleased, Phase::kLapsed, Phase::kDisposed, Phase::kVoid, Phase::kRefused}) {
    for (Act act : kActs) EXPECT_FALSE(NextPhase(ended, act).has_value()) << PhaseName(ended);
  }
}

}  // namespace
}  // namespace eagle::sdk
