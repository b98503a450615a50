// What a DSSE v1 signature signs. Envelopes themselves are read in `trust`.
//
// Threads: pure functions.
//
//   key.Sign(Pae(kBatchPayloadType, head_bytes));
#pragma once

#include <string>
#include <string_view>

namespace eagle::journal {

// Signed batches: orders, cases, receipts and statements alike (the head names the member type).
inline constexpr std::string_view kBatchPayloadType = "application/vnd.goldeneagle.batch.v1+protobuf";

// "DSSEv1 <length> <type> <length> <body>", lengths in bytes and decimal. The type is part of what is signed, so that
// no signature fits a message of another kind.
std::string Pae(std::string_view type, std::string_view body);

}  // namespace eagle::journal
