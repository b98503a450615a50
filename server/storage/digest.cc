#include "server/storage/digest.h"

#include <array>
#include <string_view>
#include <utility>

#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/storage/sha256.h"

namespace eagle::storage {
namespace {

constexpr size_t kPageRows = 1000;

std::string Length(std::string_view bytes) { return ByteWriter().U32(static_cast<uint32_t>(bytes.size())).Take(); }

absl::StatusOr<TableDigest> DigestOf(Reader& reader, Table table) {
  Sha256 sha;
  for (std::string from;;) {
    EAGLE_ASSIGN_OR_RETURN(std::vector<Row> rows, reader.Scan(table, from, kPageRows));
    for (const auto& [key, value] : rows) sha.Update(Length(key)).Update(key).Update(Length(value)).Update(value);
    if (rows.size() < kPageRows) break;
    from = rows.back().first + '\0';
  }
  const std::array<uint8_t, 32> digest = sha.Finish();
  return TableDigest{std::string(NameOf(table)),
                     HexEncode(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()))};
}

}  // namespace

absl::StatusOr<std::vector<TableDigest>> TableDigests(Reader& reader) {
  std::vector<TableDigest> digests;
  for (const TableInfo& info : kTables) {
    if (info.derived) continue;
    EAGLE_ASSIGN_OR_RETURN(TableDigest digest, DigestOf(reader, info.table));
    digests.push_back(std::move(digest));
  }
  return digests;
}

}  // namespace eagle::storage
