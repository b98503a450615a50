// GATEWAY_ASSERT: for what only our own bug can cause. On in every build: stopping is safe because all state is
// durable. What the world can cause is an absl::Status (reason.h).
#pragma once

#include <cstdio>
#include <cstdlib>

#define GATEWAY_ASSERT(condition, why)                                                                 \
  do {                                                                                                 \
    if (!(condition)) {                                                                                \
      std::fprintf(stderr, "%s:%d: assertion failed: %s (%s)\n", __FILE__, __LINE__, #condition, why); \
      std::abort();                                                                                    \
    }                                                                                                  \
  } while (false)
