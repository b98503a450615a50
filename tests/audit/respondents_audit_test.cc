// Respondents who come and go, in a log that strangers audit: the leaves alone and opened; and what a lying log shows.
#include <gmock/gmock.h>

#include "client/audit/opened_audit.h"
#include "client/audit/public_audit.h"
#include "server/core/tiles.h"
#include "server/journal/payload.h"
#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class RespondentsAudited : public ::testing::Test {
 protected:
  RespondentsAudited() {
    freeze_ = OnGuarantor(demo_.Freeze(kBeiling, 20'000'00));
    waiting_ = OnGuarantor(demo_.Freeze(kSongyue, 10'000'00));
    EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({freeze_})), ::testing::ElementsAre(""));
    EXPECT_EQ(demo_.Pull(kBeiling).size(), 1u);
    EXPECT_TRUE(demo_.Report(kBeiling, {demo_.Controlled(freeze_, 20'000'00, 0)}).ok());
    EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({waiting_})), ::testing::ElementsAre(""));
    Change({}, {DemoWorld::Guarantor()});
    gateway_.Advance(absl::Minutes(30));
    EXPECT_THAT(demo_.Pull(kSongyue), IsEmpty());
    release_ = OnGuarantor(demo_.Release(freeze_));
    EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({release_})), ::testing::ElementsAre(""));
    EXPECT_EQ(demo_.Pull(kBeiling).size(), 1u);
    EXPECT_TRUE(demo_.Report(kBeiling, {demo_.Released(release_, 0)}).ok());
    gateway_.Advance(absl::Minutes(30));
    v1::Respondent again;
    *again.mutable_identity() = DemoWorld::Guarantor();
    again.set_liability(v1::LIABILITY_KIND_JOINT), again.set_liability_cap_minor_units(50'000'00);
    Change({again}, {});
    EXPECT_EQ(demo_.Pull(kSongyue).size(), 1u);
    gateway_.Advance(absl::Minutes(30));
    EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({demo_.Inquire({kBeiling})}, {kHandler})), ::testing::ElementsAre(""));
    const auto reader = gateway_.disk.NewReader();
    EXPECT_TRUE(
        core::ForEachEntry(**reader, 0, [&](uint64_t, std::string_view leaf, std::string_view sealed) -> absl::Status {
          log_.emplace_back(leaf, sealed);
          return absl::OkStatus();
        }).ok());
  }

  static v1::Order OnGuarantor(v1::Order order) {
    *order.mutable_subject() = DemoWorld::Guarantor();
    return order;
  }
  void Change(const std::vector<v1::Respondent>& add, const std::vector<v1::Identity>& remove) {
    v1::CaseAct act;
    act.set_request_id(gateway_.NewId()), act.set_court(kCourt);
    v1::ChangeRespondents& change = *act.mutable_respondents();
    change.set_case_number(kCaseNumber), change.set_ground("异议成立"),
        change.set_legal_basis("法释〔2016〕21号第30条");
    for (const auto& one : add) *change.add_add() = one;
    for (const auto& one : remove) *change.add_remove() = one;
    change.mutable_ruling()->set_category("RULING"), change.mutable_ruling()->set_digest(std::string(32, 'r'));
    change.mutable_ruling()->set_size_bytes(9), change.mutable_ruling()->set_media_type("application/pdf");
    const auto answer = demo_.SubmitCase({act});
    ASSERT_TRUE(answer.ok() && answer->results(0).has_acceptance()) << answer->DebugString();
  }
  uint64_t At(v1::EntryType type, size_t nth = 0) {
    for (uint64_t i = 0; i < log_.size(); ++i) {
      if (journal::DecodeLeaf(log_[i].first)->type == type && nth-- == 0) return i;
    }
    ADD_FAILURE() << "no " << v1::EntryType_Name(type);
    return 0;
  }
  // Another payload, sealed and committed to as a gateway would.
  template <typename Payload, typename F>
  void Reseal(uint64_t at, F change) {
    auto& [leaf_bytes, sealed] = log_[at];
    journal::Leaf leaf = *journal::DecodeLeaf(leaf_bytes);
    const std::string key = *gateway_.keys->KeyOf(sealed.substr(0, 16));
    const auto opened = journal::OpenPayload(key, sealed, leaf.index, leaf.type, leaf.case_seq);
    Payload payload;
    ASSERT_TRUE(payload.ParseFromString(opened->payload));
    change(payload, leaf);
    const std::string bytes = payload.SerializeAsString();
    leaf.commitment = journal::Commitment(opened->salt, bytes);
    leaf_bytes = journal::EncodeLeaf(leaf);
    sealed = journal::SealPayload(key, sealed.substr(0, 16), std::string(12, 'n'), opened->salt, bytes, leaf.index,
                                  leaf.type, leaf.case_seq);
  }
  // "rule@index", of the leaves alone first.
  std::vector<std::string> Findings() {
    audit::Findings findings;
    audit::PublicAudit leaves;
    audit::OpenedAudit opened(
        [&](std::string_view id) -> std::optional<std::string> {
          const auto key = gateway_.keys->KeyOf(std::string(id));
          return key.ok() ? std::optional(*key) : std::nullopt;
        },
        findings);
    for (const auto& [leaf, sealed] : log_) {
      leaves.Take(leaf);
      opened.Take(leaf, sealed);
    }
    std::vector<std::string> out;
    for (const auto* list : {&leaves.findings().list(), &findings.list()}) {
      for (const auto& finding : *list)
        out.push_back(std::string(audit::RowOf(finding.rule).name) + "@" + std::to_string(finding.index));
    }
    return out;
  }
  static std::string Of(uint64_t at) { return "respondent@" + std::to_string(at); }

  GatewayFixture gateway_{GatewayFixture::Options{.real_keys = true}};
  DemoWorld demo_{gateway_};
  v1::Order freeze_, waiting_, release_;
  std::vector<std::pair<std::string, std::string>> log_;
};

TEST_F(RespondentsAudited, WhatAGatewayDidRightlyIsNoFinding) {
  EXPECT_EQ(gateway_.Count("CASE_RESPONDENTS_CHANGED"), 2u);
  EXPECT_GE(gateway_.Count("SURPLUS_ARISEN"), 1u);
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(RespondentsAudited, AnOrderThatIsAcceptedAboutWhoLeftIsFoundWhateverTheLeafSays) {
  // The inquiry at the end, which is about another, is said to be about the one at the place of who left.
  const uint64_t removal = At(v1::ENTRY_TYPE_CASE_RESPONDENTS_CHANGED), release = At(v1::ENTRY_TYPE_ORDER_ACCEPTED, 2);
  ASSERT_GT(release, removal);
  Reseal<v1::OrderPayload>(release, [](auto& payload, journal::Leaf& leaf) {
    v1::Order order;
    order.ParseFromString(payload.member());
    order.set_action(v1::ACTION_RENEW);
    payload.set_member(order.SerializeAsString());
    v1::OrderAccepted body;
    body.ParseFromString(leaf.body);
    body.set_action(v1::ACTION_RENEW);
    leaf.body = body.SerializeAsString();
  });
  const std::vector<std::string> found = Findings();
  EXPECT_EQ(std::count(found.begin(), found.end(), Of(release)), 2) << "by the leaves alone, and opened";
}

TEST_F(RespondentsAudited, AnOrderCountedAtAnothersPlaceIsFound) {
  const uint64_t freeze = At(v1::ENTRY_TYPE_ORDER_ACCEPTED);
  Reseal<v1::OrderPayload>(freeze, [](auto& payload, auto&) { payload.set_respondent(0); });
  EXPECT_THAT(Findings(), Contains(Of(freeze)));
}

TEST_F(RespondentsAudited, WhatStandsOnWhoLeftAndIsNotToldIsFound) {
  const uint64_t told = At(v1::ENTRY_TYPE_SURPLUS_ARISEN);
  Reseal<v1::SurplusPayload>(told, [](auto& payload, auto&) { payload.clear_removed_measures(); });
  EXPECT_THAT(Findings(), Contains(StartsWith("respondent@")));
}

TEST_F(RespondentsAudited, APlaceThatIsNotThatOfWhomTheCourtNamedIsFound) {
  const uint64_t removal = At(v1::ENTRY_TYPE_CASE_RESPONDENTS_CHANGED);
  Reseal<v1::CasePayload>(removal, [](auto&, journal::Leaf& leaf) {
    v1::CaseRespondentsChanged body;
    body.ParseFromString(leaf.body);
    body.set_removed(0, 0);
    leaf.body = body.SerializeAsString();
  });
  EXPECT_THAT(Findings(), Contains("member.content@" + std::to_string(removal)));
}

}  // namespace
}  // namespace eagle::test
