// A child process that is killed at a point of SQLite's work: between any few steps of its virtual machine, at a
// commit, or at a write to the log.
//
//   const int64_t points = RunKilledAt(-1, work);   // how many it passes when nobody kills it
//   RunKilledAt(points / 2, work);
#pragma once

#include <cstdint>
#include <functional>

namespace eagle::bank {

// Runs `work` in a child that is killed at its `kill_at`-th point; -1: not at all. Returns how many points it passed;
// 0: it was killed. `work` opens its own databases.
int64_t RunKilledAt(int64_t kill_at, const std::function<void()>& work);

}  // namespace eagle::bank
