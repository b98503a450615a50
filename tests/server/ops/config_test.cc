// The configuration: what is wrong is told with its line, all at once, and what is shown can be read again.
#include "server/ops/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "server/base/reason.h"
#include "tests/support/paths.h"

namespace eagle::ops {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kLeast[] = R"(environment = "test"
trust_domain = "eagle.test"
[data]
folder = "/data"
[api]
listen = ["127.0.0.1:0"]
certificate = "c"
key = "k"
authorities = "a"
)";

absl::StatusOr<Config> Parse(const std::string& text, const std::map<std::string, std::string>& variables = {}) {
  return ParseConfig(text, "gateway.toml", [&](const char* name) {
    const auto it = variables.find(name);
    return it == variables.end() ? nullptr : it->second.c_str();
  });
}

std::vector<std::string> Wrong(const std::string& text) {
  std::vector<std::string> out;
  const auto config = Parse(text);
  if (config.ok()) return out;
  EXPECT_EQ(ReasonOf(config.status()), Reason::kConfigurationInvalid);
  for (const Violation& violation : FailureOf(config.status()).violations)
    out.push_back(violation.field + ": " + violation.description);
  return out;
}

TEST(ConfigTest, TheLeastIsEnoughAndPathsFollowTheData) {
  const auto config = Parse(kLeast);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->last_signed, "/data/last_signed");
  EXPECT_EQ(config->admin_listen, "unix:/data/admin.sock");
  EXPECT_TRUE(config->api_reflection);
  EXPECT_EQ(config->api_connections_max, 8192);
}

TEST(ConfigTest, ReflectionIsOffInProductionUnlessSwitchedOn) {
  std::string text = kLeast;
  text.replace(text.find("test"), 4, "production");
  EXPECT_FALSE(Parse(text)->api_reflection);
  EXPECT_TRUE(Parse(text + "reflection = true\n")->api_reflection);
}

TEST(ConfigTest, UnknownKeysAreErrorsWithLineAndSuggestion) {
  EXPECT_THAT(
      Wrong(std::string(kLeast) + "conections_max = 5\n"),
      ElementsAre("gateway.toml:10 api.conections_max: there is no such key; did you mean api.connections_max?"));
  EXPECT_THAT(Wrong(std::string(kLeast) + "[dat]\nx = 1\n"), ElementsAre(HasSubstr("gateway.toml:10 dat")));
  EXPECT_THAT(Wrong(std::string(kLeast) + "[log]\ncolour_of_the_sky = 1\n"),
              ElementsAre("gateway.toml:11 log.colour_of_the_sky: there is no such key"));
}

TEST(ConfigTest, EverythingThatIsWrongIsToldAtOnce) {
  EXPECT_THAT(
      Wrong("environment = \"staging\"\n[api]\nlisten = \"x\"\nkey = 5\nconnections_max = 0\nreflection = \"yes\"\n"),
      ElementsAre(HasSubstr("gateway.toml:1 environment: must be one of: production, test"),
                  HasSubstr("gateway.toml:3 api.listen: must be a list"),
                  HasSubstr("gateway.toml:4 api.key: must be a text"),
                  HasSubstr("gateway.toml:5 api.connections_max: must be a whole number"),
                  HasSubstr("gateway.toml:6 api.reflection: must be true or false"),
                  HasSubstr("trust_domain: is missing"), HasSubstr("data.folder: is missing"),
                  HasSubstr("api.certificate: is missing"), HasSubstr("api.authorities: is missing")));
}

TEST(ConfigTest, WhatIsNotTomlIsNamedByItsLine) {
  EXPECT_THAT(Wrong("environment = \"test\"\nthis is not toml\n"), ElementsAre(HasSubstr("gateway.toml:2")));
}

TEST(ConfigTest, TheEnvironmentReplacesAddressesOnly) {
  const auto config = Parse(
      kLeast, {{"GOLDEN_EAGLE_API_LISTEN", "127.0.0.2:1,127.0.0.3:2"}, {"GOLDEN_EAGLE_ADMIN_LISTEN", "127.0.0.1:9"}});
  ASSERT_TRUE(config.ok());
  EXPECT_THAT(config->api_listen, ElementsAre("127.0.0.2:1", "127.0.0.3:2"));
  EXPECT_EQ(config->admin_listen, "127.0.0.1:9");
}

TEST(ConfigTest, WhatIsShownReadsBackTheSame) {
  Config config = *Parse(kLeast);
  config.api_listen = {"127.0.0.1:1", "[::1]:2"};
  config.data_folder = "/da\"ta\\x";
  config.api_reflection = false;
  const std::string shown = ShowConfig(config);
  const auto again = Parse(shown);
  ASSERT_TRUE(again.ok()) << FailureOf(again.status()).violations[0].description;
  EXPECT_EQ(ShowConfig(*again), shown);
  for (const std::string& key : ConfigKeys())
    EXPECT_THAT(shown, HasSubstr(key.substr(key.find('.') + 1) + " = ")) << key;
}

TEST(ConfigTest, TheSampleFileIsRightAndNamesEveryKey) {
  std::stringstream text;
  text << std::ifstream(test::SourcePath("deploy/config/gateway.toml")).rdbuf();
  const auto config = Parse(text.str());
  ASSERT_TRUE(config.ok()) << FailureOf(config.status()).violations[0].field;
  for (const std::string& key : ConfigKeys())
    EXPECT_THAT(text.str(), HasSubstr(key.substr(key.find('.') + 1) + " = ")) << key;
}

}  // namespace
}  // namespace eagle::ops
