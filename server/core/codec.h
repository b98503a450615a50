// Between the domain's entries and the journal's bytes.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/core/ports.h"
#include "server/domain/entry.h"
#include "server/journal/hash.h"

namespace eagle::core {

struct EncodedEntry {
  std::string leaf;
  std::string sealed;  // empty: no payload
};

inline constexpr size_t kSealingEntropyBytes = 12 + 32;  // nonce and salt of one payload

// Pre: an entry with a payload has a key of 32 bytes and kSealingEntropyBytes of fresh randomness.
EncodedEntry EncodeEntry(const domain::Entry& entry, std::string_view key, std::string_view entropy);

// Reads an entry back. A payload whose key was erased is absent; one that doesn't open or isn't what the leaf commits
// to is an error. Errors: ENTRY_MALFORMED, COMMITMENT_MISMATCH; the key source's own but ERASED.
absl::StatusOr<domain::Entry> DecodeEntry(std::string_view leaf, std::string_view sealed, KeySource& keys);

}  // namespace eagle::core
