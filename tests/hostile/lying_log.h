// A log in memory that says what it likes, under its own true key.
//
// Threads: one.
#pragma once

#include <string>
#include <vector>

#include "client/audit/log_source.h"
#include "server/base/reason.h"
#include "server/journal/checkpoint.h"
#include "server/journal/merkle.h"
#include "server/journal/tile.h"
#include "server/journal/witness.h"

namespace eagle::hostile {

class LyingLog : public audit::LogSource {
 public:
  explicit LyingLog(std::vector<std::string> leaves, const std::string& origin = "log.example/one", char seed = 'l')
      : leaves_(std::move(leaves)), signer_(origin, *journal::PrivateKey::FromSeed(std::string(32, seed))) {}

  std::vector<std::string>& leaves() { return leaves_; }
  const journal::Ed25519NoteSigner& signer() const { return signer_; }
  std::string Head(uint64_t size) const {
    return *journal::SignCheckpoint({signer_.name(), size, Root(size)}, signer_);
  }
  journal::Hash Root(uint64_t size) const {
    const std::vector<journal::Hash> hashes = Hashes();
    return journal::RootOfLeaves(std::span(hashes).subspan(0, size));
  }
  std::vector<journal::Hash> Hashes() const {
    std::vector<journal::Hash> out;
    for (const std::string& leaf : leaves_) out.push_back(journal::LeafHash(leaf));
    return out;
  }
  std::string AddCheckpoint(uint64_t old_size, uint64_t size) {
    std::vector<journal::Hash> proof;
    if (old_size > 0 && old_size <= size) proof = *journal::ConsistencyProof(old_size, size, *this);
    return journal::FormatAddCheckpoint({old_size, proof, Head(size)});
  }

  absl::StatusOr<std::string> Checkpoint() override { return Head(leaves_.size()); }
  absl::StatusOr<std::string> Tile(unsigned level, uint64_t n, unsigned width) override {
    std::vector<journal::Hash> row = Hashes();
    for (; level > 0; --level) {
      std::vector<journal::Hash> above;
      for (size_t at = 0; at + journal::kTileWidth <= row.size(); at += journal::kTileWidth)
        above.push_back(journal::RootOfLeaves(std::span(row).subspan(at, journal::kTileWidth)));
      row = std::move(above);
    }
    std::string out;
    for (unsigned i = 0; i < width; ++i) {
      if (n * journal::kTileWidth + i >= row.size()) return Fail(Reason::kJournalBroken, "no such tile");
      out += journal::View(row[n * journal::kTileWidth + i]);
    }
    return out;
  }
  absl::StatusOr<std::string> Entries(uint64_t n, unsigned width) override {
    std::string bundle;
    for (unsigned i = 0; i < width; ++i) journal::AppendBundleEntry(bundle, leaves_.at(n * journal::kTileWidth + i));
    return bundle;
  }
  absl::StatusOr<std::string> Payloads(uint64_t, unsigned) override {
    return Fail(Reason::kNotFound, "published without payloads");
  }

 private:
  std::vector<std::string> leaves_;
  journal::Ed25519NoteSigner signer_;
};

}  // namespace eagle::hostile
