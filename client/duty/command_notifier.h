// A channel that is a program of the house: an SMS modem, a pager, a script around a messenger.
//
//   standard input  the message, one line an alert, UTF-8
//   arguments       as the roster has them; "{address}" becomes the person's address. No shell reads them.
//   environment     PATH and LANG only
//   output          goes nowhere
//   told            when it ends with 0 within the time limit; else it and what it started are killed
//
// Threads: any.
#pragma once

#include "client/duty/notifier.h"

namespace eagle::duty {

class CommandNotifier : public Notifier {
 public:
  // Pre: a command of at least its program.
  CommandNotifier(std::vector<std::string> command, absl::Duration time_limit)
      : command_(std::move(command)), time_limit_(time_limit) {}
  absl::Status Tell(const Message& message) override;

 private:
  const std::vector<std::string> command_;
  const absl::Duration time_limit_;
};

}  // namespace eagle::duty
