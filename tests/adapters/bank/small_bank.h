// A bank of a test's own, from a few lines: the bank's own accounts, header lines and columns that don't matter here
// are added.
//
//   SmallBank bank({{"C1", "林远舟", "CITIZEN_ID", "990101198503070017"}}, {{"9900010000000001016", "DEMAND",
//   "1,000.00", "C1"}});
#pragma once

#include <string>
#include <vector>

#include "adapters/bank/import.h"
#include "tests/adapters/bank/bank_world.h"

namespace eagle::bank {

// Valid account numbers of the bank 9900010: Account(1), Account(2) ...
std::string Account(int number);

struct TestCustomer {
  std::string customer, name, id_kind, id_number;
};
struct TestAccount {
  std::string account;
  std::string kind = "DEMAND";
  std::string balance = "0.00";
  std::string holders;  // "C1|C2"
  std::string nature = "GENERAL";
  std::string joint = "no";
  std::string currency = "CNY";
  std::string status = "NORMAL";
};

struct TestProduct {
  std::string account;
  std::string units;
  std::string price;
  std::string return_account;
  std::string product = "P1";
  std::string sales = "OWN";
  std::string locked_until = "";
  std::string pays_back = "no";
};

std::string ProductsCsv(const std::vector<TestProduct>& products);
std::string CustomersCsv(const std::vector<TestCustomer>& customers);
std::string AccountsCsv(const std::vector<TestAccount>& accounts);  // with the bank's own in CNY and USD
void WriteText(const std::string& path, const std::string& text);

class SmallBank : public Bank {
 public:
  SmallBank(const std::vector<TestCustomer>& customers, const std::vector<TestAccount>& accounts,
            const std::vector<TestProduct>& products = {});
};

// 林远舟 as C1, with one account of 1,000.00, and a court with its account.
SmallBank OneAccount();
std::vector<TestCustomer> LinAndCourt();

}  // namespace eagle::bank
