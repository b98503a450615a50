#include "client/audit/tag_keys.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/audit/picture.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::audit {
namespace {

constexpr size_t kKeysMax = 16;

}  // namespace

TagKeys::Turn TagKeys::Take(uint64_t index, std::string_view tag) {
  const std::string_view id = tag.substr(0, kTagKeyIdBytes);
  Turn turn = Turn::kSame;
  if (uses_.empty() || uses_[current_].id != id) {
    const auto [known, fresh] = places_.try_emplace(std::string(id), uses_.size());
    turn = fresh ? Turn::kNew : Turn::kBack;
    current_ = known->second;
    if (fresh) uses_.push_back({.id = std::string(id), .first_index = index});
  }
  ++uses_[current_].tags;
  return turn;
}

std::vector<TagKeyUse> MarkGiven(std::vector<TagKeyUse> uses, const std::vector<std::string>& tags) {
  for (TagKeyUse& use : uses) {
    use.given = std::any_of(tags.begin(), tags.end(),
                            [&](const std::string& tag) { return tag.substr(0, kTagKeyIdBytes) == use.id; });
  }
  return uses;
}

client::Table TagKeysTable(const std::vector<TagKeyUse>& uses) {
  client::Table table("tag_keys", {{"tag_key"}, {"first_index", client::kRight}, {"tags", client::kRight}, {"given"}});
  for (const TagKeyUse& use : uses)
    table.Add({client::Text(HexEncode(use.id)), client::Count(use.first_index), client::Count(use.tags),
               client::YesNo(use.given)});
  return table;
}

absl::Status AllGiven(const std::vector<TagKeyUse>& uses) {
  std::vector<std::string> missing;
  for (const TagKeyUse& use : uses) {
    if (!use.given) missing.push_back(HexEncode(use.id));
  }
  if (missing.empty()) return absl::OkStatus();
  const size_t count = missing.size();
  if (count > kKeysMax) missing.resize(kKeysMax), missing.push_back("...");
  const std::string ids = absl::StrJoin(missing, ", ");
  if (count == uses.size())
    return Fail(Reason::kKeyUnusable,
                "not one tag of this log was made with this key: nobody would be found; its keys are " + ids);
  return Fail(Reason::kKeyUnusable, absl::StrCat("the list is not whole: of ", uses.size(), " tag keys of this log ",
                                                 count, " were not given (--tag-key): ", ids));
}

void CheckTags(uint64_t index, const google::protobuf::RepeatedPtrField<std::string>& tags, Picture& seen) {
  for (const std::string& tag : tags) CheckTag(index, tag, seen);
}

void CheckTag(uint64_t index, const std::string& tag, Picture& seen) {
  if (tag.empty()) return;  // the frame demands those that must be there
  const TagKeys::Turn turn = seen.tag_keys.Take(index, tag);
  if (turn == TagKeys::Turn::kSame) return;
  if (turn == TagKeys::Turn::kNew && seen.tag_keys.uses().size() == kKeysMax + 1)
    seen.findings.Add(Rule::kTagKey, index, absl::StrCat("a log has at most ", kKeysMax, " tag keys in its life"));
  if (turn == TagKeys::Turn::kBack)
    seen.findings.Add(Rule::kTagKey, index, "it is tagged with a key that another had taken the place of");
  // Whoever read under the key before has another tag now.
  for (const auto& [officer, count] : seen.readers) seen.left_behind.insert(count);
  seen.readers.clear();
}

}  // namespace eagle::audit
