// The connection to the gateway: mutual TLS over gRPC. The only files of the court's side that meet gRPC begin with
// `channel`.
//
//   who we are       certificate and key, PEM
//   who they are     a certificate of the pinned authority that names the gateway: its SPIFFE id, its DNS name, or both
//   as configured time limits      every call has one (watches excepted); retries: retry.h; keepalive every 30 s; no
//   HTTP proxy errors           decoded from grpc-status-details-bin into Failure (errors.h); a gateway whose
//   certificate isn't the expected one is
//                    UNAUTHENTICATED, a failure of verification, and nothing is sent to it
//
// Threads: one caller at a time.
//
//   EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<Gateway> gateway, Connect(options, waiter, entropy));
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "client/lib/gateway.h"
#include "client/lib/retry.h"
#include "server/base/entropy.h"

namespace eagle::client {

struct CallOptions {
  absl::Duration time_limit = absl::Seconds(30);  // of one attempt, at most 60 s
  RetryPolicy retry;
};

// The certificate that the other side showed last, PEM; empty: none yet. Threads: any.
class PeerCertificate {
 public:
  void Set(std::string_view pem);
  std::string Get() const;

 private:
  mutable absl::Mutex mu_;
  std::string pem_ ABSL_GUARDED_BY(mu_);
};

struct ChannelOptions {
  std::string address;          // "gateway.example:7443"
  std::string authority_pem;    // the authority that signed the gateway's certificate
  std::string certificate_pem;  // ours
  std::string key_pem;
  std::string spiffe_id;    // the gateway's only URI name; empty: not looked at
  std::string server_name;  // a DNS name or address in the gateway's certificate; empty: the host of `address`, when no
                            // SPIFFE id is given
  bool verbose = false;     // let gRPC talk on stderr
  CallOptions calls;
  std::shared_ptr<PeerCertificate> seen;  // OPTIONAL, who wants to look at it
};

// Makes the connection ready; nothing is sent before the first call. `waiter` and `entropy` must outlive it.
// Errors: CONFIGURATION_INVALID for an address without a port, a time limit out of bounds or an id that is none;
// KEY_UNUSABLE for a certificate that can't be read.
absl::StatusOr<std::unique_ptr<Gateway>> Connect(const ChannelOptions& options, Waiter& waiter, Entropy& entropy);

// The gateway's admin listener, on the gateway's own machine: no TLS, whoever reaches it is the machine's operator. It
// has AdminService only; every other method fails. `address`: "unix:/run/golden-eagle/admin.sock", "127.0.0.1:PORT" or
// "[::1]:PORT", nothing else. Errors: CONFIGURATION_INVALID.
absl::StatusOr<std::unique_ptr<Gateway>> ConnectAdmin(const std::string& address, bool verbose,
                                                      const CallOptions& calls, Waiter& waiter, Entropy& entropy);

}  // namespace eagle::client
