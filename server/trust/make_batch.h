// Making signed batches: what courts, agencies, registrars and administrators do before anything travels.
//
// Life of a batch: MakeBatch with the signers at hand (none makes a draft), stored; each further officer compares the
// head's digest by HeadDigestText, then AddSignature; submitted. Members are serialised once, by the caller, and never
// again.
//
// Threads: pure functions; a Signer is used by one at a time.
//
//   v1::SignedBatch batch = MakeBatch({.member_type = v1::MEMBER_TYPE_ORDER, .environment = environment,
//                                      .signer = "辽9901", .sequence = next, .signed_at = clock.WallNow()},
//                                     {order.SerializeAsString()}, {&handler});
//   EAGLE_RETURN_IF_ERROR(AddSignature(batch, cosigner));
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/trust/batch.h"

namespace eagle::trust {

// What a head says besides count and root.
struct HeadFields {
  v1::MemberType member_type = v1::MEMBER_TYPE_UNSPECIFIED;
  v1::Environment environment = v1::ENVIRONMENT_UNSPECIFIED;
  std::string signer;     // code of the organisation
  uint64_t sequence = 0;  // > 0, unique for signer and member type
  absl::Time signed_at;   // the signer's own clock
};

// The limits of batch.h are the caller's to keep (IsWithinLimits). Each key signs once.
// Pre: 1 to 256 members within the limits, fields set, at most 16 signers.
v1::SignedBatch MakeBatch(const HeadFields& fields, std::vector<std::string> members, std::span<Signer* const> signers);
inline v1::SignedBatch MakeBatch(const HeadFields& fields, std::vector<std::string> members,
                                 std::initializer_list<Signer*> signers) {
  return MakeBatch(fields, std::move(members), std::span<Signer* const>(signers.begin(), signers.size()));
}

// Whether these members may lie in one batch: 1 to 256, none empty or above 64 KiB, together below 1 MiB less 4 KiB for
// the head.
bool IsWithinLimits(std::span<const std::string> members);

// Signs the head of `batch` with a further key, after looking at what is signed: shape, limits and root are checked as
// by ParseBatch (whose errors it gives), so nobody signs members that he doesn't see. A signature that names this key
// already gives way to the new one.
absl::Status AddSignature(v1::SignedBatch& batch, Signer& signer);

// SHA-256 of the head's payload bytes: what BATCH_HEAD names and SEQUENCE_REUSED compares.
journal::Hash HeadDigest(const v1::Envelope& head);
// The same as 64 characters of lower-case hexadecimal, for people to compare.
std::string HeadDigestText(const v1::Envelope& head);

}  // namespace eagle::trust
