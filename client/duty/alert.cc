#include "client/duty/alert.h"

namespace eagle::duty {

std::string_view KindWord(Kind kind) {
  switch (kind) {
    case Kind::kOrder:
      return "ORDER";
    case Kind::kSurplus:
      return "SURPLUS";
    case Kind::kObjection:
      return "OBJECTION";
    case Kind::kIncident:
      return "INCIDENT";
    case Kind::kMeasureEnd:
      return "MEASURE_END";
    case Kind::kAdapterAbsent:
      return "ADAPTER_ABSENT";
    case Kind::kWitnessesMissing:
      return "WITNESSES_MISSING";
    case Kind::kClockAlarm:
      return "CLOCK_ALARM";
    case Kind::kReceiptConflict:
      return "RECEIPT_CONFLICT";
    case Kind::kGatewaySilent:
      return "GATEWAY_SILENT";
    case Kind::kOther:
      break;
  }
  return "OTHER";
}

std::optional<Kind> KindOfWord(std::string_view word) {
  for (Kind kind : kKinds) {
    if (KindWord(kind) == word) return kind;
  }
  return std::nullopt;
}

}  // namespace eagle::duty
