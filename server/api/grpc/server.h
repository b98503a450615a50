// The gateway on the network: the API listener (mutual TLS, our own accept loop) and the admin listener (loopback or
// unix socket).
//
// Life:    Make -> listener() to the sequencer -> Start -> Tick every 100 ms -> Shutdown. Threads: Make, Start,
// Shutdown and Reload from one
//          thread; the rest from any. One server a process, apart from tests (the library's settings are process-wide).
//
//   EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<Server> server, Server::Make(options, ports));
//   sequencer.AddListener(server->listener());
//   EAGLE_RETURN_IF_ERROR(server->Start());
//   ...
//   server->Shutdown(absl::Seconds(10));
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/api/grpc/callers.h"
#include "server/api/grpc/certificates.h"
#include "server/api/grpc/connections.h"
#include "server/api/handlers.h"
#include "server/base/clock.h"
#include "server/base/reason.h"
#include "server/core/ports.h"
#include "server/dispatch/dispatcher.h"

namespace eagle::api {

struct ServerOptions {
  std::vector<std::string> listen;  // numeric addresses of the API; port 0 = any free one
  std::string admin_listen;         // "127.0.0.1:0", "[::1]:9443" or "unix:/run/golden-eagle/admin.sock"
  CertificateFiles certificates;
  std::string staging_folder;  // for the certificates in use: this process's own, emptied at the start
  std::string trust_domain;
  bool reflection = false;  // on the API; the admin listener always has it
  size_t connections_max = 8192;
  size_t connections_per_address_max = 256;
  size_t message_bytes_max = 1 << 20;   // of a request
  size_t memory_bytes_max = 512 << 20;  // for the transport's buffers
  size_t workers = 0;                   // threads that work calls; 0 = as many as cores
  size_t queued_calls_max = 4096;
  size_t calls_per_second_max = 2000;  // of one party; twice as many at once
};

// One number a name; the names of counters end in "_total".
struct MetricRow {
  std::string name;
  double value = 0;
  std::string unit;  // "1", "s", "bytes"
  std::string help;
};

// What happened to the transport, for the log: fixed words and codes, never content of calls.
struct TransportEvent {
  enum class Level { kInfo, kWarning, kError };
  Level level = Level::kInfo;
  std::string event;  // "call_failed", "grpc", ...
  std::vector<std::pair<std::string, std::string>> fields;
};

struct ServerPorts {
  Handlers& handlers;
  dispatch::Dispatcher& dispatcher;
  Callers::DirectorySource directory;
  Clock& real;  // wall and monotonic time of the machine: certificates, waits, deadlines of calls
  std::function<void(std::vector<MetricRow>&)> metrics;  // the process's own, added to every GetMetrics
  std::function<void(const TransportEvent&)> log;
  std::function<void()> drain;  // asked for over the admin listener; returns at once
};

class Server {
 public:
  // Binds the API's sockets and reads the certificates; serves nothing yet.
  // Errors: CONFIGURATION_INVALID (addresses), KEY_UNUSABLE (certificates; see ReadCertificates).
  static absl::StatusOr<std::unique_ptr<Server>> Make(ServerOptions options, ServerPorts ports);
  ~Server();

  // Hears of commits, for watches. Valid until the server goes.
  core::Listener* listener();
  // Serves. Errors: CONFIGURATION_INVALID: the admin address can't be bound, or a probe of our own shows that strangers
  // are let in, or that TLS 1.2 is taken.
  absl::Status Start();

  // With the ports that were bound. "127.0.0.1:40123" or "unix:...".
  std::vector<std::string> api_addresses() const;
  std::string admin_address() const;

  // Health, on both listeners.
  void SetServing(bool serving);
  void Tick();
  // Runs `work` soon on a worker; never refused, and done before new calls. For the handlers' port of that name.
  void Later(std::function<void()> work);
  // Reads the certificate files anew; all or nothing. New connections get the new ones within two seconds. Any thread.
  absl::Status ReloadCertificates();
  Certificates certificates() const;  // in use, without the private key
  // One look from outside. False when nobody answered.
  bool Probe(absl::Duration wait);

  // Answers watches "draining", closes the listening sockets, lets open calls finish for at most `grace`, then cancels
  // them. Parked polls must have been answered before (Dispatcher::Drain). The sequencer must still step. Once.
  void Shutdown(absl::Duration grace);
  void AddMetrics(std::vector<MetricRow>& rows) const;

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace eagle::api
