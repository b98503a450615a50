// eagle journal: the log's head, and the audit of it; through a gateway, or of a stopped folder.
#include "client/cli/journal.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/audit/access.h"
#include "client/cli/commands.h"
#include "client/cli/session.h"
#include "client/common/files.h"
#include "client/lib/errors.h"
#include "client/lib/journal_check.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/trust/secret_file.h"

namespace eagle::client {
namespace {

struct JournalFlags {
  JournalFolderOptions folder;
  ReadsQuery reads;
  std::string out;
  std::string id;  // of a tag key, hexadecimal
  bool all = false;
  std::string cases;    // indexes, with commas
  std::string entries;  // as IndexesOf reads them
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
                           session.Counted(done, of, "entries hashed");
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
  Table recoveries("recoveries",
                   {{"index", kRight}, {"old_origin"}, {"new_origin"}, {"lost_before", kRight}, {"administrators"}});
  for (const FolderRecovery& one : report.recoveries)
    recoveries.Add({Count(one.index), Text(one.old_origin), Text(one.new_origin), Count(one.lost_end),
                    Text(absl::StrJoin(one.approvers, ", "))});
  if (!recoveries.empty()) document.Add(std::move(recoveries));
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

std::string Joined(const std::vector<std::string>& words) { return absl::StrJoin(words, ", "); }

Cell JsonList(const std::vector<std::string>& words) {
  std::vector<std::string> quoted;
  for (const std::string& word : words) quoted.push_back(JsonString(word));
  return RawJson("[" + absl::StrJoin(quoted, ", ") + "]");
}

// Who looked at whom. What is sealed shows as "-", the court then by its ordinal.
Table LooksTable(const std::vector<JournalLook>& looks, const absl::TimeZone& zone) {
  Table table("looks", {{"index", kRight},
                        {"time"},
                        {"act"},
                        {"what"},
                        {"reason"},
                        {"court"},
                        {"officers"},
                        {"system"},
                        {"case"},
                        {"purpose"},
                        {"subjects"},
                        {"sealed"},
                        {"subject_tags", kLeft, true},
                        {"officer_tags", kLeft, true}});
  for (const JournalLook& look : looks) {
    const std::string ordinal = look.court_ordinal != 0 ? "court " + std::to_string(look.court_ordinal) : "";
    table.Add({Count(look.index), Instant(look.time, zone), Text(look.act), TextOrNothing(look.what),
               look.reason == Reason::kNone ? Nothing() : Text(RowOf(look.reason).name),
               TextOrNothing(look.court.empty() ? ordinal : look.court), TextOrNothing(Joined(look.officers)),
               TextOrNothing(look.system), TextOrNothing(look.case_number), TextOrNothing(look.purpose),
               TextOrNothing(Joined(look.subjects)), YesNo(look.sealed), JsonList(look.subject_tags),
               JsonList(look.officer_tags)});
  }
  return table;
}

absl::Status Reads(Session& session, const JournalFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<JournalFolder> folder, OpenFolder(session, flags.folder));
  EAGLE_ASSIGN_OR_RETURN(const FolderReads report, folder->Reads(flags.reads));
  Document document;
  document.Add(Record("reads")
                   .Add("origin", Text(report.origin))
                   .Add("log_key_pinned", YesNo(!flags.folder.log_key.empty()))
                   .Add("entries", Count(report.entries))
                   .Add("looks", Count(report.looks.size()))
                   .Add("of", Text(flags.reads.id_number.empty() ? "everybody" : "one person, by tag"))
                   .Add("verdict", Text(report.findings.empty() ? "verified" : "NOT VERIFIED")));
  document.Add(LooksTable(report.looks, zone));
  const bool one_person = !flags.reads.id_number.empty();
  if (one_person) document.Add(audit::TagKeysTable(report.tag_keys));
  document.Add(FindingsTable(report.findings));
  EAGLE_RETURN_IF_ERROR(session.Print(document));
  EAGLE_RETURN_IF_ERROR(Verdict(report.findings));
  return one_person ? audit::AllGiven(report.tag_keys) : absl::OkStatus();
}

// The ids of all tag keys, newest first, and into which files which of them were written.
absl::Status TagKey(Session& session, const JournalFlags& flags) {
  const auto asked = HexDecode(flags.id);
  if (!asked || (!asked->empty() && asked->size() != 4))
    return Fail(Reason::kFieldInvalid, "no id of a tag key").At("--id", "8 hexadecimal digits");
  if (flags.out.empty() && (flags.all || !flags.id.empty()))
    return Fail(Reason::kFieldMissing, "written where?").At("--out", "the file to be made");
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<JournalFolder> folder, OpenFolder(session, flags.folder));
  EAGLE_ASSIGN_OR_RETURN(const std::vector<std::string> ids, folder->TagKeys());
  if (!asked->empty() && std::find(ids.begin(), ids.end(), *asked) == ids.end())
    return Fail(Reason::kKeyUnusable, "this log has no tag key with this id").At("--id", "one of those listed");
  Table table("tag_keys", {{"tag_key"}, {"newest"}, {"file"}});
  for (const std::string& id : ids) {
    const bool newest = id == ids.front();
    std::string file;
    if (flags.all) {
      file = newest ? flags.out : flags.out + "." + HexEncode(id);
    } else if (!flags.out.empty() && (asked->empty() ? newest : id == *asked)) {
      file = flags.out;
    }
    if (!file.empty()) EAGLE_RETURN_IF_ERROR(folder->WriteTagKey(file, id));
    table.Add({Text(HexEncode(id)), YesNo(newest), TextOrNothing(file)});
  }
  Document document;
  document.Add(std::move(table));
  return session.Print(document);
}

absl::Status RotateTag(Session& session, const JournalFlags& flags) {
  EAGLE_RETURN_IF_ERROR(session.Confirm("Tag new entries of the log in " + flags.folder.data_folder +
                                        " with a new key? It can't be taken back."));
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<JournalFolder> folder, OpenFolder(session, flags.folder));
  EAGLE_ASSIGN_OR_RETURN(const std::string id, folder->RotateTagKey());
  EAGLE_ASSIGN_OR_RETURN(const std::vector<std::string> ids, folder->TagKeys());
  Document document;
  document.Add(Record("tag_key").Add("tag_key", Text(HexEncode(id))).Add("tag_keys", Count(ids.size())));
  return session.Print(document);
}

absl::Status RotateMaster(Session& session, const JournalFlags& flags) {
  EAGLE_RETURN_IF_ERROR(session.Confirm("Replace the master key in " + flags.folder.master_key_file + "?"));
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<JournalFolder> folder, OpenFolder(session, flags.folder));
  EAGLE_ASSIGN_OR_RETURN(const MasterKeyRotated done, folder->RotateMasterKey());
  Document document;
  document.Add(Record("master_key")
                   .Add("file", Text(flags.folder.master_key_file))
                   .Add("keys_wrapped_anew", Count(done.rewrapped))
                   .Add("resumed", YesNo(done.resumed)));
  return session.Print(document);
}

absl::Status PayloadKeys(Session& session, const JournalFlags& flags) {
  std::vector<uint64_t> cases;
  for (const std::string& text : std::vector<std::string>(absl::StrSplit(flags.cases, ',', absl::SkipEmpty()))) {
    uint64_t index = 0;
    if (!absl::SimpleAtoi(text, &index) || index == 0)
      return Fail(Reason::kFieldInvalid, "a case is named by the index of its opening").At("--cases", "such as 29,57");
    cases.push_back(index);
  }
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<JournalFolder> folder, OpenFolder(session, flags.folder));
  EAGLE_ASSIGN_OR_RETURN(const uint64_t written, folder->WritePayloadKeys(flags.out, cases));
  Document document;
  document.Add(Record("payload_keys").Add("file", Text(flags.out)).Add("keys", Count(written)));
  return session.Print(document);
}

// "12,57", or a file of it as `eagle-audit access --request` writes it.
absl::StatusOr<std::set<uint64_t>> IndexesOf(const std::string& text) {
  std::string list = text;
  if (text.find_first_not_of("0123456789,") != std::string::npos) {
    EAGLE_ASSIGN_OR_RETURN(list, ReadFile(text));
  }
  std::set<uint64_t> indexes;
  for (const std::string& word :
       std::vector<std::string>(absl::StrSplit(list, absl::ByAnyChar(",\n"), absl::SkipEmpty()))) {
    uint64_t index = 0;
    if (!absl::SimpleAtoi(word, &index))
      return Fail(Reason::kFieldInvalid, "entries are named by their indexes")
          .At("--entries", "such as 12,57, or a file");
    indexes.insert(index);
  }
  return indexes;
}

absl::Status WriteOpenings(Session& session, const JournalFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const std::set<uint64_t> indexes, IndexesOf(flags.entries));
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<JournalFolder> folder, OpenFolder(session, flags.folder));
  EAGLE_ASSIGN_OR_RETURN(const auto opened, folder->Openings(indexes));
  EAGLE_ASSIGN_OR_RETURN(const std::string note, folder->Checkpoint());
  audit::Openings openings{.origin = note.substr(0, note.find('\n'))};
  for (const auto& [index, bytes] : opened) openings.entries[index] = {bytes.salt, bytes.payload};
  EAGLE_RETURN_IF_ERROR(trust::WriteSecretFile(flags.out, audit::FormatOpenings(openings)));
  Document document;
  document.Add(Record("openings")
                   .Add("file", Text(flags.out))
                   .Add("asked", Count(indexes.size()))
                   .Add("opened", Count(opened.size())));
  return session.Print(document);
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
  AddAcceptRecovery(journal);

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

  auto reads_flags = std::make_shared<JournalFlags>();
  Verb reads = journal.Add(
      "reads",
      "Who looked at whom, in a stopped gateway's journal: reads of personal data, inquiries, refused orders. "
      "Time, court and reason stand in the leaves; officers, case, purpose and names need the master key.",
      "eagle journal reads --data data --master-key keys/master.key\n"
      "eagle journal reads --data backup --tag-key keys/tag.key --id-kind CITIZEN_ID --id-number 990101198503070017");
  FolderFlags(reads, *reads_flags, Need::kRequired);
  reads.Texts("--tag-key", &reads_flags->reads.tag_key_files,
              "file of a tag key of the log; repeat for all that were in use; without it the master key opens the "
              "folder's own");
  reads.Text("--id-kind", &reads_flags->reads.id_kind, "only looks at the person with this kind of number, and");
  reads.Text("--id-number", &reads_flags->reads.id_number, "this number");
  reads.Do([reads_flags](Session& session) { return Reads(session, *reads_flags); });

  auto key_flags = std::make_shared<JournalFlags>();
  Verb key = journal.Add("tag-key",
                         "List the log's tag keys, and write one or all to new files: with them an auditor finds a "
                         "person's looks in leaves, and opens nothing.",
                         "eagle journal tag-key --data data --master-key keys/master.key --out keys/tag.key\n"
                         "eagle journal tag-key --data data --master-key keys/master.key --all --out keys/tag.key");
  FolderFlags(key, *key_flags, Need::kRequired);
  key.Text("--out", &key_flags->out,
           "the file to be made, readable by its owner only; without it keys are only listed");
  key.Text("--id", &key_flags->id, "an older key, by its id; without it the newest");
  key.Flag("--all", &key_flags->all, "older keys too, each in a file of its own: OUT.<id>");
  key.Do([key_flags](Session& session) { return TagKey(session, *key_flags); });

  auto openings_flags = std::make_shared<JournalFlags>();
  Verb openings = journal.Add(
      "openings",
      "Open named entries for an auditor 开封: salt and payload of each, which he holds against the leaves. Erased "
      "ones "
      "are left out.",
      "eagle journal openings --data backup --master-key keys/master.key --entries asked.txt --out openings.txt");
  FolderFlags(openings, *openings_flags, Need::kRequired);
  openings.Text("--entries", &openings_flags->entries,
                "indexes with commas, or the file that eagle-audit access --request wrote", Need::kRequired);
  openings.Text("--out", &openings_flags->out, "the file to be made, readable by its owner only", Need::kRequired);
  openings.Do([openings_flags](Session& session) { return WriteOpenings(session, *openings_flags); });

  AddJournalExport(journal);

  auto rotate_flags = std::make_shared<JournalFlags>();
  Verb rotate =
      journal.Add("rotate-master-key",
                  "Replace the master key of a stopped gateway: every key is wrapped anew, and the old master "
                  "key, in whatever backup it lies, opens nothing of this folder any more.",
                  "eagle journal rotate-master-key --data data --master-key keys/master.key");
  FolderFlags(rotate, *rotate_flags, Need::kRequired);
  rotate.Do([rotate_flags](Session& session) { return RotateMaster(session, *rotate_flags); });

  auto tag_flags = std::make_shared<JournalFlags>();
  Verb tag = journal.Add(
      "rotate-tag-key",
      "Tag what a stopped gateway writes from now on with a new key: who has only the old one finds nobody in it. Old "
      "keys stay, for old entries; auditors need the new one as well.",
      "eagle journal rotate-tag-key --data data --master-key keys/master.key");
  FolderFlags(tag, *tag_flags, Need::kRequired);
  tag.Do([tag_flags](Session& session) { return RotateTag(session, *tag_flags); });

  auto keys_flags = std::make_shared<JournalFlags>();
  Verb keys =
      journal.Add("keys",
                  "Write payload keys to a new file, for an opened audit: with it `eagle-audit opened` reads what "
                  "is sealed under them.",
                  "eagle journal keys --data data --master-key keys/master.key --cases 29,57 --out payload.keys");
  FolderFlags(keys, *keys_flags, Need::kRequired);
  keys.Text("--cases", &keys_flags->cases,
            "indexes of the cases' openings, with commas; without it all; what has no case is always in it");
  keys.Text("--out", &keys_flags->out, "the file to be made, readable by its owner only", Need::kRequired);
  keys.Do([keys_flags](Session& session) { return PayloadKeys(session, *keys_flags); });
}

}  // namespace eagle::client
