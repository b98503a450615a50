// One proof for many leaves: it leads to the root, is the only one that does, and hides no leaf.
#include "server/journal/multiproof.h"

#include <gtest/gtest.h>

#include <random>

#include "server/journal/merkle.h"

namespace eagle::journal {
namespace {

std::vector<Hash> Leaves(uint64_t size) {
  std::vector<Hash> leaves;
  for (uint64_t i = 0; i < size; ++i) leaves.push_back(LeafHash(std::to_string(i)));
  return leaves;
}
std::vector<Hash> Of(const std::vector<Hash>& leaves, const std::vector<uint64_t>& indexes) {
  std::vector<Hash> out;
  for (const uint64_t index : indexes) out.push_back(leaves[index]);
  return out;
}
std::vector<Hash> Proof(const std::vector<Hash>& leaves, const std::vector<uint64_t>& indexes) {
  return *MultiProof(indexes, leaves.size(), [&](uint64_t index) { return PathOf(leaves, index); });
}

TEST(MultiProof, EverySubsetOfEverySmallTreeLeadsToItsRoot) {
  for (uint64_t size = 1; size <= 10; ++size) {
    const std::vector<Hash> leaves = Leaves(size);
    const Hash root = RootOfLeaves(leaves);
    for (uint64_t bits = 1; bits < uint64_t{1} << size; ++bits) {
      std::vector<uint64_t> indexes;
      for (uint64_t i = 0; i < size; ++i) {
        if ((bits >> i & 1) != 0) indexes.push_back(i);
      }
      const std::vector<Hash> proof = Proof(leaves, indexes), chosen = Of(leaves, indexes);
      ASSERT_EQ(RootFromMultiProof(indexes, chosen, size, proof), root) << size << " " << bits;
      for (const uint64_t index : indexes) {
        const std::vector<Hash> path = PathFromMultiProof(indexes, chosen, size, proof, index);
        ASSERT_TRUE(VerifyInclusion(leaves[index], index, size, path, root)) << size << " " << bits << " " << index;
      }
    }
  }
}

TEST(MultiProof, AnotherHashIndexSizeOrCountIsRefused) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    const uint64_t size = 2 + random() % 300;
    const std::vector<Hash> leaves = Leaves(size);
    const Hash root = RootOfLeaves(leaves);
    std::vector<uint64_t> indexes;
    for (uint64_t i = 0; i < size; ++i) {
      if (random() % 9 == 0 || i + 1 == size) indexes.push_back(i);
    }
    const std::vector<Hash> chosen = Of(leaves, indexes), proof = Proof(leaves, indexes);
    for (size_t i = 0; i < proof.size(); ++i) {
      std::vector<Hash> changed = proof;
      changed[i][random() % 32] ^= static_cast<uint8_t>(1 << random() % 8);
      EXPECT_NE(RootFromMultiProof(indexes, chosen, size, changed), root);
    }
    std::vector<Hash> longer = proof;
    longer.push_back(Hash{});
    EXPECT_FALSE(RootFromMultiProof(indexes, chosen, size, longer));
    if (!proof.empty()) {
      std::vector<Hash> shorter(proof.begin(), proof.end() - 1);
      EXPECT_FALSE(RootFromMultiProof(indexes, chosen, size, shorter));
    }
    for (size_t i = 0; i < indexes.size(); ++i) {
      std::vector<uint64_t> moved = indexes;
      moved[i] ^= 1;
      EXPECT_NE(RootFromMultiProof(moved, chosen, size, proof), root);
    }
    EXPECT_NE(RootFromMultiProof(indexes, chosen, size + 1, proof), root);
    std::vector<Hash> one_more = chosen;
    one_more.push_back(chosen.back());
    EXPECT_FALSE(RootFromMultiProof(indexes, one_more, size, proof));
  }
}

TEST(MultiProof, ALeafThatIsLeftOutShowsAsAHashInItsPlace) {
  const std::vector<Hash> leaves = Leaves(21);
  const std::vector<uint64_t> run = {3, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
  std::vector<uint64_t> cut = run;
  cut.erase(cut.begin() + 4);  // 12
  EXPECT_EQ(RootFromMultiProof(cut, Of(leaves, cut), 21, Proof(leaves, run)), std::nullopt);
  EXPECT_EQ(RootFromMultiProof(cut, Of(leaves, cut), 21, Proof(leaves, cut)), RootOfLeaves(leaves));  // one hash more
  EXPECT_GT(Proof(leaves, cut).size(), Proof(leaves, run).size());
}

TEST(MultiProof, ARunToTheEndCostsOnlyWhatLiesLeftOfIt) {
  const std::vector<Hash> leaves = Leaves(1000);
  std::vector<uint64_t> run;
  for (uint64_t i = 512; i < 1000; ++i) run.push_back(i);
  EXPECT_EQ(Proof(leaves, run).size(), 1u);
}

TEST(MultiProof, DisorderAndStrangersAreRefused) {
  const std::vector<Hash> leaves = Leaves(8);
  const std::vector<Hash> proof = Proof(leaves, {2, 5});
  EXPECT_TRUE(RootFromMultiProof(std::vector<uint64_t>{2, 5}, Of(leaves, {2, 5}), 8, proof));
  EXPECT_FALSE(RootFromMultiProof(std::vector<uint64_t>{5, 2}, Of(leaves, {5, 2}), 8, proof));
  EXPECT_FALSE(RootFromMultiProof(std::vector<uint64_t>{2, 2}, Of(leaves, {2, 2}), 8, proof));
  EXPECT_FALSE(RootFromMultiProof(std::vector<uint64_t>{2, 8}, Of(leaves, {2, 5}), 8, proof));
  EXPECT_FALSE(RootFromMultiProof(std::vector<uint64_t>{}, std::vector<Hash>{}, 8, proof));
  EXPECT_FALSE(RootFromMultiProof(std::vector<uint64_t>{2}, Of(leaves, {2, 5}), 8, proof));
}

}  // namespace
}  // namespace eagle::journal
