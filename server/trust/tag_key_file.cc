#include "server/trust/tag_key_file.h"

#include <optional>

#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/trust/secret_file.h"
#include "server/trust/wiped.h"

namespace eagle::trust {
namespace {

constexpr std::string_view kHeader = "golden-eagle-tag-key-v1\n";
constexpr size_t kTagKeyBytes = 32;

}  // namespace

absl::StatusOr<std::unique_ptr<TagKey>> ReadTagKeyFile(const std::string& path) {
  EAGLE_ASSIGN_OR_RETURN(std::string read, ReadSecretFile(path));
  const Wiped content(std::move(read));
  std::string_view rest = content.get();
  std::optional<std::string> bytes;
  if (rest.starts_with(kHeader)) {
    rest.remove_prefix(kHeader.size());
    if (rest.ends_with('\n')) rest.remove_suffix(1);
    bytes = Base64Decode(rest);
  }
  if (!bytes || bytes->size() != kTagKeyBytes)
    return Fail(Reason::kKeyUnusable, "no file of a tag key of this version").With("path", path);
  const Wiped key(*std::move(bytes));
  return std::make_unique<TagKey>(key.get());
}

absl::Status WriteTagKeyFile(const std::string& path, std::string_view key) {
  GATEWAY_ASSERT(key.size() == kTagKeyBytes, "a tag key has 32 bytes");
  const Wiped content(std::string(kHeader) + Base64Encode(key) + "\n");
  return WriteSecretFile(path, content.get());
}

}  // namespace eagle::trust
