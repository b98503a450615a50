// A limit on how long a file this process may write: a write beyond it fails, as on a full disk. Ends with the object.
#pragma once

#include <signal.h>
#include <sys/resource.h>

namespace eagle::storage {

class SmallFiles {
 public:
  explicit SmallFiles(rlim_t bytes) {
    signal(SIGXFSZ, SIG_IGN);  // an error instead of a signal
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SmallFiles() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

}  // namespace eagle::storage
