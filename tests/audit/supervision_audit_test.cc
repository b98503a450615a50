// Supervision orders of a whole gateway, audited with their words open: what was done rightly is no finding, and a leaf
// that says something else than was signed is one.
#include <gmock/gmock.h>

#include "client/audit/opened_audit.h"
#include "client/audit/public_audit.h"
#include "goldeneagle/v1/supervision_entry.pb.h"
#include "server/core/tiles.h"
#include "server/journal/leaf.h"
#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SupervisionAudited : public ::testing::Test {
 protected:
  // A commander's order to a bank, answered late, sent back, answered again and closed; one to a court, taken back.
  SupervisionAudited() {
    demo_.RaiseCourts();
    const v1::Order freeze = demo_.Freeze(kYunfan, 58'287'00);
    EXPECT_TRUE(demo_.Submit({freeze}).ok());
    v1::SupervisionAct act = demo_.Issue(kHighCourt, &freeze);
    act.mutable_issue()->set_commander(true), act.mutable_issue()->set_cc_court(kMiddleCourt);
    Say(act);
    gateway_.Advance(absl::Hours(25));
    Say(demo_.AnswerTo(act, kYunfan));
    v1::SupervisionAct back = demo_.WordIn(act, kHighCourt);
    back.mutable_send_back()->set_text("请补充材料");
    Say(back, {"001", "002", "003"});
    Say(demo_.AnswerTo(act, kYunfan));
    Say(demo_.Close(act, v1::SUPERVISION_RESULT_DONE), {"001", "002", "003"});
    const v1::SupervisionAct to_court = demo_.Issue(kMiddleCourt);
    Say(to_court);
    Say(demo_.Close(to_court, v1::SUPERVISION_RESULT_TAKEN_BACK));
  }
  void Say(const v1::SupervisionAct& act) {
    const auto said = demo_.Supervise(act);
    ASSERT_TRUE(said.ok()) << said.status();
    ASSERT_TRUE(said->results(0).has_acceptance()) << said->results(0).DebugString();
  }
  void Say(const v1::SupervisionAct& act, const std::vector<std::string>& officers) {
    std::vector<std::string> keys;
    for (const std::string& officer : officers) keys.push_back("court/" + act.author() + "/officer/" + officer);
    v1::SubmitSupervisionRequest request;
    *request.mutable_batch() =
        gateway_.Sign(v1::MEMBER_TYPE_SUPERVISION, act.author(), std::vector<v1::SupervisionAct>{act}, keys);
    const auto said = gateway_.Call(&api::Handlers::SubmitSupervision, gateway_.Court(act.author()), request);
    ASSERT_TRUE(said.ok() && said->results(0).has_acceptance()) << said.status();
  }
  // "rule: why" of the opened audit, the leaves' own findings first. `change`: of the first leaf of this type.
  std::vector<std::string> Findings(v1::EntryType type = v1::ENTRY_TYPE_UNSPECIFIED,
                                    const std::function<void(journal::Leaf&)>& change = nullptr) {
    audit::Findings findings;
    audit::PublicAudit leaves;
    audit::OpenedAudit opened(
        [&](std::string_view id) -> std::optional<std::string> {
          const auto key = gateway_.keys->KeyOf(std::string(id));
          return key.ok() ? std::optional(*key) : std::nullopt;
        },
        findings);
    const auto reader = gateway_.disk.NewReader();
    bool changed = change == nullptr;
    const auto take = [&](uint64_t, std::string_view bytes, std::string_view sealed) -> absl::Status {
      journal::Leaf leaf = *journal::DecodeLeaf(bytes);
      if (!changed && leaf.type == type) changed = true, change(leaf);
      const std::string shown = journal::EncodeLeaf(leaf);
      if (change == nullptr) leaves.Take(shown);
      opened.Take(shown, sealed);
      return absl::OkStatus();
    };
    EXPECT_TRUE(core::ForEachEntry(**reader, 0, take).ok());
    std::vector<std::string> out;
    for (const auto* list : {&leaves.findings().list(), &findings.list()}) {
      for (const auto& finding : *list)
        out.push_back(std::string(audit::RowOf(finding.rule).name) + ": " + finding.sentence);
    }
    return out;
  }
  template <typename Body>
  static std::function<void(journal::Leaf&)> With(const std::function<void(Body&)>& change) {
    return [change](journal::Leaf& leaf) {
      Body body;
      ASSERT_TRUE(body.ParseFromString(leaf.body));
      change(body);
      leaf.body = body.SerializeAsString();
    };
  }

  GatewayFixture gateway_{GatewayFixture::Options{.real_keys = true}};
  DemoWorld demo_{gateway_};
};

TEST_F(SupervisionAudited, WhatWasDoneRightlyIsNoFinding) { EXPECT_THAT(Findings(), IsEmpty()); }

TEST_F(SupervisionAudited, ALeafThatCallsACommandersOrderAnOrdinaryOneIsFound) {
  EXPECT_THAT(Findings(v1::ENTRY_TYPE_SUPERVISION_ISSUED,
                       With<v1::SupervisionIssued>([](auto& body) { body.set_commander(false); })),
              ::testing::Contains("member.content: another supervision order was signed"));
}

TEST_F(SupervisionAudited, ACopyToAnotherCourtThanWasSignedIsFound) {
  EXPECT_THAT(Findings(v1::ENTRY_TYPE_SUPERVISION_ISSUED,
                       With<v1::SupervisionIssued>([](auto& body) { body.set_cc_court(1); })),
              ElementsAre("member.content: it was signed for another addressee, or for a copy to another court"));
}

TEST_F(SupervisionAudited, AClockThatIsNotThePolicysIsFound) {
  EXPECT_THAT(Findings(v1::ENTRY_TYPE_SUPERVISION_ISSUED,
                       With<v1::SupervisionIssued>([](auto& body) { body.set_due(body.due() + 1'000'000); })),
              ElementsAre(::testing::StartsWith("order.due: by ANSWER_SUPERVISION_URGENT it is due at")));
}

TEST_F(SupervisionAudited, ACloseThatTellsAnotherResultIsFound) {
  EXPECT_THAT(Findings(v1::ENTRY_TYPE_SUPERVISION_CLOSED, With<v1::SupervisionClosed>([](auto& body) {
                         body.set_result(v1::SUPERVISION_RESULT_NOT_DONE);
                       })),
              ElementsAre("member.content: another word was signed"));
}

}  // namespace
}  // namespace eagle::test
