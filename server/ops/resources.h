// What the process itself uses, as the kernel counts it. Threads: any.
#pragma once

#include <cstdint>

#include "absl/time/time.h"

namespace eagle::ops {

struct Resources {
  int64_t resident_bytes = 0;
  absl::Duration cpu;           // user and system, all threads, since the start
  int64_t descriptors = 0;      // open now
  int64_t descriptors_max = 0;  // the soft limit
};

Resources UsedResources();
// Raises the soft limit of descriptors to the hard one; gives what then holds.
int64_t RaiseDescriptorLimit();
// Bytes of a file; 0 when there is none.
int64_t FileBytes(const char* path);

}  // namespace eagle::ops
