// The province's days and its courts; its agencies are in province_agencies.cc.
#include "tests/sim/province_life.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/assert.h"
#include "server/domain/instant.h"

namespace eagle::province {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

namespace {

constexpr double kQuietDay = 0.08;        // cases on a day on which nobody works, of those on another one
constexpr int64_t kLeastFrozen = 500'00;  // 500 yuan: below it nobody asks
constexpr uint8_t kFreezesPerCase = 3;

absl::Duration Between(absl::Duration least, absl::Duration most, Dice& dice) {
  return absl::Floor(least + (most - least) * dice.Unit(), absl::Seconds(1));
}

}  // namespace

Life::Life(const Plan& plan, Gateway& gateway, const Options& options)
    : plan_(plan), gateway_(gateway), options_(options), dice_(options.seed * 7919 + 1), today_(options.first) {
  end_ = absl::FromCivil(options.first + options.days, plan.policy->zone());
  agencies_.resize(plan.agencies.size());
  for (uint32_t i = 0; i < plan.agencies.size(); ++i) {
    tallies_[i + 1] = {};
    by_kind_[plan.agencies[i].kind].push_back(i);
    if (plan.agencies[i].kind == "BANK") bank_draw_.insert(bank_draw_.end(), plan.agencies[i].weight, i);
  }
  for (uint32_t i = 0; i < plan.courts.size(); ++i) court_draw_.insert(court_draw_.end(), plan.courts[i].weight, i);
}

void Life::At(absl::Time at, What what, uint32_t who, uint64_t about, int64_t amount) {
  events_.push({std::max(at, gateway_.now()), serial_++, what, who, about, amount});
}

absl::Time Life::CourtTime(absl::Duration least, absl::Duration most) {
  const absl::Time at = gateway_.now() + Between(least, most, dice_), open = plan_.hours.Next(at);
  return open == at ? at : open + Between(absl::ZeroDuration(), absl::Minutes(40), dice_);
}

// A case is filed in working hours; on days off a duty officer files some.
void Life::PlanDay(absl::CivilDay day) {
  double weights = 0;
  for (int i = 0; i < options_.days; ++i) weights += plan_.hours.IsWorked(options_.first + i) ? 1 : kQuietDay;
  const double weight = plan_.hours.IsWorked(day) ? 1 : kQuietDay;
  owed_cases_ += options_.cases_a_day * options_.days * weight / weights;
  const absl::Time opens = absl::FromCivil(day, plan_.policy->zone()) + absl::Minutes(510);
  for (; owed_cases_ >= 1; owed_cases_ -= 1) {
    const absl::Time at = opens + Between(absl::ZeroDuration(), absl::Hours(9), dice_);
    At(plan_.hours.IsWorked(day) ? plan_.hours.Next(at) : at, What::kFile,
       court_draw_[dice_.Below(court_draw_.size())]);
  }
}

void Life::Play(const std::function<void(const Life&)>& each_day) {
  const absl::TimeZone& zone = plan_.policy->zone();
  const auto noon_of = [&](int permille) {
    return absl::FromCivil(options_.first + options_.days * permille / 1000, zone) + absl::Hours(12);
  };
  PlanSleeps();
  if (options_.jumps) {
    At(noon_of(210) - absl::Minutes(115), What::kClock, 0, 0);
    At(noon_of(210) + absl::Minutes(150), What::kClock, 0, 1);
    At(noon_of(680) - absl::Minutes(590), What::kClock, 0, 2);
    At(noon_of(680) - absl::Minutes(165), What::kClock, 0, 3);
  }
  for (int i = 0; i < options_.days; ++i) {
    today_ = options_.first + i;
    PlanDay(today_);
    const absl::Time midnight = absl::FromCivil(today_ + 1, zone);
    while (true) {
      absl::Time next = std::min(events_.empty() ? absl::InfiniteFuture() : events_.top().at, gateway_.next_timer());
      next = absl::UnixEpoch() + absl::Ceil(next - absl::UnixEpoch(), options_.slot);
      if (next > midnight) break;
      gateway_.AdvanceTo(std::max(next, gateway_.now()));
      while (!events_.empty() && events_.top().at <= gateway_.now()) {
        const Event event = events_.top();
        events_.pop();
        Happen(event);
      }
      gateway_.Settle();
    }
    if (each_day) each_day(*this);
  }
  // An entry past the end: then every figure of the days before is final.
  gateway_.AdvanceTo(end_ + absl::Seconds(1));
  gateway_.Give(domain::MarkAbsent{.agency = AgencyOrdinal(1), .last_seen = end_});
  gateway_.Settle();
  for (uint32_t i = 0; i < agencies_.size(); ++i) {
    Tally& tally = tallies_[i + 1];
    const auto count = [&](uint64_t seq) { ++tally.open, tally.missed += orders_.at(seq).due <= end_ ? 1 : 0; };
    for (const uint64_t seq : agencies_[i].waiting) count(seq);
    for (; !agencies_[i].answers.empty(); agencies_[i].answers.pop()) count(agencies_[i].answers.top().order);
  }
}

void Life::Happen(const Event& event) {
  switch (event.what) {
    case What::kFile:
      return File(event.who);
    case What::kInquire:
      return Inquire(event.who);
    case What::kFreeze:
      return Freeze(event.who, static_cast<uint32_t>(event.about), event.amount);
    case What::kFollow:
      return Follow(event.about);
    case What::kAskAgain:
      return AskAgain(event.who, static_cast<uint32_t>(event.about));
    case What::kClose:
      return Close(event.who);
    case What::kWake:
      return Wake(event.who);
    case What::kSleep:
      agencies_[event.who].back =
          std::max(agencies_[event.who].back, absl::FromUnixSeconds(static_cast<int64_t>(event.about)));
      return gateway_.Give(
          domain::MarkAbsent{.agency = AgencyOrdinal(event.who + 1), .last_seen = gateway_.now() - absl::Seconds(90)});
    case What::kReturn:
      return Return(event.who);
    case What::kClock:
      return SetClock(event.about);
  }
}

// Nine days ahead for some hours, and five hours back for a night: an alarm each time, no mark early, none late.
void Life::SetClock(uint64_t step) {
  if (step == 0 || step == 2) return gateway_.SetWrong(step == 0 ? absl::Hours(24 * 9) : -absl::Hours(5));
  gateway_.SetWrong(absl::ZeroDuration());
  GATEWAY_ASSERT(gateway_.state().clock_alarm != 0, "a clock that jumped is told");
  ++alarms_;
  gateway_.AcceptClock();
}

void Life::File(uint32_t court) {
  const auto in_case = static_cast<uint32_t>(cases_.size());
  LiveCase& of = cases_.emplace_back();
  of.name = {.court = court, .number = in_case + 1};
  const auto principal = static_cast<int64_t>(dice_.LogNormal(150'000'00, 0.9)) + 1'000'00;
  const int64_t interest = principal * static_cast<int64_t>(dice_.Below(80)) / 1000;
  of.cap = of.room = principal + interest;
  const CaseAct act = OpenCase(plan_, of.name, principal, interest, IdOf(next_id_++));
  gateway_.Give(AsCommand(gateway_, plan_, of.name, act), [this, in_case](const domain::Result& result) {
    if (!result.status.ok() || result.members[0].refusal) return;
    At(CourtTime(absl::Minutes(5), absl::Hours(3)), What::kInquire, in_case);
    At(CourtTime(absl::Hours(24 * 60), absl::Hours(24 * 110)), What::kClose, in_case);
  });
}

std::vector<uint32_t> Life::WhomToAsk() {
  std::vector<uint32_t> asked;
  const auto add = [&](uint32_t agency) {
    if (std::find(asked.begin(), asked.end(), agency) == asked.end()) asked.push_back(agency);
  };
  if (options_.asked >= plan_.agencies.size()) {
    for (uint32_t i = 0; i < plan_.agencies.size(); ++i) asked.push_back(i);
    return asked;
  }
  for (const auto& [kind, permille] :
       {std::pair{"LAND", 1000u}, std::pair{"VEHICLE", 1000u}, std::pair{"HOUSING_FUND", 700u},
        std::pair{"BUSINESS", 300u}, std::pair{"IP", 60u}}) {
    const std::vector<uint32_t>& all = by_kind_.at(kind);
    if (asked.size() < options_.asked && dice_.Permille(permille)) add(all[dice_.Below(all.size())]);
  }
  for (int tries = 0; asked.size() < options_.asked && tries < 400; ++tries)
    add(bank_draw_[dice_.Below(bank_draw_.size())]);
  return asked;
}

void Life::Submit(uint32_t in_case, const Order& order, std::vector<uint32_t> agencies, LiveOrder live) {
  ++cases_[in_case].open_orders, ++orders_made_, ++by_action_[order.action()];
  live.id = order.order_id(), live.in_case = in_case, live.action = order.action();
  live.urgent = order.urgency() == URGENCY_URGENT;
  domain::SubmitOrders command = AsCommand(gateway_, plan_, cases_[in_case].name, order);
  live.digest = command.signed_head.digests[0];
  live.open = static_cast<uint32_t>(agencies.size());
  gateway_.Give(std::move(command), [this, in_case, agencies = std::move(agencies),
                                     live = std::move(live)](const domain::Result& result) {
    if (!result.status.ok() || result.members[0].refusal) {
      --cases_[in_case].open_orders;
      return;
    }
    const absl::Time now = gateway_.now();
    const absl::TimeZone& zone = plan_.policy->zone();
    const uint64_t seq = result.members[0].index;
    LiveOrder& order_of = orders_[seq] = live;
    order_of.due = live.urgent ? now + absl::Hours(24) : absl::FromCivil(absl::ToCivilDay(now, zone) + 8, zone);
    if (live.action == ACTION_FREEZE) {
      LiveMeasure& measure = measures_[seq];
      measure.order_id = live.id, measure.in_case = in_case, measure.agency = agencies[0];
      measure.limit = live.amount, measure.fate = static_cast<Fate>(live.freeze), measure.urgent = live.urgent;
      order_of.freeze = seq;
    }
    for (const uint32_t agency : agencies) {
      ++tallies_[agency + 1].received;
      agencies_[agency].waiting.push_back(seq);
      WakeAt(agency, now + Between(absl::Seconds(1), absl::Seconds(40), dice_));
    }
  });
}

void Life::Inquire(uint32_t in_case) {
  const CaseName& name = cases_[in_case].name;
  Order order = BaseOrder(plan_, name, ACTION_INQUIRE, dice_.Permille(plan_.courts[name.court].urgent_permille),
                          IdOf(next_id_++), gateway_.now());
  const std::vector<uint32_t> asked = WhomToAsk();
  for (const uint32_t agency : asked) order.add_agencies(plan_.agencies[agency].code);
  order.mutable_inquire();
  Submit(in_case, order, asked, {});
}

void Life::AskAgain(uint32_t in_case, uint32_t agency) {
  Order order = BaseOrder(plan_, cases_[in_case].name, ACTION_INQUIRE, false, IdOf(next_id_++), gateway_.now());
  order.add_agencies(plan_.agencies[agency].code);
  order.mutable_inquire();
  Submit(in_case, order, {agency}, {.again = true});
}

void Life::Freeze(uint32_t in_case, uint32_t agency, int64_t found) {
  LiveCase& of = cases_[in_case];
  if (of.room < kLeastFrozen || of.freezes >= kFreezesPerCase) return;
  const AgencyPlan& at = plan_.agencies[agency];
  const uint32_t urgent = 3 * plan_.courts[of.name.court].urgent_permille;
  const uint64_t draw = dice_.Below(100);
  const Fate fate = draw < 25   ? Fate::kRelease
                    : draw < 70 ? (at.money() ? Fate::kDeduct : Fate::kRelease)
                    : draw < 90 ? Fate::kRenew
                                : Fate::kStay;
  // Some ask for all that is owed, and what isn't there may still come in.
  const int64_t limit = at.money() && dice_.Permille(300) ? of.room : std::min(of.room, std::max(found, kLeastFrozen));
  Order order = BaseOrder(plan_, of.name, ACTION_FREEZE, dice_.Permille(urgent), IdOf(next_id_++), gateway_.now());
  order.add_agencies(at.code);
  goldeneagle::v1::Freeze& freeze = *order.mutable_freeze();
  freeze.set_currency("CNY"), freeze.set_limit_minor_units(limit);
  if (at.money()) {
    freeze.mutable_person_at_agency(), freeze.set_inflow(INFLOW_CAPTURE);
    freeze.mutable_term()->set_months(fate == Fate::kRenew ? 3 : 12);
  } else {
    AssetTarget& asset = *freeze.mutable_asset();
    asset.set_asset_kind(at.asset_kind), asset.set_unit_number(absl::StrCat("N", of.name.number));
    asset.set_share_numerator(1), asset.set_share_denominator(1);
    freeze.mutable_term()->set_months(fate == Fate::kRenew ? 3 : 24);
  }
  of.room -= limit, ++of.freezes, ++of.standing;
  Submit(in_case, order, {agency}, {.amount = limit, .freeze = static_cast<uint64_t>(fate)});
}

void Life::Follow(uint64_t freeze) {
  const auto found = measures_.find(freeze);
  if (found == measures_.end()) return;
  LiveMeasure& measure = found->second;
  const absl::Time now = gateway_.now();
  if (measure.fate == Fate::kRenew && measure.ends < now + absl::Hours(24)) measure.fate = Fate::kRelease;
  const Action action = measure.fate == Fate::kDeduct  ? ACTION_DEDUCT
                        : measure.fate == Fate::kRenew ? ACTION_RENEW
                                                       : ACTION_RELEASE;
  const CaseName& name = cases_[measure.in_case].name;
  Order order = BaseOrder(plan_, name, action, action == ACTION_RELEASE && dice_.Permille(80), IdOf(next_id_++), now);
  order.add_agencies(plan_.agencies[measure.agency].code);
  int64_t amount = 0;
  if (action == ACTION_DEDUCT) {
    Deduct& deduct = *order.mutable_deduct();
    amount = measure.controlled;
    deduct.set_freeze_order_id(measure.order_id), deduct.set_currency("CNY"), deduct.set_amount_minor_units(amount);
    *deduct.mutable_account() = AccountOf(plan_.courts[name.court]);
    deduct.set_account_statement(gateway_.account_digest(name.court));
  } else if (action == ACTION_RENEW) {
    order.mutable_renew()->set_freeze_order_id(measure.order_id), order.mutable_renew()->mutable_term()->set_months(6);
  } else {
    order.mutable_release()->set_freeze_order_id(measure.order_id), order.mutable_release()->set_ground("DEBT_PAID");
  }
  Submit(measure.in_case, order, {measure.agency}, {.amount = amount, .freeze = freeze});
}

void Life::Close(uint32_t in_case) {
  LiveCase& of = cases_[in_case];
  if (of.open_orders > 0 || of.standing > 0)
    return At(CourtTime(absl::Hours(24 * 10), absl::Hours(24 * 14)), What::kClose, in_case);
  const CaseStage to = of.controlled ? CASE_STAGE_CLOSED : CASE_STAGE_CLOSED_NO_ASSETS;
  gateway_.Give(AsCommand(gateway_, plan_, of.name, ChangeStage(plan_, of.name, to, IdOf(next_id_++))));
  of.room = 0;
}

}  // namespace eagle::province
