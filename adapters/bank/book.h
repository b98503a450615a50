// Book: accounts with everything that stands on them, from the tables into the register of encumbrances and back.
//
//   EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(work, {account}));
//   EAGLE_RETURN_IF_ERROR(book.entries().Credit(account, amount));
//   work.tables.AddBooking({... the same movement ...});
//   book.Save();                       // rows, and the events of measures of our orders into the outbox
//
// Balances are not stored twice: the ledger has them, and Save insists that the register came to the same ones.
// Threads: as the tables.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/bank/kind.h"
#include "adapters/bank/tables.h"
#include "adapters/sdk/encumbrance/register.h"

namespace eagle::bank {

// One transaction of the core at one instant.
struct Work {
  Tables& tables;
  absl::Time now;
  absl::TimeZone zone;
  std::string agency;  // our code
  const Kind& kind;    // of office
};

// Which accounts a freeze uses before others.
sdk::AccountClass ClassOf(const Kind& kind, const AccountRow& account);

class Book {
 public:
  // `accounts`, and all that hang together with them by live measures. `also` is loaded even if it has ended.
  // Error: REGISTER_BROKEN.
  static absl::StatusOr<Book> Load(const Work& work, const std::vector<std::string>& accounts,
                                   std::string_view also = "");

  sdk::EncumbranceRegister& entries() { return register_; }
  const sdk::EncumbranceRegister& entries() const { return register_; }

  // Places a measure; whose it is (`row.operation`, `row.person`) goes with it into the tables. Errors and `first`: as
  // EncumbranceRegister::Place.
  absl::Status Place(MeasureRow row, std::string_view first = "");
  // An order takes over a measure that the counter entered. Pre: it is loaded, and no order's yet.
  void TakeOver(const std::string& measure, const sdk::Operation& operation);
  // The measure in the words of the contract, with what a bank knows beyond the register: units of a product, payments
  // of extracted income that aren't settled (not taken yet, so still a part of the limit), a product that another house
  // keeps (never CONTROLLED). Pre: loaded or placed.
  v1::MeasureState State(const std::string& measure) const;
  v1::ItemResult Item(const std::string& measure) const;
  // Writes what changed since Load or the last Save. Pre: the bookings of the same movements are made.
  void Save();

 private:
  Book(const Work& work, sdk::EncumbranceRegister entries) : work_(&work), register_(std::move(entries)) {}
  const Work* work_;
  sdk::EncumbranceRegister register_;
  std::map<std::string, MeasureRow, std::less<>> rows_;  // as loaded or placed: for what the register doesn't know
};

// Measures whose terms ended by `work.now` end, each at its own instant, and those behind them move up; products that
// pay back by themselves do, in the same order of time. Every transaction of the core begins with it, so whatever else
// is loaded is up to date. Error: REGISTER_BROKEN.
absl::Status CatchUp(const Work& work);
// Whether it would change anything.
bool IsBehind(const Work& work);

}  // namespace eagle::bank
