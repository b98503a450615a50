// Import: whole or not at all, every fault with its line.
#include <set>

#include "server/base/reason.h"
#include "tests/adapters/bank/small_bank.h"

namespace eagle::bank {
namespace {

// Fields of the violations of an import of these files into an empty core.
std::set<std::string> Faults(const std::string& customers, const std::string& accounts,
                             const std::string& exemptions = "", const std::string& measures = "") {
  TempFolder folder;
  WriteText(folder / "customers.csv", customers);
  WriteText(folder / "accounts.csv", accounts);
  if (!exemptions.empty()) WriteText(folder / "exemptions.csv", exemptions);
  if (!measures.empty()) WriteText(folder / "measures.csv", measures);
  Bank bank("", kBeiling);
  const absl::StatusOr<Imported> imported = Import(bank.core(), folder.path());
  if (imported.ok()) return {};
  EXPECT_EQ(ReasonOf(imported.status()), Reason::kFieldInvalid) << imported.status();
  EXPECT_EQ(bank.core().Look([](const Work& work) {
    EXPECT_TRUE(work.tables.IsEmpty()) << "nothing was imported";
    EXPECT_EQ(work.tables.Number("SELECT count(*) FROM customers"), 0);
    return absl::OkStatus();
  }),
            absl::OkStatus());
  std::set<std::string> fields;
  for (const Violation& violation : FailureOf(imported.status()).violations) fields.insert(violation.field);
  return fields;
}

const std::vector<TestCustomer> kGood = {{"C1", kLin.name, kLin.id_kind, kLin.id_number}};
std::string OneGood() { return AccountsCsv({{.account = Account(1), .balance = "10.00", .holders = "C1"}}); }

TEST(Import, TheThreeDemoBanksAreRight) {
  const struct {
    const char *data, *agency;
    Imported expected;
  } banks[] = {
      {"beiling", kBeiling, {5, 9, 14, 0}}, {"songyue", kSongyue, {2, 7, 14, 1}}, {"yunfan", kYunfan, {2, 8, 14, 0}}};
  for (const auto& row : banks) {
    Bank bank("", row.agency);
    const absl::StatusOr<Imported> imported = Import(bank.core(), DataFolder(row.data));
    ASSERT_TRUE(imported.ok()) << imported.status();
    EXPECT_EQ(imported->customers, row.expected.customers);
    EXPECT_EQ(imported->accounts, row.expected.accounts);
    EXPECT_EQ(imported->exemptions, row.expected.exemptions);
    EXPECT_EQ(imported->measures, row.expected.measures);
    bank.ExpectBooksAgree();
    EXPECT_EQ(ReasonOf(Import(bank.core(), DataFolder(row.data)).status()), Reason::kNotEmpty)
        << "an import fills an empty core only";
  }
}

TEST(Import, EveryFaultIsNamedWithItsLine) {
  EXPECT_EQ(
      Faults(CustomersCsv({{"C1", "", "CITIZEN_ID", kLin.id_number},
                           {"C2", "甲", "CITIZEN_ID", "990101198503070018"},
                           {"C2", "乙", "CITIZEN_ID", "990101851307001"},
                           {"C4", "丙", "UNIFIED_CREDIT_CODE", "919901019900000179"},
                           {"C5", "丁", "passport", "E1"}}),
             OneGood()),
      (std::set<std::string>{"customers.csv:2 name", "customers.csv:3 id_number", "customers.csv:4 id_number",
                             "customers.csv:4 customer", "customers.csv:5 id_number", "customers.csv:6 id_kind"}));
  EXPECT_EQ(Faults(CustomersCsv(kGood),
                   AccountsCsv({{.account = "9900010000000001017", .holders = "C1"},
                                {.account = Account(2), .kind = "CURRENT", .holders = "C1"},
                                {.account = Account(3), .balance = "-1.00", .holders = "C1"},
                                {.account = Account(4), .balance = "1.234", .holders = "C1"},
                                {.account = Account(5), .holders = "C9"},
                                {.account = Account(6)},
                                {.account = Account(7), .holders = "C1", .nature = "TRANSIT"},
                                {.account = Account(8), .holders = "C1", .status = "OPEN"},
                                {.account = Account(8), .holders = "C1", .joint = "maybe", .currency = "yuan"}})),
            (std::set<std::string>{"accounts.csv:2 account", "accounts.csv:3 kind", "accounts.csv:4 balance",
                                   "accounts.csv:5 balance", "accounts.csv:6 holders", "accounts.csv:7 holders",
                                   "accounts.csv:8 nature", "accounts.csv:9 status", "accounts.csv:10 account",
                                   "accounts.csv:10 joint", "accounts.csv:10 currency"}));
  EXPECT_EQ(Faults(CustomersCsv(kGood), AccountsCsv({{.account = Account(1), .holders = "C1", .currency = "HKD"}})),
            (std::set<std::string>{"accounts.csv"}))
      << "the bank has no accounts of its own in that currency";
  EXPECT_EQ(Faults(CustomersCsv(kGood), OneGood(),
                   "nature,action,unless_purpose,rule,source\nwage,SEIZE,,R,\nLC,FREEZE,,R,s\nLC,FREEZE,,R,s\n"),
            (std::set<std::string>{"exemptions.csv:2 nature", "exemptions.csv:2 action", "exemptions.csv:2 source",
                                   "exemptions.csv:4 nature"}));
  const std::string header =
      "measure,authority,document,accounts,limit,inflow,whole_account,served_at,first_day,last_day\n";
  EXPECT_EQ(Faults(CustomersCsv(kGood), OneGood(), "",
                   header + "1,,D," + Account(1) + ",5,NONE,no,2026-01-01 10:00:00,2026-01-01,2026-12-31\n" + "2,A,D," +
                       Account(3) + ",0,SOME,no,yesterday,2026-01-01,2025-12-31\n" +
                       "2,A,D,,5,NONE,no,2026-01-01 10:00:00,,2026-12-31\n"),
            (std::set<std::string>{"measures.csv:2 authority", "measures.csv:3 accounts", "measures.csv:3 limit",
                                   "measures.csv:3 inflow", "measures.csv:3 served_at", "measures.csv:3 last_day",
                                   "measures.csv:4 measure", "measures.csv:4 accounts", "measures.csv:4 last_day"}));
}

TEST(Import, TheShapeOfTheFilesIsCheckedFirst) {
  EXPECT_EQ(Faults("customer,name\n", OneGood()), (std::set<std::string>{"customers.csv:1"}));
  EXPECT_EQ(Faults(CustomersCsv(kGood) + "C2,甲,CITIZEN_ID\n", OneGood() + "\xff\n"),
            (std::set<std::string>{"customers.csv:3", "accounts.csv"}));
  Bank bank("", kBeiling);
  TempFolder folder;
  EXPECT_EQ(ReasonOf(Import(bank.core(), folder.path()).status()), Reason::kStorageUnusable) << "no files at all";
}

TEST(Import, EveryProductHasItsUnitsItsPriceAndAReturnAccountOfItsHolder) {
  TempFolder folder;
  WriteText(folder / "customers.csv", CustomersCsv(LinAndCourt()));
  WriteText(folder / "accounts.csv",
            AccountsCsv({{.account = Account(1), .holders = "C1"},
                         {.account = Account(2), .kind = "PRODUCT", .balance = "10.49", .holders = "C1"},
                         {.account = Account(3), .kind = "PRODUCT", .balance = "1.00", .holders = "C1"},
                         {.account = Account(4), .kind = "PRODUCT", .balance = "1.00", .holders = "C1"},
                         {.account = Account(5), .holders = "C2"}}));
  WriteText(folder / "income.csv", "nature,source\nwage,\n");
  WriteText(folder / "products.csv",
            ProductsCsv({{.account = Account(2), .units = "9.9999", .price = "1.05", .return_account = Account(1)},
                         {.account = Account(3),
                          .units = "2",
                          .price = "1.00",
                          .return_account = Account(5),
                          .sales = "LENT",
                          .pays_back = "yes"},
                         {.account = Account(1), .units = "x", .price = "0", .return_account = Account(1)}}));
  Bank bank("", kBeiling);
  std::set<std::string> fields;
  for (const Violation& violation : FailureOf(Import(bank.core(), folder.path()).status()).violations)
    fields.insert(violation.field);
  EXPECT_EQ(fields, (std::set<std::string>{"income.csv:2 nature", "income.csv:2 source", "products.csv",
                                           "products.csv:3 pays_back", "products.csv:3 return_account",
                                           "products.csv:3 sales", "products.csv:3 units", "products.csv:4 account",
                                           "products.csv:4 price", "products.csv:4 units"}))
      << "of the first row nothing: 9.9999 x 1.05 is 10.49 rounded down";
}

TEST(Import, PriorMeasuresStandInTheOrderOfServiceAndEndedOnesEnd) {
  TempFolder folder;
  WriteText(folder / "customers.csv", CustomersCsv(kGood));
  WriteText(folder / "accounts.csv", AccountsCsv({{.account = Account(1), .balance = "100.00", .holders = "C1"}}));
  WriteText(folder / "measures.csv",
            "measure,authority,document,accounts,limit,inflow,whole_account,served_at,first_day,last_day\n"
            "b,法院乙,乙2号," +
                Account(1) +
                ",60.00,CAPTURE,no,2026-02-01 10:00:00,,\n"
                "a,法院甲,甲1号," +
                Account(1) +
                ",70.00,NONE,no,2026-01-01 10:00:00,2026-01-01,2026-12-31\n"
                "old,法院丙,丙3号," +
                Account(1) + ",90.00,NONE,no,2024-01-01 10:00:00,2024-01-01,2024-12-31\n");
  Bank bank("", kBeiling);
  ASSERT_EQ(Import(bank.core(), folder.path()).status(), absl::OkStatus());
  const AccountView view = bank.View(Account(1));
  ASSERT_EQ(view.standing.size(), 2u);
  EXPECT_EQ(view.standing[0].row.measure.document_number, "甲1号");
  EXPECT_EQ(view.standing[0].controlled, 70'00);
  EXPECT_EQ(view.standing[1].row.measure.document_number, "乙2号");
  EXPECT_EQ(view.standing[1].controlled, 30'00);
  EXPECT_EQ(view.standing[1].unfunded, 30'00);
  bank.At("2027-01-01 00:00");
  EXPECT_EQ(bank.Controlled(Account(1)), 60'00);
  EXPECT_TRUE(bank.News().empty()) << "no order of ours made them";
  bank.ExpectBooksAgree();
}

}  // namespace
}  // namespace eagle::bank
