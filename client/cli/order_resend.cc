// eagle journal accept-recovery, eagle order resend: a log that went on from older data, at a court's side.
#include <map>

#include "client/cli/commands.h"
#include "client/cli/session.h"
#include "client/lib/draft.h"
#include "client/lib/errors.h"
#include "goldeneagle/v1/order.pb.h"
#include "server/base/reason.h"

namespace eagle::client {
namespace {

struct ResendFlags {
  std::string draft;
  uint64_t wait_seconds = 0;
  bool dry_run = false;
};

Table LostTable(const std::vector<Desk::LostBatch>& lost) {
  Table table("lost", {{"file"}, {"members_are"}, {"was_at", kRight}, {"members", kRight}});
  for (const Desk::LostBatch& one : lost)
    table.Add({Text(one.item.name), Text(Word(one.item.member_type)), Count(one.first_index), Count(one.recorded)});
  return table;
}

absl::Status Accept(Session& session) {
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  EAGLE_ASSIGN_OR_RETURN(const RecoveryProved proved, desk->AcceptRecovery(*gateway));
  Table table("recoveries", {{"index", kRight},
                             {"time"},
                             {"old_origin"},
                             {"new_origin"},
                             {"lost_before", kRight},
                             {"ground"},
                             {"administrators", kRight},
                             {"log_key", kLeft, true}});
  for (const audit::RecoverySeen& one : proved.recoveries)
    table.Add({Count(one.index), Instant(one.proposed_at, zone), Text(one.old_origin), Text(one.key.name()),
               Count(one.last_signed.size), Text(Word(one.ground)), Count(one.approvers.size()),
               Text(audit::KeyTextOf(one.key))});
  EAGLE_ASSIGN_OR_RETURN(const std::vector<Desk::LostBatch> lost, desk->Lost());
  if (!lost.empty())
    session.Talk(std::to_string(lost.size()) + " batches that were answered are lost: eagle order resend");
  Document document;
  document.Add(std::move(table));
  document.Add(LostTable(lost));
  return session.Print(document);
}

struct Outcome {
  std::string name;
  v1::MemberType member_type = v1::MEMBER_TYPE_UNSPECIFIED;
  absl::Status status;
};

// All that is lost; with a draft, what it signs anew.
absl::StatusOr<std::vector<Desk::LostBatch>> Asked(Desk& desk, const ResendFlags& flags) {
  if (flags.draft.empty()) return desk.Lost();
  EAGLE_ASSIGN_OR_RETURN(const Draft draft, Draft::Read(flags.draft));
  if (!draft.is_signed())
    return Fail(Reason::kSignaturesMissing, "nobody has signed the draft: eagle order sign " + flags.draft);
  std::vector<Desk::LostBatch> one(1);
  EAGLE_ASSIGN_OR_RETURN(one[0], desk.SignedAnew(draft.batch()));
  return one;
}

// One round over what is lost; true when nothing is left that may still come through.
absl::StatusOr<bool> Round(Session& session, const ResendFlags& flags, std::map<std::string, Outcome>& outcomes) {
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const std::vector<Desk::LostBatch> lost, Asked(*desk, flags));
  bool done = true;
  for (const Desk::LostBatch& one : lost) {
    const absl::Status status = desk->Resend(one, *gateway).status();
    outcomes[one.item.name] = {one.item.name, one.item.member_type, status};
    if (!status.ok() && OriginOf(status) == Origin::kUnavailable) return status;
    if (!status.ok() && one.item.member_type == v1::MEMBER_TYPE_ORDER) done = false;
  }
  return done;
}

absl::Status Resend(Session& session, const ResendFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  if (flags.dry_run) {
    EAGLE_ASSIGN_OR_RETURN(const std::vector<Desk::LostBatch> lost, desk->Lost());
    Document document;
    document.Add(LostTable(lost));
    return session.Print(document);
  }
  const absl::Duration end = session.process().real_clock.MonotonicNow() + absl::Seconds(flags.wait_seconds);
  std::map<std::string, Outcome> outcomes;
  for (;;) {
    EAGLE_ASSIGN_OR_RETURN(const bool done, Round(session, flags, outcomes));
    if (done || session.process().real_clock.MonotonicNow() >= end) break;
    // A release waits for the freeze that it ends, which its agency has to report again.
    session.process().waiter.Wait(absl::Seconds(1));
  }
  Table table("resent", {{"file"}, {"members_are"}, {"result"}, {"why"}});
  absl::Status first;
  for (const auto& [name, outcome] : outcomes) {
    const Failure failure = outcome.status.ok() ? Failure() : FailureOf(outcome.status);
    table.Add({Text(name), Text(Word(outcome.member_type)), Text(outcome.status.ok() ? "ANSWERED" : "NOT SENT"),
               TextOrNothing(failure.message)});
    if (first.ok()) first = outcome.status;
  }
  if (outcomes.empty()) session.Talk("nothing that was answered is lost");
  Document document;
  document.Add(std::move(table));
  EAGLE_RETURN_IF_ERROR(session.Print(document));
  return first;
}

}  // namespace

void AddAcceptRecovery(Verb& journal) {
  journal
      .Add("accept-recovery",
           "Believe a log that went on from older data under a new origin, if entries, old key and administrators "
           "prove it; and list what was answered and is lost.",
           "eagle journal accept-recovery")
      .Do(Accept);
}

void AddOrderResend(Verb& order) {
  auto flags = std::make_shared<ResendFlags>();
  Verb resend = order.Add(
      "resend", "After a recovery: send again what was answered and is lost, the same bytes, in the old order.",
      "eagle order resend --wait 60\neagle order resend --dry-run\n"
      "eagle order resume 01920d5c-8f00-7000-8000-000000000001 --out anew.draft --sign 001   # after KEY_REVOKED\n"
      "eagle order resend --draft anew.draft");
  resend.Flag("--dry-run", &flags->dry_run, "list what is lost, send nothing");
  resend.Text("--draft", &flags->draft, "only the batch of this draft, with the signatures that it has now");
  resend.Number("--wait", &flags->wait_seconds, "try for so long what the gateway can't take yet");
  resend.Do([flags](Session& session) { return Resend(session, *flags); });
}

}  // namespace eagle::client
