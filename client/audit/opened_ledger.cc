#include "client/audit/opened_ledger.h"

#include <algorithm>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"

namespace eagle::audit {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

void OpenedLedger::Open(uint64_t case_seq, const OpenCase& opened) {
  Money& money = cases_[case_seq];
  money.cap = money.highest_cap = opened.claim().cap_minor_units();
  for (const Respondent& one : opened.respondents()) money.liabilities.push_back(one.liability_cap_minor_units());
}

void OpenedLedger::SetCap(uint64_t case_seq, int64_t cap) {
  Money& money = cases_[case_seq];
  money.cap = cap;
  money.highest_cap = std::max(money.highest_cap, cap);
}

void OpenedLedger::SetRespondents(uint64_t case_seq, std::vector<int64_t> liabilities, std::vector<bool> removed) {
  Money& money = cases_[case_seq];
  money.liabilities = std::move(liabilities), money.removed = std::move(removed);
}

std::optional<std::vector<uint64_t>> OpenedLedger::OnRemoved(uint64_t case_seq) const {
  const auto of = cases_.find(case_seq);
  if (of == cases_.end() || of->second.lost) return std::nullopt;
  const std::vector<bool>& removed = of->second.removed;
  std::vector<uint64_t> freezes;
  for (const auto& [seq, measure] : of->second.measures) {
    if (measure.respondent < removed.size() && removed[measure.respondent] && measure.phase != Phase::kOver)
      freezes.push_back(seq);
  }
  return freezes;
}

OpenedLedger::Sums OpenedLedger::SumOf(const Money& money, std::optional<uint32_t> respondent) {
  Sums sums;
  for (const auto& [seq, measure] : money.measures) {
    if (!measure.counted || (respondent && measure.respondent != *respondent)) continue;
    const int64_t asked = AskedOf(money, seq);  // still among what the measure controls, or will
    if (measure.phase == Phase::kAsked) sums.r += measure.limit - asked;
    if (measure.phase == Phase::kHolds) sums.e += measure.controlled - asked, sums.r += measure.unfunded;
  }
  for (const auto& [seq, payment] : money.payments) {
    if (payment.phase == Phase::kOver || (respondent && payment.respondent != *respondent)) continue;
    sums.d += payment.amount;
  }
  for (const auto& [key, amount] : money.incomes) {
    if (!respondent || money.measures.at(key.first).respondent == *respondent) sums.d += amount;
  }
  return sums;
}

int64_t OpenedLedger::AskedOf(const Money& money, uint64_t freeze) {
  int64_t asked = 0;
  for (const auto& [seq, payment] : money.payments) {
    if (payment.freeze == freeze && payment.phase == Phase::kAsked) asked += payment.held;
  }
  return asked;
}

int64_t OpenedLedger::FreeOf(const Money& money, uint64_t freeze) {
  const auto measure = money.measures.find(freeze);
  if (measure == money.measures.end()) return 0;
  if (measure->second.phase == Phase::kAsked) return measure->second.limit - AskedOf(money, freeze);
  return measure->second.phase == Phase::kHolds ? measure->second.controlled - AskedOf(money, freeze) : 0;
}

int64_t OpenedLedger::HeldForTitle(const Money& money, uint64_t freeze, const TransferTitle& title) {
  const auto measure = money.measures.find(freeze);
  if (measure == money.measures.end() || !measure->second.counted || measure->second.phase != Phase::kHolds) return 0;
  absl::int128 value = measure->second.controlled;
  if (title.share_denominator() > 0) value = value * title.share_numerator() / title.share_denominator();
  const int64_t free = std::min(static_cast<int64_t>(value), FreeOf(money, freeze));
  return std::max<int64_t>(0, std::min(free, title.proceeds_minor_units()));
}

std::optional<std::string> OpenedLedger::Accept(uint64_t case_seq, uint64_t seq, const Order& order, uint64_t freeze,
                                                uint32_t respondent, int64_t reserved, int64_t cap) {
  Money& money = cases_[case_seq];
  std::optional<std::string> wrong;
  int64_t besides = 0;  // beyond what the measure gives for it
  if (order.has_extract_income()) {
    const int64_t limit = order.extract_income().limit_minor_units();
    money.measures[seq] = {.respondent = respondent, .counted = true, .limit = limit};
    if (!money.lost && reserved != limit) wrong = "the gateway counted another amount than was ordered";
  } else if (order.has_transfer_title()) {
    const int64_t proceeds = order.transfer_title().proceeds_minor_units();
    const int64_t held = HeldForTitle(money, freeze, order.transfer_title());
    const auto of = money.measures.find(freeze);
    // Of one that has ended the title may have changed before a recovery: then nothing has to find room any more.
    const bool holds = of != money.measures.end() && of->second.phase == Phase::kHolds;
    besides = holds ? proceeds - held : 0;
    money.payments[seq] = {
        .freeze = freeze, .respondent = respondent, .amount = proceeds, .held = held, .of_thing = true};
  } else if (order.has_freeze()) {
    const bool counted = !order.has_over_cap_exception();
    const int64_t limit = order.freeze().limit_minor_units();
    money.measures[seq] = {.respondent = respondent, .counted = counted && limit > 0, .limit = limit};
    if (!money.lost && reserved != (counted ? limit : 0)) wrong = "the gateway counted another amount than was ordered";
  } else if (order.has_deduct()) {
    const int64_t amount = order.deduct().amount_minor_units();
    const int64_t held = FreeOf(money, freeze) < amount ? 0 : amount;
    money.payments[seq] = {.freeze = freeze, .respondent = respondent, .amount = amount, .held = held};
  } else {
    if (order.has_release()) money.releases[seq] = freeze;
    if (order.has_renew()) money.renewals[seq] = freeze;
    return std::nullopt;
  }
  if (money.lost || wrong) return wrong;
  if (cap != money.cap) return absl::StrCat("decided under a cap of ", cap, ", the court's is ", money.cap);
  const bool takes = order.has_deduct() || (order.has_transfer_title() && besides == 0);
  if (!takes && !order.has_transfer_title() && !money.measures[seq].counted) return std::nullopt;
  const auto above = [&](const Sums& sums, int64_t bound) {
    return (takes ? sums.d : sums.d + sums.e + sums.r) > bound;
  };
  const Sums all = SumOf(money, std::nullopt);
  if (above(all, money.cap))
    return absl::StrCat("taken ", all.d, ", controlled ", all.e, ", asked for ", all.r, ", of a cap of ", money.cap);
  const int64_t liability = respondent < money.liabilities.size() ? money.liabilities[respondent] : 0;
  const Sums his = SumOf(money, respondent);
  if (liability > 0 && above(his, liability))
    return absl::StrCat("of a respondent liable for ", liability, ": taken ", his.d, ", controlled ", his.e,
                        ", asked for ", his.r);
  return std::nullopt;
}

// Overtaken by a receipt that says what came later.
bool OpenedLedger::IsOlder(const MeasureState& state, const Measure& measure) {
  return state.revision() != 0 && state.revision() < measure.revision;
}

void OpenedLedger::Refuse(Measure& measure) {
  measure.phase = Phase::kOver;
  measure.refused = true, measure.released = measure.used_up = false;
}

// A correction: what only the word that it replaces had ended (`by_it`) stands again.
void OpenedLedger::TakeBack(Measure& measure, bool by_it, const MeasureState& state) {
  if (measure.phase == Phase::kOver && by_it && !state.ended() && !IsOlder(state, measure))
    measure.phase = Phase::kAsked;
}

void OpenedLedger::Sign(Measure& measure, const ItemResult& item, const MeasureState& state) {
  if (measure.phase == Phase::kOver || IsOlder(state, measure)) return;
  measure.revision = state.revision();
  measure.controlled = state.controlled_minor_units();
  measure.unfunded = state.unfunded_minor_units();
  measure.limit = state.requested_minor_units();
  const auto& end = state.effective_to();
  measure.ends = state.has_effective_to() ? end.seconds() * 1'000'000 + end.nanos() / 1'000 : 0;
  measure.phase = state.ended()                                                         ? Phase::kOver
                  : item.outcome() == OUTCOME_WAITLISTED || !state.has_effective_from() ? Phase::kWaits
                                                                                        : Phase::kHolds;
  measure.used_up = state.ended() && item.outcome() != OUTCOME_RELEASED;
  measure.released = state.ended() && item.outcome() == OUTCOME_RELEASED;
}

namespace {

bool IsLast(const Receipt& receipt) {
  return receipt.kind() == RECEIPT_KIND_FINAL || receipt.kind() == RECEIPT_KIND_CORRECTION;
}
bool IsBack(const Receipt& receipt) { return receipt.kind() == RECEIPT_KIND_RETURNED; }
ItemResult FirstOf(const Receipt& receipt) { return receipt.items().empty() ? ItemResult() : receipt.items(0); }

}  // namespace

void OpenedLedger::AnswerMeasure(Money& money, uint64_t seq, const Receipt& receipt, bool overtaken) {
  const ItemResult item = FirstOf(receipt);
  Measure& measure = money.measures.at(seq);
  if (receipt.kind() == RECEIPT_KIND_EVENT && receipt.change() == MEASURE_CHANGE_EXTRACTED) {
    const DeductionState& paid = item.deduction();
    const bool fresh = money.incomes.try_emplace({seq, paid.booking_reference()}, paid.amount_minor_units()).second;
    if (fresh && !overtaken) Sign(measure, item, paid.measure());
    return;
  }
  if (overtaken) return;
  const bool last = IsLast(receipt), event = receipt.kind() == RECEIPT_KIND_EVENT;
  if (event && receipt.change() == MEASURE_CHANGE_LAPSED) {
    measure.phase = Phase::kOver;
  } else if (event || (last && item.has_measure())) {
    const bool holds = event || item.outcome() == OUTCOME_CONTROLLED || item.outcome() == OUTCOME_PARTLY_CONTROLLED ||
                       item.outcome() == OUTCOME_WAITLISTED;
    // Also what was withdrawn, and had been carried out before a loss of the log.
    if (holds && !event) TakeBack(measure, measure.refused, item.measure());
    holds ? Sign(measure, item, item.measure()) : Refuse(measure);
  } else if (last || IsBack(receipt)) {
    Refuse(measure);
  }
}

void OpenedLedger::Answer(uint64_t case_seq, uint64_t seq, const Receipt& receipt, bool overtaken) {
  Money& money = cases_[case_seq];
  if (money.measures.contains(seq)) return AnswerMeasure(money, seq, receipt, overtaken);
  if (overtaken) return;
  const bool last = IsLast(receipt);
  const ItemResult item = FirstOf(receipt);
  if (const auto release = money.releases.find(seq); release != money.releases.end()) {
    const auto from = money.measures.find(release->second);
    if (!last || from == money.measures.end()) return;
    const bool corrected = receipt.kind() == RECEIPT_KIND_CORRECTION && item.has_measure();
    if (item.outcome() != OUTCOME_RELEASED && !corrected) return;
    if (item.outcome() != OUTCOME_RELEASED) TakeBack(from->second, from->second.released, item.measure());
    Sign(from->second, item, item.measure());
  } else if (const auto renewal = money.renewals.find(seq); renewal != money.renewals.end()) {
    const auto of = money.measures.find(renewal->second);
    if (last && item.outcome() == OUTCOME_RENEWED && of != money.measures.end()) Sign(of->second, item, item.measure());
  } else if (const auto paid = money.payments.find(seq); paid != money.payments.end()) {
    paid->second.of_thing ? AnswerTitle(money, paid->second, receipt) : AnswerPayment(money, paid->second, receipt);
  }
}

// The measure ends with the whole; a correction of TRANSFERRED revives what only that word had ended.
void OpenedLedger::AnswerTitle(Money& money, Payment& payment, const Receipt& receipt) {
  if (!IsLast(receipt) && !IsBack(receipt)) return;
  const ItemResult item = FirstOf(receipt);
  const bool was_done = payment.phase == Phase::kHolds;
  const bool done = IsLast(receipt) && item.outcome() == OUTCOME_TRANSFERRED;
  payment.phase = done ? Phase::kHolds : Phase::kOver;
  const auto from = money.measures.find(payment.freeze);
  if (IsBack(receipt) || !item.has_measure() || from == money.measures.end() || (!done && !was_done)) return;
  if (!done) TakeBack(from->second, from->second.used_up, item.measure());
  Sign(from->second, item, item.measure());
}

void OpenedLedger::AnswerPayment(Money& money, Payment& payment, const Receipt& receipt) {
  const bool last = IsLast(receipt), back = IsBack(receipt);
  const ItemResult item = FirstOf(receipt);
  const auto from = money.measures.find(payment.freeze);
  const bool sent = item.outcome() == OUTCOME_SENT_NOT_CONFIRMED;
  if (!back && !last && !(receipt.kind() == RECEIPT_KIND_PROGRESS && sent)) return;
  const bool settled = last && item.outcome() == OUTCOME_DEDUCTED;
  payment.phase = settled ? Phase::kHolds : !back && sent ? Phase::kWaits : Phase::kOver;
  if (settled || payment.phase == Phase::kWaits) payment.amount = item.deduction().amount_minor_units();
  if (back || !item.deduction().has_measure() || from == money.measures.end()) return;
  // Money that came back stands under the measure that it had used up.
  if (payment.phase == Phase::kOver && from->second.used_up && !IsOlder(item.deduction().measure(), from->second))
    from->second.phase = Phase::kHolds;
  Sign(from->second, item, item.deduction().measure());
}

void OpenedLedger::Withdraw(uint64_t case_seq, uint64_t seq) {
  Money& money = cases_[case_seq];
  if (const auto of = money.measures.find(seq); of != money.measures.end()) Refuse(of->second);
  if (const auto of = money.payments.find(seq); of != money.payments.end()) of->second.phase = Phase::kOver;
}

std::optional<OpenedLedger::Held> OpenedLedger::HeldBy(uint64_t case_seq, uint64_t freeze) const {
  const auto of = cases_.find(case_seq);
  if (of == cases_.end() || of->second.lost) return std::nullopt;
  const auto at = of->second.measures.find(freeze);
  if (at == of->second.measures.end()) return std::nullopt;
  const Measure& measure = at->second;
  if (measure.phase == Phase::kOver) return Held{.limit = measure.limit, .revision = measure.revision};
  return Held{.limit = measure.limit,
              .controlled = measure.controlled,
              .unfunded = measure.unfunded,
              .revision = measure.revision,
              .stands = measure.phase != Phase::kAsked,
              .in_effect = measure.phase == Phase::kHolds,
              .ends = measure.ends};
}

bool OpenedLedger::MayTake(uint64_t case_seq) const {
  const auto of = cases_.find(case_seq);
  return of == cases_.end() || of->second.lost || SumOf(of->second, std::nullopt).d <= of->second.cap;
}

int64_t OpenedLedger::Taken(uint64_t case_seq) const {
  const auto of = cases_.find(case_seq);
  int64_t taken = 0;
  if (of == cases_.end()) return 0;
  for (const auto& [seq, payment] : of->second.payments) {
    if (payment.phase == Phase::kHolds) taken += payment.amount;
  }
  for (const auto& [key, amount] : of->second.incomes) taken += amount;
  return taken;
}

int64_t OpenedLedger::HighestCap(uint64_t case_seq) const {
  const auto of = cases_.find(case_seq);
  return of == cases_.end() ? 0 : of->second.highest_cap;
}

}  // namespace eagle::audit
