// Hello, polls, a gateway that was started anew, is away, or takes the caller for somebody else.
#include "adapters/conformance/cases.h"

namespace eagle::conformance {
namespace {

constexpr int kCallsInASilence = 60;  // far above any growing back-off, far below a loop without one
constexpr absl::Duration kSilence = absl::Seconds(3);

void HelloIsWhole(Play& play) {
  size_t hellos = 0;
  play.stage().Locked([&] {
    hellos = play.gateway().hellos().size();
    play.gateway().ForgetSessions();
  });
  play.Check(play.WaitUntil([&] { return play.gateway().hellos().size() > hellos; }),
             "no Hello came after HELLO_FIRST");
}

void GatewayRestarts(Play& play) {
  const auto before = play.Ask(play.courts().Inquiry(play.Someone()));
  if (!play.CheckOutcome(before, v1::OUTCOME_FOUND, "an inquiry before the restart")) return;
  size_t hellos = 0;
  std::string inbox;
  play.stage().Locked([&] {
    hellos = play.gateway().hellos().size();
    inbox = play.gateway().hellos().back().inbox();
    play.gateway().ForgetSessions();
  });
  if (!play.Check(play.WaitUntil([&] { return play.gateway().hellos().size() > hellos; }),
                  "every call was answered HELLO_FIRST, and no Hello came"))
    return;
  play.stage().Locked(
      [&] { play.Check(play.gateway().hellos().back().inbox() == inbox, "Hello.inbox is another one than before"); });
  play.CheckOutcome(play.Ask(play.courts().Inquiry(play.Someone())), v1::OUTCOME_FOUND, "an inquiry after the restart");
}

void GreetedWrongly(Play& play, bool environment) {
  uint64_t polls = 0, hellos = 0;
  play.stage().Locked([&] {
    if (environment) {
      play.gateway().bent.environment = v1::ENVIRONMENT_PRODUCTION;
    } else {
      play.gateway().bent.greets_as = kElsewhere;
    }
    play.gateway().ForgetSessions();
    hellos = play.gateway().Calls(Method::kHello);
  });
  if (!play.Check(play.WaitUntil([&] { return play.gateway().Calls(Method::kHello) > hellos; }), "no Hello came"))
    return;
  // A poll that was under way ends with HELLO_FIRST; from the wrong greeting on there must be none.
  const v1::Order probe = play.courts().Inquiry(play.Someone());
  const std::string digest = play.Hand(probe);
  play.stage().Locked([&] { polls = play.gateway().Calls(Method::kPull); });
  play.WaitQuietly();
  play.stage().Locked([&] {
    play.Check(play.gateway().Find(digest)->deliveries == 0 && play.gateway().Calls(Method::kPull) == polls,
               environment ? "Hello's answer names the production environment, and it took work all the same"
                           : "Hello's answer names another agency, and it took work all the same");
  });
}

void GreetsAnother(Play& play) { GreetedWrongly(play, false); }
void GreetsProduction(Play& play) { GreetedWrongly(play, true); }

void GatewayAway(Play& play) {
  uint64_t calls = 0;
  play.stage().Locked([&] {
    play.gateway().bent.unavailable = true;
    calls = play.gateway().CallsInAll();
  });
  play.stage().Wait([] { return false; }, kSilence);
  play.stage().Locked([&] {
    calls = play.gateway().CallsInAll() - calls;
    play.gateway().bent.unavailable = false;
  });
  play.Check(calls <= kCallsInASilence, "it called " + std::to_string(calls) +
                                            " times within three seconds of UNAVAILABLE: a growing, jittered pause is "
                                            "missing");
  play.CheckOutcome(play.Ask(play.courts().Inquiry(play.Someone())), v1::OUTCOME_FOUND, "an inquiry after the silence");
}

void LogRecovered(Play& play) {
  const std::string digest = play.Hand(play.courts().Inquiry(play.Someone()));
  if (!play.CheckOutcome(play.Answer(digest), v1::OUTCOME_FOUND, "an inquiry before the recovery")) return;
  const auto [times, different] = play.TimesTold(digest);
  play.stage().Locked([&] {
    play.gateway().origin += "-recovered";
    play.gateway().recovered_at = play.world().statements().size() + 1;
    play.gateway().ForgetSessions();
  });
  play.Check(play.WaitUntil([&] {
    int now = 0;
    for (const Seen& seen : play.gateway().Find(digest)->receipts) now += seen.times;
    return now > times;
  }),
             "the log went on from an older backup (another origin, recovered_at set), and its receipts were not told "
             "again");
  play.Check(play.TimesTold(digest).second == different, "told again, a receipt has other bytes");
}

void NewerContract(Play& play) {
  play.stage().Locked([&] {
    play.gateway().bent.unknown_fields = true;
    play.gateway().ForgetSessions();
  });
  play.CheckOutcome(play.Ask(play.courts().Inquiry(play.Someone())), v1::OUTCOME_FOUND,
                    "an inquiry by a gateway whose answers have fields of a later version");
}

}  // namespace

std::vector<Case> SessionCases() {
  return {
      {"hello",
       "自报",
       "Forgets the session and looks at the next Hello.",
       "Contract version 1, a reverse-domain name, version, instance, an inbox id of 16 bytes, capabilities, 1 to "
       "10,000 "
       "in flight.",
       "agency guide 2, item 1",
       {},
       HelloIsWhole},
      {"gateway-restarts",
       "网关重启",
       "Answers every call with HELLO_FIRST, as a restarted gateway does.",
       "Say Hello again with the same inbox and go on.",
       "agency guide 2, item 1; 6",
       {"INQUIRE"},
       GatewayRestarts},
      {"greets-another-agency",
       "身份不符",
       "Hello's answer takes the adapter for another agency.",
       "Hang up; take no work.",
       "agency guide 2, item 1",
       {"INQUIRE"},
       GreetsAnother},
      {"greets-production",
       "环境不符",
       "Hello's answer names the production environment.",
       "Hang up; take no work.",
       "agency guide 2, item 1",
       {"INQUIRE"},
       GreetsProduction},
      {"gateway-away",
       "网关不可用",
       "Every call is UNAVAILABLE for three seconds.",
       "Repeat after a growing, jittered pause (here: at most 60 calls), then go on.",
       "agency guide 6",
       {"INQUIRE"},
       GatewayAway},
      {"log-recovered",
       "日志恢复",
       "Hello names another origin and recovered_at, as after a restore from a backup.",
       "Send every receipt once more, byte for byte, in the old batches.",
       "agency guide 2, item 1",
       {"INQUIRE"},
       LogRecovered},
      {"newer-gateway",
       "未知字段（网关）",
       "Answers carry fields of a later contract version.",
       "Ignore them and work on.",
       "adapter_service.proto: unsigned answers may grow",
       {"INQUIRE"},
       NewerContract},
  };
}

}  // namespace eagle::conformance
