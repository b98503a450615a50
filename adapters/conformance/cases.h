// The cases: what each does, what an adapter must do there, where the rule stands, what it needs, and its script.
//
// A need is a word:
//   INQUIRE FREEZE RENEW RELEASE DEDUCT TRANSFER_TITLE LOCATE   Hello declares the action for the fixtures' asset kind
//   money thing                           what kind of asset it is
//   partial_release captures_inflow keeps_waitlist   the FREEZE or RELEASE row declares it
//   KIND:ACTION                           the same for another asset kind, WEALTH_PRODUCT:FREEZE
//   person:NAME  court_account  hook:NAME  blocked_act  counts_units   the fixtures have it
//   own_process  step_clock                          the kit starts the adapter itself; it takes its time from a file
//
// Threads: constants.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/conformance/play.h"

namespace eagle::conformance {

// What most cases freeze, in minor units: little, so that a register with little money will do.
inline constexpr int64_t kSmallLimit = 1'00;

struct Case {
  std::string_view name, chinese;
  std::string_view does;    // what the kit does
  std::string_view must;    // what the adapter must do
  std::string_view source;  // where the rule stands
  std::vector<std::string_view> needs;
  void (*script)(Play&);
};

// Every case, in the order in which they are played: those that leave traces last.
const std::vector<Case>& AllCases();
// Null when there is none of this name.
const Case* FindCase(std::string_view name);

// What `needs` lacks here: empty when the case can be played; else words for a person, such as "FREEZE, which Hello
// doesn't declare for LAND". `capabilities` as the adapter's Hello declared them.
std::string WhatIsMissing(const Case& one, const Fixtures& fixtures, bool own_process,
                          const std::vector<v1::Capability>& capabilities);

// One list a file.
std::vector<Case> SessionCases();
std::vector<Case> InquiryCases();
std::vector<Case> TrustCases();
std::vector<Case> OnceCases();
std::vector<Case> MeasureCases();
std::vector<Case> PaymentCases();
std::vector<Case> ThingCases();
std::vector<Case> TimeCases();
std::vector<Case> SaidCases();
std::vector<Case> ClockCases();

}  // namespace eagle::conformance
