// The counter of the fund, and its words.
#include "adapters/bank/counter_command.h"
#include "server/base/reason.h"
#include "tests/adapters/housing_fund/fund_world.h"

namespace eagle::fund {
namespace {

std::string Parsed(const std::string& words) {
  CLI::App app;
  bank::CounterCommand command(app, kFund);
  try {
    app.parse(words);
  } catch (const CLI::ParseError&) {
    return "usage";
  }
  const sdk::CounterRequest request = command.Request();
  return request.command + " " + sdk::JsonText(request.arguments) + (command.NeedsName() ? " named" : "");
}

TEST(FundCounter, TurnsWordsIntoARequest) {
  EXPECT_EQ(Parsed("--socket s contribute 99 1,920.00 --month 2026-09"),
            R"(contribute {"account":"99","amount":"1,920.00","month":"2026-09"} named)");
  EXPECT_EQ(Parsed("--socket s condition 99 RETIREMENT --document D --since 2026-09-01"),
            R"(condition {"account":"99","document":"D","ground":"RETIREMENT","since":"2026-09-01"})");
  EXPECT_EQ(Parsed("--socket s condition-ended 99 RETIREMENT --document D"),
            R"(condition-ended {"account":"99","document":"D","ground":"RETIREMENT"})");
  EXPECT_EQ(Parsed("--socket s loan-repaid L1"), R"(loan-repaid {"loan":"L1"})");
  EXPECT_EQ(Parsed("--socket s details 99"), R"(details {"account":"99"})");
  EXPECT_EQ(Parsed("--socket s withdraw 99 5"), R"(withdraw {"account":"99","amount":"5"} named)");
  EXPECT_EQ(Parsed("--socket s check"), "check {}");
  EXPECT_EQ(Parsed("--socket s contribute 99 1.00"), "usage") << "for which month?";
}

TEST(FundCounter, ShowsEveryFieldOfAnAccountWithItsSources) {
  Fund fund;
  const sdk::Json shown = fund.Must("details", {{"account", kOfRetired}});
  for (const auto& [key, value] : Arguments{{"holder", "周润秋"},
                                            {"status_code", "02"},
                                            {"base", "6,200.00"},
                                            {"employer_rate", "8.00%"},
                                            {"paid_until", "2024-08"},
                                            {"balance", "152,077.45"},
                                            {"loan_outstanding", "0.00"},
                                            {"deduction_barred_by", ""}}) {
    EXPECT_EQ(sdk::TextAt(shown, key), value) << key;
  }
  const auto& conditions = shown.fields().at("conditions").list_value();
  ASSERT_EQ(conditions.values_size(), 1);
  EXPECT_NE(sdk::TextAt(conditions.values(0).struct_value(), "source").find("第24条"), std::string::npos);
}

TEST(FundCounter, RefusesWhatItCannotRecord) {
  Fund fund;
  const auto reason = [&](const std::string& command, const Arguments& arguments) {
    const absl::Status status = fund.Ask(command, arguments).status();
    fund.ExpectBooksAgree();
    return ReasonOf(status);
  };
  const Arguments good = {{"account", kAtFund}, {"ground", "RETIREMENT"}, {"document", "D1"}, {"since", "2026-09-01"}};
  fund.Must("condition", good);
  EXPECT_EQ(reason("condition", {{"account", kAtFund}, {"ground", "BORED"}, {"document", "D"}}), Reason::kNotFound);
  EXPECT_EQ(reason("condition", {{"account", "990070090001"}, {"ground", "RETIREMENT"}, {"document", "D"}}),
            Reason::kNotFound)
      << "the fund's own account";
  EXPECT_EQ(reason("condition", {{"account", kAtFund}, {"ground", "RETIREMENT"}}), Reason::kFieldMissing);
  EXPECT_EQ(reason("condition", {{"account", kAtFund}, {"ground", "RETIREMENT"}, {"document", "D"}, {"since", "soon"}}),
            Reason::kFieldInvalid);
  EXPECT_EQ(reason("condition",
                   {{"account", kAtFund}, {"ground", "RETIREMENT"}, {"document", "D1"}, {"since", "2026-09-02"}}),
            Reason::kRequestIdReused);
  EXPECT_EQ(reason("condition-ended", {{"account", kAtFund}, {"ground", "EMIGRATION"}, {"document", "D1"}}),
            Reason::kNotFound);
  fund.Must("condition-ended", {{"account", kAtFund}, {"ground", "RETIREMENT"}, {"document", "D1"}});
  EXPECT_EQ(reason("condition", good), Reason::kRequestIdReused) << "a new condition needs a new paper";
  EXPECT_EQ(reason("loan-repaid", {{"loan", "DK0"}}), Reason::kNotFound);

  fund.Must("contribute", {{"account", kAtFund}, {"amount", "5.00"}, {"month", "2026-09"}, {"request", "c1"}});
  for (const Arguments& other :
       {Arguments{{"account", kAtFund}, {"amount", "5.00"}, {"month", "2026-10"}, {"request", "c1"}},
        Arguments{{"account", kOfSu}, {"amount", "5.00"}, {"month", "2026-09"}, {"request", "c1"}},
        Arguments{{"account", kAtFund}, {"amount", "6.00"}, {"month", "2026-09"}, {"request", "c1"}}}) {
    EXPECT_EQ(reason("contribute", other), Reason::kRequestIdReused);
  }
  EXPECT_EQ(reason("contribute", {{"account", kAtFund}, {"amount", "5"}, {"month", "2026-13"}, {"request", "c2"}}),
            Reason::kFieldInvalid);
  EXPECT_EQ(fund.Balance(kAtFund), 43'223'60);
  EXPECT_EQ(fund.Detail(kAtFund, "paid_until"), "2026-09");
}

TEST(FundCounter, AMemberDrawsOnTheAccountOnAGroundOnly) {
  Fund fund;
  const Arguments draw = {{"account", kAtFund}, {"amount", "10,000.00"}, {"request", "w1"}};
  EXPECT_EQ(ReasonOf(fund.Ask("withdraw", draw).status()), Reason::kAccountExempt);
  fund.Must("condition", {{"account", kAtFund}, {"ground", "RENT"}, {"document", "D1"}});
  fund.Do(fund.Freeze(bank::kLin, 40'000'00));
  EXPECT_EQ(ReasonOf(fund.Ask("withdraw", draw).status()), Reason::kAmountAboveFree) << "what is frozen stays";
  const Arguments less = {{"account", kAtFund}, {"amount", "3,000.00"}, {"request", "w2"}};
  fund.Must("withdraw", less);
  EXPECT_EQ(fund.Balance(kAtFund), 40'218'60);
  fund.Must("condition-ended", {{"account", kAtFund}, {"ground", "RENT"}, {"document", "D1"}});
  EXPECT_TRUE(fund.Ask("withdraw", less).ok()) << "a repeat of what was done stays harmless";
  EXPECT_EQ(fund.Balance(kAtFund), 40'218'60);
}

TEST(FundCounter, ChecksTheFundsOwnRowsToo) {
  Fund fund;
  EXPECT_EQ(sdk::TextAt(fund.Must("check", {}), "books"), "agree");
  const absl::Status status = fund.core().Do([](const bank::Work& work) {
    work.tables.database().Ask("DELETE FROM fund_accounts WHERE account = '990070000101'").Run();
    return absl::OkStatus();
  });
  ASSERT_EQ(status, absl::OkStatus());
  EXPECT_EQ(ReasonOf(fund.Ask("check", {}).status()), Reason::kRegisterBroken);
}

}  // namespace
}  // namespace eagle::fund
