// Exactly once: repeats, losses, deaths, leases and withdrawals.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "adapters/conformance/cases.h"
#include "server/base/bytes.h"

namespace eagle::conformance {
namespace {

// Hands the task out once more and waits until its answer was told again.
bool ToldAgain(Play& play, const std::string& digest, std::string_view what) {
  const auto [times, different] = play.TimesTold(digest);
  play.HandAgain(digest);
  const bool again = play.WaitUntil([&] {
    int now = 0;
    for (const Seen& seen : play.gateway().Find(digest)->receipts) now += seen.times;
    return now > times;
  });
  bool held = play.Check(again, absl::StrCat(ToAbsl(what), ": handed out again, it was not answered again"));
  play.WaitQuietly();
  held = play.Check(play.TimesTold(digest).second == different,
                    absl::StrCat(ToAbsl(what), ": the answer has other bytes than the first time")) &&
         held;
  return held;
}

void InquiryRepeated(Play& play) {
  const std::string digest = play.Hand(play.courts().Inquiry(play.Someone()));
  if (play.CheckOutcome(play.Answer(digest), v1::OUTCOME_FOUND, "an inquiry")) ToldAgain(play, digest, "an inquiry");
}

void ControlRepeated(Play& play) {
  const auto before = play.LookAt(play.Someone());
  const v1::Order order = play.courts().Freeze(play.Someone(), play.Limit(kSmallLimit));
  const std::string freeze = play.Hand(order);
  if (!play.CheckControlled(play.Answer(freeze), "a freeze")) return;
  for (int i = 0; i < 2; ++i) {
    if (!ToldAgain(play, freeze, "a freeze")) return;
  }
  play.CheckTaken(before, play.LookAt(play.Someone()), kSmallLimit, 1, "a freeze that was handed out three times");
  const std::string release = play.Hand(play.courts().Release(order));
  if (!play.CheckOutcome(play.Answer(release), v1::OUTCOME_RELEASED, "its release")) return;
  ToldAgain(play, release, "a release");
  ToldAgain(play, freeze, "a freeze that was released since");
  play.CheckTaken(before, play.LookAt(play.Someone()), 0, 0, "a freeze that was handed out again after its release");
}

void ReplyLost(Play& play) {
  const auto before = play.LookAt(play.Someone());
  play.stage().Locked([&] {
    play.gateway().bent.lose_reports = 1;
    play.gateway().bent.lose_verdicts = 2;
  });
  const std::string digest = play.Hand(play.courts().Freeze(play.Someone(), play.Limit(kSmallLimit)));
  if (!play.CheckControlled(play.Answer(digest), "a freeze whose report was lost once")) return;
  play.Check(play.WaitUntil([&] {
    int times = 0;
    for (const Seen& seen : play.gateway().Find(digest)->receipts) times += seen.times;
    return times >= 3;
  }),
             "the answer to its report was lost twice, and it was not sent again each time");
  const auto [times, different] = play.TimesTold(digest);
  play.Check(static_cast<size_t>(times) > different && different <= 3, "sent again, its receipts have other bytes");
  play.CheckTaken(before, play.LookAt(play.Someone()), kSmallLimit, 1, "a freeze whose report had to be repeated");
}

// The answer to the poll comes later than the lease is long: what it brought must not begin.
void LeaseEnds(Play& play) {
  const auto before = play.LookAt(play.Someone());
  play.stage().Locked([&] {
    play.gateway().bent.lease = absl::Seconds(2);
    play.gateway().bent.poll_reply_late = absl::Milliseconds(2500);
    play.gateway().ForgetSessions();
  });
  const std::string digest = play.Hand(play.courts().Freeze(play.Someone(), play.Limit(kSmallLimit)));
  if (!play.Check(play.WaitUntil([&] { return play.gateway().Find(digest)->deliveries >= 1; }), "it doesn't poll"))
    return;
  // Held by nobody and handed out no more meanwhile, so that no other lease covers it.
  play.stage().Locked([&] {
    play.gateway().EndLeases();
    play.gateway().Find(digest)->held_back = true;
  });
  const absl::Duration late = absl::Milliseconds(2500) + play.patience().quiet;
  const bool begun = play.stage().Wait([&] { return play.gateway().Find(digest)->LastWord() != nullptr; }, late);
  play.Check(!begun, "its lease had ended when the task arrived, and it began all the same");
  play.stage().Locked([&] {
    play.gateway().Straighten();
    play.gateway().HandAgain(digest);
  });
  play.CheckControlled(play.Answer(digest), "the same freeze, handed out again under a new lease");
  play.CheckTaken(before, play.LookAt(play.Someone()), kSmallLimit, 1, "a freeze whose first lease had ended");
}

// What it sent back under a lease that ended is refused; the task comes again, and so must its answer.
void StaleFence(Play& play) {
  v1::Order order = play.courts().Freeze(play.Someone(), play.Limit(kSmallLimit));
  order.set_agencies(0, kElsewhere);
  const v1::SignedMember member = play.courts().Sign(order);
  const std::string digest = std::string(journal::View(journal::LeafHash(member.member())));
  play.stage().Locked([&] { play.gateway().bent.lease_lost.insert(digest); });
  play.HandSigned(member);
  if (!play.Check(play.WaitUntil([&] { return play.gateway().bent.lease_lost.empty(); }),
                  "an order that must be sent back was not"))
    return;
  play.HandAgain(digest);
  play.CheckReturned(digest, "a return was refused with LEASE_LOST, and the task came again under a new fence");
}

void WithdrawnBeforeStart(Play& play) {
  const auto before = play.LookAt(play.Someone());
  std::string digest;
  const v1::SignedMember member = play.courts().Sign(play.courts().Freeze(play.Someone(), play.Limit(kSmallLimit)));
  // In one answer, so that nothing can have begun.
  play.stage().Locked([&] {
    v1::Order order;
    order.ParseFromString(member.member());
    play.gateway().bent.dress = [id = order.order_id()](v1::PullTasksResponse& response) {
      if (!response.tasks().empty()) response.add_withdrawn(id);
    };
  });
  digest = play.HandSigned(member);
  if (!play.Check(play.WaitUntil([&] { return play.gateway().Find(digest)->deliveries >= 1; }), "it doesn't poll"))
    return;
  play.stage().Locked([&] { play.gateway().Find(digest)->open = false; });
  const auto answer = play.AnswerSoon(digest);
  play.Check(!Is(answer, v1::OUTCOME_CONTROLLED), "an order that was withdrawn before it began was carried out");
  play.stage().Locked([&] { play.gateway().bent.dress = [](v1::PullTasksResponse&) {}; });
  play.CheckTaken(before, play.LookAt(play.Someone()), 0, 0, "an order that was withdrawn before it began");
}

// Whatever won, answer and register say the same.
void WithdrawnDuringWork(Play& play) {
  const auto before = play.LookAt(play.Someone());
  const std::string digest = play.Hand(play.courts().Freeze(play.Someone(), play.Limit(kSmallLimit)));
  if (!play.Check(play.WaitUntil([&] { return play.gateway().Find(digest)->deliveries >= 1; }), "it doesn't poll"))
    return;
  play.stage().Locked([&] { play.gateway().Withdraw(digest); });
  auto answer = play.AnswerSoon(digest);
  if (!answer && play.fixtures().hooks.count("approve") != 0) answer = play.Answer(digest);
  play.WaitQuietly();
  const bool done = Is(answer, v1::OUTCOME_CONTROLLED);
  play.CheckTaken(before, play.LookAt(play.Someone()), done ? kSmallLimit : 0, done ? 1 : 0,
                  done ? "withdrawn during the work, and answered CONTROLLED" : "withdrawn, and not answered");
}

void IdReused(Play& play) {
  const auto before = play.LookAt(play.Someone());
  const v1::Order first = play.courts().Freeze(play.Someone(), play.Limit(kSmallLimit));
  if (!play.CheckControlled(play.Ask(first), "a freeze")) return;
  v1::Order second = first;
  second.set_legal_basis("另一份");
  if (play.fixtures().money) second.mutable_freeze()->set_limit_minor_units(2 * kSmallLimit);
  play.CheckReturned(play.Hand(second), "another order under a known order id");
  play.CheckTaken(before, play.LookAt(play.Someone()), kSmallLimit, 1, "another order under a known order id");
}

// Killed at one moment after another of its work; each time everything is there once. Where nobody could know whether
// the register had been asked, a clerk decides: then nothing was done, and that is what is said.
void Crash(Play& play) {
  constexpr int kPoints = 6;
  const bool has_clerk = play.fixtures().hooks.count("approve") != 0;
  int controlled = 0;
  const auto before = play.LookAt(play.Someone());
  for (int point = 0; point < kPoints; ++point) {
    const std::string where = absl::StrCat("killed at moment ", point + 1);
    const v1::Order order = play.courts().Freeze(play.Someone(), play.Limit(kSmallLimit));
    std::string digest;
    play.stage().KillAtWork(point, [&] { digest = play.Hand(order); });
    if (!play.EnsureRunning()) return;
    // Killed before the gateway heard of it, it is handed out again; killed after, its answer is here.
    const auto answer = play.Answer(digest);
    if (has_clerk && Is(answer, v1::OUTCOME_NOT_CONTROLLED)) {
      if (!play.CheckTaken(before, play.LookAt(play.Someone()), 0, 0, where + ", answered NOT_CONTROLLED")) return;
      continue;
    }
    if (!play.CheckControlled(answer, where + " and started again, a freeze")) return;
    ++controlled;
    if (!play.CheckTaken(before, play.LookAt(play.Someone()), kSmallLimit, 1, where)) return;
    if (!play.CheckOutcome(play.Ask(play.courts().Release(order)), v1::OUTCOME_RELEASED, where + ", its release"))
      return;
    if (!play.CheckTaken(before, play.LookAt(play.Someone()), 0, 0, where + " and released")) return;
  }
  play.Check(controlled > 0, "killed at six moments, the last behind the answer, it never once froze");
}

void Restart(Play& play) {
  const std::string digest = play.Hand(play.courts().Freeze(play.Someone(), play.Limit(kSmallLimit)));
  if (!play.CheckControlled(play.Answer(digest), "a freeze before the restart")) return;
  v1::HelloRequest before, after;
  play.stage().Locked([&] { before = play.gateway().hellos().back(); });
  const auto code = play.stage().StopAdapter();
  play.Check(code.ok(), "it did not end on SIGTERM");
  if (code.ok()) play.Check(*code == 0, absl::StrCat("it ended on SIGTERM with exit code ", *code, ", not 0"));
  if (!play.EnsureRunning()) return;
  play.stage().Locked([&] { after = play.gateway().hellos().back(); });
  play.Check(after.inbox() == before.inbox(), "Hello.inbox is another one after a restart: what does it remember?");
  play.Check(after.instance() != before.instance(), "Hello.instance is the same in another process");
  ToldAgain(play, digest, "a freeze from before the restart");
}

}  // namespace

std::vector<Case> OnceCases() {
  return {
      {"inquiry-repeated",
       "重复投递（查询）",
       "Hands out an answered inquiry again.",
       "Give the first answer, byte for byte.",
       "adapter_service.proto (normative); agency guide 4",
       {"INQUIRE"},
       InquiryRepeated},
      {"control-repeated",
       "重复投递（控制）",
       "Hands out a freeze three times, its release twice, then the freeze again.",
       "One effect each; the first answer again, byte for byte.",
       "adapter_service.proto (normative); agency guide 4",
       {"INQUIRE", "FREEZE", "RELEASE"},
       ControlRepeated},
      {"reply-lost",
       "回执应答丢失",
       "Loses one report of a freeze and the answers to the next two.",
       "Send the same bytes again until there is a verdict.",
       "agency guide 6, last row",
       {"INQUIRE", "FREEZE", "RELEASE"},
       ReplyLost},
      {"lease-ends",
       "租约到期",
       "Answers a poll later than its lease is long.",
       "Begin nothing on an ended lease; do it once when it comes again.",
       "agency guide 4",
       {"INQUIRE", "FREEZE", "RELEASE"},
       LeaseEnds},
      {"stale-fence",
       "过期栅栏",
       "Refuses a return with LEASE_LOST and hands the task out under a new fence.",
       "Answer again.",
       "agency guide 6",
       {"FREEZE"},
       StaleFence},
      {"withdrawn-before-start",
       "开始前撤回",
       "Withdraws a freeze in the very answer that brings it.",
       "Don't begin.",
       "agency guide 4",
       {"INQUIRE", "FREEZE", "RELEASE"},
       WithdrawnBeforeStart},
      {"withdrawn-during-work",
       "执行中撤回",
       "Withdraws a freeze once it is delivered.",
       "What has begun goes on: the answer says what the register shows.",
       "agency guide 4",
       {"INQUIRE", "FREEZE", "RELEASE"},
       WithdrawnDuringWork},
      {"order-id-reused",
       "编号重用",
       "Hands out another order under a known order id.",
       "RETURNED; nothing is done.",
       "agency guide 3, last paragraph; domain A16 item 8",
       {"INQUIRE", "FREEZE", "RELEASE"},
       IdReused},
      {"crash",
       "生效与回执之间崩溃",
       "Kills the adapter at six moments from the delivery to behind the answer.",
       "After each start one effect, one answer; NOT_CONTROLLED without effect where a clerk had to decide.",
       "agency guide 4; design section 4",
       {"INQUIRE", "FREEZE", "RELEASE", "own_process"},
       Crash},
      {"restart",
       "适配器重启",
       "Stops the adapter with SIGTERM, starts it, hands out an old task.",
       "Exit code 0; the same inbox, another instance; the first answer again.",
       "agency guide 2",
       {"FREEZE", "RELEASE", "own_process"},
       Restart},
  };
}

}  // namespace eagle::conformance
