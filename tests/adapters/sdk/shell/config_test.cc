// The configuration: every problem at once, each with its field and line.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "adapters/sdk/shell/adapter_config.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "server/trust/pki.h"
#include "server/trust/secret_file.h"
#include "server/trust/signature.h"
#include "server/trust/system_entropy.h"
#include "tests/support/temp_folder.h"

namespace eagle::sdk {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kGood[] = R"(# a comment
[gateway]
address = "gateway.example:7443"
authority = "tls/ca.pem"
spiffe_id = "spiffe://eagle.example/gateway/gateway"

[system]
agency = "9900101"
certificate = "tls/agency.pem"
key = "tls/agency.key"
receipt_key = "keys/receipt.pem"
data = "data"

[trust]
environment = "test"
registrars = ["AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=", "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="]

[contact]
name = "温雅"
phone = "024-00000000"
)";

std::vector<std::string> Problems(const std::string& text, const ReadKind& read_kind = {}) {
  const auto config = ParseAdapterConfig(text, "land.toml", "land", read_kind);
  return config.ok() ? std::vector<std::string>() : ProblemsOf(config.status());
}
// kGood with one line in place of another.
std::string With(const std::string& line, const std::string& instead) {
  std::string text = kGood;
  const size_t at = text.find(line);
  EXPECT_NE(at, std::string::npos) << line;
  return text.replace(at, line.size(), instead);
}

TEST(AdapterConfig, TheDailyStatementHasItsHourInTheAgencysOwnTimeZone) {
  const auto silent = ParseAdapterConfig(kGood, "/etc/eagle/land.toml", "land", nullptr);
  ASSERT_TRUE(silent.ok()) << silent.status();
  EXPECT_EQ(silent->agent.position_hour, 1u);
  EXPECT_EQ(silent->agent.zone, silent->time_zone);
  const auto late =
      ParseAdapterConfig(std::string(kGood) + "[position]\nhour = 5\n", "/etc/eagle/land.toml", "land", nullptr);
  ASSERT_TRUE(late.ok()) << late.status();
  EXPECT_EQ(late->agent.position_hour, 5u);
  EXPECT_THAT(Problems(std::string(kGood) + "[position]\nhour = 24\n"), ElementsAre(HasSubstr("position.hour")));
}

TEST(AdapterConfig, PapersAreIgnoredUnlessItSaysOtherwise) {
  const auto silent = ParseAdapterConfig(kGood, "/etc/eagle/land.toml", "land", {});
  ASSERT_TRUE(silent.ok()) << silent.status();
  EXPECT_EQ(silent->agent.papers, PaperRule::kIgnore);
  EXPECT_EQ(silent->papers_folder, "/etc/eagle/data/papers");
  const std::string rule = std::string(kGood) + "[papers]\nrule = \"return\"\nattempts_max = 3\nfolder = \"/papers\"\n";
  const auto config = ParseAdapterConfig(rule, "/etc/eagle/land.toml", "land", {});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->agent.papers, PaperRule::kReturn);
  EXPECT_EQ(config->agent.paper_attempts_max, 3u);
  EXPECT_EQ(config->papers_folder, "/papers");
  EXPECT_THAT(Problems(std::string(kGood) + "[papers]\nrule = \"sometimes\"\n"),
              ElementsAre(HasSubstr("papers.rule: must be ignore, wait or return")));
}

TEST(AdapterConfig, ReadsWhatItSays) {
  const auto config = ParseAdapterConfig(kGood, "/etc/eagle/land.toml", "land", {});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->gateway_address, "gateway.example:7443");
  EXPECT_EQ(config->authority_file, "/etc/eagle/tls/ca.pem") << "relative to the file";
  EXPECT_EQ(config->agent.agency, "9900101");
  EXPECT_EQ(config->data_folder, "/etc/eagle/data");
  EXPECT_EQ(config->counter_socket, "/etc/eagle/data/counter.sock");
  EXPECT_EQ(config->agent.environment, v1::ENVIRONMENT_TEST);
  EXPECT_EQ(config->agent.registrar_keys.size(), 2u);
  EXPECT_EQ(config->agent.registrar_threshold, 2u);
  EXPECT_EQ(config->agent.signature_rules.size(), UsualSignatureRules().size());
  EXPECT_EQ(config->agent.contact_name, "温雅");
  EXPECT_EQ(config->time_zone_name, "Asia/Shanghai");
  EXPECT_EQ(config->drain_limit, absl::Seconds(30));
}

TEST(AdapterConfig, SignatureRulesReplaceTheUsualOnes) {
  const auto config = ParseAdapterConfig(std::string(kGood) + R"(
[[signature_rules]]
action = "FREEZE"
roles = ["HANDLER", "COSIGNER"]
[[signature_rules]]
action = "FREEZE"
above = "500,000.00"
roles = ["LEADER"]
)",
                                         "land.toml", "land", {});
  ASSERT_TRUE(config.ok()) << config.status();
  ASSERT_EQ(config->agent.signature_rules.size(), 2u);
  EXPECT_EQ(config->agent.signature_rules[1].above_minor_units, 500'000'00);
  EXPECT_THAT(config->agent.signature_rules[1].roles, ElementsAre(v1::OFFICER_ROLE_LEADER));
}

TEST(AdapterConfig, FinishedOrdersAreKeptForAMonthOrAsLongAsItSays) {
  const auto keep = [](const std::string& more) {
    const auto config = ParseAdapterConfig(kGood + more, "land.toml", "land", {});
    EXPECT_TRUE(config.ok()) << config.status();
    return config.ok() ? config->agent.keep_orders : absl::InfiniteDuration();
  };
  EXPECT_EQ(keep(""), absl::Hours(24 * 30));
  EXPECT_EQ(keep("[limits]\nkeep_days = 0\n"), absl::ZeroDuration());
  EXPECT_EQ(keep("[limits]\nkeep_days = 36525\n"), kKeepOrdersMax);
  EXPECT_THAT(Problems(std::string(kGood) + "[limits]\nkeep_days = 36526\n"),
              ElementsAre("land.toml:22: limits.keep_days: must be a whole number from 0 to 36525"));
}

TEST(AdapterConfig, UnknownKeysAreErrorsWithTheirLine) {
  EXPECT_THAT(Problems(With("data = \"data\"", "data = \"data\"\nsokcet = \"x\"")),
              ElementsAre("land.toml:13: system.sokcet: unknown key; did you mean socket?"));
  EXPECT_THAT(Problems(std::string(kGood) + "\n[lnad]\nx = 1\n"),
              ElementsAre("land.toml:22: lnad: unknown key; did you mean land?"));
  EXPECT_THAT(Problems(std::string(kGood) + "\n[land]\nregister = \"x\"\n"),
              ElementsAre("land.toml:23: land.register: unknown key"));
  EXPECT_THAT(Problems(std::string(kGood) + "\n[[signature_rules]]\naction = \"FREEZE\"\nrole = [\"HANDLER\"]\n"),
              ElementsAre(HasSubstr("signature_rules[0].roles: must name"),
                          "land.toml:24: signature_rules[0].role: unknown key; did you mean roles?"));
}

TEST(AdapterConfig, EveryProblemAtOnce) {
  const auto problems = Problems(R"([gateway]
address = "nowhere"
spiffe_id = "https://x"
[system]
agency = 7
time_zone = "Mars/Olympus"
[trust]
environment = "staging"
registrars = ["short"]
[limits]
most_in_flight = 0
call_seconds = 3600
[[signature_rules]]
action = "SEIZE"
above = "-1"
roles = ["JUDGE"]
)");
  EXPECT_THAT(
      problems,
      ElementsAre("land.toml:2: gateway.address: must be host:port", "land.toml:1: gateway.authority: is required",
                  HasSubstr("land.toml:3: gateway.spiffe_id: must be"),
                  "land.toml:5: system.agency: must be a text in quotes, in UTF-8",
                  "land.toml:4: system.certificate: is required", "land.toml:4: system.key: is required",
                  "land.toml:4: system.receipt_key: is required", "land.toml:4: system.data: is required",
                  "land.toml:6: system.time_zone: must be a name such as Asia/Shanghai",
                  "land.toml:8: trust.environment: must be test or production",
                  "land.toml:9: trust.registrars: must be public keys of 32 bytes in base64",
                  "land.toml: contact.name: is required", "land.toml: contact.phone: is required",
                  "land.toml:11: limits.most_in_flight: must be a whole number from 1 to 10000",
                  "land.toml:12: limits.call_seconds: must be seconds from 1 to 60",
                  HasSubstr("land.toml:14: signature_rules[0].action: must be"),
                  HasSubstr("land.toml:15: signature_rules[0].above: must be"),
                  HasSubstr("land.toml:16: signature_rules[0].roles: must be")));
}

TEST(AdapterConfig, WhatIsNoTomlIsNamedByItsLine) {
  EXPECT_THAT(Problems("[gateway]\naddress = \n"), ElementsAre(HasSubstr("land.toml:2: -: ")));
  EXPECT_THAT(Problems("[gateway]\n[gateway]\n"), ElementsAre(HasSubstr("land.toml:2: -: ")));
}

TEST(AdapterConfig, KindsReadTheirOwnSection) {
  std::string registry;
  bool flag = false;
  int64_t number = 0;
  absl::Duration delay;
  const ReadKind read = [&](ConfigSection& land) {
    registry = land.Text("registry");
    flag = land.Flag("flag", false);
    number = land.Number("number", 3, 1, 10);
    delay = land.Seconds("delay", absl::ZeroDuration(), absl::ZeroDuration(), absl::Minutes(1));
  };
  EXPECT_THAT(
      Problems(std::string(kGood) + "[land]\nregistry = \"北陵\"\nflag = true\nnumber = 7\ndelay = 2.5\n", read),
      IsEmpty());
  EXPECT_EQ(registry, "北陵");
  EXPECT_TRUE(flag);
  EXPECT_EQ(number, 7);
  EXPECT_EQ(delay, absl::Milliseconds(2500));
  EXPECT_THAT(Problems(kGood, read), ElementsAre("land.toml: land.registry: is required"));
  EXPECT_THAT(
      Problems(std::string(kGood) + "[land]\nregistry = \"\"\nflag = 1\n", read),
      ElementsAre("land.toml:22: land.registry: must not be empty", "land.toml:23: land.flag: must be true or false"));
}

// ---- Files ----

class AdapterFiles : public testing::Test {
 protected:
  AdapterFiles() {
    std::filesystem::create_directories(folder / "tls");
    std::filesystem::create_directories(folder / "keys");
    std::filesystem::create_directories(folder / "data");
    const absl::Time from = absl::FromUnixSeconds(1'600'000'000), until = absl::FromUnixSeconds(3'600'000'000);
    const auto authority = trust::CertificateAuthority::Make("test", {from, until}, entropy);
    const auto leaf = authority.Issue({.name = {"eagle.example", trust::SystemRole::kAgency, "9900101"},
                                       .client = true,
                                       .from = from,
                                       .until = until},
                                      entropy);
    const auto other = authority.Issue({.name = {"eagle.example", trust::SystemRole::kAgency, "9900102"},
                                        .client = true,
                                        .from = from,
                                        .until = until},
                                       entropy);
    Write("tls/ca.pem", authority.certificate_pem());
    Write("tls/agency.pem", leaf->certificate_pem);
    Write("tls/other.pem", other->certificate_pem);
    EXPECT_TRUE(trust::WriteSecretFile(folder / "tls/agency.key", leaf->key_pem).ok());
    EXPECT_TRUE(trust::Ed25519Signer::MakePemFile(folder / "keys/receipt.pem", entropy).ok());
  }
  void Write(const std::string& name, const std::string& text) { std::ofstream(folder / name) << text; }
  // Fields and what is said of them, without paths.
  std::vector<std::string> Load(const std::string& text) {
    Write("land.toml", text);
    const auto config = LoadAdapterConfig(folder / "land.toml", "land", {});
    std::vector<std::string> out;
    if (config.ok()) return out;
    for (const Violation& violation : FailureOf(config.status()).violations) out.push_back(violation.field);
    return out;
  }

  TempFolder folder;
  trust::SystemEntropy entropy;
};

TEST_F(AdapterFiles, AreReadAndChecked) {
  EXPECT_THAT(Load(kGood), IsEmpty());
  const auto config = LoadAdapterConfig(folder / "land.toml", "land", {});
  ASSERT_TRUE(config.ok());
  EXPECT_THAT(config->certificate_pem, HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_THAT(config->key_pem, HasSubstr("PRIVATE KEY"));
}

TEST_F(AdapterFiles, EachOneThatIsWrongIsNamed) {
  EXPECT_THAT(Load(With("tls/agency.pem", "tls/other.pem")), ElementsAre("system.key", "system.certificate"))
      << "another agency's certificate";
  EXPECT_THAT(Load(With("tls/ca.pem", "tls/nothing.pem")), ElementsAre("gateway.authority"));
  EXPECT_THAT(Load(With("tls/ca.pem", "tls/agency.key")), ElementsAre("gateway.authority"));
  EXPECT_THAT(Load(With("keys/receipt.pem", "tls/agency.key")), ElementsAre("system.receipt_key")) << "no Ed25519 key";
  EXPECT_THAT(Load(With("data = \"data\"", "data = \"nowhere\"")), ElementsAre("system.data"));
  chmod((folder / "tls/agency.key").c_str(), 0644);
  EXPECT_THAT(Load(kGood), ElementsAre("system.key")) << "others may read it";
}

TEST_F(AdapterFiles, ProblemsOfValuesAndFilesComeTogether) {
  EXPECT_THAT(Load(With("address = \"gateway.example:7443\"", "address = \"x\"")
                       .replace(0, 0, "")
                       .append("[limits]\nmost_in_flight = -1\n") +
                   "[land]\nx = 1\n"),
              ElementsAre("gateway.address", "limits.most_in_flight", "land.x"));
  EXPECT_EQ(ReasonOf(LoadAdapterConfig(folder / "nowhere.toml", "land", {}).status()), Reason::kStorageUnusable);
}

}  // namespace
}  // namespace eagle::sdk
