// What the gateway says when it says no, when a call is repeated, and how orders are followed.
#include "client/lib/errors.h"

#include "client/lib/follow.h"
#include "client/lib/retry.h"
#include "client/lib/words.h"
#include "gmock/gmock.h"
#include "goldeneagle/v1/order_service.pb.h"
#include "google/protobuf/any.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "tests/client/fake_gateway.h"
#include "tests/client/support.h"

namespace eagle::client {
namespace {

using testing::ElementsAre;

std::string Details(const std::string& reason, int violations, int retry_seconds) {
  google::rpc::Status status;
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("goldeneagle.v1");
  (*info.mutable_metadata())["cap"] = "198,287.00";
  (*info.mutable_metadata())["asked"] = "20,000,000.00";
  status.add_details()->PackFrom(info);
  if (violations > 0) {
    google::rpc::BadRequest request;
    for (int i = 0; i < violations; ++i) {
      auto* wrong = request.add_field_violations();
      wrong->set_field("members[0].claim");
      wrong->set_reason("CAP_NOT_SUM");
      wrong->set_description("not the sum");
    }
    status.add_details()->PackFrom(request);
  }
  if (retry_seconds > 0) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(retry_seconds);
    status.add_details()->PackFrom(retry);
  }
  return status.SerializeAsString();
}

TEST(Errors, EveryDetailOfTheWireIsKept) {
  const absl::Status status = DecodeWireStatus(9, "over the cap", Details("CAP_EXCEEDED", 2, 3));
  const Failure failure = FailureOf(status);
  EXPECT_EQ(failure.reason, Reason::kCapExceeded);
  EXPECT_EQ(failure.message, "over the cap");
  EXPECT_EQ(MetadataOf(failure, "cap"), "198,287.00");
  ASSERT_EQ(failure.violations.size(), 2u);
  EXPECT_EQ(failure.violations[1], (Violation{"members[0].claim", Reason::kCapNotSum, "not the sum"}));
  EXPECT_EQ(failure.retry_delay, absl::Seconds(3));
  EXPECT_EQ(OriginOf(status), Origin::kGateway);
}

TEST(Errors, ANewerGatewaysReasonKeepsItsName) {
  const Failure failure = FailureOf(DecodeWireStatus(9, "new", Details("SOMETHING_NEW", 0, 0)));
  EXPECT_EQ(MetadataOf(failure, "wire_reason"), "SOMETHING_NEW");
  EXPECT_EQ(failure.reason, Reason::kInternal);
}

TEST(Errors, WithoutDetailsTheCodeSpeaks) {
  const auto reason = [](int code) { return ReasonOf(DecodeWireStatus(code, "m", "")); };
  EXPECT_EQ(reason(14), Reason::kUnavailable);
  EXPECT_EQ(reason(4), Reason::kUnavailable);
  EXPECT_EQ(reason(16), Reason::kUnauthenticated);
  EXPECT_EQ(reason(7), Reason::kPermissionDenied);
  EXPECT_EQ(reason(8), Reason::kBusy);
  EXPECT_EQ(reason(5), Reason::kNotFound);
  EXPECT_EQ(reason(3), Reason::kFieldInvalid);
  EXPECT_EQ(reason(13), Reason::kInternal);
  EXPECT_EQ(reason(99), Reason::kInternal);
  EXPECT_TRUE(DecodeWireStatus(0, "", "").ok());
  for (const char* garbage : {"\xFF\xFF\xFF", "\x1A\x7F", "x"})
    EXPECT_EQ(ReasonOf(DecodeWireStatus(14, "m", garbage)), Reason::kUnavailable);
}

TEST(Errors, TheOriginSaysWhoIsToBeBelieved) {
  EXPECT_EQ(OriginOf(DecodeWireStatus(14, "", "")), Origin::kUnavailable);
  EXPECT_EQ(OriginOf(DecodeWireStatus(8, "", "")), Origin::kUnavailable);
  EXPECT_EQ(OriginOf(DecodeWireStatus(7, "", "")), Origin::kGateway);
  EXPECT_EQ(OriginOf(Fail(Reason::kKeyUnusable, "file")), Origin::kLocal);
  const absl::Status proof = AsVerification(Fail(Reason::kSignatureInvalid, "no").At("a", "b"));
  EXPECT_EQ(OriginOf(proof), Origin::kVerification);
  EXPECT_EQ(FailureOf(proof).violations.size(), 1u);
  // Metadata that claims an origin of its own doesn't win.
  google::rpc::Status lie;
  google::rpc::ErrorInfo info;
  info.set_reason("CAP_EXCEEDED");
  (*info.mutable_metadata())["origin"] = "verification";
  lie.add_details()->PackFrom(info);
  EXPECT_EQ(OriginOf(DecodeWireStatus(9, "m", lie.SerializeAsString())), Origin::kGateway);
}

class RetryTest : public testing::Test {
 protected:
  absl::Status Run(std::vector<absl::Status> answers) {
    calls_ = 0;
    return Retry(policy_, waiter_, entropy_, [&] { return answers[std::min(calls_++, answers.size() - 1)]; });
  }
  RetryPolicy policy_;
  RecordedWaiter waiter_;
  CountedEntropy entropy_;
  size_t calls_ = 0;
};

TEST_F(RetryTest, OnlyUnavailableIsRepeatedWithGrowingPauses) {
  EXPECT_TRUE(Run({Fail(Reason::kUnavailable, ""), Fail(Reason::kDraining, ""), absl::OkStatus()}).ok());
  EXPECT_EQ(calls_, 3u);
  ASSERT_EQ(waiter_.waits.size(), 2u);
  EXPECT_GE(waiter_.waits[0], absl::Milliseconds(200));
  EXPECT_LE(waiter_.waits[0], absl::Milliseconds(300));
  EXPECT_GE(waiter_.waits[1], absl::Milliseconds(400));
  for (const Reason reason : {Reason::kCapExceeded, Reason::kInternal, Reason::kPermissionDenied, Reason::kProofInvalid,
                              Reason::kClockUntrusted}) {
    EXPECT_EQ(ReasonOf(Run({Fail(reason, ""), absl::OkStatus()})), reason);
    EXPECT_EQ(calls_, 1u);
  }
}

TEST_F(RetryTest, TheAttemptsEnd) {
  EXPECT_EQ(ReasonOf(Run({Fail(Reason::kUnavailable, "")})), Reason::kUnavailable);
  EXPECT_EQ(calls_, 5u);
  for (const absl::Duration wait : waiter_.waits) EXPECT_LE(wait, absl::Seconds(7.5));
}

TEST_F(RetryTest, AFullGatewayIsObeyed) {
  EXPECT_TRUE(Run({Fail(Reason::kBusy, "").RetryAfter(absl::Seconds(2)), absl::OkStatus()}).ok());
  ASSERT_EQ(waiter_.waits.size(), 1u);
  EXPECT_GE(waiter_.waits[0], absl::Seconds(2));
  EXPECT_LE(waiter_.waits[0], absl::Seconds(3));
  // No delay named: not repeated. One that is too long: told, not waited.
  EXPECT_EQ(ReasonOf(Run({Fail(Reason::kBusy, ""), absl::OkStatus()})), Reason::kBusy);
  EXPECT_EQ(ReasonOf(Run({Fail(Reason::kBusy, "").RetryAfter(absl::Hours(1)), absl::OkStatus()})), Reason::kBusy);
  EXPECT_EQ(calls_, 1u);
}

TEST_F(RetryTest, AStoppedWaiterGivesUp) {
  waiter_.give_up_after = 1;
  EXPECT_EQ(ReasonOf(Run({Fail(Reason::kUnavailable, "")})), Reason::kUnavailable);
  EXPECT_EQ(calls_, 1u);
}

class FollowTest : public testing::Test {
 protected:
  FollowTest() {
    view_.set_order_id(id_);
    view_.set_state(v1::ORDER_STATE_IN_PROGRESS);
    *view_.mutable_deadline()->mutable_due_at() = trust::TimestampOf(Monday() + absl::Hours(24));
    for (const char* code : {"9900010", "9900020", "9900900", "9900030"}) {
      v1::TaskView* task = view_.add_tasks();
      task->set_agency(code);
      task->set_state(v1::TASK_STATE_QUEUED);
    }
    Publish();
  }
  void Publish() { gateway_.orders[id_] = view_; }
  void Answer(int task) {
    view_.mutable_tasks(task)->set_state(v1::TASK_STATE_DONE);
    view_.mutable_tasks(task)->set_outcome(v1::OUTCOME_FOUND);
  }
  void Event(const std::string& order_id) { gateway_.watch.emplace_back().add_events()->set_order_id(order_id); }

  const std::string id_ = std::string(16, 'i');
  FakeGateway gateway_{Monday()};
  StandingClock real_{Monday()};
  RecordedWaiter waiter_{&real_};
  Follower follower_{gateway_, waiter_, real_};
  v1::OrderView view_;
  std::vector<std::string> lines_;
  const Names names_ = {{"9900030", "云帆银行"}};
};

TEST_F(FollowTest, ShowsEachChangeUntilAllHaveAnswered) {
  int looks = 0;
  gateway_.on_get_order = [&](const v1::GetOrderRequest&) {
    if (++looks == 2) Answer(0), Answer(1), Answer(2);
    if (looks == 4) Answer(3), view_.set_state(v1::ORDER_STATE_COMPLETED);
    Publish();
  };
  Event(std::string(16, 'x'));  // another order's: doesn't make us look
  Event(id_);
  const auto views = follower_.Follow({id_}, [&](const v1::OrderView& view) {
    lines_.push_back(ProgressText(view, names_, Shanghai()));
    return true;
  });
  ASSERT_TRUE(views.ok()) << views.status();
  EXPECT_TRUE(IsFinal((*views)[0]));
  EXPECT_THAT(lines_, ElementsAre("0 of 4 answered, 9900010 no answer yet, 9900020 no answer yet, 9900900 no answer "
                                  "yet, 云帆银行 no answer yet, due Tue 29 Sep 09:00",
                                  "3 of 4 answered, 云帆银行 no answer yet, due Tue 29 Sep 09:00", "4 of 4 answered"));
}

TEST_F(FollowTest, AStreamThatEndsIsOpenedAgainAndPollingGoesOn) {
  int looks = 0;
  gateway_.on_get_order = [&](const v1::GetOrderRequest&) {
    if (++looks == 5) view_.set_state(v1::ORDER_STATE_WITHDRAWN);
    Publish();
  };
  EXPECT_TRUE(follower_.Follow({id_}, [](const v1::OrderView&) { return true; }).ok());
  EXPECT_EQ(looks, 5);
  for (const absl::Duration wait : waiter_.waits) EXPECT_LE(wait, absl::Seconds(10));
}

TEST_F(FollowTest, StopsAfterItsTimeAndWhenToldTo) {
  EXPECT_TRUE(follower_
                  .Follow(
                      {id_}, [](const v1::OrderView&) { return true; }, absl::Seconds(5))
                  .ok());
  EXPECT_EQ(real_.since, absl::Seconds(5));
  int shown = 0;
  EXPECT_TRUE(follower_.Follow({id_}, [&](const v1::OrderView&) { return ++shown < 1; }).ok());
  EXPECT_EQ(shown, 1);
}

TEST_F(FollowTest, AnUnknownOrderEndsIt) {
  EXPECT_EQ(WhyNot(follower_.Follow({std::string(16, 'u')}, [](const v1::OrderView&) { return true; })), "NOT_FOUND");
}

TEST_F(FollowTest, EventsComeWithTheirTokensUntilNobodyWantsMore) {
  Event(id_);
  gateway_.watch.back().set_resume_token("t1");
  Event(id_);
  gateway_.watch.back().set_resume_token("t2");
  std::vector<std::string> tokens;
  EXPECT_TRUE(follower_
                  .Events("", "",
                          [&](const v1::WatchOrdersResponse& message) {
                            tokens.push_back(message.resume_token());
                            return tokens.size() < 2;
                          })
                  .ok());
  EXPECT_THAT(tokens, ElementsAre("t1", "t2"));
}

TEST(Words, MidnightIsTheEndOfTheDayBefore) {
  const absl::Time midnight = absl::FromCivil(absl::CivilDay(2026, 10, 6), Shanghai());
  EXPECT_EQ(DueText(midnight, Shanghai()), "Mon 5 Oct 24:00");
  EXPECT_EQ(DueText(midnight + absl::Minutes(1), Shanghai()), "Tue 6 Oct 00:01");
  EXPECT_EQ(EndText(midnight, Shanghai()), "5 Oct 2026 24:00");
  EXPECT_EQ(EndText(Monday(), Shanghai()), "28 Sep 2026 09:00");
  EXPECT_EQ(EndTextZh(midnight, Shanghai()), "2026年10月5日 星期一 24:00");
  EXPECT_EQ(EndTextZh(Monday(), Shanghai()), "2026年9月28日 星期一 09:00");
  EXPECT_EQ(TimeTextZh(midnight - absl::Hours(24), Shanghai()), "2026年10月5日 星期一 00:00:00");
  EXPECT_EQ(ZoneText(Monday(), Shanghai()), "UTC+08:00");
  EXPECT_EQ(TimeText(Monday(), Shanghai()), "Mon 28 Sep 2026 09:00:00");
  EXPECT_EQ(Rfc3339Text(Monday(), Shanghai()), "2026-09-28T09:00:00+08:00");
}

TEST(Words, CodesAndWordsGoBothWays) {
  EXPECT_EQ(Word(v1::ACTION_FREEZE), "FREEZE");
  EXPECT_EQ(Word(static_cast<v1::Action>(99)), "99");
  EXPECT_EQ(OfWord<v1::Action>("freeze"), v1::ACTION_FREEZE);
  EXPECT_EQ(OfWord<v1::Action>("FREEZING"), v1::ACTION_UNSPECIFIED);
  EXPECT_EQ(OfWord<v1::CaseStage>("CLOSED_NO_ASSETS"), v1::CASE_STAGE_CLOSED_NO_ASSETS);
  EXPECT_EQ(OutcomeWord(v1::OUTCOME_UNSPECIFIED), "NO_ANSWER_YET");
}

TEST(Words, CoverageSaysWhoCanDoWhat) {
  google::protobuf::RepeatedPtrField<v1::CoverageView> coverage;
  for (const char* code : {"9900010", "9900020", "9900030", "9900900"}) {
    v1::CoverageView* view = coverage.Add();
    view->set_agency(code);
    view->set_present(std::string(code) != "9900030");
    view->add_actions(v1::ACTION_INQUIRE);
    view->add_actions(v1::ACTION_FREEZE);
    if (std::string(code) != "9900900") view->add_actions(v1::ACTION_DEDUCT);
    if (std::string(code) == "9900900") view->add_clerk_actions(v1::ACTION_FREEZE);
  }
  EXPECT_EQ(CoverageText(coverage, {{"9900900", "land"}, {"9900030", "云帆"}}),
            "4 inquire, 4 control, 3 deduct, land by clerk, 云帆 absent");
}

}  // namespace
}  // namespace eagle::client
