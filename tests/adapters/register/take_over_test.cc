// What was sealed at the counter becomes an order's measure as it stands; whatever doesn't fit is unknown.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "server/trust/timestamps.h"
#include "tests/adapters/land/land_office.h"
#include "tests/adapters/register/kinds.h"

namespace eagle::registry {
namespace {

using land::kHouse, land::LandOffice;
using testing::ElementsAre;

constexpr char kLaterCase[] = "（2026）辽9901执1024号";
constexpr char kNotice[] = "（2026）辽9901执恢7号";

// Ours, at the counter of the land registry; its id.
std::string AtTheCounter(Office& office, const std::string& document = kNotice) {
  const auto entered = office.Counter(
      "seal", {{"unit", kHouse}, {"court", "辽9901"}, {"document", document}, {"holder", "1"}, {"years", "2"}});
  EXPECT_TRUE(entered.ok()) << entered.status();
  return sdk::TextAt(*entered, "seal");
}

TEST(TakeOver, KeepsRankTermAndPlaceAndFromThenOnBelongsToTheOrder) {
  LandOffice office;
  const absl::Time served_at = office.now;
  const std::string id = AtTheCounter(office);
  office.At("11:00:00");
  v1::Order later = office.Freeze(kHouse);
  office.Do(later);
  ASSERT_TRUE(office.Approve().ok());
  office.On(absl::CivilDay(2026, 10, 9), "09:30:00");
  const v1::Order order = office.TakeOver("LAND", id, kNotice);
  const sdk::Answer answer = office.Do(order);
  ASSERT_EQ(Said(answer), "CONTROLLED") << "no clerk decides twice";
  const v1::MeasureState& measure = answer.items[0].measure();
  EXPECT_EQ(measure.unit_reference(), id);
  EXPECT_EQ(measure.rank(), 1u);
  EXPECT_EQ(trust::TimeOf(measure.served_at()), served_at) << "service was at the counter";
  EXPECT_EQ(trust::TimeOf(measure.effective_from()), served_at);
  EXPECT_EQ(trust::TimeOf(measure.effective_to()), absl::FromCivil(absl::CivilDay(2028, 9, 28), office.rules.zone));
  EXPECT_EQ(measure.controlled_minor_units(), 500'000'00);
  EXPECT_EQ(office.Seals(kHouse).size(), 2u) << "no second measure";
  EXPECT_EQ(office.Standing(kHouse, kLaterCase), "WAITLISTED rank 2");
  EXPECT_EQ(eagle::ReasonOf(office.Counter("release", {{"id", id}}).status()), Reason::kPermissionDenied)
      << "it is the order's now";

  // By the order's id it is renewed and released, and its end is told.
  ASSERT_EQ(Said(office.Do(office.Renew(order))), "RENEWED");
  EXPECT_EQ(Said(office.Do(office.Release(order))), "RELEASED");
  EXPECT_EQ(office.Standing(kHouse, kLaterCase), "EFFECTIVE rank 1");
  EXPECT_EQ(Said(office.Do(office.Release(order))), "NOT_CONTROLLED MEASURE_ENDED");
}

TEST(TakeOver, ItsLapseIsToldToTheOrder) {
  LandOffice office;
  const v1::Order order = office.TakeOver("LAND", AtTheCounter(office), kNotice);
  ASSERT_EQ(Said(office.Do(order)), "CONTROLLED");
  office.On(absl::CivilDay(2028, 9, 28));
  office.Advance();
  const auto changes = office.TakeChanges();
  ASSERT_THAT(Told(changes), ElementsAre("LAPSED NOT_CONTROLLED"));
  EXPECT_EQ(changes[0].operation, Office::OperationOf(order));
}

TEST(TakeOver, OneThatWaitsWaitsOn) {
  LandOffice office;
  ASSERT_TRUE(
      office
          .Counter("seal",
                   {{"unit", kHouse}, {"court", "辽9902"}, {"document", "（2026）辽9902执231号"}, {"holder", "1"}})
          .ok());
  const v1::Order order = office.TakeOver("LAND", AtTheCounter(office), kNotice);
  const sdk::Answer answer = office.Do(order);
  EXPECT_EQ(Said(answer), "WAITLISTED");
  EXPECT_EQ(answer.items[0].measure().rank(), 2u);
  ASSERT_EQ(answer.items[0].measure().prior_measures_size(), 1);
}

TEST(TakeOver, WhatDoesNotFitIsUnknownAndStaysAsItWas) {
  LandOffice office;
  const std::string id = AtTheCounter(office);
  const auto said = [&](const std::function<void(v1::Order&)>& spoil) {
    v1::Order order = office.TakeOver("LAND", id, kNotice);
    spoil(order);
    return Said(office.Do(order));
  };
  const std::string unknown = "NOT_CONTROLLED MEASURE_UNKNOWN";
  EXPECT_EQ(said([](v1::Order& o) { o.set_court("辽9902"); }), unknown) << "another court's";
  EXPECT_EQ(said([](v1::Order& o) { o.mutable_freeze()->mutable_counter()->set_document_number(kLaterCase); }),
            unknown);
  EXPECT_EQ(said([](v1::Order& o) { o.mutable_freeze()->mutable_counter()->set_unit_reference("counter/99"); }),
            unknown);
  EXPECT_EQ(said([](v1::Order& o) { o.mutable_subject()->set_id_number(kSu.id_number); }), unknown);
  EXPECT_EQ(said([](v1::Order& o) { o.mutable_subject()->set_name("林远洲"); }), unknown);
  EXPECT_EQ(said([](v1::Order& o) { o.mutable_freeze()->mutable_counter()->set_asset_kind("VEHICLE"); }),
            "RETURNED ASSET_KIND_NOT_SUPPORTED");
  EXPECT_EQ(said([](v1::Order& o) { o.mutable_subject()->set_id_number("990101850307001"); }), "CONTROLLED")
      << "his old number is he";
  EXPECT_EQ(said([](v1::Order&) {}), unknown) << "an order has it already";

  const std::string ended = AtTheCounter(office, "（2026）辽9901执恢8号");
  ASSERT_TRUE(office.Counter("release", {{"id", ended}}).ok());
  EXPECT_EQ(Said(office.Do(office.TakeOver("LAND", ended, "（2026）辽9901执恢8号"))), unknown);
}

}  // namespace
}  // namespace eagle::registry
