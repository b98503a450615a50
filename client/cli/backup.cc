// eagle backup: copies of a running gateway's data, and whether one is whole.
#include "client/cli/commands.h"
#include "client/cli/recover.h"
#include "client/cli/session.h"
#include "client/lib/errors.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/checkpoint.h"

namespace eagle::client {
namespace {

constexpr absl::Duration kCallAtMost = absl::Seconds(60);

struct MakeFlags {
  uint64_t seconds = 3600;
};
struct VerifyFlags {
  std::string folder, log_key;
};

absl::Status Make(Session& session, const MakeFlags& flags) {
  session.LimitCalls(kCallAtMost);
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.admin_gateway());
  Clock& clock = session.process().real_clock;
  const absl::Duration end = clock.MonotonicNow() + absl::Seconds(flags.seconds);
  absl::StatusOr<v1::MakeBackupResponse> answer = v1::MakeBackupResponse();
  for (bool again = true; again;) {
    const absl::Duration asked = clock.MonotonicNow();
    answer = gateway->MakeBackup({});
    // No answer for so long: it is being made, and whoever asks then waits for the same one.
    const absl::Duration now = clock.MonotonicNow();
    again =
        !answer.ok() && OriginOf(answer.status()) == Origin::kUnavailable && now - asked > kCallAtMost / 2 && now < end;
  }
  EAGLE_RETURN_IF_ERROR(answer.status());
  const v1::MakeBackupResponse& made = *answer;
  Document document;
  document.Add(Record("backup")
                   .Add("folder", Text(made.folder()))
                   .Add("size", Count(made.size()))
                   .Add("bytes", Count(made.bytes()))
                   .Add("seconds", Real(made.seconds()))
                   .Add("checkpoint", RawJson(JsonString(made.checkpoint()))));
  return session.Print(document);
}

// Files as the manifest has them, then every leaf of the journal against the signed head.
absl::Status VerifyCopy(Session& session, const VerifyFlags& flags) {
  if (!session.process().check_backup || !session.process().open_journal_folder)
    return Fail(Reason::kNotBuiltIn, "this build of eagle can't read a gateway's folder");
  auto facts = session.process().check_backup(flags.folder);
  if (!facts.ok()) return AsVerification(facts.status());
  EAGLE_ASSIGN_OR_RETURN(const auto folder, session.process().open_journal_folder(
                                                {.data_folder = flags.folder, .log_key = flags.log_key}));
  EAGLE_ASSIGN_OR_RETURN(const FolderVerified report, folder->Verify());
  if (!report.findings.empty()) return AsVerification(Fail(report.findings[0].reason, report.findings[0].message));
  EAGLE_ASSIGN_OR_RETURN(const auto key, journal::ParseVerifierKey(report.verifier_key));
  const auto head = journal::OpenCheckpoint(facts->checkpoint, *key);
  if (!head.ok()) return AsVerification(head.status());
  if (head->size != report.entries || journal::View(head->root) != report.root)
    return AsVerification(Fail(Reason::kBackupInvalid, "the journal doesn't hash to the backup's signed head"));
  Document document;
  document.Add(Record("backup")
                   .Add("made", Text(facts->made))
                   .Add("origin", Text(facts->origin))
                   .Add("size", Count(facts->size))
                   .Add("root", Text(facts->root_hex))
                   .Add("bytes", Count(facts->bytes))
                   .Add("papers", Count(facts->papers))
                   .Add("log_key", Text(report.verifier_key))
                   .Add("log_key_pinned", YesNo(!flags.log_key.empty()))
                   .Add("verdict", Text("verified")));
  return session.Print(document);
}

}  // namespace

void AddBackup(Verb& root) {
  Verb backup = root.Add("backup", "Copies of a gateway's data: make one while it serves, verify one.");
  auto make_flags = std::make_shared<MakeFlags>();
  Verb make =
      backup.Add("make", "Have the gateway copy journal and keys into its backup folder, while it serves (operators).",
                 "eagle backup make");
  make.Number("--seconds", &make_flags->seconds, "wait for at most so long (3600)");
  make.Do([make_flags](Session& session) { return Make(session, *make_flags); });

  auto verify_flags = std::make_shared<VerifyFlags>();
  Verb verify = backup.Add("verify", "Check a backup offline: manifest, databases, every leaf against its signed head.",
                           "eagle backup verify backups/20261126T204000Z-1234 --log-key \"$(cat keys/log.pub)\"");
  verify.Text("FOLDER", &verify_flags->folder, "the backup's folder", Need::kRequired);
  verify.Text("--log-key", &verify_flags->log_key, "the log's pinned key (text); without it the log's own");
  verify.Do([verify_flags](Session& session) { return VerifyCopy(session, *verify_flags); });
}

}  // namespace eagle::client
