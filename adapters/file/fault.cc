#include "adapters/file/fault.h"

#include <algorithm>

namespace eagle::file {

std::string_view FaultName(FaultCode code) {
  static constexpr std::string_view kNames[kFaultCodes] = {
      "MANIFEST_UNREADABLE", "MANIFEST_MISMATCH", "FILE_MISSING",      "FILE_TOO_LARGE", "SIZE_MISMATCH",
      "DIGEST_MISMATCH",     "ENCODING_INVALID",  "XML_INVALID",       "LIMIT_EXCEEDED", "ELEMENT_UNKNOWN",
      "FIELD_UNKNOWN",       "FIELD_MISSING",     "FIELD_INVALID",     "COUNT_MISMATCH", "TOTAL_MISMATCH",
      "SEQUENCE_GAP",        "SEQUENCE_REUSED",   "SEQUENCE_GIVEN_UP", "NOT_ASKED",      "ALREADY_FED_BACK",
      "NIL_WITH_ERROR",      "ROWS_UNEXPECTED",   "ROWS_MISSING",      "AMOUNTS_DIFFER", "RESULT_UNKNOWN",
      "NOT_FINAL",           "ANSWER_INVALID"};
  return kNames[static_cast<int>(code)];
}

bool Faults::Has(FaultCode code) const {
  return std::any_of(list_.begin(), list_.end(), [&](const Fault& fault) { return fault.code == code; });
}

}  // namespace eagle::file
