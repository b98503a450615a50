// The services on the wire: thin reactors around the handlers. For gRPC's side of this room only (server.cc): everybody
// else includes server.h.
//
// A call: identity and rights from the certificate, deadline, size; then over to the executor; the handler's answer
// ends the reactor. gRPC's own threads do nothing that waits. A poll parks as a callback inside the dispatcher and
// holds no thread; a cancelled one is taken out.
//
// Life:    made before the servers, gone after them and after the executor has stopped. Threads: any.
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/security/auth_metadata_processor.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/api/grpc/server.h"
#include "server/api/grpc/watch_hub.h"

namespace eagle::api {

class Services {
 public:
  using Reload = std::function<absl::StatusOr<Certificates>()>;
  Services(const ServerOptions& options, const ServerPorts& ports, Reload reload);
  ~Services();

  // Of the API listener: the six services of the contract.
  std::vector<grpc::Service*> api() const;
  // Of the API listener: refuses every method that isn't there with the same answer as one that isn't the caller's.
  grpc::CallbackGenericService* unknown() const;
  // Of the API listener: keeps strangers away from what gRPC itself serves there (health, reflection).
  std::shared_ptr<grpc::AuthMetadataProcessor> guard() const;
  // Of the admin listener: AdminService for the machine's operator, ProcessService.
  std::vector<grpc::Service*> admin() const;

  WatchHub& watches();
  // Every 100 ms: heartbeats, and the end of long calls whose caller has lost its rights.
  void Tick();
  // Ends every watch with DRAINING, now and from now on.
  void Drain();
  void Later(std::function<void()> work);
  void AddMetrics(std::vector<MetricRow>& rows) const;
  // Finishes what was taken; refuses the rest. After the servers have shut down.
  void Stop();

 private:
  class Shared;
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace eagle::api
