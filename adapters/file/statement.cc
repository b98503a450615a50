#include "adapters/file/statement.h"

#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "adapters/file/feedback.h"
#include "adapters/file/fields.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"

namespace eagle::file {
namespace {

constexpr size_t kOrderIdBytes = 16;
// As far as two well-kept clocks may part.
constexpr absl::Duration kClocksPart = absl::Minutes(5);

bool IsRequestNumber(std::string_view text) {
  const auto id = HexDecode(text);
  return id && id->size() == kOrderIdBytes && HexEncode(*id) == text;
}

}  // namespace

StatedBatch ReadStatement(const Element& root, const Edge& edge, absl::Time now, Faults& faults) {
  CheckFields(root, faults);
  StatedBatch out;
  if (!faults.empty()) return out;
  const auto wrong = [&](std::string_view field, std::string why) {
    faults.Add(FaultCode::kFieldInvalid, root.Place(field), std::move(why));
  };
  out.day = root.At("DZR");
  out.as_of = *ParseInstant(root.At("JZSJ"));
  if (!absl::SimpleAtoi(ToAbsl(root.At("KZXH")), &out.answered)) wrong("KZXH", "is no number of a batch");
  out.last = root.At("SFZW") == "1";
  if (out.as_of > now + kClocksPart) wrong("JZSJ", "is still to come");
  if (absl::FromCivil(*ParseDay(out.day), edge.zone) > out.as_of) wrong("JZSJ", "lies before the day that is stated");
  std::set<std::string_view> named;
  for (const Element& row : root.rows) {
    const std::string_view request = row.At("BDHM");
    if (!IsRequestNumber(request))
      faults.Add(FaultCode::kFieldInvalid, row.Place("BDHM"), "must be 32 lower-case hexadecimal digits");
    if (!named.insert(request).second)
      faults.Add(FaultCode::kFieldInvalid, row.Place("BDHM"), "the statement names it already");
    out.lines.emplace_back(std::string(request), ReadPosition(row, edge, faults));
  }
  return out;
}

absl::StatusOr<std::optional<absl::Time>> FilePositions::VisitPositions(const sdk::PositionDay& asked,
                                                                        sdk::InboxTransaction&,
                                                                        const sdk::PositionVisitor& visit) {
  const auto stated = store_.FindStatement(asked.day);
  if (!stated || !stated->complete || stated->awaits_answers) return std::nullopt;
  for (const auto& [request, measure] : store_.Lines(asked.day)) {
    const auto id = HexDecode(request);
    GATEWAY_ASSERT(id.has_value(), "a line is kept under the number of a request");
    visit({*id, agency_, 0}, measure);
  }
  store_.SetGiven(asked.day, stated->number);
  return stated->as_of;
}

bool FilePositions::IsRestated(const std::string& day) {
  const auto stated = store_.FindStatement(day);
  return stated && stated->complete && !stated->awaits_answers && stated->number != stated->given;
}

}  // namespace eagle::file
