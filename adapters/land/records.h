// What a land registry keeps about a unit: who holds which part of it, what is mortgaged, what is sealed.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "adapters/sdk/encumbrance/encumbrance.h"
#include "adapters/sdk/operation.h"

namespace eagle::land {

inline constexpr std::string_view kLand = "LAND";  // the asset kind

// 不动产单元号: 28 characters, "990101001002GB00123F00010012": region (6), cadastral area and sub-area (3 + 3), kind of
// right (2 letters), parcel (5), kind of thing on it (F building, L forest, Q other, W none: then zeros follow), number
// of that thing (8).
bool IsUnitNumber(std::string_view text);

struct Unit {
  std::string number;
  std::string location;  // 坐落
  std::string use;       // 用途
  std::string nature;    // 权利性质
  std::string area;      // 面积, square metres with at most two decimals
  absl::CivilDay registered_on;
};

enum class CoOwnership : uint8_t { kSole = 1, kJoint = 2, kByShares = 3 };
// SOLE 单独所有, JOINT 共同共有, BY_SHARES 按份共有.
std::string_view CoOwnershipName(CoOwnership kind);
std::optional<CoOwnership> CoOwnershipByName(std::string_view name);

struct Holder {
  std::string unit;
  uint32_t number = 0;  // 1, 2 ... within the unit; never another holder's
  std::string name;
  std::string id_kind;
  std::string id_number;  // as it was registered: also in the old 15-digit form
  // BY_SHARES: the parts of a unit add up to one. SOLE and JOINT: 1/1, of an undivided right.
  uint32_t share_numerator = 1;
  uint32_t share_denominator = 1;
  CoOwnership co_ownership = CoOwnership::kSole;
  std::string certificate_number;  // 不动产权证书号
};

struct Mortgage {
  std::string unit;
  std::string certificate_number;  // 不动产登记证明号
  std::string mortgagee;
  int64_t amount_minor_units = 0;
  absl::CivilDay registered_on;
  absl::CivilDay ends_on;  // of the debt
};

// 查封: one measure on one holder's part of one unit. `row.id` names it for ever: operation.Text() for an order that
// came over the gateway, "counter/7" for one entered by a clerk, "import/3" for one of the old register.
struct Seal {
  sdk::Encumbrance row;
  std::string unit;
  uint32_t holder = 0;
  int64_t value_minor_units = 0;  // limit of the order; 0 = unknown
  sdk::Operation operation;       // empty order_id: not ours to report
  bool IsOurs() const { return !operation.order_id.empty(); }
};

// The register of encumbrances knows one holder's part of a unit as one thing.
inline std::string ThingId(std::string_view unit, uint32_t holder) {
  return std::string(unit) + "/" + std::to_string(holder);
}

// 待审: a lock that waits for a clerk, and what became of it.
enum class ReviewState : uint8_t { kOpen = 1, kApproved = 2, kRefused = 3, kClosed = 4 };
std::string_view ReviewStateName(ReviewState state);
struct Review {
  uint64_t number = 0;  // what the clerk types
  std::string seal;     // Seal::row.id
  sdk::Operation operation;
  std::string unit;
  absl::Time opened_at;
  ReviewState state = ReviewState::kOpen;
  std::string clerk;
  std::string reason;
  std::optional<absl::Time> decided_at;
};

}  // namespace eagle::land
