// Reading signed bytes: so strictly that no two readers can understand them differently.
//
// A message is read in two steps: a walk over the bytes against the message's own description, which refuses what must
// be refused and names the field, then the ordinary parser, which has nothing left to object to. Orders, cases,
// statements, administration and heads are read with ParseStrict; receipts with ParseTolerant, because an agency may be
// newer than we are.
//
// Both refuse, at any depth:
//   ENVELOPE_MALFORMED  bytes that end too soon; lengths and numbers longer than they need be; a number outside its
//                       field's type; a single field, or two members of one `oneof`, given twice; more than kDepthMax
//                       levels
//   TEXT_INVALID        a string field that isn't valid UTF-8
// ParseStrict also:
//   UNKNOWN_FIELDS      a field number that this version doesn't know, or a known one with another wire type
// ParseTolerant keeps such fields and ignores them. Numbers of enums that this version doesn't know pass in both;
// whoever decides on the field refuses them.
//
// The failure carries one violation with the path of the field ("items[2].finding.holder_name") and never a value.
//
// Threads: pure functions.
//
//   EAGLE_ASSIGN_OR_RETURN(v1::Order order, ParseStrict<v1::Order>(opened.members[0]));
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

namespace eagle::trust {

inline constexpr int kDepthMax = 32;

// `message` is replaced on success and unspecified on failure. TOO_LARGE above 64 MiB; limits of batches are batch.h's.
absl::Status ParseStrict(std::string_view bytes, google::protobuf::Message* message);
absl::Status ParseTolerant(std::string_view bytes, google::protobuf::Message* message);

template <class M>
absl::StatusOr<M> ParseStrict(std::string_view bytes) {
  M message;
  if (absl::Status status = ParseStrict(bytes, &message); !status.ok()) return status;
  return message;
}

template <class M>
absl::StatusOr<M> ParseTolerant(std::string_view bytes) {
  M message;
  if (absl::Status status = ParseTolerant(bytes, &message); !status.ok()) return status;
  return message;
}

}  // namespace eagle::trust
