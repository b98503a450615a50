// Marks of measures whose term runs out, as far as leaves tell: of a measure, once, fewer days each time, not early.
#include "absl/strings/str_cat.h"
#include "client/audit/acts.h"
#include "client/audit/picture.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

// Days are civil days of a time zone that a leaf doesn't tell, and a day may have 25 hours or more: by so much a mark
// may be nearer to the end than its days are long.
constexpr int64_t kDayMicros = 86'400'000'000, kSlackMicros = 3 * 3'600'000'000;

}  // namespace

void CheckMeasureMark(const journal::Leaf& leaf, Picture& seen) {
  const uint64_t index = leaf.index.value();
  MeasureMarked body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  const uint64_t freeze = body.freeze_order();
  const auto wrong = [&](std::string_view why) {
    seen.findings.Add(Rule::kMeasureEnd, index, std::string(why), {freeze});
  };
  if (body.policy_version() == 0 || body.policy_version() != seen.policy) wrong("the policy named is not in force");
  const auto order = seen.orders.find(freeze);
  if (order == seen.orders.end()) return wrong(absl::StrCat("order ", freeze, " was never accepted"));
  if (order->second.case_seq != leaf.case_seq.value() || !order->second.targets.Has(leaf.agency.value()) ||
      !MakesMeasure(order->second.action))
    return wrong("it is about an order of this case that made no measure at this agency");
  if (order->second.open.Has(leaf.agency.value())) wrong("the order isn't answered yet: nothing is known to end");
  const int64_t days = body.days_before();
  const int64_t earliest = days == 0 ? body.ends() : body.ends() - (days + 1) * kDayMicros - kSlackMicros;
  if (seen.now < earliest) wrong(absl::StrCat("more than ", days, " days are left"));
  auto& [ends, marked] = seen.ends_marked[freeze];
  if (ends == body.ends() && days >= marked)
    wrong(absl::StrCat("of the same end ", marked, " days were marked before"));
  ends = body.ends(), marked = days;
}

}  // namespace eagle::audit
