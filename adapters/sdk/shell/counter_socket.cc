#include "adapters/sdk/shell/counter_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/ascii.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::sdk {
namespace {

constexpr int kClientWaitMs = 5'000;  // how long a connection may keep the counter waiting for its next bytes
constexpr int kBacklog = 16;

// A descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }
  int Release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

Fail BadPath(const std::string& path, std::string_view why) {
  Fail fail(Reason::kConfigurationInvalid, why);
  fail.With("path", path);
  return fail;
}

absl::StatusOr<sockaddr_un> AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path))
    return BadPath(path, "the path of the counter socket must have 1 to 107 bytes");
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

// -1 with errno when nobody listens there.
int Connect(const sockaddr_un& address) {
  Descriptor connection(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connection.number() < 0) return -1;
  int done;
  do {
    done = connect(connection.number(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  } while (done != 0 && errno == EINTR);
  return done == 0 ? connection.Release() : -1;
}

// Waits until `descriptor` is ready for `events`, `stop` is readable, or time is over. `wait_ms` < 0: for ever.
bool IsReady(int descriptor, short events, int stop, int wait_ms) {
  pollfd both[] = {{descriptor, events, 0}, {stop, POLLIN, 0}};
  int ready;
  do {
    ready = poll(both, stop < 0 ? 1 : 2, wait_ms);
  } while (ready < 0 && errno == EINTR);
  return ready > 0 && both[0].revents != 0;
}

// Up to the first line break; false when the line is too long or doesn't come. No bytes of a next line are expected.
bool ReadLine(int connection, int stop, int wait_ms, std::string& line) {
  char buffer[4096];
  while (line.size() <= kCounterLineBytesMax) {
    if (!IsReady(connection, POLLIN, stop, wait_ms)) return false;
    const ssize_t got = read(connection, buffer, sizeof(buffer));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    line.append(buffer, static_cast<size_t>(got));
    if (const size_t end = line.find('\n'); end != std::string::npos) {
      line.resize(end);
      return line.size() <= kCounterLineBytesMax;
    }
  }
  return false;
}

bool WriteLine(int connection, int wait_ms, std::string line) {
  line += '\n';
  for (size_t done = 0; done < line.size();) {
    if (!IsReady(connection, POLLOUT, -1, wait_ms)) return false;
    const ssize_t sent = send(connection, line.data() + done, line.size() - done, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    done += static_cast<size_t>(sent);
  }
  return true;
}

bool IsOwnerOrRoot(int connection) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == 0 || peer.uid == geteuid();
}

// Removes a socket that nobody serves any more.
absl::Status ClearWay(const std::string& path, const sockaddr_un& address) {
  struct stat found {};
  if (lstat(path.c_str(), &found) != 0) return absl::OkStatus();
  if (!S_ISSOCK(found.st_mode))
    return BadPath(path, "a file that is no socket lies where the counter socket should be");
  if (const int other = Connect(address); other >= 0) {
    close(other);
    return Fail(Reason::kFolderLocked, "another process answers at the counter socket").With("path", path);
  }
  if (unlink(path.c_str()) != 0) return BadPath(path, "the old counter socket can't be removed");
  return absl::OkStatus();
}

}  // namespace

// ---- The lines ----

absl::StatusOr<std::string> CounterRequest::Required(std::string_view argument) const {
  std::string text = Optional(argument);
  if (text.empty())
    return Fail(Reason::kFieldMissing, "an argument is missing").At(argument, "the argument is required");
  return text;
}

std::string CounterRequest::Optional(std::string_view argument) const {
  const std::string text = TextAt(arguments, argument);
  return std::string(FromAbsl(absl::StripAsciiWhitespace(text)));
}

std::string AnswerLine(const absl::StatusOr<Json>& result) {
  Json answer;
  Put(answer, "ok", result.ok());
  if (result.ok()) {
    *(*answer.mutable_fields())["result"].mutable_struct_value() = *result;
    return JsonText(answer);
  }
  const Failure failure = FailureOf(result.status());
  Put(answer, "reason", RowOf(failure.reason).name);
  Put(answer, "message", failure.message);
  Json metadata;
  for (const auto& [key, value] : failure.metadata) Put(metadata, key, value);
  *(*answer.mutable_fields())["metadata"].mutable_struct_value() = metadata;
  PutList(answer, "violations");
  for (const Violation& violation : failure.violations) {
    Json& row = AddTo(answer, "violations");
    Put(row, "field", violation.field);
    Put(row, "reason", RowOf(violation.reason).name);
    Put(row, "description", violation.description);
  }
  return JsonText(answer);
}

absl::StatusOr<Json> ReadAnswer(std::string_view line) {
  absl::StatusOr<Json> answer = ParseJson(line);
  if (!answer.ok()) return Fail(Reason::kInternal, "the adapter's answer can't be read");
  const auto& fields = answer->fields();
  if (const auto ok = fields.find("ok"); ok != fields.end() && ok->second.bool_value()) {
    const auto result = fields.find("result");
    return result == fields.end() ? Json() : result->second.struct_value();
  }
  Failure failure{.reason = ReasonByName(TextAt(*answer, "reason")).value_or(Reason::kInternal),
                  .message = TextAt(*answer, "message")};
  if (const auto metadata = fields.find("metadata"); metadata != fields.end()) {
    for (const auto& [key, value] : metadata->second.struct_value().fields())
      failure.metadata.emplace_back(key, value.string_value());
  }
  if (const auto violations = fields.find("violations"); violations != fields.end()) {
    for (const auto& value : violations->second.list_value().values()) {
      const Json& row = value.struct_value();
      failure.violations.push_back({TextAt(row, "field"),
                                    ReasonByName(TextAt(row, "reason")).value_or(Reason::kFieldInvalid),
                                    TextAt(row, "description")});
    }
  }
  return ToStatus(failure);
}

absl::StatusOr<CounterRequest> ReadRequest(std::string_view line) {
  EAGLE_ASSIGN_OR_RETURN(const Json object, ParseJson(line));
  CounterRequest request{.command = TextAt(object, "command")};
  if (request.command.empty())
    return Fail(Reason::kFieldMissing, "a request names its command").At("command", "the command is required");
  if (const auto arguments = object.fields().find("arguments"); arguments != object.fields().end()) {
    request.arguments = arguments->second.struct_value();
  }
  return request;
}

// ---- The server ----

absl::StatusOr<std::unique_ptr<CounterServer>> CounterServer::Start(const std::string& path, CounterHandler handler) {
  EAGLE_ASSIGN_OR_RETURN(const sockaddr_un address, AddressOf(path));
  EAGLE_RETURN_IF_ERROR(ClearWay(path, address));
  Descriptor listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  int stop[2] = {-1, -1};
  if (listener.number() < 0 || pipe2(stop, O_CLOEXEC) != 0) return BadPath(path, "the counter socket can't be made");
  Descriptor stop_reader(stop[0]), stop_writer(stop[1]);
  // The mode counts from the moment of bind, so there is no instant in which others could connect.
  if (fchmod(listener.number(), S_IRUSR | S_IWUSR) != 0 ||
      bind(listener.number(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return BadPath(path, "the counter socket can't be made there");
  }
  if (chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0 || listen(listener.number(), kBacklog) != 0) {
    unlink(path.c_str());
    return BadPath(path, "nobody can listen at the counter socket");
  }
  return std::unique_ptr<CounterServer>(
      new CounterServer(path, listener.Release(), stop_reader.Release(), stop_writer.Release(), std::move(handler)));
}

CounterServer::CounterServer(std::string path, int listener, int stop_reader, int stop_writer, CounterHandler handler)
    : path_(std::move(path)),
      listener_(listener),
      stop_reader_(stop_reader),
      stop_writer_(stop_writer),
      handler_(std::move(handler)),
      thread_([this] { Serve(); }) {}

CounterServer::~CounterServer() {
  close(stop_writer_);  // the reader sees the end of the pipe
  thread_.join();
  unlink(path_.c_str());
  close(listener_);
  close(stop_reader_);
}

void CounterServer::Serve() {
  while (true) {
    const bool ready = IsReady(listener_, POLLIN, stop_reader_, -1);
    pollfd stopped{stop_reader_, POLLIN, 0};
    if (poll(&stopped, 1, 0) > 0) return;
    if (!ready) continue;
    Descriptor connection(accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC));
    if (connection.number() >= 0 && IsOwnerOrRoot(connection.number())) Answer(connection.number());
  }
}

void CounterServer::Answer(int connection) {
  std::string line;
  if (!ReadLine(connection, stop_reader_, kClientWaitMs, line)) return;
  absl::StatusOr<CounterRequest> request = ReadRequest(line);
  WriteLine(connection, kClientWaitMs,
            AnswerLine(request.ok() ? handler_(*request) : absl::StatusOr<Json>(request.status())));
}

// ---- The caller ----

absl::StatusOr<Json> CallCounter(const std::string& path, const CounterRequest& request) {
  EAGLE_ASSIGN_OR_RETURN(const sockaddr_un address, AddressOf(path));
  Descriptor connection(Connect(address));
  if (connection.number() < 0)
    return Fail(Reason::kUnavailable, "nobody answers at the counter socket: is the adapter running?")
        .With("path", path);
  Json object;
  Put(object, "command", request.command);
  *(*object.mutable_fields())["arguments"].mutable_struct_value() = request.arguments;
  std::string line;
  if (!WriteLine(connection.number(), kClientWaitMs, JsonText(object)) ||
      !ReadLine(connection.number(), -1, -1, line)) {
    return Fail(Reason::kUnavailable,
                "the adapter closed the counter without an answer: look whether the command took effect")
        .With("path", path);
  }
  return ReadAnswer(line);
}

}  // namespace eagle::sdk
