#include "tests/adapters/bank/small_bank.h"

#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/base/identity_number.h"

namespace eagle::bank {

std::string Account(int number) {
  const std::string stem = absl::StrFormat("9900010%011d", number);
  for (char check = '0'; check <= '9'; ++check) {
    if (IsAccountNumber(stem + check)) return stem + check;
  }
  return stem;
}

std::string CustomersCsv(const std::vector<TestCustomer>& customers) {
  std::string csv = "customer,name,id_kind,id_number\n";
  for (const TestCustomer& row : customers)
    absl::StrAppend(&csv, row.customer, ",", row.name, ",", row.id_kind, ",", row.id_number, "\n");
  return csv;
}

std::string AccountsCsv(const std::vector<TestAccount>& accounts) {
  std::string csv = "account,kind,currency,nature,joint,status,opened_on,branch,holders,balance\n";
  std::vector<TestAccount> all = accounts;
  int own = 900'000;
  for (const char* currency : {"CNY", "USD"}) {
    for (const char* nature : {"CASH", "TRANSIT", "CLEARING", "OPENING"}) {
      all.push_back({.account = Account(++own), .kind = "INTERNAL", .nature = nature, .currency = currency});
    }
  }
  for (const TestAccount& row : all) {
    absl::StrAppend(&csv, row.account, ",", row.kind, ",", row.currency, ",", row.nature, ",", row.joint, ",",
                    row.status, ",2020-01-01,营业部,");
    absl::StrAppend(&csv, row.holders, ",\"", row.balance, "\"\n");
  }
  return csv;
}

void WriteText(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

std::string ProductsCsv(const std::vector<TestProduct>& products) {
  std::string csv = "account,product,sales,units,price,priced_on,locked_until,pays_back,return_account\n";
  for (const TestProduct& row : products) {
    absl::StrAppend(&csv, row.account, ",", row.product, ",", row.sales, ",\"", row.units, "\",", row.price,
                    ",2026-09-25,");
    absl::StrAppend(&csv, row.locked_until, ",", row.pays_back, ",", row.return_account, "\n");
  }
  return csv;
}

SmallBank::SmallBank(const std::vector<TestCustomer>& customers, const std::vector<TestAccount>& accounts,
                     const std::vector<TestProduct>& products)
    : Bank("", kBeiling) {
  TempFolder folder;
  WriteText(folder / "customers.csv", CustomersCsv(customers));
  WriteText(folder / "accounts.csv", AccountsCsv(accounts));
  WriteText(folder / "products.csv", ProductsCsv(products));
  for (const char* file : {"/exemptions.csv", "/income.csv"})
    std::filesystem::copy_file(DataFolder("beiling") + file, folder / (file + 1));
  const absl::StatusOr<Imported> imported = Import(core(), folder.path());
  EXPECT_TRUE(imported.ok()) << imported.status();
}

std::vector<TestCustomer> LinAndCourt() {
  return {{"C1", kLin.name, kLin.id_kind, kLin.id_number},
          {"C2", "北陵市松月区人民法院", "UNIFIED_CREDIT_CODE", "11990101990000021Y"}};
}

SmallBank OneAccount() {
  return SmallBank(LinAndCourt(), {{.account = Account(1), .balance = "1,000.00", .holders = "C1"},
                                   {.account = kCourtAccount, .holders = "C2", .nature = "COURT_ENFORCEMENT"}});
}

}  // namespace eagle::bank
