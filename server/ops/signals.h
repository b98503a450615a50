// Signals of the process, taken one by one by the main thread; nobody else is interrupted.
//
// Life: Block before the first thread starts, then Wait in a loop. Threads: Wait from one; Wake from any.
//
//   Signals signals;
//   for (;;) switch (signals.Wait(absl::Seconds(1))) { case Signal::kStop: ...; case Signal::kReload: ...; case
//   Signal::kNone: ... }
#pragma once

#include "absl/time/time.h"

namespace eagle::ops {

enum class Signal { kNone, kStop, kReload };  // nothing came; SIGTERM, SIGINT or Wake; SIGHUP

class Signals {
 public:
  // Blocks SIGTERM, SIGINT and SIGHUP for this thread and those that it will start; SIGPIPE is ignored.
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  Signal Wait(absl::Duration longest);
  // As if SIGTERM had come.
  void Wake();

 private:
  int signals_ = -1, wake_ = -1;
};

}  // namespace eagle::ops
