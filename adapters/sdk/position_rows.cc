#include "adapters/sdk/position_rows.h"

#include "adapters/sdk/encumbrance/fields.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"

namespace eagle::sdk {
namespace {

constexpr std::string_view kPositionMeta = "e";
constexpr char kPartTable = 'h';
constexpr uint8_t kPositionVersion = 1;
constexpr size_t kPartsAtOnce = 256;
constexpr char kBroken[] = "a row of the daily statement can't be read: the file is damaged, or of another version";

std::string PartKey(uint64_t sequence) { return std::string(1, kPartTable) + BigEndian(sequence); }
std::string BehindParts() { return std::string(1, kPartTable + 1); }

}  // namespace

PositionMeta PositionTables::Meta() {
  const auto bytes = transaction_.Get(kPositionMeta);
  if (!bytes) return {};
  FieldReader in(*bytes, kPositionVersion);
  PositionMeta meta;
  meta.sequence = in.U64();
  meta.day = in.Text();
  meta.after_receipt = in.U64();
  GATEWAY_ASSERT(in.Done(), kBroken);
  return meta;
}

void PositionTables::PutMeta(const PositionMeta& meta) {
  FieldWriter out(kPositionVersion);
  out.U64(meta.sequence).Text(meta.day).U64(meta.after_receipt);
  transaction_.Put(kPositionMeta, out.Take());
}

void PositionTables::AddPart(uint64_t sequence, const v1::SignedBatch& batch) {
  transaction_.Put(PartKey(sequence), batch.SerializeAsString());
}

std::optional<std::pair<uint64_t, v1::SignedBatch>> PositionTables::NextPart() {
  const auto rows = transaction_.Scan(PartKey(0), BehindParts(), 1);
  if (rows.empty()) return std::nullopt;
  std::pair<uint64_t, v1::SignedBatch> part;
  part.first = ByteReader(std::string_view(rows.front().first).substr(1)).U64();
  GATEWAY_ASSERT(part.second.ParseFromString(rows.front().second), kBroken);
  return part;
}

void PositionTables::DropPart(uint64_t sequence) { transaction_.Delete(PartKey(sequence)); }

void PositionTables::DropParts() {
  for (auto rows = transaction_.Scan(PartKey(0), BehindParts(), kPartsAtOnce); !rows.empty();
       rows = transaction_.Scan(PartKey(0), BehindParts(), kPartsAtOnce)) {
    for (const auto& [key, bytes] : rows) transaction_.Delete(key);
  }
}

}  // namespace eagle::sdk
