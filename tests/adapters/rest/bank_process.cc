#include "tests/adapters/rest/bank_process.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "gtest/gtest.h"
#include "server/base/assert.h"
#include "server/base/system_clock.h"
#include "tests/support/paths.h"

extern char** environ;

namespace eagle::rest {
namespace {

constexpr char kToday[] = "2026-09-28";

trust::CertificateAuthority::Validity Valid() {
  SystemClock clock;
  return {clock.WallNow() - absl::Hours(1), clock.WallNow() + absl::Hours(24)};
}

trust::IssuedCertificate IssueBy(const trust::CertificateAuthority& authority, bool server, Entropy& entropy) {
  const auto issued =
      authority.Issue({.name = {"bank.test", trust::SystemRole::kAgency, "9900001"},
                       .addresses = server ? std::vector<std::string>{"127.0.0.1"} : std::vector<std::string>{},
                       .server = server,
                       .client = !server,
                       .from = Valid().from,
                       .until = Valid().until},
                      entropy);
  GATEWAY_ASSERT(issued.ok(), "a test can make a certificate");
  return *issued;
}

void Write(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

}  // namespace

JsonValue Object(const std::vector<std::pair<std::string, std::string>>& texts) {
  JsonValue out;
  out.kind = JsonValue::Kind::kObject;
  for (const auto& [name, text] : texts) out.names.push_back(name), out.items.push_back(JsonValue::Text(text));
  return out;
}

BankProcess::BankProcess()
    : authority_(trust::CertificateAuthority::Make("the bank's own", Valid(), entropy_)),
      stranger_(trust::CertificateAuthority::Make("a stranger's", Valid(), entropy_)),
      client_(IssueBy(authority_, false, entropy_)) {
  const trust::IssuedCertificate server = IssueBy(authority_, true, entropy_);
  Write(folder_ / "server.pem", server.certificate_pem);
  Write(folder_ / "server.key", server.key_pem);
  Write(folder_ / "ca.pem", authority_.certificate_pem());
  Start();
}

void BankProcess::Start() {
  int ends[2];
  GATEWAY_ASSERT(pipe(ends) == 0, "a test can make a pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addclose(&actions, ends[0]);
  std::vector<std::string> words = {"python3",
                                    "-B",
                                    test::SourcePath("tests/adapters/rest/bank_server.py"),
                                    "--folder",
                                    folder_.path(),
                                    "--certificate",
                                    folder_ / "server.pem",
                                    "--key",
                                    folder_ / "server.key",
                                    "--clients",
                                    folder_ / "ca.pem",
                                    "--port",
                                    std::to_string(port_)};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  GATEWAY_ASSERT(posix_spawnp(&process_, "python3", &actions, nullptr, arguments.data(), environ) == 0,
                 "a test can start the bank");
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  FILE* said = fdopen(ends[0], "r");
  GATEWAY_ASSERT(std::fscanf(said, "ready %d", &port_) == 1, "the bank says where it listens");
  std::fclose(said);
}

void BankProcess::Kill() {
  if (process_ == 0) return;
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
  process_ = 0;
}

CurlOptions BankProcess::Options() const {
  CurlOptions options;
  options.url = "https://127.0.0.1:" + std::to_string(port_);
  options.authority_pem = authority_.certificate_pem();
  options.certificate_pem = client_.certificate_pem;
  options.key_pem = client_.key_pem;
  return options;
}

std::string BankProcess::StrangersAuthority() { return stranger_.certificate_pem(); }
trust::IssuedCertificate BankProcess::StrangersCertificate() { return IssueBy(stranger_, false, entropy_); }

void BankProcess::Call(const std::string& what, JsonValue body) {
  const auto http = CurlHttp::Make(Options());
  const Exchange exchange = (*http)->Send({.method = "POST", .path = "/test/" + what, .body = WriteJson(body)});
  ASSERT_TRUE(exchange.reply.ok()) << exchange.reply.status();
  ASSERT_EQ(exchange.reply->status, 200);
}

void BankProcess::Fault(const std::string& at, const std::string& fault, bool stays) {
  JsonValue body = Object({{"at", at}, {"fault", fault}});
  body.names.push_back("stays"), body.items.push_back(JsonValue::Flag(stays));
  Call("fault", std::move(body));
}
void BankProcess::Heal() { Call("heal", Object({})); }
void BankProcess::Deposit(const std::string& account, const std::string& amount) {
  Call("deposit", Object({{"account", account}, {"amount", amount}, {"today", kToday}}));
}
void BankProcess::ReleasePrior(const std::string& document) {
  Call("release", Object({{"document", document}, {"today", kToday}}));
}

JsonValue BankProcess::Done() {
  const auto http = CurlHttp::Make(Options());
  const Exchange exchange = (*http)->Send({.method = "GET", .path = "/test/done"});
  GATEWAY_ASSERT(exchange.reply.ok(), "the bank answers its own tests");
  return *ParseJsonValue(exchange.reply->body);
}

std::vector<std::string> BankProcess::PostKeys(const std::string& kind) {
  std::vector<std::string> out;
  const JsonValue done = Done();
  for (const JsonValue& post : done.Find("posts")->items) {
    if (post.Find("path")->text == "/api/v2/judicial/" + kind) out.push_back(post.Find("key")->text);
  }
  return out;
}
size_t BankProcess::Posts(const std::string& kind) { return PostKeys(kind).size(); }

std::string BankProcess::Account(const std::string& account, const std::string& what) {
  return Done().Find("accounts")->Find(account)->Find(what)->text;
}

}  // namespace eagle::rest
