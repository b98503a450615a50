#include "adapters/sdk/objection_rows.h"

#include "adapters/sdk/encumbrance/fields.h"
#include "server/base/assert.h"

namespace eagle::sdk {
namespace {

constexpr uint8_t kRowVersion = 1;
constexpr char kUnreadable[] = "a row of an objection can't be read: the file is damaged, or of another version";

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
  const auto bytes = RowOf(id);
  if (!bytes) return std::nullopt;
  return RowIn(*bytes);
}

void ObjectionTables::Put(const ObjectionRow& row) {
  FieldWriter out(kRowVersion);
  out.Text(row.id).Text(row.order_id).Text(row.freeze_id).Text(row.court).Text(row.ground);
  out.U8(static_cast<uint8_t>(row.phase)).Time(row.raised_at).Time(row.due_at).Text(row.why);
  PutRow(row.id, out.Take());
}

std::vector<ObjectionRow> ObjectionTables::All() {
  std::vector<ObjectionRow> out;
  for (const std::string& bytes : Rows()) out.push_back(RowIn(bytes));
  return out;
}

std::vector<v1::ObjectionWord> ObjectionTables::Words(std::string_view objection_id) {
  std::vector<v1::ObjectionWord> out;
  for (const std::string& bytes : WordsIn(objection_id))
    GATEWAY_ASSERT(out.emplace_back().ParseFromString(bytes), kUnreadable);
  return out;
}

}  // namespace eagle::sdk
