// The land registry of the demonstration, in a folder of its own (tests/adapters/register/office.h).
//
// Threads: one.
//
//   LandOffice office;                                   // Monday 28 September 2026, 09:00 in Shanghai
//   office.At("09:10:00");
//   v1::Order seal = office.Freeze(kHouse);
//   EXPECT_EQ(office.Do(seal).kind, AnswerKind::kUnderReview);
#pragma once

#include <string>

#include "adapters/land/kind.h"
#include "tests/adapters/register/office.h"

namespace eagle::land {

namespace v1 = sdk::v1;
using registry::Person;
using registry::Seal;

inline constexpr char kDemoData[] = "adapters/land/data/demo";
inline constexpr char kHouse[] = "990101001002GB00123F00010012";
inline constexpr char kNamesakesFlat[] = "990101001002GB00123F00020305";
inline constexpr char kJointShop[] = "990101001002GB00087F00010101";
inline constexpr char kWarehouse[] = "990101001003GB00045W00000000";
inline constexpr char kNewFlat[] = "990101001005GB00031F00020802";  // a developer's; Zhou is to be its owner
inline constexpr char kSharedShop[] = "990101001004GB00210F00030001";

using registry::kLin, registry::kStorage, registry::kSu, registry::kZhou;

struct LandTables : registry::Tables {
  explicit LandTables(sdk::InboxTransaction& transaction) : Tables(transaction, kLand) {}
};

class LandOffice : public registry::Office {
 public:
  LandOffice() : Office(kLand, kDemoData, "北陵市不动产登记中心") {}
  v1::Order Freeze(const std::string& unit, const Person& person = kLin, uint32_t numerator = 1,
                   uint32_t denominator = 2) {
    return Office::Freeze("LAND", unit, person, numerator, denominator);
  }
};

}  // namespace eagle::land
