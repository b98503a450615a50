// A court has a vehicle looked for: who may, who is told where it was met, and when nobody looks any more.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "server/trust/timestamps.h"
#include "tests/adapters/land/land_office.h"
#include "tests/adapters/register/kinds.h"

namespace eagle::registry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Arguments = std::map<std::string, std::string>;
Arguments Met() { return {{"unit", kLinsCar}, {"place", "松月区环城路检查站"}, {"by", "北陵市公安局交通警察支队"}}; }
Arguments Held() {
  Arguments out = Met();
  out["held"] = "true", out["custody"] = "松月停车场3号位", out["collect-by"] = "2026-10-05";
  return out;
}
Reason WhyNot(const absl::StatusOr<sdk::Json>& result) { return ReasonOf(result.status()); }

TEST(Locate, ASightingIsToldToTheCourtThatLooksAndWhatIsHeldIsSeized) {
  VehicleOffice office;
  const v1::Order seal = office.Freeze();
  office.Do(seal);
  EXPECT_EQ(WhyNot(office.Counter("sighting", Met())), Reason::kNotFound) << "no court looks for it";
  const v1::Order locate = office.Locate(seal);
  const sdk::Answer answer = office.Do(locate);
  ASSERT_EQ(Said(answer), "LOCATING");
  EXPECT_EQ(answer.effect_at, office.now);
  EXPECT_THAT(answer.items[0].remark(), HasSubstr("2027-03-27"));
  const v1::Order eyes_only = office.Locate(seal, /*hold=*/false);
  EXPECT_EQ(Said(office.Do(eyes_only)), "LOCATING");

  office.At("16:40:00");
  const auto met = office.Counter("sighting", Met());
  ASSERT_TRUE(met.ok()) << met.status();
  EXPECT_THAT(sdk::JsonText(*met), HasSubstr(R"("collect_contact":"温雅")")) << "whom the patrol calls";
  auto changes = office.TakeChanges();
  ASSERT_THAT(Told(changes), ElementsAre("SIGHTED CONTROLLED", "SIGHTED CONTROLLED"));
  EXPECT_EQ(changes[0].operation, Office::OperationOf(locate)) << "the search's, not the seal's";
  const v1::Sighting& sighting = changes[0].item.sighting();
  EXPECT_EQ(trust::TimeOf(sighting.seen_at()), office.now);
  EXPECT_EQ(sighting.place(), "松月区环城路检查站");
  EXPECT_EQ(sighting.seen_by(), "北陵市公安局交通警察支队");
  EXPECT_FALSE(sighting.held());

  ASSERT_TRUE(office.Counter("sighting", Held()).ok());
  changes = office.TakeChanges();
  ASSERT_THAT(Told(changes), ElementsAre("SEIZED CONTROLLED", "SIGHTED CONTROLLED")) << "the second asks for eyes only";
  EXPECT_EQ(changes[0].item.sighting().custody_place(), "松月停车场3号位");
  EXPECT_EQ(trust::TimeOf(changes[0].item.sighting().collect_by()),
            absl::FromCivil(absl::CivilDay(2026, 10, 6), office.rules.zone));

  ASSERT_TRUE(office.Counter("collected", {{"unit", kLinsCar}}).ok());
  EXPECT_EQ(WhyNot(office.Counter("sighting", Met())), Reason::kNotFound);
  EXPECT_EQ(WhyNot(office.Counter("collected", {{"unit", kLinsCar}})), Reason::kNotFound);
  EXPECT_EQ(office.Standing(kLinsCar, seal.case_number()), "EFFECTIVE rank 1") << "the measure stands";
}

TEST(Locate, EndsWithTheMeasureHoweverThatEnds) {
  const std::map<std::string, std::function<void(VehicleOffice&, const v1::Order&)>> ends = {
      {"release", [](VehicleOffice& office, const v1::Order& seal) { office.Do(office.Release(seal)); }},
      {"sale",
       [](VehicleOffice& office, const v1::Order& seal) {
         ASSERT_TRUE(office.Counter("dispose", {{"id", Office::OperationOf(seal).Text()}}).ok());
       }},
      {"lapse of the measure",
       [](VehicleOffice& office, const v1::Order&) { office.On(absl::CivilDay(2028, 9, 28)), office.Advance(); }},
      {"lapse that nobody has looked at yet",
       [](VehicleOffice& office, const v1::Order&) { office.On(absl::CivilDay(2028, 9, 28)); }}};
  for (const auto& [name, end] : ends) {
    SCOPED_TRACE(name);
    VehicleOffice office;
    const v1::Order seal = office.Freeze();
    office.Do(seal);
    v1::Order locate = office.Locate(seal);
    locate.mutable_locate()->mutable_term()->set_months(36);
    ASSERT_EQ(Said(office.Do(locate)), "LOCATING");
    end(office, seal);
    office.TakeChanges();
    EXPECT_EQ(WhyNot(office.Counter("sighting", Met())), Reason::kNotFound);
    EXPECT_THAT(office.TakeChanges(), IsEmpty());
  }
}

TEST(Locate, EndsWithItsOwnTermWhileTheMeasureStands) {
  VehicleOffice office;
  const v1::Order seal = office.Freeze();
  office.Do(seal);
  office.Do(office.Locate(seal));
  office.On(absl::CivilDay(2027, 3, 27), "23:59:59");
  EXPECT_TRUE(office.Counter("sighting", Met()).ok()) << "the last second of the last day";
  office.On(absl::CivilDay(2027, 3, 28));
  EXPECT_EQ(WhyNot(office.Counter("sighting", Met())), Reason::kNotFound);
  office.Advance();
  EXPECT_EQ(WhyNot(office.Counter("collected", {{"unit", kLinsCar}})), Reason::kNotFound);
}

TEST(Locate, SaysNoByTheFacts) {
  VehicleOffice office;
  const v1::Order seal = office.Freeze();
  EXPECT_EQ(Said(office.Do(office.Locate(seal))), "NOT_LOCATING MEASURE_UNKNOWN");
  office.Do(seal);
  v1::Order theirs = office.Locate(seal);
  theirs.set_court("辽9902");
  EXPECT_EQ(Said(office.Do(theirs)), "NOT_LOCATING NOT_YOUR_MEASURE");
  const v1::Order waits = office.Freeze(kSusCar, kSu);
  ASSERT_EQ(Said(office.Do(waits)), "WAITLISTED") << "behind another city's";
  EXPECT_EQ(Said(office.Do(office.Locate(waits))), "NOT_LOCATING WAITLISTED");
  office.Do(office.Release(seal));
  EXPECT_EQ(Said(office.Do(office.Locate(seal))), "NOT_LOCATING MEASURE_ENDED");

  IpOffice patents;
  const v1::Order preserved = patents.Preserve();
  patents.Do(preserved);
  EXPECT_EQ(Said(patents.Do(patents.Locate(preserved))), "NOT_LOCATING NOT_MOVABLE");
}

TEST(Locate, ASightingSaysWhatAPersonNeedsAndNothingIsToldElse) {
  VehicleOffice office;
  const v1::Order seal = office.Freeze();
  office.Do(seal);
  office.Do(office.Locate(seal));
  const auto refused = [&](Arguments arguments, const std::string& key, const std::string& value) {
    arguments[key] = value;
    if (value.empty()) arguments.erase(key);
    const auto result = office.Counter("sighting", arguments);
    return !result.ok() && FailureOf(result.status()).violations.front().field == key;
  };
  EXPECT_TRUE(refused(Met(), "place", ""));
  EXPECT_TRUE(refused(Met(), "by", ""));
  EXPECT_TRUE(refused(Met(), "unit", "L99BL1A10RA000045"));
  EXPECT_TRUE(refused(Met(), "held", "perhaps"));
  EXPECT_TRUE(refused(Met(), "seen-at", "2026-09-28 09:00:01")) << "not in the future";
  EXPECT_TRUE(refused(Held(), "custody", ""));
  EXPECT_TRUE(refused(Held(), "collect-by", ""));
  EXPECT_TRUE(refused(Held(), "collect-by", "2026-09-27")) << "a day that is over";
  EXPECT_FALSE(refused(Held(), "collect-by", "2026-09-28"));
  EXPECT_EQ(office.TakeChanges().size(), 1u) << "of the one that was taken";
  Arguments custody_only = Met();
  custody_only["custody"] = "松月停车场";
  EXPECT_FALSE(office.Counter("sighting", custody_only).ok());
}

}  // namespace
}  // namespace eagle::registry
