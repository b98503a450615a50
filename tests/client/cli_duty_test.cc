// `eagle duty`: a roster tried, alerts called about, acknowledged, listed and told.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/common/files.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "server/trust/timestamps.h"
#include "tests/client/cli_world.h"
#include "tests/support/paths.h"

namespace eagle::client {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr char kRoster[] = R"(
otherwise = "contact"
[[channels]]
name = "drop"
maildir = "mail"
from = "duty@court.example"
[[persons]]
id = "li"
name = "李敏"
ways = [{channel = "drop", address = "li@court.example"}]
[[persons]]
id = "wang"
name = "王强"
ways = [{channel = "drop", address = "wang@court.example"}]
[[duties]]
name = "officer"
[[duties.shifts]]
persons = ["li"]
weekdays = ["mon", "tue", "wed", "thu", "fri"]
[[rungs]]
name = "contact"
calls = ["officer"]
wait_minutes = 30
[[rungs]]
name = "head"
calls = ["wang"]
[[begins]]
kind = "ORDER"
nobody = true
[[begins]]
kind = "ORDER"
mark = 1000
rung = "contact"
)";

class CliDutyTest : public testing::Test {
 protected:
  CliDutyTest() : roster_(world_.Put("duty.toml", kRoster)), state_(world_.Path("state")) { world_.gateway->Grow(50); }
  void Raise(uint64_t index, uint32_t mark, char order) {
    v1::Alert& alert = world_.gateway->alerts.emplace_back();
    alert.set_journal_index(index), alert.set_kind(v1::ALERT_KIND_DEADLINE_MARKED), alert.set_mark_permille(mark);
    alert.set_agency("9900010"), alert.set_court("辽9901"), alert.set_order_id(std::string(16, order));
    alert.set_text("overdue: the agency has not answered the order");
    *alert.mutable_time() = trust::TimestampOf(Monday());
    *alert.mutable_due() = trust::TimestampOf(Monday());
    v1::DueView& due = world_.gateway->clocks.emplace_back();
    due.set_kind(v1::DUE_KIND_ORDER), due.set_state(v1::DUE_STATE_OVERDUE), due.set_order_id(std::string(16, order));
  }
  Ran RunOnce() {
    return world_.Run({"duty", "run", "--roster", roster_, "--state", state_, "--once"}, "operator-ops");
  }
  std::vector<std::string> Mails() { return *FilesIn(world_.Path("mail/new"), ""); }

  CliWorld world_;
  const std::string roster_, state_;
};

TEST_F(CliDutyTest, CheckShowsWhoWouldBeCalledAndWhenNobodyIs) {
  const auto out = world_.Bare({"duty", "check", roster_, "--at", "2026-10-02T10:00:00+08:00", "--days", "3"});
  EXPECT_EQ(out.exit, kExitOk) << out.err;
  EXPECT_THAT(out.out, AllOf(HasSubstr("nobody: only written down"), HasSubstr("otherwise"), HasSubstr("overdue"),
                             HasSubstr("Fri 2 Oct 2026 10:30:00")));  // the head, half an hour later
  EXPECT_THAT(out.out, AllOf(HasSubstr("Sat 3 Oct 2026 00:00:00"), HasSubstr("Mon 5 Oct 2026 00:00:00")));
  const auto json = world_.Bare({"duty", "check", roster_, "--at", "2026-10-03T10:00:00+08:00", "--output", "json"});
  EXPECT_EQ(At(json.out, "called.1.person"), "NOBODY: the next rung is called at once");
  EXPECT_EQ(At(json.out, "called.2.person"), "wang");
  EXPECT_THAT(out.out + json.out, Not(HasSubstr("@court.example"))) << "addresses stay in the file";
}

TEST_F(CliDutyTest, CheckTellsEveryViolationWithItsLine) {
  const std::string wrong = world_.Put("wrong.toml", "otherwise = \"x\"\nshout = 1\n");
  const auto out = world_.Bare({"duty", "check", wrong});
  EXPECT_EQ(out.exit, kExitUsage);
  EXPECT_THAT(out.err, AllOf(HasSubstr("wrong.toml:1: no rung is called x"), HasSubstr("wrong.toml:2: unknown key"),
                             HasSubstr("there must be one rung")));
  EXPECT_EQ(world_.Bare({"duty", "check", roster_, "--at", "yesterday"}).exit, kExitUsage);
}

TEST_F(CliDutyTest, TheSampleRosterIsRightAndCoversEveryHour) {
  const auto out = world_.Bare({"duty", "check", test::SourcePath("deploy/config/duty.toml"), "--at",
                                "2026-09-28T09:00:00+08:00", "--days", "30", "--output", "json"});
  EXPECT_EQ(out.exit, kExitOk) << out.err;
  EXPECT_EQ(At(out.out, "nobody_on_duty"), "[]") << out.out;
  EXPECT_THAT(out.out, Not(HasSubstr("NOBODY")));
}

TEST_F(CliDutyTest, AnAlertIsToldListedAcknowledgedAndEnds) {
  Raise(7, 750, 'a'), Raise(9, 1000, 'b'), Raise(12, 1000, 'c');
  const auto ran = RunOnce();
  ASSERT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_THAT(Mails(), SizeIs(2));
  EXPECT_THAT(ran.err, AllOf(HasSubstr("RAISED A1"), HasSubstr("NOTED ORDER 750 permille"), HasSubstr("CALLED C1 OK")));
  const auto list = world_.Bare({"duty", "list", "--state", state_});
  EXPECT_THAT(list.out, AllOf(HasSubstr("A1"), HasSubstr("A2"), HasSubstr("overdue"), HasSubstr("li (contact)")));

  const auto ack = world_.Bare({"duty", "ack", "a1", "--by", "li", "--note", "called the bank", "--state", state_});
  EXPECT_EQ(ack.exit, kExitOk) << ack.err;
  const auto json = world_.Bare({"duty", "list", "--state", state_, "--output", "json"});
  EXPECT_EQ(At(json.out, "0.acknowledged"), "li");
  EXPECT_EQ(At(json.out, "0.note"), "called the bank");
  EXPECT_THAT(world_.Bare({"duty", "list", "--waiting", "--state", state_}).out, Not(HasSubstr("A1 ")));

  world_.gateway->clocks.clear();  // answered
  ASSERT_EQ(RunOnce().exit, kExitOk);
  EXPECT_THAT(Mails(), SizeIs(4));
  EXPECT_EQ(At(world_.Bare({"duty", "list", "--state", state_, "--output", "json"}).out, "0.alert"), "");
  const auto log = world_.Bare({"duty", "log", "--alert", "A1", "--state", state_});
  EXPECT_THAT(log.out, AllOf(HasSubstr("RAISED"), HasSubstr("REACHED"), HasSubstr("ACKNOWLEDGED"),
                             HasSubstr("called the bank"), HasSubstr("ENDED"), Not(HasSubstr("A2\n"))));
  ASSERT_EQ(RunOnce().exit, kExitOk);
  EXPECT_THAT(Mails(), SizeIs(4)) << "once";
}

TEST_F(CliDutyTest, OnceWithoutAnyGatewayFails) {
  world_.gateway->FailWith(Fail(Reason::kUnavailable, "no route"));
  EXPECT_EQ(RunOnce().exit, kExitUnavailable);
}

TEST_F(CliDutyTest, AcknowledgingADigestAcknowledgesAllOfIt) {
  for (uint64_t i = 0; i < 10; ++i) Raise(10 + i, 1000, static_cast<char>('a' + i));
  ASSERT_EQ(RunOnce().exit, kExitOk);
  EXPECT_THAT(Mails(), SizeIs(1));
  EXPECT_EQ(world_.Bare({"duty", "ack", "C1", "--by", "li", "--state", state_}).exit, kExitOk);
  EXPECT_THAT(world_.Bare({"duty", "list", "--waiting", "--state", state_}).out, Not(HasSubstr("A1")));
  const auto done = world_.Bare({"duty", "ack", "C1", "--by", "wang", "--done", "--state", state_});
  EXPECT_EQ(done.exit, kExitOk) << done.err;
  EXPECT_THAT(world_.Bare({"duty", "list", "--state", state_}).out, Not(HasSubstr("A1")));
}

TEST_F(CliDutyTest, OnlyPersonsOfTheRosterAcknowledgeAndOnlyWhatIsOpen) {
  Raise(9, 1000, 'b');
  EXPECT_EQ(world_.Bare({"duty", "ack", "A1", "--by", "li", "--state", state_}).exit, kExitUsage) << "nothing there";
  ASSERT_EQ(RunOnce().exit, kExitOk);
  const auto stranger = world_.Bare({"duty", "ack", "A1", "--by", "sun", "--state", state_});
  EXPECT_EQ(stranger.exit, kExitUsage);
  EXPECT_THAT(stranger.err, HasSubstr("li, wang"));
  for (const char* name : {"A2", "C9", "B1", "A", "1"})
    EXPECT_EQ(world_.Bare({"duty", "ack", name, "--by", "li", "--state", state_}).exit, kExitUsage) << name;
}

}  // namespace
}  // namespace eagle::client
