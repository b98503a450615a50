// What the service manager is told: systemd's notify protocol, one datagram to the socket that NOTIFY_SOCKET names.
// Without one: nothing.
//
// Threads: any.
//
//   Notifier notifier = Notifier::FromEnvironment();
//   notifier.Send("READY=1\nSTATUS=serving");
//   if (notifier.watchdog() > absl::ZeroDuration()) ...  // send "WATCHDOG=1" at least that often
#pragma once

#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace eagle::ops {

class Notifier {
 public:
  // `socket`: a path, or "@name" for an abstract one; empty: says nothing to nobody.
  Notifier(std::string socket, absl::Duration watchdog) : socket_(std::move(socket)), watchdog_(watchdog) {}
  // NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
  static Notifier FromEnvironment();
  // Never waits; what can't be delivered is lost.
  void Send(std::string_view state) const;
  // Zero: no watchdog. Else the manager kills the process when it hears nothing for this long.
  absl::Duration watchdog() const { return watchdog_; }

 private:
  std::string socket_;
  absl::Duration watchdog_;
};

}  // namespace eagle::ops
