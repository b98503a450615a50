// The port to a server: one request, one reply, or why there is none.
//
// Threads: one at a time.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace eagle {

struct HttpRequest {
  std::string method;  // GET, POST, PUT
  std::string path;    // from the server's root, encoded
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

struct HttpReply {
  int status = 0;
  std::string body;
};

struct Exchange {
  // False only when it is certain that the server never got a byte of the request: no connection, or it wasn't the
  // server. True says nothing.
  bool sent = true;
  // Error: UNAVAILABLE; the message says what failed, never what was in it.
  absl::StatusOr<HttpReply> reply;
};

class Http {
 public:
  virtual ~Http() = default;
  // Sends it once: nothing below this port sends a request a second time.
  virtual Exchange Send(const HttpRequest& request) = 0;
};

}  // namespace eagle
