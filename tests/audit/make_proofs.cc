// make_proofs FOLDER SEED: a fresh log of some thousand entries, published as static files, and 1,300 proofs for
// strangers to judge (tests/interop). All keys, leaves and choices follow from the seed.
//
//   FOLDER/log.pub, witness.pub     verifier keys
//   FOLDER/published/               the log (C2SP tlog-tiles)
//   FOLDER/proofs.jsonl             a line each: {"Proof": tlog-proof file, "Leaf": base64}: an entry in one of many
//   trees;
//                                   {"Old": note, "New": note, "Hashes": [base64]}: one tree is the beginning of
//                                   another
#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "client/audit/log_export.h"
#include "client/common/document.h"
#include "client/common/files.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/merkle.h"

namespace eagle::audit {
namespace {

constexpr size_t kTrees = 24, kInclusions = 1000, kConsistencies = 300;
constexpr char kOrigin[] = "gateway.example/interop", kWitness[] = "witness.example/interop";

class Log : public EntrySource, public journal::TileSource {
 public:
  explicit Log(uint64_t seed) : random_(seed) {
    signer_ = std::make_unique<journal::Ed25519NoteSigner>(kOrigin, *journal::PrivateKey::FromSeed(Random(32)));
    witness_ = std::make_unique<journal::PrivateKey>(*journal::PrivateKey::FromSeed(Random(32)));
    const uint64_t size = 2000 + random_() % 2000;
    std::vector<uint64_t> sizes = {2, 3, 255, 256, 257, size};
    while (sizes.size() < kTrees) sizes.push_back(2 + random_() % (size - 2));
    for (uint64_t i = 0; i < size; ++i) {
      leaves_.push_back(Random(88 + random_() % 300));
      hashes_.push_back(journal::LeafHash(leaves_.back()));
      edge_.Append(hashes_.back());
      if (std::find(sizes.begin(), sizes.end(), i + 1) != sizes.end()) notes_[i + 1] = Signed(edge_);
    }
    for (journal::FullTile& tile : edge_.TakeFullTiles()) full_[{tile.level, tile.n}] = std::move(tile.bytes);
  }

  absl::StatusOr<std::string> Checkpoint() override { return notes_.rbegin()->second; }
  absl::StatusOr<std::vector<Entry>> Entries(uint64_t first, size_t most) override {
    std::vector<Entry> out;
    for (uint64_t i = first; i < leaves_.size() && out.size() < most; ++i) out.push_back({leaves_[i], ""});
    return out;
  }
  // Full tiles are stored; the edge has the others.
  absl::StatusOr<std::string> Tile(unsigned level, uint64_t n, unsigned width) override {
    const auto full = full_.find({level, n});
    const std::string_view bytes = full != full_.end() ? std::string_view(full->second) : edge_.PartialTile(level);
    return std::string(bytes.substr(0, width * journal::kHashSize));
  }

  std::string Inclusion() {
    const auto& [size, note] = AnyTree();
    const uint64_t index = random_() % size;
    const auto path = journal::InclusionProof(index, size, *this);
    const std::string proof = journal::FormatTlogProof({.index = index, .path = *path, .checkpoint = note});
    return "{\"Proof\": " + client::JsonString(proof) + ", \"Leaf\": \"" + Base64Encode(leaves_[index]) + "\"}\n";
  }
  std::string Consistency() {
    auto older = AnyTree(), newer = AnyTree();
    while (older.first == newer.first) newer = AnyTree();
    if (newer.first < older.first) std::swap(older, newer);
    const auto hashes = journal::ConsistencyProof(older.first, newer.first, *this);
    std::string list;
    for (const journal::Hash& hash : *hashes)
      list += (list.empty() ? "\"" : ", \"") + Base64Encode(journal::View(hash)) + "\"";
    return "{\"Old\": " + client::JsonString(older.second) + ", \"New\": " + client::JsonString(newer.second) +
           ", \"Hashes\": [" + list + "]}\n";
  }
  std::string LogKey() const { return signer_->VerifierKey(); }
  std::string WitnessKey() const {
    return journal::VerifierKeyText(kWitness, journal::NoteKeyType::kCosignature, witness_->PublicKeyOf());
  }

 private:
  std::string Random(size_t count) {
    std::string out;
    for (size_t i = 0; i < count; ++i) out.push_back(static_cast<char>(random_()));
    return out;
  }
  std::string Signed(const journal::Edge& edge) {
    const journal::Checkpoint head{kOrigin, edge.size(), edge.Root()};
    return *journal::SignCheckpoint(head, *signer_) +
           journal::SignatureLine(journal::Cosign(kWitness, *witness_, journal::FormatCheckpoint(head),
                                                  absl::FromUnixSeconds(1'790'555'400)));
  }
  std::pair<uint64_t, std::string> AnyTree() {
    auto at = notes_.begin();
    std::advance(at, static_cast<ptrdiff_t>(random_() % notes_.size()));
    return *at;
  }

  std::mt19937_64 random_;
  std::unique_ptr<journal::Ed25519NoteSigner> signer_;
  std::unique_ptr<journal::PrivateKey> witness_;
  std::vector<std::string> leaves_;
  std::vector<journal::Hash> hashes_;
  journal::Edge edge_;
  std::map<std::pair<unsigned, uint64_t>, std::string> full_;
  std::map<uint64_t, std::string> notes_;  // by size
};

absl::Status Make(const std::string& folder, uint64_t seed) {
  Log log(seed);
  EAGLE_RETURN_IF_ERROR(client::MakeFolder(folder));
  EAGLE_ASSIGN_OR_RETURN(
      const journal::LogPolicy policy,
      journal::LogPolicy::Parse("log " + log.LogKey() + "\nwitness w " + log.WitnessKey() + "\nquorum w\n"));
  EAGLE_RETURN_IF_ERROR(ExportLog(log, policy, folder + "/published", {}, [](uint64_t, uint64_t) {}).status());
  EAGLE_RETURN_IF_ERROR(client::WriteDurably(folder + "/log.pub", log.LogKey() + "\n"));
  EAGLE_RETURN_IF_ERROR(client::WriteDurably(folder + "/witness.pub", log.WitnessKey() + "\n"));
  EAGLE_RETURN_IF_ERROR(client::WriteDurably(folder + "/seed", std::to_string(seed) + "\n"));
  std::string proofs;
  for (size_t i = 0; i < kInclusions; ++i) proofs += log.Inclusion();
  for (size_t i = 0; i < kConsistencies; ++i) proofs += log.Consistency();
  return client::WriteDurably(folder + "/proofs.jsonl", proofs);
}

}  // namespace
}  // namespace eagle::audit

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: make_proofs FOLDER SEED\n";
    return 2;
  }
  const absl::Status status = eagle::audit::Make(argv[1], std::strtoull(argv[2], nullptr, 10));
  if (!status.ok()) std::cerr << status << "\n";
  return status.ok() ? 0 : 1;
}
