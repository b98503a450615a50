// The small rules: stages, names, sets of agencies, policy tables, rows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/domain/agency_set.h"
#include "server/domain/draft.h"
#include "server/domain/policy.h"
#include "server/domain/stage.h"
#include "tests/support/domain_world.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

TEST(StageTest, OnlyListedPassagesAreOpenAndNoneToItself) {
  int open = 0;
  for (int from = CaseStage_MIN; from <= CaseStage_MAX; ++from) {
    for (int to = CaseStage_MIN; to <= CaseStage_MAX; ++to)
      open += StageMayChange(CaseStage(from), CaseStage(to)) ? 1 : 0;
    EXPECT_FALSE(StageMayChange(CaseStage(from), CaseStage(from)));
    EXPECT_FALSE(StageMayChange(CASE_STAGE_CLOSED, CaseStage(from)));
    EXPECT_FALSE(StageMayChange(CASE_STAGE_TRANSFERRED, CaseStage(from)));
  }
  EXPECT_EQ(open, 22);
  EXPECT_TRUE(StageMayChange(CASE_STAGE_PRESERVATION, CASE_STAGE_ENFORCEMENT));
  EXPECT_FALSE(StageMayChange(CASE_STAGE_ENFORCEMENT, CASE_STAGE_PRESERVATION));
}

TEST(NameTest, FoldsDotsAndWidthsForComparisonOnly) {
  Identity a, b;
  a.set_id_kind("K"), b.set_id_kind("K");
  a.set_name("阿依古丽·买买提"), b.set_name("阿依古丽•买买提");
  EXPECT_TRUE(SameIdentity(a, b));
  a.set_name("ＡＢＣ有限公司"), b.set_name(" ABC有限公司　");
  EXPECT_TRUE(SameIdentity(a, b));
  b.set_name("ABD有限公司");
  EXPECT_FALSE(SameIdentity(a, b));
  b = a, b.set_id_number("1");
  EXPECT_FALSE(SameIdentity(a, b));
}

TEST(AgencySetTest, EqualSetsHaveEqualBytes) {
  AgencySet set;
  for (uint32_t ordinal : {1u, 8u, 9u, 4000u}) set.Add(AgencyOrdinal(ordinal));
  EXPECT_EQ(set.count(), 4u);
  std::vector<uint32_t> seen;
  set.ForEach([&](AgencyOrdinal agency) { seen.push_back(agency.value()); });
  EXPECT_THAT(seen, testing::ElementsAre(1, 8, 9, 4000));
  set.Remove(AgencyOrdinal(4000));
  AgencySet other;
  for (uint32_t ordinal : {9u, 8u, 1u}) other.Add(AgencyOrdinal(ordinal));
  EXPECT_EQ(set, other);
  EXPECT_EQ(set.bytes().size(), 2u);
  EXPECT_FALSE(set.Contains(AgencyOrdinal(4000)));
  EXPECT_FALSE(set.Contains(AgencyOrdinal()));
  other.RemoveAll(set);
  EXPECT_TRUE(other.empty());
}

TEST(PolicyTest, EveryLegalNumberNeedsItsSource) {
  PolicyTable table = test::FreedoniaPolicy();
  EXPECT_TRUE(Policy::Create(table).ok());
  table.mutable_terms(0)->mutable_source()->clear_zh();
  table.mutable_deadlines(1)->clear_source();
  table.mutable_deadlines(0)->set_civil_days(2);
  table.set_time_zone("Nowhere/City");
  const auto refused = Policy::Create(table);
  ASSERT_FALSE(refused.ok());
  std::vector<std::string> fields;
  for (const Violation& violation : FailureOf(refused.status()).violations) fields.push_back(violation.field);
  EXPECT_THAT(fields, testing::UnorderedElementsAre("time_zone", "deadlines[0].hours", "deadlines[1].source",
                                                    "terms[0].source"));
}

TEST(PolicyTest, TheRowsOfTheActsSayWhatTheyMust) {
  const PolicyTable whole = test::PolicyOfAllActs();
  ASSERT_TRUE(Policy::Create(whole).ok());
  PolicyTable table = whole;
  BlockedActRow& twice = *table.add_blocked_acts();
  twice = table.blocked_acts(0);
  twice.add_acts("TRANSFER"), twice.clear_source();
  table.add_blocked_acts()->set_asset_kind("TULIPS");
  table.mutable_income()->set_kept_per_month_min_minor_units(0), table.mutable_income()->set_currency("yuan");
  table.mutable_income()->clear_source();
  table.mutable_locate()->add_asset_kinds("DEPOSIT"), table.mutable_locate()->set_months_max(0);
  table.mutable_locate()->clear_source();
  table.add_transfer_grounds("AUCTION"), table.add_transfer_grounds("");
  const auto refused = Policy::Create(table);
  ASSERT_FALSE(refused.ok());
  std::vector<std::string> fields;
  for (const Violation& violation : FailureOf(refused.status()).violations) fields.push_back(violation.field);
  EXPECT_THAT(fields, testing::UnorderedElementsAre("blocked_acts[2].asset_kind", "blocked_acts[2].acts[2]",
                                                    "blocked_acts[2].source", "blocked_acts[3].asset_kind",
                                                    "blocked_acts[3].acts", "blocked_acts[3].source",
                                                    "income.kept_per_month_min_minor_units", "income.currency",
                                                    "income.source", "locate.asset_kinds", "locate.months_max",
                                                    "locate.source", "transfer_grounds[2]", "transfer_grounds[3]"));
  table = whole;
  table.mutable_terms()->RemoveLast();  // INCOME
  EXPECT_FALSE(Policy::Create(table).ok()) << "income without a term is income for ever";
}

TEST(OrderRowTest, ARowReadsBackAsWritten) {
  test::DomainWorld world;
  const auto order = world.InquireOrder({"BANK1", "LAND1"});
  world.Do(world.Orders({order}, {"handler"}));
  const std::string row = world.OrderNamed(order).Encode();
  const auto back = domain::Order::Decode(row);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->Encode(), row);
  for (size_t i = 0; i < row.size(); ++i) EXPECT_FALSE(domain::Order::Decode(row.substr(0, i)).ok()) << i;
  const std::string of = world.TheCase().Encode();
  const auto case_back = Case::Decode(of);
  ASSERT_TRUE(case_back.ok());
  EXPECT_EQ(case_back->Encode(), of);
}

}  // namespace
}  // namespace eagle::domain
