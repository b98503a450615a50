// From a verified certificate to a caller with rights, for every call: parse the certificate once, look the caller up
// once for each state of the directory, and hold method and role against each other every time.
//
// A party that calls too often is told so here, before anything is worked for it.
//
// A change of the directory (a pin replaced, a system ended) counts from the next call on, and Recheck lets long calls
// notice it.
//
// Threads: any, at the same time.
//
//   Callers callers("eagle.example", [&] { return sequencer.published()->directory; }, rates);
//   EAGLE_ASSIGN_OR_RETURN(Admitted who, callers.Admit(pem, spiffe_id, "/goldeneagle.v1.OrderService/GetOrder"));
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/api/caller.h"
#include "server/api/grpc/call_rates.h"
#include "server/domain/directory.h"
#include "server/trust/identity.h"

namespace eagle::api {

struct Admitted {
  std::shared_ptr<const trust::Peer> peer;  // what the certificate says
  std::shared_ptr<const Caller> caller;     // who that is in the directory
};

class Callers {
 public:
  using DirectorySource = std::function<std::shared_ptr<const domain::Directory>()>;
  static constexpr size_t kCertificatesMax = 16384;  // remembered; then all are forgotten and read again

  // `rates` outlives this.
  Callers(std::string trust_domain, DirectorySource directory, CallRates& rates)
      : trust_domain_(std::move(trust_domain)), directory_(std::move(directory)), rates_(rates) {}

  // `spiffe_id`: the one that the transport found, compared with our own reading of the certificate.
  // Errors: UNAUTHENTICATED: no certificate of the form that trust/identity.h demands, or nobody is registered under it
  // with this key.
  //         RESOURCE_EXHAUSTED: CALLS_TOO_FREQUENT.
  //         PERMISSION_DENIED: the method isn't the caller's to make (MayCall).
  absl::StatusOr<Admitted> Admit(std::string_view certificate_pem, std::string_view spiffe_id, std::string_view method);
  // Whether `peer` would be admitted now. Errors: as Admit.
  absl::Status Recheck(const std::shared_ptr<const trust::Peer>& peer, std::string_view method);
  // Who is behind the certificate, whatever he wants. Errors: UNAUTHENTICATED, RESOURCE_EXHAUSTED, as Admit.
  absl::StatusOr<Admitted> Identified(std::string_view certificate_pem, std::string_view spiffe_id);

 private:
  absl::StatusOr<std::shared_ptr<const trust::Peer>> PeerOf(std::string_view certificate_pem,
                                                            std::string_view spiffe_id);
  absl::StatusOr<std::shared_ptr<const Caller>> CallerOf(const std::shared_ptr<const trust::Peer>& peer);

  const std::string trust_domain_;
  const DirectorySource directory_;
  CallRates& rates_;
  absl::Mutex mu_;
  absl::flat_hash_map<std::string, std::shared_ptr<const trust::Peer>> peers_ ABSL_GUARDED_BY(mu_);  // by certificate
  // Callers as `current_` has them; emptied when the directory is another one.
  std::shared_ptr<const domain::Directory> current_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<std::shared_ptr<const trust::Peer>, std::shared_ptr<const Caller>> callers_ ABSL_GUARDED_BY(mu_);
};

}  // namespace eagle::api
