#include "server/domain/waiting.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/bytes.h"
#include "server/domain/draft.h"
#include "server/domain/instant.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using OrderProto = goldeneagle::v1::Order;
using OrderRow = eagle::domain::Order;

// Nothing that is asked of the calendar lies farther off: what is beyond is too far, or long past.
constexpr absl::Duration kAsked = absl::Hours(24 * 366 * 110);

// From the id's random end; mixed (splitmix64), so that ids that count up spread as well.
uint64_t SpreadOf(const OrderProto& order) {
  const std::string_view id = order.order_id();
  uint64_t x = id.size() < 8 ? 0 : ByteReader(id.substr(id.size() - 8)).U64();
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

// First instant of the civil day after which nothing may begin.
absl::Time FarthestEnd(const StandingRow& row, absl::Time now, const absl::TimeZone& zone) {
  const absl::CivilDay today = absl::ToCivilDay(now, zone);
  const absl::CivilMonth month = absl::CivilMonth(today) + static_cast<int64_t>(row.months_max());
  return absl::FromCivil(absl::CivilDay(month.year(), month.month(), today.day()) + 1, zone);
}

// Whether the officers named are in office with the numbers that the order gives.
bool InOffice(const State& state, const OrderProto& order, absl::Time now) {
  return std::all_of(order.officers().begin(), order.officers().end(), [&](const OfficerRef& ref) {
    const auto officer = state.directory.OfficerByCode(order.court(), ref.officer());
    return officer && HoldsAt(*officer->statement, now) &&
           officer->statement->officer().work_id_no() == ref.work_id_no() &&
           officer->statement->officer().duty_card_no() == ref.duty_card_no();
  });
}

// Whether the signatures that it was accepted with, or signed anew with, still fill its roles: those of officers in
// office, by the key that they had then.
bool StillSigned(const State& state, const OrderRow& row, const OrderProto& order, absl::Time now) {
  std::vector<std::vector<OfficerRole>> left;
  bool handler = false;
  for (const OrderSignature& signature : row.signatures) {
    const std::string subject = state.directory.SubjectOfOfficer(signature.officer);
    const StatementOnFile* file = state.directory.StatementAbout(subject);
    if (file == nullptr || !HoldsAt(file->statement, now) || file->key_since > row.signed_index) continue;
    std::vector<OfficerRole> roles;
    for (int role : file->statement.roles()) roles.push_back(static_cast<OfficerRole>(role));
    left.push_back(std::move(roles));
    const auto officer = state.directory.OfficerNamed(subject);
    handler |= officer && officer->code == order.officers(0).officer();
  }
  return handler && CanFill(left, row.roles);
}

}  // namespace

absl::Time BeginOf(const StandingRow& row, const OrderProto& order, const absl::TimeZone& zone) {
  const absl::Time from = FromProto(order.not_before());
  absl::CivilDay day = absl::ToCivilDay(from, zone);
  const auto start = [&] { return absl::CivilSecond(day) + 60 * static_cast<int64_t>(row.first_minute()); };
  while (absl::FromCivil(start(), zone) < from) ++day;
  const uint64_t seconds = 60 * uint64_t{row.last_minute() - row.first_minute()};
  return std::max(from, absl::FromCivil(start() + static_cast<int64_t>(SpreadOf(order) % seconds), zone));
}

void CheckWait(const Policy& policy, const SubmitOrders& command, size_t i, absl::Time now, Trial& trial) {
  const OrderProto& order = command.members[i].parsed;
  const auto wrong = [&](Reason reason, const std::string& why) { trial.wrong.Add("not_before", reason, why); };
  const StandingRow& row = policy.table().standing();
  const auto& actions = row.actions();
  if (std::find(actions.begin(), actions.end(), order.action()) == actions.end())
    return wrong(Reason::kWaitNotProvided, "orders of this action don't wait");
  if (order.urgency() == URGENCY_URGENT || !order.group().empty())
    return wrong(Reason::kWaitNotProvided, "what is urgent, or one of a group, doesn't wait");
  const absl::Time from = FromProto(order.not_before());
  if (from <= now - kAsked) return;  // long past
  const absl::Time end = FarthestEnd(row, now, policy.zone());
  const absl::Time begins = from < now + kAsked ? BeginOf(row, order, policy.zone()) : absl::InfiniteFuture();
  if (begins >= end)
    return wrong(Reason::kBeginTooFar, absl::StrCat("within ", row.months_max(), " months, it would begin ",
                                                    absl::FormatTime("%Y-%m-%d", begins, policy.zone())));
  if (begins <= now) return;
  if (order.has_not_after() && begins >= FromProto(order.not_after()))
    wrong(Reason::kBeginTooLate, absl::StrCat("it would begin ", absl::FormatTime(begins, policy.zone())));
  const auto waits_here = [&](const OrderMember& other) {
    return other.parsed.has_not_before() && other.parsed.case_number() == order.case_number() &&
           other.parsed.subject().id_kind() == order.subject().id_kind() &&
           other.parsed.subject().id_number() == order.subject().id_number();
  };
  if (std::count_if(command.members.begin(), command.members.end(), waits_here) > row.repeats_max())
    wrong(Reason::kTooManyWaiting, absl::StrCat("at most ", row.repeats_max(), " on one respondent under one head"));
  trial.begins = begins;
}

BeginVerdict JudgeBegin(const State& state, const OrderRow& row, absl::Time now) {
  BeginVerdict verdict;
  const auto all = [&](Reason reason) { return BeginVerdict{row.Open(), reason}; };
  const Case& of = state.cases.at(row.case_seq.value());
  const auto kept = of.orders.find(row.seq.value());
  if (!of.readable || kept == of.orders.end() || kept->second.waiting == nullptr) return all(Reason::kErased);
  const OrderProto& order = *kept->second.waiting;
  if (now > FromProto(order.not_after())) return all(Reason::kOrderExpired);
  const ActionRow* action = state.policy->ActionRowFor(order.action());
  if (action == nullptr ||
      std::find(action->stages().begin(), action->stages().end(), of.stage) == action->stages().end())
    return all(Reason::kStageForbids);
  if (of.IsRemoved(kept->second.respondent)) return all(Reason::kRespondentRemoved);
  if (row.paused.empty()) {
    if (!InOffice(state, order, now)) return all(Reason::kOfficerNotValid);
    if (!StillSigned(state, row, order, now)) return all(Reason::kSignaturesLapsed);
  }
  row.Open().ForEach([&](AgencyOrdinal ordinal) {
    const Agency* agency = state.directory.AgencyByOrdinal(ordinal);
    if (agency == nullptr || !CanDo(*agency, order)) verdict.ended.Add(ordinal);
  });
  if (!verdict.ended.empty()) verdict.reason = Reason::kCapabilityMissing;
  return verdict;
}

void StartWaiting(State& state, const OrderRow& order) {
  ++state.waiting_of_court[order.court.value()];
  ++state.waiting_of_case[order.case_seq.value()];
  state.timers.insert({order.begins, order.seq.value(), Timer::kOfBegin});
}

void StopWaiting(State& state, OrderRow& order) {
  if (!order.waits) return;
  order.waits = false;
  const auto less = [](auto& counts, auto key) {
    const auto it = counts.find(key);
    if (it != counts.end() && --it->second == 0) counts.erase(it);
  };
  less(state.waiting_of_court, order.court.value());
  less(state.waiting_of_case, order.case_seq.value());
  state.timers.erase({order.begins, order.seq.value(), Timer::kOfBegin});
}

}  // namespace eagle::domain
