// What a statement is about, as its subject says it:
//
//   "court/辽9901"   "agency/9900001"   "court/辽9901/officer/001"   "court/辽9901/account/1"
//
// The codes stand as they are (codes.h); a subject has one spelling, so two statements are about the same thing exactly
// when their subjects are the same bytes.
//
// Threads: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace eagle::trust {

enum class SubjectKind { kCourt, kAgency, kOfficer, kAccount };

struct Subject {
  SubjectKind kind = SubjectKind::kCourt;
  std::string organisation;  // code of the court or agency
  std::string part;          // code of the officer or account; empty for organisations
  friend bool operator==(const Subject&, const Subject&) = default;
};

// Absent for anything but the four forms.
std::optional<Subject> ParseSubject(std::string_view text);

std::string CourtSubject(std::string_view court);
std::string AgencySubject(std::string_view agency);
std::string OfficerSubject(std::string_view court, std::string_view officer);
std::string AccountSubject(std::string_view court, std::string_view account);

}  // namespace eagle::trust
