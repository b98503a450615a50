// The certificate of a complete search: who was asked about whom, what it answered, and who is missing.
#include "client/lib/completeness.h"

#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/uuid.h"
#include "tests/client/support.h"

namespace eagle::client {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kLin[] = "林远舟 990101********0017", kCompany[] = "北陵启明 919901******0178";

v1::AgencyView Register(const std::string& code, const std::string& kind, const std::vector<std::string>& keeps) {
  v1::AgencyView view;
  view.set_code(code), view.set_display_name("name of " + code), view.set_kind(kind);
  for (const std::string& asset : keeps) {
    v1::Capability* row = view.add_capabilities();
    row->set_asset_kind(asset), row->set_action(v1::ACTION_INQUIRE);
  }
  return view;
}

class CompletenessTest : public testing::Test {
 protected:
  CompletenessTest() {
    facts_ = {.court = "辽9901",
              .case_number = "（2026）辽9901执1024号",
              .title = "<title>",
              .test = true,
              .respondents = {kLin},
              .as_of = Monday(),
              .months = 3,
              .asset_kinds = {"DEPOSIT", "LAND", "SECURITIES"}};
    registers_ = {Register("9900010", "BANK", {"DEPOSIT", "WEALTH_PRODUCT"}), Register("9900900", "LAND", {"LAND"})};
  }
  // An inquiry at both registers.
  InquiryProved& Inquiry(const char* whom, absl::Time accepted, char letter = 'i') {
    InquiryProved one{.subject_masked = whom, .file = "f.evidence", .sha256 = "aa"};
    one.report.order.set_order_id(std::string(16, letter));
    one.report.accepted_at = accepted, one.report.order_index = 40, one.report.size = 99;
    one.report.agencies = {{1, "9900010", "北陵商业银行", "BANK", "990101"},
                           {2, "9900900", "不动产登记中心", "LAND", "990101"}};
    return inquiries_.emplace_back(std::move(one));
  }
  static audit::ReceiptSeen& Answer(InquiryProved& inquiry, const char* agency, uint64_t index, v1::Outcome outcome) {
    audit::ReceiptSeen seen;
    seen.agency = agency, seen.index = index, seen.time = inquiry.report.accepted_at + absl::Hours(1);
    seen.type = v1::ENTRY_TYPE_TASK_ANSWERED;
    seen.receipt.set_searched_scope("core system");
    seen.receipt.add_items()->set_outcome(outcome);
    return inquiry.report.receipts.emplace_back(std::move(seen));
  }
  Completeness Look() { return CompletenessOf(facts_, inquiries_, registers_, Shanghai()); }
  static std::vector<Searched> Results(const Completeness& found) {
    std::vector<Searched> out;
    for (const RegisterSearched& row : found.rows) out.push_back(row.searched);
    return out;
  }
  CaseSearched facts_;
  std::vector<InquiryProved> inquiries_;
  std::vector<v1::AgencyView> registers_;
};

TEST_F(CompletenessTest, CompleteIsWhenEveryRegisterAnsweredAboutEveryRespondent) {
  InquiryProved& one = Inquiry(kLin, Monday() - absl::Hours(48));
  Answer(one, "9900010", 50, v1::OUTCOME_FOUND), Answer(one, "9900900", 51, v1::OUTCOME_NIL);
  EXPECT_TRUE(Look().complete());
  facts_.respondents.push_back(kCompany);
  const Completeness found = Look();
  EXPECT_FALSE(found.complete());
  EXPECT_THAT(Results(found), ElementsAre(Searched::kFound, Searched::kNil, Searched::kNotAsked, Searched::kNotAsked));
  facts_.respondents.clear();
  EXPECT_FALSE(Look().complete());  // nobody is not everybody
}

TEST_F(CompletenessTest, SilenceAReturnAndAnErrorAreNoAnswers) {
  registers_.push_back(Register("9900020", "BANK", {"DEPOSIT"}));
  InquiryProved& one = Inquiry(kLin, Monday() - absl::Hours(48));
  one.report.agencies.push_back({3, "9900020", "云帆银行", "BANK", "990101"});
  audit::ReceiptSeen& returned = Answer(one, "9900010", 50, v1::OUTCOME_UNSPECIFIED);
  returned.receipt.clear_items();
  returned.receipt.mutable_returned()->set_reason("DOCUMENT_MISSING");
  Answer(one, "9900020", 51, v1::OUTCOME_ERROR);
  one.report.marks.push_back({60, Monday(), 1000, {2}});
  const Completeness found = Look();
  EXPECT_THAT(Results(found), ElementsAre(Searched::kReturned, Searched::kUnclear, Searched::kNoAnswerYet));
  EXPECT_EQ(found.rows[0].note, "DOCUMENT_MISSING");
  EXPECT_EQ(found.rows[2].note, "overdue");
  EXPECT_FALSE(found.complete());
}

TEST_F(CompletenessTest, AnInquiryForSomeKindsOnlyIsNotTheWholeSearch) {
  InquiryProved& one = Inquiry(kLin, Monday() - absl::Hours(48));
  one.report.order.mutable_inquire()->add_asset_kinds("DEPOSIT");
  one.report.order.mutable_inquire()->add_asset_kinds("LAND");
  Answer(one, "9900010", 50, v1::OUTCOME_NIL), Answer(one, "9900900", 51, v1::OUTCOME_NIL);
  const Completeness found = Look();
  EXPECT_THAT(Results(found), ElementsAre(Searched::kPartly, Searched::kNil));
  EXPECT_EQ(found.rows[0].note, "not asked for WEALTH_PRODUCT");
}

TEST_F(CompletenessTest, TheBestAnswerWithinTheMonthsCounts) {
  InquiryProved& old = Inquiry(kLin, Monday() - absl::Hours(24 * 93), 'o');
  Answer(old, "9900010", 10, v1::OUTCOME_NIL), Answer(old, "9900900", 11, v1::OUTCOME_NIL);
  InquiryProved& first = Inquiry(kLin, Monday() - absl::Hours(24 * 60), 'f');
  Answer(first, "9900010", 20, v1::OUTCOME_NIL);
  InquiryProved& second = Inquiry(kLin, Monday() - absl::Hours(24 * 2), 's');
  Answer(second, "9900010", 30, v1::OUTCOME_ERROR), Answer(second, "9900900", 31, v1::OUTCOME_NIL);
  const Completeness found = Look();
  EXPECT_TRUE(found.complete());
  EXPECT_EQ(found.inquiries.size(), 2u);
  EXPECT_EQ(found.rows[0].receipt_index, 20u);
  EXPECT_EQ(found.rows[1].receipt_index, 31u);
}

TEST_F(CompletenessTest, ACorrectedAnswerCountsAndAContradictedOneDoesNot) {
  InquiryProved& one = Inquiry(kLin, Monday() - absl::Hours(48));
  Answer(one, "9900010", 50, v1::OUTCOME_NIL).superseded = true;
  Answer(one, "9900010", 52, v1::OUTCOME_FOUND);
  Answer(one, "9900900", 51, v1::OUTCOME_NIL);
  EXPECT_EQ(Look().rows[0].receipt_index, 52u);
  Answer(inquiries_[0], "9900900", 53, v1::OUTCOME_FOUND).type = v1::ENTRY_TYPE_RECEIPT_CONFLICT;
  EXPECT_EQ(Look().rows[1].searched, Searched::kUnclear);
}

TEST_F(CompletenessTest, MonthsAreCivilAndEndWithTheMonth) {
  const auto day = [](int year, int month, int of) {
    return absl::FromCivil(absl::CivilDay(year, month, of), Shanghai());
  };
  EXPECT_EQ(CountsSince(day(2026, 9, 28) + absl::Hours(9), 3, Shanghai()), day(2026, 6, 28));
  EXPECT_EQ(CountsSince(day(2026, 5, 31), 3, Shanghai()), day(2026, 2, 28));
  EXPECT_EQ(CountsSince(day(2026, 1, 15), 3, Shanghai()), day(2025, 10, 15));
}

TEST_F(CompletenessTest, ThePageAndTheJsonNameEntriesCheckpointsAndWhatNobodyAnswersFor) {
  InquiryProved& one = Inquiry(kLin, Monday() - absl::Hours(48));
  Answer(one, "9900010", 50, v1::OUTCOME_FOUND);
  const Completeness found = Look();
  EXPECT_THAT(found.unkept_kinds, ElementsAre("SECURITIES"));
  const std::string page = HtmlOf(found, Shanghai());
  EXPECT_THAT(
      page, AllOf(HasSubstr("不完整"), HasSubstr("40, 50"), HasSubstr("未经签名"), HasSubstr("尚未反馈"),
                  HasSubstr("&lt;title&gt;"), HasSubstr("SECURITIES"), HasSubstr("测试环境"), HasSubstr("f.evidence")));
  EXPECT_THAT(page, Not(HasSubstr("<title><")));
  std::ostringstream json;
  DocumentOf(found, Shanghai()).PrintJson(json);
  EXPECT_THAT(json.str(), AllOf(HasSubstr("\"complete\": false"), HasSubstr("\"receipt_index\": 50"),
                                HasSubstr("\"checkpoint_size\": 99"), HasSubstr("\"signed\": false")));
  // What no log tells is listed as such, never as done.
  EXPECT_THAT(json.str(), HasSubstr("\"check\": \"order limiting consumption\", \"is\": \"NOT_TOLD\""));
}

}  // namespace
}  // namespace eagle::client
