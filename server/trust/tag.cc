#include "server/trust/tag.h"

#include "server/base/assert.h"
#include "server/trust/wiped.h"

namespace eagle::trust {

TagKey::TagKey(std::string_view key) : key_(key) {
  GATEWAY_ASSERT(key.size() == 32, "a tag key has 32 bytes");
  journal::Sha256Stream stream;
  stream.Update(std::string_view("ge/tag-key/v1\0", 14)).Update(key);
  const journal::Hash hash = stream.Finish();
  id_ = journal::View(hash).substr(0, kTagKeyIdSize);
}

TagKey::~TagKey() { Wipe(key_); }

std::string TagKey::TagOf(std::string_view kind, std::string_view canonical) const {
  GATEWAY_ASSERT(kind.find('\0') == std::string_view::npos, "the zero byte ends the kind");
  std::string data(kind);
  data += '\0';
  data += canonical;
  const journal::Hash hash = journal::HmacSha256(key_, data);
  return id_ + std::string(journal::View(hash).substr(0, kTagSize - kTagKeyIdSize));
}

}  // namespace eagle::trust
