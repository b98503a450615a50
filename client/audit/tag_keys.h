// The keys that made the tags of a log. After a rotation of the tag key 标记密钥 the same person has another tag, so a
// search with some of the keys finds some of the traces: which keys occur is public, as each tag begins with the id of
// its key, and a list that isn't whole says so.
//
// Threads: values; one.
//
//   TagKeys keys;
//   keys.Take(index, tag);                                  // of every leaf, in order
//   document.Add(TagKeysTable(MarkGiven(keys.uses(), query)));
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "client/common/document.h"

namespace eagle::audit {

inline constexpr size_t kTagKeyIdBytes = 4;  // of every tag, at its beginning

struct TagKeyUse {
  std::string id;            // the first 4 bytes of its tags
  uint64_t first_index = 0;  // of the first entry with a tag of it
  uint64_t tags = 0;
  bool given = false;  // the search was made with it
};

class TagKeys {
 public:
  enum class Turn {
    kSame,  // the key of the tag before
    kNew,   // one that was not seen before: the log's first, or a rotation
    kBack,  // one that another had taken the place of
  };
  Turn Take(uint64_t index, std::string_view tag);
  // In the order in which they came into use.
  const std::vector<TagKeyUse>& uses() const { return uses_; }

 private:
  std::vector<TagKeyUse> uses_;
  absl::flat_hash_map<std::string, size_t> places_;  // in uses_, by id
  size_t current_ = 0;                               // valid once there is one
};

// `given`: those that made one of these tags.
std::vector<TagKeyUse> MarkGiven(std::vector<TagKeyUse> uses, const std::vector<std::string>& tags);
// The table that every search shows.
client::Table TagKeysTable(const std::vector<TagKeyUse>& uses);
// Errors: KEY_UNUSABLE with the ids when some key was not given: the list above is not whole; and when keys were given
// and none of them made a tag of this log.
absl::Status AllGiven(const std::vector<TagKeyUse>& uses);

}  // namespace eagle::audit
