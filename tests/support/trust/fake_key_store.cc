#include "tests/support/trust/fake_key_store.h"

#include "server/base/reason.h"

namespace eagle {

absl::Status FakeKeyStore::Usable() const {
  if (failing_) return Fail(Reason::kUnavailable, "the fake was told to fail");
  return absl::OkStatus();
}

absl::Status FakeKeyStore::Put(const trust::StoredKey& key) {
  if (key.key_id.size() != trust::kStoredKeyIdSize || key.scope.empty() || key.scope.size() > 256 ||
      key.wrapped.empty() || key.wrapped.size() > 4096) {
    return Fail(Reason::kKeyUnusable, "wrong sizes");
  }
  absl::MutexLock lock(&mu_);
  EAGLE_RETURN_IF_ERROR(Usable());
  if (!keys_.emplace(key.key_id, key).second) return Fail(Reason::kKeyUnusable, "a key with this id is stored already");
  return absl::OkStatus();
}

absl::StatusOr<trust::StoredKey> FakeKeyStore::Get(std::string_view key_id) {
  absl::MutexLock lock(&mu_);
  ++gets_;
  EAGLE_RETURN_IF_ERROR(Usable());
  const auto found = keys_.find(key_id);
  if (found == keys_.end()) return Fail(Reason::kNotFound, "no such key");
  return found->second;
}

absl::Status FakeKeyStore::Delete(std::string_view key_id) {
  absl::MutexLock lock(&mu_);
  EAGLE_RETURN_IF_ERROR(Usable());
  if (const auto found = keys_.find(key_id); found != keys_.end()) keys_.erase(found);
  return absl::OkStatus();
}

absl::Status FakeKeyStore::Rewrap(const std::vector<trust::StoredKey>& keys) {
  absl::MutexLock lock(&mu_);
  EAGLE_RETURN_IF_ERROR(Usable());
  for (const trust::StoredKey& key : keys) {
    if (key.wrapped.empty() || key.wrapped.size() > 4096) return Fail(Reason::kKeyUnusable, "wrong sizes");
    if (keys_.find(key.key_id) == keys_.end()) return Fail(Reason::kNotFound, "no such key");
  }
  for (const trust::StoredKey& key : keys) keys_.find(key.key_id)->second.wrapped = key.wrapped;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<trust::StoredKey>> FakeKeyStore::Page(std::string_view after, size_t most) {
  absl::MutexLock lock(&mu_);
  EAGLE_RETURN_IF_ERROR(Usable());
  std::vector<trust::StoredKey> page;
  for (auto at = keys_.upper_bound(after); at != keys_.end() && page.size() < most; ++at) page.push_back(at->second);
  return page;
}

absl::StatusOr<std::vector<std::string>> FakeKeyStore::List(std::string_view scope) {
  absl::MutexLock lock(&mu_);
  EAGLE_RETURN_IF_ERROR(Usable());
  std::vector<std::string> ids;
  for (const auto& [key_id, key] : keys_) {
    if (key.scope == scope) ids.push_back(key_id);
  }
  return ids;
}

void FakeKeyStore::SetFailing(bool failing) {
  absl::MutexLock lock(&mu_);
  failing_ = failing;
}

int FakeKeyStore::gets() const {
  absl::MutexLock lock(&mu_);
  return gets_;
}

}  // namespace eagle
