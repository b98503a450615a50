// Who is meant, and which of his accounts may be touched.
#include "tests/adapters/bank/small_bank.h"

namespace eagle::bank {
namespace {

constexpr Person kAyGul = {"阿依古丽·买买提", "CITIZEN_ID", "990101198708150029"};

SmallBank WithAyGul(const std::string& name, const std::string& number) {
  return SmallBank({{"C1", name, "CITIZEN_ID", number}},
                   {{.account = Account(1), .balance = "500.00", .holders = "C1"}});
}

TEST(Who, MiddleDotsAndWidthsAreFoldedForComparisonOnly) {
  for (const char* name : {"阿依古丽·买买提", "阿依古丽•买买提", "阿依古丽・买买提", "　阿依古丽·买买提"}) {
    SmallBank bank = WithAyGul(name, "990101198708150029");
    const sdk::Answer answer = bank.Do(bank.Inquiry(kAyGul));
    EXPECT_EQ(answer.items.at(0).outcome(), v1::OUTCOME_FOUND) << name;
    EXPECT_EQ(answer.items[0].finding().holder_name(), name) << "as it is on the books";
  }
}

TEST(Who, TheNumberUnderAnotherNameIsAmbiguousNeverNilAndNeverActedOn) {
  for (const char* number : {"990101198708150029", "990101870815002"}) {
    SmallBank bank = WithAyGul("阿依古丽", number);
    const sdk::Answer found = bank.Do(bank.Inquiry(kAyGul));
    ASSERT_EQ(found.items.size(), 1u);
    EXPECT_EQ(found.items[0].outcome(), v1::OUTCOME_AMBIGUOUS);
    EXPECT_EQ(found.items[0].reason(), "NAME_MISMATCH");
    EXPECT_FALSE(found.searched_scope.empty());
    const sdk::Answer whole = bank.Do(bank.Freeze(kAyGul, 100'00)),
                      named = bank.Do(bank.FreezeAccount(kAyGul, Account(1), 100'00));
    EXPECT_EQ(whole.items.at(0).outcome(), v1::OUTCOME_AMBIGUOUS);
    EXPECT_EQ(named.items.at(0).outcome(), v1::OUTCOME_AMBIGUOUS);
    EXPECT_EQ(bank.Controlled(Account(1)), 0);
  }
}

TEST(Who, ACompanyUnderItsFormerNameIsAmbiguousNeverNilAndNeverActedOn) {
  SmallBank bank({{"C1", "北陵启明机械厂", kGuarantor.id_kind, kGuarantor.id_number}},
                 {{Account(1), "DEMAND", "1,000.00", "C1"}});
  const sdk::Answer found = bank.Do(bank.Inquiry(kGuarantor));
  EXPECT_EQ(found.items.at(0).outcome(), v1::OUTCOME_AMBIGUOUS);
  EXPECT_EQ(bank.Do(bank.Freeze(kGuarantor, 100'00)).items.at(0).outcome(), v1::OUTCOME_AMBIGUOUS);
  EXPECT_EQ(bank.Controlled(Account(1)), 0);
}

TEST(Who, WhoFitsIsActedOnBesideSomebodyWhoDoesNot) {
  SmallBank bank(
      {{"C1", kAyGul.name, "CITIZEN_ID", "990101198708150029"}, {"C2", "古丽", "CITIZEN_ID", "990101870815002"}},
      {{.account = Account(1), .balance = "500.00", .holders = "C1"},
       {.account = Account(2), .balance = "500.00", .holders = "C2"}});
  const sdk::Answer answer = bank.Do(bank.Freeze(kAyGul, 800'00));
  ASSERT_EQ(answer.items.size(), 2u);
  EXPECT_EQ(answer.items[0].outcome(), v1::OUTCOME_PARTLY_CONTROLLED);
  EXPECT_EQ(answer.items[1].outcome(), v1::OUTCOME_AMBIGUOUS);
  EXPECT_EQ(bank.Controlled(Account(1)), 500'00);
  EXPECT_EQ(bank.Controlled(Account(2)), 0);
  const sdk::Answer found = bank.Do(bank.Inquiry(kAyGul));
  ASSERT_EQ(found.items.size(), 2u);
  EXPECT_EQ(found.items[0].outcome(), v1::OUTCOME_FOUND);
  EXPECT_EQ(found.items[1].outcome(), v1::OUTCOME_AMBIGUOUS);
}

TEST(Who, ANamesakeAndAnotherKindOfPaperAreStrangers) {
  SmallBank bank({{"C1", kLin.name, "CITIZEN_ID", kNamesake.id_number}, {"C2", kLin.name, "PASSPORT", kLin.id_number}},
                 {{.account = Account(1), .balance = "500.00", .holders = "C1"},
                  {.account = Account(2), .balance = "500.00", .holders = "C2"}});
  EXPECT_EQ(bank.Do(bank.Inquiry(kLin)).items.at(0).outcome(), v1::OUTCOME_NIL);
  const sdk::Answer answer = bank.Do(bank.Freeze(kLin, 100'00));
  EXPECT_EQ(answer.items.at(0).outcome(), v1::OUTCOME_NOT_CONTROLLED);
  EXPECT_EQ(answer.items[0].reason(), "NO_CUSTOMER");
}

TEST(Who, OneLimitOverAllAccountsDemandBeforeTimeBeforeProducts) {
  SmallBank bank(LinAndCourt(),
                 {{.account = Account(1), .kind = "PRODUCT", .balance = "400.00", .holders = "C1"},
                  {.account = Account(2), .kind = "TIME", .balance = "300.00", .holders = "C1"},
                  {.account = Account(3), .kind = "DEMAND", .balance = "200.00", .holders = "C1"},
                  {.account = Account(4), .kind = "DEMAND", .balance = "100.00", .holders = "C1"}},
                 {{.account = Account(1), .units = "400", .price = "1.00", .return_account = Account(3)}});
  const sdk::Answer answer = bank.Do(bank.Freeze(kLin, 650'00));
  const v1::MeasureState& measure = answer.items.at(0).measure();
  ASSERT_EQ(measure.shares_size(), 4);
  const std::pair<std::string, int64_t> expected[] = {
      {Account(3), 200'00}, {Account(4), 100'00}, {Account(2), 300'00}, {Account(1), 50'00}};
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(measure.shares(i).asset_number(), expected[i].first);
    EXPECT_EQ(measure.shares(i).controlled_minor_units(), expected[i].second);
  }
  const sdk::Answer more = bank.Do(bank.Freeze(kLin, 1'000'00));
  int unfunded = 0;
  for (const v1::MeasureShare& share : more.items.at(0).measure().shares())
    unfunded += share.unfunded_minor_units() > 0;
  EXPECT_EQ(unfunded, 1) << "the unfunded part lies on exactly one account";
  EXPECT_EQ(more.items[0].measure().controlled_minor_units(), 350'00);
}

TEST(Who, JointExemptForeignAndClosedAccountsAreSkippedAndReported) {
  SmallBank bank({{"C1", kLin.name, kLin.id_kind, kLin.id_number}, {"C2", "苏晴", "CITIZEN_ID", "990101198708150029"}},
                 {{.account = Account(1), .balance = "100.00", .holders = "C1"},
                  {.account = Account(2), .balance = "200.00", .holders = "C1|C2", .joint = "yes"},
                  {.account = Account(3), .balance = "300.00", .holders = "C1", .nature = "WAGE_ESCROW"},
                  {.account = Account(4), .balance = "400.00", .holders = "C1", .currency = "USD"},
                  {.account = Account(5), .holders = "C1", .status = "CLOSED"}});
  const Sent freeze = bank.Freeze(kLin, 1'000'00);
  const sdk::Answer answer = bank.Do(freeze);
  ASSERT_EQ(answer.items.size(), 5u);
  EXPECT_EQ(answer.items[0].measure().controlled_minor_units(), 100'00);
  EXPECT_EQ(answer.items[1].reason(), "JOINT_ACCOUNT");
  EXPECT_EQ(answer.items[2].reason(), "WAGE_ESCROW");
  EXPECT_EQ(answer.items[2].outcome(), v1::OUTCOME_EXEMPT_HELD);
  EXPECT_EQ(answer.items[3].reason(), "OTHER_CURRENCY");
  EXPECT_EQ(answer.items[4].reason(), "ACCOUNT_CLOSED");
  EXPECT_NE(answer.items[1].remark().find(Account(2)), std::string::npos);
  for (int i = 2; i <= 5; ++i) EXPECT_EQ(bank.Controlled(Account(i)), 0);
  EXPECT_EQ(bank.Do(bank.Inquiry(kLin)).items.size(), 5u) << "an inquiry shows them all";

  // Named alone, each says why not; 2 to 5 as above.
  const std::string reasons[] = {"JOINT_ACCOUNT", "WAGE_ESCROW", "OTHER_CURRENCY", "ACCOUNT_CLOSED"};
  for (int i = 2; i <= 5; ++i) {
    const sdk::Answer alone = bank.Do(bank.FreezeAccount(kLin, Account(i), 50'00));
    ASSERT_EQ(alone.items.size(), 1u);
    EXPECT_EQ(alone.items[0].reason(), reasons[i - 2]);
  }
}

TEST(Who, ExemptionDependsOnThePurpose) {
  SmallBank bank(LinAndCourt(),
                 {{.account = Account(3), .balance = "300.00", .holders = "C1", .nature = "WAGE_ESCROW"}});
  Sent freeze = bank.Freeze(kLin, 100'00);
  EXPECT_EQ(bank.Do(freeze).items.at(0).outcome(), v1::OUTCOME_EXEMPT_HELD);
  EXPECT_TRUE(bank.News().empty());
  freeze = bank.Freeze(kLin, 100'00);
  freeze.order.set_purpose("MIGRANT_WAGES");
  EXPECT_EQ(bank.Do(freeze).items.at(0).outcome(), v1::OUTCOME_CONTROLLED) << "the claim is those wages";
}

TEST(Who, AnAccountOfSomebodyElseIsNotTouched) {
  SmallBank bank({{"C1", kLin.name, kLin.id_kind, kLin.id_number}, {"C2", "苏晴", "CITIZEN_ID", "990101198708150029"}},
                 {{.account = Account(1), .balance = "100.00", .holders = "C1"},
                  {.account = Account(2), .balance = "200.00", .holders = "C2"}});
  EXPECT_EQ(bank.Do(bank.FreezeAccount(kLin, Account(2), 50'00)).items.at(0).reason(), "NUMBER_MISMATCH");
  EXPECT_EQ(bank.Do(bank.FreezeAccount(kLin, Account(7), 50'00)).items.at(0).reason(), "ACCOUNT_NOT_FOUND");
  EXPECT_EQ(bank.Do(bank.FreezeAccount(kLin, Account(900'001), 50'00)).items.at(0).reason(), "ACCOUNT_NOT_FOUND")
      << "the bank's own cash";
  const sdk::Answer own = bank.Do(bank.FreezeAccount(kLin, Account(1), 50'00));
  EXPECT_EQ(own.items.at(0).outcome(), v1::OUTCOME_CONTROLLED);
  EXPECT_EQ(bank.Controlled(Account(2)), 0);
}

TEST(Who, ACustomerWithoutAccountsIsNilAndCannotBeFrozen) {
  SmallBank bank(LinAndCourt(), {{.account = kCourtAccount, .holders = "C2", .nature = "COURT_ENFORCEMENT"}});
  EXPECT_EQ(bank.Do(bank.Inquiry(kLin)).items.at(0).outcome(), v1::OUTCOME_NIL);
  EXPECT_EQ(bank.Do(bank.Freeze(kLin, 1'00)).items.at(0).reason(), "NO_ACCOUNT");
}

TEST(Who, AnInquiryForOtherKindsOfAssetsSaysWhatWasSearched) {
  SmallBank bank = OneAccount();
  Sent inquiry = bank.Inquiry(kLin);
  inquiry.order.mutable_inquire()->add_asset_kinds("LAND");
  const sdk::Answer answer = bank.Do(inquiry);
  EXPECT_EQ(answer.items.at(0).outcome(), v1::OUTCOME_NIL);
  EXPECT_NE(answer.searched_scope.find("none of the kinds"), std::string::npos);
  inquiry = bank.Inquiry(kLin);
  inquiry.order.mutable_inquire()->add_asset_kinds("DEPOSIT");
  EXPECT_EQ(bank.Do(inquiry).items.at(0).outcome(), v1::OUTCOME_FOUND);
}

}  // namespace
}  // namespace eagle::bank
