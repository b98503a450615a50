// The opened audit counts due instants again, by calendars and by what agencies agreed on: a gateway that counts
// rightly is no finding, one that gives another day, or another agency's row, is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/audit/opened_audit.h"
#include "client/audit/opened_due.h"
#include "server/core/tiles.h"
#include "server/domain/deadline.h"
#include "server/domain/instant.h"
#include "server/domain/policy.h"
#include "server/journal/leaf.h"
#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

v1::DeadlineRow* AddRow(v1::PolicyTable& table, const char* name) {
  v1::DeadlineRow* row = table.add_deadlines();
  row->set_name(name), row->add_marks_permille(1000);
  *row->mutable_source() = table.deadlines(0).source();
  return row;
}

// The shipped table, with a local calendar and rows of every way to count.
v1::PolicyTable Counted() {
  v1::PolicyTable table = PolicyOf2026();
  table.set_version(table.version() + 1);
  AddRow(table, "WORKING")->set_working_days(5);
  AddRow(table, "CUT_OFF")->set_working_days(1), table.mutable_deadlines()->rbegin()->set_cutoff_minute(1020);
  AddRow(table, "ROLLING")->set_civil_days(3), table.mutable_deadlines()->rbegin()->set_roll(true);
  v1::CalendarRow& local = *table.add_calendars();
  local.set_name("L"), local.set_region("99"), local.set_year(2026);
  *local.mutable_source() = table.calendars(0).source();
  const auto name = [](v1::CalendarDays* days, const char* first, const char* last) {
    days->set_first(first), days->set_last(last), days->set_en("local"), days->set_zh("地方");
  };
  name(local.add_holidays(), "2026-09-29", "2026-09-30"), name(local.add_working_days(), "2026-10-06", "2026-10-07");
  v1::DeadlineOverrideRow& banks = *table.add_deadline_overrides();
  banks.set_name("banks"), banks.set_agency_kind("BANK"), banks.set_deadline("WORKING");
  banks.set_action(v1::ACTION_FREEZE);
  *banks.mutable_source() = table.calendars(0).source();
  return table;
}

TEST(AuditedDue, CountsAsTheGatewayDoesOnEveryDayOfTheYear) {
  const auto policy = domain::Policy::Create(Counted());
  ASSERT_TRUE(policy.ok()) << policy.status();
  v1::RegisterAgency local, elsewhere;
  local.set_region("990101"), elsewhere.set_region("110101");
  local.set_kind("LAND"), elsewhere.set_kind("LAND");
  for (const char* name : {"WORKING", "CUT_OFF", "ROLLING", "ANSWER_NORMAL"}) {
    v1::DeadlineRow row = *(*policy)->DeadlineNamed(name);
    for (const v1::RegisterAgency* agency : std::vector<const v1::RegisterAgency*>{nullptr, &local, &elsewhere}) {
      absl::Time at = absl::FromCivil(absl::CivilDay(2025, 12, 20), (*policy)->zone());
      for (int i = 0; i < 460; ++i, at += absl::Hours(20)) {
        const domain::Deadline due = domain::ComputeDeadline(row, at, (*policy)->TerritoryOf(agency));
        v1::OrderAccepted order;
        order.set_deadline_row(name), order.set_due(domain::Micros(due.due));
        for (uint32_t mark : due.marks_permille) order.add_marks_permille(mark);
        EXPECT_EQ(audit::WrongDue(order, row.urgency(), at, (*policy)->table(), agency), std::nullopt) << name << at;
        order.set_due(domain::Micros(due.due + absl::Hours(24)));
        EXPECT_NE(audit::WrongDue(order, row.urgency(), at, (*policy)->table(), agency), std::nullopt) << name << at;
      }
    }
  }
}

class AuditedDueLog : public ::testing::Test {
 protected:
  void SetUp() override {
    v1::Proposal policy;
    policy.set_ground("working days");
    *policy.mutable_policy()->mutable_table() = Counted();
    ASSERT_TRUE(demo_.Adopt({policy})->results(0).in_effect());
    for (const v1::Order& order : {demo_.Freeze(kBeiling, 1'000'00), demo_.Inquire({kBeiling, kLand})})
      ASSERT_TRUE(demo_.Submit({order}, {kHandler, kCosigner, kLeader})->results(0).has_acceptance());
  }
  // Findings of the opened audit when the first acceptance says something else.
  template <typename Change>
  std::vector<std::string> Findings(Change change) {
    audit::Findings findings;
    audit::OpenedAudit audit(
        [&](std::string_view id) -> std::optional<std::string> {
          const auto key = gateway_.keys->KeyOf(std::string(id));
          return key.ok() ? std::optional(*key) : std::nullopt;
        },
        findings);
    bool changed = false;
    const auto take = [&](uint64_t, std::string_view bytes, std::string_view sealed) -> absl::Status {
      journal::Leaf leaf = *journal::DecodeLeaf(std::string(bytes));
      v1::OrderAccepted body;
      if (!changed && leaf.type == v1::ENTRY_TYPE_ORDER_ACCEPTED && body.ParseFromString(leaf.body)) {
        changed = true, change(body);
        leaf.body = body.SerializeAsString();
      }
      audit.Take(journal::EncodeLeaf(leaf), sealed);
      return absl::OkStatus();
    };
    const auto reader = gateway_.disk.NewReader();
    EXPECT_TRUE(core::ForEachEntry(**reader, 0, take).ok());
    EXPECT_TRUE(changed);
    std::vector<std::string> out;
    for (const auto& finding : findings.list())
      out.push_back(std::string(audit::RowOf(finding.rule).name) + ": " + finding.sentence);
    return out;
  }
  GatewayFixture gateway_{GatewayFixture::Options{.real_keys = true}};
  DemoWorld demo_{gateway_};
};

TEST_F(AuditedDueLog, AGatewayThatCountsRightlyIsNoFinding) {
  EXPECT_THAT(Findings([](v1::OrderAccepted& body) { EXPECT_EQ(body.deadline_row(), "WORKING"); }), IsEmpty());
}

TEST_F(AuditedDueLog, AnotherDayOrAnotherRowThanAgreedIsFound) {
  EXPECT_THAT(Findings([](v1::OrderAccepted& body) { body.set_due(body.due() + 86'400'000'000); }),
              ElementsAre(HasSubstr("order.due: by WORKING it is due at")));
  EXPECT_THAT(Findings([](v1::OrderAccepted& body) { body.set_deadline_row("ANSWER_NORMAL"); }),
              ElementsAre("order.due: the installed policy's banks gives it the row WORKING"));
}

}  // namespace
}  // namespace eagle::test
