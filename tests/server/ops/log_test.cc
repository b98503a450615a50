// The log: one event a line, readable by machines, without personal data; and what the service manager is told.
#include "server/ops/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "server/ops/notify.h"
#include "server/ops/resources.h"
#include "server/ops/signals.h"
#include "tests/support/temp_folder.h"

namespace eagle::ops {
namespace {

using testing::HasSubstr;
using testing::Not;

class FixedClock final : public Clock {
 public:
  absl::Time WallNow() override { return now; }
  absl::Duration MonotonicNow() override { return absl::ZeroDuration(); }
  absl::Time now = absl::FromUnixSeconds(1790555400);
};

class LogTest : public testing::Test {
 protected:
  ~LogTest() override { close(file_); }
  Log Make(Log::Format format, Log::Level least = Log::Level::kInfo) {
    return Log(clock_, {.format = format, .least = least, .descriptor = file_});
  }
  std::string Written() {
    std::stringstream text;
    text << std::ifstream(folder_ / "log").rdbuf();
    return text.str();
  }

  TempFolder folder_;
  FixedClock clock_;
  const int file_ = open((folder_ / "log").c_str(), O_CREAT | O_RDWR | O_APPEND | O_CLOEXEC, 0600);
};

TEST_F(LogTest, AnEventIsOneLineOfJson) {
  Log log = Make(Log::Format::kJson);
  log.Info("ready").With("api", "127.0.0.1:1").With("entries", 42).With("odd", "a\"b\\c\nd\x01");
  EXPECT_EQ(Written(),
            "{\"time\":\"2026-09-28T00:30:00.000000Z\",\"level\":\"info\",\"event\":\"ready\",\"api\":\"127.0.0.1:1\","
            "\"entries\":42,"
            "\"odd\":\"a\\\"b\\\\c\\u000ad\\u0001\"}\n");
}

TEST_F(LogTest, OrOneLineOfTextForATerminal) {
  Log log = Make(Log::Format::kText);
  log.Warning("probe").With("misses", 2).With("text", "two\nlines\x1b[2J");
  EXPECT_EQ(Written(), "2026-09-28T00:30:00.000000Z warning probe  misses=2  text=two lines [2J\n");
}

TEST_F(LogTest, BytesThatAreNoTextBecomeAMark) {
  EXPECT_EQ(JsonText("冻结"), "\"冻结\"");
  EXPECT_EQ(JsonText("a\xff冻\xe5"), "\"a\\ufffd冻\\ufffd\"");
}

TEST_F(LogTest, NumbersOfPeopleAndAccountsComeOutMasked) {
  Log log = Make(Log::Format::kJson);
  log.Info("call")
      .With("a", "respondent 990101198503070017 at 9900010000000001016")
      .With("b", "id 99010119850307001X")
      .With("c", "(990101850307001)");
  const std::string written = Written();
  EXPECT_THAT(written, Not(HasSubstr("990101198503070017")));
  EXPECT_THAT(written, Not(HasSubstr("9900010000000001016")));
  EXPECT_THAT(written, Not(HasSubstr("99010119850307001X")));
  EXPECT_THAT(written, Not(HasSubstr("990101850307001")));
  EXPECT_THAT(written, HasSubstr("9901"));
  // Hashes and ids of ours stay readable.
  const std::string hash = "0123456789abcdef0123456789012345678901234567890f";
  EXPECT_EQ(MaskDigits(hash), hash);
  EXPECT_EQ(MaskDigits("018f3b2a-1111-7222-8333-444455556666"), "018f3b2a-1111-7222-8333-4444****6666");
  EXPECT_EQ(MaskDigits("port 40123, 198287"), "port 40123, 198287");
}

TEST_F(LogTest, LinesBelowTheLevelAreNotWritten) {
  Log log = Make(Log::Format::kJson, Log::Level::kWarning);
  log.Info("quiet");
  log.Error("loud");
  EXPECT_THAT(Written(), Not(HasSubstr("quiet")));
  EXPECT_THAT(Written(), HasSubstr("loud"));
}

TEST_F(LogTest, AFloodOfOneEventIsCutAndCounted) {
  Log log = Make(Log::Format::kJson);
  for (int i = 0; i < Log::kLinesPerSecondMax + 30; ++i) log.Info("flood");
  log.Info("other");
  clock_.now += absl::Seconds(1);
  log.Info("flood");
  const std::string written = Written();
  EXPECT_EQ(std::count(written.begin(), written.end(), '\n'), Log::kLinesPerSecondMax + 2);
  EXPECT_THAT(written, HasSubstr("\"dropped\":30"));
}

TEST_F(LogTest, AFailureIsLoggedWithReasonAndFields) {
  Log log = Make(Log::Format::kJson);
  log.Error("not_started")
      .With(absl::Status(Fail(Reason::kFolderLocked, "another process has the folder").With("pid", "77")));
  EXPECT_THAT(Written(),
              HasSubstr("\"reason\":\"FOLDER_LOCKED\",\"message\":\"another process has the folder\",\"pid\":\"77\""));
}

TEST(Notify, SaysItInOneDatagram) {
  TempFolder folder;
  const std::string path = folder / "notify";
  const int receiver = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(bind(receiver, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  Notifier(path, absl::ZeroDuration()).Send("READY=1\nSTATUS=serving");
  char text[64] = {};
  EXPECT_EQ(read(receiver, text, sizeof(text)), 22);
  EXPECT_STREQ(text, "READY=1\nSTATUS=serving");
  close(receiver);
  Notifier(path, absl::ZeroDuration()).Send("nobody reads any more");
  Notifier("", absl::ZeroDuration()).Send("nobody to tell");
}

TEST(SignalsTest, AreTakenOneByOne) {
  Signals signals;
  EXPECT_EQ(signals.Wait(absl::ZeroDuration()), Signal::kNone);
  kill(getpid(), SIGHUP);
  EXPECT_EQ(signals.Wait(absl::Seconds(10)), Signal::kReload);
  kill(getpid(), SIGTERM);
  EXPECT_EQ(signals.Wait(absl::Seconds(10)), Signal::kStop);
  signals.Wake();
  EXPECT_EQ(signals.Wait(absl::Seconds(10)), Signal::kStop);
  EXPECT_EQ(signals.Wait(absl::ZeroDuration()), Signal::kNone);
}

TEST(ResourcesTest, AreCounted) {
  const Resources used = UsedResources();
  EXPECT_GT(used.resident_bytes, 1 << 20);
  EXPECT_GE(used.descriptors, 3);
  EXPECT_GT(used.descriptors_max, used.descriptors);
  EXPECT_EQ(FileBytes("/nowhere/at/all"), 0);
}

}  // namespace
}  // namespace eagle::ops
