#include "server/trust/statement_content.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "server/base/identity_number.h"
#include "server/base/reason.h"
#include "server/journal/hash.h"
#include "server/trust/batch.h"
#include "server/trust/codes.h"
#include "server/trust/signature.h"
#include "server/trust/timestamps.h"

namespace eagle::trust {
namespace {

namespace v1 = ::goldeneagle::v1;

constexpr size_t kTextBytesMax = 128;

void RequireText(std::string_view field, std::string_view text, Violations& wrong) {
  if (text.empty()) wrong.Add(field, Reason::kFieldMissing, "is required");
  if (text.size() > kTextBytesMax) wrong.Add(field, Reason::kTextInvalid, "at most 128 bytes");
}

bool KindFits(v1::StatementKind kind, SubjectKind subject) {
  switch (kind) {
    case v1::STATEMENT_KIND_KEY:
      return subject == SubjectKind::kCourt || subject == SubjectKind::kAgency;
    case v1::STATEMENT_KIND_OFFICER:
      return subject == SubjectKind::kOfficer;
    case v1::STATEMENT_KIND_ACCOUNT:
      return subject == SubjectKind::kAccount;
    case v1::STATEMENT_KIND_ENDED:
      return true;
    case v1::STATEMENT_KIND_REVOKED:
      return subject != SubjectKind::kAccount;
    default:
      return false;
  }
}

void CheckValidity(const v1::Statement& statement, Violations& wrong) {
  const std::optional<absl::Time> from = TimeOf(statement.valid_from()), until = TimeOf(statement.valid_until());
  if (!statement.has_valid_from()) wrong.Add("valid_from", Reason::kFieldMissing, "is required");
  if (!statement.has_valid_until()) wrong.Add("valid_until", Reason::kFieldMissing, "is required");
  if (!from.has_value()) wrong.Add("valid_from", Reason::kFieldInvalid, "isn't an instant");
  if (!until.has_value()) wrong.Add("valid_until", Reason::kFieldInvalid, "isn't an instant");
  if (statement.has_valid_from() && statement.has_valid_until() && from.has_value() && until.has_value() &&
      *from >= *until) {
    wrong.Add("valid_until", Reason::kFieldInvalid, "must lie after valid_from");
  }
}

void CheckKey(const v1::Statement& statement, bool wanted, Violations& wrong) {
  if (!wanted) {
    if (statement.algorithm() != v1::KEY_ALGORITHM_UNSPECIFIED)
      wrong.Add("algorithm", Reason::kFieldInvalid, "isn't of this kind");
    if (!statement.key().empty()) wrong.Add("key", Reason::kFieldInvalid, "isn't of this kind");
    return;
  }
  if (statement.algorithm() != v1::KEY_ALGORITHM_ED25519 && statement.algorithm() != v1::KEY_ALGORITHM_SM2)
    wrong.Add("algorithm", Reason::kFieldInvalid, "must be Ed25519 or SM2");
  if (!IsPublicKey(statement.algorithm(), statement.key())) {
    wrong.Add("key", Reason::kFieldInvalid,
              "must be a key of its algorithm: Ed25519, 32 bytes of full order; SM2, 65 bytes on the curve");
  }
}

void CheckOfficer(const v1::Statement& statement, bool wanted, Violations& wrong) {
  if (!wanted) {
    if (statement.roles_size() > 0) wrong.Add("roles", Reason::kFieldInvalid, "isn't of this kind");
    if (statement.has_officer()) wrong.Add("officer", Reason::kFieldInvalid, "isn't of this kind");
    return;
  }
  if (statement.roles_size() == 0) wrong.Add("roles", Reason::kFieldMissing, "at least one");
  std::set<int> roles;
  for (const int role : statement.roles()) {
    const bool known = role != v1::OFFICER_ROLE_UNSPECIFIED && v1::OfficerRole_IsValid(role);
    if (!known || !roles.insert(role).second) wrong.Add("roles", Reason::kFieldInvalid, "unknown, or given twice");
  }
  if (!statement.has_officer()) {
    wrong.Add("officer", Reason::kFieldMissing, "is required");
    return;
  }
  RequireText("officer.name", statement.officer().name(), wrong);
  RequireText("officer.work_id_no", statement.officer().work_id_no(), wrong);
  RequireText("officer.duty_card_no", statement.officer().duty_card_no(), wrong);
}

void CheckSince(const v1::Statement& statement, bool wanted, Violations& wrong) {
  if (wanted && !statement.has_compromised_since()) {
    wrong.Add("compromised_since", Reason::kFieldMissing, "is required");
  } else if (!wanted && statement.has_compromised_since()) {
    wrong.Add("compromised_since", Reason::kFieldInvalid, "isn't of this kind");
  } else if (!TimeOf(statement.compromised_since()).has_value()) {
    wrong.Add("compromised_since", Reason::kFieldInvalid, "isn't an instant");
  }
}

void CheckAccount(const v1::Statement& statement, bool wanted, Violations& wrong) {
  if (!wanted) {
    if (statement.has_account()) wrong.Add("account", Reason::kFieldInvalid, "isn't of this kind");
    return;
  }
  if (!statement.has_account()) {
    wrong.Add("account", Reason::kFieldMissing, "is required");
    return;
  }
  RequireText("account.account_name", statement.account().account_name(), wrong);
  if (!IsCode(statement.account().bank())) wrong.Add("account.bank", Reason::kFieldInvalid, "isn't an agency's code");
  if (!IsAccountNumber(statement.account().account_number())) {
    wrong.Add("account.account_number", Reason::kFieldInvalid, "its check digit doesn't fit");
  }
}

void CheckContent(const v1::Statement& statement, const Subject& subject, v1::Environment environment,
                  Violations& wrong) {
  if (subject.organisation == kRegistrar || subject.organisation == kAdministratorSigner)
    wrong.Add("subject", Reason::kPermissionDenied, "this code is the house's own");
  const v1::StatementKind kind = statement.kind();
  if (kind == v1::STATEMENT_KIND_UNSPECIFIED) {
    wrong.Add("kind", Reason::kFieldMissing, "is required");
  } else if (!KindFits(kind, subject.kind)) {
    wrong.Add("kind", Reason::kFieldInvalid, "doesn't fit the subject");
  }
  if (statement.sequence() == 0) wrong.Add("sequence", Reason::kFieldMissing, "begins with 1");
  if (!statement.previous_digest().empty() && statement.previous_digest().size() != journal::kHashSize) {
    wrong.Add("previous_digest", Reason::kFieldInvalid, "must have 32 bytes, or none");
  }
  if (statement.environment() == v1::ENVIRONMENT_UNSPECIFIED) {
    wrong.Add("environment", Reason::kFieldMissing, "is required");
  } else if (statement.environment() != environment) {
    wrong.Add("environment", Reason::kEnvironmentMismatch, "the statement is for another environment");
  }
  CheckValidity(statement, wrong);
  CheckKey(statement, kind == v1::STATEMENT_KIND_KEY || kind == v1::STATEMENT_KIND_OFFICER, wrong);
  CheckOfficer(statement, kind == v1::STATEMENT_KIND_OFFICER, wrong);
  CheckAccount(statement, kind == v1::STATEMENT_KIND_ACCOUNT, wrong);
  CheckSince(statement, kind == v1::STATEMENT_KIND_REVOKED, wrong);
}

}  // namespace

std::optional<Subject> CheckStatement(const v1::Statement& statement, v1::Environment environment,
                                      std::string_view path, Violations& wrong) {
  Violations own;
  std::optional<Subject> subject = ParseSubject(statement.subject());
  if (statement.subject().empty()) {
    own.Add("subject", Reason::kFieldMissing, "is required");
  } else if (!subject.has_value()) {
    own.Add("subject", Reason::kFieldInvalid,
            "court/CODE, agency/CODE, court/CODE/officer/CODE or court/CODE/account/CODE");
  } else {
    CheckContent(statement, *subject, environment, own);
  }
  for (const Violation& violation : own.list())
    wrong.Add(std::string(path) + violation.field, violation.reason, violation.description);
  return subject;
}

absl::StatusOr<Subject> CheckStatement(const v1::Statement& statement, v1::Environment environment) {
  Violations wrong;
  std::optional<Subject> subject = CheckStatement(statement, environment, "", wrong);
  if (!wrong.empty()) return wrong.ToStatus("the statement can't be taken");
  return *std::move(subject);
}

absl::Status CheckSignedAt(const v1::Head& head, const v1::Statement& court_key) {
  const std::optional<absl::Time> from = TimeOf(court_key.valid_from()), until = TimeOf(court_key.valid_until());
  const absl::Time at = SignedAt(head);
  if (from.has_value() && until.has_value() && *from <= at && at < *until) return absl::OkStatus();
  return Fail(Reason::kSignatureInvalid, "signed at a time when the court's key wasn't valid")
      .With("subject", court_key.subject())
      .At("batch.head.signed_at", "must lie within the validity of the court's key");
}

}  // namespace eagle::trust
