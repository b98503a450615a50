// eagle statement: making and signing statements, as registrars do about organisations and courts about officers and
// accounts.
#include "client/cli/batches.h"
#include "client/cli/commands.h"
#include "client/cli/statements.h"
#include "client/common/files.h"
#include "client/lib/json.h"
#include "client/lib/order_builder.h"
#include "server/base/reason.h"
#include "server/trust/pem.h"
#include "server/trust/statement_content.h"
#include "server/trust/subject.h"
#include "server/trust/timestamps.h"

namespace eagle::client {
namespace {

struct StatementMakeFlags {
  std::string subject, kind, public_key, name, work_id_no, duty_card_no, account_name, bank, account_number, since;
  std::vector<std::string> roles, files;
  StatementMaking making;
};

// The statement that the flags describe.
absl::StatusOr<v1::Statement> FromFlags(const StatementMakeFlags& flags) {
  v1::Statement statement;
  statement.set_subject(flags.subject);
  statement.set_kind(OfWord<v1::StatementKind>(flags.kind));
  if (statement.kind() == v1::STATEMENT_KIND_UNSPECIFIED)
    return Fail(Reason::kFieldMissing, "--kind is key, officer, account, ended or revoked");
  if (!flags.public_key.empty()) {
    EAGLE_ASSIGN_OR_RETURN(const std::string pem, ReadFile(flags.public_key));
    EAGLE_ASSIGN_OR_RETURN(trust::PublicKeyBytes key, trust::PublicKeyFromPem(pem));
    statement.set_algorithm(key.algorithm);
    statement.set_key(std::move(key.raw));
  }
  for (const std::string& word : flags.roles) {
    const auto role = OfWord<v1::OfficerRole>(word);
    if (role == v1::OFFICER_ROLE_UNSPECIFIED)
      return Fail(Reason::kFieldInvalid, "--role is handler, cosigner or leader");
    statement.add_roles(role);
  }
  if (statement.kind() == v1::STATEMENT_KIND_OFFICER) {
    statement.mutable_officer()->set_name(flags.name);
    statement.mutable_officer()->set_work_id_no(flags.work_id_no);
    statement.mutable_officer()->set_duty_card_no(flags.duty_card_no);
  }
  if (!flags.since.empty()) {
    EAGLE_ASSIGN_OR_RETURN(const absl::Time since, InstantOf("--since", flags.since));
    *statement.mutable_compromised_since() = trust::TimestampOf(since);
  }
  if (statement.kind() == v1::STATEMENT_KIND_ACCOUNT) {
    statement.mutable_account()->set_account_name(flags.account_name);
    statement.mutable_account()->set_bank(flags.bank);
    statement.mutable_account()->set_account_number(flags.account_number);
  }
  return statement;
}

// Files hold one Statement each, in the contract's JSON or text form.
absl::StatusOr<std::vector<v1::Statement>> Gather(const StatementMakeFlags& flags) {
  std::vector<v1::Statement> statements;
  for (const std::string& path : flags.files) {
    EAGLE_ASSIGN_OR_RETURN(v1::Statement statement, ReadMessageFile<v1::Statement>(path));
    statements.push_back(std::move(statement));
  }
  if (!flags.subject.empty()) {
    EAGLE_ASSIGN_OR_RETURN(v1::Statement statement, FromFlags(flags));
    statements.push_back(std::move(statement));
  }
  if (statements.empty()) return Fail(Reason::kFieldMissing, "nothing is stated: give --subject and --kind, or --file");
  return statements;
}

// Environment, validity, and the place in the subject's chain, where they are absent.
absl::Status Complete(Session& session, const StatementMaking& making, const trust::StatementBook* book,
                      v1::Statement& statement) {
  EAGLE_ASSIGN_OR_RETURN(const Config* config, session.config());
  if (statement.environment() == v1::ENVIRONMENT_UNSPECIFIED) statement.set_environment(config->environment);
  absl::Time from = session.process().clock.WallNow();
  if (!making.valid_from.empty()) {
    EAGLE_ASSIGN_OR_RETURN(from, InstantOf("--valid-from", making.valid_from));
  }
  if (!statement.has_valid_from()) *statement.mutable_valid_from() = trust::TimestampOf(from);
  if (!statement.has_valid_until()) {
    *statement.mutable_valid_until() = trust::TimestampOf(trust::TimeOf(statement.valid_from()).value_or(from) +
                                                          absl::Hours(24) * static_cast<int64_t>(making.valid_days));
  }
  if (statement.sequence() == 0) {
    const auto* held = book == nullptr ? nullptr : book->HeldAbout(statement.subject());
    statement.set_sequence(held == nullptr ? 1 : held->sequence + 1);
    if (held != nullptr) statement.set_previous_digest(std::string(journal::View(held->digest)));
  }
  return trust::CheckStatement(statement, config->environment).status();
}

// Statements about organisations are the registrars', those about a court's people and accounts its own, whoever's desk
// this is.
trust::HeadFields HeadFor(Session& session, v1::Environment environment, const std::string& about) {
  const auto subject = trust::ParseSubject(about);
  const bool organisation = subject->kind == trust::SubjectKind::kCourt || subject->kind == trust::SubjectKind::kAgency;
  return {.member_type = v1::MEMBER_TYPE_STATEMENT,
          .environment = environment,
          .signer = organisation ? std::string(trust::kRegistrar) : subject->organisation,
          .sequence = LaneStart(session.process().entropy),
          .signed_at = session.process().clock.WallNow()};
}

}  // namespace

absl::StatusOr<absl::Time> InstantOf(const std::string& flag, const std::string& text) {
  absl::Time time;
  std::string why;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &why)) return time;
  return Fail(Reason::kFieldInvalid, flag + " is a time as 2026-01-01T00:00:00+08:00");
}

absl::Status MakeStatements(Session& session, std::vector<v1::Statement> statements, const StatementMaking& making) {
  // What is known about a subject decides the next number; --offline states it for the first time.
  const trust::StatementBook* book = nullptr;
  if (!making.offline) {
    EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk_with_book());
    book = desk->book();
  }
  std::vector<std::string> members;
  for (v1::Statement& statement : statements) {
    EAGLE_RETURN_IF_ERROR(Complete(session, making, book, statement));
    members.push_back(Serialize(statement));
  }
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  const trust::HeadFields fields = HeadFor(session, desk->options().environment, statements[0].subject());
  EAGLE_ASSIGN_OR_RETURN(Draft draft, Draft::Begin(fields, std::move(members)));
  EAGLE_ASSIGN_OR_RETURN(std::vector<std::unique_ptr<trust::Signer>> signers,
                         session.Signers(making.signing.key_files, making.signing.officers));
  for (const auto& signer : signers) EAGLE_RETURN_IF_ERROR(draft.Sign(*signer));
  EAGLE_RETURN_IF_ERROR(draft.Write(making.out));
  EAGLE_ASSIGN_OR_RETURN(const Document document, DescribeDraft(session, draft));
  return session.Print(document);
}

namespace {

void AddMake(Verb& statement) {
  auto flags = std::make_shared<StatementMakeFlags>();
  Verb make = statement.Add(
      "make",
      "Make statements and sign them with the keys at hand; a further registrar signs with eagle statement sign.",
      "eagle statement make --subject court/辽9901 --kind key --public-key court.pub --key registrar-1.pem --key "
      "registrar-2.pem --out court.batch\n"
      "eagle statement make --subject court/辽9901/officer/001 --kind officer --public-key 001.pub --name 沈若川 \\\n"
      "  --work-id W001 --duty-card D001 --role handler --key court.pem --out officer.batch");
  make.Text("--out", &flags->making.out, "file to write", Need::kRequired);
  make.Text("--subject", &flags->subject,
            "court/CODE, agency/CODE, court/CODE/officer/CODE or court/CODE/account/CODE");
  make.Choice("--kind", &flags->kind, {"key", "officer", "account", "ended", "revoked"}, "what is stated");
  make.Texts("--file", &flags->files,
             "a Statement as the contract has it (.json or .txtpb); repeat for several in one head");
  make.Text("--public-key", &flags->public_key, "public key file, for key and officer");
  make.Text("--name", &flags->name, "officer's name");
  make.Text("--work-id", &flags->work_id_no, "officer's 工作证编号");
  make.Text("--duty-card", &flags->duty_card_no, "officer's 执行公务证编号");
  make.Texts("--role", &flags->roles, "handler, cosigner or leader; repeat for several");
  make.Text("--account-name", &flags->account_name, "name on the enforcement account 执行款专户");
  make.Text("--bank", &flags->bank, "agency code of the account's bank");
  make.Text("--account-number", &flags->account_number, "number of the account");
  make.Text("--since", &flags->since, "for revoked: from when on somebody else may have had the key");
  make.Text("--valid-from", &flags->making.valid_from, "now without it");
  make.Number("--valid-days", &flags->making.valid_days, "3650 without it");
  make.Flag("--offline", &flags->making.offline, "don't ask the gateway: it is the first statement about its subject");
  make.Texts("--key", &flags->making.signing.key_files, "key file that signs; repeat for each");
  make.Do([flags](Session& session) -> absl::Status {
    EAGLE_ASSIGN_OR_RETURN(std::vector<v1::Statement> statements, Gather(*flags));
    return MakeStatements(session, std::move(statements), flags->making);
  });
}

struct FileFlags {
  std::string path;
  Signing signing;
};

}  // namespace

void AddStatement(Verb& root) {
  Verb statement = root.Add("statement", "Statements about keys, officers and accounts: make, sign, show.");
  AddMake(statement);
  auto sign_flags = std::make_shared<FileFlags>();
  Verb sign = statement.Add("sign", "Add a signature to the same head, after reading it.",
                            "eagle statement sign court.batch --key registrar-2.pem");
  sign.Text("FILE", &sign_flags->path, "what eagle statement make wrote", Need::kRequired);
  sign.Texts("--key", &sign_flags->signing.key_files, "key file that signs", Need::kRequired);
  sign.Do([sign_flags](Session& session) { return SignDraft(session, sign_flags->path, sign_flags->signing); });

  auto show_flags = std::make_shared<FileFlags>();
  Verb show =
      statement.Add("show", "Show what a file of statements says, and its digest.", "eagle statement show court.batch");
  show.Text("FILE", &show_flags->path, "what eagle statement make wrote", Need::kRequired);
  show.Do([show_flags](Session& session) -> absl::Status {
    EAGLE_ASSIGN_OR_RETURN(const Draft draft, Draft::Read(show_flags->path));
    EAGLE_ASSIGN_OR_RETURN(const Document document, DescribeDraft(session, draft));
    return session.Print(document);
  });
}

}  // namespace eagle::client
