// Tokens of pages and watches: opaque, url-safe, bound to the method, the caller and the filter; they carry no
// authority.
//
//   token = base64url(key || first 20 bytes' keyed hash over method, caller, filter and key)
//
// Made with the newest tag key, and good under every one: a watch goes on over a rotation.
//
// Threads: pure.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/api/caller.h"
#include "server/trust/key_ring.h"

namespace eagle::api {

// What a token is good for. `filter` is anything that the next page must repeat.
struct TokenScope {
  std::string_view method;
  const Caller& caller;
  std::string filter;
};

std::string MakeToken(const trust::KeyRing& ring, const TokenScope& scope, std::string_view key);
// The key. Errors: PAGE_TOKEN_INVALID for anything but a token that MakeToken made for this scope.
absl::StatusOr<std::string> OpenToken(const trust::KeyRing& ring, const TokenScope& scope, const std::string& token);

// The same for a key that is one number. No token: `none`.
std::string MakeNumberToken(const trust::KeyRing& ring, const TokenScope& scope, uint64_t key);
absl::StatusOr<uint64_t> OpenNumberToken(const trust::KeyRing& ring, const TokenScope& scope, const std::string& token,
                                         uint64_t none);

// 50 for 0, at most 1,000. Errors: FIELD_INVALID for a negative one.
absl::StatusOr<size_t> PageSize(int32_t asked);

}  // namespace eagle::api
