#include "client/duty/webhook_notifier.h"

#include "absl/strings/str_cat.h"
#include "client/common/document.h"
#include "client/common/time_words.h"
#include "server/base/reason.h"

namespace eagle::duty {
namespace {

constexpr Level kOver = 1000;

std::string FactJson(const Fact& fact, const absl::TimeZone& zone) {
  const bool days = fact.kind == KindWord(Kind::kMeasureEnd);
  const auto text = [](const std::string& value) { return client::JsonString(value); };
  return absl::StrCat("{\"id\": ", text(fact.id), ", \"kind\": ", text(fact.kind),
                      ", \"mark_permille\": ", days ? "null" : absl::StrCat(fact.level),
                      ", \"days_left\": ", days ? absl::StrCat(fact.level < kOver ? kOver - fact.level : 0) : "null",
                      ", \"rung\": ", text(fact.rung), ", \"order_id\": ", text(fact.order_id),
                      ", \"agency\": ", text(fact.agency), ", \"court\": ", text(fact.court),
                      ", \"due\": ", fact.due ? text(client::Rfc3339Text(*fact.due, zone)) : "null",
                      ", \"text\": ", text(fact.text), ", \"ended\": ", fact.ended ? "true" : "false", "}");
}

}  // namespace

std::string WebhookBody(const Message& message, const absl::TimeZone& zone) {
  std::string lines, alerts;
  for (const std::string& line : message.lines)
    absl::StrAppend(&lines, lines.empty() ? "" : ", ", client::JsonString(line));
  for (const Fact& fact : message.facts) absl::StrAppend(&alerts, alerts.empty() ? "" : ", ", FactJson(fact, zone));
  return absl::StrCat(
      "{\"call\": ", client::JsonString(CallName(message.number)), ", \"to\": ", client::JsonString(message.address),
      ", \"person\": ", client::JsonString(message.person), ", \"name\": ", client::JsonString(message.name),
      ", \"lines\": [", lines, "], \"count\": ", message.alerts, ", \"alerts\": [", alerts, "]}");
}

absl::StatusOr<std::unique_ptr<WebhookNotifier>> WebhookNotifier::Make(const std::string& url, CurlOptions options,
                                                                       absl::TimeZone zone) {
  const size_t host = std::string_view("https://").size();
  const size_t end = url.size() < host ? std::string::npos : url.find_first_of("/?#", host);
  options.url = url.substr(0, end);
  std::string path = end == std::string::npos ? "/" : url.substr(end);
  if (path[0] == '?') path = "/" + path;
  if (path.find('#') != std::string::npos || !IsServerUrl(options.url))
    return Fail(Reason::kConfigurationInvalid, "a webhook's url is https://host[:port][/path][?query]");
  return std::unique_ptr<WebhookNotifier>(new WebhookNotifier(std::move(options), std::move(path), zone));
}

absl::Status WebhookNotifier::Tell(const Message& message) {
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<CurlHttp> http, CurlHttp::Make(options_));
  const Exchange exchange = http->Send({.method = "POST", .path = path_, .body = WebhookBody(message, zone_)});
  if (!exchange.reply.ok()) return exchange.reply.status();
  if (exchange.reply->status / 100 == 2) return absl::OkStatus();
  return Fail(Reason::kUnavailable, absl::StrCat("the server answered ", exchange.reply->status));
}

}  // namespace eagle::duty
