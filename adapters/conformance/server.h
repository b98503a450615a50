// The fake gateway behind a real gRPC server with mutual TLS: the only part of the kit that knows gRPC.
//
// Threads: gRPC's call the gateway one at a time, under one lock; the script's thread uses Locked and Wait.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "adapters/conformance/gateway.h"

namespace grpc {
class Server;
}

namespace eagle::conformance {

struct ServerFiles {
  std::string authority_pem, certificate_pem, key_pem;
};

class GatewayServer {
 public:
  // Listens on `address` ("127.0.0.1:7443"). Only a client whose certificate names `agency` is served.
  // Error: UNAVAILABLE when the address can't be had. `gateway` outlives it.
  static absl::StatusOr<std::unique_ptr<GatewayServer>> Start(FakeGateway& gateway, const std::string& address,
                                                              const ServerFiles& files, const std::string& agency);
  ~GatewayServer();

  void Locked(const std::function<void()>& work);
  bool Wait(const std::function<bool()>& condition, absl::Duration limit);

 private:
  class Service;
  class Objections;
  explicit GatewayServer(FakeGateway& gateway);

  FakeGateway& gateway_;
  absl::Mutex mu_;
  uint64_t events_ ABSL_GUARDED_BY(mu_) = 0;  // calls and looks so far
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::unique_ptr<Service> service_;
  std::unique_ptr<Objections> objections_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace eagle::conformance
