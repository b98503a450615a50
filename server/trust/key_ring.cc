#include "server/trust/key_ring.h"

#include <utility>

#include "server/base/reason.h"
#include "server/journal/aead.h"
#include "server/trust/wiped.h"

namespace eagle::trust {
namespace {

// What a wrapped key is bound to: it can't be moved to another id or scope.
std::string AadOf(std::string_view key_id, std::string_view scope) {
  std::string aad(key_id);
  aad += scope;
  return aad;
}

}  // namespace

absl::StatusOr<std::unique_ptr<KeyRing>> KeyRing::Open(KeyStore& store, KeyWrapper& wrapper, Entropy& entropy,
                                                       size_t cached_keys_max) {
  std::unique_ptr<KeyRing> ring(new KeyRing(store, wrapper, entropy, cached_keys_max));
  EAGLE_RETURN_IF_ERROR(ring->LoadTagKey());
  return ring;
}

KeyRing::~KeyRing() {
  for (auto& [key_id, key] : cached_) Wipe(key);
}

absl::Status KeyRing::LoadTagKey() {
  EAGLE_ASSIGN_OR_RETURN(std::vector<std::string> ids, store_.List(kTagScope));
  if (ids.size() > 1) {
    return Fail(Reason::kKeyUnusable, "the key store holds two tag keys: it was put together from two stores");
  }
  if (ids.empty()) {
    EAGLE_ASSIGN_OR_RETURN(std::string made, Make(kTagScope));
    ids.push_back(std::move(made));
  }
  tag_key_id_ = ids.front();
  EAGLE_ASSIGN_OR_RETURN(std::string read, Load(tag_key_id_));
  const Wiped key(std::move(read));
  tag_key_ = std::make_unique<TagKey>(key.get());
  return absl::OkStatus();
}

absl::StatusOr<std::string> KeyRing::Make(std::string_view scope) {
  std::string key_id = entropy_.Bytes(kStoredKeyIdSize);
  const Wiped key(entropy_.Bytes(journal::kAeadKeySize));
  EAGLE_ASSIGN_OR_RETURN(std::string wrapped, wrapper_.Wrap(key.get(), AadOf(key_id, scope)));
  EAGLE_RETURN_IF_ERROR(store_.Put({key_id, std::string(scope), std::move(wrapped)}));
  return key_id;
}

absl::StatusOr<std::string> KeyRing::NewKey(std::string_view scope) {
  if (scope == kTagScope) return Fail(Reason::kKeyUnusable, "there is one tag key, and the ring made it");
  return Make(scope);
}

absl::StatusOr<std::string> KeyRing::Load(std::string_view key_id) {
  absl::StatusOr<StoredKey> stored = store_.Get(key_id);
  if (ReasonOf(stored.status()) == Reason::kNotFound) return Fail(Reason::kErased, "the key was destroyed");
  if (!stored.ok()) return stored.status();
  EAGLE_ASSIGN_OR_RETURN(std::string key, wrapper_.Unwrap(stored->wrapped, AadOf(key_id, stored->scope)));
  if (key.size() != journal::kAeadKeySize) return Fail(Reason::kKeyUnusable, "a stored key has 32 bytes");
  return key;
}

absl::StatusOr<std::string> KeyRing::KeyOf(std::string_view key_id) {
  uint64_t forgotten_before = 0;
  {
    absl::MutexLock lock(&mu_);
    const auto found = cached_.find(std::string(key_id));
    if (found != cached_.end()) return found->second;
    forgotten_before = forgotten_;
  }
  EAGLE_ASSIGN_OR_RETURN(std::string key, Load(key_id));
  absl::MutexLock lock(&mu_);
  if (forgotten_ == forgotten_before) Cache(key_id, key);
  return key;
}

absl::Status KeyRing::Forget(std::string_view key_id) {
  if (key_id == tag_key_id_) return Fail(Reason::kKeyUnusable, "the tag key is not forgotten");
  EAGLE_RETURN_IF_ERROR(store_.Delete(key_id));
  absl::MutexLock lock(&mu_);
  ++forgotten_;
  const auto found = cached_.find(std::string(key_id));
  if (found == cached_.end()) return absl::OkStatus();
  Wipe(found->second);
  cached_.erase(found);
  return absl::OkStatus();
}

absl::Status KeyRing::Rewrap(std::vector<StoredKey> keys) {
  for (StoredKey& stored : keys) {
    const std::string aad = AadOf(stored.key_id, stored.scope);
    EAGLE_ASSIGN_OR_RETURN(std::string read, wrapper_.Unwrap(stored.wrapped, aad));
    const Wiped key(std::move(read));
    EAGLE_ASSIGN_OR_RETURN(stored.wrapped, wrapper_.Wrap(key.get(), aad));
  }
  return store_.Rewrap(keys);
}

void KeyRing::Cache(std::string_view key_id, std::string_view key) {
  if (!cached_.emplace(std::string(key_id), std::string(key)).second) return;
  oldest_first_.emplace_back(key_id);
  while (oldest_first_.size() > cached_keys_max_) {
    const auto oldest = cached_.find(oldest_first_.front());
    if (oldest != cached_.end()) {
      Wipe(oldest->second);
      cached_.erase(oldest);
    }
    oldest_first_.pop_front();
  }
}

}  // namespace eagle::trust
