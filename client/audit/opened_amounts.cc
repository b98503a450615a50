#include "client/audit/opened_amounts.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/numeric/int128.h"
#include "client/audit/acts.h"
#include "server/base/amount_slip.h"
#include "server/base/reason.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

void Doubt(Slip slip, Doubts& doubts) {
  if (slip == Slip::kUnit) doubts.insert(static_cast<uint32_t>(Reason::kUnitSlip));
  if (slip == Slip::kDigit) doubts.insert(static_cast<uint32_t>(Reason::kDigitSlip));
  if (slip == Slip::kSwapped) doubts.insert(static_cast<uint32_t>(Reason::kDigitsSwapped));
}

std::vector<int64_t> Parts(const Claim& claim) {
  return {claim.principal_minor_units(), claim.interest_minor_units(), claim.cost_minor_units()};
}

void DoubtClaim(const Claim& claim, const PlausibilityRow& row, Doubts& doubts) {
  const auto most = absl::int128(claim.principal_minor_units()) * row.part_permille();
  const int64_t part = std::max(claim.interest_minor_units(), claim.cost_minor_units());
  if (row.part_permille() > 0 && absl::int128(part) * 1000 > most)
    doubts.insert(static_cast<uint32_t>(Reason::kAmountImplausible));
}

bool IsAboveCeiling(const Claim& claim, const PlausibilityRow& row) {
  return row.claim_above_minor_units() > 0 && claim.cap_minor_units() > row.claim_above_minor_units();
}

}  // namespace

Doubts OpenedAmounts::Open(uint64_t case_seq, const OpenCase& opened, const PlausibilityRow& row) {
  cases_[case_seq] = opened;
  Doubts doubts;
  if (row.digits_min() == 0) return doubts;  // the policy has no such row
  DoubtClaim(opened.claim(), row, doubts);
  if (doubts.empty() && IsAboveCeiling(opened.claim(), row))
    doubts.insert(static_cast<uint32_t>(Reason::kAmountImplausible));
  return doubts;
}

Doubts OpenedAmounts::Change(uint64_t case_seq, const Claim& claim, const PlausibilityRow& row) {
  Doubts doubts;
  const auto at = cases_.find(case_seq);
  if (at == cases_.end()) return doubts;
  const Claim before = std::exchange(*at->second.mutable_claim(), claim);
  if (row.digits_min() == 0) return doubts;
  for (size_t i = 0; i < Parts(claim).size(); ++i) {
    const int64_t now = Parts(claim)[i], then = Parts(before)[i];
    const Slip up = SlipUpwards(now, then, row.tolerance_permille());
    Doubt(up != Slip::kNone ? up : SlipBetween(now, then, row.digits_min()), doubts);
  }
  // A part that is a slip already may be above the principal without being doubted twice.
  if (doubts.empty()) DoubtClaim(claim, row, doubts);
  if (doubts.empty() && claim.cap_minor_units() > before.cap_minor_units() && IsAboveCeiling(claim, row))
    doubts.insert(static_cast<uint32_t>(Reason::kAmountImplausible));
  return doubts;
}

void OpenedAmounts::Join(uint64_t case_seq, const ChangeRespondents& change,
                         const google::protobuf::RepeatedField<uint32_t>& places) {
  const auto at = cases_.find(case_seq);
  if (at == cases_.end()) return;
  for (int i = 0; i < std::min(change.add_size(), places.size()); ++i) {
    const auto place = static_cast<int>(places[i]);
    if (place == at->second.respondents_size()) at->second.add_respondents();
    if (place < at->second.respondents_size()) *at->second.mutable_respondents(place) = change.add(i);
  }
}

Doubts OpenedAmounts::OfOrder(uint64_t case_seq, const Order& order, uint32_t respondent,
                              const std::optional<OpenedLedger::Held>& held, const PlausibilityRow& row) const {
  Doubts doubts;
  const auto at = cases_.find(case_seq);
  if (at == cases_.end() || row.digits_min() == 0) return doubts;
  std::vector<int64_t> named;
  int64_t amount = 0;
  if (order.has_freeze()) {
    if (!IsMoney(order.freeze())) return doubts;
    amount = order.freeze().limit_minor_units();
  } else if (order.has_extract_income()) {
    amount = order.extract_income().limit_minor_units();
  } else {
    amount = order.has_deduct() ? order.deduct().amount_minor_units() : order.release().amount_minor_units();
    if (!held || amount == 0) return doubts;  // not of money, or a release of the whole
    named = {held->controlled, held->limit};
  }
  if (order.has_release()) {
    named.push_back(held->unfunded);
  } else {
    const Claim& claim = at->second.claim();
    named.insert(named.end(), {claim.cap_minor_units(), claim.principal_minor_units(), claim.interest_minor_units(),
                               claim.doubled_interest_minor_units(), claim.cost_minor_units()});
    if (static_cast<int>(respondent) < at->second.respondents_size())
      named.push_back(at->second.respondents(static_cast<int>(respondent)).liability_cap_minor_units());
  }
  if (std::find(named.begin(), named.end(), amount) != named.end()) return doubts;
  for (size_t i = 0; i < named.size() && doubts.empty(); ++i)
    Doubt(SlipBetween(amount, named[i], row.digits_min()), doubts);
  return doubts;
}

bool IsConfirmed(const google::protobuf::RepeatedField<uint32_t>& recorded, const Confirmation& signed_words) {
  return AreDoubts(recorded) && std::all_of(recorded.begin(), recorded.end(), [&](uint32_t number) {
           const auto reason = ReasonByNumber(static_cast<uint16_t>(number));
           const auto& said = signed_words.reasons();
           return reason && std::find(said.begin(), said.end(), std::string(RowOf(*reason).name)) != said.end();
         });
}

bool AreDoubts(const google::protobuf::RepeatedField<uint32_t>& recorded) {
  for (int i = 0; i < recorded.size(); ++i) {
    if (recorded[i] < static_cast<uint32_t>(Reason::kAmountImplausible) ||
        recorded[i] > static_cast<uint32_t>(Reason::kDigitsSwapped) || (i > 0 && recorded[i] <= recorded[i - 1]))
      return false;
  }
  return true;
}

}  // namespace eagle::audit
