// eagle journal: the log's head, and the audit of it; through a gateway, or of a stopped folder.
#include "client/cli/journal.h"

#include "client/cli/commands.h"
#include "client/cli/session.h"
#include "client/lib/errors.h"
#include "client/lib/journal_check.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::client {
namespace {

struct JournalFlags {
  JournalFolderOptions folder;
};

absl::Status Head(Session& session) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(const v1::GetCheckpointResponse answer, gateway->GetCheckpoint({}));
  EAGLE_ASSIGN_OR_RETURN(const auto seen, desk->checkpoints().Newest());
  EAGLE_ASSIGN_OR_RETURN(const journal::Checkpoint head, desk->Observe(answer.checkpoint(), *gateway));
  Document document;
  document.Add(Record("head")
                   .Add("origin", Text(head.origin))
                   .Add("size", Count(head.size))
                   .Add("root", Text(HexEncode(journal::View(head.root))))
                   .Add("signature", Text("verified with the pinned key"))
                   .Add("last_seen_size", seen ? Count(seen->checkpoint.size) : Nothing())
                   .Add("consistent", seen ? YesNo(true) : Nothing())
                   .Add("checkpoint", RawJson(JsonString(answer.checkpoint()))));
  return session.Print(document);
}

absl::Status VerifyThroughGateway(Session& session) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  EAGLE_ASSIGN_OR_RETURN(const JournalReport report,
                         CheckJournal(*gateway, desk->checkpoints(), [&](uint64_t done, uint64_t of) {
                           session.Progress(std::to_string(done) + " of " + std::to_string(of) + " entries hashed");
                         }));
  Record record("journal");
  record.Add("origin", Text(report.checkpoint.origin)).Add("entries", Count(report.checkpoint.size));
  record.Add("root", Text(HexEncode(journal::View(report.checkpoint.root))))
      .Add("with_payload", Count(report.payloads));
  record.Add("first", Instant(report.first, zone))
      .Add("last", Instant(report.last, zone))
      .Add("verdict", Text("every entry hashes to the signed root"));
  Table types("types", {{"type"}, {"entries", kRight}});
  for (const auto& [type, count] : report.entries) types.Add({Text(type), Count(count)});
  Document document;
  document.Add(std::move(record));
  document.Add(std::move(types));
  return session.Print(document);
}

absl::StatusOr<std::unique_ptr<JournalFolder>> OpenFolder(Session& session, const JournalFolderOptions& options) {
  if (!session.process().open_journal_folder)
    return Fail(Reason::kNotBuiltIn, "this build of eagle can't read a gateway's folder");
  return session.process().open_journal_folder(options);
}

Table FindingsTable(const std::vector<JournalFinding>& findings) {
  Table table("findings", {{"index", kRight}, {"reason"}, {"message"}});
  for (const JournalFinding& finding : findings)
    table.Add({Count(finding.index), Text(RowOf(finding.reason).name), Text(finding.message)});
  return table;
}

// What an audit found wrong is an answer, and a failure of verification.
absl::Status Verdict(const std::vector<JournalFinding>& findings) {
  if (findings.empty()) return absl::OkStatus();
  return AsVerification(Fail(findings[0].reason, std::to_string(findings.size()) + " findings, the first at index " +
                                                     std::to_string(findings[0].index)));
}

absl::Status VerifyFolder(Session& session, const JournalFolderOptions& options) {
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<JournalFolder> folder, OpenFolder(session, options));
  EAGLE_ASSIGN_OR_RETURN(const FolderVerified report, folder->Verify());
  Document document;
  document.Add(Record("journal")
                   .Add("origin", Text(report.origin))
                   .Add("log_key", Text(report.verifier_key))
                   .Add("log_key_pinned", YesNo(!options.log_key.empty()))
                   .Add("entries", Count(report.entries))
                   .Add("checkpoints", Count(report.checkpoints))
                   .Add("payloads_opened", Count(report.payloads_opened))
                   .Add("payloads_sealed", Count(report.payloads_sealed))
                   .Add("payloads_erased", Count(report.payloads_erased))
                   .Add("verdict", Text(report.findings.empty() ? "verified" : "NOT VERIFIED"))
                   .Add("checkpoint", RawJson(JsonString(report.newest_checkpoint))));
  document.Add(FindingsTable(report.findings));
  EAGLE_RETURN_IF_ERROR(session.Print(document));
  return Verdict(report.findings);
}

absl::Status Replay(Session& session, const JournalFolderOptions& options) {
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<JournalFolder> folder, OpenFolder(session, options));
  EAGLE_ASSIGN_OR_RETURN(const FolderReplayed report, folder->Replay());
  Table tables(
      "tables",
      {{"table"}, {"rows", kRight}, {"equal"}, {"stored_digest", kLeft, true}, {"replayed_digest", kLeft, true}});
  std::vector<JournalFinding> findings = report.findings;
  for (const TableReplayed& table : report.tables) {
    const bool equal = table.stored_digest == table.replayed_digest;
    tables.Add(
        {Text(table.name), Count(table.rows), YesNo(equal), Text(table.stored_digest), Text(table.replayed_digest)});
    if (!equal)
      findings.push_back({0, Reason::kTablesDiffer, "table " + table.name + " isn't what the journal replays to"});
  }
  Document document;
  document.Add(Record("replay")
                   .Add("entries", Count(report.entries))
                   .Add("verdict", Text(findings.empty() ? "replay agrees" : "REPLAY DIFFERS")));
  document.Add(std::move(tables));
  document.Add(FindingsTable(findings));
  EAGLE_RETURN_IF_ERROR(session.Print(document));
  return Verdict(findings);
}

void FolderFlags(Verb& verb, JournalFlags& flags, Need need) {
  verb.Text("--data", &flags.folder.data_folder, "data folder of a stopped gateway, or a backup of one", need);
  verb.Text("--last-signed", &flags.folder.last_signed, "the last-signed store, to find an old backup out");
  verb.Text("--log-key", &flags.folder.log_key, "the log's pinned key; without it entry 0's own is used, and said so");
  verb.Text("--master-key", &flags.folder.master_key_file, "master key file: the opened audit, payloads included");
}

}  // namespace

void AddJournal(Verb& root) {
  Verb journal = root.Add("journal", "The log: its head, and the audit that trusts nobody.");
  journal
      .Add("head", "Show the newest checkpoint, verified, and consistent with the last one seen.", "eagle journal head")
      .Do(Head);

  auto verify_flags = std::make_shared<JournalFlags>();
  Verb verify = journal.Add(
      "verify", "Hash every entry to the signed root: through the gateway, or of a folder with --data.",
      "eagle journal verify\neagle journal verify --data backup/2026-09-30 --log-key \"$(cat keys/log.pub)\"");
  FolderFlags(verify, *verify_flags, Need::kOptional);
  verify.Do([verify_flags](Session& session) {
    return verify_flags->folder.data_folder.empty() ? VerifyThroughGateway(session)
                                                    : VerifyFolder(session, verify_flags->folder);
  });

  auto replay_flags = std::make_shared<JournalFlags>();
  Verb replay = journal.Add("replay", "Fold a stopped gateway's journal anew and compare it with the tables.",
                            "eagle journal replay --data data");
  FolderFlags(replay, *replay_flags, Need::kRequired);
  replay.Do([replay_flags](Session& session) { return Replay(session, replay_flags->folder); });
}

}  // namespace eagle::client
