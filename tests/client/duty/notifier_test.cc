// The three channels: what leaves, when it counts as told, and that nothing hangs.
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "client/common/files.h"
#include "client/duty/command_notifier.h"
#include "client/duty/maildir_notifier.h"
#include "client/duty/webhook_notifier.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/base/system_clock.h"
#include "server/trust/pki.h"
#include "server/trust/system_entropy.h"
#include "tests/client/duty/play.h"
#include "tests/support/paths.h"
#include "tests/support/temp_folder.h"

extern char** environ;

namespace eagle::duty {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

absl::TimeZone Shanghai() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Asia/Shanghai", &zone));
  return zone;
}

Message AMessage() {
  Message message{.number = 42, .person = "li", .name = "李敏", .channel = "sms", .address = "li@court.example"};
  message.lines = {
      "A17 ORDER overdue | agency 9900010 | court 辽9901 | overdue: the agency has not answered the order"};
  message.facts = {{"A17", "ORDER", "contact", "01920d5c-8f00-7000-8000-000000000001", "9900010", "辽9901", "overdue",
                    1000, Monday(), false}};
  message.alerts = 1;
  return message;
}

std::string FailureText(const absl::Status& status) { return status.ok() ? "" : FailureOf(status).message; }

// --- command

TEST(DutyCommandTest, TheProgramGetsTheLinesAndTheAddressAndNoShellReadsThem) {
  const TempFolder folder;
  Message message = AMessage();
  message.lines.push_back("second");
  message.address = "$(touch pwned); 'a'";
  const std::string script = "printf '%s' \"$2\" > \"$1/address\"; cat > \"$1/lines\"; env > \"$1/env\"";
  CommandNotifier notifier({"/bin/sh", "-c", script, "send", folder.path(), "{address}"}, absl::Seconds(20));
  const absl::Status told = notifier.Tell(message);
  ASSERT_TRUE(told.ok()) << told;
  EXPECT_EQ(*client::ReadFile(folder / "address"), message.address);
  EXPECT_EQ(*client::ReadFile(folder / "lines"), message.lines[0] + "\nsecond\n");
  EXPECT_THAT(*client::ReadFile(folder / "env"), HasSubstr("LANG=C.UTF-8"));
  EXPECT_THAT(*client::ReadFile(folder / "env"), testing::Not(HasSubstr("HOME=")));
}

TEST(DutyCommandTest, AnyOtherEndIsNotTold) {
  const auto end = [](const char* script) {
    return FailureText(CommandNotifier({"/bin/sh", "-c", script}, absl::Seconds(20)).Tell(AMessage()));
  };
  EXPECT_EQ(end("exit 3"), "the program ended with 3");
  EXPECT_EQ(end("kill -9 $$"), "the program was ended by signal 9");
  EXPECT_THAT(FailureText(CommandNotifier({"/no/such/program"}, absl::Seconds(20)).Tell(AMessage())),
              StartsWith("the program can't be started"));
}

TEST(DutyCommandTest, AProgramThatHangsIsEndedWithWhatItStarted) {
  const TempFolder folder;
  const std::string script = absl::StrCat("sleep 1000 & echo $! > ", folder.path(), "/child; wait");
  std::string child;
  for (int seconds = 2; child.empty() && seconds <= 50; seconds *= 5) {  // a busy machine starts it late
    CommandNotifier notifier({"/bin/sh", "-c", script}, absl::Seconds(seconds));
    EXPECT_THAT(FailureText(notifier.Tell(AMessage())), StartsWith("the program didn't end within"));
    child = client::ReadFile(folder / "child").value_or("");
  }
  ASSERT_FALSE(child.empty()) << "it was never started";
  // It has got its signal; it ends when the machine comes to it.
  const int process = static_cast<int>(syscall(SYS_pidfd_open, std::stoi(child), 0));
  if (process < 0) return;  // gone
  pollfd wait{process, POLLIN, 0};
  EXPECT_EQ(poll(&wait, 1, /*milliseconds=*/60'000), 1) << "it goes on";
  close(process);
}

TEST(DutyCommandTest, ASignalThatWeBlockIsNotBlockedInTheProgram) {
  sigset_t block, before;
  sigemptyset(&block), sigaddset(&block, SIGTERM);
  ASSERT_EQ(pthread_sigmask(SIG_BLOCK, &block, &before), 0);
  EXPECT_EQ(
      FailureText(CommandNotifier({"/bin/sh", "-c", "kill -TERM $$; exit 0"}, absl::Seconds(20)).Tell(AMessage())),
      "the program was ended by signal 15");
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

// --- mail drop

TEST(DutyMailTest, AWholeMessageLiesInNewAndNothingInTmp) {
  const TempFolder folder;
  HandClock clock;
  const auto drop = MaildirNotifier::Make(folder / "mail", "duty@court.example", clock);
  ASSERT_TRUE(drop.ok()) << drop.status();
  ASSERT_TRUE((*drop)->Tell(AMessage()).ok());
  EXPECT_THAT(*client::FilesIn(folder / "mail/tmp", ""), IsEmpty());
  const auto names = *client::FilesIn(folder / "mail/new", "");
  ASSERT_THAT(names, SizeIs(1));
  EXPECT_EQ(*client::ReadFile(folder / ("mail/new/" + names[0])), MailOf(AMessage(), "duty@court.example", clock.now));
}

TEST(DutyMailTest, TheMessageIsOneOfRfc5322WithItsTextInBase64) {
  const std::string mail = MailOf(AMessage(), "duty@court.example", Monday());
  const size_t end = mail.find("\r\n\r\n");
  ASSERT_NE(end, std::string::npos);
  const std::string head = mail.substr(0, end);
  EXPECT_THAT(head, StartsWith("From: duty@court.example\r\nTo: li@court.example\r\n"
                               "Date: Mon, 28 Sep 2026 01:00:00 +0000\r\n"
                               "Message-ID: <C42.1790557200000000@court.example>\r\nSubject: =?UTF-8?B?"));
  std::string subject, body;
  for (const absl::string_view line : absl::StrSplit(mail, "\r\n")) {
    EXPECT_LE(line.size(), 78u) << line;
    for (const char c : line) EXPECT_TRUE(c >= ' ' && c <= '~') << line;
  }
  for (const absl::string_view word : absl::StrSplit(head, "=?UTF-8?B?")) {
    const size_t close = word.find("?=");
    if (close == absl::string_view::npos) continue;
    const auto part = Base64Decode(FromAbsl(word.substr(0, close)));
    ASSERT_TRUE(part && IsValidUtf8(*part)) << "a word holds whole characters";
    subject += *part;
  }
  EXPECT_EQ(subject, AMessage().lines[0]);
  EXPECT_EQ(Base64Decode(absl::StrReplaceAll(mail.substr(end + 4), {{"\r\n", ""}})), AMessage().lines[0] + "\r\n");
}

TEST(DutyMailTest, AFolderThatCantBeWrittenIsNotTold) {
  const TempFolder folder;
  HandClock clock;
  const auto drop = MaildirNotifier::Make(folder / "mail", "duty@court.example", clock);
  ASSERT_TRUE(drop.ok());
  ASSERT_EQ(rmdir((folder / "mail/new").c_str()), 0);
  EXPECT_FALSE((*drop)->Tell(AMessage()).ok());
}

// --- webhook

class HookServer {
 public:
  HookServer() : authority_(trust::CertificateAuthority::Make("the hook's", Valid(), entropy_)) {
    const auto server = authority_.Issue({.name = {"hook.test", trust::SystemRole::kAgency, "9900001"},
                                          .addresses = {"127.0.0.1"},
                                          .server = true,
                                          .from = Valid().from,
                                          .until = Valid().until},
                                         entropy_);
    EXPECT_TRUE(server.ok());
    EXPECT_TRUE(client::WriteDurably(folder_ / "server.pem", server->certificate_pem).ok());
    EXPECT_TRUE(client::WriteDurably(folder_ / "server.key", server->key_pem).ok());
    Start();
  }
  ~HookServer() { Stop(); }
  void Stop() {
    if (process_ == 0) return;
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
    process_ = 0;
  }
  std::string Url(const std::string& path) const { return absl::StrCat("https://127.0.0.1:", port_, path); }
  std::string authority_pem() const { return authority_.certificate_pem(); }
  std::string StrangersPem() {
    return trust::CertificateAuthority::Make("a stranger's", Valid(), entropy_).certificate_pem();
  }
  std::vector<std::string> Posts() const {
    const std::string text = client::ReadFile(folder_ / "posts").value_or("");
    return absl::StrSplit(text, '\n', absl::SkipEmpty());
  }
  const TempFolder& folder() const { return folder_; }

 private:
  static trust::CertificateAuthority::Validity Valid() {
    SystemClock clock;
    return {clock.WallNow() - absl::Hours(1), clock.WallNow() + absl::Hours(24)};
  }
  void Start() {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    std::vector<std::string> words = {"python3",
                                      "-B",
                                      test::SourcePath("tests/client/duty/hook_server.py"),
                                      "--folder",
                                      folder_.path(),
                                      "--certificate",
                                      folder_ / "server.pem",
                                      "--key",
                                      folder_ / "server.key"};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ASSERT_EQ(posix_spawnp(&process_, "python3", &actions, nullptr, arguments.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    FILE* said = fdopen(ends[0], "r");
    ASSERT_EQ(std::fscanf(said, "ready %d", &port_), 1);
    std::fclose(said);
  }

  TempFolder folder_;
  trust::SystemEntropy entropy_;
  trust::CertificateAuthority authority_;
  int port_ = 0;
  pid_t process_ = 0;
};

class DutyWebhookTest : public testing::Test {
 protected:
  absl::Status Tell(const std::string& path, const std::string& authority) {
    const auto hook = WebhookNotifier::Make(server_.Url(path), {.authority_pem = authority}, Shanghai());
    if (!hook.ok()) return hook.status();
    return (*hook)->Tell(AMessage());
  }
  HookServer server_;
};

TEST_F(DutyWebhookTest, OnePostOfJsonIsToldWhenTheServerSaysSo) {
  const absl::Status told = Tell("/alerts?room=1", server_.authority_pem());
  ASSERT_TRUE(told.ok()) << told;
  EXPECT_THAT(server_.Posts(), ElementsAre("/alerts?room=1 " + WebhookBody(AMessage(), Shanghai())));
}

TEST_F(DutyWebhookTest, AnotherAnswerAStrangerAndNobodyAreNotTold) {
  EXPECT_EQ(FailureText(Tell("/broken", server_.authority_pem())), "the server answered 500");
  EXPECT_FALSE(Tell("/alerts", server_.StrangersPem()).ok());
  EXPECT_THAT(server_.Posts(), SizeIs(1));
  server_.Stop();
  EXPECT_FALSE(Tell("/alerts", server_.authority_pem()).ok());
}

TEST(DutyWebhookBodyTest, TheBodyHasFactsForPrograms) {
  EXPECT_EQ(WebhookBody(AMessage(), Shanghai()),
            "{\"call\": \"C42\", \"to\": \"li@court.example\", \"person\": \"li\", \"name\": \"李敏\", \"lines\": [\"" +
                AMessage().lines[0] +
                "\"], \"count\": 1, \"alerts\": [{\"id\": \"A17\", \"kind\": \"ORDER\", \"mark_permille\": 1000, "
                "\"days_left\": null, \"rung\": \"contact\", \"order_id\": \"01920d5c-8f00-7000-8000-000000000001\", "
                "\"agency\": \"9900010\", \"court\": \"辽9901\", \"due\": \"2026-09-28T09:00:00+08:00\", "
                "\"text\": \"overdue\", \"ended\": false}]}");
}

TEST(DutyWebhookBodyTest, OnlyHttpsUrlsWithoutUsersAreTaken) {
  for (const char* url : {"http://x.example/", "https://a:b@x.example/", "https://", "https://x.example/#part", "x"})
    EXPECT_FALSE(WebhookNotifier::Make(url, {}, absl::UTCTimeZone()).ok()) << url;
  for (const char* url : {"https://x.example", "https://x.example:8443/a/b?c=d", "https://x.example?c=d"})
    EXPECT_TRUE(WebhookNotifier::Make(url, {}, absl::UTCTimeZone()).ok()) << url;
}

// --- all of them

TEST(DutySwitchboardTest, EachChannelOfTheRosterIsOpenedAndPickedByItsName) {
  const HookServer server;
  ASSERT_TRUE(client::WriteDurably(server.folder() / "ca.pem", server.authority_pem()).ok());
  const std::string path = server.folder() / "duty.toml";
  const std::string text = absl::StrReplaceAll(
      R"(otherwise = "only"
[[channels]]
name = "hook"
url = "URL"
authority = "ca.pem"
[[channels]]
name = "sms"
command = ["/bin/sh", "-c", "cat > PATH/sms"]
[[channels]]
name = "drop"
maildir = "mail"
from = "duty@court.example"
[[persons]]
id = "li"
name = "李敏"
ways = [{channel = "sms", address = "1"}]
[[rungs]]
name = "only"
calls = ["li"]
)",
      {{"URL", server.Url("/a")}, {"PATH", server.folder().path()}});
  const auto roster = ParseRoster(text, path);
  ASSERT_TRUE(roster.ok()) << roster.status();
  SystemClock clock;
  const auto all = OpenSwitchboard(*roster, clock);
  ASSERT_TRUE(all.ok()) << all.status();
  std::vector<std::thread> threads;  // at once
  for (const char* channel : {"hook", "sms", "drop"}) {
    threads.emplace_back([&, channel] {
      Message message = AMessage();
      message.channel = channel;
      EXPECT_TRUE((*all)->Tell(message).ok()) << channel;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(server.Posts(), SizeIs(1));
  EXPECT_EQ(*client::ReadFile(server.folder() / "sms"), AMessage().lines[0] + "\n");
  EXPECT_THAT(*client::FilesIn(server.folder() / "mail/new", ""), SizeIs(1));
  Message message = AMessage();
  message.channel = "pigeon";
  EXPECT_FALSE((*all)->Tell(message).ok());
}

}  // namespace
}  // namespace eagle::duty
