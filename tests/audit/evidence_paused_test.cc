// Evidence of an order that stood still because a key was revoked, and went on when the very same bytes were signed
// anew: all of it verifies offline, the page tells it in plain words, and what is withheld or swapped is named.
#include <gmock/gmock.h>

#include "client/audit/evidence_page.h"
#include "tests/audit/evidence_world.h"

namespace eagle::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string PageText(EvidenceWorld& world, const audit::EvidenceReport& report) {
  const audit::EvidencePins pins = world.Pins();
  return audit::TextOf(audit::PageOf(report, pins, absl::FixedTimeZone(8 * 3600)));
}

TEST(EvidencePaused, TellsThePauseAndWhoSignedTheVerySameBytesAnew) {
  EvidenceWorld world;
  const v1::Order inquiry = world.ResumedInquiry();
  const auto report = world.Verify(world.Of(inquiry));
  ASSERT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
  EXPECT_EQ(report->order.SerializeAsString(), inquiry.SerializeAsString());
  ASSERT_THAT(report->officers, SizeIs(2));
  ASSERT_TRUE(report->officers[0].signed_order && report->officers[0].fell);
  EXPECT_EQ(report->officers[0].fell->since, world.theft);
  EXPECT_FALSE(report->officers[1].fell);
  ASSERT_THAT(report->revoked, SizeIs(1));
  EXPECT_EQ(report->revoked[0].subject, kHandler);
  ASSERT_THAT(report->pauses, SizeIs(1));
  const audit::PauseSeen& pause = report->pauses[0];
  EXPECT_EQ(pause.cause.index, report->revoked[0].index);
  EXPECT_FALSE(pause.in_doubt);
  ASSERT_THAT(pause.agencies, SizeIs(1));
  EXPECT_EQ(audit::AgencyName(*report, pause.agencies[0]), "松月农商行 (9900002)");
  ASSERT_THAT(pause.begun, SizeIs(1));
  ASSERT_THAT(report->resumptions, SizeIs(1));
  const audit::ResumptionSeen& resumed = report->resumptions[0];
  EXPECT_EQ(resumed.paused, pause.index);
  EXPECT_EQ(pause.resumed, resumed.index);
  ASSERT_THAT(resumed.officers, SizeIs(2));
  EXPECT_TRUE(resumed.officers[0].signed_order && resumed.officers[1].signed_order);
  EXPECT_EQ(resumed.officers[0].key, world.gateway.Key("card 1").public_key());
  EXPECT_THAT(report->paused, IsEmpty());
  ASSERT_THAT(report->receipts, SizeIs(2));
}

TEST(EvidencePaused, AJudgeReadsItInPlainWords) {
  EvidenceWorld world;
  const auto report = world.Verify(world.Of(world.ResumedInquiry()));
  ASSERT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
  const std::string text = PageText(world, *report);
  for (const char* words : {"暂停与恢复 Stood still, and went on", "密钥撤销 key revoked", "officer 001 (001)",
                            "自该时刻起可能为他人所用 since", "somebody else may have had it", "暂停 paused",
                            "已经送达、不受暂停影响 had been handed out and went on", "重新签署 signed anew",
                            "逐字节相同 the very same bytes"}) {
    EXPECT_THAT(text, HasSubstr(words));
  }
  EXPECT_THAT(text, Not(HasSubstr("至本检查点仍暂停")));
  const audit::EvidencePins pins = world.Pins();
  const std::string html = audit::HtmlOf(audit::PageOf(*report, pins, absl::UTCTimeZone()));
  EXPECT_THAT(html, AllOf(HasSubstr("暂停与恢复"), HasSubstr("the very same bytes"), Not(HasSubstr("<script"))));
}

TEST(EvidencePaused, AnOrderThatIsNotResumedIsSaidToStandStill) {
  EvidenceWorld world;
  const v1::Order inquiry = world.PausedInquiry();
  const auto report = world.Verify(world.Of(inquiry));
  ASSERT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
  EXPECT_THAT(report->resumptions, IsEmpty());
  ASSERT_THAT(report->paused, SizeIs(1));
  EXPECT_FALSE(report->pauses[0].resumed);
  const std::string text = PageText(world, *report);
  EXPECT_THAT(text, HasSubstr("至本检查点仍暂停 it still stands still at this checkpoint"));
  const std::string above = text.substr(0, text.find("\n\n"));
  EXPECT_THAT(above, AllOf(HasSubstr("核验通过"), HasSubstr("本命令已暂停"), HasSubstr("This order stands still")));
  const audit::EvidencePins pins = world.Pins();
  EXPECT_THAT(audit::HtmlOf(audit::PageOf(*report, pins, absl::UTCTimeZone())), HasSubstr("class=\"notice\""));
}

// The clock runs on while an order stands still, so it may be overdue where nobody was handed it.
TEST(EvidencePaused, SilenceOfAnAgencyThatWasNeverHandedTheOrderSaysSo) {
  EvidenceWorld world;
  const v1::Order inquiry = world.PausedInquiry();
  world.gateway.Advance(absl::Hours(25));
  const auto report = world.Verify(world.SilenceOf(inquiry, kSongyue));
  ASSERT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
  EXPECT_THAT(PageText(world, *report), HasSubstr("this agency was not handed the order"));
  const auto begun = world.Verify(world.SilenceOf(inquiry, kBeiling));
  ASSERT_TRUE(begun.ok()) << EvidenceWorld::Why(begun.status());
  EXPECT_THAT(PageText(world, *begun), Not(HasSubstr("this agency was not handed the order")));
}

TEST(EvidencePaused, ACourtsOwnKeyTakesItsOfficersWithIt) {
  EvidenceWorld world;
  const v1::Order inquiry = world.demo.Inquire({kBeiling});
  world.SubmitKept({inquiry});
  world.Revoke("court/辽9901", world.gateway.clock.wall);
  world.StateCourtAnew("court 2");
  world.StateAnew(kHandler, v1::OFFICER_ROLE_HANDLER, "card 1");
  world.StateAnew(kCosigner, v1::OFFICER_ROLE_COSIGNER, "card 2");
  world.StateAnew(kLeader, v1::OFFICER_ROLE_LEADER, "card 3");
  world.Resume(inquiry, {"card 1", "card 2"});
  ASSERT_THAT(world.demo.Pull(kBeiling), SizeIs(1));
  world.reader = kLeader, world.reader_key = "card 3";
  const auto report = world.Verify(world.Of(inquiry));
  ASSERT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
  EXPECT_EQ(report->pauses[0].cause.subject, "court/辽9901");
  EXPECT_TRUE(report->officers[0].fell && report->officers[1].fell);
  ASSERT_THAT(report->resumptions, SizeIs(1));
  EXPECT_FALSE(report->resumptions[0].officers[0].fell);
}

TEST(EvidencePaused, ASecondTheftPausesWhatWasSignedAnew) {
  EvidenceWorld world;
  const v1::Order inquiry = world.PausedInquiry();
  for (const char* card : {"card 1", "card 2"}) {
    world.StateAnew(kHandler, v1::OFFICER_ROLE_HANDLER, card);
    world.Resume(inquiry, {card, kCosigner});
    if (std::string(card) == "card 1") world.Revoke(kHandler, world.gateway.clock.wall);
  }
  const auto report = world.Verify(world.Of(inquiry));
  ASSERT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
  ASSERT_THAT(report->pauses, SizeIs(2));
  EXPECT_GT(report->pauses[1].cause.index, report->pauses[0].cause.index);
  ASSERT_THAT(report->resumptions, SizeIs(2));
  EXPECT_TRUE(report->resumptions[0].officers[0].fell) << "the handler's hand fell again";
  EXPECT_FALSE(report->resumptions[1].officers[0].fell);
  EXPECT_THAT(report->paused, IsEmpty());
}

// Others suffice, the log shows the signatures to be older, or all is answered: the key's end is told all the same.
TEST(EvidencePaused, WhereAnOrderIsRightlyNotPausedItVerifies) {
  EvidenceWorld world;
  const v1::Order older = world.demo.Inquire({kBeiling});
  ASSERT_TRUE(world.demo.Submit({older}).ok());
  world.gateway.Advance(absl::Minutes(10));
  const absl::Time theft = world.gateway.clock.wall;
  const v1::Order answered = world.demo.Inquire({kSongyue});
  ASSERT_TRUE(world.demo.Submit({answered}).ok());
  ASSERT_THAT(world.demo.Pull(kSongyue), SizeIs(1));
  ASSERT_TRUE(world.demo.Report(kSongyue, {world.demo.Nil(answered, kSongyue)}).ok());
  world.Revoke(kHandler, theft);
  world.StateAnew(kHandler, v1::OFFICER_ROLE_HANDLER, "card 1");
  world.reader = kLeader;
  const v1::Order suffices = world.demo.Inquire({kBeiling});
  ASSERT_THAT(DemoWorld::Reasons(world.demo.Submit({suffices}, {"card 1", kCosigner})), ElementsAre(""));
  world.Revoke(kCosigner, theft);
  ASSERT_EQ(world.gateway.Count("ORDER_PAUSED"), 0u);
  for (const v1::Order& order : {older, answered, suffices}) {
    const auto report = world.Verify(world.Of(order));
    ASSERT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
    EXPECT_THAT(report->revoked, Not(IsEmpty()));
    EXPECT_THAT(report->pauses, IsEmpty());
    EXPECT_THAT(PageText(world, *report), HasSubstr("密钥撤销 key revoked"));
  }
}

// --- what a liar does with it

TEST(EvidencePaused, NoByteMayChange) {
  EvidenceWorld world;
  const std::string bytes = EvidenceWorld::Bytes(world.Of(world.ResumedInquiry()));
  const audit::EvidencePins pins = world.Pins();
  ASSERT_TRUE(audit::VerifyEvidence(bytes, pins).ok());
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (const uint8_t pattern : {uint8_t{1}, uint8_t{128}}) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(static_cast<uint8_t>(changed[at]) ^ pattern);
      const auto report = audit::VerifyEvidence(changed, pins);
      ASSERT_FALSE(report.ok()) << "byte " << at << " of " << bytes.size();
      ASSERT_THAT(FailureOf(report.status()).metadata, testing::Contains(testing::Key("part"))) << at;
    }
  }
}

TEST(EvidencePaused, AChangedBitIsNamedByItsEntry) {
  EvidenceWorld world;
  const v1::Evidence evidence = world.Of(world.ResumedInquiry());
  const auto changed = [&](v1::EntryType type, const std::function<void(v1::EvidenceEntry&)>& change) {
    v1::Evidence other = evidence;
    change(*other.mutable_entries(EvidenceWorld::PlaceOf(other, type)));
    return world.Why(other);
  };
  const int place = EvidenceWorld::PlaceOf(evidence, v1::ENTRY_TYPE_ORDER_RESUMED);
  const std::string name =
      "entry " + std::to_string(EvidenceWorld::IndexOf(evidence.entries(place))) + " (ORDER_RESUMED): ";
  EXPECT_THAT(changed(v1::ENTRY_TYPE_ORDER_RESUMED, [](auto& entry) { entry.mutable_payload()->at(40) ^= 1; }),
              AllOf(StartsWith(name), HasSubstr("not the one that the log committed to")));
  EXPECT_THAT(changed(v1::ENTRY_TYPE_ORDER_RESUMED, [](auto& entry) { entry.mutable_salt()->at(0) ^= 1; }),
              StartsWith(name));
  EXPECT_THAT(changed(v1::ENTRY_TYPE_ORDER_RESUMED,
                      [](auto& entry) {
                        entry.clear_payload();
                        entry.clear_salt();
                      }),
              AllOf(StartsWith(name), HasSubstr("signatures made anew are not in this file")));
}

TEST(EvidencePaused, APauseThatIsWithheldIsNoticed) {
  EvidenceWorld world;
  const v1::Order inquiry = world.PausedInquiry();
  const v1::Evidence paused = world.Of(inquiry);
  const auto cause = world.Verify(paused)->pauses[0].cause.index;
  EXPECT_THAT(world.Why(world.Without(paused, v1::ENTRY_TYPE_ORDER_PAUSED)),
              AllOf(StartsWith("entry " + std::to_string(cause) + " (STATEMENT_ACCEPTED): "),
                    HasSubstr("the pause that follows from it is missing")));
  world.StateAnew(kHandler, v1::OFFICER_ROLE_HANDLER, "card 1");
  world.gateway.Restart();
  world.demo.sessions.clear();
  ASSERT_THAT(world.demo.Pull(kBeiling), SizeIs(1)) << "handed out once more where it had begun";
  world.Resume(inquiry, {"card 1", kCosigner});
  const v1::Evidence resumed = world.Of(inquiry);
  ASSERT_EQ(world.Why(resumed), "verified");
  EXPECT_THAT(world.Why(world.Without(resumed, v1::ENTRY_TYPE_ORDER_PAUSED)),
              AllOf(StartsWith("entry "), HasSubstr("missing")));
  EXPECT_THAT(world.Why(world.Without(resumed, v1::ENTRY_TYPE_ORDER_RESUMED)), "verified")
      << "the last entry of all: the page says that later ones may exist";
  ASSERT_THAT(world.demo.Pull(kSongyue), SizeIs(1));
  const v1::Evidence handed = world.Of(inquiry);
  ASSERT_EQ(world.Why(handed), "verified");
  EXPECT_THAT(world.Why(world.Without(handed, v1::ENTRY_TYPE_ORDER_RESUMED)),
              AllOf(HasSubstr("(DELIVERED)"), HasSubstr("its resumption is missing before this delivery")));
}

}  // namespace
}  // namespace eagle::test
