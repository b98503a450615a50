// Rows of wealth products and of income.
#include "adapters/bank/tables.h"

namespace eagle::bank {
namespace {

ProductRow ReadProduct(Query& query) {
  ProductRow row;
  row.account = query.Text(), row.product = query.Text(), row.own = query.Text() == "OWN";
  row.units_e4 = query.Int(), row.price_e4 = query.Int();
  row.priced_on = query.Text(), row.locked_until = query.Text(), row.pays_back_at = query.MaybeTime();
  row.return_account = query.Text();
  return row;
}

}  // namespace

void Tables::AddProduct(const ProductRow& row) {
  database_.Ask("INSERT INTO products VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .Bind(row.account)
      .Bind(row.product)
      .Bind(row.own ? "OWN" : "AGENCY")
      .Bind(row.units_e4)
      .Bind(row.price_e4)
      .Bind(row.priced_on)
      .Bind(row.locked_until)
      .Bind(row.pays_back_at)
      .Bind(row.return_account)
      .Run();
}

void Tables::PutProduct(const ProductRow& row) {
  database_.Ask("UPDATE products SET units_e4 = ?, price_e4 = ?, priced_on = ?, pays_back_us = ? WHERE account = ?")
      .Bind(row.units_e4)
      .Bind(row.price_e4)
      .Bind(row.priced_on)
      .Bind(row.pays_back_at)
      .Bind(row.account)
      .Run();
}

std::optional<ProductRow> Tables::Product(std::string_view account) {
  Query query = database_.Ask(
      "SELECT account, product, sales, units_e4, price_e4, priced_on, locked_until, pays_back_us, return_account"
      " FROM products WHERE account = ?");
  if (!query.Bind(account).Row()) return std::nullopt;
  return ReadProduct(query);
}

std::vector<std::string> Tables::HoldingsOf(std::string_view product) {
  Query query = database_.Ask("SELECT account FROM products WHERE product = ? ORDER BY account");
  query.Bind(product);
  return Names(std::move(query));
}

std::optional<ProductRow> Tables::NextPaidBack(absl::Time now) {
  Query query = database_.Ask(
      "SELECT account, product, sales, units_e4, price_e4, priced_on, locked_until, pays_back_us, return_account"
      " FROM products WHERE pays_back_us <= ? ORDER BY pays_back_us, account LIMIT 1");
  if (!query.Bind(now).Row()) return std::nullopt;
  return ReadProduct(query);
}

void Tables::AddIncomeNature(std::string_view nature, std::string_view source) {
  database_.Ask("INSERT INTO income_natures VALUES (?, ?)").Bind(nature).Bind(source).Run();
}

bool Tables::IsIncomeNature(std::string_view nature) {
  Query query = database_.Ask("SELECT 1 FROM income_natures WHERE nature = ?");
  return query.Bind(nature).Row();
}

void Tables::AddIncome(const IncomeRow& row) {
  database_.Ask("INSERT INTO incomes VALUES (?, ?, ?, ?, ?)")
      .Bind(row.booking)
      .Bind(row.account)
      .Bind(row.month)
      .Bind(row.amount)
      .Bind(row.left_then)
      .Run();
}

int64_t Tables::LeftOfIncome(std::string_view account, std::string_view month) {
  Query query = database_.Ask("SELECT coalesce(sum(left_then), 0) FROM incomes WHERE account = ? AND month = ?");
  query.Bind(account).Bind(month).Row();
  return query.Int();
}

void Tables::AddExtraction(const ExtractionRow& row) {
  database_.Ask("INSERT INTO extractions VALUES (?, ?, ?, ?, ?, ?)")
      .Bind(row.measure)
      .Bind(row.kept)
      .Bind(row.to_bank)
      .Bind(row.to_name)
      .Bind(row.to_account)
      .Bind(row.flow)
      .Run();
}

void Tables::SetFlow(std::string_view measure, std::string_view flow) {
  database_.Ask("UPDATE extractions SET flow = ? WHERE measure = ?").Bind(flow).Bind(measure).Run();
}

std::optional<ExtractionRow> Tables::Extraction(std::string_view measure) {
  Query query =
      database_.Ask("SELECT measure, kept, to_bank, to_name, to_account, flow FROM extractions WHERE measure = ?");
  if (!query.Bind(measure).Row()) return std::nullopt;
  ExtractionRow row;
  row.measure = query.Text(), row.kept = query.Int();
  row.to_bank = query.Text(), row.to_name = query.Text(), row.to_account = query.Text();
  row.flow = query.Text();
  return row;
}

}  // namespace eagle::bank
