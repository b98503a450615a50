#include "adapters/register/counter_arguments.h"

#include <charconv>

#include "absl/strings/str_cat.h"
#include "adapters/sdk/inbox_rows.h"
#include "goldeneagle/v1/order.pb.h"
#include "server/base/bytes.h"

namespace eagle::registry {
namespace {

constexpr size_t kArgumentBytesMax = 128;

}  // namespace

absl::StatusOr<uint64_t> NumberOf(const sdk::CounterRequest& request, std::string_view argument, uint64_t otherwise,
                                  uint64_t most) {
  const std::string text = request.Optional(argument);
  if (text.empty()) return otherwise;
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > most) {
    return Fail(Reason::kFieldInvalid, "an argument is wrong")
        .At(argument, absl::StrCat("a whole number up to ", most));
  }
  return value;
}

absl::StatusOr<std::string> TextOf(const sdk::CounterRequest& request, std::string_view argument) {
  EAGLE_ASSIGN_OR_RETURN(std::string text, request.Required(argument));
  if (text.size() > kArgumentBytesMax || !IsValidUtf8(text))
    return Fail(Reason::kTextInvalid, "an argument is wrong").At(argument, "at most 128 bytes");
  return text;
}

void PutFields(absl::Span<const Field> fields, const std::vector<std::string>& values, sdk::Json& out) {
  for (size_t i = 0; i < fields.size(); ++i) sdk::Put(out, fields[i].name, values[i]);
}

absl::StatusOr<bool> FlagOf(const sdk::CounterRequest& request, std::string_view argument) {
  const std::string text = request.Optional(argument);
  if (text.empty() || text == "false") return false;
  if (text == "true") return true;
  return Fail(Reason::kFieldInvalid, "an argument is wrong").At(argument, "true or false");
}

absl::StatusOr<absl::CivilDay> DayOf(const sdk::CounterRequest& request, std::string_view argument) {
  EAGLE_ASSIGN_OR_RETURN(const std::string text, request.Required(argument));
  absl::CivilDay day;
  if (text.size() != 10 || !absl::ParseCivilTime(text, &day))
    return Fail(Reason::kFieldInvalid, "an argument is wrong").At(argument, "a day as 2026-10-05");
  return day;
}

Fail Busy(std::string_view why) {
  Fail fail(Reason::kBusy, why);
  fail.RetryAfter(absl::Seconds(5));
  return fail;
}

Fail NoSuch(std::string_view argument, std::string_view what) {
  Fail fail(Reason::kNotFound, what);
  fail.At(argument, what);
  return fail;
}

bool HasOrderBefore(const std::string& unit, sdk::InboxTransaction& transaction) {
  sdk::InboxTables tables(transaction);
  for (const journal::Hash& digest : tables.OpenTasks()) {
    const auto task = tables.FindTask(digest);
    if (!task || !task->verified || !task->is_control || !sdk::IsQueued(task->state)) continue;
    sdk::v1::Order order;
    if (order.ParseFromString(task->member.member()) && order.freeze().asset().unit_number() == unit) return true;
  }
  return false;
}

}  // namespace eagle::registry
