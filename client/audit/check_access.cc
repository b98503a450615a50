// Who read personal data, by which right, how often.
#include <algorithm>
#include <cstdint>
#include <set>

#include "absl/strings/str_cat.h"
#include "client/audit/picture.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr int64_t kSecond = 1'000'000, kHour = 3600 * kSecond;
constexpr int kSubjectsMax = 100;

int64_t MicrosOf(const google::protobuf::Timestamp& time) { return time.seconds() * kSecond + time.nanos() / 1000; }

bool GrantStands(uint64_t case_seq, const Picture& seen) {
  for (auto at = seen.grants.lower_bound({case_seq, ""}); at != seen.grants.end() && at->first.first == case_seq;
       ++at) {
    if (seen.now < MicrosOf(at->second.until())) return true;
  }
  return false;
}

// The count goes on by one in the same hour or day, or begins anew in a later one.
bool GoesOn(int64_t start_before, uint32_t count_before, int64_t start, uint32_t count) {
  return start == start_before ? count == count_before + 1 : start > start_before && count == 1;
}

bool GoesOn(const ReaderSeen& before, const ReaderSeen& now) {
  return GoesOn(before.hour, before.in_hour, now.hour, now.in_hour) &&
         GoesOn(before.day, before.in_day, now.day, now.in_day);
}

// An officer's first page under a new tag key: whose tag it was before can't be told without the keys, but somebody's
// count must go on by it, and only once. Counts of earlier hours of the day go on alike, so any of them will do.
bool TakesUp(const ReaderSeen& now, std::multiset<ReaderSeen>& left_behind) {
  if (now.in_day < 2) return false;
  auto at = left_behind.lower_bound({.hour = now.in_hour > 1 ? now.hour : INT64_MIN,
                                     .day = now.day,
                                     .in_hour = now.in_hour > 1 ? now.in_hour - 1 : 0,
                                     .in_day = now.in_day - 1});
  if (at == left_behind.end() || !GoesOn(*at, now)) return false;
  left_behind.erase(at);
  return true;
}

void CheckCount(const journal::Leaf& leaf, const AccessRecorded& body, Picture& seen) {
  const auto wrong = [&](std::string_view why) {
    seen.findings.Add(Rule::kRead, leaf.index.value(), std::string(why));
  };
  // An hour or a day of a time zone may be longer by what its clocks are put back.
  if (body.hour_start() > seen.now || seen.now - body.hour_start() >= 2 * kHour || body.day_start() > seen.now ||
      seen.now - body.day_start() >= 26 * kHour)
    wrong("it counts in an hour or a day in which it isn't");
  const ReaderSeen now{body.hour_start(), body.day_start(), body.reads_in_hour(), body.reads_in_day()};
  const auto [reader, first] = seen.readers.try_emplace(body.officer_tag());
  if (!GoesOn(reader->second, now) && !(first && TakesUp(now, seen.left_behind)))
    wrong("the officer's pages aren't counted one by one");
  reader->second = now;
}

}  // namespace

void CheckAccess(const journal::Leaf& leaf, Picture& seen) {
  const uint64_t index = leaf.index.value();
  AccessRecorded body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  const auto wrong = [&](std::string_view why) { seen.findings.Add(Rule::kRead, index, std::string(why)); };
  if (body.method().empty() || body.method().size() > 64 || body.subject_tags().empty() ||
      body.subject_tags_size() > kSubjectsMax)
    wrong("it doesn't say what was read, or about whom");
  if (body.officer_tag().empty() || body.reader_tag().empty() || body.ticket_digest().size() != journal::kHashSize)
    wrong("it names no officer, no system or no ticket");
  if (body.policy_version() != seen.policy) wrong("its limits are of another policy than the one in force");
  CheckTags(index, body.subject_tags(), seen);
  CheckTag(index, body.officer_tag(), seen);
  CheckTag(index, body.reader_tag(), seen);
  CheckCount(leaf, body, seen);
  const auto of = seen.cases.find(leaf.case_seq.value());
  if (of == seen.cases.end()) return;  // the frame has found it
  const bool own = leaf.actor_kind == ACTOR_KIND_COURT && leaf.actor_ordinal == of->second.court;
  // A court reads the words of the supervision orders that it has a part in, whoever has the case.
  const bool party = body.scope() == READ_SCOPE_PARTY && !own && body.method() == "ReadSupervision" &&
                     leaf.actor_kind == ACTOR_KIND_COURT && IsPartyIn(leaf.case_seq.value(), leaf.actor_ordinal, seen);
  if (!party && (own ? body.scope() != READ_SCOPE_SELF : body.scope() != READ_SCOPE_GRANT))
    wrong("its scope is not that of the reader");
  if (!own && !party && !GrantStands(leaf.case_seq.value(), seen))
    wrong("nobody but its own court may read the case now");
  const CaseStage stage = of->second.stage;
  const bool open = stage != CASE_STAGE_CLOSED && stage != CASE_STAGE_TRANSFERRED && stage != CASE_STAGE_ERASED;
  if (body.no_open_case() == open) wrong("whether the case was open is not told as it was");
}

void TakeGrant(const journal::Leaf& leaf, const GrantReading& grant, Picture& seen) {
  if (grant.case_index() != leaf.case_seq.value() || grant.reader().empty() || !grant.has_until())
    seen.findings.Add(Rule::kAdopted, leaf.index.value(), "a grant names reader, case and end");
  seen.grants[{leaf.case_seq.value(), grant.reader()}] = grant;
}

}  // namespace eagle::audit
