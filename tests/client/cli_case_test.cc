// `eagle case` as a court meets it.
#include "absl/strings/str_split.h"
#include "client/common/files.h"
#include "gtest/gtest.h"
#include "server/journal/hash.h"
#include "server/trust/strict.h"
#include "server/trust/timestamps.h"
#include "tests/client/cli_world.h"

namespace eagle::client {
namespace {

class CliCaseTest : public testing::Test {
 protected:
  CliWorld world_;
};

TEST_F(CliCaseTest, ACaseIsOpenedWithItsSumAsTheCap) {
  const std::vector<std::string> open = {"case",
                                         "open",
                                         "--case",
                                         kCase,
                                         "--title",
                                         "（2026）辽9901民初307号",
                                         "--applicant",
                                         "赵慧兰",
                                         "--respondent",
                                         "林远舟;CITIZEN_ID;990101198503070017;JOINT",
                                         "--respondent",
                                         "北陵启明机电有限公司;UNIFIED_CREDIT_CODE;919901019900000178;JOINT;60,000.00",
                                         "--principal",
                                         "180,000.00",
                                         "--interest",
                                         "12,600.00",
                                         "--doubled-interest",
                                         "2,898.00",
                                         "--days",
                                         "92",
                                         "--horizon",
                                         "2026-09-30",
                                         "--cost",
                                         "2,789.00",
                                         "--handler",
                                         "001",
                                         "--leader",
                                         "003",
                                         "--sign",
                                         "001",
                                         "--sign",
                                         "003"};
  const Ran ran = world_.Json(open);
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_EQ(At(ran.out, "results.0.proved"), "true");
  const auto act = trust::ParseStrict<v1::CaseAct>(world_.gateway->case_batches.at(0).members(0));
  EXPECT_EQ(act->open().claim().cap_minor_units(), 19828700);
  EXPECT_EQ(act->open().respondents(1).liability_cap_minor_units(), 6000000);
  EXPECT_EQ(trust::TimeOf(act->open().claim().horizon()), absl::FromCivil(absl::CivilDay(2026, 9, 30), Shanghai()));
  std::vector<std::string> dry = open;
  dry.push_back("--dry-run");
  EXPECT_EQ(world_.Run(dry).exit, kExitOk);
  EXPECT_EQ(world_.gateway->case_batches.size(), 1u);
  // One signs here, the other elsewhere.
  std::vector<std::string> draft(open.begin(), open.end() - 2);
  draft.insert(draft.end(), {"--draft", world_.Path("case.draft")});
  EXPECT_EQ(world_.Run(draft).exit, kExitOk);
  EXPECT_EQ(world_.Run({"case", "sign", world_.Path("case.draft"), "--sign", "003", "--yes"}).exit, kExitOk);
  EXPECT_EQ(world_.Run({"case", "submit", world_.Path("case.draft")}).exit, kExitOk);
  EXPECT_EQ(world_.gateway->case_batches.at(1).head().signatures_size(), 2);
}

TEST_F(CliCaseTest, RespondentsComeAndGoByARulingWhoseDigestIsSigned) {
  ASSERT_TRUE(WriteDurably(world_.Path("ruling.pdf"), "the ruling").ok());
  const std::vector<std::string> change = absl::StrSplit(
      "case|respondents|--case|1024|--add|顾明远;CITIZEN_ID;990101197811230030;SEVERAL;50,000.00|--remove|"
      "北陵启明机电;UNIFIED_CREDIT_CODE;919901019900000178|--ground|股东未缴足出资|--legal-basis|第17条|--ruling|" +
          world_.Path("ruling.pdf") + "|--ruling-number|执异7号|--sign|001|--sign|003",
      '|');
  EXPECT_EQ(world_.Run(change).exit, kExitOk);
  const auto act = trust::ParseStrict<v1::CaseAct>(world_.gateway->case_batches.at(0).members(0));
  const v1::ChangeRespondents& said = act->respondents();
  EXPECT_EQ(said.add(0).liability_cap_minor_units(), 5000000);
  EXPECT_EQ(said.ruling().category() + said.ruling().title(), "RULING执异7号");
  EXPECT_EQ(said.ruling().digest(), journal::View(journal::Sha256("the ruling")));
  std::vector<std::string> draft(change.begin(), change.end() - 2);
  draft.insert(draft.end(), {"--draft", world_.Path("change.draft")});
  const Ran shown = world_.Run(draft);
  EXPECT_NE(shown.out.find("removed 北陵启明机电"), std::string::npos) << shown.out << shown.err;
}

TEST_F(CliCaseTest, ACaseShowsWhoLeftAndWhatIsToBeReleased) {
  v1::CaseView& view = world_.gateway->case_view;
  view.add_respondents()->set_removed(true);
  view.mutable_release_due()->set_seconds(1790697600);
  view.add_measures()->set_freeze_order_id(std::string(16, 'f'));
  view.mutable_measures(0)->set_to_release(true);
  const Ran ran = world_.Json({"case", "show", kCase, "--officer", "001"});
  EXPECT_EQ(At(ran.out, "respondents.0.standing"), "REMOVED");
  EXPECT_EQ(At(ran.out, "measures.0.to_release"), "true");
  EXPECT_NE(At(ran.out, "case.release_due"), "null");
}

TEST_F(CliCaseTest, ACasesLedgerIsShownInMoney) {
  world_.gateway->case_view.set_case_number(kCase);
  world_.gateway->case_view.mutable_ledger()->set_cap_minor_units(19828700);
  v1::MeasureView* measure = world_.gateway->case_view.add_measures();
  measure->set_freeze_order_id(std::string(16, 'f'));
  measure->set_agency("9900010");
  measure->set_phase(v1::MEASURE_PHASE_EFFECTIVE);
  measure->set_is_money(true);
  measure->mutable_state()->set_controlled_minor_units(6135027);
  v1::MeasureView* share = world_.gateway->case_view.add_measures();  // of a company, with a declared value
  share->set_freeze_order_id(std::string(16, 's'));
  share->mutable_state()->set_requested_minor_units(30000000),
      share->mutable_state()->set_controlled_minor_units(10000000);
  v1::MeasureView* house = world_.gateway->case_view.add_measures();  // of unknown value
  house->set_freeze_order_id(std::string(16, 'h'));
  const Ran ran = world_.Json({"case", "show", kCase, "--officer", "001"});
  EXPECT_EQ(At(ran.out, "ledger.cap"), "198,287.00");
  EXPECT_EQ(At(ran.out, "measures.0.controlled"), "61,350.27");
  EXPECT_EQ(At(ran.out, "measures.0.agency"), "北陵商业银行");
  EXPECT_EQ(At(ran.out, "measures.1.controlled"), "100,000.00");
  EXPECT_EQ(At(ran.out, "measures.2.controlled"), "null");
}

}  // namespace
}  // namespace eagle::client
