#include "server/api/page_token.h"

#include <algorithm>
#include <vector>

#include "absl/strings/escaping.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/trust/tag.h"

namespace eagle::api {
namespace {

// Under every tag key, newest first.
std::vector<std::string> Seals(const trust::KeyRing& ring, const TokenScope& scope, std::string_view key) {
  ByteWriter bound;
  for (std::string_view part : {scope.method, std::string_view(scope.caller.code),
                                std::string_view(scope.caller.spiffe_id), std::string_view(scope.filter), key}) {
    bound.U32(static_cast<uint32_t>(part.size())).Bytes(part);
  }
  bound.U8(static_cast<uint8_t>(scope.caller.role));
  return ring.Tags("PAGE_TOKEN", bound.bytes());
}

absl::Status Invalid() {
  return Fail(Reason::kPageTokenInvalid, "the token isn't one of this call, caller and filter")
      .At("page_token", "as the page before gave it");
}

}  // namespace

std::string MakeToken(const trust::KeyRing& ring, const TokenScope& scope, std::string_view key) {
  return absl::WebSafeBase64Escape(std::string(key) + Seals(ring, scope, key).front());
}

absl::StatusOr<std::string> OpenToken(const trust::KeyRing& ring, const TokenScope& scope, const std::string& token) {
  std::string bytes;
  if (token.size() > 1024 || !absl::WebSafeBase64Unescape(token, &bytes) || bytes.size() < trust::kTagSize)
    return Invalid();
  const std::string_view key = std::string_view(bytes).substr(0, bytes.size() - trust::kTagSize);
  const std::vector<std::string> seals = Seals(ring, scope, key);
  if (std::find(seals.begin(), seals.end(), std::string_view(bytes).substr(key.size())) == seals.end())
    return Invalid();
  return std::string(key);
}

std::string MakeNumberToken(const trust::KeyRing& ring, const TokenScope& scope, uint64_t key) {
  return MakeToken(ring, scope, BigEndian(key));
}

absl::StatusOr<uint64_t> OpenNumberToken(const trust::KeyRing& ring, const TokenScope& scope, const std::string& token,
                                         uint64_t none) {
  if (token.empty()) return none;
  EAGLE_ASSIGN_OR_RETURN(const std::string key, OpenToken(ring, scope, token));
  ByteReader in(key);
  const uint64_t number = in.U64();
  if (!in.Done()) return Invalid();
  return number;
}

absl::StatusOr<size_t> PageSize(int32_t asked) {
  if (asked < 0)
    return Fail(Reason::kFieldInvalid, "a page has no negative size")
        .At("page_size", "0 for the default, at most 1,000");
  return asked == 0 ? size_t{50} : std::min<size_t>(static_cast<size_t>(asked), 1000);
}

}  // namespace eagle::api
