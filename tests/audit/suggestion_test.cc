// The draft of a judicial suggestion: nothing in it that the evidence of silence doesn't prove.
#include "client/audit/suggestion.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "client/common/time_words.h"
#include "server/base/bytes.h"
#include "server/base/uuid.h"
#include "tests/audit/evidence_world.h"

namespace eagle::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

absl::TimeZone InShanghai() {
  absl::TimeZone zone;
  absl::LoadTimeZone("Asia/Shanghai", &zone);
  return zone;
}
const std::vector<audit::BasisRow> kBasis = {
    {"网络查询规定", "法释〔2013〕20号", "第六条", {"可以<书面>提出异议", "may object"}, "the text itself"}};

TEST(Suggestion, ItsFactsAreThoseOfTheProofWithTheEntryOfEach) {
  EvidenceWorld world;
  const v1::Order inquiry = world.OverdueInquiry();
  world.demo.Pull(kLand);
  const auto report = world.Verify(world.SilenceOf(inquiry, kYunfan));
  ASSERT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
  const audit::Suggestion draft = audit::SuggestionOf(*report, kBasis, InShanghai()).value();
  const std::string text = audit::TextOf(draft), html = audit::HtmlOf(draft);
  for (const std::string& page : {text, html}) {
    EXPECT_THAT(page, AllOf(HasSubstr(UuidText(inquiry.order_id())), HasSubstr(inquiry.case_number()),
                            HasSubstr(report->silent->agency.name), HasSubstr(HexEncode(report->order_digest))));
    EXPECT_THAT(page, HasSubstr(absl::StrCat("日志条目", report->order_index)));
    EXPECT_THAT(page, HasSubstr(absl::StrCat("entry ", report->silent->overdue.index)));
    EXPECT_THAT(page, HasSubstr(client::EndTextZh(report->due, InShanghai())));
    EXPECT_THAT(page, HasSubstr(absl::StrCat("checkpoint ", report->size)));
    EXPECT_THAT(page, AllOf(HasSubstr("第六条"), HasSubstr("the text itself"), HasSubstr("草稿")));
    EXPECT_THAT(page, HasSubstr("测试环境"));
    // What came after the last mark isn't shown by a court's proof, and so isn't claimed.
    EXPECT_THAT(page, HasSubstr(absl::StrCat(
                          "截至", client::TimeTextZh(report->silent->last_still_open.time, InShanghai()), "未反馈")));
    EXPECT_THAT(page, Not(HasSubstr("none is an answer of the agency")));
    EXPECT_THAT(page, Not(HasSubstr(inquiry.subject().id_number())));
  }
  for (const audit::DeliverySeen& delivery : report->deliveries)
    EXPECT_THAT(text, HasSubstr(absl::StrCat("日志条目", delivery.index)));
  EXPECT_THAT(html, AllOf(HasSubstr("&lt;书面&gt;"), Not(HasSubstr("<书面>"))));
}

TEST(Suggestion, WithAllLeavesItSaysThatThereIsNoAnswerUpToTheCheckpoint) {
  EvidenceWorld world;
  const v1::Order inquiry = world.OverdueInquiry();
  v1::GetEvidenceRequest request = world.Request(inquiry, {kYunfan});
  request.set_silence(true);
  const auto report = world.Verify(world.Filled(*world.AskAsAuditor(request)));
  ASSERT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
  const std::string text = audit::TextOf(audit::SuggestionOf(*report, {}, InShanghai()).value());
  EXPECT_THAT(text, AllOf(HasSubstr("截至日志检查点未反馈"), HasSubstr("none is an answer of the agency"),
                          HasSubstr("由法院填写 by the court")));
}

TEST(Suggestion, AHandOutIsNotInvented) {
  EvidenceWorld world;
  const v1::Order inquiry = world.OverdueInquiry();
  auto report = world.Verify(world.SilenceOf(inquiry, kYunfan));
  ASSERT_TRUE(report.ok());
  report->deliveries.clear();
  EXPECT_THAT(audit::TextOf(audit::SuggestionOf(*report, {}, InShanghai()).value()),
              AllOf(HasSubstr("没有命令送达该单位系统的记录"), Not(HasSubstr("送达该单位的系统（"))));
}

TEST(Suggestion, NobodyIsBlamedForWhatStandsStillOrWasAnswered) {
  EvidenceWorld world;
  const v1::Order inquiry = world.OverdueInquiry();
  auto report = world.Verify(world.SilenceOf(inquiry, kYunfan));
  ASSERT_TRUE(report.ok());
  report->paused = {report->silent->agency.ordinal};
  EXPECT_EQ(ReasonOf(audit::SuggestionOf(*report, {}, InShanghai()).status()), Reason::kNotSilent);
  report->paused.clear(), report->silence = false;
  EXPECT_EQ(ReasonOf(audit::SuggestionOf(*report, {}, InShanghai()).status()), Reason::kFieldInvalid);
}

}  // namespace
}  // namespace eagle::test
