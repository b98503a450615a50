// The words of the counter on a command line, and what people read.
#include "adapters/bank/counter_command.h"
#include "adapters/bank/counter_table.h"
#include "gtest/gtest.h"

namespace eagle::bank {
namespace {

// The request of `words`, as JSON; "usage" when they can't be understood.
std::string Parsed(const std::string& words) {
  CLI::App app;
  CounterCommand command(app);
  try {
    app.parse(words);
  } catch (const CLI::ParseError&) {
    return "usage";
  }
  const sdk::CounterRequest request = command.Request();
  return request.command + " " + sdk::JsonText(request.arguments) + (command.NeedsName() ? " named" : "");
}

TEST(CounterCommand, TurnsWordsIntoARequest) {
  EXPECT_EQ(Parsed("--socket s deposit 99 20,000.00"), R"(deposit {"account":"99","amount":"20,000.00"} named)");
  EXPECT_EQ(Parsed("--socket s withdraw 99 5 --request r1"),
            R"(withdraw {"account":"99","amount":"5","request":"r1"} named)");
  EXPECT_EQ(Parsed("--socket s receive P1 99 5"), R"(receive {"account":"99","amount":"5","payment":"P1"})");
  EXPECT_EQ(Parsed("--socket s seize 99 5 --authority A --document D --last-day 2027-01-01"),
            R"(seize {"account":"99","amount":"5","authority":"A","document":"D","last_day":"2027-01-01"} named)");
  EXPECT_EQ(Parsed("--socket s release D"), R"(release {"document":"D"})");
  EXPECT_EQ(Parsed("--socket s confirm P1"), R"(confirm {"payment":"P1"})");
  EXPECT_EQ(Parsed("--socket s confirm --all"), R"(confirm {"all":"yes"})");
  EXPECT_EQ(Parsed("--socket s reject P1"), R"(reject {"payment":"P1","reason":"REJECTED"})");
  EXPECT_EQ(Parsed("--socket s show 99"), R"(show {"account":"99"})");
  EXPECT_EQ(Parsed("--socket s show --all"), "show {}");
  EXPECT_EQ(Parsed("--socket s measures"), "measures {}");
  EXPECT_EQ(Parsed("--socket s ledger 99"), R"(ledger {"account":"99"})");
  EXPECT_EQ(Parsed("--socket s payments"), "payments {}");
  EXPECT_EQ(Parsed("--socket s operations"), "operations {}");
  EXPECT_EQ(Parsed("--socket s check"), "check {}");
  EXPECT_EQ(Parsed("--config c.toml check"), "check {}");
  EXPECT_EQ(Parsed("--socket s clerk list"), "queue {}");
  EXPECT_EQ(Parsed("--socket s clerk ask O1"), R"(ask {"id":"O1"})");
  EXPECT_EQ(Parsed("--socket s clerk resolve O1 --not-done GONE --clerk Z"),
            R"(resolve {"clerk":"Z","id":"O1","reason":"GONE"})");
}

TEST(CounterCommand, RefusesWhatItDoesNotUnderstand) {
  for (const char* words : {"deposit 99 5", "--socket s --config c check", "--socket s", "--socket s deposit 99",
                            "--socket s rob 99", "--socket s --output xml check", "--socket s clerk resolve O1"}) {
    EXPECT_EQ(Parsed(words), "usage") << words;
  }
}

TEST(CounterTable, AlignsChineseNamesAndAmounts) {
  sdk::Json answer;
  for (const auto& [holder, balance] : {std::pair("林远舟", "61,350.27"), std::pair("苏晴", "2,000,000.00")}) {
    sdk::Json& row = sdk::AddTo(answer, "accounts");
    sdk::Put(row, "account", "99");
    sdk::Put(row, "holder", holder);
    sdk::Put(row, "kind", "DEMAND");
    sdk::Put(row, "balance", balance);
  }
  const std::string table = TableOf(answer);
  EXPECT_NE(table.find("99       林远舟  DEMAND"), std::string::npos) << table;
  EXPECT_NE(table.find("99       苏晴    DEMAND"), std::string::npos) << table;
  EXPECT_NE(table.find("   61,350.27"), std::string::npos) << table;
  EXPECT_NE(table.find("2,000,000.00"), std::string::npos) << table;
  sdk::Json none;
  sdk::PutList(none, "payments");
  EXPECT_EQ(TableOf(none), "none\n");
  sdk::Json figures;
  sdk::Put(figures, "books", "agree");
  EXPECT_NE(TableOf(figures).find("books: agree"), std::string::npos);
}

}  // namespace
}  // namespace eagle::bank
