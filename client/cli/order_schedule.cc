// eagle order schedule: the repeats of a search, each an order of its own with a later begin, signed together
// beforehand.
#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/cli/commands.h"
#include "client/cli/order_from_flags.h"
#include "client/cli/orders.h"
#include "client/lib/errors.h"
#include "client/lib/order_builder.h"
#include "server/base/civil_day.h"
#include "server/base/reason.h"
#include "server/trust/timestamps.h"

namespace eagle::client {
namespace {

struct ScheduleFlags {
  OrderFlags order;
  Signing signing;
  std::string every, length, from, into;
  bool dry_run = false;
};

constexpr int64_t kMonthsMax = 1200;
constexpr size_t kRepeatsMax = 256;  // members of one head

// "6mo", "6m", "5y": whole months. Errors: FIELD_INVALID.
absl::StatusOr<int64_t> MonthsIn(const std::string& flag, const std::string& text) {
  const size_t digits = text.find_first_not_of("0123456789");
  const std::string unit = digits == std::string::npos ? "" : text.substr(digits);
  uint32_t number = 0;
  const int64_t months = unit == "y" ? 12 : unit == "m" || unit == "mo" ? 1 : 0;
  if (months == 0 || !absl::SimpleAtoi(text.substr(0, digits), &number) || number == 0 || number * months > kMonthsMax)
    return Fail(Reason::kFieldInvalid, flag + " is so many months or years, as 6mo or 5y");
  return number * months;
}

// The same day of a later month, or that month's last.
absl::CivilDay MonthsAfter(absl::CivilDay day, int64_t months) {
  const absl::CivilMonth month = absl::CivilMonth(day) + months;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return std::min(absl::CivilDay(month.year(), month.month(), day.day()), last);
}

// The days of the repeats, the first one being --from. Errors: FIELD_MISSING, FIELD_INVALID.
absl::StatusOr<std::vector<absl::CivilDay>> DaysOf(const ScheduleFlags& flags) {
  if (flags.every.empty() || flags.length.empty() || flags.from.empty())
    return Fail(Reason::kFieldMissing, "--every, --for and --from say when: as --every 6mo --for 5y --from 2027-03-28");
  EAGLE_ASSIGN_OR_RETURN(const int64_t every, MonthsIn("--every", flags.every));
  EAGLE_ASSIGN_OR_RETURN(const int64_t length, MonthsIn("--for", flags.length));
  const auto from = ParseCivilDay(flags.from);
  if (!from) return Fail(Reason::kFieldInvalid, "--from is a day as 2027-03-28");
  std::vector<absl::CivilDay> days;
  for (int64_t months = 0; months < length; months += every) days.push_back(MonthsAfter(*from, months));
  if (days.size() > kRepeatsMax)
    return Fail(Reason::kTooManyMembers, absl::StrCat(days.size(), " repeats: at most 256 are signed together"));
  return days;
}

// One order a day. Each is as valid from its day on as one order of these flags is from now.
absl::StatusOr<std::vector<std::string>> OrdersOn(Session& session, const ScheduleFlags& flags,
                                                  const std::vector<absl::CivilDay>& days) {
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  OrderSources sources(session);
  std::vector<std::string> members;
  std::string first_id;
  for (const absl::CivilDay day : days) {
    EAGLE_ASSIGN_OR_RETURN(v1::Order order,
                           OrderFromFlags(sources, v1::ACTION_INQUIRE, flags.order, flags.signing, ""));
    if (!first_id.empty() && order.order_id() == first_id)
      return Fail(Reason::kFieldInvalid, "the file's order has an id: leave it out, each repeat gets its own");
    first_id = order.order_id();
    const absl::Duration valid = ToTime(order.not_after()) - ToTime(order.issued_at());
    const absl::Time begin = absl::FromCivil(day, zone);
    *order.mutable_not_before() = trust::TimestampOf(begin);
    *order.mutable_not_after() = trust::TimestampOf(begin + valid);
    members.push_back(Serialize(order));
  }
  return members;
}

absl::Status WriteDraft(Session& session, std::vector<std::string> members, const std::string& path) {
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(const trust::HeadFields fields, desk->NewHead(v1::MEMBER_TYPE_ORDER));
  EAGLE_ASSIGN_OR_RETURN(const Draft draft, Draft::Begin(fields, std::move(members)));
  EAGLE_RETURN_IF_ERROR(draft.Write(path));
  EAGLE_ASSIGN_OR_RETURN(const Document document, DescribeDraft(session, draft));
  return session.Print(document);
}

absl::Status Schedule(Session& session, const ScheduleFlags& flags) {
  if (!flags.into.empty() && (flags.dry_run || !flags.signing.nobody()))
    return Fail(Reason::kFieldInvalid, "a draft is tried and signed by itself: eagle order sign " + flags.into);
  EAGLE_ASSIGN_OR_RETURN(const std::vector<absl::CivilDay> days, DaysOf(flags));
  EAGLE_ASSIGN_OR_RETURN(std::vector<std::string> members, OrdersOn(session, flags, days));
  if (flags.dry_run) {
    EAGLE_ASSIGN_OR_RETURN(const v1::SignedBatch batch,
                           DryBatch(session, v1::MEMBER_TYPE_ORDER, std::move(members), flags.signing));
    return ValidateAndPrint(session, batch);
  }
  if (!flags.into.empty()) return WriteDraft(session, std::move(members), flags.into);
  EAGLE_ASSIGN_OR_RETURN(const v1::SignedBatch batch,
                         SignNow(session, v1::MEMBER_TYPE_ORDER, std::move(members), flags.signing));
  return SendAndPrint(session, batch, 0);
}

}  // namespace

void AddOrderSchedule(Verb& order) {
  auto flags = std::make_shared<ScheduleFlags>();
  Verb verb = order.Add(
      "schedule", "Search again and again 定期查询: inquiries that wait for their day, signed together beforehand.",
      "eagle order schedule --case \"（2026）辽9901执1024号\" --subject \"林远舟;CITIZEN_ID;990101198503070017\" "
      "--agency all \\\n"
      "  --every 6mo --for 5y --from 2027-03-28 --dry-run\n"
      "eagle order schedule ... --into searches.draft\n"
      "eagle order sign searches.draft --sign 001\n"
      "eagle order submit searches.draft\n"
      "eagle order list --waiting");
  verb.Text("--every", &flags->every, "the rhythm: 6mo, or 1y");
  verb.Text("--for", &flags->length, "how long it goes on: repeats on --from and after it, before so long has passed");
  verb.Text("--from", &flags->from, "the day of the first one, as 2027-03-28; the gateway chooses the hour");
  AddOrderFlags(verb, v1::ACTION_INQUIRE, false, flags->order);
  SigningFlags(verb, flags->signing);
  verb.Flag("--dry-run", &flags->dry_run, "say when each would begin and what would be refused, without effect");
  verb.Text("--into", &flags->into, "write a draft for signing instead of sending");
  verb.Do([flags](Session& session) { return Schedule(session, *flags); });
}

}  // namespace eagle::client
