#include "server/api/grpc/probe.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <memory>

namespace eagle::api {
namespace {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

struct PeerAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

// A socket bound to everything ("0.0.0.0") is reached through the loopback.
PeerAddress Filled(const SocketAddress& from, uint16_t port, bool local) {
  PeerAddress out;
  if (from.v6) {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&out.storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    inet_pton(AF_INET6, from.host.c_str(), &v6->sin6_addr);
    if (!local && IN6_IS_ADDR_UNSPECIFIED(&v6->sin6_addr)) v6->sin6_addr = in6addr_loopback;
    out.size = sizeof(*v6);
  } else {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&out.storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    inet_pton(AF_INET, from.host.c_str(), &v4->sin_addr);
    if (!local && v4->sin_addr.s_addr == htonl(INADDR_ANY)) v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    out.size = sizeof(*v4);
  }
  return out;
}

uint16_t LocalPort(int descriptor, bool v6) {
  PeerAddress bound;
  bound.size = sizeof(bound.storage);
  if (getsockname(descriptor, bound.get(), &bound.size) != 0) return 0;
  return ntohs(v6 ? reinterpret_cast<sockaddr_in6*>(&bound.storage)->sin6_port
                  : reinterpret_cast<sockaddr_in*>(&bound.storage)->sin_port);
}

bool Connect(int descriptor, const SocketAddress& address, absl::Duration wait,
             const std::function<void(uint16_t)>& before_connect) {
  const timeval most = absl::ToTimeval(wait);
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most));
  setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof(most));
  // Gone without a trace, even after thousands of probes.
  const linger at_once{1, 0};
  setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  if (before_connect) {
    const SocketAddress anywhere{address.v6 ? "::" : "0.0.0.0", 0, address.v6};
    PeerAddress local = Filled(anywhere, 0, true);
    if (bind(descriptor, local.get(), local.size) != 0) return false;
    before_connect(LocalPort(descriptor, address.v6));
  }
  PeerAddress to = Filled(address, address.port, false);
  return connect(descriptor, to.get(), to.size) == 0;
}

struct Handshake {
  std::unique_ptr<SSL_CTX, FreeContext> context;
  std::unique_ptr<SSL, FreeSsl> ssl;
};

// Offers versions up to `newest`; nothing about the server is verified: this is about whether it answers, not who it
// is.
bool ShakeHands(int descriptor, int newest, Handshake& out) {
  static constexpr unsigned char kHttp2[] = {2, 'h', '2'};
  out.context.reset(SSL_CTX_new(TLS_client_method()));
  if (out.context == nullptr) return false;
  SSL_CTX_set_verify(out.context.get(), SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_max_proto_version(out.context.get(), newest);
  SSL_CTX_set_alpn_protos(out.context.get(), kHttp2, sizeof(kHttp2));
  out.ssl.reset(SSL_new(out.context.get()));
  if (out.ssl == nullptr || SSL_set_fd(out.ssl.get(), descriptor) != 1) return false;
  const bool done = SSL_connect(out.ssl.get()) == 1;
  ERR_clear_error();
  return done;
}

}  // namespace

Probed ProbeAsStranger(const SocketAddress& address, absl::Duration wait,
                       const std::function<void(uint16_t)>& before_connect) {
  const Socket socket(::socket(address.v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.get() < 0 || !Connect(socket.get(), address, wait, before_connect)) return Probed::kNoAnswer;
  Handshake handshake;
  if (!ShakeHands(socket.get(), 0, handshake)) return Probed::kNoAnswer;
  if (SSL_version(handshake.ssl.get()) != TLS1_3_VERSION) return Probed::kOldTls;
  // The server's settings frame would arrive here if it took us; an alert or an end is what we are owed.
  char byte = 0;
  const int got = SSL_read(handshake.ssl.get(), &byte, 1);
  const int error = SSL_get_error(handshake.ssl.get(), got);
  ERR_clear_error();
  if (got > 0) return Probed::kLetIn;
  return error == SSL_ERROR_WANT_READ ? Probed::kNoAnswer : Probed::kTurnedAway;
}

bool TakesTls12(const SocketAddress& address, absl::Duration wait) {
  const Socket socket(::socket(address.v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.get() < 0 || !Connect(socket.get(), address, wait, nullptr)) return false;
  Handshake handshake;
  return ShakeHands(socket.get(), TLS1_2_VERSION, handshake);
}

}  // namespace eagle::api
