// Tags of persons under several keys in one log: what a rotation may change, and what it may not hide.
#include <algorithm>

#include "tests/audit/rules_world.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using testing::IsEmpty;

class RotationRulesTest : public RulesTest {
 protected:
  static std::string New(const std::string& tag) { return "key2" + tag.substr(4); }
  void Read(size_t nth, const std::function<void(AccessRecorded&)>& change) {
    Body_<AccessRecorded>(ENTRY_TYPE_ACCESS_RECORDED, change, nth);
  }
};

TEST_F(RotationRulesTest, ALogThatIsTaggedWithANewKeyFromSomewhereOnGivesNoFinding) {
  for (uint64_t from = 0; from < leaves_.size(); ++from) {
    Leaves rotated = leaves_;
    Retag(rotated, from, New);
    EXPECT_THAT(FindingsOf(rotated), IsEmpty()) << "from " << from;
    Retag(rotated, std::min<uint64_t>(from + 3, leaves_.size()),
          [](const auto& tag) { return "key3" + tag.substr(4); });
    EXPECT_THAT(FindingsOf(rotated), IsEmpty()) << "and again, from " << from + 3;
  }
}
TEST_F(RotationRulesTest, WhatComesWithAKeyOfItsOwnIsFoundByTheKeyThatComesBack) {
  const uint64_t hidden = At(ENTRY_TYPE_ORDER_ACCEPTED), next = At(ENTRY_TYPE_ORDER_ACCEPTED, 1);
  Leaves rest = leaves_;
  Retag(leaves_, hidden, New);
  std::copy(rest.begin() + static_cast<ptrdiff_t>(hidden) + 1, rest.end(),
            leaves_.begin() + static_cast<ptrdiff_t>(hidden) + 1);
  const auto findings = FindingsOf(leaves_);
  ASSERT_EQ(findings.size(), 1u) << "one wrong leaf is one finding";
  EXPECT_EQ(findings[0].substr(0, 8), "tag.key@");
  EXPECT_LE(std::stoull(findings[0].substr(8)), next);
}
TEST_F(RotationRulesTest, MoreKeysThanALogMayHaveInItsLife) {
  for (uint64_t i = 0, keys = 0; i < leaves_.size(); ++i) {
    const std::string before = leaves_[i];
    Leaves rest(leaves_.begin() + static_cast<ptrdiff_t>(i) + 1, leaves_.end());
    const std::string id = "k" + std::to_string(100 + keys);
    Retag(leaves_, i, [&](const auto& tag) { return id + tag.substr(4); });
    std::copy(rest.begin(), rest.end(), leaves_.begin() + static_cast<ptrdiff_t>(i) + 1);
    if (leaves_[i] != before && ++keys == 17) at_ = i;
  }
  ExpectFinding("tag.key");
}
TEST_F(RotationRulesTest, ALeafWithTagsOfTwoKeys) {
  Retag(leaves_, At(ENTRY_TYPE_ACCESS_RECORDED, 4), New);
  Read(4, [](auto& body) { body.set_officer_tag("tag of handler"); });
  EXPECT_THAT(FindingsOf(leaves_), testing::Contains("tag.key@" + std::to_string(at_)));
}
TEST_F(RotationRulesTest, AFirstPageUnderTheNewKeyThatGoesOnNobodysCount) {
  Retag(leaves_, At(ENTRY_TYPE_ACCESS_RECORDED, 2), New);
  Read(2, [](auto& body) { body.set_reads_in_hour(body.reads_in_hour() + 1); });
  ExpectFinding("read");
}
TEST_F(RotationRulesTest, ACountThatGoesOnTwice) {
  Retag(leaves_, At(ENTRY_TYPE_ACCESS_RECORDED, 2), New);
  const auto third = [&](auto& body) {
    const auto leaf = journal::DecodeLeaf(leaves_[At(ENTRY_TYPE_ACCESS_RECORDED, 2)]);
    AccessRecorded first;
    first.ParseFromString(leaf->body);
    body.set_hour_start(first.hour_start()), body.set_reads_in_hour(first.reads_in_hour());
    body.set_day_start(first.day_start()), body.set_reads_in_day(first.reads_in_day());
  };
  Read(3, third);  // the leader, as if the handler's pages had been hers
  ExpectFinding("read");
}

}  // namespace
}  // namespace eagle::audit
