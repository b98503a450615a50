#include "tests/adapters/bank/kill_points.h"

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "gtest/gtest.h"
#include "server/base/assert.h"

namespace eagle::bank {
namespace {

constexpr int kOpsBetweenPoints = 4;  // of SQLite's virtual machine

// Points that the process has passed; at `kill_at` it ends.
struct Points {
  int64_t passed = 0;
  int64_t kill_at = -1;
  int Pass() {
    if (++passed == kill_at) raise(SIGKILL);
    return 0;
  }
};
Points points;

int Watch(sqlite3* database, const char**, const struct sqlite3_api_routines*) {
  sqlite3_progress_handler(
      database, kOpsBetweenPoints, [](void*) { return points.Pass(); }, nullptr);
  sqlite3_commit_hook(
      database, [](void*) { return points.Pass(); }, nullptr);
  sqlite3_wal_hook(
      database, [](void*, sqlite3*, const char*, int) { return points.Pass(); }, nullptr);
  return SQLITE_OK;
}

}  // namespace

int64_t RunKilledAt(int64_t kill_at, const std::function<void()>& work) {
  int pipe_ends[2];
  GATEWAY_ASSERT(pipe(pipe_ends) == 0, "a test can make a pipe");
  const pid_t child = fork();
  GATEWAY_ASSERT(child >= 0, "a test can make a child");
  if (child == 0) {
    points = {0, kill_at};
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(Watch));
    work();
    const int64_t passed = points.passed;
    _exit(write(pipe_ends[1], &passed, sizeof(passed)) == sizeof(passed) ? 0 : 1);
  }
  close(pipe_ends[1]);
  int64_t passed = 0;
  const bool whole = read(pipe_ends[0], &passed, sizeof(passed)) == sizeof(passed);
  close(pipe_ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (kill_at > 0 && !whole) {
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "it ended by the kill, not by itself";
  }
  return whole ? passed : 0;
}

}  // namespace eagle::bank
