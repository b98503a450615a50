#include "adapters/sdk/objection_rows.h"

#include <algorithm>

#include "adapters/sdk/encumbrance/fields.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"

namespace eagle::sdk {
namespace {

constexpr uint8_t kRowVersion = 1;
constexpr std::string_view kPositions = "j";
constexpr char kUnreadable[] = "a row of an objection can't be read: the file is damaged, or of another version";

std::string At(char table, std::string_view key) { return std::string(1, table) + std::string(key); }
std::string At(char table, uint64_t number) { return At(table, BigEndian(number)); }

struct Positions {
  uint64_t sequence = 0, position = 0;
};
Positions PositionsIn(InboxTransaction& transaction) {
  const auto bytes = transaction.Get(kPositions);
  if (!bytes) return {};
  ByteReader in(*bytes);
  Positions out;
  out.sequence = in.U64();
  out.position = in.U64();
  GATEWAY_ASSERT(in.Done(), kUnreadable);
  return out;
}
void PutPositions(const Positions& positions, InboxTransaction& transaction) {
  transaction.Put(kPositions, ByteWriter().U64(positions.sequence).U64(positions.position).Take());
}

ObjectionRow RowIn(std::string_view bytes) {
  FieldReader in(bytes, kRowVersion);
  ObjectionRow row;
  row.id = in.Text(), row.order_id = in.Text(), row.freeze_id = in.Text(), row.court = in.Text();
  row.ground = in.Text();
  row.phase = static_cast<ObjectionPhase>(in.U8());
  row.raised_at = in.Time(), row.due_at = in.MaybeTime();
  row.why = in.Text();
  GATEWAY_ASSERT(in.Done(), kUnreadable);
  return row;
}

SaidRow SaidIn(std::string_view key, std::string_view bytes) {
  SaidRow row{.sequence = ByteReader(key.substr(1)).U64()};
  FieldReader in(bytes, kRowVersion);
  row.objection_id = in.Text();
  GATEWAY_ASSERT(row.batch.ParseFromString(in.Text()) && in.Done(), kUnreadable);
  return row;
}

}  // namespace

std::string_view ObjectionPhaseName(ObjectionPhase phase) {
  switch (phase) {
    case ObjectionPhase::kSaid:
      return "SAID";
    case ObjectionPhase::kOpen:
      return "OPEN";
    case ObjectionPhase::kRefused:
      return "REFUSED";
    case ObjectionPhase::kWithdrawn:
      return "WITHDRAWN";
    case ObjectionPhase::kUpheld:
      return "UPHELD";
    case ObjectionPhase::kRejected:
      return "REJECTED";
    case ObjectionPhase::kAmended:
      return "AMENDED";
  }
  return "UNKNOWN";
}

std::optional<ObjectionRow> ObjectionTables::Find(std::string_view id) {
  const auto bytes = transaction_.Get(At('k', id));
  if (!bytes) return std::nullopt;
  return RowIn(*bytes);
}

void ObjectionTables::Put(const ObjectionRow& row) {
  FieldWriter out(kRowVersion);
  out.Text(row.id).Text(row.order_id).Text(row.freeze_id).Text(row.court).Text(row.ground);
  out.U8(static_cast<uint8_t>(row.phase)).Time(row.raised_at).Time(row.due_at).Text(row.why);
  transaction_.Put(At('k', row.id), out.Take());
}

std::vector<ObjectionRow> ObjectionTables::All() {
  std::vector<ObjectionRow> out;
  for (const auto& [key, bytes] : transaction_.Scan("k", "l", SIZE_MAX)) out.push_back(RowIn(bytes));
  return out;
}

void ObjectionTables::AddWord(const v1::ObjectionWord& word) {
  transaction_.Put(At('v', word.objection_id() + BigEndian(word.journal_index())), word.SerializeAsString());
}

std::vector<v1::ObjectionWord> ObjectionTables::Words(std::string_view objection_id) {
  std::vector<v1::ObjectionWord> out;
  const std::string prefix = At('v', objection_id);
  for (const auto& [key, bytes] : transaction_.Scan(prefix + BigEndian(0), prefix + BigEndian(UINT64_MAX), SIZE_MAX))
    GATEWAY_ASSERT(out.emplace_back().ParseFromString(bytes), kUnreadable);
  return out;
}

uint64_t ObjectionTables::TakeSequence() {
  Positions positions = PositionsIn(transaction_);
  ++positions.sequence;
  PutPositions(positions, transaction_);
  return positions.sequence;
}

void ObjectionTables::AddSaid(const SaidRow& row) {
  transaction_.Put(At('u', row.sequence),
                   FieldWriter(kRowVersion).Text(row.objection_id).Text(row.batch.SerializeAsString()).Take());
  transaction_.Put(At('f', row.sequence), "");
}

bool ObjectionTables::HasSaid(std::string_view member) {
  const auto rows = transaction_.Scan("u", "v", SIZE_MAX);
  return std::any_of(rows.begin(), rows.end(), [&](const auto& row) {
    const SaidRow said = SaidIn(row.first, row.second);
    return std::find(said.batch.members().begin(), said.batch.members().end(), member) != said.batch.members().end();
  });
}

std::optional<SaidRow> ObjectionTables::NextPending() {
  const auto pending = transaction_.Scan("f", "g", 1);
  if (pending.empty()) return std::nullopt;
  const std::string key = At('u', std::string_view(pending.front().first).substr(1));
  const auto bytes = transaction_.Get(key);
  GATEWAY_ASSERT(bytes.has_value(), kUnreadable);
  return SaidIn(key, *bytes);
}

void ObjectionTables::SetRecorded(uint64_t sequence) { transaction_.Delete(At('f', sequence)); }

void ObjectionTables::Rewind(uint64_t position) {
  for (const auto& [key, bytes] : transaction_.Scan("u", "v", SIZE_MAX)) transaction_.Put(At('f', key.substr(1)), "");
  SetPosition(std::min(Position(), position));
}

uint64_t ObjectionTables::Position() { return PositionsIn(transaction_).position; }

void ObjectionTables::SetPosition(uint64_t position) {
  Positions positions = PositionsIn(transaction_);
  positions.position = position;
  PutPositions(positions, transaction_);
}

}  // namespace eagle::sdk
