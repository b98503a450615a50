// The keys that open payloads, as an auditor is given them: a text file of mode 0600, one key a line, which is a secret
// like the data themselves.
//
//   goldeneagle payload keys v1
//   <key id, 32 hex digits> <key, 64 hex digits>
//
// A case that was erased, or that the auditor may not see, has no line: its entries stay sealed.
//
// Threads: a value.
//
//   EAGLE_ASSIGN_OR_RETURN(CaseKeys keys, ReadCaseKeys("keys.txt"));
//   std::optional<std::string> key = keys.Find(key_id);
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"

namespace eagle::audit {

class CaseKeys {
 public:
  // Pre: 16 and 32 bytes.
  void Add(std::string_view key_id, std::string_view key) { keys_[std::string(key_id)] = std::string(key); }
  std::optional<std::string> Find(std::string_view key_id) const {
    const auto at = keys_.find(std::string(key_id));
    return at == keys_.end() ? std::nullopt : std::optional(at->second);
  }
  size_t size() const { return keys_.size(); }

 private:
  absl::flat_hash_map<std::string, std::string> keys_;
};

// Errors: KEY_UNUSABLE with the line's number; no key is ever quoted.
absl::StatusOr<CaseKeys> ParseCaseKeys(std::string_view text);
// Errors also: STORAGE_UNUSABLE.
absl::StatusOr<CaseKeys> ReadCaseKeys(const std::string& path);

}  // namespace eagle::audit
