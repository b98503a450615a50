// A court that sold the thing has the new owner entered: what becomes of the measure, of who waited, and of mortgages.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "tests/adapters/land/land_office.h"
#include "tests/adapters/register/kinds.h"

namespace eagle::registry {
namespace {

using land::kHouse, land::kWarehouse, land::LandOffice;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kOurCase[] = "（2026）辽9901执1024号";
constexpr char kTheirCase[] = "（2026）辽9902执231号";
const Person kBuyer = {"顾西楼", "CITIZEN_ID", "990101199001010019"};

// A seal of ours, approved where a clerk decides.
v1::Order Sealed(Office& office, v1::Order order) {
  if (office.Do(order).kind == sdk::AnswerKind::kUnderReview) {
    EXPECT_TRUE(office.Approve().ok());
  }
  return order;
}
// The clerk approves, and what the order's last word is.
sdk::Answer Approved(Office& office, const v1::Order& order) {
  EXPECT_EQ(Said(office.Do(order)), "UNDER_REVIEW") << "a clerk looks at each transfer";
  auto answer = office.Decide(order, {.approved = true, .clerk = "温雅"});
  EXPECT_TRUE(answer.ok()) << answer.status();
  return answer.ok() ? *answer : sdk::Answer();
}
void Share(v1::Order& order, uint32_t numerator, uint32_t denominator) {
  order.mutable_transfer_title()->set_share_numerator(numerator);
  order.mutable_transfer_title()->set_share_denominator(denominator);
}
std::vector<std::string> Owners(Office& office, const std::string& unit) {
  auto transaction = office.inbox->Begin();
  std::vector<std::string> out;
  for (const Holder& holder : office.TablesIn(*transaction).HoldersOf(unit)) {
    out.push_back((holder.state == HolderState::kFormer ? "was " : "") + holder.name + " " +
                  std::to_string(holder.share_numerator) + "/" + std::to_string(holder.share_denominator));
  }
  return out;
}

TEST(TransferTitle, EntersTheNewOwnerEndsTheMeasureAndVoidsWhoWaited) {
  LandOffice office;
  const v1::Order seal = Sealed(office, office.Freeze(kHouse));
  v1::Order second = office.Freeze(kHouse);
  second.set_case_number("（2026）辽9901执1025号");
  Sealed(office, second);
  v1::Order third = office.Freeze(kHouse);
  third.set_case_number("（2026）辽9901执1026号");
  EXPECT_EQ(Said(office.Do(third)), "UNDER_REVIEW") << "waits for its clerk while the house is sold";
  ASSERT_TRUE(
      office.Counter("seal", {{"unit", kHouse}, {"court", "辽9902"}, {"document", kTheirCase}, {"holder", "2"}}).ok());
  office.TakeChanges();

  office.At("15:00:00");
  const v1::Order transfer = office.TransferTitle(seal, kBuyer);
  EXPECT_EQ(Said(office.Do(transfer)), "UNDER_REVIEW");
  EXPECT_THAT(Owners(office, kHouse), ElementsAre("林远舟 1/2", "苏晴 1/2")) << "the clerk hasn't decided";
  const auto answer = office.Decide(transfer, {.approved = true, .clerk = "温雅"});
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(Said(*answer), "TRANSFERRED");
  EXPECT_EQ(answer->effect_at, office.now);
  EXPECT_TRUE(answer->items[0].measure().ended());
  EXPECT_EQ(answer->items[0].measure().controlled_minor_units(), 0);
  EXPECT_THAT(Owners(office, kHouse), ElementsAre("was 林远舟 1/2", "苏晴 1/2", "顾西楼 1/2"));
  EXPECT_EQ(office.Standing(kHouse, kOurCase), "DISPOSED");
  EXPECT_EQ(office.Standing(kHouse, second.case_number()), "VOID");
  EXPECT_EQ(office.Standing(kHouse, kTheirCase), "EFFECTIVE rank 1") << "Su's part isn't the debtor's";
  EXPECT_THAT(Told(office.TakeChanges()), ElementsAre("LAPSED NOT_CONTROLLED", "ANSWER NOT_CONTROLLED VOID"));

  // Later inquiries find the new owner, and the old one no more; the same answer again.
  const sdk::Answer found = office.Do(office.Inquiry(kBuyer));
  ASSERT_EQ(Said(found), "FOUND");
  EXPECT_EQ(found.items[0].finding().share_numerator(), 1u);
  EXPECT_EQ(found.items[0].finding().share_denominator(), 2u);
  EXPECT_EQ(found.items[0].finding().status(), "NORMAL");
  EXPECT_THAT(found.items[0].finding().description(), HasSubstr(kOurCase)) << "the ruling is his title";
  for (const auto& item : office.Do(office.Inquiry()).items) EXPECT_NE(item.finding().asset_number(), kHouse);
  EXPECT_EQ(Said(office.Do(office.Freeze(kHouse))), "NOT_CONTROLLED NOT_HOLDER");
  v1::Order on_buyer = office.Freeze(kHouse, kBuyer);
  EXPECT_EQ(Said(office.Do(on_buyer)), "UNDER_REVIEW") << "the new owner's part can be sealed for his own debts";
}

TEST(TransferTitle, OfAPartMovesUpTheNextOnTheRest) {
  LandOffice office;
  const v1::Order seal = Sealed(office, office.Freeze(kHouse));
  v1::Order next = office.Freeze(kHouse);
  next.set_case_number("（2026）辽9901执1025号");
  Sealed(office, next);
  office.TakeChanges();
  v1::Order transfer = office.TransferTitle(seal, kBuyer);
  Share(transfer, 1, 8);
  EXPECT_EQ(Said(Approved(office, transfer)), "TRANSFERRED");
  EXPECT_THAT(Owners(office, kHouse), ElementsAre("林远舟 3/8", "苏晴 1/2", "顾西楼 1/8"));
  EXPECT_THAT(Told(office.TakeChanges()), ElementsAre("PROMOTED CONTROLLED"));
  EXPECT_EQ(office.Standing(kHouse, next.case_number()), "EFFECTIVE rank 1");
}

TEST(TransferTitle, MortgagesEndWhenTheOrderSaysSoAndElseStayAndAreTold) {
  for (const bool charges_end : {true, false}) {
    LandOffice office;
    const v1::Order seal = Sealed(office, office.Freeze(kWarehouse, kStorage, 1, 1));
    v1::Order transfer = office.TransferTitle(seal, kBuyer);
    transfer.mutable_transfer_title()->set_charges_end(charges_end);
    const sdk::Answer answer = Approved(office, transfer);
    ASSERT_EQ(Said(answer), "TRANSFERRED");
    EXPECT_THAT(answer.items[0].remark(), HasSubstr(charges_end ? "ended:" : "stay:"));
    EXPECT_THAT(answer.items[0].remark(), HasSubstr("北陵商业银行"));
    const sdk::Answer found = office.Do(office.Inquiry(kBuyer));
    EXPECT_EQ(found.items[0].finding().prior_measures_size(), charges_end ? 0 : 1);
  }
}

// Su's half of the house stays hers, and so does the mortgage on all of it.
TEST(TransferTitle, AMortgageOnWhatIsNotSoldStays) {
  LandOffice office;
  {
    auto transaction = office.inbox->Begin();
    office.TablesIn(*transaction)
        .AddCharge({.unit = kHouse,
                    .certificate_number = "证明第1号",
                    .creditor = "松月农商行",
                    .amount_minor_units = 100,
                    .registered_on = absl::CivilDay(2026, 1, 1),
                    .ends_on = absl::CivilDay(2030, 1, 1)});
    ASSERT_TRUE(transaction->Commit().ok());
  }
  const v1::Order seal = Sealed(office, office.Freeze(kHouse));
  v1::Order transfer = office.TransferTitle(seal, kBuyer);
  transfer.mutable_transfer_title()->set_charges_end(true);
  EXPECT_THAT(Approved(office, transfer).items[0].remark(), HasSubstr("stay: 证明第1号"));
}

TEST(TransferTitle, SaysNoByTheFactsAndChangesNothing) {
  LandOffice office;
  const v1::Order seal = office.Freeze(kHouse);
  EXPECT_EQ(Said(office.Do(office.TransferTitle(seal, kBuyer))), "NOT_TRANSFERRED MEASURE_UNKNOWN");
  office.Do(seal);
  EXPECT_EQ(Said(office.Do(office.TransferTitle(seal, kBuyer))), "NOT_TRANSFERRED PENDING");
  ASSERT_TRUE(office.Approve().ok());
  v1::Order waits = office.Freeze(kHouse);
  waits.set_case_number("（2026）辽9901执1025号");
  Sealed(office, waits);
  const sdk::Answer behind = office.Do(office.TransferTitle(waits, kBuyer));
  EXPECT_EQ(Said(behind), "NOT_TRANSFERRED WAITLISTED");
  EXPECT_THAT(behind.items[0].remark(), HasSubstr(kOurCase));
  v1::Order theirs = office.TransferTitle(seal, kBuyer);
  theirs.set_court("辽9902");
  EXPECT_EQ(Said(office.Do(theirs)), "NOT_TRANSFERRED NOT_YOUR_MEASURE");
  EXPECT_EQ(Said(office.Do(office.TransferTitle(seal, kLin))), "NOT_TRANSFERRED TRANSFEREE_INVALID");
  EXPECT_EQ(Said(office.Do(office.TransferTitle(seal, {"顾西楼", "CITIZEN_ID", "990101199001010013"}))),
            "NOT_TRANSFERRED TRANSFEREE_INVALID")
      << "the check digit";
  for (const auto& [numerator, denominator] : {std::pair{2u, 3u}, {1u, 1u}}) {
    v1::Order more = office.TransferTitle(seal, kBuyer);
    Share(more, numerator, denominator);
    EXPECT_EQ(Said(office.Do(more)), "NOT_TRANSFERRED SHARE_MISMATCH") << "he has a half";
  }
  EXPECT_THAT(Owners(office, kHouse), ElementsAre("林远舟 1/2", "苏晴 1/2"));
  EXPECT_EQ(Said(office.Do(office.Release(seal))), "RELEASED");
  EXPECT_EQ(Said(office.Do(office.TransferTitle(seal, kBuyer))), "NOT_TRANSFERRED MEASURE_ENDED");
}

TEST(TransferTitle, AClerkWhoRefusesLeavesTheMeasure) {
  LandOffice office;
  const v1::Order seal = Sealed(office, office.Freeze(kHouse));
  const v1::Order transfer = office.TransferTitle(seal, kBuyer);
  office.Do(transfer);
  const auto answer = office.Decide(transfer, {.approved = false, .clerk = "温雅", .reason = "TAX_UNPAID"});
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(Said(*answer), "NOT_TRANSFERRED TAX_UNPAID");
  EXPECT_EQ(office.Standing(kHouse, kOurCase), "EFFECTIVE rank 1");
  EXPECT_EQ(Said(office.Do(transfer)), "UNDER_REVIEW") << "the first answer again; the agent has the last one";
}

TEST(TransferTitle, OfAVehicleIsWholeAndAtOnceWhereTheOfficeWantsIt) {
  VehicleOffice office;
  office.rules.transfer = Mode::kAutomatic;
  office.Restart();
  const v1::Order seal = Sealed(office, office.Freeze());
  ASSERT_TRUE(office.Counter("seal", {{"unit", kLinsCar}, {"court", "辽9902"}, {"document", kTheirCase}}).ok());
  v1::Order half = office.TransferTitle(seal, kBuyer);
  Share(half, 1, 2);
  EXPECT_EQ(Said(office.Do(half)), "NOT_TRANSFERRED SHARE_MISMATCH") << "a car is indivisible";
  EXPECT_EQ(Said(office.Do(office.TransferTitle(seal, kBuyer))), "TRANSFERRED");
  EXPECT_THAT(Owners(office, kLinsCar), ElementsAre("was 林远舟 1/1", "顾西楼 1/1"));
  EXPECT_EQ(office.Standing(kLinsCar, kTheirCase), "VOID");
  EXPECT_EQ(Said(office.Do(office.Inquiry())), "NIL");
  EXPECT_TRUE(office.Counter("check", {{"unit", kLinsCar}, {"act", "TRANSFER"}}).ok()) << "nothing stands any more";
}

// The patent is Lin's and Su's: what Lin had goes, and a measure against Su moves up.
TEST(TransferTitle, OfAJointRightLeavesTheOthersMeasureStanding) {
  IpOffice office;
  const v1::Order seal = Sealed(office, office.Preserve());
  EXPECT_EQ(Said(Approved(office, office.TransferTitle(seal, kBuyer))), "TRANSFERRED");
  EXPECT_THAT(Owners(office, kRotorPatent), ElementsAre("was 林远舟 1/1", "苏晴 1/1", "顾西楼 1/1"));
}

TEST(TransferTitle, OfEquityTakesTheQuantityThatTheMeasureControls) {
  EquityOffice office;
  const v1::Order seal = Sealed(office, office.Freeze(20, 100, 900'000'00));  // 1,000,000 of Lin's 1,500,000
  const v1::Order next = Sealed(office, office.Freeze(20, 100, 900'000'00));  // 500,000 and waits for the rest
  v1::Order more = office.TransferTitle(next, kBuyer);
  Share(more, 20, 100);
  EXPECT_EQ(Said(office.Do(more)), "NOT_TRANSFERRED ANOTHER_MEASURE_FIRST");
  office.TakeChanges();
  v1::Order transfer = office.TransferTitle(seal, kBuyer);
  Share(transfer, 15, 100);
  EXPECT_EQ(Said(Approved(office, transfer)), "TRANSFERRED");
  EXPECT_THAT(Owners(office, kQiming), ElementsAre("林远舟 3/20", "苏晴 70/100", "顾西楼 3/20"));
  const auto changes = office.TakeChanges();
  ASSERT_THAT(Told(changes), ElementsAre("PROMOTED PARTLY_CONTROLLED")) << "750,000 are left to Lin, all of them its";
  EXPECT_EQ(changes[0].item.measure().controlled_quantity_e4(), int64_t{750'000'0000});
  const sdk::Answer found = office.Do(office.Inquiry(kBuyer));
  EXPECT_EQ(found.items[0].finding().quantity_e4(), int64_t{750'000'0000});
  EXPECT_THAT(found.items[0].finding().description(), HasSubstr("实缴数额 750000.00")) << "half of what Lin paid in";

  // The rest goes, too: nothing is left to stand on.
  EXPECT_EQ(Said(Approved(office, office.TransferTitle(next, kBuyer))), "TRANSFERRED");
  EXPECT_THAT(Owners(office, kQiming), ElementsAre("was 林远舟 3/20", "苏晴 70/100", "顾西楼 3/20", "顾西楼 3/20"));
}

TEST(TransferTitle, OfAllEquityEndsWhoWaitsAndAPledgeFollows) {
  EquityOffice office;
  // 松岭: Zhou's two thirds are pledged, frozen by 辽9902 and waited for by 辽9903.
  const auto shown = office.Counter("show", {{"unit", kSongling}});
  ASSERT_TRUE(shown.ok());
  const v1::Order mine = office.TakeOver("EQUITY", "import/1", "（2025）辽9902执602号", kZhou);
  v1::Order taken = mine;
  taken.set_court("辽9902");
  EXPECT_EQ(Said(office.Do(taken)), "CONTROLLED");
  v1::Order transfer = office.TransferTitle(taken, kBuyer);
  transfer.set_court("辽9902");
  EXPECT_EQ(Said(Approved(office, transfer)), "TRANSFERRED");
  EXPECT_EQ(office.Standing(kSongling, "（2025）辽9903执保77号"), "VOID");
  const sdk::Answer found = office.Do(office.Inquiry(kBuyer));
  ASSERT_EQ(found.items[0].finding().prior_measures_size(), 1);
  EXPECT_THAT(found.items[0].finding().prior_measures(0).authority(), HasSubstr("北陵商业银行"));
}

}  // namespace
}  // namespace eagle::registry
