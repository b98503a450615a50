// The tree: roots, tiles, proofs; every small size, and the vectors up to 70,000 leaves.
#include "server/journal/merkle.h"

#include <bit>

#include "tests/server/journal/support.h"

namespace eagle::journal {
namespace {

std::span<const Hash> First(const std::vector<Hash>& leaves, uint64_t count) { return std::span(leaves).first(count); }

Edge EdgeOf(std::span<const Hash> leaves) {
  Edge edge;
  for (const Hash& leaf : leaves) edge.Append(leaf);
  return edge;
}

// RFC 6962 section 2.1, word for word.
Hash Mth(std::span<const Hash> d) {
  if (d.empty()) return Sha256("");
  if (d.size() == 1) return d[0];
  size_t k = 1;
  while (2 * k < d.size()) k *= 2;
  return NodeHash(Mth(d.first(k)), Mth(d.subspan(k)));
}
std::vector<Hash> ReferencePath(size_t m, std::span<const Hash> d) {
  if (d.size() == 1) return {};
  size_t k = 1;
  while (2 * k < d.size()) k *= 2;
  std::vector<Hash> path = m < k ? ReferencePath(m, d.first(k)) : ReferencePath(m - k, d.subspan(k));
  path.push_back(m < k ? Mth(d.subspan(k)) : Mth(d.first(k)));
  return path;
}
std::vector<Hash> ReferenceSubproof(size_t m, std::span<const Hash> d, bool b) {
  if (m == d.size()) return b ? std::vector<Hash>{} : std::vector<Hash>{Mth(d)};
  size_t k = 1;
  while (2 * k < d.size()) k *= 2;
  std::vector<Hash> proof =
      m <= k ? ReferenceSubproof(m, d.first(k), b) : ReferenceSubproof(m - k, d.subspan(k), false);
  proof.push_back(m <= k ? Mth(d.subspan(k)) : Mth(d.first(k)));
  return proof;
}

TEST(MerkleTest, TheClassicEightLeaves) {
  const char* leaves_hex[] = {
      "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
  const char* roots[] = {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                         "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                         "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                         "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                         "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                         "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  std::vector<Hash> leaves;
  Frontier frontier;
  EXPECT_EQ(Hex(frontier.Root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(RootOfLeaves({}), frontier.Root());
  for (size_t i = 0; i < 8; ++i) {
    leaves.push_back(LeafHash(Unhex(leaves_hex[i])));
    frontier.Append(leaves.back());
    EXPECT_EQ(Hex(frontier.Root()), roots[i]);
    EXPECT_EQ(Hex(RootOfLeaves(leaves)), roots[i]);
  }
  const std::vector<Hash> path = {HashOfHex("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"),
                                  HashOfHex("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"),
                                  HashOfHex("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")};
  EXPECT_EQ(PathOf(leaves, 5), path);
  ListTiles tiles(leaves);
  EXPECT_EQ(InclusionProof(5, 8, tiles).value(), path);
  EXPECT_EQ(
      ConsistencyProof(6, 8, tiles).value(),
      (std::vector{HashOfHex("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"), path[1], path[2]}));
  EXPECT_EQ(ConsistencyProof(4, 7, tiles).value(),
            (std::vector{HashOfHex("837dbb152e9b079010717e84e865da4ebc0fa198a806d59d31bf15accef22d0e")}));
}

TEST(MerkleTest, ProjectRootsAndTilesUpToSeventyThousand) {
  const std::map<uint64_t, std::string> roots = {
      {1, "db3426e878068d28d269b6c87172322ce5372b65756d0789001d34835f601c03"},
      {2, "cb00989d94a569c0a678ae042b63dcd4625db96440517f37a6eb7976ea24ed4b"},
      {3, "725d5230db68f557470dc35f1d8865813acd7ebb07ad152774141decbae71327"},
      {255, "32f85bcaa87d7bcd05728f09e9aeba350ba6a2f733830087f0597682848be5cb"},
      {256, "828515d033c19d8c901f37eccb8aed919667703486f8d2fff1cf7040321c5db1"},
      {257, "1eda049a4351d86f76252bd7ec0b7746ad75b7fa0316ad5f541dbda458a312c4"},
      {300, "84e13ec1e037155ae619757599b2cd21ada5a565e0fd9b3139c0c3c6c1b8ada9"},
      {65535, "74f13a0e1a75689372efb990cf68c664e44c763d9304844955b2eaff624e8df1"},
      {65536, "f025d06ed804859fd274a1bdacadd6e48ea87634aa91e1edb20143f9498cd02b"},
      {65537, "dc8795a25fd4bd52a0b84f639fd3139ba160824023d188e428eb5db0f3ce221a"},
      {70000, "1a4cdfcb66374a0c0dcbef49acbd4976d13ee864fb3cb241fc943cad04f02f7e"}};
  std::map<std::string, std::string> files;  // as they would lie on disk at size 70,000
  Edge edge;
  const auto take = [&] {
    for (const FullTile& tile : edge.TakeFullTiles()) {
      files[TilePath({.level = static_cast<int>(tile.level), .n = tile.n})] = tile.bytes;
    }
  };
  for (const Hash& leaf : NumberedLeaves(70000)) {
    edge.Append(leaf);
    if (edge.size() == 300) {
      EXPECT_EQ(Hex(Sha256(edge.PartialTile(0))), "03c8b91297109114834f4ea4b4043313b3abf15301439b30371d874810427409");
    }
    if (const auto root = roots.find(edge.size()); root != roots.end()) {
      EXPECT_EQ(Hex(edge.Root()), root->second) << edge.size();
      take();
    }
  }
  take();
  for (unsigned level = 0; level < kTileLevels; ++level) {
    const auto width = static_cast<unsigned>(edge.PartialTile(level).size() / kHashSize);
    if (width == 0) continue;
    const TileName name{.level = static_cast<int>(level), .n = edge.size() >> (8 * level) >> 8, .width = width};
    files[TilePath(name)] = edge.PartialTile(level);
  }
  EXPECT_EQ(files.size(), 273u + 1 + 1 + 1 + 1);
  const std::map<std::string, std::string> expected = {
      {"tile/0/000", "b9704a8bfbee2c61185ceb38904a49f3f703c81e194b5b2ccdc254c2bdaaa62b"},
      {"tile/0/272", "c2f1c18b351a6cde9fbab7bd56276cb209b7dabaf10512b6fc863db3ef9a76b2"},
      {"tile/0/273.p/112", "4d21244557c976993a9a89bf928a46b5a876585228df279878239fd84489e5a5"},
      {"tile/1/000", "ea7b038bc73489c89c31a27ac355aaca65a4ed73f0dd7484e68deb29d30f10a2"},
      {"tile/1/001.p/17", "adfaca2731630fe7944a4b98a0f98ef3e98685eafda09e6f81070218fb759ce4"},
      {"tile/2/000.p/1", "f0113c8bad855b49f9a5dd661d50012cd94f19aae87a45eb8334666835e3caea"}};
  for (const auto& [path, digest] : expected) {
    ASSERT_TRUE(files.contains(path)) << path;
    EXPECT_EQ(Hex(Sha256(files[path])), digest) << path;
  }
}

TEST(MerkleTest, ProjectProofsAtThreeHundred) {
  ListTiles tiles(NumberedLeaves(300));
  EXPECT_EQ(InclusionProof(299, 300, tiles).value(),
            (std::vector{HashOfBase64("hC1pW1BCdLMdQAFguaQ/+nHpV8k5f6P4QVkasfj4gPM="),
                         HashOfBase64("+XclNP5ZpbtZ1hDlVz3FXVEA/TaYdvII+KUAHe9CK3E="),
                         HashOfBase64("39NO8jTY9DChtZWEiIEV24wZro0os7yLAFPg9v8hjmY="),
                         HashOfBase64("YmcYziAmeDvA88ZPVJ/PsUH0T1MEeEPVRyDi9LYg0ns="),
                         HashOfBase64("goUV0DPBnYyQHzfsy4rtkZZncDSG+NL/8c9wQDIcXbE=")}));
  EXPECT_EQ(ConsistencyProof(256, 300, tiles).value(),
            (std::vector{HashOfBase64("mMRJ1qM3XsOYczG/+Rm4IMbDOeNnkBcO1KnqcOi0tYM=")}));
}

TEST(MerkleTest, EveryProofOfSmallTreesIsThatOfTheRfc) {
  const std::vector<Hash> leaves = NumberedLeaves(70);
  ListTiles tiles(leaves);
  for (uint64_t n = 1; n <= leaves.size(); ++n) {
    EXPECT_EQ(RootOf(n, tiles).value(), Mth(First(leaves, n)));
    for (uint64_t i = 0; i < n; ++i) EXPECT_EQ(InclusionProof(i, n, tiles).value(), ReferencePath(i, First(leaves, n)));
    for (uint64_t m = 1; m <= n; ++m) {
      EXPECT_EQ(ConsistencyProof(m, n, tiles).value(), ReferenceSubproof(m, First(leaves, n), true));
    }
  }
}

TEST(MerkleTest, EveryLeafOfEverySizeUpToSixHundredIsProved) {
  const std::vector<Hash> leaves = NumberedLeaves(600);
  ListTiles tiles(leaves);
  std::mt19937_64 random(1);
  Frontier frontier;
  for (uint64_t n = 1; n <= leaves.size(); ++n) {
    frontier.Append(leaves[n - 1]);
    const Hash root = frontier.Root();
    Prover prover(n, tiles);
    ASSERT_EQ(prover.Root().value(), root);
    const CommitTree whole(Frontier(), First(leaves, n));
    ASSERT_EQ(whole.root(), root);
    for (uint64_t i = 0; i < n; ++i) {
      const std::vector<Hash> path = prover.Inclusion(i).value();
      ASSERT_TRUE(VerifyInclusion(leaves[i], i, n, path, root)) << i << " of " << n;
      ASSERT_EQ(path, whole.Inclusion(i));
      // The length that can be checked without hashing.
      const auto b = static_cast<unsigned>(std::bit_width(i ^ (n - 1)));
      ASSERT_EQ(path.size(), b + static_cast<unsigned>(std::popcount(i >> b)));
    }
    const uint64_t i = random() % n;
    const std::vector<Hash> path = prover.Inclusion(i).value();
    EXPECT_FALSE(VerifyInclusion(leaves[i], i, n, path, Sha256("another root")));
    EXPECT_FALSE(VerifyInclusion(Sha256("another leaf"), i, n, path, root));
    EXPECT_FALSE(VerifyInclusion(leaves[i], n, n, path, root));
    if (n > 1) {
      EXPECT_FALSE(VerifyInclusion(leaves[i], (i + 1) % n, n, path, root));
    }
    std::vector<Hash> longer = path, shorter = path;
    longer.push_back(Sha256("x"));
    EXPECT_FALSE(VerifyInclusion(leaves[i], i, n, longer, root));
    if (path.empty()) continue;
    shorter.pop_back();
    EXPECT_FALSE(VerifyInclusion(leaves[i], i, n, shorter, root));
    for (size_t at = 0; at < path.size(); ++at) {
      std::vector<Hash> wrong = path;
      wrong[at][random() % kHashSize] ^= static_cast<uint8_t>(1 << random() % 8);
      EXPECT_FALSE(VerifyInclusion(leaves[i], i, n, wrong, root));
      if (at > 0) {
        wrong = path;
        std::swap(wrong[at], wrong[at - 1]);
        EXPECT_FALSE(VerifyInclusion(leaves[i], i, n, wrong, root));
      }
    }
  }
}

void ExpectConsistent(uint64_t m, uint64_t n, Prover& prover, const Hash& old_root, const Hash& root,
                      std::mt19937_64& random) {
  const std::vector<Hash> proof = prover.Consistency(m).value();
  ASSERT_TRUE(VerifyConsistency(m, n, proof, old_root, root)) << m << " to " << n;
  EXPECT_FALSE(VerifyConsistency(m, n, proof, Sha256("x"), root));
  EXPECT_FALSE(VerifyConsistency(m, n, proof, old_root, Sha256("x")));
  EXPECT_FALSE(VerifyConsistency(0, n, proof, old_root, root));
  EXPECT_FALSE(VerifyConsistency(n + 1, n, proof, old_root, root));
  std::vector<Hash> wrong = proof;
  wrong.push_back(Sha256("x"));
  EXPECT_FALSE(VerifyConsistency(m, n, wrong, old_root, root));
  if (proof.empty()) return;
  wrong = proof;
  wrong.pop_back();
  EXPECT_FALSE(VerifyConsistency(m, n, wrong, old_root, root));
  wrong = proof;
  wrong.erase(wrong.begin());
  EXPECT_FALSE(VerifyConsistency(m, n, wrong, old_root, root));
  for (size_t at = 0; at < proof.size(); ++at) {
    wrong = proof;
    wrong[at][random() % kHashSize] ^= static_cast<uint8_t>(1 << random() % 8);
    EXPECT_FALSE(VerifyConsistency(m, n, wrong, old_root, root));
  }
}

TEST(MerkleTest, EverySizeIsConsistentWithEveryEarlierOne) {
  constexpr uint64_t kSpoiltUpTo = 130;  // every proof is right up to 600, and spoilt in every way up to here
  const std::vector<Hash> leaves = NumberedLeaves(600);
  ListTiles tiles(leaves);
  std::mt19937_64 random(2);
  std::vector<Hash> roots;
  for (uint64_t n = 0; n <= leaves.size(); ++n) roots.push_back(RootOfLeaves(First(leaves, n)));
  for (uint64_t n = 1; n <= leaves.size(); ++n) {
    Prover prover(n, tiles);
    EXPECT_TRUE(prover.Consistency(0).value().empty());
    for (uint64_t m = 1; m <= n; ++m) {
      if (n <= kSpoiltUpTo) {
        ExpectConsistent(m, n, prover, roots[m], roots[n], random);
      } else {
        const std::vector<Hash> proof = prover.Consistency(m).value();
        ASSERT_TRUE(VerifyConsistency(m, n, proof, roots[m], roots[n])) << m << " to " << n;
      }
    }
  }
}

TEST(MerkleTest, RandomSizesOfALargeTreeAreConsistentAndTheirLeavesProved) {
  const std::vector<Hash> leaves = NumberedLeaves(70000);
  ListTiles tiles(leaves);
  std::mt19937_64 random(3);
  for (int round = 0; round < 100; ++round) {
    const uint64_t n = 1 + random() % leaves.size(), m = 1 + random() % n, i = random() % n;
    Prover prover(n, tiles);
    const Hash root = prover.Root().value();
    ExpectConsistent(m, n, prover, RootOf(m, tiles).value(), root, random);
    ASSERT_TRUE(VerifyInclusion(leaves[i], i, n, prover.Inclusion(i).value(), root));
    EXPECT_FALSE(VerifyInclusion(leaves[i], i ^ 1, n, prover.Inclusion(i).value(), root));
  }
}

TEST(MerkleTest, AProofReadsAtMostTwoTilesALevel) {
  ListTiles tiles(NumberedLeaves(70000));
  for (uint64_t index : {uint64_t{0}, uint64_t{12345}, uint64_t{69999}}) {
    tiles.reads = 0;
    ASSERT_TRUE(InclusionProof(index, 70000, tiles).ok());
    EXPECT_LE(tiles.reads, 6);
  }
}

TEST(MerkleTest, TheEdgeIsRebuiltFromTiles) {
  const std::vector<Hash> leaves = NumberedLeaves(70000);
  ListTiles all(leaves), full(leaves);
  full.full_only = true;
  Edge edge;
  std::mt19937_64 random(4);
  uint64_t next = 1;
  for (uint64_t n = 0;; ++n) {
    if (n < 3 || n == next || n % 65536 < 2 || n == leaves.size()) {
      next = n + 1 + random() % (n < 1000 ? 7 : 1500);
      Edge from_all = Edge::Rebuild(n, all).value();
      Edge from_full = Edge::Rebuild(n, full, std::span(leaves).subspan(n - n % kTileWidth, n % kTileWidth)).value();
      for (Edge* rebuilt : {&from_all, &from_full}) {
        ASSERT_EQ(rebuilt->size(), n);
        ASSERT_EQ(rebuilt->Root(), edge.Root());
        for (unsigned level = 0; level < kTileLevels; ++level)
          ASSERT_EQ(rebuilt->PartialTile(level), edge.PartialTile(level));
        // And it goes on as the old one does.
        for (uint64_t i = n; i < std::min<uint64_t>(n + 3, leaves.size()); ++i) rebuilt->Append(leaves[i]);
        ASSERT_EQ(rebuilt->Root(), RootOf(rebuilt->size(), all).value());
      }
    }
    if (n == leaves.size()) break;
    edge.Append(leaves[n]);
  }
}

TEST(MerkleTest, TheEdgeServesWhatIsNotStoredYet) {
  const std::vector<Hash> leaves = NumberedLeaves(1000);
  ListTiles full(leaves);
  full.full_only = true;
  Edge edge;
  for (uint64_t n = 1; n <= leaves.size(); ++n) {
    edge.Append(leaves[n - 1]);
    if (n % 37 != 0) continue;
    EdgeSource source(edge, full);
    Prover prover(n, source);
    ASSERT_EQ(prover.Root().value(), edge.Root());
    ASSERT_TRUE(VerifyInclusion(leaves[n / 2], n / 2, n, prover.Inclusion(n / 2).value(), edge.Root()));
    // An earlier size is served from the same edge.
    const uint64_t earlier = n - n % 256 + n % 256 / 2;
    EXPECT_EQ(RootOf(earlier, source).value(), RootOfLeaves(First(leaves, earlier)));
    EXPECT_EQ(ReasonOf(RootOf(n + 1, source).status()), Reason::kFieldInvalid);
    if (n % 5 == 0) edge.TakeFullTiles();
  }
  EXPECT_EQ(ReasonOf(EdgeSource(edge, full).Tile(0, 3, 0).status()), Reason::kFieldInvalid);
  EXPECT_EQ(ReasonOf(EdgeSource(edge, full).Tile(9, 0, 1).status()), Reason::kFieldInvalid);
}

TEST(MerkleTest, FullTilesAreTakenOnceAndInOrder) {
  Edge edge = EdgeOf(NumberedLeaves(65536));
  const std::vector<FullTile> tiles = edge.TakeFullTiles();
  ASSERT_EQ(tiles.size(), 257u);
  for (uint64_t n = 0; n < 256; ++n)
    EXPECT_TRUE(tiles[n].level == 0 && tiles[n].n == n && tiles[n].bytes.size() == kTileBytes);
  EXPECT_TRUE(tiles[256].level == 1 && tiles[256].n == 0);
  EXPECT_EQ(tiles[256].bytes.substr(0, 32), View(RootOfLeaves(NumberedLeaves(256))));
  EXPECT_TRUE(edge.TakeFullTiles().empty());
  EXPECT_EQ(edge.PartialTile(2), View(edge.Root()));
}

TEST(CommitTreeTest, ProofsOfACommitAreTheGeneralOnes) {
  const std::vector<Hash> leaves = NumberedLeaves(1500);
  ListTiles tiles(leaves);
  std::mt19937_64 random(5);
  for (int round = 0; round < 300; ++round) {
    const uint64_t before = random() % (round % 2 == 0 ? 40 : 1200), count = 1 + random() % (round % 3 == 0 ? 300 : 5);
    const Edge edge = EdgeOf(First(leaves, before));
    const CommitTree commit(edge.frontier(), std::span(leaves).subspan(before, count));
    ASSERT_EQ(commit.first(), before);
    ASSERT_EQ(commit.size(), before + count);
    Prover prover(commit.size(), tiles);
    ASSERT_EQ(commit.root(), prover.Root().value());
    for (uint64_t i = before; i < commit.size(); ++i) {
      ASSERT_EQ(commit.Inclusion(i), prover.Inclusion(i).value()) << i << " in " << before << "+" << count;
    }
  }
}

TEST(CommitTreeTest, ACommitOfNothingLeavesTheRoot) {
  const std::vector<Hash> leaves = NumberedLeaves(77);
  EXPECT_EQ(CommitTree(EdgeOf(leaves).frontier(), {}).root(), RootOfLeaves(leaves));
  EXPECT_EQ(CommitTree(Frontier(), {}).root(), Sha256(""));
  EXPECT_DEATH(CommitTree(Frontier(), leaves).Inclusion(77), "only leaves of the commit");
}

TEST(MerkleTest, WrongTilesAndSizesAreErrorsAndNotCrashes) {
  struct ShortTiles : TileSource {
    absl::StatusOr<std::string> Tile(unsigned, uint64_t, unsigned width) override {
      return std::string(width * 32 - 1, 'x');
    }
  } short_tiles;
  EXPECT_EQ(ReasonOf(RootOf(5, short_tiles).status()), Reason::kJournalBroken);
  EXPECT_EQ(ReasonOf(InclusionProof(1, 5, short_tiles).status()), Reason::kJournalBroken);
  EXPECT_EQ(ReasonOf(Edge::Rebuild(5, short_tiles).status()), Reason::kJournalBroken);
  EXPECT_EQ(ReasonOf(InclusionProof(5, 5, short_tiles).status()), Reason::kFieldInvalid);
  EXPECT_EQ(ReasonOf(InclusionProof(0, 0, short_tiles).status()), Reason::kFieldInvalid);
  EXPECT_EQ(ReasonOf(ConsistencyProof(6, 5, short_tiles).status()), Reason::kFieldInvalid);
  for (uint64_t size : {kTreeSizeMax + 1, UINT64_MAX}) {
    EXPECT_EQ(ReasonOf(RootOf(size, short_tiles).status()), Reason::kFieldInvalid);
    EXPECT_EQ(ReasonOf(InclusionProof(1, size, short_tiles).status()), Reason::kFieldInvalid);
    EXPECT_EQ(ReasonOf(ConsistencyProof(1, size, short_tiles).status()), Reason::kFieldInvalid);
    EXPECT_EQ(ReasonOf(Edge::Rebuild(size, short_tiles).status()), Reason::kFieldInvalid);
    EXPECT_FALSE(VerifyInclusion(Hash{}, 1, size, {}, Hash{}));
    EXPECT_FALSE(VerifyConsistency(1, size, {}, Hash{}, Hash{}));
  }
  EXPECT_FALSE(VerifyInclusion(Hash{}, 0, 0, {}, Hash{}));
}

}  // namespace
}  // namespace eagle::journal
