// The tests' gateway (tests/adapters/sdk/test_gateway.h) behind a real gRPC server with mutual TLS on a port of this
// machine.
//
// Threads: gRPC's call the gateway one at a time; tests look at it through Locked or wait through Await.
//
//   GatewayServer server(world.gateway);
//   GrpcChannel::Connect(server.ChannelOptions("9900001"), mailbox);
//   ASSERT_TRUE(server.Await([&] { return world.gateway.AllAnswered(); }));
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/synchronization/mutex.h"
#include "adapters/sdk/shell/grpc_channel.h"
#include "server/trust/pki.h"
#include "server/trust/system_entropy.h"
#include "tests/adapters/sdk/test_gateway.h"

namespace grpc {
class Server;
}

namespace eagle::sdk {

class GatewayServer {
 public:
  explicit GatewayServer(TestGateway& gateway);
  ~GatewayServer();

  // Ends every call and connection; Start listens on the same port again, as after a restart of the process.
  void Stop();
  void Start();

  // What an agency with this code needs to dial in.
  GrpcChannelOptions ChannelOptions(const std::string& agency);
  std::string address() const;

  // Runs `work` while no call does, and lets polls that wait look again.
  void Locked(const std::function<void()>& work);
  // Until `condition` holds, asked after every call; false after half a minute.
  bool Await(const std::function<bool()>& condition);

  // Hello's answer: how often leases are renewed, and how long a poll may wait (real time).
  uint32_t renew_seconds = 20;
  uint32_t poll_wait_seconds = 1;

 private:
  class Service;
  TestGateway& gateway_;
  trust::SystemEntropy entropy_;
  trust::CertificateAuthority authority_;
  trust::IssuedCertificate certificate_;
  int port_ = 0;
  absl::Mutex mu_;
  CallId last_call_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t events_ ABSL_GUARDED_BY(mu_) = 0;  // calls and looks so far
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace eagle::sdk
