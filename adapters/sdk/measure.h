// From the register of encumbrances to the words of the contract, for adapters that keep their measures in
// EncumbranceRegister.
//
//   EAGLE_RETURN_IF_ERROR(book.Place(EncumbranceOf(request, scope)));
//   answer.items.push_back(ItemOf(book, request.operation.Text()));   // PARTLY_CONTROLLED 61,350.27 + 18,649.73, rank
//   1 for (const Change& change : book.TakeChanges()) {
//     if (auto event = EventOf(book, change)) tables.AppendChange(*event);
//   }
//
// A thing counts as 1 in the register; in an answer it counts as `thing_value`, the limit of its order (0 = unknown).
// served_at and served_sequence are the agent's to fill in: it knows the arrival of the order that made the measure.
// Only a measure that came in at a counter, and that an order took over, brings them along.
//
// Threads: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/sdk/changes.h"
#include "adapters/sdk/encumbrance/register.h"
#include "adapters/sdk/ports.h"
#include "goldeneagle/v1/receipt.pb.h"

namespace eagle::sdk {

namespace v1 = ::goldeneagle::v1;

// How many prior measures one answer names; the rank tells how many there are.
inline constexpr size_t kPriorMeasuresMax = 32;

v1::PriorMeasure PriorOf(const Encumbrance& row);
// Where the measure stands. Pre: the register has it.
v1::MeasureState MeasureOf(const EncumbranceRegister& book, std::string_view id, int64_t thing_value = 0);
// UNDER_REVIEW, WAITLISTED, CONTROLLED, PARTLY_CONTROLLED; NOT_CONTROLLED when it ended.
v1::Outcome OutcomeOf(const Encumbrance& row);
v1::ItemResult ItemOf(const EncumbranceRegister& book, std::string_view id, int64_t thing_value = 0);
v1::MeasureChange ChangeOf(ChangeKind kind);

// The row that a freeze order asks for: id = the operation, rank = its arrival. Pre: request.order has a freeze.
Encumbrance EncumbranceOf(const Request& request, std::vector<std::string> scope);
// The event that tells of `change`; absent for measures that no order of ours made (their id is no operation). Sequence
// 0.
std::optional<RegisterChange> EventOf(const EncumbranceRegister& book, const Change& change, int64_t thing_value = 0);

}  // namespace eagle::sdk
