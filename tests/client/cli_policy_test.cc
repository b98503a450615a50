// The policy table as people read it, compare it and install it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/common/files.h"
#include "client/lib/calendar_ends.h"
#include "client/lib/json.h"
#include "client/lib/policy_rows.h"
#include "google/protobuf/text_format.h"
#include "server/domain/policy.h"
#include "server/journal/hash.h"
#include "server/trust/batch.h"
#include "tests/client/cli_world.h"
#include "tests/support/paths.h"

namespace eagle::client {
namespace {

using google::protobuf::FieldDescriptor;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

v1::PolicyTable Shipped() { return *ReadMessageFile<v1::PolicyTable>(test::SourcePath("deploy/policy/cn-2026.txtpb")); }

// Adds one to every number of a row, one after another, and calls `then` each time.
template <class Then>
void WithEachNumberChanged(google::protobuf::Message& message, const Then& then) {
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    if (field.is_repeated()) continue;
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_UINT32) {
      const uint32_t was = reflection.GetUInt32(message, &field);
      reflection.SetUInt32(&message, &field, was + 1);
      then(field.full_name());
      reflection.SetUInt32(&message, &field, was);
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
      const int64_t was = reflection.GetInt64(message, &field);
      reflection.SetInt64(&message, &field, was + 1);
      then(field.full_name());
      reflection.SetInt64(&message, &field, was);
    }
  }
}

TEST(PolicyRows, EveryNumberThatIsChangedShowsAsOneChange) {
  const v1::PolicyTable before = Shipped();
  v1::PolicyTable after = before;
  EXPECT_THAT(Compare(before, after), IsEmpty());
  size_t tried = 0;
  const auto one = [&](const std::string& name) {
    ++tried;
    EXPECT_THAT(Compare(before, after), SizeIs(1)) << name;
  };
  const auto& reflection = *after.GetReflection();
  for (int i = 0; i < after.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *after.GetDescriptor()->field(i);
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field.is_repeated()) {
      if (reflection.HasField(after, &field)) WithEachNumberChanged(*reflection.MutableMessage(&after, &field), one);
      continue;
    }
    for (int k = 0; k < reflection.FieldSize(after, &field); ++k)
      WithEachNumberChanged(*reflection.MutableRepeatedMessage(&after, &field, k), one);
  }
  EXPECT_GT(tried, 30u);
}

TEST(PolicyRows, EveryRowOfTheShippedTableHasANameOfItsOwn) {
  std::set<std::pair<std::string, std::string>> names;
  for (const PolicyRow& row : RowsOf(Shipped()))
    EXPECT_TRUE(names.insert({row.section, row.key}).second) << row.section << " " << row.key;
}

TEST(PolicyRows, ASourceThatIsChangedIsAChange) {
  v1::PolicyTable after = Shipped();
  after.mutable_terms(0)->mutable_source()->set_zh("别的来源");
  const auto changes = Compare(Shipped(), after);
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(changes[0].before->values, changes[0].after->values);
}

TEST(PolicyRows, TheTextIsTheSameTable) {
  v1::PolicyTable read;
  ASSERT_TRUE(FromText(TextOf(Shipped()), &read).ok());
  EXPECT_EQ(read.SerializeAsString(), Shipped().SerializeAsString());
  EXPECT_THAT(TextOf(Shipped()), HasSubstr("居民身份证"));
}

TEST(CalendarEnds, AreSaidFromSixtyDaysAheadRegionByRegion) {
  v1::PolicyTable table = Shipped();
  const auto on = [&](int month, int day) { return absl::FromCivil(absl::CivilDay(2026, month, day), Shanghai()); };
  EXPECT_THAT(CalendarsThatEnd(table, on(11, 1)), IsEmpty());
  ASSERT_THAT(CalendarsThatEnd(table, on(11, 2)), SizeIs(1));
  EXPECT_EQ(CalendarsThatEnd(table, on(11, 2))[0].days_left, 60);
  EXPECT_EQ(CalendarsThatEnd(table, on(12, 31))[0].days_left, 1);
  v1::CalendarRow next = table.calendars(0), local = next;
  next.set_year(2027), local.set_region("45"), local.set_year(2025);
  *table.add_calendars() = next, *table.add_calendars() = local;
  const auto ends = CalendarsThatEnd(table, on(12, 1));
  ASSERT_THAT(ends, SizeIs(1)) << "the whole country has next year's";
  EXPECT_EQ(ends[0].region, "45");
  EXPECT_EQ(ends[0].last_year, 2025);
  EXPECT_EQ(ends[0].days_left, 0) << "this very year is missing";
}

class CliPolicyTest : public testing::Test {
 protected:
  CliPolicyTest() {
    world_.gateway->policy = Shipped();
    world_.check_policy = [](const v1::PolicyTable& table) { return domain::Policy::Create(table).status(); };
  }
  std::string Put(const v1::PolicyTable& table) { return world_.Put("next.txtpb", TextOf(table)); }
  CliWorld world_;
};

TEST_F(CliPolicyTest, ShowTellsEveryNumberWithItsSource) {
  const Ran shown = world_.Run({"policy", "show", "--section", "terms"});
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_THAT(shown.out, AllOf(HasSubstr("PATENT PRESERVATION"), HasSubstr("months_max: 6"),
                               HasSubstr("审理专利纠纷案件规定"), Not(HasSubstr("ANSWER_URGENT"))));
  const Ran english = world_.Run({"policy", "show", "--section", "terms", "--english"});
  EXPECT_THAT(english.out, HasSubstr("Provisions on patent disputes"));
  const Ran json = world_.Json({"policy", "show"});
  EXPECT_EQ(At(json.out, "policy.version"), "6");
  EXPECT_EQ(At(json.out, "policy.journal_index"), "7");
  EXPECT_EQ(At(json.out, "rows.0.section"), "version");
  EXPECT_NE(world_.Run({"policy", "show", "--section", "nothing"}).exit, 0);
}

TEST_F(CliPolicyTest, TheFileThatShowWritesIsTheTableInForce) {
  ASSERT_EQ(world_.Run({"policy", "show", "--out", world_.Path("in-force.txtpb")}).exit, 0);
  const auto read = ReadMessageFile<v1::PolicyTable>(world_.Path("in-force.txtpb"));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->SerializeAsString(), Shipped().SerializeAsString());
}

TEST_F(CliPolicyTest, CheckTellsWhatATableWouldChange) {
  v1::PolicyTable next = Shipped();
  next.set_version(7);
  next.mutable_terms(0)->set_months_max(6);
  next.mutable_terms()->DeleteSubrange(1, 1);
  v1::TermRow* row = next.add_terms();
  row->set_asset_kind("SHIP"), row->set_months_max(24);
  row->mutable_source()->set_en("en"), row->mutable_source()->set_zh("zh");
  const Ran checked = world_.Json({"policy", "check", Put(next)});
  EXPECT_EQ(checked.exit, 0) << checked.err;
  EXPECT_EQ(At(checked.out, "policy.changes"), "4");
  EXPECT_EQ(At(checked.out, "changes.1.change"), "CHANGED");
  EXPECT_EQ(At(checked.out, "changes.1.in_force"), "months_max: 12 renewal_opens_days: 90");
  EXPECT_EQ(At(checked.out, "changes.1.proposed"), "months_max: 6 renewal_opens_days: 90");
  EXPECT_EQ(At(checked.out, "changes.2.row"), "SHIP");
  EXPECT_EQ(At(checked.out, "changes.3.change"), "GONE");
  world_.gateway->FailWith(Fail(Reason::kUnavailable, "nobody there"));
  EXPECT_EQ(world_.Run({"policy", "check", Put(next), "--offline"}).exit, 0);
  EXPECT_NE(world_.Run({"policy", "check", Put(next)}).exit, 0);
}

TEST_F(CliPolicyTest, CalendarsAreShownAndWhatEndsSoonIsSaid) {
  const Ran shown = world_.Run({"policy", "show", "--section", "calendars"});
  EXPECT_THAT(shown.out, AllOf(HasSubstr("CN-2026"), HasSubstr("国庆节"), HasSubstr("国办发明电〔2025〕7号"),
                               Not(HasSubstr("LAST YEAR"))));
  v1::PolicyTable next = Shipped();
  next.set_version(7);
  next.mutable_calendars(0)->set_year(2025), next.mutable_calendars(0)->clear_holidays();
  next.mutable_calendars(0)->clear_working_days();
  const Ran text = world_.Run({"policy", "check", Put(next)});
  EXPECT_EQ(text.exit, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("LAST YEAR"), HasSubstr("weekdays"), HasSubstr("工作日历")));
  const Ran json = world_.Json({"policy", "check", Put(next)});
  EXPECT_EQ(At(json.out, "calendars_end.0.last_year"), "2025");
  EXPECT_EQ(At(json.out, "calendars_end.0.days_left"), "0");
}

TEST_F(CliPolicyTest, BeforeTheFirstTableEverythingIsNew) {
  world_.gateway->policy.reset();
  const Ran checked = world_.Json({"policy", "check", Put(Shipped())});
  EXPECT_EQ(checked.exit, 0) << checked.err;
  EXPECT_EQ(At(checked.out, "policy.changes"), At(checked.out, "policy.rows"));
  EXPECT_EQ(At(checked.out, "policy.version_in_force"), "null");
}

TEST_F(CliPolicyTest, EveryFaultIsToldAtOnceAndNothingIsProposed) {
  v1::PolicyTable wrong = Shipped();
  wrong.mutable_terms(0)->clear_source();
  wrong.mutable_deadlines(0)->set_civil_days(3);
  wrong.set_time_zone("Nowhere/Else");
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"policy", "check", Put(wrong)},
        {"policy", "install", Put(wrong), "--ground", "g", "--key", world_.Path("pki/keys/administrator-one.pem")}}) {
    const Ran ran = world_.Run(command, "operator-ops");
    EXPECT_NE(ran.exit, 0);
    EXPECT_THAT(ran.err, AllOf(HasSubstr("terms[0].source"), HasSubstr("deadlines[0].hours"), HasSubstr("time_zone")));
  }
  EXPECT_TRUE(world_.gateway->administration_batches.empty());
}

TEST_F(CliPolicyTest, AVersionThatIsNotAboveTheOneInForceIsSaid) {
  const Ran checked = world_.Run({"policy", "check", Put(Shipped())});
  EXPECT_NE(checked.exit, 0);
  EXPECT_THAT(checked.err, AllOf(HasSubstr("PROPOSAL_CONFLICTS"), HasSubstr("version")));
}

TEST_F(CliPolicyTest, InstallProposesTheTable) {
  v1::PolicyTable next = Shipped();
  next.set_version(7);
  const Ran ran = world_.Run({"policy", "install", Put(next), "--ground", "second table", "--key",
                              world_.Path("pki/keys/administrator-one.pem")},
                             "operator-ops");
  EXPECT_EQ(ran.exit, 0) << ran.err;
  ASSERT_THAT(world_.gateway->administration_batches, SizeIs(1));
  v1::Administration act;
  ASSERT_TRUE(act.ParseFromString(world_.gateway->administration_batches[0].members(0)));
  EXPECT_EQ(act.proposal().ground(), "second table");
  EXPECT_EQ(act.proposal().policy().table().SerializeAsString(), next.SerializeAsString());
}

TEST_F(CliPolicyTest, WhoApprovesATableSeesWhatItChanges) {
  v1::PolicyTable next = Shipped();
  next.set_version(7);
  next.mutable_terms(0)->set_months_max(6);
  ASSERT_EQ(world_
                .Run({"policy", "install", Put(next), "--ground", "shorter", "--key",
                      world_.Path("pki/keys/administrator-one.pem")},
                     "operator-ops")
                .exit,
            0);
  const v1::SignedBatch& batch = world_.gateway->administration_batches.at(0);
  v1::ProposalView view;
  view.set_index(17);
  *view.mutable_proposal() = trust::TravelForm(batch, 0);
  view.set_digest(std::string(journal::View(journal::LeafHash(batch.members(0)))));
  world_.gateway->proposals = {view};
  const std::vector<std::string> approve = {"admin", "approve", "17", "--key",
                                            world_.Path("pki/keys/administrator-two.pem")};
  Ran asked = world_.Run(approve, "operator-ops");
  EXPECT_THAT(
      asked.err,
      AllOf(HasSubstr("against version 6, which is in force: 2"),
            HasSubstr("terms DEPOSIT: months_max: 12 renewal_opens_days: 90 -> months_max: 6 renewal_opens_days: 90")));
  world_.gateway->policy.reset();
  asked = world_.Run(approve, "operator-ops");
  EXPECT_THAT(asked.err, HasSubstr("all of it is new"));
}

}  // namespace
}  // namespace eagle::client
