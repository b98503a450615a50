// The program as an operator meets it: start, readiness, signals, refusals to start; and the attack that stops gRPC's
// own listener.
#include "tests/server/api_grpc/program.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "goldeneagle/v1/admin_service.pb.h"
#include "tests/server/api_grpc/gateway_world.h"

namespace eagle {
namespace {

using testing::HasSubstr;

constexpr char kReady[] = "\"event\":\"ready\"";
constexpr char kGetCheckpoint[] = "/goldeneagle.v1.AuditService/GetCheckpoint";

std::string ReadText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream all;
  all << in.rdbuf();
  return all.str();
}

// The text between `"name":"` and the next quotation mark.
std::string Field(const std::string& json, const std::string& name) {
  const std::string before = "\"" + name + "\":\"";
  const size_t at = json.find(before);
  if (at == std::string::npos) return "";
  return json.substr(at + before.size(), json.find('"', at + before.size()) - at - before.size());
}

// A world whose everybody is registered, and that has stopped: the program goes on with its data.
std::unique_ptr<GatewayWorld> StoppedWorld() {
  auto world = std::make_unique<GatewayWorld>();
  world->Close();
  return world;
}

TEST(Program, SaysWhenItIsReadyAndStopsCleanly) {
  const auto world = StoppedWorld();
  const std::string port_file = world->folder() + "/ports.json";
  Program program({"--config", world->WriteConfig(), "--port-file", port_file});
  const std::string ready = program.ReadUntil(kReady);
  ASSERT_FALSE(ready.empty()) << program.output();
  const std::string address = Field(ready, "api");
  EXPECT_EQ(Field(ReadText(port_file), "api"), address);
  EXPECT_EQ(Field(ReadText(port_file), "admin"), Field(ready, "admin"));
  EXPECT_EQ(Call(world->Channel(world->court(), address), kGetCheckpoint).code, grpc::StatusCode::OK);

  program.Signal(SIGHUP);
  EXPECT_FALSE(program.ReadUntil("certificates_loaded").empty());
  program.Signal(SIGTERM);
  const std::string output = program.ReadAll();
  EXPECT_EQ(program.Wait(), 0) << output;
  EXPECT_THAT(output, HasSubstr("\"event\":\"stopped\""));
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_EQ(line.front(), '{') << line;
    EXPECT_EQ(line.back(), '}') << line;
  }
}

TEST(Program, AWrongCommandLineIsUsage) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"run"}, {"--no-such-flag"}, {"--config"}, {}, {"--config", "/nowhere/gateway.toml"}}) {
    Program program(arguments);
    const std::string output = program.ReadAll();
    EXPECT_EQ(program.Wait(), 2) << output;
  }
  Program help({"--help"});
  help.ReadAll();
  EXPECT_EQ(help.Wait(), 0);
}

TEST(Program, DrainOverTheAdminSocketEndsIt) {
  const auto world = StoppedWorld();
  Program program({"--config", world->WriteConfig()});
  ASSERT_FALSE(program.ReadUntil(kReady).empty()) << program.output();
  EXPECT_EQ(Call(world->AdminChannel(), "/goldeneagle.process.v1.ProcessService/Drain").code, grpc::StatusCode::OK);
  const std::string output = program.ReadAll();
  EXPECT_EQ(program.Wait(), 0) << output;
}

TEST(Program, ASecondOneOnTheSameDataRefusesToStart) {
  const auto world = StoppedWorld();
  const std::string config = world->WriteConfig();
  Program first({"--config", config});
  ASSERT_FALSE(first.ReadUntil(kReady).empty()) << first.output();
  Program second({"--config", config});
  EXPECT_THAT(second.ReadAll(), HasSubstr("FOLDER_LOCKED"));
  EXPECT_EQ(second.Wait(), 1);
}

TEST(Program, AnOlderBackupRefusesToStart) {
  GatewayWorld world({.registered = false});
  world.Close();
  const std::string data = world.config().data_folder, older = world.folder() + "/older.db";
  std::filesystem::copy_file(data + "/journal.db", older);
  world.Restart();
  world.RegisterEverybody();
  world.Close();
  std::filesystem::copy_file(older, data + "/journal.db", std::filesystem::copy_options::overwrite_existing);
  for (const char* rest : {"/journal.db-wal", "/journal.db-shm"}) std::filesystem::remove(data + rest);
  Program program({"--config", world.WriteConfig()});
  EXPECT_THAT(program.ReadAll(), HasSubstr("JOURNAL_OLDER"));
  EXPECT_EQ(program.Wait(), 1);
}

TEST(Program, AnotherEnvironmentRefusesToStart) {
  const auto world = StoppedWorld();
  world->config().environment = "production";
  Program program({"--config", world->WriteConfig()});
  EXPECT_THAT(program.ReadAll(), HasSubstr("founded for another environment"));
  EXPECT_EQ(program.Wait(), 2);
}

TEST(Program, ChecksAndPrintsItsConfiguration) {
  const auto world = StoppedWorld();
  const std::string config = world->WriteConfig();
  Program check({"--config", config, "--check-config"});
  EXPECT_THAT(check.ReadAll(), HasSubstr("can be used"));
  EXPECT_EQ(check.Wait(), 0);
  Program print({"--config", config, "--print-config"});
  EXPECT_EQ(print.ReadAll(), ReadText(config));
  EXPECT_EQ(print.Wait(), 0);
  std::filesystem::permissions(world->config().api_key, std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  Program open_key({"--config", config, "--check-config"});
  EXPECT_THAT(open_key.ReadAll(), HasSubstr("KEY_UNUSABLE"));
  EXPECT_EQ(open_key.Wait(), 1);
  Program no_flags(std::vector<std::string>{});
  EXPECT_THAT(no_flags.ReadAll(), HasSubstr("--config"));
  EXPECT_EQ(no_flags.Wait(), 2);
}

// Plain TCP connections, as an attacker without any certificate opens them.
class RawConnections {
 public:
  RawConnections(uint16_t port, int count) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < count; ++i) {
      const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (connect(descriptor, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0) ++connected_;
      descriptors_.push_back(descriptor);
    }
  }
  ~RawConnections() {
    for (const int descriptor : descriptors_) close(descriptor);
  }
  int connected() const { return connected_; }

 private:
  std::vector<int> descriptors_;
  int connected_ = 0;
};

TEST(Attack, RunningOutOfDescriptorsDoesNotStopTheListener) {
  const auto world = StoppedWorld();
  constexpr int kDescriptors =
      64;  // 40 in the published attack; the journal, the key store and the pollers have some of their own
  Program program({"--config", world->WriteConfig()}, kDescriptors);
  const std::string ready = program.ReadUntil(kReady);
  ASSERT_FALSE(ready.empty()) << program.output();
  const std::string address = Field(ready, "api");
  const auto port = static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  for (int wave = 0; wave < 3; ++wave) {
    const RawConnections attack(port, 2 * kDescriptors);
    EXPECT_GT(attack.connected(), kDescriptors);
  }
  // Over at last: somebody with a certificate is served within five seconds.
  EXPECT_EQ(Call(world->Channel(world->court(), address), kGetCheckpoint, "", absl::Seconds(5), /*patient=*/true).code,
            grpc::StatusCode::OK);
  // And the attack did what it was meant to.
  const auto metrics = Parsed<goldeneagle::v1::GetMetricsResponse>(
      Call(world->AdminChannel(), "/goldeneagle.v1.AdminService/GetMetrics"));
  double shed = 0;
  for (const auto& metric : metrics.metrics())
    shed += metric.name() == "ge_connections_refused_total{why=\"descriptors\"}" ? metric.value() : 0;
  EXPECT_GT(shed, 0);
  program.Signal(SIGTERM);
  program.ReadAll();
  EXPECT_EQ(program.Wait(), 0);
}

TEST(Attack, OneAddressCannotTakeAllConnections) {
  GatewayWorld world({.connections_per_address_max = 8});
  {
    const RawConnections attack(world.api_port(), 50);
    // The ninth and later ones were closed; whoever is connected already is served.
    for (const api::MetricRow& row : world.gateway().Metrics()) {
      if (row.name == "ge_connections") {
        EXPECT_LE(row.value, 8);
      }
    }
  }
  EXPECT_EQ(Call(world.Channel(world.court()), kGetCheckpoint, "", absl::Seconds(5), /*patient=*/true).code,
            grpc::StatusCode::OK);
}

TEST(Attack, AThousandRawConnectionsLeaveOthersServed) {
  GatewayWorld world({.connections_max = 200, .connections_per_address_max = 4096});
  {
    const RawConnections attack(world.api_port(), 1000);
    EXPECT_GT(attack.connected(), 500);
  }
  EXPECT_EQ(Call(world.Channel(world.court()), kGetCheckpoint, "", absl::Seconds(5), /*patient=*/true).code,
            grpc::StatusCode::OK);
}

}  // namespace
}  // namespace eagle
