// The snapshot: what the fold changed becomes rows of the store's tables, and rows become the public half of a state.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/ids.h"
#include "server/domain/state.h"
#include "server/storage/store.h"

namespace eagle::core {

// Empties state.changes (but its `directory` mark) into rows, in a fixed order. `first_index`: of the commit that they
// belong to.
std::vector<storage::RowChange> TakeRows(domain::State& state, uint64_t first_index);

// The public half of a state from the tables, timers armed. Errors: TABLES_DIFFER; the store's own.
absl::Status LoadRows(storage::Reader& reader, domain::State& state);

// A row of the table of ids (order ids and request ids). Errors: TABLES_DIFFER.
absl::StatusOr<domain::IdUse> DecodeIdUse(std::string_view row);

// The entries of one stream, in order. Errors: the store's own.
absl::StatusOr<std::vector<uint64_t>> StreamIndexes(storage::Reader& reader, uint64_t stream);

// Objections in the ways in which they are listed, each oldest first: of a freeze in question (of an inquiry: of that
// order), of the agency that objects, of the court that answers. All stay in their lists.
enum class ObjectionList : uint8_t { kOfMeasure = 1, kOfAgency = 2, kOfCourt = 3 };
// At most `limit` objections of one owner's list, those past the index `after`. Errors: TABLES_DIFFER; the store's own.
absl::StatusOr<std::vector<domain::ObjectionThread>> ObjectionsListed(storage::Reader& reader, ObjectionList list,
                                                                      uint64_t owner, uint64_t after, size_t limit);
// Absent: that entry raised none.
absl::StatusOr<std::optional<domain::ObjectionThread>> ObjectionAt(storage::Reader& reader, uint64_t index);

// Supervision orders in the ways in which they are listed, each oldest first: of every court that they concern (it
// issued one, is addressed, gets the copy, or it is about its case), of the agency addressed. All stay in their lists.
enum class SupervisionList : uint8_t { kOfCourt = 1, kOfAgency = 2 };
absl::StatusOr<std::vector<domain::SupervisionThread>> SupervisionListed(storage::Reader& reader, SupervisionList list,
                                                                         uint64_t owner, uint64_t after, size_t limit);
// Absent: that entry issued none.
absl::StatusOr<std::optional<domain::SupervisionThread>> SupervisionAt(storage::Reader& reader, uint64_t index);

// At most `limit` incidents past the index `after`, oldest first, those that were cleared too. Errors: TABLES_DIFFER;
// the store's own.
absl::StatusOr<std::vector<domain::Incident>> IncidentsPast(storage::Reader& reader, uint64_t after, size_t limit);
// How far the agency's statements have come; an empty row when it never stated anything. Errors: as before.
absl::StatusOr<domain::PositionSeen> PositionAt(storage::Reader& reader, AgencyOrdinal agency);

// Orders in the ways in which they are listed, each by order of acceptance. The open ones leave theirs when every
// agency has answered.
enum class OrderList : uint8_t { kOfCourt = 1, kOpenOfCourt = 2, kOfCase = 3, kOpenOfCase = 4 };
// At most `limit` orders of the list of one court (its ordinal) or case (its sequence), those past `after`: as many
// rows are read. Errors: the store's own.
absl::StatusOr<std::vector<OrderSeq>> OrdersListed(storage::Reader& reader, OrderList list, uint64_t owner,
                                                   OrderSeq after, size_t limit);

// Calls visit(row) for every row of a table in key order, page by page, until it returns an error.
absl::Status ForEachRow(storage::Reader& reader, storage::Table table,
                        const std::function<absl::Status(const storage::Row&)>& visit);

}  // namespace eagle::core
