// Instants of the contract's messages as absl::Time, and back.
//
// Threads: pure functions.
#pragma once

#include <optional>

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace eagle::trust {

// Absent outside the years 1 to 9999 and for nanoseconds outside 0...999,999,999, as google.protobuf.Timestamp has
// them.
inline std::optional<absl::Time> TimeOf(const google::protobuf::Timestamp& timestamp) {
  constexpr int64_t kFirst = -62135596800, kLast = 253402300799;
  if (timestamp.seconds() < kFirst || timestamp.seconds() > kLast) return std::nullopt;
  if (timestamp.nanos() < 0 || timestamp.nanos() > 999999999) return std::nullopt;
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

// Fractions of a nanosecond are cut. Pre: a finite time in the years 1 to 9999.
inline google::protobuf::Timestamp TimestampOf(absl::Time time) {
  google::protobuf::Timestamp timestamp;
  const int64_t seconds = absl::ToUnixSeconds(time);  // rounds down, also before 1970
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return timestamp;
}

}  // namespace eagle::trust
