// Ranks in an opened log whose tag key was rotated between two freezes: one person, two tags.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/audit/opened_audit.h"
#include "server/core/tiles.h"
#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RanksOverARotation : public ::testing::Test {
 protected:
  // Two freezes on one person are handed out, the second after the rotation, and served under these numbers.
  std::vector<std::string> Findings(uint64_t first_served, uint64_t second_served) {
    const v1::Order before = demo_.Freeze(kBeiling, 100);
    EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({before})), ElementsAre(""));
    EXPECT_THAT(demo_.Pull(kBeiling), SizeIs(1));
    gateway_.Stop();
    EXPECT_TRUE((*trust::KeyRing::Open(gateway_.key_disk, gateway_.wrapper, gateway_.entropy))->RotateTagKey().ok());
    gateway_.Start();
    demo_.sessions.clear();
    const v1::Order after = demo_.Freeze(kBeiling, 100);
    EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({after})), ElementsAre(""));
    EXPECT_THAT(demo_.Pull(kBeiling), SizeIs(2)) << "the one handed out before, once more, and the new one";
    EXPECT_TRUE(demo_.Report(kBeiling, {Served(before, first_served)}).ok());
    EXPECT_TRUE(demo_.Report(kBeiling, {Served(after, second_served)}).ok());
    audit::Findings findings;
    audit::OpenedAudit audit(
        [&](std::string_view id) -> std::optional<std::string> {
          const auto key = gateway_.keys->KeyOf(std::string(id));
          return key.ok() ? std::optional(*key) : std::nullopt;
        },
        findings);
    const auto reader = gateway_.disk.NewReader();
    const auto take = [&](uint64_t, std::string_view leaf, std::string_view sealed) -> absl::Status {
      audit.Take(leaf, sealed);
      return absl::OkStatus();
    };
    EXPECT_TRUE(core::ForEachEntry(**reader, 0, take).ok());
    std::vector<std::string> out;
    for (const auto& finding : findings.list()) out.emplace_back(audit::RowOf(finding.rule).name);
    return out;
  }
  v1::Receipt Served(const v1::Order& freeze, uint64_t number) {
    v1::Receipt receipt = demo_.Controlled(freeze, 100, 0);
    receipt.mutable_items(0)->mutable_measure()->set_served_sequence(number);
    return receipt;
  }

  GatewayFixture gateway_{GatewayFixture::Options{.real_keys = true}};
  DemoWorld demo_{gateway_};
};

TEST_F(RanksOverARotation, ServedInTheOrderOfTheHandOutsIsNoFinding) { EXPECT_THAT(Findings(1, 2), IsEmpty()); }

TEST_F(RanksOverARotation, ServedTheOtherWayRoundIsFoundAlthoughTheTagsDiffer) {
  EXPECT_THAT(Findings(2, 1), ElementsAre("measure.rank"));
}

}  // namespace
}  // namespace eagle::test
