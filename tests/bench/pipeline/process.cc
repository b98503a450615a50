#include "tests/bench/pipeline/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "server/base/reason.h"

namespace eagle::bench {
namespace {

namespace fs = std::filesystem;

int CodeOf(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

}  // namespace

absl::StatusOr<Child> Child::Start(const std::vector<std::string>& argv, const std::string& log,
                                   const std::vector<int>& keep_open) {
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (out < 0 || in < 0) return Fail(Reason::kConfigurationInvalid, "the log of a process can't be written: " + log);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) {  // only calls that are safe after fork in a process with threads
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(125);
    dup2(in, 0), dup2(out, 1), dup2(out, 2);
    for (const int descriptor : keep_open) fcntl(descriptor, F_SETFD, 0);
    execv(words[0], words.data());
    _exit(127);
  }
  close(out), close(in);
  if (pid < 0) return Fail(Reason::kConfigurationInvalid, "no process could be started: " + argv[0]);
  Child child;
  child.pid_ = pid, child.log_ = log;
  return child;
}

bool Child::Runs() {
  if (pid_ <= 0) return false;
  if (waitpid(pid_, nullptr, WNOHANG) != pid_) return true;
  pid_ = -1;
  return false;
}

int Child::End(absl::Duration grace) {
  if (pid_ <= 0) return 0;
  int status = 0;
  kill(pid_, SIGTERM);
  for (absl::Duration waited; waited < grace; waited += absl::Milliseconds(5)) {
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      return CodeOf(status);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  kill(pid_, SIGKILL);
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return CodeOf(status);
}

Child::Ended Child::Wait() {
  if (pid_ <= 0) return {};
  int status = 0;
  rusage used{};
  wait4(pid_, &status, 0, &used);
  pid_ = -1;
  return {CodeOf(status), static_cast<uint64_t>(used.ru_maxrss) * 1024};
}

std::string Child::LastWords() const {
  const std::string all = ReadFile(log_);
  return all.size() <= 2000 ? all : all.substr(all.size() - 2000);
}

double CpuSeconds(pid_t pid) {
  clockid_t clock;
  timespec spent;
  if (pid <= 0 || clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &spent) != 0) return 0;
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
}

std::map<std::string, double> CpuByThread(pid_t pid) {
  std::map<std::string, double> out;
  std::error_code ignored;
  for (const auto& thread : fs::directory_iterator("/proc/" + std::to_string(pid) + "/task", ignored)) {
    std::string name = ReadFile(thread.path() / "comm");
    name = name.substr(0, name.find('\n'));
    std::istringstream spent(ReadFile(thread.path() / "schedstat"));
    double nanoseconds = 0;
    spent >> nanoseconds;
    out[name] += nanoseconds * 1e-9;
  }
  return out;
}

uint64_t ResidentBytes(pid_t pid) {
  std::istringstream pages(ReadFile("/proc/" + std::to_string(pid) + "/statm"));
  uint64_t all = 0, resident = 0;
  pages >> all >> resident;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

uint64_t BytesOnDisk(const std::string& folder) {
  uint64_t bytes = 0;
  std::error_code ignored;
  for (const auto& file : fs::recursive_directory_iterator(folder, ignored)) {
    struct stat status;
    if (stat(file.path().c_str(), &status) == 0 && S_ISREG(status.st_mode))
      bytes += static_cast<uint64_t>(status.st_blocks) * 512;
  }
  return bytes;
}

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

absl::Status WriteFile(const std::string& path, const std::string& content) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << content;
  out.close();
  return out ? absl::OkStatus() : Fail(Reason::kConfigurationInvalid, "the file can't be written: " + path);
}

std::string BinaryFolder() { return fs::read_symlink("/proc/self/exe").parent_path().string(); }

}  // namespace eagle::bench
