#include "server/trust/head_cache.h"

#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::trust {
namespace {

// Everything that the answer depends on, each piece with its length.
journal::Hash NameOf(const ParsedHead& parsed, std::span<const CandidateKey> candidates) {
  journal::Sha256Stream stream;
  const auto add = [&stream](std::string_view piece) { stream.Update(BigEndian(piece.size())).Update(piece); };
  add(parsed.envelope.payload_type());
  add(parsed.envelope.payload());
  stream.Update(BigEndian(static_cast<uint64_t>(parsed.envelope.signatures_size())));
  for (const v1::Signature& signature : parsed.envelope.signatures()) {
    add(signature.sig());
    add(signature.keyid());
  }
  for (const CandidateKey& candidate : candidates) {
    stream.Update(BigEndian(candidate.id)).Update(BigEndian(static_cast<uint64_t>(candidate.algorithm)));
    add(candidate.key);
  }
  return stream.Finish();
}

}  // namespace

absl::StatusOr<std::vector<uint64_t>> HeadCache::CheckSignatures(const ParsedHead& parsed,
                                                                 std::span<const CandidateKey> candidates,
                                                                 const SignatureChecker& checker) {
  const journal::Hash name = NameOf(parsed, candidates);
  {
    absl::MutexLock lock(&mu_);
    const auto found = signed_by_.find(name);
    if (found != signed_by_.end()) {
      ++hits_;
      return found->second;
    }
  }
  EAGLE_ASSIGN_OR_RETURN(std::vector<uint64_t> signed_by, trust::CheckSignatures(parsed, candidates, checker));
  absl::MutexLock lock(&mu_);
  if (signed_by_.emplace(name, signed_by).second) oldest_first_.push_back(name);
  while (oldest_first_.size() > heads_max_) {
    signed_by_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
  return signed_by;
}

size_t HeadCache::size() const {
  absl::MutexLock lock(&mu_);
  return signed_by_.size();
}

uint64_t HeadCache::hits() const {
  absl::MutexLock lock(&mu_);
  return hits_;
}

absl::StatusOr<OpenedMember> OpenMember(const v1::SignedMember& member, std::span<const CandidateKey> candidates,
                                        const SignatureChecker& checker, HeadCache& cache) {
  OpenedMember opened;
  EAGLE_ASSIGN_OR_RETURN(static_cast<ParsedMember&>(opened), ParseMember(member));
  EAGLE_ASSIGN_OR_RETURN(opened.signed_by, cache.CheckSignatures(opened, candidates, checker));
  return opened;
}

}  // namespace eagle::trust
