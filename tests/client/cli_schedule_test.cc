// `eagle order schedule`: the repeats of a search, from the days that a person names to what is signed and listed.
#include <set>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/uuid.h"
#include "server/trust/timestamps.h"
#include "tests/client/cli_world.h"

namespace eagle::client {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class CliScheduleTest : public testing::Test {
 protected:
  static std::vector<std::string> Schedule(std::vector<std::string> more) {
    std::vector<std::string> all = {"order", "schedule", "--case",  kCase,       "--subject",
                                    kDebtor, "--agency", "9900001", "--officer", "001"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  static std::string DayOf(const v1::Order& order) {
    return absl::FormatTime("%Y-%m-%d %H:%M", *trust::TimeOf(order.not_before()), Shanghai());
  }
  CliWorld world_;
};

TEST_F(CliScheduleTest, TenSearchesInFiveYearsAreTenOrdersUnderOneHead) {
  const Ran ran = world_.Json(Schedule({"--every", "6mo", "--for", "5y", "--from", "2027-08-31", "--sign", "001"}));
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  ASSERT_EQ(world_.gateway->order_batches.size(), 1u);
  const v1::SignedBatch& batch = world_.gateway->order_batches[0];
  ASSERT_EQ(batch.members_size(), 10);
  std::set<std::string> ids;
  for (int i = 0; i < 10; ++i) {
    const v1::Order order = OrderOf(batch, i);
    ids.insert(order.order_id());
    EXPECT_EQ(order.action(), v1::ACTION_INQUIRE);
    EXPECT_EQ(order.urgency(), v1::URGENCY_NORMAL);
    EXPECT_EQ(*trust::TimeOf(order.not_after()) - *trust::TimeOf(order.not_before()),
              *trust::TimeOf(OrderOf(batch, 0).not_after()) - *trust::TimeOf(OrderOf(batch, 0).not_before()));
  }
  EXPECT_EQ(ids.size(), 10u);
  EXPECT_EQ(DayOf(OrderOf(batch, 0)), "2027-08-31 00:00");
  EXPECT_EQ(DayOf(OrderOf(batch, 1)), "2028-02-29 00:00") << "the month's last day";
  EXPECT_EQ(DayOf(OrderOf(batch, 9)), "2032-02-29 00:00");
  EXPECT_EQ(At(ran.out, "results.0.begins"), "2027-08-31T01:00:00+08:00");
  EXPECT_EQ(At(ran.out, "results.9.result"), "ACCEPTED");
}

TEST_F(CliScheduleTest, ADryRunShowsEveryBeginAndSendsNothing) {
  const Ran ran = world_.Json(Schedule({"--every", "1y", "--for", "2y", "--from", "2027-03-28", "--dry-run"}));
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_EQ(At(ran.out, "results.0.begins"), "2027-03-28T01:00:00+08:00");
  EXPECT_EQ(At(ran.out, "results.1.begins"), "2028-03-28T01:00:00+08:00");
  EXPECT_TRUE(world_.gateway->order_batches.empty());
}

TEST_F(CliScheduleTest, ADraftIsSignedAndSentAsEveryOther) {
  const std::string draft = world_.Path("searches.draft");
  const Ran made = world_.Run(Schedule({"--every", "6m", "--for", "1y", "--from", "2027-03-28", "--into", draft}));
  EXPECT_EQ(made.exit, kExitOk) << made.err;
  EXPECT_THAT(made.out,
              AllOf(HasSubstr("not before 2027-03-27T16:00:00"), HasSubstr("not before 2027-09-27T16:00:00")));
  EXPECT_TRUE(world_.gateway->order_batches.empty());
  EXPECT_EQ(world_.Run({"order", "sign", draft, "--sign", "001", "--yes"}).exit, kExitOk);
  const Ran sent = world_.Json({"order", "submit", draft});
  EXPECT_EQ(sent.exit, kExitOk) << sent.err;
  EXPECT_EQ(At(sent.out, "results.1.begins"), "2027-09-28T01:00:00+08:00");
}

TEST_F(CliScheduleTest, WhatSaysNoDaysIsNamed) {
  EXPECT_THAT(world_.Run(Schedule({"--for", "5y", "--from", "2027-03-28", "--sign", "001"})).err,
              HasSubstr("--every, --for and --from"));
  for (const char* every : {"6", "mo", "0m", "6d", "101y", "99999999999y"}) {
    EXPECT_THAT(world_.Run(Schedule({"--every", every, "--for", "5y", "--from", "2027-03-28", "--sign", "001"})).err,
                HasSubstr("--every is so many months or years"))
        << every;
  }
  EXPECT_THAT(world_.Run(Schedule({"--every", "6m", "--for", "5y", "--from", "28.3.2027", "--sign", "001"})).err,
              HasSubstr("--from is a day"));
  EXPECT_THAT(world_.Run(Schedule({"--every", "1m", "--for", "22y", "--from", "2027-03-28", "--sign", "001"})).err,
              HasSubstr("at most 256"));
  EXPECT_TRUE(world_.gateway->order_batches.empty());
}

TEST_F(CliScheduleTest, TheListSaysWhatWaitsAndWhyWhatHasEnded) {
  const auto put = [&](int n, v1::OrderState state, const std::string& reason) {
    v1::OrderView& view = world_.gateway->orders[std::string(15, 'o') + static_cast<char>('0' + n)];
    view.set_order_id(std::string(15, 'o') + static_cast<char>('0' + n));
    view.set_case_number(kCase), view.set_action(v1::ACTION_INQUIRE), view.set_state(state);
    if (n > 0) *view.mutable_begins_at() = trust::TimestampOf(Monday() + absl::Hours(24 * n));
    view.set_ended_reason(reason);
  };
  put(0, v1::ORDER_STATE_COMPLETED, "");
  put(1, v1::ORDER_STATE_WAITING, "");
  put(2, v1::ORDER_STATE_ENDED, "OFFICER_NOT_VALID");
  const Ran all = world_.Json({"order", "list"});
  EXPECT_EQ(all.exit, kExitOk) << all.err;
  EXPECT_EQ(At(all.out, "1.state"), "WAITING");
  EXPECT_EQ(At(all.out, "1.begins"), "2026-09-29T09:00:00+08:00");
  EXPECT_EQ(At(all.out, "2.ended_because"), "OFFICER_NOT_VALID");
  const Ran waiting = world_.Json({"order", "list", "--waiting"});
  EXPECT_EQ(At(waiting.out, "0.state"), "WAITING");
  EXPECT_EQ(At(waiting.out, "1.state"), "");
  const Ran shown = world_.Run({"order", "show", UuidText(std::string(15, 'o') + "2")});
  EXPECT_THAT(shown.out, AllOf(HasSubstr("OFFICER_NOT_VALID: The officer's statement is ended"),
                               HasSubstr("over without having begun")));
  const Ran plain = world_.Run({"order", "list", "--case", "none"});
  EXPECT_EQ(plain.exit, kExitOk);
}

}  // namespace
}  // namespace eagle::client
