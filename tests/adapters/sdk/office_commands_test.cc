// The commands that every office has: what a clerk types becomes an objection or a correction.
#include "adapters/sdk/shell/office_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "server/base/reason.h"
#include "server/base/uuid.h"
#include "tests/adapters/sdk/sdk_world.h"
#include "tests/support/temp_folder.h"

namespace eagle::sdk {
namespace {

using ::testing::HasSubstr;

class OfficeCommandsTest : public ::testing::Test {
 protected:
  OfficeCommandsTest() { world_.core.AddAccount(kAccount, 80'000'00, kDebtor, kDebtorNumber); }
  absl::StatusOr<Json> Ask(const std::string& command, const std::map<std::string, std::string>& arguments) {
    CounterRequest request{.command = command};
    for (const auto& [name, value] : arguments) Put(request.arguments, name, value);
    auto answer = ServeOffice(request, *world_.agent, absl::UTCTimeZone());
    if (!answer) return Fail(Reason::kFieldInvalid, "no such command");
    return *std::move(answer);
  }
  SdkWorld world_;
};

TEST_F(OfficeCommandsTest, AClerkObjectsSaysMoreAndTakesItBack) {
  const v1::Order freeze = world_.Submit(world_.Freeze(50'000'00));
  world_.Run();
  const auto raised = Ask("objection raise", {{"order", UuidText(freeze.order_id())},
                                              {"ground", "EXEMPT_ASSET"},
                                              {"text", "该账户为农民工工资专用账户"},
                                              {"contact", "王岗"},
                                              {"phone", "024-1"}});
  ASSERT_TRUE(raised.ok()) << raised.status();
  const std::string id = TextAt(*raised, "id");
  world_.Run(100);
  v1::ObjectionAct act;
  ASSERT_TRUE(act.ParseFromString(world_.gateway.said.at(0).members(0)));
  EXPECT_EQ(act.raise().contact_name(), "王岗");
  EXPECT_THAT(JsonText(*Ask("objection list", {})), HasSubstr("OPEN"));
  ASSERT_TRUE(Ask("objection reply", {{"id", id}, {"text", "附开户资料"}}).ok());
  ASSERT_TRUE(Ask("objection withdraw", {{"id", id}, {"text", "误会已澄清"}}).ok());
  world_.Run(200);
  const auto shown = Ask("objection show", {{"id", id}});
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_THAT(JsonText(*shown), HasSubstr("WITHDRAWN"));
  EXPECT_THAT(JsonText(*shown), HasSubstr("附开户资料"));
  EXPECT_EQ(ReasonOf(Ask("objection show", {{"id", UuidText(std::string(16, 'n'))}}).status()),
            Reason::kObjectionUnknown);
  EXPECT_EQ(ReasonOf(Ask("objection raise", {{"order", "nonsense"}}).status()), Reason::kFieldInvalid);
}

TEST_F(OfficeCommandsTest, AClerkCorrectsAnAnswerFromAFile) {
  const v1::Order inquiry = world_.Submit(world_.Inquiry());
  world_.Run();
  const TempFolder folder;
  const std::string path = folder / "answer.json";
  std::FILE* file = std::fopen(path.c_str(), "w");
  std::fputs(R"({"searchedScope":"core and archive","items":[{"outcome":"OUTCOME_NIL"}]})", file);
  std::fclose(file);
  CounterRequest typed{.command = "correct"};
  Put(typed.arguments, "order", UuidText(inquiry.order_id()));
  Put(typed.arguments, "answer", path);
  const auto read = WithFiles(typed);
  ASSERT_TRUE(read.ok()) << read.status();
  const auto corrected = ServeOffice(*read, *world_.agent, absl::UTCTimeZone());
  ASSERT_TRUE(corrected && corrected->ok()) << corrected->status();
  world_.Run();
  ASSERT_EQ(world_.gateway.Of(inquiry.order_id(), v1::RECEIPT_KIND_CORRECTION).size(), 1u);
  EXPECT_EQ(ReasonOf(Ask("correct", {{"order", UuidText(inquiry.order_id())}, {"answer", "{"}}).status()),
            Reason::kFieldInvalid);
  Put(typed.arguments, "answer", path + ".missing");
  EXPECT_EQ(ReasonOf(WithFiles(typed).status()), Reason::kStorageUnusable);
}

TEST_F(OfficeCommandsTest, EveryCommandOfTheTableIsServedAndNoOther) {
  std::set<std::string> names;
  for (const OfficeCommand& command : OfficeCommands()) {
    EXPECT_TRUE(names.insert(command.name()).second);
    EXPECT_FALSE(command.help.empty());
    EXPECT_TRUE(ServeOffice({.command = command.name()}, *world_.agent, absl::UTCTimeZone()).has_value());
  }
  EXPECT_FALSE(ServeOffice({.command = "seal"}, *world_.agent, absl::UTCTimeZone()).has_value());
}

}  // namespace
}  // namespace eagle::sdk
