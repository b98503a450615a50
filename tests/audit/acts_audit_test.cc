// Titles, searches, income and what a counter registered, in a log that strangers audit: the leaves alone and opened.
#include <gmock/gmock.h>

#include "client/audit/opened_audit.h"
#include "client/audit/public_audit.h"
#include "server/core/tiles.h"
#include "tests/support/acts_world.h"

namespace eagle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ActsAudited : public ::testing::Test {
 protected:
  // "rule: why" of the opened audit, the leaves' own findings first.
  std::vector<std::string> Findings() {
    audit::Findings findings;
    audit::PublicAudit leaves;
    audit::OpenedAudit opened(
        [&](std::string_view id) -> std::optional<std::string> {
          const auto key = world_.gateway.keys->KeyOf(std::string(id));
          return key.ok() ? std::optional(*key) : std::nullopt;
        },
        findings);
    const auto reader = world_.gateway.disk.NewReader();
    const auto take = [&](uint64_t, std::string_view leaf, std::string_view sealed) -> absl::Status {
      leaves.Take(leaf);
      opened.Take(leaf, sealed);
      return absl::OkStatus();
    };
    EXPECT_TRUE(core::ForEachEntry(**reader, 0, take).ok());
    std::vector<std::string> out;
    for (const auto* list : {&leaves.findings().list(), &findings.list()}) {
      for (const auto& finding : *list)
        out.push_back(std::string(audit::RowOf(finding.rule).name) + ": " + finding.sentence);
    }
    return out;
  }
  v1::Receipt Served(v1::Receipt receipt, uint64_t number) {
    receipt.mutable_items(0)->mutable_measure()->set_served_sequence(number);
    return receipt;
  }

  ActsWorld world_;
};

TEST_F(ActsAudited, WhatAGatewayAndItsAgenciesDidRightlyIsNoFinding) {
  const v1::Order house = world_.Sealed("LAND", kLandUnit, 60'000'00), title = world_.Title(house, 52'300'00);
  world_.Send(title);
  world_.Say(title, world_.Transferred(title));
  const v1::Order car = world_.Sealed("VEHICLE", "辽99A7K21", 40'000'00), search = world_.Search(car);
  world_.Send(search);
  world_.Say(search, world_.Looks(search));
  world_.Say(search, world_.Seized(search));
  const v1::Order income = world_.Income(36'000'00);
  world_.Send(income);
  world_.Say(income, Served(world_.Takes(income), 8));
  world_.Say(income, world_.Paid(income, "B1", 4'100'00, 31'900'00));
  // The counter had registered it before all that the gateway brought there.
  const v1::Order counter = world_.Counter(30'000'00);
  world_.Send(counter);
  world_.Say(counter, Served(world_.demo.Controlled(counter, 21'500'00, 0), 3));
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(ActsAudited, IncomeServedBeforeWhatCameEarlierIsFound) {
  const v1::Order freeze = world_.demo.Freeze(kBeiling, 10'000'00), income = world_.Income(36'000'00);
  world_.Send(freeze);
  world_.Say(freeze, Served(world_.demo.Controlled(freeze, 10'000'00, 0), 9));
  world_.Send(income);
  world_.Say(income, Served(world_.Takes(income), 8));
  EXPECT_THAT(Findings(), ElementsAre(::testing::StartsWith("measure.rank")));
}

}  // namespace
}  // namespace eagle::test
