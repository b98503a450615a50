#include "server/api/grpc/connections.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/numbers.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::api {
namespace {

constexpr absl::Duration kSweepEvery = absl::Milliseconds(50);
constexpr int kIdleMs = 1000;
constexpr size_t kExpectedMax = 16;
constexpr int kAcceptsInARow = 64;  // then the other sockets get their turn

absl::Status Wrong(std::string_view text, std::string_view why) {
  return Fail(Reason::kConfigurationInvalid, std::string("the listening address can't be used: ").append(why))
      .With("address", text);
}

union AnyAddress {
  sockaddr plain;
  sockaddr_in v4;
  sockaddr_in6 v6;
  sockaddr_storage storage;
};

socklen_t Fill(const SocketAddress& from, AnyAddress& to) {
  std::memset(&to, 0, sizeof(to));
  if (from.v6) {
    to.v6.sin6_family = AF_INET6;
    to.v6.sin6_port = htons(from.port);
    inet_pton(AF_INET6, from.host.c_str(), &to.v6.sin6_addr);
    return sizeof(to.v6);
  }
  to.v4.sin_family = AF_INET;
  to.v4.sin_port = htons(from.port);
  inet_pton(AF_INET, from.host.c_str(), &to.v4.sin_addr);
  return sizeof(to.v4);
}

uint16_t PortOf(const AnyAddress& address) {
  return ntohs(address.plain.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
}

// What counts as one address: four bytes of IPv4 (mapped ones included), or the first eight of IPv6.
std::string KeyOf(const AnyAddress& address) {
  if (address.plain.sa_family == AF_INET) return std::string(reinterpret_cast<const char*>(&address.v4.sin_addr), 4);
  const std::string whole(reinterpret_cast<const char*>(&address.v6.sin6_addr), 16);
  return IN6_IS_ADDR_V4MAPPED(&address.v6.sin6_addr) ? whole.substr(12) : whole.substr(0, 8);
}

// Zero when `descriptor` is no socket (any more).
uint64_t InodeOf(int descriptor) {
  struct stat facts {};
  return fstat(descriptor, &facts) == 0 && S_ISSOCK(facts.st_mode) ? facts.st_ino : 0;
}

// Closed with a reset: whoever floods us leaves nothing waiting behind.
void Reject(int descriptor) {
  const linger at_once{1, 0};
  setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  close(descriptor);
}

absl::StatusOr<int> Listen(const SocketAddress& address, const std::string& text, int backlog) {
  AnyAddress to;
  const socklen_t size = Fill(address, to);
  const int descriptor = socket(to.plain.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return Wrong(text, std::strerror(errno));
  const int on = 1;
  // No SO_REUSEPORT: two gateways on one port would silently share the parties.
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (address.v6) setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
  if (bind(descriptor, &to.plain, size) == 0 && listen(descriptor, backlog) == 0) return descriptor;
  const std::string why = std::strerror(errno);
  close(descriptor);
  return Wrong(text, why);
}

}  // namespace

absl::StatusOr<SocketAddress> ParseSocketAddress(std::string_view text) {
  SocketAddress out;
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return Wrong(text, "write it as address:port");
  uint32_t port = 0;
  if (!absl::SimpleAtoi(ToAbsl(text.substr(colon + 1)), &port) || port > 65535)
    return Wrong(text, "the port is a number up to 65535");
  out.port = static_cast<uint16_t>(port);
  std::string_view host = text.substr(0, colon);
  out.v6 = host.size() > 2 && host.front() == '[' && host.back() == ']';
  out.host = out.v6 ? host.substr(1, host.size() - 2) : host;
  unsigned char parsed[16];
  if (inet_pton(out.v6 ? AF_INET6 : AF_INET, out.host.c_str(), parsed) != 1) {
    return Wrong(text, "the address is numeric: 192.0.2.1:8443 or [2001:db8::1]:8443");
  }
  return out;
}

bool IsLoopback(const SocketAddress& address) {
  AnyAddress any;
  Fill(address, any);
  return address.v6 ? IN6_IS_ADDR_LOOPBACK(&any.v6.sin6_addr) != 0 : (ntohl(any.v4.sin_addr.s_addr) >> 24) == 127;
}

absl::StatusOr<std::unique_ptr<Connections>> Connections::Bind(Options options, Clock& monotonic) {
  std::unique_ptr<Connections> out(new Connections(std::move(options), monotonic));
  for (const std::string& text : out->options_.listen) {
    EAGLE_ASSIGN_OR_RETURN(SocketAddress address, ParseSocketAddress(text));
    EAGLE_ASSIGN_OR_RETURN(const int descriptor, Listen(address, text, out->options_.backlog));
    out->listeners_.push_back(descriptor);
    AnyAddress bound;
    socklen_t size = sizeof(bound);
    if (getsockname(descriptor, &bound.plain, &size) == 0) address.port = PortOf(bound);
    out->addresses_.push_back(address);
  }
  out->wake_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  out->spare_ = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (out->listeners_.empty() || out->wake_ < 0 || out->spare_ < 0)
    return Wrong("", "no address is given, or no descriptor is left");
  return out;
}

Connections::~Connections() {
  Stop();
  for (const int descriptor : {wake_, spare_}) {
    if (descriptor >= 0) close(descriptor);
  }
}

void Connections::Start(std::function<void(int, int)> hand_over) {
  hand_over_ = std::move(hand_over);
  thread_ = std::thread([this] { Run(); });
}

void Connections::Stop() {
  stopping_ = true;
  if (thread_.joinable()) {
    const uint64_t one = 1;
    (void)!write(wake_, &one, sizeof(one));
    thread_.join();
  }
  for (const int listener : listeners_) close(listener);
  listeners_.clear();
}

void Connections::Expect(uint16_t port) {
  absl::MutexLock lock(&mu_);
  if (expected_.size() >= kExpectedMax) expected_.clear();  // probes that never came
  expected_.insert(port);
}

Connections::Counters Connections::counters() const {
  absl::MutexLock lock(&mu_);
  Counters out = counters_;
  out.open = open_.size();
  return out;
}

void Connections::Run() {
  pthread_setname_np(pthread_self(), "ge-accept");
  std::vector<pollfd> waiting;
  for (const int listener : listeners_) waiting.push_back({listener, POLLIN, 0});
  waiting.push_back({wake_, POLLIN, 0});
  while (!stopping_) {
    const int ready = poll(waiting.data(), waiting.size(), kIdleMs);
    if (ready == 0) {
      absl::MutexLock lock(&mu_);
      Sweep();
    }
    for (size_t i = 0; ready > 0 && i < listeners_.size() && !stopping_; ++i) {
      if (waiting[i].revents != 0) AcceptFrom(waiting[i].fd);
    }
  }
}

void Connections::AcceptFrom(int listener) {
  for (int i = 0; i < kAcceptsInARow && !stopping_; ++i) {
    AnyAddress from;
    socklen_t size = sizeof(from);
    const int descriptor = accept4(listener, &from.plain, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) {
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) Shed(listener);
      if (errno == EAGAIN || errno == EWOULDBLOCK) return;
      continue;  // the connection itself was broken: the next one
    }
    {
      absl::MutexLock lock(&mu_);
      if (!Admit(descriptor, KeyOf(from), PortOf(from))) {
        Reject(descriptor);
        continue;
      }
    }
    const int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    hand_over_(listener, descriptor);
  }
}

bool Connections::Admit(int descriptor, const std::string& address, uint16_t port) {
  Forget(descriptor);  // the kernel gave its number anew, so the one before is gone
  if (expected_.erase(port) == 0) {
    const auto full = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
      const auto it = per_address_.find(address);
      return open_.size() >= options_.open_max ||
             (it != per_address_.end() && it->second >= options_.open_per_address_max);
    };
    if (full() && clock_.MonotonicNow() - swept_ >= kSweepEvery) Sweep();
    if (full()) {
      ++(open_.size() >= options_.open_max ? counters_.refused_total : counters_.refused_address);
      return false;
    }
    open_[descriptor] = {InodeOf(descriptor), address};
    ++per_address_[address];
  }
  ++counters_.accepted;
  return true;
}

void Connections::Forget(int descriptor) {
  const auto it = open_.find(descriptor);
  if (it == open_.end()) return;
  const auto count = per_address_.find(it->second.address);
  if (--count->second == 0) per_address_.erase(count);
  open_.erase(it);
}

void Connections::Sweep() {
  swept_ = clock_.MonotonicNow();
  std::vector<int> gone;
  for (const auto& [descriptor, open] : open_) {
    if (InodeOf(descriptor) != open.inode) gone.push_back(descriptor);
  }
  for (const int descriptor : gone) Forget(descriptor);
}

void Connections::Shed(int listener) {
  {
    absl::MutexLock lock(&mu_);
    ++counters_.out_of_descriptors;
  }
  if (spare_ >= 0) close(std::exchange(spare_, -1));
  const int descriptor = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (descriptor >= 0) Reject(descriptor);
  spare_ = open("/dev/null", O_RDONLY | O_CLOEXEC);
  // Without a spare nothing can be shed: let those who hold descriptors give some back before the next look.
  if (spare_ < 0) poll(nullptr, 0, 20);
  errno = spare_ < 0 ? EAGAIN : 0;
}

}  // namespace eagle::api
