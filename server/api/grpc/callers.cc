#include "server/api/grpc/callers.h"

#include <utility>

#include "server/base/reason.h"
#include "server/journal/hash.h"

namespace eagle::api {

absl::StatusOr<std::shared_ptr<const trust::Peer>> Callers::PeerOf(std::string_view certificate_pem,
                                                                   std::string_view spiffe_id) {
  const std::string pem(certificate_pem);
  {
    absl::MutexLock lock(&mu_);
    if (const auto it = peers_.find(pem); it != peers_.end()) {
      if (it->second->spiffe_id == spiffe_id) return it->second;
      return Fail(Reason::kUnauthenticated, "the certificate's name was read in two ways");
    }
  }
  EAGLE_ASSIGN_OR_RETURN(trust::Peer read, trust::ReadPeer(pem, trust_domain_));
  if (read.spiffe_id != spiffe_id) return Fail(Reason::kUnauthenticated, "the certificate's name was read in two ways");
  auto peer = std::make_shared<const trust::Peer>(std::move(read));
  absl::MutexLock lock(&mu_);
  if (peers_.size() >= kCertificatesMax) peers_.clear(), callers_.clear();
  return peers_.emplace(pem, std::move(peer)).first->second;
}

absl::StatusOr<std::shared_ptr<const Caller>> Callers::CallerOf(const std::shared_ptr<const trust::Peer>& peer) {
  std::shared_ptr<const domain::Directory> directory = directory_();
  {
    absl::MutexLock lock(&mu_);
    if (current_ != directory) {
      current_ = directory;
      callers_.clear();
    }
    if (const auto it = callers_.find(peer); it != callers_.end()) return it->second;
  }
  EAGLE_ASSIGN_OR_RETURN(Caller found, Identify(*directory, peer->spiffe_id, journal::View(peer->spki_sha256)));
  found.certificate_sha256 = journal::View(peer->certificate_sha256);
  auto caller = std::make_shared<const Caller>(std::move(found));
  absl::MutexLock lock(&mu_);
  if (current_ == directory) callers_.emplace(peer, caller);
  return caller;
}

absl::StatusOr<Admitted> Callers::Identified(std::string_view certificate_pem, std::string_view spiffe_id) {
  Admitted out;
  EAGLE_ASSIGN_OR_RETURN(out.peer, PeerOf(certificate_pem, spiffe_id));
  EAGLE_ASSIGN_OR_RETURN(out.caller, CallerOf(out.peer));
  EAGLE_RETURN_IF_ERROR(rates_.Take(out.peer->spiffe_id));
  return out;
}

absl::StatusOr<Admitted> Callers::Admit(std::string_view certificate_pem, std::string_view spiffe_id,
                                        std::string_view method) {
  EAGLE_ASSIGN_OR_RETURN(Admitted out, Identified(certificate_pem, spiffe_id));
  EAGLE_RETURN_IF_ERROR(MayCall(*out.caller, method));
  return out;
}

absl::Status Callers::Recheck(const std::shared_ptr<const trust::Peer>& peer, std::string_view method) {
  EAGLE_ASSIGN_OR_RETURN(const std::shared_ptr<const Caller> caller, CallerOf(peer));
  return MayCall(*caller, method);
}

}  // namespace eagle::api
