// What RestCore makes of answers, right and wrong: a server that says whatever the test wants, and nobody else.
#include <algorithm>
#include <deque>
#include <map>

#include "absl/strings/str_cat.h"
#include "adapters/rest/rest_core.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "tests/adapters/rest/sample_templates.h"
#include "tests/support/sdk_fakes.h"

namespace eagle::rest {
namespace {

using testing::HasSubstr;
using testing::Not;
using Kind = sdk::Found::Kind;

constexpr char kAccount[] = "9900020000000003036", kCourtAccount[] = "9900010000000099010";

absl::Status Lost() { return Fail(Reason::kUnavailable, "lost"); }

// Answers by path, in the order given; the last one stays.
class SaidHttp : public Http {
 public:
  Exchange Send(const HttpRequest& request) override {
    requests.push_back(request);
    std::deque<Exchange>& said = answers[request.path.substr(0, request.path.find_last_of('/'))];
    if (said.empty()) return {true, Lost()};
    Exchange next = said.front();
    if (said.size() > 1) said.pop_front();
    return next;
  }
  void Say(const std::string& folder, int status, const std::string& body) {
    answers["/api/v2/judicial" + folder].push_back({true, HttpReply{status, body}});
  }
  void Lose(const std::string& folder, bool sent) { answers["/api/v2/judicial" + folder].push_back({sent, Lost()}); }
  size_t Posts() const {
    return static_cast<size_t>(
        std::count_if(requests.begin(), requests.end(), [](const HttpRequest& one) { return one.method != "GET"; }));
  }
  std::map<std::string, std::deque<Exchange>> answers;
  std::vector<HttpRequest> requests;
};

// One agency behind a RestCore; orders as the agent hands them over.
class RestCoreTest : public testing::Test {
 protected:
  RestCoreTest()
      : clock(absl::FromCivil(absl::CivilHour(2026, 9, 28, 9), Shanghai())),
        core(
            templates, Shanghai(), http, clock,
            [this](const sdk::Operation& which) {
              const auto found = orders.find(which.order_id);
              return found == orders.end() ? std::nullopt : std::optional(found->second);
            },
            [this](std::string_view event, Call, const std::string& why) {
              notes += absl::StrCat(std::string(event), " ", why, "\n");
            }) {}

  v1::Order Order(v1::Action action) {
    v1::Order order;
    order.set_order_id(std::string(15, 'o') + static_cast<char>('a' + orders.size()));
    order.set_court("辽9901");
    order.set_case_number("（2026）辽9901执1024号");
    order.set_action(action);
    order.mutable_subject()->set_name("林远舟");
    order.mutable_subject()->set_id_kind("CITIZEN_ID");
    order.mutable_subject()->set_id_number("990101198503070017");
    for (const char* code : {"1", "2"}) {
      v1::OfficerRef& officer = *order.add_officers();
      officer.set_officer(code), officer.set_work_id_no("W"), officer.set_duty_card_no("D");
    }
    return order;
  }
  v1::Order Freeze() {
    v1::Order order = Order(v1::ACTION_FREEZE);
    order.mutable_freeze()->mutable_account()->set_account_number(kAccount);
    order.mutable_freeze()->set_currency("CNY");
    order.mutable_freeze()->set_limit_minor_units(60'000'00);
    order.mutable_freeze()->set_inflow(v1::INFLOW_CAPTURE);
    order.mutable_freeze()->mutable_term()->set_years(1);
    return order;
  }
  v1::Order Deduct() {
    v1::Order order = Order(v1::ACTION_DEDUCT);
    order.mutable_deduct()->set_currency("CNY");
    order.mutable_deduct()->set_amount_minor_units(10'000'00);
    order.mutable_deduct()->mutable_account()->set_account_number(kCourtAccount);
    order.mutable_deduct()->mutable_account()->set_account_name("法院");
    return order;
  }
  sdk::Operation OperationOf(const v1::Order& order) { return {order.order_id(), "9900001", 0}; }
  absl::StatusOr<sdk::Answer> Do(const v1::Order& order) {
    orders[order.order_id()] = order;
    const sdk::Operation operation = OperationOf(order);
    const sdk::Request request{operation, order, digest, {clock.WallNow(), 1}, clock.WallNow(), freeze_operation};
    return order.action() == v1::ACTION_INQUIRE ? core.Inquire(request) : core.Apply(request);
  }
  // "OUTCOME reason" of the first item, "RETURNED reason", or what failed.
  static std::string Word(const absl::StatusOr<sdk::Answer>& answer) {
    if (!answer.ok()) return absl::StrCat("! ", FailureOf(answer.status()).message);
    if (answer->kind == sdk::AnswerKind::kReturned) return "RETURNED " + answer->return_reason;
    const v1::ItemResult& item = answer->items.at(0);
    return v1::Outcome_Name(item.outcome()).substr(8) + (item.reason().empty() ? "" : " " + item.reason());
  }
  // The sample bank's answer to Freeze(), with some members replaced; "-" takes one out.
  std::string FreezeAnswer(const v1::Order& order, const std::map<std::string, std::string>& changed = {}) {
    JsonValue answer = *ParseJsonValue(absl::StrCat(
        R"({"code":"0000","msg":"成功","bdhm":")", OperationOf(order).Text(),
        R"(","zjhm":"990101198503070017","zh":"9900020000000003036","bz":"156","djbh":"DJ1","djxe":"60000.00",)",
        R"("skje":"15000.00","ceskje":"45000.00","sw":2,"ksrq":"20260928","jsrq":"20270927","bb":1,)",
        R"("mx":[{"zh":"9900020000000003036","skje":"15000.00","ceskje":"45000.00"}],)",
        R"("zqdj":[{"jg":"辽9902","wh":"（2025）辽9902执88号","je":"80000.00","jzrq":null}]})"));
    return Changed(std::move(answer), changed);
  }
  static std::string Changed(JsonValue answer, const std::map<std::string, std::string>& changed) {
    for (const auto& [name, text] : changed) {
      for (size_t i = 0; i < answer.names.size(); ++i) {
        if (answer.names[i] != name) continue;
        if (text == "-") {
          answer.names.erase(answer.names.begin() + static_cast<long>(i));
          answer.items.erase(answer.items.begin() + static_cast<long>(i));
          break;
        }
        answer.items[i] = *ParseJsonValue(text);
      }
    }
    return WriteJson(answer);
  }

  const Templates templates = SampleTemplates();
  sdk::SetClock clock;
  SaidHttp http;
  std::map<std::string, v1::Order> orders;
  std::string notes;
  journal::Hash digest{};
  const sdk::Operation* freeze_operation = nullptr;
  RestCore core;
};

TEST_F(RestCoreTest, TheOperationGoesOutAsKeyAndInTheBody) {
  const v1::Order order = Freeze();
  http.Say("", 200, FreezeAnswer(order));
  const auto answer = Do(order);
  EXPECT_EQ(Word(answer), "PARTLY_CONTROLLED");
  ASSERT_EQ(http.requests.size(), 1u);
  const JsonValue body = *ParseJsonValue(http.requests[0].body);
  EXPECT_EQ(body.Find("bdhm")->text, OperationOf(order).Text());
  EXPECT_EQ(body.Find("je")->text, "60000.00");
  EXPECT_EQ(body.Find("qx")->text, "12");
  EXPECT_EQ(body.Find("ksrq")->text, "2026-09-28");
  EXPECT_EQ(body.Find("zjlx")->text, "01");
  EXPECT_EQ(body.Find("ckwh"), nullptr) << "the order names no ruling";
  ASSERT_EQ(http.requests[0].headers.size(), 1u);
  EXPECT_EQ(http.requests[0].headers[0].first, "Idempotency-Key");
  EXPECT_EQ(http.requests[0].headers[0].second, OperationOf(order).Text());
  const v1::MeasureState& measure = answer->items[0].measure();
  EXPECT_EQ(measure.controlled_minor_units(), 15'000'00);
  EXPECT_EQ(measure.unfunded_minor_units(), 45'000'00);
  EXPECT_EQ(measure.rank(), 2u);
  EXPECT_EQ(measure.effective_to().seconds(),
            absl::ToUnixSeconds(absl::FromCivil(absl::CivilDay(2027, 9, 28), Shanghai())));
  EXPECT_EQ(measure.prior_measures(0).amount_minor_units(), 80'000'00);
  EXPECT_FALSE(measure.prior_measures(0).has_ends_at());
  EXPECT_EQ(answer->items[0].remark(), "0000 成功") << "the agency's own words are kept";
}

TEST_F(RestCoreTest, WhatContradictsTheOrderOrItselfStopsForAClerk) {
  const std::map<std::string, std::string> wrong[] = {
      {{"zh", "\"9900020000000009999\""}},   // another account
      {{"bdhm", "\"somebody's\""}},          // another operation
      {{"zjhm", "\"990101199112120034\""}},  // somebody else
      {{"bz", "\"840\""}},                   // another currency
      {{"skje", "\"99999999.00\""}},         // more than the limit
      {{"djxe", "\"70000.00\""}, {"skje", "\"25000.00\""}},
      {{"ceskje", "\"1.00\""}},  // a sum that isn't one
      {{"skje", "15000.005"}},   // no exact amount
      {{"skje", "\"1.5e4\""}},
      {{"skje", "null"}},
      {{"skje", "-"}},
      {{"skje", "[]"}},
      {{"djbh", "-"}},  // no number of the measure
      {{"djbh", "\"\""}},
      {{"sw", "-"}},
      {{"sw", "0"}},
      {{"sw", "-1"}},
      {{"jsrq", "\"2027-09-27\""}},  // another form
      {{"mx", R"([{"zh":"9900020000000009999","skje":"15000.00","ceskje":"45000.00"}])"}},
      {{"mx", R"([{"zh":"9900020000000003036","skje":"14000.00","ceskje":"45000.00"}])"}},
      {{"code", "-"}},
      {{"code", "true"}},
      {{"code", "\"7777\""}},  // not in the table
      {{"code", "\"0001\""}},  // waitlisted, and yet something controlled
  };
  for (const auto& changed : wrong) {
    const v1::Order order = Freeze();
    const std::string answer = FreezeAnswer(order, changed);
    http.answers.clear();
    http.Say("", 200, answer);
    http.Say("/operations", 200,
             absl::StrCat(R"({"zt":"DONE","bdhm":")", OperationOf(order).Text(), R"(","jg":)", answer, "}"));
    EXPECT_FALSE(Do(order).ok()) << answer;
    const auto found = core.Find(OperationOf(order));
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(found->kind, Kind::kUnknown) << answer;
    EXPECT_FALSE(found->note.empty()) << answer;
    EXPECT_THAT(found->note, Not(HasSubstr("990101"))) << "what is noted names no person";
    clock.Advance(absl::Seconds(10));
  }
}

TEST_F(RestCoreTest, ADeductionIsTheOneOrderedAndGoesWhereItWasOrdered) {
  const std::string freeze = std::string(16, 'f');
  const sdk::Operation made{freeze, "9900001", 0};
  orders[freeze] = Freeze();
  orders[freeze].set_order_id(freeze);
  freeze_operation = &made;
  const auto run = [&](const std::map<std::string, std::string>& changed) {
    v1::Order order = Deduct();
    order.mutable_deduct()->set_freeze_order_id(freeze);
    http.answers.clear(), http.requests.clear();
    http.Say("/operations", 200,
             absl::StrCat(R"({"zt":"DONE","bdhm":")", made.Text(), R"(","jg":)",
                          FreezeAnswer(orders[freeze], {{"bdhm", "\"" + made.Text() + "\""}}), "}"));
    http.Say(
        "", 200,
        Changed(
            *ParseJsonValue(absl::StrCat(
                R"({"code":"0000","bdhm":")", OperationOf(order).Text(),
                R"(","bz":"156","zxkzh":"9900010000000099010","hkje":"10000.00","lsh":"LS1","hksj":"2026-09-28T12:00:00+08:00","djbh":"DJ1","djxe":"50000.00","skje":"5000.00","ceskje":"45000.00","sw":2,"zzbz":false,"bb":2})")),
            changed));
    clock.Advance(absl::Seconds(10));
    return Word(Do(order));
  };
  EXPECT_EQ(run({}), "DEDUCTED");
  EXPECT_EQ(ParseJsonValue(http.requests.back().body)->Find("djbh")->text, "DJ1")
      << "the agency's own number, asked first";
  EXPECT_THAT(run({{"hkje", "\"9999.99\""}}), HasSubstr("amount isn't the one ordered"));
  EXPECT_THAT(run({{"hkje", "\"10000.01\""}}), HasSubstr("amount isn't the one ordered"));
  EXPECT_THAT(run({{"zxkzh", "\"9900020000000003036\""}}), HasSubstr("to_account isn't the order's"));
  EXPECT_THAT(run({{"lsh", "-"}}), HasSubstr("booking is missing"));
  EXPECT_THAT(run({{"zzbz", "-"}}), HasSubstr("ended is missing"));
}

TEST_F(RestCoreTest, NilComesByItsCodeAloneAndNeverFromAFailure) {
  const auto said = [&](int status, const std::string& body) {
    http.answers.clear();
    const v1::Order order = Order(v1::ACTION_INQUIRE);
    http.Say("", status,
             body.find("OP") == std::string::npos
                 ? body
                 : std::string(body).replace(body.find("OP"), 2, OperationOf(order).Text()));
    return Word(Do(order));
  };
  const std::string empty =
      R"({"code":"CODE","msg":"无","bdhm":"OP","zjhm":"990101198503070017","fw":"存款","list":LIST})";
  const auto with = [&](const std::string& code, const std::string& list) {
    std::string out = empty;
    return out.replace(out.find("LIST"), 4, list).replace(out.find("CODE"), 4, code);
  };
  EXPECT_EQ(said(200, with("1001", "[]")), "NIL");
  const std::string row = R"([{"zh":"1","bz":"156","ye":"5.00","kyye":"5.00","zt":"1","pp":"18"}])";
  EXPECT_EQ(said(200, with("0000", row)), "FOUND");
  EXPECT_EQ(said(200, with("1002", "[]")), "AMBIGUOUS NAME_MISMATCH");
  // None of these is NIL.
  EXPECT_EQ(said(200, with("1001", row)), "ERROR ANSWER_INVALID") << "nothing, and yet something";
  EXPECT_EQ(said(200, with("0000", "[]")), "ERROR ANSWER_INVALID") << "something, and yet nothing";
  EXPECT_EQ(said(200, with("0000", "null")), "ERROR ANSWER_INVALID");
  EXPECT_EQ(said(200, with("9999", "[]")), "ERROR UNKNOWN");
  EXPECT_EQ(said(200, R"({"list":[]})"), "ERROR ANSWER_INVALID");
  EXPECT_EQ(said(200, R"({"code":"1001","bdhm":"OP","zjhm":"990101198503070017","list":[]})"), "ERROR ANSWER_INVALID")
      << "NIL without the scope that was searched";
  EXPECT_EQ(said(200, R"({"code":"1001","bdhm":"OP","zjhm":"990101199112120034","fw":"存款","list":[]})"),
            "ERROR ANSWER_INVALID")
      << "about somebody else";
  EXPECT_EQ(said(200, ""), "ERROR ANSWER_INVALID");
  EXPECT_EQ(said(200, "<html>"), "ERROR ANSWER_INVALID");
  EXPECT_THAT(said(500, with("1001", "[]")), HasSubstr("! ")) << "tried again, then ERROR";
  EXPECT_THAT(said(404, with("1001", "[]")), HasSubstr("! "));
  EXPECT_THAT(said(302, ""), HasSubstr("! "));
  EXPECT_THAT(said(200, with("9003", "[]")), HasSubstr("! "));
  // Money that isn't said is unknown, never zero; half of it is a mistake.
  EXPECT_EQ(said(200, with("0000", R"([{"zh":"1","bz":"156","ye":"5.00","zt":"1"}])")), "ERROR ANSWER_INVALID");
  EXPECT_EQ(said(200, with("0000", R"([{"zh":"1","bz":"156","ye":0.1e1,"kyye":"5.00"}])")), "ERROR ANSWER_INVALID");
  EXPECT_EQ(said(200, with("0000", R"([{"zh":"1","bz":"999"}])")), "ERROR ANSWER_INVALID")
      << "a currency without a row";
  EXPECT_EQ(said(200, with("0000", R"([{"zh":"1"}])")), "FOUND");
}

TEST_F(RestCoreTest, AnUnknownCodeIsKeptRaw) {
  const v1::Order inquiry = Order(v1::ACTION_INQUIRE);
  http.Say("", 200, R"({"code":"E-77","msg":"核心升级中"})");
  const auto answer = Do(inquiry);
  EXPECT_EQ(Word(answer), "ERROR UNKNOWN");
  EXPECT_EQ(answer->items[0].remark(), "E-77 核心升级中");
  const v1::Order freeze = Freeze();
  const std::string raw = FreezeAnswer(freeze, {{"code", "\"E-78\""}, {"msg", "\"待定\""}});
  http.answers.clear();
  http.Say("", 200, raw);
  http.Say("/operations", 200,
           absl::StrCat(R"({"zt":"DONE","bdhm":")", OperationOf(freeze).Text(), R"(","jg":)", raw, "}"));
  EXPECT_FALSE(Do(freeze).ok());
  EXPECT_THAT(core.Find(OperationOf(freeze))->note, HasSubstr("E-78 待定"));
  const auto look = core.LookAt(OperationOf(freeze));
  ASSERT_TRUE(look.ok());
  EXPECT_EQ(look->verdict, "UNKNOWN");
  EXPECT_EQ(look->code, "E-78");
  EXPECT_THAT(notes, HasSubstr("core_code_unknown code E-78"));
  http.answers.clear();
  http.Say("", 200, R"({"code":"林远舟","msg":"?"})");
  EXPECT_EQ(Word(Do(Order(v1::ACTION_INQUIRE))), "ERROR UNKNOWN");
  EXPECT_THAT(notes, Not(HasSubstr("林远舟"))) << "what isn't a code doesn't go into a log";
}

TEST_F(RestCoreTest, OnlyWhatNeverLeftIsCertainlyNotDone) {
  const v1::Order order = Freeze();
  http.Lose("", /*sent=*/false);
  EXPECT_FALSE(Do(order).ok());
  EXPECT_EQ(core.Find(OperationOf(order))->kind, Kind::kNotDone) << "no byte went out";
  EXPECT_EQ(http.requests.size(), 1u) << "so nobody needs to be asked";

  clock.Advance(absl::Seconds(10));
  http.answers.clear(), http.requests.clear();
  http.Lose("", /*sent=*/true);
  http.Say("/operations", 404, R"({"zt":"NOT_FOUND"})");
  EXPECT_FALSE(Do(order).ok());
  clock.Advance(absl::Seconds(10));
  const auto found = core.Find(OperationOf(order));
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->kind, Kind::kUnknown) << "what the server doesn't know yet may still come";
  EXPECT_THAT(found->note, HasSubstr("HTTP 404"));
  EXPECT_EQ(http.Posts(), 1u);

  // The word of the server that it did nothing, and a process that knows nothing of the past.
  http.answers.clear();
  http.Say("", 200, absl::StrCat(R"({"code":"9003","bdhm":")", OperationOf(order).Text(), R"("})"));
  EXPECT_FALSE(Do(order).ok());
  EXPECT_EQ(core.Find(OperationOf(order))->kind, Kind::kNotDone);
  http.Say("/operations", 404, "{}");
  EXPECT_EQ(core.Find(OperationOf(order))->kind, Kind::kUnknown) << "that was said of one call, once";
}

TEST_F(RestCoreTest, WhatIsAtWorkIsAskedAgain) {
  const v1::Order order = Freeze();
  http.Lose("", true);
  http.Say("/operations", 200, absl::StrCat(R"({"zt":"WORKING","bdhm":")", OperationOf(order).Text(), "\"}"));
  http.Say("/operations", 500, "");
  http.Say("/operations", 200, "{");
  http.Say("/operations", 200,
           absl::StrCat(R"({"zt":"DONE","bdhm":")", OperationOf(order).Text(), R"(","jg":)", FreezeAnswer(order), "}"));
  EXPECT_FALSE(Do(order).ok());
  clock.Advance(absl::Seconds(10));
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(core.Find(OperationOf(order)).ok()) << "no word yet";
  const auto found = core.Find(OperationOf(order));
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->kind, Kind::kDone);
  EXPECT_EQ(Word(found->answer), "PARTLY_CONTROLLED");
}

TEST_F(RestCoreTest, WhatTheTemplatesCannotSayIsReturnedUnsent) {
  v1::Order order = Freeze();
  order.mutable_subject()->set_id_kind("MILITARY_ID");
  EXPECT_EQ(Word(Do(order)), "RETURNED CODE_NOT_MAPPED");
  v1::Order alone = Freeze();
  alone.mutable_officers()->RemoveLast();
  EXPECT_EQ(Word(Do(alone)), "RETURNED VALUE_MISSING");
  v1::Order thing = Freeze();
  thing.mutable_freeze()->mutable_asset()->set_unit_number("1");
  EXPECT_EQ(Word(Do(thing)), "RETURNED ACTION_NOT_SUPPORTED");
  EXPECT_TRUE(http.requests.empty());
}

TEST_F(RestCoreTest, AServerThatIsAwayIsLeftAloneForAMoment) {
  http.Lose("", false);
  EXPECT_FALSE(Do(Freeze()).ok());
  EXPECT_FALSE(Do(Freeze()).ok());
  EXPECT_FALSE(Do(Order(v1::ACTION_INQUIRE)).ok());
  EXPECT_EQ(http.requests.size(), 1u) << "a queue of orders doesn't wait for it one by one";
  clock.Advance(absl::Seconds(3));
  EXPECT_FALSE(Do(Freeze()).ok());
  EXPECT_EQ(http.requests.size(), 2u);
  EXPECT_THAT(notes, HasSubstr("core_away"));
}

TEST_F(RestCoreTest, ChangesAreTakenWholeOrNotAtAll) {
  const sdk::Operation made{std::string(16, 'f'), "9900001", 0};
  const auto change = [&](int number, const std::string& kind, const std::string& operation) {
    return absl::StrCat(
        R"({"xh":)", number, R"(,"lx":")", kind, R"(","bdhm":")", operation,
        R"(","sj":"2026-09-28T12:00:00+08:00","djbh":"DJ1","djxe":"60000.00","skje":"20000.00","ceskje":"40000.00","sw":1,"zzbz":false,"bb":3})");
  };
  const auto list = [&](const std::string& inside) {
    http.answers.clear();
    http.Say("", 200, R"({"list":[)" + inside + "]}");
    return core.Changes(4, 10);
  };
  const auto taken = list(change(5, "INFLOW", made.Text()) + "," + change(6, "PROMOTED", "counter-1"));
  ASSERT_TRUE(taken.ok()) << taken.status();
  ASSERT_EQ(taken->size(), 2u);
  EXPECT_EQ((*taken)[0].operation, made);
  EXPECT_EQ((*taken)[0].change, v1::MEASURE_CHANGE_INFLOW);
  EXPECT_EQ((*taken)[0].item.outcome(), v1::OUTCOME_PARTLY_CONTROLLED);
  EXPECT_EQ((*taken)[1].sequence, 6u) << "another's measure is passed over, and its number known";
  EXPECT_EQ(http.requests.back().path, "/api/v2/judicial/changes?after=4&limit=10");
  EXPECT_FALSE(list(change(5, "INFLOW", made.Text()) + "," + change(6, "STRANGE", made.Text())).ok());
  EXPECT_FALSE(list(change(5, "INFLOW", made.Text()) + "," + change(5, "INFLOW", made.Text())).ok());
  http.answers.clear();
  http.Say("", 200, "{}");
  EXPECT_FALSE(core.Changes(4, 10).ok()) << "no list is not an empty one";
}

TEST_F(RestCoreTest, WhatStandsIsBelievedWholeOrNothingIsStated) {
  const auto line = [&](char id, const std::string& more, const std::string& held = "20000.00") {
    return absl::StrCat(R"({"bdhm":")", sdk::Operation{std::string(16, id), "9900001", 0}.Text(),
                        R"(","djbh":"DJ1","djxe":"60000.00","skje":")", held,
                        R"(","ceskje":"40000.00","sw":1,"zzbz":false,"bb":3)", more, "}");
  };
  const std::string day = R"(,"ksrq":"20260928","jsrq":"20270927")";
  const auto said = [&](const std::string& code, const std::string& inside,
                        const std::string& as_of = "2026-09-28T09:00:00+08:00") {
    http.answers.clear();
    http.Say("", 200, absl::StrCat(R"({"code":")", code, R"(","sj":")", as_of, R"(","list":[)", inside, "]}"));
    return core.Positions("2026-09-27");
  };
  const auto two = said("0000", line('g', day) + "," + line('f', day) + R"(,{"bdhm":"counter-1"})");
  ASSERT_TRUE(two.ok()) << two.status();
  ASSERT_EQ(two->measures.size(), 2u) << "another's measure is passed over";
  EXPECT_EQ(two->measures[0].first.order_id, std::string(16, 'f')) << "in order of the order ids";
  EXPECT_EQ(two->measures[0].second.controlled_minor_units(), 20'000'00);
  EXPECT_EQ(two->measures[0].second.revision(), 3u);
  EXPECT_EQ(two->as_of, absl::FromCivil(absl::CivilHour(2026, 9, 28, 9), Shanghai()));
  EXPECT_EQ(http.requests.back().path, "/api/v2/judicial/positions?day=2026-09-27");
  const auto none = said("1003", "");
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_TRUE(none->measures.empty());
  EXPECT_FALSE(said("0000", "").ok()) << "an empty list doesn't say that nothing stands";
  EXPECT_FALSE(said("1003", line('f', day)).ok());
  EXPECT_FALSE(said("7777", line('f', day)).ok());
  EXPECT_FALSE(said("0000", line('f', day) + "," + line('f', day)).ok()) << "twice";
  EXPECT_FALSE(said("0000", line('f', day) + "," + line('g', day, "30000.00")).ok()) << "doesn't add up";
  EXPECT_FALSE(said("0000", line('f', day), "2026-09-28T09:10:00+08:00").ok()) << "still to come";
  EXPECT_FALSE(said("0000", line('f', day), "2026-09-26T09:00:00+08:00").ok()) << "before that day";
  EXPECT_FALSE(said("0000", line('f', "", "20000.00")).ok()) << "without a first day it waits, and holds nothing";
  http.answers.clear();
  http.Say("", 200, R"({"code":"1003","sj":"2026-09-28T09:00:00+08:00"})");
  EXPECT_FALSE(core.Positions("2026-09-27").ok()) << "no list is not an empty one";
  EXPECT_THAT(notes, HasSubstr("core_not_believed"));
}

}  // namespace
}  // namespace eagle::rest
