// The opened audit reads the reports by which adapters were let work: clean as the gateway writes it, and a gateway
// that lets one work by another report, for longer, or by none, is found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/audit/opened_audit.h"
#include "client/audit/public_audit.h"
#include "server/core/tiles.h"
#include "server/journal/leaf.h"
#include "tests/support/demo_world.h"
#include "tests/support/report.h"

namespace eagle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ExaminedAudit : public ::testing::Test {
 protected:
  struct Record {
    std::string leaf, sealed;
  };
  void SetUp() override {
    v1::Proposal policy, adapter;
    policy.set_ground("examined adapters");
    v1::PolicyTable& table = *policy.mutable_policy()->mutable_table();
    table = PolicyOf2026();
    table.set_version(table.version() + 1);
    TakeReports(gateway_.Key("examiner").public_key(), /*demanded=*/true, table);
    ASSERT_TRUE(demo_.Adopt({policy})->results(0).in_effect());
    adapter.set_ground("release 1.0");
    adapter.mutable_adapter()->set_report(
        ReportBy(gateway_.Key("examiner"), {.passed = {"crash", "hello"}, .skipped = {"inflow"}}));
    ASSERT_TRUE(demo_.Adopt({adapter})->results(0).in_effect());
    ASSERT_TRUE(demo_.Hello(kBeiling).ok());
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
  // Findings when the approval says something else; `without`: an entry that isn't shown to the audit, 0: none.
  template <typename Change>
  std::vector<std::string> Findings(Change change, uint64_t without = 0) {
    std::vector<Record> log = log_;
    const uint64_t at = At(v1::ENTRY_TYPE_ADAPTER_APPROVED);
    journal::Leaf leaf = *journal::DecodeLeaf(log[at].leaf);
    v1::AdapterApproved body;
    EXPECT_TRUE(body.ParseFromString(leaf.body));
    change(body);
    leaf.body = body.SerializeAsString();
    log[at].leaf = journal::EncodeLeaf(leaf);
    audit::Findings findings;
    audit::OpenedAudit audit(
        [&](std::string_view id) -> std::optional<std::string> {
          const auto key = gateway_.keys->KeyOf(std::string(id));
          return key.ok() ? std::optional(*key) : std::nullopt;
        },
        findings);
    for (uint64_t i = 0; i < log.size(); ++i) {
      if (without == 0 || i != without) audit.Take(log[i].leaf, log[i].sealed);
    }
    std::vector<std::string> out;
    for (const auto& finding : findings.list()) out.push_back(std::string(audit::RowOf(finding.rule).name));
    return out;
  }

  GatewayFixture gateway_{GatewayFixture::Options{.real_keys = true}};
  DemoWorld demo_{gateway_};
  std::vector<Record> log_;
};

TEST_F(ExaminedAudit, AsTheGatewayWritesItNothingIsFound) {
  EXPECT_THAT(Findings([](auto&) {}), IsEmpty());
  audit::PublicAudit open;
  for (const Record& record : log_) open.Take(record.leaf);
  EXPECT_THAT(open.findings().list(), IsEmpty());
}

TEST_F(ExaminedAudit, AnApprovalThatSaysMoreThanItsReportIsFound) {
  EXPECT_THAT(Findings([](auto& body) { body.set_valid_until(body.valid_until() + 1); }),
              ElementsAre("adapter.report"));
  EXPECT_THAT(Findings([](auto& body) { body.mutable_report_digest()->back() ^= 1; }), ElementsAre("adapter.report"));
  EXPECT_THAT(Findings([](auto& body) { body.set_passed(3); }), ElementsAre("adapter.report"));
  EXPECT_THAT(Findings([](auto& body) { body.set_examiner("another house"); }), ElementsAre("adapter.report"));
  EXPECT_THAT(Findings([](auto& body) { body.set_version("1.1"); }),
              ElementsAre("adapter.report", "presence.examined"));
}

TEST_F(ExaminedAudit, AnAdapterThatWorksWithoutAReportIsFound) {
  EXPECT_THAT(Findings([](auto&) {}, At(v1::ENTRY_TYPE_ADAPTER_APPROVED)), ElementsAre("presence.examined"));
}

}  // namespace
}  // namespace eagle::test
