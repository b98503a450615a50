#include "tests/support/fake_store.h"

#include <utility>

#include "server/base/assert.h"
#include "server/base/reason.h"

namespace eagle::storage {

class FakeReader : public Reader {
 public:
  FakeReader(FakeStore& store, StoreHead head) : store_(store), head_(head) {}
  ~FakeReader() override {
    std::lock_guard lock(store_.mu_);
    store_.snapshots_.erase(store_.snapshots_.find(head_.next_index));
  }

  absl::StatusOr<std::optional<std::string>> Get(Table table, std::string_view key) override {
    std::lock_guard lock(store_.mu_);
    ++store_.rows_read_;
    const FakeStore::Rows& rows = store_.tables_[static_cast<size_t>(table)];
    const auto found = rows.find(key);
    if (found == rows.end()) return std::nullopt;
    const std::optional<std::string>* value = FakeStore::ValueAt(found->second, head_.next_index);
    return value != nullptr ? *value : std::nullopt;
  }

  absl::StatusOr<std::vector<Row>> Scan(Table table, std::string_view from_key, size_t limit) override {
    GATEWAY_ASSERT(limit >= 1, "a list has a limit");
    std::lock_guard lock(store_.mu_);
    const FakeStore::Rows& rows = store_.tables_[static_cast<size_t>(table)];
    std::vector<Row> out;
    for (auto it = rows.lower_bound(from_key); it != rows.end() && out.size() < limit; ++it) {
      const std::optional<std::string>* value = FakeStore::ValueAt(it->second, head_.next_index);
      if (value != nullptr && value->has_value()) out.emplace_back(it->first, **value);
    }
    store_.rows_read_ += out.size();
    return out;
  }

  absl::StatusOr<std::optional<CommitRow>> CommitAt(uint64_t index) override {
    if (index >= head_.next_index) return std::nullopt;
    std::lock_guard lock(store_.mu_);
    return std::prev(store_.commits_.upper_bound(index))->second.row;
  }

  absl::StatusOr<std::vector<CommitRow>> Commits(uint64_t first_index, size_t limit) override {
    GATEWAY_ASSERT(limit >= 1, "a list has a limit");
    std::vector<CommitRow> out;
    if (first_index >= head_.next_index) return out;
    std::lock_guard lock(store_.mu_);
    for (auto it = std::prev(store_.commits_.upper_bound(first_index));
         it != store_.commits_.end() && it->first < head_.next_index && out.size() < limit; ++it) {
      out.push_back(it->second.row);
    }
    return out;
  }

  StoreHead Head() override { return head_; }

 private:
  FakeStore& store_;
  const StoreHead head_;
};

FakeStore::~FakeStore() { GATEWAY_ASSERT(ReadersOut() == 0, "a reader outlived its store"); }

absl::Status FakeStore::Append(const Commit& commit) {
  CheckCommit(commit);
  std::lock_guard lock(mu_);
  const uint64_t next_index = HeadLocked().next_index;
  if (commit.first_index != next_index) return HeadMoved(next_index, commit.first_index);
  CommitRow row{.first_index = commit.first_index,
                .count = commit.count,
                .time_us = commit.time_us,
                .decider_version = commit.decider_version,
                .entries = commit.entries,
                .previous_checkpoint = commit.previous_checkpoint};
  commits_.emplace(commit.first_index, StoredCommit{std::move(row), commit.rows});
  Apply(commit.rows, commit.first_index + commit.count);
  return absl::OkStatus();
}

void FakeStore::Apply(const std::vector<RowChange>& changes, uint64_t next_index) {
  const uint64_t oldest = snapshots_.empty() ? next_index : *snapshots_.begin();
  for (const RowChange& change : changes) {
    Rows& rows = tables_[static_cast<size_t>(change.table)];
    std::vector<Version>& versions = rows[change.key];
    if (!versions.empty() && versions.back().next_index == next_index) versions.pop_back();
    versions.push_back({next_index, change.value});
    while (versions.size() > 1 && versions[1].next_index <= oldest) versions.erase(versions.begin());
    if (versions.size() == 1 && !versions[0].value) rows.erase(change.key);
  }
}

const std::optional<std::string>* FakeStore::ValueAt(const std::vector<Version>& versions, uint64_t next_index) {
  for (auto it = versions.rbegin(); it != versions.rend(); ++it) {
    if (it->next_index <= next_index) return &it->value;
  }
  return nullptr;
}

absl::StatusOr<std::unique_ptr<Reader>> FakeStore::NewReader() {
  std::lock_guard lock(mu_);
  const StoreHead head = HeadLocked();
  snapshots_.insert(head.next_index);
  return std::make_unique<FakeReader>(*this, head);
}

absl::Status FakeStore::Maintain(bool) { return absl::OkStatus(); }

bool FakeStore::Full() {
  std::lock_guard lock(mu_);
  return full_;
}

StoreHead FakeStore::Head() {
  std::lock_guard lock(mu_);
  return HeadLocked();
}

StoreHead FakeStore::HeadLocked() const {
  if (commits_.empty()) return {};
  const CommitRow& last = commits_.rbegin()->second.row;
  return {last.first_index + last.count, last.time_us};
}

void FakeStore::SetFull(bool full) {
  std::lock_guard lock(mu_);
  full_ = full;
}

uint64_t FakeStore::RowsRead() const {
  std::lock_guard lock(mu_);
  return rows_read_;
}

size_t FakeStore::ReadersOut() const {
  std::lock_guard lock(mu_);
  return snapshots_.size();
}

void FakeStore::RestoreOlder(uint64_t next_index) {
  std::lock_guard lock(mu_);
  GATEWAY_ASSERT(snapshots_.empty(), "a restore happens while nobody reads");
  commits_.erase(commits_.lower_bound(next_index), commits_.end());
  GATEWAY_ASSERT(HeadLocked().next_index == next_index, "a restore ends between two commits");
  for (Rows& rows : tables_) rows.clear();
  for (const auto& [first_index, commit] : commits_) Apply(commit.changes, first_index + commit.row.count);
}

absl::Status FakeLastSigned::Write(const SignedHead& head) {
  EAGLE_RETURN_IF_ERROR(MayFollow(last_, head));
  last_ = head;
  return absl::OkStatus();
}

}  // namespace eagle::storage
