// The listening sockets of the API and the one thread that accepts on them.
//
// gRPC's own listener stops for ever when the process once runs out of descriptors (CVE-2023-4785), so connections are
// accepted here and handed to it: capped in all and for each address, and when descriptors run out the newest
// connection is closed and the loop goes on.
//
// A connection that was handed over belongs to the receiver, who closes it when he likes. Whether it still exists is
// found out by looking: a descriptor that is closed, or is another socket by now, is gone.
//
// Life:    Bind -> ports() -> Start -> Stop. Threads: any; `hand_over` runs on the accepting thread.
//
//   EAGLE_ASSIGN_OR_RETURN(auto connections, Connections::Bind({.listen = {"0.0.0.0:8443"}}, clock));
//   connections->Start([&](int listener, int descriptor) { acceptor->HandleNewConnection(...); });
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"

namespace eagle::api {

// "192.0.2.1:8443" or "[2001:db8::1]:8443": numeric, port 0 = any free one.
struct SocketAddress {
  std::string host;
  uint16_t port = 0;
  bool v6 = false;
};
// Errors: CONFIGURATION_INVALID.
absl::StatusOr<SocketAddress> ParseSocketAddress(std::string_view text);
bool IsLoopback(const SocketAddress& address);

class Connections {
 public:
  struct Options {
    std::vector<std::string> listen;  // 1 to 16
    size_t open_max = 8192;
    size_t open_per_address_max = 256;  // IPv6: for each /64
    int backlog = 512;
  };
  struct Counters {
    uint64_t accepted = 0;            // handed over
    uint64_t refused_total = 0;       // above open_max
    uint64_t refused_address = 0;     // above open_per_address_max
    uint64_t out_of_descriptors = 0;  // closed at once: the process had none left
    size_t open = 0;
  };

  // Binds and listens, accepts nothing yet. Errors: CONFIGURATION_INVALID for addresses that can't be bound.
  static absl::StatusOr<std::unique_ptr<Connections>> Bind(Options options, Clock& monotonic);
  ~Connections();

  // As bound: with the real ports.
  const std::vector<SocketAddress>& addresses() const { return addresses_; }
  void Start(std::function<void(int listener, int descriptor)> hand_over);
  // Closes the listening sockets; connections that were handed over live on.
  void Stop();

  // The next connection from this local port is our own probe: no cap counts it.
  void Expect(uint16_t port);
  Counters counters() const;

 private:
  struct Open {
    uint64_t inode = 0;
    std::string address;
  };
  Connections(Options options, Clock& monotonic) : options_(std::move(options)), clock_(monotonic) {}
  void Run();
  void AcceptFrom(int listener);
  bool Admit(int descriptor, const std::string& address, uint16_t port) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Forget(int descriptor) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Sweep() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Frees the spare descriptor to take one connection off the queue, and closes that.
  void Shed(int listener);

  const Options options_;
  Clock& clock_;
  std::vector<SocketAddress> addresses_;
  std::vector<int> listeners_;
  int wake_ = -1;
  int spare_ = -1;
  std::function<void(int, int)> hand_over_;
  std::thread thread_;
  std::atomic<bool> stopping_ = false;

  mutable absl::Mutex mu_;
  absl::flat_hash_map<int, Open> open_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<std::string, size_t> per_address_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_set<uint16_t> expected_ ABSL_GUARDED_BY(mu_);
  absl::Duration swept_ ABSL_GUARDED_BY(mu_) = -absl::InfiniteDuration();
  Counters counters_ ABSL_GUARDED_BY(mu_);
};

}  // namespace eagle::api
