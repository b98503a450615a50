// What an agency's answer in a file means once it is a signed receipt.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/trust/timestamps.h"
#include "tests/adapters/file/file_world.h"

namespace eagle::file {
namespace {

using testing::HasSubstr;

constexpr int64_t kLimit = 60'000'00;

// Asks, answers with `answer` in the family's next batch, and gives what the receipt of the batch and the gateway say.
class FileMeaning : public testing::Test {
 protected:
  std::string Answer(const v1::Order& order, const Element& answer) {
    const Family family = FamilyOf(order);
    const int64_t number = w.store->NextTaken(family);
    w.Put(family, number, {answer});
    w.Run();
    return w.Receipt(family, number);
  }
  const v1::ItemResult& Item(const v1::Order& order, int i = 0) { return w.world.LastWord(order)->items(i); }
  v1::Order Inquiry() { return w.Ask(w.world.Inquiry()); }
  v1::Order Freeze() { return w.Ask(w.world.Freeze(kLimit)); }
  v1::Order FrozenWhole() {
    const v1::Order freeze = Freeze();
    EXPECT_EQ(Answer(freeze, FileWorld::Frozen(freeze, "60000.00", "0.00")), "1");
    return freeze;
  }
  static Element Row(const v1::Order& order, const char* result) {
    const bool inquiry = order.action() == v1::ACTION_INQUIRE;
    Element row{.name = inquiry ? "CXFKXX" : "KZFKXX"};
    row.Put("BDHM", RequestNumber(order.order_id())).Put(inquiry ? "CXJG" : "KZJG", result);
    return row;
  }
  FileWorld w;
};

TEST_F(FileMeaning, AnAccountIsFoundWithWhatTheFileSaysOfIt) {
  const v1::Order order = Inquiry();
  Element answer = FileWorld::Found(order, "6217000000001", "61350.27");
  answer.rows[0].Put("KHWD", "松月支行");
  answer.rows[0]
      .Add("DJXX")
      .Put("CSXH", "1")
      .Put("DJJG", "辽9902")
      .Put("DJWH", "（2025）辽9902执88号")
      .Put("DJJE", "5000.00")
      .Put("DJJZRQ", "2027-01-31");
  EXPECT_EQ(Answer(order, answer), "1");
  EXPECT_EQ(w.Outcome(order), "FOUND");
  const v1::Finding& finding = Item(order).finding();
  EXPECT_EQ(finding.asset_number(), "6217000000001");
  EXPECT_EQ(finding.currency(), "CNY");
  EXPECT_EQ(finding.balance_minor_units(), 6'135'027);
  EXPECT_EQ(finding.status(), "NORMAL");
  EXPECT_EQ(finding.matched_by(), "NAME_AND_18");
  EXPECT_EQ(finding.prior_measures(0).amount_minor_units(), 500'000);
  EXPECT_EQ(finding.prior_measures(0).ends_at().seconds(),
            absl::ToUnixSeconds(absl::FromCivil(absl::CivilDay(2027, 2, 1), kShanghai)));
  EXPECT_EQ(w.world.LastWord(order)->searched_scope(), "存款系统");
}

TEST_F(FileMeaning, NothingFoundIsNilOnlyWhenTheFileSaysWhatWasSearched) {
  const v1::Order order = Inquiry();
  EXPECT_EQ(Answer(order, Row(order, "2")), "1 [2 FIELD_MISSING]");
  EXPECT_EQ(w.Outcome(order), "-");
  EXPECT_EQ(Answer(order, FileWorld::Nothing(order)), "1");
  EXPECT_EQ(w.Outcome(order), "NIL");
  EXPECT_EQ(w.world.LastWord(order)->searched_scope(), "存款系统、理财系统");
}

TEST_F(FileMeaning, AnErrorIsNeverNil) {
  const v1::Order order = Inquiry();
  Element both = FileWorld::Nothing(order);
  both.Put("YYDM", "1901");
  EXPECT_EQ(Answer(order, both), "1 [2 NIL_WITH_ERROR]");
  Element texts = FileWorld::Found(order, "无账户", "0.00");
  EXPECT_EQ(Answer(order, texts), "1 [2 FIELD_INVALID]") << "a text in the place of a number is no account";
  EXPECT_EQ(w.Outcome(order), "-");
  Element error = Row(order, "3");
  error.Put("YYDM", "1901").Put("YY", "核心超时");
  EXPECT_EQ(Answer(order, error), "1");
  EXPECT_EQ(w.Outcome(order), "ERROR");
  EXPECT_EQ(Item(order).reason(), "QUERY_FAILED");
  EXPECT_EQ(Item(order).remark(), "1901 核心超时") << "the raw code is kept";
}

TEST_F(FileMeaning, AnUnknownCodeIsKeptRaw) {
  const v1::Order order = Freeze();
  EXPECT_EQ(Answer(order, FileWorld::NotDone(order, "Z-77", "其他原因")), "1");
  EXPECT_EQ(w.Outcome(order), "NOT_CONTROLLED");
  EXPECT_EQ(Item(order).reason(), "Z-77");
  EXPECT_EQ(Item(order).remark(), "UNKNOWN Z-77 其他原因");
}

TEST_F(FileMeaning, AnUnknownResultIsNoAnswer) {
  const v1::Order inquiry = Inquiry(), freeze = Freeze();
  Element nine = Row(inquiry, "9");
  nine.Put("CXFW", "存款系统");
  EXPECT_EQ(Answer(inquiry, nine), "1 [2 RESULT_UNKNOWN]");
  EXPECT_EQ(Answer(freeze, Row(freeze, "9")), "1 [2 RESULT_UNKNOWN]");
  EXPECT_EQ(w.Outcome(inquiry) + w.Outcome(freeze), "--");
}

TEST_F(FileMeaning, AmbiguousAndReturnedAreWhatTheySay) {
  const v1::Order first = Inquiry(), second = Inquiry();
  Element ambiguous = Row(first, "5");
  ambiguous.Put("CXFW", "存款系统").Put("YYDM", "1003");
  EXPECT_EQ(Answer(first, ambiguous), "1");
  EXPECT_EQ(w.Outcome(first), "AMBIGUOUS");
  Element returned = Row(second, "4");
  returned.Put("YYDM", "1301").Put("YY", "缺协助查询通知书");
  EXPECT_EQ(Answer(second, returned), "1 [2 FIELD_MISSING,FIELD_MISSING]") << "a return names somebody to speak to";
  returned.Put("LXR", "周敏").Put("LXDH", "024-1");
  EXPECT_EQ(Answer(second, returned), "1");
  EXPECT_EQ(w.Outcome(second), "RETURNED INSTRUMENT_MISSING");
}

TEST_F(FileMeaning, WhatIsControlledInPartIsPartlyControlledWhateverItsResultSays) {
  const v1::Order order = Freeze();
  EXPECT_EQ(Answer(order, FileWorld::Frozen(order, "40000.00", "20000.00")), "1");
  EXPECT_EQ(w.Outcome(order), "PARTLY_CONTROLLED");
  const v1::MeasureState& measure = Item(order).measure();
  EXPECT_EQ(measure.controlled_minor_units(), 40'000'00);
  EXPECT_EQ(measure.unfunded_minor_units(), 20'000'00);
  EXPECT_EQ(measure.unit_reference(), "DJ000001");
  EXPECT_EQ(measure.effective_to().seconds(),
            absl::ToUnixSeconds(absl::FromCivil(absl::CivilDay(2027, 9, 28), kShanghai)));
  EXPECT_EQ(w.world.LastWord(order)->effect_at().seconds(),
            absl::ToUnixSeconds(absl::FromCivil(absl::CivilSecond(2026, 9, 28, 9, 30, 0), kShanghai)));
}

TEST_F(FileMeaning, AmountsThatDontSquareAreNoAnswer) {
  const v1::Order order = Freeze();
  EXPECT_EQ(Answer(order, FileWorld::Frozen(order, "40000.00", "10000.00")), "1 [2 AMOUNTS_DIFFER]");
  EXPECT_EQ(Answer(order, FileWorld::Frozen(order, "60000.00", "10000.00")), "1 [2 AMOUNTS_DIFFER]");
  Element queued = FileWorld::Frozen(order, "1.00", "59999.00");
  queued.rows[0].fields[2].second = "4";  // KZZT
  EXPECT_EQ(Answer(order, queued), "1 [2 AMOUNTS_DIFFER]") << "queued, and an amount in effect";
  EXPECT_EQ(w.Outcome(order), "-");
}

TEST_F(FileMeaning, AQueuedFreezeWaits) {
  const v1::Order order = Freeze();
  Element queued = Row(order, "1");
  queued.Put("DJBH", "DJ9").Put("LHSW", "2");
  queued.Add("KZXX")
      .Put("CCXH", "1")
      .Put("KHZH", "6217")
      .Put("KZZT", "4")
      .Put("BZ", "156")
      .Put("SKJE", "0.00")
      .Put("CESKJE", "60000.00");
  queued.Add("DJXX").Put("CSXH", "1").Put("DJJG", "辽9902").Put("DJWH", "88");
  EXPECT_EQ(Answer(order, queued), "1");
  EXPECT_EQ(w.Outcome(order), "WAITLISTED");
  EXPECT_EQ(Item(order).measure().rank(), 2u);
  EXPECT_FALSE(Item(order).measure().has_effective_from());
  EXPECT_EQ(Item(order).measure().prior_measures_size(), 1);
}

TEST_F(FileMeaning, AnAccountThatWasNotControlledIsNamedBesideTheOthers) {
  const v1::Order order = Freeze();
  Element answer = FileWorld::Frozen(order, "40000.00", "20000.00");
  answer.Add("KZXX")
      .Put("CCXH", "2")
      .Put("KHZH", "6218")
      .Put("KZZT", "2")
      .Put("BZ", "156")
      .Put("WNKZYYDM", "1005")
      .Put("WNKZYY", "联名");
  EXPECT_EQ(Answer(order, answer), "1");
  ASSERT_EQ(w.world.LastWord(order)->items_size(), 2);
  EXPECT_EQ(Item(order, 1).outcome(), v1::OUTCOME_NOT_CONTROLLED);
  EXPECT_EQ(Item(order, 1).reason(), "JOINT_ACCOUNT");
}

TEST_F(FileMeaning, ADeductionCountsOnlyOnceItIsBooked) {
  const v1::Order freeze = FrozenWhole(), order = w.Ask(w.world.Deduct(freeze, 10'000'00));
  EXPECT_THAT(w.ReadOurs(BatchName{Family::kControl, Part::kRequest, sdk::kAgency, 2}.DataFile()),
              HasSubstr("YDJBH=\"DJ000001\""))
      << "with the agency's own number";
  const auto told = [&](const char* state) {
    Element row = Row(order, "1");
    row.Put("KHZT", state)
        .Put("KHJE", "10000.00")
        .Put("HXLS", "HX1")
        .Put("JYLSH", "P1")
        .Put("DJBH", "DJ000001")
        .Put("LHSW", "1");
    row.Put("CSKSRQ", "2026-09-28").Put("CSJSRQ", "2027-09-27");
    row.Add("KZXX")
        .Put("CCXH", "1")
        .Put("KHZH", sdk::kAccount)
        .Put("KZZT", "1")
        .Put("BZ", "156")
        .Put("SKJE", "10000.00")
        .Put("CESKJE", "0.00")
        .Put("SYKZJE", "50000.00");
    return row;
  };
  for (const char* state : {"N", "H", "S", "X"}) EXPECT_EQ(Answer(order, told(state)), "1 [2 NOT_FINAL]") << state;
  EXPECT_EQ(Answer(order, told("C")), "1");
  EXPECT_EQ(w.Outcome(order), "-") << "sent is not the last word";
  EXPECT_EQ(w.world.gateway.Of(order.order_id(), v1::RECEIPT_KIND_PROGRESS).back()->items(0).outcome(),
            v1::OUTCOME_SENT_NOT_CONFIRMED);
  EXPECT_EQ(Answer(order, told("O")), "1");
  EXPECT_EQ(w.Outcome(order), "DEDUCTED");
  EXPECT_EQ(Item(order).deduction().measure().controlled_minor_units(), 50'000'00);
}

TEST_F(FileMeaning, ReleasesAndRenewalsTellWhereTheMeasureStands) {
  const v1::Order freeze = FrozenWhole(), release = w.Ask(w.world.Release(freeze));
  Element row = Row(release, "1");
  row.Put("DJBH", "DJ000001").Put("SFJS", "1");
  EXPECT_EQ(Answer(release, row), "1");
  EXPECT_EQ(w.Outcome(release), "RELEASED");
  EXPECT_TRUE(Item(release).measure().ended());
}

TEST_F(FileMeaning, ARenewalHasItsNewEndAndAPartialReleaseWhatIsLeft) {
  const v1::Order freeze = FrozenWhole();
  v1::Order renew = w.world.Release(freeze);
  renew.set_action(v1::ACTION_RENEW);
  renew.mutable_renew()->set_freeze_order_id(freeze.order_id());
  renew.mutable_renew()->mutable_term()->set_months(6);
  w.Ask(renew);
  Element longer = FileWorld::Frozen(renew, "60000.00", "0.00");
  longer.fields[5].second = "2028-03-27";  // CSJSRQ
  EXPECT_EQ(Answer(renew, longer), "1");
  EXPECT_EQ(w.Outcome(renew), "RENEWED");
  EXPECT_EQ(Item(renew).measure().effective_to().seconds(),
            absl::ToUnixSeconds(absl::FromCivil(absl::CivilDay(2028, 3, 28), kShanghai)));
  const v1::Order part = w.Ask(w.world.Release(freeze, 20'000'00));
  EXPECT_THAT(w.ReadOurs(BatchName{kKz, Part::kRequest, sdk::kAgency, 3}.DataFile()), HasSubstr("JCJE=\"20000.00\""));
  EXPECT_EQ(Answer(part, FileWorld::Frozen(part, "40000.00", "0.00")), "1");
  EXPECT_EQ(w.Outcome(part), "RELEASED");
  EXPECT_EQ(Item(part).measure().controlled_minor_units(), 40'000'00);
}

TEST_F(FileMeaning, OneAccountIsAskedForByItsNumberAndMayBeExempt) {
  v1::Order order = w.world.Freeze(kLimit);
  order.mutable_freeze()->mutable_account()->set_account_number(sdk::kAccount);
  w.Ask(order);
  EXPECT_THAT(w.ReadOurs(BatchName{kKz, Part::kRequest, sdk::kAgency, 1}.DataFile()),
              HasSubstr(std::string("KHZH=\"") + sdk::kAccount));
  Element exempt = Row(order, "6");
  EXPECT_EQ(Answer(order, exempt), "1 [2 FIELD_MISSING]") << "with the rule that exempts it";
  exempt.Put("YYDM", "1008");
  EXPECT_EQ(Answer(order, exempt), "1");
  EXPECT_EQ(w.Outcome(order), "EXEMPT_HELD");
}

TEST_F(FileMeaning, MoreAccountsThanAReceiptNamesAreAnErrorAndNotAPart) {
  const v1::Order order = Inquiry();
  Element answer = FileWorld::Found(order, "6217", "1.00");
  for (int i = 2; i <= 257; ++i) {
    answer.Add("ZHXX").Put("CCXH", std::to_string(i)).Put("KHZH", std::to_string(7000 + i)).Put("BZ", "156");
  }
  EXPECT_EQ(Answer(order, answer), "1");
  EXPECT_EQ(w.Outcome(order), "ERROR");
  EXPECT_EQ(Item(order).reason(), "TOO_MANY_ACCOUNTS");
}

TEST_F(FileMeaning, WhatHappensToAFreezeIsToldOnceAndInOrder) {
  const v1::Order freeze = Freeze();
  EXPECT_EQ(Answer(freeze, FileWorld::Frozen(freeze, "40000.00", "20000.00")), "1");
  const auto event = [&](const char* what, const char* count, const char* controlled, const char* unfunded) {
    Element row{.name = "SJXX"};
    row.Put("BDHM", RequestNumber(freeze.order_id()))
        .Put("SJ", what)
        .Put("SJSJ", "2026-10-08T10:00:00+08:00")
        .Put("BBH", count);
    row.Put("DJBH", "DJ000001").Put("LHSW", "1").Put("CSKSRQ", "2026-09-28").Put("CSJSRQ", "2027-09-27");
    row.Add("KZXX")
        .Put("CCXH", "1")
        .Put("KHZH", sdk::kAccount)
        .Put("KZZT", "1")
        .Put("BZ", "156")
        .Put("SKJE", controlled)
        .Put("CESKJE", unfunded);
    return row;
  };
  EXPECT_EQ(Answer(freeze, event("1", "2", "45000.00", "15000.00")), "1");
  EXPECT_EQ(Answer(freeze, event("1", "2", "45000.00", "15000.00")), "1 [2 ALREADY_FED_BACK]");
  EXPECT_EQ(Answer(freeze, event("9", "3", "60000.00", "0.00")), "1 [2 RESULT_UNKNOWN]");
  Element lapsed = event("3", "3", "0.00", "0.00");
  lapsed.Put("SFJS", "1");
  EXPECT_EQ(Answer(freeze, lapsed), "1");
  const auto events = w.world.gateway.Of(freeze.order_id(), v1::RECEIPT_KIND_EVENT);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0]->change(), v1::MEASURE_CHANGE_INFLOW);
  EXPECT_EQ(events[0]->items(0).outcome(), v1::OUTCOME_PARTLY_CONTROLLED);
  EXPECT_EQ(events[0]->items(0).measure().controlled_minor_units(), 45'000'00);
  EXPECT_EQ(events[1]->change(), v1::MEASURE_CHANGE_LAPSED);
  EXPECT_TRUE(events[1]->items(0).measure().ended());
  Element strange = event("1", "9", "60000.00", "0.00");
  strange.fields[4].second = "DJ000002";  // DJBH
  EXPECT_EQ(Answer(freeze, strange), "1 [2 FIELD_INVALID]");
  Element unknown = event("1", "9", "60000.00", "0.00");
  unknown.fields[0].second = std::string(32, 'a');  // BDHM
  EXPECT_EQ(Answer(freeze, unknown), "1 [2 NOT_ASKED]");
}

TEST_F(FileMeaning, EverythingThatIsWrongWithAnAnswerIsNamedAtOnce) {
  const v1::Order order = Freeze();
  Element row = Row(order, "1");
  row.Put("LHSW", "one").Put("CSKSRQ", "28.9.2026").Put("XXX", "1");
  row.Add("KZXX").Put("CCXH", "1").Put("KHZH", "6217 1").Put("KZZT", "1").Put("SKJE", "1,000");
  row.Add("WLXX");
  EXPECT_EQ(
      Answer(order, row),
      "1 [2 FIELD_INVALID,FIELD_INVALID,FIELD_UNKNOWN,FIELD_INVALID,FIELD_MISSING,FIELD_INVALID,ELEMENT_UNKNOWN]");
}

TEST_F(FileMeaning, AnOrderThatTheFilesCantCarryGoesBackAtOnce) {
  FileWorld gbk("GBK");
  v1::Order rare = gbk.world.Inquiry();
  rare.mutable_subject()->set_name("𠮷远");
  gbk.Ask(rare);
  EXPECT_EQ(gbk.Outcome(rare), "RETURNED CHARACTER_NOT_CARRIED");
  EXPECT_THAT(gbk.world.LastWord(rare)->returned().remark(), HasSubstr("CXQQXX XM; character U+20BB7"));
  v1::Order ship = w.world.Inquiry();
  ship.mutable_subject()->set_id_kind("SHIP_CREW_CARD");
  w.Ask(ship);
  EXPECT_EQ(w.Outcome(ship), "RETURNED ID_KIND_NOT_MAPPED");
  EXPECT_TRUE(w.Files("ours").empty()) << "nothing went out";
}

}  // namespace
}  // namespace eagle::file
