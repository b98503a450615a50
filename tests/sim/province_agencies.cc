// The province's agencies: when they sleep, take, answer, and what they answer.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/domain/instant.h"
#include "tests/sim/province_life.h"

namespace eagle::province {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

namespace {

constexpr size_t kPerDelivery = 256, kPerReport = 200;
constexpr double kLongestWork = 30 * 7.5 * 3600;  // seconds of working time: thirty days

absl::Time Months(absl::Time from, int months, const absl::TimeZone& zone) {
  const absl::CivilDay day = absl::ToCivilDay(from, zone);
  return absl::FromCivil(absl::CivilDay(absl::CivilMonth(day) + months) + (std::min(day.day(), 28) - 1), zone);
}

}  // namespace

// Adapters that are off: over holidays of three days and more, from the evening before, and now and then for days.
void Life::PlanSleeps() {
  const absl::TimeZone& zone = plan_.policy->zone();
  const auto sleep = [&](uint32_t agency, absl::Time from, absl::Time until) {
    At(from, What::kSleep, agency, static_cast<uint64_t>(absl::ToUnixSeconds(until)));
    At(until, What::kReturn, agency);
  };
  for (uint32_t i = 0; i < plan_.agencies.size(); ++i) {
    const AgencyPlan& of = plan_.agencies[i];
    for (int day = 0; day < options_.days && of.holidays_off; ++day) {
      const absl::CivilDay first = options_.first + day;
      const int off = plan_.hours.DaysOff(first);
      if (off < 3 || (day > 0 && !plan_.hours.IsWorked(first - 1))) continue;
      sleep(i, absl::FromCivil(first, zone) - absl::Hours(6), absl::FromCivil(first + off, zone) + absl::Minutes(505));
    }
    const auto days = static_cast<uint64_t>(options_.days);
    for (uint64_t times = (of.sleeps_a_year * days + 182) / 365; times > 0; --times) {
      const absl::Time from =
          absl::FromCivil(options_.first, zone) + absl::Minutes(static_cast<int64_t>(dice_.Below(days * 1440)));
      sleep(i, from, from + absl::Minutes(static_cast<int64_t>(1440 + dice_.Below(5 * 1440))));
    }
  }
}

void Life::Return(uint32_t agency) {
  if (gateway_.now() < agencies_[agency].back) return;  // it sleeps on
  const domain::Agency* row = gateway_.state().directory.AgencyByOrdinal(AgencyOrdinal(agency + 1));
  gateway_.Give(domain::SayHello{.agency = AgencyOrdinal(agency + 1),
                                 .instance = "12345678",
                                 .inbox = KeyOf(row->row.code()).substr(0, 16),
                                 .adapter = "province",
                                 .version = "1",
                                 .most_in_flight = 256,
                                 .declared = {row->row.capabilities().begin(), row->row.capabilities().end()}});
  WakeAt(agency, gateway_.now());
}

void Life::WakeAt(uint32_t agency, absl::Time at) {
  LiveAgency& of = agencies_[agency];
  at = std::max({at, of.back, gateway_.now()});
  if (at >= of.wake) return;
  of.wake = at;
  At(at, What::kWake, agency);
}

void Life::Wake(uint32_t agency) {
  LiveAgency& of = agencies_[agency];
  const absl::Time now = gateway_.now();
  if (now < of.wake) return;  // an earlier one did this one's work
  of.wake = absl::InfiniteFuture();
  if (now < of.back) return WakeAt(agency, of.back);
  TakeOrders(agency);
  std::vector<Receipt> receipts;
  while (!of.answers.empty() && of.answers.top().at <= now && receipts.size() < kPerReport) {
    const Answer answer = of.answers.top();
    of.answers.pop();
    const auto order = orders_.find(answer.order);
    receipts.push_back(ReceiptOf(agency, answer, order->second));
    Tally& tally = tallies_[agency + 1];
    ++answers_, ++tally.answered;
    ++(now <= order->second.due ? tally.on_time : tally.missed);
    if (receipts.back().kind() == RECEIPT_KIND_RETURNED) ++tally.returned;
    Forget(answer.order, order->second);
  }
  if (!receipts.empty()) gateway_.Give(AsCommand(gateway_, plan_, agency, receipts));
  if (!of.answers.empty()) WakeAt(agency, of.answers.top().at);
  if (!of.waiting.empty()) WakeAt(agency, now + options_.slot);
}

void Life::TakeOrders(uint32_t agency) {
  LiveAgency& of = agencies_[agency];
  if (of.waiting.empty()) return;
  std::stable_partition(of.waiting.begin(), of.waiting.end(), [&](uint64_t seq) { return orders_.at(seq).urgent; });
  domain::Deliver deliver{.agency = AgencyOrdinal(agency + 1), .instance = "12345678"};
  while (!of.waiting.empty() && deliver.orders.size() < kPerDelivery) {
    const uint64_t seq = of.waiting.front();
    of.waiting.pop_front();
    deliver.orders.emplace_back(seq);
    of.answers.push({AnswerTime(plan_.agencies[agency], orders_.at(seq)), gateway_.now(), seq});
  }
  gateway_.Give(std::move(deliver));
}

absl::Time Life::AnswerTime(const AgencyPlan& of, const LiveOrder& order) {
  absl::Time at = gateway_.now();
  if (of.habit == Habit::kClerk) {
    const double work = std::min(dice_.LogNormal(of.typical_seconds, of.spread), kLongestWork);
    at = plan_.hours.After(at, work * (order.urgent ? 0.3 : 1));
  } else {
    if (of.habit == Habit::kBatches) at = absl::UnixEpoch() + absl::Ceil(at - absl::UnixEpoch(), absl::Minutes(30));
    if (of.nights_off) {
      const absl::CivilSecond civil = absl::ToCivilSecond(at, plan_.policy->zone());
      const absl::CivilDay day(civil);
      if (civil.hour() >= 23) at = absl::FromCivil(day + 1, plan_.policy->zone()) + absl::Hours(5);
      if (civil.hour() < 5) at = absl::FromCivil(day, plan_.policy->zone()) + absl::Hours(5);
    }
    at += absl::Seconds(2 + static_cast<int64_t>(dice_.LogNormal(of.typical_seconds, of.spread)));
  }
  if (dice_.Permille(of.lost_permille)) at += absl::Hours(24 * static_cast<int64_t>(8 + dice_.Below(33)));
  return at;
}

void Life::Forget(uint64_t seq, LiveOrder& order) {
  if (--order.open > 0) return;
  --cases_[order.in_case].open_orders;
  orders_.erase(seq);
}

Receipt Life::ReceiptOf(uint32_t agency, const Answer& answer, LiveOrder& order) {
  const AgencyPlan& of = plan_.agencies[agency];
  const bool returned = dice_.Permille(of.returned_permille);
  Receipt receipt = BaseReceipt(order.id, order.digest, of.code, returned ? RECEIPT_KIND_RETURNED : RECEIPT_KIND_FINAL,
                                answer.arrived, gateway_.now());
  if (returned) {
    receipt.mutable_returned()->set_reason("PAPERS_DEFECTIVE"), receipt.mutable_returned()->set_contact_name("窗口四"),
        receipt.mutable_returned()->set_contact_phone("12368");
    if (order.action == ACTION_INQUIRE) {
      if (!order.again && dice_.Permille(700))
        At(CourtTime(absl::Hours(20), absl::Hours(72)), What::kAskAgain, order.in_case, agency);
    } else if (order.action == ACTION_FREEZE) {
      LiveCase& in = cases_[order.in_case];
      in.room += order.amount, --in.standing, --in.freezes;
      measures_.erase(order.freeze);
      At(CourtTime(absl::Hours(4), absl::Hours(48)), What::kFreeze, order.in_case, agency, order.amount);
    } else {
      At(CourtTime(absl::Hours(4), absl::Hours(48)), What::kFollow, order.in_case, order.freeze);
    }
  } else if (order.action == ACTION_INQUIRE) {
    AnswerInquiry(agency, order, receipt);
  } else if (order.action == ACTION_FREEZE) {
    AnswerFreeze(agency, answer.order, order, receipt);
  } else {
    AnswerAboutMeasure(order.freeze, order, receipt);
  }
  return receipt;
}

void Life::AnswerInquiry(uint32_t agency, LiveOrder& order, Receipt& receipt) {
  const AgencyPlan& of = plan_.agencies[agency];
  receipt.set_searched_scope("全部系统");
  ItemResult& item = *receipt.add_items();
  if (!dice_.Permille(of.found_permille)) return item.set_outcome(OUTCOME_NIL);
  item.set_outcome(OUTCOME_FOUND);
  Finding& finding = *item.mutable_finding();
  const auto amount = static_cast<int64_t>(dice_.LogNormal(of.money() ? 18'000'00 : 220'000'00, 1.3)) + 1;
  finding.set_asset_kind(of.asset_kind), finding.set_asset_number(absl::StrCat("N", cases_[order.in_case].name.number));
  finding.set_holder_name(RespondentOf(cases_[order.in_case].name).name()), finding.set_matched_by("NAME_AND_18");
  finding.set_balance_known(of.money());
  if (of.money()) {
    finding.set_currency("CNY"), finding.set_balance_minor_units(amount), finding.set_available_minor_units(amount);
  }
  At(CourtTime(absl::Minutes(10), absl::Hours(26)), What::kFreeze, order.in_case, agency, amount);
}

MeasureState Life::StateOf(const LiveMeasure& measure) {
  MeasureState state;
  const int64_t unfunded = plan_.agencies[measure.agency].money() ? measure.limit - measure.controlled : 0;
  state.set_unit_reference(absl::StrCat("D", ++reference_));
  state.set_controlled_minor_units(measure.controlled), state.set_unfunded_minor_units(unfunded);
  state.set_requested_minor_units(measure.controlled + unfunded);
  *state.mutable_effective_from() = domain::ToProto(gateway_.now());
  *state.mutable_effective_to() = domain::ToProto(measure.ends);
  return state;
}

void Life::AnswerFreeze(uint32_t agency, uint64_t seq, LiveOrder& order, Receipt& receipt) {
  LiveMeasure& measure = measures_.at(seq);
  LiveCase& in = cases_[order.in_case];
  const bool money = plan_.agencies[agency].money();
  ItemResult& item = *receipt.add_items();
  if (dice_.Permille(40)) {
    item.set_outcome(OUTCOME_NOT_CONTROLLED);
    in.room += order.amount, --in.standing;
    measures_.erase(seq);
    return;
  }
  const bool whole = !money || dice_.Permille(600);
  measure.controlled =
      whole ? measure.limit : std::max<int64_t>(1, measure.limit * static_cast<int64_t>(100 + dice_.Below(880)) / 1000);
  const absl::TimeZone& zone = plan_.policy->zone();
  const absl::Time now = gateway_.now();
  measure.ends = Months(now, measure.fate == Fate::kRenew ? 3 : money ? 12 : 24, zone);
  in.controlled = true;
  item.set_outcome(measure.controlled == measure.limit ? OUTCOME_CONTROLLED : OUTCOME_PARTLY_CONTROLLED);
  *item.mutable_measure() = StateOf(measure);
  const absl::Duration day = absl::Hours(24);
  if (measure.fate == Fate::kDeduct) At(CourtTime(15 * day, 60 * day), What::kFollow, order.in_case, seq);
  if (measure.fate == Fate::kRelease) At(CourtTime(10 * day, 80 * day), What::kFollow, order.in_case, seq);
  if (measure.fate == Fate::kRenew) At(CourtTime(45 * day, 75 * day), What::kFollow, order.in_case, seq);
}

void Life::AnswerAboutMeasure(uint64_t freeze, LiveOrder& order, Receipt& receipt) {
  LiveMeasure& measure = measures_.at(freeze);
  LiveCase& in = cases_[order.in_case];
  ItemResult& item = *receipt.add_items();
  const absl::Duration day = absl::Hours(24);
  bool over = order.action == ACTION_RELEASE;
  if (order.action == ACTION_RENEW) {
    item.set_outcome(OUTCOME_RENEWED);
    measure.ends = Months(measure.ends, 6, plan_.policy->zone());
    *item.mutable_measure() = StateOf(measure);
    measure.fate = Fate::kRelease;
    At(CourtTime(30 * day, 120 * day), What::kFollow, order.in_case, freeze);
  } else if (order.action == ACTION_DEDUCT) {
    item.set_outcome(OUTCOME_DEDUCTED);
    measure.limit -= order.amount, measure.controlled = 0;
    over = measure.limit == 0;
    DeductionState& deduction = *item.mutable_deduction();
    deduction.set_amount_minor_units(order.amount), deduction.set_booking_reference(absl::StrCat("B", ++reference_));
    *deduction.mutable_measure() = StateOf(measure);
    deduction.mutable_measure()->set_ended(over);
    measure.fate = Fate::kRelease;
    if (!over) At(CourtTime(day, 4 * day), What::kFollow, order.in_case, freeze);
  } else {
    item.set_outcome(OUTCOME_RELEASED);
    in.room += measure.limit;
    measure.limit = measure.controlled = 0;
    *item.mutable_measure() = StateOf(measure);
    item.mutable_measure()->set_ended(true);
  }
  if (!over) return;
  --in.standing;
  measures_.erase(freeze);
}

}  // namespace eagle::province
