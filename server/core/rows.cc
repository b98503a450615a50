#include "server/core/rows.h"

#include <algorithm>
#include <set>

#include "server/base/bytes.h"
#include "server/domain/instant.h"
#include "server/domain/waiting.h"

namespace eagle::core {
namespace {

using storage::RowChange;
using storage::Table;

constexpr size_t kPage = 1000;
// In Table::kLog.
constexpr std::string_view kWitnessingKey = "witnessing", kDirectoryHeadKey = "directory_head",
                           kObjectionPrefix = "objection/", kObjectionListPrefix = "objections/",
                           kSupervisionPrefix = "supervision/", kSupervisionListPrefix = "supervisions/",
                           kAdapterPrefix = "adapter/", kAcknowledgedPrefix = "acknowledged/",
                           kIncidentPrefix = "incident/", kPositionPrefix = "position/", kAheadPrefix = "ahead/";

absl::Status Unreadable(storage::Table table) {
  return Fail(Reason::kTablesDiffer, "a row can't be read").With("table", storage::NameOf(table));
}

std::string ObjectionKey(uint64_t index) { return std::string(kObjectionPrefix) + BigEndian(index); }
std::string SupervisionKey(uint64_t index) { return std::string(kSupervisionPrefix) + BigEndian(index); }
std::string IncidentRowKey(uint64_t index) { return std::string(kIncidentPrefix) + BigEndian(index); }
std::string PositionKey(uint32_t agency) { return std::string(kPositionPrefix) + BigEndian(agency); }
std::string AheadKey(uint64_t freeze) { return std::string(kAheadPrefix) + BigEndian(freeze); }
uint64_t NumberBehind(std::string_view prefix, std::string_view key) {
  return ByteReader(key.substr(prefix.size())).U64();
}
// A thread, by its index, in one of the lists under `prefix`.
template <typename List>
std::string ThreadListKey(std::string_view prefix, List list, uint64_t owner, uint64_t index) {
  return ByteWriter().Bytes(prefix).U8(static_cast<uint8_t>(list)).U64(owner).U64(index).Take();
}
std::string AdapterRowKey(const domain::AdapterVersion& version) {
  return std::string(kAdapterPrefix) + domain::AdapterKey(version);
}
std::string AcknowledgedKey(uint64_t ordinal) { return std::string(kAcknowledgedPrefix) + BigEndian(ordinal); }
std::vector<std::pair<ObjectionList, uint64_t>> ListsOf(const domain::ObjectionThread& thread) {
  return {{ObjectionList::kOfMeasure, thread.measure ? thread.measure.value() : thread.order.value()},
          {ObjectionList::kOfAgency, thread.agency.value()},
          {ObjectionList::kOfCourt, thread.court.value()}};
}
std::vector<std::pair<SupervisionList, uint64_t>> ListsOf(const domain::SupervisionThread& thread) {
  std::vector<std::pair<SupervisionList, uint64_t>> lists;
  std::set<CourtOrdinal> courts = {thread.court, thread.from, thread.to, thread.copied_to};
  courts.erase(CourtOrdinal());
  for (CourtOrdinal court : courts) lists.emplace_back(SupervisionList::kOfCourt, court.value());
  if (thread.to_agency) lists.emplace_back(SupervisionList::kOfAgency, thread.to_agency.value());
  return lists;
}

template <typename Set>
std::vector<typename Set::value_type> Sorted(const Set& set) {
  std::vector<typename Set::value_type> out(set.begin(), set.end());
  std::sort(out.begin(), out.end());
  return out;
}

std::string EncodeId(const domain::IdUse& use) {
  ByteWriter out;
  out.U64(use.index).U16(static_cast<uint16_t>(use.digest.size())).Bytes(use.digest).Bytes(use.refusal);
  return out.Take();
}

std::string EncodePresence(const domain::PresenceState& presence) {
  ByteWriter out;
  out.U8(presence.ever ? 1 : 0)
      .U8(presence.present ? 1 : 0)
      .I64(domain::Micros(presence.since))
      .U32(presence.most_in_flight);
  out.U16(static_cast<uint16_t>(presence.inbox.size())).Bytes(presence.inbox).Bytes(presence.declared);
  return out.Take();
}

std::string ListKey(OrderList list, uint64_t owner, uint64_t order) {
  return ByteWriter().U8(static_cast<uint8_t>(list)).U64(owner).U64(order).Take();
}

// An order comes into its lists when it is accepted, and never back into those that it has left: what an agency
// answered stays answered.
void List(const domain::Order& order, bool fresh, std::vector<RowChange>& rows) {
  const uint64_t seq = order.seq.value(), court = order.court.value(), of = order.case_seq.value();
  const auto put = [&](OrderList list, uint64_t owner) {
    rows.push_back({Table::kOrderLists, ListKey(list, owner, seq), ""});
  };
  if (fresh) put(OrderList::kOfCourt, court), put(OrderList::kOfCase, of);
  if (order.complete()) {
    rows.push_back({Table::kOrderLists, ListKey(OrderList::kOpenOfCourt, court, seq), std::nullopt});
    rows.push_back({Table::kOrderLists, ListKey(OrderList::kOpenOfCase, of, seq), std::nullopt});
  } else if (fresh) {
    put(OrderList::kOpenOfCourt, court), put(OrderList::kOpenOfCase, of);
  }
}

void Arm(domain::State& state, const domain::Deadline& deadline, uint64_t seq, domain::Timer::Kind kind) {
  if (deadline.armed()) state.timers.insert({deadline.next(), seq, kind});
}

// A thread's own row, and its places in the lists when it is new.
template <typename Thread>
void ThreadRows(const Thread& thread, std::string key, std::string_view lists, uint64_t first_index,
                std::vector<RowChange>& rows) {
  rows.push_back({Table::kLog, std::move(key), thread.Encode()});
  if (thread.index < first_index) return;
  for (const auto& [list, owner] : ListsOf(thread))
    rows.push_back({Table::kLog, ThreadListKey(lists, list, owner, thread.index), ""});
}

template <typename Thread>
absl::StatusOr<std::optional<Thread>> ThreadAt(storage::Reader& reader, std::string_view key) {
  EAGLE_ASSIGN_OR_RETURN(const auto row, reader.Get(Table::kLog, key));
  if (!row) return std::nullopt;
  EAGLE_ASSIGN_OR_RETURN(Thread thread, Thread::Decode(*row));
  return thread;
}

// `at`: reads the thread of an index.
template <typename Thread, typename List, typename At>
absl::StatusOr<std::vector<Thread>> ThreadsListed(storage::Reader& reader, std::string_view prefix, List list,
                                                  uint64_t owner, uint64_t after, size_t limit, At at) {
  std::vector<Thread> threads;
  EAGLE_ASSIGN_OR_RETURN(const std::vector<storage::Row> rows,
                         reader.Scan(Table::kLog, ThreadListKey(prefix, list, owner, after + 1), limit));
  const std::string all = ThreadListKey(prefix, list, owner, 0);
  for (const auto& [key, value] : rows) {
    if (key.size() != all.size() || key.compare(0, all.size() - 8, all, 0, all.size() - 8) != 0) break;
    EAGLE_ASSIGN_OR_RETURN(std::optional<Thread> thread,
                           at(reader, ByteReader(std::string_view(key).substr(all.size() - 8)).U64()));
    if (!thread) return Unreadable(Table::kLog);
    threads.push_back(*std::move(thread));
  }
  return threads;
}

void PositionRows(const domain::State& state, std::vector<RowChange>& rows) {
  const auto& changes = state.changes;
  for (uint64_t index : Sorted(changes.incidents)) {
    const auto it = state.incidents.find(index);
    if (it != state.incidents.end()) rows.push_back({Table::kLog, IncidentRowKey(index), it->second.Encode()});
  }
  for (const domain::Incident& cleared : changes.cleared)
    rows.push_back({Table::kLog, IncidentRowKey(cleared.index), cleared.Encode()});
  for (uint32_t agency : Sorted(changes.positions))
    rows.push_back({Table::kLog, PositionKey(agency), state.positions[agency - 1].seen.Encode()});
  for (uint64_t freeze : Sorted(changes.ahead)) {
    const auto it = state.ahead.find(freeze);
    rows.push_back(
        {Table::kLog, AheadKey(freeze), it == state.ahead.end() ? std::nullopt : std::optional(it->second.Encode())});
  }
}

// A row of the log's table that has a prefix of its own.
absl::Status LoadPrefixed(const storage::Row& row, domain::State& state) {
  const auto& [key, value] = row;
  if (key.starts_with(kObjectionPrefix)) {
    EAGLE_ASSIGN_OR_RETURN(domain::ObjectionThread thread, domain::ObjectionThread::Decode(value));
    if (thread.open()) Arm(state, thread.deadline, thread.index, domain::Timer::kOfObjection);
    state.PutObjection(std::move(thread));
  } else if (key.starts_with(kSupervisionPrefix)) {
    EAGLE_ASSIGN_OR_RETURN(domain::SupervisionThread thread, domain::SupervisionThread::Decode(value));
    if (thread.owed()) Arm(state, thread.deadline, thread.index, domain::Timer::kOfSupervision);
    state.PutSupervision(std::move(thread));
  } else if (key.starts_with(kIncidentPrefix)) {
    EAGLE_ASSIGN_OR_RETURN(domain::Incident incident, domain::Incident::Decode(value));
    if (!incident.open()) return absl::OkStatus();
    Arm(state, incident.deadline, incident.index, domain::Timer::kOfIncident);
    state.PutIncident(std::move(incident));
  } else if (key.starts_with(kPositionPrefix)) {
    const uint64_t agency = NumberBehind(kPositionPrefix, key);
    if (agency == 0 || agency > domain::kAgenciesMax) return Unreadable(Table::kLog);
    if (state.positions.size() < agency) state.positions.resize(agency);
    if (!state.positions[agency - 1].seen.Decode(value)) return Unreadable(Table::kLog);
  } else if (key.starts_with(kAheadPrefix)) {
    if (!state.ahead[NumberBehind(kAheadPrefix, key)].Decode(value)) return Unreadable(Table::kLog);
  } else if (key.starts_with(kAdapterPrefix)) {
    domain::AdapterVersion version;
    if (!domain::DecodeAdapterKey(key.substr(kAdapterPrefix.size()), version) || !state.adapters[version].Decode(value))
      return Unreadable(Table::kLog);
  } else if (key.starts_with(kAcknowledgedPrefix)) {
    ByteReader in(std::string_view(key).substr(kAcknowledgedPrefix.size()));
    const auto ordinal = static_cast<uint32_t>(in.U64());
    if (!in.Done() || !state.acknowledged[ordinal].Decode(value)) return Unreadable(Table::kLog);
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<RowChange> TakeRows(domain::State& state, uint64_t first_index) {
  auto& changes = state.changes;
  std::vector<RowChange> rows;
  for (uint64_t seq : Sorted(changes.orders)) {
    const domain::Order& order = state.orders.at(seq);
    rows.push_back({Table::kOrders, BigEndian(seq), order.Encode()});
    List(order, /*fresh=*/seq >= first_index, rows);
  }
  for (uint64_t seq : Sorted(changes.cases)) {
    const domain::Case& of = state.cases.at(seq);
    rows.push_back({Table::kCases, BigEndian(seq), of.Encode()});
    if (seq >= first_index)
      rows.push_back({Table::kCaseNumbers, domain::CaseNumberKey(of.court, of.number_tag), BigEndian(seq)});
  }
  for (const std::string& id : changes.ids) rows.push_back({Table::kIds, id, EncodeId(state.ids.at(id))});
  for (const std::string& key : changes.sequences) {
    const domain::SequenceUse& use = state.sequences.at(key);
    rows.push_back({Table::kSequences, key, BigEndian(use.index) + use.head_digest});
  }
  for (uint32_t ordinal : Sorted(changes.presence)) {
    rows.push_back({Table::kAgencies, BigEndian(ordinal), EncodePresence(state.presence[ordinal - 1])});
  }
  if (changes.directory_head)
    rows.push_back({Table::kLog, std::string(kDirectoryHeadKey), state.directory_head.Encode()});
  for (const domain::AdapterVersion& version : changes.adapters)
    rows.push_back({Table::kLog, AdapterRowKey(version), state.adapters.at(version).Encode()});
  for (uint32_t ordinal : changes.acknowledged)
    rows.push_back({Table::kLog, AcknowledgedKey(ordinal), state.acknowledged.at(ordinal).Encode()});
  for (const std::string& tag : Sorted(changes.readers))
    rows.push_back({Table::kReaders, tag, state.readers.at(tag).Encode()});
  for (uint64_t index : Sorted(changes.objections))
    ThreadRows(state.objections.at(index), ObjectionKey(index), kObjectionListPrefix, first_index, rows);
  for (uint64_t index : Sorted(changes.supervisions))
    ThreadRows(state.supervisions.at(index), SupervisionKey(index), kSupervisionListPrefix, first_index, rows);
  PositionRows(state, rows);
  if (changes.witnessing) rows.push_back({Table::kLog, std::string(kWitnessingKey), state.witnessing.Encode()});
  std::vector<uint64_t> streams;
  for (const auto& [stream, indexes] : changes.streams) streams.push_back(stream);
  std::sort(streams.begin(), streams.end());
  for (uint64_t stream : streams) {
    ByteWriter indexes;
    for (uint64_t index : changes.streams.at(stream)) indexes.U64(index);
    rows.push_back({Table::kStreams, BigEndian(stream) + BigEndian(first_index), indexes.Take()});
  }
  const bool directory = changes.directory;
  changes = {};
  changes.directory = directory;
  return rows;
}

absl::StatusOr<std::optional<domain::ObjectionThread>> ObjectionAt(storage::Reader& reader, uint64_t index) {
  return ThreadAt<domain::ObjectionThread>(reader, ObjectionKey(index));
}

absl::StatusOr<std::vector<domain::ObjectionThread>> ObjectionsListed(storage::Reader& reader, ObjectionList list,
                                                                      uint64_t owner, uint64_t after, size_t limit) {
  return ThreadsListed<domain::ObjectionThread>(reader, kObjectionListPrefix, list, owner, after, limit, ObjectionAt);
}

absl::StatusOr<std::optional<domain::SupervisionThread>> SupervisionAt(storage::Reader& reader, uint64_t index) {
  return ThreadAt<domain::SupervisionThread>(reader, SupervisionKey(index));
}

absl::StatusOr<std::vector<domain::SupervisionThread>> SupervisionListed(storage::Reader& reader, SupervisionList list,
                                                                         uint64_t owner, uint64_t after, size_t limit) {
  return ThreadsListed<domain::SupervisionThread>(reader, kSupervisionListPrefix, list, owner, after, limit,
                                                  SupervisionAt);
}

absl::StatusOr<std::vector<domain::Incident>> IncidentsPast(storage::Reader& reader, uint64_t after, size_t limit) {
  std::vector<domain::Incident> incidents;
  EAGLE_ASSIGN_OR_RETURN(const std::vector<storage::Row> rows,
                         reader.Scan(Table::kLog, IncidentRowKey(after + 1), limit));
  for (const auto& [key, value] : rows) {
    if (!key.starts_with(kIncidentPrefix)) break;
    EAGLE_ASSIGN_OR_RETURN(domain::Incident incident, domain::Incident::Decode(value));
    incidents.push_back(std::move(incident));
  }
  return incidents;
}

absl::StatusOr<domain::PositionSeen> PositionAt(storage::Reader& reader, AgencyOrdinal agency) {
  domain::PositionSeen seen;
  EAGLE_ASSIGN_OR_RETURN(const auto row, reader.Get(Table::kLog, PositionKey(agency.value())));
  if (row && !seen.Decode(*row)) return Unreadable(Table::kLog);
  return seen;
}

absl::StatusOr<domain::IdUse> DecodeIdUse(std::string_view row) {
  ByteReader in(row);
  domain::IdUse use{.index = in.U64()};
  use.digest = in.Bytes(in.U16());
  use.refusal = in.Rest();
  if (!in.Done()) return Unreadable(Table::kIds);
  return use;
}

absl::Status ForEachRow(storage::Reader& reader, Table table,
                        const std::function<absl::Status(const storage::Row&)>& visit) {
  std::string from;
  while (true) {
    EAGLE_ASSIGN_OR_RETURN(const std::vector<storage::Row> page, reader.Scan(table, from, kPage));
    for (const storage::Row& row : page) EAGLE_RETURN_IF_ERROR(visit(row));
    if (page.size() < kPage) return absl::OkStatus();
    from = page.back().first + '\0';
  }
}

absl::StatusOr<std::vector<uint64_t>> StreamIndexes(storage::Reader& reader, uint64_t stream) {
  std::vector<uint64_t> indexes;
  const std::string prefix = BigEndian(stream);
  std::string from = prefix;
  while (true) {
    EAGLE_ASSIGN_OR_RETURN(const std::vector<storage::Row> page, reader.Scan(Table::kStreams, from, kPage));
    for (const auto& [key, value] : page) {
      if (key.compare(0, prefix.size(), prefix) != 0) return indexes;
      ByteReader in(value);
      while (in.remaining() >= 8) indexes.push_back(in.U64());
      if (!in.Done()) return Unreadable(Table::kStreams);
    }
    if (page.size() < kPage) return indexes;
    from = page.back().first + '\0';
  }
}

absl::StatusOr<std::vector<OrderSeq>> OrdersListed(storage::Reader& reader, OrderList list, uint64_t owner,
                                                   OrderSeq after, size_t limit) {
  std::vector<OrderSeq> orders;
  EAGLE_ASSIGN_OR_RETURN(const std::vector<storage::Row> rows,
                         reader.Scan(Table::kOrderLists, ListKey(list, owner, after.value() + 1), limit));
  const std::string all = ListKey(list, owner, 0);
  for (const auto& [key, value] : rows) {
    if (key.size() != all.size()) return Unreadable(Table::kOrderLists);
    if (key.compare(0, all.size() - 8, all, 0, all.size() - 8) != 0) break;
    orders.push_back(OrderSeq(ByteReader(std::string_view(key).substr(all.size() - 8)).U64()));
  }
  return orders;
}

absl::Status LoadRows(storage::Reader& reader, domain::State& state) {
  EAGLE_ASSIGN_OR_RETURN(const auto witnessing, reader.Get(Table::kLog, kWitnessingKey));
  if (witnessing && !state.witnessing.Decode(*witnessing)) return Unreadable(Table::kLog);
  EAGLE_ASSIGN_OR_RETURN(const auto head, reader.Get(Table::kLog, kDirectoryHeadKey));
  if (head && !state.directory_head.Decode(*head)) return Unreadable(Table::kLog);
  EAGLE_RETURN_IF_ERROR(ForEachRow(reader, Table::kOrders, [&](const storage::Row& row) -> absl::Status {
    EAGLE_ASSIGN_OR_RETURN(domain::Order order, domain::Order::Decode(row.second));
    if (order.waits) {
      domain::StartWaiting(state, order);
    } else if (!order.complete()) {
      Arm(state, order.deadline, order.seq.value(), domain::Timer::kOfOrder);
    }
    if (order.AwaitsWitnesses(state.witnessing.size)) state.witnessing.waiting[order.seq.value()] = order.accepted_at;
    const uint64_t seq = order.seq.value();
    state.orders.emplace(seq, std::move(order));
    return absl::OkStatus();
  }));
  EAGLE_RETURN_IF_ERROR(ForEachRow(reader, Table::kCases, [&](const storage::Row& row) -> absl::Status {
    EAGLE_ASSIGN_OR_RETURN(domain::Case of, domain::Case::Decode(row.second));
    Arm(state, of.surplus, of.seq.value(), domain::Timer::kOfCase);
    state.case_numbers[domain::CaseNumberKey(of.court, of.number_tag)] = of.seq.value();
    const uint64_t seq = of.seq.value();
    state.cases.emplace(seq, std::move(of));
    return absl::OkStatus();
  }));
  EAGLE_RETURN_IF_ERROR(ForEachRow(reader, Table::kLog,
                                   [&](const storage::Row& row) -> absl::Status { return LoadPrefixed(row, state); }));
  EAGLE_RETURN_IF_ERROR(ForEachRow(reader, Table::kIds, [&](const storage::Row& row) -> absl::Status {
    EAGLE_ASSIGN_OR_RETURN(state.ids[row.first], DecodeIdUse(row.second));
    return absl::OkStatus();
  }));
  EAGLE_RETURN_IF_ERROR(ForEachRow(reader, Table::kSequences, [&](const storage::Row& row) -> absl::Status {
    ByteReader in(row.second);
    const uint64_t index = in.U64();
    state.sequences[row.first] = {std::string(in.Rest()), index};
    return in.ok() ? absl::OkStatus() : Unreadable(Table::kSequences);
  }));
  EAGLE_RETURN_IF_ERROR(ForEachRow(reader, Table::kReaders, [&](const storage::Row& row) -> absl::Status {
    return state.readers[row.first].Decode(row.second) ? absl::OkStatus() : Unreadable(Table::kReaders);
  }));
  return ForEachRow(reader, Table::kAgencies, [&](const storage::Row& row) -> absl::Status {
    const uint64_t ordinal = ByteReader(row.first).U64();
    ByteReader in(row.second);
    domain::PresenceState presence{
        .ever = in.U8() != 0, .present = in.U8() != 0, .since = domain::FromMicros(in.I64())};
    presence.most_in_flight = in.U32();
    presence.inbox = in.Bytes(in.U16());
    presence.declared = in.Rest();
    if (!in.Done() || ordinal == 0 || ordinal > 1'000'000) return Unreadable(Table::kAgencies);
    if (state.presence.size() < ordinal) state.presence.resize(ordinal);
    state.presence[ordinal - 1] = std::move(presence);
    return absl::OkStatus();
  });
}

}  // namespace eagle::core
