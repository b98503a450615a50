// eagle witness: watches the gateway's log and cosigns what continues it.
#include "client/audit/witness.h"

#include <memory>

#include "client/cli/commands.h"
#include "client/cli/session.h"
#include "client/common/files.h"
#include "client/lib/errors.h"
#include "client/lib/retry.h"
#include "server/base/reason.h"

namespace eagle::client {
namespace {

constexpr uint32_t kWaitSeconds = 20;
constexpr absl::Duration kPauseMax = absl::Minutes(1);

struct WitnessFlags {
  std::string key, state, log_key, policy;
  bool once = false;
};

absl::StatusOr<journal::LogPolicy> PolicyOf(Session& session, const WitnessFlags& flags) {
  if (!flags.policy.empty()) {
    EAGLE_ASSIGN_OR_RETURN(const std::string text, ReadFile(flags.policy));
    return journal::LogPolicy::Parse(text);
  }
  if (!flags.log_key.empty()) return journal::LogPolicy::OfKey(flags.log_key);
  EAGLE_ASSIGN_OR_RETURN(const Config* config, session.config());
  return journal::LogPolicy::OfKey(config->log_key);
}

// One checkpoint: waited for, compared, kept, cosigned, brought. False: none was wanted.
absl::StatusOr<bool> CosignNext(Session& session, Gateway& gateway, audit::Witness& witness, const std::string& name,
                                const std::string& origin) {
  EAGLE_ASSIGN_OR_RETURN(const journal::Witnessed kept, witness.Kept(origin));
  v1::WaitCheckpointRequest wait;
  wait.set_size(kept.size);
  wait.set_witness(name);
  wait.set_wait_seconds(kWaitSeconds);
  EAGLE_ASSIGN_OR_RETURN(const v1::WaitCheckpointResponse wanted, gateway.WaitCheckpoint(wait));
  if (wanted.add_checkpoint().empty()) return false;
  EAGLE_ASSIGN_OR_RETURN(const audit::Witnessing said,
                         witness.Add(wanted.add_checkpoint(), session.process().clock.WallNow()));
  if (said.answer != journal::WitnessAnswer::kCosign) return audit::WhyNotCosigned(said, wanted.size());
  v1::AddCosignatureRequest add;
  add.set_size(wanted.size());
  add.set_cosignature(said.line);
  EAGLE_ASSIGN_OR_RETURN(const v1::AddCosignatureResponse told, gateway.AddCosignature(add));
  session.Progress("cosigned " + std::to_string(wanted.size()) + " entries" +
                   (told.quorum() ? ", quorum reached" : ""));
  return true;
}

// What a later call may mend by itself.
bool PassesBy(const absl::Status& status) {
  switch (ReasonOf(status)) {
    case Reason::kUnavailable:
    case Reason::kBusy:
    case Reason::kDraining:
    case Reason::kCallsTooFrequent:
    case Reason::kCheckpointNotWanted:
      return true;
    default:
      return false;
  }
}

// A log that can't be cosigned: what this command is there to notice.
bool IsAboutTheLog(const absl::Status& status) {
  switch (ReasonOf(status)) {
    case Reason::kLogForked:
    case Reason::kNoteUntrusted:
    case Reason::kNoteMalformed:
    case Reason::kJournalBroken:
      return true;
    default:
      return false;
  }
}

absl::Status Run(Session& session, const WitnessFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const journal::LogPolicy policy, PolicyOf(session, flags));
  EAGLE_ASSIGN_OR_RETURN(const journal::WitnessKey key, audit::ReadWitnessKey(flags.key));
  if (policy.logs().size() != 1)
    return Fail(Reason::kFieldInvalid, "a gateway has one log: name that one").At("--policy", flags.policy);
  const std::string origin = policy.logs().front().key->name();
  audit::Witness witness(flags.state, policy, key);
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  absl::Duration pause = absl::Seconds(1);
  for (;;) {
    const absl::StatusOr<bool> done = CosignNext(session, *gateway, witness, key.name, origin);
    if (done.ok()) {
      pause = absl::Seconds(1);
      if (*done && flags.once) break;
      continue;
    }
    if (!PassesBy(done.status())) return IsAboutTheLog(done.status()) ? AsVerification(done.status()) : done.status();
    session.Progress(FailureOf(done.status()).message);
    if (!session.process().waiter.Wait(pause)) return done.status();
    pause = std::min(2 * pause, kPauseMax);
  }
  EAGLE_ASSIGN_OR_RETURN(const journal::Witnessed kept, witness.Kept(origin));
  Document document;
  document.Add(Record("witness")
                   .Add("origin", Text(origin))
                   .Add("size", Count(kept.size))
                   .Add("witness", Text(key.VerifierKey())));
  return session.Print(document);
}

}  // namespace

void AddWitness(Verb& root) {
  Verb witness = root.Add("witness", "Watch the log as one of its witnesses 见证人.");
  auto flags = std::make_shared<WitnessFlags>();
  Verb run = witness.Add("run",
                         "Cosign each checkpoint that the gateway wants seen, when it continues what this witness saw "
                         "before; a second history ends it with an alarm.",
                         "eagle witness run --key w1.key --state /var/lib/eagle-witness\n"
                         "eagle witness run --key w1.key --state state --once");
  run.Text("--key", &flags->key, "file of the witness's key (eagle pki witness)", Need::kRequired);
  run.Text("--state", &flags->state, "folder of what this witness has seen: lose it, and it has seen nothing",
           Need::kRequired);
  run.Text("--log-key", &flags->log_key, "the log's pinned key; the configuration's without it");
  run.Text("--policy", &flags->policy, "file of a policy that names the log, instead");
  run.Flag("--once", &flags->once, "end after one cosignature");
  run.Do([flags](Session& session) { return Run(session, *flags); });
}

}  // namespace eagle::client
