// What moved on the accounts that an inquiry found 往来交易.
#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "adapters/bank/acts.h"
#include "server/base/civil_day.h"
#include "server/trust/timestamps.h"

namespace eagle::bank {
namespace {

// Of a receipt's room (adapters/sdk/answer.cc) what movements may take; balances and prior measures go first.
constexpr size_t kMovementsBytesMax = 40 * 1024;
constexpr size_t kMovementFraming = 8;

// The other side, when there is one and it is a customer's.
void PutCounterparty(const Work& work, const BookingRow& booking, const std::string& account,
                     v1::Transaction& movement) {
  std::map<std::string, int64_t> others;
  for (const Entry& entry : booking.entries)
    if (entry.account != account) others[entry.account] += entry.amount;
  if (others.size() != 1) return;
  const std::optional<AccountRow> other = work.tables.Account(others.begin()->first);
  if (!other || other->kind == kInternal) return;
  std::string names;
  for (const CustomerRow& holder : work.tables.HoldersOf(other->account))
    absl::StrAppend(&names, names.empty() ? "" : "、", holder.name);
  movement.set_counterparty_name(names);
  movement.set_counterparty_account(other->account);
  movement.set_counterparty_bank(work.agency);
}

std::vector<v1::Transaction> MovementsOn(const Work& work, const std::string& account, absl::Time from,
                                         absl::Time until) {
  std::vector<v1::Transaction> out;
  int64_t balance = work.tables.BalanceBefore(account, from);
  for (const BookingRow& booking : work.tables.BookingsOn(account, from, until)) {
    int64_t amount = 0;
    for (const Entry& entry : booking.entries)
      if (entry.account == account) amount += entry.amount;
    if (amount == 0) continue;  // in and out at once
    balance += amount;
    v1::Transaction& movement = out.emplace_back();
    movement.set_reference(BookingReference(work, booking.booking));
    *movement.mutable_booked_at() = trust::TimestampOf(booking.at);
    movement.set_amount_minor_units(amount);
    movement.set_kind(booking.kind);
    movement.set_balance_known(true);
    movement.set_balance_after_minor_units(balance);
    PutCounterparty(work, booking, account, movement);
  }
  return out;
}

}  // namespace

void AddMovements(const Work& work, const v1::DayRange& days, sdk::Answer& answer) {
  const absl::Time from = absl::FromCivil(*ParseCivilDay(days.first_day()), work.zone);
  const absl::Time until = absl::FromCivil(*ParseCivilDay(days.last_day()) + 1, work.zone);
  struct Place {
    v1::Transactions* of;
    v1::Transaction movement;
  };
  std::vector<Place> all;
  for (v1::ItemResult& item : answer.items) {
    if (!item.has_finding()) continue;
    v1::Transactions& of = *item.mutable_finding()->mutable_transactions();
    for (v1::Transaction& movement : MovementsOn(work, item.finding().asset_number(), from, until))
      all.push_back({&of, std::move(movement)});
  }
  const auto at = [](const Place& place) { return trust::TimeOf(place.movement.booked_at()); };
  std::stable_sort(all.begin(), all.end(), [&](const Place& a, const Place& b) { return at(a) < at(b); });
  // The newest, over all accounts, as long as there is room.
  auto first = all.end();
  for (size_t room = kMovementsBytesMax; first != all.begin(); --first) {
    const size_t bytes = std::prev(first)->movement.ByteSizeLong() + kMovementFraming;
    if (bytes > room) break;
    room -= bytes;
  }
  for (auto place = all.begin(); place != first; ++place) place->of->set_omitted(place->of->omitted() + 1);
  for (auto place = first; place != all.end(); ++place) *place->of->add_list() = std::move(place->movement);
}

}  // namespace eagle::bank
