#include "client/audit/opened_due.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

namespace eagle::audit {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

std::optional<std::string> WrongDue(const OrderAccepted& order, Urgency urgency, absl::Time at,
                                    const PolicyTable& table) {
  const auto row = std::find_if(table.deadlines().begin(), table.deadlines().end(),
                                [&](const DeadlineRow& one) { return one.name() == order.deadline_row(); });
  if (row == table.deadlines().end() || row->urgency() != urgency)
    return absl::StrCat("the installed policy has no row ", order.deadline_row(), " for orders of this urgency");
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(table.time_zone(), &zone))
    return absl::StrCat("this machine doesn't know the policy's time zone ", table.time_zone());
  const absl::Time due = row->hours() > 0 ? at + absl::Hours(static_cast<int64_t>(row->hours()))
                                          : absl::FromCivil(absl::ToCivilDay(at, zone) + row->civil_days() + 1, zone);
  if (absl::ToUnixMicros(due) != order.due())
    return absl::StrCat("by ", row->name(), " it is due at ", absl::FormatTime(due, zone), ", not at ",
                        absl::FormatTime(absl::FromUnixMicros(order.due()), zone));
  if (!std::equal(row->marks_permille().begin(), row->marks_permille().end(), order.marks_permille().begin(),
                  order.marks_permille().end()))
    return absl::StrCat("by ", row->name(), " there are other marks on the way");
  return std::nullopt;
}

}  // namespace eagle::audit
