#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "client/common/files.h"
#include "client/duty/command_notifier.h"
#include "client/duty/maildir_notifier.h"
#include "client/duty/notifier.h"
#include "client/duty/webhook_notifier.h"
#include "server/base/reason.h"

namespace eagle::duty {
namespace {

class Switchboard : public Notifier {
 public:
  explicit Switchboard(std::map<std::string, std::unique_ptr<Notifier>> channels) : channels_(std::move(channels)) {}
  absl::Status Tell(const Message& message) override {
    const auto channel = channels_.find(message.channel);
    if (channel == channels_.end()) return Fail(Reason::kUnavailable, "no such channel");
    return channel->second->Tell(message);
  }

 private:
  const std::map<std::string, std::unique_ptr<Notifier>> channels_;
};

absl::StatusOr<std::unique_ptr<Notifier>> OpenWebhook(const Channel& channel, const absl::TimeZone& zone) {
  CurlOptions options{.connect_limit = std::min(absl::Seconds(5), channel.time_limit),
                      .call_limit = channel.time_limit,
                      .user_agent = "golden-eagle-duty"};
  EAGLE_ASSIGN_OR_RETURN(options.authority_pem, client::ReadFile(channel.authority));
  if (!channel.certificate.empty()) {
    EAGLE_ASSIGN_OR_RETURN(options.certificate_pem, client::ReadFile(channel.certificate));
    EAGLE_ASSIGN_OR_RETURN(options.key_pem, client::ReadFile(channel.key));
  }
  return WebhookNotifier::Make(channel.url, std::move(options), zone);
}

absl::StatusOr<std::unique_ptr<Notifier>> Open(const Channel& channel, const Roster& roster, Clock& clock) {
  if (!channel.command.empty()) return std::make_unique<CommandNotifier>(channel.command, channel.time_limit);
  if (!channel.url.empty()) return OpenWebhook(channel, roster.zone);
  return MaildirNotifier::Make(channel.maildir, channel.from, clock);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Notifier>> OpenSwitchboard(const Roster& roster, Clock& clock) {
  std::map<std::string, std::unique_ptr<Notifier>> channels;
  for (const Channel& channel : roster.channels) {
    absl::StatusOr<std::unique_ptr<Notifier>> notifier = Open(channel, roster, clock);
    if (!notifier.ok()) {
      const Failure failure = FailureOf(notifier.status());
      return Fail(failure.reason, absl::StrCat("channel ", channel.name, ": ", failure.message));
    }
    channels.emplace(channel.name, *std::move(notifier));
  }
  return std::make_unique<Switchboard>(std::move(channels));
}

}  // namespace eagle::duty
