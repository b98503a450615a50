// A log that is valid in every type of entry, and one leaf of it that a test changes.
//
// Threads: one.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/audit/golden_leaves.h"

namespace eagle::audit {

using Leaves = std::vector<std::string>;

class RulesTest : public testing::Test {
 protected:
  Leaves leaves_ = GoldenLeaves();

  uint64_t At(goldeneagle::v1::EntryType type, size_t nth = 0) { return FindLeaf(leaves_, type, nth); }
  template <typename Body>
  void Body_(goldeneagle::v1::EntryType type, const std::function<void(Body&)>& change, size_t nth = 0) {
    at_ = At(type, nth);
    Change<Body>(leaves_, at_, change);
  }
  void Leaf_(goldeneagle::v1::EntryType type, const std::function<void(journal::Leaf&)>& change, size_t nth = 0) {
    at_ = At(type, nth);
    ChangeLeaf(leaves_, at_, change);
  }
  // The changed leaf, and nothing else, breaks `rule`.
  void ExpectFinding(const std::string& rule) {
    EXPECT_THAT(FindingsOf(leaves_), testing::ElementsAre(rule + "@" + std::to_string(at_)));
  }
  uint64_t at_ = 0;
};

}  // namespace eagle::audit
