// Which amounts look like slips of the hand 金额合理性, and whether a leader's word in the signed bytes lifts the doubt
// 复核确认. A guard for amounts that the law allows: what exceeds the cap is the ledger's to refuse.
//
//   what is named   a claim: its own parts, the claim in force, what the court claimed so far. A freeze: the parts of
//                   the claim, its cap, the respondent's liability. A deduction: what the measure controls, its limit,
//                   and the same. A part to release: the measure's limit and its two parts.
//   what is doubted UNIT_SLIP, DIGIT_SLIP, DIGITS_SWAPPED (base/amount_slip.h); AMOUNT_IMPLAUSIBLE: far beyond.
//                   An amount that is itself one of those named is never doubted.
//
// Units:   minor units. Threads: pure functions. Source: policy row plausibility.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "goldeneagle/v1/case.pb.h"
#include "goldeneagle/v1/order.pb.h"
#include "goldeneagle/v1/policy.pb.h"
#include "server/base/reason.h"
#include "server/domain/case.h"
#include "server/domain/claim_history.h"
#include "server/domain/command.h"
#include "server/domain/state.h"

namespace eagle::domain {

// `before`: the claim in force, null when the case is being opened. At most one doubt a field.
std::vector<Violation> DoubtsOfClaim(const goldeneagle::v1::Claim& claim, const goldeneagle::v1::Claim* before,
                                     const ClaimHistory& history, const goldeneagle::v1::PlausibilityRow& row,
                                     const std::string& path);
// The respondents' own liabilities beside the claim.
std::vector<Violation> DoubtsOfLiabilities(const goldeneagle::v1::OpenCase& open,
                                           const goldeneagle::v1::PlausibilityRow& row, const std::string& path);
// `measure`: of a release or deduction, null when there is none. Pre: a freeze's respondent is one of the case.
std::vector<Violation> DoubtsOfOrder(const goldeneagle::v1::Order& order, const goldeneagle::v1::OpenCase& open,
                                     uint32_t respondent, const Measure* measure,
                                     const goldeneagle::v1::PlausibilityRow& row);

// What the confirmation takes away from the doubts: numbers of their reasons, rising, each once. The other doubts go
// into `wrong`; so does what is wrong with the confirmation itself: FIELD_INVALID, FIELD_MISSING, TEXT_INVALID, and
// CONFIRMATION_NOT_SIGNED when the leader whom it names has not signed (then nothing is confirmed).
// `confirmed`: null when the act has none.
std::vector<uint32_t> SettleDoubts(const std::vector<Violation>& doubts, const goldeneagle::v1::Confirmation* confirmed,
                                   const State& state, std::string_view court, const SignedHead& head, absl::Time now,
                                   Violations& wrong);

}  // namespace eagle::domain
