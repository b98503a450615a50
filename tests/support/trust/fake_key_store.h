// A key store in memory, which can be told to fail. Passes the contract suite of KeyStore
// (tests/server/trust/key_ring_test.cc).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "server/trust/key_store.h"

namespace eagle {

// Threads: any, at the same time.
class FakeKeyStore : public trust::KeyStore {
 public:
  absl::Status Put(const trust::StoredKey& key) override;
  absl::StatusOr<trust::StoredKey> Get(std::string_view key_id) override;
  absl::Status Delete(std::string_view key_id) override;
  absl::Status Rewrap(const std::vector<trust::StoredKey>& keys) override;
  absl::StatusOr<std::vector<trust::StoredKey>> Page(std::string_view after, size_t most) override;
  absl::StatusOr<std::vector<std::string>> List(std::string_view scope) override;

  // Every call answers UNAVAILABLE and does nothing, until it is false again.
  void SetFailing(bool failing);
  // How often Get was asked.
  int gets() const;

 private:
  absl::Status Usable() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  mutable absl::Mutex mu_;
  std::map<std::string, trust::StoredKey, std::less<>> keys_ ABSL_GUARDED_BY(mu_);
  bool failing_ ABSL_GUARDED_BY(mu_) = false;
  int gets_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace eagle
