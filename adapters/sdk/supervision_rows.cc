#include "adapters/sdk/supervision_rows.h"

#include "adapters/sdk/encumbrance/fields.h"
#include "server/base/assert.h"

namespace eagle::sdk {
namespace {

constexpr uint8_t kSupervisionVersion = 1;
constexpr char kUnreadableSupervision[] =
    "a row of a supervision order can't be read: the file is damaged, or of another version";

SupervisionRow SupervisionIn(std::string_view bytes) {
  FieldReader in(bytes, kSupervisionVersion);
  SupervisionRow row;
  row.id = in.Text(), row.digest = in.Text(), row.order_id = in.Text();
  row.from = in.Text(), row.court = in.Text(), row.number = in.Text();
  row.commander = in.U8() != 0;
  row.state = static_cast<v1::SupervisionState>(in.U8());
  row.result = static_cast<v1::SupervisionResult>(in.U8());
  row.issued_at = in.Time(), row.due_at = in.MaybeTime();
  row.why = in.Text();
  GATEWAY_ASSERT(in.Done(), kUnreadableSupervision);
  return row;
}

}  // namespace

std::optional<SupervisionRow> SupervisionTables::Find(std::string_view id) {
  const auto bytes = RowOf(id);
  if (!bytes) return std::nullopt;
  return SupervisionIn(*bytes);
}

void SupervisionTables::Put(const SupervisionRow& row) {
  FieldWriter out(kSupervisionVersion);
  out.Text(row.id).Text(row.digest).Text(row.order_id).Text(row.from).Text(row.court).Text(row.number);
  out.U8(row.commander ? 1 : 0).U8(static_cast<uint8_t>(row.state)).U8(static_cast<uint8_t>(row.result));
  out.Time(row.issued_at).Time(row.due_at).Text(row.why);
  PutRow(row.id, out.Take());
}

std::vector<SupervisionRow> SupervisionTables::All() {
  std::vector<SupervisionRow> out;
  for (const std::string& bytes : Rows()) out.push_back(SupervisionIn(bytes));
  return out;
}

std::vector<v1::SupervisionWord> SupervisionTables::Words(std::string_view id) {
  std::vector<v1::SupervisionWord> out;
  for (const std::string& bytes : WordsIn(id))
    GATEWAY_ASSERT(out.emplace_back().ParseFromString(bytes), kUnreadableSupervision);
  return out;
}

}  // namespace eagle::sdk
