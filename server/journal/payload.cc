#include "server/journal/payload.h"

#include <openssl/crypto.h>

#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::journal {
namespace {

std::string Aad(EntryIndex index, uint16_t type, CaseSeq case_seq) {
  constexpr std::string_view kLabel("ge/payload/v1\0", 14);
  return ByteWriter().Bytes(kLabel).U64(index.value()).U16(type).U64(case_seq.value()).Take();
}

}  // namespace

Hash Commitment(std::string_view salt, std::string_view payload) { return HmacSha256(salt, payload); }

std::string SealPayload(std::string_view key, std::string_view key_id, std::string_view nonce, std::string_view salt,
                        std::string_view payload, EntryIndex index, uint16_t type, CaseSeq case_seq) {
  GATEWAY_ASSERT(key_id.size() == kKeyIdSize && salt.size() == kSaltSize, "ids and salts have one size");
  std::string plaintext;
  plaintext.reserve(salt.size() + payload.size());
  plaintext.append(salt).append(payload);
  const std::string ciphertext = AeadSeal(key, nonce, plaintext, Aad(index, type, case_seq));
  OPENSSL_cleanse(plaintext.data(), plaintext.size());
  std::string sealed;
  sealed.reserve(kSealOverhead + payload.size());
  return sealed.append(key_id).append(nonce).append(ciphertext);
}

absl::StatusOr<std::string> KeyIdOf(std::string_view sealed) {
  if (sealed.size() < kSealOverhead) return Fail(Reason::kEntryMalformed, "too short to be a sealed payload");
  return std::string(sealed.substr(0, kKeyIdSize));
}

absl::StatusOr<OpenedPayload> OpenPayload(std::string_view key, std::string_view sealed, EntryIndex index,
                                          uint16_t type, CaseSeq case_seq) {
  if (sealed.size() < kSealOverhead) return Fail(Reason::kEntryMalformed, "too short to be a sealed payload");
  const std::string_view nonce = sealed.substr(kKeyIdSize, kAeadNonceSize);
  EAGLE_ASSIGN_OR_RETURN(std::string plaintext,
                         AeadOpen(key, nonce, sealed.substr(kKeyIdSize + kAeadNonceSize), Aad(index, type, case_seq)));
  OpenedPayload opened{.salt = plaintext.substr(0, kSaltSize), .payload = plaintext.substr(kSaltSize)};
  OPENSSL_cleanse(plaintext.data(), plaintext.size());
  return opened;
}

absl::Status CheckCommitment(const OpenedPayload& opened, const Hash& commitment) {
  if (Commitment(opened.salt, opened.payload) == commitment) return absl::OkStatus();
  return Fail(Reason::kCommitmentMismatch, "the leaf commits to another payload");
}

}  // namespace eagle::journal
