// Remembers which heads were found signed by whom, so that the signatures of a head are checked once and not once a
// member.
//
// A head is found again only with the same payload, the same signatures and the same candidates; a key that was added,
// ended or replaced therefore makes it be checked anew. Refusals are not remembered. Holds at most `heads_max` heads,
// oldest out first.
//
// Threads: any, at the same time.
//
//   HeadCache cache;   // of an adapter, of the gateway's api
//   EAGLE_ASSIGN_OR_RETURN(OpenedMember opened, OpenMember(task, court_keys, checker, cache));
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/trust/batch.h"

namespace eagle::trust {

class HeadCache {
 public:
  explicit HeadCache(size_t heads_max = 1024) : heads_max_(heads_max == 0 ? 1 : heads_max) {}

  // As trust::CheckSignatures, with the same result and errors.
  absl::StatusOr<std::vector<uint64_t>> CheckSignatures(const ParsedHead& parsed,
                                                        std::span<const CandidateKey> candidates,
                                                        const SignatureChecker& checker);

  size_t size() const;
  uint64_t hits() const;  // answers that cost no verification

 private:
  const size_t heads_max_;
  mutable absl::Mutex mu_;
  absl::flat_hash_map<journal::Hash, std::vector<uint64_t>> signed_by_ ABSL_GUARDED_BY(mu_);
  std::deque<journal::Hash> oldest_first_ ABSL_GUARDED_BY(mu_);
  uint64_t hits_ ABSL_GUARDED_BY(mu_) = 0;
};

// ParseMember, then the cache. Errors of both.
absl::StatusOr<OpenedMember> OpenMember(const v1::SignedMember& member, std::span<const CandidateKey> candidates,
                                        const SignatureChecker& checker, HeadCache& cache);

}  // namespace eagle::trust
