// The tag key is rotated while the gateway is down: courts, agencies and auditors go on as if nothing had happened, and
// what is new is found under the new key only.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "goldeneagle/v1/entry.pb.h"
#include "server/domain/apply.h"
#include "server/journal/leaf.h"
#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RotatedTagKey : public ::testing::Test {
 protected:
  // As `eagle journal rotate-tag-key` does it.
  void Rotate() {
    gateway_.Stop();
    auto ring = trust::KeyRing::Open(gateway_.key_disk, gateway_.wrapper, gateway_.entropy);
    ASSERT_TRUE(ring.ok() && (*ring)->RotateTagKey().ok());
    gateway_.Start();
    demo_.sessions.clear();
  }
  absl::StatusOr<v1::SearchAccessResponse> Search(const std::vector<std::string>& subjects) {
    v1::SearchAccessRequest request;
    for (const std::string& tag : subjects) request.add_subject_tags(tag);
    request.set_page_size(1000);
    return gateway_.Call(&api::Handlers::SearchAccess, GatewayFixture::Auditor(), request);
  }
  std::vector<std::string> Found(const std::vector<std::string>& subjects) {
    std::vector<std::string> types;
    const auto page = Search(subjects);
    EXPECT_TRUE(page.ok()) << page.status();
    for (const auto& entry : page->entries())
      types.push_back(domain::EntryTypeName(static_cast<v1::EntryType>(journal::DecodeLeaf(entry.leaf())->type)));
    return types;
  }
  std::vector<std::string> TagsOf(const v1::Identity& person) {
    return gateway_.ring->Tags(person.id_kind(), person.id_number());
  }
  v1::Order ForOtherCourt(v1::Order order) {
    order.set_court(kOtherCourt);
    return order;
  }
  Reason SubmitToOtherCourt(const v1::Order& order) {
    v1::SubmitOrdersRequest request;
    *request.mutable_batch() = gateway_.Sign(v1::MEMBER_TYPE_ORDER, kOtherCourt, std::vector<v1::Order>{order},
                                             {"court/辽9902/officer/001", "court/辽9902/officer/002"});
    const auto answer = gateway_.Call(&api::Handlers::SubmitOrders, demo_.other_court, request);
    return !answer.ok()                          ? ReasonOf(answer.status())
           : answer->results(0).has_acceptance() ? Reason::kNone
                                                 : Reason::kInternal;
  }

  GatewayFixture gateway_;
  DemoWorld demo_{gateway_};
};

TEST_F(RotatedTagKey, ACaseIsFoundByNumberAndOpenedOnce) {
  const v1::Order before = demo_.Inquire({kBeiling});
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({before}, {kHandler})), ElementsAre(""));
  v1::WatchOrdersRequest watch;
  watch.set_case_number(kCaseNumber);
  const std::string token = gateway_.handlers->ReadWatch(demo_.court, watch, 100)->resume_token();
  Rotate();
  EXPECT_TRUE(demo_.Case().ok());
  const auto again = demo_.SubmitCase({demo_.Open()});
  ASSERT_TRUE(again.ok()) << again.status();
  ASSERT_TRUE(again->results(0).has_refusal());
  EXPECT_EQ(again->results(0).refusal().reason(), "CASE_EXISTS");
  EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({demo_.Inquire({kSongyue})}, {kHandler})), ElementsAre(""));
  v1::ListOrdersRequest list;
  list.set_case_number(kCaseNumber);
  EXPECT_THAT(gateway_.Call(&api::Handlers::ListOrders, demo_.court, list)->orders(), SizeIs(2));
  demo_.Pull(kBeiling);
  watch.set_resume_token(token);
  const auto events = gateway_.handlers->ReadWatch(demo_.court, watch, 100);
  ASSERT_TRUE(events.ok()) << events.status();
  EXPECT_THAT(events->events(), SizeIs(2)) << "accepted, handed out";
}

TEST_F(RotatedTagKey, APageAndAWatchThatHadBegunGoOn) {
  for (int i = 0; i < 3; ++i)
    ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({demo_.Inquire({kBeiling})}, {kHandler})), ElementsAre(""));
  v1::ListOrdersRequest list;
  list.set_page_size(2);
  list.set_page_token(gateway_.Call(&api::Handlers::ListOrders, demo_.court, list)->next_page_token());
  v1::WatchOrdersRequest watch;
  watch.set_resume_token(gateway_.handlers->ReadWatch(demo_.court, watch, 2)->resume_token());
  demo_.Pull(kBeiling);
  Rotate();
  const auto page = gateway_.Call(&api::Handlers::ListOrders, demo_.court, list);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(page->orders(), SizeIs(1));
  const auto events = gateway_.handlers->ReadWatch(demo_.court, watch, 100);
  ASSERT_TRUE(events.ok()) << events.status();
  EXPECT_THAT(events->events(), SizeIs(3)) << "what happened in between";
  list.set_page_token("x" + list.page_token().substr(1));
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::ListOrders, demo_.court, list).status()), Reason::kPageTokenInvalid);
}

TEST_F(RotatedTagKey, OneSearchWithBothTagsFindsLooksOfBeforeAndAfter) {
  const v1::Order order = demo_.Inquire({kBeiling});
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({order}, {kHandler})), ElementsAre(""));
  ASSERT_TRUE(demo_.Report(kBeiling, {demo_.Nil(order, kBeiling)}).ok());
  ASSERT_TRUE(demo_.Case().ok());
  const std::vector<std::string> old_key = TagsOf(DemoWorld::Lin());
  ASSERT_THAT(old_key, SizeIs(1));
  Rotate();
  const uint64_t rotated_at = gateway_.state().next_index;
  ASSERT_TRUE(demo_.Case().ok());
  v1::ListFindingsRequest findings;
  findings.set_order_id(order.order_id());
  *findings.mutable_officer_ticket() = demo_.Ticket();
  ASSERT_TRUE(gateway_.Call(&api::Handlers::ListFindings, demo_.court, findings).ok());
  v1::GetEvidenceRequest evidence;
  evidence.set_order_id(order.order_id());
  *evidence.mutable_officer_ticket() = demo_.Ticket();
  ASSERT_TRUE(gateway_.Call(&api::Handlers::GetEvidence, demo_.court, evidence).ok());

  const std::vector<std::string> both = TagsOf(DemoWorld::Lin());
  ASSERT_THAT(both, SizeIs(2));
  EXPECT_THAT(Found(both), ElementsAre("CASE_OPENED", "ORDER_ACCEPTED", "ACCESS_RECORDED", "ACCESS_RECORDED",
                                       "ACCESS_RECORDED", "ACCESS_RECORDED"));
  EXPECT_THAT(Found(old_key), ElementsAre("CASE_OPENED", "ORDER_ACCEPTED", "ACCESS_RECORDED"));
  // What is read of an older order is tagged anew, or an auditor with the new key would miss it.
  EXPECT_THAT(Found({both.front()}), ElementsAre("ACCESS_RECORDED", "ACCESS_RECORDED", "ACCESS_RECORDED"));

  const auto keys = Search({both.front()})->tag_keys();
  ASSERT_THAT(keys, SizeIs(2)) << "the answer tells of the key that the search was made without";
  EXPECT_EQ(keys[0].id(), both[1].substr(0, 4));
  EXPECT_LT(keys[0].first_index(), rotated_at);
  EXPECT_EQ(keys[1].id(), both[0].substr(0, 4));
  EXPECT_EQ(keys[1].first_index(), rotated_at);
  EXPECT_EQ(keys[1].tags(), 7u) << "case: two respondents and the officer; findings and evidence: one and the officer";
}

TEST_F(RotatedTagKey, NoLeafAfterwardsHasATagOfTheOldKey) {
  const v1::Order order = demo_.Freeze(kBeiling, 80'000'00);
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({order})), ElementsAre(""));
  demo_.Pull(kBeiling);
  const std::string old_id = gateway_.ring->tag_keys().front().tag_id;
  Rotate();
  const uint64_t rotated_at = gateway_.state().next_index;
  demo_.Pull(kBeiling);
  ASSERT_TRUE(demo_.Report(kBeiling, {demo_.Controlled(order, 61'350'27, 18'649'73)}).ok());
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({demo_.Release(order, 1'00)})), ElementsAre(""));
  ASSERT_THAT(demo_.SubmitCase({demo_.Open("another")})->results(), SizeIs(1));
  v1::Order stranger = demo_.Inquire({kBeiling});
  *stranger.mutable_subject() = DemoWorld::SuQing();
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({stranger}, {kHandler})), ElementsAre("NOT_RESPONDENT"));
  ASSERT_TRUE(demo_.Case().ok());
  v1::ListEntriesRequest list;
  list.set_first(rotated_at);
  const auto page = gateway_.Call(&api::Handlers::ListEntries, GatewayFixture::Auditor(), list);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_GE(page->entries_size(), 8);
  for (const auto& entry : page->entries()) EXPECT_EQ(entry.leaf().find(old_id), std::string::npos) << entry.index();
}

TEST_F(RotatedTagKey, ReadingLimitsGoOn) {
  v1::PolicyTable table = PolicyOf2026();
  table.set_version(table.version() + 1);
  table.mutable_reading()->set_reads_per_hour(2);
  v1::Proposal policy;
  policy.set_ground("less");
  *policy.mutable_policy()->mutable_table() = table;
  ASSERT_TRUE(demo_.Adopt({policy}).ok());
  ASSERT_TRUE(demo_.Case().ok());
  Rotate();
  ASSERT_TRUE(demo_.Case().ok());
  EXPECT_EQ(ReasonOf(demo_.Case().status()), Reason::kReadLimitExceeded);
  Rotate();
  EXPECT_EQ(ReasonOf(demo_.Case().status()), Reason::kReadLimitExceeded);
}

TEST_F(RotatedTagKey, ControlOrdersOfTwoCourtsOnOnePersonGoInJournalOrder) {
  v1::CaseAct act = demo_.Open();
  act.set_court(kOtherCourt);
  v1::SubmitCaseActsRequest open;
  *open.mutable_batch() = gateway_.Sign(v1::MEMBER_TYPE_CASE, kOtherCourt, std::vector<v1::CaseAct>{act},
                                        {"court/辽9902/officer/001", "court/辽9902/officer/003"});
  ASSERT_TRUE(gateway_.Call(&api::Handlers::SubmitCaseActs, demo_.other_court, open)->results(0).has_acceptance());
  const v1::Order before = demo_.Freeze(kBeiling, 100'00);
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({before})), ElementsAre(""));
  Rotate();
  v1::Order after = ForOtherCourt(demo_.Freeze(kBeiling, 100'00));
  after.set_urgency(v1::URGENCY_URGENT), after.set_urgency_reason(PolicyOf2026().urgency_reasons(0));
  ASSERT_EQ(SubmitToOtherCourt(after), Reason::kNone);
  gateway_.Restart();
  demo_.sessions.clear();
  const std::vector<v1::Task> tasks = demo_.Pull(kBeiling);
  ASSERT_THAT(tasks, SizeIs(2));
  EXPECT_EQ(tasks[0].member(), before.SerializeAsString()) << "first in the journal, first in rank";
  EXPECT_EQ(tasks[1].member(), after.SerializeAsString());
}

}  // namespace
}  // namespace eagle::test
