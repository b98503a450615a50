// When an answer is due by the policy's own words, counted again: hours from the acceptance, or the end of the n-th
// civil or working day after it in the policy's time zone, by the calendars of the agency's region.
//
// Threads: a pure function.
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "goldeneagle/v1/administration.pb.h"
#include "goldeneagle/v1/entry.pb.h"
#include "goldeneagle/v1/policy.pb.h"
#include "goldeneagle/v1/supervision_entry.pb.h"

namespace eagle::audit {

// Why the clock of an order that was accepted, or begins, at `at` is not the policy's; absent: it is. `urgency`: as the
// court signed it. `table`: the one in force. `agency`: the only one that it goes to; null: it goes to several.
std::optional<std::string> WrongDue(const goldeneagle::v1::OrderAccepted& order, goldeneagle::v1::Urgency urgency,
                                    absl::Time at, const goldeneagle::v1::PolicyTable& table,
                                    const goldeneagle::v1::RegisterAgency* agency);

// Why the begin of an order is not the one that the policy's hours and its id give; absent: it is, or there is none to
// be. `at`: its acceptance.
std::optional<std::string> WrongBegin(const goldeneagle::v1::OrderAccepted& accepted,
                                      const goldeneagle::v1::Order& order, absl::Time at,
                                      const goldeneagle::v1::PolicyTable& table);

// The same of an incident at `agency` that arose at `at`.
std::optional<std::string> WrongDue(const goldeneagle::v1::IncidentArisen& incident, absl::Time at,
                                    const goldeneagle::v1::PolicyTable& table,
                                    const goldeneagle::v1::RegisterAgency& agency);
// The same of an objection that was raised at `at`.
std::optional<std::string> WrongDue(const goldeneagle::v1::ObjectionRaised& objection, absl::Time at,
                                    const goldeneagle::v1::PolicyTable& table);
// The same of a word that starts the clock of a supervision order's addressee at `at`. `region`: of the agency
// addressed; empty: a court is.
std::optional<std::string> WrongDue(const goldeneagle::v1::SupervisionIssued& issued, goldeneagle::v1::Urgency urgency,
                                    absl::Time at, const goldeneagle::v1::PolicyTable& table,
                                    const std::string& region);
std::optional<std::string> WrongDue(const goldeneagle::v1::SupervisionSaid& returned, goldeneagle::v1::Urgency urgency,
                                    absl::Time at, const goldeneagle::v1::PolicyTable& table,
                                    const std::string& region);

}  // namespace eagle::audit
