// A channel that is a server: one POST of JSON over HTTPS (server/https). Told when it answers 2xx.
//
//   {"call": "C42", "to": "...", "person": "li", "name": "李敏", "lines": ["..."], "count": 1, "alerts": [{"id": "A17",
//    "kind": "ORDER", "mark_permille": 1000, "days_left": null, "rung": "contact", "order_id": "...", "agency":
//    "9900010", "court": "辽9901", "due": "2026-10-06T00:00:00+08:00", "text": "...", "ended": false}]}
//
// `alerts` has the first hundred, `count` says how many there are. A repeat has another `call`.
//
// Threads: any; each message has a connection of its own.
#pragma once

#include "client/duty/notifier.h"
#include "server/https/curl_http.h"

namespace eagle::duty {

class WebhookNotifier : public Notifier {
 public:
  // `url`: https://host[:port][/path][?query]. Errors: CONFIGURATION_INVALID.
  static absl::StatusOr<std::unique_ptr<WebhookNotifier>> Make(const std::string& url, CurlOptions options,
                                                               absl::TimeZone zone);
  absl::Status Tell(const Message& message) override;

 private:
  WebhookNotifier(CurlOptions options, std::string path, absl::TimeZone zone)
      : options_(std::move(options)), path_(std::move(path)), zone_(zone) {}
  const CurlOptions options_;
  const std::string path_;
  const absl::TimeZone zone_;
};

// The body that is sent.
std::string WebhookBody(const Message& message, const absl::TimeZone& zone);

}  // namespace eagle::duty
