// Template files: every mistake is found at once, before anything is sent, and no value breaks out of its place.
#include <algorithm>

#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "tests/adapters/rest/sample_templates.h"

namespace eagle::rest {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> ProblemsIn(const std::string& text) {
  std::vector<std::string> out;
  const auto templates = ParseTemplates(text, "t.toml");
  if (templates.ok()) return out;
  EXPECT_EQ(ReasonOf(templates.status()), Reason::kConfigurationInvalid);
  for (const Violation& violation : FailureOf(templates.status()).violations)
    out.push_back(violation.field + " @ " + violation.description);
  return out;
}

// What is wrong with the sample once `from` reads `to`.
std::vector<std::string> ProblemsWith(const std::string& from, const std::string& to) {
  std::string text = SampleText();
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  return ProblemsIn(text);
}

TEST(RestTemplates, TheSampleIsRightAndSaysWhatTheBankCanDo) {
  EXPECT_THAT(ProblemsIn(SampleText()), IsEmpty());
  std::vector<std::string> actions;
  for (const v1::Capability& row : SampleTemplates().Capabilities()) {
    EXPECT_EQ(row.asset_kind(), "DEPOSIT");
    EXPECT_TRUE(row.keeps_waitlist());
    actions.push_back(v1::Action_Name(row.action()));
  }
  EXPECT_THAT(actions, testing::UnorderedElementsAre("ACTION_INQUIRE", "ACTION_FREEZE", "ACTION_RENEW",
                                                     "ACTION_RELEASE", "ACTION_DEDUCT"));
}

TEST(RestTemplates, EveryMistakeIsFoundAtOnceWithItsPlace) {
  const std::string text = R"(format = 1
[agency]
asset_kind = "DEPOSIT"
amounts = "yuan"
colour = "red"
[calls.freeze_person]
method = "GET"
path = "v1/freezes#x"
body = '''{"a": "${operation", "b": {"c": ["${freeze.limit}", "${deduct.amount|minor}"]}, "d": "${nobody}", "e": "x${cosigner.code?}"}'''
statuses = [200, 302]
[calls.freeze_person.answer]
code = "code"
reference = "/a~x"
controlled = "=5"
unfunded = "/u|map:none"
effective_to = "/t|day:%m"
shares = "/list"
booking = "/b"
text = "/m|map:none"
[calls.guess]
method = "POST"
[[codes]]
calls = ["freeze_person"]
code = "1"
outcome = "NIL"
[[codes]]
calls = ["freeze_person"]
code = "2"
outcome = "NOT_CONTROLLED"
[[codes]]
calls = ["inquire"]
status = 404
outcome = "NIL"
)";
  const std::vector<std::string> problems = ProblemsIn(text);
  const auto holds = [&](const std::string& field, const std::string& words) {
    const bool found = std::any_of(problems.begin(), problems.end(), [&](const std::string& one) {
      return one.rfind(field + " @ t.toml:", 0) == 0 && one.find(words) != std::string::npos;
    });
    EXPECT_TRUE(found) << field << ": " << words << "\n" << testing::PrintToString(problems);
  };
  holds("agency.amounts", ":4: is decimal");
  holds("agency.colour", ":5: unknown key");
  holds("calls.freeze_person.method", ":7: must be POST or PUT");
  holds("calls.freeze_person.path", ":8: begins with /");
  holds("calls.freeze_person.path", "holds a blank, #");
  holds("calls.freeze_person.body/a", ":9: a placeholder has no end");
  holds("calls.freeze_person.body/b/c/0", ":9: freeze.limit is an amount");
  holds("calls.freeze_person.body/b/c/1", ":9: deduct.amount means nothing in a call of freeze_person");
  holds("calls.freeze_person.body/d", ":9: there is no placeholder \"nobody\"");
  holds("calls.freeze_person.body/e", ":9: ? needs the whole string");
  holds("calls.freeze_person.body", "must carry ${operation}");
  holds("calls.freeze_person.statuses", ":10: a redirection is never followed");
  holds("calls.freeze_person.answer.code", ":12: is a JSON pointer");
  holds("calls.freeze_person.answer.reference", ":13: is a JSON pointer");
  holds("calls.freeze_person.answer.controlled", ":14: can't be the same always");
  holds("calls.freeze_person.answer.unfunded", ":15: \"map:none\" doesn't go with this");
  holds("calls.freeze_person.answer.text", ":19: there is no table [maps.none]");
  holds("calls.freeze_person.answer.effective_to", ":16: can't be read back");
  holds("calls.freeze_person.answer.booking", ":18: means nothing in freeze_person");
  holds("calls.freeze_person.answer.rank", "is required");
  holds("calls.freeze_person.answer.share.account", ":11: is required");
  holds("calls.guess", ":20: there is no such call");
  holds("codes[0].outcome", ":25: NIL doesn't answer these calls");
  holds("codes[1].reason", "NOT_CONTROLLED needs a reason");
  holds("codes[2].status", ":32: is for find alone");
  holds("calls.find", "is required");
  holds("codes", "has rows for inquire, which is no call here");
}

TEST(RestTemplates, WhatTheLawOfTheHouseNeedsCannotBeLeftOut) {
  EXPECT_THAT(ProblemsWith("format = 1\n", ""), Contains(HasSubstr("format")));
  EXPECT_THAT(ProblemsWith("format = 1\n", "format = 2\n"), Contains(HasSubstr("format")));
  EXPECT_THAT(ProblemsWith("searched_scope = \"/fw\"", ""), Contains(HasSubstr("searched_scope")));
  EXPECT_THAT(ProblemsWith("account = \"/zh\"\ncurrency", "currency"), Contains(HasSubstr("answer.account")));
  EXPECT_THAT(ProblemsWith("to_account = \"/zxkzh\"", ""), Contains(HasSubstr("to_account")));
  EXPECT_THAT(ProblemsWith("{\"bdhm\": \"${operation}\", \"djbh\"", "{\"djbh\""),
              Contains(HasSubstr("must carry ${operation}")));
  EXPECT_THAT(ProblemsWith("/operations/${operation}", "/operations"), Contains(HasSubstr("must name ${operation}")));
  EXPECT_THAT(ProblemsWith("method = \"GET\"", "method = \"POST\""), Contains(HasSubstr("must be GET")));
  EXPECT_THAT(ProblemsWith("outcome = \"DEDUCTED\"", "outcome = \"MAYBE\""), Contains(HasSubstr("no such outcome")));
  EXPECT_THAT(ProblemsWith("code = \"1001\"\noutcome = \"NIL\"", "code = \"0000\"\noutcome = \"NIL\""),
              Contains(HasSubstr("stands in the table already")));
  EXPECT_THAT(ProblemsIn("format = "), ElementsAre(HasSubstr("t.toml:1")));
}

TEST(RestTemplates, NoValueBreaksOutOfItsPlace) {
  const sdk::Operation operation{std::string(16, 'x'), "9900001", 0};
  v1::Order order;
  order.mutable_subject()->set_name("\",\"je\":\"1\"}\n${operation}");
  Facts facts;
  facts.operation = &operation, facts.order = &order, facts.zone = Shanghai();
  const Wrong never = [](const std::string&, const std::string& why) { ADD_FAILURE() << why; };
  const BodyTemplate body = BodyTemplate::Parse(R"({"n":"<${subject.name}>"})", kInquire, {}, never);
  const std::string text = *body.Render(facts);
  EXPECT_EQ(ParseJsonValue(text)->Find("n")->text, "<" + order.subject().name() + ">") << text;
  EXPECT_EQ(ParseJsonValue(text)->names.size(), 1u);
  order.mutable_subject()->set_name("../a?b=c#d%/e f林");
  const TextTemplate path = TextTemplate::Parse("/p/${subject.name}?q=1", kInquire, {}, never);
  EXPECT_EQ(**path.RenderEncoded(facts), "/p/..%2Fa%3Fb%3Dc%23d%25%2Fe%20f%E6%9E%97?q=1");
}

TEST(RestTemplates, WhatTheOrderLacksIsLeftOutOrRefused) {
  const sdk::Operation operation{std::string(16, 'x'), "9900001", 0};
  v1::Order order;
  order.set_action(v1::ACTION_RELEASE);
  order.mutable_subject()->set_id_kind("PASSPORT");
  Facts facts;
  facts.operation = &operation, facts.order = &order, facts.zone = Shanghai();
  const Wrong never = [](const std::string&, const std::string& why) { ADD_FAILURE() << why; };
  const auto render = [&](const char* body, const CodeMaps& maps = {}) {
    return BodyTemplate::Parse(body, kRelease, maps, never).Render(facts);
  };
  EXPECT_EQ(*render(R"({"a":"${release.amount?|decimal}","b":"${release.whole}","c":"${order.step}"})"),
            R"({"b":true,"c":0})");
  EXPECT_EQ(ReasonOf(render(R"({"a":"${ruling.title}"})").status()), Reason::kFieldMissing);
  order.mutable_release()->set_amount_minor_units(1'234'50);
  EXPECT_EQ(*render(R"({"a":"${release.amount?|decimal}","b":"${release.amount|minor|number}"})"),
            R"({"a":"1234.50","b":123450})");
  const CodeMaps maps = {{"id", std::make_shared<CodeMap>(CodeMap{{"CITIZEN_ID", "01"}})}};
  EXPECT_EQ(ReasonOf(render(R"({"a":"${subject.id_kind|map:id}"})", maps).status()), Reason::kFieldInvalid)
      << "no code, so nothing is guessed";
}

}  // namespace
}  // namespace eagle::rest
