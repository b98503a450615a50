#include "tests/server/api_grpc/program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/base/assert.h"
#include "tests/support/paths.h"

namespace eagle {

Program::Program(const std::vector<std::string>& arguments, int descriptors) {
  int ends[2];
  GATEWAY_ASSERT(pipe2(ends, O_CLOEXEC) == 0, "a test can make a pipe");
  // A shell sets the limit: nothing of this process runs between fork and exec but the exec itself.
  std::vector<std::string> command = {
      "/bin/sh", "-c", descriptors > 0 ? "ulimit -n " + std::to_string(descriptors) + "; exec \"$@\"" : "exec \"$@\"",
      "sh", test::BuildPath("bin/golden-eagle")};
  command.insert(command.end(), arguments.begin(), arguments.end());
  std::vector<char*> words;
  for (std::string& word : command) words.push_back(word.data());
  words.push_back(nullptr);
  process_ = fork();
  if (process_ == 0) {
    dup2(ends[1], STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
    execv(words[0], words.data());
    _exit(127);
  }
  close(ends[1]);
  output_end_ = ends[0];
}

Program::~Program() {
  if (!ended_) {
    kill(process_, SIGKILL);
    Wait();
  }
  close(output_end_);
}

bool Program::ReadLine(std::string& line) {
  for (;;) {
    if (const size_t end = unread_.find('\n'); end != std::string::npos) {
      line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      output_ += line + "\n";
      return true;
    }
    char piece[4096];
    const ssize_t got = read(output_end_, piece, sizeof(piece));
    if (got <= 0) return false;
    unread_.append(piece, static_cast<size_t>(got));
  }
}

std::string Program::ReadUntil(const std::string& text) {
  for (std::string line; ReadLine(line);) {
    if (line.find(text) != std::string::npos) return line;
  }
  return "";
}

std::string Program::ReadAll() {
  for (std::string line; ReadLine(line);) {
  }
  return output_;
}

void Program::Signal(int number) { kill(process_, number); }

int Program::Wait() {
  int status = 0;
  waitpid(process_, &status, 0);
  ended_ = true;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace eagle
