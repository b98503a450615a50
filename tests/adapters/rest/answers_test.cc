// Answers of an agency that isn't the sample bank: things instead of money, minor units, payments that are confirmed
// later, measures that lapse.
#include "adapters/rest/answers.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "tests/adapters/rest/sample_templates.h"

namespace eagle::rest {
namespace {

using testing::HasSubstr;

constexpr char kTemplates[] = R"(
format = 1
[agency]
asset_kind = "VEHICLE"
amounts = "minor"
[calls.freeze_asset]
method = "PUT"
path = "/seals/${order.id}"
body = '{"op": "${operation}", "vin": "${freeze.asset}"}'
[calls.freeze_asset.answer]
code = "/code"
asset = "/vin"
reference = "/no"
controlled = "/value"
rank = "/rank"
[calls.deduct]
method = "POST"
path = "/payments"
body = '{"op": "${operation}", "fen": "${deduct.amount|minor|number}"}'
[calls.deduct.answer]
code = "/code"
to_account = "/to"
amount = "/fen"
booking = "/booking"
reference = "/no"
requested = "/limit"
controlled = "/held"
[calls.find]
method = "GET"
path = "/operations/${order.id}"
[calls.find.answer]
code = "/state"
answer = ""
[calls.changes]
method = "GET"
path = "/changes/${changes.after}"
[calls.changes.answer]
list = "/list"
sequence = "/n"
operation = "/op"
code = "/kind"
text = "/words"
effect_at = "/at"
reference = "/no"
requested = "/limit"
controlled = "/held"
rank = "/rank"
amount = "/fen"
booking = "/booking"
payment = "/payment"
[[codes]]
calls = ["freeze_asset"]
code = "0"
outcome = "CONTROLLED"
[[codes]]
calls = ["deduct"]
code = "0"
outcome = "DEDUCTED"
[[codes]]
calls = ["deduct"]
code = "1"
outcome = "SENT_NOT_CONFIRMED"
[[codes]]
calls = ["find"]
code = "0"
outcome = "DONE"
[[codes]]
calls = ["changes"]
code = "PAID"
outcome = "DEDUCTED"
[[codes]]
calls = ["changes"]
code = "BACK"
outcome = "NOT_DEDUCTED"
reason = "PAYMENT_REJECTED"
[[codes]]
calls = ["changes"]
code = "END"
outcome = "LAPSED"
[[codes]]
calls = ["changes"]
code = "NEWS"
outcome = "IGNORED"
)";

const sdk::Operation kOperation = {std::string(16, 'o'), "9900001", 0};

class RestAnswers : public testing::Test {
 protected:
  static Templates Make() {
    auto templates = ParseTemplates(kTemplates, "t.toml");
    if (!templates.ok()) {
      for (const Violation& violation : FailureOf(templates.status()).violations)
        ADD_FAILURE() << violation.field << ": " << violation.description;
    }
    return *std::move(templates);
  }
  absl::StatusOr<Said> Read(Call call, const v1::Order& order, const std::string& document) {
    return reader.Read(call, order, kOperation, *ParseJsonValue(document));
  }
  const Templates templates = Make();
  const AnswerReader reader{templates, Shanghai()};
};

TEST_F(RestAnswers, AThingIsTheOneOrderedAndItsUnknownValueStaysUnknown) {
  v1::Order order;
  order.set_action(v1::ACTION_FREEZE);
  order.mutable_freeze()->mutable_asset()->set_unit_number("LVIN1");
  const auto said = Read(kFreezeAsset, order, R"({"code":0,"vin":"LVIN1","no":"S1","value":0,"rank":1})");
  ASSERT_TRUE(said.ok()) << said.status();
  EXPECT_EQ(said->answer.items[0].outcome(), v1::OUTCOME_CONTROLLED);
  EXPECT_EQ(said->answer.items[0].measure().requested_minor_units(), 0);
  EXPECT_FALSE(said->answer.items[0].measure().ended()) << "a thing of unknown value is no measure that ended";
  EXPECT_FALSE(Read(kFreezeAsset, order, R"({"code":0,"vin":"LVIN2","no":"S1","value":0,"rank":1})").ok());
  EXPECT_FALSE(Read(kFreezeAsset, order, R"({"code":0,"no":"S1","value":0,"rank":1})").ok());
  EXPECT_FALSE(Read(kFreezeAsset, order, R"({"code":0,"vin":"LVIN1","no":"S1","value":5,"rank":1})").ok())
      << "more than the order's limit";
}

TEST_F(RestAnswers, TheLastWordOfAPaymentComesAsAChange) {
  v1::Order order;
  order.set_action(v1::ACTION_DEDUCT);
  order.mutable_deduct()->set_amount_minor_units(500);
  order.mutable_deduct()->mutable_account()->set_account_number("A1");
  const auto said =
      Read(kDeduct, order, R"({"code":1,"to":"A1","fen":500,"booking":"B1","no":"F1","limit":1500,"held":1500})");
  ASSERT_TRUE(said.ok()) << said.status();
  EXPECT_EQ(said->answer.kind, sdk::AnswerKind::kProgress);
  EXPECT_EQ(said->answer.items[0].outcome(), v1::OUTCOME_SENT_NOT_CONFIRMED);
  EXPECT_EQ(said->answer.items[0].deduction().measure().controlled_minor_units(), 1500);

  const std::string fields =
      absl::StrCat(R"("op":")", kOperation.Text(), R"(","at":"2026-09-28T12:00:00+08:00","no":"F1","rank":1)");
  const auto changes = reader.ReadChanges(*ParseJsonValue(
      absl::StrCat(R"({"list":[{"n":7,"kind":"PAID",)", fields,
                   R"(,"limit":1500,"held":1000,"fen":500,"booking":"B1","payment":"P1"},)",
                   R"({"n":9,"kind":"BACK","words":"账号有误",)", fields, R"(},)", R"({"n":10,"kind":"END",)", fields,
                   R"(,"limit":1500,"held":0},)", R"({"n":11,"kind":"NEWS","op":")", kOperation.Text(), R"("}]})")));
  ASSERT_TRUE(changes.ok()) << changes.status();
  ASSERT_EQ(changes->size(), 4u);
  const sdk::RegisterChange &paid = (*changes)[0], &back = (*changes)[1], &end = (*changes)[2], &news = (*changes)[3];
  EXPECT_EQ(paid.kind, sdk::RegisterChange::Kind::kAnswer);
  EXPECT_EQ(paid.operation, kOperation);
  EXPECT_EQ(paid.answer.items[0].outcome(), v1::OUTCOME_DEDUCTED);
  EXPECT_EQ(paid.answer.items[0].deduction().payment_reference(), "P1");
  EXPECT_EQ(paid.answer.items[0].deduction().measure().unfunded_minor_units(), 500);
  EXPECT_EQ(back.sequence, 9u);
  EXPECT_EQ(back.answer.items[0].outcome(), v1::OUTCOME_NOT_DEDUCTED);
  EXPECT_EQ(back.answer.items[0].reason(), "PAYMENT_REJECTED");
  EXPECT_EQ(back.answer.items[0].remark(), "BACK 账号有误");
  EXPECT_EQ(end.kind, sdk::RegisterChange::Kind::kEvent);
  EXPECT_EQ(end.change, v1::MEASURE_CHANGE_LAPSED);
  EXPECT_TRUE(end.item.measure().ended());
  EXPECT_EQ(end.item.outcome(), v1::OUTCOME_NOT_CONTROLLED);
  EXPECT_EQ(news.sequence, 11u);
  EXPECT_TRUE(news.operation.order_id.empty()) << "passed over";
}

TEST_F(RestAnswers, TheAgencysWordsAreCutWithinNoCharacter) {
  std::string words;
  for (int i = 0; i < 1'000; ++i) words += "字";
  const std::string kept = RawWords("E1", words);
  EXPECT_LE(kept.size(), 2'000u);
  EXPECT_TRUE(IsValidUtf8(kept));
  EXPECT_THAT(kept, HasSubstr("E1 字字"));
  EXPECT_EQ(RawWords("E1", ""), "E1");
}

}  // namespace
}  // namespace eagle::rest
