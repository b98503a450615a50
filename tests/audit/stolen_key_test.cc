// The opened audit reads off a journal what a stolen key touched: clean as the gateway writes it, and a gateway that
// lets a paused order out, or names others than those who signed, is found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/audit/opened_audit.h"
#include "client/audit/public_audit.h"
#include "server/core/tiles.h"
#include "server/domain/instant.h"
#include "server/journal/leaf.h"
#include "server/journal/payload.h"
#include "server/trust/make_batch.h"
#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StolenKeyAudit : public ::testing::Test {
 protected:
  struct Record {
    std::string leaf, sealed;
  };
  // A freeze stands still because its co-signer's key was stolen, is signed anew, and goes out.
  void SetUp() override {
    const v1::Order freeze = demo_.Freeze(kBeiling, 100);
    const v1::SubmitOrdersRequest sent = demo_.OrderBatch({freeze});
    ASSERT_TRUE(gateway_.Call(&api::Handlers::SubmitOrders, demo_.court, sent).ok());
    v1::Statement revoked = demo_.StatementAbout(kCosigner, v1::STATEMENT_KIND_REVOKED);
    *revoked.mutable_compromised_since() = domain::ToProto(gateway_.clock.wall - absl::Hours(1));
    ASSERT_TRUE(demo_.State(kCourt, {revoked}, {"court/辽9901"}).ok());
    // Refused by its name, and on record: the audit must know whose signature that is.
    EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({demo_.Freeze(kBeiling, 1)}, {kCosigner})), ElementsAre("KEY_REVOKED"));
    v1::Statement officer = demo_.StatementAbout(kCosigner, v1::STATEMENT_KIND_OFFICER);
    officer.set_algorithm(v1::KEY_ALGORITHM_ED25519), officer.set_key(gateway_.Key("card 2").public_key());
    officer.add_roles(v1::OFFICER_ROLE_COSIGNER);
    officer.mutable_officer()->set_name("officer 002"), officer.mutable_officer()->set_work_id_no("W002");
    officer.mutable_officer()->set_duty_card_no("D002");
    ASSERT_TRUE(demo_.State(kCourt, {officer}, {"court/辽9901"}).ok());
    v1::SignedBatch anew = sent.batch();
    anew.mutable_head()->clear_signatures();
    for (const char* key : {kHandler, "card 2"}) ASSERT_TRUE(trust::AddSignature(anew, gateway_.Key(key)).ok());
    v1::ResumeOrdersRequest resume;
    *resume.mutable_head() = anew.head();
    resume.add_order_ids(freeze.order_id());
    ASSERT_FALSE(gateway_.Call(&api::Handlers::ResumeOrders, demo_.court, resume)->results(0).has_refusal());
    ASSERT_THAT(demo_.Pull(kBeiling), SizeIs(1));
    const auto reader = gateway_.disk.NewReader();
    ASSERT_TRUE(reader.ok());
    const auto keep = [&](uint64_t, std::string_view leaf, std::string_view sealed) -> absl::Status {
      log_.push_back({std::string(leaf), std::string(sealed)});
      return absl::OkStatus();
    };
    ASSERT_TRUE(core::ForEachEntry(**reader, 0, keep).ok());
  }

  uint64_t At(v1::EntryType type) const {
    for (uint64_t i = 0; i < log_.size(); ++i) {
      if (journal::DecodeLeaf(log_[i].leaf)->type == type) return i;
    }
    ADD_FAILURE() << "no " << v1::EntryType_Name(type);
    return 0;
  }
  template <typename Body, typename Change>
  void Alter(uint64_t at, Change change) {
    journal::Leaf leaf = *journal::DecodeLeaf(log_[at].leaf);
    Body body;
    ASSERT_TRUE(body.ParseFromString(leaf.body));
    change(body);
    leaf.body = body.SerializeAsString();
    log_[at].leaf = journal::EncodeLeaf(leaf);
  }
  // `without`: an entry that isn't shown to the audit; 0: none.
  std::vector<std::string> Findings(uint64_t without = 0) {
    audit::Findings findings;
    audit::OpenedAudit audit(
        [&](std::string_view id) -> std::optional<std::string> {
          const auto key = gateway_.keys->KeyOf(std::string(id));
          return key.ok() ? std::optional(*key) : std::nullopt;
        },
        findings);
    for (uint64_t i = 0; i < log_.size(); ++i) {
      if (without == 0 || i != without) audit.Take(log_[i].leaf, log_[i].sealed);
    }
    std::vector<std::string> out;
    for (const auto& finding : findings.list())
      out.push_back(std::string(audit::RowOf(finding.rule).name) + "@" + std::to_string(finding.index));
    return out;
  }

  GatewayFixture gateway_{GatewayFixture::Options{.real_keys = true}};
  DemoWorld demo_{gateway_};
  std::vector<Record> log_;
};

TEST_F(StolenKeyAudit, AsTheGatewayWritesItNothingIsFound) {
  EXPECT_THAT(Findings(), IsEmpty());
  audit::PublicAudit open;
  for (const Record& record : log_) open.Take(record.leaf);
  EXPECT_THAT(open.findings().list(), IsEmpty());
}

TEST_F(StolenKeyAudit, AnOrderThatGoesOutUnderAFallenSignatureIsFound) {
  const uint64_t delivered = At(v1::ENTRY_TYPE_DELIVERED);
  EXPECT_THAT(Findings(At(v1::ENTRY_TYPE_ORDER_RESUMED)), ElementsAre("order.paused@" + std::to_string(delivered)));
}

TEST_F(StolenKeyAudit, AReturnThatNamesOthersThanThoseWhoSignedIsFound) {
  const uint64_t at = At(v1::ENTRY_TYPE_ORDER_RESUMED);
  Alter<v1::OrderResumed>(at, [](v1::OrderResumed& body) { body.mutable_signers(0)->set_officer(3); });
  EXPECT_THAT(Findings(), ::testing::Contains("order.signers@" + std::to_string(at)));
}

TEST_F(StolenKeyAudit, AnAcceptanceThatHidesASignerIsFound) {
  const uint64_t at = At(v1::ENTRY_TYPE_ORDER_ACCEPTED);
  Alter<v1::OrderAccepted>(at, [](v1::OrderAccepted& body) { body.mutable_signers()->RemoveLast(); });
  EXPECT_THAT(Findings(), ::testing::Contains("order.signers@" + std::to_string(at)));
}

}  // namespace
}  // namespace eagle::test
