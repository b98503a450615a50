#include "server/trust/key_ring.h"

#include <algorithm>
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

std::string TagScope(size_t place) {
  std::string scope(KeyRing::kTagScope);
  return place == 1 ? scope : scope + "/" + std::to_string(place);
}

bool IsTagScope(std::string_view scope) { return scope.substr(0, scope.find('/')) == KeyRing::kTagScope; }

}  // namespace

absl::StatusOr<std::unique_ptr<KeyRing>> KeyRing::Open(KeyStore& store, KeyWrapper& wrapper, Entropy& entropy,
                                                       size_t cached_keys_max) {
  std::unique_ptr<KeyRing> ring(new KeyRing(store, wrapper, entropy, cached_keys_max));
  EAGLE_RETURN_IF_ERROR(ring->LoadTagKeys());
  return ring;
}

KeyRing::~KeyRing() {
  for (auto& [key_id, key] : cached_) Wipe(key);
}

absl::Status KeyRing::LoadTagKeys() {
  for (size_t place = 1; place <= kTagKeysMax; ++place) {
    EAGLE_ASSIGN_OR_RETURN(std::vector<std::string> ids, store_.List(TagScope(place)));
    if (ids.size() > 1) {
      return Fail(Reason::kKeyUnusable,
                  "the key store holds two tag keys in one place: it was put together from two stores");
    }
    if (ids.empty() && place > 1) break;
    if (ids.empty()) {
      EAGLE_ASSIGN_OR_RETURN(std::string made, Make(kTagScope));
      ids.push_back(std::move(made));
    }
    EAGLE_ASSIGN_OR_RETURN(std::string read, Load(ids.front()));
    const Wiped key(std::move(read));
    tag_keys_.push_back({std::move(ids.front()), std::make_unique<TagKey>(key.get())});
  }
  std::reverse(tag_keys_.begin(), tag_keys_.end());
  return absl::OkStatus();
}

std::vector<std::string> KeyRing::Tags(std::string_view kind, std::string_view canonical) const {
  std::vector<std::string> tags;
  for (const StoredTagKey& stored : tag_keys_) tags.push_back(stored.key->TagOf(kind, canonical));
  return tags;
}

absl::Status KeyRing::RotateTagKey() {
  const size_t place = tag_keys_.size() + 1;
  if (place > kTagKeysMax)
    return Fail(Reason::kKeyUnusable, "the log has had as many tag keys as it may")
        .With("keys", static_cast<int64_t>(kTagKeysMax));
  EAGLE_ASSIGN_OR_RETURN(const std::vector<std::string> there, store_.List(TagScope(place)));
  if (!there.empty()) return Fail(Reason::kKeyUnusable, "the tag key was rotated already: open the ring again");
  return Make(TagScope(place)).status();
}

std::vector<KeyRing::TagKeyName> KeyRing::tag_keys() const {
  std::vector<TagKeyName> names;
  for (const StoredTagKey& stored : tag_keys_) names.push_back({stored.key_id, stored.key->id()});
  return names;
}

absl::StatusOr<std::string> KeyRing::Make(std::string_view scope) {
  std::string key_id = entropy_.Bytes(kStoredKeyIdSize);
  const Wiped key(entropy_.Bytes(journal::kAeadKeySize));
  EAGLE_ASSIGN_OR_RETURN(std::string wrapped, wrapper_.Wrap(key.get(), AadOf(key_id, scope)));
  EAGLE_RETURN_IF_ERROR(store_.Put({key_id, std::string(scope), std::move(wrapped)}));
  return key_id;
}

absl::StatusOr<std::string> KeyRing::NewKey(std::string_view scope) {
  if (IsTagScope(scope)) return Fail(Reason::kKeyUnusable, "tag keys are made by the ring, one after the other");
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
  if (std::any_of(tag_keys_.begin(), tag_keys_.end(), [&](const StoredTagKey& tag) { return tag.key_id == key_id; }))
    return Fail(Reason::kKeyUnusable, "a tag key is not forgotten");
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
