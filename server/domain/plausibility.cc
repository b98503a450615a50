#include "server/domain/plausibility.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "server/base/amount_slip.h"
#include "server/base/money.h"
#include "server/domain/act.h"
#include "server/domain/authority.h"
#include "server/domain/draft.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using OrderProto = goldeneagle::v1::Order;

struct Named {
  std::string what;  // never a value: it stands in a leaf
  int64_t amount = 0;
};

constexpr int kConfirmedReasonsMax = 4;

Reason ReasonOfSlip(Slip slip) {
  return slip == Slip::kUnit ? Reason::kUnitSlip : slip == Slip::kDigit ? Reason::kDigitSlip : Reason::kDigitsSwapped;
}

std::string Sentence(Slip slip, const std::string& what) {
  switch (slip) {
    case Slip::kUnit:
      return "100 or 10,000 times " + what + ", or such a part of it";
    case Slip::kDigit:
      return "zeros more or less than " + what;
    default:
      return what + " with two neighbouring digits exchanged";
  }
}

bool IsAbove(int64_t amount, int64_t named, uint64_t permille) {
  return absl::int128(amount) * 1000 > absl::int128(named) * absl::int128(permille);
}

// The first slip between the amount and what is named; none when the amount is one of them.
void DoubtSlip(const std::string& field, int64_t amount, const std::vector<Named>& named, uint32_t digits_min,
               std::vector<Violation>& doubts) {
  if (std::any_of(named.begin(), named.end(), [&](const Named& one) { return one.amount == amount; })) return;
  for (const Named& one : named) {
    const Slip slip = SlipBetween(amount, one.amount, digits_min);
    if (slip == Slip::kNone) continue;
    doubts.push_back({field, ReasonOfSlip(slip), Sentence(slip, one.what)});
    return;
  }
}

// What a part of a claim, or its cap, was before; or what it must be.
void DoubtChange(const std::string& field, int64_t amount, const Named& before, const PlausibilityRow& row,
                 std::vector<Violation>& doubts) {
  Slip slip = SlipUpwards(amount, before.amount, row.tolerance_permille());
  if (slip == Slip::kNone) slip = SlipBetween(amount, before.amount, row.digits_min());
  if (slip != Slip::kNone) doubts.push_back({field, ReasonOfSlip(slip), Sentence(slip, before.what)});
}

std::vector<Named> NamedByClaim(const OpenCase& open, uint32_t respondent) {
  const Claim& claim = open.claim();
  std::vector<Named> named = {{"the case's cap", claim.cap_minor_units()},
                              {"the principal", claim.principal_minor_units()},
                              {"the interest", claim.interest_minor_units()},
                              {"the doubled interest", claim.doubled_interest_minor_units()},
                              {"the cost", claim.cost_minor_units()}};
  if (static_cast<int>(respondent) < open.respondents_size())
    named.push_back(
        {"the respondent's liability", open.respondents(static_cast<int>(respondent)).liability_cap_minor_units()});
  return named;
}

}  // namespace

std::vector<Violation> DoubtsOfClaim(const Claim& claim, const Claim* before, const ClaimHistory& history,
                                     const PlausibilityRow& row, const std::string& path) {
  std::vector<Violation> doubts;
  // AMOUNT_INVALID refuses such a claim; sums of such numbers mean nothing.
  for (const int64_t amount :
       {claim.principal_minor_units(), claim.interest_minor_units(), claim.doubled_interest_minor_units(),
        claim.cost_minor_units(), claim.cap_minor_units()}) {
    if (amount != 0 && !IsAmount(amount)) return doubts;
  }
  const std::string cap_path = path + ".cap_minor_units";
  const int64_t cap = claim.cap_minor_units();
  const int64_t sum = claim.principal_minor_units() + claim.interest_minor_units() +
                      claim.doubled_interest_minor_units() + claim.cost_minor_units();
  // CAP_NOT_SUM refuses it anyway; this tells why it isn't.
  if (cap != sum) DoubtChange(cap_path, cap, {"the sum of its parts", sum}, row, doubts);
  const std::tuple<const char*, const char*, int64_t, int64_t> parts[] = {
      {".principal_minor_units", "the principal in force", claim.principal_minor_units(),
       before != nullptr ? before->principal_minor_units() : 0},
      {".interest_minor_units", "the interest in force", claim.interest_minor_units(),
       before != nullptr ? before->interest_minor_units() : 0},
      {".cost_minor_units", "the cost in force", claim.cost_minor_units(),
       before != nullptr ? before->cost_minor_units() : 0}};
  for (const auto& [field, what, amount, earlier] : parts) {
    const size_t known = doubts.size();
    DoubtChange(path + field, amount, {what, earlier}, row, doubts);
    // The principal itself is never above 1,000 thousandths of the principal.
    if (doubts.size() == known && row.part_permille() > 0 &&
        IsAbove(amount, claim.principal_minor_units(), row.part_permille()))
      doubts.push_back({path + field, Reason::kAmountImplausible, "far above the principal"});
  }
  if (!doubts.empty() || (before != nullptr && cap <= before->cap_minor_units())) return doubts;
  if (row.claim_above_minor_units() > 0 && cap > row.claim_above_minor_units()) {
    doubts.push_back({cap_path, Reason::kAmountImplausible, "above what the policy lets pass without a second look"});
  } else if (row.history_permille() > 0 && history.count() >= row.history_min() &&
             IsAbove(cap, history.MiddleAtMost(), row.history_permille())) {
    doubts.push_back({cap_path, Reason::kAmountImplausible, "far above what this court has claimed so far"});
  }
  return doubts;
}

std::vector<Violation> DoubtsOfLiabilities(const OpenCase& open, const PlausibilityRow& row, const std::string& path) {
  std::vector<Violation> doubts;
  const std::vector<Named> named = {{"the case's cap", open.claim().cap_minor_units()},
                                    {"the principal", open.claim().principal_minor_units()}};
  for (int r = 0; r < open.respondents_size(); ++r) {
    DoubtSlip(absl::StrCat(path, "[", r, "].liability_cap_minor_units"),
              open.respondents(r).liability_cap_minor_units(), named, row.digits_min(), doubts);
  }
  return doubts;
}

std::vector<Violation> DoubtsOfOrder(const OrderProto& order, const OpenCase& open, uint32_t respondent,
                                     const Measure* measure, const PlausibilityRow& row) {
  std::vector<Violation> doubts;
  if (order.has_freeze() && IsMoney(order.freeze())) {
    DoubtSlip("freeze.limit_minor_units", order.freeze().limit_minor_units(), NamedByClaim(open, respondent),
              row.digits_min(), doubts);
  } else if (order.has_extract_income()) {
    DoubtSlip("extract_income.limit_minor_units", order.extract_income().limit_minor_units(),
              NamedByClaim(open, respondent), row.digits_min(), doubts);
  }
  if (measure == nullptr) return doubts;
  std::vector<Named> named = {{"what the measure controls", measure->controlled},
                              {"the measure's limit", measure->limit}};
  if (order.has_release() && order.release().amount_minor_units() > 0) {
    named.push_back({"the measure's unfunded part", measure->unfunded});
    DoubtSlip("release.amount_minor_units", order.release().amount_minor_units(), named, row.digits_min(), doubts);
  } else if (order.has_deduct()) {
    for (Named& one : NamedByClaim(open, respondent)) named.push_back(std::move(one));
    DoubtSlip("deduct.amount_minor_units", order.deduct().amount_minor_units(), named, row.digits_min(), doubts);
  }
  return doubts;
}

std::vector<uint32_t> SettleDoubts(const std::vector<Violation>& doubts, const Confirmation* confirmed,
                                   const State& state, std::string_view court, const SignedHead& head, absl::Time now,
                                   Violations& wrong) {
  std::set<uint32_t> lifted;
  bool valid = confirmed != nullptr;
  if (valid) {
    for (int i = 0; i < confirmed->reasons_size(); ++i) {
      const auto reason = ReasonByName(confirmed->reasons(i));
      const bool doubt = reason && *reason >= Reason::kAmountImplausible && *reason <= Reason::kDigitsSwapped;
      if (doubt && lifted.insert(static_cast<uint32_t>(*reason)).second) continue;
      wrong.Add(absl::StrCat("confirmed.reasons[", i, "]"), Reason::kFieldInvalid,
                "AMOUNT_IMPLAUSIBLE, UNIT_SLIP, DIGIT_SLIP or DIGITS_SWAPPED, each once");
    }
    if (confirmed->reasons().empty() || confirmed->reasons_size() > kConfirmedReasonsMax)
      wrong.Add("confirmed.reasons", Reason::kFieldMissing, absl::StrCat("1 to ", kConfirmedReasonsMax, " reasons"));
    CheckText(confirmed->ground(), kTextBytes, "confirmed.ground", wrong);
    valid = HasSignedAs(state, court, confirmed->leader(), OFFICER_ROLE_LEADER, head, now);
    if (!valid) wrong.Add("confirmed.leader", Reason::kConfirmationNotSigned, "the leader named here must have signed");
  }
  std::set<uint32_t> settled;
  for (const Violation& doubt : doubts) {
    const auto number = static_cast<uint32_t>(doubt.reason);
    if (valid && lifted.contains(number)) {
      settled.insert(number);
    } else {
      wrong.Add(doubt.field, doubt.reason, doubt.description);
    }
  }
  return {settled.begin(), settled.end()};
}

}  // namespace eagle::domain
