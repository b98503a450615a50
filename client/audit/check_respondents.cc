// Who comes to a case and who leaves it, as far as leaves tell: places and tags. What is about somebody who left stands
// still, a release apart.
//
// A tag is the person's under one key: under another key he has another tag, and whoever has no key can't tell. Then
// nothing is found, and what stays behind may be his.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/audit/picture.h"
#include "client/audit/tag_keys.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

std::string_view KeyOf(std::string_view tag) { return tag.substr(0, kTagKeyIdBytes); }

}  // namespace

void CheckRespondents(const journal::Leaf& leaf, Picture& seen) {
  const uint64_t index = leaf.index.value();
  CaseRespondentsChanged body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  CheckTags(index, body.added_tags(), seen);
  CheckTags(index, body.removed_tags(), seen);
  CheckHead(leaf, body.head(), MEMBER_TYPE_CASE, true, seen);
  CheckDigest(leaf, body.digest(), seen);
  CheckId(leaf, body.request_id(), seen);
  const auto wrong = [&](std::string_view why) { seen.findings.Add(Rule::kRespondent, index, std::string(why)); };
  if (body.policy_version() == 0 || body.policy_version() != seen.policy)
    wrong(absl::StrCat("policy ", body.policy_version(), " is not in force, ", seen.policy, " is"));
  const auto at = seen.cases.find(leaf.case_seq.value());
  if (at == seen.cases.end()) return;  // the frame has found it
  CaseSeen& of = at->second;
  of.mover = index, of.regrouped = seen.now;
  if (body.added_size() != body.added_tags_size() || body.removed_size() != body.removed_tags_size() ||
      body.added_size() + body.removed_size() == 0)
    return wrong("a place and a tag for each who comes or goes, and somebody who does");
  for (uint32_t place :
       {body.added_size() > 0 ? body.added(0) : 0, body.removed_size() > 0 ? body.removed(0) + 1 : 0}) {
    if (!of.tagged && place > of.people.size()) of.people.resize(place);
  }
  for (int i = 0; i < body.added_size(); ++i) {
    const uint32_t place = body.added(i);
    if (place > of.people.size() || (place < of.people.size() && !of.people[place].removed))
      return wrong(absl::StrCat("place ", place, " is neither the next one nor that of somebody who left"));
    if (place == of.people.size()) of.people.emplace_back();
    of.people[place] = {body.added_tags(i), false};
  }
  for (int i = 0; i < body.removed_size(); ++i) {
    const uint32_t place = body.removed(i);
    if (place >= of.people.size() || of.people[place].removed)
      return wrong(absl::StrCat("place ", place, " is nobody's who could leave"));
    of.people[place] = {body.removed_tags(i), true};
  }
  if (std::all_of(of.people.begin(), of.people.end(), [](const PersonSeen& one) { return one.removed; }))
    wrong("nobody is left in the case");
}

bool HasLeft(const std::string& tag, const CaseSeen& of) {
  bool left = false;
  for (const PersonSeen& one : of.people) {
    // Two of one number: an old name and a new one.
    if (!one.removed && (one.tag == tag || KeyOf(one.tag) != KeyOf(tag))) return false;
    left |= one.removed && one.tag == tag;
  }
  return left;
}

bool MayStandStill(uint32_t agency, const OrderSeen& order, const Picture& seen) {
  const auto of = seen.cases.find(order.case_seq);
  if (order.action == ACTION_RELEASE || order.delivered.Has(agency) || of == seen.cases.end()) return false;
  return std::any_of(of->second.people.begin(), of->second.people.end(), [&](const PersonSeen& one) {
    return one.removed &&
           (order.subject_tag.empty() || one.tag == order.subject_tag || KeyOf(one.tag) != KeyOf(order.subject_tag));
  });
}

}  // namespace eagle::audit
