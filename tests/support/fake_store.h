// FakeStore and FakeLastSigned: the storage ports in memory, for tests and the simulation. They pass the same contract
// suites as the real ones (tests/contract).
//
// The object is the disk: what was committed stays in it, however often the gateway above "dies" and starts again.
// Interrupted writes (there or not there) come from FaultyStore and FaultyLastSigned (faults.h) around it.
//
// Threads: FakeStore as in store.h; FakeLastSigned one owner.
//
//   FakeStore disk;  FaultInjector faults;
//   FaultyStore store(disk, faults);   // one per life of the process
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "server/storage/last_signed.h"
#include "server/storage/store.h"

namespace eagle::storage {

class FakeStore : public Store {
 public:
  FakeStore() = default;
  // Pre: no reader is out.
  ~FakeStore() override;

  absl::Status Append(const Commit& commit) override;
  absl::StatusOr<std::unique_ptr<Reader>> NewReader() override;
  absl::Status Maintain(bool idle) override;
  bool Full() override;
  StoreHead Head() override;

  // What Full() says from now on. The real one clears it in Maintain; here the test decides.
  void SetFull(bool full);
  size_t ReadersOut() const;
  // Rows of tables that readers have been given so far, looked for in vain included: what a call costs.
  uint64_t RowsRead() const;
  // Forgets the newest commits, as a restore of an older backup does: keeps those that end at or before `next_index`.
  // Pre: no reader is out; `next_index` is where a commit begins, or the end.
  void RestoreOlder(uint64_t next_index);

 private:
  friend class FakeReader;
  // A value from a commit on; absent: deleted by it. Keys keep old versions for as long as a reader may ask for them.
  struct Version {
    uint64_t next_index;  // the head after the commit that wrote it
    std::optional<std::string> value;
  };
  using Rows = std::map<std::string, std::vector<Version>, std::less<>>;
  struct StoredCommit {
    CommitRow row;
    std::vector<RowChange> changes;
  };

  static const std::optional<std::string>* ValueAt(const std::vector<Version>& versions, uint64_t next_index);
  // Both with mu_ held.
  void Apply(const std::vector<RowChange>& changes, uint64_t next_index);
  StoreHead HeadLocked() const;

  mutable std::mutex mu_;                     // guards all below
  std::map<uint64_t, StoredCommit> commits_;  // by first_index
  std::array<Rows, kTables.size()> tables_;
  std::multiset<uint64_t> snapshots_;  // next_index of the readers that are out
  bool full_ = false;
  uint64_t rows_read_ = 0;
};

class FakeLastSigned : public LastSigned {
 public:
  absl::StatusOr<std::optional<SignedHead>> Read() override { return last_; }
  absl::Status Write(const SignedHead& head) override;
  absl::Status Restart(const SignedHead& head) override {
    last_ = head;
    return absl::OkStatus();
  }

 private:
  std::optional<SignedHead> last_;
};

}  // namespace eagle::storage
