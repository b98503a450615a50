#include "adapters/bank/import.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "adapters/bank/import_files.h"
#include "adapters/bank/products.h"
#include "server/base/civil_day.h"
#include "server/base/identity_number.h"
#include "server/base/money.h"
#include "server/base/reason.h"

namespace eagle::bank {
namespace {

constexpr size_t kIdNumberBytes = 128;

const std::vector<std::string> kCustomerColumns = {"customer", "name", "id_kind", "id_number"};
const std::vector<std::string> kAccountColumns = {"account", "kind",      "currency", "nature",  "joint",
                                                  "status",  "opened_on", "branch",   "holders", "balance"};
const std::vector<std::string> kExemptionColumns = {"nature", "action", "unless_purpose", "rule", "source"};
const std::vector<std::string> kProductColumns = {"account",   "product",      "sales",     "units",         "price",
                                                  "priced_on", "locked_until", "pays_back", "return_account"};
const std::vector<std::string> kIncomeColumns = {"nature", "source"};
const std::vector<std::string> kMeasureColumns = {"measure", "authority",     "document",  "accounts",  "limit",
                                                  "inflow",  "whole_account", "served_at", "first_day", "last_day"};

struct NewAccount {
  AccountRow row;
  std::vector<std::string> holders;
  int64_t balance = 0;
};

// What the files say, once it is known to be right.
struct Contents {
  std::vector<CustomerRow> customers;
  std::vector<NewAccount> accounts;
  std::vector<ExemptionRow> exemptions;
  std::vector<ProductRow> products;
  std::vector<std::pair<std::string, std::string>> income_natures;  // and their sources
  std::vector<sdk::Encumbrance> measures;                           // in rank order
  std::unique_ptr<FurtherFiles> further;                            // null: the kind has none
};

// 15 digits with a real date of birth in the 1900s.
bool IsOldCitizenNumber(const std::string& number) {
  if (number.size() != 15) return false;
  const std::string stem = number.substr(0, 6) + "19" + number.substr(6);
  constexpr std::string_view kChecks = "0123456789X";
  return std::any_of(kChecks.begin(), kChecks.end(), [&](char check) { return IsCitizenNumber(stem + check); });
}

bool IsIdNumber(const std::string& kind, const std::string& number) {
  if (kind == "CITIZEN_ID") return IsCitizenNumber(number) || IsOldCitizenNumber(number);
  if (kind == "UNIFIED_CREDIT_CODE") return IsUnifiedCreditCode(number);
  return !number.empty() && number.size() <= kIdNumberBytes;
}

std::vector<std::string> List(const std::string& text) {
  if (text.empty()) return {};
  return absl::StrSplit(text, '|');
}

class Reader : private ImportFiles {
 public:
  Reader(const std::string& folder, absl::TimeZone zone, const Kind& kind)
      : ImportFiles(folder), zone_(zone), kind_(kind) {
    if (kind.further_files != nullptr) out_.further = kind.further_files();
  }

  absl::StatusOr<Contents> Read() {
    EAGLE_ASSIGN_OR_RETURN(const sdk::CsvTable customers, File("customers.csv", kCustomerColumns, true));
    EAGLE_ASSIGN_OR_RETURN(const sdk::CsvTable accounts, File("accounts.csv", kAccountColumns, true));
    EAGLE_ASSIGN_OR_RETURN(const sdk::CsvTable exemptions, File("exemptions.csv", kExemptionColumns, false));
    EAGLE_ASSIGN_OR_RETURN(const sdk::CsvTable measures, File("measures.csv", kMeasureColumns, false));
    EAGLE_ASSIGN_OR_RETURN(const sdk::CsvTable products, File("products.csv", kProductColumns, false));
    EAGLE_ASSIGN_OR_RETURN(const sdk::CsvTable incomes, File("income.csv", kIncomeColumns, false));
    if (out_.further) EAGLE_RETURN_IF_ERROR(out_.further->Read(*this));
    if (faultless()) {
      Customers(customers);
      Accounts(accounts);
      OwnAccounts();
      Exemptions(exemptions);
      Products(products);
      Incomes(incomes);
      Measures(measures);
      if (out_.further) out_.further->Judge(*this, accounts_);
    }
    if (!faultless()) return Faults();
    return std::move(out_);
  }

 private:
  void Customers(const sdk::CsvTable& table) {
    for (const sdk::CsvRow& row : table.rows) {
      ExpectText(row, "customer");
      ExpectText(row, "name");
      Expect(IsCode(row.At("id_kind")), row, "id_kind", "must be a code such as CITIZEN_ID");
      Expect(IsIdNumber(row.At("id_kind"), row.At("id_number")), row, "id_number",
             "is no number of this kind: check digit or date");
      Expect(customers_.insert(row.At("customer")).second, row, "customer", "is in the file twice");
      out_.customers.push_back({row.At("customer"), row.At("name"), row.At("id_kind"), row.At("id_number")});
    }
  }

  void Accounts(const sdk::CsvTable& table) {
    for (const sdk::CsvRow& row : table.rows) {
      NewAccount account;
      account.row = {row.At("account"),     row.At("kind"),   row.At("currency"),  row.At("nature"),
                     YesOrNo(row, "joint"), row.At("status"), row.At("opened_on"), row.At("branch")};
      account.holders = List(row.At("holders"));
      const bool internal = row.At("kind") == kInternal;
      Expect(kind_.is_account(row.At("account")), row, "account", kind_.account_form);
      Expect(internal || FindAccountKind(kind_, row.At("kind")) != nullptr, row, "kind", KindsText());
      Expect(IsCurrency(row.At("currency")), row, "currency", "must be three capital letters");
      Expect(IsCode(row.At("nature")), row, "nature", "must be a code such as GENERAL");
      Expect(internal == IsOneOf(row.At("nature"), {kCash, kTransit, kClearing, kOpening}), row, "nature",
             "CASH, TRANSIT, CLEARING and OPENING are the bank's own accounts");
      Expect(IsOneOf(row.At("status"), {"NORMAL", "DORMANT", "CLOSED"}), row, "status",
             "must be NORMAL, DORMANT or CLOSED");
      Expect(ParseCivilDay(row.At("opened_on")).has_value(), row, "opened_on", "must be a day such as 2019-03-08");
      ExpectText(row, "branch");
      const bool known = std::all_of(account.holders.begin(), account.holders.end(),
                                     [&](const std::string& holder) { return customers_.count(holder) != 0; });
      Expect(known, row, "holders", "must be customers of customers.csv, with | between them");
      Expect(std::set<std::string>(account.holders.begin(), account.holders.end()).size() == account.holders.size(),
             row, "holders", "names a customer twice");
      Expect(internal == account.holders.empty(), row, "holders",
             "customers' accounts have holders, the bank's own have none");
      Expect(account.holders.size() < 2 || account.row.joint, row, "joint", "an account of several holders is joint");
      const std::optional<int64_t> balance = ParseMoney(row.At("balance"));
      Expect(balance && *balance >= 0, row, "balance", "must be an amount, not below zero");
      Expect(!internal || balance == 0, row, "balance", "the bank's own accounts start at zero");
      account.balance = balance.value_or(0);
      Expect(accounts_.emplace(row.At("account"), account.row).second, row, "account", "is in the file twice");
      out_.accounts.push_back(std::move(account));
    }
  }

  void OwnAccounts() {
    std::map<std::pair<std::string, std::string>, int> own;
    std::set<std::string> currencies;
    for (const auto& [number, row] : accounts_) {
      if (row.kind == kInternal) ++own[{row.currency, row.nature}];
      currencies.insert(row.currency);
    }
    for (const std::string& currency : currencies) {
      for (const char* nature : {kCash, kTransit, kClearing, kOpening}) {
        if (own[{currency, nature}] == 1) continue;
        Wrong("accounts.csv",
              absl::StrCat("must have exactly one INTERNAL account of nature ", nature, " in ", currency));
      }
    }
  }

  void Exemptions(const sdk::CsvTable& table) {
    std::set<std::pair<std::string, std::string>> seen;
    for (const sdk::CsvRow& row : table.rows) {
      Expect(IsCode(row.At("nature")), row, "nature", "must be a code such as WAGE_ESCROW");
      Expect(IsOneOf(row.At("action"), {"FREEZE", "DEDUCT"}), row, "action", "must be FREEZE or DEDUCT");
      Expect(row.At("unless_purpose").empty() || IsCode(row.At("unless_purpose")), row, "unless_purpose",
             "must be the code of a purpose, or empty");
      Expect(IsCode(row.At("rule")), row, "rule", "must be a code");
      ExpectText(row, "source");
      Expect(seen.insert({row.At("nature"), row.At("action")}).second, row, "nature",
             "has a row for this action already");
      out_.exemptions.push_back(
          {row.At("nature"), row.At("action"), row.At("unless_purpose"), row.At("rule"), row.At("source")});
    }
  }

  void Incomes(const sdk::CsvTable& table) {
    std::set<std::string> seen;
    for (const sdk::CsvRow& row : table.rows) {
      Expect(IsCode(row.At("nature")), row, "nature", "must be a code such as WAGE");
      ExpectText(row, "source");
      Expect(seen.insert(row.At("nature")).second, row, "nature", "is in the file twice");
      out_.income_natures.emplace_back(row.At("nature"), row.At("source"));
    }
  }

  // Every account of the class of products has its row here, which says what its balance comes from.
  void Products(const sdk::CsvTable& table) {
    std::map<std::string, const NewAccount*> by_number;
    for (const NewAccount& account : out_.accounts) by_number.emplace(account.row.account, &account);
    std::set<std::string> seen;
    for (const sdk::CsvRow& row : table.rows) {
      ProductRow product{.account = row.At("account"), .product = row.At("product"), .own = row.At("sales") == "OWN"};
      const auto account = by_number.find(product.account);
      const bool known = account != by_number.end() && IsProduct(account->second->row);
      Expect(known, row, "account", "must be an account of a product in accounts.csv");
      Expect(seen.insert(product.account).second, row, "account", "is in the file twice");
      ExpectText(row, "product");
      Expect(IsOneOf(row.At("sales"), {"OWN", "AGENCY"}), row, "sales", "must be OWN or AGENCY");
      const std::optional<int64_t> units = ParseE4(row.At("units")), price = ParseE4(row.At("price"));
      Expect(units.has_value(), row, "units", "must be a number such as 1,000.2500");
      Expect(price && *price > 0, row, "price", "must be a price such as 1.0523");
      product.units_e4 = units.value_or(0), product.price_e4 = std::max<int64_t>(price.value_or(1), 1);
      Expect(!known || !units || !price || ValueOf(product.units_e4, product.price_e4) == account->second->balance, row,
             "units", "times the price must be the balance in accounts.csv");
      product.priced_on = row.At("priced_on"), product.locked_until = row.At("locked_until");
      Expect(ParseCivilDay(product.priced_on).has_value(), row, "priced_on", "must be a day such as 2026-09-25");
      const auto until = ParseCivilDay(product.locked_until);
      Expect(product.locked_until.empty() || until, row, "locked_until", "must be a day, or empty");
      Expect(!YesOrNo(row, "pays_back") || until, row, "pays_back", "by itself on the day until which it is locked");
      if (row.At("pays_back") == "yes" && until) product.pays_back_at = absl::FromCivil(*until, zone_);
      product.return_account = row.At("return_account");
      const auto back = by_number.find(product.return_account);
      const bool fits = known && back != by_number.end() && back->second->row.kind == "DEMAND" &&
                        back->second->row.nature == kGeneral && back->second->row.status == "NORMAL" &&
                        back->second->row.currency == account->second->row.currency &&
                        std::set<std::string>(back->second->holders.begin(), back->second->holders.end()) ==
                            std::set<std::string>(account->second->holders.begin(), account->second->holders.end());
      Expect(!known || fits, row, "return_account",
             "must be a DEMAND account of nature GENERAL, NORMAL, of the same holders and currency");
      out_.products.push_back(std::move(product));
    }
    for (const auto& [number, account] : by_number) {
      if (IsProduct(account->row) && seen.count(number) == 0)
        Wrong("products.csv", absl::StrCat("has no row for the account ", number));
    }
  }

  bool IsProduct(const AccountRow& row) const { return ClassOf(kind_, row) == sdk::AccountClass::kProduct; }

  void Measures(const sdk::CsvTable& table) {
    std::set<std::string> seen;
    uint64_t sequence = 0;
    for (const sdk::CsvRow& row : table.rows) {
      sdk::Encumbrance measure;
      measure.id = absl::StrCat("import/", row.At("measure"));
      measure.authority = row.At("authority"), measure.document_number = row.At("document");
      measure.scope = List(row.At("accounts"));
      measure.inflow = row.At("inflow") == "CAPTURE" ? sdk::InflowRule::kCapture : sdk::InflowRule::kNone;
      measure.whole_account = YesOrNo(row, "whole_account");
      ExpectText(row, "measure");
      ExpectText(row, "authority");
      ExpectText(row, "document");
      Expect(seen.insert(row.At("measure")).second, row, "measure", "is in the file twice");
      Expect(!measure.scope.empty() && IsScope(measure.scope), row, "accounts",
             "must be customers' accounts of accounts.csv in one currency, with | between them");
      const std::optional<int64_t> limit = ParseMoney(row.At("limit"));
      Expect(limit && IsAmount(*limit), row, "limit", "must be an amount above zero");
      measure.requested = limit.value_or(0);
      Expect(IsOneOf(row.At("inflow"), {"CAPTURE", "NONE"}), row, "inflow", "must be CAPTURE or NONE");
      std::string error;
      const bool timed =
          absl::ParseTime("%Y-%m-%d %H:%M:%S", row.At("served_at"), zone_, &measure.rank.served_at, &error);
      Expect(timed, row, "served_at", "must be a time such as 2025-10-15 09:30:00");
      measure.rank.served_sequence = ++sequence;
      const auto first = ParseCivilDay(row.At("first_day")), last = ParseCivilDay(row.At("last_day"));
      Expect(row.At("first_day").empty() || first, row, "first_day", "must be a day, or empty while it waits");
      Expect(row.At("last_day").empty() || (first && last && *first <= *last), row, "last_day",
             "must be a day not before first_day, or empty");
      if (first) measure.effective_from = std::max(absl::FromCivil(*first, zone_), measure.rank.served_at);
      if (last) measure.effective_to = absl::FromCivil(*last + 1, zone_);
      out_.measures.push_back(std::move(measure));
    }
    std::sort(out_.measures.begin(), out_.measures.end(), [](const auto& a, const auto& b) { return a.rank < b.rank; });
  }

  std::string KindsText() const {
    std::string text = "must be ";
    for (const AccountKind& row : kind_.account_kinds) absl::StrAppend(&text, row.kind, ", ");
    return text + "or INTERNAL";
  }

  bool IsScope(const std::vector<std::string>& scope) const {
    std::set<std::string> seen, currencies;
    for (const std::string& number : scope) {
      const auto account = accounts_.find(number);
      if (account == accounts_.end() || account->second.kind == kInternal || !seen.insert(number).second) return false;
      currencies.insert(account->second.currency);
    }
    return currencies.size() == 1;
  }

  absl::TimeZone zone_;
  const Kind& kind_;
  Contents out_;
  std::set<std::string> customers_;
  std::map<std::string, AccountRow> accounts_;
};

absl::Status Write(const Work& work, const Contents& contents) {
  for (const CustomerRow& row : contents.customers) work.tables.AddCustomer(row);
  for (const NewAccount& account : contents.accounts) work.tables.AddAccount(account.row, account.holders);
  for (const ExemptionRow& row : contents.exemptions) work.tables.AddExemption(row);
  for (const ProductRow& row : contents.products) work.tables.AddProduct(row);
  for (const auto& [nature, source] : contents.income_natures) work.tables.AddIncomeNature(nature, source);
  for (const NewAccount& account : contents.accounts) {
    if (account.balance == 0) continue;
    const std::string opening = work.tables.InternalAccount(kOpening, account.row.currency);
    work.tables.AddBooking({.at = work.now,
                            .kind = "OPENING",
                            .entries = {{opening, -account.balance}, {account.row.account, account.balance}}});
  }
  for (const sdk::Encumbrance& measure : contents.measures) {
    // Each is entered at the time of its service, so what had ended by then has given way; what ended later ends at the
    // first call.
    const Work then{work.tables, measure.rank.served_at, work.zone, work.agency, work.kind};
    MeasureRow row;
    row.measure = measure;
    row.measure.scope = ScopeWith(work, measure.scope);
    EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(then, row.measure.scope));
    EAGLE_RETURN_IF_ERROR(book.Place(std::move(row)));
    book.Save();
  }
  if (contents.further) contents.further->Write(work);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Imported> Import(BankCore& core, const std::string& folder) {
  EAGLE_ASSIGN_OR_RETURN(const Contents contents, Reader(folder, core.zone(), core.kind()).Read());
  EAGLE_RETURN_IF_ERROR(core.Do([&](const Work& work) -> absl::Status {
    if (!work.tables.IsEmpty()) return Fail(Reason::kNotEmpty, "the core has accounts already");
    return Write(work, contents);
  }));
  return Imported{contents.customers.size(), contents.accounts.size(), contents.exemptions.size(),
                  contents.measures.size()};
}

}  // namespace eagle::bank
