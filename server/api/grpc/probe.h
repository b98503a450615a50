// The gateway as a stranger sees it: a TLS handshake with its own API port, without a certificate.
//
// A live gateway completes a TLS 1.3 handshake and then turns the stranger away. No handshake: nobody accepts any more.
// Not turned away: client certificates aren't demanded, and the gateway must not serve. (In TLS 1.3 a client is done
// before the server has asked for its certificate, so the refusal comes as an alert to the first read.)
//
// Threads: any; blocks for at most about twice `wait`.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/time/time.h"
#include "server/api/grpc/connections.h"

namespace eagle::api {

enum class Probed {
  kTurnedAway,  // as it must be
  kNoAnswer,    // no connection, or no handshake within `wait`
  kOldTls,      // the handshake ended in another version than TLS 1.3
  kLetIn,       // no alert: strangers are served
};

// `before_connect` gets the local port that the connection will come from.
Probed ProbeAsStranger(const SocketAddress& address, absl::Duration wait,
                       const std::function<void(uint16_t port)>& before_connect);
// True when the port takes a handshake of TLS 1.2.
bool TakesTls12(const SocketAddress& address, absl::Duration wait);

}  // namespace eagle::api
