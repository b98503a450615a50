// Processes of our own: started, watched, ended. Nothing is ended that wasn't started here.
//
// Life:    Start -> (CpuSeconds, ResidentBytes, CpuByThread) -> End, or gone with the object; a child dies with the
// thread that started it. Threads: one.
//
//   EAGLE_ASSIGN_OR_RETURN(Child gateway, Child::Start({path, "--config", file}, "gateway.log"));
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace eagle::bench {

class Child {
 public:
  // Starts argv[0] with what it writes going to the file `log`. `keep_open`: descriptors that the child inherits under
  // the same numbers. Errors: CONFIGURATION_INVALID.
  static absl::StatusOr<Child> Start(const std::vector<std::string>& argv, const std::string& log,
                                     const std::vector<int>& keep_open = {});
  Child() = default;
  Child(Child&& other) noexcept { *this = std::move(other); }
  Child& operator=(Child&& other) noexcept {
    std::swap(pid_, other.pid_), std::swap(log_, other.log_);
    return *this;
  }
  ~Child() { End(); }

  pid_t pid() const { return pid_; }
  bool Runs();
  // SIGTERM; after `grace` SIGKILL. The exit code, or 128 + the signal; 0 when it is gone already.
  int End(absl::Duration grace = absl::Seconds(20));
  // Waits until it has ended by itself: its exit code as of End, and the most memory that it had.
  struct Ended {
    int code = 0;
    uint64_t resident_bytes_max = 0;
  };
  Ended Wait();
  // The end of what it wrote, for a complaint.
  std::string LastWords() const;

 private:
  pid_t pid_ = -1;
  std::string log_;
};

// Of a living process, all its threads since the start, in seconds. 0 when it is gone.
double CpuSeconds(pid_t pid);
// The same by the name of the living threads.
std::map<std::string, double> CpuByThread(pid_t pid);
uint64_t ResidentBytes(pid_t pid);
// Blocks of a folder and what lies in it, in bytes.
uint64_t BytesOnDisk(const std::string& folder);

// A whole file; empty when it can't be read.
std::string ReadFile(const std::string& path);
// Errors: CONFIGURATION_INVALID.
absl::Status WriteFile(const std::string& path, const std::string& content);
// Where the programs of this build lie: the folder of the running one.
std::string BinaryFolder();

}  // namespace eagle::bench
