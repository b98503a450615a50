// The keys under which payloads are sealed: made here, kept wrapped in the KeyStore, unwrapped into a bounded cache,
// forgotten for ever. Also the tag keys: the newest makes the tags of new entries, and those before it still find what
// they tagged.
//
// Life: Open finds the tag keys, or makes the first in a new store. NewKey before a case's opening queues; KeyOf by
// readers and by the sequencer's loader; Forget when a case is erased.
//
// Threads: any, at the same time. KeyOf waits for no disk when the key is in the cache.
//
//   EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<KeyRing> ring, KeyRing::Open(store, wrapper, entropy));
//   EAGLE_ASSIGN_OR_RETURN(std::string key_id, ring->NewKey("case"));
//   EAGLE_ASSIGN_OR_RETURN(std::string key, ring->KeyOf(key_id));     // SealPayload(key, key_id, ...)
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/base/entropy.h"
#include "server/trust/key_store.h"
#include "server/trust/key_wrapper.h"
#include "server/trust/tag.h"

namespace eagle::trust {

class KeyRing {
 public:
  // Scope of the first tag key; the n-th has "tag/n". The scope is bound into the wrapped bytes, so their order is too.
  static constexpr std::string_view kTagScope = "tag";

  // The three must outlive the ring and be callable from any thread.
  // Errors: KEY_UNUSABLE when a tag key can't be unwrapped (the wrong master key) or two have one place; those of the
  // store.
  static absl::StatusOr<std::unique_ptr<KeyRing>> Open(KeyStore& store, KeyWrapper& wrapper, Entropy& entropy,
                                                       size_t cached_keys_max = 65536);
  ~KeyRing();

  // A new random key of 32 bytes; its id, 16 random bytes. Durable when this returns.
  // `scope`: as StoredKey::scope, and not a tag key's. Errors: those of wrapper and store; the key may then be stored,
  // and unused.
  absl::StatusOr<std::string> NewKey(std::string_view scope);
  // Errors: ERASED when there is no such key (any more); KEY_UNUSABLE when it can't be unwrapped; those of the store.
  absl::StatusOr<std::string> KeyOf(std::string_view key_id);
  // Destroys a key: after this no call that begins gives it, here or after a restart. OK also when it was gone.
  // Errors: KEY_UNUSABLE for a tag key, old ones too, which no erasure may take; UNAVAILABLE: ask again.
  absl::Status Forget(std::string_view key_id);
  // Wraps `keys`, as the store gave them, anew with the master key that wraps now, and stores them; the keys themselves
  // stay. Errors: KEY_UNUSABLE when one can't be unwrapped; those of the store.
  absl::Status Rewrap(std::vector<StoredKey> keys);
  // Ids of the keys of one scope, ascending: the key of an organisation or of the log, after a restart.
  absl::StatusOr<std::vector<std::string>> KeysOf(std::string_view scope) { return store_.List(scope); }

  // As TagKey::TagOf, with the newest tag key: what a new entry says.
  std::string Tag(std::string_view kind, std::string_view canonical) const {
    return tag_keys_.front().key->TagOf(kind, canonical);
  }
  // Under every tag key, newest first: by one of them whatever was tagged before a rotation is found.
  std::vector<std::string> Tags(std::string_view kind, std::string_view canonical) const;

  // A further tag key, durable when this returns. Rings opened from now on tag with it; this one stays as it is.
  // Errors: KEY_UNUSABLE after kTagKeysMax, or when this ring has been rotated already; those of wrapper and store: the
  // key may then be stored, and the next ring has it.
  absl::Status RotateTagKey();
  struct TagKeyName {
    std::string key_id;  // 16 bytes, for KeyOf
    std::string tag_id;  // the first 4 bytes of its tags
  };
  // Newest first.
  std::vector<TagKeyName> tag_keys() const;

 private:
  KeyRing(KeyStore& store, KeyWrapper& wrapper, Entropy& entropy, size_t cached_keys_max)
      : store_(store),
        wrapper_(wrapper),
        entropy_(entropy),
        cached_keys_max_(cached_keys_max == 0 ? 1 : cached_keys_max) {}
  absl::StatusOr<std::string> Make(std::string_view scope);
  absl::StatusOr<std::string> Load(std::string_view key_id);
  absl::Status LoadTagKeys();
  void Cache(std::string_view key_id, std::string_view key) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  KeyStore& store_;
  KeyWrapper& wrapper_;
  Entropy& entropy_;
  const size_t cached_keys_max_;
  struct StoredTagKey {
    std::string key_id;
    std::unique_ptr<TagKey> key;
  };
  std::vector<StoredTagKey> tag_keys_;  // newest first; constant after Open

  absl::Mutex mu_;
  absl::flat_hash_map<std::string, std::string> cached_ ABSL_GUARDED_BY(mu_);
  std::deque<std::string> oldest_first_ ABSL_GUARDED_BY(mu_);  // may name keys that were forgotten since
  uint64_t forgotten_ ABSL_GUARDED_BY(mu_) = 0;  // how many: what was loaded before one of them isn't cached after it
};

}  // namespace eagle::trust
