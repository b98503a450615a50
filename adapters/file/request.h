// From a verified order to the row that asks the agency's own system: tables B2 and B4 of the bank channel. README.md
// has every column.
//
// Threads: pure functions.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/file/batch.h"
#include "adapters/file/codes.h"
#include "adapters/file/encoding.h"
#include "adapters/file/xml.h"
#include "adapters/sdk/ports.h"

namespace eagle::file {

namespace v1 = ::goldeneagle::v1;

// The request's number 请求单号: 32 hexadecimal digits of the order's id, so it is unique for ever.
std::string RequestNumber(std::string_view order_id);
Family FamilyOf(const v1::Order& order);

// What a row needs besides the order.
struct RequestContext {
  journal::Hash order_digest{};
  sdk::Arrival arrival;
  std::string freeze_reference;  // the agency's number of the freeze, for RENEW, RELEASE, DEDUCT; empty: unknown
};

struct Edge {
  const Codes& codes;
  const Encoding& encoding;
  absl::TimeZone zone;
};

// Errors, all of which mean that the order goes back: FIELD_INVALID naming what has no code or no place in these files
// (the return's reason is in `return_reason` of its metadata), TEXT_INVALID naming the field with a character that the
// encoding or XML can't carry.
absl::StatusOr<Element> RequestRow(const v1::Order& order, const RequestContext& context, const Edge& edge);

}  // namespace eagle::file
