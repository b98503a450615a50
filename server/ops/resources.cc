#include "server/ops/resources.h"

#include <dirent.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

namespace eagle::ops {

Resources UsedResources() {
  Resources out;
  if (std::FILE* file = std::fopen("/proc/self/statm", "re"); file != nullptr) {
    long long pages = 0;
    if (std::fscanf(file, "%*s %lld", &pages) == 1) out.resident_bytes = pages * sysconf(_SC_PAGESIZE);
    std::fclose(file);
  }
  rusage used{};
  if (getrusage(RUSAGE_SELF, &used) == 0)
    out.cpu = absl::DurationFromTimeval(used.ru_utime) + absl::DurationFromTimeval(used.ru_stime);
  if (DIR* folder = opendir("/proc/self/fd"); folder != nullptr) {
    while (readdir(folder) != nullptr) ++out.descriptors;
    closedir(folder);
    out.descriptors -= 3;  // ".", ".." and the folder itself
  }
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) out.descriptors_max = static_cast<int64_t>(limit.rlim_cur);
  return out;
}

int64_t RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<int64_t>(limit.rlim_cur);
}

int64_t FileBytes(const char* path) {
  struct stat facts {};
  return stat(path, &facts) == 0 ? facts.st_size : 0;
}

}  // namespace eagle::ops
