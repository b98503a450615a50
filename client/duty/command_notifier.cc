#include "client/duty/command_notifier.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "server/base/reason.h"

namespace eagle::duty {
namespace {

absl::Status NotTold(const std::string& why) { return Fail(Reason::kUnavailable, why); }

class Descriptor {
 public:
  explicit Descriptor(int file) : file_(file) {}
  ~Descriptor() {
    if (file_ >= 0) close(file_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return file_; }

 private:
  const int file_;
};

// A file in memory to read from: a program that doesn't read its input can't hold us up, as a pipe would.
int InputOf(const std::string& text) {
  const int file = memfd_create("alert", MFD_CLOEXEC);
  if (file < 0) return -1;
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t written = write(file, text.data() + done, text.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    done += static_cast<size_t>(written);
  }
  if (done == text.size() && lseek(file, 0, SEEK_SET) == 0) return file;
  close(file);
  return -1;
}

// Its own process group, so that what it starts ends with it; no signal blocked or ignored because we do.
class SpawnPlan {
 public:
  explicit SpawnPlan(int input) {
    posix_spawn_file_actions_init(&files_);
    posix_spawn_file_actions_adddup2(&files_, input, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&files_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    sigemptyset(&none), sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  // 0, or the system's error.
  int Start(std::vector<std::string> arguments, pid_t& child) {
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    char path[] = "PATH=/usr/local/bin:/usr/bin:/bin", lang[] = "LANG=C.UTF-8";
    char* environment[] = {path, lang, nullptr};
    return posix_spawn(&child, argv[0], &files_, &attributes_, argv.data(), environment);
  }

 private:
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

// False when it hasn't ended within the limit.
bool AwaitEnd(pid_t child, absl::Duration limit) {
  // The C library has it, too, but its header isn't one for C++.
  const Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
  if (process.get() < 0) return false;
  pollfd wait{process.get(), POLLIN, 0};
  int ready = 0;
  do {
    ready = poll(&wait, 1, static_cast<int>(absl::ToInt64Milliseconds(limit)));
  } while (ready < 0 && errno == EINTR);
  return ready == 1;
}

}  // namespace

absl::Status CommandNotifier::Tell(const Message& message) {
  std::vector<std::string> arguments;
  for (const std::string& argument : command_)
    arguments.push_back(absl::StrReplaceAll(argument, {{"{address}", message.address}}));
  const Descriptor input(InputOf(absl::StrCat(absl::StrJoin(message.lines, "\n"), "\n")));
  if (input.get() < 0) return NotTold(absl::StrCat("no memory for the program's input: ", std::strerror(errno)));
  pid_t child = 0;
  if (const int error = SpawnPlan(input.get()).Start(arguments, child); error != 0)
    return NotTold(absl::StrCat("the program can't be started: ", std::strerror(error)));
  const bool ended = AwaitEnd(child, time_limit_);
  kill(-child, SIGKILL);  // whatever it left behind
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!ended) return NotTold(absl::StrCat("the program didn't end within ", absl::FormatDuration(time_limit_)));
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  if (WIFEXITED(status)) return NotTold(absl::StrCat("the program ended with ", WEXITSTATUS(status)));
  return NotTold(absl::StrCat("the program was ended by signal ", WTERMSIG(status)));
}

}  // namespace eagle::duty
