// What happens when a disk refuses a write.
//
// After a failed write or sync nobody knows what is on the disk: "error, so it happened" and "error, so it didn't" are
// both real (the kernel marks failed pages clean). So the process ends, and the next start reads what is there.
// Threads: any.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

namespace eagle::storage {

// Gets one line for the operator: what was attempted and what the system said; never stored bytes. Production never
// returns from it. A test's handler may: the object that called it is dead from then on and touches its file no more.
using FatalHandler = std::function<void(const std::string& what)>;

[[noreturn]] inline void AbortOnFatal(const std::string& what) {
  std::fprintf(stderr, "storage: %s; stopping, the next start decides what was written\n", what.c_str());
  std::abort();
}

}  // namespace eagle::storage
