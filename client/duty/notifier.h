// The port through which a message leaves for a person. Three implementations: a command (command_notifier.h), a
// webhook (webhook_notifier.h), a mail drop (maildir_notifier.h); `Switchboard` picks by the channel's name.
//
// Threads: any, several messages at once.
//
//   EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<Notifier> notifier, OpenSwitchboard(roster, clock));
//   const absl::Status told = notifier->Tell(message);
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/duty/roster.h"
#include "client/duty/state.h"
#include "server/base/clock.h"

namespace eagle::duty {

// Of one alert, for programs. No personal data of respondents.
struct Fact {
  std::string id, kind, rung, order_id, agency, court, text;
  Level level = 0;
  std::optional<absl::Time> due;
  bool ended = false;
};

struct Message {
  CallNo number = 0;
  std::string person, name;  // id; as people call him
  std::string channel, address;
  std::vector<std::string> lines;  // at least one; one an alert, or a digest
  std::vector<Fact> facts;         // the first kFactsMax
  size_t alerts = 0;               // how many it is about
};
inline constexpr size_t kFactsMax = 100;

class Notifier {
 public:
  virtual ~Notifier() = default;
  // Hands the message over, within its channel's time limit. OK: the channel took it. Any other: it isn't known to be
  // told, and is tried again. The status names no address.
  virtual absl::Status Tell(const Message& message) = 0;
};

// Every channel of the roster, made ready: certificates are read, folders made. `clock` must outlive it. Errors:
// CONFIGURATION_INVALID, KEY_UNUSABLE, STORAGE_UNUSABLE, naming the channel.
absl::StatusOr<std::unique_ptr<Notifier>> OpenSwitchboard(const Roster& roster, Clock& clock);

}  // namespace eagle::duty
