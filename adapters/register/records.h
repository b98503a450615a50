// What a registry keeps about a unit: who holds which part of it, what is mortgaged or pledged, what is sealed.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "adapters/register/kind.h"
#include "adapters/sdk/encumbrance/encumbrance.h"
#include "adapters/sdk/operation.h"

namespace eagle::registry {

// One thing in the register: a house, a vehicle, a company, a patent.
struct Unit {
  std::string number;               // unit_number of orders
  std::vector<std::string> values;  // in the order of Kind::fields
};
// The value of the field with this name. Pre: the kind has it.
const std::string& ValueOf(const Kind& kind, const Unit& unit, std::string_view field);

// What a person of the register is to a unit.
enum class HolderState : uint8_t {
  kCurrent = 1,   // owner
  kExpected = 2,  // 预告登记: is to become the owner; a measure against him is a pre-seal 预查封
  kFormer = 3,    // was one; his number is nobody else's
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
  std::string certificate_number;   // 不动产权证书号, 机动车登记证书编号, 出资证明书编号 ...
  std::vector<std::string> values;  // in the order of Kind::holder_fields
  HolderState state = HolderState::kCurrent;
};

// 抵押, 质押: a right that is paid before a court that seals later.
struct Charge {
  std::string unit;
  uint32_t holder = 0;             // 0: on the unit; else on what this holder has
  std::string certificate_number;  // 不动产登记证明号
  std::string creditor;
  int64_t amount_minor_units = 0;
  absl::CivilDay registered_on;
  absl::CivilDay ends_on;  // of the debt
};

// 查封 冻结 保全: one measure on one unit, against one holder. `row.id` names it for ever: operation.Text() for an
// order that came over the gateway, "counter/7" for one entered by a clerk, "import/3" for one of the old register. One
// of the last two that an order took over keeps its id, and has that order's operation.
struct Seal {
  sdk::Encumbrance row;
  std::string unit;
  uint32_t holder = 0;
  int64_t value_minor_units = 0;               // limit of the order, less what was released of it; 0 = unknown
  sdk::Operation operation;                    // empty order_id: not ours to report
  std::vector<std::string> blocked_acts = {};  // as the order named them; empty: all of the kind's
  bool IsOurs() const { return !operation.order_id.empty(); }
  // Pre: an act of the kind's table.
  bool Bars(std::string_view act) const;
};

// 查找: an order has a movable looked for, under an effective measure.
struct Search {
  sdk::Operation operation;  // of the LOCATE order
  std::string seal;          // Seal::row.id
  std::string unit;
  bool hold = false;  // whoever finds it holds it for the court
  std::string collect_contact, collect_phone;
  absl::Time from, to;  // `to`: first instant at which nobody looks any more
};

// What the register of encumbrances takes for one asset: one holder's part or quantity, or the whole unit.
std::string AssetId(const Kind& kind, std::string_view unit, uint32_t holder);
// Extent::kQuantity: how much of a unit that is `whole` the share stands for, in hundredths; absent when it isn't a
// whole number of them.
std::optional<int64_t> QuantityOf(int64_t whole, uint32_t numerator, uint32_t denominator);
// The contract counts in ten-thousandths of a unit.
inline constexpr int64_t kE4OfHundredth = 100;
// The whole of this unit. Pre: the kind has quantities.
int64_t WholeOf(const Kind& kind, const Unit& unit);

// 待审: an order that waits for a clerk, and what became of it. Of a lock: `operation` is the one that made the seal;
// else of its renewal or release.
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

}  // namespace eagle::registry
