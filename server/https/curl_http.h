// Http over TLS with libcurl: mutual where a client certificate is given.
//
// What is fixed, and no configuration can change: HTTPS only; TLS 1.2 or later; the
// server's certificate must come from the one authority of the configuration (the machine's own authorities count for
// nothing) and hold the name of the URL; no proxy, whatever the environment says; no redirection is followed; no
// cookies, no passwords, no compressed bodies. Answers beyond `body_bytes_max` and calls beyond their time are
// failures.
//
// Every call has a connection of its own. On one that was kept, libcurl would send a request a second time when the
// connection turned out to be dead; so nothing is kept, and HTTP/1.1 is spoken, where no other repeat exists.
//
// Life: Make once the certificates are read; until destroyed.
// Threads: one at a time.
//
//   EAGLE_ASSIGN_OR_RETURN(auto http, CurlHttp::Make({.url = "https://core.bank.example:8443", ...}));
//   const Exchange exchange = http->Send({.method = "GET", .path = "/v1/operations/1"});
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/https/http.h"

namespace eagle {

struct CurlOptions {
  std::string url;                                  // "https://host:port", no '/' at its end
  std::string authority_pem;                        // REQUIRED
  std::string certificate_pem, key_pem;             // both, or neither: then we show no certificate
  absl::Duration connect_limit = absl::Seconds(5);  // until the request may be sent
  absl::Duration call_limit = absl::Seconds(10);    // for all of it
  size_t body_bytes_max = 256 * 1024;
  std::string user_agent = "eagle-rest";
};

class CurlHttp : public Http {
 public:
  // Errors: CONFIGURATION_INVALID for a URL that isn't of that form; INTERNAL when the library can't be started.
  static absl::StatusOr<std::unique_ptr<CurlHttp>> Make(CurlOptions options);
  Exchange Send(const HttpRequest& request) override;

 private:
  explicit CurlHttp(CurlOptions options) : options_(std::move(options)) {}
  const CurlOptions options_;
};

// Whether `url` is one that CurlHttp takes: https, a host, perhaps a port, perhaps a path without '/' at its end; no
// user, no query.
bool IsServerUrl(const std::string& url);

}  // namespace eagle
