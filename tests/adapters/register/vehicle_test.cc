// What inquiries find, what orders do and what the counter bars at a vehicle registry.
#include "adapters/register/import.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "server/trust/timestamps.h"
#include "tests/adapters/register/kinds.h"
#include "tests/support/paths.h"

namespace eagle::registry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kOurs[] = "（2026）辽9901执1024号";
constexpr char kTheirs[] = "（2026）辽9902执231号";
constexpr char kOtherCity[] = "（2026）辽9803执118号";

TEST(VehicleNumber, HasItsCheckCharacter) {
  EXPECT_TRUE(vehicle::IsVin(kLinsCar));
  EXPECT_TRUE(vehicle::IsVin("1M8GDM9AXKP042788")) << "the standard's own example";
  EXPECT_TRUE(vehicle::IsVin("1M8GDM9A1KP042788")) << "made abroad";
  EXPECT_FALSE(vehicle::IsVin("L99BL1A11RA000018")) << "the check character";
  EXPECT_FALSE(vehicle::IsVin("L99BL1A10RA000081")) << "two characters swapped";
  EXPECT_FALSE(vehicle::IsVin("L99BL1A10RA00001O"));
  EXPECT_FALSE(vehicle::IsVin("L99BL1A10RA00001"));
  EXPECT_FALSE(vehicle::IsVin(""));
}

TEST(VehicleInquiry, FindsTheCarWithEveryField) {
  VehicleOffice office;
  const sdk::Answer answer = office.Do(office.Inquiry());
  ASSERT_EQ(Said(answer), "FOUND");
  const v1::Finding& finding = answer.items[0].finding();
  EXPECT_EQ(finding.asset_kind(), "VEHICLE");
  EXPECT_EQ(finding.asset_number(), kLinsCar);
  EXPECT_EQ(finding.holder_name(), "林远舟");
  EXPECT_EQ(finding.matched_by(), "NAME_AND_18");
  EXPECT_EQ(finding.status(), "NORMAL");
  EXPECT_EQ(
      finding.description(),
      "号牌号码 辽99A7K21; 号牌种类 02 小型汽车; 发动机号 LX4B150218; 品牌 朔方; 型号 SF7151A; 车辆类型 K33 小型轿车; "
      "颜色 白; 使用性质 A 非营运; 初次登记日期 2021-05-18; 检验有效期止 2027-05-31; 发证机关 辽99; 管理部门 "
      "北陵市公安局车辆管理所; 机动车状态 A; 证书号 990100018423")
      << "what the register doesn't have isn't told";
  EXPECT_THAT(finding.prior_measures(), IsEmpty());
  EXPECT_THAT(answer.searched_scope, HasSubstr("机动车登记簿"));
}

TEST(VehicleInquiry, NilNamesTheScopeAndAnotherNameIsAmbiguous) {
  VehicleOffice office;
  const sdk::Answer nil = office.Do(office.Inquiry({"方原", "CITIZEN_ID", "990101199001010012"}));
  EXPECT_EQ(Said(nil), "NIL");
  EXPECT_THAT(nil.searched_scope, HasSubstr(kVehicleOffice));
  EXPECT_EQ(Said(office.Do(office.Inquiry({"林远洲", "CITIZEN_ID", kLin.id_number}))), "AMBIGUOUS NAME_MISMATCH");
  v1::Order land = office.Inquiry();
  land.mutable_inquire()->add_asset_kinds("LAND");
  EXPECT_EQ(Said(office.Do(land)), "RETURNED ASSET_KIND_NOT_SUPPORTED");
}

TEST(VehicleInquiry, OldNumberIsTheOwnersToo) {
  VehicleOffice office;
  const sdk::Answer answer = office.Do(office.Inquiry(kShan));
  ASSERT_EQ(Said(answer), "FOUND");
  EXPECT_EQ(answer.items[0].finding().matched_by(), "NAME_AND_15");
  EXPECT_EQ(answer.items[0].finding().asset_number(), kOffRoader);
}

// Edge case 34: sealed by another city, mortgaged, and with an open offence (state G).
TEST(VehicleSeal, AnotherCitysSealAMortgageAndStateGAreToldAndOursWaits) {
  VehicleOffice office;
  const sdk::Answer found = office.Do(office.Inquiry(kSu));
  ASSERT_EQ(Said(found), "FOUND");
  const v1::Finding& finding = found.items[0].finding();
  EXPECT_EQ(finding.status(), "SEALED");
  EXPECT_THAT(finding.description(), HasSubstr("机动车状态 GK"));
  ASSERT_EQ(finding.prior_measures_size(), 2);
  EXPECT_EQ(finding.prior_measures(0).authority(), "抵押权人 松月农商行") << "the mortgage comes first";
  EXPECT_EQ(finding.prior_measures(0).amount_minor_units(), 86'000'00);
  EXPECT_EQ(finding.prior_measures(1).authority(), "辽9803");
  EXPECT_EQ(finding.prior_measures(1).document_number(), kOtherCity);

  const v1::Order seal = office.Freeze(kSusCar, kSu);
  const sdk::Answer answer = office.Do(seal);
  ASSERT_EQ(Said(answer), "WAITLISTED") << "neither mortgage nor offence needs a clerk";
  const v1::MeasureState& measure = answer.items[0].measure();
  EXPECT_EQ(measure.rank(), 2u);
  EXPECT_FALSE(measure.has_effective_from());
  EXPECT_FALSE(measure.has_effective_to()) << "no term runs while it waits";
  ASSERT_EQ(measure.prior_measures_size(), 1);
  EXPECT_EQ(measure.prior_measures(0).document_number(), kOtherCity);

  // The other city's seal ends with 2 February 2028; ours takes effect by itself, and its court is told.
  office.On(absl::CivilDay(2028, 2, 3));
  office.Advance();
  const auto changes = office.TakeChanges();
  ASSERT_THAT(Told(changes), ElementsAre("PROMOTED CONTROLLED"));
  EXPECT_EQ(changes[0].item.measure().rank(), 1u);
  EXPECT_EQ(trust::TimeOf(changes[0].item.measure().effective_to()),
            absl::FromCivil(absl::CivilDay(2030, 2, 3), office.rules.zone));
  EXPECT_EQ(office.Standing(kSusCar, kOtherCity), "LAPSED");
}

TEST(VehicleSeal, IsDoneWhenItComesAndTheNextWaits) {
  VehicleOffice office;
  office.At("09:10:00");
  const v1::Order first = office.Freeze();
  const sdk::Answer answer = office.Do(first);
  ASSERT_EQ(Said(answer), "CONTROLLED");
  EXPECT_EQ(answer.kind, sdk::AnswerKind::kFinal);
  EXPECT_EQ(answer.effect_at, office.now);
  EXPECT_EQ(answer.items[0].measure().rank(), 1u);
  EXPECT_EQ(trust::TimeOf(answer.items[0].measure().effective_to()),
            absl::FromCivil(absl::CivilDay(2028, 9, 28), office.rules.zone));
  EXPECT_EQ(office.Counter("review list")->fields().at("reviews").list_value().values_size(), 0);
  office.At("09:40:00");
  ASSERT_TRUE(office.Counter("seal", {{"unit", kLinsCar}, {"court", "辽9902"}, {"document", kTheirs}}).ok());
  EXPECT_EQ(office.Standing(kLinsCar, kTheirs), "WAITLISTED rank 2");
  EXPECT_EQ(Said(office.Do(office.Release(first))), "RELEASED");
  EXPECT_EQ(office.Standing(kLinsCar, kTheirs), "EFFECTIVE rank 1");
  EXPECT_EQ(Said(office.Do(office.Release(first))), "NOT_CONTROLLED MEASURE_ENDED");
}

TEST(VehicleSeal, AStolenCarWaitsForAClerk) {
  VehicleOffice office;
  const v1::Order seal = office.Freeze(kStolenCar, kZhou);
  const sdk::Answer locked = office.Do(seal);
  EXPECT_EQ(locked.kind, sdk::AnswerKind::kUnderReview);
  EXPECT_THAT(locked.items[0].remark(), HasSubstr("state C"));
  EXPECT_EQ(office.Standing(kStolenCar, kOurs), "SEAL_PENDING rank 1");
  ASSERT_TRUE(office.Approve().ok());
  EXPECT_EQ(office.Standing(kStolenCar, kOurs), "EFFECTIVE rank 1");
}

TEST(VehicleSeal, SaysNoByTheFacts) {
  VehicleOffice office;
  EXPECT_EQ(Said(office.Do(office.Freeze("L99BL1A10RA000045"))), "NOT_CONTROLLED UNIT_NOT_FOUND");
  EXPECT_EQ(Said(office.Do(office.Freeze(kSusCar))), "NOT_CONTROLLED NOT_HOLDER");
  EXPECT_EQ(Said(office.Do(office.Freeze(kLinsCar, {"林远洲", "CITIZEN_ID", kLin.id_number}))),
            "AMBIGUOUS NAME_MISMATCH");
  EXPECT_EQ(Said(office.Do(office.Freeze(kLinsCar, kLin, 3))), "NOT_CONTROLLED TERM_TOO_LONG") << "movables: two years";
  v1::Order half = office.Freeze();
  half.mutable_freeze()->mutable_asset()->set_share_denominator(2);
  EXPECT_EQ(Said(office.Do(half)), "NOT_CONTROLLED SHARE_MISMATCH") << "a car is indivisible";
  v1::Order land = office.Freeze();
  land.mutable_freeze()->mutable_asset()->set_asset_kind("LAND");
  EXPECT_EQ(Said(office.Do(land)), "RETURNED ASSET_KIND_NOT_SUPPORTED");
  EXPECT_THAT(office.Seals(kLinsCar), IsEmpty());
  EXPECT_EQ(Said(office.Do(office.Freeze())), "CONTROLLED");
  EXPECT_EQ(Said(office.Do(office.Freeze())), "NOT_CONTROLLED DOCUMENT_REPEATED");
  v1::Order part = office.Release(office.Freeze());
  EXPECT_EQ(Said(office.Do(part)), "NOT_CONTROLLED MEASURE_UNKNOWN");
}

TEST(VehicleRenew, EndsLaterAtTheSameRankAndNeverAfterTheEnd) {
  VehicleOffice office;
  const v1::Order seal = office.Freeze();
  office.Do(seal);
  EXPECT_EQ(Said(office.Do(office.Renew(seal, 3))), "NOT_RENEWED TERM_TOO_LONG");
  EXPECT_EQ(Said(office.Do(office.Renew(seal, 2))), "RENEWED");
  const absl::Time end = *office.SealOf(seal)->row.effective_to;
  EXPECT_EQ(end, absl::FromCivil(absl::CivilDay(2030, 9, 28), office.rules.zone));
  v1::Order foreign = office.Renew(seal, 1);
  foreign.set_court("辽9902");
  EXPECT_EQ(Said(office.Do(foreign)), "NOT_RENEWED NOT_YOUR_MEASURE");
  office.now = end;
  EXPECT_EQ(Said(office.Do(office.Renew(seal, 1))), "NOT_RENEWED LAPSED");
}

TEST(VehicleCheck, ASealBarsTheOfficesOwnActsAndNamesItself) {
  VehicleOffice office;
  const std::map<std::string, std::string> transfer = {{"unit", kLinsCar}, {"act", "TRANSFER"}};
  ASSERT_TRUE(office.Counter("check", transfer).ok());
  const v1::Order seal = office.Freeze();
  office.Do(seal);
  for (const char* act : {"TRANSFER", "CHANGE", "MORTGAGE", "MORTGAGE_RELEASE", "CANCELLATION"}) {
    const auto refused = office.Counter("check", {{"unit", kLinsCar}, {"act", act}});
    EXPECT_EQ(ReasonOf(refused.status()), Reason::kMeasureExists) << act;
    EXPECT_THAT(FailureOf(refused.status()).message, HasSubstr(VehicleOffice::OperationOf(seal).Text()));
    EXPECT_THAT(FailureOf(refused.status()).message, HasSubstr(kOurs));
  }
  EXPECT_TRUE(office.Counter("check", {{"unit", kTractor}, {"act", "TRANSFER"}}).ok())
      << "a mortgage bars nothing here";
  EXPECT_EQ(ReasonOf(office.Counter("check", {{"unit", kLinsCar}, {"act", "WASH"}}).status()), Reason::kFieldInvalid);
  EXPECT_EQ(ReasonOf(office.Counter("check", {{"unit", "x"}, {"act", "TRANSFER"}}).status()), Reason::kNotFound);
  office.Do(office.Release(seal));
  EXPECT_TRUE(office.Counter("check", transfer).ok());
}

TEST(VehicleCheck, ALockUnderReviewBarsAndALapsedSealDoesNot) {
  VehicleOffice office;
  office.Do(office.Freeze(kStolenCar, kZhou));
  const std::map<std::string, std::string> stolen = {{"unit", kStolenCar}, {"act", "TRANSFER"}};
  EXPECT_EQ(ReasonOf(office.Counter("check", stolen).status()), Reason::kMeasureExists);
  ASSERT_TRUE(office.Refuse("NOT_HERE").ok());
  EXPECT_TRUE(office.Counter("check", stolen).ok());
  const std::map<std::string, std::string> sus = {{"unit", kSusCar}, {"act", "MORTGAGE"}};
  EXPECT_EQ(ReasonOf(office.Counter("check", sus).status()), Reason::kMeasureExists);
  office.On(absl::CivilDay(2028, 2, 3));
  EXPECT_TRUE(office.Counter("check", sus).ok()) << "its term ended with the day before";
}

TEST(VehicleCounter, SaleUnderTheFirstSealVoidsTheRest) {
  VehicleOffice office;
  const v1::Order waits = office.Freeze(kSusCar, kSu);
  office.Do(waits);
  const std::string first = office.Seals(kSusCar).front().row.id;
  ASSERT_TRUE(office.Counter("dispose", {{"id", first}}).ok());
  EXPECT_EQ(office.Standing(kSusCar, kOtherCity), "DISPOSED");
  EXPECT_EQ(office.Standing(kSusCar, kOurs), "VOID");
  EXPECT_THAT(Told(office.TakeChanges()), ElementsAre("LAPSED NOT_CONTROLLED"));
}

TEST(VehicleModes, AnOfficeMayHaveItsClerksDecideOnEveryOrder) {
  VehicleOffice office;
  office.rules.freeze = office.rules.renew = office.rules.release = Mode::kManual;
  office.Restart();
  const v1::Order seal = office.Freeze();
  EXPECT_EQ(Said(office.Do(seal)), "UNDER_REVIEW");
  ASSERT_TRUE(office.Approve().ok());
  const absl::Time end = *office.SealOf(seal)->row.effective_to;

  const v1::Order renewal = office.Renew(seal, 1);
  EXPECT_EQ(Said(office.Do(renewal)), "UNDER_REVIEW");
  EXPECT_EQ(office.SealOf(seal)->row.effective_to, end) << "nothing before the clerk's word";
  const auto renewed = office.Decide(renewal, {.approved = true, .clerk = "温雅"});
  ASSERT_TRUE(renewed.ok()) << renewed.status();
  EXPECT_EQ(Said(*renewed), "RENEWED");
  EXPECT_GT(*office.SealOf(seal)->row.effective_to, end);
  EXPECT_EQ(office.Decide(renewal, {.approved = true}).status().code(), absl::StatusCode::kFailedPrecondition);

  const v1::Order refused = office.Release(seal);
  EXPECT_EQ(Said(office.Do(refused)), "UNDER_REVIEW");
  const auto no = office.Decide(refused, {.approved = false, .clerk = "温雅", .reason = "PAPER_UNREADABLE"});
  ASSERT_TRUE(no.ok());
  EXPECT_EQ(Said(*no), "NOT_CONTROLLED PAPER_UNREADABLE");
  EXPECT_EQ(office.Standing(kLinsCar, kOurs), "EFFECTIVE rank 1");

  const v1::Order release = office.Release(seal);
  EXPECT_EQ(Said(office.Do(release)), "UNDER_REVIEW");
  EXPECT_EQ(office.Standing(kLinsCar, kOurs), "EFFECTIVE rank 1");
  ASSERT_TRUE(office.Approve().ok());
  EXPECT_EQ(office.Standing(kLinsCar, kOurs), "RELEASED");
}

TEST(VehicleModes, ARenewalThatWaitsPastTheEndIsNotRenewed) {
  VehicleOffice office;
  office.rules.renew = Mode::kManual;
  office.Restart();
  const v1::Order seal = office.Freeze();
  office.Do(seal);
  const v1::Order renewal = office.Renew(seal, 1);
  office.Do(renewal);
  office.now = *office.SealOf(seal)->row.effective_to;
  office.Advance();
  EXPECT_EQ(office.Counter("review list")->fields().at("reviews").list_value().values_size(), 1);
  const auto late = office.Decide(renewal, {.approved = true, .clerk = "温雅"});
  ASSERT_TRUE(late.ok()) << late.status();
  EXPECT_EQ(Said(*late), "NOT_RENEWED LAPSED");
}

TEST(VehicleImport, ProductionRefusesTheTestRange) {
  TempFolder folder;
  auto inbox = *sdk::SqliteInbox::Open(folder / "inbox.db");
  VehicleOffice office;
  ASSERT_TRUE(Register::Open(*inbox, office.rules).ok());
  auto transaction = inbox->Begin();
  const auto counts = ImportRegister(test::SourcePath(kVehicleData),
                                     {v1::ENVIRONMENT_PRODUCTION, office.rules, office.now}, *transaction);
  ASSERT_FALSE(counts.ok());
  const auto violations = FailureOf(counts.status()).violations;
  ASSERT_FALSE(violations.empty());
  EXPECT_EQ(violations.front().field, "units.csv:2 unit_number");
  EXPECT_EQ(violations.front().reason, Reason::kTestRegion);
}

}  // namespace
}  // namespace eagle::registry
