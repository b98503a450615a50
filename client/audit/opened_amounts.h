// Amounts that look like slips, found again from the opened acts alone, so that a gateway that lets one pass without a
// leader's word is seen. Written apart from the gateway's own guard. It doubts less than that does: what a court
// claimed elsewhere may be sealed, so it isn't looked at.
//
// Units: minor units. Threads: one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "client/audit/opened_ledger.h"
#include "goldeneagle/v1/case.pb.h"
#include "goldeneagle/v1/order.pb.h"
#include "goldeneagle/v1/policy.pb.h"
#include "google/protobuf/repeated_field.h"

namespace eagle::audit {

// Numbers of reasons.
using Doubts = std::set<uint32_t>;

class OpenedAmounts {
 public:
  // What the claim that opens the case, or takes the place of the one in force, must be confirmed for.
  Doubts Open(uint64_t case_seq, const goldeneagle::v1::OpenCase& opened, const goldeneagle::v1::PlausibilityRow& row);
  Doubts Change(uint64_t case_seq, const goldeneagle::v1::Claim& claim, const goldeneagle::v1::PlausibilityRow& row);
  // Who came to the case, at which places; who left keeps his.
  void Join(uint64_t case_seq, const goldeneagle::v1::ChangeRespondents& change,
            const google::protobuf::RepeatedField<uint32_t>& places);
  // What a freeze of money, a deduction or a part to release must be confirmed for; nothing for other orders and for
  // cases that are sealed. `held`: by the measure of a deduction or release, where it is known.
  Doubts OfOrder(uint64_t case_seq, const goldeneagle::v1::Order& order, uint32_t respondent,
                 const std::optional<OpenedLedger::Held>& held, const goldeneagle::v1::PlausibilityRow& row) const;
  // An act on the case is sealed.
  void Lose(uint64_t case_seq) { cases_.erase(case_seq); }

 private:
  std::map<uint64_t, goldeneagle::v1::OpenCase> cases_;  // with the claim in force
};

// Whether the recorded numbers rise and are reasons that the signed confirmation names.
bool IsConfirmed(const google::protobuf::RepeatedField<uint32_t>& recorded,
                 const goldeneagle::v1::Confirmation& signed_words);
// Whether the numbers are those of doubts, rising.
bool AreDoubts(const google::protobuf::RepeatedField<uint32_t>& recorded);

}  // namespace eagle::audit
