// Wealth products 理财产品 that the bank keeps for its customers: an account of class kProduct whose balance is units x
// price, and a return account 回款账户 of the same holders, to which it pays back.
//
// A measure reaches both (ScopeWith), so what is paid back stays under it at every instant. Products sold for another
// house (AGENCY) are on our books, but only that house can bar or redeem them: measures reach their return account.
//
// Threads: as the core's transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "adapters/bank/book.h"

namespace eagle::bank {

// 10,002,500 from "1,000.25": a number of units, or a price, with at most four decimals, above zero or zero; absent
// when it is none, or beyond a trillion ten-thousandths.
std::optional<int64_t> ParseE4(std::string_view text);
inline constexpr int64_t kE4Max = 1'000'000'000'000;
// In minor units, rounded down. Pre: neither is negative, and the value is an amount.
int64_t ValueOf(int64_t units_e4, int64_t price_e4);
// The fewest units that are worth `amount`, at most those that are held.
int64_t UnitsFor(const ProductRow& product, int64_t amount);
// Whether it may not be paid back yet, by the bank's calendar.
bool IsLocked(const Work& work, const ProductRow& product);

// `accounts` with the return account of each product among them, before the product.
std::vector<std::string> ScopeWith(const Work& work, const std::vector<std::string>& accounts);

// Pays back so many units to the return account, inside the measures on them, those of `first` before others.
// `request` names the booking. Pre: `book` has both accounts, the product holds the units. Error: REGISTER_BROKEN.
absl::Status PayBack(const Work& work, Book& book, ProductRow product, int64_t units_e4, std::string_view first,
                     std::string request);
// What pays back by itself at this instant. Error: REGISTER_BROKEN.
absl::Status PayBackDue(const Work& work, const ProductRow& product);

// The holder redeems units 赎回; of another house's product: that house has paid back, whatever stands here.
// Errors: NOT_FOUND (no such product account), AMOUNT_INVALID (no units, more than are held, or worth nothing),
// AMOUNT_ABOVE_FREE (locked, or barred by a measure), REQUEST_ID_REUSED.
absl::Status Redeem(const Work& work, const std::string& account, int64_t units_e4, const std::string& request);

// The product's price of a day 单位净值: every holding is worth that from now on. The same again changes nothing.
// Errors: NOT_FOUND (nobody holds such a product), FIELD_INVALID (a newer price is known), AMOUNT_INVALID (the price,
// or a holding, would be no amount).
absl::Status SetPrice(const Work& work, const std::string& product, int64_t price_e4, const std::string& day);

}  // namespace eagle::bank
