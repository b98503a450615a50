// Pre-seals 预查封: on what the respondent is to own, until he owns it or never will. Edge case 20.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "server/trust/timestamps.h"
#include "tests/adapters/land/land_office.h"

namespace eagle::land {
namespace {

using registry::Said, registry::Told;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kFirstCase[] = "（2026）辽9901执1024号";
const Person kDeveloper = {"北陵桐荫置业有限公司", "UNIFIED_CREDIT_CODE", "919901019900004876"};

v1::Order PreSealed(LandOffice& office, const std::string& case_number = kFirstCase) {
  v1::Order order = office.Freeze(kNewFlat, kZhou, 1, 1);
  order.set_case_number(case_number);
  EXPECT_EQ(Said(office.Do(order)), "UNDER_REVIEW");
  EXPECT_TRUE(office.Approve().ok());
  return order;
}
absl::StatusOr<sdk::Json> Register(LandOffice& office) {
  return office.Counter("register-owner", {{"unit", kNewFlat}, {"certificate", "辽（2026）北陵市不动产权第0007001号"}});
}

TEST(PreSeal, AnAdvanceNoticeIsFoundAndSealedAsOne) {
  LandOffice office;
  const sdk::Answer found = office.Do(office.Inquiry(kZhou));
  ASSERT_EQ(Said(found), "FOUND, FOUND");
  EXPECT_EQ(found.items[0].finding().pre_registered(), "") << "the shop is his";
  EXPECT_EQ(found.items[1].finding().asset_number(), kNewFlat);
  EXPECT_EQ(found.items[1].finding().pre_registered(), "ADVANCE_NOTICE");
  const v1::Order order = office.Freeze(kNewFlat, kZhou, 1, 1);
  office.Do(order);
  const auto answer = office.Decide(order, {.approved = true, .clerk = "温雅"});
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(Said(*answer), "CONTROLLED PRE_SEALED");
  EXPECT_TRUE(answer->items[0].measure().pre_seal());
  EXPECT_EQ(answer->items[0].measure().rank(), 1u);
  v1::Order long_one = office.Freeze(kNewFlat, kZhou, 1, 1);
  long_one.set_case_number("（2026）辽9901执1025号");
  long_one.mutable_freeze()->mutable_term()->set_years(4);
  EXPECT_EQ(Said(office.Do(long_one)), "NOT_CONTROLLED TERM_TOO_LONG");
  EXPECT_EQ(Said(office.Do(office.TransferTitle(order, kSu))), "NOT_TRANSFERRED PRE_SEALED") << "it isn't his to sell";
}

// Edge case 20: the term runs from the pre-seal, not from the registration.
TEST(PreSeal, BecomesASealWhenTheRespondentIsRegisteredAndItsTermRunsFromThePreSeal) {
  LandOffice office;
  const absl::Time sealed_at = office.now;
  const v1::Order order = PreSealed(office);
  const v1::Order waits = PreSealed(office, "（2026）辽9901执1025号");
  v1::Order pending = office.Freeze(kNewFlat, kZhou, 1, 1);
  pending.set_case_number("（2026）辽9901执1026号");
  office.Do(pending);
  const uint64_t revision = office.SealOf(order)->row.revision;
  office.TakeChanges();

  office.On(absl::CivilDay(2027, 2, 1), "10:00:00");
  const auto registered = Register(office);
  ASSERT_TRUE(registered.ok()) << registered.status();
  const auto changes = office.TakeChanges();
  ASSERT_THAT(Told(changes), ElementsAre("CONVERTED CONTROLLED", "CONVERTED WAITLISTED"));
  const v1::MeasureState& measure = changes[0].item.measure();
  EXPECT_EQ(changes[0].operation, LandOffice::OperationOf(order));
  EXPECT_FALSE(measure.pre_seal());
  EXPECT_GT(measure.revision(), revision) << "newer than the pre-seal, whichever arrives first";
  EXPECT_EQ(trust::TimeOf(measure.effective_from()), sealed_at);
  EXPECT_EQ(trust::TimeOf(measure.effective_to()), absl::FromCivil(absl::CivilDay(2029, 9, 28), office.rules.zone));
  EXPECT_EQ(changes[1].item.measure().rank(), 2u);

  // He is the owner, the developer no more, and the clerk's word on the third says that it is a seal.
  const sdk::Answer found = office.Do(office.Inquiry(kZhou));
  EXPECT_EQ(found.items[1].finding().pre_registered(), "");
  EXPECT_THAT(found.items[1].finding().description(), HasSubstr("第0007001号"));
  EXPECT_EQ(Said(office.Do(office.Inquiry(kDeveloper))), "NIL");
  const auto decided = office.Decide(pending, {.approved = true});
  ASSERT_TRUE(decided.ok());
  EXPECT_EQ(Said(*decided), "WAITLISTED");
  EXPECT_FALSE(decided->items[0].measure().pre_seal());
  EXPECT_EQ(eagle::ReasonOf(Register(office).status()), Reason::kNotFound)
      << "nobody is registered in advance any more";

  office.On(absl::CivilDay(2029, 9, 28));
  office.Advance();
  EXPECT_THAT(Told(office.TakeChanges()), ElementsAre("LAPSED NOT_CONTROLLED", "PROMOTED CONTROLLED"));
}

TEST(PreSeal, EndsWithTheNoticeAndItsCourtIsTold) {
  LandOffice office;
  const v1::Order order = PreSealed(office);
  const v1::Order waits = PreSealed(office, "（2026）辽9901执1025号");
  office.TakeChanges();
  ASSERT_TRUE(office.Counter("end-notice", {{"unit", kNewFlat}}).ok());
  const auto changes = office.TakeChanges();
  ASSERT_THAT(Told(changes), ElementsAre("LAPSED NOT_CONTROLLED", "LAPSED NOT_CONTROLLED"));
  EXPECT_EQ(changes[0].item.reason(), "LAPSED");
  EXPECT_EQ(changes[1].item.reason(), "VOID") << "it never took effect";
  EXPECT_EQ(office.Do(office.Inquiry(kZhou)).items.size(), 1u);
  EXPECT_EQ(Said(office.Do(office.Inquiry(kDeveloper))), "FOUND") << "it is still the developer's";
  EXPECT_EQ(eagle::ReasonOf(office.Counter("end-notice", {{"unit", kNewFlat}}).status()), Reason::kNotFound);
  EXPECT_EQ(eagle::ReasonOf(office.Counter("end-notice", {{"unit", kHouse}}).status()), Reason::kNotFound);
}

TEST(PreSeal, NobodyIsRegisteredWhileTheSellersPartIsSealed) {
  LandOffice office;
  ASSERT_TRUE(
      office.Counter("seal", {{"unit", kNewFlat}, {"court", "辽9902"}, {"document", "（2026）辽9902执231号"}}).ok())
      << "the only owner needs no naming";
  EXPECT_EQ(eagle::ReasonOf(Register(office).status()), Reason::kMeasureExists);
  EXPECT_THAT(office.TakeChanges(), IsEmpty());
  EXPECT_EQ(office.Do(office.Inquiry(kZhou)).items[1].finding().pre_registered(), "ADVANCE_NOTICE");
}

TEST(PreSeal, LivesThroughARestart) {
  LandOffice office;
  PreSealed(office);
  office.Restart();
  EXPECT_EQ(office.Standing(kNewFlat, kFirstCase), "EFFECTIVE rank 1");
  ASSERT_TRUE(Register(office).ok());
  office.Restart();
  EXPECT_THAT(Told(office.TakeChanges()), testing::Contains("CONVERTED CONTROLLED"));
}

}  // namespace
}  // namespace eagle::land
