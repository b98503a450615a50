// Marks of measures whose term runs out, counted again: of the end that the unit last signed, the newest of the
// policy's days that has come, and none left out.
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "client/audit/acts.h"
#include "client/audit/opened_audit.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

// As long as the public audit waits for a mark.
constexpr absl::Duration kEndTolerance = absl::Minutes(15);

// When `days` before the end come; microseconds.
int64_t ComesAt(int64_t ends, uint32_t days, const absl::TimeZone& zone) {
  if (days == 0) return ends;
  const absl::CivilDay last = absl::ToCivilDay(absl::FromUnixMicros(ends - 1), zone);
  return absl::ToUnixMicros(absl::FromCivil(last - static_cast<int64_t>(days), zone));
}

}  // namespace

void OpenedAudit::DisarmEnd(uint64_t freeze) {
  EndKept& kept = ends_[freeze];
  end_timers_.erase({kept.at, freeze});
  ends_late_.erase(freeze);
  kept.at = 0;
}

void OpenedAudit::FollowEnd(uint64_t case_seq, uint64_t freeze) {
  DisarmEnd(freeze);
  EndKept& kept = ends_[freeze];
  absl::TimeZone zone;
  const PolicyTable& policy = register_.policy;
  if (register_.policy_sealed || !policy.has_measure_ends() || !absl::LoadTimeZone(policy.time_zone(), &zone)) return;
  const auto held = ledger_.HeldBy(case_seq, freeze);
  if (!held || !held->in_effect || held->ends == 0) return;
  std::vector<uint32_t> days(policy.measure_ends().days_before().begin(), policy.measure_ends().days_before().end());
  days.push_back(0);
  for (const uint32_t before : days) {
    if (kept.marked_end == held->ends && before >= kept.marked_days) continue;
    kept.at = ComesAt(held->ends, before, zone);
    end_timers_.insert({kept.at, freeze});
    return;
  }
}

void OpenedAudit::TakeEndMarked(const journal::Leaf& leaf) {
  MeasureMarked body;
  if (!body.ParseFromString(leaf.body)) return;  // the public audit has found it
  const uint64_t freeze = body.freeze_order();
  EndKept& kept = ends_[freeze];
  const auto held = ledger_.HeldBy(leaf.case_seq.value(), freeze);
  const auto wrong = [&](std::string_view why) { Add(Rule::kMeasureEnd, leaf, why, {freeze}); };
  const PolicyTable& policy = register_.policy;
  absl::TimeZone zone;
  if (held && !register_.policy_sealed && absl::LoadTimeZone(policy.time_zone(), &zone)) {
    uint32_t newest = 0;
    bool due = held->in_effect && held->ends != 0 && held->ends <= absl::ToUnixMicros(leaf.time);
    for (auto days = policy.measure_ends().days_before().rbegin();
         !due && held->in_effect && held->ends != 0 && days != policy.measure_ends().days_before().rend(); ++days) {
      due = ComesAt(held->ends, *days, zone) <= absl::ToUnixMicros(leaf.time);
      newest = *days;
    }
    if (!held->in_effect || held->ends != body.ends()) {
      wrong("by its receipts the measure isn't in effect until then");
    } else if (!policy.has_measure_ends() || !due || newest != body.days_before()) {
      wrong(due ? absl::StrCat("by the installed policy ", newest, " days were to be marked")
                : "by the installed policy nothing was to be marked yet");
    }
  }
  kept.marked_end = body.ends(), kept.marked_days = body.days_before();
  FollowEnd(leaf.case_seq.value(), freeze);
}

void OpenedAudit::FollowEnds(const journal::Leaf& leaf) {
  const int64_t now = absl::ToUnixMicros(leaf.time);
  if (leaf.type == ENTRY_TYPE_LOG_RECOVERED) {  // as check_deadlines.cc: no gateway ran meanwhile
    for (const auto& [freeze, since] : ends_late_) end_timers_.insert({ends_[freeze].at, freeze});
    ends_late_.clear();
    return;
  }
  for (auto late = ends_late_.begin(); late != ends_late_.end();) {
    if (late->second + absl::ToInt64Microseconds(kEndTolerance) >= now) {
      ++late;
      continue;
    }
    // Of a case with a sealed part nothing is known any more.
    const auto order = orders_.find(late->first);
    if (order != orders_.end() && ledger_.HeldBy(order->second.case_seq, late->first))
      Add(Rule::kMeasureEnd, leaf, absl::StrCat("the end of the measure of order ", late->first, " is not marked"),
          {late->first});
    late = ends_late_.erase(late);
  }
  while (!end_timers_.empty() && end_timers_.begin()->first <= now) {
    ends_late_[end_timers_.begin()->second] = now;
    end_timers_.erase(end_timers_.begin());
  }
}

void OpenedAudit::FollowAllEnds() {
  for (const auto& [seq, order] : orders_) {
    if (MakesMeasure(order.action)) FollowEnd(order.case_seq, seq);
  }
}

}  // namespace eagle::audit
