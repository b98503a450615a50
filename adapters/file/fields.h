// Which fields and rows an answer may have: tables, one an element, that README.md repeats for the agency.
//
// Threads: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "adapters/file/fault.h"
#include "adapters/file/xml.h"

namespace eagle::file {

// Checks CXFKXX, KZFKXX, SJXX or a whole DZFK with all rows in it: unknown elements and fields, what is missing, what
// has the wrong form or length. Faults: ELEMENT_UNKNOWN, FIELD_UNKNOWN, FIELD_MISSING, FIELD_INVALID.
void CheckFields(const Element& answer, Faults& faults);

// "2026-09-28"; absent when it is no day.
std::optional<absl::CivilDay> ParseDay(std::string_view text);
// "2026-09-28T09:10:00+08:00"; absent when it is no instant.
std::optional<absl::Time> ParseInstant(std::string_view text);

}  // namespace eagle::file
