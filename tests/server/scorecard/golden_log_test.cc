// The log in which every type of entry stands, made by the gateway itself, and counted.
#include <map>

#include "gtest/gtest.h"
#include "server/journal/leaf.h"
#include "server/scorecard/fold.h"
#include "server/scorecard/page.h"
#include "server/scorecard/sheet.h"
#include "tests/audit/golden_leaves.h"
#include "tests/server/scorecard/log_maker.h"

namespace eagle::scorecard {
namespace {

TEST(GoldenLog, EveryLeafOfTheGatewayIsUnderstoodAndNoTaskIsLost) {
  uint64_t accepted = 0, answered = 0;
  std::vector<journal::Leaf> leaves;
  std::map<uint64_t, domain::AgencySet> waiting;  // orders with a later begin
  for (const std::string& bytes : audit::GoldenLeaves()) {
    leaves.push_back(journal::DecodeLeaf(bytes).value());
    if (leaves.back().type == ENTRY_TYPE_ORDER_ACCEPTED) {
      OrderAccepted body;
      ASSERT_TRUE(body.ParseFromString(leaves.back().body));
      const auto targets = domain::AgencySet::FromBytes(body.targets());
      if (body.begins() == 0) {
        accepted += targets.count();
      } else {
        waiting[leaves.back().index.value()] = targets;
      }
    }
    if (leaves.back().type == ENTRY_TYPE_ORDER_BEGUN) {  // what waited is received where it begins
      OrderBegun body;
      ASSERT_TRUE(body.ParseFromString(leaves.back().body));
      domain::AgencySet begins = waiting.at(leaves.back().order.value());
      begins.RemoveAll(domain::AgencySet::FromBytes(body.ended()));
      accepted += begins.count();
    }
    if (leaves.back().type == ENTRY_TYPE_TASK_ANSWERED) {
      TaskReport body;
      ASSERT_TRUE(body.ParseFromString(leaves.back().body));
      answered += body.kind() != RECEIPT_KIND_CORRECTION;
    }
  }
  ASSERT_GT(answered, 0u);
  // All of it is in one period: a month that begins before the log and ends after it, or as many as it takes.
  const absl::CivilMonth first(absl::ToCivilMonth(leaves.front().time, Shanghai())),
      last(absl::ToCivilMonth(leaves.back().time, Shanghai()));
  std::vector<Period> periods;
  for (absl::CivilMonth month = first; month <= last; ++month)
    periods.push_back(*ParseMonth(absl::FormatCivilTime(month), Shanghai()));
  Scorecard card(periods);
  for (const journal::Leaf& leaf : leaves) card.Take(leaf);
  AgencyFigures sum;
  uint64_t cases = 0, open = 0;
  for (const PeriodFigures& figures : card.Finish()) {
    const AgencyFigures total = TotalOf(figures);
    sum.received += total.received, sum.answered += total.answered, sum.withdrawn += total.withdrawn;
    sum.conflicts += total.conflicts, sum.objections += total.objections, sum.corrections += total.corrections;
    sum.statements_missing += total.statements_missing, sum.differences += total.differences;
    open = total.open;
    for (const auto& [ordinal, court] : figures.courts) cases += court.cases_opened;
    EXPECT_EQ(figures.unreadable, 0u);
  }
  EXPECT_EQ(sum.received, accepted);
  EXPECT_EQ(sum.answered, answered);
  EXPECT_GT(cases, 0u);
  EXPECT_GT(sum.objections, 0u);
  EXPECT_GT(sum.corrections, 0u);
  EXPECT_GT(sum.withdrawn, 0u);
  // A conflict ends a task only where nothing was said before.
  EXPECT_LE(sum.answered + sum.withdrawn + open, sum.received);
  EXPECT_GE(sum.answered + sum.withdrawn + open + sum.conflicts, sum.received);
}

}  // namespace
}  // namespace eagle::scorecard
