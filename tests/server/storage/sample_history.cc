#include "tests/server/storage/sample_history.h"

#include <random>

#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "tests/support/fake_store.h"

namespace eagle::storage {
namespace {

std::vector<TableDigest> DigestsOf(Store& store) {
  auto reader = store.NewReader();
  GATEWAY_ASSERT(reader.ok(), "a fake always reads");
  return *TableDigests(**reader);
}

}  // namespace

SampleHistory::SampleHistory(size_t commits) {
  std::mt19937_64 random(42);
  FakeStore model;
  digests_.push_back(DigestsOf(model));
  for (size_t n = 0; n < commits; ++n) {
    Commit commit{.first_index = model.Head().next_index,
                  .count = 1 + static_cast<uint32_t>(random() % 4),
                  .time_us = static_cast<int64_t>(n) * 1000,
                  .decider_version = 1,
                  .entries = std::string(random() % 9000, static_cast<char>('a' + n % 26)),
                  .previous_checkpoint = n == 0 ? "" : "checkpoint " + std::to_string(n - 1)};
    for (uint64_t i = random() % 7; i > 0; --i) {
      const Table table = kTables[random() % kTables.size()].table;
      const std::string key = BigEndian(random() % 6);
      if (random() % 4 == 0) {
        commit.rows.push_back({table, key, std::nullopt});
      } else {
        commit.rows.push_back({table, key, std::string(random() % 2500, static_cast<char>('A' + n % 26))});
      }
    }
    GATEWAY_ASSERT(model.Append(commit).ok(), "a fake takes it");
    commits_.push_back(std::move(commit));
    digests_.push_back(DigestsOf(model));
  }
}

std::string SampleHistory::Judge(Store& store, size_t acknowledged) const {
  absl::StatusOr<std::unique_ptr<Reader>> reader = store.NewReader();
  if (!reader.ok()) return "no reader: " + reader.status().ToString();
  absl::StatusOr<std::vector<CommitRow>> found = (*reader)->Commits(0, commits_.size() + 1);
  if (!found.ok()) return "no commits: " + found.status().ToString();
  if (found->size() < acknowledged) return "an acknowledged commit is missing";
  if (found->size() > acknowledged + 1 || found->size() > commits_.size()) return "a commit nobody made is there";
  for (size_t i = 0; i < found->size(); ++i) {
    const Commit& made = commits_[i];
    const CommitRow row{made.first_index,     made.count,   made.time_us,
                        made.decider_version, made.entries, made.previous_checkpoint};
    if ((*found)[i] != row) return "commit " + std::to_string(i) + " differs";
  }
  const uint64_t next_index = found->empty() ? 0 : found->back().first_index + found->back().count;
  if (store.Head().next_index != next_index) return "the head differs from the journal";
  absl::StatusOr<std::vector<TableDigest>> digests = TableDigests(**reader);
  if (!digests.ok()) return "no digests: " + digests.status().ToString();
  if (*digests != digests_[found->size()]) return "the tables differ from the journal";
  return "";
}

}  // namespace eagle::storage
