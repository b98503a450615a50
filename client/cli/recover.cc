// eagle recover: a log goes on from an older backup, because two administrators sign for it.
#include "client/cli/recover.h"

#include <optional>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "client/audit/recovery.h"
#include "client/cli/commands.h"
#include "client/cli/session.h"
#include "client/common/files.h"
#include "client/lib/errors.h"
#include "client/lib/words.h"
#include "goldeneagle/v1/recovery.pb.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/checkpoint.h"
#include "server/journal/dsse.h"
#include "server/journal/note.h"
#include "server/trust/secret_file.h"
#include "server/trust/timestamps.h"

namespace eagle::client {
namespace {

constexpr char kPayloadType[] = "application/vnd.goldeneagle.recovery.v1+protobuf";

struct ProposalFlags {
  JournalFolderOptions folder;
  std::string origin, log_key, checkpoint, seen, ground, out;
};
struct DocumentFlags {
  std::string path, key;
  RecoveryFolder folder;
};

absl::StatusOr<v1::Recovery> ContentOf(const v1::Envelope& document) {
  v1::Recovery recovery;
  if (document.payload_type() != kPayloadType || !recovery.ParseFromString(document.payload()))
    return Fail(Reason::kRecoveryMalformed, "this file is no recovery document");
  return recovery;
}

absl::StatusOr<v1::Envelope> ReadDocument(const std::string& path) {
  EAGLE_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  v1::Envelope document;
  if (!document.ParseFromString(bytes)) return Fail(Reason::kRecoveryMalformed, "this file is no recovery document");
  EAGLE_RETURN_IF_ERROR(ContentOf(document).status());
  return document;
}

// What a note says, before anybody has verified it.
absl::StatusOr<journal::Checkpoint> ClaimOf(const std::string& note) {
  const size_t end = note.rfind("\n\n");
  return journal::ParseCheckpoint(std::string_view(note).substr(0, end == std::string::npos ? 0 : end + 1));
}

// Everything that an administrator signs for, in words.
absl::StatusOr<Record> Describe(Session& session, const v1::Envelope& document) {
  EAGLE_ASSIGN_OR_RETURN(const v1::Recovery recovery, ContentOf(document));
  EAGLE_ASSIGN_OR_RETURN(const journal::Checkpoint last, ClaimOf(recovery.last_signed()));
  EAGLE_ASSIGN_OR_RETURN(const journal::Checkpoint restored, ClaimOf(recovery.restored_checkpoint()));
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  const uint64_t lost = last.size > recovery.restored_size() ? last.size - recovery.restored_size() : 0;
  Record record("recovery");
  record.Add("environment", Text(Word(recovery.environment())))
      .Add("ground", Text(Word(recovery.ground())))
      .Add("proposed_at", Instant(trust::TimeOf(recovery.proposed_at()).value_or(absl::UnixEpoch()), zone))
      .Add("old_origin", Text(last.origin))
      .Add("restored_size", Count(recovery.restored_size()))
      .Add("restored_root", Text(HexEncode(recovery.restored_root())))
      .Add("under_a_signed_head", Count(restored.size))
      .Add("last_signed_size", Count(last.size))
      .Add("last_signed_root", Text(HexEncode(journal::View(last.root))))
      .Add("entries_lost", Count(lost))
      .Add("new_origin", Text(recovery.new_log_key().name()))
      .Add("new_log_key", Text(audit::KeyTextOf(recovery.new_log_key())))
      .Add("digest", Text(HexEncode(journal::View(journal::Sha256(document.payload())))))
      .Add("signatures", Count(static_cast<uint64_t>(document.signatures_size())));
  return record;
}

absl::Status PrintDocument(Session& session, const v1::Envelope& document) {
  Document out;
  EAGLE_ASSIGN_OR_RETURN(Record record, Describe(session, document));
  out.Add(std::move(record));
  return session.Print(out);
}

// The folder's audit; an end that is missing is why we are here.
absl::StatusOr<FolderVerified> Audit(Session& session, const JournalFolderOptions& options) {
  if (!session.process().open_journal_folder)
    return Fail(Reason::kNotBuiltIn, "this build of eagle can't read a gateway's folder");
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<JournalFolder> folder, session.process().open_journal_folder(options));
  EAGLE_ASSIGN_OR_RETURN(FolderVerified report, folder->Verify());
  for (const JournalFinding& finding : report.findings) {
    if (finding.reason == Reason::kJournalOlder) continue;
    return Fail(finding.reason,
                absl::StrCat("the restored data don't verify, at index ", finding.index, ": ", finding.message));
  }
  return report;
}

absl::StatusOr<v1::FoundingKey> NewLogKey(Session& session, const ProposalFlags& flags) {
  if (!journal::IsKeyName(flags.origin))
    return Fail(Reason::kFieldInvalid, "--origin: a name without white space and plus signs");
  EAGLE_ASSIGN_OR_RETURN(const std::optional<std::string> there, ReadFileIfThere(flags.log_key));
  if (!there)
    EAGLE_RETURN_IF_ERROR(trust::WriteSecretFile(
        flags.log_key,
        journal::SignerKeyText(flags.origin, session.process().entropy.Bytes(journal::kSeedSize)) + "\n"));
  EAGLE_ASSIGN_OR_RETURN(std::string text, trust::ReadSecretFile(flags.log_key));
  text.erase(text.find_last_not_of("\r\n") + 1);
  EAGLE_ASSIGN_OR_RETURN(const auto signer, journal::Ed25519NoteSigner::Parse(text));
  if (signer.name() != flags.origin)
    return Fail(Reason::kKeyUnusable, "the new log key is for another origin: " + signer.name());
  const std::string verifier = signer.VerifierKey();
  const auto typed = Base64Decode(verifier.substr(verifier.find('+', verifier.find('+') + 1) + 1));
  if (!typed || typed->size() != 33) return Fail(Reason::kKeyUnusable, "the new log key can't be read");
  v1::FoundingKey key;
  key.set_name(flags.origin);
  key.set_algorithm(v1::KEY_ALGORITHM_ED25519);
  key.set_key(typed->substr(1));
  return key;
}

// The newest of the heads that are at hand, by the key that signs the log now.
absl::StatusOr<std::string> NewestOf(const std::vector<std::string>& notes, const FolderVerified& report) {
  EAGLE_ASSIGN_OR_RETURN(const auto key, journal::ParseVerifierKey(report.verifier_key));
  std::string newest;
  uint64_t size = 0;
  for (const std::string& note : notes) {
    if (note.empty()) continue;
    EAGLE_ASSIGN_OR_RETURN(const journal::Checkpoint head, journal::OpenCheckpoint(note, *key));
    if (newest.empty() || head.size > size) newest = note, size = head.size;
  }
  return newest;
}

absl::Status Propose(Session& session, const ProposalFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const FolderVerified report, Audit(session, flags.folder));
  std::string seen, with_backup;
  if (!flags.seen.empty()) {
    EAGLE_ASSIGN_OR_RETURN(seen, ReadFile(flags.seen));
  }
  EAGLE_ASSIGN_OR_RETURN(
      const std::optional<std::string> beside,
      ReadFileIfThere(flags.checkpoint.empty() ? flags.folder.data_folder + "/checkpoint" : flags.checkpoint));
  v1::Recovery recovery;
  EAGLE_ASSIGN_OR_RETURN(*recovery.mutable_last_signed(), NewestOf({report.last_signed, seen}, report));
  EAGLE_ASSIGN_OR_RETURN(*recovery.mutable_restored_checkpoint(),
                         NewestOf({report.newest_checkpoint, beside.value_or("")}, report));
  if (recovery.last_signed().empty())
    return Fail(Reason::kRecoveryMismatch,
                "it isn't known what was last signed: --last-signed, or --seen with the newest head anybody saw");
  if (recovery.restored_checkpoint().empty())
    return Fail(Reason::kRecoveryMismatch,
                "no signed head of the restored data is at hand: --checkpoint, from the backup");
  EAGLE_ASSIGN_OR_RETURN(const journal::Checkpoint last, ClaimOf(recovery.last_signed()));
  if (last.size <= report.entries) return Fail(Reason::kRecoveryNotNeeded, "the data hold all that was signed");
  EAGLE_ASSIGN_OR_RETURN(*recovery.mutable_new_log_key(), NewLogKey(session, flags));
  recovery.set_environment(report.founding.environment());
  recovery.set_restored_size(report.entries);
  recovery.set_restored_root(report.root);
  *recovery.mutable_proposed_at() = trust::TimestampOf(session.process().clock.WallNow());
  recovery.set_ground(OfWord<v1::RecoveryGround>(flags.ground));
  v1::Envelope document;
  document.set_payload_type(kPayloadType);
  document.set_payload(recovery.SerializeAsString());
  EAGLE_RETURN_IF_ERROR(WriteDurably(flags.out, document.SerializeAsString(), Readers::kEverybody));
  return PrintDocument(session, document);
}

absl::Status Approve(Session& session, const DocumentFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(v1::Envelope document, ReadDocument(flags.path));
  EAGLE_ASSIGN_OR_RETURN(const auto signers, session.Signers({flags.key}, {}));
  EAGLE_ASSIGN_OR_RETURN(const Record record, Describe(session, document));
  std::ostringstream text;
  record.PrintText(text);
  session.Talk(text.str());
  EAGLE_RETURN_IF_ERROR(
      session.Confirm("The entries that are lost stay lost unless courts and agencies send them again. Sign?"));
  const std::string keyid = trust::KeyIdOf(signers[0]->public_key());
  for (const v1::Signature& signature : document.signatures()) {
    if (signature.keyid() == keyid) return Fail(Reason::kFieldInvalid, "this key has signed the document already");
  }
  v1::Signature* signature = document.add_signatures();
  signature->set_sig(signers[0]->Sign(journal::Pae(kPayloadType, document.payload())));
  signature->set_keyid(keyid);
  EAGLE_RETURN_IF_ERROR(WriteDurably(flags.path, document.SerializeAsString(), Readers::kEverybody));
  return PrintDocument(session, document);
}

absl::Status Apply(Session& session, const DocumentFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const v1::Envelope document, ReadDocument(flags.path));
  EAGLE_ASSIGN_OR_RETURN(const v1::Recovery recovery, ContentOf(document));
  if (!session.process().apply_recovery)
    return Fail(Reason::kNotBuiltIn, "this build of eagle can't touch a gateway's folder");
  EAGLE_ASSIGN_OR_RETURN(const RecoveryApplied done, session.process().apply_recovery(document, flags.folder));
  Document out;
  out.Add(Record("recovered")
              .Add("index", Count(done.index))
              .Add("origin", Text(recovery.new_log_key().name()))
              .Add("log_key", Text(audit::KeyTextOf(recovery.new_log_key())))
              .Add("next", Text("start the gateway with the new log key; courts: eagle journal accept-recovery, "
                                "eagle order resend"))
              .Add("checkpoint", RawJson(JsonString(done.checkpoint))));
  return session.Print(out);
}

}  // namespace

void AddRecover(Verb& root) {
  Verb recover = root.Add("recover", "Let a log go on from an older backup, with two administrators' signatures.");

  auto propose_flags = std::make_shared<ProposalFlags>();
  Verb propose =
      recover.Add("propose", "Audit the restored data and write the document that says what is lost (operators).",
                  "eagle recover propose --data data --last-signed safe/last-signed --origin "
                  "court.example/log2 \\\n  --log-key keys/log2.key --ground DATA_LOST --out recovery.doc");
  propose.Text("--data", &propose_flags->folder.data_folder, "folder with the restored data; no gateway may run on it",
               Need::kRequired);
  propose.Text("--last-signed", &propose_flags->folder.last_signed, "the last-signed store, as it is");
  propose.Text("--origin", &propose_flags->origin, "the log's new name", Need::kRequired);
  propose.Text("--log-key", &propose_flags->log_key, "the new private key's file; made when it isn't there",
               Need::kRequired);
  propose.Text("--checkpoint", &propose_flags->checkpoint,
               "signed head of the backup (default: the file checkpoint beside the data)");
  propose.Text("--seen", &propose_flags->seen,
               "a head that somebody else saw, if the last-signed store is lost or older");
  propose.Choice("--ground", &propose_flags->ground, {"DATA_LOST", "DATA_DAMAGED", "DRILL"}, "why", Need::kRequired);
  propose.Text("--out", &propose_flags->out, "the document's file", Need::kRequired);
  propose.Do([propose_flags](Session& session) { return Propose(session, *propose_flags); });

  auto show_flags = std::make_shared<DocumentFlags>();
  Verb show = recover.Add("show", "Show a recovery document.", "eagle recover show recovery.doc");
  show.Text("FILE", &show_flags->path, "the document's file", Need::kRequired);
  show.Do([show_flags](Session& session) -> absl::Status {
    EAGLE_ASSIGN_OR_RETURN(const v1::Envelope document, ReadDocument(show_flags->path));
    return PrintDocument(session, document);
  });

  auto approve_flags = std::make_shared<DocumentFlags>();
  Verb approve = recover.Add("approve", "Sign a recovery document, after reading it (administrators).",
                             "eagle recover approve recovery.doc --key keys/administrator-chen.pem");
  approve.Text("FILE", &approve_flags->path, "the document's file", Need::kRequired);
  approve.Text("--key", &approve_flags->key, "the administrator's private key file", Need::kRequired);
  approve.Do([approve_flags](Session& session) { return Approve(session, *approve_flags); });

  auto apply_flags = std::make_shared<DocumentFlags>();
  Verb apply = recover.Add("apply", "Put a signed recovery document into effect on the restored data (operators).",
                           "eagle recover apply recovery.doc --data data --last-signed safe/last-signed \\\n"
                           "  --log-key keys/log2.key --master-key keys/master.key");
  apply.Text("FILE", &apply_flags->path, "the document's file", Need::kRequired);
  apply.Text("--data", &apply_flags->folder.data_folder, "folder with the restored data", Need::kRequired);
  apply.Text("--last-signed", &apply_flags->folder.last_signed, "the last-signed store; made when it is lost",
             Need::kRequired);
  apply.Text("--log-key", &apply_flags->folder.log_key_file, "the new private key's file", Need::kRequired);
  apply.Text("--master-key", &apply_flags->folder.master_key_file, "master key file that wrapped the restored keys",
             Need::kRequired);
  apply.Do([apply_flags](Session& session) { return Apply(session, *apply_flags); });
}

}  // namespace eagle::client
