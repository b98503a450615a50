// The gateway as one object: data, keys, store, sequencer, hand-out, handlers, listeners and their threads. The program
// runs one for as long as it lives; a test runs one on free ports.
//
// Threads it starts, each named: ge-sequencer (decides and commits; also tells the service manager that it lives),
// ge-housekeeping (waits that end, absences, heartbeats of watches), ge-probe (a handshake with ourselves), ge-backup
// (waits for one and checks it), ge-accept and the workers of the server.
//
// Life:    Start gives a gateway that serves; Stop drains it. Threads: one owner; RequestStop's callback from any.
//
//   EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<Gateway> gateway, Gateway::Start(config, ports));
//   ...
//   gateway->Stop();   // everything that was taken is answered and durable
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/api/grpc/server.h"
#include "server/base/clock.h"
#include "server/base/entropy.h"
#include "server/core/sequencer.h"
#include "server/ops/config.h"
#include "server/ops/log.h"
#include "server/ops/notify.h"

namespace eagle {

struct GatewayPorts {
  Clock& clock;              // of the records: the machine's, or the step clock of a demonstration
  bool clock_steps = false;  // a step clock: the test environment only
  Clock& real;               // of waits, leases, certificates and limits of calls: always the machine's
  Entropy& entropy;
  ops::Log& log;
  ops::Notifier notifier;
  std::function<void()> request_stop;  // somebody asks over the admin listener; returns at once
};

// What --check-config looks at: files, keys and certificates are there and fit; nothing is locked, bound or written.
// Errors: CONFIGURATION_INVALID, KEY_UNUSABLE, STORAGE_UNUSABLE; the first that is found.
absl::Status CheckConfig(const ops::Config& config, Clock& real, Entropy& entropy);

class Gateway {
 public:
  // Refusals to start, each with what to do in server/docs/operations.md: FOLDER_LOCKED, KEY_UNUSABLE, STORAGE_*,
  // SCHEMA_VERSION, JOURNAL_OLDER, JOURNAL_BROKEN, TABLES_DIFFER, ENTRY_MALFORMED, COMMITMENT_MISMATCH,
  // CONFIGURATION_INVALID.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(const ops::Config& config, GatewayPorts ports);
  ~Gateway();

  std::vector<std::string> api_addresses() const;
  std::string admin_address() const;
  absl::Status ReloadCertificates();
  // In order: NOT_SERVING; no task goes out any more and parked polls are answered "draining"; watches end; open calls
  // finish within the grace; the sequencer commits what it took; the store closes. Once.
  void Stop();

  std::vector<api::MetricRow> Metrics() const;
  // For tests.
  core::Sequencer& sequencer();

 private:
  class Impl;
  explicit Gateway(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// {"api":"127.0.0.1:40123","api_port":40123,"admin":"unix:/run/...","admin_port":0,"pid":4711} in `path`, whole or not
// at all.
absl::Status WritePortFile(const std::string& path, const Gateway& gateway);

}  // namespace eagle
