// The land registry of the demonstration behind a real agent (tests/adapters/register/behind_agent.h).
//
// Threads: one.
//
//   LandBehindAgent office;
//   v1::Order seal = office.world.Submit(office.world.FreezeThing(kHouse));
//   office.Run();
//   ASSERT_TRUE(office.Approve().ok());
//   ASSERT_TRUE(office.Settle());
#pragma once

#include <string>
#include <vector>

#include "tests/adapters/land/land_office.h"
#include "tests/adapters/register/behind_agent.h"

namespace eagle::land {

class LandBehindAgent : public registry::BehindAgent {
 public:
  LandBehindAgent() : BehindAgent(kLand, kDemoData, "北陵市不动产登记中心") {}

  // Another court's seal on the debtor's part of the house arrives by post.
  absl::StatusOr<sdk::Json> EnterSeal(const std::string& document) {
    return Counter("seal", {{"unit", kHouse}, {"court", "辽9902"}, {"document", document}, {"holder", "1"}});
  }
  // Of the house.
  std::string Standing(const std::string& document) { return BehindAgent::Standing(kHouse, document); }
  std::vector<registry::Seal> Seals() { return BehindAgent::Seals(kHouse); }
  std::string IdOf(const std::string& document) { return BehindAgent::IdOf(kHouse, document); }
};

}  // namespace eagle::land
