// The port behind which wrapped keys are kept. A key leaves it only wrapped; its id is random and says nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace eagle::trust {

inline constexpr size_t kStoredKeyIdSize = 16;

struct StoredKey {
  std::string key_id;   // 16 random bytes
  std::string scope;    // what it is for: "case", "log", "tag", "court/辽9901"; never personal data, at most 256 bytes
  std::string wrapped;  // what KeyWrapper made, at most 4 KiB
};

// Threads: any, at the same time.
class KeyStore {
 public:
  virtual ~KeyStore() = default;
  // Durable when it returns OK. After another answer the key may be there or not.
  // Errors: KEY_UNUSABLE for wrong sizes or an id that is there already; UNAVAILABLE when the medium failed.
  virtual absl::Status Put(const StoredKey& key) = 0;
  // Errors: NOT_FOUND; UNAVAILABLE.
  virtual absl::StatusOr<StoredKey> Get(std::string_view key_id) = 0;
  // Durable when it returns OK: the key's bytes are gone from the store's files. OK also when it wasn't there.
  // Errors: UNAVAILABLE; the key may be there still, so ask again.
  virtual absl::Status Delete(std::string_view key_id) = 0;
  // Puts other wrapped bytes in place of those of keys that are there, all or none, durable when it returns OK; the old
  // bytes are gone from the store's files. Errors: NOT_FOUND when one isn't there; KEY_UNUSABLE; UNAVAILABLE.
  virtual absl::Status Rewrap(const std::vector<StoredKey>& keys) = 0;
  // Keys with an id above `after`, ascending, at most `most`. Errors: UNAVAILABLE.
  virtual absl::StatusOr<std::vector<StoredKey>> Page(std::string_view after, size_t most) = 0;
  // Ids of the keys of one scope, ascending. Errors: UNAVAILABLE.
  virtual absl::StatusOr<std::vector<std::string>> List(std::string_view scope) = 0;
};

}  // namespace eagle::trust
