// The clerk's counter: how people speak to a running adapter, over a unix socket in its data folder and never by a
// second process on its register.
//
// One connection carries one request line and one answer line, each one JSON object of at most 1 MiB:
//
//   {"command":"review approve","arguments":{"id":"..."}}
//   {"ok":true,"result":{...}}
//   {"ok":false,"reason":"TASK_NOT_WAITING","message":"...","metadata":{"key":"value"},"violations":[{"field":"...","reason":"...","description":"..."}]}
//
// The socket has mode 0600 and takes connections of its owner and of root only: who may open it may do what a clerk
// may. Requests and answers hold personal data; they are neither logged nor stored here.
//
// Life: Start, until destroyed; the destructor finishes the request at hand and removes the socket.
// Threads: one thread of its own takes requests one after the other and calls the handler, which may wait
// (Runner::Ask).
//
//   EAGLE_ASSIGN_OR_RETURN(auto counter, CounterServer::Start("data/counter.sock", [&](const CounterRequest& request) {
//   ... })); EAGLE_ASSIGN_OR_RETURN(Json shown, CallCounter("data/counter.sock", {"show", arguments}));
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/sdk/shell/json.h"

namespace eagle::sdk {

inline constexpr size_t kCounterLineBytesMax = 1024 * 1024;

struct CounterRequest {
  std::string command;  // words of the command line: "review approve"
  Json arguments;
  // The argument's text, without blanks around it. Error: FIELD_MISSING naming it.
  absl::StatusOr<std::string> Required(std::string_view argument) const;
  std::string Optional(std::string_view argument) const;
};

// An error becomes "ok": false with its reason, message, metadata and violations.
using CounterHandler = std::function<absl::StatusOr<Json>(const CounterRequest&)>;

class CounterServer {
 public:
  // A socket file that nobody serves any more is replaced; any other file is left alone.
  // Errors: FOLDER_LOCKED          a process answers there already.
  //         CONFIGURATION_INVALID  the path is no place for a socket: too long (above 107 bytes), no such folder, taken
  //         by a file.
  static absl::StatusOr<std::unique_ptr<CounterServer>> Start(const std::string& path, CounterHandler handler);
  ~CounterServer();
  CounterServer(const CounterServer&) = delete;
  CounterServer& operator=(const CounterServer&) = delete;

 private:
  CounterServer(std::string path, int listener, int stop_reader, int stop_writer, CounterHandler handler);
  void Serve();
  void Answer(int connection);

  const std::string path_;
  const int listener_;
  const int stop_reader_;  // a pipe: readable once the server shall stop
  const int stop_writer_;
  CounterHandler handler_;
  std::thread thread_;
};

// Asks the adapter behind `path` and waits for its answer.
// Errors: UNAVAILABLE when nobody answers there (is the adapter running?); whatever the adapter answered, as the same
// Failure.
absl::StatusOr<Json> CallCounter(const std::string& path, const CounterRequest& request);

// The two halves of the line format, for tests and other languages' sake.
std::string AnswerLine(const absl::StatusOr<Json>& result);         // without the line break
absl::StatusOr<Json> ReadAnswer(std::string_view line);             // INTERNAL for what isn't an answer
absl::StatusOr<CounterRequest> ReadRequest(std::string_view line);  // FIELD_INVALID, FIELD_MISSING

}  // namespace eagle::sdk
