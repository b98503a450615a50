// The payload: the private part of an entry, sealed under a key that can be destroyed. The leaf stays and still
// verifies.
//
//   commitment = HMAC-SHA256(salt, payload)                                         in the leaf; salt: 32 random bytes
//   sealed     = key id (16) || nonce (12) || AES-256-GCM(key, nonce, salt || payload, aad) with its tag (16)
//   aad        = "ge/payload/v1" 00 || index u64 || type u16 || case u64            so it opens at its own entry only
//
// An entry has at most one payload and one key: the case's; else its organisation's; else the log's (case 0 for both).
//
// Threads: pure functions.
//
//   leaf.commitment = Commitment(salt, payload);
//   std::string sealed = SealPayload(key, key_id, nonce, salt, payload, leaf.index, leaf.type, leaf.case_seq);
//   EAGLE_ASSIGN_OR_RETURN(OpenedPayload opened, OpenPayload(key, sealed, leaf.index, leaf.type, leaf.case_seq));
//   EAGLE_RETURN_IF_ERROR(CheckCommitment(opened, leaf.commitment));
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/ids.h"
#include "server/journal/aead.h"
#include "server/journal/hash.h"

namespace eagle::journal {

inline constexpr size_t kKeyIdSize = 16;
inline constexpr size_t kSaltSize = 32;
// What sealing adds to a payload.
inline constexpr size_t kSealOverhead = kKeyIdSize + kAeadNonceSize + kSaltSize + kAeadTagSize;

Hash Commitment(std::string_view salt, std::string_view payload);

// Pre: sizes as above; key, nonce and salt from Entropy, the nonce never used before with this key.
std::string SealPayload(std::string_view key, std::string_view key_id, std::string_view nonce, std::string_view salt,
                        std::string_view payload, EntryIndex index, uint16_t type, CaseSeq case_seq);

struct OpenedPayload {
  std::string salt;
  std::string payload;
};
// Pre: a key of 32 bytes. Errors: ENTRY_MALFORMED when too short, or not sealed with this key for this index, type and
// case.
absl::StatusOr<OpenedPayload> OpenPayload(std::string_view key, std::string_view sealed, EntryIndex index,
                                          uint16_t type, CaseSeq case_seq);
// The key that is needed, 16 bytes. Errors: ENTRY_MALFORMED when too short to be a sealed payload.
absl::StatusOr<std::string> KeyIdOf(std::string_view sealed);

// Errors: COMMITMENT_MISMATCH when the leaf commits to something else.
absl::Status CheckCommitment(const OpenedPayload& opened, const Hash& commitment);

}  // namespace eagle::journal
