// The points at which a crash matters: before and after every commit, write, rename and removal. Production passes them
// by; a test ends the process at the n-th.
//
// Threads: those of the caller.
#pragma once

namespace eagle::file {

class Steps {
 public:
  virtual ~Steps() = default;
  virtual void Reach(const char* point) { static_cast<void>(point); }
};

}  // namespace eagle::file
