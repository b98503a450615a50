#include "adapters/bank/products.h"

#include <algorithm>
#include <utility>

#include "absl/numeric/int128.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/assert.h"
#include "server/base/civil_day.h"
#include "server/base/money.h"
#include "server/base/reason.h"

namespace eagle::bank {
namespace {

constexpr int64_t kScale = 1'000'000;  // units_e4 x price_e4 in minor units, of which a unit of currency has 100

}  // namespace

std::optional<int64_t> ParseE4(std::string_view text) {
  std::string digits;
  int decimals = -1;
  for (const char c : text) {
    if (c == ',' && decimals < 0 && !digits.empty()) continue;
    if (c == '.' && decimals < 0 && !digits.empty()) {
      decimals = 0;
    } else if (c >= '0' && c <= '9' && decimals < 4) {
      digits += c;
      if (decimals >= 0) ++decimals;
    } else {
      return std::nullopt;
    }
  }
  if (digits.empty() || decimals == 0) return std::nullopt;
  digits.append(static_cast<size_t>(4 - std::max(decimals, 0)), '0');
  int64_t number = 0;
  if (!absl::SimpleAtoi(digits, &number) || number > kE4Max) return std::nullopt;
  return number;
}

int64_t ValueOf(int64_t units_e4, int64_t price_e4) {
  return static_cast<int64_t>(absl::int128(units_e4) * price_e4 / kScale);
}

int64_t UnitsFor(const ProductRow& product, int64_t amount) {
  const absl::int128 units = (absl::int128(amount) * kScale + product.price_e4 - 1) / product.price_e4;
  return units < product.units_e4 ? static_cast<int64_t>(units) : product.units_e4;
}

bool IsLocked(const Work& work, const ProductRow& product) {
  return !product.locked_until.empty() && absl::ToCivilDay(work.now, work.zone) < *ParseCivilDay(product.locked_until);
}

std::vector<std::string> ScopeWith(const Work& work, const std::vector<std::string>& accounts) {
  std::vector<std::string> scope;
  const auto add = [&](const std::string& account) {
    if (std::find(scope.begin(), scope.end(), account) == scope.end()) scope.push_back(account);
  };
  for (const std::string& account : accounts) {
    if (const std::optional<ProductRow> product = work.tables.Product(account)) add(product->return_account);
    add(account);
  }
  return scope;
}

absl::Status PayBack(const Work& work, Book& book, ProductRow product, int64_t units_e4, std::string_view first,
                     std::string request) {
  GATEWAY_ASSERT(units_e4 > 0 && units_e4 <= product.units_e4, "callers look at what is held");
  product.units_e4 -= units_e4;
  const int64_t value =
      book.entries().FindAsset(product.account)->balance - ValueOf(product.units_e4, product.price_e4);
  if (product.units_e4 == 0) product.pays_back_at.reset();
  work.tables.PutProduct(product);
  if (value == 0) return absl::OkStatus();
  EAGLE_RETURN_IF_ERROR(book.entries().Move(product.account, product.return_account, value, first));
  work.tables.AddBooking({.at = work.now,
                          .kind = "REDEMPTION",
                          .request = std::move(request),
                          .entries = {{product.account, -value}, {product.return_account, value}}});
  return absl::OkStatus();
}

absl::Status PayBackDue(const Work& work, const ProductRow& product) {
  ProductRow due = product;
  due.pays_back_at.reset();
  work.tables.PutProduct(due);
  if (due.units_e4 == 0) return absl::OkStatus();
  EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(work, {due.account, due.return_account}));
  EAGLE_RETURN_IF_ERROR(PayBack(work, book, due, due.units_e4, "",
                                absl::StrCat("matured/", due.account, "/", absl::ToUnixMicros(work.now))));
  book.Save();
  return absl::OkStatus();
}

absl::Status Redeem(const Work& work, const std::string& account, int64_t units_e4, const std::string& request) {
  if (const std::optional<BookingRow> done = work.tables.BookingOfRequest(request)) {
    if (done->kind == "REDEMPTION" && done->entries.front().account == account) return absl::OkStatus();
    return Fail(Reason::kRequestIdReused, "this request was used for another booking").With("booking", done->booking);
  }
  const std::optional<ProductRow> product = work.tables.Product(account);
  if (!product) return Fail(Reason::kNotFound, "no customer has such a product");
  if (units_e4 <= 0 || units_e4 > product->units_e4)
    return Fail(Reason::kAmountInvalid, "units are above zero, and no more than are held")
        .With("held_e4", product->units_e4);
  EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(work, {account, product->return_account}));
  const int64_t value =
      book.entries().FindAsset(account)->balance - ValueOf(product->units_e4 - units_e4, product->price_e4);
  if (value == 0) return Fail(Reason::kAmountInvalid, "so few units are worth nothing");
  if (product->own && IsLocked(work, *product))
    return Fail(Reason::kAmountAboveFree, "the product is locked").With("until", product->locked_until);
  if (product->own && value > book.entries().Available(account))
    return Fail(Reason::kAmountAboveFree, "more than is free of the product");
  EAGLE_RETURN_IF_ERROR(PayBack(work, book, *product, units_e4, "", request));
  book.Save();
  return absl::OkStatus();
}

absl::Status SetPrice(const Work& work, const std::string& product, int64_t price_e4, const std::string& day) {
  const std::vector<std::string> holdings = work.tables.HoldingsOf(product);
  if (holdings.empty()) return Fail(Reason::kNotFound, "nobody here holds such a product");
  if (price_e4 <= 0 || price_e4 > kE4Max) return Fail(Reason::kAmountInvalid, "a price is above zero");
  for (const std::string& account : holdings) {
    ProductRow row = *work.tables.Product(account);
    if (day < row.priced_on)
      return Fail(Reason::kFieldInvalid, "a newer price is known")
          .At("day", absl::StrCat("must be ", row.priced_on, " or later"));
    if (absl::int128(row.units_e4) * price_e4 / kScale > kAmountBoundMinorUnits)
      return Fail(Reason::kAmountInvalid, "a holding would be worth more than any amount").With("account", account);
    row.price_e4 = price_e4, row.priced_on = day;
    const int64_t change = ValueOf(row.units_e4, price_e4) - work.tables.Balance(account);
    work.tables.PutProduct(row);
    if (change == 0) continue;
    const std::string other = work.tables.InternalAccount(kOpening, work.tables.Account(account)->currency);
    work.tables.AddBooking({.at = work.now, .kind = "REVALUATION", .entries = {{other, -change}, {account, change}}});
    // Loading finds what the balance gained or lost, and tells of it.
    EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(work, {account}));
    book.Save();
  }
  return absl::OkStatus();
}

}  // namespace eagle::bank
