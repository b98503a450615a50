#include "server/domain/witnessing.h"

#include <algorithm>

#include "server/base/bytes.h"
#include "server/domain/instant.h"
#include "server/domain/policy.h"

namespace eagle::domain {
namespace {

constexpr int64_t kNever = 0;  // no instant of a journal

int64_t Kept(absl::Time time) {
  return time == absl::InfinitePast() || time == absl::InfiniteFuture() ? kNever : Micros(time);
}

}  // namespace

std::string Witnessing::Encode() const {
  ByteWriter out;
  out.U64(size).I64(Kept(at)).I64(Kept(missing_since)).U8(deductions_wait ? 1 : 0).Bytes(checkpoint);
  return out.Take();
}

bool Witnessing::Decode(std::string_view row) {
  ByteReader in(row);
  size = in.U64();
  const int64_t recorded = in.I64(), since = in.I64();
  deductions_wait = in.U8() != 0;
  checkpoint = in.Rest();
  at = recorded == kNever ? absl::InfinitePast() : FromMicros(recorded);
  missing_since = since == kNever ? absl::InfiniteFuture() : FromMicros(since);
  return in.Done();
}

std::optional<WitnessMark> NextWitnessMark(const Witnessing& witnessing, const Policy* policy) {
  if (witnessing.registered.witnesses().empty() || policy == nullptr || !policy->table().has_witnesses()) return {};
  const goldeneagle::v1::WitnessRow& row = policy->table().witnesses();
  const absl::Duration alarm = absl::Minutes(row.alarm_after_minutes());
  const absl::Duration wait = absl::Minutes(row.deductions_wait_after_minutes());
  if (witnessing.missing()) {
    if (witnessing.deductions_wait) return {};
    return WitnessMark{witnessing.missing_since + wait, witnessing.missing_since, true};
  }
  absl::Time since = std::max(witnessing.at, witnessing.registered_at) + absl::Minutes(row.refresh_minutes());
  if (!witnessing.waiting.empty())
    since = std::min(since, std::max(witnessing.waiting.begin()->second, witnessing.registered_at));
  return WitnessMark{since + alarm, since, wait <= alarm};
}

bool WantsCosignature(const Witnessing& witnessing, const Policy* policy, uint64_t size, absl::Time now) {
  if (witnessing.registered.witnesses().empty() || policy == nullptr || !policy->table().has_witnesses()) return false;
  if (size <= witnessing.size) return false;
  // Half of the time that a checkpoint may be old, so that one that is late is still in time.
  const absl::Duration fresh = absl::Minutes(policy->table().witnesses().refresh_minutes()) / 2;
  return !witnessing.waiting.empty() || witnessing.missing() || witnessing.at + fresh <= now;
}

}  // namespace eagle::domain
