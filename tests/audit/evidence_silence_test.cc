// Silence: that an agency was asked, is overdue, and did not answer; how far each kind of proof reaches; and that no
// answer in the log can be hidden.
#include <gmock/gmock.h>

#include "tests/audit/evidence_world.h"

namespace eagle::test {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

v1::GetEvidenceRequest AskSilence(EvidenceWorld& world, const v1::Order& order, const std::string& agency) {
  v1::GetEvidenceRequest request = world.Request(order, {agency});
  request.set_silence(true);
  return request;
}

TEST(Silence, ACourtProvesItByTheLogsOwnMarks) {
  EvidenceWorld world;
  const v1::Order inquiry = world.OverdueInquiry();
  world.demo.Pull(kLand);  // others go on
  const auto report = world.Verify(world.SilenceOf(inquiry, kYunfan));
  ASSERT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
  ASSERT_TRUE(report->silent);
  EXPECT_EQ(report->silent->agency.code, kYunfan);
  EXPECT_EQ(report->run, audit::Run::kNone) << "leaves that came later aren't here";
  EXPECT_GE(report->silent->overdue.time, report->due);
  EXPECT_THAT(report->receipts, SizeIs(0));
  EXPECT_THAT(report->deliveries, testing::Not(SizeIs(0)));
}

TEST(Silence, AnAuditorShowsEveryLeafSinceTheAcceptance) {
  EvidenceWorld world;
  const v1::Order inquiry = world.OverdueInquiry();
  world.demo.Pull(kLand);  // others go on
  const auto response = world.AskAsAuditor(AskSilence(world, inquiry, kYunfan));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_THAT(world.Why(response->evidence()), HasSubstr("as many as the tree has places for")) << "not filled in yet";
  const v1::Evidence evidence = world.Filled(*response);
  const auto report = world.Verify(evidence);
  ASSERT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
  EXPECT_EQ(report->run, audit::Run::kSinceAcceptance);
  EXPECT_EQ(report->run_first, report->order_index + 1);
}

TEST(Silence, LeavesSinceTheMarkAreTheNextBest) {
  EvidenceWorld world;
  const v1::Order inquiry = world.OverdueInquiry();
  v1::Evidence evidence = world.Filled(*world.AskAsAuditor(AskSilence(world, inquiry, kYunfan)));
  const auto whole = world.Verify(evidence);
  ASSERT_TRUE(whole.ok());
  const uint64_t mark = whole->silent->overdue.index;
  // Only what the story needs, and the run behind the mark.
  const v1::Evidence needed = world.SilenceOf(inquiry, kYunfan);
  std::set<uint64_t> keep;
  for (const v1::EvidenceEntry& entry : needed.entries()) keep.insert(EvidenceWorld::IndexOf(entry));
  for (int i = evidence.entries_size() - 1; i >= 0; --i) {
    const uint64_t index = EvidenceWorld::IndexOf(evidence.entries(i));
    if (index <= mark && !keep.contains(index)) evidence.mutable_entries()->DeleteSubrange(i, 1);
  }
  const auto report = world.Verify(world.Reproved(evidence));
  ASSERT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
  EXPECT_EQ(report->run, audit::Run::kSinceMark);
}

TEST(Silence, AnAnswerWithinTheRunCanBeNeitherCutOutNorClosed) {
  EvidenceWorld world;
  const v1::Order inquiry = world.OverdueInquiry();
  const auto before = world.AskAsAuditor(AskSilence(world, inquiry, kYunfan));
  ASSERT_TRUE(before.ok());
  v1::Evidence silence = world.Filled(*before);
  ASSERT_EQ(world.Why(silence), "verified");
  ASSERT_TRUE(world.demo.Report(kYunfan, {world.demo.Nil(inquiry, kYunfan)}).ok());
  world.demo.Pull(kLand);

  // The gateway itself says so.
  EXPECT_EQ(ReasonOf(world.AskAsAuditor(AskSilence(world, inquiry, kYunfan)).status()), Reason::kNotSilent);

  // A liar takes the new checkpoint and all leaves since.
  const uint64_t old_size = world.SizeOf(silence);
  silence.set_checkpoint(world.Of(inquiry).checkpoint());
  const uint64_t size = world.SizeOf(silence);
  for (uint64_t index = old_size; index < size; ++index) silence.add_entries()->set_leaf(world.Leaf(index));
  EXPECT_THAT(world.Why(world.Reproved(silence)), HasSubstr("a receipt is opened if, and only if"));
  // He cuts the answer out: the run now begins behind it, and what came before has lost its place.
  for (int i = 0; i < silence.entries_size(); ++i) {
    if (EvidenceWorld::TypeOf(silence.entries(i)) != v1::ENTRY_TYPE_TASK_ANSWERED ||
        EvidenceWorld::IndexOf(silence.entries(i)) < old_size)
      continue;
    const v1::Evidence cut = world.Without(silence, i);
    EXPECT_NE(world.Why(cut), "verified");
    // Nor does it help to keep its hash where its leaf was.
    v1::Evidence kept_proof = cut;
    *kept_proof.mutable_proof() = world.Reproved(silence).proof();
    EXPECT_NE(world.Why(kept_proof), "verified");
    return;
  }
  ADD_FAILURE() << "the answer is in the log";
}

TEST(Silence, WhoAnsweredOrWasNotAskedOrIsInTimeIsNotSilent) {
  EvidenceWorld world;
  const v1::Order inquiry = world.OverdueInquiry();
  EXPECT_EQ(ReasonOf(world.Ask(AskSilence(world, inquiry, kBeiling)).status()), Reason::kNotSilent);
  EXPECT_EQ(ReasonOf(world.Ask(AskSilence(world, inquiry, kLand)).status()), Reason::kNotSilent);
  const v1::Order fresh = world.demo.Inquire({kYunfan});
  ASSERT_TRUE(world.demo.Submit({fresh}).ok());
  EXPECT_EQ(ReasonOf(world.Ask(AskSilence(world, fresh, kYunfan)).status()), Reason::kNotSilent);
  v1::GetEvidenceRequest two = AskSilence(world, inquiry, kYunfan);
  two.add_agencies(kSongyue);
  EXPECT_EQ(ReasonOf(world.Ask(two).status()), Reason::kFieldInvalid);

  // And no file can say it of them: the evidence of what happened, renamed.
  v1::Evidence renamed = world.Of(inquiry, {kBeiling});
  renamed.set_media_type(audit::kSilenceType);
  EXPECT_THAT(world.Why(renamed), HasSubstr("the agency had answered"));
  renamed = world.Of(fresh, {kYunfan});
  renamed.set_media_type(audit::kSilenceType);
  EXPECT_THAT(world.Why(renamed), HasSubstr("isn't overdue"));
}

TEST(Silence, AReportAfterTheDueInstantEndsIt) {
  EvidenceWorld world;
  const v1::Order inquiry = world.OverdueInquiry();
  ASSERT_TRUE(world.demo.Report(kYunfan, {world.demo.Receipt(inquiry, kYunfan, v1::RECEIPT_KIND_ACKNOWLEDGED)}).ok());
  EXPECT_EQ(ReasonOf(world.Ask(AskSilence(world, inquiry, kYunfan)).status()), Reason::kNotSilent);
  v1::Evidence renamed = world.Of(inquiry, {kYunfan});
  renamed.set_media_type(audit::kSilenceType);
  EXPECT_THAT(world.Why(renamed), HasSubstr("reported after it was overdue"));
}

}  // namespace
}  // namespace eagle::test
