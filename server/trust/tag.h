// Tags: keyed hashes under which the public part of an entry names a person, an officer or a case number without
// telling it. Equal numbers have equal tags, so order and access can be followed by who has the tag key, and by nobody
// else.
//
//   tag (20 bytes) = tag key id (4) || first 16 bytes of HMAC-SHA256(tag key, kind || 00 || canonical number)
//   tag key id     = first 4 bytes of SHA-256("ge/tag-key/v1" 00 || tag key)
//
// `kind` is the kind of number as the policy names it ("CITIZEN_ID"), or "OFFICER", "CASE_NUMBER"; it holds no zero
// byte. The canonical number is the caller's to make (old citizen numbers in their new form, upper case).
//
// Threads: const; any.
//
//   TagKey key(bytes);  std::string tag = key.TagOf("CITIZEN_ID", "990101198503070017");
#pragma once

#include <string>
#include <string_view>

#include "server/journal/hash.h"

namespace eagle::trust {

inline constexpr size_t kTagSize = 20;
inline constexpr size_t kTagKeyIdSize = 4;
// A log has at most so many tag keys in its life: whoever is looked for has a tag under each, and a search takes 16.
inline constexpr size_t kTagKeysMax = 16;

// The id of the key that made a tag; all of it when it is shorter than an id.
inline std::string_view TagKeyIdOf(std::string_view tag) { return tag.substr(0, kTagKeyIdSize); }

class TagKey {
 public:
  // Pre: 32 bytes.
  explicit TagKey(std::string_view key);
  ~TagKey();
  TagKey(const TagKey&) = delete;
  TagKey& operator=(const TagKey&) = delete;

  std::string TagOf(std::string_view kind, std::string_view canonical) const;
  const std::string& id() const { return id_; }

 private:
  std::string key_;
  std::string id_;
};

}  // namespace eagle::trust
