#include "server/ops/notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "absl/strings/numbers.h"

namespace eagle::ops {

Notifier Notifier::FromEnvironment() {
  const char* socket = std::getenv("NOTIFY_SOCKET");
  const char* microseconds = std::getenv("WATCHDOG_USEC");
  const char* pid = std::getenv("WATCHDOG_PID");
  int64_t most = 0, for_pid = getpid();
  if (microseconds == nullptr || !absl::SimpleAtoi(microseconds, &most) || most < 0) most = 0;
  if (pid != nullptr && (!absl::SimpleAtoi(pid, &for_pid) || for_pid != getpid())) most = 0;
  return Notifier(socket == nullptr ? "" : socket, absl::Microseconds(most));
}

void Notifier::Send(std::string_view state) const {
  sockaddr_un to{};
  if (socket_.empty() || socket_.size() >= sizeof(to.sun_path)) return;
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, socket_.data(), socket_.size());
  if (socket_.front() == '@') to.sun_path[0] = '\0';
  const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  (void)!sendto(descriptor, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to), size);
  close(descriptor);
}

}  // namespace eagle::ops
