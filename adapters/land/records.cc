#include "adapters/land/records.h"

#include <algorithm>
#include <array>

namespace eagle::land {
namespace {

constexpr std::array<std::pair<CoOwnership, std::string_view>, 3> kCoOwnerships = {
    {{CoOwnership::kSole, "SOLE"}, {CoOwnership::kJoint, "JOINT"}, {CoOwnership::kByShares, "BY_SHARES"}}};

}  // namespace

bool IsUnitNumber(std::string_view text) {
  // d digit, L letter, K kind of thing.
  constexpr std::string_view kShape = "ddddddddddddLLdddddKdddddddd";
  if (text.size() != kShape.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool fits = kShape[i] == 'd'   ? c >= '0' && c <= '9'
                      : kShape[i] == 'L' ? c >= 'A' && c <= 'Z'
                                         : c == 'F' || c == 'L' || c == 'Q' || c == 'W';
    if (!fits) return false;
  }
  return text[19] != 'W' || text.substr(20) == "00000000";
}

std::string_view CoOwnershipName(CoOwnership kind) {
  for (const auto& [value, name] : kCoOwnerships) {
    if (value == kind) return name;
  }
  return "UNKNOWN";
}

std::optional<CoOwnership> CoOwnershipByName(std::string_view name) {
  for (const auto& [value, known] : kCoOwnerships) {
    if (known == name) return value;
  }
  return std::nullopt;
}

std::string_view ReviewStateName(ReviewState state) {
  switch (state) {
    case ReviewState::kOpen:
      return "OPEN";
    case ReviewState::kApproved:
      return "APPROVED";
    case ReviewState::kRefused:
      return "REFUSED";
    case ReviewState::kClosed:
      return "CLOSED";
  }
  return "UNKNOWN";
}

}  // namespace eagle::land
