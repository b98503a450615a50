// What stays behind although it could go out. Unlike the other rules it needs no later entry, so it is asked after the
// newest leaf, at an instant that the auditor gives.
#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/audit/acts.h"
#include "client/audit/picture.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr int64_t kHeldBack = std::numeric_limits<int64_t>::max();

// Since when the log says nothing that keeps this order from this agency; kHeldBack while it does.
int64_t CouldGoSince(uint64_t seq, uint32_t agency, const OrderSeen& order, const Picture& seen) {
  const auto present = seen.present_since.find(agency);
  if (!seen.present.Has(agency) || present == seen.present_since.end()) return kHeldBack;
  if (order.paused.Has(agency) || MayStandStill(agency, order, seen) || WaitsForDeduction(seq, order, seen) ||
      IsHeldUp(seen.next, agency, order, seen))
    return kHeldBack;
  int64_t since = std::max(present->second, WaitsSince(order, seen));
  if (const auto freed = seen.freed.find({agency, order.subject_tag}); freed != seen.freed.end())
    since = std::max(since, freed->second);
  if (!Takes(order.action)) return since;
  const auto of = seen.cases.find(order.case_seq);
  if (of == seen.cases.end() || of->second.surplus != 0 || HeldByObjection(seq, order, seen) != 0) return kHeldBack;
  if (of->second.stage != CASE_STAGE_ENFORCEMENT && of->second.stage != CASE_STAGE_RESUMED) return kHeldBack;
  const WitnessesSeen& witnesses = seen.witnesses;
  const bool seen_by_them = seq < witnesses.size || (witnesses.missing && !witnesses.deductions_wait);
  if (witnesses.quorum != 0 && !seen_by_them) return kHeldBack;
  return std::max({since, of->second.moved, UndisputedSince(order, seen), witnesses.quorum == 0 ? 0 : witnesses.since});
}

// The persons on whom a control waits at each agency: what comes later on one of them waits for it.
class Chains {
 public:
  // Whether an earlier one waits that is, or under another tag key may be, on the same person; then takes this one in.
  bool WaitsBehind(uint32_t agency, const std::string& tag) {
    if (tag.empty()) return false;
    std::set<std::string>& tags = waiting_[agency];
    const std::string_view key = KeyOf(tag);
    const bool behind = tags.contains(tag) || std::any_of(tags.begin(), tags.end(), [&](const std::string& other) {
                          return KeyOf(other) != key;
                        });
    tags.insert(tag);
    return behind;
  }

 private:
  static std::string_view KeyOf(std::string_view tag) { return tag.substr(0, kTagKeyIdBytes); }
  absl::flat_hash_map<uint32_t, std::set<std::string>> waiting_;
};

}  // namespace

void CheckWaiting(int64_t now, int64_t bound, Picture& seen) {
  std::vector<uint64_t> open;
  for (const auto& [seq, order] : seen.orders)
    if (!order.open.empty()) open.push_back(seq);
  std::sort(open.begin(), open.end());
  Chains chains;
  for (const uint64_t seq : open) {
    const OrderSeen& order = seen.orders.at(seq);
    if (order.waits) continue;
    AgencyBits untouched = order.open;
    untouched.Remove(order.delivered);
    std::vector<uint32_t> agencies;
    untouched.ForEach([&](uint32_t agency) {
      // What waits behind it goes on.
      if (order.paused.Has(agency) || MayStandStill(agency, order, seen)) return;
      if (chains.WaitsBehind(agency, order.subject_tag)) return;
      const int64_t since = CouldGoSince(seq, agency, order, seen);
      if (since != kHeldBack && since + bound < now) agencies.push_back(agency);
    });
    if (agencies.empty()) continue;
    seen.findings.Add(
        Rule::kWaiting, seq,
        absl::StrCat("it waits, and nothing in the log keeps it from agency ", absl::StrJoin(agencies, ", "),
                     agencies.size() == 1 ? ", which is" : ", which are", " there"));
  }
}

}  // namespace eagle::audit
