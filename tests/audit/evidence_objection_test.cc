// Evidence of an order that was objected to, and of receipts that came with files: each word of each thread is verified
// and shown, and a file beside the evidence is what was named, or isn't.
#include <gmock/gmock.h>

#include <cstring>
#include <set>

#include "client/audit/evidence_page.h"
#include "client/audit/evidence_papers.h"
#include "server/journal/hash.h"
#include "tests/audit/evidence_world.h"

namespace eagle::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class ObjectionEvidence : public ::testing::Test {
 protected:
  void SetUp() override {
    freeze_ = world_.demo.Freeze(kBeiling, 50'000'00);
    ASSERT_THAT(DemoWorld::Reasons(world_.demo.Submit({freeze_})), ::testing::ElementsAre(""));
    ASSERT_EQ(world_.demo.Pull(kBeiling).size(), 1u);
    v1::Receipt receipt = world_.demo.Controlled(freeze_, 50'000'00, 0);
    v1::Instrument& sealed = *receipt.add_documents();
    sealed.set_category("SEALED_RECEIPT"), sealed.set_media_type("application/pdf"), sealed.set_title("回执 7号");
    sealed.set_digest(std::string(journal::View(journal::Sha256(kFile)))), sealed.set_size_bytes(std::strlen(kFile));
    ASSERT_TRUE(world_.demo.Report(kBeiling, {receipt}).ok());
    raised_ = world_.demo.Raise(freeze_, kBeiling);
    Take(world_.demo.Object(kBeiling, {raised_}));
  }
  void Take(const absl::StatusOr<v1::SubmitObjectionsResponse>& answer) {
    ASSERT_TRUE(answer.ok()) << answer.status();
    ASSERT_TRUE(answer->results(0).has_acceptance()) << answer->DebugString();
  }
  void Answered() {
    Take(world_.demo.AnswerObjections({world_.demo.Say(kCourt, raised_)}, {kHandler}));
    Take(world_.demo.Object(kBeiling, {world_.demo.Say(kBeiling, raised_)}));
    world_.gateway.Advance(absl::Hours(1));
    Take(world_.demo.AnswerObjections({world_.demo.Answer(raised_, v1::OBJECTION_DECISION_REJECTED)}));
  }
  std::string Page(const v1::Evidence& evidence, const audit::PapersGiven& papers = {}) {
    const auto report = world_.Verify(evidence);
    EXPECT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
    const audit::EvidencePins pins = world_.Pins();
    const audit::Page page = audit::PageOf(*report, pins, absl::FixedTimeZone(8 * 3600), papers);
    EXPECT_THAT(audit::HtmlOf(page), Not(HasSubstr("<script")));
    return audit::TextOf(page);
  }

  static constexpr char kFile[] = "%PDF-1.4 the sealed receipt";
  EvidenceWorld world_;
  v1::Order freeze_;
  v1::ObjectionAct raised_;
};

TEST_F(ObjectionEvidence, ShowsEachWordOfTheThreadWithItsAuthorsSignature) {
  Answered();
  const v1::Evidence evidence = world_.Of(freeze_);
  const auto report = world_.Verify(evidence);
  ASSERT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
  ASSERT_THAT(report->objections, SizeIs(4));
  EXPECT_THAT(report->open_objections, IsEmpty());
  EXPECT_EQ(report->objections[0].act.SerializeAsString(), raised_.SerializeAsString());
  EXPECT_EQ(report->objections[0].key, world_.gateway.Key(std::string("agency/") + kBeiling).public_key());
  EXPECT_THAT(report->objections[1].officers, SizeIs(1));
  const audit::ObjectionWordSeen& answer = report->objections[3];
  EXPECT_EQ(answer.decision, v1::OBJECTION_DECISION_REJECTED);
  EXPECT_FALSE(answer.late);
  ASSERT_THAT(answer.officers, SizeIs(2)) << "handler and leader";
  EXPECT_TRUE(answer.officers[0].signed_order && answer.officers[1].signed_order);
  const std::string text = Page(evidence);
  for (const std::string& words : {std::string("异议 objection"), std::string("法院应答复 court answers until"),
                                   std::string("法院意见 the court says"), std::string("单位意见 the agency says"),
                                   std::string("法院答复 the court's answer"), std::string("异议不成立 rejected"),
                                   raised_.raise().text(), raised_.raise().contact_phone()})
    EXPECT_THAT(text, HasSubstr(words));
}

TEST_F(ObjectionEvidence, AnObjectionThatIsOpenIsToldAtTheTop) {
  const v1::Evidence evidence = world_.Of(freeze_);
  const auto report = world_.Verify(evidence);
  ASSERT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
  EXPECT_THAT(report->open_objections, SizeIs(1));
  EXPECT_THAT(Page(evidence), HasSubstr("the court has yet to answer objections against this order: 1"));
}

TEST_F(ObjectionEvidence, AWordThatIsChangedOrWithheldIsNamed) {
  Answered();
  const v1::Evidence evidence = world_.Of(freeze_);
  EXPECT_THAT(world_.Why(world_.ForgedBody<v1::ObjectionAnswered>(
                  evidence, v1::ENTRY_TYPE_OBJECTION_ANSWERED,
                  [](auto& body) { body.set_decision(v1::OBJECTION_DECISION_UPHELD); })),
              HasSubstr("another decision than was signed"));
  EXPECT_THAT(world_.Why(world_.ForgedBody<v1::ObjectionRaised>(evidence, v1::ENTRY_TYPE_OBJECTION_RAISED,
                                                                [](auto& body) { body.set_ground("OTHERS_ASSET_"); })),
              HasSubstr("another ground"));
  EXPECT_THAT(world_.Why(world_.Without(evidence, v1::ENTRY_TYPE_OBJECTION_RAISED)), HasSubstr("missing"));
  EXPECT_THAT(world_.Why(world_.Forged(evidence, EvidenceWorld::PlaceOf(evidence, v1::ENTRY_TYPE_OBJECTION_RAISED),
                                       nullptr, [](std::string& payload) { payload[payload.size() / 2] ^= 1; })),
              ::testing::Ne("verified"));
}

// Files that were written before the words were opened.
TEST_F(ObjectionEvidence, WordsThatAreNotOpenedAreToldByTheirLeaves) {
  Answered();
  v1::Evidence evidence = world_.Of(freeze_);
  std::set<uint64_t> heads;
  for (v1::EvidenceEntry& entry : *evidence.mutable_entries()) {
    const uint16_t type = EvidenceWorld::TypeOf(entry);
    if (type < v1::ENTRY_TYPE_OBJECTION_RAISED || type > v1::ENTRY_TYPE_OBJECTION_ANSWERED) continue;
    v1::ObjectionRaised raised;  // head = 4 of all three but of OBJECTION_RAISED, where it is 3
    v1::ObjectionReplied other;
    const std::string body = journal::DecodeLeaf(entry.leaf())->body;
    heads.insert(type == v1::ENTRY_TYPE_OBJECTION_RAISED ? (raised.ParseFromString(body), raised.head())
                                                         : (other.ParseFromString(body), other.head()));
    entry.clear_payload(), entry.clear_salt();
  }
  for (int i = evidence.entries_size() - 1; i >= 0; --i) {
    if (heads.contains(EvidenceWorld::IndexOf(evidence.entries(i)))) evidence.mutable_entries()->DeleteSubrange(i, 1);
  }
  // What only the court's words rested on: its leader, who didn't sign the order.
  for (int i = evidence.entries_size() - 1; i >= 0; --i) {
    v1::StatementPayload said;
    v1::Statement statement;
    if (EvidenceWorld::TypeOf(evidence.entries(i)) != v1::ENTRY_TYPE_STATEMENT_ACCEPTED) continue;
    said.ParseFromString(evidence.entries(i).payload()), statement.ParseFromString(said.member());
    if (statement.subject() == kLeader) evidence.mutable_entries()->DeleteSubrange(i, 1);
  }
  const v1::Evidence older = world_.Reproved(evidence);
  const auto report = world_.Verify(older);
  ASSERT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
  EXPECT_EQ(report->objections.back().decision, v1::OBJECTION_DECISION_REJECTED);
  EXPECT_THAT(Page(older), AllOf(HasSubstr("未展示 not opened in this file"), HasSubstr("异议不成立 rejected")));
}

TEST_F(ObjectionEvidence, TheFilesOfReceiptsAreShownAndVerifiedByTheirDigests) {
  const v1::Evidence evidence = world_.Of(freeze_);
  const auto report = world_.Verify(evidence);
  ASSERT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
  EXPECT_THAT(Page(evidence), AllOf(HasSubstr("回执附件 paper of the receipt"), HasSubstr("回执 7号"),
                                    HasSubstr(HexEncode(journal::View(journal::Sha256(kFile))))));
  const auto given = audit::MatchPapers(*report, {{"receipt.pdf", kFile}});
  ASSERT_TRUE(given.ok()) << given.status();
  EXPECT_THAT(Page(evidence, *given),
              AllOf(HasSubstr("the file beside this evidence is this one: receipt.pdf"),
                    HasSubstr("the file isn't beside this evidence") /* the order's own papers */));
  const auto other = audit::MatchPapers(*report, {{"receipt.pdf", std::string(kFile) + " "}});
  EXPECT_EQ(ReasonOf(other.status()), Reason::kEvidenceInvalid);
  EXPECT_THAT(EvidenceWorld::Why(other.status()), HasSubstr("receipt.pdf: no paper"));
}

}  // namespace
}  // namespace eagle::test
