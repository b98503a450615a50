#include "adapters/sdk/word_rows.h"

#include <algorithm>

#include "adapters/sdk/encumbrance/fields.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"

namespace eagle::sdk {
namespace {

constexpr uint8_t kSaidVersion = 1;
constexpr char kUnreadableWord[] = "a row of a thread can't be read: the file is damaged, or of another version";

std::string WordKey(char table, std::string_view key) { return std::string(1, table) + std::string(key); }
std::string WordKey(char table, uint64_t number) { return WordKey(table, BigEndian(number)); }
std::string Behind(char table) { return std::string(1, static_cast<char>(table + 1)); }

SaidRow SaidIn(std::string_view key, std::string_view bytes) {
  SaidRow row{.sequence = ByteReader(key.substr(1)).U64()};
  FieldReader in(bytes, kSaidVersion);
  row.thread_id = in.Text();
  GATEWAY_ASSERT(row.batch.ParseFromString(in.Text()) && in.Done(), kUnreadableWord);
  return row;
}

}  // namespace

WordTables::Positions WordTables::ReadPositions() {
  const auto bytes = transaction_.Get(std::string(1, letters_.positions));
  if (!bytes) return {};
  ByteReader in(*bytes);
  Positions out;
  out.sequence = in.U64();
  out.position = in.U64();
  GATEWAY_ASSERT(in.Done(), kUnreadableWord);
  return out;
}
void WordTables::WritePositions(const Positions& positions) {
  transaction_.Put(std::string(1, letters_.positions),
                   ByteWriter().U64(positions.sequence).U64(positions.position).Take());
}

std::optional<std::string> WordTables::RowOf(std::string_view thread_id) {
  return transaction_.Get(WordKey(letters_.rows, thread_id));
}
void WordTables::PutRow(std::string_view thread_id, std::string_view row) {
  transaction_.Put(WordKey(letters_.rows, thread_id), row);
}
std::vector<std::string> WordTables::Rows() {
  std::vector<std::string> out;
  for (auto& [key, bytes] : transaction_.Scan(std::string(1, letters_.rows), Behind(letters_.rows), SIZE_MAX))
    out.push_back(std::move(bytes));
  return out;
}

void WordTables::PutWord(std::string_view thread_id, uint64_t index, std::string_view word) {
  transaction_.Put(WordKey(letters_.words, std::string(thread_id) + BigEndian(index)), word);
}
std::vector<std::string> WordTables::WordsIn(std::string_view thread_id) {
  std::vector<std::string> out;
  const std::string prefix = WordKey(letters_.words, thread_id);
  for (auto& [key, bytes] : transaction_.Scan(prefix + BigEndian(0), prefix + BigEndian(UINT64_MAX), SIZE_MAX))
    out.push_back(std::move(bytes));
  return out;
}

uint64_t WordTables::TakeSequence() {
  Positions positions = ReadPositions();
  ++positions.sequence;
  WritePositions(positions);
  return positions.sequence;
}

void WordTables::AddSaid(const SaidRow& row) {
  transaction_.Put(WordKey(letters_.said, row.sequence),
                   FieldWriter(kSaidVersion).Text(row.thread_id).Text(row.batch.SerializeAsString()).Take());
  transaction_.Put(WordKey(letters_.pending, row.sequence), "");
}

// Of the words said, or of those among them that are pending.
std::vector<SaidRow> WordTables::AllSaid(char table, size_t limit) {
  std::vector<SaidRow> out;
  for (const auto& [key, bytes] : transaction_.Scan(std::string(1, table), Behind(table), limit)) {
    const std::string said = WordKey(letters_.said, std::string_view(key).substr(1));
    const auto row = table == letters_.said ? std::optional<std::string>(bytes) : transaction_.Get(said);
    GATEWAY_ASSERT(row.has_value(), kUnreadableWord);
    out.push_back(SaidIn(said, *row));
  }
  return out;
}

std::optional<SaidRow> WordTables::NextPending() {
  std::vector<SaidRow> next = AllSaid(letters_.pending, 1);
  if (next.empty()) return std::nullopt;
  return std::move(next.front());
}

bool WordTables::HasPending(std::string_view thread_id) {
  const std::vector<SaidRow> rows = AllSaid(letters_.pending, SIZE_MAX);
  return std::any_of(rows.begin(), rows.end(), [&](const SaidRow& row) { return row.thread_id == thread_id; });
}

void WordTables::SetRecorded(uint64_t sequence) { transaction_.Delete(WordKey(letters_.pending, sequence)); }

bool WordTables::HasSaid(std::string_view member) {
  const std::vector<SaidRow> rows = AllSaid(letters_.said, SIZE_MAX);
  return std::any_of(rows.begin(), rows.end(), [&](const SaidRow& row) {
    return std::find(row.batch.members().begin(), row.batch.members().end(), member) != row.batch.members().end();
  });
}

void WordTables::Rewind(uint64_t position) {
  for (const auto& [key, bytes] : transaction_.Scan(std::string(1, letters_.said), Behind(letters_.said), SIZE_MAX))
    transaction_.Put(WordKey(letters_.pending, std::string_view(key).substr(1)), "");
  SetPosition(std::min(Position(), position));
}

uint64_t WordTables::Position() { return ReadPositions().position; }

void WordTables::SetPosition(uint64_t position) {
  Positions positions = ReadPositions();
  positions.position = position;
  WritePositions(positions);
}

}  // namespace eagle::sdk
