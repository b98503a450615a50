// The counter socket: lines, errors, permissions, and who may stand there.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "adapters/sdk/shell/counter_socket.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "tests/support/temp_folder.h"

namespace eagle::sdk {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

// Repeats the request, or fails as asked.
absl::StatusOr<Json> Echo(const CounterRequest& request) {
  if (request.command == "fail") {
    return Fail(Reason::kMeasureUnknown, "no such measure").With("id", "7").At("id", Reason::kFieldInvalid, "see list");
  }
  EAGLE_ASSIGN_OR_RETURN(const std::string name, request.Required("name"));
  Json out;
  Put(out, "hello", name);
  Put(out, "optional", request.Optional("other"));
  return out;
}

CounterRequest Hello(const std::string& name) {
  CounterRequest request{.command = "hello"};
  Put(request.arguments, "name", name);
  return request;
}

// A raw connection: sends `text`, reads until the other side closes.
std::string Speak(const std::string& path, const std::string& text) {
  const int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  EXPECT_EQ(connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_EQ(send(connection, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  shutdown(connection, SHUT_WR);
  std::string out;
  char buffer[512];
  for (ssize_t got; (got = read(connection, buffer, sizeof(buffer))) > 0;) out.append(buffer, static_cast<size_t>(got));
  close(connection);
  return out;
}

TEST(CounterSocket, OneLineThereAndOneLineBack) {
  TempFolder folder;
  const auto server = CounterServer::Start(folder / "counter.sock", Echo);
  ASSERT_TRUE(server.ok()) << server.status();
  const auto answer = CallCounter(folder / "counter.sock", Hello("  温雅\t"));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(JsonText(*answer), R"({"hello":"温雅","optional":""})");
  EXPECT_EQ(Speak(folder / "counter.sock", "{\"command\":\"hello\",\"arguments\":{\"name\":\"x\"}}\n"),
            "{\"ok\":true,\"result\":{\"hello\":\"x\",\"optional\":\"\"}}\n");
}

TEST(CounterSocket, FailuresArriveWhole) {
  TempFolder folder;
  const auto server = CounterServer::Start(folder / "counter.sock", Echo);
  const auto failed = CallCounter(folder / "counter.sock", {.command = "fail"});
  const Failure failure = FailureOf(failed.status());
  EXPECT_EQ(failure.reason, Reason::kMeasureUnknown);
  EXPECT_EQ(failure.message, "no such measure");
  EXPECT_THAT(failure.metadata, ElementsAre(Pair("id", "7")));
  EXPECT_THAT(failure.violations, ElementsAre(Violation{"id", Reason::kFieldInvalid, "see list"}));
  EXPECT_EQ(FailureOf(CallCounter(folder / "counter.sock", {.command = "hello"}).status()).violations.front().field,
            "name");
}

TEST(CounterSocket, BrokenLinesGetAnErrorAndTheNextCallerIsServed) {
  TempFolder folder;
  const auto server = CounterServer::Start(folder / "counter.sock", Echo);
  for (const char* line : {"\n", "hello\n", "[1]\n", "{}\n", "{\"command\":7}\n"})
    EXPECT_THAT(Speak(folder / "counter.sock", line), HasSubstr("\"ok\":false")) << line;
  EXPECT_EQ(Speak(folder / "counter.sock", "{\"command\":\"hello\""), "") << "no line, no answer";
  EXPECT_TRUE(CallCounter(folder / "counter.sock", Hello("x")).ok());
}

TEST(CounterSocket, LinesHaveALimit) {
  TempFolder folder;
  const auto server = CounterServer::Start(folder / "counter.sock", Echo);
  const auto large = CallCounter(folder / "counter.sock", Hello(std::string(kCounterLineBytesMax / 2, 'x')));
  EXPECT_TRUE(large.ok());
  EXPECT_EQ(ReasonOf(CallCounter(folder / "counter.sock", Hello(std::string(kCounterLineBytesMax, 'x'))).status()),
            Reason::kUnavailable);
  EXPECT_TRUE(CallCounter(folder / "counter.sock", Hello("x")).ok());
}

TEST(CounterSocket, BelongsToItsOwnerOnly) {
  TempFolder folder;
  const mode_t before = umask(0);
  const auto server = CounterServer::Start(folder / "counter.sock", Echo);
  umask(before);
  ASSERT_TRUE(server.ok());
  struct stat found {};
  ASSERT_EQ(stat((folder / "counter.sock").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777u, 0600u);
}

TEST(CounterSocket, ServesOneProcessAndReplacesWhatADeadOneLeft) {
  TempFolder folder;
  const std::string path = folder / "counter.sock";
  {
    const auto server = CounterServer::Start(path, Echo);
    EXPECT_EQ(ReasonOf(CounterServer::Start(path, Echo).status()), Reason::kFolderLocked);
    EXPECT_TRUE(CallCounter(path, Hello("x")).ok()) << "the first one still serves";
  }
  struct stat found {};
  EXPECT_NE(stat(path.c_str(), &found), 0) << "removed at the end";
  EXPECT_EQ(ReasonOf(CallCounter(path, Hello("x")).status()), Reason::kUnavailable);

  const int left = socket(AF_UNIX, SOCK_STREAM, 0);  // bound and never served, as after a crash
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  ASSERT_EQ(bind(left, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  close(left);
  const auto server = CounterServer::Start(path, Echo);
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_TRUE(CallCounter(path, Hello("x")).ok());
}

TEST(CounterSocket, LeavesOtherFilesAlone) {
  TempFolder folder;
  std::ofstream(folder / "precious") << "x";
  EXPECT_EQ(ReasonOf(CounterServer::Start(folder / "precious", Echo).status()), Reason::kConfigurationInvalid);
  EXPECT_TRUE(std::ifstream(folder / "precious").good());
  EXPECT_EQ(ReasonOf(CounterServer::Start(folder / "nowhere/counter.sock", Echo).status()),
            Reason::kConfigurationInvalid);
  EXPECT_EQ(ReasonOf(CounterServer::Start(folder / std::string(120, 'x'), Echo).status()),
            Reason::kConfigurationInvalid);
}

TEST(Json, IsAlwaysTheSameBytes) {
  Json object;
  Put(object, "z", "a\"b\\c\nd\x01");
  Put(object, "amount", int64_t{1'000'000'000'000'000});
  Put(object, "yes", true);
  Put(AddTo(object, "list"), "k", 1);
  PutList(object, "empty");
  EXPECT_EQ(JsonText(object),
            R"({"amount":1000000000000000,"empty":[],"list":[{"k":1}],"yes":true,"z":"a\"b\\c\nd\u0001"})");
  const auto again = ParseJson(JsonText(object));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(JsonText(*again), JsonText(object));
  EXPECT_EQ(NumberAt(*again, "amount"), 1'000'000'000'000'000);
  EXPECT_EQ(NumberAt(*again, "z"), 0);
  EXPECT_EQ(TextAt(*again, "none"), "");
}

TEST(Json, IsReadableForPeople) {
  Json object;
  Put(object, "unit", "x");
  Json& seal = AddTo(object, "seals");
  Put(seal, "rank", 1);
  Put(seal, "phase", "EFFECTIVE");
  PutList(object, "mortgages");
  EXPECT_EQ(PlainText(object), "mortgages: none\nseals:\n  - phase: EFFECTIVE\n    rank: 1\nunit: x\n");
}

}  // namespace
}  // namespace eagle::sdk
